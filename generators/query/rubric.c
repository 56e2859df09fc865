/* rubric.c - see rubric.h. */
#include "query/rubric.h"

#include "core/find.h"
#include "query/query_tables.h"
#include "xml/xml_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xpathInternals.h>

struct item {
    record_node *node;
    const char *id;
    double max;
    enum { BEST_OF, SUM, CAPPED } mode;
    bool ranked;
};

struct part {
    record_node *node;
    double max;
    struct item *items;
    size_t n, cap;
};

struct rank {
    int to; /* the last place that the factor is for; 0: all others */
    double factor;
};

struct specialty {
    const char *name;
};

struct rubric {
    record_node *node; /* first: xml_keep_node */
    const char *path;
    size_t overlay; /* which of the directories it is from; the first counts most */
    struct _xmlDoc *document;
    struct query_list queries;
    struct query *proof;
    double total;
    struct specialty *specialties;
    size_t n_specialties, cap_specialties;
    struct rank *ranks;
    size_t n_ranks, cap_ranks;
    struct part *parts;
    size_t n_parts, cap_parts;
};

/* --- reading --- */

/* As the official tables print them: up to 999, and hundredths. */
static bool parse_points(struct xml_reader *r, const char *text, void *out)
{
    static const char digits[] = "0123456789";
    size_t whole = strspn(text, digits), dot = text[whole] == '.';
    size_t part = dot ? strspn(text + whole + 1, digits) : 0;
    (void)r;
    *(double *)out = strtod(text, NULL);
    return whole >= 1 && whole <= 3 && part >= dot && part <= 2 && !text[whole + dot + part];
}

enum { IN_RUBRIC = 1, IN_PART = 2, IN_ITEM = 4 };

#define POINTS XML_PARSED, .parse = parse_points, .expected = "8, 0.75", .required = true

static const struct xml_attribute of_rubric[] = {
    {"name", XML_WORD, XML_NOWHERE, .required = true},
    {"official", XML_FLAG, XML_NOWHERE, .required = true},
    {"total", POINTS, XML_AT(struct rubric, total)},
    {"pass", POINTS, XML_NOWHERE},
    {"once", XML_FLAG, XML_NOWHERE},
    {"proof", QUERY_AT(struct rubric, proof), .required = true},
    {0}};
static const struct xml_attribute of_specialty[] = {
    {"", XML_WORD, XML_AT(struct specialty, name), .required = true}, {0}};
static const struct xml_attribute of_rank[] = {
    {"to", XML_INT, XML_AT(struct rank, to), .least = 1, .most = 9999},
    {"factor", POINTS, XML_AT(struct rank, factor)},
    {0}};
static const struct xml_attribute of_part[] = {
    {"id", XML_WORD, XML_NOWHERE, .required = true, .unique = true},
    {"name", XML_WORD, XML_NOWHERE, .required = true},
    {"max", POINTS, XML_AT(struct part, max)},
    {0}};
static const struct xml_attribute of_item[] = {
    {"id", XML_WORD, XML_AT(struct item, id), .required = true, .unique = true},
    {"name", XML_WORD, XML_NOWHERE, .required = true},
    {"max", POINTS, XML_AT(struct item, max)},
    {"mode", XML_CHOICE, XML_AT(struct item, mode), .required = true,
     .words = "best-of sum capped"},
    {"ranked", XML_FLAG, XML_AT(struct item, ranked)},
    {"directory", XML_WORD, XML_NOWHERE, .required = true},
    {0}};
static const struct xml_attribute of_criterion[] = {{"", XML_WORD, XML_NOWHERE, .required = true},
                                                    {0}};
