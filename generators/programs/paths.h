/* paths.h - where templates and fonts are: an overlay first, then the checkout's (run from build/bin) or PREFIX's. */
#ifndef PROGRAMS_PATHS_H
#define PROGRAMS_PATHS_H

#include "core/arena.h"

/* NULL-ended lists that live as long as the process; overlay may be NULL. */
const char *const *shenbao_font_dirs(const char *overlay);
const char *const *shenbao_template_dirs(const char *overlay);
/* The first of the directories that has the file; NULL: none. */
char *shenbao_find(struct arena *arena, const char *const *dirs, const char *name);
/* Every file of the directories whose name matches a pattern of the shell, by name; of equal names the first directory's. */
size_t shenbao_find_all(struct arena *arena, const char *const *dirs, const char *pattern, char ***out);

#endif
