/* functions.h - the XPath functions that need files or all applicants. Internal to rules.
 *
 *   image-type(href)    JPEG, PNG, PDF, ...: what the file's bytes say; '' when it cannot be read
 *   file-size(href)     bytes
 *   image-width(href), image-height(href)   pixels as stored; NaN when it is no sound picture
 *   image-turned(href)  the camera has marked it as turned or mirrored (EXIF)
 *   image-colours(href) 1 grey, 3 colour, 4 CMYK
 *   backdrop-white(href, least, tint)   the share of what stands behind a portrait's head that is
 *                       white: no channel below least (0-255), none more than tint apart; NaN when
 *                       it cannot be told
 *   backdrop-colour(href, least, tint)  what the rest of it is, as #RRGGBB; '' when there is none
 *   backdrop-name(href, least, tint)    likewise: black grey red orange yellow green cyan blue
 * purple page-count(href)    of a PDF; 1 for a picture, 0 when it cannot be read
 *   refs(list)          the applicant's elements with these ids
 *   unresolved(list)    the ids among them that nothing bears, between blanks
 *   gathered(name, key) how many applicants gave this key to <gather name="...">
 *   planned()           the dossier's plan is known, so that page(id) means something */
#ifndef CHECK_FUNCTIONS_H
#define CHECK_FUNCTIONS_H

#include "check/rule_file.h"
#include "media/media.h"

#include <libxml/tree.h>

/* A file that the applicant cites, opened once. */
struct cited {
    const char *href;
    struct media_file file;
    struct media_image image;
    struct media_backdrop *backdrop; /* NULL: not looked for, or it cannot be told */
    bool open, sound, looked; /* sound: a picture that can be drawn; looked: for the backdrop */
    long pages;               /* of a PDF; 1 for a picture, 0 when it is unreadable */
    struct cited *next;
};

/* What the functions look into: query_context_set_data. */
struct rules_run {
    const struct rules *rules;
    const char *asof;
    struct query_context *query, *drawing; /* of rules, of papers */
    const char *dir;                       /* of the applicant's file */
    struct cited *cited;
    struct arena files; /* of the cited list: one applicant's */
    const char *(*page)(const char *id, void *data);
    void *page_data;
    const struct rules_claim *claims; /* sorted by number, key, order */
    size_t n_claims;
};

void rules_register_functions(void);
/* Opens the file the first time it is asked for; its faults are reported then, with where, and
 * those of the pages that are cited ("2-4,7"; NULL: all) each time. */
struct cited *rules_cite(struct rules_run *run, const char *href, const char *pages, bool photo,
                         const struct finding *where, struct diag *diag);
void rules_close_cited(struct rules_run *run);
int rules_claim_compare(const void *a, const void *b);
uint64_t rules_hash(const char *key); /* never 0 */

/* Reads a small XML file of ours without loading anything by name; NULL: reported. */
xmlDoc *rules_read_xml(const char *path, struct arena *arena, struct diag *diag);

#endif
