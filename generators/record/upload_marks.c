/* upload_marks.c - see upload_marks.h. */
#include "record/upload_marks.h"

#include "core/machine.h"
#include "core/small_file.h"
#include "core/strings.h"
#include "record/node.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_BYTES = 64 << 20, FIELDS = 4 };

const char *upload_marks_path(const char *input, struct arena *arena)
{
    bool stream = !strcmp(input, "-") || !strcmp(input, "/dev/stdin") ||
                  !strncmp(input, "/dev/fd/", 8) || !strncmp(input, "/proc/", 6);
    return stream ? NULL : arena_printf(arena, "%s.uploaded", input);
}

/* Which scan of whom. */
static int compare_scan(const void *a, const void *b)
{
    const struct upload_mark *x = a, *y = b;
    int c = strcmp(x->applicant, y->applicant);
    c = c ? c : strcmp(x->href, y->href);
    return c ? c : strcmp(x->pages, y->pages);
}

static int compare(const void *a, const void *b)
{
    const struct upload_mark *x = a, *y = b;
    int c = compare_scan(a, b);
    return c ? c : strcmp(x->entry, y->entry);
}

/* --- what an entry is called --- */

static const char *without_breaks(const char *text, struct arena *arena)
{
    char *copy = arena_strdup(arena, text);
    for (char *p = copy; (p = strpbrk(p, "\t\r\n"));)
        *p = ' ';
    return copy;
}

/* Its id, where it has one, else all that is said of it: in the order of the attributes' names,
 * since files that say the same may give them in another. */
static const char *entry_of(const record_node *cites, struct arena *arena)
{
    bool evidence = !strcmp(record_name(cites), "evidence");
    const record_node *entry = evidence ? record_parent((record_node *)cites) : cites;
    const char *id = record_attribute(entry, "id", arena), *words = record_name(entry), *name;
    const char **names = NULL;
    size_t n = 0, cap = 0;

    if (*id)
        return without_breaks(arena_printf(arena, "%s %s", words, id), arena);
    for (size_t i = 0; (name = record_attribute_name(entry, i)); i++)
        if (evidence || (strcmp(name, "href") && strcmp(name, "pages") && strcmp(name, "uploaded")))
            *ARENA_PUSH(arena, names, n, cap) = name;
    if (n > 1)
        qsort(names, n, sizeof *names, string_order_at);
    for (size_t i = 0; i < n; i++)
        words = arena_printf(arena, "%s %s", words, record_attribute(entry, names[i], arena));
    return without_breaks(words, arena);
}

struct upload_mark upload_marks_of(const record_node *cites, const char *applicant,
                                   struct arena *arena)
{
    return (struct upload_mark){arena_strdup(arena, applicant),
                                without_breaks(record_attribute(cites, "href", arena), arena),
                                record_attribute(cites, "pages", arena), entry_of(cites, arena)};
}

/* --- the list, and its file --- */

void upload_marks_add(struct upload_marks *marks, struct arena *arena, struct upload_mark mark)
{
    *ARENA_PUSH(arena, marks->list, marks->n, marks->cap) = mark;
}

void upload_marks_sort(struct upload_marks *marks)
{
    size_t n = 0;
    if (marks->n)
        qsort(marks->list, marks->n, sizeof *marks->list, compare);
    for (size_t i = 0; i < marks->n; i++)
        if (n == 0 || compare(&marks->list[n - 1], &marks->list[i]))
            marks->list[n++] = marks->list[i];
    marks->n = n;
}

/* A line, whose end is cut off. */
static bool read_line(struct upload_marks *marks, char *line, struct arena *arena)
{
    const char *fields[FIELDS] = {"", "", "", ""};
    size_t n = 0;
    for (char *p = line; n < FIELDS && p; n++) {
        fields[n] = p;
        p = n + 1 < FIELDS ? strchr(p, '\t') : NULL;
        if (p)
            *p++ = '\0';
    }
    if (!*fields[0] || !*fields[1] || strchr(fields[3], '\t'))
        return false;
    upload_marks_add(marks, arena,
                     (struct upload_mark){fields[0], fields[1], fields[2], fields[3]});
    return true;
}

