/* tree.c - see tree.h. */
#include "package/tree.h"

#include "core/lock.h"
#include "core/output.h"
#include "core/paths.h"
#include "core/temporary.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The cache is named after the folder's real path. */
static struct digest_cache *open_digests(struct output_tree *t)
{
    const struct tree_options *o = &t->options;
    char *real = realpath(t->root, NULL), sum[DIGEST_HEX];
    const char *path = NULL;

    digest_hex(real ? real : "", real ? strlen(real) : 0, sum);
    if (real)
        path = shenbao_cache(&t->arena, arena_printf(&t->arena, "%.32s.digests", sum));
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
    manifest_free(t->manifest);
    if (t->lock >= 0)
        close(t->lock);
    arena_free(&t->arena);
    free(t);
}

bool tree_begin(struct output_tree *t, struct diag *diag)
{
    const struct shard *part = &t->options.part;
    const char *name = part->n ? arena_printf(&t->arena, "%u-of-%u", part->k, part->n) : NULL;
    t->manifest = manifest_open(t->root, diag);
    return t->manifest && (t->options.dry_run || manifest_begin(t->manifest, name, diag));
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
