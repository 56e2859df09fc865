/* paragraph.c - see paragraph.h. A paragraph becomes units (a character with its selector, or an
 * inline object); units get widths (CLREQ 3.1.6), places where a line may end (3.1.3, ICU's line
 * rules beneath), and then lines. Every step looks at each unit a fixed number of times. */
#include "text/paragraph.h"

#include "core/utf8.h"
#include "text/clreq.h"
#include "text/total_fit.h"

#include <string.h>
#include <unicode/ubrk.h>

/* What an invisible character before a unit says about a line's beginning there. */
enum break_hint {
    HINT_NONE,
    HINT_ALLOWED,  /* U+200B */
    HINT_HYPHEN,   /* U+00AD: allowed, and the line before ends with a hyphen */
    HINT_FORBIDDEN /* U+2060, U+FEFF */
};

struct unit {
    struct text_glyph g;
    double gap;        /* before it: the quarter em between Han and Latin; not at a line's start */
    double blank;      /* what a full-width mark can give up: half an em */
    double blank_left; /* the left part of blank */
    double natural_x;  /* on one endless line: the width of any line is a difference of two */
    double shrink_before;    /* how much the units before this one can shrink */
    int ink_left, ink_right; /* of the glyph, 1/1000 em */
    enum clreq_class class;
    enum break_opportunity opportunity;
    enum break_hint hint;
    bool full_width; /* on the full square */
    bool forced_end;
    bool unbreakable; /* of an unbreakable or spread span: nothing moves inside */
};

/* Code points with their roles. */
struct code_set {
    uint32_t *slots; /* 0: free; a power of 2 of them */
    size_t n, cap;
};

struct setting {
    struct arena *arena;
    struct arena *work; /* what is not handed out: it is larger than what is, and goes at once */
    struct fonts *fonts;
    const struct text_span *spans;
    size_t n_spans;
    const struct paragraph_style *style;
    struct unit *units;
    size_t n;
    struct text_lines *out;
    size_t cap_lines, cap_missing, cap_invisible, cap_fallback;
    enum break_hint hint;     /* for the next unit */
    bool knows_opportunities; /* most answers stand on one line and never ask for them */
    struct code_set noted_fallbacks;
};

/* Units. */

/* false: the set has the key already. */
static bool code_set_insert(struct arena *arena, struct code_set *set, uint32_t key)
{
    if (set->n * 2 >= set->cap) {
        struct code_set larger = {.cap = set->cap ? set->cap * 2 : 32};
        larger.slots = ARENA_ARRAY(arena, uint32_t, larger.cap);
        for (size_t i = 0; i < set->cap; i++)
            if (set->slots[i])
                code_set_insert(arena, &larger, set->slots[i]);
        *set = larger;
    }
    size_t i = (key * 2654435761u >> 7) & (set->cap - 1);
    for (; set->slots[i]; i = (i + 1) & (set->cap - 1))
        if (set->slots[i] == key)
            return false;
    set->slots[i] = key;
    set->n++;
    return true;
}

static void note_fallback(struct setting *s, enum font_role role, const struct glyph *g)
{
    if (!fonts_falls_back(s->fonts, role, g) || !g->cp ||
        !code_set_insert(s->work, &s->noted_fallbacks, g->cp | (uint32_t)role << 21))
        return;
    *ARENA_PUSH(s->arena, s->out->fallback, s->out->n_fallback, s->cap_fallback) =
        (struct text_fallback){g->cp, role, g->face};
}

/* What a span's characters have in common. */
struct span_state {
    size_t index;
    const struct text_span *span;
    const struct face *span_face; /* that draws the whole span; NULL: none, or none asked for */
    const struct face
        *word_face;    /* that draws the whole Latin word at hand; NULL: each letter its own */
    size_t word_end;   /* in the span's text */
    double digit_step; /* tabular: the widest digit */
};

static bool find_glyph(struct setting *s, const struct span_state *state,
                       const struct font_sequence *sequence, struct glyph *g)
{
    const struct face *face = state->span_face ? state->span_face : state->word_face;
    return face ? fonts_sequence_of(s->fonts, state->span->role, face, sequence, g)
                : fonts_sequence(s->fonts, state->span->role, sequence, g);
}

static double widest_digit(struct setting *s, const struct span_state *state)
{
    int widest = 0;
    struct glyph g;
    for (uint32_t cp = '0'; cp <= '9'; cp++)
        if (find_glyph(s, state, &(struct font_sequence){.cp = cp}, &g) && g.advance > widest)
            widest = g.advance;
    return widest * state->span->size / 1000;
}

static bool is_pause(const struct unit *u)
{
    return u->class == CLREQ_CLOSE || u->class == CLREQ_COMMA || u->class == CLREQ_STOP;
}

static struct unit *add_unit(struct setting *s)
{
    struct unit *u = &s->units[s->n++];
    u->hint = s->hint;
    s->hint = HINT_NONE;
    return u;
}

/* Is the shape that the selector asks for another than the one that is drawn? Those of emoji ask
 * for colours, which no paper has. */
static bool lacks_variant(const struct font_sequence *sequence, const struct glyph *g)
{
    struct glyph variant;
    return sequence->vs && sequence->vs != 0xFE0E && sequence->vs != 0xFE0F &&
           !face_variant(g->face, sequence->cp, sequence->vs, &variant);
}

static void note_invisible(struct setting *s, const struct span_state *state, uint32_t cp,
                           uint32_t vs)
{
    *ARENA_PUSH(s->arena, s->out->invisible, s->out->n_invisible, s->cap_invisible) =
        (struct text_missing){cp, vs, state->span->role, state->index};
}

