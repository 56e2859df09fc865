/* paragraph.h - sets a paragraph: breaks lines and places glyphs by CLREQ (W3C), GB/T 15834 and
 * GB/T 15835.
 *
 * Spacing is positions, never characters. The order is: width adjustment of adjacent punctuation,
 * then breaking with forbidden line starts and ends, then justification (shrink before stretch).
 * Line ends are chosen over the whole paragraph (total_fit.h): justified lines are distorted least,
 * centred ones have like widths, others are as few as there can be. No hanging punctuation. No line
 * starts or ends with a forbidden mark: what that keeps together and is wider than the measure
 * stands alone on its line, whole, and overflow says so. Words, numbers with their units and ranges
 * of dates are whole where the measure holds them. A last line has two characters, if the line
 * before can spare one; a line that would be loose is left ragged. */
#ifndef TEXT_PARAGRAPH_H
#define TEXT_PARAGRAPH_H

#include "text/font.h"

enum text_align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT, ALIGN_JUSTIFY, ALIGN_SPREAD };

/* A run of equally set characters, or an inline object (text NULL) of a given width. */
struct text_span {
    const char *text; /* UTF-8; LF, CR LF and CR are forced line ends, a tab is a space */
    size_t len;
    enum font_role role;
    double size;         /* points */
    bool single_face;    /* set in the first face that has every character of the span (names) */
    bool unbreakable;    /* ids, phones, URLs, page numbers: never broken inside; between two such
                            spans only when nothing else is left */
    bool tabular;        /* digits are centred in steps of the widest digit */
    double object_width; /* text NULL: the object's width in points */
    double spread; /* > 0: spread over this width in points as one unit (张　三), unbreakable */
};

struct paragraph_style {
    double width;        /* of the measure, points */
    double first_indent; /* points */
    double hang_indent;  /* of all lines but the first */
    enum text_align align;
    double tracking; /* added to each advance of a full-width character (the letter's 28-character
                        grid), points */
    bool at_interpuncts_only; /* break only after · (long minority names) */
};

struct text_glyph {
    const struct face *face; /* NULL: the inline object of that span */
    uint32_t gid, cp, vs;
    double size;
    double x;     /* left edge of its advance box from the measure's left edge, points */
    double width; /* its share of the line: advance after adjustment; the glyph itself may be drawn
                     shifted by shift */
    double shift; /* drawn at x + shift: an opening bracket that lost its leading half em has
                     -size/2 */
    size_t span;  /* index into the spans */
};

struct text_line {
    struct text_glyph *glyphs;
    size_t n;
    double left, right; /* ink-independent extent used, from the measure's left edge */
    double size;        /* the largest size on it */
    bool spread;        /* gaps were opened for spreading: wants ActualText */
};

/* A character that no face of the role draws, or an invisible character. */
struct text_missing {
    uint32_t cp, vs;
    enum font_role role;
    size_t span;
};

/* A face other than the role's primary one was used. */
struct text_fallback {
    uint32_t cp;
    enum font_role role;
    const struct face *face;
};

/* An end of a line that is neither LF nor CR: U+0085, U+2028, U+2029. */
bool text_is_odd_line_end(uint32_t cp);

struct text_lines {
    struct text_line *lines; /* at least one, perhaps empty */
    size_t n;
    bool overflow; /* some piece that cannot be broken was wider than its line */
    double widest; /* the widest such piece, of text that overflows: what width it asks for */
    struct text_missing *missing;
    size_t n_missing;
    /* Invisible characters: no glyph stands for them. A zero-width space lets a line end, a word
     * joiner does not; a soft hyphen shows where a word breaks at it. And what ends a line without
     * being seen: text_is_odd_line_end. With a selector: no face has that shape of the character,
     * and its usual one is drawn. */
    struct text_missing *invisible;
    size_t n_invisible;
    struct text_fallback *fallback; /* each code point and role once */
    size_t n_fallback;
    bool word_broken; /* a Western word or a number was broken inside: it was wider than its line */
};

/* Never fails. A character without a glyph is listed in missing and takes 1 em of room. */
struct text_lines *paragraph_set(struct arena *arena, struct fonts *fonts,
                                 const struct text_span *spans, size_t n,
                                 const struct paragraph_style *style);

/* For the tests: may a line start with / end with this character. */
bool text_forbidden_start(uint32_t cp);
bool text_forbidden_end(uint32_t cp);

#endif
