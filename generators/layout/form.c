/* form.c - template + record -> boxes: evaluates the binding words, resolves type and lengths,
 * opens the images.
 *
 * Where anything ends up on a page is flow.c's; what may stand where was settled by template.c. */
#include "core/buffer.h"
#include "core/units.h"
#include "layout/box.h"
#include "layout/template.h"
#include "record/node.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SIZE_LEAST = 1, /* points */
    SIZE_MOST = 200,
    TABLES_MOST = 5,      /* within each other: each may set those in it anew at every size */
    NODES_MOST = 1000000, /* that a template may make of any record, and of each of its elements */
    NODES_EACH = 200
};

struct form {
    struct arena arena;
    struct template template;
    struct form_facts facts;
    int pages; /* fixed-page form */
    bool even;
    int grid_columns, grid_rows;
};

/* Type properties in force. */
struct type {
    enum font_role role;
    double size;
    struct length pitch; /* UNIT_TIMES or UNIT_POINT */
    double grid_size,
        tracking; /* a grid's type of this size advances by this much more than its size */
    double gray;
    enum page_color color;
    bool one_face, unbreakable, tabular, underline;
    double spread;
    const char *link;
    enum text_align align;
};

struct fill {
    struct arena *arena;
    const struct form *form;
    struct query_context *ctx;
    struct diag *diag;
    struct document *doc;
    const char *dir;
    const struct layout_options *options;
    struct query_place focus; /* of XPath: the context node, its position and size */
    const char *label;        /* the nearest label so far */
    size_t filling;           /* > 0: the row may be set so many times to fill a page */
    int tables;               /* that stand within each other here */
    size_t left;              /* of the nodes that a template may make of this record */
    size_t faults;            /* of the system, that were there before: others' */
};

typedef void emit_fn(struct fill *f, const struct node *n, const struct type *type, void *out);

/* --- lengths and type --- */

static double pitch_of(const struct type *t)
{
    return t->pitch.unit == UNIT_TIMES ? t->pitch.value * t->size : t->pitch.value;
}

static double points(const struct length *l, const struct type *t)
{
    switch (l->unit) {
    case UNIT_POINT:
        return l->value;
    case UNIT_EM:
        return l->value * (t->size + (t->size == t->grid_size ? t->tracking : 0));
    case UNIT_TIMES:
        return l->value * t->size;
    case UNIT_LINE:
        return l->value * pitch_of(t);
    case UNIT_FRACTION:
        break;
    }
    return 0;
}

static double length_of(const struct node *n, enum attribute_id id, const struct type *t,
                        double otherwise)
{
    const struct attribute *a = node_attribute(n, id);
    return a ? points(a->lengths, t) : otherwise;
}

/* One to four lengths in the order of CSS: top, right, bottom, left. */
static void sides_of(const struct node *n, enum attribute_id id, const struct type *t,
                     double out[SIDE_COUNT])
{
    static const int from[4][SIDE_COUNT] = {{0, 0, 0, 0}, {0, 1, 0, 1}, {0, 1, 2, 1}, {0, 1, 2, 3}};
    const struct attribute *a = node_attribute(n, id);
    for (int i = 0; a && i < SIDE_COUNT; i++)
        out[i] = points(&a->lengths[from[a->n_lengths - 1][i]], t);
}

/* Sizes in em come to anything when they stand in each other. */
static double size_of(struct fill *f, const struct node *n, const struct type *outer)
{
    double size = length_of(n, A_SIZE, outer, outer->size);
    if (size >= SIZE_LEAST && size <= SIZE_MOST)
        return size;
    diag_system(f->diag, n->at, "字号 %g 磅不在 %d 磅到 %d 磅之间",
                "a type size of %g pt is not between %d pt and %d pt", size, SIZE_LEAST, SIZE_MOST);
    return outer->size;
}

static struct type type_of(struct fill *f, const struct node *n, const struct type *outer)
{
    struct type t = *outer;
    const struct attribute *pitch = node_attribute(n, A_PITCH);

    t.role = (enum font_role)node_choice(n, A_FONT, (int)t.role);
    t.size = size_of(f, n, outer);
    if (pitch)
        t.pitch = pitch->lengths->unit == UNIT_TIMES
                      ? *pitch->lengths
                      : (struct length){points(pitch->lengths, &t), UNIT_POINT};
    t.gray = node_number(n, A_GRAY, t.gray);
    t.color = (enum page_color)node_choice(n, A_COLOR, (int)t.color);
    t.one_face = node_choice(n, A_ONE_FACE, t.one_face);
    t.unbreakable = node_choice(n, A_UNBREAKABLE, t.unbreakable);
    t.tabular = node_choice(n, A_TABULAR, t.tabular);
    t.underline = node_choice(n, A_UNDERLINE, t.underline);
    t.spread = length_of(n, A_SPREAD, &t, t.spread);
    t.align = (enum text_align)node_choice(n, A_ALIGN, (int)t.align);
    return t;
}

/* --- binding --- */

static struct query *query_of(const struct node *n, enum attribute_id id)
{
    const struct attribute *a = node_attribute(n, id);
    return a ? a->query : NULL;
}

static const char *string_of(struct fill *f, const struct node *n, enum attribute_id id)
{
    struct query *q = query_of(n, id);
    return q ? query_string(q, f->ctx, f->focus, f->arena).text : NULL;
}

/* NULL: not given, or "". */
static const char *name_of(struct fill *f, const struct node *n, enum attribute_id id)
{
    const char *name = string_of(f, n, id);
    return name && *name ? name : NULL;
}

struct sort_key {
    const char *text;
    double number;
    size_t at;
};

