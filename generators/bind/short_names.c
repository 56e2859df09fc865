/* short_names.c - see short_names.h.
 *
 * Dictionaries of streams stand in the file as they are, whatever else is packed: those in question
 * are found by the bytes, and no other object is read for it. */
#define _GNU_SOURCE /* memrchr */
#include "bind/short_names.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(int c)
{
    return c && strchr(" \t\r\n\f", c);
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* Is there a filter's name behind "/F", alone or in an array? */
static bool names_a_filter(const unsigned char *at, const unsigned char *end)
{
    static const char *const filters[] = {"/Fl",  "/DCT",   "/LZW",   "/AHx", "/A85", "/RL",
                                          "/CCF", "/CCITT", "/ASCII", "/Run", "/JPX", "/JBIG2"};
    while (at < end && (is_blank(*at) || *at == '['))
        at++;
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        size_t len = strlen(filters[i]);
        if ((size_t)(end - at) >= len && !memcmp(at, filters[i], len))
            return true;
    }
    return false;
}

/* The last "obj" before at that ends no other word; known: that before from, which is before at. */
static const unsigned char *last_object(const unsigned char *known, const unsigned char *from,
                                        const unsigned char *at)
{
    for (const unsigned char *p = at; (p = memrchr(from, 'o', (size_t)(p - from)));)
        if (p > from && at - p >= 4 && !memcmp(p, "obj", 3) && p[-1] != 'd')
            return p;
    return known;
}

/* The number of the object that at lies in, by its word: "12 0 obj", not far before. 0: none. */
static int number_of(const unsigned char *data, const unsigned char *word, const unsigned char *at)
{
    enum { NEARBY = 4096 };
    const unsigned char *p = word;
    if (!p || at - p > NEARBY)
        return 0;
    for (int numbers = 0; numbers < 2; numbers++) { /* back over the generation to the number */
        while (p > data && is_blank(p[-1]))
            p--;
        while (p > data && is_digit(p[-1]))
            p--;
    }
    long number = is_digit(*p) ? strtol((const char *)p, NULL, 10) : 0;
    return number > 0 && number < 1 << 24 ? (int)number : 0;
}

static bool is_packing(struct qdoc *d, qref filter)
{
    struct arena arena = {0};
    qref first = q_is_array(d, filter) ? q_item(d, filter, 0) : filter;
    const char *text = first && !q_is_string(d, first) ? q_text(d, first, &arena) : NULL;
    arena_free(&arena);
    return text;
}

static void expand(struct qdoc *d, qref stream)
{
    static const char *const names[][2] = {{"/DP", "/DecodeParms"},
                                           {"/F", "/Filter"},
                                           {"/W", "/Width"},
                                           {"/H", "/Height"},
                                           {"/BPC", "/BitsPerComponent"},
                                           {"/CS", "/ColorSpace"},
                                           {"/IM", "/ImageMask"},
                                           {"/D", "/Decode"},
                                           {"/I", "/Interpolate"}};
    bool image = q_is_name(d, q_get(d, stream, "/Subtype"), "/Image");
    if (!q_is_stream(d, stream) || q_get(d, stream, "/Filter") ||
        !is_packing(d, q_get(d, stream, "/F")))
        return;
    for (size_t i = 0; i < (image ? sizeof names / sizeof *names : 2); i++) {
        qref value = q_get(d, stream, names[i][0]);
        if (value && !q_get(d, stream, names[i][1]))
            q_put(d, stream, names[i][1], value);
        if (value)
            q_remove(d, stream, names[i][0]);
    }
}

void short_names_expand(struct qdoc *doc, const unsigned char *data, size_t size)
{
    const unsigned char *end = data + size, *object = NULL, *looked = data;
    /* by single bytes: memmem takes seven times as long for so short a word */
    for (const unsigned char *at = data; (at = memchr(at, '/', (size_t)(end - at))); at++)
        if (end - at > 2 && at[1] == 'F' && names_a_filter(at + 2, end)) {
            object = last_object(object, looked, at);
            looked = at - looked > 4 ? at - 4 : looked; /* a word across it is found again */
            expand(doc, q_object(doc, number_of(data, object, at)));
        }
}
