/* stale.c - see stale.h. */
#include "package/stale.h"

#include "core/json_value.h"
#include "core/machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The manifest's files, and which of them are still somebody's. */
struct census {
    const struct package *package;
    const struct manifest_file *files;
    size_t n;
    bool *wanted;
};

static void want(const struct census *c, const char *path)
{
    const struct manifest_file *f = manifest_find(c->package->tree->manifest, path);
    if (f)
        c->wanted[f - c->files] = true;
}

static void want_documents(const struct census *c, const char *folder, const struct buffer *result)
{
    struct arena arena = {0};
    struct result parts;
    struct result_document d;

    result_open(&parts, result);
    while (result_next(&parts, &d))
        want(c, package_path(c->package, &arena, folder, &d));
    arena_free(&arena);
}

static bool is_in(const char *path, const char *folder, bool itself)
{
    size_t len = strlen(folder);
    return !strncmp(path, folder, len) && path[len] == '/' &&
           !(itself && strchr(path + len + 1, '/'));
}

/* A file of the manifest, and whose it is by its line there: who is named otherwise now has another
 * folder. */
struct owned_file {
    const char *path;
    enum record_scope scope;
    const char *owner; /* NULL: nobody's, as a print run */
};

static struct owned_file owned_file(const struct manifest_file *f, struct arena *arena)
{
    struct owned_file file = {.path = f->path};
    const struct json_value *line = json_parse(arena, f->line, f->len);
    for (int s = SCOPE_APPLICANT; s < SCOPE_COUNT && !file.owner; s++) {
        file.scope = (enum record_scope)s;
        file.owner = json_member_text(line, batch_scope_word(file.scope));
    }
    return file;
}

static bool is_of(const struct owned_file *f, enum record_scope scope, const char *id)
{
    return f->owner && f->scope == scope && !strcmp(f->owner, id);
}

static bool is_of_group(const struct owned_file *f, const struct people_group *g)
{
    return is_in(f->path, g->folder, true) || is_of(f, g->scope, g->id);
}

/* A letter or roster of an earlier run, which names people who were not drawn this time: it would
 * vouch for more than there is. */
static bool is_withheld(const struct package *p, const struct owned_file *f)
{
    const struct batch *b = p->batch;
    for (size_t i = 0; i < b->n_groups; i++)
        if (b->groups[i].n_listed == 0 && is_of_group(f, &b->groups[i]))
            return true;
    return false;
}

/* Old documents of an applicant or group that failed this time stay: they are all there is. */
static bool is_all_there_is(const struct package *p, const struct owned_file *f)
{
    const struct batch *b = p->batch;
    for (size_t i = 0; i < b->n_people; i++)
        if (!p->results->people[i].complete && (is_in(f->path, b->people[i].folder, false) ||
                                                is_of(f, SCOPE_APPLICANT, b->people[i].id)))
            return true;
    for (size_t i = 0; i < b->n_groups; i++)
        if (!p->results->groups[i].complete && !is_withheld(p, f) && is_of_group(f, &b->groups[i]))
            return true;
    return false;
}

static void find_stale(const struct package *p, const struct tree_paths *prints,
                       struct tree_paths *stale)
{
    const struct batch *b = p->batch;
    struct buffer result = {0};
    struct census c = {.package = p};

    c.n = manifest_files(p->tree->manifest, &c.files);
    c.wanted = mem_alloc(c.n + 1, sizeof *c.wanted);
    for (size_t i = 0; i < b->n_people; i++) {
        results_person(p->results, i, &result);
        want_documents(&c, b->people[i].folder, &result);
    }
    for (size_t i = 0; i < b->n_groups; i++)
        want_documents(&c, b->groups[i].folder, &p->results->groups[i].bytes);
    for (size_t i = 0; i < prints->n; i++)
        want(&c, prints->list[i]);
    for (size_t i = 0; i < c.n; i++) {
        struct arena arena = {0};
        if (!c.wanted[i] && (strchr(c.files[i].path, '/') || !batch_is_reserved(c.files[i].path))) {
            struct owned_file file = owned_file(&c.files[i], &arena);
            if (!is_all_there_is(p, &file))
                tree_paths_add(stale, file.path);
        }
        arena_free(&arena);
    }
    buffer_clear(&result);
    free(c.wanted);
}

static bool is_missing(const struct package *p, const char *path)
{
    struct arena arena = {0};
    struct stat st;
    const char *place = tree_path(p->tree, &arena, path);
    bool missing = lstat(place, &st) < 0;
    if (missing)
        machine_ask(place);
    missing = missing && (errno == ENOENT || errno == ENOTDIR);
    arena_free(&arena);
    return missing;
}