static int by_text(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;
    int c = strcmp(x->text, y->text);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static int by_number(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;
    /* NaN stands before all numbers, as in XSLT */
    int c = isnan(x->number) || isnan(y->number)
                ? isnan(y->number) - isnan(x->number)
                : (x->number > y->number) - (x->number < y->number);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static void sort_nodes(struct fill *f, const struct node *sort, record_node **nodes, size_t n)
{
    struct sort_key *keys = ARENA_ARRAY(f->arena, struct sort_key, n);
    record_node **unsorted = ARENA_ARRAY(f->arena, record_node *, n);
    bool numbers = node_choice(sort, A_TYPE, 0) == 1,
         descending = node_choice(sort, A_ORDER, 0) == 1;

    for (size_t i = 0; i < n; i++) {
        struct query_place focus = {nodes[i], i + 1, n};
        unsorted[i] = nodes[i];
        keys[i].at = i;
        if (numbers)
            keys[i].number = query_number(query_of(sort, A_SELECT), f->ctx, focus);
        else
            keys[i].text = query_string(query_of(sort, A_SELECT), f->ctx, focus, f->arena).text;
    }
    if (n > 1)
        qsort(keys, n, sizeof *keys, numbers ? by_number : by_text);
    for (size_t i = 0; i < n; i++)
        nodes[i] = unsorted[keys[descending ? n - 1 - i : i].at];
}

static void emit_children(struct fill *f, const struct node *parent, const struct type *type,
                          emit_fn *emit, void *out);

/* Loops in loops, and templates that call others twice, come to anything: said once. */
static bool may_make(struct fill *f, const struct node *n)
{
    if (f->left == 1)
        diag_system(f->diag, n->at, "模板循环或调用的次数过多，排不完",
                    "the template's loops and calls make more than can be laid out");
    f->left -= f->left > 0;
    return f->left > 0;
}

static void for_each(struct fill *f, const struct node *n, const struct type *type, emit_fn *emit,
                     void *out)
{
    record_node **nodes;
    size_t count = query_nodes(query_of(n, A_SELECT), f->ctx, f->focus, f->arena, &nodes);
    size_t min = (size_t)node_number(n, A_MIN, 0), fill = (size_t)node_number(n, A_FILL, 0),
           size = count > min ? count : min;
    struct query_place outer = f->focus;
    size_t filling = f->filling;

    if (count > 0 && n->children && n->children->kind == NODE_SORT)
        sort_nodes(f, n->children, nodes, count);
    for (size_t i = 0; i < size && f->left > 0; i++) {
        f->focus = (struct query_place){i < count ? nodes[i] : NULL, i + 1, size};
        emit_children(f, n, type, emit, out);
    }
    if (fill > 0) {
        f->focus = (struct query_place){NULL, size + 1, size};
        f->filling = fill;
        emit_children(f, n, type, emit, out);
    }
    f->filling = filling;
    f->focus = outer;
}

static void call_template(struct fill *f, const struct node *n, const struct type *type,
                          emit_fn *emit, void *out)
{
    size_t mark = query_variables_mark(f->ctx), k = 0, count = 0;
    const char **values;

    for (const struct node *p = n->children; p; p = p->next)
        count += p->kind == NODE_WITH_PARAM;
    values = ARENA_ARRAY(f->arena, const char *, count + 1);
    /* all are evaluated before any is set: a parameter does not see its fellows */
    for (const struct node *p = n->children; p; p = p->next)
        if (p->kind == NODE_WITH_PARAM)
            values[k++] = string_of(f, p, A_SELECT);
    k = 0;
    for (const struct node *p = n->children; p; p = p->next)
        if (p->kind == NODE_WITH_PARAM)
            query_set_variable(f->ctx, node_text(p, A_NAME, ""), values[k++]);
    emit_children(f, n->called, type, emit, out);
    query_variables_release(f->ctx, mark);
}

/* Hands each child to emit, with the binding words carried out. */
static void emit_children(struct fill *f, const struct node *parent, const struct type *type,
                          emit_fn *emit, void *out)
{
    size_t mark = query_variables_mark(f->ctx);
    for (const struct node *n = parent->children; n && may_make(f, n); n = n->next) {
        switch (n->kind) {
        case NODE_IF:
            if (query_bool(query_of(n, A_TEST), f->ctx, f->focus))
                emit_children(f, n, type, emit, out);
            break;
        case NODE_CHOOSE:
            for (const struct node *b = n->children; b; b = b->next)
                if (b->kind == NODE_OTHERWISE ||
                    (b->kind == NODE_WHEN && query_bool(query_of(b, A_TEST), f->ctx, f->focus))) {
                    emit_children(f, b, type, emit, out);
                    break;
                }
            break;
        case NODE_FOR_EACH:
            for_each(f, n, type, emit, out);
            break;
        case NODE_VARIABLE:
            query_set_variable(f->ctx, node_text(n, A_NAME, ""), string_of(f, n, A_SELECT));
            break;
        case NODE_CALL_TEMPLATE:
            call_template(f, n, type, emit, out);
            break;
        case NODE_SORT:
        case NODE_STYLE:
        case NODE_TEMPLATE:
        case NODE_WATERMARK:
        case NODE_RUNNING:
        case NODE_SPARE_PAGE:
            break;
        default:
            emit(f, n, type, out);
            break;
        }
    }
    query_variables_release(f->ctx, mark);
}

/* --- inline --- */

struct runs {
    struct inline_run *list;
    size_t n, cap;
    struct runs *end; /* what stands at the end of the last line; NULL: nothing */
};

static struct inline_run *add_run(struct fill *f, struct runs *runs, const struct node *n,
                                  const struct type *t, enum inline_kind kind, const char *text)
{
    struct inline_run *r = ARENA_PUSH(f->arena, runs->list, runs->n, runs->cap);
    *r = (struct inline_run){.kind = kind,
                             .text = text,
                             .role = t->role,
                             .size = t->size,
                             .gray = t->gray,
                             .color = t->color,
                             .one_face = t->one_face,
                             .unbreakable = t->unbreakable,
                             .tabular = t->tabular,
                             .underline = t->underline,
                             .spread = t->spread,
                             .link = t->link,
                             .origin = {.label = f->label, .at = n->at}};
    return r;
}

/* The record's text, less the white space at the ends of its lines: an editor's indentation is no
 * content. */
static const char *tidy(struct arena *arena, const char *s)
{
    static const char blank[] = " \t\r";
    if (!strpbrk(s, "\n\r\t") && *s != ' ' && (!*s || s[strlen(s) - 1] != ' '))
        return s;
    char *out = arena_alloc(arena, strlen(s) + 1, 1), *p = out;
    s += strspn(s, " \t\r\n");
    while (*s) {
        size_t len = strcspn(s, "\n"), keep = len;
        while (keep > 0 && strchr(blank, s[keep - 1]))
            keep--;
        memcpy(p, s, keep);
        p += keep;
        s += len;
        if (*s) {
            *p++ = '\n';
            s += 1 + strspn(s + 1, blank);
        }
    }
    while (p > out && p[-1] == '\n')
        p--;
    *p = '\0';
    return out;
}

/* The path that an expression is, or begins with: "person/post" of "person/post = '无'". NULL: it
 * begins with anything else. */
static const char *leading_path(struct fill *f, const struct query *q)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    const char *s = q ? query_text(q) : "";
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_/@");
    bool path = *s && (strchr(letters, *s) || *s == '@') && strchr(" =!", s[n]) && s[n - 1] != '/';
    return path ? arena_strndup(f->arena, s, n) : NULL;
}

/* Where a value stands, or would. */
static void bind_origin(struct fill *f, struct text_origin *o, const record_node *node,
                        const struct query *q)
{
    o->node = node;
    o->path = node ? NULL : leading_path(f, q);
    o->from = f->focus.node;
}

static void emit_value(struct fill *f, const struct node *n, const struct type *type,
                       struct runs *runs)
{
    struct query_value v = query_string(query_of(n, A_SELECT), f->ctx, f->focus, f->arena);
    const char *text = f->focus.node ? tidy(f->arena, v.text) : "";

    if (f->focus.node && !*text)
        text = node_text(n, A_EMPTY, "");
    struct inline_run *r = add_run(f, runs, n, type, INLINE_TEXT, text);
    r->origin.bound = true;
    bind_origin(f, &r->origin, v.node, query_of(n, A_SELECT));
    r->origin.label = node_text(n, A_LABEL, f->label);
}

static void emit_inline(struct fill *f, const struct node *n, const struct type *outer, void *out)
{
    struct runs *runs = out;
    struct type t = n->kind == NODE_TEXT ? *outer : type_of(f, n, outer);

    switch (n->kind) {
    case NODE_TEXT:
        add_run(f, runs, n, &t, INLINE_TEXT, n->text);
        break;
    case NODE_BR:
        add_run(f, runs, n, &t, INLINE_TEXT, "\n");
        break;
    case NODE_LINK:
        t.link = name_of(f, n, A_TARGET);
        emit_children(f, n, &t, emit_inline, runs);
        break;
    case NODE_SPAN:
        emit_children(f, n, &t, emit_inline, runs);
        break;
    case NODE_END:
        runs->end = ARENA_NEW(f->arena, struct runs);
        emit_children(f, n, &t, emit_inline, runs->end);
        break;
    case NODE_VALUE_OF:
        emit_value(f, n, &t, runs);
        break;
    case NODE_CHECKBOX: {
        struct query *checked = query_of(n, A_CHECKED);
        struct inline_run *r = add_run(f, runs, n, &t, INLINE_CHECKBOX, NULL);
        r->checked = query_bool(checked, f->ctx, f->focus);
        bind_origin(f, &r->origin, NULL, checked);
        break;
    }
    case NODE_PAGE_NUMBER:
        add_run(f, runs, n, &t, INLINE_PAGE_NUMBER, NULL);
        break;
    case NODE_PAGE_COUNT:
        add_run(f, runs, n, &t, INLINE_PAGE_COUNT, NULL);
        break;
    default: /* template.c lets nothing else stand here */
        break;
    }
}

/* --- blocks --- */

struct boxes {
    struct box *first, **tail;
};

static struct box *add_box(struct fill *f, struct boxes *boxes, const struct node *n,
                           enum box_kind kind)
{
    struct box *b = ARENA_NEW(f->arena, struct box);
    b->kind = kind;
    b->at = n->at;
    if (!boxes->tail)
        boxes->tail = &boxes->first;
    *boxes->tail = b;
    boxes->tail = &b->next;
    return b;
}

/* The template's white space between two elements. */
static bool is_blank(const struct inline_run *r)
{
    return r->kind == INLINE_TEXT && !r->origin.bound && !strcmp(r->text, " ");
}

/* Static white space at the ends of a paragraph is the template's indentation. */
static void trim(struct fill *f, struct runs *runs)
{
    while (runs->n > 0 && is_blank(runs->list)) {
        runs->list++;
        runs->n--;
        runs->cap--;
    }
    for (; runs->n > 0; runs->n--) {
        struct inline_run *last = &runs->list[runs->n - 1];
        size_t len = last->kind == INLINE_TEXT ? strlen(last->text) : 0;
        if (last->origin.bound || len == 0 || last->text[len - 1] != ' ')
            break;
        last->text = arena_strndup(f->arena, last->text, len - 1);
        if (len > 1)
            break;
    }
}

static const char *whole_text(struct fill *f, const struct runs *runs)
{
    struct buffer text = {0};
    for (size_t i = 0; i < runs->n; i++)
        if (runs->list[i].kind == INLINE_TEXT && strcmp(runs->list[i].text, "\n"))
            buffer_puts(&text, runs->list[i].text);
    const char *whole = arena_strndup(f->arena, text.len ? (const char *)text.data : "", text.len);
    buffer_clear(&text);
    return whole;
}

static void add_part(struct fill *f, struct runs *line, const struct inline_run *run,
                     const char *text)
{
    struct inline_run *part = ARENA_PUSH(f->arena, line->list, line->n, line->cap);
    *part = *run;
    part->text = text;
}

/* The runs of each line; at least one line, which may be empty. */
static size_t split_lines(struct fill *f, const struct runs *runs, struct runs **lines)
{
    size_t n = 0, cap = 0;

    *ARENA_PUSH(f->arena, *lines, n, cap) = (struct runs){0};
    for (size_t i = 0; i < runs->n; i++) {
        const struct inline_run *r = &runs->list[i];
        const char *rest = r->text, *end;
        while (r->kind == INLINE_TEXT && (end = strchr(rest, '\n'))) {
            if (end > rest)
                add_part(f, &(*lines)[n - 1], r,
                         arena_strndup(f->arena, rest, (size_t)(end - rest)));
            *ARENA_PUSH(f->arena, *lines, n, cap) = (struct runs){0};
            rest = end + 1;
        }
        if (r->kind != INLINE_TEXT || *rest || !r->text[0])
            add_part(f, &(*lines)[n - 1], r, rest);
    }
    return n;
}

/* In the volume a page has one number, that of the volume. */
static bool is_folio(const struct fill *f, const struct runs *runs)
{
    bool folio = false;
    for (size_t i = 0; f->options->bound && i < runs->n; i++)
        folio = folio || runs->list[i].kind == INLINE_PAGE_NUMBER ||
                runs->list[i].kind == INLINE_PAGE_COUNT;
    return folio;
}

/* What stands at the end of a paragraph's last line; NULL: nothing. */
static struct box *end_paragraph(struct fill *f, const struct node *n, const struct type *t,
                                 struct runs *runs)
{
    struct boxes boxes = {0};
    if (!runs)
        return NULL;
    trim(f, runs);
    add_box(f, &boxes, n, BOX_PARAGRAPH)->u.paragraph = (struct box_paragraph){
        .runs = runs->list, .n = runs->n, .align = ALIGN_RIGHT, .pitch = pitch_of(t)};
    return boxes.first;
}

/* n is a p, or a cell whose inline words stand in it directly. Each line of the text is a paragraph
 * of its own. */
static void add_paragraph(struct fill *f, struct boxes *boxes, const struct node *n,
                          const struct type *t, struct runs *runs)
{
    if (is_folio(f, runs))
        return;
    trim(f, runs);
    const struct box_paragraph model = {
        .align = t->align,
        .pitch = pitch_of(t),
        .indent_first = length_of(n, A_INDENT, t, 0),
        .indent_hang = length_of(n, A_HANG, t, 0),
        .indent_left = length_of(n, A_LEFT, t, 0),
        .indent_right = length_of(n, A_RIGHT, t, 0),
        .stack = node_choice(n, A_STACK, 0),
        .over = node_choice(n, A_OVER, 0),
        .keep_with_next = (enum keep_next)node_choice(n, A_KEEP_WITH_NEXT, KEEP_NONE),
    };
    const char *anchor = n->kind == NODE_P ? name_of(f, n, A_ANCHOR) : NULL;
    struct runs *lines = NULL;

    for (size_t i = 0, count = split_lines(f, runs, &lines); i < count; i++) {
        bool last = i + 1 == count;
        struct box_paragraph *p = &add_box(f, boxes, n, BOX_PARAGRAPH)->u.paragraph;
        *p = model;
        p->runs = lines[i].list;
        p->n = lines[i].n;
        if (i == 0) {
            p->space_before = length_of(n, A_BEFORE, t, 0);
            p->anchor = anchor;
            p->outline_level = node_choice(n, A_OUTLINE, 0);
        }
        if (p->outline_level)
            p->outline_title = node_text(n, A_OUTLINE_TITLE, whole_text(f, runs));
        if (!last && p->keep_with_next == KEEP_END)
            p->keep_with_next = KEEP_NONE;
        if (last) {
            p->leader = node_choice(n, A_LEADER, 0);
            p->end = end_paragraph(f, n, t, runs->end);
            p->space_after = length_of(n, A_AFTER, t, 0);
        }
    }
}

static struct document_image *open_image(struct fill *f, const struct node *n, const char *href)
{
    struct document_image *i = f->doc->images;
    while (i && strcmp(i->href, href))
        i = i->next;
    if (i)
        return i;
    struct query_value v = query_string(query_of(n, A_HREF), f->ctx, f->focus, f->arena);
    const struct finding where = {.rule = "R76",
                                  .label = node_text(n, A_LABEL, f->label),
                                  .field = v.node ? record_path(v.node, f->arena) : NULL,
                                  .at = v.node ? record_pos(v.node) : n->at};
    i = ARENA_NEW(f->arena, struct document_image);
    i->href = href;
    if (!media_open(&i->file, f->dir, href, &f->options->limits, &where, f->diag))
        return NULL;
    i->next = f->doc->images; /* document_close closes the file, whatever comes */
    f->doc->images = i;
    return image_load(&i->image, &i->file, &f->options->limits, &where, f->diag) ? i : NULL;
}

static void emit_image(struct fill *f, const struct node *n, const struct type *t,
                       struct boxes *boxes)
{
    struct box *b = add_box(f, boxes, n, BOX_IMAGE);
    const char *href = name_of(f, n, A_HREF);
    struct document_image *i = NULL;

    b->u.image.width = length_of(n, A_WIDTH, t, 0);
    b->u.image.height = length_of(n, A_HEIGHT, t, 0);
    b->u.image.align = (enum text_align)node_choice(n, A_ALIGN, (int)t->align);
    b->u.image.stretch = node_number(n, A_STRETCH, 0) > 0;
    if (href) {
        struct text_origin *o = ARENA_NEW(f->arena, struct text_origin);
        o->label = node_text(n, A_LABEL, f->label);
        bind_origin(f, o, query_string(query_of(n, A_HREF), f->ctx, f->focus, f->arena).node, NULL);
        b->u.image.origin = o->node ? o : NULL;
        if (!f->options->is_sound || !f->options->is_sound(href, f->options->pictures))
            i = open_image(f, n, href);
    } else if (node_choice(n, A_REQUIRED, 0)) {
        struct query_value v = query_string(query_of(n, A_HREF), f->ctx, f->focus, f->arena);
        struct finding missing = {.rule = "R82",
                                  .clause = node_text(n, A_CLAUSE, NULL),
                                  .label = node_text(n, A_LABEL, f->label),
                                  .at = record_pos(v.node ? v.node : f->focus.node)};
        diag_add(f->diag, missing, "缺证件照，请补上", "the photograph is missing: add it");
    }
    b->u.image.image = i ? &i->image : NULL;
}

/* --- tables --- */

struct table_fill {
    struct box_table *table;
    size_t cap_rows;
    bool head;
    int *covered;         /* of each column: rows that a cell from above still covers */
    const char **heading; /* of each column: the text of its head cell */
    double line;
    double padding[SIDE_COUNT];
};

struct row_fill {
    struct table_fill *table;
    struct box_row *row;
    size_t cap, column;
    const char *label; /* the row's nearest label cell */
};

struct cell_fill {
    struct boxes content, foot;
    struct runs runs; /* inline words that stand in the cell directly */
    const struct node *node;
    const struct type *type;
};

static void emit_block(struct fill *f, const struct node *n, const struct type *type, void *out);

static void close_runs(struct fill *f, struct cell_fill *c)
{
    bool space = true;
    for (size_t i = 0; i < c->runs.n; i++)
        space = space && is_blank(&c->runs.list[i]);
    if (!space)
        add_paragraph(f, &c->content, c->node, c->type, &c->runs);
    c->runs = (struct runs){0};
}

static void emit_cell_content(struct fill *f, const struct node *n, const struct type *type,
                              void *out)
{
    struct cell_fill *c = out;
    if (n->kind >= NODE_TEXT && n->kind <= NODE_END) {
        emit_inline(f, n, type, &c->runs);
        return;
    }
    close_runs(f, c);
    if (n->kind != NODE_FOOT) {
        emit_block(f, n, type, &c->content);
        return;
    }
    struct type t = type_of(f, n, type);
    struct cell_fill foot = {.node = n, .type = &t};
    emit_children(f, n, &t, emit_cell_content, &foot);
    close_runs(f, &foot);
    c->foot = foot.content;
}

static void cell_lines(const struct node *n, const struct type *t, const struct table_fill *table,
                       struct box_cell *cell)
{
    static const char *const names[SIDE_COUNT] = {"top", "right", "bottom", "left"};
    const struct attribute *line = node_attribute(n, A_LINE);
    const char *lines = node_text(n, A_LINES, "all");
    for (int i = 0; i < SIDE_COUNT; i++) {
        if (strcmp(lines, "all") && !strstr(lines, names[i]))
            continue;
        cell->line[i] = line ? points(line->lengths, t) : table->line;
        cell->framed[i] = !line;
    }
}

/* Plain text is repeated where the template does not say. */
static enum repeat repeat_of(const struct node *n, const struct box_cell *cell)
{
    bool plain = cell->overflow != OVERFLOW_CONTINUE;
    for (const struct box *b = cell->content; b; b = b->next)
        plain = plain && b->kind == BOX_PARAGRAPH;
    if (node_attribute(n, A_REPEAT))
        return node_choice(n, A_REPEAT, 0) ? REPEAT_ALWAYS : REPEAT_NEVER;
    return plain ? REPEAT_WHOLE : REPEAT_NEVER;
}

static void emit_cell(struct fill *f, const struct node *n, const struct type *outer, void *out)
{
    struct row_fill *row = out;
    struct table_fill *table = row->table;
    struct type t = type_of(f, n, outer);
    int colspan = (int)node_number(n, A_COLSPAN, 1), rowspan = (int)node_number(n, A_ROWSPAN, 1);

    while (row->column < table->table->n_columns && table->covered[row->column] > 0)
        row->column++;
    if (row->column + (size_t)colspan > table->table->n_columns) {
        diag_system(f->diag, n->at, "这一行的格子超出了 %zu 列",
                    "this row has more cells than the table's %zu columns",
                    table->table->n_columns);
        return;
    }
    for (int i = 1; i < colspan; i++)
        if (table->covered[row->column + (size_t)i] > 0) {
            diag_system(f->diag, n->at, "这一行的格子压住了从上面跨行下来的格子",
                        "a cell of this row lies upon one that spans rows from above");
            return;
        }
    struct box_cell *cell = ARENA_PUSH(f->arena, row->row->cells, row->row->n, row->cap);
    struct cell_fill content = {.node = n, .type = &t};
    const char *outside = f->label;

    f->label = n->label ? n->text : row->label ? row->label : table->heading[row->column];
    f->label = node_text(n, A_LABEL, f->label ? f->label : outside);
    *cell = (struct box_cell){
        .colspan = colspan,
        .rowspan = rowspan,
        .valign = (enum valign)node_choice(n, A_VALIGN, VALIGN_MIDDLE),
        .overflow = (enum overflow)node_choice(n, A_OVERFLOW, OVERFLOW_GROW),
        .floor = length_of(n, A_FLOOR, &t, length_of(f->form->template.root, A_FLOOR, &t, 9)),
        .label = f->label,
        .at = n->at,
    };
    memcpy(cell->padding, table->padding, sizeof cell->padding);
    sides_of(n, A_PADDING, &t, cell->padding);
    cell_lines(n, &t, table, cell);
    emit_children(f, n, &t, emit_cell_content, &content);
    close_runs(f, &content);
    cell->content = content.content.first;
    cell->foot = content.foot.first;
    cell->repeat = repeat_of(n, cell);
    cell->merge = node_choice(n, A_MERGE, 0);

    for (int i = 0; i < colspan; i++) {
        table->covered[row->column + (size_t)i] = rowspan;
        if (table->head && *n->text)
            table->heading[row->column + (size_t)i] = n->text;
    }
    row->column += (size_t)colspan;
    if (n->label)
        row->label = n->text;
    f->label = n->label ? n->text : outside;
}

static bool same_runs(const struct box_paragraph *a, const struct box_paragraph *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = a->runs[i].kind == INLINE_TEXT && b->runs[i].kind == INLINE_TEXT &&
               !strcmp(a->runs[i].text, b->runs[i].text);
    return same;
}

/* Paragraphs alone, with the same words. */
static bool same_words(const struct box *a, const struct box *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (a->kind != BOX_PARAGRAPH || b->kind != BOX_PARAGRAPH ||
            !same_runs(&a->u.paragraph, &b->u.paragraph))
            return false;
    return !a && !b;
}

static void merge_cells(struct box_row *row)
{
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++) {
        struct box_cell *last = n > 0 ? &row->cells[n - 1] : NULL;
        const struct box_cell *c = &row->cells[i];
        if (last && last->merge && c->merge && last->rowspan == 1 && c->rowspan == 1 &&
            !last->foot && !c->foot && same_words(last->content, c->content))
            last->colspan += c->colspan;
        else
            row->cells[n++] = *c;
    }
    row->n = n;
}

