/* upload.h - the files that a browser sends: announced first, then one request each, and current
 * only when all have come. They are stored as they come; nobody looks into them here. */
#ifndef DESK_UPLOAD_H
#define DESK_UPLOAD_H

#include "desk/change.h"
#include "desk/store.h"
#include "desk/target.h"

enum {
    UPLOAD_FILES = 20000,
    UPLOAD_PATH = 1000,
    UPLOAD_DEEPEST = 32
}; /* bytes and names of a path */

struct upload {
    long number, base;    /* base: the state that it adds to, an upload's number; 0: none */
    const char *created;  /* when */
    bool complete, alone; /* alone: it adds to nothing, whatever is current when it is complete */
    size_t n;             /* files that were announced */
    double bytes;
    const struct json_value *files; /* those: {"path", "size"} each; NULL: not read */
    /* A correction made in the page, which is a state like an upload: the file UPLOAD_CORRECTED in
     * the place of all data before it, or where the change names a file, that file anew. */
    struct change change;
};

#define UPLOAD_CORRECTED "申报数据（已改正）.xlsx"

const char *upload_folder(const char *batch, long number, struct arena *arena);
/* false: there is none of this number. */
bool upload_read(const char *batch, long number, struct arena *arena, struct upload *out,
                 struct diag *diag);
/* The same with its files: there may be many. */
bool upload_read_all(const char *batch, long number, struct arena *arena, struct upload *out,
                     struct diag *diag);
/* Removes the files of uploads that nobody has gone on with for a day: they count against the
 * batch's room, and no page shows them. */
void upload_sweep(const char *batch, struct diag *diag);
/* Takes what the page announces ({"files": [{"path", "size"}, …]}). most: bytes that the batch may
 * still grow by. 0: refused, and why has been reported. */
long upload_announce(const char *batch, const struct json_value *announced, bool alone, double most,
                     struct diag *diag);
/* Every name of a path is one (target.h), and none is longer than a file system takes. */
bool upload_path_is_good(const char *path);
/* Below the folder: a file stands where the path has a folder, or a folder where its file is to be.
 */
bool upload_is_blocked(const char *folder, const char *path);

/* A file that is coming. */
struct upload_file {
    int fd;
    const char *path, *part; /* part: where it is until it is whole */
    double size, most;       /* that came; that were announced */
};
/* false: it was not announced, or cannot be stored; reported. */
bool upload_begin(struct upload_file *f, const char *batch, const struct upload *u,
                  const char *path, struct arena *arena, struct diag *diag);
bool upload_add(struct upload_file *f, const void *data, size_t len, struct diag *diag);
/* Gives it its name. false: fewer bytes than announced, or the disk; reported, and gone. */
bool upload_end(struct upload_file *f, struct diag *diag);
void upload_abandon(struct upload_file *f); /* after begin, in place of end */

/* "received", "of" and "missing": the first of those that have not come. */
void upload_put_missing(struct json *j, const char *batch, const struct upload *u, size_t *missing,
                        struct diag *diag);
bool upload_complete(const char *batch, const struct upload *u, struct diag *diag);
/* The same, and it becomes what is current: it adds to what was so until now. */
bool upload_settle(const char *batch, struct upload *u, struct diag *diag);
/* A new state of this process's own, for a correction: its number, and its folder is there. 0:
 * reported. It is none before upload_complete. */
long upload_new(const char *batch, struct diag *diag);

#endif
