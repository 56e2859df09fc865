/* upload.c - see upload.h. */
#define _GNU_SOURCE /* mkostemp */
#include "desk/upload.h"

#include "core/markup.h"
#include "core/output.h"
#include "core/strings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SHOWN_MISSING = 20 };

const char *upload_folder(const char *batch, long number, struct arena *arena)
{
    return arena_printf(arena, "%s/uploads/%ld", batch, number);
}

static const char *head_path(const char *batch, long number, struct arena *arena)
{
    return arena_printf(arena, "%s/uploads/%ld.json", batch, number);
}

static const char *list_path(const char *batch, long number, struct arena *arena)
{
    return arena_printf(arena, "%s/uploads/%ld.files.json", batch, number);
}

bool upload_read(const char *batch, long number, struct arena *arena, struct upload *out,
                 struct diag *diag)
{
    const struct json_value *v =
        number > 0 ? store_read(head_path(batch, number, arena), arena, diag) : NULL;
    if (!v)
        return false;
    *out = (struct upload){.number = number,
                           .base = (long)json_member_count(v, "base"),
                           .created = json_member_text(v, "created"),
                           .complete = json_member_count(v, "complete") > 0,
                           .alone = json_member_count(v, "alone") > 0,
                           .n = (size_t)json_member_count(v, "files"),
                           .bytes = (double)json_member_count(v, "bytes"),
                           .change = change_read(v)};
    return true;
}

bool upload_read_all(const char *batch, long number, struct arena *arena, struct upload *out,
                     struct diag *diag)
{
    const struct json_value *files = store_read(list_path(batch, number, arena), arena, diag);
    if (!files || files->kind != JSON_ARRAY || !upload_read(batch, number, arena, out, diag))
        return false;
    for (const struct json_value *f = files->children; f; f = f->next)
        if (!json_member_text(f, "path")) /* it is damaged */
            return false;
    out->files = files->children;
    return true;
}

static bool write_head(const char *batch, const struct upload *u, struct diag *diag)
{
    struct arena arena = {0};
    struct buffer out = {0};
    struct json j = {.out = &out};
    json_open(&j, NULL, '{');
    json_integer(&j, "base", u->base);
    json_string(&j, "created", u->created);
    json_bool(&j, "complete", u->complete);
    json_bool(&j, "alone", u->alone);
    json_integer(&j, "files", (long long)u->n);
    json_integer(&j, "bytes", (long long)u->bytes);
    change_put(&j, &u->change);
    json_close(&j, '}');
    bool ok = output_write(head_path(batch, u->number, &arena), out.data, out.len, diag);
    buffer_clear(&out);
    arena_free(&arena);
    return ok;
}

static bool write_list(const char *batch, const struct upload *u, struct diag *diag)
{
    struct arena arena = {0};
    struct buffer out = {0};
    struct json j = {.out = &out, .flat = true};
    json_open(&j, NULL, '[');
    for (const struct json_value *f = u->files; f; f = f->next) {
        json_open(&j, NULL, '{');
        json_string(&j, "path", json_member_text(f, "path"));
        json_integer(&j, "size", json_member_count(f, "size"));
        json_close(&j, '}');
    }
    json_close(&j, ']');
    bool ok = output_write(list_path(batch, u->number, &arena), out.data, out.len, diag);
    buffer_clear(&out);
    arena_free(&arena);
    return ok;
}

/* What was begun of a state that is none. */
static void withdraw(const char *batch, long number)
{
    struct arena arena = {0};
    unlink(list_path(batch, number, &arena));
    rmdir(upload_folder(batch, number, &arena));
    arena_free(&arena);
}

void upload_sweep(const char *batch, struct diag *diag)
{
    enum { KEPT = 24 * 3600 }; /* seconds, since the last file came */
    struct arena arena = {0};
    const time_t now = time(NULL);
    long end = store_next(arena_printf(&arena, "%s/uploads", batch), diag);
    for (long i = 1; i < end; i++) {
        const char *folder = upload_folder(batch, i, &arena);
        struct upload u;
        struct stat st;
        if (!upload_read(batch, i, &arena, &u, diag) || u.complete || stat(folder, &st) < 0 ||
            now - st.st_mtime <= KEPT)
            continue;
        unlink(list_path(batch, i, &arena));
        store_remove(folder);
    }
    arena_free(&arena);
}

/* --- what is announced --- */

bool upload_path_is_good(const char *path)
{
    struct arena arena = {0};
    struct buffer address = {0};
    struct target t;
    buffer_putc(&address, '/'); /* as a page that sends it asks */
    buffer_address(&address, path);
    buffer_putc(&address, '\0');
    bool ok = *path && *path != '/' && strlen(path) <= UPLOAD_PATH &&
              path[strlen(path) - 1] != '/' && target_read(&t, (const char *)address.data, &arena);
    ok = ok && t.n <= UPLOAD_DEEPEST;
    for (size_t i = 0; ok && i < t.n; i++)
        ok = strlen(t.segments[i]) <= 255 && strncmp(t.segments[i], ".part-", 6) != 0;
    buffer_clear(&address);
    arena_free(&arena);
    return ok;
}

