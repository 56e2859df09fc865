/* functions.h - the XPath functions that need files or all applicants. Internal to check/.
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
 *                       purple
 *   page-count(href)    of a PDF; 1 for a picture, 0 when it cannot be read
 *   file-digest(href)   a word for the file's bytes, equal for equal files; '' when it cannot be
 *                       read
 *   same-file(nodes, href, pages)   those of the nodes that cite these pages (@pages) of a file
 *                       of the same bytes (@href)
 *   ordinal()           the how-manieth of its name the node is among its siblings
 *   nearest(word, list) the one of the list's words, between blanks, that was most probably meant;
 *                       '' for none
 *   gathered(name, key) how many applicants gave this key to <gather name="...">
 *   planned()           the dossier's plan is known, so that page(id) means something */
#ifndef CHECK_FUNCTIONS_H
#define CHECK_FUNCTIONS_H

#include "check/cited.h"
#include "check/engine.h"
#include "check/rule_file.h"
#include "text/paragraph_memo.h"

/* What the functions look into: query_context_extend. */
struct engine {
    const struct rules *rules;
    const char *asof;
    struct query_context *query, *drawing; /* of rules, of papers */
    struct attachment_reader reader;
    struct paragraph_memo *memo; /* of what the papers print again and again */
    struct cited_files files;    /* of one applicant */
    const char *(*page)(const char *id, void *data);
    void *page_data;
    const struct engine_claim *claims; /* sorted by number, key, order */
    size_t n_claims;
};

extern const struct query_library rules_functions;
/* How many applicants gave this key to <gather name="...">. */
size_t engine_count_gathered(const struct engine *e, const char *name, const char *key);

#endif
