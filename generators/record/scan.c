/* scan.c - see scan.h. */
#include "record/scan.h"

#include <string.h>

static void enter(struct scan *s, enum scan_state state)
{
    s->state = state;
    s->run = 0;
}

/* A state that ends with `least` of c and a >. */
static void until(struct scan *s, char byte, char c, unsigned least)
{
    if (byte == '>' && s->run >= least)
        enter(s, SCAN_TEXT);
    s->run = byte == c ? s->run + 1 : 0;
}

static void tag(struct scan *s, char byte)
{
    if (byte == '>')
        enter(s, SCAN_TEXT);
    else if (byte == '"')
        s->state = SCAN_DOUBLE;
    else if (byte == '\'')
        s->state = SCAN_SINGLE;
    else if (byte == '=' && ++s->attributes > SCAN_ATTRIBUTE_LIMIT)
        s->refusal = SCAN_ATTRIBUTES;
}

static void step(struct scan *s, char byte)
{
    enum scan_state before = s->state;

    switch (s->state) {
    case SCAN_TEXT:
        if (byte != '<')
            break;
        enter(s, SCAN_OPEN);
        s->length = s->attributes = 0;
        s->piece_line = s->line;
        break;
    case SCAN_OPEN:
        enter(s, byte == '!' ? SCAN_BANG : byte == '?' ? SCAN_INSTRUCTION : SCAN_TAG);
        if (s->state == SCAN_TAG)
            tag(s, byte);
        break;
    case SCAN_BANG:
        if (byte == 'D')
            s->refusal = SCAN_DOCTYPE;
        enter(s, byte == '-' ? SCAN_DASH : byte == '[' ? SCAN_CDATA : SCAN_TAG);
        break;
    case SCAN_DASH:
        enter(s, SCAN_COMMENT);
        break;
    case SCAN_TAG:
        tag(s, byte);
        break;
    case SCAN_DOUBLE:
        if (byte == '"')
            s->state = SCAN_TAG;
        break;
    case SCAN_SINGLE:
        if (byte == '\'')
            s->state = SCAN_TAG;
        break;
    case SCAN_COMMENT:
        until(s, byte, '-', 2);
        break;
    case SCAN_CDATA:
        until(s, byte, ']', 2);
        break;
    case SCAN_INSTRUCTION:
        until(s, byte, '?', 1);
        break;
    }
    if (s->state == SCAN_TEXT && before != SCAN_TEXT) {
        s->length = 0;
        s->piece_line = s->line;
    }
}

/* Up to what tag() looks at. */
static size_t bytes_of_tag(const char *bytes, size_t n)
{
    size_t i = 0;
    while (i < n && bytes[i] != '>' && bytes[i] != '=' && bytes[i] != '"' && bytes[i] != '\'')
        i++;
    return i;
}

/* Bytes at hand that end nothing in this state: most of a file. */
static size_t plain_bytes(const struct scan *s, const char *bytes, size_t n)
{
    if (s->state == SCAN_TAG)
        return bytes_of_tag(bytes, n);
    int end = s->state == SCAN_TEXT     ? '<'
              : s->state == SCAN_DOUBLE ? '"'
              : s->state == SCAN_SINGLE ? '\''
                                        : 0;
    const char *at = end ? memchr(bytes, end, n) : bytes;
    return at ? (size_t)(at - bytes) : n;
}

static long lines_in(const char *bytes, size_t n)
{
    long lines = 0;
    for (const char *p = bytes, *end = bytes + n; (p = memchr(p, '\n', (size_t)(end - p))); p++)
        lines++;
    return lines;
}

size_t scan(struct scan *s, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t plain = plain_bytes(s, bytes + i, n - i);
        if (plain == 0)
            step(s, bytes[i]);
        size_t took = plain ? plain : 1;
        s->length += took;
        if (s->length > SCAN_PIECE_LIMIT && !s->refusal)
            s->refusal = s->state == SCAN_TEXT ? SCAN_LONG_TEXT : SCAN_LONG_TAG;
        if (s->refusal)
            return i;
        s->line += took == 1 ? bytes[i] == '\n' : lines_in(bytes + i, took);
        i += took;
    }
    return n;
}
