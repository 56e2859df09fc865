/* real_path.h - where a path leads when all links are followed. Trouble of the machine in looking
 * ends the process: it is not the absence of what is looked for. */
#ifndef CORE_REAL_PATH_H
#define CORE_REAL_PATH_H

#include "core/arena.h"

#include <stdbool.h>

/* In the arena; NULL: there is nothing, or it is forbidden. */
const char *real_path(struct arena *arena, const char *path);
/* The same of the folder that a file is in, the file being there or not; without a slash behind it,
 * but for "/". */
const char *real_folder(struct arena *arena, const char *path);
bool path_is_folder(const char *path);

#endif
