/* image.h - what jpeg.c and png.c give to image.c. Internal to media. Faults are English clauses
 * for the message. */
#ifndef MEDIA_IMAGE_H
#define MEDIA_IMAGE_H

#include "media/media.h"

const char *jpeg_walk(struct media_image *img, const unsigned char *data,
                      size_t size); /* NULL: sound */
const char *png_header(struct media_image *img, const unsigned char *data, size_t size);
const char *png_decode(struct media_image *img, const unsigned char *data,
                       size_t size); /* after png_header */
void image_set_dpi(struct media_image *img, double x, double y);

#endif
