/* book_xml.c - the pieces of the rows put together: batch, delegations, units with their people,
 * people with their entries, entries with what proves them. */
#include "core/spool.h"
#include "record/quote.h"
#include "workbook/book_reader.h"
#include "workbook/book_reading.h"

#include <string.h>

struct assembly {
    struct reading *r;
    struct buffer *out;
    struct cell_row *rows; /* malloc's */
    size_t n, cap;
    struct cell_flaw *flaws; /* likewise */
    size_t n_flaws, cap_flaws;
    struct book_person *people; /* in the order of the XML */
    size_t n_people;
    long line;
    size_t bytes;
    bool begun; /* something stands on the line already */
    struct buffer piece;
};

static void put_bytes(struct assembly *a, const void *data, size_t len)
{
    const unsigned char *bytes = data;
    buffer_add(a->out, data, len);
    a->bytes += len;
    for (size_t i = 0; i < len; i++)
        a->line += bytes[i] == '\n';
}

static void put(struct assembly *a, const char *text)
{
    put_bytes(a, text, strlen(text));
}

static const struct book_row *kind_of(const struct reading *r, const struct read_row *row)
{
    return &r->form->sheets[row->sheet].rows[row->kind];
}

/* An evidence of no entry is a document of the person's own. */
static const char *element_of(const struct reading *r, const struct read_row *row)
{
    const struct book_row *kind = kind_of(r, row);
    return kind->within == WITHIN_ITEM && !*row->owner ? "document" : kind->element;
}

/* Only what holds elements alone has rows in it. */
static void begin_line(struct assembly *a)
{
    if (a->begun)
        put(a, "\n");
    a->begun = false;
}

static void put_flaws(struct assembly *a, const struct read_row *row, long line)
{
    for (uint32_t i = 0; i < row->n_flaws; i++) {
        struct cell_flaw f = a->r->flaws[row->flaws + i];
        f.line = line;
        *MEM_PUSH(a->flaws, a->n_flaws, a->cap_flaws) = f;
    }
}

static bool put_row(struct assembly *a, uint32_t number, bool faulty)
{
    struct reading *r = a->r;
    const struct read_row *row = &r->rows[number];
    a->piece.len = 0;
    if (!spool_read(r->spool, row->at, row->len, &a->piece))
        return false;
    begin_line(a);
    a->begun = true;
    *MEM_PUSH(a->rows, a->n, a->cap) =
        (struct cell_row){a->line, row->sheet, row->row, element_of(r, row), faulty};
    if (!kind_of(r, row)->joins) /* else they are the person's */
        put_flaws(a, row, a->line);
    put_bytes(a, a->piece.data, a->piece.len);
    return true;
}

static void put_end(struct assembly *a, const char *element)
{
    put(a, "</");
    put(a, element);
    put(a, ">\n");
    a->begun = false;
}

/* --- what proves an entry --- */

/* The entries of a person, and for each the chain of its evidences. */
struct entries {
    uint32_t *rows, *first, *last;
    size_t n;
    struct ids ids, places; /* by id, and by sheet and number: 项目#2 */
    struct missed_entry {
        const char *owner;
        size_t rows;
    } * missed; /* what evidences name and is not there */
    size_t n_missed, cap_missed;
    size_t *unread, n_unread; /* those whose ids could not be read */
};

static bool can_be_proved(const struct book_sheet *form)
{
    for (size_t i = 0; i < form->n; i++)
        if (!strcmp(form->columns[i].path, "@id"))
            return true;
    return false;
}

