/* upload_marks.c - see upload_marks.h. */
#include "record/upload_marks.h"

#include "core/machine.h"
#include "core/small_file.h"
#include "record/node.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_BYTES = 64 << 20, FIELDS = 3 };

const char *upload_marks_path(const char *input, struct arena *arena)
{
    return strcmp(input, "-") ? arena_printf(arena, "%s.uploaded", input) : NULL;
}

static int compare(const void *a, const void *b)
{
    const struct upload_mark *x = a, *y = b;
    int c = strcmp(x->applicant, y->applicant);
    c = c ? c : strcmp(x->href, y->href);
    return c ? c : strcmp(x->pages, y->pages);
}

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
    const char *fields[FIELDS] = {"", "", ""};
    size_t n = 0;
    for (char *p = line; n < FIELDS && p; n++) {
        fields[n] = p;
        p = n + 1 < FIELDS ? strchr(p, '\t') : NULL;
        if (p)
            *p++ = '\0';
    }
    if (!*fields[0] || !*fields[1] || strchr(fields[2], '\t'))
        return false;
    upload_marks_add(marks, arena, (struct upload_mark){fields[0], fields[1], fields[2]});
    return true;
}

bool upload_marks_read(struct upload_marks *marks, const char *path, struct arena *arena,
                       struct diag *diag)
{
    struct buffer bytes = {0};
    struct stat st;
    bool ok = true;

    if (stat(path, &st) < 0) {
        machine_ask(path);
        return true;
    }
    if (!small_file_read_own(path, MOST_BYTES, &bytes, diag))
        return false;
    char *text = arena_strndup(arena, bytes.data ? (char *)bytes.data : "", bytes.len);
    buffer_clear(&bytes);
    for (long number = 1; text; number++) {
        char *end = strchr(text, '\n'), *line = text;
        text = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
        line[strcspn(line, "\r")] = '\0';
        if (*line && *line != '#' && !read_line(marks, line, arena))
            ok = diag_error(
                diag, (struct src_pos){path, number},
                "应为 申报人编号、文件、页码，用制表符隔开；改不对就删去这一行，重新运行 "
                "shenbao upload --done",
                "should be an applicant's id, a file and pages with tabs between; mend "
                "or delete the line, and run shenbao upload --done again");
    }
    upload_marks_sort(marks);
    return ok;
}

void upload_marks_write(const struct upload_marks *marks, struct buffer *out)
{
    buffer_puts(out,
                "# 已上传到平台的扫描件：申报人编号、文件、页码（shenbao upload --done 写）\n");
    for (size_t i = 0; i < marks->n; i++)
        buffer_printf(out, "%s\t%s\t%s\n", marks->list[i].applicant, marks->list[i].href,
                      marks->list[i].pages);
}

void upload_marks_apply(const struct upload_marks *marks, const char *applicant, record_node *node)
{
    struct arena arena = {0};
    if (marks->n == 0)
        return;
    for (record_node *c = record_child(node, NULL); c; c = record_child(node, c)) {
        const struct upload_mark key = {applicant, record_attribute(c, "href", &arena),
                                        record_attribute(c, "pages", &arena)};
        if (*key.href && bsearch(&key, marks->list, marks->n, sizeof key, compare))
            record_put(c, "uploaded", "true");
        else
            upload_marks_apply(marks, applicant, c);
    }
    arena_free(&arena);
}
