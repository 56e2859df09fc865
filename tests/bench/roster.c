/* roster.c - what our roster costs beside a bare libxlsxwriter loop over the same cells.
 * usage: roster ours|bare TEMPLATE BATCH OUT; CPU seconds of reading (record and XPath) and of
 * writing the workbook. */
#include "core/output.h"
#include "sheet/book.h"
#include "sheet/cell.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xlsxwriter.h>

static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Text as text, numbers as numbers, a format with a border to each column: what anybody would
 * write. */
static bool bare(const struct sheet_template *t, struct sheet_rows *rows, const size_t *order,
                 size_t n, const char *path)
{
    struct arena arena = {0};
    struct cell *cells = mem_alloc(n * t->n + 1, sizeof *cells), *cell = cells;
    for (size_t i = 0; i < n; i++) {
        struct sheet_cells row;
        if (!sheet_rows_read(rows, order[i], &row))
            return false;
        for (size_t k = 0; k < t->n; k++, cell++) {
            cell_make(cell, &t->columns[k], arena_strdup(&arena, row.texts[k]));
            if (t->columns[k].type == COLUMN_INDEX)
                *cell = (struct cell){.kind = CELL_NUMBER, .text = "", .number = (double)i + 1};
        }
    }
    double start = cpu();
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    lxw_workbook *book = workbook_new_opt(path, &options);
    lxw_worksheet *ws = workbook_add_worksheet(book, NULL);
    lxw_format **formats = mem_alloc(t->n, sizeof *formats);
    for (size_t k = 0; k < t->n; k++) {
        formats[k] = workbook_add_format(book);
        format_set_border(formats[k], LXW_BORDER_THIN);
        format_set_num_format(formats[k], t->columns[k].format);
    }
    cell = cells;
    for (lxw_row_t i = 0; i < n; i++)
        for (size_t k = 0; k < t->n; k++, cell++) {
            if (cell->kind == CELL_NUMBER)
                worksheet_write_number(ws, i, (lxw_col_t)k, cell->number, formats[k]);
            else
                worksheet_write_string(ws, i, (lxw_col_t)k, cell->text, formats[k]);
        }
    bool ok = workbook_close(book) == LXW_NO_ERROR;
    printf("%.4f\n", cpu() - start);
    free(formats);
    free(cells);
    arena_free(&arena);
    return ok;
}

/* As the program does it: the workbook into a temporary file, and that to where it belongs. */
static bool ours(const struct sheet_template *t, struct sheet_rows *rows, const char *path,
                 struct diag *diag)
{
    const struct sheet_party *parties;
    size_t n;
    double start = cpu();
    size_t *order = sheet_rows_of(rows, 0, NULL, &n);
    sheet_rows_parties(rows, &parties);
    struct sheet_list list = {&parties[0], order, n};
    struct sheet_document d = {
        .template = t, .rows = rows, .lists = &list, .n_lists = 1, .created = "2026-09-30"};
    FILE *file = tmpfile();
    bool ok = file && sheet_write(&d, file, diag) && output_copy(path, fileno(file), diag);
    if (file)
        fclose(file);
    printf("%.4f\n", cpu() - start);
    free(order);
    return ok;
}

int main(int argc, char **argv)
{
    struct diag diag = {0};
    struct applicant who;
    if (argc != 5)
        return 2;
    const char *batch = argv[3];
    const struct record_options options = {
        .schema_path = "templates/base/applicants.xsd", .inputs = &batch, .n_inputs = 1};
    struct sheet_template *t = sheet_template_load(argv[2], &diag);
    struct record *record = t ? record_open(&options, &diag) : NULL;
    double opened = cpu();
    struct sheet_rows *rows = record ? sheet_rows_new(t, SCOPE_DELEGATION, ORDER_GIVEN, NULL, &diag) : NULL;
    struct query_context *query = query_context_new(NULL);
    struct record_cursor *cursor = rows ? record_cursor_new(record, &diag) : NULL;
    bool ok = cursor != NULL;
    const struct record_delegation *delegations;
    for (size_t d = 0; ok && d < record_delegations(record, &delegations); d++)
        sheet_rows_add_delegation(rows, query, &delegations[d], "2026-09-30");
    while (ok && record_next(cursor, &who))
        ok = sheet_rows_add(rows, query, &who, record_asof(record));
    printf("%.4f %.4f %zu ", opened, cpu() - opened, ok ? sheet_rows_count(rows) : 0);
    if (ok && !strcmp(argv[1], "ours")) {
        ok = ours(t, rows, argv[4], &diag);
    } else if (ok) {
        size_t n, *order = sheet_rows_of(rows, 0, NULL, &n);
        ok = bare(t, rows, order, n, argv[4]);
        free(order);
    }
    diag_print(&diag, LANGUAGE_EN, stderr);
    record_cursor_free(cursor);
    query_context_free(query);
    sheet_rows_free(rows);
    record_free(record);
    sheet_template_free(t);
    diag_clear(&diag);
    return !ok;
}
