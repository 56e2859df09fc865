/* characters.c - see characters.h. */
#include "record/characters.h"

#include "core/utf8.h"
#include "xml/xml_reader.h"

#include <stdlib.h>
#include <string.h>

#define SPACES " \t\r\n"

struct code {
    uint32_t code, meaning;
    size_t family;
};

struct characters {
    struct code *codes; /* by code */
    size_t n, cap;
    struct code_family *families;
    size_t n_families, cap_families;
};

struct codes_element {
    int severity; /* among the words */
    const char *zh, *en;
};

/* "F0B7=2022" at s, ended by white space. */
static bool parse_code(const char *s, struct code *out)
{
    char *end;
    out->code = (uint32_t)strtoul(s, &end, 16);
    if (end == s || *end != '=' || !utf8_is_private(out->code))
        return false;
    s = end + 1;
    out->meaning = (uint32_t)strtoul(s, &end, 16);
    return end > s && (!*end || strchr(SPACES, *end)) && out->meaning > 0x20 &&
           out->meaning <= 0x10FFFF && !utf8_is_unprintable(out->meaning);
}

/* Codes are text between <codes> and </codes>, set off by blanks. */
static void add_codes(struct xml_reader *r, const char *text, void *self)
{
    struct characters *c = r->owner;
    (void)self;
    for (const char *p = text + strspn(text, SPACES); *p; p += strspn(p, SPACES)) {
        struct code code = {.family = c->n_families};
        size_t len = strcspn(p, SPACES);
        if (parse_code(p, &code))
            *ARENA_PUSH(r->arena, c->codes, c->n, c->cap) = code;
        else
            xml_bad_value(r, "", arena_strndup(r->arena, p, len), "F0B7=2022");
        p += len;
    }
}

static void add_family(struct xml_reader *r, void *self, void *parent)
{
    static const enum severity severities[] = {SEVERITY_INFO, SEVERITY_WARNING};
    const struct codes_element *element = self;
    struct characters *c = parent;
    *ARENA_PUSH(r->arena, c->families, c->n_families, c->cap_families) = (struct code_family){
        .name = {element->zh, element->en}, .severity = severities[element->severity]};
}

static const struct xml_attribute of_codes[] = {
    {"severity", XML_CHOICE, XML_AT(struct codes_element, severity), .required = true,
     .words = "info warning"},
    {"zh", XML_WORD, XML_AT(struct codes_element, zh), .required = true},
    {"en", XML_WORD, XML_AT(struct codes_element, en), .required = true},
    {0}};
static const struct xml_element elements[] = {
    {"characters", .inside = 1},
    {"codes", 1, 0, of_codes, sizeof(struct codes_element), .end = add_family, .text = add_codes},
    {0}};

static int by_code(const void *a, const void *b)
{
    uint32_t x = ((const struct code *)a)->code, y = ((const struct code *)b)->code;
    return x < y ? -1 : x > y;
}

struct characters *characters_read(const char *path, struct arena *arena, struct diag *diag)
{
    struct characters *c = ARENA_NEW(arena, struct characters);
    struct xml_reader r = {.elements = elements, .arena = arena, .diag = diag, .owner = c};
    bool ok = xml_read(&r, path, c);

    if (c->n)
        qsort(c->codes, c->n, sizeof *c->codes, by_code);
    for (size_t i = 1; i < c->n && ok; i++)
        if (c->codes[i].code == c->codes[i - 1].code)
            ok = diag_system(diag, (struct src_pos){path, 0}, "U+%04X 重复", "U+%04X stands twice",
                             (unsigned)c->codes[i].code);
    return ok ? c : NULL;
}

uint32_t characters_meaning(const struct characters *c, uint32_t code, struct code_family **family)
{
    const struct code key = {.code = code};
    const struct code *found =
        c && c->n ? bsearch(&key, c->codes, c->n, sizeof key, by_code) : NULL;
    if (found && family)
        *family = &c->families[found->family];
    return found ? found->meaning : 0;
}

/* Where the next private-use code begins; their first byte is no other character's but those of
 * U+F900-FFFF and U+C0000-10FFFF. */
static size_t next_private(const unsigned char *text, size_t at, size_t len)
{
    while (at < len && text[at] != 0xEE && text[at] != 0xEF && text[at] < 0xF3)
        at++;
    return at;
}

void characters_replace(const struct characters *c, struct buffer *text)
{
    size_t at = next_private(text->data, 0, text->len);
    if (!c || at == text->len)
        return;
    size_t len = text->len - at, used;
    char *tail = mem_alloc(len, 1);
    memcpy(tail, text->data + at, len);
    text->len = at;
    for (size_t i = 0; i < len; i += used) {
        uint32_t code = utf8_next(tail + i, len - i, &used);
        uint32_t meaning = utf8_is_private(code) ? characters_meaning(c, code, NULL) : 0;
        if (meaning)
            buffer_character(text, meaning);
        else
            buffer_add(text, tail + i, used);
    }
    free(tail);
}
