/* outside_font.c - see outside_font.h. ISO 32000-1: 9.6 to 9.9 (fonts), 9.3.6 (render modes).
 *
 * Content is read only where a font that is not embedded is at hand. */
#include "bind/outside_font.h"

#include "bind/content_reader.h"
#include "bind/field.h"
#include "bind/id_set.h"
#include "bind/judge.h"
#include "bind/page_list.h"
#include "media/media.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 12, MOST_SAVED = 64, INVISIBLE = 3, ONLY_CLIPS = 7 };

struct outside_font {
    const char *name;
    size_t *pages, n, cap;
};

struct search {
    struct qdoc *doc;
    struct arena arena;
    struct id_set embedded; /* fonts */
    struct id_set harmless,
        guilty;             /* forms and resources in which nothing, or something was found */
    struct id_set searched; /* of the page's forms */
    struct outside_font *fonts;
    size_t n, cap;
    size_t page; /* 1-based */
};

/* --- fonts --- */

static bool is_standard(const char *name)
{
    static const char *const standard[] = {
        "Helvetica",   "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique",
        "Courier",     "Courier-Bold",   "Courier-Oblique",   "Courier-BoldOblique",
        "Times-Roman", "Times-Bold",     "Times-Italic",      "Times-BoldItalic",
        "Symbol",      "ZapfDingbats"};
    for (size_t i = 0; i < sizeof standard / sizeof *standard; i++)
        if (!strcmp(name, standard[i]))
            return true;
    return false;
}

/* "ABCDEF+Song" without what marks a subset. */
static const char *plain_name(const char *name)
{
    size_t capitals = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return capitals == 6 && name[6] == '+' ? name + 7 : name;
}

/* The font's name when the file does not hold it, else NULL. */
static const char *outside_name(struct search *s, qref font)
{
    struct qdoc *d = s->doc;
    bool composite = q_is_name(d, q_get(d, font, "/Subtype"), "/Type0");
    qref inner = composite ? q_item(d, q_get(d, font, "/DescendantFonts"), 0) : font;
    qref descriptor = q_get(d, inner, "/FontDescriptor");
    static const char *const files[] = {"/FontFile", "/FontFile2", "/FontFile3"};

    if (!q_is_dict(d, font) || q_is_name(d, q_get(d, font, "/Subtype"), "/Type3"))
        return NULL;
    for (int i = 0; i < 3; i++)
        if (q_is_stream(d, q_get(d, descriptor, files[i])))
            return NULL;
    const char *name = q_text(d, q_get(d, inner, "/BaseFont"), &s->arena);
    if (!name)
        name = q_text(d, q_get(d, font, "/BaseFont"), &s->arena);
    name = name && *name ? plain_name(name) : "?";
    return !composite && is_standard(name) ? NULL : name;
}

static void add_font(struct search *s, const char *name)
{
    struct outside_font *f = s->fonts;
    size_t i = 0;
    while (i < s->n && strcmp(f[i].name, name))
        i++;
    f = i < s->n ? &s->fonts[i] : ARENA_PUSH(&s->arena, s->fonts, s->n, s->cap);
    if (i + 1 == s->n && !f->name)
        f->name = name;
    if (f->n == 0 || f->pages[f->n - 1] != s->page)
        *ARENA_PUSH(&s->arena, f->pages, f->n, f->cap) = s->page;
}

/* --- content --- */

/* Fonts of one dictionary of resources that are not embedded. */
struct candidate {
    const char *key; /* "/F1" */
    const char *name;
    bool spaced; /* a byte is a code, and that of a blank one */
    bool seen;   /* letters of it are */
};

struct content {
    struct candidate *candidates; /* by key, as qpdf gives them */
    size_t n;
    struct text_state {
        struct candidate *font; /* NULL: another one */
        long mode;
    } state, saved[MOST_SAVED];
    size_t n_saved;
    long last_number;
    size_t length;       /* of the strings since the last operator */
    struct buffer inked; /* their bytes without blanks */
};

