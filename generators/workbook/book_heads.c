/* book_heads.c - which sheets and columns of a file are those of the form: by their names and
 * heads, wherever they stand. */
#include "core/spelling.h"
#include "workbook/book_reading.h"
#include "workbook/mark_list.h"

#include <string.h>

enum {
    HEAD_ROWS = 10, /* the heads stand in one of the first rows */
    RENAMED_SHARE =
        60, /* per cent of the form's columns that make a sheet of another name its own */
    MOST_COLUMNS = 1024
};

/* The text without blanks, line ends, the mark of what is required, and in half-width brackets. */
static const char *plain_head(struct arena *a, const char *text)
{
    static const char *const dropped[] = {
        "（必填）", "(必填)", "*",  "＊",       "　",           " ",
        "\n",       "\r",     "\t", "\xC2\xA0", "\xEF\xBB\xBF", "\xE2\x80\x8B"};
    char *out = ARENA_ARRAY(a, char, strlen(text) + 1);
    size_t n = 0;
    while (*text) {
        size_t skip = 0;
        for (size_t i = 0; i < sizeof dropped / sizeof *dropped && !skip; i++)
            if (!strncmp(text, dropped[i], strlen(dropped[i])))
                skip = strlen(dropped[i]);
        if (!skip)
            out[n++] = *text;
        text += skip ? skip : 1;
    }
    out[n] = '\0';
    return out;
}

/* A head of the form against a plain one: its own blanks do not count. */
static bool same_head(const char *form, const char *plain)
{
    while (*form || *plain) {
        if (*form == ' ')
            form++;
        else if (*form++ != *plain++)
            return false;
    }
    return true;
}

static int column_of_head(const struct book_sheet *form, const char *head)
{
    for (size_t i = 0; i < form->n; i++)
        if (*head && (same_head(form->columns[i].head, head) ||
                      (*form->columns[i].was && book_lists(form->columns[i].was, head))))
            return (int)i;
    return -1;
}

struct head_row {
    uint32_t row;
    size_t found;       /* of the form's heads */
    const char **heads; /* of each column up to n, from 1; NULL: empty */
    uint32_t n;
};

/* The row with most of the form's heads. */
static bool find_heads(struct reading *r, const struct book_sheet *form, size_t sheet,
                       struct head_row *best)
{
    struct xlsx_rows *rows = xlsx_rows_new(r->file, sheet, r->remarks);
    struct xlsx_row row;
    *best = (struct head_row){0};
    while (xlsx_rows_next(rows, &row) && row.row <= HEAD_ROWS) {
        struct head_row h = {.row = row.row};
        h.heads = ARENA_ARRAY(r->arena, const char *, MOST_COLUMNS + 1);
        for (size_t i = 0; i < row.n; i++) {
            const struct xlsx_cell *c = &row.cells[i];
            if (c->kind != XLSX_TEXT || c->column > MOST_COLUMNS)
                continue;
            h.n = c->column;
            h.heads[c->column] = plain_head(r->arena, c->text);
            h.found += column_of_head(form, h.heads[c->column]) >= 0;
        }
        if (h.found > best->found)
            *best = h;
    }
    xlsx_rows_free(rows);
    return best->found > 0;
}

static bool is_ours(const struct reading *r, size_t sheet, const char *title)
{
    bool noted;
    return !strcmp(title, book_sheet_guide) || !strcmp(title, book_sheet_choices) ||
           mark_list_is(r->file, sheet, &noted, r->remarks);
}

static bool has_title(struct reading *r, const struct xlsx_sheet *s, const char *title)
{
    return !strcmp(plain_head(r->arena, s->name), title);
}

static bool is_taken(const struct reading *r, size_t sheet)
{
    for (size_t i = 0; i < r->form->n; i++)
        if (r->sheets[i].title && r->sheets[i].sheet == sheet)
            return true;
    return false;
}

/* Which of those that the sheet lacks a head may be: one that it holds, like 5.项目金额（元）, or
 * the nearest by its letters. "": none. */
