/* unpack.h - a ZIP archive from outside becomes files in a folder. In a child process only. */
#ifndef DESK_UNPACK_H
#define DESK_UNPACK_H

#include "core/finding.h"

/* How many files came out, were passed over as what systems leave behind (__MACOSX, .DS_Store,
 * Thumbs.db), and are empty. */
struct unpacked {
    size_t files, junk, empty;
};

enum { UNPACK_FILES = 50000 };

/* Into a new folder. Names are UTF-8, or what Windows writes in China (GB 18030), and become NFC;
 * one that leads out of the folder, a link, an encrypted entry, a second one of a name (whatever
 * its case) are refused by name and left out, the rest is unpacked. most: bytes of all of it.
 * false: it is no archive that can be read, or too much; the folder may hold a part then. */
bool unpack(const char *zip, const char *folder, double most, struct unpacked *out,
            struct diag *diag);
/* The name, composed as files' names are written everywhere but on a Mac; in the arena. */
const char *unpack_composed(const char *name, struct arena *arena);
bool unpack_is_junk(const char *path); /* what systems leave in folders and archives */

#endif
