/* content.c - see content.h: sets paragraphs, measures, takes and draws pieces. Tables are
 * table.c's. */
#include "layout/content.h"

#include "core/buffer.h"
#include "core/units.h"
#include "core/utf8.h"
#include "layout/table.h"
#include "text/paragraph_memo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NARROW 8          /* em: lines of a narrower cell are not filled */
#define STACK_PITCH 1.15  /* of the size: stacked side labels stand closer than lines */
#define CHECKBOX_SIDE 0.8 /* of the size */

/* Its place, path and label are the text's. */
static struct finding origin_finding(const struct text_origin *origin, const char *rule,
                                     struct arena *arena)
{
    struct finding f = {.rule = rule, .label = origin->label, .at = origin->at};
    if (origin->node) {
        f.at = record_pos(origin->node);
        f.field = record_path(origin->node, arena);
    }
    return f;
}

/* What was computed is as long as what it was computed of: the template's place helps nobody. */
static struct finding overflow_finding(const struct text_origin *origin, struct arena *arena)
{
    struct finding f = origin_finding(origin, "R79", arena);
    if (!origin->node && origin->bound && origin->from && record_pos(origin->from).file)
        f.at = record_pos(origin->from);
    return f;
}

struct finding misfit_finding(const struct setter *s, const char *label, struct src_pos at,
                              const struct text_origin *origin)
{
    struct finding f = {.rule = "R79", .at = at, .fault = FAULT_SYSTEM};
    if (origin)
        f = overflow_finding(origin, s->arena);
    if (label)
        f.label = label;
    return f;
}

struct inline_run static_run(const struct inline_run *model, const char *text)
{
    struct inline_run run = *model;
    run.kind = INLINE_TEXT;
    run.text = text;
    run.spread = 0;
    run.origin.bound = false;
    return run;
}

const struct box *static_paragraph(struct arena *arena, const struct box *model, const char *text,
                                   enum text_align align)
{
    while (model && (model->kind != BOX_PARAGRAPH || model->u.paragraph.n == 0))
        model = model->next;
    if (!model)
        return NULL;
    struct box *b = ARENA_NEW(arena, struct box);
    struct inline_run *run = ARENA_NEW(arena, struct inline_run);
    *run = static_run(model->u.paragraph.runs, text);
    *b = (struct box){.kind = BOX_PARAGRAPH, .at = model->at};
    b->u.paragraph = (struct box_paragraph){
        .runs = run, .n = 1, .align = align, .pitch = model->u.paragraph.pitch};
    return b;
}

static double largest_size(const struct box_paragraph *p)
{
    double size = 0;
    for (size_t i = 0; i < p->n; i++)
        size = fmax(size, p->runs[i].size);
    return size;
}

const struct text_origin *paragraph_origin(const struct box_paragraph *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->runs[i].origin.bound)
            return &p->runs[i].origin;
    return NULL;
}

const struct text_origin *content_origin(const struct box *boxes)
{
    const struct text_origin *origin = NULL;
    for (const struct box *b = boxes; b && !origin; b = b->next)
        if (b->kind == BOX_PARAGRAPH)
            origin = paragraph_origin(&b->u.paragraph);
    return origin;
}

double content_largest(const struct box *boxes)
{
    double size = 0;
    for (const struct box *b = boxes; b; b = b->next)
        if (b->kind == BOX_PARAGRAPH)
            size = fmax(size, largest_size(&b->u.paragraph));
    return size;
}

double content_largest_bound(const struct box *boxes)
{
    double size = 0;
    for (const struct box *b = boxes; b; b = b->next) {
        if (b->kind == BOX_PARAGRAPH && paragraph_origin(&b->u.paragraph))
            size = fmax(size, largest_size(&b->u.paragraph));
        for (size_t r = 0; b->kind == BOX_TABLE && r < b->u.table.n; r++)
            for (size_t i = 0; i < b->u.table.rows[r].n; i++)
                size = fmax(size, content_largest_bound(b->u.table.rows[r].cells[i].content));
    }
    return size;
}

void setter_fitted(struct setter *s, const char *label, double from, double to, bool continued)
{
    for (size_t i = 0; i < s->n_fitted; i++) { /* once, also of a label on each row of a table */
        const struct page_fitted *f = &s->fitted[i];
        if (f->from == from && f->to == to && f->continued == continued &&
            !strcmp(f->label ? f->label : "", label ? label : ""))
            return;
    }
    *ARENA_PUSH(s->arena, s->fitted, s->n_fitted, s->cap_fitted) =
        (struct page_fitted){s->document->paper_title, label, from, to, continued};
}

/* --- setting --- */

