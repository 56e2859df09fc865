/* reader.c - the first pass over one file: validation, and what a schema cannot say, without
 * keeping an applicant.
 *
 * The elements open are our own stack, and validation runs in step with it, so that each fault
 * belongs to the element it arises at, wherever that stands in the text. An element that its parent
 * cannot hold never reaches validation: libxml2 would check none of its later siblings. */
#include "record/reader.h"

#include "core/cells.h"
#include "core/protected.h"
#include "core/strings.h"
#include "core/utf8.h"
#include "record/correction.h"
#include "record/quote.h"
#include "record/scan.h"
#include "record/schema_fault.h"
#include "record/stream.h"
#include "record/tree.h"
#include "xml/xml_node.h"

#include <stdlib.h>
#include <string.h>

#define SPACES " \t\r\n"

enum {
    NAME_LIMIT = 500,
    ID_LIMIT = 64,
    /* Of one applicant: rules compare each with each, and a thousand would take them seconds. */
    MOST_ENTRIES = 500,
    MOST_ELEMENTS = 2000, /* and what stands in them */
    GUESSES = 200 /* among more ids than these no neighbour of a misspelt one is looked for */
};

struct frame {
    const struct word *word;
    long line;
    unsigned nth;      /* among its siblings of the same name, from 1 */
    unsigned *seen;    /* how many children of each word, by its number */
    const char *meant; /* by an attribute of another name; NULL: all are known */
};

/* A place in the applicant at hand that has an id, or that refers to one. */
struct id_place {
    const char *id, *field, *label;
    long line;
    const char *path, *whole; /* of a reference: its element, and all ids of the attribute */
};

struct pass {
    struct record *record;
    struct input_file *source;
    struct diag *diag;
    const struct vocabulary *vocabulary;
    struct stream *stream;
    struct frame frames[STREAM_DEPTH];
    int depth;        /* frames in use */
    int skipped;      /* elements open within one that has no place here, itself among them */
    struct tree tree; /* of what is not in an applicant */
    xmlSAXHandler *validation;
    void *validation_data;
    struct buffer text; /* not yet validated */
    long text_line;     /* where it begins to show; 0: it is blank so far */
    bool closing;       /* elements of which the end was not read */

    struct applicant_entry *entry; /* the applicant at hand, NULL for none */
    struct arena scratch;          /* what is needed until the applicant ends */
    size_t entries, elements;      /* the applicant's so far */
    const char *target;            /* what the applicant applies for; NULL: it does not say */
    size_t first_finding;          /* of those the applicant may have */
    struct unclosed {              /* an element that may lack its end tag */
        int depth;                 /* 0: none */
        size_t finding;            /* the first of those that would come of it */
        long next_line;            /* of the first element that does not belong into it */
        const char *next;
    } unclosed;
    struct buffer name;
    struct id_place *ids, *refs;
    size_t n_ids, cap_ids, n_refs, cap_refs;
    bool unread_id; /* a cell with an id of the applicant's was refused */
};

bool reader_counts(struct record *r)
{
    return r->n_faults++ < READER_FAULT_LIMIT;
}

/* An id that the schema refuses is only ever shown: short, and on one line. */
static const char *shown_id(struct arena *arena, const char *id)
{
    const char *short_form = quote_name(arena, id);
    bool sound = utf8_count(id) <= ID_LIMIT && !id[strcspn(id, SPACES)];
    return sound ? id : short_form;
}

bool reader_is_applicant(const xmlChar *name, const xmlChar *uri, int depth, bool in_unit)
{
    return depth == 3 && in_unit && !uri && !strcmp((const char *)name, "applicant");
}

static bool is(const struct frame *f, const char *name)
{
    return !strcmp(f->word->name, name);
}

static struct holder *unit_at_hand(struct pass *p)
{
    return p->depth >= 2 && is(&p->frames[1], "unit") ? &p->record->units[p->record->n_units - 1]
                                                      : NULL;
}

/* "person/name", "project[2]/@rank"; outside an applicant from the batch on. attribute may be NULL.
 */
static const char *path_of(struct pass *p, const char *attribute, struct arena *arena)
{
    enum { STEP = sizeof "/[4294967295]" };
    int first = p->entry ? 3 : 0;
    size_t room = attribute ? strlen(attribute) + sizeof "/@" : 1;
    for (int i = first; i < p->depth; i++)
        room += strlen(p->frames[i].word->name) + STEP;
    char *path = arena_alloc(arena, room, 1), *end = path;
    for (int i = first; i < p->depth; i++) {
        const struct frame *f = &p->frames[i];
        end = stpcpy(stpcpy(end, i > first ? "/" : ""), f->word->name);
        if (f->nth > 1)
            end += sprintf(end, "[%u]", f->nth);
    }
    if (attribute)
        stpcpy(stpcpy(end, end > path ? "/@" : "@"), attribute);
    return path;
}

/* Whoever holds the innermost element answers for it. */
static void blame(struct pass *p)
{
    struct holder *unit = unit_at_hand(p);
    if (p->entry)
        p->entry->faulty = true;
    else if (unit)
        unit->faulty = true;
    else if (p->depth >= 2 && is(&p->frames[1], "delegation"))
        p->record->delegations[p->record->n_delegations - 1].faulty = true;
    else
        p->source->faulty = true;
}

