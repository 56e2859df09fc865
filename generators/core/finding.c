/* finding.c - see finding.h. */
#include "core/finding.h"

#include "core/utf8.h"

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

/* Names of files and values of the record stand in every part: none may forge a line or command the
 * terminal. NULL and "" are nothing, and nothing stands around them. */
static void put(const char *before, const char *s, const char *behind, FILE *out)
{
    char shown[UTF8_SHOWN];
    if (!s || !*s)
        return;
    fputs(before, out);
    for (size_t i = 0, len = strlen(s), used; i < len; i += used) {
        utf8_show(s + i, len - i, &used, shown);
        fputs(shown, out);
    }
    fputs(behind, out);
}

void finding_print(const struct finding *f, enum language lang, FILE *out)
{
    static const char *const severity[SEVERITY_COUNT] = {"error", "warning", "info"};

    put("", f->at.file, "", out);
    if (f->at.file && f->at.line > 0)
        fprintf(out, ":%ld", f->at.line);
    fprintf(out, "%s%s: ", f->at.file ? ": " : "", severity[f->severity]);
    put("[", f->rule, "", out);
    put("（", f->rule ? f->clause : NULL, "）", out);
    fputs(f->rule ? "] " : "", out);
    put("", f->applicant, " ", out);
    put("", f->name, " ", out);
    put("", f->label, lang == LANGUAGE_ZH ? "：" : ": ", out);
    put("", f->text[lang], "", out);
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
