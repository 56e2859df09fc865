/* scan_files.h - the files below a folder, in the order of their names, numbers by their value. */
#ifndef WORKBOOK_SCAN_FILES_H
#define WORKBOOK_SCAN_FILES_H

#include "workbook/scan_words.h"

enum { SCAN_FILES_LIMIT = 100000, SCAN_FOLDERS_DEEP = 64 };

struct scan_files {
    const char **paths; /* below the folder */
    size_t n, cap;
    size_t links; /* symbolic links, which are not followed */
};

/* Strings live in the arena; false: reported. */
bool scan_files_read(struct scan_files *out, const char *folder, const struct scan_words *words,
                     struct arena *arena, struct diag *diag);

#endif
