/* book_writer.c - see book_writer.h. Rows leave memory as they are written, each sheet into a
 * temporary file of its own, so that applicants stream through all sheets at once. */
#include "workbook/book_writer.h"

#include "core/machine.h"
#include "core/output.h"
#include "core/temporary.h"
#include "record/node.h"
#include "sheet/cell.h"
#include "sheet/verify.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum {
    SPARE_ROWS = 1000,     /* below the last, for which there are lists to choose from */
    LONG_TEXT = 40,        /* columns from this width on wrap */
    A4_CHARACTERS = 150,   /* across a landscape page, in print that can be read */
    PAGE_CHARACTERS = 300, /* across A3 */
    GUIDE_WIDTH = 18,
    GUIDE_COLUMNS = 12,
    DAY_1980 = 315532800 /* of the document's properties: no clock */
};

struct written_sheet {
    const struct book_sheet *form;
    lxw_worksheet *sheet; /* NULL: left out */
    int *columns;         /* of each column of the form: where it stands, from 0; -1: left out */
    lxw_row_t next;
    size_t of_person; /* rows that the person at hand has here */
};

struct writer {
    const struct book_request *request;
    struct diag *diag;
    struct arena arena;
    lxw_workbook *book;
    lxw_error error; /* the first */
    struct written_sheet *sheets;
    lxw_format *cell, *wrapped, *head, *required, *title, *line;
    lxw_worksheet *choices;
    lxw_col_t n_choices;
    const struct applicant *person;
    size_t faults;
};

static void keep(struct writer *w, lxw_error error)
{
    if (w->error == LXW_NO_ERROR)
        w->error = error;
}

static lxw_format *format_new(struct writer *w, bool bold, bool wrap, unsigned fill)
{
    lxw_format *f = workbook_add_format(w->book);
    format_set_font_name(f, "宋体");
    format_set_font_size(f, 11);
    format_set_num_format(f, "@");
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    if (bold)
        format_set_bold(f);
    if (wrap)
        format_set_text_wrap(f);
    if (fill) {
        format_set_bg_color(f, fill);
        format_set_border(f, LXW_BORDER_THIN);
        format_set_align(f, LXW_ALIGN_CENTER);
        format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    }
    return f;
}

static void make_formats(struct writer *w)
{
    w->cell = format_new(w, false, false, 0);
    w->wrapped = format_new(w, false, true, 0);
    w->line = format_new(w, false, true, 0);
    w->head = format_new(w, true, true, 0xDDE6F0);
    w->required = format_new(w, true, true, 0xFBE3B6);
    w->title = format_new(w, true, false, 0);
}

/* --- which sheets and columns --- */

static bool is_wanted(const struct book_request *q, const char *modes, const char *kinds)
{
    return book_has_mode(q->modes, modes) && (!*q->mode || book_lists(modes, q->mode)) &&
           (!*q->kind || book_lists(kinds, q->kind));
}

static bool column_is_wanted(const struct writer *w, const struct book_sheet *s,
                             const struct book_column *c)
{
    const struct book_request *q = w->request;
    bool tie = c->kind == COLUMN_PERSON || c->kind == COLUMN_NAME || c->kind == COLUMN_UNIT;
    (void)s;
    return is_wanted(q, c->modes, c->kinds) && !(q->single && tie);
}

static size_t sheet_named(const struct writer *w, const char *title)
{
    const struct book_template *t = w->request->form;
    size_t i = 0;
    while (i < t->n && strcmp(t->sheets[i].title, title))
        i++;
    return i;
}

/* --- heads --- */

static const char *head_of(struct writer *w, const struct book_column *c)
{
    return c->required ? arena_printf(&w->arena, "%s（必填）", c->head) : c->head;
}

