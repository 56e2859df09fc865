/* output.h - whole files: a name never holds a half-written one.
 *
 * A regular target is written to a temporary file in the same folder, synced, renamed, and the
 * folder synced. Where the file system can (O_TMPFILE), the temporary has no name until it is
 * whole, so that a kill leaves nothing behind. New files are private (0600); a replaced one of ours
 * keeps group and mode, another user's becomes a private one of ours. A link stays, and the file it
 * leads to is replaced; one that leads nowhere is an error. Anything else that exists (a device, a
 * pipe) is written straight to, never renamed over; "-" is standard output. */
#ifndef CORE_OUTPUT_H
#define CORE_OUTPUT_H

#include "core/finding.h"

#include <sys/types.h>

bool output_write(const char *path, const void *data, size_t len, struct diag *diag);
/* The same with the whole content of a regular file, which need not fit into memory. */
bool output_copy(const char *path, int from, struct diag *diag);
/* An empty file without a name, for who writes it piece by piece: where path will be, or among the
 * system's temporary files when path is no regular file. Open for reading and writing, and the
 * caller's to close, when it vanishes; -1: reported. */
int output_temporary(const char *path, struct diag *diag);
/* As output_copy, but one of output_temporary's files, all of it written, need not be copied where
 * it can have its name. It stays the caller's to close, and nothing is written to it any more. */
bool output_name(const char *path, int file, struct diag *diag);
/* As output_write, but a regular file that holds these bytes already is left alone, and a link is
 * replaced, wherever it leads. */
bool output_update(const char *path, const void *data, size_t len, bool *written,
                   struct diag *diag);
/* As output_name, but likewise. */
bool output_update_name(const char *path, int file, bool *written, struct diag *diag);
/* Several, none of them before all are written: they wait for the disk together. */
struct output_file {
    const char *path;
    const void *data;
    size_t len;
    int file; /* data NULL: of output_temporary(path), and gets the name */
};
bool output_update_all(const struct output_file *files, size_t n, struct diag *diag);
/* New files and folders of this process and those that it forks are others' to read from now on: by
 * a umask, and as the group's (-1: as ever). */
void output_share(mode_t mask, gid_t group);
/* So is one that was made without us. */
void output_share_file(int fd);
/* Can a file of this name be written, as far as that can be told before? false: reported. */
bool output_can_be(const char *path, struct diag *diag);
/* Is the file at the path one that this run reads? Then that is reported, as every writing here
 * does, for who opens the file by himself. */
bool output_is_protected(const char *path, struct diag *diag);
/* Tells of errno as an error of writing path. Always false. */
bool output_failed(const char *path, struct diag *diag);
/* All the bytes to a descriptor, over short writes and interrupts; false: errno says why. */
bool output_bytes(int fd, const void *data, size_t len);
/* The same at a place of a file. */
bool output_bytes_at(int fd, const void *data, size_t len, off_t at);
bool output_make_directory(const char *path,
                           struct diag *diag); /* with its parents; fine if it exists */
/* The same for a folder of a tree: below its root no link is followed. */
bool output_make_folder(const char *root, const char *folder, struct diag *diag);
/* Does no link stand on the way from the tree's root to the file? */
bool output_lies_within(const char *root, const char *file);
/* Where n documents go: directory stays NULL when the one goes to output itself (NULL: standard
 * output); else it is output, and made. false: reported. */
bool output_choose(const char *output, size_t n, const char **directory, struct diag *diag);
/* Is it plainly meant for one document: a file that is there, or a name with such an ending? */
bool output_is_file_name(const char *path);
/* A file name out of a person's name: no separators, controls, unprintable characters or names
 * that Windows keeps for itself, at most 200 bytes, never empty, never beginning with '-' or '.'.
 */
char *output_safe_name(struct arena *arena, const char *name);

#endif
