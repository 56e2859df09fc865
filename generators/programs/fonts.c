/* fonts.c - says which file each role is drawn with, what is missing and how to get it; --cover:
 * who draws what. */
#include "core/options.h"
#include "core/paths.h"
#include "programs/programs.h"
#include "text/font_listing.h"

#include <getopt.h>
#include <string.h>

static const char *const usage[LANGUAGE_COUNT] = {
    "用法：shenbao fonts [选项]\n"
    "列出各字体角色的文件、缺哪些、怎样安装。\n\n"
    "      --cover TEXT   改为列出 TEXT 的每个字由哪个字体绘制\n"
    "  -F DIR             自备字体的目录，先于本程序所带的查找\n"
    "      --lang zh|en   所列内容和提示的语言\n"
    "  -q, -h, -V         安静、本说明、版本\n\n"
    "退出码：0 每个角色都有字体（--cover：每个字都能绘制）；1 有字没有字体能绘制；\n"
    "2 有角色没有字体，或其他系统故障。\n",
    "usage: shenbao fonts [options]\n"
    "Lists the font roles, their files, what is missing and how to get it.\n\n"
    "      --cover TEXT   says instead which face draws each character of TEXT\n"
    "  -F DIR             a directory searched before our fonts\n"
    "      --lang zh|en   language of the list and the messages\n"
    "  -q, -h, -V         quiet, help, version\n\n"
    "Exit status: 0 every role has a font (--cover: and draws all of TEXT); 1 some character is "
    "drawn\n"
    "by no face; 2 a role has no font, or other system trouble.\n",
};

int fonts_main(int argc, char **argv)
{
    static const struct option longs[] = {
        {"cover", required_argument, NULL, 'c'}, {"lang", required_argument, NULL, 'l'},
        {"quiet", no_argument, NULL, 'q'},       {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},     {NULL, 0, NULL, 0},
    };
    const char *overlay = NULL, *text = NULL;
    enum language lang = options_default_language();
    bool quiet = false, help = false;

    optind = 1;
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, "F:qhV", longs, NULL)) != -1;) {
        switch (c) {
        case 'F':
            overlay = optarg;
            break;
        case 'c':
            text = optarg;
            break;
        case 'l':
            if (strcmp(optarg, "zh") && strcmp(optarg, "en"))
                return options_fault(lang, argv[0], "--lang 应为 zh 或 en，不是“%s”",
                                     "--lang takes zh or en, not '%s'", optarg);
            lang = strcmp(optarg, "zh") ? LANGUAGE_EN : LANGUAGE_ZH;
            break;
        case 'q':
            quiet = true;
            break;
        case 'h':
            help = true;
            break;
        case 'V':
            puts("shenbao " SHENBAO_VERSION);
            return 0;
        default:
            return options_fault(lang, argv[0], "没有选项 %s，或其后缺少内容",
                                 "there is no option %s, or it needs an argument",
                                 argv[optind - 1]);
        }
    }
    if (help) {
        fputs(usage[lang], stdout);
        return 0;
    }
    if (optind < argc)
        return options_fault(lang, argv[0], "fonts 不读输入文件，不要“%s”",
                             "fonts takes no input, not '%s'", argv[optind]);
    struct diag diag = {0};
    const char *const *dirs = shenbao_font_dirs(overlay);
    struct fonts *fonts = fonts_new(dirs, &diag);
    int status = 2;
    if (fonts)
        status = text ? font_listing_cover(fonts, text, lang, quiet, &diag)
                      : font_listing_roles(fonts, dirs[0], lang, quiet, &diag);
    diag_print(&diag, lang, stderr);
    fonts_free(fonts);
    diag_clear(&diag);
    return status;
}