/* An invisible character gets no unit: spacing and breaks see its neighbours side by side. */
static void add_invisible(struct setting *s, const struct span_state *state, uint32_t cp)
{
    note_invisible(s, state, cp, 0);
    if (cp == 0x200B)
        s->hint = HINT_ALLOWED;
    else if (cp == 0xAD)
        s->hint = HINT_HYPHEN;
    else if (cp == 0x2060 || cp == 0xFEFF)
        s->hint = HINT_FORBIDDEN;
}

/* What of the sequence no face has: the base, or the marks that no face has beside it. */
static void note_missing(struct setting *s, const struct span_state *state,
                         const struct font_sequence *sequence)
{
    enum font_role role = state->span->role;
    const struct font_sequence base = {.cp = sequence->cp, .vs = sequence->vs};
    struct glyph g;
    bool drawn = sequence->n_marks > 0 && find_glyph(s, state, &base, &g);
    size_t n = drawn ? sequence->n_marks : 1;
    for (size_t i = 0; i < n; i++)
        *ARENA_PUSH(s->arena, s->out->missing, s->out->n_missing, s->cap_missing) =
            (struct text_missing){drawn ? sequence->marks[i] : base.cp, drawn ? 0 : base.vs, role,
                                  state->index};
}

static void add_character(struct setting *s, const struct span_state *state,
                          const struct font_sequence *sequence)
{
    const struct text_span *span = state->span;
    struct unit *u = add_unit(s);
    uint32_t cp = sequence->cp;
    struct glyph g = {.cp = cp, .vs = sequence->vs, .advance = 1000};

    u->unbreakable = span->unbreakable || span->spread > 0;
    u->g =
        (struct text_glyph){.cp = cp, .vs = sequence->vs, .size = span->size, .span = state->index};
    if (cp == '\n') {
        u->forced_end = true;
        return;
    }
    bool drawn = find_glyph(s, state, sequence, &g);
    if (drawn)
        note_fallback(s, span->role, &g);
    else
        note_missing(s, state, sequence);
    if (drawn && lacks_variant(sequence, &g))
        note_invisible(s, state, cp, sequence->vs);
    u->class = clreq_class(cp);
    u->full_width =
        g.advance >= 900 && cp >= 0x80 && cp != 0x2030; /* a wide %, W or ‰ is no square */
    u->g.face = g.face;
    u->g.gid = g.gid;
    u->g.width = g.advance * span->size / 1000;
    if (span->tabular && cp >= '0' && cp <= '9') {
        u->g.shift = (state->digit_step - u->g.width) / 2;
        u->g.width = state->digit_step;
    }
    if (u->full_width)
        u->g.width += s->style->tracking;
    u->ink_left = g.left;
    u->ink_right = g.right;
    if (!u->full_width || span->spread > 0)
        return;
    if (u->class == CLREQ_OPEN)
        u->blank = u->blank_left = span->size / 2;
    if (is_pause(u)) {
        /* A mark whose ink stands in the middle of its square gives up a quarter on each side. */
        bool middle = g.left + g.right > 700 && g.left + g.right < 1300;
        u->blank = span->size / 2;
        u->blank_left = middle ? span->size / 4 : 0;
    }
}

