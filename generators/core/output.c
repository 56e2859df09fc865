/* output.c - see output.h. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "core/output.h"

#include "core/expected.h"
#include "core/machine.h"
#include "core/pipes.h"
#include "core/protected.h"
#include "core/read_at.h"
#include "core/real_path.h"
#include "core/strings.h"
#include "core/system_error.h"
#include "core/temporary.h"
#include "core/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* What to do about an error of the system; the rest is said in the C library's words. */
static const struct {
    int error;
    const char *zh, *en;
} advice[] = {
    {ENOSPC, "磁盘已满，请腾出空间", "the disk is full: free some room"},
    {EDQUOT, "磁盘配额已用完，请腾出空间", "the disk quota is used up: free some room"},
    {EACCES, "没有写入权限，请换一个文件夹",
     "there is no permission to write: choose another folder"},
    {EPERM, "没有写入权限，请换一个文件夹",
     "there is no permission to write: choose another folder"},
    {EROFS, "所在磁盘只读，请换一个位置", "the file system is read-only: choose another place"},
    {ENOENT, "所在文件夹不存在，请先建立", "its folder does not exist: make it first"},
    {ENOTDIR, "路径中有一段不是文件夹，请核对", "part of the path is no folder: check it"},
    {EISDIR, "这是一个文件夹，请写明文件名", "it is a folder: name a file in it"},
    {ENAMETOOLONG, "名称过长，请改短", "the name is too long: shorten it"},
    {ELOOP, "这是一个无处可去的链接，请删除或改正",
     "it is a link that leads nowhere: remove or mend it"},
    {EFBIG, "文件大小超过限制，请放宽 ulimit -f 或换一个磁盘",
     "the file is larger than the limit: raise ulimit -f or choose another disk"},
    {EIO, "磁盘读写出错，请检查磁盘", "the disk failed: check it"},
    {ENXIO, "这是管道（FIFO），没有程序在读；请先运行读它的程序，或写到普通文件",
     "this is a pipe (FIFO) that nobody reads: start who reads first, or name a file"},
};

bool output_failed(const char *path, struct diag *diag)
{
    int error = errno;
    struct system_error known = system_error(error);
    const char *zh = known.text[LANGUAGE_ZH], *en = known.text[LANGUAGE_EN];
    for (size_t i = 0; i < sizeof advice / sizeof *advice; i++) {
        if (advice[i].error == error) {
            zh = advice[i].zh;
            en = advice[i].en;
        }
    }
    return diag_system(diag, (struct src_pos){path, 0}, "无法写入：%s%.0s", "cannot write: %.0s%s",
                       zh, en);
}

bool output_bytes(int fd, const void *data, size_t len)
{
    const char *p = data;
    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) { /* someone who shares our output made it so */
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
            continue;
        }
        if (n == 0)
            errno = EIO;
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

/* What is to be written: bytes in memory, or (data NULL) all of a file; nameless: one that may get
 * the name itself. */
struct file_content {
    const void *data;
    size_t len;
    int from;
    bool nameless;
};

/* How the writing of a file has ended. IMPOSSIBLE: the file system cannot do it this way, another
 * may go. What has failed on its way to the disk is final: a second fsync may call a success what
 * the first has lost. */
enum outcome { PUBLISHED, IMPOSSIBLE, FAILED };

static bool pour(int fd, const struct file_content *c)
{
    enum { PIECE = 64 * 1024 };
    char piece[PIECE];
    off_t at = 0;

    if (c->data)
        return output_bytes(fd, c->data, c->len);
    for (ssize_t n; (n = read_at(c->from, piece, PIECE, at)) != 0; at += n)
        if (n < 0 || !output_bytes(fd, piece, (size_t)n))
            return false;
    return true;
}

/* close, which may be the first to say that the bytes did not arrive; an earlier error stays. */
static bool closed(int fd, bool ok)
{
    int saved = errno;
    if (close(fd) < 0 && ok)
        return false;
    errno = saved;
    return ok;
}

static bool write_through(const char *path, const struct file_content *c)
{
    int fd = strcmp(path, "-") ? expected_pipe(path) : dup(STDOUT_FILENO);
    if (fd < 0 && strcmp(path, "-"))
        fd = pipe_open_to_write(path);
    return fd >= 0 && closed(fd, pour(fd, c));
}

/* What cannot be synced (some network file systems) is as safe as it gets. */
static bool synced(int fd)
{
    while (fsync(fd) < 0)
        if (errno != EINTR)
            return errno == EINVAL || errno == EOPNOTSUPP;
    return true;
}

