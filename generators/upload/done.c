/* done.c - see done.h. */
#include "upload/done.h"

#include "core/lock.h"
#include "core/output.h"
#include "core/small_file.h"
#include "core/spelling.h"
#include "core/strings.h"
#include "record/upload_marks.h"
#include "upload/files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_BYTES = 64 << 20 };

/* A line of the list. */
struct done_line {
    const char *id, *name; /* name "": all files */
    long number;
    bool known; /* there is such an applicant */
};

struct taking {
    const struct upload_request *request;
    const char *path; /* of the list */
    struct arena arena;
    struct diag *diag;
    struct done_line *lines; /* sorted by id */
    size_t n_lines, cap_lines;
    struct upload_marks *marks; /* of each input */
    bool *changed;
};

static int by_id(const void *a, const void *b)
{
    const struct done_line *x = a, *y = b;
    int c = strcmp(x->id, y->id);
    return c ? c : (x->number > y->number) - (x->number < y->number);
}

/* "A001<tab>name.pdf" as the two, without the suffix of a file. */
static struct done_line read_line(char *line, long number)
{
    static const char *const suffixes[] = {".pdf", ".jpg", ".png"};
    char *name = line + strcspn(line, "\t"), *end;
    if (*name)
        *name++ = '\0';
    name += strspn(name, " \t");
    for (end = name + strlen(name); end > name && (end[-1] == ' ' || end[-1] == '\t');)
        *--end = '\0';
    for (size_t i = 0; i < 3; i++)
        if (end - name > 4 && !strcmp(end - 4, suffixes[i]))
            end[-4] = '\0';
    return (struct done_line){.id = line, .name = name, .number = number};
}

static bool read_list(struct taking *t)
{
    char *text = small_file_text(t->path, MOST_BYTES, SMALL_FILE_GIVEN, &t->arena, t->diag);
    long number = 0;

    if (!text)
        return false;
    for (char *line; (line = small_file_line(&text));) {
        number++;
        if (line[strspn(line, " \t")])
            *ARENA_PUSH(&t->arena, t->lines, t->n_lines, t->cap_lines) = read_line(line, number);
    }
    if (t->n_lines)
        qsort(t->lines, t->n_lines, sizeof *t->lines, by_id);
    return true;
}

static size_t input_of(const struct taking *t, const struct applicant *who)
{
    const struct record_options *input = t->request->input;
    size_t i = 0;
    while (i + 1 < input->n_inputs && strcmp(input->inputs[i], who->at.file))
        i++;
    return i;
}

static void mark_file(struct taking *t, const struct applicant *who, const struct upload_file *f)
{
    size_t input = input_of(t, who);
    for (size_t i = 0; i < f->n_waiting; i++) {
        upload_marks_add(&t->marks[input], &t->arena,
                         upload_marks_of(f->waiting[i], who->id, &t->arena));
        t->changed[input] = true;
    }
}

static void take_line(struct taking *t, const struct done_line *line, const struct applicant *who,
                      const struct upload_files *files)
{
    struct spelling_guess guess = {.word = line->name};
    bool found = !*line->name || !strcmp(line->name, files->photo);

    for (size_t i = 0; i < files->n; i++) {
        const struct upload_file *f = &files->list[i];
        if (!*line->name || !strcmp(line->name, f->name)) {
            mark_file(t, who, f);
            found = true;
        }
        spelling_guess(&guess, f->name);
    }
    if (!found)
        diag_error(t->diag, (struct src_pos){t->path, line->number},
                   "%s 没有叫“%s”的上传文件%s%s；文件名以 shenbao upload 制成的为准",
                   "%s has no file for the platform named '%s'%s%s; the names are those that "
                   "shenbao upload gives",
                   who->id, line->name, guess.best ? " ~ " : "", guess.best ? guess.best : "");
}

/* Of everybody who is in the list. */
static void take_all(struct taking *t, const struct platform *platform, struct record *record)
{
    struct record_cursor *cursor = record_cursor_new(record, t->diag);
    struct query_context *query = query_context_new(t->request->tables);
    struct applicant who;

    while (record_next(cursor, &who)) {
        struct arena arena = {0};
        struct upload_files *files = NULL;
        for (size_t i = 0; i < t->n_lines; i++) {
            if (strcmp(t->lines[i].id, who.id))
                continue;
            query_context_begin(query, who.node, record_asof(record));
            query_context_set_diag(query, t->diag);
            files = files ? files : upload_files_list(platform, query, &who, &arena);
            take_line(t, &t->lines[i], &who, files);
            t->lines[i].known = true;
        }
        arena_free(&arena);
    }
    query_context_free(query);
    record_cursor_free(cursor);
    for (size_t i = 0; i < t->n_lines; i++)
        if (!t->lines[i].known && *t->lines[i].id != '#') /* a comment, unless it is an id */
            diag_error(t->diag, (struct src_pos){t->path, t->lines[i].number},
                       "输入里没有申报人 %s；每行应为 编号、制表符、文件名",
                       "the input has no applicant %s; a line is an id, a tab and a file's name",
                       t->lines[i].id);
}

/* What is there already stays, and so does what another run has taken down meanwhile: each waits
 * for the other, but for file systems that cannot lock a folder. */
static void write_file(struct taking *t, struct upload_marks *marks, const char *path)
{
    const char *leaf = path_leaf(path);
    size_t len = (size_t)(leaf - path);
    int lock = lock_folder(len > 0 ? arena_strndup(&t->arena, path, len) : ".");
    struct buffer out = {0};
    bool written, ok = upload_marks_read(marks, path, &t->arena, t->diag);

    upload_marks_sort(marks);
    upload_marks_write(marks, &out);
    if (ok)
        output_update(path, out.data, out.len, &written, t->diag);
    buffer_clear(&out);
    if (lock >= 0)
        close(lock);
}

static void write_marks(struct taking *t)
{
    const struct record_options *input = t->request->input;
    for (size_t i = 0; i < input->n_inputs; i++) {
        const char *path = upload_marks_path(input->inputs[i], &t->arena);
        if (t->changed[i] && path)
            write_file(t, &t->marks[i], path);
        else if (t->changed[i])
            diag_system(t->diag, (struct src_pos){0},
                        "标准输入旁边没有地方记；请给出数据文件的名字",
                        "there is no place beside standard input: name the file");
    }
}

int upload_done(const struct upload_request *request, const char *list, struct diag *diag)
{
    struct taking t = {.request = request, .path = list, .diag = diag};
    struct platform *platform = platform_load(request->templates, diag);
    struct record *record = platform ? record_open(request->input, diag) : NULL;

    if (record && read_list(&t)) {
        t.marks = ARENA_ARRAY(&t.arena, struct upload_marks, request->input->n_inputs);
        t.changed = ARENA_ARRAY(&t.arena, bool, request->input->n_inputs);
        take_all(&t, platform, record);
        if (!diag_failed(diag))
            write_marks(&t);
    }
    diag_print(diag, request->options->language, stderr);
    int status = diag->system_faults ? 2 : diag_failed(diag) ? 1 : 0;
    record_free(record);
    platform_free(platform);
    arena_free(&t.arena);
    diag_clear(diag);
    return status;
}
