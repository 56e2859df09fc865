/* fill_sheet.c - see fill_sheet.h. */
#include "upload/fill_sheet.h"

#include "core/html.h"
#include "core/markup.h"
#include "core/strings.h"
#include "record/node.h"
#include "upload/answer.h"

#include <string.h>

static const char style[] =
    "body{font:15px/1.6 \"Noto Sans CJK SC\",\"Microsoft YaHei\",SimHei,sans-serif;margin:1.5em "
    "auto;max-width:64em;padding:0 1em;color:#111}"
    "h1{font-size:1.5em;margin:0}h2{font-size:1.15em;margin:1.8em 0 .3em;border-bottom:2px solid "
    "#444}h3{font-size:1em;margin:1em 0 .2em}h2 small,h3 small{font-weight:normal;color:#555}"
    "p{margin:.3em 0}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #999;padding:.25em .5em;text-align:left;vertical-align:top}"
    "th{background:#eee;font-weight:normal;width:9em}thead th{width:auto}"
    "td.v{white-space:pre-wrap;overflow-wrap:anywhere}td.t,td.c{width:1.6em;text-align:center}"
    "td.b{width:4.5em;text-align:center}td.n{color:#444;font-size:.9em}"
    ".lack{color:#b00020;font-weight:bold}.good{color:#0a6b2d}.note{color:#555;font-size:.9em}"
    "input{width:1.1em;height:1.1em}button{font:inherit;font-size:.85em;padding:.05em .6em}"
    ".bar{position:sticky;top:0;background:#fff;padding:.5em 0;border-bottom:1px solid "
    "#ccc;margin:.5em 0}"
    "textarea{width:100%;height:7em;font:13px/1.5 monospace}img{max-height:16em;border:1px solid "
    "#999;margin-right:1em}"
    "@media screen and (max-width:36em){body{padding:0 .5em}th{width:5.2em}td,th{padding:.2em "
    ".3em}td.b{width:3.2em}button{padding:.05em .25em}}"
    "@media print{.bar,.b,.screen{display:none}body{margin:0;max-width:none;font-size:10.5pt}"
    "h2,h3{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}@page{size:A4;"
    "margin:15mm}}";

/* Ticks are kept by the browser, under the applicant; without that they last as long as the page.
 * Those of another window, or of before a step back, are taken up when they are told. */
static const char script[] =
    "(function(){var key='shenbao:'+document.body.dataset.key+':',store=null;"
    "try{store=window.localStorage}catch(e){}"
    "var all=Array.prototype.slice.call(document.querySelectorAll('input[data-k]'));"
    "function show(){var n=0,list='';all.forEach(function(b){if(b.checked)n++;"
    "if(b.checked&&b.dataset.f)list+=document.body.dataset.id+'\\t'+b.dataset.f+'\\n'});"
    "document.getElementById('progress').textContent='已完成 '+n+' / '+all.length;"
    "document.getElementById('done').value=list}"
    "function read(){all.forEach(function(b){var v=null;"
    "try{v=store&&store.getItem(key+b.dataset.k)}catch(e){}if(v!==null)b.checked=v==='1'});show()}"
    "all.forEach(function(b){b.addEventListener('change',function(){"
    "try{store&&store.setItem(key+b.dataset.k,b.checked?'1':'0')}catch(e){}show()})});"
    "['storage','pageshow'].forEach(function(e){window.addEventListener(e,read)});"
    "function plain(t){var a=document.createElement('textarea'),ok=false;a.value=t;"
    "a.style.position='fixed';a.style.opacity='0';document.body.appendChild(a);a.select();"
    "try{ok=document.execCommand('copy')}catch(e){}document.body.removeChild(a);return ok}"
    "function copy(t,b){function say(ok){b.textContent=ok?'已复制':'请选中后复制';"
    "setTimeout(function(){b.textContent='复制'},1500)}"
    "if(navigator.clipboard&&window.isSecureContext)navigator.clipboard.writeText(t).then("
    "function(){say(true)},function(){say(plain(t))});else say(plain(t))}"
    "document.querySelectorAll('button[data-c]').forEach(function(b){b.addEventListener('click',"
    "function(){copy(document.getElementById(b.dataset.c).textContent,b)})});"
    "document.getElementById('save').addEventListener('click',function(){"
    "var a=document.createElement('a');a.href=URL.createObjectURL(new Blob(["
    "document.getElementById('done').value],{type:'text/plain'}));"
    "a.download='已上传-'+document.body.dataset.id+'.txt';a.click();"
    "setTimeout(function(){URL.revokeObjectURL(a.href)},1000)});read()})();";

