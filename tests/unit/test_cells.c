/* test_cells.c - which cell of a workbook a line of its XML is of. */
#include "core/cells.h"
#include "core/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct cell_column people[] = {{"@id", "申报人编号", "", 1},
                                            {"person/name", "姓名", "", 2},
                                            {"person/id-number/@type", "证件类型", "", 5},
                                            {"person/id-number", "身份证号", "", 4}};
static const struct cell_column awards[] = {{"@name", "奖励名称", "", 3},
                                            {"@kind", "类别", "award", 6},
                                            {"@kind", "类别", "honour influence", 7},
                                            {"", "说明", "", 28}};
static const struct cell_sheet sheets[] = {{"人员", people, 4, 1, 0},
                                           {"获奖荣誉", awards, 4, 1, 0}};
static const struct cell_row rows[] = {
    {3, 0, 2, "applicant", true}, {4, 1, 9, "award", false}, {6, 1, 12, "honour", false}};
static const char *const readings[] = {"1"};
static const struct cell_flaw flaws[] = {{4, "@rank", readings, 1}, {4, "@name", readings, 1}};
static const struct cell_map map = {"book.xlsx", flaws, 2, sheets, 2, rows, 3, true};

static void assert_cell(long line, const char *field, const char *label, const char *expected)
{
    const char *sheet;
    char cell[CELL_NAME], found[64] = "";
    cells_use(&map, 1);
    if (cells_find("book.xlsx", line, field, label, &sheet, cell))
        snprintf(found, sizeof found, "%s!%s", sheet, cell);
    cells_use(NULL, 0);
    assert_string_equal(found, expected);
}

static void test_fields_have_their_columns(void **state)
{
    (void)state;
    assert_cell(3, "person/name", NULL, "人员!B2");
    assert_cell(3, "person/id-number", NULL, "人员!D2");
    assert_cell(3, "person/id-number/@type", NULL, "人员!E2");
    assert_cell(4, "award/@name", NULL, "获奖荣誉!C9");
    assert_cell(5, "award[2]/@kind", NULL, "获奖荣誉!F9");
    assert_cell(6, "honour[3]/@kind", NULL, "获奖荣誉!G12");
    assert_cell(7, "honour[3]", NULL, "获奖荣誉!AB12");
}

static void test_what_has_no_column_stands_in_the_first(void **state)
{
    (void)state;
    assert_cell(3, "pledge/@date", NULL, "人员!A2");
    assert_cell(3, NULL, "姓名", "人员!B2");
    assert_cell(3, NULL, NULL, "人员!A2");
    assert_cell(2, "person/name", NULL, "");
    assert_cell(0, "person/name", NULL, "");
}

static void test_names_of_cells(void **state)
{
    static const struct {
        uint32_t column;
        const char *name;
    } table[] = {{1, "A7"}, {26, "Z7"}, {27, "AA7"}, {702, "ZZ7"}, {703, "AAA7"}, {16384, "XFD7"}};
    char cell[CELL_NAME];
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cell_name(cell, 7, table[i].column);
        assert_string_equal(cell, table[i].name);
    }
}

static void test_faulty_rows_and_their_flaws(void **state)
{
    const struct cell_flaw *list;
    const char *element;
    (void)state;
    cells_use(&map, 1);
    assert_true(cells_faulty("book.xlsx", 3));
    assert_true(cells_lost("book.xlsx"));
    assert_false(cells_lost("other.xlsx"));
    assert_false(cells_faulty("book.xlsx", 4));
    assert_false(cells_faulty("other.xml", 3));
    assert_int_equal(cells_flaws("book.xlsx", 4, &list, &element), 2);
    assert_string_equal(list[1].path, "@name");
    assert_string_equal(element, "award");
    assert_int_equal(cells_flaws("book.xlsx", 5, &list, &element), 0);
    cells_use(NULL, 0);
}

static void test_a_finding_is_shown_at_its_cell(void **state)
{
    struct diag d = {0};
    struct buffer line = {0};
    (void)state;
    cells_use(&map, 1);
    diag_add(&d,
             (struct finding){
                 .severity = SEVERITY_ERROR, .field = "person/name", .at = {"book.xlsx", 3}},
             "错", "wrong");
    cells_use(NULL, 0);
    finding_write(&d.list[0], LANGUAGE_EN, &line);
    buffer_putc(&line, '\0');
    assert_string_equal((const char *)line.data, "book.xlsx:人员!B2: error: wrong\n");
    buffer_clear(&line);
    diag_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_have_their_columns),
        cmocka_unit_test(test_what_has_no_column_stands_in_the_first),
        cmocka_unit_test(test_names_of_cells),
        cmocka_unit_test(test_faulty_rows_and_their_flaws),
        cmocka_unit_test(test_a_finding_is_shown_at_its_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
