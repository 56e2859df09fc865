/* report_html.c - the report as one page that a clerk opens in a browser and prints (core/html.h):
 * what can be printed and what cannot, what many have in common, then everybody with papers and
 * findings. */
#include "check/report.h"
#include "core/html.h"
#include "core/markup.h"
#include "core/paths.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_NAMED = 40 /* people in a box or a row; all are in the list */ };

/* Hides what is not ticked or not looked for, then papers and people without a line left. */
static const char script[] =
    "(function(){var q=function(s){return "
    "Array.prototype.slice.call(document.querySelectorAll(s))},"
    "id=function(i){return document.getElementById(i)},hide=function(e,h){"
    "e.classList.toggle('hidden',h)},left='[data-s]:not(.hidden)';"
    "function f(){var u=id('unit').value,w=id('find').value.trim().toLowerCase(),s={},n=0;"
    "q('.bar input[type=checkbox]').forEach(function(i){s[i.value]=i.checked});"
    "q('[data-s],[data-k]').forEach(function(r){hide(r,!s[r.dataset.s||r.dataset.k])});"
    "q('.paper,table.f').forEach(function(p){hide(p,!p.querySelector(left))});"
    "q('details.person').forEach(function(d){var t=d.firstElementChild.textContent.toLowerCase(),"
    "no=(u!==''&&d.dataset.u!==u)||(w!==''&&t.indexOf(w)<0);hide(d,no);n+=!no});"
    "id('shown').textContent=n}"
    "q('.bar input,.bar select').forEach(function(i){i.addEventListener('input',f)});"
    "function all(o){q('details.person:not(.hidden)').forEach(function(d){d.open=o})}"
    "id('open').addEventListener('click',function(){all(true)});"
    "id('close').addEventListener('click',function(){all(false)});"
    "function to(){var d=id(location.hash.slice(1));if(d&&d.tagName==='DETAILS'){d.open=true;"
    "d.scrollIntoView()}}window.addEventListener('hashchange',to);f();to()})();";

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

static const char *const severity_word[] = {"error", "warning", "info"};

/* --- papers --- */

/* false: there are none. */
static bool find_links(const struct check_report *r, size_t person, struct check_links *links)
{
    *links = (struct check_links){0};
    if (r->links)
        r->links(r->data, person, links);
    return links->n > 0;
}

/* Of paper, all copies. */
static size_t sheets_of(const struct check_document *d)
{
    return (d->duplex ? (d->pages + 1) / 2 : d->pages) * (size_t)d->copies;
}

struct paper_sum {
    size_t documents, pages, sheets;
};

static void sum_up(struct paper_sum *sum, const struct check_links *links)
{
    for (size_t i = 0; i < links->n; i++) {
        if (links->list[i].print)
            continue;
        sum->documents++;
        sum->pages += links->list[i].pages;
        sum->sheets += sheets_of(&links->list[i]);
    }
}

static void number_cell(struct buffer *out, const char *head, size_t n)
{
    html_element(out, "<td class=\"n\" data-h=\"", head, "\">");
    if (n > 0)
        buffer_printf(out, "%zu", n);
    buffer_puts(out, "</td>");
}

static void document_row(const struct check_report *r, const struct check_document *d,
                         struct buffer *out)
{
    bool paper = d->pages > 0;
    buffer_puts(out, "<tr><td>");
    html_link(out, d->href);
    html_element(out, "", d->title, "</a></td>");
    number_cell(out, say(r, "页数", "pages"), d->pages);
    number_cell(out, say(r, "份数", "copies"), (size_t)d->copies);
    html_element(out, "<td class=\"s\" data-h=\"", say(r, "单双面", "sides"), "\">");
    html_element(out, "",
                 !paper      ? ""
                 : d->duplex ? say(r, "双面", "two")
                             : say(r, "单面", "one"),
                 "</td>");
    html_element(out, "<td class=\"s\" data-h=\"", say(r, "纸张", "paper"), "\">");
    html_element(out, "", paper ? d->paper : "", "</td>");
    number_cell(out, say(r, "共用纸（张）", "sheets"), sheets_of(d));
    buffer_puts(out, "</tr>\n");
}

