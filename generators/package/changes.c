/* changes.c - see changes.h. A document is known again by whose it is and by its name, not by its
 * folder: that bears the applicant's name, which may be what was corrected. */
#include "package/changes.h"

#include "core/json_value.h"
#include "core/markup.h"
#include "core/strings.h"
#include "layout/look.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SHOWN = 20 };
#define STALE_NOTE " stale" /* in the manifest; no id of an applicant begins with a blank */

/* --- what was there --- */

struct known_document {
    const char *owner; /* owner_key */
    const char *leaf;
    const struct manifest_file *file;
    bool wanted; /* this run has it, too */
};

struct change_index {
    struct known_document *list; /* by owner and leaf */
    size_t n, cap;
};

/* An applicant's id; of others, behind a blank, which no id begins with, and what they are. */
static const char *owner_key(struct arena *arena, enum record_scope scope, const char *id)
{
    return scope == SCOPE_APPLICANT ? arena_strdup(arena, id)
                                    : arena_printf(arena, " %d%s", (int)scope, id);
}

/* The other way round. */
static enum record_scope owner_of_key(const char *key, const char **id)
{
    *id = *key == ' ' ? key + 2 : key;
    return *key == ' ' ? (enum record_scope)(key[1] - '0') : SCOPE_APPLICANT;
}

static int by_owner(const void *a, const void *b)
{
    const struct known_document *x = a, *y = b;
    int order = strcmp(x->owner, y->owner);
    return order ? order : strcmp(x->leaf, y->leaf);
}

static void index_file(struct changes *c, const struct manifest_file *file)
{
    struct change_index *x = c->index;
    struct arena arena = {0};
    const struct json_value *line = json_parse(&arena, file->line, file->len);
    const char *id = NULL;

    for (enum record_scope s = SCOPE_APPLICANT; s < SCOPE_COUNT && !id; s++)
        if ((id = json_member_text(line, batch_scope_word(s))) && *id && *id != ' ') /* by us */
            *ARENA_PUSH(&c->arena, x->list, x->n, x->cap) = (struct known_document){
                .owner = owner_key(&c->arena, s, id), .leaf = path_leaf(file->path), .file = file};
    arena_free(&arena);
}

/* Files that were nobody's before this run: it was told then. By path. */
static const char **stale_before(const struct changes *c, struct arena *arena, size_t *n)
{
    const struct manifest_note *note = manifest_noted(c->package->tree->before, STALE_NOTE);
    const struct json_value *line = note ? json_parse(arena, note->line, note->len) : NULL,
                            *list = json_member(line, "paths");
    const char **paths = NULL;
    size_t cap = 0;

    *n = 0;
    for (const struct json_value *v = list ? list->children : NULL; v; v = v->next)
        if (v->text)
            *ARENA_PUSH(arena, paths, *n, cap) = v->text;
    if (*n > 0)
        qsort(paths, *n, sizeof *paths, string_order_at);
    return paths;
}

static void index_before(struct changes *c)
{
    struct arena arena = {0};
    size_t n_stale;
    const char **stale = stale_before(c, &arena, &n_stale);
    const struct manifest_file *files;
    size_t n = manifest_files(c->package->tree->before, &files);

    c->index = ARENA_NEW(&c->arena, struct change_index);
    c->first = n == 0;
    for (size_t i = 0; i < n; i++)
        if (n_stale == 0 || !bsearch(&files[i].path, stale, n_stale, sizeof *stale, string_order_at))
            index_file(c, &files[i]);
    arena_free(&arena);
    if (c->index->n > 0)
        qsort(c->index->list, c->index->n, sizeof *c->index->list, by_owner);
}

static struct known_document *find_known(const struct changes *c, struct arena *arena,
                                         const struct owner_changes *owner, const char *path)
{
    const struct known_document key = {.owner = owner_key(arena, owner->scope, owner->id), .leaf = path_leaf(path)};
    return c->index->n > 0 ? bsearch(&key, c->index->list, c->index->n, sizeof key, by_owner)
                           : NULL;
}

/* --- a document --- */

/* "2,17-19": the pages of now that are not those of before. */
static const char *pages_between(const char *now, const char *before, struct arena *arena)
{
    size_t n = strlen(now) / LOOK_HEX, m = strlen(before) / LOOK_HEX, first = 0;
    const char *list = "";

    for (size_t i = 0; i <= n; i++) {
        bool same =
            i == n || (i < m && !memcmp(now + i * LOOK_HEX, before + i * LOOK_HEX, LOOK_HEX));
        if (!same && first == 0)
            first = i + 1;
        if (!same || first == 0)
            continue;
        list = arena_printf(arena, i > first ? "%s%s%zu-%zu" : "%s%s%zu", list, *list ? "," : "",
                            first, i);
        first = 0;
    }
    return list;
}

