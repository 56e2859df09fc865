/* svg.h - draws a laid-out page as SVG 1.1, every item where the PDF has it.
 *
 * Glyphs are outlines, each once a page, so that rare characters show whatever fonts a reader has.
 * A text of the record is a group that knows its field: class "field", data-field (the path below
 * the applicant), data-label, data-place ("batch.xml:12", or
 * "book.xlsx:项目!D7") and, unless it is long, data-value, what stands there. Where a page of a PDF
 * is bound is a frame: class "copy", data-file and data-page; and one without these where a picture
 * cannot be shown. There is neither
 * style nor script in it, and it refers to nothing but the pictures that its caller names. */
#ifndef SVG_SVG_H
#define SVG_SVG_H

#include "core/buffer.h"
#include "layout/page.h"

struct svg_options {
    const char *prefix; /* of the ids, which differ in pages that stand in one document */
    /* The address of a picture, for the size at which it is drawn; NULL: it is left out. */
    const char *(*address)(void *data, const struct item_image *image);
    void *data;
};

/* Deterministic. Appends the page to out. false: a system error is reported, out is unchanged. */
bool svg_page(const struct pages *pages, size_t page, const struct svg_options *options,
              struct buffer *out, struct diag *diag);

#endif
