/* book_template.c - see book_template.h. */
#include "workbook/book_template.h"

#include "record/correction.h"
#include "record/vocabulary.h"
#include "xml/include.h"
#include "xml/xml_reader.h"

#include <string.h>

const char book_sheet_guide[] = "说明";
const char book_sheet_choices[] = "选项";

enum { IN_BOOK = 1, IN_SHEET = 2 };

/* The value types in the order of enum value_type, then the kinds of columns that tie rows together
 * in the order of enum book_column_kind. */
static const char types[] =
    "line text statement date month day year number count rank pages bool choice id "
    "refs code identity path person name unit owner row";
enum { FIRST_TIE = VALUE_PATH + 1 };

static bool read_words(struct xml_reader *r, const char *text, void *out)
{
    struct book_words *words = out;
    *words = (struct book_words){0};
    while (*(text += strspn(text, " "))) {
        size_t len = strcspn(text, " ");
        *ARENA_PUSH(r->arena, words->list, words->n, words->cap) =
            correction_folded(arena_strndup(r->arena, text, len), r->arena);
        text += len;
    }
    return true;
}

static const struct xml_attribute of_workbook[] = {
    {"version", XML_INT, XML_AT(struct book_template, version), .required = true, .least = 1,
     .most = 9999},
    {"totals", XML_PARSED, XML_AT(struct book_template, totals), .otherwise = "",
     .parse = read_words},
    {"remarks", XML_PARSED, XML_AT(struct book_template, remarks), .otherwise = "",
     .parse = read_words},
    {0}};
static const struct xml_attribute of_line[] = {
    {"", XML_WORD, XML_AT(struct book_line, text), .required = true}, {0}};
static const struct xml_attribute of_sheet[] = {
    {"title", XML_WORD, XML_AT(struct book_sheet, title), .required = true, .unique = true},
    {"note", XML_TEXT, XML_AT(struct book_sheet, note), .otherwise = ""},
    {"modes", XML_WORD, XML_AT(struct book_sheet, modes), .otherwise = ""},
    {"kinds", XML_WORD, XML_AT(struct book_sheet, kinds), .otherwise = ""},
    {0}};
static const struct xml_attribute of_row[] = {
    {"element", XML_WORD, XML_AT(struct book_row, element), .required = true},
    {"word", XML_WORD, XML_AT(struct book_row, word), .otherwise = ""},
    {"within", XML_CHOICE, XML_AT(struct book_row, within), .words = "batch unit applicant item",
     .otherwise = "batch"},
    {"joins", XML_FLAG, XML_AT(struct book_row, joins)},
    {"modes", XML_WORD, XML_AT(struct book_row, modes), .otherwise = ""},
    {0}};
/* A parameter that the notice does not give is no example, and no fault. */
static bool read_example(struct xml_reader *r, const char *text, void *out)
{
    const char **example = out;
    *example = xml_unknown_parameter(text, r->arena) ? "" : arena_strdup(r->arena, text);
    return true;
}

static const struct xml_attribute of_column[] = {
    {"head", XML_WORD, XML_AT(struct book_column, head), .required = true},
    {"was", XML_WORD, XML_AT(struct book_column, was), .otherwise = ""},
    {"path", XML_TEXT, XML_AT(struct book_column, path), .required = true},
    {"type", XML_CHOICE, XML_AT(struct book_column, type), .required = true, .words = types},
    {"list", XML_WORD, XML_AT(struct book_column, list), .otherwise = ""},
    {"of", XML_WORD, XML_AT(struct book_column, of), .otherwise = ""},
    {"required", XML_FLAG, XML_AT(struct book_column, required)},
    {"main", XML_FLAG, XML_AT(struct book_column, main)},
    {"unit", XML_WORD, XML_AT(struct book_column, unit)},
    {"present", XML_FLAG, XML_AT(struct book_column, present)},
    {"synonyms", XML_WORD, XML_AT(struct book_column, synonyms), .otherwise = ""},
    {"width", XML_NUMBER, XML_AT(struct book_column, width), .required = true, .least = 3,
     .most = 200},
    {"note", XML_TEXT, XML_AT(struct book_column, note), .otherwise = ""},
    {"example", XML_PARSED, XML_AT(struct book_column, example), .otherwise = "",
     .parse = read_example},
    {"modes", XML_WORD, XML_AT(struct book_column, modes), .otherwise = ""},
    {"kinds", XML_WORD, XML_AT(struct book_column, kinds), .otherwise = ""},
    {0}};

