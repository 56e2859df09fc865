/* cells.c - see cells.h. */
#include "core/cells.h"

#include <stdio.h>
#include <string.h>

/* Of the process, like the language of its last message: findings arise in every module. */
static const struct cell_map *maps;
static size_t n_maps;

void cells_use(const struct cell_map *list, size_t n)
{
    maps = list;
    n_maps = n;
}

const char *cell_name(char out[CELL_NAME], uint32_t row, uint32_t column)
{
    char letters[8];
    size_t n = sizeof letters;
    for (letters[--n] = '\0'; column > 0 && n > 0; column = (column - 1) / 26)
        letters[--n] = (char)('A' + (column - 1) % 26);
    snprintf(out, CELL_NAME, "%.4s%u", letters + n, (unsigned)row % 100000000u);
    return out;
}

static const struct cell_map *map_of(const char *file)
{
    for (size_t i = 0; file && i < n_maps; i++)
        if (!strcmp(maps[i].file, file))
            return &maps[i];
    return NULL;
}

/* The last row that begins at the line or before it; NULL: none. */
static const struct cell_row *row_at(const struct cell_map *m, long line)
{
    size_t low = 0, high = m->n_rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->rows[middle].line <= line)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &m->rows[low - 1] : NULL;
}

/* The field below the row's element: what stands behind the last part of that name. A field of the
 * applicant's own rows has no such part. */
static const char *below(const char *field, const char *element)
{
    const char *rest = NULL;
    size_t len = strlen(element);
    for (const char *s = field; s; s = strchr(s, '/')) {
        s += *s == '/';
        const char *end = s + len;
        if (strncmp(s, element, len))
            continue;
        end += *end == '[' ? strcspn(end, "]") + 1 : 0;
        if (!*end || *end == '/')
            rest = end + (*end == '/');
    }
    return rest ? rest : field;
}

/* How much of the path the field names: all, its element, or nothing. */
static size_t agreement(const char *path, const char *field)
{
    size_t n = 0;
    while (path[n] && path[n] == field[n])
        n++;
    if (!path[n] && !field[n])
        return SIZE_MAX;
    bool ends = !field[n] ? path[n] == '/' || n == 0 : !path[n] && field[n] == '/';
    return ends && n > 0 ? n : 0;
}

static bool is_of(const char *list, const char *element)
{
    size_t len = strlen(element);
    for (const char *s = list; (s = strstr(s, element)); s += len)
        if ((s == list || s[-1] == ' ') && (!s[len] || s[len] == ' '))
            return true;
    return !*list;
}

static uint32_t column_of(const struct cell_sheet *s, const char *element, const char *field,
                          const char *label)
{
    uint32_t best = 0;
    size_t most = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct cell_column *c = &s->columns[i];
        size_t agree = field && is_of(c->of, element) ? agreement(c->path, field) : 0;
        if (agree > most) {
            most = agree;
            best = c->column;
        }
    }
    for (size_t i = 0; !best && label && *label && i < s->n; i++)
        if (is_of(s->columns[i].of, element) && !strcmp(s->columns[i].label, label))
            best = s->columns[i].column;
    return best ? best : s->first;
}

bool cells_find(const char *file, long line, const char *field, const char *label,
                const char **sheet, char cell[CELL_NAME])
{
    const struct cell_map *m = line > 0 ? map_of(file) : NULL;
    const struct cell_row *row = m ? row_at(m, line) : NULL;
    if (!row)
        return false;
    const struct cell_sheet *s = &m->sheets[row->sheet];
    *sheet = s->name;
    cell_name(cell, row->row,
              column_of(s, row->element, field ? below(field, row->element) : NULL, label));
    return true;
}

bool cells_hold(const char *file, long line, const char *field, const char **sheet,
                char cell[CELL_NAME])
{
    const struct cell_map *m = line > 0 ? map_of(file) : NULL;
    const struct cell_row *row = m ? row_at(m, line) : NULL;
    const struct cell_sheet *s = row ? &m->sheets[row->sheet] : NULL;
    const char *wanted = row ? below(field, row->element) : NULL;
    for (size_t i = 0; s && i < s->n; i++) {
        if (!is_of(s->columns[i].of, row->element) || strcmp(s->columns[i].path, wanted))
            continue;
        *sheet = s->name;
        cell_name(cell, row->row, s->columns[i].column);
        return true;
    }
    return false;
}

bool cells_find_name(const char *file, long line, const char **sheet, char cell[CELL_NAME])
{
    const struct cell_map *m = line > 0 ? map_of(file) : NULL;
    const struct cell_row *row = m ? row_at(m, line) : NULL;
    if (!row || !m->sheets[row->sheet].name_column)
        return false;
    *sheet = m->sheets[row->sheet].name;
    cell_name(cell, row->row, m->sheets[row->sheet].name_column);
    return true;
}

size_t cells_flaws(const char *file, long line, const struct cell_flaw **out, const char **element)
{
    const struct cell_map *m = line > 0 ? map_of(file) : NULL;
    size_t low = 0, high = m ? m->n_flaws : 0, end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->flaws[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; m && end < m->n_flaws && m->flaws[end].line == line;)
        end++;
    if (end == low)
        return 0;
    *out = m->flaws + low;
    *element = row_at(m, line)->element;
    return end - low;
}

bool cells_lost(const char *file)
{
    const struct cell_map *m = map_of(file);
    return m && m->lost_sheet;
}

bool cells_faulty(const char *file, long line)
{
    const struct cell_map *m = line > 0 ? map_of(file) : NULL;
    const struct cell_row *row = m ? row_at(m, line) : NULL;
    return row && row->faulty;
}
