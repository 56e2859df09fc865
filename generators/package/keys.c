/* keys.c - see keys.h. */
#include "package/keys.h"

#include "core/find.h"
#include "core/finding_json.h"
#include "core/machine.h"
#include "core/paths.h"
#include "core/strings.h"
#include "core/system_error.h"
#include "core/version.h"
#include "media/media.h"
#include "record/canonical.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static void key_end(char out[KEY_HEX], struct digest *d) /* frees d */
{
    char sum[DIGEST_HEX];
    digest_end(d, sum);
    memcpy(out, sum, KEY_HEX - 1);
    out[KEY_HEX - 1] = '\0';
}

/* --- what is everybody's --- */

/* false: reported. Without its digest nobody would know that it has changed. */
static bool sum_of_file(const struct package *p, const char *path, char sum[DIGEST_HEX])
{
    long long bytes;
    bool ok = digest_cache_file(p->tree->digests, path, DIGEST_LINKS_FOLLOWED, sum, &bytes);
    return ok || diag_errno(p->diag, (struct src_pos){path, 0},
                            "应为可读的普通文件，否则看不出有无变化；无法读取",
                            "it must be a regular file that can be read, or changes would stay "
                            "unseen; cannot be read");
}

static bool add_file(const struct package *p, struct digest *d, const char *path)
{
    char sum[DIGEST_HEX] = "";
    bool ok = sum_of_file(p, path, sum);
    digest_text(d, sum);
    return ok;
}

/* A file of templates/ that counts by itself: a paper's of its documents, and those that only
 * decide who gets what and what is wrong with it. */
static bool counts_by_itself(const struct package *p, const char *file, const char *leaf)
{
    const struct catalogue_paper *papers;
    size_t n = catalogue_papers(p->catalogue, &papers);
    if (!strncmp(leaf, "rules", 5) || !strcmp(leaf, "package.xml") || !strcmp(leaf, "upload.xml") ||
        !strcmp(leaf, "rework.xml"))
        return true;
    for (size_t i = 0; i < n; i++)
        if (papers[i].paper >= 0 && !paper_maker_is_volume(p->maker, papers[i].paper) &&
            !strcmp(paper_maker_template(p->maker, papers[i].paper), file))
            return true;
    return false;
}

static void digest_drawing(char out[KEY_HEX])
{
    struct digest *d = digest_new();
    digest_text(d, SHENBAO_DRAWING);
    key_end(out, d);
}

/* What is found depends on the program as it is: two builds may bear the same version. */
static bool digest_program(const struct package *p, struct digest *checked)
{
    machine_ask_proc();
    return add_file(p, checked, "/proc/self/exe");
}

static bool digest_options(const struct package *p, char out[KEY_HEX])
{
    const struct option_own *switches = p->papers->switches;
    size_t n = p->papers->n_switches;
    struct digest *d = digest_new();
    bool ok = true;

    digest_text(d, record_asof(p->record));
    digest_text(d, p->options->draft ? "draft" : NULL);
    for (size_t i = 0; i < n; i++) {
        digest_text(d, switches[i].argument || !*switches[i].value ? NULL : switches[i].name);
        if (switches[i].argument && *switches[i].value) /* passwords */
            ok = add_file(p, d, *switches[i].value) && ok;
    }
    key_end(out, d);
    return ok;
}

/* A file that is read once, large as it is, for all the roles that it draws. */
struct font_sum {
    const char *file;
    char sum[DIGEST_HEX];
};

