/* preview.h - a document's pages for a browser: one SVG a page, and the pictures that stand on
 * them, in a folder of their own. */
#ifndef PAPERS_PREVIEW_H
#define PAPERS_PREVIEW_H

#include "papers/document.h"

/* 001.svg, 002.svg, …, and picture-1.jpg, … as JPEG anew, so that nothing of the original file
 * reaches the browser. Pages of an earlier, longer document are removed. false: reported. */
bool preview_write(const struct document *d, const char *folder, struct diag *diag);

#endif