static const struct xml_element elements[] = {
    {"rubric", .inside = IN_RUBRIC, .attributes = of_rubric, .begin = xml_keep_node},
    {"specialty", IN_RUBRIC, 0, of_specialty, sizeof(struct specialty),
     XML_INTO(struct rubric, specialties), .required = true},
    {"rank", IN_RUBRIC, 0, of_rank, sizeof(struct rank), XML_INTO(struct rubric, ranks)},
    {"part", IN_RUBRIC, IN_PART, of_part, sizeof(struct part), XML_INTO(struct rubric, parts),
     .required = true, .begin = xml_keep_node},
    {"item", IN_PART, IN_ITEM, of_item, sizeof(struct item), XML_INTO(struct part, items),
     .required = true, .begin = xml_keep_node},
    {"criterion", IN_ITEM, 0, of_criterion, .required = true},
    {0}};

static bool named(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name);
}

/* The table that counts for the specialty; in *rival another one of as good a right, or NULL. */
static const struct rubric *choose(const struct rubrics *r, const char *specialty,
                                   const struct rubric **rival)
{
    const struct rubric *chosen = NULL;
    *rival = NULL;
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->list[i].n_specialties; k++) {
            const struct rubric *other = &r->list[i];
            if (strcmp(other->specialties[k].name, specialty) || other == chosen)
                continue;
            if (!chosen || other->overlay < chosen->overlay) {
                chosen = other;
                *rival = NULL;
            } else if (other->overlay == chosen->overlay) {
                *rival = other;
            }
        }
    return chosen;
}

/* Takes the specialties from tables that an overlay's table is before, so that one table is left
 * for each. false: two of one directory claim one; reported. */
static bool settle(struct rubrics *r, struct diag *diag)
{
    bool ok = true;
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->list[i].n_specialties; k++) {
            const char *name = r->list[i].specialties[k].name;
            const struct rubric *rival, *chosen = choose(r, name, &rival);
            if (rival && chosen == &r->list[i])
                ok = diag_system(diag, (struct src_pos){rival->path, 0},
                                 "专业 %s 有两张打分表：%s 也列了它；请只留一张",
                                 "the specialty %s has two scoring tables: %s names it, too; leave "
                                 "it to one",
                                 name, chosen->path);
        }
    for (size_t i = 0; i < r->n && ok; i++)
        for (xmlNode *n = r->list[i].node->children, *next; n; n = next) {
            const struct rubric *rival;
            next = n->next;
            if (!named(n, "specialty"))
                continue;
            xmlChar *name = xmlNodeGetContent(n);
            if (choose(r, (char *)name, &rival) != &r->list[i]) {
                xmlUnlinkNode(n);
                xmlFreeNode(n);
            }
            xmlFree(name);
        }
    return ok;
}

/* The directory whose file the path is. */
static size_t overlay_of(const char *const *dirs, const char *path)
{
    size_t i = 0;
    for (; dirs[i]; i++) {
        size_t len = strlen(dirs[i]);
        if (!strncmp(path, dirs[i], len) && path[len] == '/' && !strchr(path + len + 1, '/'))
            break;
    }
    return i;
}

struct rubrics *rubrics_load(const char *const *dirs, struct diag *diag)
{
    struct rubrics *r = mem_alloc(1, sizeof *r);
    char **paths;
    size_t n = find_files(&r->arena, dirs, "rubric-*.xml", &paths);
    bool ok = true;

    for (size_t i = 0; i < n; i++) {
        struct rubric *rubric = ARENA_PUSH(&r->arena, r->list, r->n, r->cap);
        *rubric = (struct rubric){0};
        struct xml_reader reader = {.elements = elements,
                                    .arena = &r->arena,
                                    .diag = diag,
                                    .queries = &rubric->queries,
                                    .keep = true};
        ok = xml_read(&reader, paths[i], rubric) && ok;
        rubric->document = reader.document;
        rubric->path = paths[i];
        rubric->overlay = overlay_of(dirs, paths[i]);
    }
    if (ok && settle(r, diag))
        return r;
    rubrics_free(r);
    return NULL;
}

