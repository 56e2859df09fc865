/* package_key.c - what decides whether a document is made anew, and whether an applicant is checked
 * anew: digests of all that it depends on. */
#include "package/package.h"

#include "core/find.h"
#include "dossier/volume.h"
#include "media/media.h"
#include "papers/paper.h"
#include "papers/report.h"
#include "record/canonical.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void key_end(char out[KEY_HEX], struct digest *d)
{
    char sum[DIGEST_HEX];
    digest_end(d, sum);
    memcpy(out, sum, KEY_HEX - 1);
    out[KEY_HEX - 1] = '\0';
}

/* --- what is everybody's --- */

static void add_file(const struct package *p, struct digest *d, const char *path)
{
    char sum[DIGEST_HEX];
    long long bytes;
    digest_text(d, digest_cache_file(p->digests, path, sum, &bytes) ? sum : NULL);
}

/* A file of templates/ that counts by itself: a paper's of its documents, and those that only
 * decide who gets what and what is wrong with it. */
static bool counts_by_itself(const struct package *p, const char *file, const char *leaf)
{
    const struct kit_paper *papers;
    size_t n = kit_papers(p->kit, &papers);
    if (!strncmp(leaf, "rules", 5) || !strcmp(leaf, "package.xml"))
        return true;
    for (size_t i = 0; i < n; i++)
        if (!papers[i].sheet && !press_is_volume(p->press, papers[i].paper) &&
            !strcmp(press_template(p->press, papers[i].paper), file))
            return true;
    return false;
}

void package_common_key(struct package *p, const char *const *templates)
{
    static const char *const patterns[] = {"*.xml", "*.xsd", "*.rng"};
    const struct options *o = p->options;
    const struct option_own *switches;
    size_t n_switches = volume_options(&switches);
    struct digest *d = digest_new(), *all = digest_new();
    char *program = realpath("/proc/self/exe", NULL); /* the version does not say everything */
    digest_text(d, SHENBAO_VERSION);
    add_file(p, d, program ? program : "");
    free(program);
    key_end(p->common.program, d);

    d = digest_new();
    digest_text(d, record_asof(p->record));
    digest_text(d, o->draft ? "draft" : NULL);
    for (size_t i = 0; i < n_switches; i++) {
        digest_text(d, switches[i].argument || !*switches[i].value ? NULL : switches[i].name);
        if (switches[i].argument && *switches[i].value) /* passwords */
            add_file(p, d, *switches[i].value);
    }
    key_end(p->common.options, d);

    d = digest_new();
    for (int r = 0; r < ROLE_COUNT; r++) {
        size_t n;
        const struct font_source *list = fonts_sources(p->fonts, (enum font_role)r, &n);
        for (size_t i = 0; i < n; i++)
            if (list[i].state == FONT_READY) {
                digest_text(d, font_role_name((enum font_role)r));
                add_file(p, d, list[i].file);
            }
    }
    key_end(p->common.fonts, d);

    /* All other files of templates/ count as every document's: they change once a year. */
    d = digest_new();
    digest_text(all, p->report.stage);
    for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++) {
        char **files;
        size_t n = find_files(&p->arena, templates, patterns[k], &files);
        for (size_t i = 0; i < n; i++) {
            const char *leaf = strrchr(files[i], '/') + 1;
            digest_text(all, leaf);
            add_file(p, all, files[i]);
            if (counts_by_itself(p, files[i], leaf))
                continue;
            digest_text(d, leaf);
            add_file(p, d, files[i]);
        }
    }
    key_end(p->common.data, d);
    digest_text(all, p->common.program);
    digest_text(all, p->common.options);
    digest_text(all, p->common.fonts);
    key_end(p->checked, all);
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
        if (report_finding_strays(f))
            words = "findings";
    return words;
}

/* --- an applicant's --- */

/* As they travel. */
struct keys {
    char record[KEY_HEX], files[KEY_HEX], brief[KEY_HEX];
};

/* What the file says, unless it cannot be read: through the cache, or by reading it. */
static bool digest_cited(const struct package *p, const char *dir, const char *href,
                         char out[DIGEST_HEX])
{
    const struct media_limits limits = {0};
    const struct finding where = {0};
    struct diag silent = {0};
    struct media_file file = {0};
    struct stat before, after;
    time_t began = time(NULL);
    bool seen = media_look(dir, href, &before);

    if (seen && digest_cache_find(p->digests, &before, out))
        return true;
    bool ok = seen && media_open(&file, dir, href, &limits, &where, &silent);
    if (ok) {
        digest_hex(file.data, file.size, out);
        media_close(&file);
        if (media_look(dir, href, &after) && digest_cache_same(&before, &after))
            digest_cache_add(p->digests, &after, began, out);
    }
    diag_clear(&silent);
    return ok;
}

/* One that cannot be read is as good as none. false: there is such a one. */
static bool digest_files(const struct package *p, const struct applicant *who, char out[KEY_HEX])
{
    struct arena arena = {0};
    const char **hrefs;
    size_t n = record_hrefs(who, &arena, &hrefs);
    struct digest *d = digest_new();
    bool all = true;

    for (size_t i = 0; i < n; i++) {
        char sum[DIGEST_HEX];
        bool read = *hrefs[i] && digest_cited(p, who->dir, hrefs[i], sum);
        digest_text(d, hrefs[i]);
        digest_text(d, read ? sum : NULL);
        all = all && (read || !*hrefs[i]);
    }
    key_end(out, d);
    arena_free(&arena);
    return all;
}

