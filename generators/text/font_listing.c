/* font_listing.c - see font_listing.h. */
#include "text/font_listing.h"

#include "core/utf8.h"

#include <string.h>

/* The columns that a terminal gives it. */
static int columns(const char *s)
{
    int n = 0;
    for (size_t used, len = strlen(s); len > 0; s += used, len -= used)
        n += utf8_next(s, len, &used) < 0x2E80 ? 1 : 2;
    return n;
}

static void put_padded(const char *s, int width)
{
    int blank = width - columns(s);
    printf("%s%*s", s, blank > 0 ? blank : 0, "");
}

/* What stands before a file. */
enum line_kind {
    LINE_USED,
    LINE_NEXT,
    LINE_BROKEN,
    LINE_BARRED,
    LINE_INSTALL,
    LINE_OWN,
    LINE_KINDS
};

static const char *const kind_names[LANGUAGE_COUNT][LINE_KINDS] = {
    [LANGUAGE_ZH] = {"在用", "补字", "损坏", "禁用", "可装", "自备"},
    [LANGUAGE_EN] = {"used", "next", "broken", "barred", "install", "own"},
};

static void put_line(enum line_kind kind, enum language lang, const char *file, int width,
                     const char *note)
{
    fputs("  ", stdout);
    put_padded(kind_names[lang][kind], 9);
    if (!*note) {
        puts(file);
        return;
    }
    put_padded(file, width + 2);
    puts(note);
}

static const char *found_note(const struct font_source *s, enum language lang)
{
    if (s->reason[lang])
        return s->reason[lang];
    if (s->standin)
        return lang == LANGUAGE_ZH ? "以他体代替" : "another style, stands in";
    if (s->rare)
        return lang == LANGUAGE_ZH ? "生僻字" : "rare characters";
    return "";
}

static void list_role(const struct font_source *list, size_t n, const char *dir, enum language lang,
                      struct arena *arena)
{
    const char *own = "", *comma = lang == LANGUAGE_ZH ? "、" : ", ";
    int width = 0;
    bool first = true;

    for (size_t i = 0; i < n; i++) {
        bool listed = (list[i].state != FONT_ABSENT || list[i].package) && !list[i].copy;
        int w = listed ? columns(list[i].file) : 0;
        width = w > width ? w : width;
    }
    for (size_t i = 0; i < n; i++) {
        const struct font_source *s = &list[i];
        switch (s->state) {
        case FONT_READY:
            if (s->copy)
                break;
            put_line(first ? LINE_USED : LINE_NEXT, lang, s->file, width, found_note(s, lang));
            first = false;
            break;
        case FONT_BROKEN:
            put_line(LINE_BROKEN, lang, s->file, width, found_note(s, lang));
            break;
        case FONT_BARRED:
            put_line(LINE_BARRED, lang, s->file, width, found_note(s, lang));
            break;
        case FONT_ABSENT:
            if (!s->package)
                own = arena_printf(arena, "%s%s%s", own, *own ? comma : "", s->file);
            break;
        }
    }
    for (size_t i = 0; i < n; i++)
        if (list[i].state == FONT_ABSENT && list[i].package)
            put_line(LINE_INSTALL, lang, list[i].file, width, list[i].package);
    if (*own)
        put_line(LINE_OWN, lang,
                 arena_printf(arena, lang == LANGUAGE_ZH ? "%s（放进 %s）" : "%s (put it into %s)",
                              own, dir),
                 0, "");
}

int font_listing_roles(struct fonts *fonts, const char *dir, enum language lang, bool quiet,
                       struct diag *diag)
{
    struct arena arena = {0};
    bool ready = true;
    for (int i = 0; i < ROLE_COUNT; i++) {
        enum font_role r = (enum font_role)i;
        const char *name = font_role_name(r), *title = font_role_title(r);
        size_t n;
        if (!fonts_require(fonts, r, diag))
            ready = false;
        if (quiet)
            continue;
        const struct font_source *list = fonts_sources(fonts, r, &n);
        const struct face *face = fonts_primary(fonts, r);
        if (lang == LANGUAGE_ZH)
            printf("%s %s：%s\n", title, name, face ? face_name(face) : "没有可用的字体");
        else
            printf("%s %s: %s\n", name, title, face ? face_name(face) : "no usable font");
        list_role(list, n, dir, lang, &arena);
    }
    arena_free(&arena);
    return ready ? 0 : 2;
}

int font_listing_cover(struct fonts *fonts, const char *text, enum language lang, bool quiet,
                       struct diag *diag)
{
    int status = 0;
    for (int r = 0; r < ROLE_COUNT; r++)
        if (!fonts_require(fonts, (enum font_role)r, diag))
            status = 2;
    if (status)
        return status;
    for (size_t i = 0, used, len = strlen(text); i < len; i += used) {
        struct font_sequence sequence;
        used = font_next(text + i, len - i, &sequence);
        uint32_t cp = sequence.cp;
        if (cp == UTF8_BAD) {
            status = 1;
            if (!quiet)
                printf(lang == LANGUAGE_ZH ? "字节 0x%02X 不是 UTF-8\n"
                                           : "byte 0x%02X is not UTF-8\n",
                       (unsigned char)text[i]);
            continue;
        }
        /* A control character would spoil the terminal: only its code is shown. */
        bool control = cp < 0x20 || (cp >= 0x7F && cp < 0xA0);
        if (!quiet) {
            printf("%.*s U+%04X", control ? 0 : (int)used, text + i, (unsigned)cp);
            if (sequence.vs)
                printf(" U+%04X", (unsigned)sequence.vs);
            for (size_t k = 0; k < sequence.n_marks; k++)
                printf(" U+%04X", (unsigned)sequence.marks[k]);
            printf(" %s\n", utf8_block(cp));
        }
        for (int r = 0; r < ROLE_COUNT; r++) {
            struct glyph g;
            bool ok = fonts_sequence(fonts, (enum font_role)r, &sequence, &g);
            status = ok ? status : 1;
            if (quiet)
                continue;
            fputs("  ", stdout);
            put_padded(font_role_name((enum font_role)r), 10);
            put_padded(font_role_title((enum font_role)r), 8);
            puts(ok ? face_name(g.face) : lang == LANGUAGE_ZH ? "无字形" : "no face");
        }
    }
    return status;
}
