/* archive_writer.h - a ZIP archive, written part by part: parts of another as they are packed
 * there, and new ones. The same parts give the same bytes: no clock.
 *
 * Errors of writing stick; archive_writer_end says so. What cannot be read of another archive is
 * reported there. */
#ifndef WORKBOOK_ARCHIVE_WRITER_H
#define WORKBOOK_ARCHIVE_WRITER_H

#include "workbook/archive.h"

struct spool;
struct archive_writer;

/* fd is borrowed, of an empty file; pwrite alone is used. Never NULL. */
struct archive_writer *archive_writer_new(int fd);
void archive_writer_free(struct archive_writer *w); /* NULL is fine */

/* false: the part could not be read, which was reported. */
bool archive_writer_copy(struct archive_writer *w, struct archive *from, int part);
void archive_writer_add(struct archive_writer *w, const char *name, const void *data, size_t len);
void archive_writer_add_spooled(struct archive_writer *w, const char *name, struct spool *from,
                                size_t at, size_t len);
/* The directory, behind which nothing comes. false: something was not written; errno says why. */
bool archive_writer_end(struct archive_writer *w);

#endif
