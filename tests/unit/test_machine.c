/* test_machine.c - a worker for want of memory: whose fault that is, and in which words it is told.
 */
#include "core/buffer.h"
#include "core/machine.h"
#include "core/worker_fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

enum { MB = 1 << 20, SHARE = 128 * MB, JOBS = 4 };

/* 'w': works; 's': wants more than its share; 'm': no more than that, and the machine has less. */
static void work(char what, struct buffer *result)
{
    const rlim_t now = machine_address_space();
    size_t wanted = what == 's' ? 2 * (size_t)SHARE : SHARE / 2;

    if (what == 'm')
        setrlimit(RLIMIT_AS, &(struct rlimit){now + 8 * MB, now + 8 * MB});
    if (what != 'w')
        memset(buffer_room(result, wanted), what, wanted);
    buffer_clear(result);
    buffer_putc(result, 'w');
}

static void work_alone(void *data, struct buffer *result)
{
    work(*(char *)data, result);
}

static enum workers_end alone(char what)
{
    struct buffer result = {0};
    enum workers_end end =
        workers_alone(work_alone, &what, (struct workers_limits){.bytes = SHARE}, &result);
    assert_int_equal(result.len, end == WORKERS_DONE);
    buffer_clear(&result);
    return end;
}

static const struct finding *told(struct diag *d, enum workers_end end)
{
    const struct worker_fault fault = {WORKER_ATTACHMENT, end, "a.pdf", {10, SHARE}};
    worker_fault(d, (struct finding){.rule = "R76"}, &fault);
    assert_int_equal(d->n, 1);
    return d->list;
}

static void a_worker_that_the_machine_gives_no_memory_is_the_machines(void **state)
{
    (void)state;
    struct diag d = {0};
    assert_int_equal(alone('m'), WORKERS_MACHINE);
    assert_true(machine_has_reason());
    const struct finding *f = told(&d, WORKERS_MACHINE);
    assert_int_equal(f->fault, FAULT_SYSTEM);
    assert_null(f->rule);
    assert_string_equal(f->text[LANGUAGE_EN],
                        "out of memory: close other programs, or use fewer -j, and run again");
    assert_string_equal(f->text[LANGUAGE_ZH], "内存不足，请关闭其他程序或减少 -j 后再运行");
    assert_false(machine_has_reason());
    diag_clear(&d);
}

static void a_worker_that_wants_more_than_its_share_is_the_files(void **state)
{
    (void)state;
    struct diag d = {0};
    assert_int_equal(alone('w'), WORKERS_DONE);
    assert_int_equal(alone('s'), WORKERS_DIED);
    assert_false(machine_has_reason());
    const struct finding *f = told(&d, WORKERS_DIED);
    assert_int_equal(f->fault, FAULT_DATA);
    assert_string_equal(f->rule, "R76");
    assert_string_equal(f->text[LANGUAGE_EN],
                        "the process that read file 'a.pdf' died, or wanted more than 128 MB of "
                        "memory: print it to a new PDF");
    diag_clear(&d);
}

/* --- of many --- */

struct pool {
    const char *what; /* by number */
    enum workers_end ends[JOBS];
};

static void *begin(void *data)
{
    return data;
}

static void run(void *state, size_t number, struct buffer *result)
{
    struct pool *p = state;
    work(p->what[number], result);
}

static void ended(void *data, size_t number, enum workers_end end, struct buffer *result)
{
    struct pool *p = data;
    (void)result;
    p->ends[number] = end;
}

static void assert_pool(const char *what, enum workers_end second)
{
    struct pool p = {.what = what};
    struct buffer results[JOBS] = {{0}};
    const struct workers_job job = {begin, run, NULL, &p};
    const struct workers_watch watch = {.bytes = SHARE, .ended = ended, .data = &p};
    workers_watched(&job, &watch, JOBS, 1, results);
    for (size_t i = 0; i < JOBS; i++) {
        assert_int_equal(p.ends[i], i == 1 ? second : WORKERS_DONE);
        buffer_clear(&results[i]);
    }
}

static void of_many_jobs_the_one_alone_is_without_result(void **state)
{
    (void)state;
    struct diag d = {0};
    assert_pool("wsww", WORKERS_DIED);
    assert_false(machine_has_reason());
    assert_pool("wmww", WORKERS_MACHINE);
    assert_int_equal(told(&d, WORKERS_MACHINE)->fault, FAULT_SYSTEM);
    diag_clear(&d);
}

int main(void)
{
#ifdef __SANITIZE_ADDRESS__
    return 0; /* its shadow is larger than any limit, and its allocations are its own */
#endif
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_that_the_machine_gives_no_memory_is_the_machines),
        cmocka_unit_test(a_worker_that_wants_more_than_its_share_is_the_files),
        cmocka_unit_test(of_many_jobs_the_one_alone_is_without_result),
    };
    machine_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