bool upload_marks_read(struct upload_marks *marks, const char *path, struct arena *arena,
                       struct diag *diag)
{
    struct stat st;
    bool ok = true;

    if (stat(path, &st) < 0) {
        machine_ask(path);
        return true;
    }
    char *text = small_file_text(path, MOST_BYTES, SMALL_FILE_OWN, arena, diag);
    if (!text)
        return false;
    long number = 0;
    for (char *line; (line = small_file_line(&text));) {
        number++;
        if (*line && !read_line(marks, line, arena) && *line != '#')
            ok = diag_error(
                diag, (struct src_pos){path, number},
                "应为 申报人编号、文件、页码、条目，用制表符隔开；改不对就删去这一行，重新运行 "
                "shenbao upload --done",
                "should be an applicant's id, a file, pages and an entry with tabs between; mend "
                "or delete the line, and run shenbao upload --done again");
    }
    upload_marks_sort(marks);
    return ok;
}

void upload_marks_write(const struct upload_marks *marks, struct buffer *out)
{
    buffer_puts(
        out, "# 已上传到平台的扫描件：申报人编号、文件、页码、条目（shenbao upload --done 写）\n");
    for (size_t i = 0; i < marks->n; i++) {
        const struct upload_mark *m = &marks->list[i];
        buffer_printf(out, "%s\t%s\t%s%s%s\n", m->applicant, m->href, m->pages,
                      *m->entry ? "\t" : "", m->entry);
    }
}

/* --- what it says of an applicant --- */

struct cite {
    struct upload_mark mark; /* as it would be */
    record_node *node;
};

struct cites {
    struct arena arena;
    const char *applicant;
    struct cite *list;
    size_t n, cap;
};

static void list_cites(struct cites *c, record_node *node)
{
    for (record_node *n = record_child(node, NULL); n; n = record_child(node, n)) {
        if (!*record_attribute(n, "href", &c->arena))
            list_cites(c, n);
        else
            *ARENA_PUSH(&c->arena, c->list, c->n, c->cap) =
                (struct cite){upload_marks_of(n, c->applicant, &c->arena), n};
    }
}

/* Among equal scans the first mark. */
static const struct upload_mark *first_mark(const struct upload_marks *marks,
                                            const struct upload_mark *scan)
{
    size_t first = 0, end = marks->n;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (compare_scan(&marks->list[middle], scan) < 0)
            first = middle + 1;
        else
            end = middle;
    }
    return &marks->list[first];
}

static bool is_marked(const struct upload_marks *marks, const struct upload_mark *scan, bool alone)
{
    const struct upload_mark *end = marks->list + marks->n;
    for (const struct upload_mark *m = first_mark(marks, scan); m < end && !compare_scan(m, scan);
         m++)
        if (alone || !*m->entry || !strcmp(m->entry, scan->entry))
            return true;
    return false;
}

/* Entries that cite the same pages have a file each; an only one may be called otherwise since. */
void upload_marks_apply(const struct upload_marks *marks, const char *applicant, record_node *node)
{
    struct cites c = {.applicant = applicant};
    if (marks->n == 0)
        return;
    list_cites(&c, node);
    if (c.n > 1)
        qsort(c.list, c.n, sizeof *c.list, compare);
    for (size_t i = 0, end; i < c.n; i = end) {
        for (end = i + 1; end < c.n && !compare_scan(&c.list[i], &c.list[end]); end++)
            ;
        bool alone = !strcmp(c.list[i].mark.entry, c.list[end - 1].mark.entry);
        for (size_t k = i; k < end; k++)
            if (is_marked(marks, &c.list[k].mark, alone))
                record_put(c.list[k].node, "uploaded", "true");
    }
    arena_free(&c.arena);
}
