/* package.c - the whole job for every applicant, unit and delegation of a batch: check, papers,
 * print runs, reports; only what changed, in parallel, and never a half of anything. */
#define _DEFAULT_SOURCE /* sigaction with SA_ flags */
#include "package/package.h"

#include "check/preflight.h"
#include "core/find.h"
#include "core/output.h"
#include "core/real_path.h"
#include "core/strings.h"
#include "core/worker_fault.h"
#include "media/quarantine.h"
#include "package/changes.h"
#include "package/draw.h"
#include "package/keys.h"
#include "package/messages.h"
#include "package/notes.h"
#include "package/print_run.h"
#include "package/progress.h"
#include "package/report.h"
#include "package/rework.h"
#include "package/rosters.h"
#include "package/stale.h"
#include "sheet/roster.h"
#include "upload/kit.h"

#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORKER_BYTES ((size_t)6 << 30)

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

const char *package_path(const struct package *p, struct arena *arena, const char *folder,
                         const struct result_document *d)
{
    const struct catalogue_paper *papers;
    if (d->leaf)
        return arena_printf(arena, "%s/%s", folder, d->leaf);
    catalogue_papers(p->catalogue, &papers);
    return arena_printf(arena, "%s/%s.%s", folder, papers[d->paper].file,
                        d->workbook ? "xlsx" : "pdf");
}

/* --- check --- */

/* Of check, or of drawing. */
struct watcher {
    const struct package *package;
    struct progress progress;
    struct note_taker notes;      /* of check */
    const struct person **people; /* who is drawn; NULL: groups */
    bool stop;                    /* a failure after which nothing more is begun */
    bool killed;                  /* somebody's process, which is not their data's doing */
};

static bool going(void *data)
{
    struct watcher *w = data;
    progress_show(&w->progress);
    return !caught && !w->stop;
}

static void check_ended(void *data, size_t chosen, const void *sent, size_t len)
{
    struct watcher *w = data;
    w->progress.done++;
    keys_learn(w->package->keys, w->package->batch->chosen[chosen]->number, sent, len);
}

static bool check_recall(void *data, const struct applicant *who, struct diag *diag,
                         struct engine_facts *facts, struct buffer *sent)
{
    struct watcher *w = data;
    return notes_recall(&w->notes, who, diag, facts, sent);
}

static void check_keep(void *data, const struct applicant *who, const struct diag *diag,
                       const struct engine_facts *facts)
{
    struct watcher *w = data;
    notes_keep(&w->notes, who, diag, facts);
}

/* --- what only package.c knows of a run --- */

struct package_run {
    struct package package;
    struct diag diag, first_pass; /* of the run; of the record */
    struct rules_options rules_options;
    struct rules *rules;
    struct sections *sections;
    struct attachment_reader scans;
    struct package_report *report;
    struct messages messages;
    struct rework *rework;       /* NULL: none was given */
    const struct person **drawn; /* whom: of those chosen who have no errors of the stage */
    size_t n_drawn;
    bool rosters_failed;
};

/* false: it was stopped, the system failed, or there are errors after which nothing is drawn. */
static bool check_all(struct package_run *run)
{
    const struct package *p = &run->package;
    const struct batch *b = p->batch;
    struct check_report *report = &run->report->check;
    struct watcher watcher = {.package = p, .notes = {.package = p}};
    size_t *indices = mem_alloc(b->n_chosen + 1, sizeof *indices);
    struct preflight preflight = {.options = p->options,
                                  .sections = run->sections,
                                  .rules = run->rules,
                                  .tables = p->papers->tables,
                                  .record = p->record,
                                  .indices = indices,
                                  .whole = p->scope == BATCH_WHOLE,
                                  .seconds = p->seconds,
                                  .going = going,
                                  .ended = check_ended,
                                  .recall = check_recall,
                                  .keep = check_keep,
                                  .data = &watcher};

    preflight.languages[p->options->language] = true;
    preflight.languages[p->options->report_language] = true;
    if (p->options->bilingual)
        preflight.languages[LANGUAGE_ZH] = preflight.languages[LANGUAGE_EN] = true;
    for (size_t i = 0; i < b->n_chosen; i++)
        indices[i] = b->chosen[i]->number;
    progress_begin(&watcher.progress, p->options, b->n_chosen);
    bool ok = preflight_people(&preflight, report, &run->first_pass, p->diag);
    progress_end(&watcher.progress);
    free(indices);
    run->drawn = mem_alloc(b->n_chosen + 1, sizeof *run->drawn);
    size_t n_ended = 0; /* the others' papers are made all the same */
    for (size_t i = 0; i < b->n_chosen; i++) {
        const size_t *count = report->people[i].count;
        n_ended += report->people[i].n_ended;
        if (!b->chosen[i]->faulty && !report->people[i].n_ended && !count[SEVERITY_ERROR] &&
            !(p->options->strict && count[SEVERITY_WARNING]))
            run->drawn[run->n_drawn++] = b->chosen[i];
    }
    return ok && p->diag->system_faults == n_ended &&
           !(p->own->fail_fast && run->n_drawn < b->n_chosen);
}

