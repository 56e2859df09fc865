/* print_sheets.c - see print_sheets.h. */
#include "package/print_sheets.h"

#include "core/json_value.h"
#include "core/worker_fault.h"
#include "core/workers.h"
#include "package/keys.h"
#include "record/table.h"
#include "record/write.h"

#include <stdlib.h>
#include <string.h>

static const char *const templates[PRINT_SHEETS] = {[PRINT_TALLY] = "print-tally",
                                                    [PRINT_SEPARATORS] = "print-separators",
                                                    [PRINT_LABELS] = "print-labels"};

struct print_sheets {
    const struct package *package;
    int papers[PRINT_SHEETS]; /* the paper maker's numbers */
};

struct print_sheets *print_sheets_new(const struct package *p)
{
    struct print_sheets *s = mem_alloc(1, sizeof *s);
    s->package = p;
    for (int i = 0; i < PRINT_SHEETS; i++) {
        s->papers[i] = paper_maker_load(p->maker, templates[i], (struct src_pos){0}, p->diag);
        if (s->papers[i] < 0) {
            free(s);
            return NULL;
        }
    }
    return s;
}

void print_sheets_free(struct print_sheets *s)
{
    free(s);
}

const char *print_sheets_title(const struct print_sheets *s, enum print_sheet which)
{
    return paper_maker_title(s->package->maker, s->papers[which]);
}

static void add_number(struct record_table *t, size_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", n);
    record_table_cell(t, text);
}

static void add_paper(struct record_table *t, const struct catalogue_paper *paper,
                      const struct print_count *count)
{
    record_table_row(t);
    record_table_cell(t, "paper");
    record_table_cell(t, paper->file);
    add_number(t, count->documents);
    add_number(t, (size_t)paper->loose_copies);
    add_number(t, count->sheets);
    record_table_cell(t, paper->duplex ? "duplex" : "simplex");
    record_table_cell(t, paper->sheet ? "A3" : "A4");
    record_table_cell(t, paper->colour ? "colour" : "mono");
}

static void add_person(struct record_table *t, const struct person *person,
                       const struct print_count *count, size_t number)
{
    record_table_row(t);
    record_table_cell(t, "person");
    record_table_cell(t, person->id);
    record_table_cell(t, person->name);
    record_table_cell(t, person->unit);
    record_table_cell(t, person->unit_name);
    add_number(t, count->sheets);
    record_table_cell(t, count->papers.data ? (const char *)count->papers.data : "");
    add_number(t, number);
}

/* The people of a unit stand one after the other. */
bool print_counts_begin_unit(const struct print_counts *c, size_t i)
{
    return i == 0 || strcmp(c->people[i]->unit, c->people[i - 1]->unit);
}

static void add_unit(struct record_table *t, const struct print_counts *c, size_t first)
{
    size_t sheets = 0, end = first;
    do
        sheets += c->by_person[end++].sheets;
    while (end < c->n_people && !print_counts_begin_unit(c, end));
    record_table_row(t);
    record_table_cell(t, "unit");
    record_table_cell(t, c->people[first]->unit);
    record_table_cell(t, c->people[first]->unit_name);
    add_number(t, end - first);
    add_number(t, sheets);
}

/* --- volumes and boxes --- */

static void add_who(struct record_table *t, const char *kind, const struct person *person)
{
    record_table_row(t);
    record_table_cell(t, kind);
    record_table_cell(t, person->id);
    record_table_cell(t, person->name);
    record_table_cell(t, person->target);
    record_table_cell(t, person->unit_name);
}

static void add_volumes(struct record_table *t, const struct person *person,
                        const struct print_count *count)
{
    for (size_t i = 0; i < count->n_volumes && count->n_volumes > 1; i++) {
        const struct print_volume *v = &count->volumes[i];
        add_who(t, "volume", person);
        record_table_cell(t, v->paper->file);
        add_number(t, i + 1);
        add_number(t, count->n_volumes);
        add_number(t, v->pages);
    }
}

