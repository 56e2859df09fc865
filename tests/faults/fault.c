/* fault.c - a library to be preloaded: the n-th call of a kind fails in the program and all of its
 * processes.
 *
 *     FAULT=KIND:N:ERRNO   that call fails with this errno, by name; read and write may be SHORT
 *                          instead: they do one byte; :ALL after it: all calls from there on fail
 *     FAULT=any:N:KILL     at the N-th of all calls but allocations, its process group is killed
 *     FAULT_COUNTS=FILE    where the numbers of calls are kept, by kind, as unsigned longs
 *     FAULT_SITES=FILE     where it is kept from where each call came: SITES numbers a kind, each a
 *                          digest of the innermost callers, 6 or FAULT_CALLERS of them, the same
 *                          for every program of one build
 *     FAULT_IN=WORD        only in processes that have this word among their arguments
 *     FAULT_NAMELESS=no    the file system knows no files without a name (O_TMPFILE)
 *     FAULT_CHANGED=N:PATH:OTHER:TRUE   as the file PATH is opened the N-th time it is what the file
 *                          OTHER is, and what TRUE is from the next time on
 *     FAULT_CLOCK=BACK:FROM   the clock has been set back by BACK seconds, at FROM (seconds since
 *                          1970): the time of day, and the times of files that were changed since
 *
 * Kinds are the names in the table below. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <iconv.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum kind {
    ALLOC, OPEN, READ, WRITE, RENAME, LINK, UNLINK, FSYNC, MMAP, FORK, STAT, MKDIR, TRUNCATE, CLOSE, DIRS, ACCESS, POLL, WAIT,
    SEEK, MODE, LOCK, DESCRIPTOR, PROCESS, LOAD, ANY, KINDS
};

static const char *const names[KINDS] = {"alloc", "open",  "read",     "write",  "rename", "link", "unlink",     "fsync",   "mmap",
                                         "fork",  "stat",  "mkdir",    "truncate", "close", "dirs", "access",    "poll",    "wait",
                                         "seek",  "mode",  "lock",     "descriptor", "process", "load", "any"};

static const struct {
    const char *name;
    int value;
} errors[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"ESTALE", ESTALE}, {"EINTR", EINTR}, {"EAGAIN", EAGAIN},
              {"ENOMEM", ENOMEM}, {"EMFILE", EMFILE}, {"ENFILE", ENFILE}, {"EACCES", EACCES}, {"EXDEV", EXDEV}, {"EDQUOT", EDQUOT},
              {"EPERM", EPERM},   {"ENOLCK", ENOLCK}, {"EINVAL", EINVAL}, {"EROFS", EROFS}, {"ETXTBSY", ETXTBSY}, {"SHORT", 0}, {"KILL", 0}};

enum { SITES = 1 << 22, CALLERS = 16, OWN = 2 /* frames of ours */ };

struct counts {
    atomic_ulong calls[KINDS];
    atomic_ulong opened; /* the file of FAULT_CHANGED */
};

static struct counts own, *counts = &own;
static enum kind failing = KINDS;
static unsigned long at;
static int failure;
static bool all;
static bool ready;
static int depth = 6;
static uint32_t (*sites)[SITES]; /* NULL: nobody asks */
static bool without_nameless;
static long clock_back, clock_from;
static char change[3 * PATH_MAX]; /* PATH, OTHER, TRUE, each with its end */
static unsigned long change_at;   /* 0: no file is changed */

/* Is the word one of this process's arguments? */
static bool is_argument(const char *word)
{
    static char line[16384];
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY);
    long n = syscall(SYS_read, fd, line, sizeof line - 1);
    syscall(SYS_close, fd);
    for (const char *p = line; p < line + n; p += strlen(p) + 1)
        if (!strcmp(p, word))
            return true;
    return false;
}

