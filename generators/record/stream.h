/* stream.h - one file of the batch as a stream of elements: decoded, bounded, parsed.
 *
 * Memory is bounded whatever the file holds: by limits on single pieces (scan.h), on the depth, and
 * on what one applicant, and all the rest of the file, may come to. A file that breaks one of them,
 * or is malformed, is read up to there. There is no DTD, so no entity but the five of XML itself.
 */
#ifndef RECORD_STREAM_H
#define RECORD_STREAM_H

#include "record/decode.h"

#include <libxml/parser.h>

enum {
    STREAM_DEPTH = 32,
    STREAM_TEXT_LIMIT = 1 << 20,       /* bytes of one element's text */
    STREAM_APPLICANT_LIMIT = 16 << 20, /* bytes of one applicant, as a rough sum */
    STREAM_REST_LIMIT = 64 << 20       /* bytes of all that stands outside applicants */
};

/* What a stream tells; the arguments are libxml2's own. CDATA comes as text. */
struct stream_events {
    startElementNsSAX2Func start;
    endElementNsSAX2Func end;
    charactersSAXFunc text;
    /* A slip was found within a unit, and reading goes on with its next applicant: the unit is the
     * innermost open element again. NULL: what follows a slip is not read. */
    void (*resumed)(void *data, const struct file_fault *slip);
};

struct stream;

/* fd is borrowed; the faults' strings live in the arena. */
struct stream *stream_new(int fd, const struct stream_events *events, void *data,
                          struct arena *arena);
/* Reads on and tells what comes, a block at a time; false: the end, or a fault. */
bool stream_read(struct stream *s);
int stream_depth(
    const struct stream *s); /* elements open: 1 within the root, its own events among them */
long stream_line(const struct stream *s); /* where the innermost open element's tag begins */
long stream_text_line(const struct stream *s, const char *text,
                      size_t len); /* of a text just reported, its first character that is no blank;
                                      0: there is none */
const struct file_fault *stream_fault(const struct stream *s);           /* NULL: read whole */
const struct file_note *stream_notes(const struct stream *s, size_t *n); /* as decoder_notes */
void stream_free(struct stream *s);

#endif