static const char *hint_of(enum value_type type)
{
    switch (type) {
    case VALUE_DATE:
    case VALUE_MONTH:
        return "日期：写 2024、2024-06 或 2024-06-01；整列是文本格式，改成“常规”后 2024.10 会变成 "
               "2024.1";
    case VALUE_DAY:
        return "日期：写到日，如 2026-09-30";
    case VALUE_YEAR:
        return "年份：四位数字";
    case VALUE_NUMBER:
        return "只填数字";
    case VALUE_COUNT:
        return "整数";
    case VALUE_RANK:
        return "名次，或名次/总人数，如 1/8；整列是文本格式，改成“常规”后会变成日期";
    case VALUE_PAGES:
        return "PDF 的页码，如 2-4,7；全部页可留空";
    case VALUE_BOOL:
        return "填“是”或“否”，不填即没有说明";
    case VALUE_CHOICE:
        return "从列表里选";
    case VALUE_REFS:
        return "一个或几个条目编号，用空格分隔";
    case VALUE_CODE:
    case VALUE_IDENTITY:
        return "按文本填写；数字格式会丢掉末几位";
    case VALUE_LINE:
    case VALUE_TEXT:
        return "按原文填写，一字不改";
    case VALUE_STATEMENT:
        return "按原文填写，一字不改；也可填旁边文件夹里 .docx 或 .txt 文件的路径";
    case VALUE_ID:
    case VALUE_PATH:
        return "";
    }
    return "";
}

static const char *words_of(struct writer *w, const struct value_rule *rule)
{
    const char *list = "";
    for (size_t i = 0; i < rule->n_words; i++)
        list = arena_printf(&w->arena, "%s%s%s", list, i ? "、" : "", rule->words[i]);
    return list;
}

static void write_head(struct writer *w, struct written_sheet *s, const struct book_column *c,
                       lxw_col_t at)
{
    const char *hint = c->kind == COLUMN_VALUE ? hint_of(c->rule.type)
                       : c->kind == COLUMN_ROW ? words_of(w, &c->rule)
                                               : "";
    const char *note = arena_printf(&w->arena, "%s%s%s%s%s%s%s", c->required ? "必填。" : "",
                                    c->note, *c->note ? "\n" : "", hint, *hint ? "\n" : "",
                                    *c->example ? "例：" : "", c->example);
    lxw_comment_options box = {.width = 240, .height = 30 + 18 * (uint16_t)(1 + strlen(note) / 42)};
    keep(w, worksheet_set_column(s->sheet, at, at, c->width + 2,
                                 c->width >= LONG_TEXT ? w->wrapped : w->cell));
    keep(w, worksheet_write_string(s->sheet, 0, at, head_of(w, c),
                                   c->required ? w->required : w->head));
    if (*note)
        keep(w, worksheet_write_comment_opt(s->sheet, 0, at, note, &box));
}

/* One page wide as long as that can be read; then several, each with who it is. */
static void set_page(struct writer *w, lxw_worksheet *sheet, double width)
{
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, width > A4_CHARACTERS ? 8 : 9);
    if (width <= PAGE_CHARACTERS)
        worksheet_fit_to_pages(sheet, 1, 0);
    else
        keep(w, worksheet_repeat_columns(sheet, 0, 1));
    keep(w, worksheet_set_footer(sheet, "&C&A　第 &P 页 共 &N 页"));
}

