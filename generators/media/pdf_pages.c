/* pdf_pages.c - counts a PDF's pages with qpdf on the bytes in memory; nothing of it is trusted or
 * written. */
#include "media/fault.h"

#include <qpdf/qpdf-c.h>

enum { DEFAULT_PAGES = 5000 };

long pdf_page_count(const struct media_file *file, const struct media_limits *limits,
                    const struct finding *where, struct diag *diag)
{
    struct finding f = media_error(where);
    if (file->type != MEDIA_PDF) {
        diag_add(diag, f, "“%s”不是 PDF（%s）", "'%s' is no PDF (%s)", file->href,
                 media_type_name(file->type));
        return -1;
    }
    qpdf_data q = qpdf_init();
    qpdf_set_suppress_warnings(q, QPDF_TRUE);
    qpdf_silence_errors(q);
    long pages = -1;
    QPDF_ERROR_CODE code =
        qpdf_read_memory(q, file->href, (const char *)file->data, file->size, NULL);
    if (!(code & QPDF_ERRORS))
        pages = qpdf_get_num_pages(q);
    long most = limits && limits->pages ? (long)limits->pages : DEFAULT_PAGES;
    if (pages < 0 || qpdf_has_error(q)) {
        qpdf_error e = qpdf_has_error(q) ? qpdf_get_error(q) : NULL;
        bool locked = e && qpdf_get_error_code(q, e) == qpdf_e_password;
        if (locked)
            diag_add(diag, f, "PDF“%s”有打开密码，请去掉密码后重新导出",
                     "PDF '%s' needs a password: export it without one", file->href);
        else
            diag_add(diag, f, "PDF“%s”已损坏，请重新导出", "PDF '%s' is damaged: export it again",
                     file->href);
        pages = -1;
    } else if (pages == 0 || pages > most) {
        diag_add(diag, f, "PDF“%s”有 %ld 页，应为 1 至 %ld 页",
                 "PDF '%s' has %ld pages, not 1 to %ld", file->href, pages, most);
        pages = -1;
    }
    qpdf_cleanup(&q);
    return pages;
}