/* Each character on a line of its own, below what stands before. A variation selector stays with
 * its base. */
static const char *stack_text(struct arena *arena, const char *text, bool first)
{
    size_t len = strlen(text);
    char *out = arena_alloc(arena, 2 * len + 1, 1), *p = out;
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = utf8_next(text + i, len - i, &used);
        if ((i > 0 || !first) && !utf8_is_variation_selector(cp) && !utf8_is_ignorable(cp))
            *p++ = '\n';
        memcpy(p, text + i, used);
        p += used;
    }
    *p = '\0';
    return out;
}

/* What is shown of a character, its code, and its block in both languages. */
struct named_character {
    const char *shown, *code;
    const char *text[LANGUAGE_COUNT];
};

static struct named_character name_missing(struct arena *arena, const struct text_missing *m)
{
    struct named_character n = {.shown = "",
                                .code = arena_printf(arena, "U+%04X", (unsigned)m->cp)};
    char base[8] = "";
    if (m->vs)
        n.code = arena_printf(arena, "%s U+%04X", n.code, (unsigned)m->vs);
    if (font_is_mark(m->cp)) /* shown at a dotted circle, not at the quotation mark */
        utf8_put(0x25CC, base);
    utf8_put(m->cp, base + strlen(base));
    if (m->cp >= 0x20)
        n.shown = arena_strdup(arena, base);
    n.text[LANGUAGE_ZH] =
        arena_printf(arena, "“%s”（%s，%s）", n.shown, n.code, utf8_block_zh(m->cp));
    n.text[LANGUAGE_EN] =
        arena_printf(arena, "\"%s\" (%s, %s)", n.shown, n.code, utf8_block(m->cp));
    return n;
}

static void report_unprintable(struct setter *s, const struct text_origin *origin,
                               const struct text_missing *m)
{
    struct finding f = origin_finding(origin, "R78", s->arena);
    struct named_character n = name_missing(s->arena, m);
    f.fault = origin->bound ? FAULT_DATA : FAULT_SYSTEM;
    f.subject = n.code;
    if (!diag_has(s->diag, &f))
        diag_add(s->diag, f, "含不规范字符 %s（%s%.0s），不能打印；请改用国标汉字或符号",
                 "it holds %s (%.0s%s), which cannot be printed; use the character of the standard",
                 n.code, utf8_block_zh(m->cp), utf8_block(m->cp));
}

/* By the letter, then in the text's order. */
static int by_letter(const void *a, const void *b)
{
    const struct text_missing *const *x = a, *const *y = b;
    if ((*x)->cp != (*y)->cp)
        return (*x)->cp < (*y)->cp ? -1 : 1;
    if ((*x)->vs != (*y)->vs)
        return (*x)->vs < (*y)->vs ? -1 : 1;
    return *x < *y ? -1 : *x > *y;
}

