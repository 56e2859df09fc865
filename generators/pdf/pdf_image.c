/* pdf_image.c - see pdf_image.h. ISO 32000-1, 8.9; TIFF 6.0 (Orientation). */
#include "pdf/pdf_image.h"

#include "pdf/deflate.h"
#include "pdf/pdf.h"

#include <stdlib.h>

static HPDF_Dict describe(HPDF_Dict dict, const struct media_image *image, int components)
{
    HPDF_Dict_AddName(dict, "Type", "XObject");
    HPDF_Dict_AddName(dict, "Subtype", "Image");
    HPDF_Dict_AddNumber(dict, "Width", (HPDF_INT32)image->width);
    HPDF_Dict_AddNumber(dict, "Height", (HPDF_INT32)image->height);
    HPDF_Dict_AddNumber(dict, "BitsPerComponent", 8);
    HPDF_Dict_AddName(dict, "ColorSpace",
                      components == 1   ? "DeviceGray"
                      : components == 3 ? "DeviceRGB"
                                        : "DeviceCMYK");
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

static HPDF_Dict pixels(struct pdf_file *f, const struct media_image *image,
                        const unsigned char *data, int components)
{
    struct buffer packed = {0};
    deflate_add(&packed, data, (size_t)image->width * image->height * (size_t)components,
                DEFLATE_SMALL);
    return describe(pdf_file_stream(f, &packed, "FlateDecode"), image, components);
}

HPDF_Dict pdf_image_new(struct pdf_file *f, const struct media_image *image)
{
    static const double inverted[] = {1, 0, 1, 0, 1, 0, 1, 0};
    HPDF_Dict dict;
    if (image->type == MEDIA_JPEG) {
        dict = describe(pdf_file_stream_of(f, image->jpeg, image->jpeg_size, "DCTDecode"), image,
                        image->components);
        if (image->inverted_cmyk)
            pdf_file_array_in(f, dict, "Decode", inverted, 8);
    } else if (image->packed) {
        dict = describe(pdf_file_stream_of(f, image->packed, image->packed_size, "FlateDecode"),
                        image, image->components);
        if (image->packed_alpha)
            HPDF_Dict_Add(dict, "SMask",
                          describe(pdf_file_stream_of(f, image->packed_alpha,
                                                      image->packed_alpha_size, "FlateDecode"),
                                   image, 1));
    } else {
        if (!image->pixels)
            pdf_file_fail(f, "图片没有解码（程序错误）",
                          "a picture was not decoded (a fault of this program)");
        dict = pixels(f, image, image->pixels, image->components);
        if (image->alpha)
            HPDF_Dict_Add(dict, "SMask", pixels(f, image, image->alpha, 1));
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
