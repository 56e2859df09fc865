/* pdf_font.c - see pdf_font.h. ISO 32000-1, 9.7 (composite fonts) and 9.10.3 (ToUnicode CMaps). */
#include "pdf/pdf_font.h"

#include "pdf/deflate.h"
#include "pdf/font_file.h"
#include "pdf/glyph_deflate.h"
#include "pdf/utf16.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_CODES = 65534, BLANK = -1 };
/* A document's glyphs come to some hundred KB a face; a font made to exhaust memory must not. */
static const size_t LARGEST_FILE = (size_t)256 << 20;

struct used_glyph {
    uint32_t cp, vs, gid;
    int width;
};

struct pdf_font {
    struct pdf_file *file;
    const struct face *face;
    char name[16];
    HPDF_Dict object;
    struct used_glyph *entries;          /* code - 1 */
    const struct glyph_record **records; /* the same order */
    size_t n, cap_entries, n_records, cap_records;
    uint32_t *table;   /* codes by hash; 0: free */
    size_t table_size; /* a power of two, at least twice n */
    size_t glyf_size;
    struct glyph_record blank;
};

struct pdf_font *pdf_font_new(struct pdf_file *f, const struct face *face, unsigned number)
{
    struct pdf_font *font = ARENA_NEW(&f->arena, struct pdf_font);
    if (!glyph_record_em(face))
        pdf_file_fail(
            f, "字体 %s（%s）的字身单位不在 16 到 16384 之间，请更换字体文件",
            "font %s (%s): the units of its em are not from 16 to 16384; replace the font file",
            face_name(face), face_file(face));
    font->file = f;
    font->face = face;
    snprintf(font->name, sizeof font->name, "F%u", number);
    font->table_size = 256;
    font->table = ARENA_ARRAY(&f->arena, uint32_t, font->table_size);
    font->blank.advance = glyph_record_em(face);
    font->object = pdf_file_dict(f);
    return font;
}

const struct face *pdf_font_face(const struct pdf_font *font)
{
    return font->face;
}

const char *pdf_font_name(const struct pdf_font *font)
{
    return font->name;
}

HPDF_Dict pdf_font_object(const struct pdf_font *font)
{
    return font->object;
}

static size_t slot(const struct pdf_font *font, uint32_t cp, uint32_t vs, uint32_t gid)
{
    size_t i = (cp * 0x9E3779B1u ^ vs * 0x85EBCA6Bu ^ gid * 0xC2B2AE35u) >> 8;
    for (;; i++) {
        i &= font->table_size - 1;
        const struct used_glyph *e = font->table[i] ? &font->entries[font->table[i] - 1] : NULL;
        if (!e || (e->cp == cp && e->vs == vs && e->gid == gid))
            return i;
    }
}

static void grow_table(struct pdf_font *font)
{
    font->table_size *= 2;
    font->table = ARENA_ARRAY(&font->file->arena, uint32_t, font->table_size);
    for (size_t i = 0; i < font->n; i++) {
        const struct used_glyph *e = &font->entries[i];
        font->table[slot(font, e->cp, e->vs, e->gid)] = (uint32_t)i + 1;
    }
}

static unsigned add(struct pdf_font *font, struct used_glyph e, const struct glyph_record *record)
{
    struct pdf_file *f = font->file;
    if (font->n == MOST_CODES || (font->glyf_size += record->size) > LARGEST_FILE)
        pdf_file_fail(f, "一份文件用到的字形过多：%s 超过 65534 个或 256 MB",
                      "too many glyphs in one document: %s has more than 65534, or 256 MB of them",
                      face_name(font->face));
    if ((font->n + 1) * 2 > font->table_size)
        grow_table(font);
    e.width = (int)((long)record->advance * 1000 / glyph_record_em(font->face));
    *ARENA_PUSH(&f->arena, font->records, font->n_records, font->cap_records) = record;
    *ARENA_PUSH(&f->arena, font->entries, font->n, font->cap_entries) = e;
    font->table[slot(font, e.cp, e.vs, e.gid)] = (uint32_t)font->n;
    return (unsigned)font->n;
}

