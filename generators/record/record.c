/* record.c - the batch as a whole: opens its files, passes over each once, and checks what only all
 * of them show. */
#include "record/reader.h"

#include "core/expected.h"
#include "core/strings.h"
#include "record/date.h"
#include "record/quote.h"
#include "record/tree.h"
#include "xml/xml.h"
#include "xml/xml_node.h"
#include "xml/xml_reader.h"

#include <stdlib.h>
#include <string.h>

/* The document outlives the schema, which points into it. */
static bool load_schema(const struct record_options *options, struct reader_schema *out,
                        xmlDoc **doc, struct arena *arena, struct diag *diag)
{
    const char *path = options->schema_path;
    if (!(*doc = xml_document(path, arena, diag)) ||
        !word_lists_fill(*doc, WORD_LISTS_CLOSED, options->lists, options->n_lists, diag))
        return false;
    xmlResetLastError();
    xmlSchemaParserCtxt *ctx = xmlSchemaNewDocParserCtxt(*doc);
    out->schema = ctx ? xmlSchemaParse(ctx) : NULL;
    xmlSchemaFreeParserCtxt(ctx);
    out->vocabulary = out->schema ? vocabulary_new(*doc, arena) : NULL;
    if (out->vocabulary && vocabulary_root(out->vocabulary))
        return true;
    const xmlError *e = xmlGetLastError();
    return diag_system(diag, (struct src_pos){path, e ? e->line : 0},
                       "格式定义有误，或没有定义 batch（libxml2 代码 %d）",
                       "the schema is faulty or does not define batch (libxml2 code %d)",
                       e ? e->code : 0);
}

/* Reports a fault of a unit, a delegation or an applicant that only the whole batch shows. */
static void report(struct record *r, struct diag *diag, size_t source, long line, struct finding f,
                   const char *zh, const char *en)
{
    f.severity = SEVERITY_ERROR;
    f.at = (struct src_pos){r->sources[source].input.name, line};
    f.text[LANGUAGE_ZH] = zh;
    f.text[LANGUAGE_EN] = en;
    if (reader_counts(r))
        diag_pass(diag, &f);
}

static const char *path_of(xmlNode *node, const char *attribute, struct arena *arena)
{
    return record_path((record_node *)xmlHasProp(node, BAD_CAST attribute), arena);
}

static bool is_blank(const xmlNode *n)
{
    return n->type != XML_ELEMENT_NODE && (n->type != XML_TEXT_NODE || xmlIsBlankNode(n));
}

static const xmlNode *solid(const xmlNode *n)
{
    while (n && is_blank(n))
        n = n->next;
    return n;
}

static bool has_attributes_of(const xmlNode *a, const xmlNode *b)
{
    for (const xmlAttr *p = a->properties; p; p = p->next) {
        xmlChar *x = xmlGetNoNsProp(a, p->name), *y = xmlGetNoNsProp(b, p->name);
        bool same = x && y && xmlStrEqual(x, y);
        xmlFree(x);
        xmlFree(y);
        if (!same)
            return false;
    }
    return true;
}

/* The same attributes, elements and texts, white space between elements apart. */
static bool same_content(const xmlNode *a, const xmlNode *b)
{
    if (a->type == XML_TEXT_NODE && b->type == XML_TEXT_NODE)
        return xmlStrEqual(a->content, b->content);
    if (a->type != b->type || !xmlStrEqual(a->name, b->name) || !has_attributes_of(a, b) ||
        !has_attributes_of(b, a))
        return false;
    const xmlNode *x = solid(a->children), *y = solid(b->children);
    for (; x && y; x = solid(x->next), y = solid(y->next))
        if (!same_content(x, y))
            return false;
    return !x && !y;
}

/* Files of one batch may each bring the unit and the delegation that they need, as long as they
 * agree. */
