/* package_report.c - what a run of package says: messages, report.json. */
#include "package/package.h"

#include "core/output.h"
#include "papers/report.h"

#include <stdlib.h>
#include <string.h>

static void take_findings(const struct json_value *list, struct src_pos home, struct diag *diag)
{
    for (const struct json_value *f = list ? list->children : NULL; f; f = f->next)
        report_take_finding(f, home, diag);
}

/* What a worker has found: what kept a person or delegation from being made, and of each document.
 */
static void all_findings(const struct buffer *result, struct src_pos home, struct diag *diag)
{
    struct arena arena = {0};
    struct result_reader r;
    struct outcome o;
    struct made m;

    if (result_open(&r, result, &o))
        take_findings(json_parse(&arena, o.findings, o.findings_len), home, diag);
    while (result_next(&r, &m))
        if (m.findings)
            take_findings(json_member(json_parse(&arena, m.line, m.len), "findings"), home, diag);
    arena_free(&arena);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* check lays papers out, too: what both have found is told once. */
static bool known(const struct check_person *p, const struct finding *f)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct finding *g = &p->list[i];
        if (g->at.line == f->at.line && same_text(g->rule, f->rule) &&
            same_text(g->label, f->label) && same_text(g->paper, f->paper) &&
            (same_text(g->text[LANGUAGE_ZH], f->text[LANGUAGE_ZH]) ||
             same_text(g->text[LANGUAGE_EN], f->text[LANGUAGE_EN])))
            return true;
    }
    return false;
}

static void merge_person(struct package *p, const struct person *one, const struct buffer *result)
{
    struct diag diag = {0};

    all_findings(result, one->at, &diag);
    for (size_t i = 0; i < diag.n; i++) {
        struct finding f = diag.list[i];
        f.applicant = one->id;
        f.name = one->name;
        f.unit = one->unit;
        if (f.fault == FAULT_SYSTEM && f.severity == SEVERITY_ERROR)
            diag_pass(p->diag, &f);
        else if (!known(one->found, &f))
            check_add(&p->report, one->found, f, true);
    }
    check_sort(one->found->list, one->found->n);
    diag_clear(&diag);
}

void package_merge_findings(struct package *p)
{
    struct buffer result = {0};

    for (size_t i = 0; i < p->n_chosen; i++) {
        result_of(p, p->chosen[i], &result);
        merge_person(p, p->chosen[i], &result);
    }
    buffer_clear(&result);
    for (size_t i = 0; i < p->n_delegations; i++) {
        struct diag diag = {.context = {p->delegations[i].id, p->delegations[i].issuer, "", NULL}};
        all_findings(&p->delegations[i].result, p->delegations[i].at, &diag);
        for (size_t k = 0; k < diag.n; k++) {
            const struct finding *f = &diag.list[k];
            bool system = f->fault == FAULT_SYSTEM && f->severity == SEVERITY_ERROR;
            diag_pass(system ? p->diag : &p->report.batch, f);
        }
        diag_clear(&diag);
    }
    for (int i = 0; i < SEVERITY_COUNT; i++)
        p->report.count[i] += p->report.batch.count[i];
}

static void print(const struct package *p, const struct finding *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].severity != SEVERITY_INFO) {
            finding_print(&list[i], p->options->language, stderr);
        }
}

void package_print_findings(const struct package *p, struct package_counts *counts)
{
    print(p, p->report.batch.list, p->report.batch.n);
    for (size_t i = 0; i < p->n_chosen; i++) {
        print(p, p->chosen[i]->found->list, p->chosen[i]->found->n);
        counts->complete += p->chosen[i]->state == PERSON_COMPLETE;
        counts->failed += p->chosen[i]->state != PERSON_COMPLETE;
    }
    diag_print(p->diag, p->options->language, stderr);
    counts->system_faults += p->diag->system_faults;
}

