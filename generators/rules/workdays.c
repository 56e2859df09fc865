/* workdays.c - see workdays.h. */
#include "rules/workdays.h"

#include "record/date.h"
#include "rules/functions.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/tree.h>

struct span {
    long from, to; /* days */
    bool work;
};

struct workdays {
    struct span *spans;
    size_t n, cap;
    int *years;
    size_t n_years, cap_years;
};

enum { LONGEST = 3660 };

/* Days since 0000-03-01, after Howard Hinnant's days_from_civil. */
static long day_number(struct date d)
{
    long y = d.year - (d.month <= 2), era = y / 400, yoe = y - era * 400;
    long doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy;
}

static bool whole_date(const char *s, long *out)
{
    struct date d;
    if (!s || !date_parse(s, &d) || d.precision != DATE_DAY)
        return false;
    *out = day_number(d);
    return true;
}

static bool read_range(struct workdays *w, xmlNode *n, const char *path, struct arena *arena, struct diag *diag)
{
    struct span s = {0};
    xmlChar *from = xmlGetNoNsProp(n, BAD_CAST "from"), *to = xmlGetNoNsProp(n, BAD_CAST "to");
    xmlChar *kind = xmlGetNoNsProp(n, BAD_CAST "kind");
    bool ok = whole_date((char *)from, &s.from) && whole_date((char *)to, &s.to) && s.from <= s.to && kind &&
              (!strcmp((char *)kind, "off") || !strcmp((char *)kind, "work"));
    s.work = ok && !strcmp((char *)kind, "work");
    if (ok)
        *ARENA_PUSH(arena, w->spans, w->n, w->cap) = s;
    else
        diag_system(diag, (struct src_pos){path, xmlGetLineNo(n)}, "<range> 须有 kind（off 或 work）、from 和 to 两个日期",
                    "a <range> has a kind (off or work) and the dates from and to");
    xmlFree(from);
    xmlFree(to);
    xmlFree(kind);
    return ok;
}

struct workdays *workdays_load(const char *path, struct arena *arena, struct diag *diag)
{
    struct workdays *w = ARENA_NEW(arena, struct workdays);
    xmlDoc *doc = rules_read_xml(path, arena, diag);
    bool ok = doc != NULL;

    for (xmlNode *y = doc ? xmlDocGetRootElement(doc)->children : NULL; y; y = y->next) {
        struct date d;
        if (y->type != XML_ELEMENT_NODE)
            continue;
        xmlChar *value = xmlGetNoNsProp(y, BAD_CAST "value");
        if (value && date_parse((char *)value, &d) && d.precision == DATE_YEAR)
            *ARENA_PUSH(arena, w->years, w->n_years, w->cap_years) = d.year;
        else
            ok = diag_system(diag, (struct src_pos){path, xmlGetLineNo(y)}, "<year> 须有 value，如 2026",
                             "a <year> has a value such as 2026");
        xmlFree(value);
        for (xmlNode *n = y->children; n; n = n->next)
            if (n->type == XML_ELEMENT_NODE)
                ok = read_range(w, n, path, arena, diag) && ok;
    }
    if (doc)
        xmlFreeDoc(doc);
    return ok ? w : NULL;
}

static bool knows(const struct workdays *w, const char *date)
{
    int year = atoi(date);
    for (size_t i = 0; i < w->n_years; i++)
        if (w->years[i] == year)
            return true;
    return false;
}

long workdays_count(const struct workdays *w, const char *from, const char *to)
{
    long a, b, n = 0;
    if (!whole_date(from, &a) || !whole_date(to, &b) || !knows(w, from) || !knows(w, to) || b - a > LONGEST)
        return -1;
    for (long day = a; day <= b; day++) {
        bool work = (day + 2) % 7 < 5; /* 0000-03-01 was a Wednesday */
        for (size_t i = 0; i < w->n; i++)
            if (day >= w->spans[i].from && day <= w->spans[i].to)
                work = w->spans[i].work;
        n += work;
    }
    return n;
}
