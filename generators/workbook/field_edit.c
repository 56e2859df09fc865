/* field_edit.c - see field_edit.h. */
#include "workbook/field_edit.h"

#include "core/cells.h"
#include "core/json_value.h"
#include "core/small_file.h"
#include "record/node.h"

#include <string.h>

enum { MOST_BYTES = 64 << 20 };

struct placing {
    struct cell_edit *list;
    size_t n, cap;
    bool failed;
    struct arena *arena;
    struct diag *diag;
};

/* --- what is asked for --- */

bool field_edit_parse(const char *word, struct field_edit *out, struct arena *arena)
{
    const char *equals = word ? strchr(word, '=') : NULL, *mark = equals, *colon;
    while (mark && mark > word && *mark != '!')
        mark--;
    if (!equals)
        return false;
    *out = (struct field_edit){.value = equals + 1};
    if (*mark == '!') { /* a sheet's name may have any of the marks but the last before the cell */
        out->sheet = arena_strndup(arena, word, (size_t)(mark - word));
        out->cell = arena_strndup(arena, mark + 1, (size_t)(equals - mark) - 1);
        return true;
    }
    colon = memchr(word, ':', (size_t)(equals - word));
    if (!colon || colon == word || colon + 1 == equals)
        return false;
    out->applicant = arena_strndup(arena, word, (size_t)(colon - word));
    out->field = arena_strndup(arena, colon + 1, (size_t)(equals - colon) - 1);
    return true;
}

static bool read_line(const struct json_value *v, struct field_edit *out, struct arena *arena)
{
    const char *place = json_member_text(v, "place"), *mark = place ? strrchr(place, '!') : NULL;
    out->applicant = json_member_text(v, "applicant");
    out->field = out->applicant ? json_member_text(v, "field") : NULL;
    out->was = json_member_text(v, "was");
    out->value = json_member_text(v, "value");
    out->sheet = mark ? arena_strndup(arena, place, (size_t)(mark - place)) : NULL;
    out->cell = mark ? arena_strdup(arena, mark + 1) : NULL;
    return out->value && (out->field || mark);
}

bool field_edits_read(const char *path, struct field_edits *out, struct arena *arena,
                      struct diag *diag)
{
    char *text = small_file_text(path, MOST_BYTES, SMALL_FILE_GIVEN, arena, diag);
    bool ok = text;
    long number = 0;
    for (char *line; ok && (line = small_file_line(&text));) {
        struct field_edit edit = {.need = CELL_EDIT_TOLD, .at = {path, ++number}};
        const struct json_value *v = *line ? json_parse(arena, line, strlen(line)) : NULL;
        if (v && read_line(v, &edit, arena))
            *ARENA_PUSH(arena, out->list, out->n, out->cap) = edit;
        else if (*line)
            ok = diag_error(diag, edit.at, "不是一条改正", "is no correction");
    }
    return ok;
}

/* --- where it stands --- */

/* As far down the path as there are elements. Paths of what the person is part of begin with the
 * batch. */
static record_node *follow(record_node *applicant, const char *path, const char **rest)
{
    record_node *n = applicant;
    if (!strncmp(path, "batch/", strlen("batch/"))) {
        path += strlen("batch/");
        n = record_parent(applicant);
        bool unit = !strncmp(path, "unit", strlen("unit")) && strchr("[/", path[strlen("unit")]);
        path += unit && strchr(path, '/') ? strcspn(path, "/") + 1 : 0;
        while (!unit && n && record_parent(n))
            n = record_parent(n);
    }
    return n ? record_follow(n, path, rest) : NULL;
}

static void add_edit(struct placing *p, const struct field_edit *f, const char *sheet,
                     const char *cell)
{
    *ARENA_PUSH(p->arena, p->list, p->n, p->cap) =
        (struct cell_edit){.sheet = arena_strdup(p->arena, sheet),
                           .cell = arena_strdup(p->arena, cell),
                           .value = f->value,
                           .need = f->need,
                           .at = f->at};
}

/* cell: where it stands, as far as that is known; a correction that is written down stands there.
 */
