/* pdf_file.c - see pdf_file.h. Built on the internal headers that libharu 2.3.0 installs (tried
 * against none other). */
#define _GNU_SOURCE /* mremap */
#include "pdf/pdf_file.h"

#include "core/machine.h"
#include "pdf/utf16.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096 };

/* What a stream is written from. libharu's own memory streams copy byte by byte, in blocks of 4
 * KiB. */
struct stream_data {
    struct stream_data *next;
    const unsigned char *data;
    size_t len, at;
    struct buffer owned;
    const char *filter;
    struct pdf_file *lender; /* NULL: its bytes are copied */
    size_t before; /* lent: what of the file stands before it, without what else is lent */
};

struct pdf_file_rest {
    jmp_buf escape;
    HPDF_STATUS code, detail; /* libharu's first error */
    struct stream_data *sources;
    struct buffer *out;
    bool mapped;
    size_t lent; /* bytes, so far */
};

/* Without these, running out of memory would have to be expected in each call. */
static void *alloc(HPDF_UINT size)
{
    return mem_resize(NULL, size, 1);
}

static void release(void *p)
{
    free(p);
}

/* libharu calls this on every later call for a failed document, too: the first code is the cause.
 */
static void on_error(HPDF_STATUS code, HPDF_STATUS detail, void *user)
{
    struct pdf_file *f = user;
    if (f->rest->code == HPDF_OK) {
        f->rest->code = code;
        f->rest->detail = detail;
    }
    longjmp(f->rest->escape, 1);
}

/* Of what is lent only the place is noted. */
static void leave_room(struct pdf_file *f, struct stream_data *s)
{
    s->before = f->rest->out->len;
    s->at = s->len;
    f->rest->lent += s->len;
    f->doc->stream->size += (HPDF_UINT)s->len;
}

static HPDF_STATUS read_source(HPDF_Stream stream, HPDF_BYTE *to, HPDF_UINT *size)
{
    struct stream_data *s = stream->attr;
    if (s->lender && s->at == 0)
        leave_room(s->lender, s);
    size_t left = s->len - s->at, n = left < *size ? left : *size;
    if (n)
        memcpy(to, s->data + s->at, n);
    s->at += n;
    *size = (HPDF_UINT)n;
    return n == left ? HPDF_STREAM_EOF : HPDF_OK;
}

static HPDF_STATUS seek_source(HPDF_Stream stream, HPDF_INT pos, HPDF_WhenceMode mode)
{
    struct stream_data *s = stream->attr;
    if (mode != HPDF_SEEK_SET || pos < 0 || (size_t)pos > s->len)
        return HPDF_STREAM_EOF;
    s->at = (size_t)pos;
    return HPDF_OK;
}

static HPDF_INT32 tell_source(HPDF_Stream stream)
{
    return (HPDF_INT32)((struct stream_data *)stream->attr)->at;
}

static HPDF_UINT32 size_of_source(HPDF_Stream stream)
{
    return (HPDF_UINT32)((struct stream_data *)stream->attr)->len;
}

/* libharu takes a /Filter entry away from a stream that it does not filter itself; what is written
 * here stays. */
static HPDF_STATUS write_filter(HPDF_Dict dict, HPDF_Stream out)
{
    const struct stream_data *s = dict->stream->attr;
    HPDF_STATUS status = HPDF_Stream_WriteStr(out, "/Filter /");
    if (status == HPDF_OK)
        status = HPDF_Stream_WriteStr(out, s->filter);
    while (status == HPDF_OK && s->lender && (out->size + sizeof ">>\nstream\r\n" - 1 + 1) % PAGE)
        status = HPDF_Stream_WriteStr(out, " ");
    return status == HPDF_OK ? HPDF_Stream_WriteStr(out, "\n") : status;
}

static struct stream_data *new_source(struct pdf_file *f, const char *filter)
{
    struct stream_data *s = ARENA_NEW(&f->arena, struct stream_data);
    s->filter = filter;
    s->next = f->rest->sources;
    f->rest->sources = s;
    return s;
}

static struct stream_data *own(struct pdf_file *f, struct buffer *data)
{
    struct stream_data *s = new_source(f, "FlateDecode");
    s->owned = *data;
    *data = (struct buffer){0};
    s->data = s->owned.data;
    s->len = s->owned.len;
    return s;
}

