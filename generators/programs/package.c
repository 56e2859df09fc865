/* package.c - the whole job for every applicant, unit and delegation of a batch: check, papers,
 * print runs, reports; only what changed, in parallel, and never a half of anything. */
#define _DEFAULT_SOURCE /* glob, sigaction with SA_ flags */
#include "programs/package.h"

#include "core/find.h"
#include "core/lock.h"
#include "core/names.h"
#include "core/output.h"
#include "programs/paths.h"
#include "programs/programs.h"
#include "programs/report.h"
#include "programs/roster.h"
#include "programs/volume.h"
#include "record/data.h"
#include "record/gather.h"
#include "record/needed_papers.h"
#include "record/workdays.h"

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

/* --- the shard --- */

struct part {
    unsigned k, n; /* n 0: the whole */
};

static bool number(const char *text, unsigned *out)
{
    char *end;
    unsigned long v = text ? strtoul(text, &end, 10) : 0;
    *out = (unsigned)v;
    return text && *text >= '0' && *text <= '9' && !*end && v <= LOCK_SHARDS_MOST;
}

/* A Slurm array counts from whatever it was told to, a Kubernetes job from 0. */
static bool from_scheduler(struct part *part)
{
    unsigned id, first = 0;
    if (number(getenv("SLURM_ARRAY_TASK_ID"), &id) &&
        number(getenv("SLURM_ARRAY_TASK_COUNT"), &part->n)) {
        number(getenv("SLURM_ARRAY_TASK_MIN"), &first);
        part->k = id - first + 1;
        return true;
    }
    if (number(getenv("JOB_COMPLETION_INDEX"), &id) && number(getenv("SHENBAO_SHARDS"), &part->n)) {
        part->k = id + 1;
        return true;
    }
    return false;
}

static bool read_shard(struct part *part, struct diag *diag)
{
    char text[32] = "";
    *part = (struct part){0};
    if (!shard)
        return true;
    snprintf(text, sizeof text, "%s", shard);
    char *slash = strchr(text, '/');
    if (slash)
        *slash = '\0';
    bool ok = !strcmp(shard, "auto")
                  ? from_scheduler(part)
                  : slash && number(text, &part->k) && number(slash + 1, &part->n);
    if (ok && part->n > 0 && part->k >= 1 && part->k <= part->n)
        return true;
    return diag_system(
        diag, (struct src_pos){0},
        "--shard 应为 K/N（如 2/4），或 auto（取自 SLURM_ARRAY_TASK_ID 和 "
        "SLURM_ARRAY_TASK_COUNT，或 JOB_COMPLETION_INDEX 和 SHENBAO_SHARDS），而不是 %s",
        "--shard takes K/N, like 2/4, or auto (SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT, or "
        "JOB_COMPLETION_INDEX and SHENBAO_SHARDS), not %s",
        shard);
}

static bool in_part(const struct part *part, const char *id)
{
    char sum[DIGEST_HEX];
    if (part->n == 0)
        return true;
    digest_hex(id, strlen(id), sum);
    sum[8] = '\0';
    return strtoul(sum, NULL, 16) % part->n + 1 == part->k;
}

/* --- who, and under which name --- */

static struct src_pos keep_place(struct arena *arena, struct src_pos at)
{
    return (struct src_pos){arena_strdup(arena, at.file), at.line};
}

static void list_people(struct package *p)
{
    struct diag silent = {0}; /* the first pass has told of everything */
    struct record_cursor *cursor = record_cursor_new(p->record, &silent);
    struct applicant who;

    for (size_t i = 0; record_seek(cursor, i, &who); i++)
        *ARENA_PUSH(&p->arena, p->people, p->n_people, p->cap_people) = (struct person){
            .id = arena_strdup(&p->arena, who.id),
            .name = arena_strdup(&p->arena, who.name),
            .unit = arena_strdup(&p->arena, who.unit),
            .folder = arena_strdup(&p->arena, who.unit_name), /* until it is named */
            .delegation = arena_strdup(&p->arena, who.delegation),
            .at = keep_place(&p->arena, who.at),
            .index = i,
            .faulty = who.faulty};
    record_cursor_free(cursor);
    diag_clear(&silent);
}