/* Those that somebody has removed by hand: the manifest would ask for them for ever. */
static void forget_missing(const struct package *p, struct tree_paths *files)
{
    size_t kept = 0;
    for (size_t i = 0; i < files->n; i++)
        if (!is_missing(p, files->list[i]) ||
            !manifest_remove(p->tree->manifest, files->list[i], p->diag))
            files->list[kept++] = files->list[i];
    files->n = kept;
}

/* A batch that could not be read to its end does not say who is no more. */
static bool may_prune(const struct diag *first_pass)
{
    for (size_t i = 0; i < first_pass->n; i++)
        if (first_pass->list[i].severity == SEVERITY_ERROR && !first_pass->list[i].applicant)
            return false;
    return true;
}

/* An applicant's, also of what lies in a folder of it, or a delegation's: "D01/U01/A001". */
static const char *folder_of(const char *path, struct arena *arena)
{
    enum { APPLICANT_LEVEL = 3 };
    size_t len = 0;
    for (int level = 0; level < APPLICANT_LEVEL; level++) {
        const char *slash = strchr(path + len + (level > 0), '/');
        if (!slash)
            break;
        len = (size_t)(slash - path);
    }
    return arena_strndup(arena, path, len);
}

static bool is_current(const struct package *p, const char *folder)
{
    const struct batch *b = p->batch;
    for (size_t i = 0; i < b->n_groups; i++)
        if (!strcmp(b->groups[i].folder, folder))
            return true;
    for (size_t i = 0; i < b->n_people; i++)
        if (!strcmp(b->people[i].folder, folder))
            return true;
    return !strcmp(folder, "print");
}

/* <delegation>/<unit>/<applicant>. */
static bool is_of_person(const char *folder)
{
    const char *slash = strchr(folder, '/');
    return slash && strchr(slash + 1, '/');
}

/* Files of one folder stand together, since the manifest is in order. */
static void list_gone(const struct package *p, struct stale_files *stale)
{
    const char *last = "";
    for (size_t i = 0; i < stale->files.n; i++) {
        const char *folder = folder_of(stale->files.list[i], &stale->gone.arena);
        if (strcmp(folder, last) && is_of_person(folder) && !is_current(p, folder))
            tree_paths_add(&stale->gone, folder);
        last = folder;
    }
}

static bool too_many(const struct package *p, const struct stale_files *stale)
{
    size_t gone = stale->gone.n, all = gone + p->batch->n_people;
    if (gone <= 1 || gone * 10 <= all || !strcmp(p->own->prune, "all"))
        return false;
    return diag_warn(
               p->diag, (struct src_pos){0},
               "--prune 会删去 %zu 人的材料，超过全部（%zu 人）的十分之一，未清理；确实如此请用 "
               "--prune=all",
               "--prune would remove the papers of %zu people, more than a tenth of all %zu: "
               "nothing is pruned; if that is meant, use --prune=all",
               gone, all),
           true;
}

static void tell(const struct package *p, const char *path)
{
    const struct src_pos at = {tree_path(p->tree, &p->tree->arena, path), 0};
    struct arena arena = {0};
    struct owned_file file = owned_file(manifest_find(p->tree->manifest, path), &arena);
    if (is_withheld(p, &file))
        diag_warn(p->diag, at, "是以前做的，所列的人这次没有全部做出，请勿使用；可用 --prune 清理",
                  "is of an earlier run and names people who were not drawn this time: do not use "
                  "it; --prune removes it");
    else
        diag_warn(p->diag, at, "批次中已无此件，可用 --prune 清理",
                  "nobody in the batch has this document any more: --prune removes it");
    arena_free(&arena);
}

void stale_settle(const struct package *p, const struct tree_paths *prints,
                  const struct diag *first_pass, struct stale_files *stale)
{
    struct tree_paths *files = &stale->files;

    find_stale(p, prints, files);
    if (may_prune(first_pass))
        forget_missing(p, files);
    list_gone(p, stale);
    if (files->n > 0 && p->own->prune && may_prune(first_pass) && !too_many(p, stale)) {
        for (size_t i = 0; i < files->n; i++)
            manifest_remove(p->tree->manifest, files->list[i], p->diag);
        files->n = 0;
        return;
    }
    if (files->n > 0 && p->own->prune && !may_prune(first_pass))
        diag_warn(p->diag, (struct src_pos){0}, "输入有误，不能确定谁已不在其中，未清理",
                  "the input is faulty: nothing is pruned, as it does not say who is no more");
    for (size_t i = 0; i < files->n; i++)
        tell(p, files->list[i]);
}

void stale_clear(struct stale_files *stale)
{
    arena_free(&stale->files.arena);
    arena_free(&stale->gone.arena);
}
