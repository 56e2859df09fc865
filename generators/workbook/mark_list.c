/* mark_list.c - see mark_list.h. */
#include "workbook/mark_list.h"

#include "core/cells.h"
#include "core/markup.h"
#include "sheet/cell.h"

#include <string.h>

const char mark_list_title[] = "核查结果";

enum {
    COLUMNS = 6,
    PLACE = 3,          /* the column with the links */
    LINKS_MOST = 65530, /* Excel's own limit */
    ROW_POINTS = 15
};
#define CHARACTER_EMS 0.47 /* a column's unit, a digit wide, in the text's ems */

static const char *const heads[LANGUAGE_COUNT][COLUMNS] = {
    [LANGUAGE_ZH] = {"级别", "规则", "申报人", "位置（可点击）", "栏目", "问题与处理"},
    [LANGUAGE_EN] = {"severity", "rule", "applicant", "place (click)", "field",
                     "what is wrong; what to do"}};
static const int widths[COLUMNS] = {8, 8, 18, 22, 16, 90};
static const char *const words[LANGUAGE_COUNT][SEVERITY_COUNT] = {
    [LANGUAGE_ZH] = {"错误", "警告", "提示"}, [LANGUAGE_EN] = {"error", "warning", "note"}};
static const char *const nothing[LANGUAGE_COUNT] = {
    [LANGUAGE_ZH] = "没有发现问题", [LANGUAGE_EN] = "nothing was found"};

const char *mark_severity(enum severity severity, enum language language)
{
    return words[language][severity];
}

