/* package.c - the whole job for every applicant, unit and delegation of a batch: check, papers,
 * print runs, reports; only what changed, in parallel, and never a half of anything. */
#define _DEFAULT_SOURCE /* glob, sigaction with SA_ flags */
#include "package/package.h"

#include "core/find.h"
#include "core/lock.h"
#include "core/output.h"
#include "core/paths.h"
#include "dossier/volume.h"
#include "package/progress.h"
#include "package/shard.h"
#include "papers/report.h"
#include "programs/programs.h"
#include "query/needed_papers.h"
#include "query/workdays.h"
#include "record/data.h"
#include "record/gather.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAME_TEMPLATE "{id}-{name}"
#define WORKER_BYTES ((size_t)6 << 30)

static const char *stage = "prepare", *force, *dry_run, *fail_fast, *prune, *shard, *verify,
                  *name_template, *timeout;

static const struct option_own own_options[] = {
    {"stage",
     "prepare|submit",
     {"付印前（默认）或寄送前", "before printing (the default), or before mailing"},
     &stage},
    {"force", NULL, {"不论有无变化，全部重做", "make everything, changed or not"}, &force},
    {"dry-run",
     NULL,
     {"不写文件，只列出要做什么、为什么", "write nothing; list what would be made, and why"},
     &dry_run},
    {"fail-fast",
     NULL,
     {"核查有错误就什么都不做；制作出错就停下",
      "make nothing when check finds an error; stop when drawing fails"},
     &fail_fast},
    {"prune",
     NULL,
     {"删去批次里已无其人的文件", "remove documents that nobody in the batch has any more"},
     &prune},
    {"shard",
     "K/N",
     {"只做申报人的 N 份之 K（SLURM_ARRAY_TASK_ID、JOB_COMPLETION_INDEX 自动识别）",
      "only the K-th of N parts of the applicants (SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX: "
      "auto)"},
     &shard},
    {"verify",
     "DIR",
     {"不制作，只核对目录与清单是否相符", "make nothing; compare the tree with its manifest"},
     &verify},
    {"name-template",
     "TEXT",
     {"申报人目录名，由 {id} {name} {unit} {unit-name} 组成：" NAME_TEMPLATE,
      "applicants' folders, of {id} {name} {unit} {unit-name}: " NAME_TEMPLATE},
     &name_template},
    {"timeout",
     "SECONDS",
     {"每位申报人最多用多少秒（120）", "what one applicant may take (120)"},
     &timeout},
};
enum { N_OWN = sizeof own_options / sizeof *own_options };

static int seconds_allowed = 120;
static volatile sig_atomic_t caught;

static void on_signal(int signal)
{
    caught = signal;
}

static void catch_signals(void)
{
    struct sigaction a = {.sa_handler = on_signal};
    sigemptyset(&a.sa_mask);
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
}

/* --- who --- */

static struct src_pos keep_place(struct package *p, struct src_pos at)
{
    return (struct src_pos){intern(&p->strings, &p->arena, at.file), at.line};
}

/* Those of a run over the whole: who is in none has been told of. */
static void list_delegations(struct package *p)
{
    const struct record_delegation *all;
    size_t n = record_delegations(p->record, &all);

    p->delegations = ARENA_ARRAY(&p->arena, struct delegated, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct delegated d = {.id = all[i].id,
                              .issuer = record_attribute(all[i].node, "issuer", &p->arena),
                              .at = keep_place(p, record_pos(all[i].node))};
        for (size_t k = 0; k < p->n_chosen; k++) {
            const struct person *one = p->chosen[k];
            if (strcmp(one->delegation, d.id))
                continue;
            d.n++;
            if (one->faulty)
                d.faulty =
                    d.faulty ? arena_printf(&p->arena, "%s、%s", d.faulty, one->id) : one->id;
        }
        if (d.n > 0)
            p->delegations[p->n_delegations++] = d;
    }
}