static void list_entries(const struct reading *r, uint32_t first, struct arena *a,
                         struct entries *e)
{
    size_t of_sheet = 0, n = 0;
    uint32_t sheet = NOBODY;
    for (uint32_t i = first; i != NOBODY; i = r->rows[i].next)
        n++;
    e->rows = ARENA_ARRAY(a, uint32_t, n + 1);
    e->first = ARENA_ARRAY(a, uint32_t, n + 1);
    e->last = ARENA_ARRAY(a, uint32_t, n + 1);
    e->unread = ARENA_ARRAY(a, size_t, n + 1);
    for (uint32_t i = first; i != NOBODY; i = r->rows[i].next) {
        const struct read_row *row = &r->rows[i];
        const struct book_sheet *form = &r->form->sheets[row->sheet];
        if (kind_of(r, row)->within != WITHIN_APPLICANT || !can_be_proved(form))
            continue;
        of_sheet = row->sheet == sheet ? of_sheet + 1 : 1;
        sheet = row->sheet;
        if (row->blank)
            continue;
        e->first[e->n] = e->last[e->n] = NOBODY;
        e->rows[e->n] = i;
        if (*row->id)
            ids_add(&e->ids, a, row->id, e->n);
        for (uint32_t k = 0; k < row->n_flaws; k++)
            if (!strcmp(r->flaws[row->flaws + k].path, "@id")) {
                e->unread[e->n_unread++] = e->n;
                break;
            }
        ids_add(&e->places, a, arena_printf(a, "%s#%zu", form->title, of_sheet), e->n);
        e->n++;
    }
    ids_sort(&e->ids);
    ids_sort(&e->places);
}

static uint32_t column_of_owner(const struct read_sheet *s)
{
    for (size_t i = 0; i < s->form->n; i++)
        if (s->form->columns[i].kind == COLUMN_OWNER)
            return (uint32_t)i;
    return 0;
}

/* How many rows have named it. */
static size_t count_missed(struct entries *e, const char *owner, struct arena *a)
{
    for (size_t i = 0; i < e->n_missed; i++)
        if (!strcmp(e->missed[i].owner, owner))
            return ++e->missed[i].rows;
    *ARENA_PUSH(a, e->missed, e->n_missed, e->cap_missed) = (struct missed_entry){owner, 1};
    return 1;
}

/* One slip in an entry's id is not to be told of each row that proves it. */
static void refuse_owner(struct reading *r, struct read_holder *person, const struct read_row *row,
                         struct entries *e, struct arena *a)
{
    const struct read_sheet *s = &r->sheets[row->sheet];
    uint32_t column = column_of_owner(s);
    const char *near = ids_nearest(&e->ids, row->owner), *shown = quote_name(a, row->owner);
    struct book_place at = {s, row->row, s->at[column], &s->form->columns[column], person};
    size_t rows = count_missed(e, row->owner, a);
    person->faulty = true;
    if (rows > 2 || r->lost_sheet || e->n_unread)
        return;
    if (rows == 2) {
        book_say(
            r, SEVERITY_ERROR, at,
            "编号 %s 还写在这里和后面的行里，本人没有这样的条目，不再逐行列出",
            "the id %s stands here and in rows behind, too: this person has no such entry, and "
            "the others are not listed",
            shown);
        return;
    }
    book_say(r, SEVERITY_ERROR, at, "%s%.0s", "%.0s%s",
             arena_printf(a, "本人没有编号为 %s 的条目%s%s；没有编号的条目写“项目#2”这样的第几行",
                          shown, near ? "，是不是 " : "", near ? near : ""),
             arena_printf(a,
                          "this person has no entry %s%s%s; one without an id is named by its "
                          "sheet and place, like 项目#2",
                          shown, near ? ", is it " : "", near ? near : ""));
}

/* 项目#1 as the id of one entry and the place of another, which has none: either may be meant. */
static void refuse_ambiguous(struct reading *r, struct read_holder *person,
                             const struct read_row *row, struct arena *a)
{
    const struct read_sheet *s = &r->sheets[row->sheet];
    uint32_t column = column_of_owner(s);
    person->faulty = true;
    book_say(r, SEVERITY_ERROR,
             (struct book_place){s, row->row, s->at[column], &s->form->columns[column], person},
             "%s 是本人一个条目的编号，也是另一个没有编号的条目的第几行；请给后者填上编号",
             "%s is the id of one entry, and the sheet and place of another, which has none: give "
             "that one an id",
             quote_name(a, row->owner));
}