static void report(struct pass *p, const struct id_place *at, enum fault kind, const char *zh,
                   const char *en)
{
    const struct holder *unit = unit_at_hand(p);
    struct finding f = {.severity = SEVERITY_ERROR,
                        .fault = kind,
                        .applicant = p->entry ? p->entry->id : NULL,
                        .unit = unit ? unit->id : NULL,
                        .field = *at->field ? at->field : NULL,
                        .label = at->label,
                        .at = {p->source->input.name, at->line},
                        .text = {zh, en}};
    diag_pass(p->diag, &f);
}

/* false: enough has been reported. */
static bool counts(struct pass *p)
{
    bool listed = reader_counts(p->record);
    if (!listed && p->entry)
        p->entry->unlisted = true;
    return listed;
}

/* A fault of the innermost open element: its holder answers for it; false: enough has been
 * reported. */
static bool begin_fault(struct pass *p)
{
    blame(p);
    return counts(p);
}

/* The second half, after the sentences were made: the element itself, or an attribute of it. */
static void end_fault(struct pass *p, const char *attribute, const char *label, const char *zh,
                      const char *en)
{
    const struct frame *f = &p->frames[p->depth - 1];
    struct arena a = {0};
    struct id_place at = {.field = path_of(p, attribute, &a), .label = label, .line = f->line};

    report(p, &at, FAULT_DATA, zh, en);
    arena_free(&a);
}

/* For who judges the record: the place of the fault, and what may be meant there. */
static void note_flaw(struct pass *p, const struct schema_fault *f, const char *stray_name,
                      long line)
{
    struct record *r = p->record;
    struct arena *a = &r->arena;
    struct flaws *list = p->entry ? &p->entry->flaws : &r->flaws;
    const char **readings;

    if (!f->n_readings || (!p->entry && !p->tree.at))
        return;
    readings = ARENA_ARRAY(a, const char *, f->n_readings);
    for (size_t i = 0; i < f->n_readings; i++)
        readings[i] = arena_strdup(a, f->readings[i]);
    *ARENA_PUSH(a, list->list, list->n, list->cap) =
        (struct flaw){.path = p->entry ? path_of(p, NULL, a) : NULL,
                      .node = p->entry ? NULL : p->tree.at,
                      .attribute = arena_strdup(a, f->attribute),
                      .name = arena_strdup(a, stray_name),
                      .line = line,
                      .readings = readings,
                      .n_readings = f->n_readings,
                      .kind = f->kind};
}

static bool is_of_workbook(const struct pass *p)
{
    const char *sheet;
    char cell[CELL_NAME];
    return cells_find(p->source->input.name, p->frames[p->depth - 1].line, NULL, NULL, &sheet,
                      cell);
}

/* Has the cell of that path below the innermost element been reported? */
static bool was_refused(const struct pass *p, const char *path)
{
    const struct cell_flaw *list;
    const char *element;
    size_t n = cells_flaws(p->source->input.name, p->frames[p->depth - 1].line, &list, &element);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].path, path))
            return true;
    return false;
}

/* An attribute that is missing only because the cell that has it, or its name, was refused. */
static bool was_given(const struct pass *p, const char *attribute)
{
    struct arena a = {0};
    const char *meant = p->frames[p->depth - 1].meant;
    bool given = (is_of_workbook(p) && was_refused(p, arena_printf(&a, "@%s", attribute))) ||
                 (meant && !strcmp(meant, attribute));
    arena_free(&a);
    return given;
}

static void on_invalid(void *data, xmlError *error)
{
    struct pass *p = data;
    struct arena a = {0};

    if (error->level < XML_ERR_ERROR || p->depth == 0 || p->closing || !begin_fault(p))
        return;
    bool of_cell = is_of_workbook(p);
    struct schema_fault f = schema_fault_of(error, p->frames[p->depth - 1].word, of_cell, &a);
    if (error->code == XML_SCHEMAV_CVC_COMPLEX_TYPE_4 && f.attribute && was_given(p, f.attribute)) {
        arena_free(&a);
        return; /* and its cell, or its name, is at fault */
    }
    if (error->code == XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1 ||
        error->code == XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3)
        f = schema_fault_text(p->frames[p->depth - 1].word,
                              arena_strndup(&a, (const char *)p->text.data, p->text.len), &a);
    struct frame *frame = &p->frames[p->depth - 1];
    long line = frame->line;
    frame->meant = f.meant ? f.meant : frame->meant;
    note_flaw(p, &f, NULL, 0);
    frame->line = f.of_text && p->text_line ? p->text_line : line;
    end_fault(p, f.attribute, f.label, f.text[LANGUAGE_ZH], f.text[LANGUAGE_EN]);
    frame->line = line;
    arena_free(&a);
}

/* The characters right before that place of a text, for messages about what cannot be shown. */
static const char *text_before(struct arena *arena, const char *text, size_t at)
{
    enum { SHOWN = 6 };
    size_t from = at;
    for (int n = 0; from > 0 && n < SHOWN; n++)
        while (--from > 0 && ((unsigned char)text[from] & 0xC0) == 0x80)
            continue;
    return arena_strndup(arena, text + from, at - from);
}

/* What was found at that place of an element's text, or of an attribute's. */
static void report_code(struct pass *p, const char *attribute, enum severity severity,
                        const char *zh, const char *en)
{
    const struct frame *f = &p->frames[p->depth - 1];
    const struct word_attribute *a = attribute ? word_attribute(f->word, attribute) : NULL;
    const struct holder *unit = unit_at_hand(p);
    struct arena arena = {0};
    diag_add(p->diag,
             (struct finding){.severity = severity,
                              .rule = "R78",
                              .applicant = p->entry ? p->entry->id : NULL,
                              .unit = unit ? unit->id : NULL,
                              .field = path_of(p, attribute, &arena),
                              .label = a           ? a->label
                                       : attribute ? NULL
                                                   : f->word->label,
                              .at = {p->source->input.name, f->line}},
             "%s%.0s", "%.0s%s", zh, en);
    arena_free(&arena);
}

