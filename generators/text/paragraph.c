/* paragraph.c - see paragraph.h. A paragraph becomes units (a character with its selector, or an inline object); units
 * get widths (CLREQ 3.1.6), places where a line may end (3.1.3, ICU's line rules beneath), and then lines. */
#include "text/paragraph.h"

#include "core/utf8.h"
#include "text/clreq.h"

#include <string.h>
#include <unicode/ubrk.h>

struct unit {
    struct text_glyph g;
    enum clreq_class class;
    double gap;         /* before it: the quarter em between Han and Latin; not at a line's start */
    double right_blank; /* what it can give up at its right: half an em of a closing mark */
    double left_blank;  /* and at its left: of an opening one */
    bool full, forced_end; /* full: on the full square */
    bool may_break;     /* a line may begin with it */
    bool locked;        /* inside an unbreakable or spread span: nothing is stretched before it */
};

struct setting {
    struct arena *arena;
    struct fonts *fonts;
    const struct text_span *spans;
    size_t n_spans;
    const struct paragraph_style *style;
    struct unit *units;
    size_t n, cap;
    struct text_lines *out;
    size_t cap_lines, cap_missing, cap_fallback;
};

static void note_fallback(struct setting *s, const struct text_span *span, size_t index, const struct glyph *g)
{
    if (g->face == fonts_primary(s->fonts, span->role))
        return;
    for (size_t i = 0; i < s->out->n_fallback; i++)
        if (s->out->fallback[i].cp == g->cp && s->out->fallback[i].role == span->role)
            return;
    *ARENA_PUSH(s->arena, s->out->fallback, s->out->n_fallback, s->cap_fallback) =
        (struct text_fallback){g->cp, span->role, g->face, index};
}

static double widest_digit(struct setting *s, const struct text_span *span)
{
    int widest = 0;
    struct glyph g;
    for (uint32_t cp = '0'; cp <= '9'; cp++)
        if (fonts_glyph(s->fonts, span->role, cp, 0, &g) && g.advance > widest)
            widest = g.advance;
    return widest * span->size / 1000;
}

static void add_character(struct setting *s, size_t index, uint32_t cp, uint32_t vs, const struct face *whole)
{
    const struct text_span *span = &s->spans[index];
    struct unit *u = ARENA_PUSH(s->arena, s->units, s->n, s->cap);
    struct glyph g = {.cp = cp, .vs = vs, .advance = 1000};

    *u = (struct unit){.class = clreq_class(cp)};
    if (cp == '\n') {
        g.advance = 0;
        u->forced_end = true;
    } else if (!(whole && face_glyph(whole, cp, vs, &g)) && !fonts_glyph(s->fonts, span->role, cp, vs, &g)) {
        g = (struct glyph){.cp = cp, .vs = vs, .advance = 1000};
        *ARENA_PUSH(s->arena, s->out->missing, s->out->n_missing, s->cap_missing) =
            (struct text_missing){cp, vs, span->role, index};
    } else {
        note_fallback(s, span, index, &g);
    }
    double width = g.advance * span->size / 1000;
    u->full = g.advance >= 900;
    u->g = (struct text_glyph){.face = g.face, .gid = g.gid, .cp = cp, .vs = vs, .size = span->size, .span = index};
    if (span->tabular && clreq_is_digit(cp)) {
        double step = widest_digit(s, span);
        u->g.shift = (step - width) / 2;
        width = step;
    }
    if (u->full)
        width += s->style->tracking;
    if (u->full && u->class == CLREQ_CLOSE)
        u->right_blank = span->size / 2;
    if (u->full && u->class == CLREQ_OPEN)
        u->left_blank = span->size / 2;
    u->g.width = width;
    u->locked = span->unbreakable || span->spread > 0;
}

static void add_span(struct setting *s, size_t index)
{
    const struct text_span *span = &s->spans[index];
    size_t first = s->n;

    if (!span->text) {
        struct unit *u = ARENA_PUSH(s->arena, s->units, s->n, s->cap);
        *u = (struct unit){.class = CLREQ_HAN, .full = true};
        u->g = (struct text_glyph){.size = span->size, .span = index, .width = span->object_width};
        return;
    }
    const struct face *whole =
        span->one_face ? fonts_face_for_all(s->fonts, span->role, span->text, span->len) : NULL;
    for (size_t i = 0, used; i < span->len; i += used) {
        uint32_t cp = utf8_next(span->text + i, span->len - i, &used), vs = 0;
        size_t more = 0;
        if (i + used < span->len) {
            uint32_t next = utf8_next(span->text + i + used, span->len - i - used, &more);
            if (next != UTF8_BAD && utf8_is_variation_selector(next)) {
                vs = next;
                used += more;
            }
        }
        add_character(s, index, cp, vs, whole);
    }
    if (span->spread > 0 && s->n > first + 1) { /* 分散: equal gaps between, never characters */
        double natural = 0;
        for (size_t i = first; i < s->n; i++)
            natural += s->units[i].g.width;
        double gap = (span->spread - natural) / (double)(s->n - first - 1);
        for (size_t i = first; gap > 0 && i + 1 < s->n; i++)
            s->units[i].g.width += gap;
    }
}