static void check_holders(struct record *r, struct diag *diag, struct holder *list, size_t n,
                          bool units)
{
    struct ids ids = {0};
    struct arena a = {0};
    const char *zh = units ? "单位编号" : "委托编号", *en = units ? "unit" : "delegation";

    for (size_t i = 0; i < n; i++)
        ids_add(&ids, &a, list[i].id, i);
    ids_sort(&ids);
    for (size_t i = 0; i < ids.n; i++) {
        struct holder *h = &list[ids.list[i].number], *first = &list[ids.list[i].first];
        bool elsewhere = h->source != first->source;
        if (h == first)
            continue;
        if (elsewhere && same_content(h->node, first->node)) {
            h->repeats = true;
            continue;
        }
        const char *file = r->sources[first->source].input.name;
        long line = tree_line(first->node);
        h->faulty = true;
        report(r, diag, h->source, tree_line(h->node),
               (struct finding){
                   .unit = units ? h->id : NULL, .label = zh, .field = path_of(h->node, "id", &a)},
               arena_printf(&a, "%s 重复（另一处在 %s:%ld）%s", h->id, file, line,
                            elsewhere ? "，而且内容不同" : ""),
               arena_printf(&a, "the %s id %s is used twice (also at %s:%ld)%s", en, h->id, file,
                            line, elsewhere ? ", with other content" : ""));
    }
    arena_free(&a);
}

/* unit/@delegation names a delegation of the same file, where the templates' XPath can reach it. */
static void check_delegations(struct record *r, struct diag *diag)
{
    enum { FEW = 8 /* delegations that are tried in the place of an unknown one */ };
    struct arena a = {0};
    for (size_t s = 0, u = 0; s < r->n_sources; s++) {
        struct ids ids = {0};
        record_node *without_id = NULL; /* one that may be meant, and was reported ... */
        const char **called = ARENA_ARRAY(&r->arena, const char *, FEW + 1); /* ... by these ids */
        size_t n_called = 0;
        for (size_t i = 0; i < r->n_delegations; i++) {
            if (r->delegations[i].source != s)
                continue;
            if (*r->delegations[i].id)
                ids_add(&ids, &a, r->delegations[i].id, i);
            else
                without_id = r->delegations[i].node;
        }
        ids_sort(&ids);
        for (; u < r->n_units && r->units[u].source == s; u++) {
            struct holder *h = &r->units[u];
            const char *id = xml_attribute_text(h->node, "delegation", &a);
            if (!*id || ids_find(&ids, id))
                continue;
            const char *near = ids_nearest(&ids, id), *shown = quote_name(&a, id);
            h->faulty = true;
            if (without_id) {
                if (n_called < FEW && !string_is_in(id, called))
                    called[n_called++] = arena_strdup(&r->arena, id);
                continue;
            }
            const char **readings = ARENA_ARRAY(&r->arena, const char *, FEW);
            for (size_t i = 0; i < ids.n && i < FEW; i++)
                readings[i] = arena_strdup(&r->arena, ids.list[i].id);
            *ARENA_PUSH(&r->arena, r->flaws.list, r->flaws.n, r->flaws.cap) =
                (struct flaw){.node = h->node,
                              .attribute = "delegation",
                              .readings = readings,
                              .n_readings = ids.n < FEW ? ids.n : FEW};
            report(r, diag, s, tree_line(h->node),
                   (struct finding){.unit = h->id,
                                    .label = "委托编号",
                                    .field = path_of(h->node, "delegation", &a)},
                   arena_printf(&a, "单位 %s 所引的委托 %s 不在本文件中%s%s", h->id, shown,
                                near ? "；是不是 " : "", near ? near : ""),
                   arena_printf(
                       &a, "unit %s names the delegation %s, which is not in this file%s%s%s",
                       h->id, shown, near ? "; is it " : "", near ? near : "", near ? "?" : ""));
        }
        if (n_called > 0)
            *ARENA_PUSH(&r->arena, r->flaws.list, r->flaws.n, r->flaws.cap) = (struct flaw){
                .node = without_id, .attribute = "id", .readings = called, .n_readings = n_called};
    }
    arena_free(&a);
}

static void check_applicants(struct record *r, struct ids *ids, struct arena *list,
                             struct diag *diag)
{
    struct arena a = {0};

