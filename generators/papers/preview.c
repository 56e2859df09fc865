/* preview.c - see preview.h. */
#include "papers/preview.h"

#include "core/output.h"
#include "media/recode.h"
#include "media/upright.h"
#include "pdf/pdf.h"
#include "svg/svg.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of a picture: three times what a screen shows of it, and of one that fills a page what can be
 * read.
 */
enum { DOTS_A_POINT = 4, LONGEST_SIDE = 1600, QUALITY = 85 };

struct preview {
    const char *folder;
    struct arena arena;
    struct diag *diag;
    struct shown_picture {
        const struct media_image *image;
        uint32_t side;
        const char *name; /* NULL: it cannot be shown */
    } * pictures;
    size_t n, cap;
    bool failed;
};

static const char *path_of(struct preview *p, const char *name)
{
    return arena_printf(&p->arena, "%s/%s", p->folder, name);
}

/* Its file's name; NULL: it cannot be decoded. */
static const char *write_picture(struct preview *p, const struct media_image *image,
                                 uint32_t longest)
{
    struct upright pixels;
    struct recoded made = {0};
    const char *name = NULL;

    struct media_image whole = pdf_image_unpacked(image);
    bool shown = upright_make(&whole, longest, &pixels);
    if (whole.pixels != image->pixels)
        free(whole.pixels);
    if (whole.alpha != image->alpha)
        free(whole.alpha);
    if (!shown)
        return NULL;
    uint32_t side = pixels.width > pixels.height ? pixels.width : pixels.height;
    const struct recode how = {QUALITY, side > longest ? (double)longest / side : 1};
    if (recode_pixels(pixels.pixels, pixels.width, pixels.height, 3, &how, &made)) {
        name = arena_printf(&p->arena, "picture-%zu.jpg", p->n + 1);
        p->failed |= !output_write(path_of(p, name), made.jpeg.data, made.jpeg.len, p->diag);
    }
    buffer_clear(&made.jpeg);
    free(pixels.pixels);
    return name;
}

static const char *address_of(void *data, const struct item_image *drawn)
{
    struct preview *p = data;
    double wanted = ceil(DOTS_A_POINT * fmax(drawn->width, drawn->height));
    uint32_t side = wanted < LONGEST_SIDE ? (uint32_t)wanted : LONGEST_SIDE;
    for (size_t i = 0; i < p->n; i++)
        if (p->pictures[i].image == drawn->image && p->pictures[i].side >= side)
            return p->pictures[i].name;
    const char *name = write_picture(p, drawn->image, side);
    *ARENA_PUSH(&p->arena, p->pictures, p->n, p->cap) =
        (struct shown_picture){drawn->image, side, name};
    return name;
}

static const char *page_path(struct preview *p, size_t number)
{
    return path_of(p, arena_printf(&p->arena, "%03zu.svg", number));
}

static bool write_page(struct preview *p, const struct pages *pages, size_t i)
{
    const struct svg_options how = {arena_printf(&p->arena, "p%zu-", i + 1), address_of, p};
    struct buffer svg = {0};
    bool ok = svg_page(pages, i, &how, &svg, p->diag) &&
              output_write(page_path(p, i + 1), svg.data, svg.len, p->diag) && !p->failed;
    buffer_clear(&svg);
    return ok;
}

static bool remove_pages(struct preview *p, size_t from)
{
    while (unlink(page_path(p, from)) == 0)
        from++;
    return errno == ENOENT || output_failed(p->folder, p->diag);
}

bool preview_write(const struct document *d, const char *folder, struct diag *diag)
{
    struct preview p = {.folder = folder, .diag = diag};
    bool ok = output_make_directory(folder, diag);

    for (size_t i = 0; ok && i < d->pages->n; i++)
        ok = write_page(&p, d->pages, i);
    ok = ok && remove_pages(&p, d->pages->n + 1);
    arena_free(&p.arena);
    return ok;
}
