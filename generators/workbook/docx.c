/* docx.c - see docx.h. */
#include "workbook/docx.h"

#include "core/utf8.h"
#include "workbook/numbering.h"
#include "workbook/part.h"
#include "workbook/relations.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TEXT_LIMIT = 4 << 20, STYLES_LIMIT = 10000, STYLES_DEEP = 16 };

/* A paragraph's style, as far as it numbers. */
struct style {
    const char *id, *base; /* NULL: none */
    long long list, level; /* -1: it does not say */
};

struct reading {
    struct arena arena;
    struct archive *archive;
    int part;
    struct buffer *text;
    size_t *things;
    struct numbering *numbering;
    struct style *styles;
    size_t n_styles, styles_cap;
    struct style style; /* at hand in styles.xml; of the paragraph at hand */
    bool in_run, in_text, in_code, labelled;
    bool hidden;      /* the run at hand is */
    bool paged;       /* a new page begins between the text before and what follows */
    bool in_result;   /* of a field: what it showed last */
    size_t unread;    /* counted of the field at hand, as none of its result is read yet */
    int left_out;     /* elements open within what is left out, itself among them */
    size_t paragraph; /* where it begins in the text */
};

static struct part_text value_of(const struct part_element *e)
{
    return part_attribute_in(e, SPACE_WORD, "val");
}

static void read_numbering_word(struct reading *r, const struct part_element *e)
{
    if (!strcmp(e->name, "numId"))
        r->style.list = part_number(value_of(e));
    else if (!strcmp(e->name, "ilvl"))
        r->style.level = part_number(value_of(e));
}

static bool on_style(void *data, const struct part_element *e)
{
    struct reading *r = data;
    if (e->space != SPACE_WORD)
        return true;
    struct part_text id = part_attribute_in(e, SPACE_WORD, "styleId"), base = value_of(e);
    if (!strcmp(e->name, "style"))
        r->style = (struct style){arena_strndup(&r->arena, id.s ? id.s : "", id.len), NULL, -1, -1};
    else if (!strcmp(e->name, "basedOn") && base.s)
        r->style.base = arena_strndup(&r->arena, base.s, base.len);
    else
        read_numbering_word(r, e);
    return true;
}

static bool on_style_end(void *data, enum part_space space, const char *name)
{
    struct reading *r = data;
    if (space != SPACE_WORD || strcmp(name, "style"))
        return true;
    if (r->n_styles == STYLES_LIMIT)
        return archive_refuse(r->archive, r->part, "的样式过多", "has too many styles");
    *ARENA_PUSH(&r->arena, r->styles, r->n_styles, r->styles_cap) = r->style;
    return true;
}

static const struct style *find_style(const struct reading *r, const char *id)
{
    for (size_t i = 0; id && i < r->n_styles; i++)
        if (!strcmp(r->styles[i].id, id))
            return &r->styles[i];
    return NULL;
}

/* The list that a paragraph belongs to, by itself or its styles. */
static void put_label(struct reading *r)
{
    long long list = r->style.list, level = r->style.level;
    const struct style *s = find_style(r, r->style.base);

    for (int deep = 0; list < 0 && s && deep < STYLES_DEEP; deep++) {
        list = s->list;
        level = level < 0 ? s->level : level;
        s = find_style(r, s->base);
    }
    r->labelled = true;
    if (list > 0)
        numbering_next(r->numbering, list, level < 0 || level >= NUMBERING_LEVELS ? 0 : (int)level,
                       r->text);
}

/* Before whatever the paragraph shows. */
static void begin_text(struct reading *r)
{
    if (r->in_result) {
        r->things[DOCX_FIELDS] -= r->unread;
        r->unread = 0;
    }
    if (!r->labelled)
        put_label(r);
    else if (r->paged)
        buffer_putc(r->text, '\n');
    r->paged = false;
}

/* What a change was made from, as Word keeps it beside what it was made into. */
static bool is_former(const char *name)
{
    static const char end[] = "PrChange";
    size_t len = strlen(name);
    return len >= sizeof end && !strcmp(name + len - (sizeof end - 1), end);
}

