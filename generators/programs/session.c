/* session.c - see session.h. */
#include "programs/session.h"

#include "core/find.h"
#include "core/machine.h"
#include "core/paths.h"
#include "core/protected.h"

#include <string.h>
#include <sys/stat.h>

static bool is_one_file(const char *a, const char *b)
{
    struct stat x, y;
    if (!a || !b || (stat(a, &x) == 0 && !S_ISREG(x.st_mode)))
        return false;
    return !strcmp(a, b) ||
           (stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

static void protect_folders(const char *const *dirs, enum protected_kind kind)
{
    for (; *dirs; dirs++)
        protect_folder(*dirs, kind);
}

int session_begin(struct session *s, int argc, char **argv,
                  const char *const purpose[LANGUAGE_COUNT], const struct option_own *own,
                  size_t n_own)
{
    *s = (struct session){0};
    const struct option_set set = {purpose, own, n_own, OPTIONS_ALL};
    int status = options_parse(&s->options, argc, argv, &set, &s->arena);
    if (status >= 0) {
        arena_free(&s->arena);
        return status;
    }
    if (is_one_file(s->options.output, s->options.report)) {
        arena_free(&s->arena);
        return options_fault(s->options.language, argv[0],
                             "-o 和 --report 是同一个文件；请各起一个文件名",
                             "-o and --report name one file: give each its own");
    }
    s->diag.strict = s->options.strict;
    s->templates = shenbao_template_dirs(s->options.templates);
    return -1;
}

bool session_open(struct session *s)
{
    const struct options *o = &s->options;
    const struct src_pos ours = {0};
    struct stat st;
    bool there = stat(s->templates[0], &st) == 0;
    if (!there)
        machine_ask(s->templates[0]);
    if (!there || !S_ISDIR(st.st_mode))
        return diag_system(&s->diag, (struct src_pos){s->templates[0], 0}, "没有这个模板目录",
                           "there is no such directory of templates");
    protect_folders(s->templates, PROTECTED_TEMPLATE);
    protect_folders(shenbao_font_dirs(o->fonts), PROTECTED_FONT);
    s->input = (struct record_options){
        .schema_path = find_template(&s->arena, s->templates, "applicants.xsd", ours, &s->diag),
        .characters_path = find_template(&s->arena, s->templates, "characters.xml", ours, &s->diag),
        .inputs = o->inputs,
        .n_inputs = o->n_inputs,
        .only_applicants = o->applicants,
        .n_only_applicants = o->n_applicants,
        .only_units = o->units,
        .n_only_units = o->n_units,
        .asof = o->asof};
    return s->input.schema_path && s->input.characters_path &&
           (s->tables = query_tables_load(s->templates, &s->diag)) && session_read_books(s);
}

bool session_open_fonts(struct session *s)
{
    s->fonts = fonts_new(shenbao_font_dirs(s->options.fonts), &s->diag);
    return s->fonts != NULL;
}

struct paper_setting session_papers(const struct session *s, const struct binder *binder,
                                    const struct binder_options *binding,
                                    const struct option_own *switches, size_t n_switches)
{
    return (struct paper_setting){.options = &s->options,
                                  .templates = s->templates,
                                  .tables = s->tables,
                                  .fonts = s->fonts,
                                  .binder = binder,
                                  .binding = binding,
                                  .switches = switches,
                                  .n_switches = n_switches};
}

int session_end(struct session *s, int status)
{
    diag_print(&s->diag, s->options.language, stderr);
    if (s->unreadable)
        status = 1;
    if (s->diag.system_faults)
        status = 2;
    fonts_free(s->fonts);
    query_tables_free(s->tables);
    session_free_books(s);
    diag_clear(&s->diag);
    arena_free(&s->arena);
    return status;
}
