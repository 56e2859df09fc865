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

/* Would it break the line, or turn the text around it? */
static bool is_unprintable(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || (cp >= 0x2028 && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

const char *media_shown(struct diag *diag, const char *href)
{
    enum { LONGEST = 120, ESCAPE = 8 }; /* characters; bytes of one escape */
    char *out = arena_alloc(&diag->arena, LONGEST * ESCAPE + ESCAPE, 1), *p = out;
    size_t len = strlen(href), used = 0;

    for (size_t i = 0, n = 0; i < len; i += used, n++) {
        if (n == LONGEST) {
            strcpy(p, "…");
            break;
        }
        uint32_t cp = utf8_next(href + i, len - i, &used);
        if (cp == UTF8_BAD || (is_unprintable(cp) && cp < 0x80)) {
            p += sprintf(p, "\\x%02X", (unsigned char)href[i]);
        } else if (is_unprintable(cp)) {
            p += sprintf(p, "\\u%04X", (unsigned)cp);
        } else {
            memcpy(p, href + i, used);
            p += used;
        }
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
