/* box.h - a template filled with a record: the tree between form (form.c: template + record ->
 * boxes) and flow (flow.c, table.c, content.c: boxes -> pages). Internal to layout. All lengths are
 * points, all in one arena. */
#ifndef LAYOUT_BOX_H
#define LAYOUT_BOX_H

#include "layout/layout.h"

/* Baselines stand on a grid of 1/70 inch from the page's top, and pages are a whole number of such
 * steps high (A4: 0.2 mm more than 297, within ISO 216's 2 mm): some renderers round baselines to
 * whole pixels, some do not, some count from the top and some from the bottom. On the grid they all
 * show the same page at the resolutions of previews. */
#define LAYOUT_GRID (72.0 / 70)

enum inline_kind { INLINE_TEXT, INLINE_CHECKBOX, INLINE_PAGE_NUMBER, INLINE_PAGE_COUNT };

/* Type properties are resolved: no inheritance is left to do. */
struct inline_run {
    enum inline_kind kind;
    const char *text; /* INLINE_TEXT: without line ends: form.c makes a paragraph of each line */
    enum font_role role;
    double size;
    double gray;
    enum page_color color;
    bool one_face, unbreakable, tabular, underline;
    bool checked;     /* INLINE_CHECKBOX */
    double spread;    /* > 0: spread over this width */
    const char *link; /* anchor name or NULL */
    struct text_origin origin;
};

/* The lines of a paragraph that stay on one page with the next block: none, all of it (headings),
 * or its last two lines (text above a signature or a seal). */
enum keep_next { KEEP_NONE, KEEP_ALL, KEEP_END };

enum box_kind { BOX_PARAGRAPH, BOX_TABLE, BOX_IMAGE, BOX_SPACE, BOX_RULE, BOX_PAGE_BREAK };

struct box_paragraph {
    struct inline_run *runs;
    size_t n;
    enum text_align align;
    double pitch; /* distance of baselines; a line box is pitch high, its type centred in it by
                     FONT_ASCENT/DESCENT */
    double indent_first, indent_hang, indent_left, indent_right;
    double space_before, space_after;
    struct box *end; /* a paragraph at the end of its last line, in the room of indent_right; NULL:
                        none */
    bool leader;     /* dots from the end of its last line to that, or to the end of the measure */
    bool stack;      /* one character a line, centred: vertical side labels */
    bool over;       /* centred over the paragraph below: who signs, over the date */
    int outline_level;         /* > 0: an outline entry with the paragraph's text */
    const char *outline_title; /* NULL: the text itself */
    const char *anchor;
    enum keep_next keep_with_next; /* also: never the last thing on a page */
};

enum overflow { OVERFLOW_GROW, OVERFLOW_SHRINK, OVERFLOW_CONTINUE, OVERFLOW_ERROR };
enum valign { VALIGN_TOP, VALIGN_MIDDLE, VALIGN_BOTTOM };
enum { SIDE_TOP, SIDE_RIGHT, SIDE_BOTTOM, SIDE_LEFT, SIDE_COUNT };

/* After a page break a cell over several rows is repeated with （续）: never, its text going on
 * instead; if its text stood whole on the page before; always. */
enum repeat { REPEAT_NEVER, REPEAT_WHOLE, REPEAT_ALWAYS };

struct box_cell {
    int colspan, rowspan; /* >= 1; form.c refuses a rowspan that outlives its table section */
    struct box *content;
    struct box *foot; /* pinned to the cell's bottom: signature and seal lines */
    enum valign valign;
    double padding[SIDE_COUNT];
    double line[SIDE_COUNT]; /* weight of each side's rule; 0: none. Where two cells meet, the
                                heavier one wins */
    bool framed[SIDE_COUNT]; /* the side's weight is the table's frame when it lies on the table's
                                edge */
    enum overflow overflow;
    double floor;      /* smallest size that shrinking may step down to */
    const char *label; /* for findings and the report */
    enum repeat repeat;
    bool merge;        /* with the next one of the kind, when it says the same */
    struct src_pos at; /* the template's place */
};

enum height_rule { HEIGHT_AUTO, HEIGHT_MIN, HEIGHT_EXACT };

struct box_row {
    enum height_rule rule;
    double height;
    double stretch;      /* share of the page's spare height; 0: none */
    double max_height;   /* to which it stretches; 0: as far as there is spare height */
    bool keep_together;  /* moved whole to the next page; split all the same when taller than a
                            page, or when that would leave a big hole (flow.c) */
    bool never_split;    /* opinion boxes: an error when taller than a page */
    bool keep_with_next; /* a section's label row is never the last on a page */
    struct box_cell *cells;
    size_t n;
    struct src_pos at;
};

