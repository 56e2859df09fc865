/* clreq.h - what each character is to line breaking: W3C Requirements for Chinese Text Layout 3.1. Internal to text. */
#ifndef TEXT_CLREQ_H
#define TEXT_CLREQ_H

#include <stdbool.h>
#include <stdint.h>

enum clreq_class {
    CLREQ_HAN,     /* ideographs, kana and everything else that is set on the full square */
    CLREQ_OPEN,    /* opening quotes and brackets: blank on the left when full width */
    CLREQ_CLOSE,   /* closing ones and 、，。．: blank on the right */
    CLREQ_STOP,    /* ：；！？: not at a line start, blank on both sides or neither */
    CLREQ_JOIN,    /* · ～ – — - /: not at a line start, nothing is stretched around it */
    CLREQ_DASH,    /* —— and ……: pairs that are never split */
    CLREQ_SUFFIX,  /* % ‰ ℃ °: belong to the number before them */
    CLREQ_PREFIX,  /* ￥ $ № : belong to the number behind them */
    CLREQ_WESTERN, /* letters and digits set by their own width */
    CLREQ_SPACE
};

enum clreq_class clreq_class(uint32_t cp);
bool clreq_is_digit(uint32_t cp);
/* 年 月 日 条 页 ... and unit letters that GB/T 15835 keeps with the number before them. */
bool clreq_is_unit(uint32_t cp);

#endif
