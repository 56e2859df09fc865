/* scans.c - see scans.h. A file's path is folded into words; those that name a person or unit say
 * whose it is, and the rest is read by a pattern when that person's record is at hand. */
#include "workbook/scans.h"

#include "core/spelling.h"
#include "core/strings.h"
#include "core/utf8.h"
#include "record/node.h"
#include "workbook/scan_files.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    NOBODY = -1,
    LONGEST_NAME = 128,
    YEAR_DIGITS = 4 /* a number of so many is a year, and no serial number */
};

/* A word that names somebody, or with person NOBODY a unit. */
struct owner_word {
    const char *text; /* folded */
    int person;
};

/* How words that name somebody are looked for. An id of a few digits counts as the whole name of a
 * folder alone: elsewhere such digits are the number of a page, a year, or of nothing. */
struct owner_search {
    bool anywhere; /* the words need not begin behind a mark */
    bool numbers;  /* the text is a folder's, and may be such an id */
};

struct file {
    const char *href;
    const char *path; /* the same below the folder of scans */
    char *rest;       /* folded, without what names its person and unit */
    char *inner;      /* the same from the folder on that names them; NULL: none stands above */
    int person;
    const char *others; /* NOBODY: the ids of several who bear the name; NULL: none does */
    struct file *next;  /* of the same person */
};

struct person {
    const char *id, *name;
    struct file *first, *last; /* theirs, in order */
    bool given;                /* once: a record may be read again */
};

struct scans {
    struct arena arena;
    const struct scan_words *words;
    struct scan_files listing;
    struct file *files;
    struct person *people;
    struct owner_word *owners;
    size_t n_people, people_cap, n_owners, owners_cap, matched, next_person;
    bool numbered; /* somebody has an id of a few digits */
};

struct scans *scans_open(const char *dir, const char *prefix, const struct scan_words *words,
                         struct diag *diag)
{
    struct scans *s = mem_alloc(1, sizeof *s);

    s->words = words;
    const char *folder = arena_printf(&s->arena, "%s/%s", *dir ? dir : ".", prefix);
    if (!scan_files_read(&s->listing, folder, words, &s->arena, diag)) {
        scans_free(s);
        return NULL;
    }
    s->files = ARENA_ARRAY(&s->arena, struct file, s->listing.n);
    for (size_t i = 0; i < s->listing.n; i++)
        s->files[i] = (struct file){
            .href = arena_printf(&s->arena, "%s%s", prefix, s->listing.paths[i]),
            .path = s->listing.paths[i],
            .person = NOBODY,
        };
    return s;
}

void scans_free(struct scans *s)
{
    if (!s)
        return;
    arena_free(&s->arena);
    free(s);
}

/* Of so few digits that scanners and clerks number files with them. */
static bool is_number(const char *folded)
{
    enum { NUMBER_DIGITS = 4 };
    size_t n = strspn(folded, "0123456789");
    return n > 0 && n <= NUMBER_DIGITS && !folded[n];
}

static void add_owner(struct scans *s, const char *text, int person)
{
    const char *folded = scan_fold(text, &s->arena);
    if (*folded && strlen(folded) < LONGEST_NAME)
        *ARENA_PUSH(&s->arena, s->owners, s->n_owners, s->owners_cap) =
            (struct owner_word){folded, person};
}

static record_node *child_named(const record_node *parent, const char *name)
{
    record_node *c = NULL;
    while (parent && (c = record_child(parent, c)))
        if (!strcmp(record_name(c), name))
            return c;
    return NULL;
}

void scans_add_person(struct scans *s, const struct applicant *a)
{
    record_node *number = child_named(child_named(a->node, "person"), "id-number");
    int person = (int)s->n_people;

    *ARENA_PUSH(&s->arena, s->people, s->n_people, s->people_cap) = (struct person){
        .id = arena_strdup(&s->arena, a->id), .name = arena_strdup(&s->arena, a->name)};
    add_owner(s, a->id, person);
    s->numbered = s->numbered || is_number(scan_fold(a->id, &s->arena));
    add_owner(s, a->name, person);
    if (number)
        add_owner(s, record_text(number, &s->arena), person);
    add_owner(s, a->unit, NOBODY);
    add_owner(s, a->unit_name, NOBODY);
}