    ids->list = ARENA_ARRAY(list, struct id_bearer, ids->cap = r->n);
    for (size_t i = 0; i < r->n; i++)
        ids_add(ids, list, r->entries[i].id, i);
    ids_sort(ids);
    for (size_t i = 0; i < ids->n; i++) {
        struct applicant_entry *e = &r->entries[ids->list[i].number],
                               *first = &r->entries[ids->list[i].first];
        if (e == first || !*e->id)
            continue;
        e->faulty = true;
        report(r, diag, e->source, e->line,
               (struct finding){.applicant = e->id,
                                .unit = r->units[e->unit].id,
                                .label = "申报人编号",
                                .field = "@id"},
               arena_printf(&a, "申报人编号 %s 重复（另一处在 %s:%ld）；请改为不同的编号", e->id,
                            r->sources[first->source].input.name, first->line),
               arena_printf(&a,
                            "the applicant id %s is used twice (also at %s:%ld); choose another",
                            e->id, r->sources[first->source].input.name, first->line));
    }
    for (size_t i = 0; i < r->n; i++) {
        struct applicant_entry *e = &r->entries[i];
        e->faulty = e->faulty || r->units[e->unit].faulty || r->sources[e->source].faulty;
    }
    arena_free(&a);
}

static const char *plan_of(const xmlNode *batch, struct arena *arena)
{
    return xml_text(xml_child(batch, "plan", NULL), arena);
}

/* All files are one batch, so they have one reference date and one plan. */
static void check_agreement(struct record *r, bool own_date, struct diag *diag)
{
    struct arena a = {0};
    const char *asof = NULL, *plan = NULL, *file = NULL;

    for (size_t i = 0; i < r->n_sources; i++) {
        struct input_file *s = &r->sources[i];
        const xmlNode *batch = s->doc ? xmlDocGetRootElement(s->doc) : NULL;
        if (!batch)
            continue;
        const char *this_asof = xml_attribute_text(batch, "asof", &r->arena),
                   *this_plan = plan_of(batch, &a);
        if (!file) {
            file = s->input.name;
            asof = this_asof;
            plan = this_plan;
        }
        if (own_date && strcmp(asof, this_asof)) {
            s->faulty = true;
            report(r, diag, i, tree_line(batch),
                   (struct finding){.label = "截止日", .field = "batch/@asof"},
                   arena_printf(&a, "截止日 %s 与 %s 的 %s 不一致；请统一，或用 --asof 指定",
                                quote_name(&a, this_asof), file, quote_name(&a, asof)),
                   arena_printf(&a, "asof is %s here, but %s in %s; make them one, or use --asof",
                                quote_name(&a, this_asof), quote_name(&a, asof), file));
        }
        if (strcmp(plan, this_plan)) {
            s->faulty = true;
            report(r, diag, i, tree_line(batch),
                   (struct finding){.label = "评审计划", .field = "batch/plan"},
                   arena_printf(&a, "评审计划%s与 %s 的%s不一致", quote(&a, this_plan), file,
                                quote(&a, plan)),
                   arena_printf(&a, "the plan is %s here, but %s in %s", quote(&a, this_plan),
                                quote(&a, plan), file));
        }
    }
    struct date d;
    if (own_date)
        r->asof = asof && date_parse(asof, &d) && d.precision == DATE_DAY ? asof : "";
    arena_free(&a);
}

static bool listed(const char *const *list, size_t n, const char *s)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i], s))
            return true;
    return n == 0;
}

/* A name on the command line that nothing bears. A file that broke off may have held it. */
static void unknown(struct diag *diag, bool broken, const char *what, const char *what_en,
                    const struct ids *ids, const char *id)
{
    struct arena a = {0};
    const char *near = ids_nearest(ids, id), *shown = quote_name(&a, id);
    struct finding f = {.severity = SEVERITY_ERROR, .fault = broken ? FAULT_DATA : FAULT_SYSTEM};

    f.text[LANGUAGE_ZH] = arena_printf(&a, "没有编号为 %s 的%s%s%s", shown, what,
                                       near ? "；是不是 " : "", near ? near : "");
    f.text[LANGUAGE_EN] = arena_printf(&a, "no %s has the id %s%s%s%s", what_en, shown,
                                       near ? "; is it " : "", near ? near : "", near ? "?" : "");
    diag_pass(diag, &f);
    arena_free(&a);
}

