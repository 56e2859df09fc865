/* version.c - see version.h. The Makefile knows the commit. */
#include "core/version.h"

#ifndef COMMIT
#define COMMIT ""
#endif

const char *shenbao_version(void)
{
    return SHENBAO_VERSION COMMIT;
}
