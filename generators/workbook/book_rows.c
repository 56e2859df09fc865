/* book_rows.c - rows of the sheets as pieces of XML: each value read as its column wants it, each
 * row given to the person or unit that it names. */
#include "core/markup.h"
#include "core/utf8.h"
#include "record/correction.h"
#include "record/id_number.h"
#include "record/quote.h"
#include "workbook/book_reading.h"
#include "workbook/statement.h"
#include "workbook/xlsx_book.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of all values: a text that many cells share is a small one in the file. */
enum { TEXT_MOST = 512 << 20 };

/* A value merged over several rows stands for all of them where it says whose they are. */
struct carried {
    char *value;
    uint32_t last_row;
    uint32_t refused_to; /* of a range whose value could be any row's: said at its first */
};

/* The row at hand; its strings go with it. */
struct row_at_hand {
    struct reading *r;
    struct read_sheet *s;
    uint32_t row;
    const char **values; /* of the form's columns; "" */
    bool *refused;       /* of the form's columns: what stands there could not be read */
    struct carried *carried;
    bool faulty;
    struct arena arena;
    const struct read_holder *who;
    const struct xlsx_row *cells;
};

static struct book_place place(const struct row_at_hand *h, size_t column)
{
    return (struct book_place){h->s, h->row, h->s->at[column], &h->s->form->columns[column],
                               h->who};
}

static bool refuse(struct row_at_hand *h, size_t column, const char *zh, const char *en)
{
    h->faulty = h->refused[column] = true;
    return book_say(h->r, SEVERITY_ERROR, place(h, column), "%s%.0s", "%.0s%s", zh, en);
}

/* --- values --- */

/* What no XML can hold: Excel writes it as _x0001_. */
static bool holds_controls(const char *s)
{
    for (size_t len = strlen(s), used; len > 0; s += used, len -= used) {
        uint32_t c = utf8_next(s, len, &used);
        if (c == UTF8_BAD || c == 0xFFFE || c == 0xFFFF ||
            (c < 0x20 && c != '\t' && c != '\n' && c != '\r'))
            return true;
    }
    return false;
}

static void tell_reading(struct row_at_hand *h, size_t column, const struct value_reading *v)
{
    struct arena *a = &h->arena;
    const struct book_column *c = &h->s->form->columns[column];
    bool yes_no = c->rule.type == VALUE_BOOL, identity = c->rule.type == VALUE_IDENTITY;
    const char *read = !yes_no                     ? v->value
                       : !strcmp(v->value, "true") ? "是"
                                                   : "否",
               *zh = v->note[LANGUAGE_ZH] ? v->note[LANGUAGE_ZH] : "",
               *en = v->note[LANGUAGE_EN] ? v->note[LANGUAGE_EN] : "", *written = v->written;
    if (identity) { /* with blanks or of full width it is a number all the same */
        written = id_number_mask_whole(a, written);
        read = id_number_mask_whole(a, read);
    }
    switch (v->outcome) {
    case VALUE_EMPTY:
    case VALUE_PLAIN:
        break;
    case VALUE_READ:
        book_say(h->r, SEVERITY_INFO, place(h, column), "%s%.0s", "%.0s%s",
                 arena_printf(a, "写的是%s，按%s读%s%s", quote(a, written),
                              *read ? quote(a, read) : "不填", *zh ? "：" : "", zh),
                 arena_printf(a, "%s is read as %s%s%s", quote(a, written),
                              *read ? quote(a, read) : "nothing", *en ? ": " : "", en));
        break;
    case VALUE_KEPT:
        if (c->kind != COLUMN_VALUE)
            break; /* whose a row is, is asked of it there */
        book_say(h->r, SEVERITY_WARNING, place(h, column), "%s%.0s", "%.0s%s", zh, en);
        break;
    case VALUE_REFUSED:
        refuse(h, column, zh, en);
        break;
    }
}

static bool is_tie(const struct book_column *c)
{
    return c->kind != COLUMN_VALUE;
}

/* A range over several rows: what says whose a row is goes on, any other value would be one row's
 * or all rows'. */
static void read_merged(struct row_at_hand *h, size_t column, const struct xlsx_cell *cell)
{
    const struct xlsx_range *m = cell->merged;
    char first[CELL_NAME], last[CELL_NAME];
    if (!m || m->last_row == m->row || cell->kind == XLSX_EMPTY)
        return;
    cell_name(first, m->row, m->column);
    cell_name(last, m->last_row, m->last_column);
    if (!is_tie(&h->s->form->columns[column])) {
        refuse(h, column,
               arena_printf(&h->arena,
                            "单元格 %s:%s 合并了几行，分不清是哪一行的；请取消合并，逐行填写",
                            first, last),
               arena_printf(&h->arena,
                            "%s:%s is merged over several rows, so that nobody can tell whose it "
                            "is: split it, and fill in each row",
                            first, last));
        h->carried[column].refused_to = m->last_row;
        return;
    }
    free(h->carried[column].value);
    h->carried[column].value = strdup(h->values[column]);
    h->carried[column].last_row = m->last_row;
    book_say(h->r, SEVERITY_INFO, place(h, column), "合并单元格 %s:%s 的每一行都按%s读",
             "each row of the merged cells %s:%s is read as %s", first, last,
             quote(&h->arena, h->values[column]));
}

/* The text of the file that a cell names in the place of a statement. */
static const char *read_statement(struct row_at_hand *h, size_t column, const char *href)
{
    char cell[CELL_NAME];
    const struct book_column *c = &h->s->form->columns[column];
    struct finding where = {.label = c->head,
                            .field = c->path,
                            .applicant = h->who ? h->who->id : NULL,
                            .name = h->who ? h->who->name : NULL,
                            .at = {h->r->name, 0},
                            .sheet = h->s->title,
                            .cell = cell};
    cell_name(cell, h->row, h->s->at[column]);
    const char *text = statement_read(h->r->dir, href, &where, &h->arena, h->r->remarks);
    if (!text)
        h->faulty = h->refused[column] = true;
    return text ? text : "";
}

