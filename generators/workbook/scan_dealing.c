/* scan_dealing.c - see scan_dealing.h. */
#include "workbook/scan_dealing.h"

#include "core/find.h"
#include "core/real_path.h"
#include "workbook/scans.h"

#include <string.h>

struct scan_dealing {
    struct arena *arena;
    struct diag *diag;
    struct record *record;
    struct scans *scans;
    const char *input;
    bool given; /* the record was read with them */
};

static void give(void *data, struct applicant *applicant)
{
    struct scan_dealing *o = data;
    o->given = true;
    scans_give(o->scans, applicant, o->diag);
}

/* The folder as hrefs of files in dir name it: "" or ending with /. NULL: it is not within dir, or
 * not there. */
static const char *prefix_of(const char *dir, const char *folder, struct arena *arena)
{
    const char *outer = real_path(arena, *dir ? dir : "."), *inner = real_path(arena, folder);
    size_t len = outer ? strlen(outer) : 0;

    if (!outer || !inner || strncmp(outer, inner, len) != 0)
        return NULL;
    return !inner[len]         ? ""
           : inner[len] == '/' ? arena_printf(arena, "%s/", inner + len + 1)
                               : NULL;
}

/* Opens the folder beside the record, and tells the scans of its people. false: reported, or there
 * is nobody. */
static bool tell_people(struct scan_dealing *o, const char *folder, const struct scan_words *words)
{
    struct record_cursor *c = record_cursor_new(o->record, o->diag);
    struct applicant a;

    while (record_next(c, &a)) {
        const char *prefix = o->scans ? NULL : prefix_of(a.dir, folder, o->arena);
        if (!o->scans && !prefix)
            diag_system(
                o->diag, (struct src_pos){folder, 0},
                "扫描件的文件夹不存在，或不在“%s”所在的文件夹里：请移到那里",
                "there is no such folder of scans, or it is not in the folder of %s: move it "
                "there",
                o->input);
        if (!o->scans)
            o->scans = prefix ? scans_open(a.dir, prefix, words, o->diag) : NULL;
        if (!o->scans)
            break;
        scans_add_person(o->scans, &a);
    }
    record_cursor_free(c);
    return o->scans != NULL;
}

struct scan_dealing *scan_dealing_begin(const char *folder, struct record *record,
                                        const char *input, const char *const *templates,
                                        struct arena *arena, struct diag *diag)
{
    const char *path = NULL;
    if (folder)
        path = find_template(arena, templates, "scans.xml", (struct src_pos){0}, diag);
    const struct scan_words *words = path ? scan_words_read(path, arena, diag) : NULL;
    if (!words)
        return NULL;
    struct scan_dealing *o = ARENA_NEW(arena, struct scan_dealing);
    *o = (struct scan_dealing){.arena = arena, .diag = diag, .record = record, .input = input};
    if (!tell_people(o, folder, words))
        return NULL;
    scans_deal(o->scans);
    record_show_to(record, give, o);
    return o;
}

/* Where a mistake elsewhere kept the record from being read again: what is said of the scans comes
 * in the same run. */
static void look_through(struct scan_dealing *o)
{
    struct record_cursor *c = record_cursor_new(o->record, o->diag);
    struct applicant a;
    while (record_next(c, &a))
        ; /* each comes by way of give */
    record_cursor_free(c);
}

void scan_dealing_end(struct scan_dealing *o)
{
    if (!o)
        return;
    if (!o->given)
        look_through(o);
    record_show_to(o->record, NULL, NULL);
    scans_report(o->scans, (struct src_pos){o->input, 0}, o->diag);
    scans_free(o->scans);
}