static void heads(struct buffer *out, const char *const *list, size_t n)
{
    buffer_puts(out, "<thead><tr>");
    for (size_t i = 0; i < n; i++)
        html_element(out, "<th scope=\"col\">", list[i], "</th>");
    buffer_puts(out, "</tr></thead><tbody>\n");
}

static void documents(const struct check_report *r, const struct check_links *links,
                      struct buffer *out)
{
    const char *const names[] = {say(r, "文件", "file"),   say(r, "页数", "pages"),
                                 say(r, "份数", "copies"), say(r, "单双面", "sides"),
                                 say(r, "纸张", "paper"),  say(r, "共用纸（张）", "sheets")};
    size_t n = 0;
    for (size_t i = 0; i < links->n; i++) {
        if (links->list[i].print)
            continue;
        if (n++ == 0) {
            buffer_puts(out, "<table class=\"cards d\">");
            heads(out, names, sizeof names / sizeof *names);
        }
        document_row(r, &links->list[i], out);
    }
    if (n > 0)
        buffer_puts(out, "</tbody></table>\n");
}

/* What print.sh needs: whoever prints by it need not look at them one by one. */
static void print_files(const struct check_report *r, const struct check_links *links,
                        struct buffer *out)
{
    size_t n = 0;
    for (size_t i = 0; i < links->n; i++) {
        if (!links->list[i].print)
            continue;
        if (n++ == 0)
            html_element(out, "<details><summary>",
                         say(r, "打印用的文件：清单、合并文件、隔页、标签，由 print.sh 送打印机",
                             "what print.sh prints: list, merged files, separators, labels"),
                         "</summary><ul>\n");
        buffer_puts(out, "<li>");
        html_link(out, links->list[i].href);
        html_element(out, "", links->list[i].title, "</a></li>\n");
    }
    if (n > 0)
        buffer_puts(out, "</ul></details>\n");
}

/* --- findings --- */

static void rule_text(const struct check_report *r, const struct finding *f, struct buffer *out)
{
    buffer_markup_shown(out, f->rule);
    if (f->clause)
        html_element(out, say(r, "（", " ("), f->clause, say(r, "）", ")"));
}

static void severity_tag(const struct check_report *r, int s, struct buffer *out)
{
    buffer_printf(out, "<span class=\"tag %s\">", severity_word[s]);
    html_element(out, "", severity_name(r, s), "</span>");
}

