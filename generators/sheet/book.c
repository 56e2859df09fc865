/* book.c - see book.h. libxlsxwriter writes row by row in constant memory: what is above cannot be
 * changed any more. */
#include "sheet/book.h"

#include "core/machine.h"
#include "core/system_error.h"
#include "core/temporary.h"
#include "core/units.h"
#include "core/utf8.h"
#include "sheet/cell.h"
#include "sheet/page_ends.h"
#include "sheet/verify.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unicode/uchar.h>
#include <xlsxwriter.h>

enum {
    LIST_BYTES_MAX =
        200,         /* of a validation's own list: longer ones overflow libxlsxwriter's buffer */
    LAST_PEOPLE = 3, /* at least so many stand on the page of the signatures */
    TALL_ROW = 160,  /* points: what would need more in its cell is set smaller, or stands below */
    HEADING_HEIGHT = 20,
    SHEETS_FILES = 64 /* descriptors for everything but the sheets */
};

/* What Excel calls the roles. */
static const char *const font_names[ROLE_COUNT] = {"宋体", "仿宋", "楷体", "黑体",
                                                   "方正小标宋简体"};

struct list_range {
    char formula[SHEET_NAME_MAX * 4 + 64];
};

/* Of cells whose text is set smaller, to keep the row low. */
struct smaller_format {
    size_t column;
    double size;
    lxw_format *format;
};

/* A text that is too long for its cell. */
struct long_text {
    const char *label, *text;
};

struct book {
    const struct sheet_document *d;
    const struct sheet_template *t;
    struct diag *diag;
    struct arena arena;
    lxw_workbook *workbook;
    lxw_worksheet **sheets;
    struct verify_cells *written; /* one a sheet */
    const char **names;
    size_t n_sheets, cap_sheets, cap_written, n_written, cap_names, n_names;
    lxw_error error; /* the first */
    size_t faults;   /* cells that cannot hold what they should */
    lxw_format *title, *head, *sum, *below, *left, *center, *right;
    lxw_format **cells, **spare; /* one a column */
    struct smaller_format *smaller;
    size_t n_smaller, cap_smaller;
    struct list_range *lists;   /* one a column: where its allowed values stand; "" */
    struct sheet_range *merged; /* of the sheet being written */
    size_t n_merged, cap_merged;
};

/* --- names and ranges --- */

static bool same_name(const char *a, const char *b)
{
    while (*a && *b) {
        size_t na, nb;
        uint32_t x = utf8_next(a, strlen(a), &na), y = utf8_next(b, strlen(b), &nb);
        if (u_foldCase((UChar32)x, U_FOLD_CASE_DEFAULT) !=
            u_foldCase((UChar32)y, U_FOLD_CASE_DEFAULT))
            return false;
        a += na;
        b += nb;
    }
    return *a == *b;
}

/* At most so many UTF-16 units of it, without what Excel forbids: []:*?/\ anywhere, ' at the ends.
 */
static char *valid_name(struct arena *arena, const char *s, size_t most)
{
    char *out = arena_alloc(arena, strlen(s) + 1, 1), *p = out;
    size_t units = 0, used;
    for (size_t len = strlen(s); len > 0; s += used, len -= used) {
        uint32_t cp = utf8_next(s, len, &used);
        size_t more = cp > 0xFFFF && cp != UTF8_BAD ? 2 : 1;
        if (units + more > most)
            break;
        units += more;
        if (cp < 0x20 || cp == 0x7F || cp == 0xFFFE || cp == 0xFFFF || cp == UTF8_BAD ||
            (cp < 0x80 && strchr("[]:*?/\\", (int)cp)) || (cp == '\'' && p == out)) {
            *p++ = '_';
        } else {
            memcpy(p, s, used);
            p += used;
        }
    }
    if (p > out && p[-1] == '\'')
        p[-1] = '_';
    *p = '\0';
    return out;
}

char *sheet_name(struct arena *arena, const char *wanted, const char *const *taken, size_t n)
{
    char *name = valid_name(arena, wanted, SHEET_NAME_MAX);
    for (size_t k = 1;; k++) {
        char suffix[24] = "";
        if (k > 1)
            snprintf(suffix, sizeof suffix, "(%zu)", k);
        char *base = valid_name(arena, *name ? name : "_", SHEET_NAME_MAX - strlen(suffix));
        char *full = arena_printf(arena, "%s%s", base, suffix);
        bool free_name = !same_name(full, "History"); /* Excel keeps it for itself */
        for (size_t i = 0; i < n && free_name; i++)
            free_name = !same_name(full, taken[i]);
        if (free_name)
            return full;
    }
}

const struct sheet_range *sheet_overlap(const struct sheet_range *ranges, size_t n,
                                        struct sheet_range with)
{
    for (size_t i = 0; i < n; i++)
        if (ranges[i].first_row <= with.last_row && with.first_row <= ranges[i].last_row &&
            ranges[i].first_column <= with.last_column &&
            with.first_column <= ranges[i].last_column)
            return &ranges[i];
    return NULL;
}

/* --- small things on libxlsxwriter --- */

static void keep(struct book *b, lxw_error error)
{
    if (b->error == LXW_NO_ERROR)
        b->error = error;
}

