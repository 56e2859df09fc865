/* session.c - see session.h. */
#include "programs/session.h"

#include "core/find.h"
#include "core/paths.h"
#include "query/needed_papers.h"
#include "query/rubric.h"
#include "query/workdays.h"

int session_begin(struct session *s, int argc, char **argv,
                  const char *const purpose[LANGUAGE_COUNT], const struct option_own *own,
                  size_t n_own)
{
    *s = (struct session){0};
    int status = options_parse(&s->options, argc, argv, purpose, own, n_own, &s->arena);
    if (status >= 0) {
        arena_free(&s->arena);
        return status;
    }
    s->diag.strict = s->options.strict;
    s->templates = shenbao_template_dirs(s->options.templates);
    return -1;
}

static char *find_template(struct session *s, const char *name)
{
    char *path = find_file(&s->arena, s->templates, name);
    if (!path)
        diag_system(&s->diag, (struct src_pos){name, 0}, "找不到模板文件",
                    "template file not found");
    return path;
}

bool session_open(struct session *s)
{
    const struct options *o = &s->options;
    const char *schema, *holidays, *papers;

    rubrics_register();
    s->input = (struct record_options){.inputs = o->inputs,
                                       .n_inputs = o->n_inputs,
                                       .only_applicants = o->applicants,
                                       .n_only_applicants = o->n_applicants,
                                       .only_units = o->units,
                                       .n_only_units = o->n_units,
                                       .asof = o->asof};
    if (!(s->input.schema_path = schema = find_template(s, "applicants.xsd")) ||
        !(holidays = find_template(s, "holidays.xml")) ||
        !(papers = find_template(s, "papers.xml")))
        return false;
    return workdays_load(holidays, &s->diag) && needed_papers_load(papers, &s->diag);
}

bool session_open_fonts(struct session *s)
{
    s->fonts = fonts_new(shenbao_font_dirs(s->options.fonts), &s->diag);
    return s->fonts != NULL;
}

int session_end(struct session *s, int status)
{
    diag_print(&s->diag, s->options.language, stderr);
    if (s->diag.system_faults)
        status = 2;
    fonts_free(s->fonts);
    diag_clear(&s->diag);
    arena_free(&s->arena);
    return status;
}
