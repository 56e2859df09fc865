/* papers.c - the templates of the papers that are laid out, and what rules.xml demands of them. Internal to rules. */
#include "rules/rule_file.h"
#include "rules/workdays.h"

#include <stdlib.h>
#include <string.h>

static void unlike(const struct rules *r, const struct rule_paper *p, const char *path, const char *id,
                   const char *zh, const char *en, const char *has, const char *wants, struct diag *diag)
{
    const struct rule *rule = rules_find(r, id);
    if (!rule || rule->off)
        return;
    struct finding f = {.rule = rule->id, .clause = rule->clause, .severity = rule->severity,
                        .paper = form_facts(p->form)->title, .at = {path, 0}};
    diag_add(diag, f, "模板的%s%.0s是“%s”，应为“%s”", "the template's %.0s%s is \"%s\", and should be \"%s\"", zh, en, has,
             wants);
}

static void compare(const struct rules *r, const struct rule_paper *p, const char *path, struct diag *diag)
{
    const struct form_facts *facts = form_facts(p->form);
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
                unlike(r, p, path, q->rule, all[k].zh, all[k].en, all[k].has, all[k].wants, diag);
        for (const char *s = q->seals ? q->seals : ""; *s; s += strspn(s, " ")) {
            char *word = arena_strndup(&a, s, strcspn(s, " "));
            if (!strstr(facts->seals, word))
                unlike(r, p, path, q->rule, "盖章单位", "list of seals", facts->seals, word, diag);
            s += strcspn(s, " ");
        }
    }
    arena_free(&a);
}

bool rules_load_papers(struct rules *r, struct diag *diag)
{
    bool ok = true;
    for (size_t i = 0; i < r->n_papers && r->options->fonts; i++) {
        struct rule_paper *p = &r->papers[i];
        const char *path = rules_path(r, &r->arena, arena_printf(&r->arena, "%s.xml", p->name));
        if (!path)
            ok = diag_system(diag, p->at, "找不到模板 %s.xml", "there is no template %s.xml", p->name);
        else if (!(p->form = form_load(path, r->options->fonts, diag)))
            ok = false;
        else
            compare(r, p, path, diag);
    }
    return ok;
}

bool rules_load_workdays(struct rules *r, struct diag *diag)
{
    const char *path = rules_path(r, &r->arena, "holidays.xml");
    if (!path)
        return diag_system(diag, (struct src_pos){"holidays.xml", 0}, "找不到节假日表", "the table of holidays is not found");
    return (r->workdays = workdays_load(path, &r->arena, diag)) != NULL;
}
