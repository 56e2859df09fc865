/* package_report.c - what a run of package says: messages, report.json. */
#include "programs/package.h"

#include "core/output.h"
#include "programs/report.h"
#include "record/gather.h"

#include <stdlib.h>
#include <string.h>

const char *package_line(const struct buffer *result, const char *after, size_t *len)
{
    const char *start = (const char *)result->data, *end = start + result->len;
    const char *at = after ? after + *len + 1 : start;

    if (!start || at >= end)
        return NULL;
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    *len = stop ? (size_t)(stop - at) : (size_t)(end - at);
    return at;
}

static void take_findings(const struct json_value *list, struct src_pos home, struct diag *diag)
{
    for (const struct json_value *f = list ? list->children : NULL; f; f = f->next)
        report_take_finding(f, home, diag);
}

/* All that is known of a person or a delegation: check's findings, what kept it from being made, its documents'. */
static void all_findings(const struct buffer *checked, const struct buffer *result, struct src_pos home,
                         struct arena *arena, struct diag *diag)
{
    size_t len = 0;
    if (checked && checked->len > 0)
        take_findings(json_parse(arena, (const char *)checked->data, checked->len), home, diag);
    for (const char *line = NULL; (line = package_line(result, line, &len));) {
        bool document = *line == '+' || *line == '=';
        if (document || *line == '{')
            take_findings(json_member(json_parse(arena, line + document, len - document), "findings"), home, diag);
    }
}

static void count(struct package_counts *counts, const struct diag *diag)
{
    counts->errors += diag->count[SEVERITY_ERROR];
    counts->warnings += diag->count[SEVERITY_WARNING];
    counts->system_faults += diag->system_faults;
}

void package_print_findings(const struct package *p, struct package_counts *counts)
{
    enum language lang = p->options->language;
    const struct gathered *g = NULL;

    diag_print(p->first_pass, lang, stderr);
    count(counts, p->first_pass);
    for (size_t i = 0; i < p->n_people; i++) {
        const struct person *one = &p->people[i];
        struct arena arena = {0};
        struct diag diag = {.context = {one->id, one->name, one->unit, NULL}};
        if (!one->selected)
            continue;
        counts->complete += one->state == PERSON_COMPLETE;
        counts->failed += one->state != PERSON_COMPLETE;
        all_findings(&one->checked, &one->result, one->at, &arena, &diag);
        diag_print(&diag, lang, stderr);
        count(counts, &diag);
        diag_clear(&diag);
        arena_free(&arena);
    }
    if (p->gathering)
        gathering_list(p->gathering, &g);
    for (size_t i = 0; i < p->n_delegations; i++) {
        struct arena arena = {0};
        struct diag diag = {.context = {p->delegations[i].id, p->delegations[i].issuer, "", NULL}};
        all_findings(NULL, &p->delegations[i].result, g[i].at, &arena, &diag);
        diag_print(&diag, lang, stderr);
        count(counts, &diag);
        diag_clear(&diag);
        arena_free(&arena);
    }
    diag_print(p->diag, lang, stderr);
    count(counts, p->diag);
}

static const char *const facts[] = {"pages", "copies", "paper", "seals", "sha256", "partial", NULL};
static const char *const notes[] = {"fitted", "fallback", "ledger", NULL};

static void put_documents(struct json *j, const struct buffer *result)
{
    struct arena arena = {0};
    size_t len = 0;

    json_open(j, "documents", '[');
    for (const char *line = NULL; (line = package_line(result, line, &len));) {
        struct json_value *v = *line == '+' || *line == '=' ? json_parse(&arena, line + 1, len - 1) : NULL;
        if (!v)
            continue;
        json_open(j, NULL, '{');
        json_string(j, "kind", json_member_text(v, "kind"));
        json_string(j, "title", json_member_text(v, "title"));
        json_string(j, "file", json_member_text(v, "path"));
        for (const char *const *f = facts; *f; f++)
            if (json_member(v, *f))
                json_put(j, *f, json_member(v, *f));
        json_close(j, '}');
    }
    json_close(j, ']');
    for (const char *const *n = notes; *n; n++) {
        json_open(j, *n, '[');
        for (const char *line = NULL; (line = package_line(result, line, &len));) {
            const struct json_value *list = *line == '+' || *line == '=' ? json_member(json_parse(&arena, line + 1, len - 1), *n) : NULL;
            for (const struct json_value *v = list ? list->children : NULL; v; v = v->next)
                json_put(j, NULL, v);
        }
        json_close(j, ']');
    }
    arena_free(&arena);
}

