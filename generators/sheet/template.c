/* template.c - reads a profile's roster.xml and surnames.xml. See template.h. */
#include "sheet/template.h"

#include "core/units.h"
#include "core/utf8.h"
#include "sheet/han.h"
#include "xml/xml_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static void end_column(struct xml_reader *r, void *self, void *parent)
{
    static const char *const formats[] = {"@", "@", "General", "yyyy.mm", "0"};
    struct sheet_template *t = r->owner;
    struct sheet_column *c = self;
    (void)parent;
    c->at = xml_at(r);
    c->label = c->label ? c->label : c->head;
    c->format = c->format ? c->format : formats[c->type];
    if (!good_format(c))
        xml_bad_value(r, "format", c->format,
                      c->type == COLUMN_DATE ? "yyyy.mm, yyyy-mm-dd" : "General, 0, 0.0, 0.00");
    if (c->type != COLUMN_INDEX && !xml_given(r, "select"))
        diag_system(r->diag, c->at, "<column> 缺属性 select",
                    "<column> lacks its attribute select");
    if (t->n == SHEET_COLUMNS_MAX)
        diag_system(r->diag, c->at, "列数超过 %d", "there are more than %d columns",
                    SHEET_COLUMNS_MAX);
    else
        *ARENA_PUSH(&t->arena, t->columns, t->n, t->cap) = *c;
}

static void begin_group(struct xml_reader *r, void *self, void *parent)
{
    const struct sheet_template *t = r->owner;
    (void)parent;
    ((struct sheet_group *)self)->first = t->n;
}

static void end_group(struct xml_reader *r, void *self, void *parent)
{
    const struct sheet_template *t = parent;
    struct sheet_group *group = self;
    group->last = t->n - 1;
    if (t->n == group->first)
        diag_system(r->diag, xml_at(r), "<group> 内没有列", "<group> holds no column");
}

/* --- around the table --- */

/* "3" or "1-8", into the field. */
static bool parse_columns(struct xml_reader *r, const char *text, void *field)
{
    struct sheet_field *f = field;
    unsigned first, last;
    char end;
    int n = sscanf(text, "%4u-%4u%c", &first, &last, &end);
    if (n == 1)
        last = first;
    if (n < 1 || n > 2 || first < 1 || last < first ||
        strspn(text, n == 1 ? "0123456789" : "0123456789-") != strlen(text))
        return false;
    f->first = first - 1;
    f->last = last - 1;
    f->at = xml_at(r);
    return true;
}

/* Fields lie beside each other, and within the table: overlapping ones would be merged over each
 * other. */
static void check_fields(struct xml_reader *r, const struct sheet_template *t,
                         const struct sheet_fields *f)
{
    for (size_t i = 0; i < f->n; i++) {
        if (!f->list[i].at.file)
            continue; /* its columns are at fault */
        if (f->list[i].last >= t->n)
            diag_system(r->diag, f->list[i].at, "“%s”占到第 %zu 列，表只有 %zu 列",
                        "\"%s\" reaches column %zu, the table has %zu", f->list[i].label,
                        f->list[i].last + 1, t->n);
        for (size_t j = 0; j < i; j++)
            if (f->list[j].at.file && f->list[i].first <= f->list[j].last &&
                f->list[j].first <= f->list[i].last)
                diag_system(
                    r->diag, f->list[i].at,
                    "“%s”（第 %zu-%zu 列）与“%s”（第 %zu-%zu 列）重叠，请改 columns",
                    "\"%s\" (columns %zu-%zu) overlaps \"%s\" (columns %zu-%zu): change columns",
                    f->list[i].label, f->list[i].first + 1, f->list[i].last + 1, f->list[j].label,
                    f->list[j].first + 1, f->list[j].last + 1);
    }
}

static void add_part(struct xml_reader *r, struct sheet_parts *parts, enum part_kind kind,
                     const char *text, int bit)
{
    *ARENA_PUSH(r->arena, parts->list, parts->n, parts->cap) = (struct sheet_part){kind, text, bit};
}

