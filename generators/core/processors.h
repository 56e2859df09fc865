/* processors.h - how many processes may work at once: the processors that a batch system has given
 * to the task (sched_getaffinity), less what a container may use of them and of memory (cgroups, 1
 * and 2). */
#ifndef CORE_PROCESSORS_H
#define CORE_PROCESSORS_H

enum { PROCESSORS_MOST = 256 };

int processors_ours(void); /* 1 to PROCESSORS_MOST */
/* The limit alone. cgroups: the file that names ours (/proc/self/cgroup); mount: where their files
 * are (/sys/fs/cgroup). PROCESSORS_MOST: there is none. */
int processors_by_cgroup(const char *cgroups, const char *mount);

#endif
