/* package_roster.c - each delegation's roster, as workbook and as PDF: made only when something
 * that it shows has changed, since all applicants are read for it; and in a process of its own,
 * since it is laid out as a whole. */
#include "package/package.h"

#include "papers/report.h"
#include "sheet/roster.h"

#include <string.h>

/* Of one kind, in the process that makes them. */
struct rosters {
    struct package *package;
    unsigned paper; /* the kit's number */
    bool workbook;
    const struct roster_made *made;
    const struct key *key;
    struct buffer *documents; /* what was put: the delegation's number, then as in its result */
    size_t n;
};

/* All its applicants in their order, each with what its own papers depend on. */
static struct key key_of(const struct package *p, const struct delegated *d)
{
    struct key key = p->common;
    struct digest *digest = digest_new();
    for (size_t i = 0; i < p->n_people; i++)
        if (!strcmp(p->people[i].delegation, d->id))
            digest_text(digest, p->people[i].record);
    key_end(key.record, digest);
    memset(key.files, '0', KEY_HEX - 1);
    memcpy(key.template, key.data, KEY_HEX); /* it is among all the others */
    return key;
}

static void describe(struct json *j, const void *data)
{
    const struct rosters *r = data;
    const struct roster_made *made = r->made;
    if (made->pages)
        json_integer(j, "pages", (long long)made->pages);
    json_integer(j, "copies", made->copies);
    json_string(j, "kind", "roster");
    json_string(j, "title", made->title);
    json_string(j, "paper", made->paper);
    json_string(j, "seals", made->seals);
    json_integer(j, "rows", (long long)made->rows);
    if (made->quiet) /* else it is made again, to tell it again */
        key_write(j, r->key);
}

static void put(void *data, const struct roster_made *made)
{
    struct rosters *r = data;
    struct package *p = r->package;
    size_t i = 0;
    while (i < p->n_delegations && strcmp(p->delegations[i].id, made->delegation))
        i++;
    if (i == p->n_delegations)
        return;
    struct key key = key_of(p, &p->delegations[i]);
    struct buffer result = {0};
    struct put what = {.bytes = (struct buffer *)made->bytes,
                       .more = describe,
                       .data = r,
                       .document = {.paper = r->paper,
                                    .workbook = r->workbook,
                                    .pages = (unsigned)made->pages,
                                    .copies = (unsigned)made->copies},
                       .result = &result};
    snprintf(what.document.media, sizeof what.document.media, "%s", made->paper);
    r->made = made;
    r->key = &key;
    what.path = result_path(p, &p->arena, p->delegations[i].folder, &what.document);
    if (package_put(p, &what)) {
        buffer_add(r->documents, &i, sizeof i);
        buffer_add(r->documents, result.data, result.len);
        r->n++;
    }
    buffer_clear(&result);
}

/* The roster as it is, or why it is to be made. */
static struct made look(const struct package *p, const struct delegated *d, unsigned paper,
                        bool workbook, struct arena *arena)
{
    struct made m = {.how = MADE_BEFORE, .paper = paper, .workbook = workbook};
    const char *path = result_path(p, arena, d->folder, &m), *why = NULL;
    const struct manifest_file *f = p->manifest ? manifest_find(p->manifest, path) : NULL;
    struct json_value *line = f ? json_parse(arena, f->line, f->len) : NULL;
    struct key key = key_of(p, d);

    if (!line)
        why = "new";
    else if (!(why = key_changes(&key, line, arena)) && !package_there(p, path))
        why = "altered or missing in the tree";
    if (!why && p->force)
        why = "forced";
    if (why) {
        m.how = MADE_NOT;
        m.line = why;
        m.len = strlen(why);
    } else {
        memcpy(m.sha256, f->sha256, DIGEST_HEX);
        m.pages = (unsigned)json_member_number(line, "pages");
        m.copies = (unsigned)json_member_number(line, "copies");
        const char *media = json_member_text(line, "paper");
        snprintf(m.media, sizeof m.media, "%s", media ? media : "");
        m.line = f->line;
        m.len = f->len;
    }
    return m;
}

/* Are all of the kind there? Then they go into the results; in a dry run also those that are not.
 */
static bool as_they_were(struct package *p, unsigned paper, bool workbook)
{
    struct arena arena = {0};
    struct made *all = ARENA_ARRAY(&arena, struct made, p->n_delegations + 1);
    bool same = true;

    for (size_t i = 0; i < p->n_people; i++)
        same = same && !p->people[i].faulty; /* whose roster is not made, which is to be told */
    for (size_t i = 0; i < p->n_delegations; i++) {
        all[i] = look(p, &p->delegations[i], paper, workbook, &arena);
        same = same && all[i].how == MADE_BEFORE;
    }
    for (size_t i = 0; i < p->n_delegations && (same || p->dry_run); i++) {
        result_add(&p->delegations[i].result, &all[i]);
        p->kept += all[i].how == MADE_BEFORE;
    }
    arena_free(&arena);
    return same || p->dry_run;
}

