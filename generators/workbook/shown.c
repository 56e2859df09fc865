/* shown.c - see shown.h. */
#include "workbook/shown.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 15 };

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

/* How many digits a number format leaves behind the point; -1: it does not say. */
static int decimals_of(const char *format, bool *percent)
{
    size_t end = strcspn(format, ";");
    const char *point = memchr(format, '.', end);
    int n = 0;

    *percent = memchr(format, '%', end) != NULL;
    if (!strpbrk(format, "0#") || strchr(format, '?') || strchr(format, '"') ||
        memchr(format, 'E', end))
        return -1;
    for (const char *p = point ? point + 1 : ""; *p == '0' || *p == '#'; p++)
        n++;
    return n;
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

bool shown_scaled(const char *format)
{
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

static const char *shown_number(const struct xlsx_cell *cell, struct arena *arena)
{
    bool percent;
    int decimals = decimals_of(cell->format, &percent);
    double value = strtod(cell->text, NULL);

    if (decimals < 0 || decimals > DIGITS || fabs(value) >= 1e15)
        return digits_of(value, arena);
    return arena_printf(arena, "%.*f%s", decimals, percent ? value * 100 : value,
                        percent ? "%" : "");
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
    bool percent;
    int decimals = decimals_of(cell->format, &percent);
    double value = strtod(cell->text, NULL);

    if (decimals < 0)
        return false;
    return percent || strcmp(digits_of(strtod(shown_number(cell, arena), NULL), arena),
                             digits_of(value, arena)) != 0;
}