/* All cells of the sheet that was begun last, and its rows, go through these: what arrives is
 * compared. */
static struct verify_cells *current(struct book *b)
{
    return &b->written[b->n_written - 1];
}

static void put_row(struct book *b, lxw_worksheet *ws, size_t row, double height)
{
    verify_row_written(current(b), row);
    keep(b, worksheet_set_row(ws, (lxw_row_t)row, height, NULL));
}

static void put_blank(struct book *b, lxw_worksheet *ws, size_t row, size_t column,
                      lxw_format *format)
{
    verify_cell_written(current(b), row, column, "");
    keep(b, worksheet_write_blank(ws, (lxw_row_t)row, (lxw_col_t)column, format));
}

/* text NULL: a fault that has been reported, so that the book will not be used. */
static void put_text(struct book *b, lxw_worksheet *ws, size_t row, size_t column, const char *text,
                     lxw_format *format)
{
    verify_cell_written(current(b), row, column, text ? text : "");
    keep(b, worksheet_write_string(ws, (lxw_row_t)row, (lxw_col_t)column, text, format));
}

static void put_number(struct book *b, lxw_worksheet *ws, size_t row, size_t column, double number,
                       lxw_format *format)
{
    char text[40];
    snprintf(text, sizeof text, "%.16G", number); /* as libxlsxwriter writes it */
    verify_cell_written(current(b), row, column, text);
    keep(b, worksheet_write_number(ws, (lxw_row_t)row, (lxw_col_t)column, number, format));
}

/* Writes the text into the range's first cell and joins the rest to it. What lies above the row
 * being written stays as it is: the caller has written it. */
static void merge(struct book *b, lxw_worksheet *ws, struct sheet_range r, const char *text,
                  lxw_format *format)
{
    const struct sheet_range *other = sheet_overlap(b->merged, b->n_merged, r);
    if (other) {
        diag_system(b->diag, (struct src_pos){b->t->path, 0},
                    "要合并的单元格互相重叠：第 %zu 行第 %zu-%zu 列（%s）",
                    "cells to be merged overlap: row %zu, columns %zu-%zu (%s)", r.first_row + 1,
                    r.first_column + 1, r.last_column + 1, text);
        b->faults++;
        return;
    }
    *ARENA_PUSH(&b->arena, b->merged, b->n_merged, b->cap_merged) = r;
    if (r.first_row == r.last_row && r.first_column == r.last_column) {
        put_text(b, ws, r.first_row, r.first_column, text, format);
        return;
    }
    for (size_t row = r.first_row; row <= r.last_row; row++)
        for (size_t column = r.first_column; column <= r.last_column; column++)
            verify_cell_written(current(b), row, column,
                                text && row == r.first_row && column == r.first_column ? text : "");
    keep(b, worksheet_merge_range(ws, (lxw_row_t)r.first_row, (lxw_col_t)r.first_column,
                                  (lxw_row_t)r.last_row, (lxw_col_t)r.last_column, text, format));
}

static lxw_format *format_new(struct book *b, enum font_role role, double size, int align,
                              bool border, bool wrap)
{
    lxw_format *f = workbook_add_format(b->workbook);
    format_set_font_name(f, font_names[role]);
    format_set_font_size(f, size);
    format_set_align(f, (uint8_t)align);
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    if (border)
        format_set_border(f, LXW_BORDER_THIN);
    if (wrap)
        format_set_text_wrap(f);
    return f;
}

static int excel_align(enum text_align align)
{
    return align == ALIGN_LEFT    ? LXW_ALIGN_LEFT
           : align == ALIGN_RIGHT ? LXW_ALIGN_RIGHT
                                  : LXW_ALIGN_CENTER;
}

/* Prose wraps; numbers, dates and codes stand on one line, and a reader whose digits are wider than
 * those of 宋体 shrinks them. */
static lxw_format *cell_format(struct book *b, const struct sheet_column *c, double size,
                               bool border)
{
    bool prose = c->type == COLUMN_TEXT;
    lxw_format *f = format_new(b, b->t->font, size, excel_align(c->align), border, prose);
    if (!prose)
        format_set_shrink(f);
    format_set_num_format(f, c->format);
    return f;
}

static lxw_format *smaller_format(struct book *b, size_t column, double size)
{
    for (size_t i = 0; i < b->n_smaller; i++)
        if (b->smaller[i].column == column && b->smaller[i].size == size)
            return b->smaller[i].format;
    struct smaller_format *f = ARENA_PUSH(&b->arena, b->smaller, b->n_smaller, b->cap_smaller);
    *f = (struct smaller_format){column, size, cell_format(b, &b->t->columns[column], size, true)};
    return f->format;
}

