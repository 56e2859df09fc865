/* mark_styles.c - see mark_styles.h. */
#include "workbook/mark_styles.h"

#include "xml/xml_node.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { UNKNOWN = -1, STYLES_MOST = 64000 /* Excel's own limit */ };

static const char *const colours[] = {
    [SEVERITY_ERROR] = "FFF9C5C1", [SEVERITY_WARNING] = "FFFFE69A"};

/* A list of the style sheet: fonts, fills, borders, cellXfs; as text what is compared. */
struct style_list {
    xmlNode *node;
    char **texts;
    xmlNode **nodes;
    size_t n, cap;
};

struct mark_styles {
    xmlNode *root;
    struct style_list fonts, fills, borders, formats;
    long (*of)[3]; /* of each style: as it is plain, and marked for either severity; UNKNOWN */
    size_t n_of;
    bool backs_kept, lost;
    size_t own[MARK_STYLES]; /* and one more than each is; 0: not asked for yet */
};

static char *text_of(xmlNode *n)
{
    xmlBuffer *b = xmlBufferCreate();
    xmlNodeDump(b, n->doc, n, 0, 0);
    char *text = strdup((const char *)xmlBufferContent(b));
    xmlBufferFree(b);
    return text;
}

static void list_node(struct style_list *l, xmlNode *n)
{
    size_t cap = l->cap;
    char text[24];
    l->texts = mem_grow(l->texts, l->n, &cap, sizeof *l->texts);
    l->nodes = mem_grow(l->nodes, l->n, &l->cap, sizeof *l->nodes);
    l->nodes[l->n] = n;
    l->texts[l->n++] = text_of(n);
    snprintf(text, sizeof text, "%zu", l->n);
    if (xmlHasProp(l->node, (const xmlChar *)"count"))
        xmlSetProp(l->node, (const xmlChar *)"count", (const xmlChar *)text);
}

/* ECMA-376, 18.8.39 has them in this order. */
static xmlNode *place_of(struct mark_styles *m, const char *name)
{
    static const char *const order[] = {"numFmts", "fonts",        "fills",
                                        "borders", "cellStyleXfs", "cellXfs"};
    size_t at = 0;
    while (strcmp(order[at], name))
        at++;
    xmlNode *before = xml_child(m->root, NULL, NULL);
    for (bool earlier = true; before && earlier;) {
        earlier = false;
        for (size_t i = 0; i < at; i++)
            earlier = earlier || !strcmp((const char *)before->name, order[i]);
        before = earlier ? xml_child(m->root, NULL, before) : before;
    }
    return before;
}

static void read_list(struct mark_styles *m, struct style_list *l, const char *name,
                      const char *otherwise)
{
    l->node = xml_child(m->root, name, NULL);
    if (!l->node)
        l->node = dom_add(m->root, place_of(m, name), otherwise);
    for (xmlNode *n = NULL; (n = xml_child(l->node, NULL, n));)
        list_node(l, n);
}

struct mark_styles *mark_styles_new(xmlNode *root, bool backs_kept)
{
    struct mark_styles *m = mem_alloc(1, sizeof *m);
    m->backs_kept = backs_kept;
    m->root = root;
    read_list(m, &m->fonts, "fonts",
              "<fonts><font><sz val=\"11\"/><name val=\"宋体\"/></font></fonts>");
    read_list(m, &m->fills, "fills",
              "<fills><fill><patternFill patternType=\"none\"/></fill><fill><patternFill "
              "patternType=\"gray125\"/></fill></fills>");
    read_list(m, &m->borders, "borders",
              "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>");
    read_list(m, &m->formats, "cellXfs",
              "<cellXfs><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellXfs>");
    return m;
}

static void clear_list(struct style_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->texts[i]);
    free(l->texts);
    free(l->nodes);
}

void mark_styles_free(struct mark_styles *m)
{
    if (!m)
        return;
    clear_list(&m->fonts);
    clear_list(&m->fills);
    clear_list(&m->borders);
    clear_list(&m->formats);
    free(m->of);
    free(m);
}

/* The number of an equal one; how many there are when there is none. */
static size_t place_in(const struct style_list *l, xmlNode *n)
{
    char *text = text_of(n);
    size_t i = 0;
    while (i < l->n && strcmp(l->texts[i], text))
        i++;
    free(text);
    return i;
}

/* The number of an equal one in the list, whose end it becomes otherwise. It is freed, or the
 * tree's. */
static size_t enlist(struct style_list *l, xmlNode *n)
{
    xmlAddChild(l->node, n);
    size_t i = place_in(l, n);
    if (i < l->n)
        dom_remove(n);
    else
        list_node(l, n);
    return i;
}

