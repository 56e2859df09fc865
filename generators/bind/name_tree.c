/* name_tree.c - see name_tree.h. */
#include "bind/name_tree.h"

#include "bind/id_set.h"

void name_tree_walk(struct qdoc *d, qref root, void (*found)(void *data, qref name, qref value),
                    void *data)
{
    struct arena arena = {0};
    struct id_set seen = {0};
    qref *waiting = NULL;
    size_t n = 0, cap = 0;

    *ARENA_PUSH(&arena, waiting, n, cap) = root;
    while (n > 0) {
        qref node = waiting[--n], names = q_get(d, node, "/Names"), kids = q_get(d, node, "/Kids");
        if (!node || !id_set_add(&seen, q_id(d, node)) || !id_set_add(&seen, q_id(d, kids)))
            continue; /* a node without a number may stand in kids that lead to themselves */
        for (size_t i = 0, pairs = q_length(d, names) / 2; i < pairs; i++)
            found(data, q_item(d, names, 2 * i), q_item(d, names, 2 * i + 1));
        for (size_t i = 0, count = q_length(d, kids); i < count; i++)
            *ARENA_PUSH(&arena, waiting, n, cap) = q_item(d, kids, i);
    }
    id_set_clear(&seen);
    arena_free(&arena);
}