/* --- drawing --- */

/* Takes a worker's documents into the manifest. false: the system has failed. */
static bool adopt_result(const struct package *p, const struct buffer *result, bool *complete)
{
    struct result parts;
    struct result_document d;

    result_open(&parts, result);
    *complete = parts.complete;
    while (result_next(&parts, &d))
        if (d.state == DOCUMENT_MADE)
            manifest_take(p->tree->manifest, d.line, d.len);
    return parts.system_faults == 0;
}

/* A worker that died or was too slow leaves a result that says so. */
static void report_worker(const struct package *p, struct src_pos at, enum workers_end end,
                          struct buffer *result)
{
    struct diag diag = {0};
    const char *file = workers_noted();
    unsigned seconds = workers_noted_slice() ? ATTACHMENT_SECONDS : p->seconds;
    const struct worker_fault fault = {WORKER_APPLICANT, end, file, {seconds, 0}};
    worker_fault(&diag, (struct finding){.rule = *file ? "R76" : NULL, .at = at}, &fault);
    result_begin(result, false, &diag);
    diag_clear(&diag);
}

static void draw_ended(void *data, size_t number, enum workers_end end, struct buffer *result)
{
    struct watcher *w = data;
    const struct package *p = w->package;
    bool complete = false;

    w->progress.done++;
    if (end != WORKERS_DONE)
        report_worker(p, w->people ? w->people[number]->at : p->batch->groups[number].at, end,
                      result);
    /* A full disk will not be less full for the next one, though others may do with less memory;
     * and nothing is withheld from a delegation, or pruned, for want of what the machine did not
     * make. */
    w->killed = w->killed || end == WORKERS_KILLED;
    if (end == WORKERS_MACHINE || (end == WORKERS_DONE && !adopt_result(p, result, &complete)))
        w->stop = true;
    if (w->people && complete)
        batch_set_drawn(p->batch, w->people[number]->number);
    if (w->people)
        results_add_person(p->results, w->people[number]->number, result);
    else
        results_add_group(p->results, number, result);
    buffer_clear(result);
    if (w->people && !complete && p->own->fail_fast)
        w->stop = true;
}

/* people: whom; NULL: the groups, all of them. */
static bool draw(const struct package *p, const struct workers_job *work,
                 const struct person **people, size_t n)
{
    struct watcher watcher = {.package = p, .people = people};
    struct draw_job tasks = {p, people};
    struct workers_job job = *work;
    struct workers_watch watch = {.seconds = p->seconds,
                                  .bytes = WORKER_BYTES,
                                  .ended = draw_ended,
                                  .going = going,
                                  .data = &watcher};
    struct buffer *results = mem_alloc(n + 1, sizeof *results);

    progress_begin(&watcher.progress, p->options, n);
    job.data = &tasks;
    if (!workers_watched(&job, &watch, n, p->options->jobs, results))
        worker_fault(p->diag, (struct finding){0}, &(struct worker_fault){.end = WORKERS_REFUSED});
    progress_end(&watcher.progress);
    for (size_t i = 0; i < n; i++)
        buffer_clear(&results[i]);
    free(results);
    if (!spool_ok(p->results->spool))
        output_failed(p->options->output, p->diag);
    return !caught && !watcher.stop && !watcher.killed && !p->diag->system_faults;
}

/* --- what is said at the end --- */

static void print_due(const struct package *p, const char *folder, const struct buffer *result)
{
    struct arena arena = {0};
    struct result parts;
    struct result_document d;

    result_open(&parts, result);
    while (result_next(&parts, &d))
        if (d.state == DOCUMENT_DUE)
            printf("%s\t%.*s\n", tree_path(p->tree, &arena, package_path(p, &arena, folder, &d)),
                   (int)d.len, d.line);
    arena_free(&arena);
}