/* Files and sheets are called by it, beside what is printed in them. */
static bool names_files(const struct pass *p, const char *attribute)
{
    const struct frame *f = &p->frames[p->depth - 1];
    if (!attribute)
        return p->entry && p->depth == 5 && is(&p->frames[3], "person") && is(f, "name");
    return !strcmp(attribute, "id") ||
           (p->depth == 2 && is(f, "unit") && !strcmp(attribute, "name"));
}

static void report_refused(struct pass *p, const char *attribute, const char *before, uint32_t code)
{
    bool stops = !p->record->printers_refuse_codes || names_files(p, attribute);
    if (stops && !begin_fault(p))
        return;
    struct arena a = {0};
    const char *where = *before ? arena_printf(&a, "（在%s之后）", quote(&a, before)) : "",
               *where_en = *before ? arena_printf(&a, " (behind %s)", quote(&a, before)) : "";
    bool private = utf8_is_private(code);
    report_code(p, attribute, stops ? SEVERITY_ERROR : SEVERITY_WARNING,
                arena_printf(&a, "含不规范字符 U+%04X（%s）%s%s；%s", (unsigned)code,
                             private ? "自造字，各机器显示不同" : "不是文字", where,
                             stops ? "" : "，要印它的表不能制作",
                             private ? "请改用国标汉字或符号" : "请改成原来的字，或删去"),
                arena_printf(&a, "it holds U+%04X, %s%s%s; %s", (unsigned)code,
                             private ? "private to one machine" : "which is no character", where_en,
                             stops ? "" : ": no paper that prints it is made",
                             private ? "use the character of the standard"
                                     : "write what was meant, or delete it"));
    arena_free(&a);
}

static void report_replaced(struct pass *p, const char *attribute, struct code_family *family,
                            uint32_t code, uint32_t meaning)
{
    char shown[5] = "";
    struct arena a = {0};
    bool once = family->severity == SEVERITY_INFO;
    if (once && family->reported)
        return;
    family->reported = true;
    utf8_put(meaning, shown);
    report_code(
        p, attribute, family->severity,
        arena_printf(&a, "含%s U+%04X，按“%s”U+%04X 处理%s", family->name[LANGUAGE_ZH],
                     (unsigned)code, shown, (unsigned)meaning,
                     once ? "（其余同类不再逐一说明）" : "；请改用此字"),
        arena_printf(&a, "it holds %s, U+%04X, read as \"%s\" U+%04X%s", family->name[LANGUAGE_EN],
                     (unsigned)code, shown, (unsigned)meaning,
                     once ? " (the others like it are not named)" : "; write that character"));
    arena_free(&a);
}

/* Each code once a text; a text of many unknown ones is refused for the first of them. */
static void check_codes(struct pass *p, const char *attribute, const char *text, size_t len)
{
    enum { MOST = 256 };
    bool refused = false;
    uint32_t *seen = NULL;
    size_t n_seen = 0, cap_seen = 0;
    struct arena a = {0};
    for (size_t i = 0, used; i < len && !(refused && n_seen >= MOST); i += used) {
        used = 1;
        if ((unsigned char)text[i] < 0xEE) /* of U+D000 and below */
            continue;
        uint32_t code = utf8_next(text + i, len - i, &used);
        struct code_family *family = NULL;
        bool known = false;
        if (!utf8_is_unprintable(code))
            continue;
        for (size_t k = 0; k < n_seen; k++)
            known = known || seen[k] == code;
        if (known)
            continue;
        *ARENA_PUSH(&a, seen, n_seen, cap_seen) = code;
        uint32_t meaning = characters_meaning(p->record->characters, code, &family);
        refused = refused || !meaning;
        if (meaning)
            report_replaced(p, attribute, family, code, meaning);
        else
            report_refused(p, attribute, text_before(&a, text, i), code);
    }
    arena_free(&a);
}

/* The text since the last tag, before the innermost open element changes. */
static void check_text_codes(struct pass *p)
{
    if (p->text.len)
        check_codes(p, NULL, (const char *)p->text.data, p->text.len);
}

static void protect_attachment(const struct pass *p, const char *href, size_t len)
{
    struct arena arena = {0};
    protect_cited(p->source->input.dir, arena_strndup(&arena, href, len));
    arena_free(&arena);
}

static void check_attribute_codes(struct pass *p, int n, const xmlChar **attributes)
{
    for (int i = 0; i < n; i++) {
        const xmlChar **a = attributes + 5 * i;
        if (!a[2] && strcmp((const char *)a[0], "href"))
            check_codes(p, (const char *)a[0], (const char *)a[3], (size_t)(a[4] - a[3]));
        else if (!a[2])
            protect_attachment(p, (const char *)a[3], (size_t)(a[4] - a[3]));
    }
}

static const char *value_of(struct arena *arena, int n, const xmlChar **attributes,
                            const char *name)
{
    for (int i = 0; i < n; i++) {
        const xmlChar **a = attributes + 5 * i;
        if (!a[2] && !strcmp((const char *)a[0], name))
            return arena_strndup(arena, (const char *)a[3], (size_t)(a[4] - a[3]));
    }
    return NULL;
}

