/* rubric.h - scoring rubrics (a profile's rubric-*.xml) and the arithmetic of a
 * score sheet.
 *
 * Which rubric is an applicant's: the one that names their specialty, or no specialty at all, and
 * whose @test, if any, holds for them; one of an overlay before ours. Where two of one folder fit,
 * rubric() has both, which templates and rules report.
 *
 * What a rubric means. The record's <score> entries name an item. Their points are those that the
 * applicant has worked out by the table, and the unit checked (notice 三.1): factors of ranks are
 * in them already, and nothing is multiplied here. An entry without proof counts 0: proof is an
 * element of the applicant that @refs names and for which the rubric's @proof holds. Where the item
 * is ranked, an entry gets no more than the item's maximum times the factor of the best rank among
 * its proofs; who has no rank counts as first. The factors are those of the rubric's <rank>s
 * (@ranked), or of the <ranks> that the item names (@ranks). Where criteria say their points, they
 * are levels: a proof gets no more than the best level whose @test holds for it, times its factor,
 * and an entry as much as its best proof, or with @each as all its proofs together (points times
 * n). Of the entries of an item the best counts (best-of), the best @count, or all of them (sum,
 * capped); the items of a <group> count together in the same ways: either-or, the highest two, a
 * maximum of their own. No item, group, part or sheet gets more than its maximum: of a sum that is
 * a fault, which the sheet shows, of the other modes it is meant. Points are rounded to hundredths.
 *
 * XPath functions:
 *   rubric()            the <rubric> that the applicant is scored by; none, or two that fit
 *   rubrics()           all <rubric> elements, in the order of their files
 *   applicant()         the applicant of query_context_begin, also where the node in force is a
 *                       rubric's; none when that is no applicant
 *   points(node, who, 'uncapped'?)   who: self or reviewed. Of a <score>, an <item>, a <group>, a
 *                       <part> or a <rubric>: what counts of it; NaN while an entry lacks that
 *                       attribute. Uncapped: of an item or a group before its maximum
 *   points(score, 'factor')          0 without proof, else the factor of its rank */
#ifndef QUERY_RUBRIC_H
#define QUERY_RUBRIC_H

#include "query/query.h"

struct rubric; /* one file */

struct rubrics {
    struct arena arena;
    struct rubric *list;
    size_t n, cap;
};

/* All rubric-*.xml of the directories; of equal names the first counts. NULL: one is at fault, each
 * was reported. */
struct rubrics *rubrics_load(const char *const *dirs, struct diag *diag);
void rubrics_free(struct rubrics *r);                        /* NULL is fine */
record_node *rubric_node(const struct rubrics *r, size_t n); /* <rubric> of the n-th file */

/* rubric() for the applicant at hand: how many of at most `most` were put. */
size_t rubrics_fitting(struct _xmlXPathParserContext *ctxt, record_node *nodes[], size_t most);
/* points() for the applicant at hand, whose rubric it is that scores belong to. */
double rubric_points(struct _xmlXPathParserContext *ctxt, const record_node *node, const char *who,
                     bool uncapped);

#endif