static int by_place(const void *a, const void *b)
{
    const struct text_missing *const *x = a, *const *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Each letter of the field that the same faces lack as the first one's, for the same reason, once;
 * `reported` gets them all. */
static const struct text_missing **letters_like(struct arena *arena, const struct text_lines *text,
                                                size_t first, bool *reported, size_t *n)
{
    const struct text_missing *m = &text->missing[first],
                              **list =
                                  ARENA_ARRAY(arena, const struct text_missing *, text->n_missing);
    size_t all = 0;
    for (size_t i = first; i < text->n_missing; i++) {
        const struct text_missing *other = &text->missing[i];
        if (reported[i] || other->span != m->span || other->role != m->role ||
            utf8_is_unprintable(other->cp) ||
            font_needs_shaping(other->cp) != font_needs_shaping(m->cp))
            continue;
        reported[i] = true;
        list[all++] = other;
    }
    qsort(list, all, sizeof *list, by_letter);
    *n = 0;
    for (size_t i = 0; i < all; i++)
        if (*n == 0 || list[*n - 1]->cp != list[i]->cp || list[*n - 1]->vs != list[i]->vs)
            list[(*n)++] = list[i];
    qsort(list, *n, sizeof *list, by_place);
    return list;
}

static const char *text_of(struct arena *arena, struct buffer *b)
{
    const char *text = arena_strndup(arena, (const char *)b->data, b->len);
    buffer_clear(b);
    return text;
}

/* All letters of one field that the same faces lack, as one finding; `reported` gets them. */
static void report_no_glyph(struct setter *s, const struct text_origin *origin,
                            const struct text_lines *text, size_t first, bool *reported)
{
    struct finding f = origin_finding(origin, "R77", s->arena);
    struct buffer codes = {0}, zh = {0}, en = {0};
    size_t n;
    const struct text_missing **letters = letters_like(s->arena, text, first, reported, &n);
    for (size_t i = 0; i < n; i++) {
        struct named_character c = name_missing(s->arena, letters[i]);
        buffer_printf(&codes, "%s%s", i ? " " : "", c.code);
        buffer_printf(&zh, "%s%s", i ? "、" : "", c.text[LANGUAGE_ZH]);
        buffer_printf(&en, "%s%s", i ? ", " : "", c.text[LANGUAGE_EN]);
    }
    f.fault = origin->bound ? FAULT_DATA : FAULT_SYSTEM;
    f.subject = text_of(s->arena, &codes);
    const char *names[] = {text_of(s->arena, &zh), text_of(s->arena, &en)};
    if (diag_has(s->diag, &f))
        return;
    if (font_needs_shaping(text->missing[first].cp))
        diag_add(s->diag, f,
                 "%s%.0s是从右往左写、前后连写或上下叠写的文字，这里排不出来；请改用汉字或拉丁字母",
                 "%.0s%s cannot be set here, being written from right to left, joined or stacked: "
                 "write it in Chinese or in Latin letters",
                 names[0], names[1]);
    else
        diag_add(s->diag, f, "%s%.0s没有字形，已试字体：%s；请把含此字的字体放进 fonts/",
                 "%.0s%s has no glyph; tried: %s; put a font that has it into fonts/", names[0],
                 names[1], fonts_tried(s->fonts, text->missing[first].role, s->arena));
}

/* A text may be set several times, and a field printed at several places: diag_has. */
static void report_missing(struct setter *s, const struct box_paragraph *p,
                           const struct text_lines *text)
{
    bool *reported = ARENA_ARRAY(s->arena, bool, text->n_missing + 1);
    for (size_t i = 0; i < text->n_missing; i++) {
        const struct text_origin *origin = &p->runs[text->missing[i].span].origin;
        if (utf8_is_unprintable(text->missing[i].cp))
            report_unprintable(s, origin, &text->missing[i]);
        else if (!reported[i])
            report_no_glyph(s, origin, text, i, reported);
    }
}

/* What is not seen in a text: characters without a shape, odd line ends, and selectors of a shape
 * that no face has. */
enum unseen { UNSEEN_CHARACTER, UNSEEN_LINE_END, UNSEEN_VARIANT, UNSEEN_KINDS };

static bool is_unseen(uint32_t cp, enum unseen kind)
{
    return kind == UNSEEN_LINE_END    ? text_is_odd_line_end(cp)
           : kind == UNSEEN_CHARACTER ? utf8_is_ignorable(cp)
                                      : utf8_is_variation_selector(cp);
}

static enum unseen kind_of(const struct text_missing *m)
{
    return text_is_odd_line_end(m->cp) ? UNSEEN_LINE_END
           : m->vs                     ? UNSEEN_VARIANT
                                       : UNSEEN_CHARACTER;
}

/* Where in a long text to look: the characters before the first of the kind. */
static const char *whereabouts(struct arena *arena, const char *text, enum unseen kind)
{
    enum { LONG = 20, SHOWN = 6 };
    size_t len = strlen(text), starts[SHOWN] = {0}, n = 0, used, at = 0;
    if (utf8_count(text) <= LONG)
        return "";
    for (; at < len; at += used) {
        uint32_t cp = utf8_next(text + at, len - at, &used);
        if (is_unseen(cp, kind))
            break;
        starts[n++ % SHOWN] = at;
    }
    size_t from = n < SHOWN ? 0 : starts[n % SHOWN];
    return arena_strndup(arena, text + from, at - from);
}

/* Those of the kind in a run: "U+200B、U+00AD". */
static const char *unseen_codes(struct arena *arena, const struct text_missing *list, size_t n,
                                enum unseen kind)
{
    const char *codes = "";
    for (size_t i = 0; i < n; i++) {
        const char *code = list[i].vs ? arena_printf(arena, "U+%04X U+%04X", (unsigned)list[i].cp,
                                                     (unsigned)list[i].vs)
                                      : arena_printf(arena, "U+%04X", (unsigned)list[i].cp);
        if (kind_of(&list[i]) == kind && !strstr(codes, code))
            codes = arena_printf(arena, "%s%s%s", codes, *codes ? "、" : "", code);
    }
    return codes;
}

/* The words of the first two are those of rules.xml. */
static void report_codes(struct setter *s, const struct inline_run *run, const char *codes,
                         enum unseen kind)
{
    struct finding f = origin_finding(&run->origin, "R78", s->arena);
    f.severity = SEVERITY_WARNING;
    f.subject = codes;
    if (!*codes || !run->origin.bound || diag_has(s->diag, &f))
        return;
    const char *after = whereabouts(s->arena, run->text, kind),
               *zh = *after ? arena_printf(s->arena, "（在“%s”之后）", after) : "",
               *en = *after ? arena_printf(s->arena, " behind %s", after) : "";
    if (kind == UNSEEN_LINE_END)
        diag_add(s->diag, f, "含看不见的换行符%s%s%.0s，印出来在这里换行；请删去，要换行的改用回车",
                 "it holds the invisible %s%.0s%s, which end the line on paper: delete them, or "
                 "end the line by the enter key",
                 codes, zh, en);
    else if (kind == UNSEEN_CHARACTER)
        diag_add(s->diag, f, "含看不见的字符%s%s%.0s，印不出来；请删去",
                 "it holds the invisible %s%.0s%s, which do not print: delete them", codes, zh, en);
    else
        diag_add(s->diag, f,
                 "含异体字选择符%s%s%.0s，所有字体都没有这种写法，已按通行字形印出；"
                 "请核对字形，无误可删去选择符",
                 "it holds variation selectors, %s%.0s%s, for shapes that no font has: the usual "
                 "ones were printed; check them, and delete the selectors if they are right",
                 codes, zh, en);
}

/* What is not seen, pasted in with a text of the record. */
static void report_unseen(struct setter *s, const struct box_paragraph *p,
                          const struct text_lines *text)
{
    for (size_t i = 0, to; i < text->n_invisible; i = to) {
        size_t span = text->invisible[i].span;
        for (to = i; to < text->n_invisible && text->invisible[to].span == span;)
            to++;
        for (enum unseen kind = 0; kind < UNSEEN_KINDS; kind++)
            report_codes(s, &p->runs[span],
                         unseen_codes(s->arena, text->invisible + i, to - i, kind), kind);
    }
}

/* Sets the box's paragraph with no size above cap. */
static void set_lines(struct setter *s, struct set_block *b, const struct box_paragraph *p,
                      double width, double cap, bool names)
{
    struct text_span *spans = ARENA_ARRAY(s->arena, struct text_span, p->n + 1);
    double original = largest_size(p), largest = fmin(original, cap);
    double pitch = p->pitch == s->document->pitch ? s->pitch : p->pitch;

    b->runs = ARENA_ARRAY(s->arena, struct inline_run, p->n + 1);
    for (size_t i = 0; i < p->n; i++) {
        struct inline_run *r = &b->runs[i];
        *r = p->runs[i];
        if (r->size > cap) {
            r->spread *= cap / r->size;
            r->size = cap;
        }
        if (r->kind == INLINE_PAGE_NUMBER || r->kind == INLINE_PAGE_COUNT)
            r->text = r->kind == INLINE_PAGE_NUMBER && s->page_text
                          ? s->page_text
                          : arena_printf(s->arena, "%zu",
                                         r->kind == INLINE_PAGE_NUMBER ? s->page : s->pages);
        else if (p->stack && r->text)
            r->text = stack_text(s->arena, r->text, i == 0);
        spans[i] = (struct text_span){.text = r->kind == INLINE_CHECKBOX ? NULL : r->text,
                                      .len = r->text ? strlen(r->text) : 0,
                                      .role = r->role,
                                      .size = r->size,
                                      .single_face = r->one_face,
                                      .unbreakable = r->unbreakable,
                                      .tabular = r->tabular,
                                      .object_width = r->size,
                                      .spread = p->stack ? 0 : r->spread};
    }
    struct paragraph_style style = {
        .width = width - p->indent_left - p->indent_right,
        .first_indent = p->indent_first,
        .hang_indent = p->indent_hang,
        .align = p->stack                                                 ? ALIGN_CENTER
                 : p->align == ALIGN_JUSTIFY && width <= NARROW * largest ? ALIGN_LEFT
                                                                          : p->align,
        .tracking = largest == s->document->body_size ? s->document->tracking : 0,
        .at_interpuncts_only = names,
    };
    b->text = s->memo ? paragraph_memo_set(s->memo, spans, p->n, &style) : NULL;
    if (!b->text)
        b->text = paragraph_set(s->arena, s->fonts, spans, p->n, &style);
    b->x = p->indent_left;
    b->pitch = p->stack ? largest * STACK_PITCH : original > 0 ? pitch * largest / original : pitch;
    if (s->document->tracking == 0) /* even distances; the letter's own grid keeps its pitch */
        b->pitch = fmax(1, round(b->pitch / LAYOUT_GRID)) * LAYOUT_GRID;
    b->height = (double)b->text->n * b->pitch;
}

/* A number, a name or a word is never broken where a smaller size keeps it whole: the paragraph is
 * set in the largest such size from size down to floor, and that is returned. */
static double set_whole_words(struct setter *s, struct set_block *b, double width, double cap,
                              double size, double floor)
{
    const struct box_paragraph *p = &b->box->u.paragraph;
    bool names = p->n > 0;

    for (size_t i = 0; i < p->n; i++)
        names = names && p->runs[i].one_face;
    set_lines(s, b, p, width, cap, names);
    while (b->text->overflow && size > floor + LENGTH_SLACK) {
        size = chinese_size_below(size, floor);
        set_lines(s, b, p, width, size, names);
    }
    if (b->text->overflow) {
        if (names) /* a name with no · to break at */
            set_lines(s, b, p, width, size, false);
        return size;
    }
    double whole = size;
    while (b->text->word_broken && whole > floor + LENGTH_SLACK) {
        whole = chinese_size_below(whole, floor);
        set_lines(s, b, p, width, whole, names);
    }
    if (!b->text->word_broken)
        return whole;
    if (whole < size) /* no size keeps the word whole: it is broken */
        set_lines(s, b, p, width, size, names);
    return size;
}

static void set_paragraph(struct setter *s, struct set_block *b, double width, double cap,
                          double floor)
{
    const struct box_paragraph *p = &b->box->u.paragraph;
    const struct text_origin *origin = paragraph_origin(p);
    double given = fmin(largest_size(p), cap);

    if (origin)
        cap = fmin(cap, s->cap);
    else if (p->n > 0)
        origin = &p->runs[0].origin;
    b->before = p->space_before;
    b->after = p->space_after;
    double size = set_whole_words(s, b, width, cap, fmin(given, cap), floor);
    if (b->text->overflow && origin) {
        struct finding f = overflow_finding(origin, s->arena);
        f.fault = origin->bound ? FAULT_DATA : FAULT_SYSTEM;
        diag_add(s->fit, f,
                 "内容放不下：最宽处 %.1f mm，格子只有 %.1f mm，字号已缩到 %g 磅；请缩短内容",
                 "the text does not fit: %.1f mm wide in a place of %.1f mm, set as small as %g "
                 "pt; shorten it",
                 length_in_mm(b->text->widest), length_in_mm(width), size);
    } else if (size < given - LENGTH_SLACK) {
        setter_fitted(s, origin ? origin->label : NULL, given, size, false);
    }
    report_missing(s, p, b->text);
    report_unseen(s, p, b->text);
    if (p->end) {
        b->end = ARENA_NEW(s->arena, struct set_block);
        b->end->box = p->end;
        set_paragraph(s, b->end, p->indent_right, cap, floor);
    }
}

/* Centres a paragraph over the one below. Where it would leave the measure, both share the nearest
 * centre at which it does not. */
static void set_over(struct set_block *b, double width)
{
    struct set_block *below = b + 1;
    double widest = 0;
    for (size_t i = 0; i < b->text->n; i++)
        widest = fmax(widest, b->text->lines[i].right - b->text->lines[i].left);
    const struct text_line *own = &b->text->lines[0], *line = &below->text->lines[0];
    double centre = below->x + (line->left + line->right) / 2;
    double to = fmax(widest / 2, fmin(centre, width - widest / 2));
    b->x = to - (own->left + own->right) / 2;
    below->x += to - centre;
}

struct content *content_set(struct setter *s, const struct box *boxes, double width, double cap,
                            double floor)
{
    struct content *c = ARENA_NEW(s->arena, struct content);
    for (const struct box *b = boxes; b; b = b->next)
        c->n++;
    c->blocks = ARENA_ARRAY(s->arena, struct set_block, c->n + 1);
    c->width = width;
    struct set_block *set = c->blocks;
    for (const struct box *b = boxes; b; b = b->next, set++) {
        set->box = b;
        switch (b->kind) {
        case BOX_PARAGRAPH:
            set_paragraph(s, set, width, cap, floor);
            break;
        case BOX_TABLE:
            set->table = table_set(s, b, width, cap);
            set->before = b->u.table.space_before;
            set->after = b->u.table.space_after;
            set->height = rows_height(set->table, 0, b->u.table.n);
            break;
        case BOX_IMAGE:
            set->height = b->u.image.height;
            break;
        case BOX_SPACE:
            set->height = b->u.space.height;
            break;
        case BOX_RULE:
            set->before = b->u.rule.space_before;
            set->after = b->u.rule.space_after;
            set->height = b->u.rule.weight;
            break;
        case BOX_PAGE_BREAK:
            break;
        }
        c->height += set->before + set->height + set->after;
    }
    for (size_t i = 0; i + 1 < c->n; i++)
        if (c->blocks[i].text && c->blocks[i + 1].text && c->blocks[i].box->u.paragraph.over)
            set_over(&c->blocks[i], width);
    return c;
}

/* --- breaking --- */

void content_settle(struct content *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->blocks[i].table)
            c->blocks[i].table->whole = table_settle_whole(c->blocks[i].table);
}

