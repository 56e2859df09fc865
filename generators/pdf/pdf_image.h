/* pdf_image.h - a picture as an image object, and the matrix that sets it upright into a box.
 * Internal to pdf. */
#ifndef PDF_PDF_IMAGE_H
#define PDF_PDF_IMAGE_H

#include "media/media.h"
#include "pdf/pdf_file.h"

/* JPEG bytes are borrowed until the file is written and go in untouched; PNG pixels are deflated.
 */
HPDF_Dict pdf_image_new(struct pdf_file *f, const struct media_image *image);

/* a b c d e f for an upright picture in the box whose lower left corner is x, y. */
void pdf_image_matrix(const struct media_image *image, double x, double y, double width,
                      double height, double out[6]);

#endif
