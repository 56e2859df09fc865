/* kit.c - see kit.h. */
#include "papers/kit.h"

#include "dossier/volume.h"
#include "record/data.h"

#include <stdlib.h>
#include <string.h>

struct kit {
    struct arena arena;
    struct kit_paper *list;
    size_t n, cap;
};

static const char *const bindings[] = {"loose", "bound", "platform"};
static const char *const going[] = {"bag", "volume", "platform",
                                    NULL}; /* as papers.xml calls them */
static const char *const prints[] = {"run", "single", "no", NULL};
static const char *const scopes[] = {"applicant", "delegation", NULL};
static const char *const truths[] = {"false", "true", NULL};

/* The place of the attribute's value among the words; 0 when it is absent. */
static int choice(struct kit *k, const record_node *node, const char *name,
                  const char *const *words, struct diag *diag)
{
    const char *text = record_attribute(node, name, &k->arena);
    if (!*text)
        return 0;
    for (int i = 0; words[i]; i++)
        if (!strcmp(words[i], text))
            return i;
    diag_system(diag, record_pos(node), "%s=\"%s\" 不合要求，可用的如 %s",
                "%s=\"%s\" is none of those allowed, like %s", name, text, words[0]);
    return 0;
}

/* What papers.xml says of it; NULL: nothing. */
static const record_node *needed(struct kit *k, record_node *papers, const char *name)
{
    for (record_node *item = NULL; (item = record_child(papers, item));)
        if (!strcmp(record_attribute(item, "name", &k->arena), name))
            return item;
    return NULL;
}

/* The attribute of the first of the two that has it. */
static const char *either(struct kit *k, const record_node *node, const record_node *item,
                          const char *name)
{
    const char *own = record_attribute(node, name, &k->arena);
    return *own || !item ? own : record_attribute(item, name, &k->arena);
}

static bool option_given(const char *name)
{
    const struct option_own *list;
    size_t n = volume_options(&list);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].name, name))
            return *list[i].value != NULL;
    return false;
}

static void read_paper(struct kit *k, const record_node *node, record_node *papers,
                       struct press *press, struct diag *diag)
{
    struct src_pos at = record_pos(node);
    const char *name = record_attribute(node, "name", &k->arena),
               *file = record_attribute(node, "file", &k->arena);
    const record_node *item = needed(k, papers, name);
    const char *when = either(k, node, item, "when"), *copies = either(k, node, item, "copies");
    struct kit_paper p = {.name = name, .file = file, .at = at, .paper = -1};
    long long bytes;
    char *end;

    if (strcmp(record_name(node), "paper") || !*name || !*file) {
        diag_system(diag, at, "<%s> 不合要求：只能是带 name 和 file 的 <paper>",
                    "<%s>: only <paper> with name and file stands here", record_name(node));
        return;
    }
    for (size_t i = 0; i < k->n; i++)
        if (!strcmp(k->list[i].file, file))
            diag_system(diag, at, "file=\"%s\" 已用于 %s", "file=\"%s\" is %s's already", file,
                        k->list[i].name);
    p.delegation = choice(k, node, "for", scopes, diag) == 1;
    int goes = item ? choice(k, item, "goes", going, diag) : 0;
    p.binding = bindings[goes];
    p.print = *record_attribute(node, "print", &k->arena)
                  ? (enum kit_print)choice(k, node, "print", prints, diag)
              : goes == 1 ? KIT_NOT /* with the volume */
                          : KIT_RUN;
    p.duplex = choice(k, node, "duplex", truths, diag) == 1;
    p.copies = *copies ? (int)strtol(copies, &end, 10) : 1;
    if (*copies && (*end || p.copies < 1 || p.copies > 99))
        diag_system(diag, at, "copies=\"%s\" 应为 1 到 99", "copies=\"%s\" must be 1 to 99",
                    copies);
    if (*when)
        p.when = query_new(
            when, item && !*record_attribute(node, "when", &k->arena) ? record_pos(item) : at,
            diag);
    p.sheet = !strcmp(name, "roster");
    p.paper = p.sheet ? -1 : press_load(press, name, at, diag);
    if (p.paper >= 0 && !digest_file(press_template(press, p.paper), p.digest, &bytes))
        diag_system(diag, (struct src_pos){press_template(press, p.paper), 0}, "无法读取",
                    "cannot be read");
    if (p.paper >= 0 && press_is_volume(press, p.paper) && option_given("duplex"))
        p.duplex = true; /* its pages were laid for it */
    *ARENA_PUSH(&k->arena, k->list, k->n, k->cap) = p;
}

struct kit *kit_load(const char *path, const char *papers_path, struct press *press,
                     struct diag *diag)
{
    size_t errors = diag->count[SEVERITY_ERROR];
    record_node *root = record_data_read(path, diag), *papers = record_data_read(papers_path, diag);
    if (!root || !papers) {
        record_data_free(root);
        record_data_free(papers);
        return NULL;
    }
    struct kit *k = mem_alloc(1, sizeof *k);
    for (record_node *node = NULL; (node = record_child(root, node));)
        read_paper(k, node, papers, press, diag);
    for (size_t i = 0; i < k->n; i++)
        k->list[i].at.file = arena_strdup(&k->arena, k->list[i].at.file);
    record_data_free(root);
    record_data_free(papers);
    if (diag->count[SEVERITY_ERROR] == errors)
        return k;
    kit_free(k);
    return NULL;
}

void kit_free(struct kit *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < k->n; i++)
        query_free(k->list[i].when);
    arena_free(&k->arena);
    free(k);
}

size_t kit_papers(const struct kit *k, const struct kit_paper **out)
{
    *out = k->list;
    return k->n;
}

bool kit_wants(const struct kit_paper *p, struct query_context *ctx, record_node *root)
{
    return !p->when || query_bool(p->when, ctx, (struct query_place){root, 1, 1});
}
