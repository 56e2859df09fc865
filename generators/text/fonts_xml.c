/* fonts_xml.c - see fonts_xml.h. The file has three elements with attributes and no text, so a
 * small reader of this page serves, and text needs no XML library. */
#include "text/fonts_xml.h"

#include "core/buffer.h"
#include "core/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct scan {
    const char *p;
    long line;
    const char *path;
    struct arena *arena;
    struct diag *diag;
};

static bool fault(struct scan *s, const char *zh, const char *en, const char *what)
{
    return diag_system(s->diag, (struct src_pos){s->path, s->line}, "%s%.0s%s", "%.0s%s%s", zh, en,
                       what);
}

static void step(struct scan *s, size_t n)
{
    for (; n > 0 && *s->p; n--, s->p++)
        s->line += *s->p == '\n';
}

static void space(struct scan *s)
{
    while (isspace((unsigned char)*s->p))
        step(s, 1);
}

/* Over white space, comments and the XML declaration. */
static bool skip(struct scan *s)
{
    for (;;) {
        space(s);
        const char *end = !strncmp(s->p, "<!--", 4) ? "-->" : !strncmp(s->p, "<?", 2) ? "?>" : NULL;
        if (!end)
            return true;
        const char *at = strstr(s->p + strlen(end), end);
        if (!at)
            return fault(s, "注释没有结束", "a comment does not end", "");
        step(s, (size_t)(at - s->p) + strlen(end));
    }
}

static char *word(struct scan *s)
{
    size_t n = strcspn(s->p, " \t\r\n=/><\"'");
    char *w = arena_strndup(s->arena, s->p, n);
    step(s, n);
    return w;
}

/* The value up to the quote, its five entities read. */
static bool value(struct scan *s, char quote, const char **out)
{
    static const struct {
        const char *name;
        char c;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    const char *end = strchr(s->p, quote);
    if (!end)
        return fault(s, "属性值没有结束", "an attribute's value does not end", "");
    char *to = arena_alloc(s->arena, (size_t)(end - s->p) + 1, 1);
    *out = to;
    while (s->p < end) {
        size_t i = 0, n = sizeof entities / sizeof *entities;
        if (*s->p == '<')
            return fault(s, "属性值里不应有 <", "an attribute's value must not hold <", "");
        while (*s->p == '&' && i < n && strncmp(s->p, entities[i].name, strlen(entities[i].name)))
            i++;
        if (*s->p == '&' && i == n)
            return fault(s, "& 应写作 &amp;", "& is written &amp;", "");
        *to++ = *s->p == '&' ? entities[i].c : *s->p;
        step(s, *s->p == '&' ? strlen(entities[i].name) : 1);
    }
    step(s, 1);
    return true;
}

struct attribute {
    const char *name, *value;
};

enum { MOST_ATTRIBUTES = 8 };

/* name="value" pairs up to > or />. */
static bool attributes(struct scan *s, struct attribute *list, size_t *n, bool *empty)
{
    for (*n = 0;;) {
        space(s);
        *empty = s->p[0] == '/' && s->p[1] == '>';
        if (*empty || *s->p == '>') {
            step(s, *empty ? 2 : 1);
            return true;
        }
        struct attribute a = {.name = word(s)};
        space(s);
        bool equals = *s->p == '=';
        step(s, equals);
        space(s);
        char quote = *s->p;
        if (!*a.name || !equals || (quote != '"' && quote != '\''))
            return fault(s, "属性应写作 名=\"值\"", "an attribute is written name=\"value\"", "");
        step(s, 1);
        if (!value(s, quote, &a.value))
            return false;
        for (size_t i = 0; i < *n; i++)
            if (!strcmp(list[i].name, a.name))
                return fault(s, "属性重复：", "an attribute twice: ", a.name);
        if (*n == MOST_ATTRIBUTES)
            return fault(s, "属性过多，不认识：", "too many attributes, not known: ", a.name);
        list[(*n)++] = a;
    }
}

static bool truth(struct scan *s, const char *text, bool *out)
{
    *out = !strcmp(text, "true");
    if (!*out && strcmp(text, "false"))
        return fault(s, "应为 true 或 false，不是 ", "true or false, not ", text);
    return true;
}

static bool add_face(struct scan *s, struct fonts_xml *out, enum font_role role,
                     const struct attribute *list, size_t n)
{
    struct font_candidate c = {.line = s->line};
    for (size_t i = 0; i < n; i++) {
        const char *name = list[i].name, *text = list[i].value;
        if (!strcmp(name, "file")) {
            c.file = text;
        } else if (!strcmp(name, "package")) {
            c.package = text;
        } else if (!strcmp(name, "index")) {
            size_t digits = strspn(text, "0123456789");
            if (digits == 0 || digits > 4 || text[digits])
                return fault(s, "index 应为 0 到 9999 的数，不是 ",
                             "index is a number from 0 to 9999, not ", text);
            c.index = atoi(text);
        } else if (!strcmp(name, "weight")) {
            size_t digits = strspn(text, "0123456789");
            if (digits == 0 || digits > 4 || text[digits] || (c.weight = atoi(text)) < 1 ||
                c.weight > 1000)
                return fault(s, "weight 应为 1 到 1000 的数，不是 ",
                             "weight is a number from 1 to 1000, not ", text);
        } else if (!strcmp(name, "standin")) {
            if (!truth(s, text, &c.standin))
                return false;
        } else if (!strcmp(name, "rare")) {
            if (!truth(s, text, &c.rare))
                return false;
        } else if (!strcmp(name, "han")) {
            if (!truth(s, text, &c.han))
                return false;
        } else {
            return fault(s, "face 的属性只有 file index weight package standin rare han，没有 ",
                         "face takes file, index, weight, package, standin, rare and han, not ",
                         name);
        }
    }
    if (!c.file || !*c.file)
        return fault(s, "face 缺 file", "face lacks its file", "");
    *ARENA_PUSH(s->arena, out->roles[role].candidates, out->roles[role].n, out->roles[role].cap) =
        c;
    return true;
}

static bool begin_role(struct scan *s, struct fonts_xml *out, const struct attribute *list,
                       size_t n, enum font_role *role)
{
    if (n != 1 || strcmp(list[0].name, "name"))
        return fault(s, "role 有且只有属性 name", "role takes its name and nothing else", "");
    if (!font_role_parse(list[0].value, role))
        return fault(s, "role 应为 song fangsong kai hei biaosong 之一，不是 ",
                     "role is one of song, fangsong, kai, hei, biaosong, not ", list[0].value);
    if (out->roles[*role].line)
        return fault(s, "role 重复，前一个在第 ", "this role is there already, in line ",
                     arena_printf(s->arena, "%ld", out->roles[*role].line));
    out->roles[*role].line = s->line;
    return true;
}

/* <fonts> and <role> nest; <face> is empty. An element may be written <x/> or <x></x>. */
static bool parse(struct scan *s, struct fonts_xml *out)
{
    static const char *const elements[] = {"fonts", "role",
                                           "face"}; /* each inside the one before */
    int depth = 0;
    bool done = false;
    enum font_role role = ROLE_SONG;

    for (;;) {
        struct attribute list[MOST_ATTRIBUTES];
        bool empty;
        size_t n;
        if (!skip(s))
            return false;
        if (*s->p == '\0')
            return done || fault(s, "文件不完整", "the file breaks off", "");
        if (*s->p != '<' || done)
            return fault(s, "此处不应有文字或元素", "text or an element does not belong here", "");
        bool closing = s->p[1] == '/';
        step(s, closing ? 2 : 1);
        const char *name = word(s);
        int expected = closing ? depth - 1 : depth;
        if (expected < 0 || expected > 2 || strcmp(name, elements[expected]))
            return fault(
                s, closing ? "此处不应结束 " : "此处不应有元素 ",
                closing ? "this does not end here: " : "this element does not belong here: ", name);
        if (!attributes(s, list, &n, &empty))
            return false;
        if ((closing || depth == 0) && n > 0)
            return fault(s, "此处不应有属性 ", "no attribute belongs here: ", list[0].name);
        if (!closing && ((depth == 1 && !begin_role(s, out, list, n, &role)) ||
                         (depth == 2 && !add_face(s, out, role, list, n))))
            return false;
        depth += closing ? -1 : !empty;
        done = depth == 0;
    }
}

static bool all_roles(struct scan *s, const struct fonts_xml *out)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (!out->roles[i].line)
            return fault(s, "缺 role ",
                         "this role is missing: ", font_role_name((enum font_role)i));
    return true;
}

