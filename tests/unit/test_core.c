/* test_core.c - arena, buffer, UTF-8, findings, JSON, whole-file output, workers. */
#include "core/buffer.h"
#include "core/finding.h"
#include "core/json.h"
#include "core/output.h"
#include "core/utf8.h"
#include "core/workers.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void arena_gives_zeroed_memory_of_any_size(void **state)
{
    (void)state;
    struct arena a = {0};
    for (size_t n = 1; n < 3000000; n = n * 3 + 1) {
        unsigned char *p = arena_alloc(&a, n, 1);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        assert_int_equal(p[0] | p[n / 2] | p[n - 1], 0);
        memset(p, 0xAA, n);
    }
    assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
    int *list = NULL;
    size_t n = 0, cap = 0;
    for (int i = 0; i < 1000; i++)
        *ARENA_PUSH(&a, list, n, cap) = i;
    assert_int_equal(list[999], 999);
    arena_free(&a);
}

static void utf8_refuses_what_is_malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80",         "\xC0\xAF",         "\xE0\x80\x80",
                                      "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                                      "\xE4\xBD"};
    size_t used;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(utf8_next(bad[i], strlen(bad[i]), &used), UTF8_BAD);
        assert_int_equal(used, 1);
    }
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp += cp < 0x3000 ? 1 : 97) {
        char s[5] = {0};
        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        size_t n = utf8_put(cp, s);
        assert_int_equal(utf8_next(s, n, &used), cp);
        assert_int_equal(used, n);
    }
    assert_int_equal(utf8_count("\xF0\xAC\xB1\x96某a"), 3);
    assert_int_equal(utf8_utf16_count("\xF0\xAC\xB1\x96某a"), 4);
    assert_string_equal(utf8_block(0x2CC56), "CJK Unified Ideographs Extension E");
}

static void findings_keep_both_languages_and_their_context(void **state)
{
    (void)state;
    struct diag d = {0}, copy = {0};
    d.context = (struct diag_context){"A003", "王某某", "U01", "评审表"};
    struct finding f = {.rule = "R68", .clause = "网4", .label = "照片", .at = {"batch.xml", 31}};
    assert_false(diag_add(&d, f, "%d×%d", "%dx%d", 200, 280));
    assert_true(diag_warn(&d, (struct src_pos){0}, "警", "w"));
    diag_append(&copy, &d);
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    diag_print(&copy, LANGUAGE_ZH, out);
    finding_print(&copy.list[0], LANGUAGE_EN, out);
    fclose(out);
    assert_string_equal(text, "batch.xml:31: error: [R68（网4）] A003 王某某 照片：200×280\n"
                              "warning: A003 王某某 警\n"
                              "batch.xml:31: error: [R68（网4）] A003 王某某 照片: 200x280");
    free(text);
    assert_true(diag_failed(&d));
    diag_clear(&d);
    assert_false(diag_failed(&d));
    diag_clear(&copy);
}

static void json_escapes_and_puts_commas(void **state)
{
    (void)state;
    struct buffer b = {0};
    struct json j = {.out = &b};
    json_open(&j, NULL, '{');
    json_string(&j, "a", "\"\\\n");
    json_string(&j, "left out", NULL);
    json_open(&j, "b", '[');
    json_close(&j, ']');
    json_integer(&j, "c", -3);
    json_close(&j, '}');
    buffer_putc(&b, 0);
    assert_string_equal((char *)b.data,
                        "{\n  \"a\": \"\\\"\\\\\\u000a\",\n  \"b\": [],\n  \"c\": -3\n}\n");
    buffer_clear(&b);
}

