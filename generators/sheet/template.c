/* template.c - reads templates/roster.xml and surnames.xml. See template.h. */
#include "sheet/template.h"

#include "core/units.h"

#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct reader {
    struct sheet_template *t;
    struct diag *diag;
    const char *path;
    const char *paper;
};

static struct src_pos place(const struct reader *r, const xmlNode *x)
{
    return (struct src_pos){r->path, xmlGetLineNo(x)};
}

static bool named(const xmlNode *x, const char *name)
{
    return x->type == XML_ELEMENT_NODE && !strcmp((const char *)x->name, name);
}

/* NULL: it is not there. */
static const char *attribute(struct arena *arena, const xmlNode *x, const char *name)
{
    xmlChar *v = xmlGetNoNsProp(x, BAD_CAST name);
    const char *s = v ? arena_strdup(arena, (const char *)v) : NULL;
    xmlFree(v);
    return s;
}

static const char *text_attribute(struct reader *r, const xmlNode *x, const char *name,
                                  const char *otherwise)
{
    const char *s = attribute(&r->t->arena, x, name);
    return s ? s : otherwise;
}

static const char *required(struct reader *r, const xmlNode *x, const char *name)
{
    const char *s = attribute(&r->t->arena, x, name);
    if (!s || !*s)
        diag_system(r->diag, place(r, x), "<%s> 缺属性 %s", "<%s> lacks its attribute %s",
                    (const char *)x->name, name);
    return s ? s : "";
}

static void bad_value(struct reader *r, const xmlNode *x, const char *name, const char *value,
                      const char *expected)
{
    diag_system(r->diag, place(r, x), "<%s> 的属性 %s=\"%s\" 不合要求，应如：%s",
                "<%s> %s=\"%s\" is not understood; it takes: %s", (const char *)x->name, name,
                value, expected);
}

