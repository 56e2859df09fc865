/* icc.c - see icc.h. A profile that does not fit is left out: the picture is then drawn as one
 * without. */
#include "media/icc.h"

#include "core/big_endian.h"

#include <stdint.h>
#include <string.h>

enum { HEADER = 128, TAG = 12, NEWEST_VERSION = 4, MOST_TAGS = 200 };

static bool is(const unsigned char *signature, const char *word)
{
    return !memcmp(signature, word, 4);
}

bool icc_fits(const unsigned char *profile, size_t size, int components)
{
    const char *space = components == 1 ? "GRAY" : components == 3 ? "RGB " : "CMYK";
    if (size < HEADER + 4 || big_endian32(profile) > size || !is(profile + 36, "acsp"))
        return false;
    const unsigned char *use = profile + 12, *connection = profile + 20;
    if (profile[8] > NEWEST_VERSION || !is(profile + 16, space) ||
        !(is(use, "mntr") || is(use, "scnr") || is(use, "prtr") || is(use, "spac")) ||
        !(is(connection, "XYZ ") || is(connection, "Lab ")))
        return false;
    size_t tags = big_endian32(profile + HEADER);
    if (tags == 0 || tags > MOST_TAGS || HEADER + 4 + tags * TAG > size)
        return false;
    for (size_t i = 0; i < tags; i++) {
        const unsigned char *tag = profile + HEADER + 4 + i * TAG;
        if (big_endian32(tag + 4) > size || big_endian32(tag + 8) > size - big_endian32(tag + 4))
            return false;
    }
    return true;
}
