/* mark_styles.h - the styles of a workbook that gets marks: each style of a cell as it is filled
 * for a fault, and back. A fill of ours keeps the colour that it covers as its background, which
 * nothing shows (ECMA-376, 18.8.32: of a solid fill the foreground), so that the way back is known
 * whatever program has saved the book in between. */
#ifndef WORKBOOK_MARK_STYLES_H
#define WORKBOOK_MARK_STYLES_H

#include "core/finding.h"
#include "workbook/package_edit.h"

struct mark_styles;

enum mark_style { MARK_STYLE_TEXT, MARK_STYLE_HEAD, MARK_STYLE_LINK, MARK_STYLES };

/* root: <styleSheet>, borrowed and changed. backs_kept: the program that has saved the book keeps
 * the background of a fill, which LibreOffice makes a colour of its own. */
struct mark_styles *mark_styles_new(xmlNode *root, bool backs_kept);
void mark_styles_free(struct mark_styles *m); /* NULL is fine */
/* The number of the style that is this one without a mark; itself when it has none. */
size_t mark_styles_plain(struct mark_styles *m, size_t style);
/* Has a colour below an earlier mark been lost for good? */
bool mark_styles_lost(const struct mark_styles *m);
/* The same filled for a fault: error or warning. */
size_t mark_styles_marked(struct mark_styles *m, size_t style, enum severity severity);
/* Does a pattern or gradient stand behind the mark, which does not come back? */
bool mark_styles_covers_pattern(struct mark_styles *m, size_t style);
/* Are there as many as a workbook may have? Then no more is filled. */
bool mark_styles_full(const struct mark_styles *m);
/* Styles of the list of findings. */
size_t mark_styles_own(struct mark_styles *m, enum mark_style style);

#endif
