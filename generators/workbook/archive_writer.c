/* archive_writer.c - see archive_writer.h. PKWARE's APPNOTE, 4.3: a header before each part, which
 * is filled in when its size is known, and the directory behind all. The limits of the archives
 * that are copied keep it below four gigabytes and 65,535 parts. */
#include "workbook/archive_writer.h"

#include "core/output.h"
#include "core/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    LOCAL_HEADER = 30,
    PIECE = 64 << 10,
    VERSION = 20,
    UTF8_NAMES = 1 << 11,
    DAY_1980 = 1 << 5 | 1 /* 1980-01-01 as DOS has it */
};

struct written_part {
    const char *name;
    struct archive_packed packed;
    uint64_t at;
};

struct archive_writer {
    int fd, error; /* errno of what failed first; 0: nothing has */
    uint64_t at;   /* where the next byte goes */
    struct arena arena;
    struct written_part *parts;
    size_t n, cap;
};

struct archive_writer *archive_writer_new(int fd)
{
    struct archive_writer *w = mem_alloc(1, sizeof *w);
    w->fd = fd;
    return w;
}

void archive_writer_free(struct archive_writer *w)
{
    if (!w)
        return;
    arena_free(&w->arena);
    free(w);
}

static void put_at(struct archive_writer *w, uint64_t at, const void *data, size_t len)
{
    if (!w->error && at + len > UINT32_MAX)
        w->error = EFBIG;
    if (!w->error && !output_bytes_at(w->fd, data, len, (off_t)at))
        w->error = errno;
}

static void put(struct archive_writer *w, const void *data, size_t len)
{
    put_at(w, w->at, data, len);
    w->at += len;
}

static void add_number(struct buffer *out, int bytes, uint64_t value)
{
    for (int i = 0; i < bytes; i++)
        buffer_putc(out, (int)(value >> 8 * i & 0xFF));
}

static bool is_ascii(const char *s)
{
    while ((unsigned char)*s - 1u < 0x7F)
        s++;
    return !*s;
}

/* What a part's own header and its entry in the directory have in common. */
static void add_facts(struct buffer *out, const struct written_part *p)
{
    add_number(out, 2, VERSION);
    add_number(out, 2, is_ascii(p->name) ? 0 : UTF8_NAMES);
    add_number(out, 2, (uint64_t)p->packed.method);
    add_number(out, 2, 0); /* midnight */
    add_number(out, 2, DAY_1980);
    add_number(out, 4, p->packed.crc);
    add_number(out, 4, p->packed.packed);
    add_number(out, 4, p->packed.size);
    add_number(out, 2, strlen(p->name));
    add_number(out, 2, 0); /* no extra fields */
}

static struct written_part *begin_part(struct archive_writer *w, const char *name)
{
    struct written_part *p = ARENA_PUSH(&w->arena, w->parts, w->n, w->cap);
    *p = (struct written_part){.name = arena_strdup(&w->arena, name), .at = w->at};
    w->at += LOCAL_HEADER + strlen(name);
    return p;
}

static void end_part(struct archive_writer *w, const struct written_part *p)
{
    struct buffer header = {0};
    buffer_add(&header, "PK\3\4", 4);
    add_facts(&header, p);
    buffer_puts(&header, p->name);
    put_at(w, p->at, header.data, header.len);
    buffer_clear(&header);
}

bool archive_writer_copy(struct archive_writer *w, struct archive *from, int part)
{
    unsigned char piece[PIECE];
    struct archive_packed packed;
    struct archive_stream *s = archive_packed_open(from, part, &packed);
    if (!s)
        return false;
    struct written_part *p = begin_part(w, archive_name(from, part));
    uint64_t begin = w->at;
    p->packed = packed;
    for (long n; (n = archive_stream_read(s, piece, sizeof piece)) > 0;)
        put(w, piece, (size_t)n);
    archive_stream_close(s);
    p->packed.packed = w->at - begin;
    end_part(w, p);
    return !archive_broken(from);
}

/* Bytes from memory, or in pieces from a spool. */
struct plain_bytes {
    const unsigned char *data;
    struct spool *spool;
    size_t at, len;
    struct buffer piece;
};

static void next_piece(struct archive_writer *w, struct plain_bytes *from, z_stream *z)
{
    size_t n = from->len < PIECE ? from->len : PIECE;
    if (from->spool) {
        from->piece.len = 0;
        if (!spool_read(from->spool, from->at, n, &from->piece))
            w->error = w->error ? w->error : errno;
        z->next_in = from->piece.data;
    } else if (n) {
        z->next_in = (unsigned char *)from->data + from->at;
    }
    z->avail_in = (uInt)n;
    from->at += n;
    from->len -= n;
}

static void add(struct archive_writer *w, const char *name, struct plain_bytes *from)
{
    unsigned char packed[PIECE];
    struct written_part *p = begin_part(w, name);
    uint64_t begin = w->at;
    z_stream z = {0};
    int state =
        deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    p->packed = (struct archive_packed){.method = 8, .size = from->len};
    while (state == Z_OK && !w->error) {
        if (!z.avail_in && from->len) {
            next_piece(w, from, &z);
            p->packed.crc = (uint32_t)crc32(p->packed.crc, z.next_in, z.avail_in);
        }
        z.next_out = packed;
        z.avail_out = sizeof packed;
        state = deflate(&z, from->len || z.avail_in ? Z_NO_FLUSH : Z_FINISH);
        put(w, packed, sizeof packed - z.avail_out);
    }
    deflateEnd(&z);
    buffer_clear(&from->piece);
    p->packed.packed = w->at - begin;
    end_part(w, p);
}

void archive_writer_add(struct archive_writer *w, const char *name, const void *data, size_t len)
{
    add(w, name, &(struct plain_bytes){.data = data, .len = len});
}

void archive_writer_add_spooled(struct archive_writer *w, const char *name, struct spool *from,
                                size_t at, size_t len)
{
    add(w, name, &(struct plain_bytes){.spool = from, .at = at, .len = len});
}

bool archive_writer_end(struct archive_writer *w)
{
    struct buffer directory = {0};
    uint64_t begin = w->at;
    for (size_t i = 0; i < w->n; i++) {
        buffer_add(&directory, "PK\1\2", 4);
        add_number(&directory, 2, VERSION);
        add_facts(&directory, &w->parts[i]);
        add_number(&directory, 6, 0); /* no comment, first disk, plain bytes */
        add_number(&directory, 4, 0); /* no attributes */
        add_number(&directory, 4, w->parts[i].at);
        buffer_puts(&directory, w->parts[i].name);
    }
    put(w, directory.data, directory.len);
    directory.len = 0;
    buffer_add(&directory, "PK\5\6", 4);
    add_number(&directory, 4, 0); /* one disk */
    add_number(&directory, 2, w->n);
    add_number(&directory, 2, w->n);
    add_number(&directory, 4, w->at - begin);
    add_number(&directory, 4, begin);
    add_number(&directory, 2, 0); /* no comment */
    put(w, directory.data, directory.len);
    buffer_clear(&directory);
    errno = w->error;
    return !w->error;
}
