/* find.h - files in directories that are searched in order: overlays first. */
#ifndef CORE_FIND_H
#define CORE_FIND_H

#include "core/finding.h"

/* dirs is NULL-ended. The first directory's file of that name, be it one that cannot be read or a
 * link to nowhere; NULL: none has it. */
char *find_file(struct arena *arena, const char *const *dirs, const char *name);
/* The same for a file of templates/ that must be there. from: the place that asks for it; {0}: the
 * program itself. NULL: reported. */
char *find_template(struct arena *arena, const char *const *dirs, const char *name,
                    struct src_pos from, struct diag *diag);
/* All files whose names match the pattern (of fnmatch), of one name the first directory's, ordered
 * by name; how many. */
size_t find_files(struct arena *arena, const char *const *dirs, const char *pattern, char ***out);

#endif
