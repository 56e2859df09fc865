/* qdoc.h - a PDF in qpdf's hands, through its C API: the one file that sees qpdf.
 *
 * Nothing is printed. qpdf's error state is looked at after every call; once one has failed the
 * rest do nothing and give nothing (q_fault says what went wrong), so that a caller checks once, at
 * the end. No exception crosses. Internal to bind. */
#ifndef BIND_QDOC_H
#define BIND_QDOC_H

#include "core/arena.h"
#include "core/buffer.h"

#include <stdbool.h>
#include <stddef.h>

struct qdoc;

/* A handle on one object of one document, until q_release; 0: none, or the null object. */
typedef unsigned qref;

/* The bytes stay the caller's, until q_free. Never NULL: ask q_ok. */
struct qdoc *q_open(const void *data, size_t len, const char *name, const char *password);
void q_free(struct qdoc *d); /* NULL is fine */
bool q_ok(const struct qdoc *d);
const char *q_fault(const struct qdoc *d); /* qpdf's words; "" */
void q_forgive(struct qdoc *d);            /* one page could not be read: the others may be */
bool q_wants_password(const struct qdoc *d);
bool q_unsupported(const struct qdoc *d); /* what it failed on is nothing that qpdf can read */
/* Since the last time that one of them was asked: of anything, or of damage to objects. */
bool q_warned(struct qdoc *d);
bool q_damaged(struct qdoc *d);
bool q_encrypted(struct qdoc *d);
void q_release(struct qdoc *d); /* all handles; those of pages and objects can be had again */

size_t q_page_count(struct qdoc *d);
void q_push_inherited(struct qdoc *d); /* page attributes down to the pages */
qref q_page(struct qdoc *d, size_t i);
long q_page_index(struct qdoc *d, qref page); /* -1: no page of this document */
qref q_root(struct qdoc *d);
qref q_object(struct qdoc *d, int id); /* of generation 0, as nearly all are */
qref q_object_of(struct qdoc *d, int id, int generation);
int q_id(struct qdoc *d, qref r); /* 0: direct */
int q_generation(struct qdoc *d, qref r);
int q_next_id(struct qdoc *d); /* one more than any object's; 0: there is none left */

/* Reading: what is not of the kind asked for gives 0, false or NULL. Of a stream, get sees its
 * dictionary. */
qref q_get(struct qdoc *d, qref dict, const char *key);
qref q_item(struct qdoc *d, qref array, size_t i);
/* The entry refers to an object that is not there. */
bool q_dangles(struct qdoc *d, qref dict, const char *key);
size_t q_length(struct qdoc *d, qref array);
bool q_is_dict(struct qdoc *d, qref r);
bool q_is_array(struct qdoc *d, qref r);
bool q_is_stream(struct qdoc *d, qref r);
bool q_is_name(struct qdoc *d, qref r, const char *name); /* "/Link" */
bool q_is_string(struct qdoc *d, qref r);
bool q_number(struct qdoc *d, qref r, double *out);
bool q_numbers(struct qdoc *d, qref array, double *out, size_t n); /* exactly n finite numbers */
/* The first four of an array, of which some have more: readers pass over what follows. */
bool q_corners(struct qdoc *d, qref array, double out[4]);
long q_integer(struct qdoc *d, qref r, long otherwise);
bool q_true(struct qdoc *d, qref r);
const char *q_text(struct qdoc *d, qref r,
                   struct arena *arena); /* a text string as UTF-8, or a name; NULL: neither */
/* Bytes of a string, or a name, to look a name up with. */
const char *q_key_text(struct qdoc *d, qref r, struct arena *arena);
/* All of them, which may be 0, too; NULL: it is neither. */
const char *q_bytes(struct qdoc *d, qref r, struct arena *arena, size_t *len);
size_t q_keys(struct qdoc *d, qref dict, struct arena *arena, const char ***out);
const char *q_unparse(struct qdoc *d, qref r,
                      struct arena *arena); /* references as they are; of a stream, its dict */
qref q_single_content(struct qdoc *d, qref page); /* where that is one stream; else 0 */
bool q_page_content(struct qdoc *d, qref page, struct buffer *out); /* decoded and joined */
bool q_raw_data(struct qdoc *d, qref stream, struct buffer *out);
/* Decoded; not pictures'. false: it cannot be, which is no failure of the document. */
bool q_stream_data(struct qdoc *d, qref stream, struct buffer *out);

/* Making. What is put or appended is shared, not copied. */
qref q_parse(struct qdoc *d, const char *text); /* "[1 2 /X]"; references are not resolved */
qref q_new_stream(struct qdoc *d, const void *data, size_t len);
void q_set_data(struct qdoc *d, qref stream, const void *data, size_t len); /* unfiltered */
/* The stream's data become these, which are copied, packed by one filter without parameters. */
void q_replace(struct qdoc *d, qref stream, const void *data, size_t len, const char *filter);
qref q_indirect(struct qdoc *d, qref r); /* itself when it is */
qref q_copy(struct qdoc *d, struct qdoc *from,
            qref r); /* with all it refers to; r is indirect or a stream */
void q_put(struct qdoc *d, qref dict, const char *key, qref value);
void q_set_item(struct qdoc *d, qref array, size_t i, qref value);
void q_append(struct qdoc *d, qref array, qref value);
void q_remove(struct qdoc *d, qref dict, const char *key);

/* Streams of old or wordy filters (LZW, ASCII85) are packed anew when it is written. */
void q_repack(struct qdoc *d);
/* The whole document, whose /ID is the first 32 hexadecimal digits of id, into a regular file that
 * is empty and open for reading and writing (it is opened once more by its descriptor): nothing of
 * it is held in memory. False: it failed, or what is in the file is not all of it; it has not been
 * synced. */
bool q_write_file(struct qdoc *d, const char *id, int fd);

#endif
