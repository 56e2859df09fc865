/* formats.c - see formats.h. Built-in formats: ECMA-376-1 18.8.30, with its table for zh-cn. */
#include "workbook/formats.h"

#include "workbook/part.h"
#include "workbook/xstring.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { STYLES_LIMIT = 1 << 17, FORMATS_LIMIT = 1 << 12 };

static const struct format general = {.code = "General"};

/* What a date format shows; ids without a row are General, or numbers. */
static const struct built_in {
    int from, to;
    struct format format;
} built_ins[] = {
    {1, 1, {.code = "0"}},
    {2, 2, {.code = "0.00"}},
    {3, 3, {.code = "#,##0"}},
    {4, 4, {.code = "#,##0.00"}},
    {5, 8, {.code = "#,##0.00"}},
    {9, 9, {.code = "0%"}},
    {10, 10, {.code = "0.00%"}},
    {11, 11, {.code = "0.00E+00"}},
    {12, 12, {.code = "# ?/?"}},
    {13,
     13,
     {.code = "# ?"
              "?/?"
              "?"}},
    {14, 14, {"yyyy/m/d", true, true, true}},
    {15, 15, {"d-mmm-yy", true, true, true}},
    {16, 16, {"d-mmm", true, true, false}},
    {17, 17, {"mmm-yy", true, false, true}},
    {18, 18, {"h:mm AM/PM", true, false, false}},
    {19, 19, {"h:mm:ss AM/PM", true, false, false}},
    {20, 20, {"h:mm", true, false, false}},
    {21, 21, {"h:mm:ss", true, false, false}},
    {22, 22, {"yyyy/m/d h:mm", true, true, true}},
    {27, 27, {"", true, false, true}},
    {28, 29, {"", true, true, false}},
    {30, 31, {"", true, true, true}},
    {32, 35, {"", true, false, false}},
    {36, 36, {"", true, false, true}},
    {37, 44, {.code = "#,##0.00"}},
    {45, 45, {"mm:ss", true, false, false}},
    {46, 46, {"[h]:mm:ss", true, false, false}},
    {47, 47, {"mm:ss.0", true, false, false}},
    {48, 48, {.code = "##0.0E+0"}},
    {49, 49, {.code = "@"}},
    {50, 50, {"", true, false, true}},
    {51, 51, {"", true, true, false}},
    {52, 52, {"", true, false, true}},
    {53, 54, {"", true, true, false}},
    {55, 56, {"", true, false, false}},
    {57, 57, {"", true, false, true}},
    {58, 58, {"", true, true, false}},
};

/* A format of the book's own, which may stand for a built-in id as well. */
struct custom {
    long long id;
    struct format format;
};

struct reading {
    struct archive *archive;
    int part;
    struct arena *arena;
    struct formats *out;
    struct custom *customs;
    long long *ids; /* of the styles */
    size_t n_customs, customs_cap, n_ids, ids_cap;
    bool in_formats, in_styles;
};

/* Passes over what stands in a code as text: "..." \. _. *. and [...] but for spans of time ([h]).
 * Returns how many bytes; 0: it is a letter of the code. */
static size_t literal(const char *s)
{
    static const char *const halves[] = {"AM/PM", "A/P", "General"};
    size_t len;

    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
        if (!strncasecmp(s, halves[i], strlen(halves[i])))
            return strlen(halves[i]);
    switch (*s) {
    case '"':
        len = strcspn(s + 1, "\"") + 1;
        return len + (s[len] == '"');
    case '\\':
    case '_':
    case '*':
        return s[1] ? 2 : 1;
    case '[':
        len = strspn(s + 1, "hHmMsS");
        if (len && s[1 + len] == ']')
            return 0;
        len = strcspn(s, "]");
        return len + (s[len] == ']');
    default:
        return 0;
    }
}

struct format format_of_code(const char *code)
{
    struct format f = {.code = code};
    bool month = false, number = false;

