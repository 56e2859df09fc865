/* face.c - see face.h. */
#include "text/face.h"

#include "core/big_endian.h"
#include "core/machine.h"
#include "core/protected.h"
#include "core/system_error.h"
#include "core/utf8.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_BBOX_H
#include FT_ERRORS_H
#include FT_FONT_FORMATS_H
#include FT_GLYPH_H
#include FT_MULTIPLE_MASTERS_H
#include FT_OUTLINE_H
#include FT_TRUETYPE_TABLES_H

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE_SIZE = 256, PAGES = 0x110000 / PAGE_SIZE, METRICS_PAGE = 16 };

/* What FreeType said of a glyph, 1/1000 em. */
struct metrics {
    short advance, left, right, bottom, top;
    unsigned short outline; /* from 1: which of those that are kept; 0: none */
    bool known, ink;
    bool odd; /* wider than SHRT_MAX, or with an outline that no record of ours can hold */
};

/* An outline as FreeType has it, in few bytes. */
struct kept_outline {
    int n_points, n_contours, advance;
    short numbers[]; /* x and y of each point, then the contours' ends and the points' tags */
};

/* Filled as questions come, so that each is asked of FreeType once. */
struct face_cache {
    /* By glyph id. A face has up to 65536 of them, a document some hundred: to have room for all
     * costs more than to open the file. */
    struct metrics **metrics;
    struct kept_outline **outlines; /* in the order of measuring; NULL: given back */
    size_t n_outlines, cap_outlines;
    FT_Outline drawn; /* room for what face_outline gives */
    size_t cap_points, cap_contours;
    uint32_t *pages[PAGES]; /* glyph id + 1 by code point; 0: not asked yet */
    struct font_composite *composites;
    size_t n_composites, cap_composites;
    bool composes; /* glyphs out of glyphs (TrueType) */
};

/* What the PDF's font-file builder keeps with a face. */
struct face_attachment {
    void *data;
    void (*release)(void *);
};

struct face {
    const char *path;
    int index, weight;
    FT_Face ft; /* NULL: cannot be used, fault says why not */
    void *map;
    size_t size;
    const struct face *viewed; /* whose file and cache a fitted view shares; NULL: no view */
    struct face_fit fit;
    struct face_cache *cache;
    struct face_attachment *attachment;
    enum font_source_state state;
    const char *fault[LANGUAGE_COUNT];
};

/* Glyphs. */

static double within(double v, double least, double most)
{
    return v < least ? least : v > most ? most : v;
}

static short thousandths(const struct face *face, long units)
{
    long v = units * 1000 / face->ft->units_per_EM;
    return (short)(v < SHRT_MIN ? SHRT_MIN : v > SHRT_MAX ? SHRT_MAX : v);
}

/* A place of an outline as it will be drawn, 1/1000 em. */
static int fitted(const struct face *face, int place, double move)
{
    return face->viewed ? (int)lround(place * face->fit.scale + move) : place;
}

static bool load_into_slot(FT_Face ft, uint32_t gid, FT_Int32 flags)
{
    FT_Error error = FT_Load_Glyph(ft, gid, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING | flags);
    if (error == FT_Err_Out_Of_Memory)
        machine_out_of_memory(0);
    return error == 0;
}

/* Of the glyph in the slot, which is composed of others, as those may be: thirty that name the next
 * one twice each would be read a thousand million times. The slot is used. */
static bool has_few_parts(FT_Face ft)
{
    enum { MOST_PARTS = 1024 };
    FT_UInt parts[MOST_PARTS], flags;
    FT_Int first, second;
    FT_Matrix matrix;
    size_t n = 0, at = 0;

    do {
        FT_GlyphSlot slot = ft->glyph;
        FT_UInt more = slot->format == FT_GLYPH_FORMAT_COMPOSITE ? slot->num_subglyphs : 0;
        if (more > MOST_PARTS - n)
            return false;
        for (FT_UInt i = 0; i < more; i++)
            if (FT_Get_SubGlyph_Info(slot, i, (FT_Int *)&parts[n++], &flags, &first, &second,
                                     &matrix))
                return false;
    } while (at < n && load_into_slot(ft, parts[at++], FT_LOAD_NO_RECURSE));
    return at == n;
}

static bool load(const struct face *face, uint32_t gid)
{
    FT_GlyphSlot slot = face->ft->glyph;
    if (!load_into_slot(face->ft, gid, face->cache->composes ? FT_LOAD_NO_RECURSE : 0))
        return false;
    if (slot->format == FT_GLYPH_FORMAT_COMPOSITE &&
        !(has_few_parts(face->ft) && load_into_slot(face->ft, gid, 0)))
        return false;
    return slot->format == FT_GLYPH_FORMAT_OUTLINE;
}

