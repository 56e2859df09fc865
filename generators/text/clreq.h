/* clreq.h - what each character is to line breaking: W3C Requirements for Chinese Text Layout, GB/T
 * 15834 and 15835; ICU's line breaking property speaks for marks that those do not name. Internal
 * to text. */
#ifndef TEXT_CLREQ_H
#define TEXT_CLREQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clreq_class {
    CLREQ_HAN,     /* ideographs, kana and everything else that is set on the full square */
    CLREQ_OPEN,    /* opening quotes and brackets: not at a line's end */
    CLREQ_CLOSE,   /* closing ones: not at a line's start, as all the following but DASH */
    CLREQ_COMMA,   /* 、，；： */
    CLREQ_STOP,    /* 。．？！ */
    CLREQ_MARK,    /* narrow stops, iteration marks: marks without a blank */
    CLREQ_JOIN,    /* · ～ – - /: nothing is stretched around them */
    CLREQ_DASH,    /* —— and ……: pairs that are never split; — does not start a line */
    CLREQ_SUFFIX,  /* % ‰ ℃ °: belong to the number before them */
    CLREQ_PREFIX,  /* ￥ $ № ≥: belong to the number behind them, so not at a line's end */
    CLREQ_WESTERN, /* letters and digits set by their own width */
    CLREQ_SPACE
};

enum clreq_class clreq_class(uint32_t cp);
bool clreq_is_digit(uint32_t cp);    /* half or full width */
bool clreq_ends_number(uint32_t cp); /* a digit, or an exponent's */
/* How many of the characters behind a number are its unit, which GB/T 15835 keeps with it: 年 条
 * 余万吨 千伏安 平方毫米 ...; 0: none. */
size_t clreq_unit_length(const uint32_t *cps, size_t n);
/* — ～ 至 between the years of a range. */
bool clreq_joins_range(uint32_t cp);
/* The dot between the parts of a name, and the other dots that are typed in its place. */
bool clreq_is_interpunct(uint32_t cp);

#endif
