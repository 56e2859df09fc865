/* tree.c - see tree.h. */
#include "package/tree.h"

#include "core/lock.h"
#include "core/output.h"
#include "core/paths.h"
#include "core/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the digests of a tree's files --- */

/* Beside each cache a link leads to its tree: caches of trees that are gone go, too. */
static void forget_gone_trees(const char *link)
{
    static const char suffix[] = ".tree";
    struct arena arena = {0};
    const char *folder = arena_strndup(&arena, link, (size_t)(strrchr(link, '/') - link));
    DIR *dir = opendir(folder);
    struct dirent *e;

    while (dir && (e = readdir(dir))) {
        size_t len = strlen(e->d_name);
        const char *name = arena_printf(&arena, "%s/%s", folder, e->d_name);
        struct stat st;
        if (len < sizeof suffix || strcmp(e->d_name + len - strlen(suffix), suffix) ||
            stat(name, &st) == 0 || errno != ENOENT)
            continue;
        unlink(name);
        unlink(arena_printf(&arena, "%.*s.digests", (int)(strlen(name) - strlen(suffix)), name));
    }
    if (dir)
        closedir(dir);
    arena_free(&arena);
}

/* The cache is named after the folder's real path. What of this fails costs time alone. */
static struct digest_cache *open_digests(struct output_tree *t)
{
    const struct tree_options *o = &t->options;
    char *real = realpath(t->root, NULL), sum[DIGEST_HEX];
    const char *path = NULL;

    digest_hex(real ? real : "", real ? strlen(real) : 0, sum);
    if (real)
        path = shenbao_cache(&t->arena, arena_printf(&t->arena, "%.32s.digests", sum));
    if (path && o->whole && !o->dry_run) {
        const char *link = shenbao_cache(&t->arena, arena_printf(&t->arena, "%.32s.tree", sum));
        if (link && (symlink(real, link) == 0 || errno == EEXIST))
            forget_gone_trees(link);
    }
    free(real);
    return digest_cache_open(path ? path : "", path && !o->force, path && o->whole && !o->dry_run);
}

struct output_tree *tree_open(const char *root, const struct tree_options *options,
                              struct diag *diag)
{
    struct output_tree *t = mem_alloc(1, sizeof *t);
    char *trimmed = arena_strdup(&t->arena, root);

    for (size_t n = strlen(trimmed); n > 1 && trimmed[n - 1] == '/';)
        trimmed[--n] = '\0';
    t->root = trimmed;
    t->options = *options;
    t->lock = -1;
    if (!options->dry_run &&
        (!output_make_directory(t->root, diag) ||
         (t->lock = lock_tree(t->root, options->part.k, options->part.n, diag)) < 0)) {
        tree_close(t);
        return NULL;
    }
    if (!options->dry_run && !options->part.n) /* shards have neighbours that walk here, too */
        t->swept = temporary_sweep_tree(t->root);
    t->digests = open_digests(t);
    return t;
}

void tree_close(struct output_tree *t)
{
    if (!t)
        return;
    digest_cache_free(t->digests);
    if (t->before != t->manifest)
        manifest_free(t->before);
    manifest_free(t->manifest);
    if (t->lock >= 0)
        close(t->lock);
    arena_free(&t->arena);
    free(t);
}

static bool has_manifest(const char *root)
{
    struct arena arena = {0};
    bool there = access(arena_printf(&arena, "%s/manifest.json", root), R_OK) == 0;
    arena_free(&arena);
    return there;
}

/* After which documents are made anew, and nobody is known to have gone. */
static void tell_damage(struct output_tree *t, const char *root, const struct manifest *m,
                        struct diag *diag)
{
    if (m && !manifest_is_whole(m))
        diag_warn(diag, (struct src_pos){arena_printf(&t->arena, "%s/manifest.json", root), 0},
                  "不完整，或被别的程序改写过：其中没有的文件将重做，也不会列为已无其人；"
                  "这些文件可用 --verify 找出",
                  "it is cut, or another program wrote it: what it does not list is made anew, and "
                  "not listed when nobody has it any more; --verify finds such files");
}

bool tree_begin(struct output_tree *t, struct diag *diag)
{
    const struct shard *part = &t->options.part;
    const char *name = part->n ? arena_printf(&t->arena, "%u-of-%u", part->k, part->n) : NULL;
    t->manifest = manifest_open(t->root, diag);
    if (!t->manifest)
        return false;
    tell_damage(t, t->root, t->manifest, diag);
    if (t->options.since && !has_manifest(t->options.since))
        return diag_system(diag, (struct src_pos){t->options.since, 0},
                           "这个文件夹里没有 manifest.json（--since）",
                           "there is no manifest.json in this folder (--since)");
    t->untold = manifest_has_journals(t->manifest);
    t->before = t->options.since ? manifest_read(t->options.since, diag)
                : t->untold      ? manifest_read(t->root, diag)
                                 : t->manifest;
    if (t->options.since)
        tell_damage(t, t->options.since, t->before, diag);
    if (t->options.dry_run)
        manifest_settle(t->manifest);
    return t->before && (t->options.dry_run || manifest_begin(t->manifest, name, diag));
}

