/* paper.c - see paper.h: options, record and template are joined here; record -> layout -> pdf ->
 * file. */
#include "papers/paper.h"

#include "core/digest.h"
#include "core/find.h"
#include "core/json.h"
#include "core/options.h"
#include "core/output.h"
#include "core/paths.h"
#include "core/workers.h"
#include "dossier/volume.h"
#include "layout/layout.h"
#include "media/quarantine.h"
#include "papers/report.h"
#include "pdf/pdf.h"
#include "query/needed_papers.h"
#include "query/rubric.h"
#include "query/workdays.h"
#include "record/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What one document is about: an applicant, or a delegation with all of its applicants. */
struct subject {
    const char *id, *name, *unit, *dir;
    record_node *node;
    bool faulty; /* all has been said */
};

/* What one of them came to, as it travels from a worker: this, then the JSON of its report, then
 * its messages. */
struct outcome {
    size_t errors, warnings, system_faults;
    size_t json_len, text_len;
    bool written, partial;
};

/* For a document that reads files from outside, beside what each of them may take: CPU time, and
 * memory. */
enum { MOST_SECONDS = 120 };
#define MOST_BYTES ((size_t)6 << 30)

struct run {
    const struct options *options;
    const char *name;
    struct fonts *fonts;
    struct form *form;       /* NULL: a maker's */
    void *own;               /* the maker's */
    struct volume *volume;   /* the form cites evidence pages; NULL: it does not */
    struct rubrics *rubrics; /* NULL: nothing scores. A worker's own once it is forked */
    const struct record *record;
    const struct paper_kind *kind;
    const struct gathered *gathered; /* of papers about delegations: one each */
    const struct diag *first_pass;   /* faults of the record, found before any paper is drawn */
    const char *directory;           /* NULL: one document, to options->output */
};

struct run_state {
    const struct run *run;
    struct record_cursor *cursor;
    struct query_context *query;
    struct diag diag; /* of the cursor itself */
};

static void report_pages(struct json *j, const struct run *run, const char *path,
                         const struct paper_made *made)
{
    const struct pages *pages = made->pages;

    json_open(j, "documents", '[');
    if (path) {
        const struct form_facts *facts = &made->facts;
        json_open(j, NULL, '{');
        json_string(j, "kind", run->name);
        json_string(j, "title", facts->title);
        json_string(j, "file", path);
        json_integer(j, "pages", (long long)pages->n);
        json_integer(j, "copies", facts->copies);
        json_string(j, "paper", facts->paper);
        json_string(j, "binding", facts->binding);
        json_string(j, "seals", facts->seals);
        if (run->options->report) { /* of a large volume it takes as long as the rest */
            char digest[DIGEST_HEX];
            long long size;
            if (!run->own)
                digest_hex(made->pdf.data, made->pdf.len, digest);
            if (!run->own || digest_open_file(made->file, digest, &size))
                json_string(j, "sha256", digest);
        }
        json_close(j, '}');
    }
    json_close(j, ']');
    report_fits(j, pages, false);
}

static void *begin(void *data)
{
    struct run_state *s = mem_alloc(1, sizeof *s);
    s->run = data;
    s->cursor = record_cursor_new(s->run->record, &s->diag);
    s->query = query_context_new();
    quarantine_watch();
    query_context_set_data(s->query, s->run->rubrics);
    return s;
}

static void end(void *state)
{
    struct run_state *s = state;
    if (!s)
        return;
    record_cursor_free(s->cursor);
    query_context_free(s->query);
    diag_clear(&s->diag);
    free(s);
}

static const char *document_path(const struct run *run, const struct subject *who,
                                 struct arena *arena)
{
    if (!run->directory)
        return run->options->output ? run->options->output : "-";
    const char *stem = arena_printf(arena, "%s-%s-%s", who->id, who->name, run->name);
    return arena_printf(arena, "%s/%s.pdf", run->directory, output_safe_name(arena, stem));
}

static const char *title_of(const struct run *run)
{
    return run->form ? form_facts(run->form)->title : run->kind->maker->title;
}

static bool find_subject(struct run_state *s, size_t number, struct subject *out, struct diag *diag)
{
    const struct run *run = s->run;
    struct applicant who = {0};

    if (run->gathered) {
        const struct gathered *g = &run->gathered[number];
        *out = (struct subject){
            .id = g->id, .name = g->issuer, .unit = "", .dir = ".", .node = g->node};
        if (g->faulty)
            return diag_error(diag, g->at,
                              "其中申报人 %s 的数据有误（见上），为免漏名，%s未出；请改正后重做",
                              "applicants %s of it are faulty (see above): not to leave out a "
                              "name, %s was not made; mend them and run again",
                              g->faulty, title_of(run));
        return true;
    }
    if (!s->cursor || !record_seek(s->cursor, record_indices(run->record)[number], &who)) {
        diag_append(diag, &s->diag);
        if (!diag_failed(diag))
            diag_system(diag, (struct src_pos){0}, "申报人无法再次读取",
                        "the applicant cannot be read again");
        return false;
    }
    *out = (struct subject){who.id, who.name, who.unit, who.dir, who.node, who.faulty};
    return !who.faulty;
}