static size_t enlist_markup(struct style_list *l, const char *markup)
{
    return enlist(l, dom_add(l->node, NULL, markup));
}

static xmlNode *solid_of(const struct style_list *fills, size_t fill)
{
    xmlNode *pattern = fill < fills->n ? xml_child(fills->nodes[fill], "patternFill", NULL) : NULL;
    struct arena room = {0};
    bool solid = pattern && !strcmp(xml_attribute_text(pattern, "patternType", &room), "solid");
    arena_free(&room);
    return solid ? pattern : NULL;
}

static bool is_colour(const xmlNode *colour, const char *rgb)
{
    struct arena room = {0};
    bool is = colour && !strcasecmp(xml_attribute_text(colour, "rgb", &room), rgb);
    arena_free(&room);
    return is;
}

static bool is_mark(const struct mark_styles *m, size_t fill)
{
    xmlNode *solid = solid_of(&m->fills, fill), *front = xml_child(solid, "fgColor", NULL);
    return is_colour(front, colours[SEVERITY_ERROR]) || is_colour(front, colours[SEVERITY_WARNING]);
}

static size_t fill_of(const struct mark_styles *m, size_t style)
{
    struct arena room = {0};
    size_t fill =
        (size_t)strtoul(xml_attribute_text(m->formats.nodes[style], "fillId", &room), NULL, 10);
    arena_free(&room);
    return fill;
}

static bool same_colour(xmlNode *a, xmlNode *b)
{
    static const char *const words[] = {"rgb", "theme", "tint", "indexed", "auto"};
    struct arena room = {0};
    bool same = true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        same = same && !strcasecmp(xml_attribute_text(a, words[i], &room),
                                   xml_attribute_text(b, words[i], &room));
    arena_free(&room);
    return same;
}

/* The background of a fill that covers nothing. */
static bool is_nothing(const xmlNode *colour)
{
    struct arena room = {0};
    bool nothing = !colour || !strcmp(xml_attribute_text(colour, "indexed", &room), "64") ||
                   *xml_attribute_text(colour, "auto", &room);
    arena_free(&room);
    return nothing;
}

/* The fill that a mark covers. */
static size_t covered_fill(struct mark_styles *m, size_t mark)
{
    xmlNode *back = xml_child(solid_of(&m->fills, mark), "bgColor", NULL);
    m->lost = m->lost || !m->backs_kept;
    if (is_nothing(back) || !m->backs_kept)
        return 0;
    for (size_t i = 0; i < m->fills.n; i++) {
        xmlNode *front = xml_child(solid_of(&m->fills, i), "fgColor", NULL);
        if (front && same_colour(front, back) && !is_mark(m, i))
            return i;
    }
    xmlNode *fill =
                dom_add(m->fills.node, NULL, "<fill><patternFill patternType=\"solid\"/></fill>"),
            *front = dom_copy(back);
    xmlUnlinkNode(fill);
    xmlNodeSetName(front, (const xmlChar *)"fgColor");
    xmlAddChild(xml_child(fill, NULL, NULL), front);
    return enlist(&m->fills, fill);
}

static size_t mark_fill(struct mark_styles *m, size_t covered, enum severity severity)
{
    struct arena room = {0};
    xmlNode *front = xml_child(solid_of(&m->fills, covered), "fgColor", NULL);
    xmlNode *fill = dom_add(m->fills.node, NULL,
                            arena_printf(&room,
                                         "<fill><patternFill patternType=\"solid\"><fgColor "
                                         "rgb=\"%s\"/></patternFill></fill>",
                                         colours[severity])),
            *back = front ? dom_copy(front) : NULL;
    if (back) {
        xmlNodeSetName(back, (const xmlChar *)"bgColor");
        xmlAddChild(xml_child(fill, NULL, NULL), back);
    } else {
        dom_add(xml_child(fill, NULL, NULL), NULL, "<bgColor indexed=\"64\"/>");
    }
    xmlUnlinkNode(fill);
    arena_free(&room);
    return enlist(&m->fills, fill);
}

