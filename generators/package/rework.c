/* rework.c - see rework.h: the list as points, and what has become of each. */
#include "package/rework.h"

#include "core/cells.h"
#include "core/find.h"
#include "core/protected.h"
#include "core/system_error.h"
#include "query/query.h"
#include "record/correction.h"
#include "record/node.h"
#include "workbook/value.h"
#include "xml/xml_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is free of blanks, full width and the many ways to write a date. */
static const char *plain_value(const char *text, struct arena *arena)
{
    const struct value_rule date = {.type = VALUE_DATE};
    const struct xlsx_cell cell = {.kind = XLSX_TEXT, .text = text, .format = "General"};
    struct value_reading reading = value_read(&date, &cell, arena);
    bool is_date = reading.outcome != VALUE_REFUSED && *reading.value;
    return is_date ? reading.value : correction_folded(text, arena);
}

/* --- XML --- */

enum { IN_REWORK = 1 };

static void take_point(struct xml_reader *r, void *self, void *parent)
{
    struct rework_point *p = self;
    (void)parent;
    p->at = xml_at(r);
    if (!*p->applicant && !*p->name)
        diag_system(r->diag, p->at, "<point> 应写明 applicant（编号）或 name（姓名）",
                    "<point> needs applicant (the id) or name");
    if (*p->path)
        p->field = query_list_add(r->queries, r->arena, p->path, p->at, r->diag);
}

static const struct xml_attribute of_rework[] = {
    {"from", XML_TEXT, XML_AT(struct rework, from), .otherwise = ""},
    {"date", XML_TEXT, XML_AT(struct rework, date), .otherwise = ""},
    {0}};
static const struct xml_attribute of_point[] = {
    {"applicant", XML_TEXT, XML_AT(struct rework_point, applicant), .otherwise = ""},
    {"name", XML_TEXT, XML_AT(struct rework_point, name), .otherwise = ""},
    {"paper", XML_TEXT, XML_AT(struct rework_point, paper), .otherwise = ""},
    {"label", XML_TEXT, XML_AT(struct rework_point, label), .otherwise = ""},
    {"field", XML_TEXT, XML_AT(struct rework_point, path), .otherwise = ""},
    {"was", XML_TEXT, XML_AT(struct rework_point, was), .otherwise = ""},
    {"should", XML_TEXT, XML_AT(struct rework_point, should), .otherwise = ""},
    {"", XML_WORD, XML_AT(struct rework_point, text), .required = true},
    {0}};
static const struct xml_element elements[] = {
    {"rework", .inside = IN_REWORK, .attributes = of_rework},
    {"point", .where = IN_REWORK, .attributes = of_point, .size = sizeof(struct rework_point),
     XML_INTO(struct rework, points), .end = take_point},
    {0}};

static bool read_xml(struct rework *r, const char *path, struct query_list *queries,
                     struct diag *diag)
{
    struct xml_reader reader = {
        .elements = elements, .arena = &r->arena, .diag = diag, .queries = queries};
    return xml_read(&reader, path, r);
}

/* --- a sheet --- */

/* A column that the sheet may have, and the words that its head may be: rework.xml. */
struct rework_column {
    int which;
    const char *heads;
};

struct rework_sheet {
    struct rework_column *columns;
    size_t n, cap;
};

#define COLUMNS "applicant name paper label was should text"
enum { COLUMN_COUNT = 7, COLUMN_TEXT = 6, HEAD_ROWS = 20 };

static const size_t column_places[COLUMN_COUNT] = {
    offsetof(struct rework_point, applicant), offsetof(struct rework_point, name),
    offsetof(struct rework_point, paper),     offsetof(struct rework_point, label),
    offsetof(struct rework_point, was),       offsetof(struct rework_point, should),
    offsetof(struct rework_point, text)};

static const struct xml_attribute of_column[] = {
    {"name", XML_CHOICE, XML_AT(struct rework_column, which), .words = COLUMNS, .required = true},
    {"heads", XML_WORD, XML_AT(struct rework_column, heads), .required = true},
    {0}};
static const struct xml_element sheet_elements[] = {
    {"rework-sheet", .inside = IN_REWORK},
    {"column", .where = IN_REWORK, .attributes = of_column, .size = sizeof(struct rework_column),
     XML_INTO(struct rework_sheet, columns)},
    {0}};

struct sheet_reading {
    struct rework *rework;
    const struct rework_sheet *form;
    const char *path;
    const char *sheet;
    int columns[COLUMN_COUNT]; /* where each stands; 0: nowhere */
    struct {
        const char *value;
        uint32_t last_row;
    } merged[COLUMN_COUNT]; /* over several rows: it is said of each */
};