bool content_at_end(const struct content *c, struct cursor at)
{
    return at.block >= c->n;
}

/* How many of the paragraph's lines from..n go into room. */
static size_t lines_that_fit(const struct set_block *b, size_t from, double room, bool force)
{
    size_t left = b->text->n - from;
    double fit = floor((room + LENGTH_SLACK) / b->pitch);
    size_t k = fit <= 0 ? 0 : fit >= (double)left ? left : (size_t)fit;
    if (k == left || (force && k > 0 && left - k != 1))
        return k;
    if (left - k == 1 && k > 0) /* never a single last line on the next page */
        k--;
    if (from == 0 && k < 2)
        k = 0; /* nor a single first line on this one */
    if (k == 0 && force && fit >= 1)
        k = 1;
    return k;
}

/* A piece that goes on from an earlier page begins without space. */
static double space_before(const struct content *c, size_t block, struct cursor from)
{
    bool goes_on = block == from.block && (from.block > 0 || from.line > 0);
    return goes_on ? 0 : c->blocks[block].before;
}

static bool is_heading(const struct set_block *b)
{
    return b->box->kind == BOX_PARAGRAPH && b->box->u.paragraph.keep_with_next == KEEP_ALL;
}

struct cursor content_break(const struct content *c, struct cursor from, double room, bool force,
                            double *used)
{
    struct cursor at = from, heading = from; /* heading: the first of those right before at */
    double height = 0, before_heading = 0;
    bool after_heading = false;

    *used = 0;
    while (at.block < c->n) {
        const struct set_block *b = &c->blocks[at.block];
        double before = space_before(c, at.block, from), left = room - height - before;
        if (b->box->kind == BOX_PARAGRAPH) {
            size_t k = lines_that_fit(b, at.line, left, force && height == 0);
            if (k > 0 && at.line + k < b->text->n) {
                *used = height + before + (double)k * b->pitch;
                at.line += k;
                return at;
            }
            if (k == 0)
                break;
            height += before + (double)k * b->pitch;
        } else if (b->height <= left + LENGTH_SLACK) {
            height += before + b->height;
        } else {
            break;
        }
        if (is_heading(b) && !after_heading) {
            heading = (struct cursor){at.block, 0};
            before_heading = *used;
        }
        after_heading = is_heading(b);
        at = (struct cursor){at.block + 1, 0};
        *used = height;
        height += b->after;
    }
    if (!after_heading || at.block == c->n || heading.block == from.block)
        return at;
    *used = before_heading;
    return heading;
}

