/* photo.c - see photo.h. */
#include "upload/photo.h"

#include "media/portrait.h"
#include "record/node.h"

#include <string.h>

/* What a photo measures, as the platform sees it. */
struct measures {
    bool jpeg, upright;
    uint32_t width, height;
    size_t bytes;
};

static record_node *photo_node(const struct applicant *who)
{
    for (record_node *p = record_child(who->node, NULL); p; p = record_child(who->node, p))
        for (record_node *c = strcmp(record_name(p), "person") ? NULL : record_child(p, NULL); c;
             c = record_child(p, c))
            if (!strcmp(record_name(c), "photo"))
                return c;
    return NULL;
}

static const char *with_reason(struct arena *arena, const char *list, const char *reason)
{
    return *list ? arena_printf(arena, "%s；%s", list, reason) : reason;
}

/* Why the platform will not take it; "": it will. */
static const char *faults(const struct upload_photo *l, const struct measures *m,
                          struct arena *arena)
{
    const char *all = "";
    double ratio = (double)m->width / (double)m->height;
    if (!m->jpeg)
        all = with_reason(arena, all, "不是 JPG");
    if (!m->upright)
        all = with_reason(arena, all, "靠 EXIF 转正，平台上可能倒置");
    if (m->bytes <= l->bytes_over || m->bytes >= l->bytes_under)
        all =
            with_reason(arena, all,
                        arena_printf(arena, "%.1fK，应大于 %zuK 小于 %zuK", (double)m->bytes / 1024,
                                     l->bytes_over / 1024, l->bytes_under / 1024));
    if (m->width <= (uint32_t)l->width_over || m->height <= (uint32_t)l->height_over)
        all = with_reason(arena, all,
                          arena_printf(arena, "%u×%u 像素，应大于 %d×%d", m->width, m->height,
                                       l->width_over, l->height_over));
    if (ratio < l->least_ratio || ratio > l->most_ratio)
        all = with_reason(arena, all,
                          arena_printf(arena, "宽高比 %.3f，应在 %.2f 至 %.2f 之间", ratio,
                                       l->least_ratio, l->most_ratio));
    return all;
}

static struct measures measure(const struct media_image *image, size_t bytes)
{
    return (struct measures){.jpeg = image->type == MEDIA_JPEG,
                             .upright = image->orientation == 1,
                             .width = image->width,
                             .height = image->height,
                             .bytes = bytes};
}

/* The bytes as the address of a picture, which needs no file beside the page (RFC 2397, 4648). */
static const char *data_address(struct arena *arena, const char *type, const unsigned char *data,
                                size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct buffer out = {0};
    buffer_printf(&out, "data:image/%s;base64,", type);
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        unsigned long v = (unsigned long)data[i] << 16;
        v |= n > 1 ? (unsigned long)data[i + 1] << 8 : 0;
        v |= n > 2 ? data[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            buffer_putc(&out, k > n ? '=' : digits[v >> (18 - 6 * k) & 63]);
    }
    const char *address = arena_strndup(arena, (char *)out.data, out.len);
    buffer_clear(&out);
    return address;
}

/* Shown before and after, since what was cut off is for a person to judge. */
static bool fit(const struct photo_task *t, const struct media_file *file,
                const struct media_image *image, const char *why, struct sheet_photo *out,
                struct buffer *bytes)
{
    const struct upload_photo *l = t->limits;
    const struct portrait_limits limits = {l->bytes_over,           l->bytes_under,
                                           (uint32_t)l->width_over, (uint32_t)l->height_over,
                                           l->least_ratio,          l->most_ratio};
    struct recoded made;

    if (!portrait_fit(image, &limits, &made))
        return false;
    const char *type = image->type == MEDIA_JPEG ? "jpeg" : "png";
    out->path = t->path;
    out->good = true;
    out->note = arena_printf(
        t->arena, "%u×%u 像素，%.1fK，由 %u×%u、%.1fK 裁切缩小而成（原照片%s）；请看是否合适",
        made.width, made.height, (double)made.jpeg.len / 1024, image->upright_width,
        image->upright_height, (double)file->size / 1024, why);
    out->shown[0] = data_address(t->arena, type, file->data, file->size);
    out->shown[1] = data_address(t->arena, "jpeg", made.jpeg.data, made.jpeg.len);
    *bytes = made.jpeg;
    return true;
}

/* What is done with a photo that could be read. */
static struct sheet_photo make(const struct photo_task *t, const struct media_file *file,
                               const struct media_image *image, const struct finding *where,
                               struct buffer *bytes)
{
    struct measures m = measure(image, file->size);
    const char *why = faults(t->limits, &m, t->arena);
    struct sheet_photo out = {.good = !*why};

    if (*why && t->fit && fit(t, file, image, why, &out, bytes))
        return out;
    out.note = arena_printf(t->arena, "%u×%u 像素，%.1fK%s%s", m.width, m.height,
                            (double)m.bytes / 1024, *why ? "；不合要求：" : "，符合要求", why);
    if (*why)
        diag_add(t->diag, *where, "证件照不合平台要求：%s%s%.0s",
                 "the platform will not take the photo as it is%.0s%.0s: %s", why,
                 t->fit ? "；裁切缩小也做不到，请换一张" : "；可加 --fit-photo 裁切缩小，或换一张",
                 arena_printf(t->arena, "%ux%u pixels, %.1f K%s; %s", m.width, m.height,
                              (double)m.bytes / 1024, m.upright ? "" : ", turned by EXIF",
                              t->fit ? "it cannot be fitted either, use another"
                                     : "--fit-photo crops and shrinks it, or use another"));
    if (m.jpeg) {
        buffer_add(bytes, file->data, file->size);
        out.path = t->path;
    }
    return out;
}

struct sheet_photo photo_make(const struct photo_task *t, struct buffer *bytes)
{
    struct sheet_photo out = {.note = "缺证件照"};
    const struct media_limits limits = {0};
    record_node *node = photo_node(t->who);
    const char *href = node ? record_attribute(node, "href", t->arena) : "";
    struct media_file file;
    struct media_image image;

    if (!*href)
        return out;
    const struct finding where = {.severity = SEVERITY_ERROR,
                                  .rule = "R66",
                                  .clause = t->limits->clause,
                                  .label = "照片",
                                  .field = "person/photo",
                                  .at = record_pos(node)};
    out.note = "照片读不出，原因见运行时的提示";
    if (!media_open(&file, t->who->dir, href, &limits, &where, t->diag))
        return out;
    if (file.type != MEDIA_JPEG && file.type != MEDIA_PNG)
        media_other_kind(&file, false, &where, t->diag);
    else if (image_load(&image, &file, &limits, &where, t->diag)) {
        struct finding warning = where;
        warning.severity = SEVERITY_WARNING;
        out = make(t, &file, &image, &warning, bytes);
        image_clear(&image);
    }
    media_close(&file);
    return out;
}