static const char *nearest_head(const struct read_sheet *s, const char *head)
{
    const struct book_sheet *form = s->form;
    struct spelling_guess guess = {.word = head};
    const char *held = "";
    for (size_t i = 0; i < form->n; i++) {
        const char *own = form->columns[i].head;
        if (s->at[i])
            continue;
        spelling_guess(&guess, own);
        if (strstr(head, own) && strlen(own) > strlen(held))
            held = own;
    }
    return *held ? held : guess.best ? guess.best : "";
}

static void name_columns(struct reading *r, struct read_sheet *s, const struct head_row *h)
{
    const struct book_sheet *form = s->form;
    s->head_row = h->row;
    s->n_columns = h->n;
    s->of_column = ARENA_ARRAY(r->arena, int, h->n + 1);
    s->headless = ARENA_ARRAY(r->arena, bool, h->n + 1);
    s->at = ARENA_ARRAY(r->arena, uint32_t, form->n + 1);
    s->twin = ARENA_ARRAY(r->arena, uint32_t, form->n + 1);
    for (uint32_t k = 0; k <= h->n; k++) {
        int c = k > 0 && h->heads[k] ? column_of_head(form, h->heads[k]) : -1;
        s->of_column[k] = c;
        s->headless[k] = c < 0 && k > 0 && h->heads[k] && *h->heads[k];
        if (c >= 0 && !s->at[c]) {
            s->at[c] = k;
        } else if (c >= 0) {
            s->twin[c] = k;
            s->of_column[k] = -1;
        }
    }
}

static void tell_other_heads(struct reading *r, struct read_sheet *s, const struct head_row *h)
{
    for (uint32_t k = 1; k <= h->n; k++) {
        const char *best = s->headless[k] ? nearest_head(s, h->heads[k]) : "";
        if (s->headless[k])
            book_say(r, SEVERITY_WARNING, (struct book_place){s, h->row, k, NULL, NULL}, "%s%.0s",
                     "%.0s%s",
                     arena_printf(r->arena, "没有“%s”这一列，这一列没有读%s%s%s", h->heads[k],
                                  *best ? "；是不是“" : "", best, *best ? "”" : ""),
                     arena_printf(r->arena, "no column is named '%s': it was not read%s%s%s",
                                  h->heads[k], *best ? "; is it '" : "", best, *best ? "'" : ""));
    }
}

/* Columns that have to be there; those that tie rows together need not, in a book of one person. */
static void miss_columns(struct reading *r, struct read_sheet *s)
{
    for (size_t i = 0; i < s->form->n; i++)
        if (!s->at[i] && s->form->columns[i].required && s->form->columns[i].kind == COLUMN_VALUE)
            book_say(r, SEVERITY_ERROR, (struct book_place){s, s->head_row, 0, NULL, NULL},
                     "缺少“%s”列：请在第 %u 行加上这个表头",
                     "it lacks the column '%s': put its head into row %u", s->form->columns[i].head,
                     (unsigned)s->head_row);
}

/* Does anything stand below its heads? */
static bool has_rows(struct reading *r, size_t sheet, uint32_t head)
{
    struct xlsx_rows *rows = xlsx_rows_new(r->file, sheet, r->remarks);
    struct xlsx_row row;
    bool has = false;
    while (!has && xlsx_rows_next(rows, &row))
        has = row.row > head && row.n > 0;
    xlsx_rows_free(rows);
    return has;
}

/* Who hides a sheet may think that it is left out. */
static void tell_hidden_sheet(struct reading *r, struct read_sheet *s)
{
    const struct xlsx_sheet *list;
    xlsx_sheets(r->file, &list);
    if (list[s->sheet].hidden && has_rows(r, s->sheet, s->head_row))
        book_say(r, SEVERITY_INFO, (struct book_place){s, 0, 0, NULL, NULL}, "这张表隐藏着，也读了",
                 "the sheet is hidden, and was read like the others");
}

