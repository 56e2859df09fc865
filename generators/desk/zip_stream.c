/* zip_stream.c - see zip_stream.h. APPNOTE.TXT 6.3.9: 4.3.7 (local headers), 4.3.12 (central
 * directory), 4.3.14 to 16 (ends), 4.4.4 bit 11 (UTF-8), 4.5.3 (ZIP64). */
#include "desk/zip_stream.h"

#include "core/output.h"
#include "desk/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    LOCAL = 30,
    CENTRAL = 46,
    END = 22,
    END64 = 56,
    LOCATOR64 = 20,
    EXTRA64 = 12, /* an entry's offset beyond 4 GiB */
    DEEPEST = 32,
    DOS_DATE = 0x21, /* 1980-01-01: the same archive each time */
    UTF8_NAMES = 0x800,
    MOST_ENTRIES = 0xFFFE
};

#define FARTHEST 0xFFFFFFFEu

struct entry {
    const char *name, *path;
    uint32_t size, sum;
    uint64_t at; /* of its local header */
};

struct zip_stream {
    char *snapshot; /* its folder, which goes with the stream */
    struct arena arena;
    struct entry *entries;
    size_t n, cap;
    uint64_t directory; /* where it begins */
    size_t next;        /* the entry, or n: the directory is what is sent */
    bool ended;
    struct buffer head; /* headers that wait */
    size_t head_sent;
    const unsigned char *map; /* the entry that is being sent */
    size_t map_size, map_sent;
};

/* --- what goes into it --- */

static int is_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* Into the snapshot; path is there. A file that is too large is not left out in silence. */
static void keep(struct zip_stream *z, const char *path, const char *inner, struct diag *diag)
{
    const char *kept = arena_printf(&z->arena, "%s/%zu", z->snapshot, z->n);
    struct stat st;
    if (link(path, kept) < 0 && errno != ENOENT)
        output_failed(z->snapshot, diag);
    else if (stat(kept, &st) < 0)
        store_ask(path, diag);
    else if (st.st_size > FARTHEST)
        diag_system(diag, (struct src_pos){inner, 0}, "大于 4 GB，不能放进压缩包；请单独下载",
                    "is larger than 4 GB, which an archive cannot hold: fetch it by itself");
    else
        *ARENA_PUSH(&z->arena, z->entries, z->n, z->cap) =
            (struct entry){.name = inner, .path = kept, .size = (uint32_t)st.st_size};
}

/* Links every regular file of the folder into the snapshot. What vanishes meanwhile is not in it.
 */
static void collect(struct zip_stream *z, const char *from, const char *name, int depth,
                    struct diag *diag)
{
    struct dirent **list = NULL;
    int n = depth < DEEPEST ? scandir(from, &list, is_visible, alphasort) : 0;
    if (n < 0)
        store_ask(from, diag);
    for (int i = 0; i < n; i++) {
        const char *path = arena_printf(&z->arena, "%s/%s", from, list[i]->d_name);
        const char *inner =
            arena_printf(&z->arena, "%s%s%s", name, *name ? "/" : "", list[i]->d_name);
        struct stat st;
        free(list[i]);
        if (lstat(path, &st) < 0)
            store_ask(path, diag);
        else if (S_ISDIR(st.st_mode))
            collect(z, path, inner, depth + 1, diag);
        else if (S_ISREG(st.st_mode))
            keep(z, path, inner, diag);
    }
    free(list);
}

static bool is_large(const struct zip_stream *z)
{
    return z->directory > FARTHEST || z->n > MOST_ENTRIES;
}

static uint64_t place_entries(struct zip_stream *z)
{
    uint64_t at = 0;
    for (size_t i = 0; i < z->n; i++) {
        z->entries[i].at = at;
        at += LOCAL + strlen(z->entries[i].name) + z->entries[i].size;
    }
    z->directory = at;
    for (size_t i = 0; i < z->n; i++)
        at += CENTRAL + strlen(z->entries[i].name) + (z->entries[i].at > FARTHEST ? EXTRA64 : 0);
    return at + END + (is_large(z) ? END64 + LOCATOR64 : 0);
}

/* --- headers --- */

static void put(struct buffer *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++, v >>= 8)
        buffer_putc(b, (int)(v & 0xFF));
}

static void put_common(struct buffer *b, const struct entry *e, size_t extra)
{
    put(b, e->at > FARTHEST ? 45 : 20, 2); /* version needed */
    put(b, UTF8_NAMES, 2);
    put(b, 0, 2); /* stored */
    put(b, 0, 2);
    put(b, DOS_DATE, 2);
    put(b, e->sum, 4);
    put(b, e->size, 4);
    put(b, e->size, 4);
    put(b, strlen(e->name), 2);
    put(b, extra, 2);
}

static void put_local(struct buffer *b, const struct entry *e)
{
    put(b, 0x04034b50, 4);
    put_common(b, e, 0);
    buffer_puts(b, e->name);
}

