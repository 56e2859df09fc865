/* cell_edit.c - see cell_edit.h. ECMA-376, 18.3.1.4 (c), 18.3.1.53 (is). */
#include "workbook/cell_edit.h"

#include "core/cells.h"
#include "core/markup.h"
#include "core/output.h"
#include "core/spool.h"
#include "core/temporary.h"
#include "sheet/cell.h"
#include "workbook/package_edit.h"
#include "workbook/part.h"
#include "workbook/xlsx_book.h"
#include "xml/xml_node.h"

#include <string.h>
#include <unistd.h>

struct editing {
    const struct cell_edit *edit;
    const char *name;
    struct xlsx *x;
    size_t sheet;
    uint32_t row, column;
    bool passed_over; /* the edit at hand is not made, and the others are */
    struct package_edit *package;
    struct arena arena;
    struct diag *diag;
};

static bool refuse(struct editing *e, const char *zh, const char *en)
{
    const struct cell_edit *edit = e->edit;
    struct finding f = {.at = {e->name, 0}, .sheet = edit->sheet, .cell = edit->cell};
    f.text[LANGUAGE_ZH] = zh;
    f.text[LANGUAGE_EN] = en;
    e->passed_over = edit->need != CELL_EDIT_MUST;
    if (edit->need == CELL_EDIT_MAY)
        return false;
    if (edit->need == CELL_EDIT_TOLD) {
        f.severity = SEVERITY_WARNING;
        f.at = edit->at;
        f.sheet = f.cell = NULL;
    }
    diag_pass(e->diag, &f);
    return false;
}

static bool find_sheet(struct editing *e)
{
    const struct xlsx_sheet *sheets;
    size_t n = xlsx_sheets(e->x, &sheets);
    e->sheet = 0;
    while (e->sheet < n && strcmp(sheets[e->sheet].name, e->edit->sheet))
        e->sheet++;
    if (e->sheet == n || !sheets[e->sheet].cells)
        return refuse(e, "没有这张表", "there is no such sheet");
    return xlsx_address_read(e->edit->cell, &e->row, &e->column) ||
           refuse(e, "没有这样的单元格", "there is no such cell");
}

/* What the cell holds now; NULL: reported. */
static const char *read_cell(struct editing *e)
{
    struct xlsx_rows *rows = xlsx_rows_new(e->x, e->sheet, e->diag);
    struct xlsx_row row;
    const char *text = "";
    while (xlsx_rows_next(rows, &row) && row.row <= e->row)
        for (size_t i = 0; row.row == e->row && i < row.n; i++)
            if (row.cells[i].column == e->column)
                text = arena_strdup(&e->arena, row.cells[i].text);
    xlsx_rows_free(rows);
    return archive_broken(e->x->archive) ? NULL : text;
}

void cell_edit_conflict(const char *now, const char *was, struct arena *arena, const char **zh,
                        const char **en)
{
    *zh = arena_printf(arena, "现在是“%s”，不是“%s”：别处已改过，请核对后再改", now, was);
    *en = arena_printf(arena, "holds '%s' now, not '%s': it was changed elsewhere, look again", now,
                       was);
}

static bool is_as_said(struct editing *e)
{
    const char *now = read_cell(e), *was = e->edit->was, *zh, *en;
    if (!now)
        return false;
    if (!was || !strcmp(now, was))
        return true;
    if (e->edit->need == CELL_EDIT_TOLD && !strcmp(now, e->edit->value)) {
        e->passed_over = true;
        return false;
    }
    cell_edit_conflict(now, was, &e->arena, &zh, &en);
    return refuse(e, zh, en);
}

/* The child of the name whose r is this, or who stands there for want of one, made where there is
 * none, in the order of the addresses. place: of an address, what children are in order by. */
static xmlNode *child_at(struct editing *e, xmlNode *parent, const char *name, const char *address,
                         uint32_t at, uint32_t (*place)(const char *address))
{
    xmlNode *n = NULL;
    uint32_t own = 0;
    while ((n = xml_child(parent, name, n))) {
        const char *written = xml_attribute_text(n, "r", &e->arena);
        own = *written ? place(written) : own + 1; /* behind the one before */
        if (own == at)
            return n;
        if (own > at)
            break;
    }
    return dom_add(parent, n, arena_printf(&e->arena, "<%s r=\"%s\"/>", name, address));
}

static uint32_t row_place(const char *address)
{
    uint32_t row = 0;
    for (; *address >= '0' && *address <= '9' && row < XLSX_ROWS; address++)
        row = row * 10 + (uint32_t)(*address - '0');
    return row;
}

static uint32_t column_place(const char *address)
{
    uint32_t row, column = 0;
    return xlsx_address_read(address, &row, &column) ? column : 0;
}

