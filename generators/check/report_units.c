/* report_units.c - a report for each unit, to be mailed back to it. */
#include "check/report.h"

#include "core/names.h"
#include "core/output.h"

#include <stdlib.h>
#include <string.h>

static bool is_of(const char *unit, const char *own)
{
    return own && !strcmp(own, unit);
}

/* A report of the applicants of one unit, and of what else concerns it; people and findings are
 * borrowed, so that the lists alone are to be freed. */
static void select_unit(const struct check_report *r, const char *unit, struct check_report *out)
{
    *out = *r;
    out->batch = (struct diag){0};
    out->people = mem_alloc(r->n + 1, sizeof *out->people);
    out->n = 0;
    memset(out->count, 0, sizeof out->count);
    for (size_t i = 0; i < r->batch.n; i++)
        if (is_of(unit, r->batch.list[i].unit))
            diag_pass(&out->batch, &r->batch.list[i]);
    for (size_t i = 0; i < r->n; i++)
        if (is_of(unit, r->people[i].unit))
            out->people[out->n++] = r->people[i];
    for (int s = 0; s < SEVERITY_COUNT; s++) {
        out->count[s] = out->batch.count[s];
        for (size_t i = 0; i < out->n; i++)
            out->count[s] += out->people[i].count[s];
    }
}

static bool write_unit(const struct check_report *r, const char *unit, const char *format,
                       const char *path, struct diag *diag)
{
    struct check_report own;
    select_unit(r, unit, &own);
    bool ok = check_write(&own, format, path, diag);
    diag_clear(&own.batch);
    free(own.people);
    return ok;
}

bool check_write_units(const struct check_report *r, const char *format, const char *directory,
                       struct diag *diag)
{
    if (output_is_file_name(directory))
        return diag_system(diag, (struct src_pos){directory, 0},
                           "--split 写的是一个文件夹；请用 -o 指定文件夹（如 -o 报告/）",
                           "--split writes a folder: name one (-o DIR/)");
    struct arena a = {0};
    struct names names = {.arena = &a};
    const char **units = ARENA_ARRAY(&a, const char *, r->n + 1);
    size_t n = 0;
    bool ok = output_make_directory(directory, diag);

    for (size_t i = 0, k; i < r->n; i++) {
        const struct check_person *p = &r->people[i];
        for (k = 0; k < n && strcmp(units[k], p->unit); k++)
            continue;
        if (k < n)
            continue;
        units[n++] = p->unit;
        names_propose(&names, arena_printf(&a, "%s-%s", p->unit, p->unit_name), p->unit);
    }
    names_settle(&names);
    const char *suffix = strcmp(format, "text") ? format : "txt";
    for (size_t i = 0; i < n && ok; i++)
        ok =
            write_unit(r, units[i], format,
                       arena_printf(&a, "%s/%s.%s", directory, names_get(&names, i), suffix), diag);
    arena_free(&a);
    return ok;
}
