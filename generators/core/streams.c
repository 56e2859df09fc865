/* streams.c - one rule for all streams of the process, the libraries' too: a write that was lost
 * ends the process (machine.h), and so does a read that the machine failed. libxlsxwriter, for one,
 * never asks its temporary files whether all arrived, and packs what is there, or what it gets of
 * it.
 *
 * A program's own functions take the place of the C library's for everybody; the C library's are
 * reached by the names that it exports for who stands before it. A stream that is written is asked
 * where it is flushed, or rewound, which forgets the failure. */
#include "core/machine.h"
#include "core/temporary.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

int _IO_fflush(FILE *stream);
size_t _IO_fread(void *data, size_t size, size_t n, FILE *stream);

/* The name of the stream's file, which may be gone by now; "": it is not to be had. */
static void name_of(FILE *stream, char out[PATH_MAX])
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fileno(stream));
    ssize_t n = readlink(link, out, PATH_MAX - 1);
    out[n > 0 ? n : 0] = '\0';
}

static void folder_of(FILE *stream, char out[PATH_MAX])
{
    name_of(stream, out);
    char *slash = strrchr(out, '/');
    if (slash)
        *slash = '\0';
}

/* Standard output and error are main's to ask. */
static void ask(FILE *stream)
{
    char folder[PATH_MAX];
    if (!stream || stream == stdout || stream == stderr || !__fwriting(stream) || !ferror(stream))
        return;
    folder_of(stream, folder);
    if (*folder && strcmp(folder, temporary_folder()))
        machine_write_lost(folder, false);
    machine_write_lost(temporary_folder(), true);
}

int fflush(FILE *stream)
{
    int end = _IO_fflush(stream);
    ask(stream);
    return end;
}

/* errno is of what has failed. */
static void ask_of_read(FILE *stream)
{
    char name[PATH_MAX];
    int error = errno;
    name_of(stream, name);
    errno = error;
    machine_ask(*name ? name : NULL);
}

size_t fread(void *data, size_t size, size_t n, FILE *stream)
{
    size_t got = _IO_fread(data, size, n, stream);
    if (got < n && ferror(stream))
        ask_of_read(stream);
    return got;
}

void rewind(FILE *stream)
{
    fflush(stream);
    if (fseek(stream, 0, SEEK_SET) < 0 && errno != ESPIPE) {
        errno = machine_at_fault(errno) ? errno : EIO; /* the file is one that can be set back */
        ask_of_read(stream);
    }
    clearerr(stream);
}