const char *tree_path(const struct output_tree *t, struct arena *arena, const char *path)
{
    return arena_printf(arena, "%s/%s", t->root, path);
}

static bool make_folder_of(const struct output_tree *t, const char *path, struct diag *diag)
{
    struct arena arena = {0};
    const char *slash = strrchr(path, '/');
    bool ok = output_make_folder(
        t->root, slash ? arena_strndup(&arena, path, (size_t)(slash - path)) : "", diag);
    arena_free(&arena);
    return ok;
}

struct spool *tree_spool(const struct output_tree *t, const char *path, struct diag *diag)
{
    struct arena arena = {0};
    const char *place = t->options.dry_run ? "-" : tree_path(t, &arena, path);
    bool ready = t->options.dry_run || make_folder_of(t, path, diag);
    struct spool *s = spool_new(ready ? output_temporary(place, diag) : -1);
    arena_free(&arena);
    return s;
}

bool tree_has(const struct output_tree *t, const char *path)
{
    struct arena arena = {0};
    const struct manifest_file *f = manifest_find(t->manifest, path);
    char sum[DIGEST_HEX];
    long long bytes;
    bool same = f && output_lies_within(t->root, path) &&
                digest_cache_file(t->digests, tree_path(t, &arena, path), DIGEST_LINKS_REFUSED, sum,
                                  &bytes) &&
                bytes == f->bytes && !strcmp(sum, f->sha256);
    arena_free(&arena);
    return same;
}

/* --- writing --- */

/* Size and digest; false: reported. */
static bool measure(const struct tree_file *file, char sum[DIGEST_HEX], long long *bytes,
                    struct diag *diag)
{
    struct buffer *b = file->bytes;
    if (!b->spool) {
        digest_hex(b->data, b->len, sum);
        *bytes = (long long)b->len;
        return true;
    }
    buffer_flush(b);
    return (spool_ok(b->spool) && digest_open_file(spool_fd(b->spool), sum, bytes)) ||
           output_failed(file->path, diag);
}

static void write_line(const struct tree_file *file, const char *sum, long long bytes,
                       struct buffer *line)
{
    struct json j = {.out = line, .flat = true};
    json_open(&j, NULL, '{');
    json_string(&j, "path", file->path);
    json_string(&j, "sha256", sum);
    json_integer(&j, "bytes", bytes);
    if (file->describe)
        file->describe(&j, file->data);
    json_close(&j, '}');
    buffer_putc(line, '\n');
}

static bool write_file(const struct output_tree *t, const struct tree_file *file, bool *written,
                       struct diag *diag)
{
    struct arena arena = {0};
    const struct buffer *b = file->bytes;
    const char *place = tree_path(t, &arena, file->path);
    bool ok = make_folder_of(t, file->path, diag) &&
              (b->spool ? output_update_name(place, spool_fd(b->spool), written, diag)
                        : output_update(place, b->data, b->len, written, diag));
    arena_free(&arena);
    return ok;
}

bool tree_put(struct output_tree *t, const struct tree_file *file, struct diag *diag)
{
    struct buffer line = {0};
    struct result_document document = file->document;
    const struct manifest_file *old = manifest_find(t->manifest, file->path);
    bool written = false;
    long long bytes;
    bool ok = measure(file, document.sha256, &bytes, diag);

    if (ok)
        write_line(file, document.sha256, bytes, &line);
    document.line = (const char *)line.data;
    document.len = ok ? line.len - 1 : 0;
    bool known = old && old->len == document.len && !memcmp(old->line, document.line, old->len);
    ok = ok && (known || manifest_intend(t->manifest, document.line, line.len, diag)) &&
         write_file(t, file, &written, diag);
    if (ok && !known)
        manifest_take(t->manifest, document.line, document.len);
    if (ok && file->result) {
        document.state = known && !written ? DOCUMENT_KEPT : DOCUMENT_MADE;
        result_add(file->result, &document);
    }
    buffer_clear(&line);
    return ok;
}

void tree_paths_add(struct tree_paths *paths, const char *path)
{
    *ARENA_PUSH(&paths->arena, paths->list, paths->n, paths->cap) =
        arena_strdup(&paths->arena, path);
}
