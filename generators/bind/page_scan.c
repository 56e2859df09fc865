/* page_scan.c - see page_scan.h. */
#include "bind/page_scan.h"

#include "bind/drawn_size.h"
#include "bind/pdf_picture.h"
#include "pdf/deflate.h"

#include <math.h>
#include <stdlib.h>

/* A JPEG of a byte for fewer pixels is not blank (media/ink.c), and not even taken out. */
enum { MOST_BYTES = 20 };
/* Bytes of content that are looked through in one file: many pages may share what is long. */
enum { MOST_READ = 512 << 20 };
/* Of a page: more is no scan's. */
enum { LONGEST = 1 << 20 };
/* Bytes of a picture that are unpacked at once. */
enum { MOST_PIXELS = 256 << 20 };

static bool jpeg_is_blank(const struct buffer *data)
{
    static const struct media_limits limits = {0};
    static const struct finding nowhere = {.rule = "R76"};
    const struct media_file file = {
        .href = "", .type = MEDIA_JPEG, .data = data->data, .size = data->len};
    struct media_image image;
    struct diag unheard = {0};
    bool blank = false;
    if (image_judge(&image, &file, &limits, &nowhere, &unheard)) {
        blank = image_is_blank(&image);
        image_clear(&image);
    }
    diag_clear(&unheard);
    return blank;
}

/* Lines of a fax that are white to their end take a bit each. */
static bool fax_is_blank(struct qdoc *d, qref stream, long height)
{
    enum { FRAME = 32 };
    qref filter = q_get(d, stream, "/Filter");
    if (q_length(d, filter) == 1)
        filter = q_item(d, filter, 0);
    return q_is_name(d, filter, "/CCITTFaxDecode") &&
           q_integer(d, q_get(d, stream, "/Length"), 0) <= height / 8 + FRAME;
}

/* Is white something else than the largest samples (8.9.5.2)? */
static bool is_remapped(struct qdoc *d, qref decode)
{
    double v;
    for (size_t i = 0, n = q_length(d, decode); i < n; i++)
        if (!q_number(d, q_item(d, decode, i), &v) || v != (double)(i % 2))
            return true;
    return false;
}

/* --- pixels that Flate has packed --- */

void page_scan_forget(struct attachment_pages *s)
{
    free(s->pixels);
    s->pixels = NULL;
    s->room = 0;
}

/* Memory that is given back and taken anew for each picture costs a quarter of the time. */
unsigned char *page_scan_unpack(struct attachment_pages *s, const struct buffer *packed,
                                double bytes)
{
    if (bytes > MOST_PIXELS)
        return NULL;
    if (bytes >= (double)s->room) {
        page_scan_forget(s);
        s->room = (size_t)bytes + 1;
        s->pixels = mem_resize(NULL, s->room, 1);
    }
    return inflate_whole(packed->data, packed->len, s->pixels, (size_t)bytes) ? s->pixels : NULL;
}

static double bytes_of(const struct pdf_picture *p)
{
    return (double)p->height * ((double)p->width * p->components + p->filtered);
}

static int nearest(int left, int above, int corner)
{
    int from_left = abs(above - corner), from_above = abs(left - corner),
        from_corner = abs(left + above - 2 * corner);
    return from_left <= from_above && from_left <= from_corner ? left
           : from_above <= from_corner                         ? above
                                                               : corner;
}

/* A row of a PNG becomes its samples. above: those of the row above it; NULL: it is the first. */
static void undo_filter(int filter, unsigned char *row, const unsigned char *above, size_t len,
                        size_t pixel)
{
    enum { LEFT = 1, ABOVE, AVERAGE, NEAREST };
    for (size_t i = 0; i < len; i++) {
        int a = i < pixel ? 0 : row[i - pixel], b = above ? above[i] : 0,
            c = i < pixel || !above ? 0 : above[i - pixel];
        row[i] += (unsigned char)(filter == LEFT      ? a
                                  : filter == ABOVE   ? b
                                  : filter == AVERAGE ? (a + b) / 2
                                  : filter == NEAREST ? nearest(a, b, c)
                                                      : 0);
    }
}