/* Text comes in pieces, and validation would copy what it has for each of them. */
static void validate_text(struct pass *p)
{
    if (p->text.len)
        p->validation->characters(p->validation_data, p->text.data, (int)p->text.len);
    p->text.len = 0;
    p->text_line = 0;
}

/* Validation must not see hints at where a schema might be: it would go and look. */
static void validate_start(struct pass *p, const xmlChar *name, int n, const xmlChar **attributes)
{
    const xmlChar *kept[5 * SCAN_ATTRIBUTE_LIMIT];
    int n_kept = 0;
    validate_text(p);
    for (int i = 0; i < n && n_kept < SCAN_ATTRIBUTE_LIMIT; i++) {
        const xmlChar **a = attributes + 5 * i;
        if (a[2] && !strcmp((const char *)a[2], "http://www.w3.org/2001/XMLSchema-instance"))
            continue;
        memcpy(kept + 5 * n_kept++, a, 5 * sizeof *a);
    }
    p->validation->startElementNs(p->validation_data, name, NULL, NULL, 0, NULL, n_kept, 0, kept);
}

/* An attribute of the innermost open element, to come back to when the applicant has ended. */
static struct id_place place_of(struct pass *p, const char *attribute, const char *id)
{
    const struct frame *f = &p->frames[p->depth - 1];
    const struct word_attribute *a = word_attribute(f->word, attribute);
    return (struct id_place){.id = id,
                             .field = path_of(p, attribute, &p->scratch),
                             .label = a ? a->label : NULL,
                             .line = f->line};
}

static void note_ids(struct pass *p, int n, const xmlChar **attributes)
{
    struct arena *a = &p->scratch;
    const char *id = p->depth > 3 ? value_of(a, n, attributes, "id") : NULL;

    if (id)
        *ARENA_PUSH(a, p->ids, p->n_ids, p->cap_ids) = place_of(p, "id", id);
    else if (p->depth > 3 && was_refused(p, "@id"))
        p->unread_id = true;
    const char *refs = value_of(a, n, attributes, "refs");
    for (const char *s = refs; s && *(s += strspn(s, SPACES));) {
        size_t len = strcspn(s, SPACES);
        struct id_place place = place_of(p, "refs", arena_strndup(a, s, len));
        place.path = path_of(p, NULL, a);
        place.whole = refs;
        *ARENA_PUSH(a, p->refs, p->n_refs, p->cap_refs) = place;
        s += len;
    }
}

static void check_evidence(struct pass *p, int n, const xmlChar **attributes)
{
    if (is(&p->frames[p->depth - 1], "evidence") && !value_of(&p->scratch, n, attributes, "kind") &&
        !value_of(&p->scratch, n, attributes, "part") && begin_fault(p))
        end_fault(p, NULL, p->frames[p->depth - 1].word->label,
                  is_of_workbook(p) ? "“材料种类”和“部分”至少填一个"
                                    : "evidence 须有 kind（种类）或 part（部分）",
                  is_of_workbook(p) ? "材料种类 or 部分 is to be filled in"
                                    : "evidence needs a kind or a part");
}

static void note_post(struct pass *p, int n, const xmlChar **attributes)
{
    struct arena *a = &p->record->arena;
    const char *established = value_of(&p->scratch, n, attributes, "established"),
               *grade = value_of(a, n, attributes, "applied-grade");
    if (!established || strcmp(established, "true"))
        return;
    p->entry->target = arena_strdup(a, p->target);
    p->entry->grade = grade ? grade : "";
}

static void begin_applicant(struct pass *p, int n, const xmlChar **attributes)
{
    struct record *r = p->record;
    const char *id = value_of(&r->arena, n, attributes, "id");
    struct applicant_entry e = {.id = shown_id(&r->arena, id ? id : ""),
                                .source = (size_t)(p->source - r->sources),
                                .unit = r->n_units - 1,
                                .line = p->frames[p->depth - 1].line};

    if (r->n == r->cap)
        r->entries = mem_resize(r->entries, r->cap = r->cap * 2 + 8, sizeof *r->entries);
    r->entries[r->n] = e;
    p->entry = &r->entries[r->n++];
    p->entries = p->elements = 0;
    p->target = value_of(&p->scratch, n, attributes, "target");
    p->first_finding = p->diag->n;
    p->name.len = 0;
}

/* Each id of the list, set off by blanks, is borne by something. */
static bool all_known(const struct ids *ids, const char *list, struct arena *a)
{
    while (*(list += strspn(list, SPACES))) {
        size_t len = strcspn(list, SPACES);
        if (!ids_find(ids, arena_strndup(a, list, len)))
            return false;
        list += len;
    }
    return true;
}

/* What may be meant: the correction, or any of the ids; nothing in any case. */
static void note_wrong_refs(struct pass *p, const struct id_place *ref, const struct ids *ids,
                            const char *correction)
{
    enum { TRIED = 60 };
    struct arena *a = &p->record->arena;
    struct flaws *list = &p->entry->flaws;
    const char **readings = ARENA_ARRAY(a, const char *, TRIED + 2);
    size_t n = 0;
    readings[n++] = "";
    if (correction)
        readings[n++] = arena_strdup(a, correction);
    for (size_t i = 0; !correction && i < ids->n && i < TRIED; i++)
        readings[n++] = arena_strdup(a, ids->list[i].id);
    *ARENA_PUSH(a, list->list, list->n, list->cap) =
        (struct flaw){.path = arena_strdup(a, ref->path),
                      .attribute = "refs",
                      .readings = readings,
                      .n_readings = n};
}

