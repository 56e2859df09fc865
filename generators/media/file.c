/* file.c - opens a cited file: inside the input's directory, regular, within its limits, read whole
 * into memory.
 *
 * Read rather than mapped: a file that is truncated while it is mapped would kill the process, and
 * one that is rewritten would change between looking at it and drawing it. */
#define _GNU_SOURCE /* O_PATH */
#include "media/fault.h"

#include "core/machine.h"
#include "core/read_at.h"
#include "core/system_error.h"
#include "core/workers.h"
#include "media/near_name.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MIB = 1 << 20, IMAGE_MIB = 64, PDF_MIB = 512, LARGE = 1 << 17 };
enum { DEEPEST = 32, MOST_LINKS = 40, LONGEST_LINK = 4096 };

static const struct media_fault no_name = {"没有写文件名", "names no file: write one", false};
static const struct media_fault address = {
    "是网上的地址，请把文件下载到数据文件所在的文件夹，再写文件名",
    "is an address in the network: download the file into the input's directory and cite it there",
    false};
static const struct media_fault outside = {
    "不在数据文件所在的文件夹内，请把文件放进来并用相对路径",
    "lies outside the input's directory: put the file inside and cite it by a relative path",
    false};
static const struct media_fault link_outside = {
    "经由绝对路径或通向外面的链接，离开了数据文件所在的文件夹，请把文件本身放进来",
    "goes through a link that is absolute or leaves the input's directory: put the file itself "
    "inside",
    false};
static const struct media_fault too_deep = {"所在文件夹的层数过多，请放浅一些",
                                            "lies too deep in folders: move it up", false};
static const struct media_fault is_folder = {"是文件夹，请写出其中的文件",
                                             "is a folder: cite a file in it", false};
static const struct media_fault is_pipe = {"是管道，请换成普通文件",
                                           "is a pipe: put a plain file there", false};
static const struct media_fault is_socket = {"是套接字，请换成普通文件",
                                             "is a socket: put a plain file there", false};
static const struct media_fault is_device = {"是设备，请换成普通文件",
                                             "is a device: put a plain file there", false};
static const struct media_fault changed = {
    "在读取时被改动，请等它写完再试", "changed while it was read: try again when it is written",
    false};

static const struct {
    int error;
    struct media_fault fault;
} system_faults[] = {
    {ENOENT,
     {"找不到，请核对文件名和所在文件夹", "cannot be found: check its name and folder", false}},
    {ENOTDIR,
     {"的路径中有一段不是文件夹，请核对", "has a part in its path that is no folder: check it",
      false}},
    {EACCES, {"没有读取权限，请修改权限", "may not be read: change its permissions", false}},
    {EPERM, {"没有读取权限，请修改权限", "may not be read: change its permissions", false}},
    {ENAMETOOLONG, {"名称过长，请改短", "has a name that is too long: shorten it", false}},
    {ELOOP,
     {"的链接绕来绕去没有尽头，请改正", "goes through links without an end: mend them", false}},
    {EMFILE,
     {"无法打开：已打开的文件太多，请放宽 ulimit -n",
      "cannot be opened, too many files are: raise ulimit -n", true}},
    {ENFILE,
     {"无法打开：系统已打开的文件太多，请稍后再试",
      "cannot be opened, too many files are in this system: try later", true}},
    {EIO, {"读取时磁盘出错，请检查磁盘", "cannot be read since the disk failed: check it", true}},
};

/* The fault of errno. */
static const struct media_fault *system_fault(struct arena *a)
{
    int error = errno;
    for (size_t i = 0; i < sizeof system_faults / sizeof *system_faults; i++)
        if (system_faults[i].error == error)
            return &system_faults[i].fault;
    struct media_fault *f = ARENA_NEW(a, struct media_fault);
    *f = (struct media_fault){
        arena_printf(a, "无法读取（%s）", system_error(error).text[LANGUAGE_ZH]),
        arena_printf(a, "cannot be read (%s)", system_error(error).text[LANGUAGE_EN]), true};
    return f;
}

/* The directories from the input's to the one where the path has come so far. All are held open:
 * nobody can swap one for a link meanwhile, and ".." leads back to the one before. */
struct path_walk {
    struct arena *arena;
    int fds[DEEPEST]; /* the first is the input's directory */
    size_t n;
    const char *rest; /* what is still to be walked */
    size_t links;
};

