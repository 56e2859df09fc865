/* paths.h - where templates and fonts are: an overlay first, then those that stand on the machine
 * (templates and fonts in $XDG_CONFIG_HOME/shenbao, else ~/.config/shenbao, then in /etc/shenbao),
 * then the checkout's (run from build/bin) or PREFIX's; of templates those of the profile, then
 * those that profiles share. */
#ifndef CORE_PATHS_H
#define CORE_PATHS_H

#include "core/arena.h"

#include <stdbool.h>

/* The profile that is meant where nobody names one. */
#define SHENBAO_PROFILE "zhejiang-mining"

/* --no-overlays: those that stand on the machine are not looked at from now on. */
void shenbao_without_overlays(void);
/* Those of them that there are, NULL-ended: reports name them. */
const char *const *shenbao_overlays(void);

/* NULL-ended lists that live as long as the process; overlay may be NULL. */
const char *const *shenbao_font_dirs(const char *overlay);
/* profile: its folder; NULL: what all profiles share alone. */
const char *const *shenbao_template_dirs(const char *overlay, const char *profile);
/* The folder of all our templates: a profile is a folder there, and so is what they share. */
const char *shenbao_templates(void);

/* The file of that name among what may be lost at any time (systemd's CACHE_DIRECTORY, or the
 * user's own: XDG_CACHE_HOME, ~/.cache), in the arena; NULL: there is no such place. */
const char *shenbao_cache(struct arena *arena, const char *leaf);

#endif