static void make_formats(struct book *b)
{
    const struct sheet_template *t = b->t;
    /* Column widths are counted in digits of the workbook's first font. libxlsxwriter reckons with
     * 7 pixels each, which Calibri 11 and Arial 10 have; where neither is there, what stands in is
     * nearer to Arial. */
    lxw_format *normal = STAILQ_FIRST(b->workbook->formats);
    format_set_font_name(normal, "Arial");
    format_set_font_size(normal, 10);
    b->title = format_new(b, t->title_font, t->title_size, LXW_ALIGN_CENTER, false, false);
    b->head = format_new(b, t->head_font, t->head_size, LXW_ALIGN_CENTER, true, true);
    b->sum = format_new(b, t->head_font, t->size, LXW_ALIGN_LEFT, true, true);
    b->below = format_new(b, t->font, t->size, LXW_ALIGN_LEFT, true, true);
    b->left = format_new(b, t->font, t->size, LXW_ALIGN_LEFT, false, false);
    b->center = format_new(b, t->font, t->size, LXW_ALIGN_CENTER, false, false);
    b->right = format_new(b, t->font, t->size, LXW_ALIGN_RIGHT, false, false);
    b->cells = ARENA_ARRAY(&b->arena, lxw_format *, t->n);
    b->spare = ARENA_ARRAY(&b->arena, lxw_format *, t->n);
    for (size_t i = 0; i < t->n; i++) {
        const struct sheet_column *c = &t->columns[i];
        /* Text is text also where somebody types: a number typed over it stays as it is typed. */
        b->cells[i] = cell_format(b, c, t->size, true);
        b->spare[i] = cell_format(b, c, t->size, false);
    }
}

static lxw_format *field_format(const struct book *b, enum text_align align)
{
    return align == ALIGN_CENTER ? b->center : align == ALIGN_RIGHT ? b->right : b->left;
}

static double pixels(double points)
{
    return round(points * 96 / 72);
}

static struct finding cell_finding(struct book *b, const char *label, const struct sheet_cells *who,
                                   const char *rule)
{
    struct finding f = {
        .severity = SEVERITY_ERROR, .rule = rule, .paper = b->t->title, .label = label};
    if (who) {
        f.applicant = who->id;
        f.name = who->name;
        f.unit = who->unit;
        f.at = (struct src_pos){who->file, who->line};
    } else {
        f.at = (struct src_pos){b->t->path, 0};
    }
    b->faults++;
    return f;
}

/* "花名册!D7" */
static const char *cell_address(struct book *b, size_t row, size_t column)
{
    char cell[LXW_MAX_CELL_NAME_LENGTH];
    lxw_rowcol_to_cell(cell, (lxw_row_t)row, (lxw_col_t)column);
    return arena_printf(&b->arena, "%s!%s", b->names[b->n_sheets - 1], cell);
}

/* What may be written there, escaped where needed; NULL: reported. */
static const char *checked(struct book *b, const char *text, const struct text_shape *shape,
                           size_t row, size_t column, const char *label,
                           const struct sheet_cells *who)
{
    switch (shape->fault) {
    case TEXT_FINE:
        return shape->escapes ? text_escaped(&b->arena, text) : text;
    case TEXT_BAD_BYTE:
        diag_add(b->diag, cell_finding(b, label, who, "R78"),
                 "单元格 %s 的文字不是 UTF-8（字节 0x%02X），请改正",
                 "cell %s: the text is not UTF-8 (byte 0x%02X): correct it",
                 cell_address(b, row, column), (unsigned)shape->bad);
        break;
    case TEXT_BAD_CHARACTER:
        diag_add(b->diag, cell_finding(b, label, who, "R78"), "单元格 %s 放不进字符 U+%04X，请删除",
                 "cell %s cannot hold the character U+%04X: delete it",
                 cell_address(b, row, column), (unsigned)shape->bad);
        break;
    case TEXT_TOO_LONG:
        diag_add(b->diag, cell_finding(b, label, who, "R79"),
                 "单元格 %s 最多放 %d 字，这里有 %zu 字（UTF-16），请缩短",
                 "cell %s holds %d characters (UTF-16), and here are %zu: shorten the text",
                 cell_address(b, row, column), CELL_UNITS_MAX, shape->units);
        break;
    }
    return NULL;
}

/* A text above or below the rows. */
static const char *plain(struct book *b, const char *text, size_t row, size_t column,
                         const char *label)
{
    struct text_shape shape = text_shape(text);
    const char *s = checked(b, text, &shape, row, column, label, NULL);
    return s ? s : "";
}

/* --- sheets --- */

static lxw_worksheet *add_sheet(struct book *b, const char *name)
{
    lxw_worksheet *ws = workbook_add_worksheet(b->workbook, name);
    if (!ws) {
        diag_errno(b->diag, (struct src_pos){0}, "无法建立工作表“%s”",
                   "cannot make the sheet \"%s\"", name);
        return NULL;
    }
    *ARENA_PUSH(&b->arena, b->sheets, b->n_sheets, b->cap_sheets) = ws;
    *ARENA_PUSH(&b->arena, b->written, b->n_written, b->cap_written) = (struct verify_cells){0};
    b->n_merged = 0;
    return ws;
}

