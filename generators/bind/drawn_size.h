/* drawn_size.h - how large the pictures of a PDF are drawn: what their dots per inch are is said
 * nowhere else. Internal to bind. */
#ifndef BIND_DRAWN_SIZE_H
#define BIND_DRAWN_SIZE_H

#include "bind/qdoc.h"

struct drawn_picture {
    int id;               /* of its object */
    double width, height; /* points, the largest that it is drawn in anywhere */
};

struct drawn_pictures {
    struct drawn_picture *list;
    size_t n, cap;
    size_t read; /* bytes of the content */
    int *forms;  /* each as often as it is drawn */
    size_t n_forms, cap_forms;
    bool lacking; /* something that is not in the file */
    bool marked;  /* something else is painted, too: visible letters, lines, shades, inline pictures
                   */
};

/* On all pages, in forms, too; a page larger than A4 (A3, when it is one) counts as printed on
 * that. What is drawn otherwise, as a pattern or by an annotation, is not among them. */
void drawn_sizes(struct qdoc *d, struct arena *arena, struct drawn_pictures *out);
/* On one page (from 0), at its own size. false: its content cannot be read, or is longer than that.
 */
bool drawn_on_page(struct qdoc *d, size_t page, size_t longest, struct arena *arena,
                   struct drawn_pictures *out);
/* By a form, as large as it is in itself. */
void drawn_by_form(struct qdoc *d, qref form, struct arena *arena, struct drawn_pictures *out);

#endif
