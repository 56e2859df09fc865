/* book_excerpts.c - see book_excerpts.h. The file: a parcel for each person, the head, and where
 * that begins. The head has all that stands outside applicants, and where each of them belongs in
 * it. */
#define _GNU_SOURCE /* st_mtim */
#include "workbook/book_excerpts.h"

#include "core/output.h"
#include "core/parcel.h"
#include "core/read_at.h"
#include "core/spool.h"
#include "core/temporary.h"
#include "record/node.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_BYTES = 256 << 20 }; /* of a head, or of one person */

static const char mark[16] = "shenbao excerpt1";

struct file_end {
    char mark[sizeof mark];
    size_t head; /* where it begins */
};

bool book_excerpts_state(const char *const *files, size_t n, struct buffer *out)
{
    for (size_t i = 0; i < n; i++) {
        struct stat st;
        if (!files[i] || stat(files[i], &st) < 0)
            return false;
        const size_t facts[] = {(size_t)st.st_dev,          (size_t)st.st_ino,
                                (size_t)st.st_size,         (size_t)st.st_mtim.tv_sec,
                                (size_t)st.st_mtim.tv_nsec, (size_t)st.st_ctim.tv_sec,
                                (size_t)st.st_ctim.tv_nsec};
        buffer_add(out, facts, sizeof facts);
    }
    return true;
}

/* --- written --- */

/* Lines are told from `line` on. */
static void pack_rows(struct buffer *b, const struct cell_row *rows, size_t n, long line)
{
    pack_number(b, n);
    for (size_t i = 0; i < n; i++) {
        pack_number(b, (size_t)(rows[i].line - line));
        pack_number(b, rows[i].sheet);
        pack_number(b, rows[i].row);
        pack_text(b, rows[i].element);
        pack_number(b, rows[i].faulty);
    }
}

static void pack_sheets(struct buffer *b, const struct cell_map *map)
{
    pack_number(b, map->n_sheets);
    for (size_t i = 0; i < map->n_sheets; i++) {
        const struct cell_sheet *s = &map->sheets[i];
        pack_text(b, s->name);
        pack_number(b, s->first);
        pack_number(b, s->name_column);
        pack_number(b, s->n);
        for (size_t k = 0; k < s->n; k++) {
            pack_text(b, s->columns[k].path);
            pack_text(b, s->columns[k].label);
            pack_text(b, s->columns[k].of);
            pack_number(b, s->columns[k].column);
        }
    }
}

static void pack_recommended(struct buffer *b, const struct record *r)
{
    struct arena a = {0};
    struct buffer list = {0};
    size_t n = 0;
    for (size_t u = 0; record_unit(r, u); u++) {
        const record_node *unit = record_unit(r, u);
        for (record_node *c = record_child(unit, NULL); c; c = record_child(unit, c)) {
            if (strcmp(record_name(c), "recommended"))
                continue;
            pack_text(&list, record_attribute(unit, "id", &a));
            pack_text(&list, record_attribute(c, "target", &a));
            pack_text(&list, record_attribute(c, "grade", &a));
            pack_text(&list, record_attribute(c, "n", &a));
            n++;
        }
    }
    pack_number(b, n);
    buffer_add(b, list.data, list.len);
    buffer_clear(&list);
    arena_free(&a);
}

/* Appended. */
static bool read_bytes(int fd, size_t from, size_t to, struct buffer *out)
{
    size_t len = to - from;
    return len == 0 || read_all_at(fd, buffer_room(out, len), len, (off_t)from);
}

/* --- the whole without its applicants --- */

struct outside {
    const struct book_made *made;
    struct buffer xml;
    struct cell_row *rows; /* its lines, as if there were no applicants */
    size_t n, cap;
    size_t at, row; /* how far the whole was read */
    long left_out;  /* lines of applicants so far */
};

/* Up to there. */
static bool go_outside(struct outside *o, size_t to, size_t end_row, struct arena *a)
{
    bool ok = read_bytes(o->made->fd, o->at, to, &o->xml);
    for (; o->row < end_row; o->row++) {
        struct cell_row row = o->made->map.rows[o->row];
        row.line -= o->left_out;
        *ARENA_PUSH(a, o->rows, o->n, o->cap) = row;
    }
    o->at = to;
    return ok;
}

static void pass_person(struct outside *o, const struct book_person *p)
{
    o->at = p->to;
    o->row = p->end_row;
    o->left_out += p->end_line - p->line;
}

/* --- the file --- */

/* One person's XML and rows. */
static bool pack_person(struct buffer *b, const struct book_made *made, const struct book_person *p)
{
    struct buffer xml = {0};
    bool ok = read_bytes(made->fd, p->from, p->to, &xml);
    pack_bytes(b, xml.data, xml.len);
    pack_rows(b, made->map.rows + p->first_row, p->end_row - p->first_row, p->line);
    buffer_clear(&xml);
    return ok;
}

