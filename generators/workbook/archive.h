/* archive.h - the parts of an Office file: a ZIP archive from outside, hostile until proven. libzip
 * is seen by archive.c alone.
 *
 * Time and memory are bounded whatever the file claims: by the number of its parts, by what a part
 * and all parts together unpack to, and by the ratio of that to what is stored. The first fault is
 * reported, and nothing can be read after it. */
#ifndef WORKBOOK_ARCHIVE_H
#define WORKBOOK_ARCHIVE_H

#include "core/buffer.h"
#include "core/finding.h"

#include <stdint.h>
#include <sys/types.h>

enum {
    ARCHIVE_PARTS = 20000,
    ARCHIVE_RATIO = 400,              /* bytes out of one stored byte ... */
    ARCHIVE_RATIO_FREE = 16 << 20,    /* ... once a part has given so many */
    ARCHIVE_PART_LIMIT = 512 << 20,   /* bytes of a part */
    ARCHIVE_TOTAL_LIMIT = 1024 << 20, /* bytes read of all parts */
    ARCHIVE_NONE = -1
};

struct archive;

/* fd is borrowed, of a regular file, and may be closed at once; name is for messages and copied.
 * NULL: reported. diag gets what is found later, too, and must live as long. */
struct archive *archive_open(int fd, const char *name, struct diag *diag);
void archive_free(struct archive *a); /* NULL is fine */

/* The number of the part; names compare without case, and with or without the / before them.
 * ARCHIVE_NONE: there is none. */
int archive_find(const struct archive *a, const char *name);
int archive_count(const struct archive *a);
const char *archive_name(const struct archive *a, int part); /* without the / before it */
size_t archive_size(const struct archive *a, int part);      /* unpacked, as the file claims */
const char *archive_file(const struct archive *a);           /* for messages */
struct diag *archive_diag(const struct archive *a);
void archive_report_to(struct archive *a, struct diag *diag); /* from now on */
bool archive_broken(const struct archive *a);                 /* a fault was reported */

/* A part as a stream, one at a time; NULL: reported. */
struct archive_stream *archive_stream_open(struct archive *a, int part);
/* How many bytes came; 0: the end; -1: a fault, which was reported. */
long archive_stream_read(struct archive_stream *s, void *out, size_t size);
void archive_stream_close(struct archive_stream *s); /* NULL is fine */
/* A part as it lies in the archive, for who puts it into another. */
struct archive_packed {
    int method; /* 0: stored, 8: deflated */
    uint32_t crc;
    uint64_t packed, size;
};
struct archive_stream *archive_packed_open(struct archive *a, int part, struct archive_packed *out);
/* A whole part, of at most so many bytes, behind what the buffer holds; false: reported. */
bool archive_read(struct archive *a, int part, size_t most, struct buffer *out);

/* Nothing is to be read any more, for a fault that was reported elsewhere. Always false. */
bool archive_break(struct archive *a);
/* Reports that the part does not hold what it must; always false. */
bool archive_refuse(struct archive *a, int part, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

/* How many bytes from there on could be read, which a file that ends before has fewer of. */
size_t archive_read_at(int fd, off_t at, void *out, size_t len);

#endif
