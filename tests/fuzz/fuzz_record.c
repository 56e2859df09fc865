/* fuzz_record.c - a batch through both passes: schema, ids, references, flaws and their readings,
 * digests. Mutated as a tree, with words of the schema. */
#include "xml_mutator.h"

#include "record/canonical.h"
#include "record/vocabulary.h"
#include "xml/xml_reader.h"

#include "../unit/shipped.h"
#include <string.h>

static const char *const schema = "templates/base/applicants.xsd";

/* Every word of the schema once in each place, with every attribute, and in turn the values of its
 * closed lists. */
static void write_word(struct buffer *out, const struct word *w, int depth, size_t turn)
{
    buffer_printf(out, "<%s", w->name);
    for (size_t i = 0; i < w->n_attributes; i++) {
        const struct word_type *t = w->attributes[i].type;
        buffer_printf(out, " %s=\"%s\"", w->attributes[i].name,
                      t && t->n_values ? t->values[(turn + i) % t->n_values] : "2021-03");
    }
    buffer_puts(out, ">");
    if (w->type && w->type->n_values)
        buffer_puts(out, w->type->values[turn % w->type->n_values]);
    else if (w->n_children == 0)
        buffer_puts(out, "字");
    for (size_t i = 0; i < w->n_children && depth < 12; i++)
        write_word(out, w->children[i], depth + 1, turn + i);
    buffer_printf(out, "</%s>", w->name);
}

static void learn_schema(void)
{
    struct arena arena = {0};
    struct diag diag = {0};
    struct buffer text = {0};
    xmlDoc *doc = xml_document(schema, &arena, &diag);
    const struct vocabulary *v = doc ? vocabulary_new(doc, &arena) : NULL;
    if (!v || !vocabulary_root(v))
        door_shut(schema, &diag);
    for (size_t turn = 0; turn < 3; turn++) {
        text.len = 0;
        write_word(&text, vocabulary_root(v), 0, turn);
        xml_learn_bytes(text.data, text.len);
    }
    xml_free(doc);
    buffer_clear(&text);
    arena_free(&arena);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    use_shipped_profile();
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
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
    return 0;
}