/* "written=word", set off by blanks. */
static bool read_synonyms(struct xml_reader *r, struct book_column *c)
{
    struct value_synonym *list = NULL;
    size_t n = 0, cap = 0;
    for (const char *s = c->synonyms; *(s += strspn(s, " ")); s += strcspn(s, " ")) {
        size_t len = strcspn(s, " "), left = strcspn(s, "=");
        if (left == 0 || left + 1 >= len)
            return xml_bad_value(r, "synonyms", c->synonyms, "男性=男 女性=女");
        *ARENA_PUSH(r->arena, list, n, cap) =
            (struct value_synonym){arena_strndup(r->arena, s, left),
                                   arena_strndup(r->arena, s + left + 1, len - left - 1)};
    }
    c->rule.synonyms = list;
    c->rule.n_synonyms = n;
    return true;
}

static void end_column(struct xml_reader *r, void *self, void *parent)
{
    struct book_column *c = self;
    (void)parent;
    if (c->type >= FIRST_TIE)
        c->kind = (enum book_column_kind)(COLUMN_PERSON + c->type - FIRST_TIE);
    c->rule = (struct value_rule){.type = c->type < FIRST_TIE      ? (enum value_type)c->type
                                          : c->kind == COLUMN_NAME ? VALUE_LINE
                                                                   : VALUE_ID,
                                  .unit = c->unit,
                                  .present = c->present ? "" : NULL};
    if (c->kind == COLUMN_ROW)
        c->rule.type = VALUE_CHOICE;
    read_synonyms(r, c);
}

static const struct xml_element elements[] = {
    {"workbook", .inside = IN_BOOK, .attributes = of_workbook},
    {"line", IN_BOOK, 0, of_line, sizeof(struct book_line), XML_INTO(struct book_template, lines)},
    {"sheet", IN_BOOK, IN_SHEET, of_sheet, sizeof(struct book_sheet),
     XML_INTO(struct book_template, sheets), .required = true},
    {"row", IN_SHEET, 0, of_row, sizeof(struct book_row), XML_INTO(struct book_sheet, rows),
     .required = true},
    {"column", IN_SHEET, 0, of_column, sizeof(struct book_column),
     XML_INTO(struct book_sheet, columns), .required = true, .end = end_column},
    {0}};

/* An element of the vocabulary, wherever it may stand. Its levels are few, and none repeats. */
static const struct word *find_word(const struct word *from, const char *name)
{
    if (!strcmp(from->name, name))
        return from;
    for (size_t i = 0; i < from->n_children; i++) {
        const struct word *found = find_word(from->children[i], name);
        if (found)
            return found;
    }
    return NULL;
}

/* What the path names below the element; false: the vocabulary has no such word. */
static bool resolve(const struct word *at, const char *path, const struct word_type **type,
                    const char **label)
{
    char name[64];
    while (at && *path && *path != '@' && *path != '.') {
        size_t len = strcspn(path, "/");
        snprintf(name, sizeof name, "%.*s", (int)len, path);
        at = word_child(at, name);
        path += len + (path[len] == '/');
    }
    if (!at)
        return false;
    const struct word_attribute *a = *path == '@' ? word_attribute(at, path + 1) : NULL;
    *type = a ? a->type : at->type;
    *label = a ? a->label : at->label;
    return a || *path != '@';
}

/* Of synonyms those whose words the notice has. */
static void keep_synonyms(struct value_rule *rule, struct arena *arena)
{
    struct value_synonym *kept = ARENA_ARRAY(arena, struct value_synonym, rule->n_synonyms + 1);
    size_t n = 0;
    for (size_t i = 0; i < rule->n_synonyms; i++)
        for (size_t k = 0; k < rule->n_words; k++)
            if (!strcmp(rule->synonyms[i].word, rule->words[k])) {
                kept[n++] = rule->synonyms[i];
                break;
            }
    rule->synonyms = kept;
    rule->n_synonyms = n;
}

/* An example of another notice's words is none. */
static void fit_example(struct book_column *c)
{
    for (size_t i = 0; i < c->rule.n_words; i++)
        if (!strcmp(c->rule.words[i], c->example))
            return;
    if (*c->example && c->kind == COLUMN_VALUE && c->rule.n_words)
        c->example = c->rule.words[0];
}