/* Letters and digits, and what joins them: Jean-Luc, O'Neill. */
static bool is_word_character(uint32_t cp)
{
    return font_is_latin(cp) &&
           (cp >= 0x80 || (cp >= '0' && cp <= '9') || cp == '-' || cp == '\'' ||
            (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z'));
}

/* At a letter that begins a Latin word with more than ASCII in it: the face of the whole word. */
static void find_word(struct setting *s, struct span_state *state, size_t at, uint32_t first)
{
    const struct text_span *span = state->span;
    bool plain = true;
    size_t end = at;

    if (at < state->word_end)
        return;
    state->word_face = NULL;
    if (!is_word_character(first))
        return;
    while (end < span->len) {
        struct font_sequence next;
        size_t used = font_next(span->text + end, span->len - end, &next);
        if (!is_word_character(next.cp))
            break;
        plain = plain && next.cp < 0x80 && !next.n_marks;
        end += used;
    }
    state->word_end = end;
    if (!plain)
        state->word_face = fonts_face_for_word(s->fonts, span->role, span->text + at, end - at);
}

bool text_is_odd_line_end(uint32_t cp)
{
    return cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

static void add_span(struct setting *s, size_t index)
{
    const struct text_span *span = &s->spans[index];
    struct span_state state = {.index = index, .span = span};

    if (!span->text) {
        struct unit *u = add_unit(s);
        u->class = CLREQ_HAN;
        u->full_width = true;
        u->g = (struct text_glyph){.size = span->size, .span = index, .width = span->object_width};
        return;
    }
    if (span->single_face)
        state.span_face = fonts_face_for_all(s->fonts, span->role, span->text, span->len);
    if (span->tabular)
        state.digit_step = widest_digit(s, &state);
    for (size_t i = 0, used; i < span->len; i += used) {
        struct font_sequence sequence;
        used = font_next(span->text + i, span->len - i, &sequence);
        uint32_t cp = sequence.cp;
        find_word(s, &state, i, cp);
        if (cp == '\r' && i + 1 < span->len && span->text[i + 1] == '\n')
            continue; /* CR LF is one line end */
        if (text_is_odd_line_end(cp))
            add_invisible(s, &state, cp);
        if (cp == '\r' || text_is_odd_line_end(cp))
            cp = '\n';
        sequence.cp = cp == '\t' ? ' ' : cp;
        if (utf8_is_ignorable(cp) || utf8_is_variation_selector(cp))
            add_invisible(s, &state, cp);
        else
            add_character(s, &state, &sequence);
    }
}

/* Widths. */

static bool inside_unbreakable(const struct setting *s, size_t i)
{
    return s->units[i].unbreakable && s->units[i - 1].g.span == s->units[i].g.span;
}

static bool in_spread(const struct setting *s, size_t i)
{
    return s->spans[s->units[i].g.span].spread > 0;
}

/* Takes a share (1: all) of the blank out of a full-width mark. */
static void remove_blank(struct unit *u, double share)
{
    u->g.width -= u->blank * share;
    u->g.shift -= u->blank_left * share;
    u->blank -= u->blank * share;
    u->blank_left -= u->blank_left * share;
}

/* · is always half an em (GB/T 15834), and so are the short hyphen and the slash among Han. */
static void halve_connectors(struct setting *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct unit *u = &s->units[i];
        uint32_t cp = u->g.cp;
        bool among_han =
            (i > 0 && s->units[i - 1].full_width) || (i + 1 < s->n && s->units[i + 1].full_width);
        bool half =
            clreq_is_interpunct(cp) ||
            (among_han && (cp == '-' || cp == '/' || cp == 0x2010 || cp == 0x2013 || cp == 0xFF0F));
        if (!half || !u->g.face || u->ink_right - u->ink_left > 550)
            continue;
        u->g.width = u->g.size / 2;
        u->g.shift = u->g.size / 4 - (u->ink_left + u->ink_right) * u->g.size / 2000;
        u->full_width = false;
    }
}

/* CLREQ 3.1.6.1: between two adjacent marks one blank half em is removed. */
static void adjust_adjacent(struct setting *s)
{
    for (size_t i = 1; i < s->n; i++) {
        struct unit *a = &s->units[i - 1], *b = &s->units[i];
        bool marks = a->full_width && b->full_width && (is_pause(a) || a->class == CLREQ_OPEN) &&
                     (is_pause(b) || b->class == CLREQ_OPEN);
        if (!marks || in_spread(s, i - 1) || in_spread(s, i))
            continue;
        if (is_pause(a))
            remove_blank(a, 1);
        else if (b->class == CLREQ_OPEN)
            remove_blank(b, 1);
    }
}

/* A number with its sign or unit is set apart from Han as the digits are. */
static bool is_western(const struct unit *u)
{
    return !u->full_width &&
           (u->class == CLREQ_WESTERN || u->class == CLREQ_SUFFIX || u->class == CLREQ_PREFIX);
}

static bool is_han(const struct unit *u)
{
    return u->full_width && u->class == CLREQ_HAN && u->g.face;
}

static void open_gaps(struct setting *s)
{
    for (size_t i = 1; i < s->n; i++) {
        struct unit *a = &s->units[i - 1], *b = &s->units[i];
        if ((in_spread(s, i) && inside_unbreakable(s, i)) ||
            !((is_han(a) && is_western(b)) || (is_western(a) && is_han(b))))
            continue;
        b->gap = (a->g.size < b->g.size ? a->g.size : b->g.size) / 4;
    }
}

/* 分散: equal gaps between the characters of a span, never characters. */
static void spread_spans(struct setting *s)
{
    for (size_t from = 0, to; from < s->n; from = to) {
        size_t span = s->units[from].g.span;
        double natural = 0;
        for (to = from; to < s->n && s->units[to].g.span == span; to++)
            natural += s->units[to].g.width;
        double rest = s->spans[span].spread - natural;
        for (size_t i = from; s->spans[span].spread > 0 && rest > 0 && i + 1 < to; i++)
            s->units[i].g.width += rest / (double)(to - from - 1);
    }
}

/* Justification. */

static enum shrink shrink_kind(const struct unit *u)
{
    return u->class == CLREQ_SPACE   ? SHRINK_SPACE
           : u->class == CLREQ_STOP  ? SHRINK_STOP
           : u->class == CLREQ_COMMA ? SHRINK_COMMA
                                     : SHRINK_BRACKET;
}

/* A word space shrinks to a quarter em, a mark by its blank. */
static double unit_shrink(const struct unit *u)
{
    if (u->unbreakable)
        return 0;
    double space = u->g.width - u->g.size / 4;
    return u->class != CLREQ_SPACE ? u->blank : !u->full_width && space > 0 ? space : 0;
}

/* The gap between Han and Latin shrinks to an eighth of an em. */
static double gap_shrink(const struct setting *s, size_t i)
{
    return i > 0 && !inside_unbreakable(s, i) ? s->units[i].gap / 2 : 0;
}

static void sum_widths(struct setting *s)
{
    double at = 0, slack = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct unit *u = &s->units[i];
        u->natural_x = at += u->gap;
        u->shrink_before = slack += gap_shrink(s, i);
        at += u->g.width;
        slack += unit_shrink(u);
    }
}

static void build_units(struct setting *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_spans; i++) {
        const struct text_span *span = &s->spans[i];
        n += !span->text;
        for (size_t at = 0, used; span->text && at < span->len; at += used, n++)
            utf8_next(span->text + at, span->len - at, &used);
    }
    s->units = ARENA_ARRAY(s->work, struct unit, n);
    for (size_t i = 0; i < s->n_spans; i++)
        add_span(s, i);
    halve_connectors(s);
    adjust_adjacent(s);
    open_gaps(s);
    spread_spans(s);
    sum_widths(s);
}

/* Break opportunities. */

/* One iterator of a kind for the process: opening one costs more than breaking a page. */
static UBreakIterator *iterator(UBreakIteratorType type)
{
    static UBreakIterator *line, *word;
    UBreakIterator **it = type == UBRK_LINE ? &line : &word;
    UErrorCode error = U_ZERO_ERROR;
    if (!*it)
        *it = ubrk_open(type, type == UBRK_LINE ? "zh@lb=strict" : "zh", NULL, 0, &error);
    return U_FAILURE(error) ? NULL : *it;
}

