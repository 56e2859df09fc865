/* test_gb18030.c - every code of GB 18030, beside ICU's converter: another hand's table, of the
 * edition of 2005. */
#include "record/gb18030.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/ucnv.h>
#include <unicode/utf16.h>

enum { CODE_POINTS = 0x110000 };

/* The codes that are read otherwise than in the edition of 2005. */
static const struct {
    unsigned code;
    uint32_t character;
} CHANGED[] = {
    {0xA3A0, 0x3000}, /* U+E5E5 */
    {0xA6D9, 0xFE10}, {0xA6DA, 0xFE12}, {0xA6DB, 0xFE11}, {0xA6DC, 0xFE13}, {0xA6DD, 0xFE14},
    {0xA6DE, 0xFE15}, {0xA6DF, 0xFE16}, {0xA6EC, 0xFE17}, {0xA6ED, 0xFE18}, {0xA6F3, 0xFE19},
    {0xFE59, 0x9FB4}, {0xFE61, 0x9FB5}, {0xFE66, 0x9FB6}, {0xFE67, 0x9FB7}, {0xFE6D, 0x9FB8},
    {0xFE7E, 0x9FB9}, {0xFE90, 0x9FBA}, {0xFEA0, 0x9FBB},
};
enum { CHANGES = sizeof CHANGED / sizeof *CHANGED };

static UConverter *icu;

static int begin(void **state)
{
    UErrorCode status = U_ZERO_ERROR;
    (void)state;
    icu = ucnv_open("gb18030", &status);
    ucnv_setToUCallBack(icu, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    return U_SUCCESS(status) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    ucnv_close(icu);
    return 0;
}

static uint32_t by_icu(const char *code, size_t n)
{
    UErrorCode status = U_ZERO_ERROR;
    const char *from = code;
    ucnv_reset(icu);
    UChar32 c = ucnv_getNextUChar(icu, &from, code + n, &status);
    return U_SUCCESS(status) && from == code + n ? (uint32_t)c : GB18030_BAD;
}

static uint32_t expected(const char *code, size_t n)
{
    const unsigned char *b = (const unsigned char *)code;
    for (size_t i = 0; n == 2 && i < CHANGES; i++)
        if (CHANGED[i].code == ((unsigned)b[0] << 8 | b[1]))
            return CHANGED[i].character;
    return by_icu(code, n);
}

static bool check_code(const char *code, size_t n, unsigned char *seen)
{
    size_t used;
    uint32_t c = gb18030_next(code, n, &used), wanted = expected(code, n);
    if (c != wanted)
        fail_msg("%02X %02X ... of %zu bytes is U+%04X, not U+%04X", (unsigned char)code[0],
                 (unsigned char)code[n - 1], n, (unsigned)c, (unsigned)wanted);
    if (c == GB18030_BAD)
        return false;
    assert_int_equal(used, n);
    assert_true(c < CODE_POINTS);
    seen[c] = 1;
    return true;
}

static size_t check_two_bytes(unsigned char *seen)
{
    size_t valid = 0;
    for (int lead = 0x80; lead <= 0xFF; lead++)
        for (int trail = 0; trail <= 0xFF; trail++)
            if (trail < '0' || trail > '9')
                valid += check_code((const char[]){(char)lead, (char)trail}, 2, seen);
    return valid;
}

static size_t check_four_bytes(unsigned char *seen)
{
    size_t valid = 0;
    for (int a = 0x81; a <= 0xFE; a++)
        for (int b = '0'; b <= '9'; b++)
            for (int c = 0x81; c <= 0xFE; c++)
                for (int d = '0'; d <= '9'; d++)
                    valid +=
                        check_code((const char[]){(char)a, (char)b, (char)c, (char)d}, 4, seen);
    return valid;
}

static void all_codes_are_read(void **state)
{
    unsigned char *seen = calloc(CODE_POINTS, 1);
    (void)state;
    for (int c = 0; c < 0x80; c++)
        check_code((const char[]){(char)c}, 1, seen);
    assert_int_equal(check_two_bytes(seen), 126 * 190);
    assert_int_equal(check_four_bytes(seen), 39420 + 0x100000);
    /* no code: surrogates, and the private-use characters that gave theirs up */
    size_t unseen = 0;
    for (uint32_t c = 0; c < CODE_POINTS; c++)
        if (!seen[c] && (c < 0xD800 || c > 0xDFFF)) {
            assert_true(c >= 0xE000 && c < 0xF900);
            unseen++;
        }
    assert_int_equal(unseen, CHANGES);
    free(seen);
}

static void both_forms_give_the_assigned_character(void **state)
{
    static const struct {
        const char *four;
        uint32_t first;
        int n;
    } runs[] = {{"\x82\x35\x90\x37", 0x9FB4, 3},
                {"\x82\x35\x91\x30", 0x9FB7, 5},
                {"\x84\x31\x82\x36", 0xFE10, 4},
                {"\x84\x31\x83\x30", 0xFE14, 6}};
    size_t used, found = 0;
    (void)state;
    for (size_t r = 0; r < sizeof runs / sizeof *runs; r++)
        for (int i = 0; i < runs[r].n; i++) {
            const char *f = runs[r].four;
            const char four[] = {f[0], f[1], f[2], (char)(f[3] + i)};
            assert_int_equal(gb18030_next(four, 4, &used), runs[r].first + (uint32_t)i);
            for (size_t k = 0; k < CHANGES; k++)
                found += CHANGED[k].character == runs[r].first + (uint32_t)i;
        }
    assert_int_equal(found, 18);
}

static void what_is_no_code_is_refused_or_awaited(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        uint32_t answer;
    } cases[] = {
        {"\x80", 1, GB18030_BAD},         {"\xFF\xA1", 2, GB18030_BAD},
        {"\x81", 1, GB18030_CUT},         {"\x81\x7F", 2, GB18030_BAD},
        {"\x81\xFF", 2, GB18030_BAD},     {"\x81\x3A", 2, GB18030_BAD},
        {"\x81\x30", 2, GB18030_CUT},     {"\x81\x30\x81", 3, GB18030_CUT},
        {"\x81\x30\x80", 3, GB18030_BAD}, {"\x81\x30\x81\x3A", 4, GB18030_BAD},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t used;
        assert_int_equal(gb18030_next(cases[i].bytes, cases[i].n, &used), cases[i].answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_codes_are_read),
        cmocka_unit_test(both_forms_give_the_assigned_character),
        cmocka_unit_test(what_is_no_code_is_refused_or_awaited),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
