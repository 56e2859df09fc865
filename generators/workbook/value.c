/* value.c - see value.h. Values are read as record/correction.h reads those of the XML; what is
 * added here is what Excel does to them: numbers, dates and formulas in the place of what was
 * typed. */
#include "workbook/value.h"

#include "core/utf8.h"
#include "record/correction.h"
#include "record/date.h"
#include "record/quote.h"
#include "workbook/serial.h"
#include "workbook/shown.h"
#include "workbook/statement.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A value that is being read. */
struct task {
    const struct value_rule *rule;
    const struct xlsx_cell *cell;
    struct arena *arena;
    const char *written;
};

static struct value_reading reading(const struct task *t, enum value_outcome outcome,
                                    const char *value, const char *zh, const char *en)
{
    return (struct value_reading){outcome, value, t->written, {zh, en}};
}

static struct value_reading plain(const struct task *t, const char *value)
{
    return reading(t, *value ? VALUE_PLAIN : VALUE_EMPTY, value, "", "");
}

static struct value_reading read_as(const struct task *t, const char *value)
{
    return reading(t, VALUE_READ, value, "", "");
}

/* The formats take the same arguments in the same order. */
static struct value_reading refused(const struct task *t, const char *zh, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

static struct value_reading refused(const struct task *t, const char *zh, const char *en, ...)
{
    va_list args, again;
    va_start(args, en);
    va_copy(again, args);
    struct value_reading r = reading(t, VALUE_REFUSED, "", arena_vprintf(t->arena, zh, args),
                                     arena_vprintf(t->arena, en, again));
    va_end(again);
    va_end(args);
    return r;
}

/* Read as it is, or otherwise than it was written. */
static struct value_reading read_or_plain(const struct task *t, const char *value)
{
    return strcmp(value, t->written) ? read_as(t, value) : plain(t, value);
}

static bool is_blank(const char *text)
{
    for (size_t i = 0, len = strlen(text), used; i < len; i += used) {
        uint32_t c = utf8_next(text + i, len - i, &used);
        if (c != ' ' && c != '\t' && c != '\n' && c != 0xA0 && c != 0x3000 && !utf8_is_ignorable(c))
            return false;
    }
    return true;
}

/* A character that XML, and so the record, cannot hold; 0: none. */
static unsigned control_in(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if ((*p < 0x20 && *p != '\t' && *p != '\n') || *p == 0x7F)
            return *p;
        if (p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE)
            return p[2] == 0xBE ? 0xFFFE : 0xFFFF;
    }
    return 0;
}

/* What may have been typed where Excel has made a date of it. */
static const char *typed_before(const struct task *t)
{
    const struct xlsx_cell *c = t->cell;
    int month = c->date.month, day = c->date.day, year = c->date.year;
    if (!year)
        return c->text;
    if (!c->date.year_shown || t->rule->type == VALUE_RANK || t->rule->type == VALUE_PAGES)
        return t->rule->type == VALUE_RANK ? arena_printf(t->arena, "%d/%d", month, day)
               : t->rule->type == VALUE_PAGES
                   ? arena_printf(t->arena, "%d-%d", month, day)
                   : arena_printf(t->arena, "%d/%d, %d-%d", month, day, month, day);
    return c->date.day_shown
               ? arena_printf(t->arena, "%d/%d/%d, %d-%d-%d", year, month, day, year, month, day)
               : arena_printf(t->arena, "%d-%d", year, month);
}

static struct value_reading refuse_date(const struct task *t)
{
    return refused(
        t, "Excel 把这里变成了日期，原来写的可能是 %s：请把单元格格式改为“文本”，再重新填写",
        "Excel has made a date of it, and %s may have been typed: give the cell the "
        "format Text and type it again",
        typed_before(t));
}

/* With more digits than Excel keeps. */
static bool is_long_number(const struct task *t)
{
    return t->cell->kind == XLSX_NUMBER && fabs(strtod(t->cell->text, NULL)) >= 1e15;
}