/* false: reported. */
static bool select_entries(struct record *r, const struct record_options *o,
                           const struct ids *applicants, struct diag *diag)
{
    struct ids units = {0};
    struct arena a = {0};
    size_t before = diag->count[SEVERITY_ERROR];
    bool broken = false;

    for (size_t i = 0; i < r->n_sources; i++)
        broken = broken || r->sources[i].broken;
    for (size_t i = 0; i < r->n_units; i++)
        ids_add(&units, &a, r->units[i].id, i);
    ids_sort(&units);
    for (size_t i = 0; i < o->n_only_units; i++)
        if (!ids_find(&units, o->only_units[i]))
            unknown(diag, broken, "单位", "unit", &units, o->only_units[i]);
    for (size_t i = 0; i < o->n_only_applicants; i++) {
        const struct id_bearer *b = ids_find(applicants, o->only_applicants[i]);
        const char *unit = b ? r->units[r->entries[b->number].unit].id : "";
        if (!b)
            unknown(diag, broken, "申报人", "applicant", applicants, o->only_applicants[i]);
        else if (!listed(o->only_units, o->n_only_units, unit))
            diag_system(diag, (struct src_pos){0}, "申报人 %s 属于单位 %s，不在 -u 所选的单位之中",
                        "applicant %s is of unit %s, which -u does not name", b->id, unit);
    }
    arena_free(&a);
    r->indices = ARENA_ARRAY(&r->arena, size_t, r->n + 1);
    for (size_t i = 0; i < r->n; i++) {
        struct applicant_entry *e = &r->entries[i];
        e->selected = listed(o->only_applicants, o->n_only_applicants, e->id) &&
                      listed(o->only_units, o->n_only_units, r->units[e->unit].id);
        if (e->selected)
            r->indices[r->n_indices++] = i;
    }
    if (diag->count[SEVERITY_ERROR] > before)
        return false;
    return r->n_indices || diag_system(diag, (struct src_pos){0}, "所选的单位没有申报人",
                                       "the units chosen have no applicants");
}

static bool check_options(const struct record_options *o, struct diag *diag)
{
    struct date d;
    size_t standard = 0;

    if (o->asof && (!date_parse(o->asof, &d) || d.precision != DATE_DAY)) {
        struct arena a = {0};
        diag_system(diag, (struct src_pos){0}, "--asof 应为历法上有的日期 yyyy-mm-dd，而不是 %s",
                    "--asof takes a date of the calendar, yyyy-mm-dd, not %s",
                    quote_name(&a, o->asof));
        arena_free(&a);
        return false;
    }
    if (o->n_inputs == 0)
        return diag_system(diag, (struct src_pos){0}, "没有给出输入文件", "no input is named");
    for (size_t i = 0; i < o->n_inputs; i++)
        standard += !strcmp(o->inputs[i], "-");
    return standard < 2 || diag_system(diag, (struct src_pos){0}, "标准输入 - 只能给出一次",
                                       "standard input, -, can be named once");
}

static void list_holders(struct record *r)
{
    r->known = ARENA_ARRAY(&r->arena, struct record_delegation, r->n_delegations + 1);
    for (size_t i = 0; i < r->n_delegations; i++) {
        const struct holder *h = &r->delegations[i];
        if (h->repeats)
            continue;
        ids_add(&r->known_ids, &r->arena, h->id, r->n_known);
        r->known[r->n_known++] = (struct record_delegation){h->id, h->node, h->faulty};
    }
    ids_sort(&r->known_ids);
    r->known_units = ARENA_ARRAY(&r->arena, xmlNode *, r->n_units + 1);
    for (size_t i = 0; i < r->n_units; i++)
        if (!r->units[i].repeats)
            r->known_units[r->n_known_units++] = r->units[i].node;
}

/* Below the unit, as if it stood there: <recommended target="..." grade="七级" n="2"/>. */
static void recommend(xmlNode *unit, const char *for_target, const char *for_grade, long n)
{
    char number[24];
    xmlNode *to = unit->children;

    for (; to; to = to->next) {
        xmlChar *target = xmlGetNoNsProp(to, BAD_CAST "target"),
                *grade = xmlGetNoNsProp(to, BAD_CAST "grade");
        bool same = xmlStrEqual(to->name, BAD_CAST "recommended") &&
                    xmlStrEqual(target, BAD_CAST for_target) &&
                    xmlStrEqual(grade, BAD_CAST for_grade);
        xmlFree(target);
        xmlFree(grade);
        if (same)
            break;
    }
    if (to) {
        xmlChar *v = xmlGetNoNsProp(to, BAD_CAST "n");
        n += strtol((char *)v, NULL, 10);
        xmlFree(v);
    } else {
        to = xmlNewChild(unit, NULL, BAD_CAST "recommended", NULL);
        xmlSetProp(to, BAD_CAST "target", BAD_CAST for_target);
        xmlSetProp(to, BAD_CAST "grade", BAD_CAST for_grade);
    }
    snprintf(number, sizeof number, "%ld", n);
    xmlSetProp(to, BAD_CAST "n", BAD_CAST number);
}