/* The first pass's findings about this one; they are in the batch's order, and so are the people. */
static void put_person(struct json *j, const struct package *p, const struct person *one)
{
    struct arena arena = {0};
    struct diag diag = {.context = {one->id, one->name, one->unit, NULL}};

    all_findings(&one->checked, &one->result, one->at, &arena, &diag);
    json_open(j, NULL, '{');
    json_string(j, "id", one->id);
    json_string(j, "name", one->name);
    json_string(j, "unit", one->unit);
    json_string(j, "status", one->state != PERSON_COMPLETE ? "failed" : diag.count[SEVERITY_WARNING] ? "warned" : "ok");
    json_string(j, "folder", one->folder);
    report_findings(j, (const struct diag *const[]){p->first_pass, &diag}, 2, one->id,
                    p->options->report_language);
    put_documents(j, &one->result);
    json_close(j, '}');
    diag_clear(&diag);
    arena_free(&arena);
}

static void write_json(const struct package *p, const struct package_counts *counts, const char *stage,
                       const char *const *stale, size_t n_stale, struct buffer *out)
{
    struct json j = {.out = out};
    const struct gathered *g = NULL;

    json_open(&j, NULL, '{');
    json_integer(&j, "version", 1);
    json_string(&j, "program", "package");
    json_string(&j, "asof", record_asof(p->record));
    json_string(&j, "stage", stage);
    json_open(&j, "counts", '{');
    json_integer(&j, "applicants", (long long)(counts->complete + counts->failed));
    json_integer(&j, "written", (long long)counts->complete);
    json_integer(&j, "failed", (long long)counts->failed);
    json_integer(&j, "errors", (long long)counts->errors);
    json_integer(&j, "warnings", (long long)counts->warnings);
    json_close(&j, '}');
    report_findings(&j, (const struct diag *const[]){p->first_pass, p->diag}, 2, NULL, p->options->report_language);
    json_open(&j, "applicants", '[');
    for (size_t i = 0; i < p->n_people; i++)
        if (p->people[i].selected)
            put_person(&j, p, &p->people[i]);
    json_close(&j, ']');
    if (p->n_delegations > 0) {
        gathering_list(p->gathering, &g);
        json_open(&j, "delegations", '[');
        for (size_t i = 0; i < p->n_delegations; i++) {
            const struct delegated *d = &p->delegations[i];
            struct arena arena = {0};
            struct diag diag = {.context = {d->id, d->issuer, "", NULL}};
            all_findings(NULL, &d->result, g[i].at, &arena, &diag);
            json_open(&j, NULL, '{');
            json_string(&j, "id", d->id);
            json_string(&j, "issuer", d->issuer);
            json_string(&j, "status", !d->complete ? "failed" : diag.count[SEVERITY_WARNING] ? "warned" : "ok");
            json_string(&j, "folder", d->folder);
            report_all_findings(&j, &diag, p->options->report_language);
            put_documents(&j, &d->result);
            json_close(&j, '}');
            diag_clear(&diag);
            arena_free(&arena);
        }
        json_close(&j, ']');
    }
    if (n_stale > 0) {
        json_open(&j, "stale", '[');
        for (size_t i = 0; i < n_stale; i++)
            json_string(&j, NULL, stale[i]);
        json_close(&j, ']');
    }
    json_close(&j, '}');
}

bool package_write_reports(struct package *p, const struct package_counts *counts, const char *stage,
                           const char *const *stale, size_t n_stale)
{
    struct buffer out = {0};
    write_json(p, counts, stage, stale, n_stale, &out);
    bool ok = package_put(p, "report.json", &out, NULL, NULL, NULL);
    if (p->options->report)
        ok = output_write(p->options->report, out.data, out.len, p->diag) && ok;
    buffer_clear(&out);
    return ok;
}

bool package_write_part(struct package *p, const struct package_counts *counts, const char *stage, struct diag *diag)
{
    struct buffer out = {0};
    if (!p->options->report)
        return true;
    write_json(p, counts, stage, NULL, 0, &out);
    bool ok = output_write(p->options->report, out.data, out.len, diag);
    buffer_clear(&out);
    return ok;
}
