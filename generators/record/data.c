/* data.c - see data.h. */
#include "record/data.h"

#include "core/buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

enum { MOST_BYTES = 4 << 20 };

static bool read_file(const char *path, struct buffer *out, struct diag *diag)
{
    FILE *f = fopen(path, "rb");
    size_t got = 1;
    while (f && got > 0 && out->len <= MOST_BYTES) {
        unsigned char *room = buffer_room(out, 65536);
        got = fread(room, 1, 65536, f);
        out->len -= 65536 - got;
    }
    bool ok = f && !ferror(f);
    if (!ok)
        diag_system(diag, (struct src_pos){path, 0}, "无法读取：%s", "cannot be read: %s",
                    strerror(errno));
    if (f)
        fclose(f);
    if (ok && out->len > MOST_BYTES)
        ok = diag_system(diag, (struct src_pos){path, 0}, "超过 %d 字节", "has more than %d bytes",
                         MOST_BYTES);
    return ok;
}

record_node *record_data_read(const char *path, struct diag *diag)
{
    struct buffer bytes = {0};
    xmlDoc *doc = NULL;

    if (!read_file(path, &bytes, diag)) {
        buffer_clear(&bytes);
        return NULL;
    }
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    if (ctxt)
        doc = xmlCtxtReadMemory(ctxt, (const char *)bytes.data, (int)bytes.len, path, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                    XML_PARSE_NOCDATA);
    if (!doc) {
        const xmlError *e = ctxt ? xmlCtxtGetLastError(ctxt) : NULL;
        const char *why = e && e->message ? e->message : "?";
        diag_system(diag, (struct src_pos){path, e ? e->line : 0}, "不是完好的 XML：%.*s",
                    "is not well-formed XML: %.*s", (int)strcspn(why, "\n"), why);
    } else if (doc->intSubset || !xmlDocGetRootElement(doc)) {
        diag_system(diag, (struct src_pos){path, 1}, "不应有 DOCTYPE", "must not have a DOCTYPE");
        xmlFreeDoc(doc);
        doc = NULL;
    }
    xmlFreeParserCtxt(ctxt);
    buffer_clear(&bytes);
    return doc ? xmlDocGetRootElement(doc) : NULL;
}

void record_data_free(record_node *root)
{
    if (root)
        xmlFreeDoc(root->doc);
}

const char *record_name(const record_node *node)
{
    return (const char *)node->name;
}

const char *record_attribute(const record_node *node, const char *name, struct arena *arena)
{
    xmlChar *s = xmlGetProp(node, (const xmlChar *)name);
    const char *kept = s ? arena_strdup(arena, (const char *)s) : "";
    xmlFree(s);
    return kept;
}

void record_text(const record_node *node, struct buffer *out)
{
    xmlChar *s = xmlNodeGetContent(node);
    if (s)
        buffer_puts(out, (const char *)s);
    xmlFree(s);
}

record_node *record_child(const record_node *parent, const record_node *after)
{
    xmlNode *n = after ? after->next : parent->children;
    while (n && n->type != XML_ELEMENT_NODE)
        n = n->next;
    return n;
}

record_node *record_add(record_node *parent, const char *name)
{
    return xmlNewChild(parent, NULL, (const xmlChar *)name, NULL);
}

void record_put(record_node *node, const char *name, const char *value)
{
    if (value)
        xmlSetProp(node, (const xmlChar *)name, (const xmlChar *)value);
}

void record_drop(record_node *node)
{
    if (!node)
        return;
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}
