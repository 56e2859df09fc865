/* mark_comments.c - see mark_comments.h. A comment is in two parts: its text (ECMA-376, 18.7), and
 * its box (VML, part 4, 19.2); a thread is in a third (MS-XLSX 2.6.204). */
#include "workbook/mark_comments.h"

#include "core/cells.h"
#include "core/markup.h"
#include "core/utf8.h"
#include "workbook/xlsx.h"
#include "xml/xml_node.h"

#include <stdlib.h>
#include <string.h>

const char mark_line_begin[LANGUAGE_COUNT][16] = {
    [LANGUAGE_ZH] = "【核查】", [LANGUAGE_EN] = "[check] "};

enum {
    BOX_WIDTH = 380,  /* pixels; twice as many for very long ones */
    BOX_COLUMNS = 54, /* half-width characters across it */
    BOX_LINES = 40,   /* above which it is twice as wide */
    BOX_LINES_MOST = 300,
    LINE_HEIGHT = 17,
    BOX_EDGE = 12,
    FIRST_SHAPE = 1025,
    PASSED_MOST = 16384 /* columns or rows */
};

static const char our_name[] = "shenbao 核查";
static const char our_person[] = "{7368656E-6261-4F00-8000-E6A0B8E69FA5}";
static const char vml_head[] =
    "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" "
    "xmlns:o=\"urn:schemas-microsoft-com:office:office\" "
    "xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><o:shapelayout v:ext=\"edit\"><o:idmap "
    "v:ext=\"edit\" data=\"1\"/></o:shapelayout></xml>";
static const char shape_type[] =
    "<v:shapetype xmlns:v=\"urn:schemas-microsoft-com:vml\" "
    "xmlns:o=\"urn:schemas-microsoft-com:office:office\" id=\"_x0000_t202\" "
    "coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\"><v:stroke "
    "joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>";

/* --- lines of ours in a text --- */

static bool is_our_line(const char *s, size_t len)
{
    while (len > 0 && *s == ' ')
        s++, len--;
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (len >= strlen(mark_line_begin[i]) &&
            !memcmp(s, mark_line_begin[i], strlen(mark_line_begin[i])))
            return true;
    return false;
}

/* Which bytes of a text stay: all but lines of ours, with the line end before each. */
static bool *bytes_kept(const char *text, size_t len, struct arena *arena, size_t *n_kept)
{
    bool *kept = ARENA_ARRAY(arena, bool, len + 1);
    *n_kept = 0;
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t next = end ? (size_t)(end - text) : len;
        bool ours = is_our_line(text + at, next - at);
        for (size_t i = at > 0 ? at - 1 : at; i < next; i++)
            kept[i] = !ours;
        at = next + 1;
    }
    if (len && text[len - 1] == '\n')
        kept[len - 1] = true;
    for (size_t i = 0; i < len; i++)
        *n_kept += kept[i];
    return kept;
}

/* The <t> of a comment's runs, phonetic ones left out. */
static size_t list_texts(xmlNode *text, xmlNode **out, size_t most)
{
    size_t n = 0;
    for (xmlNode *c = NULL; (c = xml_child(text, NULL, c)) && n < most;) {
        xmlNode *t = !strcmp((const char *)c->name, "t")   ? c
                     : !strcmp((const char *)c->name, "r") ? xml_child(c, "t", NULL)
                                                           : NULL;
        if (t)
            out[n++] = t;
    }
    return n;
}

static void set_text(xmlNode *t, const char *text, size_t len)
{
    xmlNodeSetContent(t, NULL);
    xmlNodeAddContentLen(t, (const xmlChar *)text, (int)len);
    xmlNodeSetSpacePreserve(t, 1);
}

static void remove_run(xmlNode *t)
{
    dom_remove(!strcmp((const char *)t->parent->name, "r") ? t->parent : t);
}