static struct metrics *metrics_of(struct face_cache *cache, uint32_t gid)
{
    struct metrics **page = &cache->metrics[gid / METRICS_PAGE];
    if (!*page)
        *page = mem_alloc(METRICS_PAGE, sizeof **page);
    return &(*page)[gid % METRICS_PAGE];
}

/* Nearly all that is measured is drawn a little later, and loading is the dearer part of both: half
 * of what the glyphs of a first document cost. */
static void keep_outline(struct face_cache *cache, FT_GlyphSlot slot, struct metrics *m)
{
    enum { MOST_OUTLINES = 4096 };
    const FT_Outline *o = &slot->outline;
    size_t points = (size_t)o->n_points, contours = (size_t)o->n_contours;
    if (cache->n_outlines == MOST_OUTLINES || points > SHRT_MAX || contours > SHRT_MAX ||
        slot->metrics.horiAdvance != (int)slot->metrics.horiAdvance)
        return;
    struct kept_outline *k =
        mem_resize(NULL, 1, sizeof *k + (3 * points + contours) * sizeof *k->numbers);
    *k = (struct kept_outline){o->n_points, o->n_contours, (int)slot->metrics.horiAdvance};
    short *to = k->numbers;
    for (size_t i = 0; i < points; i++) {
        const FT_Vector *p = &o->points[i];
        *to++ = (short)p->x;
        *to++ = (short)p->y;
        if (to[-2] != p->x || to[-1] != p->y) {
            free(k);
            return;
        }
    }
    for (size_t i = 0; i < contours; i++)
        *to++ = (short)o->contours[i];
    for (size_t i = 0; i < points; i++)
        *to++ = (unsigned char)o->tags[i];
    *MEM_PUSH(cache->outlines, cache->n_outlines, cache->cap_outlines) = k;
    m->outline = (unsigned short)cache->n_outlines;
}

/* The outline is given back, and is gone. */
static FT_Outline *take_outline(struct face_cache *cache, struct metrics *m, int *advance)
{
    struct kept_outline *k = cache->outlines[m->outline - 1];
    FT_Outline *o = &cache->drawn;
    const short *from = k->numbers;
    if ((size_t)k->n_points > cache->cap_points) {
        cache->cap_points = (size_t)k->n_points * 2;
        o->points = mem_resize(o->points, cache->cap_points, sizeof *o->points);
        o->tags = mem_resize(o->tags, cache->cap_points, sizeof *o->tags);
    }
    if ((size_t)k->n_contours > cache->cap_contours) {
        cache->cap_contours = (size_t)k->n_contours * 2;
        o->contours = mem_resize(o->contours, cache->cap_contours, sizeof *o->contours);
    }
    o->n_points = (short)k->n_points;
    o->n_contours = (short)k->n_contours;
    for (int i = 0; i < k->n_points; i++, from += 2)
        o->points[i] = (FT_Vector){from[0], from[1]};
    for (int i = 0; i < k->n_contours; i++)
        o->contours[i] = *from++;
    for (int i = 0; i < k->n_points; i++)
        o->tags[i] = (char)*from++;
    *advance = k->advance;
    free(k);
    cache->outlines[m->outline - 1] = NULL;
    m->outline = 0;
    return o;
}

FT_Outline *face_outline(const struct face *face, uint32_t gid, int *advance)
{
    struct metrics *m =
        gid < (unsigned long)face->ft->num_glyphs ? metrics_of(face->cache, gid) : NULL;
    if (m && m->outline)
        return take_outline(face->cache, m, advance);
    if (!load(face, gid))
        return NULL;
    long units = face->ft->glyph->metrics.horiAdvance;
    *advance = units < INT_MIN ? INT_MIN : units > INT_MAX ? INT_MAX : (int)units;
    return &face->ft->glyph->outline;
}

/* An outline without any area draws nothing either. */
static const struct metrics *measure(const struct face *face, uint32_t gid)
{
    struct metrics *m = metrics_of(face->cache, gid);
    FT_BBox box;

    if (m->known)
        return m;
    m->known = true;
    if (!load(face, gid))
        return m;
    m->advance = thousandths(face, face->ft->glyph->metrics.horiAdvance);
    FT_Outline_Get_CBox(&face->ft->glyph->outline, &box);
    m->odd = m->advance == SHRT_MAX || labs(box.xMin) > GLYPH_FARTHEST ||
             labs(box.xMax) > GLYPH_FARTHEST || labs(box.yMin) > GLYPH_FARTHEST ||
             labs(box.yMax) > GLYPH_FARTHEST;
    m->ink = box.xMin < box.xMax && box.yMin < box.yMax;
    m->left = thousandths(face, box.xMin);
    m->right = thousandths(face, box.xMax);
    m->bottom = thousandths(face, box.yMin);
    m->top = thousandths(face, box.yMax);
    keep_outline(face->cache, face->ft->glyph, m);
    return m;
}

/* Thai, Khmer, Tibetan, Devanagari and their kin: vowels stand around the consonant, consonants
 * below each other. Their digits stand alone, and so do letters of the Dai (Tai Le, New Tai Lue). */