/* Not by malloc: it is among what fails. */
static void __attribute__((constructor)) set_up(void)
{
    const char *word = getenv("FAULT_IN");
    if (word && !is_argument(word))
        return; /* and no call is counted */
    const char *file = getenv("FAULT_COUNTS"), *fault = getenv("FAULT");
    bool known = false;
    void *shared = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (file) {
        int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CREAT, 0600);
        if (fd >= 0 && syscall(SYS_ftruncate, fd, (long)sizeof *counts) == 0)
            shared = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        close(fd);
    }
    if (shared != MAP_FAILED)
        counts = shared;
    file = getenv("FAULT_SITES");
    if (file && getenv("FAULT_CALLERS"))
        depth = atoi(getenv("FAULT_CALLERS")) % (CALLERS + 1);
    if (file) {
        void *callers[1];
        backtrace(callers, 1); /* the first time it asks for memory */
        int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CREAT, 0600);
        if (fd >= 0 && syscall(SYS_ftruncate, fd, (long)(KINDS * sizeof *sites)) == 0)
            shared = mmap(NULL, KINDS * sizeof *sites, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        close(fd);
        if (shared != MAP_FAILED && shared != counts)
            sites = shared;
    }
    for (int i = 0; i < KINDS; i++)
        atomic_store(&counts->calls[i], 0);
    without_nameless = getenv("FAULT_NAMELESS") != NULL;
    const char *back = getenv("FAULT_CLOCK"), *from = back ? strchr(back, ':') : NULL;
    clock_back = back ? strtol(back, NULL, 10) : 0;
    clock_from = from ? strtol(from + 1, NULL, 10) : 0;
    atomic_store(&counts->opened, 0);
    const char *changed = getenv("FAULT_CHANGED");
    if (changed && strlen(changed) < sizeof change) {
        char *rest;
        change_at = strtoul(changed, &rest, 10);
        strcpy(change, rest + 1);
        for (char *p = change; (p = strchr(p, ':'));)
            *p++ = '\0';
    }
    if (fault) {
        size_t len = strcspn(fault, ":");
        for (int i = 0; i < KINDS; i++)
            if (strlen(names[i]) == len && !strncmp(names[i], fault, len))
                failing = (enum kind)i;
        const char *number = fault + len + (fault[len] == ':');
        char *end;
        at = strtoul(number, &end, 10);
        for (size_t i = 0; *end && i < sizeof errors / sizeof *errors; i++) {
            size_t n = strlen(errors[i].name);
            if (!strncmp(end + 1, errors[i].name, n) && (!end[1 + n] || end[1 + n] == ':')) {
                failure = errors[i].value;
                known = true;
                all = !strcmp(end + 1 + n, ":ALL");
            }
        }
    }
    if (fault && (failing == KINDS || !known)) {
        static const char what[] = "FAULT names no kind or no error\n";
        syscall(SYS_write, 2, what, sizeof what - 1);
        _exit(99);
    }
    ready = true;
}

/* The caller by its place in its library, which is loaded anywhere. */
static uint32_t place_of(void *caller)
{
    struct dl_find_object o;
    if (_dl_find_object(caller, &o) != 0)
        return 0;
    return (uint32_t)((char *)caller - (char *)o.dlfo_map_start) ^
           (uint32_t)((char *)o.dlfo_map_end - (char *)o.dlfo_map_start) << 8;
}

static void keep_site(enum kind kind, unsigned long number)
{
    static _Thread_local bool inside;
    void *callers[OWN + CALLERS];
    uint32_t sum = 2166136261u;

    if (inside || number >= SITES)
        return;
    inside = true;
    int n = backtrace(callers, OWN + depth);
    for (int i = OWN; i < n; i++)
        sum = (sum ^ place_of(callers[i])) * 16777619u;
    sites[kind][number] = sum;
    inside = false;
}

/* Is this the call that fails? errno is set. */
static bool fails(enum kind kind)
{
    if (!ready)
        return false;
    unsigned long n = atomic_fetch_add(&counts->calls[kind], 1) + 1;
    if (sites)
        keep_site(kind, n);
    if (kind != ALLOC) {
        unsigned long any = atomic_fetch_add(&counts->calls[ANY], 1) + 1;
        if (sites)
            keep_site(ANY, any);
        if (any == at && failing == ANY)
            kill(0, SIGKILL);
    }
    if (kind != failing || (all ? n < at : n != at))
        return false;
    errno = failure;
    return true;
}

