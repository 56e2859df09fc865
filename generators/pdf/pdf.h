/* pdf.h - draws laid-out pages as a PDF in memory. The font files in it are our own subsets
 * (font_file.c, pdf_font.c). */
#ifndef PDF_PDF_H
#define PDF_PDF_H

#include "core/buffer.h"
#include "layout/page.h"

/* Deterministic: no clock, no random ID. Appends the whole file to out. false: one system error is
 * reported, out is unchanged. A link without its anchor is left out of a document that is whole
 * otherwise, and reported, too. */
bool pdf_write(const struct pages *pages, struct buffer *out, struct diag *diag);

/* The same into an empty buffer, for large files: pictures that are lent (media_image.jpeg_lent)
 * are not copied, their memory goes into the file's; what they point to is nothing any more. out is
 * a mapping, for pdf_unmap. */
bool pdf_write_mapped(const struct pages *pages, struct buffer *out, struct diag *diag);
void pdf_unmap(struct buffer *out);

/* The same as pdf_write for pages that come in stretches, so that those of a long document need not
 * be held all at once. next gives the next stretch, which may go away when it is called again;
 * NULL: there are no more. false: it has reported why there is none, and nothing is written. What
 * the document is called, and its date, are the first stretch's; a link finds anchors in its own
 * stretch alone. */
bool pdf_write_stretches(bool (*next)(void *data, const struct pages **stretch), void *data,
                         struct buffer *out, struct diag *diag);

/* Packs a decoded picture's pixels now and lets them go: of many scans that wait for one document,
 * the pixels would fill the memory. A JPEG stays as it is. */
void pdf_image_pack(struct media_image *image);
/* The picture with its pixels again, for who shows them: free pixels and alpha of what the original
 * has none of. */
struct media_image pdf_image_unpacked(const struct media_image *image);

#endif
