/* content_reader.h - a content stream, token by token (ISO 32000-1, 7.2). Internal to bind. */
#ifndef BIND_CONTENT_READER_H
#define BIND_CONTENT_READER_H

#include "core/buffer.h"

enum content_token { CONTENT_END, CONTENT_OPERATOR, CONTENT_NUMBER, CONTENT_NAME, CONTENT_STRING };

enum { CONTENT_WORD = 128 };

/* Brackets and comments are passed over, and so are the bytes of an inline picture, behind its ID.
 */
struct content_reader {
    const unsigned char *at, *end;
    char word[CONTENT_WORD]; /* the token, a name with its slash; cut there; not of a string */
    size_t length;           /* of a string: bytes, blanks and all */
    struct buffer *strings;  /* bytes of strings are added, but for blanks; NULL: nobody asks */
};

/* Of no bytes there need be no pointer. */
struct content_reader content_reader(const unsigned char *content, size_t len,
                                     struct buffer *strings);
enum content_token content_next(struct content_reader *r);

#endif
