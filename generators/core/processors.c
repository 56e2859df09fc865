/* processors.c - see processors.h. What cannot be read limits nothing. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "core/processors.h"

#include "core/arena.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORKER_BYTES = 128 << 20 /* what a worker may well take, with its share of the files */ };

/* The first two words of a file; 0: it cannot be read. */
static int read_words(const char *path, char words[2][32])
{
    FILE *f = fopen(path, "re");
    int n = f ? fscanf(f, "%31s %31s", words[0], words[1]) : 0;
    if (f)
        fclose(f);
    return n < 0 ? 0 : n;
}

/* A number; otherwise where it says "max", or a negative one, or nothing. */
static double number_in(const char *path, double otherwise)
{
    char words[2][32];
    double n = read_words(path, words) > 0 && words[0][0] >= '0' && words[0][0] <= '9'
                   ? strtod(words[0], NULL)
                   : 0;
    return n > 0 ? n : otherwise;
}

static int lesser(int most, double limit)
{
    return limit >= most ? most : limit < 1 ? 1 : (int)limit;
}

/* One control group of version 2, and one of version 1. A part of a processor is one. */
static int limit_of(const char *dir, struct arena *a, int most)
{
    char words[2][32];
    double period = number_in(arena_printf(a, "%s/cpu.cfs_period_us", dir), 1),
           quota = number_in(arena_printf(a, "%s/cpu.cfs_quota_us", dir), -1);

    if (read_words(arena_printf(a, "%s/cpu.max", dir), words) == 2 && strcmp(words[0], "max")) {
        quota = strtod(words[0], NULL);
        period = strtod(words[1], NULL);
    }
    if (quota > 0 && period > 0)
        most = lesser(most, (double)(long)(quota / period + 0.999));
    static const char *const memory[] = {"memory.max", "memory.limit_in_bytes"};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) {
        double bytes = number_in(arena_printf(a, "%s/%s", dir, memory[i]), -1);
        if (bytes > 0)
            most = lesser(most, bytes / WORKER_BYTES);
    }
    return most;
}

/* A limit of a group holds for those below it. */
static int limit_up_from(const char *mount, char *path, struct arena *a, int most)
{
    for (;;) {
        most = limit_of(arena_printf(a, "%s%s", mount, path), a, most);
        char *slash = strrchr(path, '/');
        if (!slash)
            return most;
        *slash = '\0';
    }
}

int processors_by_cgroup(const char *cgroups, const char *mount)
{
    struct arena arena = {0};
    int most = PROCESSORS_MOST;
    char line[4096];
    FILE *f = fopen(cgroups, "re");

    /* 0::/path of version 2, N:cpu,cpuacct:/path of version 1, whose groups are mounted apart */
    while (f && fgets(line, sizeof line, f)) {
        char *names = strchr(line, ':'), *path = names ? strchr(names + 1, ':') : NULL;
        line[strcspn(line, "\n")] = '\0';
        if (!path)
            continue;
        *path++ = '\0';
        if (!strcmp(names, ":"))
            most = limit_up_from(mount, path, &arena, most);
        else if (strstr(names, "cpu,") || strstr(names, ":cpu") || strstr(names, "memory"))
            most =
                limit_up_from(arena_printf(&arena, "%s/%s", mount, names + 1), path, &arena, most);
    }
    if (f)
        fclose(f);
    arena_free(&arena);
    return most;
}

/* As many as the kernel has: a mask of the usual size fails on a machine of more. */
static int by_affinity(void)
{
    for (int n = CPU_SETSIZE; n <= 1 << 16; n *= 2) {
        cpu_set_t *set = CPU_ALLOC((size_t)n);
        size_t size = CPU_ALLOC_SIZE((size_t)n);
        int ours = set && sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        bool too_small = ours == 0 && errno == EINVAL;
        CPU_FREE(set);
        if (!too_small && ours > 0)
            return ours;
        if (!too_small)
            break;
    }
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

int processors_ours(void)
{
    int ours = by_affinity(), most = processors_by_cgroup("/proc/self/cgroup", "/sys/fs/cgroup");
    if (ours < 1)
        ours = 1;
    return ours < most ? ours : most;
}
