/* layers.c - see layers.h. ISO 32000-1: 8.11.2 (groups, membership), 8.11.4 (configurations,
 * usage). */
#include "bind/layers.h"

#include "pdf/utf16.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_LAYERS = 20000,
    MOST_OBJECTS = 1 << 20,            /* that are asked whether they are memberships */
    MOST_NAMES = 32,                   /* of categories or intents, of which there are few */
    MOST_STATEMENTS = 3 * MOST_LAYERS, /* of usage: one for each event */
    DEEPEST_EXPRESSION = 16,
    MOST_TERMS = 1000,
    STRETCH = 256
};

struct layer {
    int id, generation;
    bool printed, viewed;
};

struct layers {
    struct layer *list; /* by id, each once */
    size_t n;
    const char **screen_only;
    size_t n_screen_only;
};

static int by_id(const void *a, const void *b)
{
    const struct layer *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static struct layer *find_layer(const struct layers *layers, int id)
{
    const struct layer key = {.id = id};
    return id && layers->n ? bsearch(&key, layers->list, layers->n, sizeof key, by_id) : NULL;
}

static qref object_of(struct qdoc *doc, const struct layer *layer)
{
    return q_object_of(doc, layer->id, layer->generation);
}

static void set_states(struct layers *layers, struct qdoc *doc, qref groups, bool on)
{
    for (size_t i = 0, n = q_length(doc, groups); i < n && i < MOST_LAYERS; i++) {
        struct layer *layer = find_layer(layers, q_id(doc, q_item(doc, groups, i)));
        if (layer)
            layer->printed = layer->viewed = on;
    }
}

/* Is the name given, alone or in an array? */
static bool names(struct qdoc *doc, qref value, const char *name)
{
    if (q_is_name(doc, value, name))
        return true;
    for (size_t i = 0, n = q_length(doc, value); i < n && i < MOST_NAMES; i++)
        if (q_is_name(doc, q_item(doc, value, i), name))
            return true;
    return false;
}

enum { CATEGORIES = 3 };

static const char *const category_keys[CATEGORIES][2] = {
    {"/Print", "/PrintState"}, {"/View", "/ViewState"}, {"/Export", "/ExportState"}};

/* Does a usage dictionary recommend a state in one of the categories? OFF in one outweighs ON in
 * others. */
static bool recommended(struct qdoc *doc, qref usage, const bool categories[CATEGORIES], bool *on)
{
    bool found = false;
    for (size_t i = 0; i < CATEGORIES; i++) {
        qref state = categories[i]
                         ? q_get(doc, q_get(doc, usage, category_keys[i][0]), category_keys[i][1])
                         : 0;
        bool off = q_is_name(doc, state, "/OFF");
        if (!off && !q_is_name(doc, state, "/ON"))
            continue;
        *on = found ? *on && !off : !off;
        found = true;
    }
    return found;
}

/* One usage application dictionary (table 103). */
static void apply_usage(struct layers *layers, struct qdoc *doc, qref application, int *statements)
{
    qref event = q_get(doc, application, "/Event"), groups = q_get(doc, application, "/OCGs");
    bool print = q_is_name(doc, event, "/Print"), view = q_is_name(doc, event, "/View"), on,
         categories[CATEGORIES];

    for (size_t i = 0; i < CATEGORIES; i++)
        categories[i] = names(doc, q_get(doc, application, "/Category"), category_keys[i][0]);
    for (size_t i = 0, n = q_length(doc, groups); (print || view) && i < n && (*statements)-- > 0;
         i++) {
        qref group = q_item(doc, groups, i);
        struct layer *layer = find_layer(layers, q_id(doc, group));
        if (!layer || !recommended(doc, q_get(doc, group, "/Usage"), categories, &on))
            continue;
        if (print)
            layer->printed = on;
        else
            layer->viewed = on;
    }
}

/* A layer of another intent than the configuration's (8.11.2.3) hides nothing. */
static void show_other_intents(struct layers *layers, struct qdoc *doc, qref intent)
{
    for (size_t i = 0; i < layers->n && !names(doc, intent, "/All"); i++) {
        qref own = q_get(doc, object_of(doc, &layers->list[i]), "/Intent");
        bool view = (!own || names(doc, own, "/View")) && (!intent || names(doc, intent, "/View")),
             design = names(doc, own, "/Design") && names(doc, intent, "/Design");
        if (!view && !design && !names(doc, own, "/All"))
            layers->list[i].printed = layers->list[i].viewed = true;
    }
}

static void note_screen_only(struct layers *layers, struct arena *arena, struct qdoc *doc)
{
    layers->screen_only = ARENA_ARRAY(arena, const char *, layers->n);
    for (size_t i = 0; i < layers->n; i++)
        if (layers->list[i].viewed && !layers->list[i].printed) {
            const char *name =
                q_text(doc, q_get(doc, object_of(doc, &layers->list[i]), "/Name"), arena);
            layers->screen_only[layers->n_screen_only++] = name ? name : "";
        }
}

static void reduce_to_names(struct layers *layers, struct qdoc *doc)
{
    struct arena arena = {0};
    for (size_t i = 0; i < layers->n; i++) {
        const char **keys;
        qref group = object_of(doc, &layers->list[i]), name = q_get(doc, group, "/Name");
        for (size_t k = 0, n = q_keys(doc, group, &arena, &keys); k < n; k++)
            q_remove(doc, group, keys[k]);
        q_put(doc, group, "/Type", q_parse(doc, "/OCG"));
        q_put(doc, group, "/Name", q_is_string(doc, name) ? name : q_parse(doc, "()"));
    }
    arena_free(&arena);
}

static void list_layers(struct layers *layers, struct arena *arena, struct qdoc *doc, qref groups)
{
    size_t n = q_length(doc, groups), kept = 0;
    n = n < MOST_LAYERS ? n : MOST_LAYERS;
    layers->list = ARENA_ARRAY(arena, struct layer, n);
    for (size_t i = 0; i < n; i++) {
        qref group = q_item(doc, groups, i);
        int id = q_is_dict(doc, group) ? q_id(doc, group) : 0;
        if (id)
            layers->list[layers->n++] = (struct layer){id, q_generation(doc, group), true, true};
    }
    qsort(layers->list, layers->n, sizeof *layers->list, by_id);
    for (size_t i = 0; i < layers->n; i++)
        if (i == 0 || layers->list[i].id != layers->list[kept - 1].id)
            layers->list[kept++] = layers->list[i];
    layers->n = kept;
}

/* --- membership --- */

static bool layer_printed(const struct layers *layers, struct qdoc *doc, qref group)
{
    const struct layer *layer = find_layer(layers, q_id(doc, group));
    return !layer || layer->printed;
}

/* A visibility expression: [/And ...], [/Or ...], [/Not x], or a group. Its parts may be shared, so
 * that a few make an expression without end: terms are counted down. */
static bool expression_holds(const struct layers *layers, struct qdoc *doc, qref e, int depth,
                             int *terms)
{
    if (!q_is_array(doc, e))
        return layer_printed(layers, doc, e);
    if (depth > DEEPEST_EXPRESSION)
        return true;
    qref combined = q_item(doc, e, 0);
    bool all = q_is_name(doc, combined, "/And");
    if (q_is_name(doc, combined, "/Not"))
        return !expression_holds(layers, doc, q_item(doc, e, 1), depth + 1, terms);
    for (size_t i = 1, n = q_length(doc, e); i < n && (*terms)-- > 0; i++)
        if (expression_holds(layers, doc, q_item(doc, e, i), depth + 1, terms) != all)
            return !all;
    return all || *terms < 0;
}

/* A policy on the groups of a membership dictionary; AnyOn where none is given. */
static bool policy_holds(const struct layers *layers, struct qdoc *doc, qref groups, qref policy)
{
    size_t n = q_length(doc, groups), on = 0, off = 0;
    if (q_is_dict(doc, groups))
        return layer_printed(layers, doc, groups) ==
               !(q_is_name(doc, policy, "/AnyOff") || q_is_name(doc, policy, "/AllOff"));
    for (size_t i = 0; i < n && i < MOST_LAYERS; i++) {
        qref group = q_item(doc, groups, i);
        if (!q_is_dict(doc, group))
            continue;
        bool printed = layer_printed(layers, doc, group);
        on += printed;
        off += !printed;
    }
    if (on + off == 0)
        return true;
    if (q_is_name(doc, policy, "/AllOn"))
        return off == 0;
    if (q_is_name(doc, policy, "/AnyOff"))
        return off > 0;
    return q_is_name(doc, policy, "/AllOff") ? on == 0 : on > 0;
}

static bool member_printed(const struct layers *layers, struct qdoc *doc, qref member)
{
    qref expression = q_get(doc, member, "/VE");
    int terms = MOST_TERMS;
    if (q_length(doc, expression) > 0)
        return expression_holds(layers, doc, expression, 0, &terms);
    return policy_holds(layers, doc, q_get(doc, member, "/OCGs"), q_get(doc, member, "/P"));
}

/* Not every renderer knows policies and expressions: each membership dictionary becomes a layer of
 * its own, in the state that follows from the others. All handles on the document are released. */
static void add_members(struct layers *layers, struct arena *arena, struct qdoc *doc)
{
    struct layer *members = NULL;
    size_t n = 0, cap = 0;
    int end = q_next_id(doc);

    for (int id = 1; id < end && id < MOST_OBJECTS && q_ok(doc); id++) {
        qref member = q_object(doc, id);
        if (q_is_dict(doc, member) && q_is_name(doc, q_get(doc, member, "/Type"), "/OCMD")) {
            bool printed = member_printed(layers, doc, member);
            *ARENA_PUSH(arena, members, n, cap) = (struct layer){id, 0, printed, printed};
        }
        if (id % STRETCH == 0)
            q_release(doc);
    }
    q_release(doc);
    if (n == 0)
        return;
    struct layer *both = ARENA_ARRAY(arena, struct layer, layers->n + n);
    memcpy(both, layers->list, layers->n * sizeof *both);
    memcpy(both + layers->n, members, n * sizeof *both);
    layers->list = both;
    layers->n += n;
    qsort(both, layers->n, sizeof *both, by_id);
}

struct layers *layers_read(struct arena *arena, struct qdoc *doc)
{
    qref all = q_get(doc, q_root(doc), "/OCProperties"), groups = q_get(doc, all, "/OCGs"),
         config = q_get(doc, all, "/D"), usage = q_get(doc, config, "/AS");
    if (q_length(doc, groups) == 0)
        return NULL;

    struct layers *layers = ARENA_NEW(arena, struct layers);
    list_layers(layers, arena, doc, groups);
    bool off = q_is_name(doc, q_get(doc, config, "/BaseState"), "/OFF");
    for (size_t i = 0; i < layers->n; i++)
        layers->list[i].printed = layers->list[i].viewed = !off;
    set_states(layers, doc, q_get(doc, config, "/ON"), true);
    set_states(layers, doc, q_get(doc, config, "/OFF"), false);
    int statements = MOST_STATEMENTS;
    for (size_t i = 0, n = q_length(doc, usage); i < n && i < MOST_LAYERS; i++)
        apply_usage(layers, doc, q_item(doc, usage, i), &statements);
    show_other_intents(layers, doc, q_get(doc, config, "/Intent"));
    note_screen_only(layers, arena, doc);
    add_members(layers, arena, doc);
    reduce_to_names(layers, doc);
    return layers;
}

/* --- asking --- */

bool layers_printed(const struct layers *layers, struct qdoc *doc, qref content)
{
    if (!layers || !q_is_dict(doc, content))
        return true;
    return q_id(doc, content) == 0 && q_is_name(doc, q_get(doc, content, "/Type"), "/OCMD")
               ? member_printed(layers, doc, content)
               : layer_printed(layers, doc, content);
}

size_t layers_screen_only(const struct layers *layers, const char *const **names)
{
    *names = layers ? layers->screen_only : NULL;
    return layers ? layers->n_screen_only : 0;
}

/* --- the volume --- */

/* MuPDF takes layers for one whose dictionaries are equal: each gets a number behind its name. */
static void put_numbered_name(struct qdoc *volume, qref group, size_t number)
{
    struct arena arena = {0};
    struct buffer utf16 = {0}, hex = {0};
    const char *name = q_text(volume, q_get(volume, group, "/Name"), &arena);
    utf16_string(&utf16, arena_printf(&arena, "%s (%zu)", name ? name : "", number));
    utf16_hex(&hex, utf16.data, utf16.len);
    q_put(volume, group, "/Name",
          q_parse(volume, arena_strndup(&arena, (char *)hex.data, hex.len)));
    buffer_clear(&utf16);
    buffer_clear(&hex);
    arena_free(&arena);
}

void layers_declare(const struct layers *layers, struct qdoc *doc, struct qdoc *volume)
{
    if (!layers)
        return;
    qref root = q_root(volume), all = q_get(volume, root, "/OCProperties");
    if (!all) {
        all = q_parse(volume, "<</OCGs [] /D <</OFF []>>>>");
        q_put(volume, root, "/OCProperties", all);
    }
    qref groups = q_get(volume, all, "/OCGs"),
         off = q_get(volume, q_get(volume, all, "/D"), "/OFF");
    for (size_t i = 0; i < layers->n; i++) {
        qref group = q_copy(volume, doc, object_of(doc, &layers->list[i]));
        q_append(volume, groups, group);
        put_numbered_name(volume, group, q_length(volume, groups));
        if (!layers->list[i].printed)
            q_append(volume, off, group);
    }
}
