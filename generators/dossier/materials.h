/* materials.h - what goes into an applicant's dossier, in order: the sections of
 * a profile's volumes (dossier.xml, or several files), filled from the record. Nothing is opened
 * here: whether a file can be read is for others to find out.
 *
 * Every id of the record gets its place: in the volume, handed in loose (另附), on the platform
 * only (系统), or none. */
#ifndef DOSSIER_MATERIALS_H
#define DOSSIER_MATERIALS_H

#include "query/query.h"

struct sections; /* all volumes of a profile, compiled */

/* volumes: the names of their files, in order, NULL-ended; NULL: one, dossier.xml. Each file in the
 * first of the directories that has it. NULL: every fault was reported with file:line. */
struct sections *sections_load(const char *const *dirs, const char *const *volumes,
                               struct diag *diag);
void sections_free(struct sections *s);

/* A volume: the templates of its own sheets, and where copies go on a sheet. Strings are the
 * sections'. */
struct sections_facts {
    struct src_pos at;
    const char *name;  /* of its file, without suffix */
    const char *label; /* in messages; "": what volumes of the profile are called */
    const char *mark;  /* stands before each of its page numbers; "" */
    size_t first, end; /* its sections */
    const char *title, *cover, *contents, *separator, *stamp, *missing;
    double margin[4]; /* of copies: top, right, bottom, left, in points */
    bool turn; /* copies wider than high are turned to the left where that makes them larger */
};
size_t sections_volumes(const struct sections *s);
const struct sections_facts *sections_facts(const struct sections *s, size_t volume);
size_t sections_volume_of(const struct sections *s, size_t section);
const char *sections_title(const struct sections *s, size_t section);
/* The templates of our own papers that any applicant's dossier may hold. */
struct section_paper {
    const char *name;
    struct src_pos at;
};
size_t sections_papers(const struct sections *s, struct arena *arena, struct section_paper **out);

enum material_kind { MATERIAL_PAPER, MATERIAL_COPY };

struct material {
    enum material_kind kind;
    size_t section;
    const char *title;
    const char *paper; /* MATERIAL_PAPER: its template's name */
    const char *href;  /* MATERIAL_COPY */
    const char *pages; /* "2-4,7", "": all */
    const char *item;  /* id in the record, "" */
    const char *field; /* for findings */
    struct src_pos at;
};

/* Handed in beside the volume. */
struct loose {
    size_t volume; /* in whose contents it stands */
    const char *title;
    int copies;
    const char *note;
    struct query *when; /* NULL: by everybody */
};

enum place_kind {
    PLACE_MISSING,
    PLACE_BOUND,
    PLACE_LOOSE,
    PLACE_PLATFORM, /* proved there alone */
    PLACE_WAITING   /* to be proved there, and not uploaded yet */
};

struct place {
    const char *id;
    enum place_kind kind;
    size_t material; /* PLACE_BOUND: the first one that proves it */
};

struct materials {
    struct material *list; /* in the order of binding */
    size_t n, cap;
    struct loose *loose;
    size_t n_loose, cap_loose;
    struct place *places;
    size_t n_places, cap_places;
    bool *declared_none; /* by section */
};

/* root: the applicant on which ctx has been begun. Everything is in the arena. */
struct materials *materials_list(const struct sections *s, struct query_context *ctx,
                                 record_node *root, struct arena *arena);
/* Never NULL: an unknown id is PLACE_MISSING. */
const struct place *materials_place(const struct materials *m, const char *id);

/* What a paper prints instead of a page number: 另附, 系统, and room for that word where it is not
 * true yet; NULL: bound, or missing. */
const char *materials_word(enum place_kind kind);

#endif
