/* functions.c - see functions.h. */
#include "check/functions.h"

#include "core/buffer.h"
#include "core/utf8.h"
#include "dossier/attachment.h"

#include <math.h>
#include <string.h>

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

static struct rules_run *run_of(xmlXPathParserContext *ctxt)
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

/* A file of pages is judged as the dossier judges it; a photograph is a picture. */
static void read_cited(struct cited *c, const char *pages, bool photo, const struct finding *where,
                       struct diag *diag)
{
    static const struct media_limits limits = {0};
    bool picture = c->file.type == MEDIA_JPEG || c->file.type == MEDIA_PNG;

    if (c->file.type == MEDIA_PDF)
        c->pages = (long)attachment_judge(&c->file, pages, true, where, diag);
    else if (photo || picture)
        c->sound = image_load(&c->image, &c->file, &limits, where, diag); /* all that is drawn */
    else
        media_other_kind(&c->file, true, where, diag);
    if (c->sound)
        c->pages = 1;
}

/* Every time that the file is cited. */
static void check_pages(struct rules_run *run, struct cited *c, const char *pages,
                        const struct finding *where, struct diag *diag)
{
    struct attachment picture = {.href = c->href, .pages = 1};
    size_t *selected;
    if (c->sound)
        attachment_select(&picture, pages, &run->files, &selected, where, diag);
}

struct cited *rules_cite(struct rules_run *run, const char *href, const char *pages, bool photo,
                         const struct finding *where, struct diag *diag)
{
    static const struct media_limits limits = {0};
    struct diag unheard = {0}, *to = diag ? diag : &unheard;
    static const struct finding nowhere = {.rule = "R76"};
    struct cited *c = run->cited;

    where = where ? where : &nowhere;
    while (c && strcmp(c->href, href))
        c = c->next;
    if (c && diag && c->pages > 0 && c->file.type == MEDIA_PDF) /* other pages of it, perhaps */
        attachment_judge(&c->file, pages, false, where, diag);
    if (c && diag)
        check_pages(run, c, pages, where, diag);
    if (c)
        return c;
    c = ARENA_NEW(&run->files, struct cited);
    c->href = arena_strdup(&run->files, href);
    c->next = run->cited;
    run->cited = c;
    c->open = *href && media_open(&c->file, run->dir, c->href, &limits, where, to);
    if (c->open)
        read_cited(c, pages, photo, where, to);
    check_pages(run, c, pages, where, to);
    diag_clear(&unheard);
    return c;
}

void rules_close_cited(struct rules_run *run)
{
    for (struct cited *c = run->cited; c; c = c->next) {
        if (c->sound)
            image_clear(&c->image);
        if (c->open)
            media_close(&c->file);
    }
    run->cited = NULL;
    arena_free(&run->files);
}

