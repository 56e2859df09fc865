/* take.c - see take.h. */
#include "desk/take.h"

#include "core/digest.h"
#include "core/machine.h"
#include "core/output.h"
#include "core/strings.h"
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
    bool brings_data;
    struct taken *taken;
    struct arena *arena;
    struct diag *diag;
};

/* --- a folder's files, in one order everywhere --- */

struct walk {
    bool (*file)(struct taking *t, const char *from, const char *path);
    struct taking *taking;
};

static int is_wanted(const struct dirent *e)
{
    return strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && strncmp(e->d_name, ".part-", 6);
}

/* By errno; false: it cannot be read, which is reported. */
static bool is_absent(const char *path, struct diag *diag)
{
    size_t before = diag->system_faults;
    store_ask(path, diag);
    return diag->system_faults == before;
}

/* path: below the folder that was begun with; "" there. Links are passed over. */
static bool walk(const struct walk *w, const char *from, const char *path, int depth)
{
    struct dirent **list = NULL;
    int n = depth < DEEPEST ? scandir(from, &list, is_wanted, alphasort) : 0;
    bool ok = n >= 0 || is_absent(from, w->taking->diag);
    for (int i = 0; i < n; i++) {
        struct arena *a = w->taking->arena;
        const char *file = arena_printf(a, "%s/%s", from, list[i]->d_name);
        const char *name = arena_printf(a, "%s%s%s", path, *path ? "/" : "", list[i]->d_name);
        struct stat st;
        if (ok && lstat(file, &st) < 0)
            ok = is_absent(file, w->taking->diag);
        else if (ok && S_ISDIR(st.st_mode))
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
    return (unlink(to) == 0 || errno == ENOENT) && link(from, to) == 0 ? true
                                                                       : output_failed(to, t->diag);
}

static const char *unpacked_folder(struct taking *t, const char *path)
{
    char digest[DIGEST_HEX];
    digest_hex(path, strlen(path), digest);
    return arena_printf(t->arena, "%s.unpacked/%.16s", t->upload, digest);
}

/* Archives are unpacked once, beside the upload, and are not files of the batch. Their folder has
 * its name when all is in it. */
static bool unpack_one(struct taking *t, const char *from, const char *path)
{
    const char *folder = unpacked_folder(t, path),
               *part = arena_printf(t->arena, "%s.part", folder);
    struct unpacked u;
    struct stat st;
    if (!path_ends(path, ".zip") || stat(folder, &st) == 0)
        return true;
    if (!is_absent(folder, t->diag))
        return false;
    store_remove(part);
    bool ok = unpack(from, part, t->most, &u, t->diag) && store_sync(part, t->diag) &&
              (rename(part, folder) == 0 || output_failed(folder, t->diag));
    t->taken->junk += u.junk;
    if (!ok)
        store_remove(part);
    return ok;
}

static bool unpack_archives(struct taking *t, const struct upload *u)
{
    const struct walk w = {unpack_one, t};
    t->upload = upload_folder(t->batch, u->number, t->arena);
    return walk(&w, t->upload, "", 0);
}

static bool put_or_unpack(struct taking *t, const char *from, const char *path)
{
    const struct walk w = {put_into_work, t};
    return path_ends(path, ".zip") ? walk(&w, unpacked_folder(t, path), "", 0)
                                   : put_into_work(t, from, path);
}

/* --- what the data are in --- */

/* A batch's root element comes early. */
static bool is_batch(const char *path)
{
    char head[4096] = "";
    FILE *f = fopen(path, "rb");
    if (!f)
        machine_ask(path);
    size_t n = f ? fread(head, 1, sizeof head - 1, f) : 0;
    if (f)
        fclose(f);
    for (size_t i = 0; i < n; i++) /* as it is in UTF-16, too */
        head[i] = head[i] ? head[i] : ' ';
    return strstr(head, "<batch") || strstr(head, "< b a t c h");
}

static bool holds_data(const char *file, const char *path)
{
    return !unpack_is_junk(path) &&
           (path_ends(path, ".xlsx") || (path_ends(path, ".xml") && is_batch(file)));
}

static bool remove_data(struct taking *t, const char *file, const char *path)
{
    return !holds_data(file, path) || unlink(file) == 0 || output_failed(file, t->diag);
}

static bool notice_data(struct taking *t, const char *file, const char *path)
{
    t->brings_data = t->brings_data || holds_data(file, path);
    return true;
}

/* --- states --- */

/* A state into the new folder: files, or a correction, which stands for all data so far. */
static bool put_state(struct taking *t, const struct upload *u)
{
    const struct walk files = {put_or_unpack, t}, old = {remove_data, t};
    t->upload = upload_folder(t->batch, u->number, t->arena);
    return (!u->change.place || u->change.file || walk(&old, t->work, "", 0)) &&
           walk(&files, t->upload, "", 0);
}

/* Does it bring data of its own? */
static bool brings_data(struct taking *t, const struct upload *u)
{
    const struct walk look = {notice_data, t};
    t->brings_data = false;
    const char *folder = upload_folder(t->batch, u->number, t->arena);
    walk(&look, folder, "", 0);
    walk(&look, arena_printf(t->arena, "%s.unpacked", folder), "", 0);
    return t->brings_data;
}

static void note_lost(struct taking *t, const struct upload *u)
{
    struct taken *k = t->taken;
    *ARENA_PUSH(t->arena, k->lost, k->n_lost, k->cap_lost) = *u;
}

/* The states that the upload builds on, the oldest last. Data that are handed in after corrections
 * take their place: the corrections are left out here, to be made once more (taken.lost). What was
 * corrected since holds them already. */
static bool put_states(struct taking *t, long upload)
{
    struct upload *chain = NULL;
    size_t n = 0, cap = 0;
    bool superseded = false, corrected = false;

    for (struct upload u; upload && n < MOST_STATES; upload = u.base) {
        if (!upload_read(t->batch, upload, t->arena, &u, t->diag) || !u.complete)
            return !t->diag->system_faults &&
                   diag_error(t->diag, (struct src_pos){0}, "第 %ld 次上传不完整，请重新上传",
                              "upload %ld is not complete: send it again", upload);
        if (!unpack_archives(t, &u))
            return false;
        if (u.change.place && superseded) {
            if (!corrected)
                note_lost(t, &u);
            continue;
        }
        corrected = corrected || (u.change.place && !u.change.file);
        superseded = superseded || (!u.change.place && brings_data(t, &u));
        if (t->diag->system_faults)
            return false;
        *ARENA_PUSH(t->arena, chain, n, cap) = u;
    }
    while (n > 0)
        if (!put_state(t, &chain[--n]))
            return false;
    return true;
}

static bool note_input(struct taking *t, const char *from, const char *path)
{
    struct taken *k = t->taken;
    struct stat st;
    k->files++;
    k->empty += stat(from, &st) == 0 && st.st_size == 0;
    if (holds_data(from, path))
        *ARENA_PUSH(t->arena, k->inputs, k->n_inputs, k->cap_inputs) = path;
    return true;
}

/* The old one is there until the new one is whole. */
static bool put_in_place(const struct taking *t)
{
    const char *work = arena_printf(t->arena, "%s/current", t->batch),
               *old = arena_printf(t->arena, "%s/current.old", t->batch);
    store_remove(old);
    if (rename(work, old) < 0 && errno != ENOENT)
        return output_failed(work, t->diag);
    if (rename(t->work, work) < 0) {
        output_failed(work, t->diag);
        rename(old, work);
        return false;
    }
    store_remove(old);
    return true;
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
    return output_make_directory(t.work, diag) && put_states(&t, upload) &&
           walk(&inputs, t.work, "", 0) && put_in_place(&t);
}