static bool rows_are_blank(const struct pdf_picture *p, unsigned char *rows)
{
    size_t pixel = (size_t)p->components, len = (size_t)p->width * pixel, next = len + p->filtered;
    struct ink ink = {(size_t)p->width, (size_t)p->height, pixel, 0, {0}};
    for (long y = 0; y < p->height; y++, rows += next) {
        unsigned char *row = rows + p->filtered;
        if (p->filtered)
            undo_filter(rows[0], row, y ? row - next : NULL, len, pixel);
        if (!ink_add_row(&ink, row))
            return false;
    }
    return ink_is_none(&ink);
}

void page_scan_note(struct attachment_pages *s, qref picture, unsigned char *pixels, double bytes)
{
    struct pdf_picture p;
    int id = q_id(s->doc, picture);
    if (!pdf_picture_read(s->doc, id, &p) || !p.flate || bytes_of(&p) != bytes)
        return;
    id_set_add(rows_are_blank(&p, pixels) ? &s->blank : &s->inked, id);
}

/* As it says that it is; false: it is not. */
static bool unpack_and_note(struct attachment_pages *s, const struct pdf_picture *p)
{
    struct buffer packed = {0};
    double bytes = bytes_of(p);
    unsigned char *pixels =
        q_raw_data(s->doc, p->stream, &packed) ? page_scan_unpack(s, &packed, bytes) : NULL;
    buffer_clear(&packed);
    if (pixels)
        page_scan_note(s, p->stream, pixels, bytes);
    return pixels;
}

static bool picture_is_blank(struct attachment_pages *s, int id)
{
    struct qdoc *d = s->doc;
    struct pdf_picture p;
    struct buffer data = {0};
    bool blank = false;

    if (!pdf_picture_read(d, id, &p))
        return p.height > 0 && fax_is_blank(d, p.stream, p.height);
    if (is_remapped(d, q_get(d, p.stream, "/Decode")))
        return false;
    size_t width = (size_t)p.width, height = (size_t)p.height;
    if (p.jpeg && q_integer(d, q_get(d, p.stream, "/Length"), 0) > p.width * p.height / MOST_BYTES)
        return false;
    if (p.flate &&
        (id_set_has(&s->blank, id) || id_set_has(&s->inked, id) || unpack_and_note(s, &p)))
        return id_set_has(&s->blank, id);
    if (p.jpeg)
        blank = q_raw_data(d, p.stream, &data) && jpeg_is_blank(&data);
    else
        blank = q_stream_data(d, p.stream, &data) &&
                data.len == width * height * (size_t)p.components &&
                pixels_are_blank(data.data, width, height, (size_t)p.components);
    buffer_clear(&data);
    return blank;
}

static double dpi_on(struct qdoc *d, const struct drawn_picture *drawn)
{
    qref stream = q_object(d, drawn->id);
    double across = (double)q_integer(d, q_get(d, stream, "/Width"), 0),
           down = (double)q_integer(d, q_get(d, stream, "/Height"), 0);
    return 72 * fmin(across / fmax(drawn->width, 1e-3), down / fmax(drawn->height, 1e-3));
}

void page_scan(struct attachment_pages *s, size_t page, struct page_scan *out)
{
    struct arena arena = {0};
    struct drawn_pictures drawn = {0};

    *out = (struct page_scan){0};
    fit_size(&s->pages[page], &out->width, &out->height);
    if (s->scanned < MOST_READ && drawn_on_page(s->doc, page, LONGEST, &arena, &drawn) &&
        !drawn.marked && !annotations_of(s->annotations, page)->n) {
        out->blank = true;
        for (size_t i = 0; i < drawn.n; i++) {
            const struct drawn_picture *p = &drawn.list[i];
            out->blank = out->blank && picture_is_blank(s, p->id);
            if (p->width * p->height * 2 >= out->width * out->height)
                out->dpi = fmax(out->dpi, dpi_on(s->doc, p));
            q_release(s->doc);
        }
    }
    s->scanned += drawn.read;
    q_forgive(s->doc);
    arena_free(&arena);
}
