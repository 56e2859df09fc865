/* runner.c - see runner.h. */
#include "desk/runner.h"

#include "core/output.h"
#include "core/small_file.h"
#include "desk/child.h"
#include "desk/job.h"
#include "desk/state.h"
#include "desk/take.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROGRAM_SECONDS = 4 * 3600, MOST_SAID = 4 << 20, ARGUMENTS = 64 };

static const char working_copy[] = TAKE_BOOK, gathered[] = TAKE_GATHERED,
                  corrected[] = TAKE_CORRECTED, corrections[] = "corrections.jsonl",
                  book_report[] = "book.json", correct_report[] = "correct.json";

struct run {
    const char *batch, *work;
    const char *profile;
    struct job job;
    double most;
    struct arena arena;
    struct diag *diag;
};

/* On the way; the last word is what counts, and it is asked whether it arrived. */
static void tell_progress(struct run *r)
{
    struct diag silent = {0};
    job_write(r->batch, &r->job, &silent);
    diag_clear(&silent);
}

static void begin_step(struct run *r, const char *step)
{
    r->job.step = step;
    r->job.done = r->job.of = 0;
    tell_progress(r);
}

static void fail(struct run *r, const char *detail)
{
    r->job.state = JOB_FAILED;
    r->job.detail = detail;
}

static void fail_saying(struct run *r, const char *zh, const char *en)
{
    fail(r, NULL);
    r->job.reason[LANGUAGE_ZH] = zh;
    r->job.reason[LANGUAGE_EN] = en;
}

/* --- programs --- */

/* "package: 3/8, …": the last one that the program has said. */
static bool read_progress(struct run *r, const char *said)
{
    struct buffer text = {0};
    struct diag silent = {0};
    long done = 0, of = 0;
    if (access(said, R_OK) == 0 && small_file_read_own(said, MOST_SAID, &text, &silent)) {
        buffer_putc(&text, '\0');
        for (char *p = (char *)text.data; (p = strstr(p, "package: ")); p++)
            sscanf(p, "package: %ld/%ld", &done, &of);
    }
    buffer_clear(&text);
    diag_clear(&silent);
    bool changed = of > 0 && (done != r->job.done || of != r->job.of);
    if (changed) {
        r->job.done = done;
        r->job.of = of;
    }
    return changed;
}

