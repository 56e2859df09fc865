/* parts.h - an applicant's volume as a list of parts: what each is, which pages it has, and what
 * the templates see of it. Internal to dossier. */
#ifndef DOSSIER_PARTS_H
#define DOSSIER_PARTS_H

#include "core/json.h"
#include "dossier/attachments.h"
#include "dossier/numbering.h"
#include "layout/layout.h"

enum part_kind { PART_COVER, PART_CONTENTS, PART_SEPARATOR, PART_PAPER, PART_COPY, PART_MISSING };

/* Pages that stand together under one entry. */
struct part {
    enum part_kind kind;
    struct page_run run;
    size_t section;
    const struct material *material; /* NULL: cover, contents, separator */
    const char *title, *anchor;
    struct attachment *attachment;
    size_t *selected;        /* its pages that are bound, 1-based */
    const struct form *form; /* of our own pages; of a copy that is missing, the sheet's */
    struct pages *laid;
    record_node *node; /* what the templates see of it */
};

struct parts {
    struct arena *arena; /* of all strings and lists */
    const struct sections *sections;
    const struct sections_facts *facts; /* of the volume */
    struct materials *materials;        /* of all volumes */
    struct part *list;
    size_t n, cap;
    size_t *part_of; /* by material, of this volume's */
    size_t total;    /* pages of the volume */
    size_t stamped;  /* the last number */
    bool duplex;     /* printed on both sides: every other page is a verso, glued at its right */
};

struct part *parts_add(struct parts *parts, enum part_kind kind, size_t pages);
/* Gives all pages their numbers. */
void parts_number(struct parts *parts);
/* A page's number as it is printed. */
const char *parts_number_text(const struct parts *parts, size_t stamped);
/* The number that page(id) of XPath answers: of the id's first page, or materials_word; NULL: it is
 * missing, or nothing has a number yet. volumes is a struct parts for each. */
const char *parts_page_of(const char *id, void *volumes);

/* --- contents.c --- */

/* <dossier>, a child of node, as templates/README.md says: sections with their entries, what is
 * handed in loose, and every numbered page. Drop it with record_drop. */
record_node *contents_describe(struct parts *parts, record_node *node);
/* The number of all pages, once it is known. */
void contents_set_total(record_node *dossier, const struct parts *parts);

/* --- ledger.c --- */

/* "ledger": where each part stands, part by part, blanks too; parts is a struct parts. */
void ledger_report(const void *parts, struct json *j);

#endif
