/* machine.c - see machine.h. */
#define _GNU_SOURCE /* O_PATH */
#include "core/machine.h"

#include "core/read_at.h"
#include "core/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* In memory that all processes of the program see. */
struct report {
    atomic_int state;
    char text[LANGUAGE_COUNT][MACHINE_REASON];
};

enum { NOTHING, BEING_WRITTEN, WRITTEN };

static struct report *shared; /* NULL: machine_begin was not called, as in unit tests */
static pid_t first;           /* the process that main runs in */
static enum language spoken = LANGUAGE_EN;
static rlim_t share = RLIM_INFINITY;
/* As they were at the beginning: workers lower their own. */
static rlim_t limit_of_memory = RLIM_INFINITY, limit_of_files = RLIM_INFINITY;

void machine_speak(enum language language)
{
    spoken = language;
}

void machine_share(rlim_t bytes)
{
    share = bytes;
}

bool machine_at_fault(int error)
{
    static const int of_files[] = {ENOENT, ENOTDIR, EISDIR, EACCES,  EPERM,  ELOOP,
                                   ENXIO,  ENODEV,  EINVAL, ENOTSUP, EEXIST, ENAMETOOLONG};
    for (size_t i = 0; i < sizeof of_files / sizeof *of_files; i++)
        if (error == of_files[i])
            return false;
    return error != 0;
}

static _Noreturn void end(const char *text[LANGUAGE_COUNT])
{
    int none = NOTHING;
    char line[MACHINE_REASON + 32];

    if (shared && getpid() != first) {
        if (atomic_compare_exchange_strong(&shared->state, &none, BEING_WRITTEN)) {
            for (int l = 0; l < LANGUAGE_COUNT; l++)
                snprintf(shared->text[l], MACHINE_REASON, "%s", text[l]);
            atomic_store(&shared->state, WRITTEN);
        }
        _exit(MACHINE_STATUS);
    }
    int len = snprintf(line, sizeof line, "shenbao: error: %s\n", text[spoken]);
    if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0)
        _exit(2); /* nobody listens */
    _exit(2);
}

/* "FILE: " before the rest. */
static const char *about(const char *path, char *room, const char *words, const char *why)
{
    snprintf(room, MACHINE_REASON, "%s%s%s%s%s", path ? path : "", path ? ": " : "", words,
             *why ? ": " : "", why);
    return room;
}

void machine_failed(const char *path, const char *zh, const char *en)
{
    char room[LANGUAGE_COUNT][MACHINE_REASON];
    bool known = errno != 0;
    struct system_error why = system_error(errno);

    end((const char *[]){
        [LANGUAGE_ZH] = about(path, room[LANGUAGE_ZH], zh, known ? why.text[LANGUAGE_ZH] : ""),
        [LANGUAGE_EN] = about(path, room[LANGUAGE_EN], en, known ? why.text[LANGUAGE_EN] : "")});
}

/* The limit in words of the shell, or else the words. */
static _Noreturn void failed_by(const char *path, const char *option, rlim_t limit, const char *zh,
                                const char *en)
{
    enum { BLOCK = 1024 }; /* what ulimit counts in */
    char room[LANGUAGE_COUNT][MACHINE_REASON];

    errno = 0;
    if (limit == RLIM_INFINITY)
        machine_failed(path, zh, en);
    snprintf(room[LANGUAGE_ZH], MACHINE_REASON, "超过了系统的限制：%s 为 %llu，请放宽后再运行",
             option, (unsigned long long)(limit / BLOCK));
    snprintf(room[LANGUAGE_EN], MACHINE_REASON,
             "the limit is reached: %s is %llu, raise it, run again", option,
             (unsigned long long)(limit / BLOCK));
    machine_failed(path, room[LANGUAGE_ZH], room[LANGUAGE_EN]);
}

