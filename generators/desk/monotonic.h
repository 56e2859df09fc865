/* monotonic.h - seconds that only go forward, whatever is done to the clock. */
#ifndef DESK_MONOTONIC_H
#define DESK_MONOTONIC_H

#include <time.h>

static inline time_t monotonic_seconds(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

#endif
