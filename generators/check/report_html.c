/* report_html.c - the report as one page that a clerk opens in a browser and prints: no file beside
 * it, no network. */
#include "check/report.h"
#include "core/markup.h"

#include <string.h>

static const char style[] =
    "body{font:15px/1.6 \"Noto Serif CJK SC\",\"Source Han Serif SC\",SimSun,serif;margin:2em "
    "auto;max-width:62em;padding:0 1em;color:#111}"
    "h1{font-size:1.5em;margin:0}h2{font-size:1.15em;margin:1.6em 0 .2em;border-bottom:2px solid "
    "#444}"
    "p{margin:.3em 0}table{border-collapse:collapse;width:100%}table.f{table-layout:fixed}"
    "th,td{border:1px solid #999;padding:.2em "
    ".5em;text-align:left;vertical-align:top}th{background:#eee;white-space:nowrap}"
    "th.g{background:#f7f7f7;white-space:normal}td.n{text-align:right}td.s{white-space:nowrap}"
    ".f .s{width:4em}.f .c{width:9em}.f .l{width:7em}.f .p{width:10em}td{overflow-wrap:anywhere}"
    "td.p{color:#555;font-size:.85em}.d a{color:#00419a}"
    ".error td.s{color:#b00020;font-weight:bold}.warning td.s{color:#8a5a00}.info td.s{color:#444}"
    ".bar{position:sticky;top:0;background:#fff;padding:.5em 0;border-bottom:1px solid #ccc}.bar "
    "label{margin-right:1.2em}"
    ".hidden{display:none}a{color:inherit}"
    "@media "
    "print{.bar{display:none}body{margin:0;max-width:none;font-size:10.5pt}h2{break-after:avoid}tr{"
    "break-inside:avoid}"
    ".f .s{width:3em}.f .c{width:6.5em}.f .l{width:5.5em}.f "
    ".p{width:6.5em}tr.g{break-after:avoid}thead{display:table-header-group}@page{size:A4;margin:"
    "15mm}}";

/* Hides what is not ticked, then groups and applicants without a line left. */
static const char script[] =
    "function f(){var u=document.getElementById('unit').value,s={};"
    "document.querySelectorAll('.bar input').forEach(function(i){s[i.value]=i.checked});"
    "document.querySelectorAll('tr[data-s]').forEach(function(r){r.classList.toggle('hidden',!s[r."
    "dataset.s])});"
    "document.querySelectorAll('.paper').forEach(function(p){p.classList.toggle('hidden',!p."
    "querySelector('tr[data-s]:not(.hidden)'))});"
    "document.querySelectorAll('table.f').forEach(function(t){t.classList.toggle('hidden',!t."
    "querySelector('tr[data-s]:not(.hidden)'))});"
    "document.querySelectorAll('[data-u]').forEach(function(e){var other=u!==''&&e.dataset.u!==u,"
    "empty=e.tagName==='SECTION'&&!e.querySelector('.d')&&!e.querySelector('tr[data-s]:not(.hidden)"
    "');e.classList.toggle('hidden',other||empty)})}"
    "document.querySelectorAll('.bar input,.bar "
    "select').forEach(function(i){i.addEventListener('change',f)});f();";

static const char *say(const struct check_report *r, const char *zh, const char *en)
{
    return r->language == LANGUAGE_ZH ? zh : en;
}

static const char *severity_name(const struct check_report *r, int s)
{
    static const char *const zh[] = {"错误", "警告", "提示"}, *const en[] = {"error", "warning",
                                                                             "note"};
    return say(r, zh[s], en[s]);
}

static void element(struct buffer *out, const char *open, const char *text, const char *close)
{
    buffer_puts(out, open);
    buffer_markup_shown(out, text);
    buffer_puts(out, close);
}