/* Behind the last volume, from this one on, that goes into a box: as many as it takes, and at least
 * one. */
static size_t box_end(const struct print_count *count, size_t first, size_t box_sheets)
{
    size_t sheets = count->volumes[first].sheets, end = first + 1;
    while (end < count->n_volumes && (sheets += count->volumes[end].sheets) <= box_sheets)
        end++;
    return end;
}

/* What stands on the box: its number of how many, and the volumes in it. */
static void add_box(struct record_table *t, const struct person *person,
                    const struct print_count *count, size_t first, size_t end)
{
    struct buffer holds = {0};
    for (size_t i = first; i < end; i++)
        buffer_printf(&holds, "%s%s（%zu页）", i > first ? "、" : "", count->volumes[i].paper->file,
                      count->volumes[i].pages);
    buffer_putc(&holds, '\0');
    add_who(t, "box", person);
    record_table_cell(t, (const char *)holds.data);
    buffer_clear(&holds);
}

static void add_boxes(struct record_table *t, const struct person *person,
                      const struct print_count *count, size_t box_sheets)
{
    size_t boxes = 0, number = 0, end;
    for (size_t i = 0; i < count->n_volumes && box_sheets; i = box_end(count, i, box_sheets))
        boxes++;
    for (size_t i = 0; number < boxes; i = end) {
        end = box_end(count, i, box_sheets);
        add_box(t, person, count, i, end);
        add_number(t, ++number);
        add_number(t, boxes);
    }
}

static struct record_table *counts_record(const struct print_counts *c)
{
    struct record_table *t = record_table_new("print");
    char text[24];
    size_t sheets = 0;

    for (size_t i = 0; i < c->n_papers; i++) {
        sheets += c->by_paper[i].sheets;
        if (c->by_paper[i].documents > 0)
            add_paper(t, &c->papers[i], &c->by_paper[i]);
    }
    for (size_t i = 0; i < c->n_people; i++)
        add_person(t, c->people[i], &c->by_person[i], i + 1);
    for (size_t i = 0; i < c->n_people; i++) {
        add_volumes(t, c->people[i], &c->by_person[i]);
        add_boxes(t, c->people[i], &c->by_person[i], c->box_sheets);
    }
    for (size_t i = 0; i < c->n_people; i++)
        if (print_counts_begin_unit(c, i))
            add_unit(t, c, i);
    record_table_value(t, "delegation", c->delegation->name);
    snprintf(text, sizeof text, "%zu", c->n_people);
    record_table_value(t, "people", text);
    snprintf(text, sizeof text, "%zu", sheets);
    record_table_value(t, "sheets", text);
    return t;
}

/* What is drawn, in a process of its own, which takes the memory of it along. */
struct drawing {
    const struct print_sheets *sheets;
    enum print_sheet which;
    const struct print_counts *counts;
    const char *path;
    size_t pages;
    char key[DIGEST_HEX]; /* of all that is shown, and how */
};

static void describe(struct json *j, const void *data)
{
    const struct drawing *d = data;
    json_integer(j, "pages", (long long)d->pages);
    json_integer(j, "copies", 1);
    json_string(j, "kind", "print-sheet");
    json_string(j, "key", d->key);
}

