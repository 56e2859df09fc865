/* query_values.c - see query_values.h. */
#include "query/query_functions.h"

#include "core/buffer.h"
#include "core/utf8.h"
#include "record/date.h"
#include "record/id_number.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

static void give(xmlXPathParserContext *ctxt, const char *s)
{
    valuePush(ctxt, xmlXPathNewCString(s));
}

static void give_number(xmlXPathParserContext *ctxt, double v)
{
    valuePush(ctxt, xmlXPathNewFloat(v));
}

/* Gives what the buffer holds, and clears it. */
static void give_buffer(xmlXPathParserContext *ctxt, struct buffer *b)
{
    buffer_putc(b, '\0');
    give(ctxt, (const char *)b->data);
    buffer_clear(b);
}

/* --- dates --- */

static void fn_before(xmlXPathParserContext *ctxt, int nargs)
{
    struct date a, b;
    CHECK_ARITY(2);
    xmlChar *y = xmlXPathPopString(ctxt), *x = xmlXPathPopString(ctxt);
    bool dates = date_parse((const char *)x, &a) && date_parse((const char *)y, &b);
    valuePush(ctxt, xmlXPathNewBoolean(dates && date_compare(a, b) < 0));
    xmlFree(x);
    xmlFree(y);
}

static void fn_extreme(xmlXPathParserContext *ctxt, int nargs, int sign)
{
    struct date best, d;
    char *text = NULL;
    CHECK_ARITY(1);
    xmlNodeSet *set = xmlXPathPopNodeSet(ctxt);
    if (ctxt->error)
        return;
    for (int i = 0; set && i < set->nodeNr; i++) {
        char *s = (char *)xmlXPathCastNodeToString(set->nodeTab[i]);
        bool better = date_parse(s, &d) && (!text || date_compare(d, best) * sign > 0);
        if (better) {
            best = d;
            xmlFree(text);
            text = s;
        } else {
            xmlFree(s);
        }
    }
    xmlXPathFreeNodeSet(set);
    give(ctxt, text ? text : "");
    xmlFree(text);
}

static void fn_latest(xmlXPathParserContext *ctxt, int nargs)
{
    fn_extreme(ctxt, nargs, 1);
}

static void fn_earliest(xmlXPathParserContext *ctxt, int nargs)
{
    fn_extreme(ctxt, nargs, -1);
}

static void fn_bound(xmlXPathParserContext *ctxt, int nargs, bool last)
{
    struct date d, probe;
    char room[48];
    CHECK_ARITY(1);
    xmlChar *x = xmlXPathPopString(ctxt);
    if (!date_parse((const char *)x, &d)) {
        give(ctxt, "");
    } else {
        int month = d.precision >= DATE_MONTH ? d.month : last ? 12 : 1;
        int day = d.precision == DATE_DAY ? d.day : last ? 31 : 1;
        do
            snprintf(room, sizeof room, "%04d-%02d-%02d", d.year, month, day--);
        while (!date_parse(room, &probe));
        give(ctxt, room);
    }
    xmlFree(x);
}

static void fn_first_day(xmlXPathParserContext *ctxt, int nargs)
{
    fn_bound(ctxt, nargs, false);
}

static void fn_last_day(xmlXPathParserContext *ctxt, int nargs)
{
    fn_bound(ctxt, nargs, true);
}

/* Months since year 0; of a bare year its last month (an end) or its first. */
static int month_number(struct date d, bool end)
{
    return d.year * 12 + (d.precision >= DATE_MONTH ? d.month - 1 : end ? 11 : 0);
}

static void fn_add_months(xmlXPathParserContext *ctxt, int nargs)
{
    struct date d;
    char room[48] = "";
    CHECK_ARITY(2);
    double n = xmlXPathPopNumber(ctxt);
    xmlChar *x = xmlXPathPopString(ctxt);
    if (date_parse((const char *)x, &d) && n > -12000 && n < 12000) {
        int m = month_number(d, false) + (int)n;
        snprintf(room, sizeof room, "%04d-%02d", m / 12, m % 12 + 1);
    }
    give(ctxt, room);
    xmlFree(x);
}

enum { MONTHS_AT_MOST = 1200 };

static void mark_period(const xmlNode *period, char *covered, int from, int n)
{
    struct date a, b;
    xmlChar *x = xmlGetNoNsProp((xmlNode *)period, BAD_CAST "from");
    xmlChar *y = xmlGetNoNsProp((xmlNode *)period, BAD_CAST "to");
    if (x && date_parse((const char *)x, &a)) {
        int first = month_number(a, false) - from;
        int last = y && date_parse((const char *)y, &b) ? month_number(b, true) - from : n - 1;
        for (int m = first < 0 ? 0 : first; m <= last && m < n; m++)
            covered[m] = 1;
    }
    xmlFree(x);
    xmlFree(y);
}