static void print_dry_run(const struct package_run *run)
{
    const struct package *p = &run->package;
    struct buffer result = {0};
    for (size_t i = 0; i < run->n_drawn; i++) {
        results_person(p->results, run->drawn[i]->number, &result);
        print_due(p, run->drawn[i]->folder, &result);
    }
    for (size_t i = 0; i < p->batch->n_groups; i++)
        print_due(p, p->batch->groups[i].folder, &p->results->groups[i].bytes);
    buffer_clear(&result);
}

static int status_of(const struct package_run *run)
{
    const struct package *p = &run->package;
    const struct check_report *check = &run->report->check;
    size_t complete = report_complete(run->report);
    bool all = complete == check->n && p->results->partial == 0 &&
               (record_is_whole(p->record) || !check->batch.count[SEVERITY_ERROR]) &&
               !diag_failed(p->diag) && !(p->options->strict && check->count[SEVERITY_WARNING]);
    if (p->diag->system_faults)
        return 2;
    for (size_t i = 0; i < p->batch->n_groups && !p->own->dry_run; i++)
        all = all && p->results->groups[i].complete && !run->rosters_failed;
    return all ? 0 : complete ? 3 : 1;
}

/* Beside the closing line. */
static void summarise(const struct package_run *run)
{
    const struct package *p = &run->package;
    bool zh = p->options->language == LANGUAGE_ZH;
    if (p->options->quiet)
        return;
    if (p->tree->swept > 0)
        fprintf(stderr,
                zh ? "package：删除了上次中断留下的 %zu 个临时文件\n"
                   : "package: removed %zu temporary files that an interrupted run had left\n",
                p->tree->swept);
    if (p->scope == BATCH_PEOPLE)
        fputs(
            zh ? "package：只做了一部分申报人；委托书、花名册、合并打印和报告由不限范围的运行制作\n"
               : "package: only a part of the batch; letters, rosters, print runs and reports are "
                 "made by a run over all of it\n",
            stderr);
}

/* --- the run --- */

/* What is made of all of the batch. false: it was stopped, or the system failed. */
static bool make_shared(struct package_run *run, struct tree_paths *prints,
                        struct stale_files *stale)
{
    const struct package *p = &run->package;

    batch_settle(p->batch, p->own->letter_for_ready);
    if (!draw(p, &draw_groups, NULL, p->batch->n_groups))
        return false;
    run->rosters_failed = !rosters_make(p);
    if (caught || p->diag->system_faults)
        return false;
    if (p->own->dry_run)
        return true;
    if (!print_runs_write(p, prints))
        return false;
    if (p->scope == BATCH_WHOLE)
        stale_settle(p, prints, &run->first_pass, stale);
    return true;
}

static int make(struct package_run *run)
{
    const struct package *p = &run->package;
    struct tree_paths prints = {0};
    struct stale_files stale = {0};
    bool done = check_all(run);
    digest_cache_settle(p->tree->digests);
    done = done && draw(p, &draw_people, run->drawn, run->n_drawn);
    done = done && (p->scope == BATCH_PEOPLE || make_shared(run, &prints, &stale));
    if (caught) { /* what was being looked at just then is nobody's fault */
        arena_free(&prints.arena);
        stale_clear(&stale);
        return 128 + caught;
    }
    report_merge_findings(run->report);
    messages_findings(&run->messages, run->report);
    size_t printed = p->diag->n;
    if (p->own->dry_run) {
        print_dry_run(run);
    } else {
        struct changes *changes =
            changes_find(p); /* while the manifest is the one of the run before */
        if (run->rework)
            rework_settle(run->rework, p, &run->report->check, changes);
        run->report->rework = run->rework;
        if (done && p->scope == BATCH_WHOLE)
            done = report_write(run->report, &prints, &stale.files, changes);
        else
            report_write_part(run->report, changes);
        if (run->rework && !p->options->quiet)
            rework_print(run->rework, p->options->language, stderr);
        if (done && !p->options->quiet)
            changes_print(changes, stderr);
        if (done && p->scope == BATCH_WHOLE) {
            changes_note_stale(p, &stale.files);
            manifest_drop_notes(p->tree->manifest);
        }
        changes_free(changes); /* it tells of the manifest that is now replaced */
        /* Else the journal stays, and the next run over the whole tells what this one has made. */
        if (done && (p->scope == BATCH_WHOLE || !p->tree->untold))
            manifest_write(p->tree->manifest, p->diag);
        digest_cache_write(p->tree->digests);
        summarise(run);
    }
    int status = status_of(run);
    if (!messages_end(&run->messages, run->report, status, p->diag))
        status = 2;
    for (size_t i = printed; i < p->diag->n; i++)
        finding_print(&p->diag->list[i], p->options->language, stderr);
    arena_free(&prints.arena);
    stale_clear(&stale);
    return status;
}

