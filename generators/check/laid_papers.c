/* laid_papers.c - the templates of the papers that are laid out, and what rules.xml demands of
 * them. Internal to rules. */
#include "check/functions.h"

#include "profile/profile.h"
#include "sheet/print.h"

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
static void load_form(struct rules *r, const struct needed_paper *paper, struct diag *diag)
{
    struct arena *a = &r->arena;
    const char *path = rules_path(r, a, arena_printf(a, "%s.xml", paper->name));
    struct form *form = path ? form_load(path, r->options->fonts, diag) : NULL;
    if (!form)
        return;
    *ARENA_PUSH(a, r->forms, r->n_forms, r->cap_forms) = (struct rule_form){paper->when, form};
    for (size_t i = 0; i < r->n_papers; i++)
        if (!strcmp(r->papers[i].name, paper->name))
            compare(r, &r->papers[i], form, path, diag);
}

/* A roster of the notice, as far as an applicant's cells may not fit it. */
static void load_roster(struct rules *r, const char *name, struct diag *diag)
{
    struct arena *a = &r->arena;
    const char *path = rules_path(r, a, arena_printf(a, "%s.xml", name));
    struct sheet_template *t = path ? sheet_template_load(path, diag) : NULL;
    struct buffer text = {0};
    if (!t)
        return;
    *ARENA_PUSH(a, r->rosters, r->n_rosters, r->cap_rosters) = t;
    struct form *form = print_unbroken(t, &text) ? form_load_text(t->path, (const char *)text.data,
                                                                  text.len, r->options->fonts, diag)
                                                 : NULL;
    if (form)
        *ARENA_PUSH(a, r->forms, r->n_forms, r->cap_forms) = (struct rule_form){t->when, form};
    buffer_clear(&text);
}

void rules_load_papers(struct rules *r, struct diag *diag)
{
    const struct needed_papers *papers = r->options->tables->papers;
    for (size_t i = 0; r->options->fonts && i < papers->n; i++)
        load_form(r, &papers->list[i], diag);
    const struct profile_parts *rosters =
        r->options->profile ? &r->options->profile->rosters : NULL;
    for (size_t i = 0; rosters && r->options->fonts && i < rosters->n; i++)
        load_roster(r, rosters->list[i].name, diag);
}