static void fn_missing_months(xmlXPathParserContext *ctxt, int nargs)
{
    struct date a, b;
    char covered[MONTHS_AT_MOST] = {0};
    struct buffer out = {0};
    CHECK_ARITY(3);
    xmlChar *y = xmlXPathPopString(ctxt), *x = xmlXPathPopString(ctxt);
    xmlNodeSet *periods = xmlXPathPopNodeSet(ctxt);
    if (!ctxt->error && date_parse((const char *)x, &a) && date_parse((const char *)y, &b)) {
        int from = month_number(a, false), n = month_number(b, true) - from + 1;
        n = n > MONTHS_AT_MOST ? MONTHS_AT_MOST : n;
        for (int i = 0; periods && i < periods->nodeNr; i++)
            mark_period(periods->nodeTab[i], covered, from, n);
        for (int m = 0, end; m < n; m = end + 1) {
            end = m;
            if (covered[m])
                continue;
            while (end + 1 < n && !covered[end + 1])
                end++;
            buffer_printf(&out, "%s%04d.%02d", out.len ? "、" : "", (from + m) / 12,
                          (from + m) % 12 + 1);
            if (end > m)
                buffer_printf(&out, "—%04d.%02d", (from + end) / 12, (from + end) % 12 + 1);
        }
    }
    xmlFree(x);
    xmlFree(y);
    xmlXPathFreeNodeSet(periods);
    give_buffer(ctxt, &out);
}

/* --- numbers that check themselves --- */

static void fn_id_fault(xmlXPathParserContext *ctxt, int nargs)
{
    static const char *const name[] = {[ID_NUMBER_SOUND] = "",
                                       [ID_NUMBER_LENGTH] = "length",
                                       [ID_NUMBER_CHARACTER] = "character",
                                       [ID_NUMBER_REGION] = "region",
                                       [ID_NUMBER_BIRTH] = "birth",
                                       [ID_NUMBER_CHECK] = "check"};
    CHECK_ARITY(1);
    xmlChar *x = xmlXPathPopString(ctxt);
    give(ctxt, name[id_number_read((const char *)x).wrong]);
    xmlFree(x);
}

/* The one character that makes the number sound, region apart. */
static void fn_id_check_digit(xmlXPathParserContext *ctxt, int nargs)
{
    static const char all[] = "0123456789X";
    char found[2] = "";
    CHECK_ARITY(1);
    xmlChar *x = xmlXPathPopString(ctxt);
    if (strlen((char *)x) == 18)
        for (size_t i = 0; i < sizeof all - 1 && !*found; i++) {
            x[17] = (xmlChar)all[i];
            enum id_number_part wrong = id_number_read((const char *)x).wrong;
            if (wrong == ID_NUMBER_SOUND)
                found[0] = all[i];
        }
    give(ctxt, found);
    xmlFree(x);
}

static void fn_id_birth(xmlXPathParserContext *ctxt, int nargs)
{
    char room[48] = "";
    CHECK_ARITY(1);
    xmlChar *x = xmlXPathPopString(ctxt);
    struct date d = id_number_read((const char *)x).birth;
    if (d.precision)
        snprintf(room, sizeof room, "%04d-%02d-%02d", d.year, d.month, d.day);
    give(ctxt, room);
    xmlFree(x);
}

static void fn_id_sex(xmlXPathParserContext *ctxt, int nargs)
{
    CHECK_ARITY(1);
    xmlChar *x = xmlXPathPopString(ctxt);
    struct id_number id = id_number_read((const char *)x);
    give(ctxt, !id.birth.precision ? "" : id.male ? "男" : "女");
    xmlFree(x);
}

static void fn_credit_code_fault(xmlXPathParserContext *ctxt, int nargs)
{
    static const char *const name[] = {[USCC_SOUND] = "",
                                       [USCC_LENGTH] = "length",
                                       [USCC_CHARACTER] = "character",
                                       [USCC_CHECK] = "check"};
    CHECK_ARITY(1);
    xmlChar *x = xmlXPathPopString(ctxt);
    give(ctxt, name[uscc_check((const char *)x)]);
    xmlFree(x);
}

/* --- characters --- */

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == 0x3000 || cp == 0xA0;
}

static bool is_line_end(uint32_t cp)
{
    return cp == '\n' || cp == '\r' || cp == 0x2028 || cp == 0x2029;
}

