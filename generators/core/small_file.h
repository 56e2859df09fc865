/* small_file.h - a file of templates/ or the like, or a list of somebody's, read whole. */
#ifndef CORE_SMALL_FILE_H
#define CORE_SMALL_FILE_H

#include "core/buffer.h"
#include "core/finding.h"
#include "core/protected.h"

/* Adds what the regular file holds, at most so many bytes. The path lives as long as diag.
 * false: reported. */
bool small_file_read(const char *path, size_t most, struct buffer *out, struct diag *diag);

/* The same of a file that this program writes, and may write again in this run. */
bool small_file_read_own(const char *path, size_t most, struct buffer *out, struct diag *diag);

/* A text in UTF-8 that a user gives by its name, or writes beside what this program writes (whose:
 * SMALL_FILE_OWN); without a mark of its encoding, in the arena. NULL: reported; bytes of zero are,
 * too, since all behind them would be lost. */
enum small_file_whose { SMALL_FILE_GIVEN, SMALL_FILE_OWN };
char *small_file_text(const char *path, size_t most, enum small_file_whose whose,
                      struct arena *arena, struct diag *diag);

/* The next line of a text, whose end, or CR and end, is cut off; *text is what follows.
 * NULL: there is none. */
char *small_file_line(char **text);

#endif
