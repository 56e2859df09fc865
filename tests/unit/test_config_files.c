/* test_config_files.c - the shipped files of templates/ and fonts/ with one attribute spoilt at a
 * time: each is read, or refused with findings that name file and line. */
#include "check/rules.h"
#include "dossier/materials.h"
#include "query/query_tables.h"
#include "sheet/template.h"
#include "text/font.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shipped.h"

static char folder[] = "/tmp/shenbao-test-XXXXXX";
static const char *const dirs[] = {folder, NULL};
static struct query_tables *tables;

static bool load_roster(const char *path, struct diag *d)
{
    struct sheet_template *t = sheet_template_load(path, d);
    sheet_template_free(t);
    return t != NULL;
}

static bool load_surnames(const char *path, struct diag *d)
{
    struct surnames s = {0};
    bool ok = surnames_load(&s, path, d);
    surnames_clear(&s);
    return ok;
}

static bool load_sections(const char *path, struct diag *d)
{
    struct sections *s = sections_load(dirs, NULL, d);
    (void)path;
    sections_free(s);
    return s != NULL;
}

static bool load_papers(const char *path, struct diag *d)
{
    struct needed_papers *p = needed_papers_load(path, d);
    needed_papers_free(p);
    return p != NULL;
}

static bool load_holidays(const char *path, struct diag *d)
{
    struct holidays *h = holidays_load(path, d);
    holidays_free(h);
    return h != NULL;
}

static bool load_rubrics(const char *path, struct diag *d)
{
    struct rubrics *r = rubrics_load(dirs, d);
    (void)path;
    rubrics_free(r);
    return r != NULL;
}

static bool load_fonts(const char *path, struct diag *d)
{
    struct fonts *f = fonts_new(dirs, d);
    (void)path;
    fonts_free(f);
    return f != NULL;
}

static bool load_rules(const char *path, struct diag *d)
{
    const struct rules_options options = {.dirs = dirs, .tables = tables};
    struct rules *r = rules_load(&options, d);
    (void)path;
    rules_free(r);
    return r != NULL;
}

static char *read_whole(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = mem_alloc(1 << 20, 1);
    assert_non_null(f);
    assert_in_range(fread(text, 1, (1 << 20) - 1, f), 1, (1 << 20) - 2);
    fclose(f);
    return text;
}

static void write_whole(const char *path, const char *head, size_t n, const char *middle,
                        const char *tail)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fprintf(f, "%.*s%s%s", (int)n, head, middle, tail);
    assert_int_equal(fclose(f), 0);
}

/* The next name="value" outside comments: where its name, value and end are. NULL: none. */
/* Does it stand in a tag, and not in the text of an element? Values hold '>', too. */
static bool in_tag(const char *p)
{
    const char *tag = p;
    bool quoted = false;
    while (*tag != '<')
        tag--;
    for (; tag < p; tag++) {
        quoted ^= *tag == '"';
        if (*tag == '>' && !quoted)
            return false;
    }
    return true;
}

static const char *next_attribute(const char *p, const char **value, const char **end)
{
    for (p = strstr(p, "=\""); p; p = strstr(p + 1, "=\"")) {
        const char *name = p;
        while (name[-1] != ' ' && name[-1] != '\n')
            name--;
        if (!in_tag(name))
            continue;
        *value = p + 2;
        *end = strchr(*value, '"');
        return name;
    }
    return NULL;
}

static void check_load(bool (*load)(const char *, struct diag *), const char *path,
                       const char *what, bool refused)
{
    struct diag d = {0};
    bool ok = load(path, &d);
    if (ok ? d.n > 0 || refused : d.system_faults == 0)
        fail_msg("%s: %s", path, what);
    for (size_t i = 0; i < d.n; i++)
        if (!d.list[i].at.file || strcmp(d.list[i].at.file, path) || d.list[i].at.line < 1)
            fail_msg("%s: %s: \"%s\" has no place", path, what, d.list[i].text[LANGUAGE_EN]);
    diag_clear(&d);
}

static void each_attribute_may_be_spoilt(void **state)
{
    static const struct {
        const char *file;
        bool (*load)(const char *path, struct diag *d);
        int step; /* of its attributes: large files are sampled */
    } files[] = {{"templates/zhejiang-mining/roster.xml", load_roster, 3},
                 {"templates/base/surnames.xml", load_surnames, 9},
                 {"templates/zhejiang-mining/dossier.xml", load_sections, 1},
                 {"templates/zhejiang-mining/papers.xml", load_papers, 1},
                 {"templates/base/holidays.xml", load_holidays, 5},
                 {"templates/zhejiang-mining/rubric-mining.xml", load_rubrics, 3},
                 {"fonts/fonts.xml", load_fonts, 7},
                 {"templates/base/rules.xml", load_rules, 43}};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[200], *text = read_whole(files[i].file);
        snprintf(path, sizeof path, "%s%s", folder, strrchr(files[i].file, '/'));
        const char *value, *end, *body = strstr(text, "-->");
        int number = 0, spoilt = 0;
        write_whole(path, text, 0, "", text);
        check_load(files[i].load, path, "as it is", false);
        for (const char *name = body; (name = next_attribute(name, &value, &end)); name = end) {
            if (number++ % files[i].step)
                continue;
            write_whole(path, text, (size_t)(name - text), "", end + 1);
            check_load(files[i].load, path, "without an attribute", false);
            write_whole(path, text, (size_t)(name - text), "x-", name);
            check_load(files[i].load, path, "with an unknown attribute", true);
            write_whole(path, text, (size_t)(value - text), "", end);
            check_load(files[i].load, path, "with an empty value", false);
            write_whole(path, text, (size_t)(value - text), "]x", end);
            check_load(files[i].load, path, "with another value", false);
            spoilt++;
        }
        assert_in_range(spoilt, 5, 1000);
        remove(path);
        free(text);
    }
}

static int begin(void **state)
{
    static const char *const shipped[] = {"templates/zhejiang-mining", "templates/base", NULL};
    struct diag d = {0};
    (void)state;
    tables = query_tables_load(shipped, &d);
    diag_clear(&d);
    return tables && mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    query_tables_free(tables);
    return remove(folder);
}

int main(void)
{
    use_shipped_profile();
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_attribute_may_be_spoilt)};
    return cmocka_run_group_tests(tests, begin, end);
}