/* What has been reported is the cause. */
static bool is_explained(struct pass *p, const struct id_place *ref, const struct ids *ids)
{
    return ids_doubled_like(ids, ref->id) || ids_misspelt_as(ids, ref->id, &p->scratch) ||
           p->unread_id || cells_lost(p->source->input.name);
}

static void report_ref(struct pass *p, const struct id_place *ref, const struct ids *ids)
{
    struct arena *a = &p->scratch;
    const char *separated = correction_of_refs(ref->id, a), *whole;
    const char *shown = quote_name(a, ref->id);
    if (separated && all_known(ids, separated, a)) {
        whole = correction_of_refs(ref->whole, a);
        note_wrong_refs(p, ref, ids, whole);
        report(p, ref, FAULT_DATA,
               arena_printf(a, "编号 %s 之间要用空格分隔，请写%s", shown, quote(a, whole)),
               arena_printf(a, "the ids in %s are set off by blanks: write %s", shown,
                            quote(a, whole)));
        return;
    }
    const struct id_bearer *plain = ids_find(ids, correction_folded(ref->id, a));
    const char *near = plain ? plain->id : ids->n <= GUESSES ? ids_nearest(ids, ref->id) : NULL;
    note_wrong_refs(p, ref, ids, NULL);
    if (is_explained(p, ref, ids))
        return;
    report(p, ref, FAULT_DATA,
           arena_printf(a, "所引的编号 %s 不在本申报人的材料中%s%s", shown, near ? "；是不是 " : "",
                        near ? near : ""),
           arena_printf(a, "the id %s is borne by nothing of this applicant%s%s%s", shown,
                        near ? "; is it " : "", near ? near : "", near ? "?" : ""));
}

/* The references of one attribute, from this one on, and how many they are. Of many unknown ones
 * the first are named. */
static size_t check_refs(struct pass *p, const struct id_place *first, size_t n,
                         const struct ids *ids)
{
    enum { NAMED = 20 };
    size_t i, unknown = 0, more = 0;

    for (i = 0; i < n && first[i].whole == first->whole; i++) {
        if (ids_find(ids, first[i].id))
            continue;
        p->entry->faulty = true;
        if (++unknown > NAMED)
            more += !is_explained(p, &first[i], ids);
        else if (counts(p))
            report_ref(p, &first[i], ids);
    }
    if (more && counts(p))
        report(p, first, FAULT_DATA,
               arena_printf(&p->scratch, "另有 %zu 个所引的编号也不在本申报人的材料中", more),
               arena_printf(&p->scratch,
                            "%zu more of its ids are borne by nothing of this applicant", more));
    return i;
}

static void check_ids(struct pass *p)
{
    struct ids ids = {0};
    struct arena *a = &p->scratch;

    for (size_t i = 0; i < p->n_ids; i++)
        ids_add(&ids, a, p->ids[i].id, i);
    ids_sort(&ids);
    for (size_t i = 0; i < ids.n; i++) {
        const struct id_bearer *b = &ids.list[i];
        if (b->first == b->number)
            continue;
        p->entry->faulty = true;
        if (!counts(p))
            continue;
        const struct id_place *first = &p->ids[b->first];
        const char *shown = quote_name(a, b->id), *sheet;
        char cell[CELL_NAME];
        bool book = cells_find(p->source->input.name, first->line, first->field, first->label,
                               &sheet, cell);
        report(p, &p->ids[b->number], FAULT_DATA,
               arena_printf(a, "编号 %s 重复（另一处在%s）；请改为不同的编号", shown,
                            book ? arena_printf(a, "%s!%s", sheet, cell)
                                 : arena_printf(a, "第 %ld 行", first->line)),
               arena_printf(a, "the id %s is used twice (also %s); choose another", shown,
                            book ? arena_printf(a, "at %s!%s", sheet, cell)
                                 : arena_printf(a, "on line %ld", first->line)));
    }
    for (size_t i = 0; i < p->n_refs;)
        i += check_refs(p, &p->refs[i], p->n_refs - i, &ids);
}

/* The name is known only now: its findings get it. */
static void end_applicant(struct pass *p)
{
    struct diag *d = p->diag;
    const char *name = NULL;

    if (p->name.len)
        characters_replace(p->record->characters, &p->name);
    for (size_t i = p->first_finding; i < d->n && p->name.len; i++) {
        if (!name)
            name = quote_name(&d->arena,
                              arena_strndup(&d->arena, (const char *)p->name.data, p->name.len));
        d->list[i].name = name;
    }
    p->entry = NULL;
    p->ids = p->refs = NULL;
    p->n_ids = p->cap_ids = p->n_refs = p->cap_refs = 0;
    p->unread_id = false;
    arena_free(&p->scratch);
}

/* An element of whose ancestors one could hold it: an end tag may be missing before it. What else
 * would come of that is to be forgotten when the file shows that it is. */
static void suspect_unclosed(struct pass *p, const char *name)
{
    for (int i = p->depth - 2; p->entry && !p->unclosed.depth && i >= 2; i--)
        if (word_child(p->frames[i].word, name))
            p->unclosed = (struct unclosed){p->depth, p->diag->n, stream_line(p->stream),
                                            arena_strdup(&p->scratch, name)};
}

