/* package_edit.c - see package_edit.h. */
#include "workbook/package_edit.h"

#include "workbook/archive_writer.h"
#include "xml/xml_node.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char types_name[] = "[Content_Types].xml";
static const char no_relations[] =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"/>";

enum edit_kind { EDIT_TREE, EDIT_SPOOLED, EDIT_DROPPED };

struct part_edit {
    const char *name;
    int part; /* ARCHIVE_NONE: it is new */
    enum edit_kind kind;
    xmlDoc *tree;
    size_t at, len;
};

struct package_edit {
    struct archive *archive;
    struct spool *spool;
    struct arena arena;
    struct part_edit *edits;
    size_t n, cap;
};

struct package_edit *package_edit_new(struct archive *a, struct spool *spool)
{
    struct package_edit *p = mem_alloc(1, sizeof *p);
    p->archive = a;
    p->spool = spool;
    return p;
}

void package_edit_free(struct package_edit *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++)
        xmlFreeDoc(p->edits[i].tree);
    arena_free(&p->arena);
    free(p);
}

/* --- which parts become what --- */

static struct part_edit *edit_named(struct package_edit *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (!strcasecmp(p->edits[i].name, name))
            return &p->edits[i];
    return NULL;
}

/* The part's edit, a new one if need be, with nothing in it; what stands there as another thing
 * stays, and the file is refused: one part cannot be both (a sheet that is the styles, too). */
static struct part_edit *edit_anew(struct package_edit *p, const char *name, enum edit_kind kind)
{
    struct part_edit *e = edit_named(p, name);
    if (e && e->part != ARCHIVE_NONE && e->kind != EDIT_DROPPED && e->kind != kind) {
        archive_refuse(p->archive, e->part,
                       "在工作簿里同时当作两样东西：请用 Excel 或 WPS 打开并修复，再另存一次",
                       "is named as two things at once: let Excel or WPS open and repair it and "
                       "save it again");
        return e;
    }
    if (!e)
        e = ARENA_PUSH(&p->arena, p->edits, p->n, p->cap);
    else
        xmlFreeDoc(e->tree);
    *e = (struct part_edit){.name = arena_strdup(&p->arena, name),
                            .part = archive_find(p->archive, name),
                            .kind = kind};
    return e;
}

void package_add_spooled(struct package_edit *p, const char *name, size_t at, size_t len)
{
    struct part_edit *e = edit_anew(p, name, EDIT_SPOOLED);
    e->at = at;
    e->len = len;
}

void package_replace(struct package_edit *p, int part, size_t at, size_t len)
{
    package_add_spooled(p, archive_name(p->archive, part), at, len);
}

const char *package_new_name(struct package_edit *p, const char *pattern)
{
    const char *number = strstr(pattern, "%d");
    for (int i = 1;; i++) {
        const char *name =
            arena_printf(&p->arena, "%.*s%d%s", (int)(number - pattern), pattern, i, number + 2);
        const struct part_edit *e = edit_named(p, name);
        if (e ? e->kind == EDIT_DROPPED : archive_find(p->archive, name) == ARCHIVE_NONE)
            return name;
    }
}

/* --- trees --- */

/* otherwise: what a part that is not there is to be; NULL: none. */
static xmlDoc *tree_named(struct package_edit *p, const char *name, const char *otherwise)
{
    struct part_edit *e = edit_named(p, name);
    int part = archive_find(p->archive, name);
    struct buffer bytes = {0};
    xmlDoc *tree = NULL;
    if (e && e->kind == EDIT_TREE)
        return e->tree;
    if (part == ARCHIVE_NONE)
        tree = otherwise ? dom_parse(otherwise, strlen(otherwise)) : NULL;
    else if (archive_read(p->archive, part, PACKAGE_TREE_LIMIT, &bytes))
        tree = dom_parse(bytes.data, bytes.len);
    buffer_clear(&bytes);
    if (tree)
        edit_anew(p, name, EDIT_TREE)->tree = tree;
    return tree;
}