void package_files_key(const struct package *p, const struct applicant *who, char out[KEY_HEX])
{
    digest_files(p, who, out);
}

/* What the record says, and the files that it cites. */
static bool digest_applicant(const struct package *p, const struct applicant *who,
                             struct keys *keys)
{
    struct digest *d = digest_new();
    record_digest_applicant(d, who);
    key_end(keys->record, d);
    d = digest_new();
    record_digest_brief(d, who, delegation_letter_kind()->elements);
    key_end(keys->brief, d);
    return digest_files(p, who, keys->files);
}

/* --- what check has found --- */

/* What was known of the applicant that is being checked, in its worker. */
static struct {
    bool readable; /* all its files; of others each run looks again what is the matter */
    char key[KEY_HEX];
} checked;

static void put_facts(struct json *j, const struct rules_facts *facts)
{
    struct buffer text = {0};
    for (size_t i = 0; i < facts->n; i++)
        buffer_printf(&text, "%s%zx:%" PRIx64 ":%" PRIx64, i > 0 ? " " : "", facts->list[i].number,
                      facts->list[i].key, facts->list[i].value);
    buffer_putc(&text, '\0');
    json_string(j, "facts", (char *)text.data);
    buffer_clear(&text);
}

static bool take_facts(const char *text, struct rules_facts *facts)
{
    size_t cap = 0;
    for (const char *p = text; p && *p;) {
        struct rules_fact fact;
        int used = 0;
        if (sscanf(p, "%zx:%" SCNx64 ":%" SCNx64 "%n", &fact.number, &fact.key, &fact.value,
                   &used) != 3)
            return false;
        p += used;
        p += *p == ' ';
        if (facts->n == cap) {
            cap = cap ? cap * 2 : 16;
            facts->list = mem_resize(facts->list, cap, sizeof *facts->list);
        }
        facts->list[facts->n++] = fact;
    }
    facts->cap = cap;
    return text != NULL;
}

static bool is_known(const struct package *p, const char *id, const char *key,
                     struct json_value **out, struct arena *arena)
{
    const struct manifest_note *note =
        p->manifest && !p->force ? manifest_noted(p->manifest, id) : NULL;
    struct json_value *line = note ? json_parse(arena, note->line, note->len) : NULL;
    const char *was = json_member_text(line, "key");
    *out = line;
    return was && !strcmp(was, key);
}

bool package_recall(const struct package *p, const struct applicant *who, struct diag *diag,
                    struct rules_facts *facts, struct buffer *more)
{
    struct keys keys;
    struct arena arena = {0};
    struct json_value *line;
    struct digest *d = digest_new();

    checked.readable = digest_applicant(p, who, &keys);
    buffer_add(more, &keys, sizeof keys);
    digest_text(d, p->checked);
    digest_text(d, keys.record);
    digest_text(d, keys.files);
    digest_text(d, who->faulty ? "faulty" : NULL); /* for what stands elsewhere */
    key_end(checked.key, d);
    bool known = checked.readable && is_known(p, who->id, checked.key, &line, &arena) &&
                 take_facts(json_member_text(line, "facts"), facts);
    const struct json_value *list = known ? json_member(line, "findings") : NULL;
    for (const struct json_value *f = list ? list->children : NULL; f; f = f->next)
        report_take_finding(f, who->at, diag);
    if (known) {
        const struct manifest_note *note = manifest_noted(p->manifest, who->id);
        if (!p->dry_run) /* it is this run's, too */
            manifest_note(p->manifest, note->line, note->len, diag);
    } else {
        facts->n = 0;
    }
    arena_free(&arena);
    return known;
}

void package_keep(const struct package *p, const struct applicant *who, const struct diag *diag,
                  const struct rules_facts *facts)
{
    struct buffer line = {0};
    struct json j = {.out = &line, .flat = true};
    struct diag silent = {0};
    bool near = true; /* what is told of another place could be old another time */

    json_open(&j, NULL, '{');
    json_string(&j, "about", who->id);
    json_string(&j, "key", checked.key);
    json_open(&j, "findings", '[');
    for (size_t i = 0; i < diag->n; i++) {
        report_keep_finding(&j, &diag->list[i], who->at);
        near = near && !report_strays(&diag->list[i], who->at);
    }
    json_close(&j, ']');
    put_facts(&j, facts);
    json_close(&j, '}');
    if (!p->dry_run && p->manifest && checked.readable && near && !diag->system_faults)
        manifest_note(p->manifest, (const char *)line.data, line.len, &silent);
    diag_clear(&silent); /* it is only found again */
    buffer_clear(&line);
}

void package_take_keys(struct person *one, const void *more, size_t len)
{
    struct keys keys;
    if (len != sizeof keys)
        return;
    memcpy(&keys, more, sizeof keys);
    memcpy(one->record, keys.record, KEY_HEX);
    memcpy(one->files, keys.files, KEY_HEX);
    memcpy(one->brief, keys.brief, KEY_HEX);
}
