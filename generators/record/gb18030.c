/* gb18030.c - see gb18030.h. The table is made by make-gb18030.py. */
#include "record/gb18030.h"

#include <stdbool.h>
#include <uchar.h>

#include "record/gb18030_table.inc"

enum {
    FIRST_LEAD = 0x81,
    LAST_LEAD = 0xFE,
    FIRST_TRAIL = 0x40,
    NO_TRAIL = 0x7F, /* between the trail bytes */
    BMP_CODES = 39420,
    FIRST_PLANE_CODE = 189000, /* 90308130, U+10000 */
    PLANE_CODES = 0x100000,
};

static bool is_lead(unsigned char c)
{
    return c >= FIRST_LEAD && c <= LAST_LEAD;
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static uint32_t of_bmp_code(uint32_t number)
{
    size_t low = 0, high = sizeof FOUR_BYTES / sizeof *FOUR_BYTES;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (FOUR_BYTES[middle].number <= number)
            low = middle;
        else
            high = middle;
    }
    return FOUR_BYTES[low].character + (number - FOUR_BYTES[low].number);
}

static uint32_t of_four_bytes(const unsigned char *b)
{
    uint32_t number =
        (((b[0] - 0x81U) * 10 + (b[1] - '0')) * 126 + (b[2] - 0x81U)) * 10 + (b[3] - '0');
    if (number < BMP_CODES)
        return of_bmp_code(number);
    if (number >= FIRST_PLANE_CODE && number - FIRST_PLANE_CODE < PLANE_CODES)
        return 0x10000 + (number - FIRST_PLANE_CODE);
    return GB18030_BAD;
}

static uint32_t of_two_bytes(const unsigned char *b)
{
    if (b[1] < FIRST_TRAIL || b[1] == NO_TRAIL || b[1] > LAST_LEAD)
        return GB18030_BAD;
    return TWO_BYTES[b[0] - FIRST_LEAD][b[1] - FIRST_TRAIL - (b[1] > NO_TRAIL)];
}

uint32_t gb18030_next(const char *s, size_t n, size_t *used)
{
    const unsigned char *b = (const unsigned char *)s;
    *used = 1;
    if (b[0] < 0x80)
        return b[0];
    if (!is_lead(b[0]))
        return GB18030_BAD;
    if (n < 2)
        return GB18030_CUT;
    *used = 2;
    if (!is_digit(b[1]))
        return of_two_bytes(b);
    if ((n > 2 && !is_lead(b[2])) || (n > 3 && !is_digit(b[3])))
        return GB18030_BAD;
    *used = 4;
    return n < 4 ? GB18030_CUT : of_four_bytes(b);
}