/* allowed: words set off by spaces. */
static void check_attributes(struct reader *r, const xmlNode *x, const char *allowed)
{
    for (const xmlAttr *a = x->properties; a; a = a->next) {
        const char *name = (const char *)a->name, *p = allowed;
        size_t n = strlen(name);
        for (; (p = strstr(p, name)); p += n)
            if ((p == allowed || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
                break;
        if (!p)
            diag_system(r->diag, place(r, x), "<%s> 没有属性 %s，可用的有：%s",
                        "<%s> has no attribute %s; it takes: %s", (const char *)x->name, name,
                        allowed);
    }
}

static int choice(struct reader *r, const xmlNode *x, const char *name, const char *words,
                  int otherwise)
{
    const char *s = attribute(&r->t->arena, x, name), *p = words;
    if (!s)
        return otherwise;
    for (int i = 0;; i++) {
        size_t n = strcspn(p, " ");
        if (n == strlen(s) && !strncmp(p, s, n))
            return i;
        if (!p[n])
            break;
        p += n + 1;
    }
    bad_value(r, x, name, s, words);
    return otherwise;
}

/* "12mm", "9pt"; strtod would take "nan" and "0x1p3" too. */
static bool parse_length(const char *s, const char **end, double *out)
{
    size_t n = strspn(s, "0123456789.");
    if (n == 0 || n > 8)
        return false;
    *out = strtod(s, NULL);
    s += n;
    if (!strncmp(s, "mm", 2))
        *out *= POINTS_PER_MM;
    else if (strncmp(s, "pt", 2))
        return false;
    *end = s + 2;
    return true;
}

static double length(struct reader *r, const xmlNode *x, const char *name, double otherwise,
                     double most)
{
    const char *s = attribute(&r->t->arena, x, name), *end;
    double v;
    if (!s)
        return otherwise;
    if (parse_length(s, &end, &v) && !*end && v > 0 && v <= most)
        return v;
    bad_value(r, x, name, s, "12mm, 9pt");
    return otherwise;
}

static size_t count(struct reader *r, const xmlNode *x, const char *name, size_t otherwise,
                    size_t most)
{
    const char *s = attribute(&r->t->arena, x, name);
    unsigned n;
    char end;
    if (!s)
        return otherwise;
    if (strlen(s) < 6 && strspn(s, "0123456789") == strlen(s) && sscanf(s, "%u%c", &n, &end) == 1 &&
        n <= most)
        return n;
    bad_value(r, x, name, s, "0, 1, 2 ...");
    return otherwise;
}

static struct query *query(struct reader *r, const xmlNode *x, const char *name)
{
    const char *s = attribute(&r->t->arena, x, name);
    return s ? query_new(s, place(r, x), r->diag) : NULL;
}

/* Text folded as in HTML: what an editor does to long lines is no content. */
static const char *folded(struct arena *arena, const char *s)
{
    char *out = arena_alloc(arena, strlen(s) + 1, 1), *p = out;
    for (; *s; s++) {
        bool blank = strchr(" \t\r\n", *s) != NULL;
        if (!blank)
            *p++ = *s;
        else if (p == out || p[-1] != ' ')
            *p++ = ' ';
    }
    *p = '\0';
    return out;
}

static const char *content(struct reader *r, const xmlNode *x)
{
    xmlChar *v = xmlNodeGetContent(x);
    char *s = (char *)folded(&r->t->arena, v ? (const char *)v : "");
    xmlFree(v);
    s += *s == ' ';
    size_t n = strlen(s);
    if (n && s[n - 1] == ' ')
        s[n - 1] = '\0';
    return s;
}

static void unknown(struct reader *r, const xmlNode *x)
{
    if (x->type == XML_ELEMENT_NODE)
        diag_system(r->diag, place(r, x), "<%s> 不能放在 <%s> 内的这个位置",
                    "<%s> cannot stand here in <%s>", (const char *)x->name,
                    (const char *)x->parent->name);
    else if ((x->type == XML_TEXT_NODE || x->type == XML_CDATA_SECTION_NODE) &&
             strspn((const char *)x->content, " \t\r\n") != strlen((const char *)x->content))
        diag_system(r->diag, place(r, x), "<%s> 内不能直接写文字：%s",
                    "<%s> cannot hold text directly: %s", (const char *)x->parent->name,
                    folded(&r->t->arena, (const char *)x->content));
}

/* --- columns --- */

/* "0.00" and the like need this many characters; the widest digit counts. */
static double shown_width(const char *format, double size)
{
    return (double)strlen(format) * 0.55 * size + SHEET_PADDING;
}

/* Few words, so that paper can show exactly what Excel shows. */
static bool good_format(const struct sheet_column *c)
{
    const char *f = c->format;
    size_t zeros = strspn(f, "0");
    if (c->type == COLUMN_DATE)
        return !strncmp(f, "yyyy", 4) && f[4 + strspn(f + 4, "md.-/")] == '\0';
    if (c->type == COLUMN_NUMBER || c->type == COLUMN_INDEX)
        return !strcmp(f, "General") ||
               (zeros == 1 && (!f[1] || (f[1] == '.' && f[2] && !f[2 + strspn(f + 2, "0")])));
    return !strcmp(f, "@");
}

static void read_column(struct reader *r, const xmlNode *x)
{
    static const char *const formats[] = {"@", "@", "General", "yyyy.mm", "0"};
    struct sheet_template *t = r->t;
    check_attributes(r, x, "head label width select type format align empty one-face");
    if (t->n == SHEET_COLUMNS_MAX) {
        diag_system(r->diag, place(r, x), "列数超过 %d", "there are more than %d columns",
                    SHEET_COLUMNS_MAX);
        return;
    }
    struct sheet_column *c = ARENA_PUSH(&t->arena, t->columns, t->n, t->cap);
    *c = (struct sheet_column){.head = required(r, x, "head"), .at = place(r, x)};
    c->label = text_attribute(r, x, "label", c->head);
    required(r, x, "width");
    c->width = length(r, x, "width", 10 * POINTS_PER_MM, 400 * POINTS_PER_MM);
    c->type = (enum column_type)choice(r, x, "type", "text code number date index", COLUMN_TEXT);
    c->align = (enum text_align)choice(r, x, "align", "left center right", ALIGN_CENTER);
    c->format = text_attribute(r, x, "format", formats[c->type]);
    if (!good_format(c))
        bad_value(r, x, "format", c->format,
                  c->type == COLUMN_DATE ? "yyyy.mm, yyyy-mm-dd" : "General, 0, 0.0, 0.00");
    c->one_face = choice(r, x, "one-face", "false true", 0);
    c->empty = text_attribute(r, x, "empty", "");
    if (c->type != COLUMN_INDEX) {
        required(r, x, "select");
        c->select = query(r, x, "select");
    }
    for (const xmlNode *v = x->children; v; v = v->next) {
        if (!named(v, "value")) {
            unknown(r, v);
            continue;
        }
        const char *text = content(r, v);
        if (*text)
            *ARENA_PUSH(&t->arena, c->allowed, c->n_allowed, c->cap_allowed) = text;
        else
            diag_system(r->diag, place(r, v), "<value> 是空的", "<value> is empty");
    }
}

static void read_group(struct reader *r, const xmlNode *x)
{
    struct sheet_template *t = r->t;
    size_t first = t->n;
    check_attributes(r, x, "head");
    for (const xmlNode *c = x->children; c; c = c->next) {
        if (named(c, "column"))
            read_column(r, c);
        else
            unknown(r, c);
    }
    if (t->n == first)
        diag_system(r->diag, place(r, x), "<group> 内没有列", "<group> holds no column");
    else
        *ARENA_PUSH(&t->arena, t->groups, t->n_groups, t->cap_groups) =
            (struct sheet_group){required(r, x, "head"), first, t->n - 1};
}

/* --- around the table --- */

static void read_fields(struct reader *r, const xmlNode *x, struct sheet_fields *out)
{
    for (const xmlNode *c = x->children; c; c = c->next) {
        if (!named(c, "field")) {
            unknown(r, c);
            continue;
        }
        const char *columns = required(r, c, "columns");
        unsigned first, last;
        char end;
        int n = sscanf(columns, "%4u-%4u%c", &first, &last, &end);
        check_attributes(r, c, "columns align select");
        if (n == 1 && strspn(columns, "0123456789") == strlen(columns))
            last = first;
        else if (n != 2 || strspn(columns, "0123456789-") != strlen(columns))
            first = last = 0;
        if (first < 1 || last < first) {
            bad_value(r, c, "columns", columns, "1-8");
            continue;
        }
        *ARENA_PUSH(&r->t->arena, out->list, out->n, out->cap) = (struct sheet_field){
            .label = content(r, c),
            .select = query(r, c, "select"),
            .first = first - 1,
            .last = last - 1,
            .align = (enum text_align)choice(r, c, "align", "left center right", ALIGN_LEFT),
            .at = place(r, c),
        };
    }
}

/* Fields lie beside each other, and within the table: overlapping ones would be merged over each
 * other. */
static void check_fields(struct reader *r, const struct sheet_fields *f)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->list[i].last >= r->t->n)
            diag_system(r->diag, f->list[i].at, "“%s”占到第 %zu 列，表只有 %zu 列",
                        "\"%s\" reaches column %zu, the table has %zu", f->list[i].label,
                        f->list[i].last + 1, r->t->n);
        for (size_t j = 0; j < i; j++)
            if (f->list[i].first <= f->list[j].last && f->list[j].first <= f->list[i].last)
                diag_system(
                    r->diag, f->list[i].at,
                    "“%s”（第 %zu-%zu 列）与“%s”（第 %zu-%zu 列）重叠，请改 columns",
                    "\"%s\" (columns %zu-%zu) overlaps \"%s\" (columns %zu-%zu): change columns",
                    f->list[i].label, f->list[i].first + 1, f->list[i].last + 1, f->list[j].label,
                    f->list[j].first + 1, f->list[j].last + 1);
    }
}

