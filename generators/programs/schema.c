/* schema.c - the schema of the input with the lists of a notice filled in, for XML editors: the one
 * that the programs hold an input to. */
#include "core/find.h"
#include "core/output.h"
#include "programs/programs.h"
#include "programs/session.h"
#include "record/word_list.h"

static bool write_schema(struct session *s)
{
    const char *path =
        find_template(&s->arena, s->templates, "applicants.xsd", (struct src_pos){0}, &s->diag);
    struct buffer text = {0};
    bool ok =
        path && word_lists_schema(path, s->profile->lists, s->profile->n_lists, &text, &s->diag) &&
        output_write(s->options.output ? s->options.output : "-", text.data, text.len, &s->diag);
    buffer_clear(&text);
    return ok;
}

int schema_main(int argc, char **argv)
{
    static const char *const purpose[] = {
        "写出输入文件的格式定义（XSD），取值按所选的通知；XML 编辑器据此提示和检查。",
        "Writes the schema of the input with the values of the notice, by which XML editors help."};
    struct session s;
    const unsigned common = OPTION_OUTPUT | OPTION_TEMPLATES;
    int status = session_begin_with(&s, argc, argv, &(struct option_set){purpose, NULL, 0, common});
    if (status >= 0)
        return status;
    return session_end(&s, session_open_profile(&s) && write_schema(&s) ? 0 : 2);
}
