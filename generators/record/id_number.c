/* id_number.c - see id_number.h. */
#include "record/id_number.h"

#include "core/utf8.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_province(const char *s)
{
    static const char known[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
                                "50 51 52 53 54 61 62 63 64 65 71 81 82 83 91";
    for (const char *k = known;; k += 3) {
        if (k[0] == s[0] && k[1] == s[1])
            return true;
        if (!k[2])
            return false;
    }
}

struct id_number id_number_read(const char *s)
{
    static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    struct id_number id = {.wrong = ID_NUMBER_SOUND};
    int sum = 0;

    if (utf8_count(s) != 18) {
        id.wrong = ID_NUMBER_LENGTH;
        return id;
    }
    for (int i = 0; i < 17; i++) {
        if (!is_digit(s[i])) {
            id.wrong = ID_NUMBER_CHARACTER;
            return id;
        }
        sum += weight[i] * (s[i] - '0');
    }
    id.lower_x = s[17] == 'x';
    char last = id.lower_x ? 'X' : s[17];
    if ((!is_digit(last) && last != 'X') || s[18]) {
        id.wrong = ID_NUMBER_CHARACTER;
        return id;
    }
    char birth[] = {s[6], s[7], s[8], s[9], '-', s[10], s[11], '-', s[12], s[13], '\0'};
    bool born = date_parse(birth, &id.birth);
    id.male = (s[16] - '0') % 2 == 1;
    if (!is_province(s))
        id.wrong = ID_NUMBER_REGION;
    else if (!born)
        id.wrong = ID_NUMBER_BIRTH;
    else if ("10X98765432"[sum % 11] != last)
        id.wrong = ID_NUMBER_CHECK;
    return id;
}

enum uscc_part uscc_check(const char *s)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    static const int weight[] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
    int sum = 0;

    if (utf8_count(s) != 18)
        return USCC_LENGTH;
    for (int i = 0; i < 18; i++) {
        const char *at = strchr(alphabet, s[i]);
        if (!at)
            return USCC_CHARACTER;
        if (i < 17)
            sum += weight[i] * (int)(at - alphabet);
    }
    return alphabet[(31 - sum % 31) % 31] == s[17] ? USCC_SOUND : USCC_CHECK;
}

/* The character at s, of half width; 0: the end. */
static uint32_t plain_at(const char *s, size_t *bytes)
{
    *bytes = 0;
    uint32_t c = *s ? utf8_next(s, strnlen(s, 4), bytes) : 0;
    return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFF01 + '!' : c == 0x3000 || c == 0xA0 ? ' ' : c;
}

static size_t digits_at(const char *s)
{
    size_t at = 0, bytes;
    for (uint32_t c; c = plain_at(s + at, &bytes), c >= '0' && c <= '9'; at += bytes)
        ;
    return at;
}

/* How many bytes at s look like an ID number; 0: none do. In groups, as 330199 19850312 0013, other
 * numbers stand, too: those of an ID number tell a region and a birthday. */
static size_t number_at(const char *s, bool grouped)
{
    char digits[19] = "";
    size_t n = 0, at = 0, bytes;

    for (uint32_t c; n < 18; at += bytes) {
        c = plain_at(s + at, &bytes);
        if (grouped && (n == 6 || n == 10 || n == 14) && (c == ' ' || c == '-'))
            continue;
        if (!(c >= '0' && c <= '9') && !(n == 17 && (c == 'X' || c == 'x')))
            break;
        digits[n++] = (char)c;
    }
    if (n == 18 && is_digit(digits[17]) && digits_at(s + at))
        return 0;
    if (!grouped)
        return n == 15 || n == 18 ? at : 0;
    enum id_number_part wrong = id_number_read(digits).wrong;
    return wrong == ID_NUMBER_SOUND || wrong == ID_NUMBER_CHECK ? at : 0;
}

char *id_number_mask(struct arena *arena, const char *text)
{
    char *out = arena_alloc(arena, strlen(text) + 1, 1), *to = out;

    while (*text) {
        size_t n = number_at(text, false), run = digits_at(text);
        n = n ? n : number_at(text, true);
        if (n) {
            to = stpcpy(to, id_number_mask_whole(arena, arena_strndup(arena, text, n)));
        } else { /* a longer or shorter run is something else, and so is its tail */
            n = run ? run : 1;
            to = (char *)memcpy(to, text, n) + n;
        }
        text += n;
    }
    return out;
}

char *id_number_mask_whole(struct arena *arena, const char *value)
{
    size_t len = utf8_count(value), head = len >= 15 ? 6 : len / 5, tail = len >= 15 ? 4 : len / 5;
    size_t left = strlen(value), used;
    char *out = arena_alloc(arena, left + 1, 1), *to = out;

    for (size_t i = 0; left > 0; i++, value += used, left -= used) {
        uint32_t c = utf8_next(value, left, &used);
        bool han = c >= 0x3400 && c <= 0x9FFF; /* 待补 stands in other messages, too */
        if (han || i < head || i + tail >= len)
            to = (char *)memcpy(to, value, used) + used;
        else
            *to++ = '*';
    }
    return out;
}
