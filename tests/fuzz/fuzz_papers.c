/* fuzz_papers.c - a record, and of it one paper of a profile: laid out, drawn, shown. The first
 * byte says which. Whatever the schema lets through, of a paper that is made every character of the
 * record's texts stands on its sheets, in order, beside each other; or it is not made, and why is
 * said. Pictures are all the same small one, and evidence has pages without being bound. */
#define _GNU_SOURCE /* memmem */
#include "laid_pages.h"
#include "schema.h"

#include "bind/qdoc.h"
#include "media/qpdf.h"
#include "papers/catalogue.h"
#include "papers/paper_options.h"
#include "papers/report.h"
#include "profile/profile.h"
#include "record/gather.h"
#include "svg/svg.h"

#include <libxml/parser.h>
#include <stdlib.h>

enum { PROFILES = 2, MOST_PAPERS = 40, MOST_APPLICANTS = 2, DRAFT = 128 };

static const char *const names[PROFILES] = {"zhejiang-mining", "jiangsu-electronics"};
static const char *const folders[PROFILES][3] = {
    {"templates/zhejiang-mining", "templates/base", NULL},
    {"templates/jiangsu-electronics", "templates/base", NULL}};

static struct notice {
    struct profile *profile;
    struct query_tables *tables;
    struct query_context *query;
    struct paper_setting setting;
    struct paper_maker *maker;
} notices[PROFILES];

static struct paper {
    const struct notice *notice;
    int number; /* the paper maker's */
    struct form *form;
    enum record_scope scope;
} papers[MOST_PAPERS];
static size_t n_papers;

static struct fonts *fonts;
static struct options options;
static const char *without_roster;
static struct option_own switches[1];

/* No file that a record names is opened: each picture is this one. The Makefile links this in place
 * of the function that it is named for (--wrap). */
bool __real_media_open(struct media_file *m, const char *dir, const char *href,
                       const struct media_limits *limits, const struct finding *where,
                       struct diag *diag);
bool __wrap_media_open(struct media_file *m, const char *dir, const char *href,
                       const struct media_limits *limits, const struct finding *where,
                       struct diag *diag);

bool __wrap_media_open(struct media_file *m, const char *dir, const char *href,
                       const struct media_limits *limits, const struct finding *where,
                       struct diag *diag)
{
    (void)dir, (void)href;
    return __real_media_open(m, "tests/attachments", "wide.jpg", limits, where, diag);
}

/* A binder of volumes that nobody draws. */
static void *load_none(const struct binder_options *o, const char *const *templates,
                       const char *const *volumes, struct fonts *f, struct diag *diag)
{
    static int none;
    (void)o, (void)templates, (void)volumes, (void)f, (void)diag;
    return &none;
}

static void unload_none(void *volumes)
{
    (void)volumes;
}

static const char *no_label(const void *volumes, size_t which)
{
    (void)volumes, (void)which;
    return "";
}

static const char *page_of(const char *id, void *data)
{
    static const char *const answers[] = {"12", "", "另附", "（　）"};
    (void)data;
    return answers[strlen(id) % 4];
}

static void load_notice(struct notice *n, const char *name, const char *const *dirs)
{
    static const struct binder binder = {
        .title = "", .load = load_none, .unload = unload_none, .label = no_label};
    static const struct binder_options binding;
    struct diag diag = {0};
    const struct catalogue_paper *list;
    char path[100];

    snprintf(path, sizeof path, "%s/package.xml", dirs[0]);
    n->profile = profile_open(dirs, name, &diag);
    n->tables = n->profile ? query_tables_load(dirs, &diag) : NULL;
    if (!n->tables)
        door_shut(name, &diag);
    n->query = query_context_new(n->tables);
    n->setting = (struct paper_setting){.options = &options,
                                        .templates = dirs,
                                        .profile = n->profile,
                                        .tables = n->tables,
                                        .fonts = fonts,
                                        .binder = &binder,
                                        .volumes = n->profile->volume_names,
                                        .binding = &binding,
                                        .switches = switches,
                                        .n_switches = 1};
    n->maker = paper_maker_new(&n->setting);
    struct catalogue *c = catalogue_load(path, &n->setting, n->maker, &diag);
    for (size_t i = 0, all = c ? catalogue_papers(c, &list) : 0; i < all; i++) {
        if (list[i].paper < 0 || paper_maker_is_volume(n->maker, list[i].paper))
            continue;
        door_hold(n_papers < MOST_PAPERS);
        papers[n_papers++] = (struct paper){
            n, list[i].paper,
            form_load(paper_maker_template(n->maker, list[i].paper), fonts, &diag), list[i].scope};
    }
    if (!c || diag_failed(&diag))
        door_shut(path, &diag);
    catalogue_free(c);
    diag_clear(&diag);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    struct diag diag = {0};
    (void)argc, (void)argv;
    fonts = fonts_new(dirs, &diag);
    if (!fonts)
        door_shut("fonts", &diag);
    qpdf_load();
    switches[0] = letter_option(&without_roster);
    for (size_t i = 0; i < PROFILES; i++)
        load_notice(&notices[i], names[i], folders[i]);
    read_schema();
    learn_schema();
    xml_learn("samples/batch.xml");
    xml_learn("samples/faulty/batch.xml");
    xml_learn("samples/jiangsu/batch.xml");
    diag_clear(&diag);
    return 0;
}