static const char *looks_in(const char *line, size_t len, struct arena *arena)
{
    const char *looks = json_member_text(json_parse(arena, line, len), "looks");
    return looks && *looks && strlen(looks) % LOOK_HEX == 0 ? looks : NULL;
}

static struct change changes_of(const struct changes *c, struct arena *arena,
                                const struct owner_changes *owner, const char *path,
                                const struct result_document *d)
{
    const struct catalogue_paper *papers;
    catalogue_papers(c->package->catalogue, &papers);
    struct change change = {.file = papers[d->paper].file,
                            .path = path,
                            .pages = "",
                            .n = d->pages,
                            .before = d->pages,
                            .copies = (unsigned)papers[d->paper].loose_copies};
    struct known_document *known = find_known(c, arena, owner, path);

    if (!known) {
        change.made = true;
        change.pages = NULL;
        change.before = 0;
        return change;
    }
    known->wanted = true;
    if (!strcmp(known->file->sha256, d->sha256))
        return change;
    change.made = true;
    const char *now = looks_in(d->line, d->len, arena),
               *before = looks_in(known->file->line, known->file->len, arena);
    change.pages = now && before ? pages_between(now, before, arena) : NULL;
    change.before = before ? strlen(before) / LOOK_HEX : 0;
    return change;
}

const char *change_pages(const struct change *d, enum language language, struct arena *arena)
{
    bool zh = language == LANGUAGE_ZH;
    struct buffer text = {0};

    if (!d->pages)
        return zh ? "全部" : "all";
    for (const char *p = d->pages; zh && *p; p++)
        buffer_puts(&text, *p == ',' ? "、" : *p == '-' ? "—" : (char[]){*p, '\0'});
    buffer_putc(&text, '\0');
    const char *list = arena_strdup(arena, zh ? (char *)text.data : d->pages);
    const char *said = !*list ? "" : arena_printf(arena, zh ? "第%s页" : "p. %s", list);
    if (d->before > d->n) /* those behind are not printed again, but taken out */
        said = arena_printf(arena,
                            zh ? "%s（原第%zu页起抽出）" : "%s (those from the old p. %zu on go)",
                            said, d->n + 1);
    buffer_clear(&text);
    return said;
}

/* --- all of a run --- */

/* Is it printed, and does it look otherwise? */
static bool is_to_be_printed(const struct changes *c, const struct change *change,
                             const struct result_document *d)
{
    const struct catalogue_paper *papers;
    catalogue_papers(c->package->catalogue, &papers);
    return d->pages > 0 && papers[d->paper].print != PRINT_NOT &&
           (!change->pages || *change->pages || change->before > change->n);
}

static void add_owner(struct changes *c, struct owner_changes owner, bool known)
{
    owner.kind = known ? CHANGE_REPRINT : CHANGE_NEW;
    if (owner.n == 0)
        return;
    c->count[owner.kind]++;
    *ARENA_PUSH(&c->arena, c->list, c->n, c->cap) = owner;
}

static void find_of_owner(struct changes *c, struct owner_changes owner,
                          const struct buffer *result)
{
    struct result parts;
    struct result_document d;
    bool known = false;

    result_open(&parts, result);
    while (result_next(&parts, &d)) {
        const char *path = package_path(c->package, &c->arena, owner.folder, &d);
        struct change change = changes_of(c, &c->arena, &owner, path, &d);
        known = known || change.pages || change.before > 0;
        c->made += change.made;
        c->unchanged += !change.made;
        if (is_to_be_printed(c, &change, &d))
            *ARENA_PUSH(&c->arena, owner.list, owner.n, owner.cap) = change;
    }
    add_owner(c, owner, known);
}

/* Of somebody in the batch whose documents were not made this time all old ones stay. */
static bool is_left_alone(const struct changes *c, const struct known_document *known,
                          bool *is_there)
{
    const struct package *p = c->package;
    const char *id;
    enum record_scope scope = owner_of_key(known->owner, &id);

    *is_there = true;
    for (size_t i = 0; i < p->batch->n_groups; i++)
        if (p->batch->groups[i].scope == scope && !strcmp(p->batch->groups[i].id, id))
            return !p->results->groups[i].complete;
    for (size_t i = 0; scope == SCOPE_APPLICANT && i < p->batch->n_people; i++)
        if (!strcmp(p->batch->people[i].id, id))
            return !p->results->people[i].complete;
    *is_there = false;
    return false;
}

