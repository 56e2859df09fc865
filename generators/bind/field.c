/* field.c - see field.h. ISO 32000-1: 12.5.6.19 (widgets, /MK), 12.7.3 (fields, variable
 * text), 12.7.4 (kinds). */
#include "bind/field.h"

#include "bind/shown_text.h"
#include "core/strings.h"
#include "core/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEEPEST_FIELD = 16,
    MOST_OPTIONS = 5000,
    MOST_BUTTONS = 500,      /* of one choice, that are told apart by their places */
    LONGEST_VALUE = 1 << 20, /* bytes of a value that is a stream */
    LONGEST_NAME = 200
};

/* Bits of /Ff. */
enum {
    MULTILINE = 1 << 12,
    PASSWORD = 1 << 13,
    RADIO = 1 << 15,
    PUSH_BUTTON = 1 << 16,
    COMBO = 1 << 17,
    COMB = 1 << 24
};

#define PADDING 2 /* points between border and text */

struct field {
    struct drawing_maker *m;
    struct qdoc *doc;
    qref widget, looks; /* looks: /MK */
    const struct field_form *form;
    const char *value; /* of a text or choice field, as it is shown; NULL: none */
    long flags;
    struct drawing_look look;
    enum lettering_align align;
    double rect[4];
    int turn;
    double inset; /* of the border */
};

struct field_form field_form(struct qdoc *d)
{
    qref form = q_get(d, q_root(d), "/AcroForm");
    return (struct field_form){form, q_true(d, q_get(d, form, "/NeedAppearances"))};
}

/* --- reading --- */

static qref inherited(struct qdoc *d, qref field, const char *key)
{
    for (int depth = 0; field && depth < DEEPEST_FIELD;
         field = q_get(d, field, "/Parent"), depth++) {
        qref value = q_get(d, field, key);
        if (value)
            return value;
    }
    return 0;
}

const char *field_name(struct qdoc *d, qref widget, struct arena *arena)
{
    const char *name = "";
    for (int depth = 0; widget && depth < DEEPEST_FIELD;
         widget = q_get(d, widget, "/Parent"), depth++) {
        struct arena scratch = {0}; /* a name may be of megabytes, and that of thousands */
        const char *partial = q_text(d, q_get(d, widget, "/T"), &scratch);
        if (partial && *partial && strlen(name) < LONGEST_NAME)
            name = arena_printf(arena, *name ? "%.*s.%s" : "%.*s%s", LONGEST_NAME, partial, name);
        arena_free(&scratch);
    }
    return name;
}

/* A stream's bytes as a text string has them: PDFDocEncoding, or UTF-16 behind its mark. */
static const char *stream_text(struct qdoc *d, qref stream, struct arena *arena)
{
    static const char digits[] = "0123456789ABCDEF";
    struct buffer data = {0}, hex = {0};
    const char *text = NULL;

    if (q_stream_data(d, stream, &data) && data.len <= LONGEST_VALUE) {
        buffer_putc(&hex, '<');
        for (size_t i = 0; i < data.len; i++) {
            buffer_putc(&hex, digits[data.data[i] >> 4]);
            buffer_putc(&hex, digits[data.data[i] & 15]);
        }
        buffer_add(&hex, ">", 2);
        text = q_text(d, q_parse(d, (const char *)hex.data), arena);
    }
    buffer_clear(&data);
    buffer_clear(&hex);
    return text;
}

static const char *text_of(struct qdoc *d, qref value, struct arena *arena)
{
    return q_is_stream(d, value) ? stream_text(d, value, arena) : q_text(d, value, arena);
}

/* What a choice shows for a value: an option is a text, or a pair of value and text. */
static const char *option_text(struct qdoc *d, qref option, bool shown, struct arena *arena)
{
    return q_text(d, q_is_array(d, option) ? q_item(d, option, shown) : option, arena);
}

