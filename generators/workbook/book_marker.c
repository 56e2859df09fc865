/* book_marker.c - see book_marker.h. The cells are read as they are written and keep their places,
 * so that what is found in the new file has the addresses of the old one. */
#include "workbook/book_marker.h"

#include "core/cells.h"
#include "core/output.h"
#include "core/temporary.h"
#include "core/utf8.h"
#include "sheet/cell.h"
#include "sheet/verify.h"
#include "workbook/book_reading.h"
#include "workbook/book_writer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

const char book_sheet_findings[] = "核查结果";

enum {
    COMMENT_LINE = 30,     /* characters of ours across a comment */
    COMMENT_BYTES = 30000, /* Excel's limit is 32,767 characters */
    SERIAL_1904 = 1462,    /* days between the two epochs */
    PROPERTIES_TIME = 315532800
};

static const char our_name[] = "shenbao 核查";
static const char *const severity_zh[SEVERITY_COUNT] = {"错误", "警告", "提示"},
                         *const severity_en[SEVERITY_COUNT] = {"error", "warning", "note"};
static const unsigned fills[SEVERITY_COUNT] = {0xF8C4C0, 0xFFE699, 0};

struct mark {
    const struct finding *finding;
    size_t sheet; /* in the file; SIZE_MAX: it is of no sheet */
    uint32_t row, column;
    size_t order;
};

/* Formats that are the same are one. */
struct known_format {
    const char *code;
    bool wrap;
    unsigned fill, head; /* head: 1 a head, 2 a required one */
    lxw_format *format;
};

struct marker {
    const struct book_template *form;
    struct reading reading; /* which sheet and column is which */
    struct diag *diag;
    enum language language;
    const char *name;
    struct arena arena;
    lxw_workbook *book;
    lxw_worksheet **sheets; /* of the file's, NULL: not written again */
    lxw_error error;
    struct mark *marks; /* by sheet, row and column */
    size_t n_marks;
    struct known_format *formats;
    size_t n_formats, cap_formats;
};

static void keep(struct marker *m, lxw_error error)
{
    if (m->error == LXW_NO_ERROR)
        m->error = error;
}

static lxw_format *format_of(struct marker *m, const char *code, bool wrap, unsigned fill,
                             unsigned head)
{
    for (size_t i = 0; i < m->n_formats; i++) {
        const struct known_format *k = &m->formats[i];
        if (!strcmp(k->code, code) && k->wrap == wrap && k->fill == fill && k->head == head)
            return k->format;
    }
    lxw_format *f = workbook_add_format(m->book);
    format_set_font_name(f, "宋体");
    format_set_font_size(f, 11);
    format_set_num_format(f, code);
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    if (wrap || head)
        format_set_text_wrap(f);
    if (head) {
        format_set_bold(f);
        format_set_border(f, LXW_BORDER_THIN);
        format_set_align(f, LXW_ALIGN_CENTER);
        format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    }
    if (fill || head)
        format_set_bg_color(f, fill ? fill : head == 2 ? 0xFBE3B6 : 0xDDE6F0);
    *ARENA_PUSH(&m->arena, m->formats, m->n_formats, m->cap_formats) =
        (struct known_format){arena_strdup(&m->arena, code), wrap, fill, head, f};
    return f;
}

/* --- marks --- */