struct writing {
    const struct fill_sheet *sheet;
    struct buffer *out;
    size_t values; /* written so far: each has a number of its own */
};

static void heading(struct buffer *out, const char *title, const char *clause)
{
    html_element(out, "<h2>", title, "");
    if (*clause)
        html_element(out, " <small>", clause, "</small>");
    buffer_puts(out, "</h2>\n");
}

/* in: the element around it; key: what the tick is kept under; file: the name to be listed when it
 * is ticked, or NULL. */
static void tick(struct buffer *out, const char *in, const char *key, const char *file,
                 bool checked)
{
    buffer_printf(out, "<%s class=\"t\">", in);
    html_element(out, "<input type=\"checkbox\" data-k=\"", key, "\"");
    if (file)
        html_element(out, " data-f=\"", file, "\"");
    buffer_printf(out, "%s></%s>", checked ? " checked" : "", in);
}

/* The text to the last code point, and the button that copies it. */
static void value(struct writing *w, const char *text)
{
    size_t n = ++w->values;
    buffer_printf(w->out, "<td class=\"v\" id=\"v%zu\">", n);
    buffer_markup(w->out, text);
    buffer_printf(w->out,
                  "</td><td class=\"b\"><button type=\"button\" data-c=\"v%zu\">复制</button></td>",
                  n);
}

static const char *string_at(struct writing *w, struct query *q, struct query_place at)
{
    return query_string(q, w->sheet->ctx, at, w->sheet->arena).text;
}

/* --- fields --- */

/* A row of its own below the field's; ends with the row. */
static void begin_note(struct writing *w, bool ticked)
{
    buffer_printf(w->out, "<tr>%s<th></th><td class=\"n\" colspan=\"2\">",
                  ticked ? "<td class=\"t\"></td>" : "");
}

/* In three ways: the largest decides, since nobody says in which the platform counts. */
static void counts(struct writing *w, const struct upload_field *f, const char *text,
                   struct query_place at, bool ticked)
{
    const struct fill_sheet *s = w->sheet;
    size_t mark = query_variables_mark(s->ctx);
    double n[UPLOAD_COUNTS], most = 0;

    query_set_variable(s->ctx, "value", text);
    for (size_t i = 0; i < UPLOAD_COUNTS; i++) {
        n[i] = query_number(s->platform->counts[i], s->ctx, at);
        most = n[i] > most ? n[i] : most;
    }
    query_variables_release(s->ctx, mark);
    begin_note(w, ticked);
    buffer_printf(w->out, "限 %d 字；这一段：字符 %.0f，Word 字数 %.0f，网页计数 %.0f", f->limit,
                  n[0], n[1], n[2]);
    if (most > f->limit)
        buffer_printf(w->out, "；<span class=\"lack\">%s超 %.0f</span>",
                      n[0] > f->limit && n[1] > f->limit && n[2] > f->limit ? "" : "有的计法",
                      most - f->limit);
    buffer_puts(w->out, "</td></tr>\n");
}

/* ticked: by itself, and not with all of its group. */
static void field(struct writing *w, const struct upload_group *g, const struct upload_field *f,
                  struct query_place at, bool ticked)
{
    const struct fill_sheet *s = w->sheet;
    struct buffer *out = w->out;

    if (f->when && !query_bool(f->when, s->ctx, at))
        return;
    const struct upload_answer answer = upload_answer(f, string_at(w, f->select, at), s->arena);
    const char *text = answer.text;
    buffer_puts(out, "<tr>");
    if (ticked)
        tick(out, "td", arena_printf(s->arena, "%s/%s", g->title, f->label), NULL, false);
    html_element(out, "<th>", f->label, "");
    if (*f->clause)
        html_element(out, " <span class=\"note\">", f->clause, "</span>");
    buffer_puts(out, "</th>");
    if (*text)
        value(w, text);
    else
        buffer_printf(out, "<td class=\"v\" colspan=\"2\">%s</td>",
                      f->needed ? "<span class=\"lack\">缺，须补填</span>"
                                : "<span class=\"note\">无</span>");
    buffer_puts(out, "</tr>\n");
    if (*answer.note) {
        begin_note(w, ticked);
        html_element(out, answer.lacking ? "<span class=\"lack\">" : "<span>", answer.note,
                     "</span>");
        buffer_puts(out, "</td></tr>\n");
    }
    if (f->limit && *text)
        counts(w, f, text, at, ticked);
}

