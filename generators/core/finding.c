/* finding.c - see finding.h. */
#include "core/finding.h"

#include <string.h>

bool diag_vadd(struct diag *d, struct finding f, const char *zh, const char *en, va_list args)
{
    struct arena *a = &d->arena;
    va_list again;

    va_copy(again, args);
    f.text[LANGUAGE_ZH] = arena_vprintf(a, zh, args);
    f.text[LANGUAGE_EN] = arena_vprintf(a, en, again);
    va_end(again);
    if (!f.applicant) {
        f.applicant = d->context.applicant;
        f.name = f.name ? f.name : d->context.name;
        f.unit = f.unit ? f.unit : d->context.unit;
    }
    if (!f.paper)
        f.paper = d->context.paper;
    f.rule = arena_strdup(a, f.rule);
    f.clause = arena_strdup(a, f.clause);
    f.applicant = arena_strdup(a, f.applicant);
    f.name = arena_strdup(a, f.name);
    f.unit = arena_strdup(a, f.unit);
    f.paper = arena_strdup(a, f.paper);
    f.label = arena_strdup(a, f.label);
    f.field = arena_strdup(a, f.field);
    f.at.file = arena_strdup(a, f.at.file);
    *ARENA_PUSH(a, d->list, d->n, d->cap) = f;
    d->count[f.severity]++;
    if (f.severity == SEVERITY_ERROR && f.fault == FAULT_SYSTEM)
        d->system_faults++;
    return f.severity != SEVERITY_ERROR;
}

bool diag_add(struct diag *d, struct finding f, const char *zh, const char *en, ...)
{
    va_list args;
    va_start(args, en);
    bool ok = diag_vadd(d, f, zh, en, args);
    va_end(args);
    return ok;
}

bool diag_error(struct diag *d, struct src_pos at, const char *zh, const char *en, ...)
{
    va_list args;
    va_start(args, en);
    diag_vadd(d, (struct finding){.severity = SEVERITY_ERROR, .at = at}, zh, en, args);
    va_end(args);
    return false;
}

bool diag_system(struct diag *d, struct src_pos at, const char *zh, const char *en, ...)
{
    va_list args;
    va_start(args, en);
    diag_vadd(d, (struct finding){.severity = SEVERITY_ERROR, .fault = FAULT_SYSTEM, .at = at}, zh,
              en, args);
    va_end(args);
    return false;
}

bool diag_warn(struct diag *d, struct src_pos at, const char *zh, const char *en, ...)
{
    va_list args;
    va_start(args, en);
    diag_vadd(d, (struct finding){.severity = SEVERITY_WARNING, .at = at}, zh, en, args);
    va_end(args);
    return true;
}

bool diag_failed(const struct diag *d)
{
    return d->count[SEVERITY_ERROR] || (d->strict && d->count[SEVERITY_WARNING]);
}

void diag_append(struct diag *to, const struct diag *from)
{
    struct diag_context saved = to->context;
    to->context = (struct diag_context){0}; /* a finding keeps its own */
    for (size_t i = 0; i < from->n; i++) {
        /* Both texts travel as one pair of arguments; each format prints its own and nothing of the
         * other. */
        const struct finding *f = &from->list[i];
        diag_add(to, *f, "%s%.0s", "%.0s%s", f->text[LANGUAGE_ZH], f->text[LANGUAGE_EN]);
    }
    to->context = saved;
}

void finding_print(const struct finding *f, enum language lang, FILE *out)
{
    static const char *const severity[SEVERITY_COUNT] = {"error", "warning", "info"};

    if (f->at.file && f->at.line > 0)
        fprintf(out, "%s:%ld: ", f->at.file, f->at.line);
    else if (f->at.file)
        fprintf(out, "%s: ", f->at.file);
    fprintf(out, "%s: ", severity[f->severity]);
    if (f->rule && f->clause)
        fprintf(out, "[%s（%s）] ", f->rule, f->clause);
    else if (f->rule)
        fprintf(out, "[%s] ", f->rule);
    if (f->applicant && *f->applicant)
        fprintf(out, "%s ", f->applicant);
    if (f->name && *f->name)
        fprintf(out, "%s ", f->name);
    if (f->label && *f->label)
        fprintf(out, lang == LANGUAGE_ZH ? "%s：" : "%s: ", f->label);
    fputs(f->text[lang], out);
}

void diag_print(const struct diag *d, enum language lang, FILE *out)
{
    for (size_t i = 0; i < d->n; i++) {
        finding_print(&d->list[i], lang, out);
        putc('\n', out);
    }
}

void diag_clear(struct diag *d)
{
    bool strict = d->strict;
    arena_free(&d->arena);
    *d = (struct diag){.strict = strict};
}
