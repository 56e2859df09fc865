/* fault.c - see fault.h. */
#include "media/fault.h"

#include "core/utf8.h"

#include <string.h>

struct finding media_error(const struct finding *where)
{
    struct finding f = *where;
    f.severity = SEVERITY_ERROR;
    if (!f.rule)
        f.rule = "R76";
    return f;
}

const char *media_shown(struct diag *diag, const char *href)
{
    enum { LONGEST = 120 }; /* characters */
    char *out = arena_alloc(&diag->arena, (LONGEST + 1) * UTF8_SHOWN, 1), *p = out;
    size_t len = strlen(href), used = 0;

    for (size_t i = 0, n = 0; i < len; i += used, n++) {
        if (n == LONGEST) {
            strcpy(p, "…");
            break;
        }
        p += utf8_show(href + i, len - i, &used, p);
    }
    return out;
}

bool media_report(const char *href, const struct media_fault *fault, const struct finding *where,
                  struct diag *diag)
{
    struct finding f = media_error(where);
    if (fault->system)
        f.fault = FAULT_SYSTEM;
    return diag_add(diag, f, "“%s”%s%.0s", "'%s' %.0s%s", media_shown(diag, href), fault->zh,
                    fault->en);
}