static void read_parts(struct reader *r, const xmlNode *x, struct sheet_parts *out, bool footer)
{
    struct sheet_template *t = r->t;
    for (const xmlNode *c = x->children; c; c = c->next) {
        struct sheet_part part = {PART_TEXT, "", -1};
        if (c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE) {
            char *s = (char *)folded(&t->arena, (const char *)c->content);
            size_t n = strlen(s);
            if (!c->next && n && s[n - 1] == ' ')
                s[n - 1] = '\0';
            part.text = s + (!c->prev && *s == ' ');
            if (!*part.text)
                continue;
        } else if (named(c, "count") && !footer) {
            check_attributes(r, c, "test");
            part.kind = PART_COUNT;
            if (xmlHasProp(c, BAD_CAST "test")) {
                if (t->n_tests == SHEET_COUNTS_MAX) {
                    diag_system(r->diag, place(r, c), "<count> 多于 %d 个",
                                "there are more than %d <count>", SHEET_COUNTS_MAX);
                    continue;
                }
                part.bit = (int)t->n_tests;
                t->tests[t->n_tests++] = query(r, c, "test");
            }
        } else if (named(c, "page-number") && footer) {
            part.kind = PART_PAGE_NUMBER;
        } else if (named(c, "page-count") && footer) {
            part.kind = PART_PAGE_COUNT;
        } else {
            unknown(r, c);
            continue;
        }
        *ARENA_PUSH(&t->arena, out->list, out->n, out->cap) = part;
    }
}

