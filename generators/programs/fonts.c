/* fonts.c - says which file each role is drawn with, what is missing and how to get it; --cover:
 * who draws what. */
#include "core/options.h"
#include "core/paths.h"
#include "programs/programs.h"
#include "text/font_listing.h"

static const char *const purpose[LANGUAGE_COUNT] = {
    "列出各字体角色的文件、缺哪些、怎样安装。退出码：0 每个角色都有字体（--cover："
    "每个字都能绘制）；1 有字没有字体能绘制；2 有角色没有字体，或其他系统故障。",
    "Lists the font roles, their files, what is missing and how to get it. Exit status: 0 every "
    "role has\n"
    "a font (--cover: and draws all of TEXT); 1 some character is drawn by no face; 2 a role has "
    "no "
    "font,\n"
    "or other system trouble.",
};

int fonts_main(int argc, char **argv)
{
    const char *text = NULL;
    const struct option_own own = {"cover",
                                   "TEXT",
                                   {"改为列出 TEXT 的每个字由哪个字体绘制",
                                    "says instead which face draws each character of TEXT"},
                                   &text};
    const struct option_set set = {purpose, &own, 1, OPTION_FONTS | OPTION_QUIET};
    struct options o;
    struct arena arena = {0};
    struct diag diag = {0};
    int status = options_parse(&o, argc, argv, &set, &arena);

    if (status < 0) {
        const char *const *dirs = shenbao_font_dirs(o.fonts);
        struct fonts *fonts = fonts_new(dirs, &diag);
        status = !fonts ? 2
                 : text ? font_listing_cover(fonts, text, o.language, o.quiet, &diag)
                        : font_listing_roles(fonts, dirs[0], o.language, o.quiet, &diag);
        diag_print(&diag, o.language, stderr);
        fonts_free(fonts);
    }
    diag_clear(&diag);
    arena_free(&arena);
    return status;
}
