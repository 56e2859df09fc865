/* fuzz_lists.c - small texts that people and programs leave beside the data: what is on the
 * platform already, corrections of fields, the desk's token. The first byte says which. */
#include "applicant.h"

#include "desk/gate_words.h"
#include "record/upload_marks.h"
#include "workbook/field_edit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct open_batch *batch;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    batch = applicant_of("samples/batch.xml");
    return 0;
}

/* What was written is read as the same, and marks what it says. */
static void read_marks(const char *path, struct arena *arena, struct diag *diag)
{
    struct upload_marks marks = {0}, again = {0};
    struct buffer out = {0}, twice = {0};
    if (upload_marks_read(&marks, path, arena, diag)) {
        upload_marks_write(&marks, &out);
        door_put("list", out.data, out.len);
        door_hold(upload_marks_read(&again, path, arena, diag) && again.n == marks.n);
        upload_marks_write(&again, &twice);
        door_hold(out.len == twice.len && !memcmp(out.data, twice.data, out.len));
    }
    upload_marks_apply(&marks, batch->who.id, batch->who.node);
    buffer_clear(&out);
    buffer_clear(&twice);
}

static void read_edits(const char *path, struct arena *arena, struct diag *diag)
{
    struct field_edits edits = {0};
    struct cell_edit *cells;
    size_t n;
    if (field_edits_read(path, &edits, arena, diag) &&
        field_edits_place(&edits, batch->record, &cells, &n, arena, diag))
        for (size_t i = 0; i < n; i++)
            door_hold(cells[i].sheet && cells[i].cell && cells[i].value);
}

static void read_edit(const char *word, struct arena *arena)
{
    struct field_edit e = {0};
    if (field_edit_parse(word, &e, arena))
        door_hold(e.value && (e.field || (e.sheet && e.cell)));
}

static void read_gate(const char *path, struct arena *arena, struct diag *diag)
{
    const struct gate_words words = {"0.0.0.0:1", path, "https://hr.example, http://10.0.0.1:80",
                                     "10.0.0.1"};
    struct gate_options options;
    if (gate_words_read(&words, &options, arena, diag))
        door_hold(options.token && *options.token && !strchr(options.token, '\n'));
}

void door_run(const uint8_t *data, size_t size)
{
    struct door_bytes rest = {data, size};
    struct diag diag = {0};
    struct arena arena = {0};
    unsigned which = door_byte(&rest) % 4;
    const char *path = door_put("list", rest.data, rest.size);
    if (which == 0) {
        read_marks(path, &arena, &diag);
    } else if (which == 1) {
        read_edits(path, &arena, &diag);
    } else if (which == 2) {
        read_gate(path, &arena, &diag);
    } else {
        char *word = door_text(rest);
        read_edit(word, &arena);
        free(word);
    }
    unlink(path);
    door_end(&diag);
    arena_free(&arena);
}
