/* xml_mutator.c - see xml_mutator.h. */
#include "xml_mutator.h"

#include "core/utf8.h"
#include "xml/xml.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS };

struct elements {
    xmlNode **list;
    size_t n, cap;
};

static struct elements learnt;
static xmlDoc *documents[256];
static size_t n_documents;
static struct dice dice;

static void gather(struct elements *e, xmlNode *node)
{
    for (; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE) {
            *MEM_PUSH(e->list, e->n, e->cap) = node;
            gather(e, node->children);
        }
}

static void forget_documents(void)
{
    for (size_t i = 0; i < n_documents; i++)
        xmlFreeDoc(documents[i]);
    free(learnt.list);
}

static void learn(xmlDoc *doc)
{
    door_hold(doc && n_documents < sizeof documents / sizeof *documents);
    if (n_documents == 0)
        atexit(forget_documents);
    documents[n_documents++] = doc;
    gather(&learnt, xmlDocGetRootElement(doc));
}

void xml_learn(const char *path)
{
    static char bytes[1 << 20];
    FILE *in = fopen(path, "rb");
    door_hold(in);
    size_t n = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    xml_learn_bytes(bytes, n);
}

void xml_learn_bytes(const void *data, size_t size)
{
    xml_guard();
    learn(xmlReadMemory(data, (int)size, NULL, NULL, OPTIONS));
}

static xmlNode *any(const struct elements *e)
{
    return e->n ? e->list[dice_roll(&dice, e->n)] : NULL;
}

/* One that was learnt, of this name, or (child) that stood in an element of this name; where luck
 * fails, any. */
static xmlNode *any_learnt(const xmlChar *name, bool child)
{
    xmlNode *node = NULL;
    for (int tries = 0; tries < 200; tries++) {
        node = any(&learnt);
        const xmlNode *of = node && child ? node->parent : node;
        if (of && of->name && xmlStrEqual(of->name, name))
            break;
    }
    return node;
}

static bool is_within(const xmlNode *node, const xmlNode *of)
{
    for (; node; node = node->parent)
        if (node == of)
            return true;
    return false;
}

/* Bytes that libFuzzer has altered, as far as they may stand in XML. */
static xmlChar *alter_text(const xmlChar *text)
{
    static uint8_t bytes[4096];
    size_t n = text ? strlen((const char *)text) : 0, kept = 0;
    n = n > sizeof bytes / 2 ? sizeof bytes / 2 : n;
    if (n)
        memcpy(bytes, text, n);
    n = LLVMFuzzerMutate(bytes, n, sizeof bytes - 1);
    for (size_t at = 0, used; at < n; at += used) {
        uint32_t cp = utf8_next((char *)bytes + at, n - at, &used);
        if (cp == UTF8_BAD || (cp < 0x20 && cp != '\t' && cp != '\n') || cp == 0xFFFE ||
            cp == 0xFFFF)
            continue;
        memmove(bytes + kept, bytes + at, used);
        kept += used;
    }
    bytes[kept] = 0;
    return xmlStrdup(bytes);
}

static xmlAttr *any_attribute(const xmlNode *node)
{
    size_t n = 0;
    for (xmlAttr *a = node->properties; a; a = a->next)
        n++;
    xmlAttr *a = node->properties;
    for (n = dice_roll(&dice, n); n > 0; n--)
        a = a->next;
    return a;
}

static void copy_attribute(xmlNode *to, const xmlNode *from)
{
    xmlAttr *a = from ? any_attribute(from) : NULL;
    xmlChar *value = a ? xmlNodeListGetString(from->doc, a->children, 1) : NULL;
    if (a)
        xmlSetProp(to, a->name, value ? value : BAD_CAST "");
    xmlFree(value);
}

static void alter_attribute(xmlNode *node)
{
    xmlAttr *a = any_attribute(node);
    if (!a)
        return;
    if (dice_roll(&dice, 4) == 0) {
        xmlRemoveProp(a);
        return;
    }
    xmlChar *old = xmlNodeListGetString(node->doc, a->children, 1), *new = alter_text(old);
    xmlChar *name = xmlStrdup(a->name);
    xmlSetProp(node, name, new);
    xmlFree(name);
    xmlFree(new);
    xmlFree(old);
}

static void alter_own_text(xmlNode *node)
{
    for (xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_TEXT_NODE) {
            xmlChar *new = alter_text(child->content);
            xmlNodeSetContent(child, NULL);
            xmlNodeAddContent(child, new);
            xmlFree(new);
            return;
        }
    xmlChar *new = alter_text(NULL);
    xmlAddChild(node, xmlNewText(new));
    xmlFree(new);
}

static void put_in(xmlNode *parent, xmlNode *child)
{
    xmlNode *before = parent->children;
    for (size_t n = dice_roll(&dice, 4); before && n > 0; n--)
        before = before->next;
    if (before)
        xmlAddPrevSibling(before, child);
    else
        xmlAddChild(parent, child);
}

static void copy_beside(xmlNode *node, size_t times)
{
    for (; node->parent->type == XML_ELEMENT_NODE && times > 0; times--)
        xmlAddNextSibling(node, xmlCopyNode(node, 1));
}

static void alter_tree(xmlDoc *doc)
{
    struct elements e = {0};
    gather(&e, xmlDocGetRootElement(doc));
    xmlNode *node = any(&e), *other = any(&e), *from;
    switch (e.n < 4000 ? dice_roll(&dice, 10) : 0) {
    case 0:
        if (node != e.list[0]) {
            xmlUnlinkNode(node);
            xmlFreeNode(node);
        }
        break;
    case 1:
        copy_beside(node, dice_roll(&dice, 8) ? 1 : 40);
        break;
    case 2:
        if (node != e.list[0] && !is_within(other, node)) {
            xmlUnlinkNode(node);
            put_in(other, node);
            xmlReconciliateNs(doc, node); /* whoever declares its namespaces may go next */
        }
        break;
    case 3:
    case 4:
        if ((from = any_learnt(node->name, true)))
            put_in(node, xmlDocCopyNode(from, doc, 1));
        break;
    case 5:
        copy_attribute(node, any_learnt(node->name, false));
        break;
    case 6:
        copy_attribute(node, other);
        break;
    case 7:
        alter_attribute(node);
        break;
    case 8:
        alter_own_text(node);
        break;
    case 9:
        if ((from = any(&learnt)))
            xmlNodeSetName(node, from->name);
        break;
    }
    free(e.list);
}

size_t xml_mutate(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    dice.state = seed;
    xml_guard();
    xmlDoc *doc = dice_roll(&dice, 5)
                      ? xmlReadMemory((const char *)data, (int)size, NULL, NULL, OPTIONS)
                      : NULL;
    if (!doc || !xmlDocGetRootElement(doc)) {
        xmlFreeDoc(doc);
        return LLVMFuzzerMutate(data, size, max);
    }
    for (size_t n = 1 + dice_roll(&dice, 3); n > 0; n--)
        alter_tree(doc);
    xmlChar *text = NULL;
    int len = 0;
    xmlDocDumpMemoryEnc(doc, &text, &len, "UTF-8");
    if (text && (size_t)len <= max && len > 0) {
        memcpy(data, text, (size_t)len);
        size = (size_t)len;
    }
    xmlFree(text);
    xmlFreeDoc(doc);
    return size;
}
