/* xlsx_rows.c - see xlsx.h: the rows of a sheet, one after the other. A piece of the part is parsed
 * at a time; the rows that ended in it wait here until they are asked for. */
#include "core/cells.h"
#include "workbook/part.h"
#include "workbook/serial.h"
#include "workbook/xlsx_book.h"
#include "workbook/xstring.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CELL_TEXT_LIMIT = 1 << 20, /* bytes of one cell; Excel's own limit is below */
    ROW_TEXT_LIMIT = 32 << 20, /* and of those of a piece */
    FORMULA_KEPT = 256,        /* bytes of a formula: enough to know it by its first function */
    MERGES_LIMIT = 1 << 18
};

/* A cell of a row that waits: its text lies in the texts of all that wait. */
struct waiting_cell {
    struct xlsx_cell cell;
    size_t text; /* SIZE_MAX: cell.text is right as it is */
};

struct waiting_row {
    uint32_t row;
    bool hidden;
    size_t first, n;
};

struct xlsx_rows {
    struct xlsx *x;
    size_t sheet;
    struct part_reader *reader;
    struct xlsx_range *merges; /* by row and column */
    size_t n_merges, merges_cap;
    unsigned char hidden[XLSX_COLUMNS / 8 + 1]; /* a bit a column */
    size_t n_spans;                             /* of columns, that told of it */

    struct waiting_row *rows;
    struct waiting_cell *waiting;
    struct xlsx_cell *cells; /* of the row that was handed out */
    struct buffer texts;
    size_t n_rows, n_whole, rows_cap, next_row, n_waiting, waiting_cap, cells_cap;

    /* where the reading is */
    bool in_rows, in_cell;
    bool in_inline, in_text, in_formula; /* <is>; <v> or its <t>; <f> */
    bool valued;                         /* the cell has a <v> or <is>, if an empty one */
    int phonetic;
    uint32_t row, column;
    bool row_hidden;
    struct xlsx_cell cell;
    char type[16]; /* its t= */
    long long style, value_metadata;
    struct buffer value, formula;
};

static bool refuse_cell(struct xlsx_rows *r, const char *zh, const char *en)
{
    char address[CELL_NAME];
    return xlsx_refuse_at(r->x, r->sheet, cell_name(address, r->row, r->column), zh, en);
}

/* Merged cells stand behind the rows that they concern, so they are read before; but first it is
 * asked whether there are any, without parsing. */
static bool may_have_merges(struct xlsx_rows *r)
{
    static const char mark[] = "mergeCell";
    enum { PIECE = 32 << 10, TAIL = sizeof mark - 2 };
    struct archive_stream *s = archive_stream_open(r->x->archive, r->x->parts[r->sheet].part);
    char text[TAIL + PIECE];
    size_t tail = 0;
    bool found = false, first = true;

    for (long n; s && !found && (n = archive_stream_read(s, text + tail, PIECE)) > 0;) {
        const char *end = text + tail + n, *at = text;
        /* UTF-16, with a mark or without, and whatever else is not written in ASCII */
        found = first && n > 1 && ((unsigned char)text[0] >= 0xF0 || !text[0] || !text[1]);
        for (first = false; !found && (at = memchr(at, 'm', (size_t)(end - at))); at++)
            found = (size_t)(end - at) > TAIL && !memcmp(at, mark, sizeof mark - 1);
        tail = (size_t)(end - text) < TAIL ? (size_t)(end - text) : TAIL;
        memmove(text, end - tail, tail);
    }
    archive_stream_close(s);
    return found;
}

static bool refuse_place(struct xlsx_rows *r)
{
    return archive_refuse(
        r->x->archive, r->x->parts[r->sheet].part,
        "（工作表“%s”）的行列号有误（第 %u 行附近）：文件已损坏；请用 Excel 或 WPS "
        "打开并修复，再另存一次",
        "(sheet %s) numbers its rows or columns wrongly (near row %u): the file is "
        "damaged; let Excel or WPS open and repair it and save it again",
        r->x->sheets[r->sheet].name, r->row);
}

