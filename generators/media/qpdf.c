/* qpdf.c - see qpdf.h. Each function of libqpdf that is used has one of the same name here, which
 * hands the call on to the library. QPDF_LIBRARY is the name that the library bears where this was
 * built (libqpdf.so.29): the one whose header was read. */
#include "media/qpdf.h"

#include "core/late_library.h"

#include <qpdf/qpdf-c.h>

_Static_assert(sizeof QPDF_LIBRARY > 1, "the library that pkg-config finds has no name");

static struct late_library library = {QPDF_LIBRARY, "libqpdf, which reads PDF files", NULL};
#define LATE_LIBRARY library

void qpdf_load(void)
{
    late_library_load(&library);
}

LATE_NOTHING(qpdf_cleanup, (qpdf_data * q), (q))
LATE_VALUE(qpdf_error, qpdf_get_error, (qpdf_data q), (q))
LATE_VALUE(enum qpdf_error_code_e, qpdf_get_error_code, (qpdf_data q, qpdf_error e), (q, e))
LATE_VALUE(const char *, qpdf_get_error_full_text, (qpdf_data q, qpdf_error e), (q, e))
LATE_VALUE(const char *, qpdf_get_error_message_detail, (qpdf_data q, qpdf_error e), (q, e))
LATE_VALUE(int, qpdf_get_num_pages, (qpdf_data q), (q))
LATE_VALUE(qpdf_oh, qpdf_get_object_by_id, (qpdf_data q, int id, int gen), (q, id, gen))
LATE_VALUE(qpdf_oh, qpdf_get_page_n, (qpdf_data q, size_t i), (q, i))
LATE_VALUE(qpdf_oh, qpdf_get_root, (qpdf_data q), (q))
LATE_VALUE(QPDF_BOOL, qpdf_has_error, (qpdf_data q), (q))
LATE_VALUE(qpdf_data, qpdf_init, (void), ())
LATE_VALUE(QPDF_ERROR_CODE, qpdf_init_write, (qpdf_data q, const char *filename), (q, filename))
LATE_VALUE(QPDF_ERROR_CODE, qpdf_init_write_memory, (qpdf_data q), (q))
LATE_VALUE(QPDF_BOOL, qpdf_is_encrypted, (qpdf_data q), (q))
LATE_VALUE(qpdf_oh, qpdf_make_indirect_object, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(QPDF_BOOL, qpdf_more_warnings, (qpdf_data q), (q))
LATE_VALUE(qpdf_error, qpdf_next_warning, (qpdf_data q), (q))
LATE_NOTHING(qpdf_oh_append_item, (qpdf_data q, qpdf_oh a, qpdf_oh item), (q, a, item))
LATE_NOTHING(qpdf_oh_begin_dict_key_iter, (qpdf_data q, qpdf_oh dict), (q, dict))
LATE_VALUE(qpdf_oh, qpdf_oh_copy_foreign_object, (qpdf_data q, qpdf_data other, qpdf_oh a),
           (q, other, a))
LATE_VALUE(QPDF_BOOL, qpdf_oh_dict_more_keys, (qpdf_data q), (q))
LATE_VALUE(const char *, qpdf_oh_dict_next_key, (qpdf_data q), (q))
LATE_VALUE(qpdf_oh, qpdf_oh_get_array_item, (qpdf_data q, qpdf_oh a, int n), (q, a, n))
LATE_VALUE(int, qpdf_oh_get_array_n_items, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(const char *, qpdf_oh_get_binary_string_value, (qpdf_data q, qpdf_oh a, size_t *len),
           (q, a, len))
LATE_VALUE(QPDF_BOOL, qpdf_oh_get_bool_value, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(qpdf_oh, qpdf_oh_get_dict, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(qpdf_oh, qpdf_oh_get_key, (qpdf_data q, qpdf_oh a, const char *key), (q, a, key))
LATE_VALUE(const char *, qpdf_oh_get_name, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(int, qpdf_oh_get_generation, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(double, qpdf_oh_get_numeric_value, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(int, qpdf_oh_get_object_id, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(QPDF_ERROR_CODE, qpdf_oh_get_page_content_data,
           (qpdf_data q, qpdf_oh a, unsigned char **bufp, size_t *len), (q, a, bufp, len))
LATE_VALUE(QPDF_ERROR_CODE, qpdf_oh_get_stream_data,
           (qpdf_data q, qpdf_oh a, enum qpdf_stream_decode_level_e level, QPDF_BOOL *filtered,
            unsigned char **bufp, size_t *len),
           (q, a, level, filtered, bufp, len))
LATE_VALUE(const char *, qpdf_oh_get_string_value, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(const char *, qpdf_oh_get_utf8_value, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(QPDF_BOOL, qpdf_oh_is_indirect, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(enum qpdf_object_type_e, qpdf_oh_get_type_code, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(qpdf_oh, qpdf_oh_new_null, (qpdf_data q), (q))
LATE_VALUE(qpdf_oh, qpdf_oh_new_stream, (qpdf_data q), (q))
LATE_VALUE(qpdf_oh, qpdf_oh_parse, (qpdf_data q, const char *text), (q, text))
LATE_NOTHING(qpdf_oh_release, (qpdf_data q, qpdf_oh a), (q, a))
LATE_NOTHING(qpdf_oh_release_all, (qpdf_data q), (q))
LATE_NOTHING(qpdf_oh_remove_key, (qpdf_data q, qpdf_oh a, const char *key), (q, a, key))
LATE_NOTHING(qpdf_oh_replace_key, (qpdf_data q, qpdf_oh a, const char *key, qpdf_oh item),
             (q, a, key, item))
LATE_NOTHING(qpdf_oh_replace_stream_data,
             (qpdf_data q, qpdf_oh a, const unsigned char *buf, size_t len, qpdf_oh filter,
              qpdf_oh parms),
             (q, a, buf, len, filter, parms))
LATE_NOTHING(qpdf_oh_set_array_item, (qpdf_data q, qpdf_oh a, int at, qpdf_oh item),
             (q, a, at, item))
LATE_VALUE(const char *, qpdf_oh_unparse_resolved, (qpdf_data q, qpdf_oh a), (q, a))
LATE_VALUE(QPDF_ERROR_CODE, qpdf_push_inherited_attributes_to_page, (qpdf_data q), (q))
LATE_VALUE(QPDF_ERROR_CODE, qpdf_read_memory,
           (qpdf_data q, const char *name, const char *buffer, unsigned long long size,
            const char *password),
           (q, name, buffer, size, password))
LATE_NOTHING(qpdf_set_compress_streams, (qpdf_data q, QPDF_BOOL value), (q, value))
LATE_NOTHING(qpdf_set_decode_level, (qpdf_data q, enum qpdf_stream_decode_level_e level),
             (q, level))
LATE_NOTHING(qpdf_set_minimum_pdf_version, (qpdf_data q, const char *version), (q, version))
LATE_NOTHING(qpdf_set_object_stream_mode, (qpdf_data q, enum qpdf_object_stream_e mode), (q, mode))
LATE_NOTHING(qpdf_set_static_ID, (qpdf_data q, QPDF_BOOL value), (q, value))
LATE_NOTHING(qpdf_set_suppress_warnings, (qpdf_data q, QPDF_BOOL value), (q, value))
LATE_NOTHING(qpdf_silence_errors, (qpdf_data q), (q))
LATE_VALUE(QPDF_ERROR_CODE, qpdf_write, (qpdf_data q), (q))
