/* path_words.c - see path_words.h. Reads as much of XPath's grammar as steps, predicates and
 * arguments need; who compiles the expression judges the rest. */
#include "profile/path_words.h"

#include "core/spelling.h"
#include "xml/xml_reader.h"

#include <string.h>

enum { DEPTH_MAX = 50 };

struct walk {
    const struct path_words *w;
    const char *p;
    int depth;
};

static const struct word_set foreign = {.foreign = true};

static struct word_set expression(struct walk *k, struct word_set at);

/* Elements that no input has: what the reader adds to units (record.h), what papers(), rubric() and
 * rubrics() select. */
static const struct made_word {
    const char *name, *attributes;
    const char *parents;   /* words that have it, of these or of the vocabulary */
    const char *functions; /* that select it */
} made_words[] = {{"recommended", "target grade n", "unit", ""},
                  {"item", "name title when copies goes clause signed seals", "", "papers"},
                  {"rubric", "name official total pass once proof test", "", "rubric rubrics"},
                  {"specialty", "", "rubric", ""},
                  {"rank", "to factor", "rubric ranks", ""},
                  {"ranks", "id", "rubric", ""},
                  {"part", "id name max", "rubric", ""},
                  {"group", "name max mode count", "part", ""},
                  {"item", "id name max mode count ranked ranks each directory", "part group", ""},
                  {"criterion", "points test", "item", ""}};
enum { MADE_WORDS = sizeof made_words / sizeof *made_words };

/* --- sets of words --- */

static size_t document(const struct path_words *w)
{
    return w->n;
}

static struct word_set empty_set(const struct path_words *w)
{
    return (struct word_set){.has = arena_alloc(w->arena, document(w) + 1, sizeof(bool))};
}

static void number_words(struct path_words *w, const struct word *word)
{
    if (!word || w->words[word->number])
        return;
    w->words[word->number] = word;
    for (size_t i = 0; i < word->n_children; i++) {
        w->children[word->number * w->n + word->children[i]->number] = true;
        number_words(w, word->children[i]);
    }
}

static const struct word *make_word(struct path_words *w, const struct made_word *m, size_t number)
{
    struct word *word = ARENA_NEW(w->arena, struct word);
    struct word_attribute *list = NULL;
    size_t cap = 0;
    word->name = m->name;
    word->number = number;
    for (const char *s = m->attributes; *s; s += strspn(s, " ")) {
        size_t len = strcspn(s, " ");
        *ARENA_PUSH(w->arena, list, word->n_attributes, cap) =
            (struct word_attribute){.name = arena_strndup(w->arena, s, len)};
        s += len;
    }
    word->attributes = list;
    return word;
}

void path_words_init(struct path_words *w)
{
    size_t own = vocabulary_size(w->vocabulary);
    w->n = own + MADE_WORDS;
    w->words = arena_alloc(w->arena, w->n, sizeof *w->words);
    w->children = arena_alloc(w->arena, w->n * w->n, sizeof *w->children);
    number_words(w, vocabulary_root(w->vocabulary));
    for (size_t i = 0; i < MADE_WORDS; i++)
        w->words[own + i] = make_word(w, &made_words[i], own + i);
    for (size_t i = 0; i < MADE_WORDS; i++)
        for (size_t k = 0; k < w->n; k++)
            if (xml_word_place(made_words[i].parents, w->words[k]->name) >= 0)
                w->children[k * w->n + own + i] = true;
}

struct word_set path_words_all(const struct path_words *w)
{
    struct word_set all = empty_set(w);
    memset(all.has, true, document(w) + 1);
    return all;
}

/* What a function selects of these. */
static struct word_set made_by(const struct path_words *w, const char *function)
{
    struct word_set s = empty_set(w);
    s.foreign = true;
    for (size_t i = 0; i < MADE_WORDS; i++)
        if (xml_word_place(made_words[i].functions, function) >= 0) {
            s.has[w->n - MADE_WORDS + i] = true;
            s.foreign = false;
        }
    return s;
}

