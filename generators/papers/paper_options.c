/* paper_options.c - see paper_options.h. */
#include "papers/paper_options.h"

#include "core/pipes.h"
#include "core/protected.h"
#include "core/system_error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct option_own password_option(const char **path)
{
    return (struct option_own){
        "password-file", "FILE", {"PDF 的密码，每行一个", "passwords of PDFs, one a line"}, path};
}

void binder_options_table(struct binder_options *values, struct option_own table[BINDER_OPTIONS])
{
    const struct option_own all[BINDER_OPTIONS] = {
        {"duplex",
         NULL,
         {"双面打印：各部分从正面起", "for printing on both sides: sections begin on a front side"},
         &values->duplex},
        {"skip-bad",
         NULL,
         {"读不出的附件以标记页代替（退出码 3）",
          "a marked sheet instead of what cannot be read (exit 3)"},
         &values->skip_bad},
        password_option(&values->password_file),
        {"keep-a3", NULL, {"A3 的复印件仍用 A3", "A3 copies stay A3"}, &values->keep_a3},
    };
    memcpy(table, all, sizeof all);
}

enum { PASSWORD_LINES = 10000 }; /* a file without an end is not read for ever */

bool binder_options_read(struct binder_options *values, struct arena *arena, struct diag *diag)
{
    char line[1024];
    const char **list = NULL;
    size_t n = 0, cap = 0, lines = 0;
    const char *path = values->password_file;
    int fd = path ? pipe_open_to_read(path) : -1;
    FILE *in = fd < 0 ? NULL : fdopen(fd, "r");

    struct stat st;

    if (path && fd < 0 && errno == ENXIO)
        return pipe_without_writer(path, diag);
    if (path && !in)
        return diag_unreadable(diag, path);
    if (in && fstat(fileno(in), &st) == 0)
        protect_file(&st, PROTECTED_INPUT);
    while (in && lines <= PASSWORD_LINES && fgets(line, sizeof line, in)) {
        lines++;
        line[strcspn(line, "\r\n")] = '\0';
        if (*line)
            *ARENA_PUSH(arena, list, n, cap) = arena_strdup(arena, line);
    }
    values->passwords = list;
    values->n_passwords = n;
    bool ok = !in || !ferror(in);
    if (!ok)
        diag_unreadable(diag, path);
    if (lines > PASSWORD_LINES)
        ok = diag_system(diag, (struct src_pos){path, 0}, "超过 %d 行", "has more than %d lines",
                         PASSWORD_LINES);
    if (in)
        fclose(in);
    return ok;
}

void viewing_options_table(struct viewing *values, struct option_own table[VIEWING_OPTIONS])
{
    const struct option_own all[VIEWING_OPTIONS] = {
        {"svg",
         NULL,
         {"不出 PDF，而把各页写成 SVG，放在 -o 指定的目录里，供浏览器看",
          "no PDF, but each page as SVG in the folder of -o, for a browser"},
         &values->svg},
        {"excerpts",
         "FILE",
         {"（内部）check --excerpts 所写，未过时就只从中读 -a 的那一人",
          "(internal) of check --excerpts: where the person of -a is read, if it still holds"},
         &values->excerpts}};
    memcpy(table, all, sizeof all);
}

struct option_own letter_option(const char **value)
{
    return (struct option_own){"roster",
                               NULL,
                               {"人员名单作为附件另页，不论多少人",
                                "the list of persons as 附件 on a page of its own, however few "
                                "they are"},
                               value};
}

struct option_own fit_photo_option(const char **value)
{
    return (struct option_own){
        "fit-photo",
        NULL,
        {"上传的证件照不合要求时裁切、缩小（不变形）",
         "crop and shrink a photo for the platform beyond its limits, aspect kept"},
        value};
}
