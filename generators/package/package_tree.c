/* package_tree.c - the files of the tree: what its folders are called, files that the run itself
 * writes, and those that nobody has any more. */
#include "package/package.h"

#include "core/names.h"
#include "core/output.h"
#include "record/data.h"

#include <stdlib.h>
#include <string.h>

/* --- names --- */

/* A folder's names, and which number in it each of the ids got. */
struct folder {
    struct names names;
    const char *id, *path;
    size_t number; /* in the folder above */
};

static struct folder *folder_of(struct arena *arena, struct folder **list, size_t *n, size_t *cap,
                                const char *id, const char *wish, struct names *above)
{
    for (size_t i = *n; i-- > 0;) /* units stand together: the last one is the likely one */
        if (!strcmp((*list)[i].id, id))
            return &(*list)[i];
    struct folder *f = ARENA_PUSH(arena, *list, *n, *cap);
    *f = (struct folder){
        .names = {.arena = arena}, .id = id, .number = names_propose(above, wish, id)};
    return f;
}

static const char *issuer_of(const struct package *p, const char *delegation, struct arena *arena)
{
    const struct record_delegation *list;
    size_t n = record_delegations(p->record, &list);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].id, delegation))
            return record_attribute(list[i].node, "issuer", arena);
    return "";
}

/* What it takes to find the names is the scratch arena's. */
static bool name_folders(struct package *p, const char *template, struct arena *a,
                         struct diag *diag)
{
    struct names top = {.arena = a};
    struct folder *delegations = NULL, *units = NULL;
    size_t n_delegations = 0, cap_delegations = 0, n_units = 0, cap_units = 0;
    size_t *places = ARENA_ARRAY(a, size_t, p->n_people + 1);
    static const char *const reserved[] = {"print", "report.json", "report.html", "manifest.json"};

    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        names_reserve(&top, reserved[i]);
    for (size_t i = 0; i < p->n_people; i++) {
        struct person *one = &p->people[i];
        const char *unknown, *values[] = {"id",      one->id,     "name",         one->name, "unit",
                                          one->unit, "unit-name", one->unit_name, NULL};
        const char *issuer = issuer_of(p, one->delegation, a);
        struct folder *d = folder_of(
            a, &delegations, &n_delegations, &cap_delegations, one->delegation,
            *issuer ? arena_printf(a, "%s-%s", one->delegation, issuer) : one->delegation, &top);
        struct folder *u =
            folder_of(a, &units, &n_units, &cap_units, one->unit,
                      arena_printf(a, "%s-%s", one->unit, one->unit_name), &d->names);
        char *wish = names_fill(a, template, values, &unknown);
        if (unknown)
            return diag_system(
                diag, (struct src_pos){0},
                "--name-template 中的 %s 不认识，可用 {id} {name} {unit} {unit-name}",
                "--name-template: %s is not known: {id} {name} {unit} {unit-name} are", unknown);
        places[i] = names_propose(&u->names, wish, one->id);
        u->path = one->delegation; /* until it is named */
    }
    names_settle(&top);
    for (size_t i = 0; i < n_delegations; i++) {
        names_settle(&delegations[i].names);
        delegations[i].path = names_get(&top, delegations[i].number);
    }
    for (size_t i = 0; i < n_units; i++) {
        struct folder *d =
            folder_of(a, &delegations, &n_delegations, &cap_delegations, units[i].path, "", &top);
        names_settle(&units[i].names);
        units[i].path = arena_printf(a, "%s/%s", d->path, names_get(&d->names, units[i].number));
    }
    for (size_t i = 0; i < p->n_people; i++) {
        struct folder *u = folder_of(a, &units, &n_units, &cap_units, p->people[i].unit, "", &top);
        p->people[i].folder =
            arena_printf(&p->arena, "%s/%s", u->path, names_get(&u->names, places[i]));
    }
    for (size_t i = 0; i < p->n_delegations; i++)
        p->delegations[i].folder =
            arena_strdup(&p->arena, folder_of(a, &delegations, &n_delegations, &cap_delegations,
                                              p->delegations[i].id, "", &top)
                                        ->path);
    return true;
}

/* OUT/<delegation>/<unit>/<applicant>, each name safe and no two alike in one folder. */
bool package_name_folders(struct package *p, const char *template, struct diag *diag)
{
    struct arena scratch = {0};
    bool ok = name_folders(p, template, &scratch, diag);
    arena_free(&scratch);
    return ok;
}

/* --- writing --- */

struct spool *package_spool(struct package *p, const char *path)
{
    struct arena arena = {0};
    const char *place = arena_printf(&arena, "%s/%s", p->out, path);
    char *folder = arena_strdup(&arena, place);
    *strrchr(folder, '/') = '\0';
    struct spool *s =
        spool_new(output_make_directory(folder, p->diag) ? output_temporary(place, p->diag) : -1);
    arena_free(&arena);
    return s;
}

/* Size and digest; false: reported. */
static bool measure(struct package *p, const struct put *what, char sum[DIGEST_HEX],
                    long long *bytes)
{
    struct buffer *b = what->bytes;
    if (!b->spool) {
        digest_hex(b->data, b->len, sum);
        *bytes = (long long)b->len;
        return true;
    }
    buffer_flush(b);
    return (spool_ok(b->spool) && digest_open_file(spool_fd(b->spool), sum, bytes)) ||
           output_failed(what->path, p->diag);
}