void rubrics_free(struct rubrics *r)
{
    for (size_t i = 0; r && i < r->n; i++) {
        query_list_free(&r->list[i].queries);
        xml_free(r->list[i].document);
    }
    if (r)
        arena_free(&r->arena);
    free(r);
}

record_node *rubric_node(const struct rubrics *r, size_t n)
{
    return r->list[n].node;
}

/* --- nodes of the record --- */

/* Free with xmlFree. NULL: there is none, or it is empty. */
static char *attribute(const xmlNode *n, const char *name)
{
    xmlChar *v = xmlGetNoNsProp(n, BAD_CAST name);
    if (v && *v)
        return (char *)v;
    xmlFree(v);
    return NULL;
}

static bool attribute_is(const xmlNode *n, const char *name, const char *value)
{
    char *v = attribute(n, name);
    bool is = v && !strcmp(v, value);
    xmlFree(v);
    return is;
}

static double number(const xmlNode *n, const char *name)
{
    char *v = attribute(n, name);
    double x = v ? xmlXPathCastStringToNumber(BAD_CAST v) : NAN;
    xmlFree(v);
    return x;
}

/* --- arithmetic --- */

/* An entry of the applicant, and what does not depend on who scores. */
struct entry {
    const record_node *score;
    const char *item; /* that it names */
    double factor;    /* 0 without proof, else that of its rank */
    double most;      /* that its rank allows */
};

/* Whom the points are asked for: their entries, looked up once. */
struct scoring {
    const struct rubric *rubric; /* of the applicant's specialty; NULL: there is none */
    record_node *applicant;
    struct entry *entries;
    size_t n, cap;
};

static const struct rubric *rubric_for(const struct rubrics *r, const record_node *applicant)
{
    char *specialty = attribute(applicant, "specialty");
    const struct rubric *rival, *chosen = specialty ? choose(r, specialty, &rival) : NULL;
    xmlFree(specialty);
    return chosen;
}

static double hundredths(double x)
{
    return round(x * 100) / 100;
}

static double capped(double x, double most)
{
    return x > most ? most : x < 0 ? 0 : x; /* NaN stays */
}

/* The place in "3/12"; 1 when it says none. */
static long rank_of(const xmlNode *n)
{
    char *v = attribute(n, "rank");
    long rank = v ? strtol(v, NULL, 10) : 1;
    xmlFree(v);
    return rank < 1 ? 1 : rank;
}

/* The best place among the proofs that @refs names; 0: it names none. */
static long best_rank(struct _xmlXPathParserContext *ctxt, const struct scoring *s,
                      const xmlNode *score)
{
    char *refs = attribute(score, "refs"), *rest = NULL;
    long best = 0;
    for (char *id = refs ? strtok_r(refs, " \t\r\n", &rest) : NULL; id;
         id = strtok_r(NULL, " \t\r\n", &rest))
        for (xmlNode *n = s->applicant->children; n; n = n->next)
            if (n->type == XML_ELEMENT_NODE && attribute_is(n, "id", id) &&
                query_nested(ctxt, s->rubric->proof, n)) {
                long rank = rank_of(n);
                best = best == 0 || rank < best ? rank : best;
            }
    xmlFree(refs);
    return best;
}

static const struct item *item_of(const struct scoring *s, const char *id)
{
    for (size_t i = 0; s->rubric && i < s->rubric->n_parts; i++)
        for (size_t k = 0; k < s->rubric->parts[i].n; k++)
            if (!strcmp(s->rubric->parts[i].items[k].id, id))
                return &s->rubric->parts[i].items[k];
    return NULL;
}

static double factor(const struct scoring *s, const struct item *item, long rank)
{
    if (rank == 0)
        return 0;
    for (size_t i = 0; item->ranked && i < s->rubric->n_ranks; i++)
        if (s->rubric->ranks[i].to == 0 || rank <= s->rubric->ranks[i].to)
            return s->rubric->ranks[i].factor;
    return 1;
}