/* In print there is no row above that it could mean. */
static bool says_as_above(const struct task *t)
{
    static const char *const words[] = {"同上", "同前", "〃", "″"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(t->written, words[i]))
            return true;
    return false;
}

/* Numbers and times in the place of words: what the cell shows is what was typed, or nearly so. */
static struct value_reading read_text_type(const struct task *t)
{
    enum { KEPT_DIGITS = 15 };
    unsigned control = control_in(t->written);

    if (control)
        return refused(t, "含有控制字符 U+%04X：请删除后重新填写（常由粘贴带来）",
                       "holds the control character U+%04X, which pasting often brings: delete it "
                       "and type it again",
                       control);
    if (t->cell->kind == XLSX_DATE)
        return refuse_date(t);
    if (is_long_number(t))
        return refused(
            t,
            "长数字存成了数值，第 %d 位以后已被 Excel 改为 0：请把单元格格式改为“文本”，再"
            "重新填写",
            "a long number was stored as a number, and Excel has made 0 of all behind "
            "digit %d: give the cell the format Text and type it again",
            KEPT_DIGITS);
    if (t->cell->kind == XLSX_NUMBER)
        return reading(t, VALUE_READ, t->written, "数值按文字读取", "a number, read as text");
    if (says_as_above(t)) {
        const char *shown = quote(t->arena, t->written);
        return reading(t, VALUE_KEPT, t->written,
                       arena_printf(t->arena, "写的是%s，也照这样印出；请写出内容", shown),
                       arena_printf(t->arena, "%s prints as it is: write what is meant", shown));
    }
    return plain(t, t->written);
}

/* As a whole date by its serial, although the cell is not formatted as one. */
static struct value_reading refuse_serial(const struct task *t, double number)
{
    struct serial_day d = serial_read(number, t->cell->date1904);
    return refused(t,
                   "%s 像是 Excel 的日期序号（%04d-%02d-%02d）：请把单元格格式改为日期看一看，或"
                   "直接写 %04d-%02d-%02d",
                   "%s looks like Excel's number of a day (%04d-%02d-%02d): give the cell a date "
                   "format and look, or write %04d-%02d-%02d",
                   t->written, d.year, d.month, d.day, d.year, d.month, d.day);
}

static const struct word_type date_type = {.name = "date"}, day_type = {.name = "day"},
                              year_type = {.name = "year"}, number_type = {.name = "number"},
                              count_type = {.name = "count"}, rank_type = {.name = "rank"},
                              pages_type = {.name = "pages"}, bool_type = {.name = "bool"};

static struct value_reading refuse_no_date(const struct task *t)
{
    const char *written = quote(t->arena, t->written);
    if (t->rule->type == VALUE_DAY)
        return refused(t, "%s不是完整的日期，应写成 2024-06-01",
                       "%s is no whole date: write 2024-06-01", written);
    if (t->rule->type == VALUE_YEAR)
        return refused(t, "%s不是年份，应写成 2024", "%s is no year: write 2024", written);
    return refused(t, "%s不是日期，应写成 2024-06 或 2024-06-01",
                   "%s is no date: write 2024-06 or 2024-06-01", written);
}

/* A date in digits and marks; NULL: it is none. */
static const char *date_of(const struct task *t, const char *text)
{
    const struct word_type *type = t->rule->type == VALUE_DAY    ? &day_type
                                   : t->rule->type == VALUE_YEAR ? &year_type
                                                                 : &date_type;
    return correction_of(type, text, t->arena);
}

/* 2024.1 may have been 2024.10: a number keeps no zero at its end, unless its format shows it. */
static struct value_reading read_date_number(const struct task *t)
{
    enum { FIRST_SERIAL = 14611 /* 1940-01-01 */, LAST_SERIAL = 73050 /* 2099-12-31 */ };
    double number = strtod(t->cell->text, NULL);
    const char *digits = shown_digits(t->cell->text, t->arena), *point = strchr(digits, '.');
    const char *shown = t->written, *shown_point = strchr(shown, '.');