static const char *chosen_text(struct field *f, const char *value)
{
    qref options = inherited(f->doc, f->widget, "/Opt");
    for (size_t i = 0, n = q_length(f->doc, options); i < n && i < MOST_OPTIONS; i++) {
        qref option = q_item(f->doc, options, i);
        const char *exported = option_text(f->doc, option, false, f->m->arena),
                   *shown = option_text(f->doc, option, true, f->m->arena);
        if (exported && shown && !strcmp(exported, value))
            return shown;
    }
    return value;
}

static bool is_kind(struct qdoc *d, qref widget, const char *kind)
{
    return q_is_name(d, inherited(d, widget, "/FT"), kind);
}

bool field_filled(struct qdoc *d, qref widget)
{
    struct arena arena = {0};
    qref value = inherited(d, widget, "/V"), state = q_get(d, widget, "/AS");
    bool filled;

    if (is_kind(d, widget, "/Btn")) {
        filled = !(q_integer(d, inherited(d, widget, "/Ff"), 0) & PUSH_BUTTON) &&
                 (state ? !q_is_name(d, state, "/Off") : value && !q_is_name(d, value, "/Off"));
    } else if (q_is_string(d, value)) {
        const char *text = q_text(d, value, &arena);
        filled = text && *text;
    } else {
        filled = value != 0;
    }
    arena_free(&arena);
    return filled;
}

/* --- appearances of its own --- */

qref field_appearance(struct qdoc *d, qref annotation, const char *state)
{
    struct arena arena = {0};
    qref normal = q_get(d, q_get(d, annotation, "/AP"), "/N");
    if (*state)
        normal = q_is_stream(d, normal) ? 0 : q_get(d, normal, arena_printf(&arena, "/%s", state));
    arena_free(&arena);
    return q_is_stream(d, normal) ? normal : 0;
}

/* The state whose appearance a widget of no value has: "", or what /AS says. NULL: it has none, or
 * is off. */
static const char *stated_look(struct qdoc *d, qref widget, struct arena *arena)
{
    const char *state = q_text(d, q_get(d, widget, "/AS"), arena);
    if (field_appearance(d, widget, ""))
        return "";
    return state && strcmp(state, "Off") && field_appearance(d, widget, state) ? state : NULL;
}

/* What an appearance shows; where that cannot be made out, it shows something. Clear out->text. */
static void read_shown(struct qdoc *d, qref appearance, struct shown_text *out)
{
    struct buffer content = {0};
    *out = (struct shown_text){.anything = true};
    if (q_stream_data(d, appearance, &content))
        shown_text_read(out, content.data, content.len);
    buffer_clear(&content);
}

/* What readers make of a field that brings no look: rows to choose from, the words on a button. */
static bool shows_without_look(struct qdoc *d, qref widget)
{
    long flags = q_integer(d, inherited(d, widget, "/Ff"), 0);
    if (is_kind(d, widget, "/Ch"))
        return !(flags & COMBO) && q_length(d, inherited(d, widget, "/Opt")) > 0;
    return is_kind(d, widget, "/Btn") && flags & PUSH_BUTTON &&
           q_get(d, q_get(d, widget, "/MK"), "/CA");
}

bool field_shows(struct qdoc *d, qref widget)
{
    struct arena arena = {0};
    const char *state = stated_look(d, widget, &arena);
    struct shown_text shown = {.anything = !state && shows_without_look(d, widget)};
    if (state)
        read_shown(d, field_appearance(d, widget, state), &shown);
    buffer_clear(&shown.text);
    arena_free(&arena);
    return shown.anything;
}

static qref own_appearance(struct field *f, const char *state)
{
    return f->m->own_is_impossible ? 0 : field_appearance(f->doc, f->widget, state);
}

static enum field_end use_own(struct field *f, const char *state)
{
    if (!own_appearance(f, state))
        return FIELD_NOTHING;
    f->m->drawing->state = state;
    return FIELD_OWN;
}

