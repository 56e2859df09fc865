/* json.h - writes JSON: indented, commas put by the writer, strings escaped, and in them
 * what nobody can read (utf8_is_unprintable); a byte that is not UTF-8 (names of files may hold
 * some) is written visibly, as \xE9. */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include "core/buffer.h"

#include <stdbool.h>

struct json {
    struct buffer *out;
    int depth;
    bool follows; /* a member stands before in this object or array */
    bool flat;    /* all on one line */
};

/* key is NULL inside an array and at the top. */
void json_open(struct json *j, const char *key, char bracket);        /* '{' or '[' */
void json_close(struct json *j, char bracket);                        /* '}' or ']' */
void json_string(struct json *j, const char *key, const char *value); /* NULL is left out */
void json_integer(struct json *j, const char *key, long long value);
void json_bool(struct json *j, const char *key, bool value);
void json_number(struct json *j, const char *key, double value);

#endif
