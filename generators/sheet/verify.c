/* verify.c - see verify.h. A ZIP archive's directory is walked and each part inflated, a piece at a
 * time. */
#include "sheet/verify.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE = 32 * 1024, ENDS = 128, END_RECORD = 22, ENTRY = 46, LOCAL = 30 };

struct part {
    long long at; /* of its local header */
    uint32_t packed, size;
    char name[80];
};

static uint32_t u16(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const unsigned char *p)
{
    return u16(p) | u16(p + 2) << 16;
}

static bool read_at(int fd, long long at, void *out, size_t len)
{
    return at >= 0 && pread(fd, out, len, (off_t)at) == (ssize_t)len;
}

/* The last bytes so far: enough for an end tag. */
struct tail {
    char bytes[ENDS];
    size_t n;
};

static void tail_add(struct tail *t, const unsigned char *data, size_t len)
{
    if (len > ENDS) {
        data += len - ENDS;
        len = ENDS;
    }
    size_t keep = t->n + len > ENDS ? ENDS - len : t->n;
    memmove(t->bytes, t->bytes + t->n - keep, keep);
    memcpy(t->bytes + keep, data, len);
    t->n = keep + len;
}

/* The name of the root element, out of the part's first bytes. */
static bool root_name(const unsigned char *head, size_t n, char *name, size_t size)
{
    for (size_t i = 0; i + 1 < n; i++) {
        size_t len = 0;
        if (head[i] != '<' || head[i + 1] == '?' || head[i + 1] == '!')
            continue;
        while (i + 1 + len < n && !strchr(" />\r\n\t", head[i + 1 + len]))
            len++;
        snprintf(name, size, "%.*s", (int)len, (const char *)head + i + 1);
        return len > 0 && i + 1 + len < n;
    }
    return false;
}

static bool part_is_whole(int fd, const struct part *p)
{
    unsigned char local[LOCAL], in[PIECE], out[PIECE];
    struct tail tail = {.n = 0};
    char root[60] = "", end[64], empty[64];
    z_stream z = {0};
    long long at, left = p->packed;
    int state = Z_OK;
    bool first = true;

    if (!read_at(fd, p->at, local, LOCAL) || inflateInit2(&z, -MAX_WBITS) != Z_OK)
        return false;
    at = p->at + LOCAL + u16(local + 26) + u16(local + 28);
    while (state == Z_OK && left > 0) {
        size_t n = left < PIECE ? (size_t)left : PIECE;
        if (!read_at(fd, at, in, n))
            break;
        at += (long long)n;
        left -= (long long)n;
        z.next_in = in;
        z.avail_in = (uInt)n;
        do {
            z.next_out = out;
            z.avail_out = PIECE;
            state = inflate(&z, Z_NO_FLUSH);
            size_t got = PIECE - z.avail_out;
            if (first && got > 0)
                root_name(out, got, root, sizeof root);
            first = first && got == 0;
            tail_add(&tail, out, got);
        } while (state == Z_OK && (z.avail_in > 0 || z.avail_out == 0));
        if (state == Z_BUF_ERROR) /* all that was given is used up */
            state = Z_OK;
    }
    inflateEnd(&z);
    while (tail.n > 0 && strchr("\r\n", tail.bytes[tail.n - 1]))
        tail.n--;
    size_t len = (size_t)snprintf(end, sizeof end, "</%s>", root);
    snprintf(empty, sizeof empty, "/>");
    return state == Z_STREAM_END && *root && z.total_out == p->size && tail.n >= len &&
           (!memcmp(tail.bytes + tail.n - len, end, len) ||
            (p->size < ENDS && !memcmp(tail.bytes + tail.n - 2, empty, 2)));
}

static bool next_part(int fd, long long *at, struct part *out)
{
    unsigned char entry[ENTRY];
    if (!read_at(fd, *at, entry, ENTRY) || u32(entry) != 0x02014b50)
        return false;
    size_t name = u16(entry + 28);
    if (name >= sizeof out->name || !read_at(fd, *at + ENTRY, out->name, name))
        return false;
    out->name[name] = '\0';
    out->packed = u32(entry + 20);
    out->size = u32(entry + 24);
    out->at = u32(entry + 42);
    *at += ENTRY + (long long)name + u16(entry + 30) + u16(entry + 32);
    return true;
}

bool verify_workbook(int fd, const long long *worksheets, int n)
{
    unsigned char end[END_RECORD];
    long long size = lseek(fd, 0, SEEK_END), at;
    int found = 0;
    if (!read_at(fd, size - END_RECORD, end, END_RECORD) || u32(end) != 0x06054b50)
        return false;
    at = u32(end + 16);
    for (uint32_t i = u16(end + 10); i > 0; i--) {
        struct part p;
        int sheet;
        if (!next_part(fd, &at, &p) || !part_is_whole(fd, &p))
            return false;
        if (sscanf(p.name, "xl/worksheets/sheet%d.xml", &sheet) == 1 && sheet >= 1 && sheet <= n) {
            if (p.size <= worksheets[sheet - 1])
                return false;
            found++;
        }
    }
    return found == n;
}