/* CLREQ 3.1.6.1: of two adjacent marks the blank between them goes, once. */
static void adjust_adjacent(struct setting *s)
{
    for (size_t i = 1; i < s->n; i++) {
        struct unit *a = &s->units[i - 1], *b = &s->units[i];
        if (a->locked || b->locked)
            continue;
        bool mark = b->full && (b->class == CLREQ_CLOSE || b->class == CLREQ_OPEN || b->class == CLREQ_STOP);
        if (a->right_blank > 0 && mark) {
            a->g.width -= a->right_blank;
            a->right_blank = 0;
        } else if (b->left_blank > 0 && a->full && a->class == CLREQ_OPEN) {
            b->g.width -= b->left_blank;
            b->g.shift -= b->left_blank;
            b->left_blank = 0;
        }
        bool meets = (a->class == CLREQ_HAN && a->full && a->g.face && b->class == CLREQ_WESTERN && !b->full) ||
                     (b->class == CLREQ_HAN && b->full && b->g.face && a->class == CLREQ_WESTERN && !a->full);
        if (meets)
            b->gap = (a->g.size < b->g.size ? a->g.size : b->g.size) / 4;
    }
}

/* One iterator for the process: opening one costs more than breaking a page. */
static UBreakIterator *iterator(void)
{
    static UBreakIterator *it;
    UErrorCode error = U_ZERO_ERROR;
    if (!it)
        it = ubrk_open(UBRK_LINE, "zh@lb=strict", NULL, 0, &error);
    return U_FAILURE(error) ? NULL : it;
}

static bool break_allowed(const struct setting *s, size_t i)
{
    const struct unit *a = &s->units[i - 1], *b = &s->units[i];
    uint32_t before = a->g.cp, after = b->g.cp;

    if (text_forbidden_start(after) || text_forbidden_end(before) || b->class == CLREQ_SPACE)
        return false;
    if (a->g.span == b->g.span && b->locked)
        return false;
    if (a->class == CLREQ_DASH && before == after)
        return false;
    if (clreq_is_digit(before) && (clreq_is_unit(after) || b->class == CLREQ_WESTERN))
        return false;
    if (a->class == CLREQ_WESTERN && b->class == CLREQ_WESTERN)
        return false;
    if (before == ' ' && b->class == CLREQ_WESTERN && i >= 2 && clreq_is_digit(s->units[i - 2].g.cp))
        return false; /* 12.6 t */
    if (before == '/' && b->class == CLREQ_WESTERN) /* T/XX, GB/T */
        return false;
    if (before == ' ' && clreq_is_digit(after) && i >= 2 && s->units[i - 2].class == CLREQ_WESTERN &&
        !clreq_is_digit(s->units[i - 2].g.cp))
        return false; /* ISSN 1000-0003 */
    return true;
}

static void find_breaks(struct setting *s)
{
    UChar *text = ARENA_ARRAY(s->arena, UChar, s->n * 2 + 1);
    size_t *unit_at = ARENA_ARRAY(s->arena, size_t, s->n * 2 + 1);
    int32_t len = 0;
    UErrorCode error = U_ZERO_ERROR;
    UBreakIterator *it = iterator();

    for (size_t i = 0; i < s->n; i++) {
        uint32_t cp = s->units[i].g.cp;
        cp = cp && cp != UTF8_BAD ? cp : 0xFFFC; /* OBJECT REPLACEMENT CHARACTER */
        unit_at[len] = i;
        if (cp > 0xFFFF) {
            text[len++] = (UChar)(0xD7C0 + (cp >> 10));
            unit_at[len] = SIZE_MAX;
            text[len++] = (UChar)(0xDC00 + (cp & 0x3FF));
        } else {
            text[len++] = (UChar)cp;
        }
    }
    if (it)
        ubrk_setText(it, text, len, &error);
    if (!it || U_FAILURE(error))
        return; /* lines then break between any two characters: overflow, but nothing is lost */
    for (int32_t at = ubrk_first(it); at != UBRK_DONE; at = ubrk_next(it))
        if (at > 0 && at < len && unit_at[at] != SIZE_MAX) {
            size_t i = unit_at[at];
            s->units[i].may_break = s->style->at_interpuncts_only ? s->units[i - 1].g.cp == 0xB7 : break_allowed(s, i);
        }
    if (s->style->at_interpuncts_only)
        for (size_t i = 1; i < s->n; i++)
            s->units[i].may_break = s->units[i - 1].g.cp == 0xB7;
}

