/* fuzz_workbook.c - a workbook from its ZIP archive on: sheets, strings, styles, comments,
 * pictures, then as XML of the vocabulary, which the record must be able to read as XML. Mutated
 * part by part. */
#include "xml_mutator.h"
#include "zip_mutator.h"

#include "package/rework.h"
#include "record/stream.h"
#include "workbook/book_reader.h"
#include "workbook/xlsx.h"

#include "../unit/shipped.h"
#include <string.h>
#include <unistd.h>

static const struct book_template *form;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static struct arena arena;
    struct diag diag = {0};
    (void)argc, (void)argv;
    use_shipped_profile();
    form = book_template_read("templates/base/workbook.xml", "templates/base/applicants.xsd", NULL,
                              0, &arena, &diag);
    if (!form)
        door_shut("templates/base/workbook.xml", &diag);
    zip_learn("tests/saved_books/saved-exceljs.xlsx");
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return zip_mutate(data, size, max, seed);
}

static void hold_cell(const struct xlsx_cell *c, uint32_t before)
{
    door_hold(c->column > before && c->column <= XLSX_COLUMNS && c->text && c->format);
    door_hold(c->kind != XLSX_DATE || (c->date.month <= 12 && c->date.day <= 31));
}

static void read_sheets(struct xlsx *x, struct diag *diag)
{
    const struct xlsx_sheet *sheets;
    size_t n = xlsx_sheets(x, &sheets);
    for (size_t i = 0; i < n; i++) {
        struct xlsx_rows *rows = xlsx_rows_new(x, i, diag);
        struct xlsx_row row;
        for (uint32_t last = 0; rows && xlsx_rows_next(rows, &row); last = row.row) {
            door_hold(row.row > last && row.row <= XLSX_ROWS);
            for (size_t k = 0; k < row.n; k++)
                hold_cell(&row.cells[k], k ? row.cells[k - 1].column : 0);
        }
        xlsx_rows_free(rows);
    }
}

static void start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                  int n_spaces, const xmlChar **spaces, int n, int defaulted, const xmlChar **list)
{
    (void)data, (void)name, (void)prefix, (void)uri, (void)n_spaces, (void)spaces, (void)n;
    (void)defaulted, (void)list;
}

static void end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)data, (void)name, (void)prefix, (void)uri;
}

static void text(void *data, const xmlChar *s, int len)
{
    (void)data, (void)s, (void)len;
}

/* What is made of a book is XML without a fault. */
static void hold_made(int fd)
{
    static const struct stream_events nothing = {start, end, text, NULL};
    struct arena arena = {0};
    struct stream *s = stream_new(fd, &nothing, NULL, &arena);
    while (stream_read(s))
        ;
    door_hold(!stream_fault(s));
    stream_free(s);
    arena_free(&arena);
}

/* The same file as the committee's list of returned points. */
static void read_points(const uint8_t *data, size_t size, struct diag *diag)
{
    const char *path = door_put("points.xlsx", data, size);
    struct rework *r = rework_read(path, shipped_templates, diag);
    for (size_t i = 0; r && i < r->n; i++) {
        const struct rework_point *p = &r->points[i];
        door_hold(p->text && *p->text && (*p->applicant || *p->name) && p->sheet && p->cell);
    }
    rework_free(r);
    unlink(path);
}

void door_run(const uint8_t *data, size_t size)
{
    struct diag diag = {0}, remarks = {0};
    struct arena arena = {0};
    struct book_made made;
    int fd = door_file(data, size);
    xlsx_claims(fd, "book.xlsx");
    struct xlsx *x = xlsx_open(fd, "book.xlsx", &diag);
    door_hold(x || diag_failed(&diag));
    if (x) {
        read_sheets(x, &diag);
        xlsx_property(x, "shenbao");
        xlsx_free(x);
        if (book_read(form, fd, "book.xlsx", "tests/layout", &arena, &made, &remarks, &diag)) {
            hold_made(made.fd);
            book_made_clear(&made);
        } else {
            door_hold(diag_failed(&diag) || diag_failed(&remarks));
        }
    }
    door_end_of_data(&remarks);
    door_end_of_data(&diag);
    arena_free(&arena);
    if (x && size % 4 == 1) {
        read_points(data, size, &diag);
        door_end(&diag);
    }
}