struct cursor content_cut(const struct content *c, struct cursor from, double room)
{
    struct cursor at = from;
    double left = room + LENGTH_SLACK;
    for (; at.block < c->n; at = (struct cursor){at.block + 1, 0}) {
        const struct set_block *b = &c->blocks[at.block];
        double height = b->text ? (double)(b->text->n - at.line) * b->pitch : b->height;
        left -= space_before(c, at.block, from);
        if (height > left) {
            at.line += b->text && left > 0 ? (size_t)(left / b->pitch) : 0;
            return at;
        }
        left -= height + b->after;
    }
    return at;
}

double content_rest(const struct content *c, struct cursor from)
{
    double h = 0;
    for (size_t i = from.block; i < c->n; i++) {
        const struct set_block *b = &c->blocks[i];
        h += space_before(c, i, from) + b->height + b->after;
        if (i == from.block && from.line > 0)
            h -= (double)from.line * b->pitch;
    }
    return h;
}

double content_least(const struct content *c, struct cursor from)
{
    double h = 0;
    for (size_t i = from.block; i < c->n; i++) {
        const struct set_block *b = &c->blocks[i];
        size_t skip = i == from.block ? from.line : 0;
        h += skip ? 0 : b->before;
        if (b->box->kind != BOX_PARAGRAPH)
            return h + b->height;
        size_t left = b->text->n - skip;
        h += (double)(left <= 3 ? left : 2) * b->pitch;
        if (!is_heading(b))
            return h;
        h += b->after;
    }
    return h;
}

