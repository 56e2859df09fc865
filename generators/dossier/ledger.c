/* ledger.c - the report's account of the volume's pages: what each is, where it comes from, and
 * which number it bears. */
#include "bind/page_list.h"
#include "dossier/parts.h"

static void report_run(struct json *j, const char *kind, const char *title, const struct part *p,
                       const struct page_run *run, struct arena *arena)
{
    json_open(j, NULL, '{');
    json_string(j, "kind", kind);
    json_string(j, "title", title);
    if (p && p->material && p->material->kind == MATERIAL_COPY) {
        json_string(j, "source", p->material->href);
        if (p->kind == PART_COPY)
            json_string(j, "source_pages", page_list_text(p->selected, run->pages, arena));
    } else if (p && p->kind == PART_PAPER) {
        json_string(j, "source", p->material->paper);
    }
    if (run->stamped)
        json_integer(j, "stamped", (long long)run->stamped);
    json_integer(j, "physical", (long long)run->physical);
    json_integer(j, "pages", (long long)run->pages);
    json_close(j, '}');
}

void ledger_report(const void *data, struct json *j)
{
    static const char *const kinds[] = {"cover", "contents", "separator",
                                        "paper", "copy",     "missing"};
    const struct parts *parts = data;
    json_open(j, "ledger", '[');
    for (size_t i = 0; i < parts->n; i++) {
        const struct part *p = &parts->list[i];
        const struct page_run *run = &p->run;
        if (run->blanks) {
            struct page_run blank = {.pages = run->blanks, .physical = run->physical - run->blanks};
            if (run->stamped > run->blanks)
                blank.stamped = run->stamped - run->blanks;
            report_run(j, "blank", "", NULL, &blank, parts->arena);
        }
        report_run(j, kinds[p->kind], p->title ? p->title : "封面", p, run, parts->arena);
    }
    json_close(j, ']');
}
