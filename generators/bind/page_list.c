/* page_list.c - see page_list.h. */
#include "bind/page_list.h"

#include "core/buffer.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A number of at most six digits; false: there is none. */
static bool number(const char **s, size_t *out)
{
    size_t v = 0, digits = 0;
    for (; **s >= '0' && **s <= '9' && digits < 7; (*s)++, digits++)
        v = v * 10 + (size_t)(**s - '0');
    *out = v;
    return digits > 0 && digits < 7;
}

static const char *blanks(const char *s)
{
    return s + strspn(s, " \t\r\n");
}

size_t page_list_parse(const char *text, size_t n, struct arena *arena, size_t **out, size_t *bad)
{
    size_t count = 0, from, to, none;
    bool *taken = ARENA_ARRAY(arena, bool, n + 1);

    bad = bad ? bad : &none;
    *bad = 0;
    *out = ARENA_ARRAY(arena, size_t, n + 1);
    if (!text || !*blanks(text)) {
        for (; count < n; count++)
            (*out)[count] = count + 1;
        return count;
    }
    for (const char *s = blanks(text);; s = blanks(s + 1)) {
        if (!number(&s, &from))
            return 0;
        to = from;
        s = blanks(s);
        if (*s == '-') {
            s = blanks(s + 1);
            if (!number(&s, &to))
                return 0;
            s = blanks(s);
        }
        if (from < 1 || to < from || to > n) {
            *bad = from < 1 || to < from || from > n ? from : to;
            return 0;
        }
        for (size_t p = from; p <= to; p++)
            if (!taken[p]) {
                taken[p] = true;
                (*out)[count++] = p;
            }
        if (!*s)
            return count;
        if (*s != ',')
            return 0;
    }
}

/* most: beside the last one. */
static const char *stretches(const size_t *pages, size_t n, size_t most, struct arena *arena)
{
    struct buffer text = {0};
    for (size_t i = 0, to, told = 0; i < n; i = to, told++) {
        for (to = i + 1; to < n && pages[to] == pages[to - 1] + 1;)
            to++;
        if (told >= most && to < n) {
            if (told == most)
                buffer_puts(&text, ",…");
            continue;
        }
        buffer_printf(&text, "%s%zu", i ? "," : "", pages[i]);
        if (to > i + 1)
            buffer_printf(&text, "-%zu", pages[to - 1]);
    }
    const char *list = arena_strndup(arena, text.len ? (const char *)text.data : "", text.len);
    buffer_clear(&text);
    return list;
}

const char *page_list_text(const size_t *pages, size_t n, struct arena *arena)
{
    return stretches(pages, n, SIZE_MAX, arena);
}

const char *page_list_told(const size_t *pages, size_t n, struct arena *arena)
{
    enum { MOST_TOLD = 20 };
    return stretches(pages, n, MOST_TOLD, arena);
}

static int by_number(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

const char *page_list_of_all(size_t *pages, size_t n, struct arena *arena)
{
    size_t different = 0;
    if (n > 1)
        qsort(pages, n, sizeof *pages, by_number);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || pages[i] != pages[different - 1])
            pages[different++] = pages[i];
    return page_list_told(pages, different, arena);
}
