/* routes.c - what can be asked of the desk: a table, and a short function each. */
#include "core/digest.h"
#include "core/output.h"
#include "core/strings.h"
#include "core/system_error.h"
#include "desk/events.h"
#include "desk/exchange.h"
#include "desk/state.h"
#include "desk/zip_stream.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char json_type[] = "application/json; charset=utf-8";

static const char *argument(const struct exchange *x, size_t i)
{
    return i < x->target.n ? x->target.segments[i] : "";
}

static const char *file(struct exchange *x, const char *name)
{
    return arena_printf(&x->arena, "%s/%s", x->batch.path, name);
}

/* --- answers of several routes --- */

static void answer_state(struct exchange *x, unsigned status)
{
    struct buffer out = {0};
    struct json j = {.out = &out};
    state_put(&j, &x->batch, &x->diag);
    answer_bytes(&x->answer, status, json_type, &out);
}

static void answer_number(struct exchange *x, const char *key, long number)
{
    struct buffer out = {0};
    struct json j = {.out = &out, .flat = true};
    if (!number) {
        answer_findings(&x->answer, x->diag.system_faults ? 507 : 400, &x->diag);
        return;
    }
    json_open(&j, NULL, '{');
    json_integer(&j, key, number);
    json_close(&j, '}');
    answer_bytes(&x->answer, 200, json_type, &out);
}

static long add_job(struct exchange *x, struct job job)
{
    return supervisor_add(x->desk->supervisor, x->batch.path, &job, &x->diag);
}

static void answer_gone(struct exchange *x)
{
    answer_error(&x->answer, 404, "没有这一项，可能已被删除", "there is none, or it was deleted");
}

/* --- the page's own files --- */

static void get_page(struct exchange *x)
{
    static const char *const files[][2] = {{"index.html", "text/html; charset=utf-8"},
                                           {"desk.js", "text/javascript; charset=utf-8"},
                                           {"desk.css", "text/css; charset=utf-8"},
                                           {"desk.svg", "image/svg+xml"}};
    const char *name = x->target.n ? argument(x, 0) : files[0][0];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!strcmp(name, files[i][0])) {
            answer_file(&x->answer, arena_printf(&x->arena, "%s/%s", x->desk->options->pages, name),
                        files[i][1], ANSWER_SHOWN, NULL);
            return;
        }
    answer_gone(x);
}

/* --- batches --- */