static void begin_sheet(struct writer *w, struct written_sheet *s)
{
    lxw_col_t at = 0, ties = 0;
    double width = 0;
    s->columns = ARENA_ARRAY(&w->arena, int, s->form->n);
    for (size_t i = 0; i < s->form->n; i++)
        s->columns[i] = column_is_wanted(w, s->form, &s->form->columns[i]) ? at++ : -1;
    if (!is_wanted(w->request, s->form->modes, s->form->kinds) || at == 0)
        return;
    if (!(s->sheet = workbook_add_worksheet(w->book, s->form->title))) {
        keep(w, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    keep(w, worksheet_set_row(s->sheet, 0, 36, NULL));
    for (size_t i = 0; i < s->form->n; i++) {
        const struct book_column *c = &s->form->columns[i];
        if (s->columns[i] < 0)
            continue;
        write_head(w, s, c, (lxw_col_t)s->columns[i]);
        width += c->width + 2;
        ties += c->kind == COLUMN_PERSON || c->kind == COLUMN_NAME ||
                (s->columns[i] == ties && ties < 2 && !strcmp(s->form->rows->element, "applicant"));
    }
    worksheet_freeze_panes(s->sheet, 1, ties);
    set_page(w, s->sheet, width);
    keep(w, worksheet_repeat_rows(s->sheet, 0, 0));
    s->next = 1;
}

/* --- rows --- */

/* What a path names below a node; "" for nothing. Values are borrowed of the arena. */
static const char *value_at(record_node *node, const char *path, struct arena *arena)
{
    while (*path != '@' && *path != '.' && *path) {
        size_t len = strcspn(path, "/");
        record_node *n = record_child(node, NULL);
        while (n && (strncmp(record_name(n), path, len) || record_name(n)[len]))
            n = record_child(node, n);
        if (!n)
            return "";
        node = n;
        path += len + (path[len] == '/');
    }
    return *path == '@' ? record_attribute(node, path + 1, arena) : record_text(node, arena);
}

static void write_text(struct writer *w, struct written_sheet *s, lxw_row_t row, int at,
                       const struct book_column *c, const char *text)
{
    struct text_shape shape = text_shape(text);
    struct finding f = {.severity = SEVERITY_ERROR,
                        .label = c->label,
                        .applicant = w->person ? w->person->id : NULL,
                        .name = w->person ? w->person->name : NULL,
                        .unit = w->person ? w->person->unit : NULL,
                        .paper = s->form->title};
    if (shape.fault == TEXT_TOO_LONG) {
        w->faults++;
        diag_add(w->diag, f, "有 %zu 字符，单元格最多放 %d 个，请缩短文字",
                 "it has %zu characters, and a cell holds %d at most: shorten it", shape.units,
                 CELL_UNITS_MAX);
    } else if (shape.fault != TEXT_FINE) {
        w->faults++;
        diag_add(w->diag, f, "含工作簿放不下的字符 U+%04X，请改成原来的字，或删去",
                 "it holds U+%04X, which no workbook can: write what was meant, or delete it",
                 (unsigned)shape.bad);
    } else {
        keep(w, worksheet_write_string(s->sheet, row, (lxw_col_t)at, text_escaped(&w->arena, text),
                                       c->width >= LONG_TEXT ? w->wrapped : w->cell));
    }
}

static const char *cell_text(const struct writer *w, const struct book_column *c,
                             const struct book_row *r, record_node *node, const char *owner,
                             struct arena *arena)
{
    switch (c->kind) {
    case COLUMN_VALUE: {
        const char *v = book_has(c, r) && node ? value_at(node, c->path, arena) : "";
        if (!*v && !strcmp(c->path, "@profile"))
            v = w->request->profile;
        bool yes = c->rule.type == VALUE_BOOL && !strcmp(v, "true");
        return yes ? "是" : c->rule.type == VALUE_BOOL && !strcmp(v, "false") ? "否" : v;
    }
    case COLUMN_PERSON:
        return w->person->id;
    case COLUMN_NAME:
        return w->person->name;
    case COLUMN_UNIT:
        return w->person ? w->person->unit : owner;
    case COLUMN_OWNER:
        return owner;
    case COLUMN_ROW:
        return r->word;
    }
    return "";
}

/* A row that joins another sheet's is written only when it says something. */
static void write_row(struct writer *w, struct written_sheet *s, const struct book_row *r,
                      record_node *node, const char *owner)
{
    struct arena arena = {0};
    const char **texts = ARENA_ARRAY(&arena, const char *, s->form->n);
    bool says = !r->joins;
    for (size_t i = 0; i < s->form->n; i++) {
        const struct book_column *c = &s->form->columns[i];
        texts[i] = cell_text(w, c, r, node, owner, &arena);
        says = says || (c->kind == COLUMN_VALUE && *texts[i]);
    }
    for (size_t i = 0; i < s->form->n && says; i++)
        if (*texts[i] && s->columns[i] >= 0)
            write_text(w, s, s->next, s->columns[i], &s->form->columns[i], texts[i]);
    s->next += says;
    s->of_person += says;
    arena_free(&arena);
}

/* The sheet that has rows of the element; NULL: none. */
static struct written_sheet *sheet_of(struct writer *w, const char *element,
                                      const struct book_row **row)
{
    for (size_t i = 0; i < w->request->form->n; i++) {
        const struct book_row *r = book_row_of(w->sheets[i].form, element);
        if (r && !r->joins) {
            *row = r;
            return &w->sheets[i];
        }
    }
    return NULL;
}

static void write_node(struct writer *w, record_node *node, const char *owner)
{
    const struct book_row *row;
    struct written_sheet *s = sheet_of(w, record_name(node), &row);
    if (s)
        write_row(w, s, row, node, owner);
}

static void write_evidence(struct writer *w, record_node *node, const char *owner)
{
    const struct book_row *row;
    struct written_sheet *s = sheet_of(w, "evidence", &row);
    if (s)
        write_row(w, s, row, node, owner);
}

/* An entry of an applicant, and what proves it: an entry without an id is named by its place. */
static void write_entry(struct writer *w, record_node *node)
{
    const struct book_row *row;
    struct written_sheet *s = sheet_of(w, record_name(node), &row);
    if (!strcmp(record_name(node), "document")) {
        write_evidence(w, node, "");
        return;
    }
    if (!s || row->within != WITHIN_APPLICANT)
        return;
    write_row(w, s, row, node, "");
    struct arena arena = {0};
    const char *id = record_attribute(node, "id", &arena);
    if (!*id)
        id = arena_printf(&arena, "%s#%zu", s->form->title, s->of_person);
    for (record_node *n = NULL; (n = record_child(node, n));)
        if (!strcmp(record_name(n), "evidence"))
            write_evidence(w, n, id);
    arena_free(&arena);
}

static void write_person(struct writer *w, const struct applicant *who)
{
    const struct book_row *row;
    w->person = who;
    for (size_t i = 0; i < w->request->form->n; i++)
        w->sheets[i].of_person = 0;
    write_node(w, who->node, "");
    for (size_t i = 0; i < w->request->form->n; i++)
        if ((row = book_row_of(w->sheets[i].form, "applicant")) && row->joins)
            write_row(w, &w->sheets[i], row, who->node, "");
    for (record_node *n = NULL; (n = record_child(who->node, n));)
        write_entry(w, n);
    w->person = NULL;
}

static void write_unit(struct writer *w, record_node *unit)
{
    struct arena arena = {0};
    const char *id = record_attribute(unit, "id", &arena);
    write_node(w, unit, "");
    for (record_node *n = NULL; (n = record_child(unit, n));)
        if (!strcmp(record_name(n), "posts"))
            write_node(w, n, id);
    arena_free(&arena);
}

static bool write_record(struct writer *w)
{
    struct record *r = w->request->record;
    const struct record_delegation *delegations;
    size_t n = record_delegations(r, &delegations), written = 0;
    struct diag *diag = w->diag;
    struct applicant who;

    if (record_unit(r, 0))
        write_node(w, record_parent(record_unit(r, 0)), "");
    for (size_t i = 0; i < n; i++)
        write_node(w, delegations[i].node, "");
    for (record_node *unit; !w->request->narrowed && (unit = record_unit(r, written)); written++)
        write_unit(w, unit);
    struct record_cursor *c = record_cursor_new(r, diag);
    const char *last = "";
    while (record_next(c, &who)) {
        if (w->request->narrowed && strcmp(last, who.unit)) {
            write_unit(w, record_parent(who.node));
            last = arena_strdup(&w->arena, who.unit);
        }
        write_person(w, &who);
    }
    record_cursor_free(c);
    return !diag->system_faults;
}

/* All that a blank one says: which notice it is for. */
static bool write_profile(struct writer *w)
{
    const struct book_row *row;
    struct written_sheet *s = sheet_of(w, "batch", &row);
    if (*w->request->profile && s && s->sheet) {
        write_row(w, s, row, NULL, "");
        s->next--; /* the row is still to be filled in */
    }
    return true;
}

/* --- values to choose from --- */

static void choose_range(struct writer *w, struct written_sheet *s, lxw_col_t at,
                         const char *formula, char **values)
{
    lxw_data_validation v = {.validate = formula ? LXW_VALIDATION_TYPE_LIST_FORMULA
                                                 : LXW_VALIDATION_TYPE_LIST,
                             .value_formula = (char *)formula,
                             .value_list = values,
                             .error_type = LXW_VALIDATION_ERROR_TYPE_WARNING};
    keep(w, worksheet_data_validation_range(s->sheet, 1, at, s->next + SPARE_ROWS, at, &v));
}

static void choose(struct writer *w, struct written_sheet *s, const struct book_column *c,
                   lxw_col_t at)
{
    static char yes[] = "是", no[] = "否";
    char *flags[] = {yes, no, NULL};
    char range[LXW_MAX_CELL_RANGE_LENGTH];
    if (c->rule.type == VALUE_BOOL && c->kind == COLUMN_VALUE) {
        choose_range(w, s, at, NULL, flags);
    } else if (*c->list) {
        size_t i = sheet_named(w, c->list);
        if (i < w->request->form->n && w->sheets[i].sheet && &w->sheets[i] != s) {
            lxw_rowcol_to_range_abs(range, 1, 0, w->sheets[i].next + SPARE_ROWS, 0);
            choose_range(w, s, at, arena_printf(&w->arena, "='%s'!%s", c->list, range), NULL);
        }
    } else if (c->rule.n_words) {
        lxw_rowcol_to_range_abs(range, 1, w->n_choices, (lxw_row_t)c->rule.n_words, w->n_choices);
        w->n_choices++;
        choose_range(w, s, at, arena_printf(&w->arena, "='%s'!%s", book_sheet_choices, range),
                     NULL);
    }
}

/* Row by row, as constant memory wants it; the lists stand side by side. */
static void write_choices(struct writer *w)
{
    const struct book_template *t = w->request->form;
    for (lxw_row_t row = 0, more = 1; more; row++) {
        lxw_col_t at = 0;
        more = 0;
        for (size_t i = 0; i < t->n; i++)
            for (size_t k = 0; w->sheets[i].sheet && k < t->sheets[i].n; k++) {
                const struct book_column *c = &t->sheets[i].columns[k];
                if (w->sheets[i].columns[k] < 0 || !c->rule.n_words || *c->list)
                    continue;
                const char *text = row == 0                 ? c->head
                                   : row <= c->rule.n_words ? c->rule.words[row - 1]
                                                            : NULL;
                if (text)
                    keep(w, worksheet_write_string(w->choices, row, at, text, w->cell));
                more |= row < c->rule.n_words;
                at++;
            }
    }
    worksheet_hide(w->choices);
}

/* --- 说明 --- */

static bool in_guide(const struct book_sheet *s)
{
    static const char *const shown[] = {"applicant", "project", "evidence"};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (!strcmp(s->rows->element, shown[i]) && !s->rows->joins)
            return true;
    return false;
}

static void write_guide(struct writer *w, lxw_worksheet *sheet)
{
    const struct book_template *t = w->request->form;
    lxw_row_t row = 0;
    keep(w, worksheet_set_column(sheet, 0, GUIDE_COLUMNS - 1, GUIDE_WIDTH, w->cell));
    keep(w, worksheet_write_string(sheet, row++, 0, "怎样填这本工作簿", w->title));
    for (size_t i = 0; i < t->n_lines; i++)
        keep(w, worksheet_write_string(sheet, row++, 0,
                                       arena_printf(&w->arena, "%zu. %s", i + 1, t->lines[i].text),
                                       w->cell));
    row++;
    for (size_t i = 0; i < t->n; i++)
        if (w->sheets[i].sheet)
            keep(w, worksheet_write_string(sheet, row++, 0,
                                           arena_printf(&w->arena, "“%s”表：%s", t->sheets[i].title,
                                                        t->sheets[i].note),
                                           w->cell));
    row++;
    for (size_t i = 0; i < t->n; i++) {
        const struct book_sheet *s = &t->sheets[i];
        lxw_col_t at = 0;
        if (!w->sheets[i].sheet || !in_guide(s))
            continue;
        keep(w, worksheet_write_string(
                    sheet, row++, 0,
                    arena_printf(&w->arena, "例（虚构，请不要复制到表里）：“%s”表", s->title),
                    w->title));
        for (size_t k = 0; k < s->n && at < GUIDE_COLUMNS; k++)
            if (w->sheets[i].columns[k] >= 0 && *s->columns[k].example)
                keep(w, worksheet_write_string(sheet, row, at++, s->columns[k].head, w->head));
        at = 0;
        row++;
        for (size_t k = 0; k < s->n && at < GUIDE_COLUMNS; k++)
            if (w->sheets[i].columns[k] >= 0 && *s->columns[k].example)
                keep(w,
                     worksheet_write_string(sheet, row, at++, s->columns[k].example, w->wrapped));
        row += 2;
    }
    set_page(w, sheet, 0);
}

/* --- the whole --- */

static bool full(struct writer *w, const char *path, const char *why)
{
    return diag_system(w->diag, (struct src_pos){path, 0},
                       "无法写出工作簿：%s，请检查临时文件夹的空间",
                       "cannot write the workbook: %s; look for room in the folder of temporary "
                       "files",
                       why);
}

static bool fill(struct writer *w)
{
    const struct book_template *t = w->request->form;
    lxw_worksheet *guide = workbook_add_worksheet(w->book, book_sheet_guide);
    w->sheets = ARENA_ARRAY(&w->arena, struct written_sheet, t->n);
    make_formats(w);
    for (size_t i = 0; i < t->n; i++) {
        w->sheets[i].form = &t->sheets[i];
        begin_sheet(w, &w->sheets[i]);
    }
    w->choices = workbook_add_worksheet(w->book, book_sheet_choices);
    if (!guide || !w->choices || w->error != LXW_NO_ERROR)
        return true; /* w->error says it */
    write_guide(w, guide);
    bool ok = w->request->record ? write_record(w) : write_profile(w);
    for (size_t i = 0; i < t->n; i++) {
        struct written_sheet *s = &w->sheets[i];
        for (size_t k = 0; s->sheet && k < s->form->n; k++)
            if (s->columns[k] >= 0)
                choose(w, s, &s->form->columns[k], (lxw_col_t)s->columns[k]);
        if (s->sheet)
            keep(w, worksheet_ignore_errors(s->sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT,
                                            "A1:XFD1048576"));
    }
    write_choices(w);
    return ok;
}

static bool write_to(struct writer *w, int fd, const char *path)
{
    char name[40];
    lxw_workbook_options options = {.constant_memory = LXW_TRUE,
                                    .tmpdir = (char *)temporary_folder()};
    lxw_doc_properties properties = {
        .title = "职称申报数据", .author = "shenbao", .created = DAY_1980};
    machine_ask_proc();
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    if (!(w->book = workbook_new_opt(name, &options)))
        return full(w, path, "out of memory");
    keep(w, workbook_set_properties(w->book, &properties));
    keep(w,
         workbook_set_custom_property_integer(w->book, BOOK_PROPERTY, w->request->form->version));
    bool ok = fill(w);
    lxw_error error = workbook_close(w->book); /* frees it also when it fails */
    keep(w, error);
    if (!ok || w->faults)
        return false;
    if (w->error != LXW_NO_ERROR)
        return full(w, path, lxw_strerror(w->error));
    return verify_workbook(fd, NULL, 0) || full(w, path, "what was written is not whole");
}

bool book_write(const struct book_request *request, const char *path, struct diag *diag)
{
    struct writer w = {.request = request, .diag = diag};
    int fd = output_temporary(path, diag);
    bool ok = fd >= 0 && write_to(&w, fd, path) && output_name(path, fd, diag);
    if (fd >= 0)
        close(fd);
    arena_free(&w.arena);
    return ok;
}
