/* fuzz_sheets.c - what becomes of a batch as a workbook, which is read back: each cell of a roster
 * says what the record says, and the intake workbook, filled in from the record, is the same record
 * again, but for what the reader tells. The first byte chooses notice and workbook, the rest is the
 * batch, mutated as a tree with words that are hard to carry. */
#define _GNU_SOURCE /* memfd_create */
#include "schema.h"

#include "core/cells.h"
#include "core/utf8.h"
#include "record/node.h"
#include "sheet/roster.h"
#include "sheet/template.h"
#include "workbook/book_reader.h"
#include "workbook/book_writer.h"

#include "../unit/shipped.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { INFOS_MOST = 2000 }; /* so many readings at most are told one by one */

/* The first byte: bit 0 the notice, 1 and 2 the order of the rows, 3 a sheet a unit, 4 a draft, 5
 * and 6 what is made. */
enum { FILLED = 0, PRINTED = 1, LISTED = 2, BOTH = 3 };

static unsigned asked(unsigned byte, int from, unsigned mask)
{
    return byte >> from & mask;
}

static struct notice {
    const char *folder, *roster;
    const char *templates[3];
    struct profile *profile;
    struct query_tables *tables;
    struct sheet_template *list; /* the door's own: what the cells must say */
} notices[] = {
    {.folder = "zhejiang-mining",
     .roster = "roster",
     .templates = {"templates/zhejiang-mining", "templates/base"}},
    {.folder = "jiangsu-electronics",
     .roster = "summary-a",
     .templates = {"templates/jiangsu-electronics", "templates/base"}},
};
static const struct notice *notice; /* of the input at hand */
static const struct book_template *form;
static struct fonts *fonts;
static struct arena arena; /* of one input */

/* --- words that are hard to carry --- */

/* Set off by '|', as XML. */
static const char hard[] =
    "=SUM(A1)|_x0041_|_x000D_|_x005F_x0041_|@a|+86|-1|1/8|2024.10|1E5|007|(3)|TRUE|#N/A|'引号'|"
    " 前后 有空格 "
    "|2024-06|至今|是|不适用|a&#9;b|甲&#10;乙|甲&#13;乙|甲&#13;&#10;乙|&lt;&amp;&gt;&quot;]]&gt;|"
    "12345678901234567890|0.1|同上|无|/"
    "|合计|注：|1|𬱖𠅤㐂|e&#x301;|&#xA0;字&#x3000;|字&#x200B;|&#xFEFF;字|"
    "葛&#xE0100;|&#xE000;|&#x7F;|&#xFFFD;|%|见下行|　|项目#1|00１|http://a/b?c#d|mailto:a|scans/"
    "a.pdf|字";

static struct door_bytes hard_word(struct dice *d)
{
    const char *word = hard + dice_roll(d, sizeof hard - 1);
    while (word > hard && word[-1] != '|')
        word--;
    return (struct door_bytes){(const uint8_t *)word, strcspn(word, "|")};
}

static struct {
    const char *list[512];
    size_t n;
} lines; /* attributes that may say anything */

static void list_lines(const struct word *w)
{
    for (size_t i = 0; i < w->n_attributes && lines.n < 512; i++)
        if (w->attributes[i].type && !strcmp(w->attributes[i].type->name, "line"))
            lines.list[lines.n++] = w->attributes[i].name;
    for (size_t i = 0; i < w->n_children; i++)
        list_lines(w->children[i]);
}

static bool is_line(const uint8_t *end, size_t most)
{
    for (size_t i = 0; i < lines.n; i++) {
        size_t n = strlen(lines.list[i]);
        if (n < most && end[-(long)n - 1] == ' ' && !memcmp(end - n, lines.list[i], n))
            return true;
    }
    return false;
}