static void put_profile(struct json *j, const struct desk_profile *p)
{
    json_open(j, NULL, '{');
    json_string(j, "name", p->name);
    json_string(j, "title", p->title);
    json_string(j, "year", p->year);
    json_open(j, "papers", '[');
    for (size_t i = 0; i < p->n; i++) {
        json_open(j, NULL, '{');
        json_string(j, "name", p->papers[i].name);
        json_string(j, "title", p->papers[i].title);
        json_bool(j, "bound", p->papers[i].bound);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

/* It does not vanish from the list, nor keep the others out of it. */
static void put_damaged(struct json *j, const struct store_batch *b)
{
    json_open(j, NULL, '{');
    json_string(j, "id", b->id);
    json_string(j, "name", b->name ? b->name : b->id);
    json_bool(j, "damaged", true);
    json_close(j, '}');
}

static void get_desk(struct exchange *x)
{
    const struct desk_options *o = x->desk->options;
    struct store_batch *list;
    struct buffer out = {0};
    struct json j = {.out = &out};
    size_t n = store_list(o->root, &x->arena, &list, &x->diag);

    json_open(&j, NULL, '{');
    json_string(&j, "version", o->version);
    json_integer(&j, "quota", (long long)o->quota);
    json_integer(&j, "most_files", UPLOAD_FILES);
    json_open(&j, "profiles", '[');
    for (size_t i = 0; i < o->n_profiles; i++)
        put_profile(&j, &o->profiles[i]);
    json_close(&j, ']');
    json_open(&j, "batches", '[');
    for (size_t i = 0; i < n; i++)
        if (list[i].damaged)
            put_damaged(&j, &list[i]);
        else
            state_put(&j, &list[i], &x->diag);
    json_close(&j, ']');
    json_close(&j, '}');
    answer_bytes(&x->answer, 200, json_type, &out);
}

static bool is_profile(const struct exchange *x, const char *name)
{
    for (size_t i = 0; i < x->desk->options->n_profiles; i++)
        if (!strcmp(name, x->desk->options->profiles[i].name))
            return true;
    return false;
}

static void post_batch(struct exchange *x)
{
    enum { LONGEST = 200 };
    const char *name = json_member_text(x->json, "name"),
               *profile = json_member_text(x->json, "profile");
    if (!name || !*name || strlen(name) > LONGEST) {
        answer_error(&x->answer, 400, "请给申报批次起个名字（200 字节以内）",
                     "give the batch a name of at most 200 bytes");
    } else if (!profile || !is_profile(x, profile)) {
        answer_error(&x->answer, 400, "请选择按哪份通知申报", "choose the notice");
    } else if (store_create(x->desk->options->root, name, profile, &x->arena, &x->batch,
                            &x->diag)) {
        answer_state(x, 201);
    } else {
        answer_findings(&x->answer, 507, &x->diag);
    }
}

static void get_batch(struct exchange *x)
{
    answer_state(x, 200);
}

static void delete_batch(struct exchange *x)
{
    supervisor_forget(x->desk->supervisor, x->batch.path);
    if (store_delete(x->desk->options->root, &x->batch, &x->diag))
        answer_number(x, "deleted", strtol(x->batch.id, NULL, 10));
    else
        answer_findings(&x->answer, 507, &x->diag);
}

static void get_events(struct exchange *x)
{
    events_answer(x);
}

/* --- uploads --- */

/* What the batch may still grow by: its quota, and nearly all that is free on the disk. */
static double room_left(struct exchange *x)
{
    struct statvfs v;
    double quota = x->desk->options->quota - (double)store_bytes(x->batch.path, &x->diag);
    if (statvfs(x->batch.path, &v) < 0) {
        diag_unreadable(&x->diag, x->batch.path);
        return 0;
    }
    double space = 0.9 * (double)v.f_bavail * (double)v.f_frsize;
    return quota < space ? quota : space;
}

static void post_upload(struct exchange *x)
{
    bool alone = json_member_count(x->json, "replace") > 0;
    upload_sweep(x->batch.path, &x->diag);
    double room = room_left(x);
    if (diag_failed(&x->diag))
        return;
    answer_number(x, "upload", upload_announce(x->batch.path, x->json, alone, room, &x->diag));
}

static bool find_upload(struct exchange *x)
{
    return upload_read_all(x->batch.path, strtol(argument(x, 4), NULL, 10), &x->arena, &x->upload,
                           &x->diag);
}

/* The rest of the path from a segment on, with slashes; in the arena. */
static const char *route_rest(struct exchange *x, size_t from)
{
    struct buffer out = {0};
    for (size_t i = from; i < x->target.n; i++) {
        if (i > from)
            buffer_putc(&out, '/');
        buffer_puts(&out, x->target.segments[i]);
    }
    char *rest = arena_strndup(&x->arena, out.data ? (char *)out.data : "", out.len);
    buffer_clear(&out);
    return rest;
}

/* A file that comes twice is the same file: the last one counts. */
static bool begin_file(struct exchange *x)
{
    if (!find_upload(x) || x->upload.complete)
        return !diag_failed(&x->diag) &&
               diag_error(&x->diag, (struct src_pos){0}, "没有这次上传，或已经传完",
                          "there is no such upload, or it is complete");
    return upload_begin(&x->file, x->batch.path, &x->upload, route_rest(x, 6), &x->arena, &x->diag);
}

static void put_file(struct exchange *x)
{
    long long size = (long long)x->file.size;
    struct buffer out = {0};
    struct json j = {.out = &out, .flat = true};
    if (!upload_end(&x->file, &x->diag)) {
        answer_findings(&x->answer, x->diag.system_faults ? 507 : 400, &x->diag);
        return;
    }
    json_open(&j, NULL, '{');
    json_integer(&j, "received", size);
    json_close(&j, '}');
    answer_bytes(&x->answer, 200, json_type, &out);
}

static void answer_missing(struct exchange *x, size_t *missing)
{
    struct buffer out = {0};
    struct json j = {.out = &out};
    json_open(&j, NULL, '{');
    upload_put_missing(&j, x->batch.path, &x->upload, missing, &x->diag);
    json_close(&j, '}');
    answer_bytes(&x->answer, *missing ? 409 : 200, json_type, &out);
}

static void get_upload(struct exchange *x)
{
    size_t missing;
    if (find_upload(x))
        answer_missing(x, &missing);
    else
        answer_gone(x);
    x->answer.status = x->answer.status == 409 ? 200 : x->answer.status;
}

/* All have come, or the page does without those that are missing ("partly"). Told twice, of which
 * the second may not undo what has come since. */
static void post_complete(struct exchange *x)
{
    size_t missing;
    if (!find_upload(x)) {
        answer_gone(x);
        return;
    }
    if (x->upload.complete && store_current(x->batch.path, &x->diag) != x->upload.number) {
        answer_error(&x->answer, 409, "这次上传已经收下，之后又有改动",
                     "this upload was taken, and others have come since");
        return;
    }
    answer_missing(x, &missing);
    if (diag_failed(&x->diag))
        return;
    if (missing && json_member_count(x->json, "partly") <= 0)
        return;
    MHD_destroy_response(x->answer.response);
    x->answer = (struct answer){0};
    bool ok = x->upload.complete || upload_settle(x->batch.path, &x->upload, &x->diag);
    answer_number(x, "job",
                  ok ? add_job(x, (struct job){.kind = JOB_TAKE, .upload = x->upload.number}) : 0);
}

/* Back to the state after an earlier upload. */
static void post_restore(struct exchange *x)
{
    if (!upload_read(x->batch.path, strtol(argument(x, 4), NULL, 10), &x->arena, &x->upload,
                     &x->diag) ||
        !x->upload.complete) {
        answer_gone(x);
        return;
    }
    answer_number(x, "job",
                  store_set_current(x->batch.path, x->upload.number, &x->diag)
                      ? add_job(x, (struct job){.kind = JOB_TAKE, .upload = x->upload.number})
                      : 0);
}

/* --- jobs --- */

static void post_package(struct exchange *x)
{
    answer_number(x, "job", add_job(x, (struct job){.kind = JOB_PACKAGE}));
}

/* What the page shows of a field, and what it is to hold instead. */
static void post_correction(struct exchange *x)
{
    enum { LONGEST = 32767 };
    const struct job job = {.kind = JOB_CORRECT, .change = change_read(x->json)};
    const struct change *c = &job.change;
    if (!c->place || !strchr(c->place, '!') || !c->value || strlen(c->value) > LONGEST ||
        (!c->was && !c->seen) || (c->file && !upload_path_is_good(c->file)))
        answer_error(&x->answer, 400, "改正的内容不对", "the correction is not understood");
    else
        answer_number(x, "job", add_job(x, job));
}

static void delete_job(struct exchange *x)
{
    long number = strtol(argument(x, 4), NULL, 10);
    if (supervisor_cancel(x->desk->supervisor, x->batch.path, number))
        answer_number(x, "cancelled", number);
    else
        answer_gone(x);
}

/* --- what has been made --- */

static void get_report(struct exchange *x)
{
    answer_file(&x->answer, file(x, "check.json"), json_type, ANSWER_SHOWN, NULL);
}

static void get_taken(struct exchange *x)
{
    answer_file(&x->answer, file(x, "taken.json"), json_type, ANSWER_SHOWN, NULL);
}

static void get_package_report(struct exchange *x)
{
    answer_file(&x->answer, file(x, "out/report.json"), json_type, ANSWER_SHOWN, NULL);
}

static const char xlsx_type[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

static void get_book(struct exchange *x)
{
    answer_file(&x->answer, file(x, "current/book.xlsx"), xlsx_type, ANSWER_SAVED,
                arena_printf(&x->arena, "%s-申报数据.xlsx", x->batch.name));
}

/* Made by the notice's own lists, when it is asked for first. */
static void get_blank(struct exchange *x)
{
    switch (supervisor_blank(x->desk->supervisor, x->batch.path, x->batch.profile, &x->diag)) {
    case PREVIEW_PENDING:
        x->waits = true;
        break;
    case PREVIEW_FAILED:
    case PREVIEW_STOPPED:
        answer_error(&x->answer, 500, "空白工作簿没有做成", "the blank workbook was not made");
        break;
    case PREVIEW_READY:
        answer_file(&x->answer, file(x, "pages/blank/book.xlsx"), xlsx_type, ANSWER_SAVED,
                    arena_printf(&x->arena, "%s-空白工作簿.xlsx", x->batch.name));
    }
}

static void get_marked(struct exchange *x)
{
    answer_file(&x->answer, file(x, "marked.xlsx"), xlsx_type, ANSWER_SAVED,
                arena_printf(&x->arena, "%s-批注.xlsx", x->batch.name));
}

/* Papers of ours are shown; all else, and whatever stands under another name, is saved. */
static void get_out(struct exchange *x)
{
    const char *path = route_rest(x, 4), *name = argument(x, x->target.n - 1);
    bool pdf = path_ends(name, ".pdf");
    if (!output_lies_within(file(x, "out"), file(x, arena_printf(&x->arena, "out/%s", path)))) {
        answer_gone(x);
        return;
    }
    answer_file(&x->answer, file(x, arena_printf(&x->arena, "out/%s", path)),
                pdf ? "application/pdf" : "application/octet-stream",
                pdf ? ANSWER_SHOWN : ANSWER_SAVED, name);
}

/* A file that was handed in, as it lies in the current state. */
static void get_current(struct exchange *x)
{
    const char *path = route_rest(x, 4), *name = argument(x, x->target.n - 1);
    const char *in = file(x, arena_printf(&x->arena, "current/%s", path));
    if (output_lies_within(file(x, "current"), in))
        answer_file(&x->answer, in, "application/octet-stream", ANSWER_SAVED, name);
    else
        answer_gone(x);
}

static void get_zip(struct exchange *x)
{
    const char *rest = route_rest(x, 4),
               *last = x->target.n > 4 ? argument(x, x->target.n - 1) : "";
    const char *folder = *rest ? arena_printf(&x->arena, "out/%s", rest) : "out";
    if (!output_lies_within(file(x, "out"), file(x, folder))) {
        answer_gone(x);
        return;
    }
    zip_answer(&x->answer, x->batch.path, folder,
               arena_printf(&x->arena, "%s%s%s.zip", x->batch.name, *last ? "-" : "", last),
               &x->diag);
}

/* What is to be printed again since the package before this one. */
static void get_changes(struct exchange *x)
{
    answer_file(&x->answer, file(x, "out/changes.json"), json_type, ANSWER_SHOWN, NULL);
}

static void get_print_list(struct exchange *x)
{
    answer_file(&x->answer, file(x, "out/print/print-list.txt"), "text/plain; charset=utf-8",
                ANSWER_SHOWN, NULL);
}

/* How much the batch may still hold. */
static void get_room(struct exchange *x)
{
    struct buffer out = {0};
    struct json j = {.out = &out, .flat = true};
    double room = room_left(x);
    json_open(&j, NULL, '{');
    json_integer(&j, "left", room > 0 ? (long long)room : 0);
    json_integer(&j, "quota", (long long)x->desk->options->quota);
    json_integer(&j, "files", UPLOAD_FILES);
    json_close(&j, '}');
    answer_bytes(&x->answer, 200, json_type, &out);
}

/* --- passwords of PDFs --- */

static bool write_passwords(const char *path, const char *text, struct diag *diag)
{
    if (text[strspn(text, " \r\n")] == '\0')
        return unlink(path) == 0 || errno == ENOENT || output_failed(path, diag);
    return output_write(path, text, strlen(text), diag) &&
           (chmod(path, 0600) == 0 || output_failed(path, diag));
}

/* Never sent back: the page knows whether there are any. */
static void post_passwords(struct exchange *x)
{
    enum { MOST = 4096 };
    const char *text = json_member_text(x->json, "passwords");
    if (!text || strlen(text) > MOST) {
        answer_error(&x->answer, 400, "口令每行一个，共不超过 4096 字节",
                     "one password a line, of 4096 bytes in all");
        return;
    }
    const char *path = file(x, STORE_PASSWORDS);
    bool ok = write_passwords(path, text, &x->diag);
    long current = store_current(x->batch.path, &x->diag);
    if (!ok)
        answer_findings(&x->answer, 507, &x->diag);
    else if (current)
        answer_number(x, "job",
                      add_job(x, (struct job){.kind = JOB_TAKE, .upload = current, .fresh = true}));
    else
        answer_state(x, 200);
}

/* --- previews --- */

static void add_file(struct digest *d, const char *path, struct diag *diag)
{
    struct stat st;
    if (stat(path, &st) < 0) {
        store_ask(path, diag);
    } else {
        digest_add(d, &st.st_ino, sizeof st.st_ino);
        digest_add(d, &st.st_mtim, sizeof st.st_mtim);
        digest_add(d, &st.st_size, sizeof st.st_size);
    }
}

static const char *short_digest(struct digest *d, struct arena *arena)
{
    char hex[DIGEST_HEX];
    digest_end(d, hex);
    return arena_strndup(arena, hex, 32);
}

/* What the pages are made of: the data, by this program, and what is asked of them. */
static const char *preview_key(struct exchange *x, const char *person, const char *paper)
{
    struct digest *state = digest_new(), *asked = digest_new();
    add_file(state, file(x, "current/book.xlsx"), &x->diag);
    add_file(state, "/proc/self/exe", &x->diag);
    digest_text(asked, person);
    digest_text(asked, paper);
    const char *of_data = short_digest(state, &x->arena);
    return arena_printf(&x->arena, "%s/%s", of_data, short_digest(asked, &x->arena));
}

/* The paper's one folder within the preview's; NULL: there is none. */
static const char *document_folder(struct exchange *x, const char *key)
{
    const char *outer = arena_printf(&x->arena, "%s/pages/%s", x->batch.path, key), *found = NULL;
    DIR *dir = store_folder(outer, &x->diag);
    for (struct dirent *e; (e = store_entry(dir, outer, &x->diag));)
        if (e->d_name[0] != '.' && strcmp(e->d_name, "done"))
            found = arena_printf(&x->arena, "%s/%s", outer, e->d_name);
    if (dir)
        closedir(dir);
    return found;
}

static bool is_paper_name(const char *s)
{
    return *s && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0' && *s != '-';
}

/* The folder of its pages; NULL: the answer says why, or it is waited for. */
static const char *ready_pages(struct exchange *x)
{
    const char *person = target_decode(argument(x, 4), &x->arena), *paper = argument(x, 5);
    if (!is_paper_name(paper) || !person) {
        answer_gone(x);
        return NULL;
    }
    if (access(file(x, "current/book.xlsx"), R_OK) != 0) {
        answer_error(&x->answer, 422, "数据还读不成，不能排版：请先改正核查出的错误",
                     "the data cannot be read yet: mend what the check has found");
        return NULL;
    }
    const char *key = preview_key(x, person, paper), *folder = NULL;
    if (diag_failed(&x->diag))
        return NULL;
    switch (supervisor_preview(x->desk->supervisor, x->batch.path, x->batch.profile, paper, person,
                               key, &x->diag)) {
    case PREVIEW_PENDING:
        x->waits = true;
        break;
    case PREVIEW_FAILED:
        answer_error(&x->answer, 422, "这份材料现在还不能出：请先改正核查出的错误",
                     "this paper cannot be made yet: mend what the check has found");
        break;
    case PREVIEW_STOPPED:
        answer_error(
            &x->answer, 500,
            "这份材料没有做成：没有这个人或这份材料，或者机器出了问题（磁盘、内存或时间不够）。"
            "请稍后再试，仍不行请告知管理员",
            "this paper was not made: there is no such person or paper, or the machine is "
            "at fault (disk, memory, time). Try again, then tell the administrator");
        break;
    case PREVIEW_READY:
        folder = document_folder(x, key);
        if (!folder)
            answer_gone(x);
    }
    return folder;
}

/* Its number of pages. */
static void get_paper(struct exchange *x)
{
    const char *folder = ready_pages(x);
    const char *page = NULL;
    struct stat st;
    long n = 0;
    if (!folder)
        return;
    while (stat(page = arena_printf(&x->arena, "%s/%03ld.svg", folder, n + 1), &st) == 0)
        n++;
    store_ask(page, &x->diag);
    answer_number(x, "pages", n);
}

static void get_paper_page(struct exchange *x)
{
    const char *name = argument(x, 6), *folder;
    bool svg = path_ends(name, ".svg");
    if (name[strspn(name, "0123456789abcdefghijklmnopqrstuvwxyz-.")] != '\0' || *name == '.') {
        answer_gone(x);
        return;
    }
    if ((folder = ready_pages(x)))
        answer_file(&x->answer, arena_printf(&x->arena, "%s/%s", folder, name),
                    svg ? "image/svg+xml" : "image/jpeg", ANSWER_SHOWN, NULL);
}

/* --- the table --- */

static const struct route routes[] = {
    {"GET", "", BODY_NONE, get_page, NULL},
    {"GET", "*", BODY_NONE, get_page, NULL},
    {"GET", "api/desk", BODY_NONE, get_desk, NULL},
    {"POST", "api/batches", BODY_JSON, post_batch, NULL},
    {"GET", "api/batches/*", BODY_NONE, get_batch, NULL},
    {"DELETE", "api/batches/*", BODY_NONE, delete_batch, NULL},
    {"GET", "api/batches/*/events", BODY_NONE, get_events, NULL},
    {"POST", "api/batches/*/uploads", BODY_JSON, post_upload, NULL},
    {"GET", "api/batches/*/uploads/*", BODY_NONE, get_upload, NULL},
    {"PUT", "api/batches/*/uploads/*/files/**", BODY_FILE, put_file, begin_file},
    {"POST", "api/batches/*/uploads/*/complete", BODY_JSON, post_complete, NULL},
    {"POST", "api/batches/*/uploads/*/restore", BODY_JSON, post_restore, NULL},
    {"POST", "api/batches/*/package", BODY_JSON, post_package, NULL},
    {"POST", "api/batches/*/corrections", BODY_JSON, post_correction, NULL},
    {"DELETE", "api/batches/*/jobs/*", BODY_NONE, delete_job, NULL},
    {"GET", "api/batches/*/report", BODY_NONE, get_report, NULL},
    {"GET", "api/batches/*/taken", BODY_NONE, get_taken, NULL},
    {"GET", "api/batches/*/package", BODY_NONE, get_package_report, NULL},
    {"GET", "api/batches/*/changes", BODY_NONE, get_changes, NULL},
    {"GET", "api/batches/*/print", BODY_NONE, get_print_list, NULL},
    {"GET", "api/batches/*/room", BODY_NONE, get_room, NULL},
    {"POST", "api/batches/*/passwords", BODY_JSON, post_passwords, NULL},
    {"GET", "api/batches/*/book", BODY_NONE, get_book, NULL},
    {"GET", "api/batches/*/marked", BODY_NONE, get_marked, NULL},
    {"GET", "api/batches/*/blank", BODY_NONE, get_blank, NULL},
    {"GET", "api/batches/*/out/**", BODY_NONE, get_out, NULL},
    {"GET", "api/batches/*/current/**", BODY_NONE, get_current, NULL},
    {"GET", "api/batches/*/zip", BODY_NONE, get_zip, NULL},
    {"GET", "api/batches/*/zip/**", BODY_NONE, get_zip, NULL},
    {"GET", "api/batches/*/people/*/*", BODY_NONE, get_paper, NULL},
    {"GET", "api/batches/*/people/*/*/*", BODY_NONE, get_paper_page, NULL},
};

static bool fits(const char *path, const struct target *t)
{
    size_t i = 0;
    for (const char *p = path, *end; *p; p = *end ? end + 1 : end, i++) {
        size_t n = strcspn(p, "/");
        end = p + n;
        if (n == 2 && !strncmp(p, "**", 2))
            return t->n > i;
        if (i == t->n ||
            (strncmp(p, "*", n) && (strncmp(p, t->segments[i], n) || t->segments[i][n] != '\0')))
            return false;
    }
    return i == t->n;
}

const struct route *route_find(const char *method, const struct target *t, unsigned *status)
{
    *status = 404;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (!fits(routes[i].path, t))
            continue;
        if (!strcmp(method, routes[i].method) ||
            (!strcmp(method, "HEAD") && !strcmp(routes[i].method, "GET")))
            return &routes[i];
        *status = 405;
    }
    return NULL;
}

bool route_open(struct exchange *x)
{
    if (x->target.n < 3 || strcmp(argument(x, 0), "api") || strcmp(argument(x, 1), "batches") ||
        store_find(x->desk->options->root, argument(x, 2), &x->arena, &x->batch, &x->diag))
        return true;
    if (diag_failed(&x->diag))
        answer_findings(&x->answer, 500, &x->diag);
    else
        answer_error(&x->answer, 404, "没有这个申报批次，可能已被删除",
                     "there is no such batch; perhaps it was deleted");
    return false;
}
