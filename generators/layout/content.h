/* content.h - boxes set to a width: paragraphs have lines, tables have rows, everything has its
 * height. Internal.
 *
 * Content is broken into pieces, each as much as fits; drawing draws a piece and decides nothing.
 */
#ifndef LAYOUT_CONTENT_H
#define LAYOUT_CONTENT_H

#include "layout/box.h"

/* What all setting of one attempt at a document has in common. */
struct setter {
    struct arena *arena;
    struct fonts *fonts;
    const struct document *document;
    struct diag *diag; /* faults at every size: characters without a glyph */
    struct diag *fit;  /* what does not fit: forgotten when the next attempt does better */
    double cap;   /* fixed-page forms: the largest size for texts of the record; INFINITY: none */
    double pitch; /* in place of the form's own in this attempt */
    struct paragraph_memo *memo; /* NULL: nothing is kept */
    bool roomy; /* fixed-page forms: rows grow before the type in their cells shrinks */
    struct page_fitted *fitted;
    size_t n_fitted, cap_fitted;
    struct annex *annexes, **annex_tail; /* the rests of cells that continue elsewhere */
    size_t page, pages;                  /* for page numbers in running heads; 0 elsewhere */
    const char *page_text;               /* the number as it is printed, where it is no number */
};

struct set_table;

struct set_block {
    const struct box *box;
    double before, height, after;
    /* paragraphs */
    struct text_lines *text;
    struct inline_run *runs; /* as set: sizes may be smaller than the box's; one span each */
    struct set_block *end;   /* what stands at the end of the last line; NULL: nothing */
    double pitch, x;
    struct set_table *table;
};

struct content {
    struct set_block *blocks;
    size_t n;
    double width, height; /* height: all of it */
};

/* A place between lines. */
struct cursor {
    size_t block, line;
};

#define CONTENT_START ((struct cursor){0, 0})
#define CONTENT_END(content) ((struct cursor){(content)->n, 0})

/* The rest of a cell, to be set on pages of its own at the end. */
struct annex {
    const struct box_cell *cell;
    struct content *content;
    struct cursor from;
    struct annex *next;
};

/* Where drawing goes. */
struct canvas {
    struct arena *arena;
    struct pages *pages;
    size_t page;  /* 0-based */
    bool running; /* heads and feet: no outline, no anchors */
};

/* Sizes above cap are set at cap (INFINITY: as they are); a piece wider than the width is set
 * smaller down to floor, and if that is too wide still, it is an R79 in s->fit. */
struct content *content_set(struct setter *s, const struct box *boxes, double width, double cap,
                            double floor);
/* Settles the tables in content that is drawn in one piece: all but the document's own. */
void content_settle(struct content *c);
bool content_at_end(const struct content *c, struct cursor at);
/* Where the piece that begins at from and has the given room is to end; *used is its height. force:
 * at least one line or block, when the room holds one at all. No heading is left behind alone, no
 * paragraph leaves a single line where two would do. */
struct cursor content_break(const struct content *c, struct cursor from, double room, bool force,
                            double *used);
/* Where the lines and blocks from `from` on end that have room, line by line: no page follows, for
 * which content_break would hold some back. */
struct cursor content_cut(const struct content *c, struct cursor from, double room);
double content_rest(const struct content *c, struct cursor from);
/* The least height of a piece that begins at from. */
double content_least(const struct content *c, struct cursor from);
void content_draw(const struct canvas *canvas, const struct content *c, struct cursor from,
                  struct cursor to, double x, double y);
void content_draw_whole(const struct canvas *canvas, const struct content *c, double x, double y);
/* Characters between a place and the end. */
size_t content_characters(const struct content *c, struct cursor from);
double content_largest(const struct box *boxes); /* type size; 0: no text */
/* Likewise, but of paragraphs with a text of the record only; those in tables too. */
double content_largest_bound(const struct box *boxes);
/* The first text of the record in a paragraph, and in boxes; NULL: all is the template's. */
const struct text_origin *paragraph_origin(const struct box_paragraph *p);
const struct text_origin *content_origin(const struct box *boxes);
/* Of what does not fit: the text's place in the record, or the template's where origin is NULL. */
struct finding misfit_finding(const struct setter *s, const char *label, struct src_pos at,
                              const struct text_origin *origin);
/* Words of the program's own in the type of a run. */
struct inline_run static_run(const struct inline_run *model, const char *text);
/* Likewise a paragraph, in the type of the boxes' first text; NULL: they have none. */
const struct box *static_paragraph(struct arena *arena, const struct box *model, const char *text,
                                   enum text_align align);
void setter_fitted(struct setter *s, const char *label, double from, double to, bool continued);

/* Drawing primitives. */
void draw_image(const struct canvas *canvas, const struct box_image *image, double x, double y,
                double width); /* in the middle of its box, which stands in this width */
void draw_line(const struct canvas *canvas, struct item_line line);

#endif
