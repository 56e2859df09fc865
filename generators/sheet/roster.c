/* roster.c - a list of applicants by a template: a workbook, or with --print a PDF; one a
 * delegation, or whatever the template says, or one a unit with -u. A roster is whole or is not
 * written: one that silently lacks a person would be worse than none. */
#include "sheet/roster.h"
#include "core/digest.h"
#include "core/find.h"
#include "core/finding_json.h"
#include "core/json.h"
#include "core/names.h"
#include "core/output.h"
#include "core/temporary.h"
#include "sheet/roster_print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One that was asked for. */
struct document {
    const struct sheet_party *party;
    const char *path;   /* NULL: not written */
    size_t rows, pages; /* pages 0: a workbook */
    char digest[DIGEST_HEX];
};

struct run {
    const struct roster_request *request;
    struct arena arena;
    struct diag diag;
    struct sheet_template *template;
    struct surnames surnames;
    struct collation *collation;
    struct record *record;
    struct query_context *query;
    struct sheet_rows *rows;
    struct form *form;
    const char *directory; /* NULL: one document, to options.output */
    enum record_scope scope;
    bool *broken; /* some applicant of theirs is faulty: one flag a party */
    struct document *documents;
    size_t n, cap, written;
    struct names names;                                          /* of their files */
    void (*deliver)(void *data, const struct roster_made *made); /* NULL: to files */
    void *data;
};

/* --- reading --- */

bool roster_templates_sound(const char *const *templates, const char *name, struct diag *diag)
{
    struct arena arena = {0};
    const char *path = find_template(&arena, templates, arena_printf(&arena, "%s.xml", name),
                                     (struct src_pos){0}, diag),
               *surnames_path =
                   find_template(&arena, templates, "surnames.xml", (struct src_pos){0}, diag);
    struct surnames surnames = {0};
    struct sheet_template *template = path ? sheet_template_load(path, diag) : NULL;
    bool ok = surnames_path && surnames_load(&surnames, surnames_path, diag) && template;

    sheet_template_free(template);
    surnames_clear(&surnames);
    arena_free(&arena);
    return ok;
}

static bool load(struct run *run)
{
    const char *const *dirs = run->request->templates;
    const char *path = find_template(&run->arena, dirs,
                                     arena_printf(&run->arena, "%s.xml", run->request->name),
                                     (struct src_pos){0}, &run->diag),
               *surnames = path ? find_template(&run->arena, dirs, "surnames.xml",
                                                (struct src_pos){0}, &run->diag)
                                : NULL;
    if (!surnames)
        return false;
    if (!(run->template = sheet_template_load(path, &run->diag)) ||
        !surnames_load(&run->surnames, surnames, &run->diag))
        return false;
    if (run->request->order != ORDER_GIVEN &&
        !(run->collation = collation_new(run->request->order, &run->surnames, &run->diag)))
        return false;
    if (run->request->print) {
        struct buffer text = {0};
        print_template(run->template, &text);
        run->form = form_load_text(run->template->path, (const char *)text.data, text.len,
                                   run->request->fonts, &run->diag);
        buffer_clear(&text);
        if (!run->form)
            return false;
    }
    if (!run->record && (run->record = record_open(run->request->input, &run->diag)) &&
        !record_ask_whole(run->record, run->template->title, &run->diag))
        return false;
    run->scope = run->template->scope;
    if (run->request->options->n_units > 0 && run->scope > SCOPE_UNIT)
        run->scope = SCOPE_UNIT;
    return run->record != NULL;
}

/* Does the roster list such applicants? */
static bool is_for(struct run *run, const struct applicant *who, const char *asof)
{
    struct query *when = run->template->when;
    if (!when)
        return true;
    query_context_begin(run->query, who->node, asof);
    query_context_set_diag(run->query, &run->diag);
    return query_bool(when, run->query, (struct query_place){who->node, 1, 1});
}