    if (!point && number >= FIRST_SERIAL && number <= LAST_SERIAL)
        return refuse_serial(t, number);
    if (point && !strcmp(point, ".1") && !(shown_point && strlen(shown_point) == 3))
        return refused(t, "是 %.4s 年 1 月还是 10 月？请写成 %.4s-01 或 %.4s-10",
                       "is it January or October of %.4s? Write %.4s-01 or %.4s-10", digits, digits,
                       digits);
    const char *date = shown_point && strlen(shown_point) == 3 ? date_of(t, shown) : NULL;
    if (!date)
        date = date_of(t, digits);
    if (!date || !*date)
        return refuse_no_date(t);
    return strcmp(date, digits) ? read_as(t, date) : plain(t, date);
}

/* A date of Excel's own. */
static struct value_reading read_date_cell(const struct task *t)
{
    enum { DAYS_OF_1900 = 366 }; /* with the 29th of February that Excel gives it */
    const struct xlsx_cell *c = t->cell;
    double serial = strtod(c->text, NULL);
    bool whole = t->rule->type != VALUE_YEAR && c->date.day_shown;

    if (!c->date.year)
        return refuse_no_date(t);
    if (serial >= 1900 && serial < 2100 && serial == floor(serial) && c->date.year < 1910)
        return refused(
            t,
            "显示为 %04d 年的日期，大概是在日期格式的单元格里写了 %.0f：请写成 %.0f-06 这样的"
            "年月，或把格式改为文本",
            "shows a date of %04d: probably %.0f was typed into a cell of a date format; "
            "write year and month, like %.0f-06, or give the cell the format Text",
            c->date.year, serial, serial);
    if (serial <= DAYS_OF_1900)
        return refused(t,
                       "显示为 %04d 年的日期，大概是在日期格式的单元格里写了 %.15g：请写成 2024-06 "
                       "这样的年月，或把格式改为文本",
                       "shows a date of %04d: probably %.15g was typed into a cell of a date "
                       "format; write year and month, like 2024-06, or give the cell the format "
                       "Text",
                       c->date.year, serial);
    if (!c->date.year_shown)
        return refused(t, "只写了月日，年份 %d 是 Excel 补上的：请写出年份",
                       "shows month and day alone, and Excel has added the year %d: write the year",
                       c->date.year);
    if (t->rule->type == VALUE_DAY && !c->date.day_shown)
        return refuse_no_date(t);
    const char *date =
        arena_printf(t->arena, "%04d-%02d-%02d", c->date.year, c->date.month, c->date.day);
    if (!whole)
        date = arena_strndup(t->arena, date, t->rule->type == VALUE_YEAR ? 4 : 7);
    if (c->date.timed)
        return reading(t, VALUE_READ, date, "时间不计", "the time of day is left out");
    return t->rule->type == VALUE_YEAR ? read_as(t, date) : plain(t, date);
}

/* A text without the midnight that programs put behind days when they write tables. */
static const char *without_midnight(const char *text, struct arena *arena)
{
    static const char *const midnights[] = {" 00:00:00", " 0:00:00", " 00:00", " 0:00",
                                            "T00:00:00"};
    size_t len = strlen(text);
    for (size_t i = 0; i < sizeof midnights / sizeof *midnights; i++) {
        size_t n = strlen(midnights[i]);
        if (len > n && !strcmp(text + len - n, midnights[i]))
            return arena_strndup(arena, text, len - n);
    }
    return text;
}

static struct value_reading read_date_type(const struct task *t)
{
    if (t->cell->kind == XLSX_DATE)
        return read_date_cell(t);
    if (t->cell->kind == XLSX_NUMBER)
        return read_date_number(t);
    const char *date = date_of(t, without_midnight(t->written, t->arena));
    if (!date)
        return refuse_no_date(t);
    if (*date)
        return read_or_plain(t, date);
    if (!t->rule->present)
        return refused(t, "写的是%s，这里要写具体的日期，如 2024-06",
                       "%s is written, and this must be a date, like 2024-06",
                       quote(t->arena, t->written));
    return read_as(t, t->rule->present);
}

