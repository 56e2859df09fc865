/* functions.c - see functions.h. */
#include "check/functions.h"

#include "core/buffer.h"
#include "core/digest.h"
#include "core/units.h"
#include "record/correction.h"

#include <math.h>
#include <string.h>

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

static struct engine *engine_of(xmlXPathParserContext *ctxt)
{
    return query_owner(ctxt);
}

static void give_number(xmlXPathParserContext *ctxt, double v)
{
    valuePush(ctxt, xmlXPathNewFloat(v));
}

static void give(xmlXPathParserContext *ctxt, const char *s)
{
    valuePush(ctxt, xmlXPathNewCString(s));
}

static void give_buffer(xmlXPathParserContext *ctxt, struct buffer *b)
{
    buffer_putc(b, '\0');
    give(ctxt, (const char *)b->data);
    buffer_clear(b);
}

/* --- files --- */

/* The file that the argument names; the argument is popped. NULL: the arity is wrong. */
static struct cited *cited_argument(xmlXPathParserContext *ctxt, int nargs)
{
    if (nargs != 1) {
        xmlXPathSetArityError(ctxt);
        return NULL;
    }
    static struct cited nothing; /* asked by nobody's rules: no file is open */
    xmlChar *href = xmlXPathPopString(ctxt);
    struct engine *engine = engine_of(ctxt);
    struct cited *c = engine ? cited_file(&engine->files, (const char *)href) : &nothing;
    xmlFree(href);
    return c;
}

static void fn_image_type(xmlXPathParserContext *ctxt, int nargs)
{
    struct cited *c = cited_argument(ctxt, nargs);
    if (c)
        give(ctxt, c->open ? media_type_name(c->file.type) : "");
}

static void fn_file_size(xmlXPathParserContext *ctxt, int nargs)
{
    struct cited *c = cited_argument(ctxt, nargs);
    if (c)
        give_number(ctxt, c->open ? (double)c->file.size : xmlXPathNAN);
}

static void fn_image_width(xmlXPathParserContext *ctxt, int nargs)
{
    struct cited *c = cited_argument(ctxt, nargs);
    if (c)
        give_number(ctxt, c->sound ? c->image.width : xmlXPathNAN);
}

static void fn_image_height(xmlXPathParserContext *ctxt, int nargs)
{
    struct cited *c = cited_argument(ctxt, nargs);
    if (c)
        give_number(ctxt, c->sound ? c->image.height : xmlXPathNAN);
}

static void fn_image_turned(xmlXPathParserContext *ctxt, int nargs)
{
    struct cited *c = cited_argument(ctxt, nargs);
    if (c)
        valuePush(ctxt, xmlXPathNewBoolean(c->sound && c->image.orientation > 1));
}

static void fn_image_colours(xmlXPathParserContext *ctxt, int nargs)
{
    struct cited *c = cited_argument(ctxt, nargs);
    if (c)
        give_number(ctxt, c->sound ? c->image.components : xmlXPathNAN);
}

/* A page of a PDF is made smaller to fit, turned if it lies, and never larger. */
static double scan_dpi(const struct page_scan *scan, double width, double height)
{
    double upright = fmin(width / scan->width, height / scan->height),
           turned = fmin(width / scan->height, height / scan->width);
    return scan->dpi / fmin(1, POINTS_PER_MM * fmax(upright, turned));
}

/* In dots an inch, where a picture fills as much of width and height (mm) as it can upright; of a
 * PDF, the coarsest scan that is cited. */
static void fn_print_dpi(xmlXPathParserContext *ctxt, int nargs)
{
    CHECK_ARITY(3);
    double height = xmlXPathPopNumber(ctxt), width = xmlXPathPopNumber(ctxt);
    struct cited *c = cited_argument(ctxt, 1);
    if (c && c->scan.dpi > 0) {
        give_number(ctxt, scan_dpi(&c->scan, width, height));
        return;
    }
    double across = c && c->sound ? c->image.upright_width / width : xmlXPathNAN,
           down = c && c->sound ? c->image.upright_height / height : xmlXPathNAN;
    if (c)
        give_number(ctxt, 25.4 * fmax(across, down));
}

