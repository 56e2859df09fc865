/* html.c - see html.h. */
#include "core/html.h"

#include "core/markup.h"

/* Whatever a page holds, a browser asks nobody for anything. */
static const char policy[] = "default-src 'none'; style-src 'unsafe-inline'; script-src "
                             "'unsafe-inline'; base-uri 'none'; form-action 'none'";

static const char style[] =
    ":root{color-scheme:light dark;--ink:#16181d;--soft:#5a616e;--paper:#fff;--panel:#f4f5f8;"
    "--line:#d3d7df;--link:#0b57a4;--bad:#b3121d;--badbg:#fdebec;--warn:#7a4d00;--warnbg:#fff4dc;"
    "--good:#0c6b34;--goodbg:#e6f5ec}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e7e9ee;--soft:#a5acb9;--paper:#15171b;"
    "--panel:#1f2228;--line:#3a3f49;--link:#86bdf7;--bad:#ff9a9f;--badbg:#3d1a1d;--warn:#f3c76b;"
    "--warnbg:#3a2d10;--good:#7fd6a1;--goodbg:#143422}}\n"
    "*{box-sizing:border-box}"
    "html{-webkit-text-size-adjust:100%}"
    "body{font:16px/1.65 \"Noto Sans CJK SC\",\"Source Han Sans SC\",\"PingFang SC\","
    "\"Microsoft YaHei\",sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;"
    "max-width:76rem;padding:1.2rem clamp(.8rem,3vw,2rem) 4rem;overflow-wrap:anywhere}\n"
    "h1{font-size:1.6rem;line-height:1.3;margin:0}h2{font-size:1.2rem;margin:2.2rem 0 .6rem}"
    "h3{font-size:1rem;margin:1rem 0 .3rem}p{margin:.3rem 0}.soft{color:var(--soft)}"
    "a{color:var(--link)}\n"
    ":focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}"
    ".id{white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    ".sum{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:."
    "8rem;"
    "margin:1.2rem 0}.box{border:1px solid var(--line);border-left-width:.4rem;border-radius:.4rem;"
    "padding:.7rem 1rem;background:var(--panel)}.box b{font-size:1.25rem}"
    ".box.good{border-left-color:var(--good)}.box.bad{border-left-color:var(--bad)}"
    ".box.warn{border-left-color:var(--warn)}\n"
    ".tag{display:inline-block;white-space:nowrap;border-radius:.3rem;padding:0 .5em;"
    "font-size:.875rem;font-weight:600;background:var(--panel);color:var(--soft)}"
    ".tag.error{background:var(--badbg);color:var(--bad)}"
    ".tag.warning{background:var(--warnbg);color:var(--warn)}"
    ".tag.ok{background:var(--goodbg);color:var(--good)}\n"
    ".bar{position:sticky;top:0;z-index:1;background:var(--paper);border-bottom:1px solid "
    "var(--line);"
    "padding:.5rem 0;display:flex;flex-wrap:wrap;gap:.4rem 1rem;align-items:center}"
    ".bar input[type=search],.bar select,button{font:inherit;color:inherit;background:var(--panel);"
    "border:1px solid var(--line);border-radius:.3rem;padding:.2rem .5rem;max-width:100%}"
    ".bar label{white-space:nowrap}.bar select{max-width:16rem}button{cursor:pointer}\n"
    "details{border-bottom:1px solid var(--line);content-visibility:auto;"
    "contain-intrinsic-size:auto 2.8rem}"
    "summary{display:flex;flex-wrap:wrap;gap:.1rem .8rem;align-items:baseline;padding:.45rem .2rem;"
    "cursor:pointer;list-style:none}summary::-webkit-details-marker{display:none}"
    "summary::before{content:\"\\25B8\";color:var(--soft);width:.8em}"
    "details[open]>summary::before{content:\"\\25BE\"}summary>*{max-width:100%}"
    "summary .id{flex-shrink:0;min-width:5.5rem;white-space:normal}summary "
    ".name{flex-shrink:0;font-weight:600;"
    "min-width:5rem}summary .unit{flex:1 1 14rem}summary .tag{min-width:5.6em;text-align:center}"
    "summary:hover{background:var(--panel)}.in{padding:.2rem 0 1rem 1.4rem}\n"
    "table{border-collapse:collapse;width:100%;margin:.4rem 0}"
    "th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "thead th,th.g{background:var(--panel)}thead th{white-space:nowrap}"
    "td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    "td.s{white-space:nowrap}td.at{color:var(--soft);font-size:.875rem}"
    ".hidden{display:none!important}\n"
    "@media screen and (min-width:761px){td.c{width:11em}td.l{width:9em}td.at{width:14em}}\n";

/* On a narrow screen a row is a card, and each cell says what it is. */
static const char other_media[] =
    "@media screen and (max-width:760px){body{font-size:15px}.in{padding-left:.2rem}"
    "table.cards thead{display:none}table.cards,table.cards tbody,table.cards tr,table.cards td,"
    "table.cards th{display:block;width:auto}table.cards tr{border:1px solid var(--line);"
    "border-radius:.3rem;margin:.4rem 0;padding:.3rem .6rem}table.cards td,table.cards th{border:0;"
    "padding:.05rem 0;text-align:left;white-space:normal}table.cards td:empty{display:none}"
    "table.cards td[data-h]::before{content:attr(data-h) \" \";color:var(--soft)}"
    "table.cards tr:has(>th.g){border:0;margin:.6rem 0 0;padding:0 .2rem}th.g{background:none}"
    ".bar{position:static}.bar label{white-space:normal}}\n"
    "@media print{:root{color-scheme:light;--ink:#000;--soft:#333;--paper:#fff;--panel:#f0f0f0;"
    "--line:#888;--link:#000;--bad:#000;--badbg:#fff;--warn:#000;--warnbg:#fff;--good:#000;"
    "--goodbg:#fff}@page{size:A4;margin:15mm}"
    "body{font-size:10pt;line-height:1.5;max-width:none;padding:0}.bar,button,.screen{display:none}"
    "a{text-decoration:none}h2,h3,summary,tr:has(>th.g){break-after:avoid}tr,summary,.box{"
    "break-inside:avoid}details{content-visibility:visible}thead{display:table-header-group}"
    ".tag{border:1px solid #888}.sum{grid-template-columns:1fr 1fr}"
    "td.c{width:8em}td.l{width:6.5em}td.at{width:9em}"
    "summary::before,details[open]>summary::before{content:\"\"}}";

void html_element(struct buffer *out, const char *open, const char *text, const char *close)
{
    buffer_puts(out, open);
    buffer_markup_shown(out, text);
    buffer_puts(out, close);
}

void html_link(struct buffer *out, const char *path)
{
    buffer_puts(out, "<a href=\"");
    buffer_address(out, path);
    buffer_puts(out, "\">");
}

void html_begin(struct buffer *out, enum language language, const char *title)
{
    buffer_printf(out,
                  "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n",
                  language == LANGUAGE_ZH ? "zh-CN" : "en", policy);
    html_element(out, "<title>", title, "</title>\n");
    buffer_printf(out, "<style>\n%s%s\n</style></head><body>\n", style, other_media);
}

void html_end(struct buffer *out, const char *script)
{
    if (script)
        buffer_printf(out, "<script>%s</script>\n", script);
    buffer_puts(out, "</body></html>\n");
}
