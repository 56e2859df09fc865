/* materials.c - see materials.h. */
#include "dossier/materials.h"

#include "core/find.h"
#include "core/units.h"
#include "record/node.h"
#include "xml/xml_reader.h"

#include <stdlib.h>
#include <string.h>

/* One source of a section: a paper of ours, or elements of the record with their evidence. */
struct section_source {
    struct src_pos at;
    const char *paper, *title_text;
    struct query *when;
    struct query *select, *title, *sort;
    bool descending;
};

struct section {
    const char *title;
    struct section_source *sources;
    size_t n, cap;
};

struct volume_sections {
    struct sections_facts facts;
    struct query *evidence, *detail, *part, *is_loose, *platform, *waiting;
    struct section *list;
    size_t n, cap;
    struct loose *loose;
    size_t n_loose, cap_loose;
};

struct sections {
    struct arena arena;
    struct volume_sections *volumes;
    size_t n_volumes, n; /* n: sections of all */
    struct query_list queries;
};

/* --- reading --- */

enum { IN_DOSSIER = 1, IN_SECTION = 2 };

#define AT(member) XML_AT(struct volume_sections, member)

static const struct xml_attribute of_dossier[] = {
    {"title", XML_WORD, AT(facts.title), .required = true},
    {"cover", XML_WORD, AT(facts.cover), .required = true},
    {"contents", XML_WORD, AT(facts.contents), .required = true},
    {"separator", XML_WORD, AT(facts.separator), .required = true},
    {"stamp", XML_WORD, AT(facts.stamp), .required = true},
    {"missing", XML_WORD, AT(facts.missing), .required = true},
    {"label", XML_WORD, AT(facts.label), .otherwise = ""},
    {"mark", XML_WORD, AT(facts.mark), .otherwise = ""},
    {0}};
static const struct xml_attribute of_copies[] = {
    {"margin", XML_SIDES, AT(facts.margin), .required = true, .most = 100 * POINTS_PER_MM},
    {"landscape", XML_FLAG, AT(facts.turn), .words = "fit turn"},
    {"evidence", QUERY_AT(struct volume_sections, evidence), .required = true},
    {"detail", QUERY_AT(struct volume_sections, detail), .required = true},
    {"part", QUERY_AT(struct volume_sections, part)},
    {"loose", QUERY_AT(struct volume_sections, is_loose)},
    {"platform", QUERY_AT(struct volume_sections, platform)},
    {"waiting", QUERY_AT(struct volume_sections, waiting)},
    {0}};
static const struct xml_attribute of_section[] = {
    {"title", XML_WORD, XML_AT(struct section, title), .required = true}, {0}};
static const struct xml_attribute of_paper[] = {
    {"template", XML_WORD, XML_AT(struct section_source, paper), .required = true},
    {"title", XML_WORD, XML_AT(struct section_source, title_text), .required = true},
    {"when", QUERY_AT(struct section_source, when)},
    {0}};
static const struct xml_attribute of_items[] = {
    {"select", QUERY_AT(struct section_source, select), .required = true},
    {"title", QUERY_AT(struct section_source, title), .required = true},
    {"when", QUERY_AT(struct section_source, when)},
    {"sort", QUERY_AT(struct section_source, sort)},
    {"order", XML_FLAG, XML_AT(struct section_source, descending), .words = "ascending descending"},
    {0}};
static const struct xml_attribute of_loose[] = {
    {"title", XML_WORD, XML_AT(struct loose, title), .required = true},
    {"copies", XML_INT, XML_AT(struct loose, copies), .least = 1, .most = 99, .otherwise = "1"},
    {"note", XML_WORD, XML_AT(struct loose, note), .otherwise = ""},
    {"when", QUERY_AT(struct loose, when)},
    {0}};
