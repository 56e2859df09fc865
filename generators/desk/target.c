/* target.c - see target.h. */
#include "desk/target.h"

#include "core/strings.h"
#include "core/utf8.h"

#include <string.h>

static bool is_allowed(unsigned char c)
{
    return c >= 0x20 && c != 0x7F;
}

/* NULL: it may not be written so. */
static const char *decode(const char *s, size_t len, struct arena *arena)
{
    char *out = arena_alloc(arena, len + 1, 1), *to = out;
    for (size_t i = 0; i < len; i++) {
        int c = (unsigned char)s[i];
        if (c == '%') {
            bool whole = i + 2 < len;
            int high = whole ? hex_digit(s[i + 1]) : -1, low = whole ? hex_digit(s[i + 2]) : -1;
            if (high < 0 || low < 0)
                return NULL;
            c = high * 16 + low;
            i += 2;
        }
        if (!is_allowed((unsigned char)c))
            return NULL;
        *to++ = (char)c;
    }
    *to = '\0';
    return utf8_is_valid(out, (size_t)(to - out)) ? out : NULL;
}

const char *target_decode(const char *segment, struct arena *arena)
{
    return decode(segment, strlen(segment), arena);
}

bool target_read(struct target *t, const char *raw, struct arena *arena)
{
    *t = (struct target){.query = ""};
    size_t len = strlen(raw), path = strcspn(raw, "?#");
    if (len > TARGET_BYTES || raw[0] != '/' || raw[path] == '#')
        return false;
    if (raw[path] == '?')
        t->query = arena_strdup(arena, raw + path + 1);
    for (size_t at = 1, n; at < path; at += n + 1) {
        n = strcspn(raw + at, "/?");
        const char *name = decode(raw + at, n, arena);
        if (!name || !*name || strpbrk(name, "/\\") || !strcmp(name, ".") || !strcmp(name, "..") ||
            t->n == TARGET_SEGMENTS)
            return false;
        t->segments[t->n++] = name;
    }
    return true;
}

const char *target_parameter(const struct target *t, const char *name, struct arena *arena)
{
    size_t len = strlen(name);
    for (const char *p = t->query, *end; *p; p = *end ? end + 1 : end) {
        end = p + strcspn(p, "&");
        if ((size_t)(end - p) > len && !strncmp(p, name, len) && p[len] == '=')
            return decode(p + len + 1, (size_t)(end - p) - len - 1, arena);
    }
    return NULL;
}