static void attach(struct pdf_file *f, HPDF_Dict dict, struct stream_data *s)
{
    if (s->len > INT32_MAX)
        pdf_file_fail(f, "一个文件内的数据超过 2 GB", "more than 2 GB of data in one stream");
    HPDF_Stream reader = HPDF_CallbackReader_New(f->doc->mmgr, read_source, seek_source,
                                                 tell_source, size_of_source, s);
    HPDF_Stream_Free(dict->stream);
    dict->stream = reader;
    if (s->filter)
        dict->write_fn = write_filter;
}

static HPDF_Dict new_stream(struct pdf_file *f, struct stream_data *s)
{
    HPDF_Dict dict = HPDF_DictStream_New(f->doc->mmgr, f->doc->xref);
    pdf_file_check(f);
    attach(f, dict, s);
    return dict;
}

HPDF_Dict pdf_file_stream(struct pdf_file *f, struct buffer *data)
{
    return new_stream(f, own(f, data));
}

HPDF_Dict pdf_file_stream_of(struct pdf_file *f, const void *data, size_t len, const char *filter)
{
    struct stream_data *s = new_source(f, filter);
    s->data = data;
    s->len = len;
    return new_stream(f, s);
}

void pdf_file_lend(struct pdf_file *f, HPDF_Dict stream)
{
    struct stream_data *s = stream->stream->attr;
    s->lender = f->rest->mapped ? f : NULL;
}

void pdf_file_set_content(struct pdf_file *f, HPDF_Page page, struct buffer *data)
{
    HPDF_PageAttr attr = page->attr;
    attach(f, attr->contents, own(f, data));
    attr->stream = attr->contents->stream;
}

void pdf_file_check(struct pdf_file *f)
{
    HPDF_CheckError(&f->doc->error);
}

HPDF_REAL pdf_file_real(struct pdf_file *f, double v)
{
    if (!(fabs(v) <= HPDF_LIMIT_MAX_REAL))
        pdf_file_fail(f, "页面尺寸、链接或图片的位置不是可用的数（%g），请检查模板的尺寸",
                      "the size of a page, or the place of a link or picture, is no usable number "
                      "(%g); check the template's sizes",
                      v);
    return (HPDF_REAL)v;
}

HPDF_Dict pdf_file_dict(struct pdf_file *f)
{
    HPDF_Dict dict = HPDF_Dict_New(f->doc->mmgr);
    HPDF_Xref_Add(f->doc->xref, dict);
    pdf_file_check(f);
    return dict;
}

HPDF_Dict pdf_file_dict_in(struct pdf_file *f, HPDF_Dict parent, const char *key)
{
    HPDF_Dict dict = HPDF_Dict_GetItem(parent, key, HPDF_OCLASS_DICT);
    if (!dict) {
        dict = HPDF_Dict_New(f->doc->mmgr);
        HPDF_Dict_Add(parent, key, dict);
    }
    pdf_file_check(f);
    return dict;
}

void pdf_file_array_in(struct pdf_file *f, HPDF_Dict parent, const char *key, const double *values,
                       size_t n)
{
    HPDF_Array array = HPDF_Array_New(f->doc->mmgr);
    HPDF_Dict_Add(parent, key, array);
    for (size_t i = 0; i < n; i++)
        HPDF_Array_AddReal(array, pdf_file_real(f, values[i]));
    pdf_file_check(f);
}

void pdf_file_text(struct pdf_file *f, HPDF_Dict dict, const char *key, const char *utf8)
{
    struct buffer b = {0};
    if (!utf8)
        return;
    utf16_string(&b, utf8);
    HPDF_Dict_Add(dict, key, HPDF_Binary_New(f->doc->mmgr, b.data, (HPDF_UINT)b.len));
    buffer_clear(&b);
    pdf_file_check(f);
}

void pdf_file_ascii(struct pdf_file *f, HPDF_Dict dict, const char *key, const char *text)
{
    HPDF_Dict_Add(dict, key, HPDF_String_New(f->doc->mmgr, text, NULL));
    pdf_file_check(f);
}

static HPDF_STATUS write_out(HPDF_Stream stream, const HPDF_BYTE *data, HPDF_UINT size)
{
    buffer_add(stream->attr, data, size);
    return HPDF_OK;
}

