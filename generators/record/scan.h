/* scan.h - a look at the markup before the parser gets it: what would cost it time or memory
 * without bound, and what we refuse in any case. Works on well-formed UTF-8 in stretches of any
 * length; what is not well-formed XML it leaves to the parser. */
#ifndef RECORD_SCAN_H
#define RECORD_SCAN_H

#include <stddef.h>

enum {
    SCAN_PIECE_LIMIT = 1 << 20, /* bytes of one tag, comment, instruction or stretch of text */
    SCAN_ATTRIBUTE_LIMIT = 200  /* attributes of one tag */
};

enum scan_refusal { SCAN_FINE, SCAN_DOCTYPE, SCAN_LONG_TAG, SCAN_LONG_TEXT, SCAN_ATTRIBUTES };

enum scan_state {
    SCAN_TEXT,
    SCAN_OPEN, /* after < */
    SCAN_BANG, /* after <! */
    SCAN_DASH, /* after <!- */
    SCAN_TAG,
    SCAN_DOUBLE, /* in "..." of a tag */
    SCAN_SINGLE,
    SCAN_COMMENT, /* these three end with "-->", "]]>" and "?>" */
    SCAN_CDATA,
    SCAN_INSTRUCTION
};

/* {.line = 1} is ready for use. */
struct scan {
    enum scan_state state;
    enum scan_refusal refusal;
    size_t length;         /* of the piece so far */
    unsigned attributes;   /* of the tag so far */
    unsigned run;          /* of - or ] or ? just before, in the last three states */
    long line, piece_line; /* the current one, and the one where the piece began */
};

/* How many of n bytes may go to the parser: all, or fewer when s->refusal says why. */
size_t scan(struct scan *s, const char *bytes, size_t n);

#endif
