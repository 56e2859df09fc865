/* fuzz_upload.c - what the platform takes of one applicant: a file out of pages of two scans, the
 * photo, the sheet to fill in from. What was made is within the limits, can be read, and has the
 * pages that were cited. An input is, set off by lines "--": a byte of limits, one of what is to be
 * made, and which pages of each scan ("2-4,7 1", of the one and the other in turn); and the scans,
 * the first of which is the photo, too. */
#define _GNU_SOURCE /* memfd_create */
#include "applicant.h"
#include "parts_mutator.h"

#include "bind/qdoc.h"
#include "bind/shrink.h"
#include "core/utf8.h"
#include "query/query_tables.h"
#include "record/node.h"
#include "upload/kit.h"

#include "../unit/shipped.h"
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_PIECES = 4 };

static const struct open_batch *batch;
static struct fonts *fonts;
static struct platform *platform;
static struct query_context *query;

static record_node *photo_of(record_node *applicant)
{
    const char *rest;
    record_node *photo = record_follow(applicant, "person/photo", &rest);
    door_hold(photo && !*rest);
    return photo;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    struct diag diag = {0};
    (void)argc, (void)argv;
    use_shipped_profile();
    batch = applicant_of("samples/batch.xml");
    record_put(photo_of(batch->who.node), "href", "a");
    fonts = fonts_new(dirs, &diag);
    platform = platform_load(shipped_templates, &diag);
    query = query_context_new(query_tables_load(shipped_templates, &diag));
    if (!fonts || !platform)
        door_shut("templates", &diag);
    diag_clear(&diag);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return parts_mutate(data, size, max, seed);
}

static void set_limits(unsigned which)
{
    platform->bytes = which & 1 ? 3000 : 1 << 20;
    platform->pixels = which & 2 ? 40 : 0;
    platform->pages = which & 4 ? 3 : 0;
    platform->types = which & 8 ? UPLOAD_PDF : UPLOAD_PDF | UPLOAD_JPEG | UPLOAD_PNG;
    platform->photo.bytes_over = 100;
    platform->photo.bytes_under = which & 16 ? 2000 : 20000;
    platform->photo.width_over = platform->photo.height_over = which & 32 ? 40 : 3;
}

/* What one file cites, in place of what the record does. */
static void cite(struct upload_file *f, struct door_bytes text, struct arena *arena)
{
    const struct material source = f->pieces[0].source;
    char *words = door_xml_text(text), *rest = words, *pages;
    f->pieces = ARENA_ARRAY(arena, struct upload_piece, MOST_PIECES);
    f->n = 0;
    while (f->n < MOST_PIECES && (pages = strsep(&rest, " "))) {
        struct upload_piece *p = &f->pieces[f->n];
        p->source = source;
        p->source.href = f->n++ % 2 ? "b" : "a";
        p->source.pages = arena_strdup(arena, pages);
    }
    free(words);
}

static size_t cited_pages(struct kit *k, const struct upload_file *f)
{
    struct diag silent = {0};
    size_t all = 0, *pages;
    for (size_t i = 0; i < f->n; i++) {
        const struct material *m = &f->pieces[i].source;
        struct attachment *a = attachments_open(&k->scans, m, &silent);
        door_hold(!a->bad);
        size_t n = attachments_select(&k->scans, a, m, &pages, &silent);
        door_hold(n > 0);
        all += n;
    }
    diag_clear(&silent);
    return all;
}

static void hold_pdf(const struct assembled *made, const void *data, size_t size)
{
    struct diag diag = {0};
    struct qdoc *d = q_open(data, size, "made", NULL);
    door_hold(media_sniff(data, size) == MEDIA_PDF && q_page_count(d) == made->pages && q_ok(d));
    q_free(d);
    door_hold(!platform->pixels || shrink_longest_side(made->fd, &diag) <= platform->pixels);
    door_hold(diag.n == 0);
}

static void hold_picture(const struct assembled *made, const void *data, size_t size)
{
    const struct finding where = {.rule = "R76"};
    const struct media_limits limits = {0};
    const struct media_file file = {
        .href = "made", .data = data, .size = size, .type = media_sniff(data, size)};
    struct media_image image = {0};
    struct diag diag = {0};
    door_hold(file.type == (!strcmp(made->suffix, "jpg") ? MEDIA_JPEG : MEDIA_PNG));
    door_hold(made->verbatim && made->pages == 1);
    door_hold(image_load(&image, &file, &limits, &where, &diag));
    door_hold(!platform->pixels || (image.width <= (unsigned)platform->pixels &&
                                    image.height <= (unsigned)platform->pixels));
    image_clear(&image);
    door_end_of_data(&diag);
}