/* Are the codes of its text the characters: no composite font, no subset? */
static bool has_plain_fonts(struct qdoc *d, qref appearance)
{
    struct arena arena = {0};
    const char **keys;
    qref fonts = q_get(d, q_get(d, appearance, "/Resources"), "/Font");
    bool plain = true;
    for (size_t i = 0, n = q_keys(d, fonts, &arena, &keys); i < n; i++) {
        qref font = q_get(d, fonts, keys[i]);
        const char *name = q_text(d, q_get(d, font, "/BaseFont"), &arena);
        if (q_is_name(d, q_get(d, font, "/Subtype"), "/Type0") ||
            q_is_name(d, q_get(d, font, "/Subtype"), "/Type3") || (name && strchr(name, '+')))
            plain = false;
    }
    arena_free(&arena);
    return plain;
}

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ' || (unsigned char)text[i] > '~')
            return false;
    return true;
}

/* The value without blanks, as shown_text has it. */
static bool same_but_for_blanks(const char *value, const struct buffer *text)
{
    size_t at = 0;
    for (; *value; value++) {
        if (strchr(" \t\r\n\f", *value))
            continue;
        if (at == text->len || text->data[at++] != (unsigned char)*value)
            return false;
    }
    return at == text->len;
}

enum freshness { EMPTY, OUTDATED, UP_TO_DATE };

/* Does a script say how the value is shown? */
static bool is_formatted(struct qdoc *d, qref field)
{
    for (int depth = 0; field && depth < DEEPEST_FIELD; field = q_get(d, field, "/Parent"), depth++)
        if (q_get(d, q_get(d, field, "/AA"), "/F"))
            return true;
    return false;
}

/* Does the field's appearance show its value? A script may format what is shown (/AA /F), and a
 * password is not shown; then, and where the text cannot be made out, it passes for up to date. */
static enum freshness freshness(struct field *f)
{
    struct qdoc *d = f->doc;
    qref own = own_appearance(f, "");
    struct shown_text shown;
    enum freshness fresh = UP_TO_DATE;

    if (!own)
        return EMPTY;
    read_shown(d, own, &shown);
    if (!shown.anything)
        fresh = EMPTY;
    else if (shown.only_text && !is_formatted(d, f->widget) && !(f->flags & PASSWORD) &&
             is_ascii((char *)shown.text.data, shown.text.len) && f->value &&
             !same_but_for_blanks(f->value, &shown.text) && has_plain_fonts(d, own))
        fresh = OUTDATED;
    buffer_clear(&shown.text);
    return fresh;
}

/* --- what is made --- */

static void put_frame(struct field *f)
{
    struct drawing_maker *m = f->m;
    qref back = q_get(m->doc, f->looks, "/BG"), line = q_get(m->doc, f->looks, "/BC");
    if (drawing_colour(m, back, false)) {
        drawing_box(m, f->rect, 0);
        buffer_puts(&m->content, "f\n");
    }
    struct drawing_border border = drawing_border(m, f->widget);
    bool lined = border.width > 0 && drawing_colour(m, line, true);
    if (lined && border.style == 'U')
        buffer_printf(&m->content, "%.3f %.3f m %.3f %.3f l S\n", f->rect[0],
                      f->rect[1] + border.width / 2, f->rect[2], f->rect[1] + border.width / 2);
    else if (lined) {
        drawing_box(m, f->rect, border.width / 2);
        buffer_puts(&m->content, "S\n");
    }
    f->inset = border.width * (border.style == 'B' || border.style == 'I' ? 2 : 1);
}

static enum field_end text_end(enum lettering_end end)
{
    return end == LETTERING_NO_GLYPH   ? FIELD_NO_GLYPH
           : end == LETTERING_TOO_LONG ? FIELD_TOO_LONG
                                       : FIELD_MADE;
}

/* The part of the rectangle that text may fill. */
static void text_box(const struct field *f, double padding, double box[4])
{
    double by = f->inset + padding;
    if (f->rect[2] - f->rect[0] <= 2 * by + LETTERING_LEAST ||
        f->rect[3] - f->rect[1] <= 2 * by + LETTERING_LEAST)
        by = 0;
    memcpy(box, (double[]){f->rect[0] + by, f->rect[1] + by, f->rect[2] - by, f->rect[3] - by},
           4 * sizeof *box);
}

