/* template.c - reads a template: XML -> nodes, with every word, place and value checked. See
 * template.h.
 *
 * form.rng says the same to editors; here each fault gets a sentence of ours. */
#include "layout/template.h"

#include "core/buffer.h"
#include "core/spelling.h"
#include "core/units.h"
#include "core/utf8.h"
#include "record/scope.h"
#include "xml/include.h"
#include "xml/xml_reader.h"

#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

/* What an element may hold. Binding words have no content model of their own: they hold what their
 * parent holds. */
enum content_model {
    IN_FORM = 1, /* heads and blocks */
    IN_BLOCKS = 2,
    IN_TABLE = 4,
    IN_ROWS = 8, /* thead */
    IN_ROW = 16,
    IN_CELL = 32, /* blocks, or inline words directly */
    IN_INLINE = 64,
    /* the children of binding words */
    IN_CHOOSE = 128,
    IN_FOR_EACH = 256, /* besides what its parent holds */
    IN_CALL = 512,
    NOWHERE = 0
};

#define BLOCKS (IN_FORM | IN_BLOCKS | IN_CELL)
#define INLINE (IN_INLINE | IN_CELL)
#define ANYWHERE (IN_FORM | IN_BLOCKS | IN_TABLE | IN_ROWS | IN_ROW | IN_CELL | IN_INLINE)
#define TYPE "font size pitch gray color underline unbreakable tabular one-face spread"

static const struct element {
    const char *name;
    enum node_kind kind;
    unsigned where;         /* the models it belongs to; ANYWHERE: a binding word */
    unsigned inside;        /* its own model; NOWHERE: it is empty */
    const char *attributes; /* set off by blanks */
    const char *required;
} elements[] = {
    {"form", NODE_FORM, NOWHERE, IN_FORM,
     "name title for elements inserted paper orientation margin font size pitch pitch-floor pages "
     "floor "
     "copies "
     "binding "
     "seals grid balance",
     "name title"},
    {"watermark", NODE_WATERMARK, IN_FORM, NOWHERE, "text size gray angle font tiled", "text"},
    {"style", NODE_STYLE, IN_FORM, NOWHERE,
     TYPE " name align indent hang left right before after keep-with-next outline outline-title "
          "anchor stack over leader colspan rowspan valign padding lines line overflow floor label "
          "repeat",
     "name"},
    {"running", NODE_RUNNING, IN_FORM, IN_BLOCKS, "at pages first offset", "at"},
    {"spare-page", NODE_SPARE_PAGE, IN_FORM, IN_BLOCKS, "", ""},
    {"template", NODE_TEMPLATE, IN_FORM, IN_FORM, "name", "name"},
    {"p", NODE_P, BLOCKS, IN_INLINE,
     TYPE " class align indent hang left right before after keep-with-next outline outline-title "
          "anchor stack over leader",
     ""},
    {"table", NODE_TABLE, BLOCKS, IN_TABLE,
     TYPE " class columns line frame width align before after continued padding keep-with-next "
          "whole",
     "columns"},
    {"image", NODE_IMAGE, BLOCKS, NOWHERE, "href width height label clause required align stretch",
     "width height"},
    {"space", NODE_SPACE, BLOCKS, NOWHERE, "height stretch", ""},
    {"rule", NODE_RULE, BLOCKS, NOWHERE, "weight before after left right color", ""},
    {"page-break", NODE_PAGE_BREAK, IN_FORM | IN_BLOCKS, NOWHERE, "to soft least", ""},
    {"error", NODE_ERROR, IN_FORM | IN_BLOCKS, NOWHERE, "test select rule label text english",
     "test select text english"},
    {"thead", NODE_THEAD, IN_TABLE, IN_ROWS, "", ""},
    {"tr", NODE_TR, IN_TABLE | IN_ROWS, IN_ROW,
     "height min-height max-height stretch keep keep-with-next", ""},
    {"td", NODE_TD, IN_ROW, IN_CELL,
     TYPE
     " class colspan rowspan align valign padding lines line overflow floor stack label repeat "
     "merge",
     ""},
    {"foot", NODE_FOOT, IN_CELL, IN_CELL, TYPE " class align", ""},
    {"span", NODE_SPAN, INLINE, IN_INLINE, TYPE " class", ""},
    {"br", NODE_BR, INLINE, NOWHERE, "", ""},
    {"value-of", NODE_VALUE_OF, INLINE, NOWHERE, TYPE " class select empty label", "select"},
    {"checkbox", NODE_CHECKBOX, INLINE, NOWHERE, "checked gray size", ""},
    {"page-number", NODE_PAGE_NUMBER, INLINE, NOWHERE, TYPE " class", ""},
    {"page-count", NODE_PAGE_COUNT, INLINE, NOWHERE, TYPE " class", ""},
    {"link", NODE_LINK, INLINE, IN_INLINE, TYPE " class to", "to"},
    {"end", NODE_END, IN_INLINE, IN_INLINE, TYPE " class", ""},
    {"for-each", NODE_FOR_EACH, ANYWHERE, IN_FOR_EACH, "select min fill", "select"},
    {"sort", NODE_SORT, IN_FOR_EACH, NOWHERE, "select order type", "select"},
    {"if", NODE_IF, ANYWHERE, NOWHERE, "test", "test"},
    {"choose", NODE_CHOOSE, ANYWHERE, IN_CHOOSE, "", ""},
    {"when", NODE_WHEN, IN_CHOOSE, NOWHERE, "test", "test"},
    {"otherwise", NODE_OTHERWISE, IN_CHOOSE, NOWHERE, "", ""},
    {"variable", NODE_VARIABLE, ANYWHERE, NOWHERE, "name select", "name select"},
    {"call-template", NODE_CALL_TEMPLATE, ANYWHERE, IN_CALL, "name", "name"},
    {"with-param", NODE_WITH_PARAM, IN_CALL, NOWHERE, "name select", "name select"},
};