static void page_setup(struct book *b, lxw_worksheet *ws)
{
    const struct sheet_template *t = b->t;
    struct buffer footer = {0};

    worksheet_set_landscape(ws);
    worksheet_set_paper(ws, t->a3 ? 8 : 9);
    worksheet_fit_to_pages(ws, 1, 0);
    worksheet_set_margins(ws, t->margin[PAGE_LEFT] / 72, t->margin[PAGE_RIGHT] / 72,
                          t->margin[PAGE_TOP] / 72, t->margin[PAGE_BOTTOM] / 72);
    worksheet_center_horizontally(ws);
    /* the size first: digits of the text right behind it would be taken for more of it */
    buffer_printf(&footer, "&C&9&\"%s\"", font_names[t->font]);
    for (size_t i = 0; i < t->footer.n; i++) {
        const struct sheet_part *p = &t->footer.list[i];
        if (p->kind != PART_TEXT)
            buffer_puts(&footer, p->kind == PART_PAGE_NUMBER ? "&P" : "&N");
        for (const char *s = p->text; *s; s++)
            buffer_printf(&footer, *s == '&' ? "&&" : "%c", *s);
    }
    buffer_putc(&footer, '\0');
    lxw_header_footer_options options = {.margin = fmax(t->margin[PAGE_BOTTOM] / 72 - 0.25, 0.1)};
    keep(b, worksheet_set_footer_opt(ws, (const char *)footer.data, &options));
    if (b->d->draft) {
        options.margin = 0.15; /* inches: above the title, whatever the margin */
        keep(b, worksheet_set_header_opt(ws, "&C&\"黑体\"&12草稿", &options));
    }
    buffer_clear(&footer);
}

static void write_fields(struct book *b, lxw_worksheet *ws, size_t row,
                         const struct sheet_fields *fields, const char *const *values)
{
    for (size_t i = 0; i < fields->n; i++) {
        const struct sheet_field *f = &fields->list[i];
        const char *text = arena_printf(&b->arena, "%s%s", f->label, values ? values[i] : "");
        merge(b, ws, (struct sheet_range){row, f->first, row, f->last},
              plain(b, text, row, f->first, f->label), field_format(b, f->align));
    }
}

static double height_of(size_t lines, double size)
{
    return (double)lines * size * SHEET_PITCH + 4;
}

static double head_height(const struct book *b, const char *head, double width)
{
    return height_of(text_line_count(head, (width - SHEET_PADDING) / b->t->head_size),
                     b->t->head_size);
}

/* Returns the row after the head; *height: of its rows. */
static size_t write_head(struct book *b, lxw_worksheet *ws, size_t row, double *height)
{
    const struct sheet_template *t = b->t;
    size_t bottom = row + (t->n_groups > 0);
    double upper = 0, lower = 0, whole = 0;

    for (size_t i = 0; i < t->n; i++) {
        const struct sheet_group *g = sheet_group_of(t, i);
        double h = head_height(b, t->columns[i].head, t->columns[i].width), width = 0;
        if (g && g->first == i) {
            for (size_t k = g->first; k <= g->last; k++)
                width += t->columns[k].width;
            upper = fmax(upper, head_height(b, g->head, width));
        }
        if (g)
            lower = fmax(lower, h);
        else
            whole = fmax(whole, h);
    }
    lower = fmax(lower, whole - upper);
    *height = upper + lower;
    if (t->n_groups > 0) {
        put_row(b, ws, row, upper);
        for (size_t i = 0; i < t->n; i++) {
            const struct sheet_group *g = sheet_group_of(t, i);
            if (g && g->first == i)
                merge(b, ws, (struct sheet_range){row, g->first, row, g->last},
                      plain(b, g->head, row, i, g->head), b->head);
            else if (!g)
                put_text(b, ws, row, i, plain(b, t->columns[i].head, row, i, t->columns[i].head),
                         b->head);
        }
    }
    put_row(b, ws, bottom, lower);
    for (size_t i = 0; i < t->n; i++) {
        const char *head = plain(b, t->columns[i].head, bottom, i, t->columns[i].head);
        if (t->n_groups > 0 && !sheet_group_of(t, i))
            merge(b, ws, (struct sheet_range){row, i, bottom, i}, head, b->head);
        else
            put_text(b, ws, bottom, i, head, b->head);
    }
    return bottom + 1;
}

/* A row of the list while it is written. */
struct list_row {
    lxw_worksheet *ws;
    size_t row;
    const struct sheet_cells *who;
    double height;
    struct long_text *below; /* what stands below it, in rows of its own */
    size_t n_below, cap_below;
};

/* A number that the column is too narrow for is set smaller, as far as print can be read. A date's
 * width was checked with the template; of numbers nobody knows before. */
static lxw_format *number_format(struct book *b, const struct list_row *r, size_t column,
                                 const struct cell *cell)
{
    const struct sheet_column *c = &b->t->columns[column];
    char buffer[CELL_SHOWN];
    double ems = (double)strlen(cell_shown(cell, c, buffer)) * 0.55, size = b->t->size,
           least = fmin(size, SHEET_SMALLEST / b->t->scale), room = c->width - SHEET_PADDING;
    while (ems * size > room && size > least)
        size = fmax(least, size - 0.5);
    if (c->type != COLUMN_DATE && ems * size > room)
        diag_add(b->diag, cell_finding(b, c->label, r->who, "R79"),
                 "单元格 %s 太窄，显示不出 %s，请在模板中加宽该列",
                 "cell %s is too narrow to show %s: widen the column in the template",
                 cell_address(b, r->row, column), buffer);
    return c->type != COLUMN_DATE && size < b->t->size ? smaller_format(b, column, size)
                                                       : b->cells[column];
}