/* The row that only fills a page stands behind all others. */
static struct box_row *push_row(struct fill *f, const struct node *n, struct table_fill *table)
{
    struct box_table *t = table->table;
    size_t all = t->n + (t->n_fill > 0);
    struct box_row *r = ARENA_PUSH(f->arena, t->rows, all, table->cap_rows);

    if (t->n_fill > 0)
        diag_system(f->diag, n->at, "带 fill 的空行应是表的最后一行",
                    "the row that fills a page (fill) is the last of its table");
    t->n_fill = f->filling;
    t->n += f->filling == 0;
    return r;
}

static void emit_row(struct fill *f, const struct node *n, const struct type *type, void *out)
{
    struct table_fill *table = out;
    struct box_table *t = table->table;

    if (n->kind == NODE_THEAD) {
        if (t->n > t->n_head)
            diag_system(f->diag, n->at, "<thead> 应在表的最前",
                        "<thead> stands after rows of its table");
        table->head = true;
        emit_children(f, n, type, emit_row, table);
        table->head = false;
        for (size_t i = 0; i < t->n_columns; i++)
            if (table->covered[i] > 0) {
                diag_system(f->diag, n->at, "表头的格子跨出了 <thead>",
                            "a cell spans rows beyond the end of <thead>");
                break;
            }
        return;
    }
    struct box_row *r = push_row(f, n, table);
    const struct attribute *exact = node_attribute(n, A_HEIGHT),
                           *least = node_attribute(n, A_MIN_HEIGHT);
    int keep = node_choice(n, A_KEEP, -1);
    *r = (struct box_row){
        .rule = exact   ? HEIGHT_EXACT
                : least ? HEIGHT_MIN
                        : HEIGHT_AUTO,
        .height = exact   ? points(exact->lengths, type)
                  : least ? points(least->lengths, type)
                          : 0,
        .stretch = node_number(n, A_STRETCH, 0),
        .max_height = length_of(n, A_MAX_HEIGHT, type, 0),
        .keep_together = keep == 0,
        .never_split = keep == 1,
        .keep_with_next = node_choice(n, A_KEEP_WITH_NEXT, 0),
        .at = n->at,
    };
    t->n_head += table->head;
    struct row_fill row = {.table = table, .row = r};
    emit_children(f, n, type, emit_cell, &row);
    merge_cells(r);
    for (; row.column < t->n_columns && table->covered[row.column] > 0; row.column++)
        ;
    if (row.column < t->n_columns && f->diag->system_faults == f->faults)
        diag_system(f->diag, n->at, "这一行只有 %zu 列，表有 %zu 列",
                    "this row covers %zu of the table's %zu columns", row.column, t->n_columns);
    for (size_t i = 0; i < t->n_columns; i++)
        table->covered[i] -= table->covered[i] > 0;
}