/* A new name is on the disk when its directory is. */
static bool sync_directory(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return true; /* one may write in it, but not read */
    return closed(fd, synced(fd));
}

/* Gives the nameless file a temporary name in dir. NULL: it cannot be done here. */
static char *link_nameless(struct arena *arena, int fd, const char *dir)
{
    enum { TRIES = 100 };
    const char *self = arena_printf(arena, "/proc/self/fd/%d", fd);
    for (int i = 0; i < TRIES; i++) {
        char *name = temporary_name(arena, dir);
        if (linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0)
            return name;
        if (errno != EEXIST)
            return NULL;
    }
    return NULL;
}

/* A file that is written and does not have its name yet. */
struct pending {
    const char *path;
    char *dir, *name; /* name: the temporary one; NULL: nameless so far */
    int fd;
};

static char *directory_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_strndup(arena, path, (size_t)(slash - path) + 1) : "./";
}

/* What a process that was killed has left where we are going to write: looked for once a folder, as
 * most documents of a run go to few. */
static void sweep(const char *dir)
{
    static struct arena kept;
    static const char *last;
    if (last && !strcmp(last, dir))
        return;
    arena_free(&kept);
    last = arena_strdup(&kept, dir);
    temporary_sweep(dir);
}

static struct {
    bool asked;
    mode_t mask;
    gid_t group;
} shared = {.group = (gid_t)-1};

void output_share(mode_t mask, gid_t group)
{
    shared.asked = true;
    shared.mask = mask;
    shared.group = group;
}

/* false: errno says why. One that is there stays as it is. Its mode is right from the start: where
 * the folder above gives its group to all in it, a later chmod by somebody who is not in the group
 * would end that. */
static bool make_one_directory(const char *path)
{
    mode_t before = shared.asked ? umask(shared.mask) : 0;
    bool made = mkdir(path, shared.asked ? 0777 : 0700) == 0, there = made || errno == EEXIST;
    if (shared.asked)
        umask(before);
    if (made && shared.group != (gid_t)-1 && chown(path, (uid_t)-1, shared.group) < 0)
        (void)chmod(path, 0700);
    return there;
}

/* It stays private unless the old one was ours and it belongs to its group again: another user's
 * file is replaced, but neither its owner nor its mode may get at the data. */
static void belong(int fd, const struct stat *old)
{
    if (shared.asked) {
        bool group = shared.group == (gid_t)-1 || fchown(fd, (uid_t)-1, shared.group) == 0;
        if (group)
            (void)fchmod(fd, 0666 & ~shared.mask);
        return;
    }
    if (old && old->st_uid == geteuid() && fchown(fd, (uid_t)-1, old->st_gid) == 0)
        (void)fchmod(fd, old->st_mode & 0777);
}

void output_share_file(int fd)
{
    belong(fd, NULL);
}

/* Writes it. path is a regular file (old) or nothing yet (NULL). Nameless, the bytes vanish with us
 * if we are killed; the other way works wherever files do. The temporary name owes nothing to the
 * file's own, which may be as long as names can be. */
static enum outcome prepare(struct pending *p, struct arena *arena, const char *path,
                            const struct stat *old, const struct file_content *c, bool nameless)
{
    *p = (struct pending){.path = path, .dir = directory_of(arena, path)};
    sweep(p->dir);
    p->fd = nameless ? open(p->dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600)
                     : temporary_create(arena, p->dir, &p->name);
    if (p->fd < 0)
        return nameless ? IMPOSSIBLE : FAILED;
    belong(p->fd, old);
    return pour(p->fd, c) ? PUBLISHED : FAILED;
}

static void abandon(struct pending *p)
{
    int saved = errno;
    if (p->fd >= 0)
        close(p->fd);
    if (p->fd >= 0 && p->name)
        unlink(p->name);
    p->fd = -1;
    errno = saved;
}

/* Gives the nameless file its name at once where nothing has that: no kill can come in between.
 * false: something has, or it cannot be done. */