/* A folder's names, and which number in it each of the ids got. */
struct folder {
    struct names names;
    const char *id, *path;
    size_t number; /* in the folder above */
};

static struct folder *folder_of(struct arena *arena, struct folder **list, size_t *n, size_t *cap,
                                const char *id, const char *wish, struct names *above)
{
    for (size_t i = *n; i-- > 0;) /* units stand together: the last one is the likely one */
        if (!strcmp((*list)[i].id, id))
            return &(*list)[i];
    struct folder *f = ARENA_PUSH(arena, *list, *n, *cap);
    *f =
        (struct folder){.names = {.arena = arena}, .id = id, .number = names_wish(above, wish, id)};
    return f;
}

static const char *issuer_of(struct package *p, const char *delegation)
{
    const struct record_delegation *list;
    size_t n = record_delegations(p->record, &list);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].id, delegation))
            return record_attribute(list[i].node, "issuer", &p->arena);
    return "";
}

/* OUT/<delegation>/<unit>/<applicant>, each name safe and no two alike in one folder. */
static bool name_folders(struct package *p, struct diag *diag)
{
    const char *template = name_template ? name_template : NAME_TEMPLATE;
    struct arena *a = &p->arena;
    struct names top = {.arena = a};
    struct folder *delegations = NULL, *units = NULL;
    size_t n_delegations = 0, cap_delegations = 0, n_units = 0, cap_units = 0;
    size_t *places = ARENA_ARRAY(a, size_t, p->n_people + 1);
    static const char *const reserved[] = {"print", "report.json", "report.html", "manifest.json"};

    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        names_reserve(&top, reserved[i]);
    for (size_t i = 0; i < p->n_people; i++) {
        struct person *one = &p->people[i];
        const char *unknown, *values[] = {"id",      one->id,     "name",      one->name, "unit",
                                          one->unit, "unit-name", one->folder, NULL};
        const char *issuer = issuer_of(p, one->delegation);
        struct folder *d = folder_of(
            a, &delegations, &n_delegations, &cap_delegations, one->delegation,
            *issuer ? arena_printf(a, "%s-%s", one->delegation, issuer) : one->delegation, &top);
        struct folder *u = folder_of(a, &units, &n_units, &cap_units, one->unit,
                                     arena_printf(a, "%s-%s", one->unit, one->folder), &d->names);
        char *wish = names_fill(a, template, values, &unknown);
        if (unknown)
            return diag_system(
                diag, (struct src_pos){0},
                "--name-template 中的 %s 不认识，可用 {id} {name} {unit} {unit-name}",
                "--name-template: %s is not known: {id} {name} {unit} {unit-name} are", unknown);
        places[i] = names_wish(&u->names, wish, one->id);
        u->path = one->delegation; /* until it is named */
    }
    names_settle(&top);
    for (size_t i = 0; i < n_delegations; i++) {
        names_settle(&delegations[i].names);
        delegations[i].path = names_get(&top, delegations[i].number);
    }
    for (size_t i = 0; i < n_units; i++) {
        struct folder *d =
            folder_of(a, &delegations, &n_delegations, &cap_delegations, units[i].path, "", &top);
        names_settle(&units[i].names);
        units[i].path = arena_printf(a, "%s/%s", d->path, names_get(&d->names, units[i].number));
    }
    for (size_t i = 0; i < p->n_people; i++) {
        struct folder *u = folder_of(a, &units, &n_units, &cap_units, p->people[i].unit, "", &top);
        p->people[i].folder = arena_printf(a, "%s/%s", u->path, names_get(&u->names, places[i]));
    }
    for (size_t i = 0; i < p->n_delegations; i++)
        p->delegations[i].folder = folder_of(a, &delegations, &n_delegations, &cap_delegations,
                                             p->delegations[i].id, "", &top)
                                       ->path;
    return true;
}

