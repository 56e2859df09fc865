/* target.c - see target.h. */
#include "desk/target.h"

#include "core/utf8.h"

#include <string.h>

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

static bool is_allowed(unsigned char c)
{
    return c >= 0x20 && c != 0x7F && c != '/' && c != '\\';
}

static bool is_utf8(const char *s, size_t len)
{
    for (size_t i = 0, used; i < len; i += used)
        if (utf8_next(s + i, len - i, &used) == UTF8_BAD)
            return false;
    return true;
}

/* NULL: it may not be written so. */
static const char *decode(const char *s, size_t len, struct arena *arena)
{
    char *out = arena_alloc(arena, len + 1, 1), *to = out;
    for (size_t i = 0; i < len; i++) {
        int c = (unsigned char)s[i];
        if (c == '%') {
            bool whole = i + 2 < len;
            int high = whole ? hex(s[i + 1]) : -1, low = whole ? hex(s[i + 2]) : -1;
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
    return is_utf8(out, (size_t)(to - out)) ? out : NULL;
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
        if (!name || !*name || !strcmp(name, ".") || !strcmp(name, "..") || t->n == TARGET_SEGMENTS)
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
