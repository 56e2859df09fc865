/* desk_profiles.h - the notices that batches of the desk may be made for, and their papers that a
 * person is looked at by. */
#ifndef DESK_DESK_PROFILES_H
#define DESK_DESK_PROFILES_H

#include "desk/desk.h"

/* In the arena. One that cannot be read is left out, and reported. */
const struct desk_profile *desk_profiles(struct arena *arena, size_t *n, struct diag *diag);

#endif
