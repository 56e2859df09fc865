/* xml_reader.h - reads the small XML documents of templates/ and fonts/ by a table: which elements
 * and attributes there may be, of which kind their values are, and where those go.
 *
 * One run reports every fault as a fault of the system with file:line: unknown words (with the one
 * that was probably meant), missing ones, values (with what may stand there), what stands twice,
 * stray text. No DOCTYPE, so no entities of its own; no network; at most 4 MiB, 64 levels.
 *
 * How a table is read. Each element has a struct of its own, zeroed, in the reader's arena: the
 * values of its attributes are put there, `begin` is called, the children are read, `end` is
 * called, and then the struct is copied behind the others of its parent's list, when the table says
 * so. Handlers get the element's struct and its parent's. The root's struct is the caller's.
 *
 *     static const struct xml_attribute of_column[] = {
 *         {"head", XML_WORD, XML_AT(struct column, head), .required = true},
 *         {"width", XML_LENGTH, XML_AT(struct column, width), .most = 1000, .otherwise = "10mm"},
 *         {"type", XML_CHOICE, XML_AT(struct column, type), .words = "text number"},
 *         {"", XML_TEXT, XML_AT(struct column, note)},
 *         {0}};
 *     static const struct xml_element elements[] = {
 *         {"roster", .inside = IN_ROSTER},
 *         {"column", .where = IN_ROSTER, of_column, sizeof(struct column),
 *          XML_INTO(struct roster, columns)},
 *         {0}};
 *
 * Tables end with a row of zeros. */
#ifndef XML_XML_READER_H
#define XML_XML_READER_H

#include "core/finding.h"

#include <stdint.h>

enum xml_kind {
    XML_TEXT,   /* const char *: as it is written, maybe "" */
    XML_WORD,   /* const char *: likewise, but never "" */
    XML_FLAG,   /* bool: false or true, unless the words are two others */
    XML_INT,    /* int: a whole number from least to most */
    XML_COUNT,  /* size_t: likewise */
    XML_NUMBER, /* double: with or without a fraction, from least to most */
    XML_CHOICE, /* an enum or int: the place of the value among the words */
    XML_LENGTH, /* double, points: 12mm or 9pt, from least to most (points), and above 0 */
    XML_SIDES,  /* double[4], points: top, right, bottom, left from one to four lengths, as in CSS,
                 * from least to most */
    XML_PARSED  /* whatever `parse` makes of it */
};

struct xml_reader;

struct xml_attribute {
    const char *name; /* "": the element's text, folded as in HTML, without blanks at its ends */
    enum xml_kind kind;
    size_t offset;         /* in the element's struct */
    bool required;         /* of a document at fault, strings are "" all the same */
    bool unique;           /* no other element of the document has the value in this attribute */
    double least, most;    /* both 0: any */
    const char *words;     /* XML_CHOICE, XML_FLAG: set off by blanks */
    const char *otherwise; /* what one that is absent or at fault is read as; NULL: the struct
                            * stays as it is */
    const char *expected;  /* XML_PARSED: an example, for messages */
    /* XML_PARSED: puts the value at `out`. false: it is none of those expected, and the reader says
     * so; true with a report of its own when there is more to say. */
    bool (*parse)(struct xml_reader *r, const char *text, void *out);
};

#define XML_AT(type, member) .offset = offsetof(type, member)
/* For what is only checked: people or XPath expressions read it in the document. */
#define XML_NOWHERE .offset = SIZE_MAX

typedef void xml_handler(struct xml_reader *r, void *self, void *parent);

/* Elements of one name may have several rows, for different places. */
struct xml_element {
    const char *name;
    unsigned where;  /* the places it may stand in, as bits of the caller's; 0: the root */
    unsigned inside; /* the place it opens for its children; 0: it is empty or holds text */
    const struct xml_attribute *attributes; /* NULL: none */
    size_t size; /* of its struct; 0: it has none, and its values go to its parent's */
    bool append; /* to the parent's list at `list`: see XML_INTO */
    size_t list;
    bool once;     /* at most one in a parent */
    bool required; /* at least one in each parent that opens its place */
    xml_handler *begin, *end;
    /* Text between the children: one piece, folded as in HTML, the element's ends without blanks.
     * NULL: only blanks may stand there. */
    void (*text)(struct xml_reader *r, const char *text, void *self);
};

/* A `begin`: puts the element into the first member of its struct, a struct _xmlNode *. */
xml_handler xml_keep_node;
/* Likewise where the element stands, a struct src_pos. */
xml_handler xml_keep_place;

/* The parent has, one behind the other: struct child *LIST; size_t n, cap. */
#define XML_INTO(parent, member) .append = true, .list = offsetof(parent, member)

/* Besides the places of an element itself, those of its parent: for words that stand for their
 * content wherever they stand. */
#define XML_AS_PARENT (1u << 31)

enum { XML_ELEMENTS_MAX = 64, XML_DEPTH_MAX = 64, XML_BYTES_MAX = 4 << 20 };

struct xml_reader {
    /* given by the caller */
    const struct xml_element *elements; /* the first is the root; at most XML_ELEMENTS_MAX */
    struct arena *arena;                /* of all strings and structs handed out */
    struct diag *diag;
    struct query_list *queries; /* of its XPath attributes: see QUERY_AT of query/query.h */
    void *owner;                /* for the handlers */
    bool keep;                  /* the document stays in `document`, to be freed with xml_free */
    /* for the handlers */
    const char *path;
    struct _xmlNode *node; /* the element at hand */
    struct _xmlDoc *document;
    /* the reader's own */
    struct xml_used {
        const struct xml_attribute *attribute;
        const char *value;
        long line;
    } * used; /* values of unique attributes */
    size_t n_used, cap_used;
};

/* root: the root element's struct. false: at least one fault was reported. */
bool xml_read(struct xml_reader *r, const char *path, void *root);
/* The same from memory; the name is for messages. */
bool xml_read_bytes(struct xml_reader *r, const char *name, const void *bytes, size_t len,
                    void *root);
/* The document of a file or of bytes for those who have no table, as safe as the above. NULL: it
 * was reported. */
struct _xmlDoc *xml_document(const char *path, struct arena *arena, struct diag *diag);
struct _xmlDoc *xml_document_of(const char *name, const void *bytes, size_t len,
                                struct arena *arena, struct diag *diag);
const char *xml_root_name(const struct _xmlDoc *document);
/* In the arena; "": it has none. */
const char *xml_root_attribute(const struct _xmlDoc *document, const char *name,
                               struct arena *arena);
void xml_free(struct _xmlDoc *document); /* NULL is fine */

/* For those, too. A decimal number, at most nine digits: strtod would take "nan", "0x1p3" and
 * "1e999", too. end: behind it. */
bool xml_plain_number(const char *s, const char **end, double *out);
/* The place of a word among others that blanks set off; -1: it is none of them. */
int xml_word_place(const char *words, const char *word);
/* Reports an attribute that an element of xml_document does not take; words: those that it takes.
 */
void xml_unknown_attribute(const struct _xmlNode *node, const char *name, const char *words,
                           struct arena *arena, struct diag *diag);

/* For handlers: where the element at hand stands, and whether it has the attribute. */
struct src_pos xml_at(const struct xml_reader *r);
bool xml_given(const struct xml_reader *r, const char *attribute);
/* Always false. Reports that a value of the element at hand is none of those expected; attribute
 * "": its text. */
bool xml_bad_value(struct xml_reader *r, const char *attribute, const char *value,
                   const char *expected);

#endif
