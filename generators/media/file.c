/* file.c - opens a cited file: inside the input's directory, regular, within its limits, read whole
 * into memory.
 *
 * Read rather than mapped: a file that is truncated while it is mapped would kill the process. */
#include "media/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MIB = 1 << 20, IMAGE_MIB = 64, PDF_MIB = 512 };

struct finding media_error(const struct finding *where)
{
    struct finding f = *where;
    f.severity = SEVERITY_ERROR;
    if (!f.rule)
        f.rule = "R76";
    return f;
}

static bool refuse_outside(const char *href, const struct finding *where, struct diag *diag)
{
    return diag_add(diag, media_error(where),
                    "“%s”不在数据文件所在的文件夹内，请把文件放进来并用相对路径",
                    "'%s' lies outside the input's directory: put the file inside and cite it by a "
                    "relative path",
                    href);
}

/* The resolved path if it stays inside dir, whatever links do; NULL: reported. */
static char *confine(const char *dir, const char *href, const struct finding *where,
                     struct diag *diag)
{
    struct arena arena = {0};
    char *root = NULL, *path = NULL;

    if (*href == '\0' || *href == '/') {
        refuse_outside(href, where, diag);
        return NULL;
    }
    root = realpath(*dir ? dir : ".", NULL);
    if (root)
        path = realpath(arena_printf(&arena, "%s/%s", *dir ? dir : ".", href), NULL);
    if (!path) {
        diag_add(diag, media_error(where), "找不到文件“%s”（%s）", "file '%s' cannot be found (%s)",
                 href, strerror(errno));
    } else {
        size_t len = strlen(root);
        bool at_top = len == 1; /* "/" */
        if (strncmp(path, root, len) || (!at_top && path[len] != '/')) {
            refuse_outside(href, where, diag);
            free(path);
            path = NULL;
        }
    }
    free(root);
    arena_free(&arena);
    return path;
}

static bool read_whole(int fd, unsigned char *data, size_t size)
{
    for (size_t got = 0; got < size;) {
        ssize_t n = read(fd, data + got, size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (n == 0)
                errno = EIO; /* it shrank under our hands */
            return false;
        }
        got += (size_t)n;
    }
    return true;
}

bool media_open(struct media_file *m, const char *dir, const char *href,
                const struct media_limits *limits, const struct finding *where, struct diag *diag)
{
    struct stat st;
    unsigned char head[1024];
    bool ok = false;

    *m = (struct media_file){.href = href};
    char *path = confine(dir, href, where, diag);
    if (!path)
        return false;
    /* NONBLOCK: a named pipe must not hang us; NOFOLLOW: a link put there since it was resolved. */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    free(path);
    if (fd < 0 || fstat(fd, &st) < 0) {
        diag_add(diag, media_error(where), "文件“%s”无法读取（%s）",
                 "file '%s' cannot be read (%s)", href, strerror(errno));
        goto done;
    }
    if (!S_ISREG(st.st_mode)) {
        diag_add(diag, media_error(where), "“%s”不是普通文件", "'%s' is not a regular file", href);
        goto done;
    }
    ssize_t n = pread(fd, head, sizeof head, 0);
    m->type = n > 0 ? media_sniff(head, (size_t)n) : MEDIA_EMPTY;
    size_t most = limits && limits->bytes
                      ? limits->bytes
                      : (size_t)MIB * (m->type == MEDIA_PDF ? PDF_MIB : IMAGE_MIB);
    if ((uintmax_t)st.st_size > most) {
        diag_add(diag, media_error(where), "文件“%s”有 %jd 字节，超过上限 %zu",
                 "file '%s' has %jd bytes, more than the limit of %zu", href, (intmax_t)st.st_size,
                 most);
        goto done;
    }
    m->size = (size_t)st.st_size;
    m->map = mem_alloc(m->size, 1);
    m->data = m->map;
    ok = read_whole(fd, m->map, m->size);
    if (!ok)
        diag_add(diag, media_error(where), "文件“%s”无法读取（%s）",
                 "file '%s' cannot be read (%s)", href, strerror(errno));
done:
    if (fd >= 0)
        close(fd);
    if (!ok)
        media_close(m);
    return ok;
}

void media_close(struct media_file *m)
{
    free(m->map);
    *m = (struct media_file){0};
}