/* May who runs this give files to the group? */
static bool is_member(gid_t group)
{
    struct arena arena = {0};
    int n = getgroups(0, NULL);
    gid_t *list = ARENA_ARRAY(&arena, gid_t, n > 0 ? n + 1 : 1);
    bool is = geteuid() == 0 || getegid() == group;

    n = n > 0 ? getgroups(n, list) : 0;
    for (int i = 0; i < n; i++)
        is = is || list[i] == group;
    arena_free(&arena);
    return is;
}

/* Has all that is made there the group by itself, since the folder, or the one that it will be made
 * in, hands it on? */
static bool gives_group(const char *out, gid_t group)
{
    struct arena arena = {0};
    char *path = arena_strdup(&arena, out), *slash;
    struct stat st;
    bool there;
    while (!(there = stat(path, &st) == 0) && (slash = strrchr(path, '/')) && slash > path)
        *slash = '\0';
    if (!there)
        there = stat(*path == '/' ? "/" : ".", &st) == 0;
    arena_free(&arena);
    return there && (st.st_mode & S_ISGID) && st.st_gid == group;
}

/* --umask and --group. false: reported. */
static bool read_sharing(const struct package_options *own, const char *out, struct diag *diag)
{
    char *end = "";
    unsigned long mask = own->umask ? strtoul(own->umask, &end, 8) : 0077;
    struct group *group = own->group ? getgrnam(own->group) : NULL;

    if (own->umask && (*end || end == own->umask || mask > 0777 || (mask & 0700)))
        return diag_system(diag, (struct src_pos){0}, "--umask 应为八进制数，如 027，而不是 %s",
                           "--umask takes an octal number as 027, not %s", own->umask);
    if (own->group && !group)
        return diag_system(diag, (struct src_pos){0}, "没有名为“%s”的组（--group）",
                           "there is no group named %s (--group)", own->group);
    if (group && !is_member(group->gr_gid) && !gives_group(out, group->gr_gid))
        return diag_system(diag, (struct src_pos){0},
                           "不能把文件交给“%s”组：运行本程序的人不在其中，输出文件夹也不把这个组"
                           "传给其中的文件（setgid）（--group）",
                           "files cannot be given to the group %s: who runs this is not in it, and "
                           "the output folder does not hand it on (setgid) (--group)",
                           own->group);
    if (own->umask || own->group)
        output_share(own->umask ? (mode_t)mask : 0027, group ? group->gr_gid : (gid_t)-1);
    return true;
}

/* Where a path leads, of which the last names need not be there yet. */
static const char *place_of(const char *path, struct arena *arena)
{
    const char *real = real_path(arena, path), *leaf = path_leaf(path);
    if (real || !strcmp(path, ".")) /* the folder that one stands in may have been removed */
        return real ? real : path;
    while (leaf > path && leaf[-1] == '/')
        leaf--;
    const char *folder = leaf > path ? arena_strndup(arena, path, (size_t)(leaf - path)) : ".";
    return arena_printf(arena, "%s/%s", *path == '/' && leaf == path ? "" : place_of(folder, arena),
                        path_leaf(path));
}

/* The path within the folder that the run writes; NULL: it lies elsewhere. */
static const char *path_in_tree(const char *root, const char *path, struct arena *arena)
{
    char *trimmed = arena_strdup(arena, root);
    for (size_t n = strlen(trimmed); n > 1 && trimmed[n - 1] == '/';)
        trimmed[--n] = '\0';
    const char *folder = place_of(trimmed, arena), *place = place_of(path, arena);
    size_t len = strlen(folder);
    return !strncmp(folder, place, len) && place[len] == '/' ? place + len + 1 : NULL;
}

