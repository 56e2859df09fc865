/* draw.h - what the workers of package do. */
#ifndef PACKAGE_DRAW_H
#define PACKAGE_DRAW_H

#include "core/workers.h"

/* The papers of one applicant, of those in a struct draw_job; of one group of the batch. Each
 * leaves a result. */
struct draw_job {
    const struct package *package;
    const struct person **people; /* whom to draw; NULL: groups */
};
extern const struct workers_job draw_people, draw_groups;

#endif
