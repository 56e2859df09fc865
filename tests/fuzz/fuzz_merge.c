/* fuzz_merge.c - print runs: PDFs one after the other in one file, which qpdf must find whole, and
 * the fonts of their faces made one. An input is, set off by lines "--": a byte that says how many
 * copies, and where they begin; and the PDFs, or the font files of one face. */
#define _GNU_SOURCE /* memfd_create */
#include "parts_mutator.h"

#include "bind/merge.h"
#include "bind/qdoc.h"
#include "pdf/font_union.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { MOST_PARTS = 4 };

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return parts_mutate(data, size, max, seed);
}

/* --- print runs --- */

static size_t pages_of(const void *data, size_t size, bool *sound)
{
    struct qdoc *d = q_open(data, size, "run", NULL);
    size_t n = q_page_count(d);
    *sound = q_ok(d) && !q_warned(d);
    q_free(d);
    return n;
}

/* sound: so are its parts. */
static void hold_run(int fd, size_t pages, bool sound)
{
    struct stat st;
    bool whole;
    door_hold(fstat(fd, &st) == 0 && st.st_size > 0);
    size_t size = (size_t)st.st_size;
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    door_hold(map != MAP_FAILED);
    door_hold(pages_of(map, size, &whole) == pages && (whole || !sound));
    door_came(map, size);
    munmap(map, size);
}

static void merge(struct door_bytes rest, unsigned how, struct diag *diag)
{
    static const char *const leaves[MOST_PARTS] = {"0.pdf", "1.pdf", "2.pdf", "3.pdf"};
    struct merge_part parts[MOST_PARTS];
    size_t n = 0, pages = 0, expected = 0;
    bool fronts = how & 4, sound = true, whole;
    for (; n < MOST_PARTS && rest.size > 0; n++) {
        struct door_bytes part = door_part(&rest);
        int copies = 1 + (n == 0 ? how % 4 : 0);
        size_t own = pages_of(part.data, part.size, &whole);
        sound &= whole;
        for (int k = 0; k < copies; k++)
            expected += own + (fronts && expected % 2);
        parts[n] = (struct merge_part){door_put(leaves[n], part.data, part.size), "甲", copies};
    }
    int fd = door_target();
    if (merge_parts(parts, n, fronts, fd, &pages, diag)) {
        door_hold(pages == expected);
        hold_run(fd, pages, sound);
    } else {
        door_hold(diag_failed(diag));
    }
}

/* --- their fonts --- */

/* All of a union's glyphs are there once, in its order. */
static void hold_union(const struct font_union *u, int em, size_t most)
{
    struct font_union *again = font_union_new();
    struct buffer file = {0}, twice = {0}, gids = {0};
    font_union_build(u, &file);
    door_hold(font_union_em(file.data, file.len) == em);
    door_hold(font_union_add(again, file.data, file.len, &gids) && gids.len / 2 <= most);
    for (size_t i = 0; i < gids.len / 2; i++)
        door_hold((size_t)gids.data[2 * i] * 256 + gids.data[2 * i + 1] == i);
    font_union_build(again, &twice);
    door_hold(file.len == twice.len && !memcmp(file.data, twice.data, file.len));
    door_came(file.data, file.len);
    buffer_clear(&file);
    buffer_clear(&twice);
    buffer_clear(&gids);
    font_union_free(again);
}

static void unite(struct door_bytes rest)
{
    struct font_union *u = font_union_new();
    struct buffer gids = {0};
    size_t largest = 0;
    int em = 0;
    while (rest.size > 0) {
        struct door_bytes part = door_part(&rest);
        int own = font_union_em(part.data, part.size);
        size_t before = gids.len;
        if (own == 0 || (em && own != em) || !font_union_add(u, part.data, part.size, &gids)) {
            door_hold(gids.len == before);
            continue;
        }
        em = own;
        for (size_t i = before; i < gids.len; i += 2) {
            size_t gid = (size_t)gids.data[i] * 256 + gids.data[i + 1];
            largest = gid > largest ? gid : largest;
            door_hold((gid == 0) == (i == before));
        }
    }
    door_came(gids.data, gids.len);
    if (em)
        hold_union(u, em, largest + 1);
    buffer_clear(&gids);
    font_union_free(u);
}

void door_run(const uint8_t *data, size_t size)
{
    struct door_bytes rest = {data, size}, head = door_part(&rest);
    struct diag diag = {0};
    unsigned how = door_byte(&head);
    if (rest.size > 4 && !memcmp(rest.data, "\0\1\0\0", 4))
        unite(rest);
    else
        merge(rest, how, &diag);
    door_end(&diag);
}