static bool on_merge(void *data, const struct part_element *e)
{
    struct xlsx_rows *r = data;
    struct part_text ref = part_attribute(e, "ref");
    char text[2 * CELL_NAME + 2];
    struct xlsx_range range;

    if (!part_is(e, SPACE_SHEET, "mergeCell") || !ref.s || ref.len >= sizeof text)
        return true;
    memcpy(text, ref.s, ref.len);
    text[ref.len] = '\0';
    char *colon = strchr(text, ':');
    if (!colon)
        return true;
    *colon = '\0';
    if (!xlsx_address_read(text, &range.row, &range.column) ||
        !xlsx_address_read(colon + 1, &range.last_row, &range.last_column))
        return true;
    if (r->n_merges == MERGES_LIMIT)
        return xlsx_too_many(r->x, r->x->parts[r->sheet].part, MERGES_LIMIT);
    *MEM_PUSH(r->merges, r->n_merges, r->merges_cap) = range;
    return true;
}

static int compare_places(const void *a, const void *b)
{
    const struct xlsx_range *x = a, *y = b;
    return x->row != y->row        ? (x->row > y->row) - (x->row < y->row)
           : x->column > y->column ? 1
                                   : -(x->column < y->column);
}

static bool read_merges(struct xlsx_rows *r)
{
    static const struct part_events events = {.start = on_merge};
    if (may_have_merges(r))
        part_read(r->x->archive, r->x->parts[r->sheet].part, &events, r);
    if (r->n_merges)
        qsort(r->merges, r->n_merges, sizeof *r->merges, compare_places);
    return !archive_broken(r->x->archive);
}

static const struct xlsx_range *merge_from(const struct xlsx_rows *r, uint32_t row, uint32_t column)
{
    struct xlsx_range key = {row, column, 0, 0};
    return r->n_merges ? bsearch(&key, r->merges, r->n_merges, sizeof key, compare_places) : NULL;
}

static bool read_columns(struct xlsx_rows *r, const struct part_element *e)
{
    long long from = part_number(part_attribute(e, "min")),
              to = part_number(part_attribute(e, "max"));
    if (!part_flag(part_attribute(e, "hidden"), false) || r->n_spans++ > XLSX_COLUMNS)
        return true;
    for (long long c = from < 1 ? 1 : from; c <= to && c <= XLSX_COLUMNS; c++)
        r->hidden[c / 8] |= (unsigned char)(1 << c % 8);
    return true;
}

static bool row_is_open(const struct xlsx_rows *r)
{
    return r->n_rows > r->n_whole;
}

static bool begin_row(struct xlsx_rows *r, const struct part_element *e)
{
    struct part_text number = part_attribute(e, "r");
    long long row = number.s ? part_number(number) : (long long)r->row + 1;

    r->column = 0;
    if (row_is_open(r) || row <= r->row || row > XLSX_ROWS)
        return refuse_place(r);
    r->row = (uint32_t)row;
    r->row_hidden = part_flag(part_attribute(e, "hidden"), false);
    *MEM_PUSH(r->rows, r->n_rows, r->rows_cap) =
        (struct waiting_row){r->row, r->row_hidden, r->n_waiting, 0};
    return true;
}

static bool place_cell(struct xlsx_rows *r, struct part_text address)
{
    char text[CELL_NAME];
    uint32_t row = r->row, column = r->column + 1;

    if (address.s) {
        if (address.len >= sizeof text)
            return refuse_place(r);
        memcpy(text, address.s, address.len);
        text[address.len] = '\0';
        if (!xlsx_address_read(text, &row, &column))
            return refuse_place(r);
    }
    if (row != r->row || column <= r->column || column > XLSX_COLUMNS)
        return refuse_place(r);
    r->column = column;
    return true;
}

static bool begin_cell(struct xlsx_rows *r, const struct part_element *e)
{
    struct part_text type = part_attribute(e, "t"), style = part_attribute(e, "s");
    size_t len = type.len < sizeof r->type ? type.len : sizeof r->type - 1;

    if (r->in_cell || !row_is_open(r))
        return refuse_place(r);
    if (!place_cell(r, part_attribute(e, "r")))
        return false;
    if (type.s)
        memcpy(r->type, type.s, len);
    r->type[type.s ? len : 0] = '\0';
    r->style = style.s ? part_number(style) : 0;
    r->value_metadata = part_number(part_attribute(e, "vm"));
    r->cell = (struct xlsx_cell){
        .row = r->row, .column = r->column, .picture = SIZE_MAX, .date1904 = r->x->date1904};
    r->value.len = r->formula.len = 0;
    r->in_cell = true;
    r->valued = false;
    return true;
}