static void read_cell(struct row_at_hand *h, size_t column, const struct xlsx_cell *cell)
{
    const struct book_column *c = &h->s->form->columns[column];
    struct value_reading v = value_read(&c->rule, cell, &h->arena);
    if (v.outcome != VALUE_EMPTY && v.outcome != VALUE_REFUSED && holds_controls(v.value)) {
        refuse(h, column, "含有控制字符，请重新输入这一格",
               "it holds control characters: type it again");
        return;
    }
    tell_reading(h, column, &v);
    h->values[column] = v.outcome == VALUE_REFUSED ? "" : v.value;
    if (c->rule.type == VALUE_STATEMENT && statement_is_file(h->values[column]))
        h->values[column] = read_statement(h, column, h->values[column]);
    read_merged(h, column, cell);
}

static const struct xlsx_cell *cell_at(const struct xlsx_row *row, uint32_t column)
{
    for (size_t i = 0; column && i < row->n; i++)
        if (row->cells[i].column == column)
            return &row->cells[i];
    return NULL;
}

/* Two columns of one head may say one thing, or one of them nothing. */
static void compare_twin(struct row_at_hand *h, size_t column)
{
    const struct xlsx_cell *other = cell_at(h->cells, h->s->twin[column]);
    char first[CELL_NAME], second[CELL_NAME];
    if (!other)
        return;
    struct value_reading v = value_read(&h->s->form->columns[column].rule, other, &h->arena);
    if (v.outcome == VALUE_EMPTY || !strcmp(v.value, h->values[column]))
        return;
    if (!*h->values[column] && v.outcome != VALUE_REFUSED) {
        h->values[column] = v.value;
        return;
    }
    cell_name(first, h->row, h->s->at[column]);
    cell_name(second, h->row, h->s->twin[column]);
    refuse(h, column,
           arena_printf(&h->arena, "“%s”有两列，%s 和 %s 的内容不同；请只留一列",
                        h->s->form->columns[column].head, first, second),
           arena_printf(&h->arena, "two columns are named '%s', and %s and %s differ: keep one",
                        h->s->form->columns[column].head, first, second));
}

/* A value in a column without a head belongs to nothing; said once a column. */
static void tell_headless(struct row_at_hand *h, const struct xlsx_cell *cell)
{
    struct read_sheet *s = h->s;
    bool known = cell->column <= s->n_columns;
    if (cell->kind == XLSX_EMPTY ||
        (known && (s->headless[cell->column] || s->of_column[cell->column] >= 0)))
        return;
    for (size_t i = 0; i < s->form->n; i++)
        if (s->twin[i] == cell->column)
            return;
    if (known)
        s->headless[cell->column] = true;
    book_say(h->r, SEVERITY_WARNING, (struct book_place){s, h->row, cell->column, NULL, h->who},
             "这一列没有表头，没有读", "its column has no head, so it was not read");
}

/* Who the row is about, before its values are read, so that each finding names him. */
static void foresee(struct row_at_hand *h, const struct xlsx_row *row)
{
    const struct book_sheet *form = h->s->form;
    bool people = !strcmp(form->rows->element, "applicant") && !form->rows->joins;
    const char *id = "", *name = "";
    for (size_t i = 0; i < form->n; i++) {
        const struct book_column *c = &form->columns[i];
        bool is_id = people ? !strcmp(c->path, "@id") : c->kind == COLUMN_PERSON,
             is_name = people && !strcmp(c->path, "person/name");
        const struct xlsx_cell *cell = is_id || is_name ? cell_at(row, h->s->at[i]) : NULL;
        if (cell)
            *(is_id ? &id : &name) = value_read(&c->rule, cell, &h->arena).value;
        else if (is_id && h->carried[i].value && h->row <= h->carried[i].last_row)
            id = h->carried[i].value;
    }
    if (people && *id) {
        struct read_holder *shown = ARENA_NEW(&h->arena, struct read_holder);
        *shown = (struct read_holder){.id = id, .name = name};
        h->who = shown;
    } else if (*id) {
        const struct id_bearer *b = ids_find(&h->r->people_ids, id);
        h->who = b ? &h->r->people[b->first] : NULL;
    }
}

/* Values of all columns; false: the row is blank. */
static bool read_values(struct row_at_hand *h, const struct xlsx_row *row)
{
    bool any = false;
    for (size_t i = 0; i < h->s->form->n; i++) {
        h->values[i] = "";
        h->refused[i] = h->row <= h->carried[i].refused_to;
    }
    for (size_t i = 0; i < row->n; i++) {
        const struct xlsx_cell *cell = &row->cells[i];
        int column = cell->column <= h->s->n_columns ? h->s->of_column[cell->column] : -1;
        if (column >= 0)
            read_cell(h, (size_t)column, cell);
        else
            tell_headless(h, cell);
    }
    for (size_t i = 0; i < h->s->form->n; i++) {
        if (h->s->twin[i])
            compare_twin(h, i);
        any = any || *h->values[i];
    }
    for (size_t i = 0; any && i < h->s->form->n; i++)
        h->faulty = h->faulty || h->row <= h->carried[i].refused_to;
    for (size_t i = 0; (any || h->faulty) && i < h->s->form->n; i++)
        if (!*h->values[i] && h->carried[i].value && h->row <= h->carried[i].last_row)
            h->values[i] = h->carried[i].value;
    return any || h->faulty;
}

/* --- whose a row is --- */

