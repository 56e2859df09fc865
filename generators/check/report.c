/* report.c - see report.h. Text and JSON; the page is report_html.c. */
#include "check/report.h"

#include "core/finding_json.h"
#include "core/output.h"
#include "record/id_number.h"

#include <stdlib.h>
#include <string.h>

bool check_has(const struct finding *list, size_t n, const struct finding *f)
{
    bool each_paper = f->rule && f->paper && !strcmp(f->rule, "R79"); /* what does not fit */
    for (size_t i = 0; i < n; i++)
        if (finding_same(&list[i], f) &&
            (!each_paper || (list[i].paper && !strcmp(list[i].paper, f->paper))))
            return true;
    return false;
}

void check_add(struct check_report *r, struct check_person *p, struct finding f, bool show_ids)
{
    struct arena *a = &r->batch.arena;
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        if (f.text[l])
            f.text[l] = show_ids ? arena_strdup(a, f.text[l]) : id_number_mask(a, f.text[l]);
    const char **const often[] = {&f.rule,    &f.clause,  &f.paper, &f.label, &f.field,
                                  &f.subject, &f.at.file, &f.sheet, &f.cell};
    for (size_t i = 0; i < sizeof often / sizeof *often; i++)
        *often[i] = intern(&r->strings, a, *often[i]);
    f.applicant = p->id;
    f.name = p->name;
    f.unit = p->unit;
    if (p->n == p->cap) { /* most have a few: room for so many, and none left behind */
        p->cap += p->cap / 2 + 2;
        p->list = mem_resize(p->list, p->cap, sizeof *p->list);
    }
    p->list[p->n++] = f;
    p->count[f.severity]++;
    r->count[f.severity]++;
}

/* Stable: within a severity the order of the rules stays. */
void check_sort(struct finding *list, size_t n)
{
    struct finding *sorted = mem_alloc(n + 1, sizeof *sorted);
    size_t k = 0;
    for (int s = 0; s < SEVERITY_COUNT; s++)
        for (size_t i = 0; i < n; i++)
            if ((int)list[i].severity == s)
                sorted[k++] = list[i];
    if (n)
        memcpy(list, sorted, n * sizeof *list);
    free(sorted);
}

const struct finding **check_findings(const struct check_report *r, size_t *n)
{
    size_t all = r->batch.n;
    for (size_t p = 0; p < r->n; p++)
        all += r->people[p].n;
    const struct finding **list = mem_alloc(all + 1, sizeof *list);
    *n = 0;
    for (size_t p = 0; p <= r->n; p++) /* the batch, then each of its people */
        for (size_t i = 0; i < (p ? r->people[p - 1].n : r->batch.n); i++)
            list[(*n)++] = p ? &r->people[p - 1].list[i] : &r->batch.list[i];
    return list;
}

void check_clear(struct check_report *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->people[i].list);
    diag_clear(&r->batch);
    intern_clear(&r->strings);
}

static void write_text(const struct check_report *r, struct buffer *out)
{
    size_t n;
    const struct finding **list = check_findings(r, &n);
    for (size_t i = 0; i < n; i++)
        if (!r->quiet || list[i]->severity == SEVERITY_ERROR ||
            (r->strict && list[i]->severity == SEVERITY_WARNING))
            finding_write(list[i], r->language, out);
    free(list);
    buffer_printf(
        out,
        r->language == LANGUAGE_ZH ? "共%zu人：错误%zu，警告%zu，提示%zu\n"
                                   : "%zu applicants: %zu errors, %zu warnings, %zu notes\n",
        r->n, r->count[SEVERITY_ERROR], r->count[SEVERITY_WARNING], r->count[SEVERITY_INFO]);
}

const char *check_status(bool failed, const size_t count[SEVERITY_COUNT])
{
    return failed ? "failed" : count[SEVERITY_WARNING] ? "warned" : "ok";
}

void check_json_counts(struct json *j, const size_t count[SEVERITY_COUNT])
{
    json_integer(j, "errors", (long long)count[SEVERITY_ERROR]);
    json_integer(j, "warnings", (long long)count[SEVERITY_WARNING]);
    json_integer(j, "infos", (long long)count[SEVERITY_INFO]);
}

void check_json_findings(struct json *j, const struct finding *list, size_t n,
                         enum language language)
{
    json_open(j, "findings", '[');
    for (size_t i = 0; i < n; i++)
        finding_json_write(j, &list[i], language);
    json_close(j, ']');
}

static void write_json(const struct check_report *r, struct buffer *out)
{
    struct json j = {.out = out};
    json_open(&j, NULL, '{');
    json_integer(&j, "version", 1);
    json_string(&j, "program", "check");
    json_string(&j, "asof", r->asof);
    json_string(&j, "stage", r->stage);
    json_open(&j, "counts", '{');
    json_integer(&j, "applicants", (long long)r->n);
    check_json_counts(&j, r->count);
    json_close(&j, '}');
    finding_json_overlays(&j);
    check_json_findings(&j, r->batch.list, r->batch.n, r->language);
    check_json_common(&j, r);
    json_open(&j, "applicants", '[');
    for (size_t i = 0; i < r->n; i++) {
        const struct check_person *p = &r->people[i];
        bool failed = p->count[SEVERITY_ERROR] || (r->strict && p->count[SEVERITY_WARNING]);
        json_open(&j, NULL, '{');
        json_string(&j, "id", p->id);
        json_string(&j, "name", p->name);
        json_string(&j, "unit", p->unit);
        json_string(&j, "status", check_status(failed, p->count));
        check_json_findings(&j, p->list, p->n, r->language);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
}

bool check_write(const struct check_report *r, const char *format, const char *path,
                 struct diag *diag)
{
    struct buffer out = {0};
    struct check_report grouped;
    /* the page has a table of what several have in common beside what is said of each */
    bool json = !strcmp(format, "json"), group = !strcmp(format, "text") && !r->all;
    if (group)
        check_group(r, &grouped);
    if (json)
        write_json(r, &out);
    else if (!strcmp(format, "html"))
        check_html(r, &out);
    else
        write_text(group ? &grouped : r, &out);
    if (group)
        check_group_clear(&grouped);
    bool ok = output_write(path, out.data, out.len, diag);
    buffer_clear(&out);
    return ok;
}
