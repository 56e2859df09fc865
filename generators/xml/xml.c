/* xml.c - see xml.h. */
#include "xml/xml.h"

#include "core/arena.h"
#include "core/machine.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/globals.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

static xmlParserInput *refuse(const char *url, const char *id, xmlParserCtxt *ctx)
{
    (void)url, (void)id, (void)ctx;
    return NULL;
}

static void silent(void *data, const char *format, ...)
{
    (void)data, (void)format; /* what matters reaches a structured handler of its context */
}

static void *get(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p)
        machine_out_of_memory(size);
    return p;
}

static void *resize(void *p, size_t size)
{
    return mem_resize(p, 1, size);
}

static char *copy(const char *s)
{
    size_t size = strlen(s) + 1;
    return memcpy(get(size), s, size);
}

void xml_guard(void)
{
    static bool memory_set; /* once: what was allocated before is malloc's, and stays freeable */
    if (!memory_set)
        xmlMemSetup(free, get, resize, copy);
    memory_set = true;
    xmlSetGenericErrorFunc(NULL, silent);
    xmlSetExternalEntityLoader(refuse);
}

static void undo_ampersands(const unsigned char **attribute)
{
    static const char written[] = "&#38;";
    unsigned char *to = (unsigned char *)attribute[3], *end = (unsigned char *)attribute[4];
    if (!memchr(to, '&', (size_t)(end - to)))
        return;
    for (unsigned char *from = to; from < end;) {
        bool ampersand = (size_t)(end - from) >= sizeof written - 1 &&
                         !memcmp(from, written, sizeof written - 1);
        *to++ = *from;
        from += ampersand ? sizeof written - 1 : 1;
    }
    attribute[4] = to;
}

void xml_undo_ampersands(const unsigned char **attributes, int n)
{
    for (int i = 0; i < n; i++)
        undo_ampersands(attributes + 5 * i);
}