static int column_of_kind(const struct book_sheet *form, enum book_column_kind kind)
{
    for (size_t i = 0; i < form->n; i++)
        if (form->columns[i].kind == kind)
            return (int)i;
    return -1;
}

static const char *value_of_kind(const struct row_at_hand *h, enum book_column_kind kind)
{
    int c = column_of_kind(h->s->form, kind);
    return c >= 0 ? h->values[c] : "";
}

/* Where to point for what a row lacks: the column, or the row's first. */
static size_t spot(const struct row_at_hand *h, enum book_column_kind kind)
{
    int c = column_of_kind(h->s->form, kind);
    return c >= 0 ? (size_t)c : 0;
}

static uint32_t find_holder(const struct ids *ids, const char *id)
{
    const struct id_bearer *b = *id ? ids_find(ids, id) : NULL;
    return b ? (uint32_t)b->first : NOBODY;
}

/* A name that just one bears. */
static uint32_t find_by_name(const struct ids *names, const char *name)
{
    const struct id_bearer *b = *name ? ids_find(names, name) : NULL;
    bool alone = b && (b + 1 == names->list + names->n || strcmp(b[1].id, name));
    return alone ? (uint32_t)b->number : NOBODY;
}

/* A row of nobody is a fault of its own: all others need not wait until it is mended. */
static uint32_t lose(struct row_at_hand *h, size_t column, const char *zh, const char *en)
{
    h->r->has_stray_rows = true;
    refuse(h, column, zh, en);
    return NOBODY;
}

/* Of a row that names nobody for another reason, which was reported where it lies. */
static uint32_t lose_silently(struct row_at_hand *h)
{
    h->r->has_stray_rows = h->faulty = true;
    return NOBODY;
}

static void note_unread_person(struct reading *r, const char *name)
{
    r->n_unread_people++;
    if (*name)
        ids_add(&r->unread_names, r->arena, correction_folded(name, r->arena), 0);
}

/* May the row, which names nobody, be of a person whose own row has no id? By its name, where both
 * have one. */
static bool may_be_unread(struct row_at_hand *h, const char *name)
{
    const struct reading *r = h->r;
    if (!*name || r->n_unread_people > r->unread_names.n)
        return r->n_unread_people > 0;
    return ids_find(&r->unread_names, correction_folded(name, &h->arena));
}

static void check_name(struct row_at_hand *h, uint32_t person)
{
    struct read_holder *p = &h->r->people[person];
    const char *name = value_of_kind(h, COLUMN_NAME);
    struct arena *a = &h->arena;
    /* Blanks and what cannot be seen are the business of 人员; one slip there is not to be told of
     * every other row. */
    if (!*name || !*p->name || (p->misnamed && !strcmp(p->misnamed, name)) ||
        !strcmp(correction_folded(name, a), correction_folded(p->name, a)))
        return;
    p->faulty = true;
    p->misnamed = arena_strdup(h->r->arena, name);
    refuse(h, spot(h, COLUMN_NAME),
           arena_printf(a, "编号 %s 在人员表里是%s，这里写的是%s；请改正编号或姓名",
                        quote_name(a, p->id), quote(a, p->name), quote(a, name)),
           arena_printf(a,
                        "%s is %s in the sheet of people, and %s here: correct the id or the name",
                        quote_name(a, p->id), quote(a, p->name), quote(a, name)));
}

/* What is known of an id that nobody has; NULL: of so many nothing is. One slip in 人员 is not to
 * be told of each row. */
static struct stray_id *stray_of(struct reading *r, const char *id)
{
    enum { KNOWN_MOST = 1000 };
    for (size_t i = 0; i < r->n_strays; i++)
        if (!strcmp(r->strays[i].id, id))
            return &r->strays[i];
    if (r->n_strays == KNOWN_MOST)
        return NULL;
    struct stray_id *stray = ARENA_PUSH(r->arena, r->strays, r->n_strays, r->cap_strays);
    *stray = (struct stray_id){.id = arena_strdup(r->arena, id)};
    return stray;
}

/* The id of somebody that it may have been meant for; NULL: none, or there are too many to ask all
 * people for each. */
static const char *nearest_person(struct reading *r, struct stray_id *stray)
{
    enum { ASKED_MOST = 200 };
    if (stray && !stray->asked && stray < r->strays + ASKED_MOST)
        stray->near = ids_nearest(&r->people_ids, stray->id);
    if (stray)
        stray->asked = true;
    return stray ? stray->near : NULL;
}

/* Letters that are taken for digits, and small ones, are the same. */
static bool looks_like(const char *a, const char *b)
{
    static const char letters[] = "oOlI", digits[] = "0011";
    for (; *a && *b; a++, b++) {
        const char *x = strchr(letters, *a), *y = strchr(letters, *b);
        if (toupper((unsigned char)(x ? digits[x - letters] : *a)) !=
            toupper((unsigned char)(y ? digits[y - letters] : *b)))
            return false;
    }
    return *a == *b;
}

/* Whose row it is by its name, or by an id that looks the same (A0O1), so that nothing else is
 * missed on account of the id, which stays a fault; else NOBODY. */