static bool is_stacked(uint32_t cp)
{
    if (cp >= 0x1950 && cp <= 0x19DF)
        return false;
    int category = u_getIntPropertyValue((UChar32)cp, UCHAR_INDIC_SYLLABIC_CATEGORY);
    return ((cp >= 0x900 && cp < 0x2000) || cp >= 0xA800) && category != U_INSC_OTHER &&
           category != U_INSC_NUMBER;
}

bool font_needs_shaping(uint32_t cp)
{
    if (cp < 0x590 || cp > 0x10FFFF)
        return false;
    int joins = u_getIntPropertyValue((UChar32)cp, UCHAR_JOINING_TYPE);
    UCharDirection direction = u_charDirection((UChar32)cp);
    return joins == U_JT_DUAL_JOINING || joins == U_JT_RIGHT_JOINING ||
           joins == U_JT_LEFT_JOINING || direction == U_RIGHT_TO_LEFT ||
           direction == U_RIGHT_TO_LEFT_ARABIC || is_stacked(cp);
}

/* 0: not mapped. What a face has in the private area is its own affair. */
static uint32_t nominal(const struct face *face, uint32_t cp)
{
    if (cp > 0x10FFFF || utf8_is_unprintable(cp))
        return 0;
    uint32_t **page = &face->cache->pages[cp / PAGE_SIZE];
    if (!*page)
        *page = mem_alloc(PAGE_SIZE, sizeof **page);
    uint32_t *gid = &(*page)[cp % PAGE_SIZE];
    if (!*gid)
        *gid = font_needs_shaping(cp) ? 1 : FT_Get_Char_Index(face->ft, cp) + 1;
    return *gid - 1;
}

/* Characters that are drawn by drawing nothing. */
static bool is_space(uint32_t cp)
{
    return cp == 0x20 || cp == 0xA0 || cp == 0x3000 || (cp >= 0x2000 && cp <= 0x200A) ||
           cp == 0x202F || cp == 0x205F;
}

/* What is drawn over the character before it. */
static bool may_be_without_width(uint32_t cp)
{
    int cluster = u_getIntPropertyValue((UChar32)cp, UCHAR_GRAPHEME_CLUSTER_BREAK);
    return cluster == U_GCB_EXTEND || cluster == U_GCB_SPACING_MARK || cluster == U_GCB_V ||
           cluster == U_GCB_T || cluster == U_GCB_CONTROL;
}

static bool draws(const struct face *face, uint32_t gid, uint32_t cp, uint32_t vs,
                  struct glyph *out)
{
    if (!gid || gid >= (unsigned long)face->ft->num_glyphs)
        return false;
    const struct metrics *m = measure(face, gid);
    if ((!m->ink && !is_space(cp)) || m->odd || (m->advance <= 0 && !may_be_without_width(cp)))
        return false;
    *out = (struct glyph){.face = face,
                          .gid = gid,
                          .cp = cp,
                          .vs = vs,
                          .advance = m->advance,
                          .left = fitted(face, m->left, face->fit.dx),
                          .right = fitted(face, m->right, face->fit.dx)};
    return true;
}

bool face_variant(const struct face *face, uint32_t cp, uint32_t vs, struct glyph *out)
{
    return !utf8_is_unprintable(cp) &&
           draws(face, FT_Face_GetCharVariantIndex(face->ft, cp, vs), cp, vs, out);
}

bool face_glyph(const struct face *face, uint32_t cp, uint32_t vs, struct glyph *out)
{
    return (vs && face_variant(face, cp, vs, out)) || draws(face, nominal(face, cp), cp, vs, out);
}

bool face_ink(const struct face *face, uint32_t gid, int box[4])
{
    FT_BBox b;
    if (!load(face, gid) || FT_Outline_Get_BBox(&face->ft->glyph->outline, &b) ||
        b.xMin >= b.xMax || b.yMin >= b.yMax)
        return false;
    box[0] = fitted(face, thousandths(face, b.xMin), face->fit.dx);
    box[1] = fitted(face, thousandths(face, b.yMin), face->fit.dy);
    box[2] = fitted(face, thousandths(face, b.xMax), face->fit.dx);
    box[3] = fitted(face, thousandths(face, b.yMax), face->fit.dy);
    return true;
}

/* Sequences. */

static bool encloses(uint32_t cp)
{
    return cp >= 0x300 && cp <= 0x10FFFF && u_charType((UChar32)cp) == U_ENCLOSING_MARK;
}

/* What Unicode places around a base, or strikes through it. */
bool font_is_mark(uint32_t cp)
{
    int place = cp < 0x300 || cp > 0x10FFFF ? 0 : u_getCombiningClass((UChar32)cp);
    return place == 1 || place == 8 || place >= 200 || encloses(cp);
}

