/* papers.c - the templates of the papers that are laid out, and what rules.xml demands of them.
 * Internal to rules. */
#include "check/functions.h"
#include "query/needed_papers.h"
#include "query/rubric.h"
#include "query/workdays.h"

#include <stdlib.h>
#include <string.h>

static void unlike(const struct rules *r, const struct form *form, const char *path, const char *id,
                   const char *zh, const char *en, const char *has, const char *wants,
                   struct diag *diag)
{
    const struct rule *rule = rules_find(r, id);
    if (!rule || rule->off)
        return;
    struct finding f = {.rule = rule->id,
                        .clause = rule->clause,
                        .severity = rule->severity,
                        .paper = form_facts(form)->title,
                        .at = {path, 0}};
    diag_add(diag, f, "模板的%s%.0s是“%s”，应为“%s”",
             "the template's %.0s%s is \"%s\", and should be \"%s\"", zh, en, has, wants);
}

static void compare(const struct rules *r, const struct rule_paper *p, const struct form *form,
                    const char *path, struct diag *diag)
{
    const struct form_facts *facts = form_facts(form);
    struct arena a = {0};
    for (size_t i = 0; i < p->n; i++) {
        const struct requirement *q = &p->requirements[i];
        const struct {
            const char *zh, *en, *has, *wants;
        } all[] = {{"水印", "watermark", facts->watermark, q->watermark},
                   {"份数", "number of copies", arena_printf(&a, "%d", facts->copies), q->copies},
                   {"纸张", "paper size", facts->paper, q->size},
                   {"装订", "binding", facts->binding, q->binding}};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            if (all[k].wants && strcmp(all[k].has, all[k].wants))
                unlike(r, form, path, q->rule, all[k].zh, all[k].en, all[k].has, all[k].wants,
                       diag);
        for (const char *s = q->seals ? q->seals : ""; *s; s += strspn(s, " ")) {
            char *word = arena_strndup(&a, s, strcspn(s, " "));
            if (!strstr(facts->seals, word))
                unlike(r, form, path, q->rule, "盖章单位", "list of seals", facts->seals, word,
                       diag);
            s += strcspn(s, " ");
        }
    }
    arena_free(&a);
}

/* Loads the paper's template if it is here, and compares it. */
static bool load_form(struct rules *r, const char *name, struct diag *diag)
{
    struct arena *a = &r->arena;
    const char *path = rules_path(r, a, arena_printf(a, "%s.xml", name));
    struct rule_form f = {0};
    bool ok = true;
    if (!path)
        return true;
    f.form = form_load(path, r->options->fonts, diag);
    f.needed =
        query_new(arena_printf(a, "papers(.)[@name='%s']", name), (struct src_pos){path, 0}, diag);
    if (f.needed)
        *ARENA_PUSH(a, r->queries, r->n_queries, r->cap_queries) = f.needed;
    if (f.form)
        *ARENA_PUSH(a, r->forms, r->n_forms, r->cap_forms) = f;
    for (size_t i = 0; f.form && i < r->n_papers; i++)
        if (!strcmp(r->papers[i].name, name))
            compare(r, &r->papers[i], f.form, path, diag);
    return ok && f.form && f.needed;
}

static bool load_forms(struct rules *r, const char *path, struct diag *diag)
{
    xmlDoc *doc = rules_read_xml(path, &r->arena, diag);
    bool ok = doc != NULL;
    for (xmlNode *n = doc ? xmlDocGetRootElement(doc)->children : NULL; n; n = n->next) {
        xmlChar *name = n->type == XML_ELEMENT_NODE ? xmlGetNoNsProp(n, BAD_CAST "name") : NULL;
        ok = (!name || load_form(r, (const char *)name, diag)) && ok;
        for (size_t i = 0; name && i < r->n_papers; i++)
            r->papers[i].listed =
                r->papers[i].listed || !strcmp(r->papers[i].name, (const char *)name);
        xmlFree(name);
    }
    if (doc)
        xmlFreeDoc(doc);
    for (size_t i = 0; doc && i < r->n_papers; i++)
        if (!r->papers[i].listed)
            ok = diag_system(diag, r->papers[i].at, "papers.xml 中没有 %s", "papers.xml has no %s",
                             r->papers[i].name);
    return ok;
}

bool rules_load_papers(struct rules *r, struct diag *diag)
{
    const char *holidays = rules_path(r, &r->arena, "holidays.xml"),
               *papers = rules_path(r, &r->arena, "papers.xml");
    if (!holidays || !papers)
        return diag_system(diag, (struct src_pos){holidays ? "papers.xml" : "holidays.xml", 0},
                           "找不到模板文件", "template file not found");
    return workdays_load(holidays, diag) && needed_papers_load(papers, diag) &&
           (!r->options->fonts || load_forms(r, papers, diag));
}