/* 万 or 亿, which a unit of its own may follow. */
static bool is_myriad(uint32_t cp)
{
    return cp == 0x4E07 || cp == 0x4EBF;
}

enum { LONGEST_UNIT = 8 }; /* 余万平方公里 */

/* Whether unit i stands in the unit of measure that begins at from. */
static bool is_in_unit(const struct setting *s, size_t from, size_t i)
{
    uint32_t word[LONGEST_UNIT];
    size_t n = 0;
    for (; n < LONGEST_UNIT && from + n < s->n && s->units[from + n].class == CLREQ_HAN; n++)
        word[n] = s->units[from + n].g.cp;
    return clreq_unit_length(word, n) > i - from;
}

/* Where a unit of measure that unit i may stand in would begin. */
static size_t begin_of_word(const struct setting *s, size_t i)
{
    size_t from = i;
    while (from > 0 && i - from < LONGEST_UNIT && s->units[from - 1].class == CLREQ_HAN &&
           !clreq_ends_number(s->units[from - 1].g.cp))
        from--;
    return from;
}

/* Whether unit i stands in the unit behind a number: 3|个月, 12 |万吨, 12 万|吨, 3万立|方米. */
static bool is_unit_of_number(const struct setting *s, size_t i)
{
    size_t from = begin_of_word(s, i), before = from > 0 ? from - 1 : 0;
    if (s->units[before].g.cp == ' ' && before > 0)
        before--;
    return clreq_ends_number(s->units[before].g.cp) && is_in_unit(s, from, i);
}

/* ... or behind another unit: 5 万元/|年, 3千米/小|时, 30千牛·|米. */
static bool is_unit_of_unit(const struct setting *s, size_t i)
{
    size_t from = begin_of_word(s, i);
    uint32_t sign = from > 1 ? s->units[from - 1].g.cp : 0;
    return (sign == '/' || sign == 0xFF0F || sign == 0xB7) &&
           (s->units[from - 2].class == CLREQ_WESTERN || is_unit_of_number(s, from - 2)) &&
           is_in_unit(s, from, i);
}

static bool is_part_of_date(uint32_t cp)
{
    return cp == 0x5E74 || cp == 0x6708 || cp == 0x65E5; /* 年月日 */
}

/* A line that begins at unit i would part what ICU parts and GB/T 15835 keeps together: numbers,
 * their units and signs, ranges of numbers, codes of standards. */
static bool parts_number_or_code(const struct setting *s, size_t i)
{
    const struct unit *a = &s->units[i - 1], *b = &s->units[i], *c = i >= 2 ? a - 1 : NULL;
    uint32_t before = a->g.cp, after = b->g.cp;

    if (clreq_ends_number(before) &&
        (clreq_is_digit(after) || b->class == CLREQ_WESTERN || clreq_joins_range(after)))
        return true;
    if (clreq_joins_range(before) && c && clreq_is_digit(after) && !is_part_of_date(c->g.cp) &&
        (c->class == CLREQ_SUFFIX || c->class == CLREQ_WESTERN || is_unit_of_number(s, i - 2)))
        return true; /* 30%～40%, 5 m～8 m, 5万元～8万元 */
    if (clreq_joins_range(before) && c && clreq_is_digit(c->g.cp))
        return clreq_is_digit(after) || clreq_joins_range(after) || after == 0x4ECA; /* —至, 至今 */
    if (clreq_is_digit(after) && (before == 0x7B2C || (before == ' ' && c && c->g.cp == 0x7B2C)))
        return true; /* 第12期, 第 12 期 */
    if (b->class == CLREQ_HAN)
        return is_unit_of_number(s, i) || is_unit_of_unit(s, i);
    if (b->class != CLREQ_WESTERN)
        return false;
    if (before == ' ' && c && clreq_ends_number(c->g.cp))
        return !clreq_is_digit(after); /* 12.6 t */
    if (before == ' ' && c && is_unit_of_number(s, i - 2))
        return !clreq_is_digit(after); /* 5.6 万 m³ */
    if (is_myriad(before) && is_unit_of_number(s, i - 1))
        return !clreq_is_digit(after); /* 5.6万m³ */
    if (before == ' ' && c && c->class == CLREQ_WESTERN)
        return clreq_is_digit(after);                  /* ISSN 1000-0003 */
    return a->class == CLREQ_WESTERN || before == '/'; /* T/XX, GB/T */
}

/* 2012年|7月, 7月—|2016年, 7月|至今 */
static bool parts_date(const struct setting *s, size_t i)
{
    uint32_t before = s->units[i - 1].g.cp, after = s->units[i].g.cp,
             c = i >= 2 ? s->units[i - 2].g.cp : 0;
    bool joined = clreq_is_digit(after) || clreq_joins_range(after) || after == 0x4ECA; /* 今 */
    if (is_part_of_date(before))
        return clreq_is_digit(c) && joined;
    return clreq_joins_range(before) && (is_part_of_date(c) || clreq_joins_range(c)) && joined;
}

/* A soft hyphen becomes a hyphen inside a word only. */
static bool is_hyphen(const struct setting *s, size_t i)
{
    const struct unit *a = &s->units[i - 1], *b = &s->units[i];
    return b->hint == HINT_HYPHEN && a->class == CLREQ_WESTERN && b->class == CLREQ_WESTERN &&
           !clreq_is_digit(a->g.cp);
}