struct word_set path_words_named(const struct path_words *w, const char *names)
{
    struct word_set s = empty_set(w);
    for (size_t i = 0; i < document(w); i++)
        s.has[i] =
            i < vocabulary_size(w->vocabulary) && xml_word_place(names, w->words[i]->name) >= 0;
    return s;
}

static bool has(struct word_set s, size_t number)
{
    return s.has && s.has[number];
}

static struct word_set joined(const struct path_words *w, struct word_set a, struct word_set b)
{
    struct word_set s = empty_set(w);
    s.foreign = a.foreign || b.foreign;
    for (size_t i = 0; i <= document(w); i++)
        s.has[i] = has(a, i) || has(b, i);
    return s;
}

static struct word_set children_of(const struct path_words *w, struct word_set of)
{
    struct word_set s = empty_set(w);
    s.foreign = of.foreign;
    for (size_t i = 0; i < w->n; i++)
        for (size_t c = 0; has(of, i) && c < w->n; c++)
            s.has[c] |= w->children[i * w->n + c];
    if (has(of, document(w)) && vocabulary_root(w->vocabulary))
        s.has[vocabulary_root(w->vocabulary)->number] = true;
    return s;
}

static struct word_set parents_of(const struct path_words *w, struct word_set of)
{
    if (of.bearers)
        return (struct word_set){.has = of.bearers};
    struct word_set s = empty_set(w);
    s.foreign = of.foreign;
    for (size_t i = 0; i < w->n; i++)
        for (size_t c = 0; c < w->n; c++)
            s.has[i] |= w->children[i * w->n + c] && has(of, c);
    return s;
}

static size_t count(const struct path_words *w, struct word_set s)
{
    size_t n = 0;
    for (size_t i = 0; i <= document(w); i++)
        n += has(s, i);
    return n;
}

static struct word_set closure(const struct path_words *w, struct word_set s,
                               struct word_set (*next)(const struct path_words *, struct word_set))
{
    for (size_t before = 0, n = 1; n > before;) {
        before = count(w, s);
        s = joined(w, s, next(w, s));
        n = count(w, s);
    }
    return s;
}

static struct word_set itself(const struct path_words *w, struct word_set s)
{
    (void)w;
    return s;
}

static struct word_set below(const struct path_words *w, struct word_set s)
{
    return closure(w, s, children_of);
}

struct word_set path_words_below(const struct path_words *w, struct word_set of)
{
    return below(w, of);
}

static struct word_set above(const struct path_words *w, struct word_set s)
{
    return closure(w, s, parents_of);
}

static struct word_set beside(const struct path_words *w, struct word_set s)
{
    return children_of(w, parents_of(w, s));
}

/* --- steps --- */

/* The set's word, when it is one alone; "": several. */
static const char *only_word(const struct path_words *w, struct word_set s)
{
    const char *name = "";
    for (size_t i = 0; i < document(w); i++) {
        if (has(s, i) && *name)
            return "";
        if (has(s, i))
            name = w->words[i]->name;
    }
    return name;
}

static void report(const struct path_words *w, struct word_set of, const char *step,
                   const char *near)
{
    const char *whose = only_word(w, of);
    w->unknown(w->owner, arena_printf(w->arena, "%s%s%s", whose, *whose ? "/" : "", step), near);
}

static void attribute_step(const struct path_words *w, struct word_set of, const char *name)
{
    struct spelling_guess guess = {.word = name};
    for (size_t i = 0; i < document(w); i++)
        for (size_t a = 0; has(of, i) && a < w->words[i]->n_attributes; a++) {
            if (!strcmp(w->words[i]->attributes[a].name, name))
                return;
            spelling_guess(&guess, w->words[i]->attributes[a].name);
        }
    if (!of.foreign)
        report(w, of, arena_printf(w->arena, "@%s", name),
               guess.best ? arena_printf(w->arena, "@%s", guess.best) : NULL);
}

