/* font.c - see font.h. Faces are opened when a role first needs them and shared between roles. */
#include "text/font.h"

#include "core/utf8.h"
#include "text/fonts_xml.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_BBOX_H
#include FT_TRUETYPE_TABLES_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct face {
    char *path;
    int index;
    unsigned id;
    FT_Face ft;
    void *map;
    size_t size;
    struct face *next;
};

/* The answer for one code point without a selector, in a page of 256. */
struct answer {
    const struct face *face; /* NULL with known: nobody draws it */
    uint32_t gid;
    int advance;
    bool known;
};

enum { PAGE_SIZE = 256, PAGES = 0x110000 / PAGE_SIZE };

struct role {
    const struct font_candidate *candidates; /* of fonts.xml */
    size_t n;
    const struct face **chain; /* opened candidates, in order; n_chain of them */
    size_t n_chain, next_candidate;
    bool required, ready, warned;
    struct answer *pages[PAGES];
};

struct fonts {
    struct arena arena;
    const char *const *dirs;
    struct fonts_xml xml;
    FT_Library library;
    struct face *faces; /* all that were opened */
    unsigned n_faces;
    struct role roles[ROLE_COUNT];
    struct diag *diag; /* for what is noticed while a chain is extended; set by fonts_require */
};

static const char *const role_names[ROLE_COUNT] = {"song", "fangsong", "kai", "hei", "biaosong"};
static const char *const role_titles[ROLE_COUNT] = {"宋", "仿宋", "楷", "黑", "小标宋"};

bool font_role_parse(const char *name, enum font_role *out)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (!strcmp(name, role_names[i])) {
            *out = (enum font_role)i;
            return true;
        }
    return false;
}

const char *font_role_name(enum font_role role)
{
    return role_names[role];
}

const char *font_role_title(enum font_role role)
{
    return role_titles[role];
}

static bool has_ink(FT_Face ft, uint32_t gid)
{
    return FT_Load_Glyph(ft, gid, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING) == 0 &&
           ft->glyph->format == FT_GLYPH_FORMAT_OUTLINE && ft->glyph->outline.n_points > 0;
}

/* Characters that are drawn by drawing nothing. */
static bool is_space(uint32_t cp)
{
    return cp == 0x20 || cp == 0xA0 || cp == 0x3000 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F || cp == 0x205F;
}

bool face_glyph(const struct face *face, uint32_t cp, uint32_t vs, struct glyph *out)
{
    FT_UInt gid = vs ? FT_Face_GetCharVariantIndex(face->ft, cp, vs) : 0;
    if (!gid)
        gid = FT_Get_Char_Index(face->ft, cp); /* a selector that a face does not know leaves the base's shape */
    if (!gid)
        return false;
    if (FT_Load_Glyph(face->ft, gid, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING))
        return false;
    long advance = face->ft->glyph->metrics.horiAdvance;
    if (!is_space(cp) && !has_ink(face->ft, gid))
        return false;
    *out = (struct glyph){face, gid, cp, vs, (int)(advance * 1000 / face->ft->units_per_EM)};
    return true;
}

bool face_ink(const struct face *face, uint32_t gid, int box[4])
{
    FT_BBox b;
    if (!has_ink(face->ft, gid) || FT_Outline_Get_BBox(&face->ft->glyph->outline, &b))
        return false;
    long upem = face->ft->units_per_EM;
    box[0] = (int)(b.xMin * 1000 / upem);
    box[1] = (int)(b.yMin * 1000 / upem);
    box[2] = (int)(b.xMax * 1000 / upem);
    box[3] = (int)(b.yMax * 1000 / upem);
    return true;
}

static bool open_face(struct fonts *f, const char *path, int index, struct face **out)
{
    for (struct face *face = f->faces; face; face = face->next)
        if (face->index == index && !strcmp(face->path, path)) {
            *out = face;
            return true;
        }
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    void *map = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0
                    ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)
                    : MAP_FAILED;
    close(fd);
    if (map == MAP_FAILED)
        return false;
    FT_Face ft;
    if (FT_New_Memory_Face(f->library, map, (FT_Long)st.st_size, index, &ft)) {
        munmap(map, (size_t)st.st_size);
        return false;
    }
    struct face *face = ARENA_NEW(&f->arena, struct face);
    *face = (struct face){.path = arena_strdup(&f->arena, path), .index = index, .id = f->n_faces++, .ft = ft,
                          .map = map, .size = (size_t)st.st_size, .next = f->faces};
    f->faces = face;
    *out = face;
    return true;
}

/* OS/2 fsType: 2 = restricted licence, 0x100 = no subsetting, 0x200 = bitmaps only. */
static bool may_embed(const struct face *face, struct fonts *f)
{
    TT_OS2 *os2 = FT_Get_Sfnt_Table(face->ft, FT_SFNT_OS2);
    if (!os2 || !(os2->fsType & 0x0302))
        return true;
    if (f->diag)
        diag_warn(f->diag, (struct src_pos){face->path, 0}, "字体许可不允许嵌入或取子集（fsType %u），改用下一个候选",
                  "the font's licence forbids embedding or subsetting (fsType %u); the next candidate is taken", os2->fsType);
    return false;
}

