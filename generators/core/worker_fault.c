/* worker_fault.c - see worker_fault.h. */
#include "core/worker_fault.h"

#include "core/machine.h"
#include "core/system_error.h"

#include <errno.h>
#include <string.h>

/* A message's parts: what was being done, the process that did it, what the user can do. */
struct wording {
    const char *work[LANGUAGE_COUNT], *process[LANGUAGE_COUNT], *remedy[LANGUAGE_COUNT];
};

#define OPEN_ATTACHMENTS                                                                           \
    {                                                                                              \
        "；请逐个检查附件能否打开，重新导出后再运行",                                              \
            ": check that the attachments open, export them anew, run again"                       \
    }

static const struct wording wordings[WORKER_TASKS] = {
    [WORKER_DOCUMENT] = {{"制作这份文件", "making this document"},
                         {"制作这份文件的进程", "the process that made this document"},
                         {"", ""}},
    [WORKER_CHECK] = {{"核查", "checking"},
                      {"核查的进程", "the process that checked it"},
                      OPEN_ATTACHMENTS},
    [WORKER_APPLICANT] = {{"制作材料", "making the papers"},
                          {"制作材料的进程", "the process that made the papers"},
                          OPEN_ATTACHMENTS},
    [WORKER_ROSTERS] = {{"制作花名册", "making the rosters"},
                        {"制作花名册的进程", "the process that made the rosters"},
                        {"；各人的材料不受影响，请重新运行",
                         ": the applicants' own papers are whole; run again"}},
    [WORKER_ATTACHMENT] = {.remedy = {"，请用“打印成 PDF”重新生成", ": print it to a new PDF"}},
};

static struct wording wording_of(const struct worker_fault *fault, struct arena *arena)
{
    static const char *const export_again[] = {"，请重新导出后再运行",
                                               ": export it again, run again"};
    struct wording w = wordings[fault->task];
    if (!fault->file || !*fault->file)
        return w;
    w.work[LANGUAGE_ZH] = arena_printf(arena, "读取文件“%s”", fault->file);
    w.work[LANGUAGE_EN] = arena_printf(arena, "reading file '%s'", fault->file);
    w.process[LANGUAGE_ZH] = arena_printf(arena, "读取文件“%s”的进程", fault->file);
    w.process[LANGUAGE_EN] = arena_printf(arena, "the process that read file '%s'", fault->file);
    for (int l = 0; l < LANGUAGE_COUNT && fault->task != WORKER_ATTACHMENT; l++)
        w.remedy[l] = export_again[l];
    return w;
}

static const char *message(const struct worker_fault *fault, const struct wording *w,
                           enum language l, struct arena *arena)
{
    bool zh = l == LANGUAGE_ZH;
    if (fault->end == WORKERS_REFUSED)
        return arena_printf(arena, zh ? "无法启动进程：%s" : "cannot start a process: %s",
                            system_error(errno).text[l]);
    if (fault->end == WORKERS_SLOW)
        return arena_printf(arena,
                            zh ? "%s用了 %u 秒以上，已放弃%s"
                               : "%s took more than %u seconds and was given up%s",
                            w->work[l], fault->limits.seconds, w->remedy[l]);
    if (fault->end == WORKERS_KILLED)
        return arena_printf(
            arena,
            zh ? "%s被系统或他人结束，多半因为内存不足；请减少 -j 或增加内存后再运行"
               : "%s was ended from outside, most likely for want of memory: use "
                 "fewer -j or more memory, run again",
            w->process[l]);
    if (fault->limits.bytes)
        return arena_printf(arena,
                            zh ? "%s崩溃，或要用 %zu MB 以上的内存%s"
                               : "%s died, or wanted more than %zu MB of memory%s",
                            w->process[l], fault->limits.bytes >> 20, w->remedy[l]);
    return arena_printf(arena, zh ? "%s崩溃或用尽了内存%s" : "%s died or ran out of memory%s",
                        w->process[l], w->remedy[l]);
}

/* In the machine's own words, and the data has no part in it. */
static void machine_trouble(struct diag *diag, struct finding where)
{
    char text[LANGUAGE_COUNT][MACHINE_REASON];

    if (!machine_reason(text)) {
        strcpy(text[LANGUAGE_ZH], "机器出错，进程提前结束；请重新运行");
        strcpy(text[LANGUAGE_EN], "the machine failed and a process ended early; run again");
    }
    where.rule = NULL;
    where.fault = FAULT_SYSTEM;
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        where.text[l] = text[l];
    diag_pass(diag, &where);
}

bool worker_fault(struct diag *diag, struct finding where, const struct worker_fault *fault)
{
    struct arena arena = {0};
    struct wording w = wording_of(fault, &arena);

    where.severity = SEVERITY_ERROR;
    if (fault->end == WORKERS_MACHINE || (fault->end == WORKERS_REFUSED && machine_has_reason())) {
        machine_trouble(diag, where);
        arena_free(&arena);
        return false;
    }
    if (fault->end == WORKERS_KILLED) {
        where.rule = NULL;
        where.ended = true;
    }
    if (fault->end == WORKERS_REFUSED || fault->end == WORKERS_KILLED ||
        fault->task == WORKER_ROSTERS)
        where.fault = FAULT_SYSTEM;
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        where.text[l] = message(fault, &w, (enum language)l, &arena);
    diag_pass(diag, &where);
    arena_free(&arena);
    return false;
}
