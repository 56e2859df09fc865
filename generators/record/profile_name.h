/* profile_name.h - which notice a file of the batch is made for: batch/@profile, read before all
 * else, since the templates and the schema follow from it. */
#ifndef RECORD_PROFILE_NAME_H
#define RECORD_PROFILE_NAME_H

#include "record/input.h"

/* In the arena. NULL: the file names none, or is none that can be read so far, which the first pass
 * reports. */
const char *record_profile_name(const struct input *in, struct arena *arena);

#endif
