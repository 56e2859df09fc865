/* shipped.h - the profile that is used where nobody names one, for tests that read its templates.
 */
#ifndef TESTS_SHIPPED_H
#define TESTS_SHIPPED_H

#include "profile/profile.h"

#include <stdlib.h>

static const char *const shipped_templates[] = {"templates/zhejiang-mining", "templates/base",
                                                NULL};

/* Until the process ends. */
static inline const struct profile *use_shipped_profile(void)
{
    static struct profile *profile;
    struct diag diag = {0};
    if (!profile && !(profile = profile_open(shipped_templates, "zhejiang-mining", &diag))) {
        diag_print(&diag, LANGUAGE_EN, stderr);
        exit(1);
    }
    diag_clear(&diag);
    return profile;
}

#endif
