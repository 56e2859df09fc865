/* xlsx.c - see xlsx.h. Opens a workbook: its sheets, properties, and what all sheets share. */
#include "workbook/xlsx_book.h"

#include "workbook/foreign.h"
#include "workbook/part.h"
#include "workbook/xstring.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool xlsx_too_many(struct xlsx *x, int part, int most)
{
    return archive_refuse(x->archive, part, "的内容过多：至多 %d 项", "holds too much: at most %d",
                          most);
}

bool xlsx_refuse_at(struct xlsx *x, size_t sheet, const char *address, const char *zh,
                    const char *en)
{
    struct finding f = {.severity = SEVERITY_ERROR,
                        .at = {x->file, 0},
                        .sheet = x->sheets[sheet].name,
                        .cell = address};
    if (!archive_broken(x->archive))
        diag_add(archive_diag(x->archive), f, "%s%.0s", "%.0s%s", zh, en);
    return archive_break(x->archive);
}

static char *plain_copy(struct xlsx *x, struct part_text t)
{
    char *copy = arena_strndup(&x->arena, t.s, t.len);
    copy[xstring_plain(copy, t.len)] = '\0';
    return copy;
}

static bool add_sheet(struct xlsx *x, const struct part_element *e)
{
    struct part_text name = part_attribute(e, "name"), state = part_attribute(e, "state"),
                     id = part_attribute_in(e, SPACE_RELATION, "id");

    if (!name.s || !id.s)
        return archive_refuse(x->archive, x->part, "已损坏：有一个工作表没有名称",
                              "is damaged: one of its sheets has no name");
    if (x->n_sheets == XLSX_SHEETS)
        return xlsx_too_many(x, x->part, XLSX_SHEETS);
    const struct relation *relation =
        relation_by_id(&x->relations, arena_strndup(&x->arena, id.s, id.len));
    struct xlsx_sheet *sheet = &x->sheets[x->n_sheets];
    sheet->name = plain_copy(x, name);
    sheet->hidden = state.s && !part_text_is(state, "visible");
    /* what leads nowhere is no diagram: its rows are missed */
    sheet->cells = !relation || !strcmp(relation->type, "worksheet");
    x->parts[x->n_sheets].part = relation_part(x->archive, relation);
    x->n_sheets++;
    if (sheet->cells && x->parts[x->n_sheets - 1].part == ARCHIVE_NONE)
        return archive_refuse(
            x->archive, x->part, "指出的工作表“%s”不在文件里：文件不完整，请重新另存或重新传送一份",
            "names the sheet %s, which is not in the file: the file is not whole, "
            "save it again or have it sent again",
            sheet->name);
    return true;
}

/* Elsewhere, or in a second list, nobody sees a sheet. */
struct book_reading {
    struct xlsx *x;
    int depth;
    bool listed, in_list; /* <sheets> has come, is open */
};

static bool on_workbook(void *data, const struct part_element *e)
{
    struct book_reading *r = data;
    r->depth++;
    if (r->depth == 2 && part_is(e, SPACE_SHEET, "workbookPr"))
        r->x->date1904 = part_flag(part_attribute(e, "date1904"), false);
    else if (r->depth == 2 && !r->listed && part_is(e, SPACE_SHEET, "sheets"))
        r->listed = r->in_list = true;
    else if (r->depth == 3 && r->in_list && part_is(e, SPACE_SHEET, "sheet"))
        return add_sheet(r->x, e);
    return true;
}

static bool on_workbook_end(void *data, enum part_space space, const char *name)
{
    struct book_reading *r = data;
    (void)space, (void)name;
    r->in_list = r->in_list && r->depth > 2;
    r->depth--;
    return true;
}

/* The workbook's own part, by the package's relations or where it usually lies. */
static bool find_workbook(struct xlsx *x)
{
    struct relations package;
    if (!relations_read(x->archive, ARCHIVE_NONE, &x->arena, &package))
        return false;
    x->part = relation_part(x->archive, relation_by_type(&package, "officeDocument"));
    if (x->part == ARCHIVE_NONE)
        x->part = archive_find(x->archive, "xl/workbook.xml");
    if (x->part == ARCHIVE_NONE)
        return foreign_archive(x->archive);
    return foreign_main_part(x->archive, x->part);
}

static bool read_workbook(struct xlsx *x)
{
    static const struct part_events events = {.start = on_workbook, .end = on_workbook_end};
    struct book_reading r = {.x = x};

    x->sheets = ARENA_ARRAY(&x->arena, struct xlsx_sheet, XLSX_SHEETS);
    x->parts = ARENA_ARRAY(&x->arena, struct worksheet_part, XLSX_SHEETS);
    if (!relations_read(x->archive, x->part, &x->arena, &x->relations) ||
        !part_read(x->archive, x->part, &events, &r))
        return false;
    if (!x->n_sheets)
        return archive_refuse(x->archive, x->part, "里没有工作表：文件不完整",
                              "has no sheets: the file is not whole");
    for (size_t i = 0; i < x->n_sheets; i++)
        if (x->parts[i].part != ARCHIVE_NONE &&
            !relations_read(x->archive, x->parts[i].part, &x->arena, &x->parts[i].relations))
            return false;
    return true;
}