unsigned pdf_font_code(struct pdf_font *font, uint32_t cp, uint32_t vs, uint32_t gid)
{
    unsigned code = font->table[slot(font, cp, vs, gid)];
    if (code)
        return code;
    const struct glyph_record *record = gid ? glyph_record_get(font->face, gid) : NULL;
    if (!record)
        pdf_file_fail(
            font->file, "字体 %s（%s）中 U+%04X 的字形 %u 无法读取，请更换字体文件",
            "font %s (%s): the outline of U+%04X, glyph %u, cannot be read; replace the font file",
            face_name(font->face), face_file(font->face), (unsigned)cp, (unsigned)gid);
    return add(font, (struct used_glyph){cp, vs, gid, 0}, record);
}

unsigned pdf_font_blank(struct pdf_font *font, uint32_t cp)
{
    unsigned code = font->table[slot(font, cp, 0, (uint32_t)BLANK)];
    return code ? code : add(font, (struct used_glyph){cp, 0, (uint32_t)BLANK, 0}, &font->blank);
}

int pdf_font_width(const struct pdf_font *font, unsigned code)
{
    return font->entries[code - 1].width;
}

/* "ABCDEF+Name": the tag tells subsets apart by what is in them, and says the same on each run. */
static void base_name(const struct pdf_font *font, char *out, size_t size)
{
    uint64_t hash = 0xCBF29CE484222325u;
    char tag[7] = "", name[64];
    size_t len = 0;
    for (const char *p = face_name(font->face); *p && len + 1 < sizeof name; p++)
        name[len++] = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-", *p)
                          ? *p
                          : '_';
    name[len] = 0;
#define MIX(v) (hash = (hash ^ (v)) * 0x100000001B3u)
    for (size_t i = 0; i < len; i++)
        MIX((unsigned char)name[i]);
    for (size_t i = 0; i < font->n; i++) {
        MIX(font->entries[i].cp);
        MIX(font->entries[i].vs);
        MIX(font->records[i]->sum);
    }
#undef MIX
    hash ^= hash >> 32;
    for (int i = 0; i < 6; i++, hash /= 26)
        tag[i] = (char)('A' + hash % 26);
    snprintf(out, size, "%s+%s", tag, name);
}

static void put_code(struct buffer *text, size_t code)
{
    unsigned char bytes[] = {(unsigned char)(code >> 8), (unsigned char)(code & 0xFF)};
    utf16_hex(text, bytes, sizeof bytes);
}

/* What the code stands for. */
static void put_unicode(struct buffer *text, struct buffer *utf16, const struct pdf_font *font,
                        size_t code)
{
    const struct used_glyph *e = &font->entries[code - 1];
    const struct font_composite *f =
        e->gid == (uint32_t)BLANK ? NULL : face_composite(font->face, e->gid);
    utf16->len = 0;
    utf16_put(utf16, e->cp);
    if (e->vs)
        utf16_put(utf16, e->vs);
    for (size_t k = 0; f && k < f->sequence.n_marks; k++)
        utf16_put(utf16, f->sequence.marks[k]);
    utf16_hex(text, utf16->data, utf16->len);
}

/* As ranges, which name no code but their ends: a third less than a line a code, and half as dear.
 * The codes of a range have one first byte. */
