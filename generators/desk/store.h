/* store.h - the desk's folder: a folder a batch, and all that the desk knows is a file there.
 *
 *     ROOT/<batch>.gone              the batch was deleted: its number is not given again
 *     ROOT/<batch>/batch.json        its name, its notice, when it was begun
 *     ROOT/<batch>/uploads/<n>.json  an upload or a correction: when, how much, is it complete
 *     ROOT/<batch>/uploads/<n>.files.json  the files that it announced
 *     ROOT/<batch>/uploads/<n>/      its files as they came
 *     ROOT/<batch>/current/          what is worked with: the files of the current state, and
 *                                    book.xlsx, the desk's own copy of the data
 *     ROOT/<batch>/jobs/<n>.json     what was asked for, and what became of it
 *     ROOT/<batch>/out/              the package
 *     ROOT/<batch>/….counts.json     the counts of check.json and of the package's report
 *     ROOT/<batch>/passwords.txt     of PDFs, one a line
 *     ROOT/<batch>/excerpts          each person's share of book.xlsx, for those who look at one
 *     ROOT/<batch>/pages/<state>/…   papers as SVG, by what they were made of: the state of the
 *                                    data, then the person and the paper
 *     ROOT/<batch>/pages/blank/      the blank workbook
 *
 * Every file is written whole, so that a kill at any moment leaves a batch as it was.
 *
 * What cannot be read just now is not absent: it is reported as an error of the system, and whoever
 * asked, and got nothing, looks at diag before nothing is what there is. */
#ifndef DESK_STORE_H
#define DESK_STORE_H

#include "core/finding.h"
#include "core/json_value.h"

#include <dirent.h>

#define STORE_PASSWORDS "passwords.txt"
#define STORE_EXCERPTS "excerpts"

struct store_batch {
    const char *id;   /* a number, as text */
    const char *path; /* its folder */
    const char *name, *profile, *created;
    bool damaged; /* what the desk wrote of it cannot be read as that: only store_list tells it */
};

/* Makes the root, and removes what an earlier process was deleting. false: reported. */
bool store_open(const char *root, struct diag *diag);
/* A new batch, its folders made. false: reported. */
bool store_create(const char *root, const char *name, const char *profile, struct arena *arena,
                  struct store_batch *out, struct diag *diag);
/* false: there is none of this id, or it is damaged, which is reported. */
bool store_find(const char *root, const char *id, struct arena *arena, struct store_batch *out,
                struct diag *diag);
size_t store_list(const char *root, struct arena *arena, struct store_batch **out, /* by number */
                  struct diag *diag);
/* The batch is gone at once, its files soon after, when what worked in it has ended. false:
 * reported. */
bool store_delete(const char *root, const struct store_batch *b, struct diag *diag);

/* The next free number in a folder of <n>.json, which the caller then writes; from 1. 0: reported.
 */
long store_next(const char *folder, struct diag *diag);
/* The file's JSON, in the arena; NULL: there is none. */
const struct json_value *store_read(const char *path, struct arena *arena, struct diag *diag);
/* The upload that the batch's state is of; 0: none. */
long store_current(const char *batch, struct diag *diag);
bool store_set_current(const char *batch, long upload, struct diag *diag);
/* While it is held nobody else who takes it changes what is current. -1: reported. */
int store_lock(const char *batch, struct diag *diag);
void store_unlock(int lock);                /* -1 is fine */
const char *store_now(struct arena *arena); /* "2026-11-30T08:00:00Z" */
/* Everything below and the folder itself; a link is removed, not followed. */
void store_remove(const char *path);
/* Bytes of all files below. */
long long store_bytes(const char *path, struct diag *diag);

/* Reports errno as one of reading the path, unless it only says that nothing is there. */
void store_ask(const char *path, struct diag *diag);
DIR *store_folder(const char *path, struct diag *diag); /* opendir; NULL: there is none */
/* readdir, of NULL, too. */
struct dirent *store_entry(DIR *dir, const char *path, struct diag *diag);
/* All that was written before is on the disk, names and all. false: reported. */
bool store_sync(const char *folder, struct diag *diag);

#endif