/* --- records --- */

/* What is copied bears the ids of what it was copied from, and no paper is made of two that are the
 * same: those that come again go. */
static size_t drop_ids(uint8_t *data, size_t size)
{
    static const char id[] = " id=\"", person[] = "<applicant ";
    uint8_t *first = data, *from;
    size_t end = size;
    for (uint8_t *at = data; (at = memmem(at, end - (size_t)(at - data), id, sizeof id - 1));) {
        uint8_t *close = memchr(at + sizeof id - 1, '"', end - (size_t)(at - data) - sizeof id + 1);
        size_t len = close ? (size_t)(close - at) + 1 : 0;
        while ((from = memmem(first, (size_t)(at - first), person, sizeof person - 1)))
            first = from + sizeof person - 1;
        if (len && memmem(first, (size_t)(at - first), at, len)) {
            memmove(at, at + len, end - (size_t)(at - data) - len);
            end -= len;
        } else {
            at++;
        }
    }
    return end;
}

/* A text becomes longer by some of what is hard to set. */
static size_t lengthen(uint8_t *data, size_t size, size_t max, struct dice *dice)
{
    static const char *const pieces[] = {"长江",
                                         "，",
                                         "（",
                                         "）。",
                                         "——",
                                         "……",
                                         "、",
                                         "　",
                                         " ",
                                         "&#10;",
                                         "·",
                                         "①",
                                         "《",
                                         "／",
                                         "阿卜杜·",
                                         "2024年6月",
                                         "12",
                                         "3.5万m³",
                                         "1/8",
                                         "a",
                                         "Wxyz",
                                         "ab-",
                                         "https://a.cn/",
                                         "é",
                                         "e\u0301",
                                         "\u200B",
                                         "\u00A0",
                                         "\u00AD",
                                         "𠀀",
                                         "％",
                                         "‰",
                                         "㎡"};
    const char *piece = pieces[dice_roll(dice, sizeof pieces / sizeof *pieces)];
    size_t len = strlen(piece), times = (size_t)1 << dice_roll(dice, 8), at = dice_roll(dice, size);
    while (at + 1 < size && !(at > 0 && data[at] == '"' && data[at - 1] == '=') &&
           !(data[at] == '>' && data[at + 1] >= 0x80))
        at++;
    if (at + 1 >= size || size + len * times > max)
        return size;
    at++;
    memmove(data + at + len * times, data + at, size - at);
    for (size_t i = 0; i < times; i++)
        memcpy(data + at + i * len, piece, len);
    return size + len * times;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct dice dice = {seed};
    size_t kind = size < 2 ? 0 : dice_roll(&dice, 16);
    if (kind == 0)
        data[0] = (uint8_t)dice_roll(&dice, 256);
    if (kind == 0)
        return size ? size : 1;
    if (kind < 8)
        return 1 + lengthen(data + 1, size - 1, max - 1, &dice);
    return 1 + drop_ids(data + 1, xml_mutate(data + 1, size - 1, max - 1, seed));
}

/* --- one paper --- */

/* What a browser gets of a page is sound XML. */
static void hold_svg(const struct pages *pages, size_t page, struct diag *diag)
{
    const struct svg_options how = {.prefix = "p"};
    struct buffer svg = {0};
    door_hold(svg_page(pages, page, &how, &svg, diag));
    xmlDoc *doc = xmlReadMemory((char *)svg.data, (int)svg.len, NULL, NULL,
                                XML_PARSE_NOERROR | XML_PARSE_HUGE | XML_PARSE_NONET);
    door_hold(doc);
    xmlFreeDoc(doc);
    door_came(svg.data, svg.len);
    buffer_clear(&svg);
}

