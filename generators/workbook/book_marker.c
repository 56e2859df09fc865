/* book_marker.c - see book_marker.h. The parts of the file are copied; what must change is made
 * anew in a spool or as a tree before the first byte is written. */
#include "workbook/book_marker.h"

#include "core/cells.h"
#include "core/output.h"
#include "core/spool.h"
#include "core/strings.h"
#include "core/temporary.h"
#include "core/utf8.h"
#include "workbook/mark_book.h"
#include "workbook/mark_comments.h"
#include "workbook/mark_list.h"
#include "workbook/xlsx_book.h"
#include "xml/xml_node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMMENT_BYTES = 30000 /* Excel's limit is 32,767 characters */ };

struct mark {
    const struct finding *finding;
    const char *text;
    size_t sheet; /* in the file; SIZE_MAX: it is of no sheet */
    uint32_t row, column;
    size_t order;
};

struct book_marking {
    struct arena arena;
    struct diag *diag;
    enum language language;
    const char *name, *path;
    struct xlsx *x;
    struct spool *spool;
    struct package_edit *package;
    struct mark_styles *styles;
    struct mark *marks; /* by sheet, row and column */
    size_t n_marks;
    bool by_libreoffice;                /* it has saved the file */
    bool *dropped;                      /* of each sheet: a list of findings of an earlier run */
    const char *space, *relation_space; /* strict or transitional */
};

/* What is not kept. */
static void tell(struct book_marking *m, const char *sheet, const char *cell, const char *zh,
                 const char *en)
{
    struct finding f = {
        .severity = SEVERITY_WARNING, .at = {m->name, 0}, .sheet = sheet, .cell = cell};
    diag_add(m->diag, f, "批注本里不保留：%s%.0s", "the marked workbook does not keep %.0s%s", zh,
             en);
}

/* --- marks --- */

/* On one line, and without what XML cannot hold. */
static const char *plain_text(struct arena *a, const char *text)
{
    char *plain = arena_strdup(a, text), *to = plain;
    for (size_t len = strlen(plain), used; len > 0; len -= used) {
        const char *from = text + (strlen(text) - len);
        uint32_t c = utf8_next(from, len, &used);
        bool allowed = c != UTF8_BAD && c != 0xFFFE && c != 0xFFFF;
        if (allowed && c >= 0x20)
            memmove(to, from, used), to += used;
        else
            *to++ = ' ';
    }
    *to = '\0';
    return plain;
}