/* An element that its parent cannot hold. In a unit or a batch it harms nobody: it is left out. */
static void stray(struct pass *p, const xmlChar *name, const xmlChar *prefix)
{
    struct arena a = {0};
    struct id_place at = {.line = stream_line(p->stream)};
    struct schema_fault f = {0};

    p->skipped = 1;
    if (p->entry && !p->unclosed.depth && !strncmp((const char *)name, "／", strlen("／")))
        p->unclosed = (struct unclosed){p->depth, p->diag->n, stream_line(p->stream),
                                        arena_strdup(&p->scratch, (const char *)name)};
    suspect_unclosed(p, (const char *)name);
    if (p->depth == 0 || p->entry)
        blame(p);
    if (!counts(p))
        return;
    at.field = path_of(p, NULL, &a);
    if (p->depth) {
        f = schema_fault_stray((const char *)name, (const char *)prefix,
                               p->frames[p->depth - 1].word, &a);
        if (p->entry)
            note_flaw(p, &f, (const char *)name, at.line);
    } else {
        const char *shown = quote_name(&a, (const char *)name);
        f.text[LANGUAGE_ZH] =
            arena_printf(&a, "根元素应为 <batch>（不带命名空间），这里却是 <%s>", shown);
        f.text[LANGUAGE_EN] =
            arena_printf(&a, "the root must be <batch>, in no namespace, not <%s>", shown);
    }
    report(p, &at, FAULT_DATA, f.text[LANGUAGE_ZH], f.text[LANGUAGE_EN]);
    arena_free(&a);
}

static void keep(struct pass *p, const xmlChar *name, int n, const xmlChar **attributes)
{
    struct record *r = p->record;
    const struct frame *f = &p->frames[p->depth - 1];
    xmlNode *node = tree_start(&p->tree, name, n, attributes, f->line);
    struct holder h = {.node = node, .source = (size_t)(p->source - r->sources)};

    if (p->depth == 1)
        xmlDocSetRootElement(p->source->doc, node);
    if (p->depth != 2)
        return;
    h.id = shown_id(&r->arena, xml_attribute_text(node, "id", &r->arena));
    if (is(f, "unit"))
        *ARENA_PUSH(&r->arena, r->units, r->n_units, r->cap_units) = h;
    else if (is(f, "delegation"))
        *ARENA_PUSH(&r->arena, r->delegations, r->n_delegations, r->cap_delegations) = h;
}

/* What stands beside an element at that path: an attribute of it, or a child that it lacks. */
static void note_cell_flaw(struct pass *p, const char *prefix, const struct cell_flaw *f)
{
    struct arena *a = &p->record->arena;
    const char *last = path_leaf(f->path);
    size_t len = last > f->path ? (size_t)(last - f->path) - 1 : 0;
    bool child = *last != '@' && *last != '.';
    const char **readings = ARENA_ARRAY(a, const char *, f->n);
    for (size_t i = 0; i < f->n; i++)
        readings[i] = child ? arena_printf(a, "%s>%s", last, f->readings[i])
                            : arena_strdup(a, f->readings[i]);
    *ARENA_PUSH(a, p->entry->flaws.list, p->entry->flaws.n, p->entry->flaws.cap) = (struct flaw){
        .path = arena_printf(a, "%s%s%.*s", prefix, *prefix && len ? "/" : "", (int)len, f->path),
        .attribute = *last == '@' ? arena_strdup(a, last + 1) : NULL,
        .readings = readings,
        .n_readings = f->n,
        .kind = child ? RECORD_FLAW_CHILD : RECORD_FLAW_VALUE};
}

/* Of the row of a workbook that the innermost element begins. */
static void note_cell_flaws(struct pass *p)
{
    const struct frame *f = &p->frames[p->depth - 1];
    const struct cell_flaw *list;
    const char *element;
    size_t n = cells_flaws(p->source->input.name, f->line, &list, &element);
    struct arena a = {0};
    if (n && p->frames[p->depth - 2].line != f->line)
        for (size_t i = 0; i < n; i++)
            note_cell_flaw(p, is(f, element) ? path_of(p, NULL, &a) : "", &list[i]);
    arena_free(&a);
}

/* The batch's attributes, and those that the notice has for one that lacks them. */
static const xmlChar **with_defaults(struct pass *p, int *n, const xmlChar **attributes)
{
    const struct record *r = p->record;
    size_t size = 5 * ((size_t)*n + r->n_defaults), given = (size_t)*n;
    const xmlChar **all = ARENA_ARRAY(&p->record->arena, const xmlChar *, size + 1);

    for (size_t i = 0; i < 5 * given; i++)
        all[i] = attributes[i];
    for (size_t i = 0; i < r->n_defaults; i++) {
        const char *name = r->defaults[i].name, *value = r->defaults[i].value;
        const xmlChar **a = all + 5 * (size_t)*n;
        bool has = false;
        for (size_t k = 0; k < given; k++)
            has = has || !strcmp((const char *)attributes[5 * k], name);
        if (has)
            continue;
        a[0] = (const xmlChar *)name;
        a[3] = (const xmlChar *)value;
        a[4] = a[3] + strlen(value);
        ++*n;
    }
    return all;
}

