/* near_name.h - the file that is meant by a name under which there is none. Internal to media. */
#ifndef MEDIA_NEAR_NAME_H
#define MEDIA_NEAR_NAME_H

#include "core/arena.h"

#include <stdbool.h>

struct near_name {
    const char *path; /* as it would have to be cited, in UTF-8 */
    bool other_bytes; /* the file's own name is in GBK, which no input can cite */
};

/* Looks in dir for what href may mean: written in other letters (case, width, composed or not),
 * with backslashes, %20, blanks around it, a scheme or drive before it; or, failing that, for a
 * file of its name in dir or the folders in it, or in its own folder for one with another suffix
 * (JPEG, PNG, PDF). false: there is none, or more than one. */
bool near_name_find(struct near_name *out, struct arena *arena, const char *dir, const char *href);

#endif
