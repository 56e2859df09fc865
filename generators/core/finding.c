/* finding.c - see finding.h. */
#include "core/finding.h"

#include "core/cells.h"
#include "core/markup.h"
#include "core/strings.h"
#include "core/utf8.h"

#include <string.h>

bool diag_pass(struct diag *d, const struct finding *from)
{
    struct finding f = *from;
    if (!f.applicant) {
        f.applicant = d->context.applicant;
        f.name = f.name ? f.name : d->context.name;
        f.unit = f.unit ? f.unit : d->context.unit;
    }
    if (!f.paper)
        f.paper = d->context.paper;
    char cell[CELL_NAME];
    if (!f.sheet && cells_find(f.at.file, f.at.line, f.field, f.label, &f.sheet, cell))
        f.cell = cell;
    const char **const texts[] = {&f.rule,
                                  &f.clause,
                                  &f.applicant,
                                  &f.name,
                                  &f.unit,
                                  &f.paper,
                                  &f.label,
                                  &f.field,
                                  &f.subject,
                                  &f.at.file,
                                  &f.sheet,
                                  &f.cell,
                                  &f.text[LANGUAGE_ZH],
                                  &f.text[LANGUAGE_EN]};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = arena_strdup(&d->arena, *texts[i]);
    *ARENA_PUSH(&d->arena, d->list, d->n, d->cap) = f;
    d->count[f.severity]++;
    if (f.severity == SEVERITY_ERROR && f.fault == FAULT_SYSTEM)
        d->system_faults++;
    return f.severity != SEVERITY_ERROR;
}

void finding_word(struct finding *f, struct arena *arena, const char *zh, const char *en,
                  va_list args)
{
    va_list again;

    va_copy(again, args);
    f->text[LANGUAGE_ZH] = arena_vprintf(arena, zh, args);
    f->text[LANGUAGE_EN] = arena_vprintf(arena, en, again);
    va_end(again);
}

