/* named_paper.c - see named_paper.h. */
#include "profile/named_paper.h"

#include "core/find.h"
#include "core/paths.h"
#include "profile/profile.h"
#include "xml/include.h"
#include "xml/xml_node.h"
#include "xml/xml_reader.h"

#include <string.h>

#include <libxml/tree.h>

static bool is_root(const xmlNode *n, const char *name)
{
    return !strcmp((const char *)n->name, name);
}

static void describe(struct named_paper *p, struct arena *arena)
{
    static const char *const of[][SCOPE_COUNT][LANGUAGE_COUNT] = {
        {{"每人一份 PDF", "one PDF an applicant"},
         {"每个单位一份 PDF", "one PDF a unit"},
         {"每个委托单位一份 PDF", "one PDF a delegation"},
         {"全批一份 PDF", "one PDF of the batch"}},
        {{"每人一份 XLSX（或 PDF）", "XLSX (or PDF), one an applicant"},
         {"每个单位一份 XLSX（或 PDF）", "XLSX (or PDF), one a unit"},
         {"每个委托单位一份 XLSX（或 PDF）", "XLSX (or PDF), one a delegation"},
         {"全批一份 XLSX（或 PDF）", "XLSX (or PDF), one of the batch"}}};
    const char *const *each = of[p->kind == PAPER_ROSTER][p->scope];
    p->purpose[LANGUAGE_ZH] = arena_printf(arena, "%s，%s", p->title, each[LANGUAGE_ZH]);
    p->purpose[LANGUAGE_EN] = arena_printf(arena, "%s, %s", p->title, each[LANGUAGE_EN]);
}

/* A template that cannot be read is a paper all the same: who draws it says what is wrong. */
static bool read_root(struct named_paper *p, const char *path, struct arena *arena)
{
    struct diag silent = {0};
    xmlDoc *doc = xml_parse_file(path, arena, &silent);
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    bool known =
        !root || is_root(root, "form") || is_root(root, "roster") || is_root(root, "dossier");

    p->title = p->name;
    if (root && known) {
        p->kind = is_root(root, "roster")    ? PAPER_ROSTER
                  : is_root(root, "dossier") ? PAPER_VOLUME
                                             : PAPER_FORM;
        p->title = xml_attribute_text(root, "title", arena);
        int scope = xml_word_place(RECORD_SCOPE_WORDS, xml_attribute_text(root, "for", arena));
        p->scope = scope >= 0                ? (enum record_scope)scope
                   : p->kind == PAPER_ROSTER ? SCOPE_DELEGATION
                                             : SCOPE_APPLICANT;
    }
    describe(p, arena);
    xml_free(doc);
    diag_clear(&silent);
    return known;
}

/* A title that has the profile's parameters in it. */
static void fill_title(struct named_paper *p, const char *dir, const char *path,
                       struct arena *arena)
{
    struct diag silent = {0};
    struct profile *profile = profile_open(shenbao_template_dirs(NULL, dir), dir, &silent);
    xmlDoc *doc = profile ? xml_document(path, arena, &silent) : NULL;
    if (doc)
        p->title = xml_attribute_text(xmlDocGetRootElement(doc), "title", arena);
    describe(p, arena);
    xml_free(doc);
    profile_close(profile);
    diag_clear(&silent);
}

/* In a folder, and with base in what all profiles share. */
static bool find_in(struct named_paper *p, const char *dir, bool base, struct arena *arena)
{
    const char *shared = arena_printf(arena, "%s/base", shenbao_templates()),
               *const dirs[] = {dir, base ? shared : NULL, NULL};
    const char *path = find_file(arena, dirs, arena_printf(arena, "%s.xml", p->name));
    if (!path || !read_root(p, path, arena))
        return false;
    if (base && strstr(p->title, "{$"))
        fill_title(p, dir, path, arena);
    return true;
}

/* What stands behind an option, as "-T X", "-TX", "--profile X" or "--profile=X". */
static const char *option(int argc, char **argv, const char *name)
{
    size_t n = strlen(name);
    for (int i = 1; i < argc; i++) {
        bool is_long = name[1] == '-';
        if (!strcmp(argv[i], name))
            return argv[i + 1];
        if (!strncmp(argv[i], name, n) && (!is_long || argv[i][n] == '='))
            return argv[i] + n + is_long;
    }
    return NULL;
}

static bool is_one_of(const char *name, char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

bool named_paper_find(struct named_paper *p, int argc, char **argv, struct arena *arena)
{
    const char *overlay = option(argc, argv, "-T"), *profile = option(argc, argv, "--profile"),
               *ours;
    char **all;
    size_t n = profiles_list(arena, &all);

    *p = (struct named_paper){.name = argv[0]};
    if (!*p->name || strchr(p->name, '/') || *p->name == '.')
        return false;
    ours = arena_printf(arena, "%s/%s", shenbao_templates(), profile ? profile : SHENBAO_PROFILE);
    if (profile && !is_one_of(profile, all, n)) /* a folder somewhere else */
        ours = profile;
    if ((overlay && find_in(p, overlay, false, arena)) || find_in(p, ours, true, arena))
        return true;
    for (size_t i = 0; i < n; i++)
        if (find_in(p, arena_printf(arena, "%s/%s", shenbao_templates(), all[i]), true, arena))
            return true;
    return false;
}

size_t named_paper_list(const char *profile, struct arena *arena, struct named_paper **out)
{
    const char *const dirs[] = {arena_printf(arena, "%s/%s", shenbao_templates(), profile),
                                arena_printf(arena, "%s/base", shenbao_templates()), NULL};
    const char *path = find_file(arena, dirs, "package.xml");
    struct diag silent = {0};
    xmlDoc *doc = path ? xml_parse_file(path, arena, &silent) : NULL;
    size_t n = 0, cap = 0;

    *out = NULL;
    for (const xmlNode *x = doc ? xmlDocGetRootElement(doc)->children : NULL; x; x = x->next) {
        if (x->type != XML_ELEMENT_NODE || !is_root(x, "paper"))
            continue;
        struct named_paper *p = ARENA_PUSH(arena, *out, n, cap);
        *p = (struct named_paper){.name = xml_attribute_text(x, "name", arena)};
        if (!find_in(p, dirs[0], true, arena))
            n--;
    }
    xml_free(doc);
    diag_clear(&silent);
    return n;
}
