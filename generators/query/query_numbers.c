/* query_numbers.c - XPath functions on texts as they are compared and on numbers of publications
 * and patents, which check themselves. */
#include "query/query_functions.h"

#include "core/buffer.h"
#include "core/utf8.h"

#include <string.h>

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

/* --- texts as they are compared --- */

/* Marks that a clerk writes or leaves out: blanks, book title marks, quotation marks. */
static bool is_decoration(uint32_t cp)
{
    static const uint32_t marks[] = {' ',    '\t',   '\n',   '\r',   '"',    0xA0,   0x2018,
                                     0x2019, 0x201C, 0x201D, 0x3000, 0x3008, 0x3009, 0x300A,
                                     0x300B, 0x300C, 0x300D, 0x300E, 0x300F};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (cp == marks[i])
            return true;
    return false;
}

/* The form to compare by: half width, small Latin letters, one kind of brackets and of hyphens. */
static uint32_t folded_character(uint32_t cp)
{
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        cp -= 0xFEE0;
    if (cp >= 'A' && cp <= 'Z')
        return cp - 'A' + 'a';
    if (cp == '[' || cp == 0x3010 || cp == 0x3014)
        return '(';
    if (cp == ']' || cp == 0x3011 || cp == 0x3015)
        return ')';
    return cp == 0x2010 || cp == 0x2013 || cp == 0x2014 || cp == 0x2212 ? '-' : cp;
}

static void fold_into(struct buffer *out, const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = utf8_next(text + i, len - i, &used);
        char bytes[5] = "";
        if (is_decoration(cp))
            continue;
        utf8_put(folded_character(cp), bytes);
        buffer_puts(out, bytes);
    }
    buffer_putc(out, '\0');
}

static void fn_folded(xmlXPathParserContext *ctxt, int nargs)
{
    struct buffer out = {0};
    CHECK_ARITY(1);
    xmlChar *x = xmlXPathPopString(ctxt);
    fold_into(&out, (char *)x);
    valuePush(ctxt, xmlXPathNewCString((char *)out.data));
    buffer_clear(&out);
    xmlFree(x);
}

/* How long the longest of the words is that the text begins with. */
static size_t word_at(const char *text, const char *words)
{
    static const char blanks[] = " \t\r\n";
    size_t longest = 0;
    for (const char *p = words + strspn(words, blanks); *p; p += strspn(p, blanks)) {
        size_t len = strcspn(p, blanks);
        if (len > longest && strncmp(text, p, len) == 0)
            longest = len;
        p += len;
    }
    return longest;
}

/* filled(text, words): does it say more than that there is nothing to say? */
static void fn_filled(xmlXPathParserContext *ctxt, int nargs)
{
    struct buffer own = {0};
    CHECK_ARITY(2);
    xmlChar *words = xmlXPathPopString(ctxt), *text = xmlXPathPopString(ctxt);
    fold_into(&own, (char *)text);
    bool filled = false;
    for (const char *p = (char *)own.data; *p && !filled;) {
        size_t len = word_at(p, (char *)words);
        filled = len == 0;
        p += len;
    }
    buffer_clear(&own);
    xmlFree(words);
    xmlFree(text);
    valuePush(ctxt, xmlXPathNewBoolean(filled));
}

/* mentions(text, words, except): is one of the words in it, outside of those of except? */
static void fn_mentions(xmlXPathParserContext *ctxt, int nargs)
{
    struct buffer own = {0};
    CHECK_ARITY(3);
    xmlChar *except = xmlXPathPopString(ctxt), *words = xmlXPathPopString(ctxt),
            *text = xmlXPathPopString(ctxt);
    fold_into(&own, (char *)text);
    bool found = false;
    for (const char *p = (char *)own.data; *p && !found;) {
        size_t len = word_at(p, (char *)except);
        found = len == 0 && word_at(p, (char *)words) > 0;
        p += len > 0 ? len : 1;
    }
    buffer_clear(&own);
    xmlFree(except);
    xmlFree(words);
    xmlFree(text);
    valuePush(ctxt, xmlXPathNewBoolean(found));
}