/* Opens the role's next candidate that exists. false: no more. */
static bool extend(struct fonts *f, struct role *r)
{
    while (r->next_candidate < r->n) {
        const struct font_candidate *c = &r->candidates[r->next_candidate++];
        struct face *face = NULL;
        if (c->file[0] == '/') {
            open_face(f, c->file, c->index, &face);
        } else {
            for (const char *const *d = f->dirs; *d && !face; d++)
                open_face(f, arena_printf(&f->arena, "%s/%s", *d, c->file), c->index, &face);
        }
        if (!face || !may_embed(face, f))
            continue;
        if (r->n_chain == 0 && (c->standin || c->rare) && !r->warned && f->diag) {
            enum font_role role = (enum font_role)(r - f->roles);
            r->warned = true;
            diag_warn(f->diag, (struct src_pos){0}, "没有%s体字体文件，以 %s 代替；请把字体放进 fonts/ 或安装 %s",
                      "no file for the role %s: %s stands in for it; put a font into fonts/ or install %s",
                      role_titles[role], face_name(face), r->candidates[0].package ? r->candidates[0].package
                                                                                                  : r->candidates[0].file);
        }
        r->chain[r->n_chain++] = face;
        return true;
    }
    return false;
}

struct fonts *fonts_new(const char *const *dirs, struct diag *diag)
{
    struct fonts *f = mem_alloc(1, sizeof *f);
    f->dirs = dirs;
    if (!fonts_xml_read(&f->xml, dirs, &f->arena, diag) || FT_Init_FreeType(&f->library)) {
        fonts_free(f);
        return NULL;
    }
    for (int i = 0; i < ROLE_COUNT; i++) {
        struct role *r = &f->roles[i];
        r->candidates = f->xml.roles[i].candidates;
        r->n = f->xml.roles[i].n;
        r->chain = ARENA_ARRAY(&f->arena, const struct face *, r->n + 1);
    }
    return f;
}

void fonts_free(struct fonts *f)
{
    if (!f)
        return;
    for (int i = 0; i < ROLE_COUNT; i++)
        for (size_t p = 0; p < PAGES; p++)
            free(f->roles[i].pages[p]);
    for (struct face *face = f->faces; face; face = face->next) {
        FT_Done_Face(face->ft);
        munmap(face->map, face->size);
    }
    if (f->library)
        FT_Done_FreeType(f->library);
    arena_free(&f->arena);
    free(f);
}

bool fonts_require(struct fonts *f, enum font_role role, struct diag *diag)
{
    struct role *r = &f->roles[role];
    if (r->required)
        return r->ready;
    r->required = true;
    f->diag = diag;
    r->ready = r->n_chain > 0 || extend(f, r);
    if (!r->ready) {
        const char *package = NULL;
        for (size_t i = 0; i < r->n && !package; i++)
            package = r->candidates[i].package;
        diag_system(diag, (struct src_pos){f->xml.path, f->xml.roles[role].line}, "%s体没有任何字体文件，请安装 %s",
                    "the role %s has no font file at all: install %s", role_titles[role],
                    package ? package : r->n ? r->candidates[0].file : "?");
    }
    f->diag = NULL;
    return r->ready;
}

static bool in_chain(struct fonts *f, struct role *r, uint32_t cp, uint32_t vs, struct glyph *out)
{
    for (size_t i = 0; i < r->n_chain || extend(f, r); i++)
        if (face_glyph(r->chain[i], cp, vs, out))
            return true;
    return false;
}

bool fonts_glyph(struct fonts *f, enum font_role role, uint32_t cp, uint32_t vs, struct glyph *out)
{
    struct role *r = &f->roles[role];
    if (cp > 0x10FFFF)
        return false;
    if (vs)
        return in_chain(f, r, cp, vs, out);
    struct answer **page = &r->pages[cp / PAGE_SIZE];
    if (!*page)
        *page = mem_alloc(PAGE_SIZE, sizeof **page);
    struct answer *a = &(*page)[cp % PAGE_SIZE];
    if (!a->known) {
        struct glyph g;
        a->known = true;
        if (in_chain(f, r, cp, 0, &g)) {
            a->face = g.face;
            a->gid = g.gid;
            a->advance = g.advance;
        }
    }
    *out = (struct glyph){a->face, a->gid, cp, 0, a->advance};
    return a->face != NULL;
}

static bool draws_all(const struct face *face, const char *text, size_t len)
{
    for (size_t i = 0, used; i < len; i += used) {
        struct glyph g;
        uint32_t cp = utf8_next(text + i, len - i, &used);
        if (cp != '\n' && !utf8_is_variation_selector(cp) && !face_glyph(face, cp, 0, &g))
            return false;
    }
    return true;
}

const struct face *fonts_face_for_all(struct fonts *f, enum font_role role, const char *text, size_t len)
{
    struct role *r = &f->roles[role];
    for (size_t i = 0; i < r->n_chain || extend(f, r); i++)
        if (draws_all(r->chain[i], text, len))
            return r->chain[i];
    return NULL;
}

const struct face *fonts_primary(struct fonts *f, enum font_role role)
{
    return f->roles[role].n_chain ? f->roles[role].chain[0] : NULL;
}

const char *fonts_tried(struct fonts *f, enum font_role role, struct arena *arena)
{
    struct role *r = &f->roles[role];
    const char *all = "";
    for (size_t i = 0; i < r->n_chain; i++)
        all = arena_printf(arena, "%s%s%s", all, i ? ", " : "", face_name(r->chain[i]));
    return all;
}

const char *face_name(const struct face *face)
{
    const char *name = FT_Get_Postscript_Name(face->ft);
    return name ? name : face->ft->family_name ? face->ft->family_name : "unnamed";
}

const char *face_file(const struct face *face)
{
    return face->path;
}

struct FT_FaceRec_ *face_ft(const struct face *face)
{
    return face->ft;
}

unsigned face_id(const struct face *face)
{
    return face->id;
}
