/* mark_sheet.c - see mark_sheet.h. */
#include "workbook/mark_sheet.h"

#include "core/cells.h"
#include "workbook/part_copy.h"
#include "workbook/xlsx.h"

#include <stdlib.h>
#include <string.h>

enum { NO_STYLE = -1, DEFAULT_WIDTH = 64, DEFAULT_HEIGHT = 20 /* pixels */ };

struct column_style {
    long long first, last, style;
};

struct writing {
    struct mark_sheet *s;
    struct archive *archive;
    int part;
    struct mark_styles *styles;
    struct arena *arena;
    struct part_copy copy;
    int depth;
    bool in_rows;
    const char *prefix; /* of the sheet's own elements; NULL: none */
    uint32_t row, column;
    long long row_style;
    size_t next; /* of the marked cells */
    struct column_style *columns;
    size_t n_columns, cap_columns;
};

/* --- sizes --- */

static double real(struct part_text t, double otherwise)
{
    char text[32];
    if (!t.s || t.len >= sizeof text)
        return otherwise;
    memcpy(text, t.s, t.len);
    text[t.len] = '\0';
    double value = strtod(text, NULL);
    return value >= 0 && value < 4096 ? value : otherwise;
}

static unsigned width_of(double characters)
{
    return (unsigned)(characters * 7 + 0.5);
}

static unsigned height_of(double points)
{
    return (unsigned)(points * 4 / 3 + 0.5);
}

static void read_defaults(struct writing *w, const struct part_element *e)
{
    w->s->sizes.width = width_of(real(part_attribute(e, "defaultColWidth"), DEFAULT_WIDTH / 7.0));
    w->s->sizes.height =
        height_of(real(part_attribute(e, "defaultRowHeight"), DEFAULT_HEIGHT * 0.75));
}

static void read_column(struct writing *w, const struct part_element *e)
{
    struct sheet_sizes *sizes = &w->s->sizes;
    struct part_text style = part_attribute(e, "style");
    long long first = part_number(part_attribute(e, "min")),
              last = part_number(part_attribute(e, "max"));
    bool hidden = part_flag(part_attribute(e, "hidden"), false);
    if (first < 1 || last < first || sizes->n_columns >= XLSX_COLUMNS)
        return;
    *ARENA_PUSH(w->arena, sizes->columns, sizes->n_columns, sizes->cap_columns) =
        (struct column_size){
            (uint32_t)first, last > XLSX_COLUMNS ? XLSX_COLUMNS : (uint32_t)last,
            hidden ? 0 : width_of(real(part_attribute(e, "width"), sizes->width / 7.0))};
    *ARENA_PUSH(w->arena, w->columns, w->n_columns, w->cap_columns) =
        (struct column_style){first, last, style.s ? part_number(style) : 0};
}

static void read_row_size(struct writing *w, const struct part_element *e)
{
    struct sheet_sizes *sizes = &w->s->sizes;
    struct part_text height = part_attribute(e, "ht");
    bool hidden = part_flag(part_attribute(e, "hidden"), false);
    if (w->s->n && (height.s || hidden))
        *ARENA_PUSH(w->arena, sizes->rows, sizes->n_rows, sizes->cap_rows) =
            (struct row_size){w->row, hidden ? 0 : height_of(real(height, sizes->height * 0.75))};
}

/* The first that tells of a column counts. */
static void list_widths(struct sheet_sizes *s, struct arena *arena)
{
    s->widths = ARENA_ARRAY(arena, unsigned, XLSX_COLUMNS + 1);
    for (uint32_t column = 0; column <= XLSX_COLUMNS; column++)
        s->widths[column] = s->width;
    for (size_t i = s->n_columns; i-- > 0;)
        for (uint32_t column = s->columns[i].first; column <= s->columns[i].last; column++)
            s->widths[column] = s->columns[i].width;
}

unsigned sheet_width(const struct sheet_sizes *s, uint32_t column)
{
    return s->widths ? s->widths[column] : s->width;
}

