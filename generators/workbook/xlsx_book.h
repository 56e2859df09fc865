/* xlsx_book.h - a workbook that is open, shared by the xlsx_*.c files; nobody else includes it. */
#ifndef WORKBOOK_XLSX_BOOK_H
#define WORKBOOK_XLSX_BOOK_H

#include "workbook/formats.h"
#include "workbook/relations.h"
#include "workbook/shared_strings.h"
#include "workbook/xlsx.h"

struct worksheet_part {
    int part; /* ARCHIVE_NONE: the sheet has none */
    struct relations relations;
    /* pictures in its cells: the last place that has one, and which comes next when it is read
     * again
     */
    uint64_t last_picture;
    size_t next_picture;
};

/* A picture that a cell names: WPS by its id, Excel by the number of a rich value. */
struct cell_image {
    const char *id;   /* WPS's; NULL: Excel's */
    long long number; /* Excel's vm=, from 1 */
    int part;         /* ARCHIVE_NONE: it is not in the file */
};

struct property {
    const char *name, *value;
};

struct xlsx {
    struct arena arena;
    struct archive *archive;
    const char *file;
    int part; /* of the workbook itself */
    struct relations relations;
    bool date1904;
    struct formats formats;
    struct shared_strings *strings;

    struct xlsx_sheet *sheets; /* and, side by side, their parts */
    struct worksheet_part *parts;
    size_t n_sheets;

    struct property *properties;
    struct xlsx_picture *pictures;
    struct cell_image *images;
    size_t n_properties, properties_cap, n_pictures, pictures_cap, n_images, images_cap;
};

/* Of one kind or place no more than these, whatever the file holds. */
enum { XLSX_SHEETS = 1000, XLSX_THINGS = 100000 };

/* Each reads what its name says into the book; false: reported. */
bool xlsx_read_pictures(struct xlsx *x);
bool xlsx_read_rich_values(struct xlsx *x);
void xlsx_sort_images(struct xlsx *x); /* once all are there */

/* Adds a picture in a cell by the image; its number. */
size_t xlsx_add_cell_picture(struct xlsx *x, const struct cell_image *image, size_t sheet,
                             uint32_t row, uint32_t column);
const struct cell_image *xlsx_image_by_id(const struct xlsx *x, const char *id);
const struct cell_image *xlsx_image_by_number(const struct xlsx *x, long long number);

/* Reports a fault of a cell, and reads no more. Always false. */
bool xlsx_refuse_at(struct xlsx *x, size_t sheet, const char *address, const char *zh,
                    const char *en);
/* Too many of something in a part: reports it. Always false. */
bool xlsx_too_many(struct xlsx *x, int part, int most);

#endif