/* Every selected applicant becomes a row, also a faulty one: the roster that would lack it is then
 * not written. */
static bool read_rows(struct run *run)
{
    const struct record_delegation *delegations;
    const char *asof = record_asof(run->record);
    size_t n = run->scope == SCOPE_DELEGATION ? record_delegations(run->record, &delegations) : 0,
           all = record_count(run->record), i = 0;
    struct record_cursor *cursor = record_cursor_new(run->record, &run->diag);
    struct applicant who;
    size_t n_rows = 0;
    bool ok = true;

    run->query = query_context_new(run->request->tables);
    run->rows =
        sheet_rows_new(run->template, run->scope, run->request->order, run->collation, &run->diag);
    run->broken = mem_alloc(n + all + 1, sizeof *run->broken);
    for (size_t d = 0; run->rows && d < n; d++) {
        sheet_rows_add_delegation(run->rows, run->query, &delegations[d], asof);
        run->broken[d] = delegations[d].faulty;
    }
    for (ok = run->rows != NULL; ok && record_next(cursor, &who); i++) {
        run->diag.context = (struct diag_context){who.id, who.name, who.unit, run->template->title};
        size_t warnings = run->diag.count[SEVERITY_WARNING];
        if (run->request->is_listed && !run->request->is_listed(run->request->data, i))
            continue;
        if (!is_for(run, &who, asof))
            continue;
        ok = sheet_rows_add(run->rows, run->query, &who, asof);
        if (ok &&
            (who.faulty || (run->diag.strict && run->diag.count[SEVERITY_WARNING] > warnings))) {
            run->broken[sheet_rows_at(run->rows, n_rows)->party] = true;
        }
        n_rows++;
        run->diag.context = (struct diag_context){0};
    }
    run->diag.context = (struct diag_context){0};
    record_cursor_free(cursor);
    if (run->collation)
        collation_report(run->collation, &run->diag);
    if (ok && i < all && !diag_failed(&run->diag))
        ok = diag_system(&run->diag, (struct src_pos){0}, "申报人无法再次读取",
                         "the applicants cannot be read again");
    return ok && i == all;
}

/* --- writing --- */

static const char *document_path(struct run *run, const struct sheet_party *party)
{
    if (!run->directory)
        return run->request->options->output ? run->request->options->output : "-";
    size_t number = 0;
    while (run->documents[number].party != party)
        number++;
    return arena_printf(&run->arena, "%s/%s.%s", run->directory, names_get(&run->names, number),
                        run->request->print ? "pdf" : "xlsx");
}

/* All of a workbook, which is small beside what made it. */
static bool read_workbook(FILE *file, struct buffer *out)
{
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    return size > 0 && fread(buffer_room(out, (size_t)size), 1, (size_t)size, file) == (size_t)size;
}

static void deliver(struct run *run, struct document *d, const struct buffer *bytes,
                    const char *looks)
{
    const struct roster_made made = {d->party->id,
                                     run->template->title,
                                     run->template->a3 ? "A3" : "A4",
                                     run->template->seals,
                                     run->template->copies,
                                     d->rows,
                                     d->pages,
                                     bytes,
                                     looks,
                                     run->diag.n == 0};
    run->deliver(run->data, &made);
    d->path = "";
}

static bool write_workbook(struct run *run, const struct sheet_document *d, struct document *out)
{
    FILE *file = temporary_file(&run->diag);
    struct buffer bytes = {0};
    if (!file)
        return false;
    bool ok = sheet_write(d, file, &run->diag);
    if (ok && (run->deliver || run->request->options->report) && !read_workbook(file, &bytes))
        ok = output_failed(temporary_folder(), &run->diag);
    if (ok && run->deliver) {
        deliver(run, out, &bytes, NULL);
    } else if (ok) {
        const char *path = document_path(run, out->party);
        ok = output_copy(path, fileno(file), &run->diag);
        digest_hex(bytes.data, bytes.len, out->digest);
        out->path = ok ? path : NULL;
    }
    buffer_clear(&bytes);
    fclose(file);
    return ok;
}

