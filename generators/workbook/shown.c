/* shown.c - see shown.h. */
#include "workbook/shown.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DIGITS = 15, ZEROS_MOST = 64 /* that a format can ask for */ };

/* The digits of 1.23456789012345e+02 with their point, and no zeros that say nothing. */
static const char *plain_digits(const char *mantissa, int exponent, bool negative,
                                struct arena *arena)
{
    struct buffer out = {0};
    int last = DIGITS - 1;
    while (last > 0 && mantissa[last] == '0')
        last--;
    buffer_puts(&out, negative ? "-" : "");
    if (exponent < 0)
        buffer_puts(&out, "0.");
    for (int i = -1; i > exponent; i--)
        buffer_putc(&out, '0');
    for (int i = 0; i <= last || i <= exponent; i++) {
        if (i > 0 && i == exponent + 1)
            buffer_putc(&out, '.');
        buffer_putc(&out, i <= last ? mantissa[i] : '0');
    }
    char *text = arena_strndup(arena, (char *)out.data, out.len);
    buffer_clear(&out);
    return text;
}

static const char *digits_of(double value, struct arena *arena)
{
    char text[64], mantissa[DIGITS];

    if (value == 0)
        return "0";
    if (!isfinite(value) || fabs(value) >= 1e30 || fabs(value) < 1e-30)
        return arena_printf(arena, "%.15g", value);
    snprintf(text, sizeof text, "%.*e", DIGITS - 1, fabs(value));
    mantissa[0] = text[0];
    memcpy(mantissa + 1, text + 2, DIGITS - 1);
    return plain_digits(mantissa, atoi(strchr(text, 'e') + 1), value < 0, arena);
}

const char *shown_digits(const char *stored, struct arena *arena)
{
    return digits_of(strtod(stored, NULL), arena);
}

/* Passes over a literal of a number format, or what stands between brackets; *point: it shows a
 * point. false: the character says how digits are shown. */
static bool skip_literal(const char **at, bool *point)
{
    const char *p = *at, *end = p + 1;
    if (*p == '"' || *p == '[')
        end = strchr(p + 1, *p == '"' ? '"' : ']');
    else if (!strchr("\\!_*", *p))
        return false;
    end = !end || !*end ? p + strlen(p) : end + 1;
    *point = *point || (*p != '[' && memchr(p + 1, '.', (size_t)(end - p - 1)));
    *at = end;
    return true;
}

/* --- how a number is shown --- */

/* The section of a number format that shows a value. */
struct number_look {
    int zeros, decimals; /* digits before the point that are shown always; behind it */
    bool digits;         /* it shows any */
    bool percent;
    bool inexact; /* by fractions or powers of ten */
    bool words;   /* it shows what is no number, or a fraction */
};

/* Behind a section, which ends with ; or the format. */
static const char *section_end(const char *s)
{
    bool point = false;
    while (*s && *s != ';')
        if (!skip_literal(&s, &point))
            s++;
    return s;
}

/* Whether the section is for the value, by its condition: [>=10000]. -1: it has none. */
static int meets_condition(const char *section, double value)
{
    for (const char *p = section; *p == '['; p = strchr(p, ']') + 1) {
        size_t marks = strspn(p + 1, "<>=");
        double limit = strtod(p + 1 + marks, NULL);
        if (!strchr(p, ']'))
            return -1;
        if (marks)
            return (value < limit && memchr(p + 1, '<', marks)) ||
                   (value > limit && memchr(p + 1, '>', marks)) ||
                   (value == limit && memchr(p + 1, '=', marks));
    }
    return -1;
}

/* Positive numbers, negative ones and zero have sections of their own, where there are so many and
 * no conditions say otherwise. */
static const char *section_of(const char *format, double value)
{
    const char *end = section_end(format), *second = end + 1;
    int first_meets = meets_condition(format, value);
    if (!*end || first_meets == 1 || (first_meets < 0 && value > 0))
        return format;
    const char *second_end = section_end(second), *third = *second_end ? second_end + 1 : NULL;
    if (third && memchr(third, '@', (size_t)(section_end(third) - third)))
        third = NULL; /* that of texts */
    if (first_meets < 0)
        return value < 0 ? second : third ? third : format;
    int second_meets = meets_condition(second, value);
    return third && (second_meets < 0 ? value >= 0 : !second_meets) ? third : second;
}

/* [Red], [$-804], [>=100]: not what is shown, but how, or of which values. */
static bool is_mere_look(const char *bracket)
{
    return !strncmp(bracket, "[$-", 3) || strspn(bracket + 1, "<>=") > 0 ||
           (isalpha((unsigned char)bracket[1]) && strncasecmp(bracket, "[DBNum", 6) != 0) ||
           (unsigned char)bracket[1] >= 0x80;
}

/* Of a literal, from its mark on; minus: a - may stand there. */
static bool is_word(const char *s, const char *end, bool minus)
{
    if (*s == '_' || *s == '*' || (*s == '[' && is_mere_look(s)))
        return false;
    if (*s == '[')
        return true;
    for (s++; s < end && *s != '"'; s++)
        if (*s != ' ' && !(minus && *s == '-'))
            return true;
    return false;
}