static void output_leaves_devices_alone_and_no_half_file(void **state)
{
    (void)state;
    struct diag d = {0};
    struct stat st;
    char dir[] = "/tmp/shenbao-output-XXXXXX";
    assert_non_null(mkdtemp(dir));
    assert_false(output_write("/dev/full", "x", 1, &d));
    assert_int_equal(stat("/dev/full", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
    assert_int_equal(d.system_faults, 1);

    struct arena a = {0};
    char *deep = arena_printf(&a, "%s/a/b", dir), *file = arena_printf(&a, "%s/x.pdf", deep);
    assert_true(output_make_directory(deep, &d));
    assert_true(output_write(file, "1234", 4, &d));
    assert_true(output_write(file, "12", 2, &d));
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_size, 2);
    assert_false(output_make_directory(file, &d));
    assert_false(output_write(arena_printf(&a, "%s/none/x.pdf", dir), "1", 1, &d));
    unlink(file);
    assert_int_equal(rmdir(deep), 0); /* no temporary was left */
    rmdir(arena_printf(&a, "%s/a", dir));
    rmdir(dir);
    arena_free(&a);
    diag_clear(&d);
}

static void names_of_files_are_safe(void **state)
{
    (void)state;
    struct arena a = {0};
    assert_string_equal(output_safe_name(&a, "../../x"), "_._.._x");
    assert_string_equal(output_safe_name(&a, "a/b"), "a_b");
    assert_string_equal(output_safe_name(&a, "CON"), "_CON");
    assert_string_equal(output_safe_name(&a, "com1.pdf"), "_com1.pdf");
    assert_string_equal(output_safe_name(&a, "-x"), "_x");
    assert_string_equal(output_safe_name(&a, ""), "_");
    assert_string_equal(output_safe_name(&a, "\xF0\xAC\xB1\x96某某"), "\xF0\xAC\xB1\x96某某");
    char lengthy[400];
    memset(lengthy, 'x', sizeof lengthy - 1);
    lengthy[sizeof lengthy - 1] = '\0';
    assert_int_equal(strlen(output_safe_name(&a, lengthy)), 200);
    arena_free(&a);
}

static void *job_begin(void *data)
{
    return data;
}

static void job_run(void *state, size_t number, struct buffer *result)
{
    (void)state;
    if (number % 10 == 3)
        raise(SIGKILL);
    buffer_printf(result, "%zu", number * number);
}

static void job_end(void *state)
{
    (void)state;
}

enum { JOBS = 100 };

/* The results of job_run, all but those it died of. */
static void check_squares(struct buffer *results)
{
    for (size_t i = 0; i < JOBS; i++) {
        char want[24];
        int len = snprintf(want, sizeof want, "%zu", i * i);
        if (i % 10 == 3) {
            assert_int_equal(results[i].len, 0);
        } else {
            assert_int_equal(results[i].len, len);
            assert_memory_equal(results[i].data, want, (size_t)len);
        }
        buffer_clear(&results[i]);
    }
}

static void a_dead_worker_costs_one_job(void **state)
{
    (void)state;
    struct buffer results[JOBS] = {{0}};
    struct workers_job job = {job_begin, job_run, job_end, results};
    assert_true(workers_run(&job, JOBS, 3, results));
    check_squares(results);
}

static void a_dead_worker_costs_one_job_though_sigchld_is_ignored(void **state)
{
    (void)state;
    struct buffer results[JOBS] = {{0}};
    struct workers_job job = {job_begin, job_run, job_end, results};
    signal(SIGCHLD, SIG_IGN);
    assert_true(workers_run(&job, JOBS, 3, results));
    signal(SIGCHLD, SIG_DFL);
    check_squares(results);
}

static void square(void *state, size_t number, struct buffer *result)
{
    (void)state;
    buffer_printf(result, "%zu", number * number);
}

static void one_process_needs_no_end(void **state)
{
    (void)state;
    struct buffer results[3] = {{0}};
    struct workers_job job = {job_begin, square, NULL, results};
    assert_true(workers_run(&job, 3, 1, results));
    assert_memory_equal(results[2].data, "4", 1);
    for (size_t i = 0; i < 3; i++)
        buffer_clear(&results[i]);
}

static void *begin_badly(void *data)
{
    (void)data;
    raise(SIGKILL);
    return NULL;
}

static void workers_that_die_at_the_start_are_not_replaced_for_ever(void **state)
{
    (void)state;
    struct buffer results[JOBS] = {{0}};
    struct workers_job job = {begin_badly, square, NULL, NULL};
    alarm(20);
    assert_true(workers_run(&job, JOBS, 3, results));
    alarm(0);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(results[i].len, 0);
}

enum { MUCH = 5000000 };

static void write_much(void *state, size_t number, struct buffer *result)
{
    (void)state;
    memset(buffer_room(result, MUCH + number), (int)number, MUCH + number);
}

static void workers_bring_large_results_whole(void **state)
{
    (void)state;
    enum { N = 12 };
    struct buffer results[N] = {{0}};
    struct workers_job job = {job_begin, write_much, NULL, results};
    assert_true(workers_run(&job, N, 3, results));
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(results[i].len, MUCH + i);
        for (size_t k = 0; k < results[i].len; k += 4093)
            assert_int_equal(results[i].data[k], i);
        buffer_clear(&results[i]);
    }
}

/* With room for so many descriptors more than are open now. */
static void limit_descriptors(rlim_t more, struct rlimit *saved)
{
    int next = dup(0);
    assert_return_code(getrlimit(RLIMIT_NOFILE, saved), errno);
    struct rlimit tight = {(rlim_t)next + more, saved->rlim_max};
    close(next);
    assert_return_code(setrlimit(RLIMIT_NOFILE, &tight), errno);
}

