/* picture.h - what both doors of pictures do with one: its structure, its pixels, its backdrop, as
 * a portrait, as a JPEG anew, in a PDF. */
#ifndef FUZZ_PICTURE_H
#define FUZZ_PICTURE_H

#include "door.h"

#include "media/portrait.h"
#include "pdf/pdf.h"

static inline void draw_picture(const struct media_image *image, struct diag *diag)
{
    struct page_item item = {.kind = ITEM_IMAGE, .u.image = {20, 20, 100, 100, image, NULL}};
    struct page page = {.width = 200, .height = 200, .items = &item, .n = 1};
    struct pages pages = {
        .title = "x", .language = "zh-CN", .created = "2026-09-30", .list = &page, .n = 1};
    struct buffer pdf = {0};
    door_hold(pdf_write(&pages, &pdf, diag) || diag_failed(diag));
    buffer_clear(&pdf);
}

static inline void make_portrait(const struct media_image *image)
{
    const struct portrait_limits limits = {.bytes_under = 20000,
                                           .width_over = 3,
                                           .height_over = 3,
                                           .least_ratio = 0.6,
                                           .most_ratio = 0.9};
    struct recoded out = {0};
    if (portrait_fit(image, &limits, &out)) {
        door_hold(out.jpeg.len > 0 && out.jpeg.len < limits.bytes_under);
        door_hold(out.width > 3 && out.height > 3);
        buffer_clear(&out.jpeg);
    }
}

/* With fewer pixels, which are a JPEG again. */
static inline void make_anew(const struct media_file *file)
{
    const struct recode how = {.quality = 50, .scale = 0.4};
    struct recoded out = {0};
    if (file->type == MEDIA_JPEG && recode_jpeg(file->data, file->size, &how, &out)) {
        door_hold(out.width > 0 && out.height > 0);
        door_hold(media_sniff(out.jpeg.data, out.jpeg.len) == MEDIA_JPEG);
        buffer_clear(&out.jpeg);
    }
}

/* The three ways of looking at it agree. */
static inline void picture_through(const uint8_t *data, size_t size)
{
    const struct finding where = {.rule = "R76", .label = "照片"};
    const struct media_limits limits = {.pixels = 1 << 14};
    const struct media_file file = {
        .href = "x", .data = data, .size = size, .type = media_sniff(data, size)};
    struct diag probed = {0}, judged = {0}, loaded = {0};
    struct media_image image = {0};
    bool has_structure = image_probe(&image, &file, &limits, &where, &probed);
    image_clear(&image);
    bool sound = image_judge(&image, &file, &limits, &where, &judged);
    image_clear(&image);
    door_hold(image_load(&image, &file, &limits, &where, &loaded) == sound);
    door_hold(loaded.n == judged.n && (has_structure || !sound));
    if (sound) {
        struct media_backdrop backdrop;
        door_hold(image.width > 0 && image.height > 0 && image.components > 0);
        image_backdrop(&backdrop, &image);
        image_is_blank(&image);
        make_portrait(&image);
        make_anew(&file);
        draw_picture(&image, &loaded);
    }
    image_clear(&image);
    door_end_of_data(&probed);
    door_end_of_data(&judged);
    door_end_of_data(&loaded);
}

#endif