/* Takes our lines out; *empty: nothing else is left. Whether there were any. */
static bool clean_text(xmlNode *text, struct arena *arena, bool *empty)
{
    enum { RUNS_MOST = 4096 };
    xmlNode *texts[RUNS_MOST];
    size_t n = list_texts(text, texts, RUNS_MOST), kept_bytes, at = 0;
    struct buffer whole = {0};
    for (size_t i = 0; i < n; i++)
        buffer_puts(&whole, xml_text(texts[i], arena));
    size_t len = whole.len;
    const char *all = arena_strndup(arena, len ? (const char *)whole.data : "", len);
    buffer_clear(&whole);
    bool *kept = bytes_kept(all, len, arena, &kept_bytes);
    *empty = kept_bytes == 0;
    if (kept_bytes == len)
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t end = at + strlen(xml_text(texts[i], arena)), to = 0;
        char *left = arena_strndup(arena, all + at, end - at);
        for (size_t k = at; k < end; k++)
            if (kept[k])
                left[to++] = all[k];
        if (to == 0 && end > at)
            remove_run(texts[i]);
        else if (to < end - at)
            set_text(texts[i], left, to);
        at = end;
    }
    return true;
}

/* --- nodes by their cells --- */

struct placed {
    uint32_t row, column;
    size_t order;
    xmlNode *node;
};

struct places {
    struct placed *list;
    size_t n, cap;
};

typedef bool place_of_node(struct mark_comments *m, xmlNode *n, uint32_t *row, uint32_t *column);