/* Of the innermost element, which is the applicant's. */
static void check_number(struct pass *p)
{
    const struct frame *f = &p->frames[p->depth - 1];
    struct arena a = {0};

    p->elements++;
    p->entries += p->depth == 4;
    bool many = p->entries > MOST_ENTRIES;
    if (p->entry->broken || (!many && p->elements <= MOST_ELEMENTS))
        return;
    p->entry->broken = true;
    int most = many ? MOST_ENTRIES : MOST_ELEMENTS;
    if (begin_fault(p))
        end_fault(p, NULL, f->word->label,
                  arena_printf(
                      &a, "一人的%s超过 %d %s；是否把多人的材料写在一人名下？其余检查待改正后再做",
                      many ? "材料" : "内容", most, many ? "条" : "项"),
                  arena_printf(&a,
                               "one person has more than %d %s; are several people's written as "
                               "one's? the other checks wait for that",
                               most, many ? "entries" : "elements"));
    arena_free(&a);
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_namespaces, const xmlChar **namespaces, int n_attributes,
                     int n_defaulted, const xmlChar **attributes)
{
    struct pass *p = data;
    (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    if (p->skipped) {
        p->skipped++;
        return;
    }
    check_text_codes(p);
    validate_text(p); /* while the element that holds the text is the innermost */
    struct frame *parent = p->depth ? &p->frames[p->depth - 1] : NULL;
    const struct word *word =
        parent ? word_child(parent->word, (const char *)name) : vocabulary_root(p->vocabulary);
    if (uri || !word || strcmp(word->name, (const char *)name)) {
        stray(p, name, prefix);
        return;
    }
    if (!parent && p->record->n_defaults)
        attributes = with_defaults(p, &n_attributes, attributes);
    struct frame *f = &p->frames[p->depth++];
    f->word = word;
    f->line = stream_line(p->stream);
    f->nth = parent ? ++parent->seen[word->number] : 1;
    f->meant = NULL;
    memset(f->seen, 0, vocabulary_size(p->vocabulary) * sizeof *f->seen);

    if (reader_is_applicant(name, uri, p->depth, p->depth > 1 && is(&p->frames[1], "unit")))
        begin_applicant(p, n_attributes, attributes);
    else if (!p->entry)
        keep(p, name, n_attributes, attributes);
    if (f->nth == 2 && word->occurrence != WORD_MANY && begin_fault(p)) {
        struct arena a = {0};
        end_fault(p, NULL, word->label,
                  arena_printf(&a, "%s 里的 <%s> 重复；只能有一个", parent->word->name, word->name),
                  arena_printf(&a, "%s holds a second <%s>; there may be one", parent->word->name,
                               word->name));
        arena_free(&a);
    }
    if (p->depth <= 3 && cells_faulty(p->source->input.name, f->line))
        blame(p); /* what its workbook says of it could not be read, and was reported */
    check_attribute_codes(p, n_attributes, attributes);
    validate_start(p, name, n_attributes, attributes);
    if (p->entry && p->depth > 3)
        check_number(p);
    if (p->entry) {
        note_cell_flaws(p);
        if (p->depth == 4 && is(f, "employment"))
            note_post(p, n_attributes, attributes);
        note_ids(p, n_attributes, attributes);
        check_evidence(p, n_attributes, attributes);
    }
}

static void check_required(struct pass *p)
{
    const struct frame *f = &p->frames[p->depth - 1];
    for (size_t i = 0; i < f->word->n_children; i++) {
        const struct word *child = f->word->children[i];
        struct arena a = {0};
        if (child->occurrence == WORD_REQUIRED && f->seen[child->number] == 0 && begin_fault(p))
            end_fault(
                p, NULL, child->label,
                is_of_workbook(p) ? arena_printf(&a, "没有填“%s”", child->label)
                                  : arena_printf(&a, "%s 缺少 <%s>", f->word->name, child->name),
                is_of_workbook(p) ? arena_printf(&a, "“%s” is not filled in", child->label)
                                  : arena_printf(&a, "%s lacks <%s>", f->word->name, child->name));
        arena_free(&a);
    }
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct pass *p = data;
    (void)prefix, (void)uri;
    if (p->skipped) {
        p->skipped--;
        return;
    }
    check_text_codes(p);
    validate_text(p);
    p->validation->endElementNs(p->validation_data, name, NULL, NULL);
    check_required(p);
    if (!p->entry) {
        tree_end(&p->tree);
    } else if (p->depth == 3) {
        check_ids(p);
        end_applicant(p);
    }
    if (p->unclosed.depth == p->depth)
        p->unclosed = (struct unclosed){0}; /* it has its end tag */
    p->depth--;
}

static void on_text(void *data, const xmlChar *text, int len)
{
    struct pass *p = data;
    if (p->skipped || !p->depth)
        return;
    buffer_add(&p->text, text, (size_t)len);
    if (!p->text_line)
        p->text_line = stream_text_line(p->stream, (const char *)text, (size_t)len);
    if (!p->entry)
        tree_text(&p->tree, text, len);
    else if (p->depth == 5 && is(&p->frames[3], "person") && is(&p->frames[4], "name") &&
             p->name.len < NAME_LIMIT)
        buffer_add(&p->name, text, (size_t)len);
}

/* The slip comes before what else was found of its applicant. */
static void put_first(struct pass *p)
{
    struct diag *d = p->diag;
    struct finding slip = d->list[d->n - 1];
    memmove(&d->list[p->first_finding + 1], &d->list[p->first_finding],
            (d->n - 1 - p->first_finding) * sizeof *d->list);
    d->list[p->first_finding] = slip;
}

/* The sentence for a missing end tag, when elements that do not belong into the element have shown
 * it. */
static void explain_unclosed(struct pass *p, struct file_fault *f, struct arena *a)
{
    const struct unclosed *u = &p->unclosed;
    if (!f->end_tag || !u->depth || u->depth > p->depth)
        return;
    const struct frame *frame = &p->frames[u->depth - 1];
    diag_cut(p->diag, u->finding);
    f->line = frame->line;
    if (!strncmp(u->next, "／", strlen("／"))) {
        f->line = u->next_line;
        f->text[LANGUAGE_ZH] = arena_printf(a, "结束标签 <%s> 里的 ／ 是全角的；请写 </%s>",
                                            u->next, u->next + strlen("／"));
        f->text[LANGUAGE_EN] =
            arena_printf(a, "the / of the end tag <%s> is of full width; write </%s>", u->next,
                         u->next + strlen("／"));
        return;
    }
    f->text[LANGUAGE_ZH] =
        arena_printf(a, "<%s> 没有结束：请在第 %ld 行的 <%s> 之前写 </%s>", frame->word->name,
                     u->next_line, u->next, frame->word->name);
    f->text[LANGUAGE_EN] =
        arena_printf(a, "<%s> has no end: write </%s> before the <%s> of line %ld",
                     frame->word->name, frame->word->name, u->next, u->next_line);
}

/* A slip: who ended before it is whole, and nothing else is said of whom it stands in. */
static void broke(struct pass *p, const struct file_fault *slip, bool resumed)
{
    struct file_fault f = *slip;
    struct arena a = {0};

    explain_unclosed(p, &f, &a);
    struct id_place at = {.field = "", .line = f.line};
    const char *more = resumed    ? "；其余检查待改正后再做"
                       : p->depth ? "；此后的内容没有读"
                                  : "",
               *more_en = resumed    ? "; the other checks wait for that"
                          : p->depth ? "; nothing after it was read"
                                     : "";
    p->source->broken = true;
    reader_counts(p->record);
    if (p->entry)
        p->entry->faulty = p->entry->broken = true;
    report(p, &at, f.fault, arena_printf(&a, "%s%s", f.text[LANGUAGE_ZH], more),
           arena_printf(&a, "%s%s", f.text[LANGUAGE_EN], more_en));
    if (p->entry) {
        put_first(p);
        end_applicant(p);
    }
    p->unclosed = (struct unclosed){0};
    arena_free(&a);
}

/* Reading goes on in the unit: what was open in it ends here. */
static void on_resumed(void *data, const struct file_fault *slip)
{
    struct pass *p = data;
    bool applicant = p->entry;
    broke(p, slip, true);
    p->closing = true;
    p->text.len = 0;
    p->text_line = 0;
    p->skipped = 0;
    for (; p->depth > 2; p->depth--) {
        p->validation->endElementNs(p->validation_data, BAD_CAST p->frames[p->depth - 1].word->name,
                                    NULL, NULL);
        if (!applicant)
            tree_end(&p->tree);
    }
    p->closing = false;
}

static void report_notes(struct pass *p)
{
    size_t n;
    const struct file_note *notes = stream_notes(p->stream, &n);
    for (size_t i = 0; i < n; i++)
        diag_pass(p->diag, &(struct finding){
                               .severity = notes[i].severity,
                               .at = {p->source->input.name, notes[i].line},
                               .text = {notes[i].text[LANGUAGE_ZH], notes[i].text[LANGUAGE_EN]}});
}

void reader_pass(struct record *r, size_t source, const struct reader_schema *schema,
                 struct diag *diag)
{
    const struct stream_events events = {on_start, on_end, on_text, r->resume ? on_resumed : NULL};
    static const struct file_fault unknown = {
        FAULT_DATA, 0, {"不符合格式定义", "not as the schema wants it"}, false};
    size_t faults = r->n_faults;
    struct pass p = {
        .record = r, .source = &r->sources[source], .diag = diag, .vocabulary = schema->vocabulary};
    struct arena arena = {0};
    size_t words = vocabulary_size(p.vocabulary);
    int fd = input_open(&p.source->input, diag);

    if (fd < 0) {
        p.source->broken = true;
        return;
    }
    for (int i = 0; i < STREAM_DEPTH; i++)
        p.frames[i].seen = ARENA_ARRAY(&arena, unsigned, words + 1);
    p.tree.characters = r->characters;
    p.tree.doc = p.source->doc = xmlNewDoc(BAD_CAST "1.0");
    p.source->doc->URL = xmlStrdup(BAD_CAST p.source->input.name);
    xmlSchemaValidCtxt *validation = xmlSchemaNewValidCtxt(schema->schema);
    xmlSchemaSetValidStructuredErrors(validation, (xmlStructuredErrorFunc)on_invalid, &p);
    xmlSchemaSAXPlugPtr plug = xmlSchemaSAXPlug(validation, &p.validation, &p.validation_data);
    p.stream = stream_new(fd, &events, &p, &arena);
    while (stream_read(p.stream))
        continue;
    const struct file_fault *f = stream_fault(p.stream);
    if (f)
        broke(&p, f, false);
    else if (r->n_faults == faults && xmlSchemaIsValid(validation) != 1)
        broke(&p, &unknown, false); /* never without a word */
    report_notes(&p);
    stream_free(p.stream);
    xmlSchemaSAXUnplug(plug);
    xmlSchemaFreeValidCtxt(validation);
    tree_clear(&p.tree);
    buffer_clear(&p.name);
    buffer_clear(&p.text);
    arena_free(&p.scratch);
    arena_free(&arena);
    input_close(&p.source->input, fd);
}
