/* xpath_check.c - see xpath_check.h. Reads an expression's brackets, names and commas; the grammar
 * is libxml2's. */
#include "query/xpath_check.h"

#include "core/spelling.h"
#include "core/strings.h"
#include "record/quote.h"

#include <string.h>

static const struct query_function core_functions[] = {
    {"last", 0, 0, NULL, NULL},
    {"position", 0, 0, NULL, NULL},
    {"count", 1, 1, NULL, NULL},
    {"id", 1, 1, NULL, NULL},
    {"local-name", 0, 1, NULL, NULL},
    {"namespace-uri", 0, 1, NULL, NULL},
    {"name", 0, 1, NULL, NULL},
    {"string", 0, 1, NULL, NULL},
    {"concat", 2, XPATH_ANY, NULL, NULL},
    {"starts-with", 2, 2, NULL, NULL},
    {"contains", 2, 2, NULL, NULL},
    {"substring-before", 2, 2, NULL, NULL},
    {"substring", 2, 3, NULL, NULL},
    {"substring-after", 2, 2, NULL, NULL},
    {"string-length", 0, 1, NULL, NULL},
    {"translate", 3, 3, NULL, NULL},
    {"normalize-space", 0, 1, NULL, NULL},
    {"boolean", 1, 1, NULL, NULL},
    {"not", 1, 1, NULL, NULL},
    {"true", 0, 0, NULL, NULL},
    {"false", 0, 0, NULL, NULL},
    {"lang", 1, 1, NULL, NULL},
    {"number", 0, 1, NULL, NULL},
    {"sum", 1, 1, NULL, NULL},
    {"floor", 1, 1, NULL, NULL},
    {"ceiling", 1, 1, NULL, NULL},
    {"round", 1, 1, NULL, NULL},
};
static const struct query_library core = {core_functions,
                                          sizeof core_functions / sizeof *core_functions};

struct bracket {
    const struct query_function *function; /* NULL: it groups, or holds a predicate */
    int commas;
    bool filled;
};

struct check {
    const struct query_library *const *ours;
    struct arena *arena;
    const char **text;
    struct bracket open[XPATH_DEPTH_LIMIT];
    int depth;
};

static bool starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool in_name(char c)
{
    return starts_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static const char *skip_space(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static bool say(struct check *c, const char *zh, const char *en)
{
    c->text[LANGUAGE_ZH] = zh;
    c->text[LANGUAGE_EN] = en;
    return false;
}

static const struct query_function *find(const struct check *c, const char *name)
{
    const struct query_library *library = &core;
    for (size_t i = 0; library; library = c->ours[i++])
        for (size_t k = 0; k < library->n; k++)
            if (!strcmp(library->functions[k].name, name))
                return &library->functions[k];
    return NULL;
}

static const char *nearest(const struct check *c, const char *name)
{
    const struct query_library *library = &core;
    struct spelling_guess guess = {.word = name};
    for (size_t i = 0; library; library = c->ours[i++])
        for (size_t k = 0; k < library->n; k++)
            spelling_guess(&guess, library->functions[k].name);
    return guess.best ? guess.best : "";
}

static bool open_bracket(struct check *c, const struct query_function *f)
{
    if (c->depth == XPATH_DEPTH_LIMIT)
        return say(
            c, arena_printf(c->arena, "括号嵌套超过 %d 层", XPATH_DEPTH_LIMIT),
            arena_printf(c->arena, "brackets are nested more than %d deep", XPATH_DEPTH_LIMIT));
    c->open[c->depth++] = (struct bracket){.function = f};
    return true;
}

static bool close_bracket(struct check *c)
{
    if (c->depth == 0)
        return say(c, "括号不成对", "brackets do not match");
    const struct bracket *b = &c->open[--c->depth];
    int given = b->commas + b->filled;
    const struct query_function *f = b->function;
    if (!f || (given >= f->least && given <= f->most))
        return true;
    const char *most = f->most == f->least    ? ""
                       : f->most == XPATH_ANY ? "—…"
                                              : arena_printf(c->arena, "—%d", f->most);
    return say(c,
               arena_printf(c->arena, "函数 %s 应有 %d%s 个参数，这里有 %d 个", f->name, f->least,
                            most, given),
               arena_printf(c->arena, "the function %s takes %d%s arguments, not %d", f->name,
                            f->least, most, given));
}

/* A name at *p: moves over it, and over the bracket when it is a function's. */
static bool scan_name(struct check *c, const char **p)
{
    static const char *const node_tests[] = {"node", "text", "comment", "processing-instruction",
                                             NULL};
    static const char *const operators[] = {"and", "or", "div", "mod", NULL};
    const char *start = *p;

    while (in_name(**p) || ((*p)[0] == ':' && (*p)[1] != ':' && (*p)[-1] != ':'))
        ++*p;
    const char *name = arena_strndup(c->arena, start, (size_t)(*p - start)), *next = skip_space(*p);
    if (*next != '(' || string_is_in(name, operators))
        return true;
    *p = next + 1;
    if (string_is_in(name, node_tests))
        return open_bracket(c, NULL);
    const struct query_function *f = find(c, name);
    const char *near = f ? "" : nearest(c, name);
    if (!f)
        return say(c,
                   arena_printf(c->arena, "没有函数 %s%s%s", quote_name(c->arena, name),
                                *near ? "；是不是 " : "", near),
                   arena_printf(c->arena, "there is no function %s%s%s%s",
                                quote_name(c->arena, name), *near ? "; is it " : "", near,
                                *near ? "?" : ""));
    return open_bracket(c, f);
}

static bool scan_token(struct check *c, const char **p)
{
    char ch = **p;
    struct bracket *b = c->depth ? &c->open[c->depth - 1] : NULL;

    if (b && ch != ')' && ch != ']')
        b->filled = true;
    if (starts_name(ch))
        return scan_name(c, p);
    if (ch == '"' || ch == '\'') {
        const char *end = strchr(*p + 1, ch);
        if (!end)
            return say(c, "字符串缺少结尾的引号", "a string lacks its closing quote");
        *p = end + 1;
        return true;
    }
    ++*p;
    if (ch == '$') {
        *p = skip_space(*p);
        while (in_name(**p))
            ++*p;
    } else if (ch == '(' || ch == '[') {
        return open_bracket(c, NULL);
    } else if (ch == ')' || ch == ']') {
        return close_bracket(c);
    } else if (ch == ',' && b) {
        b->commas++;
    } else if (ch >= '0' && ch <= '9') {
        while (in_name(**p) && !starts_name(**p) && **p != '-')
            ++*p;
    }
    return true;
}

bool xpath_check(const char *xpath, const struct query_library *const *ours, struct arena *arena,
                 const char *text[LANGUAGE_COUNT])
{
    struct check c = {.ours = ours, .arena = arena, .text = text};

    if (strlen(xpath) > XPATH_LENGTH_LIMIT)
        return say(
            &c, arena_printf(arena, "表达式超过 %d 字节", XPATH_LENGTH_LIMIT),
            arena_printf(arena, "the expression is longer than %d bytes", XPATH_LENGTH_LIMIT));
    for (const char *p = skip_space(xpath); *p; p = skip_space(p))
        if (!scan_token(&c, &p))
            return false;
    return c.depth == 0 || say(&c, "括号不成对", "brackets do not match");
}