static void finding_row(const struct check_report *r, const struct finding *f, struct buffer *out)
{
    static const char *const class[] = {"error", "warning", "info"};
    buffer_printf(out, "<tr class=\"%s\" data-s=\"%s\">", class[f->severity], class[f->severity]);
    element(out, "<td class=\"s\">", severity_name(r, (int)f->severity), "</td>");
    buffer_puts(out, "<td class=\"c\">");
    buffer_markup_shown(out, f->rule);
    if (f->clause)
        element(out, say(r, "（", " ("), f->clause, say(r, "）", ")"));
    element(out, "</td><td class=\"l\">", f->label, "</td>");
    element(out, "<td>", f->text[r->language], "</td>");
    element(out, "<td class=\"p\">", f->at.file, "");
    if (f->sheet) {
        element(out, ":", f->sheet, "!");
        buffer_markup_shown(out, f->cell);
    } else if (f->at.line > 0) {
        buffer_printf(out, ":%ld", f->at.line);
    }
    buffer_puts(out, "</td></tr>\n");
}

static const char *paper_of(const struct check_report *r, const struct finding *f)
{
    return f->paper && *f->paper ? f->paper : say(r, "申报数据", "data");
}

/* One table, a group a paper, papers in the order of their first finding. */
static void findings(const struct check_report *r, const struct finding *list, size_t n,
                     struct buffer *out)
{
    element(out, "<table class=\"f\"><thead><tr><th class=\"s\">", say(r, "级别", "severity"),
            "</th>");
    element(out, "<th class=\"c\">", say(r, "规则（条款）", "rule (clause)"), "</th>");
    element(out, "<th class=\"l\">", say(r, "栏目", "field"), "</th>");
    element(out, "<th>", say(r, "问题与处理", "what is wrong; what to do"), "</th>");
    element(out, "<th class=\"p\">", say(r, "位置", "place"), "</th></tr></thead>\n");
    for (size_t i = 0; i < n; i++) {
        const char *paper = paper_of(r, &list[i]);
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = !strcmp(paper_of(r, &list[k]), paper);
        if (seen)
            continue;
        element(out, "<tbody class=\"paper\"><tr class=\"g\"><th class=\"g\" colspan=\"5\">", paper,
                "</th></tr>\n");
        for (size_t k = i; k < n; k++)
            if (!strcmp(paper_of(r, &list[k]), paper))
                finding_row(r, &list[k], out);
        buffer_puts(out, "</tbody>\n");
    }
    buffer_puts(out, "</table>\n");
}

static void bar(const struct check_report *r, struct buffer *out)
{
    static const char *const value[] = {"error", "warning", "info"};
    buffer_puts(out, "<div class=\"bar\">");
    for (int s = 0; s < SEVERITY_COUNT; s++) {
        buffer_printf(out, "<label><input type=\"checkbox\" value=\"%s\"%s> ", value[s],
                      s == SEVERITY_INFO ? "" : " checked");
        element(out, "", severity_name(r, s), "</label>");
    }
    element(out, "<label>", say(r, "单位：", "unit: "), "<select id=\"unit\"><option value=\"\">");
    element(out, "", say(r, "全部", "all"), "</option>");
    for (size_t i = 0; i < r->n; i++) {
        bool seen = i > 0 && !strcmp(r->people[i].unit, r->people[i - 1].unit);
        for (size_t k = 0; k < i && !seen; k++)
            seen = !strcmp(r->people[k].unit, r->people[i].unit);
        if (seen)
            continue;
        element(out, "<option value=\"", r->people[i].unit, "\">");
        element(out, "", r->people[i].unit_name, "</option>");
    }
    buffer_puts(out, "</select></label></div>\n");
}

/* false: there are none. */
static bool find_links(const struct check_report *r, size_t person, struct check_links *links)
{
    *links = (struct check_links){0};
    if (r->links)
        r->links(r->data, person, links);
    return links->n > 0;
}

static void documents(const struct check_report *r, struct check_links *links, struct buffer *out)
{
    const struct check_document *list = links->list;
    size_t n = links->n;
    if (n == 0)
        return;
    element(out, "<p class=\"d\">", say(r, "文件：", "papers: "), "");
    for (size_t i = 0; i < n; i++) {
        buffer_puts(out, i > 0 ? say(r, "、<a href=\"", ", <a href=\"") : "<a href=\"");
        buffer_address(out, list[i].href);
        element(out, "\">", list[i].title, "</a>");
        if (list[i].pages)
            buffer_printf(out, say(r, "（%zu页×%d份）", " (%zu pages × %d)"), list[i].pages,
                          list[i].copies);
    }
    buffer_puts(out, "</p>\n");
    arena_free(&links->arena);
}