static void fewer_workers_than_wished_do_all_and_none_is_an_error(void **state)
{
    (void)state;
    struct buffer results[JOBS] = {{0}};
    struct workers_job job = {job_begin, job_run, job_end, results};
    struct rlimit saved;
    limit_descriptors(2, &saved); /* one pipe, and not even its successor */
    bool ok = workers_run(&job, JOBS, 3, results);
    setrlimit(RLIMIT_NOFILE, &saved);
    assert_true(ok);
    check_squares(results);

    limit_descriptors(1, &saved);
    errno = 0;
    ok = workers_run(&job, JOBS, 3, results);
    int why = errno;
    setrlimit(RLIMIT_NOFILE, &saved);
    assert_false(ok);
    assert_int_equal(why, EMFILE);
}

static void wait_long(void *state, size_t number, struct buffer *result)
{
    int *started = state;
    (void)number;
    (void)result;
    if (write(*started, "x", 1) == 1)
        sleep(60);
}

static void workers_end_with_their_parent(void **state)
{
    (void)state;
    int started[2];
    assert_return_code(pipe(started), errno);
    pid_t parent = fork();
    if (parent == 0) {
        struct buffer results[2] = {{0}};
        struct workers_job job = {job_begin, wait_long, NULL, &started[1]};
        close(started[0]);
        workers_run(&job, 2, 2, results);
        _exit(0);
    }
    close(started[1]);
    char c[2];
    for (size_t got = 0; got < 2; got++)
        assert_int_equal(read(started[0], c, 1), 1);
    kill(parent, SIGINT);
    /* Our reading end sees the end of the file when the last holder of the other is gone. */
    struct pollfd gone = {.fd = started[0], .events = POLLIN};
    assert_int_equal(poll(&gone, 1, 10000), 1);
    assert_int_equal(read(started[0], c, 1), 0);
    close(started[0]);
    int status;
    assert_int_equal(waitpid(parent, &status, 0), parent);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

static void do_alone(void *data, struct buffer *result)
{
    switch (*(const char *)data) {
    case 'w': /* work */
        memset(buffer_room(result, MUCH), 'w', MUCH);
        break;
    case 'd': /* die */
        buffer_puts(result, "half");
        raise(SIGSEGV);
        break;
    case 's': /* spin */
        for (volatile unsigned i = 0;; i++)
            ;
    case 'm': /* want memory */
        for (size_t i = 0; i < 64; i++)
            memset(buffer_room(result, 16 << 20), 'm', 16 << 20);
        break;
    }
}

static void what_is_done_alone_is_bounded(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum workers_end end;
        size_t len;
    } cases[] = {
        {"w", WORKERS_DONE, MUCH}, {"d", WORKERS_DIED, 0}, {"s", WORKERS_SLOW, 0},
        {"m", WORKERS_DIED, 0},    {"n", WORKERS_DONE, 0},
    };
    struct workers_limits limits = {.seconds = 1, .bytes = 256 << 20};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer result = {0};
        char what = cases[i].what[0];
        assert_int_equal(workers_alone(do_alone, &what, limits, &result), cases[i].end);
        assert_int_equal(result.len, cases[i].len);
        assert_true(result.len == 0 || result.data[MUCH - 1] == 'w');
        buffer_clear(&result);
    }
    struct rlimit saved;
    struct buffer result = {0};
    char what = 'w';
    limit_descriptors(1, &saved);
    assert_int_equal(workers_alone(do_alone, &what, limits, &result), WORKERS_REFUSED);
    setrlimit(RLIMIT_NOFILE, &saved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_memory_of_any_size),
        cmocka_unit_test(utf8_refuses_what_is_malformed),
        cmocka_unit_test(findings_keep_both_languages_and_their_context),
        cmocka_unit_test(json_escapes_and_puts_commas),
        cmocka_unit_test(output_leaves_devices_alone_and_no_half_file),
        cmocka_unit_test(names_of_files_are_safe),
        cmocka_unit_test(a_dead_worker_costs_one_job),
        cmocka_unit_test(a_dead_worker_costs_one_job_though_sigchld_is_ignored),
        cmocka_unit_test(one_process_needs_no_end),
        cmocka_unit_test(workers_that_die_at_the_start_are_not_replaced_for_ever),
        cmocka_unit_test(workers_bring_large_results_whole),
        cmocka_unit_test(fewer_workers_than_wished_do_all_and_none_is_an_error),
        cmocka_unit_test(workers_end_with_their_parent),
        cmocka_unit_test(what_is_done_alone_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
