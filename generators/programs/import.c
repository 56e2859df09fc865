/* import.c - inputs of either kind, workbooks or XML, as one batch of XML. */
#include "programs/programs.h"
#include "programs/session.h"
#include "record/join.h"
#include "workbook/scan_dealing.h"

static struct record *open_input(struct session *s, size_t i)
{
    struct record_options one = s->input;
    one.inputs += i;
    one.n_inputs = 1;
    one.made += i;
    one.remarks = i == 0 ? s->input.remarks : NULL;
    return record_open(&one, &s->diag);
}

static int run(struct session *s, const char *scans)
{
    size_t n = s->options.n_inputs;
    struct join_input *inputs = ARENA_ARRAY(&s->arena, struct join_input, n);
    const char *output = s->options.output ? s->options.output : "-";
    bool read = true;
    for (size_t i = 0; i < n; i++) {
        inputs[i].record = open_input(s, i);
        inputs[i].prefix = join_prefix(output, s->options.inputs[i], &s->arena, &s->diag);
        read = read && inputs[i].record;
    }
    struct scan_dealing *o = read
                                 ? scan_dealing_begin(scans, inputs[0].record, s->options.inputs[0],
                                                      s->templates, &s->arena, &s->diag)
                                 : NULL;
    int status = read && !diag_failed(&s->diag) ? record_join(inputs, n, output, &s->diag) : 1;
    scan_dealing_end(o);
    for (size_t i = 0; i < n; i++)
        record_free(inputs[i].record);
    return status;
}

int import_main(int argc, char **argv)
{
    static const char *const purpose[] = {"把一个或几个工作簿、XML 文件合成一批 XML 数据。",
                                          "Joins workbooks and XML files into one batch of XML."};
    const char *scans = NULL;
    const struct option_own own[] = {SCANS_OPTION(&scans)};
    struct session s;
    int status = session_begin(&s, argc, argv, purpose, own, 1);
    if (status >= 0)
        return status;
    if (s.options.n_inputs > 1 && (s.options.n_applicants || s.options.n_units))
        return session_end(&s,
                           options_fault(s.options.language, argv[0], "-a、-u 只用于一个输入文件",
                                         "-a and -u are for one input"));
    if (s.options.n_inputs > 1 && scans)
        return session_end(&s,
                           options_fault(s.options.language, argv[0], "--scans 只用于一个输入文件",
                                         "--scans is for one input"));
    status = session_open(&s) ? run(&s, scans) : 2;
    session_report(&s, "import", status == 0);
    return session_end(&s, status);
}