static void fn_characters(xmlXPathParserContext *ctxt, int nargs)
{
    size_t n = 0;
    bool indent = true;
    CHECK_ARITY(1);
    xmlChar *x = xmlXPathPopString(ctxt);
    size_t len = strlen((char *)x);
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = utf8_next((char *)x + i, len - i, &used);
        bool counts =
            !is_line_end(cp) && !(indent && is_blank(cp)) && !utf8_is_variation_selector(cp);
        indent = is_line_end(cp) || (indent && is_blank(cp));
        n += counts;
    }
    give_number(ctxt, (double)n);
    xmlFree(x);
}

/* Letters and digits up to Latin, Greek, Cyrillic and their signs stand in runs; from the general
 * punctuation on each character counts, as do the dots and quotes that Chinese text uses. */
static void fn_office_words(xmlXPathParserContext *ctxt, int nargs)
{
    size_t n = 0;
    bool run = false;
    CHECK_ARITY(1);
    xmlChar *x = xmlXPathPopString(ctxt);
    size_t len = strlen((char *)x);
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = utf8_next((char *)x + i, len - i, &used);
        bool blank = is_blank(cp) || is_line_end(cp), single = cp >= 0x2010 || cp == 0xB7;
        if (utf8_is_variation_selector(cp))
            continue;
        n += !blank && (single || !run);
        run = !blank && !single;
    }
    give_number(ctxt, (double)n);
    xmlFree(x);
}

static void fn_utf16_units(xmlXPathParserContext *ctxt, int nargs)
{
    CHECK_ARITY(1);
    xmlChar *x = xmlXPathPopString(ctxt);
    char *s = (char *)x, *end = s + strlen(s);
    while (end > s && strchr(" \t\r\n", end[-1]))
        *--end = '\0';
    s += strspn(s, " \t\r\n");
    give_number(ctxt, (double)utf8_utf16_count(s));
    xmlFree(x);
}