xmlDoc *package_new_tree(struct package_edit *p, const char *name, const char *markup)
{
    xmlDoc *tree = dom_parse(markup, strlen(markup));
    edit_anew(p, name, EDIT_TREE)->tree = tree;
    return tree;
}

void package_forget(struct package_edit *p, const char *name)
{
    edit_anew(p, name, EDIT_DROPPED);
}

xmlDoc *package_try_tree(struct package_edit *p, int part)
{
    return tree_named(p, archive_name(p->archive, part), NULL);
}

static xmlDoc *or_refused(struct package_edit *p, int part, xmlDoc *tree)
{
    if (!tree)
        archive_refuse(p->archive, part, "已损坏：请用 Excel 或 WPS 打开并修复，再另存一次",
                       "is damaged: let Excel or WPS open and repair it and save it again");
    return tree;
}

xmlDoc *package_tree(struct package_edit *p, int part)
{
    return or_refused(p, part, package_try_tree(p, part));
}

/* --- types and relations --- */

static xmlNode *type_entry(xmlNode *root, const char *element, const char *key, const char *value)
{
    struct arena room = {0};
    xmlNode *found = NULL;
    for (xmlNode *n = NULL; !found && (n = xml_child(root, element, n));) {
        const char *of = xml_attribute_text(n, key, &room);
        found = strcasecmp(*of == '/' ? of + 1 : of, value) ? NULL : n;
    }
    arena_free(&room);
    return found;
}

static bool set_type(struct package_edit *p, const char *element, const char *key,
                     const char *shown, const char *value, const char *type)
{
    xmlDoc *types = tree_named(p, types_name, NULL);
    xmlNode *root = types ? xmlDocGetRootElement(types) : NULL,
            *entry = root ? type_entry(root, element, key, value) : NULL;
    if (!root)
        return archive_refuse(p->archive, ARCHIVE_NONE, "文件不完整：没有 %s",
                              "the file is not whole: it has no %s", types_name);
    if (!entry) {
        entry = xmlNewChild(root, root->ns, (const xmlChar *)element, NULL);
        xmlNewProp(entry, (const xmlChar *)key, (const xmlChar *)shown);
    }
    xmlSetProp(entry, (const xmlChar *)"ContentType", (const xmlChar *)type);
    return true;
}

const char *package_type(struct package_edit *p, const char *name)
{
    xmlDoc *types = tree_named(p, types_name, NULL);
    xmlNode *entry =
        types ? type_entry(xmlDocGetRootElement(types), "Override", "PartName", name) : NULL;
    return entry ? xml_attribute_text(entry, "ContentType", &p->arena) : "";
}

bool package_set_type(struct package_edit *p, const char *name, const char *type)
{
    return set_type(p, "Override", "PartName", arena_printf(&p->arena, "/%s", name), name, type);
}

bool package_set_default_type(struct package_edit *p, const char *suffix, const char *type)
{
    return set_type(p, "Default", "Extension", suffix, suffix, type);
}

static const char *relations_name(struct package_edit *p, const char *name)
{
    const char *slash = strrchr(name, '/'), *leaf = slash ? slash + 1 : name;
    return arena_printf(&p->arena, "%.*s_rels/%s.rels", (int)(leaf - name), name, leaf);
}

/* NULL: reported. */
static xmlDoc *relations_tree(struct package_edit *p, const char *name)
{
    const char *rels = relations_name(p, name);
    return or_refused(p, archive_find(p->archive, rels), tree_named(p, rels, no_relations));
}

void package_drop(struct package_edit *p, int part)
{
    const char *name = archive_name(p->archive, part), *rels = relations_name(p, name);
    xmlDoc *types = tree_named(p, types_name, NULL);
    xmlNode *entry =
        types ? type_entry(xmlDocGetRootElement(types), "Override", "PartName", name) : NULL;
    if (entry)
        dom_remove(entry);
    edit_anew(p, name, EDIT_DROPPED);
    if (archive_find(p->archive, rels) != ARCHIVE_NONE)
        edit_anew(p, rels, EDIT_DROPPED);
}

