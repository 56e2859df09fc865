/* part.h - an XML part of an Office file as a stream of elements, their namespaces known by what
 * they are for: strict and transitional ones alike.
 *
 * There is no DTD and no entity but the five of XML itself; nesting and single pieces are bounded
 * by libxml2, the whole by the archive. What a fallback holds (mc:Fallback) is left out. */
#ifndef WORKBOOK_PART_H
#define WORKBOOK_PART_H

#include "workbook/archive.h"

enum part_space {
    SPACE_OTHER,
    SPACE_SHEET,         /* spreadsheetml/main */
    SPACE_WORD,          /* wordprocessingml/main */
    SPACE_RELATION,      /* officeDocument/relationships: r:id */
    SPACE_PACKAGE,       /* package/relationships: those parts themselves */
    SPACE_SHEET_DRAWING, /* drawingml/spreadsheetDrawing */
    SPACE_DRAWING,       /* drawingml/main */
    SPACE_PROPERTIES,    /* custom-properties */
    SPACE_COMPATIBILITY, /* markup-compatibility */
    SPACE_WPS,           /* WPS's etc:cellImages */
    SPACE_RICH,          /* Excel's richdata and richdata2 */
    SPACE_THREADS,       /* Excel's threaded comments */
};

enum part_space part_space_named(const char *uri); /* NULL: none, which is SPACE_OTHER */

/* Text within a part: not NUL-ended, borrowed during the call. */
struct part_text {
    const char *s;
    size_t len;
};

struct part_element {
    enum part_space space;
    const char *name, *prefix; /* prefix NULL: none */
    int n_attributes, n_namespaces;
    const unsigned char **attributes, **namespaces; /* libxml2's own */
};

/* Each says whether to read on. */
struct part_events {
    bool (*start)(void *data, const struct part_element *e);
    bool (*end)(void *data, enum part_space space, const char *name);
    bool (*text)(void *data, struct part_text text);
    /* For who writes the part again: comments and instructions, as markup. With this the fallbacks
     * come, too. NULL: neither does. */
    bool (*markup)(void *data, struct part_text markup);
};

/* Reads it piece by piece; NULL: a fault, which was reported. The events are borrowed. */
struct part_reader *part_reader_new(struct archive *a, int part, const struct part_events *events,
                                    void *data);
/* The events of a piece; false: the end, or a fault (archive_broken). */
bool part_reader_step(struct part_reader *r);
void part_reader_free(struct part_reader *r); /* NULL is fine */
/* All of it; false: a fault, which was reported. */
bool part_read(struct archive *a, int part, const struct part_events *events, void *data);

bool part_is(const struct part_element *e, enum part_space space, const char *name);
/* An attribute without a namespace; s is NULL when there is none. */
struct part_text part_attribute(const struct part_element *e, const char *name);
struct part_text part_attribute_in(const struct part_element *e, enum part_space space,
                                   const char *name);
bool part_text_is(struct part_text t, const char *s);
/* "1", "true", "on": a flag that is set. Absent: as otherwise says. */
bool part_flag(struct part_text t, bool otherwise);
/* A whole number of up to 18 digits that is not negative; -1: it is none. */
long long part_number(struct part_text t);

#endif
