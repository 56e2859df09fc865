/* shared_font.c - see shared_font.h. ISO 32000-1: 9.7.4 (CIDFonts), 9.8 (descriptors). */
#include "bind/shared_font.h"

#include "bind/id_set.h"
#include "pdf/deflate.h"
#include "pdf/font_union.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shared_font {
    const char *face; /* without the subset's tag */
    int em;
    struct font_union *glyphs;
    qref file; /* of the print run; its bytes come last */
};

struct shared_fonts {
    struct arena arena;
    struct qdoc *out;
    struct shared_font *list;
    size_t n, cap;
    /* of the part at hand: descriptors that have lost their file */
    struct id_set seen;
    struct taken_file {
        int descriptor;
        size_t font;
    } * taken;
    size_t n_taken, cap_taken;
};

struct shared_fonts *shared_fonts_new(struct qdoc *out)
{
    struct shared_fonts *all = mem_alloc(1, sizeof *all);
    all->out = out;
    return all;
}

void shared_fonts_free(struct shared_fonts *all)
{
    if (!all)
        return;
    for (size_t i = 0; i < all->n; i++)
        font_union_free(all->list[i].glyphs);
    id_set_clear(&all->seen);
    arena_free(&all->arena);
    free(all);
}

static size_t font_of(struct shared_fonts *all, const char *face, int em)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->list[i].em == em && !strcmp(all->list[i].face, face))
            return i;
    *ARENA_PUSH(&all->arena, all->list, all->n, all->cap) = (struct shared_font){
        arena_strdup(&all->arena, face), em, font_union_new(), q_new_stream(all->out, "", 0)};
    return all->n - 1;
}

/* As papers of ours are packed, which takes a third of what qpdf takes. */
static bool unpack(struct qdoc *part, qref stream, struct buffer *file)
{
    enum { LARGEST = 64 << 20 };
    struct buffer packed = {0};
    long len = q_integer(part, q_get(part, stream, "/Length1"), 0);
    bool ok = len > 0 && len <= LARGEST &&
              q_is_name(part, q_get(part, stream, "/Filter"), "/FlateDecode") &&
              !q_is_dict(part, q_get(part, stream, "/DecodeParms")) &&
              q_raw_data(part, stream, &packed) &&
              inflate_whole(packed.data, packed.len, buffer_room(file, (size_t)len), (size_t)len);
    file->len = ok ? (size_t)len : 0;
    buffer_clear(&packed);
    return ok;
}

/* The font file of a descriptor, if it can be shared. */
static bool read_file(struct qdoc *part, qref font, qref descriptor, struct buffer *file)
{
    qref stream = q_get(part, descriptor, "/FontFile2");
    return q_is_name(part, q_get(part, font, "/Subtype"), "/CIDFontType2") &&
           q_is_name(part, q_get(part, font, "/CIDToGIDMap"), "/Identity") &&
           (unpack(part, stream, file) || q_stream_data(part, stream, file)) &&
           font_union_em(file->data, file->len);
}

static void take(struct shared_fonts *all, struct qdoc *part, qref font)
{
    struct arena arena = {0};
    struct buffer file = {0}, gids = {0};
    qref descriptor = q_get(part, font, "/FontDescriptor");
    int id = q_id(part, descriptor);
    const char *name = q_text(part, q_get(part, descriptor, "/FontName"), &arena),
               *tag = name ? strchr(name, '+') : NULL;

    if (id && tag && id_set_add(&all->seen, id) && read_file(part, font, descriptor, &file)) {
        size_t shared = font_of(all, tag + 1, font_union_em(file.data, file.len));
        if (font_union_add(all->list[shared].glyphs, file.data, file.len, &gids)) {
            q_put(part, font, "/CIDToGIDMap", q_new_stream(part, gids.data, gids.len));
            q_remove(part, descriptor, "/FontFile2");
            *ARENA_PUSH(&all->arena, all->taken, all->n_taken, all->cap_taken) =
                (struct taken_file){id, shared};
        }
    }
    buffer_clear(&file);
    buffer_clear(&gids);
    arena_free(&arena);
}

void shared_fonts_take(struct shared_fonts *all, struct qdoc *part, qref page)
{
    struct arena arena = {0};
    const char **names;
    qref fonts = q_get(part, q_get(part, page, "/Resources"), "/Font");
    for (size_t i = 0, n = q_keys(part, fonts, &arena, &names); i < n; i++)
        take(all, part,
             q_item(part, q_get(part, q_get(part, fonts, names[i]), "/DescendantFonts"), 0));
    arena_free(&arena);
}

void shared_fonts_give(struct shared_fonts *all, struct qdoc *part)
{
    for (size_t i = 0; i < all->n_taken; i++)
        q_put(all->out, q_copy(all->out, part, q_object(part, all->taken[i].descriptor)),
              "/FontFile2", all->list[all->taken[i].font].file);
    all->n_taken = 0;
    id_set_clear(&all->seen);
}

void shared_fonts_finish(struct shared_fonts *all)
{
    for (size_t i = 0; i < all->n; i++) {
        struct buffer file = {0};
        char length[32];
        font_union_build(all->list[i].glyphs, &file);
        snprintf(length, sizeof length, "%zu", file.len);
        q_set_data(all->out, all->list[i].file, file.data, file.len);
        q_put(all->out, all->list[i].file, "/Length1", q_parse(all->out, length));
        buffer_clear(&file);
    }
}
