/* store.c - see store.h. */
#include "desk/store.h"

#include "core/output.h"
#include "core/small_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST_JSON = 64 << 20, DEEPEST = 32 };

#define DELETED ".deleted-" /* a batch that is being removed */

static bool is_number(const char *s)
{
    return *s >= '1' && *s <= '9' && strlen(s) <= 9 && s[strspn(s, "0123456789")] == '\0';
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

static long long add_bytes(const char *path)
{
    long long sum = 0;
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        struct stat st;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
            fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        if (S_ISDIR(st.st_mode)) {
            struct arena arena = {0};
            sum += add_bytes(arena_printf(&arena, "%s/%s", path, e->d_name));
            arena_free(&arena);
        } else {
            sum += st.st_nlink > 1 ? st.st_size / (long long)st.st_nlink : st.st_size;
        }
    }
    if (dir)
        closedir(dir);
    return sum;
}

long long store_bytes(const char *path)
{
    return add_bytes(path);
}

/* --- numbered files --- */

const struct json_value *store_read(const char *path, struct arena *arena)
{
    struct diag silent = {0};
    struct buffer bytes = {0};
    const struct json_value *v = NULL;
    if (access(path, R_OK) == 0 && small_file_read_own(path, MOST_JSON, &bytes, &silent))
        v = json_parse(arena, arena_strndup(arena, (char *)bytes.data, bytes.len), bytes.len);
    buffer_clear(&bytes);
    diag_clear(&silent);
    return v;
}

long store_next(const char *folder)
{
    long most = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        long n = strtol(e->d_name, NULL, 10);
        most = n > most ? n : most;
    }
    if (dir)
        closedir(dir);
    return most + 1;
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
    DIR *dir = ok ? opendir(root) : NULL;
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (!strncmp(e->d_name, DELETED, strlen(DELETED)))
            store_remove(arena_printf(&arena, "%s/%s", root, e->d_name));
    if (dir)
        closedir(dir);
    arena_free(&arena);
    return ok;
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
    long number = store_next(root);

    *out = (struct store_batch){.name = name, .profile = profile, .created = store_now(arena)};
    do { /* another request may take the number between */
        out->id = arena_printf(arena, "%ld", number++);
        out->path = arena_printf(arena, "%s/%s", root, out->id);
    } while (mkdir(out->path, 0700) < 0 && errno == EEXIST);
    bool ok = output_make_directory(out->path, diag);
    for (size_t i = 0; ok && i < sizeof folders / sizeof *folders; i++)
        ok = output_make_directory(arena_printf(arena, "%s/%s", out->path, folders[i]), diag);
    return ok && write_batch(out, arena, diag);
}

bool store_find(const char *root, const char *id, struct arena *arena, struct store_batch *out)
{
    if (!is_number(id))
        return false;
    *out = (struct store_batch){.id = arena_strdup(arena, id),
                                .path = arena_printf(arena, "%s/%s", root, id)};
    const struct json_value *v = store_read(arena_printf(arena, "%s/batch.json", out->path), arena);
    if (!v)
        return false;
    out->name = json_member_text(v, "name");
    out->profile = json_member_text(v, "profile");
    out->created = json_member_text(v, "created");
    return out->name && out->created;
}

static int by_number(const void *a, const void *b)
{
    long x = strtol(((const struct store_batch *)a)->id, NULL, 10),
         y = strtol(((const struct store_batch *)b)->id, NULL, 10);
    return (x > y) - (x < y);
}

size_t store_list(const char *root, struct arena *arena, struct store_batch **out)
{
    struct store_batch *list = NULL;
    size_t n = 0, cap = 0;
    DIR *dir = opendir(root);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        struct store_batch b;
        if (store_find(root, e->d_name, arena, &b))
            *ARENA_PUSH(arena, list, n, cap) = b;
    }
    if (dir)
        closedir(dir);
    if (n)
        qsort(list, n, sizeof *list, by_number);
    *out = list;
    return n;
}

bool store_delete(const char *root, const struct store_batch *b, struct diag *diag)
{
    struct arena arena = {0};
    const char *aside = arena_printf(&arena, "%s/" DELETED "%s", root, b->id);
    bool ok = rename(b->path, aside) == 0 || output_failed(b->path, diag);
    if (ok)
        store_remove(aside);
    arena_free(&arena);
    return ok;
}

long store_current(const char *batch)
{
    struct arena arena = {0};
    const struct json_value *v = store_read(arena_printf(&arena, "%s/current.json", batch), &arena);
    long upload = (long)json_member_count(v, "upload");
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
