/* query_values.c - XPath functions on dates, ID numbers and texts. */
#include "query/query_functions.h"

#include "core/buffer.h"
#include "core/utf8.h"
#include "record/date.h"
#include "record/id_number.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#define BLANKS " \t\r\n"

/* Answers what the buffer holds, and clears it. */
static xmlXPathObject *answer_buffer(struct buffer *b)
{
    buffer_putc(b, '\0');
    xmlXPathObject *o = answer_text((const char *)b->data);
    buffer_clear(b);
    return o;
}

static xmlXPathObject *answer_date(struct date d)
{
    char room[48] = "";
    if (d.precision)
        snprintf(room, sizeof room, "%04d-%02d-%02d", d.year, d.month, d.day);
    return answer_text(room);
}

/* --- dates --- */

static xmlXPathObject *fn_before(struct query_call *c)
{
    struct date a, b;
    return answer_bool(date_parse(c->arguments[0], &a) && date_parse(c->arguments[1], &b) &&
                       date_compare(a, b) < 0);
}

static void push_extreme(xmlXPathParserContext *ctxt, int sign)
{
    struct date best, d;
    char *text = NULL;
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
    valuePush(ctxt, answer_text(text ? text : ""));
    xmlFree(text);
}

static void fn_latest(xmlXPathParserContext *ctxt, int nargs)
{
    (void)nargs;
    push_extreme(ctxt, 1);
}

static void fn_earliest(xmlXPathParserContext *ctxt, int nargs)
{
    (void)nargs;
    push_extreme(ctxt, -1);
}

static xmlXPathObject *bound(struct query_call *c, bool last)
{
    struct date d, probe;
    const char *day;
    if (!date_parse(c->arguments[0], &d))
        return answer_text("");
    int month = d.precision >= DATE_MONTH ? d.month : last ? 12 : 1;
    int number = d.precision == DATE_DAY ? d.day : last ? 31 : 1;
    do
        day = arena_printf(&c->arena, "%04d-%02d-%02d", d.year, month, number--);
    while (!date_parse(day, &probe));
    return answer_text(day);
}

static xmlXPathObject *fn_first_day(struct query_call *c)
{
    return bound(c, false);
}

static xmlXPathObject *fn_last_day(struct query_call *c)
{
    return bound(c, true);
}

/* Months since year 0; of a bare year its last month (an end) or its first. */
static int month_number(struct date d, bool end)
{
    return d.year * 12 + (d.precision >= DATE_MONTH ? d.month - 1 : end ? 11 : 0);
}

static xmlXPathObject *fn_add_months(struct query_call *c)
{
    struct date d;
    double n = xmlXPathCastStringToNumber(BAD_CAST c->arguments[1]);
    if (!date_parse(c->arguments[0], &d) || !(n > -12000 && n < 12000))
        return answer_text("");
    int m = month_number(d, false) + (int)n;
    return answer_text(arena_printf(&c->arena, "%04d-%02d", m / 12, m % 12 + 1));
}

enum { MONTHS_AT_MOST = 1200 };

/* The months in which a job begins or ends: whose insurer pays for them is not the employee's. */
static void mark_ends(const xmlNode *job, char *covered, int from, int n)
{
    static const char *const ends[] = {"start", "end", "started"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct date d;
        xmlChar *x = xmlGetNoNsProp((xmlNode *)job, BAD_CAST ends[i]);
        int m = x && date_parse((const char *)x, &d) ? month_number(d, i == 1) - from : -1;
        if (m >= 0 && m < n)
            covered[m] = 1;
        xmlFree(x);
    }
}

static void mark_period(const xmlNode *period, char *covered, int from, int n)
{
    struct date a, b;
    xmlChar *x = xmlGetNoNsProp((xmlNode *)period, BAD_CAST "from");
    if (!x)
        mark_ends(period, covered, from, n);
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
    (void)nargs;
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
    valuePush(ctxt, answer_buffer(&out));
}

/* --- numbers that check themselves --- */

static xmlXPathObject *fn_id_fault(struct query_call *c)
{
    static const char *const name[] = {[ID_NUMBER_SOUND] = "",
                                       [ID_NUMBER_LENGTH] = "length",
                                       [ID_NUMBER_CHARACTER] = "character",
                                       [ID_NUMBER_REGION] = "region",
                                       [ID_NUMBER_BIRTH] = "birth",
                                       [ID_NUMBER_CHECK] = "check"};
    return answer_text(name[id_number_read(c->arguments[0]).wrong]);
}