static uint32_t unknown_person(struct row_at_hand *h, const char *id)
{
    struct reading *r = h->r;
    struct arena *a = &h->arena;
    uint32_t person = find_by_name(&r->people_names, value_of_kind(h, COLUMN_NAME));
    struct stray_id *stray = stray_of(r, id);
    const char *near = person != NOBODY ? r->people[person].id : nearest_person(r, stray),
               *shown = quote_name(a, id);
    if (person == NOBODY && near && looks_like(id, near) && !*value_of_kind(h, COLUMN_NAME))
        person = find_holder(&r->people_ids, near);
    /* whose own id was mistyped as another's: that is said in 人员 */
    if (person != NOBODY && find_holder(&r->people_ids, near) != person)
        return person;
    if (person == NOBODY && may_be_unread(h, value_of_kind(h, COLUMN_NAME)))
        return lose_silently(h);
    h->r->has_stray_rows = true;
    switch (stray ? ++stray->rows : 1) {
    case 1:
        refuse(h, spot(h, COLUMN_PERSON),
               arena_printf(a, "人员表里没有编号 %s%s%s", shown, near ? "；是不是 " : "",
                            near ? near : ""),
               arena_printf(a, "no person has the id %s%s%s", shown, near ? "; is it " : "",
                            near ? near : ""));
        break;
    case 2:
        refuse(h, spot(h, COLUMN_PERSON),
               arena_printf(a, "编号 %s 还写在这里和后面的行里，人员表里没有，不再逐行列出", shown),
               arena_printf(a,
                            "the id %s stands here and in rows behind, too: no person has it, and "
                            "the others are not listed",
                            shown));
        break;
    default:
        h->faulty = true;
    }
    if (person != NOBODY)
        r->people[person].faulty = true;
    return person;
}

/* The person that a row is about. NOBODY: reported. */
static uint32_t person_of(struct row_at_hand *h)
{
    struct reading *r = h->r;
    struct arena *a = &h->arena;
    size_t column = spot(h, COLUMN_PERSON);
    const char *id = value_of_kind(h, COLUMN_PERSON), *name = value_of_kind(h, COLUMN_NAME);
    uint32_t person = find_holder(&r->people_ids, id);
    if (person != NOBODY) {
        check_name(h, person);
        return person;
    }
    if (*id)
        return unknown_person(h, id);
    person = find_by_name(&r->people_names, name);
    if (h->refused[column]) /* told */
        return person != NOBODY ? person : lose_silently(h);
    if (person != NOBODY) {
        book_say(r, SEVERITY_INFO, place(h, column), "没有填编号，按姓名%s读作 %s",
                 "without an id, by the name %s it is read as %s's", quote(a, name),
                 quote_name(a, r->people[person].id));
        return person;
    }
    if (!*name && r->n_people == 1 && !r->n_unread_people)
        return 0;
    if (may_be_unread(h, name) && (*name || r->n_people + r->n_unread_people == 1))
        return lose_silently(h);
    return lose(h, column,
                *name ? "没有填编号，姓名在人员表里没有或不止一人；请填编号"
                      : "这一行没有填编号，不知是谁的；请填编号，或删去这一行",
                *name ? "it has no id, and its name is nobody's or several people's: fill in the id"
                      : "the row has no id, so nobody can tell whose it is: fill it in, or delete "
                        "the row");
}

static uint32_t unit_of(struct row_at_hand *h)
{
    struct reading *r = h->r;
    struct arena *a = &h->arena;
    size_t column = spot(h, COLUMN_UNIT);
    const char *id = value_of_kind(h, COLUMN_UNIT);
    uint32_t unit = find_holder(&r->units_ids, id);
    if (unit != NOBODY)
        return unit;
    if (!*id && r->n_units == 1 && !r->n_unread_units)
        return 0;
    if ((unit = find_by_name(&r->units_names, id)) != NOBODY) {
        book_say(r, SEVERITY_INFO, place(h, column), "写的是单位名称，读作单位编号 %s",
                 "the unit's name is read as its id, %s", r->units[unit].id);
        return unit;
    }
    if (r->n_unread_units && (*id || r->n_units + r->n_unread_units == 1))
        return lose_silently(h);
    const char *near = *id ? ids_nearest(&r->units_ids, id) : NULL, *shown = quote_name(a, id);
    return lose(h, column,
                *id ? arena_printf(a, "单位表里没有编号 %s%s%s", shown, near ? "；是不是 " : "",
                                   near ? near : "")
                    : "没有填单位编号",
                *id ? arena_printf(a, "no unit has the id %s%s%s", shown, near ? "; is it " : "",
                                   near ? near : "")
                    : "its unit is not named");
}

/* --- pieces of XML --- */

struct word_value {
    const char *path, *value;
};

static bool begins(const char *path, const char *prefix, size_t len)
{
    return !strncmp(path, prefix, len);
}

static void put_attributes(struct buffer *out, const struct word_value *v, size_t n,
                           const char *prefix, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (*v[i].value && begins(v[i].path, prefix, len) && v[i].path[len] == '@') {
            buffer_printf(out, " %s=\"", v[i].path + len + 1);
            buffer_markup(out, v[i].value);
            buffer_putc(out, '"');
        }
}

static const char *text_at(const struct word_value *v, size_t n, const char *path)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(v[i].path, path))
            return v[i].value;
    return "";
}

/* The children below a prefix ("", "person/"), each once, with all that has values. */
static void put_children(struct buffer *out, const struct word_value *v, size_t n,
                         const char *prefix)
{
    size_t len = strlen(prefix);
    for (size_t i = 0; i < n; i++) {
        char name[128], below[136];
        const char *rest = v[i].path + len;
        bool seen = false;
        if (!*v[i].value || !begins(v[i].path, prefix, len) || !*rest || *rest == '@' ||
            *rest == '.')
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(len + strcspn(rest, "/")), v[i].path);
        size_t whole = strlen(name);
        for (size_t k = 0; k < i && !seen; k++)
            seen = *v[k].value && begins(v[k].path, name, whole) &&
                   (!v[k].path[whole] || v[k].path[whole] == '/');
        if (seen)
            continue;
        snprintf(below, sizeof below, "%s/", name);
        buffer_printf(out, "<%s", name + len);
        put_attributes(out, v, n, below, whole + 1);
        buffer_puts(out, ">");
        buffer_markup(out, text_at(v, n, name));
        put_children(out, v, n, below);
        buffer_printf(out, "</%s>", name + len);
    }
}