static bool on_start(void *data, const struct part_element *e)
{
    struct xlsx_rows *r = data;

    if (r->phonetic) {
        r->phonetic++;
        return true;
    }
    if (e->space != SPACE_SHEET)
        return true;
    if (!r->in_rows) {
        r->in_rows = !strcmp(e->name, "sheetData");
        return r->in_rows || strcmp(e->name, "col") || read_columns(r, e);
    }
    if (!strcmp(e->name, "c"))
        return begin_cell(r, e);
    if (!strcmp(e->name, "row"))
        return begin_row(r, e);
    if (!r->in_cell)
        return true;
    r->phonetic = !strcmp(e->name, "rPh");
    r->in_inline = r->in_inline || !strcmp(e->name, "is");
    r->in_text = !strcmp(e->name, "v") || (r->in_inline && !strcmp(e->name, "t"));
    r->in_formula = !strcmp(e->name, "f");
    r->valued = r->valued || r->in_inline || !strcmp(e->name, "v");
    r->cell.formula = r->cell.formula || r->in_formula;
    return true;
}

static bool on_text(void *data, struct part_text text)
{
    struct xlsx_rows *r = data;
    struct buffer *to = r->in_text ? &r->value : r->in_formula ? &r->formula : NULL;

    if (!to || r->phonetic)
        return true;
    if (to == &r->formula && to->len > FORMULA_KEPT)
        return true;
    buffer_add(to, text.s, text.len);
    if (to->len > CELL_TEXT_LIMIT || r->texts.len > ROW_TEXT_LIMIT)
        return refuse_cell(r, "文字过长", "the text is too long");
    return true;
}

/* The bytes that the cell's value was read into, as a string that lives until the row is gone. */
static void keep_text(struct xlsx_rows *r, struct waiting_cell *w)
{
    w->text = r->texts.len;
    buffer_add(&r->texts, r->value.data, r->value.len);
    buffer_putc(&r->texts, '\0');
}

static void trim_value(struct xlsx_rows *r)
{
    static const char blanks[] = " \t\r\n";
    struct buffer *v = &r->value;
    size_t from = 0;
    while (v->len > 0 && memchr(blanks, v->data[v->len - 1], sizeof blanks - 1))
        v->len--;
    while (from < v->len && memchr(blanks, v->data[from], sizeof blanks - 1))
        from++;
    memmove(v->data, v->data + from, v->len - from);
    v->len -= from;
}

static void set_date(struct xlsx_cell *c, struct serial_day d, bool day_shown, bool year_shown)
{
    c->kind = XLSX_DATE;
    c->date.year = d.year;
    c->date.month = d.month;
    c->date.day = d.day;
    c->date.timed = d.timed;
    c->date.day_shown = day_shown;
    c->date.year_shown = year_shown;
}

static void read_number(struct xlsx_rows *r, struct xlsx_cell *c)
{
    char *text = (char *)r->value.data, *end;
    const struct format *format = formats_of(&r->x->formats, r->style < 0 ? 0 : (size_t)r->style);
    double number = strtod(text, &end);
    bool decimal = text[strspn(text, "0123456789+-.eE")] == '\0'; /* not 0x1F, nan, inf */

    if (*end || end == text || !decimal || !isfinite(number)) {
        c->kind = XLSX_TEXT;
    } else if (format->date) {
        set_date(c, serial_read(number, r->x->date1904), format->day_shown, format->year_shown);
    } else {
        c->kind = XLSX_NUMBER;
    }
}

/* The picture that a formula, or what it gave, names: =DISPIMG("ID_...",1); NULL: none. */
static const char *picture_id(const char *text, struct arena *room)
{
    const char *call = strstr(text, "DISPIMG("), *id = call ? strchr(call, '"') : NULL;
    return id ? arena_strndup(room, id + 1, strcspn(id + 1, "\"")) : NULL;
}

