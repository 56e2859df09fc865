/* test_xlsx.h - workbooks for the tests, out of parts given as text, and what is read of them as
 * text. */
#ifndef TEST_XLSX_H
#define TEST_XLSX_H

#include "core/buffer.h"
#include "core/cells.h"
#include "workbook/xlsx.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

struct test_part {
    const char *name, *text;
    size_t len; /* 0: of a string */
};

#define MAIN_NS "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELATION_NS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELATION(id, type, target)                                                                 \
    "<Relationship Id=\"" id "\" Type=\"" RELATION_NS "/" type "\" Target=\"" target "\"/>"
#define RELATIONS(list)                                                                            \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" list  \
    "</Relationships>"
#define PACKAGE                                                                                    \
    {                                                                                              \
        "_rels/.rels", RELATIONS(RELATION("rId1", "officeDocument", "xl/workbook.xml")), 0         \
    }
#define WORKBOOK_WITH(properties, sheets)                                                          \
    {                                                                                              \
        "xl/workbook.xml",                                                                         \
            "<workbook xmlns=\"" MAIN_NS "\" xmlns:r=\"" RELATION_NS "\">" properties              \
            "<sheets>" sheets "</sheets></workbook>",                                              \
            0                                                                                      \
    }
#define WORKBOOK WORKBOOK_WITH("", "<sheet name=\"人员\" sheetId=\"1\" r:id=\"rId1\"/>")
#define WORKBOOK_RELATIONS                                                                         \
    {                                                                                              \
        "xl/_rels/workbook.xml.rels",                                                              \
            RELATIONS(RELATION("rId1", "worksheet", "worksheets/sheet1.xml")                       \
                          RELATION("rId2", "sharedStrings", "sharedStrings.xml")                   \
                              RELATION("rId3", "styles", "styles.xml")),                           \
            0                                                                                      \
    }
#define STRINGS(items)                                                                             \
    {                                                                                              \
        "xl/sharedStrings.xml", "<sst xmlns=\"" MAIN_NS "\">" items "</sst>", 0                    \
    }
#define SHEET(inner)                                                                               \
    {                                                                                              \
        "xl/worksheets/sheet1.xml", "<worksheet xmlns=\"" MAIN_NS "\">" inner "</worksheet>", 0    \
    }
#define ROWS(rows) SHEET("<sheetData>" rows "</sheetData>")
#define PARTS(...)                                                                                 \
    (const struct test_part[]){__VA_ARGS__},                                                       \
        sizeof(const struct test_part[]){__VA_ARGS__} / sizeof(struct test_part)
/* A plain book of one sheet. */
#define BOOK(...) PARTS(PACKAGE, WORKBOOK, WORKBOOK_RELATIONS, __VA_ARGS__)

static char test_book[] = "/tmp/shenbao-book-XXXXXX";
static struct diag test_diag;

static inline int test_book_begin(void **state)
{
    (void)state;
    return close(mkstemp(test_book));
}

static inline int test_book_end(void **state)
{
    (void)state;
    diag_clear(&test_diag);
    return unlink(test_book);
}

static inline void put_number(struct buffer *b, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buffer_putc(b, i < 8 ? (int)(value >> 8 * i & 0xFF) : 0);
}

/* What a directory entry and a local header have in common; method 8 is deflate, flags 1 a
 * password. */
struct test_packed {
    struct buffer data;
    unsigned long sum;
    size_t len;
    int method, flags;
};

static inline struct test_packed test_pack(const char *text, size_t len, bool deflated)
{
    struct test_packed p = {.len = len, .sum = crc32(0, (const Bytef *)text, (uInt)len)};
    if (!deflated) {
        buffer_add(&p.data, text, len);
        return p;
    }
    z_stream z = {.next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)len};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&z, len);
    z.next_out = buffer_room(&p.data, room);
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    p.data.len -= z.avail_out;
    p.method = 8;
    deflateEnd(&z);
    return p;
}

static inline void test_put_header(struct buffer *out, const char *name,
                                   const struct test_packed *p, bool central, size_t at)
{
    buffer_add(out, central ? "PK\1\2\24\0\24\0" : "PK\3\4\24\0", central ? 8 : 6);
    put_number(out, (uint64_t)p->flags, 2);
    put_number(out, (uint64_t)p->method, 2);
    put_number(out, 0x00210000, 4); /* 1980-01-01 */
    put_number(out, p->sum, 4);
    put_number(out, p->data.len, 4);
    put_number(out, p->len, 4);
    put_number(out, strlen(name), 2);
    put_number(out, 0, central ? 12 : 2);
    if (central)
        put_number(out, at, 4);
    buffer_puts(out, name);
}

