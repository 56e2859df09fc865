/* decode.h - a file's bytes as UTF-8, in whichever of the supported encodings they are.
 *
 * Supported are UTF-8, GB 18030 with its subsets GBK and GB2312, and UTF-16 with a byte order mark
 * or a declaration. The declared encoding must be the encoding of the bytes: text that was guessed
 * wrong would print wrong names. The result is whole characters, all of them allowed in XML. */
#ifndef RECORD_DECODE_H
#define RECORD_DECODE_H

#include "core/finding.h"

/* What is wrong with a file, and where. */
struct file_fault {
    enum fault fault;
    long line; /* 0: the file as a whole */
    const char *text[LANGUAGE_COUNT];
    bool end_tag; /* an end tag is missing, or stands in the place of another */
};

/* What was read, but had better be declared or written otherwise. */
struct file_note {
    enum severity severity;
    long line;
    const char *text[LANGUAGE_COUNT];
};

struct decoder;

/* fd is borrowed, read by pread from its beginning; the faults' strings live in the arena. */
struct decoder *decoder_new(int fd, struct arena *arena);
/* The next bytes, borrowed until the next call; 0: the end, or a fault. */
size_t decoder_read(struct decoder *d, const char **out);
const struct file_fault *decoder_fault(const struct decoder *d); /* NULL: none */
/* Borrowed until the next call; asked for at the end. */
const struct file_note *decoder_notes(struct decoder *d, size_t *n);
void decoder_free(struct decoder *d);

#endif