/* --- the process --- */

/* What comes back: this, the documents, the findings as a JSON array. */
struct returned {
    bool ok;
    size_t n; /* documents */
    size_t findings_len;
};

static void make_alone(void *data, struct buffer *result)
{
    struct rosters *r = data;
    struct package *p = r->package;
    struct roster_wish wish = {p->options, p->record, p->fonts, !r->workbook};
    struct diag found = {.strict = p->options->strict};
    struct buffer documents = {0}, findings = {0};
    struct json j = {.out = &findings, .flat = true};
    struct diag early = *p->diag;

    *p->diag = (struct diag){0};
    r->documents = &documents;
    struct returned back = {.ok = roster_make(&wish, put, r, &found), .n = r->n};
    diag_append(&found, p->diag); /* of putting them */
    *p->diag = early;
    json_open(&j, NULL, '[');
    for (size_t i = 0; i < found.n; i++) {
        json_open(&j, NULL, '{');
        json_string(&j, "applicant", found.list[i].applicant);
        json_string(&j, "name", found.list[i].name);
        json_string(&j, "unit", found.list[i].unit);
        json_open(&j, "of", '[');
        report_keep_finding(&j, &found.list[i], (struct src_pos){0});
        json_close(&j, ']');
        json_close(&j, '}');
    }
    json_close(&j, ']');
    back.findings_len = findings.len;
    buffer_add(result, &back, sizeof back);
    buffer_add(result, documents.data, documents.len);
    buffer_add(result, findings.data, findings.len);
}

/* Into the delegations' results and the manifest, where they were intended already. */
static const unsigned char *take_documents(struct package *p, const unsigned char *at, size_t n)
{
    for (size_t number; n > 0; n--) {
        struct made m;
        memcpy(&number, at, sizeof number);
        memcpy(&m, at + sizeof number, sizeof m);
        m.line = (const char *)at + sizeof number + sizeof m;
        at += sizeof number + sizeof m + m.len;
        result_add(&p->delegations[number].result, &m);
        manifest_take(p->manifest, m.line, m.len);
        p->made += m.how == MADE_ANEW;
        p->kept += m.how == MADE_BEFORE;
    }
    return at;
}

static void take_findings(const char *text, size_t len, struct diag *diag)
{
    struct arena arena = {0};
    const struct json_value *list = json_parse(&arena, text, len);
    for (const struct json_value *v = list ? list->children : NULL; v; v = v->next) {
        diag->context = (struct diag_context){.applicant = json_member_text(v, "applicant"),
                                              .name = json_member_text(v, "name"),
                                              .unit = json_member_text(v, "unit")};
        report_take_finding(json_member(v, "of")->children, (struct src_pos){0}, diag);
    }
    diag->context = (struct diag_context){0};
    arena_free(&arena);
}

/* All rosters of a kind. The workbook's findings and the print's are the same, and each is told
 * once. false: some were not made. */
static bool make(struct package *p, unsigned paper, bool workbook)
{
    enum { MOST_SECONDS = 3600 };
    const struct workers_limits limits = {MOST_SECONDS, (size_t)6 << 30};
    struct rosters r = {.package = p, .paper = paper, .workbook = workbook};
    struct diag found = {.strict = p->options->strict};
    struct buffer result = {0};
    struct returned back = {0};

    if (workers_alone(make_alone, &r, limits, &result) == WORKERS_DONE) {
        memcpy(&back, result.data, sizeof back);
        const unsigned char *at = take_documents(p, result.data + sizeof back, back.n);
        take_findings((const char *)at, back.findings_len, &found);
    } else {
        diag_system(&found, (struct src_pos){0},
                    "制作花名册的进程崩溃或用尽了内存；各人的材料不受影响，请重新运行",
                    "the process that made the rosters died or ran out of memory: the applicants' "
                    "own papers are whole; run again");
    }
    if (!workbook || diag_failed(&found))
        diag_append(p->diag, &found);
    bool ok = back.ok && !diag_failed(&found);
    diag_clear(&found);
    buffer_clear(&result);
    return ok;
}

bool package_make_rosters(struct package *p)
{
    const struct kit_paper *papers;
    size_t n = kit_papers(p->kit, &papers);
    bool ok = true;

    for (unsigned i = 0; i < n; i++)
        if (papers[i].sheet)
            ok = (as_they_were(p, i, true) || make(p, i, true)) && !*p->stopped &&
                 (as_they_were(p, i, false) || make(p, i, false)) && ok;
    return ok;
}