static void counts(const size_t count[SEVERITY_COUNT], struct buffer *out)
{
    for (int s = 0; s < SEVERITY_COUNT; s++)
        buffer_printf(out, "<td class=\"n\">%zu</td>", count[s]);
}

static void summary(const struct check_report *r, struct buffer *out)
{
    element(out, "<table><thead><tr><th>", say(r, "编号", "id"), "</th>");
    element(out, "<th>", say(r, "姓名", "name"), "</th>");
    element(out, "<th>", say(r, "单位", "unit"), "</th>");
    for (int s = 0; s < SEVERITY_COUNT; s++)
        element(out, "<th>", severity_name(r, s), "</th>");
    if (r->links)
        element(out, "<th>", say(r, "制作", "papers"), "</th>");
    buffer_puts(out, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < r->n; i++) {
        const struct check_person *p = &r->people[i];
        element(out, "<tr data-u=\"", p->unit, "\">");
        struct check_links links;
        bool linked = find_links(r, i, &links);
        if (linked || p->n) {
            buffer_printf(out, "<td><a href=\"#p%zu\">", i + 1);
            element(out, "", p->id, "</a></td>");
        } else {
            element(out, "<td>", p->id, "</td>"); /* all is said of the batch */
        }
        element(out, "<td>", p->name, "</td>");
        element(out, "<td>", p->unit_name, "</td>");
        counts(p->count, out);
        if (linked)
            buffer_printf(out, say(r, "<td>已制作%zu份</td>", "<td>%zu made</td>"), links.n);
        else if (r->links)
            element(out, "<td>", say(r, "未制作", "none"), "</td>");
        buffer_puts(out, "</tr>\n");
        arena_free(&links.arena);
    }
    buffer_puts(out, "</tbody></table>\n");
}

void check_html(const struct check_report *r, struct buffer *out)
{
    const char *title = say(r, "申报材料核查报告", "Report on the application papers");
    buffer_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">",
                  say(r, "zh-CN", "en"));
    element(out, "<title>", title, "</title>");
    buffer_printf(out, "<style>%s</style></head><body>\n", style);
    element(out, "<h1>", title, "</h1>\n");
    element(out, "<p>", say(r, "核查日期 ", "reference date "), "");
    buffer_markup_shown(out, r->asof);
    element(out, "　",
            strcmp(r->stage, "submit") ? say(r, "打印前", "before printing")
                                       : say(r, "报送前", "before mailing"),
            "</p>\n<p>");
    buffer_printf(out,
                  say(r, "共%zu人：错误%zu，警告%zu，提示%zu",
                      "%zu applicants: %zu errors, %zu warnings, %zu notes"),
                  r->n, r->count[SEVERITY_ERROR], r->count[SEVERITY_WARNING],
                  r->count[SEVERITY_INFO]);
    buffer_puts(out, "</p>\n");
    bar(r, out);
    summary(r, out);
    struct check_links links;
    if (find_links(r, r->n, &links) || r->batch.n) {
        element(out, "<section data-u=\"\"><h2>", say(r, "全批", "the batch"), "</h2>\n");
        documents(r, &links, out);
        if (r->batch.n)
            findings(r, r->batch.list, r->batch.n, out);
        buffer_puts(out, "</section>\n");
    }
    for (size_t i = 0; i < r->n; i++) {
        const struct check_person *p = &r->people[i];
        if (!find_links(r, i, &links) && !p->n)
            continue;
        element(out, "<section data-u=\"", p->unit, "\"");
        buffer_printf(out, " id=\"p%zu\">", i + 1);
        element(out, "<h2>", p->id, " ");
        buffer_markup_shown(out, p->name);
        element(out, "　", p->unit_name, "</h2>\n");
        documents(r, &links, out);
        if (p->n)
            findings(r, p->list, p->n, out);
        buffer_puts(out, "</section>\n");
    }
    buffer_printf(out, "<script>%s</script>\n</body></html>\n", script);
}
