/* check_report.c - see check_report.h. Text and JSON; the page is check_html.c. */
#include "check/check_report.h"

#include "papers/report.h"

#include <stdlib.h>
#include <string.h>

static void print_list(const struct check_report *r, const struct finding *list, size_t n,
                       FILE *out)
{
    for (size_t i = 0; i < n; i++) {
        if (r->quiet && list[i].severity == SEVERITY_INFO)
            continue;
        finding_print(&list[i], r->language, out);
    }
}

void check_text(const struct check_report *r, struct buffer *out)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);

    if (!f) {
        fputs("shenbao: out of memory\n", stderr);
        exit(2);
    }
    print_list(r, r->batch.list, r->batch.n, f);
    for (size_t i = 0; i < r->n; i++)
        print_list(r, r->people[i].list, r->people[i].n, f);
    fprintf(f,
            r->language == LANGUAGE_ZH ? "共%zu人：错误%zu，警告%zu，提示%zu\n"
                                       : "%zu applicants: %zu errors, %zu warnings, %zu notes\n",
            r->n, r->count[SEVERITY_ERROR], r->count[SEVERITY_WARNING], r->count[SEVERITY_INFO]);
    fclose(f);
    buffer_add(out, text, len);
    free(text);
}

static void json_counts(struct json *j, const size_t count[SEVERITY_COUNT])
{
    json_integer(j, "errors", (long long)count[SEVERITY_ERROR]);
    json_integer(j, "warnings", (long long)count[SEVERITY_WARNING]);
    json_integer(j, "infos", (long long)count[SEVERITY_INFO]);
}

static void json_list(struct json *j, const struct finding *list, size_t n, enum language language)
{
    json_open(j, "findings", '[');
    for (size_t i = 0; i < n; i++)
        report_finding(j, &list[i], language);
    json_close(j, ']');
}

void check_json(const struct check_report *r, struct buffer *out)
{
    struct json j = {.out = out};
    json_open(&j, NULL, '{');
    json_integer(&j, "version", 1);
    json_string(&j, "program", "check");
    json_string(&j, "asof", r->asof);
    json_string(&j, "stage", r->stage);
    json_open(&j, "counts", '{');
    json_integer(&j, "applicants", (long long)r->n);
    json_counts(&j, r->count);
    json_close(&j, '}');
    json_list(&j, r->batch.list, r->batch.n, r->language);
    json_open(&j, "applicants", '[');
    for (size_t i = 0; i < r->n; i++) {
        const struct check_person *p = &r->people[i];
        bool failed = p->count[SEVERITY_ERROR] || (r->strict && p->count[SEVERITY_WARNING]);
        json_open(&j, NULL, '{');
        json_string(&j, "id", p->id);
        json_string(&j, "name", p->name);
        json_string(&j, "unit", p->unit);
        json_string(&j, "status", failed ? "failed" : p->count[SEVERITY_WARNING] ? "warned" : "ok");
        json_list(&j, p->list, p->n, r->language);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
}