/* What stands before a unit, as far as a break there depends on it. */
struct context {
    size_t last_solid; /* the last unit of the line that is no space; SIZE_MAX: none */
    size_t dash_run;   /* how many of the same dash stand right before */
    bool icu_breaks;   /* ICU would begin a line here */
};

static enum break_opportunity find_opportunity_within(const struct setting *s, size_t i,
                                                      const struct context *at)
{
    const struct unit *a = &s->units[i - 1], *b = &s->units[i], *c = i >= 2 ? a - 1 : NULL;
    uint32_t before = a->g.cp, after = b->g.cp;

    if (a->forced_end || b->forced_end || b->class == CLREQ_SPACE || inside_unbreakable(s, i) ||
        b->hint == HINT_FORBIDDEN || text_forbidden_start(after))
        return BREAK_NONE;
    if (at->last_solid == SIZE_MAX)
        return s->style->at_interpuncts_only ? BREAK_NONE : BREAK_LOOSE;
    if (text_forbidden_end(s->units[at->last_solid].g.cp) ||
        at->dash_run % 2 == 1) /* —— and …… are pairs */
        return BREAK_NONE;
    if (s->style->at_interpuncts_only)
        return clreq_is_interpunct(s->units[at->last_solid].g.cp) ? BREAK_GOOD : BREAK_NONE;
    if (is_hyphen(s, i) ||
        (b->hint == HINT_ALLOWED && !(clreq_is_digit(before) && parts_number_or_code(s, i))))
        return BREAK_GOOD;
    if (at->icu_breaks && !parts_number_or_code(s, i))
        return parts_date(s, i) ? BREAK_DATE : BREAK_GOOD;
    if (clreq_is_digit(after) &&
        (clreq_is_digit(before) ||
         (c && clreq_is_digit(c->g.cp) && (before == '.' || before == ',' || before == ':'))))
        return BREAK_NUMBER;
    return a->class == CLREQ_WESTERN && b->class == CLREQ_WESTERN ? BREAK_WORD : BREAK_LOOSE;
}

/* Unbreakable spans that follow each other, as a volume, its issue and pages, are parted only when
 * nothing else is left. */
static enum break_opportunity find_opportunity(const struct setting *s, size_t i,
                                               const struct context *at)
{
    enum break_opportunity found = find_opportunity_within(s, i, at);
    bool joined =
        s->spans[s->units[i - 1].g.span].unbreakable && s->spans[s->units[i].g.span].unbreakable;
    return joined && found != BREAK_NONE ? BREAK_NUMBER : found;
}

/* A walk over units and ICU's boundaries side by side. */
struct boundaries {
    UBreakIterator *it; /* NULL: every place is a boundary */
    UChar *text;
    int32_t len, at, next;
};

/* Inline objects and malformed bytes are OBJECT REPLACEMENT CHARACTERs to ICU. */
static void put_text(const struct setting *s, size_t from, size_t to, struct boundaries *b)
{
    b->text = ARENA_ARRAY(s->work, UChar, (to - from) * 2);
    for (size_t i = from; i < to; i++) {
        uint32_t cp = s->units[i].g.cp;
        if (!cp || cp > 0x10FFFF)
            cp = 0xFFFC;
        if (cp > 0xFFFF) {
            b->text[b->len++] = (UChar)(0xD7C0 + (cp >> 10));
            cp = 0xDC00 + (cp & 0x3FF);
        }
        b->text[b->len++] = (UChar)cp;
    }
}

static struct boundaries boundaries(const struct setting *s, size_t from, size_t to,
                                    UBreakIteratorType type)
{
    struct boundaries b = {.it = iterator(type)};
    UErrorCode error = U_ZERO_ERROR;
    put_text(s, from, to, &b);
    if (b.it)
        ubrk_setText(b.it, b.text, b.len, &error);
    if (U_FAILURE(error))
        b.it = NULL;
    return b;
}

/* Whether a boundary stands before the unit at hand; goes on to the next unit. */
static bool at_boundary(struct boundaries *b)
{
    while (b->it && b->next != UBRK_DONE && b->next < b->at)
        b->next = ubrk_next(b->it);
    bool at = !b->it || b->next == b->at;
    b->at += b->at + 1 < b->len && U16_IS_LEAD(b->text[b->at]) ? 2 : 1;
    return at;
}

/* Without ICU lines break at any place that is not forbidden: nothing is lost. */
static void find_opportunities(struct setting *s)
{
    struct context c = {.last_solid = SIZE_MAX};

    if (s->knows_opportunities)
        return;
    s->knows_opportunities = true;
    struct boundaries lines = boundaries(s, 0, s->n, UBRK_LINE);
    for (size_t i = 0; i < s->n; i++) {
        struct unit *u = &s->units[i];
        bool same = i > 0 && u->class == CLREQ_DASH && u[-1].g.cp == u->g.cp;
        c.dash_run = same ? c.dash_run + 1 : 0;
        c.icu_breaks = at_boundary(&lines);
        u->opportunity = i > 0 ? find_opportunity(s, i, &c) : BREAK_NONE;
        c.last_solid = u->forced_end ? SIZE_MAX : u->class != CLREQ_SPACE ? i : c.last_solid;
    }
}

/* Lines. */

/* Units [from, end) as a line, without the spaces that it ends with. */
struct extent {
    size_t end;
    double width;        /* with the blanks at both ends removed */
    double shrunk_width; /* shrunk as far as the style lets it */
};

/* The hyphen at the end of a line that ends before unit to; false: none. The hyphen is copied as
 * the input has it, U+00AD. */
