/* image.h - what jpeg.c and png.c give to image.c. Internal to media. */
#ifndef MEDIA_IMAGE_H
#define MEDIA_IMAGE_H

#include "media/fault.h"

/* Both formats know these. */
extern const struct media_fault image_cut_short, image_damaged, image_empty, image_sizeless;

/* The structure of the whole file; NULL: sound. */
const struct media_fault *jpeg_walk(struct media_image *img, const unsigned char *data,
                                    size_t size);
const struct media_fault *png_walk(struct media_image *img, const unsigned char *data, size_t size);
/* After png_walk. */
const struct media_fault *png_decode(struct media_image *img, const unsigned char *data,
                                     size_t size);
void image_set_dpi(struct media_image *img, double x, double y);
/* By what EXIF says; -1: nothing, and false. */
bool image_set_orientation(struct media_image *img, long stated);

#endif
