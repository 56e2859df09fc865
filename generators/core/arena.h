/* arena.h - memory of one document: all that was read or laid out for it goes away together.
 *
 * Running out of memory has one policy in one place: a message on standard error and exit status 2
 * (machine.h).
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena {
    struct arena_block *blocks; /* newest first; {0} is an empty arena, ready for use */
};

void *arena_alloc(struct arena *a, size_t count, size_t size); /* zeroed, aligned, never NULL */
void arena_free(struct arena *a);                              /* leaves an empty arena */
char *arena_strdup(struct arena *a, const char *s);            /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list args);

/* Room for one more element in an array that lives in the arena: doubles *cap when *n has reached
 * it. */
void *arena_grow(struct arena *a, void *array, size_t n, size_t *cap, size_t size);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc((a), (count), sizeof(type)))
#define ARENA_PUSH(a, array, n, cap)                                                               \
    ((array) = arena_grow((a), (array), (n), &(cap), sizeof *(array)), &(array)[(n)++])

/* malloc and realloc under the same policy, for memory that outlives or predates any arena. */
void *mem_alloc(size_t count, size_t size); /* zeroed; free() it */
void *mem_resize(void *p, size_t count, size_t size);
/* Room for one more element; unlike an arena's, an array that has grown leaves nothing behind. */
void *mem_grow(void *array, size_t n, size_t *cap, size_t size);
#define MEM_PUSH(array, n, cap)                                                                    \
    ((array) = mem_grow((array), (n), &(cap), sizeof *(array)), &(array)[(n)++])

#endif
