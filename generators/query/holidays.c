/* holidays.c - see holidays.h. */
#include "query/holidays.h"

#include "record/date.h"
#include "xml/xml_reader.h"

#include <stdlib.h>

struct day {
    long number;
    int year;
};

struct range {
    struct day from, to;
    enum { DAY_OFF, DAY_WORKED } kind;
};

struct year {
    int value;
    struct range *ranges;
    size_t n, cap;
};

struct holidays {
    struct arena arena;
    struct year *years;
    size_t n, cap;
};

enum { LONGEST = 3660 }; /* days: ten years, beyond which nobody announces anything */

static bool whole_day(const char *s, struct day *out)
{
    struct date d;
    if (!date_parse(s, &d) || d.precision != DATE_DAY)
        return false;
    *out = (struct day){date_number(d), d.year};
    return true;
}

/* --- reading --- */

static bool parse_day(struct xml_reader *r, const char *text, void *out)
{
    (void)r;
    return whole_day(text, out);
}

static void check_range(struct xml_reader *r, void *self, void *parent)
{
    const struct range *range = self;
    const struct year *year = parent;
    if (range->from.year && range->to.year && year->value &&
        (range->from.number > range->to.number || range->from.year != year->value ||
         range->to.year != year->value))
        diag_system(r->diag, xml_at(r), "from 不得晚于 to，且两日都应在 %d 年内",
                    "from is not after to, and both are days of %d", year->value);
}

enum { IN_HOLIDAYS = 1, IN_YEAR = 2 };

static const struct xml_attribute of_year[] = {{"value", XML_INT, XML_AT(struct year, value),
                                                .required = true, .unique = true, .least = 1900,
                                                .most = 2999},
                                               {"source", XML_TEXT, XML_NOWHERE},
                                               {0}};
static const struct xml_attribute of_range[] = {
    {"kind", XML_CHOICE, XML_AT(struct range, kind), .required = true, .words = "off work"},
    {"from", XML_PARSED, XML_AT(struct range, from), .required = true, .parse = parse_day,
     .expected = "2026-10-01"},
    {"to", XML_PARSED, XML_AT(struct range, to), .required = true, .parse = parse_day,
     .expected = "2026-10-07"},
    {"name", XML_TEXT, XML_NOWHERE},
    {0}};
static const struct xml_element elements[] = {
    {"holidays", .inside = IN_HOLIDAYS},
    {"year", IN_HOLIDAYS, IN_YEAR, of_year, sizeof(struct year), XML_INTO(struct holidays, years)},
    {"range", IN_YEAR, 0, of_range, sizeof(struct range), XML_INTO(struct year, ranges),
     .end = check_range},
    {0}};

struct holidays *holidays_load(const char *path, struct diag *diag)
{
    struct holidays *h = mem_alloc(1, sizeof *h);
    struct xml_reader r = {.elements = elements, .arena = &h->arena, .diag = diag};
    if (xml_read(&r, path, h))
        return h;
    holidays_free(h);
    return NULL;
}

void holidays_free(struct holidays *h)
{
    if (!h)
        return;
    arena_free(&h->arena);
    free(h);
}

/* --- counting --- */

static bool knows(const struct holidays *h, int year)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->years[i].value == year)
            return true;
    return false;
}

/* Of ranges that overlap the later one counts. */
static bool worked(const struct holidays *h, long day)
{
    bool work = (day + 2) % 7 < 5;
    for (size_t i = 0; i < h->n; i++)
        for (size_t k = 0; k < h->years[i].n; k++) {
            const struct range *range = &h->years[i].ranges[k];
            if (day >= range->from.number && day <= range->to.number)
                work = range->kind == DAY_WORKED;
        }
    return work;
}

long workdays_count(const struct holidays *h, const char *from, const char *to)
{
    struct day first, last;
    long n = 0;
    if (!h || !whole_day(from, &first) || !whole_day(to, &last) ||
        last.number - first.number > LONGEST)
        return -1;
    for (int year = first.year; year <= last.year; year++)
        if (!knows(h, year))
            return -1;
    for (long day = first.number; day <= last.number; day++)
        n += worked(h, day);
    return n;
}
