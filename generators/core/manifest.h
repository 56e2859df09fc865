/* manifest.h - what stands in an output tree and should: its manifest.json, true at every instant.
 *
 * A change is intended first (a line in a journal, on the disk), then made, then taken into the
 * manifest, and then the journal goes: after a kill at any moment each file is as the manifest or a
 * journal says. One file a line; a line is a flat JSON object with path (relative to the tree),
 * sha256, bytes, and whatever else its writer wants to find again. Beside them stand notes, about
 * what is no file: likewise a line each, with about (whose note it is).
 *
 * Lines stay in the files, which are mapped: of each only its place is in memory. */
#ifndef CORE_MANIFEST_H
#define CORE_MANIFEST_H

#include "core/digest.h"
#include "core/finding.h"

#define MANIFEST_CHANGES_JSON "changes.json" /* of the tree, but not of the manifest */
#define MANIFEST_CHANGES_HTML "changes.html"

struct manifest;

struct manifest_file {
    const char *path;
    const char *line; /* the JSON object; not NUL-ended */
    long long bytes;
    char sha256[DIGEST_HEX];
    bool intended; /* a journal's */
    bool gone;     /* a removal */
    unsigned len;  /* of the line */
    unsigned age;  /* the newest of a path wins */
};

struct manifest_note {
    const char *about;
    const char *line;  /* not NUL-ended */
    unsigned len, age; /* a journal's is newer than the manifest's */
    bool fresh;        /* of this run */
};

/* Reads the manifest and all journals of the tree; none: it is empty. NULL: reported. Nothing is
 * changed yet. */
struct manifest *manifest_open(const char *root, struct diag *diag);
/* manifest.json alone, as it is now: what the last run that wrote it has left, without what shards
 * or a run that was killed have done since. Only to be asked for its files. NULL: reported. */
struct manifest *manifest_read(const char *root, struct diag *diag);
/* false: manifest.json has been cut, or another program wrote it: what is not found in it is as if
 * it had never been made. */
bool manifest_is_whole(const struct manifest *m);
bool manifest_has_journals(const struct manifest *m); /* before manifest_begin */
void manifest_free(struct manifest *m);

/* Compares the tree with it: a file that is missing or altered is an error, one that is not listed
 * a warning. May be asked while another process works on the tree. */
void manifest_verify(struct manifest *m, size_t *files, struct diag *diag);

/* Settles what journals left open by what is in the tree: for a run that only says what it would
 * do. Nothing is written. */
void manifest_settle(struct manifest *m);
/* The same, and opens the journal for a run; shard: the name of its own journal. Nothing is written
 * into manifest.json: however many runs are cut off, it says what the last one that ended has left,
 * until manifest_write of a run without a shard (NULL) takes all journals in. */
bool manifest_begin(struct manifest *m, const char *shard, struct diag *diag);
/* What was there at manifest_begin, or manifest_settle; NULL: nothing. */
const struct manifest_file *manifest_find(const struct manifest *m, const char *path);
size_t manifest_files(const struct manifest *m,
                      const struct manifest_file **out); /* likewise, by path */

/* Adds lines, each ended by a newline, to the journal and the disk, in one piece: any of the run's
 * processes may. */
bool manifest_intend(const struct manifest *m, const char *lines, size_t len, struct diag *diag);
/* A line that was intended is done: it becomes part of the manifest when that is written. */
void manifest_take(struct manifest *m, const char *line, size_t len);
/* A note, in place of an older one about the same: into the journal, but nobody waits for the disk.
 * Any of the run's processes may. */
bool manifest_note(const struct manifest *m, const char *line, size_t len, struct diag *diag);
/* What there was at manifest_begin; NULL: nothing. */
const struct manifest_note *manifest_noted(const struct manifest *m, const char *about);
/* Notes that this run has not made again go when the manifest is written. */
void manifest_drop_notes(struct manifest *m);
/* Removes a file of the tree that is listed, and the folders that it leaves empty. */
bool manifest_remove(struct manifest *m, const char *path, struct diag *diag);
/* Writes manifest.json (a run without a shard) unless it says so already, and ends the journal. */
bool manifest_write(struct manifest *m, struct diag *diag);

#endif
