/* check.c - all that would send the packages back, before anything is printed: record, media and
 * papers against the rules, every applicant and every rule in one run. */
#include "check/check_run.h"
#include "core/find.h"
#include "core/parcel.h"
#include "core/paths.h"
#include "programs/programs.h"

#include "check/rules.h"
#include "core/options.h"
#include "core/output.h"
#include "core/workers.h"
#include "media/qpdf.h"
#include "record/id_number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- the workers --- */

struct run_state {
    const struct check_wish *run;
    struct record_cursor *cursor;
    struct rules_run *rules;
    struct query_context *plan;
    struct diag diag; /* of the cursor */
};

/* Where a proof will be found. Its page is known only when the volume is made, that it has one
 * before. */
static const char *place_of(const char *id, void *materials)
{
    enum place_kind kind = materials_place(materials, id)->kind;
    return kind == PLACE_BOUND ? "999" : materials_word(kind);
}

static void *begin(void *data)
{
    struct run_state *s = mem_alloc(1, sizeof *s);
    s->run = data;
    s->cursor = record_cursor_new(s->run->record, &s->diag);
    s->rules = rules_run_new(s->run->rules, record_asof(s->run->record));
    s->plan = query_context_new();
    return s;
}

static void end(void *state)
{
    struct run_state *s = state;
    if (!s)
        return;
    record_cursor_free(s->cursor);
    rules_run_free(s->rules);
    query_context_free(s->plan);
    diag_clear(&s->diag);
    free(s);
}

static void check_one(void *state, size_t number, struct buffer *result)
{
    struct run_state *s = state;
    struct applicant who = {0};
    struct diag diag = {0};
    struct rules_facts facts = {0};
    struct arena arena = {0};
    struct buffer more = {0};

    if (!s->cursor || !record_seek(s->cursor, s->run->indices[number], &who)) {
        diag_append(&diag, &s->diag);
        if (!diag_failed(&diag))
            diag_system(&diag, (struct src_pos){0}, "申报人无法再次读取",
                        "the applicant cannot be read again");
    } else if (!s->run->recall || !s->run->recall(s->run->data, &who, &diag, &facts, &more)) {
        query_context_begin(s->plan, who.node, record_asof(s->run->record));
        rules_set_pages(s->rules, place_of,
                        materials_list(s->run->sections, s->plan, who.node, &arena));
        rules_applicant(s->rules, &who, &facts, &diag);
        if (s->run->keep)
            s->run->keep(s->run->data, &who, &diag, &facts);
    }
    pack_bytes(result, more.data, more.len);
    pack_text(result, who.id ? who.id : "");
    pack_text(result, who.name ? who.name : "");
    pack_text(result, who.unit ? who.unit : "");
    pack_text(result, who.unit_name ? who.unit_name : "");
    pack_number(result, diag.n);
    for (size_t i = 0; i < diag.n; i++)
        pack_finding(result, &diag.list[i], s->run->wanted);
    pack_bytes(result, facts.list, facts.n * sizeof *facts.list);
    free(facts.list);
    diag_clear(&diag);
    buffer_clear(&more);
    arena_free(&arena);
}

struct sections *check_sections(const char *const *templates, struct diag *diag)
{
    struct arena arena = {0};
    const char *path = find_file(&arena, templates, "dossier.xml");
    struct sections *s = path ? sections_load(path, diag) : NULL;
    if (!path)
        diag_system(diag, (struct src_pos){"dossier.xml", 0}, "找不到模板文件",
                    "template file not found");
    arena_free(&arena);
    return s;
}

/* --- putting together --- */