static const char *const facts[] = {"pages", "copies", "paper", "seals", "sha256", "partial", NULL};
static const char *const notes[] = {"fitted", "fallback", "ledger", NULL};

/* Of all that was made, line after line: the documents, and then what they say of themselves. */
static void put_documents(struct json *j, const struct package *p, const char *folder,
                          const struct buffer *result)
{
    struct arena arena = {0};
    const struct json_value **lines = NULL;
    size_t n = 0, cap = 0;
    struct result_reader r;
    struct outcome o;
    struct made m;

    json_open(j, "documents", '[');
    result_open(&r, result, &o);
    while (result_next(&r, &m)) {
        const struct json_value *v = json_parse(&arena, m.line, m.len);
        *ARENA_PUSH(&arena, lines, n, cap) = v;
        json_open(j, NULL, '{');
        json_string(j, "kind", json_member_text(v, "kind"));
        json_string(j, "title", json_member_text(v, "title"));
        json_string(j, "file", result_path(p, &arena, folder, &m));
        for (const char *const *f = facts; *f; f++)
            if (json_member(v, *f))
                json_put(j, *f, json_member(v, *f));
        json_close(j, '}');
    }
    json_close(j, ']');
    for (const char *const *name = notes; *name; name++) {
        json_open(j, *name, '[');
        for (size_t i = 0; i < n; i++) {
            const struct json_value *list = json_member(lines[i], *name);
            for (const struct json_value *v = list ? list->children : NULL; v; v = v->next)
                json_put(j, NULL, v);
        }
        json_close(j, ']');
    }
    arena_free(&arena);
}

static void put_findings(struct json *j, const struct finding *list, size_t n,
                         enum language language)
{
    json_open(j, "findings", '[');
    for (size_t i = 0; i < n; i++)
        report_finding(j, &list[i], language);
    json_close(j, ']');
}

static void put_person(struct json *j, const struct package *p, const struct person *one,
                       const struct buffer *result)
{
    json_open(j, NULL, '{');
    json_string(j, "id", one->id);
    json_string(j, "name", one->name);
    json_string(j, "unit", one->unit);
    json_string(j, "status",
                one->state != PERSON_COMPLETE         ? "failed"
                : one->found->count[SEVERITY_WARNING] ? "warned"
                                                      : "ok");
    json_string(j, "folder", one->folder);
    put_findings(j, one->found->list, one->found->n, p->options->report_language);
    put_documents(j, p, one->folder, result);
    json_close(j, '}');
}

static void put_delegation(struct json *j, const struct package *p, const struct delegated *d)
{
    struct diag diag = {.context = {d->id, d->issuer, "", NULL}};
    all_findings(&d->result, d->at, &diag);
    json_open(j, NULL, '{');
    json_string(j, "id", d->id);
    json_string(j, "name", d->issuer);
    json_string(j, "status",
                !d->complete                   ? "failed"
                : diag.count[SEVERITY_WARNING] ? "warned"
                                               : "ok");
    json_string(j, "folder", d->folder);
    put_findings(j, diag.list, diag.n, p->options->report_language);
    put_documents(j, p, d->folder, &d->result);
    json_close(j, '}');
    diag_clear(&diag);
}

/* Those of the batch itself, not of its delegations. */
static void put_batch(struct json *j, const struct package *p)
{
    const struct diag *lists[] = {&p->report.batch, p->diag};
    json_open(j, "findings", '[');
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < lists[l]->n; i++)
            if (!lists[l]->list[i].applicant)
                report_finding(j, &lists[l]->list[i], p->options->report_language);
    json_close(j, ']');
}