static void read_index(struct reader *r, const xmlNode *x)
{
    struct sheet_template *t = r->t;
    check_attributes(r, x, "sheet number unit people");
    t->index_sheet = required(r, x, "sheet");
    t->index_heads[0] = required(r, x, "number");
    t->index_heads[1] = required(r, x, "unit");
    t->index_heads[2] = required(r, x, "people");
}

static void read_margin(struct reader *r, const xmlNode *x)
{
    static const int from[PAGE_SIDES][PAGE_SIDES] = {
        {0, 0, 0, 0}, {0, 1, 0, 1}, {0, 1, 2, 1}, {0, 1, 2, 3}};
    const char *s = text_attribute(r, x, "margin", "15mm"), *p = s, *end = s;
    double v[PAGE_SIDES];
    int n = 0;
    while (n < PAGE_SIDES && parse_length(p, &end, &v[n]) && v[n] <= 60 * POINTS_PER_MM) {
        n++;
        p = end + strspn(end, " ");
    }
    if (n == 0 || *p)
        bad_value(r, x, "margin", s, "15mm; 10mm 12mm; at most 60mm");
    for (int i = 0; n > 0 && i < PAGE_SIDES; i++)
        r->t->margin[i] = v[from[n - 1][i]];
}

static enum font_role role(struct reader *r, const xmlNode *x, const char *name,
                           enum font_role otherwise)
{
    const char *s = attribute(&r->t->arena, x, name);
    enum font_role out = otherwise;
    if (s && !font_role_parse(s, &out))
        bad_value(r, x, name, s, "song fangsong kai hei biaosong");
    return out;
}

static void read_root(struct reader *r, const xmlNode *x)
{
    struct sheet_template *t = r->t;
    check_attributes(r, x,
                     "title sheet paper margin font head-font title-font size head-size title-size "
                     "row-height freeze "
                     "spare copies binding seals");
    t->title = required(r, x, "title");
    t->sheet = text_attribute(r, x, "sheet", t->title);
    r->paper = text_attribute(r, x, "paper", "auto");
    choice(r, x, "paper", "auto A4 A3", 0);
    read_margin(r, x);
    t->font = role(r, x, "font", ROLE_SONG);
    t->head_font = role(r, x, "head-font", ROLE_HEI);
    t->title_font = role(r, x, "title-font", ROLE_HEI);
    t->size = length(r, x, "size", 10, 40);
    t->head_size = length(r, x, "head-size", t->size, 40);
    t->title_size = length(r, x, "title-size", 20, 60);
    t->row_height = length(r, x, "row-height", 2 * t->size, 400);
    t->freeze = count(r, x, "freeze", 0, SHEET_COLUMNS_MAX);
    t->spare = count(r, x, "spare", 0, 10000);
    t->copies = (int)count(r, x, "copies", 1, 99);
    t->binding = text_attribute(r, x, "binding", "loose");
    t->seals = text_attribute(r, x, "seals", "");
    t->index_sheet = "目录";
    t->index_heads[0] = "序号";
    t->index_heads[1] = "单位";
    t->index_heads[2] = "人数";
}