static void add_gone(struct changes *c, const struct known_document *known)
{
    const struct owner_changes *last = c->n > 0 ? &c->list[c->n - 1] : NULL;
    const char *path = known->file->path;
    const char *id;
    enum record_scope scope = owner_of_key(known->owner, &id);

    if (last && last->kind == CHANGE_GONE && last->scope == scope && !strcmp(last->id, id))
        return;
    c->count[CHANGE_GONE]++;
    *ARENA_PUSH(&c->arena, c->list, c->n, c->cap) = (struct owner_changes){
        .kind = CHANGE_GONE,
        .scope = scope,
        .id = id,
        .name = "",
        .unit = "",
        .folder = arena_strndup(&c->arena, path, (size_t)(path_leaf(path) - path - 1))};
}

static void add_removed(struct changes *c, const struct known_document *known)
{
    const struct manifest_file *file = known->file;
    struct arena arena = {0};
    const char *kind = json_member_text(json_parse(&arena, file->line, file->len), "kind");
    *ARENA_PUSH(&c->arena, c->removed, c->n_removed, c->cap_removed) = (struct change_removed){
        known->owner, kind ? arena_strdup(&c->arena, kind) : "", file->path};
    arena_free(&arena);
}

static void find_removed(struct changes *c)
{
    for (size_t i = 0; i < c->index->n; i++) {
        const struct known_document *known = &c->index->list[i];
        bool is_there;
        if (known->wanted || is_left_alone(c, known, &is_there))
            continue;
        if (is_there)
            add_removed(c, known);
        else
            add_gone(c, known);
    }
}

struct changes *changes_find(const struct package *p)
{
    struct changes *c = mem_alloc(1, sizeof *c);
    const struct batch *b = p->batch;
    struct buffer result = {0};

    c->package = p;
    index_before(c);
    for (size_t i = 0; i < b->n_groups; i++) {
        const struct people_group *d = &b->groups[i];
        find_of_owner(
            c,
            (struct owner_changes){
                .scope = d->scope, .id = d->id, .name = d->name, .unit = "", .folder = d->folder},
            &p->results->groups[i].bytes);
    }
    for (size_t i = 0; i < b->n_chosen; i++) {
        const struct person *person = b->chosen[i];
        results_person(p->results, person->number, &result);
        find_of_owner(c,
                      (struct owner_changes){.id = person->id,
                                             .name = person->name,
                                             .unit = person->unit,
                                             .folder = person->folder},
                      &result);
    }
    buffer_clear(&result);
    if (p->scope == BATCH_WHOLE)
        find_removed(c);
    c->any = c->made > 0 || c->n > 0 || c->n_removed > 0;
    return c;
}

void changes_free(struct changes *c)
{
    if (!c)
        return;
    arena_free(&c->arena);
    free(c);
}

void changes_note_stale(const struct package *p, const struct tree_paths *stale)
{
    struct buffer line = {0};
    struct json j = {.out = &line, .flat = true};

    if (stale->n == 0)
        return;
    json_open(&j, NULL, '{');
    json_string(&j, "about", STALE_NOTE);
    json_open(&j, "paths", '[');
    for (size_t i = 0; i < stale->n; i++)
        json_string(&j, NULL, stale->list[i]);
    json_close(&j, ']');
    json_close(&j, '}');
    manifest_note(p->tree->manifest, (const char *)line.data, line.len, p->diag);
    buffer_clear(&line);
}

/* --- on the terminal --- */

/* "综合表 第2页，书面材料 第17—19页" */
static const char *documents_text(const struct owner_changes *o, enum language language,
                                  struct arena *arena)
{
    const char *list = "", *between = language == LANGUAGE_ZH ? "，" : ", ";
    for (size_t i = 0; i < o->n; i++)
        list = arena_printf(arena, "%s%s%s %s", list, i > 0 ? between : "", o->list[i].file,
                            change_pages(&o->list[i], language, arena));
    return list;
}

