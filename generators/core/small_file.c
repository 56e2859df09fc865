/* small_file.c - see small_file.h. */
#include "core/small_file.h"

#include "core/machine.h"
#include "core/protected.h"
#include "core/system_error.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool read_whole(const char *path, size_t most, bool protect, struct buffer *out,
                       struct diag *diag)
{
    enum { PIECE = 65536 };
    const struct src_pos whole = {path, 0};
    struct stat st;

    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) /* a pipe would be waited for */
        return diag_system(diag, whole, "不是普通文件", "is not a regular file");
    FILE *f = fopen(path, "rb");
    if (f && protect && fstat(fileno(f), &st) == 0)
        protect_file(&st, PROTECTED_TEMPLATE);
    for (size_t got = 1; f && got > 0 && out->len <= most;) {
        unsigned char *room = buffer_room(out, PIECE);
        got = fread(room, 1, PIECE, f);
        out->len -= PIECE - got;
    }
    bool ok = f && !ferror(f);
    if (!ok) {
        machine_ask(path);
        diag_unreadable(diag, path);
    }
    if (f)
        fclose(f);
    return ok && (out->len <= most ||
                  diag_system(diag, whole, "超过 %zu 字节", "has more than %zu bytes", most));
}

bool small_file_read(const char *path, size_t most, struct buffer *out, struct diag *diag)
{
    return read_whole(path, most, true, out, diag);
}

bool small_file_read_own(const char *path, size_t most, struct buffer *out, struct diag *diag)
{
    return read_whole(path, most, false, out, diag);
}

char *small_file_line(char **text)
{
    char *line = *text, *end = line ? strchr(line, '\n') : NULL;
    if (!line)
        return NULL;
    *text = end ? end + 1 : NULL;
    if (end)
        *end = '\0';
    line[strcspn(line, "\r")] = '\0';
    return line;
}
