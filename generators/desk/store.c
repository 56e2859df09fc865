/* store.c - see store.h. */
#define _GNU_SOURCE /* syncfs */
#include "desk/store.h"

#include "core/lock.h"
#include "core/output.h"
#include "core/read_at.h"
#include "core/system_error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST_JSON = 64 << 20, DEEPEST = 32, DIGITS = 9 };

#define DELETED ".deleted-" /* a batch that is being removed */
#define GONE ".gone"        /* behind the number of one that was */

static bool is_number(const char *s)
{
    return *s >= '1' && *s <= '9' && strlen(s) <= DIGITS && s[strspn(s, "0123456789")] == '\0';
}

/* --- trees of files --- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path) < 0 && errno != ENOENT;
}

void store_remove(const char *path)
{
    nftw(path, remove_one, DEEPEST, FTW_DEPTH | FTW_PHYS);
}

void store_ask(const char *path, struct diag *diag)
{
    if (errno != ENOENT && errno != ENOTDIR)
        diag_unreadable(diag, path);
}

DIR *store_folder(const char *path, struct diag *diag)
{
    DIR *dir = opendir(path);
    if (!dir)
        store_ask(path, diag);
    return dir;
}

struct dirent *store_entry(DIR *dir, const char *path, struct diag *diag)
{
    errno = 0;
    struct dirent *e = dir ? readdir(dir) : NULL;
    if (!e && errno)
        diag_unreadable(diag, path);
    return e;
}

long long store_bytes(const char *path, struct diag *diag)
{
    long long sum = 0;
    DIR *dir = store_folder(path, diag);
    for (struct dirent *e; (e = store_entry(dir, path, diag));) {
        struct arena arena = {0};
        const char *file = arena_printf(&arena, "%s/%s", path, e->d_name);
        struct stat st;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            ;
        else if (lstat(file, &st) < 0)
            store_ask(file, diag);
        else if (S_ISDIR(st.st_mode))
            sum += store_bytes(file, diag);
        else
            sum += st.st_nlink > 1 ? st.st_size / (long long)st.st_nlink : st.st_size;
        arena_free(&arena);
    }
    if (dir)
        closedir(dir);
    return sum;
}

bool store_sync(const char *folder, struct diag *diag)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = (fd >= 0 && syncfs(fd) == 0) || output_failed(folder, diag);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* --- numbered files --- */

static bool read_bytes(const char *path, struct buffer *out)
{
    enum { PIECE = 65536 };
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), error;
    ssize_t got = fd < 0 ? -1 : 1;
    while (got > 0 && out->len <= MOST_JSON) {
        unsigned char *room = buffer_room(out, PIECE);
        got = read_at(fd, room, PIECE, (off_t)(out->len - PIECE));
        out->len -= PIECE - (got > 0 ? (size_t)got : 0);
    }
    error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return got >= 0;
}

/* damaged: it is there, and is no JSON. */
static const struct json_value *read_json(const char *path, bool *damaged, struct arena *arena,
                                          struct diag *diag)
{
    struct buffer bytes = {0};
    const struct json_value *v = NULL;
    bool read = read_bytes(path, &bytes);
    if (read)
        v = json_parse(arena, arena_strndup(arena, (char *)bytes.data, bytes.len), bytes.len);
    else
        store_ask(path, diag);
    *damaged = read && !v;
    buffer_clear(&bytes);
    return v;
}

const struct json_value *store_read(const char *path, struct arena *arena, struct diag *diag)
{
    bool damaged;
    return read_json(path, &damaged, arena, diag);
}

long store_next(const char *folder, struct diag *diag)
{
    size_t before = diag->system_faults;
    long most = 0;
    DIR *dir = store_folder(folder, diag);
    for (struct dirent *e; (e = store_entry(dir, folder, diag));) {
        size_t digits = strspn(e->d_name, "0123456789");
        long n = digits <= DIGITS ? strtol(e->d_name, NULL, 10) : 0; /* else it is none of ours */
        most = n > most ? n : most;
    }
    if (dir)
        closedir(dir);
    return diag->system_faults > before ? 0 : most + 1;
}