/* alike(nodes, text): the nodes whose text is the same when folded. */
static void fn_alike(xmlXPathParserContext *ctxt, int nargs)
{
    struct buffer wanted = {0};
    CHECK_ARITY(2);
    xmlChar *x = xmlXPathPopString(ctxt);
    xmlNodeSet *set = xmlXPathPopNodeSet(ctxt), *out = xmlXPathNodeSetCreate(NULL);
    fold_into(&wanted, (char *)x);
    for (int i = 0; set && i < set->nodeNr; i++) {
        struct buffer own = {0};
        xmlChar *text = xmlXPathCastNodeToString(set->nodeTab[i]);
        fold_into(&own, (char *)text);
        if (!strcmp((char *)own.data, (char *)wanted.data))
            xmlXPathNodeSetAdd(out, set->nodeTab[i]);
        buffer_clear(&own);
        xmlFree(text);
    }
    buffer_clear(&wanted);
    xmlXPathFreeNodeSet(set);
    xmlFree(x);
    valuePush(ctxt, xmlXPathWrapNodeSet(out));
}

static void fn_han(xmlXPathParserContext *ctxt, int nargs)
{
    size_t n = 0;
    CHECK_ARITY(1);
    xmlChar *x = xmlXPathPopString(ctxt);
    size_t len = strlen((char *)x);
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = utf8_next((char *)x + i, len - i, &used);
        n += (cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0x20000 && cp <= 0x3FFFF) || cp == 0x3007;
    }
    valuePush(ctxt, xmlXPathNewFloat((double)n));
    xmlFree(x);
}

/* --- check digits --- */

/* The sum of weight times digit over n digits; -1: something else stands among them. */
static int weighted(const char *digits, const int *weights, int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return -1;
        sum += weights[i] * (digits[i] - '0');
    }
    return sum;
}

static const char *compared(int expected, char given)
{
    char digit = expected == 10 ? 'x' : (char)('0' + expected);
    return digit == given ? "" : "check";
}

/* What is wrong with a folded number of n digits, whose last is eleven less the weighted sum. */
static const char *modulo_11(const char *digits, const int *weights, int n)
{
    int sum = weighted(digits, weights, n - 1);
    return sum < 0 ? "character" : compared((11 - sum % 11) % 11, digits[n - 1]);
}

static const char *issn_fault(const char *x)
{
    static const int weights[] = {8, 7, 6, 5, 4, 3, 2};
    return strlen(x) == 8 ? modulo_11(x, weights, 8) : "length";
}

static const char *isbn_fault(const char *x)
{
    static const int weights_10[] = {10, 9, 8, 7, 6, 5, 4, 3, 2},
                     weights_13[] = {1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3};
    if (strlen(x) == 10)
        return modulo_11(x, weights_10, 10);
    if (strlen(x) != 13)
        return "length";
    int sum = weighted(x, weights_13, 12);
    return sum < 0 ? "character" : compared((10 - sum % 10) % 10, x[12]);
}

/* Numbers given out in China from October 2003 on: year, kind, serial and a check digit, often with
 * ZL before them. Older and foreign ones are not judged. */
static const char *patent_fault(const char *x)
{
    static const int weights[] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
    x += !strncmp(x, "zl", 2) || !strncmp(x, "cn", 2) ? 2 : 0;
    size_t len = strlen(x);
    if (len != 12 && len != 13)
        return "";
    int sum = weighted(x, weights, 12);
    if (sum < 0)
        return "";
    return len == 12 ? "absent" : compared(sum % 11, x[12]);
}

/* CN 33-1234/TD: two digits of the region, four of the serial, a class, which may be left out. */
static const char *serial_fault(const char *x)
{
    x += !strncmp(x, "cn", 2) ? 2 : 0;
    size_t region = strspn(x, "0123456789");
    size_t serial = x[region] == '-' ? strspn(x + region + 1, "0123456789") : 0;
    const char *rest = x + region + (x[region] == '-') + serial;
    return region == 2 && serial == 4 && (!*rest || *rest == '/') ? "" : "form";
}