static struct entry entry_of(struct _xmlXPathParserContext *ctxt, const struct scoring *s,
                             const xmlNode *score)
{
    char *id = attribute(score, "item");
    const struct item *item = id ? item_of(s, id) : NULL;
    struct entry e = {.score = score, .most = 1e6};
    e.item = id ? arena_strdup(&query_memory(ctxt)->arena, id) : "";
    e.factor = item ? factor(s, item, best_rank(ctxt, s, score)) : 0;
    if (e.factor > 0 && e.factor < 1)
        e.most = item->max * e.factor;
    xmlFree(id);
    return e;
}

/* Once for an applicant: each entry asks the rubric's proof of all that it refers to. NULL: nobody
 * is worked on, or there are no rubrics. */
static const struct scoring *scoring_of(struct _xmlXPathParserContext *ctxt)
{
    struct query_memory *memory = query_memory(ctxt);
    const struct rubrics *r = query_tables(ctxt)->rubrics;
    record_node *applicant = query_applicant(ctxt);

    if (!r || !applicant || memory->scoring)
        return memory->scoring;
    struct scoring *s = ARENA_NEW(&memory->arena, struct scoring);
    s->rubric = rubric_for(r, applicant);
    s->applicant = applicant;
    for (xmlNode *n = applicant->children; n; n = n->next)
        if (named(n, "score"))
            *ARENA_PUSH(&memory->arena, s->entries, s->n, s->cap) = entry_of(ctxt, s, n);
    memory->scoring = s;
    return s;
}

static double score_points(const struct entry *e, const char *who)
{
    return e->factor > 0 ? hundredths(capped(number(e->score, who), e->most)) : 0;
}

static double item_points(const struct scoring *s, const char *who, const struct item *item,
                          bool uncapped)
{
    bool claimed = false, given = false;
    double sum = 0;

    for (size_t i = 0; i < s->n; i++) {
        const struct entry *e = &s->entries[i];
        given = given || xmlHasProp((xmlNode *)e->score, BAD_CAST who);
        if (strcmp(e->item, item->id))
            continue;
        double p = score_points(e, who);
        sum = isnan(p) || isnan(sum) ? NAN : item->mode == BEST_OF ? fmax(sum, p) : sum + p;
        claimed = true;
    }
    if (!claimed && !given)
        return NAN; /* nobody has scored anything yet */
    return uncapped ? hundredths(sum) : hundredths(capped(sum, item->max));
}

static double part_points(const struct scoring *s, const char *who, const struct part *part)
{
    double sum = 0;
    for (size_t i = 0; i < part->n; i++)
        sum += item_points(s, who, &part->items[i], false);
    return hundredths(capped(sum, part->max));
}

static double all_points(const struct scoring *s, const char *who, const struct rubric *rubric)
{
    double sum = 0;
    for (size_t i = 0; i < rubric->n_parts; i++)
        sum += part_points(s, who, &rubric->parts[i]);
    return hundredths(capped(sum, rubric->total));
}

double rubric_points(struct _xmlXPathParserContext *ctxt, const record_node *node, const char *who,
                     bool uncapped)
{
    const struct rubrics *r = query_tables(ctxt)->rubrics;
    const struct scoring *s = scoring_of(ctxt);
    for (size_t i = 0; s && i < s->n; i++)
        if (s->entries[i].score == node)
            return strcmp(who, "factor") ? score_points(&s->entries[i], who) : s->entries[i].factor;
    for (size_t i = 0; s && i < r->n; i++) {
        if (r->list[i].node == node)
            return all_points(s, who, &r->list[i]);
        for (size_t p = 0; p < r->list[i].n_parts; p++) {
            const struct part *part = &r->list[i].parts[p];
            if (part->node == node)
                return part_points(s, who, part);
            for (size_t k = 0; k < part->n; k++)
                if (part->items[k].node == node)
                    return item_points(s, who, &part->items[k], uncapped);
        }
    }
    return NAN;
}