static void take_heads(struct sheet_reading *s, const struct xlsx_row *row)
{
    struct arena arena = {0};
    memset(s->columns, 0, sizeof s->columns);
    for (size_t i = 0; i < row->n; i++) {
        const char *head = correction_folded(row->cells[i].text, &arena);
        for (size_t k = 0; *head && k < s->form->n; k++)
            if (xml_word_place(s->form->columns[k].heads, head) >= 0)
                s->columns[s->form->columns[k].which] = (int)row->cells[i].column;
    }
    arena_free(&arena);
}

static bool has_heads(const struct sheet_reading *s)
{
    return s->columns[COLUMN_TEXT] && (s->columns[0] || s->columns[1]);
}

static const char *text_of(const struct xlsx_cell *cell, struct arena *arena)
{
    const struct value_rule date = {.type = VALUE_DATE}, line = {.type = VALUE_TEXT};
    struct value_reading r = value_read(cell->kind == XLSX_DATE ? &date : &line, cell, arena);
    return r.outcome == VALUE_REFUSED ? arena_strdup(arena, cell->text) : r.value;
}

/* Of a column in this row; own: it stands there, and not in a row above. */
static const char *value_at(struct sheet_reading *s, const struct xlsx_row *row, int k, bool *own)
{
    const char *value = "";
    for (size_t i = 0; i < row->n; i++) {
        const struct xlsx_cell *cell = &row->cells[i];
        if ((int)cell->column != s->columns[k] || cell->kind == XLSX_EMPTY)
            continue;
        value = text_of(cell, &s->rework->arena);
        s->merged[k].value = value;
        s->merged[k].last_row = cell->merged ? cell->merged->last_row : 0;
    }
    *own = *own || *value;
    return !*value && row->row <= s->merged[k].last_row ? s->merged[k].value : value;
}

static void take_row(struct sheet_reading *s, const struct xlsx_row *row, struct diag *diag)
{
    struct rework *r = s->rework;
    char cell[CELL_NAME];
    struct rework_point p = {.at = {s->path, 0}, .sheet = s->sheet, .path = ""};
    bool own = false;

    for (int k = 0; k < COLUMN_COUNT; k++)
        *(const char **)((char *)&p + column_places[k]) = value_at(s, row, k, &own);
    p.cell = arena_strdup(&r->arena, cell_name(cell, row->row, (uint32_t)s->columns[COLUMN_TEXT]));
    if (!own || !*p.text)
        return;
    if (*p.applicant || *p.name)
        *ARENA_PUSH(&r->arena, r->points, r->n, r->cap) = p;
    else
        diag_add(diag,
                 (struct finding){
                     .severity = SEVERITY_WARNING, .at = p.at, .sheet = p.sheet, .cell = p.cell},
                 "这条退回意见没有写编号或姓名，不知是谁的，没有列入",
                 "this point has neither id nor name, and was left out: it is nobody's");
}

/* false: a fault was reported. found: the heads stand in it. */
static bool read_rows(struct sheet_reading *s, struct xlsx *x, size_t sheet, bool *found,
                      struct diag *diag)
{
    struct xlsx_rows *rows = xlsx_rows_new(x, sheet, diag);
    struct xlsx_row row;

    *found = false;
    while (xlsx_rows_next(rows, &row)) {
        if (*found)
            take_row(s, &row, diag);
        else if (row.row > HEAD_ROWS)
            break;
        else
            take_heads(s, &row);
        *found = *found || has_heads(s);
    }
    bool ok = *found ? !xlsx_broken(x) : !diag_failed(diag);
    xlsx_rows_free(rows);
    return ok;
}

static bool read_sheets(struct sheet_reading *s, struct xlsx *x, struct diag *diag)
{
    const struct xlsx_sheet *sheets;
    bool found = false, ok = true;
    for (size_t i = 0, n = xlsx_sheets(x, &sheets); ok && !found && i < n; i++) {
        s->sheet = arena_strdup(&s->rework->arena, sheets[i].name);
        if (sheets[i].cells)
            ok = read_rows(s, x, i, &found, diag);
    }
    return ok && (found || diag_system(diag, (struct src_pos){s->path, 0},
                                       "没有一张表有退回意见的栏目：编号或姓名，和退回意见",
                                       "no sheet has the heads of a list of returned points: "
                                       "编号 or 姓名, and 退回意见"));
}

