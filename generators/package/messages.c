/* messages.c - see messages.h. A log is lines of JSON, each in one write, so that runs may share a
 * file. */
#define _DEFAULT_SOURCE /* gmtime_r */
#include "package/messages.h"

#include "core/clock.h"
#include "core/expected.h"
#include "core/finding_json.h"
#include "core/options.h"
#include "core/output.h"
#include "core/strings.h"
#include "core/version.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void put_time(struct json *j, const char *key)
{
    char text[32];
    struct tm t;
    time_t now = time(NULL);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &t));
    json_string(j, key, text);
}

/* A line that was begun as an object. */
static bool put_line(const struct messages *m, struct json *j)
{
    json_close(j, '}');
    buffer_putc(j->out, '\n');
    bool ok = output_bytes(m->log, j->out->data, j->out->len);
    buffer_clear(j->out);
    return ok;
}

static void begin_line(struct json *j, struct buffer *out, const char *event)
{
    *j = (struct json){.out = out, .flat = true};
    json_open(j, NULL, '{');
    put_time(j, "time");
    json_integer(j, "process", getpid());
    json_string(j, "event", event);
}

bool messages_begin(struct messages *m, const struct package *p, struct diag *diag)
{
    const char *path = p->own->log;
    struct buffer line = {0};
    struct json j;

    *m = (struct messages){.package = p, .log = -1};
    m->begun = clock_seconds();
    if (!path)
        return true;
    m->log = expected_append(path);
    begin_line(&j, &line, "begin");
    json_string(&j, "version", shenbao_version());
    json_string(&j, "output", p->options->output);
    return (m->log >= 0 && put_line(m, &j)) || output_failed(path, diag);
}

/* --- findings --- */

static void log_findings(const struct messages *m, const struct finding *list, size_t n)
{
    for (size_t i = 0; m->log >= 0 && i < n; i++) {
        struct buffer line = {0};
        struct json j;
        begin_line(&j, &line, "finding");
        finding_json_members(&j, &list[i], m->package->options->report_language);
        (void)put_line(m, &j); /* the last line tells of a log that is full */
    }
}

static int by_kind_and_place(const void *a, const void *b)
{
    const struct finding *x = *(const struct finding *const *)a,
                         *y = *(const struct finding *const *)b;
    int order = finding_kind_order(x, y);
    order = order ? order : string_order(x->at.file, y->at.file);
    return order ? order : (x->at.line > y->at.line) - (x->at.line < y->at.line);
}

/* The people of the findings, each once, the first few by id. */
static size_t name_people(const struct finding *const *list, size_t n, struct buffer *names)
{
    enum { NAMED = 3 };
    const char *last = "";
    size_t people = 0;
    for (size_t i = 0; i < n; i++) {
        const char *id = list[i]->applicant ? list[i]->applicant : "";
        if (!*id || !strcmp(id, last))
            continue;
        if (++people <= NAMED)
            buffer_printf(names, "%s%s", people > 1 ? " " : "", id);
        last = id;
    }
    if (people > NAMED)
        buffer_puts(names, " …");
    buffer_putc(names, '\0');
    return people;
}

static void print_kind(const struct messages *m, const struct finding *const *list, size_t n)
{
    enum language language = m->package->options->language;
    struct arena arena = {0};
    struct buffer names = {0};
    struct finding f = *list[0];
    size_t people = name_people(list, n, &names);

    if (n > 1 && people > 0) {
        f.text[LANGUAGE_ZH] =
            arena_printf(&arena, "%s（同类共 %zu 处，%zu 人：%s；全部见报告）", f.text[LANGUAGE_ZH],
                         n, people, (const char *)names.data);
        f.text[LANGUAGE_EN] =
            arena_printf(&arena, "%s (%zu of this kind, of %zu people: %s; the report has all)",
                         f.text[LANGUAGE_EN], n, people, (const char *)names.data);
    } else if (n > 1) {
        f.text[LANGUAGE_ZH] =
            arena_printf(&arena, "%s（同类共 %zu 处，全部见报告）", f.text[LANGUAGE_ZH], n);
        f.text[LANGUAGE_EN] = arena_printf(&arena, "%s (%zu of this kind; the report has all)",
                                           f.text[LANGUAGE_EN], n);
    }
    finding_print(&f, language, stderr);
    buffer_clear(&names);
    arena_free(&arena);
}