void check_add(struct check_report *r, struct check_person *p, struct finding f, bool show_ids)
{
    struct arena *a = &r->batch.arena;
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        if (f.text[l])
            f.text[l] = show_ids ? arena_strdup(a, f.text[l]) : id_number_mask(a, f.text[l]);
    f.rule = intern(&r->strings, a, f.rule);
    f.clause = intern(&r->strings, a, f.clause);
    f.paper = intern(&r->strings, a, f.paper);
    f.label = intern(&r->strings, a, f.label);
    f.field = intern(&r->strings, a, f.field);
    f.subject = intern(&r->strings, a, f.subject);
    f.at.file = intern(&r->strings, a, f.at.file);
    f.applicant = p->id;
    f.name = p->name;
    f.unit = p->unit;
    if (p->n == p->cap) { /* most have a few: room for so many, and none left behind */
        p->cap += p->cap / 2 + 2;
        p->list = mem_resize(p->list, p->cap, sizeof *p->list);
    }
    p->list[p->n++] = f;
    p->count[f.severity]++;
    r->count[f.severity]++;
}

/* Stable: within a severity the order of the rules stays. */
void check_sort(struct finding *list, size_t n)
{
    struct finding *sorted = mem_alloc(n + 1, sizeof *sorted);
    size_t k = 0;
    for (int s = 0; s < SEVERITY_COUNT; s++)
        for (size_t i = 0; i < n; i++)
            if ((int)list[i].severity == s)
                sorted[k++] = list[i];
    if (n)
        memcpy(list, sorted, n * sizeof *list);
    free(sorted);
}

void check_clear(struct check_report *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->people[i].list);
    diag_clear(&r->batch);
    intern_clear(&r->strings);
}

struct claims {
    struct rules_claim *list; /* free() it */
    size_t n, cap;
};

static void claim(struct claims *c, struct rules_fact fact, size_t order)
{
    if (c->n == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 256;
        c->list = mem_resize(c->list, c->cap, sizeof *c->list);
    }
    c->list[c->n++] = (struct rules_claim){fact, order};
}

/* What recall has left is told; false: the rest is not whole. */
static bool unpack(const struct check_wish *run, struct check_report *r, size_t i,
                   const struct buffer *result, struct claims *claims, struct diag *diag)
{
    struct arena *a = &r->batch.arena, strings = {0};
    struct check_person *p = &r->people[i];
    struct parcel parcel = parcel_of(result);
    size_t len;
    const void *more = unpack_bytes(&parcel, &len);

    if (run->told)
        run->told(run->data, i, more, len);
    p->id = unpack_text(&parcel, a);
    p->name = unpack_text(&parcel, a);
    p->unit = intern(&r->strings, a, unpack_text(&parcel, &strings));
    p->unit_name = intern(&r->strings, a, unpack_text(&parcel, &strings));
    for (size_t n = unpack_number(&parcel); n > 0 && !parcel.broken; n--) {
        struct finding f = unpack_finding(&parcel, &strings);
        if (!parcel.broken && f.fault == FAULT_SYSTEM && f.severity == SEVERITY_ERROR)
            diag_pass(diag, &f);
        else if (!parcel.broken)
            check_add(r, p, f, run->show_ids);
    }
    const unsigned char *facts = unpack_bytes(&parcel, &len);
    for (size_t at = 0; at + sizeof(struct rules_fact) <= len; at += sizeof(struct rules_fact)) {
        struct rules_fact fact;
        memcpy(&fact, facts + at, sizeof fact);
        claim(claims, fact, i);
    }
    arena_free(&strings);
    return !parcel.broken;
}

static int by_id(const void *a, const void *b)
{
    const struct check_person *x = *(struct check_person *const *)a,
                              *y = *(struct check_person *const *)b;
    return strcmp(x->id, y->id);
}

/* sorted: all of the report's people. */
static struct check_person *person(struct check_person *const *sorted, size_t n, const char *id)
{
    const struct check_person key = {.id = id}, *wanted = &key;
    struct check_person *const *found =
        id && n ? bsearch(&wanted, sorted, n, sizeof *sorted, by_id) : NULL;
    return found ? *found : NULL;
}