/* The unit that a sum was written with is not the column's. */
static bool other_unit(const struct task *t)
{
    const char *unit = t->rule->unit, *folded = correction_folded(t->written, t->arena);
    return strstr(folded, "万元") && (!unit || strcmp(unit, "万元") != 0);
}

static struct value_reading refuse_no_number(const struct task *t)
{
    const char *unit = t->rule->unit ? t->rule->unit : "";
    const char *written = quote(t->arena, t->written);
    if (t->rule->type == VALUE_COUNT)
        return refused(t, "%s不是整数，应写成 12", "%s is no whole number: write 12", written);
    return refused(t, "%s不是数字，应写成 12.5%s%s%s", "%s is no number: write 12.5%s%s%s", written,
                   *unit ? "（" : "", *unit ? unit : "", *unit ? "）" : "");
}

/* The format shows another unit than the column's, so many times less, or nothing: what the clerk
 * means is what he sees. */
static bool shows_other_unit(const struct task *t)
{
    const char *format = t->cell->format, *unit = t->rule->unit;
    return shown_scaled(t->cell) || shown_not(t->cell) ||
           (unit && strstr(format, "元") && !strstr(format, unit));
}

static struct value_reading read_number_cell(const struct task *t)
{
    const char *digits = shown_digits(t->cell->text, t->arena);

    if (shows_other_unit(t))
        return refused(
            t, "单元格格式“%s”显示的不是实际的值 %s：请把格式改为“常规”，再填写以%s计的数",
            "the number format '%s' does not show the value, which is %s: give the cell "
            "the format General, and type the number in %s",
            t->cell->format, digits, t->rule->unit && *t->rule->unit ? t->rule->unit : "本栏单位");

    if (*digits == '-')
        return refused(t, "不能是负数：%s（写“(3)”会被 Excel 变成 -3）",
                       "cannot be below zero: %s (Excel makes -3 of (3))", digits);
    if (t->rule->type == VALUE_COUNT && strchr(digits, '.'))
        return refuse_no_number(t);
    if (!shown_otherwise(t->cell, t->arena))
        return plain(t, digits);
    return reading(
        t, VALUE_READ, digits,
        arena_printf(t->arena, "单元格显示为 %s，实际的值是 %s", t->written, digits),
        arena_printf(t->arena, "the cell shows %s, its value is %s", t->written, digits));
}

static struct value_reading read_number_type(const struct task *t)
{
    if (t->cell->kind == XLSX_DATE)
        return refused(t, "这里应是数字，单元格却是日期格式：请把格式改为“常规”，核对后重新填写",
                       "this must be a number, but the cell has a date format: give it the format "
                       "General, look at it and type it again");
    if (t->cell->kind == XLSX_NUMBER)
        return read_number_cell(t);
    const struct word_type *type = t->rule->type == VALUE_COUNT ? &count_type : &number_type;
    bool about = strstr(t->written, "约"); /* what it is exactly nobody has said */
    const char *number = about || other_unit(t) ? NULL : correction_of(type, t->written, t->arena);
    return number ? read_or_plain(t, number) : refuse_no_number(t);
}

/* Ranks and pages: 1/8, 2-4,7; Excel makes dates and fractions of them. */
static struct value_reading read_marked_number(const struct task *t)
{
    bool rank = t->rule->type == VALUE_RANK;
    const char *value = t->written;

    if (t->cell->kind == XLSX_DATE)
        return refuse_date(t);
    if (t->cell->kind == XLSX_NUMBER) {
        value = shown_digits(t->cell->text, t->arena);
        if (*value != '-' && !strchr(value, '.') && strlen(value) < 6 && *value != '0')
            return plain(t, value);
    } else if ((value = correction_of(rank ? &rank_type : &pages_type, value, t->arena))) {
        return read_or_plain(t, value);
    }
    const char *written = quote(t->arena, t->written);
    return rank ? refused(t, "%s不是排名，应写成 1/8 或 1（单元格格式为文本）",
                          "%s is no rank: write 1/8 or 1, in a cell of the format Text", written)
                : refused(t, "%s不是页码，应写成 2-4,7（单元格格式为文本）",
                          "%s are no pages: write 2-4,7, in a cell of the format Text", written);
}