enum value_type {
    V_TEXT,
    V_BOOL,
    V_NUMBER,
    V_GRAY,
    V_SHARE,
    V_COUNT,
    V_LENGTH,
    V_INSET,
    V_LENGTHS,
    V_COLUMNS,
    V_SIZE,
    V_PITCH,
    V_CHOICE,
    V_SIDES,
    V_ROLE,
    V_QUERY
};

static const struct attribute_type {
    const char *name;
    enum attribute_id id;
    enum value_type type;
    const char *choices; /* set off by spaces */
    const char *element; /* only there, when a name means two things */
} attribute_types[] = {
    {"align", A_ALIGN, V_CHOICE, "left center right justify spread", NULL},
    {"anchor", A_ANCHOR, V_QUERY, NULL, NULL},
    {"angle", A_ANGLE, V_NUMBER, NULL, NULL},
    {"at", A_AT, V_CHOICE, "head foot", NULL},
    {"before", A_BEFORE, V_LENGTH, NULL, NULL},
    {"after", A_AFTER, V_LENGTH, NULL, NULL},
    {"balance", A_BALANCE, V_BOOL, NULL, NULL},
    {"binding", A_BINDING, V_CHOICE, "loose bound", NULL},
    {"checked", A_CHECKED, V_QUERY, NULL, NULL},
    {"class", A_CLASS, V_TEXT, NULL, NULL},
    {"clause", A_CLAUSE, V_TEXT, NULL, NULL},
    {"color", A_COLOR, V_CHOICE, "black red", NULL},
    {"colspan", A_COLSPAN, V_COUNT, NULL, NULL},
    {"columns", A_COLUMNS, V_COLUMNS, NULL, NULL},
    {"continued", A_CONTINUED, V_TEXT, NULL, NULL},
    {"copies", A_COPIES, V_COUNT, NULL, NULL},
    {"elements", A_ELEMENTS, V_TEXT, NULL, NULL},
    {"empty", A_EMPTY, V_TEXT, NULL, NULL},
    {"english", A_ENGLISH, V_TEXT, NULL, NULL},
    {"fill", A_FILL, V_COUNT, NULL, NULL},
    {"first", A_FIRST, V_BOOL, NULL, NULL},
    {"floor", A_FLOOR, V_SIZE, NULL, NULL},
    {"font", A_FONT, V_ROLE, NULL, NULL},
    {"for", A_FOR, V_CHOICE, RECORD_SCOPE_WORDS, NULL},
    {"frame", A_FRAME, V_LENGTH, NULL, NULL},
    {"gray", A_GRAY, V_GRAY, NULL, NULL},
    {"grid", A_GRID, V_TEXT, NULL, NULL},
    {"hang", A_HANG, V_LENGTH, NULL, NULL},
    {"height", A_HEIGHT, V_LENGTH, NULL, NULL},
    {"href", A_HREF, V_QUERY, NULL, NULL},
    {"inserted", A_INSERTED, V_BOOL, NULL, NULL},
    {"indent", A_INDENT, V_LENGTH, NULL, NULL},
    {"keep", A_KEEP, V_CHOICE, "together whole", NULL},
    {"keep-with-next", A_KEEP_WITH_NEXT, V_BOOL, NULL, "tr"},
    {"keep-with-next", A_KEEP_WITH_NEXT, V_BOOL, NULL, "table"},
    {"keep-with-next", A_KEEP_WITH_NEXT, V_CHOICE, "false true end", NULL},
    {"label", A_LABEL, V_TEXT, NULL, NULL},
    {"leader", A_LEADER, V_BOOL, NULL, NULL},
    {"least", A_LEAST, V_SHARE, NULL, NULL},
    {"left", A_LEFT, V_INSET, NULL, "rule"},
    {"left", A_LEFT, V_LENGTH, NULL, NULL},
    {"line", A_LINE, V_LENGTH, NULL, NULL},
    {"lines", A_LINES, V_SIDES, NULL, NULL},
    {"margin", A_MARGIN, V_LENGTHS, NULL, NULL},
    {"max-height", A_MAX_HEIGHT, V_LENGTH, NULL, NULL},
    {"merge", A_MERGE, V_BOOL, NULL, NULL},
    {"min", A_MIN, V_COUNT, NULL, NULL},
    {"min-height", A_MIN_HEIGHT, V_LENGTH, NULL, NULL},
    {"name", A_NAME, V_TEXT, NULL, NULL},
    {"offset", A_OFFSET, V_LENGTH, NULL, NULL},
    {"one-face", A_ONE_FACE, V_BOOL, NULL, NULL},
    {"order", A_ORDER, V_CHOICE, "ascending descending", NULL},
    {"orientation", A_ORIENTATION, V_CHOICE, "portrait landscape", NULL},
    {"outline", A_OUTLINE, V_CHOICE, "0 1 2 3", NULL},
    {"outline-title", A_OUTLINE_TITLE, V_TEXT, NULL, NULL},
    {"over", A_OVER, V_BOOL, NULL, NULL},
    {"overflow", A_OVERFLOW, V_CHOICE, "grow shrink continue error", NULL},
    {"padding", A_PADDING, V_LENGTHS, NULL, NULL},
    {"pages", A_PARITY, V_CHOICE, "any odd even first", "running"},
    {"pages", A_PAGES, V_TEXT, NULL, NULL},
    {"paper", A_PAPER, V_CHOICE, "A4 A3", NULL},
    {"pitch", A_PITCH, V_PITCH, NULL, NULL},
    {"pitch-floor", A_PITCH_FLOOR, V_PITCH, NULL, NULL},
    {"repeat", A_REPEAT, V_BOOL, NULL, NULL},
    {"required", A_REQUIRED, V_BOOL, NULL, NULL},
    {"right", A_RIGHT, V_INSET, NULL, "rule"},
    {"right", A_RIGHT, V_LENGTH, NULL, NULL},
    {"rowspan", A_ROWSPAN, V_COUNT, NULL, NULL},
    {"rule", A_RULE, V_TEXT, NULL, NULL},
    {"seals", A_SEALS, V_TEXT, NULL, NULL},
    {"select", A_SELECT, V_QUERY, NULL, NULL},
    {"size", A_SIZE, V_SIZE, NULL, NULL},
    {"soft", A_SOFT, V_BOOL, NULL, NULL},
    {"spread", A_SPREAD, V_LENGTH, NULL, NULL},
    {"stack", A_STACK, V_BOOL, NULL, NULL},
    {"stretch", A_STRETCH, V_SHARE, NULL, NULL},
    {"tabular", A_TABULAR, V_BOOL, NULL, NULL},
    {"test", A_TEST, V_QUERY, NULL, NULL},
    {"text", A_TEXT, V_TEXT, NULL, NULL},
    {"tiled", A_TILED, V_BOOL, NULL, NULL},
    {"title", A_TITLE, V_TEXT, NULL, NULL},
    {"to", A_TO, V_CHOICE, "next front", "page-break"},
    {"to", A_TARGET, V_QUERY, NULL, NULL},
    {"type", A_TYPE, V_CHOICE, "text number", NULL},
    {"unbreakable", A_UNBREAKABLE, V_BOOL, NULL, NULL},
    {"underline", A_UNDERLINE, V_BOOL, NULL, NULL},
    {"valign", A_VALIGN, V_CHOICE, "top middle bottom", NULL},
    {"weight", A_WEIGHT, V_LENGTH, NULL, NULL},
    {"whole", A_WHOLE, V_COUNT, NULL, NULL},
    {"width", A_WIDTH, V_LENGTH, NULL, NULL},
};

