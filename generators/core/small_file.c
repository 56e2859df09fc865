/* small_file.c - see small_file.h. */
#include "core/small_file.h"

#include "core/machine.h"
#include "core/system_error.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const enum protected_kind as_template = PROTECTED_TEMPLATE, as_input = PROTECTED_INPUT;

/* kind: as what it must not be written over; NULL: it may be. */
static bool read_whole(const char *path, size_t most, const enum protected_kind *kind,
                       struct buffer *out, struct diag *diag)
{
    enum { PIECE = 65536 };
    const struct src_pos whole = {path, 0};
    struct stat st;

    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) /* a pipe would be waited for */
        return diag_system(diag, whole, "不是普通文件", "is not a regular file");
    FILE *f = fopen(path, "rb");
    if (f && kind && fstat(fileno(f), &st) == 0)
        protect_file(&st, *kind);
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
    return read_whole(path, most, &as_template, out, diag);
}

bool small_file_read_own(const char *path, size_t most, struct buffer *out, struct diag *diag)
{
    return read_whole(path, most, NULL, out, diag);
}

char *small_file_text(const char *path, size_t most, enum small_file_whose whose,
                      struct arena *arena, struct diag *diag)
{
    static const char mark[] = "\xEF\xBB\xBF";
    struct buffer bytes = {0};
    char *text = NULL;
    const enum protected_kind *kind = whose == SMALL_FILE_OWN ? NULL : &as_input;

    if (read_whole(path, most, kind, &bytes, diag)) {
        text = arena_strndup(arena, bytes.data ? (char *)bytes.data : "", bytes.len);
        size_t len = strlen(text);
        long line = 1;
        for (size_t i = 0; i < len; i++)
            line += text[i] == '\n';
        if (len < bytes.len) {
            diag_error(diag, (struct src_pos){path, line},
                       "含有零字节，不是 UTF-8 文本；请用编辑器另存为 UTF-8",
                       "holds a byte of zero, so that it is no text in UTF-8: save it as UTF-8");
            text = NULL;
        } else if (!strncmp(text, mark, strlen(mark))) {
            text += strlen(mark);
        }
    }
    buffer_clear(&bytes);
    return text;
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
