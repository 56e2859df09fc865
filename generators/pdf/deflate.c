/* deflate.c - see deflate.h. A compressor is made once per level and process: it is larger than
 * most documents. */
#include "pdf/deflate.h"

#include "core/arena.h"

#include <libdeflate.h>

#include <stdlib.h>

static void *alloc(size_t size)
{
    return mem_resize(NULL, size, 1);
}

typedef size_t compress_function(struct libdeflate_compressor *, const void *, size_t, void *,
                                 size_t);

static void compress_by(compress_function *compress, struct buffer *out, const void *data,
                        size_t len, int level)
{
    static struct libdeflate_compressor *made[DEFLATE_SMALL + 1];
    if (!made[level]) {
        libdeflate_set_memory_allocator(alloc, free);
        made[level] = libdeflate_alloc_compressor(level);
    }
    size_t bound = libdeflate_zlib_compress_bound(made[level], len), before = out->len;
    unsigned char *to = buffer_room(out, bound);
    out->len = before + compress(made[level], data, len, to, bound);
}

void deflate_add(struct buffer *out, const void *data, size_t len, int level)
{
    compress_by(libdeflate_zlib_compress, out, data, len, level);
}

void deflate_add_last(struct buffer *out, const void *data, size_t len, int level)
{
    compress_by(libdeflate_deflate_compress, out, data, len, level);
}

bool inflate_whole(const void *data, size_t size, void *out, size_t len)
{
    libdeflate_set_memory_allocator(alloc, free);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    bool ok = libdeflate_zlib_decompress(d, data, size, out, len, NULL) == LIBDEFLATE_SUCCESS;
    libdeflate_free_decompressor(d);
    return ok;
}