static int by_place(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    if (x->sheet != y->sheet)
        return x->sheet < y->sheet ? -1 : 1;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void place_marks(struct marker *m, const struct finding *const *list, size_t n)
{
    const struct xlsx_sheet *sheets;
    size_t n_sheets = xlsx_sheets(m->reading.file, &sheets);
    m->marks = ARENA_ARRAY(&m->arena, struct mark, n + 1);
    m->n_marks = n;
    for (size_t i = 0; i < n; i++) {
        struct mark *k = &m->marks[i];
        *k = (struct mark){list[i], SIZE_MAX, 0, 0, i};
        for (size_t s = 0; list[i]->sheet && s < n_sheets; s++)
            if (!strcmp(sheets[s].name, list[i]->sheet))
                k->sheet = s;
        if (!list[i]->cell || !xlsx_address_read(list[i]->cell, &k->row, &k->column))
            k->row = k->column = 0;
    }
    qsort(m->marks, n, sizeof *m->marks, by_place);
}

/* The first mark of the cell or behind it. */
static size_t marks_from(const struct marker *m, size_t sheet, uint32_t row, uint32_t column)
{
    struct mark key = {NULL, sheet, row, column, 0};
    size_t low = 0, high = m->n_marks;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_place(&m->marks[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct mark *k, size_t sheet, uint32_t row, uint32_t column)
{
    return k->sheet == sheet && k->row == row && k->column == column;
}

static unsigned fill_of(const struct marker *m, size_t sheet, uint32_t row, uint32_t column)
{
    enum severity worst = SEVERITY_INFO;
    for (size_t i = marks_from(m, sheet, row, column);
         i < m->n_marks && is_at(&m->marks[i], sheet, row, column); i++)
        if (m->marks[i].finding->severity < worst)
            worst = m->marks[i].finding->severity;
    return fills[worst];
}

/* --- cells --- */

static const struct read_sheet *read_sheet_of(const struct marker *m, size_t sheet)
{
    for (size_t i = 0; i < m->form->n; i++)
        if (m->reading.sheets[i].form && m->reading.sheets[i].sheet == sheet)
            return &m->reading.sheets[i];
    return NULL;
}

static unsigned head_kind(const struct read_sheet *s, uint32_t row, uint32_t column)
{
    int c = s && row == s->head_row && column <= s->n_columns ? s->of_column[column] : -1;
    return c < 0 ? 0 : s->form->columns[c].required ? 2 : 1;
}

/* Days since 1899-12-30 of a date in the calendar. */
static double serial_of(int year, int month, int day)
{
    char text[32];
    snprintf(text, sizeof text, "%04d-%02d-%02d", year % 10000, month % 100, day % 100);
    return (double)date_serial(text);
}

static double date_number(const struct xlsx_cell *c)
{
    double number = strtod(c->text, NULL),
           serial = serial_of(c->date.year, c->date.month, c->date.day);
    bool shifted = c->date.year && serial - (double)(long)number == SERIAL_1904;
    if (strchr(c->text, '-')) /* t="d" */
        return serial;
    return number + (shifted ? SERIAL_1904 : 0);
}

static void write_picture(struct marker *m, size_t picture, lxw_worksheet *ws, uint32_t row,
                          uint32_t column)
{
    struct buffer bytes = {0};
    struct diag quiet = {0};
    bool ok = picture != SIZE_MAX && xlsx_picture_read(m->reading.file, picture, &bytes, &quiet);
    if (ok) {
        void *kept = arena_alloc(&m->arena, bytes.len + 1, 1);
        memcpy(kept, bytes.data, bytes.len);
        ok = worksheet_insert_image_buffer(ws, row - 1, (lxw_col_t)(column - 1), kept, bytes.len) ==
             LXW_NO_ERROR;
    }
    if (!ok) {
        char cell[CELL_NAME];
        diag_warn(m->diag, (struct src_pos){m->name, 0}, "%s 的图片没有保留",
                  "the picture at %s is not kept", cell_name(cell, row, column));
    }
    diag_clear(&quiet);
    buffer_clear(&bytes);
}

static void write_cell(struct marker *m, lxw_worksheet *ws, const struct read_sheet *s,
                       const struct xlsx_cell *c, lxw_format *f)
{
    lxw_row_t row = c->row - 1;
    lxw_col_t column = (lxw_col_t)(c->column - 1);
    (void)s;
    switch (c->kind) {
    case XLSX_EMPTY:
    case XLSX_NO_VALUE:
    case XLSX_BAD_STRING:
        keep(m, worksheet_write_blank(ws, row, column, f));
        break;
    case XLSX_TEXT:
        keep(m, worksheet_write_string(ws, row, column, text_escaped(&m->arena, c->text), f));
        break;
    case XLSX_NUMBER:
        keep(m, worksheet_write_number(ws, row, column, strtod(c->text, NULL), f));
        break;
    case XLSX_DATE:
        keep(m, worksheet_write_number(ws, row, column, date_number(c), f));
        break;
    case XLSX_BOOLEAN:
        keep(m, worksheet_write_boolean(ws, row, column, *c->text == '1', f));
        break;
    case XLSX_ERROR:
        keep(m, worksheet_write_formula_str(ws, row, column,
                                            arena_printf(&m->arena, "=%s", c->text), f, c->text));
        break;
    case XLSX_PICTURE:
        write_picture(m, c->picture, ws, c->row, c->column);
        break;
    }
}

static const char *code_of(const struct xlsx_cell *c)
{
    if (*c->format)
        return c->format;
    return c->date.day_shown ? "yyyy\"年\"m\"月\"d\"日\"" : "yyyy\"年\"m\"月\"";
}

/* Cells that have nothing in them but marks. */
static void fill_blanks(struct marker *m, size_t sheet)
{
    for (size_t i = marks_from(m, sheet, 1, 0); i < m->n_marks && m->marks[i].sheet == sheet; i++) {
        const struct mark *k = &m->marks[i];
        unsigned fill = fill_of(m, sheet, k->row, k->column);
        if (k->row && k->column && fill)
            keep(m, worksheet_write_blank(m->sheets[sheet], k->row - 1, (lxw_col_t)(k->column - 1),
                                          format_of(m, "@", false, fill, 0)));
    }
}

static void copy_rows(struct marker *m, size_t sheet)
{
    const struct read_sheet *s = read_sheet_of(m, sheet);
    struct diag quiet = {0}; /* the check has told of the file's faults */
    struct xlsx_rows *rows = xlsx_rows_new(m->reading.file, sheet, &quiet);
    lxw_worksheet *ws = m->sheets[sheet];
    lxw_row_col_options hidden = {.hidden = LXW_TRUE};
    struct xlsx_row row;
    fill_blanks(m, sheet); /* what holds something is written over it */
    while (rows && xlsx_rows_next(rows, &row)) {
        if (row.hidden)
            keep(m, worksheet_set_row_opt(ws, row.row - 1, LXW_DEF_ROW_HEIGHT, NULL, &hidden));
        for (size_t i = 0; i < row.n; i++) {
            const struct xlsx_cell *c = &row.cells[i];
            unsigned fill = fill_of(m, sheet, c->row, c->column);
            lxw_format *f = format_of(m, code_of(c), c->kind == XLSX_TEXT && strchr(c->text, '\n'),
                                      fill, head_kind(s, c->row, c->column));
            const struct xlsx_range *r = c->merged;
            if (r && (r->last_row > r->row || r->last_column > r->column))
                keep(m, worksheet_merge_range(ws, r->row - 1, (lxw_col_t)(r->column - 1),
                                              r->last_row - 1, (lxw_col_t)(r->last_column - 1), "",
                                              f));
            write_cell(m, ws, s, c, f);
        }
    }
    xlsx_rows_free(rows);
    diag_clear(&quiet);
}

/* --- comments: the clerk's, and one of ours a cell --- */

static lxw_comment_options box_of(const char *text)
{
    size_t lines = 1, width = 0;
    for (const char *s = text; *s; s++) {
        width += ((unsigned char)*s & 0xC0) != 0x80;
        if (*s == '\n' || width > COMMENT_LINE) {
            lines++;
            width = 0;
        }
    }
    return (lxw_comment_options){.author = (char *)our_name,
                                 .width = 380,
                                 .height = (uint16_t)(24 + 18 * (lines < 60 ? lines : 60))};
}

static const char *message_of(const struct marker *m, const struct finding *f, struct arena *a)
{
    bool zh = m->language == LANGUAGE_ZH;
    const char *text = f->text[m->language] ? f->text[m->language] : f->text[LANGUAGE_ZH];
    return arena_printf(a, "%s%s%s%s：%s", (zh ? severity_zh : severity_en)[f->severity],
                        f->rule ? " " : "", f->rule ? f->rule : "", "", text ? text : "");
}

static const char *clerks_comment(const struct marker *m, size_t sheet, uint32_t row,
                                  uint32_t column)
{
    const struct xlsx_comment *list;
    size_t n = xlsx_comments(m->reading.file, &list);
    for (size_t i = 0; i < n; i++)
        if (list[i].sheet == sheet && list[i].row == row && list[i].column == column &&
            !list[i].reply && strcmp(list[i].author, our_name))
            return list[i].text;
    return NULL;
}

static void write_comment(struct marker *m, size_t sheet, uint32_t row, uint32_t column,
                          const char *text)
{
    size_t len = strlen(text);
    while (len > COMMENT_BYTES || (len < strlen(text) && ((unsigned char)text[len] & 0xC0) == 0x80))
        len--;
    const char *cut = arena_strndup(&m->arena, text, len);
    lxw_comment_options box = box_of(cut);
    keep(m, worksheet_write_comment_opt(m->sheets[sheet], row - 1, (lxw_col_t)(column - 1), cut,
                                        &box));
}

static void write_comments(struct marker *m)
{
    const struct xlsx_comment *list;
    size_t n = xlsx_comments(m->reading.file, &list);
    for (size_t i = 0; i < n; i++) /* of cells without marks */
        if (m->sheets[list[i].sheet] && !list[i].reply && strcmp(list[i].author, our_name) &&
            !fill_of(m, list[i].sheet, list[i].row, list[i].column))
            write_comment(m, list[i].sheet, list[i].row, list[i].column, list[i].text);
    for (size_t i = 0; i < m->n_marks;) {
        const struct mark *k = &m->marks[i];
        size_t end = i;
        while (end < m->n_marks && is_at(&m->marks[end], k->sheet, k->row, k->column))
            end++;
        if (k->sheet != SIZE_MAX && m->sheets[k->sheet] && k->row &&
            fill_of(m, k->sheet, k->row, k->column)) {
            const char *text = clerks_comment(m, k->sheet, k->row, k->column);
            text = text ? text : "";
            for (size_t j = i; j < end; j++)
                text = arena_printf(&m->arena, "%s%s%s", text, *text ? "\n" : "",
                                    message_of(m, m->marks[j].finding, &m->arena));
            write_comment(m, k->sheet, k->row, k->column, text);
        }
        i = end;
    }
}

/* --- the first sheet --- */

static int by_order(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void list_row(struct marker *m, lxw_worksheet *ws, lxw_row_t row, const struct mark *k)
{
    const struct finding *f = k->finding;
    bool zh = m->language == LANGUAGE_ZH;
    const char *text = f->text[m->language] ? f->text[m->language] : f->text[LANGUAGE_ZH];
    lxw_format *plain = format_of(m, "@", true, 0, 0),
               *colour = format_of(m, "@", true, fills[f->severity], 0);
    const char *const cells[] = {(zh ? severity_zh : severity_en)[f->severity],
                                 f->rule ? f->rule : "",
                                 arena_printf(&m->arena, "%s%s%s", f->applicant ? f->applicant : "",
                                              f->applicant && f->name ? " " : "",
                                              f->name ? f->name : ""),
                                 f->sheet ? arena_printf(&m->arena, "%s%s%s", f->sheet,
                                                         f->cell ? "!" : "", f->cell ? f->cell : "")
                                          : "",
                                 f->label ? f->label : "",
                                 text ? text : ""};
    for (lxw_col_t i = 0; i < 6; i++) {
        if (i == 3 && k->sheet != SIZE_MAX && m->sheets[k->sheet]) {
            struct buffer url = {0};
            buffer_puts(&url, "internal:'");
            for (const char *s = f->sheet; *s; s++)
                buffer_printf(&url, *s == '\'' ? "''" : "%c", *s);
            buffer_printf(&url, "'!%s", f->cell ? f->cell : "A1");
            buffer_putc(&url, '\0');
            keep(m, worksheet_write_url(ws, row, i, (const char *)url.data, plain));
            buffer_clear(&url);
        }
        keep(m, worksheet_write_string(ws, row, i, text_escaped(&m->arena, cells[i]),
                                       i == 0 ? colour : plain));
    }
}

static void write_list(struct marker *m, lxw_worksheet *ws)
{
    static const char *const heads[LANGUAGE_COUNT][6] = {
        {"级别", "规则", "申报人", "位置（可点击）", "栏目", "问题与处理"},
        {"severity", "rule", "applicant", "place (click)", "field", "what is wrong; what to do"}};
    static const double widths[] = {8, 8, 18, 22, 16, 90};
    struct mark *order = ARENA_ARRAY(&m->arena, struct mark, m->n_marks + 1);
    memcpy(order, m->marks, m->n_marks * sizeof *order);
    qsort(order, m->n_marks, sizeof *order, by_order);
    for (lxw_col_t i = 0; i < 6; i++) {
        keep(m, worksheet_set_column(ws, i, i, widths[i], NULL));
        keep(m, worksheet_write_string(ws, 0, i, heads[m->language][i],
                                       format_of(m, "@", true, 0, 1)));
    }
    for (size_t i = 0; i < m->n_marks; i++)
        list_row(m, ws, (lxw_row_t)i + 1, &order[i]);
    if (m->n_marks == 0)
        keep(m, worksheet_write_string(
                    ws, 1, 5, m->language == LANGUAGE_ZH ? "没有发现问题" : "nothing was found",
                    NULL));
    worksheet_freeze_panes(ws, 1, 0);
    worksheet_set_landscape(ws);
    worksheet_set_paper(ws, 9);
    worksheet_fit_to_pages(ws, 1, 0);
}

/* --- the whole --- */

/* What a file written anew loses is said before it is written. */
static void tell_losses(struct marker *m)
{
    const struct xlsx_extra *list;
    const struct xlsx_comment *comments;
    size_t n = xlsx_extras(m->reading.file, &list),
           n_comments = xlsx_comments(m->reading.file, &comments);
    for (size_t i = 0; i < n; i++)
        diag_add(m->diag,
                 (struct finding){
                     .severity = SEVERITY_WARNING, .at = {m->name, 0}, .sheet = list[i].sheet},
                 "批注本里不保留：%s%.0s", "the marked workbook does not keep %.0s%s",
                 list[i].text[LANGUAGE_ZH], list[i].text[LANGUAGE_EN]);
    for (size_t i = 0; i < n_comments; i++)
        if (comments[i].reply) {
            diag_warn(m->diag, (struct src_pos){m->name, 0}, "批注本里不保留：批注的回复",
                      "the marked workbook does not keep replies to comments");
            break;
        }
    diag_warn(m->diag, (struct src_pos){m->name, 0},
              "批注本按内容重新写出：自己设的颜色、字体、列宽不保留，公式只留结果；原文件不变",
              "the marked workbook is written anew: colours, fonts and widths of one's own are not "
              "kept, and of formulas the results alone; the file itself stays as it is");
}

static bool is_written(const struct xlsx_sheet *s)
{
    return s->cells && strcmp(s->name, book_sheet_findings);
}

static void add_sheet(struct marker *m, size_t i, const struct xlsx_sheet *s)
{
    const struct read_sheet *read = read_sheet_of(m, i);
    if (!is_written(s))
        return;
    if (!(m->sheets[i] = workbook_add_worksheet(m->book, s->name))) {
        keep(m, LXW_ERROR_PARAMETER_VALIDATION);
        return;
    }
    for (uint32_t k = 1; read && k <= read->n_columns; k++)
        if (read->of_column[k] >= 0)
            keep(m, worksheet_set_column(m->sheets[i], (lxw_col_t)(k - 1), (lxw_col_t)(k - 1),
                                         read->form->columns[read->of_column[k]].width + 2,
                                         format_of(m, "@", false, 0, 0)));
    if (read)
        worksheet_freeze_panes(m->sheets[i], read->head_row, 2);
    copy_rows(m, i);
    if (s->hidden)
        worksheet_hide(m->sheets[i]);
}

static void fill(struct marker *m)
{
    const struct xlsx_sheet *list;
    const struct xlsx_picture *pictures;
    size_t n = xlsx_sheets(m->reading.file, &list);
    m->sheets = ARENA_ARRAY(&m->arena, lxw_worksheet *, n + 1);
    lxw_worksheet *first = workbook_add_worksheet(m->book, book_sheet_findings);
    if (!first) {
        keep(m, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    for (size_t i = 0; i < n; i++)
        add_sheet(m, i, &list[i]);
    size_t n_pictures = xlsx_pictures(m->reading.file, &pictures);
    for (size_t i = 0; i < n_pictures; i++)
        if (pictures[i].place == XLSX_PICTURE_FLOATING && m->sheets[pictures[i].sheet])
            write_picture(m, i, m->sheets[pictures[i].sheet], pictures[i].row, pictures[i].column);
    write_comments(m);
    write_list(m, first);
    worksheet_activate(first);
}

static bool full(struct marker *m, const char *path, const char *why)
{
    return diag_system(m->diag, (struct src_pos){path, 0}, "无法写出工作簿：%s",
                       "cannot write the workbook: %s", why);
}

static bool write_to(struct marker *m, int fd, const char *path)
{
    char name[40];
    lxw_workbook_options options = {.tmpdir = (char *)temporary_folder()};
    lxw_doc_properties properties = {.author = "shenbao", .created = PROPERTIES_TIME};
    const char *version = xlsx_property(m->reading.file, BOOK_PROPERTY);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    if (!(m->book = workbook_new_opt(name, &options)))
        return full(m, path, "out of memory");
    keep(m, workbook_set_properties(m->book, &properties));
    if (version)
        keep(m, workbook_set_custom_property_integer(m->book, BOOK_PROPERTY,
                                                     (int32_t)strtol(version, NULL, 10)));
    fill(m);
    lxw_error error = workbook_close(m->book);
    keep(m, error);
    if (m->error != LXW_NO_ERROR)
        return full(m, path, lxw_strerror(m->error));
    return verify_workbook(fd, NULL, 0) || full(m, path, "what was written is not whole");
}

bool book_mark(const struct book_template *form, int fd, const char *name,
               const struct finding *const *list, size_t n, enum language language,
               const char *path, struct diag *diag)
{
    struct diag quiet = {0};
    struct marker m = {.form = form, .diag = diag, .language = language, .name = name};
    m.reading = (struct reading){
        .form = form, .name = name, .arena = &m.arena, .remarks = &quiet, .diag = &quiet};
    if (!(m.reading.file = xlsx_open(fd, name, diag)))
        return false;
    book_find_sheets(&m.reading);
    place_marks(&m, list, n);
    tell_losses(&m);
    int out = output_temporary(path, diag);
    bool ok = out >= 0 && write_to(&m, out, path) && output_name(path, out, diag);
    if (out >= 0)
        close(out);
    xlsx_free(m.reading.file);
    diag_clear(&quiet);
    arena_free(&m.arena);
    return ok;
}