size_t content_characters(const struct content *c, struct cursor from)
{
    size_t n = 0;
    for (size_t i = from.block; i < c->n; i++)
        for (size_t k = i == from.block ? from.line : 0;
             c->blocks[i].text && k < c->blocks[i].text->n; k++)
            n += c->blocks[i].text->lines[k].n;
    return n;
}

/* --- drawing --- */

static struct page_item *add_item(const struct canvas *canvas, enum page_item_kind kind)
{
    struct page *p = &canvas->pages->list[canvas->page];
    struct page_item *i = ARENA_PUSH(canvas->arena, p->items, p->n, p->cap);
    *i = (struct page_item){.kind = kind};
    return i;
}

void draw_line(const struct canvas *canvas, struct item_line line)
{
    add_item(canvas, ITEM_LINE)->u.line = line;
}

/* The input's characters, whatever gaps were opened between them. */
static const char *glyph_text(struct arena *arena, const struct text_glyph *g, size_t n)
{
    char *out = arena_alloc(arena, 8 * n + 1, 1), *p = out;
    for (size_t i = 0; i < n; i++) {
        p += utf8_put(g[i].cp, p);
        if (g[i].vs)
            p += utf8_put(g[i].vs, p);
    }
    return out;
}

/* Runs of several faces that go on from each other on a line are one link. */
static void add_link(const struct canvas *canvas, struct item_link link)
{
    struct page *page = &canvas->pages->list[canvas->page];
    for (size_t back = 1; back <= page->n && back <= 3; back++) {
        struct page_item *item = &page->items[page->n - back];
        struct item_link *before = &item->u.link;
        if (item->kind == ITEM_LINK && !strcmp(before->to, link.to) && before->y == link.y &&
            before->height == link.height && link.x >= before->x &&
            link.x <= before->x + before->width + link.height) {
            before->width = link.x + link.width - before->x;
            return;
        }
    }
    add_item(canvas, ITEM_LINK)->u.link = link;
}

