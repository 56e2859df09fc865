/* fuzz_rules.c - rules.xml, or a rules.local.xml that changes ours, and all rules that it holds
 * asked of an applicant. */
#define _GNU_SOURCE /* memmem */
#include "applicant.h"
#include "xml_mutator.h"

#include "check/engine.h"
#include "xml/xml_reader.h"

#include "../unit/shipped.h"
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct open_batch *batch;
static struct query_tables *tables;
static xmlChar *few; /* our rules.xml with one rule in eight: all of them take a hundred times as
                      * long to read as what changes them */
static int few_len;

static void forget_few(void)
{
    xmlFree(few);
}

static void take_few(const char *path)
{
    struct arena arena = {0};
    struct diag diag = {0};
    xmlDoc *doc = xml_document(path, &arena, &diag);
    if (!doc)
        door_shut(path, &diag);
    size_t n = 0;
    for (xmlNode *next, *at = xmlDocGetRootElement(doc)->children; at; at = next) {
        next = at->next;
        if (xmlStrEqual(at->name, BAD_CAST "rule") && n++ % 8) {
            xmlUnlinkNode(at);
            xmlFreeNode(at);
        }
    }
    xmlDocDumpMemoryEnc(doc, &few, &few_len, "UTF-8");
    xml_free(doc);
    arena_free(&arena);
    atexit(forget_few);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct diag diag = {0};
    (void)argc, (void)argv;
    use_shipped_profile();
    batch = applicant_of("tests/layout/batch.xml");
    tables = query_tables_load(shipped_templates, &diag);
    if (!tables)
        door_shut("templates", &diag);
    take_few("templates/base/rules.xml");
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

/* Rules are ours, or those of an overlay, or of a notice, beside ours: what the bytes say of
 * themselves. */
void door_run(const uint8_t *data, size_t size)
{
    static const char *leaves[] = {"rules.xml", "rules.notice.xml", "rules.local.xml"};
    const char *const dirs[] = {door_folder(), "templates/zhejiang-mining", "templates/base", NULL};
    const size_t which = memmem(data, size, "of-overlay", 10) ? 2
                         : memmem(data, size, "of-notice", 9) ? 1
                                                              : 0;
    const struct rules_options options = {.dirs = dirs, .tables = tables};
    struct diag diag = {0};
    door_put(leaves[0], few, (size_t)few_len);
    door_put(leaves[1], "<rules/>", 8);
    const char *path = door_put(leaves[which], data, size);
    struct rules *r = rules_load(&options, &diag);
    if (which == 2)
        unlink(path);
    door_hold(r || diag.system_faults > 0);
    if (r)
        ask(r, &diag);
    rules_free(r);
    door_end(&diag);
}
