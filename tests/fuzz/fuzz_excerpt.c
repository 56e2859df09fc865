/* fuzz_excerpt.c - what an earlier run has kept of a workbook for one person: bytes of the user's
 * cache, which are as good as none unless they are whole. */
#include "door.h"

#include "core/cells.h"
#include "record/record.h"
#include "workbook/book_excerpts.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void hold_excerpt(const struct book_excerpt *e)
{
    const struct cell_map *map = &e->made.map;
    struct stat st;
    door_hold(fstat(e->made.fd, &st) == 0);
    for (size_t i = 0; i < map->n_rows; i++)
        door_hold(map->rows[i].element && map->rows[i].sheet < map->n_sheets &&
                  (i == 0 || map->rows[i].line >= map->rows[i - 1].line));
    for (size_t i = 0; i < map->n_sheets; i++)
        door_came(&map->sheets[i].n, sizeof map->sheets[i].n);
    for (size_t i = 0; i < e->n_recommended; i++)
        door_hold(e->recommended[i].unit && e->recommended[i].target && e->recommended[i].grade);
    door_came(&st.st_size, sizeof st.st_size);
    door_came(&map->n_rows, sizeof map->n_rows);
}

/* As findings at its lines ask. */
static void look_up(const struct cell_map *map)
{
    char cell[CELL_NAME];
    const char *sheet;
    cells_use(map, 1);
    for (size_t i = 0; i < map->n_rows; i++) {
        long line = map->rows[i].line;
        if (cells_find(map->file, line, "project[2]/@id", "编号", &sheet, cell))
            door_hold(*cell);
        if (cells_hold(map->file, line, "project[2]/@id", &sheet, cell))
            door_came(sheet, strlen(sheet));
        if (cells_find_name(map->file, line, &sheet, cell))
            door_came(sheet, strlen(sheet));
    }
    cells_use(NULL, 0);
}

void door_run(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct book_excerpt e;
    struct buffer state = {0};
    buffer_puts(&state, "state");
    const char *path = door_put("excerpt", data, size);
    if (book_excerpt_read(path, &state, "book.xlsx", "A001", &arena, &e)) {
        hold_excerpt(&e);
        look_up(&e.made.map);
        book_made_clear(&e.made);
    }
    buffer_clear(&state);
    arena_free(&arena);
}