/* To all that bear the id: files of one batch may bring a unit again. */
static void recommend_of(struct record *r, const struct ids *units, const char *id,
                         const char *target, const char *grade, long n)
{
    const struct id_bearer *end = units->list + units->n;
    for (const struct id_bearer *b = ids_find(units, id); b && b < end && !strcmp(b->id, id); b++)
        recommend(r->units[b->number].node, target, grade, n);
}

/* How many a unit recommends for its posts: a paper sees one applicant at a time. All count,
 * selected or not, in whichever file of the batch they stand; or what the options say. */
static void count_recommended(struct record *r, const struct record_options *o)
{
    struct ids units = {0};
    struct arena a = {0};
    for (size_t i = 0; i < r->n_units; i++)
        ids_add(&units, &a, r->units[i].id, i);
    ids_sort(&units);
    for (size_t i = 0; i < r->n && !o->recommended; i++) {
        const struct applicant_entry *e = &r->entries[i];
        if (e->target)
            recommend_of(r, &units, r->units[e->unit].id, e->target, e->grade, 1);
    }
    for (size_t i = 0; o->recommended && i < o->n_recommended; i++) {
        const struct record_recommended *k = &o->recommended[i];
        recommend_of(r, &units, k->unit, k->target, k->grade, k->n);
    }
    arena_free(&a);
}

/* Nobody is in it: in a workbook perhaps for a fault of a row, which was told while it was read. */
static bool report_nobody(const struct record_options *o, const char *name, struct diag *diag)
{
    bool book = o->made && o->made[0] >= 0;
    if (o->remarks && o->remarks->count[SEVERITY_ERROR] > 0)
        return false;
    return diag_error(diag, (struct src_pos){name, 0}, "%s%.0s", "%.0s%s",
                      book ? "“人员”表里没有人：每个申报人填一行"
                           : "没有申报人：batch/unit 下应有 <applicant>",
                      book ? "nobody is in the sheet 人员: each applicant has a row there"
                           : "there is no applicant: <applicant> belongs below batch/unit");
}

/* All that can be known is reported in one run; false: nothing is to be made of the record. The
 * arena holds what nobody needs afterwards. */
static bool read_all_sources(struct record *r, const struct record_options *o,
                             const struct reader_schema *schema, struct arena *scratch,
                             struct diag *diag)
{
    struct ids applicants = {0};
    size_t faults_before = diag->system_faults, errors_before = diag->count[SEVERITY_ERROR];

    r->sources = ARENA_ARRAY(&r->arena, struct input_file, o->n_inputs);
    for (size_t i = 0; i < o->n_inputs; i++) {
        struct input_file *s = &r->sources[r->n_sources++];
        if (o->made && o->made[i] >= 0
                ? input_init_made(&s->input, o->inputs[i], o->made[i], &r->arena, diag)
                : input_init(&s->input, o->inputs[i], &r->arena, diag))
            reader_pass(r, i, schema, diag);
        else
            s->broken = true;
        const char *marks = upload_marks_path(o->inputs[i], &r->arena);
        if (marks)
            upload_marks_read(&s->uploaded, marks, &r->arena, diag);
    }
    check_holders(r, diag, r->delegations, r->n_delegations, false);
    check_holders(r, diag, r->units, r->n_units, true);
    check_delegations(r, diag);
    check_agreement(r, !o->asof, diag);
    check_applicants(r, &applicants, scratch, diag);
    if (r->n_faults > READER_FAULT_LIMIT)
        diag_error(diag, (struct src_pos){0}, "另有 %zu 处错误没有列出",
                   "%zu more errors are not listed", r->n_faults - READER_FAULT_LIMIT);
    if (r->n == 0 && diag->count[SEVERITY_ERROR] == errors_before)
        return report_nobody(o, r->sources[0].input.name, diag);
    list_holders(r);
    count_recommended(r, o);
    return r->n > 0 && diag->system_faults == faults_before &&
           select_entries(r, o, &applicants, diag) && expected_outputs(diag);
}

