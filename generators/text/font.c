/* font.c - see font.h. A role's candidates are all tried when it is first needed: opening a mapped
 * face costs 1 to 3 ms, and only then is what is broken or forbidden known before a worker is
 * forked. */
#include "text/font.h"

#include "core/utf8.h"
#include "text/fonts_xml.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_BBOX_H
#include FT_OUTLINE_H
#include FT_TRUETYPE_TABLES_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE_SIZE = 256, PAGES = 0x110000 / PAGE_SIZE };

/* What FreeType said of a glyph, 1/1000 em. */
struct metrics {
    short advance, left, right;
    bool known, ink;
};

/* Filled as questions come, so that each is asked of FreeType once. */
struct face_cache {
    struct metrics *metrics; /* by glyph id */
    uint32_t *pages[PAGES];  /* glyph id + 1 by code point; 0: not asked yet */
};

struct face {
    const char *path;
    int index;
    FT_Face ft; /* NULL: cannot be used, why says why not */
    void *map;
    size_t size;
    struct face_cache *cache;
    enum font_source_state state;
    const char *why[LANGUAGE_COUNT];
    bool told; /* why was reported */
    struct face *next;
};

struct role {
    struct font_source *sources; /* the candidates of fonts.xml */
    struct face **tried;         /* what each became; NULL: absent */
    size_t n;
    const struct face **chain; /* those that draw, in order */
    size_t n_chain;
    const struct face *
        latin; /* draws ASCII in place of a first face that is for Han only; NULL: the first does */
    bool opened, required;
};

