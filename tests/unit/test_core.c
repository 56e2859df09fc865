/* test_core.c - arena, buffer, UTF-8, findings, JSON, whole-file output, workers. */
#include "core/buffer.h"
#include "core/finding.h"
#include "core/json.h"
#include "core/output.h"
#include "core/utf8.h"
#include "core/workers.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
    static const char *const bad[] = {"\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE4\xBD"};
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
    assert_string_equal((char *)b.data, "{\n  \"a\": \"\\\"\\\\\\u000a\",\n  \"b\": [],\n  \"c\": -3\n}\n");
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
    if (number == 13)
        raise(SIGKILL);
    buffer_printf(result, "%zu", number * number);
}

static void job_end(void *state)
{
    (void)state;
}

static void a_dead_worker_costs_one_job(void **state)
{
    (void)state;
    enum { N = 100 };
    struct buffer results[N] = {{0}};
    struct workers_job job = {job_begin, job_run, job_end, results};
    assert_true(workers_run(&job, N, 3, results));
    for (size_t i = 0; i < N; i++) {
        char want[24];
        int len = snprintf(want, sizeof want, "%zu", i * i);
        if (i == 13) {
            assert_int_equal(results[i].len, 0);
        } else {
            assert_int_equal(results[i].len, len);
            assert_memory_equal(results[i].data, want, (size_t)len);
        }
        buffer_clear(&results[i]);
    }
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
