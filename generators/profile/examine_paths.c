/* examine_paths.c - steps of expressions that the vocabulary does not have, and elements that a
 * paper about several people asks for and does not see of them. See examination.h. */
#include "core/find.h"
#include "profile/examination.h"
#include "profile/path_words.h"
#include "xml/xml_node.h"
#include "xml/xml_reader.h"

#include <string.h>

struct paths {
    struct examination *examination;
    struct path_words words;
    const struct examined_file *file;
    const xmlNode *node;  /* the element whose expression is followed */
    const char *elements; /* those that the form sees of each applicant; NULL: all */
    struct buffer told;   /* places and steps: a piece that several files include has them once */
    struct word_set person, applicant, all;
};

/* On which nodes an expression is asked. */
enum place {
    HERE,     /* on those that the element itself selects, else those of its parent */
    OUTSIDE,  /* on those of its parent, whatever it selects itself */
    SELECTS,  /* likewise, and what it selects is what HERE means */
    ANYWHERE, /* on elements of an applicant, which ones is not known */
    PERSON,   /* on the applicant */
    SUBJECT   /* on an applicant, a unit, a delegation or the batch */
};

static const struct use {
    const char *root;    /* of the file */
    const char *element; /* NULL: any */
    const char *attribute;
    enum place place;
} uses[] = {{"form", "for-each", "select", SELECTS},
            {"form", NULL, "select", HERE},
            {"form", NULL, "test", HERE},
            {"form", NULL, "checked", HERE},
            {"form", NULL, "anchor", HERE},
            {"form", "image", "href", HERE},
            {"form", "link", "to", HERE},
            {"roster", "roster", "when", PERSON},
            {"roster", "field", "select", SUBJECT},
            {"roster", NULL, "select", PERSON},
            {"roster", "count", "test", PERSON},
            {"rules", "define", "select", PERSON},
            {"rules", "gather", "each", SELECTS},
            {"rules", "gather", "key", HERE},
            {"rules", "let", "select", HERE},
            {"rules", "case", "each", SELECTS},
            {"rules", "case", "from", OUTSIDE},
            {"rules", "case", "to", OUTSIDE},
            {"rules", "case", "when", HERE},
            {"rules", "case", "field", HERE},
            {"rules", "case", "key", HERE},
            {"rules", "case", "value", HERE},
            {"papers", "item", "when", PERSON},
            {"package", "paper", "when", SUBJECT},
            {"dossier", "items", "select", SELECTS},
            {"dossier", "items", "title", HERE},
            {"dossier", "items", "sort", HERE},
            {"dossier", NULL, "when", PERSON},
            {"dossier", "copies", "evidence", ANYWHERE},
            {"dossier", "copies", "detail", ANYWHERE},
            {"dossier", "copies", "loose", ANYWHERE},
            {"dossier", "copies", "platform", PERSON},
            {"upload", "group", "select", SELECTS},
            {"upload", "group", "sort", HERE},
            {"upload", "field", "select", HERE},
            {"upload", "field", "when", HERE},
            {"upload", "files", "evidence", ANYWHERE},
            {"upload", "file", "select", SELECTS},
            {"upload", "file", "title", HERE},
            {"upload", "file", "sort", HERE},
            {"upload", "file", "extracted", HERE},
            {"upload", "file", "required", PERSON},
            {"rubric", "rubric", "proof", ANYWHERE},
            {"rubric", "rubric", "test", PERSON},
            {"rubric", "criterion", "test", ANYWHERE}};

/* Has the step been reported in the line where it is written? Notes it. */
static bool was_told(struct paths *p, const char *step)
{
    static const char inner[] = ": ";
    struct src_pos at = xml_place(p->node);
    for (const char *s; (s = strstr(at.file, inner));)
        at.file = s + strlen(inner);
    const char *key = arena_printf(&p->examination->arena, "\n%s:%ld %s\n", at.file, at.line, step);
    bool told = p->told.data && strstr((const char *)p->told.data, key);
    p->told.len -= p->told.len > 0; /* the NUL */
    buffer_puts(&p->told, told ? "" : key);
    buffer_putc(&p->told, '\0');
    return told;
}

