/* print.c - see print.h. */
#include "sheet/print.h"

#include "core/markup.h"
#include "sheet/cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELL_PADDING "1.2pt 1.5pt"
#define COLUMN_SHARE 0.9998 /* so that rounding cannot make the sum wider than the page */

static void put_attribute(struct buffer *out, const char *name, const char *value)
{
    buffer_printf(out, " %s=\"", name);
    buffer_markup(out, value);
    buffer_putc(out, '"');
}

static const char *align_name(enum text_align align)
{
    return align == ALIGN_LEFT ? "left" : align == ALIGN_RIGHT ? "right" : "center";
}

static void put_columns(const struct sheet_template *t, struct buffer *out)
{
    buffer_puts(out, " align=\"center\" columns=\"");
    for (size_t i = 0; i < t->n; i++)
        buffer_printf(out, "%s%.3fpt", i ? " " : "", t->columns[i].width * t->scale * COLUMN_SHARE);
    buffer_putc(out, '"');
}

/* A row of fields: each over its columns, nothing where there is none. */
static void put_fields(const struct sheet_template *t, const struct sheet_fields *fields,
                       const char *name, double height, struct buffer *out)
{
    size_t column = 0;
    if (fields->n == 0)
        return;
    buffer_printf(out, "<tr min-height=\"%.1fpt\" keep=\"whole\">", height);
    while (column < t->n) {
        const struct sheet_field *f = NULL;
        size_t number = 0;
        for (size_t i = 0; i < fields->n; i++)
            if (fields->list[i].first >= column && (!f || fields->list[i].first < f->first)) {
                f = &fields->list[i];
                number = i;
            }
        size_t next = f ? f->first : t->n;
        if (next > column)
            buffer_printf(out, "<td colspan=\"%zu\" lines=\"none\"/>", next - column);
        if (f) {
            buffer_printf(out, "<td colspan=\"%zu\" lines=\"none\" padding=\"1mm\" align=\"%s\"",
                          f->last - f->first + 1, align_name(f->align));
            put_attribute(out, "label", f->label);
            buffer_putc(out, '>');
            buffer_markup(out, f->label);
            buffer_printf(out, "<value-of select=\"value[@name='%s%zu']\"/></td>", name, number);
            next = f->last + 1;
        }
        column = next;
    }
    buffer_puts(out, "</tr>\n");
}

static void put_head(const struct sheet_template *t, struct buffer *out)
{
    bool two = t->n_groups > 0;
    buffer_puts(out, "<thead><tr>");
    for (size_t i = 0; i < t->n; i++) {
        const struct sheet_group *group = sheet_group_of(t, i);
        if (group && group->first != i)
            continue;
        if (group)
            buffer_printf(out, "<td class=\"label\" colspan=\"%zu\">",
                          group->last - group->first + 1);
        else
            buffer_printf(out, "<td class=\"label\" rowspan=\"%d\">", two ? 2 : 1);
        buffer_markup(out, group ? group->head : t->columns[i].head);
        buffer_puts(out, "</td>");
    }
    buffer_puts(out, two ? "</tr><tr>" : "</tr>");
    for (size_t i = 0; i < t->n; i++)
        if (sheet_group_of(t, i)) {
            buffer_puts(out, "<td class=\"label\">");
            buffer_markup(out, t->columns[i].head);
            buffer_puts(out, "</td>");
        }
    buffer_puts(out, two ? "</tr></thead>\n" : "</thead>\n");
}

static void put_value(const struct sheet_column *c, const char *select, bool unbreakable,
                      struct buffer *out)
{
    buffer_puts(out, "<value-of");
    put_attribute(out, "select", select);
    put_attribute(out, "label", c->label);
    buffer_printf(out, "%s%s/>", unbreakable ? " unbreakable=\"true\"" : "",
                  c->one_face ? " one-face=\"true\"" : "");
}

static void put_cell(const struct sheet_column *c, const char *select, struct buffer *out)
{
    buffer_printf(out, "<td align=\"%s\"", align_name(c->align));
    put_attribute(out, "label", c->label);
    buffer_puts(out, ">");
    if (c->type == COLUMN_CODE) {
        /* Two numbers, or one in groups, may stand on two lines. */
        struct buffer test = {0};
        buffer_printf(&test, "translate(%s, ' /、，,；;转', '') != string(%s)", select, select);
        buffer_putc(&test, '\0');
        buffer_puts(out, "<choose><when");
        put_attribute(out, "test", (const char *)test.data);
        buffer_puts(out, ">");
        put_value(c, select, false, out);
        buffer_puts(out, "</when><otherwise>");
        put_value(c, select, true, out);
        buffer_puts(out, "</otherwise></choose>");
        buffer_clear(&test);
    } else {
        put_value(c, select, c->type != COLUMN_TEXT, out);
    }
    buffer_puts(out, "</td>");
}

