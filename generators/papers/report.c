/* report.c - see report.h. */
#include "papers/report.h"

#include "layout/page.h"

#include <stdio.h>
#include <string.h>

static const char *const severities[SEVERITY_COUNT] = {"error", "warning", "info"};

static void write_finding(struct json *j, const struct finding *f, const char *applicant,
                          enum language language)
{
    json_open(j, NULL, '{');
    json_string(j, "rule", f->rule);
    json_string(j, "severity", severities[f->severity]);
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

void report_findings(struct json *j, const struct diag *const *lists, size_t n,
                     const char *applicant, enum language language)
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

void report_fits(struct json *j, const struct pages *pages, bool brief)
{
    if (!brief || (pages && pages->n_fitted)) {
        json_open(j, "fitted", '[');
        for (size_t i = 0; pages && i < pages->n_fitted; i++) {
            json_open(j, NULL, '{');
            json_string(j, "paper", pages->fitted[i].paper);
            json_string(j, "label", pages->fitted[i].label);
            json_number(j, "from", pages->fitted[i].from);
            json_number(j, "to", pages->fitted[i].to);
            json_close(j, '}');
        }
        json_close(j, ']');
    }
    if (!brief || (pages && pages->n_fallback)) {
        json_open(j, "fallback", '[');
        for (size_t i = 0; pages && i < pages->n_fallback; i++) {
            char code[16];
            snprintf(code, sizeof code, "U+%04X", (unsigned)pages->fallback[i].cp);
            json_open(j, NULL, '{');
            json_string(j, "char", code);
            json_string(j, "role", font_role_name(pages->fallback[i].role));
            json_string(j, "face", face_name(pages->fallback[i].face));
            json_close(j, '}');
        }
        json_close(j, ']');
    }
}

static bool is_near(const struct finding *f, struct src_pos home)
{
    return f->at.file && home.file && !strcmp(f->at.file, home.file) && f->at.line >= home.line;
}

bool report_strays(const struct finding *f, struct src_pos home)
{
    return f->at.line > 0 && !is_near(f, home);
}

void report_keep_finding(struct json *j, const struct finding *f, struct src_pos home)
{
    bool near = is_near(f, home);
    json_open(j, NULL, '{');
    json_string(j, "severity", severities[f->severity]);
    if (f->fault == FAULT_SYSTEM)
        json_bool(j, "system", true);
    json_string(j, "rule", f->rule);
    json_string(j, "clause", f->clause);
    json_string(j, "paper", f->paper);
    json_string(j, "label", f->label);
    json_string(j, "field", f->field);
    if (!near)
        json_string(j, "file", f->at.file);
    if (f->at.line > 0)
        json_integer(j, near ? "within" : "line", f->at.line - (near ? home.line : 0));
    json_string(j, "zh", f->text[LANGUAGE_ZH]);
    json_string(j, "en", f->text[LANGUAGE_EN]);
    json_close(j, '}');
}

void report_take_finding(const struct json_value *v, struct src_pos home, struct diag *diag)
{
    const char *severity = json_member_text(v, "severity"), *zh = json_member_text(v, "zh"),
               *en = json_member_text(v, "en");
    const struct json_value *within = json_member(v, "within");
    struct finding f = {.severity = SEVERITY_INFO,
                        .fault = json_member(v, "system") ? FAULT_SYSTEM : FAULT_DATA,
                        .rule = json_member_text(v, "rule"),
                        .clause = json_member_text(v, "clause"),
                        .paper = json_member_text(v, "paper"),
                        .label = json_member_text(v, "label"),
                        .field = json_member_text(v, "field"),
                        .at = {json_member_text(v, "file"), (long)json_member_number(v, "line")},
                        .text = {zh ? zh : "", en ? en : ""}};
    for (int i = 0; i < SEVERITY_COUNT; i++)
        if (severity && !strcmp(severity, severities[i]))
            f.severity = (enum severity)i;
    if (within)
        f.at = (struct src_pos){home.file, home.line + (long)within->number};
    diag_pass(diag, &f);
}

bool report_finding_strays(const struct json_value *v)
{
    return json_member(v, "line") != NULL;
}