static size_t with_fill(struct mark_styles *m, size_t style, size_t fill)
{
    char number[24];
    if (mark_styles_full(m))
        return style;
    xmlNode *n = dom_copy(m->formats.nodes[style]);
    xmlAddChild(m->formats.node, n);
    snprintf(number, sizeof number, "%zu", fill);
    xmlSetProp(n, (const xmlChar *)"fillId", (const xmlChar *)number);
    xmlSetProp(n, (const xmlChar *)"applyFill", (const xmlChar *)"1");
    /* not every program says so of a fill */
    bool plain = !is_mark(m, fill) && place_in(&m->formats, n) == m->formats.n;
    if (plain)
        xmlUnsetProp(n, (const xmlChar *)"applyFill");
    if (plain && fill && place_in(&m->formats, n) == m->formats.n)
        xmlSetProp(n, (const xmlChar *)"applyFill", (const xmlChar *)"1");
    return enlist(&m->formats, n);
}

/* What is known of a style; it stays the same place until the next call. */
static long *known(struct mark_styles *m, size_t style)
{
    if (style >= m->n_of) {
        m->of = mem_resize(m->of, m->formats.n, sizeof *m->of);
        for (; m->n_of < m->formats.n; m->n_of++)
            for (size_t i = 0; i < 3; i++)
                m->of[m->n_of][i] = UNKNOWN;
    }
    return m->of[style];
}

static size_t in_range(const struct mark_styles *m, size_t style)
{
    return style < m->formats.n ? style : 0;
}

size_t mark_styles_plain(struct mark_styles *m, size_t style)
{
    if (style >= m->formats.n)
        return style; /* as the book has it */
    long found = known(m, style)[2];
    if (found == UNKNOWN) {
        size_t fill = fill_of(m, style);
        found = (long)(is_mark(m, fill) ? with_fill(m, style, covered_fill(m, fill)) : style);
        known(m, style)[2] = found;
    }
    return (size_t)found;
}

size_t mark_styles_marked(struct mark_styles *m, size_t style, enum severity severity)
{
    size_t plain = in_range(m, mark_styles_plain(m, in_range(m, style)));
    long found = known(m, plain)[severity];
    if (found == UNKNOWN) {
        found = (long)with_fill(m, plain, mark_fill(m, fill_of(m, plain), severity));
        known(m, plain)[severity] = found;
    }
    return (size_t)found;
}

bool mark_styles_lost(const struct mark_styles *m)
{
    return m->lost;
}

bool mark_styles_full(const struct mark_styles *m)
{
    return m->formats.n >= STYLES_MOST;
}

bool mark_styles_covers_pattern(struct mark_styles *m, size_t style)
{
    struct arena room = {0};
    size_t fill = fill_of(m, in_range(m, style));
    xmlNode *pattern =
        fill < m->fills.n ? xml_child(m->fills.nodes[fill], "patternFill", NULL) : NULL;
    const char *type = pattern ? xml_attribute_text(pattern, "patternType", &room) : "";
    bool covers =
        fill < m->fills.n && strcmp(type, "solid") && strcmp(type, "none") && (*type || !pattern);
    arena_free(&room);
    return covers;
}

size_t mark_styles_own(struct mark_styles *m, enum mark_style style)
{
    static const char *const fonts[] = {
        "<font><sz val=\"11\"/><name val=\"宋体\"/></font>",
        "<font><b/><sz val=\"11\"/><name val=\"宋体\"/></font>",
        "<font><u/><sz val=\"11\"/><color rgb=\"FF0563C1\"/><name val=\"宋体\"/></font>"};
    static const char line[] = "style=\"thin\"><color auto=\"1\"/>";
    struct arena room = {0};
    bool head = style == MARK_STYLE_HEAD;
    if (m->own[style])
        return m->own[style] - 1;
    size_t font = enlist_markup(&m->fonts, fonts[style]), fill = 0, border = 0;
    if (head) {
        fill = enlist_markup(&m->fills,
                             "<fill><patternFill patternType=\"solid\"><fgColor "
                             "rgb=\"FFDDE6F0\"/><bgColor indexed=\"64\"/></patternFill></fill>");
        border = enlist_markup(
            &m->borders,
            arena_printf(&room,
                         "<border><left %s</left><right %s</right><top %s</top><bottom "
                         "%s</bottom><diagonal/></border>",
                         line, line, line, line));
    }
    size_t found = enlist_markup(
        &m->formats,
        arena_printf(&room,
                     "<xf numFmtId=\"49\" fontId=\"%zu\" fillId=\"%zu\" "
                     "borderId=\"%zu\" applyNumberFormat=\"1\" applyFont=\"1\"%s "
                     "applyAlignment=\"1\"><alignment %s wrapText=\"1\"/></xf>",
                     font, fill, border, head ? " applyFill=\"1\" applyBorder=\"1\"" : "",
                     head ? "horizontal=\"center\" vertical=\"center\"" : "vertical=\"top\""));
    arena_free(&room);
    m->own[style] = found + 1;
    return found;
}
