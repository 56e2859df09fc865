/* damaged_graphics.c - see damaged_graphics.h. ISO 32000-1: 7.4 (filters), 8.9.5 (pictures), 8.10
 * (forms).
 *
 * Each picture and form of a file is looked at once. Only where one is damaged is content searched
 * for what the pages draw: they may share resources, of which each draws a part. */
#define _GNU_SOURCE /* memmem */
#include "bind/damaged_graphics.h"

#include "bind/drawn_size.h"
#include "bind/field.h"
#include "bind/page_scan.h"
#include "bind/qdoc.h"
#include "bind/salvage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEEPEST = 12,
    MOST_BYTES = 256 << 20, /* of pixels that are unpacked */
    /* Of pictures and forms, and of content, in one file: seconds of the ten that it may take. */
    MOST_READ = 1 << 30,
    MOST_SEARCHED = 128 << 20,
    MOST_FILTERS = 2,
    LONGEST = 127, /* bytes of a name (annex C) */
    MOST_NAMES = 10000
};

/* --- pictures --- */

/* Components of a pixel; 0: it cannot be told. */
static double components_of(struct qdoc *d, qref space)
{
    qref family = q_length(d, space) > 0 ? q_item(d, space, 0) : space;
    static const struct {
        const char *family;
        int components;
    } known[] = {{"/DeviceGray", 1}, {"/CalGray", 1}, {"/Indexed", 1}, {"/Separation", 1},
                 {"/DeviceRGB", 3},  {"/CalRGB", 3},  {"/Lab", 3},     {"/DeviceCMYK", 4}};
    if (q_is_name(d, family, "/ICCBased"))
        return (double)q_integer(d, q_get(d, q_item(d, space, 1), "/N"), 0);
    if (q_is_name(d, family, "/DeviceN"))
        return (double)q_length(d, q_item(d, space, 1));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (q_is_name(d, family, known[i].family))
            return known[i].components;
    return 0;
}

/* Bytes of all pixels; 0: it cannot be told. */
static double bytes_of(struct qdoc *d, qref picture)
{
    bool mask = q_true(d, q_get(d, picture, "/ImageMask"));
    double components = mask ? 1 : components_of(d, q_get(d, picture, "/ColorSpace")),
           bits = mask ? 1 : (double)q_integer(d, q_get(d, picture, "/BitsPerComponent"), 0),
           width = (double)q_integer(d, q_get(d, picture, "/Width"), 0),
           height = (double)q_integer(d, q_get(d, picture, "/Height"), 0);
    bool known = components > 0 && bits > 0 && width > 0 && height > 0;
    return known ? ceil(width * components * bits / 8) * height : 0;
}

/* The same with a byte in front of each row, where a predictor has put one (7.4.4.4). */
static double bytes_with_predictors(struct qdoc *d, qref picture, double bytes)
{
    qref parameters = q_get(d, picture, "/DecodeParms");
    if (q_length(d, parameters) == 1)
        parameters = q_item(d, parameters, 0);
    if (q_integer(d, q_get(d, parameters, "/Predictor"), 1) < 10)
        return bytes;
    double row = ceil((double)q_integer(d, q_get(d, parameters, "/Columns"), 1) *
                      (double)q_integer(d, q_get(d, parameters, "/Colors"), 1) *
                      (double)q_integer(d, q_get(d, parameters, "/BitsPerComponent"), 8) / 8);
    return row > 0 ? bytes + ceil(bytes / row) : bytes;
}

static size_t filters_of(struct qdoc *d, qref picture, qref filters[MOST_FILTERS])
{
    qref filter = q_get(d, picture, "/Filter");
    size_t n = q_length(d, filter);
    if (!q_is_array(d, filter)) {
        filters[0] = filter;
        return filter != 0;
    }
    for (size_t i = 0; i < n && i < MOST_FILTERS; i++)
        filters[i] = q_item(d, filter, i);
    return n;
}

