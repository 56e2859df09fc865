/* fuzz_unpack.c - an archive of files that the desk takes: each becomes a file below the folder,
 * as many as are said, and nothing beside it. */
#define _GNU_SOURCE /* nftw */
#include "zip_mutator.h"

#include "desk/unpack.h"

#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t files;

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return zip_mutate(data, size, max, seed);
}

static int one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)place;
    if (kind == FTW_F) {
        door_hold(S_ISREG(st->st_mode) && !(st->st_mode & 07111) && !unpack_is_junk(path));
        files++;
    }
    return kind == FTW_DP ? rmdir(path) : kind == FTW_F ? remove(path) : 1;
}

void door_run(const uint8_t *data, size_t size)
{
    struct diag diag = {0};
    struct unpacked out = {0};
    char within[100];
    const char *zip = door_put("a.zip", data, size);
    snprintf(within, sizeof within, "%s/within", door_folder());
    bool ok = unpack(zip, within, 4 << 20, &out, &diag);
    door_hold(ok || diag_failed(&diag));
    files = 0;
    struct stat st;
    if (lstat(within, &st) == 0)
        door_hold(nftw(within, one, 16, FTW_PHYS | FTW_DEPTH) == 0);
    door_hold(!ok || files == out.files);
    door_came(&out, sizeof out);
    door_end_of_data(&diag);
}
