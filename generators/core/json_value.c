/* json_value.c - see json_value.h. */
#include "core/json_value.h"

#include "core/strings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 32 };

struct json_reader {
    struct arena *arena;
    const char *p, *end;
    int depth;
};

static void blanks(struct json_reader *r)
{
    while (r->p < r->end && strchr(" \t\r\n", *r->p) && *r->p)
        r->p++;
}

static bool take(struct json_reader *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n))
        return false;
    r->p += n;
    return true;
}

static bool hex4(struct json_reader *r, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++, r->p++) {
        int digit = r->p < r->end ? hex_digit(*r->p) : -1;
        if (digit < 0)
            return false;
        *out = *out * 16 + (uint32_t)digit;
    }
    return true;
}

/* Behind the opening quote. A text ends at a NUL for C: one within is no text of ours. */
static const char *text(struct json_reader *r)
{
    struct buffer out = {0};
    bool ok = false;

    while (r->p < r->end && !ok) {
        static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
        char c = *r->p++;
        uint32_t cp, low;
        const char *at;
        if (c == '"') {
            ok = true;
        } else if ((unsigned char)c < 0x20) {
            break;
        } else if (c != '\\') {
            buffer_putc(&out, c);
        } else if (take(r, "u")) {
            if (!hex4(r, &cp) || cp == 0)
                break;
            if (cp >= 0xD800 && cp < 0xDC00 && take(r, "\\u") && hex4(r, &low) && low >= 0xDC00 &&
                low < 0xE000)
                cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
            if (cp >= 0xD800 && cp < 0xE000)
                break;
            buffer_character(&out, cp);
        } else if (r->p < r->end && *r->p && (at = strchr(from, *r->p))) {
            buffer_putc(&out, to[at - from]);
            r->p++;
        } else {
            break;
        }
    }
    const char *s = ok ? arena_strndup(r->arena, out.data ? (char *)out.data : "", out.len) : NULL;
    buffer_clear(&out);
    return s;
}

static struct json_value *value(struct json_reader *r);

/* Behind the opening bracket. */
static bool members(struct json_reader *r, struct json_value *v, char close)
{
    struct json_value **next = &v->children;

    if (++r->depth > DEEPEST)
        return false;
    blanks(r);
    if (r->p < r->end && *r->p == close) {
        r->p++;
        r->depth--;
        return true;
    }
    for (;;) {
        const char *key = NULL;
        blanks(r);
        if (close == '}') {
            if (!take(r, "\"") || !(key = text(r)))
                return false;
            blanks(r);
            if (!take(r, ":"))
                return false;
        }
        if (!(*next = value(r)))
            return false;
        (*next)->key = key;
        next = &(*next)->next;
        blanks(r);
        if (take(r, ","))
            continue;
        if (r->p >= r->end || *r->p++ != close)
            return false;
        r->depth--;
        return true;
    }
}

static bool number(struct json_reader *r, double *out)
{
    char digits[64], *end;
    size_t n = 0;
    while (r->p + n < r->end && n < sizeof digits - 1 && r->p[n] &&
           strchr("+-.0123456789eE", r->p[n])) {
        digits[n] = r->p[n];
        n++;
    }
    digits[n] = '\0';
    *out = strtod(digits, &end);
    r->p += n;
    return n > 0 && *end == '\0' && isfinite(*out);
}

static struct json_value *value(struct json_reader *r)
{
    struct json_value *v = ARENA_NEW(r->arena, struct json_value);
    bool ok = true;

    blanks(r);
    if (take(r, "{")) {
        v->kind = JSON_OBJECT;
        ok = members(r, v, '}');
    } else if (take(r, "[")) {
        v->kind = JSON_ARRAY;
        ok = members(r, v, ']');
    } else if (take(r, "\"")) {
        v->kind = JSON_TEXT;
        ok = (v->text = text(r)) != NULL;
    } else if (take(r, "true") || take(r, "false")) {
        v->kind = JSON_BOOLEAN;
        v->number = r->p[-2] == 'u';
    } else if (!take(r, "null")) {
        v->kind = JSON_NUMBER;
        ok = number(r, &v->number);
    }
    return ok ? v : NULL;
}

struct json_value *json_parse(struct arena *arena, const char *text, size_t len)
{
    const char *from = text ? text : ""; /* of no bytes */
    struct json_reader r = {arena, from, from + len, 0};
    struct json_value *v = value(&r);
    blanks(&r);
    return r.p == r.end ? v : NULL;
}

const struct json_value *json_member(const struct json_value *object, const char *key)
{
    if (object && object->kind == JSON_OBJECT)
        for (const struct json_value *v = object->children; v; v = v->next)
            if (!strcmp(v->key, key))
                return v;
    return NULL;
}

const char *json_member_text(const struct json_value *object, const char *key)
{
    const struct json_value *v = json_member(object, key);
    return v ? v->text : NULL;
}

long long json_member_count(const struct json_value *object, const char *key)
{
    const struct json_value *v = json_member(object, key);
    bool counts = v && v->number >= 0 && v->number <= 0x1p53 && v->number == trunc(v->number);
    return counts ? (long long)v->number : 0;
}

void json_put(struct json *j, const char *key, const struct json_value *v)
{
    bool array = v->kind == JSON_ARRAY;
    switch (v->kind) {
    case JSON_NULL:
        break;
    case JSON_BOOLEAN:
        json_bool(j, key, v->number != 0);
        break;
    case JSON_NUMBER:
        if (v->number == trunc(v->number) && fabs(v->number) < 1e15)
            json_integer(j, key, (long long)v->number);
        else
            json_number(j, key, v->number);
        break;
    case JSON_TEXT:
        json_string(j, key, v->text);
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        json_open(j, key, array ? '[' : '{');
        for (const struct json_value *c = v->children; c; c = c->next)
            json_put(j, array ? NULL : c->key, c);
        json_close(j, array ? ']' : '}');
        break;
    }
}
