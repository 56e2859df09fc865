/* verify.h - reads a finished workbook's parts back: libxlsxwriter does not notice when the disk is
 * full while it writes its temporary files, and packs what is there. */
#ifndef SHEET_VERIFY_H
#define SHEET_VERIFY_H

#include <stdbool.h>

/* The rows of a sheet as they wait in libxlsxwriter's temporary file: bytes, and their CRC-32. */
struct verify_rows {
    long long len;
    unsigned long sum;
};
/* Of the first len bytes of a file; false: there are fewer. */
bool verify_rows_of(int fd, long long len, struct verify_rows *out);

/* Is every part whole: packed without loss, all its elements ended, and in the part of the i-th
 * sheet, of n, just these rows? Len 0: nothing is known of its rows. */
bool verify_workbook(int fd, const struct verify_rows *worksheets, int n);

#endif
