/* main.c - one binary: "shenbao NAME ..." and the link "shenbao-NAME ..." are the same. */
#include "core/buffer.h"
#include "core/machine.h"
#include "core/options.h"
#include "core/spelling.h"
#include "programs/programs.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    /* NULL: nothing but its template, templates/NAME.xml */
    int (*run)(int argc, char **argv);
    const char *purpose[LANGUAGE_COUNT];
} programs[] = {
    {"check",
     check_main,
     {"付印前的核查：会使材料被退回的一切问题",
      "everything that would send a package back, before anything is printed"}},
    {"checklist",
     NULL,
     {"报送前核对清单：数据里看不出的事项，每人一份 PDF",
      "报送前核对清单: what data cannot show, one PDF an applicant"}},
    {"composite-table",
     NULL,
     {"推荐高级工程师任职资格人员情况综合表，每人一份 PDF",
      "推荐高级工程师任职资格人员情况综合表, one PDF an applicant"}},
    {"delegation-letter",
     delegation_letter_main,
     {"评审委托书，每个委托单位一份 PDF", "评审委托书, one PDF a delegation"}},
    {"dossier",
     dossier_main,
     {"书面材料：带目录的装订成册，每人一份 PDF",
      "书面材料: the bound volume with its contents, one PDF an applicant"}},
    {"evaluation-form",
     NULL,
     {"专业技术职务任职资格评审表，每人一份 PDF",
      "专业技术职务任职资格评审表, one PDF an applicant"}},
    {"fonts",
     fonts_main,
     {"字体：各角色的文件、覆盖的字", "font roles, their files, and what they cover"}},
    {"import",
     import_main,
     {"把工作簿、XML 文件合成一批 XML 数据", "workbooks and XML files as one batch of XML"}},
    {"package",
     package_main,
     {"整批材料：每位申报人、每个单位、每个委托单位，只做有变化的",
      "everything for every applicant, unit and delegation of a batch, and only what changed"}},
    {"material-list",
     NULL,
     {"申报材料袋面清单，每人一份 PDF", "申报材料袋面清单, one PDF an applicant"}},
    {"milestone-form",
     NULL,
     {"推荐高级工程师职务任职资格审批表（标志性业绩），每人一份 PDF",
      "推荐高级工程师职务任职资格审批表（标志性业绩）, one PDF an applicant"}},
    {"pledge",
     NULL,
     {"专业技术资格申报材料真实性保证书，每人一份 PDF",
      "专业技术资格申报材料真实性保证书, one PDF an applicant"}},
    {"post-form",
     NULL,
     {"事业单位人员职称申报岗位信息表，每人一份 PDF",
      "事业单位人员职称申报岗位信息表, one PDF an applicant"}},
    {"public-notice",
     NULL,
     {"申报材料公示情况，每人一份 PDF", "申报材料公示情况, one PDF an applicant"}},
    {"roster",
     roster_main,
     {"推荐高级工程师职务任职资格人员花名册，每个委托单位一份 XLSX（或 PDF）",
      "推荐高级工程师职务任职资格人员花名册, XLSX (or PDF), one a delegation"}},
    {"score-sheet",
     NULL,
     {"所报专业的评审打分表，每人一份 PDF",
      "评审打分表 of the specialty applied for, one PDF an applicant"}},
    {"statement",
     NULL,
     {"专业技术工作总结，每人一份 PDF", "专业技术工作总结, one PDF an applicant"}},
    {"upload",
     upload_main,
     {"平台上传的附件和填报稿，每人一个文件夹",
      "files for the platform and 填报稿 to copy from, one folder an applicant"}},
    {"work-history",
     NULL,
     {"从事工程技术工作经历，每人一份 PDF", "从事工程技术工作经历, one PDF an applicant"}},
    {"workbook",
     workbook_main,
     {"填报用的工作簿（XLSX）：空白的，或写入已有的数据",
      "the workbook to fill in (XLSX), blank or with what a batch holds"}},
};

/* In one write, like a message: lines of two processes do not mix. */
static void usage(FILE *out)
{
    bool zh = options_default_language() == LANGUAGE_ZH;
    struct buffer text = {0};
    buffer_puts(&text, zh ? "用法：shenbao 程序 [选项] 输入文件...\n\n"
                          : "usage: shenbao PROGRAM [options] INPUT...\n\n");
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        buffer_printf(&text, "  %-18s %s\n", programs[i].name,
                      programs[i].purpose[zh ? LANGUAGE_ZH : LANGUAGE_EN]);
    buffer_puts(&text,
                zh ? "\n各程序的选项：shenbao 程序 -h\n" : "\nshenbao PROGRAM -h tells more.\n");
    fwrite(text.data, 1, text.len, out);
    buffer_clear(&text);
}

/* Always 2. */
static int refuse(const char *name)
{
    struct spelling_guess guess = {.word = name};
    bool zh = options_default_language() == LANGUAGE_ZH;

    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        spelling_guess(&guess, programs[i].name);
    const char *near = guess.best ? guess.best : "";
    struct diag diag = {0};
    diag_system(&diag, (struct src_pos){"shenbao", 0}, "没有程序“%s”%s%s", "no program '%s'%s%s",
                name,
                !guess.best ? ""
                : zh        ? "；是不是 "
                            : "; perhaps ",
                near);
    diag_print(&diag, options_default_language(), stderr);
    diag_clear(&diag);
    if (!guess.best)
        usage(stderr);
    return 2;
}

static int run(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    const char *self = slash ? slash + 1 : argv[0];

    if (!strncmp(self, "shenbao-", 8)) {
        argv[0] += self - argv[0] + 8;
    } else if (argc < 2) {
        usage(stderr);
        return 2;
    } else {
        argv++;
        argc--;
    }
    if (!strcmp(argv[0], "-h") || !strcmp(argv[0], "--help")) {
        usage(stdout);
        return 0;
    }
    if (!strcmp(argv[0], "-V") || !strcmp(argv[0], "--version")) {
        puts("shenbao " SHENBAO_VERSION);
        return 0;
    }
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (!strcmp(argv[0], programs[i].name))
            return programs[i].run ? programs[i].run(argc, argv)
                                   : paper_main(programs[i].name, programs[i].purpose, argc, argv);
    return refuse(argv[0]);
}

int main(int argc, char **argv)
{
    machine_begin();
    machine_speak(options_default_language());
    /* One document's memory serves the next: given back to the system in between, it costs as much
     * as the layout. */
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 8 << 20);
    int status = argc > 0 ? run(argc, argv) : 2;
    errno = 0; /* an earlier write may have failed: its reason is gone */
    if (fflush(stdout) || ferror(stdout))
        machine_failed(NULL, "无法写到标准输出", "cannot write to standard output");
    return status;
}