static void read_children(struct reader *r, const xmlNode *root)
{
    struct sheet_template *t = r->t;
    for (const xmlNode *x = root->children; x; x = x->next) {
        if (named(x, "column")) {
            read_column(r, x);
        } else if (named(x, "group")) {
            read_group(r, x);
        } else if (named(x, "variable")) {
            check_attributes(r, x, "name select");
            required(r, x, "select");
            *ARENA_PUSH(&t->arena, t->variables, t->n_variables, t->cap_variables) =
                (struct sheet_variable){required(r, x, "name"), query(r, x, "select")};
        } else if (named(x, "heading")) {
            check_attributes(r, x, "");
            read_fields(r, x, &t->heading);
        } else if (named(x, "foot")) {
            check_attributes(r, x, "height");
            t->foot_height = length(r, x, "height", 20 * POINTS_PER_MM, 400);
            read_fields(r, x, &t->foot);
        } else if (named(x, "sum")) {
            check_attributes(r, x, "");
            read_parts(r, x, &t->sum, false);
        } else if (named(x, "footer")) {
            check_attributes(r, x, "");
            read_parts(r, x, &t->footer, true);
        } else if (named(x, "index")) {
            read_index(r, x);
        } else {
            unknown(r, x);
        }
    }
}

/* --- what holds of the whole --- */

static bool fits(const struct sheet_template *t, bool a3, double *scale)
{
    double smallest = fmin(t->size, t->head_size);
    double room = (a3 ? A3_HEIGHT_MM : A4_HEIGHT_MM) * POINTS_PER_MM - t->margin[PAGE_LEFT] -
                  t->margin[PAGE_RIGHT];
    *scale = t->width > room ? room / t->width : 1;
    return smallest * *scale >= SHEET_SMALLEST;
}

/* One page wide, and nothing printed too small to read. */
static void choose_paper(struct reader *r, const xmlNode *root)
{
    struct sheet_template *t = r->t;
    double smallest = fmin(t->size, t->head_size);
    for (size_t i = 0; i < t->n; i++)
        t->width += t->columns[i].width;
    if (strcmp(r->paper, "A3") && fits(t, false, &t->scale))
        return;
    t->a3 = strcmp(r->paper, "A4") != 0;
    if (t->a3 && fits(t, true, &t->scale))
        return;
    diag_system(r->diag, place(r, root),
                "各列共宽 %.0f mm，印在一页宽的 %s 上字号只有 %.1f pt，不得小于 %.0f "
                "pt，请减列、改窄或换大纸",
                "the columns are %.0f mm wide: on %s, one page wide, type is only %.1f pt, and "
                "%.0f pt is the least; "
                "narrow or drop columns, or take larger paper",
                length_in_mm(t->width), t->a3 ? "A3" : "A4", smallest * t->scale, SHEET_SMALLEST);
}

static void check_whole(struct reader *r, const xmlNode *root)
{
    struct sheet_template *t = r->t;
    if (t->n == 0) {
        diag_system(r->diag, place(r, root), "模板没有 <column>", "the template has no <column>");
        return;
    }
    for (size_t i = 0; i < t->n; i++) {
        const struct sheet_column *c = &t->columns[i];
        double least =
            c->type == COLUMN_DATE ? shown_width(c->format, t->size) : t->size + SHEET_PADDING;
        if (c->width < least)
            diag_system(
                r->diag, c->at, "列“%s”宽 %.1f mm，容不下其内容，至少要 %.1f mm",
                "column \"%s\" is %.1f mm wide and cannot hold what it shows; it needs %.1f mm",
                c->label, length_in_mm(c->width), length_in_mm(least));
    }
    if (t->freeze >= t->n)
        diag_system(r->diag, place(r, root), "freeze=\"%zu\" 应小于列数 %zu",
                    "freeze=\"%zu\" is not below the %zu columns", t->freeze, t->n);
    check_fields(r, &t->heading);
    check_fields(r, &t->foot);
    choose_paper(r, root);
}