static struct lettering_style field_style(const struct field *f)
{
    return (struct lettering_style){
        .role = drawing_role(f->look.font), .size = f->look.size, .align = f->align};
}

static const char *stars(struct arena *arena, const char *value)
{
    size_t n = utf8_count(value);
    char *text = arena_alloc(arena, n + 1, 1);
    memset(text, '*', n);
    return text;
}

/* Between the cells of a comb whose border is drawn. */
static void put_dividers(struct field *f, size_t cells)
{
    struct drawing_maker *m = f->m;
    struct drawing_border border = drawing_border(m, f->widget);
    bool upright = f->turn % 180 == 0;
    double from = f->rect[upright ? 0 : 1], to = f->rect[upright ? 2 : 3];

    if (border.width <= 0 || !drawing_colour(m, q_get(m->doc, f->looks, "/BC"), true))
        return;
    for (size_t i = 1; i < cells; i++) {
        double at = from + (to - from) * (double)i / (double)cells;
        if (upright)
            buffer_printf(&m->content, "%.3f %.3f m %.3f %.3f l S\n", at, f->rect[1], at,
                          f->rect[3]);
        else
            buffer_printf(&m->content, "%.3f %.3f m %.3f %.3f l S\n", f->rect[0], at, f->rect[2],
                          at);
    }
}

/* Into how many cells its text is set; 0: it is no comb. */
static size_t comb_cells(const struct field *f)
{
    long cells = q_integer(f->doc, inherited(f->doc, f->widget, "/MaxLen"), 0);
    bool comb = f->flags & COMB && !(f->flags & (MULTILINE | PASSWORD));
    return comb && cells > 0 && cells < 10000 ? (size_t)cells : 0;
}

/* Nothing but the box, if it is said to have a look. */
static enum field_end make_empty(struct field *f)
{
    if (q_length(f->doc, q_get(f->doc, f->looks, "/BG")) == 0 &&
        q_length(f->doc, q_get(f->doc, f->looks, "/BC")) == 0)
        return FIELD_NOTHING;
    put_frame(f);
    put_dividers(f, comb_cells(f));
    return FIELD_MADE;
}

static enum field_end make_text(struct field *f)
{
    double box[4];
    struct lettering_style style = field_style(f);

    put_frame(f);
    style.lines = f->flags & MULTILINE && !(f->flags & PASSWORD);
    style.cells = comb_cells(f);
    put_dividers(f, style.cells);
    text_box(f, style.cells ? 0 : PADDING, box);
    return text_end(drawing_add_text(f->m,
                                     f->flags & PASSWORD ? stars(f->m->arena, f->value) : f->value,
                                     box, f->turn, &style, f->look.fill));
}

/* What was chosen, in order. */
struct choice {
    const char **values;
    size_t n, cap;
};

static struct choice read_choice(struct field *f)
{
    struct choice c = {0};
    qref value = inherited(f->doc, f->widget, "/V");
    size_t n = q_length(f->doc, value);
    for (size_t i = 0; i < (n ? n : 1) && i < MOST_OPTIONS; i++) {
        const char *one = text_of(f->doc, n ? q_item(f->doc, value, i) : value, f->m->arena);
        if (one)
            *ARENA_PUSH(f->m->arena, c.values, c.n, c.cap) = one;
    }
    if (c.n > 1)
        qsort(c.values, c.n, sizeof *c.values, string_order_at);
    return c;
}

static bool is_chosen(struct field *f, const struct choice *c, qref option)
{
    const char *exported = option_text(f->doc, option, false, f->m->arena);
    return exported && c->n &&
           bsearch(&exported, c->values, c->n, sizeof *c->values, string_order_at);
}

/* The rows of a list box that fit, from the one that is to be on top, but so that the first chosen
 * one is among them. */
static enum field_end make_list(struct field *f)
{
    struct qdoc *d = f->doc;
    struct lettering_style style = field_style(f);
    double box[4], size = f->look.size > 0 ? f->look.size : 12, row = size * 1.2;
    qref options = inherited(d, f->widget, "/Opt");
    size_t n = q_length(d, options), chosen = SIZE_MAX;
    const struct choice choice = read_choice(f);
    long top = q_integer(d, inherited(d, f->widget, "/TI"), 0);