static bool find_hyphen(const struct setting *s, size_t to, struct text_glyph *out)
{
    struct glyph g;
    if (to == 0 || to >= s->n || !is_hyphen(s, to))
        return false;
    const struct text_glyph *before = &s->units[to - 1].g;
    if (!fonts_glyph(s->fonts, s->spans[before->span].role, '-', 0, &g))
        return false;
    *out = (struct text_glyph){.face = g.face,
                               .gid = g.gid,
                               .cp = 0xAD,
                               .size = before->size,
                               .width = g.advance * before->size / 1000,
                               .span = before->span};
    return true;
}

static bool is_elastic(const struct setting *s)
{
    return s->style->align == ALIGN_JUSTIFY;
}

static struct extent measure(const struct setting *s, size_t from, size_t to)
{
    struct extent e = {.end = to};
    while (e.end > from && s->units[e.end - 1].class == CLREQ_SPACE)
        e.end--;
    if (e.end == from)
        return e;
    const struct unit *head = &s->units[from], *tail = &s->units[e.end - 1];
    double slack = tail->shrink_before + unit_shrink(tail) - head->shrink_before;
    e.width = tail->natural_x + tail->g.width - head->natural_x;
    struct text_glyph hyphen;
    if (e.end == to && find_hyphen(s, to, &hyphen))
        e.width += hyphen.width;
    if (head->class == CLREQ_OPEN) { /* CLREQ 3.1.6.2 */
        e.width -= head->blank;
        slack -= unit_shrink(head);
    }
    if (is_pause(tail)) { /* GB/T 15834 5.1.10 */
        e.width -= tail->blank;
        slack -= unit_shrink(tail);
    }
    e.shrunk_width = e.width - (is_elastic(s) ? slack : 0);
    return e;
}

static double available(const struct setting *s, bool first)
{
    double w = s->style->width - (first ? s->style->first_indent : s->style->hang_indent);
    return w > 0 ? w : 0;
}

/* Neither a mark that trails nor a space. */
static bool is_character(const struct unit *u)
{
    return u->class == CLREQ_HAN || u->class == CLREQ_WESTERN || u->class == CLREQ_OPEN;
}

/* By how much unit i of the line that begins at from shrinks in this kind. */
static double shrink_capacity(const struct setting *s, size_t i, size_t from, enum shrink kind)
{
    if (kind == SHRINK_GAP)
        return i > from ? gap_shrink(s, i) : 0;
    return shrink_kind(&s->units[i]) == kind ? unit_shrink(&s->units[i]) : 0;
}

static void shrink_line(struct setting *s, size_t from, size_t end, double *before, double need)
{
    for (int k = 0; k < SHRINK_COUNT && need > 0; k++) {
        enum shrink kind = (enum shrink)k;
        double all = 0;
        for (size_t i = from; i < end; i++)
            all += shrink_capacity(s, i, from, kind);
        double share = all > need ? need / all : 1;
        for (size_t i = from; i < end; i++) {
            double amount = shrink_capacity(s, i, from, kind) * share;
            if (kind == SHRINK_GAP)
                before[i - from] -= amount;
            else if (kind == SHRINK_SPACE)
                s->units[i].g.width -= amount;
            else if (amount > 0)
                remove_blank(&s->units[i], share);
        }
        need -= all * share;
    }
}

static bool resists_stretch(const struct unit *u)
{
    return !u->full_width || u->class == CLREQ_JOIN || u->class == CLREQ_DASH ||
           u->class == CLREQ_SPACE;
}

/* A space at which a line may end; the one in 12 km or GB/T 9704 is none. */
static bool is_word_space(const struct setting *s, size_t i)
{
    return s->units[i].class == CLREQ_SPACE && !s->units[i].full_width &&
           (i + 1 == s->n || s->units[i + 1].opportunity == BREAK_GOOD ||
            s->units[i + 1].class == CLREQ_SPACE);
}

static double stretch_capacity(const struct setting *s, size_t i, enum stretch kind)
{
    const struct unit *a = &s->units[i - 1], *b = &s->units[i];
    bool space = is_word_space(s, i);
    double most = b->g.size / 2 - b->g.width;

    if (inside_unbreakable(s, i) || (space && b->unbreakable))
        return 0;
    switch (kind) {
    case STRETCH_SPACE:
        return space && most > 0 ? most : 0;
    case STRETCH_GAP:
        return b->gap / 3;
    case STRETCH_HAN:
        return !resists_stretch(a) && !resists_stretch(b) && a->class != CLREQ_OPEN &&
                       !text_forbidden_start(b->g.cp)
                   ? b->g.size
                   : 0;
    case STRETCH_REST:
        return space || b->gap > 0 ? b->g.size : 0;
    case STRETCH_COUNT:
        break;
    }
    return 0;
}

/* A line that would be loose is left as it is. */
static void stretch_line(const struct setting *s, size_t from, size_t end, double *before,
                         double need)
{
    struct elasticity all = {0};
    double shares[STRETCH_COUNT] = {0};

    for (size_t i = from + 1; i < end; i++)
        for (int k = 0; k < STRETCH_COUNT; k++)
            all.stretch[k] += stretch_capacity(s, i, (enum stretch)k);
    for (int k = 0; k < STRETCH_COUNT && need > 0; k++) {
        bool limited = k == STRETCH_SPACE || k == STRETCH_GAP;
        if (all.stretch[k] <= 0)
            continue;
        shares[k] = limited && all.stretch[k] < need ? 1 : need / all.stretch[k];
        if (!limited && shares[k] > STRETCH_LIMIT + FIT_SLACK)
            return;
        need -= all.stretch[k] * shares[k];
    }
    for (size_t i = from + 1; i < end && need < FIT_SLACK; i++)
        for (int k = 0; k < STRETCH_COUNT; k++)
            before[i - from] += stretch_capacity(s, i, (enum stretch)k) * shares[k];
}