static void refuse(struct placing *p, const struct field_edit *f, const struct cell_edit *cell,
                   const char *zh, const char *en)
{
    struct finding found = {.severity =
                                f->need == CELL_EDIT_TOLD ? SEVERITY_WARNING : SEVERITY_ERROR,
                            .applicant = f->applicant,
                            .field = f->field,
                            .at = f->at,
                            .text = {zh, en}};
    if (cell && f->need != CELL_EDIT_TOLD) {
        found.at = cell->at;
        found.sheet = cell->sheet;
        found.cell = cell->cell;
    }
    diag_pass(p->diag, &found);
    p->failed = p->failed || f->need == CELL_EDIT_MUST;
}

/* The sheets that repeat the name of whose rows they hold: all below the applicant. */
static void add_names(struct placing *p, const struct field_edit *f, const record_node *parent,
                      const char *name)
{
    for (record_node *n = NULL; (n = record_child(parent, n));) {
        char cell[CELL_NAME];
        const char *sheet;
        struct src_pos at = record_pos(n);
        if (cells_find_name(at.file, at.line, &sheet, cell)) {
            add_edit(p, f, sheet, cell);
            p->list[p->n - 1].was = name;
            p->list[p->n - 1].need = CELL_EDIT_MAY;
        }
        add_names(p, f, n, name);
    }
}

static void place_field(struct placing *p, const struct field_edit *f, const struct applicant *who)
{
    const char *rest = "", *sheet, *zh, *en;
    char cell[CELL_NAME];
    record_node *n = follow(who->node, f->field, &rest);
    struct src_pos at = n ? record_pos(n) : (struct src_pos){0};
    const char *now = !n             ? ""
                      : *rest == '@' ? record_attribute(n, rest + 1, p->arena)
                      : !*rest       ? record_text(n, p->arena)
                                     : "";
    bool placed = cells_hold(at.file, at.line, f->field, &sheet, cell);
    const struct cell_edit where = {
        .sheet = placed ? sheet : NULL, .cell = cell, .at = {at.file, 0}};
    if (!placed) {
        refuse(p, f, NULL, "工作簿里没有这一项的单元格；请下载工作簿填写",
               "the workbook has no cell for it: fill it in there");
    } else if (f->was && strcmp(f->was, now)) {
        cell_edit_conflict(now, f->was, p->arena, &zh, &en);
        if (f->need != CELL_EDIT_TOLD || strcmp(now, f->value))
            refuse(p, f, &where, zh, en);
    } else {
        add_edit(p, f, sheet, cell);
        p->list[p->n - 1].was = *now ? NULL : "";
        if (!strcmp(f->field, "person/name"))
            add_names(p, f, who->node, now);
    }
}

static void place_cell(struct placing *p, const struct field_edit *f)
{
    add_edit(p, f, f->sheet, f->cell);
    p->list[p->n - 1].was = f->was;
}

bool field_edits_place(const struct field_edits *edits, struct record *record,
                       struct cell_edit **out, size_t *n, struct arena *arena, struct diag *diag)
{
    struct placing p = {.arena = arena, .diag = diag};
    struct diag silent = {0}; /* what is wrong with the data is not asked here */
    struct record_cursor *c = record ? record_cursor_new(record, &silent) : NULL;
    bool *found = ARENA_ARRAY(arena, bool, edits->n);
    struct applicant who;

    while (c && record_next(c, &who))
        for (size_t i = 0; i < edits->n; i++)
            if (edits->list[i].field && !found[i] && !strcmp(edits->list[i].applicant, who.id)) {
                found[i] = true;
                place_field(&p, &edits->list[i], &who);
            }
    bool read = silent.system_faults == 0;
    if (!read)
        diag_append(diag, &silent);
    for (size_t i = 0; i < edits->n && read; i++)
        if (!edits->list[i].field)
            place_cell(&p, &edits->list[i]);
        else if (!found[i])
            refuse(&p, &edits->list[i], NULL, "工作簿里没有这个人",
                   "the workbook has no such person");
    if (c)
        record_cursor_free(c);
    diag_clear(&silent);
    *out = p.list;
    *n = p.n;
    return read && !p.failed;
}