static void hold_made(struct kit *k, const struct sheet_file *f)
{
    struct stat st;
    const struct assembled *made = &f->made;
    door_hold(fstat(made->fd, &st) == 0 && st.st_size > 0 && st.st_size == made->bytes);
    size_t size = (size_t)st.st_size;
    door_hold(size <= platform->bytes && (!platform->pages || made->pages <= platform->pages));
    door_hold(made->pages == cited_pages(k, f->file));
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, made->fd, 0);
    door_hold(map != MAP_FAILED);
    if (!strcmp(made->suffix, "pdf"))
        hold_pdf(made, map, size);
    else
        hold_picture(made, map, size);
    door_came(map, size);
    munmap(map, size);
}

/* As a later run reads it in the manifest. */
static void hold_recalled(struct kit *k, size_t i, struct arena *arena)
{
    struct buffer out = {0}, again = {0};
    struct json j = {.out = &out, .flat = true}, j2 = {.out = &again, .flat = true};
    json_open(&j, NULL, '{');
    kit_describe(k, i, &j);
    json_close(&j, '}');
    const int fd = k->made[i].made.fd;
    kit_recall(k, i, k->made[i].path, json_parse(arena, (const char *)out.data, out.len));
    k->made[i].made.fd = fd;
    json_open(&j2, NULL, '{');
    kit_describe(k, i, &j2);
    json_close(&j2, '}');
    door_hold(out.len == again.len && !memcmp(out.data, again.data, out.len));
    buffer_clear(&out);
    buffer_clear(&again);
}

static void make_photo(struct kit *k, struct diag *diag)
{
    const struct upload_photo *l = &platform->photo;
    struct buffer out = {0};
    kit_make_photo(k, &out, diag);
    door_hold(!k->photo.path == (out.len == 0) && k->photo.note && *k->photo.note);
    if (k->photo.path && k->photo.good)
        door_hold(media_sniff(out.data, out.len) == MEDIA_JPEG && out.len > l->bytes_over &&
                  out.len < l->bytes_under);
    door_came(out.data, out.len);
    buffer_clear(&out);
}

static void make_sheet(const struct kit *k)
{
    struct buffer out = {0};
    kit_make_sheet(k, &out);
    for (size_t at = 0, used; at < out.len; at += used)
        door_hold(utf8_next((const char *)out.data + at, out.len - at, &used) != UTF8_BAD);
    door_came(out.data, out.len);
    buffer_clear(&out);
}

/* what: which file, whether the photo is fitted, whether there is a sheet. */
static void make(struct kit *k, unsigned what, struct door_bytes pages, struct arena *arena,
                 struct diag *diag)
{
    size_t i = what % 4;
    while (k->files->list[i].state != UPLOAD_CITED)
        i++;
    cite(&k->files->list[i], pages, arena);
    kit_make_file(k, i, diag);
    if (k->made[i].path) {
        hold_made(k, &k->made[i]);
        hold_recalled(k, i, arena);
    } else {
        door_hold(diag_failed(diag));
    }
    make_photo(k, diag);
    if (what & 64)
        make_sheet(k);
}

/* Drawing many pixels again and again would take all the time. */
static bool is_large(struct door_bytes scan)
{
    static const struct media_limits few = {.pixels = 1 << 14}, any = {0};
    const struct finding where = {.rule = "R76"};
    const struct media_file file = {.href = "x",
                                    .data = scan.data,
                                    .size = scan.size,
                                    .type = media_sniff(scan.data, scan.size)};
    struct media_image image = {0};
    struct diag silent = {0};
    bool picture = file.type == MEDIA_JPEG || file.type == MEDIA_PNG;
    bool large = picture && !image_probe(&image, &file, &few, &where, &silent);
    image_clear(&image);
    large = large && image_probe(&image, &file, &any, &where, &silent);
    image_clear(&image);
    diag_clear(&silent);
    return large;
}

void door_run(const uint8_t *data, size_t size)
{
    struct door_bytes rest = {data, size}, head = door_part(&rest), scan = door_part(&rest);
    struct attachment_reader reader = {.fonts = fonts};
    struct diag diag = {0};
    struct arena arena = {0};
    struct applicant who = batch->who;
    if (is_large(scan) || is_large(rest))
        return;
    door_put("a", scan.data, scan.size);
    door_put("b", rest.data, rest.size);
    who.dir = door_folder();
    set_limits(door_byte(&head));
    unsigned what = door_byte(&head);
    query_context_begin(query, who.node, "2026-09-30");
    query_context_set_diag(query, &diag);
    const struct kit_job job = {.platform = platform,
                                .who = &who,
                                .query = query,
                                .asof = "2026-09-30",
                                .near = who.dir,
                                .reader = &reader,
                                .fit_photo = what & 32,
                                .arena = &arena};
    struct kit kit = kit_begin(&job);
    make(&kit, what, head, &arena, &diag);
    kit_end(&kit);
    attachment_reader_close(&reader);
    door_end_of_data(&diag);
    arena_free(&arena);
}