struct reader {
    struct template *t;
    struct arena *arena;
    struct diag *diag;
    struct node *styles, *templates; /* chained by next */
    int depth;                       /* of elements in elements */
    int calls, deepest; /* of templates that are being called, and below the one at hand */
    bool body;          /* the form's blocks have begun: no style or template may follow */
};

#define DEPTH_MAX 64 /* of nested elements */
#define CALLS_MAX 16 /* of templates that call one another */

/* The next word of a text, of which rest is what stands behind; NULL: there is none. */
static const char *next_word(struct arena *arena, const char **rest)
{
    static const char space[] = " \t\n";
    const char *word = *rest + strspn(*rest, space);
    size_t n = strcspn(word, space);
    *rest = word + n;
    return n ? arena_strndup(arena, word, n) : NULL;
}

static const struct element *element_named(const char *name)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (!strcmp(elements[i].name, name))
            return &elements[i];
    return NULL;
}

/* NULL: the kind is that of text. */
static const struct element *element_of(enum node_kind kind)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (elements[i].kind == kind)
            return &elements[i];
    return NULL;
}

static const char *kind_name(enum node_kind kind)
{
    const struct element *e = element_of(kind);
    return e ? e->name : "text";
}

/* --- values --- */

static bool parse_length(const char *s, struct length *out, bool type_size)
{
    static const struct {
        const char *name;
        enum unit unit;
        double factor;
    } units[] = {{"mm", UNIT_POINT, POINTS_PER_MM},
                 {"cm", UNIT_POINT, POINTS_PER_CM},
                 {"pt", UNIT_POINT, 1},
                 {"em", UNIT_EM, 1},
                 {"字", UNIT_EM, 1},
                 {"行", UNIT_LINE, 1},
                 {"fr", UNIT_FRACTION, 1}};
    const char *end;
    double v;
    if (type_size && chinese_size(s, &v)) {
        *out = (struct length){v, UNIT_POINT};
        return true;
    }
    if (!xml_plain_number(s, &end, &v))
        return false;
    if (!*end && v == 0) {
        *out = (struct length){0, UNIT_POINT};
        return true;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strcmp(end, units[i].name)) {
            *out = (struct length){v * units[i].factor, units[i].unit};
            return true;
        }
    return false;
}