/* A letter of Korean that goes into one square with those before it, which font files have as one
 * glyph alone: files from macOS come taken apart. */
static bool goes_into_syllable(const struct font_sequence *s, uint32_t next)
{
    bool vowel = next >= 0x1161 && next <= 0x1175, last = next >= 0x11A8 && next <= 0x11C2;
    if (s->n_marks == 1)
        return last && s->marks[0] >= 0x1161 && s->marks[0] <= 0x1175;
    return s->n_marks == 0 &&
           ((vowel && s->cp >= 0x1100 && s->cp <= 0x1112) ||
            (last && s->cp >= 0xAC00 && s->cp <= 0xD7A3 && (s->cp - 0xAC00) % 28 == 0));
}

size_t font_next(const char *s, size_t len, struct font_sequence *out)
{
    size_t used, more;
    *out = (struct font_sequence){.cp = utf8_next(s, len, &used)};
    if (out->cp == UTF8_BAD || out->cp < 0x20 || utf8_is_ignorable(out->cp))
        return used;
    for (; used < len; used += more) {
        uint32_t next = utf8_next(s + used, len - used, &more);
        if (next == UTF8_BAD)
            break;
        if (utf8_is_variation_selector(next) && !out->vs && !out->n_marks)
            out->vs = next;
        else if (goes_into_syllable(out, next) ||
                 (font_is_mark(next) && out->n_marks < SEQUENCE_MARKS && !is_space(out->cp)))
            out->marks[out->n_marks++] = next;
        else
            break;
    }
    return used;
}

/* Composites. */

/* 1/1000 em. The x-height is of a face without an x to measure. */
enum { GAP = 50, GAP_MOST = 150, X_HEIGHT = 450 };

/* The sequence as its parts, composed (NFC) or taken apart (NFD) as Unicode has it. */
static size_t normalized(const struct font_sequence *sequence, const UNormalizer2 *form,
                         uint32_t *out, size_t room)
{
    UChar text[2 * (1 + SEQUENCE_MARKS)], formed[8 * (1 + SEQUENCE_MARKS)];
    const int32_t most = (int32_t)(sizeof formed / sizeof *formed);
    UErrorCode error = U_ZERO_ERROR;
    int32_t len = 0, at = 0;
    size_t n = 0;

    U16_APPEND_UNSAFE(text, len, sequence->cp);
    for (size_t i = 0; i < sequence->n_marks; i++)
        U16_APPEND_UNSAFE(text, len, sequence->marks[i]);
    len = unorm2_normalize(form, text, len, formed, most, &error);
    while (U_SUCCESS(error) && at < len && n < room) {
        UChar32 cp;
        U16_NEXT(formed, at, len, cp);
        out[n++] = (uint32_t)cp;
    }
    return at == len ? n : 0;
}

/* What the marks set so far leave of the base's outline: where the next ones go. */
struct stack {
    int left, right, bottom, top;
    bool above, below; /* there is a mark already */
};

static int x_height(const struct face *face)
{
    uint32_t gid = nominal(face, 'x');
    const struct metrics *m = gid ? measure(face, gid) : NULL;
    return m && m->ink ? m->top : X_HEIGHT;
}

/* Marks that are drawn for capitals, or for a whole square, come down to their base. */
static int own_gap(int gap)
{
    return gap <= 0 ? GAP : gap < GAP_MOST ? gap : GAP_MOST;
}

/* A mark is drawn for a letter of the x-height: it moves up or down with what it stands at, and
 * keeps its distance. Placed by the ink: of the faces in fonts.xml only Noto's have anchors (GPOS
 * mark), and those are for the tones of Bopomofo. */
static struct font_part place_mark(const struct face *face, uint32_t mark, uint32_t gid,
                                   struct stack *at)
{
    const struct metrics *m = measure(face, gid);
    int place = u_getCombiningClass((UChar32)mark), height = x_height(face);
    struct font_part part = {gid, (at->left + at->right - m->left - m->right) / 2, 0};

    if (encloses(mark))
        part.dy = (at->bottom + at->top - m->bottom - m->top) / 2;
    if (place >= 228 && place <= 232) {
        int gap = at->above ? GAP : own_gap(m->bottom - height);
        at->above = true;
        part.dy = at->top + gap - m->bottom;
        at->top = m->top + part.dy;
    } else if (place >= 218 && place <= 222) {
        int gap = at->below ? GAP : own_gap(-m->top);
        at->below = true;
        part.dy = at->bottom - gap - m->top;
        at->bottom = m->bottom + part.dy;
    } else if (place == 216 || place == 8) { /* a horn, a mark of voice: at the right shoulder */
        part.dx = at->right - (m->left + m->right) / 2;
        part.dy = place == 216 ? at->top - m->top : 0;
    }
    return part;
}

