/* output.c - see output.h. */
#include "core/output.h"

#include "core/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(const char *path, struct diag *diag)
{
    const char *why = strerror(errno);
    return diag_system(diag, (struct src_pos){path, 0}, "无法写入：%s", "cannot write: %s", why);
}

bool output_bytes(int fd, const void *data, size_t len)
{
    const char *p = data;
    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

static bool write_through(const char *path, const void *data, size_t len, struct diag *diag)
{
    int fd = strcmp(path, "-") ? open(path, O_WRONLY | O_CLOEXEC) : dup(STDOUT_FILENO);
    if (fd < 0)
        return fail(path, diag);
    bool ok = output_bytes(fd, data, len);
    int saved = errno;
    if (close(fd) < 0 && ok) {
        ok = false;
        saved = errno;
    }
    errno = saved;
    return ok || fail(path, diag);
}

bool output_write(const char *path, const void *data, size_t len, struct diag *diag)
{
    struct stat st;

    if (!strcmp(path, "-") || (stat(path, &st) == 0 && !S_ISREG(st.st_mode)))
        return write_through(path, data, len, diag);

    struct arena arena = {0};
    char *temporary = arena_printf(&arena, "%s.XXXXXX", path);
    int fd = mkstemp(temporary);
    bool ok = fd >= 0;
    if (ok) {
        ok = output_bytes(fd, data, len) && fsync(fd) == 0;
        int saved = errno;
        if (close(fd) < 0 && ok) {
            ok = false;
            saved = errno;
        }
        errno = saved;
        ok = ok && rename(temporary, path) == 0;
    }
    if (!ok) {
        fail(path, diag);
        if (fd >= 0)
            unlink(temporary);
    }
    arena_free(&arena);
    return ok;
}

bool output_is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool output_make_directory(const char *path, struct diag *diag)
{
    struct arena arena = {0};
    char *copy = arena_strdup(&arena, path);
    bool ok = true;

    for (char *p = copy + 1; ok && *copy; p++) {
        char c = *p;
        if (c != '/' && c != '\0')
            continue;
        *p = '\0';
        if (mkdir(copy, 0700) < 0 && errno != EEXIST)
            ok = fail(path, diag);
        *p = c;
        if (c == '\0')
            break;
    }
    if (ok && !output_is_directory(path)) {
        errno = ENOTDIR;
        ok = fail(path, diag);
    }
    arena_free(&arena);
    return ok;
}

char *output_safe_name(struct arena *arena, const char *name)
{
    enum { LONGEST = 200 };
    static const char *const reserved[] = {"CON", "PRN", "AUX", "NUL"};
    size_t len = strlen(name), n = 0;
    char *out = arena_alloc(arena, len + 3, 1);

    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = utf8_next(name + i, len - i, &used);
        if (n + used > LONGEST)
            break;
        bool bad = cp == UTF8_BAD || cp < 0x20 || cp == 0x7F ||
                   (cp < 0x80 && strchr("/\\:*?\"<>|", (int)cp)) ||
                   (n == 0 && (cp == '-' || cp == '.' || cp == ' '));
        if (bad) {
            out[n++] = '_';
        } else {
            memcpy(out + n, name + i, used);
            n += used;
        }
    }
    while (n > 0 && (out[n - 1] == '.' || out[n - 1] == ' '))
        n--; /* Windows drops them and two names fall together */
    out[n] = '\0';
    if (n == 0)
        strcpy(out, "_");
    size_t stem = strcspn(out, ".");
    bool device = stem == 4 && (!strncasecmp(out, "COM", 3) || !strncasecmp(out, "LPT", 3)) &&
                  out[3] >= '0' && out[3] <= '9';
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        device = device || (stem == 3 && !strncasecmp(out, reserved[i], 3));
    return device ? arena_printf(arena, "_%s", out) : out;
}