static int compare_owners(const void *a, const void *b)
{
    const struct owner_word *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->person > y->person) - (x->person < y->person);
}

/* Letters and digits go on: "a1" is not the beginning of "a10". */
static bool ends_word(const char *text, size_t len)
{
    return !isalnum((unsigned char)text[len]) || !isalnum((unsigned char)text[len - 1]);
}

/* The longest of the words that the text begins with: the first of those alike; NULL: none. */
static const struct owner_word *owner_at(const struct scans *s, const char *text)
{
    char word[LONGEST_NAME];
    size_t len = strlen(text);
    for (len = len < LONGEST_NAME - 1 ? len : LONGEST_NAME - 1; len > 0; len--) {
        size_t low = 0, high = s->n_owners;
        if (!ends_word(text, len))
            continue;
        memcpy(word, text, len);
        word[len] = '\0';
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (strcmp(s->owners[middle].text, word) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < s->n_owners && !strcmp(s->owners[low].text, word))
            return &s->owners[low];
    }
    return NULL;
}

/* The person that a word names: NOBODY when it names a unit, or several people, whose ids are
 * kept. */
static int person_of(struct scans *s, const struct owner_word *word, struct file *f)
{
    const struct owner_word *end = s->owners + s->n_owners, *first = word;
    const char *ids = NULL;
    int person = NOBODY;
    bool several = false;

    for (; word < end && !strcmp(word->text, first->text); word++) {
        if (word->person == NOBODY || word->person == person)
            continue;
        const char *id = s->people[word->person].id;
        ids = ids ? arena_printf(&s->arena, "%s、%s", ids, id) : id;
        several = person != NOBODY;
        person = word->person;
    }
    if (several && f->person == NOBODY)
        f->others = ids;
    return several ? NOBODY : person;
}

/* A few digits at the beginning of a name: as the whole name of a folder, or before the name of the
 * one whose they are (1-陈某). */
static bool may_be_id(struct owner_search how, const struct file *f, const struct owner_word *word,
                      const char *text)
{
    return (how.numbers && !strcmp(text, word->text)) ||
           (f->person != NOBODY && word->person == f->person);
}

/* Takes the words that name person and unit out of a folded text. */
static void take_owners(struct scans *s, struct file *f, char *text, struct owner_search how)
{
    char *to = text;
    bool start = true;

    for (const char *at = text; *at;) {
        const struct owner_word *word = start ? owner_at(s, at) : NULL;
        if (word && is_number(word->text) && !(at == text && may_be_id(how, f, word, at)))
            word = NULL;
        int person = word ? person_of(s, word, f) : NOBODY;
        if (word && person != NOBODY && f->person != NOBODY && person != f->person)
            word = NULL; /* somebody else, whom an entry's name happens to hold */
        if (word) {
            f->person = person != NOBODY ? person : f->person;
            at += strlen(word->text);
            start = true;
        } else {
            start = *at == '-' || (how.anywhere && ((unsigned char)at[1] & 0xC0) != 0x80);
            *to++ = *at++;
        }
    }
    *to = '\0';
    if (f->person != NOBODY)
        f->others = NULL;
}

/* The path without the folders above the one that names somebody: 扫描件/张三/身份证. */
static const char *owners_path(struct scans *s, const char *path)
{
    for (const char *slash; (slash = strchr(path, '/')); path = slash + 1) {
        struct file folder = {.person = NOBODY};
        char *text = scan_fold(arena_strndup(&s->arena, path, (size_t)(slash - path)), &s->arena);
        size_t len = strlen(text);
        take_owners(s, &folder, text, (struct owner_search){.numbers = true});
        if (strlen(text) < len)
            break;
    }
    return path;
}