static void draw_group(const struct canvas *canvas, const struct set_block *b,
                       const struct text_line *line, size_t from, size_t to, double x,
                       double baseline)
{
    const struct text_glyph *g = &line->glyphs[from];
    const struct inline_run *r = &b->runs[g->span];
    double left = x + g->x, right = x + line->glyphs[to - 1].x + line->glyphs[to - 1].width;

    if (r->kind == INLINE_CHECKBOX) {
        double side = r->size * CHECKBOX_SIDE;
        add_item(canvas, ITEM_CHECKBOX)->u.checkbox =
            (struct item_checkbox){left + (r->size - side) / 2,
                                   baseline - FONT_ASCENT * r->size + (r->size - side) / 2,
                                   side,
                                   r->checked,
                                   r->checked ? "■" : "□",
                                   r->origin.path ? &r->origin : NULL};
    } else {
        bool spread = line->spread && to - from > 1;
        add_item(canvas, ITEM_TEXT)->u.text =
            (struct item_text){.x = x,
                               .y = baseline,
                               .size = g->size,
                               .gray = r->gray,
                               .color = r->color,
                               .face = g->face,
                               .glyphs = g,
                               .n = to - from,
                               .actual = spread ? glyph_text(canvas->arena, g, to - from) : NULL,
                               .origin = r->origin.bound ? &r->origin : NULL};
    }
    if (r->underline) {
        double y = baseline + 0.14 * r->size;
        draw_line(canvas, (struct item_line){left, y, right, y, .weight = 0.5, .gray = r->gray,
                                             .color = r->color});
    }
    if (r->link)
        add_link(canvas, (struct item_link){left, baseline - FONT_ASCENT * r->size, right - left,
                                            r->size, r->link});
}

static void draw_text_line(const struct canvas *canvas, const struct set_block *b,
                           const struct text_line *line, double x, double y)
{
    double baseline = y + (b->pitch - line->size) / 2 + FONT_ASCENT * line->size;
    baseline =
        round(baseline / LAYOUT_GRID) * LAYOUT_GRID + 0.04; /* on the safe side of the step */
    for (size_t i = 0, to; i < line->n; i = to) {
        const struct text_glyph *g = &line->glyphs[i];
        for (to = i + 1; to < line->n && g->face && line->glyphs[to].face == g->face &&
                         line->glyphs[to].span == g->span && line->glyphs[to].size == g->size;)
            to++;
        draw_group(canvas, b, line, i, to, x, baseline);
    }
}

/* Dots between two places, on a grid from the right, so that those of several lines stand below
 * each other. They are drawn, not written: text that is copied has none. */
static void draw_leader(const struct canvas *canvas, double size, double from, double to,
                        double right, double baseline)
{
    double step = size / 2, dot = size / 12;
    int n = (int)((right - from) / step) - 1, last = 1 + (int)ceil((right - to) / step);

    for (int i = n; n >= last + 2 && i >= last; i--) {
        double at = right - i * step;
        draw_line(canvas, (struct item_line){.x0 = at,
                                             .y0 = baseline - dot,
                                             .x1 = at + dot,
                                             .y1 = baseline - dot,
                                             .weight = dot});
    }
}

