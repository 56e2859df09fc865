/* take.c - see take.h. */
#include "desk/take.h"

#include "core/digest.h"
#include "core/output.h"
#include "desk/unpack.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST = 32, MOST_STATES = 10000 };

struct taking {
    const char *batch, *work; /* work: the new one */
    const char *upload;       /* the folder of the one that is being laid over */
    double most;
    struct taken *taken;
    struct arena *arena;
    struct diag *diag;
};

static bool ends_with(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);
    return n > m && !strcasecmp(name + n - m, suffix);
}

/* --- a folder's files, in one order everywhere --- */

struct walk {
    bool (*file)(struct taking *t, const char *from, const char *path);
    struct taking *taking;
};

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_wanted(const struct dirent *e)
{
    return strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && strncmp(e->d_name, ".part-", 6);
}

/* path: below the folder that was begun with; "" there. Links are passed over. */
static bool walk(const struct walk *w, const char *from, const char *path, int depth)
{
    struct dirent **list = NULL;
    int n = depth < DEEPEST ? scandir(from, &list, is_wanted, by_name) : 0;
    bool ok = true;
    for (int i = 0; i < n; i++) {
        struct arena *a = w->taking->arena;
        const char *file = arena_printf(a, "%s/%s", from, list[i]->d_name);
        const char *name = arena_printf(a, "%s%s%s", path, *path ? "/" : "", list[i]->d_name);
        struct stat st;
        if (ok && lstat(file, &st) == 0 && S_ISDIR(st.st_mode))
            ok = walk(w, file, name, depth + 1);
        else if (ok && S_ISREG(st.st_mode))
            ok = w->file(w->taking, file, name);
        free(list[i]);
    }
    free(list);
    return ok;
}

/* --- laid together --- */

static bool put_into_work(struct taking *t, const char *from, const char *path)
{
    const char *name = unpack_composed(path, t->arena), *slash = strrchr(name, '/');
    const char *to = arena_printf(t->arena, "%s/%s", t->work, name);
    if (unpack_is_junk(name)) {
        t->taken->junk++;
        return true;
    }
    if (slash && !output_make_folder(t->work, arena_strndup(t->arena, name, (size_t)(slash - name)),
                                     t->diag))
        return false;
    unlink(to);
    return link(from, to) == 0 || output_failed(to, t->diag);
}

/* Archives are unpacked once, beside the upload, and are not files of the batch. */
static bool put_or_unpack(struct taking *t, const char *from, const char *path)
{
    char digest[DIGEST_HEX];
    struct unpacked u;
    struct stat st;
    const struct walk w = {put_into_work, t};

    if (!ends_with(path, ".zip"))
        return put_into_work(t, from, path);
    digest_hex(path, strlen(path), digest);
    const char *folder = arena_printf(t->arena, "%s.unpacked/%.16s", t->upload, digest);
    if (stat(folder, &st) < 0) {
        bool ok = unpack(from, folder, t->most, &u, t->diag);
        t->taken->junk += u.junk;
        if (!ok)
            return store_remove(folder), false;
    }
    return walk(&w, folder, "", 0);
}

/* The states that this one builds on, the oldest first. */
static bool put_states(struct taking *t, long upload, int depth)
{
    const struct walk w = {put_or_unpack, t};
    struct upload u;
    if (upload == 0 || depth == MOST_STATES)
        return true;
    if (!upload_read(t->batch, upload, t->arena, &u) || !u.complete)
        return diag_error(t->diag, (struct src_pos){0}, "第 %ld 次上传不完整，请重新上传",
                          "upload %ld is not complete: send it again", upload);
    if (!put_states(t, u.base, depth + 1))
        return false;
    t->upload = upload_folder(t->batch, upload, t->arena);
    return walk(&w, t->upload, "", 0);
}

/* --- where the data are --- */

/* A batch's root element comes early. */
static bool is_batch(const char *path)
{
    char head[4096] = "";
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(head, 1, sizeof head - 1, f) : 0;
    if (f)
        fclose(f);
    for (size_t i = 0; i < n; i++) /* as it is in UTF-16, too */
        head[i] = head[i] ? head[i] : ' ';
    return strstr(head, "<batch") || strstr(head, "< b a t c h");
}

static bool note_input(struct taking *t, const char *from, const char *path)
{
    struct taken *k = t->taken;
    struct stat st;
    k->files++;
    k->empty += stat(from, &st) == 0 && st.st_size == 0;
    if (ends_with(path, ".xlsx") || (ends_with(path, ".xml") && is_batch(from)))
        *ARENA_PUSH(t->arena, k->inputs, k->n_inputs, k->cap_inputs) = path;
    return true;
}

/* The old one is there until the new one is whole. */
static bool put_in_place(const struct taking *t)
{
    const char *work = arena_printf(t->arena, "%s/current", t->batch),
               *old = arena_printf(t->arena, "%s/current.old", t->batch);
    store_remove(old);
    bool ok = (rename(work, old) == 0 || errno == ENOENT) && rename(t->work, work) == 0;
    if (!ok)
        output_failed(work, t->diag);
    store_remove(old);
    return ok;
}

bool take_upload(const char *batch, long upload, double most, struct taken *out,
                 struct arena *arena, struct diag *diag)
{
    struct taking t = {.batch = batch,
                       .work = arena_printf(arena, "%s/current.new", batch),
                       .most = most,
                       .taken = out,
                       .arena = arena,
                       .diag = diag};
    const struct walk inputs = {note_input, &t};

    *out = (struct taken){0};
    store_remove(t.work);
    return output_make_directory(t.work, diag) && put_states(&t, upload, 0) &&
           walk(&inputs, t.work, "", 0) && put_in_place(&t);
}