struct pages *paper_lay(const struct form *form, const struct paper_job *job, record_node *root)
{
    struct layout_options layout = {.asof = job->asof, .draft = job->options->draft};
    return layout_form(job->arena, form, job->fonts, job->query, root ? root : job->node, job->dir,
                       &layout, job->diag);
}

/* A form of its own, perhaps with the dossier's page numbers in it. */
static bool make_form(const struct run *run, const struct paper_job *job, struct paper_made *out)
{
    if (run->volume && !volume_plan(run->volume, job))
        return false;
    out->facts = *form_facts(run->form);
    out->pages = paper_lay(run->form, job, NULL);
    return out->pages && !diag_failed(job->diag) && pdf_write(out->pages, &out->pdf, job->diag);
}

/* What a maker makes goes straight into a file: it may be too large to be held beside what it is
 * made of. */
static bool make_document(const struct run *run, const struct paper_job *job, const char *path,
                          struct paper_made *out)
{
    if (!run->own)
        return make_form(run, job, out);
    out->file = output_temporary(path, job->diag);
    return out->file >= 0 && run->kind->maker->make(run->own, job, out);
}

/* One document: made, written, and told of. In a process of its own where it is a caged one. */
struct one {
    struct run_state *state;
    const struct subject *who;
    struct diag *diag;
    bool make;
};

static void make_one(void *data, struct buffer *result)
{
    struct one *one = data;
    struct run_state *s = one->state;
    const struct run *run = s->run;
    const struct options *o = run->options;
    const struct paper_maker *maker = run->kind->maker;
    const struct subject *who = one->who;
    struct diag *diag = one->diag;
    struct arena arena = {0};
    struct buffer json = {0};
    struct paper_made made = {.file = -1};
    const char *path = NULL;
    struct outcome outcome = {0};
    /* a maker may look at it until it is closed */
    const struct paper_job job = {
        o, run->fonts, s->query, who->node, who->dir, record_asof(run->record), &arena, diag};

    if (one->make) {
        query_context_begin(s->query, who->node, job.asof);
        query_context_set_diag(s->query, diag);
        if (run->rubrics)
            rubrics_begin(run->rubrics, who->node);
        for (size_t i = 0; i < run->kind->n_switches; i++) {
            const struct option_own *w = &run->kind->switches[i];
            query_set_variable(s->query, w->name, *w->value ? "true" : "false");
        }
        path = document_path(run, who, &arena);
        if (make_document(run, &job, path, &made) && !diag_failed(diag)) {
            outcome.written = maker ? output_name(path, made.file, diag)
                                    : output_write(path, made.pdf.data, made.pdf.len, diag);
            outcome.partial = made.partial;
        }
    }

    outcome.errors += diag->count[SEVERITY_ERROR];
    outcome.warnings = diag->count[SEVERITY_WARNING];
    outcome.system_faults = diag->system_faults;
    struct json j = {.out = &json, .depth = 2};
    json_open(&j, NULL, '{');
    json_string(&j, "id", who->id);
    json_string(&j, "name", who->name);
    json_string(&j, "unit", who->unit);
    json_string(&j, "status", !outcome.written ? "failed" : outcome.warnings ? "warned" : "ok");
    report_findings(&j, (const struct diag *const[]){run->first_pass, diag}, 2, who->id,
                    o->report_language);
    report_pages(&j, run, outcome.written ? path : NULL, &made);
    if (outcome.written && made.report)
        made.report(made.data, &j);
    json_close(&j, '}');

    char *text = NULL;
    FILE *stream = open_memstream(&text, &outcome.text_len);
    if (stream) {
        diag_print(diag, o->language, stream);
        fclose(stream);
    }
    outcome.json_len = json.len;
    buffer_add(result, &outcome, sizeof outcome);
    buffer_add(result, json.data, json.len);
    buffer_add(result, text, outcome.text_len);
    free(text);
    pages_close(made.pages);
    if (maker && one->make)
        maker->close(run->own);
    if (run->volume && one->make)
        volume_close(run->volume);
    buffer_clear(&json);
    buffer_clear(&made.pdf);
    if (made.file >= 0)
        close(made.file);
    arena_free(&arena);
}

/* true: it came back, with its result. A file that ends the process costs this one document, or
 * with --skip-bad its own page: it is made again without that file, so that all mistakes are told
 * of in one run. */
