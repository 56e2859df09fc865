/* image.c - one face for JPEG and PNG: limits, faults as findings, upright size. */
#include "media/image.h"

#include "core/workers.h"

#include <inttypes.h>
#include <stdlib.h>

enum { DEFAULT_PIXELS = 100000000, LONGEST_SIDE = 65535 };

const struct media_fault image_cut_short = {"不完整，后面的数据缺失，请重新导出或扫描",
                                            "is cut short, its end is missing: export or scan it "
                                            "again",
                                            false};
const struct media_fault image_damaged = {"已损坏，请重新导出或扫描",
                                          "is damaged: export or scan it again", false};
const struct media_fault image_empty = {"里面没有图像，请重新导出或扫描",
                                        "has no picture in it: export or scan it again", false};
const struct media_fault image_sizeless = {"没有写明宽和高，请另存为普通的 JPG 或 PNG",
                                           "does not say how wide and high it is: save it as an "
                                           "ordinary JPG or PNG",
                                           false};

void image_set_dpi(struct media_image *img, double x, double y)
{
    if (x < 10 || y < 10 || x > 2400 || y > 2400) {
        img->absurd_dpi = true;
        return;
    }
    img->dpi_x = x;
    img->dpi_y = y;
}

static bool refuse_size(const struct media_image *img, const char *href, uint64_t most,
                        const struct finding *where, struct diag *diag)
{
    return diag_add(diag, media_error(where),
                    "“%s”为 %" PRIu32 "×%" PRIu32 " 像素，超过上限（共 %" PRIu64
                    "，每边 %d），请缩小",
                    "'%s' has %" PRIu32 "x%" PRIu32 " pixels, more than the limit of %" PRIu64
                    " or of %d a side: scale it down",
                    media_shown(diag, href), img->width, img->height, most, LONGEST_SIDE);
}

bool image_probe(struct media_image *img, const struct media_file *file,
                 const struct media_limits *limits, const struct finding *where, struct diag *diag)
{
    const struct media_fault *fault;

    *img = (struct media_image){.type = file->type, .orientation = 1};
    if (file->type == MEDIA_JPEG)
        fault = jpeg_walk(img, file->data, file->size);
    else if (file->type == MEDIA_PNG)
        fault = png_walk(img, file->data, file->size);
    else
        return media_other_kind(file, false, where, diag);
    if (fault)
        return media_report(file->href, fault, where, diag);
    uint64_t most = limits && limits->pixels ? limits->pixels : DEFAULT_PIXELS;
    if ((uint64_t)img->width * img->height > most || img->width > LONGEST_SIDE ||
        img->height > LONGEST_SIDE)
        return refuse_size(img, file->href, most, where, diag);
    bool turned = img->orientation >= 5; /* 5 to 8 exchange the sides */
    img->upright_width = turned ? img->height : img->width;
    img->upright_height = turned ? img->width : img->height;
    return true;
}

bool image_load(struct media_image *img, const struct media_file *file,
                const struct media_limits *limits, const struct finding *where, struct diag *diag)
{
    workers_note(file->href);
    bool ok = image_probe(img, file, limits, where, diag);
    const struct media_fault *fault =
        ok && img->type == MEDIA_PNG ? png_decode(img, file->data, file->size) : NULL;
    workers_note("");
    return ok && (!fault || media_report(file->href, fault, where, diag));
}

void image_clear(struct media_image *img)
{
    free(img->pixels);
    free(img->alpha);
    free(img->packed);
    free(img->packed_alpha);
    *img = (struct media_image){0};
}