struct box_column {
    double width;    /* points; 0 when fraction is used */
    double fraction; /* 1fr */
};

struct box_table {
    struct box_column *columns;
    size_t n_columns;
    struct box_row *rows; /* head rows first */
    size_t n, n_head;     /* n_head rows are repeated once on each page the table goes on to */
    size_t n_fill; /* > 0: behind the n stands a blank one that may be set so many times, on a
                      page that is not full without */
    size_t whole;  /* of no more rows than this, the head's apart, it is not parted where a
                      page holds it */
    double space_before, space_after;
    double width; /* 0: the measure */
    double frame; /* weight of the outer rule, also where a page break closes the table */
    enum text_align align;
    bool keep_with_next;   /* its last row is not parted from what follows */
    struct box *continued; /* a paragraph above a continued part, e.g. （续）; NULL: none */
};

struct box_image {
    const struct media_image *image; /* NULL: an empty place of this size */
    double width, height; /* the box; the picture is fitted inside, aspect kept, centred */
    enum text_align align;
    bool stretch;                     /* alone in its cell: it takes all of it, at its aspect */
    const struct text_origin *origin; /* NULL: unknown */
};

struct box {
    enum box_kind kind;
    struct box *next;
    struct src_pos at;
    union {
        struct box_paragraph paragraph;
        struct box_table table;
        struct box_image image;
        struct {
            double height;
            double stretch; /* as of a row */
        } space;
        struct {
            double weight, space_before, space_after;
            double left, right; /* from the measure's ends inward; below 0: beyond them */
            enum page_color color;
        } rule;
        struct {
            bool to_front; /* up to an odd page */
            bool soft;     /* fixed-page forms: only if everything still fits their pages */
            double least;  /* only if the page is full to this share of its height, or its rows
                              stretch so far */
        } page_break;
    } u;
};

enum running_parity { RUNNING_ANY, RUNNING_ODD, RUNNING_EVEN, RUNNING_FIRST };

/* Running head or foot: set on each page when the page count is known. A blank that makes the count
 * even has none. */
struct running {
    bool foot;
    enum running_parity parity;
    bool on_first; /* the cover */
    double offset; /* head: from the page's top to the content's top; foot: from the text block's
                      bottom */
    struct box *content;
    struct running *next;
};

struct watermark {
    const char *text;
    enum font_role role;
    double size, gray, angle;
    bool tiled;
};

struct document_image {
    struct document_image *next;
    const char *href;
    struct media_file file;
    struct media_image image;
};

/* A whole filled document: what flow lays out. */
struct document {
    const char *paper_title; /* for findings and the report */
    double page_width, page_height;
    double margin[SIDE_COUNT];
    struct box *content;
    struct running *running;
    struct box *spare_page; /* what stands on the page that makes the count even; NULL: nothing */
    int pages;              /* fixed-page form: exactly this many; 0: any */
    int form_pages; /* likewise, but what spills over is inserted, 6-1 behind 6; 0: not so */
    bool even;      /* an even page count: a blank page is added */
    bool balance;   /* the last two pages are about equally full */
    double floor;   /* fixed-page forms: smallest size */
    double body_size;
    double tracking;    /* of a grid: added to each full-width advance of type of body_size */
    double leading;     /* of a grid: how far the line boxes reach beyond the text block */
    double pitch;       /* the form's own */
    double pitch_floor; /* how close lines may move to save a page; 0: they do not */
    struct watermark *watermarks;
    size_t n_watermarks;
    const char *title, *subject, *author, *created;
    struct document_image *images;
    struct src_pos at;              /* of the template */
    size_t pages_before, pages_all; /* of a stretch: layout.h */
    struct paragraph_memo *memo;    /* likewise */
};

/* form.c: NULL: the template is at fault. Faults of the record are reported, all in one run, but
 * the document is filled all the same, so that flow can report its own. It is in the arena, but for
 * its open images: document_close. */
struct document *form_fill(struct arena *arena, const struct form *form, struct query_context *ctx,
                           record_node *root, const char *dir, const struct layout_options *options,
                           struct diag *diag);
void document_close(struct document *d);

/* flow.c: NULL: reported (R77, R79, a cell or row that cannot fit a page, ...). Always ends. */
struct pages *flow_document(struct arena *arena, const struct document *d, struct fonts *fonts,
                            struct diag *diag);
/* Reports what flow_document reports, and looks for no better pages. */
void flow_judge(struct arena *arena, const struct document *d, struct fonts *fonts,
                struct diag *diag);

#endif