/* Whether it was drawn, and the findings; then pages and bytes. */
static void draw_alone(void *data, struct buffer *result)
{
    const struct drawing *d = data;
    const struct package *p = d->sheets->package;
    struct record_table *record = counts_record(d->counts);
    struct query_context *query = query_context_new(p->papers->tables);
    struct arena arena = {0};
    const char *title = print_sheets_title(d->sheets, d->which);
    struct diag diag = {
        .context = {.applicant = d->counts->delegation->id, .name = title, .paper = title}};
    struct document document = {.file = -1};
    const char *asof = record_asof(p->record);
    const struct document_job job = {.query = query,
                                     .node = record_table_root(record),
                                     .dir = "",
                                     .asof = asof,
                                     .arena = &arena,
                                     .diag = &diag};

    paper_maker_begin_query(p->maker, query, job.node, asof);
    bool ok = paper_maker_begin(p->maker, &job, false) &&
              paper_maker_draw(p->maker, d->sheets->papers[d->which], d->path, &diag, &document);
    pack_number(result, ok);
    pack_findings(result, &diag);
    if (ok) {
        pack_number(result, document.pages->n);
        pack_bytes(result, document.pdf.data, document.pdf.len);
    }
    document_clear(&document);
    paper_maker_end(p->maker);
    query_context_free(query);
    record_table_free(record);
    diag_clear(&diag);
    arena_free(&arena);
}

static void digest_drawing(struct drawing *d)
{
    const struct record_write how = {0};
    const struct package *p = d->sheets->package;
    const struct key *common = &p->keys->common;
    struct record_table *record = counts_record(d->counts);
    struct buffer text = {0};
    struct digest *digest = digest_new();

    record_write(record_table_root(record), 0, &how, &text);
    digest_add(digest, text.data, text.len);
    digest_text(digest, common->program);
    digest_text(digest, common->options);
    digest_text(digest, common->fonts);
    digest_text(digest, common->data);
    digest_end(digest, d->key);
    buffer_clear(&text);
    record_table_free(record);
}

/* Is the file there, and shows the same? */
static bool is_there(struct drawing *d, char sha256[DIGEST_HEX])
{
    const struct package *p = d->sheets->package;
    const struct manifest_file *old = manifest_find(p->tree->manifest, d->path);
    struct arena arena = {0};
    struct json_value *line = old ? json_parse(&arena, old->line, old->len) : NULL;
    const char *key = json_member_text(line, "key");
    bool there = key && !strcmp(key, d->key) && !p->own->force && tree_has(p->tree, d->path);

    d->pages = json_member_count(line, "pages");
    if (there)
        memcpy(sha256, old->sha256, DIGEST_HEX);
    arena_free(&arena);
    return there;
}

static bool draw_sheet(struct drawing *d, char sha256[DIGEST_HEX])
{
    enum { MOST_SECONDS = 600 };
    const struct workers_limits limits = {MOST_SECONDS, (size_t)4 << 30};
    const struct package *p = d->sheets->package;
    struct buffer result = {0}, pdf = {0};
    enum workers_end end = workers_alone(draw_alone, d, limits, &result);
    struct parcel parcel = parcel_of(&result);
    bool ok = end == WORKERS_DONE && unpack_number(&parcel);

    if (end != WORKERS_DONE)
        worker_fault(p->diag, (struct finding){.at.file = d->path},
                     &(struct worker_fault){.end = end});
    else
        unpack_findings(&parcel, p->diag);
    if (ok) {
        d->pages = unpack_number(&parcel);
        size_t len;
        const void *bytes = unpack_bytes(&parcel, &len);
        buffer_add(&pdf, bytes, len);
        digest_hex(pdf.data, pdf.len, sha256);
        ok = !parcel.broken &&
             tree_put(p->tree,
                      &(struct tree_file){
                          .path = d->path, .bytes = &pdf, .describe = describe, .data = d},
                      p->diag);
    }
    buffer_clear(&pdf);
    buffer_clear(&result);
    return ok;
}

bool print_sheets_write(const struct print_sheets *s, enum print_sheet which,
                        const struct print_counts *counts, const char *path, size_t *pages,
                        char sha256[DIGEST_HEX])
{
    struct drawing d = {.sheets = s, .which = which, .counts = counts, .path = path};
    digest_drawing(&d);
    bool ok = is_there(&d, sha256) || draw_sheet(&d, sha256);
    *pages = d.pages;
    return ok;
}
