/* fuzz_marked.c - a workbook, from its ZIP archive on, gets marks of what is wrong in it, a text in
 * a cell, and marks again: what is written each time is a workbook that holds them. */
#include "xml_mutator.h"
#include "zip_mutator.h"

#include "workbook/book_marker.h"
#include "workbook/cell_edit.h"
#include "workbook/xlsx.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define EDITED "改 <&\"'\n\t_x000D_"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    zip_learn("tests/saved_books/saved-exceljs.xlsx");
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return zip_mutate(data, size, max, seed);
}

/* A finding at a cell of the first sheet, two at one of the last, and one of the file. */
static bool mark(int fd, const char *name, const struct xlsx_sheet *sheets, size_t n,
                 const char *to, struct diag *diag)
{
    struct finding at[] = {
        {.severity = SEVERITY_ERROR, .sheet = sheets[0].name, .cell = "B2", .rule = "R01"},
        {.severity = SEVERITY_WARNING, .sheet = sheets[n - 1].name, .cell = "D7"},
        {.severity = SEVERITY_INFO, .sheet = sheets[n - 1].name, .cell = "D7"},
        {.severity = SEVERITY_ERROR}};
    const struct finding *list[4];
    struct diag found = {0};
    for (size_t i = 0; i < 4; i++) {
        at[i].at = (struct src_pos){name, 0};
        diag_add(&found, at[i], "写错了 <&\"]]>", "is wrong <&\"]]>");
    }
    for (size_t i = 0; i < 4; i++)
        list[i] = &found.list[i];
    bool ok = book_mark(fd, name, list, 4, LANGUAGE_ZH, LANGUAGE_EN, to, diag);
    door_hold(ok || diag_failed(diag));
    diag_clear(&found);
    return ok;
}

/* The cell's text, as a reader has it. */
static bool holds(int fd, const char *sheet, uint32_t row, uint32_t column, const char *text)
{
    struct diag diag = {0};
    struct xlsx *x = xlsx_open(fd, "edited.xlsx", &diag);
    const struct xlsx_sheet *sheets = NULL;
    size_t n = x ? xlsx_sheets(x, &sheets) : 0, i = 0;
    bool found = false;
    while (i < n && strcmp(sheets[i].name, sheet))
        i++;
    struct xlsx_rows *rows = i < n ? xlsx_rows_new(x, i, &diag) : NULL;
    struct xlsx_row r;
    while (rows && !found && xlsx_rows_next(rows, &r))
        for (size_t k = 0; r.row == row && k < r.n; k++)
            found = found || (r.cells[k].column == column && !strcmp(r.cells[k].text, text));
    xlsx_rows_free(rows);
    xlsx_free(x);
    diag_clear(&diag);
    return found;
}

static bool edit(int fd, const char *sheet, const char *to, struct diag *diag)
{
    const struct cell_edit e = {.sheet = sheet, .cell = "C3", .value = EDITED};
    bool ok = cell_edit_write(fd, "marked.xlsx", &e, 1, to, diag);
    door_hold(ok || diag_failed(diag));
    return ok;
}

/* Of the marked book: its first sheet is the list, and behind it comes each that there was but
 * earlier lists. */
static void follow(const char *marked, const char *edited, const char *again, size_t before,
                   struct diag *diag)
{
    int fd = open(marked, O_RDONLY | O_CLOEXEC);
    struct xlsx *x = xlsx_open(fd, "marked.xlsx", diag);
    door_hold(x);
    const struct xlsx_sheet *sheets;
    size_t n = xlsx_sheets(x, &sheets);
    door_hold(n > 0 && n <= before + 1);
    if (n > 1 && edit(fd, sheets[1].name, edited, diag)) {
        int other = open(edited, O_RDONLY | O_CLOEXEC);
        door_hold(holds(other, sheets[1].name, 3, 3, EDITED));
        door_hold(mark(other, "edited.xlsx", sheets + 1, n - 1, again, diag));
        close(other);
    }
    xlsx_free(x);
    close(fd);
}

void door_run(const uint8_t *data, size_t size)
{
    struct diag diag = {0};
    const char *const marked = door_put("marked.xlsx", "", 0), *edited = door_put("e.xlsx", "", 0);
    const char *const again = door_put("again.xlsx", "", 0);
    int fd = door_file(data, size);
    struct xlsx *x = xlsx_open(fd, "book.xlsx", &diag);
    const struct xlsx_sheet *sheets;
    size_t n = x ? xlsx_sheets(x, &sheets) : 0;
    door_hold(x || diag_failed(&diag));
    if (n > 0 && mark(fd, "book.xlsx", sheets, n, marked, &diag))
        follow(marked, edited, again, n, &diag);
    xlsx_free(x);
    door_end_of_data(&diag);
}