/* Only columns take fractions, only insets go below 0. */
static bool length_allowed(const struct length *l, enum value_type type)
{
    if ((l->unit == UNIT_FRACTION) > (type == V_COLUMNS) || (l->value < 0 && type != V_INSET))
        return false;
    if (type == V_COLUMNS && l->value <= 0)
        return false;
    return type != V_SIZE || (l->unit != UNIT_LINE && l->value > 0 && l->value <= 200);
}

static bool parse_lengths(struct reader *r, struct attribute *a, enum value_type type, size_t most)
{
    size_t cap = 0;
    const char *rest = a->text;
    for (const char *w; (w = next_word(r->arena, &rest));) {
        struct length *l = ARENA_PUSH(r->arena, a->lengths, a->n_lengths, cap);
        if (!parse_length(w, l, type == V_SIZE) || !length_allowed(l, type))
            return false;
    }
    return a->n_lengths > 0 && a->n_lengths <= most;
}

static bool parse_pitch(struct reader *r, struct attribute *a)
{
    const char *end;
    struct length *l = a->lengths = ARENA_NEW(r->arena, struct length);
    a->n_lengths = 1;
    if (xml_plain_number(a->text, &end, &l->value) && !*end)
        l->unit = UNIT_TIMES;
    else if (!parse_length(a->text, l, false) || l->unit == UNIT_LINE || l->unit == UNIT_FRACTION)
        return false;
    return l->value > 0;
}

static bool parse_sides(struct reader *r, const char *text)
{
    const char *rest = text, *w;
    if (!strcmp(text, "all") || !strcmp(text, "none"))
        return true;
    while ((w = next_word(r->arena, &rest)))
        if (xml_word_place("top right bottom left", w) < 0)
            return false;
    return true;
}

static bool parse_value(struct reader *r, struct attribute *a, const struct attribute_type *type,
                        struct src_pos at)
{
    const char *end;
    enum font_role role;

    switch (type->type) {
    case V_TEXT:
        return true;
    case V_BOOL:
        a->choice = !strcmp(a->text, "true");
        return a->choice || !strcmp(a->text, "false");
    case V_NUMBER:
        return xml_plain_number(a->text, &end, &a->number) && !*end;
    case V_GRAY:
    case V_SHARE:
        return xml_plain_number(a->text, &end, &a->number) && !*end && a->number >= 0 &&
               (a->number <= 1 || type->type == V_SHARE);
    case V_COUNT:
        return xml_plain_number(a->text, &end, &a->number) && !*end && a->number >= 1 &&
               a->number <= 1000 && a->number == (int)a->number;
    case V_LENGTH:
    case V_INSET:
    case V_SIZE:
        return parse_lengths(r, a, type->type, 1);
    case V_LENGTHS:
        return parse_lengths(r, a, type->type, 4);
    case V_COLUMNS:
        return parse_lengths(r, a, type->type, SIZE_MAX);
    case V_PITCH:
        return parse_pitch(r, a);
    case V_CHOICE:
        a->choice = xml_word_place(type->choices, a->text);
        return a->choice >= 0;
    case V_SIDES:
        return parse_sides(r, a->text);
    case V_ROLE:
        if (!font_role_parse(a->text, &role))
            return false;
        a->choice = (int)role;
        r->t->roles[role] = true;
        return true;
    case V_QUERY:
        r->t->cites |= strstr(a->text, "page(") != NULL;
        a->query = query_list_add(&r->t->queries, r->arena, a->text, at, r->diag);
        return true; /* its fault was reported */
    }
    return false;
}