static void put_long_text(struct book *b, struct list_row *r, size_t column, const char *text)
{
    *ARENA_PUSH(&b->arena, r->below, r->n_below, r->cap_below) =
        (struct long_text){b->t->columns[column].label, text};
    put_text(b, r->ws, r->row, column, "见下行", b->cells[column]);
}

/* A text that would make the row tall is set smaller, as far as print can be read; if that does not
 * do, it stands below the row. */
static void write_text(struct book *b, struct list_row *r, size_t column, const char *raw)
{
    const struct sheet_column *c = &b->t->columns[column];
    struct text_shape shape = text_shape(raw);
    double size = b->t->size, least = fmin(size, SHEET_SMALLEST / b->t->scale), need = 0;
    bool prose = c->type == COLUMN_TEXT;

    if (prose && shape.fault == TEXT_TOO_LONG) {
        put_long_text(b, r, column, raw);
        return;
    }
    const char *text = checked(b, raw, &shape, r->row, column, c->label, r->who);
    if (prose && text && (shape.breaks || shape.ems > (c->width - SHEET_PADDING) / size))
        for (;; size = fmax(least, size - 0.5)) {
            need = height_of(text_line_count(text, (c->width - SHEET_PADDING) / size), size);
            if (need <= TALL_ROW || size <= least)
                break;
        }
    if (need > TALL_ROW) {
        put_long_text(b, r, column, raw);
        return;
    }
    r->height = fmax(r->height, need);
    put_text(b, r->ws, r->row, column, text,
             size < b->t->size ? smaller_format(b, column, size) : b->cells[column]);
}

static void write_cell(struct book *b, struct list_row *r, size_t column, size_t number)
{
    const struct sheet_column *c = &b->t->columns[column];
    struct cell cell = {.kind = CELL_NUMBER, .text = "", .number = (double)number};

    if (c->type != COLUMN_INDEX)
        cell_make(&cell, c, r->who->texts[column]);
    switch (cell.kind) {
    case CELL_BLANK:
        put_blank(b, r->ws, r->row, column, b->cells[column]);
        break;
    case CELL_NUMBER:
        put_number(b, r->ws, r->row, column, cell.number, number_format(b, r, column, &cell));
        break;
    case CELL_TEXT:
        write_text(b, r, column, cell.text);
        break;
    }
}

/* As many rows as the text takes, each over all columns. Returns their height. */
static double write_below(struct book *b, struct list_row *r, const struct long_text *below)
{
    const struct sheet_template *t = b->t;
    const char *text = arena_printf(&b->arena, "%s：%s", below->label, below->text);
    double ems = (t->width - SHEET_PADDING) / t->size, all = 0;
    size_t lines = (size_t)((TALL_ROW - 4) / (t->size * SHEET_PITCH));

    for (size_t n; *text; text += n) {
        n = text_lines_hold(text, ems, lines);
        const char *piece = arena_strndup(&b->arena, text, n);
        struct text_shape shape = text_shape(piece);
        double height = fmax(t->row_height, height_of(text_line_count(piece, ems), t->size));
        r->row++;
        put_row(b, r->ws, r->row, height);
        merge(b, r->ws, (struct sheet_range){r->row, 0, r->row, t->n - 1},
              checked(b, piece, &shape, r->row, 0, below->label, r->who), b->below);
        all += height;
    }
    return all;
}

/* The height must be known before the first cell is written, and is only known after the last:
 * libxlsxwriter takes it while the row is open. Returns the row behind the list's last; SIZE_MAX:
 * it cannot be read. tail: the height of what must stand on one page with the last person. */
static size_t write_rows(struct book *b, lxw_worksheet *ws, size_t first,
                         const struct sheet_list *list, struct page_ends *ends, double tail)
{
    struct list_row r = {.ws = ws, .row = first};
    size_t latest = first; /* to begin the last page */
    for (size_t i = 0; i < list->n; i++, r.row++) {
        struct sheet_cells who;
        if (!sheet_rows_read(b->d->rows, list->rows[i], &who))
            return SIZE_MAX;
        const size_t person = r.row;
        r.who = &who;
        r.height = b->t->row_height;
        r.n_below = 0;
        for (size_t k = 0; k < b->t->n; k++)
            write_cell(b, &r, k, i + 1);
        put_row(b, ws, person, r.height);
        double height = r.height;
        for (size_t k = 0; k < r.n_below; k++)
            height += write_below(b, &r, &r.below[k]);
        page_ends_add(ends, person, height);
        if (i + LAST_PEOPLE == list->n)
            latest = person;
    }
    size_t begin = page_ends_last(ends, tail, latest);
    if (begin > first)
        keep(b, worksheet_set_h_pagebreaks(ws, (lxw_row_t[]){(lxw_row_t)begin, 0}));
    return r.row;
}

