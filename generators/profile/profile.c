/* profile.c - see profile.h. */
#include "profile/profile.h"

#include "core/find.h"
#include "core/machine.h"
#include "core/paths.h"
#include "core/strings.h"
#include "record/date.h"
#include "xml/xml_reader.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { IN_PROFILE = 1, IN_LIST = 2 };

static const struct xml_attribute of_profile[] = {
    {"title", XML_WORD, XML_AT(struct profile, title), .required = true},
    {"year", XML_WORD, XML_AT(struct profile, year), .required = true},
    {0}};
static const struct xml_attribute of_source[] = {
    {"", XML_WORD, XML_AT(struct profile, source), .required = true}, {0}};
static const struct xml_attribute of_note[] = {
    {"", XML_WORD, XML_AT(struct profile_note, text), .required = true}, {0}};
static const struct xml_attribute of_clause[] = {
    {"id", XML_WORD, XML_AT(struct profile_clause, id), .required = true, .unique = true},
    {"", XML_TEXT, XML_AT(struct profile_clause, text)},
    {0}};
static const struct xml_attribute of_parameter[] = {
    {"name", XML_WORD, XML_AT(struct xml_parameter, name), .required = true},
    {"value", XML_TEXT, XML_AT(struct xml_parameter, value), .required = true},
    {0}};
static bool parse_day(struct xml_reader *r, const char *text, void *out)
{
    struct date d;
    (void)r;
    *(const char **)out = text;
    return date_parse(text, &d) && d.precision == DATE_DAY;
}

static const struct xml_attribute of_day[] = {
    {"name", XML_WORD, XML_AT(struct record_default, name), .required = true, .unique = true},
    {"value", XML_PARSED, XML_AT(struct record_default, value), .parse = parse_day,
     .expected = "2027-12-31", .required = true},
    {0}};
static const struct xml_attribute of_list[] = {
    {"type", XML_WORD, XML_AT(struct word_list, type), .required = true, .unique = true},
    {"open", XML_FLAG, XML_AT(struct word_list, open)},
    {0}};
static const struct xml_attribute of_value[] = {
    {"", XML_WORD, XML_AT(struct word_list_value, text), .required = true}, {0}};

static const struct xml_attribute of_part[] = {
    {"name", XML_WORD, XML_AT(struct profile_part, name), .required = true, .unique = true}, {0}};

static void keep_part(struct xml_reader *r, void *self, void *parent)
{
    (void)parent;
    ((struct profile_part *)self)->at = xml_at(r);
}

static bool parse_words(struct xml_reader *r, const char *text, void *out)
{
    char *words = arena_strdup(r->arena, text);
    for (char *c = words; *c; c++)
        *c = strchr("\t\r\n", *c) ? ' ' : *c;
    *(const char **)out = words + strspn(words, " ");
    return true;
}

static const struct xml_attribute of_unasked[] = {{"", XML_PARSED, XML_AT(struct profile, unasked),
                                                   .parse = parse_words, .expected = "words",
                                                   .required = true},
                                                  {0}};

static const struct xml_element elements[] = {
    {"profile", .inside = IN_PROFILE, .attributes = of_profile},
    {"source", IN_PROFILE, 0, of_source, .once = true, .required = true},
    {"unofficial", IN_PROFILE, 0, of_note, sizeof(struct profile_note),
     XML_INTO(struct profile, unofficial)},
    {"unasked", IN_PROFILE, 0, of_unasked, .once = true},
    {"clause", IN_PROFILE, 0, of_clause, sizeof(struct profile_clause),
     XML_INTO(struct profile, clauses)},
    {"paper", IN_PROFILE, 0, of_part, sizeof(struct profile_part),
     XML_INTO(struct profile, papers.list), .end = keep_part},
    {"roster", IN_PROFILE, 0, of_part, sizeof(struct profile_part),
     XML_INTO(struct profile, rosters.list), .end = keep_part},
    {"volume", IN_PROFILE, 0, of_part, sizeof(struct profile_part),
     XML_INTO(struct profile, volumes.list), .end = keep_part},
    {"rubric", IN_PROFILE, 0, of_part, sizeof(struct profile_part),
     XML_INTO(struct profile, rubrics.list), .end = keep_part},
    {"parameter", IN_PROFILE, 0, of_parameter, sizeof(struct xml_parameter),
     XML_INTO(struct profile, parameters)},
    {"day", IN_PROFILE, 0, of_day, sizeof(struct record_default), XML_INTO(struct profile, days)},
    {"list", IN_PROFILE, IN_LIST, of_list, sizeof(struct word_list),
     XML_INTO(struct profile, lists)},
    {"value", IN_LIST, 0, of_value, sizeof(struct word_list_value),
     XML_INTO(struct word_list, values)},
    {0}};