static bool write_pdf(struct run *run, const struct sheet_document *d, struct document *out)
{
    struct buffer pdf = {0}, looks = {0};
    run->diag.context.paper = run->template->title;
    bool ok = roster_print(d, run->form, run->request->fonts, run->query, &pdf, &looks, &out->pages,
                           &run->diag);
    buffer_putc(&looks, '\0');
    run->diag.context.paper = NULL;
    if (ok && run->deliver) {
        deliver(run, out, &pdf, (const char *)looks.data);
    } else if (ok) {
        const char *path = document_path(run, out->party);
        ok = output_write(path, pdf.data, pdf.len, &run->diag);
        digest_hex(pdf.data, pdf.len, out->digest);
        out->path = ok ? path : NULL;
    }
    buffer_clear(&looks);
    buffer_clear(&pdf);
    return ok;
}

/* One document; its units one by one when each gets a sheet. */
static bool write_document(struct run *run, struct document *out, size_t party)
{
    const struct sheet_party *units;
    size_t n_units = sheet_rows_units(run->rows, &units), n = 0;
    size_t *all = sheet_rows_of(run->rows, party, NULL, &out->rows);
    struct sheet_list *lists = mem_alloc(n_units + 1, sizeof *lists);
    bool by_unit = run->request->sheet_per_unit;

    for (size_t u = 0; by_unit && u < n_units; u++) {
        size_t count, *some = sheet_rows_of(run->rows, party, &u, &count);
        if (count)
            lists[n++] = (struct sheet_list){&units[u], some, count};
        else
            free(some);
    }
    if (!by_unit)
        lists[n++] = (struct sheet_list){out->party, all, out->rows};
    struct sheet_document d = {
        .template = run->template,
        .rows = run->rows,
        .lists = lists,
        .n_lists = n,
        .by_unit = by_unit,
        .created = record_asof(run->record),
        .draft = run->request->options->draft,
    };
    bool ok = run->request->print ? write_pdf(run, &d, out) : write_workbook(run, &d, out);
    for (size_t i = 0; by_unit && i < n; i++)
        free((size_t *)lists[i].rows);
    free(lists);
    free(all);
    return ok;
}

static void write_documents(struct run *run)
{
    const struct sheet_party *parties;
    size_t n = sheet_rows_parties(run->rows, &parties);
    bool *wanted = mem_alloc(n + 1, sizeof *wanted);

    for (size_t i = 0; i < sheet_rows_count(run->rows); i++)
        wanted[sheet_rows_at(run->rows, i)->party] = true;
    for (size_t i = 0; i < n; i++)
        if (wanted[i])
            *ARENA_PUSH(&run->arena, run->documents, run->n, run->cap) =
                (struct document){.party = &parties[i]};
    run->names = (struct names){.arena = &run->arena};
    for (size_t i = 0; i < run->n; i++) {
        const struct sheet_party *party = run->documents[i].party;
        names_propose(&run->names,
                      *party->name
                          ? arena_printf(&run->arena, "%s-%s-roster", party->id, party->name)
                          : arena_printf(&run->arena, "%s-roster", party->id),
                      party->id);
    }
    names_settle(&run->names);
    bool ok = run->deliver ||
              output_choose(run->request->options->output, run->n, &run->directory, &run->diag);
    for (size_t i = 0; ok && i < run->n; i++) {
        struct document *d = &run->documents[i];
        size_t number = (size_t)(d->party - parties);
        if (run->broken[number])
            diag_error(&run->diag, (struct src_pos){0},
                       "%s %s 的%s未写出：其中有申报人的材料有误，见上文",
                       "of %s %s, %s is not written: some of its applicants' data are at "
                       "fault, as said above",
                       d->party->id, d->party->name, run->template->title);
        else
            run->written += write_document(run, d, number);
    }
    free(wanted);
}