static void print_owner(const struct owner_changes *o, enum language language, FILE *out)
{
    struct arena arena = {0};
    struct buffer line = {0};
    buffer_puts(&line, "  ");
    buffer_shown(&line, o->kind == CHANGE_GONE ? o->folder
                                               : arena_printf(&arena, "%s %s", o->id, o->name));
    if (o->kind == CHANGE_REPRINT)
        buffer_printf(&line, language == LANGUAGE_ZH ? "：%s" : ": %s",
                      documents_text(o, language, &arena));
    buffer_putc(&line, '\n');
    fwrite(line.data, 1, line.len, out);
    buffer_clear(&line);
    arena_free(&arena);
}

void changes_print(const struct changes *c, FILE *out)
{
    static const char *const heads[CHANGE_KINDS][LANGUAGE_COUNT] = {
        [CHANGE_NEW] = {"package：新增 %zu 人（单位）：\n", "package: %zu are new:\n"},
        [CHANGE_REPRINT] = {"package：%zu 人（单位）的材料要重印：\n",
                            "package: of %zu there are papers to be printed again:\n"},
        [CHANGE_GONE] = {"package：%zu 人（单位）已不在批次中，文件夹是：\n",
                         "package: %zu are no more in the batch; their folders:\n"}};
    enum language language = c->package->options->language;

    for (int k = 0; k < CHANGE_KINDS && !c->first; k++) {
        size_t shown = 0;
        if (c->count[k] > 0)
            fprintf(out, heads[k][language], c->count[k]);
        for (size_t i = 0; i < c->n && shown <= MOST_SHOWN; i++) {
            if ((int)c->list[i].kind != k)
                continue;
            if (shown++ < MOST_SHOWN)
                print_owner(&c->list[i], language, out);
            else
                fputs(language == LANGUAGE_ZH ? "  ……（全部见 " MANIFEST_CHANGES_HTML "）\n"
                                              : "  ... (all of them: " MANIFEST_CHANGES_HTML ")\n",
                      out);
        }
    }
}

/* --- as JSON --- */

void change_json(struct json *j, const struct changes *c, const struct owner_changes *owner,
                 const char *path, const struct result_document *d)
{
    struct arena arena = {0};
    struct change change = changes_of(c, &arena, owner, path, d);
    json_string(j, "change", change.made ? "made" : "unchanged");
    if (is_to_be_printed(c, &change, d))
        json_string(j, "reprint", change.pages ? change.pages : "all");
    arena_free(&arena);
}

void changes_json_removed(struct json *j, const struct changes *c,
                          const struct owner_changes *owner)
{
    struct arena arena = {0};
    const char *key = owner_key(&arena, owner->scope, owner->id);
    for (size_t i = 0; i < c->n_removed; i++) {
        const struct change_removed *removed = &c->removed[i];
        if (strcmp(removed->owner, key))
            continue;
        json_open(j, NULL, '{');
        json_string(j, "kind", removed->kind);
        json_string(j, "file", removed->path);
        json_string(j, "change", "removed");
        json_close(j, '}');
    }
    arena_free(&arena);
}

static void put_change(struct json *j, const struct change *d)
{
    json_open(j, NULL, '{');
    json_string(j, "file", d->path);
    json_string(j, "reprint", d->pages ? d->pages : "all");
    json_integer(j, "pages", (long long)d->n);
    if (d->before > 0 && d->before != d->n)
        json_integer(j, "pages_before", (long long)d->before);
    json_integer(j, "copies", d->copies);
    json_close(j, '}');
}

static void put_owner(struct json *j, const struct owner_changes *o)
{
    static const char *const kinds[] = {"new", "reprint", "gone"};
    json_open(j, NULL, '{');
    json_string(j, "what", batch_scope_word(o->scope));
    json_string(j, "id", o->id);
    json_string(j, "change", kinds[o->kind]);
    if (*o->name)
        json_string(j, "name", o->name);
    if (*o->unit)
        json_string(j, "unit", o->unit);
    json_string(j, "folder", o->folder);
    if (o->n > 0) {
        json_open(j, "documents", '[');
        for (size_t i = 0; i < o->n; i++)
            put_change(j, &o->list[i]);
        json_close(j, ']');
    }
    json_close(j, '}');
}

void changes_json(struct json *j, const struct changes *c)
{
    json_open(j, "changes", '{');
    json_bool(j, "first", c->first);
    json_integer(j, "made", (long long)c->made);
    json_integer(j, "unchanged", (long long)c->unchanged);
    json_integer(j, "removed", (long long)c->n_removed);
    json_open(j, "list", '[');
    for (size_t i = 0; i < c->n; i++)
        put_owner(j, &c->list[i]);
    json_close(j, ']');
    json_close(j, '}');
}
