/* query_tables.h - the tables of templates/ that XPath functions look into: needed papers
 * (papers.xml), holidays (holidays.xml), scoring rubrics (rubric-*.xml). They are loaded once and
 * travel in the query's context. */
#ifndef QUERY_QUERY_TABLES_H
#define QUERY_QUERY_TABLES_H

#include "query/holidays.h"
#include "query/needed_papers.h"
#include "query/rubric.h"

struct query_tables {
    struct needed_papers *papers;
    struct holidays *holidays;
    struct rubrics *rubrics;
};

/* From the first of the directories that has each; dirs is NULL-ended. NULL: every fault was
 * reported with file:line. */
struct query_tables *query_tables_load(const char *const *dirs, struct diag *diag);
void query_tables_free(struct query_tables *t); /* NULL is fine */

#endif