/* The line's glyphs from x on; before: the room before each glyph. */
static void place_glyphs(const struct setting *s, struct text_line *line, size_t from, size_t end,
                         const double *before, double x)
{
    struct text_glyph hyphen;
    line->left = x;
    line->glyphs = ARENA_ARRAY(s->arena, struct text_glyph, end - from + 1);
    for (size_t i = from; i < end; i++) {
        struct text_glyph *g = &line->glyphs[line->n++];
        *g = s->units[i].g;
        x += before[i - from];
        g->x = x;
        x += g->width;
        line->size = g->size > line->size ? g->size : line->size;
        line->spread = line->spread || in_spread(s, i);
    }
    if (end > from && find_hyphen(s, end, &hyphen)) {
        hyphen.x = x;
        x += hyphen.width;
        line->glyphs[line->n++] = hyphen;
    }
    line->right = x;
}

static void set_line(struct setting *s, size_t from, size_t to, bool first, bool last)
{
    const struct paragraph_style *style = s->style;
    struct extent e = measure(s, from, to);
    double *before = ARENA_ARRAY(s->work, double, e.end - from);
    double x = first ? style->first_indent : style->hang_indent,
           rest = available(s, first) - e.width;
    struct text_line *line = ARENA_PUSH(s->arena, s->out->lines, s->out->n, s->cap_lines);

    if (e.end > from && s->units[from].class == CLREQ_OPEN)
        remove_blank(&s->units[from], 1);
    if (e.end > from && is_pause(&s->units[e.end - 1]))
        remove_blank(&s->units[e.end - 1], 1);
    for (size_t i = from + 1; i < e.end; i++)
        before[i - from] = s->units[i].gap;
    switch (style->align) {
    case ALIGN_LEFT:
        break;
    case ALIGN_CENTER: /* an overflowing line begins at the left */
        x += rest > 0 ? rest / 2 : 0;
        break;
    case ALIGN_RIGHT:
        x += rest > 0 ? rest : 0;
        break;
    case ALIGN_JUSTIFY:
        if (rest < 0)
            shrink_line(s, from, e.end, before, -rest);
        else if (!last)
            stretch_line(s, from, e.end, before, rest);
        break;
    case ALIGN_SPREAD:
        line->spread = rest > 0 && e.end > from + 1;
        if (rest > 0 && !line->spread)
            x += rest / 2;
        for (size_t i = from + 1; line->spread && i < e.end; i++)
            before[i - from] += rest / (double)(e.end - from - 1);
        break;
    }
    place_glyphs(s, line, from, e.end, before, x);
}

/* The widest piece without a break opportunity inside: a narrower measure overflows. */
static double widest_piece(const struct setting *s)
{
    double widest = 0;
    for (size_t from = 0, to; from < s->n; from = to) {
        for (to = from + 1;
             to < s->n && s->units[to].opportunity == BREAK_NONE && !s->units[to].forced_end;)
            to++;
        double w = s->units[from].forced_end ? 0 : measure(s, from, to).shrunk_width;
        widest = w > widest ? w : widest;
    }
    return widest;
}

/* Breaking. */

/* The places of one stretch between forced line ends, and the sums up to the unit at hand. */
struct places {
    struct arena arena; /* the list's: it goes when the lines are chosen */
    struct line_place *list;
    size_t n, cap;
    struct elasticity sums, at_space; /* at_space: where the spaces before the unit begin */
    size_t characters;
};

/* Between from and to lines may end at opportunities up to this kind, and inside the pieces that
 * are too wide even so at the kinds behind it. */
static void add_places(struct setting *s, struct places *p, size_t from, size_t to,
                       enum break_opportunity kind, bool first)
{
    for (size_t piece = from, end; piece < to; piece = end) {
        for (end = piece + 1; end < to; end++)
            if (s->units[end].opportunity != BREAK_NONE && s->units[end].opportunity <= kind)
                break;
        bool at_start = first && piece == from;
        if (kind < BREAK_NUMBER &&
            measure(s, piece, end).shrunk_width > available(s, at_start) + FIT_SLACK)
            add_places(s, p, piece, end, kind + 1, at_start);
        else
            *ARENA_PUSH(&p->arena, p->list, p->n, p->cap) = (struct line_place){.unit = end};
    }
}

static void add_elasticity(const struct setting *s, size_t i, struct elasticity *sums)
{
    if (s->units[i].class != CLREQ_HAN && s->units[i].class != CLREQ_WESTERN)
        sums->shrink[shrink_kind(&s->units[i])] += unit_shrink(&s->units[i]);
}

/* The room before unit i, when that does not begin a line. */
static void add_room_elasticity(const struct setting *s, size_t i, struct elasticity *sums)
{
    sums->shrink[SHRINK_GAP] += gap_shrink(s, i);
    for (int k = 0; k < STRETCH_COUNT; k++)
        sums->stretch[k] += stretch_capacity(s, i, (enum stretch)k);
}

/* What a line that ends before the place's unit is up to there. */
static void end_at_place(const struct setting *s, const struct places *p, struct line_place *place)
{
    size_t end = place->unit;
    struct text_glyph hyphen;

    place->end = p->sums;
    place->characters = p->characters;
    if (s->units[end - 1].class == CLREQ_SPACE)
        place->end = p->at_space;
    else if (find_hyphen(s, end, &hyphen))
        place->end_x = hyphen.width;
    while (end > 1 && s->units[end - 1].class == CLREQ_SPACE)
        end--;
    const struct unit *tail = &s->units[end - 1];
    place->end_x += tail->natural_x + tail->g.width;
    if (is_pause(tail)) { /* GB/T 15834 5.1.10 */
        place->end_x -= tail->blank;
        place->end.shrink[shrink_kind(tail)] -= is_elastic(s) ? unit_shrink(tail) : 0;
    }
}

