/* workbook.c - the intake workbook, blank or with what a batch holds. */
#include "core/paths.h"
#include "programs/programs.h"
#include "programs/scans_option.h"
#include "programs/session.h"
#include "workbook/book_writer.h"

#include <string.h>

static const char *const kinds = "企业|事业单位|机关|社会团体|其他";

/* 1: somebody's data are at fault, and nothing is written. */
static int write_filled(struct session *s, struct book_request *request, const char *scans)
{
    struct record *record = record_open(&s->input, &s->diag);
    int status = 1;
    struct scans_option *o =
        record ? scans_option_begin(scans, record, s->options.inputs[0], s) : NULL;
    if (record && !diag_failed(&s->diag)) {
        request->record = record;
        request->narrowed = s->options.n_applicants || s->options.n_units;
        status = book_write(request, s->options.output, &s->diag) ? 0 : 1;
    }
    scans_option_end(o);
    record_free(record);
    return status;
}

int workbook_main(int argc, char **argv)
{
    static const char *const purpose[] = {
        "制作填报用的工作簿（XLSX）：不给输入文件时是空白的，给了就写入其中的数据。",
        "Writes the workbook to fill in (XLSX): blank, or with what an input holds."};
    const char *mode = "", *kind = "", *single = NULL, *scans = NULL;
    const struct option_own own[] = {
        {"mode",
         "MODE",
         {"只要这种申报方式用的表和列", "only what this way to apply needs"},
         &mode},
        {"kind", kinds, {"只要这种单位用的表和列", "only what this kind of unit needs"}, &kind},
        {"single", NULL, {"只供一个人填", "for one person"}, &single},
        SCANS_OPTION(&scans),
    };
    struct session s;
    int status = session_begin(&s, argc, argv, purpose, own, sizeof own / sizeof *own);
    if (status >= 0)
        return status;
    if (!s.options.output)
        return session_end(&s, options_fault(s.options.language, argv[0], "请用 -o 指定文件名",
                                             "name the file: -o FILE"));
    if (s.options.input_named && (*mode || *kind || single))
        return session_end(&s, options_fault(s.options.language, argv[0],
                                             "--mode、--kind、--single 只用于空白工作簿",
                                             "--mode, --kind and --single are for a blank one"));
    if (scans && s.options.n_inputs != 1)
        return session_end(&s,
                           options_fault(s.options.language, argv[0], "--scans 只用于一个输入文件",
                                         "--scans is for one input"));
    if (!s.options.input_named)
        s.options.n_inputs = 0;
    bool open = session_open(&s);
    if (open && *mode && !profile_lists(s.profile, "mode", mode))
        return session_end(&s, options_fault(s.options.language, argv[0], "通知里没有申报方式“%s”",
                                             "the notice has no way to apply called '%s'", mode));
    struct book_template *form = open ? session_book_form(&s) : NULL;
    struct book_request request = {
        .form = form,
        .profile = open && strcmp(s.profile->name, SHENBAO_PROFILE) ? s.profile->name : "",
        .mode = mode,
        .kind = kind,
        .single = single != NULL,
        .modes = s.options.input_named || !open ? NULL : profile_list(s.profile, "mode")};
    if (!form)
        return session_end(&s, 2);
    if (s.options.input_named)
        return session_end(&s, write_filled(&s, &request, scans));
    return session_end(&s, book_write(&request, s.options.output, &s.diag) ? 0 : 2);
}