static int compare_rows(const void *a, const void *b)
{
    const struct row_size *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

unsigned sheet_height(const struct sheet_sizes *s, uint32_t row)
{
    struct row_size key = {row, 0};
    const struct row_size *found =
        s->n_rows ? bsearch(&key, s->rows, s->n_rows, sizeof key, compare_rows) : NULL;
    return found ? found->height : s->height;
}

/* --- marked cells that the sheet does not have --- */

static void put_element(struct writing *w, const char *name, const char *attributes)
{
    char *markup = arena_printf(w->arena, "<%s%s%s %s", w->prefix ? w->prefix : "",
                                w->prefix ? ":" : "", name, attributes);
    part_copy_markup(&w->copy, (struct part_text){markup, strlen(markup)});
    w->s->changed = true;
}

static const struct marked_cell *next_mark(const struct writing *w)
{
    return w->next < w->s->n ? &w->s->cells[w->next] : NULL;
}

static long long style_of_blank(const struct writing *w, uint32_t column)
{
    if (w->row_style != NO_STYLE)
        return w->row_style;
    for (size_t i = 0; i < w->n_columns; i++)
        if (column >= w->columns[i].first && column <= w->columns[i].last)
            return w->columns[i].style;
    return 0;
}

static size_t mark_style(struct writing *w, const struct marked_cell *k, size_t style)
{
    if (mark_styles_covers_pattern(w->styles, mark_styles_plain(w->styles, style)))
        w->s->patterned = k;
    return mark_styles_marked(w->styles, style, k->worst);
}

/* Those of the row before the column. */
static void put_blanks(struct writing *w, uint32_t before)
{
    char cell[CELL_NAME];
    for (const struct marked_cell *k; (k = next_mark(w)) && k->row == w->row && k->column < before;
         w->next++) {
        long long style = style_of_blank(w, k->column);
        put_element(w, "c",
                    arena_printf(w->arena, "r=\"%s\" s=\"%zu\"/>",
                                 cell_name(cell, k->row, k->column),
                                 mark_style(w, k, style < 0 ? 0 : (size_t)style)));
    }
}

/* Rows before that one which the sheet does not have. */
static void put_rows(struct writing *w, uint32_t before)
{
    for (const struct marked_cell *k; (k = next_mark(w)) && k->row < before;) {
        uint32_t begun = w->row;
        char *end =
            arena_printf(w->arena, "</%s%srow>", w->prefix ? w->prefix : "", w->prefix ? ":" : "");
        if (k->row <= begun) { /* a row that numbers itself wrongly: the reading has told */
            w->next++;
            continue;
        }
        w->row = k->row;
        w->row_style = NO_STYLE;
        put_element(w, "row", arena_printf(w->arena, "r=\"%u\">", (unsigned)k->row));
        put_blanks(w, UINT32_MAX);
        part_copy_markup(&w->copy, (struct part_text){end, strlen(end)});
        w->row = begun;
    }
}

/* --- what the sheet has --- */

static void begin_row(struct writing *w, const struct part_element *e)
{
    struct part_text number = part_attribute(e, "r"), style = part_attribute(e, "s");
    long long row = number.s ? part_number(number) : (long long)w->row + 1;
    static const struct part_change unspanned[] = {{"spans", NULL}, {0}};
    if (row > 0 && row <= XLSX_ROWS) {
        put_rows(w, (uint32_t)row);
        w->row = (uint32_t)row;
    }
    w->column = 0;
    w->row_style = style.s ? part_number(style) : NO_STYLE;
    read_row_size(w, e);
    const struct marked_cell *k = next_mark(w);
    part_copy_start(&w->copy, e, k && k->row == w->row ? unspanned : NULL);
}

static void begin_cell(struct writing *w, const struct part_element *e)
{
    struct part_text address = part_attribute(e, "r"), written = part_attribute(e, "s");
    char name[CELL_NAME] = "";
    uint32_t row, column = w->column + 1;
    long long number = written.s ? part_number(written) : 0;
    size_t style = number < 0 ? 0 : (size_t)number;
    if (address.s && address.len < sizeof name) {
        memcpy(name, address.s, address.len);
        if (!xlsx_address_read(name, &row, &column))
            column = w->column + 1;
    }
    w->column = column;
    put_blanks(w, column);
    const struct marked_cell *k = next_mark(w);
    bool marked = k && k->row == w->row && k->column == column;
    size_t now = marked ? mark_style(w, k, style) : mark_styles_plain(w->styles, style);
    char number_now[24];
    snprintf(number_now, sizeof number_now, "%zu", now);
    const struct part_change changes[] = {{"s", number_now}, {0}};
    w->next += marked;
    w->s->changed = w->s->changed || marked || now != style;
    part_copy_start(&w->copy, e, now != style ? changes : NULL);
}

/* What comes behind the comments' boxes (ECMA-376, 18.3.1.99). */
static bool follows_drawing(const struct part_element *e)
{
    static const char *const names[] = {"legacyDrawingHF", "drawingHF", "picture",
                                        "oleObjects",      "controls",  "webPublishItems",
                                        "tableParts",      "extLst"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (part_is(e, SPACE_SHEET, names[i]))
            return true;
    return part_is(e, SPACE_COMPATIBILITY, "AlternateContent");
}

static void name_drawing(struct writing *w)
{
    if (!w->s->drawing || w->s->own_drawing)
        return;
    w->s->own_drawing = w->s->drawing;
    put_element(w, "legacyDrawing",
                arena_printf(w->arena, "xmlns:r=\"%s\" r:id=\"%s\"/>", w->s->relation_space,
                             w->s->drawing));
}

static void begin_other(struct writing *w, const struct part_element *e)
{
    static const struct part_change unselected[] = {{"tabSelected", NULL}, {0}};
    bool selected = part_is(e, SPACE_SHEET, "sheetView") && part_attribute(e, "tabSelected").s;
    struct part_text id = part_attribute_in(e, SPACE_RELATION, "id");
    if (part_is(e, SPACE_SHEET, "sheetFormatPr"))
        read_defaults(w, e);
    else if (part_is(e, SPACE_SHEET, "col"))
        read_column(w, e);
    else if (part_is(e, SPACE_SHEET, "legacyDrawing") && id.s)
        w->s->own_drawing = arena_strndup(w->arena, id.s, id.len);
    else if (w->depth == 2 && follows_drawing(e))
        name_drawing(w);
    w->s->changed = w->s->changed || selected;
    part_copy_start(&w->copy, e, selected ? unselected : NULL);
}

static bool on_start(void *data, const struct part_element *e)
{
    struct writing *w = data;
    if (++w->depth == 1)
        w->prefix = e->prefix ? arena_strdup(w->arena, e->prefix) : NULL;
    if (w->in_rows && part_is(e, SPACE_SHEET, "row"))
        begin_row(w, e);
    else if (w->in_rows && part_is(e, SPACE_SHEET, "c"))
        begin_cell(w, e);
    else
        begin_other(w, e);
    w->in_rows = w->in_rows || part_is(e, SPACE_SHEET, "sheetData");
    return true;
}

static bool on_end(void *data, enum part_space space, const char *name)
{
    struct writing *w = data;
    bool ours = space == SPACE_SHEET;
    if (ours && w->in_rows && !strcmp(name, "row")) {
        put_blanks(w, UINT32_MAX);
    } else if (ours && !strcmp(name, "sheetData")) {
        put_rows(w, UINT32_MAX);
        w->in_rows = false;
    } else if (w->depth == 1) {
        name_drawing(w);
    }
    w->depth--;
    part_copy_end(&w->copy);
    return true;
}

static bool on_text(void *data, struct part_text text)
{
    part_copy_text(&((struct writing *)data)->copy, text);
    return true;
}

static bool on_markup(void *data, struct part_text markup)
{
    struct writing *w = data;
    if (w->depth > 0)
        part_copy_markup(&w->copy, markup);
    return true;
}

bool mark_sheet_write(struct mark_sheet *s, struct archive *a, int part, struct mark_styles *styles,
                      struct arena *arena, struct buffer *out)
{
    static const struct part_events events = {on_start, on_end, on_text, on_markup};
    struct writing w = {.s = s, .archive = a, .part = part, .styles = styles, .arena = arena};
    s->sizes.width = DEFAULT_WIDTH;
    s->sizes.height = DEFAULT_HEIGHT;
    part_copy_begin(&w.copy, out);
    bool ok = part_read(a, part, &events, &w);
    if (s->n && s->sizes.n_columns)
        list_widths(&s->sizes, arena);
    part_copy_clear(&w.copy);
    return ok;
}