/* What backdrop_white says of the file that the first of three arguments names; -1: nothing. */
static double backdrop_argument(xmlXPathParserContext *ctxt, int nargs, unsigned char rest[3])
{
    if (nargs != 3) {
        xmlXPathSetArityError(ctxt);
        return -1;
    }
    double tint = xmlXPathPopNumber(ctxt), least = xmlXPathPopNumber(ctxt);
    struct cited *c = cited_argument(ctxt, 1);
    if (c && c->sound && !c->looked) {
        struct media_backdrop *b = ARENA_NEW(&engine_of(ctxt)->files.arena, struct media_backdrop);
        c->looked = true;
        c->backdrop = image_backdrop(b, &c->image) ? b : NULL;
    }
    bool asked = least >= 0 && least <= 255 && tint >= 0 && tint <= 255;
    return c && c->backdrop && asked
               ? backdrop_white(c->backdrop, (unsigned)least, (unsigned)tint, rest)
               : -1;
}

static void fn_backdrop_white(xmlXPathParserContext *ctxt, int nargs)
{
    unsigned char rest[3];
    double share = backdrop_argument(ctxt, nargs, rest);
    give_number(ctxt, share < 0 ? xmlXPathNAN : share);
}

static void fn_backdrop_colour(xmlXPathParserContext *ctxt, int nargs)
{
    struct buffer out = {0};
    unsigned char c[3];
    double share = backdrop_argument(ctxt, nargs, c);
    if (share >= 0 && share < 1)
        buffer_printf(&out, "#%02X%02X%02X", c[0], c[1], c[2]);
    give_buffer(ctxt, &out);
}

/* By hue, in degrees: where one name ends and the next begins. */
static const char *colour_name(const unsigned char c[3])
{
    enum { GREY = 25, BLACK = 64 };
    static const struct {
        double below;
        const char *name;
    } hues[] = {{18, "red"},   {45, "orange"}, {70, "yellow"},  {165, "green"},
                {195, "cyan"}, {260, "blue"},  {335, "purple"}, {361, "red"}};
    double high = fmax(c[0], fmax(c[1], c[2])), low = fmin(c[0], fmin(c[1], c[2]));
    double span = high - low, hue;
    size_t i = 0;

    if (high < BLACK || span <= GREY)
        return high < BLACK ? "black" : "grey";
    if (high == c[0])
        hue = 60 * (c[1] - c[2]) / span + (c[1] < c[2] ? 360 : 0);
    else
        hue = high == c[1] ? 120 + 60 * (c[2] - c[0]) / span : 240 + 60 * (c[0] - c[1]) / span;
    while (hue >= hues[i].below)
        i++;
    return hues[i].name;
}

static void fn_backdrop_name(xmlXPathParserContext *ctxt, int nargs)
{
    unsigned char c[3];
    double share = backdrop_argument(ctxt, nargs, c);
    give(ctxt, share >= 0 && share < 1 ? colour_name(c) : "");
}

static void fn_page_count(xmlXPathParserContext *ctxt, int nargs)
{
    struct cited *c = cited_argument(ctxt, nargs);
    if (c)
        give_number(ctxt, (double)c->pages);
}

static struct cited *cited_by(struct engine *engine, const char *href)
{
    struct cited *c = engine && href ? cited_file(&engine->files, href) : NULL;
    return c && c->open ? c : NULL;
}

static const char *file_digest(struct cited *c)
{
    if (c && !*c->digest)
        snprintf(c->digest, sizeof c->digest, "%016llx",
                 (unsigned long long)digest_quick(c->file.data, c->file.size));
    return c ? c->digest : "";
}

static void fn_file_digest(xmlXPathParserContext *ctxt, int nargs)
{
    CHECK_ARITY(1);
    xmlChar *href = xmlXPathPopString(ctxt);
    give(ctxt, file_digest(cited_by(engine_of(ctxt), (char *)href)));
    xmlFree(href);
}

/* Files of other sizes need not be read to be told apart. */
static bool cites(struct engine *engine, xmlNode *node, struct cited *file, const char *pages)
{
    xmlChar *own = xmlGetNoNsProp(node, BAD_CAST "pages");
    bool same = !strcmp(own ? (char *)own : "", pages);
    xmlChar *href = same ? xmlGetNoNsProp(node, BAD_CAST "href") : NULL;
    struct cited *c = same ? cited_by(engine, (char *)href) : NULL;
    same = c && c->file.size == file->file.size && !strcmp(file_digest(c), file_digest(file));
    xmlFree(href);
    xmlFree(own);
    return same;
}