/* Findings that other passes have made go to their applicants, or to the batch. */
static void distribute(const struct check_wish *run, struct check_report *r,
                       const struct diag *from)
{
    struct arena *a = &r->batch.arena;
    struct check_person **sorted = mem_alloc(r->n + 1, sizeof *sorted);
    for (size_t i = 0; i < r->n; i++)
        sorted[i] = &r->people[i];
    qsort(sorted, r->n, sizeof *sorted, by_id);
    for (size_t i = 0; i < from->n; i++) {
        struct finding f = from->list[i];
        struct check_person *p = person(sorted, r->n, f.applicant);
        bool narrowed = run->options->n_applicants || run->options->n_units;
        if (!p && f.applicant && (narrowed || !run->whole))
            continue; /* of somebody who was not asked for */
        if (!p) {
            for (int l = 0; l < LANGUAGE_COUNT && !run->show_ids; l++)
                f.text[l] = id_number_mask(a, f.text[l]);
            diag_pass(&r->batch, &f);
            continue;
        }
        check_add(r, p, f, run->show_ids);
    }
    free(sorted);
}

static bool has_applicant(const char *unit, void *data)
{
    const struct check_report *r = data;
    for (size_t i = 0; i < r->n; i++)
        if (r->people[i].unit && !strcmp(r->people[i].unit, unit))
            return true;
    return false;
}

static bool write_out(const struct check_report *r, const char *format, const char *path,
                      struct diag *diag)
{
    struct buffer out = {0};
    if (!strcmp(format, "json"))
        check_json(r, &out);
    else if (!strcmp(format, "html"))
        check_html(r, &out);
    else
        check_text(r, &out);
    bool ok = output_write(path, out.data, out.len, diag);
    buffer_clear(&out);
    return ok;
}

struct naming {
    const struct check_report *report;
    struct arena *arena;
};

static const char *name_of(size_t order, void *data)
{
    const struct naming *n = data;
    const struct check_person *p = &n->report->people[order];
    return arena_printf(n->arena, "%s %s", p->id, p->name);
}

/* What applicants hold beside each other, and the rules on what they share. */
static void check_shared(const struct check_wish *run, struct check_report *r,
                         struct claims *claims, struct diag *diag)
{
    struct arena arena = {0};
    struct naming naming = {r, &arena};
    struct rules_conflict *conflicts;
    struct applicant who;
    struct rules_run *rules = rules_run_new(run->rules, record_asof(run->record));
    struct record_cursor *cursor = record_cursor_new(run->record, diag);
    size_t n = rules_compare(rules, claims->list, claims->n, &arena, &conflicts);

    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && conflicts[end].order == conflicts[i].order;)
            end++;
        if (record_seek(cursor, run->indices[conflicts[i].order], &who))
            rules_tell_conflicts(rules, &who, &conflicts[i], end - i, name_of, &naming, diag);
    }
    rules_shared(rules, run->record, has_applicant, r, diag);
    record_cursor_free(cursor);
    rules_run_free(rules);
    arena_free(&arena);
}

struct ends {
    const struct check_wish *run;
    struct check_report *report;
    struct claims *claims;
    struct diag *diag;
    enum workers_end *list; /* by applicant */
    const char **files;     /* that was being read when its process ended; NULL: its process has not
                             */
    struct arena arena;     /* of the files' names */
};

static void ended(void *data, size_t number, enum workers_end end, struct buffer *result)
{
    struct ends *e = data;
    if (end == WORKERS_DONE && !unpack(e->run, e->report, number, result, e->claims, e->diag))
        end = WORKERS_DIED;
    else if (end != WORKERS_DONE && e->run->told)
        e->run->told(e->run->data, number, NULL, 0);
    e->list[number] = end;
    if (end != WORKERS_DONE)
        e->files[number] = arena_strdup(&e->arena, workers_noted());
    buffer_clear(result);
}

static bool going(void *data)
{
    struct ends *e = data;
    return !e->run->going || e->run->going(e->run->data);
}