/* The word that stands for what was written; NULL: none. */
static const char *synonym_of(const struct task *t)
{
    const char *folded = correction_folded(t->written, t->arena);
    for (size_t i = 0; i < t->rule->n_synonyms; i++)
        if (!strcmp(correction_folded(t->rule->synonyms[i].written, t->arena), folded))
            return t->rule->synonyms[i].word;
    return NULL;
}

static struct value_reading read_bool_type(const struct task *t)
{
    const char *text = t->written, *word;

    if (t->cell->kind == XLSX_BOOLEAN)
        return plain(t, *t->cell->text == '1' ? "true" : "false");
    if (!strcmp(text, "是") || !strcmp(text, "否"))
        return plain(t, strcmp(text, "是") ? "false" : "true");
    word = t->cell->kind == XLSX_DATE ? NULL : synonym_of(t);
    if (!word && t->cell->kind != XLSX_DATE)
        word = correction_of(&bool_type, text, t->arena);
    return word ? read_as(t, word)
                : refused(t, "写的是%s，应填“是”或“否”", "%s must be 是 (yes) or 否 (no)",
                          quote(t->arena, t->written));
}

static struct value_reading read_choice(const struct task *t)
{
    const char *folded = correction_folded(t->written, t->arena), *word = NULL;

    if (t->cell->kind == XLSX_DATE || control_in(t->written))
        return read_text_type(t);
    for (size_t i = 0; i < t->rule->n_words; i++)
        if (!strcmp(t->rule->words[i], t->written))
            return plain(t, t->written);
    for (size_t i = 0; !word && i < t->rule->n_words; i++)
        if (!strcmp(correction_folded(t->rule->words[i], t->arena), folded))
            word = t->rule->words[i];
    if (!word)
        word = synonym_of(t);
    return word ? read_as(t, word) : plain(t, t->written);
}

bool value_says_none(const struct xlsx_cell *cell, struct arena *arena)
{
    static const char *const words[] = {"无", "-", "--", "/", "暂无", "没有"};
    const char *folded = cell->kind == XLSX_TEXT ? correction_folded(cell->text, arena) : "";
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(folded, words[i]))
            return true;
    return false;
}

static bool says_none(const struct task *t)
{
    return value_says_none(t->cell, t->arena);
}

/* 001, where the format shows it so; 1, where it shows 1.00. */
static const char *id_digits(const struct task *t)
{
    const char *digits = shown_digits(t->cell->text, t->arena);
    return strchr(digits, '.') || strpbrk(t->written, ".%") ? digits : t->written;
}

/* Ids and lists of them. */
static struct value_reading read_id_type(const struct task *t)
{
    const char *text = t->written, *value;

    if (t->cell->kind == XLSX_DATE || control_in(text) || is_long_number(t))
        return read_text_type(t);
    if (t->cell->kind == XLSX_NUMBER)
        text = id_digits(t);
    if (t->rule->type == VALUE_ID)
        return read_or_plain(t, correction_folded(text, t->arena));
    value = correction_of_refs(text, t->arena);
    if (value)
        return read_as(t, value);
    char *plain_text = arena_strdup(t->arena, text), *to = plain_text;
    for (const char *p = plain_text; *p; p++)
        if (!isspace((unsigned char)*p) || (to > plain_text && to[-1] != ' '))
            *to++ = isspace((unsigned char)*p) ? ' ' : *p;
    to -= to > plain_text && to[-1] == ' ';
    *to = '\0';
    return plain(t, plain_text);
}

/* Letters and digits of full width made plain; other marks belong to the code. */
static uint32_t plain_code_point(uint32_t c, uint32_t before)
{
    bool wide = (c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF21 && c <= 0xFF3A) ||
                (c >= 0xFF41 && c <= 0xFF5A);
    if (wide || (c == 0xFF0D && before >= '0' && before <= '9'))
        return c - 0xFF01 + '!';
    return c == 0x3000 || c == 0xA0 || c == '\t' || c == '\n' ? ' ' : c;
}

