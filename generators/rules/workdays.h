/* workdays.h - working days by the State Council's table of holidays (templates/holidays.xml). Internal to rules. */
#ifndef RULES_WORKDAYS_H
#define RULES_WORKDAYS_H

#include "core/finding.h"

struct workdays;

/* In the arena; NULL: reported with file:line. */
struct workdays *workdays_load(const char *path, struct arena *arena, struct diag *diag);
/* From one day to another, both included; -1: the table does not know one of the years, or either is no whole date. */
long workdays_count(const struct workdays *w, const char *from, const char *to);

#endif