static void choose_people(struct package *p, const struct part *part)
{
    const size_t *indices = record_indices(p->record);
    size_t n = record_count(p->record);

    p->chosen = ARENA_ARRAY(&p->arena, struct person *, n + 1);
    p->jobs = ARENA_ARRAY(&p->arena, struct person *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (indices[i] < p->n_people && in_part(part, p->people[indices[i]].id))
            p->chosen[p->n_chosen++] = &p->people[indices[i]];
}

/* --- what decides whether a document is made anew --- */

static void shorten(char out[KEY_HEX], struct digest *d)
{
    char sum[DIGEST_HEX];
    digest_end(d, sum);
    memcpy(out, sum, KEY_HEX - 1);
    out[KEY_HEX - 1] = '\0';
}

static void add_file(struct digest *d, const char *path)
{
    char sum[DIGEST_HEX];
    long long bytes;
    digest_text(d, digest_file(path, sum, &bytes) ? sum : NULL);
}

static void common_key(struct package *p, const char *const *templates)
{
    static const char *const patterns[] = {"*.xml", "*.xsd", "*.rng"};
    const struct options *o = p->options;
    const struct option_own *switches;
    const struct kit_paper *papers;
    size_t n_papers = kit_papers(p->kit, &papers), n_switches = volume_options(&switches);
    struct digest *d = digest_new();
    add_file(d, "/proc/self/exe"); /* the version does not say everything */
    shorten(p->common.program, d);

    d = digest_new();
    digest_text(d, record_asof(p->record));
    digest_text(d, o->draft ? "draft" : NULL);
    for (size_t i = 0; i < n_switches; i++) {
        digest_text(d, switches[i].argument || !*switches[i].value ? NULL : switches[i].name);
        if (switches[i].argument && *switches[i].value) /* passwords */
            add_file(d, *switches[i].value);
    }
    shorten(p->common.options, d);

    d = digest_new();
    for (int r = 0; r < ROLE_COUNT; r++) {
        size_t n;
        const struct font_source *list = fonts_sources(p->fonts, (enum font_role)r, &n);
        for (size_t i = 0; i < n; i++)
            if (list[i].state == FONT_READY) {
                digest_text(d, font_role_name((enum font_role)r));
                add_file(d, list[i].file);
            }
    }
    shorten(p->common.fonts, d);

    /* All other files of templates/ count as every document's: they change once a year. */
    d = digest_new();
    for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++) {
        char **files;
        size_t n = find_files(&p->arena, templates, patterns[k], &files);
        for (size_t i = 0; i < n; i++) {
            const char *leaf = strrchr(files[i], '/') + 1;
            bool own = !strncmp(leaf, "rules", 5) || !strcmp(leaf, "package.xml");
            for (size_t m = 0; m < n_papers && !own; m++)
                own = !papers[m].sheet && !press_is_volume(p->press, papers[m].paper) &&
                      !strcmp(press_template(p->press, papers[m].paper), files[i]);
            if (own)
                continue;
            digest_text(d, leaf);
            add_file(d, files[i]);
        }
    }
    shorten(p->common.data, d);
}

/* --- progress --- */