static void fn_same_file(xmlXPathParserContext *ctxt, int nargs)
{
    CHECK_ARITY(3);
    xmlChar *pages = xmlXPathPopString(ctxt), *href = xmlXPathPopString(ctxt);
    xmlNodeSet *set = xmlXPathPopNodeSet(ctxt), *out = xmlXPathNodeSetCreate(NULL);
    struct cited *file = cited_by(engine_of(ctxt), (char *)href);
    for (int i = 0; set && file && i < set->nodeNr; i++)
        if (set->nodeTab[i]->type == XML_ELEMENT_NODE &&
            cites(engine_of(ctxt), set->nodeTab[i], file, (char *)pages))
            xmlXPathNodeSetAdd(out, set->nodeTab[i]);
    xmlXPathFreeNodeSet(set);
    xmlFree(pages);
    xmlFree(href);
    valuePush(ctxt, xmlXPathWrapNodeSet(out));
}

/* --- places --- */

/* How many of its name there are among its siblings up to the node: what a message calls an entry
 * that has no name. */
static void fn_ordinal(xmlXPathParserContext *ctxt, int nargs)
{
    CHECK_ARITY(0);
    const xmlNode *node = ctxt->context->node;
    double n = 0;
    for (const xmlNode *k = node; k; k = k->prev)
        n += k->type == XML_ELEMENT_NODE && xmlStrEqual(k->name, node->name);
    give_number(ctxt, n);
}

/* --- words --- */

struct words {
    struct arena arena;
    const char **list;
    size_t n, cap;
};

static void add_words(struct words *w, const char *text)
{
    for (text += strspn(text, " \t\r\n"); *text; text += strspn(text, " \t\r\n")) {
        size_t len = strcspn(text, " \t\r\n");
        *ARENA_PUSH(&w->arena, w->list, w->n, w->cap) = arena_strndup(&w->arena, text, len);
        text += len;
    }
}

/* Of the words of a text between blanks, or of nodes. */
static void fn_nearest(xmlXPathParserContext *ctxt, int nargs)
{
    struct words words = {0};
    CHECK_ARITY(2);
    xmlXPathObject *list = valuePop(ctxt);
    xmlChar *word = xmlXPathPopString(ctxt);
    bool nodes = list && list->type == XPATH_NODESET;
    for (int i = 0; nodes && list->nodesetval && i < list->nodesetval->nodeNr; i++) {
        xmlChar *text = xmlXPathCastNodeToString(list->nodesetval->nodeTab[i]);
        add_words(&words, (char *)text);
        xmlFree(text);
    }
    if (list && !nodes) {
        xmlChar *text = xmlXPathCastToString(list);
        add_words(&words, (char *)text);
        xmlFree(text);
    }
    const char *nearest = correction_of_word(words.list, words.n, (char *)word, &words.arena);
    give(ctxt, nearest ? nearest : "");
    xmlXPathFreeObject(list);
    xmlFree(word);
    arena_free(&words.arena);
}

/* --- all applicants --- */

static void fn_gathered(xmlXPathParserContext *ctxt, int nargs)
{
    CHECK_ARITY(2);
    const struct engine *engine = engine_of(ctxt);
    xmlChar *key = xmlXPathPopString(ctxt), *name = xmlXPathPopString(ctxt);
    size_t n = engine ? engine_count_gathered(engine, (char *)name, (char *)key) : 0;
    xmlFree(key);
    xmlFree(name);
    give_number(ctxt, (double)n);
}

static void fn_planned(xmlXPathParserContext *ctxt, int nargs)
{
    CHECK_ARITY(0);
    valuePush(ctxt, xmlXPathNewBoolean(engine_of(ctxt) && engine_of(ctxt)->page));
}

static const struct query_function functions[] = {
    {"image-type", 1, 1, .body = fn_image_type},
    {"file-size", 1, 1, .body = fn_file_size},
    {"image-width", 1, 1, .body = fn_image_width},
    {"image-height", 1, 1, .body = fn_image_height},
    {"image-turned", 1, 1, .body = fn_image_turned},
    {"image-colours", 1, 1, .body = fn_image_colours},
    {"print-dpi", 3, 3, .body = fn_print_dpi},
    {"backdrop-white", 3, 3, .body = fn_backdrop_white},
    {"backdrop-colour", 3, 3, .body = fn_backdrop_colour},
    {"backdrop-name", 3, 3, .body = fn_backdrop_name},
    {"page-count", 1, 1, .body = fn_page_count},
    {"file-digest", 1, 1, .body = fn_file_digest},
    {"same-file", 3, 3, .body = fn_same_file},
    {"ordinal", 0, 0, .body = fn_ordinal},
    {"nearest", 2, 2, .body = fn_nearest},
    {"gathered", 2, 2, .body = fn_gathered},
    {"planned", 0, 0, .body = fn_planned},
};
const struct query_library rules_functions = {functions, sizeof functions / sizeof *functions};
