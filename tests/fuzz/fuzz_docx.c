/* fuzz_docx.c - a Word document's text. Mutated part by part. */
#include "xml_mutator.h"
#include "zip_mutator.h"

#include "core/utf8.h"
#include "workbook/docx.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return zip_mutate(data, size, max, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag diag = {0};
    struct buffer text = {0};
    size_t things[DOCX_THINGS] = {0};
    bool ok = docx_read(door_file(data, size), "statement.docx", &text, things, &diag);
    door_hold(ok || diag_failed(&diag));
    for (size_t at = 0, used; at < text.len; at += used)
        door_hold(utf8_next((char *)text.data + at, text.len - at, &used) != UTF8_BAD);
    buffer_clear(&text);
    door_end(&diag);
    return 0;
}