static int by_key(const void *key, const void *candidate)
{
    return strcmp(key, ((const struct candidate *)candidate)->key);
}

static struct candidate *candidate_of(struct content *c, const char *key)
{
    return c->n ? bsearch(key, c->candidates, c->n, sizeof *c->candidates, by_key) : NULL;
}

static void operate(struct content *c, const char *op, struct candidate *operand)
{
    if (!strcmp(op, "Tf")) {
        c->state.font = operand;
    } else if (!strcmp(op, "Tr")) {
        c->state.mode = c->last_number;
    } else if (!strcmp(op, "Tj") || !strcmp(op, "TJ") || !strcmp(op, "'") || !strcmp(op, "\"")) {
        if (c->state.font && c->state.mode != INVISIBLE && c->state.mode != ONLY_CLIPS)
            c->state.font->seen |= c->state.font->spaced ? c->inked.len > 0 : c->length > 0;
    } else if (!strcmp(op, "q")) {
        c->saved[c->n_saved < MOST_SAVED ? c->n_saved : MOST_SAVED - 1] = c->state;
        c->n_saved++;
    } else if (!strcmp(op, "Q") && c->n_saved > 0) {
        c->n_saved--;
        c->state = c->saved[c->n_saved < MOST_SAVED ? c->n_saved : MOST_SAVED - 1];
    }
}

/* Marks the candidates that letters are seen in. */
static void read_content(struct content *c, const struct buffer *data)
{
    struct candidate *operand = NULL;
    struct content_reader r = content_reader(data->data, data->len, &c->inked);
    for (enum content_token t; (t = content_next(&r)) != CONTENT_END;) {
        c->length += r.length;
        if (t == CONTENT_NAME)
            operand = candidate_of(c, r.word);
        else if (t == CONTENT_NUMBER)
            c->last_number = strtol(r.word, NULL, 10);
        if (t != CONTENT_OPERATOR)
            continue;
        operate(c, r.word, operand);
        c->inked.len = c->length = 0;
    }
    buffer_clear(&c->inked);
}

/* --- resources --- */

/* An encoding of its own may have a letter where others have the blank. */
static bool is_spaced(struct qdoc *d, qref font)
{
    return !q_is_name(d, q_get(d, font, "/Subtype"), "/Type0") &&
           !q_is_dict(d, q_get(d, font, "/Encoding"));
}

static size_t candidates_of(struct search *s, qref resources, struct candidate **out)
{
    struct qdoc *d = s->doc;
    const char **keys;
    qref fonts = q_get(d, resources, "/Font");
    size_t n = 0, cap = 0, n_keys = q_keys(d, fonts, &s->arena, &keys);

    *out = NULL;
    for (size_t i = 0; i < n_keys; i++) {
        qref font = q_get(d, fonts, keys[i]);
        int id = q_id(d, font);
        if (id_set_has(&s->embedded, id))
            continue;
        const char *name = outside_name(s, font);
        if (name)
            *ARENA_PUSH(&s->arena, *out, n, cap) =
                (struct candidate){keys[i], name, is_spaced(d, font), false};
        else
            id_set_add(&s->embedded, id);
    }
    return n;
}

/* What is drawn with resources: a page, or a stream of content. */
struct drawn {
    qref object;
    bool page;
};

static void mark_seen(struct search *s, struct drawn drawn, struct candidate *candidates, size_t n)
{
    struct buffer data = {0};
    if (drawn.page)
        q_page_content(s->doc, drawn.object, &data);
    else
        q_stream_data(s->doc, drawn.object, &data);
    struct content content = {.candidates = candidates, .n = n};
    read_content(&content, &data);
    q_forgive(s->doc); /* content that cannot be read is another's to tell */
    buffer_clear(&data);
}

static bool search_stream(struct search *s, qref stream, qref inherited, int depth);
static bool search_beneath(struct search *s, qref resources, int depth);

