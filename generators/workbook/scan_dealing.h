/* scan_dealing.h - the option --scans of import and workbook: a folder of scans that is dealt out
 * to the applicants of a record. */
#ifndef WORKBOOK_SCAN_DEALING_H
#define WORKBOOK_SCAN_DEALING_H

#include "record/record.h"

#define SCANS_OPTION(value)                                                                        \
    {                                                                                              \
        "scans", "DIR",                                                                            \
            {"扫描件的文件夹：按文件夹和文件名配到人和条目",                                       \
             "folder of scans, matched by their names"},                                           \
            value                                                                                  \
    }

struct scan_dealing;

/* From now on the record's applicants come with their scans. folder NULL: without any, and NULL.
 * NULL: or reported, as an error. input: for messages; templates: where scans.xml is searched. All
 * are borrowed. */
struct scan_dealing *scan_dealing_begin(const char *folder, struct record *record,
                                        const char *input, const char *const *templates,
                                        struct arena *arena, struct diag *diag);
/* Tells what was matched and what was not, even where the record was at fault and nobody has read
 * it; the record is left as it was. NULL is fine. */
void scan_dealing_end(struct scan_dealing *o);

#endif
