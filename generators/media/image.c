/* image.c - one face for JPEG and PNG: limits, faults as findings, upright size. */
#include "media/image.h"

#include "media/fault.h"

#include <inttypes.h>
#include <stdlib.h>

enum { DEFAULT_PIXELS = 100000000 };

void image_set_dpi(struct media_image *img, double x, double y)
{
    if (x < 10 || y < 10 || x > 2400 || y > 2400) {
        img->absurd_dpi = true;
        return;
    }
    img->dpi_x = x;
    img->dpi_y = y;
}

bool image_probe(struct media_image *img, const struct media_file *file,
                 const struct media_limits *limits, const struct finding *where, struct diag *diag)
{
    const char *fault;

    *img = (struct media_image){.type = file->type, .orientation = 1};
    if (file->type == MEDIA_EMPTY)
        return diag_add(diag, media_error(where), "“%s”是空文件，请重新导出",
                        "'%s' is an empty file: export it again", file->href);
    if (file->type == MEDIA_JPEG)
        fault = jpeg_walk(img, file->data, file->size);
    else if (file->type == MEDIA_PNG)
        fault = png_header(img, file->data, file->size);
    else
        return diag_add(diag, media_error(where), "“%s”实为 %s，请另存为 JPG 或 PNG",
                        "'%s' is really %s: save it as JPG or PNG", file->href,
                        media_type_name(file->type));
    if (fault)
        return diag_add(diag, media_error(where), "图片“%s”已损坏（%s），请重新导出",
                        "picture '%s' is damaged (%s): export it again", file->href, fault);
    uint64_t most = limits && limits->pixels ? limits->pixels : DEFAULT_PIXELS;
    if ((uint64_t)img->width * img->height > most)
        return diag_add(diag, media_error(where),
                        "图片“%s”为 %" PRIu32 "×%" PRIu32 " 像素，超过上限 %" PRIu64 "，请缩小",
                        "picture '%s' has %" PRIu32 "x%" PRIu32
                        " pixels, more than the limit of %" PRIu64 ": scale it down",
                        file->href, img->width, img->height, most);
    bool turned = img->orientation >= 5; /* 5 to 8 exchange the sides */
    img->upright_width = turned ? img->height : img->width;
    img->upright_height = turned ? img->width : img->height;
    return true;
}

bool image_load(struct media_image *img, const struct media_file *file,
                const struct media_limits *limits, const struct finding *where, struct diag *diag)
{
    if (!image_probe(img, file, limits, where, diag))
        return false;
    if (img->type != MEDIA_PNG)
        return true;
    const char *fault = png_decode(img, file->data, file->size);
    if (!fault)
        return true;
    return diag_add(diag, media_error(where), "图片“%s”已损坏（%s），请重新导出",
                    "picture '%s' is damaged (%s): export it again", file->href, fault);
}

void image_clear(struct media_image *img)
{
    free(img->pixels);
    free(img->alpha);
    free(img->packed);
    free(img->packed_alpha);
    *img = (struct media_image){0};
}