/* A hard word in the place of a value, or behind it, or many times. */
static size_t put_word(uint8_t *data, size_t size, size_t max, struct dice *d)
{
    const struct door_bytes word = hard_word(d);
    for (int tries = 0; tries < 40; tries++) {
        size_t at = dice_roll(d, size);
        const bool text = dice_roll(d, 4) == 0;
        const uint8_t *p = memmem(data + at, size - at, text ? ">" : "=\"", text ? 1 : 2);
        if (!p || (!text && !is_line(p, (size_t)(p - data))))
            continue;
        size_t from = (size_t)(p - data) + (text ? 1 : 2), to = from;
        while (to < size && data[to] != (text ? '<' : '"'))
            to++;
        if (text && (to == from || data[from] == '\n' || data[from] == ' '))
            continue;
        from = dice_roll(d, 3) ? from : to;
        struct buffer out = {0};
        buffer_add(&out, data, from);
        for (size_t n = dice_roll(d, 12) ? 1 : 1 + dice_roll(d, 60); n > 0; n--)
            buffer_add(&out, word.data, word.size);
        buffer_add(&out, data + to, size - to);
        if (out.len <= max)
            memcpy(data, out.data, size = out.len);
        buffer_clear(&out);
        break;
    }
    return size;
}

/* --- once --- */

static void open_notice(struct notice *n)
{
    struct diag diag = {0};
    static struct arena paths;
    if (!(n->profile = profile_open(n->templates, n->folder, &diag)) ||
        !(n->tables = query_tables_load(n->templates, &diag)) ||
        !(n->list = sheet_template_load(
              arena_printf(&paths, "%s/%s.xml", n->templates[0], n->roster), &diag)))
        door_shut(n->folder, &diag);
    diag_clear(&diag);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const dirs[] = {"fonts/free", "fonts", NULL};
    static struct arena kept;
    struct diag diag = {0};
    (void)argc, (void)argv;
    setenv("TMPDIR", door_folder(), 1);
    read_schema();
    for (size_t i = sizeof notices / sizeof *notices; i-- > 0;)
        open_notice(&notices[i]);
    form = book_template_read("templates/base/workbook.xml", schema, NULL, 0, &kept, &diag);
    if (!form || !(fonts = fonts_new(dirs, &diag)))
        door_shut("templates/base/workbook.xml", &diag);
    learn_schema();
    list_lines(vocabulary_root(once.vocabulary));
    xml_learn("tests/layout/batch.xml");
    xml_learn("samples/jiangsu/batch.xml");
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    if (size < 2 || max < 2)
        return LLVMFuzzerMutate(data, size, max);
    if (seed % 16 == 0)
        data[0] = (uint8_t)(seed / 16);
    struct dice d = {seed};
    if (dice_roll(&d, 2))
        return 1 + xml_mutate(data + 1, size - 1, max - 1, seed);
    for (size_t n = 1 + dice_roll(&d, 4); n > 0; n--)
        size = 1 + put_word(data + 1, size - 1, max - 1, &d);
    return size;
}

static struct record *open_batch(const char *name, int fd, bool prints, const struct diag *remarks,
                                 struct diag *diag)
{
    static const char *inputs[1];
    static int made[1];
    inputs[0] = name;
    made[0] = fd;
    const struct record_options options = {.schema_path = schema,
                                           .characters_path = "templates/base/characters.xml",
                                           .printers_refuse_codes = prints,
                                           .inputs = inputs,
                                           .n_inputs = 1,
                                           .made = made,
                                           .remarks = remarks};
    return record_open(&options, diag);
}

/* --- the intake workbook --- */

/* What a record says of a kind of elements of somebody: attributes by name, children by kind in
 * their order, nothing that is empty. */
struct said {
    const char *who; /* the applicant's id; "": it is of the batch */
    const char *kind, *text;
};

struct all_said {
    struct said *list;
    size_t n, cap;
};

/* The reader of workbooks knows one kind of line ends. */
static const char *plain_ends(const char *text)
{
    char *out = arena_strdup(&arena, text), *to = out;
    for (const char *s = text; *s; s++)
        if (s[0] != '\r' || s[1] != '\n')
            *to++ = *s == '\r' ? '\n' : *s;
    *to = '\0';
    return out;
}

