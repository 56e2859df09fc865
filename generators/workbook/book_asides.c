/* book_asides.c - rows of a sheet that are none of the data: totals, and remarks below the table.
 */
#include "record/correction.h"
#include "workbook/book_reading.h"

#include <string.h>

/* How long the word is that the folded text begins with; 0: it begins with none. */
static size_t begins_with_one(const struct book_words *words, const char *text)
{
    size_t longest = 0;
    for (size_t i = 0; i < words->n; i++) {
        size_t n = strlen(words->list[i]);
        if (!strncmp(text, words->list[i], n) && n > longest)
            longest = n;
    }
    return longest;
}

static const struct book_column *column_of(const struct read_sheet *s, uint32_t column)
{
    int c = column <= s->n_columns ? s->of_column[column] : -1;
    return c >= 0 ? &s->form->columns[c] : NULL;
}

/* Where a row is named: whose it is, or what. */
static bool names_row(const struct book_column *c)
{
    return c && (c->kind == COLUMN_PERSON || c->kind == COLUMN_UNIT || c->kind == COLUMN_NAME ||
                 (c->required && c->rule.type == VALUE_LINE));
}

static enum book_aside aside_of(const struct book_template *form, const char *text, bool first,
                                const struct book_column *c)
{
    size_t total = begins_with_one(&form->totals, text);
    if (total && (!text[total] || !strcmp(text + total, ":")))
        return ASIDE_TOTAL;
    bool key = c && (c->kind != COLUMN_VALUE || c->rule.type == VALUE_ID);
    size_t remark = first && key ? begins_with_one(&form->remarks, text) : 0;
    return remark && text[remark] == ':' ? ASIDE_REMARK : ASIDE_NONE;
}

/* Below the heads, the columns' own numbers: 1, 2, 3 ... in more than half of them, and nothing
 * else but perhaps a word at the first, which says what they are and is no id. */
static bool numbers_columns(const struct read_sheet *s, const struct xlsx_row *row)
{
    enum { FEWEST = 3 };
    char number[24] = "1";
    size_t n = 0, heads = 0;
    bool first = true;
    for (size_t i = 0; row->row == s->head_row + 1 && i < row->n; i++) {
        const struct xlsx_cell *cell = &row->cells[i];
        bool text = cell->kind == XLSX_TEXT;
        if (cell->kind == XLSX_EMPTY)
            continue;
        if ((text || cell->kind == XLSX_NUMBER) && !strcmp(cell->text, number))
            snprintf(number, sizeof number, "%zu", ++n + 1);
        else if (!first || !text || strpbrk(cell->text, "0123456789"))
            return false;
        first = false;
    }
    for (size_t i = 0; i < s->form->n; i++)
        heads += s->at[i] > 0;
    return n >= FEWEST && 2 * n > heads;
}

enum book_aside book_aside(const struct book_template *form, const struct read_sheet *s,
                           const struct xlsx_row *row, struct arena *arena, uint32_t *column)
{
    bool first = true;
    *column = row->n ? row->cells[0].column : 0;
    if (numbers_columns(s, row))
        return ASIDE_NUMBERS;
    for (size_t i = 0; i < row->n; i++) {
        const struct xlsx_cell *cell = &row->cells[i];
        const struct book_column *c = column_of(s, cell->column);
        if (cell->kind != XLSX_TEXT || !(first || names_row(c))) {
            first = first && cell->kind == XLSX_EMPTY;
            continue;
        }
        const char *text = correction_folded(cell->text, arena);
        enum book_aside aside = aside_of(form, text, first, c);
        *column = cell->column;
        if (aside != ASIDE_NONE)
            return aside;
        first = first && !*text;
    }
    return ASIDE_NONE;
}
