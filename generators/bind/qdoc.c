/* qdoc.c - see qdoc.h. */
#include "bind/qdoc.h"

#include "core/machine.h"
#include "core/output.h"
#include "core/read_at.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <qpdf/qpdf-c.h>

enum { KNOWN_TYPES = 256 }; /* a power of two */

struct qdoc {
    qpdf_data q;
    bool failed, password, unsupported, repack;
    char why[256];
    int *page_ids; /* sorted pairs: id, index */
    size_t n_pages;
    struct {
        qref object;
        enum qpdf_object_type_e type;
    } types[KNOWN_TYPES]; /* of the latest handles, by their last bits: qpdf gives none twice */
};

/* After every call of qpdf: its first error becomes the document's. */
static bool note_error(struct qdoc *d)
{
    if (!d->failed && qpdf_has_error(d->q)) {
        qpdf_error e = qpdf_get_error(d->q);
        const char *text = qpdf_get_error_message_detail(d->q, e);
        d->password = qpdf_get_error_code(d->q, e) == qpdf_e_password;
        d->unsupported = qpdf_get_error_code(d->q, e) == qpdf_e_unsupported;
        if (!text || !*text)
            text = qpdf_get_error_full_text(d->q, e);
        if (strstr(text, "bad_alloc")) /* what C++ calls it */
            text = "it takes more memory than it may";
        snprintf(d->why, sizeof d->why, "%s", text);
        d->failed = true;
    }
    return !d->failed;
}

static qref unless_failed(struct qdoc *d, qpdf_oh oh)
{
    return note_error(d) ? oh : 0;
}

/* Asked of qpdf once a handle, for each of its calls costs as much as the answer. */
static enum qpdf_object_type_e type_of(struct qdoc *d, qref r)
{
    size_t at = r % KNOWN_TYPES;
    if (d->failed || !r)
        return ot_uninitialized;
    if (d->types[at].object != r) {
        enum qpdf_object_type_e type = qpdf_oh_get_type_code(d->q, r);
        if (!note_error(d))
            return ot_uninitialized;
        d->types[at].object = r;
        d->types[at].type = type;
    }
    return d->types[at].type;
}

/* The null object counts as absent. */
static qref unless_null(struct qdoc *d, qpdf_oh oh)
{
    enum qpdf_object_type_e type = note_error(d) ? type_of(d, oh) : ot_uninitialized;
    return type != ot_uninitialized && type != ot_null ? oh : 0;
}

struct qdoc *q_open(const void *data, size_t len, const char *name, const char *password)
{
    struct qdoc *d = mem_alloc(1, sizeof *d);
    d->q = qpdf_init();
    qpdf_set_suppress_warnings(d->q, QPDF_TRUE);
    qpdf_silence_errors(d->q);
    qpdf_read_memory(d->q, name, data, len, password);
    note_error(d);
    return d;
}

void q_free(struct qdoc *d)
{
    if (!d)
        return;
    qpdf_cleanup(&d->q);
    free(d->page_ids);
    free(d);
}

bool q_ok(const struct qdoc *d)
{
    return !d->failed;
}

const char *q_fault(const struct qdoc *d)
{
    return d->why;
}

void q_forgive(struct qdoc *d)
{
    d->failed = false;
}

bool q_wants_password(const struct qdoc *d)
{
    return d->password;
}

bool q_unsupported(const struct qdoc *d)
{
    return d->unsupported;
}

bool q_warned(struct qdoc *d)
{
    bool any = false;
    while (qpdf_more_warnings(d->q)) {
        qpdf_next_warning(d->q);
        any = true;
    }
    return any;
}

bool q_damaged(struct qdoc *d)
{
    bool any = false;
    while (qpdf_more_warnings(d->q)) {
        qpdf_error e = qpdf_next_warning(d->q);
        any |= qpdf_get_error_code(d->q, e) == qpdf_e_damaged_pdf;
    }
    return any;
}

bool q_encrypted(struct qdoc *d)
{
    return !d->failed && qpdf_is_encrypted(d->q);
}

void q_release(struct qdoc *d)
{
    qpdf_oh_release_all(d->q);
    memset(d->types, 0, sizeof d->types);
}

