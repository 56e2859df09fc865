/* font.c - see font.h. A role's candidates are all tried when it is first needed: opening a mapped
 * face costs 1 to 3 ms, and only then is what is broken or forbidden known before a worker is
 * forked. */
#include "text/font.h"

#include "core/machine.h"
#include "core/utf8.h"
#include "text/fonts_xml.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* A file that is there. */
struct file_face {
    const char *path;
    int index, weight;
    struct face *face;
    bool reported; /* why it cannot be used */
    struct file_face *next;
};

/* A face of a role's chain. */
struct link {
    const struct face *face;
    struct face *fitted; /* the view whose Han match the first face's; NULL: they do as they are */
    bool compared;
};

struct role {
    struct font_source *sources; /* the candidates of fonts.xml */
    struct file_face **files;    /* what each became; NULL: absent */
    size_t n;
    struct link *chain; /* those that draw, in order */
    size_t n_chain;
    /* Draws Latin letters in place of a first face that is for Han only; NULL: the first does. */
    const struct face *latin;
    bool opened, required;
};

struct fonts {
    struct arena arena;
    const char *const *dirs;
    struct fonts_xml xml;
    FT_Library library;
    struct file_face *files; /* all that were found, the unusable too */
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

static struct file_face *open_file(struct fonts *f, const char *path,
                                   const struct font_candidate *c)
{
    for (struct file_face *file = f->files; file; file = file->next)
        if (file->index == c->index && file->weight == c->weight && !strcmp(file->path, path))
            return file;
    struct file_face *file = ARENA_NEW(&f->arena, struct file_face);
    *file = (struct file_face){.path = path,
                               .index = c->index,
                               .weight = c->weight,
                               .face = face_open(f->library, path, c->index, c->weight, &f->arena),
                               .next = f->files};
    return f->files = file;
}

/* The file in the folder, whatever the case of its letters: copies from Windows come as SIMSUN.TTC
 * and simsun.ttc. */
static const char *find_in(struct arena *arena, const char *dir, const char *file)
{
    const char *path = arena_printf(arena, "%s/%s", dir, file), *slash = strrchr(path, '/');
    struct stat st;

    if (stat(path, &st) == 0)
        return path;
    machine_ask(path);
    const char *folder = arena_strndup(arena, path, (size_t)(slash - path)), *found = NULL;
    DIR *list = opendir(folder);
    if (!list)
        machine_ask(folder);
    for (struct dirent *e; errno = 0, list && (e = readdir(list));)
        /* The least name, so that the order of the folder does not matter. */
        if (!strcasecmp(e->d_name, slash + 1) && (!found || strcmp(e->d_name, found) < 0))
            found = arena_strdup(arena, e->d_name);
    if (list)
        machine_ask(folder); /* readdir */
    if (list)
        closedir(list);
    return found ? arena_printf(arena, "%s/%s", folder, found) : NULL;
}

static const char *locate(struct fonts *f, const char *file)
{
    struct stat st;
    if (file[0] == '/') {
        if (stat(file, &st) == 0)
            return file;
        machine_ask(file);
        return NULL;
    }
    for (const char *const *d = f->dirs; *d; d++) {
        const char *path = find_in(&f->arena, *d, file);
        if (path)
            return path;
    }
    return NULL;
}

/* A face may be there twice: TeX Live's and ours. */
static bool is_copy(const struct role *r, const struct face *face)
{
    for (size_t i = 0; i < r->n_chain; i++)
        if (face_is_copy(r->chain[i].face, face))
            return true;
    return false;
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
        r->files[i] = open_file(f, path, &candidates[i]);
        const struct face *face = r->files[i]->face;
        s->state = face_state(face);
        s->reason[LANGUAGE_ZH] = face_fault(face, LANGUAGE_ZH);
        s->reason[LANGUAGE_EN] = face_fault(face, LANGUAGE_EN);
        if (s->state != FONT_READY || (s->copy = is_copy(r, face)))
            continue;
        r->chain[r->n_chain++].face = s->face = face;
        if (r->n_chain == 1)
            han = candidates[i].han;
        if (han && !r->latin && !candidates[i].han && !candidates[i].rare)
            r->latin = face;
    }
}

static void report_unusable(struct role *r, struct diag *diag)
{
    for (size_t i = 0; i < r->n; i++) {
        struct file_face *file = r->files[i];
        if (!file || file->reported || face_state(file->face) == FONT_READY)
            continue;
        file->reported = true;
        diag_warn(diag, (struct src_pos){file->path, 0}, "字体文件不能用，改用下一个候选：%s%.0s",
                  "this font cannot be used, the next candidate is taken: %.0s%s",
                  r->sources[i].reason[LANGUAGE_ZH], r->sources[i].reason[LANGUAGE_EN]);
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
                    "the font engine FreeType does not start: %s", face_error(error, &f->arena));
    }
    if (error || !fonts_xml_read(&f->xml, dirs, &f->arena, diag)) {
        fonts_free(f);
        return NULL;
    }
    for (int i = 0; i < ROLE_COUNT; i++) {
        struct role *r = &f->roles[i];
        r->n = f->xml.roles[i].n;
        r->sources = ARENA_ARRAY(&f->arena, struct font_source, r->n);
        r->files = ARENA_ARRAY(&f->arena, struct file_face *, r->n);
        r->chain = ARENA_ARRAY(&f->arena, struct link, r->n);
    }
    return f;
}