struct watcher {
    struct package *package;
    size_t n, done;
    double begun, told;
    bool stop; /* a failure after which nothing more is begun */
    bool people;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void tell(struct watcher *w, bool last)
{
    const double every = isatty(STDERR_FILENO) ? 0.2 : 5;
    double t = now(), spent = t - w->begun;
    bool zh = w->package->options->language == LANGUAGE_ZH, terminal = isatty(STDERR_FILENO);

    if (w->package->options->quiet || w->n == 0 || (!last && t - w->told < every) ||
        (last && !terminal && spent < every))
        return;
    w->told = t;
    double rate = spent > 0 ? (double)w->done / spent : 0,
           left = rate > 0 ? (double)(w->n - w->done) / rate : 0;
    char bar[31];
    for (size_t i = 0; i < sizeof bar - 1; i++)
        bar[i] = i < w->done * (sizeof bar - 1) / w->n ? '#' : '.';
    bar[sizeof bar - 1] = '\0';
    if (terminal)
        fprintf(stderr,
                zh ? "\r[%s] %zu/%zu  %.1f 人/秒  还需 %.0f 秒 \033[K"
                   : "\r[%s] %zu/%zu  %.1f/s  %.0f s left \033[K",
                bar, w->done, w->n, rate, left);
    else
        fprintf(stderr,
                zh ? "package: %zu/%zu，%.1f 人/秒，还需 %.0f 秒\n"
                   : "package: %zu/%zu, %.1f/s, %.0f s left\n",
                w->done, w->n, rate, left);
    if (terminal && last)
        fputs("\r\033[K", stderr);
}

static bool going(void *data) /* of a watcher */
{
    struct watcher *w = data;
    tell(w, false);
    return !caught && !w->stop;
}

/* --- check --- */

static void check_told(void *data)
{
    struct watcher *w = data;
    w->done++;
}

/* Who has errors of the stage is not drawn. false: it was stopped, or the system failed. */
static bool check_all(struct package *p)
{
    struct watcher w = {.package = p, .n = p->n_chosen, .begun = now()};
    struct check_report *r = &p->report;
    size_t *indices = ARENA_ARRAY(&p->arena, size_t, p->n_chosen + 1);
    struct check_wish wish = {.options = p->options,
                              .sections = p->sections,
                              .rules = p->rules,
                              .record = p->record,
                              .indices = indices,
                              .whole = p->whole,
                              .wanted = {true, true},
                              .seconds = (unsigned)seconds_allowed,
                              .going = going,
                              .told = check_told,
                              .data = &w};

    w.told = w.begun;
    for (size_t i = 0; i < p->n_chosen; i++)
        indices[i] = p->chosen[i]->index;
    r->asof = record_asof(p->record);
    r->n = p->n_chosen;
    r->people = ARENA_ARRAY(&r->batch.arena, struct check_person, r->n + 1);
    bool ok = check_people(&wish, r, p->first_pass, p->diag);
    tell(&w, true);
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

/* Takes what a worker has made into the manifest. */
static bool take(struct package *p, const struct buffer *result, bool *complete)
{
    struct arena arena = {0};
    size_t len = 0;
    const char *line = package_line(result, NULL, &len);
    struct json_value *head = line ? json_parse(&arena, line, len) : NULL;
    bool system = json_member_number(head, "system") > 0;

    *complete = json_member_number(head, "complete") != 0;
    p->partial += json_member_number(head, "partial") != 0;
    while (line && (line = package_line(result, line, &len))) {
        p->made += *line == '+';
        p->kept += *line == '=';
        if (*line == '+')
            manifest_take(p->manifest, line + 1, len - 1);
    }
    arena_free(&arena);
    return !system;
}

/* A worker that died or was too slow leaves a result that says so. */
static void lost(struct buffer *result, enum workers_end end, int seconds)
{
    struct json j = {.out = result, .flat = true};
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
    json_open(&j, NULL, '{');
    json_bool(&j, "complete", false);
    json_open(&j, "findings", '[');
    report_keep_finding(&j, &diag.list[0], (struct src_pos){0});
    json_close(&j, ']');
    json_close(&j, '}');
    buffer_putc(result, '\n');
    diag_clear(&diag);
}

static void ended(void *data, size_t number, enum workers_end end, struct buffer *result)
{
    struct watcher *w = data;
    struct package *p = w->package;
    bool complete = false;

    w->done++;
    if (end != WORKERS_DONE)
        lost(result, end, seconds_allowed);
    else if (!take(p, result, &complete))
        w->stop = true; /* a full disk will not be less full for the next one */
    if (w->people) {
        p->jobs[number]->state = complete              ? PERSON_COMPLETE
                                 : end != WORKERS_DONE ? PERSON_LOST
                                                       : PERSON_FAILED;
        p->jobs[number]->result = *result;
        if (!complete && fail_fast)
            w->stop = true;
    } else {
        p->delegations[number].complete = complete;
        p->delegations[number].result = *result;
    }
    *result = (struct buffer){0};
}

static bool run_jobs(struct package *p, const struct workers_job *what, bool people, size_t n)
{
    struct watcher w = {.package = p, .n = n, .begun = now(), .people = people};
    struct workers_job job = *what;
    struct workers_watch watch = {.seconds = (unsigned)seconds_allowed,
                                  .bytes = WORKER_BYTES,
                                  .ended = ended,
                                  .going = going,
                                  .data = &w};
    struct buffer *results = mem_alloc(n + 1, sizeof *results);

    w.told = w.begun;
    job.data = p;
    if (!workers_watched(&job, &watch, n, p->options->jobs, results))
        diag_system(p->diag, (struct src_pos){0}, "无法启动进程：%s", "cannot start a process: %s",
                    strerror(errno));
    tell(&w, true);
    for (size_t i = 0; i < n; i++)
        buffer_clear(&results[i]);
    free(results);
    return !caught && !w.stop && !p->diag->system_faults;
}

/* --- files of the tree that this process writes --- */

bool package_put(struct package *p, const char *path, const struct buffer *bytes,
                 void (*more)(struct json *j, const void *data), const void *data,
                 struct buffer *result)
{
    struct arena arena = {0};
    struct buffer line = {0};
    struct json j = {.out = &line, .flat = true};
    const char *place = arena_printf(&arena, "%s/%s", p->out, path);
    char sum[DIGEST_HEX];
    bool written, ok = true;

    digest_hex(bytes->data, bytes->len, sum);
    json_open(&j, NULL, '{');
    json_string(&j, "path", path);
    json_string(&j, "sha256", sum);
    json_integer(&j, "bytes", (long long)bytes->len);
    if (more)
        more(&j, data);
    json_close(&j, '}');
    const struct manifest_file *old = manifest_find(p->manifest, path);
    size_t len = line.len;
    buffer_putc(&line, '\n');
    bool known = old && old->len == len && !memcmp(old->line, line.data, len);
    if (!known)
        ok = manifest_intend(p->manifest, (const char *)line.data, line.len, p->diag);
    char *folder = arena_strdup(&arena, place);
    *strrchr(folder, '/') = '\0';
    ok = ok && output_make_directory(folder, p->diag) &&
         output_update(place, bytes->data, bytes->len, &written, p->diag);
    if (ok)
        manifest_take(p->manifest, (const char *)line.data, len);
    if (ok && result) {
        buffer_putc(result, known && !written ? '=' : '+');
        buffer_add(result, line.data, line.len);
        p->made += !known || written;
        p->kept += known && !written;
    }
    buffer_clear(&line);
    arena_free(&arena);
    return ok;
}

const struct manifest_file *package_there(const struct package *p, const char *path)
{
    struct arena arena = {0};
    const struct manifest_file *f = manifest_find(p->manifest, path);
    char sum[DIGEST_HEX];
    long long bytes;
    bool same = f && digest_file(arena_printf(&arena, "%s/%s", p->out, path), sum, &bytes) &&
                bytes == f->bytes && !strcmp(sum, f->sha256);
    arena_free(&arena);
    return same ? f : NULL;
}

/* --- rosters --- */

struct rosters {
    struct package *package;
    const struct kit_paper *kit;
    const char *suffix;
};

static void describe_roster(struct json *j, const void *data)
{
    const struct roster_made *made = data;
    if (made->pages)
        json_integer(j, "pages", (long long)made->pages);
    json_integer(j, "copies", made->copies);
    json_string(j, "kind", "roster");
    json_string(j, "title", made->title);
    json_string(j, "paper", made->paper);
    json_string(j, "seals", made->seals);
    json_integer(j, "rows", (long long)made->rows);
}

static void put_roster(void *data, const struct roster_made *made)
{
    struct rosters *r = data;
    struct package *p = r->package;
    for (size_t i = 0; i < p->n_delegations; i++) {
        struct delegated *d = &p->delegations[i];
        if (strcmp(d->id, made->delegation))
            continue;
        const char *path = arena_printf(&p->arena, "%s/%s.%s", d->folder, r->kit->file, r->suffix);
        package_put(p, path, made->bytes, describe_roster, made, &d->result);
    }
}

/* They are cheap, and are made each time; what is the same is not written. */
static bool make_rosters(struct package *p)
{
    const struct kit_paper *papers;
    size_t n = kit_papers(p->kit, &papers);
    bool ok = true;

    for (size_t i = 0; i < n; i++)
        for (int print = 0; print < 2 && papers[i].sheet; print++) {
            struct roster_wish wish = {p->options, p->record, p->fonts, print == 1};
            struct rosters r = {p, &papers[i], print ? "pdf" : "xlsx"};
            struct diag found = {.strict = p->options->strict};
            ok = roster_make(&wish, put_roster, &r, &found) && ok;
            /* The workbook's and the print's are the same, and each must be told once. */
            if (print == 1 || diag_failed(&found))
                diag_append(p->diag, &found);
            bool failed = diag_failed(&found);
            diag_clear(&found);
            if (failed)
                break;
        }
    return ok;
}

/* --- what nobody has any more --- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void want(struct arena *arena, const struct buffer *result, const char ***list, size_t *n,
                 size_t *cap)
{
    struct arena lines = {0};
    size_t len = 0;
    for (const char *line = NULL; (line = package_line(result, line, &len));)
        if (*line == '+' || *line == '=')
            *ARENA_PUSH(arena, *list, *n, *cap) = arena_strdup(
                arena, json_member_text(json_parse(&lines, line + 1, len - 1), "path"));
    arena_free(&lines);
}

/* Documents of applicants, delegations and papers that are no more. Those of an applicant who
 * failed this time stay: they are all there is. */
static size_t find_stale(struct package *p, const char ***out)
{
    struct arena *a = &p->arena;
    const char **wanted = NULL;
    size_t n = 0, cap = 0, n_stale = 0, cap_stale = 0;
    const struct manifest_file *files;
    size_t n_files = manifest_files(p->manifest, &files);

    *out = NULL;
    for (size_t i = 0; i < p->n_people; i++)
        want(a, &p->people[i].result, &wanted, &n, &cap);
    for (size_t i = 0; i < p->n_delegations; i++)
        want(a, &p->delegations[i].result, &wanted, &n, &cap);
    for (size_t i = 0; i < p->n_prints; i++)
        *ARENA_PUSH(a, wanted, n, cap) = p->prints[i];
    if (n > 0)
        qsort(wanted, n, sizeof *wanted, by_text);
    for (size_t i = 0; i < n_files; i++) {
        const char *path = files[i].path;
        bool keep =
            !strchr(path, '/') || (n > 0 && bsearch(&path, wanted, n, sizeof *wanted, by_text));
        for (size_t k = 0; k < p->n_people && !keep; k++) {
            size_t len = strlen(p->people[k].folder);
            keep = p->people[k].state != PERSON_COMPLETE &&
                   !strncmp(path, p->people[k].folder, len) && path[len] == '/';
        }
        for (size_t k = 0; k < p->n_delegations && !keep; k++) {
            size_t len = strlen(p->delegations[k].folder);
            keep = !p->delegations[k].complete && !strncmp(path, p->delegations[k].folder, len) &&
                   path[len] == '/' && !strchr(path + len + 1, '/');
        }
        if (!keep)
            *ARENA_PUSH(a, *out, n_stale, cap_stale) = arena_strdup(a, path);
    }
    return n_stale;
}

/* A batch that could not be read to its end does not say who is no more. */
static bool may_prune(const struct package *p)
{
    for (size_t i = 0; i < p->first_pass->n; i++)
        if (p->first_pass->list[i].severity == SEVERITY_ERROR && !p->first_pass->list[i].applicant)
            return false;
    return true;
}

static size_t handle_stale(struct package *p, const char ***stale)
{
    size_t n = find_stale(p, stale);
    if (n > 0 && prune && !may_prune(p)) {
        diag_warn(p->diag, (struct src_pos){0}, "输入有误，不能确定谁已不在其中，未清理",
                  "the input is faulty: nothing is pruned, as it does not say who is no more");
    } else if (prune) {
        for (size_t i = 0; i < n; i++)
            manifest_remove(p->manifest, (*stale)[i], p->diag);
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        diag_warn(p->diag,
                  (struct src_pos){arena_printf(&p->arena, "%s/%s", p->out, (*stale)[i]), 0},
                  "批次中已无此件，可用 --prune 清理",
                  "nobody in the batch has this document any more: --prune removes it");
    return n;
}

/* --- the run --- */

static bool load(struct package *p, const struct options *o, const char *const *templates,
                 struct diag *diag)
{
    static const char *const needed[] = {"applicants.xsd", "holidays.xml", "package.xml",
                                         "papers.xml"};
    char *found[4];
    for (size_t i = 0; i < 4; i++)
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

static bool gather(struct package *p, struct diag *diag)
{
    const struct gathered *g;
    if (!(p->gathering = record_gather(p->record, delegation_letter_kind()->elements, diag)))
        return false;
    p->n_delegations = gathering_list(p->gathering, &g);
    p->delegations = ARENA_ARRAY(&p->arena, struct delegated, p->n_delegations + 1);
    for (size_t i = 0; i < p->n_delegations; i++)
        p->delegations[i] = (struct delegated){.id = g[i].id, .issuer = g[i].issuer};
    return true;
}

static void print_plan(const struct package *p, const struct buffer *result)
{
    size_t len = 0;
    for (const char *line = NULL; (line = package_line(result, line, &len));)
        if (*line == '?')
            printf("%s/%.*s\n", p->out, (int)len - 1, line + 1);
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
    for (size_t i = 0; i < p->n_jobs; i++)
        print_plan(p, &p->jobs[i]->result);
    for (size_t i = 0; i < p->n_delegations; i++)
        print_plan(p, &p->delegations[i].result);
}

static int make(struct package *p)
{
    struct package_counts counts = {0};
    const char **stale = NULL;
    size_t n_stale = 0;
    bool go = check_all(p) && run_jobs(p, &package_people_job, true, p->n_jobs);

    if (go && p->whole)
        go = run_jobs(p, &package_delegations_job, false, p->n_delegations);
    if (go && p->whole && !p->dry_run) {
        p->rosters_failed = !make_rosters(p);
        go = !caught && !p->diag->system_faults && package_write_print_runs(p);
        n_stale = go ? handle_stale(p, &stale) : 0;
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
    manifest_write(p->manifest, &late);
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

static bool check_options(const struct options *o, struct part *part, struct diag *diag)
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
    return read_shard(part, diag);
}

static int run(const struct options *o)
{
    struct diag diag = {.strict = o->strict}, first_pass = {.strict = o->strict};
    struct package p = {
        .options = o, .first_pass = &first_pass, .diag = &diag, .force = force, .dry_run = dry_run};
    struct part part;
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
    if (p.whole ? !gather(&p, &diag) : false)
        goto done;
    list_people(&p);
    if (!name_folders(&p, &diag))
        goto done;
    choose_people(&p, &part);
    common_key(&p, templates);
    if (!p.dry_run && (!output_make_directory(p.out, &diag) ||
                       (lock = lock_tree(p.out, part.k, part.n, &diag)) < 0))
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
    for (size_t i = 0; i < p.n_people; i++)
        buffer_clear(&p.people[i].result);
    for (size_t i = 0; i < p.n_delegations; i++)
        buffer_clear(&p.delegations[i].result);
    manifest_free(p.manifest);
    if (lock >= 0)
        close(lock);
    gathering_free(p.gathering);
    record_free(p.record);
    rules_free(p.rules);
    sections_free(p.sections);
    diag_clear(&p.report.batch);
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
