/* memory.c - one rule for all memory of the process, the libraries' too: an allocation that fails
 * ends it (machine.h). libxlsxwriter, for one, drops a cell or crashes instead.
 *
 * A program's own malloc takes the place of the C library's for everybody; the C library's is
 * reached by the names that it exports for who stands before it. A sanitizer has its own. */
#define _DEFAULT_SOURCE
#include "core/machine.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#ifndef __SANITIZE_ADDRESS__

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t align, size_t size);

static void *checked(void *p, size_t size)
{
    if (!p && size)
        machine_out_of_memory(size);
    return p;
}

void *malloc(size_t size)
{
    return checked(__libc_malloc(size), size);
}

void *calloc(size_t n, size_t size)
{
    return checked(__libc_calloc(n, size), size && n > (size_t)-1 / size ? (size_t)-1 : n * size);
}

/* A size of 0 frees, and gives NULL. */
void *realloc(void *p, size_t size)
{
    return checked(__libc_realloc(p, size), size);
}

void *memalign(size_t align, size_t size)
{
    return checked(__libc_memalign(align, size), size);
}

void *aligned_alloc(size_t align, size_t size)
{
    return memalign(align, size);
}

int posix_memalign(void **p, size_t align, size_t size)
{
    if (align == 0 || (align & (align - 1)) || align % sizeof(void *))
        return EINVAL;
    *p = memalign(align, size);
    return 0;
}

#endif