bool diag_vadd(struct diag *d, struct finding f, const char *zh, const char *en, va_list args)
{
    struct arena texts = {0};

    finding_word(&f, &texts, zh, en, args);
    bool ok = diag_pass(d, &f);
    arena_free(&texts);
    return ok;
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

void diag_cut(struct diag *d, size_t n)
{
    for (; d->n > n; d->n--) {
        const struct finding *f = &d->list[d->n - 1];
        d->count[f->severity]--;
        d->system_faults -= f->severity == SEVERITY_ERROR && f->fault == FAULT_SYSTEM;
    }
}

bool diag_failed(const struct diag *d)
{
    return d->count[SEVERITY_ERROR] || (d->strict && d->count[SEVERITY_WARNING]);
}

void diag_append(struct diag *to, const struct diag *from)
{
    struct diag_context saved = to->context;
    to->context = (struct diag_context){0}; /* a finding keeps its own */
    for (size_t i = 0; i < from->n; i++)
        diag_pass(to, &from->list[i]);
    to->context = saved;
}

bool finding_same(const struct finding *a, const struct finding *b)
{
    enum language both = a->text[LANGUAGE_ZH] && b->text[LANGUAGE_ZH] ? LANGUAGE_ZH : LANGUAGE_EN;
    return a->at.line == b->at.line && string_same(a->rule, b->rule) &&
           string_same(a->at.file, b->at.file) &&
           (a->at.line > 0 || (string_same(a->sheet, b->sheet) && string_same(a->cell, b->cell))) &&
           (a->subject && b->subject ? !strcmp(a->subject, b->subject)
                                     : string_same(a->text[both], b->text[both]));
}

int finding_kind_order(const struct finding *a, const struct finding *b)
{
    int order = (int)a->severity - (int)b->severity;
    order = order ? order : string_order(a->rule, b->rule);
    order = order ? order : string_order(a->label, b->label);
    return order || a->rule ? order : string_order(a->text[LANGUAGE_ZH], b->text[LANGUAGE_ZH]);
}

bool diag_has(const struct diag *d, const struct finding *f)
{
    for (size_t i = 0; i < d->n; i++)
        if (finding_same(&d->list[i], f))
            return true;
    return false;
}

void diag_drop_repeated(struct diag *d)
{
    struct diag once = {.strict = d->strict};
    for (size_t i = 0; i < d->n; i++)
        if (!diag_has(&once, &d->list[i]))
            diag_pass(&once, &d->list[i]);
    diag_clear(d);
    *d = once;
}

/* Names of files and values of the record stand in every part: none may forge a line or command the
 * terminal. NULL and "" are nothing, and nothing stands around them. */
static void add_part(struct buffer *out, const char *before, const char *s, const char *behind)
{
    if (!s || !*s)
        return;
    buffer_puts(out, before);
    buffer_shown(out, s);
    buffer_puts(out, behind);
}

/* The head of a name that is none for its length. */
static void add_name(struct buffer *out, const char *name)
{
    enum { LONGEST = 60 }; /* characters */
    struct buffer head = {0};
    size_t len = name ? strlen(name) : 0, at = 0, used;
    if (len == 0)
        return;
    for (int n = 0; n < LONGEST && at < len; n++, at += used)
        utf8_next(name + at, len - at, &used);
    buffer_add(&head, name, at);
    buffer_puts(&head, at < len ? "…" : "");
    buffer_putc(&head, '\0');
    add_part(out, "", (const char *)head.data, " ");
    buffer_clear(&head);
}

void finding_write(const struct finding *f, enum language lang, struct buffer *out)
{
    static const char *const severity[SEVERITY_COUNT] = {"error", "warning", "info"};

    add_part(out, "", f->at.file, "");
    if (f->sheet) {
        add_part(out, ":", f->sheet, "");
        add_part(out, "!", f->cell, "");
    } else if (f->at.file && f->at.line > 0) {
        buffer_printf(out, ":%ld", f->at.line);
    }
    buffer_printf(out, "%s%s: ", f->at.file ? ": " : "", severity[f->severity]);
    add_part(out, "[", f->rule, "");
    add_part(out, "（", f->rule ? f->clause : NULL, "）");
    buffer_puts(out, f->rule ? "] " : "");
    add_part(out, "", f->applicant, " ");
    add_name(out, f->name);
    add_part(out, "", f->label, lang == LANGUAGE_ZH ? "：" : ": ");
    add_part(out, "", f->text[lang], "");
    buffer_putc(out, '\n');
}

static bool only_errors;

void finding_only_errors(void)
{
    only_errors = true;
}

void finding_print(const struct finding *f, enum language lang, FILE *out)
{
    if (only_errors && f->severity != SEVERITY_ERROR)
        return;
    struct buffer line = {0};
    finding_write(f, lang, &line);
    fwrite(line.data, 1, line.len, out);
    buffer_clear(&line);
}

const char *finding_add_name(struct arena *a, const char *named, size_t n, const char *name)
{
    enum { NAMED = 20 };
    if (!named)
        return arena_strdup(a, name);
    return n < NAMED    ? arena_printf(a, "%s、%s", named, name)
           : n == NAMED ? arena_printf(a, "%s…", named)
                        : named;
}

const char *finding_names(struct arena *a, const char *named, size_t n, enum language lang)
{
    return n > 1 ? arena_printf(a, lang == LANGUAGE_ZH ? "%s（共 %zu 个）" : "%s (%zu in all)",
                                named, n)
                 : named;
}

void diag_print(const struct diag *d, enum language lang, FILE *out)
{
    for (size_t i = 0; i < d->n; i++)
        finding_print(&d->list[i], lang, out);
}

void diag_clear(struct diag *d)
{
    bool strict = d->strict;
    arena_free(&d->arena);
    *d = (struct diag){.strict = strict};
}