/* Only digits, blanks, - and what stands around the codes of places, as phones are written. */
static bool is_spaced_number(const char *text)
{
    return text[strspn(text, "0123456789 -+()")] == '\0';
}

/* A code without what pasting brings along: invisible characters (the first of them in *invisible),
 * blanks around it, those within a number, an apostrophe that was meant for Excel. */
static char *plain_code(const struct task *t, uint32_t *invisible)
{
    size_t len = strlen(t->written), used;
    char *code = arena_alloc(t->arena, len + 1, 1), *to = code;
    uint32_t before = 0;
    bool identity = t->rule->type == VALUE_IDENTITY;

    for (size_t i = 0; i < len; i += used) {
        uint32_t c = utf8_next(t->written + i, len - i, &used);
        if (c == UTF8_BAD || utf8_is_ignorable(c)) {
            *invisible = *invisible ? *invisible : c;
            continue;
        }
        c = plain_code_point(c, before);
        if (before || (c != ' ' && c != '\''))
            to += utf8_put(before = c, to);
    }
    while (to > code && to[-1] == ' ')
        to--;
    *to = '\0';
    if (identity || is_spaced_number(code)) {
        to = code;
        for (const char *p = code; *p; p++)
            if (*p != ' ')
                *to++ = *p;
        *to = '\0';
    }
    return code;
}

static struct value_reading refuse_identity_number(const struct task *t)
{
    return refused(
        t,
        "证件号码存成了数值，末尾几位可能已被 Excel 改为 0，开头的 0 也会丢失：请把单元格格式"
        "改为“文本”，再对照证件重新填写",
        "the number of the document was stored as a number: Excel may have made 0 of its "
        "last digits and drops a 0 at its beginning; give the cell the format Text and "
        "type it again from the document");
}

static struct value_reading read_code(const struct task *t)
{
    uint32_t invisible = 0;
    bool number = t->cell->kind == XLSX_NUMBER;

    if (number && t->rule->type == VALUE_IDENTITY)
        return refuse_identity_number(t);
    if (number && strchr(shown_digits(t->cell->text, t->arena), '.'))
        return refused(
            t, "号码存成了小数 %s，末尾的 0 可能已丢失：请把单元格格式改为“文本”，再重新填写",
            "the code was stored as the number %s, and a 0 at its end may be lost: give "
            "the cell the format Text and type it again",
            t->written);
    if (number || t->cell->kind == XLSX_DATE || control_in(t->written))
        return read_text_type(t);
    const char *code = plain_code(t, &invisible);
    if (invisible)
        return reading(
            t, *code ? VALUE_READ : VALUE_EMPTY, code,
            arena_printf(t->arena, "去掉了不可见的字符 U+%04X", (unsigned)invisible),
            arena_printf(t->arena, "without the invisible character U+%04X", (unsigned)invisible));
    return read_or_plain(t, code);
}

/* Windows copies a path with quotes around it. */
static struct value_reading read_path(const struct task *t)
{
    const char *from = t->written;
    size_t len = strlen(from);

    if (t->cell->kind == XLSX_DATE || control_in(from))
        return read_text_type(t);
    while (len > 0 && strchr(" \"\t\n", *from))
        from++, len--;
    while (len > 0 && strchr(" \"\t\n", from[len - 1]))
        len--;
    char *path = arena_strndup(t->arena, from, len);
    for (char *p = path; *p; p++)
        if (*p == '\\')
            *p = '/';
    return read_or_plain(t, path);
}

/* A path, or the statement itself. */
static struct value_reading read_statement(const struct task *t)
{
    struct value_reading path = read_path(t);
    return statement_is_file(path.value) ? path : read_text_type(t);
}