/* What a line that begins with the place's unit lacks of what stands before it. */
static void start_at_place(const struct setting *s, const struct places *p,
                           struct line_place *place)
{
    const struct unit *head = &s->units[place->unit];
    place->start_x = head->natural_x;
    place->start = p->sums;
    if (head->class == CLREQ_OPEN) { /* CLREQ 3.1.6.2 */
        place->start_x += head->blank;
        place->start.shrink[shrink_kind(head)] += is_elastic(s) ? unit_shrink(head) : 0;
    }
}

static void measure_places(const struct setting *s, struct places *p)
{
    struct line_place *place = p->list, *last = &p->list[p->n - 1];

    for (size_t i = place->unit; i < last->unit; i++) {
        const struct unit *u = &s->units[i];
        if (i == place->unit && place != p->list)
            end_at_place(s, p, place);
        if (u->class == CLREQ_SPACE && i > 0 && u[-1].class != CLREQ_SPACE)
            p->at_space = p->sums;
        if (is_elastic(s) && i > p->list->unit)
            add_room_elasticity(s, i, &p->sums);
        if (i == place->unit) {
            place->kind = u->opportunity;
            start_at_place(s, p, place++);
        }
        if (is_elastic(s))
            add_elasticity(s, i, &p->sums);
        p->characters += is_character(u);
    }
    end_at_place(s, p, last);
}

/* Characters: in ragged texts that are longer a word more or less is not seen. */
enum { SHORT_ANSWER = 48 };

static bool is_mid_phrase(const struct setting *s, size_t i)
{
    const struct unit *before = &s->units[i - 1];
    return !is_pause(before) && before->class != CLREQ_SPACE && s->units[i].class != CLREQ_OPEN;
}

/* Words by ICU's dictionary, and 每项; phrases by their marks. */
static void find_words(const struct setting *s, struct places *p)
{
    struct line_place *place = p->list, *last = &p->list[p->n - 1];
    struct boundaries words = boundaries(s, place->unit, last->unit, UBRK_WORD);
    for (size_t i = place->unit; i < last->unit; i++) {
        bool boundary = at_boundary(&words);
        if (i != place->unit)
            continue;
        place->inside_word = !boundary || (i > 0 && s->units[i - 1].g.cp == 0x6BCF); /* 每 */
        place->mid_phrase = i > p->list->unit && is_mid_phrase(s, i);
        place++;
    }
}

static enum fit_aim fit_aim(enum text_align align)
{
    return align == ALIGN_JUSTIFY  ? FIT_JUSTIFIED
           : align == ALIGN_CENTER ? FIT_BALANCED
                                   : FIT_RAGGED;
}

/* The units at which lines begin, and last the one behind them; in *n how many lines. */
static const size_t *break_lines(struct setting *s, size_t from, size_t to, bool first, size_t *n)
{
    struct places p = {0};
    struct fit_measure m = {.aim = fit_aim(s->style->align),
                            .first_room = available(s, first),
                            .room = available(s, false),
                            .em = s->units[from].g.size};

    find_opportunities(s);
    *ARENA_PUSH(&p.arena, p.list, p.n, p.cap) = (struct line_place){.unit = from};
    add_places(s, &p, from, to, BREAK_DATE, first);
    measure_places(s, &p);
    if (m.aim == FIT_BALANCED || (m.aim == FIT_RAGGED && to - from <= SHORT_ANSWER))
        find_words(s, &p);
    total_fit(p.list, p.n, &m);
    *n = 0;
    for (size_t i = p.n - 1; i > 0; i = p.list[i].previous)
        ++*n;
    size_t *units = ARENA_ARRAY(s->work, size_t, *n + 1);
    for (size_t i = p.n - 1, k = *n; k > 0; i = p.list[i].previous, k--) {
        units[k] = p.list[i].unit;
        s->out->word_broken = s->out->word_broken || p.list[i].kind >= BREAK_WORD;
    }
    units[0] = from;
    arena_free(&p.arena);
    return units;
}

/* Units from..to, at the end of which a line ends by force. */
static void set_stretch(struct setting *s, size_t from, size_t to, bool first)
{
    size_t n = 1;
    const size_t whole[] = {from, to}, *units = whole;

    if (to > from && measure(s, from, to).width > available(s, first) + FIT_SLACK)
        units = break_lines(s, from, to, first, &n);
    for (size_t i = 0; i < n; i++) {
        bool is_first = first && i == 0;
        struct extent e = measure(s, units[i], units[i + 1]);
        s->out->overflow = s->out->overflow || e.shrunk_width > available(s, is_first) + FIT_SLACK;
        set_line(s, units[i], units[i + 1], is_first, i + 1 == n);
    }
}

struct text_lines *paragraph_set(struct arena *arena, struct fonts *fonts,
                                 const struct text_span *spans, size_t n,
                                 const struct paragraph_style *style)
{
    struct arena work = {0};
    struct setting s = {.arena = arena,
                        .work = &work,
                        .fonts = fonts,
                        .spans = spans,
                        .n_spans = n,
                        .style = style};
    s.out = ARENA_NEW(arena, struct text_lines);
    build_units(&s);
    size_t from = 0, to;
    do {
        for (to = from; to < s.n && !s.units[to].forced_end;)
            to++;
        set_stretch(&s, from, to, from == 0);
        from = to + 1;
    } while (from < s.n); /* a line end at the very end opens no further line */
    if (s.out->overflow)
        s.out->widest = widest_piece(&s);
    arena_free(&work);
    return s.out;
}