/* All of the record, selected or not. In a run over the whole, who is in no delegation is told. */
static void list_people(struct package *p)
{
    struct diag silent = {0}; /* the first pass has told of everything */
    struct record_cursor *cursor = record_cursor_new(p->record, &silent);
    struct arena *a = &p->arena;
    struct applicant who;
    size_t cap = 0;

    for (size_t i = 0; record_seek(cursor, i, &who); i++) {
        if (p->n_people == cap) {
            cap += cap / 2 + 256;
            p->people = mem_resize(p->people, cap, sizeof *p->people);
        }
        p->people[p->n_people++] =
            (struct person){.id = arena_strdup(a, who.id),
                            .name = arena_strdup(a, who.name),
                            .unit = intern(&p->strings, a, who.unit),
                            .unit_name = intern(&p->strings, a, who.unit_name),
                            .delegation = intern(&p->strings, a, who.delegation),
                            .at = keep_place(p, who.at),
                            .index = i,
                            .faulty = who.faulty};
        if (p->whole)
            record_is_delegated(p->record, &who, p->diag);
    }
    record_cursor_free(cursor);
    diag_clear(&silent);
}

static void choose_people(struct package *p, const struct shard *part)
{
    const size_t *indices = record_indices(p->record);
    size_t n = record_count(p->record);

    p->chosen = ARENA_ARRAY(&p->arena, struct person *, n + 1);
    p->jobs = ARENA_ARRAY(&p->arena, struct person *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (indices[i] < p->n_people && shard_has(part, p->people[indices[i]].id))
            p->chosen[p->n_chosen++] = &p->people[indices[i]];
}

/* --- check, then drawing --- */

struct watcher {
    struct package *package;
    struct progress progress;
    bool stop; /* a failure after which nothing more is begun */
    bool people;
};

static bool going(void *data) /* of a watcher */
{
    struct watcher *w = data;
    progress_tell(&w->progress);
    return !caught && !w->stop;
}

static void check_told(void *data, size_t number, const void *more, size_t len)
{
    struct watcher *w = data;
    w->progress.done++;
    package_take_keys(w->package->chosen[number], more, len);
}

static bool check_recall(void *data, const struct applicant *who, struct diag *diag,
                         struct rules_facts *facts, struct buffer *more)
{
    const struct watcher *w = data;
    return package_recall(w->package, who, diag, facts, more);
}

static void check_keep(void *data, const struct applicant *who, const struct diag *diag,
                       const struct rules_facts *facts)
{
    const struct watcher *w = data;
    package_keep(w->package, who, diag, facts);
}

/* Who has errors of the stage is not drawn. false: it was stopped, or the system failed. */
static bool check_all(struct package *p)
{
    struct watcher w = {.package = p};
    struct check_report *r = &p->report;
    size_t *indices = ARENA_ARRAY(&p->arena, size_t, p->n_chosen + 1);
    struct check_wish wish = {.options = p->options,
                              .sections = p->sections,
                              .rules = p->rules,
                              .record = p->record,
                              .indices = indices,
                              .whole = p->whole,
                              .seconds = (unsigned)seconds_allowed,
                              .going = going,
                              .told = check_told,
                              .recall = check_recall,
                              .keep = check_keep,
                              .data = &w};

    wish.wanted[p->options->language] = wish.wanted[p->options->report_language] = true;
    for (size_t i = 0; i < p->n_chosen; i++)
        indices[i] = p->chosen[i]->index;
    r->asof = record_asof(p->record);
    r->n = p->n_chosen;
    r->people = ARENA_ARRAY(&r->batch.arena, struct check_person, r->n + 1);
    progress_begin(&w.progress, p->options, p->n_chosen);
    bool ok = check_people(&wish, r, p->first_pass, p->diag);
    progress_end(&w.progress);
    for (size_t i = 0; i < p->n_chosen; i++) {
        struct person *one = p->chosen[i];
        struct check_person *found = one->found = &r->people[i];
        bool barred = one->faulty || found->count[SEVERITY_ERROR] ||
                      (p->options->strict && found->count[SEVERITY_WARNING]);
        if (barred)
            one->state = PERSON_FAILED;
        else
            p->jobs[p->n_jobs++] = one;
    }
    return ok && !p->diag->system_faults && !(fail_fast && p->n_jobs < p->n_chosen);
}

/* Takes what a worker has made into the manifest. false: the system has failed. */
static bool take(struct package *p, const struct buffer *result, bool *complete)
{
    struct result_reader r;
    struct outcome o = {0};
    struct made m;

    result_open(&r, result, &o);
    *complete = o.complete;
    p->partial += o.partial;
    while (result_next(&r, &m)) {
        p->made += m.how == MADE_ANEW;
        p->kept += m.how == MADE_BEFORE;
        if (m.how == MADE_ANEW)
            manifest_take(p->manifest, m.line, m.len);
    }
    return o.system_faults == 0;
}

/* A worker that died or was too slow leaves a result that says so. */
static void lost(struct buffer *result, enum workers_end end, int seconds)
{
    struct buffer findings = {0};
    struct json j = {.out = &findings, .flat = true};
    struct diag diag = {0};
    const char *file = workers_noted();
    const struct finding unread = {.rule = "R76"};
    if (*file && end == WORKERS_SLOW)
        diag_add(&diag, unread, "读取文件“%s”用了 %d 秒以上，已放弃，请重新导出后再运行",
                 "reading file '%s' took more than %d seconds and was given up: export it again, "
                 "run again",
                 file, seconds);
    else if (*file)
        diag_add(&diag, unread, "读取文件“%s”的进程崩溃或用尽了内存，请重新导出后再运行",
                 "the process that read file '%s' died or ran out of memory: export it again, run "
                 "again",
                 file);
    else if (end == WORKERS_SLOW)
        diag_error(&diag, (struct src_pos){0},
                   "用了 %d 秒以上，已放弃；请逐个检查附件能否打开，重新导出后再运行",
                   "took more than %d seconds and was given up: check that the attachments open, "
                   "export them anew, run again",
                   seconds);
    else
        diag_error(&diag, (struct src_pos){0},
                   "处理时进程崩溃或内存用尽，已跳过；请逐个检查附件能否打开，重新导出后再运行",
                   "the process died or ran out of memory: check that the attachments open, export "
                   "them anew, run again");
    json_open(&j, NULL, '[');
    report_keep_finding(&j, &diag.list[0], (struct src_pos){0});
    json_close(&j, ']');
    result_begin(result, &(struct outcome){.findings = (const char *)findings.data,
                                           .findings_len = findings.len});
    buffer_clear(&findings);
    diag_clear(&diag);
}

static void ended(void *data, size_t number, enum workers_end end, struct buffer *result)
{
    struct watcher *w = data;
    struct package *p = w->package;
    bool complete = false;

    w->progress.done++;
    if (end != WORKERS_DONE)
        lost(result, end, seconds_allowed);
    else if (!take(p, result, &complete))
        w->stop = true; /* a full disk will not be less full for the next one */
    if (w->people) {
        struct person *one = p->jobs[number];
        one->state = complete ? PERSON_COMPLETE : end != WORKERS_DONE ? PERSON_LOST : PERSON_FAILED;
        one->result = spool_add(p->results, result->data, result->len);
        one->result_len = result->len;
        buffer_clear(result);
        if (!complete && fail_fast)
            w->stop = true;
    } else {
        p->delegations[number].complete = complete;
        p->delegations[number].result = *result;
        *result = (struct buffer){0};
    }
}

static bool run_jobs(struct package *p, const struct workers_job *what, bool people, size_t n)
{
    struct watcher w = {.package = p, .people = people};
    struct workers_job job = *what;
    struct workers_watch watch = {.seconds = (unsigned)seconds_allowed,
                                  .bytes = WORKER_BYTES,
                                  .ended = ended,
                                  .going = going,
                                  .data = &w};
    struct buffer *results = mem_alloc(n + 1, sizeof *results);

    progress_begin(&w.progress, p->options, n);
    job.data = p;
    if (!workers_watched(&job, &watch, n, p->options->jobs, results))
        diag_system(p->diag, (struct src_pos){0}, "无法启动进程：%s", "cannot start a process: %s",
                    strerror(errno));
    progress_end(&w.progress);
    for (size_t i = 0; i < n; i++)
        buffer_clear(&results[i]);
    free(results);
    if (!spool_ok(p->results))
        output_failed(p->out, p->diag);
    return !caught && !w.stop && !p->diag->system_faults;
}

/* --- the run --- */

static bool load(struct package *p, const struct options *o, const char *const *templates,
                 struct diag *diag)
{
    static const char *const needed[] = {"applicants.xsd", "holidays.xml", "package.xml",
                                         "papers.xml", "characters.xml"};
    char *found[5];
    for (size_t i = 0; i < 5; i++)
        if (!(found[i] = find_file(&p->arena, templates, needed[i])))
            return diag_system(diag, (struct src_pos){needed[i], 0}, "找不到模板文件",
                               "template file not found");
    if (!workdays_load(found[1], diag) || !needed_papers_load(found[3], diag) ||
        !(p->fonts = fonts_new(shenbao_font_dirs(o->fonts), diag)))
        return false;
    p->press = press_new(o, templates, p->fonts);
    p->rules_options =
        (struct rules_options){.dirs = templates,
                               .fonts = p->fonts,
                               .stage = strcmp(stage, "submit") ? STAGE_PREPARE : STAGE_SUBMIT};
    p->rules = rules_load(&p->rules_options, diag);
    p->sections = check_sections(templates, diag);
    p->kit = kit_load(found[2], found[3], p->press, diag);
    if (!p->rules || !p->sections || !p->kit)
        return false;
    struct record_options input = {
        .schema_path = found[0],
        .characters_path = found[4],
        .inputs = o->inputs,
        .n_inputs = o->n_inputs,
        .only_applicants = o->applicants,
        .n_only_applicants = o->n_applicants,
        .only_units = o->units,
        .n_only_units = o->n_units,
        .asof = o->asof,
    };
    return (p->record = record_open(&input, p->first_pass)) != NULL;
}

static void print_plan(const struct package *p, const char *folder, const struct buffer *result)
{
    struct arena arena = {0};
    struct result_reader r;
    struct outcome o;
    struct made m;

    result_open(&r, result, &o);
    while (result_next(&r, &m))
        if (m.how == MADE_NOT)
            printf("%s/%s\t%.*s\n", p->out, result_path(p, &arena, folder, &m), (int)m.len, m.line);
    arena_free(&arena);
}

static int status_of(const struct package *p, const struct package_counts *c)
{
    const struct diag *batch = &p->report.batch;
    bool all = c->failed == 0 && p->partial == 0 && !batch->count[SEVERITY_ERROR] &&
               !diag_failed(p->diag) && !(p->options->strict && p->report.count[SEVERITY_WARNING]);
    if (c->system_faults)
        return 2;
    for (size_t i = 0; i < p->n_delegations && p->whole && !p->dry_run; i++)
        all = all && p->delegations[i].complete && !p->rosters_failed;
    return all ? 0 : c->complete ? 3 : 1;
}

static void summarise(const struct package *p, const struct package_counts *counts)
{
    bool zh = p->options->language == LANGUAGE_ZH;
    if (p->options->quiet)
        return;
    fprintf(
        stderr,
        zh ? "package：%zu 人齐备，%zu 人未成；%zu 份新做，%zu 份无变化\n"
           : "package: %zu applicants complete, %zu failed; %zu documents made, %zu as they were\n",
        counts->complete, counts->failed, p->made, p->kept);
    if (!p->whole)
        fputs(
            zh ? "package：只做了一部分申报人；委托书、花名册、合并打印和报告由不限范围的运行制作\n"
               : "package: only a part of the batch; letters, rosters, print runs and reports are "
                 "made by a run over all of it\n",
            stderr);
}

static void plan_only(struct package *p)
{
    struct buffer result = {0};
    for (size_t i = 0; i < p->n_jobs; i++) {
        result_of(p, p->jobs[i], &result);
        print_plan(p, p->jobs[i]->folder, &result);
    }
    for (size_t i = 0; i < p->n_delegations; i++)
        print_plan(p, p->delegations[i].folder, &p->delegations[i].result);
    buffer_clear(&result);
}

static int make(struct package *p)
{
    struct package_counts counts = {0};
    const char **stale = NULL;
    size_t n_stale = 0;
    bool go = check_all(p) && run_jobs(p, &package_people_job, true, p->n_jobs);

    if (go && p->whole)
        go = run_jobs(p, &package_delegations_job, false, p->n_delegations);
    if (go && p->whole) {
        p->rosters_failed = !package_make_rosters(p);
        go = !caught && !p->diag->system_faults;
    }
    if (go && p->whole && !p->dry_run) {
        go = package_write_print_runs(p);
        n_stale = go ? package_stale(p, prune, &stale) : 0;
    }
    if (caught) { /* what was being looked at then is nobody's fault */
        struct diag last = {0};
        bool ok = p->dry_run || manifest_write(p->manifest, &last);
        diag_print(&last, p->options->language, stderr);
        diag_clear(&last);
        return ok ? 128 + caught : 2;
    }
    package_merge_findings(p);
    package_print_findings(p, &counts);
    if (p->dry_run) {
        plan_only(p);
        return status_of(p, &counts);
    }
    struct diag late = {0}, *early = p->diag; /* what was printed is not printed again */
    if (go && p->whole)
        package_write_reports(p, &counts, stale, n_stale);
    else
        package_write_part(p, &counts);
    if (go && p->whole)
        manifest_drop_notes(p->manifest);
    manifest_write(p->manifest, &late);
    digest_cache_write(p->digests);
    for (size_t i = 0; i < late.n; i++)
        finding_print(&late.list[i], p->options->language, stderr);
    counts.system_faults = early->system_faults + late.system_faults;
    diag_clear(&late);
    summarise(p, &counts);
    return status_of(p, &counts);
}

static int verify_tree(const struct options *o)
{
    struct diag diag = {.strict = o->strict};
    struct manifest *m = manifest_open(verify, &diag);
    size_t files = 0;

    if (m && output_is_directory(verify))
        manifest_verify(m, &files, &diag);
    else if (m)
        diag_system(&diag, (struct src_pos){verify, 0}, "没有这个文件夹",
                    "there is no such folder");
    if (m && files == 0 && !diag.count[SEVERITY_ERROR])
        diag_error(&diag, (struct src_pos){verify, 0}, "没有清单，或清单是空的",
                   "it has no manifest, or an empty one");
    diag_print(&diag, o->language, stderr);
    int status = diag.system_faults ? 2 : diag_failed(&diag) ? 1 : 0;
    if (!o->quiet && status == 0)
        printf(o->language == LANGUAGE_ZH ? "%zu 个文件与清单相符\n"
                                          : "%zu files are what the manifest says\n",
               files);
    manifest_free(m);
    diag_clear(&diag);
    return status;
}

/* A run over all of the batch knows what to keep; the others only look. */
static void open_digests(struct package *p)
{
    char *out = realpath(p->out, NULL), sum[DIGEST_HEX];
    const char *path = NULL;

    digest_hex(out ? out : "", out ? strlen(out) : 0, sum);
    if (out)
        path = shenbao_cache(&p->arena, arena_printf(&p->arena, "%.32s.digests", sum));
    p->digests =
        digest_cache_open(path ? path : "", path && !p->force, path && p->whole && !p->dry_run);
    free(out);
}

static bool check_options(const struct options *o, struct shard *part, struct diag *diag)
{
    char *end = NULL;
    if (timeout &&
        ((seconds_allowed = (int)strtol(timeout, &end, 10)) < 1 || seconds_allowed > 86400 || *end))
        return diag_system(diag, (struct src_pos){0}, "--timeout 应为 1 到 86400 秒，而不是 %s",
                           "--timeout takes 1 to 86400 seconds, not %s", timeout);
    if (name_template && !*name_template)
        return diag_system(diag, (struct src_pos){0}, "--name-template 不能为空",
                           "--name-template must not be empty");
    if (!o->output || !strcmp(o->output, "-") || !*o->output)
        return diag_system(diag, (struct src_pos){0}, "请用 -o 指定输出文件夹",
                           "name the folder to write into: -o DIR");
    return shard_read(part, shard, diag);
}

static int run(const struct options *o)
{
    struct diag diag = {.strict = o->strict}, first_pass = {.strict = o->strict};
    struct package p = {.options = o,
                        .stopped = &caught,
                        .first_pass = &first_pass,
                        .diag = &diag,
                        .force = force,
                        .dry_run = dry_run};
    struct shard part;
    const char *const *templates = shenbao_template_dirs(o->templates);
    int status = 2, lock = -1;

    if (!check_options(o, &part, &diag))
        goto done;
    char *out = arena_strdup(&p.arena, o->output);
    for (size_t n = strlen(out); n > 1 && out[n - 1] == '/';)
        out[--n] = '\0';
    p.out = out;
    p.report.stage = stage;
    p.report.strict = o->strict;
    p.whole = part.n == 0 && o->n_applicants == 0 && o->n_units == 0;
    catch_signals();
    if (!load(&p, o, templates, &diag)) {
        status = diag.system_faults || first_pass.system_faults ? 2 : 1;
        goto done;
    }
    list_people(&p);
    choose_people(&p, &part);
    if (p.whole)
        list_delegations(&p);
    if (!package_name_folders(&p, name_template ? name_template : NAME_TEMPLATE, &diag))
        goto done;
    if (!p.dry_run && (!output_make_directory(p.out, &diag) ||
                       (lock = lock_tree(p.out, part.k, part.n, &diag)) < 0))
        goto done;
    open_digests(&p);
    package_common_key(&p, templates);
    p.results = p.dry_run ? spool_new(output_temporary("-", &diag)) : package_spool(&p, "results");
    if (!spool_ok(p.results))
        goto done;
    if (!(p.manifest = manifest_open(p.out, &diag)))
        goto done;
    if (!p.dry_run &&
        !manifest_begin(p.manifest,
                        part.n ? arena_printf(&p.arena, "%u-of-%u", part.k, part.n) : NULL, &diag))
        goto done;
    status = -1;
done:
    if (status >= 0) {
        diag_print(&first_pass, o->language, stderr);
        diag_print(&diag, o->language, stderr);
    } else {
        status = make(&p);
    }
    free(p.people);
    intern_clear(&p.strings);
    spool_free(p.results);
    digest_cache_free(p.digests);
    for (size_t i = 0; i < p.n_delegations; i++)
        buffer_clear(&p.delegations[i].result);
    manifest_free(p.manifest);
    if (lock >= 0)
        close(lock);
    record_free(p.record);
    rules_free(p.rules);
    sections_free(p.sections);
    check_clear(&p.report);
    kit_free(p.kit);
    press_free(p.press);
    fonts_free(p.fonts);
    diag_clear(&diag);
    diag_clear(&first_pass);
    arena_free(&p.arena);
    return status;
}

int package_main(int argc, char **argv)
{
    static const char *const purpose[] = {
        "为整批申报人、单位和委托单位制作全部材料，只做有变化的。",
        "Makes everything for every applicant, unit and delegation of a batch, and only what "
        "changed."};
    struct arena arena = {0};
    struct options options;
    const struct option_own *volume;
    size_t n_volume = volume_options(&volume);
    struct option_own *own = ARENA_ARRAY(&arena, struct option_own, N_OWN + n_volume);

    memcpy(own, own_options, sizeof own_options);
    memcpy(own + N_OWN, volume, n_volume * sizeof *volume);
    int status = options_parse(&options, argc, argv, purpose, own, N_OWN + n_volume, &arena);
    if (status < 0)
        status = verify ? verify_tree(&options) : run(&options);
    arena_free(&arena);
    return status;
}