    put_frame(f);
    text_box(f, 0, box);
    style.size = size;
    n = n < MOST_OPTIONS ? n : MOST_OPTIONS;
    for (size_t i = 0; i < n && chosen == SIZE_MAX; i++)
        if (is_chosen(f, &choice, q_item(d, options, i)))
            chosen = i;
    size_t rows = (size_t)fmax((box[3] - box[1]) / row, 1), first = top > 0 ? (size_t)top : 0;
    if (chosen != SIZE_MAX && (chosen < first || chosen >= first + rows))
        first = chosen;
    for (size_t i = first; i < n && i < first + rows; i++) {
        qref option = q_item(d, options, i);
        const char *text = option_text(d, option, true, f->m->arena);
        double high = box[3] - (double)(i - first) * row;
        const double line[] = {box[0], fmax(high - row, box[1]), box[2], high};
        if (is_chosen(f, &choice, option)) {
            buffer_puts(&f->m->content, "0.6 0.757 0.855 rg ");
            drawing_box(f->m, line, 0);
            buffer_puts(&f->m->content, "f\n");
        }
        enum lettering_end end = drawing_add_text(
            f->m, text ? text : "", (double[]){line[0] + PADDING, line[1], line[2], line[3]}, 0,
            &style, f->look.fill);
        if (end != LETTERING_SET)
            return text_end(end);
    }
    return FIELD_MADE;
}

/* A list box shows its options though none is chosen; which ones its appearance shows is not looked
 * into. */
static enum field_end make_value(struct field *f, bool list)
{
    bool empty = !f->value || !*f->value;
    list = list && q_length(f->doc, inherited(f->doc, f->widget, "/Opt")) > 0;
    if (empty && !list)
        return own_appearance(f, "") ? use_own(f, "") : make_empty(f);
    enum freshness fresh = f->form->need_appearances ? EMPTY : freshness(f);
    if (fresh == UP_TO_DATE || (list && fresh == OUTDATED))
        return use_own(f, "");
    enum field_end end = list ? make_list(f) : make_text(f);
    return end == FIELD_MADE && fresh == OUTDATED ? FIELD_STALE : end;
}

/* --- buttons --- */

/* Corners of the marks of ZapfDingbats that buttons are set with (/CA), of a side of 1. */
static const struct mark {
    char code;
    bool filled;
    double corner[10][2]; /* ends with a negative one */
} marks[] = {
    {'4', false, {{.15, .5}, {.4, .2}, {.85, .85}, {-1, 0}}},
    {'8', false, {{.2, .2}, {.8, .8}, {.5, .5}, {.2, .8}, {.8, .2}, {-1, 0}}},
    {'u', true, {{.5, .1}, {.9, .5}, {.5, .9}, {.1, .5}, {-1, 0}}},
    {'n', true, {{.2, .2}, {.8, .2}, {.8, .8}, {.2, .8}, {-1, 0}}},
    {'H',
     true,
     {{.5, .95},
      {.38, .62},
      {.05, .62},
      {.31, .41},
      {.22, .08},
      {.5, .28},
      {.78, .08},
      {.69, .41},
      {.95, .62},
      {.62, .62}}},
};

static void put_disc(struct field *f, double x, double y, double r)
{
    struct buffer *out = &f->m->content;
    double k = .5523 * r;
    buffer_printf(out, "%.3f %.3f m %.3f %.3f %.3f %.3f %.3f %.3f c ", x + r, y, x + r, y + k,
                  x + k, y + r, x, y + r);
    buffer_printf(out, "%.3f %.3f %.3f %.3f %.3f %.3f c ", x - k, y + r, x - r, y + k, x - r, y);
    buffer_printf(out, "%.3f %.3f %.3f %.3f %.3f %.3f c ", x - r, y - k, x - k, y - r, x, y - r);
    buffer_printf(out, "%.3f %.3f %.3f %.3f %.3f %.3f c f\n", x + k, y - r, x + r, y - k, x + r, y);
}

