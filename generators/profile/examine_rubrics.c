/* examine_rubrics.c - scoring tables that cannot be meant as they are: sums, ranks, whom they are
 * for. See examination.h. */
#include "profile/examination.h"
#include "xml/xml_node.h"
#include "xml/xml_reader.h"

#include <stdlib.h>
#include <string.h>

/* -1: it says none. */
static double points(struct examination *e, const xmlNode *n, const char *name)
{
    const char *value = xml_attribute(n, name, &e->arena), *end = value;
    double v = 0;
    return value && xml_plain_number(value, &end, &v) && !*end ? v : -1;
}

/* severity INFO: it may be meant. */
static void tell_sum(struct examination *e, enum severity severity, const xmlNode *n,
                     const char *whose, double sum, double max)
{
    struct finding f = {.severity = severity, .at = xml_place(n)};
    f.text[LANGUAGE_ZH] = arena_printf(&e->arena, "%s：各项最高分合计 %g 分，%s %g 分；请核对",
                                       whose, sum, sum < max ? "够不到" : "超过", max);
    f.text[LANGUAGE_EN] =
        arena_printf(&e->arena, "%s: the maxima below add up to %g, %s %g; look them over", whose,
                     sum, sum < max ? "which never comes to" : "which is over", max);
    diag_pass(e->diag, &f);
}

/* What the items of a part or a group can come to: either-or is the best of them, the highest so
 * many are those. */
static double reach_of(struct examination *e, const xmlNode *parent)
{
    const char *mode = xml_attribute(parent, "mode", &e->arena);
    bool best = xml_is_named(parent, "group") && mode && !strcmp(mode, "best-of");
    double count = xml_is_named(parent, "group") ? points(e, parent, "count") : -1, sum = 0,
           most = 0;
    size_t n = 0;
    for (const xmlNode *c = parent->children; c; c = c->next) {
        if (!xml_is_named(c, "item") && !xml_is_named(c, "group"))
            continue;
        double max = points(e, c, "max"), reach = xml_is_named(c, "group") ? reach_of(e, c) : max;
        max = max >= 0 && max < reach ? max : reach;
        most = max > most ? max : most;
        sum += max;
        n++;
    }
    /* Of the highest so many the sum is not more than that many times the highest. */
    return best ? most : count > 0 && count < (double)n && count * most < sum ? count * most : sum;
}

static bool is_ranked(struct examination *e, const xmlNode *n)
{
    const char *value = xml_attribute(n, "ranked", &e->arena);
    return value && !strcmp(value, "true");
}

/* Rows of ranks, in a table of their own or the scoring table's: each is for places behind those
 * before. How many there are. */
static size_t examine_ranks(struct examination *e, const xmlNode *table)
{
    double last = 0;
    size_t n = 0;
    for (const xmlNode *rank = table->children; rank; rank = rank->next) {
        if (!xml_is_named(rank, "rank"))
            continue;
        double to = points(e, rank, "to"); /* -1: all others */
        if (n++ && (last < 0 || (to >= 0 && to <= last)))
            examination_warn(e, rank, "前面的 <rank> 已经包括这些名次，这一行用不上",
                             "the <rank>s before it have these places, so that it never counts",
                             xml_attribute(rank, "factor", &e->arena));
        last = last < 0 ? last : to;
    }
    return n;
}

static void examine_ranked(struct examination *e, const xmlNode *root)
{
    bool ranks = examine_ranks(e, root) > 0, ranked = false;
    for (const xmlNode *n = root; n; n = examination_next(n, root)) {
        if (xml_is_named(n, "ranks"))
            examine_ranks(e, n);
        bool by_rank = xml_is_named(n, "item") && is_ranked(e, n);
        ranked = ranked || by_rank;
        if (by_rank && !ranks && !xml_attribute(n, "ranks", &e->arena))
            examination_warn(
                e, n, "ranked=\"true\"，可表里没有 <rank>，排名不起作用",
                "ranked=\"true\", and the table has no <rank>: ranks count for nothing",
                xml_attribute(n, "name", &e->arena));
    }
    if (ranks && !ranked)
        examination_warn(e, root, "表里有 <rank>，可没有 ranked=\"true\" 的项目",
                         "the table has <rank>s, and no item with ranked=\"true\"",
                         xml_attribute(root, "name", &e->arena));
}

