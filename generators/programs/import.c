/* import.c - inputs of either kind, workbooks or XML, as one batch of XML. */
#include "core/output.h"
#include "core/spool.h"
#include "core/temporary.h"
#include "programs/programs.h"
#include "programs/session.h"
#include "record/join.h"
#include "workbook/scan_dealing.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder of a file, resolved, with a slash behind it; "": it is not to be had. */
static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = path && strcmp(path, "-") ? strrchr(path, '/') : NULL;
    char *named = slash ? arena_strndup(a, path, (size_t)(slash - path) + 1) : arena_strdup(a, "."),
         *real = realpath(named, NULL);
    const char *kept = real ? arena_printf(a, "%s%s", real, strcmp(real, "/") ? "/" : "") : "";
    free(real);
    return kept;
}

/* What stands before hrefs of a file in that folder, for one that is written to another. NULL: they
 * cannot be told from there, since nothing outside its folder is read. */
static const char *prefix_of(const char *output, const char *input)
{
    size_t len = strlen(output);
    return *output && *input && !strncmp(output, input, len) ? input + len : NULL;
}

static struct record *open_input(struct session *s, size_t i)
{
    struct record_options one = s->input;
    one.inputs += i;
    one.n_inputs = 1;
    one.made += i;
    one.remarks = i == 0 ? s->input.remarks : NULL;
    return record_open(&one, &s->diag);
}

/* 0: written; 1: the data are at fault; 2: the system failed. */
static int join(struct session *s, struct join_input *inputs, size_t n)
{
    const char *path = s->options.output ? s->options.output : "-";
    int fd = temporary_open(path, &s->diag), whole = output_temporary(path, &s->diag), status = 2;
    struct spool *people = spool_new(fd), *batch = spool_new(whole);
    struct buffer out = {.spool = batch};
    if (fd >= 0 && whole >= 0) {
        record_join(inputs, n, people, &out, &s->diag);
        buffer_flush(&out);
        if (!spool_ok(people) || !spool_ok(batch))
            output_failed(path, &s->diag);
        else if (diag_failed(&s->diag))
            status = 1;
        else if (output_name(path, spool_fd(batch), &s->diag))
            status = 0;
    }
    buffer_clear(&out);
    spool_free(people);
    spool_free(batch);
    return status;
}

static int run(struct session *s, const char *scans)
{
    size_t n = s->options.n_inputs;
    struct join_input *inputs = ARENA_ARRAY(&s->arena, struct join_input, n);
    const char *output = folder_of(&s->arena, s->options.output);
    bool read = true;
    for (size_t i = 0; i < n; i++) {
        const char *name = s->options.inputs[i];
        inputs[i].record = open_input(s, i);
        inputs[i].prefix = prefix_of(output, folder_of(&s->arena, name));
        read = read && inputs[i].record;
        if (!inputs[i].prefix)
            diag_warn(&s->diag, (struct src_pos){name, 0},
                      "输出文件不在它的文件夹或上级文件夹里，从那里找不到照片和扫描件；请用 -o "
                      "写到那里",
                      "the output is not in its folder or one above, and finds no photos and scans "
                      "from there: write it there with -o");
    }
    struct scan_dealing *o = read
                                 ? scan_dealing_begin(scans, inputs[0].record, s->options.inputs[0],
                                                      s->templates, &s->arena, &s->diag)
                                 : NULL;
    int status = read && !diag_failed(&s->diag) ? join(s, inputs, n) : 1;
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