static int by_id(const void *a, const void *b)
{
    const int *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

size_t q_page_count(struct qdoc *d)
{
    int n = d->failed ? 0 : qpdf_get_num_pages(d->q);
    if (!note_error(d)) /* else n is not negative */
        return 0;
    if (!d->page_ids) {
        d->page_ids = mem_alloc((size_t)n + 1, 2 * sizeof *d->page_ids);
        d->n_pages = (size_t)n;
        for (size_t i = 0; i < d->n_pages; i++) {
            qref page = q_page(d, i);
            d->page_ids[2 * i] = q_id(d, page);
            d->page_ids[2 * i + 1] = (int)i;
            qpdf_oh_release(d->q, page);
        }
        qsort(d->page_ids, d->n_pages, 2 * sizeof *d->page_ids, by_id);
    }
    return d->failed ? 0 : (size_t)n;
}

void q_push_inherited(struct qdoc *d)
{
    if (!d->failed)
        qpdf_push_inherited_attributes_to_page(d->q);
    note_error(d);
}

qref q_page(struct qdoc *d, size_t i)
{
    return d->failed ? 0 : unless_failed(d, qpdf_get_page_n(d->q, i));
}

long q_page_index(struct qdoc *d, qref page)
{
    int key[2] = {q_page_count(d) ? q_id(d, page) : 0, 0};
    const int *found = key[0] ? bsearch(key, d->page_ids, d->n_pages, sizeof key, by_id) : NULL;
    return found ? found[1] : -1;
}

qref q_root(struct qdoc *d)
{
    return d->failed ? 0 : unless_null(d, qpdf_get_root(d->q));
}

qref q_object(struct qdoc *d, int id)
{
    return q_object_of(d, id, 0);
}

qref q_object_of(struct qdoc *d, int id, int generation)
{
    return d->failed ? 0 : unless_null(d, qpdf_get_object_by_id(d->q, id, generation));
}

int q_id(struct qdoc *d, qref r)
{
    if (d->failed || !r)
        return 0;
    int id = qpdf_oh_get_object_id(d->q, r);
    return note_error(d) ? id : 0;
}

int q_generation(struct qdoc *d, qref r)
{
    int generation = d->failed || !r ? 0 : qpdf_oh_get_generation(d->q, r);
    return note_error(d) ? generation : 0;
}

int q_next_id(struct qdoc *d)
{
    return q_id(d, q_indirect(d, q_parse(d, "0")));
}

/* --- reading --- */

bool q_is_dict(struct qdoc *d, qref r)
{
    return type_of(d, r) == ot_dictionary;
}

bool q_is_array(struct qdoc *d, qref r)
{
    return type_of(d, r) == ot_array;
}

bool q_is_stream(struct qdoc *d, qref r)
{
    return type_of(d, r) == ot_stream;
}

bool q_is_string(struct qdoc *d, qref r)
{
    return type_of(d, r) == ot_string;
}

bool q_true(struct qdoc *d, qref r)
{
    return type_of(d, r) == ot_boolean && qpdf_oh_get_bool_value(d->q, r);
}

static bool is_a_name(struct qdoc *d, qref r)
{
    return type_of(d, r) == ot_name;
}

static bool is_a_number(struct qdoc *d, qref r)
{
    enum qpdf_object_type_e type = type_of(d, r);
    return type == ot_integer || type == ot_real;
}

static bool is_indirect(struct qdoc *d, qref r)
{
    bool is = !d->failed && r && qpdf_oh_is_indirect(d->q, r);
    return note_error(d) && is;
}

static qref dict_of(struct qdoc *d, qref r)
{
    enum qpdf_object_type_e type = type_of(d, r);
    if (type == ot_stream)
        return unless_failed(d, qpdf_oh_get_dict(d->q, r));
    return type == ot_dictionary ? r : 0;
}

qref q_get(struct qdoc *d, qref dict, const char *key)
{
    dict = dict_of(d, dict);
    return dict ? unless_null(d, qpdf_oh_get_key(d->q, dict, key)) : 0;
}

bool q_dangles(struct qdoc *d, qref dict, const char *key)
{
    dict = dict_of(d, dict);
    qref value = dict ? unless_failed(d, qpdf_oh_get_key(d->q, dict, key)) : 0;
    return value && is_indirect(d, value) && !unless_null(d, value);
}

size_t q_length(struct qdoc *d, qref array)
{
    int n = q_is_array(d, array) ? qpdf_oh_get_array_n_items(d->q, array) : 0;
    return note_error(d) && n > 0 ? (size_t)n : 0;
}

qref q_item(struct qdoc *d, qref array, size_t i)
{
    return i < q_length(d, array) ? unless_null(d, qpdf_oh_get_array_item(d->q, array, (int)i)) : 0;
}

bool q_is_name(struct qdoc *d, qref r, const char *name)
{
    return is_a_name(d, r) && !strcmp(qpdf_oh_get_name(d->q, r), name);
}

bool q_number(struct qdoc *d, qref r, double *out)
{
    if (!is_a_number(d, r))
        return false;
    *out = qpdf_oh_get_numeric_value(d->q, r);
    return note_error(d) && isfinite(*out);
}

static bool first_numbers(struct qdoc *d, qref array, double *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!q_number(d, unless_failed(d, qpdf_oh_get_array_item(d->q, array, (int)i)), &out[i]))
            return false;
    return true;
}

