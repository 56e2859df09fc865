/* protected.h - what a run reads must not be written over by what it makes: its inputs, the files
 * that they cite, templates and fonts. Kept for the process and those that it forks; output.c asks
 * before it replaces a file. */
#ifndef CORE_PROTECTED_H
#define CORE_PROTECTED_H

#include <stdbool.h>
#include <sys/stat.h>

enum protected_kind {
    PROTECTED_INPUT,
    PROTECTED_ATTACHMENT,
    PROTECTED_TEMPLATE,
    PROTECTED_FONT,
    PROTECTED_KINDS
};

void protect_file(const struct stat *st, enum protected_kind kind);
/* A cited file, which need not be there; href is relative to dir. Of each only a number is kept, so
 * that a million cost little, and of its folder, which is looked up once. */
void protect_cited(const char *dir, const char *href);
/* The files in a folder and below that are of a kind that is read there: no PDF, no report. */
void protect_folder(const char *dir, enum protected_kind kind);

/* Is the regular file one of them? */
bool protected_is(const char *path, const struct stat *st, enum protected_kind *kind);

#endif