/* The extent of units [from, to) as a line: what its ends give up, and how much more it can shrink inside. */
struct extent {
    double width, shrink;
    size_t end; /* without the spaces it ends with */
};

static struct extent measure(const struct setting *s, size_t from, size_t to)
{
    struct extent e = {.end = to};
    while (e.end > from && s->units[e.end - 1].class == CLREQ_SPACE)
        e.end--;
    for (size_t i = from; i < e.end; i++) {
        const struct unit *u = &s->units[i];
        e.width += u->g.width + (i > from ? u->gap : 0);
        e.shrink += i > from ? u->gap / 2 : 0; /* to an eighth */
        if (i > from)
            e.shrink += u->left_blank;
        if (i + 1 < e.end)
            e.shrink += u->right_blank;
    }
    if (e.end > from) { /* GB/T 15834 5.1.10; CLREQ 3.1.6.2 */
        e.width -= s->units[from].left_blank + s->units[e.end - 1].right_blank;
    }
    return e;
}

static double available(const struct setting *s, bool first)
{
    double w = s->style->width - (first ? s->style->first_indent : s->style->hang_indent);
    return w > 0 ? w : 0;
}

/* Where the line that begins at from ends; at least one unit further. */
static size_t line_end(struct setting *s, size_t from, bool first)
{
    const double slack = 0.001;
    bool may_shrink = s->style->align == ALIGN_JUSTIFY && !s->style->narrow;
    double room = available(s, first) + slack;
    size_t best = from, to = from;
    double running = 0;

    while (to < s->n && !s->units[to].forced_end) {
        to++;
        running += s->units[to - 1].g.width;
        bool end = to == s->n || s->units[to].forced_end;
        if (!end && !s->units[to].may_break && s->units[to].class != CLREQ_SPACE) {
            if (running > room * 2 + 200 && best > from)
                break; /* far beyond: no later place can fit */
            continue;
        }
        if (!end && s->units[to].class == CLREQ_SPACE)
            continue; /* the break lies behind the spaces */
        struct extent e = measure(s, from, to);
        if (e.width - (may_shrink ? e.shrink : 0) <= room)
            best = to;
        else
            break;
        if (end)
            break;
    }
    if (best > from)
        return best;
    /* No allowed place fits: the piece itself is wider than the measure. Characters are never lost: break where it is full. */
    s->out->overflow = true;
    double width = s->units[from].g.width;
    for (to = from + 1; to < s->n && !s->units[to].forced_end; to++) {
        width += s->units[to].g.width + s->units[to].gap;
        if (width > room)
            break;
    }
    return to;
}

static bool stretchable(const struct setting *s, size_t i)
{
    const struct unit *a = &s->units[i - 1], *b = &s->units[i];
    bool locked = (a->g.span == b->g.span && b->locked) || a->class == CLREQ_JOIN || b->class == CLREQ_JOIN ||
                  (a->class == CLREQ_DASH && b->class == CLREQ_DASH);
    return !locked && a->full && b->full;
}

/* Opens (or closes) the line's inside so that it ends at the measure: CLREQ 3.1.6.3, shrink before stretch. */
static void justify(struct setting *s, size_t from, size_t end, double *before, double delta, double shrink, bool all)
{
    if (delta < 0) {
        double share = shrink > 0 ? -delta / shrink : 0;
        for (size_t i = from; i < end; i++) {
            struct unit *u = &s->units[i];
            if (i > from) {
                before[i - from] -= u->gap / 2 * share;
                u->g.width -= u->left_blank * share;
                u->g.shift -= u->left_blank * share;
            }
            if (i + 1 < end)
                u->g.width -= u->right_blank * share;
        }
        return;
    }
    double word = 0, places = 0;
    for (size_t i = from + 1; i < end; i++) {
        word += s->units[i].class == CLREQ_SPACE ? s->units[i].g.size / 4 : s->units[i].gap / 3;
        places += all ? 1 : stretchable(s, i);
    }
    double by_words = all ? 0 : delta < word ? delta : word, rest = delta - by_words;
    if (places == 0 && !all)
        return; /* one long word: left as it is */
    for (size_t i = from + 1; i < end; i++) {
        if (word > 0)
            before[i - from] +=
                (s->units[i].class == CLREQ_SPACE ? s->units[i].g.size / 4 : s->units[i].gap / 3) * by_words / word;
        if (all || stretchable(s, i))
            before[i - from] += rest / places;
    }
}