/* Everybody's parcel into the file; people: who has one. *size: of all. */
static bool put_people(struct outside *o, const struct record *record, struct buffer *file,
                       struct buffer *people, size_t *size, struct arena *a)
{
    const struct book_made *made = o->made;
    struct buffer list = {0}, body = {0};
    size_t n = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < made->n_people; i++) {
        const struct book_person *p = &made->people[i];
        ok = go_outside(o, p->from, p->first_row, a);
        if (!record_is_faulty(record, i) && p->n_flaws == 0) {
            body.len = 0;
            ok = ok && pack_person(&body, made, p);
            buffer_add(file, body.data, body.len);
            pack_text(&list, record_id(record, i));
            pack_number(&list, o->xml.len);
            pack_number(&list, (size_t)(p->line - o->left_out));
            pack_number(&list, (size_t)(p->end_line - p->line));
            pack_number(&list, *size);
            pack_number(&list, body.len);
            *size += body.len;
            n++;
        }
        pass_person(o, p);
    }
    pack_number(people, n);
    buffer_add(people, list.data, list.len);
    buffer_clear(&list);
    buffer_clear(&body);
    return ok;
}

/* false: the whole cannot be read. */
static bool put_all(const struct buffer *state, const struct book_made *made,
                    const struct record *record, struct buffer *file)
{
    struct buffer people = {0}, head = {0};
    struct arena a = {0};
    struct outside o = {.made = made};
    struct file_end end = {0};
    struct stat st;
    bool ok = put_people(&o, record, file, &people, &end.head, &a) && fstat(made->fd, &st) == 0 &&
              go_outside(&o, (size_t)st.st_size, made->map.n_rows, &a);
    pack_bytes(&head, state->data, state->len);
    buffer_add(&head, people.data, people.len);
    pack_bytes(&head, o.xml.data, o.xml.len);
    pack_rows(&head, o.rows, o.n, 0);
    pack_sheets(&head, &made->map);
    pack_recommended(&head, record);
    memcpy(end.mark, mark, sizeof mark);
    buffer_add(file, head.data, head.len);
    buffer_add(file, &end, sizeof end);
    buffer_clear(&people);
    buffer_clear(&head);
    buffer_clear(&o.xml);
    arena_free(&a);
    return ok;
}

/* Is the record of just these people, and do no flaws stand outside them? */
static bool is_divisible(const struct book_made *made, const struct record *record)
{
    size_t flaws = 0;
    for (size_t i = 0; i < made->n_people; i++)
        flaws += made->people[i].n_flaws;
    return record_count(record) == made->n_people && made->map.n_flaws == flaws;
}

bool book_excerpts_write(const char *path, const struct buffer *state, const struct book_made *made,
                         const struct record *record, struct diag *diag)
{
    if (!is_divisible(made, record))
        return true;
    int fd = output_temporary(path, diag);
    struct spool *spool = spool_new(fd);
    struct buffer file = {.spool = spool};
    bool ok = fd >= 0 && (put_all(state, made, record, &file) || output_failed(path, diag));
    buffer_flush(&file);
    ok = ok && (spool_ok(spool) || output_failed(path, diag)) &&
         output_name(path, spool_fd(spool), diag);
    buffer_clear(&file);
    spool_free(spool);
    return ok;
}

/* --- read --- */

/* Where a person's excerpt is, and where it belongs. */
struct share {
    size_t at, len;   /* in the file */
    size_t outside;   /* bytes before it */
    long line, lines; /* its first; how many */
};

static bool is_same_state(struct parcel *p, const struct buffer *state)
{
    size_t len;
    const void *bytes = unpack_bytes(p, &len);
    return bytes && len == state->len && !memcmp(bytes, state->data, len);
}

/* Of a text that is never NULL: a cache may hold anything. */
static const char *unpack_word(struct parcel *p, struct arena *a)
{
    const char *text = unpack_text(p, a);
    p->broken |= !text;
    return text ? text : "";
}

/* A line, or how many: fewer than any file has, so that they can be added. */
static long unpack_lines(struct parcel *p)
{
    size_t n = unpack_number(p);
    p->broken |= n > INT32_MAX;
    return p->broken ? 0 : (long)n;
}

static bool find_share(struct parcel *p, const char *person, struct share *out, struct arena *a)
{
    bool found = false;
    for (size_t n = unpack_number(p); n > 0 && !p->broken; n--) {
        const char *id = unpack_word(p, a);
        struct share s = {.outside = unpack_number(p)};
        s.line = unpack_lines(p);
        s.lines = unpack_lines(p);
        s.at = unpack_number(p);
        s.len = unpack_number(p);
        if (!strcmp(id, person)) {
            found = true;
            *out = s;
        }
    }
    return found;
}

/* Appended to those of the map. Lines from `from` on are `more` further. */
static void unpack_rows(struct parcel *p, struct cell_row **rows, size_t *n, size_t *cap, long from,
                        long more, struct arena *a)
{
    for (size_t left = unpack_number(p); left > 0 && !p->broken; left--) {
        struct cell_row r = {.line = unpack_lines(p)};
        r.line += r.line >= from ? more : 0;
        r.sheet = (uint32_t)unpack_number(p);
        r.row = (uint32_t)unpack_number(p);
        r.element = unpack_word(p, a);
        p->broken |= !*r.element; /* of no name: found everywhere */
        r.faulty = unpack_number(p);
        *MEM_PUSH(*rows, *n, *cap) = r;
    }
}

