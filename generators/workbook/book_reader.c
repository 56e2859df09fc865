/* book_reader.c - see book_reader.h. Rows become pieces of XML in one spool, in the order of the
 * file; the pieces, taken in the order of people and units, become the XML in another. */
#include "workbook/book_reader.h"

#include "core/machine.h"
#include "core/spool.h"
#include "core/system_error.h"
#include "core/temporary.h"
#include "workbook/book_reading.h"
#include "workbook/book_writer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool book_say(struct reading *r, enum severity severity, struct book_place at, const char *zh,
              const char *en, ...)
{
    char cell[CELL_NAME];
    struct finding f = {.severity = severity,
                        .label = at.about ? at.about->head : NULL,
                        .field = at.about && *at.about->path ? at.about->path : NULL,
                        .applicant = at.who && *at.who->id ? at.who->id : NULL,
                        .name = at.who && *at.who->name ? at.who->name : NULL,
                        .at = {r->name, 0},
                        .sheet = at.sheet->title};
    size_t *n = severity == SEVERITY_INFO ? &r->infos : &r->faults;
    if (++*n > (severity == SEVERITY_INFO ? (size_t)BOOK_INFO_LIMIT : (size_t)BOOK_FAULT_LIMIT))
        return severity != SEVERITY_ERROR;
    if (at.row) {
        cell_name(cell, at.row, at.column ? at.column : 1);
        f.cell = cell;
    }
    va_list args;
    va_start(args, en);
    diag_vadd(r->remarks, f, zh, en, args);
    va_end(args);
    return severity != SEVERITY_ERROR;
}

static void tell_uncounted(struct reading *r)
{
    if (r->infos > BOOK_INFO_LIMIT)
        diag_add(r->remarks, (struct finding){.severity = SEVERITY_INFO, .at = {r->name, 0}},
                 "另有 %zu 处按宽松方式读的没有逐条列出", "%zu more values were read leniently",
                 r->infos - BOOK_INFO_LIMIT);
    if (r->faults > BOOK_FAULT_LIMIT)
        diag_error(r->remarks, (struct src_pos){r->name, 0}, "另有 %zu 处错误没有列出",
                   "%zu more errors are not listed", r->faults - BOOK_FAULT_LIMIT);
}

static void check_version(struct reading *r)
{
    const char *version = xlsx_property(r->file, BOOK_PROPERTY);
    long n = version ? strtol(version, NULL, 10) : 0;
    if (n > r->form->version)
        diag_warn(r->remarks, (struct src_pos){r->name, 0},
                  "这本工作簿按较新的样式（第 %ld 版）制作，本程序只认得第 %d 版；请升级程序",
                  "the workbook is of version %ld, and this program knows %d: upgrade it", n,
                  r->form->version);
}

/* Whose row of 人员 it is; NULL: nobody's. */
static const struct read_holder *person_at(const struct reading *r, size_t sheet, uint32_t row)
{
    for (size_t i = 0; i < r->n_people; i++) {
        const struct read_row *own = &r->rows[r->people[i].row];
        if (own->row == row && r->sheets[own->sheet].sheet == sheet)
            return &r->people[i];
    }
    return NULL;
}

/* Pictures are data: whoever puts one beside a row means it. */
static void tell_pictures(struct reading *r)
{
    const struct xlsx_picture *list;
    const struct xlsx_sheet *sheets;
    size_t n = xlsx_pictures(r->file, &list), n_sheets = xlsx_sheets(r->file, &sheets);
    for (size_t i = 0; i < n; i++) {
        struct read_sheet shown = {.title =
                                       list[i].sheet < n_sheets ? sheets[list[i].sheet].name : ""};
        const struct read_holder *who = person_at(r, list[i].sheet, list[i].row);
        if (list[i].place != XLSX_PICTURE_FLOATING)
            continue;
        book_say(r, SEVERITY_WARNING,
                 (struct book_place){&shown, list[i].row, list[i].column, NULL, who},
                 "这里的图片没有读；请存为文件，把路径写在“照片”列或“佐证材料”表里",
                 "the picture here was not read: store it as a file, and write its path in 照片 "
                 "or 佐证材料");
    }
}

static bool spool_failed(struct reading *r, const struct spool *s)
{
    return spool_ok(s) ||
           diag_errno(r->diag, (struct src_pos){r->name, 0},
                      "不能写 %s 里的临时文件（可用 TMPDIR 另指定目录）",
                      "cannot write the temporary file in %s (TMPDIR may name another folder)",
                      temporary_folder());
}

static bool make(struct reading *r, struct book_made *out)
{
    int fd = temporary_open(r->name, r->diag), made = temporary_open(r->name, r->diag);
    struct spool *xml = spool_new(made);
    struct buffer text = {.spool = xml};
    bool ok = fd >= 0 && made >= 0;
    r->spool = spool_new(fd);
    r->pieces.spool = r->spool;
    ok = ok && book_find_sheets(r);
    if (ok)
        book_read_rows(r);
    ok = ok && !xlsx_broken(r->file); /* what a broken file holds is no batch */
    if (ok) {
        tell_pictures(r);
        ok = book_put_together(r, &text, out);
        tell_uncounted(r);
        buffer_flush(&text);
        ok = spool_failed(r, r->spool) && spool_failed(r, xml) && ok;
    }
    out->map.file = r->name;
    out->map.lost_sheet = r->lost_sheet;
    out->has_stray_rows = r->has_stray_rows;
    out->fd = ok ? dup(made) : -1;
    if (ok && out->fd < 0)
        machine_ask(r->name);
    spool_free(r->spool);
    spool_free(xml);
    buffer_clear(&r->pieces);
    buffer_clear(&text);
    free(r->rows);
    free(r->people);
    free(r->units);
    return ok && out->fd >= 0;
}

bool book_read(const struct book_template *form, int fd, const char *name, const char *dir,
               struct arena *arena, struct book_made *out, struct diag *remarks, struct diag *diag)
{
    struct reading r = {.form = form,
                        .name = arena_strdup(arena, name),
                        .dir = dir,
                        .arena = arena,
                        .remarks = remarks,
                        .diag = diag,
                        .batch = NOBODY,
                        .delegations = NOBODY};
    *out = (struct book_made){.fd = -1};
    if (!(r.file = xlsx_open(fd, r.name, remarks)))
        return false;
    check_version(&r);
    bool ok = make(&r, out);
    xlsx_free(r.file);
    return ok;
}

void book_made_clear(struct book_made *made)
{
    if (made->fd >= 0)
        close(made->fd);
    free((void *)made->map.rows);
    free((void *)made->map.flaws);
    *made = (struct book_made){.fd = -1};
}
