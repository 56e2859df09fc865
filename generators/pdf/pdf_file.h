/* pdf_file.h - one PDF being made: libharu's document, the data of its streams, and the way out on
 * an error. Internal to pdf.
 *
 * libharu holds the objects and writes them; whatever fills them is ours. Nobody checks for errors
 * in between: the first one, libharu's or ours, leaves through pdf_file_make, which frees
 * everything. So nothing may be held in a local variable alone while any of these functions is
 * called: memory belongs to the file's arena, or to a stream. */
#ifndef PDF_PDF_FILE_H
#define PDF_PDF_FILE_H

#include "core/buffer.h"
#include "core/finding.h"

#include <hpdf.h>
#include <hpdf_doc.h>

struct pdf_file {
    HPDF_Doc doc;
    struct arena arena; /* goes away with the document */
    struct diag *diag;
    struct pdf_file_rest *rest;   /* known to pdf_file.c alone */
    struct pdf_profile *profiles; /* pdf_image.c's: colour profiles that are in it already */
};

/* Calls draw and appends the finished file to out; mapped: out is empty, and becomes a mapping into
 * which what is lent moves. false: one system error is reported, out is unchanged. */
bool pdf_file_make(void (*draw)(struct pdf_file *f, void *user), void *user, bool mapped,
                   struct buffer *out, struct diag *diag);

/* Reports a system error and gives the document up. */
_Noreturn void pdf_file_fail(struct pdf_file *f, const char *zh, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* libharu's lower functions only note an error: this leaves on one. */
void pdf_file_check(struct pdf_file *f);

/* For libharu, which lets what is no number pass: gives up unless it can stand on a page. */
HPDF_REAL pdf_file_real(struct pdf_file *f, double v);

/* All are owned by the document. */
HPDF_Dict pdf_file_dict(struct pdf_file *f); /* indirect */
HPDF_Dict pdf_file_dict_in(struct pdf_file *f, HPDF_Dict parent,
                           const char *key); /* found there, or made */
void pdf_file_array_in(struct pdf_file *f, HPDF_Dict parent, const char *key, const double *values,
                       size_t n);
void pdf_file_text(struct pdf_file *f, HPDF_Dict dict, const char *key,
                   const char *utf8); /* UTF-16; NULL: nothing */
void pdf_file_ascii(struct pdf_file *f, HPDF_Dict dict, const char *key, const char *text);

/* A stream of deflated data, whose buffer it takes over ... */
HPDF_Dict pdf_file_stream(struct pdf_file *f, struct buffer *data);
/* ... or of bytes that are borrowed until pdf_file_make returns; filter as PDF calls it, or NULL.
 */
HPDF_Dict pdf_file_stream_of(struct pdf_file *f, const void *data, size_t len, const char *filter);
/* The bytes that the stream borrows fill pages of memory of their own, from the first on. */
void pdf_file_lend(struct pdf_file *f, HPDF_Dict stream);
/* Deflated data for the stream that libharu gave a page. */
void pdf_file_set_content(struct pdf_file *f, HPDF_Page page, struct buffer *data);

#endif