/* The row's element without its end tag; of one that joins another the children alone. */
static void put_piece(struct row_at_hand *h, const struct book_row *kind, struct buffer *out,
                      const char *element)
{
    const struct book_sheet *form = h->s->form;
    struct word_value *v = ARENA_ARRAY(&h->arena, struct word_value, form->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < form->n; i++)
        if (form->columns[i].kind == COLUMN_VALUE && book_has(&form->columns[i], kind))
            v[n++] = (struct word_value){form->columns[i].path, h->values[i]};
    if (!kind->joins) {
        buffer_printf(out, "<%s", element);
        put_attributes(out, v, n, "", 0);
        buffer_puts(out, ">");
        buffer_markup(out, text_at(v, n, "."));
    }
    put_children(out, v, n, "");
}

/* What may have been meant where a value could not be read: no rule is to rest on its lack. */
static void note_flaw(struct row_at_hand *h, const struct book_column *c)
{
    size_t len = strlen(c->path);
    const char *path = c->path;
    for (size_t i = 0; i < h->s->form->n; i++) { /* the element is there for an attribute's sake */
        const char *other = h->s->form->columns[i].path;
        if (*h->values[i] && !strncmp(other, c->path, len) && other[len] == '/')
            path = arena_printf(h->r->arena, "%s/.", c->path);
    }
    static const char *const both[] = {"true", "false"};
    static const char *const dates[] = {"2020-06-01"}, *const numbers[] = {"1", "1000"},
                             *const ranks[] = {"1/2"};
    struct reading *r = h->r;
    struct cell_flaw f = {.path = path, .readings = c->rule.words, .n = c->rule.n_words};
    if (c->rule.type == VALUE_BOOL)
        f = (struct cell_flaw){0, path, both, 2};
    else if (c->rule.type == VALUE_NUMBER || c->rule.type == VALUE_COUNT)
        f = (struct cell_flaw){0, path, numbers, 2};
    else if (c->rule.type == VALUE_RANK)
        f = (struct cell_flaw){0, path, ranks, 1};
    else if (!f.n && c->rule.type >= VALUE_DATE && c->rule.type <= VALUE_DAY && !*c->example)
        f = (struct cell_flaw){0, path, dates, 1};
    if (!f.n) {
        const char **one = ARENA_ARRAY(r->arena, const char *, 1);
        one[0] = *c->example ? c->example : "示例";
        f = (struct cell_flaw){0, path, one, 1};
    }
    *ARENA_PUSH(r->arena, r->flaws, r->n_flaws, r->cap_flaws) = f;
}

static uint32_t note_flaws(struct row_at_hand *h, const struct book_row *kind)
{
    size_t before = h->r->n_flaws;
    for (size_t i = 0; h->faulty && i < h->s->form->n; i++)
        if (h->refused[i] && h->s->form->columns[i].kind == COLUMN_VALUE &&
            book_has(&h->s->form->columns[i], kind))
            note_flaw(h, &h->s->form->columns[i]);
    return (uint32_t)(h->r->n_flaws - before);
}

static uint32_t keep_piece(struct row_at_hand *h, const struct book_row *kind, const char *element,
                           const char *id)
{
    struct reading *r = h->r;
    struct buffer piece = {0};
    put_piece(h, kind, &piece, element);
    uint32_t number = (uint32_t)r->n_rows;
    struct read_row *row = MEM_PUSH(r->rows, r->n_rows, r->cap_rows);
    const char *owner = value_of_kind(h, COLUMN_OWNER);
    uint32_t flaws = (uint32_t)r->n_flaws;
    *row = (struct read_row){.at = r->written,
                             .len = (uint32_t)piece.len,
                             .sheet = (uint32_t)(h->s - r->sheets),
                             .row = h->row,
                             .kind = (uint16_t)(kind - h->s->form->rows),
                             .next = NOBODY,
                             .id = *id ? arena_strdup(r->arena, id) : "",
                             .owner = *owner ? arena_strdup(r->arena, owner) : "",
                             .flaws = flaws,
                             .n_flaws = note_flaws(h, kind)};
    buffer_add(&r->pieces, piece.data, piece.len);
    r->written += piece.len;
    buffer_clear(&piece);
    return number;
}

/* --- rows of each kind --- */

static const char *value_at_path(const struct row_at_hand *h, const char *path)
{
    for (size_t i = 0; i < h->s->form->n; i++)
        if (h->s->form->columns[i].kind == COLUMN_VALUE &&
            !strcmp(h->s->form->columns[i].path, path))
            return h->values[i];
    return "";
}

static size_t column_of_id(const struct row_at_hand *h)
{
    for (size_t i = 0; i < h->s->form->n; i++)
        if (!strcmp(h->s->form->columns[i].path, "@id"))
            return i;
    return 0;
}

/* The guide's example, copied to where data belong. */
static bool is_example(const struct row_at_hand *h)
{
    size_t same = 0;
    if (!*value_at_path(h, "person/name"))
        return false;
    for (size_t i = 0; i < h->s->form->n; i++) {
        const struct book_column *c = &h->s->form->columns[i];
        if (!*h->values[i] || !*c->example || c->rule.type == VALUE_BOOL)
            continue;
        if (strcmp(h->values[i], c->example))
            return false;
        same++;
    }
    return same >= 5;
}

/* Who has no id cannot be listed; false: reported. */
static bool has_id(struct row_at_hand *h, const char *id, const char *what_zh, const char *what_en)
{
    size_t column = column_of_id(h);
    if (*id)
        return true;
    h->r->lost = true;
    if (!h->faulty || !cell_at(h->cells, h->s->at[column]))
        refuse(h, column, arena_printf(&h->arena, "没有填%s编号", what_zh),
               arena_printf(&h->arena, "the %s has no id", what_en));
    return false;
}

