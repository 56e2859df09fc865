/* workbook.c - the intake workbook, blank or with what a batch holds. */
#include "core/expected.h"
#include "core/paths.h"
#include "programs/programs.h"
#include "programs/session.h"
#include "workbook/book_writer.h"
#include "workbook/field_edit.h"
#include "workbook/scan_dealing.h"

#include <string.h>

static const char *const kinds = "企业|事业单位|机关|社会团体|其他";

/* 1: somebody's data are at fault, and nothing is written. */
static int write_filled(struct session *s, struct book_request *request, const char *scans)
{
    struct record *record = record_open(&s->input, &s->diag);
    int status = 1;
    struct scan_dealing *o = record ? scan_dealing_begin(scans, record, s->options.inputs[0],
                                                         s->templates, &s->arena, &s->diag)
                                    : NULL;
    if (record && !diag_failed(&s->diag)) {
        request->record = record;
        request->narrowed = s->options.n_applicants || s->options.n_units;
        status = book_write(request, s->options.output, &s->diag) ? 0 : 1;
    }
    scan_dealing_end(o);
    record_free(record);
    return status;
}

/* The workbook's own data, for fields that are said by person and path: what is wrong with them is
 * not asked here. *record NULL: the cells alone are known. false: they could not be read, which is
 * the machine's fault, and reported. */
static bool open_silently(struct session *s, struct record **record)
{
    struct diag silent = {0};
    *record = session_open(s) ? record_open(&s->input, &silent) : NULL;
    if (silent.system_faults)
        diag_append(&s->diag, &silent);
    diag_clear(&silent);
    return !s->diag.system_faults;
}

static bool is_by_field(const struct field_edits *edits)
{
    for (size_t i = 0; i < edits->n; i++)
        if (edits->list[i].field)
            return true;
    return false;
}

/* Where fields are named, cells are of the very file that the record was read from. */
static int write_edited(struct session *s, const struct field_edits *edits)
{
    bool by_field = is_by_field(edits);
    struct input own;
    struct record *record = NULL;
    struct cell_edit *cells;
    size_t n;
    if (by_field && !strcmp(s->options.inputs[0], "-")) {
        diag_system(&s->diag, (struct src_pos){"-", 0},
                    "按字段改正要把工作簿读两遍，不能从管道读；请给出文件名",
                    "is read twice where a field is named, and so not from a pipe: name the file");
        return 2;
    }
    if (by_field && !open_silently(s, &record))
        return 2;
    const struct input *in = s->read ? &s->read[0] : &own;
    if (!s->read && !input_init(&own, s->options.inputs[0], &s->arena, &s->diag))
        return 2;
    int fd = input_open(in, &s->diag);
    bool ok = fd >= 0 && expected_outputs(&s->diag) &&
              field_edits_place(edits, record, &cells, &n, &s->arena, &s->diag) &&
              cell_edit_write(fd, in->name, cells, n, s->options.output, &s->diag);
    if (fd >= 0)
        input_close(in, fd);
    if (!s->read)
        input_clear(&own);
    record_free(record);
    return ok ? 0 : 1;
}

/* What was given on the command line; NULL, and "" of mode and kind: it was not. */
struct given {
    const char *mode, *kind, *single, *scans, *set, *was, *corrections;
};

static int correct(struct session *s, const struct given *given)
{
    struct field_edit one;
    struct field_edits edits = {0};
    if (!s->options.input_named || s->options.n_inputs != 1 || (given->set && given->corrections) ||
        (!given->corrections && !field_edit_parse(given->set, &one, &s->arena)))
        return options_fault(s->options.language, "workbook",
                             "--set 写成 表名!单元格=内容 或 编号:字段=内容，并给出一个工作簿",
                             "--set is written SHEET!CELL=TEXT or ID:FIELD=TEXT, for one workbook");
    if (given->corrections)
        return field_edits_read(given->corrections, &edits, &s->arena, &s->diag)
                   ? write_edited(s, &edits)
                   : 1;
    one.was = given->was;
    edits = (struct field_edits){&one, 1, 1};
    return write_edited(s, &edits);
}

static int write_book(struct session *s, const struct given *given)
{
    if (!s->options.input_named)
        s->options.n_inputs = 0;
    bool open = session_open(s);
    if (open && *given->mode && !profile_lists(s->profile, "mode", given->mode))
        return options_fault(s->options.language, "workbook", "通知里没有申报方式“%s”",
                             "the notice has no way to apply called '%s'", given->mode);
    struct book_template *form = open ? session_book_form(s) : NULL;
    if (!form)
        return 2;
    struct book_request request = {
        .form = form,
        .profile = strcmp(s->profile->name, SHENBAO_PROFILE) ? s->profile->name : "",
        .mode = given->mode,
        .kind = given->kind,
        .single = given->single != NULL,
        .modes = s->options.input_named ? NULL : profile_list(s->profile, "mode")};
    if (*given->mode)
        book_offer(form, request.modes, given->mode, &s->arena);
    return s->options.input_named ? write_filled(s, &request, given->scans)
           : book_write(&request, s->options.output, &s->diag) ? 0
                                                               : 2;
}

/* What is asked for, where it goes together. */
static int run(struct session *s, const struct given *given)
{
    enum language language = s->options.language;
    if (!s->options.output)
        return options_fault(language, "workbook", "请用 -o 指定文件名", "name the file: -o FILE");
    if (s->options.input_named && (*given->mode || *given->kind || given->single))
        return options_fault(language, "workbook", "--mode、--kind、--single 只用于空白工作簿",
                             "--mode, --kind and --single are for a blank one");
    if (given->scans && s->options.n_inputs != 1)
        return options_fault(language, "workbook", "--scans 只用于一个输入文件",
                             "--scans is for one input");
    int status =
        given->set || given->was || given->corrections ? correct(s, given) : write_book(s, given);
    session_report(s, "workbook", status == 0);
    return status;
}

int workbook_main(int argc, char **argv)
{
    static const char *const purpose[] = {
        "制作填报用的工作簿（XLSX）：不给输入文件时是空白的，给了就写入其中的数据。",
        "Writes the workbook to fill in (XLSX): blank, or with what an input holds."};
    struct given given = {.mode = "", .kind = ""};
    const struct option_own own[] = {
        {"mode",
         "MODE",
         {"只要这种申报方式用的表和列", "only what this way to apply needs"},
         &given.mode},
        {"kind",
         kinds,
         {"只要这种单位用的表和列", "only what this kind of unit needs"},
         &given.kind},
        {"single", NULL, {"只供一个人填", "for one person"}, &given.single},
        SCANS_OPTION(&given.scans),
        {"set",
         "CELL=TEXT",
         {"把工作簿的这一格改为这段文字，其余照旧，如 人员!D7=男 或 A003:person/sex=男",
          "gives this cell this text, and keeps all else: 人员!D7=男, or A003:person/sex=男"},
         &given.set},
        {"was",
         "TEXT",
         {"只在这一格原来是这段文字时才改", "only if the cell holds this text"},
         &given.was},
        {"corrections",
         "FILE",
         {"文件里的各处改正，每行一条 JSON；原来的内容已不同的不改，并说明",
          "the corrections of a file, a line of JSON each; those of which the field holds another "
          "text by now are told"},
         &given.corrections},
    };
    struct session s;
    int status = session_begin(&s, argc, argv, purpose, own, sizeof own / sizeof *own);
    return status >= 0 ? status : session_end(&s, run(&s, &given));
}