struct fonts {
    struct arena arena;
    const char *const *dirs;
    struct fonts_xml xml;
    FT_Library library;
    struct face *faces; /* all that were found, the unusable too */
    struct role roles[ROLE_COUNT];
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

uint32_t font_next(const char *s, size_t len, size_t *used, uint32_t *vs)
{
    uint32_t cp = utf8_next(s, len, used);
    size_t more;

    *vs = 0;
    if (*used < len && cp != UTF8_BAD && cp >= 0x20) {
        uint32_t next = utf8_next(s + *used, len - *used, &more);
        if (next != UTF8_BAD && utf8_is_variation_selector(next)) {
            *vs = next;
            *used += more;
        }
    }
    return cp;
}

/* Glyphs. */

static short thousandths(const struct face *face, long units)
{
    long v = units * 1000 / face->ft->units_per_EM;
    return (short)(v < SHRT_MIN ? SHRT_MIN : v > SHRT_MAX ? SHRT_MAX : v);
}

static bool load(const struct face *face, uint32_t gid)
{
    return FT_Load_Glyph(face->ft, gid, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING) == 0 &&
           face->ft->glyph->format == FT_GLYPH_FORMAT_OUTLINE;
}

/* An outline without any area draws nothing either. */
static const struct metrics *measure(const struct face *face, uint32_t gid)
{
    struct metrics *m = &face->cache->metrics[gid];
    FT_BBox box;

    if (m->known)
        return m;
    m->known = true;
    if (!load(face, gid))
        return m;
    m->advance = thousandths(face, face->ft->glyph->metrics.horiAdvance);
    FT_Outline_Get_CBox(&face->ft->glyph->outline, &box);
    m->ink = box.xMin < box.xMax && box.yMin < box.yMax;
    m->left = thousandths(face, box.xMin);
    m->right = thousandths(face, box.xMax);
    return m;
}

/* 0: not mapped. */
static uint32_t nominal(const struct face *face, uint32_t cp)
{
    if (cp > 0x10FFFF)
        return 0;
    uint32_t **page = &face->cache->pages[cp / PAGE_SIZE];
    if (!*page)
        *page = mem_alloc(PAGE_SIZE, sizeof **page);
    uint32_t *gid = &(*page)[cp % PAGE_SIZE];
    if (!*gid)
        *gid = FT_Get_Char_Index(face->ft, cp) + 1;
    return *gid - 1;
}

/* Characters that are drawn by drawing nothing. */
static bool is_space(uint32_t cp)
{
    return cp == 0x20 || cp == 0xA0 || cp == 0x3000 || (cp >= 0x2000 && cp <= 0x200A) ||
           cp == 0x202F || cp == 0x205F;
}

static bool draws(const struct face *face, uint32_t gid, uint32_t cp, uint32_t vs,
                  struct glyph *out)
{
    if (!gid || gid >= (unsigned long)face->ft->num_glyphs)
        return false;
    const struct metrics *m = measure(face, gid);
    if (!m->ink && !is_space(cp))
        return false;
    *out = (struct glyph){.face = face,
                          .gid = gid,
                          .cp = cp,
                          .vs = vs,
                          .advance = m->advance,
                          .left = m->left,
                          .right = m->right};
    return true;
}

/* The face knows just this sequence. */
static bool draws_sequence(const struct face *face, uint32_t cp, uint32_t vs, struct glyph *out)
{
    return draws(face, FT_Face_GetCharVariantIndex(face->ft, cp, vs), cp, vs, out);
}

bool face_glyph(const struct face *face, uint32_t cp, uint32_t vs, struct glyph *out)
{
    /* A selector that a face does not know leaves the base's shape. */
    return (vs && draws_sequence(face, cp, vs, out)) || draws(face, nominal(face, cp), cp, vs, out);
}

bool face_ink(const struct face *face, uint32_t gid, int box[4])
{
    FT_BBox b;
    if (!load(face, gid) || FT_Outline_Get_BBox(&face->ft->glyph->outline, &b) ||
        b.xMin >= b.xMax || b.yMin >= b.yMax)
        return false;
    long upem = face->ft->units_per_EM;
    box[0] = (int)(b.xMin * 1000 / upem);
    box[1] = (int)(b.yMin * 1000 / upem);
    box[2] = (int)(b.xMax * 1000 / upem);
    box[3] = (int)(b.yMax * 1000 / upem);
    return true;
}

/* Files. */

static void unusable(struct fonts *f, struct face *face, enum font_source_state state,
                     const char *zh, const char *en, const char *what)
{
    face->state = state;
    face->why[LANGUAGE_ZH] = arena_printf(&f->arena, "%s%s", zh, what);
    face->why[LANGUAGE_EN] = arena_printf(&f->arena, "%s%s", en, what);
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* FreeType opens a file that breaks off, and then lacks some of its glyphs. False: a table ends
 * behind the file. */
static bool is_whole(const struct face *face)
{
    const unsigned char *data = face->map;
    size_t at = 0, size = face->size;

    if (size < 12)
        return false;
    if (!memcmp(data, "ttcf", 4)) {
        size_t entry = 12 + 4 * (size_t)face->index;
        if (entry + 4 > size || (at = big_endian(data + entry)) > size - 12)
            return false;
    } else if (big_endian(data) != 0x10000 && memcmp(data, "OTTO", 4) && memcmp(data, "true", 4)) {
        return true; /* no sfnt: FreeType's to judge */
    }
    size_t n = (size_t)data[at + 4] << 8 | data[at + 5];
    for (size_t i = 0, entry = at + 12; i < n; i++, entry += 16) {
        if (entry + 16 > size)
            return false;
        uint32_t offset = big_endian(data + entry + 8), length = big_endian(data + entry + 12);
        if (offset > size || length > size - offset)
            return false;
    }
    return true;
}

static const char *error_text(FT_Error error, struct arena *arena)
{
    /* FreeType's list of errors, as the cases of a switch. */
    /* clang-format off */
#undef FTERRORS_H_
#define FT_ERRORDEF(name, value, text) case value: return text;
#define FT_ERROR_START_LIST switch (FT_ERROR_BASE(error)) {
#define FT_ERROR_END_LIST }
#include FT_ERRORS_H
    /* clang-format on */
    return arena_printf(arena, "error %d", error);
}

static void map_file(struct fonts *f, struct face *face, int fd)
{
    struct stat st;
    if (fstat(fd, &st)) {
        unusable(f, face, FONT_BROKEN, "读不出：", "cannot be read: ", strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        unusable(f, face, FONT_BROKEN, "不是普通文件", "not a regular file", "");
    } else if (st.st_size == 0) {
        unusable(f, face, FONT_BROKEN, "空文件", "an empty file", "");
    } else {
        void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map == MAP_FAILED) {
            unusable(f, face, FONT_BROKEN, "读不出：", "cannot be read: ", strerror(errno));
        } else {
            face->map = map;
            face->size = (size_t)st.st_size;
        }
    }
}

/* OS/2 fsType: 2 = restricted licence, 0x100 = no subsetting, 0x200 = bitmaps only. */
static unsigned forbidden(FT_Face ft)
{
    const TT_OS2 *os2 = FT_Get_Sfnt_Table(ft, FT_SFNT_OS2);
    return os2 ? os2->fsType & 0x0302u : 0;
}

static void open_mapped(struct fonts *f, struct face *face)
{
    FT_Face ft = NULL;
    if (!is_whole(face)) {
        unusable(f, face, FONT_BROKEN, "文件不完整，请重新复制",
                 "the file breaks off: copy it again", "");
        return;
    }
    FT_Error error =
        FT_New_Memory_Face(f->library, face->map, (FT_Long)face->size, face->index, &ft);
    if (error) {
        unusable(f, face, FONT_BROKEN, "不是字体或已损坏：",
                 "not a font, or damaged: ", error_text(error, &f->arena));
        return;
    }
    if (!FT_IS_SCALABLE(ft) || ft->units_per_EM == 0) {
        unusable(f, face, FONT_BROKEN, "没有轮廓（点阵字体）", "has no outlines (a bitmap font)",
                 "");
    } else if (ft->num_glyphs <= 0 || ft->num_glyphs > 0x10000) {
        unusable(f, face, FONT_BROKEN, "字形数不合理：", "has an unreasonable number of glyphs: ",
                 arena_printf(&f->arena, "%ld", (long)ft->num_glyphs));
    } else if (!ft->charmap || ft->charmap->encoding != FT_ENCODING_UNICODE) {
        unusable(f, face, FONT_BROKEN, "没有 Unicode 字符表", "has no table of Unicode characters",
                 "");
    } else if (forbidden(ft)) {
        unusable(f, face, FONT_BARRED, "字体许可不允许嵌入或取子集，fsType ",
                 "its licence forbids embedding or subsetting, fsType ",
                 arena_printf(&f->arena, "0x%04x", forbidden(ft)));
    } else {
        face->state = FONT_READY;
        face->ft = ft;
        face->cache = mem_alloc(1, sizeof *face->cache);
        face->cache->metrics = mem_alloc((size_t)ft->num_glyphs, sizeof *face->cache->metrics);
        return;
    }
    FT_Done_Face(ft);
}

static struct face *open_face(struct fonts *f, const char *path, int index)
{
    for (struct face *face = f->faces; face; face = face->next)
        if (face->index == index && !strcmp(face->path, path))
            return face;
    struct face *face = ARENA_NEW(&f->arena, struct face);
    *face = (struct face){.path = path, .index = index, .next = f->faces};
    f->faces = face;
    int fd =
        open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe of that name must not stop us */
    if (fd < 0) {
        unusable(f, face, FONT_BROKEN, "读不出：", "cannot be read: ", strerror(errno));
        return face;
    }
    map_file(f, face, fd);
    close(fd);
    if (face->map)
        open_mapped(f, face);
    return face;
}

/* The file in the folder, whatever the case of its letters: copies from Windows come as SIMSUN.TTC
 * and simsun.ttc. */
static const char *find_in(struct arena *arena, const char *dir, const char *file)
{
    const char *path = arena_printf(arena, "%s/%s", dir, file), *slash = strrchr(path, '/');
    struct stat st;

    if (stat(path, &st) == 0)
        return path;
    const char *folder = arena_strndup(arena, path, (size_t)(slash - path)), *found = NULL;
    DIR *list = opendir(folder);
    for (struct dirent *e; list && (e = readdir(list));)
        /* The least name, so that the order of the folder does not matter. */
        if (!strcasecmp(e->d_name, slash + 1) && (!found || strcmp(e->d_name, found) < 0))
            found = arena_strdup(arena, e->d_name);
    if (list)
        closedir(list);
    return found ? arena_printf(arena, "%s/%s", folder, found) : NULL;
}

static const char *locate(struct fonts *f, const char *file)
{
    struct stat st;
    if (file[0] == '/')
        return stat(file, &st) == 0 ? file : NULL;
    for (const char *const *d = f->dirs; *d; d++) {
        const char *path = find_in(&f->arena, *d, file);
        if (path)
            return path;
    }
    return NULL;
}

static void open_role(struct fonts *f, struct role *r)
{
    const struct font_candidate *candidates = f->xml.roles[r - f->roles].candidates;

    bool han = false;

    if (r->opened)
        return;
    r->opened = true;
    for (size_t i = 0; i < r->n; i++) {
        struct font_source *s = &r->sources[i];
        const char *path = locate(f, candidates[i].file);
        *s = (struct font_source){.file = path ? path : candidates[i].file,
                                  .package = candidates[i].package,
                                  .standin = candidates[i].standin,
                                  .rare = candidates[i].rare};
        if (!path)
            continue;
        struct face *face = r->tried[i] = open_face(f, path, candidates[i].index);
        s->state = face->state;
        s->why[LANGUAGE_ZH] = face->why[LANGUAGE_ZH];
        s->why[LANGUAGE_EN] = face->why[LANGUAGE_EN];
        if (face->state != FONT_READY)
            continue;
        r->chain[r->n_chain++] = s->face = face;
        if (r->n_chain == 1)
            han = candidates[i].han;
        if (han && !r->latin && !candidates[i].han && !candidates[i].rare)
            r->latin = face;
    }
}

static void tell_unusable(struct role *r, struct diag *diag)
{
    for (size_t i = 0; i < r->n; i++) {
        struct face *face = r->tried[i];
        if (!face || face->state == FONT_READY || face->told)
            continue;
        face->told = true;
        diag_warn(diag, (struct src_pos){face->path, 0}, "字体文件不能用，改用下一个候选：%s%.0s",
                  "this font cannot be used, the next candidate is taken: %.0s%s",
                  face->why[LANGUAGE_ZH], face->why[LANGUAGE_EN]);
    }
}

/* "put X into DIR, or install P (which brings Y)", as far as there are such. */
static void remedy(struct fonts *f, const struct role *r, const char *text[LANGUAGE_COUNT])
{
    const struct font_source *own = NULL, *packaged = NULL;
    struct arena *a = &f->arena;

    for (size_t i = 0; i < r->n; i++) {
        const struct font_source *s = &r->sources[i];
        if (s->state != FONT_ABSENT || s->standin || s->rare)
            continue;
        if (!s->package && !own)
            own = s;
        if (s->package && !packaged)
            packaged = s;
    }
    text[LANGUAGE_ZH] = text[LANGUAGE_EN] = "";
    if (own) {
        text[LANGUAGE_ZH] = arena_printf(a, "请把 %s 放进 %s", own->file, f->dirs[0]);
        text[LANGUAGE_EN] = arena_printf(a, "put %s into %s", own->file, f->dirs[0]);
    }
    if (packaged) {
        text[LANGUAGE_ZH] = arena_printf(a, "%s%s安装 %s（%s）", text[LANGUAGE_ZH],
                                         own ? "，或" : "请", packaged->package, packaged->file);
        text[LANGUAGE_EN] = arena_printf(a, "%s%sinstall %s (%s)", text[LANGUAGE_EN],
                                         own ? ", or " : "", packaged->package, packaged->file);
    }
}

struct fonts *fonts_new(const char *const *dirs, struct diag *diag)
{
    struct fonts *f = mem_alloc(1, sizeof *f);
    FT_Error error = FT_Init_FreeType(&f->library);

    f->dirs = dirs;
    if (error) {
        f->library = NULL;
        diag_system(diag, (struct src_pos){0}, "字体引擎 FreeType 无法启动：%s",
                    "the font engine FreeType does not start: %s", error_text(error, &f->arena));
    }
    if (error || !fonts_xml_read(&f->xml, dirs, &f->arena, diag)) {
        fonts_free(f);
        return NULL;
    }
    for (int i = 0; i < ROLE_COUNT; i++) {
        struct role *r = &f->roles[i];
        r->n = f->xml.roles[i].n;
        r->sources = ARENA_ARRAY(&f->arena, struct font_source, r->n);
        r->tried = ARENA_ARRAY(&f->arena, struct face *, r->n);
        r->chain = ARENA_ARRAY(&f->arena, const struct face *, r->n);
    }
    return f;
}

void fonts_free(struct fonts *f)
{
    if (!f)
        return;
    for (struct face *face = f->faces; face; face = face->next) {
        if (face->cache) {
            for (size_t p = 0; p < PAGES; p++)
                free(face->cache->pages[p]);
            free(face->cache->metrics);
            free(face->cache);
        }
        FT_Done_Face(face->ft);
        if (face->map)
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
    const char *advice[LANGUAGE_COUNT];

    open_role(f, r);
    if (r->required)
        return r->n_chain > 0;
    r->required = true;
    tell_unusable(r, diag);
    remedy(f, r, advice);
    if (r->n_chain == 0)
        return diag_system(diag, (struct src_pos){f->xml.path, f->xml.roles[role].line},
                           "%s体（%s）没有可用的字体文件：%s%.0s",
                           "%.0sthe role %s has no usable font file: %.0s%s", role_titles[role],
                           role_names[role], advice[LANGUAGE_ZH], advice[LANGUAGE_EN]);
    const struct font_source *first = r->sources;
    while (first->state != FONT_READY)
        first++;
    if (first->standin || first->rare)
        diag_warn(diag, (struct src_pos){0}, "没有%s体（%s）的字体文件，以 %s（%s）代替；%s%.0s",
                  "%.0sno font file for the role %s: %s (%s) stands in for it; %.0s%s",
                  role_titles[role], role_names[role], face_name(first->face), first->file,
                  advice[LANGUAGE_ZH], advice[LANGUAGE_EN]);
    return true;
}

const struct font_source *fonts_sources(struct fonts *f, enum font_role role, size_t *n)
{
    open_role(f, &f->roles[role]);
    *n = f->roles[role].n;
    return f->roles[role].sources;
}

static bool is_ascii(uint32_t cp)
{
    return cp > 0x20 && cp < 0x7F;
}

bool fonts_falls_back(struct fonts *f, enum font_role role, const struct glyph *g)
{
    const struct role *r = &f->roles[role];
    return g->face != fonts_primary(f, role) && !(is_ascii(g->cp) && g->face == r->latin);
}

bool fonts_glyph(struct fonts *f, enum font_role role, uint32_t cp, uint32_t vs, struct glyph *out)
{
    struct role *r = &f->roles[role];

    open_role(f, r);
    if (is_ascii(cp) && r->latin && draws(r->latin, nominal(r->latin, cp), cp, vs, out))
        return true;
    for (size_t i = 0; vs && i < r->n_chain; i++)
        if (draws_sequence(r->chain[i], cp, vs, out))
            return true;
    for (size_t i = 0; i < r->n_chain; i++)
        if (draws(r->chain[i], nominal(r->chain[i], cp), cp, vs, out))
            return true;
    return false;
}

static bool sequence_is_known(const struct role *r, uint32_t cp, uint32_t vs)
{
    struct glyph g;
    for (size_t i = 0; i < r->n_chain; i++)
        if (draws_sequence(r->chain[i], cp, vs, &g))
            return true;
    return false;
}

static bool draws_all(const struct role *r, const struct face *face, const char *text, size_t len)
{
    for (size_t i = 0, used; i < len; i += used) {
        struct glyph g;
        uint32_t vs, cp = font_next(text + i, len - i, &used, &vs);
        if (cp == '\n' || cp == '\r' || cp == '\t' || utf8_is_ignorable(cp))
            continue;
        if (vs && draws_sequence(face, cp, vs, &g))
            continue;
        if (!draws(face, nominal(face, cp), cp, vs, &g) || (vs && sequence_is_known(r, cp, vs)))
            return false;
    }
    return true;
}

const struct face *fonts_face_for_all(struct fonts *f, enum font_role role, const char *text,
                                      size_t len)
{
    struct role *r = &f->roles[role];

    open_role(f, r);
    for (size_t i = 0; i < r->n_chain; i++)
        if (draws_all(r, r->chain[i], text, len))
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