static int by_place(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static struct places list_places(struct mark_comments *m, xmlNode *parent, const char *element,
                                 place_of_node *place)
{
    struct places p = {0};
    struct placed at = {0};
    while ((at.node = xml_child(parent, element, at.node))) {
        at.order++;
        if (place(m, at.node, &at.row, &at.column))
            *ARENA_PUSH(m->arena, p.list, p.n, p.cap) = at;
    }
    if (p.n)
        qsort(p.list, p.n, sizeof *p.list, by_place);
    return p;
}

/* The first or the last at the cell; NULL: none. */
static xmlNode *node_at(const struct places *p, uint32_t row, uint32_t column, bool last)
{
    struct placed key = {row, column, last ? SIZE_MAX : 0, NULL};
    size_t low = 0, high = p->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_place(&p->list[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct placed *found = last         ? low > 0 ? &p->list[low - 1] : NULL
                                 : low < p->n ? &p->list[low]
                                              : NULL;
    return found && found->row == row && found->column == column ? found->node : NULL;
}

static bool place_by_ref(struct mark_comments *m, xmlNode *n, uint32_t *row, uint32_t *column)
{
    return xlsx_address_read(xml_attribute_text(n, "ref", m->arena), row, column);
}

/* --- texts --- */

static int related(const struct mark_comments *m, const char *type)
{
    return relation_part(m->archive, relation_by_type(m->relations, type));
}

static bool holds(const struct buffer *bytes, const char *word)
{
    const unsigned char *at = bytes->data, *end = at + bytes->len;
    size_t len = strlen(word);
    while ((size_t)(end - at) >= len && (at = memchr(at, *word, (size_t)(end - at))))
        if ((size_t)(end - at) >= len && !memcmp(at, word, len))
            return true;
        else
            at++;
    return false;
}

static bool names_us(struct mark_comments *m, int part, const char *const *words, size_t n)
{
    struct buffer bytes = {0};
    bool names = false;
    if (part != ARCHIVE_NONE && archive_read(m->archive, part, PACKAGE_TREE_LIMIT, &bytes))
        for (size_t i = 0; i < n && bytes.len; i++)
            names = names || holds(&bytes, words[i]);
    buffer_clear(&bytes);
    return names;
}

static size_t our_author(struct mark_comments *m, xmlNode *root)
{
    xmlNode *authors = xml_child(root, "authors", NULL);
    size_t n = 0;
    if (!authors)
        authors = dom_add(root, xml_child(root, NULL, NULL), "<authors/>");
    for (xmlNode *a = NULL; (a = xml_child(authors, "author", a)); n++)
        if (!strcmp(xml_text(a, m->arena), our_name))
            return n;
    dom_add(authors, NULL, arena_printf(m->arena, "<author>%s</author>", our_name));
    return n;
}

static char *run_of(struct mark_comments *m, const char *text)
{
    struct buffer out = {0};
    buffer_puts(&out, "<r><rPr><sz val=\"9\"/><color indexed=\"81\"/><rFont val=\"宋体\"/><family "
                      "val=\"3\"/><charset val=\"134\"/></rPr><t xml:space=\"preserve\">");
    buffer_markup(&out, text);
    buffer_puts(&out, "</t></r>");
    char *run = arena_strndup(m->arena, (const char *)out.data, out.len);
    buffer_clear(&out);
    return run;
}

/* Text without runs becomes one. */
static void make_runs(xmlNode *text)
{
    xmlNode *plain = xml_child(text, "t", NULL);
    if (!plain)
        return;
    xmlNode *run = dom_add(text, plain, "<r/>");
    xmlUnlinkNode(plain);
    xmlAddChild(run, plain);
}

static void append_lines(struct mark_comments *m, xmlNode *text, const char *lines)
{
    make_runs(text);
    xmlNode *behind = xml_child(text, NULL, NULL);
    while (behind && !strcmp((const char *)behind->name, "r"))
        behind = xml_child(text, NULL, behind);
    dom_add(text, behind, run_of(m, arena_printf(m->arena, "\n%s", lines)));
}

/* A comment in the boxes' eyes. */
struct boxed {
    uint32_t row, column;
    const char *text; /* NULL: there is none any more */
};

struct box_list {
    struct boxed *list;
    size_t n, cap;
};

static void note_box(struct mark_comments *m, struct box_list *boxes, uint32_t row, uint32_t column,
                     const char *text)
{
    *ARENA_PUSH(m->arena, boxes->list, boxes->n, boxes->cap) = (struct boxed){row, column, text};
}

static int compare_cells(const void *a, const void *b)
{
    const struct marked_cell *x = a, *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

static bool is_marked(const struct mark_comments *m, uint32_t row, uint32_t column)
{
    struct marked_cell key = {.row = row, .column = column};
    return m->sheet->n && bsearch(&key, m->sheet->cells, m->sheet->n, sizeof key, compare_cells);
}

/* The box of a cell that is marked anew stays. */
static void clean_comments(struct mark_comments *m, xmlNode *list, struct box_list *boxes)
{
    xmlNode *next;
    for (xmlNode *n = xml_child(list, "comment", NULL); n; n = next) {
        bool empty = false;
        uint32_t row, column;
        next = xml_child(list, "comment", n);
        xmlNode *text = xml_child(n, "text", NULL);
        if (!text || !clean_text(text, m->arena, &empty) || !empty)
            continue;
        if (place_by_ref(m, n, &row, &column) && !is_marked(m, row, column))
            note_box(m, boxes, row, column, NULL);
        dom_remove(n);
    }
}

static void write_comments(struct mark_comments *m, xmlNode *root, struct box_list *boxes)
{
    char cell[CELL_NAME];
    xmlNode *list = xml_child(root, "commentList", NULL);
    if (!list)
        list = dom_add(root, NULL, "<commentList/>");
    clean_comments(m, list, boxes);
    size_t author = m->sheet->n ? our_author(m, root) : 0;
    struct places places = list_places(m, list, "comment", place_by_ref);
    for (size_t i = 0; i < m->sheet->n; i++) {
        const struct marked_cell *k = &m->sheet->cells[i];
        xmlNode *comment = node_at(&places, k->row, k->column, false),
                *text = xml_child(comment, "text", NULL);
        if (text)
            append_lines(m, text, k->lines);
        else
            comment = dom_add(
                list, NULL,
                arena_printf(m->arena,
                             "<comment ref=\"%s\" authorId=\"%zu\"><text>%s</text></comment>",
                             cell_name(cell, k->row, k->column), author, run_of(m, k->lines)));
        note_box(m, boxes, k->row, k->column, xml_text(comment, m->arena));
    }
}

/* --- boxes --- */

struct box {
    uint32_t left, top, right, bottom;                     /* columns and rows from 0 */
    unsigned left_rest, top_rest, right_rest, bottom_rest; /* pixels into each */
    unsigned width, height;
};

/* Where a length ends that begins some pixels into a column or row (from 0). Rows that have no
 * height are passed over, but not a million of them for each comment. */
static void go(const struct sheet_sizes *s, unsigned (*size)(const struct sheet_sizes *, uint32_t),
               uint32_t most, uint32_t from, unsigned rest, unsigned length, uint32_t *to,
               unsigned *to_rest)
{
    unsigned left = rest + length, room;
    most = from + PASSED_MOST < most ? from + PASSED_MOST : most;
    while (from + 1 < most && left >= (room = size(s, from + 1))) {
        left -= room;
        from++;
    }
    *to = from;
    *to_rest = left;
}

static size_t lines_of(const char *text)
{
    size_t lines = 1, width = 0;
    for (size_t len = strlen(text), used; len > 0; text += used, len -= used) {
        uint32_t c = utf8_next(text, len, &used);
        size_t wide = c < 0x1100 ? 1 : 2;
        if (c == '\n' || width + wide > BOX_COLUMNS) {
            lines++;
            width = 0;
        }
        width += c == '\n' ? 0 : wide;
    }
    return lines < BOX_LINES_MOST ? lines : BOX_LINES_MOST;
}

static struct box box_of(const struct sheet_sizes *s, const struct boxed *b)
{
    size_t lines = lines_of(b->text);
    bool wide = lines > BOX_LINES;
    struct box box = {.left = b->column < XLSX_COLUMNS ? b->column : b->column - 1,
                      .top = b->row > 1 ? b->row - 2 : 0,
                      .left_rest = 15,
                      .top_rest = 4,
                      .width = wide ? 2 * BOX_WIDTH : BOX_WIDTH,
                      .height =
                          (unsigned)(wide ? (lines + 1) / 2 : lines) * LINE_HEIGHT + BOX_EDGE};
    go(s, sheet_width, XLSX_COLUMNS, box.left, box.left_rest, box.width, &box.right,
       &box.right_rest);
    go(s, sheet_height, XLSX_ROWS, box.top, box.top_rest, box.height, &box.bottom,
       &box.bottom_rest);
    return box;
}

static char *anchor_of(struct mark_comments *m, const struct box *b)
{
    return arena_printf(m->arena, "%u, %u, %u, %u, %u, %u, %u, %u", (unsigned)b->left, b->left_rest,
                        (unsigned)b->top, b->top_rest, (unsigned)b->right, b->right_rest,
                        (unsigned)b->bottom, b->bottom_rest);
}

static char *shape_style(struct mark_comments *m, const struct box *b)
{
    return arena_printf(m->arena,
                        "position:absolute;margin-left:0;margin-top:0;width:%.2fpt;height:%.2fpt;"
                        "z-index:1;visibility:hidden",
                        b->width * 0.75, b->height * 0.75);
}

static xmlNode *note_of(xmlNode *shape, struct arena *arena)
{
    xmlNode *data = NULL;
    while ((data = xml_child(shape, "ClientData", data)))
        if (!strcmp(xml_attribute_text(data, "ObjectType", arena), "Note"))
            return data;
    return NULL;
}

static bool place_of_box(struct mark_comments *m, xmlNode *shape, uint32_t *row, uint32_t *column)
{
    xmlNode *data = note_of(shape, m->arena), *r = xml_child(data, "Row", NULL),
            *c = xml_child(data, "Column", NULL);
    if (!r || !c)
        return false;
    *row = (uint32_t)strtoul(xml_text(r, m->arena), NULL, 10) + 1;
    *column = (uint32_t)strtoul(xml_text(c, m->arena), NULL, 10) + 1;
    return true;
}

static void resize_box(struct mark_comments *m, xmlNode *shape, const struct boxed *b)
{
    struct box box = box_of(&m->sheet->sizes, b);
    xmlNode *note = note_of(shape, m->arena), *anchor = xml_child(note, "Anchor", NULL);
    if (!anchor)
        anchor = dom_add(note, xml_child(note, "AutoFill", NULL), "<Anchor/>");
    xmlNodeSetContent(anchor, (const xmlChar *)anchor_of(m, &box));
    xmlSetProp(shape, (const xmlChar *)"style", (const xmlChar *)shape_style(m, &box));
}

/* The highest number of a shape's id. */
static unsigned long last_shape(struct mark_comments *m, xmlNode *root)
{
    unsigned long most = FIRST_SHAPE - 1;
    for (xmlNode *n = NULL; (n = xml_child(root, NULL, n));) {
        const char *id = xml_attribute_text(n, "id", m->arena), *digits = strstr(id, "_s");
        unsigned long number = digits ? strtoul(digits + 2, NULL, 10) : 0;
        most = number > most && number < 1 << 30 ? number : most;
    }
    return most;
}

static void add_box(struct mark_comments *m, xmlNode *root, const struct boxed *b,
                    unsigned long number)
{
    struct box box = box_of(&m->sheet->sizes, b);
    dom_add(root, NULL,
            arena_printf(
                m->arena,
                "<v:shape xmlns:v=\"urn:schemas-microsoft-com:vml\" "
                "xmlns:o=\"urn:schemas-microsoft-com:office:office\" "
                "xmlns:x=\"urn:schemas-microsoft-com:office:excel\" id=\"_x0000_s%lu\" "
                "type=\"#_x0000_t202\" style=\"%s\" fillcolor=\"#ffffe1\" "
                "o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/><v:shadow on=\"t\" "
                "color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/><v:textbox "
                "style=\"mso-direction-alt:auto\"><div "
                "style=\"text-align:left\"></div></v:textbox><x:ClientData "
                "ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%s</x:Anchor>"
                "<x:AutoFill>False</x:AutoFill><x:Row>%u</x:Row><x:Column>%u</x:Column>"
                "</x:ClientData></v:shape>",
                number, shape_style(m, &box), anchor_of(m, &box), (unsigned)b->row - 1,
                (unsigned)b->column - 1));
}

static void write_boxes(struct mark_comments *m, xmlNode *root, const struct box_list *boxes)
{
    unsigned long number = last_shape(m, root);
    struct places places = list_places(m, root, "shape", place_of_box);
    if (!xml_child(root, "shapetype", NULL))
        dom_add(root, xml_child(root, "shape", NULL), shape_type);
    for (size_t i = 0; i < boxes->n; i++) {
        const struct boxed *b = &boxes->list[i];
        xmlNode *shape = node_at(&places, b->row, b->column, false);
        if (!b->text && shape)
            dom_remove(shape);
        else if (b->text && shape)
            resize_box(m, shape, b);
        else if (b->text)
            add_box(m, root, b, ++number);
    }
}

/* --- threads --- */

static const char *our_person_id(struct mark_comments *m, xmlNode *people)
{
    for (xmlNode *n = NULL; (n = xml_child(people, "person", n));)
        if (!strcmp(xml_attribute_text(n, "displayName", m->arena), our_name))
            return xml_attribute_text(n, "id", m->arena);
    return NULL;
}

static void clean_threads(struct mark_comments *m, xmlNode *root, const char *person)
{
    xmlNode *next;
    for (xmlNode *n = xml_child(root, "threadedComment", NULL); person && n; n = next) {
        next = xml_child(root, "threadedComment", n);
        if (!strcmp(xml_attribute_text(n, "personId", m->arena), person))
            dom_remove(n);
    }
}

/* The reply to a thread that begins at the cell, as old as the thread's last. */
static void reply(struct mark_comments *m, xmlNode *root, const struct places *threads,
                  const struct marked_cell *k, const char *person)
{
    xmlNode *first = node_at(threads, k->row, k->column, false),
            *last = node_at(threads, k->row, k->column, true);
    if (!first)
        return;
    struct buffer out = {0};
    buffer_printf(&out,
                  "<threadedComment ref=\"%s\" dT=\"%s\" personId=\"%s\" "
                  "id=\"{7368656E-%04X-4F00-8000-%05X%07X}\" parentId=\"%s\"><text>",
                  xml_attribute_text(first, "ref", m->arena),
                  xml_attribute_text(last, "dT", m->arena), person, (unsigned)m->number & 0xFFFF,
                  (unsigned)k->column & 0xFFFFF, (unsigned)k->row & 0xFFFFFFF,
                  xml_attribute_text(first, "id", m->arena));
    buffer_markup(&out, k->lines);
    buffer_puts(&out, "</text></threadedComment>");
    buffer_putc(&out, '\0');
    dom_add(root, xml_child(root, NULL, last), (const char *)out.data);
    buffer_clear(&out);
}

static bool write_threads(struct mark_comments *m)
{
    static const char *const ours[] = {our_name};
    int part = related(m, "threadedComment"),
        people = relation_part(m->archive, relation_by_type(m->book_relations, "person"));
    if (part == ARCHIVE_NONE || people == ARCHIVE_NONE ||
        (!m->sheet->n && !names_us(m, people, ours, 1)))
        return true;
    xmlDoc *threads = package_tree(m->package, part), *persons = package_tree(m->package, people);
    if (!threads || !persons)
        return false;
    xmlNode *root = xmlDocGetRootElement(threads), *list = xmlDocGetRootElement(persons);
    const char *person = our_person_id(m, list);
    clean_threads(m, root, person);
    if (!person && m->sheet->n) {
        person = our_person;
        dom_add(list, NULL,
                arena_printf(m->arena,
                             "<person displayName=\"%s\" id=\"%s\" userId=\"shenbao\" "
                             "providerId=\"None\"/>",
                             our_name, our_person));
    }
    struct places places = list_places(m, root, "threadedComment", place_by_ref);
    for (size_t i = 0; i < m->sheet->n; i++)
        reply(m, root, &places, &m->sheet->cells[i], person);
    return true;
}

/* --- the sheet --- */

const char *mark_comments_reserve(struct mark_comments *m, const char **boxes)
{
    const char *sheet = archive_name(m->archive, m->part), *slash = strrchr(m->book, '/');
    *boxes =
        package_new_name(m->package, arena_printf(m->arena, "%.*sdrawings/vmlDrawing%%d.vml",
                                                  slash ? (int)(slash - m->book) + 1 : 0, m->book));
    package_new_tree(m->package, *boxes, vml_head);
    return package_relate(m->package, sheet, arena_printf(m->arena, "%s/vmlDrawing", m->type_base),
                          package_target(m->package, sheet, *boxes));
}

/* The tree of the boxes: what the sheet names, or what was reserved. NULL: they cannot be read. */
static xmlDoc *boxes_tree(struct mark_comments *m, const char *boxes)
{
    const char *named = m->sheet->own_drawing;
    const struct relation *relation = named ? relation_by_id(m->relations, named) : NULL;
    int part = relation_part(m->archive, relation);
    if (part != ARCHIVE_NONE)
        return package_try_tree(m->package, part);
    if (relation && !relation->external)
        boxes = relation->target; /* it is not there */
    return boxes ? package_new_tree(m->package, boxes, vml_head) : NULL;
}

static bool forget_reserved(struct mark_comments *m, const char *boxes)
{
    if (!boxes || !m->sheet->own_drawing || !strcmp(m->sheet->own_drawing, m->sheet->drawing))
        return true;
    package_forget(m->package, boxes);
    return package_unrelate(m->package, archive_name(m->archive, m->part), m->sheet->drawing);
}

static xmlDoc *comments_tree(struct mark_comments *m, int part)
{
    const char *sheet = archive_name(m->archive, m->part), *slash = strrchr(m->book, '/');
    if (part != ARCHIVE_NONE)
        return package_tree(m->package, part);
    const char *name =
        package_new_name(m->package, arena_printf(m->arena, "%.*scomments%%d.xml",
                                                  slash ? (int)(slash - m->book) + 1 : 0, m->book));
    bool ok = package_set_type(m->package, name,
                               "application/vnd.openxmlformats-officedocument.spreadsheetml."
                               "comments+xml") &&
              package_relate(m->package, sheet, arena_printf(m->arena, "%s/comments", m->type_base),
                             package_target(m->package, sheet, name));
    return ok ? package_new_tree(m->package, name,
                                 arena_printf(m->arena,
                                              "<comments xmlns=\"%s\"><authors/><commentList/>"
                                              "</comments>",
                                              m->space))
              : NULL;
}

bool mark_comments_write(struct mark_comments *m, const char *boxes)
{
    const char *const ours[] = {mark_line_begin[LANGUAGE_ZH], mark_line_begin[LANGUAGE_EN]};
    int part = related(m, "comments");
    struct box_list list = {0};
    if (!m->sheet->n && !names_us(m, part, ours, 2))
        return !archive_broken(m->archive) && write_threads(m);
    if (!forget_reserved(m, boxes))
        return false;
    xmlDoc *vml = boxes_tree(m, boxes);
    m->no_boxes = !vml && !archive_broken(m->archive);
    if (!vml)
        return m->no_boxes;
    xmlDoc *comments = comments_tree(m, part);
    if (!comments ||
        !package_set_default_type(m->package, "vml",
                                  "application/vnd.openxmlformats-officedocument.vmlDrawing"))
        return false;
    write_comments(m, xmlDocGetRootElement(comments), &list);
    write_boxes(m, xmlDocGetRootElement(vml), &list);
    return write_threads(m);
}