/* Whose check ended a process: it is an error of theirs, like every file that cannot be read. */
static void lost(const struct check_wish *run, struct check_report *r, size_t i,
                 const struct ends *e, struct record_cursor *cursor)
{
    struct check_person *p = &r->people[i];
    struct applicant who;
    struct diag diag = {0};
    struct finding f = {.rule = "R76"};
    bool slow = e->list[i] == WORKERS_SLOW;
    const char *file = e->files[i] ? e->files[i] : "";

    free(p->list);
    *p = (struct check_person){.id = "", .name = "", .unit = "", .unit_name = ""};
    if (record_seek(cursor, run->indices[i], &who)) {
        struct arena *a = &r->batch.arena;
        p->id = arena_strdup(a, who.id);
        p->name = arena_strdup(a, who.name);
        p->unit = arena_strdup(a, who.unit);
        p->unit_name = arena_strdup(a, who.unit_name);
        f.at = who.at;
    }
    if (*file && slow)
        diag_add(&diag, f, "读取文件“%s”用了 %u 秒以上，已放弃，请重新导出后再运行",
                 "reading file '%s' took more than %u seconds and was given up: export it again, "
                 "run again",
                 file, run->seconds);
    else if (*file)
        diag_add(&diag, f, "读取文件“%s”的进程崩溃或用尽了内存，请重新导出后再运行",
                 "the process that read file '%s' died or ran out of memory: export it again, run "
                 "again",
                 file);
    else if (slow)
        diag_add(&diag, f, "核查用了 %u 秒以上，已放弃；请逐个检查附件能否打开，重新导出后再运行",
                 "checking took more than %u seconds and was given up: check that the attachments "
                 "open, export them anew, run again",
                 run->seconds);
    else
        diag_add(&diag, f, "核查时进程崩溃或内存用尽；请逐个检查附件能否打开，重新导出后再运行",
                 "the process that checked it died or ran out of memory: check that the "
                 "attachments open, export them anew, run again");
    check_add(r, p, diag.list[0], true);
    diag_clear(&diag);
}

bool check_people(const struct check_wish *run, struct check_report *r,
                  const struct diag *first_pass, struct diag *diag)
{
    struct buffer *results = mem_alloc(r->n + 1, sizeof *results);
    struct claims claims = {0};
    struct ends ends = {.run = run,
                        .report = r,
                        .claims = &claims,
                        .diag = diag,
                        .list = mem_alloc(r->n + 1, sizeof *ends.list),
                        .files = mem_alloc(r->n + 1, sizeof *ends.files)};
    struct workers_job job = {begin, check_one, end, (void *)run};
    struct workers_watch watch = {
        .seconds = run->seconds, .ended = ended, .going = going, .data = &ends};
    struct diag shared = {0};
    for (size_t i = 0; i < r->n; i++)
        ends.list[i] = WORKERS_DIED; /* as long as nothing else is known */
    qpdf_load(); /* nearly every batch cites a PDF: once here, not once a worker */
    bool ok = workers_watched(&job, &watch, r->n, run->options->jobs, results);

    if (!ok)
        diag_system(diag, (struct src_pos){0}, "无法启动进程：%s", "cannot start a process: %s",
                    strerror(errno));
    ok = ok && going(&ends);
    struct record_cursor *cursor = record_cursor_new(run->record, diag);
    for (size_t i = 0; i < r->n; i++)
        if (ends.list[i] != WORKERS_DONE)
            lost(run, r, i, &ends, cursor);
    free(results);
    free(ends.list);
    free(ends.files);
    arena_free(&ends.arena);
    record_cursor_free(cursor);

    if (run->whole)
        check_shared(run, r, &claims, &shared);
    free(claims.list);
    distribute(run, r, first_pass);
    distribute(run, r, &shared);
    diag_clear(&shared);

    for (size_t i = 0; i < r->n; i++)
        check_sort(r->people[i].list, r->people[i].n);
    check_sort(r->batch.list, r->batch.n);
    return ok;
}