bool package_put(struct package *p, const struct put *what)
{
    struct arena arena = {0};
    struct buffer line = {0};
    struct json j = {.out = &line, .flat = true};
    struct made made = what->document;
    const char *place = arena_printf(&arena, "%s/%s", p->out, what->path);
    bool written = false;
    long long bytes;
    bool ok = measure(p, what, made.sha256, &bytes);

    json_open(&j, NULL, '{');
    json_string(&j, "path", what->path);
    json_string(&j, "sha256", made.sha256);
    json_integer(&j, "bytes", bytes);
    if (what->more)
        what->more(&j, what->data);
    json_close(&j, '}');
    const struct manifest_file *old = manifest_find(p->manifest, what->path);
    made.len = line.len;
    buffer_putc(&line, '\n');
    made.line = (const char *)line.data;
    bool known = old && old->len == made.len && !memcmp(old->line, line.data, made.len);
    if (ok && !known)
        ok = manifest_intend(p->manifest, (const char *)line.data, line.len, p->diag);
    char *folder = arena_strdup(&arena, place);
    *strrchr(folder, '/') = '\0';
    ok = ok && output_make_directory(folder, p->diag) &&
         (what->bytes->spool
              ? output_update_name(place, spool_fd(what->bytes->spool), &written, p->diag)
              : output_update(place, what->bytes->data, what->bytes->len, &written, p->diag));
    if (ok && !known)
        manifest_take(p->manifest, made.line, made.len);
    if (ok && what->result) {
        made.how = known && !written ? MADE_BEFORE : MADE_ANEW;
        result_add(what->result, &made);
        p->made += made.how == MADE_ANEW;
        p->kept += made.how == MADE_BEFORE;
    }
    buffer_clear(&line);
    arena_free(&arena);
    return ok;
}

const struct manifest_file *package_there(const struct package *p, const char *path)
{
    struct arena arena = {0};
    const struct manifest_file *f = p->manifest ? manifest_find(p->manifest, path) : NULL;
    const char *place = arena_printf(&arena, "%s/%s", p->out, path);
    char sum[DIGEST_HEX];
    long long bytes;
    bool same = f && digest_cache_file(p->digests, place, sum, &bytes) && bytes == f->bytes &&
                !strcmp(sum, f->sha256);
    arena_free(&arena);
    return same ? f : NULL;
}

/* --- what nobody has any more --- */

/* Marks the manifest's files that a result tells of. */
static void want(const struct package *p, const char *folder, const struct buffer *result,
                 const struct manifest_file *files, bool *wanted)
{
    struct arena arena = {0};
    struct result_reader r;
    struct outcome o;
    struct made m;

    result_open(&r, result, &o);
    while (result_next(&r, &m)) {
        const struct manifest_file *f =
            manifest_find(p->manifest, result_path(p, &arena, folder, &m));
        if (f)
            wanted[f - files] = true;
    }
    arena_free(&arena);
}

static bool is_in(const char *path, const char *folder, bool itself)
{
    size_t len = strlen(folder);
    return !strncmp(path, folder, len) && path[len] == '/' &&
           !(itself && strchr(path + len + 1, '/'));
}

/* Those of an applicant or delegation that failed this time stay: they are all there is. */
static bool is_all_there_is(const struct package *p, const char *path)
{
    for (size_t i = 0; i < p->n_people; i++)
        if (p->people[i].state != PERSON_COMPLETE && is_in(path, p->people[i].folder, false))
            return true;
    for (size_t i = 0; i < p->n_delegations; i++)
        if (!p->delegations[i].complete && is_in(path, p->delegations[i].folder, true))
            return true;
    return false;
}

/* Documents of applicants, delegations and papers that are no more. */
static size_t find_stale(struct package *p, const char ***out)
{
    struct buffer result = {0};
    const struct manifest_file *files;
    size_t n_files = manifest_files(p->manifest, &files), n = 0, cap = 0;
    bool *wanted = mem_alloc(n_files + 1, sizeof *wanted);

    for (size_t i = 0; i < p->n_people; i++) {
        result_of(p, &p->people[i], &result);
        want(p, p->people[i].folder, &result, files, wanted);
    }
    for (size_t i = 0; i < p->n_delegations; i++)
        want(p, p->delegations[i].folder, &p->delegations[i].result, files, wanted);
    for (size_t i = 0; i < p->n_prints; i++) {
        const struct manifest_file *f = manifest_find(p->manifest, p->prints[i]);
        if (f)
            wanted[f - files] = true;
    }
    *out = NULL;
    for (size_t i = 0; i < n_files; i++)
        if (!wanted[i] && strchr(files[i].path, '/') && !is_all_there_is(p, files[i].path))
            *ARENA_PUSH(&p->arena, *out, n, cap) = arena_strdup(&p->arena, files[i].path);
    buffer_clear(&result);
    free(wanted);
    return n;
}

/* A batch that could not be read to its end does not say who is no more. */
static bool may_prune(const struct package *p)
{
    for (size_t i = 0; i < p->first_pass->n; i++)
        if (p->first_pass->list[i].severity == SEVERITY_ERROR && !p->first_pass->list[i].applicant)
            return false;
    return true;
}

size_t package_stale(struct package *p, bool prune, const char ***stale)
{
    size_t n = find_stale(p, stale);
    if (n > 0 && prune && !may_prune(p)) {
        diag_warn(p->diag, (struct src_pos){0}, "输入有误，不能确定谁已不在其中，未清理",
                  "the input is faulty: nothing is pruned, as it does not say who is no more");
    } else if (prune) {
        for (size_t i = 0; i < n; i++)
            manifest_remove(p->manifest, (*stale)[i], p->diag);
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        diag_warn(p->diag,
                  (struct src_pos){arena_printf(&p->arena, "%s/%s", p->out, (*stale)[i]), 0},
                  "批次中已无此件，可用 --prune 清理",
                  "nobody in the batch has this document any more: --prune removes it");
    return n;
}
