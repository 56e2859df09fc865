/* fuzz_paragraph.c - text set into lines: styles are the first bytes, spans are lines of it. Every
 * character is set once, in order, or said to be missing or invisible; no line is wider than its
 * measure unless it overflows; none starts or ends with a forbidden mark. */
#include "door.h"

#include "text/paragraph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SPANS = 6 };

static struct fonts *fonts;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    struct diag diag = {0};
    (void)argc, (void)argv;
    fonts = fonts_new(dirs, &diag);
    for (int role = 0; fonts && role < ROLE_COUNT; role++)
        if (!fonts_require(fonts, (enum font_role)role, &diag))
            door_shut("tests/fonts", &diag);
    diag_clear(&diag);
    return fonts ? 0 : 1;
}

static struct text_span span_of(struct door_bytes *rest, char **text)
{
    static const double sizes[] = {10.5, 12, 16, 42};
    unsigned kind = door_byte(rest), more = door_byte(rest);
    *text = door_text(door_line(rest));
    return (struct text_span){.text = kind % 13 == 12 ? NULL : *text,
                              .len = strlen(*text),
                              .role = (enum font_role)(kind % ROLE_COUNT),
                              .size = sizes[kind / 64],
                              .single_face = more & 1,
                              .unbreakable = more & 2,
                              .tabular = more & 4,
                              .object_width = more % 50,
                              .spread = more & 8 ? more : 0};
}

static void hold_lines(const struct text_lines *t, const struct paragraph_style *style, size_t n)
{
    size_t last = 0;
    door_hold(t->n > 0);
    for (size_t i = 0; i < t->n; i++) {
        const struct text_line *line = &t->lines[i];
        double room = style->width - (i ? style->hang_indent : style->first_indent);
        door_hold(isfinite(line->left) && isfinite(line->right));
        door_hold(t->overflow || line->n == 0 || line->right - line->left <= fmax(room, 0) + 0.01);
        for (size_t k = 0; k < line->n; k++) {
            const struct text_glyph *g = &line->glyphs[k];
            door_hold(isfinite(g->x) && isfinite(g->width) && g->span < n && g->span >= last);
            last = g->span;
        }
    }
}

void door_run(const uint8_t *data, size_t size)
{
    static const double widths[] = {450, 120, 44, 11, 800, 1, 0, 240};
    struct door_bytes rest = {data, size};
    struct arena arena = {0};
    struct text_span spans[MOST_SPANS];
    char *texts[MOST_SPANS];
    unsigned style_byte = door_byte(&rest), more = door_byte(&rest);
    const struct paragraph_style style = {.width = widths[style_byte % 8],
                                          .first_indent = more & 1 ? 24 : 0,
                                          .hang_indent = more & 2 ? 12 : 0,
                                          .align = (enum text_align)(style_byte / 8 % 5),
                                          .tracking = more & 4 ? 0.6 : 0,
                                          .at_interpuncts_only = more & 8};
    size_t n = 0;
    while (rest.size > 2 && n < MOST_SPANS) {
        spans[n] = span_of(&rest, &texts[n]);
        n++;
    }
    hold_lines(paragraph_set(&arena, fonts, spans, n, &style), &style, n);
    while (n > 0)
        free(texts[--n]);
    arena_free(&arena);
}