static void sum_text(struct xml_reader *r, const char *text, void *self)
{
    add_part(r, &((struct sheet_template *)self)->sum, PART_TEXT, text, -1);
}

static void footer_text(struct xml_reader *r, const char *text, void *self)
{
    add_part(r, &((struct sheet_template *)self)->footer, PART_TEXT, text, -1);
}

static void end_count(struct xml_reader *r, void *self, void *parent)
{
    struct sheet_template *t = parent;
    struct query *test = *(struct query **)self;
    if (t->n_tests == SHEET_COUNTS_MAX)
        diag_system(r->diag, xml_at(r), "<count> 多于 %d 个", "there are more than %d <count>",
                    SHEET_COUNTS_MAX);
    else
        add_part(r, &t->sum, PART_COUNT, "", test ? (int)t->n_tests : -1);
    if (test && t->n_tests < SHEET_COUNTS_MAX)
        t->tests[t->n_tests++] = test;
}

static void end_page_number(struct xml_reader *r, void *self, void *parent)
{
    (void)self;
    add_part(r, &((struct sheet_template *)parent)->footer, PART_PAGE_NUMBER, "", -1);
}

static void end_page_count(struct xml_reader *r, void *self, void *parent)
{
    (void)self;
    add_part(r, &((struct sheet_template *)parent)->footer, PART_PAGE_COUNT, "", -1);
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
static void choose_paper(struct xml_reader *r, struct sheet_template *t)
{
    double smallest = fmin(t->size, t->head_size);
    for (size_t i = 0; i < t->n; i++)
        t->width += t->columns[i].width;
    if (t->paper != PAPER_A3 && fits(t, false, &t->scale))
        return;
    t->a3 = t->paper != PAPER_A4;
    if (t->a3 && fits(t, true, &t->scale))
        return;
    diag_system(r->diag, xml_at(r),
                "各列共宽 %.0f mm，印在一页宽的 %s 上字号只有 %.1f pt，不得小于 %.0f "
                "pt，请减列、改窄或换大纸",
                "the columns are %.0f mm wide: on %s, one page wide, type is only %.1f pt, and "
                "%.0f pt is the least; "
                "narrow or drop columns, or take larger paper",
                length_in_mm(t->width), t->a3 ? "A3" : "A4", smallest * t->scale, SHEET_SMALLEST);
}

static void check_whole(struct xml_reader *r, void *self, void *parent)
{
    struct sheet_template *t = self;
    (void)parent;
    t->sheet = t->sheet ? t->sheet : t->title;
    t->head_size = t->head_size > 0 ? t->head_size : t->size;
    t->row_height = t->row_height > 0 ? t->row_height : 2 * t->size;
    if (t->n == 0) {
        diag_system(r->diag, xml_at(r), "模板没有 <column>", "the template has no <column>");
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
        diag_system(r->diag, xml_at(r), "freeze=\"%zu\" 应小于列数 %zu",
                    "freeze=\"%zu\" is not below the %zu columns", t->freeze, t->n);
    check_fields(r, t, &t->heading);
    check_fields(r, t, &t->foot);
    choose_paper(r, t);
}

/* --- the tables --- */

enum {
    IN_ROSTER = 1,
    IN_GROUP = 2,
    IN_COLUMN = 4,
    IN_HEADING = 8,
    IN_FOOT = 16,
    IN_SUM = 32,
    IN_FOOTER = 64
};

#define AT(member) XML_AT(struct sheet_template, member)
#define ROLES XML_CHOICE, .words = FONT_ROLE_WORDS

static bool parse_binding(struct xml_reader *r, const char *text, void *out)
{
    const char **binding = out;
    *binding = arena_strdup(r->arena, text);
    return !strcmp(text, "loose") || !strcmp(text, "bound");
}

static const struct xml_attribute of_roster[] = {
    {"title", XML_WORD, AT(title), .required = true},
    {"sheet", XML_WORD, AT(sheet)},
    {"paper", XML_CHOICE, AT(paper), .words = "auto A4 A3"},
    {"margin", XML_SIDES, AT(margin), .most = 60 * POINTS_PER_MM, .otherwise = "15mm"},
    {"font", ROLES, AT(font), .otherwise = "song"},
    {"head-font", ROLES, AT(head_font), .otherwise = "hei"},
    {"title-font", ROLES, AT(title_font), .otherwise = "hei"},
    {"size", XML_LENGTH, AT(size), .most = 40, .otherwise = "10pt"},
    {"head-size", XML_LENGTH, AT(head_size), .most = 40},
    {"title-size", XML_LENGTH, AT(title_size), .most = 60, .otherwise = "20pt"},
    {"row-height", XML_LENGTH, AT(row_height), .most = 400},
    {"freeze", XML_COUNT, AT(freeze), .most = SHEET_COLUMNS_MAX},
    {"spare", XML_COUNT, AT(spare), .most = 10000},
    {"copies", XML_INT, AT(copies), .least = 1, .most = 99, .otherwise = "1"},
    {"binding", XML_PARSED, AT(binding), .parse = parse_binding, .expected = "loose bound",
     .otherwise = "loose"},
    {"seals", XML_TEXT, AT(seals), .otherwise = ""},
    {"when", QUERY_AT(struct sheet_template, when)},
    {"for", XML_CHOICE, XML_AT(struct sheet_template, scope), .words = RECORD_SCOPE_WORDS,
     .otherwise = "delegation"},
    {0}};
static const struct xml_attribute of_group[] = {
    {"head", XML_WORD, XML_AT(struct sheet_group, head), .required = true}, {0}};
static const struct xml_attribute of_column[] = {
    {"head", XML_WORD, XML_AT(struct sheet_column, head), .required = true},
    {"label", XML_WORD, XML_AT(struct sheet_column, label)},
    {"width", XML_LENGTH, XML_AT(struct sheet_column, width), .required = true,
     .most = 400 * POINTS_PER_MM, .otherwise = "10mm"},
    {"select", QUERY_AT(struct sheet_column, select)},
    {"type", XML_CHOICE, XML_AT(struct sheet_column, type), .words = "text code number date index"},
    {"format", XML_WORD, XML_AT(struct sheet_column, format)},
    {"align", XML_CHOICE, XML_AT(struct sheet_column, align), .words = "left center right",
     .otherwise = "center"},
    {"empty", XML_TEXT, XML_AT(struct sheet_column, empty), .otherwise = ""},
    {"one-face", XML_FLAG, XML_AT(struct sheet_column, one_face)},
    {0}};
static const struct xml_attribute of_value[] = {{"", XML_WORD, .offset = 0, .required = true}, {0}};
static const struct xml_attribute of_variable[] = {
    {"name", XML_WORD, XML_AT(struct sheet_variable, name), .required = true},
    {"select", QUERY_AT(struct sheet_variable, select), .required = true},
    {0}};
static const struct xml_attribute of_field[] = {
    {"columns", XML_PARSED, .offset = 0, .required = true, .parse = parse_columns,
     .expected = "1-8"},
    {"select", QUERY_AT(struct sheet_field, select)},
    {"align", XML_CHOICE, XML_AT(struct sheet_field, align), .words = "left center right"},
    {"", XML_TEXT, XML_AT(struct sheet_field, label), .otherwise = ""},
    {0}};
static const struct xml_attribute of_foot[] = {
    {"height", XML_LENGTH, AT(foot_height), .most = 400, .otherwise = "20mm"}, {0}};
static const struct xml_attribute of_count[] = {
    {"test", XML_PARSED, .offset = 0, .parse = query_parse, .expected = "XPath"}, {0}};
static const struct xml_attribute of_index[] = {
    {"sheet", XML_WORD, AT(index_sheet), .required = true},
    {"number", XML_WORD, AT(index_heads[0]), .required = true},
    {"unit", XML_WORD, AT(index_heads[1]), .required = true},
    {"people", XML_WORD, AT(index_heads[2]), .required = true},
    {0}};

static const struct xml_element elements[] = {
    {"roster", .inside = IN_ROSTER, .attributes = of_roster, .end = check_whole},
    {"heading", IN_ROSTER, IN_HEADING, .once = true},
    {"field", IN_HEADING, 0, of_field, sizeof(struct sheet_field),
     XML_INTO(struct sheet_template, heading)},
    {"variable", IN_ROSTER, 0, of_variable, sizeof(struct sheet_variable),
     XML_INTO(struct sheet_template, variables)},
    {"column", IN_ROSTER | IN_GROUP, IN_COLUMN, of_column, sizeof(struct sheet_column),
     .end = end_column},
    {"value", IN_COLUMN, 0, of_value, sizeof(const char *), XML_INTO(struct sheet_column, allowed)},
    {"group", IN_ROSTER, IN_GROUP, of_group, sizeof(struct sheet_group),
     XML_INTO(struct sheet_template, groups), .begin = begin_group, .end = end_group},
    {"sum", IN_ROSTER, IN_SUM, .once = true, .text = sum_text},
    {"count", IN_SUM, 0, of_count, sizeof(struct query *), .end = end_count},
    {"foot", IN_ROSTER, IN_FOOT, of_foot, .once = true},
    {"field", IN_FOOT, 0, of_field, sizeof(struct sheet_field),
     XML_INTO(struct sheet_template, foot)},
    {"footer", IN_ROSTER, IN_FOOTER, .once = true, .text = footer_text},
    {"page-number", IN_FOOTER, .end = end_page_number},
    {"page-count", IN_FOOTER, .end = end_page_count},
    {"index", IN_ROSTER, 0, of_index, .once = true},
    {0}};

struct sheet_template *sheet_template_load(const char *path, struct diag *diag)
{
    struct sheet_template *t = mem_alloc(1, sizeof *t);
    struct xml_reader r = {
        .elements = elements, .arena = &t->arena, .diag = diag, .queries = &t->queries, .owner = t};
    t->path = arena_strdup(&t->arena, path);
    t->index_sheet = "目录";
    t->index_heads[0] = "序号";
    t->index_heads[1] = "单位";
    t->index_heads[2] = "人数";
    if (xml_read(&r, path, t))
        return t;
    sheet_template_free(t);
    return NULL;
}

void sheet_template_free(struct sheet_template *t)
{
    if (!t)
        return;
    query_list_free(&t->queries);
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

/* --- surnames --- */

/* What an element of the file says. */
struct surname_element {
    const char *name, *reading;
};

static void add_surname(struct xml_reader *r, void *self, void *parent)
{
    const struct surname_element *element = self;
    struct surnames *s = parent;
    struct surname surname = {.name = element->name, .n = utf8_count(element->name)};

    if (surname.n >= 1 && surname.n <= SURNAME_CHARACTERS &&
        han_syllables(element->reading, surname.n, surname.readings))
        *ARENA_PUSH(&s->arena, s->list, s->n, s->cap) = surname;
    else
        diag_system(r->diag, xml_at(r),
                    "应写作 <surname name=\"欧阳\" reading=\"ōu yáng\"/>，一至 %d "
                    "字，每字一个带调的音节",
                    "it takes <surname name=\"欧阳\" reading=\"ōu yáng\"/> here, of 1 to %d "
                    "characters, for each a syllable with its tone",
                    SURNAME_CHARACTERS);
}

static const struct xml_attribute of_surname[] = {
    {"name", XML_WORD, XML_AT(struct surname_element, name), .required = true, .unique = true},
    {"reading", XML_WORD, XML_AT(struct surname_element, reading), .required = true},
    {0}};
static const struct xml_element surname_elements[] = {
    {"surnames", .inside = 1},
    {"surname", 1, 0, of_surname, sizeof(struct surname_element), .end = add_surname},
    {0}};

bool surnames_load(struct surnames *s, const char *path, struct diag *diag)
{
    struct xml_reader r = {.elements = surname_elements, .arena = &s->arena, .diag = diag};
    return xml_read(&r, path, s);
}

void surnames_clear(struct surnames *s)
{
    arena_free(&s->arena);
    *s = (struct surnames){0};
}