/* The whole text, NUL-ended; nothing but UTF-8. */
static bool load(struct scan *s, FILE *in, struct buffer *text)
{
    errno = 0;
    for (size_t n = 4096; n == 4096;) {
        n = fread(buffer_room(text, 4096), 1, 4096, in);
        text->len -= 4096 - n;
    }
    if (ferror(in)) {
        s->line = 0;
        return fault(s, "读不出字体表：", "the table of fonts cannot be read: ", strerror(errno));
    }
    const char *data = (const char *)text->data;
    for (size_t i = 0, used; i < text->len; i += used) {
        uint32_t cp = utf8_next(data + i, text->len - i, &used);
        s->line += cp == '\n';
        if (cp == UTF8_BAD || cp == 0)
            return fault(s, "不是 UTF-8 文字", "this is not UTF-8 text", "");
    }
    s->line = 1;
    buffer_putc(text, '\0');
    return true;
}

bool fonts_xml_read(struct fonts_xml *out, const char *const *dirs, struct arena *arena,
                    struct diag *diag)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    struct buffer text = {0};
    struct stat st;
    FILE *in = NULL;

    for (const char *const *d = dirs; *d; d++)
        if (stat(*d, &st) || !S_ISDIR(st.st_mode))
            return diag_system(diag, (struct src_pos){*d, 0}, "没有这个字体目录",
                               "there is no such directory of fonts");
    errno = ENOENT;
    for (const char *const *d = dirs; *d && !in && errno == ENOENT; d++)
        in = fopen(out->path = arena_printf(arena, "%s/fonts.xml", *d), "rb");
    struct scan s = {.line = 0, .path = out->path, .arena = arena, .diag = diag};
    if (!in)
        return fault(&s, "打不开字体表：",
                     "the table of fonts cannot be opened: ", strerror(errno));
    s.line = 1;
    bool ok = load(&s, in, &text);
    fclose(in);
    if (ok) {
        s.p = (const char *)text.data;
        if (!strncmp(s.p, byte_order_mark, 3))
            s.p += 3;
        ok = parse(&s, out) && all_roles(&s, out);
    }
    buffer_clear(&text);
    return ok;
}