#define REAL(type, name, ...)                                                                                          \
    static type (*real)(__VA_ARGS__);                                                                                  \
    if (!real)                                                                                                         \
    *(void **)&real = dlsym(RTLD_NEXT, name)

/* --- memory: glibc's own entries are what a program's own malloc ends in --- */

void *__libc_malloc(size_t size)
{
    REAL(void *, "__libc_malloc", size_t);
    return fails(ALLOC) ? NULL : real(size);
}

void *__libc_calloc(size_t n, size_t size)
{
    REAL(void *, "__libc_calloc", size_t, size_t);
    return fails(ALLOC) ? NULL : real(n, size);
}

void *__libc_realloc(void *p, size_t size)
{
    REAL(void *, "__libc_realloc", void *, size_t);
    return fails(ALLOC) ? NULL : real(p, size);
}

void *__libc_memalign(size_t align, size_t size)
{
    REAL(void *, "__libc_memalign", size_t, size_t);
    return fails(ALLOC) ? NULL : real(align, size);
}

/* a sanitizer has its own */
#ifndef WITHOUT_MALLOC
void *malloc(size_t size)
{
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    return __libc_realloc(p, size);
}
#endif

/* --- files --- */

static void copy_bytes(const char *from, const char *to)
{
    char part[65536];
    long n;
    int in = (int)syscall(SYS_openat, AT_FDCWD, from, O_RDONLY);
    int out = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_TRUNC);
    while ((n = syscall(SYS_read, in, part, sizeof part)) > 0)
        syscall(SYS_write, out, part, n);
    syscall(SYS_close, in);
    syscall(SYS_close, out);
}

/* Somebody else writes it, before this process opens it. */
static void change_file(const char *path)
{
    if (!ready || !change_at)
        return;
    const char *other = change + strlen(change) + 1, *name = strrchr(path, '/');
    if (strcmp(name ? name + 1 : path, strrchr(change, '/') + 1) != 0)
        return;
    unsigned long n = atomic_fetch_add(&counts->opened, 1) + 1;
    if (n == change_at || n == change_at + 1)
        copy_bytes(n == change_at ? other : other + strlen(other) + 1, change);
}

#define OPEN_CALL(name, ...)                                                                                           \
    va_list args;                                                                                                      \
    va_start(args, flags);                                                                                             \
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;                                           \
    va_end(args);                                                                                                      \
    if (fails(OPEN))                                                                                                   \
        return -1;                                                                                                     \
    change_file(path);                                                                                                 \
    if (without_nameless && (flags & O_TMPFILE) == O_TMPFILE) {                                                        \
        errno = EOPNOTSUPP;                                                                                            \
        return -1;                                                                                                     \
    }                                                                                                                  \
    return real(__VA_ARGS__, flags, mode)

int open(const char *path, int flags, ...)
{
    REAL(int, "open", const char *, int, ...);
    OPEN_CALL("open", path);
}

int open64(const char *path, int flags, ...)
{
    REAL(int, "open64", const char *, int, ...);
    OPEN_CALL("open64", path);
}

int openat(int dir, const char *path, int flags, ...)
{
    REAL(int, "openat", int, const char *, int, ...);
    OPEN_CALL("openat", dir, path);
}

int openat64(int dir, const char *path, int flags, ...)
{
    REAL(int, "openat64", int, const char *, int, ...);
    OPEN_CALL("openat64", dir, path);
}