/* Adds one part to the archive, and its entry to the directory. */
static inline void test_add_part(struct buffer *out, struct buffer *directory, const char *name,
                                 struct test_packed *p)
{
    test_put_header(directory, name, p, true, out->len);
    test_put_header(out, name, p, false, 0);
    buffer_add(out, p->data.data, p->data.len);
    buffer_clear(&p->data);
}

static inline void test_end_archive(struct buffer *out, struct buffer *directory, size_t n)
{
    size_t at = out->len;
    buffer_add(out, directory->data, directory->len);
    buffer_add(out, "PK\5\6\0\0\0\0", 8);
    put_number(out, n, 2);
    put_number(out, n, 2);
    put_number(out, directory->len, 4);
    put_number(out, at, 4);
    put_number(out, 0, 2);
    buffer_clear(directory);
}

static inline struct buffer test_archive(const struct test_part *parts, size_t n)
{
    struct buffer out = {0}, directory = {0};
    for (size_t i = 0; i < n; i++) {
        size_t len = parts[i].len ? parts[i].len : strlen(parts[i].text);
        struct test_packed p = test_pack(parts[i].text, len, len > 4096);
        test_add_part(&out, &directory, parts[i].name, &p);
    }
    test_end_archive(&out, &directory, n);
    return out;
}

static inline void test_write(const void *data, size_t len)
{
    FILE *f = fopen(test_book, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

/* Opens what was written; NULL: reported in test_diag. */
static inline struct xlsx *test_open_as(const char *name)
{
    int fd = open(test_book, O_RDONLY);
    assert_true(fd >= 0);
    diag_clear(&test_diag);
    struct xlsx *x = xlsx_open(fd, name, &test_diag);
    close(fd);
    return x;
}

static inline struct xlsx *test_open(const struct test_part *parts, size_t n)
{
    struct buffer file = test_archive(parts, n);
    test_write(file.data, file.len);
    buffer_clear(&file);
    return test_open_as("书.xlsx");
}

static inline void test_print_cell(struct buffer *out, const struct xlsx_cell *c)
{
    static const char *const kinds[] = {"empty", "text",     "number",  "date",      "boolean",
                                        "error", "no value", "picture", "bad string"};
    char address[CELL_NAME], last[CELL_NAME];
    buffer_printf(out, "%s %s", cell_name(address, c->row, c->column), kinds[c->kind]);
    if (c->kind == XLSX_DATE) {
        if (c->date.year)
            buffer_printf(out, " %04d-%02d-%02d", c->date.year, c->date.month, c->date.day);
        buffer_printf(out, "%s%s%s", c->date.timed ? " timed" : "",
                      c->date.day_shown ? "" : " no day", c->date.year_shown ? "" : " no year");
    } else if (c->kind == XLSX_PICTURE) {
        buffer_printf(out, c->picture == SIZE_MAX ? " missing" : " %zu", c->picture);
    } else if (*c->text) {
        buffer_printf(out, " %s", c->text);
    }
    buffer_puts(out, c->formula ? " formula" : "");
    buffer_puts(out, c->hidden_column ? " hidden" : "");
    if (c->merged)
        buffer_printf(out, " to %s", cell_name(last, c->merged->last_row, c->merged->last_column));
    buffer_putc(out, '\n');
}

/* All cells of a sheet as lines; the caller's to free. */
static inline char *test_sheet(struct xlsx *x, size_t sheet)
{
    struct buffer out = {0};
    struct xlsx_row row;
    struct xlsx_rows *rows = xlsx_rows_new(x, sheet, &test_diag);
    while (xlsx_rows_next(rows, &row)) {
        if (row.hidden)
            buffer_printf(&out, "row %u hidden\n", row.row);
        for (size_t i = 0; i < row.n; i++)
            test_print_cell(&out, &row.cells[i]);
    }
    xlsx_rows_free(rows);
    buffer_putc(&out, '\0');
    return (char *)out.data;
}

/* What a book's first sheet says is this; all else that is found in it is a fault of the test. */
static inline void test_reads(const struct test_part *parts, size_t n, const char *cells)
{
    struct xlsx *x = test_open(parts, n);
    if (test_diag.n)
        fail_msg("%s", test_diag.list[0].text[LANGUAGE_EN]);
    assert_non_null(x);
    char *read = test_sheet(x, 0);
    if (test_diag.n)
        fail_msg("%s", test_diag.list[0].text[LANGUAGE_EN]);
    assert_string_equal(read, cells);
    free(read);
    xlsx_free(x);
}

/* One message, with these words, is all that comes of it. */
static inline void test_refuses(const struct test_part *parts, size_t n, const char *words)
{
    struct xlsx *x = test_open(parts, n);
    if (x)
        free(test_sheet(x, 0));
    xlsx_free(x);
    assert_int_equal(test_diag.n, 1);
    if (!strstr(test_diag.list[0].text[LANGUAGE_EN], words))
        fail_msg("%s", test_diag.list[0].text[LANGUAGE_EN]);
}

#endif