static void put_row(const struct sheet_template *t, const char *which, const char *keep,
                    struct buffer *out)
{
    buffer_printf(out,
                  "<for-each select=\"row[%s]\"><tr min-height=\"%.2fpt\" keep=\"together\"%s>",
                  which, t->row_height * t->scale, keep);
    for (size_t i = 0; i < t->n; i++) {
        char select[32];
        snprintf(select, sizeof select, "c[%zu]", i + 1);
        put_cell(&t->columns[i], select, out);
    }
    buffer_puts(out, "</tr></for-each>\n");
}

/* Sum and signatures stand on one page with the last row: on a page of their own they would vouch
 * for nobody. */
static void put_rows(const struct sheet_template *t, struct buffer *out)
{
    const char *keep = " keep-with-next=\"true\"";
    bool below = t->sum.n + t->foot.n > 0;
    put_row(t, "position() != last() or not(../value[@name='sum'])", "", out);
    put_row(t, "position() = last() and ../value[@name='sum']", below ? keep : "", out);
    buffer_puts(out, "<if test=\"value[@name='sum']\">");
    if (t->sum.n > 0)
        buffer_printf(out,
                      "<tr min-height=\"%.2fpt\" keep=\"whole\"%s><td colspan=\"%zu\" font=\"%s\" "
                      "align=\"left\"><value-of select=\"value[@name='sum']\"/></td></tr>\n",
                      t->row_height * t->scale, t->foot.n > 0 ? keep : "", t->n,
                      font_role_name(t->head_font));
    put_fields(t, &t->foot, "foot", t->foot_height * t->scale, out);
    buffer_puts(out, "</if>");
}

static void put_form(const struct sheet_template *t, struct buffer *out)
{
    buffer_puts(out, "<form name=\"roster\"");
    put_attribute(out, "title", t->title);
    put_attribute(out, "seals", t->seals);
    buffer_printf(out,
                  " paper=\"%s\" orientation=\"landscape\" margin=\"%.2fpt %.2fpt %.2fpt %.2fpt\" "
                  "font=\"%s\" size=\"%.2fpt\""
                  " pitch=\"1.3\" floor=\"%.1fpt\" copies=\"%d\" binding=\"%s\">\n",
                  t->a3 ? "A3" : "A4", t->margin[PAGE_TOP], t->margin[PAGE_RIGHT],
                  t->margin[PAGE_BOTTOM], t->margin[PAGE_LEFT], font_role_name(t->font),
                  t->size * t->scale, SHEET_SMALLEST, t->copies, t->binding);
}

void print_template(const struct sheet_template *t, struct buffer *out)
{
    const char *head = font_role_name(t->head_font);

    put_form(t, out);
    buffer_printf(out, "<style name=\"label\" font=\"%s\" size=\"%.2fpt\" align=\"center\"/>\n",
                  head, t->head_size * t->scale);
    if (t->footer.n > 0) {
        buffer_puts(out, "<running at=\"foot\" offset=\"3mm\"><p align=\"center\" size=\"9pt\">");
        for (size_t i = 0; i < t->footer.n; i++) {
            const struct sheet_part *p = &t->footer.list[i];
            if (p->kind != PART_TEXT)
                buffer_puts(out, p->kind == PART_PAGE_NUMBER ? "<page-number/>" : "<page-count/>");
            buffer_markup(out, p->text);
        }
        buffer_puts(out, "</p></running>\n");
    }
    buffer_puts(out, "<if test=\"value[@name='begins']\">");
    buffer_printf(
        out,
        "<p font=\"%s\" size=\"%.2fpt\" align=\"center\" after=\"2mm\" keep-with-next=\"true\">",
        font_role_name(t->title_font), fmax(t->title_size * t->scale, SHEET_SMALLEST));
    buffer_markup(out, t->title);
    buffer_puts(out, "</p>\n");
    if (t->heading.n > 0) {
        buffer_puts(out, "<table line=\"0mm\"");
        put_columns(t, out);
        buffer_puts(out, ">");
        put_fields(t, &t->heading, "heading", 16, out);
        buffer_puts(out, "</table>");
    }
    buffer_puts(out, "</if><table padding=\"" CELL_PADDING "\"");
    put_columns(t, out);
    buffer_puts(out, ">\n");
    put_head(t, out);
    put_rows(t, out);
    buffer_puts(out, "</table></form>\n");
}

/* Of dates, row numbers and what a format rounds the width is known beforehand. */
static bool may_not_fit(const struct sheet_column *c)
{
    return c->type == COLUMN_CODE || (c->type == COLUMN_NUMBER && !strcmp(c->format, "General"));
}