static void put_mark(struct field *f, char code)
{
    struct buffer *out = &f->m->content;
    const struct mark *mark = marks;
    double w = f->rect[2] - f->rect[0], h = f->rect[3] - f->rect[1],
           side = fmax(fmin(w, h) - 2 * f->inset, 1);
    double x = (f->rect[0] + f->rect[2] - side) / 2, y = (f->rect[1] + f->rect[3] - side) / 2;

    buffer_printf(out, "%s%s%.3f w 1 J 1 j\n", f->look.fill, f->look.stroke, side / 9);
    if (code == 'l') {
        put_disc(f, x + side / 2, y + side / 2, side / 4);
        return;
    }
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (marks[i].code == code)
            mark = &marks[i];
    for (size_t i = 0; i < 10 && mark->corner[i][0] >= 0; i++)
        buffer_printf(out, "%.3f %.3f %s ", x + side * mark->corner[i][0],
                      y + side * mark->corner[i][1], i ? "l" : "m");
    buffer_puts(out, mark->filled ? "f\n" : "S\n");
}

static enum field_end make_mark(struct field *f)
{
    const char *code = q_key_text(f->doc, q_get(f->doc, f->looks, "/CA"), f->m->arena);
    put_frame(f);
    put_mark(f, code && *code ? *code : f->flags & RADIO ? 'l' : '4');
    return FIELD_MADE;
}

/* By its place among the group's buttons, where the field lists what they stand for
 * (/Opt, 12.7.4.2.4): the value is the option's text or its number. NULL: it does not. */
static const char *state_by_option(struct field *f, const char *chosen)
{
    struct qdoc *d = f->doc;
    qref group = q_get(d, f->widget, "/Parent"), kids = q_get(d, group, "/Kids"),
         options = q_get(d, group, "/Opt");
    size_t n = q_length(d, options), at = 0;

    n = n < MOST_BUTTONS ? n : MOST_BUTTONS;
    while (at < n && q_id(d, q_item(d, kids, at)) != q_id(d, f->widget))
        at++;
    if (at == n)
        return NULL;
    const char *option = text_of(d, q_item(d, options, at), f->m->arena);
    bool is_chosen_one = (option && !strcmp(option, chosen)) ||
                         !strcmp(arena_printf(f->m->arena, "%zu", at), chosen);
    return is_chosen_one ? chosen : "Off";
}

/* Which state a check box or a radio button is in: what its widget says (/AS), unless the field's
 * value names another that this widget has, or this form leaves its looks to the reader. "Off":
 * off; NULL: it cannot be told. */
static const char *button_state(struct field *f)
{
    struct qdoc *d = f->doc;
    qref states = q_get(d, q_get(d, f->widget, "/AP"), "/N"), value = inherited(d, f->widget, "/V"),
         stated = q_get(d, f->widget, "/AS");
    const char *chosen = q_text(d, value, f->m->arena), *state = q_text(d, stated, f->m->arena);

    if (chosen && strcmp(chosen, "Off") &&
        q_get(d, states, arena_printf(f->m->arena, "/%s", chosen)))
        return chosen;
    bool follows_value =
        chosen && (f->form->need_appearances || (f->flags & RADIO && strcmp(chosen, "Off")));
    if (state && !(follows_value && q_is_dict(d, states)))
        return state;
    if (!chosen || !strcmp(chosen, "Off") || q_is_dict(d, states))
        return "Off";
    return f->flags & RADIO && q_get(d, f->widget, "/Parent") && !q_get(d, f->widget, "/T")
               ? state_by_option(f, chosen) /* one of several */
               : chosen;
}

static enum field_end make_caption(struct field *f)
{
    const char *caption = q_text(f->doc, q_get(f->doc, f->looks, "/CA"), f->m->arena);
    struct lettering_style style = field_style(f);
    double box[4];

    const char *state = stated_look(f->doc, f->widget, f->m->arena);

