/* roster_print.h - one roster as PDF. */
#ifndef SHEET_ROSTER_PRINT_H
#define SHEET_ROSTER_PRINT_H

#include "core/buffer.h"
#include "layout/layout.h"
#include "sheet/print.h"

/* form: of print_template. Appends the PDF to out, what its pages look like (layout/look.h) to
 * looks, and sets *pages. false: reported, of all rows in one run; out is unchanged. */
bool roster_print(const struct sheet_document *d, const struct form *form, struct fonts *fonts,
                  struct query_context *query, struct buffer *out, struct buffer *looks,
                  size_t *pages, struct diag *diag);

#endif