/* What HPDF_SaveToStream does, but straight into our buffer. */
static void save(struct pdf_file *f, struct buffer *out)
{
    HPDF_Doc doc = f->doc;
    size_t before = out->len;
    doc->stream = HPDF_CallbackWriter_New(doc->mmgr, write_out, out); /* the document frees it */
    HPDF_Stream_WriteStr(doc->stream, "%PDF-1.7\n%\xB7\xBE\xAD\xAA\n");
    HPDF_Dict_Add(doc->trailer, "Root", doc->catalog);
    HPDF_Dict_Add(doc->trailer, "Info", doc->info);
    HPDF_STATUS status = HPDF_Xref_WriteToStream(doc->xref, doc->stream, NULL);
    pdf_file_check(f);
    if (status != HPDF_OK || out->len - before + f->rest->lent > INT32_MAX)
        pdf_file_fail(f, "文件超过 2 GB，或无法写成（0x%04lx）",
                      "the file is over 2 GB or cannot be written (0x%04lx)", status);
}

static bool guarded(struct pdf_file *f, void (*draw)(struct pdf_file *, void *), void *user,
                    struct buffer *out)
{
    if (setjmp(f->rest->escape))
        return false;
    f->doc = HPDF_NewEx(on_error, alloc, release, 0, f);
    draw(f, user);
    save(f, out);
    return true;
}

static void *map(void *at, size_t len)
{
    int fixed = at ? MAP_FIXED : 0;
    void *p = mmap(at, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0);
    if (p == MAP_FAILED)
        machine_out_of_memory(len);
    return p;
}

/* The pages of what is lent go to another place; where they were there is nothing then, and still
 * memory. A machine whose pages are larger than the file's places copies. */
static void move(const struct stream_data *s, unsigned char *to)
{
    size_t pages = (s->len + PAGE - 1) / PAGE * PAGE;
    if (sysconf(_SC_PAGESIZE) == PAGE) {
        if (mremap((void *)s->data, pages, pages, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP,
                   to) != MAP_FAILED)
            return;
        map(to, pages); /* which a move that failed may have taken away */
    }
    memcpy(to, s->data, s->len);
}

/* The file of its text and of what is lent, from the end: of which the latest comes first. */
static void assemble(const struct pdf_file_rest *rest, const struct buffer *text,
                     struct buffer *out)
{
    size_t len = text->len + rest->lent, at = len, left = text->len;
    unsigned char *p = map(NULL, len);
    for (const struct stream_data *s = rest->sources; s; s = s->next) {
        if (!s->lender)
            continue;
        at -= left - s->before;
        move(s, p + at - s->len);
        memcpy(p + at, text->data + s->before, left - s->before);
        at -= s->len;
        left = s->before;
    }
    memcpy(p, text->data, left);
    *out = (struct buffer){.data = p, .len = len, .cap = len};
}

void pdf_unmap(struct buffer *out)
{
    if (out->data)
        munmap(out->data, out->len);
    *out = (struct buffer){0};
}

bool pdf_file_make(void (*draw)(struct pdf_file *f, void *user), void *user, bool mapped,
                   struct buffer *out, struct diag *diag)
{
    struct buffer text = {0};
    struct pdf_file_rest rest = {.out = mapped ? &text : out, .mapped = mapped};
    struct pdf_file f = {.diag = diag, .rest = &rest};
    size_t before = out->len;
    bool ok = guarded(&f, draw, user, rest.out);
    if (ok && mapped)
        assemble(&rest, &text, out);
    buffer_clear(&text);
    if (!ok) {
        out->len = before;
        if (rest.code != HPDF_OK)
            diag_system(diag, (struct src_pos){0},
                        "PDF 无法生成（libharu 错误 0x%04lx，%lu），请检查模板的纸张与尺寸",
                        "the PDF cannot be made (libharu error 0x%04lx, %lu); check the template's "
                        "paper and sizes",
                        rest.code, rest.detail);
    }
    HPDF_Free(f.doc);
    for (struct stream_data *s = rest.sources; s; s = s->next)
        buffer_clear(&s->owned);
    arena_free(&f.arena);
    return ok;
}

void pdf_file_fail(struct pdf_file *f, const char *zh, const char *en, ...)
{
    va_list args;
    va_start(args, en);
    diag_vadd(f->diag, (struct finding){.severity = SEVERITY_ERROR, .fault = FAULT_SYSTEM}, zh, en,
              args);
    va_end(args);
    longjmp(f->rest->escape, 1);
}