/* Graphics states choose fonts (8.4.5), and their soft masks are drawn, too (11.6.5.3). */
static bool search_states(struct search *s, qref resources, int depth)
{
    struct qdoc *d = s->doc;
    const char **keys;
    qref states = q_get(d, resources, "/ExtGState");
    bool found = false;
    for (size_t i = 0, n = q_keys(d, states, &s->arena, &keys); i < n; i++) {
        qref state = q_get(d, states, keys[i]), mask = q_get(d, state, "/SMask");
        const char *name = outside_name(s, q_item(d, q_get(d, state, "/Font"), 0));
        if (name)
            add_font(s, name);
        found |= search_stream(s, q_get(d, mask, "/G"), resources, depth) || name;
    }
    return found;
}

/* A glyph of a Type 3 font is content, drawn with the font's resources, or else the page's
 * (9.6.5). Each font once a page: it may draw with itself. */
static bool search_glyphs(struct search *s, qref font, qref inherited, int depth)
{
    struct qdoc *d = s->doc;
    const char **glyphs;
    int id = q_id(d, font);
    qref streams = q_get(d, font, "/CharProcs"), own = q_get(d, font, "/Resources");
    bool found = false;

    if (!id_set_add(&s->searched, id))
        return id_set_has(&s->guilty, id);
    for (size_t i = 0, n = q_keys(d, streams, &s->arena, &glyphs); i < n; i++)
        found |= search_stream(s, q_get(d, streams, glyphs[i]), own ? own : inherited, depth);
    if (own)
        found |= search_beneath(s, own, depth + 1);
    id_set_add(found ? &s->guilty : &s->harmless, id);
    return found;
}

static bool search_fonts(struct search *s, qref resources, int depth)
{
    struct qdoc *d = s->doc;
    struct candidate *unused;
    const char **keys;
    qref fonts = q_get(d, resources, "/Font");
    bool any = candidates_of(s, resources, &unused) > 0, found = false;
    for (size_t i = 0, n = q_keys(d, fonts, &s->arena, &keys); i < n && depth <= DEEPEST; i++) {
        qref font = q_get(d, fonts, keys[i]), own = q_get(d, font, "/Resources");
        if (!id_set_has(&s->harmless, q_id(d, font)) &&
            q_is_dict(d, q_get(d, font, "/CharProcs")) &&
            (own ? candidates_of(s, own, &unused) > 0 : any))
            found |= search_glyphs(s, font, resources, depth);
    }
    return found;
}

/* Forms, patterns, masks and glyphs; once for all pages that share resources beneath which nothing
 * is. */
static bool search_beneath(struct search *s, qref resources, int depth)
{
    static const char *const kinds[] = {"/XObject", "/Pattern"};
    struct qdoc *d = s->doc;
    int id = q_id(d, resources);

    if (id_set_has(&s->harmless, id))
        return false;
    bool found = search_states(s, resources, depth);
    found |= search_fonts(s, resources, depth); /* both, whatever the first finds */
    for (size_t k = 0; k < 2; k++) {
        const char **keys;
        qref streams = q_get(d, resources, kinds[k]);
        for (size_t i = 0, count = q_keys(d, streams, &s->arena, &keys); i < count; i++)
            found |= search_stream(s, q_get(d, streams, keys[i]), resources, depth);
    }
    if (found)
        id_set_remove(&s->harmless, id); /* a form beneath with the same resources missed itself */
    else
        id_set_add(&s->harmless, id);
    return found;
}

/* true: letters in a font from outside are seen in what is drawn. */
static bool search_content(struct search *s, qref resources, struct drawn drawn)
{
    struct candidate *candidates;
    size_t n = candidates_of(s, resources, &candidates);
    bool found = false;

    if (n > 0)
        mark_seen(s, drawn, candidates, n);
    for (size_t i = 0; i < n; i++)
        if (candidates[i].seen) {
            add_font(s, candidates[i].name);
            found = true;
        }
    return found;
}

