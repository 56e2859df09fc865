/* salvage.c - see salvage.h. */
#include "bind/salvage.h"

#include <string.h>
#include <zlib.h>

enum { PIECE = 1 << 16, MOST_BYTES = 256 << 20 };

void salvage_inflate(const struct buffer *packed, struct buffer *out)
{
    unsigned char piece[PIECE];
    z_stream z = {.next_in = packed->data, .avail_in = (uInt)packed->len};
    int end = Z_OK;

    if (packed->len > MOST_BYTES || inflateInit(&z) != Z_OK)
        return;
    while (end == Z_OK && out->len < MOST_BYTES) {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        end = inflate(&z, Z_SYNC_FLUSH);
        buffer_add(out, piece, sizeof piece - z.avail_out);
    }
    inflateEnd(&z);
}

bool salvage_has_all(const struct buffer *packed, size_t bytes)
{
    unsigned char piece[PIECE];
    z_stream z = {.next_in = packed->data, .avail_in = (uInt)packed->len};
    int end = Z_OK;
    size_t n = 0;

    if (packed->len > MOST_BYTES || inflateInit(&z) != Z_OK)
        return true;
    while (end == Z_OK && n < bytes + PIECE) {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        end = inflate(&z, Z_SYNC_FLUSH);
        n += sizeof piece - z.avail_out;
    }
    inflateEnd(&z);
    return n >= bytes && end != Z_DATA_ERROR;
}

static bool is_flate_alone(struct qdoc *d, qref stream)
{
    qref filter = q_get(d, stream, "/Filter");
    size_t n = q_length(d, filter);
    return q_is_name(d, n == 1 ? q_item(d, filter, 0) : filter, "/FlateDecode") &&
           q_integer(d, q_get(d, q_get(d, stream, "/DecodeParms"), "/Predictor"), 1) <= 1;
}

/* As many parameters as there are filters, which is what qpdf demands and readers do not: what is
 * over applies to nothing, what lacks is the default. */
static void match_parameters(struct qdoc *d, qref stream)
{
    qref filters = q_get(d, stream, "/Filter"), parameters = q_get(d, stream, "/DecodeParms");
    size_t n = q_is_array(d, filters) ? q_length(d, filters) : 1;
    if (!q_is_array(d, parameters) || q_length(d, parameters) == n)
        return;
    qref matched = q_parse(d, "[]");
    for (size_t i = 0; i < n; i++) {
        qref one = q_item(d, parameters, i);
        q_append(d, matched, one ? one : q_parse(d, "null"));
    }
    q_put(d, stream, "/DecodeParms", matched);
}

static bool salvage_stream(struct qdoc *d, qref stream, struct id_set *salvaged)
{
    struct buffer data = {0}, part = {0};
    match_parameters(d, stream);
    bool whole = q_stream_data(d, stream, &data);

    data.len = 0;
    q_forgive(d);
    if (!whole && is_flate_alone(d, stream) && q_raw_data(d, stream, &data))
        salvage_inflate(&data, &part);
    if (part.len > 0) {
        q_set_data(d, stream, part.data, part.len);
        id_set_add(salvaged, q_id(d, stream));
    }
    bool ok = whole || part.len > 0;
    buffer_clear(&data);
    buffer_clear(&part);
    return ok;
}

/* The stream of that number; 0: it is none. */
static qref stream_at(struct qdoc *d, qref page, size_t i)
{
    qref content = q_get(d, page, "/Contents");
    qref stream = q_is_stream(d, content) ? content : q_item(d, content, i);
    return q_is_stream(d, stream) ? stream : 0;
}

static size_t count_streams(struct qdoc *d, qref page)
{
    qref content = q_get(d, page, "/Contents");
    return q_is_stream(d, content) ? 1 : q_length(d, content);
}

bool salvage_content(struct qdoc *d, qref page, struct id_set *salvaged)
{
    bool ok = true;
    for (size_t i = 0, n = count_streams(d, page); i < n; i++) {
        qref stream = stream_at(d, page, i);
        ok = (!stream || salvage_stream(d, stream, salvaged)) && ok;
    }
    return ok;
}

bool salvage_has(struct qdoc *d, qref page, const struct id_set *salvaged)
{
    bool has = false;
    for (size_t i = 0, n = salvaged->n ? count_streams(d, page) : 0; i < n && !has; i++)
        has = id_set_has(salvaged, q_id(d, stream_at(d, page, i)));
    return has;
}

/* Blocks end where the data do, but for an end of line that is counted among them; where there are
 * no data, none is missing. */
static bool ends_with_a_block(const struct buffer *packed, size_t *unpacked)
{
    enum { BLOCK_ENDS = 128 /* in what zlib calls data_type */, END_OF_LINE = 2 };
    unsigned char piece[PIECE];
    z_stream z = {.next_in = packed->data, .avail_in = (uInt)packed->len};
    bool ends = false;

    if (packed->len == 0 || packed->len > MOST_BYTES || inflateInit(&z) != Z_OK)
        return true;
    for (int end = Z_OK; end == Z_OK && !ends;) {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        end = inflate(&z, Z_BLOCK);
        *unpacked += sizeof piece - z.avail_out;
        ends = end == Z_STREAM_END ||
               (end == Z_OK && z.data_type & BLOCK_ENDS && z.avail_in <= END_OF_LINE &&
                z.total_out > 0) ||
               z.total_out > MOST_BYTES;
    }
    inflateEnd(&z);
    return ends;
}

bool salvage_is_whole(struct qdoc *d, qref stream, size_t *unpacked)
{
    struct buffer data = {0};
    bool whole;
    if (is_flate_alone(d, stream)) {
        whole = q_raw_data(d, stream, &data) && ends_with_a_block(&data, unpacked);
    } else {
        q_damaged(d);
        whole = q_stream_data(d, stream, &data) && !q_damaged(d);
        *unpacked += data.len;
    }
    buffer_clear(&data);
    return whole;
}
