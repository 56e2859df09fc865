/* report_group.c - the same finding of many applicants as one of the batch. */
#include "check/report.h"

#include "core/finding_json.h"
#include "core/strings.h"

#include <stdlib.h>
#include <string.h>

enum { MANY = 4 /* applicants: fewer are listed each */, NAMED = 3 };

/* By all that a finding says. */
static int compare_words(const struct finding *a, const struct finding *b)
{
    int order = (int)a->severity - (int)b->severity;
    order = order ? order : string_order(a->rule, b->rule);
    order = order ? order : string_order(a->label, b->label);
    for (int l = 0; l < LANGUAGE_COUNT && !order; l++)
        order = string_order(a->text[l], b->text[l]);
    return order;
}

static int compare_entries(const void *a, const void *b)
{
    const struct check_entry *x = a, *y = b;
    int order = x->alike(x->finding, y->finding);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

size_t check_entries(const struct check_report *r,
                     int (*alike)(const struct finding *, const struct finding *),
                     struct check_entry **out)
{
    size_t n = 0, most = 0;
    for (size_t i = 0; i < r->n; i++)
        most += r->people[i].n;
    *out = mem_alloc(most + 1, sizeof **out);
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->people[i].n; k++, n++)
            (*out)[n] = (struct check_entry){&r->people[i].list[k], i, n, alike};
    if (n)
        qsort(*out, n, sizeof **out, compare_entries);
    return n;
}

size_t check_entries_alike(const struct check_entry *list, size_t n, size_t *people)
{
    size_t end = 1;
    *people = 1;
    for (; end < n && !list->alike(list->finding, list[end].finding); end++)
        *people += list[end].person != list[end - 1].person;
    return end;
}

static bool is_again(const struct check_entry *list, size_t i)
{
    return i > 0 && list[i].person == list[i - 1].person;
}

/* "A001 甲、A002 乙、A003 丙", each once. */
static const char *names_of(const struct check_report *r, const struct check_entry *list, size_t n,
                            struct arena *arena)
{
    const char *names = "";
    for (size_t i = 0, shown = 0; i < n && shown < NAMED; i++) {
        const struct check_person *p = &r->people[list[i].person];
        if (is_again(list, i))
            continue;
        names = arena_printf(arena, "%s%s%s%s%s", names, shown++ ? "、" : "", p->id,
                             *p->name ? " " : "", p->name);
    }
    return names;
}

static void add_group(const struct check_report *r, const struct check_entry *list, size_t n,
                      size_t people, struct diag *out)
{
    struct arena a = {0};
    struct finding f = *list->finding;
    const char *names = names_of(r, list, n, &a);
    f.applicant = f.name = f.unit = NULL;
    if (f.text[LANGUAGE_ZH])
        f.text[LANGUAGE_ZH] =
            arena_printf(&a, "%s（%s等%zu人）", f.text[LANGUAGE_ZH], names, people);
    if (f.text[LANGUAGE_EN])
        f.text[LANGUAGE_EN] =
            arena_printf(&a, "%s (%s and others, %zu in all)", f.text[LANGUAGE_EN], names, people);
    diag_pass(out, &f);
    arena_free(&a);
}

static void keep_rest(struct check_person *p, const struct finding *list, const bool *grouped)
{
    size_t n = 0;
    p->list = mem_alloc(p->n + 1, sizeof *p->list);
    for (size_t i = 0; i < p->n; i++)
        if (!grouped[i])
            p->list[n++] = list[i];
    p->n = p->cap = n;
}

static void put_common(struct json *j, const struct check_report *r, const struct check_entry *list,
                       size_t n)
{
    struct finding f = *list->finding;
    f.at = (struct src_pos){0}; /* each has a place of their own */
    f.applicant = f.unit = f.field = f.sheet = f.cell = NULL;
    json_open(j, NULL, '{');
    finding_json_members(j, &f, r->language);
    json_open(j, "applicants", '[');
    for (size_t i = 0; i < n; i++)
        if (!is_again(list, i))
            json_string(j, NULL, r->people[list[i].person].id);
    json_close(j, ']');
    json_close(j, '}');
}

void check_json_common(struct json *j, const struct check_report *r)
{
    struct check_entry *list;
    size_t n = check_entries(r, compare_words, &list), groups = 0;
    for (size_t i = 0, alike, people; i < n; i += alike) {
        alike = check_entries_alike(&list[i], n - i, &people);
        if (people < MANY)
            continue;
        if (groups++ == 0)
            json_open(j, "common", '[');
        put_common(j, r, &list[i], alike);
    }
    if (groups > 0)
        json_close(j, ']');
    free(list);
}

void check_group(const struct check_report *r, struct check_report *out)
{
    struct check_entry *list;
    size_t n = check_entries(r, compare_words, &list), at = 0;
    bool *grouped = mem_alloc(n + 1, sizeof *grouped);

    *out = *r;
    out->batch = (struct diag){0};
    diag_append(&out->batch, &r->batch);
    for (size_t i = 0, alike, people; i < n; i += alike) {
        alike = check_entries_alike(&list[i], n - i, &people);
        if (people < MANY)
            continue;
        add_group(r, &list[i], alike, people, &out->batch);
        for (size_t k = i; k < i + alike; k++)
            grouped[list[k].order] = true;
    }
    check_sort(out->batch.list, out->batch.n);
    out->people = mem_alloc(r->n + 1, sizeof *out->people);
    for (size_t i = 0; i < r->n; i++) {
        out->people[i] = r->people[i];
        keep_rest(&out->people[i], r->people[i].list, grouped + at);
        at += r->people[i].n;
    }
    free(grouped);
    free(list);
}

void check_group_clear(struct check_report *grouped)
{
    for (size_t i = 0; i < grouped->n; i++)
        free(grouped->people[i].list);
    free(grouped->people);
    diag_clear(&grouped->batch);
}