/* The path as folded text without the words that name person and unit; f learns who it is. */
static char *without_owners(struct scans *s, struct file *f, const char *path,
                            struct owner_search how)
{
    const char *all = "";
    for (const char *end; *path; path = end + (*end == '/')) {
        size_t len = strcspn(path, "/");
        end = path + len;
        const char *name = arena_strndup(&s->arena, path, len),
                   *dot = *end ? NULL : strrchr(name, '.');
        char *text =
            scan_fold(dot ? arena_strndup(&s->arena, name, (size_t)(dot - name)) : name, &s->arena);
        take_owners(s, f, text, (struct owner_search){how.anywhere, how.numbers && *end});
        all = arena_printf(&s->arena, "%s-%s", all, text);
    }
    return scan_fold(all, &s->arena);
}

/* The surer a way to name somebody, the earlier it is tried. */
static void find_owner(struct scans *s, struct file *f)
{
    static const struct owner_search ways[] = {{false, false}, {false, true}, {true, false}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways && f->person == NOBODY && !f->others; i++) {
        f->rest = without_owners(s, f, f->path, ways[i]);
        if (f->person != NOBODY) /* what stands before a name is known by it */
            f->rest = without_owners(s, f, f->path, ways[i]);
    }
}

static void deal(struct scans *s, struct file *f)
{
    find_owner(s, f);
    const char *inner = owners_path(s, f->path);
    if (f->person != NOBODY && inner != f->path) {
        struct file same = *f;
        f->inner = without_owners(s, &same, inner, (struct owner_search){0});
    }
    if (f->person == NOBODY && !f->others && s->n_people == 1)
        f->person = 0;
    if (f->person == NOBODY)
        return;
    struct person *p = &s->people[f->person];
    if (p->last)
        p->last->next = f;
    else
        p->first = f;
    p->last = f;
}

void scans_deal(struct scans *s)
{
    if (s->n_owners)
        qsort(s->owners, s->n_owners, sizeof *s->owners, compare_owners);
    for (size_t i = 0; i < s->listing.n; i++)
        deal(s, &s->files[i]);
}

/* An entry that may have evidence. */
struct entry {
    record_node *node;
    const struct scan_item *item;
    const char *id, *title; /* folded; "" for none */
    const char *shown_id, *shown_title;
};

/* What a file's name says. */
struct meaning {
    const struct entry *entry;
    const char *entry_text; /* what of the entry's is its name there */
    const struct scan_word *kind, *part;
    size_t kind_text, part_text; /* which of their texts: 身份证正面 stands before 身份证反面 */
    bool photo;
};

/* A file that has found its place. */
struct match {
    const struct file *file;
    struct meaning meaning;
    size_t number; /* of its name among the person's */
};

struct giving {
    struct scans *s;
    const struct applicant *person;
    struct arena *arena;
    struct entry *entries;
    size_t n_entries, cap_entries;
    struct meaning first;
    const struct entry *other; /* the second one that a pattern allows */
    size_t n_meanings;         /* different entries that a pattern allows; 2 for more */
    struct match *matches;
    size_t n_matches, cap_matches;
};

static const struct scan_item *item_of(const struct scan_words *w, const char *element)
{
    for (size_t i = 0; i < w->items.n; i++)
        if (!strcmp(w->items.list[i].element, element))
            return &w->items.list[i];
    return NULL;
}

static void list_entries(struct giving *g)
{
    for (record_node *n = NULL; (n = record_child(g->person->node, n));) {
        const struct scan_item *item = item_of(g->s->words, record_name(n));
        if (!item)
            continue;
        const char *id = record_attribute(n, "id", g->arena),
                   *title = record_attribute(n, item->title, g->arena);
        *ARENA_PUSH(g->arena, g->entries, g->n_entries, g->cap_entries) =
            (struct entry){n, item, scan_fold(id, g->arena), scan_fold(title, g->arena), id, title};
    }
}

