/* pdf_image.c - see pdf_image.h. ISO 32000-1, 8.9; TIFF 6.0 (Orientation). */
#include "pdf/pdf_image.h"

#include "pdf/deflate.h"
#include "pdf/pdf.h"

#include <stdlib.h>
#include <string.h>

/* Pictures of one camera have one profile, which is stored once. */
struct pdf_profile {
    struct pdf_profile *next;
    const unsigned char *data;
    size_t size;
    HPDF_Dict object;
};

static HPDF_Dict profile_object(struct pdf_file *f, const struct media_image *image)
{
    struct pdf_profile *p = f->profiles;
    while (p && (p->size != image->profile_size || memcmp(p->data, image->profile, p->size)))
        p = p->next;
    if (p)
        return p->object;
    struct buffer packed = {0};
    deflate_add(&packed, image->profile, image->profile_size, DEFLATE_FAST);
    p = ARENA_NEW(&f->arena, struct pdf_profile);
    *p = (struct pdf_profile){f->profiles, image->profile, image->profile_size,
                              pdf_file_stream(f, &packed)};
    HPDF_Dict_AddNumber(p->object, "N", image->components);
    f->profiles = p;
    return p->object;
}

static const char *device_space(int components)
{
    return components == 1 ? "DeviceGray" : components == 3 ? "DeviceRGB" : "DeviceCMYK";
}

static HPDF_Array space_in(struct pdf_file *f, HPDF_Dict dict, const char *family)
{
    HPDF_Array space = HPDF_Array_New(f->doc->mmgr);
    HPDF_Dict_Add(dict, "ColorSpace", space);
    HPDF_Array_AddName(space, family);
    return space;
}

/* 8.6.5.2 and 8.6.5.3 */
static void calibrate(struct pdf_file *f, HPDF_Dict dict, const struct media_image *image)
{
    const struct media_calibration *c = &image->calibration;
    bool grey = image->components == 1;
    const double gamma[] = {c->gamma, c->gamma, c->gamma};
    HPDF_Array space = space_in(f, dict, grey ? "CalGray" : "CalRGB");
    HPDF_Dict values = HPDF_Dict_New(f->doc->mmgr);

    HPDF_Array_Add(space, values);
    pdf_file_array_in(f, values, "WhitePoint", c->white, 3);
    if (grey) {
        HPDF_Dict_AddReal(values, "Gamma", pdf_file_real(f, c->gamma));
    } else {
        pdf_file_array_in(f, values, "Gamma", gamma, 3);
        pdf_file_array_in(f, values, "Matrix", c->primaries, 9);
    }
}

static HPDF_Dict describe(HPDF_Dict dict, const struct media_image *image)
{
    HPDF_Dict_AddName(dict, "Type", "XObject");
    HPDF_Dict_AddName(dict, "Subtype", "Image");
    HPDF_Dict_AddNumber(dict, "Width", (HPDF_INT32)image->width);
    HPDF_Dict_AddNumber(dict, "Height", (HPDF_INT32)image->height);
    HPDF_Dict_AddNumber(dict, "BitsPerComponent", 8);
    return dict;
}

/* The picture itself: in the colours that it says. */
static void describe_colours(struct pdf_file *f, HPDF_Dict dict, const struct media_image *image)
{
    describe(dict, image);
    if (image->profile)
        HPDF_Array_Add(space_in(f, dict, "ICCBased"), profile_object(f, image));
    else if (image->calibration.gamma > 0)
        calibrate(f, dict, image);
    else
        HPDF_Dict_AddName(dict, "ColorSpace", device_space(image->components));
}

static HPDF_Dict describe_alpha(HPDF_Dict dict, const struct media_image *image)
{
    HPDF_Dict_AddName(describe(dict, image), "ColorSpace", "DeviceGray");
    return dict;
}

static unsigned char *pack(const struct media_image *image, unsigned char **data, int components,
                           size_t *size)
{
    struct buffer packed = {0};
    deflate_add(&packed, *data, (size_t)image->width * image->height * (size_t)components,
                DEFLATE_FAST);
    free(*data);
    *data = NULL;
    *size = packed.len;
    return packed.data;
}