static void emit_table(struct fill *f, const struct node *n, const struct type *outer,
                       struct boxes *boxes)
{
    if (f->tables == TABLES_MOST) {
        diag_system(f->diag, n->at, "表格嵌套超过 %d 层", "tables are nested more than %d deep",
                    TABLES_MOST);
        return;
    }
    struct type t = type_of(f, n, outer);
    const struct attribute *columns = node_attribute(n, A_COLUMNS);
    const char *continued = node_text(n, A_CONTINUED, NULL), *label = f->label;
    struct box *b = add_box(f, boxes, n, BOX_TABLE);
    struct table_fill table = {.table = &b->u.table, .padding = {2, 4, 2, 4}};

    b->u.table.n_columns = columns->n_lengths;
    b->u.table.columns = ARENA_ARRAY(f->arena, struct box_column, columns->n_lengths);
    for (size_t i = 0; i < columns->n_lengths; i++) {
        const struct length *l = &columns->lengths[i];
        b->u.table.columns[i] = l->unit == UNIT_FRACTION ? (struct box_column){0, l->value}
                                                         : (struct box_column){points(l, &t), 0};
    }
    table.line = length_of(n, A_LINE, &t, 0.5);
    b->u.table.frame = length_of(n, A_FRAME, &t, table.line);
    b->u.table.width = length_of(n, A_WIDTH, &t, 0);
    b->u.table.space_before = length_of(n, A_BEFORE, &t, 0);
    b->u.table.space_after = length_of(n, A_AFTER, &t, 0);
    b->u.table.align = (enum text_align)node_choice(n, A_ALIGN, ALIGN_LEFT);
    b->u.table.keep_with_next = node_choice(n, A_KEEP_WITH_NEXT, 0);
    b->u.table.whole = (size_t)node_number(n, A_WHOLE, 0);
    table.covered = ARENA_ARRAY(f->arena, int, columns->n_lengths);
    table.heading = ARENA_ARRAY(f->arena, const char *, columns->n_lengths);
    sides_of(n, A_PADDING, &t, table.padding);
    t.align = outer->align; /* the table's own place is not its cells' alignment */
    if (continued) {
        struct boxes above = {0};
        struct runs runs = {0};
        add_run(f, &runs, n, &t, INLINE_TEXT, continued);
        add_box(f, &above, n, BOX_PARAGRAPH)->u.paragraph = (struct box_paragraph){
            .runs = runs.list, .n = 1, .align = ALIGN_LEFT, .pitch = pitch_of(&t)};
        b->u.table.continued = above.first;
    }
    f->tables++;
    emit_children(f, n, &t, emit_row, &table);
    f->tables--;
    for (size_t i = 0; i < columns->n_lengths; i++)
        if (table.covered[i] > 0 && f->diag->system_faults == f->faults) {
            diag_system(f->diag, n->at, "第 %zu 列有格子跨出了表尾",
                        "a cell of column %zu spans rows beyond the table's end", i + 1);
            break;
        }
    f->label = label;
}