static void allow_values(struct book *b, lxw_worksheet *ws, size_t first, size_t rows,
                         size_t first_spare)
{
    const struct sheet_template *t = b->t;
    for (size_t i = 0; i < t->n; i++) {
        const struct sheet_column *c = &t->columns[i];
        char **list = ARENA_ARRAY(&b->arena, char *, c->n_allowed + 1);
        lxw_data_validation v = {.validate = LXW_VALIDATION_TYPE_LIST, .value_list = list};
        if (c->n_allowed == 0)
            continue;
        memcpy(list, c->allowed, c->n_allowed * sizeof *list);
        if (*b->lists[i].formula) {
            v.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
            v.value_formula = b->lists[i].formula;
        }
        keep(b, worksheet_data_validation_range(ws, (lxw_row_t)first, (lxw_col_t)i,
                                                (lxw_row_t)(first + rows - 1), (lxw_col_t)i, &v));
        if (t->spare > 0)
            keep(b, worksheet_data_validation_range(ws, (lxw_row_t)first_spare, (lxw_col_t)i,
                                                    (lxw_row_t)(first_spare + t->spare - 1),
                                                    (lxw_col_t)i, &v));
    }
}

/* The height of a page's rows, in points of the sheet, which is scaled to the page's width: what a
 * reader has whose columns come out a little narrower, and which scales less. */
static double page_room(const struct sheet_template *t)
{
    double paper = (t->a3 ? A3_WIDTH_MM : A4_WIDTH_MM) * POINTS_PER_MM;
    return (paper - t->margin[PAGE_TOP] - t->margin[PAGE_BOTTOM]) / t->scale * 0.96;
}

static bool write_list(struct book *b, const struct sheet_list *list, const char *name)
{
    const struct sheet_template *t = b->t;
    lxw_worksheet *ws = add_sheet(b, name);
    size_t last = t->n - 1, row = 0, head, first;
    double head_rows;
    struct page_ends ends;
    char range[80];

    if (!ws)
        return false;
    page_setup(b, ws);
    for (size_t i = 0; i < t->n; i++)
        keep(b, worksheet_set_column_pixels(ws, (lxw_col_t)i, (lxw_col_t)i,
                                            (uint32_t)pixels(t->columns[i].width), b->spare[i]));
    put_row(b, ws, 0, t->title_size * 2);
    merge(b, ws, (struct sheet_range){0, 0, 0, last}, plain(b, t->title, 0, 0, t->title), b->title);
    if (t->heading.n > 0) {
        put_row(b, ws, ++row, HEADING_HEIGHT);
        write_fields(b, ws, row, &t->heading, list->party->heading);
    }
    head = row + 1;
    first = write_head(b, ws, head, &head_rows);
    const char *sum = t->sum.n > 0 ? sheet_sum(b->d->rows, list->rows, list->n, &b->arena) : "";
    double sum_height =
        fmax(t->row_height, height_of(text_line_count(sum, t->width / t->size), t->size));
    page_ends_begin(&ends, page_room(t), head_rows);
    page_ends_add(&ends, 0,
                  t->title_size * 2 + (t->heading.n > 0 ? HEADING_HEIGHT : 0) + head_rows);
    row = write_rows(b, ws, first, list, &ends,
                     (t->sum.n > 0 ? sum_height : 0) + (t->foot.n > 0 ? t->foot_height : 0));
    if (row == SIZE_MAX)
        return false;
    const size_t rows = row - first;
    if (t->sum.n > 0) {
        sum = plain(b, sum, row, 0, "合计");
        put_row(b, ws, row, sum_height);
        merge(b, ws, (struct sheet_range){row, 0, row, last}, sum, b->sum);
        row++;
    }
    if (t->foot.n > 0) {
        put_row(b, ws, row, t->foot_height);
        write_fields(b, ws, row, &t->foot, list->party->foot);
        row++;
    }
    for (size_t i = 0; i < t->spare; i++)
        for (size_t k = 0; k < t->n; k++)
            put_blank(b, ws, row + i, k, b->spare[k]);
    allow_values(b, ws, first, rows, row);
    lxw_rowcol_to_range(range, (lxw_row_t)first, 0, (lxw_row_t)(row + t->spare), (lxw_col_t)last);
    keep(b, worksheet_ignore_errors(ws, LXW_IGNORE_NUMBER_STORED_AS_TEXT, range));
    keep(b, worksheet_ignore_errors(ws, LXW_IGNORE_TWO_DIGIT_TEXT_YEAR, range));
    keep(b, worksheet_repeat_rows(ws, (lxw_row_t)head, (lxw_row_t)(first - 1)));
    keep(b, worksheet_print_area(ws, 0, 0, (lxw_row_t)(row - 1), (lxw_col_t)last));
    worksheet_freeze_panes(ws, (lxw_row_t)first, (lxw_col_t)t->freeze);
    return true;
}

/* The sheet that lists the units: number, unit with a link to its sheet, people. */
static const double index_widths[] = {40, 300, 60}; /* pixels */

static void write_index_row(struct book *b, lxw_worksheet *ws, size_t i, lxw_format *cell,
                            lxw_format *link)
{
    const struct sheet_template *t = b->t;
    const struct sheet_list *list = &b->d->lists[i];
    const char *name = list->party->name;
    double ems = (index_widths[1] - SHEET_PADDING) / t->size;
    double height = height_of(text_line_count(name, ems), t->size);
    lxw_row_t row = (lxw_row_t)i + 2;
    struct buffer url = {0};

    buffer_puts(&url, "internal:'");
    for (const char *sheet = b->names[i + 1]; *sheet; sheet++)
        buffer_printf(&url, *sheet == '\'' ? "''" : "%c", *sheet);
    buffer_puts(&url, "'!A1");
    buffer_putc(&url, '\0');
    put_row(b, ws, row, fmax(t->row_height, height));
    put_number(b, ws, row, 0, (double)i + 1, cell);
    keep(b, worksheet_write_url(ws, row, 1, (const char *)url.data, link));
    put_text(b, ws, row, 1, plain(b, name, row, 1, t->index_heads[1]), link);
    put_number(b, ws, row, 2, (double)list->n, cell);
    buffer_clear(&url);
}

