/* shrink.c - see shrink.h. ISO 32000-1, 8.9.5 (image dictionaries). */
#include "bind/shrink.h"

#include "bind/drawn_size.h"
#include "bind/pdf_picture.h"
#include "core/digest.h"
#include "core/machine.h"
#include "core/system_error.h"
#include "media/recode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static long longer_side(const struct pdf_picture *p)
{
    return p->width > p->height ? p->width : p->height;
}

/* Dots per inch, of the direction that has fewer. */
static double dpi_of(const struct pdf_picture *p, const struct drawn_picture *drawn)
{
    double x = (double)p->width * 72 / fmax(drawn->width, 1e-3),
           y = (double)p->height * 72 / fmax(drawn->height, 1e-3);
    return fmin(x, y);
}

static bool recode_picture(struct qdoc *d, const struct pdf_picture *p, const struct recode *how,
                           struct recoded *out)
{
    struct buffer data = {0};
    size_t pixels = (size_t)p->width * (size_t)p->height * (size_t)p->components;
    bool ok = p->jpeg
                  ? q_raw_data(d, p->stream, &data) && recode_jpeg(data.data, data.len, how, out)
                  : q_stream_data(d, p->stream, &data) && data.len == pixels &&
                        recode_pixels(data.data, (uint32_t)p->width, (uint32_t)p->height,
                                      p->components, how, out);
    buffer_clear(&data);
    return ok;
}

static size_t packed_size(struct qdoc *d, qref stream)
{
    long n = q_integer(d, q_get(d, stream, "/Length"), 0);
    return n > 0 ? (size_t)n : 0;
}

static void put_number(struct qdoc *d, qref dict, const char *key, uint32_t value)
{
    char text[16];
    snprintf(text, sizeof text, "%u", value);
    q_put(d, dict, key, q_parse(d, text));
}

static void shrink_picture(struct qdoc *d, const struct drawn_picture *drawn,
                           const struct shrink *how)
{
    struct pdf_picture p;
    struct recoded made = {0};

    if (!pdf_picture_read(d, drawn->id, &p))
        return;
    bool large = how->side && longer_side(&p) > how->side;
    if (!large && !how->others)
        return;
    const struct recode recode = {how->quality, how->dpi / dpi_of(&p, drawn)};
    if (recode_picture(d, &p, &recode, &made) &&
        (made.jpeg.len < packed_size(d, p.stream) || (large && recode.scale < 1))) {
        q_replace(d, p.stream, made.jpeg.data, made.jpeg.len, "/DCTDecode");
        put_number(d, p.stream, "/Width", made.width);
        put_number(d, p.stream, "/Height", made.height);
        put_number(d, p.stream, "/BitsPerComponent", 8);
    }
    buffer_clear(&made.jpeg);
}

static void shrink_pictures(struct qdoc *d, const struct shrink *how)
{
    struct arena arena = {0};
    struct drawn_pictures pictures = {0};
    drawn_sizes(d, &arena, &pictures);
    for (size_t i = 0; i < pictures.n && q_ok(d); i++) {
        shrink_picture(d, &pictures.list[i], how);
        q_release(d);
    }
    arena_free(&arena);
}

/* Equal input and equal steps give an equal ID. */
static void identify(const void *data, size_t len, const struct shrink *how, char out[DIGEST_HEX])
{
    struct digest *digest = digest_new();
    digest_add(digest, data, len);
    digest_add(digest, &how->quality, sizeof how->quality);
    digest_add(digest, &how->dpi, sizeof how->dpi);
    digest_add(digest, &how->side, sizeof how->side);
    digest_add(digest, &how->others, sizeof how->others);
    digest_end(digest, out);
}

/* NULL: reported. */
static void *map_file(int fd, size_t *size, struct diag *diag)
{
    struct stat st;
    void *data = fstat(fd, &st) < 0
                     ? MAP_FAILED
                     : mmap(NULL, *size = (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (data != MAP_FAILED)
        return data;
    machine_ask(NULL);
    diag_unreadable(diag, "PDF");
    return NULL;
}

long shrink_longest_side(int pdf, struct diag *diag)
{
    struct arena arena = {0};
    struct drawn_pictures pictures = {0};
    struct pdf_picture p;
    size_t size;
    long longest = 0;
    void *data = map_file(pdf, &size, diag);

    if (!data)
        return -1;
    struct qdoc *d = q_open(data, size, "shrink", NULL);
    drawn_sizes(d, &arena, &pictures);
    for (size_t i = 0; i < pictures.n && q_ok(d); i++) {
        pdf_picture_read(d, pictures.list[i].id, &p);
        longest = longer_side(&p) > longest ? longer_side(&p) : longest;
        q_release(d);
    }
    if (!q_ok(d)) {
        diag_system(diag, (struct src_pos){0}, "写出的 PDF 无法读回，请检查磁盘%.0s",
                    "a PDF that was written cannot be read again: check the disk (%s)", q_fault(d));
        longest = -1;
    }
    q_free(d);
    arena_free(&arena);
    munmap(data, size);
    return longest;
}

bool shrink_pdf(int from, const struct shrink *how, int into, struct diag *diag)
{
    char id[DIGEST_HEX];
    size_t size;
    void *data = map_file(from, &size, diag);

    if (!data)
        return false;
    struct qdoc *d = q_open(data, size, "shrink", NULL);
    if (how->quality)
        shrink_pictures(d, how);
    identify(data, size, how, id);
    q_repack(d);
    bool ok = q_write_file(d, id, into) ||
              diag_system(diag, (struct src_pos){0}, "压缩后的文件无法完整写出，请检查磁盘空间%.0s",
                          "the reduced file cannot be written whole: is there room on the disk? "
                          "(%s)",
                          q_fault(d));
    q_free(d);
    munmap(data, size);
    return ok;
}
