/* child.c - see child.h. */
#include "desk/child.h"

#include "core/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char program[] = "/proc/self/exe";

/* Between fork and exec, where only calls are allowed that a signal handler may make. */
static _Noreturn void become(const struct child_call *c, char **argv, pid_t parent)
{
    static const int plain[] = {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGCHLD};
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(2);
    setpgid(0, 0);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        signal(plain[i], SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDWR);
    int said =
        c->output ? open(c->output, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600) : nothing;
    if (nothing < 0 || said < 0 || dup2(nothing, 0) < 0 || dup2(said, 1) < 0 || dup2(said, 2) < 0)
        _exit(2);
    if (c->directory && chdir(c->directory) < 0)
        _exit(2);
    if (c->seconds) {
        const struct rlimit limit = {c->seconds, c->seconds + 1};
        setrlimit(RLIMIT_CPU, &limit);
    }
    execv(program, argv);
    _exit(2);
}

pid_t child_start(const struct child_call *call, struct diag *diag)
{
    struct arena arena = {0};
    size_t n = 0;
    while (call->argv[n])
        n++;
    char **argv = ARENA_ARRAY(&arena, char *, n + 2);
    argv[0] = "shenbao";
    for (size_t i = 0; i < n; i++)
        argv[i + 1] = arena_strdup(&arena, call->argv[i]);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become(call, argv, parent);
    if (pid < 0)
        diag_errno(diag, (struct src_pos){0}, "不能启动子进程", "cannot start a process");
    else
        setpgid(pid, pid); /* whoever is first */
    arena_free(&arena);
    return pid;
}

int child_wait(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void child_kill(pid_t pid)
{
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
}
