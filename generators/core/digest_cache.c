/* digest_cache.c - see digest_cache.h. The file: a head with the digest of the rest, then entries
 * in rising order. It is read, not mapped: whoever cuts the file, or fills the disk below what this
 * run has added, ends no process. What is read before workers are forked they share. */
#define _GNU_SOURCE /* st_mtim */
#include "core/digest_cache.h"

#include "core/arena.h"
#include "core/output.h"
#include "core/read_at.h"
#include "core/temporary.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RACY_SECONDS = 2, SUM = (DIGEST_HEX - 1) / 2, MOST_BYTES = 1 << 30 };

struct cached_digest {
    uint64_t device, inode, size;
    int64_t mtime, ctime; /* nanoseconds */
    unsigned char sum[SUM];
};

struct cache_head {
    char mark[16];
    unsigned char sum[SUM]; /* of the entries */
};

static const char mark[16] = "shenbao digest1";

struct digest_list {
    struct cached_digest *list;
    size_t n;
};

struct digest_cache {
    char *path;
    struct digest_list known; /* by earlier runs */
    struct digest_list found; /* by this one, when that was last settled: the head of file */
    int file;                 /* what this run has found and added; -1: there is no room */
    bool fill;
};

static int64_t nanoseconds(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct cached_digest state_of(const struct stat *st)
{
    return (struct cached_digest){.device = st->st_dev,
                                  .inode = st->st_ino,
                                  .size = (uint64_t)st->st_size,
                                  .mtime = nanoseconds(st->st_mtim),
                                  .ctime = nanoseconds(st->st_ctim)};
}

#define COMPARE(member)                                                                            \
    if (x->member != y->member)                                                                    \
    return x->member < y->member ? -1 : 1

static int by_state(const void *a, const void *b)
{
    const struct cached_digest *x = a, *y = b;
    COMPARE(device);
    COMPARE(inode);
    COMPARE(size);
    COMPARE(mtime);
    COMPARE(ctime);
    return 0;
}

bool digest_cache_same(const struct stat *a, const struct stat *b)
{
    struct cached_digest x = state_of(a), y = state_of(b);
    return by_state(&x, &y) == 0;
}

static void to_bytes(const char hex[DIGEST_HEX], unsigned char out[SUM])
{
    for (size_t i = 0; i < SUM; i++) {
        char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        out[i] = (unsigned char)strtoul(two, NULL, 16);
    }
}

static void to_hex(const unsigned char sum[SUM], char out[DIGEST_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SUM; i++) {
        out[2 * i] = digits[sum[i] >> 4];
        out[2 * i + 1] = digits[sum[i] & 15];
    }
    out[DIGEST_HEX - 1] = '\0';
}

static void sum_of(const void *data, size_t len, unsigned char out[SUM])
{
    char hex[DIGEST_HEX];
    digest_hex(data, len, hex);
    to_bytes(hex, out);
}

/* As many as lie there; the file is all too large to be a cache: none. false: it cannot be read. */
static bool read_list(int fd, off_t at, off_t size, struct digest_list *out)
{
    size_t n = (size_t)(size - at) / sizeof *out->list, most = MOST_BYTES / sizeof *out->list;
    void *list = n <= most ? mem_alloc(n + 1, sizeof *out->list) : NULL;
    if (!list || !read_all_at(fd, list, n * sizeof *out->list, at)) {
        free(list);
        return false;
    }
    *out = (struct digest_list){list, n};
    return true;
}

/* Reads what is believed of the file. */
static void load(struct digest_cache *c)
{
    struct stat st;
    struct cache_head head;
    unsigned char sum[SUM];
    struct digest_list l = {0};
    int fd = open(c->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
        !(st.st_mode & 022) && (size_t)st.st_size >= sizeof head &&
        ((size_t)st.st_size - sizeof head) % sizeof *l.list == 0 &&
        read_all_at(fd, &head, sizeof head, 0) && !memcmp(head.mark, mark, sizeof mark) &&
        read_list(fd, sizeof head, st.st_size, &l)) {
        sum_of(l.list, l.n * sizeof *l.list, sum);
        if (!memcmp(head.sum, sum, SUM))
            c->known = l;
        else
            free(l.list);
    }
    if (fd >= 0)
        close(fd);
}

struct digest_cache *digest_cache_open(const char *path, bool read, bool fill)
{
    struct digest_cache *c = mem_alloc(1, sizeof *c);
    struct diag silent = {0};

    c->path = mem_alloc(strlen(path) + 1, 1);
    memcpy(c->path, path, strlen(path));
    c->fill = fill;
    c->file = fill ? output_temporary(path, &silent) : -1;
    if (c->file < 0) /* for this run alone */
        c->file = temporary_open(NULL, &silent);
    if (c->file >= 0)
        fcntl(c->file, F_SETFL, O_APPEND); /* many write to it */
    if (read)
        load(c);
    diag_clear(&silent);
    return c;
}

void digest_cache_free(struct digest_cache *c)
{
    if (!c)
        return;
    free(c->known.list);
    free(c->found.list);
    if (c->file >= 0)
        close(c->file);
    free(c->path);
    free(c);
}

static void keep(const struct digest_cache *c, const struct cached_digest *e)
{
    if (c->file >= 0) /* in one piece; one that is lost is found again another time */
        (void)output_bytes(c->file, e, sizeof *e);
}

static const struct cached_digest *find(const struct digest_list *l, const struct stat *st)
{
    struct cached_digest key = state_of(st);
    return l->n ? bsearch(&key, l->list, l->n, sizeof key, by_state) : NULL;
}

bool digest_cache_find(struct digest_cache *c, const struct stat *st, char out[DIGEST_HEX])
{
    const struct cached_digest *found = find(&c->found, st),
                               *e = found ? found : find(&c->known, st);
    if (!e)
        return false;
    to_hex(e->sum, out);
    if (!found)
        keep(c, e);
    return true;
}

void digest_cache_add(struct digest_cache *c, const struct stat *st, time_t began,
                      const char sum[DIGEST_HEX])
{
    struct cached_digest e = state_of(st);
    if (st->st_mtim.tv_sec > began - RACY_SECONDS || st->st_ctim.tv_sec > began - RACY_SECONDS)
        return;
    to_bytes(sum, e.sum);
    keep(c, &e);
}

bool digest_cache_file(struct digest_cache *c, const char *path, enum digest_links links,
                       char out[DIGEST_HEX], long long *size)
{
    int (*look)(const char *, struct stat *) = links == DIGEST_LINKS_FOLLOWED ? stat : lstat;
    struct stat before, after;
    time_t began = time(NULL);

    if (look(path, &before) == 0 && S_ISREG(before.st_mode) && digest_cache_find(c, &before, out)) {
        *size = before.st_size;
        return true;
    }
    if (!digest_file(path, links, out, size))
        return false;
    if (look(path, &after) == 0 && digest_cache_same(&before, &after))
        digest_cache_add(c, &after, began, out);
    return true;
}

/* Puts the digests into order, each once; how many remain. */
static size_t settle(struct cached_digest *list, size_t n)
{
    size_t kept = 0;
    qsort(list, n, sizeof *list, by_state);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || by_state(&list[kept - 1], &list[i]))
            list[kept++] = list[i];
    return kept;
}

bool digest_cache_settle(struct digest_cache *c)
{
    struct stat st;

    free(c->found.list);
    c->found = (struct digest_list){0};
    if (c->file < 0 || fstat(c->file, &st) < 0 || !read_list(c->file, 0, st.st_size, &c->found))
        return false;
    c->found.n = settle(c->found.list, c->found.n);
    return true;
}

void digest_cache_write(struct digest_cache *c)
{
    struct diag silent = {0};
    struct cache_head head;
    bool written;

    if (!c->fill || !digest_cache_settle(c))
        return;
    const struct digest_list *l = &c->found;
    size_t len = l->n * sizeof *l->list;
    int file = output_temporary(c->path, &silent);
    memcpy(head.mark, mark, sizeof mark);
    sum_of(l->list, len, head.sum);
    if (file >= 0 && output_bytes(file, &head, sizeof head) && output_bytes(file, l->list, len))
        output_update_name(c->path, file, &written, &silent);
    if (file >= 0)
        close(file);
    diag_clear(&silent);
}
