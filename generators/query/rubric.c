/* rubric.c - see rubric.h. */
#include "query/rubric.h"

#include "core/find.h"
#include "query/query_tables.h"
#include "xml/xml_node.h"
#include "xml/xml_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xpathInternals.h>

enum mode { BEST_OF, SUM, CAPPED };

/* A line of the standard. One that says how many points is a level: what the proofs for which its
 * test holds may get. */
struct criterion {
    bool level;
    double points;
    struct query *test; /* NULL: it holds for any */
};

struct rank {
    int to; /* the last place that the factor is for; 0: all others */
    double factor;
};

struct ranks {
    const char *id;
    struct rank *list;
    size_t n, cap;
};

struct item {
    record_node *node;
    const char *id;
    double max;
    enum mode mode;
    int count; /* of its entries, the best so many count; 0: all */
    bool ranked, each;
    const char *ranks; /* the rank table's id; NULL: that without one, if it is ranked */
    struct criterion *criteria;
    size_t n, cap;
};

/* Items that count together. */
struct group {
    record_node *node;
    double max;
    enum mode mode;
    int count; /* of its items, likewise */
    struct item *items;
    size_t n, cap;
};

struct part {
    record_node *node;
    double max;
    struct item *items;
    size_t n, cap;
    struct group *groups;
    size_t n_groups, cap_groups;
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
    struct query *proof, *test;
    double total;
    struct specialty *specialties;
    size_t n_specialties, cap_specialties;
    struct rank *ranks;
    size_t n_ranks, cap_ranks;
    struct ranks *tables;
    size_t n_tables, cap_tables;
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

enum { IN_RUBRIC = 1, IN_PART = 2, IN_GROUP = 4, IN_ITEM = 8, IN_RANKS = 16 };

#define POINTS XML_PARSED, .parse = parse_points, .expected = "8, 0.75"
#define MODES .words = "best-of sum capped"

static const struct xml_attribute of_rubric[] = {
    {"name", XML_WORD, XML_NOWHERE, .required = true},
    {"official", XML_FLAG, XML_NOWHERE, .required = true},
    {"total", POINTS, XML_AT(struct rubric, total), .required = true},
    {"pass", POINTS, XML_NOWHERE, .required = true},
    {"once", XML_FLAG, XML_NOWHERE},
    {"proof", QUERY_AT(struct rubric, proof), .required = true},
    {"test", QUERY_AT(struct rubric, test)},
    {0}};
static const struct xml_attribute of_specialty[] = {
    {"", XML_WORD, XML_AT(struct specialty, name), .required = true}, {0}};
static const struct xml_attribute of_rank[] = {
    {"to", XML_INT, XML_AT(struct rank, to), .least = 1, .most = 9999},
    {"factor", POINTS, XML_AT(struct rank, factor), .required = true},
    {0}};
static const struct xml_attribute of_ranks[] = {
    {"id", XML_WORD, XML_AT(struct ranks, id), .required = true, .unique = true}, {0}};
static const struct xml_attribute of_part[] = {
    {"id", XML_WORD, XML_NOWHERE, .required = true, .unique = true},
    {"name", XML_WORD, XML_NOWHERE, .required = true},
    {"max", POINTS, XML_AT(struct part, max), .required = true},
    {0}};
static const struct xml_attribute of_group[] = {
    {"name", XML_WORD, XML_NOWHERE, .required = true},
    {"max", POINTS, XML_AT(struct group, max), .otherwise = "999"},
    {"mode", XML_CHOICE, XML_AT(struct group, mode), .required = true, MODES},
    {"count", XML_INT, XML_AT(struct group, count), .least = 1, .most = 99},
    {0}};
static const struct xml_attribute of_item[] = {
    {"id", XML_WORD, XML_AT(struct item, id), .required = true, .unique = true},
    {"name", XML_WORD, XML_NOWHERE, .required = true},
    {"max", POINTS, XML_AT(struct item, max), .required = true},
    {"mode", XML_CHOICE, XML_AT(struct item, mode), .required = true, MODES},
    {"count", XML_INT, XML_AT(struct item, count), .least = 1, .most = 99},
    {"ranked", XML_FLAG, XML_AT(struct item, ranked)},
    {"ranks", XML_WORD, XML_AT(struct item, ranks)},
    {"each", XML_FLAG, XML_AT(struct item, each)},
    {"directory", XML_WORD, XML_NOWHERE, .required = true},
    {0}};
static const struct xml_attribute of_criterion[] = {
    {"", XML_WORD, XML_NOWHERE, .required = true},
    {"points", POINTS, XML_AT(struct criterion, points)},
    {"test", QUERY_AT(struct criterion, test)},
    {0}};

static void end_rubric(struct xml_reader *r, void *self, void *parent)
{
    const struct rubric *rubric = self;
    (void)parent;
    if (rubric->n_specialties == 0 && !rubric->test)
        diag_system(r->diag, xml_at(r), "打分表要写 <specialty> 或 test，说明给谁用",
                    "a scoring table needs a <specialty> or a test: whom is it for?");
}

static void begin_criterion(struct xml_reader *r, void *self, void *parent)
{
    struct criterion *c = self;
    (void)parent;
    c->level = xml_given(r, "points");
    if (c->test && !c->level)
        diag_system(r->diag, xml_at(r), "<criterion> 写了 test，还要写 points",
                    "a <criterion> with a test needs points, too");
}

static const struct ranks *find_ranks(const struct rubric *rubric, const char *id)
{
    for (size_t i = 0; i < rubric->n_tables; i++)
        if (!strcmp(rubric->tables[i].id, id))
            return &rubric->tables[i];
    return NULL;
}

static void end_item(struct xml_reader *r, void *self, void *parent)
{
    const struct item *item = self;
    const struct rubric *rubric = r->owner;
    bool levels = false;
    (void)parent;
    for (size_t i = 0; i < item->n; i++)
        levels |= item->criteria[i].level;
    if (item->each && !levels)
        diag_system(r->diag, xml_at(r), "each=\"true\" 的项目要有写明 points 的 <criterion>",
                    "an item with each=\"true\" needs a <criterion> with points");
    if (item->ranks && !find_ranks(rubric, item->ranks))
        xml_bad_value(r, "ranks", item->ranks, "the id of a <ranks> above");
}

static void end_part(struct xml_reader *r, void *self, void *parent)
{
    const struct part *part = self;
    (void)parent;
    if (part->n + part->n_groups == 0)
        diag_system(r->diag, xml_at(r), "<part> 里要有 <item> 或 <group>",
                    "a <part> needs an <item> or a <group>");
}

static const struct xml_element elements[] = {
    {"rubric", .inside = IN_RUBRIC, .attributes = of_rubric, .begin = xml_keep_node,
     .end = end_rubric},
    {"specialty", IN_RUBRIC, 0, of_specialty, sizeof(struct specialty),
     XML_INTO(struct rubric, specialties)},
    {"rank", IN_RUBRIC, 0, of_rank, sizeof(struct rank), XML_INTO(struct rubric, ranks)},
    {"ranks", IN_RUBRIC, IN_RANKS, of_ranks, sizeof(struct ranks), XML_INTO(struct rubric, tables)},
    {"rank", IN_RANKS, 0, of_rank, sizeof(struct rank), XML_INTO(struct ranks, list),
     .required = true},
    {"part", IN_RUBRIC, IN_PART, of_part, sizeof(struct part), XML_INTO(struct rubric, parts),
     .required = true, .begin = xml_keep_node, .end = end_part},
    {"group", IN_PART, IN_GROUP, of_group, sizeof(struct group), XML_INTO(struct part, groups),
     .begin = xml_keep_node},
    {"item", IN_PART, IN_ITEM, of_item, sizeof(struct item), XML_INTO(struct part, items),
     .begin = xml_keep_node, .end = end_item},
    {"item", IN_GROUP, IN_ITEM, of_item, sizeof(struct item), XML_INTO(struct group, items),
     .required = true, .begin = xml_keep_node, .end = end_item},
    {"criterion", IN_ITEM, 0, of_criterion, sizeof(struct criterion),
     XML_INTO(struct item, criteria), .required = true, .begin = begin_criterion},
    {0}};

static bool serves(const struct rubric *rubric, const char *specialty)
{
    for (size_t i = 0; i < rubric->n_specialties; i++)
        if (!strcmp(rubric->specialties[i].name, specialty))
            return true;
    return rubric->n_specialties == 0;
}

/* Two tables of one directory that name a specialty, and nothing else that would tell whom they are
 * for. What tests let through is known of each applicant alone. */
static bool tell_apart(const struct rubric *a, const struct rubric *b, struct diag *diag)
{
    bool ok = true;
    for (size_t i = 0; i < a->n_specialties && !a->test && !b->test; i++)
        if (a->overlay == b->overlay && b->n_specialties && serves(b, a->specialties[i].name))
            ok = diag_system(diag, (struct src_pos){b->path, 0},
                             "专业 %s 有两张打分表：%s 也列了它；请只留一张",
                             "the specialty %s has two scoring tables: %s names it, too; leave it "
                             "to one",
                             a->specialties[i].name, a->path);
    return ok;
}

static bool tell_all_apart(const struct rubrics *r, struct diag *diag)
{
    bool ok = true;
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = i + 1; k < r->n; k++)
            ok &= tell_apart(&r->list[i], &r->list[k], diag);
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
                                    .owner = rubric,
                                    .keep = true};
        ok = xml_read(&reader, paths[i], rubric) && ok;
        rubric->document = reader.document;
        rubric->path = paths[i];
        rubric->overlay = overlay_of(dirs, paths[i]);
    }
    if (ok && tell_all_apart(r, diag))
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