void fonts_free(struct fonts *f)
{
    if (!f)
        return;
    for (int i = 0; i < ROLE_COUNT; i++)
        for (size_t k = 0; k < f->roles[i].n_chain; k++)
            if (f->roles[i].chain[k].fitted)
                face_close(f->roles[i].chain[k].fitted);
    for (struct file_face *file = f->files; file; file = file->next)
        face_close(file->face);
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
    report_unusable(r, diag);
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

bool font_is_latin(uint32_t cp)
{
    if (cp < 0x80)
        return cp > 0x20 && cp < 0x7F;
    return cp == 0xAA || cp == 0xBA || (cp >= 0xC0 && cp <= 0x24F && cp != 0xD7 && cp != 0xF7) ||
           (cp >= 0x1E00 && cp <= 0x1EFF);
}

static bool is_han(uint32_t cp)
{
    return (cp >= 0x2E80 && cp <= 0x2FDF) || cp == 0x3007 || (cp >= 0x3400 && cp <= 0x9FFF) ||
           (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0x20000 && cp <= 0x3FFFF);
}

bool fonts_falls_back(struct fonts *f, enum font_role role, const struct glyph *g)
{
    const struct role *r = &f->roles[role];
    return g->face != fonts_primary(f, role) && !(font_is_latin(g->cp) && g->face == r->latin);
}

/* A Han character beside those of the role's first face has their body. */
static void fit_to_first(struct fonts *f, struct role *r, struct glyph *g)
{
    struct link *link = r->chain;
    struct glyph fitted;
    while (link->face != g->face)
        link++;
    if (link == r->chain || !is_han(g->cp) || g->gid >= FIRST_COMPOSITE)
        return;
    if (!link->compared)
        link->fitted = face_fitted(link->face, r->chain->face, &f->arena);
    link->compared = true;
    if (link->fitted && face_glyph(link->fitted, g->cp, g->vs, &fitted))
        *g = fitted;
}

bool fonts_sequence(struct fonts *f, enum font_role role, const struct font_sequence *sequence,
                    struct glyph *out)
{
    struct role *r = &f->roles[role];
    bool found = false;

    open_role(f, r);
    if (font_is_latin(sequence->cp) && r->latin && face_sequence(r->latin, sequence, out))
        return true;
    for (size_t i = 0; sequence->vs && i < r->n_chain && !found; i++)
        found = face_variant(r->chain[i].face, sequence->cp, sequence->vs, out) &&
                (!sequence->n_marks || face_sequence(r->chain[i].face, sequence, out));
    for (size_t i = 0; i < r->n_chain && !found; i++)
        found = face_sequence(r->chain[i].face, sequence, out);
    if (found)
        fit_to_first(f, r, out);
    return found;
}

bool fonts_glyph(struct fonts *f, enum font_role role, uint32_t cp, uint32_t vs, struct glyph *out)
{
    return fonts_sequence(f, role, &(struct font_sequence){.cp = cp, .vs = vs}, out);
}

bool fonts_sequence_of(struct fonts *f, enum font_role role, const struct face *face,
                       const struct font_sequence *sequence, struct glyph *out)
{
    struct role *r = &f->roles[role];
    bool only_han = r->latin && face == r->chain->face && font_is_latin(sequence->cp);
    if (only_han || !face_sequence(face, sequence, out))
        return fonts_sequence(f, role, sequence, out);
    fit_to_first(f, r, out);
    return true;
}

static bool sequence_is_known(const struct role *r, uint32_t cp, uint32_t vs)
{
    struct glyph g;
    for (size_t i = 0; i < r->n_chain; i++)
        if (face_variant(r->chain[i].face, cp, vs, &g))
            return true;
    return false;
}

static bool draws_all(const struct role *r, const struct face *face, const char *text, size_t len)
{
    for (size_t i = 0, used; i < len; i += used) {
        struct glyph g;
        struct font_sequence s;
        used = font_next(text + i, len - i, &s);
        if (s.cp == '\n' || s.cp == '\r' || s.cp == '\t' || utf8_is_ignorable(s.cp))
            continue;
        if (s.vs && !s.n_marks && face_variant(face, s.cp, s.vs, &g))
            continue;
        if (!face_sequence(face, &s, &g) || (s.vs && sequence_is_known(r, s.cp, s.vs)))
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
        if (draws_all(r, r->chain[i].face, text, len))
            return r->chain[i].face;
    return NULL;
}

const struct face *fonts_face_for_word(struct fonts *f, enum font_role role, const char *word,
                                       size_t len)
{
    struct role *r = &f->roles[role];

    open_role(f, r);
    return r->latin && draws_all(r, r->latin, word, len) ? r->latin
                                                         : fonts_face_for_all(f, role, word, len);
}

const struct face *fonts_primary(struct fonts *f, enum font_role role)
{
    return f->roles[role].n_chain ? f->roles[role].chain->face : NULL;
}

const char *fonts_tried(struct fonts *f, enum font_role role, struct arena *arena)
{
    struct role *r = &f->roles[role];
    const char *all = "";
    for (size_t i = 0; i < r->n_chain; i++)
        all = arena_printf(arena, "%s%s%s", all, i ? ", " : "", face_name(r->chain[i].face));
    return all;
}