/* An i under a mark loses its dot. */
static uint32_t base_under_mark(const struct face *face, uint32_t base, uint32_t mark)
{
    uint32_t dotless = base == 'i' ? 0x131 : base == 'j' ? 0x237 : 0, gid;
    struct glyph g;
    if (dotless && u_getCombiningClass((UChar32)mark) == 230 && (gid = nominal(face, dotless)) &&
        draws(face, gid, dotless, 0, &g))
        return gid;
    return nominal(face, base);
}

/* What surrounds a narrow base, as a keycap does a digit, gets room of its own. */
static void make_room(struct font_composite *out)
{
    int shift = out->left < 0 ? -out->left : 0;
    for (size_t i = 0; i < out->n; i++)
        out->parts[i].dx += shift;
    out->left += shift;
    out->right += shift;
    out->advance = out->advance + shift > out->right ? out->advance + shift : out->right;
}

/* The base and the marks, one glyph each. false: the face lacks one. */
static bool place_parts(const struct face *face, const uint32_t *cps, size_t n,
                        struct font_composite *out)
{
    struct glyph g;
    uint32_t base = n > 1 ? base_under_mark(face, cps[0], cps[1]) : nominal(face, cps[0]);
    bool enclosed = false;

    if (out->sequence.vs && n > 1 && face_variant(face, cps[0], out->sequence.vs, &g))
        base = g.gid;
    if (n == 0 || n > 1 + SEQUENCE_MARKS || !draws(face, base, cps[0], 0, &g))
        return false;
    const struct metrics *m = measure(face, base);
    struct stack at = {m->left, m->right, m->bottom, m->top, false, false};
    out->n = 0;
    out->parts[out->n++] = (struct font_part){base, 0, 0};
    out->advance = m->advance;
    out->left = m->left;
    out->right = m->right;
    for (size_t i = 1; i < n; i++) {
        uint32_t gid = nominal(face, cps[i]);
        if (!font_is_mark(cps[i]) || !draws(face, gid, cps[i], 0, &g))
            return false;
        struct font_part part = place_mark(face, cps[i], gid, &at);
        m = measure(face, gid);
        out->left = m->left + part.dx < out->left ? m->left + part.dx : out->left;
        out->right = m->right + part.dx > out->right ? m->right + part.dx : out->right;
        out->parts[out->n++] = part;
        enclosed = enclosed || encloses(cps[i]);
    }
    if (enclosed)
        make_room(out);
    return true;
}

static bool compose(const struct face *face, struct font_composite *out)
{
    UErrorCode error = U_ZERO_ERROR;
    uint32_t cps[2 * (1 + SEQUENCE_MARKS)];
    const UNormalizer2 *forms[] = {unorm2_getNFCInstance(&error), unorm2_getNFDInstance(&error)};

    for (size_t i = 0; U_SUCCESS(error) && i < 2; i++)
        if (place_parts(face, cps,
                        normalized(&out->sequence, forms[i], cps, sizeof cps / sizeof *cps), out))
            return true;
    return false;
}

static bool same_sequence(const struct font_sequence *a, const struct font_sequence *b)
{
    return a->cp == b->cp && a->vs == b->vs && a->n_marks == b->n_marks &&
           !memcmp(a->marks, b->marks, a->n_marks * sizeof *a->marks);
}

bool face_sequence(const struct face *face, const struct font_sequence *sequence, struct glyph *out)
{
    struct face_cache *cache = face->cache;
    size_t i = 0;

    if (!sequence->n_marks)
        return face_glyph(face, sequence->cp, sequence->vs, out);
    if (face->viewed)
        return false;
    while (i < cache->n_composites && !same_sequence(&cache->composites[i].sequence, sequence))
        i++;
    if (i == cache->n_composites) {
        struct font_composite c = {.sequence = *sequence};
        if (!compose(face, &c))
            return false;
        if (i == cache->cap_composites)
            cache->composites = mem_resize(cache->composites, cache->cap_composites = i * 2 + 8,
                                           sizeof *cache->composites);
        cache->composites[cache->n_composites++] = c;
    }
    const struct font_composite *c = &cache->composites[i];
    *out = (struct glyph){.face = face,
                          .gid = FIRST_COMPOSITE + (uint32_t)i,
                          .cp = sequence->cp,
                          .vs = sequence->vs,
                          .advance = c->advance,
                          .left = c->left,
                          .right = c->right};
    return true;
}

const struct font_composite *face_composite(const struct face *face, uint32_t gid)
{
    return gid >= FIRST_COMPOSITE && gid - FIRST_COMPOSITE < face->cache->n_composites
               ? &face->cache->composites[gid - FIRST_COMPOSITE]
               : NULL;
}

static void refuse(struct face *face, struct arena *arena, enum font_source_state state,
                   const char *zh, const char *en, const char *what)
{
    face->state = state;
    face->fault[LANGUAGE_ZH] = arena_printf(arena, "%s%s", zh, what);
    face->fault[LANGUAGE_EN] = arena_printf(arena, "%s%s", en, what);
}