/* The one character that makes the number sound, region apart. */
static xmlXPathObject *fn_id_check_digit(struct query_call *c)
{
    static const char all[] = "0123456789X";
    char *x = arena_strdup(&c->arena, c->arguments[0]);
    for (size_t i = 0; i < sizeof all - 1 && strlen(x) == 18; i++) {
        x[17] = all[i];
        if (id_number_read(x).wrong == ID_NUMBER_SOUND)
            return answer_text((const char[]){all[i], '\0'});
    }
    return answer_text("");
}

static xmlXPathObject *fn_id_birth(struct query_call *c)
{
    return answer_date(id_number_read(c->arguments[0]).birth);
}

static xmlXPathObject *fn_id_sex(struct query_call *c)
{
    struct id_number id = id_number_read(c->arguments[0]);
    return answer_text(!id.birth.precision ? "" : id.male ? "男" : "女");
}

static xmlXPathObject *fn_credit_code_fault(struct query_call *c)
{
    static const char *const name[] = {[USCC_SOUND] = "",
                                       [USCC_LENGTH] = "length",
                                       [USCC_CHARACTER] = "character",
                                       [USCC_CHECK] = "check"};
    return answer_text(name[uscc_check(c->arguments[0])]);
}

/* --- characters --- */

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == 0x3000 || cp == 0xA0;
}

static bool is_line_end(uint32_t cp)
{
    return cp == '\n' || cp == '\r' || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

static xmlXPathObject *fn_characters(struct query_call *c)
{
    const char *x = c->arguments[0];
    size_t n = 0, len = strlen(x);
    bool indent = true;
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = utf8_next(x + i, len - i, &used);
        bool counts =
            !is_line_end(cp) && !(indent && is_blank(cp)) && !utf8_is_variation_selector(cp);
        indent = is_line_end(cp) || (indent && is_blank(cp));
        n += counts;
    }
    return answer_number((double)n);
}

/* Letters and digits up to Latin, Greek, Cyrillic and their signs stand in runs; from the general
 * punctuation on each character counts, as do the dots and quotes that Chinese text uses. */
static xmlXPathObject *fn_office_words(struct query_call *c)
{
    const char *x = c->arguments[0];
    size_t n = 0, len = strlen(x);
    bool run = false;
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = utf8_next(x + i, len - i, &used);
        bool blank = is_blank(cp) || is_line_end(cp), single = cp >= 0x2010 || cp == 0xB7;
        if (utf8_is_variation_selector(cp))
            continue;
        n += !blank && (single || !run);
        run = !blank && !single;
    }
    return answer_number((double)n);
}