struct warnings {
    const struct finding **list;
    size_t n, cap;
};

static void print_findings(const struct messages *m, struct warnings *w, const struct finding *list,
                           size_t n)
{
    const struct options *o = m->package->options;
    for (size_t i = 0; i < n; i++)
        if (list[i].severity == SEVERITY_ERROR ||
            (list[i].severity == SEVERITY_WARNING && o->strict))
            finding_print(&list[i], o->language, stderr);
        else if (list[i].severity == SEVERITY_WARNING && !o->quiet)
            *MEM_PUSH(w->list, w->n, w->cap) = &list[i];
    log_findings(m, list, n);
}

void messages_findings(const struct messages *m, const struct package_report *r)
{
    struct warnings w = {0};

    print_findings(m, &w, r->check.batch.list, r->check.batch.n);
    for (size_t i = 0; i < r->check.n; i++)
        print_findings(m, &w, r->check.people[i].list, r->check.people[i].n);
    print_findings(m, &w, m->package->diag->list, m->package->diag->n);
    if (w.n > 0)
        qsort(w.list, w.n, sizeof *w.list, by_kind_and_place);
    for (size_t i = 0, n; i < w.n; i += n) {
        for (n = 1; i + n < w.n && !finding_kind_order(w.list[i], w.list[i + n]);)
            n++;
        print_kind(m, w.list + i, n);
    }
    free(w.list);
}

/* --- the end --- */

static void put_outcome(struct json *j, const struct messages *m, const struct package_report *r,
                        int status)
{
    const struct results *results = m->package->results;
    size_t complete = report_complete(r);
    json_integer(j, "status", status);
    json_integer(j, "complete", (long long)complete);
    json_integer(j, "failed", (long long)(m->package->batch->n_chosen - complete));
    json_integer(j, "made", (long long)results->made);
    json_integer(j, "unchanged", (long long)results->kept);
    json_integer(j, "pages", (long long)results->pages_made);
    json_integer(j, "errors", (long long)r->check.count[SEVERITY_ERROR]);
    json_integer(j, "warnings", (long long)r->check.count[SEVERITY_WARNING]);
    json_number(j, "seconds", clock_seconds() - m->begun);
}

static bool write_stamp(const struct messages *m, const struct package_report *r, int status,
                        struct diag *diag)
{
    struct buffer out = {0};
    struct json j = {.out = &out};

    json_open(&j, NULL, '{');
    put_time(&j, "finished");
    json_string(&j, "version", shenbao_version());
    json_string(&j, "output", m->package->options->output);
    put_outcome(&j, m, r, status);
    json_close(&j, '}');
    buffer_putc(&out, '\n');
    bool ok = output_write(m->package->own->stamp, out.data, out.len, diag);
    buffer_clear(&out);
    return ok;
}

static void print_closing_line(const struct messages *m, const struct package_report *r)
{
    const struct package *p = m->package;
    bool zh = p->options->language == LANGUAGE_ZH;
    size_t complete = report_complete(r);

    fprintf(
        stderr,
        zh ? "package：%zu 人齐备，%zu 人未成；新做 %zu 份（%zu 页），%zu 份无变化；用时 %.1f 秒\n"
           : "package: %zu applicants complete, %zu failed; %zu documents made (%zu pages), %zu "
             "as they were; %.1f s\n",
        complete, p->batch->n_chosen - complete, p->results->made, p->results->pages_made,
        p->results->kept, clock_seconds() - m->begun);
}

bool messages_end(struct messages *m, const struct package_report *r, int status, struct diag *diag)
{
    const struct package *p = m->package;
    struct buffer line = {0};
    struct json j;
    bool ok = true;

    if (m->log >= 0) {
        begin_line(&j, &line, "end");
        put_outcome(&j, m, r, status);
        ok = put_line(m, &j) || output_failed(p->own->log, diag);
        close(m->log);
        m->log = -1;
    }
    if (p->own->stamp && !write_stamp(m, r, status, diag))
        ok = false;
    if (!p->options->quiet && !p->own->dry_run)
        print_closing_line(m, r);
    return ok;
}