static bool claim_sheet(struct reading *r, size_t form, size_t sheet, const char *title)
{
    struct read_sheet *s = &r->sheets[form];
    struct head_row heads;
    *s = (struct read_sheet){
        .form = &r->form->sheets[form], .sheet = sheet, .title = arena_strdup(r->arena, title)};
    if (!find_heads(r, s->form, sheet, &heads)) {
        const char *first = s->form->columns[0].head;
        r->lost = r->lost_sheet = true;
        s->form = NULL;
        return !xlsx_broken(r->file) && /* whose fault was reported */
               book_say(r, SEVERITY_ERROR, (struct book_place){s, 0, 0, NULL, NULL},
                        "前 %d 行里没有表头，整张表没有读；请恢复表头（如“%s”）",
                        "none of its first %d rows has heads, so it was not read: restore them "
                        "('%s')",
                        HEAD_ROWS, first);
    }
    name_columns(r, s, &heads);
    tell_other_heads(r, s, &heads);
    miss_columns(r, s);
    tell_hidden_sheet(r, s);
    return true;
}

/* The form's sheet whose heads the sheet has; *whole: nearly all of them. -1: none. */
static int sheet_by_heads(struct reading *r, size_t sheet)
{
    size_t best = 0, found = 0;
    for (size_t i = 0; i < r->form->n; i++) {
        struct head_row h;
        const struct book_sheet *form = &r->form->sheets[i];
        if (find_heads(r, form, sheet, &h) && h.found * 100 / form->n >= RENAMED_SHARE &&
            h.found > found) {
            found = h.found;
            best = i;
        }
    }
    return found > 1 ? (int)best : -1;
}

static void other_sheet(struct reading *r, size_t sheet, const struct xlsx_sheet *s)
{
    struct read_sheet shown = {.title = s->name};
    struct book_place at = {&shown, 0, 0, NULL, NULL};
    int form = s->cells ? sheet_by_heads(r, sheet) : -1;
    if (form >= 0 && !r->sheets[form].form) {
        if (claim_sheet(r, (size_t)form, sheet, s->name))
            book_say(r, SEVERITY_INFO, at, "表名不是“%s”，按表头当作这张表读",
                     "it is not named '%s', and is read as that sheet by its heads",
                     r->form->sheets[form].title);
    } else if (form >= 0 && has_rows(r, sheet, 1)) {
        r->lost = true;
        book_say(
            r, SEVERITY_ERROR, at, "像是“%s”表的副本，没有读；请把要的行移到“%s”表，再删去这张表",
            "it looks like a copy of the sheet %s, and was not read: move the rows you need to "
            "%s, then delete it",
            r->form->sheets[form].title, r->form->sheets[form].title);
    } else if (form < 0 && s->cells && has_rows(r, sheet, 0)) {
        book_say(r, SEVERITY_INFO, at, "不是填报用的表，没有读",
                 "it is no sheet of ours, and was not read");
    }
}

bool book_find_sheets(struct reading *r)
{
    const struct xlsx_sheet *list;
    size_t n = xlsx_sheets(r->file, &list), found = 0;
    r->sheets = ARENA_ARRAY(r->arena, struct read_sheet, r->form->n);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < r->form->n; i++)
            if (list[k].cells && !r->sheets[i].form &&
                has_title(r, &list[k], r->form->sheets[i].title))
                claim_sheet(r, i, k, list[k].name);
    for (size_t k = 0; k < n; k++)
        if (!is_taken(r, k) && !is_ours(r, k, list[k].name))
            other_sheet(r, k, &list[k]);
    if (xlsx_broken(r->file))
        return false;
    for (size_t i = 0; i < r->form->n; i++)
        found += r->sheets[i].form != NULL;
    if (found == 0)
        return diag_error(
            r->remarks, (struct src_pos){r->name, 0},
            "工作簿里没有填报用的表；请用 shenbao workbook -o 申报数据.xlsx 生成一本来填",
            "it has none of the sheets to fill in: make a workbook with shenbao "
            "workbook -o FILE");
    for (size_t i = 0; i < r->form->n; i++) {
        const char *e = r->form->sheets[i].rows->element;
        bool basic = !strcmp(e, "batch") || !strcmp(e, "unit") ||
                     (!strcmp(e, "applicant") && !r->form->sheets[i].rows->joins);
        if (!r->sheets[i].form && basic && !r->lost)
            diag_error(r->remarks, (struct src_pos){r->name, 0}, "缺少“%s”表",
                       "it lacks the sheet '%s'", r->form->sheets[i].title);
    }
    return true;
}