/* --- the report --- */

static const char *const parties_words[SCOPE_COUNT] = {"applicants", "units", "delegations",
                                                       "batch"};

/* Each roster that was to be: written, or not. */
static void report_parties(struct json *j, const struct run *run)
{
    json_open(j, parties_words[run->scope], '[');
    for (size_t i = 0; i < run->n; i++) {
        const struct document *d = &run->documents[i];
        json_open(j, NULL, '{');
        json_string(j, "id", d->party->id);
        json_string(j, "name", d->party->name);
        json_string(j, "status", d->path ? "ok" : "failed");
        json_open(j, "documents", '[');
        if (d->path) {
            json_open(j, NULL, '{');
            json_string(j, "kind", run->request->name);
            json_string(j, "title", run->template->title);
            json_string(j, "file", d->path);
            json_integer(j, "rows", (long long)d->rows);
            if (d->pages)
                json_integer(j, "pages", (long long)d->pages);
            json_integer(j, "copies", run->template->copies);
            json_string(j, "paper", run->template->a3 ? "A3" : "A4");
            json_string(j, "binding", run->template->binding);
            json_string(j, "seals", run->template->seals);
            json_string(j, "sha256", d->digest);
            json_close(j, '}');
        }
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void write_report(struct run *run)
{
    struct buffer out = {0};
    struct json j = {.out = &out};
    json_open(&j, NULL, '{');
    json_integer(&j, "version", 1);
    json_string(&j, "program", run->request->name);
    json_string(&j, "asof", record_asof(run->record));
    finding_json_all(&j, &run->diag, run->request->options->report_language);
    report_parties(&j, run);
    json_open(&j, "counts", '{');
    json_integer(&j, "applicants", (long long)sheet_rows_count(run->rows));
    json_integer(&j, run->scope == SCOPE_APPLICANT ? "lists" : parties_words[run->scope],
                 (long long)run->n);
    json_integer(&j, "written", (long long)run->written);
    json_integer(&j, "errors", (long long)run->diag.count[SEVERITY_ERROR]);
    json_integer(&j, "warnings", (long long)run->diag.count[SEVERITY_WARNING]);
    json_close(&j, '}');
    json_close(&j, '}');
    output_write(run->request->options->report, out.data, out.len, &run->diag);
    buffer_clear(&out);
}

static void clear(struct run *run)
{
    form_free(run->form);
    if (!run->request->record)
        record_free(run->record);
    sheet_rows_free(run->rows);
    query_context_free(run->query);
    collation_free(run->collation);
    surnames_clear(&run->surnames);
    sheet_template_free(run->template);
    free(run->broken);
    diag_clear(&run->diag);
    arena_free(&run->arena);
}

/* false: nothing could be written; reported. */
static bool run_all(struct run *run)
{
    if (!load(run) || !read_rows(run))
        return false;
    write_documents(run);
    return true;
}

bool roster_make(const struct roster_request *request,
                 void (*deliver)(void *data, const struct roster_made *made), void *data,
                 struct diag *diag)
{
    struct run run = {.request = request,
                      .record = request->record,
                      .deliver = deliver,
                      .data = data,
                      .diag = {.strict = diag->strict}};
    run_all(&run);
    diag_append(diag, &run.diag);
    bool ok = !diag_failed(&run.diag) && run.written == run.n;
    clear(&run);
    return ok;
}

int roster_write(const struct roster_request *request, struct diag *diag)
{
    struct run run = {
        .request = request, .record = request->record, .diag = {.strict = diag->strict}};
    if (run_all(&run) && request->options->report)
        write_report(&run);
    diag_append(diag, &run.diag);
    int status = run.diag.system_faults                            ? 2
                 : run.written == run.n && !diag_failed(&run.diag) ? 0
                 : run.written                                     ? 3
                                                                   : 1;
    clear(&run);
    return status;
}
