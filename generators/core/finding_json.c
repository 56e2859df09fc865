/* finding_json.c - see finding_json.h. */
#include "core/finding_json.h"

#include "core/cells.h"
#include "core/paths.h"

#include <string.h>

static const char *const severities[SEVERITY_COUNT] = {"error", "warning", "info"};
static const char *const languages[LANGUAGE_COUNT] = {"zh", "en"};
static bool bilingual;

void finding_json_bilingual(void)
{
    bilingual = true;
}

/* Does its cell hold the field that is at fault, and not a file's name or a row for it? */
static bool has_own_cell(const struct finding *f)
{
    const char *sheet;
    char cell[CELL_NAME];
    return f->field && f->sheet && f->cell &&
           cells_hold(f->at.file, f->at.line, f->field, &sheet, cell) && !strcmp(f->cell, cell);
}

static void write_members(struct json *j, const struct finding *f, const char *applicant,
                          enum language language)
{
    json_string(j, "rule", f->rule);
    json_string(j, "severity", severities[f->severity]);
    json_string(j, "clause", f->clause);
    json_string(j, "applicant", applicant);
    json_string(j, "paper", f->paper);
    json_string(j, "label", f->label);
    json_string(j, "field", f->field);
    json_string(j, "file", f->at.file);
    if (f->sheet) {
        json_string(j, "sheet", f->sheet);
        json_string(j, "cell", f->cell);
        if (has_own_cell(f))
            json_bool(j, "own", true);
    } else if (f->at.line > 0) {
        json_integer(j, "line", f->at.line);
    }
    if (!f->applicant)
        json_string(j, "unit", f->unit);
    json_string(j, "message", f->text[language]);
    for (int other = 0; bilingual && other < LANGUAGE_COUNT; other++)
        if (other != (int)language)
            json_string(j, languages[other], f->text[other]);
}

static void write_finding(struct json *j, const struct finding *f, const char *applicant,
                          enum language language)
{
    json_open(j, NULL, '{');
    write_members(j, f, applicant, language);
    json_close(j, '}');
}

void finding_json_members(struct json *j, const struct finding *f, enum language language)
{
    write_members(j, f, f->applicant, language);
}

void finding_json_write(struct json *j, const struct finding *f, enum language language)
{
    write_finding(j, f, NULL, language);
}

void finding_json_about(struct json *j, const struct diag *const *lists, size_t n,
                        const char *applicant, enum language language)
{
    json_open(j, "findings", '[');
    for (size_t l = 0; l < n; l++)
        for (size_t i = 0; i < lists[l]->n; i++) {
            const char *about = lists[l]->list[i].applicant;
            if (applicant ? about && !strcmp(about, applicant) : !about)
                finding_json_write(j, &lists[l]->list[i], language);
        }
    json_close(j, ']');
}

void finding_json_overlays(struct json *j)
{
    const char *const *dirs = shenbao_overlays();
    if (!*dirs)
        return;
    json_open(j, "overlays", '[');
    for (; *dirs; dirs++)
        json_string(j, NULL, *dirs);
    json_close(j, ']');
}

void finding_json_all(struct json *j, const struct diag *list, enum language language)
{
    json_open(j, "findings", '[');
    for (size_t i = 0; i < list->n; i++)
        write_finding(j, &list->list[i], list->list[i].applicant, language);
    json_close(j, ']');
}

static bool is_near(const struct finding *f, struct src_pos home)
{
    return f->at.file && home.file && !strcmp(f->at.file, home.file) && f->at.line >= home.line;
}

bool finding_strays(const struct finding *f, struct src_pos home)
{
    return f->at.line > 0 && !is_near(f, home);
}

void finding_json_keep(struct json *j, const struct finding *f, struct src_pos home)
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
    json_string(j, "subject", f->subject);
    if (!near)
        json_string(j, "file", f->at.file);
    if (f->at.line > 0)
        json_integer(j, near ? "within" : "line", f->at.line - (near ? home.line : 0));
    else if (f->sheet) {
        json_string(j, "sheet", f->sheet);
        json_string(j, "cell", f->cell);
    }
    json_string(j, "zh", f->text[LANGUAGE_ZH]);
    json_string(j, "en", f->text[LANGUAGE_EN]);
    json_close(j, '}');
}

void finding_json_recall(const struct json_value *v, struct src_pos home, struct diag *diag)
{
    const char *severity = json_member_text(v, "severity"), *zh = json_member_text(v, "zh"),
               *en = json_member_text(v, "en");
    struct finding f = {.severity = SEVERITY_INFO,
                        .fault = json_member(v, "system") ? FAULT_SYSTEM : FAULT_DATA,
                        .rule = json_member_text(v, "rule"),
                        .clause = json_member_text(v, "clause"),
                        .paper = json_member_text(v, "paper"),
                        .label = json_member_text(v, "label"),
                        .field = json_member_text(v, "field"),
                        .subject = json_member_text(v, "subject"),
                        .at = {json_member_text(v, "file"), (long)json_member_count(v, "line")},
                        .sheet = json_member_text(v, "sheet"),
                        .cell = json_member_text(v, "cell"),
                        .text = {zh ? zh : "", en ? en : ""}};
    for (int i = 0; i < SEVERITY_COUNT; i++)
        if (severity && !strcmp(severity, severities[i]))
            f.severity = (enum severity)i;
    if (json_member(v, "within"))
        f.at = (struct src_pos){home.file, home.line + (long)json_member_count(v, "within")};
    diag_pass(diag, &f);
}

bool finding_json_strays(const struct json_value *v)
{
    const char *zh = json_member_text(v, "zh"), *en = json_member_text(v, "en");
    return json_member(v, "line") || !zh || !*zh || !en || !*en;
}
