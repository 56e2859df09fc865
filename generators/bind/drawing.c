/* drawing.c - see drawing.h. */
#include "bind/drawing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool drawing_numbers(struct qdoc *d, qref array, double *out, size_t n)
{
    if (!q_numbers(d, array, out, n))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!(fabs(out[i]) < DRAWING_LARGEST))
            return false;
    return true;
}

bool drawing_corners(struct qdoc *d, qref annotation, double out[4])
{
    double v[4];
    if (!q_corners(d, q_get(d, annotation, "/Rect"), v))
        return false;
    for (int i = 0; i < 4; i++)
        if (!(fabs(v[i]) < DRAWING_LARGEST))
            return false;
    memcpy(out, (double[]){fmin(v[0], v[2]), fmin(v[1], v[3]), fmax(v[0], v[2]), fmax(v[1], v[3])},
           4 * sizeof *out);
    return true;
}

bool drawing_rect(struct qdoc *d, qref annotation, double out[4])
{
    return drawing_corners(d, annotation, out) && out[2] > out[0] && out[3] > out[1];
}

bool drawing_colour(struct drawing_maker *m, qref array, bool stroke)
{
    static const char *const operators[][2] = {{"g", "G"}, {"rg", "RG"}, {"k", "K"}};
    double v[4];
    size_t n = q_length(m->doc, array);
    if ((n != 1 && n != 3 && n != 4) || !drawing_numbers(m->doc, array, v, n))
        return false;
    for (size_t i = 0; i < n; i++)
        buffer_printf(&m->content, "%.4f ", fmin(fmax(v[i], 0), 1));
    buffer_printf(&m->content, "%s\n", operators[n / 2][stroke]);
    return true;
}

static void put_dashes(struct drawing_maker *m, qref array)
{
    double v[8];
    size_t n = q_length(m->doc, array);
    bool stated = n > 0 && n <= 8 && drawing_numbers(m->doc, array, v, n);
    double sum = 0;

    for (size_t i = 0; stated && i < n; i++)
        sum += v[i] >= 0 ? v[i] : -DRAWING_LARGEST;
    if (!stated || !(sum > 0)) {
        buffer_puts(&m->content, "[3] 0 d\n");
        return;
    }
    buffer_putc(&m->content, '[');
    for (size_t i = 0; i < n; i++)
        buffer_printf(&m->content, "%.3f ", v[i]);
    buffer_puts(&m->content, "] 0 d\n");
}

struct drawing_border drawing_border(struct drawing_maker *m, qref annotation)
{
    struct qdoc *d = m->doc;
    qref style = q_get(d, annotation, "/BS"), old = style ? 0 : q_get(d, annotation, "/Border"),
         kind = q_get(d, style, "/S");
    struct drawing_border b = {1, style || old, 'S'};
    double width;

    if (!b.stated) {
        buffer_puts(&m->content, "1 w\n");
        return b;
    }
    if (q_number(d, style ? q_get(d, style, "/W") : q_item(d, old, 2), &width) && width >= 0)
        b.width = fmin(width, 1000);
    for (const char *p = "SBIUD"; kind && *p; p++)
        if (q_is_name(d, kind, (char[]){'/', *p, 0}))
            b.style = *p;
    buffer_printf(&m->content, "%.3f w\n", b.width);
    if (b.style == 'D')
        put_dashes(m, q_get(d, style, "/D"));
    else if (!style && q_length(d, q_item(d, old, 3)) > 0)
        put_dashes(m, q_item(d, old, 3));
    return b;
}

void drawing_box(struct drawing_maker *m, const double rect[4], double inset)
{
    buffer_printf(&m->content, "%.3f %.3f %.3f %.3f re ", rect[0] + inset, rect[1] + inset,
                  fmax(rect[2] - rect[0] - 2 * inset, 0), fmax(rect[3] - rect[1] - 2 * inset, 0));
}

/* --- default appearances --- */

struct operands {
    const char *word[4]; /* the last ones before an operator */
    size_t n;
};

static void push_operand(struct operands *o, const char *word)
{
    if (o->n == 4)
        memmove(o->word, o->word + 1, 3 * sizeof *o->word);
    else
        o->n++;
    o->word[o->n - 1] = word;
}

static const char *colour_operators(struct arena *arena, const struct operands *o, size_t n,
                                    const char *name)
{
    char *text = arena_strdup(arena, "");
    for (size_t i = o->n - n; i < o->n; i++) {
        double v = strtod(o->word[i], NULL);
        text = arena_printf(arena, "%s%.4f ", text, v >= 0 && v <= 1 ? v : v > 1 ? 1 : 0);
    }
    return arena_printf(arena, "%s%s ", text, name);
}

