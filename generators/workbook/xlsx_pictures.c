/* xlsx_pictures.c - the pictures of a workbook: floating ones by the sheets' drawings, those in
 * cells by WPS's list (cellimages.xml) or Excel's rich values. See xlsx.h. */
#include "workbook/part.h"
#include "workbook/xlsx_book.h"

#include <stdlib.h>
#include <string.h>

/* A drawing of a sheet, or WPS's list of pictures in cells: both hold xdr:pic. */
struct drawing {
    struct xlsx *x;
    int part;
    struct relations relations;
    size_t sheet; /* SIZE_MAX: WPS's list */
    bool in_from; /* an anchor's upper left corner */
    enum { NUMBER_NONE, NUMBER_ROW, NUMBER_COLUMN } number;
    long long row, column; /* from 0 */
    bool in_picture;
    const char *name; /* of the picture at hand */
    int image;
};

static bool on_picture_start(struct drawing *d, const struct part_element *e)
{
    struct arena *a = &d->x->arena;
    struct part_text name = part_attribute(e, "name"),
                     embed = part_attribute_in(e, SPACE_RELATION, "embed");

    if (part_is(e, SPACE_SHEET_DRAWING, "cNvPr") && name.s)
        d->name = arena_strndup(a, name.s, name.len);
    else if (part_is(e, SPACE_DRAWING, "blip") && embed.s && d->image == ARCHIVE_NONE)
        d->image = relation_part(
            d->x->archive, relation_by_id(&d->relations, arena_strndup(a, embed.s, embed.len)));
    return true;
}

static bool on_drawing_start(void *data, const struct part_element *e)
{
    struct drawing *d = data;

    if (d->in_picture)
        return on_picture_start(d, e);
    if (e->space != SPACE_SHEET_DRAWING)
        return true;
    d->number = d->in_from && !strcmp(e->name, "row")   ? NUMBER_ROW
                : d->in_from && !strcmp(e->name, "col") ? NUMBER_COLUMN
                                                        : NUMBER_NONE;
    d->in_from = d->in_from || !strcmp(e->name, "from");
    if (strstr(e->name, "Anchor"))
        d->row = d->column = 0;
    if (!strcmp(e->name, "pic")) {
        d->in_picture = true;
        d->name = "";
        d->image = ARCHIVE_NONE;
    }
    return true;
}

static bool on_drawing_text(void *data, struct part_text text)
{
    struct drawing *d = data;
    if (d->number == NUMBER_ROW)
        d->row = part_number(text);
    else if (d->number == NUMBER_COLUMN)
        d->column = part_number(text);
    return true;
}

static size_t add_picture(struct xlsx *x, struct xlsx_picture picture, int part)
{
    picture.part = part == ARCHIVE_NONE ? "" : archive_name(x->archive, part);
    picture.bytes = part == ARCHIVE_NONE ? 0 : archive_size(x->archive, part);
    *ARENA_PUSH(&x->arena, x->pictures, x->n_pictures, x->pictures_cap) = picture;
    return x->n_pictures - 1;
}

static bool end_picture(struct drawing *d)
{
    struct xlsx *x = d->x;

    d->in_picture = false;
    if (x->n_pictures == XLSX_THINGS || x->n_images == XLSX_THINGS)
        return xlsx_too_many(x, d->part, XLSX_THINGS);
    if (d->sheet == SIZE_MAX) {
        *ARENA_PUSH(&x->arena, x->images, x->n_images, x->images_cap) =
            (struct cell_image){.id = d->name, .part = d->image};
        return true;
    }
    long long row = d->row < 0 || d->row >= XLSX_ROWS ? 0 : d->row,
              column = d->column < 0 || d->column >= XLSX_COLUMNS ? 0 : d->column;
    add_picture(x,
                (struct xlsx_picture){.sheet = d->sheet,
                                      .row = (uint32_t)row + 1,
                                      .column = (uint32_t)column + 1,
                                      .place = XLSX_PICTURE_FLOATING,
                                      .name = d->name},
                d->image);
    return true;
}