FILE *fopen(const char *path, const char *mode)
{
    REAL(FILE *, "fopen", const char *, const char *);
    return fails(OPEN) ? NULL : real(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
    REAL(FILE *, "fopen64", const char *, const char *);
    return fails(OPEN) ? NULL : real(path, mode);
}

static ssize_t short_or_error(size_t *len)
{
    if (failure)
        return -1;
    *len = *len ? 1 : 0;
    return 0;
}

/* An eventfd and the like hold nothing that could be lost. */
static bool is_anonymous(int fd)
{
    struct stat s;
    return syscall(SYS_fstat, fd, &s) == 0 && (s.st_mode & S_IFMT) == 0;
}

ssize_t read(int fd, void *data, size_t len)
{
    REAL(ssize_t, "read", int, void *, size_t);
    return !is_anonymous(fd) && fails(READ) && short_or_error(&len) ? -1 : real(fd, data, len);
}

ssize_t pread(int fd, void *data, size_t len, off_t offset)
{
    REAL(ssize_t, "pread", int, void *, size_t, off_t);
    return fails(READ) && short_or_error(&len) ? -1 : real(fd, data, len, offset);
}

ssize_t pread64(int fd, void *data, size_t len, off64_t offset)
{
    REAL(ssize_t, "pread64", int, void *, size_t, off64_t);
    return fails(READ) && short_or_error(&len) ? -1 : real(fd, data, len, offset);
}

ssize_t write(int fd, const void *data, size_t len)
{
    REAL(ssize_t, "write", int, const void *, size_t);
    /* what is said of it must be heard */
    return fd != STDERR_FILENO && !is_anonymous(fd) && fails(WRITE) && short_or_error(&len) ? -1 : real(fd, data, len);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return fails(WRITE) && short_or_error(&len) ? -1 : real(fd, data, len, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return fails(WRITE) && short_or_error(&len) ? -1 : real(fd, data, len, offset);
}

/* stdio writes through the C library's own entries; these are where data is handed to it. A stream
 * that has failed says so. */
static bool stream_fails(enum kind kind, FILE *stream)
{
    if (stream == stderr || !fails(kind) || !failure)
        return false;
    stream->_flags |= 0x20; /* _IO_ERR_SEEN */
    return true;
}

size_t fwrite(const void *data, size_t size, size_t n, FILE *out)
{
    REAL(size_t, "fwrite", const void *, size_t, size_t, FILE *);
    return stream_fails(WRITE, out) ? 0 : real(data, size, n, out);
}

/* what a program's own fread ends in */
size_t _IO_fread(void *data, size_t size, size_t n, FILE *in)
{
    REAL(size_t, "_IO_fread", void *, size_t, size_t, FILE *);
    return stream_fails(READ, in) ? 0 : real(data, size, n, in);
}

size_t fread(void *data, size_t size, size_t n, FILE *in)
{
    return _IO_fread(data, size, n, in);
}

size_t __fread_chk(void *data, size_t room, size_t size, size_t n, FILE *in)
{
    return size * n <= room ? fread(data, size, n, in) : 0;
}

char *fgets(char *line, int len, FILE *in)
{
    REAL(char *, "fgets", char *, int, FILE *);
    return stream_fails(READ, in) ? NULL : real(line, len, in);
}

int fputs(const char *text, FILE *out)
{
    REAL(int, "fputs", const char *, FILE *);
    return stream_fails(WRITE, out) ? EOF : real(text, out);
}

int fputc(int c, FILE *out)
{
    REAL(int, "fputc", int, FILE *);
    return stream_fails(WRITE, out) ? EOF : real(c, out);
}

int __fprintf_chk(FILE *out, int flag, const char *format, ...)
{
    va_list args;
    (void)flag;
    va_start(args, format);
    int n = stream_fails(WRITE, out) ? -1 : vfprintf(out, format, args);
    va_end(args);
    return n;
}

int fprintf(FILE *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = stream_fails(WRITE, out) ? -1 : vfprintf(out, format, args);
    va_end(args);
    return n;
}

int printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = stream_fails(WRITE, stdout) ? -1 : vprintf(format, args);
    va_end(args);
    return n;
}

int puts(const char *text)
{
    REAL(int, "puts", const char *);
    return stream_fails(WRITE, stdout) ? EOF : real(text);
}

ssize_t send(int fd, const void *data, size_t len, int flags)
{
    REAL(ssize_t, "send", int, const void *, size_t, int);
    return fails(WRITE) && short_or_error(&len) ? -1 : real(fd, data, len, flags);
}

/* what a program's own fflush ends in */
int _IO_fflush(FILE *out)
{
    REAL(int, "_IO_fflush", FILE *);
    return stream_fails(WRITE, out) ? EOF : real(out);
}

int fflush(FILE *out)
{
    return _IO_fflush(out);
}

int fclose(FILE *file)
{
    REAL(int, "fclose", FILE *);
    bool lost = stream_fails(WRITE, file);
    int error = errno, result = real(file);
    if (!lost)
        return result;
    errno = error;
    return EOF;
}

#define SIMPLE(kind, type, name, parameters, types, arguments)                                                         \
    type name parameters                                                                                               \
    {                                                                                                                  \
        static type(*real) types;                                                                                      \
        if (!real)                                                                                                     \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                 \
        return fails(kind) ? (type)-1 : real arguments;                                                                \
    }

SIMPLE(RENAME, int, rename, (const char *a, const char *b), (const char *, const char *), (a, b))
SIMPLE(RENAME, int, renameat, (int d, const char *a, int e, const char *b), (int, const char *, int, const char *), (d, a, e, b))
SIMPLE(RENAME, int, renameat2, (int d, const char *a, int e, const char *b, unsigned f),
       (int, const char *, int, const char *, unsigned), (d, a, e, b, f))
SIMPLE(LINK, int, linkat, (int d, const char *a, int e, const char *b, int f), (int, const char *, int, const char *, int),
       (d, a, e, b, f))
SIMPLE(LINK, int, link, (const char *a, const char *b), (const char *, const char *), (a, b))
SIMPLE(UNLINK, int, unlink, (const char *a), (const char *), (a))
SIMPLE(UNLINK, int, unlinkat, (int d, const char *a, int f), (int, const char *, int), (d, a, f))
SIMPLE(FSYNC, int, fsync, (int fd), (int), (fd))
SIMPLE(FSYNC, int, fdatasync, (int fd), (int), (fd))
SIMPLE(FORK, pid_t, fork, (void), (void), ())

/* The times of a file that was changed after the clock was set back. A stat64 is the same. */
static int told(int result, struct stat *s)
{
    if (result == 0 && clock_back && s->st_ctim.tv_sec >= clock_from) {
        s->st_ctim.tv_sec -= clock_back;
        if (s->st_mtim.tv_sec >= clock_from)
            s->st_mtim.tv_sec -= clock_back;
    }
    return result;
}

#define STAT_CALL(name, parameters, types, arguments)                                                                  \
    int name parameters                                                                                                \
    {                                                                                                                  \
        static int(*real) types;                                                                                       \
        if (!real)                                                                                                     \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                 \
        return fails(STAT) ? -1 : told(real arguments, (struct stat *)s);                                                             \
    }

STAT_CALL(fstat, (int fd, struct stat *s), (int, struct stat *), (fd, s))
STAT_CALL(stat, (const char *p, struct stat *s), (const char *, struct stat *), (p, s))
STAT_CALL(lstat, (const char *p, struct stat *s), (const char *, struct stat *), (p, s))
STAT_CALL(stat64, (const char *p, struct stat64 *s), (const char *, struct stat64 *), (p, s))
STAT_CALL(fstat64, (int fd, struct stat64 *s), (int, struct stat64 *), (fd, s))
STAT_CALL(fstatat, (int d, const char *p, struct stat *s, int f), (int, const char *, struct stat *, int), (d, p, s, f))

time_t time(time_t *out)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    if (out)
        *out = t.tv_sec;
    return t.tv_sec;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
    REAL(int, "clock_gettime", clockid_t, struct timespec *);
    int result = real(clock, t);
    if (clock == CLOCK_REALTIME)
        t->tv_sec -= clock_back;
    return result;
}