static bool link_to_free_name(int fd, const char *path)
{
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

/* On the disk, and then under its name. */
static enum outcome publish(struct pending *p, struct arena *arena)
{
    bool ok = synced(p->fd), impossible = false;
    if (ok && !p->name && link_to_free_name(p->fd, p->path)) {
        ok = closed(p->fd, true);
        p->fd = -1;
        return ok ? PUBLISHED : FAILED;
    }
    if (ok && !p->name) {
        ok = (p->name = link_nameless(arena, p->fd, p->dir)) != NULL;
        impossible = !ok;
    }
    ok = closed(p->fd, ok) && rename(p->name, p->path) == 0;
    p->fd = -1;
    if (!ok && p->name) {
        int saved = errno;
        unlink(p->name);
        errno = saved;
    }
    return ok ? PUBLISHED : impossible ? IMPOSSIBLE : FAILED;
}

static enum outcome replace(const char *path, const struct stat *old, const struct file_content *c,
                            bool nameless)
{
    struct arena arena = {0};
    struct pending p;
    enum outcome end = prepare(&p, &arena, path, old, c, nameless);

    if (end == PUBLISHED)
        end = publish(&p, &arena);
    else
        abandon(&p);
    if (end == PUBLISHED && !sync_directory(p.dir))
        end = FAILED;
    arena_free(&arena);
    return end;
}

/* Gives c's file the name, if it lies where it can have it. */
static enum outcome adopt(const char *path, const struct stat *old, const struct file_content *c)
{
    struct arena arena = {0};
    struct pending p = {.path = path, .dir = directory_of(&arena, path), .fd = dup(c->from)};
    enum outcome end = FAILED;

    sweep(p.dir);
    if (p.fd >= 0) {
        belong(p.fd, old);
        end = publish(&p, &arena);
        if (end == PUBLISHED && !sync_directory(p.dir))
            end = FAILED;
    }
    arena_free(&arena);
    return end;
}

static bool put(const char *path, const struct stat *old, const struct file_content *c)
{
    enum outcome end = c->nameless ? adopt(path, old, c) : IMPOSSIBLE;
    if (end == IMPOSSIBLE)
        end = replace(path, old, c, true);
    if (end == IMPOSSIBLE)
        end = replace(path, old, c, false);
    return end == PUBLISHED;
}

static bool is_protected(const char *path, const struct stat *st, struct diag *diag)
{
    static const char *const what[PROTECTED_KINDS][LANGUAGE_COUNT] = {
        [PROTECTED_INPUT] = {"数据文件", "an input"},
        [PROTECTED_ATTACHMENT] = {"附件", "an attachment"},
        [PROTECTED_TEMPLATE] = {"模板", "a template"},
        [PROTECTED_FONT] = {"字体", "a font"}};
    enum protected_kind kind;
    if (!S_ISREG(st->st_mode) || !protected_is(path, st, &kind))
        return false;
    diag_system(diag, (struct src_pos){path, 0},
                "这是本次所读的%s%.0s，不能覆盖；请给要写的文件另起名字",
                "this is %.0s%s of this run, and is not written over: give what is "
                "written another name",
                what[kind][LANGUAGE_ZH], what[kind][LANGUAGE_EN]);
    return true;
}

bool output_is_protected(const char *path, struct diag *diag)
{
    struct stat st;
    return stat(path, &st) == 0 && is_protected(path, &st, diag);
}

/* links: what becomes of one in its place. */
enum links { LINK_FOLLOWED, LINK_REPLACED };

static bool deliver(const char *path, const struct file_content *c, enum links links,
                    struct diag *diag)
{
    struct stat st;

    if (!strcmp(path, "-"))
        return write_through(path, c) || output_failed(path, diag);
    bool there = lstat(path, &st) == 0, linked = there && S_ISLNK(st.st_mode);
    if (linked && links == LINK_REPLACED)
        return put(path, NULL, c) || output_failed(path, diag);
    if (!there || stat(path, &st) < 0) {
        if (errno == ENOENT && *path && !linked)
            return put(path, NULL, c) || output_failed(path, diag);
        if (errno == ENOENT)
            errno = linked ? ELOOP : EISDIR;
        return output_failed(path, diag);
    }
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return output_failed(path, diag);
    }
    if (!S_ISREG(st.st_mode))
        return write_through(path, c) || output_failed(path, diag);
    if (is_protected(path, &st, diag))
        return false;
    char *real = linked ? realpath(path, NULL) : NULL;
    bool ok = (real || !linked) && put(real ? real : path, &st, c);
    int saved = errno;
    free(real);
    errno = saved;
    return ok || output_failed(path, diag);
}

/* What deliver would fail for before it writes. */
bool output_can_be(const char *path, struct diag *diag)
{
    struct stat st;
    bool linked = lstat(path, &st) == 0 && S_ISLNK(st.st_mode), there = stat(path, &st) == 0;

    if (there ? S_ISDIR(st.st_mode)
              : errno == ENOENT && (linked || !*path || path[strlen(path) - 1] == '/')) {
        errno = linked && !there ? ELOOP : EISDIR;
        return output_failed(path, diag);
    }
    if (there && !S_ISREG(st.st_mode))
        return true;
    if (!there && errno != ENOENT)
        return output_failed(path, diag);
    int fd = output_temporary(path, diag);
    return fd >= 0 && (close(fd) == 0 || output_failed(path, diag));
}