static bool read_book(struct rework *r, int fd, const char *path, const char *const *templates,
                      struct diag *diag)
{
    struct rework_sheet form = {0};
    const char *file = find_template(&r->arena, templates, "rework.xml", (struct src_pos){0}, diag);
    struct xml_reader reader = {.elements = sheet_elements, .arena = &r->arena, .diag = diag};
    struct sheet_reading s = {.rework = r, .form = &form, .path = path};

    if (!file || !xml_read(&reader, file, &form))
        return false;
    struct xlsx *x = xlsx_open(fd, path, diag);
    bool ok = x && read_sheets(&s, x, diag);
    xlsx_free(x);
    return ok;
}

struct rework *rework_read(const char *path, const char *const *templates, struct diag *diag)
{
    struct rework *r = mem_alloc(1, sizeof *r);
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool ok = fd >= 0 && fstat(fd, &st) == 0;

    r->from = r->date = "";
    if (!ok) {
        diag_unreadable(diag, path);
    } else {
        protect_file(&st, PROTECTED_INPUT);
        ok = S_ISREG(st.st_mode) && xlsx_claims(fd, path) ? read_book(r, fd, path, templates, diag)
                                                          : read_xml(r, path, &r->queries, diag);
    }
    if (fd >= 0)
        close(fd);
    if (ok)
        return r;
    rework_free(r);
    return NULL;
}

void rework_free(struct rework *r)
{
    if (!r)
        return;
    query_list_free(&r->queries);
    arena_free(&r->arena);
    free(r);
}

/* --- what has become of each --- */

struct settling {
    struct rework *rework;
    const struct package *package;
    const struct check_report *found;
    const struct changes *changes;
    struct record_cursor *cursor;
    struct query_context *query;
};

static void decide(struct rework_point *p, enum rework_state state, const char *zh, const char *en)
{
    p->state = state;
    p->outcome[LANGUAGE_ZH] = zh;
    p->outcome[LANGUAGE_EN] = en;
}

/* SIZE_MAX: nobody of the batch; *several: more than one bear the name. */
static size_t find_person(const struct settling *s, const struct rework_point *p, bool *several)
{
    const struct batch *b = s->package->batch;
    size_t found = SIZE_MAX;
    *several = false;
    for (size_t i = 0; i < b->n_chosen; i++) {
        bool same = *p->applicant ? !strcmp(b->chosen[i]->id, p->applicant)
                                  : !strcmp(b->chosen[i]->name, p->name);
        *several = *several || (same && found != SIZE_MAX);
        found = same ? i : found;
    }
    return found;
}

/* Does the value stand in an element or attribute there or below? */
static bool holds_value(record_node *node, const char *value)
{
    struct arena arena = {0};
    const char *name;
    bool found =
        !record_child(node, NULL) && !strcmp(plain_value(record_text(node, &arena), &arena), value);
    for (size_t i = 0; !found && (name = record_attribute_name(node, i)); i++)
        found = !strcmp(plain_value(record_attribute(node, name, &arena), &arena), value);
    for (record_node *c = NULL; !found && (c = record_child(node, c));)
        found = holds_value(c, value);
    arena_free(&arena);
    return found;
}

/* By the values that the point names. false: they decide nothing. */
static bool settle_by_value(struct settling *s, struct rework_point *p, record_node *node)
{
    struct arena *a = &s->rework->arena;
    const char *was = plain_value(p->was, a), *should = plain_value(p->should, a), *now = NULL;

    if (!*was && !*should)
        return false;
    if (p->field) {
        query_context_begin(s->query, node, record_asof(s->package->record));
        now = query_string(p->field, s->query, (struct query_place){node, 1, 1}, a).text;
        const char *plain = plain_value(now, a);
        bool done = *should ? !strcmp(plain, should) : strcmp(plain, was) != 0;
        decide(p, done ? REWORK_DONE : REWORK_OPEN, arena_printf(a, "现为“%s”", now),
               arena_printf(a, "it is '%s' now", now));
        return true;
    }
    if (*should && holds_value(node, should))
        decide(p, REWORK_DONE, arena_printf(a, "已有“%s”", p->should),
               arena_printf(a, "'%s' is there", p->should));
    else if (*was && holds_value(node, was))
        decide(p, REWORK_OPEN, arena_printf(a, "仍有“%s”", p->was),
               arena_printf(a, "'%s' is still there", p->was));
    else if (*should)
        decide(p, REWORK_OPEN, arena_printf(a, "没有“%s”", p->should),
               arena_printf(a, "there is no '%s'", p->should));
    else
        decide(p, REWORK_DONE, arena_printf(a, "已没有“%s”", p->was),
               arena_printf(a, "'%s' is there no more", p->was));
    return true;
}