SIMPLE(MKDIR, int, mkdir, (const char *p, mode_t m), (const char *, mode_t), (p, m))
SIMPLE(UNLINK, int, remove, (const char *a), (const char *), (a))
SIMPLE(UNLINK, int, rmdir, (const char *a), (const char *), (a))
SIMPLE(OPEN, int, mkostemp, (char *a, int b), (char *, int), (a, b))
SIMPLE(TRUNCATE, int, ftruncate, (int fd, off_t n), (int, off_t), (fd, n))
SIMPLE(TRUNCATE, int, posix_fallocate, (int fd, off_t a, off_t n), (int, off_t, off_t), (fd, a, n))
SIMPLE(FSYNC, int, sync_file_range, (int fd, off_t a, off_t n, unsigned f), (int, off_t, off_t, unsigned), (fd, a, n, f))
SIMPLE(SEEK, off_t, lseek, (int fd, off_t n, int from), (int, off_t, int), (fd, n, from))
SIMPLE(SEEK, off64_t, lseek64, (int fd, off64_t n, int from), (int, off64_t, int), (fd, n, from))
SIMPLE(SEEK, int, fseek, (FILE *f, long n, int from), (FILE *, long, int), (f, n, from))
SIMPLE(SEEK, int, fseeko, (FILE *f, off_t n, int from), (FILE *, off_t, int), (f, n, from))
SIMPLE(SEEK, int, fseeko64, (FILE *f, off64_t n, int from), (FILE *, off64_t, int), (f, n, from))
SIMPLE(SEEK, long, ftell, (FILE *f), (FILE *), (f))
SIMPLE(SEEK, off_t, ftello, (FILE *f), (FILE *), (f))
SIMPLE(SEEK, off64_t, ftello64, (FILE *f), (FILE *), (f))
SIMPLE(MODE, int, chmod, (const char *p, mode_t m), (const char *, mode_t), (p, m))
SIMPLE(MODE, int, fchmod, (int fd, mode_t m), (int, mode_t), (fd, m))
SIMPLE(MODE, int, chown, (const char *p, uid_t u, gid_t g), (const char *, uid_t, gid_t), (p, u, g))
SIMPLE(MODE, int, fchown, (int fd, uid_t u, gid_t g), (int, uid_t, gid_t), (fd, u, g))
SIMPLE(DESCRIPTOR, int, dup, (int fd), (int), (fd))
SIMPLE(DESCRIPTOR, int, dup2, (int fd, int to), (int, int), (fd, to))
SIMPLE(DESCRIPTOR, int, pipe, (int fds[2]), (int[2]), (fds))
SIMPLE(DESCRIPTOR, int, pipe2, (int fds[2], int flags), (int[2], int), (fds, flags))
SIMPLE(DESCRIPTOR, int, socketpair, (int d, int t, int p, int fds[2]), (int, int, int, int[2]), (d, t, p, fds))
SIMPLE(PROCESS, int, sigaction, (int n, const struct sigaction *a, struct sigaction *old),
       (int, const struct sigaction *, struct sigaction *), (n, a, old))
