/* fuzz_manifest.c - what lies in an output tree and in the user's cache from an earlier run: the
 * manifest, a journal, digests. An input is the files one behind the other, set off by a line "--".
 */
#include "door.h"

#include "core/digest_cache.h"
#include "core/manifest.h"

#include <string.h>
#include <unistd.h>

static void read_tree(struct diag *diag)
{
    struct manifest *m = manifest_open(door_folder(), diag);
    const struct manifest_file *files;
    size_t n;
    if (!m)
        return;
    manifest_verify(m, &n, diag);
    n = manifest_files(m, &files);
    for (size_t i = 0; i < n; i++) {
        door_hold(files[i].path[0] != '/' && strncmp(files[i].path, "../", 3));
        manifest_find(m, files[i].path);
    }
    manifest_noted(m, "A001");
    manifest_free(m);
}

/* A run that settles what the journal left open, notes something, and writes the manifest: then it
 * is whole, and nothing is left open. */
static void run_once(struct diag *diag)
{
    static const char note[] = "{\"about\":\"A001\",\"key\":\"x\"}\n";
    struct manifest *m = manifest_open(door_folder(), diag);
    if (m && manifest_begin(m, NULL, diag)) {
        manifest_note(m, note, sizeof note - 1, diag);
        door_hold(manifest_write(m, diag));
    }
    manifest_free(m);
}

static void read_cache(struct door_bytes bytes)
{
    const char *path = door_put("digests", bytes.data, bytes.size);
    char sum[DIGEST_HEX];
    struct stat st;
    struct digest_cache *c = digest_cache_open(path, true, false);
    door_hold(stat("Makefile", &st) == 0);
    digest_cache_find(c, &st, sum);
    digest_cache_free(c);
    unlink(path);
}

void door_run(const uint8_t *data, size_t size)
{
    struct door_bytes rest = {data, size}, bytes = door_part(&rest);
    struct diag diag = {0};
    const char *manifest = door_put("manifest.json", bytes.data, bytes.size);
    bytes = door_part(&rest);
    const char *journal = door_put(".journal", bytes.data, bytes.size);
    read_tree(&diag);
    run_once(&diag);
    read_cache(rest);
    unlink(manifest);
    unlink(journal);
    door_end(&diag);
}