bool output_bytes_at(int fd, const void *data, size_t len, off_t at)
{
    for (const char *p = data; len > 0;) {
        ssize_t n = pwrite(fd, p, len, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

/* Does a regular file, and no link, hold just this? */
static bool holds(const char *path, const struct file_content *c)
{
    enum { BLOCK = 1 << 16 };
    struct stat st, from;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    bool same = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
                (c->data || fstat(c->from, &from) == 0);
    size_t len = c->data ? c->len : same ? (size_t)from.st_size : 0;

    same = same && (size_t)st.st_size == len;
    for (size_t at = 0, n; same && at < len; at += n) {
        char block[BLOCK], other[BLOCK];
        n = len - at < BLOCK ? len - at : BLOCK;
        same = read_all_at(fd, block, n, (off_t)at) &&
               (c->data || read_all_at(c->from, other, n, (off_t)at)) &&
               !memcmp(block, c->data ? (const char *)c->data + at : other, n);
    }
    if (fd >= 0)
        close(fd);
    return same;
}

bool output_write(const char *path, const void *data, size_t len, struct diag *diag)
{
    return deliver(path, &(struct file_content){data ? data : "", len, -1, false}, LINK_FOLLOWED,
                   diag);
}

bool output_copy(const char *path, int from, struct diag *diag)
{
    return deliver(path, &(struct file_content){NULL, 0, from, false}, LINK_FOLLOWED, diag);
}

bool output_name(const char *path, int file, struct diag *diag)
{
    return deliver(path, &(struct file_content){NULL, 0, file, true}, LINK_FOLLOWED, diag);
}

int output_temporary(const char *path, struct diag *diag)
{
    struct arena arena = {0};
    struct stat st;
    const char *dir = temporary_folder();
    bool near = strcmp(path, "-") && (stat(path, &st) < 0 || S_ISREG(st.st_mode));
    if (near) {
        char *real = realpath(path, NULL); /* of a link, where it leads */
        dir = directory_of(&arena, real ? real : path);
        free(real);
    }
    int fd = temporary_in(dir);
    if (fd < 0)
        output_failed(near ? path : dir, diag);
    arena_free(&arena);
    return fd;
}

bool output_update(const char *path, const void *data, size_t len, bool *written, struct diag *diag)
{
    const struct file_content c = {data ? data : "", len, -1, false};
    *written = !holds(path, &c);
    return !*written || deliver(path, &c, LINK_REPLACED, diag);
}

bool output_update_name(const char *path, int file, bool *written, struct diag *diag)
{
    const struct file_content c = {NULL, 0, file, true};
    *written = !holds(path, &c);
    return !*written || deliver(path, &c, LINK_REPLACED, diag);
}

static bool write_file(const struct output_file *f, struct diag *diag)
{
    const struct file_content c = {f->data, f->len, f->data ? -1 : f->file, !f->data};
    return deliver(f->path, &c, LINK_REPLACED, diag);
}

/* The file that is to get the name, as one that is pending; false: it cannot be, or is a link. */
static enum outcome adopt_later(struct pending *p, struct arena *arena, const char *path,
                                const struct stat *old, int file)
{
    *p = (struct pending){.path = path, .dir = directory_of(arena, path), .fd = dup(file)};
    sweep(p->dir);
    if (p->fd >= 0)
        belong(p->fd, old);
    return p->fd >= 0 ? PUBLISHED : FAILED;
}

bool output_update_all(const struct output_file *files, size_t n, struct diag *diag)
{
    struct arena arena = {0};
    struct pending *all = ARENA_ARRAY(&arena, struct pending, n + 1);
    const char *dir = NULL;
    bool ok = true;

    for (size_t i = 0; i < n; i++)
        all[i].fd = -1;
    for (size_t i = 0; i < n && ok; i++) {
        const struct output_file *f = &files[i];
        const struct file_content c = {f->data, f->len, f->data ? -1 : f->file, false};
        struct stat st;
        bool there = lstat(f->path, &st) == 0;
        const struct stat *old = there ? &st : NULL;
        if (!there && errno != ENOENT) {
            ok = output_failed(f->path, diag);
            continue;
        }
        if (there && holds(f->path, &c))
            continue;
        if (there && is_protected(f->path, &st, diag)) {
            ok = false;
            continue;
        }
        if (there && !S_ISREG(st.st_mode)) {
            ok = write_file(f, diag);
            continue;
        }
        enum outcome end = f->data ? prepare(&all[i], &arena, f->path, old, &c, true)
                                   : adopt_later(&all[i], &arena, f->path, old, f->file);
        if (end == PUBLISHED) {
            /* all are on their way to the disk before the first is waited for */
            (void)sync_file_range(all[i].fd, 0, 0, SYNC_FILE_RANGE_WRITE);
        } else {
            abandon(&all[i]);
            ok = end == IMPOSSIBLE ? write_file(f, diag) : output_failed(f->path, diag);
        }
    }
    for (size_t i = 0; i < n; i++) {
        struct pending *p = &all[i];
        if (p->fd < 0)
            continue;
        if (!ok) {
            abandon(p);
            continue;
        }
        enum outcome end = publish(p, &arena);
        if (end != PUBLISHED)
            ok = end == IMPOSSIBLE ? write_file(&files[i], diag) : output_failed(p->path, diag);
        if (dir && strcmp(dir, p->dir) && !sync_directory(dir))
            ok = output_failed(dir, diag);
        dir = p->dir;
    }
    if (dir && !sync_directory(dir))
        ok = output_failed(dir, diag);
    arena_free(&arena);
    return ok;
}

bool output_is_file_name(const char *path)
{
    static const char *const endings[] = {".pdf", ".xlsx", ".json", ".html", ".xml", ".zip", NULL};
    struct stat st;
    if (stat(path, &st) == 0)
        return !S_ISDIR(st.st_mode);
    return path_ends_in(path, endings);
}

bool output_choose(const char *output, size_t n, const char **directory, struct diag *diag)
{
    bool file = !output || !strcmp(output, "-");

    if (n <= 1 && (file || (output[strlen(output) - 1] != '/' && !path_is_folder(output))))
        return true;
    if (file)
        return diag_system(diag, (struct src_pos){0}, "共 %zu 份文件，请用 -o 指定目录",
                           "%zu documents need a directory: use -o DIR/", n);
    if (n > 1 && output_is_file_name(output))
        return diag_system(
            diag, (struct src_pos){output, 0},
            "共 %zu 份文件，一个文件名不够；请用 -o 指定目录（如 -o 材料/），或用 -a "
            "只做一人",
            "%zu documents do not go into one file: name a directory (-o DIR/), or "
            "one applicant (-a)",
            n);
    *directory = output;
    return output_make_directory(output, diag);
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
        ok = make_one_directory(copy) || output_failed(path, diag);
        *p = c;
        if (c == '\0')
            break;
    }
    if (ok && !path_is_folder(path)) {
        errno = ENOTDIR;
        ok = output_failed(path, diag);
    }
    arena_free(&arena);
    return ok;
}

/* Ends path, which begins with root, after its next name; at: where the last one ended. The byte
 * that is overwritten goes to *next. */
static char *end_name(char *at, char *next)
{
    char *end = at + 1 + strcspn(at + 1, "/");
    *next = *end;
    *end = '\0';
    return end;
}

static bool is_link(const char *path)
{
    struct stat st;
    bool there = lstat(path, &st) == 0;
    if (!there)
        machine_ask(path);
    return there && S_ISLNK(st.st_mode);
}

bool output_lies_within(const char *root, const char *file)
{
    struct arena arena = {0};
    char *path = arena_printf(&arena, "%s/%s", root, file), *p = path + strlen(root), next = '/';
    bool ok = true;

    while (ok && next) {
        p = end_name(p, &next);
        ok = !next || !is_link(path);
        *p = next;
    }
    arena_free(&arena);
    return ok;
}

bool output_make_folder(const char *root, const char *folder, struct diag *diag)
{
    struct arena arena = {0};
    char *path = arena_printf(&arena, "%s/%s", root, folder), *p = path + strlen(root),
         next = *folder;
    bool ok = output_make_directory(root, diag);

    while (ok && next) {
        p = end_name(p, &next);
        if (is_link(path))
            ok = diag_system(diag, (struct src_pos){path, 0},
                             "这里是一个链接，不经它写到别处；请删除",
                             "this is a link, and nothing is written through it: remove it");
        else
            ok = output_make_directory(path, diag);
        *p = next;
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
        bool bad = cp == UTF8_BAD || cp < 0x20 || cp == 0x7F || utf8_is_unprintable(cp) ||
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
