/* fuzz_query.c - XPath with our functions, evaluated as text, number, truth and nodes on an
 * applicant and on nothing. */
#include "applicant.h"

#include "core/utf8.h"
#include "query/query_tables.h"

#include "../unit/shipped.h"
#include <stdlib.h>
#include <string.h>

static const struct open_batch *batch;
static struct query_context *context;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    struct diag diag = {0};
    use_shipped_profile();
    struct query_tables *tables = query_tables_load(shipped_templates, &diag);
    if (!tables)
        door_shut("templates", &diag);
    batch = applicant_of("samples/batch.xml");
    context = query_context_new(tables);
    return 0;
}

static void evaluate(struct query *q, record_node *node, struct arena *arena)
{
    const struct query_place at = {node, 1, 1};
    record_node **nodes;
    const char *text = query_string(q, context, at, arena).text;
    for (size_t n = strlen(text), i = 0, used; i < n; i += used)
        door_hold(utf8_next(text + i, n - i, &used) != UTF8_BAD);
    double number = query_number(q, context, at);
    bool truth = query_bool(q, context, at);
    size_t n = query_nodes(q, context, at, arena, &nodes);
    door_hold(n == 0 || truth); /* a set that is not empty is true */
    (void)number;
}

void door_run(const uint8_t *data, size_t size)
{
    struct door_bytes all = {data, size};
    struct arena arena = {0};
    struct diag diag = {0};
    char *xpath = door_xml_text(all);
    struct query *q = query_new(xpath, (struct src_pos){"form.xml", 1}, &diag);
    door_hold(q || diag.system_faults > 0);
    for (int i = 0; q && i < 2; i++) {
        query_context_begin(context, batch->who.node, "2026-09-30");
        query_context_set_diag(context, &diag);
        query_set_variable(context, "x", "2021-03");
        evaluate(q, i ? NULL : batch->who.node, &arena);
    }
    query_context_begin(context, batch->who.node, "2026-09-30");
    query_free(q);
    free(xpath);
    door_end(&diag);
    arena_free(&arena);
}
