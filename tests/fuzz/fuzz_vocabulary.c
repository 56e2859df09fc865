/* fuzz_vocabulary.c - the schema of the input, as a profile or an overlay might spoil it. */
#include "xml_mutator.h"

#include "record/vocabulary.h"
#include "xml/xml_reader.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    xml_learn("templates/base/applicants.xsd");
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return xml_mutate(data, size, max, seed);
}

/* A word that holds itself has no end. */
static void walk(const struct vocabulary *v, const struct word *w, int depth)
{
    door_hold(w->name && w->number < vocabulary_size(v));
    for (size_t i = 0; i < w->n_attributes; i++)
        door_hold(word_attribute(w, w->attributes[i].name));
    for (size_t i = 0; i < w->n_children && depth < 3; i++) {
        door_hold(word_child(w, w->children[i]->name));
        walk(v, w->children[i], depth + 1);
    }
}

void door_run(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct diag diag = {0};
    xmlDoc *doc = xml_document_of("applicants.xsd", data, size, &arena, &diag);
    if (doc) {
        const struct vocabulary *v = vocabulary_new(doc, &arena);
        xml_free(doc);
        if (v && vocabulary_root(v))
            walk(v, vocabulary_root(v), 0);
    }
    door_end(&diag);
    arena_free(&arena);
}
