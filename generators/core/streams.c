/* streams.c - one rule for all streams of the process, the libraries' too: a write that was lost
 * ends the process (machine.h). libxlsxwriter, for one, never asks its temporary files whether all
 * arrived, and packs what is there.
 *
 * A program's own functions take the place of the C library's for everybody; the C library's are
 * reached by the names that it exports for who stands before it. A stream is asked where it is
 * flushed, or rewound, which forgets the failure. */
#include "core/machine.h"
#include "core/temporary.h"

#include <errno.h>
#include <stdio.h>
#include <stdio_ext.h>

int _IO_fflush(FILE *stream);

/* Standard output and error are main's to ask. */
static void ask(FILE *stream)
{
    if (!stream || stream == stdout || stream == stderr || !__fwriting(stream) || !ferror(stream))
        return;
    errno = 0; /* of the last call, not of the one that failed */
    machine_failed(temporary_folder(), "临时文件没有写全，请检查磁盘空间，或用 TMPDIR 另指定目录",
                   "a temporary file did not arrive whole: look for room, or let TMPDIR name "
                   "another folder");
}

int fflush(FILE *stream)
{
    int end = _IO_fflush(stream);
    ask(stream);
    return end;
}

void rewind(FILE *stream)
{
    fflush(stream);
    (void)fseek(stream, 0, SEEK_SET);
    clearerr(stream);
}