/* A paper that cannot be made of this record: the value and the template's words for it. */
static void emit_error(struct fill *f, const struct node *n)
{
    if (!query_bool(query_of(n, A_TEST), f->ctx, f->focus))
        return;
    struct query_value v = query_string(query_of(n, A_SELECT), f->ctx, f->focus, f->arena);
    const record_node *node = v.node ? v.node : f->focus.node;
    struct finding at = {.rule = node_text(n, A_RULE, NULL),
                         .label = node_text(n, A_LABEL, f->label),
                         .field = v.node ? record_path(v.node, f->arena) : NULL,
                         .at = record_pos(node)};
    diag_add(f->diag, at, "“%s”：%s%.0s", "\"%s\": %.0s%s", v.text, node_text(n, A_TEXT, ""),
             node_text(n, A_ENGLISH, ""));
}

static void emit_block(struct fill *f, const struct node *n, const struct type *outer, void *out)
{
    struct boxes *boxes = out;
    struct runs runs = {0};
    struct type t;
    struct box *b;

    switch (n->kind) {
    case NODE_P:
        t = type_of(f, n, outer);
        emit_children(f, n, &t, emit_inline, &runs);
        add_paragraph(f, boxes, n, &t, &runs);
        break;
    case NODE_TABLE:
        emit_table(f, n, outer, boxes);
        break;
    case NODE_IMAGE:
        emit_image(f, n, outer, boxes);
        break;
    case NODE_SPACE:
        b = add_box(f, boxes, n, BOX_SPACE);
        b->u.space.height = length_of(n, A_HEIGHT, outer, 0);
        b->u.space.stretch = node_number(n, A_STRETCH, 0);
        break;
    case NODE_RULE:
        b = add_box(f, boxes, n, BOX_RULE);
        b->u.rule.weight = length_of(n, A_WEIGHT, outer, 0.5);
        b->u.rule.space_before = length_of(n, A_BEFORE, outer, 0);
        b->u.rule.space_after = length_of(n, A_AFTER, outer, 0);
        b->u.rule.left = length_of(n, A_LEFT, outer, 0);
        b->u.rule.right = length_of(n, A_RIGHT, outer, 0);
        b->u.rule.color = (enum page_color)node_choice(n, A_COLOR, COLOR_BLACK);
        break;
    case NODE_PAGE_BREAK:
        b = add_box(f, boxes, n, BOX_PAGE_BREAK);
        b->u.page_break.to_front = node_choice(n, A_TO, 0) == 1;
        b->u.page_break.soft = node_choice(n, A_SOFT, 0);
        b->u.page_break.least = node_number(n, A_LEAST, 0);
        break;
    case NODE_ERROR:
        emit_error(f, n);
        break;
    default: /* template.c lets nothing else stand here */
        break;
    }
}

