/* verify.h - reads a finished workbook's parts back: libxlsxwriter does not notice when the disk is
 * full while it writes its temporary files, and packs what is there. */
#ifndef SHEET_VERIFY_H
#define SHEET_VERIFY_H

#include <stdbool.h>

/* Every part is whole: it ends with the end tag of its root element. worksheets[i] is the least
 * size in bytes of the i-th sheet's part; n of them. */
bool verify_workbook(int fd, const long long *worksheets, int n);

#endif
