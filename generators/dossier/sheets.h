/* sheets.h - the sheets of a volume: pages of ours, with room for the pages of PDFs.
 *
 * Every sheet is a page of ours in one PDF: its number, links and bookmarks are drawn and aimed by
 * the same code as those of every paper. Pages of PDFs are put onto their waiting sheets last
 * (bind). Internal to dossier. */
#ifndef DOSSIER_SHEETS_H
#define DOSSIER_SHEETS_H

#include "bind/bind.h"
#include "dossier/parts.h"

struct sheets {
    struct pages *pages; /* all of them, in order */
    struct bind_copy *copies;
    size_t n_copies, cap_copies;
};

/* stamps: a page for each number, laid over the sheet that bears it. keep_a3: copies of that size
 * get sheets of that size. Everything is in the parts' arena. */
struct sheets sheets_make(const struct parts *parts, const struct pages *stamps, bool keep_a3);

#endif
