/* total_fit.h - line ends chosen over a whole paragraph, so that its lines are distorted least.
 * Numbers only: what characters are and where lines may end is paragraph.c's. Internal to text. */
#ifndef TEXT_TOTAL_FIT_H
#define TEXT_TOTAL_FIT_H

#include <stdbool.h>
#include <stddef.h>

/* How full a line may be beyond its measure: rounding, no more. */
#define FIT_SLACK 0.001

/* Whether a line may begin with a unit. In the order in which paragraphs use them: the later kinds
 * serve where pieces between the earlier ones are wider than the measure. */
enum break_opportunity {
    BREAK_NONE,
    BREAK_GOOD,
    BREAK_DATE,   /* inside a date or a range of dates: always possible, and disliked */
    BREAK_LOOSE,  /* between a number and its unit, after the slash of a URL ... */
    BREAK_WORD,   /* inside a Western word */
    BREAK_NUMBER, /* inside a number: when nothing else is left */
    BREAK_COUNT
};

/* What shrinks inside a line, kind by kind in CLREQ's order. The mark at the line's end has lost
 * its blank before, and · is half an em already. */
enum shrink { SHRINK_SPACE, SHRINK_BRACKET, SHRINK_COMMA, SHRINK_GAP, SHRINK_STOP, SHRINK_COUNT };

/* What stretches: word spaces up to half an em, gaps up to a third of an em, then Han characters,
 * all alike; a line without Han stretches its word spaces and gaps further. */
enum stretch { STRETCH_SPACE, STRETCH_GAP, STRETCH_HAN, STRETCH_REST, STRETCH_COUNT };

/* No further than this between characters, in ems; a line that would need more is left ragged. */
#define STRETCH_LIMIT 0.25

/* By how much, in points. STRETCH_HAN and STRETCH_REST have no end: one em for each place. */
struct elasticity {
    double shrink[SHRINK_COUNT], stretch[STRETCH_COUNT];
};

/* A place where a line may end and the next one begin. Widths, elasticity and characters are
 * sums from the paragraph's beginning: the difference of two places is what is true of the line
 * between them. */
struct line_place {
    size_t unit; /* the first of the next line */
    enum break_opportunity kind;
    bool inside_word;      /* of several Han characters: disliked where lines are not filled */
    bool mid_phrase;       /* neither behind a mark nor before a bracket: likewise */
    double end_x, start_x; /* of the line before it, without spaces and the blank of its last mark;
                              of the next, without the blank of an opening mark */
    struct elasticity end, start;
    size_t characters;
    /* Chosen by total_fit: */
    double cost;     /* of all lines up to here */
    size_t previous; /* where the line that ends here begins, as an index */
};

enum fit_aim {
    FIT_JUSTIFIED, /* full lines with the least shrinking and stretching */
    FIT_RAGGED,    /* as few lines as there can be, full ones */
    FIT_BALANCED   /* as few lines as there can be, of like widths */
};

struct fit_measure {
    enum fit_aim aim;
    double first_room, room; /* of the first line and of the others, points */
    double em;
};

/* places: of the paragraph's beginning, of all opportunities, of its end. Chooses each place's
 * previous: followed from the last one they are the lines. */
void total_fit(struct line_place *places, size_t n, const struct fit_measure *measure);

#endif
