/* answer.h - what the desk answers a request with: JSON, a text, or a file; and the headers that
 * keep every answer from doing harm in a browser. */
#ifndef DESK_ANSWER_H
#define DESK_ANSWER_H

#include "core/buffer.h"
#include "core/finding.h"

#include "desk/microhttpd.h"

/* Becomes part of the answer; the exchange's own. */
struct answer {
    unsigned status;
    struct MHD_Response *response; /* NULL: none was made yet */
};

/* The buffer's bytes become the answer's, and the buffer is empty. */
void answer_bytes(struct answer *a, unsigned status, const char *type, struct buffer *body);
/* {"zh": …, "en": …}, or for a person who typed an address, the text. */
void answer_error(struct answer *a, unsigned status, const char *zh, const char *en);
void answer_findings(struct answer *a, unsigned status, const struct diag *diag);

enum answer_use { ANSWER_SHOWN, ANSWER_SAVED };
/* A regular file, whole or (by what the client asked for: "bytes=…") a part of it. SAVED: the
 * browser stores it under the name, and does nothing else with it. 404 when it is not there, 500
 * when it cannot be read just now. */
void answer_file(struct answer *a, const char *path, const char *type, enum answer_use use,
                 const char *name);
/* Content-Disposition with the name for all readers (RFC 6266, 8187). */
void answer_disposition(struct answer *a, enum answer_use use, const char *name);
/* What a reader gives, piece by piece: so many bytes, or until it ends (UINT64_MAX). */
void answer_stream(struct answer *a, uint64_t size, const char *type,
                   MHD_ContentReaderCallback reader, void *data,
                   MHD_ContentReaderFreeCallback release);
void answer_header(struct answer *a, const char *name, const char *value);

#endif