static void name_volumes(struct profile *p)
{
    p->volume_names = p->volumes.n ? ARENA_ARRAY(&p->arena, const char *, p->volumes.n + 1) : NULL;
    for (size_t i = 0; i < p->volumes.n; i++)
        p->volume_names[i] = p->volumes.list[i].name;
}

static void add_parameter(struct profile *p, const char *name, const char *value)
{
    *ARENA_PUSH(&p->arena, p->parameters, p->n_parameters, p->cap_parameters) =
        (struct xml_parameter){name, value};
}

/* {$list-section}: the values of a list, set off by blanks as rules want them. A list that the
 * notice does not give has none: what notices share may ask for it. */
static void add_list_parameters(struct profile *p)
{
    static const char *const shared[] = {"list-mode",      "list-basis",  "list-delegation-kind",
                                         "list-specialty", "list-target", "list-section"};
    for (size_t i = 0; i < p->n_lists; i++) {
        const struct word_list *list = &p->lists[i];
        const char *words = "";
        for (size_t k = 0; k < list->n; k++)
            words = arena_printf(&p->arena, "%s%s%s", words, k ? " " : "", list->values[k].text);
        add_parameter(p, arena_printf(&p->arena, "list-%s", list->type), words);
    }
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        if (!profile_list(p, shared[i] + strlen("list-")))
            add_parameter(p, shared[i], "");
}

struct profile *profile_open(const char *const *dirs, const char *name, struct diag *diag)
{
    struct profile *p = mem_alloc(1, sizeof *p);
    struct xml_reader r = {.elements = elements, .arena = &p->arena, .diag = diag};
    p->unasked = "";
    const char *path = find_template(&p->arena, dirs, "profile.xml", (struct src_pos){0}, diag);

    p->name = arena_strdup(&p->arena, name);
    p->dirs = dirs;
    p->shared = (struct xml_profile){.dirs = dirs};
    xml_use_profile(&p->shared); /* it may include another's */
    bool ok = path && xml_read(&r, path, p);
    name_volumes(p);
    add_list_parameters(p);
    p->shared.parameters = p->parameters;
    p->shared.n = p->n_parameters;
    if (ok)
        return p;
    profile_close(p);
    return NULL;
}

void profile_close(struct profile *p)
{
    if (!p)
        return;
    xml_use_profile(NULL);
    arena_free(&p->arena);
    free(p);
}

const struct word_list *profile_list(const struct profile *p, const char *type)
{
    for (size_t i = 0; i < p->n_lists; i++)
        if (!strcmp(p->lists[i].type, type))
            return &p->lists[i];
    return NULL;
}

bool profile_lists(const struct profile *p, const char *type, const char *value)
{
    const struct word_list *list = profile_list(p, type);
    for (size_t i = 0; list && i < list->n; i++)
        if (!strcmp(list->values[i].text, value))
            return true;
    return !list;
}

size_t profiles_list(struct arena *arena, char ***names)
{
    const char *folder = shenbao_templates();
    DIR *list = opendir(folder);
    struct dirent *e;
    size_t n = 0, cap = 0;

    *names = NULL;
    if (!list)
        machine_ask(folder);
    while (errno = 0, list && (e = readdir(list))) {
        const char *const dirs[] = {arena_printf(arena, "%s/%s", folder, e->d_name), NULL};
        if (*e->d_name != '.' && find_file(arena, dirs, "profile.xml"))
            *ARENA_PUSH(arena, *names, n, cap) = arena_strdup(arena, e->d_name);
    }
    if (list) {
        machine_ask(folder); /* readdir */
        closedir(list);
    }
    if (n > 1)
        qsort(*names, n, sizeof **names, string_order_at);
    return n;
}

bool profile_has_clause(const struct profile *p, const char *id)
{
    for (size_t i = 0; i < p->n_clauses; i++)
        if (!strcmp(p->clauses[i].id, id))
            return true;
    return false;
}

static bool has_part(const struct profile_parts *parts, const char *name)
{
    for (size_t i = 0; i < parts->n; i++)
        if (!strcmp(parts->list[i].name, name))
            return true;
    return false;
}

bool profile_has_kind(const struct profile *p, const char *kind)
{
    return (!strcmp(kind, "roster") && p->rosters.n) || (!strcmp(kind, "volume") && p->volumes.n) ||
           (!strcmp(kind, "rubric") && p->rubrics.n);
}

bool profile_has_part(const struct profile *p, const char *name)
{
    return p->papers.n == 0 || has_part(&p->papers, name) || has_part(&p->rosters, name) ||
           has_part(&p->volumes, name) || has_part(&p->rubrics, name);
}
