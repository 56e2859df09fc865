/* pdf_mutator.c - see pdf_mutator.h. Objects are what stands between "N 0 obj" and "endobj"; those
 * in object streams are not seen, and seeds have none. */
#define _GNU_SOURCE /* memmem */
#include "pdf_mutator.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OBJECTS = 400 };

struct object {
    long number;
    const uint8_t *text; /* behind "obj", up to "endobj" */
    size_t len;
};

static struct object objects[MOST_OBJECTS];
static size_t n_objects;
static struct dice dice;

/* What writers put there, and more; @ is the number of an object. */
static const char *const words[] = {
    "/Annots [@ 0 R]",
    "/AP <</N @ 0 R>>",
    "/AcroForm <</Fields [@ 0 R]/NeedAppearances true>>",
    "/Kids [@ 0 R @ 0 R]",
    "/Parent @ 0 R",
    "/Contents [@ 0 R @ 0 R]",
    "/Resources @ 0 R",
    "/MediaBox [0 0 -595 842]",
    "/CropBox [10 10 1e9 20]",
    "/Rotate 90",
    "/Rotate -270",
    "/UserUnit 2.5",
    "/Group <</S/Transparency/CS @ 0 R>>",
    "/Filter [/ASCIIHexDecode /FlateDecode]",
    "/Filter /LZWDecode",
    "/DecodeParms <</Predictor 12/Columns 4>>",
    "/Length @ 0 R",
    "/Length 99999",
    "/Type /Page",
    "/Type /Pages",
    "/Subtype /Widget /FT /Tx /V (text) /DA (/Helv 0 Tf)",
    "/Subtype /Widget /FT /Btn /AS /On",
    "/Subtype /Widget /FT /Ch /Opt [(a) [(b) (c)]] /V (b)",
    "/Subtype /Stamp",
    "/Subtype /FreeText /DA (/Helv 12 Tf) /Contents (text)",
    "/Subtype /Highlight /QuadPoints [0 0 9 0 0 9 9 9] /C [1 1 0]",
    "/Subtype /Ink /InkList [[0 0 9 9]]",
    "/Subtype /Line /L [0 0 9 9] /LE [/OpenArrow /None]",
    "/Subtype /Link /A <</S/URI/URI(http://a)>>",
    "/Subtype /Popup",
    "/Subtype /FileAttachment /FS @ 0 R",
    "/F 2",
    "/F 4",
    "/Rect [0 0 99 99]",
    "/OC @ 0 R",
    "/OCProperties <</OCGs [@ 0 R] /D <</OFF [@ 0 R]/AS [<</Event/Print/OCGs [@ 0 R]>>]>>>>",
    "/Names <</Dests @ 0 R /EmbeddedFiles @ 0 R>>",
    "/Names [(a) @ 0 R]",
    "/Limits [(a) (b)]",
    "/Dests @ 0 R",
    "/Dest [@ 0 R /XYZ 0 0 0]",
    "/A <</S/GoTo/D(a)>>",
    "/Outlines @ 0 R",
    "/First @ 0 R /Last @ 0 R",
    "/Next @ 0 R",
    "/Title <FEFF4E00>",
    "/Count -3",
    "/Count 1000000",
    "/Encrypt @ 0 R",
    "/Font <</Helv @ 0 R>>",
    "/XObject <</X @ 0 R>>",
    "/BaseFont /SimSun",
    "/FontDescriptor @ 0 R",
    "/DescendantFonts [@ 0 R]",
    "/Subtype /Type0 /Encoding /UniGB-UCS2-H",
    "/ColorSpace [/Indexed /DeviceRGB 1 @ 0 R]",
    "/SMask @ 0 R",
    "/Matrix [1 0 0 1 1e300 0]",
    "/BBox [0 0 1 1]",
    "/PageLabels <</Nums [0 <</S/r>>]>>",
    "/Perms @ 0 R",
    "/XFA [(a) @ 0 R]",
    "/Collection <<>>",
    "/NeedsRendering true",
    "[[[[[[[[[[[[]]]]]]]]]]]]",
    "null",
    "@ 0 R",
    "(\\377\\376)"};

static const uint8_t *find(const uint8_t *from, const uint8_t *end, const char *word)
{
    return from < end ? memmem(from, (size_t)(end - from), word, strlen(word)) : NULL;
}

