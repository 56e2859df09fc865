/* fonts_xml.c - see fonts_xml.h. The file has three elements with attributes and no text, so a small reader of this page
 * serves, and text needs no XML library. */
#include "text/fonts_xml.h"

#include "core/buffer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct scan {
    const char *p;
    long line;
    const char *path;
    struct arena *arena;
    struct diag *diag;
};

static bool fault(struct scan *s, const char *zh, const char *en)
{
    return diag_system(s->diag, (struct src_pos){s->path, s->line}, "%s%.0s", "%.0s%s", zh, en);
}

static void step(struct scan *s, size_t n)
{
    for (; n > 0 && *s->p; n--, s->p++)
        s->line += *s->p == '\n';
}

/* Over white space, comments and the XML declaration. */
static bool skip(struct scan *s)
{
    for (;;) {
        while (isspace((unsigned char)*s->p))
            step(s, 1);
        const char *end = !strncmp(s->p, "<!--", 4) ? "-->" : !strncmp(s->p, "<?", 2) ? "?>" : NULL;
        if (!end)
            return true;
        const char *at = strstr(s->p + 2, end);
        if (!at)
            return fault(s, "注释没有结束", "a comment does not end");
        step(s, (size_t)(at - s->p) + strlen(end));
    }
}

static char *word(struct scan *s)
{
    size_t n = strcspn(s->p, " \t\r\n=/><\"");
    char *w = arena_strndup(s->arena, s->p, n);
    step(s, n);
    return w;
}

struct attribute {
    const char *name, *value;
};

enum { MOST_ATTRIBUTES = 8 };

/* name="value" pairs up to > or />. */
static bool attributes(struct scan *s, struct attribute *list, size_t *n, bool *empty)
{
    for (*n = 0;;) {
        while (isspace((unsigned char)*s->p))
            step(s, 1);
        *empty = s->p[0] == '/' && s->p[1] == '>';
        if (*empty || *s->p == '>') {
            step(s, *empty ? 2 : 1);
            return true;
        }
        if (*n == MOST_ATTRIBUTES)
            return fault(s, "属性过多", "too many attributes");
        list[*n].name = word(s);
        if (strncmp(s->p, "=\"", 2))
            return fault(s, "属性应写作 名=\"值\"", "an attribute is written name=\"value\"");
        step(s, 2);
        const char *end = strchr(s->p, '"');
        if (!end)
            return fault(s, "属性值没有结束", "an attribute's value does not end");
        list[*n].value = arena_strndup(s->arena, s->p, (size_t)(end - s->p));
        step(s, (size_t)(end - s->p) + 1);
        ++*n;
    }
}

static bool add_face(struct scan *s, struct fonts_xml *out, int role, const struct attribute *list, size_t n)
{
    struct font_candidate c = {.line = s->line};
    for (size_t i = 0; i < n; i++) {
        const char *name = list[i].name, *value = list[i].value;
        if (!strcmp(name, "file"))
            c.file = value;
        else if (!strcmp(name, "package"))
            c.package = value;
        else if (!strcmp(name, "index"))
            c.index = atoi(value);
        else if (!strcmp(name, "standin"))
            c.standin = !strcmp(value, "true");
        else if (!strcmp(name, "rare"))
            c.rare = !strcmp(value, "true");
        else
            return fault(s, "face 的属性只有 file index package standin rare",
                         "face takes file, index, package, standin and rare");
    }
    if (!c.file || !*c.file || c.index < 0)
        return fault(s, "face 缺 file，或 index 为负", "face lacks file, or its index is negative");
    *ARENA_PUSH(s->arena, out->roles[role].candidates, out->roles[role].n, out->roles[role].cap) = c;
    return true;
}

static bool parse(struct scan *s, struct fonts_xml *out)
{
    int role = -1;
    bool open = false, empty;
    struct attribute list[MOST_ATTRIBUTES];
    size_t n;

    for (;;) {
        if (!skip(s))
            return false;
        if (*s->p == '\0')
            return open ? fault(s, "文件不完整", "the file breaks off") : true;
        if (*s->p != '<')
            return fault(s, "此处不应有文字", "text does not belong here");
        bool closing = s->p[1] == '/';
        step(s, closing ? 2 : 1);
        const char *name = word(s);
        if (!attributes(s, list, &n, &empty))
            return false;
        if (!strcmp(name, "fonts")) {
            open = !closing;
        } else if (!strcmp(name, "role")) {
            role = -1;
            for (size_t i = 0; !closing && i < n; i++) {
                enum font_role r;
                if (!strcmp(list[i].name, "name")) {
                    if (!font_role_parse(list[i].value, &r))
                        return fault(s, "role 应为 song fangsong kai hei biaosong 之一",
                                     "role is one of song, fangsong, kai, hei, biaosong");
                    role = (int)r;
                    out->roles[r].line = s->line;
                }
            }
            if (!closing && role < 0)
                return fault(s, "role 缺 name", "role lacks its name");
        } else if (!strcmp(name, "face") && role >= 0) {
            if (!add_face(s, out, role, list, n))
                return false;
        } else {
            return fault(s, "只认识 fonts、role 和其中的 face", "only fonts, role and face inside it are known");
        }
    }
}

bool fonts_xml_read(struct fonts_xml *out, const char *const *dirs, struct arena *arena, struct diag *diag)
{
    struct buffer text = {0};
    FILE *in = NULL;

    for (const char *const *d = dirs; *d && !in; d++)
        in = fopen(out->path = arena_printf(arena, "%s/fonts.xml", *d), "rb");
    if (!in)
        return diag_system(diag, (struct src_pos){"fonts.xml", 0}, "找不到字体表", "the table of fonts is not found");
    for (size_t n = 4096; n == 4096;) {
        n = fread(buffer_room(&text, 4096), 1, 4096, in);
        text.len -= 4096 - n;
    }
    fclose(in);
    buffer_putc(&text, '\0');
    struct scan s = {.p = (const char *)text.data, .line = 1, .path = out->path, .arena = arena, .diag = diag};
    bool ok = parse(&s, out);
    buffer_clear(&text);
    return ok;
}