static void set_line(struct setting *s, size_t from, size_t to, bool first, bool last)
{
    const struct paragraph_style *style = s->style;
    struct extent e = measure(s, from, to);
    double room = available(s, first), indent = first ? style->first_indent : style->hang_indent;
    double *before = ARENA_ARRAY(s->arena, double, e.end - from + 1);
    struct text_line *line = ARENA_PUSH(s->arena, s->out->lines, s->out->n, s->cap_lines);

    *line = (struct text_line){.last = last};
    if (e.end > from) {
        struct unit *head = &s->units[from], *tail = &s->units[e.end - 1];
        head->g.width -= head->left_blank;
        head->g.shift -= head->left_blank;
        tail->g.width -= tail->right_blank;
        head->left_blank = tail->right_blank = 0;
    }
    for (size_t i = from + 1; i < e.end; i++)
        before[i - from] = s->units[i].gap;
    double delta = room - e.width, x = indent;
    bool spread = style->align == ALIGN_SPREAD && e.end > from + 1 && delta > 0;
    if (spread || (style->align == ALIGN_JUSTIFY && !style->narrow && (delta < 0 || !last)))
        justify(s, from, e.end, before, delta, e.shrink, spread);
    else if (style->align == ALIGN_CENTER || (style->align == ALIGN_SPREAD && delta > 0))
        x += delta / 2;
    else if (style->align == ALIGN_RIGHT)
        x += delta;
    line->spread = spread;
    line->left = x;
    line->glyphs = ARENA_ARRAY(s->arena, struct text_glyph, e.end - from + 1);
    for (size_t i = from; i < e.end; i++) {
        struct text_glyph *g = &line->glyphs[line->n++];
        *g = s->units[i].g;
        x += i > from ? before[i - from] : 0;
        g->x = x;
        x += g->width;
        line->size = g->size > line->size ? g->size : line->size;
        line->spread = line->spread || s->spans[g->span].spread > 0;
    }
    line->right = x;
}

static double widest_piece(const struct setting *s)
{
    double widest = 0;
    for (size_t from = 0, to; from < s->n; from = to) {
        for (to = from + 1; to < s->n && !s->units[to].may_break && !s->units[to].forced_end; to++)
            ;
        double w = measure(s, from, to).width;
        widest = w > widest ? w : widest;
    }
    return widest;
}

static void prepare(struct setting *s)
{
    for (size_t i = 0; i < s->n_spans; i++)
        add_span(s, i);
    adjust_adjacent(s);
}

struct text_lines *paragraph_set(struct arena *arena, struct fonts *fonts, const struct text_span *spans, size_t n,
                                 const struct paragraph_style *style)
{
    struct setting s = {.arena = arena, .fonts = fonts, .spans = spans, .n_spans = n, .style = style};
    s.out = ARENA_NEW(arena, struct text_lines);
    prepare(&s);
    if (s.n > 0)
        find_breaks(&s);
    s.out->widest = widest_piece(&s);
    bool first = true;
    size_t from = 0;
    do {
        bool empty = from == s.n || s.units[from].forced_end;
        size_t to = empty ? from : line_end(&s, from, first);
        bool forced = to < s.n && s.units[to].forced_end;
        set_line(&s, from, to, first, forced || to >= s.n);
        first = false;
        from = to + forced;
        if (forced && from == s.n)
            break; /* a line end at the very end opens no further line */
    } while (from < s.n);
    return s.out;
}

double paragraph_natural_width(struct fonts *fonts, const struct text_span *spans, size_t n)
{
    static const struct paragraph_style style = {.width = 1e9};
    struct arena arena = {0};
    struct setting s = {.arena = &arena, .fonts = fonts, .spans = spans, .n_spans = n, .style = &style};
    s.out = ARENA_NEW(&arena, struct text_lines);
    prepare(&s);
    double width = 0;
    for (size_t i = 0; i < s.n; i++)
        width += s.units[i].g.width + s.units[i].gap;
    arena_free(&arena);
    return width;
}