static void read_objects(const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size, *last;
    n_objects = 0;
    for (const uint8_t *p = data; n_objects < MOST_OBJECTS && (p = find(p, end, " 0 obj"));
         p = last) {
        const uint8_t *digits = p;
        while (digits > data && isdigit(digits[-1]))
            digits--;
        last = find(p, end, "endobj");
        last = last ? last : end;
        p += strlen(" 0 obj");
        objects[n_objects++] =
            (struct object){strtol((const char *)digits, NULL, 10), p, (size_t)(last - p)};
    }
}

static long any_number(void)
{
    return n_objects ? objects[dice_roll(&dice, n_objects)].number : 1;
}

static void put_word(struct buffer *out)
{
    const char *w = words[dice_roll(&dice, sizeof words / sizeof *words)];
    buffer_putc(out, ' ');
    for (; *w; w++)
        if (*w == '@')
            buffer_printf(out, "%ld", any_number());
        else
            buffer_putc(out, *w);
    buffer_putc(out, ' ');
}

/* Where a number of a reference or a name begins, at random; its end for none. */
static size_t any_place(const struct object *o, const char *kind)
{
    size_t at = dice_roll(&dice, o->len);
    while (at < o->len && !strchr(kind, o->text[at]))
        at++;
    return at;
}

static void put_altered(struct buffer *out, const struct object *o)
{
    static uint8_t copy[1 << 15];
    size_t at;
    switch (dice_roll(&dice, 6)) {
    case 0: /* another's body */
        o = &objects[dice_roll(&dice, n_objects)];
        buffer_add(out, o->text, o->len);
        break;
    case 1:
    case 2: /* an entry more */
        at = any_place(o, "/");
        buffer_add(out, o->text, at);
        put_word(out);
        buffer_add(out, o->text + at, o->len - at);
        break;
    case 3: /* another number */
        at = any_place(o, "123456789");
        buffer_add(out, o->text, at);
        buffer_printf(out, "%ld", any_number());
        while (at < o->len && isdigit(o->text[at]))
            at++;
        buffer_add(out, o->text + at, o->len - at);
        break;
    default:
        at = o->len > sizeof copy / 2 ? sizeof copy / 2 : o->len;
        memcpy(copy, o->text, at);
        at = LLVMFuzzerMutate(copy, at, sizeof copy / 2);
        buffer_add(out, copy, at);
        break;
    }
}

/* The objects with one altered, and a table of where each begins. */
static void assemble(struct buffer *out, const uint8_t *trailer, size_t trailer_len)
{
    static size_t places[MOST_OBJECTS + 1];
    size_t altered = dice_roll(&dice, n_objects), most = 0;
    memset(places, 0, sizeof places);
    buffer_puts(out, "%PDF-1.7\n");
    for (size_t i = 0; i < n_objects; i++) {
        long number = objects[i].number;
        if (number > 0 && number <= MOST_OBJECTS) {
            places[number] = out->len;
            most = (size_t)number > most ? (size_t)number : most;
        }
        buffer_printf(out, "%ld 0 obj", number);
        if (i == altered)
            put_altered(out, &objects[i]);
        else
            buffer_add(out, objects[i].text, objects[i].len);
        buffer_puts(out, "endobj\n");
    }
    size_t xref = out->len;
    buffer_printf(out, "xref\n0 %zu\n0000000000 65535 f \n", most + 1);
    for (size_t i = 1; i <= most; i++)
        buffer_printf(out, "%010zu %s \n", places[i], places[i] ? "00000 n" : "65535 f");
    buffer_add(out, trailer, trailer_len);
    buffer_printf(out, "\nstartxref\n%zu\n%%%%EOF\n", xref);
}

size_t pdf_mutate(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    dice.state = seed;
    read_objects(data, size);
    const uint8_t *trailer = find(data, data + size, "trailer");
    if (n_objects == 0 || !trailer || dice_roll(&dice, 8) == 0)
        return LLVMFuzzerMutate(data, size, max);
    const uint8_t *end = find(trailer, data + size, "startxref");
    struct buffer out = {0};
    assemble(&out, trailer, (size_t)((end ? end : data + size) - trailer));
    if (out.len <= max) {
        memcpy(data, out.data, out.len);
        size = out.len;
    }
    buffer_clear(&out);
    return size;
}
