/* scans_option.h - the option --scans of import and workbook: a folder of scans that is dealt out
 * to the applicants of a record. */
#ifndef PROGRAMS_SCANS_OPTION_H
#define PROGRAMS_SCANS_OPTION_H

#include "programs/session.h"

#define SCANS_OPTION(value)                                                                        \
    {                                                                                              \
        "scans", "DIR",                                                                            \
            {"扫描件的文件夹：按文件夹和文件名配到人和条目",                                       \
             "folder of scans, matched by their names"},                                           \
            value                                                                                  \
    }

struct scans_option;

/* From now on the record's applicants come with their scans. folder NULL: without any, and NULL.
 * NULL: or reported, as an error. */
struct scans_option *scans_option_begin(const char *folder, struct record *record,
                                        const char *input, struct session *s);
/* Tells what was matched and what was not; the record is left as it was. NULL is fine. */
void scans_option_end(struct scans_option *o);

#endif