static void refuse_read(struct face *face, struct arena *arena, struct system_error why)
{
    face->state = FONT_BROKEN;
    face->fault[LANGUAGE_ZH] = arena_printf(arena, "读不出：%s", why.text[LANGUAGE_ZH]);
    face->fault[LANGUAGE_EN] = arena_printf(arena, "cannot be read: %s", why.text[LANGUAGE_EN]);
}

static bool is_single(const unsigned char *data)
{
    return big_endian32(data) == 0x10000 || !memcmp(data, "OTTO", 4) || !memcmp(data, "true", 4);
}

/* FreeType opens a file that breaks off, and then lacks some of its glyphs. False: a table ends
 * behind the file. */
static bool is_whole(const struct face *face)
{
    const unsigned char *data = face->map;
    size_t at = 0, size = face->size;

    if (size < 12)
        return false;
    if (!memcmp(data, "ttcf", 4)) {
        size_t entry = 12 + 4 * (size_t)face->index;
        if (entry + 4 > size || (at = big_endian32(data + entry)) > size - 12)
            return false;
    } else if (!is_single(data)) {
        return true; /* no sfnt: FreeType's to judge */
    }
    size_t n = big_endian16(data + at + 4);
    for (size_t i = 0, entry = at + 12; i < n; i++, entry += 16) {
        if (entry + 16 > size)
            return false;
        uint32_t offset = big_endian32(data + entry + 8), length = big_endian32(data + entry + 12);
        if (offset > size || length > size - offset)
            return false;
    }
    return true;
}

const char *face_error(int error, struct arena *arena)
{
    /* FreeType's list of errors, as the cases of a switch. */
    /* clang-format off */
#undef FTERRORS_H_
#define FT_ERRORDEF(name, value, text) case value: return text;
#define FT_ERROR_START_LIST switch (FT_ERROR_BASE(error)) {
#define FT_ERROR_END_LIST }
#include FT_ERRORS_H
    /* clang-format on */
    return arena_printf(arena, "error %d", error);
}

static void map_file(struct face *face, int fd, struct arena *arena)
{
    struct stat st;
    if (fstat(fd, &st)) {
        machine_ask(face->path);
        refuse_read(face, arena, system_error(errno));
    } else if (!S_ISREG(st.st_mode)) {
        refuse(face, arena, FONT_BROKEN, "不是普通文件", "not a regular file", "");
    } else if (st.st_size == 0) {
        refuse(face, arena, FONT_BROKEN, "空文件", "an empty file", "");
    } else {
        protect_file(&st, PROTECTED_FONT);
        void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map == MAP_FAILED) {
            machine_ask(face->path);
            refuse_read(face, arena, system_error(errno));
        } else {
            face->map = map;
            face->size = (size_t)st.st_size;
        }
    }
}

/* OS/2 fsType: 2 = restricted licence, 0x100 = no subsetting, 0x200 = bitmaps only. Files without
 * that table, as Type 1's, say the same in a word of PostScript. */
static unsigned forbidden(FT_Face ft)
{
    const TT_OS2 *os2 = FT_Get_Sfnt_Table(ft, FT_SFNT_OS2);
    return (os2 ? os2->fsType : FT_Get_FSType_Flags(ft)) & 0x0302u;
}

/* How many faces the file says it has; 0: it is none of the kinds that say it. */
static uint32_t face_count(const struct face *face)
{
    const unsigned char *data = face->map;
    if (face->size < 12)
        return 0;
    return !memcmp(data, "ttcf", 4) ? big_endian32(data + 8) : is_single(data) ? 1 : 0;
}

/* A variable font is drawn at the weight asked for, its other axes as they stand. */
static bool set_weight(struct face *face, FT_Face ft, struct arena *arena)
{
    FT_MM_Var *var = NULL;
    FT_Var_Axis *weight = NULL;
    bool set = false;

    if (!FT_HAS_MULTIPLE_MASTERS(ft))
        return true;
    FT_Fixed *at = NULL;
    if (!FT_Get_MM_Var(ft, &var)) {
        at = mem_alloc(var->num_axis, sizeof *at);
        for (FT_UInt i = 0; i < var->num_axis; i++) {
            at[i] = var->axis[i].def;
            if (var->axis[i].tag == FT_MAKE_TAG('w', 'g', 'h', 't')) {
                weight = &var->axis[i];
                at[i] = (FT_Fixed)face->weight * 65536;
            }
        }
        const char *range = weight ? arena_printf(arena, "%ld-%ld", weight->minimum / 65536,
                                                  weight->maximum / 65536)
                                   : "";
        if (weight && !face->weight)
            refuse(face, arena, FONT_BROKEN, "可变字体，请在 fonts.xml 中写明字重 weight，可取 ",
                   "a variable font: say its weight in fonts.xml, from the range ", range);
        else if (weight && (face->weight * 65536L < weight->minimum ||
                            face->weight * 65536L > weight->maximum))
            refuse(face, arena, FONT_BROKEN, "没有 fonts.xml 所写的字重 weight，可取 ",
                   "does not have the weight that fonts.xml asks for, but ", range);
        else
            set = !FT_Set_Var_Design_Coordinates(ft, var->num_axis, at);
    }
    if (!set && !face->fault[LANGUAGE_ZH])
        refuse(face, arena, FONT_BROKEN, "可变字体的变化表已损坏",
               "its table of variations is damaged", "");
    free(at);
    if (var)
        FT_Done_MM_Var(ft->glyph->library, var);
    return set;
}