static bool id_is(const xmlNode *n, const char *id)
{
    char *v = attribute(n, "id");
    bool is = v && !strcmp(v, id);
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
    const struct rubric *rubric;         /* that the applicant is scored by; NULL: there is none */
    const struct rubric *const *fitting; /* with others of as good a right, which is a fault */
    size_t n_fitting;
    record_node *applicant;
    struct entry *entries;
    size_t n, cap;
};

/* The tables that are for the applicant, of the first directory that has any. */
static void choose(struct _xmlXPathParserContext *ctxt, const struct rubrics *r, struct scoring *s)
{
    struct arena *arena = &query_memory(ctxt)->arena;
    char *specialty = attribute(s->applicant, "specialty");
    const struct rubric **fitting = ARENA_ARRAY(arena, const struct rubric *, r->n);

    for (size_t i = 0; i < r->n; i++) {
        struct rubric *table = &r->list[i];
        if (!serves(table, specialty ? specialty : "") ||
            (table->test && !query_nested(ctxt, table->test, s->applicant)))
            continue;
        if (s->n_fitting && table->overlay < fitting[0]->overlay)
            s->n_fitting = 0;
        if (!s->n_fitting || table->overlay == fitting[0]->overlay)
            fitting[s->n_fitting++] = table;
    }
    s->fitting = fitting;
    s->rubric = s->n_fitting ? fitting[0] : NULL;
    xmlFree(specialty);
}

