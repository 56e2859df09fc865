/* fuzz_tables.c - the other small documents of templates/, each by the name of its root: scoring
 * tables and what they count, needed papers, holidays, dossier, roster, upload, scans, characters,
 * surnames, the workbook's form, a profile; and the committee's list of returned points. */
#include "applicant.h"
#include "xml_mutator.h"

#include "dossier/materials.h"
#include "package/rework.h"
#include "query/query_tables.h"
#include "record/characters.h"
#include "sheet/template.h"
#include "upload/platform.h"
#include "workbook/book_template.h"
#include "workbook/scan_words.h"
#include "xml/xml_reader.h"

#include "../unit/shipped.h"
#include <string.h>
#include <unistd.h>

static const struct open_batch *batch;
static struct arena arena; /* of one input */

static const char *folder_list[2];
static const char *const *folder(void)
{
    folder_list[0] = door_folder();
    return folder_list;
}

static void evaluate(struct query_tables *tables, const char *xpath)
{
    struct diag diag = {0};
    struct query *q = query_new(xpath, (struct src_pos){"test", 1}, &diag);
    struct query_context *c = query_context_new(tables);
    query_context_begin(c, batch->who.node, "2026-09-30");
    query_context_set_diag(c, &diag);
    door_hold(q);
    query_string(q, c, (struct query_place){batch->who.node, 1, 1}, &arena);
    query_context_free(c);
    query_free(q);
    door_end(&diag);
}

static bool load_rubric(const char *path, struct diag *d)
{
    struct query_tables tables = {0};
    (void)path;
    if (!(tables.rubrics = rubrics_load(folder(), d)))
        return false;
    evaluate(&tables, "points(rubric(), 'self')");
    evaluate(
        &tables,
        "concat(points(rubrics()//item[1], 'reviewed', 'uncapped'), points(score[1], 'factor'))");
    rubrics_free(tables.rubrics);
    return true;
}

static bool load_papers(const char *path, struct diag *d)
{
    struct query_tables tables = {.papers = needed_papers_load(path, d)};
    if (!tables.papers)
        return false;
    evaluate(&tables, "count(papers('bag'))");
    needed_papers_free(tables.papers);
    return true;
}

static bool load_holidays(const char *path, struct diag *d)
{
    static const char *const days[] = {"2024-02-09", "2026-10-08", "2023-12-31", "2025-01-01"};
    struct holidays *h = holidays_load(path, d);
    for (size_t i = 0; h && i < 16; i++) {
        long n = workdays_count(h, days[i / 4], days[i % 4]);
        door_hold(n >= -1 && n <= 1100);
    }
    holidays_free(h);
    return h != NULL;
}

static bool load_dossier(const char *path, struct diag *d)
{
    struct sections *s = sections_load(folder(), NULL, d);
    struct query_context *c = query_context_new(NULL);
    (void)path;
    if (s) {
        query_context_begin(c, batch->who.node, "2026-09-30");
        materials_list(s, c, batch->who.node, &arena);
    }
    query_context_free(c);
    sections_free(s);
    return s != NULL;
}

static bool load_roster(const char *path, struct diag *d)
{
    struct sheet_template *t = sheet_template_load(path, d);
    sheet_template_free(t);
    return t != NULL;
}

static bool load_upload(const char *path, struct diag *d)
{
    struct platform *p = platform_load(folder(), d);
    (void)path;
    platform_free(p);
    return p != NULL;
}

static bool load_scans(const char *path, struct diag *d)
{
    return scan_words_read(path, &arena, d) != NULL;
}

static bool load_characters(const char *path, struct diag *d)
{
    static const char text[] = "字\xEE\x80\x80\xEF\x82\xB7\xF3\xB0\x80\x80字";
    struct characters *c = characters_read(path, &arena, d);
    struct buffer b = {0};
    if (c) {
        buffer_puts(&b, text);
        characters_replace(c, &b);
        buffer_clear(&b);
    }
    return c != NULL;
}

static bool load_surnames(const char *path, struct diag *d)
{
    struct surnames s = {0};
    bool ok = surnames_load(&s, path, d);
    surnames_clear(&s);
    return ok;
}

static bool load_workbook(const char *path, struct diag *d)
{
    return book_template_read(path, "templates/base/applicants.xsd", NULL, 0, &arena, d) != NULL;
}

static bool load_profile(const char *path, struct diag *d)
{
    struct profile *p = profile_open(folder(), "fuzzed", d);
    (void)path;
    profile_close(p);
    xml_use_profile(&use_shipped_profile()->shared);
    return p != NULL;
}

static bool load_rework(const char *path, struct diag *d)
{
    struct rework *r = rework_read(path, shipped_templates, d);
    rework_free(r);
    return r != NULL;
}

static const struct {
    const char *root, *leaf, *shipped;
    bool (*load)(const char *path, struct diag *d);
} tables[] = {
    {"rubric", "rubric-x.xml", "templates/zhejiang-mining/rubric-mining.xml", load_rubric},
    {"papers", "papers.xml", "templates/zhejiang-mining/papers.xml", load_papers},
    {"holidays", "holidays.xml", "templates/base/holidays.xml", load_holidays},
    {"dossier", "dossier.xml", "templates/zhejiang-mining/dossier.xml", load_dossier},
    {"roster", "roster.xml", "templates/zhejiang-mining/roster.xml", load_roster},
    {"upload", "upload.xml", "templates/zhejiang-mining/upload.xml", load_upload},
    {"scans", "scans.xml", "templates/base/scans.xml", load_scans},
    {"characters", "characters.xml", "templates/base/characters.xml", load_characters},
    {"surnames", "surnames.xml", "templates/base/surnames.xml", load_surnames},
    {"workbook", "workbook.xml", "templates/base/workbook.xml", load_workbook},
    {"profile", "profile.xml", "templates/zhejiang-mining/profile.xml", load_profile},
    {"rework", "rework", "templates/base/rework.xml", load_rework}};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    use_shipped_profile();
    batch = applicant_of("samples/batch.xml");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        xml_learn(tables[i].shipped);
    xml_learn("tests/rubrics/rubric-water.xml");
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return xml_mutate(data, size, max, seed);
}

/* Of bytes that are no XML, what the first table says. */
static size_t table_of(const uint8_t *data, size_t size)
{
    struct diag silent = {0};
    struct _xmlDoc *doc = xml_document_of("x", data, size, &arena, &silent);
    size_t i = doc ? sizeof tables / sizeof *tables - 1 : 0;
    while (doc && i > 0 && strcmp(xml_root_name(doc), tables[i].root))
        i--;
    xml_free(doc);
    diag_clear(&silent);
    return i;
}

void door_run(const uint8_t *data, size_t size)
{
    struct diag diag = {0};
    size_t table = table_of(data, size);
    const char *path = door_put(tables[table].leaf, data, size);
    bool ok = tables[table].load(path, &diag);
    unlink(path);
    door_hold(ok || diag_failed(&diag));
    door_end(&diag);
    arena_free(&arena);
}