bool q_numbers(struct qdoc *d, qref array, double *out, size_t n)
{
    return q_length(d, array) == n && first_numbers(d, array, out, n);
}

bool q_corners(struct qdoc *d, qref array, double out[4])
{
    return q_length(d, array) >= 4 && first_numbers(d, array, out, 4);
}

long q_integer(struct qdoc *d, qref r, long otherwise)
{
    double v;
    return q_number(d, r, &v) && fabs(v) < 1e9 ? (long)v : otherwise;
}

const char *q_text(struct qdoc *d, qref r, struct arena *arena)
{
    const char *s = NULL;
    if (q_is_string(d, r))
        s = qpdf_oh_get_utf8_value(d->q, r);
    else if (is_a_name(d, r))
        s = qpdf_oh_get_name(d->q, r) + 1;
    return note_error(d) ? arena_strdup(arena, s) : NULL;
}

const char *q_key_text(struct qdoc *d, qref r, struct arena *arena)
{
    const char *s = NULL;
    if (q_is_string(d, r))
        s = qpdf_oh_get_string_value(d->q, r);
    else if (is_a_name(d, r))
        s = qpdf_oh_get_name(d->q, r) + 1;
    return note_error(d) ? arena_strdup(arena, s) : NULL;
}

const char *q_bytes(struct qdoc *d, qref r, struct arena *arena, size_t *len)
{
    const char *s = NULL;
    if (q_is_string(d, r)) {
        s = qpdf_oh_get_binary_string_value(d->q, r, len);
    } else if (is_a_name(d, r)) {
        s = qpdf_oh_get_name(d->q, r) + 1;
        *len = strlen(s);
    }
    return note_error(d) && s ? arena_strndup(arena, s, *len) : NULL;
}

size_t q_keys(struct qdoc *d, qref dict, struct arena *arena, const char ***out)
{
    size_t n = 0, cap = 0;
    *out = NULL;
    if (!(dict = dict_of(d, dict)))
        return 0;
    qpdf_oh_begin_dict_key_iter(d->q, dict);
    while (note_error(d) && qpdf_oh_dict_more_keys(d->q))
        *ARENA_PUSH(arena, *out, n, cap) = arena_strdup(arena, qpdf_oh_dict_next_key(d->q));
    return n;
}

const char *q_unparse(struct qdoc *d, qref r, struct arena *arena)
{
    if (q_is_stream(d, r))
        r = dict_of(d, r);
    const char *s = d->failed || !r ? NULL : qpdf_oh_unparse_resolved(d->q, r);
    return note_error(d) && s ? arena_strdup(arena, s) : "";
}

static bool hand_over(struct qdoc *d, unsigned char *data, size_t len, struct buffer *out)
{
    bool ok = note_error(d);
    if (ok)
        buffer_add(out, data, len);
    free(data);
    return ok;
}