static void fields(struct writing *w, const struct upload_group *g, struct query_place at,
                   bool ticked)
{
    buffer_puts(w->out, "<table>\n");
    for (size_t i = 0; i < g->n; i++)
        field(w, g, &g->fields[i], at, ticked);
    buffer_puts(w->out, "</table>\n");
}

static void group(struct writing *w, const struct upload_group *g)
{
    const struct fill_sheet *s = w->sheet;
    struct query_place root = {s->who->node, 1, 1};
    record_node **nodes;

    heading(w->out, g->title, g->clause);
    if (!g->select) {
        fields(w, g, root, true);
        return;
    }
    size_t n = query_nodes_by(g->select, g->sort, false, s->ctx, root, s->arena, &nodes);
    for (size_t i = 0; i < n; i++) {
        const char *id = record_attribute(nodes[i], "id", s->arena);
        buffer_puts(w->out, "<h3>");
        tick(w->out, "span",
             *id ? arena_printf(s->arena, "%s/%s", g->title, id)
                 : arena_printf(s->arena, "%s/%zu", g->title, i + 1),
             NULL, false);
        buffer_printf(w->out, " 第 %zu 条 <small>共 %zu 条</small></h3>\n", i + 1, n);
        fields(w, g, (struct query_place){nodes[i], i + 1, n}, false);
    }
    if (n == 0)
        buffer_puts(w->out, "<p class=\"note\">无</p>\n");
}

/* --- files --- */

static void size_text(struct buffer *out, long long bytes)
{
    if (bytes >= 1 << 20)
        buffer_printf(out, "%.1f MB", (double)bytes / (1 << 20));
    else
        buffer_printf(out, "%.0f KB", (double)bytes / 1024);
}

static void link_to(struct buffer *out, const char *path)
{
    html_link(out, path);
    html_element(out, "", path_leaf(path), "</a>");
}

static void file_state(struct buffer *out, const struct sheet_file *f)
{
    const struct assembled *made = &f->made;
    if (f->path) {
        link_to(out, f->path);
        buffer_printf(out, "<br><span class=\"note\">%zu 页，", made->pages);
        size_text(out, made->bytes);
        buffer_puts(out, made->verbatim ? "，原件未改动" : "");
        if (made->bytes < made->before) {
            buffer_puts(out, "；原 ");
            size_text(out, made->before);
            if (made->reduction.quality)
                buffer_printf(out, "，已压缩（至多约 %.0f dpi，质量 %d），请打开核对是否清楚",
                              made->reduction.dpi, made->reduction.quality);
        }
        buffer_puts(out, "</span>");
    } else if (f->file->state == UPLOAD_EXTRACTED) {
        buffer_puts(out, "<span class=\"note\">系统自动提取，无须上传；请在平台核对</span>");
    } else {
        buffer_puts(out, f->file->state == UPLOAD_MISSING
                             ? "<span class=\"lack\">缺：没有引用扫描件</span>"
                             : "<span class=\"lack\">未制成，原因见运行时的提示</span>");
    }
    if (*f->file->lacking)
        html_element(out, "<br><span class=\"lack\">缺：", f->file->lacking, "</span>");
    if (f->file->done)
        buffer_puts(out, "<br><span class=\"good\">已记为上传</span>");
}

static void file_row(struct writing *w, const struct sheet_file *f)
{
    struct buffer *out = w->out;
    buffer_puts(out, "<tr>");
    tick(out, "td", arena_printf(w->sheet->arena, "附件/%s", f->file->name),
         f->path ? f->file->name : NULL, f->file->done);
    html_element(out, "<td>", f->file->kind->directory, "</td>");
    html_element(out, "<td>", f->file->kind->kind, "");
    if (*f->file->kind->clause)
        html_element(out, " <span class=\"note\">", f->file->kind->clause, "</span>");
    html_element(out, "</td><td>", f->file->title, "</td><td>");
    file_state(out, f);
    buffer_puts(out, "</td></tr>\n");
}