const char *store_now(struct arena *arena)
{
    char text[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    return arena_strdup(arena, text);
}

/* --- batches --- */

bool store_open(const char *root, struct diag *diag)
{
    struct arena arena = {0};
    bool ok = output_make_directory(root, diag);
    DIR *dir = ok ? store_folder(root, diag) : NULL;
    for (struct dirent *e; (e = store_entry(dir, root, diag));)
        if (!strncmp(e->d_name, DELETED, strlen(DELETED)))
            store_remove(arena_printf(&arena, "%s/%s", root, e->d_name));
    if (dir)
        closedir(dir);
    arena_free(&arena);
    return ok && !diag_failed(diag);
}

static bool write_batch(const struct store_batch *b, struct arena *arena, struct diag *diag)
{
    struct buffer out = {0};
    struct json j = {.out = &out};
    json_open(&j, NULL, '{');
    json_string(&j, "name", b->name);
    json_string(&j, "profile", b->profile);
    json_string(&j, "created", b->created);
    json_close(&j, '}');
    bool ok = output_write(arena_printf(arena, "%s/batch.json", b->path), out.data, out.len, diag);
    buffer_clear(&out);
    return ok;
}

bool store_create(const char *root, const char *name, const char *profile, struct arena *arena,
                  struct store_batch *out, struct diag *diag)
{
    static const char *const folders[] = {"uploads", "current", "jobs", "pages"};
    long number = store_next(root, diag);
    bool made = false;

    if (!number)
        return false;
    *out = (struct store_batch){.name = name, .profile = profile, .created = store_now(arena)};
    do { /* another request may take the number between */
        out->id = arena_printf(arena, "%ld", number++);
        out->path = arena_printf(arena, "%s/%s", root, out->id);
        made = mkdir(out->path, 0700) == 0;
    } while (!made && errno == EEXIST);
    bool ok = made || output_failed(out->path, diag);
    for (size_t i = 0; ok && i < sizeof folders / sizeof *folders; i++)
        ok = output_make_directory(arena_printf(arena, "%s/%s", out->path, folders[i]), diag);
    ok = ok && write_batch(out, arena, diag);
    if (made && !ok)
        store_remove(out->path);
    return ok;
}

static long read_current(const char *batch, bool *damaged, struct arena *arena, struct diag *diag)
{
    const struct json_value *v =
        read_json(arena_printf(arena, "%s/current.json", batch), damaged, arena, diag);
    long upload = (long)json_member_count(v, "upload");
    *damaged = *damaged || (v && !upload);
    return upload;
}

static bool find(const char *root, const char *id, struct arena *arena, struct store_batch *out,
                 struct diag *diag)
{
    bool no_batch, no_current;
    if (!is_number(id))
        return false;
    *out = (struct store_batch){.id = arena_strdup(arena, id),
                                .path = arena_printf(arena, "%s/%s", root, id)};
    const struct json_value *v =
        read_json(arena_printf(arena, "%s/batch.json", out->path), &no_batch, arena, diag);
    long current = read_current(out->path, &no_current, arena, diag);
    out->name = json_member_text(v, "name");
    out->profile = json_member_text(v, "profile");
    out->created = json_member_text(v, "created");
    out->damaged = no_batch || no_current || (v ? !out->name || !out->created : current > 0);
    return v || out->damaged;
}

/* Nothing is made of it, nor written over it. */
static bool tell_damaged(const char *batch, struct diag *diag)
{
    return diag_system(
        diag, (struct src_pos){batch, 0},
        "这个批次的资料已损坏（batch.json 或 current.json 读不懂）；其中的文件都还在，"
        "请管理员从备份恢复这两个文件",
        "the batch is damaged (batch.json or current.json cannot be read as what it "
        "is); its files are still there: the administrator restores these two from "
        "a backup");
}

bool store_find(const char *root, const char *id, struct arena *arena, struct store_batch *out,
                struct diag *diag)
{
    return find(root, id, arena, out, diag) && (!out->damaged || tell_damaged(out->path, diag));
}

static int by_number(const void *a, const void *b)
{
    long x = strtol(((const struct store_batch *)a)->id, NULL, 10),
         y = strtol(((const struct store_batch *)b)->id, NULL, 10);
    return (x > y) - (x < y);
}

size_t store_list(const char *root, struct arena *arena, struct store_batch **out,
                  struct diag *diag)
{
    struct store_batch *list = NULL;
    size_t n = 0, cap = 0;
    DIR *dir = store_folder(root, diag);
    for (struct dirent *e; (e = store_entry(dir, root, diag));) {
        struct store_batch b;
        if (find(root, e->d_name, arena, &b, diag))
            *ARENA_PUSH(arena, list, n, cap) = b;
    }
    if (dir)
        closedir(dir);
    if (n)
        qsort(list, n, sizeof *list, by_number);
    *out = list;
    return n;
}

/* Its number is not given again: a page that is still open elsewhere would show another batch. What
 * worked in it has been killed, and may still write until it is gone. */
bool store_delete(const char *root, const struct store_batch *b, struct diag *diag)
{
    enum { TRIES = 100 };
    const struct timespec nap = {0, 20000000};
    struct arena arena = {0};
    struct stat st;
    struct diag silent = {0}; /* on a full disk deleting is what helps */
    const char *aside = arena_printf(&arena, "%s/" DELETED "%s", root, b->id);
    output_write(arena_printf(&arena, "%s/%s" GONE, root, b->id), "", 0, &silent);
    diag_clear(&silent);
    bool ok = rename(b->path, aside) == 0 || output_failed(b->path, diag);
    for (int i = 0; ok && i < TRIES; i++) {
        store_remove(aside);
        if (lstat(aside, &st) < 0)
            break;
        nanosleep(&nap, NULL);
    }
    arena_free(&arena);
    return ok;
}

long store_current(const char *batch, struct diag *diag)
{
    struct arena arena = {0};
    bool damaged;
    long upload = read_current(batch, &damaged, &arena, diag);
    if (damaged)
        tell_damaged(batch, diag);
    arena_free(&arena);
    return upload;
}

bool store_set_current(const char *batch, long upload, struct diag *diag)
{
    struct arena arena = {0};
    const char *text = arena_printf(&arena, "{\"upload\": %ld}\n", upload);
    bool ok =
        output_write(arena_printf(&arena, "%s/current.json", batch), text, strlen(text), diag);
    arena_free(&arena);
    return ok;
}

int store_lock(const char *batch, struct diag *diag)
{
    int fd = lock_folder(batch);
    if (fd < 0)
        diag_unreadable(diag, batch);
    return fd;
}

void store_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}
