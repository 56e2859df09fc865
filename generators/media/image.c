/* image.c - one face for JPEG and PNG: limits, faults as findings, upright size. */
#include "media/image.h"

#include "core/workers.h"
#include "media/orientation.h"
#include "media/png_rows.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    DEFAULT_PIXELS = 100000000,
    LONGEST_SIDE = 65500 /* that libjpeg, and so printers, decode */
};

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
    if (x < 10 || y < 10 || x > 2400 || y > 2400)
        return;
    img->dpi_x = x;
    img->dpi_y = y;
}

bool image_set_orientation(struct media_image *img, long stated)
{
    if (stated < 0)
        return false;
    if (stated >= 1 && stated <= 8) {
        img->orientation = (int)stated;
        return true;
    }
    img->oddities |= IMAGE_ODD_ORIENTATION;
    img->orientation_stated = stated;
    return true;
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
    if (fault) {
        image_clear(img);
        return media_report(file->href, fault, where, diag);
    }
    uint64_t most = limits && limits->pixels ? limits->pixels : DEFAULT_PIXELS;
    if ((uint64_t)img->width * img->height > most || img->width > LONGEST_SIDE ||
        img->height > LONGEST_SIDE) {
        refuse_size(img, file->href, most, where, diag);
        image_clear(img);
        return false;
    }
    if (file->type == MEDIA_PNG && img->oddities & IMAGE_NO_END &&
        !png_rows_are_whole(file->data, file->size)) {
        image_clear(img);
        return media_report(file->href, &image_cut_short, where, diag);
    }
    bool turned = orientation_of(img->orientation).exchanged;
    img->upright_width = turned ? img->height : img->width;
    img->upright_height = turned ? img->width : img->height;
    return true;
}

bool image_printed_size(const struct media_image *img, double *width, double *height)
{
    bool known = img->dpi_x > 0 && img->dpi_y > 0;
    bool turned = orientation_of(img->orientation).exchanged;

    *width = img->upright_width;
    *height = img->upright_height;
    if (known) {
        *width *= 72 / (turned ? img->dpi_y : img->dpi_x);
        *height *= 72 / (turned ? img->dpi_x : img->dpi_y);
    }
    return known;
}

/* What is odd about the picture, which is used all the same. */
static void warn(const struct media_image *img, const char *href, const struct finding *where,
                 struct diag *diag)
{
    const char *shown = media_shown(diag, href);
    struct finding f = media_error(where);

    f.severity = SEVERITY_WARNING;
    if (img->oddities & IMAGE_ODD_ORIENTATION)
        diag_add(diag, f, "“%s”的 EXIF 方向为 %ld，不是 1 至 8，已按原样放置，请核对是否正立",
                 "'%s' has the EXIF orientation %ld, which is none of 1 to 8: it was left as it is "
                 "stored, check that it stands upright",
                 shown, img->orientation_stated);
    if (img->oddities & IMAGE_STRAY_BYTES)
        diag_add(diag, f, "“%s”的数据段之间夹有多余的字节，已去掉后使用，请核对，最好另存一次",
                 "'%s' has stray bytes between its segments, and was used without them: check it, "
                 "or better save it anew",
                 shown);
    if (img->oddities & IMAGE_DAMAGED_SCAN)
        diag_add(diag, f, "“%s”的图像数据有损坏，会有一部分发灰或错乱，请核对，最好重新扫描或拍摄",
                 "'%s' has damaged picture data, so that a part of it is grey or garbled: check "
                 "it, or better scan it again",
                 shown);
    if (img->oddities & IMAGE_BAD_CHECKSUM)
        diag_add(diag, f, "“%s”的附带信息有损坏（校验和不符），图像本身完好，已使用",
                 "'%s' has damaged data beside the picture (a checksum is wrong); the picture "
                 "itself is whole and was used",
                 shown);
    if (img->oddities & IMAGE_BAD_TRANSPARENCY)
        diag_add(diag, f,
                 "“%s”的透明信息有损坏（校验和不符），已当作不透明使用，请核对，最好另存一次",
                 "'%s' has damaged data on what is transparent (a checksum is wrong) and was used "
                 "as opaque: check it, or better save it anew",
                 shown);
    if (img->oddities & IMAGE_NO_END)
        diag_add(diag, f, "“%s”缺少结尾标记，图像本身完好，已补上后使用",
                 "'%s' lacks the mark of its end, which was added; the picture itself is whole",
                 shown);
    if (img->oddities & IMAGE_TWO_COLOURS)
        diag_add(
            diag, f,
            "“%s”对颜色的说明自相矛盾（JFIF 与 Adobe 标记不一致），打印出的颜色可能与屏幕上的不同；"
            "请核对，最好另存一次",
            "'%s' contradicts itself about its colours (its JFIF and Adobe marks differ), so "
            "that what is printed may look other than on the screen: check it, or better "
            "save it anew",
            shown);
    if (img->oddities & IMAGE_UNMARKED_INKS)
        diag_add(diag, f,
                 "“%s”是 CMYK 图片，没有写明 0 是满墨还是无墨，有的软件显示的颜色正好相反；"
                 "请核对，最好另存为 RGB 的 JPG",
                 "'%s' is a CMYK picture that does not say whether 0 is no ink or all of it, so "
                 "that some programs show its colours inverted: check it, or better save it as "
                 "RGB",
                 shown);
}

/* A PNG's rows, after its chunks. */
static const struct media_fault *look_at_rows(struct media_image *img,
                                              const struct media_file *file, bool decoded)
{
    if (img->type != MEDIA_PNG)
        return NULL;
    if (decoded)
        return png_decode(img, file->data, file->size);
    return png_rows_are_whole(file->data, file->size) ? NULL : &image_damaged;
}

static bool load(struct media_image *img, const struct media_file *file,
                 const struct media_limits *limits, bool decoded, const struct finding *where,
                 struct diag *diag)
{
    workers_note(file->href);
    bool ok = image_probe(img, file, limits, where, diag);
    const struct media_fault *fault = ok ? look_at_rows(img, file, decoded) : NULL;
    workers_note("");
    if (ok && !fault) {
        if (img->oddities)
            warn(img, file->href, where, diag);
        return true;
    }
    image_clear(img);
    return ok && media_report(file->href, fault, where, diag);
}

bool image_load(struct media_image *img, const struct media_file *file,
                const struct media_limits *limits, const struct finding *where, struct diag *diag)
{
    return load(img, file, limits, true, where, diag);
}

bool image_judge(struct media_image *img, const struct media_file *file,
                 const struct media_limits *limits, const struct finding *where, struct diag *diag)
{
    return load(img, file, limits, false, where, diag);
}

bool jpeg_is_damaged(const unsigned char *data, size_t size)
{
    struct media_image img = {.type = MEDIA_JPEG, .orientation = 1};
    const struct media_fault *fault = jpeg_walk(&img, data, size);
    bool damaged = img.oddities & IMAGE_DAMAGED_SCAN || fault == &image_cut_short ||
                   fault == &image_damaged || fault == &image_empty;
    image_clear(&img);
    return damaged;
}

void image_clear(struct media_image *img)
{
    free(img->pixels);
    free(img->alpha);
    free(img->packed);
    free(img->packed_alpha);
    free(img->profile);
    free(img->jpeg_cleaned);
    *img = (struct media_image){0};
}
