/* test_units.c - lengths, and the type sizes that have Chinese names. */
#include "core/units.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void an_inch_is_72_points(void **state)
{
    (void)state;
    assert_true(length_in_mm(20 * POINTS_PER_MM) == 20);
    assert_true(length_in_mm(POINTS_PER_CM) == 10);
    assert_true(length_in_mm(72) == 25.4);
    assert_true(A4_WIDTH_MM * POINTS_PER_MM - A4_WIDTH < LENGTH_SLACK);
    assert_true(A3_HEIGHT - A3_HEIGHT_MM * POINTS_PER_MM < LENGTH_SLACK);
}

static void chinese_sizes_have_their_points(void **state)
{
    double points = 1;
    (void)state;
    assert_true(chinese_size("初号", &points) && points == 42);
    assert_true(chinese_size("五号", &points) && points == 10.5);
    assert_true(chinese_size("八号", &points) && points == 5);
    assert_false(chinese_size("九号", &points) || chinese_size("", &points));
    assert_true(points == 5); /* unknown names leave the value alone */
}

static void the_next_smaller_size_has_a_name_or_is_the_floor(void **state)
{
    (void)state;
    assert_true(chinese_size_below(100, 9) == 42);
    assert_true(chinese_size_below(10.5, 9) == 9);
    assert_true(chinese_size_below(10.4, 5) == 9);
    assert_true(chinese_size_below(9.005, 5) == 7.5); /* 9.005 is 9 */
    assert_true(chinese_size_below(10.5, 10) == 10);
    assert_true(chinese_size_below(5, 4) == 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_inch_is_72_points),
        cmocka_unit_test(chinese_sizes_have_their_points),
        cmocka_unit_test(the_next_smaller_size_has_a_name_or_is_the_floor),
    };
    return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
