/* page_list.h - which pages of a document: "2-4,7". */
#ifndef BIND_PAGE_LIST_H
#define BIND_PAGE_LIST_H

#include "core/arena.h"

/* The pages that text names of a document of n pages, 1-based, each once, in the order named; NULL
 * or "": all. 0: no page at all, or *bad (when given) is the first number that is none of the
 * document's (0: not a list). */
size_t page_list_parse(const char *text, size_t n, struct arena *arena, size_t **out, size_t *bad);
/* "1-3,7": the shortest way to write a list of pages. */
const char *page_list_text(const size_t *pages, size_t n, struct arena *arena);
/* The same for a message: of more than twenty stretches the first ones, … and the last. */
const char *page_list_told(const size_t *pages, size_t n, struct arena *arena);
/* The same of pages in any order, some of them repeated; sorts them. */
const char *page_list_of_all(size_t *pages, size_t n, struct arena *arena);

#endif