static HPDF_Dict to_unicode(struct pdf_font *font)
{
    enum { RANGE = 256, RANGES_BLOCK = 100 };
    struct buffer text = {0}, packed = {0}, utf16 = {0};
    size_t n_ranges = font->n ? font->n / RANGE + 1 : 0;
    buffer_puts(&text, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                       "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
                       "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
                       "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
    for (size_t i = 0; i < n_ranges; i++) {
        size_t first = i ? i * RANGE : 1,
               last = i + 1 < n_ranges ? first / RANGE * RANGE + RANGE - 1 : font->n;
        if (i % RANGES_BLOCK == 0)
            buffer_printf(&text, "%s%zu beginbfrange\n", i ? "endbfrange\n" : "",
                          n_ranges - i < RANGES_BLOCK ? n_ranges - i : (size_t)RANGES_BLOCK);
        put_code(&text, first);
        put_code(&text, last);
        buffer_putc(&text, '[');
        for (size_t code = first; code <= last; code++)
            put_unicode(&text, &utf16, font, code);
        buffer_puts(&text, "]\n");
    }
    buffer_puts(&text, n_ranges ? "endbfrange\n" : "");
    buffer_puts(&text, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    deflate_add(&packed, text.data, text.len, DEFLATE_FAST);
    buffer_clear(&text);
    buffer_clear(&utf16);
    return pdf_file_stream(font->file, &packed);
}

static HPDF_Dict font_file(struct pdf_font *font)
{
    struct buffer raw = {0}, packed = {0};
    font_file_build(glyph_record_em(font->face), font->records, font->n, &raw);
    size_t len = raw.len;
    if (!glyph_deflate(font->face, font->records, font->n, &raw, &packed))
        deflate_add(&packed, raw.data, raw.len, DEFLATE_FAST);
    buffer_clear(&raw);
    HPDF_Dict stream = pdf_file_stream(font->file, &packed);
    HPDF_Dict_AddNumber(stream, "Length1", (HPDF_INT32)len);
    return stream;
}

static HPDF_Dict descriptor(struct pdf_font *font, const char *name)
{
    static const double MOST = HPDF_LIMIT_MAX_REAL; /* an odd font's box may be larger */
    double box[4] = {0, 0, 0, 0}, em = glyph_record_em(font->face);
    for (size_t i = 0; i < font->n; i++)
        for (int k = 0; k < 4; k++) {
            double v = fmax(-MOST, fmin(MOST, font->records[i]->box[k] * 1000 / em));
            box[k] = (k < 2 ? v < box[k] : v > box[k]) ? v : box[k];
        }
    HPDF_Dict d = pdf_file_dict(font->file);
    HPDF_Dict_AddName(d, "Type", "FontDescriptor");
    HPDF_Dict_AddName(d, "FontName", name);
    HPDF_Dict_AddNumber(d, "Flags", HPDF_FONT_SYMBOLIC);
    pdf_file_array_in(font->file, d, "FontBBox", box, 4);
    HPDF_Dict_AddNumber(d, "ItalicAngle", 0);
    HPDF_Dict_AddNumber(d, "Ascent", (HPDF_INT32)(FONT_ASCENT * 1000));
    HPDF_Dict_AddNumber(d, "Descent", (HPDF_INT32)(-FONT_DESCENT * 1000));
    HPDF_Dict_AddNumber(d, "CapHeight", 700);
    HPDF_Dict_AddNumber(d, "StemV", 80);
    HPDF_Dict_Add(d, "FontFile2", font_file(font));
    return d;
}

/* "code [width width ...]" for each run of codes whose widths are not the default of 1000. */
static void add_widths(struct pdf_font *font, HPDF_Dict cid)
{
    HPDF_Array all = HPDF_Array_New(cid->mmgr), run = NULL;
    HPDF_Dict_AddNumber(cid, "DW", 1000);
    HPDF_Dict_Add(cid, "W", all);
    for (size_t i = 0; i < font->n; i++) {
        if (font->entries[i].width == 1000) {
            run = NULL;
            continue;
        }
        if (!run) {
            run = HPDF_Array_New(cid->mmgr);
            HPDF_Array_AddNumber(all, (HPDF_INT32)i + 1);
            HPDF_Array_Add(all, run);
        }
        HPDF_Array_AddNumber(run, font->entries[i].width);
    }
    pdf_file_check(font->file);
}

void pdf_font_finish(struct pdf_font *font)
{
    struct pdf_file *f = font->file;
    char name[80];
    base_name(font, name, sizeof name);

    HPDF_Dict cid = pdf_file_dict(f);
    HPDF_Dict_AddName(cid, "Type", "Font");
    HPDF_Dict_AddName(cid, "Subtype", "CIDFontType2");
    HPDF_Dict_AddName(cid, "BaseFont", name);
    HPDF_Dict system = pdf_file_dict_in(f, cid, "CIDSystemInfo");
    pdf_file_ascii(f, system, "Registry", "Adobe");
    pdf_file_ascii(f, system, "Ordering", "Identity");
    HPDF_Dict_AddNumber(system, "Supplement", 0);
    HPDF_Dict_AddName(cid, "CIDToGIDMap", "Identity");
    HPDF_Dict_Add(cid, "FontDescriptor", descriptor(font, name));
    add_widths(font, cid);

    HPDF_Dict_AddName(font->object, "Type", "Font");
    HPDF_Dict_AddName(font->object, "Subtype", "Type0");
    HPDF_Dict_AddName(font->object, "BaseFont", name);
    HPDF_Dict_AddName(font->object, "Encoding", "Identity-H");
    HPDF_Array descendants = HPDF_Array_New(f->doc->mmgr);
    HPDF_Dict_Add(font->object, "DescendantFonts", descendants);
    HPDF_Array_Add(descendants, cid);
    HPDF_Dict_Add(font->object, "ToUnicode", to_unicode(font));
    pdf_file_check(f);
}