/* As Excel writes it, and as it and WPS show it in Chinese. 0: it does not. */
static size_t begins_general(const char *s)
{
    static const char *const names[] = {"General", "G/通用格式"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strncasecmp(s, names[i], strlen(names[i])))
            return strlen(names[i]);
    return 0;
}

static struct number_look look_of(const char *format, double value)
{
    struct number_look look = {0};
    bool behind = false;
    for (const char *p = section_of(format, value), *s; *p && *p != ';';) {
        bool point = false;
        s = p;
        size_t general = begins_general(p);
        if (general) {
            look.inexact = true;
            p += general;
        } else if (skip_literal(&p, &point)) {
            look.words = look.words || is_word(s, p, value < 0 && !look.digits);
        } else {
            p++;
            look.digits = look.digits || strchr("0#?", *s);
            look.zeros += *s == '0' && !behind;
            look.decimals += (*s == '0' || *s == '#') && behind;
            behind = behind || *s == '.';
            look.percent = look.percent || *s == '%';
            look.inexact = look.inexact || strchr("?Ee@", *s);
            look.words = look.words || !(strchr("0#?.,%Ee+@ ", *s) || (*s == '-' && value < 0) ||
                                         (*s == '-' && look.inexact));
        }
    }
    look.words = look.words || (!look.digits && !look.inexact);
    return look;
}

/* Its digits are those of the value, as far as they are shown. */
static bool is_plain(const struct number_look *look)
{
    return look->digits && !look->inexact && !look->words && look->decimals <= DIGITS;
}

static const char *shown_number(const struct xlsx_cell *cell, struct arena *arena)
{
    double value = strtod(cell->text, NULL);
    struct number_look look = look_of(cell->format, value);
    int width = look.zeros + (look.decimals ? look.decimals + 1 : 0) + (value < 0);

    if (!is_plain(&look) || fabs(value) >= 1e15)
        return digits_of(value, arena);
    return arena_printf(arena, "%0*.*f%s", width < ZEROS_MOST ? width : 0, look.decimals,
                        look.percent ? value * 100 : value, look.percent ? "%" : "");
}

static const char *shown_date(const struct xlsx_cell *c, struct arena *arena)
{
    if (!c->date.year || (!c->date.year_shown && !c->date.day_shown))
        return arena_strdup(arena, c->text);
    if (!c->date.year_shown)
        return arena_printf(arena, "%d月%d日", c->date.month, c->date.day);
    return c->date.day_shown
               ? arena_printf(arena, "%04d-%02d-%02d", c->date.year, c->date.month, c->date.day)
               : arena_printf(arena, "%04d-%02d", c->date.year, c->date.month);
}

const char *shown_cell(const struct xlsx_cell *cell, struct arena *arena)
{
    switch (cell->kind) {
    case XLSX_NUMBER:
        return shown_number(cell, arena);
    case XLSX_DATE:
        return shown_date(cell, arena);
    case XLSX_BOOLEAN:
        return *cell->text == '1' ? "TRUE" : "FALSE";
    case XLSX_TEXT:
    case XLSX_ERROR:
        return arena_strdup(arena, cell->text);
    case XLSX_EMPTY:
    case XLSX_NO_VALUE:
    case XLSX_PICTURE:
    case XLSX_BAD_STRING:
        break;
    }
    return "";
}

bool shown_otherwise(const struct xlsx_cell *cell, struct arena *arena)
{
    double value = strtod(cell->text, NULL);
    struct number_look look = look_of(cell->format, value);

    if (!is_plain(&look))
        return false;
    return look.percent || strcmp(digits_of(strtod(shown_number(cell, arena), NULL), arena),
                                  digits_of(value, arena)) != 0;
}

bool shown_scaled(const struct xlsx_cell *cell)
{
    const char *format = section_of(cell->format, strtod(cell->text, NULL));
    bool comma = false, point = false, digits = false;
    for (const char *p = format; *p && *p != ';';) {
        bool literal_point = false;
        if (skip_literal(&p, &literal_point)) {
            point = point || (digits && literal_point);
            continue;
        }
        if (strchr("0#?", *p) && point)
            return true; /* 0!.0000: the point is a picture of one */
        if (strchr("0#?", *p)) {
            digits = true;
            comma = false;
        }
        if (*p == '.' && comma)
            return true;
        comma = comma || (*p == ',' && digits);
        p++;
    }
    return comma; /* behind the last digit it divides by a thousand */
}

bool shown_not(const struct xlsx_cell *cell)
{
    double value = strtod(cell->text, NULL);
    struct number_look look = look_of(cell->format, value);
    return value != 0 && !look.digits && !look.inexact;
}

bool shown_as_words(const struct xlsx_cell *cell)
{
    return look_of(cell->format, strtod(cell->text, NULL)).words || shown_scaled(cell);
}
