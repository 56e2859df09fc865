/* fuzz_font.c - a font file: opened as several faces, asked for glyphs, sequences and marks, set
 * into a paragraph, embedded. Mutated table by table: the directory and its checksums are true. */
#include "door.h"

#include "pdf/pdf.h"
#include "text/glyph_record.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <string.h>

enum { HEAD = 12, ENTRY = 16, MOST_TABLES = 40, MOST_BYTES = 1 << 16 };

static FT_Library library;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    door_hold(FT_Init_FreeType(&library) == 0);
    return 0;
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t checksum(const uint8_t *p, size_t n)
{
    uint32_t sum = 0;
    for (size_t i = 0; i + 4 <= n; i += 4)
        sum += get32(p + i);
    return sum;
}

/* The file with the table put in place of its own, all behind it moved; 0: no room. */
static size_t assemble(uint8_t *data, size_t size, size_t max, size_t tables, size_t table,
                       const uint8_t *bytes, size_t len)
{
    struct buffer out = {0};
    size_t result = 0;
    buffer_add(&out, data, HEAD + tables * ENTRY);
    for (size_t i = 0; i < tables; i++) {
        const uint8_t *entry = data + HEAD + i * ENTRY;
        size_t at = get32(entry + 8), n = get32(entry + 12), from = out.len;
        if (i == table)
            buffer_add(&out, bytes, len);
        else if (at <= size && n <= size - at)
            buffer_add(&out, data + at, n);
        n = out.len - from;
        while (out.len % 4)
            buffer_putc(&out, 0);
        uint8_t *made = out.data + HEAD + i * ENTRY;
        put32(made + 4, checksum(out.data + from, out.len - from));
        put32(made + 8, (uint32_t)from);
        put32(made + 12, (uint32_t)n);
    }
    if (out.len <= max) {
        memcpy(data, out.data, out.len);
        result = out.len;
    }
    buffer_clear(&out);
    return result;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    static uint8_t bytes[MOST_BYTES];
    struct dice dice = {seed};
    size_t tables = size > HEAD ? (size_t)data[4] << 8 | data[5] : 0;
    if (tables == 0 || tables > MOST_TABLES || size < HEAD + tables * ENTRY ||
        dice_roll(&dice, 5) == 0)
        return LLVMFuzzerMutate(data, size, max);
    size_t table = dice_roll(&dice, tables);
    const uint8_t *entry = data + HEAD + table * ENTRY;
    size_t at = get32(entry + 8), n = get32(entry + 12);
    if (at > size || n > size - at || n > MOST_BYTES / 2)
        return LLVMFuzzerMutate(data, size, max);
    memcpy(bytes, data + at, n);
    n = LLVMFuzzerMutate(bytes, n, MOST_BYTES / 2);
    size_t made = assemble(data, size, max, tables, table, bytes, n);
    return made ? made : size;
}

static void embed(const struct text_glyph *glyphs, size_t n, const struct face *face,
                  struct diag *diag)
{
    struct page_item item = {
        .kind = ITEM_TEXT,
        .u.text = {.x = 20, .y = 50, .size = 12, .face = face, .glyphs = glyphs, .n = n}};
    struct page page = {.width = 200, .height = 200, .items = &item, .n = 1};
    struct pages pages = {
        .title = "x", .language = "zh-CN", .created = "2026-09-30", .list = &page, .n = 1};
    struct buffer pdf = {0};
    door_hold(pdf_write(&pages, &pdf, diag) || diag_failed(diag));
    buffer_clear(&pdf);
}

static struct text_glyph glyph_at(const struct glyph *g, size_t place)
{
    return (struct text_glyph){.face = g->face,
                               .gid = g->gid,
                               .cp = g->cp,
                               .vs = g->vs,
                               .size = 12,
                               .x = 12.0 * (double)place,
                               .width = 12};
}

static void look(const struct face *face, struct diag *diag)
{
    static const uint32_t characters[] = {0x4E00,  'A',    'e',    ' ',   0x301,
                                          0x20164, 0xFF0C, 0x56FD, 0x3001};
    static const char *const sequences[] = {"e\xCC\x81", "\xE4\xB8\x80\xF3\xA0\x84\x80", "A",
                                            "q\xCC\x81\xCC\xA7"};
    struct text_glyph glyphs[32];
    size_t n = 0;
    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
        struct glyph g;
        int box[4];
        if (!face_glyph(face, characters[i], 0, &g))
            continue;
        face_ink(face, g.gid, box);
        glyph_record_get(face, g.gid);
        glyphs[n] = glyph_at(&g, n);
        n++;
    }
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
        struct font_sequence s;
        struct glyph g;
        font_next(sequences[i], strlen(sequences[i]), &s);
        if (face_sequence(face, &s, &g)) {
            glyphs[n] = glyph_at(&g, n);
            n++;
        }
    }
    door_hold(face_name(face));
    if (n)
        embed(glyphs, n, face, diag);
}

void door_run(const uint8_t *data, size_t size)
{
    static const struct {
        int index, weight;
    } faces[] = {{0, 0}, {1, 0}, {0, 400}, {0, 700}};
    struct diag diag = {0};
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", door_file(data, size));
    for (size_t i = 0; i < sizeof faces / sizeof *faces; i++) {
        struct arena arena = {0};
        struct face *face = face_open(library, path, faces[i].index, faces[i].weight, &arena);
        if (face_state(face) == FONT_READY)
            look(face, &diag);
        else
            door_hold(face_fault(face, LANGUAGE_ZH) && face_fault(face, LANGUAGE_EN));
        face_close(face);
        arena_free(&arena);
    }
    door_end(&diag);
}