/* The sum of the rows of all lists, below them. */
static void write_index_sum(struct book *b, lxw_worksheet *ws, size_t row)
{
    const struct sheet_template *t = b->t;
    const struct sheet_document *d = b->d;
    size_t total = 0, n = 0;

    for (size_t i = 0; i < d->n_lists; i++)
        total += d->lists[i].n;
    size_t *all = mem_alloc(total + 1, sizeof *all);
    for (size_t i = 0; i < d->n_lists; n += d->lists[i++].n)
        memcpy(all + n, d->lists[i].rows, d->lists[i].n * sizeof *all);
    const char *sum = plain(b, sheet_sum(d->rows, all, n, &b->arena), row, 0, t->index_sheet);
    double ems = (index_widths[0] + index_widths[1] + index_widths[2] - SHEET_PADDING) / t->size;
    double height = height_of(text_line_count(sum, ems), t->size);
    put_row(b, ws, row, fmax(t->row_height, height));
    merge(b, ws, (struct sheet_range){row, 0, row, 2}, sum, b->sum);
    free(all);
}

static bool write_index(struct book *b)
{
    const struct sheet_template *t = b->t;
    const struct sheet_document *d = b->d;
    lxw_worksheet *ws = add_sheet(b, b->names[0]);

    if (!ws)
        return false;
    lxw_format *cell = format_new(b, t->font, t->size, LXW_ALIGN_CENTER, true, true);
    lxw_format *link = format_new(b, t->font, t->size, LXW_ALIGN_LEFT, true, true);
    page_setup(b, ws);
    worksheet_set_portrait(ws);
    worksheet_set_paper(ws, 9);
    put_row(b, ws, 0, t->title_size * 3);
    lxw_format *title =
        format_new(b, t->title_font, t->title_size * 0.8, LXW_ALIGN_CENTER, false, true);
    merge(b, ws, (struct sheet_range){0, 0, 0, 2}, plain(b, t->title, 0, 0, t->title), title);
    for (size_t k = 0; k < 3; k++) {
        keep(b, worksheet_set_column_pixels(ws, (lxw_col_t)k, (lxw_col_t)k,
                                            (uint32_t)pixels(index_widths[k]), NULL));
        put_text(b, ws, 1, k, plain(b, t->index_heads[k], 1, k, t->index_sheet), b->head);
    }
    for (size_t i = 0; i < d->n_lists; i++)
        write_index_row(b, ws, i, cell, link);
    if (t->sum.n > 0)
        write_index_sum(b, ws, d->n_lists + 2);
    keep(b, worksheet_repeat_rows(ws, 1, 1));
    worksheet_freeze_panes(ws, 2, 0);
    return true;
}

/* --- values to choose from --- */

/* A short list stands in the validation itself; a comma or a quote in a value would break it there.
 */
static bool short_list(const struct sheet_column *c)
{
    size_t bytes = 0;
    for (size_t i = 0; i < c->n_allowed; i++) {
        bytes += strlen(c->allowed[i]) + 1;
        if (strpbrk(c->allowed[i], ",\""))
            return false;
    }
    return bytes <= LIST_BYTES_MAX;
}

/* Longer ones stand in a hidden sheet, which must be named before the others are written. */
static size_t place_lists(struct book *b, const char *name)
{
    size_t column = 0;
    for (size_t i = 0; i < b->t->n; i++) {
        const struct sheet_column *c = &b->t->columns[i];
        char range[LXW_MAX_CELL_RANGE_LENGTH];
        if (c->n_allowed == 0 || short_list(c))
            continue;
        lxw_rowcol_to_range_abs(range, 0, (lxw_col_t)column, (lxw_row_t)(c->n_allowed - 1),
                                (lxw_col_t)column);
        snprintf(b->lists[i].formula, sizeof b->lists[i].formula, "='%s'!%s", name, range);
        column++;
    }
    return column;
}

static bool write_lists(struct book *b, const char *name)
{
    lxw_worksheet *ws = add_sheet(b, name);
    size_t rows = 1;
    if (!ws)
        return false;
    for (size_t row = 0; row < rows; row++) {
        size_t column = 0;
        for (size_t i = 0; i < b->t->n; i++) {
            const struct sheet_column *c = &b->t->columns[i];
            if (!*b->lists[i].formula)
                continue;
            rows = c->n_allowed > rows ? c->n_allowed : rows;
            if (row < c->n_allowed)
                put_text(b, ws, row, column, plain(b, c->allowed[row], row, column, c->label),
                         b->spare[i]);
            column++;
        }
    }
    worksheet_hide(ws);
    return true;
}

/* --- the whole --- */