/* Its exit status; -1: it died. */
static int run_program(struct run *r, const char *const *argv, const char *said)
{
    const struct child_call call = {argv, r->work, said, PROGRAM_SECONDS};
    const struct timespec nap = {0, 200000000};
    int status = 0;
    pid_t pid = child_start(&call, r->diag), ended;
    if (pid < 0)
        return -1;
    while ((ended = waitpid(pid, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
        if (read_progress(r, said))
            tell_progress(r);
        nanosleep(&nap, NULL);
    }
    return ended == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct arguments {
    const char *list[ARGUMENTS];
    size_t n;
};

static void add(struct arguments *a, const char *word)
{
    if (a->n < ARGUMENTS - 1)
        a->list[a->n++] = word;
}

/* Last of all: a file that somebody has called -o/elsewhere.xlsx is no option. */
static void add_inputs(struct arguments *a, const char *const *inputs, size_t n)
{
    add(a, "--");
    for (size_t i = 0; i < n; i++)
        add(a, inputs[i]);
}

static struct arguments call_of(const struct run *r, const char *program)
{
    struct arguments a = {0};
    add(&a, program);
    add(&a, "--lang");
    add(&a, "zh");
    if (r->profile) {
        add(&a, "--profile");
        add(&a, r->profile);
    }
    return a;
}

static const char *file(struct run *r, const char *name)
{
    return arena_printf(&r->arena, "%s/%s", r->batch, name);
}

/* What the program finds, in a file of the batch: in both languages, since each page has its own.
 */
static void report_to(struct run *r, struct arguments *a, const char *name)
{
    add(a, "--bilingual");
    add(a, "--report");
    add(a, file(r, name));
}

/* A file of an earlier state goes. false: reported. */
static bool withdraw(struct run *r, const char *path)
{
    return unlink(path) == 0 || errno == ENOENT || output_failed(path, r->diag);
}

/* --- the data --- */

/* As import and workbook end: the inputs' fault, and so what check will find, or the machine's. */
static bool is_machines(int status)
{
    return status < 0 || status == 2;
}

static int gather_inputs(struct run *r, const struct taken *taken)
{
    struct arguments a = call_of(r, "import");
    add(&a, "-o");
    add(&a, gathered);
    add_inputs(&a, taken->inputs, taken->n_inputs);
    return run_program(r, a.list, file(r, "import.txt"));
}

static int write_book(struct run *r)
{
    struct arguments a = call_of(r, "workbook");
    add(&a, gathered);
    add(&a, "--scans");
    add(&a, ".");
    add(&a, "-o");
    add(&a, working_copy);
    report_to(r, &a, book_report);
    int status = run_program(r, a.list, file(r, "book.txt"));
    unlink(arena_printf(&r->arena, "%s/%s", r->work, gathered));
    return status;
}

/* false: it is not, or that cannot be known now, which is reported. */
static bool is_there(struct run *r, const char *path)
{
    bool there = access(path, R_OK) == 0;
    if (!there)
        store_ask(path, r->diag);
    return there;
}

/* The counts of a report beside it, for those who only ask for these. false: reported. */
static bool put_counts_aside(struct run *r, const char *report, const char *to)
{
    struct arena arena = {0};
    struct buffer out = {0};
    struct json j = {.out = &out};
    const struct json_value *counts =
        json_member(store_read(file(r, report), &arena, r->diag), "counts");
    bool ok = withdraw(r, file(r, to)) && !r->diag->system_faults;
    if (counts) {
        json_put(&j, NULL, counts);
        ok = output_write(file(r, to), out.data, out.len, r->diag) && ok;
    }
    buffer_clear(&out);
    arena_free(&arena);
    return ok;
}

/* Without them a PDF would be said to be locked. false: reported. */
static bool add_passwords(struct run *r, struct arguments *a)
{
    const char *passwords = file(r, STORE_PASSWORDS);
    if (is_there(r, passwords)) {
        add(a, "--password-file");
        add(a, passwords);
    }
    return !r->diag->system_faults;
}

/* Of the working copy, or of the inputs themselves, when none can be made of them. */
static void check(struct run *r, const char *const *inputs, size_t n)
{
    static const char *const outputs[][2] = {{"json", "check.json"}, {"xlsx", "marked.xlsx"}};
    bool ok = true;
    begin_step(r, "check");
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        const char *to = file(r, outputs[i][1]);
        struct arguments a = call_of(r, "check");
        add(&a, "--format");
        add(&a, outputs[i][0]);
        add(&a, "--all");
        add(&a, "--bilingual");
        ok = add_passwords(r, &a) && ok;
        if (i == 0 && !strcmp(inputs[0], working_copy)) {
            add(&a, "--excerpts");
            add(&a, file(r, STORE_EXCERPTS));
        }
        add(&a, "-o");
        add(&a, to);
        add_inputs(&a, inputs, n);
        if (i > 0 && n > 1)
            break; /* marks go into one workbook */
        int status = run_program(r, a.list, file(r, i ? "marked.txt" : "check.txt"));
        if (i == 0) {
            r->job.status = status;
            ok = put_counts_aside(r, "check.json", STATE_CHECKED) && ok;
        }
    }
    if (!ok || is_machines(r->job.status))
        fail(r, "check");
}

/* All that a program has said; "" for nothing. */
static char *read_said(struct run *r, const char *said)
{
    struct buffer text = {0};
    struct diag silent = {0};
    char *all = arena_strdup(&r->arena, "");
    if (is_there(r, said) && small_file_read_own(said, MOST_SAID, &text, &silent))
        all = arena_strndup(&r->arena, text.data ? (char *)text.data : "", text.len);
    buffer_clear(&text);
    diag_clear(&silent);
    return all;
}

/* Of a program's report; NULL: it has written none. */
static const struct json_value *first_finding(struct run *r, const char *report)
{
    const struct json_value *findings =
        json_member(store_read(file(r, report), &r->arena, r->diag), "findings");
    return findings ? findings->children : NULL;
}

/* The first error that was found is why. */
static void fail_as_reported(struct run *r, const char *report)
{
    const struct json_value *f = first_finding(r, report);
    const char *severity;
    while (f && (!(severity = json_member_text(f, "severity")) || strcmp(severity, "error") != 0))
        f = f->next;
    if (json_member_text(f, "message"))
        fail_saying(r, json_member_text(f, "message"), json_member_text(f, "en"));
    else
        fail(r, "correct");
}

static bool names_input(const struct taken *taken, const char *line)
{
    for (size_t i = 0; i < taken->n_inputs; i++)
        if (strstr(line, taken->inputs[i]))
            return true;
    return false;
}

/* What was said of scans that belong to nobody, or to nothing: it begins with the file's name. */
static void put_unmatched(struct json *j, const struct json_value *f, const struct taken *taken)
{
    json_open(j, "unmatched", '[');
    for (; f; f = f->next) {
        const char *label = json_member_text(f, "label"), *zh = json_member_text(f, "message");
        if (!label || strcmp(label, "扫描件") != 0 || !zh || strncmp(zh, "“", strlen("“")) != 0 ||
            names_input(taken, zh))
            continue;
        json_open(j, NULL, '{');
        json_string(j, "zh", zh);
        json_string(j, "en", json_member_text(f, "en"));
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_lost(struct json *j, const struct taken *taken)
{
    json_open(j, "lost", '[');
    for (size_t i = 0; i < taken->n_lost; i++) {
        json_open(j, NULL, '{');
        change_put(j, &taken->lost[i].change);
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* settled: current/ and the check are this upload's, and nothing is wanting. false: that could not
 * be written, or not all of it be read; reported. */
static bool write_taken(struct run *r, const struct taken *taken, bool settled)
{
    struct buffer out = {0};
    struct json j = {.out = &out};
    const struct json_value *found = first_finding(r, book_report);
    json_open(&j, NULL, '{');
    json_integer(&j, "upload", r->job.upload);
    json_bool(&j, "settled", settled && !r->diag->system_faults);
    json_integer(&j, "files", (long long)taken->files);
    json_integer(&j, "junk", (long long)taken->junk);
    json_integer(&j, "empty", (long long)taken->empty);
    json_open(&j, "inputs", '[');
    for (size_t i = 0; i < taken->n_inputs; i++)
        json_string(&j, NULL, taken->inputs[i]);
    json_close(&j, ']');
    put_unmatched(&j, found, taken);
    put_lost(&j, taken);
    json_open(&j, "refused", '[');
    for (size_t i = 0; i < r->diag->n; i++) {
        const struct finding *f = &r->diag->list[i];
        json_open(&j, NULL, '{');
        json_string(&j, "file", f->at.file);
        json_string(&j, "zh", f->text[LANGUAGE_ZH]);
        json_string(&j, "en", f->text[LANGUAGE_EN]);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    bool ok = output_write(file(r, "taken.json"), out.data, out.len, r->diag);
    buffer_clear(&out);
    return ok && !r->diag->system_faults;
}

/* One a line, the oldest first, as `workbook --corrections` reads them. */
static bool write_corrections(struct run *r, const struct taken *taken)
{
    struct buffer out = {0};
    for (size_t i = taken->n_lost; i-- > 0;) {
        const struct change *c = &taken->lost[i].change;
        struct json j = {.out = &out, .flat = true};
        json_open(&j, NULL, '{');
        json_string(&j, "applicant", c->person);
        json_string(&j, "field", c->field);
        json_string(&j, "place", c->place);
        json_string(&j, "was", c->was);
        json_string(&j, "value", c->value);
        json_close(&j, '}');
        if (!out.len || out.data[out.len - 1] != '\n')
            buffer_putc(&out, '\n');
    }
    bool ok = output_write(file(r, corrections), out.data, out.len, r->diag);
    buffer_clear(&out);
    return ok;
}

/* Was the correction of this line told as one that could not be made? */
static bool tells_line(const char *said, long line)
{
    for (const char *s = said; (s = strstr(s, corrections)); s += strlen(corrections))
        if (s[strlen(corrections)] == ':' && strtol(s + strlen(corrections) + 1, NULL, 10) == line)
            return true;
    return false;
}

/* Corrections that later data stand before are made once more, where the field holds what it held
 * then; the others remain in taken->lost. */
static void correct_again(struct run *r, struct taken *taken)
{
    struct arguments a = call_of(r, "workbook");
    const char *said = file(r, "corrections.txt"), *list = file(r, corrections);
    size_t n = taken->n_lost, kept = 0;
    if (n == 0)
        return;
    if (!write_corrections(r, taken)) {
        fail(r, "book");
        return;
    }
    add(&a, working_copy);
    add(&a, "--corrections");
    add(&a, list);
    add(&a, "-o");
    add(&a, corrected);
    int status = run_program(r, a.list, said);
    bool ok = status == 0;
    if (is_machines(status) ||
        (ok && rename(arena_printf(&r->arena, "%s/%s", r->work, corrected),
                      arena_printf(&r->arena, "%s/%s", r->work, working_copy)) < 0)) {
        fail(r, "book"); /* a correction is not lost for that */
        return;
    }
    const char *text = read_said(r, said);
    if (r->diag->system_faults) {
        fail(r, "book");
        return;
    }
    for (size_t i = 0; ok && i < n; i++)
        if (tells_line(text, (long)(n - i)))
            taken->lost[kept++] = taken->lost[i];
    taken->n_lost = ok ? kept : n;
}

/* The working copy of the data, and what check says of it; or of the inputs, when none can be made
 * of them. */
static void make_book(struct run *r, struct taken *taken)
{
    static const char *const copy[] = {working_copy};
    begin_step(r, "book");
    int status = gather_inputs(r, taken);
    bool gathered_all = status == 0;
    if (gathered_all)
        status = write_book(r);
    if (is_machines(status)) {
        fail(r, "book");
    } else if (gathered_all && (status == 0 || status == 3)) {
        correct_again(r, taken);
        if (r->job.state == JOB_FAILED)
            return;
        for (size_t i = 0; i < taken->n_inputs; i++) /* they live on in the copy */
            unlink(arena_printf(&r->arena, "%s/%s", r->work, taken->inputs[i]));
        check(r, copy, 1);
    } else {
        check(r, taken->inputs, taken->n_inputs);
    }
}

/* What was made of the state before is gone first: it must not be taken for this one's. */
static void take(struct run *r)
{
    static const char *const before[] = {"taken.json", book_report, "check.json", STATE_CHECKED,
                                         "marked.xlsx"};
    struct taken taken = {0};
    bool ok = true;

    begin_step(r, "files");
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        ok = withdraw(r, file(r, before[i])) && ok;
    ok = ok && take_upload(r->batch, r->job.upload, r->most, &taken, &r->arena, r->diag);
    if (!write_taken(r, &taken, false) || !ok) {
        fail(r, "files");
        return;
    }
    if (taken.n_inputs > 0) /* else scans alone: the data may come later */
        make_book(r, &taken);
    if (r->job.state != JOB_FAILED && !write_taken(r, &taken, true))
        fail(r, "files");
}

/* Is what lies in current/ of the upload that is current? A job that has failed, or a machine that
 * was switched off, may have left an older one there. If not, it is taken. */
static bool is_settled(struct run *r)
{
    long upload = store_current(r->batch, r->diag);
    const struct json_value *taken = store_read(file(r, "taken.json"), &r->arena, r->diag);
    if (diag_failed(r->diag)) {
        fail(r, "files");
        return false;
    }
    if (upload && (json_member_count(taken, "upload") != upload ||
                   json_member_count(taken, "settled") <= 0)) {
        r->job.upload = upload;
        take(r);
    }
    return r->job.state != JOB_FAILED;
}

/* A change of an input that the desk has no copy of, since it cannot be read yet: the file anew. */
static const char *corrected_path(struct run *r, const struct upload *u)
{
    const char *folder = upload_folder(r->batch, u->number, &r->arena), *path = u->change.file,
               *slash = path ? strrchr(path, '/') : NULL;
    if (slash && !output_make_folder(folder, arena_strndup(&r->arena, path, (size_t)(slash - path)),
                                     r->diag))
        return NULL;
    return arena_printf(&r->arena, "%s/%s", folder, path ? path : UPLOAD_CORRECTED);
}

/* The corrected data become a state of its own, which can be gone back from. */
static bool write_correction(struct run *r, struct upload *u)
{
    const struct change *c = &u->change;
    struct arguments a = call_of(r, "workbook");
    const char *to, *const copy = working_copy;
    withdraw(r, file(r, correct_report));
    u->number = upload_new(r->batch, r->diag);
    to = u->number ? corrected_path(r, u) : NULL;
    add(&a, "--set");
    add(&a, c->field && !c->file
                ? arena_printf(&r->arena, "%s:%s=%s", c->person, c->field, c->value)
                : arena_printf(&r->arena, "%s=%s", c->place, c->value));
    if (c->was) {
        add(&a, "--was");
        add(&a, c->was);
    }
    add(&a, "-o");
    add(&a, to);
    report_to(r, &a, correct_report);
    add_inputs(&a, c->file ? &c->file : &copy, 1);
    int status = to ? run_program(r, a.list, file(r, "correct.txt")) : -1;
    if (status == 0 && upload_complete(r->batch, u, r->diag))
        return true;
    if (status > 0)
        fail_as_reported(r, correct_report);
    else
        fail(r, "correct");
    return false;
}

static void fail_changed_elsewhere(struct run *r)
{
    fail_saying(r, "别处已改过，请看过现在的内容再改",
                "it was changed elsewhere: look at what is there now, then correct it");
}

/* Only an input that the desk has no working copy of is changed itself. */
static bool is_changeable(struct run *r, struct change *c)
{
    bool copied = is_there(r, arena_printf(&r->arena, "%s/%s", r->work, working_copy));
    if (copied)
        c->file = NULL;
    if (!c->was && c->seen != store_current(r->batch, r->diag) && !r->diag->system_faults) {
        fail_changed_elsewhere(r);
        return false;
    }
    const char *input = c->file ? arena_printf(&r->arena, "%s/%s", r->work, c->file) : NULL;
    bool there = copied || (input && is_there(r, input) && output_lies_within(r->work, input));
    if (there && !r->diag->system_faults)
        return true;
    if (r->diag->system_faults)
        fail(r, "correct");
    else
        fail_saying(r, "没有可以改正的工作簿", "there is no workbook to correct");
    return false;
}

/* Unless an upload has come while it was made. */
static bool becomes_current(struct run *r, const struct upload *u)
{
    int lock = store_lock(r->batch, r->diag);
    bool same = lock >= 0 && store_current(r->batch, r->diag) == u->base,
         ok = same && !r->diag->system_faults && store_set_current(r->batch, u->number, r->diag);
    store_unlock(lock);
    if (!ok && (same || r->diag->system_faults))
        fail(r, "correct");
    else if (!ok)
        fail_changed_elsewhere(r);
    return ok;
}

static void correct(struct run *r)
{
    struct upload u = {.base = store_current(r->batch, r->diag),
                       .created = store_now(&r->arena),
                       .change = r->job.change};
    begin_step(r, "correct");
    if (!is_settled(r) || !is_changeable(r, &u.change) || !write_correction(r, &u))
        return;
    if (!becomes_current(r, &u))
        return;
    r->job.upload = u.number;
    take(r);
}

static void make_package(struct run *r)
{
    struct arguments a = call_of(r, "package");
    if (!is_settled(r))
        return;
    begin_step(r, "papers");
    add(&a, "--prune=all");
    bool ok = add_passwords(r, &a);
    add(&a, "-o");
    add(&a, "../out");
    add(&a, working_copy);
    r->job.status = run_program(r, a.list, file(r, "package.txt"));
    ok = put_counts_aside(r, "out/report.json", STATE_PACKAGED) && ok;
    if (!ok || is_machines(r->job.status))
        fail(r, "papers");
}

int runner_run(const char *batch, long job, double most, struct diag *diag)
{
    struct run r = {.batch = batch, .most = most, .diag = diag};
    const struct json_value *about;

    if (!job_read(batch, job, &r.arena, &r.job, diag))
        return 2;
    about = store_read(file(&r, "batch.json"), &r.arena, diag);
    if (!about) /* by another notice than the batch's everything would be another */
        return 2;
    r.profile = json_member_text(about, "profile");
    r.work = file(&r, "current");
    r.job.state = JOB_RUNNING;
    r.job.started = time(NULL);
    switch (r.job.kind) {
    case JOB_TAKE:
        take(&r);
        break;
    case JOB_CORRECT:
        correct(&r);
        break;
    case JOB_PACKAGE:
        make_package(&r);
    }
    if (r.job.state == JOB_RUNNING)
        r.job.state = JOB_DONE;
    r.job.ended = time(NULL);
    bool told = job_write(batch, &r.job, diag);
    arena_free(&r.arena);
    return told ? 0 : 2;
}