/* For messages; of a choice the choices themselves are named. */
static const char *const examples[] = {
    [V_TEXT] = "text",
    [V_BOOL] = "true, false",
    [V_NUMBER] = "1.5",
    [V_GRAY] = "0, 0.85, 1",
    [V_SHARE] = "1, 1.5",
    [V_COUNT] = "1, 2, 3 ...",
    [V_LENGTH] = "10mm, 12pt, 2字, 1行",
    [V_INSET] = "10mm, -5mm",
    [V_LENGTHS] = "10mm; 10mm 20mm",
    [V_COLUMNS] = "20mm 1fr 2fr",
    [V_SIZE] = "10.5pt, 五号",
    [V_PITCH] = "22pt, 1.5",
    [V_SIDES] = "all; none; top right bottom left",
    [V_ROLE] = "song fangsong kai hei biaosong",
    [V_QUERY] = "text",
};

static const struct attribute_type *attribute_named(const char *name, const char *element)
{
    for (size_t i = 0; i < sizeof attribute_types / sizeof *attribute_types; i++)
        if (!strcmp(attribute_types[i].name, name) &&
            (!attribute_types[i].element || !strcmp(attribute_types[i].element, element)))
            return &attribute_types[i];
    return NULL;
}

static void note_attribute(struct node *n, enum attribute_id id)
{
    _Static_assert(A_WIDTH < 128, "bits of struct node");
    n->has[id / 64] |= (uint64_t)1 << id % 64;
}

static void read_attributes(struct reader *r, xmlNode *x, struct node *n, const struct element *e,
                            size_t *cap)
{
    for (xmlAttr *xa = x->properties; xa; xa = xa->next) {
        const char *name = (const char *)xa->name;
        const struct attribute_type *type = attribute_named(name, e->name);
        if (!type || xml_word_place(e->attributes, name) < 0) {
            xml_unknown_attribute(x, name, e->attributes, r->arena, r->diag);
            continue;
        }
        xmlChar *value = xmlNodeGetContent((xmlNode *)xa);
        struct attribute *a = ARENA_PUSH(r->arena, n->attributes, n->n, *cap);
        a->id = type->id;
        note_attribute(n, a->id);
        a->text = arena_strdup(r->arena, (const char *)value);
        xmlFree(value);
        const char *unknown =
            type->type == V_QUERY ? NULL : xml_unknown_parameter(a->text, r->arena);
        if (unknown)
            diag_system(r->diag, n->at, "没有参数 $%s", "there is no parameter $%s", unknown);
        else if (!parse_value(r, a, type, n->at))
            diag_system(r->diag, n->at, "<%s> 的属性 %s=\"%s\" 不合要求，应如：%s",
                        "<%s> %s=\"%s\" is not understood; it takes: %s", e->name, name, a->text,
                        type->choices ? type->choices : examples[type->type]);
    }
    const char *rest = e->required;
    for (const char *w; (w = next_word(r->arena, &rest));)
        if (!xmlHasProp(x, BAD_CAST w))
            diag_system(r->diag, n->at, "<%s> 缺属性 %s", "<%s> lacks its attribute %s", e->name,
                        w);
}

/* Appends the attributes of the classes: the node's own stand first and win, then the first class
 * named. */
static void merge_classes(struct reader *r, struct node *n, size_t *cap)
{
    const char *rest = node_text(n, A_CLASS, "");
    for (const char *w; (w = next_word(r->arena, &rest));) {
        struct node *s = r->styles;
        while (s && strcmp(node_text(s, A_NAME, ""), w))
            s = s->next;
        if (!s) {
            diag_system(r->diag, n->at, "没有名为 %s 的 <style>", "there is no <style> named %s",
                        w);
            continue;
        }
        n->label = n->label || !strncmp(w, "label", 5);
        for (size_t i = 0; i < s->n; i++)
            if (s->attributes[i].id != A_NAME && !node_attribute(n, s->attributes[i].id)) {
                *ARENA_PUSH(r->arena, n->attributes, n->n, *cap) = s->attributes[i];
                note_attribute(n, s->attributes[i].id);
            }
    }
}