static const char *name_sheet(struct book *b, const char *wanted)
{
    const char *name = sheet_name(&b->arena, wanted, b->names, b->n_names);
    *ARENA_PUSH(&b->arena, b->names, b->n_names, b->cap_names) = name;
    return name;
}

/* Each sheet keeps a temporary file open until the end. */
static void allow_files(size_t n)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= n + SHEETS_FILES)
        return;
    limit.rlim_cur = limit.rlim_max < n + SHEETS_FILES ? limit.rlim_max : n + SHEETS_FILES;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* By its id first, as its folder is: a name then stays the unit's whatever others come or go. */
static void unit_sheet(struct book *b, const struct sheet_party *unit)
{
    name_sheet(b, arena_printf(&b->arena, "%s-%s", unit->id, unit->name));
}

static bool write_sheets(struct book *b)
{
    const struct sheet_document *d = b->d;
    bool ok = true;

    if (d->by_unit)
        name_sheet(b, b->t->index_sheet);
    for (size_t i = 0; i < d->n_lists; i++)
        if (d->by_unit)
            unit_sheet(b, d->lists[i].party);
        else
            name_sheet(b, b->t->sheet);
    const char *choices = name_sheet(b, "选项");
    allow_files(b->n_names);
    size_t hidden = place_lists(b, choices);
    if (d->by_unit)
        ok = write_index(b);
    for (size_t i = 0; ok && i < d->n_lists; i++)
        ok = write_list(b, &d->lists[i], b->names[d->by_unit + i]);
    return ok && (hidden == 0 || write_lists(b, choices));
}

static bool full(struct book *b, const char *zh, const char *en)
{
    return diag_system(
        b->diag, (struct src_pos){0}, "无法写出工作簿：%s%.0s，请检查临时文件夹的空间",
        "cannot write the workbook: %.0s%s; look for room in the folder of temporary files", zh,
        en);
}

/* libxlsxwriter speaks English alone. */
static bool full_library(struct book *b, lxw_error error)
{
    return full(b, arena_printf(&b->arena, "libxlsxwriter 报错 %d", (int)error),
                lxw_strerror(error));
}

/* Rows are in temporary files by now, from where they must get into their parts. */
static bool rows_arrived(struct book *b, struct verify_rows *rows)
{
    for (size_t i = 0; i < b->n_sheets; i++) {
        lxw_worksheet *ws = b->sheets[i];
        if (ws->optimize_row)
            lxw_worksheet_write_single_row(ws);
        if (fflush(ws->optimize_tmpfile) || ferror(ws->optimize_tmpfile))
            return false;
        if (!verify_rows_of(fileno(ws->optimize_tmpfile), ftell(ws->optimize_tmpfile), &rows[i]) ||
            !verify_same_cells(&rows[i].cells, &b->written[i]))
            return false;
    }
    return true;
}

static time_t midnight(const char *date)
{
    long serial = date_serial(date);
    /* 25569: 1970-01-01, which itself would be taken for: now */
    return serial > 25569 ? (time_t)(serial - 25569) * 86400 : 86400;
}

/* Closes the workbook, which is freed also when that fails, and reads back what was written. */
static bool finish(struct book *b, FILE *out)
{
    struct verify_rows *rows = ARENA_ARRAY(&b->arena, struct verify_rows, b->n_sheets + 1);
    errno = 0;
    bool arrived = rows_arrived(b, rows);
    int number = errno;
    struct system_error why = system_error(number);
    errno = 0;
    lxw_error error = workbook_close(b->workbook);
    if (arrived && error != LXW_NO_ERROR)
        why = system_error(number = errno);
    if (number)
        return full(b, why.text[LANGUAGE_ZH], why.text[LANGUAGE_EN]);
    if (!arrived) /* a stream has failed, and forgot why */
        return full(b, "临时文件没有写全", "a temporary file did not arrive whole");
    if (error != LXW_NO_ERROR)
        return full_library(b, error);
    return verify_workbook(fileno(out), rows, (int)b->n_sheets) ||
           full(b, "写出的内容不完整", "what was written is not whole");
}

bool sheet_write(const struct sheet_document *d, FILE *out, struct diag *diag)
{
    struct book b = {.d = d, .t = d->template, .diag = diag};
    char path[40];
    lxw_workbook_options options = {.constant_memory = LXW_TRUE,
                                    .tmpdir = (char *)temporary_folder()};
    lxw_doc_properties properties = {
        .title = (char *)d->template->title, .author = "shenbao", .created = midnight(d->created)};

    machine_ask_proc();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(out));
    if (!(b.workbook = workbook_new_opt(path, &options)))
        return full(&b, "内存不足", "out of memory");
    keep(&b, workbook_set_properties(b.workbook, &properties));
    b.lists = ARENA_ARRAY(&b.arena, struct list_range, d->template->n);
    make_formats(&b);
    bool ok = write_sheets(&b);
    if (ok && b.error != LXW_NO_ERROR)
        ok = full_library(&b, b.error);
    if (ok && b.faults == 0)
        ok = finish(&b, out);
    else
        lxw_workbook_free(b.workbook); /* closed, it would be written, and crash without sheets */
    ok = ok && b.faults == 0;
    arena_free(&b.arena);
    return ok;
}
