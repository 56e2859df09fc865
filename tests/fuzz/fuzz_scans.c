/* fuzz_scans.c - names of scans in a folder, a line each, dealt out to two people of a record. */
#include "folder.h"

#include "applicant.h"

#include "record/node.h"
#include "workbook/scans.h"

#include <libxml/tree.h>
#include <stdlib.h>

enum { MOST_NAMES = 24 };

static const struct open_batch *batch;
static const struct scan_words *words;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static struct arena arena;
    struct diag diag = {0};
    (void)argc, (void)argv;
    batch = applicant_of("samples/batch.xml");
    if (!(words = scan_words_read("templates/base/scans.xml", &arena, &diag)))
        door_shut("templates/base/scans.xml", &diag);
    return 0;
}

/* Each thing that is cited now is a file. */
static void hold_cited(const char *dir, const record_node *node, const record_node *was)
{
    struct arena arena = {0};
    const record_node *w = NULL;
    for (const record_node *n = NULL; (n = record_child(node, n));) {
        w = was ? record_child(was, w) : NULL;
        const char *href = record_attribute(n, "href", &arena);
        if (!w && *href)
            door_hold(access(arena_printf(&arena, "%s/%s", dir, href), F_OK) == 0);
        hold_cited(dir, n, w);
    }
    arena_free(&arena);
}

static void deal(const char *dir, struct diag *diag)
{
    struct applicant people[2] = {batch->who, batch->who};
    people[1].id = "A0011";
    people[1].name = "王某";
    struct scans *s = scans_open(dir, "scans/", words, diag);
    door_hold(s || diag_failed(diag));
    for (size_t i = 0; i < 2; i++) {
        people[i].node = xmlDocCopyNode(batch->who.node, batch->who.node->doc, 1);
        if (s)
            scans_add_person(s, &people[i]);
    }
    if (s)
        scans_deal(s);
    for (size_t i = 0; i < 2; i++) {
        if (s)
            scans_give(s, &people[i], diag);
        hold_cited(dir, people[i].node, batch->who.node);
        xmlFreeNode(people[i].node);
    }
    if (s)
        scans_report(s, (struct src_pos){"batch.xml", 0}, diag);
    scans_free(s);
}

void door_run(const uint8_t *data, size_t size)
{
    struct door_bytes rest = {data, size};
    struct diag diag = {0};
    struct arena arena = {0};
    const char *root = arena_printf(&arena, "%s/scans", door_folder());
    door_hold(mkdir(root, 0700) == 0);
    for (int i = 0; i < MOST_NAMES && rest.size > 0; i++) {
        char *path = door_text(door_line(&rest));
        folder_put(root, path);
        free(path);
    }
    deal(door_folder(), &diag);
    folder_remove(root);
    door_end_of_data(&diag);
    arena_free(&arena);
}
