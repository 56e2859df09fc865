/* rework_page.c - see rework.h: the returned points as people read them. */
#include "core/html.h"
#include "core/markup.h"
#include "package/rework.h"

static const char *const states[LANGUAGE_COUNT][REWORK_STATES] = {
    {"已改", "请核对", "未改", "不在批次"}, {"done", "look", "open", "gone"}};

static const char *where(const struct rework_point *p, struct arena *arena)
{
    return arena_printf(arena, "%s%s%s", p->paper, *p->paper && *p->label ? " " : "", p->label);
}

void rework_print(const struct rework *r, enum language language, FILE *out)
{
    bool zh = language == LANGUAGE_ZH;
    struct buffer text = {0};
    struct arena arena = {0};

    buffer_printf(
        &text,
        zh ? "package：退回意见 %zu 条：已改 %zu，请核对 %zu，未改 %zu，人已不在批次 %zu\n"
           : "package: %zu returned points: %zu done, %zu to look at, %zu open, of %zu the "
             "applicant is gone\n",
        r->n, r->count[REWORK_DONE], r->count[REWORK_LOOK], r->count[REWORK_OPEN],
        r->count[REWORK_GONE]);
    for (size_t i = 0; i < r->n; i++) {
        const struct rework_point *p = &r->points[i];
        if (p->state == REWORK_DONE)
            continue;
        buffer_printf(&text, zh ? "  〔%s〕" : "  [%s] ", states[language][p->state]);
        buffer_shown(&text,
                     arena_printf(&arena, "%s %s %s", p->applicant, p->name, where(p, &arena)));
        buffer_puts(&text, zh ? "：" : ": ");
        buffer_shown(&text, p->text);
        buffer_puts(&text, zh ? "；" : "; ");
        buffer_shown(&text, p->outcome[language]);
        buffer_putc(&text, '\n');
    }
    fwrite(text.data, 1, text.len, out);
    buffer_clear(&text);
    arena_free(&arena);
}

static void put_given(struct json *j, const char *key, const char *text)
{
    json_string(j, key, *text ? text : NULL);
}

void rework_json(struct json *j, const struct rework *r, enum language language)
{
    json_open(j, "rework", '{');
    put_given(j, "from", r->from);
    put_given(j, "date", r->date);
    for (int s = 0; s < REWORK_STATES; s++)
        json_integer(j, states[LANGUAGE_EN][s], (long long)r->count[s]);
    json_open(j, "points", '[');
    for (size_t i = 0; i < r->n; i++) {
        const struct rework_point *p = &r->points[i];
        json_open(j, NULL, '{');
        put_given(j, "applicant", p->applicant);
        put_given(j, "name", p->name);
        put_given(j, "paper", p->paper);
        put_given(j, "label", p->label);
        put_given(j, "field", p->path);
        put_given(j, "was", p->was);
        put_given(j, "should", p->should);
        json_string(j, "text", p->text);
        json_string(j, "state", states[LANGUAGE_EN][p->state]);
        json_string(j, "outcome", p->outcome[language]);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

static void point_row(const struct rework_point *p, enum language language, struct buffer *out)
{
    static const char *const tags[REWORK_STATES] = {"ok", "warning", "error", "info"};
    bool zh = language == LANGUAGE_ZH;
    struct arena arena = {0};
    buffer_printf(out, "<tr><td class=\"s\"><span class=\"tag %s\">%s</span></td>", tags[p->state],
                  states[language][p->state]);
    html_element(out, "<td><span class=\"id\">", p->applicant, "</span> ");
    html_element(out, "<b>", p->name, "</b></td>");
    html_element(out, zh ? "<td data-h=\"位置\">" : "<td data-h=\"where\">", where(p, &arena),
                 "</td>");
    html_element(out, "<td>", p->text, "</td>");
    html_element(out, zh ? "<td data-h=\"结果\">" : "<td data-h=\"outcome\">", p->outcome[language],
                 "</td></tr>\n");
    arena_free(&arena);
}

void rework_html(const struct rework *r, enum language language, struct buffer *out)
{
    bool zh = language == LANGUAGE_ZH;
    html_element(out, "<h2>", zh ? "退回意见" : "Returned points", "");
    buffer_printf(out, zh ? "（%zu）</h2>\n<p class=\"soft\">" : " (%zu)</h2>\n<p class=\"soft\">",
                  r->n);
    html_element(out, "", r->from, *r->from ? (zh ? "　" : " ") : "");
    html_element(out, "", r->date, "</p>\n");
    buffer_puts(out,
                zh ? "<table class=\"cards\"><thead><tr><th>状态</th><th>申报人</th><th>位置</th>"
                     "<th>意见</th><th>结果</th></tr></thead><tbody>\n"
                   : "<table class=\"cards\"><thead><tr><th>state</th><th>who</th><th>where</th>"
                     "<th>point</th><th>outcome</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < r->n; i++)
        point_row(&r->points[i], language, out);
    buffer_puts(out, "</tbody></table>\n");
}
