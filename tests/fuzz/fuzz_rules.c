/* fuzz_rules.c - rules.xml, or a rules.local.xml that changes ours, and all rules that it holds
 * asked of an applicant. */
#define _GNU_SOURCE /* memmem */
#include "applicant.h"
#include "xml_mutator.h"

#include "check/engine.h"

#include "../unit/shipped.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct open_batch *batch;
static struct query_tables *tables;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct diag diag = {0};
    (void)argc, (void)argv;
    use_shipped_profile();
    batch = applicant_of("tests/layout/batch.xml");
    tables = query_tables_load(shipped_templates, &diag);
    if (!tables)
        door_shut("templates", &diag);
    xml_learn("templates/base/rules.xml");
    xml_learn("templates/zhejiang-mining/rules.notice.xml");
    xml_learn("templates/jiangsu-electronics/rules.notice.xml");
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return xml_mutate(data, size, max, seed);
}

static bool wanted(const char *unit, void *data)
{
    (void)data;
    return unit != NULL;
}

static void ask(const struct rules *r, struct diag *diag)
{
    struct engine_facts facts = {0};
    struct arena arena = {0};
    struct engine_conflict *conflicts;
    struct engine *e = engine_new(r, "2026-09-30");
    engine_check_applicant(e, &batch->who, &facts, diag);
    struct engine_claim *claims = ARENA_ARRAY(&arena, struct engine_claim, 2 * facts.n + 1);
    for (size_t i = 0; i < 2 * facts.n; i++)
        claims[i] = (struct engine_claim){facts.list[i % facts.n], i / facts.n};
    engine_compare(e, claims, 2 * facts.n, &arena, &conflicts);
    engine_check_shared(e, batch->record, wanted, NULL, diag);
    engine_free(e);
    free(facts.list);
    arena_free(&arena);
}

/* Rules are ours, or those of an overlay beside ours: what the bytes say of themselves. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *const dirs[] = {door_folder(), NULL}, *const both[] = {door_folder(),
                                                                       "templates/zhejiang-mining",
                                                                       "templates/base", NULL};
    bool overlay = size > 0 && memmem(data, size, "local", 5);
    const struct rules_options options = {.dirs = overlay ? both : dirs, .tables = tables};
    struct diag diag = {0};
    const char *path = door_put(overlay ? "rules.local.xml" : "rules.xml", data, size);
    struct rules *r = rules_load(&options, &diag);
    unlink(path);
    door_hold(r || diag.system_faults > 0);
    if (r)
        ask(r, &diag);
    rules_free(r);
    door_end(&diag);
    return 0;
}