/* The file that the argument names; the argument is popped. NULL: the arity is wrong. */
static struct cited *cited_argument(xmlXPathParserContext *ctxt, int nargs)
{
    if (nargs != 1) {
        xmlXPathSetArityError(ctxt);
        return NULL;
    }
    static struct cited nothing; /* asked by nobody's rules: no file is open */
    xmlChar *href = xmlXPathPopString(ctxt);
    struct rules_run *run = run_of(ctxt);
    struct cited *c = run ? rules_cite(run, (const char *)href, NULL, false, NULL, NULL) : &nothing;
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
        struct media_backdrop *b = ARENA_NEW(&run_of(ctxt)->files, struct media_backdrop);
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

/* --- references --- */

static xmlNode *applicant_of(xmlNode *n)
{
    while (n && (n->type != XML_ELEMENT_NODE || strcmp((const char *)n->name, "applicant")))
        n = n->parent;
    return n;
}

static bool bears(const xmlNode *n, const char *id, size_t len)
{
    const xmlAttr *a = n->type == XML_ELEMENT_NODE ? xmlHasProp((xmlNode *)n, BAD_CAST "id") : NULL;
    const char *v = a && a->children ? (const char *)a->children->content : NULL;
    return v && strlen(v) == len && !strncmp(v, id, len);
}

/* An element of the applicant with this id, or an evidence in one. */
static xmlNode *bearer(xmlNode *applicant, const char *id, size_t len)
{
    for (xmlNode *n = applicant ? applicant->children : NULL; n; n = n->next) {
        if (bears(n, id, len))
            return n;
        for (xmlNode *k = n->children; k && n->type == XML_ELEMENT_NODE; k = k->next)
            if (bears(k, id, len))
                return k;
    }
    return NULL;
}

static void fn_refs(xmlXPathParserContext *ctxt, int nargs)
{
    CHECK_ARITY(1);
    xmlNode *applicant = applicant_of(ctxt->context->node);
    xmlChar *list = xmlXPathPopString(ctxt);
    xmlXPathObject *out = xmlXPathNewNodeSet(NULL);
    const char *p = (char *)list;
    for (p += strspn(p, " \t\r\n"); *p; p += strspn(p, " \t\r\n")) {
        size_t len = strcspn(p, " \t\r\n");
        xmlNode *n = bearer(applicant, p, len);
        if (n)
            xmlXPathNodeSetAdd(out->nodesetval, n);
        p += len;
    }
    xmlFree(list);
    valuePush(ctxt, out);
}

static void fn_unresolved(xmlXPathParserContext *ctxt, int nargs)
{
    struct buffer out = {0};
    CHECK_ARITY(1);
    xmlNode *applicant = applicant_of(ctxt->context->node);
    xmlChar *list = xmlXPathPopString(ctxt);
    const char *p = (char *)list;
    for (p += strspn(p, " \t\r\n"); *p; p += strspn(p, " \t\r\n")) {
        size_t len = strcspn(p, " \t\r\n");
        if (!bearer(applicant, p, len))
            buffer_printf(&out, "%s%.*s", out.len ? " " : "", (int)len, p);
        p += len;
    }
    xmlFree(list);
    give_buffer(ctxt, &out);
}

/* --- all applicants --- */

/* FNV-1a. */
uint64_t rules_hash(const char *key)
{
    uint64_t h = 14695981039346656037u;
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 1099511628211u;
    return h ? h : 1;
}

int rules_claim_compare(const void *a, const void *b)
{
    const struct rules_claim *x = a, *y = b;
    if (x->fact.number != y->fact.number)
        return x->fact.number < y->fact.number ? -1 : 1;
    if (x->fact.key != y->fact.key)
        return x->fact.key < y->fact.key ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* The first claim that is not before the place of (number, key). */
static size_t claims_from(const struct rules_run *run, size_t number, uint64_t key)
{
    const struct rules_claim probe = {.fact = {.number = number, .key = key}};
    size_t low = 0, high = run->n_claims;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rules_claim_compare(&run->claims[middle], &probe) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void fn_gathered(xmlXPathParserContext *ctxt, int nargs)
{
    CHECK_ARITY(2);
    const struct rules_run *run = run_of(ctxt);
    xmlChar *key = xmlXPathPopString(ctxt), *name = xmlXPathPopString(ctxt);
    const uint64_t hash = rules_hash((char *)key);
    size_t n = 0;
    for (size_t g = 0; run && g < run->rules->n_gatherers; g++) {
        const struct gatherer *of = &run->rules->gatherers[g];
        if (strcmp(of->name, (char *)name))
            continue;
        size_t i = claims_from(run, of->number, hash), last = SIZE_MAX;
        for (; i < run->n_claims && run->claims[i].fact.number == of->number &&
               run->claims[i].fact.key == hash;
             i++) {
            n += run->claims[i].order != last; /* each applicant once */
            last = run->claims[i].order;
        }
    }
    xmlFree(key);
    xmlFree(name);
    give_number(ctxt, (double)n);
}

static void fn_planned(xmlXPathParserContext *ctxt, int nargs)
{
    CHECK_ARITY(0);
    valuePush(ctxt, xmlXPathNewBoolean(run_of(ctxt) && run_of(ctxt)->page));
}

void rules_register_functions(void)
{
    static const struct query_function all[] = {
        {"image-type", 1, 1, fn_image_type},
        {"file-size", 1, 1, fn_file_size},
        {"image-width", 1, 1, fn_image_width},
        {"image-height", 1, 1, fn_image_height},
        {"image-turned", 1, 1, fn_image_turned},
        {"image-colours", 1, 1, fn_image_colours},
        {"backdrop-white", 3, 3, fn_backdrop_white},
        {"backdrop-colour", 3, 3, fn_backdrop_colour},
        {"backdrop-name", 3, 3, fn_backdrop_name},
        {"page-count", 1, 1, fn_page_count},
        {"refs", 1, 1, fn_refs},
        {"unresolved", 1, 1, fn_unresolved},
        {"gathered", 2, 2, fn_gathered},
        {"planned", 0, 0, fn_planned},
    };
    query_register(all, sizeof all / sizeof *all);
}
