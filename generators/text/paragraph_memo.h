/* paragraph_memo.h - paragraphs that have been set, for those that come again: the labels of a form
 * are the same in everybody's, dates, words of lists and names of units come on many papers, and
 * each attempt at a form sets most of its texts as the one before. What is kept is what
 * paragraph_set would answer; it is never changed. In check a twelfth of all was setting the
 * record's texts again. */
#ifndef TEXT_PARAGRAPH_MEMO_H
#define TEXT_PARAGRAPH_MEMO_H

#include "text/paragraph.h"

struct paragraph_memo;

/* For paragraphs set in these faces alone. */
struct paragraph_memo *paragraph_memo_new(struct fonts *fonts);
void paragraph_memo_free(struct paragraph_memo *); /* NULL is fine */
/* Between two documents: what was kept may go now, when it is much. */
void paragraph_memo_begin(struct paragraph_memo *);
/* As paragraph_set in memory of the memo; NULL: the paragraph is too long to be kept, or the memo
 * is full. */
struct text_lines *paragraph_memo_set(struct paragraph_memo *, const struct text_span *spans,
                                      size_t n, const struct paragraph_style *style);

#endif
