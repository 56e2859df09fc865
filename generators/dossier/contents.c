/* contents.c - what the templates of the volume's own sheets see: the applicant's node gets a child
 * with sections, entries and pages. */
#include "dossier/parts.h"
#include "record/node.h"

static void put_number(struct arena *arena, record_node *node, const char *name, size_t n)
{
    record_put(node, name, arena_printf(arena, "%zu", n));
}

static void put_stamped(const struct parts *parts, record_node *node, const char *name, size_t n)
{
    record_put(node, name, parts_number_text(parts, n));
}

static void describe_entry(const struct parts *parts, struct part *p, record_node *section,
                           size_t number)
{
    static const char *const kinds[] = {
        [PART_PAPER] = "paper", [PART_COPY] = "copy", [PART_MISSING] = "missing"};
    p->node = record_add(section, "entry");
    record_set_line(p->node, p->material->at.line);
    put_number(parts->arena, p->node, "number", number);
    record_put(p->node, "title", p->title);
    put_stamped(parts, p->node, "first", p->run.stamped);
    put_stamped(parts, p->node, "last", p->run.stamped + p->run.pages - 1);
    put_number(parts->arena, p->node, "pages", p->run.pages);
    record_put(p->node, "anchor", p->anchor);
    record_put(p->node, "kind", kinds[p->kind]);
    record_put(p->node, "href", p->material->href);
}

static void describe_section(const struct parts *parts, record_node *dossier, size_t section)
{
    record_node *node = record_add(dossier, "section");
    size_t first = 0, last = 0, entries = 0;

    put_number(parts->arena, node, "number", section - parts->facts->first + 1);
    record_put(node, "title", sections_title(parts->sections, section));
    for (size_t i = 0; i < parts->n; i++) {
        struct part *p = &parts->list[i];
        if (p->section != section || p->kind < PART_SEPARATOR)
            continue;
        first = first ? first : p->run.stamped;
        last = p->run.stamped + p->run.pages - 1;
        if (p->kind == PART_SEPARATOR) {
            p->node = node;
            record_put(node, "anchor", p->anchor);
        } else {
            describe_entry(parts, p, node, ++entries);
        }
    }
    if (first) {
        put_stamped(parts, node, "first", first);
        put_stamped(parts, node, "last", last);
    } else {
        record_put(node, "none", parts->materials->declared_none[section] ? "declared" : "true");
    }
}

static void describe_loose(const struct parts *parts, record_node *dossier)
{
    size_t number = 0;
    for (size_t i = 0; i < parts->materials->n_loose; i++) {
        const struct loose *l = &parts->materials->loose[i];
        if (sections_facts(parts->sections, l->volume) != parts->facts)
            continue;
        record_node *node = record_add(dossier, "loose");
        put_number(parts->arena, node, "number", ++number);
        record_put(node, "title", l->title);
        put_number(parts->arena, node, "copies", (size_t)l->copies);
        record_put(node, "note", l->note);
    }
}

/* Every page that has a number; blanks before page 1 have none. */
static void describe_pages(const struct parts *parts, record_node *dossier, const struct part *p)
{
    const struct page_run *run = &p->run;
    for (size_t k = 0; run->stamped && k < run->blanks + run->pages; k++) {
        size_t number = run->stamped - run->blanks + k;
        if (number < 1 || number > parts->stamped)
            continue;
        record_node *node = record_add(dossier, "page");
        put_stamped(parts, node, "number", number);
        record_put(node, "kind",
                   k < run->blanks        ? "blank"
                   : p->kind == PART_COPY ? "copy"
                                          : "paper");
        record_put(node, "side", parts->duplex && number % 2 == 0 ? "verso" : "recto");
    }
}

void contents_set_total(record_node *dossier, const struct parts *parts)
{
    put_number(parts->arena, dossier, "pages", parts->total);
}

record_node *contents_describe(struct parts *parts, record_node *node)
{
    record_node *dossier = record_add(node, "dossier");
    record_put(dossier, "title", parts->facts->title);
    put_number(parts->arena, dossier, "last", parts->stamped);
    contents_set_total(dossier, parts);
    for (size_t s = parts->facts->first; s < parts->facts->end; s++)
        describe_section(parts, dossier, s);
    describe_loose(parts, dossier);
    for (size_t i = 0; i < parts->n; i++)
        describe_pages(parts, dossier, &parts->list[i]);
    return dossier;
}
