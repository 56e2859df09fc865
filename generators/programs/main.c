/* main.c - one binary: "shenbao NAME ..." and the link "shenbao-NAME ..." are the same. */
#include "core/buffer.h"
#include "core/machine.h"
#include "core/options.h"
#include "core/paths.h"
#include "core/spelling.h"
#include "core/strings.h"
#include "core/version.h"
#include "profile/named_paper.h"
#include "programs/programs.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

/* What is not a paper: those are programs by their templates, whatever notice has them. */
static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *purpose[LANGUAGE_COUNT];
} programs[] = {
    {"check",
     check_main,
     {"付印前的核查：会使材料被退回的一切问题",
      "everything that would send a package back, before anything is printed"}},
    {"desk",
     desk_main,
     {"浏览器里的工作台：收数据和扫描件，核查，看材料，打包",
      "the page in the browser: takes data and scans, checks, shows papers, packs them"}},
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
    {"profiles",
     profiles_main,
     {"有哪些通知的方案；--check 核对一个方案是否齐全",
      "the notices at hand; --check tells what one lacks"}},
    {"schema",
     schema_main,
     {"输入文件的格式定义，含本通知的取值，供 XML 编辑器用",
      "the schema of the input with the notice's values, for XML editors"}},
    {"upload",
     upload_main,
     {"平台上传的附件和填报稿，每人一个文件夹",
      "files for the platform and 填报稿 to copy from, one folder an applicant"}},
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
    struct named_paper *papers;
    struct arena arena = {0};
    size_t n = named_paper_list(SHENBAO_PROFILE, &arena, &papers);
    buffer_putc(&text, '\n');
    for (size_t i = 0; i < n; i++)
        buffer_printf(&text, "  %-18s %s\n", papers[i].name,
                      papers[i].purpose[zh ? LANGUAGE_ZH : LANGUAGE_EN]);
    arena_free(&arena);
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
    struct named_paper *papers;
    struct arena arena = {0};
    for (size_t n = named_paper_list(SHENBAO_PROFILE, &arena, &papers); n > 0; n--)
        spelling_guess(&guess, papers[n - 1].name);
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
    arena_free(&arena);
    return 2;
}

static int run(int argc, char **argv)
{
    const char *self = path_leaf(argv[0]);

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
        printf("shenbao %s\n", shenbao_version());
        return 0;
    }
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (!strcmp(argv[0], programs[i].name))
            return programs[i].run(argc, argv);
    int status = paper_main(argc, argv);
    return status < 0 ? refuse(argv[0]) : status;
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