static void draw_marks(const struct canvas *canvas, const struct set_block *b, double y)
{
    const struct box_paragraph *p = &b->box->u.paragraph;
    struct pages *pages = canvas->pages;

    if (p->anchor && !canvas->running)
        *ARENA_PUSH(canvas->arena, pages->anchors, pages->n_anchors, pages->cap_anchors) =
            (struct page_anchor){p->anchor, canvas->page, y};
    if (p->outline_level > 0 && !canvas->running)
        *ARENA_PUSH(canvas->arena, pages->outline, pages->n_outline, pages->cap_outline) =
            (struct page_outline){p->outline_level, p->outline_title, canvas->page, y};
}

void draw_image(const struct canvas *canvas, const struct box_image *b, double x, double y,
                double width)
{
    if (!b->image)
        return;
    double w = b->image->upright_width, h = b->image->upright_height;
    double scale = fmin(b->width / w, b->height / h), free = width - b->width;

    if (b->align == ALIGN_CENTER || b->align == ALIGN_SPREAD)
        x += free / 2;
    else if (b->align == ALIGN_RIGHT)
        x += free;
    w *= scale;
    h *= scale;
    add_item(canvas, ITEM_IMAGE)->u.image = (struct item_image){
        x + (b->width - w) / 2, y + (b->height - h) / 2, w, h, b->image, b->origin};
}

/* What stands behind the last line of a paragraph, at y: the leader and the paragraph's end. */
static void draw_line_end(const struct canvas *canvas, const struct set_block *b, double x,
                          double y, double width)
{
    const struct box_paragraph *p = &b->box->u.paragraph;
    const struct text_line *line = &b->text->lines[b->text->n - 1];
    double room = x + width - p->indent_right, right = b->end ? x + width : room;
    double to = b->end ? room + b->end->text->lines[0].left : right;

    if (b->end)
        draw_text_line(canvas, b->end, &b->end->text->lines[0], room, y);
    if (p->leader && line->size > 0) /* an empty line has none */
        draw_leader(canvas, line->size, x + b->x + line->right, to, right,
                    y + (b->pitch - line->size) / 2 + FONT_ASCENT * line->size);
}

/* Lines first to last - 1 of a paragraph. */
static void draw_paragraph(const struct canvas *canvas, const struct set_block *b, size_t first,
                           size_t last, double x, double y, double width)
{
    const struct text_lines *t = b->text;

    if (first == 0) {
        draw_marks(canvas, b, y);
        for (size_t k = 0; k < t->n_fallback; k++)
            pages_note_fallback(canvas->arena, canvas->pages,
                                (struct page_fallback){t->fallback[k].cp, t->fallback[k].role,
                                                       t->fallback[k].face});
    }
    for (size_t k = first; k < last; k++)
        draw_text_line(canvas, b, &t->lines[k], x + b->x, y + (double)(k - first) * b->pitch);
    if (last == t->n && last > first)
        draw_line_end(canvas, b, x, y + (double)(last - 1 - first) * b->pitch, width);
}

void content_draw(const struct canvas *canvas, const struct content *c, struct cursor from,
                  struct cursor to, double x, double y)
{
    for (size_t i = from.block; i < c->n && (i < to.block || (i == to.block && to.line > 0)); i++) {
        const struct set_block *b = &c->blocks[i];
        size_t first = i == from.block ? from.line : 0, last = 0;
        double height = b->height;

        y += space_before(c, i, from);
        switch (b->box->kind) {
        case BOX_PARAGRAPH:
            last = i == to.block ? to.line : b->text->n;
            height = (double)(last - first) * b->pitch;
            draw_paragraph(canvas, b, first, last, x, y, c->width);
            break;
        case BOX_TABLE:
            table_draw(canvas, b->table->whole, x, y);
            break;
        case BOX_IMAGE:
            draw_image(canvas, &b->box->u.image, x, y, c->width);
            break;
        case BOX_RULE:
            draw_line(canvas,
                      (struct item_line){x + b->box->u.rule.left, y + height / 2,
                                         x + c->width - b->box->u.rule.right, y + height / 2,
                                         .weight = height, .color = b->box->u.rule.color});
            break;
        case BOX_SPACE:
        case BOX_PAGE_BREAK:
            break;
        }
        y += height + b->after;
    }
}

void content_draw_whole(const struct canvas *canvas, const struct content *c, double x, double y)
{
    content_draw(canvas, c, CONTENT_START, CONTENT_END(c), x, y);
}
