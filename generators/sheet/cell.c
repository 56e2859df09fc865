/* cell.c - see cell.h. */
#include "sheet/cell.h"

#include "core/utf8.h"
#include "record/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SERIAL = 61 }; /* 1900-03-01: before it Excel counts a day that never was */

#define NARROW_EM 0.55 /* the widest digits of the fonts that stand in for 宋体 */

/* yyyy[-mm[-dd]]: how many of the three; 0: it is no date. */
static int date_parts(const char *s, int d[3])
{
    size_t n = strlen(s);
    if (n != 4 && n != 7 && n != 10)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (i == 4 || i == 7 ? s[i] != '-' : s[i] < '0' || s[i] > '9')
            return 0;
    for (int i = 0; i < 3; i++)
        d[i] = n >= (size_t)(4 + 3 * i) ? atoi(s + (i ? 2 + 3 * i : 0)) : 0;
    return n == 4 ? 1 : n == 7 ? 2 : 3;
}

long date_serial(const char *text)
{
    struct date d;
    long n = date_parse(text, &d) && d.precision == DATE_DAY ? date_number(d) : 0;
    return n > DATE_BEFORE_EXCEL ? n - DATE_BEFORE_EXCEL : 0;
}

/* A plain decimal of at most 15 digits, which is what Excel keeps, and without a zero that it would
 * drop. */
static bool plain_number(const char *s, double *out)
{
    size_t sign = *s == '-', whole = strspn(s + sign, "0123456789");
    const char *p = s + sign + whole;
    size_t part = *p == '.' ? strspn(p + 1, "0123456789") : 0;
    if (whole == 0 || (*p == '.' && part == 0) || p[part ? part + 1 : 0] || whole + part > 15)
        return false;
    if (whole > 1 && s[sign] == '0')
        return false;
    *out = strtod(s, NULL);
    return true;
}

void cell_make(struct cell *out, const struct sheet_column *column, const char *text)
{
    int d[3], n;
    long serial;

    out->kind = *text ? CELL_TEXT : CELL_BLANK;
    out->text = text;
    out->number = 0;
    switch (column->type) {
    case COLUMN_TEXT:
    case COLUMN_CODE:
        break;
    case COLUMN_INDEX:
    case COLUMN_NUMBER:
        if (plain_number(text, &out->number)) {
            out->kind = CELL_NUMBER;
            out->text = "";
        } else if (!strcmp(text, "NaN")) { /* XPath's word for: there is nothing to count */
            out->kind = CELL_BLANK;
            out->text = "";
        }
        break;
    case COLUMN_DATE:
        if ((serial = date_serial(text)) >= FIRST_SERIAL) {
            out->kind = CELL_NUMBER;
            out->text = "";
            out->number = (double)serial;
        } else if ((n = date_parts(text, d)) > 0) {
            size_t len = n == 1 ? 4 : n == 2 ? 7 : 10;
            memcpy(out->own, text, len + 1);
            for (size_t i = 4; i < len; i += 3)
                out->own[i] = '.';
            out->text = out->own;
        }
        break;
    }
}

const char *cell_shown(const struct cell *cell, const struct sheet_column *column, char *buffer)
{
    const char *f = column->format;
    size_t n = 0;

    if (cell->kind != CELL_NUMBER)
        return cell->text;
    if (column->type != COLUMN_DATE) {
        const char *point = strchr(f, '.');
        if (!strcmp(f, "General"))
            snprintf(buffer, CELL_SHOWN, "%.15g", cell->number);
        else /* Excel rounds halves of the decimal up, printf those of the binary to even */
            snprintf(buffer, CELL_SHOWN, "%.*f", point ? (int)strlen(point + 1) % 30 : 0,
                     cell->number * (1 + 4e-16));
        return buffer;
    }
    struct date d = date_numbered((long)cell->number + DATE_BEFORE_EXCEL);
    for (buffer[0] = '\0'; *f && n + 12 < CELL_SHOWN; n = strlen(buffer)) {
        size_t run = strspn(f, (char[]){*f, '\0'});
        if (*f == 'y')
            snprintf(buffer + n, CELL_SHOWN - n, "%04d", d.year);
        else if (*f == 'm' || *f == 'd')
            snprintf(buffer + n, CELL_SHOWN - n, run > 1 ? "%02d" : "%d",
                     *f == 'm' ? d.month : d.day);
        else
            snprintf(buffer + n, CELL_SHOWN - n, "%.*s", (int)run, f);
        f += run;
    }
    return buffer;
}