/* Cells that count with the formula of the one that is overwritten keep what they show now. */
static void end_sharing(struct editing *e, xmlNode *data, const char *number)
{
    size_t n = 0;
    for (xmlNode *row = NULL; (row = xml_child(data, "row", row));)
        for (xmlNode *cell = NULL; (cell = xml_child(row, "c", cell));) {
            xmlNode *f = xml_child(cell, "f", NULL);
            if (!f || strcmp(xml_attribute_text(f, "t", &e->arena), "shared") ||
                strcmp(xml_attribute_text(f, "si", &e->arena), number))
                continue;
            dom_remove(f);
            n++;
        }
    if (n > 1)
        diag_add(e->diag,
                 (struct finding){.severity = SEVERITY_WARNING,
                                  .at = {e->name, 0},
                                  .sheet = e->edit->sheet,
                                  .cell = e->edit->cell},
                 "这里原是公式，另有 %zu 个单元格随它填充：它们的公式已改为现在的值",
                 "held a formula that %zu other cells are filled with: they keep their present "
                 "values and no formula",
                 n - 1);
}

/* Without its formula the cell is none of the list by which Excel counts, which it makes anew:
 * one that is not true is a damaged file to it. */
static bool drop_formula(struct editing *e, xmlNode *data, xmlNode *cell)
{
    xmlNode *f = xml_child(cell, "f", NULL);
    const struct relation *chain = relation_by_type(&e->x->relations, "calcChain");
    int part = relation_part(e->x->archive, chain);
    if (!f)
        return true;
    xmlUnsetProp(cell, BAD_CAST "cm");
    if (*xml_text(f, &e->arena) && !strcmp(xml_attribute_text(f, "t", &e->arena), "shared"))
        end_sharing(e, data, xml_attribute_text(f, "si", &e->arena));
    if (part == ARCHIVE_NONE)
        return true;
    package_drop(e->package, part);
    return package_unrelate(e->package, archive_name(e->x->archive, e->x->part), chain->id);
}

/* As Excel writes a text that is no shared one; the style stays. */
static bool put_text(struct editing *e, xmlNode *cell)
{
    struct buffer out = {0};
    for (xmlNode *n; (n = xml_child(cell, NULL, NULL));)
        dom_remove(n);
    xmlUnsetProp(cell, BAD_CAST "vm");
    xmlUnsetProp(cell, BAD_CAST "t");
    if (!*e->edit->value)
        return true;
    xmlSetProp(cell, BAD_CAST "t", BAD_CAST "inlineStr");
    buffer_puts(&out, "<is><t xml:space=\"preserve\">");
    buffer_markup(&out, text_escaped(&e->arena, e->edit->value));
    buffer_puts(&out, "</t></is>");
    buffer_putc(&out, '\0');
    bool ok = dom_add(cell, NULL, (char *)out.data);
    buffer_clear(&out);
    return ok || refuse(e, "这段文字里有不能写进工作簿的字符",
                        "the text has a character that no workbook can hold");
}

static bool change_sheet(struct editing *e)
{
    xmlDoc *doc = package_tree(e->package, e->x->parts[e->sheet].part);
    xmlNode *data = doc ? xml_child(xmlDocGetRootElement(doc), "sheetData", NULL) : NULL;
    if (!data || !data->ns || part_space_named((const char *)data->ns->href) != SPACE_SHEET)
        return refuse(e, "这张表读不出", "the sheet cannot be read");
    const char *number = arena_printf(&e->arena, "%u", (unsigned)e->row);
    char address[CELL_NAME];
    xmlNode *row = child_at(e, data, "row", number, e->row, row_place);
    xmlUnsetProp(row, BAD_CAST "spans");
    xmlNode *cell =
        child_at(e, row, "c", cell_name(address, e->row, e->column), e->column, column_place);
    return drop_formula(e, data, cell) && put_text(e, cell);
}

static bool write_file(struct editing *e, const char *path)
{
    int out = output_temporary(path, e->diag);
    bool ok = out >= 0 && (package_write(e->package, out) || archive_broken(e->x->archive) ||
                           output_failed(path, e->diag));
    ok = ok && !archive_broken(e->x->archive) && output_name(path, out, e->diag);
    if (out >= 0)
        close(out);
    return ok;
}

static bool make_edit(struct editing *e, const struct cell_edit *edit)
{
    e->edit = edit;
    e->passed_over = false;
    return (find_sheet(e) && is_as_said(e) && change_sheet(e)) || e->passed_over;
}

bool cell_edit_write(int fd, const char *name, const struct cell_edit *edits, size_t n,
                     const char *path, struct diag *diag)
{
    struct editing e = {.name = name, .diag = diag};
    int spool_file = temporary_open(name, diag);
    if (spool_file < 0)
        return false;
    struct spool *spool = spool_new(spool_file);
    bool ok = (e.x = xlsx_open(fd, name, diag));
    if (ok)
        e.package = package_edit_new(e.x->archive, spool);
    for (size_t i = 0; ok && i < n; i++)
        ok = make_edit(&e, &edits[i]);
    ok = ok && write_file(&e, path);
    package_edit_free(e.package);
    xlsx_free(e.x);
    spool_free(spool);
    arena_free(&e.arena);
    return ok;
}
