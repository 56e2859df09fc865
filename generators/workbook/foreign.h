/* foreign.h - files that are meant as a workbook, but are something else: what they are, and what
 * to do. */
#ifndef WORKBOOK_FOREIGN_H
#define WORKBOOK_FOREIGN_H

#include "workbook/archive.h"

/* Is it anything but a ZIP archive? Then that is reported, and false. */
bool foreign_refuse(int fd, const char *name, struct diag *diag);
/* Reports what an archive without a workbook is. Always false. */
bool foreign_archive(struct archive *a);
/* Is the part that the archive is about something else than a workbook in XML? Then that is
 * reported, and false. */
bool foreign_main_part(struct archive *a, int part);

#endif