SIMPLE(PROCESS, int, setrlimit, (__rlimit_resource_t r, const struct rlimit *l), (__rlimit_resource_t, const struct rlimit *), (r, l))
SIMPLE(PROCESS, int, getrlimit, (__rlimit_resource_t r, struct rlimit *l), (__rlimit_resource_t, struct rlimit *), (r, l))
SIMPLE(FSYNC, int, syncfs, (int fd), (int), (fd))
SIMPLE(STAT, int, statvfs, (const char *p, struct statvfs *s), (const char *, struct statvfs *), (p, s))
SIMPLE(LINK, int, symlink, (const char *a, const char *b), (const char *, const char *), (a, b))
SIMPLE(ACCESS, int, chdir, (const char *p), (const char *), (p))
SIMPLE(PROCESS, int, execv, (const char *p, char *const *a), (const char *, char *const *), (p, a))
SIMPLE(WAIT, int, nanosleep, (const struct timespec *t, struct timespec *left), (const struct timespec *, struct timespec *), (t, left))
SIMPLE(DIRS, int, nftw, (const char *p, __nftw_func_t f, int n, int flags), (const char *, __nftw_func_t, int, int), (p, f, n, flags))
SIMPLE(DIRS, int, scandir,
       (const char *p, struct dirent ***l, int (*is)(const struct dirent *), int (*by)(const struct dirent **, const struct dirent **)),
       (const char *, struct dirent ***, int (*)(const struct dirent *), int (*)(const struct dirent **, const struct dirent **)),
       (p, l, is, by))
SIMPLE(LOAD, iconv_t, iconv_open, (const char *to, const char *from), (const char *, const char *), (to, from))