static void put_measured(const struct sheet_column *c, double scale, const char *select,
                         struct buffer *out)
{
    buffer_printf(out, "<table padding=\"" CELL_PADDING "\" columns=\"%.3fpt\"><tr>",
                  c->width * scale * COLUMN_SHARE);
    put_cell(c, select, out);
    buffer_puts(out, "</tr></table>\n");
}

/* Of 85.500000 the roster shows 85.5: nothing but such zeros is left out. */
static void put_shown(const struct sheet_column *c, double scale, const char *number, bool zeros,
                      struct buffer *out)
{
    struct buffer test = {0}, shown = {0};
    buffer_printf(&shown, zeros ? "number(%s)" : "%s", number);
    buffer_putc(&shown, '\0');
    buffer_printf(&test,
                  "%s(contains(%s, '.') and starts-with(%s, number(%s)) and "
                  "translate(substring(%s, string-length(number(%s)) + 1), '.0', '') = '')",
                  zeros ? "" : "not", number, number, number, number, number);
    buffer_putc(&test, '\0');
    buffer_puts(out, "<if");
    put_attribute(out, "test", (const char *)test.data);
    buffer_puts(out, ">");
    put_measured(c, scale, (const char *)shown.data, out);
    buffer_puts(out, "</if>\n");
    buffer_clear(&shown);
    buffer_clear(&test);
}

bool print_unbroken(const struct sheet_template *t, struct buffer *out)
{
    bool any = false;
    put_form(t, out);
    for (size_t i = 0; i < t->n_variables; i++) {
        buffer_puts(out, "<variable");
        put_attribute(out, "name", t->variables[i].name);
        put_attribute(out, "select", query_text(t->variables[i].select));
        buffer_puts(out, "/>");
    }
    for (size_t i = 0; i < t->n; i++) {
        const struct sheet_column *c = &t->columns[i];
        if (!may_not_fit(c))
            continue;
        if (c->type == COLUMN_NUMBER) {
            put_shown(c, t->scale, query_text(c->select), true, out);
            put_shown(c, t->scale, query_text(c->select), false, out);
        } else {
            put_measured(c, t->scale, query_text(c->select), out);
        }
        any = true;
    }
    buffer_puts(out, "</form>\n");
    return any;
}

static void add_values(struct record_table *table, const char *name, const char *const *values,
                       size_t n)
{
    struct arena arena = {0};
    for (size_t i = 0; i < n; i++)
        record_table_value(table, arena_printf(&arena, "%s%zu", name, i), values[i]);
    arena_free(&arena);
}

struct record_table *print_record(const struct sheet_document *d, size_t first, size_t n)
{
    const struct sheet_template *t = d->template;
    const struct sheet_list *list = &d->lists[0];
    struct record_table *table = record_table_new(t->path);
    struct arena arena = {0};
    struct sheet_cells row;
    bool ok = true;

    if (first == 0) {
        record_table_value(table, "begins", "");
        add_values(table, "heading", list->party->heading, t->heading.n);
    }
    if (first + n == list->n) {
        add_values(table, "foot", list->party->foot, t->foot.n);
        record_table_value(table, "sum", sheet_sum(d->rows, list->rows, list->n, &arena));
    }
    for (size_t i = first; i < first + n && (ok = sheet_rows_read(d->rows, list->rows[i], &row));
         i++) {
        record_table_row(table);
        for (size_t k = 0; k < t->n; k++) {
            char buffer[CELL_SHOWN];
            struct cell cell = {.kind = CELL_NUMBER, .text = "", .number = (double)i + 1};
            if (t->columns[k].type != COLUMN_INDEX)
                cell_make(&cell, &t->columns[k], row.texts[k]);
            record_table_cell(table, cell_shown(&cell, &t->columns[k], buffer));
        }
    }
    arena_free(&arena);
    if (ok)
        return table;
    record_table_free(table);
    return NULL;
}

/* "table/row[12]/c[3]", the first of its kind bearing no number or a 1. 0: it is in no row. */
static size_t row_of(const char *path)
{
    const char *p = path ? strstr(path, "row") : NULL;
    return !p ? 0 : p[3] == '[' ? strtoul(p + 4, NULL, 10) : 1;
}

void print_finding(const struct sheet_document *d, size_t first, size_t n, const struct finding *f,
                   struct diag *diag)
{
    struct finding copy = *f;
    struct sheet_cells who;
    size_t row = row_of(f->field);

    copy.field = NULL;
    if (row > n || (row == 0 && diag_has(diag, f)))
        return;
    if (row && sheet_rows_read(d->rows, d->lists[0].rows[first + row - 1], &who)) {
        copy.applicant = who.id;
        copy.name = who.name;
        copy.unit = who.unit;
        copy.at = (struct src_pos){who.file, who.line};
    }
    diag_pass(diag, &copy);
}