static bool stream_data(struct qdoc *d, qref stream, enum qpdf_stream_decode_level_e level,
                        struct buffer *out)
{
    unsigned char *data = NULL;
    size_t len = 0;
    if (!q_is_stream(d, stream))
        return false;
    qpdf_oh_get_stream_data(d->q, stream, level, NULL, &data, &len);
    return hand_over(d, data, len, out);
}

/* The streams of an array that holds other things, too, for which qpdf would give up all of it. */
static bool stray_content(struct qdoc *d, qref contents, bool *ok, struct buffer *out)
{
    size_t n = q_length(d, contents), streams = 0;
    for (size_t i = 0; i < n; i++)
        streams += q_is_stream(d, q_item(d, contents, i));
    *ok = true;
    if (streams == n)
        return false;
    for (size_t i = 0; i < n && *ok; i++) {
        qref item = q_item(d, contents, i);
        if (!q_is_stream(d, item))
            continue;
        *ok = stream_data(d, item, qpdf_dl_specialized, out);
        buffer_putc(out, '\n');
    }
    return true;
}

qref q_single_content(struct qdoc *d, qref page)
{
    qref content = q_get(d, page, "/Contents");
    if (q_length(d, content) == 1)
        content = q_item(d, content, 0);
    return q_is_stream(d, content) ? content : 0;
}

bool q_page_content(struct qdoc *d, qref page, struct buffer *out)
{
    unsigned char *data = NULL;
    size_t len = 0;
    bool ok;
    if (d->failed)
        return false;
    if (stray_content(d, q_get(d, page, "/Contents"), &ok, out))
        return ok;
    qpdf_oh_get_page_content_data(d->q, page, &data, &len);
    return hand_over(d, data, len, out);
}

bool q_raw_data(struct qdoc *d, qref stream, struct buffer *out)
{
    return stream_data(d, stream, qpdf_dl_none, out);
}

bool q_stream_data(struct qdoc *d, qref stream, struct buffer *out)
{
    bool failed = d->failed, ok = stream_data(d, stream, qpdf_dl_specialized, out);
    d->failed = failed;
    return ok;
}

/* --- making --- */

qref q_parse(struct qdoc *d, const char *text)
{
    return d->failed ? 0 : unless_failed(d, qpdf_oh_parse(d->q, text));
}

void q_set_data(struct qdoc *d, qref stream, const void *data, size_t len)
{
    static const unsigned char nothing;
    qref none = d->failed ? 0 : unless_failed(d, qpdf_oh_new_null(d->q));
    if (stream && none)
        qpdf_oh_replace_stream_data(d->q, stream, len ? data : &nothing, len, none, none);
    note_error(d);
}

qref q_new_stream(struct qdoc *d, const void *data, size_t len)
{
    qref s = d->failed ? 0 : unless_failed(d, qpdf_oh_new_stream(d->q));
    q_set_data(d, s, data, len);
    return unless_failed(d, s);
}

void q_replace(struct qdoc *d, qref stream, const void *data, size_t len, const char *filter)
{
    qref name = q_parse(d, filter), none = unless_failed(d, d->failed ? 0 : qpdf_oh_new_null(d->q));
    if (q_is_stream(d, stream))
        qpdf_oh_replace_stream_data(d->q, stream, data, len, name, none);
    note_error(d);
}

qref q_indirect(struct qdoc *d, qref r)
{
    return d->failed || !r || is_indirect(d, r)
               ? r
               : unless_failed(d, qpdf_make_indirect_object(d->q, r));
}

qref q_copy(struct qdoc *d, struct qdoc *from, qref r)
{
    if (d->failed || from->failed || !r)
        return 0;
    return unless_failed(d, qpdf_oh_copy_foreign_object(d->q, from->q, r));
}

void q_put(struct qdoc *d, qref dict, const char *key, qref value)
{
    if ((dict = dict_of(d, dict)) && value)
        qpdf_oh_replace_key(d->q, dict, key, value);
    note_error(d);
}

void q_set_item(struct qdoc *d, qref array, size_t i, qref value)
{
    if (value && i < q_length(d, array))
        qpdf_oh_set_array_item(d->q, array, (int)i, value);
    note_error(d);
}

