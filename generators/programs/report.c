/* report.c - see report.h. */
#include "programs/report.h"

#include <string.h>

static void write_finding(struct json *j, const struct finding *f, const char *applicant, enum language language)
{
    static const char *const severity[SEVERITY_COUNT] = {"error", "warning", "info"};

    json_open(j, NULL, '{');
    json_string(j, "rule", f->rule);
    json_string(j, "severity", severity[f->severity]);
    json_string(j, "clause", f->clause);
    json_string(j, "applicant", applicant);
    json_string(j, "paper", f->paper);
    json_string(j, "label", f->label);
    json_string(j, "field", f->field);
    json_string(j, "file", f->at.file);
    if (f->at.line > 0)
        json_integer(j, "line", f->at.line);
    if (!f->applicant)
        json_string(j, "unit", f->unit);
    json_string(j, "message", f->text[language]);
    json_close(j, '}');
}

void report_finding(struct json *j, const struct finding *f, enum language language)
{
    write_finding(j, f, NULL, language);
}

void report_findings(struct json *j, const struct diag *const *lists, size_t n, const char *applicant,
                     enum language language)
{
    json_open(j, "findings", '[');
    for (size_t l = 0; l < n; l++)
        for (size_t i = 0; i < lists[l]->n; i++) {
            const char *about = lists[l]->list[i].applicant;
            if (applicant ? about && !strcmp(about, applicant) : !about)
                report_finding(j, &lists[l]->list[i], language);
        }
    json_close(j, ']');
}

void report_all_findings(struct json *j, const struct diag *list, enum language language)
{
    json_open(j, "findings", '[');
    for (size_t i = 0; i < list->n; i++)
        write_finding(j, &list->list[i], list->list[i].applicant, language);
    json_close(j, ']');
}