static bool is_blank(const char *text)
{
    for (size_t at = 0, used, n = strlen(text); at < n; at += used) {
        uint32_t cp = utf8_next(text + at, n - at, &used);
        if (cp > ' ' && cp != 0xA0 && cp != 0x3000 && !utf8_is_ignorable(cp))
            return false;
    }
    return true;
}

static int by_word(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void say_attributes(struct buffer *out, const record_node *node)
{
    const char *names[64], *value;
    size_t n = 0;
    while (n < 64 && (names[n] = record_attribute_name(node, n)))
        n++;
    if (n > 1)
        qsort(names, n, sizeof *names, by_word);
    for (size_t i = 0; i < n; i++)
        if (!is_blank(value = record_attribute(node, names[i], &arena)))
            buffer_printf(out, " %s='%s'", names[i], plain_ends(value));
}

struct kinds {
    const char **list;
    size_t n, cap;
};

/* Of the children, each once, in order. */
static struct kinds kinds_of(record_node *node)
{
    struct kinds k = {0};
    size_t kept = 0;
    for (record_node *c = NULL; (c = record_child(node, c));)
        *ARENA_PUSH(&arena, k.list, k.n, k.cap) = record_name(c);
    if (k.n > 1)
        qsort(k.list, k.n, sizeof *k.list, by_word);
    for (size_t i = 0; i < k.n; i++)
        if (kept == 0 || strcmp(k.list[i], k.list[kept - 1]))
            k.list[kept++] = k.list[i];
    k.n = kept;
    return k;
}

static void say(struct buffer *out, record_node *node, const char *but);

static void say_kind(struct buffer *out, record_node *parent, const char *kind)
{
    for (record_node *c = NULL; (c = record_child(parent, c));)
        if (!strcmp(record_name(c), kind))
            say(out, c, "");
}

/* but: kinds of children that are left out, set off by blanks; NULL: all. */
static void say(struct buffer *out, record_node *node, const char *but)
{
    const struct kinds kinds = kinds_of(node);
    size_t begin = out->len;
    buffer_printf(out, "\n<%s", record_name(node));
    size_t head = out->len;
    say_attributes(out, node);
    if (kinds.n == 0 && !is_blank(record_text(node, &arena)))
        buffer_printf(out, " %s", plain_ends(record_text(node, &arena)));
    for (size_t i = 0; but && i < kinds.n; i++)
        if (!*but || !book_lists(but, kinds.list[i]))
            say_kind(out, node, kinds.list[i]);
    if (out->len == head)
        out->len = begin;
    else
        buffer_puts(out, ">");
}

static void add_said(struct all_said *all, const char *who, const char *kind, struct buffer *text)
{
    buffer_putc(text, '\0');
    *ARENA_PUSH(&arena, all->list, all->n, all->cap) =
        (struct said){arena_strdup(&arena, who), arena_strdup(&arena, kind),
                      arena_strdup(&arena, (char *)text->data)};
    buffer_clear(text);
}

static void add_person(struct all_said *all, const struct applicant *who)
{
    const struct kinds kinds = kinds_of(who->node);
    struct buffer text = {0};
    say(&text, who->node, NULL);
    add_said(all, who->id, "applicant", &text);
    for (size_t i = 0; i < kinds.n; i++) {
        say_kind(&text, who->node, kinds.list[i]);
        add_said(all, who->id, kinds.list[i], &text);
    }
}

static struct all_said said_by(const struct record *r, struct diag *diag)
{
    struct all_said all = {0};
    const struct record_delegation *delegations;
    size_t n = record_delegations(r, &delegations);
    struct buffer text = {0};
    struct applicant who;
    if (record_unit(r, 0))
        say(&text, record_parent(record_unit(r, 0)), "unit delegation");
    add_said(&all, "", "batch", &text);
    for (size_t i = 0; i < n; i++)
        say(&text, delegations[i].node, "");
    add_said(&all, "", "delegation", &text);
    for (size_t i = 0; record_unit(r, i); i++)
        say(&text, record_unit(r, i), "applicant");
    add_said(&all, "", "unit", &text);
    struct record_cursor *c = record_cursor_new(r, diag);
    while (c && record_next(c, &who))
        add_person(&all, &who);
    record_cursor_free(c);
    return all;
}

/* Has the sheet rows of the kind, or columns of it in the rows of what it belongs to? */
static bool has_kind(const struct book_sheet *s, const char *kind)
{
    size_t len = strlen(kind);
    if (book_row_of(s, kind) || (!strcmp(kind, "document") && book_row_of(s, "evidence")))
        return true;
    for (size_t i = 0; i < s->n; i++)
        if (!strncmp(s->columns[i].path, kind, len) && strchr("/", s->columns[i].path[len]))
            return true;
    return false;
}

/* Does a finding tell of what became of it? */
static bool is_told(const struct said *s, const struct diag *diag)
{
    for (size_t i = 0; i < diag->n; i++) {
        const struct finding *f = &diag->list[i];
        if (!f->sheet || (*s->who && strcmp(f->applicant ? f->applicant : "", s->who) != 0))
            continue;
        for (size_t k = 0; k < form->n; k++)
            if (!strcmp(form->sheets[k].title, f->sheet) &&
                (has_kind(&form->sheets[k], s->kind) ||
                 (strstr(s->text, "\n<evidence") && book_row_of(&form->sheets[k], "evidence"))))
                return true;
    }
    return diag->n > INFOS_MOST;
}

static const struct said *same_of(const struct all_said *all, const struct said *s)
{
    for (size_t i = 0; i < all->n; i++)
        if (!strcmp(all->list[i].who, s->who) && !strcmp(all->list[i].kind, s->kind))
            return &all->list[i];
    return NULL;
}

/* Each of one is the same in the other, or told. */
static void hold_same(const struct all_said *one, const struct all_said *other,
                      const struct diag *diag)
{
    for (size_t i = 0; i < one->n; i++) {
        const struct said *s = &one->list[i], *same = same_of(other, s);
        const char *x = s->text, *y = same ? same->text : "";
        if (!strcmp(x, y) || is_told(s, diag))
            continue;
        while (*x == *y)
            x++, y++;
        diag_print(diag, LANGUAGE_EN, stderr);
        fprintf(stderr, "%s\n--\n%s %s: %.200s\n--\n%.200s\n", s->text, s->who, s->kind, x, y);
        door_broken("a change is told", __FILE__, __LINE__);
    }
}

/* The record as a workbook, and that as a record, with what is told of it. NULL: it cannot be, and
 * that is told. */
static struct record *there_and_back(struct record *r, struct book_made *made, struct diag *diag)
{
    const struct book_request request = {
        .form = form, .mode = "", .kind = "", .profile = "", .record = r};
    const char *path = door_put("filled.xlsx", "", 0);
    struct diag remarks = {0};
    *made = (struct book_made){.fd = -1};
    bool ok = book_write(&request, path, diag);
    door_hold(ok != diag_failed(diag));
    if (!ok)
        return NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t size = lseek(fd, 0, SEEK_END);
    void *bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
    door_hold(fd >= 0 && bytes != MAP_FAILED);
    door_came(bytes, (size_t)size);
    munmap(bytes, (size_t)size);
    ok = book_read(form, fd, "filled.xlsx", ".", &arena, made, &remarks, diag);
    close(fd);
    door_hold(!diag_failed(diag) && (ok || diag_failed(&remarks)));
    cells_use(&made->map, ok);
    struct record *back = ok ? open_batch("filled.xlsx", made->fd, false, &remarks, diag) : NULL;
    if (!ok)
        diag_append(diag, &remarks);
    door_hold(back || diag_failed(diag));
    diag_clear(&remarks);
    return back;
}

static void fill_in(struct record *r, bool again, struct diag *diag)
{
    struct book_made made, second;
    struct diag told = {0}, later = {0};
    struct all_said before = said_by(r, diag);
    struct record *back = there_and_back(r, &made, &told);
    struct all_said after = {0};
    if (back && !diag_failed(&told)) {
        after = said_by(back, diag);
        hold_same(&before, &after, &told);
        hold_same(&after, &before, &told);
    }
    if (after.n > 0 && again) { /* what was read is not read otherwise a second time */
        const struct diag nothing = {0};
        struct record *last = there_and_back(back, &second, &later);
        if (!last || diag_failed(&later))
            diag_print(&later, LANGUAGE_EN, stderr);
        door_hold(last && !diag_failed(&later));
        struct all_said end = said_by(last, &later);
        hold_same(&after, &end, &nothing);
        record_free(last);
        book_made_clear(&second);
    }
    record_free(back);
    book_made_clear(&made);
    diag_append(diag, &told);
    diag_clear(&told);
    diag_clear(&later);
    cells_use(NULL, 0);
}

/* --- the roster --- */

/* Who must stand in it, and what of him. */
struct due {
    const char *party, *unit, *unit_name;
    const char **texts;
    unsigned counted;
    bool found;
};

static struct {
    struct due *list;
    size_t n, cap, lists; /* lists: that were made */
    unsigned byte;
} due;

static void add_due(const struct applicant *who, struct query_context *q, const char *asof)
{
    const struct sheet_template *t = notice->list;
    const struct query_place place = {who->node, 1, 1};
    struct due d = {.texts = ARENA_ARRAY(&arena, const char *, t->n)};
    query_context_begin(q, who->node, asof);
    if (t->when && !query_bool(t->when, q, place))
        return;
    for (size_t i = 0; i < t->n_variables; i++)
        query_set_variable(q, t->variables[i].name,
                           query_string(t->variables[i].select, q, place, &arena).text);
    for (size_t i = 0; i < t->n_tests; i++)
        d.counted |= (unsigned)query_bool(t->tests[i], q, place) << i;
    for (size_t i = 0; i < t->n; i++) {
        const char *text = query_string(t->columns[i].select, q, place, &arena).text;
        d.texts[i] = *text ? plain_ends(text) : t->columns[i].empty;
    }
    d.party = arena_strdup(&arena, who->delegation);
    d.unit = arena_strdup(&arena, who->unit);
    d.unit_name = plain_ends(who->unit_name);
    *ARENA_PUSH(&arena, due.list, due.n, due.cap) = d;
}

static const struct xlsx_cell *cell_of(const struct xlsx_row *row, size_t column)
{
    for (size_t i = 0; i < row->n; i++)
        if (row->cells[i].column == column + 1 && row->cells[i].kind != XLSX_EMPTY)
            return &row->cells[i];
    return NULL;
}

static bool is_elsewhere(const struct xlsx_cell *cell, const char *text)
{
    return cell && !strcmp(cell->text, "见下行") && strcmp(text, "见下行") != 0;
}

static bool is_number(const char *text)
{
    text += *text == '-';
    size_t n = strspn(text, "0123456789");
    text += n;
    return n && (!*text || (*text == '.' && text[1] && !text[1 + strspn(text + 1, "0123456789")]));
}

static bool says_date(const struct xlsx_cell *cell, const char *text)
{
    char date[40];
    if (cell->kind == XLSX_DATE) {
        snprintf(date, sizeof date, "%04d-%02d-%02d", cell->date.year, cell->date.month,
                 cell->date.day);
        return !strcmp(date, text);
    }
    const char *shown = cell->text;
    while (*shown && (*shown == *text || (*shown == '.' && *text == '-')))
        shown++, text++;
    return cell->kind == XLSX_TEXT && *shown == *text;
}

static bool says(const struct xlsx_cell *cell, const struct sheet_column *c, const char *text,
                 size_t number)
{
    bool numeric = c->type == COLUMN_NUMBER || c->type == COLUMN_INDEX;
    if (c->type == COLUMN_INDEX)
        return cell && cell->kind == XLSX_NUMBER && strtoul(cell->text, NULL, 10) == number;
    if (!*text || (numeric && !strcmp(text, "NaN")))
        return !cell;
    if (!cell || is_elsewhere(cell, text))
        return cell != NULL;
    if (c->type == COLUMN_DATE)
        return says_date(cell, text);
    if (numeric && cell->kind == XLSX_NUMBER)
        return is_number(text) && strtod(cell->text, NULL) == strtod(text, NULL);
    return cell->kind == XLSX_TEXT && !strcmp(cell->text, text);
}

static bool is_row_of(const struct due *d, const struct xlsx_row *row, size_t number)
{
    const struct sheet_template *t = notice->list;
    for (size_t i = 0; i < t->n; i++)
        if (!says(cell_of(row, i), &t->columns[i], d->texts[i], number))
            return false;
    return true;
}

static bool is_due(const struct due *d, const char *party, const char *unit)
{
    return !strcmp(d->party, party) && (!unit || !strcmp(d->unit, unit));
}

/* Whose row it is: in the order as given the next one's. */
static struct due *due_in(const struct xlsx_row *row, size_t number, const char *party,
                          const char *unit)
{
    bool given = asked(due.byte, 1, 3) == ORDER_GIVEN;
    for (size_t i = 0; i < due.n; i++) {
        struct due *d = &due.list[i];
        if (d->found || !is_due(d, party, unit))
            continue;
        if (is_row_of(d, row, number))
            return d;
        if (given)
            break;
    }
    return NULL;
}

/* Texts that were too long for their cells stand in rows of their own. */
static void hold_below(const struct due *d, const bool *below, struct xlsx_rows *rows)
{
    const struct sheet_template *t = notice->list;
    struct xlsx_row row;
    for (size_t i = 0; i < t->n; i++) {
        if (!below[i])
            continue;
        const char *rest = arena_printf(&arena, "%s：%s", t->columns[i].label, d->texts[i]);
        while (*rest) {
            door_hold(xlsx_rows_next(rows, &row) && row.n == 1);
            size_t len = strlen(row.cells[0].text);
            door_hold(len > 0 && !strncmp(rest, row.cells[0].text, len));
            rest += len;
        }
    }
}

static const char *sum_of(const char *party, const char *unit)
{
    const struct sheet_parts *sum = &notice->list->sum;
    const char *out = "";
    for (size_t i = 0; i < sum->n; i++) {
        size_t count = 0;
        for (size_t k = 0; k < due.n && sum->list[i].kind == PART_COUNT; k++)
            count += is_due(&due.list[k], party, unit) &&
                     (sum->list[i].bit < 0 || due.list[k].counted >> sum->list[i].bit & 1);
        out = sum->list[i].kind == PART_COUNT
                  ? arena_printf(&arena, "%s%zu", out, count)
                  : arena_printf(&arena, "%s%s", out, sum->list[i].text);
    }
    return out;
}

/* unit NULL: all of the party's. */
static size_t hold_list(struct xlsx *x, size_t sheet, const char *party, const char *unit)
{
    const struct sheet_template *t = notice->list;
    const uint32_t head = 1 + (t->heading.n > 0) + 1 + (t->n_groups > 0);
    struct diag diag = {0};
    struct xlsx_rows *rows = xlsx_rows_new(x, sheet, &diag);
    struct xlsx_row row;
    size_t n = 0, wanted = 0;
    for (size_t i = 0; i < due.n; i++)
        wanted += is_due(&due.list[i], party, unit) && !due.list[i].found;
    while (n < wanted && xlsx_rows_next(rows, &row)) {
        if (row.row <= head)
            continue;
        struct due *d = due_in(&row, ++n, party, unit);
        door_hold(d);
        bool *below = ARENA_ARRAY(&arena, bool, t->n);
        for (size_t i = 0; i < t->n; i++)
            below[i] = is_elsewhere(cell_of(&row, i), d->texts[i]);
        d->found = true;
        hold_below(d, below, rows);
    }
    door_hold(n == wanted && xlsx_rows_next(rows, &row));
    door_hold(!strcmp(row.cells[0].text, sum_of(party, unit)));
    xlsx_rows_free(rows);
    door_hold(diag.n == 0);
    return n;
}

/* A sheet that lists the units, and one for each, named by its id. */
static size_t hold_units(struct xlsx *x, const char *party)
{
    struct diag diag = {0};
    struct xlsx_rows *rows = xlsx_rows_new(x, 0, &diag);
    struct xlsx_row row;
    size_t n = 0, sheet = 0;
    for (size_t i = 0; i < due.n; i++) {
        struct due *d = &due.list[i];
        if (d->found || !is_due(d, party, NULL))
            continue;
        while (xlsx_rows_next(rows, &row) && row.row <= 2)
            ;
        size_t people = hold_list(x, ++sheet, party, d->unit);
        const struct xlsx_cell *name = cell_of(&row, 1), *count = cell_of(&row, 2);
        door_hold(name ? !strcmp(name->text, d->unit_name) : !*d->unit_name);
        door_hold(count && strtoul(count->text, NULL, 10) == people);
        n += people;
    }
    xlsx_rows_free(rows);
    door_hold(diag.n == 0);
    return n;
}

static void hold_roster(void *data, const struct roster_made *made)
{
    struct diag diag = {0};
    (void)data;
    due.lists++;
    door_came(made->bytes->data, made->bytes->len);
    door_hold(made->rows > 0);
    if (asked(due.byte, 5, 3) == PRINTED) {
        door_hold(made->pages > 0 && !memcmp(made->bytes->data, "%PDF-", 5));
        return;
    }
    int fd = memfd_create("roster", MFD_CLOEXEC);
    door_hold(write(fd, made->bytes->data, made->bytes->len) == (ssize_t)made->bytes->len);
    struct xlsx *x = xlsx_open(fd, "roster.xlsx", &diag);
    door_hold(x && diag.n == 0);
    size_t n =
        asked(due.byte, 3, 1) ? hold_units(x, made->party) : hold_list(x, 0, made->party, NULL);
    door_hold(n == made->rows);
    xlsx_free(x);
    close(fd);
}

static void list_people(struct record *r, unsigned byte, struct diag *diag)
{
    const struct options options = {.draft = asked(byte, 4, 1)};
    const bool print = asked(byte, 5, 3) == PRINTED;
    const struct roster_request request = {.options = &options,
                                           .templates = notice->templates,
                                           .name = notice->roster,
                                           .record = r,
                                           .tables = notice->tables,
                                           .fonts = fonts,
                                           .print = print,
                                           .sheet_per_unit = !print && asked(byte, 3, 1),
                                           .order = (enum sheet_order)asked(byte, 1, 3)};
    struct query_context *q = query_context_new(notice->tables);
    struct record_cursor *c = record_cursor_new(r, diag);
    struct applicant who;
    memset(&due, 0, sizeof due);
    due.byte = byte;
    while (c && record_next(c, &who))
        add_due(&who, q, record_asof(r));
    record_cursor_free(c);
    query_context_free(q);
    bool ok = roster_make(&request, hold_roster, NULL, diag);
    door_hold(ok || diag_failed(diag));
    for (size_t i = 0; ok && !print && i < due.n; i++)
        door_hold(due.list[i].found);
    door_hold(!ok || (due.lists > 0) == (due.n > 0));
}

void door_run(const uint8_t *data, size_t size)
{
    struct door_bytes rest = {data, size};
    const unsigned byte = door_byte(&rest), what = asked(byte, 5, 3);
    struct diag diag = {0};
    notice = &notices[byte & 1];
    xml_use_profile(&notice->profile->shared);
    struct record *r =
        open_batch("batch.xml", door_file(rest.data, rest.size), what != FILLED, NULL, &diag);
    door_hold(r || diag_failed(&diag));
    if (r && !diag_failed(&diag) && what != FILLED && record_ask_whole(r, "roster", &diag))
        list_people(r, byte, &diag);
    if (r && !diag_failed(&diag) && (what == FILLED || what == BOTH))
        fill_in(r, size % 4 == 1, &diag);
    record_free(r);
    door_end(&diag);
    arena_free(&arena);
}