static void tell_unknown(void *owner, const char *step, const char *near)
{
    struct paths *p = owner;
    struct arena *a = &p->examination->arena;
    struct finding f = {.severity = SEVERITY_WARNING, .at = xml_place(p->node)};
    f.text[LANGUAGE_ZH] =
        arena_printf(a, "数据里没有 %s 这个词，取不到内容%s%s；词表是 shenbao schema 写出的文件",
                     step, near ? "；是不是 " : "", near ? near : "");
    f.text[LANGUAGE_EN] = arena_printf(
        a,
        "the input has no word %s, so that nothing is selected%s%s%s; shenbao schema writes the "
        "words that there are",
        step, near ? "; is it " : "", near ? near : "", near ? "?" : "");
    if (!was_told(p, step))
        diag_pass(p->examination->diag, &f);
}

/* An element below the applicant that the form's `elements` leave out. */
static void tell_left_out(void *owner, const struct word *parent, const struct word *child)
{
    struct paths *p = owner;
    if (p->elements && p->person.has[parent->number] &&
        xml_word_place(p->elements, child->name) < 0)
        examination_warn(p->examination, p->node,
                         "elements 里没有它，这里取不到；请在 form 的 elements 里加上",
                         "it is not among the form's elements, so that nothing is selected here; "
                         "add it to them",
                         child->name);
}

static struct word_set follow(struct paths *p, const xmlNode *n, const char *xpath,
                              struct word_set at)
{
    p->node = n;
    return path_words_follow(&p->words, xpath, at);
}

/* The expressions between the braces of a message. */
static void follow_message(struct paths *p, const xmlNode *n, const char *text, struct word_set at)
{
    for (const char *s = text; s && (s = strchr(s, '{'));) {
        const char *end = strchr(s, '}');
        if (!end)
            return;
        follow(p, n, arena_strndup(&p->examination->arena, s + 1, (size_t)(end - s - 1)), at);
        s = end;
    }
}

static const struct use *use_of(const char *root, const char *element, const char *attribute)
{
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        if (!strcmp(uses[i].root, root) && !strcmp(uses[i].attribute, attribute) &&
            (!uses[i].element || !strcmp(uses[i].element, element)))
            return &uses[i];
    return NULL;
}

static bool is_selecting(const struct use *u)
{
    return u && u->place == SELECTS;
}

/* What an element's own expressions and its children are asked on. */
static struct word_set place_of(struct paths *p, const char *root, const xmlNode *n,
                                struct word_set outside)
{
    const char *on = xml_attribute(n, "on", &p->examination->arena);
    bool rules = !strcmp(root, "rules");
    if (!strcmp(root, "form") && xml_is_named(n, "template"))
        return p->all; /* wherever it is called */
    if (rules && xml_is_named(n, "rule"))
        outside = on ? path_words_named(&p->words, on) : p->applicant;
    if (rules && xml_is_named(n, "case") && on)
        outside = path_words_named(&p->words, on);
    for (const xmlAttr *a = n->properties; a; a = a->next)
        if (a->children && is_selecting(use_of(root, (const char *)n->name, (const char *)a->name)))
            return follow(p, n, (const char *)a->children->content, outside);
    return outside;
}

static void follow_attributes(struct paths *p, const char *root, const xmlNode *n,
                              struct word_set outside, struct word_set here)
{
    for (const xmlAttr *a = n->properties; a; a = a->next) {
        const struct use *u = use_of(root, (const char *)n->name, (const char *)a->name);
        if (!u || !a->children || is_selecting(u))
            continue;
        follow(p, n, (const char *)a->children->content,
               u->place == HERE       ? here
               : u->place == OUTSIDE  ? outside
               : u->place == ANYWHERE ? p->all
               : u->place == PERSON
                   ? p->applicant
                   : path_words_named(&p->words, "applicant unit delegation batch"));
    }
}