static size_t metrics_pages(FT_Face ft)
{
    return (size_t)ft->num_glyphs / METRICS_PAGE + 1;
}

static void adopt(struct face *face, FT_Face ft)
{
    face->state = FONT_READY;
    face->ft = ft;
    face->cache = mem_alloc(1, sizeof *face->cache);
    face->cache->metrics = mem_alloc(metrics_pages(ft), sizeof *face->cache->metrics);
    face->cache->composes = !strcmp(FT_Get_Font_Format(ft), "TrueType");
}

/* A font packed for web pages (WOFF) is unpacked by FreeType as a whole, whatever that takes. */
static bool is_packed_beyond_use(const struct face *face)
{
    enum { MOST_UNPACKED = 64 << 20 };
    const unsigned char *data = face->map;
    return face->size >= 20 && !memcmp(data, "wOFF", 4) && big_endian32(data + 16) > MOST_UNPACKED;
}

static void open_mapped(struct FT_LibraryRec_ *library, struct face *face, struct arena *arena)
{
    FT_Face ft = NULL;
    uint32_t faces = face_count(face);
    if (faces && (uint32_t)face->index >= faces) {
        refuse(
            face, arena, FONT_BROKEN,
            arena_printf(arena, "文件里只有 %u 个字面（从 0 数起），没有 index ", (unsigned)faces),
            arena_printf(arena, "the file has %u faces, counted from 0, and none of index ",
                         (unsigned)faces),
            arena_printf(arena, "%d", face->index));
        return;
    }
    if (is_packed_beyond_use(face)) {
        refuse(face, arena, FONT_BROKEN, "解开后超过 64 MB，请改用 .ttf 或 .otf 文件",
               "unpacks to more than 64 MB: use a .ttf or .otf file", "");
        return;
    }
    if (!is_whole(face)) {
        refuse(face, arena, FONT_BROKEN, "文件不完整，请重新复制",
               "the file breaks off: copy it again", "");
        return;
    }
    FT_Error error = FT_New_Memory_Face(library, face->map, (FT_Long)face->size, face->index, &ft);
    if (error == FT_Err_Out_Of_Memory)
        machine_out_of_memory(0);
    if (error) {
        refuse(face, arena, FONT_BROKEN, "不是字体或已损坏：",
               "not a font, or damaged: ", face_error(error, arena));
        return;
    }
    if (!FT_IS_SCALABLE(ft) || ft->units_per_EM == 0) {
        refuse(face, arena, FONT_BROKEN, "没有轮廓（点阵字体）", "has no outlines (a bitmap font)",
               "");
    } else if (ft->num_glyphs <= 0 || ft->num_glyphs > 0x10000) {
        refuse(face, arena, FONT_BROKEN, "字形数不合理：", "has an unreasonable number of glyphs: ",
               arena_printf(arena, "%ld", (long)ft->num_glyphs));
    } else if (!ft->charmap || ft->charmap->encoding != FT_ENCODING_UNICODE) {
        refuse(face, arena, FONT_BROKEN, "没有 Unicode 字符表",
               "has no table of Unicode characters", "");
    } else if (forbidden(ft)) {
        refuse(face, arena, FONT_BARRED, "字体许可不允许嵌入或取子集，fsType ",
               "its licence forbids embedding or subsetting, fsType ",
               arena_printf(arena, "0x%04x", forbidden(ft)));
    } else if (set_weight(face, ft, arena)) {
        adopt(face, ft);
        return;
    }
    FT_Done_Face(ft);
}

struct face *face_open(struct FT_LibraryRec_ *library, const char *path, int index, int weight,
                       struct arena *arena)
{
    struct face *face = ARENA_NEW(arena, struct face);
    *face = (struct face){.path = path,
                          .index = index,
                          .weight = weight,
                          .attachment = ARENA_NEW(arena, struct face_attachment)};
    /* a pipe of that name must not stop us */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        machine_ask(path);
        refuse_read(face, arena, system_error(errno));
        return face;
    }
    map_file(face, fd, arena);
    close(fd);
    if (face->map)
        open_mapped(library, face, arena);
    return face;
}

/* Bodies. */

/* The ink of full-width characters, summed up. */
struct body {
    double width, height, middle;
    size_t n;
};