/* What Chinese fonts set on the full square; marks and selectors take no room. */
static double ems_of(uint32_t cp)
{
    if (cp < 0x7F)
        return NARROW_EM;
    if (utf8_is_variation_selector(cp) || (cp >= 0x300 && cp < 0x370) ||
        (cp >= 0x200B && cp <= 0x200F))
        return 0;
    return cp >= 0x2010 || cp == 0xB7 ? 1 : 0.7;
}

static bool is_hex(const char *s)
{
    return strspn(s, "0123456789abcdefABCDEF") >= 4;
}

static bool is_escape(const char *s)
{
    return s[0] == '_' && s[1] == 'x' && is_hex(s + 2) && s[6] == '_';
}

struct text_shape text_shape(const char *text)
{
    struct text_shape out = {0};
    const char *s = text;
    size_t len = strlen(text), used = 1;

    for (const char *end = text + len; s < end; s += used) {
        uint32_t cp = (unsigned char)*s;
        used = 1;
        if (cp >= 0x80 && (cp = utf8_next(s, (size_t)(end - s), &used)) == UTF8_BAD) {
            out.fault = TEXT_BAD_BYTE;
            out.bad = (unsigned char)*s;
            return out;
        }
        if ((cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r') || utf8_is_unprintable(cp)) {
            out.fault = TEXT_BAD_CHARACTER;
            out.bad = cp;
            return out;
        }
        out.units += 1 + (cp > 0xFFFF);
        out.ems += ems_of(cp);
        if (cp == '\n')
            out.breaks = true;
        else if (cp == '\r' || (cp == '_' && is_escape(s)))
            out.escapes = true;
    }
    if (out.units > CELL_UNITS_MAX)
        out.fault = TEXT_TOO_LONG;
    return out;
}

/* Wide characters go to the next line one by one, narrow ones as words; a word longer than the line
 * is cut. Returns the bytes that the first most lines hold. */
static size_t break_lines(const char *text, double ems, size_t most, size_t *lines)
{
    size_t len = strlen(text), used, word_start = 0;
    double at = 0, word = 0;

    *lines = 1;
    for (size_t i = 0; i < len; i += used) {
        uint32_t cp = utf8_next(text + i, len - i, &used);
        double w = ems_of(cp);
        if (cp == '\n') {
            if (++*lines > most)
                return i;
            at = word = 0;
            continue;
        }
        bool narrow = cp < 0x80 && cp != ' ';
        word_start = narrow && word > 0 ? word_start : i;
        if (at + w > ems && at > 0) {
            /* the word begun goes along, unless it is all there is on the line */
            bool along = narrow && word > 0 && word < at;
            if (++*lines > most)
                return along ? word_start : i;
            at = along ? word : 0;
            word = narrow ? at : 0;
        }
        at += w;
        word = narrow ? word + w : 0;
    }
    return len;
}

size_t text_line_count(const char *text, double ems)
{
    size_t lines;
    break_lines(text, ems, SIZE_MAX, &lines);
    return lines;
}

size_t text_lines_hold(const char *text, double ems, size_t lines)
{
    size_t taken;
    return break_lines(text, ems, lines, &taken);
}

char *text_escaped(struct arena *arena, const char *text)
{
    char *out = arena_alloc(arena, strlen(text) * 7 + 1, 1), *p = out;
    for (const char *s = text; *s; s++) {
        if (*s == '\r' || is_escape(s)) {
            memcpy(p, *s == '\r' ? "_x000D_" : "_x005F_", 7);
            p += 7;
        } else {
            *p++ = *s;
        }
    }
    *p = '\0';
    return out;
}