/* How much of the text the word is, whatever marks stand within either (身份证（正面）); between
 * letters and digits they count: P1-1 is not P11. 0: it does not begin with it. */
static size_t begins_with(const char *text, const char *word)
{
    size_t at = 0;
    for (const char *w = word; *w;) {
        bool set_off = at > 0 && isalnum((unsigned char)text[at - 1]) &&
                       isalnum((unsigned char)(text[at] == '-' ? text[at + 1] : text[at]));
        if (text[at] == *w)
            at++, w++;
        else if (at > 0 && text[at] == '-' && !set_off)
            at++;
        else if (*w == '-' && !set_off)
            w++;
        else
            return 0;
    }
    return at && ends_word(text, at) ? at : 0;
}

static void match(struct giving *g, const struct scan_pattern *p, size_t at, const char *text,
                  struct meaning m);

static void match_entries(struct giving *g, const struct scan_pattern *p, size_t at,
                          const char *text, struct meaning m)
{
    for (size_t i = 0; i < g->n_entries; i++) {
        const struct entry *e = &g->entries[i];
        size_t id = begins_with(text, e->id), title = begins_with(text, e->title);
        m.entry = e;
        m.entry_text = e->id;
        if (id)
            match(g, p, at + 1, text + id, m);
        m.entry_text = e->title;
        if (title)
            match(g, p, at + 1, text + title, m);
    }
}

/* Kinds, or parts of the entry's element. */
static void match_words(struct giving *g, const struct scan_pattern *p, size_t at, const char *text,
                        struct meaning m)
{
    bool kinds = p->words[at].class == SCAN_KIND;
    size_t n = kinds ? g->s->words->kinds.n : g->s->words->parts.n;
    for (size_t i = 0; i < n; i++) {
        const struct scan_word *w =
            kinds ? &g->s->words->kinds.list[i] : &g->s->words->parts.list[i];
        if (!kinds && m.entry && strcmp(w->of, m.entry->item->element) != 0)
            continue;
        if (kinds)
            m.kind = w;
        else
            m.part = w;
        for (size_t k = 0; k < w->n_texts; k++) {
            size_t len = begins_with(text, w->texts[k]);
            *(kinds ? &m.kind_text : &m.part_text) = k;
            if (len)
                match(g, p, at + 1, text + len, m);
        }
    }
}

/* The text behind all words that say nothing and stand at its beginning. */
static const char *behind_idle(const struct giving *g, const char *text)
{
    const struct scan_words *w = g->s->words;
    size_t longest;
    do {
        longest = 0;
        text += *text == '-';
        for (size_t i = 0; i < w->idle.n; i++)
            for (size_t k = 0; k < w->idle.list[i].n_texts; k++) {
                size_t len = begins_with(text, w->idle.list[i].texts[k]);
                longest = len > longest ? len : longest;
            }
        text += longest;
    } while (longest);
    return text;
}

static void match_photo(struct giving *g, const struct scan_pattern *p, size_t at, const char *text,
                        struct meaning m)
{
    m.photo = true;
    for (size_t i = 0; i < g->s->words->photos.n; i++)
        for (size_t k = 0; k < g->s->words->photos.list[i].n_texts; k++) {
            size_t len = begins_with(text, g->s->words->photos.list[i].texts[k]);
            if (len)
                match(g, p, at + 1, text + len, m);
        }
}

/* An entry's name may be a bare number, its id or a year: 1-身份证 is no evidence of it, and
 * 2024年度考核表 none of that year's training. */
static bool is_other_kind(const struct meaning *m)
{
    return m->entry && m->kind && m->kind->of && is_number(m->entry_text) &&
           strcmp(m->kind->of, m->entry->item->element) != 0;
}

