/* mark_book.c - see mark_book.h (ECMA-376, 18.2). */
#include "workbook/mark_book.h"

#include "xml/xml_node.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool has_title(const struct mark_book *b, const char *title)
{
    xmlNode *sheets = xml_child(b->root, "sheets", NULL);
    size_t i = 0;
    for (xmlNode *s = NULL; (s = xml_child(sheets, "sheet", s)); i++)
        if (!(i < b->n_sheets && b->dropped[i]) &&
            !strcasecmp(xml_attribute_text(s, "name", b->arena), title))
            return true;
    return false;
}

const char *mark_book_title(const struct mark_book *b, const char *title)
{
    const char *name = title;
    for (int i = 2; has_title(b, name); i++)
        name = arena_printf(b->arena, "%s (%d)", title, i);
    return name;
}

/* Of names that belong to one sheet, and are numbered by its tab. */
static void renumber_names(const struct mark_book *b)
{
    xmlNode *next, *names = xml_child(b->root, "definedNames", NULL);
    for (xmlNode *n = xml_child(names, NULL, NULL); n; n = next) {
        const char *written = xml_attribute_text(n, "localSheetId", b->arena);
        size_t at = (size_t)strtoul(written, NULL, 10), before = 0;
        next = xml_child(names, NULL, n);
        if (!*written)
            continue;
        for (size_t i = 0; i < at && i < b->n_sheets; i++)
            before += b->dropped[i];
        if (at < b->n_sheets && b->dropped[at])
            dom_remove(n);
        else
            xmlSetProp(n, (const xmlChar *)"localSheetId",
                       (const xmlChar *)arena_printf(b->arena, "%zu", at - before + 1));
    }
    if (names && !xml_child(names, NULL, NULL))
        dom_remove(names);
}

static void show_first(const struct mark_book *b)
{
    xmlNode *views = xml_child(b->root, "bookViews", NULL);
    if (!views)
        dom_add(b->root, xml_child(b->root, "sheets", NULL),
                "<bookViews><workbookView/></bookViews>");
    for (xmlNode *v = NULL; (v = xml_child(views, NULL, v));) {
        xmlUnsetProp(v, (const xmlChar *)"activeTab");
        xmlUnsetProp(v, (const xmlChar *)"firstSheet");
    }
}

/* Removes what was dropped; the number that no sheet has yet. */
static unsigned long remove_sheets(const struct mark_book *b, xmlNode *sheets)
{
    unsigned long most = 0;
    xmlNode *next;
    size_t i = 0;
    for (xmlNode *s = xml_child(sheets, "sheet", NULL); s; s = next, i++) {
        unsigned long id = strtoul(xml_attribute_text(s, "sheetId", b->arena), NULL, 10);
        next = xml_child(sheets, "sheet", s);
        if (i < b->n_sheets && b->dropped[i])
            dom_remove(s);
        else if (id > most && id < 65534)
            most = id;
    }
    return most + 1;
}

void mark_book_write(const struct mark_book *b, const char *title, const char *relation,
                     const char *space)
{
    xmlNode *sheets = xml_child(b->root, "sheets", NULL);
    renumber_names(b);
    show_first(b);
    unsigned long id = remove_sheets(b, sheets);
    xmlNode *sheet = dom_add(sheets, xml_child(sheets, NULL, NULL), "<sheet/>");
    xmlNs *ns = xmlSearchNsByHref(sheet->doc, sheet, (const xmlChar *)space);
    xmlSetProp(sheet, (const xmlChar *)"name", (const xmlChar *)title);
    xmlSetProp(sheet, (const xmlChar *)"sheetId",
               (const xmlChar *)arena_printf(b->arena, "%lu", id));
    xmlSetNsProp(sheet,
                 ns && ns->prefix ? ns
                                  : xmlNewNs(sheet, (const xmlChar *)space, (const xmlChar *)"r"),
                 (const xmlChar *)"id", (const xmlChar *)relation);
}