/* Wherever below it stands: readers take relations that are out of their place, too. */
static bool has_id(const xmlNode *parent, const char *id)
{
    for (xmlNode *n = NULL; (n = xml_child(parent, NULL, n));) {
        xmlChar *own = xmlGetNoNsProp(n, BAD_CAST "Id");
        bool same = own && !strcasecmp((const char *)own, id);
        xmlFree(own);
        if (same || has_id(n, id))
            return true;
    }
    return false;
}

const char *package_relate(struct package_edit *p, const char *name, const char *type,
                           const char *target)
{
    xmlDoc *tree = relations_tree(p, name);
    xmlNode *root = tree ? xmlDocGetRootElement(tree) : NULL;
    const char *id = "";
    bool taken = true;
    if (!root)
        return NULL;
    for (int i = 1; taken; i++) {
        id = arena_printf(&p->arena, "rId%d", i);
        taken = has_id(root, id);
    }
    xmlNode *n = xmlNewChild(root, root->ns, (const xmlChar *)"Relationship", NULL);
    xmlNewProp(n, (const xmlChar *)"Id", (const xmlChar *)id);
    xmlNewProp(n, (const xmlChar *)"Type", (const xmlChar *)type);
    xmlNewProp(n, (const xmlChar *)"Target", (const xmlChar *)target);
    return id;
}

bool package_unrelate(struct package_edit *p, const char *name, const char *id)
{
    xmlDoc *tree = relations_tree(p, name);
    xmlNode *n = tree ? type_entry(xmlDocGetRootElement(tree), "Relationship", "Id", id) : NULL;
    if (n)
        dom_remove(n);
    return tree;
}

const char *package_target(struct package_edit *p, const char *from, const char *to)
{
    size_t common = 0;
    const char *up = "";
    for (size_t i = 0; from[i] && from[i] == to[i]; i++)
        if (from[i] == '/')
            common = i + 1;
    for (const char *s = from + common; (s = strchr(s, '/')); s++)
        up = arena_printf(&p->arena, "../%s", up);
    return arena_printf(&p->arena, "%s%s", up, to + common);
}

/* --- writing --- */

static void write_edit(struct package_edit *p, struct archive_writer *w, const struct part_edit *e)
{
    xmlChar *text = NULL;
    int len = 0;
    switch (e->kind) {
    case EDIT_TREE:
        xmlDocDumpMemoryEnc(e->tree, &text, &len, "UTF-8");
        archive_writer_add(w, e->name, text, (size_t)len);
        xmlFree(text);
        break;
    case EDIT_SPOOLED:
        archive_writer_add_spooled(w, e->name, p->spool, e->at, e->len);
        break;
    case EDIT_DROPPED:
        break;
    }
}

bool package_write(struct package_edit *p, int fd)
{
    struct archive_writer *w = archive_writer_new(fd);
    struct part_edit **of =
        mem_alloc((size_t)archive_count(p->archive) + 1, sizeof *of); /* by part */
    bool ok = true;
    for (size_t i = 0; i < p->n; i++)
        if (p->edits[i].part != ARCHIVE_NONE)
            of[p->edits[i].part] = &p->edits[i];
    for (int i = 0; ok && i < archive_count(p->archive); i++)
        if (of[i])
            write_edit(p, w, of[i]);
        else
            ok = archive_writer_copy(w, p->archive, i);
    for (size_t i = 0; i < p->n; i++)
        if (p->edits[i].part == ARCHIVE_NONE)
            write_edit(p, w, &p->edits[i]);
    ok = archive_writer_end(w) && ok;
    archive_writer_free(w);
    free(of);
    return ok;
}
