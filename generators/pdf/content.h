/* content.h - the operators of one content stream. Internal to pdf.
 *
 * Coordinates come as the display list has them, y downward from height. Text objects and paths are
 * opened and closed here as need be, and what the graphics state already says is not said again. */
#ifndef PDF_CONTENT_H
#define PDF_CONTENT_H

#include "layout/page.h"
#include "pdf/pdf_font.h"

struct content_ink {
    double gray;
    enum page_color color;
};

struct content {
    struct buffer out;
    bool bad; /* some number was no place on a page */
    /* the state of the stream so far */
    double height;
    enum { CONTENT_PAGE, CONTENT_TEXT, CONTENT_PATH } mode;
    const struct pdf_font *font;
    double size, weight;
    struct content_ink fill, stroke;
    long line_x, line_y; /* where the last line of text began, 1/100 pt */
};

void content_begin(struct content *c, double height); /* forgets what was in out, keeps its room */
/* Right after the beginning: until content_upright, what is drawn stands on a page of this height
 * that is turned a quarter to the left. */
void content_turn(struct content *c, double height);
void content_upright(struct content *c, double height);
void content_end(struct content *c); /* of text and path, too */
void content_clear(struct content *c);

/* What is drawn between the two is copied as the text; NULL or "": as it is. The end must stand
 * where the beginning did: inside of a text object, or outside (content_end). */
void content_begin_actual(struct content *c, const char *text);
void content_end_actual(struct content *c, const char *text);

void content_text(struct content *c, struct pdf_font *font, const struct item_text *t);
void content_line(struct content *c, const struct item_line *l);
/* font: of the blank that carries the copied character; NULL: the document has no text at all. */
void content_checkbox(struct content *c, struct pdf_font *font, const struct item_checkbox *b);
/* Draws an object by its resource name under a matrix; artifact: not part of the document's text.
 */
void content_object(struct content *c, const char *name, const double matrix[6], bool artifact);

#endif