static const struct media_fault *follow_link(struct path_walk *w, const char *name)
{
    char target[LONGEST_LINK];
    ssize_t len = readlinkat(w->fds[w->n - 1], name, target, sizeof target);
    if (len < 0)
        return system_fault(w->arena);
    errno = len == sizeof target ? ENAMETOOLONG : ELOOP;
    if (len == sizeof target || ++w->links > MOST_LINKS)
        return system_fault(w->arena);
    if (*target == '/')
        return &link_outside;
    w->rest = arena_printf(w->arena, "%.*s%s", (int)len, target, w->rest);
    return NULL;
}

static const struct media_fault *enter_folder(struct path_walk *w, const char *name)
{
    if (w->n == DEEPEST)
        return &too_deep;
    int fd = openat(w->fds[w->n - 1], name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return system_fault(w->arena);
    w->fds[w->n++] = fd;
    return NULL;
}

static const struct media_fault *leave_folder(struct path_walk *w)
{
    if (w->n == 1)
        return w->links ? &link_outside : &outside;
    close(w->fds[--w->n]);
    return NULL;
}

static const struct media_fault *irregular(mode_t mode)
{
    if (S_ISDIR(mode))
        return &is_folder;
    if (S_ISFIFO(mode))
        return &is_pipe;
    return S_ISSOCK(mode) ? &is_socket : &is_device;
}

/* One component of the way; the file's state goes to *st, and its descriptor to *fd when it is
 * reached; look: it is not opened. */
static const struct media_fault *step(struct path_walk *w, bool look, struct stat *st, int *fd)
{
    w->rest += strspn(w->rest, "/");
    size_t len = strcspn(w->rest, "/");
    const char *name = arena_strndup(w->arena, w->rest, len);
    w->rest += len;

    if (len == 0)
        return &is_folder;
    if (!strcmp(name, "."))
        return NULL;
    if (!strcmp(name, ".."))
        return leave_folder(w);
    if (fstatat(w->fds[w->n - 1], name, st, AT_SYMLINK_NOFOLLOW) < 0)
        return system_fault(w->arena);
    if (S_ISLNK(st->st_mode))
        return follow_link(w, name);
    if (S_ISDIR(st->st_mode))
        return enter_folder(w, name);
    errno = ENOTDIR;
    if (*w->rest)
        return system_fault(w->arena);
    if (!S_ISREG(st->st_mode))
        return irregular(st->st_mode);
    if (look) {
        *fd = 0;
        return NULL;
    }
    /* NONBLOCK and NOFOLLOW: for what may have been put there since. */
    *fd = openat(w->fds[w->n - 1], name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
    return *fd < 0 ? system_fault(w->arena) : NULL;
}

static const struct media_fault *walk(struct arena *arena, const char *dir, const char *href,
                                      bool look, struct stat *st, int *fd)
{
    struct path_walk w = {.arena = arena, .rest = href};
    const struct media_fault *fault = NULL;

    if (*href == '\0')
        return &no_name;
    if (*href == '/')
        return &outside;
    w.fds[0] = open(*dir ? dir : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (w.fds[0] < 0)
        return system_fault(arena);
    w.n = 1;
    while (!fault && *fd < 0)
        fault = step(&w, look, st, fd);
    while (w.n > 0)
        close(w.fds[--w.n]);
    return fault;
}

static ssize_t read_some(int fd, void *data, size_t size)
{
    ssize_t n;
    do
        n = read(fd, data, size);
    while (n < 0 && errno == EINTR);
    return n;
}

static const struct media_fault *read_whole(struct arena *arena, int fd, unsigned char *data,
                                            size_t size)
{
    unsigned char more;
    for (size_t got = 0; got < size;) {
        ssize_t n = read_some(fd, data + got, size - got);
        if (n <= 0)
            return n == 0 ? &changed : system_fault(arena);
        got += (size_t)n;
    }
    ssize_t n = read_some(fd, &more, 1);
    return n < 0 ? system_fault(arena) : n == 0 ? NULL : &changed;
}

/* A large run of bytes comes from the system with its pages in place, which costs half of what it
 * costs to have them one by one. */
static void allocate(struct media_file *m)
{
    void *p = m->size < LARGE ? MAP_FAILED
                              : mmap(NULL, m->size, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    m->mapped = p != MAP_FAILED;
    m->data = m->map = m->mapped ? p : mem_resize(NULL, m->size, 1);
}

static void release(struct media_file *m)
{
    if (m->mapped)
        munmap(m->map, m->size);
    else
        free(m->map);
}

/* "70.2 MB" */
static const char *size_text(struct arena *arena, uintmax_t bytes)
{
    return bytes < MIB ? arena_printf(arena, "%ju B", bytes)
                       : arena_printf(arena, "%.1f MB", (double)bytes / MIB);
}

static bool refuse_size(const char *href, uintmax_t size, uintmax_t most,
                        const struct finding *where, struct diag *diag)
{
    return diag_add(diag, media_error(where), "“%s”有 %s，超过上限 %s，请压缩、缩小或拆分",
                    "'%s' has %s, more than the limit of %s: compress, scale or split it",
                    media_shown(diag, href), size_text(&diag->arena, size),
                    size_text(&diag->arena, most));
}

/* Where there is no such file: which one may be meant. */
static const struct media_fault *find_meant(struct arena *a, const char *dir, const char *href,
                                            const struct media_fault *fault)
{
    struct near_name near;
    bool drive = isalpha((unsigned char)href[0]) && href[1] == ':';
    if (fault == &system_faults[0].fault && strstr(href, "://") && strncmp(href, "file:", 5))
        return &address;
    if (fault != &system_faults[0].fault || !near_name_find(&near, a, dir, href))
        return fault == &system_faults[0].fault && drive ? &outside : fault;
    struct media_fault *f = ARENA_NEW(a, struct media_fault);
    *f = near.other_bytes
             ? (struct media_fault){arena_printf(a,
                                                 "找不到；“%s”在，但文件名是 GBK 编码的，请把文件"
                                                 "改名（解压时选 GBK 编码，或重新输入文件名）",
                                                 near.path),
                                    arena_printf(a,
                                                 "cannot be found; '%s' is there under a name in "
                                                 "GBK: rename it (unpack it as GBK, or type its "
                                                 "name again)",
                                                 near.path),
                                    false}
             : (struct media_fault){
                   arena_printf(a,
                                "找不到；有“%s”，写法不同（大小写、空格、斜杠、"
                                "全半角、组合字符或后缀），请照文件名引用，或把文件改名",
                                near.path),
                   arena_printf(a,
                                "cannot be found; there is '%s', written otherwise "
                                "(case, blanks, slashes, width, composition or "
                                "suffix): "
                                "cite it by its name, or rename it",
                                near.path),
                   false};
    return f;
}

bool media_open(struct media_file *m, const char *dir, const char *href,
                const struct media_limits *limits, const struct finding *where, struct diag *diag)
{
    struct stat st = {0};
    unsigned char head[1024];
    struct arena arena = {0};
    int fd = -1;
    bool ok = false;

    *m = (struct media_file){.href = href};
    workers_note(href); /* until it has been read, counted or decoded, or is closed */
    const struct media_fault *fault = walk(&arena, dir, href, false, &st, &fd);
    fault = find_meant(&arena, dir, href, fault);
    if (!fault && fstat(fd, &st) < 0)
        fault = system_fault(&arena);
    if (!fault && !S_ISREG(st.st_mode))
        fault = irregular(st.st_mode);
    if (fault) {
        media_report(href, fault, where, diag);
        goto done;
    }
    ssize_t n = read_at(fd, head, sizeof head, 0);
    if (n < 0) {
        media_report(href, system_fault(&arena), where, diag);
        goto done;
    }
    bool pdf = n > 0 && media_sniff(head, (size_t)n) == MEDIA_PDF;
    size_t most =
        limits && limits->bytes ? limits->bytes : (size_t)MIB * (pdf ? PDF_MIB : IMAGE_MIB);
    if ((uintmax_t)st.st_size > most) {
        refuse_size(href, (uintmax_t)st.st_size, most, where, diag);
        goto done;
    }
    m->size = (size_t)st.st_size;
    allocate(m);
    if ((fault = read_whole(&arena, fd, m->map, m->size)))
        media_report(href, fault, where, diag);
    else
        ok = true;
    m->type = media_sniff(m->data, m->size);
done:
    if (fd >= 0)
        close(fd);
    if (!ok)
        media_close(m);
    arena_free(&arena);
    return ok;
}

bool media_look(const char *dir, const char *href, struct stat *st)
{
    struct arena arena = {0};
    int reached = -1;
    const struct media_fault *fault = walk(&arena, dir, href, true, st, &reached);
    bool ok = !fault;
    if (fault && fault->system)
        machine_ask(href);
    arena_free(&arena);
    return ok;
}

void media_close(struct media_file *m)
{
    release(m);
    *m = (struct media_file){0};
    workers_note("");
}