/* Custom properties: <property name=""><vt:lpwstr>text</vt:lpwstr></property>. */
struct property_reading {
    struct xlsx *x;
    struct buffer text;
    const char *name; /* of the property at hand; NULL: none */
    int part;
};

static bool on_property(void *data, const struct part_element *e)
{
    struct property_reading *r = data;
    if (part_is(e, SPACE_PROPERTIES, "property")) {
        struct part_text name = part_attribute(e, "name");
        r->name = name.s ? plain_copy(r->x, name) : NULL;
        r->text.len = 0;
    }
    return true;
}

static bool on_property_text(void *data, struct part_text text)
{
    struct property_reading *r = data;
    if (r->name)
        buffer_add(&r->text, text.s, text.len);
    return true;
}

static bool on_property_end(void *data, enum part_space space, const char *name)
{
    struct property_reading *r = data;
    struct xlsx *x = r->x;
    if (space != SPACE_PROPERTIES || strcmp(name, "property") || !r->name)
        return true;
    if (x->n_properties == XLSX_THINGS)
        return xlsx_too_many(x, r->part, XLSX_THINGS);
    const char *text = r->text.len ? (const char *)r->text.data : "";
    *ARENA_PUSH(&x->arena, x->properties, x->n_properties, x->properties_cap) =
        (struct property){r->name, plain_copy(x, (struct part_text){text, r->text.len})};
    r->name = NULL;
    return true;
}

static bool read_properties(struct xlsx *x)
{
    static const struct part_events events = {
        .start = on_property, .end = on_property_end, .text = on_property_text};
    struct property_reading r = {.x = x};
    struct relations package;

    if (!relations_read(x->archive, ARCHIVE_NONE, &x->arena, &package))
        return false;
    const struct relation *relation = relation_by_type(&package, "custom-properties");
    if (!relation)
        relation = relation_by_type(&package, "customProperties");
    r.part = relation_part(x->archive, relation);
    bool ok = r.part == ARCHIVE_NONE || part_read(x->archive, r.part, &events, &r);
    buffer_clear(&r.text);
    return ok;
}

static int related(const struct xlsx *x, const char *type)
{
    return relation_part(x->archive, relation_by_type(&x->relations, type));
}

struct xlsx *xlsx_open(int fd, const char *name, struct diag *diag)
{
    if (!foreign_refuse(fd, name, diag))
        return NULL;
    struct xlsx *x = mem_alloc(1, sizeof *x);
    x->file = arena_strdup(&x->arena, name);
    x->archive = archive_open(fd, name, diag);
    if (x->archive && find_workbook(x) && read_workbook(x) && read_properties(x) &&
        formats_read(x->archive, related(x, "styles"), &x->arena, &x->formats) &&
        (x->strings = shared_strings_read(x->archive, related(x, "sharedStrings"))) &&
        xlsx_read_pictures(x) && xlsx_read_rich_values(x)) {
        xlsx_sort_images(x);
        return x;
    }
    xlsx_free(x);
    return NULL;
}

void xlsx_free(struct xlsx *x)
{
    if (!x)
        return;
    shared_strings_free(x->strings);
    archive_free(x->archive);
    arena_free(&x->arena);
    free(x);
}

bool xlsx_broken(const struct xlsx *x)
{
    return archive_broken(x->archive);
}

size_t xlsx_sheets(const struct xlsx *x, const struct xlsx_sheet **out)
{
    *out = x->sheets;
    return x->n_sheets;
}

const char *xlsx_property(const struct xlsx *x, const char *name)
{
    for (size_t i = 0; i < x->n_properties; i++)
        if (!strcmp(x->properties[i].name, name))
            return x->properties[i].value;
    return NULL;
}

bool xlsx_address_read(const char *s, uint32_t *row, uint32_t *column)
{
    uint64_t r = 0, c = 0;
    const char *p = s;

    for (; isalpha((unsigned char)*p) && c <= XLSX_COLUMNS; p++)
        c = c * 26 + (uint64_t)(toupper((unsigned char)*p) - 'A' + 1);
    const char *digits = p;
    for (; isdigit((unsigned char)*p) && r <= XLSX_ROWS; p++)
        r = r * 10 + (uint64_t)(*p - '0');
    if (p == digits || *p || c < 1 || c > XLSX_COLUMNS || r < 1 || r > XLSX_ROWS)
        return false;
    *row = (uint32_t)r;
    *column = (uint32_t)c;
    return true;
}
