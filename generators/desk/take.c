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

enum { DEEPEST = 2 * UPLOAD_DEEPEST + 2, MOST_STATES = 10000 }; /* with an archive's folder */

struct taking {
    const char *batch, *work; /* work: the new one */
    const char *upload;       /* the folder of the one that is being laid over */
    const char *archive;      /* whose files are laid over, below it; NULL: none */
    uint64_t *placed;         /* the names' digests of this upload; 0: none. Half empty */
    size_t n_placed, placed_cap;
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

/* Where a digest stands among the names of this upload, or is to. */
static uint64_t *free_place(const struct taking *t, uint64_t digest)
{
    size_t at = digest & (t->placed_cap - 1);
    while (t->placed[at] && t->placed[at] != digest)
        at = (at + 1) & (t->placed_cap - 1);
    return &t->placed[at];
}

/* Of this upload: false, it was noted before. */
static bool note_name(struct taking *t, const char *name)
{
    uint64_t digest = digest_quick(name, strlen(name)) | 1;
    if (2 * t->n_placed >= t->placed_cap) {
        size_t old_cap = t->placed_cap;
        uint64_t *old = t->placed;
        t->placed_cap = old_cap ? 2 * old_cap : 64;
        t->placed = ARENA_ARRAY(t->arena, uint64_t, t->placed_cap);
        for (size_t i = 0; i < old_cap; i++)
            if (old[i])
                *free_place(t, old[i]) = old[i];
    }
    uint64_t *place = free_place(t, digest);
    bool fresh = !*place;
    t->n_placed += fresh;
    *place = digest;
    return fresh;
}

static bool is_same_file(const char *a, const char *b)
{
    char x[DIGEST_HEX], y[DIGEST_HEX];
    long long n, m;
    return digest_file(a, DIGEST_LINKS_REFUSED, x, &n) &&
           digest_file(b, DIGEST_LINKS_REFUSED, y, &m) && n == m && !strcmp(x, y);
}

/* Nothing else of this upload stands there, nor a folder, nor a file where its folder is to be. */
static bool may_stand(struct taking *t, const char *from, const char *name)
{
    return !upload_is_blocked(t->work, name) &&
           (note_name(t, name) ||
            is_same_file(from, arena_printf(t->arena, "%s/%s", t->work, name)));
}

static void warn(struct taking *t, const char *name, const char *zh, const char *en)
{
    const struct finding f = {.severity = SEVERITY_WARNING, .at = {name, 0}, .text = {zh, en}};
    diag_pass(t->diag, &f);
}

/* Two archives may each hold a file of one name, packed without the folders that told whose they
 * are: the second goes into a folder of its archive's name. NULL: there is no place, as was told.
 */
static const char *free_name(struct taking *t, const char *from, const char *name)
{
    if (may_stand(t, from, name))
        return name;
    size_t stem = t->archive ? strlen(t->archive) - strlen(".zip") : 0;
    const char *folder = unpack_composed(
                   arena_strndup(t->arena, t->archive ? t->archive : "", stem), t->arena),
               *other = arena_printf(t->arena, "%s/%s", folder, name);
    if (stem && may_stand(t, from, other)) {
        warn(t, name,
             arena_printf(t->arena, "与一同上传的另一个文件重名，放在“%s”文件夹里", folder),
             arena_printf(t->arena,
                          "has the name of another file that came with it, and was put "
                          "into the folder %s",
                          folder));
        return other;
    }
    warn(t, name, "与另一个文件或文件夹重名，没有收下；请改名后再传",
         "has the name of another file or folder, and was not taken: rename it and send it again");
    return NULL;
}

/* In the same folder, since what it names is found from there. */
static const char *not_ours(const char *name, struct arena *arena)
{
    static const char *const ours[] = {TAKE_BOOK, TAKE_GATHERED, TAKE_CORRECTED};
    size_t len = strcspn(name, "/");
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (len == strlen(ours[i]) && !strncmp(name, ours[i], len)) {
            size_t stem = (size_t)(strrchr(ours[i], '.') - ours[i]);
            return arena_printf(arena, "%.*s（上传）%s", (int)stem, name, name + stem);
        }
    return name;
}

static bool put_into_work(struct taking *t, const char *from, const char *path)
{
    const char *name = not_ours(unpack_composed(path, t->arena), t->arena), *slash;
    if (unpack_is_junk(name)) {
        t->taken->junk++;
        return true;
    }
    if (!upload_path_is_good(name)) { /* composed, some are longer */
        warn(t, path, "文件名太长，没有收下；请改名后再传",
             "has too long a name, and was not taken: rename it and send it again");
        return true;
    }
    if (!(name = free_name(t, from, name)))
        return true;
    const char *to = arena_printf(t->arena, "%s/%s", t->work, name);
    slash = strrchr(name, '/');
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

static bool put_plain(struct taking *t, const char *from, const char *path)
{
    return path_ends(path, ".zip") || put_into_work(t, from, path);
}

static bool put_archive(struct taking *t, const char *from, const char *path)
{
    const struct walk w = {put_into_work, t};
    (void)from;
    if (!path_ends(path, ".zip"))
        return true;
    t->archive = path;
    bool ok = walk(&w, unpacked_folder(t, path), "", 0);
    t->archive = NULL;
    return ok;
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
    const struct walk plain = {put_plain, t}, archives = {put_archive, t}, old = {remove_data, t};
    t->upload = upload_folder(t->batch, u->number, t->arena);
    t->placed = NULL;
    t->n_placed = t->placed_cap = 0;
    return (!u->change.place || u->change.file || walk(&old, t->work, "", 0)) &&
           walk(&plain, t->upload, "", 0) && walk(&archives, t->upload, "", 0);
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