static double hundredths(double x)
{
    return round(x * 100) / 100;
}

static double capped(double x, double most)
{
    return x > most ? most : x < 0 ? 0 : x; /* NaN stays */
}

/* The place in "3/12"; 1 when it says none, or one that cannot be. */
static long rank_of(const xmlNode *n)
{
    char *v = attribute(n, "rank"), *end = v;
    long rank = v ? strtol(v, &end, 10) : 1;
    bool wrong = v && *end == '/' && rank > strtol(end + 1, NULL, 10);
    xmlFree(v);
    return rank < 1 || wrong ? 1 : rank;
}

/* What the proofs that an entry names allow it. */
struct allowance {
    long best_rank;   /* 0: there is no proof */
    double best, sum; /* of the points of each proof's level, times its rank's factor */
};

static const struct item *find_item(const struct item *items, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(items[i].id, id))
            return &items[i];
    return NULL;
}

static const struct item *item_of(const struct scoring *s, const char *id)
{
    const struct item *found = NULL;
    for (size_t i = 0; s->rubric && i < s->rubric->n_parts && !found; i++) {
        const struct part *part = &s->rubric->parts[i];
        found = find_item(part->items, part->n, id);
        for (size_t k = 0; k < part->n_groups && !found; k++)
            found = find_item(part->groups[k].items, part->groups[k].n, id);
    }
    return found;
}