/* --- the document --- */

static void add_running(struct fill *f, const struct node *n, const struct type *type)
{
    struct running *r = ARENA_NEW(f->arena, struct running), **tail = &f->doc->running;
    struct boxes boxes = {0};

    emit_children(f, n, type, emit_block, &boxes);
    r->foot = node_choice(n, A_AT, 0) == 1;
    r->parity = (enum running_parity)node_choice(n, A_PARITY, RUNNING_ANY);
    r->on_first = node_choice(n, A_FIRST, 1);
    r->offset = length_of(n, A_OFFSET, type, 8 * POINTS_PER_MM);
    r->content = boxes.first;
    while (*tail)
        tail = &(*tail)->next;
    *tail = r;
}

static void add_spare_page(struct fill *f, const struct node *n, const struct type *type)
{
    struct boxes boxes = {0};
    emit_children(f, n, type, emit_block, &boxes);
    f->doc->spare_page = boxes.first;
}

static void add_watermarks(struct fill *f, const struct node *root)
{
    struct document *d = f->doc;
    size_t cap = 0;
    for (const struct node *n = root->children; n; n = n->next) {
        struct type t = {.size = 10.5};
        if (n->kind == NODE_WATERMARK)
            *ARENA_PUSH(f->arena, d->watermarks, d->n_watermarks, cap) =
                (struct watermark){.text = node_text(n, A_TEXT, ""),
                                   .role = (enum font_role)node_choice(n, A_FONT, ROLE_SONG),
                                   .size = node_attribute(n, A_SIZE) ? size_of(f, n, &t) : 18,
                                   .gray = node_number(n, A_GRAY, 0.85),
                                   .angle = node_number(n, A_ANGLE, 30),
                                   .tiled = node_choice(n, A_TILED, 0)};
    }
    if (f->options->draft)
        *ARENA_PUSH(f->arena, d->watermarks, d->n_watermarks, cap) = (struct watermark){
            .text = "草稿", .role = ROLE_HEI, .size = 150, .gray = 0.88, .angle = 45};
}