/* --- white space --- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Everything from the CJK radicals on, and the general punctuation that Chinese text uses: no space
 * belongs beside it. */
static bool is_chinese(uint32_t cp)
{
    return (cp >= 0x2E80 && cp != UTF8_BAD) || (cp >= 0x2010 && cp <= 0x2027) || cp == 0xB7;
}

/* Folds as HTML does; a space goes away beside a Chinese character, and at an edge where the line
 * was broken. */
static const char *fold(struct arena *arena, const char *s)
{
    char *out = arena_alloc(arena, strlen(s) + 1, 1), *p = out;
    bool before = true; /* no space is wanted behind what was written: nothing, or Chinese */
    for (const char *c = s; *c;) {
        if (!is_space(*c)) {
            size_t used;
            uint32_t cp = utf8_next(c, strlen(c), &used);
            memcpy(p, c, used);
            p += used;
            c += used;
            before = is_chinese(cp);
            continue;
        }
        bool broken = false, edge = c == s;
        for (; is_space(*c); c++)
            broken = broken || *c == '\n';
        size_t used;
        bool after = *c && is_chinese(utf8_next(c, strlen(c), &used));
        if (edge ? broken || after : before || after || (!*c && broken))
            continue;
        *p++ = ' ';
        before = true; /* one space is enough */
    }
    *p = '\0';
    return out;
}

/* --- the tree --- */

static struct node *read_node(struct reader *r, xmlNode *x);

static void read_children(struct reader *r, xmlNode *x, struct node *parent)
{
    struct node **tail = &parent->children;
    if (++r->depth > DEPTH_MAX) {
        diag_system(r->diag, parent->at, "元素嵌套过深", "elements are nested too deeply");
    } else {
        for (xmlNode *c = x->children; c; c = c->next) {
            if ((*tail = read_node(r, c)))
                tail = &(*tail)->next;
        }
    }
    r->depth--;
}

static void unknown_element(struct reader *r, struct src_pos at, const char *name)
{
    struct spelling_guess guess = {.word = name};
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        spelling_guess(&guess, elements[i].name);
    if (guess.best)
        diag_system(r->diag, at, "模板语言中没有 <%s>；是不是 <%s>",
                    "the template language has no <%s>; is it <%s>?", name, guess.best);
    else
        diag_system(r->diag, at, "模板语言中没有 <%s>", "the template language has no <%s>", name);
}

/* An element of another language, x:p, is none of ours. */
static const char *name_as_written(const xmlNode *x, struct arena *arena)
{
    const char *name = (const char *)x->name;
    bool prefixed = x->type == XML_ELEMENT_NODE && x->ns && x->ns->prefix;
    return prefixed ? arena_printf(arena, "%s:%s", x->ns->prefix, name) : name;
}

/* What stands on pages beside the form's blocks, and before them in the template. */
static bool is_head(const struct node *n)
{
    return n->kind == NODE_WATERMARK || n->kind == NODE_RUNNING || n->kind == NODE_SPARE_PAGE;
}

static struct node *read_node(struct reader *r, xmlNode *x)
{
    if (x->type == XML_COMMENT_NODE || x->type == XML_PI_NODE)
        return NULL;
    struct node *n = ARENA_NEW(r->arena, struct node);
    n->at = xml_place(x);
    if (x->type == XML_TEXT_NODE || x->type == XML_CDATA_SECTION_NODE) {
        n->kind = NODE_TEXT;
        n->text = fold(r->arena, (const char *)x->content);
        const char *unknown = xml_unknown_parameter(n->text, r->arena);
        if (unknown)
            diag_system(r->diag, n->at, "没有参数 $%s", "there is no parameter $%s", unknown);
        return *n->text ? n : NULL;
    }
    const char *name = name_as_written(x, r->arena);
    const struct element *e = x->type == XML_ELEMENT_NODE ? element_named(name) : NULL;
    if (!e) {
        unknown_element(r, n->at, name);
        return NULL;
    }
    size_t cap = 0;
    n->kind = e->kind;
    read_attributes(r, x, n, e, &cap);
    if (node_attribute(n, A_HEIGHT) && node_attribute(n, A_MIN_HEIGHT))
        diag_system(r->diag, n->at, "<%s> 的 height 和 min-height 只能有一个",
                    "<%s> has both height and min-height", e->name);
    bool aside = n->kind == NODE_STYLE || n->kind == NODE_TEMPLATE;
    if (aside && (r->depth != 1 || r->body))
        diag_system(r->diag, n->at, "<%s> 应放在 <form> 内、版面之前",
                    "<%s> stands in <form>, before its blocks", e->name);
    r->body = r->body || (r->depth == 1 && !aside && !is_head(n));
    merge_classes(r, n, &cap);
    read_children(r, x, n);
    if (n->kind == NODE_STYLE) {
        n->next = r->styles;
        r->styles = n;
        return NULL;
    }
    if (n->kind == NODE_TEMPLATE) {
        n->next = r->templates;
        r->templates = n;
        return NULL;
    }
    return n;
}