/* Of those whose ids could not be read, which was told, the one that a missed owner may be: the
 * first that is missed the first. SIZE_MAX: none. */
static size_t entry_meant(const struct entries *e, const char *owner)
{
    for (size_t i = 0; i < e->n_missed && i < e->n_unread; i++)
        if (!strcmp(e->missed[i].owner, owner))
            return e->unread[i];
    return SIZE_MAX;
}

/* Gives each evidence to its entry, in the order of the rows: chained through `next_of`. */
static void give_evidence(struct reading *r, struct read_holder *person, struct entries *e,
                          uint32_t *next_of, struct arena *a)
{
    for (uint32_t i = person->first, k = 0; i != NOBODY; i = r->rows[i].next, k++) {
        const struct read_row *row = &r->rows[i];
        next_of[k] = NOBODY;
        if (kind_of(r, row)->within != WITHIN_ITEM || !*row->owner)
            continue;
        const struct id_bearer *b = ids_find(&e->ids, row->owner),
                               *place = ids_find(&e->places, row->owner);
        if (!b && !place)
            refuse_owner(r, person, row, e, a);
        else if (b && place && !*r->rows[e->rows[place->first]].id &&
                 e->first[b->first] == NOBODY)
            refuse_ambiguous(r, person, row, a);
        b = b ? b : place;
        size_t entry = b ? b->first : entry_meant(e, row->owner);
        if (entry == SIZE_MAX)
            continue;
        if (e->first[entry] == NOBODY)
            e->first[entry] = k;
        else
            next_of[e->last[entry]] = k;
        e->last[entry] = k;
    }
}

static bool put_person(struct assembly *a, struct read_holder *person)
{
    struct reading *r = a->r;
    struct arena arena = {0};
    struct entries e = {0};
    size_t n = 0, entry = 0;
    bool ok;

    for (uint32_t i = person->first; i != NOBODY; i = r->rows[i].next)
        n++;
    uint32_t *rows = ARENA_ARRAY(&arena, uint32_t, n + 1),
             *next_of = ARENA_ARRAY(&arena, uint32_t, n + 1);
    n = 0;
    for (uint32_t i = person->first; i != NOBODY; i = r->rows[i].next)
        rows[n++] = i;
    list_entries(r, person->first, &arena, &e);
    give_evidence(r, person, &e, next_of, &arena);
    ok = put_row(a, person->row, person->faulty);
    long line = a->rows[a->n - 1].line;
    for (size_t i = 0; ok && i < n; i++)
        if (kind_of(r, &r->rows[rows[i]])->joins)
            put_flaws(a, &r->rows[rows[i]], line);
    for (size_t i = 0; ok && i < n; i++) {
        const struct read_row *row = &r->rows[rows[i]];
        if (row->blank || (kind_of(r, row)->within == WITHIN_ITEM && *row->owner))
            continue;
        ok = put_row(a, rows[i], false);
        if (entry < e.n && e.rows[entry] == rows[i]) {
            for (uint32_t k = e.first[entry]; ok && k != NOBODY; k = next_of[k]) {
                ok = put_row(a, rows[k], false);
                put_end(a, element_of(r, &r->rows[rows[k]]));
            }
            entry++;
        }
        if (!kind_of(r, row)->joins)
            put_end(a, element_of(r, row));
    }
    put_end(a, "applicant");
    arena_free(&arena);
    return ok;
}

/* The same, and where it stands. */
static bool put_share(struct assembly *a, struct read_holder *person)
{
    begin_line(a);
    struct book_person share = {.from = a->bytes, .line = a->line, .first_row = a->n};
    size_t flaws = a->n_flaws;
    bool ok = put_person(a, person);
    share.to = a->bytes;
    share.end_line = a->line;
    share.end_row = a->n;
    share.n_flaws = a->n_flaws - flaws;
    a->people[a->n_people++] = share;
    return ok;
}