struct drawing_look drawing_look(struct drawing_maker *m, const char *text)
{
    static const struct {
        const char *fill, *stroke;
        size_t operands;
    } colours[] = {{"g", "G", 1}, {"rg", "RG", 3}, {"k", "K", 4}};
    struct drawing_look look = {"", 0, "0 g ", "0 G "};
    struct operands operands = {0};
    char *rest = arena_strdup(m->arena, text ? text : ""), *word, *position;

    for (word = strtok_r(rest, " \t\r\n", &position); word;
         word = strtok_r(NULL, " \t\r\n", &position)) {
        bool is_operator = false;
        if (!strcmp(word, "Tf") && operands.n >= 2 && *operands.word[operands.n - 2] == '/') {
            double size = strtod(operands.word[operands.n - 1], NULL);
            look.font = operands.word[operands.n - 2] + 1;
            look.size = size > 0 && size < 1000 ? size : 0;
            is_operator = true;
        }
        for (size_t i = 0; i < sizeof colours / sizeof *colours; i++)
            if (!strcmp(word, colours[i].fill) && operands.n >= colours[i].operands) {
                look.fill =
                    colour_operators(m->arena, &operands, colours[i].operands, colours[i].fill);
                look.stroke =
                    colour_operators(m->arena, &operands, colours[i].operands, colours[i].stroke);
                is_operator = true;
            }
        if (is_operator)
            operands.n = 0;
        else
            push_operand(&operands, word);
    }
    return look;
}

static bool contains(const char *text, const char *word)
{
    for (size_t n = strlen(word); *text; text++)
        if (!strncasecmp(text, word, n))
            return true;
    return false;
}

enum font_role drawing_role(const char *font)
{
    static const struct {
        const char *word;
        enum font_role role;
    } roles[] = {{"fang", ROLE_FANGSONG}, {"sans", ROLE_HEI},   {"hei", ROLE_HEI},
                 {"kai", ROLE_KAI},       {"song", ROLE_SONG},  {"simsun", ROLE_SONG},
                 {"ming", ROLE_SONG},     {"times", ROLE_SONG}, {"tiro", ROLE_SONG},
                 {"roman", ROLE_SONG},    {"serif", ROLE_SONG}};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (contains(font, roles[i].word))
            return roles[i].role;
    return ROLE_HEI;
}

/* --- text --- */

/* A role without any file is not an error here: papers of ours have reported it. */
static enum font_role available(struct fonts *fonts, enum font_role role)
{
    struct diag unheard = {0};
    if (!fonts_require(fonts, role, &unheard)) {
        role = ROLE_SONG;
        fonts_require(fonts, role, &unheard);
    }
    diag_clear(&unheard);
    return role;
}

static void turned_matrix(const double box[4], int turn, double out[6])
{
    switch (turn) {
    case 90:
        memcpy(out, (double[]){0, 1, -1, 0, box[2], box[1]}, 6 * sizeof *out);
        break;
    case 180:
        memcpy(out, (double[]){-1, 0, 0, -1, box[2], box[3]}, 6 * sizeof *out);
        break;
    case 270:
        memcpy(out, (double[]){0, -1, 1, 0, box[0], box[3]}, 6 * sizeof *out);
        break;
    default:
        memcpy(out, (double[]){1, 0, 0, 1, box[0], box[1]}, 6 * sizeof *out);
        break;
    }
}

enum lettering_end drawing_add_text(struct drawing_maker *m, const char *text, const double box[4],
                                    int turn, const struct lettering_style *style,
                                    const char *colour)
{
    struct drawing_text set = {.colour = colour};
    struct lettering_style available_style = *style;
    double width = box[2] - box[0], height = box[3] - box[1];
    bool upright = turn % 180 == 0;

    if (!m->fonts)
        return LETTERING_NO_GLYPH;
    if (!(width > 0 && height > 0 && width < 14400 && height < 14400))
        return LETTERING_TOO_LONG;
    available_style.role = available(m->fonts, style->role);
    enum lettering_end end =
        lettering_set(m->arena, m->fonts, text, upright ? width : height, upright ? height : width,
                      &available_style, &set.page, &m->missing);
    turned_matrix(box, turn, set.matrix);
    if (end == LETTERING_SET && set.page.n > 0)
        *ARENA_PUSH(m->arena, m->drawing->texts, m->drawing->n_texts, m->drawing->cap_texts) = set;
    return end;
}