static void files(struct writing *w)
{
    const struct fill_sheet *s = w->sheet;
    struct buffer *out = w->out;

    heading(out, "上传附件", s->platform->clause);
    buffer_puts(out, "<p class=\"note\">每个文件不超过 ");
    size_text(out, (long long)s->platform->bytes);
    if (s->platform->pages)
        buffer_printf(out, "、%zu 页", s->platform->pages);
    html_element(out, "。", s->platform->unofficial, "</p>\n");
    buffer_puts(out, "<table><thead><tr><th></th><th>佐证目录</th><th>材料</th><th>名称</th>"
                     "<th>文件</th></tr></thead>\n");
    for (size_t i = 0; i < s->n_files; i++)
        file_row(w, &s->files[i]);
    buffer_puts(out, "</table>\n");
}

static void photo(struct writing *w)
{
    const struct fill_sheet *s = w->sheet;
    const struct upload_photo *limits = &s->platform->photo;
    struct buffer *out = w->out;

    heading(out, limits->kind, limits->clause);
    buffer_puts(out, "<table><tr>");
    tick(out, "td", limits->kind, NULL, false);
    buffer_puts(out, "<td>");
    if (s->photo.path)
        link_to(out, s->photo.path);
    html_element(out, s->photo.good ? " <span class=\"good\">" : " <span class=\"lack\">",
                 s->photo.note, "</span>");
    for (size_t i = 0; i < 2; i++)
        if (s->photo.shown[i])
            buffer_printf(out, "%s<img alt=\"%s\" src=\"%s\">", i ? "" : "<br>",
                          i ? "调整后" : "原照片", s->photo.shown[i]);
    buffer_puts(out, "</td></tr></table>\n");
}

/* --- the page --- */

static void steps(struct writing *w)
{
    const struct platform *p = w->sheet->platform;
    heading(w->out, "步骤", "");
    buffer_puts(w->out, "<table>\n");
    for (size_t i = 0; i < p->n_steps; i++) {
        buffer_puts(w->out, "<tr>");
        tick(w->out, "td", p->steps[i].clause, NULL, false);
        html_element(w->out, "<th>", p->steps[i].clause, "</th>");
        html_element(w->out, "<td>", p->steps[i].text, "</td></tr>\n");
    }
    buffer_puts(w->out, "</table>\n");
}

static void head(struct writing *w)
{
    const struct fill_sheet *s = w->sheet;
    struct buffer *out = w->out;

    buffer_puts(out, "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                     "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">");
    html_element(out, "<title>填报稿 ", s->who->id, " ");
    html_element(out, "", s->who->name, "</title>");
    buffer_printf(out, "<style>%s</style></head>\n", style);
    html_element(out, "<body data-id=\"", s->who->id, "\"");
    html_element(out, " data-key=\"", s->asof, "/");
    html_element(out, "", s->who->id, "\">\n");
    html_element(out, "<h1>填报稿　", s->who->id, " ");
    html_element(out, "", s->who->name, "</h1>\n");
    html_element(out, "<p>", s->who->unit_name, "</p>\n");
    html_element(out, "<p>", s->platform->title, "　");
    html_element(out, "", s->platform->address, "</p>\n");
    if (*s->platform->note)
        html_element(out, "<p class=\"note\">", s->platform->note, "</p>\n");
    buffer_puts(out, "<div class=\"bar\"><span id=\"progress\"></span>　<span class=\"note\">"
                     "勾选只留在这台电脑的浏览器里</span></div>\n");
}

static void foot(struct writing *w)
{
    heading(w->out, "已上传的文件", "");
    buffer_printf(w->out,
                  "<div class=\"screen\"><p class=\"note\">上面勾选的附件列在这里。存成文件后运行 "
                  "shenbao upload --done 文件，核对清单、打分表和报送前核查就知道哪些已上传。</p>\n"
                  "<p><button type=\"button\" id=\"save\">存成文件</button></p>\n"
                  "<textarea id=\"done\" readonly></textarea></div>\n"
                  "<script>%s</script>\n</body></html>\n",
                  script);
}

void fill_sheet_write(const struct fill_sheet *s, struct buffer *out)
{
    struct writing w = {s, out, 0};
    head(&w);
    steps(&w);
    photo(&w);
    for (size_t i = 0; i < s->platform->n_groups; i++)
        group(&w, &s->platform->groups[i]);
    files(&w);
    foot(&w);
}
