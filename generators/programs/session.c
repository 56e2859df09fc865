/* session.c - see session.h. */
#include "programs/session.h"

#include "core/expected.h"
#include "core/find.h"
#include "core/finding_json.h"
#include "core/output.h"
#include "core/paths.h"
#include "core/protected.h"
#include "dossier/volume.h"

#include <string.h>

static void protect_folders(const char *const *dirs, enum protected_kind kind)
{
    for (; *dirs; dirs++)
        protect_folder(*dirs, kind);
}

int session_begin(struct session *s, int argc, char **argv,
                  const char *const purpose[LANGUAGE_COUNT], const struct option_own *own,
                  size_t n_own)
{
    const struct option_set set = {purpose, own, n_own, OPTIONS_ALL};
    return session_begin_with(s, argc, argv, &set);
}

int session_begin_with(struct session *s, int argc, char **argv, const struct option_set *set)
{
    *s = (struct session){0};
    int status = options_parse(&s->options, argc, argv, set, &s->arena);
    if (status >= 0) {
        arena_free(&s->arena);
        return status;
    }
    if (s->options.output && output_is_file_name(s->options.output))
        expect_output("-o", s->options.output, s->options.output);
    expect_output("--report", s->options.report, s->options.output);
    if (!(set->common & OPTION_INPUT)) /* nothing is read, not even standard input */
        s->options.n_inputs = 0;
    s->diag.strict = s->options.strict;
    return -1;
}

/* --- the notice --- */

bool session_open_profile(struct session *s)
{
    const struct options *o = &s->options;
    struct profile_choice choice = {
        .asked = o->profile, .of_inputs = s->book_profile, .overlay = o->templates};

    if (!s->book_profile) {
        s->read = ARENA_ARRAY(&s->arena, struct input, o->n_inputs);
        if (!profile_choice_read(&choice, o->inputs, o->n_inputs, s->read, &s->arena, &s->diag))
            return false;
    }
    s->by_default = !o->profile && !choice.of_inputs;
    s->profile = profile_choice_open(&choice, &s->arena, &s->diag);
    s->templates = choice.dirs;
    return s->profile != NULL;
}

static void tell_overlays(struct session *s)
{
    for (const char *const *dir = shenbao_overlays(); *dir; dir++)
        diag_add(&s->diag, (struct finding){.severity = SEVERITY_INFO, .at.file = *dir},
                 "这里自备的模板或字体先于本程序所带的使用（--no-overlays 不用）",
                 "templates or fonts in here are used before ours (--no-overlays leaves them out)");
}

static bool open_by_profile(struct session *s)
{
    const struct options *o = &s->options;
    const struct src_pos ours = {0};

    if (!session_open_profile(s))
        return false;
    tell_overlays(s);
    protect_folders(s->templates, PROTECTED_TEMPLATE);
    protect_folders(shenbao_font_dirs(o->fonts), PROTECTED_FONT);
    s->input = (struct record_options){
        .schema_path = find_template(&s->arena, s->templates, "applicants.xsd", ours, &s->diag),
        .characters_path = find_template(&s->arena, s->templates, "characters.xml", ours, &s->diag),
        .lists = s->profile->lists,
        .n_lists = s->profile->n_lists,
        .defaults = s->profile->days,
        .n_defaults = s->profile->n_days,
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

bool session_open(struct session *s)
{
    if (open_by_profile(s))
        return expected_outputs(&s->diag);
    if (!s->book_profile)
        return false;
    session_free_books(s);
    query_tables_free(s->tables);
    profile_close(s->profile);
    s->tables = NULL;
    s->profile = NULL;
    return open_by_profile(s) && expected_outputs(&s->diag);
}

bool session_has_paper(struct session *s, const char *name)
{
    const char *file = arena_printf(&s->arena, "%s.xml", name);
    return find_file(&s->arena, s->templates, file) ||
           diag_system(&s->diag, (struct src_pos){0}, "方案 %s 没有这种材料：%s",
                       "the profile %s has no paper %s", s->profile->name, name);
}

bool session_open_fonts(struct session *s)
{
    s->fonts = fonts_new(shenbao_font_dirs(s->options.fonts), &s->diag);
    return s->fonts != NULL;
}

struct paper_setting session_papers(const struct session *s, const struct binder_options *binding,
                                    const struct option_own *switches, size_t n_switches)
{
    return (struct paper_setting){.options = &s->options,
                                  .templates = s->templates,
                                  .profile = s->profile,
                                  .tables = s->tables,
                                  .fonts = s->fonts,
                                  .binder = &volume_binder,
                                  .volumes = s->profile->volume_names,
                                  .binding = binding,
                                  .switches = switches,
                                  .n_switches = n_switches};
}

void session_report(struct session *s, const char *program, bool written)
{
    const struct options *o = &s->options;
    struct buffer out = {0};
    struct json j = {.out = &out};

    if (!o->report || !expected_outputs(&s->diag))
        return;
    json_open(&j, NULL, '{');
    json_integer(&j, "version", 1);
    json_string(&j, "program", program);
    finding_json_all(&j, &s->diag, o->report_language);
    json_open(&j, "counts", '{');
    json_integer(&j, "written", written);
    json_integer(&j, "errors", (long long)s->diag.count[SEVERITY_ERROR]);
    json_integer(&j, "warnings", (long long)s->diag.count[SEVERITY_WARNING]);
    json_close(&j, '}');
    json_close(&j, '}');
    output_write(o->report, out.data, out.len, &s->diag);
    buffer_clear(&out);
}

int session_end(struct session *s, int status)
{
    diag_print(&s->diag, s->options.language, stderr);
    if (status == 0 && session_books_stray(s))
        status = 3;
    if (s->unreadable)
        status = 1;
    if (s->diag.system_faults)
        status = 2;
    fonts_free(s->fonts);
    query_tables_free(s->tables);
    profile_close(s->profile);
    for (size_t i = 0; s->read && i < s->options.n_inputs; i++)
        input_clear(&s->read[i]);
    session_free_books(s);
    diag_clear(&s->diag);
    arena_free(&s->arena);
    return status;
}