    if (state && use_own(f, state) == FIELD_OWN)
        return FIELD_OWN;
    if (!f->looks)
        return FIELD_NOTHING;
    put_frame(f);
    text_box(f, PADDING, box);
    style.align = LETTERING_CENTRE;
    return caption ? text_end(drawing_add_text(f->m, caption, box, f->turn, &style, f->look.fill))
                   : FIELD_MADE;
}

/* Does the widget bring a look for another state, which it says that it is in? */
static bool is_shown_otherwise(struct field *f, const char *state)
{
    const char *stated = q_text(f->doc, q_get(f->doc, f->widget, "/AS"), f->m->arena);
    return stated && strcmp(stated, state) && !f->form->need_appearances &&
           own_appearance(f, stated);
}

static enum field_end make_button(struct field *f)
{
    if (f->flags & PUSH_BUTTON)
        return make_caption(f);
    if (use_own(f, "") == FIELD_OWN)
        return FIELD_OWN; /* one look for all states */
    const char *state = button_state(f);
    if (!state)
        return FIELD_NO_STATE;
    if (use_own(f, state) == FIELD_OWN)
        return is_shown_otherwise(f, state) ? FIELD_STALE : FIELD_OWN;
    if (strcmp(state, "Off"))
        return make_mark(f);
    if (!f->looks)
        return FIELD_NOTHING;
    put_frame(f);
    return FIELD_MADE;
}

/* --- all of it --- */

static const char *font_name(struct field *f)
{
    struct qdoc *d = f->doc;
    qref fonts = q_get(d, q_get(d, f->form->form, "/DR"), "/Font");
    qref font = q_get(d, fonts, arena_printf(f->m->arena, "/%s", f->look.font));
    const char *name = q_text(d, q_get(d, font, "/BaseFont"), f->m->arena);
    return name && *name ? name : f->look.font;
}

static void read_style(struct field *f)
{
    struct qdoc *d = f->doc;
    qref look = inherited(d, f->widget, "/DA"), align = inherited(d, f->widget, "/Q"),
         turn = q_get(d, f->looks, "/R");
    if (!look)
        look = q_get(d, f->form->form, "/DA");
    if (!align)
        align = q_get(d, f->form->form, "/Q");
    f->look = drawing_look(f->m, q_key_text(d, look, f->m->arena));
    f->look.font = font_name(f);
    f->align = q_integer(d, align, 0) == 1   ? LETTERING_CENTRE
               : q_integer(d, align, 0) == 2 ? LETTERING_RIGHT
                                             : LETTERING_LEFT;
    f->turn = (int)((q_integer(d, turn, 0) % 360 + 360) % 360);
}

static void read_value(struct field *f, bool choice)
{
    qref value = inherited(f->doc, f->widget, "/V");
    if (q_length(f->doc, value) > 0)
        value = q_item(f->doc, value, 0);
    f->value = text_of(f->doc, value, f->m->arena);
    if (f->value && choice)
        f->value = chosen_text(f, f->value);
}

enum field_end field_make(struct drawing_maker *m, const struct field_form *form, qref widget)
{
    struct qdoc *d = m->doc;
    struct field f = {.m = m, .doc = d, .widget = widget, .form = form};
    bool text = is_kind(d, widget, "/Tx"), choice = is_kind(d, widget, "/Ch");

    if (!drawing_rect(d, widget, f.rect))
        return FIELD_NOTHING;
    f.looks = q_get(d, widget, "/MK");
    f.flags = q_integer(d, inherited(d, widget, "/Ff"), 0);
    read_style(&f);
    if (text || choice) {
        read_value(&f, choice);
        return make_value(&f, choice && !(f.flags & COMBO));
    }
    if (is_kind(d, widget, "/Btn"))
        return make_button(&f);
    const char *state = q_text(d, q_get(d, widget, "/AS"), m->arena);
    enum field_end end = use_own(&f, state && !field_appearance(d, widget, "") ? state : "");
    return is_kind(d, widget, "/Sig") && !inherited(d, widget, "/V") ? FIELD_UNSIGNED : end;
}