static void unpack_sheets(struct parcel *p, struct cell_map *map, struct arena *a)
{
    struct cell_sheet *list = NULL;
    size_t n = 0, cap = 0;
    for (size_t left = unpack_number(p); left > 0 && !p->broken; left--) {
        struct cell_column *columns = NULL;
        size_t n_columns = 0, cap_columns = 0;
        struct cell_sheet s = {.name = unpack_word(p, a)};
        s.first = (uint32_t)unpack_number(p);
        s.name_column = (uint32_t)unpack_number(p);
        for (size_t k = unpack_number(p); k > 0 && !p->broken; k--) {
            struct cell_column c = {.path = unpack_word(p, a)};
            c.label = unpack_word(p, a);
            c.of = unpack_word(p, a);
            c.column = (uint32_t)unpack_number(p);
            *ARENA_PUSH(a, columns, n_columns, cap_columns) = c;
        }
        s.columns = columns;
        s.n = n_columns;
        *ARENA_PUSH(a, list, n, cap) = s;
    }
    map->sheets = list;
    map->n_sheets = n;
}

static void unpack_recommended(struct parcel *p, struct book_excerpt *out, struct arena *a)
{
    size_t cap = 0;
    for (size_t left = unpack_number(p); left > 0 && !p->broken; left--) {
        struct record_recommended r = {.unit = unpack_word(p, a)};
        r.target = unpack_word(p, a);
        r.grade = unpack_word(p, a);
        r.n = strtol(unpack_word(p, a), NULL, 10);
        *ARENA_PUSH(a, out->recommended, out->n_recommended, cap) = r;
    }
}

static int by_line(const void *a, const void *b)
{
    long x = ((const struct cell_row *)a)->line, y = ((const struct cell_row *)b)->line;
    return (x > y) - (x < y);
}

/* The person among what stands outside, in a file without a name. */
static bool put_together(const struct share *s, struct parcel *head, struct parcel *body,
                         const char *name, struct arena *a, struct book_excerpt *out)
{
    struct cell_row *rows = NULL;
    size_t n = 0, cap = 0, len, own_len;
    struct diag silent = {0};
    const unsigned char *outside = unpack_bytes(head, &len), *own = unpack_bytes(body, &own_len);
    unpack_rows(head, &rows, &n, &cap, s->line, s->lines, a);
    unpack_rows(body, &rows, &n, &cap, 0, s->line, a);
    unpack_sheets(head, &out->made.map, a);
    unpack_recommended(head, out, a);
    bool ok = !head->broken && !body->broken && s->outside <= len;
    for (size_t i = 0; ok && i < n; i++)
        ok = rows[i].sheet < out->made.map.n_sheets;
    if (n)
        qsort(rows, n, sizeof *rows, by_line);
    out->made.map.file = name;
    out->made.map.rows = rows;
    out->made.map.n_rows = n;
    out->made.fd = ok ? temporary_open(name, &silent) : -1;
    diag_clear(&silent);
    return out->made.fd >= 0 && output_bytes(out->made.fd, outside, s->outside) &&
           output_bytes(out->made.fd, own, own_len) &&
           output_bytes(out->made.fd, outside + s->outside, len - s->outside);
}

static bool read_part(int fd, size_t from, size_t len, size_t size, struct buffer *out)
{
    return from <= size && len <= size - from && len <= MOST_BYTES &&
           read_bytes(fd, from, from + len, out);
}

static bool read_person(int fd, const struct buffer *state, const char *name, const char *person,
                        struct arena *arena, struct book_excerpt *out)
{
    struct buffer end = {0}, head = {0}, body = {0};
    struct file_end e = {0};
    struct share share;
    struct stat st;
    size_t size =
        fstat(fd, &st) == 0 && st.st_size > (off_t)sizeof e ? (size_t)st.st_size - sizeof e : 0;
    bool ok = size && read_part(fd, size, sizeof e, size + sizeof e, &end);
    if (ok)
        memcpy(&e, end.data, sizeof e);
    ok = ok && !memcmp(e.mark, mark, sizeof mark) && e.head < size &&
         read_part(fd, e.head, size - e.head, size, &head);
    struct parcel p = parcel_of(&head);
    ok = ok && is_same_state(&p, state) && find_share(&p, person, &share, arena) &&
         read_part(fd, share.at, share.len, e.head, &body);
    struct parcel own = parcel_of(&body);
    ok = ok && put_together(&share, &p, &own, name, arena, out);
    buffer_clear(&end);
    buffer_clear(&head);
    buffer_clear(&body);
    return ok;
}

bool book_excerpt_read(const char *path, const struct buffer *state, const char *name,
                       const char *person, struct arena *arena, struct book_excerpt *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    *out = (struct book_excerpt){.made.fd = -1};
    bool ok = fd >= 0 && read_person(fd, state, name, person, arena, out);
    if (fd >= 0)
        close(fd);
    if (!ok) {
        book_made_clear(&out->made);
        *out = (struct book_excerpt){.made.fd = -1};
    }
    return ok;
}
