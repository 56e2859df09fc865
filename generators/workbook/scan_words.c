/* scan_words.c - see scan_words.h. */
#include "workbook/scan_words.h"

#include "core/utf8.h"
#include "xml/xml_reader.h"

#include <ctype.h>
#include <string.h>

/* Letters, digits, Han and whatever else is no mark. */
static bool is_mark(uint32_t c)
{
    if (c < 0x80)
        return !isalnum((int)c);
    return c == 0xA0 || c == 0xB7 || (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x3003) ||
           (c >= 0x3008 && c <= 0x301F) || (c >= 0xFF01 && c <= 0xFF65) || utf8_is_ignorable(c);
}

char *scan_fold(const char *text, struct arena *arena)
{
    size_t len = strlen(text), used;
    char *folded = arena_alloc(arena, len + 1, 1), *to = folded;

    for (size_t i = 0; i < len; i += used) {
        uint32_t c = utf8_next(text + i, len - i, &used);
        if (c >= 0xFF01 && c <= 0xFF5E)
            c = c - 0xFF01 + '!';
        if (c < 0x80 && isalnum((int)c))
            *to++ = (char)tolower((int)c);
        else if (c == UTF8_BAD || !is_mark(c))
            to += utf8_put(c == UTF8_BAD ? '?' : c, to);
        else if (to > folded && to[-1] != '-')
            *to++ = '-';
    }
    to -= to > folded && to[-1] == '-';
    *to = '\0';
    return folded;
}

static bool parse_pattern(struct xml_reader *r, const char *text, void *out)
{
    static const char names[] = "item kind part photo number";
    struct scan_pattern p = {.text = text};

    for (const char *at = text; *at;) {
        size_t len = strcspn(at, " ");
        bool optional = len > 0 && at[len - 1] == '?';
        int class = xml_word_place(names, arena_strndup(r->arena, at, len - optional));
        if (class < 0 || p.n == SCAN_PATTERN_WORDS)
            return false;
        p.words[p.n].class = (enum scan_class) class;
        p.words[p.n++].optional = optional;
        at += len + (at[len] == ' ');
    }
    *(struct scan_pattern *)out = p;
    return p.n > 0;
}

/* The name, and the words that mean the same. */
static void end_word(struct xml_reader *r, void *self, void *parent)
{
    struct scan_word *w = self;
    const char **texts = NULL;
    size_t n = 0, cap = 0;
    (void)parent;

    if (w->name && *w->name)
        *ARENA_PUSH(r->arena, texts, n, cap) = scan_fold(w->name, r->arena);
    for (const char *at = w->also ? w->also : ""; *at;) {
        size_t len = strcspn(at, " ");
        if (len)
            *ARENA_PUSH(r->arena, texts, n, cap) =
                scan_fold(arena_strndup(r->arena, at, len), r->arena);
        at += len + (at[len] == ' ');
    }
    w->texts = texts;
    w->n_texts = n;
}

enum { IN_SCANS = 1 };

static const struct xml_attribute
    of_pattern[] = {{"words", XML_PARSED, .offset = 0, .required = true, .parse = parse_pattern,
                     .expected = "item kind? part? number?"},
                    {0}},
    of_words[] = {{"also", XML_WORD, XML_AT(struct scan_word, also), .required = true}, {0}},
    of_kind[] = {{"name", XML_WORD, XML_AT(struct scan_word, name), .required = true},
                 {"also", XML_WORD, XML_AT(struct scan_word, also)},
                 {"of", XML_WORD, XML_AT(struct scan_word, of)},
                 {0}},
    of_part[] = {{"name", XML_WORD, XML_AT(struct scan_word, name), .required = true},
                 {"also", XML_WORD, XML_AT(struct scan_word, also)},
                 {"of", XML_WORD, XML_AT(struct scan_word, of), .required = true},
                 {0}},
    of_item[] = {{"element", XML_WORD, XML_AT(struct scan_item, element), .required = true,
                  .unique = true},
                 {"title", XML_WORD, XML_AT(struct scan_item, title), .required = true},
                 {"kind", XML_WORD, XML_AT(struct scan_item, kind)},
                 {0}},
    of_ignore[] = {{"name", XML_WORD, XML_AT(struct scan_ignore, name), .required = true}, {0}};

static const struct xml_element elements[] = {
    {"scans", .inside = IN_SCANS},
    {"pattern", .where = IN_SCANS, .attributes = of_pattern, .size = sizeof(struct scan_pattern),
     XML_INTO(struct scan_words, patterns), .required = true},
    {"photo", .where = IN_SCANS, .attributes = of_words, .size = sizeof(struct scan_word),
     XML_INTO(struct scan_words, photos), .end = end_word},
    {"idle", .where = IN_SCANS, .attributes = of_words, .size = sizeof(struct scan_word),
     XML_INTO(struct scan_words, idle), .end = end_word},
    {"kind", .where = IN_SCANS, .attributes = of_kind, .size = sizeof(struct scan_word),
     XML_INTO(struct scan_words, kinds), .end = end_word},
    {"part", .where = IN_SCANS, .attributes = of_part, .size = sizeof(struct scan_word),
     XML_INTO(struct scan_words, parts), .end = end_word},
    {"item", .where = IN_SCANS, .attributes = of_item, .size = sizeof(struct scan_item),
     XML_INTO(struct scan_words, items)},
    {"ignore", .where = IN_SCANS, .attributes = of_ignore, .size = sizeof(struct scan_ignore),
     XML_INTO(struct scan_words, ignored)},
    {0}};

const struct scan_words *scan_words_read(const char *path, struct arena *arena, struct diag *diag)
{
    struct scan_words *words = ARENA_NEW(arena, struct scan_words);
    struct xml_reader r = {.elements = elements, .arena = arena, .diag = diag};
    return xml_read(&r, path, words) ? words : NULL;
}