static int by_place(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    if (x->sheet != y->sheet)
        return x->sheet < y->sheet ? -1 : 1;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void place_marks(struct book_marking *m, const struct finding *const *list, size_t n)
{
    m->marks = ARENA_ARRAY(&m->arena, struct mark, n + 1);
    m->n_marks = n;
    for (size_t i = 0; i < n; i++) {
        const struct finding *f = list[i];
        const char *text = f->text[m->language] ? f->text[m->language] : f->text[LANGUAGE_ZH];
        struct mark *k = &m->marks[i];
        *k = (struct mark){f, plain_text(&m->arena, text ? text : ""), SIZE_MAX, 0, 0, i};
        for (size_t s = 0; f->sheet && s < m->x->n_sheets; s++)
            if (m->x->sheets[s].cells && !strcmp(m->x->sheets[s].name, f->sheet))
                k->sheet = s;
        if (!f->cell || !xlsx_address_read(f->cell, &k->row, &k->column))
            k->row = k->column = 0;
    }
    qsort(m->marks, n, sizeof *m->marks, by_place);
}

static const char *line_of(struct book_marking *m, const struct mark *k)
{
    const char *rule = k->finding->rule;
    return arena_printf(&m->arena, "%s%s%s%s%s%s", mark_line_begin[m->language],
                        mark_severity(k->finding->severity, m->language), rule ? " " : "",
                        rule ? rule : "", m->language == LANGUAGE_ZH ? "：" : ": ", k->text);
}

/* All findings of a cell, as many as fit into a comment. */
static struct marked_cell cell_of(struct book_marking *m, const struct mark *first, size_t n)
{
    struct marked_cell cell = {first->row, first->column, SEVERITY_INFO, ""};
    struct buffer lines = {0};
    size_t left = n;
    for (size_t i = 0; i < n; i++) {
        const char *line = line_of(m, &first[i]);
        if (first[i].finding->severity < cell.worst)
            cell.worst = first[i].finding->severity;
        if (lines.len + strlen(line) < COMMENT_BYTES) {
            buffer_printf(&lines, "%s%s", lines.len ? "\n" : "", line);
            left--;
        }
    }
    if (left)
        buffer_printf(&lines,
                      m->language == LANGUAGE_ZH ? "%s%s另有 %zu 条，见“%s”表"
                                                 : "%s%s%zu more are in the sheet '%s'",
                      lines.len ? "\n" : "", mark_line_begin[m->language], left, mark_list_title);
    cell.lines = arena_strndup(&m->arena, (const char *)lines.data, lines.len);
    buffer_clear(&lines);
    return cell;
}

/* The cells of a sheet that have more than remarks, by row and column. */
static const struct marked_cell *cells_of(struct book_marking *m, size_t sheet, size_t *n)
{
    struct marked_cell *cells = NULL;
    size_t cap = 0;
    *n = 0;
    for (size_t i = 0; i < m->n_marks;) {
        const struct mark *k = &m->marks[i];
        size_t end = i;
        while (end < m->n_marks && m->marks[end].sheet == k->sheet && m->marks[end].row == k->row &&
               m->marks[end].column == k->column)
            end++;
        struct marked_cell cell;
        if (k->sheet == sheet && k->row && (cell = cell_of(m, k, end - i)).worst != SEVERITY_INFO)
            *ARENA_PUSH(&m->arena, cells, *n, cap) = cell;
        i = end;
    }
    return cells;
}

/* --- sheets --- */

static void tell_of_sheet(struct book_marking *m, size_t i, const struct mark_sheet *s,
                          bool no_boxes)
{
    char cell[CELL_NAME];
    const char *name = m->x->sheets[i].name;
    if (s->patterned)
        tell(m, name, cell_name(cell, s->patterned->row, s->patterned->column),
             "单元格的图案或渐变填充，被标错的底色盖住",
             "a pattern or gradient under a mark's colour");
    if (no_boxes)
        diag_add(
            m->diag,
            (struct finding){.severity = SEVERITY_WARNING, .at = {m->name, 0}, .sheet = name},
            "这张表的批注框读不出来，问题只以底色和“%s”表标出",
            "the boxes of its comments cannot be read: faults are marked by colour, and listed "
            "in '%s'",
            mark_list_title);
}

static bool mark_one(struct book_marking *m, size_t i)
{
    struct worksheet_part *part = &m->x->parts[i];
    struct mark_sheet s = {.relation_space = m->relation_space};
    struct mark_comments comments = {.package = m->package,
                                     .archive = m->x->archive,
                                     .part = part->part,
                                     .number = i,
                                     .relations = &part->relations,
                                     .book_relations = &m->x->relations,
                                     .book = archive_name(m->x->archive, m->x->part),
                                     .space = m->space,
                                     .type_base = m->relation_space,
                                     .sheet = &s,
                                     .arena = &m->arena};
    const char *boxes = NULL;
    s.cells = cells_of(m, i, &s.n);
    if (s.n && !(s.drawing = mark_comments_reserve(&comments, &boxes)))
        return false;
    size_t at = spool_add(m->spool, "", 0);
    struct buffer out = {.spool = m->spool};
    bool ok = mark_sheet_write(&s, m->x->archive, part->part, m->styles, &m->arena, &out);
    buffer_flush(&out);
    buffer_clear(&out);
    if (s.changed)
        package_replace(m->package, part->part, at, spool_add(m->spool, "", 0) - at);
    ok = ok && mark_comments_write(&comments, boxes);
    tell_of_sheet(m, i, &s, comments.no_boxes);
    return ok;
}

static bool mark_sheets(struct book_marking *m)
{
    bool ok = true;
    for (size_t i = 0; ok && i < m->x->n_sheets; i++)
        if (m->x->sheets[i].cells && !m->dropped[i])
            ok = mark_one(m, i);
    return ok;
}

/* Lists of findings of earlier runs go, with what belongs to them alone. */
static void drop_lists(struct book_marking *m)
{
    static const char *const own[] = {"comments", "vmlDrawing", "threadedComment"};
    struct xlsx *x = m->x;
    m->dropped = ARENA_ARRAY(&m->arena, bool, x->n_sheets);
    for (size_t i = 0; i < x->n_sheets; i++) {
        bool noted;
        if (!(m->dropped[i] = mark_list_is(x, i, &noted, m->diag)))
            continue;
        for (size_t k = 0; k < sizeof own / sizeof *own; k++) {
            int part = relation_part(x->archive, relation_by_type(&x->parts[i].relations, own[k]));
            noted = noted || part != ARCHIVE_NONE;
            if (part != ARCHIVE_NONE)
                package_drop(m->package, part);
        }
        package_drop(m->package, x->parts[i].part);
        for (size_t k = 0; k < x->relations.n; k++)
            if (relation_part(x->archive, &x->relations.list[k]) == x->parts[i].part)
                package_unrelate(m->package, archive_name(x->archive, x->part),
                                 x->relations.list[k].id);
        if (noted)
            tell(m, x->sheets[i].name, NULL, "在这张表上自己加的内容（这张表每次重新列出）",
                 "what was added to this sheet, which is listed anew each time");
    }
}

static bool write_list(struct book_marking *m, const char *name)
{
    struct listed_finding *list = ARENA_ARRAY(&m->arena, struct listed_finding, m->n_marks + 1);
    struct buffer out = {.spool = m->spool};
    size_t at = spool_add(m->spool, "", 0);
    for (size_t i = 0; i < m->n_marks; i++) {
        const struct mark *k = &m->marks[i];
        list[k->order] = (struct listed_finding){k->finding, k->text,
                                                 k->sheet != SIZE_MAX && !m->dropped[k->sheet]};
    }
    mark_list_write(list, m->n_marks, m->language, m->space, m->styles, &m->arena, &out);
    buffer_flush(&out);
    buffer_clear(&out);
    package_add_spooled(m->package, name, at, spool_add(m->spool, "", 0) - at);
    return package_set_type(m->package, name,
                            "application/vnd.openxmlformats-officedocument.spreadsheetml."
                            "worksheet+xml");
}

/* --- the workbook --- */

static const char *type_of(struct book_marking *m, const char *type)
{
    return arena_printf(&m->arena, "%s/%s", m->relation_space, type);
}

static const char *near_book(struct book_marking *m, const char *name)
{
    const char *book = archive_name(m->x->archive, m->x->part);
    return arena_printf(&m->arena, "%.*s%s", (int)(path_leaf(book) - book), book, name);
}

static bool read_styles(struct book_marking *m)
{
    int part = relation_part(m->x->archive, relation_by_type(&m->x->relations, "styles"));
    const char *book = archive_name(m->x->archive, m->x->part), *name;
    xmlDoc *tree;
    if (part != ARCHIVE_NONE) {
        tree = package_tree(m->package, part);
        if (tree && !xml_is_named(xmlDocGetRootElement(tree), "styleSheet"))
            return archive_refuse(m->x->archive, part,
                                  "不是样式：请用 Excel 或 WPS 打开并修复，再另存一次",
                                  "holds no styles: let Excel or WPS open and repair it and save "
                                  "it again");
    } else {
        name = near_book(m, "styles.xml");
        if (archive_find(m->x->archive, name) != ARCHIVE_NONE)
            name = package_new_name(m->package, near_book(m, "styles%d.xml"));
        tree = package_new_tree(m->package, name,
                                arena_printf(&m->arena,
                                             "<styleSheet xmlns=\"%s\"><cellStyleXfs count=\"1\">"
                                             "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" "
                                             "borderId=\"0\"/></cellStyleXfs></styleSheet>",
                                             m->space));
        if (!package_set_type(m->package, name,
                              "application/vnd.openxmlformats-officedocument.spreadsheetml."
                              "styles+xml") ||
            !package_relate(m->package, book, type_of(m, "styles"),
                            package_target(m->package, book, name)))
            return false;
    }
    m->styles = tree ? mark_styles_new(xmlDocGetRootElement(tree), !m->by_libreoffice) : NULL;
    return tree;
}

/* The titles of sheets, for who looks at the file alone, are not needed; the program that has saved
 * it is. */
static void read_properties(struct book_marking *m, const struct relations *package)
{
    int part = relation_part(m->x->archive, relation_by_type(package, "extended-properties"));
    xmlDoc *tree = part != ARCHIVE_NONE ? package_try_tree(m->package, part) : NULL;
    static const char *const names[] = {"HeadingPairs", "TitlesOfParts"};
    for (size_t i = 0; tree && i < sizeof names / sizeof *names; i++) {
        xmlNode *n = xml_child(xmlDocGetRootElement(tree), names[i], NULL);
        if (n)
            dom_remove(n);
    }
    xmlNode *program = tree ? xml_child(xmlDocGetRootElement(tree), "Application", NULL) : NULL;
    m->by_libreoffice =
        program && !strncmp(xml_text(program, &m->arena), "LibreOffice", strlen("LibreOffice"));
}

/* A signature is of the file as it was. */
static bool drop_signatures(struct book_marking *m, const struct relations *package)
{
    const struct relation *origin = relation_by_type(package, "origin");
    struct relations signatures;
    int part = relation_part(m->x->archive, origin);
    if (part == ARCHIVE_NONE)
        return true;
    tell(m, NULL, NULL, "数字签名（签的是原文件）",
         "the digital signature, which is of the file as it was");
    if (!relations_read(m->x->archive, part, &m->arena, &signatures))
        return false;
    for (size_t i = 0; i < signatures.n; i++)
        if (relation_part(m->x->archive, &signatures.list[i]) != ARCHIVE_NONE)
            package_drop(m->package, relation_part(m->x->archive, &signatures.list[i]));
    package_drop(m->package, part);
    return package_unrelate(m->package, "", origin->id);
}

static bool ends_with(const char *s, const char *end)
{
    return strlen(s) >= strlen(end) && !strcmp(s + strlen(s) - strlen(end), end);
}

/* Excel opens a file only under a name that goes with its type. */
static bool set_book_type(struct book_marking *m)
{
    const char *book = archive_name(m->x->archive, m->x->part),
               *type = package_type(m->package, book);
    const struct relation *macros = relation_by_type(&m->x->relations, "vbaProject");
    if (!*type || ends_with(type, "sheet.main+xml") || ends_with(m->path, ".xlsm"))
        return true;
    if (relation_part(m->x->archive, macros) != ARCHIVE_NONE) {
        tell(m, NULL, NULL, "宏（要保留，请另存为 .xlsm：-o 批注.xlsm）",
             "macros, unless it is named .xlsm");
        package_drop(m->package, relation_part(m->x->archive, macros));
        if (!package_unrelate(m->package, book, macros->id))
            return false;
    }
    return package_set_type(m->package, book,
                            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet."
                            "main+xml");
}

static bool write_book(struct book_marking *m, xmlNode *root, const char *list)
{
    const char *book = archive_name(m->x->archive, m->x->part);
    struct mark_book b = {.package = m->package,
                          .root = root,
                          .arena = &m->arena,
                          .dropped = m->dropped,
                          .n_sheets = m->x->n_sheets};
    const char *relation = package_relate(m->package, book, type_of(m, "worksheet"),
                                          package_target(m->package, book, list));
    if (!relation)
        return false;
    mark_book_write(&b, mark_book_title(&b, mark_list_title), relation, m->relation_space);
    return true;
}

static bool prepare(struct book_marking *m)
{
    xmlDoc *tree = package_tree(m->package, m->x->part);
    xmlNode *root = tree ? xmlDocGetRootElement(tree) : NULL;
    struct relations package;
    if (!root || !relations_read(m->x->archive, ARCHIVE_NONE, &m->arena, &package))
        return false;
    bool strict = root->ns && strstr((const char *)root->ns->href, "purl.oclc.org");
    m->space = root->ns ? arena_strdup(&m->arena, (const char *)root->ns->href) : "";
    m->relation_space = strict
                            ? "http://purl.oclc.org/ooxml/officeDocument/relationships"
                            : "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    drop_lists(m);
    const char *list = package_new_name(m->package, near_book(m, "worksheets/sheet%d.xml"));
    read_properties(m, &package);
    bool ok = read_styles(m) && drop_signatures(m, &package) && set_book_type(m) &&
              mark_sheets(m) && write_list(m, list) && write_book(m, root, list) &&
              !archive_broken(m->x->archive);
    if (ok && mark_styles_lost(m->styles))
        tell(m, NULL, NULL, "上次标了错的单元格原来的底色（中途用 LibreOffice 存过）",
             "colours of cells below earlier marks: LibreOffice has saved it in between");
    if (ok && mark_styles_full(m->styles))
        diag_warn(m->diag, (struct src_pos){m->name, 0},
                  "文件里的单元格样式已满，有的问题只在批注和第一张表里",
                  "it has as many styles as it may: some faults are not coloured");
    return ok;
}

static bool report_spool(struct book_marking *m)
{
    return spool_ok(m->spool) ||
           diag_system(m->diag, (struct src_pos){m->name, 0},
                       "不能写 %s 里的临时文件：%s；可用 TMPDIR 另指定目录",
                       "cannot write the temporary file in %s: %s; TMPDIR may name another folder",
                       temporary_folder(), strerror(errno));
}

static void free_marking(struct book_marking *m)
{
    if (!m)
        return;
    mark_styles_free(m->styles);
    package_edit_free(m->package);
    spool_free(m->spool);
    xlsx_free(m->x);
    arena_free(&m->arena);
    free(m);
}

/* NULL: reported. */
static struct book_marking *mark(int fd, const char *name, const struct finding *const *list,
                                 size_t n, enum language language, const char *path,
                                 struct diag *losses)
{
    struct book_marking *m = mem_alloc(1, sizeof *m);
    m->diag = losses;
    m->language = language;
    m->name = name;
    m->path = path;
    int spool = temporary_open(name, losses);
    if (spool >= 0 && (m->x = xlsx_open(fd, name, losses))) {
        m->spool = spool_new(spool);
        m->package = package_edit_new(m->x->archive, m->spool);
        place_marks(m, list, n);
        if (prepare(m) && report_spool(m))
            return m;
    } else if (spool >= 0) {
        close(spool);
    }
    free_marking(m);
    return NULL;
}

static bool write_marked(struct book_marking *m, struct diag *diag)
{
    int out = output_temporary(m->path, diag);
    bool ok = out >= 0;
    archive_report_to(m->x->archive, diag);
    if (ok && !package_write(m->package, out)) {
        if (!archive_broken(m->x->archive))
            output_failed(m->path, diag);
        ok = false;
    }
    ok = ok && output_name(m->path, out, diag);
    if (out >= 0)
        close(out);
    return ok;
}

bool book_mark(int fd, const char *name, const struct finding *const *list, size_t n,
               enum language language, enum language spoken, const char *path, struct diag *diag)
{
    struct diag losses = {0};
    struct book_marking *m = mark(fd, name, list, n, language, path, &losses);
    bool ok = m != NULL;
    if (ok) {
        diag_print(&losses, spoken, stderr);
        ok = write_marked(m, diag);
    } else {
        diag_append(diag, &losses);
    }
    free_marking(m);
    diag_clear(&losses);
    return ok;
}
