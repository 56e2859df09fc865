/* characters.c - see characters.h. */
#include "record/characters.h"

#include "core/utf8.h"
#include "record/data.h"

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

static bool add_codes(struct characters *c, const record_node *node, const char *text,
                      struct arena *arena, struct diag *diag)
{
    for (const char *p = text + strspn(text, SPACES); *p;) {
        struct code code = {.family = c->n_families - 1};
        size_t len = strcspn(p, SPACES);
        if (!parse_code(p, &code))
            return diag_system(diag, record_pos(node),
                               "“%.*s”应写作 私用区码=字符，均为十六进制，如 F0B7=2022",
                               "\"%.*s\" should be a private-use code, =, and a character, in "
                               "hexadecimal: F0B7=2022",
                               (int)len, p);
        *ARENA_PUSH(arena, c->codes, c->n, c->cap) = code;
        p += len;
        p += strspn(p, SPACES);
    }
    return true;
}

static bool add_family(struct characters *c, const record_node *node, struct arena *arena,
                       struct diag *diag)
{
    const char *severity = record_attribute(node, "severity", arena);
    struct code_family f = {
        .name = {record_attribute(node, "zh", arena), record_attribute(node, "en", arena)},
        .severity = strcmp(severity, "info") ? SEVERITY_WARNING : SEVERITY_INFO};
    struct buffer text = {0};
    if (strcmp(record_name(node), "codes") || !*f.name[LANGUAGE_ZH] || !*f.name[LANGUAGE_EN] ||
        (f.severity == SEVERITY_WARNING && strcmp(severity, "warning")))
        return diag_system(diag, record_pos(node),
                           "应为 <codes severity=\"info 或 warning\" zh=\"…\" en=\"…\">",
                           "this should be <codes severity=\"info or warning\" zh=\"…\" en=\"…\">");
    *ARENA_PUSH(arena, c->families, c->n_families, c->cap_families) = f;
    record_text(node, &text);
    buffer_putc(&text, '\0');
    bool ok = add_codes(c, node, (const char *)text.data, arena, diag);
    buffer_clear(&text);
    return ok;
}

static int by_code(const void *a, const void *b)
{
    uint32_t x = ((const struct code *)a)->code, y = ((const struct code *)b)->code;
    return x < y ? -1 : x > y;
}

struct characters *characters_read(const char *path, struct arena *arena, struct diag *diag)
{
    struct characters *c = ARENA_NEW(arena, struct characters);
    record_node *root = record_data_read(path, diag);
    bool ok = root != NULL;

    for (record_node *n = ok ? record_child(root, NULL) : NULL; n && ok; n = record_child(root, n))
        ok = add_family(c, n, arena, diag);
    if (c->n)
        qsort(c->codes, c->n, sizeof *c->codes, by_code);
    for (size_t i = 1; i < c->n && ok; i++)
        if (c->codes[i].code == c->codes[i - 1].code)
            ok = diag_system(diag, (struct src_pos){path, 0}, "U+%04X 重复", "U+%04X stands twice",
                             (unsigned)c->codes[i].code);
    record_data_free(root);
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

void characters_replace(const struct characters *c, struct buffer *text, size_t from)
{
    size_t at = next_private(text->data, from, text->len);
    if (!c || at == text->len)
        return;
    size_t len = text->len - at, used;
    char *tail = mem_alloc(len, 1), utf8[4];
    memcpy(tail, text->data + at, len);
    text->len = at;
    for (size_t i = 0; i < len; i += used) {
        uint32_t code = utf8_next(tail + i, len - i, &used);
        uint32_t meaning = utf8_is_private(code) ? characters_meaning(c, code, NULL) : 0;
        if (meaning)
            buffer_add(text, utf8, utf8_put(meaning, utf8));
        else
            buffer_add(text, tail + i, used);
    }
    free(tail);
}