static void accept(struct giving *g, struct meaning m)
{
    if (is_other_kind(&m))
        return;
    if (g->n_meanings == 0)
        g->first = m;
    else if (g->first.entry != m.entry)
        g->other = m.entry;
    if (g->n_meanings == 0 || g->first.entry != m.entry)
        g->n_meanings++;
}

/* Reads the text by the words of the pattern from there on. */
static void match(struct giving *g, const struct scan_pattern *p, size_t at, const char *text,
                  struct meaning m)
{
    text += *text == '-';
    const char *behind = behind_idle(g, text);
    if (behind > text)
        match(g, p, at, behind, m);
    if (at == p->n) {
        if (!*text)
            accept(g, m);
        return;
    }
    switch (p->words[at].class) {
    case SCAN_ITEM:
        match_entries(g, p, at, text, m);
        break;
    case SCAN_KIND:
    case SCAN_PART:
        match_words(g, p, at, text, m);
        break;
    case SCAN_PHOTO:
        match_photo(g, p, at, text, m);
        break;
    case SCAN_NUMBER:
        if (isdigit((unsigned char)*text) && strspn(text, "0123456789") != YEAR_DIGITS)
            match(g, p, at + 1, text + strspn(text, "0123456789"), m);
        break;
    }
    if (p->words[at].optional)
        match(g, p, at + 1, text, m);
}

/* The entries that evidence of the kind belongs to, as a list to show; *n: how many. */
static const char *entries_of(const struct giving *g, const struct scan_word *kind, size_t *n,
                              const struct entry **last)
{
    enum { SHOWN = 4 };
    const char *list = "";
    *n = 0;
    for (size_t i = 0; kind->of && i < g->n_entries; i++) {
        const struct entry *e = &g->entries[i];
        if (strcmp(e->item->element, kind->of) != 0)
            continue;
        *last = e;
        if (++*n <= SHOWN)
            list = arena_printf(g->arena, "%s%s%s“%s”", list, *n > 1 ? "、" : "", e->shown_id,
                                e->shown_title);
    }
    return *n > SHOWN ? arena_printf(g->arena, "%s…", list) : list;
}

/* Without an entry, the kind says where it belongs; entry NULL: the person's own. false: not to one
 * place alone. */
static bool find_place(struct giving *g, struct meaning *m)
{
    const struct scan_word *kind = m->kind;
    const struct entry *only = NULL;
    size_t n;

    if (m->photo || m->entry)
        return m->photo || kind || m->part || m->entry->item->kind;
    if (!kind || !kind->of)
        return false;
    if (!strcmp(kind->of, "document"))
        return true;
    entries_of(g, kind, &n, &only);
    if (n == 1)
        m->entry = only;
    return n == 1;
}

static void read_words(struct giving *g, const char *words)
{
    for (size_t i = 0; i < g->s->words->patterns.n && !g->n_meanings; i++)
        match(g, &g->s->words->patterns.list[i], 0, words, (struct meaning){0});
}

/* Folders above the person's may say something (2024年度), or nothing (扫描件). */
static bool read_name(struct giving *g, const struct file *f, struct meaning *m)
{
    g->n_meanings = 0;
    g->other = NULL;
    g->first = (struct meaning){0};
    read_words(g, f->rest);
    if (f->inner)
        read_words(g, f->inner);
    *m = g->first;
    return g->n_meanings == 1 && find_place(g, m);
}

static bool cites(const record_node *node, const char *href, struct arena *arena)
{
    if (!strcmp(record_attribute(node, "href", arena), href))
        return true;
    for (record_node *c = NULL; (c = record_child(node, c));)
        if (cites(c, href, arena))
            return true;
    return false;
}

/* Of the documents that the person has: "F3" when F1 and F2 are there. */
static const char *free_id(const record_node *applicant, struct arena *arena)
{
    for (int number = 1;; number++) {
        const char *id = arena_printf(arena, "F%d", number);
        bool used = false;
        for (record_node *n = NULL; (n = record_child(applicant, n));)
            used = used || !strcmp(record_attribute(n, "id", arena), id);
        if (!used)
            return id;
    }
}

