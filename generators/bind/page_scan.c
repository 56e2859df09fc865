/* page_scan.c - see page_scan.h. */
#include "bind/page_scan.h"

#include "bind/drawn_size.h"
#include "bind/pdf_picture.h"

#include <math.h>

/* A JPEG of a byte for fewer pixels is not blank (media/ink.c), and not even taken out. */
enum { MOST_BYTES = 20 };
/* Bytes of content that are looked through in one file: many pages may share what is long. */
enum { MOST_READ = 512 << 20 };
/* Of a page: more is no scan's. */
enum { LONGEST = 1 << 20 };

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

static bool picture_is_blank(struct qdoc *d, int id)
{
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
            out->blank = out->blank && picture_is_blank(s->doc, p->id);
            if (p->width * p->height * 2 >= out->width * out->height)
                out->dpi = fmax(out->dpi, dpi_on(s->doc, p));
            q_release(s->doc);
        }
    }
    s->scanned += drawn.read;
    q_forgive(s->doc);
    arena_free(&arena);
}