static bool is_han(uint32_t cp)
{
    return (cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
           (cp >= 0x20000 && cp <= 0x3FFFF) || cp == 0x3007;
}

/* Radicals, and compatibility ideographs but for the twelve that are ideographs of their own. */
static bool is_compatible(uint32_t cp)
{
    static const uint16_t own[] = {0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F,
                                   0xFA21, 0xFA23, 0xFA24, 0xFA27, 0xFA28, 0xFA29};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (cp == own[i])
            return false;
    return (cp >= 0x2E80 && cp <= 0x2FDF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
           (cp >= 0x2F800 && cp <= 0x2FA1F);
}

static bool is_other_dot(uint32_t cp)
{
    static const uint32_t dots[] = {0x2022, 0x2027, 0x30FB, 0xFF65, 0x2219, 0x22C5,
                                    0x387,  0xFF0E, '.',    0x2024, 0x25CF};
    for (size_t i = 0; i < sizeof dots / sizeof *dots; i++)
        if (cp == dots[i])
            return true;
    return false;
}

static bool is_control(uint32_t cp)
{
    return cp == UTF8_BAD || cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 ||
           cp == 0x2029 || utf8_is_ignorable(cp);
}

static bool is_latin(uint32_t cp)
{
    return (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') || (cp >= 0xC0 && cp <= 0x24F) ||
           (cp >= 0xFF21 && cp <= 0xFF5A);
}

/* What the map (words KEY=VALUE) has for the key; in the arena, NULL when it has none. */
static const char *map_value(struct arena *a, const char *map, const char *key)
{
    size_t n = strlen(key);
    for (const char *p = map + strspn(map, " \t\r\n"); *p; p += strspn(p, " \t\r\n")) {
        size_t len = strcspn(p, " \t\r\n");
        if (len > n && !strncmp(p, key, n) && p[n] == '=')
            return arena_strndup(a, p + n + 1, len - n - 1);
        p += len;
    }
    return NULL;
}

static bool in_class(uint32_t cp, const char *class, bool han)
{
    if (!strcmp(class, "control"))
        return is_control(cp);
    if (!strcmp(class, "space"))
        return han && (is_blank(cp) || (cp >= 0x2000 && cp <= 0x200A));
    if (!strcmp(class, "dot"))
        return is_other_dot(cp);
    if (!strcmp(class, "compatible"))
        return is_compatible(cp);
    return !strcmp(class, "latin") && is_latin(cp);
}

static void fn_odd_characters(xmlXPathParserContext *ctxt, int nargs)
{
    struct arena arena = {0};
    struct buffer out = {0};
    bool han = false;
    if (nargs < 2 || nargs > 3)
        XP_ERROR(XPATH_INVALID_ARITY);
    xmlChar *map = nargs == 3 ? xmlXPathPopString(ctxt) : NULL;
    xmlChar *class = xmlXPathPopString(ctxt), *x = xmlXPathPopString(ctxt);
    size_t len = strlen((char *)x), used;
    for (size_t i = 0; i < len; i += used)
        han = is_han(utf8_next((char *)x + i, len - i, &used)) || han;
    for (size_t i = 0; i < len; i += used) {
        uint32_t cp = utf8_next((char *)x + i, len - i, &used);
        if (!in_class(cp, (char *)class, han))
            continue;
        const char *key = arena_printf(&arena, "%04X", (unsigned)cp);
        const char *to = map ? map_value(&arena, (char *)map, key) : NULL;
        char shown[5] = "";
        buffer_puts(&out, out.len ? "、" : "");
        if (!is_control(cp) && !is_blank(cp)) {
            utf8_put(cp, shown);
            buffer_printf(&out, "“%s”", shown);
        }
        buffer_printf(&out, "U+%04X", (unsigned)cp);
        if (to) {
            char better[5] = "";
            utf8_put((uint32_t)strtoul(to, NULL, 16), better);
            buffer_printf(&out, "→“%s”U+%s", better, to);
        }
    }
    xmlFree(map);
    xmlFree(class);
    xmlFree(x);
    arena_free(&arena);
    give_buffer(ctxt, &out);
}

/* --- lists --- */

static void fn_listed(xmlXPathParserContext *ctxt, int nargs)
{
    bool found = false;
    CHECK_ARITY(2);
    xmlChar *list = xmlXPathPopString(ctxt), *x = xmlXPathPopString(ctxt);
    size_t n = strlen((char *)x);
    for (const char *p = (char *)list + strspn((char *)list, " \t\r\n"); *p && !found;
         p += strspn(p, " \t\r\n")) {
        size_t len = strcspn(p, " \t\r\n");
        found = len == n && !strncmp(p, (char *)x, n);
        p += len;
    }
    valuePush(ctxt, xmlXPathNewBoolean(found));
    xmlFree(list);
    xmlFree(x);
}

static void fn_lookup(xmlXPathParserContext *ctxt, int nargs)
{
    struct arena arena = {0};
    CHECK_ARITY(2);
    xmlChar *map = xmlXPathPopString(ctxt), *x = xmlXPathPopString(ctxt);
    const char *v = map_value(&arena, (char *)map, (char *)x);
    give(ctxt, v ? v : "");
    arena_free(&arena);
    xmlFree(map);
    xmlFree(x);
}

static void fn_last_page(xmlXPathParserContext *ctxt, int nargs)
{
    long most = 0;
    CHECK_ARITY(1);
    xmlChar *x = xmlXPathPopString(ctxt);
    for (char *p = (char *)x; *p;) {
        char *end;
        long v = strtol(p, &end, 10);
        if (end == p)
            end = p + 1;
        else if (labs(v) > most)
            most = labs(v);
        p = end;
    }
    give_number(ctxt, (double)most);
    xmlFree(x);
}

/* if(test, a, b): a or b, of whatever type they are. */
static void fn_if(xmlXPathParserContext *ctxt, int nargs)
{
    CHECK_ARITY(3);
    xmlXPathObject *b = valuePop(ctxt), *a = valuePop(ctxt);
    bool test = xmlXPathPopBoolean(ctxt);
    valuePush(ctxt, test ? a : b);
    xmlXPathFreeObject(test ? b : a);
}

static const struct query_function functions[] = {
    {"if", 3, 3, fn_if},
    {"before", 2, 2, fn_before},
    {"latest", 1, 1, fn_latest},
    {"earliest", 1, 1, fn_earliest},
    {"first-day", 1, 1, fn_first_day},
    {"last-day", 1, 1, fn_last_day},
    {"add-months", 2, 2, fn_add_months},
    {"missing-months", 3, 3, fn_missing_months},
    {"id-fault", 1, 1, fn_id_fault},
    {"id-check-digit", 1, 1, fn_id_check_digit},
    {"id-birth", 1, 1, fn_id_birth},
    {"id-sex", 1, 1, fn_id_sex},
    {"credit-code-fault", 1, 1, fn_credit_code_fault},
    {"characters", 1, 1, fn_characters},
    {"office-words", 1, 1, fn_office_words},
    {"utf16-units", 1, 1, fn_utf16_units},
    {"odd-characters", 2, 3, fn_odd_characters},
    {"listed", 2, 2, fn_listed},
    {"lookup", 2, 2, fn_lookup},
    {"last-page", 1, 1, fn_last_page},
};
const struct query_library query_values = {functions, sizeof functions / sizeof *functions};
