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
    return out->components && q_integer(d, q_get(d, stream, "/BitsPerComponent"), 0) == 8;
}