void q_append(struct qdoc *d, qref array, qref value)
{
    if (value && q_is_array(d, array))
        qpdf_oh_append_item(d->q, array, value);
    note_error(d);
}

void q_remove(struct qdoc *d, qref dict, const char *key)
{
    if ((dict = dict_of(d, dict)))
        qpdf_oh_remove_key(d->q, dict, key);
    note_error(d);
}

/* How qpdf writes. Its deterministic ID would read every byte once more, for MD5; its static ID is
 * a known string in the trailer, which is replaced afterwards. */
static void set_writer(struct qdoc *d)
{
    qpdf_set_static_ID(d->q, QPDF_TRUE);
    qpdf_set_minimum_pdf_version(d->q, "1.7");
    qpdf_set_object_stream_mode(d->q, qpdf_o_generate);
    /* streams go through as they are; those that no filter packs are packed */
    qpdf_set_compress_streams(d->q, QPDF_TRUE);
    qpdf_set_decode_level(d->q, d->repack ? qpdf_dl_generalized : qpdf_dl_none);
}

void q_repack(struct qdoc *d)
{
    d->repack = true;
}

static const char fixed_id[] = "<31415926535897932384626433832795>";

/* Where the cross-reference stream begins, by the last lines of the file; 0: these are no such
 * lines. */
static size_t xref_offset(const char *tail)
{
    static const char mark[] = "startxref\n", end[] = "\n%%EOF\n";
    const char *at = NULL;
    char *rest;
    for (const char *p = tail; (p = strstr(p, mark)); p++)
        at = p;
    unsigned long from = at ? strtoul(at + sizeof mark - 1, &rest, 10) : 0;
    return from && !strcmp(rest, end) ? (size_t)from : 0;
}

/* Replaces qpdf's ID in bytes that begin with the dictionary of the cross-reference stream. false:
 * they begin otherwise, or hold no such ID. */
static bool set_id(char *data, size_t len, const char *id)
{
    static const char begin[] = " 0 obj\n<< /Type /XRef ";
    const size_t n = sizeof fixed_id - 1;
    size_t digits = 0;
    bool any = false;
    while (digits < len && data[digits] >= '0' && data[digits] <= '9')
        digits++;
    if (digits == 0 || len - digits < sizeof begin ||
        memcmp(data + digits, begin, sizeof begin - 1))
        return false;
    for (size_t i = 0; i + n <= len; i++)
        if (!memcmp(data + i, fixed_id, n)) {
            memcpy(data + i + 1, id, n - 2);
            any = true;
        }
    return any;
}

/* Bytes: of the end of a file, all of it text; more than the dictionary has. */
enum { TAIL = 32, HEAD = 4096 };

/* On a full disk qpdf loses bytes, at the end or in the middle, and reports success. Then the file
 * lacks its last lines, or these do not lead to a cross-reference stream. */
static bool finish_file(int fd, const char *id)
{
    char tail[TAIL + 1] = "", head[HEAD + 1] = "";
    struct stat st;

    if (fstat(fd, &st) < 0 || st.st_size <= TAIL || !read_all_at(fd, tail, TAIL, st.st_size - TAIL))
        return false;
    off_t from = (off_t)xref_offset(tail);
    if (!from || from >= st.st_size)
        return false;
    size_t n = st.st_size - from < HEAD ? (size_t)(st.st_size - from) : HEAD;
    return read_all_at(fd, head, n, from) && set_id(head, n, id) &&
           output_bytes_at(fd, head, n, from);
}

bool q_write_file(struct qdoc *d, const char *id, int fd)
{
    char path[64];

    if (d->failed)
        return false;
    machine_ask_proc();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    qpdf_init_write(d->q, path);
    if (!note_error(d))
        return false;
    set_writer(d);
    qpdf_write(d->q);
    note_error(d);
    qpdf_init_write_memory(d->q); /* another writer: the file of the first is closed */
    if (note_error(d) && !finish_file(fd, id)) {
        snprintf(d->why, sizeof d->why, "it is not whole on the disk");
        d->failed = true;
    }
    return !d->failed;
}