static const struct xml_element elements[] = {
    {"dossier", .inside = IN_DOSSIER, .attributes = of_dossier, .begin = xml_keep_place},
    {"copies", IN_DOSSIER, 0, of_copies, .once = true, .required = true},
    {"section", IN_DOSSIER, IN_SECTION, of_section, sizeof(struct section),
     XML_INTO(struct volume_sections, list), .required = true},
    {"paper", IN_SECTION, 0, of_paper, sizeof(struct section_source),
     XML_INTO(struct section, sources), .begin = xml_keep_place},
    {"items", IN_SECTION, 0, of_items, sizeof(struct section_source),
     XML_INTO(struct section, sources)},
    {"loose", IN_DOSSIER, 0, of_loose, sizeof(struct loose),
     XML_INTO(struct volume_sections, loose)},
    {0}};

static bool read_volume(struct sections *s, const char *const *dirs, const char *name,
                        struct volume_sections *v, struct diag *diag)
{
    const char *file = arena_printf(&s->arena, "%s.xml", name),
               *path = find_template(&s->arena, dirs, file, (struct src_pos){0}, diag);
    struct xml_reader r = {
        .elements = elements, .arena = &s->arena, .diag = diag, .queries = &s->queries};
    if (!path || !xml_read(&r, path, v))
        return false;
    v->facts.name = arena_strdup(&s->arena, name);
    v->facts.first = s->n;
    v->facts.end = s->n += v->n;
    return true;
}

struct sections *sections_load(const char *const *dirs, const char *const *volumes,
                               struct diag *diag)
{
    static const char *const usual[] = {"dossier", NULL};
    struct sections *s = mem_alloc(1, sizeof *s);
    bool ok = true;

    volumes = volumes ? volumes : usual;
    while (volumes[s->n_volumes])
        s->n_volumes++;
    s->volumes = ARENA_ARRAY(&s->arena, struct volume_sections, s->n_volumes + 1);
    for (size_t i = 0; i < s->n_volumes; i++)
        ok = read_volume(s, dirs, volumes[i], &s->volumes[i], diag) && ok;
    if (ok)
        return s;
    sections_free(s);
    return NULL;
}

void sections_free(struct sections *s)
{
    if (!s)
        return;
    query_list_free(&s->queries);
    arena_free(&s->arena);
    free(s);
}

size_t sections_volumes(const struct sections *s)
{
    return s->n_volumes;
}

const struct sections_facts *sections_facts(const struct sections *s, size_t volume)
{
    return &s->volumes[volume].facts;
}

size_t sections_volume_of(const struct sections *s, size_t section)
{
    size_t v = 0;
    while (section >= s->volumes[v].facts.end)
        v++;
    return v;
}

static const struct section *section_at(const struct sections *s, size_t section)
{
    const struct volume_sections *v = &s->volumes[sections_volume_of(s, section)];
    return &v->list[section - v->facts.first];
}

const char *sections_title(const struct sections *s, size_t section)
{
    return section_at(s, section)->title;
}

size_t sections_papers(const struct sections *s, struct arena *arena, struct section_paper **out)
{
    size_t n = 0, cap = 0;
    *out = NULL;
    for (size_t i = 0; i < s->n; i++) {
        const struct section *section = section_at(s, i);
        for (size_t k = 0; k < section->n; k++)
            if (section->sources[k].paper)
                *ARENA_PUSH(arena, *out, n, cap) =
                    (struct section_paper){section->sources[k].paper, section->sources[k].at};
    }
    return n;
}

/* --- one applicant --- */

struct listing {
    const struct volume_sections *s; /* the volume at hand */
    size_t volume;
    struct query_context *ctx;
    struct arena *arena;
    struct materials *m;
    size_t section;
};

static void set_place(struct listing *l, const char *id, enum place_kind kind, size_t material)
{
    struct place *p = NULL;
    if (!*id)
        return;
    for (size_t i = 0; i < l->m->n_places && !p; i++)
        if (!strcmp(l->m->places[i].id, id))
            p = &l->m->places[i];
    if (!p) {
        p = ARENA_PUSH(l->arena, l->m->places, l->m->n_places, l->m->cap_places);
        *p = (struct place){.id = id};
    }
    /* the first page in the volume wins; what is bound need not be looked for elsewhere */
    if (p->kind == PLACE_MISSING || (kind == PLACE_BOUND && p->kind != PLACE_BOUND))
        *p = (struct place){id, kind, material};
}