static void fn_number_fault(xmlXPathParserContext *ctxt, int nargs)
{
    static const struct {
        const char *kind;
        const char *(*fault)(const char *);
        const char *dropped; /* what people write between the digits */
    } kinds[] = {{"issn", issn_fault, "-"},
                 {"isbn", isbn_fault, "-"},
                 {"patent", patent_fault, ".-"},
                 {"cn", serial_fault, ""}};
    struct buffer folded = {0};
    const char *fault = "";
    CHECK_ARITY(2);
    xmlChar *kind = xmlXPathPopString(ctxt), *x = xmlXPathPopString(ctxt);
    fold_into(&folded, (char *)x);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char *from = (char *)folded.data, *to = from;
        if (strcmp(kinds[i].kind, (char *)kind))
            continue;
        const char *named = !strncmp(from, kinds[i].kind, 4) && i < 2 ? from + 4 : from;
        named += i < 2 && *named == ':';
        for (const char *p = named; *p; p++)
            if (!strchr(kinds[i].dropped, *p))
                *to++ = *p;
        *to = '\0';
        fault = kinds[i].fault(from);
    }
    valuePush(ctxt, xmlXPathNewCString(fault));
    buffer_clear(&folded);
    xmlFree(kind);
    xmlFree(x);
}

/* --- texts that are largely the same --- */

enum {
    RUN = 8, /* characters that are compared at a time */
    BANDS = 24,
    BAND = 5, /* of a band's least hashes all must agree */
    SKETCH = BANDS * BAND
};

static uint64_t hash_run(const uint32_t *run)
{
    uint64_t h = 0xCBF29CE484222325;
    for (int i = 0; i < RUN; i++) {
        h = (h ^ run[i]) * 0x100000001B3;
        h ^= h >> 29;
    }
    return h;
}

/* The least hash of the text's runs in each of so many classes (one permutation hashing: P. Li,
 * A. Owen, C.-H. Zhang, 2012); a class without any borrows the next one's. false: too short. */
static bool sketch(const char *text, uint64_t least[SKETCH])
{
    uint32_t run[RUN];
    size_t len = strlen(text), used, n = 0;
    bool any = false;

    memset(least, 0xFF, SKETCH * sizeof *least);
    for (size_t i = 0; i < len; i += used) {
        uint32_t cp = utf8_next(text + i, len - i, &used);
        if (cp <= ' ' || cp == 0x3000)
            continue;
        memmove(run, run + 1, (RUN - 1) * sizeof *run);
        run[RUN - 1] = cp;
        if (++n < RUN)
            continue;
        uint64_t h = hash_run(run), *place = &least[h % SKETCH];
        *place = h < *place ? h : *place;
        any = true;
    }
    for (size_t i = 2 * SKETCH; any && i-- > 0;)
        if (least[i % SKETCH] == UINT64_MAX)
            least[i % SKETCH] = least[(i + 1) % SKETCH];
    return any;
}

struct text_marks {
    const char *text;
    bool any; /* it is long enough to have some */
    uint64_t least[SKETCH];
};

/* One text is asked for all of its marks in turn. */
static const struct text_marks *marks_of(const struct query_call *c, const char *text)
{
    struct query_memory *memory = query_call_memory(c);
    if (!memory->marks || strcmp(memory->marks->text, text) != 0) {
        memory->marks = ARENA_NEW(&memory->arena, struct text_marks);
        memory->marks->text = arena_strdup(&memory->arena, text);
        memory->marks->any = sketch(text, memory->marks->least);
    }
    return memory->marks;
}

/* Texts of which four fifths of the runs are the same agree in a band or more with 97 % certainty;
 * of half, with 9 %. */
static xmlXPathObject *fn_likeness(struct query_call *c)
{
    double band = xmlXPathCastStringToNumber(BAD_CAST c->arguments[1]);
    const struct text_marks *marks = marks_of(c, c->arguments[0]);
    uint64_t sum = 0;

    if (!(band >= 1 && band <= BANDS) || !marks->any)
        return answer_text("");
    for (size_t i = 0; i < BAND; i++)
        sum = sum * 0x9E3779B97F4A7C15 + marks->least[((size_t)band - 1) * BAND + i];
    return answer_text(arena_printf(&c->arena, "%016llx", (unsigned long long)sum));
}

static const struct query_function functions[] = {
    {"likeness", 2, 2, .answer = fn_likeness},
    {"folded", 1, 1, .body = fn_folded},
    {"filled", 2, 2, .body = fn_filled},
    {"mentions", 3, 3, .body = fn_mentions},
    {"alike", 2, 2, .body = fn_alike},
    {"han", 1, 1, .body = fn_han},
    {"number-fault", 2, 2, .body = fn_number_fault},
};
const struct query_library query_number_functions = {functions,
                                                     sizeof functions / sizeof *functions};