static void collect_text(const struct node *n, struct buffer *text)
{
    for (const struct node *c = n->children; c; c = c->next) {
        if (c->kind == NODE_TEXT)
            buffer_puts(text, c->text);
        collect_text(c, text);
    }
}

static bool is_blank(const struct node *n)
{
    return n->kind == NODE_TEXT && !strcmp(n->text, " ");
}

/* Order and company among the children of one element. */
static void check_order(struct reader *r, const struct node *parent, unsigned model)
{
    const struct node *block = NULL, *words = NULL, *foot = NULL, *row = NULL;

    for (const struct node *n = parent->children; n; n = n->next) {
        bool text = n->kind >= NODE_TEXT && n->kind <= NODE_END && !is_blank(n);
        bool head = is_head(n);
        if (foot && (text || n->kind != NODE_TEXT))
            diag_system(r->diag, n->at, "<foot> 应是 <%s> 里的最后一项",
                        "<foot> is the last thing in a <%s>", kind_name(parent->kind));
        if ((n->kind == NODE_THEAD && row) || (n->kind == NODE_SORT && n != parent->children) ||
            (head && block))
            diag_system(r->diag, n->at, "<%s> 应在 <%s> 的最前", "<%s> comes first in <%s>",
                        kind_name(n->kind), kind_name(parent->kind));
        words = text ? n : words;
        block = n->kind >= NODE_P && n->kind <= NODE_PAGE_BREAK ? n : block;
        row = n->kind == NODE_TR || n->kind == NODE_THEAD ? n : row;
        foot = n->kind == NODE_FOOT ? n : foot;
        if (model == IN_CELL && block && words) {
            diag_system(r->diag, n->at, "<%s> 内或是段落等，或直接是文字，不能混放",
                        "<%s> holds blocks or words directly, not both", kind_name(parent->kind));
            return;
        }
    }
}

static void check_content(struct reader *r, const struct node *parent, unsigned model,
                          bool running);

/* The bit of a template that is checked as content of this model. */
static uint32_t check_bit(unsigned model, bool running)
{
    unsigned bit = 0;
    for (unsigned m = model & ANYWHERE; m > 1; m >>= 1)
        bit += 4;
    return (uint32_t)1 << (bit + (model & IN_FOR_EACH ? 2 : 0) + running);
}

/* What a template calls is checked once as the content of each model, however many calls there are.
 * How deep a template's calls go is known when it was checked. */
static void check_called(struct reader *r, struct node *n, unsigned model, bool running)
{
    struct node *t = n->called;
    uint32_t bit = check_bit(model, running);
    if (r->calls + (t->calls ? t->calls : 1) > CALLS_MAX) {
        diag_system(r->diag, n->at, "<template> 相互调用超过 %d 层",
                    "<template>s call one another more than %d deep", CALLS_MAX);
        return;
    }
    int deepest = r->deepest;
    if (!(t->checked & bit)) {
        t->checked |= bit;
        t->in_call = true;
        r->calls++;
        r->deepest = 0;
        check_content(r, t, model, running);
        r->calls--;
        t->in_call = false;
        t->calls = t->calls > r->deepest ? t->calls : r->deepest + 1;
    }
    r->deepest = deepest > t->calls ? deepest : t->calls;
}

/* The template is checked as the content of what holds the call. */
static void check_call(struct reader *r, struct node *n, unsigned model, bool running)
{
    const char *name = node_text(n, A_NAME, "");

    check_content(r, n, IN_CALL, running);
    n->called = r->templates;
    while (n->called && strcmp(node_text(n->called, A_NAME, ""), name))
        n->called = n->called->next;
    if (!n->called) {
        diag_system(r->diag, n->at, "没有名为 %s 的 <template>", "there is no <template> named %s",
                    name);
    } else if (n->called->in_call) {
        diag_system(r->diag, n->at, "<template name=\"%s\"> 调用了自己",
                    "<template name=\"%s\"> calls itself", name);
    } else {
        check_called(r, n, model, running);
    }
}