static struct type root_type(struct fill *f)
{
    static const struct type plain = {
        .role = ROLE_SONG, .size = 10.5, .pitch = {1.4, UNIT_TIMES}, .align = ALIGN_LEFT};
    return type_of(f, f->form->template.root, &plain);
}

static size_t count_elements(const record_node *parent)
{
    size_t n = 1;
    for (record_node *c = NULL; (c = record_child(parent, c));)
        n += count_elements(c);
    return n;
}

/* The type of the first line touches the text block's upper edge, that of the last line the lower
 * one, as GB/T 9704 means the block: so the line boxes, which are a pitch high, reach beyond it by
 * half of what is between two lines. */
static void set_grid(struct fill *f, struct document *d, struct type *type)
{
    const struct form *form = f->form;
    double width = d->page_width - d->margin[SIDE_LEFT] - d->margin[SIDE_RIGHT];
    double height = d->page_height - d->margin[SIDE_TOP] - d->margin[SIDE_BOTTOM];
    double pitch = form->grid_rows > 1 ? (height - type->size) / (form->grid_rows - 1) : height;
    d->tracking = type->tracking = width / form->grid_columns - type->size;
    if (pitch < type->size || d->tracking < -type->size / 4)
        diag_system(f->diag, d->at, "grid=\"%s\" 的格子放不下 %g 磅的字",
                    "a cell of grid=\"%s\" is too small for type of %g pt",
                    node_text(form->template.root, A_GRID, ""), type->size);
    d->leading = (pitch - type->size) / 2;
    d->margin[SIDE_TOP] -= d->leading;
    d->margin[SIDE_BOTTOM] -= d->leading;
    type->grid_size = type->size;
    type->pitch = (struct length){pitch, UNIT_POINT};
}

struct document *form_fill(struct arena *arena, const struct form *form, struct query_context *ctx,
                           record_node *root, const char *dir, const struct layout_options *options,
                           struct diag *diag)
{
    const struct node *n = form->template.root;
    struct document *d = ARENA_NEW(arena, struct document);
    struct fill f = {.arena = arena,
                     .form = form,
                     .ctx = ctx,
                     .diag = diag,
                     .doc = d,
                     .dir = dir,
                     .options = options,
                     .focus = {root, 1, 1},
                     .left = NODES_MOST + NODES_EACH * (root ? count_elements(root) : 0),
                     .faults = diag->system_faults};
    struct type type = root_type(&f);
    struct boxes boxes = {0};
    bool landscape = form->facts.landscape, a3 = !strcmp(form->facts.paper, "A3");
    int width = a3 ? A3_WIDTH_MM : A4_WIDTH_MM, height = a3 ? A3_HEIGHT_MM : A4_HEIGHT_MM;