/* The files that draw, and the one that says which do and how. */
static bool digest_fonts(const struct package *p, char out[KEY_HEX])
{
    struct arena arena = {0};
    struct digest *d = digest_new();
    const char *list = find_file(&arena, shenbao_font_dirs(p->options->fonts), "fonts.xml");
    bool ok = add_file(p, d, list ? list : "fonts.xml");
    struct font_sum *sums = NULL;
    size_t n_sums = 0, cap = 0;

    for (int r = 0; r < ROLE_COUNT; r++) {
        size_t n;
        const struct font_source *sources = fonts_sources(p->papers->fonts, (enum font_role)r, &n);
        for (size_t i = 0; i < n; i++)
            if (sources[i].state == FONT_READY && !sources[i].copy) {
                size_t k = 0;
                while (k < n_sums && strcmp(sums[k].file, sources[i].file))
                    k++;
                if (k == n_sums) {
                    *ARENA_PUSH(&arena, sums, n_sums, cap) = (struct font_sum){sources[i].file, ""};
                    ok = sum_of_file(p, sources[i].file, sums[k].sum) && ok;
                }
                digest_text(d, font_role_name((enum font_role)r));
                digest_text(d, sums[k].sum);
            }
    }
    arena_free(&arena);
    key_end(out, d);
    return ok;
}

/* What check finds depends on all files of one directory; documents on those alone that do not
 * count by themselves: they change once a year. */
static bool digest_folder(const struct package *p, const char *dir, struct digest *checked,
                          struct digest *drawn)
{
    static const char *const patterns[] = {"*.xml", "*.xsd", "*.rng"};
    const char *const dirs[] = {dir, NULL};
    struct arena arena = {0};
    bool ok = true;

    for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++) {
        char **files;
        size_t n = find_files(&arena, dirs, patterns[k], &files);
        for (size_t i = 0; i < n; i++) {
            const char *leaf = path_leaf(files[i]);
            digest_text(checked, leaf);
            bool there = add_file(p, checked, files[i]);
            ok = ok && there;
            if (!there || counts_by_itself(p, files[i], leaf))
                continue;
            digest_text(drawn, leaf);
            ok = add_file(p, drawn, files[i]) && ok;
        }
    }
    arena_free(&arena);
    return ok;
}

/* One that another takes the place of may be included by it, so all count. */
static bool digest_templates(const struct package *p, struct digest *checked, char out[KEY_HEX])
{
    struct digest *d = digest_new();
    bool ok = true;
    for (const char *const *dir = p->papers->templates; *dir; dir++)
        ok = digest_folder(p, *dir, checked, d) && ok;
    key_end(out, d);
    return ok;
}

struct keys *keys_new(const struct package *p)
{
    struct keys *k = mem_alloc(1, sizeof *k);
    struct key *c = &k->common;
    struct digest *checked = digest_new();

    k->package = p;
    k->people = mem_alloc(p->batch->n_people + 1, sizeof *k->people);
    digest_text(checked, p->own->stage);
    digest_drawing(c->program);
    bool ok = digest_program(p, checked) && digest_options(p, c->options) &&
              digest_fonts(p, c->fonts) && digest_templates(p, checked, c->data);
    digest_text(checked, c->program);
    digest_text(checked, c->options);
    digest_text(checked, c->fonts);
    key_end(k->checked, checked);
    if (ok)
        return k;
    keys_free(k);
    return NULL;
}

void keys_free(struct keys *k)
{
    if (!k)
        return;
    free(k->people);
    free(k);
}

/* --- in the manifest --- */

static const struct {
    const char *name;
    size_t offset;
} parts[] = {
    {"program", offsetof(struct key, program)},   {"options", offsetof(struct key, options)},
    {"fonts", offsetof(struct key, fonts)},       {"data", offsetof(struct key, data)},
    {"template", offsetof(struct key, template)}, {"record", offsetof(struct key, record)},
    {"files", offsetof(struct key, files)},
};
enum { PARTS = sizeof parts / sizeof *parts };

void key_write(struct json *j, const struct key *k)
{
    json_open(j, "key", '{');
    for (size_t i = 0; i < PARTS; i++)
        json_string(j, parts[i].name, (const char *)k + parts[i].offset);
    json_close(j, '}');
}