bool upload_is_blocked(const char *folder, const char *path)
{
    struct arena arena = {0};
    struct stat st;
    bool blocked =
        lstat(arena_printf(&arena, "%s/%s", folder, path), &st) == 0 && S_ISDIR(st.st_mode);
    for (const char *s = path; !blocked && (s = strchr(s, '/')); s++)
        blocked = lstat(arena_printf(&arena, "%s/%.*s", folder, (int)(s - path), path), &st) == 0 &&
                  !S_ISDIR(st.st_mode);
    arena_free(&arena);
    return blocked;
}

static bool refuse(struct diag *diag, const char *path, const char *zh, const char *en)
{
    const struct finding f = {.severity = SEVERITY_ERROR, .at = {path, 0}, .text = {zh, en}};
    return diag_pass(diag, &f);
}

/* What cannot be used, whoever sends it, by its name: it need not be sent. */
static bool is_usable(const char *path, struct diag *diag)
{
    static const char *const refused[][3] = {
        {".rar", "是 RAR 压缩包，不能打开；请解压后上传文件夹，或改压为 .zip",
         "is a RAR archive: unpack it and send the folder, or pack it as .zip"},
        {".7z", "是 7z 压缩包，不能打开；请解压后上传文件夹，或改压为 .zip",
         "is a 7z archive: unpack it and send the folder, or pack it as .zip"},
        {".xls", "是旧格式的工作簿；请用 Excel 或 WPS 另存为 .xlsx",
         "is a workbook in the old format: save it as .xlsx"},
        {".et", "是 WPS 格式的工作簿；请用 WPS 另存为 .xlsx",
         "is a workbook in WPS's own format: save it as .xlsx"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (path_ends(path, refused[i][0]))
            return refuse(diag, path, refused[i][1], refused[i][2]);
    return true;
}

static bool lies_in_a_file(const char **paths, size_t n, const char *path)
{
    struct arena arena = {0};
    bool lies = false;
    for (const char *s = path; !lies && (s = strchr(s, '/')); s++) {
        const char *folder = arena_strndup(&arena, path, (size_t)(s - path));
        lies = bsearch(&folder, paths, n, sizeof *paths, string_order_at);
    }
    arena_free(&arena);
    return lies;
}

static bool are_distinct(const char **paths, size_t n, struct diag *diag)
{
    bool ok = true;
    if (n)
        qsort(paths, n, sizeof *paths, string_order_at);
    for (size_t i = 1; i < n; i++)
        if (!strcmp(paths[i - 1], paths[i]))
            ok = refuse(diag, paths[i], "同一路径有两个文件", "is the path of two files");
    for (size_t i = 0; i < n; i++)
        if (lies_in_a_file(paths, n, paths[i]))
            ok = refuse(diag, paths[i], "所在的文件夹与一个文件同名；请改名后再传",
                        "lies in a folder of the name of a file: rename it");
    return ok;
}

static bool judge_files(struct upload *u, double most, struct arena *arena, struct diag *diag)
{
    const char **paths = NULL;
    size_t n = 0, cap = 0;
    double bytes = 0;
    bool ok = true;
    for (const struct json_value *f = u->files; f; f = f->next) {
        const char *path = json_member_text(f, "path");
        const struct json_value *said = json_member(f, "size");
        double size = (double)json_member_count(f, "size");
        if (!path || !upload_path_is_good(path) || !said || said->kind != JSON_NUMBER ||
            said->number != size)
            ok = refuse(diag, path, "文件名不能用；请改名后再传",
                        "cannot be the name of a file: rename it");
        else
            ok = is_usable(path, diag) && ok;
        bytes += size;
        *ARENA_PUSH(arena, paths, n, cap) = path ? path : "";
    }
    u->n = n;
    u->bytes = bytes;
    if (n == 0 || n > UPLOAD_FILES)
        return diag_error(diag, (struct src_pos){0}, "一次可传 1 至 %d 个文件，这次有 %zu 个",
                          "1 to %d files can be sent at once, and these are %zu", UPLOAD_FILES, n);
    if (bytes > most)
        return diag_error(
            diag, (struct src_pos){0},
            "共 %.0f MB，而本批次只能再存 %.0f MB；请删去不用的文件，或请管理员增加空间",
            "%.0f MB, but this batch may hold only %.0f MB more: leave out what is "
            "not needed, or ask for more room",
            bytes / 1e6, most / 1e6);
    return ok && are_distinct(paths, n, diag);
}

long upload_new(const char *batch, struct diag *diag)
{
    struct arena arena = {0};
    long number = store_next(arena_printf(&arena, "%s/uploads", batch), diag);
    while (number && mkdir(upload_folder(batch, number, &arena), 0700) < 0)
        number = errno == EEXIST ? number + 1 : output_failed(batch, diag);
    arena_free(&arena);
    return number;
}

long upload_announce(const char *batch, const struct json_value *announced, bool alone, double most,
                     struct diag *diag)
{
    struct arena arena = {0};
    const struct json_value *files = json_member(announced, "files");
    struct upload u = {.alone = alone, .created = store_now(&arena)};

    u.files = files && files->kind == JSON_ARRAY ? files->children : NULL;
    bool ok = judge_files(&u, most, &arena, diag) && (u.number = upload_new(batch, diag)) &&
              write_list(batch, &u, diag) && write_head(batch, &u, diag);
    if (!ok && u.number)
        withdraw(batch, u.number);
    arena_free(&arena);
    return ok ? u.number : 0;
}

/* --- a file that is coming --- */

static const struct json_value *find_file(const struct upload *u, const char *path)
{
    for (const struct json_value *f = u->files; f; f = f->next)
        if (!strcmp(json_member_text(f, "path"), path))
            return f;
    return NULL;
}

bool upload_begin(struct upload_file *f, const char *batch, const struct upload *u,
                  const char *path, struct arena *arena, struct diag *diag)
{
    const struct json_value *announced = find_file(u, path);
    const char *folder = upload_folder(batch, u->number, arena);
    char *part = arena_printf(arena, "%s/.part-XXXXXX", folder);
    const char *slash = strrchr(path, '/');

    *f = (struct upload_file){.fd = -1};
    if (!announced)
        return refuse(diag, path, "没有事先说明", "was not announced");
    f->path = arena_printf(arena, "%s/%s", folder, path);
    f->most = (double)json_member_count(announced, "size");
    f->part = part;
    if (slash &&
        !output_make_folder(folder, arena_strndup(arena, path, (size_t)(slash - path)), diag))
        return false;
    /* What reads other uploads, in a process of its own, which may begin at any moment, has no
     * business with it. */
    f->fd = mkostemp(part, O_CLOEXEC);
    return f->fd >= 0 || output_failed(folder, diag);
}

bool upload_add(struct upload_file *f, const void *data, size_t len, struct diag *diag)
{
    f->size += (double)len;
    if (f->size > f->most)
        return refuse(diag, path_leaf(f->path), "比事先说明的大；请重新上传",
                      "is larger than announced: send it again");
    return output_bytes(f->fd, data, len) || output_failed(f->path, diag);
}

void upload_abandon(struct upload_file *f)
{
    if (f->fd >= 0) {
        close(f->fd);
        unlink(f->part);
    }
    f->fd = -1;
}

bool upload_end(struct upload_file *f, struct diag *diag)
{
    bool ok = f->size == f->most || refuse(diag, path_leaf(f->path), "没有传完整；请重新上传",
                                           "did not come whole: send it again");
    ok = ok && (fsync(f->fd) == 0 || output_failed(f->path, diag));
    ok = ok && (rename(f->part, f->path) == 0 || output_failed(f->path, diag));
    if (ok)
        close(f->fd);
    else
        upload_abandon(f);
    f->fd = -1;
    return ok;
}

/* --- all of them --- */

void upload_put_missing(struct json *j, const char *batch, const struct upload *u, size_t *missing,
                        struct diag *diag)
{
    struct arena arena = {0};
    const char *folder = upload_folder(batch, u->number, &arena);
    *missing = 0;
    json_open(j, "missing", '[');
    for (const struct json_value *f = u->files; f; f = f->next) {
        const char *path = json_member_text(f, "path"),
                   *file = arena_printf(&arena, "%s/%s", folder, path);
        struct stat st;
        bool there = stat(file, &st) == 0;
        if (there && (long long)st.st_size == json_member_count(f, "size"))
            continue;
        if (!there)
            store_ask(file, diag);
        if ((*missing)++ < SHOWN_MISSING)
            json_string(j, NULL, path);
    }
    json_close(j, ']');
    json_integer(j, "received", (long long)(u->n - *missing));
    json_integer(j, "of", (long long)u->n);
    arena_free(&arena);
}

bool upload_complete(const char *batch, const struct upload *u, struct diag *diag)
{
    struct upload whole = *u;
    struct arena arena = {0};
    whole.complete = true;
    bool ok = store_sync(upload_folder(batch, u->number, &arena), diag) &&
              write_head(batch, &whole, diag);
    arena_free(&arena);
    return ok;
}

/* Of what was being sent when the desk was killed. */
static void drop_parts(const char *folder)
{
    struct arena arena = {0};
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (!strncmp(e->d_name, ".part-", 6))
            unlink(arena_printf(&arena, "%s/%s", folder, e->d_name));
    if (dir)
        closedir(dir);
    arena_free(&arena);
}

bool upload_settle(const char *batch, struct upload *u, struct diag *diag)
{
    struct arena arena = {0};
    u->complete = true;
    int lock =
        store_sync(upload_folder(batch, u->number, &arena), diag) ? store_lock(batch, diag) : -1;
    long now = lock >= 0 ? store_current(batch, diag) : 0;
    bool ok = lock >= 0 && !diag->system_faults;
    if (ok && now != u->number) { /* else it has been told twice, at once */
        u->base = u->alone ? 0 : now;
        drop_parts(upload_folder(batch, u->number, &arena));
        ok = write_head(batch, u, diag) && store_set_current(batch, u->number, diag);
    }
    store_unlock(lock);
    arena_free(&arena);
    return ok;
}