/* Digits are no number there, but what is written: it must be seen as it is. */
static bool is_textual(enum value_type type)
{
    return type == VALUE_LINE || type == VALUE_TEXT || type == VALUE_STATEMENT ||
           type == VALUE_CHOICE || type == VALUE_ID || type == VALUE_REFS || type == VALUE_CODE ||
           type == VALUE_PATH;
}

static struct value_reading refuse_format(const struct task *t)
{
    return refused(t,
                   "单元格格式“%s”显示的不是实际的值 %s：请把格式改为“文本”，再照显示的样子"
                   "重新填写",
                   "the number format '%s' does not show the value, which is %s: give the cell the "
                   "format Text and type again what it shows",
                   t->cell->format, shown_digits(t->cell->text, t->arena));
}

static struct value_reading read_by_type(const struct task *t)
{
    if (t->cell->kind == XLSX_NUMBER && is_textual(t->rule->type) && shown_as_words(t->cell))
        return refuse_format(t);
    switch (t->rule->type) {
    case VALUE_LINE:
    case VALUE_TEXT:
        return read_text_type(t);
    case VALUE_STATEMENT:
        return read_statement(t);
    case VALUE_DATE:
    case VALUE_MONTH:
    case VALUE_DAY:
    case VALUE_YEAR:
        return says_none(t) ? read_as(t, "") : read_date_type(t);
    case VALUE_NUMBER:
    case VALUE_COUNT:
        return says_none(t) ? read_as(t, "") : read_number_type(t);
    case VALUE_RANK:
    case VALUE_PAGES:
        return says_none(t) ? read_as(t, "") : read_marked_number(t);
    case VALUE_BOOL:
        return read_bool_type(t);
    case VALUE_CHOICE:
        return read_choice(t);
    case VALUE_ID:
    case VALUE_REFS:
        return says_none(t) ? read_as(t, "") : read_id_type(t);
    case VALUE_CODE:
    case VALUE_IDENTITY:
        return read_code(t);
    case VALUE_PATH:
        return says_none(t) ? read_as(t, "") : read_path(t);
    }
    return plain(t, t->written);
}

/* What another workbook has given is as old as the last time it was open. */
static struct value_reading tell_external(const struct task *t, struct value_reading r)
{
    if (!t->cell->external || (r.outcome != VALUE_PLAIN && r.outcome != VALUE_READ))
        return r;
    return reading(t, VALUE_READ, r.value, "公式引用了别的工作簿，取的是上次保存时的结果",
                   "a formula about another workbook: its result when it was last saved");
}

struct value_reading value_read(const struct value_rule *rule, const struct xlsx_cell *cell,
                                struct arena *arena)
{
    struct task t = {rule, cell, arena, shown_cell(cell, arena)};

    switch (cell->kind) {
    case XLSX_EMPTY:
        return plain(&t, "");
    case XLSX_NO_VALUE:
        return refused(
            &t,
            "公式没有结果（文件由别的程序保存）：请在 Excel 或 WPS 中打开并保存一次，或直接填写",
            "the formula has no result in the file: open it in Excel or WPS and save it "
            "once, or type the value");
    case XLSX_ERROR:
        return refused(&t, "是 Excel 的错误值 %s：请改正公式，或直接填写",
                       "is Excel's error %s: mend the formula, or type the value", cell->text);
    case XLSX_BAD_STRING:
        return refused(&t, "文字已丢失（文件已损坏）：请重新填写",
                       "the text is lost, the file is damaged: type it again");
    case XLSX_PICTURE:
        return rule->type == VALUE_PATH
                   ? refused(
                         &t, "单元格里是图片，没有读：请存为文件，在这里填它的路径",
                         "the cell holds a picture, which was not read: store it as a file, and "
                         "write its path here")
                   : refused(&t, "单元格里是图片，这里应填文字",
                             "the cell holds a picture: text belongs here");
    case XLSX_TEXT:
    case XLSX_NUMBER:
    case XLSX_DATE:
    case XLSX_BOOLEAN:
        break;
    }
    if (is_blank(t.written))
        return plain(&t, "");
    return tell_external(&t, read_by_type(&t));
}