SIMPLE(ACCESS, int, access, (const char *p, int m), (const char *, int), (p, m))
SIMPLE(ACCESS, ssize_t, readlinkat, (int d, const char *p, char *b, size_t n), (int, const char *, char *, size_t), (d, p, b, n))
SIMPLE(ACCESS, ssize_t, readlink, (const char *p, char *b, size_t n), (const char *, char *, size_t), (p, b, n))
SIMPLE(POLL, int, poll, (struct pollfd *p, nfds_t n, int t), (struct pollfd *, nfds_t, int), (p, n, t))
SIMPLE(WAIT, pid_t, waitpid, (pid_t p, int *s, int f), (pid_t, int *, int), (p, s, f))

/* Locks, descriptors made of others, and their flags. */
SIMPLE(LOCK, int, flock, (int fd, int operation), (int, int), (fd, operation))
#define FCNTL_CALL(name)                                                                                               \
    int name(int fd, int command, ...)                                                                                 \
    {                                                                                                                  \
        REAL(int, #name, int, int, ...);                                                                               \
        va_list args;                                                                                                  \
        va_start(args, command);                                                                                       \
        void *more = va_arg(args, void *);                                                                             \
        va_end(args);                                                                                                  \
        bool lock = command == F_OFD_SETLK || command == F_OFD_GETLK || command == F_OFD_SETLKW ||                     \
                    command == F_SETLK || command == F_GETLK || command == F_SETLKW;                                   \
        return fails(lock ? LOCK : DESCRIPTOR) ? -1 : real(fd, command, more);                                         \
    }

FCNTL_CALL(fcntl)
FCNTL_CALL(fcntl64)

FILE *fdopen(int fd, const char *mode)
{
    REAL(FILE *, "fdopen", int, const char *);
    return fails(DESCRIPTOR) ? NULL : real(fd, mode);
}

void *dlopen(const char *path, int flags)
{
    REAL(void *, "dlopen", const char *, int);
    return fails(LOAD) ? NULL : real(path, flags);
}

struct group *getgrnam(const char *name)
{
    REAL(struct group *, "getgrnam", const char *);
    return fails(LOAD) ? NULL : real(name);
}

char *realpath(const char *path, char *out)
{
    REAL(char *, "realpath", const char *, char *);
    return fails(ACCESS) ? NULL : real(path, out);
}

/* It is closed all the same. */
int close(int fd)
{
    REAL(int, "close", int);
    bool lost = fails(CLOSE);
    int error = errno, result = real(fd);
    if (!lost)
        return result;
    errno = error;
    return -1;
}

char *mkdtemp(char *template)
{
    REAL(char *, "mkdtemp", char *);
    return fails(MKDIR) ? NULL : real(template);
}

DIR *opendir(const char *path)
{
    REAL(DIR *, "opendir", const char *);
    return fails(DIRS) ? NULL : real(path);
}

DIR *fdopendir(int fd)
{
    REAL(DIR *, "fdopendir", int);
    return fails(DIRS) ? NULL : real(fd);
}

int closedir(DIR *dir)
{
    REAL(int, "closedir", DIR *);
    bool lost = fails(DIRS);
    int error = errno, result = real(dir);
    if (!lost)
        return result;
    errno = error;
    return -1;
}

struct dirent *readdir(DIR *dir)
{
    REAL(struct dirent *, "readdir", DIR *);
    return fails(DIRS) ? NULL : real(dir);
}

void *mmap(void *p, size_t len, int protection, int flags, int fd, off_t offset)
{
    REAL(void *, "mmap", void *, size_t, int, int, int, off_t);
    return fails(MMAP) ? MAP_FAILED : real(p, len, protection, flags, fd, offset);
}

void *mremap(void *p, size_t old, size_t len, int flags, ...)
{
    REAL(void *, "mremap", void *, size_t, size_t, int, ...);
    va_list args;
    va_start(args, flags);
    void *to = flags & MREMAP_FIXED ? va_arg(args, void *) : NULL;
    va_end(args);
    return fails(MMAP) ? MAP_FAILED : real(p, old, len, flags, to);
}