/* Adds a word to a list that is written with 、, once. */
static const char *with_word(struct arena *arena, const char *list, const char *word)
{
    size_t n = strlen(word);
    if (!n)
        return list;
    for (const char *p = list; (p = strstr(p, word)); p += n)
        if ((p == list || !strncmp(p - 3, "、", 3)) && (!p[n] || !strncmp(p + n, "、", 3)))
            return list;
    return *list ? arena_printf(arena, "%s、%s", list, word) : word;
}

/* A run of an item's evidences: of one file, or handed in loose. */
struct group {
    const char *href, *pages, *detail, *part;
    bool loose;
    record_node *first;
    const char **ids;
    size_t n_ids, cap_ids;
};

static size_t group_evidence(struct listing *l, struct query_place item, struct group **out)
{
    record_node **nodes;
    size_t n = query_nodes(l->s->evidence, l->ctx, item, l->arena, &nodes), count = 0, cap = 0;
    struct group *groups = NULL, *g = NULL;

    for (size_t i = 0; i < n; i++) {
        struct query_place at = {nodes[i], i + 1, n};
        const char *href = record_attribute(nodes[i], "href", l->arena);
        const char *pages = record_attribute(nodes[i], "pages", l->arena);
        const char *detail = query_string(l->s->detail, l->ctx, at, l->arena).text,
                   *part = query_string(l->s->part, l->ctx, at, l->arena).text,
                   *id = record_attribute(nodes[i], "id", l->arena);
        bool loose = query_bool(l->s->is_loose, l->ctx, at);

        if (!*href && !loose)
            continue;
        if (g && g->loose == loose && (loose || !strcmp(g->href, href))) {
            g->detail = with_word(l->arena, g->detail, detail);
            g->part = with_word(l->arena, g->part, part);
            /* all of a file swallows its parts */
            g->pages = *g->pages && *pages ? arena_printf(l->arena, "%s,%s", g->pages, pages) : "";
        } else {
            g = ARENA_PUSH(l->arena, groups, count, cap);
            *g = (struct group){.href = href,
                                .pages = pages,
                                .detail = detail,
                                .part = part,
                                .loose = loose,
                                .first = nodes[i]};
        }
        if (*id)
            *ARENA_PUSH(l->arena, g->ids, g->n_ids, g->cap_ids) = id;
    }
    *out = groups;
    return count;
}

/* What stands behind the title: what tells the files of an item apart, with their parts where
 * several are alike without. */
static const char *told_apart(struct listing *l, const struct group *groups, size_t n, size_t which)
{
    const struct group *g = &groups[which];
    for (size_t i = 0; i < n && *g->part; i++)
        if (i != which && !strcmp(groups[i].detail, g->detail) && strcmp(g->detail, g->part))
            return *g->detail ? arena_printf(l->arena, "%s：%s", g->detail, g->part) : g->part;
    return g->detail;
}

static void list_item(struct listing *l, const struct section_source *source,
                      struct query_place item)
{
    struct group *groups;
    size_t n = group_evidence(l, item, &groups);
    const char *title = query_string(source->title, l->ctx, item, l->arena).text,
               *id = record_attribute(item.node, "id", l->arena);

    for (size_t i = 0; i < n; i++) {
        const struct group *g = &groups[i];
        const char *detail = told_apart(l, groups, n, i);
        const char *full = n > 1 && *detail && strcmp(detail, title)
                               ? arena_printf(l->arena, "%s（%s）", title, detail)
                               : title;
        size_t material = l->m->n;
        if (g->loose) {
            *ARENA_PUSH(l->arena, l->m->loose, l->m->n_loose, l->m->cap_loose) =
                (struct loose){.volume = l->volume, .title = full, .copies = 1, .note = ""};
        } else {
            *ARENA_PUSH(l->arena, l->m->list, l->m->n, l->m->cap) = (struct material){
                .kind = MATERIAL_COPY,
                .section = l->section,
                .title = full,
                .href = g->href,
                .pages = g->pages,
                .item = id,
                .field = arena_printf(l->arena, "%s/@href", record_path(g->first, l->arena)),
                .at = record_pos(g->first)};
        }
        set_place(l, id, g->loose ? PLACE_LOOSE : PLACE_BOUND, material);
        for (size_t k = 0; k < g->n_ids; k++)
            set_place(l, g->ids[k], g->loose ? PLACE_LOOSE : PLACE_BOUND, material);
    }
}