static void write_json(struct package *p, const struct package_counts *counts,
                       const char *const *stale, size_t n_stale, struct buffer *out)
{
    struct json j = {.out = out};
    struct buffer result = {0};

    json_open(&j, NULL, '{');
    json_integer(&j, "version", 1);
    json_string(&j, "program", "package");
    json_string(&j, "asof", p->report.asof);
    json_string(&j, "stage", p->report.stage);
    json_open(&j, "counts", '{');
    json_integer(&j, "applicants", (long long)p->n_chosen);
    json_integer(&j, "written", (long long)counts->complete);
    json_integer(&j, "failed", (long long)counts->failed);
    json_integer(&j, "errors", (long long)p->report.count[SEVERITY_ERROR]);
    json_integer(&j, "warnings", (long long)p->report.count[SEVERITY_WARNING]);
    json_integer(&j, "infos", (long long)p->report.count[SEVERITY_INFO]);
    json_close(&j, '}');
    put_batch(&j, p);
    json_open(&j, "applicants", '[');
    for (size_t i = 0; i < p->n_chosen; i++) {
        result_of(p, p->chosen[i], &result);
        put_person(&j, p, p->chosen[i], &result);
    }
    json_close(&j, ']');
    if (p->n_delegations > 0) {
        json_open(&j, "delegations", '[');
        for (size_t i = 0; i < p->n_delegations; i++)
            put_delegation(&j, p, &p->delegations[i]);
        json_close(&j, ']');
    }
    if (n_stale > 0) {
        json_open(&j, "stale", '[');
        for (size_t i = 0; i < n_stale; i++)
            json_string(&j, NULL, stale[i]);
        json_close(&j, ']');
    }
    json_close(&j, '}');
    buffer_clear(&result);
}

/* --- the page --- */

static void add_link(struct check_links *to, const char *path, size_t pages, int copies)
{
    const char *slash = strrchr(path, '/');
    *ARENA_PUSH(&to->arena, to->list, to->n, to->cap) =
        (struct check_document){slash ? slash + 1 : path, path, pages, copies};
}

static void link_documents(const struct package *p, const char *folder, const struct buffer *result,
                           struct check_links *to)
{
    struct result_reader r;
    struct outcome o;
    struct made m;

    result_open(&r, result, &o);
    while (result_next(&r, &m))
        add_link(to, result_path(p, &to->arena, folder, &m), m.pages, (int)m.copies);
}

/* A document's address is its own name in the tree. */
static void link_papers(void *data, size_t person, struct check_links *to)
{
    struct package *p = data;
    struct buffer result = {0};

    if (person < p->n_chosen) {
        result_of(p, p->chosen[person], &result);
        link_documents(p, p->chosen[person]->folder, &result, to);
        buffer_clear(&result);
        return;
    }
    for (size_t i = 0; i < p->n_delegations; i++)
        link_documents(p, p->delegations[i].folder, &p->delegations[i].result, to);
    for (size_t i = 0; i < p->n_prints; i++)
        add_link(to, p->prints[i], 0, 0);
}

static bool put_report(struct package *p, const char *path, struct buffer *bytes)
{
    return package_put(p, &(struct put){.path = path, .bytes = bytes});
}

bool package_write_reports(struct package *p, const struct package_counts *counts,
                           const char *const *stale, size_t n_stale)
{
    struct buffer json = {.spool = package_spool(p, "report.json")},
                  html = {.spool = package_spool(p, "report.html")};

    write_json(p, counts, stale, n_stale, &json);
    p->report.links = link_papers;
    p->report.data = p;
    p->report.language = p->options->report_language;
    check_html(&p->report, &html);
    bool ok = put_report(p, "report.json", &json) && put_report(p, "report.html", &html);
    if (p->options->report)
        ok = output_copy(p->options->report, spool_fd(json.spool), p->diag) && ok;
    spool_free(json.spool);
    spool_free(html.spool);
    buffer_clear(&json);
    buffer_clear(&html);
    return ok;
}

bool package_write_part(struct package *p, const struct package_counts *counts)
{
    struct buffer out = {0};
    bool ok = true;
    if (p->options->report) {
        write_json(p, counts, NULL, 0, &out);
        ok = output_write(p->options->report, out.data, out.len, p->diag);
    }
    buffer_clear(&out);
    return ok;
}