/* By what check still finds at the place. */
static bool settle_by_finding(struct rework_point *p, const struct check_person *found)
{
    for (size_t i = 0; i < found->n; i++) {
        const struct finding *f = &found->list[i];
        bool here = (*p->path && f->field && !strcmp(f->field, p->path)) ||
                    (*p->label && f->label && !strcmp(f->label, p->label));
        if (here && f->severity != SEVERITY_INFO) {
            decide(p, REWORK_OPEN, f->text[LANGUAGE_ZH], f->text[LANGUAGE_EN]);
            return true;
        }
    }
    return false;
}

/* By which pages look otherwise than before. */
static void settle_by_change(struct settling *s, struct rework_point *p, const char *id)
{
    struct arena *a = &s->rework->arena;
    const char *list[LANGUAGE_COUNT] = {"", ""};

    for (size_t i = 0; i < s->changes->n; i++) {
        const struct owner_changes *o = &s->changes->list[i];
        for (size_t k = 0; o->scope == SCOPE_APPLICANT && !strcmp(o->id, id) && k < o->n; k++) {
            if (*p->paper && strcmp(o->list[k].file, p->paper))
                continue;
            for (int l = 0; l < LANGUAGE_COUNT; l++)
                list[l] =
                    arena_printf(a, "%s%s%s %s", list[l],
                                 !*list[l] ? ""
                                 : l       ? ", "
                                           : "，",
                                 o->list[k].file, change_pages(&o->list[k], (enum language)l, a));
        }
    }
    if (*list[LANGUAGE_ZH])
        decide(p, REWORK_LOOK, arena_printf(a, "有改动：%s", list[LANGUAGE_ZH]),
               arena_printf(a, "otherwise than before: %s", list[LANGUAGE_EN]));
    else
        decide(p, REWORK_OPEN, "没有改动", "nothing is otherwise than before");
}

/* Who it is about, or what is to be said where that is nobody. */
static void find_whom(const struct settling *s, struct rework_point *p)
{
    bool several;
    size_t chosen = find_person(s, p, &several);

    if (several)
        decide(p, REWORK_LOOK, "同名的不止一人，请写明编号", "several bear this name: give the id");
    else if (chosen == SIZE_MAX)
        decide(p, REWORK_GONE, "批次中没有此人", "nobody in the batch");
    else
        p->person = s->package->batch->chosen[chosen];
}

static void settle_point(struct settling *s, struct rework_point *p, size_t chosen,
                         record_node *node)
{
    const struct person *person = p->person;

    p->applicant = person->id;
    p->name = person->name;
    if (!s->package->results->people[person->number].complete)
        decide(p, REWORK_OPEN, "材料未做出，见核查的错误",
               "the papers were not made: see the errors");
    else if (!settle_by_value(s, p, node) && !settle_by_finding(p, &s->found->people[chosen]))
        settle_by_change(s, p, person->id);
}

static bool is_about(const struct rework *r, const struct person *person)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->points[i].person == person)
            return true;
    return false;
}

/* People are read in the batch's order, each once. */
static void settle_person(struct settling *s, size_t chosen)
{
    const struct person *person = s->package->batch->chosen[chosen];
    struct rework *r = s->rework;
    struct applicant who;
    struct diag silent = {0};
    bool read = record_reread(s->cursor, person->number, &who, &silent);

    for (size_t i = 0; i < r->n; i++) {
        if (r->points[i].person != person)
            continue;
        if (read)
            settle_point(s, &r->points[i], chosen, who.node);
        else
            decide(&r->points[i], REWORK_OPEN, "读不出此人的数据", "the record cannot be read");
    }
    diag_clear(&silent);
}

void rework_settle(struct rework *r, const struct package *p, const struct check_report *found,
                   const struct changes *changes)
{
    struct settling s = {r,
                         p,
                         found,
                         changes,
                         record_cursor_new(p->record, NULL),
                         query_context_new(p->papers->tables)};

    for (size_t i = 0; i < r->n; i++)
        find_whom(&s, &r->points[i]);
    for (size_t i = 0; i < p->batch->n_chosen; i++)
        if (is_about(r, p->batch->chosen[i]))
            settle_person(&s, i);
    for (size_t i = 0; i < r->n; i++)
        r->count[r->points[i].state]++;
    query_context_free(s.query);
    record_cursor_free(s.cursor);
}