/* false: there is a photo already. */
static bool give_photo(struct giving *g, const char *href)
{
    record_node *person = child_named(g->person->node, "person");
    if (!person)
        person = record_add(g->person->node, "person");
    record_node *photo = child_named(person, "photo");
    if (photo && *record_attribute(photo, "href", g->arena))
        return false;
    if (!photo)
        photo = record_add(person, "photo");
    record_put(photo, "href", href);
    return true;
}

static bool give(struct giving *g, const struct meaning *m, const char *href)
{
    const char *kind = m->kind                            ? m->kind->name
                       : m->entry && m->entry->item->kind ? m->entry->item->kind
                                                          : NULL;
    if (m->photo)
        return give_photo(g, href);
    record_node *node =
        record_add(m->entry ? m->entry->node : g->person->node, m->entry ? "evidence" : "document");
    if (!m->entry)
        record_put(node, "id", free_id(g->person->node, g->arena));
    record_put(node, "kind", m->entry && m->part && !m->kind ? NULL : kind);
    record_put(node, "part", m->part ? m->part->name : NULL);
    record_put(node, "href", href);
    return true;
}

static bool is_scan(const char *path)
{
    static const char *const ends[] = {".pdf", ".jpg", ".jpeg", ".png", NULL};
    return path_ends_in(path, ends);
}

/* Statements are named in the workbook, if at all. */
static bool may_be_statement(const char *path)
{
    static const char *const ends[] = {".txt", ".docx", NULL};
    return path_ends_in(path, ends);
}

/* An entry as messages name it: by its id and title, or where it has no id, by its kind. */
static const char *shown_entry(struct arena *arena, const struct entry *e)
{
    const char *kind = *e->shown_id ? NULL : e->item->kind;
    return arena_printf(arena, "%s“%s”%s%s%s", e->shown_id, e->shown_title, kind ? "（" : "",
                        kind ? kind : "", kind ? "）" : "");
}

/* The entry that the rest of a name is nearest to; NULL: none is near. */
static const struct entry *nearest(const struct giving *g, const struct file *f)
{
    size_t len = strcspn(f->rest, "-");
    const char *word = arena_strndup(g->arena, f->rest, len);
    struct spelling_guess ids = {.word = word}, titles = {.word = word};

    if (!len || strspn(word, "0123456789") == len)
        return NULL;
    for (size_t i = 0; i < g->n_entries; i++)
        if (g->entries[i].title[0] && !is_number(g->entries[i].title) && utf8_count(word) > 1 &&
            (strstr(g->entries[i].title, word) || strstr(f->rest, g->entries[i].title)))
            return &g->entries[i];
    for (size_t i = 0; i < g->n_entries; i++) {
        spelling_guess(&ids, g->entries[i].id);
        spelling_guess(&titles, g->entries[i].title);
    }
    for (size_t i = 0; i < g->n_entries; i++)
        if ((titles.best && g->entries[i].title == titles.best) ||
            (!titles.best && ids.best && g->entries[i].id == ids.best))
            return &g->entries[i];
    return NULL;
}

/* A kind that belongs to some entry, of which the name says nothing. */
static bool report_kind(struct giving *g, const struct file *f, const struct scan_word *kind,
                        struct finding at, struct diag *remarks)
{
    size_t n;
    const struct entry *last = NULL;
    const char *list = entries_of(g, kind, &n, &last);