static bool make_caged(struct one *one, struct buffer *result)
{
    const struct workers_limits limits = {MOST_SECONDS, MOST_BYTES};
    enum workers_end end;

    do
        end = workers_alone(make_one, one, limits, result);
    while ((end == WORKERS_SLOW || end == WORKERS_DIED) && quarantine_add(end == WORKERS_SLOW));
    if (end == WORKERS_REFUSED)
        diag_system(one->diag, (struct src_pos){0}, "无法启动进程：%s",
                    "cannot start a process: %s", strerror(errno));
    else if (end == WORKERS_SLOW)
        diag_error(one->diag, (struct src_pos){0}, "制作这份文件用了 %d 秒以上，已放弃",
                   "making this document took more than %d seconds and was given up", MOST_SECONDS);
    else if (end == WORKERS_DIED)
        diag_error(one->diag, (struct src_pos){0}, "制作这份文件的进程崩溃或用尽了内存",
                   "the process that made this document died or ran out of memory");
    return end == WORKERS_DONE;
}

static void draw(void *state, size_t number, struct buffer *result)
{
    struct run_state *s = state;
    struct diag diag = {.strict = s->run->options->strict};
    struct subject who = {0};
    struct one one = {.state = s, .who = &who, .diag = &diag};

    one.make = find_subject(s, number, &who, &diag);
    diag.context = (struct diag_context){who.id, who.name, who.unit, title_of(s->run)};
    if (!one.make || (!s->run->own && !s->run->volume)) {
        make_one(&one, result);
    } else if (!make_caged(&one, result)) {
        one.make = false;
        make_one(&one, result);
    }
    diag_clear(&diag);
}

static bool write_report(const struct run *run, const struct diag *batch,
                         const struct buffer *results, size_t n, struct diag *diag)
{
    struct buffer out = {0};
    struct json j = {.out = &out};
    size_t written = 0, errors = batch->count[SEVERITY_ERROR],
           warnings = batch->count[SEVERITY_WARNING];

    json_open(&j, NULL, '{');
    json_integer(&j, "version", 1);
    json_string(&j, "program", run->name);
    json_string(&j, "asof", record_asof(run->record));
    if (run->gathered)
        report_all_findings(&j, batch, run->options->report_language);
    else
        report_findings(&j, &batch, 1, NULL, run->options->report_language);
    json_open(&j, run->gathered ? "delegations" : "applicants", '[');
    for (size_t i = 0; i < n; i++) {
        struct outcome o = {0};
        if (results[i].len < sizeof o)
            continue;
        memcpy(&o, results[i].data, sizeof o);
        written += o.written;
        errors += o.errors;
        warnings += o.warnings;
        if (j.follows)
            buffer_putc(&out, ',');
        buffer_add(&out, results[i].data + sizeof o, o.json_len);
        j.follows = true;
    }
    json_close(&j, ']');
    json_open(&j, "counts", '{');
    json_integer(&j, run->gathered ? "delegations" : "applicants", (long long)n);
    json_integer(&j, "written", (long long)written);
    json_integer(&j, "errors", (long long)errors);
    json_integer(&j, "warnings", (long long)warnings);
    json_close(&j, '}');
    json_close(&j, '}');
    bool ok = output_write(run->options->report, out.data, out.len, diag);
    buffer_clear(&out);
    return ok;
}

/* 0 all written, 1 the data is at fault and nothing was written, 2 system trouble whatever else, 3
 * partial. */
static int finish(const struct run *run, struct diag *batch, struct buffer *results, size_t n)
{
    size_t written = 0, system_faults = batch->system_faults, lost = 0, partial = 0;

    for (size_t i = 0; i < n; i++) {
        struct outcome o = {0};
        if (results[i].len < sizeof o) {
            fprintf(stderr,
                    run->options->language == LANGUAGE_ZH
                        ? "shenbao: error: 第 %zu 份的进程异常终止\n"
                        : "shenbao: error: the worker of document %zu died\n",
                    run->gathered ? i + 1 : record_indices(run->record)[i] + 1);
            lost++;
            continue;
        }
        memcpy(&o, results[i].data, sizeof o);
        written += o.written;
        system_faults += o.system_faults;
        partial += o.partial;
        fwrite(results[i].data + sizeof o + o.json_len, 1, o.text_len, stderr);
    }
    struct diag late = {0};
    if (run->options->report && !write_report(run, batch, results, n, &late)) {
        diag_print(&late, run->options->language, stderr);
        system_faults++;
    }
    diag_clear(&late);
    if (system_faults)
        return 2;
    if (written == n && !lost && !partial && !diag_failed(batch))
        return 0;
    return written ? 3 : 1;
}

