/* test_include.c - pieces of other files, slots, parameters, and the places that messages name. */
#include "query/query.h"
#include "xml/include.h"
#include "xml/xml_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <libxml/tree.h>

static char folder[] = "/tmp/test-include-XXXXXX";
static const char *dirs[3];
static struct arena arena;

static int make_folder(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    dirs[0] = arena_printf(&arena, "%s/profile", folder);
    dirs[1] = arena_printf(&arena, "%s/base", folder);
    return mkdir(dirs[0], 0700) || mkdir(dirs[1], 0700);
}

static int remove_folder(void **state)
{
    (void)state;
    int status = system(arena_printf(&arena, "rm -r %s", folder));
    arena_free(&arena);
    return status;
}

static const char *put(int dir, const char *name, const char *text)
{
    const char *path = arena_printf(&arena, "%s/%s", dirs[dir], name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
    return path;
}

/* All of what a document is once it is whole, or its messages less the folder. */
static const char *whole(const char *path)
{
    struct diag diag = {0};
    xmlDoc *doc = xml_document(path, &arena, &diag);
    char *text = "";
    if (doc) {
        xmlChar *out;
        int len;
        xmlDocDumpMemoryEnc(doc, &out, &len, "UTF-8");
        text = arena_strdup(&arena, strchr((char *)out, '\n') + 1);
        text[strcspn(text, "\n")] = '\0';
        xmlFree(out);
        xml_free(doc);
    }
    for (size_t i = 0; i < diag.n; i++) {
        const struct finding *f = &diag.list[i];
        const char *at = arena_printf(&arena, "%s:%ld: ", f->at.file, f->at.line);
        char *short_at = arena_alloc(&arena, strlen(at) + 1, 1);
        for (const char *s = at; *s;) {
            bool here = !strncmp(s, folder, strlen(folder));
            if (here)
                s += strlen(folder) + 1;
            else
                strncat(short_at, s++, 1);
        }
        text = arena_printf(&arena, "%s%s%s", text, short_at, f->text[LANGUAGE_EN]);
    }
    diag_clear(&diag);
    return text;
}

static void use(const struct xml_parameter *parameters, size_t n)
{
    static struct xml_profile profile;
    profile = (struct xml_profile){dirs, parameters, n};
    xml_use_profile(&profile);
}

static void an_include_stands_for_what_the_files_root_holds(void **state)
{
    (void)state;
    use(NULL, 0);
    put(1, "two.xml", "<x><b/>two<c/></x>");
    assert_string_equal(whole(put(0, "a.xml", "<a>one <include href=\"two.xml\"/> three</a>")),
                        "<a>one <b/>two<c/> three</a>");
    put(0, "two.xml", "<x>nearer</x>");
    assert_string_equal(whole(put(0, "a.xml", "<a><include href=\"two.xml\"/></a>")),
                        "<a>nearer</a>");
}

static void a_file_may_include_the_one_that_it_takes_the_place_of(void **state)
{
    (void)state;
    use(NULL, 0);
    put(1, "form.xml", "<form><slot name=\"head\"><p>ours</p></slot><slot name=\"foot\"/></form>");
    assert_string_equal(
        whole(put(0, "form.xml",
                  "<form><include href=\"form.xml\"><slot name=\"head\"><p>theirs</p></slot>"
                  "</include></form>")),
        "<form><p>theirs</p></form>");
}

static void slots_are_filled_by_the_include_nearest_to_the_document(void **state)
{
    (void)state;
    use(NULL, 0);
    put(1, "c.xml", "<x>[<slot name=\"s\">c</slot>]</x>");
    put(1, "b.xml", "<x><include href=\"c.xml\"><slot name=\"s\">b</slot></include></x>");
    assert_string_equal(whole(put(0, "a1.xml", "<a><include href=\"b.xml\"/></a>")), "<a>[b]</a>");
    assert_string_equal(
        whole(
            put(0, "a2.xml", "<a><include href=\"b.xml\"><slot name=\"s\">a</slot></include></a>")),
        "<a>[a]</a>");
    assert_string_equal(
        whole(put(0, "a3.xml", "<a>\n<include href=\"b.xml\"><slot name=\"t\"/></include></a>")),
        "profile/a3.xml:2: b.xml has no <slot name=\"t\">");
}

static void parameters_of_an_include_come_before_the_profiles(void **state)
{
    static const struct xml_parameter ours[] = {{"seal", "章&<"}, {"mark", "水印"}};
    (void)state;
    use(ours, 2);
    put(1, "b.xml", "<x k=\"{$seal} {$mark} {$none}\">{$seal}{$mark}</x>");
    put(1, "c.xml", "<x><b k=\"{$seal} {$mark} {$none}\">{$seal}{$mark}</b></x>");
    assert_string_equal(
        whole(put(0, "a.xml",
                  "<a><include href=\"c.xml\"><parameter name=\"seal\" value=\"{$mark}!\"/>"
                  "</include><d k=\"{$seal}\"/></a>")),
        "<a><b k=\"水印! 水印 {$none}\">水印!水印</b><d k=\"章&amp;&lt;\"/></a>");
    assert_string_equal(xml_profile_parameter("mark"), "水印");
    assert_null(xml_profile_parameter("none"));
    assert_string_equal(xml_unknown_parameter("a{$}{$ b}{$none}", &arena), "none");
    assert_null(xml_unknown_parameter("{none} $none", &arena));
}

static void xpath_knows_the_profiles_parameters_behind_variables(void **state)
{
    static const struct xml_parameter ours[] = {{"mark", "水印"}};
    struct diag diag = {0};
    struct query_context *c = query_context_new(NULL);
    struct query *q = query_new("concat($mark, '!')", (struct src_pos){"a.xml", 1}, &diag);
    (void)state;
    use(ours, 1);
    query_context_begin(c, NULL, "2026-09-30");
    query_context_set_diag(c, &diag);
    const struct query_place nowhere = {NULL, 1, 1};
    assert_string_equal(query_string(q, c, nowhere, &arena).text, "水印!");
    query_set_variable(c, "mark", "own");
    assert_string_equal(query_string(q, c, nowhere, &arena).text, "own!");
    assert_int_equal(diag.n, 0);
    query_free(q);
    query_context_free(c);
    diag_clear(&diag);
}

static void messages_name_both_files(void **state)
{
    (void)state;
    use(NULL, 0);
    put(1, "b.xml", "<x>\n\n<include href=\"gone.xml\"/></x>");
    assert_string_equal(whole(put(0, "a.xml", "<a>\n<include href=\"b.xml\"/></a>")),
                        "profile/a.xml:2: base/b.xml:3: there is no file gone.xml");
    put(1, "b.xml", "<x>\n<y></x>");
    assert_non_null(strstr(whole(put(0, "a.xml", "<a>\n<include href=\"b.xml\"/></a>")),
                           "base/b.xml:2: is not well-formed XML"));
}

static void an_include_takes_a_name_and_nothing_else(void **state)
{
    static const char *const bad[] = {"", "href=\"../a.xml\"", "href=\"/etc/passwd\"", "href=\".\"",
                                      "href=\"c.xml\" select=\"x\""};
    (void)state;
    use(NULL, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_non_null(
            strstr(whole(put(0, "a.xml", arena_printf(&arena, "<a><include %s/></a>", bad[i]))),
                   "<include>"));
    assert_non_null(strstr(whole(put(0, "a.xml", "<a><include href=\"c.xml\">text</include></a>")),
                           "holds <parameter"));
    assert_non_null(strstr(whole(put(0, "a.xml", "<a><include href=\"c.xml\"><p/></include></a>")),
                           "holds <parameter"));
}

static void files_that_include_each_other_end(void **state)
{
    (void)state;
    use(NULL, 0);
    put(1, "p.xml", "<x><include href=\"q.xml\"/></x>");
    put(1, "q.xml", "<x><include href=\"p.xml\"/></x>");
    assert_non_null(strstr(whole(put(0, "a.xml", "<a><include href=\"p.xml\"/></a>")),
                           "include one another in a circle"));
    for (int i = 0; i < 12; i++)
        put(1, arena_printf(&arena, "n%d.xml", i),
            arena_printf(&arena, "<x><include href=\"n%d.xml\"/><include href=\"n%d.xml\"/></x>",
                         i + 1, i + 1));
    put(1, "n12.xml", "<x/>");
    assert_non_null(strstr(whole(put(0, "a.xml", "<a><include href=\"n0.xml\"/></a>")),
                           "too many files are included"));
}

/* Each of so many files puts what it is given into the next one eight times. */
static void put_doubling(int n, const char *given, const char *word)
{
    for (int i = 1; i < n; i++) {
        char *uses = "";
        for (int k = 0; k < 8; k++)
            uses = arena_printf(&arena, word, uses, i);
        put(1, arena_printf(&arena, "d%d.xml", i), arena_printf(&arena, given, i + 1, i + 1, uses));
    }
}

static void what_is_put_in_has_an_end(void **state)
{
    (void)state;
    use(NULL, 0);
    put_doubling(15, "<x><include href=\"d%d.xml\"><slot name=\"s%d\">%s</slot></include></x>",
                 "%s<slot name=\"s%d\"/>");
    put(1, "d15.xml", "<x><slot name=\"s15\"/></x>");
    const char *said = whole(
        put(0, "a.xml", "<a><include href=\"d1.xml\"><slot name=\"s1\"><b/></slot></include></a>"));
    assert_non_null(strstr(said, ": what is included comes to too much"));
    put_doubling(
        15, "<x><include href=\"d%d.xml\"><parameter name=\"p%d\" value=\"%s\"/></include></x>",
        "%s{$p%d}");
    put(1, "d15.xml", "<x>{$p15}</x>");
    said = whole(
        put(0, "a.xml",
            "<a><include href=\"d1.xml\"><parameter name=\"p1\" value=\"b\"/></include></a>"));
    assert_non_null(strstr(said, ": what is included comes to too much"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_include_stands_for_what_the_files_root_holds),
        cmocka_unit_test(a_file_may_include_the_one_that_it_takes_the_place_of),
        cmocka_unit_test(slots_are_filled_by_the_include_nearest_to_the_document),
        cmocka_unit_test(parameters_of_an_include_come_before_the_profiles),
        cmocka_unit_test(xpath_knows_the_profiles_parameters_behind_variables),
        cmocka_unit_test(messages_name_both_files),
        cmocka_unit_test(an_include_takes_a_name_and_nothing_else),
        cmocka_unit_test(files_that_include_each_other_end),
        cmocka_unit_test(what_is_put_in_has_an_end),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