static void finding_row(const struct check_report *r, const struct finding *f, struct buffer *out)
{
    buffer_printf(out, "<tr data-s=\"%s\"><td class=\"s\">", severity_word[f->severity]);
    severity_tag(r, (int)f->severity, out);
    html_element(out, "</td><td class=\"l\">", f->label, "</td>");
    html_element(out, "<td>", f->text[r->language], "</td>");
    html_element(out, "<td class=\"c\" data-h=\"", say(r, "规则", "rule"), "\">");
    rule_text(r, f, out);
    html_element(out, "</td><td class=\"at\" data-h=\"", say(r, "位置", "place"), "\">");
    html_element(out, "", f->at.file, "");
    if (f->sheet) {
        html_element(out, ":", f->sheet, "!");
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

/* Those of a paper together, papers in the order of their first finding. */
static void findings(const struct check_report *r, const struct finding *list, size_t n,
                     struct buffer *out)
{
    const char *const names[] = {say(r, "级别", "severity"), say(r, "栏目", "field"),
                                 say(r, "问题与处理", "what is wrong; what to do"),
                                 say(r, "规则（条款）", "rule (clause)"), say(r, "位置", "place")};
    if (n == 0)
        return;
    buffer_puts(out, "<table class=\"cards f\">");
    heads(out, names, sizeof names / sizeof *names);
    buffer_puts(out, "</tbody>\n");
    for (size_t i = 0; i < n; i++) {
        const char *paper = paper_of(r, &list[i]);
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = !strcmp(paper_of(r, &list[k]), paper);
        if (seen)
            continue;
        html_element(out,
                     "<tbody class=\"paper\"><tr><th class=\"g\" scope=\"rowgroup\" colspan=\"5\">",
                     paper, "</th></tr>\n");
        for (size_t k = i; k < n; k++)
            if (!strcmp(paper_of(r, &list[k]), paper))
                finding_row(r, &list[k], out);
        buffer_puts(out, "</tbody>\n");
    }
    buffer_puts(out, "</table>\n");
}

/* --- what people have in common --- */

static void person_link(const struct check_report *r, size_t person, struct buffer *out)
{
    const struct check_person *p = &r->people[person];
    buffer_printf(out, "<a href=\"#p%zu\">", person + 1);
    html_element(out, "<span class=\"id\">", p->id, "</span> ");
    html_element(out, "", p->name, "</a>");
}

static void shared_row(const struct check_report *r, const struct check_entry *list, size_t n,
                       size_t people, struct buffer *out)
{
    const struct finding *f = list->finding;
    size_t named = 0;

    buffer_printf(out, "<tr data-k=\"%s\"><td class=\"s\">", severity_word[f->severity]);
    severity_tag(r, (int)f->severity, out);
    html_element(out, "</td><td class=\"l\">", f->label, "</td>");
    html_element(out, "<td>", f->text[r->language], "</td>");
    html_element(out, "<td class=\"c\" data-h=\"", say(r, "规则", "rule"), "\">");
    rule_text(r, f, out);
    buffer_puts(out, "</td>");
    number_cell(out, say(r, "人数", "people"), people);
    buffer_puts(out, "<td>");
    for (size_t i = 0; i < n && named < MOST_NAMED; i++) {
        if (i > 0 && list[i].person == list[i - 1].person)
            continue;
        buffer_puts(out, named++ ? say(r, "、", ", ") : "");
        person_link(r, list[i].person, out);
    }
    buffer_puts(out, people > named ? "……</td></tr>\n" : "</td></tr>\n");
}

static void shared_findings(const struct check_report *r, struct buffer *out)
{
    const char *const names[] = {say(r, "级别", "severity"),
                                 say(r, "栏目", "field"),
                                 say(r, "问题（举一例）", "for example"),
                                 say(r, "规则（条款）", "rule (clause)"),
                                 say(r, "人数", "people"),
                                 say(r, "哪些人", "who")};
    struct check_entry *list;
    size_t n = check_entries(r, finding_kind_order, &list), rows = 0;

    for (size_t i = 0, alike, people; i < n; i += alike) {
        alike = check_entries_alike(&list[i], n - i, &people);
        if (people < 2)
            continue;
        if (rows++ == 0) {
            html_element(out, "<h2>", say(r, "多人共有的问题", "What several have in common"),
                         "</h2>\n<table class=\"cards\">");
            heads(out, names, sizeof names / sizeof *names);
        }
        shared_row(r, &list[i], alike, people, out);
    }
    if (rows > 0)
        buffer_puts(out, "</tbody></table>\n");
    free(list);
}

/* --- people --- */

enum person_state { STATE_FAILED, STATE_WARNED, STATE_READY, STATES };

static enum person_state state_of(const struct check_report *r, size_t person, bool made)
{
    const size_t *count = r->people[person].count;
    if (count[SEVERITY_ERROR] > 0 || (r->links && !made) ||
        (r->strict && count[SEVERITY_WARNING] > 0))
        return STATE_FAILED;
    return count[SEVERITY_WARNING] > 0 ? STATE_WARNED : STATE_READY;
}

static const char *state_name(const struct check_report *r, enum person_state state)
{
    return state == STATE_FAILED   ? say(r, "不能打印", "not ready")
           : state == STATE_WARNED ? say(r, "有提醒", "warnings")
                                   : say(r, "可以打印", "ready");
}

static void counts(const struct check_report *r, const size_t count[SEVERITY_COUNT],
                   struct buffer *out)
{
    for (int s = 0; s < SEVERITY_COUNT; s++)
        if (count[s] > 0) {
            html_element(out, "<span class=\"soft\">", severity_name(r, s), "");
            buffer_printf(out, " %zu</span>", count[s]);
        }
}

static void person(const struct check_report *r, size_t number, struct buffer *out)
{
    static const char *const tags[STATES] = {"error", "warning", "ok"};
    const struct check_person *p = &r->people[number];
    struct check_links links;
    struct paper_sum sum = {0};
    bool made = find_links(r, number, &links);
    enum person_state state = state_of(r, number, made);

    sum_up(&sum, &links);
    html_element(out, "<details class=\"person\" data-u=\"", p->unit, "\"");
    buffer_printf(out, " id=\"p%zu\"%s><summary><span class=\"tag %s\">", number + 1,
                  state == STATE_FAILED ? " open" : "", tags[state]);
    html_element(out, "", state_name(r, state), "</span>");
    html_element(out, "<span class=\"id\">", p->id, "</span>");
    html_element(out, "<span class=\"name\">", p->name, "</span>");
    html_element(out, "<span class=\"unit soft\">", p->unit_name, "</span>");
    counts(r, p->count, out);
    if (made)
        buffer_printf(out,
                      say(r, "<span class=\"soft\">%zu件 %zu页 %zu张纸</span>",
                          "<span class=\"soft\">%zu papers, %zu pages, %zu sheets</span>"),
                      sum.documents, sum.pages, sum.sheets);
    buffer_puts(out, "</summary><div class=\"in\">\n");
    findings(r, p->list, p->n, out);
    documents(r, &links, out);
    if (!made && p->n == 0)
        html_element(out, "<p class=\"soft\">", say(r, "没有发现问题", "nothing was found"),
                     "</p>");
    buffer_puts(out, "</div></details>\n");
    arena_free(&links.arena);
}

/* Units with a person, each once. */
static void unit_choice(const struct check_report *r, struct buffer *out)
{
    html_element(out, "<select id=\"unit\" aria-label=\"", say(r, "单位", "unit"),
                 "\"><option value=\"\">");
    html_element(out, "", say(r, "全部单位", "all units"), "</option>");
    for (size_t i = 0; i < r->n; i++) {
        bool seen = i > 0 && !strcmp(r->people[i].unit, r->people[i - 1].unit);
        for (size_t k = 0; k < i && !seen; k++)
            seen = !strcmp(r->people[k].unit, r->people[i].unit);
        if (seen)
            continue;
        html_element(out, "<option value=\"", r->people[i].unit, "\">");
        html_element(out, "", r->people[i].unit_name, "</option>");
    }
    buffer_puts(out, "</select>");
}

static void bar(const struct check_report *r, struct buffer *out)
{
    html_element(out,
                 "<div class=\"bar\"><input type=\"search\" id=\"find\" size=\"14\" aria-label=\"",
                 say(r, "找人", "find"), "\" placeholder=\"");
    html_element(out, "", say(r, "编号、姓名", "id, name"), "\">");
    unit_choice(r, out);
    for (int s = 0; s < SEVERITY_COUNT; s++) {
        buffer_printf(out, "<label><input type=\"checkbox\" value=\"%s\"%s> ", severity_word[s],
                      s == SEVERITY_INFO ? "" : " checked");
        html_element(out, "", severity_name(r, s), "</label>");
    }
    html_element(out, "<button type=\"button\" id=\"open\">", say(r, "全部展开", "open all"),
                 "</button>");
    html_element(out, "<button type=\"button\" id=\"close\">", say(r, "全部收起", "close all"),
                 "</button>");
    buffer_printf(out,
                  say(r,
                      "<span class=\"soft\">显示 <span id=\"shown\">%zu</span> 人</span></div>\n",
                      "<span class=\"soft\"><span id=\"shown\">%zu</span> shown</span></div>\n"),
                  r->n);
}

/* --- the top --- */

struct overview {
    size_t people[STATES];
    struct paper_sum sum;
};

static struct overview overview(const struct check_report *r, const struct check_links *shared)
{
    struct overview o = {0};
    sum_up(&o.sum, shared);
    for (size_t i = 0; i < r->n; i++) {
        struct check_links links;
        bool made = find_links(r, i, &links);
        o.people[state_of(r, i, made)]++;
        sum_up(&o.sum, &links);
        arena_free(&links.arena);
    }
    return o;
}

/* Those of one state, by name. */
static void name_people(const struct check_report *r, enum person_state state, struct buffer *out)
{
    size_t named = 0;
    buffer_puts(out, "<p>");
    for (size_t i = 0; i < r->n; i++) {
        struct check_links links;
        bool made = find_links(r, i, &links), wanted = state_of(r, i, made) == state;
        arena_free(&links.arena);
        if (!wanted || ++named > MOST_NAMED)
            continue;
        buffer_puts(out, named > 1 ? say(r, "、", ", ") : "");
        person_link(r, i, out);
    }
    buffer_puts(out, named > MOST_NAMED ? "……</p>" : "</p>");
}

static void people_box(const struct check_report *r, const struct overview *o,
                       enum person_state state, const char *head, struct buffer *out)
{
    if (o->people[state] == 0)
        return;
    buffer_printf(out, head, o->people[state]);
    name_people(r, state, out);
    buffer_puts(out, "</div>");
}

static void boxes(const struct check_report *r, const struct overview *o, struct buffer *out)
{
    size_t ready = o->people[STATE_READY] + o->people[STATE_WARNED];
    buffer_puts(out, "<div class=\"sum\">");
    if (ready > 0) {
        buffer_printf(out,
                      say(r, "<div class=\"box good\"><b>可以打印：%zu人</b>",
                          "<div class=\"box good\"><b>ready to be printed: %zu</b>"),
                      ready);
        if (r->links)
            buffer_printf(out,
                          say(r, "<p>材料共%zu件，%zu页；打印用纸%zu张。</p>",
                              "<p>%zu papers of %zu pages; %zu sheets to print.</p>"),
                          o->sum.documents, o->sum.pages, o->sum.sheets);
        if (r->changes) {
            buffer_puts(out, "<p>");
            html_link(out, r->changes);
            html_element(out, "",
                         say(r, "打印过以后改了什么、要重印哪些页", "what is to be printed again"),
                         "</a></p>");
        }
        buffer_puts(out, "</div>");
    }
    people_box(r, o, STATE_FAILED,
               say(r, "<div class=\"box bad\"><b>不能打印：%zu人</b>",
                   "<div class=\"box bad\"><b>not to be printed: %zu</b>"),
               out);
    people_box(r, o, STATE_WARNED,
               say(r, "<div class=\"box warn\"><b>打印前请过目提醒：%zu人</b>",
                   "<div class=\"box warn\"><b>look at the warnings first: %zu</b>"),
               out);
    buffer_puts(out, "</div>\n");
}

static void top(const struct check_report *r, const char *title, struct buffer *out)
{
    html_element(out, "<h1>", title, "</h1>\n");
    html_element(out, "<p class=\"soft\">", say(r, "核查日期 ", "reference date "), "");
    buffer_markup_shown(out, r->asof);
    html_element(out, say(r, "　", ", "),
                 strcmp(r->stage, "submit") ? say(r, "打印前", "before printing")
                                            : say(r, "报送前", "before mailing"),
                 say(r, "　", ": "));
    buffer_printf(out,
                  say(r, "共%zu人：错误%zu，警告%zu，提示%zu</p>\n",
                      "%zu applicants: %zu errors, %zu warnings, %zu notes</p>\n"),
                  r->n, r->count[SEVERITY_ERROR], r->count[SEVERITY_WARNING],
                  r->count[SEVERITY_INFO]);
    for (const char *const *dir = shenbao_overlays(); *dir; dir++) {
        html_element(out, "<p class=\"soft\">",
                     say(r, "先用了本机自备的模板或字体：",
                         "templates or fonts of this machine came first: "),
                     "");
        html_element(out, "", *dir, "</p>\n");
    }
}

void check_html(const struct check_report *r, struct buffer *out)
{
    const char *title = r->links ? say(r, "申报材料制作报告", "Report on the papers that were made")
                                 : say(r, "申报材料核查报告", "Report on the application papers");
    struct check_links shared;
    find_links(r, r->n, &shared);
    struct overview o = overview(r, &shared);

    html_begin(out, r->language, title);
    top(r, title, out);
    boxes(r, &o, out);
    if (shared.n > 0 || r->batch.n > 0) {
        html_element(out, "<h2>", say(r, "全批", "The batch"), "</h2>\n");
        findings(r, r->batch.list, r->batch.n, out);
        documents(r, &shared, out);
        print_files(r, &shared, out);
    }
    shared_findings(r, out);
    html_element(out, "<h2 id=\"people\">", say(r, "人员", "People"), "</h2>\n");
    bar(r, out);
    for (size_t i = 0; i < r->n; i++)
        person(r, i, out);
    html_end(out, script);
    arena_free(&shared.arena);
}