/* A file that the run itself writes would be lost for it, or it for that. false: reported. */
static bool is_beside_tree(const struct package *p, const char *option, const char *path)
{
    struct arena arena = {0};
    const char *within = path ? path_in_tree(p->options->output, path, &arena) : NULL;
    bool ok =
        !within || !batch_is_reserved(within) ||
        diag_system(p->diag, (struct src_pos){path, 0},
                    "%s 不能写到这里：这是输出文件夹自己的文件；请另起名字",
                    "%s: this is a file of the output folder itself, give it another name", option);
    arena_free(&arena);
    return ok;
}

/* The report may be asked for where it is put anyway. */
static bool is_report_there(const char *report)
{
    return !report || !strcmp(path_leaf(report), "report.json");
}

static bool read_own_options(struct package *p, struct shard *part)
{
    const struct package_options *own = p->own;
    const char *out = p->options->output;
    char *end = NULL;
    long seconds = own->timeout ? strtol(own->timeout, &end, 10) : PACKAGE_SECONDS;

    if (seconds < 1 || seconds > 86400 || (end && *end))
        return diag_system(p->diag, (struct src_pos){0}, "--timeout 应为 1 到 86400 秒，而不是 %s",
                           "--timeout takes 1 to 86400 seconds, not %s", own->timeout);
    p->seconds = (unsigned)seconds;
    if (own->name_template && !*own->name_template)
        return diag_system(p->diag, (struct src_pos){0}, "--name-template 不能为空",
                           "--name-template must not be empty");
    if (!out || !strcmp(out, "-") || !*out)
        return diag_system(p->diag, (struct src_pos){0}, "请用 -o 指定输出文件夹",
                           "name the folder to write into: -o DIR");
    if (!read_sharing(own, out, p->diag) || !is_beside_tree(p, "--log", own->log) ||
        !is_beside_tree(p, "--stamp", own->stamp) ||
        !(is_report_there(p->options->report) || is_beside_tree(p, "--report", p->options->report)))
        return false;
    if (output_is_file_name(out))
        return diag_system(p->diag, (struct src_pos){out, 0},
                           "package 写的是一个文件夹；请用 -o 指定文件夹（如 -o 材料/）",
                           "package writes a folder: name one (-o DIR/)");
    if (own->part && strcmp(own->part, "print"))
        return diag_system(p->diag, (struct src_pos){0}, "--part 只能是 print，不是 %s",
                           "--part takes print, not %s", own->part);
    if (own->part && (!own->shard || p->options->n_applicants || p->options->n_units))
        return diag_system(p->diag, (struct src_pos){0},
                           "--part print 须与 --shard 同用，不与 -a、-u 同用",
                           "--part print goes with --shard, and not with -a or -u");
    return shard_read(part, own->shard, p->diag);
}

/* Forms that check lays out have been read by its rules: what is wrong with those is told of once.
 */
static struct catalogue *load_catalogue(const struct package *p, const char *path)
{
    struct diag found = {.strict = p->diag->strict};
    struct catalogue *c = catalogue_load(path, p->papers, p->maker, &found);
    for (size_t i = 0; i < found.n; i++)
        if (!diag_has(p->diag, &found.list[i]))
            diag_pass(p->diag, &found.list[i]);
    diag_clear(&found);
    return c;
}

/* What the paper maker does not know. */
static bool load_others(struct package *p)
{
    const struct catalogue_paper *papers;
    const char *const *templates = p->papers->templates;
    size_t n = catalogue_papers(p->catalogue, &papers);
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        if (papers[i].sheet)
            ok = roster_templates_sound(templates, papers[i].name, p->diag) && ok;
        if (papers[i].folder && !p->platform)
            ok = (p->platform = platform_load(templates, p->diag)) && ok;
    }
    return ok;
}