/* Readers pass over what comes before the picture. */
static bool is_damaged_jpeg(const struct buffer *data)
{
    static const unsigned char begin[] = {0xFF, 0xD8};
    const unsigned char *at =
        data->len > 0 ? memmem(data->data, data->len, begin, sizeof begin) : NULL;
    return !at || jpeg_is_damaged(at, data->len - (size_t)(at - data->data));
}

/* Most have just as many bytes, for which libdeflate takes a third of the time. */
static bool lacks_pixels(struct attachment_pages *s, qref picture, const struct buffer *packed,
                         double bytes)
{
    if (bytes >= MOST_BYTES)
        return false;
    unsigned char *pixels = page_scan_unpack(s, packed, bytes);
    if (pixels && s->scans)
        page_scan_note(s, picture, pixels, bytes);
    return !pixels && !salvage_has_all(packed, (size_t)bytes);
}

static bool is_damaged_data(struct attachment_pages *s, qref picture, struct buffer *data)
{
    struct qdoc *d = s->doc;
    qref filters[MOST_FILTERS] = {0};
    struct buffer packed = {0};
    size_t n = filters_of(d, picture, filters);
    double bytes = bytes_of(d, picture);
    bool flate = n > 0 && q_is_name(d, filters[0], "/FlateDecode");

    if (n > MOST_FILTERS || (n == 2 && !flate))
        return false;
    if (n == 0)
        return (double)data->len < bytes;
    s->unpacked += flate ? (size_t)fmin(bytes, MOST_BYTES) : data->len;
    if (s->unpacked > MOST_READ)
        return false;
    if (n == 1 && flate)
        return lacks_pixels(s, picture, data, bytes_with_predictors(d, picture, bytes));
    if (n == 2) {
        packed = *data;
        *data = (struct buffer){0};
        salvage_inflate(&packed, data);
        buffer_clear(&packed);
    }
    if (q_is_name(d, filters[n - 1], "/DCTDecode"))
        return is_damaged_jpeg(data);
    return data->len == 0;
}

static bool is_damaged_picture(struct attachment_pages *s, qref picture)
{
    struct qdoc *d = s->doc;
    struct buffer data = {0};
    bool damaged = false;
    if (!q_get(d, picture, "/F")) /* its data are in another file (embedded.c) */
        damaged = !q_raw_data(d, picture, &data) || is_damaged_data(s, picture, &data);
    q_forgive(d);
    buffer_clear(&data);
    return damaged;
}

/* --- what there is --- */

static void look_beneath(struct attachment_pages *s, qref resources, int depth);

static bool is_damaged_form(struct attachment_pages *s, qref form)
{
    struct qdoc *d = s->doc;
    bool whole = s->unpacked_forms > MOST_READ || q_get(d, form, "/F") ||
                 salvage_is_whole(d, form, &s->unpacked_forms);
    q_forgive(d);
    return !whole;
}

/* A picture is as damaged as its mask. */
static void look_at(struct attachment_pages *s, qref drawn, int depth)
{
    struct qdoc *d = s->doc;
    int id = q_id(d, drawn);
    bool damaged = false;

    if (!q_is_stream(d, drawn) || depth > DEEPEST || !id_set_add(&s->looked_at, id))
        return;
    if (q_is_name(d, q_get(d, drawn, "/Subtype"), "/Image")) {
        qref masks[] = {q_get(d, drawn, "/SMask"), q_get(d, drawn, "/Mask")};
        damaged = is_damaged_picture(s, drawn);
        for (int i = 0; i < 2; i++) {
            look_at(s, masks[i], depth + 1);
            damaged |= id_set_has(&s->damaged, q_id(d, masks[i]));
        }
    } else {
        damaged = is_damaged_form(s, drawn);
        look_beneath(s, q_get(d, drawn, "/Resources"), depth + 1);
    }
    if (damaged) {
        id_set_add(&s->damaged, id);
        s->lacks_graphics = true;
    }
}