static double factor(const struct scoring *s, const struct item *item, long rank)
{
    const struct ranks *table = item->ranks ? find_ranks(s->rubric, item->ranks) : NULL;
    const struct rank *ranks = table ? table->list : s->rubric->ranks;
    size_t n = table ? table->n : item->ranked ? s->rubric->n_ranks : 0;

    if (rank == 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (ranks[i].to == 0 || rank <= ranks[i].to)
            return ranks[i].factor;
    return 1;
}

static bool has_levels(const struct item *item)
{
    for (size_t i = 0; i < item->n; i++)
        if (item->criteria[i].level)
            return true;
    return false;
}

/* Of the levels that a proof reaches, the points of the best. */
static double level_points(struct _xmlXPathParserContext *ctxt, const struct item *item,
                           record_node *proof)
{
    double best = 0;
    for (size_t i = 0; i < item->n; i++) {
        const struct criterion *c = &item->criteria[i];
        if (c->level && c->points > best && (!c->test || query_nested(ctxt, c->test, proof)))
            best = c->points;
    }
    return best;
}

static void add_proof(struct _xmlXPathParserContext *ctxt, const struct scoring *s,
                      const struct item *item, record_node *proof, struct allowance *a)
{
    long rank = rank_of(proof);
    double points = level_points(ctxt, item, proof) * factor(s, item, rank);
    a->best_rank = a->best_rank == 0 || rank < a->best_rank ? rank : a->best_rank;
    a->best = fmax(a->best, points);
    a->sum += points;
}

static struct allowance allowance_of(struct _xmlXPathParserContext *ctxt, const struct scoring *s,
                                     const struct item *item, const xmlNode *score)
{
    char *refs = attribute(score, "refs"), *rest = NULL;
    struct allowance a = {0};
    for (char *id = refs ? strtok_r(refs, " \t\r\n", &rest) : NULL; id;
         id = strtok_r(NULL, " \t\r\n", &rest))
        for (xmlNode *n = s->applicant->children; n; n = n->next)
            if (n->type == XML_ELEMENT_NODE && id_is(n, id) &&
                query_nested(ctxt, s->rubric->proof, n))
                add_proof(ctxt, s, item, n, &a);
    xmlFree(refs);
    return a;
}

static struct entry entry_of(struct _xmlXPathParserContext *ctxt, const struct scoring *s,
                             const xmlNode *score)
{
    char *id = attribute(score, "item");
    const struct item *item = id ? item_of(s, id) : NULL;
    struct entry e = {.score = score, .most = 1e6};
    struct allowance a = {0};

    if (item)
        a = allowance_of(ctxt, s, item, score);
    e.item = id ? arena_strdup(&query_memory(ctxt)->arena, id) : "";
    e.factor = item ? factor(s, item, a.best_rank) : 0;
    if (item && has_levels(item))
        e.most = item->each ? a.sum : a.best;
    else if (e.factor > 0 && e.factor < 1)
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
    memory->scoring = s; /* a test that asks for points finds none yet */
    s->applicant = applicant;
    choose(ctxt, r, s);
    for (xmlNode *n = applicant->children; n; n = n->next)
        if (xml_is_named(n, "score"))
            *ARENA_PUSH(&memory->arena, s->entries, s->n, s->cap) = entry_of(ctxt, s, n);
    return s;
}

size_t rubrics_fitting(struct _xmlXPathParserContext *ctxt, record_node *nodes[], size_t most)
{
    const struct scoring *s = scoring_of(ctxt);
    size_t n = s ? s->n_fitting : 0;
    for (size_t i = 0; i < n && i < most; i++)
        nodes[i] = s->fitting[i]->node;
    return n < most ? n : most;
}

static double score_points(const struct entry *e, const char *who)
{
    return e->factor > 0 ? hundredths(capped(number(e->score, who), e->most)) : 0;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* What counts of points, which are put in order; NaN if one is. count 0: all. */
static double add_up(double *points, size_t n, enum mode mode, int count)
{
    size_t counted = mode == BEST_OF ? 1 : count ? (size_t)count : n;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        if (isnan(points[i]))
            return NAN;
    if (n > 1)
        qsort(points, n, sizeof *points, by_size);
    for (size_t i = 0; i < n && i < counted; i++)
        sum += points[i];
    return hundredths(sum);
}

static double item_points(const struct scoring *s, const char *who, const struct item *item,
                          bool uncapped)
{
    struct arena arena = {0};
    double *points = ARENA_ARRAY(&arena, double, s->n);
    bool given = false;
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        const struct entry *e = &s->entries[i];
        given = given || xmlHasProp((xmlNode *)e->score, BAD_CAST who);
        if (!strcmp(e->item, item->id))
            points[n++] = score_points(e, who);
    }
    double sum = n || given ? add_up(points, n, item->mode, item->count)
                            : NAN; /* nobody has scored anything yet */
    arena_free(&arena);
    return uncapped ? sum : hundredths(capped(sum, item->max));
}

static double group_points(const struct scoring *s, const char *who, const struct group *group,
                           bool uncapped)
{
    struct arena arena = {0};
    double *points = ARENA_ARRAY(&arena, double, group->n);
    for (size_t i = 0; i < group->n; i++)
        points[i] = item_points(s, who, &group->items[i], false);
    double sum = add_up(points, group->n, group->mode, group->count);
    arena_free(&arena);
    return uncapped ? sum : hundredths(capped(sum, group->max));
}

static double part_points(const struct scoring *s, const char *who, const struct part *part)
{
    double sum = 0;
    for (size_t i = 0; i < part->n; i++)
        sum += item_points(s, who, &part->items[i], false);
    for (size_t i = 0; i < part->n_groups; i++)
        sum += group_points(s, who, &part->groups[i], false);
    return hundredths(capped(sum, part->max));
}

static double all_points(const struct scoring *s, const char *who, const struct rubric *rubric)
{
    double sum = 0;
    for (size_t i = 0; i < rubric->n_parts; i++)
        sum += part_points(s, who, &rubric->parts[i]);
    return hundredths(capped(sum, rubric->total));
}

static const struct item *item_at(const struct item *items, size_t n, const record_node *node)
{
    for (size_t i = 0; i < n; i++)
        if (items[i].node == node)
            return &items[i];
    return NULL;
}

/* false: the node is no part, group or item of the rubric. */
static bool points_within(const struct scoring *s, const struct rubric *rubric,
                          const record_node *node, const char *who, bool uncapped, double *out)
{
    for (size_t p = 0; p < rubric->n_parts; p++) {
        const struct part *part = &rubric->parts[p];
        const struct item *item = item_at(part->items, part->n, node);
        if (part->node == node) {
            *out = part_points(s, who, part);
            return true;
        }
        for (size_t g = 0; g < part->n_groups && !item; g++) {
            const struct group *group = &part->groups[g];
            item = item_at(group->items, group->n, node);
            if (group->node == node) {
                *out = group_points(s, who, group, uncapped);
                return true;
            }
        }
        if (item) {
            *out = item_points(s, who, item, uncapped);
            return true;
        }
    }
    return false;
}

double rubric_points(struct _xmlXPathParserContext *ctxt, const record_node *node, const char *who,
                     bool uncapped)
{
    const struct rubrics *r = query_tables(ctxt)->rubrics;
    const struct scoring *s = scoring_of(ctxt);
    double found = NAN;

    for (size_t i = 0; s && i < s->n; i++)
        if (s->entries[i].score == node)
            return strcmp(who, "factor") ? score_points(&s->entries[i], who) : s->entries[i].factor;
    for (size_t i = 0; s && i < r->n; i++) {
        if (r->list[i].node == node)
            return all_points(s, who, &r->list[i]);
        if (points_within(s, &r->list[i], node, who, uncapped, &found))
            break;
    }
    return found;
}
