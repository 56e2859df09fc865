/* input.h - the files of a batch: found, spooled when they can be read only once, and read by
 * position.
 *
 * Nobody shares a file position: every reader opens the file anew or reads the spool by pread,
 * forked or not. */
#ifndef RECORD_INPUT_H
#define RECORD_INPUT_H

#include "core/finding.h"

#include <sys/types.h>
#include <time.h>

struct input {
    const char *name; /* for messages */
    const char *path;
    const char *dir; /* hrefs are relative to it */
    int spool;       /* an unlinked temporary's descriptor, -1 for none */
    dev_t device;    /* what was found at path when the record was opened */
    ino_t inode;
    off_t size;
    struct timespec changed;
};

/* false: missing, unreadable, a directory, a full disk: reported as a fault of the system. Strings
 * live in the arena. */
bool input_init(struct input *in, const char *path, struct arena *arena, struct diag *diag);
/* What was made of the file, behind a descriptor that is copied, is read in its place. */
bool input_init_made(struct input *in, const char *path, int fd, struct arena *arena,
                     struct diag *diag);
void input_clear(struct input *in);

/* A descriptor to read by pread and to give back to input_close; -1: reported. A file that is no
 * longer the one that was found is a fault: numbers and lines of the first pass would be wrong for
 * it. */
int input_open(const struct input *in, struct diag *diag);
void input_close(const struct input *in, int fd);
/* Whether the file behind fd is still as it was found. */
bool input_unchanged(const struct input *in, int fd);

#endif
