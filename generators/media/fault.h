/* fault.h - the finding that every fault of a cited file becomes. Internal to media. */
#ifndef MEDIA_FAULT_H
#define MEDIA_FAULT_H

#include "media/media.h"

/* where, as an error of rule R76 unless the caller named another. */
struct finding media_error(const struct finding *where);

#endif