static void read_person(struct row_at_hand *h, const struct book_row *kind)
{
    struct reading *r = h->r;
    const char *id = value_at_path(h, "@id"), *name = value_at_path(h, "person/name");
    struct read_holder shown = {.id = id, .name = name};
    bool example = is_example(h), stray = r->has_stray_rows;
    h->who = *id ? &shown : NULL;
    if (example)
        refuse(h, column_of_id(h), "这是说明里的示例行，请换成真实的人，或删去",
               "this is the example of the guide: write a real person, or delete it");
    if (has_id(h, id, "申报人", "person")) {
        /* Who has no unit is known all the same, and all his rows with him. */
        uint32_t unit = example ? NOBODY : unit_of(h);
        r->has_stray_rows = stray;
        *MEM_PUSH(r->people, r->n_people, r->cap_people) =
            (struct read_holder){.id = arena_strdup(r->arena, id),
                                 .name = arena_strdup(r->arena, name),
                                 .row = keep_piece(h, kind, kind->element, id),
                                 .unit = unit,
                                 .first = NOBODY,
                                 .last = NOBODY,
                                 .next = NOBODY,
                                 .faulty = h->faulty};
    } else {
        note_unread_person(r, name);
    }
    h->who = NULL;
}

static void read_unit(struct row_at_hand *h, const struct book_row *kind)
{
    struct reading *r = h->r;
    const char *id = value_at_path(h, "@id");
    if (has_id(h, id, "单位", "unit"))
        *MEM_PUSH(r->units, r->n_units, r->cap_units) =
            (struct read_holder){.id = arena_strdup(r->arena, id),
                                 .name = arena_strdup(r->arena, value_at_path(h, "@name")),
                                 .row = keep_piece(h, kind, kind->element, id),
                                 .first = NOBODY,
                                 .last = NOBODY,
                                 .people = NOBODY,
                                 .last_person = NOBODY,
                                 .faulty = h->faulty};
    else
        r->n_unread_units++;
}

static void read_batch(struct row_at_hand *h, const struct book_row *kind)
{
    struct reading *r = h->r;
    if (r->batch != NOBODY) {
        refuse(h, 0, "“批次”表只能填一行，这一行没有读",
               "there may be one row here: this one was not read");
        r->lost = true;
        return;
    }
    r->batch = keep_piece(h, kind, kind->element, "");
    r->lost = r->lost || h->faulty;
}

static void read_delegation(struct row_at_hand *h, const struct book_row *kind)
{
    struct reading *r = h->r;
    uint32_t row = keep_piece(h, kind, kind->element, value_at_path(h, "@id"));
    if (r->delegations == NOBODY)
        r->delegations = row;
    else
        r->rows[r->last_delegation].next = row;
    r->last_delegation = row;
    r->lost = r->lost || h->faulty;
}

/* A row of a person or a unit. */
static void append_row(struct reading *r, struct read_holder *holder, uint32_t row)
{
    if (holder->first == NOBODY)
        holder->first = row;
    else
        r->rows[holder->last].next = row;
    holder->last = row;
}

/* A person has one row in a sheet that adds to 人员. */
static bool is_second(struct row_at_hand *h, struct read_holder *person)
{
    struct reading *r = h->r;
    uint32_t sheet = (uint32_t)(h->s - r->sheets);
    const struct read_row *last = person->last == NOBODY ? NULL : &r->rows[person->last];
    if (!last || last->sheet != sheet) /* sheets are read one by one */
        return false;
    refuse(h, spot(h, COLUMN_PERSON),
           arena_printf(&h->arena, "这张表每人只能有一行，第 %u 行已经有了；这一行没有读",
                        (unsigned)last->row),
           arena_printf(&h->arena,
                        "a person has one row here, which is row %u: this one was not read",
                        (unsigned)last->row));
    return true;
}

static void read_entry(struct row_at_hand *h, const struct book_row *kind)
{
    struct reading *r = h->r;
    bool of_unit = kind->within == WITHIN_UNIT;
    uint32_t number = of_unit ? unit_of(h) : person_of(h);
    if (number == NOBODY)
        return;
    struct read_holder *holder = of_unit ? &r->units[number] : &r->people[number];
    h->who = of_unit ? NULL : holder;
    if (!kind->joins || !is_second(h, holder)) {
        bool alone = kind->within == WITHIN_ITEM && !*value_of_kind(h, COLUMN_OWNER);
        append_row(
            r, holder,
            keep_piece(h, kind, alone ? "document" : kind->element, value_at_path(h, "@id")));
    }
    holder->faulty = holder->faulty || h->faulty;
    h->who = NULL;
}

/* Which of the sheet's kinds the row is; *known false: it was reported, and is kept as of the first
 * kind, so that what names the row is not at fault, too. */
static const struct book_row *kind_of(struct row_at_hand *h, bool *known)
{
    const struct book_sheet *form = h->s->form;
    int column = column_of_kind(form, COLUMN_ROW);
    if (column < 0)
        return form->rows;
    const struct value_rule *rule = &form->columns[column].rule;
    const char *word = h->values[column], *words = "";
    for (size_t i = 0; i < form->n_rows; i++)
        if (!strcmp(form->rows[i].word, word))
            return &form->rows[i];
    for (size_t i = 0; i < rule->n_words; i++)
        words = arena_printf(&h->arena, "%s%s%s", words, *words ? "、" : "", rule->words[i]);
    refuse(h, (size_t)column,
           arena_printf(&h->arena,
                        *word ? "种类应为 %s 之一，不是%s" : "没有填种类：应为 %s 之一%.0s", words,
                        quote(&h->arena, word)),
           arena_printf(&h->arena, "the kind is one of %s, not %s", words, quote(&h->arena, word)));
    *known = false;
    return form->rows;
}

