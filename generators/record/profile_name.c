/* profile_name.c - see profile_name.h. */
#include "record/profile_name.h"

#include "record/stream.h"

#include <string.h>

struct root {
    struct arena *arena;
    const char *profile;
    bool seen;
};

static void start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                  int n_namespaces, const xmlChar **namespaces, int n, int n_defaulted,
                  const xmlChar **attributes)
{
    struct root *root = data;
    (void)name, (void)prefix, (void)uri, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    for (int i = 0; !root->seen && i < n; i++) {
        const xmlChar **a = attributes + 5 * i; /* name, prefix, uri, value, its end */
        if (!a[1] && !strcmp((const char *)a[0], "profile"))
            root->profile = arena_strndup(root->arena, (const char *)a[3], (size_t)(a[4] - a[3]));
    }
    root->seen = true;
}

static void ignore_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)data, (void)name, (void)prefix, (void)uri;
}

static void ignore_text(void *data, const xmlChar *text, int len)
{
    (void)data, (void)text, (void)len;
}

const char *record_profile_name(const struct input *in, struct arena *arena)
{
    static const struct stream_events events = {
        .start = start, .end = ignore_end, .text = ignore_text};
    struct root root = {.arena = arena};
    struct arena own = {0};
    struct diag silent = {0};
    int fd = input_open(in, &silent);

    if (fd >= 0) {
        struct stream *s = stream_new(fd, &events, &root, &own);
        while (!root.seen && stream_read(s))
            ;
        stream_free(s);
        input_close(in, fd);
    }
    diag_clear(&silent);
    arena_free(&own);
    return root.profile && *root.profile ? root.profile : NULL;
}
