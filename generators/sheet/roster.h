/* roster.h - rosters for another program: each handed over as bytes. */
#ifndef SHEET_ROSTER_H
#define SHEET_ROSTER_H

#include "core/buffer.h"
#include "core/options.h"
#include "record/record.h"
#include "text/font.h"

struct roster_wish {
    const struct options *options;
    struct record *record; /* lent, like the fonts */
    struct fonts *fonts;
    bool print; /* PDF; else XLSX */
};

struct roster_made {
    const char *delegation, *title, *paper, *seals;
    int copies;
    size_t rows, pages; /* pages 0: a workbook */
    const struct buffer *bytes;
    bool quiet; /* nothing was found that is to be told */
};

/* Each delegation's with a selected applicant, in the order given. false: some were not made;
 * reported. */
bool roster_make(const struct roster_wish *wish,
                 void (*deliver)(void *data, const struct roster_made *made), void *data,
                 struct diag *diag);

#endif
