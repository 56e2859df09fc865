/* upload_marks.h - what is on the platform already, kept in a small file beside the input: what the
 * input itself says by uploaded="true" is not repeated there.
 *
 * A line a scan: the applicant's id, the href, its pages as cited (maybe none), and the entry that
 * cites it, with tabs between. Where several entries cite the same pages, each has a file of its
 * own on the platform: such a line holds for the entry that it names, one that names none for all.
 * Blank lines say nothing, nor do those that begin with # and are no such line: an id may begin so. */
#ifndef RECORD_UPLOAD_MARKS_H
#define RECORD_UPLOAD_MARKS_H

#include "record/record.h"

struct upload_mark {
    const char *applicant, *href, *pages, *entry; /* entry "": whichever */
};

struct upload_marks {
    struct upload_mark *list; /* sorted, each once */
    size_t n, cap;
};

/* The file of an input: batch.xml.uploaded. NULL: standard input has none, nor has what the shell
 * hands over as /dev/fd/63. */
const char *upload_marks_path(const char *input, struct arena *arena);
/* No such file is no mark. false: lines that are none of the above were reported; the others hold.
 * Strings are in the arena. */
bool upload_marks_read(struct upload_marks *marks, const char *path, struct arena *arena,
                       struct diag *diag);
/* The mark of what cites a scan. Strings are in the arena. */
struct upload_mark upload_marks_of(const record_node *cites, const char *applicant,
                                   struct arena *arena);
/* The strings are borrowed. Sort before the marks are asked or written. */
void upload_marks_add(struct upload_marks *marks, struct arena *arena, struct upload_mark mark);
void upload_marks_sort(struct upload_marks *marks);
void upload_marks_write(const struct upload_marks *marks, struct buffer *out);
/* Sets uploaded="true" wherever the applicant cites what is marked. */
void upload_marks_apply(const struct upload_marks *marks, const char *applicant, record_node *node);

#endif
