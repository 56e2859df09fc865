/* layout.h - a template and a record become pages. The only header of layout, with page.h, that
 * others include. */
#ifndef LAYOUT_LAYOUT_H
#define LAYOUT_LAYOUT_H

#include "layout/page.h"
#include "query/query.h"
#include "record/scope.h"

struct form; /* a compiled template: templates/NAME.xml */

/* What a paper is, from its template's root element. Strings are the form's. */
struct form_facts {
    const char *name;  /* "evaluation-form" */
    const char *title; /* in full, as the notice has it */
    const char *paper; /* "A4" */
    bool landscape;
    enum record_scope scope; /* what it is about */
    /* Of several applicants side by side, the elements that it sees of each; NULL-ended; NULL: all
     */
    const char *const *elements;
    int copies;
    const char *binding;   /* "loose" or "bound" */
    const char *seals;     /* who seals it, as text; "" */
    const char *watermark; /* its text; "" */
    bool cites;            /* it prints evidence pages: page() is called somewhere */
};

/* Reports every fault of the template with file:line (system faults). NULL on any. */
struct form *form_load(const char *path, struct fonts *fonts, struct diag *diag);
/* A template that a program has made in memory; name stands for the file in messages. */
struct form *form_load_text(const char *name, const char *data, size_t len, struct fonts *fonts,
                            struct diag *diag);
const struct form_facts *form_facts(const struct form *form);
void form_free(struct form *form);

struct layout_options {
    const char *asof;
    bool draft; /* 草稿 across every page */
    bool bound; /* a part of the volume, whose pages bear the volume's numbers: its own are left out
                 */
    struct media_limits limits;
    /* Of a document that is laid out in stretches, each a record of its own: the pages of those
     * before, and of all. Running heads and feet number them. 0: this is the whole. */
    size_t pages_before, pages_all;
    /* For layout_judge: whether a picture is known to be without fault. NULL: nothing is known. */
    bool (*is_sound)(const char *href, void *pictures);
    void *pictures;
    struct paragraph_memo *memo; /* borrowed as long as the pages are; NULL: nothing is kept */
};

/* Lays out the form for a record. ctx has been begun on the applicant (or unit, delegation); dir is
 * where hrefs start. NULL: an error was reported (R76 file, R77 glyph, R79 fit, R82 photo, ...),
 * all of them in one run. Everything lives in the arena; call pages_close when the document is
 * written. */
struct pages *layout_form(struct arena *arena, const struct form *form, struct fonts *fonts,
                          struct query_context *ctx, record_node *root, const char *dir,
                          const struct layout_options *options, struct diag *diag);
/* Reports what layout_form reports, of a record that nobody draws now. */
void layout_judge(const struct form *form, struct fonts *fonts, struct query_context *ctx,
                  record_node *root, const char *dir, const struct layout_options *options,
                  struct diag *diag);

#endif