/* A form, pattern, mask or appearance. */
static bool search_stream(struct search *s, qref stream, qref inherited, int depth)
{
    struct qdoc *d = s->doc;
    int id = q_id(d, stream);

    if (!q_is_stream(d, stream) || depth > DEEPEST || id_set_has(&s->harmless, id) ||
        q_is_name(d, q_get(d, stream, "/Subtype"), "/Image"))
        return false;
    if (!id_set_add(&s->searched, id))
        return id_set_has(&s->guilty, id);
    id_set_add(&s->harmless, id); /* while it is searched: it may draw itself */
    qref own = q_get(d, stream, "/Resources");
    bool found = search_content(s, own ? own : inherited, (struct drawn){stream, false});
    if (own) /* what is beneath the inherited ones is searched already */
        found |= search_beneath(s, own, depth + 1);
    if (found) {
        id_set_remove(&s->harmless, id);
        id_set_add(&s->guilty, id);
    }
    return found;
}

static void search_page(struct search *s, qref page, const struct annotation_places *places)
{
    struct qdoc *d = s->doc;
    qref annots = q_get(d, page, "/Annots");

    qref resources = q_get(d, page, "/Resources");

    search_content(s, resources, (struct drawn){page, true});
    search_beneath(s, resources, 0);
    for (size_t i = 0; i < places->n; i++) {
        qref annotation = q_item(d, annots, places->list[i]),
             look = field_appearance(d, annotation, "");
        const char *state = look ? NULL : q_text(d, q_get(d, annotation, "/AS"), &s->arena);
        search_stream(s, state ? field_appearance(d, annotation, state) : look, 0, 0);
    }
}

/* One finding of n fonts. */
static void tell(struct search *s, size_t first, size_t n, const char *href,
                 const struct finding *where, struct diag *diag)
{
    struct finding f = *where;
    const char *named = NULL;
    size_t *pages = NULL, n_pages = 0, cap_pages = 0;
    for (size_t i = 0; i < n; i++) {
        const struct outside_font *font = &s->fonts[first + i];
        named = finding_add_name(&s->arena, named, i, media_shown(diag, font->name));
        for (size_t k = 0; k < font->n; k++)
            *ARENA_PUSH(&s->arena, pages, n_pages, cap_pages) = font->pages[k];
    }
    f.severity = SEVERITY_WARNING;
    diag_add(
        diag, f,
        "PDF“%s”第 %s 页的字体“%s%.0s”没有嵌入，印店没有这种字体时会印成别的字体或乱码，请重新"
        "导出并嵌入字体",
        "PDF '%s', page %s: the font '%.0s%s' is not embedded, and another one or garbled text "
        "is printed where it is missing: export it again with its fonts embedded",
        href, page_list_of_all(pages, n_pages, &s->arena),
        finding_names(&s->arena, named, n, LANGUAGE_ZH),
        finding_names(&s->arena, named, n, LANGUAGE_EN));
}

void outside_fonts_warn(const struct attachment_pages *of, const size_t *pages, size_t n,
                        bool *damaged, const struct finding *where, struct diag *diag)
{
    struct qdoc *d = of->doc;
    struct search s = {.doc = d};

    for (size_t i = 0; i < n; i++) {
        s.page = pages[i];
        id_set_clear(&s.searched);
        search_page(&s, q_page(d, pages[i] - 1), &of->places[pages[i] - 1]);
        damaged[i] = q_damaged(d);
        q_release(d);
    }
    for (size_t i = 0; i < s.n && i < JUDGE_MOST_OF_A_KIND; i++)
        tell(&s, i, 1, of->href, where, diag);
    if (s.n > JUDGE_MOST_OF_A_KIND)
        tell(&s, JUDGE_MOST_OF_A_KIND, s.n - JUDGE_MOST_OF_A_KIND, of->href, where, diag);
    id_set_clear(&s.embedded);
    id_set_clear(&s.harmless);
    id_set_clear(&s.guilty);
    id_set_clear(&s.searched);
    arena_free(&s.arena);
}
