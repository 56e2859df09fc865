/* check.c - the preflight: all that would send the packages back, before anything is printed. */
#include "check/preflight.h"
#include "core/expected.h"
#include "papers/paper_options.h"
#include "programs/programs.h"
#include "programs/session.h"
#include "record/input.h"
#include "workbook/book_marker.h"

#include <stdlib.h>
#include <string.h>

struct check_options {
    const char *format, *stage, *only, *except, *show_ids, *all, *split, *excerpts;
    struct binder_options binding; /* its passwords alone */
};

/* The workbook again, with what was found in it. */
static void write_marked(struct session *s, const struct check_report *report)
{
    const struct input *in = &s->read[0];
    int fd = input_open(in, &s->diag);
    size_t n;
    const struct finding **list = check_findings(report, &n);
    if (fd >= 0) {
        book_mark(fd, in->name, list, n, report->language, s->options.language, s->options.output,
                  &s->diag);
        input_close(in, fd);
    }
    free(list);
}

static void write_reports(struct session *s, const struct check_options *own,
                          struct check_report *report)
{
    const struct options *o = &s->options;
    report->language = strcmp(own->format, "text") ? o->report_language : o->language;
    if (!strcmp(own->format, "xlsx"))
        write_marked(s, report);
    else if (!strcmp(own->split, "unit"))
        check_write_units(report, own->format, o->output, &s->diag);
    else
        check_write(report, own->format, o->output ? o->output : "-", &s->diag);
    report->language = o->report_language;
    if (o->report)
        check_write(report, "json", o->report, &s->diag);
}

static int run(struct session *s, const struct check_options *own)
{
    const struct options *o = &s->options;
    const struct rules_options chosen = {.dirs = s->templates,
                                         .profile = s->profile,
                                         .fonts = s->fonts,
                                         .tables = s->tables,
                                         .passwords = own->binding.passwords,
                                         .n_passwords = own->binding.n_passwords,
                                         .only = own->only,
                                         .except = own->except,
                                         .show_ids = own->show_ids != NULL,
                                         .stage = strcmp(own->stage, "submit") ? STAGE_PREPARE
                                                                               : STAGE_SUBMIT};
    struct check_report report = {
        .stage = own->stage, .strict = o->strict, .quiet = o->quiet, .all = own->all != NULL};
    struct diag first_pass = {0};
    struct record *record = NULL;
    struct rules *rules = rules_load(&chosen, &s->diag);
    struct sections *sections =
        rules ? sections_load(s->templates, s->profile->volume_names, &s->diag) : NULL;
    struct preflight preflight = {.options = o,
                                  .rules = rules,
                                  .tables = s->tables,
                                  .sections = sections,
                                  .show_ids = own->show_ids != NULL,
                                  .whole = true};

    preflight.languages[o->language] = true;
    if (o->report || strcmp(own->format, "text"))
        preflight.languages[o->report_language] = true;
    if (o->bilingual)
        preflight.languages[LANGUAGE_ZH] = preflight.languages[LANGUAGE_EN] = true;
    if (sections) {
        preflight_distribute(&preflight, &report, &s->diag); /* what templates are objected to */
        diag_clear(&s->diag);
        s->input.resume = true;
        record = record_open(&s->input, &first_pass);
        if (preflight_batch(&preflight, record, &report, &first_pass, &s->diag))
            write_reports(s, own, &report);
        if (record && own->excerpts)
            session_write_excerpts(s, record);
    }
    int status =
        report.count[SEVERITY_ERROR] || (o->strict && report.count[SEVERITY_WARNING]) ? 1 : 0;
    record_free(record);
    rules_free(rules);
    sections_free(sections);
    check_clear(&report);
    diag_clear(&first_pass);
    return status;
}

/* A workbook that cannot be opened is reported in the format asked for, as XML that cannot be read
 * is; where it was to be marked, as a message. */
static void report_unreadable(struct session *s, const struct check_options *own)
{
    const struct options *o = &s->options;
    struct check_report report = {.stage = own->stage,
                                  .strict = o->strict,
                                  .quiet = o->quiet,
                                  .language = o->report_language};
    if (s->diag.system_faults)
        return;
    diag_append(&report.batch, &s->diag);
    for (int i = 0; i < SEVERITY_COUNT; i++)
        report.count[i] = report.batch.count[i];
    if (strcmp(own->format, "xlsx")) {
        diag_clear(&s->diag);
        write_reports(s, own, &report);
    } else if (o->report) {
        check_write(&report, "json", o->report, &s->diag);
    }
    check_clear(&report);
}

int check_main(int argc, char **argv)
{
    static const char *const purpose[] = {"核查会使材料被退回的一切问题。",
                                          "Reports all that would send the packages back."};
    struct check_options own = {.format = "text", .stage = "prepare", .split = "batch"};
    const struct option_own table[] = {
        {"format",
         "text|json|html|xlsx",
         {"报告的格式（text）；xlsx 把问题标在工作簿上",
          "what the report is (text); xlsx marks the workbook"},
         &own.format},
        {"stage",
         "prepare|submit",
         {"付印前（默认）或寄送前", "before printing (the default), or before mailing"},
         &own.stage},
        {"rules", "LIST", {"只查这几条规则：R18,R68", "only these rules: R18,R68"}, &own.only},
        {"no-rules", "LIST", {"除这几条规则外都查", "all rules but these"}, &own.except},
        {"all",
         NULL,
         {"多人相同的问题也逐人列出", "each applicant of what many have in common, too"},
         &own.all},
        {"split",
         "batch|unit",
         {"全批一份报告（默认），或每个单位一份（-o 为目录）",
          "one report (the default), or one of each unit (-o is a directory)"},
         &own.split},
        {"show-ids", NULL, {"身份证号不遮盖", "ID numbers in full"}, &own.show_ids},
        password_option(&own.binding.password_file),
        {"excerpts",
         "FILE",
         {"（内部）把工作簿里各人的数据分开写到这里，供 --svg 只读一人",
          "(internal) writes each person's share of the workbook there, for --svg of one alone"},
         &own.excerpts},
    };
    struct session s;
    int status = session_begin(&s, argc, argv, purpose, table, sizeof table / sizeof *table);
    if (status >= 0)
        return status;
    s.excerpts_to = own.excerpts;
    expect_output("--excerpts", own.excerpts, s.options.output);
    if (!strcmp(own.split, "unit") && !s.options.output) {
        diag_system(&s.diag, (struct src_pos){0}, "--split 须用 -o 指定目录",
                    "--split needs a directory: -o DIR");
        return session_end(&s, 2);
    }
    bool marked = !strcmp(own.format, "xlsx");
    if (marked && (!s.options.output || s.options.n_inputs != 1 || strcmp(own.split, "batch") ||
                   !strcmp(s.options.inputs[0], "-")))
        return session_end(
            &s, options_fault(s.options.language, argv[0],
                              "--format xlsx 用于一个工作簿文件，并用 -o 指定另存的文件名",
                              "--format xlsx is for one workbook file, and -o names "
                              "the file to write"));
    bool ready = session_open(&s) && session_open_fonts(&s) &&
                 binder_options_read(&own.binding, &s.arena, &s.diag);
    if (ready && marked && !session_has_book(&s))
        return session_end(&s, options_fault(s.options.language, argv[0],
                                             "--format xlsx 只能标在工作簿上；XML 可先用 shenbao "
                                             "workbook 写成工作簿",
                                             "--format xlsx marks a workbook: make one of the XML "
                                             "with shenbao workbook first"));
    if (s.unreadable)
        report_unreadable(&s, &own);
    return session_end(&s, ready ? run(&s, &own) : 2);
}
