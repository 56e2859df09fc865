/* total_fit.c - see total_fit.h. The cheapest way to each place, in the order of the places: a line
 * is looked at only if it fits, so that a long text costs as much a character as a short one. */
#include "text/total_fit.h"

#include <math.h>

/* What a line costs. Stretching every place by an eighth of an em is the unit. */
#define COST_MARK 3.0         /* a mark that gives up some of its blank, more than that eighth */
#define COST_SPACE 0.5        /* word spaces at their limit */
#define COST_RAGGED 10.0      /* a justified line that cannot be filled */
#define COST_EMPTY 50.0       /* an empty line; a half empty one a quarter of that */
#define COST_LINE 60.0        /* one more line where lines are not filled */
#define COST_LONELY_LAST 30.0 /* a last line of one character */
#define COST_LONELY 20.0      /* another line of one */
#define COST_RUNT 20.0        /* a runt, a last line too short, where lines are not filled */
#define COST_HAN_WORD 14.0    /* 障|局 in a cell */
#define COST_NO_PAUSE 12.0    /* a line of a cell that ends where its sense does not */
#define COST_DATE 8.0 /* a date parted in a justified paragraph: rather than a ragged line */
#define COST_DATE_RAGGED 100.0 /* elsewhere rather a line more */

static double place_cost(const struct line_place *place, enum fit_aim aim)
{
    switch (place->kind) {
    case BREAK_DATE:
        return aim == FIT_JUSTIFIED ? COST_DATE : COST_DATE_RAGGED;
    case BREAK_LOOSE:
        return 200;
    case BREAK_WORD:
        return 400;
    case BREAK_NUMBER:
        return 800;
    case BREAK_NONE:
    case BREAK_GOOD:
    case BREAK_COUNT:
        break;
    }
    return (place->inside_word ? COST_HAN_WORD : 0) + (place->mid_phrase ? COST_NO_PAUSE : 0);
}

/* The line between two places. */
struct candidate {
    const struct line_place *from, *to;
    double rest; /* room that it leaves; below 0: it has to shrink */
    double room;
    bool is_last, is_short; /* is_short: of a text of up to three lines */
};

static double shrink_of(const struct candidate *line, enum shrink kind)
{
    return line->to->end.shrink[kind] - line->from->start.shrink[kind];
}

static double stretch_of(const struct candidate *line, enum stretch kind)
{
    return line->to->end.stretch[kind] - line->from->start.stretch[kind];
}

static bool fits(const struct candidate *line)
{
    double slack = FIT_SLACK;
    for (int k = 0; k < SHRINK_COUNT && line->rest + slack < 0; k++)
        slack += shrink_of(line, (enum shrink)k);
    return line->rest + slack >= 0;
}

/* Of marks each counts that gives up anything: a little of many is seen as often as much of one. */
static double shrink_cost(const struct candidate *line, double em)
{
    double need = -line->rest, cost = 0;
    for (int k = 0; k < SHRINK_COUNT && need > FIT_SLACK; k++) {
        double all = shrink_of(line, (enum shrink)k);
        if (all <= 0)
            continue;
        double share = fmin(1, need / all);
        cost += k == SHRINK_SPACE || k == SHRINK_GAP ? COST_SPACE * share * share
                                                     : COST_MARK * all / (em / 2);
        need -= all * share;
    }
    return cost;
}

/* INFINITY: it would be loose. */
static double stretch_cost(const struct candidate *line)
{
    double need = line->rest, cost = 0, places = stretch_of(line, STRETCH_HAN);
    for (int k = STRETCH_SPACE; k <= STRETCH_GAP && need > 0; k++) {
        double all = stretch_of(line, (enum stretch)k);
        if (all <= 0)
            continue;
        double share = fmin(1, need / all);
        cost += COST_SPACE * share * share;
        need -= all * share;
    }
    if (need <= FIT_SLACK)
        return cost;
    if (places <= 0)
        places = stretch_of(line, STRETCH_REST);
    double each = places > 0 ? need / places : INFINITY;
    return each <= STRETCH_LIMIT ? cost + each * each * 64 : INFINITY;
}

static double rag_cost(const struct candidate *line)
{
    double part = line->room > 0 ? fmax(0, line->rest) / line->room : 0;
    return COST_EMPTY * part * part;
}

static size_t characters_of(const struct candidate *line)
{
    return line->to->characters - line->from->characters;
}

/* A seventh of the measure, or up to a fifth when that is but 奖，3 分. */
static bool is_runt(const struct candidate *line)
{
    return line->rest > (characters_of(line) <= 3 ? 0.79 : 0.85) * line->room;
}

/* *ragged: it cannot be filled. */
static double line_cost(const struct candidate *line, const struct fit_measure *m, bool *ragged)
{
    double cost = m->aim == FIT_JUSTIFIED ? 0 : COST_LINE;

    *ragged = false;
    if (characters_of(line) < 2)
        cost += line->is_last ? COST_LONELY_LAST : COST_LONELY;
    if (line->rest < 0)
        return cost + shrink_cost(line, m->em);
    if (line->is_last && line->is_short && is_runt(line))
        cost += COST_RUNT;
    if (line->is_last)
        return cost + (m->aim == FIT_BALANCED ? rag_cost(line) : 0);
    double stretched = m->aim == FIT_JUSTIFIED ? stretch_cost(line) : INFINITY;
    *ragged = m->aim == FIT_JUSTIFIED ? isinf(stretched) : line->rest > line->room / 2;
    if (!isinf(stretched))
        return cost + stretched;
    return cost + rag_cost(line) + (m->aim == FIT_JUSTIFIED ? COST_RAGGED : 0);
}

static struct candidate candidate_line(const struct line_place *places, size_t n, size_t from,
                                       size_t to, const struct fit_measure *m)
{
    struct candidate line = {.from = &places[from], .to = &places[to], .is_last = to + 1 == n};
    double all = places[n - 1].end_x - places[0].start_x;
    line.room = from == 0 ? m->first_room : m->room;
    line.rest = line.room - fmax(0, line.to->end_x - line.from->start_x);
    line.is_short = m->aim == FIT_RAGGED && all <= 3 * m->room;
    return line;
}

void total_fit(struct line_place *places, size_t n, const struct fit_measure *m)
{
    size_t first = 0; /* lines that begin before it are too long */

    for (size_t to = 1; to < n; to++) {
        bool filled = false;
        double own = place_cost(&places[to], m->aim);
        places[to].cost = INFINITY;
        for (size_t from = first; from < to; from++) {
            struct candidate line = candidate_line(places, n, from, to, m);
            bool ragged, fit = fits(&line);
            if (!fit && from == first && from + 1 < to)
                first++;
            if (!fit && from + 1 < to)
                continue; /* a piece that is too long alone has its line nevertheless */
            double cost = places[from].cost + own + line_cost(&line, m, &ragged);
            if (cost <=
                places[to].cost + 1e-9) { /* of like ways that with the longer lines first */
                places[to].cost = cost;
                places[to].previous = from;
            }
            if (ragged && filled && !line.is_last)
                break; /* shorter ones only are left */
            filled = filled || !ragged;
        }
    }
}
