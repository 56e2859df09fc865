/* shared_strings.c - see shared_strings.h. */
#include "workbook/shared_strings.h"

#include "core/machine.h"
#include "core/spool.h"
#include "core/temporary.h"
#include "workbook/part.h"
#include "workbook/xstring.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { STRINGS_LIMIT = 8 << 20, TEXT_LIMIT = 1 << 20 };

struct shared_strings {
    size_t *begins; /* of each string, which ends with a NUL */
    size_t n, cap;
    char *map; /* of all their bytes; NULL: there are none */
    size_t len;
};

struct reading {
    struct archive *archive;
    int part;
    struct shared_strings *out;
    struct buffer text, spooled; /* of the string at hand; of all */
    int phonetic;                /* elements open within a phonetic run, itself among them */
    bool in_text;
};

static bool on_start(void *data, const struct part_element *e)
{
    struct reading *r = data;
    if (r->phonetic || part_is(e, SPACE_SHEET, "rPh"))
        r->phonetic++;
    else if (part_is(e, SPACE_SHEET, "si"))
        r->text.len = 0;
    r->in_text = !r->phonetic && part_is(e, SPACE_SHEET, "t");
    return true;
}

static bool on_text(void *data, struct part_text text)
{
    struct reading *r = data;
    if (!r->in_text)
        return true;
    buffer_add(&r->text, text.s, text.len);
    return r->text.len <= TEXT_LIMIT ||
           archive_refuse(r->archive, r->part, "的第 %zu 项文字过长：至多 %d KiB",
                          "has a text that is too long, the %zuth: at most %d KiB", r->out->n + 1,
                          TEXT_LIMIT >> 10);
}

static bool add_string(struct reading *r)
{
    struct shared_strings *s = r->out;
    if (s->n == STRINGS_LIMIT)
        return archive_refuse(r->archive, r->part, "的文字过多：至多 %d 项；请分成几个文件",
                              "has too many texts: at most %d; divide the file into several",
                              STRINGS_LIMIT);
    buffer_putc(&r->text, '\0');
    char *text = (char *)r->text.data;
    size_t len = xstring_plain(text, r->text.len - 1);
    text[len] = '\0';
    *MEM_PUSH(s->begins, s->n, s->cap) = s->len;
    buffer_add(&r->spooled, text, len + 1);
    s->len += len + 1;
    return true;
}

static bool on_end(void *data, enum part_space space, const char *name)
{
    struct reading *r = data;
    r->in_text = false;
    if (r->phonetic)
        r->phonetic--;
    else if (space == SPACE_SHEET && !strcmp(name, "si"))
        return add_string(r);
    return true;
}

/* What was spooled, to be read like memory. */
static void map_spool(struct shared_strings *s, struct spool *spool, const char *file)
{
    if (!spool_ok(spool))
        machine_failed(file, "写临时文件失败", "a temporary file cannot be written");
    if (!s->len)
        return;
    s->map = mmap(NULL, s->len, PROT_READ, MAP_SHARED, spool_fd(spool), 0);
    if (s->map == MAP_FAILED)
        machine_failed(file, "读临时文件失败", "a temporary file cannot be read");
}

struct shared_strings *shared_strings_read(struct archive *a, int part)
{
    static const struct part_events events = {.start = on_start, .end = on_end, .text = on_text};
    struct shared_strings *s = mem_alloc(1, sizeof *s);
    struct reading r = {.archive = a, .part = part, .out = s};
    int fd;

    if (part == ARCHIVE_NONE)
        return s;
    if ((fd = temporary_open(archive_file(a), archive_diag(a))) < 0) {
        free(s);
        return NULL;
    }
    struct spool *spool = spool_new(fd);
    r.spooled.spool = spool;
    bool ok = part_read(a, part, &events, &r);
    buffer_flush(&r.spooled);
    if (ok)
        map_spool(s, spool, archive_file(a));
    spool_free(spool);
    buffer_clear(&r.spooled);
    buffer_clear(&r.text);
    if (ok)
        return s;
    shared_strings_free(s);
    return NULL;
}

void shared_strings_free(struct shared_strings *s)
{
    if (!s)
        return;
    if (s->map)
        munmap(s->map, s->len);
    free(s->begins);
    free(s);
}

const char *shared_strings_get(const struct shared_strings *s, size_t number)
{
    return number < s->n ? s->map + s->begins[number] : NULL;
}
