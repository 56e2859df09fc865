/* session_books.c - inputs that are workbooks, turned into XML for the record to read. */
#include "core/cells.h"
#include "core/find.h"
#include "core/machine.h"
#include "programs/session.h"
#include "record/input.h"
#include "record/profile_name.h"
#include "workbook/book_excerpts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct session_books {
    struct book_made *made; /* one an input; fd -1: it is XML */
    struct cell_map *maps;
    int *fds;
    struct book_template *form; /* NULL: none was a workbook */
    size_t n, n_maps;
    struct diag remarks;
    struct buffer state; /* before it was read, of the one whose excerpts are read or written */
};

struct book_template *session_book_form(struct session *s)
{
    const char *path =
        find_template(&s->arena, s->templates, "workbook.xml", (struct src_pos){0}, &s->diag);
    struct book_template *form =
        path ? book_template_read(path, s->input.schema_path, s->profile->lists,
                                  s->profile->n_lists, &s->arena, &s->diag)
             : NULL;
    if (form)
        book_offer(form, profile_list(s->profile, "mode"), "", &s->arena);
    return form;
}

/* A workbook is read by the notice that is known before; it may say another in its turn, by which
 * all is then read again if nobody has named the first. */
static bool is_of_profile(struct session *s, size_t i, int fd)
{
    struct input made;
    const char *name = s->options.inputs[i];
    if (s->options.profile || !input_init_made(&made, name, fd, &s->arena, &s->diag))
        return s->options.profile != NULL;
    const char *own = record_profile_name(&made, &s->arena);
    input_clear(&made);
    if (!own || !strcmp(own, s->profile->name))
        return true;
    if (s->by_default) {
        s->book_profile = own;
        return false;
    }
    return diag_system(&s->diag, (struct src_pos){name, 0}, "写的方案是 %s；请用 --profile %s 指定",
                       "names the profile %s: give --profile %s", own, own);
}

/* All that the reading of the first input depends on. */
static bool ask_state(struct session *s, struct buffer *out)
{
    const struct src_pos ours = {0};
    const char *const files[] = {
        s->options.inputs[0],
        "/proc/self/exe",
        s->input.schema_path,
        s->input.characters_path,
        find_template(&s->arena, s->templates, "workbook.xml", ours, &s->diag),
        find_template(&s->arena, s->templates, "profile.xml", ours, &s->diag)};
    return book_excerpts_state(files, sizeof files / sizeof *files, out);
}

/* The one applicant's share, if that is at hand. */
static bool read_excerpt(struct session *s, struct session_books *b)
{
    const struct options *o = &s->options;
    struct book_excerpt excerpt;
    if (!s->excerpts_from || o->n_inputs != 1 || o->n_applicants != 1 || o->n_units > 0 ||
        !ask_state(s, &b->state) ||
        !book_excerpt_read(s->excerpts_from, &b->state, s->read[0].name, o->applicants[0],
                           &s->arena, &excerpt))
        return false;
    b->made[0] = excerpt.made;
    b->maps[b->n_maps++] = excerpt.made.map;
    b->fds[0] = excerpt.made.fd;
    s->input.recommended = excerpt.recommended;
    s->input.n_recommended = excerpt.n_recommended;
    return true;
}

void session_write_excerpts(struct session *s, const struct record *record)
{
    const struct session_books *b = s->books;
    struct buffer now = {0};
    struct diag silent = {0};
    if (b && b->n == 1 && b->n_maps == 1 && b->state.len > 0 && ask_state(s, &now) &&
        now.len == b->state.len && !memcmp(now.data, b->state.data, now.len))
        book_excerpts_write(s->excerpts_to, &b->state, &b->made[0], record, &silent);
    buffer_clear(&now);
    diag_clear(&silent);
}

/* Reads the input at `i` if it is a workbook. What can be read only once stays readable for the
 * record, whatever it is. false: reported. */
static bool read_input(struct session *s, struct session_books *b, size_t i)
{
    const struct input *in = &s->read[i];
    int fd = input_open(in, &s->diag);
    bool ok = fd >= 0, book = ok && xlsx_claims(fd, in->name);
    if (book && !b->form)
        ok = (b->form = session_book_form(s));
    if (ok && book &&
        book_read(b->form, fd, in->name, in->dir, &s->arena, &b->made[i], &b->remarks, &s->diag))
        b->maps[b->n_maps++] = b->made[i].map;
    else if (ok && book)
        s->unreadable = !(ok = false);
    else if (ok && in->spool >= 0 && (b->made[i].fd = dup(in->spool)) < 0)
        machine_ask(in->name);
    b->fds[i] = b->made[i].fd;
    if (fd >= 0)
        input_close(in, fd);
    return ok && (!book || is_of_profile(s, i, b->made[i].fd));
}

bool session_read_books(struct session *s)
{
    struct session_books *b = ARENA_NEW(&s->arena, struct session_books);
    bool ok = true;
    s->books = b;
    b->n = s->options.n_inputs;
    b->made = ARENA_ARRAY(&s->arena, struct book_made, b->n);
    b->maps = ARENA_ARRAY(&s->arena, struct cell_map, b->n);
    b->fds = ARENA_ARRAY(&s->arena, int, b->n);
    for (size_t i = 0; i < b->n; i++)
        b->made[i].fd = b->fds[i] = -1;
    if (s->excerpts_to && !ask_state(s, &b->state))
        b->state.len = 0;
    bool excerpt = read_excerpt(s, b);
    for (size_t i = excerpt; i < b->n && !(s->by_default && s->book_profile); i++)
        ok = read_input(s, b, i) && ok;
    s->input.made = b->fds;
    s->input.remarks = &b->remarks;
    cells_use(b->maps, b->n_maps);
    if (!ok && !(s->by_default && s->book_profile))
        diag_append(&s->diag, &b->remarks);
    return ok;
}

bool session_books_stray(const struct session *s)
{
    bool stray = false;
    for (size_t i = 0; s->books && i < s->books->n; i++)
        stray = stray || s->books->made[i].has_stray_rows;
    return stray;
}

void session_free_books(struct session *s)
{
    cells_use(NULL, 0);
    for (size_t i = 0; s->books && i < s->books->n; i++)
        book_made_clear(&s->books->made[i]);
    if (s->books) {
        diag_clear(&s->books->remarks);
        buffer_clear(&s->books->state);
    }
    s->books = NULL;
}

bool session_has_book(const struct session *s)
{
    return s->books && s->books->form;
}
