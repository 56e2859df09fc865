/* test_worker_fault.c - how the end of a worker is told, in both languages. */
#include "core/worker_fault.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_told(struct worker_fault fault, enum fault whose, const char *zh, const char *en)
{
    struct diag d = {0};
    assert_false(worker_fault(&d, (struct finding){.rule = "R76"}, &fault));
    assert_int_equal(d.n, 1);
    assert_int_equal(d.list[0].severity, SEVERITY_ERROR);
    assert_int_equal(d.list[0].fault, whose);
    assert_string_equal(d.list[0].rule, "R76");
    assert_string_equal(d.list[0].text[LANGUAGE_ZH], zh);
    assert_string_equal(d.list[0].text[LANGUAGE_EN], en);
    diag_clear(&d);
}

static void the_work_that_took_too_long_is_named_with_its_limit(void **state)
{
    (void)state;
    assert_told((struct worker_fault){WORKER_DOCUMENT, WORKERS_SLOW, NULL, {.seconds = 120}},
                FAULT_DATA, "制作这份文件用了 120 秒以上，已放弃",
                "making this document took more than 120 seconds and was given up");
    assert_told((struct worker_fault){WORKER_CHECK, WORKERS_SLOW, "a.pdf", {.seconds = 9}},
                FAULT_DATA, "读取文件“a.pdf”用了 9 秒以上，已放弃，请重新导出后再运行",
                "reading file 'a.pdf' took more than 9 seconds and was given up: export it again, "
                "run again");
}

static void the_process_that_died_is_named_by_its_work(void **state)
{
    (void)state;
    assert_told((struct worker_fault){WORKER_CHECK, WORKERS_DIED, "", {0}}, FAULT_DATA,
                "核查的进程崩溃或用尽了内存；请逐个检查附件能否打开，重新导出后再运行",
                "the process that checked it died or ran out of memory: check that the attachments "
                "open, export them anew, run again");
    assert_told((struct worker_fault){WORKER_ATTACHMENT, WORKERS_DIED, "b.pdf", {10, 1024 << 20}},
                FAULT_DATA,
                "读取文件“b.pdf”的进程崩溃，或要用 1024 MB 以上的内存，请用“打印成 PDF”重新生成",
                "the process that read file 'b.pdf' died, or wanted more than 1024 MB of memory: "
                "print it to a new PDF");
}

static void what_no_applicant_can_mend_is_a_fault_of_the_system(void **state)
{
    (void)state;
    assert_told((struct worker_fault){WORKER_ROSTERS, WORKERS_DIED, NULL, {0}}, FAULT_SYSTEM,
                "制作花名册的进程崩溃或用尽了内存；各人的材料不受影响，请重新运行",
                "the process that made the rosters died or ran out of memory: the applicants' own "
                "papers are whole; run again");
    errno = EAGAIN;
    assert_told((struct worker_fault){WORKER_DOCUMENT, WORKERS_REFUSED, NULL, {0}}, FAULT_SYSTEM,
                "无法启动进程：系统资源暂时不足，请稍后再试",
                "cannot start a process: the system is short of resources: try later");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_work_that_took_too_long_is_named_with_its_limit),
        cmocka_unit_test(the_process_that_died_is_named_by_its_work),
        cmocka_unit_test(what_no_applicant_can_mend_is_a_fault_of_the_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