/* Values in columns that other kinds of rows have would go nowhere. */
static void refuse_misplaced(struct row_at_hand *h, const struct book_row *kind)
{
    const struct book_sheet *form = h->s->form;
    for (size_t i = 0; i < form->n; i++)
        if (form->columns[i].kind == COLUMN_VALUE && *h->values[i] &&
            !book_has(&form->columns[i], kind))
            refuse(h, i,
                   arena_printf(&h->arena, "“%s”行没有“%s”这一项；请移到对应的列，或清空",
                                kind->word, form->columns[i].head),
                   arena_printf(&h->arena,
                                "a row of %s has no %s: move it to its column, or empty "
                                "the cell",
                                kind->word, form->columns[i].head));
}

/* Columns that the kind has to have, and whose heads were missed. */
static void refuse_missed(struct row_at_hand *h, const struct book_row *kind)
{
    for (size_t i = 0; i < h->s->form->n; i++) {
        const struct book_column *c = &h->s->form->columns[i];
        if (!h->s->at[i] && c->required && c->kind == COLUMN_VALUE && book_has(c, kind))
            h->refused[i] = h->faulty = true;
    }
}

static void read_row(struct row_at_hand *h)
{
    bool known = true;
    const struct book_row *kind = kind_of(h, &known);
    refuse_missed(h, kind);
    if (known)
        refuse_misplaced(h, kind);
    if (!strcmp(kind->element, "batch"))
        read_batch(h, kind);
    else if (!strcmp(kind->element, "delegation"))
        read_delegation(h, kind);
    else if (!strcmp(kind->element, "unit"))
        read_unit(h, kind);
    else if (!strcmp(kind->element, "applicant") && !kind->joins)
        read_person(h, kind);
    else
        read_entry(h, kind);
}

/* Who filters or hides rows may think that they are left out. */
static void tell_hidden(struct reading *r, struct read_sheet *s, size_t hidden, uint32_t first,
                        uint32_t last)
{
    if (hidden)
        book_say(r, SEVERITY_INFO, (struct book_place){s, first, 0, NULL, NULL},
                 "有 %zu 行隐藏着（第 %u 至 %u 行之间），也都读了",
                 "%zu rows are hidden (between rows %u and %u), and were read like the others",
                 hidden, (unsigned)first, (unsigned)last);
}

/* hidden: of each of the form's columns, whether something stands in it that is not seen. */
static void note_hidden_columns(const struct read_sheet *s, const struct xlsx_row *row,
                                bool *hidden)
{
    for (size_t i = 0; i < row->n; i++) {
        const struct xlsx_cell *c = &row->cells[i];
        if (c->hidden_column && c->kind != XLSX_EMPTY && c->column <= s->n_columns &&
            s->of_column[c->column] >= 0)
            hidden[s->of_column[c->column]] = true;
    }
}

static void tell_hidden_columns(struct reading *r, struct read_sheet *s, const bool *hidden)
{
    const char *heads = "";
    uint32_t first = 0;
    for (size_t i = 0; i < s->form->n; i++)
        if (hidden[i]) {
            heads = arena_printf(r->arena, "%s%s%s", heads, first ? "、" : "",
                                 s->form->columns[i].head);
            first = first && first < s->at[i] ? first : s->at[i];
        }
    if (first)
        book_say(r, SEVERITY_INFO, (struct book_place){s, s->head_row, first, NULL, NULL},
                 "隐藏着的列（%s）也都读了",
                 "columns are hidden (%s), and were read like the others", heads);
}

/* Would a row be at fault that says nothing at all? */
static bool wants_content(const struct book_sheet *form)
{
    bool wants = column_of_kind(form, COLUMN_ROW) >= 0;
    for (size_t i = 0; i < form->n; i++)
        wants = wants || (form->columns[i].required && form->columns[i].kind == COLUMN_VALUE);
    return wants && !form->rows->joins && column_of_kind(form, COLUMN_PERSON) >= 0;
}

/* Does a cell merged over rows above say more of the row than whose it is? */
static bool is_reached(const struct row_at_hand *h)
{
    for (size_t i = 0; i < h->s->form->n; i++) {
        const struct carried *c = &h->carried[i];
        enum book_column_kind kind = h->s->form->columns[i].kind;
        bool value = c->value && *c->value && kind != COLUMN_PERSON && kind != COLUMN_NAME;
        if (h->row <= c->refused_to || (value && h->row <= c->last_row))
            return true;
    }
    return false;
}

/* Ids and names are filled in downwards, further than there is something to say; others write 无.
 */
static bool says_nothing(struct row_at_hand *h, const struct xlsx_row *row)
{
    const struct book_sheet *form = h->s->form;
    bool any = false;
    if (!wants_content(form) || is_reached(h))
        return false;
    for (size_t i = 0; i < row->n; i++) {
        const struct xlsx_cell *cell = &row->cells[i];
        int k = cell->column <= h->s->n_columns ? h->s->of_column[cell->column] : -1;
        enum book_column_kind kind = k < 0 ? COLUMN_VALUE : form->columns[k].kind;
        bool blank = cell->kind == XLSX_EMPTY ||
                     (cell->kind == XLSX_TEXT && !*correction_folded(cell->text, &h->arena));
        if (blank)
            continue;
        any = any || k >= 0;
        if (kind != COLUMN_NAME && !(kind == COLUMN_PERSON && h->who) &&
            !value_says_none(cell, &h->arena))
            return false;
    }
    return any;
}

static void keep_blank(struct row_at_hand *h)
{
    struct reading *r = h->r;
    uint32_t number = (uint32_t)r->n_rows;
    if (!h->who)
        return;
    *MEM_PUSH(r->rows, r->n_rows, r->cap_rows) =
        (struct read_row){.sheet = (uint32_t)(h->s - r->sheets),
                          .row = h->row,
                          .next = NOBODY,
                          .id = "",
                          .owner = "",
                          .blank = true};
    append_row(r, &r->people[h->who - r->people], number);
}