/* Those of the candidates that bear the name; none is reported. */
static struct word_set named_step(const struct path_words *w, struct word_set from,
                                  struct word_set candidates, const char *name)
{
    struct word_set s = empty_set(w);
    struct spelling_guess guess = {.word = name};
    for (size_t i = 0; i < document(w); i++) {
        if (!has(candidates, i))
            continue;
        spelling_guess(&guess, w->words[i]->name);
        s.has[i] = !strcmp(w->words[i]->name, name);
    }
    s.foreign = candidates.foreign;
    if (count(w, s) || s.foreign)
        return s;
    report(w, from, name, guess.best);
    return foreign;
}

static void tell_met(const struct path_words *w, struct word_set from, struct word_set to)
{
    for (size_t i = 0; w->met && i < document(w); i++)
        for (size_t c = 0; has(from, i) && c < w->n; c++)
            if (w->children[i * w->n + c] && has(to, c))
                w->met(w->owner, w->words[i], w->words[c]);
}

static const struct axis {
    const char *name;
    struct word_set (*go)(const struct path_words *, struct word_set);
} axes[] = {{"child", children_of},        {"self", itself},
            {"parent", parents_of},        {"descendant", below},
            {"descendant-or-self", below}, {"ancestor", above},
            {"ancestor-or-self", above},   {"following-sibling", beside},
            {"preceding-sibling", beside}};

static bool in_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

static bool starts_name(char c)
{
    return in_name(c) && c != '-' && c != '.' && !(c >= '0' && c <= '9');
}

static void skip_space(struct walk *k)
{
    k->p += strspn(k->p, " \t\r\n");
}

static bool skip(struct walk *k, const char *token)
{
    skip_space(k);
    size_t n = strlen(token);
    bool is = !strncmp(k->p, token, n);
    k->p += is ? n : 0;
    return is;
}

/* "": no name stands here. */
static const char *name_at(struct walk *k)
{
    skip_space(k);
    const char *start = k->p;
    while (starts_name(*start) && in_name(*k->p))
        k->p++;
    return arena_strndup(k->w->arena, start, (size_t)(k->p - start));
}

static struct word_set predicates(struct walk *k, struct word_set of)
{
    while (skip(k, "[")) {
        expression(k, of);
        if (!skip(k, "]"))
            return foreign;
    }
    return of;
}

static const struct axis *axis_named(const char *name)
{
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++)
        if (!strcmp(axes[i].name, name))
            return &axes[i];
    return NULL;
}

static struct word_set attribute(struct walk *k, struct word_set of)
{
    const char *name = name_at(k);
    if (*name)
        attribute_step(k->w, of, name);
    else
        skip(k, "*");
    return predicates(k, (struct word_set){.foreign = true, .bearers = of.has});
}

/* name, * or node() behind an axis; name: the name that was read already, or "". */
static struct word_set node_test(struct walk *k, struct word_set of, const struct axis *axis,
                                 const char *name)
{
    struct word_set to = axis->go(k->w, of);
    if (!*name)
        name = skip(k, "*") ? "" : name_at(k);
    if (*name && skip(k, "("))
        return skip(k, ")") ? predicates(k, strcmp(name, "node") ? foreign : to) : foreign;
    if (*name)
        to = named_step(k->w, of, to, name);
    if (axis->go == children_of && *name)
        tell_met(k->w, of, to);
    return predicates(k, to);
}

static struct word_set step(struct walk *k, struct word_set of)
{
    if (skip(k, ".."))
        return predicates(k, parents_of(k->w, of));
    if (skip(k, "."))
        return predicates(k, of);
    if (skip(k, "@"))
        return attribute(k, of);
    const char *name = name_at(k);
    if (!*name || !skip(k, "::"))
        return node_test(k, of, &axes[0], name);
    if (!strcmp(name, "attribute"))
        return attribute(k, of);
    const struct axis *axis = axis_named(name);
    if (!axis)
        name_at(k);
    return axis ? node_test(k, of, axis, "") : foreign;
}