int check_main(int argc, char **argv)
{
    static const char *const purpose[] = {"核查会使材料被退回的一切问题。",
                                          "Reports all that would send the packages back."};
    const char *format = "text", *stage = "prepare", *only = NULL, *except = NULL, *show_ids = NULL;
    const struct option_own own[] = {
        {"format", "text|json|html", {"报告的格式（text）", "what the report is (text)"}, &format},
        {"stage",
         "prepare|submit",
         {"付印前（默认）或寄送前", "before printing (the default), or before mailing"},
         &stage},
        {"rules", "LIST", {"只查这几条规则：R18,R68", "only these rules: R18,R68"}, &only},
        {"no-rules", "LIST", {"除这几条规则外都查", "all rules but these"}, &except},
        {"show-ids", NULL, {"身份证号不遮盖", "ID numbers in full"}, &show_ids},
    };
    struct arena arena = {0};
    struct options options;
    int status =
        options_parse(&options, argc, argv, purpose, own, sizeof own / sizeof *own, &arena);
    if (status >= 0) {
        arena_free(&arena);
        return status;
    }

    struct diag diag = {.strict = options.strict},
                first = {0}; /* of the system and the rules; of the record */
    struct check_report report = {.stage = stage, .strict = options.strict, .quiet = options.quiet};
    struct check_wish run = {.options = &options, .show_ids = show_ids != NULL, .whole = true};
    struct fonts *fonts = NULL;
    struct rules *rules = NULL;
    struct sections *sections = NULL;
    struct record *record = NULL;
    const char *const *templates = shenbao_template_dirs(options.templates);
    char *schema = find_file(&arena, templates, "applicants.xsd");
    struct rules_options chosen = {.dirs = templates,
                                   .only = only,
                                   .except = except,
                                   .show_ids = show_ids != NULL,
                                   .stage = strcmp(stage, "submit") ? STAGE_PREPARE : STAGE_SUBMIT};
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

    if (!schema)
        diag_system(&diag, (struct src_pos){"applicants.xsd", 0}, "找不到模板文件",
                    "template file not found");
    else if ((chosen.fonts = fonts = fonts_new(shenbao_font_dirs(options.fonts), &diag)))
        run.rules = rules = rules_load(&chosen, &diag);
    if (rules && !(run.sections = sections = check_sections(templates, &diag))) {
        rules_free(rules);
        rules = NULL;
    }
    if (rules) {
        distribute(&run, &report, &diag); /* what rules or fonts object to in the templates */
        diag_clear(&diag);
        run.record = record = record_open(&input, &first);
        report.language = strcmp(format, "text") ? options.report_language : options.language;
        run.wanted[report.language] = run.wanted[options.language] = true;
        if (options.report)
            run.wanted[options.report_language] = true;
    }
    if (first.system_faults) {
        diag_append(&diag, &first);
    } else if (rules) {
        if (record) {
            report.asof = record_asof(record);
            report.n = record_count(record);
            report.people = ARENA_ARRAY(&report.batch.arena, struct check_person, report.n + 1);
            run.indices = record_indices(record);
            check_people(&run, &report, &first, &diag);
        } else {
            distribute(&run, &report, &first); /* nothing could be read: that is the report */
        }
        for (int i = 0; i < SEVERITY_COUNT; i++)
            report.count[i] += report.batch.count[i];
        check_sort(report.batch.list, report.batch.n);
        write_out(&report, format, options.output ? options.output : "-", &diag);
        report.language = options.report_language;
        if (options.report)
            write_out(&report, "json", options.report, &diag);
    }
    diag_print(&diag, options.language, stderr);
    status = diag.system_faults ? 2
             : report.count[SEVERITY_ERROR] || (options.strict && report.count[SEVERITY_WARNING])
                 ? 1
                 : 0;
    record_free(record);
    rules_free(rules);
    sections_free(sections);
    fonts_free(fonts);
    check_clear(&report);
    diag_clear(&first);
    diag_clear(&diag);
    arena_free(&arena);
    return status;
}
