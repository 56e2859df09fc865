/* clreq.c - see clreq.h. */
#include "text/clreq.h"

#include "text/paragraph.h"

#include <stddef.h>

static bool among(uint32_t cp, const uint32_t *list)
{
    for (; *list; list++)
        if (*list == cp)
            return true;
    return false;
}

enum clreq_class clreq_class(uint32_t cp)
{
    static const uint32_t open[] = {0x201C, 0x2018, 0xFF08, 0x300A, 0x3008, 0x3010, 0x3016, 0x3014, 0xFF3B,
                                    0xFF5B, 0x300C, 0x300E, '(',    '[',    '{',    0};
    static const uint32_t close[] = {0x3001, 0xFF0C, 0x3002, 0xFF0E, 0x201D, 0x2019, 0xFF09, 0x300B, 0x3009, 0x3011,
                                     0x3017, 0x3015, 0xFF3D, 0xFF5D, 0x300D, 0x300F, ')',    ']',    '}',    0};
    static const uint32_t stop[] = {0xFF1A, 0xFF1B, 0xFF01, 0xFF1F, 0x203C, 0x2047, 0x3005, ',', '.', ';', ':', '!', '?', 0};
    static const uint32_t join[] = {0xB7, 0x2022, 0x2027, 0x30FB, 0x223C, 0xFF5E, '~', 0x2013, '-', 0x2010, '/', 0xFF0F, 0};
    static const uint32_t suffix[] = {'%', 0xFF05, 0x2030, 0x2103, 0xB0, 0x2032, 0x2033, 0};
    static const uint32_t prefix[] = {0xFFE5, 0xA5, '$', 0xFF04, 0x2116, '#', 0};

    if (cp == 0x2014 || cp == 0x2026 || cp == 0x2E3A)
        return CLREQ_DASH;
    if (cp == ' ' || cp == '\t' || cp == 0x2002 || cp == 0x2003 || cp == 0x2009)
        return CLREQ_SPACE;
    if (among(cp, open))
        return CLREQ_OPEN;
    if (among(cp, close))
        return CLREQ_CLOSE;
    if (among(cp, stop))
        return CLREQ_STOP;
    if (among(cp, join))
        return CLREQ_JOIN;
    if (among(cp, suffix))
        return CLREQ_SUFFIX;
    if (among(cp, prefix))
        return CLREQ_PREFIX;
    return cp < 0x2000 ? CLREQ_WESTERN : CLREQ_HAN;
}

bool clreq_is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

bool clreq_is_unit(uint32_t cp)
{
    /* 年月日时分秒条页项名人次元万亿吨米度号届级 */
    static const uint32_t units[] = {0x5E74, 0x6708, 0x65E5, 0x65F6, 0x5206, 0x79D2, 0x6761, 0x9875, 0x9879, 0x540D, 0x4EBA,
                                     0x6B21, 0x5143, 0x4E07, 0x4EBF, 0x5428, 0x7C73, 0x5EA6, 0x53F7, 0x5C4A, 0x7EA7, 0};
    return among(cp, units);
}

bool text_forbidden_start(uint32_t cp)
{
    switch (clreq_class(cp)) {
    case CLREQ_CLOSE:
    case CLREQ_STOP:
    case CLREQ_JOIN:
    case CLREQ_SUFFIX:
        return true;
    case CLREQ_DASH:
    case CLREQ_HAN:
    case CLREQ_OPEN:
    case CLREQ_PREFIX:
    case CLREQ_WESTERN:
    case CLREQ_SPACE:
        return cp == 0x2014; /* the connector use of — (2012—2016) cannot be told from the dash: neither starts a line */
    }
    return false;
}

bool text_forbidden_end(uint32_t cp)
{
    enum clreq_class c = clreq_class(cp);
    return c == CLREQ_OPEN || c == CLREQ_PREFIX;
}