/* A picture instead of what stands in its cell for programs that know of none. */
static void find_picture(struct xlsx_rows *r, struct xlsx_cell *c, const char *text)
{
    struct arena room = {0};
    const struct cell_image *image = NULL;
    const char *id = NULL;

    if (r->formula.len)
        id = picture_id(arena_strndup(&room, (char *)r->formula.data, r->formula.len), &room);
    if (!id && *text == '=')
        id = picture_id(text, &room);
    if (id)
        image = xlsx_image_by_id(r->x, id);
    else if (r->value_metadata > 0)
        image = xlsx_image_by_number(r->x, r->value_metadata);
    if (image && image->part != ARCHIVE_NONE)
        c->picture = xlsx_add_cell_picture(r->x, image, r->sheet, c->row, c->column);
    if (id || image)
        c->kind = XLSX_PICTURE;
    arena_free(&room);
}

static void read_shared(struct xlsx_rows *r, struct waiting_cell *w)
{
    struct part_text text = {(const char *)r->value.data, r->value.len};
    long long number = part_number(text);
    const char *shared = number < 0 ? NULL : shared_strings_get(r->x->strings, (size_t)number);

    w->cell.kind = !shared ? XLSX_BAD_STRING : *shared ? XLSX_TEXT : XLSX_EMPTY;
    if (shared)
        w->cell.text = shared;
    else
        keep_text(r, w);
}

/* By the cell's type, what stands between <v> and </v>, which ends with a NUL. */
static void read_typed(struct xlsx_rows *r, struct waiting_cell *w)
{
    struct xlsx_cell *c = &w->cell;
    char *value = (char *)r->value.data;

    if (r->in_inline || !strcmp(r->type, "inlineStr") || !strcmp(r->type, "str")) {
        r->value.len = xstring_plain(value, r->value.len);
        c->kind = XLSX_TEXT;
    } else if (!strcmp(r->type, "b")) {
        value[0] = strchr("1tT", *value) ? '1' : '0';
        r->value.len = 1;
        c->kind = XLSX_BOOLEAN;
    } else if (!strcmp(r->type, "e")) {
        c->kind = XLSX_ERROR;
    } else if (!strcmp(r->type, "d")) {
        set_date(c, serial_read_iso(value), true, true);
    } else {
        read_number(r, c);
    }
    keep_text(r, w);
}

static void read_value(struct xlsx_rows *r, struct waiting_cell *w)
{
    bool text = r->in_inline || !strcmp(r->type, "inlineStr") || !strcmp(r->type, "str");

    if (!text && r->value.len)
        trim_value(r);
    if (r->value.len == 0) {
        w->cell.kind =
            w->cell.formula && !(text && r->valued) ? XLSX_NO_VALUE : XLSX_EMPTY; /* ="" */
    } else if (!strcmp(r->type, "s")) {
        read_shared(r, w);
    } else {
        buffer_putc(&r->value, '\0');
        r->value.len--;
        read_typed(r, w);
    }
    if (r->formula.len || r->value_metadata > 0 || w->cell.kind == XLSX_TEXT)
        find_picture(r, &w->cell,
                     w->text == SIZE_MAX ? w->cell.text : (char *)r->texts.data + w->text);
}

/* [1]Sheet1!A1: a book by its number. */
static bool names_workbook(const struct buffer *formula)
{
    for (size_t i = 0; i + 1 < formula->len; i++)
        if (formula->data[i] == '[' && formula->data[i + 1] >= '0' && formula->data[i + 1] <= '9')
            return true;
    return false;
}

static void end_cell(struct xlsx_rows *r)
{
    struct waiting_cell w = {r->cell, SIZE_MAX};

    w.cell.text = "";
    w.cell.format = formats_of(&r->x->formats, r->style < 0 ? 0 : (size_t)r->style)->code;
    w.cell.hidden_column = r->hidden[w.cell.column / 8] >> w.cell.column % 8 & 1;
    w.cell.merged = merge_from(r, w.cell.row, w.cell.column);
    read_value(r, &w);
    w.cell.external = names_workbook(&r->formula);
    r->in_cell = r->in_inline = false;
    if (w.cell.kind == XLSX_EMPTY && !w.cell.merged)
        return;
    *MEM_PUSH(r->waiting, r->n_waiting, r->waiting_cap) = w;
    r->rows[r->n_rows - 1].n++;
}

