/* xlsx_comments.c - the comments of a workbook's sheets, old ones and threads; see xlsx.h. */
#include "core/cells.h"
#include "workbook/part.h"
#include "workbook/xlsx_book.h"
#include "workbook/xstring.h"

#include <string.h>

enum { COMMENT_LIMIT = 1 << 20 /* bytes of one */ };

struct person {
    const char *id, *name;
};

struct reading {
    struct xlsx *x;
    int part;
    size_t sheet;
    const char **authors;
    struct person *people;
    size_t n_authors, authors_cap, n_people, people_cap;
    struct xlsx_comment comment; /* at hand; row 0: none */
    struct buffer text;
    bool in_author, in_text;
    int phonetic;
};

static bool refuse_long(struct reading *r)
{
    return archive_refuse(r->x->archive, r->part, "的一条批注过长：至多 %d KiB",
                          "has a comment that is too long: at most %d KiB", COMMENT_LIMIT >> 10);
}

static const char *kept_text(struct reading *r)
{
    char *copy = arena_strndup(&r->x->arena, r->text.len ? (char *)r->text.data : "", r->text.len);
    copy[xstring_plain(copy, r->text.len)] = '\0';
    return copy;
}

/* false: the address is none, and the comment is left out. */
static bool begin_comment(struct reading *r, struct part_text ref, const char *author, bool reply)
{
    char address[CELL_NAME];
    struct xlsx_comment c = {.sheet = r->sheet, .author = author, .reply = reply};

    r->comment = (struct xlsx_comment){0};
    r->text.len = 0;
    if (!ref.s || ref.len >= sizeof address)
        return false;
    memcpy(address, ref.s, ref.len);
    address[ref.len] = '\0';
    if (!xlsx_address_read(address, &c.row, &c.column))
        return false;
    r->comment = c;
    return true;
}

static bool end_comment(struct reading *r)
{
    struct xlsx *x = r->x;
    if (!r->comment.row)
        return true;
    if (x->n_comments == XLSX_THINGS)
        return xlsx_too_many(x, r->part);
    r->comment.text = kept_text(r);
    *ARENA_PUSH(&x->arena, x->comments, x->n_comments, x->comments_cap) = r->comment;
    r->comment.row = 0;
    return true;
}

static bool on_start(void *data, const struct part_element *e)
{
    struct reading *r = data;

    if (r->phonetic || part_is(e, SPACE_SHEET, "rPh")) {
        r->phonetic++;
        return true;
    }
    r->in_author = part_is(e, SPACE_SHEET, "author");
    r->in_text = part_is(e, SPACE_SHEET, "t");
    if (r->in_author)
        r->text.len = 0;
    if (part_is(e, SPACE_SHEET, "comment")) {
        long long author = part_number(part_attribute(e, "authorId"));
        const char *name = author >= 0 && (size_t)author < r->n_authors ? r->authors[author] : "";
        if (begin_comment(r, part_attribute(e, "ref"), name, false) && !strncmp(name, "tc=", 3))
            r->comment.row = 0; /* a thread's shadow for programs that know of no threads */
    }
    return true;
}

static bool on_text(void *data, struct part_text text)
{
    struct reading *r = data;
    if ((r->in_text || r->in_author) && !r->phonetic)
        buffer_add(&r->text, text.s, text.len);
    return r->text.len <= COMMENT_LIMIT || refuse_long(r);
}

static bool on_end(void *data, enum part_space space, const char *name)
{
    struct reading *r = data;
    bool author = r->in_author;

    r->in_text = r->in_author = false;
    if (r->phonetic) {
        r->phonetic--;
        return true;
    }
    if (author) {
        if (r->n_authors == XLSX_THINGS)
            return xlsx_too_many(r->x, r->part);
        *ARENA_PUSH(&r->x->arena, r->authors, r->n_authors, r->authors_cap) = kept_text(r);
    }
    return space != SPACE_SHEET || strcmp(name, "comment") || end_comment(r);
}

static bool on_person(void *data, const struct part_element *e)
{
    struct reading *r = data;
    struct part_text id = part_attribute(e, "id"), name = part_attribute(e, "displayName");
    struct arena *a = &r->x->arena;

    if (!part_is(e, SPACE_THREADS, "person") || !id.s || !name.s)
        return true;
    if (r->n_people == XLSX_THINGS / 100)
        return xlsx_too_many(r->x, r->part);
    *ARENA_PUSH(a, r->people, r->n_people, r->people_cap) =
        (struct person){arena_strndup(a, id.s, id.len), arena_strndup(a, name.s, name.len)};
    return true;
}

static bool on_thread(void *data, const struct part_element *e)
{
    struct reading *r = data;
    const char *author = "";

    r->in_text = part_is(e, SPACE_THREADS, "text");
    if (!part_is(e, SPACE_THREADS, "threadedComment"))
        return true;
    for (size_t i = 0; i < r->n_people; i++)
        if (part_text_is(part_attribute(e, "personId"), r->people[i].id))
            author = r->people[i].name;
    begin_comment(r, part_attribute(e, "ref"), author, true);
    return true;
}

static bool on_thread_end(void *data, enum part_space space, const char *name)
{
    struct reading *r = data;
    r->in_text = false;
    return space != SPACE_THREADS || strcmp(name, "threadedComment") || end_comment(r);
}

bool xlsx_read_comments(struct xlsx *x)
{
    static const struct part_events comments = {on_start, on_end, on_text},
                                    people = {.start = on_person},
                                    threads = {on_thread, on_thread_end, on_text};
    struct reading r = {.x = x};
    bool ok = true;

    r.part = relation_part(x->archive, relation_by_type(&x->relations, "person"));
    if (r.part != ARCHIVE_NONE)
        ok = part_read(x->archive, r.part, &people, &r);
    for (size_t i = 0; ok && i < x->n_sheets; i++)
        for (size_t k = 0; ok && k < x->parts[i].relations.n; k++) {
            const struct relation *relation = &x->parts[i].relations.list[k];
            bool thread = !strcmp(relation->type, "threadedComment");
            r.part = relation_part(x->archive, relation);
            r.sheet = i;
            r.n_authors = 0;
            if (r.part != ARCHIVE_NONE && (thread || !strcmp(relation->type, "comments")))
                ok = part_read(x->archive, r.part, thread ? &threads : &comments, &r);
        }
    buffer_clear(&r.text);
    return ok;
}

size_t xlsx_comments(const struct xlsx *x, const struct xlsx_comment **out)
{
    *out = x->comments;
    return x->n_comments;
}
