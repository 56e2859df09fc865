/* pdf_picture.c - see pdf_picture.h. ISO 32000-1, 8.9.5 (image dictionaries). */
#include "bind/pdf_picture.h"

/* 1 or 3 of 8 bits whose lossy change shows as little as the eye sees; 0: others. */
static int components_of(struct qdoc *d, qref space)
{
    if (q_length(d, space) > 0) {
        qref family = q_item(d, space, 0);
        if (q_is_name(d, family, "/ICCBased")) {
            long n = q_integer(d, q_get(d, q_item(d, space, 1), "/N"), 0);
            return n == 1 || n == 3 ? (int)n : 0;
        }
        return q_is_name(d, family, "/CalGray") ? 1 : q_is_name(d, family, "/CalRGB") ? 3 : 0;
    }
    return q_is_name(d, space, "/DeviceGray") ? 1 : q_is_name(d, space, "/DeviceRGB") ? 3 : 0;
}

/* PNG's filters have parameters that fit the picture, or there are none (7.4.4.4). */
static bool fit_parameters(struct qdoc *d, struct pdf_picture *p)
{
    qref parameters = q_get(d, p->stream, "/DecodeParms");
    if (q_length(d, parameters) == 1)
        parameters = q_item(d, parameters, 0);
    long predictor = q_integer(d, q_get(d, parameters, "/Predictor"), 1);
    p->filtered = predictor >= 10;
    return p->filtered ? q_integer(d, q_get(d, parameters, "/Columns"), 1) == p->width &&
                             q_integer(d, q_get(d, parameters, "/Colors"), 1) == p->components &&
                             q_integer(d, q_get(d, parameters, "/BitsPerComponent"), 8) == 8
                       : predictor == 1;
}

bool pdf_picture_read(struct qdoc *d, int id, struct pdf_picture *out)
{
    qref stream = q_object(d, id), filter = q_get(d, stream, "/Filter");

    *out = (struct pdf_picture){.stream = stream,
                                .width = q_integer(d, q_get(d, stream, "/Width"), 0),
                                .height = q_integer(d, q_get(d, stream, "/Height"), 0)};
    if (out->width < 1 || out->height < 1 || q_true(d, q_get(d, stream, "/ImageMask")) ||
        q_is_array(d, q_get(d, stream, "/Mask")))
        return false;
    if (q_length(d, filter) == 1)
        filter = q_item(d, filter, 0);
    out->jpeg = q_is_name(d, filter, "/DCTDecode");
    if (out->jpeg)
        return !q_get(d, stream, "/DecodeParms");
    out->components = components_of(d, q_get(d, stream, "/ColorSpace"));
    out->flate = q_is_name(d, filter, "/FlateDecode") && fit_parameters(d, out);
    return out->components && q_integer(d, q_get(d, stream, "/BitsPerComponent"), 0) == 8;
}
