/* json_value.h - JSON read back: what our own programs wrote, and whatever stands there instead. */
#ifndef CORE_JSON_VALUE_H
#define CORE_JSON_VALUE_H

#include "core/arena.h"
#include "core/json.h"

enum json_kind { JSON_NULL, JSON_BOOLEAN, JSON_NUMBER, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };

struct json_value {
    enum json_kind kind;
    const char *key;  /* of a member of an object */
    const char *text; /* JSON_TEXT */
    double number;    /* JSON_NUMBER; JSON_BOOLEAN: 0 or 1 */
    struct json_value *children, *next;
};

/* One value and nothing after it, in the arena. NULL: it is none, or is nested too deep. */
struct json_value *json_parse(struct arena *arena, const char *text, size_t len);
const struct json_value *json_member(const struct json_value *object,
                                     const char *key); /* NULL: none */
/* NULL when there is no such text. */
const char *json_member_text(const struct json_value *object, const char *key);
/* 0 when there is no such number, or it is none that counts things: a whole one up to 2^53. */
long long json_member_count(const struct json_value *object, const char *key);
/* Written again. */
void json_put(struct json *j, const char *key, const struct json_value *v);

#endif