    for (const char *s = code; *s && *s != ';';) {
        size_t passed = literal(s);
        char c = (char)tolower((unsigned char)*s);
        /* 0.00E+00; a year of the era is e alone */
        bool exponent = c == 'e' && (number || s[1] == '+' || s[1] == '-');
        if (!passed) {
            f.year_shown = f.year_shown || c == 'y' || (c == 'e' && !exponent);
            f.day_shown = f.day_shown || c == 'd';
            month = month || c == 'm';
            f.date = f.date || c == 'h' || c == 's' || !strncasecmp(s, "aaa", 3);
            number = *s == '0' || *s == '#' || *s == '?';
        }
        s += passed ? passed : 1;
    }
    f.date = f.date || month || f.year_shown || f.day_shown;
    return f;
}

static bool add_custom(struct reading *r, const struct part_element *e)
{
    struct part_text code = part_attribute(e, "formatCode");
    long long id = part_number(part_attribute(e, "numFmtId"));

    if (id < 0 || !code.s)
        return true;
    if (r->n_customs == FORMATS_LIMIT)
        return archive_refuse(r->archive, r->part, "的格式过多", "has too many formats");
    char *copy = arena_strndup(r->arena, code.s, code.len);
    copy[xstring_plain(copy, code.len)] = '\0';
    *ARENA_PUSH(r->arena, r->customs, r->n_customs, r->customs_cap) =
        (struct custom){id, format_of_code(copy)};
    return true;
}

static bool on_start(void *data, const struct part_element *e)
{
    struct reading *r = data;

    if (part_is(e, SPACE_SHEET, "numFmts"))
        r->in_formats = true;
    else if (part_is(e, SPACE_SHEET, "cellXfs"))
        r->in_styles = true;
    else if (r->in_formats && part_is(e, SPACE_SHEET, "numFmt"))
        return add_custom(r, e);
    else if (r->in_styles && part_is(e, SPACE_SHEET, "xf")) {
        if (r->n_ids == STYLES_LIMIT)
            return archive_refuse(r->archive, r->part, "的单元格样式过多",
                                  "has too many cell styles");
        *ARENA_PUSH(r->arena, r->ids, r->n_ids, r->ids_cap) =
            part_number(part_attribute(e, "numFmtId"));
    }
    return true;
}

static bool on_end(void *data, enum part_space space, const char *name)
{
    struct reading *r = data;
    if (space == SPACE_SHEET && !strcmp(name, "numFmts"))
        r->in_formats = false;
    else if (space == SPACE_SHEET && !strcmp(name, "cellXfs"))
        r->in_styles = false;
    return true;
}

static const struct format *format_of_id(const struct reading *r, long long id)
{
    for (size_t i = 0; i < r->n_customs; i++)
        if (r->customs[i].id == id)
            return &r->customs[i].format;
    for (size_t i = 0; i < sizeof built_ins / sizeof *built_ins; i++)
        if (id >= built_ins[i].from && id <= built_ins[i].to)
            return &built_ins[i].format;
    return &general;
}

bool formats_read(struct archive *a, int part, struct arena *arena, struct formats *out)
{
    static const struct part_events events = {.start = on_start, .end = on_end};
    struct reading r = {.archive = a, .part = part, .arena = arena, .out = out};

    *out = (struct formats){0};
    if (part == ARCHIVE_NONE)
        return true;
    if (!part_read(a, part, &events, &r))
        return false;
    out->of_style = ARENA_ARRAY(arena, const struct format *, r.n_ids);
    out->n = r.n_ids;
    for (size_t i = 0; i < r.n_ids; i++) {
        bool again = i > 0 && r.ids[i] == r.ids[i - 1];
        out->of_style[i] = again ? out->of_style[i - 1] : format_of_id(&r, r.ids[i]);
    }
    return true;
}

const struct format *formats_of(const struct formats *f, size_t style)
{
    return style < f->n ? f->of_style[style] : &general;
}