static void look_beneath(struct attachment_pages *s, qref resources, int depth)
{
    struct qdoc *d = s->doc;
    struct arena arena = {0};
    const char **keys;
    qref drawn = q_get(d, resources, "/XObject");
    size_t n = id_set_add(&s->looked_at, q_id(d, drawn)) ? q_keys(d, drawn, &arena, &keys) : 0;
    for (size_t i = 0; i < n; i++)
        look_at(s, q_get(d, drawn, keys[i]), depth);
    arena_free(&arena);
}

static qref look_of(struct qdoc *d, qref annotation, struct arena *arena)
{
    qref look = field_appearance(d, annotation, "");
    const char *state = look ? NULL : q_text(d, q_get(d, annotation, "/AS"), arena);
    return state ? field_appearance(d, annotation, state) : look;
}

static void look_at_page(struct attachment_pages *s, size_t page)
{
    struct qdoc *d = s->doc;
    struct arena arena = {0};
    const struct annotation_places *places = &s->places[page];
    look_beneath(s, q_get(d, q_page(d, page), "/Resources"), 0);
    for (size_t i = 0; i < places->n; i++) {
        qref annots = q_get(d, q_page(d, page), "/Annots");
        look_at(s, look_of(d, q_item(d, annots, places->list[i]), &arena), 0);
    }
    arena_free(&arena);
}

/* The name in front of an operator, with its slash; false: none, or a longer one than resources
 * have.
 */
static bool name_before(const unsigned char *begin, const unsigned char *op, char name[LONGEST + 1])
{
    while (op > begin && (op[-1] == ' ' || op[-1] == '\n' || op[-1] == '\r'))
        op--;
    const unsigned char *slash = op;
    while (slash > begin && op - slash < LONGEST && *slash != '/')
        slash--;
    if (*slash != '/')
        return false;
    memcpy(name, slash, (size_t)(op - slash));
    name[op - slash] = '\0';
    return true;
}

bool damaged_graphics_absent(struct qdoc *d, qref page, const struct buffer *content)
{
    if (content->len == 0)
        return false;
    const unsigned char *end = content->data + content->len, *at = content->data;
    qref drawn = q_get(d, q_get(d, page, "/Resources"), "/XObject");
    char name[LONGEST + 1];
    for (int i = 0;
         drawn && i < MOST_NAMES && at < end && (at = memmem(at, (size_t)(end - at), "Do", 2));
         i++, at += 2)
        if (name_before(content->data, at, name) && q_dangles(d, drawn, name))
            return true;
    return false;
}

/* --- what is drawn --- */

static bool has_damaged(const struct attachment_pages *s, const struct drawn_pictures *drawn)
{
    bool has = drawn->lacking;
    for (size_t i = 0; i < drawn->n && !has; i++)
        has = id_set_has(&s->damaged, drawn->list[i].id);
    for (size_t i = 0; i < drawn->n_forms && !has; i++)
        has = id_set_has(&s->damaged, drawn->forms[i]);
    return has;
}

static bool draws_damaged(struct attachment_pages *s, size_t page)
{
    struct qdoc *d = s->doc;
    struct arena arena = {0};
    struct drawn_pictures drawn = {0};
    const struct annotation_places *places = &s->places[page];

    if (s->searched < MOST_SEARCHED)
        drawn_on_page(d, page, MOST_SEARCHED - s->searched, &arena, &drawn);
    s->searched += drawn.read;
    for (size_t i = 0; i < places->n; i++) {
        qref annots = q_get(d, q_page(d, page), "/Annots");
        drawn_by_form(d, look_of(d, q_item(d, annots, places->list[i]), &arena), &arena, &drawn);
    }
    bool has = has_damaged(s, &drawn);
    q_forgive(d);
    arena_free(&arena);
    return has;
}

void damaged_graphics_find(struct attachment_pages *s, const size_t *pages, size_t n, bool *damaged)
{
    for (size_t i = 0; i < n; i++) {
        look_at_page(s, pages[i] - 1);
        q_release(s->doc);
    }
    page_scan_forget(s);
    for (size_t i = 0; i < n && s->lacks_graphics; i++) {
        damaged[i] |= draws_damaged(s, pages[i] - 1);
        q_release(s->doc);
    }
}
