/* flow.h - a document while its pages are planned: what stands where. Internal to flow.c, which
 * places, and spare.c, which says what becomes of a page's spare height. */
#ifndef LAYOUT_FLOW_H
#define LAYOUT_FLOW_H

#include "layout/table.h"

/* Something that has its place on a page. */
struct placement {
    size_t page;
    double y, height, stretch; /* y: from the text block's top; of running heads, the page's */
    double growth;             /* of the height: its share of the page's spare height */
    bool running;
    bool begins;                   /* what was placed before may end the page above it */
    double dropped;                /* the space above it that is not left at a page's top */
    const struct content *content; /* NULL: a row of a table */
    struct cursor from, to;
    struct set_table *table;
    struct row_part row;
    struct cell_part *parts;
    const struct table_part *part; /* first of a table's rows on the page: all of them, settled */
};

/* What one attempt at a document goes by. */
struct attempt {
    double cap, pitch; /* of struct setter */
    bool soft_breaks;  /* the soft page breaks are taken */
    bool roomy;        /* of struct setter */
};

/* A page that is full, but for what spare.c may yet move: settled when the one behind it is. */
struct waiting_page {
    bool waits;
    size_t number, first; /* its first placement; its last is before the open page's first */
    double y;
};

struct flow {
    struct arena *arena;
    const struct document *document;
    const struct attempt *attempt;
    struct setter setter;
    struct pages *pages;
    struct content *content;
    double top, width, height;    /* of the text block */
    struct placement *placements; /* page by page, running heads and feet behind all others */
    size_t n_placements, cap_placements, page_start; /* page_start: the open page's first */
    double y;                                        /* used height of the open page */
    struct waiting_page waiting;
    bool begins;     /* of the next placement */
    double dropped;  /* likewise */
    double overflow; /* fixed-page forms: height used on pages that the form does not have */
    const struct set_table *part; /* the table whose rows end the open page */
    size_t part_first;            /* the first of them, behind the head's */
    size_t *starts;               /* pages, 0-based, that a page of the form begins on */
    size_t n_starts, cap_starts;
    bool off_paper; /* a running head or foot lies beyond the paper's edge, or a head upon text:
                       said once */
};

/* Whether the open page is full to this share of its height, or may be made so. */
bool spare_reaches(const struct flow *f, double share);
#define SPARE_POOR 0.66 /* of a page: less is too empty */
/* An open page that would stay too empty takes over what ends the waiting one, which stays full to
 * this share of its height, as it becomes itself. */
void spare_balance(struct flow *f, double share);
/* Gives the spare height of a page, whose placements are first to *end - 1 and y high, to rows that
 * stretch, and what these leave to blank rows, which are placed behind their tables' last. */
void spare_share(struct flow *f, size_t first, size_t *end, double y);

#endif
