/* font_union.c - see font_union.h. OpenType specification 1.9: glyf, head, hmtx, loca, maxp. */
#include "pdf/font_union.h"

#include "core/arena.h"
#include "core/big_endian.h"
#include "pdf/font_file.h"

#include <stdlib.h>
#include <string.h>

/* The tables in their order, and what of them is read. */
enum { GLYF, HEAD, HHEA, HMTX, LOCA, MAXP, TABLES };
enum { DIRECTORY = 12, ROW = 16, EM = 18, LONG_OFFSETS = 50, GLYPH_HEAD = 10, MOST_GLYPHS = 65534 };

struct subset {
    const unsigned char *tables[TABLES];
    size_t sizes[TABLES], n; /* n: glyphs, the first of which is .notdef */
};

struct font_union {
    struct arena arena; /* of the glyphs' bytes */
    int em;
    const struct glyph_record **records; /* of glyph i + 1 */
    size_t n, cap;
    uint32_t *table;   /* glyphs by hash; 0: free */
    size_t table_size; /* a power of two, at least twice n */
};

/* false: no file of font_file_build. */
static bool open_subset(struct subset *s, const unsigned char *file, size_t size)
{
    static const char tags[] = "glyfheadhheahmtxlocamaxp";
    *s = (struct subset){.n = 0};
    if (size < DIRECTORY + ROW * TABLES || big_endian32(file) != 0x00010000 ||
        big_endian16(file + 4) != TABLES)
        return false;
    for (size_t i = 0; i < TABLES; i++) {
        const unsigned char *row = file + DIRECTORY + ROW * i;
        size_t offset = big_endian32(row + 8);
        s->sizes[i] = big_endian32(row + 12);
        if (memcmp(row, tags + 4 * i, 4) || offset > size || s->sizes[i] > size - offset)
            return false;
        s->tables[i] = file + offset;
    }
    if (s->sizes[HEAD] <= LONG_OFFSETS + 1 || s->sizes[MAXP] < 6 ||
        big_endian16(s->tables[HEAD] + LONG_OFFSETS) != 1)
        return false;
    s->n = big_endian16(s->tables[MAXP] + 4);
    return s->n > 0 && s->sizes[LOCA] >= 4 * (s->n + 1) && s->sizes[HMTX] >= 4 * s->n;
}

/* Bytes of a glyph; false: it lies outside of its table, or is composed of others. */
static bool glyph_at(const struct subset *s, size_t gid, const unsigned char **data, size_t *size)
{
    size_t from = big_endian32(s->tables[LOCA] + 4 * gid),
           to = big_endian32(s->tables[LOCA] + 4 * gid + 4);
    if (from > to || to > s->sizes[GLYF] || (to - from) % 4 ||
        (to > from && to - from < GLYPH_HEAD))
        return false;
    *data = s->tables[GLYF] + from;
    *size = to - from;
    int contours = *size ? big_endian_signed16(*data) : 0;
    return contours >= 0 && (size_t)contours * 2 <= (*size ? *size - GLYPH_HEAD : 0);
}

static struct glyph_record record_of(const struct subset *s, size_t gid)
{
    struct glyph_record r = {.advance = (int)big_endian16(s->tables[HMTX] + 4 * gid)};
    glyph_at(s, gid, &r.data, &r.size);
    for (size_t i = 0; i < r.size; i += 4)
        r.sum += big_endian32(r.data + i);
    if (r.size) {
        r.contours = big_endian_signed16(r.data);
        for (int i = 0; i < 4; i++)
            r.box[i] = big_endian_signed16(r.data + 2 + 2 * i);
        if (r.contours)
            r.points = (int)big_endian16(r.data + GLYPH_HEAD + 2 * (r.contours - 1)) + 1;
    }
    return r;
}

static size_t slot(const struct font_union *u, const struct glyph_record *r)
{
    size_t i = (r->sum * 0x9E3779B1u ^ (uint32_t)r->advance * 0x85EBCA6Bu) >> 8;
    for (;; i++) {
        i &= u->table_size - 1;
        const struct glyph_record *known = u->table[i] ? u->records[u->table[i] - 1] : NULL;
        if (!known || (known->sum == r->sum && known->advance == r->advance &&
                       known->size == r->size && !memcmp(known->data, r->data, r->size)))
            return i;
    }
}

static void grow_table(struct font_union *u)
{
    u->table_size = u->table_size ? 2 * u->table_size : 512;
    free(u->table);
    u->table = mem_alloc(u->table_size, sizeof *u->table);
    for (size_t i = 0; i < u->n; i++)
        u->table[slot(u, u->records[i])] = (uint32_t)i + 1;
}

/* The union's number of a glyph. */
static uint32_t add(struct font_union *u, const struct glyph_record *r)
{
    if ((u->n + 1) * 2 > u->table_size)
        grow_table(u);
    size_t at = slot(u, r);
    if (!u->table[at]) {
        struct glyph_record *kept = ARENA_NEW(&u->arena, struct glyph_record);
        *kept = *r;
        kept->data =
            memcpy(arena_alloc(&u->arena, r->size + 1, 1), r->size ? r->data : (void *)"", r->size);
        *ARENA_PUSH(&u->arena, u->records, u->n, u->cap) = kept;
        u->table[at] = (uint32_t)u->n;
    }
    return u->table[at];
}

struct font_union *font_union_new(void)
{
    return mem_alloc(1, sizeof(struct font_union));
}

void font_union_free(struct font_union *u)
{
    if (!u)
        return;
    arena_free(&u->arena);
    free(u->table);
    free(u);
}

int font_union_em(const unsigned char *file, size_t size)
{
    struct subset s;
    return open_subset(&s, file, size) ? (int)big_endian16(s.tables[HEAD] + EM) : 0;
}

bool font_union_add(struct font_union *u, const unsigned char *file, size_t size,
                    struct buffer *gids)
{
    struct subset s;
    const unsigned char *data;
    size_t len;

    if (!open_subset(&s, file, size) || u->n + s.n > MOST_GLYPHS)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!glyph_at(&s, i, &data, &len))
            return false;
    u->em = (int)big_endian16(s.tables[HEAD] + EM);
    for (size_t i = 0; i < s.n; i++) {
        struct glyph_record r = record_of(&s, i);
        uint32_t gid = i ? add(u, &r) : 0;
        buffer_putc(gids, (int)(gid >> 8));
        buffer_putc(gids, (int)(gid & 0xFF));
    }
    return true;
}

void font_union_build(const struct font_union *u, struct buffer *out)
{
    font_file_build(u->em, u->records, u->n, out);
}