/* What is left out with all that is in it, and what is only counted. */
static bool counts(struct reading *r, const struct part_element *e)
{
    static const struct {
        const char *name;
        enum docx_thing thing;
        bool out;
    } known[] = {
        {"drawing", DOCX_PICTURES, true},          {"pict", DOCX_PICTURES, true},
        {"object", DOCX_PICTURES, true},           {"tbl", DOCX_TABLES, false},
        {"commentReference", DOCX_COMMENTS, true}, {"footnoteReference", DOCX_NOTES, true},
        {"endnoteReference", DOCX_NOTES, true},    {"del", DOCX_DELETED, true},
        {"moveFrom", DOCX_DELETED, true},          {"ins", DOCX_INSERTED, false},
        {"moveTo", DOCX_INSERTED, false},          {"rt", DOCX_RUBIES, true},
        {"altChunk", DOCX_EMBEDDED, true},         {"subDoc", DOCX_EMBEDDED, true},
        {"showingPlcHdr", DOCX_PROMPTS, false},
    };
    if (!strcmp(e->name, "txbxContent")) { /* within a drawing, which is none then */
        r->things[DOCX_TEXT_BOXES]++;
        r->things[DOCX_PICTURES] -= r->things[DOCX_PICTURES] > 0;
    }
    for (size_t i = 0; !r->left_out && i < sizeof known / sizeof *known; i++)
        if (!strcmp(e->name, known[i].name)) {
            r->things[known[i].thing]++;
            return known[i].out;
        }
    return is_former(e->name);
}

/* Fields of which the document most often holds no text: a letter in a circle, numbers, symbols. */
static void count_field(struct reading *r, struct part_text code)
{
    static const char *const names[] = {"EQ", "SYMBOL", "AUTONUM", "LISTNUM", "FORMCHECKBOX"};
    while (code.len && *code.s == ' ')
        code.s++, code.len--;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i]);
        bool whole = i > 1 || code.len == len || (code.len > len && code.s[len] == ' ');
        if (code.len >= len && whole && !strncasecmp(code.s, names[i], len)) {
            r->things[DOCX_FIELDS]++;
            r->unread++;
        }
    }
}

/* A field begins, ends, or comes to its result. */
static void turn_field(struct reading *r, bool in_result)
{
    r->in_result = in_result;
    if (!in_result)
        r->unread = 0;
}

/* A character that Word has a picture of, or one of a symbol font: a code of private use. */
static void put_symbol(struct reading *r, struct part_text code)
{
    char hex[8] = "";
    if (code.s && code.len < sizeof hex)
        memcpy(hex, code.s, code.len);
    unsigned long c = strtoul(hex, NULL, 16);
    bool plain =
        c > 0x20 && c < 0x110000 && !(c >= 0xD800 && c < 0xE000) && !utf8_is_private((uint32_t)c);
    begin_text(r);
    buffer_character(r->text, plain ? (uint32_t)c : 0x25A1);
    r->things[DOCX_SYMBOLS] += !plain;
}

/* A label, too, can be long, and be said of many paragraphs. */
static bool is_within_limit(struct reading *r)
{
    return r->text->len <= TEXT_LIMIT ||
           archive_refuse(r->archive, r->part, "的文字过长：至多 %d MiB",
                          "has too much text: at most %d MiB", TEXT_LIMIT >> 20);
}

/* Tabs and breaks before the first text only set it off. */
static bool put_break(struct reading *r, const struct part_element *e)
{
    struct part_text type = part_attribute_in(e, SPACE_WORD, "type");
    bool page = type.s && !part_text_is(type, "textWrapping");

    if (!strcmp(e->name, "sym")) {
        put_symbol(r, (struct part_text){0});
    } else if (!strcmp(e->name, "noBreakHyphen")) {
        begin_text(r);
        buffer_puts(r->text, "\u2011");
    } else if (r->labelled && (!strcmp(e->name, "tab") || !strcmp(e->name, "ptab"))) {
        begin_text(r);
        buffer_putc(r->text, '\t');
    } else if (r->labelled && (!strcmp(e->name, "br") || !strcmp(e->name, "cr"))) {
        r->paged = r->paged || page;
        if (!page)
            buffer_putc(r->text, '\n');
    }
    return is_within_limit(r);
}