const char *key_changes(const struct key *k, const struct json_value *line, struct arena *arena)
{
    const struct json_value *key = json_member(line, "key"),
                            *findings = json_member(line, "findings");
    const char *words = NULL;

    for (size_t i = 0; i < PARTS; i++) {
        const char *was = json_member_text(key, parts[i].name);
        if (!was || strcmp(was, (const char *)k + parts[i].offset))
            words = words ? arena_printf(arena, "%s, %s", words, parts[i].name) : parts[i].name;
    }
    for (const struct json_value *f = findings ? findings->children : NULL; f && !words;
         f = f->next)
        if (finding_json_strays(f))
            words = "findings";
    return words;
}

static void read_line(struct result_document *d, const struct manifest_file *file,
                      const struct json_value *line)
{
    const char *media = json_member_text(line, "paper");
    d->state = DOCUMENT_KEPT;
    d->findings = json_member(line, "findings") != NULL;
    d->partial = json_member(line, "partial") != NULL;
    d->pages = (unsigned)json_member_count(line, "pages");
    d->copies = (unsigned)json_member_count(line, "copies");
    snprintf(d->media, sizeof d->media, "%s", media ? media : "");
    memcpy(d->sha256, file->sha256, DIGEST_HEX);
    d->line = file->line;
    d->len = file->len;
}

const char *keys_reason(const struct keys *k, const char *path, const struct key *key, int copies,
                        struct arena *arena, struct result_document *kept)
{
    const struct package *p = k->package;
    const struct manifest_file *file = manifest_find(p->tree->manifest, path);
    const struct json_value *line = file ? json_parse(arena, file->line, file->len) : NULL;
    const char *changes;

    if (!line)
        return "new";
    read_line(kept, file, line);
    if ((changes = key_changes(key, line, arena)))
        return changes;
    if (copies && kept->copies != (unsigned)copies)
        return "copies";
    if (!tree_has(p->tree, path))
        return "altered or missing in the tree";
    return p->own->force ? "forced" : NULL;
}

/* --- an applicant's and a group's --- */

/* The record's part is a digest of one member of each of its applicants' keys. */
static struct key group_key(const struct keys *k, const struct people_group *d, size_t member)
{
    struct key key = k->common;
    struct digest *digest = digest_new();
    for (size_t i = 0; i < d->n; i++)
        if (batch_is_listed(d->members[i], d))
            digest_text(digest, (const char *)&k->people[d->members[i]->number] + member);
    key_end(key.record, digest);
    memset(key.files, '0', KEY_HEX - 1);
    return key;
}

struct key keys_group(const struct keys *k, const struct people_group *d)
{
    return group_key(k, d, offsetof(struct person_key, brief));
}

struct key keys_roster(const struct keys *k, const struct people_group *d)
{
    struct key key = group_key(k, d, offsetof(struct person_key, record));
    memcpy(key.template, key.data, KEY_HEX); /* it is among all the others */
    return key;
}

/* false: there is none, whose state is nothing but zeros. */
static bool look(const char *dir, const char *href, struct stat *st)
{
    bool seen = media_look(dir, href, st);
    if (!seen)
        memset(st, 0, sizeof *st);
    return seen;
}

/* Of a file that can be read: through the cache, or by reading it; else "". before: its state until
 * then. */
static bool digest_cited(const struct package *p, const char *dir, const char *href,
                         struct stat *before, char out[DIGEST_HEX])
{
    const struct media_limits limits = {0};
    const struct finding where = {0};
    struct digest_cache *digests = p->tree->digests;
    struct diag silent = {0};
    struct media_file file = {0};
    struct stat after;
    time_t began = time(NULL);
    bool seen = look(dir, href, before);

    if (seen && digest_cache_find(digests, before, out))
        return true;
    *out = '\0';
    bool ok = seen && media_open(&file, dir, href, &limits, &where, &silent);
    if (ok) {
        digest_hex(file.data, file.size, out);
        media_close(&file);
        if (media_look(dir, href, &after) && digest_cache_same(before, &after))
            digest_cache_add(digests, &after, began, out);
    } else if (silent.system_faults) { /* no key may be made of it */
        errno = 0;
        machine_failed(NULL, silent.list[0].text[LANGUAGE_ZH], silent.list[0].text[LANGUAGE_EN]);
    }
    diag_clear(&silent);
    return ok;
}

