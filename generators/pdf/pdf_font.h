/* pdf_font.h - one face in one document: a Type0 font of just the glyphs that are drawn. Internal
 * to pdf.
 *
 * A code stands for an input sequence (character, variation selector, glyph), so that copied text
 * says what the input said even where two characters share a glyph. Codes are two bytes, from 1, in
 * the order of first use. */
#ifndef PDF_PDF_FONT_H
#define PDF_PDF_FONT_H

#include "pdf/pdf_file.h"
#include "text/font.h"

struct pdf_font *pdf_font_new(struct pdf_file *f, const struct face *face, unsigned number);
const struct face *pdf_font_face(const struct pdf_font *font);
const char *pdf_font_name(const struct pdf_font *font); /* its resource name */
HPDF_Dict pdf_font_object(const struct pdf_font *font);

/* A glyph that cannot be drawn gives the document up: reported with face and character. */
unsigned pdf_font_code(struct pdf_font *font, uint32_t cp, uint32_t vs, uint32_t gid);
/* One em of nothing that is copied as the character. */
unsigned pdf_font_blank(struct pdf_font *font, uint32_t cp);
int pdf_font_width(const struct pdf_font *font, unsigned code); /* 1/1000 em */

/* Once, when all that is drawn is known: font file, widths, ToUnicode. */
void pdf_font_finish(struct pdf_font *font);

#endif
