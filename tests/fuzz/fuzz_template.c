/* fuzz_template.c - a paper's template, laid out for an applicant and drawn. Mutated as a tree,
 * with words of all templates that there are. */
#include "applicant.h"
#include "xml_mutator.h"

#include "layout/layout.h"
#include "pdf/pdf.h"
#include "query/query_tables.h"
#include "svg/svg.h"
#include "xml/include.h"

#include "../unit/shipped.h"
#include <glob.h>
#include <libxml/parser.h>
#include <string.h>

static const struct open_batch *batch;
static struct query_context *context;
static struct fonts *fonts;

/* What templates include is parsed once, which was half of all that they cost, and copied each
 * time: it says the same whatever the bytes are. The Makefile links this in place of the function
 * that it is named for (--wrap). */
static struct {
    char *path;
    xmlDoc *doc;
} included[16];

xmlDoc *__real_xml_parse_file(const char *path, struct arena *arena, struct diag *diag);
xmlDoc *__wrap_xml_parse_file(const char *path, struct arena *arena, struct diag *diag);

xmlDoc *__wrap_xml_parse_file(const char *path, struct arena *arena, struct diag *diag)
{
    static struct arena lasting;
    size_t i = 0, most = sizeof included / sizeof *included;
    while (i < most && included[i].path && strcmp(included[i].path, path))
        i++;
    if (i == most)
        return __real_xml_parse_file(path, arena, diag);
    if (!included[i].path) {
        xmlDoc *doc = __real_xml_parse_file(path, &lasting, diag);
        if (!doc)
            return NULL;
        included[i].doc = doc;
        included[i].path = arena_strdup(&lasting, path);
    }
    xmlDoc *copy = xmlCopyDoc(included[i].doc, 1);
    copy->_private = arena_strdup(arena, path);
    return copy;
}

static void learn_templates(const char *pattern)
{
    glob_t all;
    door_hold(glob(pattern, 0, NULL, &all) == 0);
    for (size_t i = 0; i < all.gl_pathc; i++)
        xml_learn(all.gl_pathv[i]);
    globfree(&all);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    struct diag diag = {0};
    (void)argc, (void)argv;
    use_shipped_profile();
    batch = applicant_of("tests/layout/batch.xml");
    fonts = fonts_new(dirs, &diag);
    struct query_tables *tables = query_tables_load(shipped_templates, &diag);
    if (!fonts || !tables)
        door_shut("templates and fonts", &diag);
    context = query_context_new(tables);
    learn_templates("tests/layout/[a-z]*.xml");
    learn_templates("templates/*/[a-z]*-[a-z]*.xml");
    diag_clear(&diag);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return xml_mutate(data, size, max, seed);
}

/* What a browser gets of a page is sound XML. */
static void draw_svg(const struct pages *pages, struct diag *diag)
{
    const struct svg_options options = {.prefix = "p"};
    struct buffer svg = {0};
    door_hold(svg_page(pages, pages->n - 1, &options, &svg, diag) || diag_failed(diag));
    xmlDoc *doc = svg.len ? xmlReadMemory((char *)svg.data, (int)svg.len, NULL, NULL,
                                          XML_PARSE_NOERROR | XML_PARSE_HUGE | XML_PARSE_NONET)
                          : NULL;
    door_hold(doc || !svg.len);
    xmlFreeDoc(doc);
    buffer_clear(&svg);
}

static void draw(const struct form *form, struct diag *diag)
{
    struct arena arena = {0};
    struct buffer pdf = {0};
    const struct layout_options options = {.asof = "2026-09-30", .limits = {.pages = 50}};
    query_context_begin(context, batch->who.node, options.asof);
    query_context_set_diag(context, diag);
    struct pages *pages =
        layout_form(&arena, form, fonts, context, batch->who.node, "tests/layout", &options, diag);
    door_hold(pages ? pages->n > 0 : diag_failed(diag));
    if (pages && pages->n < 100) {
        door_hold(pdf_write(pages, &pdf, diag) || diag_failed(diag));
        draw_svg(pages, diag);
    }
    buffer_clear(&pdf);
    pages_close(pages);
    arena_free(&arena);
    query_context_begin(context, batch->who.node, options.asof);
}

void door_run(const uint8_t *data, size_t size)
{
    struct diag diag = {0};
    struct form *form = form_load_text("form.xml", (const char *)data, size, fonts, &diag);
    door_hold(form || diag.system_faults > 0);
    if (form)
        draw(form, &diag);
    form_free(form);
    door_end(&diag);
}