bool book_has_mode(const struct word_list *modes, const char *list)
{
    bool has = !*list || !modes;
    for (size_t i = 0; !has && i < modes->n; i++)
        has = book_lists(list, modes->values[i].text);
    return has;
}

/* What stands in 种类: words of the rows that somebody of the mode may have. */
static void offer_rows(const struct book_sheet *s, struct value_rule *rule,
                       const struct word_list *modes, const char *mode, struct arena *arena)
{
    const char **words = ARENA_ARRAY(arena, const char *, s->n_rows);
    rule->n_words = 0;
    for (size_t i = 0; i < s->n_rows; i++)
        if (book_has_mode(modes, s->rows[i].modes) &&
            (!*mode || book_lists(s->rows[i].modes, mode)))
            words[rule->n_words++] = s->rows[i].word;
    rule->words = words;
}

void book_offer(struct book_template *t, const struct word_list *modes, const char *mode,
                struct arena *arena)
{
    for (size_t i = 0; i < t->n; i++)
        for (size_t k = 0; k < t->sheets[i].n; k++)
            if (t->sheets[i].columns[k].kind == COLUMN_ROW)
                offer_rows(&t->sheets[i], &t->sheets[i].columns[k].rule, modes, mode, arena);
}

static bool fill_in(struct book_sheet *s, struct book_column *c, const struct word *root,
                    const char *path, struct arena *arena, struct diag *diag)
{
    const struct word_type *type = NULL;
    bool known = false;
    for (size_t i = 0; i < s->n_rows && c->kind == COLUMN_VALUE; i++) {
        const struct word *element = find_word(root, s->rows[i].element);
        if (!book_has(c, &s->rows[i]))
            continue;
        if (!element || !resolve(element, c->path, &type, &c->label))
            return diag_system(diag, (struct src_pos){path, 0},
                               "工作表“%s”列“%s”：词汇表中 %s 下没有 %s",
                               "sheet %s, column %s: the vocabulary has in %s no %s", s->title,
                               c->head, s->rows[i].element, c->path);
        known = true;
    }
    if (c->kind == COLUMN_VALUE && !known)
        return diag_system(diag, (struct src_pos){path, 0}, "工作表“%s”列“%s”不属于任何一种行",
                           "sheet %s, column %s belongs to no row", s->title, c->head);
    if (c->rule.type == VALUE_CHOICE && type) {
        c->rule.words = type->values;
        c->rule.n_words = type->n_values;
        if (type->n_values)
            keep_synonyms(&c->rule, arena);
    }
    if (!c->label)
        c->label = c->head;
    fit_example(c);
    return true;
}

struct book_template *book_template_read(const char *path, const char *schema_path,
                                         const struct word_list *lists, size_t n_lists,
                                         struct arena *arena, struct diag *diag)
{
    struct book_template *t = ARENA_NEW(arena, struct book_template);
    struct xml_reader r = {.elements = elements, .arena = arena, .diag = diag};
    struct _xmlDoc *schema = NULL;
    if (!xml_read(&r, path, t) || !(schema = xml_document(schema_path, arena, diag)))
        return NULL;
    bool ok = word_lists_fill(schema, WORD_LISTS_ALL, lists, n_lists, diag);
    const struct word *root = ok ? vocabulary_root(vocabulary_new(schema, arena)) : NULL;
    ok = ok && (root || diag_system(diag, (struct src_pos){schema_path, 0}, "没有定义 batch",
                                    "it does not define batch"));
    for (size_t i = 0; i < t->n; i++)
        for (size_t k = 0; ok && k < t->sheets[i].n; k++)
            ok = fill_in(&t->sheets[i], &t->sheets[i].columns[k], root, path, arena, diag);
    book_offer(t, NULL, "", arena);
    xml_free(schema);
    return ok ? t : NULL;
}

bool book_lists(const char *list, const char *word)
{
    return !*list || xml_word_place(list, word) >= 0;
}

bool book_has(const struct book_column *c, const struct book_row *r)
{
    return book_lists(c->of, r->element);
}

const struct book_row *book_row_of(const struct book_sheet *s, const char *element)
{
    for (size_t i = 0; i < s->n_rows; i++)
        if (!strcmp(s->rows[i].element, element))
            return &s->rows[i];
    return NULL;
}