static bool on_start(void *data, const struct part_element *e)
{
    struct reading *r = data;

    if (!r->left_out && e->space != SPACE_WORD && !strcmp(e->name, "oMath")) {
        r->things[DOCX_FORMULAS]++;
        r->left_out = 1;
        return true;
    }
    bool out = e->space == SPACE_WORD && counts(r, e);
    if (r->left_out || out) {
        r->left_out++;
        return true;
    }
    if (r->in_run && !r->hidden && !strcmp(e->name, "symEx")) /* an emoji, of Word's later words */
        put_symbol(r, part_attribute_in(e, e->space, "char"));
    if (e->space != SPACE_WORD)
        return is_within_limit(r);
    if (!strcmp(e->name, "p")) {
        r->paragraph = r->text->len;
        r->style = (struct style){NULL, NULL, -1, -1};
        r->labelled = r->paged = false;
    } else if (!strcmp(e->name, "pStyle")) {
        struct part_text id = value_of(e);
        r->style.base = arena_strndup(&r->arena, id.s ? id.s : "", id.len);
    } else if (!strcmp(e->name, "r")) {
        r->in_run = true;
    } else if (r->in_run && !strcmp(e->name, "vanish")) {
        r->hidden = part_flag(value_of(e), true);
    } else if (!strcmp(e->name, "t")) {
        r->in_text = !r->hidden;
        r->things[DOCX_HIDDEN] += r->hidden;
    } else if (!strcmp(e->name, "fldChar")) {
        turn_field(r, part_text_is(part_attribute_in(e, SPACE_WORD, "fldCharType"), "separate"));
    } else if (r->hidden) {
        return true;
    } else if (!strcmp(e->name, "instrText")) {
        r->in_code = true;
    } else if (!strcmp(e->name, "fldSimple")) {
        turn_field(r, false);
        count_field(r, part_attribute_in(e, SPACE_WORD, "instr"));
        turn_field(r, true);
    } else if (r->in_run) {
        return put_break(r, e);
    } else {
        read_numbering_word(r, e);
    }
    return true;
}

static bool on_text(void *data, struct part_text text)
{
    struct reading *r = data;
    if (r->in_code && !r->left_out)
        count_field(r, text);
    r->in_code = false;
    if (!r->in_text || r->left_out || !text.len)
        return true;
    begin_text(r);
    buffer_add(r->text, text.s, text.len);
    return is_within_limit(r);
}

static bool on_end(void *data, enum part_space space, const char *name)
{
    struct reading *r = data;

    r->in_text = r->in_code = false;
    if (r->left_out) {
        r->left_out--;
        return true;
    }
    if (space == SPACE_WORD && !strcmp(name, "r"))
        r->in_run = r->hidden = false;
    if (space == SPACE_WORD && !strcmp(name, "fldSimple"))
        turn_field(r, false);
    if (space == SPACE_WORD && !strcmp(name, "p")) {
        if (r->labelled)
            buffer_putc(r->text, '\n');
        else
            r->text->len = r->paragraph;
        r->labelled = false;
        r->paragraph = r->text->len;
    }
    return true;
}

static bool read_document(struct reading *r)
{
    static const struct part_events styles = {.start = on_style, .end = on_style_end},
                                    document = {.start = on_start, .end = on_end, .text = on_text};
    struct relations package, relations;
    struct archive *a = r->archive;

    if (!relations_read(a, ARCHIVE_NONE, &r->arena, &package))
        return false;
    int part = relation_part(a, relation_by_type(&package, "officeDocument"));
    if (part == ARCHIVE_NONE || strncmp(archive_name(a, part), "word/", 5) != 0)
        return diag_error(archive_diag(a), (struct src_pos){archive_file(a), 0},
                          "不是 Word 文档（.docx）：请用 Word 或 WPS 另存为 .docx",
                          "is no Word document (.docx): let Word or WPS save it as .docx");
    if (!relations_read(a, part, &r->arena, &relations))
        return false;
    r->part = relation_part(a, relation_by_type(&relations, "styles"));
    if (r->part != ARCHIVE_NONE && !part_read(a, r->part, &styles, r))
        return false;
    r->numbering = numbering_read(a, relation_part(a, relation_by_type(&relations, "numbering")));
    r->part = part;
    return r->numbering && part_read(a, part, &document, r);
}

bool docx_read(int fd, const char *name, struct buffer *text, size_t things[DOCX_THINGS],
               struct diag *diag)
{
    struct reading r = {.text = text, .things = things, .archive = archive_open(fd, name, diag)};

    memset(things, 0, DOCX_THINGS * sizeof *things);
    bool ok = r.archive && read_document(&r);
    numbering_free(r.numbering);
    archive_free(r.archive);
    arena_free(&r.arena);
    return ok;
}
