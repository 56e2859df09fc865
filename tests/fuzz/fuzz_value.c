/* fuzz_value.c - what a clerk has typed into one cell or one attribute, read in every way that
 * there is: as values of a workbook's columns, dates, numbers that check themselves, lists of
 * pages. */
#include "door.h"

#include "bind/page_list.h"
#include "core/utf8.h"
#include "record/correction.h"
#include "record/id_number.h"
#include "record/vocabulary.h"
#include "workbook/value.h"
#include "xml/xml_reader.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_TYPES = 200 };

static const struct word_type *types[MOST_TYPES]; /* of the schema, each once */
static size_t n_types;

static void add_type(const struct word_type *t)
{
    for (size_t i = 0; t && i < n_types; i++)
        t = types[i] == t ? NULL : t;
    if (t && n_types < MOST_TYPES)
        types[n_types++] = t;
}

static void add_types(const struct word *w, int depth)
{
    add_type(w->type);
    for (size_t i = 0; i < w->n_attributes; i++)
        add_type(w->attributes[i].type);
    for (size_t i = 0; i < w->n_children && depth < 6; i++)
        add_types(w->children[i], depth + 1);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static struct arena arena;
    struct diag diag = {0};
    (void)argc, (void)argv;
    xmlDoc *doc = xml_document("templates/base/applicants.xsd", &arena, &diag);
    const struct vocabulary *v = doc ? vocabulary_new(doc, &arena) : NULL;
    if (!v || !vocabulary_root(v))
        door_shut("templates/base/applicants.xsd", &diag);
    xml_free(doc);
    add_types(vocabulary_root(v), 0);
    return 0;
}

static void hold_utf8(const char *s)
{
    for (size_t n = strlen(s), at = 0, used; at < n; at += used)
        door_hold(utf8_next(s + at, n - at, &used) != UTF8_BAD);
}

static void read_cell(const char *text, unsigned kind, struct arena *arena)
{
    static const char *const words[] = {"正常申报", "破格申报", "男"};
    static const struct value_synonym synonyms[] = {{"男性", "男"}};
    static const char *const formats[] = {"General", "yyyy-mm-dd", "", "0.00", "@"};
    for (int type = VALUE_LINE; type <= VALUE_PATH; type++) {
        const struct value_rule rule = {.type = (enum value_type)type,
                                        .words = words,
                                        .n_words = 3,
                                        .synonyms = synonyms,
                                        .n_synonyms = 1,
                                        .unit = kind & 1 ? "万元" : NULL,
                                        .present = kind & 2 ? "" : NULL};
        struct xlsx_cell cell = {.row = 2,
                                 .column = 3,
                                 .kind = (enum xlsx_kind)(kind % (XLSX_BAD_STRING + 1)),
                                 .text = text,
                                 .format = formats[kind % 5]};
        if (cell.kind == XLSX_DATE) {
            cell.date.year = 2024;
            cell.date.month = 2;
            cell.date.day = 29;
        }
        struct value_reading r = value_read(&rule, &cell, arena);
        door_hold(r.value && r.written && (r.outcome != VALUE_REFUSED || !*r.value));
        door_hold(r.outcome != VALUE_REFUSED || (r.note[LANGUAGE_ZH] && r.note[LANGUAGE_EN]));
        hold_utf8(r.value);
    }
}

static void read_number(const char *text, struct arena *arena)
{
    struct date d;
    struct id_number id = id_number_read(text);
    size_t *pages, bad, n = page_list_parse(text, 40, arena, &pages, &bad);
    door_hold(id.wrong != ID_NUMBER_SOUND || strlen(text) == 18);
    uscc_check(text);
    hold_utf8(id_number_mask(arena, text));
    hold_utf8(id_number_mask_whole(arena, text));
    for (size_t i = 0; i < n; i++)
        door_hold(pages[i] >= 1 && pages[i] <= 40);
    if (date_parse(text, &d))
        door_hold(date_compare(d, d) == 0 && date_months(d, d) == 0);
}

static void correct(const char *text, struct arena *arena)
{
    static const char *const words[] = {"正常申报", "破格申报", "转评"};
    for (size_t i = 0; i < n_types; i++) {
        const char *better = correction_of(types[i], text, arena);
        if (better)
            hold_utf8(better);
    }
    hold_utf8(correction_folded(text, arena));
    correction_reason(text);
    correction_of_refs(text, arena);
    correction_of_word(words, 3, text, arena);
}

void door_run(const uint8_t *data, size_t size)
{
    struct door_bytes rest = {data, size};
    struct arena arena = {0};
    unsigned kind = door_byte(&rest);
    char *text = door_xml_text(rest);
    read_cell(text, kind, &arena);
    read_number(text, &arena);
    correct(text, &arena);
    free(text);
    arena_free(&arena);
}