/* false: reported. */
static bool load(struct package_run *run, const struct record_options *input)
{
    struct package *p = &run->package;
    struct arena arena = {0};
    const char *path =
        find_template(&arena, p->papers->templates, "package.xml", (struct src_pos){0}, p->diag);

    if (path) {
        p->maker = paper_maker_new(p->papers);
        run->rules_options = (struct rules_options){
            .dirs = p->papers->templates,
            .profile = p->papers->profile,
            .fonts = p->papers->fonts,
            .tables = p->papers->tables,
            .passwords = p->papers->binding->passwords,
            .n_passwords = p->papers->binding->n_passwords,
            .stage = strcmp(p->own->stage, "submit") ? STAGE_PREPARE : STAGE_SUBMIT};
        run->rules = rules_load(&run->rules_options, p->diag);
        run->sections = sections_load(p->papers->templates, p->papers->volumes, p->diag);
        run->scans = (struct attachment_reader){.fonts = p->papers->fonts,
                                                .passwords = p->papers->binding->passwords,
                                                .n_passwords = p->papers->binding->n_passwords};
        p->scans = &run->scans;
        p->catalogue = load_catalogue(p, path);
    }
    arena_free(&arena);
    if (p->own->rework &&
        !(run->rework = rework_read(p->own->rework, p->papers->templates, p->diag)))
        return false;
    return run->rules && run->sections && p->catalogue && load_others(p) &&
           (p->record = record_open(input, &run->first_pass));
}

/* false: reported. */
static bool open_tree(struct package_run *run, const struct shard *part)
{
    struct package *p = &run->package;
    const struct package_options *own = p->own;
    const struct tree_options options = {.dry_run = own->dry_run,
                                         .force = own->force,
                                         .since = own->since,
                                         .whole = p->scope == BATCH_WHOLE,
                                         .part = *part};

    p->batch = batch_new(p->record, p->catalogue, part, p->scope, p->diag);
    if (p->diag->system_faults || /* not all people are in it */
        !batch_name_folders(p->batch, own->name_template, p->diag) ||
        !(p->tree = tree_open(p->options->output, &options, p->diag)) || !(p->keys = keys_new(p)))
        return false;
    p->results = results_new(tree_spool(p->tree, "results", p->diag), p->batch->n_people,
                             p->batch->n_groups);
    run->report = report_new(p);
    return spool_ok(p->results->spool) && tree_begin(p->tree, p->diag);
}

static void close_run(struct package_run *run)
{
    struct package *p = &run->package;
    free(run->drawn);
    rework_free(run->rework);
    report_free(run->report);
    results_free(p->results);
    keys_free(p->keys);
    tree_close(p->tree);
    batch_free(p->batch);
    record_free(p->record);
    rules_free(run->rules);
    sections_free(run->sections);
    catalogue_free(p->catalogue);
    platform_free(p->platform);
    paper_maker_free(p->maker);
    diag_clear(&run->diag);
    diag_clear(&run->first_pass);
}

int package_run(const struct package_request *request)
{
    const struct options *o = request->papers->options;
    struct package_run run = {
        .diag = {.strict = o->strict},
        .first_pass = {.strict = o->strict},
        .package = {
            .options = o, .own = request->own, .papers = request->papers, .stopped = &caught}};
    struct package *p = &run.package;
    struct shard part;
    bool loaded = false;
    int status = 2;

    p->diag = &run.diag;
    bool ok = read_own_options(p, &part);
    if (ok) {
        p->scope = p->own->part                                             ? BATCH_DELEGATIONS
                   : part.n == 0 && o->n_applicants == 0 && o->n_units == 0 ? BATCH_WHOLE
                                                                            : BATCH_PEOPLE;
        catch_signals();
        loaded = load(&run, request->input);
        if (!loaded && !run.diag.system_faults && !run.first_pass.system_faults)
            status = 1;
    }
    if (loaded && messages_begin(&run.messages, p, p->diag) && open_tree(&run, &part)) {
        status = make(&run);
    } else {
        diag_print(&run.first_pass, o->language, stderr);
        diag_print(&run.diag, o->language, stderr);
    }
    close_run(&run);
    return status;
}

int package_verify(const char *tree, const struct options *o)
{
    struct diag diag = {.strict = o->strict};
    struct manifest *m = manifest_open(tree, &diag);
    size_t files = 0;

    if (o->input_named)
        diag_system(&diag, (struct src_pos){0}, "--verify 只核对文件夹与清单，不读输入文件 %s",
                    "--verify compares the tree with its manifest alone, and reads no input: %s",
                    o->inputs[0]);
    else if (m && path_is_folder(tree))
        manifest_verify(m, &files, &diag);
    else if (m)
        diag_system(&diag, (struct src_pos){tree, 0}, "没有这个文件夹", "there is no such folder");
    if (m && files == 0 && !diag.count[SEVERITY_ERROR])
        diag_error(&diag, (struct src_pos){tree, 0}, "没有清单，或清单是空的",
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