static void put_cell(struct buffer *out, size_t row, size_t column, size_t style, const char *text,
                     struct arena *arena)
{
    char cell[CELL_NAME];
    buffer_printf(out, "<c r=\"%s\" s=\"%zu\" t=\"inlineStr\"><is><t xml:space=\"preserve\">",
                  cell_name(cell, (uint32_t)row, (uint32_t)column + 1), style);
    buffer_markup(out, text_escaped(arena, text));
    buffer_puts(out, "</t></is></c>");
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

static void put_row(struct buffer *out, size_t row, const struct listed_finding *l,
                    enum language language, struct mark_styles *styles)
{
    const struct finding *f = l->finding;
    struct arena room = {0};
    size_t plain = mark_styles_own(styles, MARK_STYLE_TEXT),
           filled = f->severity == SEVERITY_INFO ? plain
                                                 : mark_styles_marked(styles, plain, f->severity);
    const char *const cells[COLUMNS] = {
        words[language][f->severity],
        or_empty(f->rule),
        arena_printf(&room, "%s%s%s", or_empty(f->applicant), f->applicant && f->name ? " " : "",
                     or_empty(f->name)),
        arena_printf(&room, "%s%s%s", or_empty(f->sheet), f->sheet && f->cell ? "!" : "",
                     f->sheet ? or_empty(f->cell) : ""),
        or_empty(f->label),
        l->text};
    size_t lines = 1;
    for (int i = 0; i < COLUMNS; i++) {
        size_t own = text_line_count(cells[i], widths[i] * CHARACTER_EMS);
        lines = own > lines ? own : lines;
    }
    /* LibreOffice makes no room by itself. */
    buffer_printf(out, "<row r=\"%zu\" ht=\"%zu\" customHeight=\"1\">", row, ROW_POINTS * lines);
    for (size_t i = 0; i < COLUMNS; i++)
        put_cell(out, row, i,
                 i == 0                    ? filled
                 : i == PLACE && l->linked ? mark_styles_own(styles, MARK_STYLE_LINK)
                                           : plain,
                 cells[i], &room);
    buffer_puts(out, "</row>");
    arena_free(&room);
}

static void put_links(struct buffer *out, const struct listed_finding *list, size_t n)
{
    size_t links = 0;
    for (size_t i = 0; i < n && i + 2 <= XLSX_ROWS && links < LINKS_MOST; i++) {
        struct buffer place = {0};
        if (!list[i].linked)
            continue;
        buffer_puts(out, links++ ? "" : "<hyperlinks>");
        for (const char *s = list[i].finding->sheet; *s; s++)
            buffer_printf(&place, *s == '\'' ? "''" : "%c", *s);
        buffer_putc(&place, '\0');
        buffer_printf(out, "<hyperlink ref=\"D%zu\" location=\"'", i + 2);
        buffer_markup(out, (const char *)place.data);
        buffer_printf(out, "'!%s\"/>", list[i].finding->cell ? list[i].finding->cell : "A1");
        buffer_clear(&place);
    }
    buffer_puts(out, links ? "</hyperlinks>" : "");
}

void mark_list_write(const struct listed_finding *list, size_t n, enum language language,
                     const char *space, struct mark_styles *styles, struct arena *arena,
                     struct buffer *out)
{
    size_t head = mark_styles_own(styles, MARK_STYLE_HEAD);
    buffer_printf(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet "
                  "xmlns=\"%s\"><sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><sheetViews>"
                  "<sheetView tabSelected=\"1\" workbookViewId=\"0\"><pane ySplit=\"1\" "
                  "topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView>"
                  "</sheetViews><sheetFormatPr defaultRowHeight=\"15\"/><cols>",
                  space);
    for (int i = 0; i < COLUMNS; i++)
        buffer_printf(out, "<col min=\"%d\" max=\"%d\" width=\"%d\" customWidth=\"1\"/>", i + 1,
                      i + 1, widths[i]);
    buffer_puts(out, "</cols><sheetData><row r=\"1\">");
    for (size_t i = 0; i < COLUMNS; i++)
        put_cell(out, 1, i, head, heads[language][i], arena);
    buffer_puts(out, "</row>");
    for (size_t i = 0; i < n && i + 2 <= XLSX_ROWS; i++)
        put_row(out, i + 2, &list[i], language, styles);
    if (n == 0) {
        buffer_puts(out, "<row r=\"2\">");
        put_cell(out, 2, COLUMNS - 1, mark_styles_own(styles, MARK_STYLE_TEXT), nothing[language],
                 arena);
        buffer_puts(out, "</row>");
    }
    buffer_puts(out, "</sheetData>");
    put_links(out, list, n);
    buffer_puts(out, "<pageMargins left=\"0.7\" right=\"0.7\" top=\"0.75\" bottom=\"0.75\" "
                     "header=\"0.3\" footer=\"0.3\"/><pageSetup paperSize=\"9\" "
                     "orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>");
}

/* --- one of an earlier run --- */

static bool has_heads(const struct xlsx_row *row, enum language language)
{
    bool has = row->row == 1 && row->n >= COLUMNS;
    for (size_t i = 0; has && i < COLUMNS; i++)
        has = row->cells[i].column == i + 1 && !strcmp(row->cells[i].text, heads[language][i]);
    return has;
}

static bool is_our_row(const struct xlsx_row *row)
{
    const struct xlsx_cell *first = &row->cells[0];
    bool ours = row->n > 0 && row->cells[row->n - 1].column <= COLUMNS, known = false;
    for (int l = 0; ours && l < LANGUAGE_COUNT; l++) {
        for (int i = 0; i < SEVERITY_COUNT; i++)
            known = known || (first->column == 1 && !strcmp(first->text, words[l][i]));
        known = known || (first->column == COLUMNS && !strcmp(first->text, nothing[l])) ||
                has_heads(row, (enum language)l);
    }
    return ours && known;
}

bool mark_list_is(struct xlsx *x, size_t sheet, bool *noted, struct diag *diag)
{
    const struct xlsx_sheet *list;
    struct xlsx_row row;
    bool is = false, first = true;
    xlsx_sheets(x, &list);
    *noted = false;
    if (!list[sheet].cells ||
        strncmp(list[sheet].name, mark_list_title, sizeof mark_list_title - 1))
        return false;
    struct xlsx_rows *rows = xlsx_rows_new(x, sheet, diag);
    while ((first || is) && xlsx_rows_next(rows, &row)) {
        if (first)
            is = has_heads(&row, LANGUAGE_ZH) || has_heads(&row, LANGUAGE_EN);
        first = false;
        *noted = *noted || !is_our_row(&row);
    }
    xlsx_rows_free(rows);
    return is;
}
