/* fonts.c - says which file each role is drawn with, what is missing and how to get it; --cover: who draws what. */
#include "core/options.h"
#include "core/utf8.h"
#include "programs/paths.h"
#include "programs/programs.h"
#include "text/fonts_xml.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

static const char *where(const struct font_candidate *c, const char *const *dirs, struct arena *arena)
{
    if (c->file[0] == '/')
        return access(c->file, R_OK) == 0 ? c->file : NULL;
    return shenbao_find(arena, dirs, c->file);
}

static int list_roles(struct fonts *fonts, const struct fonts_xml *xml, const char *const *dirs, struct diag *diag)
{
    struct arena arena = {0};
    for (int r = 0; r < ROLE_COUNT; r++) {
        bool ready = fonts_require(fonts, (enum font_role)r, diag);
        printf("%s %s: %s\n", font_role_name((enum font_role)r), font_role_title((enum font_role)r),
               ready ? face_name(fonts_primary(fonts, (enum font_role)r)) : "-");
        for (size_t i = 0; i < xml->roles[r].n; i++) {
            const struct font_candidate *c = &xml->roles[r].candidates[i];
            const char *found = where(c, dirs, &arena);
            if (found)
                printf("  + %s%s\n", found, c->standin ? " (stand-in)" : c->rare ? " (rare characters)" : "");
            else if (c->package)
                printf("  - %s  <- %s\n", c->file, c->package);
            else
                printf("  - %s  <- put your own file into %s\n", c->file, dirs[0]);
        }
    }
    arena_free(&arena);
    return diag->system_faults ? 2 : 0;
}

/* One line a character and role. 1 when some character is drawn by no face of some role. */
static int cover(struct fonts *fonts, const char *text, struct diag *diag)
{
    int status = 0;
    for (int r = 0; r < ROLE_COUNT; r++)
        if (!fonts_require(fonts, (enum font_role)r, diag))
            return 2;
    for (size_t i = 0, used, len = strlen(text); i < len; i += used) {
        uint32_t cp = utf8_next(text + i, len - i, &used), vs = 0;
        if (cp == UTF8_BAD) {
            printf("byte 0x%02X is not UTF-8\n", (unsigned char)text[i]);
            status = 1;
            continue;
        }
        size_t base = used, more;
        if (i + used < len) {
            uint32_t next = utf8_next(text + i + used, len - i - used, &more);
            if (next != UTF8_BAD && utf8_is_variation_selector(next)) {
                vs = next;
                used += more;
            }
        }
        /* A control character would spoil the terminal: only its code is shown. */
        printf("%.*s U+%04X %s\n", cp < 0x20 || cp == 0x7F ? 0 : (int)base, text + i, (unsigned)cp, utf8_block(cp));
        for (int r = 0; r < ROLE_COUNT; r++) {
            struct glyph g;
            bool ok = fonts_glyph(fonts, (enum font_role)r, cp, vs, &g);
            printf("  %-9s %s\n", font_role_name((enum font_role)r), ok ? face_name(g.face) : "no face");
            status = ok ? status : 1;
        }
    }
    return status;
}

int fonts_main(int argc, char **argv)
{
    static const struct option longs[] = {
        {"cover", required_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    static const char usage[] = "usage: shenbao fonts [-F DIR] [--cover TEXT]\n"
                                "Lists the font roles, their files, and how to get what is missing;\n"
                                "--cover says which face draws each character of TEXT.\n";
    const char *overlay = NULL, *text = NULL;

    optind = 1;
    for (int c; (c = getopt_long(argc, argv, "F:h", longs, NULL)) != -1;) {
        if (c == 'F') {
            overlay = optarg;
        } else if (c == 'c') {
            text = optarg;
        } else {
            fputs(usage, c == 'h' ? stdout : stderr);
            return c == 'h' ? 0 : 2;
        }
    }
    struct diag diag = {0};
    struct arena arena = {0};
    struct fonts_xml xml = {0};
    const char *const *dirs = shenbao_font_dirs(overlay);
    struct fonts *fonts = fonts_new(dirs, &diag);
    int status = 2;
    if (fonts && fonts_xml_read(&xml, dirs, &arena, &diag))
        status = text ? cover(fonts, text, &diag) : list_roles(fonts, &xml, dirs, &diag);
    diag_print(&diag, options_default_language(), stderr);
    fonts_free(fonts);
    arena_free(&arena);
    diag_clear(&diag);
    return status;
}
