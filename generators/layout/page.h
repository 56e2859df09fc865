/* page.h - laid-out pages: a display list that a renderer draws at the places it is given and
 * decides nothing.
 *
 * Points; the origin is a page's upper left corner, y grows downward. Everything lives in the arena
 * that layout was given, but the images' files and pixels: pages_close. */
#ifndef LAYOUT_PAGE_H
#define LAYOUT_PAGE_H

#include "media/media.h"
#include "record/record.h"
#include "text/paragraph.h"

/* Where a text came from. */
struct text_origin {
    const char *label;       /* the form's label of the field, NULL when none is near */
    const record_node *node; /* NULL: computed or static */
    bool bound;              /* the text came from the record */
    /* The element that the value was asked of, and of one that is not there, or was only asked
     * about, its path from there. NULL: the node says all, or nobody knows. */
    const record_node *from;
    const char *path;
    struct src_pos at; /* the template's place */
};

enum page_item_kind { ITEM_TEXT, ITEM_LINE, ITEM_CHECKBOX, ITEM_IMAGE, ITEM_LINK, ITEM_COPY };

/* Red is that of an official letter's head. */
enum page_color { COLOR_BLACK, COLOR_RED };

/* A run of one face and size on one baseline. */
struct item_text {
    double x, y; /* of the baseline's start */
    double size;
    double gray; /* of black: 0 is full */
    enum page_color color;
    const struct face *face;
    const struct text_glyph *glyphs; /* each drawn at x + glyph.x + glyph.shift */
    size_t n;
    const char *actual; /* for /ActualText: the text, when gaps were opened in it; else NULL */
    const struct text_origin *origin; /* NULL: it is no text of the record */
};

/* Horizontal or vertical, centred on its coordinates. */
struct item_line {
    double x0, y0, x1, y1, weight, gray;
    enum page_color color;
};

struct item_checkbox {
    double x, y, size;                /* upper left corner and side of the square */
    bool checked;                     /* filled (■) */
    const char *actual;               /* "■" or "□": what copied text says */
    const struct text_origin *origin; /* what it tells; NULL: unknown */
};

struct item_image {
    double x, y, width, height; /* the upright picture's box, aspect already kept */
    const struct media_image *image;
    const struct text_origin *origin; /* where its name stands; NULL: unknown */
};

struct item_link {
    double x, y, width, height;
    const char *to; /* an anchor's name */
};

/* Where a page of a PDF is bound onto the sheet, of which we have no picture: for who shows the
 * sheet without it. */
struct item_copy {
    double x, y, width, height;
    const char *file; /* as the record names it */
    size_t page;      /* of the file, from 1 */
};

struct page_item {
    enum page_item_kind kind;
    union {
        struct item_text text;
        struct item_line line;
        struct item_checkbox checkbox;
        struct item_image image;
        struct item_link link;
        struct item_copy copy;
    } u;
};

struct page {
    double width, height;
    struct page_item *items;
    size_t n, cap;
    bool
        marked; /* behind this page lie only the document's watermarks first to end - 1; else all */
    size_t watermark_first, watermark_end;
    size_t turned; /* > 0: a landscape page bound at its head: so many of its items, and its
                      watermarks, stand where they do on that page (height wide, width high), which
                      is turned a quarter to the left */
    size_t rows;   /* rows that begin on this page, of tables with a head; the head's own are not
                      counted */
    bool row_open; /* the last of these rows goes on on the next page */
};

struct page_anchor {
    const char *name;
    size_t page; /* 0-based */
    double y;
};

struct page_outline {
    int level; /* 1 = top */
    const char *title;
    size_t page;
    double y;
};

/* Laid once, drawn behind every page as an artifact: glyphs around the origin, turned by angle
 * (degrees, counter-clockwise) about each of the centres, in page coordinates. */
struct page_watermark {
    const char *text;
    struct item_text *runs; /* relative to the text's centre */
    size_t n;
    double gray, angle;
    double (*centres)[2];
    size_t n_centres;
};

/* A cell whose text was set smaller, or went on elsewhere, to fit. */
struct page_fitted {
    const char *paper, *label;
    double from, to; /* sizes; equal when it was continued instead */
    bool continued;
};

struct page_fallback {
    uint32_t cp;
    enum font_role role;
    const struct face *face;
};

struct pages {
    const char *title; /* the document's title */
    const char *subject, *author;
    const char *language; /* "zh-CN" */
    const char *created;  /* yyyy-mm-dd */
    double margin[4];     /* the form's: top, right, bottom, left */
    struct page *list;
    size_t n, cap;
    size_t numbered_from; /* the first page that bears a number, which is 1; 0: as they come */
    struct page_anchor *anchors;
    size_t n_anchors, cap_anchors;
    struct page_outline *outline;
    size_t n_outline, cap_outline;
    const struct page_watermark *watermarks; /* the form's, and 草稿 in draft mode */
    size_t n_watermarks;
    struct page_fitted *fitted;
    size_t n_fitted, cap_fitted;
    struct page_fallback *fallback; /* each code point and role once */
    size_t n_fallback, cap_fallback;
    struct document *document; /* owns the open images; internal */
};

/* Each code point and role once. */
void pages_note_fallback(struct arena *arena, struct pages *p, struct page_fallback f);
/* Adds another document's pages behind, with their marks, anchors, outline and what the report says
 * of them. The items stay the other's: it is closed after this one. */
void pages_append(struct arena *arena, struct pages *to, const struct pages *from);
/* Moves what stands on a page, but its watermarks. */
void page_move(struct page *page, double dx, double dy);
/* A landscape page becomes an upright one with its head at the left. */
void page_turn(struct page *page);
/* Draws a page's items over another's, moved by dx, dy. */
void page_overlay(struct arena *arena, struct page *to, const struct page *from, double dx,
                  double dy);

void pages_close(struct pages *p); /* closes image files; the arena keeps the rest; NULL is fine */

#endif
