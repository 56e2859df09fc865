/* workdays.c - see workdays.h. */
#include "query/workdays.h"

#include "record/date.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/xpathInternals.h>

struct span {
    long from, to; /* days */
    bool work;
};

static struct {
    struct arena arena;
    struct span *spans;
    size_t n, cap;
    int *years;
    size_t n_years, cap_years;
} table; /* the process's */

enum { LONGEST = 3660 }; /* days: ten years, beyond which nobody announces anything */

/* Days since 0000-03-01, a Wednesday, after Howard Hinnant's days_from_civil. */
static long day_number(struct date d)
{
    long y = d.year - (d.month <= 2), era = y / 400, of_era = y - era * 400;
    long of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
}

static bool whole_day(const char *s, long *day, int *year)
{
    struct date d;
    if (!s || !date_parse(s, &d) || d.precision != DATE_DAY)
        return false;
    *day = day_number(d);
    *year = d.year;
    return true;
}

static bool read_range(xmlNode *n, int year, const char *path, struct diag *diag)
{
    xmlChar *from = xmlGetNoNsProp(n, BAD_CAST "from"), *to = xmlGetNoNsProp(n, BAD_CAST "to");
    xmlChar *kind = xmlGetNoNsProp(n, BAD_CAST "kind");
    struct span s;
    int first, last;
    bool work = kind && !strcmp((char *)kind, "work"), off = kind && !strcmp((char *)kind, "off");
    bool ok = !strcmp((char *)n->name, "range") && (work || off) &&
              whole_day((char *)from, &s.from, &first) && whole_day((char *)to, &s.to, &last) &&
              s.from <= s.to && first == year && last == year;
    s.work = work;
    if (ok)
        *ARENA_PUSH(&table.arena, table.spans, table.n, table.cap) = s;
    else
        diag_system(diag, (struct src_pos){path, xmlGetLineNo(n)},
                    "<range> 须有 kind（off 或 work）和同在 %d 年内的 from、to 两个日期",
                    "a <range> has a kind (off or work) and the dates from and to, both in %d",
                    year);
    xmlFree(from);
    xmlFree(to);
    xmlFree(kind);
    return ok;
}

static bool read_year(xmlNode *y, const char *path, struct diag *diag)
{
    xmlChar *value = xmlGetNoNsProp(y, BAD_CAST "value");
    struct date d;
    bool ok = !strcmp((char *)y->name, "year") && value && date_parse((char *)value, &d) &&
              d.precision == DATE_YEAR;
    xmlFree(value);
    if (!ok)
        return diag_system(diag, (struct src_pos){path, xmlGetLineNo(y)},
                           "<year> 须有 value，如 2026", "a <year> has a value such as 2026");
    *ARENA_PUSH(&table.arena, table.years, table.n_years, table.cap_years) = d.year;
    for (xmlNode *n = y->children; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE)
            ok = read_range(n, d.year, path, diag) && ok;
    return ok;
}

bool workdays_load(const char *path, struct diag *diag)
{
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = true;

    if (fd < 0) {
        xmlFreeParserCtxt(ctxt);
        return diag_system(diag, (struct src_pos){path, 0}, "无法读取节假日表：%s",
                           "cannot read the table of holidays: %s", strerror(errno));
    }
    arena_free(&table.arena);
    memset(&table, 0, sizeof table);
    xmlDoc *doc = xmlCtxtReadFd(ctxt, fd, path, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    const xmlError *e = xmlCtxtGetLastError(ctxt);
    if (!doc)
        ok = diag_system(diag, (struct src_pos){path, e ? e->line : 0}, "节假日表不是完好的 XML",
                         "the table of holidays is not well-formed XML");
    for (xmlNode *y = doc ? xmlDocGetRootElement(doc)->children : NULL; y; y = y->next)
        if (y->type == XML_ELEMENT_NODE)
            ok = read_year(y, path, diag) && ok;
    if (doc)
        xmlFreeDoc(doc);
    xmlFreeParserCtxt(ctxt);
    close(fd);
    return ok;
}

static bool knows(int year)
{
    for (size_t i = 0; i < table.n_years; i++)
        if (table.years[i] == year)
            return true;
    return false;
}

long workdays_count(const char *from, const char *to)
{
    long first, last, n = 0;
    int a, b;
    if (!whole_day(from, &first, &a) || !whole_day(to, &last, &b) || last - first > LONGEST)
        return -1;
    for (int year = a; year <= b; year++)
        if (!knows(year))
            return -1;
    for (long day = first; day <= last; day++) {
        bool work = (day + 2) % 7 < 5;
        for (size_t i = 0; i < table.n; i++)
            if (day >= table.spans[i].from && day <= table.spans[i].to)
                work = table.spans[i].work;
        n += work;
    }
    return n;
}

void workdays_xpath(xmlXPathParserContext *ctxt, int n)
{
    if (n != 2)
        XP_ERROR(XPATH_INVALID_ARITY);
    xmlChar *to = xmlXPathPopString(ctxt), *from = xmlXPathPopString(ctxt);
    long days = workdays_count((const char *)from, (const char *)to);
    valuePush(ctxt, xmlXPathNewFloat(days < 0 ? xmlXPathNAN : (double)days));
    xmlFree(from);
    xmlFree(to);
}