struct record *record_open(const struct record_options *o, struct diag *diag)
{
    struct record *r = mem_alloc(1, sizeof *r);
    struct reader_schema schema = {0};
    struct arena scratch = {0};
    xmlDoc *doc = NULL;

    xml_guard();
    r->asof = o->asof;
    r->resume = o->resume;
    r->defaults = o->defaults;
    r->n_defaults = o->n_defaults;
    r->printers_refuse_codes = o->printers_refuse_codes;
    if (o->remarks)
        diag_append(diag, o->remarks);
    bool ok = check_options(o, diag) &&
              (!o->characters_path ||
               (r->characters = characters_read(o->characters_path, &r->arena, diag))) &&
              load_schema(o, &schema, &doc, &scratch, diag) &&
              read_all_sources(r, o, &schema, &scratch, diag);
    xmlSchemaFree(schema.schema);
    xmlFreeDoc(doc);
    arena_free(&scratch);
    if (ok)
        return r;
    record_free(r);
    return NULL;
}

size_t record_count(const struct record *r)
{
    return r->n_indices;
}

const char *record_asof(const struct record *r)
{
    return r->asof;
}

bool record_is_whole(const struct record *r)
{
    for (size_t i = 0; i < r->n_sources; i++)
        if (r->sources[i].broken)
            return false;
    return true;
}

bool record_ask_whole(const struct record *r, const char *paper, struct diag *diag)
{
    return record_is_whole(r) ||
           diag_error(diag, (struct src_pos){0},
                      "输入文件没有读到底（见上），后面还有谁不知道，%s也就未出；请改正后重做",
                      "an input was not read to its end (see above), and who else is in it is not "
                      "known, so %s was not made; mend it and run again",
                      paper);
}

const char *record_id(const struct record *r, size_t index)
{
    return r->entries[index].id;
}

bool record_is_faulty(const struct record *r, size_t index)
{
    return r->entries[index].faulty;
}

const size_t *record_indices(const struct record *r)
{
    return r->indices;
}

record_node *record_unit(const struct record *r, size_t n)
{
    return n < r->n_known_units ? r->known_units[n] : NULL;
}

size_t record_delegations(const struct record *r, const struct record_delegation **out)
{
    *out = r->known;
    return r->n_known;
}

const struct record_delegation *record_delegation(const struct record *r, const char *id)
{
    const struct id_bearer *b = ids_find(&r->known_ids, id);
    return b ? &r->known[b->number] : NULL;
}

void record_free(struct record *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n_sources; i++) {
        xmlFreeDoc(r->sources[i].doc);
        input_clear(&r->sources[i].input);
    }
    arena_free(&r->arena);
    free(r->entries);
    free(r);
}

struct src_pos record_pos(const record_node *node)
{
    while (node && node->type != XML_ELEMENT_NODE && node->type != XML_DOCUMENT_NODE)
        node = node->parent;
    if (!node)
        return (struct src_pos){0};
    const char *file = (const char *)node->doc->URL;
    for (const xmlNode *n = node; n && n->type == XML_ELEMENT_NODE; n = n->parent)
        if (n->_private) /* gather.c: a document of several files */
            file = n->_private;
    long line = 0; /* what a program has added stands where its parent does */
    for (const xmlNode *n = node; n && n->type == XML_ELEMENT_NODE && !line; n = n->parent)
        line = tree_line(n);
    return (struct src_pos){file, line};
}

const char *record_path(const record_node *node, struct arena *arena)
{
    const char *path = "";
    for (; node && node->type != XML_DOCUMENT_NODE && strcmp((const char *)node->name, "applicant");
         node = node->parent) {
        bool attribute = node->type == XML_ATTRIBUTE_NODE;
        int nth = 1;
        if (node->type != XML_ELEMENT_NODE && !attribute)
            continue;
        for (const xmlNode *n = node->prev; n && !attribute; n = n->prev)
            nth += n->type == XML_ELEMENT_NODE && xmlStrEqual(n->name, node->name);
        const char *number = nth > 1 ? arena_printf(arena, "[%d]", nth) : "";
        path = arena_printf(arena, "%s%s%s%s%s", attribute ? "@" : "", (const char *)node->name,
                            number, *path ? "/" : "", path);
    }
    return path;
}