static void examine_sums(struct examination *e, const xmlNode *root)
{
    double total = points(e, root, "total"), pass = points(e, root, "pass"), sum = 0;
    const char *name = xml_attribute(root, "name", &e->arena);
    for (const xmlNode *n = root; n; n = examination_next(n, root)) {
        double max = xml_is_named(n, "part") || xml_is_named(n, "item") ? points(e, n, "max") : 0;
        if (xml_is_named(n, "part")) {
            double reach = reach_of(e, n);
            sum += max;
            if (reach < max)
                tell_sum(e, SEVERITY_WARNING, n, xml_attribute(n, "name", &e->arena), reach, max);
        }
        double most = xml_is_named(n, "criterion") ? points(e, n, "points") : -1;
        if (most > points(e, n->parent, "max"))
            examination_warn(e, n, "这一档比项目的最高分还高",
                             "more points than its item's maximum",
                             xml_attribute(n, "points", &e->arena));
    }
    if (sum != total)
        tell_sum(e, sum < total ? SEVERITY_WARNING : SEVERITY_INFO, root, name, sum, total);
    if (pass > total)
        examination_warn(e, root, "分数线 pass 高于满分 total，没有人能达到",
                         "pass is more than total, so that nobody can reach it",
                         xml_attribute(root, "pass", &e->arena));
}

/* The values of the notice's specialties for whom there is no table, where each has specialties of
 * its own; and specialties that the notice does not have. */
static void examine_specialties(struct examination *e, const xmlNode *root, struct buffer *served,
                                bool *by_test)
{
    bool any = false;
    for (const xmlNode *n = root->children; n; n = n->next) {
        xmlChar *text = xml_is_named(n, "specialty") ? xmlNodeGetContent(n) : NULL;
        const char *word = text ? arena_strdup(&e->arena, (const char *)text) : NULL;
        xmlFree(text);
        if (!word)
            continue;
        any = true;
        buffer_printf(served, "|%s|", word);
        if (!profile_lists(e->profile, "specialty", word))
            examination_warn(e, n, "通知的专业里没有它", "it is none of the notice's specialties",
                             word);
    }
    *by_test = *by_test || !any;
}

static void examine_unserved(struct examination *e, const struct buffer *served,
                             const struct profile_part *first)
{
    const struct word_list *list = profile_list(e->profile, "specialty");
    for (size_t i = 0; list && i < list->n; i++) {
        const char *word = list->values[i].text;
        if (strstr((const char *)served->data, arena_printf(&e->arena, "|%s|", word)))
            continue;
        struct finding f = {.severity = SEVERITY_WARNING, .at = first->at};
        f.text[LANGUAGE_ZH] = arena_printf(&e->arena, "没有一张打分表适用于这个专业：%s", word);
        f.text[LANGUAGE_EN] =
            arena_printf(&e->arena, "no scoring table is for the specialty: %s", word);
        diag_pass(e->diag, &f);
    }
}

void examine_rubrics(struct examination *e)
{
    struct buffer served = {0};
    bool by_test = false;

    buffer_putc(&served, '|');
    for (size_t i = 0; i < e->n; i++) {
        const struct examined_file *f = &e->files[i];
        const xmlNode *root = f->whole ? xmlDocGetRootElement(f->whole) : NULL;
        if (!root || !xml_is_named(root, "rubric") || !f->own)
            continue;
        examine_sums(e, root);
        examine_ranked(e, root);
        examine_specialties(e, root, &served, &by_test);
    }
    buffer_putc(&served, '\0');
    if (e->profile->rubrics.n && !by_test)
        examine_unserved(e, &served, &e->profile->rubrics.list[0]);
    buffer_clear(&served);
}
