/* look.c - see look.h. */
#include "layout/look.h"

#include "core/digest.h"
#include "text/face.h"

#include <math.h>
#include <string.h>

static uint64_t mix_text(uint64_t h, const char *text)
{
    return digest_mix(h, text, strlen(text));
}

/* Of a point: what is less is not seen. */
static int64_t thousandths(double length)
{
    return llround(length * 1000);
}

static uint64_t mix_lengths(uint64_t h, const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t length = thousandths(v[i]);
        h = digest_mix(h, &length, sizeof length);
    }
    return h;
}

static uint64_t mix_run(uint64_t h, const struct item_text *t)
{
    enum { AT_ONCE = 64 };
    const double at[] = {t->x, t->y, t->size, t->gray, t->color};
    int64_t shown[AT_ONCE][2];

    h = mix_text(mix_lengths(h, at, sizeof at / sizeof *at), face_name(t->face));
    for (size_t first = 0, n; first < t->n; first += n) {
        n = t->n - first < AT_ONCE ? t->n - first : AT_ONCE;
        for (size_t i = 0; i < n; i++) {
            const struct text_glyph *g = &t->glyphs[first + i];
            shown[i][0] = g->gid;
            shown[i][1] = thousandths(g->x + g->shift);
        }
        h = digest_mix(h, shown, n * sizeof *shown);
    }
    return h;
}

/* Of its file what is drawn. */
static uint64_t mix_picture(uint64_t h, const struct item_image *i)
{
    const struct media_image *m = i->image;
    const double at[] = {i->x, i->y, i->width, i->height, m->orientation, m->width, m->height};
    size_t pixels = (size_t)m->width * m->height;

    h = mix_lengths(h, at, sizeof at / sizeof *at);
    if (m->jpeg)
        return digest_mix(h, m->jpeg, m->jpeg_size);
    if (m->packed_alpha)
        h = digest_mix(h, m->packed_alpha, m->packed_alpha_size);
    else if (m->alpha)
        h = digest_mix(h, m->alpha, pixels);
    if (m->packed)
        return digest_mix(h, m->packed, m->packed_size);
    return m->pixels ? digest_mix(h, m->pixels, pixels * (size_t)m->components) : h;
}

static uint64_t mix_item(uint64_t h, const struct page_item *item)
{
    const struct item_line *l = &item->u.line;
    const struct item_checkbox *c = &item->u.checkbox;
    switch (item->kind) {
    case ITEM_TEXT:
        return mix_run(h, &item->u.text);
    case ITEM_LINE:
        return mix_lengths(
            h, (double[]){l->x0, l->y0, l->x1, l->y1, l->weight, l->gray, (double)l->color}, 7);
    case ITEM_CHECKBOX:
        return mix_lengths(h, (double[]){c->x, c->y, c->size, c->checked}, 4);
    case ITEM_IMAGE:
        return mix_picture(h, &item->u.image);
    case ITEM_LINK:
    case ITEM_COPY: /* what it shows is told by the attachment (bind/page_look.c) */
        return h;
    }
    return h;
}

static uint64_t mix_watermark(uint64_t h, const struct page_watermark *w)
{
    h = mix_text(mix_lengths(h, (double[]){w->gray, w->angle}, 2), w->text);
    for (size_t i = 0; i < w->n_centres; i++)
        h = mix_lengths(h, w->centres[i], 2);
    return h;
}

uint64_t page_look(const struct pages *pages, size_t page)
{
    const struct page *p = &pages->list[page];
    size_t first = p->marked ? p->watermark_first : 0,
           end = p->marked ? p->watermark_end : pages->n_watermarks;
    uint64_t h = mix_lengths(0, (double[]){p->width, p->height}, 2);

    for (size_t i = first; i < end; i++)
        h = mix_watermark(h, &pages->watermarks[i]);
    for (size_t i = 0; i < p->n; i++)
        h = mix_item(h, &p->items[i]);
    return h;
}

void look_put(struct buffer *out, uint64_t look)
{
    buffer_printf(out, "%0*llx", LOOK_HEX, (unsigned long long)(look >> (64 - 4 * LOOK_HEX)));
}

void looks_put(struct buffer *out, const struct pages *pages)
{
    for (size_t i = 0; i < pages->n; i++)
        look_put(out, page_look(pages, i));
}
