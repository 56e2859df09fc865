/* strings.c - see strings.h. */
#include "core/strings.h"

#include <string.h>
#include <strings.h>

int string_order(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

int string_order_at(const void *a, const void *b)
{
    return string_order(*(const char *const *)a, *(const char *const *)b);
}

bool string_same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

bool string_is_in(const char *s, const char *const *list)
{
    while (*list && strcmp(*list, s))
        list++;
    return *list;
}

const char *path_leaf(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool path_ends(const char *path, const char *ending)
{
    size_t len = strlen(path), n = strlen(ending);
    return len > n && !strcasecmp(path + len - n, ending);
}

bool path_ends_in(const char *path, const char *const *endings)
{
    for (; *endings; endings++)
        if (path_ends(path, *endings))
            return true;
    return false;
}

int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}