static void list_items(struct listing *l, const struct section_source *source,
                       struct query_place root)
{
    record_node **nodes;
    size_t n = query_nodes_by(source->select, source->sort, source->descending, l->ctx, root,
                              l->arena, &nodes);
    for (size_t i = 0; i < n; i++)
        list_item(l, source, (struct query_place){nodes[i], i + 1, n});
}

static bool declared_none(const record_node *root, const char *title, struct arena *arena)
{
    for (record_node *c = record_child(root, NULL); c; c = record_child(root, c))
        if (!strcmp(record_name(c), "none") &&
            !strcmp(record_attribute(c, "section", arena), title))
            return true;
    return false;
}

static void list_section(struct listing *l, const struct section *section, struct query_place root)
{
    for (size_t k = 0; k < section->n; k++) {
        const struct section_source *source = &section->sources[k];
        if (source->when && !query_bool(source->when, l->ctx, root))
            continue;
        if (source->paper)
            *ARENA_PUSH(l->arena, l->m->list, l->m->n, l->m->cap) =
                (struct material){.kind = MATERIAL_PAPER,
                                  .section = l->section,
                                  .title = source->title_text,
                                  .paper = source->paper,
                                  .item = "",
                                  .at = record_pos(root.node)};
        else
            list_items(l, source, root);
    }
}

/* What is proved on the platform alone. */
static void list_platform(struct listing *l, struct query_place root)
{
    const struct volume_sections *s = l->s;
    record_node **nodes;
    size_t n = s->platform ? query_nodes(s->platform, l->ctx, root, l->arena, &nodes) : 0;

    for (size_t i = 0; i < n; i++) {
        bool waiting = query_bool(s->waiting, l->ctx, (struct query_place){nodes[i], i + 1, n});
        set_place(l, record_attribute(nodes[i], "id", l->arena),
                  waiting ? PLACE_WAITING : PLACE_PLATFORM, 0);
    }
}

static void list_volume(struct listing *l, struct query_place root)
{
    const struct volume_sections *s = l->s;

    for (size_t i = 0; i < s->n_loose; i++) {
        if (s->loose[i].when && !query_bool(s->loose[i].when, l->ctx, root))
            continue;
        struct loose *loose = ARENA_PUSH(l->arena, l->m->loose, l->m->n_loose, l->m->cap_loose);
        *loose = s->loose[i];
        loose->volume = l->volume;
    }
    for (size_t i = 0; i < s->n; i++) {
        l->section = s->facts.first + i;
        l->m->declared_none[l->section] = declared_none(root.node, s->list[i].title, l->arena);
        list_section(l, &s->list[i], root);
    }
    list_platform(l, root);
}

struct materials *materials_list(const struct sections *s, struct query_context *ctx,
                                 record_node *root, struct arena *arena)
{
    struct materials *m = ARENA_NEW(arena, struct materials);
    struct listing l = {.ctx = ctx, .arena = arena, .m = m};

    m->declared_none = ARENA_ARRAY(arena, bool, s->n);
    for (l.volume = 0; l.volume < s->n_volumes; l.volume++) {
        l.s = &s->volumes[l.volume];
        list_volume(&l, (struct query_place){root, 1, 1});
    }
    return m;
}

const struct place *materials_place(const struct materials *m, const char *id)
{
    static const struct place missing = {"", PLACE_MISSING, 0};
    for (size_t i = 0; i < m->n_places; i++)
        if (!strcmp(m->places[i].id, id))
            return &m->places[i];
    return &missing;
}

const char *materials_word(enum place_kind kind)
{
    switch (kind) {
    case PLACE_LOOSE:
        return "另附";
    case PLACE_PLATFORM:
        return "系统";
    case PLACE_WAITING:
        return "（　）";
    case PLACE_BOUND:
    case PLACE_MISSING:
        break;
    }
    return NULL;
}