/* Each branch is checked as the content of what holds the choose. */
static void check_choose(struct reader *r, struct node *n, unsigned model, bool running)
{
    if (!n->children || n->children->kind != NODE_WHEN)
        diag_system(r->diag, n->at, "<choose> 应以 <when> 开头", "<choose> begins with a <when>");
    for (struct node *b = n->children; b; b = b->next) {
        if (b->kind == NODE_WHEN || (b->kind == NODE_OTHERWISE && !b->next))
            check_content(r, b, model, running);
        else if (!is_blank(b))
            diag_system(r->diag, b->at, "<choose> 内只能放 <when>，最后可有一个 <otherwise>",
                        "<choose> holds <when>s and at last one <otherwise>");
    }
}

static bool is_misplaced(const struct node *n, const struct node *parent, unsigned model,
                         bool running)
{
    return !(element_of(n->kind)->where & model) ||
           (n->kind == NODE_FOOT && parent->kind == NODE_FOOT) ||
           ((n->kind == NODE_PAGE_NUMBER || n->kind == NODE_PAGE_COUNT) && !running) ||
           ((n->kind == NODE_TABLE || n->kind == NODE_SPACE) && model == IN_CELL &&
            node_attribute(n, A_STRETCH));
}

static void check_content(struct reader *r, const struct node *parent, unsigned model, bool running)
{
    check_order(r, parent, model);
    for (struct node *n = parent->children; n; n = n->next) {
        if (n->kind == NODE_TEXT) {
            if (!(model & INLINE) && !is_blank(n))
                diag_system(r->diag, n->at, "<%s> 内不能直接写文字：%s",
                            "<%s> cannot hold text directly: %s", kind_name(parent->kind), n->text);
            continue;
        }
        if (is_misplaced(n, parent, model, running)) {
            diag_system(r->diag, n->at, "<%s> 不能放在 <%s> 内的这个位置",
                        "<%s> cannot stand here in <%s>", kind_name(n->kind),
                        kind_name(parent->kind));
            continue;
        }
        switch (n->kind) {
        case NODE_CALL_TEMPLATE:
            check_call(r, n, model, running);
            break;
        case NODE_CHOOSE:
            check_choose(r, n, model, running);
            break;
        case NODE_IF:
            check_content(r, n, model, running);
            break;
        case NODE_FOR_EACH:
            check_content(r, n, model | IN_FOR_EACH, running);
            break;
        default:
            check_content(r, n, element_of(n->kind)->inside, running || n->kind == NODE_RUNNING);
            break;
        }
    }
}

static void label_cells(struct reader *r, struct node *n)
{
    if (n->kind == NODE_TD) {
        struct buffer text = {0};
        collect_text(n, &text);
        buffer_putc(&text, '\0');
        n->text = arena_strdup(r->arena, (const char *)text.data);
        buffer_clear(&text);
    }
    for (struct node *c = n->children; c; c = c->next)
        label_cells(r, c);
}

bool template_read(struct template *t, const char *name, const char *data, size_t len,
                   struct arena *arena, struct diag *diag)
{
    size_t before = diag->count[SEVERITY_ERROR];
    struct reader r = {.t = t, .arena = arena, .diag = diag};

    *t = (struct template){0};
    xmlDoc *doc =
        data ? xml_document_of(name, data, len, arena, diag) : xml_document(name, arena, diag);
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (root && strcmp((const char *)root->name, "form")) {
        diag_system(diag, xml_place(root), "根元素应是 <form>，不是 <%s>",
                    "the root element is <form>, not <%s>", (const char *)root->name);
    } else if (root) {
        t->root = read_node(&r, root);
        check_content(&r, t->root, IN_FORM, false);
        label_cells(&r, t->root);
        for (struct node *n = r.templates; n; n = n->next)
            label_cells(&r, n);
    }
    if (doc)
        xmlFreeDoc(doc);
    if (diag->count[SEVERITY_ERROR] == before)
        return true;
    template_clear(t);
    return false;
}

void template_clear(struct template *t)
{
    query_list_free(&t->queries);
    *t = (struct template){0};
}

const struct attribute *node_attribute(const struct node *n, enum attribute_id id)
{
    bool has = n->has[id / 64] >> id % 64 & 1;
    for (size_t i = 0; has && i < n->n; i++)
        if (n->attributes[i].id == id)
            return &n->attributes[i];
    return NULL;
}

const char *node_text(const struct node *n, enum attribute_id id, const char *otherwise)
{
    const struct attribute *a = node_attribute(n, id);
    return a ? a->text : otherwise;
}

int node_choice(const struct node *n, enum attribute_id id, int otherwise)
{
    const struct attribute *a = node_attribute(n, id);
    return a ? a->choice : otherwise;
}

double node_number(const struct node *n, enum attribute_id id, double otherwise)
{
    const struct attribute *a = node_attribute(n, id);
    return a ? a->number : otherwise;
}