    if (!kind->of)
        return diag_add(remarks, at,
                        "“%s”是“%s”，但没有写是哪一条的；请在文件名前加上条目编号或名称"
                        "（如“P1-%s”），或在“佐证材料”表里写明",
                        "'%s' is %s, of which entry nobody can tell: put the entry's id or name "
                        "before it (P1-%s), or write it into the sheet 佐证材料",
                        f->href, kind->name, kind->name);
    if (n == 0)
        return diag_add(
            remarks, at,
            "“%s”是“%"
            "s”，但表里没有这个人相应的条目；请先填那一条，若是别的材料，请在文件名里写它的种类"
            "（“佐证材料”表“材料种类”列的词）",
            "'%s' is %s, and the person has no entry that it belongs to: fill that in "
            "first, or if it is something else, write its kind into its name (a word "
            "of the column 材料种类 of 佐证材料)",
            f->href, kind->name);
    return diag_add(
        remarks, at,
        "“%s”是“%s”，可以属于这个人的 %zu 条：%s；请在文件名里加上编号或名称（如“%s-%s”），"
        "一份属于几条的，在“佐证材料”表里逐条写明",
        "'%s' is %s, which %zu entries may have: %s; put an entry's id or name into "
        "its name (%s-%s), and where it belongs to several, write each into the sheet "
        "佐证材料",
        f->href, kind->name, n, list, *last->shown_id ? last->shown_id : last->shown_title,
        kind->name);
}

/* A name without any word that is known: the entry that it may be of. */
static bool report_near(const struct file *f, const struct entry *near, const char *kind,
                        struct finding at, struct diag *remarks)
{
    return diag_add(
        remarks, at,
        "“%s”没有对上：最接近的是 %s“%s”；请把文件改名为“%s-%s…”，或在“佐证材料”表里写明",
        "'%s' is not matched: nearest is %s, %s; rename it to %s-%s..., or write it into the "
        "sheet 佐证材料",
        f->href, near->shown_id, near->shown_title, near->shown_id, kind ? kind : "材料种类");
}

/* What to do about a file of a person that has no place. */
static bool report_unmatched(struct giving *g, const struct file *f, const struct meaning *m,
                             bool second_photo, struct diag *remarks)
{
    const struct applicant *a = g->person;
    struct finding at = {.severity = may_be_statement(f->path) ? SEVERITY_INFO : SEVERITY_WARNING,
                         .applicant = a->id,
                         .name = a->name,
                         .unit = a->unit,
                         .label = "扫描件",
                         .at = {a->at.file, 0}};
    const struct entry *near = m->entry ? m->entry : nearest(g, f);

    if (!is_scan(f->path))
        return diag_add(
            remarks, at,
            "“%s”不是 PDF、JPEG 或 PNG，不作扫描件（述职的文件请在“个人述职”栏填它的路径）",
            "'%s' is no PDF, JPEG or PNG, and no scan (the file of a statement is named in the "
            "column 个人述职)",
            f->href);
    if (second_photo)
        return diag_add(remarks, at, "已有照片，“%s”没有用上",
                        "there is a photo already: '%s' is unused", f->href);
    if (g->other && m->entry)
        return diag_add(
            remarks, at,
            "“%s”既像是 %s的，又像是 %s的；请在文件名里写明条目编号或材料种类，或在“佐证"
            "材料”表里写明",
            "'%s' may be of %s or of %s: write the entry's id or the kind into its "
            "name, or write it into the sheet 佐证材料",
            f->href, shown_entry(g->arena, m->entry), shown_entry(g->arena, g->other));
    if (m->kind && !m->entry)
        return report_kind(g, f, m->kind, at, remarks);
    if (near && *near->shown_id)
        return report_near(f, near,
                           m->kind            ? m->kind->name
                           : near->item->kind ? near->item->kind
                                              : NULL,
                           at, remarks);
    return diag_add(
        remarks, at,
        "“%s”没有对上：文件名里没有这个人的条目编号、名称或材料种类；请改名（如“P1-合同-封面页”"
        "“身份证”），或在“佐证材料”表里写明",
        "'%s' is not matched: its name has none of the person's entries and no kind of "
        "evidence; rename it (P1-合同-封面页, 身份证), or write it into the sheet 佐证材料",
        f->href);
}