static bool put_unit(struct assembly *a, struct read_holder *unit)
{
    struct reading *r = a->r;
    bool ok = put_row(a, unit->row, unit->faulty);
    for (uint32_t i = unit->first; ok && i != NOBODY; i = r->rows[i].next) {
        ok = put_row(a, i, false);
        put_end(a, element_of(r, &r->rows[i]));
    }
    for (uint32_t i = unit->people; ok && i != NOBODY; i = r->people[i].next)
        ok = put_share(a, &r->people[i]);
    put_end(a, "unit");
    return ok;
}

/* Each unit's people in the order of the sheet. Who has no place of his own was reported. */
static void give_people(struct reading *r)
{
    for (uint32_t i = 0; i < r->n_people; i++) {
        if (r->people[i].unit == NOBODY)
            continue;
        struct read_holder *unit = &r->units[r->people[i].unit];
        if (unit->people == NOBODY)
            unit->people = i;
        else
            r->people[unit->last_person].next = i;
        unit->last_person = i;
    }
}

/* A batch that nobody filled in stands in the first row of its sheet. */
static bool put_batch(struct assembly *a)
{
    struct reading *r = a->r;
    uint32_t sheet = 0;
    if (r->batch != NOBODY)
        return put_row(a, r->batch, r->lost);
    while (sheet + 1 < r->form->n && strcmp(r->form->sheets[sheet].rows->element, "batch"))
        sheet++;
    *MEM_PUSH(a->rows, a->n, a->cap) =
        (struct cell_row){a->line, sheet, r->sheets[sheet].head_row + 1, "batch", true};
    put(a, "<batch>\n");
    return true;
}

static void list_columns(const struct reading *r, struct cell_map *map)
{
    struct cell_sheet *sheets = ARENA_ARRAY(r->arena, struct cell_sheet, r->form->n);
    for (size_t i = 0; i < r->form->n; i++) {
        const struct read_sheet *s = &r->sheets[i];
        const struct book_sheet *form = &r->form->sheets[i];
        struct cell_column *columns = ARENA_ARRAY(r->arena, struct cell_column, form->n);
        uint32_t main = 0;
        sheets[i] = (struct cell_sheet){form->title, columns, 0, 1, 0};
        for (size_t k = 0; s->form && k < form->n; k++) {
            const struct book_column *c = &form->columns[k];
            if (c->kind == COLUMN_NAME)
                sheets[i].name_column = s->at[k];
            if (!s->at[k] || c->kind != COLUMN_VALUE)
                continue;
            main = c->main ? s->at[k] : main;
            columns[sheets[i].n++] = (struct cell_column){strcmp(c->path, ".") ? c->path : "",
                                                          c->label, c->of, s->at[k]};
        }
        if (s->form) {
            sheets[i].name = s->title;
            sheets[i].first = main ? main : s->at[0] ? s->at[0] : 1;
        }
    }
    map->sheets = sheets;
    map->n_sheets = r->form->n;
}

bool book_put_together(struct reading *r, struct buffer *out, struct book_made *made)
{
    struct cell_map *map = &made->map;
    struct assembly a = {.r = r,
                         .out = out,
                         .people = ARENA_ARRAY(r->arena, struct book_person, r->n_people + 1),
                         .line = 1};
    give_people(r);
    put(&a, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    bool ok = put_batch(&a);
    for (uint32_t i = r->delegations; ok && i != NOBODY; i = r->rows[i].next) {
        ok = put_row(&a, i, false);
        put_end(&a, "delegation");
    }
    for (size_t i = 0; ok && i < r->n_units; i++)
        if (r->units[i].unit != NOBODY)
            ok = put_unit(&a, &r->units[i]);
    put_end(&a, "batch");
    buffer_clear(&a.piece);
    list_columns(r, map);
    map->rows = a.rows;
    map->n_rows = a.n;
    map->flaws = a.flaws;
    map->n_flaws = a.n_flaws;
    made->people = a.people;
    made->n_people = a.n_people;
    return ok;
}