/* Steps behind what has been selected. */
static struct word_set steps(struct walk *k, struct word_set of)
{
    for (;;) {
        if (skip(k, "//"))
            of = below(k->w, of);
        else if (!skip(k, "/"))
            return of;
        of = step(k, of);
    }
}

static struct word_set absolute(struct walk *k)
{
    struct word_set root = empty_set(k->w);
    root.has[document(k->w)] = true;
    if (skip(k, "//"))
        return steps(k, step(k, below(k->w, root)));
    skip(k, "/");
    skip_space(k);
    return starts_name(*k->p) || strchr("*.@", *k->p ? *k->p : ' ') ? steps(k, step(k, root))
                                                                    : root;
}

/* --- expressions --- */

/* Behind a function's bracket. Those that select among their first argument's nodes answer with
 * its words. */
static struct word_set call(struct walk *k, struct word_set at, const char *name)
{
    static const char selecting[] = "alike odd same-file";
    struct word_set first = foreign;
    for (size_t i = 0; !skip(k, ")"); i++) {
        struct word_set argument = expression(k, at);
        first = i == 0 ? argument : first;
        if (!skip(k, ",") && *k->p != ')')
            return foreign;
    }
    return !strcmp(name, "applicant")             ? path_words_named(k->w, "applicant")
           : xml_word_place(selecting, name) >= 0 ? first
                                                  : made_by(k->w, name);
}

static bool is_node_type(const char *name)
{
    return xml_word_place("node text comment processing-instruction", name) >= 0;
}

static struct word_set primary(struct walk *k, struct word_set at)
{
    skip_space(k);
    const char *start = k->p,
               *end = *start == '"' || *start == '\'' ? strchr(start + 1, *start) : 0;
    if (end || *start == '"' || *start == '\'')
        return k->p = end ? end + 1 : start + strlen(start), foreign;
    if (*start == '$')
        return k->p++, name_at(k), predicates(k, foreign);
    if ((*start >= '0' && *start <= '9') || (*start == '.' && start[1] >= '0' && start[1] <= '9'))
        return k->p += strspn(start, "0123456789."), foreign;
    if (skip(k, "(")) {
        struct word_set inner = expression(k, at);
        return skip(k, ")") ? predicates(k, inner) : foreign;
    }
    if (*start == '/')
        return absolute(k);
    const char *name = name_at(k);
    if (*name && !is_node_type(name) && skip(k, "("))
        return predicates(k, call(k, at, name));
    k->p = start;
    return step(k, at);
}

/* Moves over an operator; '|' is one between nodes. '\0': none stands here. */
static char operator_at(struct walk *k)
{
    skip_space(k);
    const char *start = k->p;
    if (starts_name(*start))
        return xml_word_place("and or div mod", name_at(k)) >= 0 ? 'a' : '\0';
    k->p += strspn(start, "=!<>+-*|");
    return k->p > start ? *start : '\0';
}

static struct word_set expression(struct walk *k, struct word_set at)
{
    struct word_set all = foreign;
    bool nodes = true, first = true;

    if (++k->depth > DEPTH_MAX)
        k->p += strlen(k->p);
    for (char sign = '|'; sign && *k->p; first = false) {
        while (skip(k, "-"))
            nodes = false;
        struct word_set operand = steps(k, primary(k, at));
        all = first ? operand : joined(k->w, all, operand);
        skip_space(k);
        sign = strchr(",)]", *k->p) ? '\0' : operator_at(k);
        nodes = nodes && (!sign || sign == '|');
    }
    k->depth--;
    return nodes ? all : foreign;
}

struct word_set path_words_follow(const struct path_words *w, const char *xpath, struct word_set at)
{
    struct walk k = {.w = w, .p = xpath};
    return expression(&k, at);
}