/* NULL: nobody of that id was told. They come in the order in which they were. */
static struct person *find_person(struct scans *s, const char *id)
{
    for (size_t n = 0; n < s->n_people; n++) {
        size_t i = (s->next_person + n) % s->n_people;
        if (!strcmp(s->people[i].id, id)) {
            s->next_person = i + 1;
            return &s->people[i];
        }
    }
    return NULL;
}

/* Kinds and parts in the order of scans.xml, in which they are bound; files of one by their names.
 */
static int compare_matches(const void *a, const void *b)
{
    const struct match *x = a, *y = b;
    const struct meaning *m = &x->meaning, *n = &y->meaning;
    if (m->kind != n->kind)
        return !m->kind ? -1 : !n->kind ? 1 : m->kind < n->kind ? -1 : 1;
    if (m->part != n->part)
        return !m->part ? -1 : !n->part ? 1 : m->part < n->part ? -1 : 1;
    if (m->kind_text != n->kind_text)
        return m->kind_text < n->kind_text ? -1 : 1;
    if (m->part_text != n->part_text)
        return m->part_text < n->part_text ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

void scans_give(struct scans *s, const struct applicant *person, struct diag *remarks)
{
    struct arena arena = {0};
    struct giving g = {.s = s, .person = person, .arena = &arena};
    struct person *p = find_person(s, person->id);
    bool again = p && p->given;

    list_entries(&g);
    for (struct file *f = p ? p->first : NULL; f; f = f->next) {
        struct meaning m = {0};
        bool cited = cites(person->node, f->href, &arena);
        if (!cited && is_scan(f->path) && read_name(&g, f, &m))
            *ARENA_PUSH(&arena, g.matches, g.n_matches, g.cap_matches) =
                (struct match){f, m, g.n_matches};
        else if (!cited && !again)
            report_unmatched(&g, f, &m, false, remarks);
        s->matched += cited && !again;
    }
    if (g.n_matches)
        qsort(g.matches, g.n_matches, sizeof *g.matches, compare_matches);
    for (size_t i = 0; i < g.n_matches; i++) {
        bool taken = give(&g, &g.matches[i].meaning, g.matches[i].file->href);
        if (!taken && !again)
            report_unmatched(&g, g.matches[i].file, &g.matches[i].meaning, true, remarks);
        s->matched += taken && !again;
    }
    if (p)
        p->given = true;
    arena_free(&arena);
}

void scans_report(const struct scans *s, struct src_pos at, struct diag *remarks)
{
    struct finding f = {.severity = SEVERITY_WARNING, .label = "扫描件", .at = at};

    for (size_t i = 0; i < s->listing.n; i++) {
        const struct file *file = &s->files[i];
        if (file->person != NOBODY || may_be_statement(file->path))
            continue;
        if (file->others)
            diag_add(remarks, f, "“%s”不知是谁的：同名的有 %s；请在路径里写编号",
                     "'%s' may be of several people of one name, %s: write an id into its path",
                     file->href, file->others);
        else
            diag_add(remarks, f, "“%s”不知是谁的：路径里没有人员编号、姓名或身份证号%s%.0s",
                     "'%s' is nobody's: its path has no id, name or ID number of a person%.0s%s",
                     file->href,
                     s->numbered ? "（只有一至四位数字的编号，要单独作文件夹的名称）" : "",
                     s->numbered ? " (an id of one to four digits has to be a folder's whole name)"
                                 : "");
    }
    if (s->listing.links)
        diag_add(remarks, f, "有 %zu 个链接（快捷方式），没有读取", "%zu links are not followed",
                 s->listing.links);
    f.severity = SEVERITY_INFO;
    diag_add(remarks, f, "扫描件共 %zu 个，对上 %zu 个", "of %zu scans %zu are matched",
             s->listing.n, s->matched);
}
