/* changes_page.c - changes.html: what to print again, page by page, who is new, and who has gone,
 * for the table at which packages are put together. */
#include "core/html.h"
#include "package/rework.h"

static const char *say(const struct changes *c, const char *zh, const char *en)
{
    return c->package->options->report_language == LANGUAGE_ZH ? zh : en;
}

static void begin_table(const struct changes *c, enum change_kind kind, struct buffer *out)
{
    static const char *const titles[CHANGE_KINDS][LANGUAGE_COUNT] = {
        [CHANGE_NEW] = {"新增", "New"},
        [CHANGE_REPRINT] = {"要重印的", "To be printed again"},
        [CHANGE_GONE] = {"已不在批次中，请抽出", "No more in the batch: take them out"}};
    html_element(out, "<h2>", titles[kind][c->package->options->report_language], "");
    buffer_printf(out,
                  say(c, "（%zu）</h2>\n<table class=\"cards\"><thead><tr>",
                      " (%zu)</h2>\n<table class=\"cards\"><thead><tr>"),
                  c->count[kind]);
    html_element(out, "<th scope=\"col\">", say(c, "编号、名称", "id, name"), "</th>");
    if (kind == CHANGE_GONE) {
        html_element(out, "<th scope=\"col\">", say(c, "文件夹", "folder"), "</th>");
    } else {
        html_element(out, "<th scope=\"col\">", say(c, "材料", "paper"), "</th>");
        html_element(out, "<th scope=\"col\">", say(c, "要印的页", "pages to print"), "</th>");
        html_element(out, "<th scope=\"col\">", say(c, "份数", "copies"), "</th>");
    }
    buffer_puts(out, "</tr></thead>\n");
}

static void put_owner(const struct owner_changes *o, size_t rows, struct buffer *out)
{
    buffer_printf(out, "<td rowspan=\"%zu\">", rows);
    html_element(out, "<span class=\"id\">", o->id, "</span> ");
    html_element(out, "<b>", o->name, "</b></td>");
}

static void put_documents(const struct changes *c, const struct owner_changes *o,
                          struct buffer *out)
{
    struct arena arena = {0};
    buffer_puts(out, "<tbody>");
    for (size_t i = 0; i < o->n; i++) {
        const struct change *d = &o->list[i];
        buffer_puts(out, "<tr>");
        if (i == 0)
            put_owner(o, o->n, out);
        buffer_puts(out, "<td>");
        html_link(out, d->path);
        html_element(out, "", d->file, "</a></td>");
        html_element(out, "<td data-h=\"", say(c, "要印的页", "pages"), "\">");
        html_element(out, "", change_pages(d, c->package->options->report_language, &arena), "");
        buffer_printf(out, say(c, "（全件%zu页）</td>", " (of %zu)</td>"), d->n);
        html_element(out, "<td class=\"n\" data-h=\"", say(c, "份数", "copies"), "\">");
        buffer_printf(out, "%u</td></tr>\n", d->copies);
    }
    buffer_puts(out, "</tbody>\n");
    arena_free(&arena);
}

static void put_kind(const struct changes *c, enum change_kind kind, struct buffer *out)
{
    if (c->count[kind] == 0)
        return;
    begin_table(c, kind, out);
    for (size_t i = 0; i < c->n; i++) {
        const struct owner_changes *o = &c->list[i];
        if (o->kind != kind)
            continue;
        if (kind != CHANGE_GONE) {
            put_documents(c, o, out);
            continue;
        }
        buffer_puts(out, "<tbody><tr>");
        put_owner(o, 1, out);
        html_element(out, "<td>", o->folder, "</td></tr></tbody>\n");
    }
    buffer_puts(out, "</table>\n");
}

static void put_removed(const struct changes *c, struct buffer *out)
{
    if (c->n_removed == 0)
        return;
    html_element(out, "<h2>",
                 say(c, "不再需要的材料，请抽出", "Papers no more needed: take them out"),
                 "</h2>\n<ul>");
    for (size_t i = 0; i < c->n_removed; i++)
        html_element(out, "<li>", c->removed[i].path, "</li>\n");
    buffer_puts(out, "</ul>\n");
}

static void put_head(const struct changes *c, const char *title, struct buffer *out)
{
    const char *since = c->package->own->since;
    html_element(out, "<h1>", title, "</h1>\n<p class=\"soft\">");
    if (since)
        html_element(out, say(c, "与", "against "), since, say(c, "里的材料相比。", ". "));
    else
        buffer_puts(out,
                    say(c, "最近一次改变了材料的运行与它之前相比；什么也没有改变的运行不更新本页。",
                        "The last run that changed anything, against what was there before; "
                        "a run that changes nothing leaves this page as it is."));
    buffer_printf(
        out,
        say(c, "　新做%zu件，%zu件没有变化。</p>\n", " %zu papers made, %zu as they were.</p>\n"),
        c->made, c->unchanged);
    if (c->first)
        html_element(out, "<p><b>",
                     say(c, "这是第一次制作，全部都要打印。", "All is made for the first time."),
                     "</b></p>\n");
    buffer_puts(out, "<p class=\"screen\">");
    html_link(out, "report.html");
    html_element(out, "", say(c, "制作报告", "the report"), "</a></p>\n");
}

void changes_write_html(const struct changes *c, const struct rework *rework, struct buffer *out)
{
    const char *title = say(c, "要重印的页", "Pages to be printed again");
    html_begin(out, c->package->options->report_language, title);
    put_head(c, title, out);
    if (rework)
        rework_html(rework, c->package->options->report_language, out);
    put_kind(c, CHANGE_REPRINT, out);
    put_kind(c, CHANGE_NEW, out);
    put_kind(c, CHANGE_GONE, out);
    put_removed(c, out);
    html_end(out, NULL);
}