static void hold_pdf(const struct buffer *pdf, size_t pages)
{
    struct qdoc *d = q_open(pdf->data, pdf->len, "paper", NULL);
    size_t n = q_page_count(d);
    door_hold(n == pages && q_ok(d) && !q_warned(d));
    q_free(d);
    door_came(pdf->data, pdf->len);
}

static void report(const struct document *d)
{
    struct buffer out = {0};
    struct json j = {.out = &out};
    json_open(&j, NULL, '{');
    report_documents(&j, "paper", "a.pdf", d, false);
    report_fits(&j, d->pages, false);
    json_close(&j, '}');
    door_came(out.data, out.len);
    buffer_clear(&out);
}

/* What check says of the paper without drawing it is what is said when it is drawn. */
static void hold_judged(const struct paper *p, const struct document_job *job, size_t findings)
{
    const struct layout_options how = {.asof = job->asof};
    struct diag judged = {0};
    query_context_set_diag(job->query, &judged);
    layout_judge(p->form, fonts, job->query, job->node, job->dir, &how, &judged);
    door_hold(judged.n == findings);
    diag_clear(&judged);
}

static void make(const struct paper *p, record_node *node, const char *asof, size_t size)
{
    struct arena arena = {0};
    struct diag diag = {0};
    struct document d = {.file = -1};
    const struct notice *n = p->notice;
    const struct document_job job = {.query = n->query,
                                     .node = node,
                                     .dir = ".",
                                     .asof = asof,
                                     .arena = &arena,
                                     .diag = &diag,
                                     .looks = true};
    paper_maker_begin_query(n->maker, n->query, node, asof);
    query_context_set_pages(n->query, page_of, NULL);
    door_hold(paper_maker_begin(n->maker, &job, false));
    bool made = paper_maker_draw(n->maker, p->number, "paper", &diag, &d);
    door_hold(made || diag_failed(&diag));
    if (made) {
        door_hold(d.pages->n > 0);
        laid_pages_hold(d.pages);
        hold_pdf(&d.pdf, d.pages->n);
        hold_svg(d.pages, size % d.pages->n, &diag);
        report(&d);
    }
    if (size % 4 == 1)
        hold_judged(p, &job, diag.n);
    paper_maker_end(n->maker);
    document_clear(&d);
    query_context_begin(n->query, NULL, asof);
    door_end_of_data(&diag);
    arena_free(&arena);
}

static void make_group(const struct paper *p, const struct record *r, size_t size,
                       struct diag *diag)
{
    const struct gathered *list;
    struct gathering *g =
        record_gather(r, p->scope, paper_maker_elements(p->notice->maker, p->number), diag);
    if (g && gathering_list(g, &list) > 0 && !list[0].faulty)
        make(p, list[0].node, record_asof(r), size);
    gathering_free(g);
}

static void make_each(const struct paper *p, const struct record *r, size_t size, struct diag *diag)
{
    struct record_cursor *c = record_cursor_new(r, diag);
    struct applicant who;
    for (size_t i = 0; i < MOST_APPLICANTS && c && record_next(c, &who); i++)
        if (!who.faulty)
            make(p, who.node, record_asof(r), size);
    record_cursor_free(c);
}

void door_run(const uint8_t *data, size_t size)
{
    static const char *const inputs[] = {"batch.xml"};
    struct door_bytes rest = {data, size};
    unsigned which = door_byte(&rest);
    const struct paper *p = &papers[which % DRAFT % n_papers];
    const struct profile *profile = p->notice->profile;
    const int made[] = {door_file(rest.data, rest.size)};
    struct diag diag = {0};
    const struct record_options how = {.schema_path = schema,
                                       .characters_path = "templates/base/characters.xml",
                                       .defaults = profile->days,
                                       .n_defaults = profile->n_days,
                                       .printers_refuse_codes = true,
                                       .inputs = inputs,
                                       .n_inputs = 1,
                                       .made = made};
    xml_use_profile(&profile->shared);
    options.draft = which & DRAFT;
    struct record *r = record_open(&how, &diag);
    if (r && p->scope == SCOPE_APPLICANT)
        make_each(p, r, size, &diag);
    else if (r)
        make_group(p, r, size, &diag);
    record_free(r);
    door_end(&diag);
}