void pdf_image_pack(struct media_image *image)
{
    if (image->pixels)
        image->packed = pack(image, &image->pixels, image->components, &image->packed_size);
    if (image->alpha)
        image->packed_alpha = pack(image, &image->alpha, 1, &image->packed_alpha_size);
}

static unsigned char *unpack(const struct media_image *image, const unsigned char *data,
                             size_t size, int components)
{
    size_t len = (size_t)image->width * image->height * (size_t)components;
    unsigned char *out = data ? mem_alloc(len, 1) : NULL;
    if (out && !inflate_whole(data, size, out, len)) {
        free(out);
        out = NULL;
    }
    return out;
}

struct media_image pdf_image_unpacked(const struct media_image *image)
{
    struct media_image out = *image;
    if (!image->pixels)
        out.pixels = unpack(image, image->packed, image->packed_size, image->components);
    if (!image->alpha)
        out.alpha = unpack(image, image->packed_alpha, image->packed_alpha_size, 1);
    return out;
}

static HPDF_Dict pixels(struct pdf_file *f, const struct media_image *image,
                        const unsigned char *data, int components)
{
    struct buffer packed = {0};
    deflate_add(&packed, data, (size_t)image->width * image->height * (size_t)components,
                DEFLATE_SMALL);
    return pdf_file_stream(f, &packed);
}

static HPDF_Dict packed(struct pdf_file *f, const unsigned char *data, size_t size)
{
    return pdf_file_stream_of(f, data, size, "FlateDecode");
}

static HPDF_Dict png_object(struct pdf_file *f, const struct media_image *image)
{
    HPDF_Dict alpha = NULL;
    if (!image->pixels && !image->packed)
        pdf_file_fail(f, "图片没有解码（程序错误）",
                      "a picture was not decoded (a fault of this program)");
    HPDF_Dict dict = image->packed ? packed(f, image->packed, image->packed_size)
                                   : pixels(f, image, image->pixels, image->components);
    describe_colours(f, dict, image);
    if (image->packed_alpha)
        alpha = packed(f, image->packed_alpha, image->packed_alpha_size);
    else if (image->alpha)
        alpha = pixels(f, image, image->alpha, 1);
    if (alpha)
        HPDF_Dict_Add(dict, "SMask", describe_alpha(alpha, image));
    return dict;
}

HPDF_Dict pdf_image_new(struct pdf_file *f, const struct media_image *image)
{
    static const double inverted[] = {1, 0, 1, 0, 1, 0, 1, 0};
    HPDF_Dict dict;
    if (image->type == MEDIA_JPEG) {
        dict = pdf_file_stream_of(f, image->jpeg, image->jpeg_size, "DCTDecode");
        if (image->jpeg_lent)
            pdf_file_lend(f, dict);
        describe_colours(f, dict, image);
        if (image->inverted_cmyk)
            pdf_file_array_in(f, dict, "Decode", inverted, 8);
        if (image->stored_rgb)
            HPDF_Dict_AddNumber(pdf_file_dict_in(f, dict, "DecodeParms"), "ColorTransform", 0);
    } else {
        dict = png_object(f, image);
    }
    pdf_file_check(f);
    return dict;
}

void pdf_image_matrix(const struct media_image *image, double x, double y, double width,
                      double height, double out[6])
{
    /* Where the stored picture's columns and rows go in a box of 1 x 1, for orientations 1 to 8:
     * the first row is at the top, top, bottom, bottom, left, right, right, left, the first column
     * at the left, right, right, left, top, top, bottom, bottom. */
    static const double unit[8][6] = {
        {1, 0, 0, 1, 0, 0},   {-1, 0, 0, 1, 1, 0}, {-1, 0, 0, -1, 1, 1}, {1, 0, 0, -1, 0, 1},
        {0, -1, -1, 0, 1, 1}, {0, -1, 1, 0, 0, 1}, {0, 1, 1, 0, 0, 0},   {0, 1, -1, 0, 1, 0},
    };
    int o = image->orientation >= 1 && image->orientation <= 8 ? image->orientation : 1;
    for (int i = 0; i < 6; i++)
        out[i] = unit[o - 1][i] * (i % 2 ? height : width);
    out[4] += x;
    out[5] += y;
}