static bool on_drawing_end(void *data, enum part_space space, const char *name)
{
    struct drawing *d = data;
    d->number = NUMBER_NONE;
    if (space != SPACE_SHEET_DRAWING)
        return true;
    if (!strcmp(name, "from"))
        d->in_from = false;
    return !d->in_picture || strcmp(name, "pic") || end_picture(d);
}

/* Of a sheet, or with SIZE_MAX WPS's list. */
static bool read_drawing(struct xlsx *x, int part, size_t sheet)
{
    static const struct part_events events = {
        .start = on_drawing_start, .end = on_drawing_end, .text = on_drawing_text};
    struct drawing d = {.x = x, .part = part, .sheet = sheet};

    if (part == ARCHIVE_NONE)
        return true;
    return relations_read(x->archive, part, &x->arena, &d.relations) &&
           part_read(x->archive, part, &events, &d);
}

bool xlsx_read_pictures(struct xlsx *x)
{
    const struct relation *list = relation_by_type(&x->relations, "cellImage");

    if (!read_drawing(x, relation_part(x->archive, list), SIZE_MAX))
        return false;
    for (size_t i = 0; i < x->n_sheets; i++) {
        const struct relations *r = &x->parts[i].relations;
        for (size_t k = 0; k < r->n; k++)
            if (!strcmp(r->list[k].type, "drawing") &&
                !read_drawing(x, relation_part(x->archive, &r->list[k]), i))
                return false;
    }
    return true;
}

/* A sheet may be read again: then its cells come again in the same order, and their pictures are
 * those that stand here. */
static size_t known_picture(const struct xlsx *x, struct worksheet_part *sheet, size_t number,
                            uint32_t row, uint32_t column)
{
    for (size_t n = 0; n < x->n_pictures; n++) {
        size_t i = (sheet->next_picture + n) % x->n_pictures;
        const struct xlsx_picture *p = &x->pictures[i];
        if (p->place == XLSX_PICTURE_IN_CELL && p->sheet == number && p->row == row &&
            p->column == column) {
            sheet->next_picture = i + 1;
            return i;
        }
    }
    return SIZE_MAX;
}

size_t xlsx_add_cell_picture(struct xlsx *x, const struct cell_image *image, size_t sheet,
                             uint32_t row, uint32_t column)
{
    struct worksheet_part *part = &x->parts[sheet];
    uint64_t place = (uint64_t)row * (XLSX_COLUMNS + 1) + column;

    if (place <= part->last_picture)
        return known_picture(x, part, sheet, row, column);
    if (x->n_pictures == XLSX_THINGS) {
        xlsx_too_many(x, part->part, XLSX_THINGS);
        return SIZE_MAX;
    }
    part->last_picture = place;
    return add_picture(x,
                       (struct xlsx_picture){.sheet = sheet,
                                             .row = row,
                                             .column = column,
                                             .place = XLSX_PICTURE_IN_CELL,
                                             .name = image->id ? image->id : ""},
                       image->part);
}

/* Excel's by their numbers, then WPS's by their ids. */
static int compare_images(const void *a, const void *b)
{
    const struct cell_image *x = a, *y = b;
    if (!x->id || !y->id)
        return x->id || y->id ? (x->id ? 1 : -1)
                              : (x->number > y->number) - (x->number < y->number);
    return strcmp(x->id, y->id);
}

void xlsx_sort_images(struct xlsx *x)
{
    if (x->n_images)
        qsort(x->images, x->n_images, sizeof *x->images, compare_images);
}

static const struct cell_image *find_image(const struct xlsx *x, struct cell_image key)
{
    return x->n_images ? bsearch(&key, x->images, x->n_images, sizeof key, compare_images) : NULL;
}

const struct cell_image *xlsx_image_by_id(const struct xlsx *x, const char *id)
{
    return find_image(x, (struct cell_image){.id = id});
}

const struct cell_image *xlsx_image_by_number(const struct xlsx *x, long long number)
{
    return find_image(x, (struct cell_image){.number = number});
}

size_t xlsx_pictures(const struct xlsx *x, const struct xlsx_picture **out)
{
    *out = x->pictures;
    return x->n_pictures;
}