/* A row that is none of the data: passed over, and said. */
static bool is_aside(struct row_at_hand *h, const struct xlsx_row *row)
{
    static const char *const said[][2] = {
        [ASIDE_TOTAL] = {"这一行是合计，不是数据，没有读", "the row is a total and was not read"},
        [ASIDE_REMARK] = {"这一行是表下的说明，不是数据，没有读",
                          "the row is a remark below the table and was not read"},
        [ASIDE_NUMBERS] = {"这一行是各栏的序号，不是数据，没有读",
                           "the row numbers the columns and was not read"},
    };
    uint32_t column = 0;
    enum book_aside aside = book_aside(h->r->form, h->s, row, &h->arena, &column);
    if (aside != ASIDE_NONE)
        book_say(h->r, SEVERITY_INFO, (struct book_place){h->s, h->row, column, NULL, NULL},
                 "%s%.0s", "%.0s%s", said[aside][0], said[aside][1]);
    if (aside != ASIDE_NONE || !says_nothing(h, row))
        return aside != ASIDE_NONE;
    keep_blank(h);
    return book_say(h->r, SEVERITY_WARNING,
                    (struct book_place){h->s, h->row, row->cells[0].column, NULL, h->who},
                    "这一行没有内容，没有读；要填的请填上，多余的请清空",
                    "the row says nothing and was not read: fill it in, or empty it");
}

static void read_sheet_rows(struct reading *r, struct read_sheet *s)
{
    struct xlsx_rows *rows = xlsx_rows_new(r->file, s->sheet, r->remarks);
    struct carried *carried = mem_alloc(s->form->n + 1, sizeof *carried);
    const char **values = mem_alloc(s->form->n + 1, sizeof *values);
    bool *refused = mem_alloc(s->form->n + 1, sizeof *refused);
    bool *hidden_columns = mem_alloc(s->form->n + 1, sizeof *hidden_columns);
    size_t hidden = 0;
    uint32_t first = 0, last = 0;
    struct xlsx_row row;
    while (xlsx_rows_next(rows, &row)) {
        if (row.row <= s->head_row)
            continue;
        struct row_at_hand h = {.r = r,
                                .s = s,
                                .row = row.row,
                                .values = values,
                                .refused = refused,
                                .carried = carried,
                                .cells = &row};
        if (r->written > TEXT_MOST) {
            xlsx_refuse_at(r->file, s->sheet, NULL, "之前的内容过多：请分成几个工作簿",
                           "comes after too much text: divide the workbook into several");
            break;
        }
        foresee(&h, &row);
        if (!is_aside(&h, &row) && read_values(&h, &row)) {
            read_row(&h);
            note_hidden_columns(s, &row, hidden_columns);
            if (row.hidden) {
                first = hidden++ ? first : row.row;
                last = row.row;
            }
        }
        arena_free(&h.arena);
    }
    tell_hidden(r, s, hidden, first, last);
    tell_hidden_columns(r, s, hidden_columns);
    for (size_t i = 0; i < s->form->n; i++)
        free(carried[i].value);
    free(carried);
    free(values);
    free(refused);
    free(hidden_columns);
    xlsx_rows_free(rows);
    r->lost = r->lost || xlsx_broken(r->file);
}

/* Two of one id: the second was read in vain, and whose the first one's rows are nobody knows. */
static void refuse_twins(struct reading *r, struct read_holder *list, const struct ids *ids)
{
    for (size_t i = 0; i < ids->n; i++) {
        const struct id_bearer *b = &ids->list[i];
        if (b->first == b->number || list[b->number].unit == NOBODY)
            continue;
        struct read_holder *second = &list[b->number], *first = &list[b->first];
        const struct read_row *row = &r->rows[second->row];
        const struct read_sheet *s = &r->sheets[row->sheet];
        const struct row_at_hand h = {.s = r->sheets + row->sheet};
        size_t column = column_of_id(&h);
        char cell[CELL_NAME];
        cell_name(cell, r->rows[first->row].row, s->at[column]);
        first->faulty = true;
        second->unit = NOBODY;
        if (list == r->people)
            note_unread_person(r, second->name);
        book_say(r, SEVERITY_ERROR,
                 (struct book_place){s, row->row, s->at[column], &s->form->columns[column], second},
                 "编号 %s 与 %s 的重复，这一行没有读；请改为不同的编号",
                 "the id %s is that of %s, too, so the row was not read: choose another",
                 second->id, cell);
    }
}

static void list_holders(struct reading *r, struct read_holder *list, size_t n, struct ids *by_id,
                         struct ids *by_name)
{
    for (size_t i = 0; i < n; i++) {
        ids_add(by_id, r->arena, list[i].id, i);
        if (*list[i].name)
            ids_add(by_name, r->arena, list[i].name, i);
    }
    ids_sort(by_id);
    ids_sort(by_name);
    refuse_twins(r, list, by_id);
    ids_sort(&r->unread_names);
}

void book_read_rows(struct reading *r)
{
    for (size_t i = 0; i < r->form->n; i++) {
        const char *element = r->form->sheets[i].rows->element;
        bool joins = r->form->sheets[i].rows->joins;
        if (r->sheets[i].form)
            read_sheet_rows(r, &r->sheets[i]);
        if (!strcmp(element, "unit"))
            list_holders(r, r->units, r->n_units, &r->units_ids, &r->units_names);
        if (!strcmp(element, "applicant") && !joins)
            list_holders(r, r->people, r->n_people, &r->people_ids, &r->people_names);
    }
    buffer_flush(&r->pieces);
}
