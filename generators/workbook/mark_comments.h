/* mark_comments.h - the findings of a sheet's cells as comments, each in a box that it fits in. A
 * cell has one comment: where it is the clerk's, our lines follow his, and are known again by how
 * they begin. Where his is a thread, they become a reply, too. */
#ifndef WORKBOOK_MARK_COMMENTS_H
#define WORKBOOK_MARK_COMMENTS_H

#include "workbook/mark_sheet.h"
#include "workbook/relations.h"

struct mark_comments {
    struct package_edit *package;
    struct archive *archive;
    int part;                                           /* of the sheet */
    size_t number;                                      /* of the sheet in the book */
    const struct relations *relations, *book_relations; /* the sheet's, the workbook's */
    const char *book;                                   /* the name of the workbook's part */
    const char *space;                                  /* the namespace of its parts */
    const char *type_base; /* what stands before the last / of the types of relations */
    const struct mark_sheet *sheet;
    struct arena *arena;
    bool no_boxes; /* found out: the file of the boxes cannot be read, and nothing is commented */
};

/* What a line of ours begins with. */
extern const char mark_line_begin[LANGUAGE_COUNT][16];

/* A new part for boxes, and the relation that names it: to be called before the sheet is written.
 * NULL: reported. */
const char *mark_comments_reserve(struct mark_comments *m, const char **boxes);
/* Lines of ours that earlier marks have left go; those of the marked cells come. boxes: the part
 * that was reserved; NULL: none. false: reported. */
bool mark_comments_write(struct mark_comments *m, const char *boxes);

#endif