static void follow_element(struct paths *p, const char *root, const xmlNode *n,
                           struct word_set outside)
{
    struct word_set here = place_of(p, root, n, outside);
    follow_attributes(p, root, n, outside, here);
    if (!strcmp(root, "rules") && xml_is_named(n, "case"))
        follow_message(p, n, xml_attribute(n, "label", &p->examination->arena), here);
    for (const xmlNode *c = n->children; c; c = c->next) {
        if (c->type == XML_ELEMENT_NODE)
            follow_element(p, root, c, here);
        else if (c->type == XML_TEXT_NODE && !strcmp(root, "rules"))
            follow_message(p, n, (const char *)c->content, here);
    }
}

/* Those that a volume is put together by start at nodes that only the volume has. */
static bool is_of_volume(struct examination *e, const char *name)
{
    static const char *const pieces[] = {"cover", "contents", "separator", "stamp", "missing"};
    for (size_t i = 0; i < e->n; i++) {
        const xmlNode *root = xmlDocGetRootElement(e->files[i].document);
        for (size_t k = 0; xml_is_named(root, "dossier") && k < sizeof pieces / sizeof *pieces;
             k++) {
            const char *piece = xml_attribute(root, pieces[k], &e->arena);
            if (piece && !strcmp(piece, name))
                return true;
        }
    }
    return !strncmp(name, "print-", strlen("print-")) ||
           !strncmp(name, "dossier-", strlen("dossier-"));
}

/* The notice's own files, the shared rules, and the shared papers that its index names. */
static bool is_examined(struct examination *e, const struct examined_file *f)
{
    const xmlNode *root = xmlDocGetRootElement(f->document);
    bool form = xml_is_named(root, "form"), paper = form || xml_is_named(root, "roster");
    if (!f->whole || (form && is_of_volume(e, f->name)))
        return false;
    return f->own || xml_is_named(root, "rules") ||
           (paper && e->profile->papers.n && profile_has_part(e->profile, f->name));
}

static void examine(struct paths *p, const struct examined_file *f)
{
    const xmlNode *root = xmlDocGetRootElement(f->whole);
    const char *name = (const char *)root->name,
               *scope = xml_attribute(root, "for", &p->examination->arena);
    p->file = f;
    p->elements = xml_attribute(root, "elements", &p->examination->arena);
    follow_element(p, name, root,
                   scope && !strcmp(name, "form") ? path_words_named(&p->words, scope)
                                                  : p->applicant);
    p->elements = NULL;
}

/* The notice's own dates, which a batch gets that does not give them. */
static void examine_days(struct paths *p, const xmlNode *root)
{
    const struct word *batch = vocabulary_root(p->words.vocabulary);
    for (const xmlNode *n = root->children; n; n = n->next) {
        const char *name =
            xml_is_named(n, "day") ? xml_attribute(n, "name", &p->examination->arena) : NULL;
        if (name && batch && !word_attribute(batch, name))
            follow(p, n, arena_printf(&p->examination->arena, "@%s", name),
                   path_words_named(&p->words, batch->name));
    }
}

void examine_paths(struct examination *e)
{
    const char *path = find_file(&e->arena, e->profile->dirs, "applicants.xsd");
    struct diag silent = {0}; /* who reads the record by it says what is wrong with it */
    xmlDoc *schema = path ? xml_document(path, &e->arena, &silent) : NULL;
    struct paths p = {.examination = e};

    diag_clear(&silent);
    if (!schema)
        return;
    p.words = (struct path_words){.vocabulary = vocabulary_new(schema, &e->arena),
                                  .arena = &e->arena,
                                  .owner = &p,
                                  .unknown = tell_unknown,
                                  .met = tell_left_out};
    path_words_init(&p.words);
    p.applicant = path_words_named(&p.words, "applicant");
    p.all = path_words_all(&p.words);
    p.person = path_words_below(&p.words, p.applicant);
    for (size_t i = 0; i < e->n; i++) {
        const xmlNode *root = xmlDocGetRootElement(e->files[i].document);
        if (is_examined(e, &e->files[i]))
            examine(&p, &e->files[i]);
        if (e->files[i].own && xml_is_named(root, "profile"))
            examine_days(&p, root);
    }
    buffer_clear(&p.told);
    xml_free(schema);
}