    d->paper_title = d->title = form->facts.title;
    d->subject = form->facts.title;
    d->author = "shenbao";
    d->created = options->asof;
    d->pages_before = options->pages_before;
    d->memo = options->memo;
    d->pages_all = options->pages_all;
    d->at = n->at;
    d->page_width = (landscape ? height : width) * POINTS_PER_MM;
    d->page_height =
        ceil((landscape ? width : height) * POINTS_PER_MM / LAYOUT_GRID) * LAYOUT_GRID -
        LENGTH_SLACK;
    for (int i = 0; i < SIDE_COUNT; i++)
        d->margin[i] = 20 * POINTS_PER_MM;
    sides_of(n, A_MARGIN, &type, d->margin);
    d->pages = node_choice(n, A_INSERTED, 0) ? 0 : form->pages;
    d->form_pages = form->pages - d->pages;
    d->even = form->even;
    d->balance = node_choice(n, A_BALANCE, 0);
    d->floor = length_of(n, A_FLOOR, &type, 9);
    d->body_size = type.size;
    if (form->grid_columns)
        set_grid(&f, d, &type);
    d->pitch = pitch_of(&type);
    d->pitch_floor = fmin(d->pitch, length_of(n, A_PITCH_FLOOR, &type, 0));
    add_watermarks(&f, n);
    for (const struct node *c = n->children; c; c = c->next)
        if (c->kind == NODE_RUNNING)
            add_running(&f, c, &type);
        else if (c->kind == NODE_SPARE_PAGE)
            add_spare_page(&f, c, &type);
    emit_children(&f, n, &type, emit_block, &boxes);
    d->content = boxes.first;
    if (diag->system_faults == f.faults)
        return d;
    document_close(d);
    return NULL;
}

void document_close(struct document *d)
{
    for (struct document_image *i = d ? d->images : NULL; i; i = i->next) {
        image_clear(&i->image);
        media_close(&i->file);
    }
    if (d)
        d->images = NULL;
}

/* --- the form --- */

/* A list between blanks, NULL-ended; NULL stays NULL. */
static const char *const *words_of(struct arena *arena, const char *text)
{
    static const char space[] = " \t\n";
    const char **words = text ? ARENA_ARRAY(arena, const char *, strlen(text) / 2 + 2) : NULL;
    for (size_t n = 0; text && *(text += strspn(text, space)); text += strcspn(text, space))
        words[n++] = arena_strndup(arena, text, strcspn(text, space));
    return words;
}

static void read_facts(struct form *form, struct diag *diag)
{
    const struct node *n = form->template.root;
    const char *pages = node_text(n, A_PAGES, NULL), *grid = node_text(n, A_GRID, NULL);
    char end;

    form->facts = (struct form_facts){
        .name = node_text(n, A_NAME, ""),
        .title = node_text(n, A_TITLE, ""),
        .paper = node_text(n, A_PAPER, "A4"),
        .landscape = node_choice(n, A_ORIENTATION, 0) == 1,
        .scope = (enum record_scope)node_choice(n, A_FOR, SCOPE_APPLICANT),
        .elements = words_of(&form->arena, node_text(n, A_ELEMENTS, NULL)),
        .copies = (int)node_number(n, A_COPIES, 1),
        .binding = node_text(n, A_BINDING, "loose"),
        .seals = node_text(n, A_SEALS, ""),
        .watermark = "",
        .cites = form->template.cites,
    };
    for (const struct node *c = n->children; c; c = c->next)
        if (c->kind == NODE_WATERMARK && !*form->facts.watermark)
            form->facts.watermark = node_text(c, A_TEXT, "");
    form->even = pages && !strcmp(pages, "even");
    if (pages && !form->even &&
        (sscanf(pages, "%4d%c", &form->pages, &end) != 1 || form->pages < 1))
        diag_system(diag, n->at, "pages=\"%s\" 应是 even 或页数",
                    "pages=\"%s\" is neither even nor a number", pages);
    if (node_choice(n, A_INSERTED, 0) && form->pages < 1)
        diag_system(diag, n->at, "inserted=\"true\" 要有 pages=\"页数\"",
                    "inserted=\"true\" goes with pages=\"NUMBER\"");
    if (grid && (sscanf(grid, "%3dx%3d%c", &form->grid_columns, &form->grid_rows, &end) != 2 ||
                 form->grid_columns < 1 || form->grid_rows < 1))
        diag_system(diag, n->at, "grid=\"%s\" 应如 28x22", "grid=\"%s\" is not like 28x22", grid);
}

struct form *form_load(const char *path, struct fonts *fonts, struct diag *diag)
{
    return form_load_text(path, NULL, 0, fonts, diag);
}

struct form *form_load_text(const char *name, const char *data, size_t len, struct fonts *fonts,
                            struct diag *diag)
{
    struct form *form = mem_alloc(1, sizeof *form);
    size_t errors = diag->count[SEVERITY_ERROR];

    if (template_read(&form->template, name, data, len, &form->arena, diag)) {
        read_facts(form, diag);
        form->template.roles[node_choice(form->template.root, A_FONT, ROLE_SONG)] = true;
        form->template.roles[ROLE_HEI] = true;  /* 草稿 */
        form->template.roles[ROLE_SONG] = true; /* watermarks, unless they say another */
        for (int r = 0; r < ROLE_COUNT; r++)
            if (form->template.roles[r])
                fonts_require(fonts, (enum font_role)r, diag);
    }
    if (diag->count[SEVERITY_ERROR] == errors)
        return form;
    form_free(form);
    return NULL;
}

const struct form_facts *form_facts(const struct form *form)
{
    return &form->facts;
}

void form_free(struct form *form)
{
    if (!form)
        return;
    template_clear(&form->template);
    arena_free(&form->arena);
    free(form);
}
