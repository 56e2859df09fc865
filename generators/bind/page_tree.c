/* page_tree.c - see page_tree.h. ISO 32000-1, 7.7.3. */
#include "bind/page_tree.h"

#include "bind/id_set.h"

#include <stdio.h>

static const char *const inheritable[] = {"/Resources", "/MediaBox", "/CropBox", "/Rotate"};

enum { INHERITABLE = sizeof inheritable / sizeof *inheritable, MOST_OBJECTS = 1 << 18 };

struct node {
    qref object;
    qref inherited[INHERITABLE];
};

struct walk {
    struct qdoc *doc;
    struct arena arena;
    struct node *waiting; /* the last one is next */
    size_t n_waiting, cap_waiting;
    struct id_set seen;
    qref leaves; /* an array */
};

static struct node child_of(struct walk *w, const struct node *parent, qref object)
{
    struct node node = {.object = object};
    for (int i = 0; i < INHERITABLE; i++) {
        node.inherited[i] = q_get(w->doc, object, inheritable[i]);
        if (!node.inherited[i] && parent)
            node.inherited[i] = parent->inherited[i];
    }
    return node;
}

static void add_leaf(struct walk *w, const struct node *node)
{
    for (int i = 0; i < INHERITABLE; i++)
        q_put(w->doc, node->object, inheritable[i], node->inherited[i]);
    q_append(w->doc, w->leaves, q_indirect(w->doc, node->object));
}

static void visit(struct walk *w, struct node node)
{
    qref kids = q_get(w->doc, node.object, "/Kids");

    if (!q_is_dict(w->doc, node.object) || !id_set_add(&w->seen, q_id(w->doc, node.object)))
        return;
    if (!q_is_array(w->doc, kids)) {
        add_leaf(w, &node);
        return;
    }
    if (!id_set_add(&w->seen, q_id(w->doc, kids)))
        return; /* a node without a number may stand in kids that lead to themselves */
    for (size_t i = q_length(w->doc, kids); i-- > 0;)
        *ARENA_PUSH(&w->arena, w->waiting, w->n_waiting, w->cap_waiting) =
            child_of(w, &node, q_item(w->doc, kids, i));
}

/* Objects that say that they are pages, by their numbers. */
static void collect_pages(struct walk *w)
{
    int end = q_next_id(w->doc);
    for (int id = 1; id < end && id < MOST_OBJECTS; id++) {
        qref object = q_object(w->doc, id);
        if (q_is_name(w->doc, q_get(w->doc, object, "/Type"), "/Page"))
            add_leaf(w, &(struct node){.object = object});
    }
}

void page_tree_flatten(struct qdoc *d)
{
    struct walk w = {.doc = d, .leaves = q_parse(d, "[]")};
    qref root = q_root(d), pages = q_get(d, root, "/Pages");

    visit(&w, child_of(&w, NULL, pages));
    while (w.n_waiting > 0) {
        struct node next = w.waiting[--w.n_waiting];
        visit(&w, next);
    }
    if (q_length(d, w.leaves) == 0)
        collect_pages(&w);
    pages = q_indirect(d, q_parse(d, "<</Type/Pages>>"));
    for (size_t i = 0, n = q_length(d, w.leaves); i < n; i++)
        q_put(d, q_item(d, w.leaves, i), "/Parent", pages);
    char count[32];
    snprintf(count, sizeof count, "%zu", q_length(d, w.leaves));
    q_put(d, pages, "/Count", q_parse(d, count));
    q_put(d, pages, "/Kids", w.leaves);
    q_put(d, root, "/Pages", pages);
    id_set_clear(&w.seen);
    arena_free(&w.arena);
}

bool page_tree_is_whole(struct qdoc *d)
{
    struct walk w = {.doc = d};
    bool whole = true;

    *ARENA_PUSH(&w.arena, w.waiting, w.n_waiting, w.cap_waiting) =
        (struct node){.object = q_get(d, q_root(d), "/Pages")};
    while (whole && w.n_waiting > 0) {
        qref node = w.waiting[--w.n_waiting].object, kids = q_get(d, node, "/Kids");
        whole = q_is_dict(d, node);
        bool is_new = id_set_add(&w.seen, q_id(d, node)) && id_set_add(&w.seen, q_id(d, kids));
        for (size_t i = is_new ? q_length(d, kids) : 0; i-- > 0;)
            *ARENA_PUSH(&w.arena, w.waiting, w.n_waiting, w.cap_waiting) =
                (struct node){.object = q_item(d, kids, i)};
    }
    id_set_clear(&w.seen);
    arena_free(&w.arena);
    return whole;
}