static bool on_end(void *data, enum part_space space, const char *name)
{
    struct xlsx_rows *r = data;

    r->in_text = r->in_formula = false;
    if (r->phonetic)
        r->phonetic--;
    else if (space != SPACE_SHEET || !r->in_rows)
        return true;
    else if (r->in_cell && !strcmp(name, "c"))
        end_cell(r);
    else if (!r->in_cell && !strcmp(name, "row"))
        r->n_whole = r->n_rows;
    else if (!strcmp(name, "sheetData"))
        r->in_rows = false;
    return true;
}

struct xlsx_rows *xlsx_rows_new(struct xlsx *x, size_t sheet, struct diag *diag)
{
    static const struct part_events events = {.start = on_start, .end = on_end, .text = on_text};
    struct xlsx_rows *r = mem_alloc(1, sizeof *r);

    r->x = x;
    r->sheet = sheet;
    archive_report_to(x->archive, diag);
    if (x->sheets[sheet].cells && read_merges(r))
        r->reader = part_reader_new(x->archive, x->parts[sheet].part, &events, r);
    return r;
}

/* Forgets what was handed out; of a row that has not ended its cells stay. */
static void drop_rows(struct xlsx_rows *r)
{
    bool begun = r->n_rows > r->n_whole;
    size_t cells = begun ? r->rows[r->n_whole].first : r->n_waiting, texts = r->texts.len;

    for (size_t i = cells; i < r->n_waiting; i++)
        if (r->waiting[i].text < texts)
            texts = r->waiting[i].text;
    for (size_t i = cells; i < r->n_waiting; i++)
        if (r->waiting[i].text != SIZE_MAX)
            r->waiting[i].text -= texts;
    if (r->n_waiting > cells)
        memmove(r->waiting, r->waiting + cells, (r->n_waiting - cells) * sizeof *r->waiting);
    if (r->texts.len > texts)
        memmove(r->texts.data, r->texts.data + texts, r->texts.len - texts);
    r->n_waiting -= cells;
    r->texts.len -= texts;
    if (begun)
        r->rows[0] = (struct waiting_row){r->rows[r->n_whole].row, r->rows[r->n_whole].hidden, 0,
                                          r->rows[r->n_whole].n};
    r->n_rows = begun;
    r->n_whole = r->next_row = 0;
}

static void hand_out(struct xlsx_rows *r, const struct waiting_row *row, struct xlsx_row *out)
{
    while (r->cells_cap < row->n)
        r->cells = mem_grow(r->cells, r->cells_cap, &r->cells_cap, sizeof *r->cells);
    for (size_t i = 0; i < row->n; i++) {
        const struct waiting_cell *w = &r->waiting[row->first + i];
        r->cells[i] = w->cell;
        if (w->text != SIZE_MAX)
            r->cells[i].text = (const char *)r->texts.data + w->text;
    }
    *out = (struct xlsx_row){row->row, row->hidden, r->cells, row->n};
}

bool xlsx_rows_next(struct xlsx_rows *r, struct xlsx_row *out)
{
    for (;;) {
        while (r->next_row < r->n_whole) {
            const struct waiting_row *row = &r->rows[r->next_row++];
            if (row->n == 0)
                continue;
            hand_out(r, row, out);
            return true;
        }
        drop_rows(r);
        if (!r->reader || !part_reader_step(r->reader)) {
            part_reader_free(r->reader);
            r->reader = NULL;
            if (!r->n_whole || archive_broken(r->x->archive))
                return false;
        }
    }
}

void xlsx_rows_free(struct xlsx_rows *r)
{
    if (!r)
        return;
    part_reader_free(r->reader);
    free(r->merges);
    free(r->rows);
    free(r->waiting);
    free(r->cells);
    buffer_clear(&r->texts);
    buffer_clear(&r->value);
    buffer_clear(&r->formula);
    free(r);
}
