/* temporary.c - see temporary.h. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "core/temporary.h"

#include "core/digest.h"
#include "core/system_error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

const char *temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

/* --- names --- */

#define PREFIX ".shenbao-"
enum { MACHINE = 8, DAY = 24 * 60 * 60 };

/* Numbers of processes mean something in one numbering of one machine alone. */
static const char *machine(void)
{
    static char known[DIGEST_HEX];
    struct utsname name;
    struct stat st;
    char text[sizeof name.nodename + 32];

    if (*known)
        return known;
    if (uname(&name))
        name.nodename[0] = '\0';
    bool numbered = stat("/proc/self/ns/pid", &st) == 0;
    snprintf(text, sizeof text, "%s %llu", name.nodename,
             numbered ? (unsigned long long)st.st_ino : 0);
    digest_hex(text, strlen(text), known);
    known[MACHINE] = '\0';
    return known;
}

/* When it began, in ticks since the machine did: numbers of processes come again. proc(5).
 * 0: that cannot be known. state: a letter; '\0' then. */
static unsigned long long began(long process, char *state)
{
    char path[64], text[1024], *after;
    unsigned long long ticks = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", process);
    FILE *in = fopen(path, "re");
    size_t n = in ? fread(text, 1, sizeof text - 1, in) : 0;
    if (in)
        fclose(in);
    text[n] = '\0';
    after = strrchr(text, ')'); /* a program's name may hold blanks */
    if (after && sscanf(after + 1,
                        " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                        "%*s %*s %llu",
                        state, &ticks) == 2)
        return ticks;
    *state = '\0';
    return 0;
}

char *temporary_name(struct arena *arena, const char *folder)
{
    static unsigned number;
    static long known;
    static unsigned long long since;
    char state;
    if (known != (long)getpid()) {
        known = (long)getpid();
        since = began(known, &state);
    }
    return arena_printf(arena, "%s" PREFIX "%s-%ld.%llu-%u", folder, machine(), known, since,
                        number++);
}

/* Another process of that number is not the one that made the file, nor is one that has ended and
 * that nobody has reaped. */
static bool is_alive(long process, unsigned long long since)
{
    char state;
    unsigned long long now = began(process, &state);
    return (kill((pid_t)process, 0) == 0 || errno != ESRCH) && state != 'Z' && state != 'X' &&
           (!since || now == 0 || now == since);
}

int temporary_create(struct arena *arena, const char *folder, char **name)
{
    enum { TRIES = 100 };
    int fd = -1;
    for (int i = 0; i < TRIES && fd < 0 && (i == 0 || errno == EEXIST); i++) {
        *name = temporary_name(arena, folder);
        fd = open(*name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    }
    return fd;
}

bool temporary_is_abandoned(const char *folder, const char *name)
{
    struct arena arena = {0};
    struct stat st;
    char where[MACHINE + 1] = "", rest;
    long process = 0;
    unsigned long long since = 0;
    unsigned number;

    if (sscanf(name, PREFIX "%8[0-9a-f]-%ld.%llu-%u%c", where, &process, &since, &number, &rest) !=
            4 ||
        strlen(where) != MACHINE || process <= 0)
        return false;
    bool ours = lstat(arena_printf(&arena, "%s/%s", folder, name), &st) == 0 &&
                S_ISREG(st.st_mode) && st.st_uid == geteuid();
    arena_free(&arena);
    bool here = !strcmp(where, machine());
    return ours &&
           ((here && !is_alive(process, since)) || (!here && time(NULL) - st.st_mtime > DAY));
}

/* Who cannot list a folder loses nothing but its tidiness. */
static size_t sweep(const char *folder, bool deep)
{
    struct arena arena = {0};
    DIR *dir = opendir(folder);
    size_t n = 0;

    for (struct dirent *e; dir && (e = readdir(dir));) {
        struct stat st;
        const char *path = arena_printf(&arena, "%s/%s", folder, e->d_name);
        if (!strncmp(e->d_name, PREFIX, strlen(PREFIX)) &&
            temporary_is_abandoned(folder, e->d_name))
            n += unlink(path) == 0;
        else if (deep && strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && e->d_type != DT_REG &&
                 lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
            n += sweep(path, true);
    }
    if (dir)
        closedir(dir);
    arena_free(&arena);
    return n;
}

void temporary_sweep(const char *folder)
{
    sweep(folder, false);
}

size_t temporary_sweep_tree(const char *root)
{
    return sweep(root, true);
}

/* --- without a name --- */

/* Where the file system cannot do without a name, it has one for a moment. */
int temporary_in(const char *folder)
{
    struct arena arena = {0};
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0) {
        char *name;
        temporary_sweep(folder);
        fd = temporary_create(&arena, arena_printf(&arena, "%s/", folder), &name);
        if (fd >= 0)
            unlink(name);
        int saved = errno;
        arena_free(&arena);
        errno = saved;
    }
    return fd;
}

int temporary_open(const char *about, struct diag *diag)
{
    int fd = temporary_in(temporary_folder());
    if (fd < 0)
        diag_errno(diag, (struct src_pos){about, 0},
                   "不能在 %s 建立临时文件（可用 TMPDIR 另指定目录）",
                   "cannot make a temporary file in %s (TMPDIR may name another folder)",
                   temporary_folder());
    return fd;
}

FILE *temporary_file(struct diag *diag)
{
    int fd = temporary_open(NULL, diag);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w+b");
    if (fd >= 0 && !file) {
        diag_errno(diag, (struct src_pos){0}, "不能打开临时文件", "cannot open a temporary file");
        close(fd);
    }
    return file;
}