void machine_ask(const char *path)
{
    if (errno == ENOMEM)
        failed_by(path, "ulimit -v", limit_of_memory, "内存不足，请关闭其他程序后再运行",
                  "out of memory: close other programs, run again");
    if (machine_at_fault(errno))
        machine_failed(path, "读取失败，请检查磁盘和系统的限制",
                       "reading failed, check the disk and the system's limits");
}

rlim_t machine_address_space(void)
{
    char text[64];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read_at(fd, text, sizeof text - 1, 0);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    return (rlim_t)strtoul(text, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE);
}

void machine_out_of_memory(size_t bytes)
{
    enum { SLACK = 4 << 20 }; /* an allocator asks for more than was asked of it */
    if (share != RLIM_INFINITY &&
        (bytes > share || machine_address_space() + bytes + SLACK > share))
        _exit(MACHINE_SHARE_STATUS);
    failed_by(NULL, "ulimit -v", limit_of_memory, "内存不足，请关闭其他程序或减少 -j 后再运行",
              "out of memory: close other programs, or use fewer -j, and run again");
}

void machine_write_lost(const char *folder, bool temporary)
{
    failed_by(folder, "ulimit -f", limit_of_files,
              temporary ? "临时文件没有写全，请检查磁盘空间，或用 TMPDIR 另指定目录"
                        : "其中的文件没有写全，请检查磁盘空间",
              temporary
                  ? "a temporary file did not arrive whole: look for room, or let TMPDIR name "
                    "another folder"
                  : "a file in it did not arrive whole: look for room");
}

void machine_ask_proc(void)
{
    if (access("/proc/self/fd", X_OK) == 0)
        return;
    errno = 0;
    machine_failed("/proc",
                   "系统没有挂载 /proc，不能继续；请挂载后再运行（mount -t proc proc /proc）",
                   "it is not mounted, and cannot be done without: mount it (mount -t proc proc "
                   "/proc), run again");
}

bool machine_has_reason(void)
{
    return shared && atomic_load(&shared->state) == WRITTEN;
}

bool machine_reason(char text[LANGUAGE_COUNT][MACHINE_REASON])
{
    if (!machine_has_reason())
        return false;
    memcpy(text, shared->text, sizeof shared->text);
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        text[l][MACHINE_REASON - 1] = '\0';
    atomic_store(&shared->state, NOTHING);
    return true;
}

/* --- the beginning --- */

/* Standard input that cannot be read, output that cannot be written: who needs them fails. */
static void open_standard(void)
{
    static const int mode[] = {O_WRONLY, O_RDONLY, O_WRONLY};
    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        int got = open("/dev/null", mode[fd]);
        if (got < 0)
            got = open("/", O_PATH);
        if (got != fd)
            _exit(2); /* nobody could be told */
    }
}

static void pipe_closed(int signal_number)
{
    (void)signal_number;
    _exit(getpid() == first ? 2 : MACHINE_STATUS);
}

/* A page of a mapped file that is not to be had: the disk, or somebody who cut the file. */
static void page_lost(int signal_number, siginfo_t *info, void *context)
{
    (void)context;
    if (info->si_code != BUS_ADRERR) {
        signal(signal_number, SIG_DFL); /* the faulting instruction is tried again */
        return;
    }
    errno = EIO;
    machine_failed(NULL, "已打开的文件读不出，或在运行中被截短；请检查磁盘后再运行",
                   "an open file cannot be read, or was cut during the run; check the disk, run "
                   "again");
}

void machine_begin(void)
{
    struct rlimit limit;

    open_standard();
    first = getpid();
    if (getrlimit(RLIMIT_AS, &limit) == 0)
        limit_of_memory = limit.rlim_cur;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0)
        limit_of_files = limit.rlim_cur;
    signal(SIGCHLD, SIG_DFL); /* exit statuses of forked processes are to be had */
    signal(SIGXFSZ, SIG_IGN);
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = pipe_closed}, NULL);
    sigaction(SIGBUS, &(struct sigaction){.sa_sigaction = page_lost, .sa_flags = SA_SIGINFO}, NULL);
    void *page =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        machine_out_of_memory(sizeof *shared);
    shared = page;
}
