/* fuzz_record.c - a batch through both passes: schema, ids, references, flaws and their readings,
 * digests. Mutated as a tree, with words of the schema. */
#include "schema.h"

#include "record/canonical.h"

#include "../unit/shipped.h"
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    use_shipped_profile();
    read_schema();
    learn_schema();
    xml_learn("samples/batch.xml");
    xml_learn("samples/faulty/batch.xml");
    xml_learn("samples/jiangsu/batch.xml");
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return xml_mutate(data, size, max, seed);
}

static void digest(const struct applicant *who, char out[DIGEST_HEX])
{
    struct digest *d = digest_new();
    record_digest_applicant(d, who);
    digest_end(d, out);
}

static void look(const struct applicant *who)
{
    struct arena arena = {0};
    char before[DIGEST_HEX], after[DIGEST_HEX];
    const char **hrefs;
    digest(who, before);
    size_t n = record_readings(who->flaws, who->n_flaws);
    for (size_t i = 0; i < n && i < 4; i++)
        record_read_again(record_read_as(who->flaws, who->n_flaws, i));
    digest(who, after);
    door_hold(!strcmp(before, after)); /* readings leave nothing behind */
    record_hrefs(who, &arena, &hrefs);
    arena_free(&arena);
}

void door_run(const uint8_t *data, size_t size)
{
    static const char *const inputs[] = {"batch.xml"};
    const int made[] = {door_file(data, size)};
    struct diag diag = {0};
    const struct record_options options = {.schema_path = schema,
                                           .characters_path = "templates/base/characters.xml",
                                           .inputs = inputs,
                                           .n_inputs = 1,
                                           .made = made,
                                           .resume = size % 2};
    struct record *r = record_open(&options, &diag);
    struct record_cursor *c = r ? record_cursor_new(r, &diag) : NULL;
    struct applicant who;
    size_t n = 0;
    while (c && record_next(c, &who)) {
        look(&who);
        n++;
    }
    door_hold(r ? n <= record_count(r) : diag_failed(&diag));
    record_cursor_free(c);
    record_free(r);
    door_end(&diag);
}