static xmlXPathObject *fn_utf16_units(struct query_call *c)
{
    const char *s = c->arguments[0] + strspn(c->arguments[0], BLANKS), *end = s + strlen(s);
    while (end > s && strchr(BLANKS, end[-1]))
        end--;
    return answer_number((double)utf8_utf16_count(arena_strndup(&c->arena, s, (size_t)(end - s))));
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
    bool is = (cp >= 0x2E80 && cp <= 0x2FDF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
              (cp >= 0x2F800 && cp <= 0x2FA1F);
    for (size_t i = 0; is && i < sizeof own / sizeof *own; i++)
        is = cp != own[i];
    return is;
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
    for (const char *p = map + strspn(map, BLANKS); *p; p += strspn(p, BLANKS)) {
        size_t len = strcspn(p, BLANKS);
        if (len > n && !strncmp(p, key, n) && p[n] == '=')
            return arena_strndup(a, p + n + 1, len - n - 1);
        p += len;
    }
    return NULL;
}

static bool is_odd_space(uint32_t cp)
{
    return is_blank(cp) || (cp >= 0x2000 && cp <= 0x200A);
}

typedef bool character_test(uint32_t cp);

/* NULL: nothing is of the class. han: the text has Han characters, between which a space is odd. */
static character_test *test_of_class(const char *class, bool han)
{
    static const struct {
        const char *name;
        character_test *test;
    } classes[] = {{"control", is_control},
                   {"space", is_odd_space},
                   {"dot", is_other_dot},
                   {"compatible", is_compatible},
                   {"latin", is_latin}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (!strcmp(class, classes[i].name))
            return classes[i].test == is_odd_space && !han ? NULL : classes[i].test;
    return NULL;
}

/* "“·”U+00B7→“・”U+30FB": what is seen of it, and what the map puts in its place. */
static void name_character(uint32_t cp, const char *better, struct buffer *out)
{
    char shown[5] = "";
    utf8_put(cp, shown);
    if (!is_control(cp) && !is_blank(cp))
        buffer_printf(out, "“%s”", shown);
    buffer_printf(out, "U+%04X", (unsigned)cp);
    if (!better)
        return;
    memset(shown, 0, sizeof shown);
    utf8_put((uint32_t)strtoul(better, NULL, 16), shown);
    buffer_printf(out, "→“%s”U+%s", shown, better);
}

static bool is_odd(const char *x, character_test *test)
{
    size_t len = strlen(x), used;
    for (size_t i = 0; i < len; i += used)
        if (test(utf8_next(x + i, len - i, &used)))
            return true;
    return false;
}

/* One call for all nodes: a predicate would be evaluated for each. */
static void fn_odd(xmlXPathParserContext *ctxt, int nargs)
{
    (void)nargs;
    xmlChar *class = xmlXPathPopString(ctxt);
    xmlNodeSet *set = xmlXPathPopNodeSet(ctxt), *odd = xmlXPathNodeSetCreate(NULL);
    character_test *test = class ? test_of_class((char *)class, false) : NULL;
    for (int i = 0; set && test && i < set->nodeNr; i++) {
        xmlChar *text = xmlXPathCastNodeToString(set->nodeTab[i]);
        if (text && is_odd((char *)text, test))
            xmlXPathNodeSetAdd(odd, set->nodeTab[i]);
        xmlFree(text);
    }
    xmlXPathFreeNodeSet(set);
    xmlFree(class);
    valuePush(ctxt, xmlXPathWrapNodeSet(odd));
}

static xmlXPathObject *fn_odd_characters(struct query_call *c)
{
    struct buffer out = {0};
    bool han = false;
    const char *x = c->arguments[0];
    size_t len = strlen(x), used;
    for (size_t i = 0; i < len; i += used)
        han = is_han(utf8_next(x + i, len - i, &used)) || han;
    character_test *test = test_of_class(c->arguments[1], han);
    for (size_t i = 0; test && i < len; i += used) {
        uint32_t cp = utf8_next(x + i, len - i, &used);
        if (!test(cp))
            continue;
        buffer_puts(&out, out.len ? "、" : "");
        name_character(
            cp,
            map_value(&c->arena, c->arguments[2], arena_printf(&c->arena, "%04X", (unsigned)cp)),
            &out);
    }
    return answer_buffer(&out);
}

/* --- lists --- */

static xmlXPathObject *fn_listed(struct query_call *c)
{
    const char *x = c->arguments[0], *list = c->arguments[1];
    size_t n = strlen(x);
    for (const char *p = list + strspn(list, BLANKS); *p; p += strspn(p, BLANKS)) {
        size_t len = strcspn(p, BLANKS);
        if (len == n && !strncmp(p, x, n))
            return answer_bool(true);
        p += len;
    }
    return answer_bool(false);
}

static xmlXPathObject *fn_lookup(struct query_call *c)
{
    const char *v = map_value(&c->arena, c->arguments[1], c->arguments[0]);
    return answer_text(v ? v : "");
}

static xmlXPathObject *fn_last_page(struct query_call *c)
{
    long most = 0;
    char *end;
    for (const char *p = c->arguments[0]; *p; p = end) {
        long v = labs(strtol(p, &end, 10));
        if (end == p)
            end++;
        else if (v > most)
            most = v;
    }
    return answer_number((double)most);
}

/* if(test, a, b): a or b, of whatever type they are. */
static void fn_if(xmlXPathParserContext *ctxt, int nargs)
{
    (void)nargs;
    xmlXPathObject *b = valuePop(ctxt), *a = valuePop(ctxt);
    bool test = xmlXPathPopBoolean(ctxt);
    valuePush(ctxt, test ? a : b);
    xmlXPathFreeObject(test ? b : a);
}

/* --- references --- */

static xmlNode *applicant_of(xmlNode *n)
{
    while (n && (n->type != XML_ELEMENT_NODE || strcmp((const char *)n->name, "applicant")))
        n = n->parent;
    return n;
}

static bool bears(const xmlNode *n, const char *id, size_t len)
{
    const xmlAttr *a = n->type == XML_ELEMENT_NODE ? xmlHasProp((xmlNode *)n, BAD_CAST "id") : NULL;
    const char *v = a && a->children ? (const char *)a->children->content : NULL;
    return v && strlen(v) == len && !strncmp(v, id, len);
}

/* An element of the applicant with this id, or an evidence in one. */
static xmlNode *bearer(xmlNode *applicant, const char *id, size_t len)
{
    for (xmlNode *n = applicant ? applicant->children : NULL; n; n = n->next) {
        if (bears(n, id, len))
            return n;
        for (xmlNode *k = n->children; k && n->type == XML_ELEMENT_NODE; k = k->next)
            if (bears(k, id, len))
                return k;
    }
    return NULL;
}

/* In document order: a predicate may count them. */
static void fn_refs(xmlXPathParserContext *ctxt, int nargs)
{
    (void)nargs;
    xmlNode *applicant = applicant_of(ctxt->context->node);
    xmlChar *list = xmlXPathPopString(ctxt);
    xmlXPathObject *out = xmlXPathNewNodeSet(NULL);
    const char *p = (char *)list;
    for (p += strspn(p, BLANKS); *p; p += strspn(p, BLANKS)) {
        size_t len = strcspn(p, BLANKS);
        xmlNode *n = bearer(applicant, p, len);
        if (n)
            xmlXPathNodeSetAdd(out->nodesetval, n);
        p += len;
    }
    xmlFree(list);
    xmlXPathNodeSetSort(out->nodesetval);
    valuePush(ctxt, out);
}

static void fn_unresolved(xmlXPathParserContext *ctxt, int nargs)
{
    struct buffer out = {0};
    (void)nargs;
    xmlNode *applicant = applicant_of(ctxt->context->node);
    xmlChar *list = xmlXPathPopString(ctxt);
    const char *p = (char *)list;
    for (p += strspn(p, BLANKS); *p; p += strspn(p, BLANKS)) {
        size_t len = strcspn(p, BLANKS);
        if (!bearer(applicant, p, len))
            buffer_printf(&out, "%s%.*s", out.len ? " " : "", (int)len, p);
        p += len;
    }
    xmlFree(list);
    valuePush(ctxt, answer_buffer(&out));
}

static const struct query_function functions[] = {
    {"if", 3, 3, .body = fn_if},
    {"before", 2, 2, .answer = fn_before},
    {"latest", 1, 1, .body = fn_latest},
    {"earliest", 1, 1, .body = fn_earliest},
    {"first-day", 1, 1, .answer = fn_first_day},
    {"last-day", 1, 1, .answer = fn_last_day},
    {"add-months", 2, 2, .answer = fn_add_months},
    {"odd", 2, 2, .body = fn_odd},
    {"missing-months", 3, 3, .body = fn_missing_months},
    {"id-fault", 1, 1, .answer = fn_id_fault},
    {"id-check-digit", 1, 1, .answer = fn_id_check_digit},
    {"id-birth", 1, 1, .answer = fn_id_birth},
    {"id-sex", 1, 1, .answer = fn_id_sex},
    {"credit-code-fault", 1, 1, .answer = fn_credit_code_fault},
    {"characters", 1, 1, .answer = fn_characters},
    {"office-words", 1, 1, .answer = fn_office_words},
    {"utf16-units", 1, 1, .answer = fn_utf16_units},
    {"odd-characters", 2, 3, .answer = fn_odd_characters},
    {"listed", 2, 2, .answer = fn_listed},
    {"lookup", 2, 2, .answer = fn_lookup},
    {"last-page", 1, 1, .answer = fn_last_page},
    {"refs", 1, 1, .body = fn_refs},
    {"unresolved", 1, 1, .body = fn_unresolved},
};
const struct query_library query_values = {functions, sizeof functions / sizeof *functions};