/* A file that cannot be read counts as no file. */
static void add_cited(struct digest *d, const char *href, const char *sum)
{
    digest_text(d, href);
    digest_text(d, *sum ? sum : NULL);
}

/* false: there is a file that cannot be read. */
static bool digest_files(const struct package *p, const struct applicant *who, struct arena *arena,
                         struct cited_files *files, char out[KEY_HEX])
{
    struct digest *d = digest_new();
    bool all = true;

    files->n = record_hrefs(who, arena, &files->hrefs);
    files->states = ARENA_ARRAY(arena, struct stat, files->n + 1);
    files->sums = arena_alloc(arena, files->n + 1, sizeof *files->sums);
    for (size_t i = 0; i < files->n; i++) {
        const char *href = files->hrefs[i];
        if (*href && !digest_cited(p, who->dir, href, &files->states[i], files->sums[i]))
            all = false;
        add_cited(d, href, files->sums[i]);
    }
    key_end(out, d);
    return all;
}

/* One that the record of the applicant does not cite, but another part of the batch does, is looked
 * at here. */
static void sum_of(const struct package *p, const struct applicant *who,
                   const struct cited_files *files, const char *href, char sum[DIGEST_HEX])
{
    struct stat before;
    for (size_t i = 0; i < files->n; i++)
        if (!strcmp(files->hrefs[i], href)) {
            memcpy(sum, files->sums[i], DIGEST_HEX);
            return;
        }
    digest_cited(p, who->dir, href, &before, sum);
}

struct key keys_part(const struct keys *k, const struct key *whole, struct digest *recipe,
                     const struct applicant *who, const struct cited_files *files,
                     const char *const *hrefs, size_t n)
{
    struct key key = *whole;
    struct digest *d = digest_new();

    key_end(key.record, recipe);
    for (size_t i = 0; i < n; i++) {
        char sum[DIGEST_HEX];
        sum_of(k->package, who, files, hrefs[i], sum);
        add_cited(d, hrefs[i], sum);
    }
    key_end(key.files, d);
    return key;
}

struct key keys_person(const struct keys *k, const struct person *person,
                       const struct applicant *who, struct arena *arena, struct cited_files *files)
{
    struct key key = k->common;
    memcpy(key.record, k->people[person->number].record, KEY_HEX);
    digest_files(k->package, who, arena, files, key.files);
    return key;
}

const char *keys_changed_file(const struct cited_files *files, const struct applicant *who)
{
    for (size_t i = 0; i < files->n; i++) {
        struct stat now = {0};
        if (*files->hrefs[i])
            look(who->dir, files->hrefs[i], &now);
        if (!digest_cache_same(&files->states[i], &now))
            return files->hrefs[i];
    }
    return NULL;
}

void keys_digest(const struct keys *k, const struct applicant *who, struct arena *arena,
                 struct keys_checked *checked, struct buffer *sent)
{
    struct person_key key;
    char files[KEY_HEX];
    struct digest *record = digest_new(), *brief = digest_new(), *all = digest_new();

    record_digest_applicant(record, who);
    key_end(key.record, record);
    record_digest_brief(brief, who, catalogue_elements(k->package->catalogue));
    key_end(key.brief, brief);
    checked->readable = digest_files(k->package, who, arena, &checked->files, files);
    digest_text(all, k->checked);
    digest_text(all, key.record);
    digest_text(all, files);
    digest_text(all, who->faulty ? "faulty" : NULL); /* for what stands elsewhere */
    key_end(checked->key, all);
    pack_bytes(sent, &key, sizeof key);
}

void keys_learn(struct keys *k, size_t person, const void *sent, size_t len)
{
    struct parcel parcel = parcel_open(sent, len);
    unpack_into(&parcel, &k->people[person], sizeof k->people[person]);
}
