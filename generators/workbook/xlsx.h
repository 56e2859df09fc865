/* xlsx.h - reads the file of a workbook (.xlsx): its sheets, rows and cells as they are written.
 *
 * Nothing here knows of applicants. What a cell says is handed out exactly; value.h makes a date, a
 * number or a word of it. The input is hostile: entries, sizes, ratios and counts are limited, time
 * and memory depend on what is in the file and not on what it claims. Every fault is reported once,
 * with sheet and cell where it has them (struct finding), and is the data's, unless the machine has
 * failed. */
#ifndef WORKBOOK_XLSX_H
#define WORKBOOK_XLSX_H

#include "core/finding.h"

#include <stdint.h>

enum { XLSX_ROWS = 1 << 20, XLSX_COLUMNS = 1 << 14 };

/* Is the file behind fd (read by pread, from 0) a workbook, or a file of another table program, by
 * its content, or where that says nothing by the name's end? Such are refused by xlsx_open in words
 * that say what they are and what to do: .xls, .et, .ods, .csv, .numbers, a password, HTML that is
 * named .xlsx. All else is left to the reader of XML. */
bool xlsx_claims(int fd, const char *name);

struct xlsx;

/* fd is read by pread and stays the caller's, open until xlsx_free. name: for messages. NULL: it
 * was reported. Reads all parts but the sheets: relations, workbook, shared strings (into a spool),
 * styles, pictures. */
struct xlsx *xlsx_open(int fd, const char *name, struct diag *diag);
void xlsx_free(struct xlsx *x); /* NULL is fine */

struct xlsx_sheet {
    const char *name; /* without what XML escapes; never NULL */
    bool hidden;
    bool cells; /* false: a chart sheet, a macro sheet: it has no rows */
};

/* A fault of the file was reported, after which nothing more can be read of it. */
bool xlsx_broken(const struct xlsx *x);

/* In the order of the tabs. */
size_t xlsx_sheets(const struct xlsx *x, const struct xlsx_sheet **out);
/* A custom property of the document, as text; NULL: there is none of that name. */
const char *xlsx_property(const struct xlsx *x, const char *name);
enum xlsx_kind {
    XLSX_EMPTY,     /* styled or merged, but nothing in it */
    XLSX_TEXT,      /* shared or inline, rich runs joined, phonetic runs left out */
    XLSX_NUMBER,    /* whose format shows a number, or General */
    XLSX_DATE,      /* a number whose format shows a date or a time, or t="d" */
    XLSX_BOOLEAN,   /* text is "1" or "0" */
    XLSX_ERROR,     /* text is "#N/A" ... */
    XLSX_NO_VALUE,  /* a formula whose result is not in the file */
    XLSX_PICTURE,   /* a picture in the cell: Excel's (vm=, #VALUE!) or WPS's DISPIMG */
    XLSX_BAD_STRING /* an index that no shared string has; text is the index */
};

/* Rows and columns count from 1, as in addresses; both ends belong to it. */
struct xlsx_range {
    uint32_t row, column, last_row, last_column;
};

struct xlsx_cell {
    uint32_t row, column;
    enum xlsx_kind kind;
    /* Never NULL. XLSX_TEXT: CR LF is LF, _xHHHH_ is undone, U+0000 cannot occur; else as it stands
     * between <v> and </v>. */
    const char *text;
    const char *format; /* the number format's code, "General" for none; "" for the built-in date
                         * formats that have no code (27-36, 50-58) */
    struct {
        int year, month, day; /* year 0: the number is no date of the calendar */
        bool timed;           /* a time of day other than 0:00 stands in the value */
        bool day_shown;       /* false: the format shows year and month alone */
        bool year_shown;      /* false: it shows month and day alone, or a time */
    } date;                   /* of XLSX_DATE */
    size_t picture;           /* of XLSX_PICTURE: in xlsx_pictures; SIZE_MAX: its part is missing */
    bool formula;             /* the value is a formula's result ... */
    bool external;            /* ... which names another workbook */
    bool hidden_column;
    bool date1904;                   /* its book's days are counted from 1904 */
    const struct xlsx_range *merged; /* the range that it is the first cell of; NULL: none. Other
                                      * cells of the range come only if they hold something */
};

struct xlsx_row {
    uint32_t row;
    bool hidden;
    const struct xlsx_cell *cells; /* those that are not XLSX_EMPTY, or begin a merged range, by
                                    * column */
    size_t n;
};

/* The rows of a sheet that have such cells, in ascending order; a row that comes twice or goes back
 * is a fault. Several may be read side by side. */
struct xlsx_rows;
struct xlsx_rows *xlsx_rows_new(struct xlsx *x, size_t sheet, struct diag *diag);
/* false: the end, or a fault that was reported (xlsx_broken); the row stays until the next call. */
bool xlsx_rows_next(struct xlsx_rows *r, struct xlsx_row *out);
void xlsx_rows_free(struct xlsx_rows *r); /* NULL is fine */

enum xlsx_picture_place { XLSX_PICTURE_FLOATING, XLSX_PICTURE_IN_CELL };

struct xlsx_picture {
    size_t sheet;
    uint32_t row, column; /* of the cell that holds it, or that its upper left corner lies in */
    enum xlsx_picture_place place;
    const char *part; /* in the zip, for names and messages: "xl/media/image1.png" */
    const char *name; /* what the book calls it; "" for none */
    size_t bytes;
};

/* Pictures in cells stand here once their sheet was read. */
size_t xlsx_pictures(const struct xlsx *x, const struct xlsx_picture **out);

/* The row and column of "D7" (cell_name in core/cells.h writes it); false: it is none. */
bool xlsx_address_read(const char *s, uint32_t *row, uint32_t *column);

#endif