static xmlDoc *parse(const char *path, const char *root, struct diag *diag)
{
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* the record lets nothing be loaded by name */
    xmlDoc *doc = ctxt && fd >= 0
                      ? xmlCtxtReadFd(ctxt, fd, path, NULL,
                                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                          XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA)
                      : NULL;
    if (fd < 0) {
        diag_system(diag, (struct src_pos){path, 0}, "无法读取模板：%s",
                    "cannot read the template: %s", strerror(errno));
    } else if (!doc) {
        const xmlError *e = ctxt ? xmlCtxtGetLastError(ctxt) : NULL;
        int len = e && e->message ? (int)strcspn(e->message, "\n") : 0;
        diag_system(diag, (struct src_pos){path, e ? e->line : 0}, "模板不是完好的 XML：%.*s",
                    "the template is not well-formed XML: %.*s", len,
                    e && e->message ? e->message : "");
    }
    xmlFreeParserCtxt(ctxt);
    if (fd >= 0)
        close(fd);
    const xmlNode *x = doc ? xmlDocGetRootElement(doc) : NULL;
    if (doc && (!x || !named(x, root))) {
        diag_system(diag, (struct src_pos){path, x ? xmlGetLineNo(x) : 0},
                    "根元素应是 <%s>，不是 <%s>", "the root element is <%s>, not <%s>", root,
                    x ? (const char *)x->name : "");
        xmlFreeDoc(doc);
        doc = NULL;
    }
    return doc;
}

struct sheet_template *sheet_template_load(const char *path, struct diag *diag)
{
    struct sheet_template *t = mem_alloc(1, sizeof *t);
    size_t before = diag->count[SEVERITY_ERROR];
    struct reader r = {.t = t, .diag = diag, .path = t->path = arena_strdup(&t->arena, path)};
    xmlDoc *doc = parse(r.path, "roster", diag);
    if (doc) {
        const xmlNode *root = xmlDocGetRootElement(doc);
        read_root(&r, root);
        read_children(&r, root);
        check_whole(&r, root);
        xmlFreeDoc(doc);
    }
    if (diag->count[SEVERITY_ERROR] == before)
        return t;
    sheet_template_free(t);
    return NULL;
}

void sheet_template_free(struct sheet_template *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n_variables; i++)
        query_free(t->variables[i].select);
    for (size_t i = 0; i < t->n; i++)
        query_free(t->columns[i].select);
    for (size_t i = 0; i < t->heading.n; i++)
        query_free(t->heading.list[i].select);
    for (size_t i = 0; i < t->foot.n; i++)
        query_free(t->foot.list[i].select);
    for (size_t i = 0; i < t->n_tests; i++)
        query_free(t->tests[i]);
    arena_free(&t->arena);
    free(t);
}

const struct sheet_group *sheet_group_of(const struct sheet_template *t, size_t column)
{
    for (size_t i = 0; i < t->n_groups; i++)
        if (t->groups[i].first <= column && column <= t->groups[i].last)
            return &t->groups[i];
    return NULL;
}

bool surnames_load(struct surnames *s, const char *path, struct diag *diag)
{
    size_t before = diag->count[SEVERITY_ERROR];
    xmlDoc *doc = parse(path, "surnames", diag);
    for (const xmlNode *x = doc ? xmlDocGetRootElement(doc)->children : NULL; x; x = x->next) {
        if (x->type != XML_ELEMENT_NODE)
            continue;
        const char *name = attribute(&s->arena, x, "name"), *like = attribute(&s->arena, x, "like");
        if (!named(x, "surname") || !name || !*name || (like && !*like))
            diag_system(diag, (struct src_pos){path, xmlGetLineNo(x)},
                        "应写作 <surname name=\"单\" like=\"善\"/>",
                        "it takes <surname name=\"单\" like=\"善\"/> here");
        else
            *ARENA_PUSH(&s->arena, s->list, s->n, s->cap) = (struct surname){name, like};
    }
    xmlFreeDoc(doc);
    return diag->count[SEVERITY_ERROR] == before;
}

void surnames_clear(struct surnames *s)
{
    arena_free(&s->arena);
    *s = (struct surnames){0};
}