static bool choose_output(struct run *run, size_t n, struct diag *diag)
{
    const char *o = run->options->output;
    bool named_directory =
        o && strcmp(o, "-") && (o[strlen(o) - 1] == '/' || output_is_directory(o));

    if (n <= 1 && !named_directory)
        return true;
    if (!o || !strcmp(o, "-"))
        return diag_system(diag, (struct src_pos){0}, "共 %zu 份文件，请用 -o 指定目录",
                           "%zu documents need a directory: use -o DIR/", n);
    run->directory = o;
    return output_make_directory(o, diag);
}

int paper_main(const char *name, const char *const purpose[LANGUAGE_COUNT], int argc, char **argv)
{
    struct paper_kind applicant = {0};
    applicant.n_switches = volume_options_of_papers(&applicant.switches);
    return paper_main_of(&applicant, name, purpose, argc, argv);
}

int paper_main_of(const struct paper_kind *kind, const char *name,
                  const char *const purpose[LANGUAGE_COUNT], int argc, char **argv)
{
    struct arena arena = {0};
    struct options options;
    int status =
        options_parse(&options, argc, argv, purpose, kind->switches, kind->n_switches, &arena);
    if (status >= 0) {
        arena_free(&arena);
        return status;
    }
    struct diag diag = {.strict = options.strict};
    struct run run = {.options = &options, .name = name, .kind = kind, .first_pass = &diag};
    struct gathering *gathering = NULL;
    struct record *record = NULL;
    struct buffer *results = NULL;
    size_t n = 0;
    const char *const *templates = shenbao_template_dirs(options.templates);
    rubrics_register();
    const char *file = arena_printf(&arena, "%s.xml", name);
    char *template = find_file(&arena, templates, file);
    char *schema = find_file(&arena, templates, "applicants.xsd");
    char *holidays = find_file(&arena, templates, "holidays.xml");
    char *papers = find_file(&arena, templates, "papers.xml");

    status = 2;
    if ((!template && !kind->maker) || !schema || !holidays || !papers) {
        const char *missing = !schema     ? "applicants.xsd"
                              : !holidays ? "holidays.xml"
                              : !papers   ? "papers.xml"
                                          : file;
        diag_system(&diag, (struct src_pos){missing, 0}, "找不到模板文件",
                    "template file not found");
        goto done;
    }
    if (!workdays_load(holidays, &diag) || !needed_papers_load(papers, &diag))
        goto done;
    if (!(run.fonts = fonts_new(shenbao_font_dirs(options.fonts), &diag)))
        goto done;
    if (kind->maker ? !(run.own = kind->maker->load(&options, templates, run.fonts, &diag))
                    : !(run.form = form_load(template, run.fonts, &diag)))
        goto done;
    if (run.form && form_facts(run.form)->cites &&
        !(run.volume = volume_load(&options, templates, run.fonts, &diag)))
        goto done;
    /* the volume may hold a paper that scores */
    if ((run.own || run.volume || form_facts(run.form)->rubrics) &&
        !(run.rubrics = rubrics_load(templates, &diag)))
        goto done;
    struct record_options input = {
        .schema_path = schema,
        .inputs = options.inputs,
        .n_inputs = options.n_inputs,
        .only_applicants = options.applicants,
        .n_only_applicants = options.n_applicants,
        .only_units = options.units,
        .n_only_units = options.n_units,
        .asof = options.asof,
    };
    if (!(record = record_open(&input, &diag))) {
        status = diag.system_faults ? 2 : 1;
        goto done;
    }
    run.record = record;
    n = record_count(record);
    if (kind->elements) {
        if (!(gathering = record_gather(record, kind->elements, &diag)))
            goto done;
        n = gathering_list(gathering, &run.gathered);
    }
    if (n == 0) {
        status = diag.system_faults ? 2 : diag_failed(&diag) ? 1 : 0;
        goto done;
    }
    if (!choose_output(&run, n, &diag))
        goto done;
    results = mem_alloc(n, sizeof *results);
    struct workers_job job = {begin, draw, end, &run};
    if (!workers_run(&job, n, options.jobs, results))
        diag_system(&diag, (struct src_pos){0}, "无法启动进程：%s", "cannot start a process: %s",
                    strerror(errno));
    status = -1;
done:
    diag_print(&diag, options.language, stderr);
    if (status < 0)
        status = finish(&run, &diag, results, n);
    for (size_t i = 0; i < n && results; i++)
        buffer_clear(&results[i]);
    free(results);
    gathering_free(gathering);
    record_free(record);
    rubrics_free(run.rubrics);
    form_free(run.form);
    if (run.own)
        kind->maker->unload(run.own);
    volume_free(run.volume);
    fonts_free(run.fonts);
    diag_clear(&diag);
    arena_free(&arena);
    return status;
}
