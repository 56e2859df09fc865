/* lettering.h - text of an annotation or a form field, set into its box in faces of ours.
 *
 * The text is set as a page of its own, as wide and high as the box (layout/page.h); all of a
 * volume's are drawn by pdf_write into one PDF, whose pages become forms of the volume. */
#ifndef BIND_LETTERING_H
#define BIND_LETTERING_H

#include "layout/page.h"

enum lettering_align { LETTERING_LEFT, LETTERING_CENTRE, LETTERING_RIGHT };

struct lettering_style {
    enum font_role role;
    double size; /* points; 0: as large as the box allows */
    enum lettering_align align;
    bool lines;   /* several, from the top; else one, in the middle of the height */
    size_t cells; /* a character in the middle of each; 0: no cells */
};

enum lettering_end { LETTERING_SET, LETTERING_NO_GLYPH, LETTERING_TOO_LONG };

/* Text wider or higher than its box is set smaller, down to LETTERING_LEAST points.
 * LETTERING_NO_GLYPH: *missing is the first character that no face of the role draws. */
#define LETTERING_LEAST 4
enum lettering_end lettering_set(struct arena *arena, struct fonts *fonts, const char *text,
                                 double width, double height, const struct lettering_style *style,
                                 struct page *out, uint32_t *missing);

#endif