static void put_central(struct buffer *b, const struct entry *e)
{
    bool far = e->at > FARTHEST;
    put(b, 0x02014b50, 4);
    put(b, 0x032D, 2); /* made by: UNIX */
    put_common(b, e, far ? EXTRA64 : 0);
    put(b, 0, 2); /* comment */
    put(b, 0, 2); /* disk */
    put(b, 0, 2);
    put(b, 0100644u << 16, 4);
    put(b, far ? 0xFFFFFFFF : e->at, 4);
    buffer_puts(b, e->name);
    if (far) {
        put(b, 1, 2);
        put(b, 8, 2);
        put(b, e->at, 8);
    }
}

static void put_end(const struct zip_stream *z, struct buffer *b)
{
    uint64_t end = z->directory + b->len, size = b->len;
    bool large = is_large(z);
    if (large) {
        put(b, 0x06064b50, 4);
        put(b, END64 - 12, 8);
        put(b, 45, 2);
        put(b, 45, 2);
        put(b, 0, 8);
        put(b, z->n, 8);
        put(b, z->n, 8);
        put(b, size, 8);
        put(b, z->directory, 8);
        put(b, 0x07064b50, 4);
        put(b, 0, 4);
        put(b, end, 8);
        put(b, 1, 4);
    }
    put(b, 0x06054b50, 4);
    put(b, 0, 4);
    put(b, large ? 0xFFFF : z->n, 2);
    put(b, large ? 0xFFFF : z->n, 2);
    put(b, large ? 0xFFFFFFFF : size, 4);
    put(b, large ? 0xFFFFFFFF : z->directory, 4);
    put(b, 0, 2);
}

/* --- sent --- */

static void close_entry(struct zip_stream *z)
{
    if (z->map)
        munmap((void *)z->map, z->map_size);
    z->map = NULL;
    z->map_size = z->map_sent = 0;
}

/* false: the snapshot cannot be read. */
static bool open_entry(struct zip_stream *z, struct entry *e)
{
    int fd = open(e->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;
    bool ok = fd >= 0 && fstat(fd, &st) == 0 && st.st_size == e->size;
    if (ok && e->size > 0) {
        void *map = mmap(NULL, e->size, PROT_READ, MAP_PRIVATE, fd, 0);
        ok = map != MAP_FAILED;
        z->map = ok ? map : NULL;
        z->map_size = ok ? e->size : 0;
    }
    if (fd >= 0)
        close(fd);
    if (ok)
        e->sum = (uint32_t)crc32_z(crc32_z(0, NULL, 0), z->map, z->map_size);
    return ok;
}

/* The next headers, or the directory. false: the archive cannot be completed. */
static bool go_on(struct zip_stream *z)
{
    close_entry(z);
    z->head.len = z->head_sent = 0;
    if (z->next < z->n) {
        struct entry *e = &z->entries[z->next++];
        if (!open_entry(z, e))
            return false;
        put_local(&z->head, e);
        return true;
    }
    for (size_t i = 0; i < z->n; i++)
        put_central(&z->head, &z->entries[i]);
    put_end(z, &z->head);
    z->ended = true;
    return true;
}

static ssize_t read_zip(void *data, uint64_t at, char *out, size_t room)
{
    struct zip_stream *z = data;
    (void)at;
    while (z->head_sent == z->head.len && z->map_sent == z->map_size) {
        if (z->ended)
            return MHD_CONTENT_READER_END_OF_STREAM;
        if (!go_on(z))
            return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    bool head = z->head_sent < z->head.len;
    size_t left = head ? z->head.len - z->head_sent : z->map_size - z->map_sent;
    size_t n = left < room ? left : room;
    memcpy(out, head ? z->head.data + z->head_sent : z->map + z->map_sent, n);
    *(head ? &z->head_sent : &z->map_sent) += n;
    return (ssize_t)n;
}

static void stream_free(void *data)
{
    struct zip_stream *z = data;
    close_entry(z);
    store_remove(z->snapshot);
    free(z->snapshot);
    buffer_clear(&z->head);
    arena_free(&z->arena);
    free(z);
}

#define SNAPSHOT ".snapshot-"

void zip_sweep(const char *batch)
{
    struct arena arena = {0};
    DIR *dir = opendir(batch);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (!strncmp(e->d_name, SNAPSHOT, strlen(SNAPSHOT)))
            store_remove(arena_printf(&arena, "%s/%s", batch, e->d_name));
    if (dir)
        closedir(dir);
    arena_free(&arena);
}

void zip_answer(struct answer *a, const char *batch, const char *folder, const char *name,
                struct diag *diag)
{
    struct zip_stream *z = mem_alloc(1, sizeof *z);
    const char *template = arena_printf(&z->arena, "%s/" SNAPSHOT "XXXXXX", batch);
    z->snapshot = strcpy(mem_alloc(strlen(template) + 1, 1), template);
    if (!mkdtemp(z->snapshot)) {
        *z->snapshot = '\0';
        stream_free(z);
        answer_error(a, 507, "存不下临时文件：磁盘已满或不可写",
                     "there is no room for a temporary file");
        return;
    }
    collect(z, arena_printf(&z->arena, "%s/%s", batch, folder), "", 0, diag);
    if (z->n == 0 || diag_failed(diag)) {
        stream_free(z);
        answer_error(a, 404, "还没有可以下载的材料", "there is nothing to be had yet");
        return;
    }
    uint64_t size = place_entries(z);
    answer_stream(a, size, "application/zip", read_zip, z, stream_free);
    answer_disposition(a, ANSWER_SAVED, name);
}