static bool add_body(const struct face *face, uint32_t cp, struct body *out)
{
    struct glyph g;
    if (!draws(face, nominal(face, cp), cp, 0, &g) || g.advance < 900)
        return false;
    const struct metrics *m = measure(face, g.gid);
    out->width += m->right - m->left;
    out->height += m->top - m->bottom;
    out->middle += (m->top + m->bottom) / 2.0;
    out->n++;
    return true;
}

/* Of what characters a face has, evenly over the blocks of ideographs. */
static struct body own_body(const struct face *face)
{
    enum { STEP = 163, SAMPLES = 64 };
    static const uint32_t blocks[][2] = {{0x4E00, 0x9FFF}, {0x20000, 0x323AF}, {0x3400, 0x4DBF}};
    struct body body = {0};
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++)
        for (uint32_t cp = blocks[b][0]; cp <= blocks[b][1] && body.n < SAMPLES; cp += STEP)
            add_body(face, cp, &body);
    return body;
}

/* By characters that both faces have, else by what each has; false: one has none. */
static bool bodies(const struct face *a, const struct face *b, struct body *of_a, struct body *of_b)
{
    enum { ENOUGH = 8 };
    static const uint32_t shared[] = U"国圆固圈围回田圃阁阅麟墨鹰酬警题颖翻矗鬻永东鑫森";
    *of_a = *of_b = (struct body){0};
    for (const uint32_t *cp = shared; *cp; cp++) {
        struct body try_a = {0}, try_b = {0};
        if (add_body(a, *cp, &try_a) && add_body(b, *cp, &try_b)) {
            add_body(a, *cp, of_a);
            add_body(b, *cp, of_b);
        }
    }
    if (of_a->n < ENOUGH) {
        *of_a = own_body(a);
        *of_b = own_body(b);
    }
    return of_a->n > 0 && of_b->n > 0 && of_a->height > 0 && of_b->height > 0;
}

/* false: they match as they are. */
static bool find_fit(const struct face *face, const struct face *model, struct face_fit *out)
{
    struct body own, wanted;
    if (!bodies(face, model, &own, &wanted))
        return false;
    double n = (double)own.n, m = (double)wanted.n;
    out->scale =
        within((wanted.width + wanted.height) / m * n / (own.width + own.height), 0.8, 1.25);
    out->dx = 500 * (1 - out->scale); /* the square stays where it is, and its advance */
    out->dy = within(wanted.middle / m - out->scale * own.middle / n, -200, 200);
    return fabs(out->scale - 1) > 0.01 || fabs(out->dy) > 5;
}

struct face *face_fitted(const struct face *face, const struct face *model, struct arena *arena)
{
    struct face_fit fit;
    if (!find_fit(face, model, &fit))
        return NULL;
    struct face *view = ARENA_NEW(arena, struct face);
    *view = *face;
    view->viewed = face;
    view->fit = fit;
    view->attachment = ARENA_NEW(arena, struct face_attachment);
    return view;
}

void *face_attached(const struct face *face)
{
    return face->attachment->data;
}

void face_attach(const struct face *face, void *data, void (*release)(void *))
{
    *face->attachment = (struct face_attachment){data, release};
}

void face_close(struct face *face)
{
    if (face->attachment->release)
        face->attachment->release(face->attachment->data);
    if (face->viewed)
        return;
    if (face->cache) {
        for (size_t p = 0; p < PAGES; p++)
            free(face->cache->pages[p]);
        for (size_t i = 0; i < face->cache->n_outlines; i++)
            free(face->cache->outlines[i]);
        free(face->cache->outlines);
        free(face->cache->drawn.points);
        free(face->cache->drawn.tags);
        free(face->cache->drawn.contours);
        for (size_t p = 0; p < metrics_pages(face->ft); p++)
            free(face->cache->metrics[p]);
        free(face->cache->metrics);
        free(face->cache->composites);
        free(face->cache);
    }
    FT_Done_Face(face->ft);
    if (face->map)
        munmap(face->map, face->size);
}

enum font_source_state face_state(const struct face *face)
{
    return face->state;
}

const char *face_fault(const struct face *face, enum language language)
{
    return face->fault[language];
}

const char *face_name(const struct face *face)
{
    const char *name = FT_Get_Postscript_Name(face->ft);
    return name ? name : face->ft->family_name ? face->ft->family_name : "unnamed";
}

bool face_is_copy(const struct face *face, const struct face *other)
{
    return face->size == other->size && face->index == other->index &&
           face->weight == other->weight && face->ft->num_glyphs == other->ft->num_glyphs &&
           !strcmp(face_name(face), face_name(other));
}

const char *face_file(const struct face *face)
{
    return face->path;
}

struct FT_FaceRec_ *face_ft(const struct face *face)
{
    return face->ft;
}

struct face_fit face_fit(const struct face *face)
{
    return face->viewed ? face->fit : (struct face_fit){.scale = 1};
}
