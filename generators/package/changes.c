/* changes.c - see changes.h. */
#include "package/changes.h"

#include <string.h>

enum { MOST_SHOWN = 20 };

/* Lines of one kind: the first ones, and how many there are. */
struct listing {
    struct buffer text;
    size_t n;
};

const char *changes_of(const struct package *p, const char *path, const struct result_document *d)
{
    const struct manifest_file *old = manifest_find(p->tree->manifest, path);
    if (!old || old->gone)
        return "new";
    return d->state == DOCUMENT_KEPT || !strcmp(old->sha256, d->sha256) ? "unchanged" : "changed";
}

static void add_line(struct listing *to, const char *line)
{
    if (to->n++ < MOST_SHOWN)
        buffer_printf(&to->text, "  %s\n", line);
}

/* "综合表、书面材料": those of a person that are not what they were. known: any was there before.
 */
static const char *changed_papers(const struct package *p, struct arena *arena,
                                  const struct person *person, bool *known)
{
    const struct catalogue_paper *papers;
    const char *between = p->options->language == LANGUAGE_ZH ? "、" : ", ", *list = "";
    struct buffer result = {0};
    struct result parts;
    struct result_document d;
    const char *last = ""; /* many files may be of one paper */

    *known = false;
    catalogue_papers(p->catalogue, &papers);
    results_person(p->results, person->number, &result);
    result_open(&parts, &result);
    while (result_next(&parts, &d)) {
        const char *change = changes_of(p, package_path(p, arena, person->folder, &d), &d);
        *known |= strcmp(change, "new") != 0;
        if (!strcmp(change, "unchanged") || papers[d.paper].file == last)
            continue;
        last = papers[d.paper].file;
        list = arena_printf(arena, "%s%s%s", list, *list ? between : "", last);
    }
    buffer_clear(&result);
    return list;
}

static void list_person(const struct package *p, const struct person *person,
                        struct listing *arrived, struct listing *changed)
{
    struct arena arena = {0};
    bool known, zh = p->options->language == LANGUAGE_ZH;
    const char *papers = changed_papers(p, &arena, person, &known);

    if (*papers && known)
        add_line(changed, arena_printf(&arena, zh ? "%s %s：%s" : "%s %s: %s", person->id,
                                       person->name, papers));
    else if (*papers)
        add_line(arrived, arena_printf(&arena, "%s %s", person->id, person->name));
    arena_free(&arena);
}

static void print_listing(struct listing *l, enum language language, const char *zh, const char *en,
                          FILE *out)
{
    if (l->n > 0) {
        fprintf(out, language == LANGUAGE_ZH ? zh : en, l->n);
        fwrite(l->text.data, 1, l->text.len, out);
        if (l->n > MOST_SHOWN)
            fputs(language == LANGUAGE_ZH ? "  ……（全部见 --report 的文件）\n"
                                          : "  ... (all of them: --report FILE)\n",
                  out);
    }
    buffer_clear(&l->text);
}

void changes_print(const struct package *p, const struct tree_paths *gone, FILE *out)
{
    const struct manifest_file *files;
    enum language language = p->options->language;
    struct listing arrived = {{0}, 0}, changed = {{0}, 0}, left = {{0}, 0};

    if (manifest_files(p->tree->manifest, &files) == 0)
        return;
    for (size_t i = 0; i < p->batch->n_chosen; i++)
        list_person(p, p->batch->chosen[i], &arrived, &changed);
    for (size_t i = 0; i < gone->n; i++)
        add_line(&left, gone->list[i]);
    print_listing(&arrived, language, "package：新增 %zu 人：\n", "package: %zu people are new:\n",
                  out);
    print_listing(&left, language, "package：%zu 个文件夹里的人已不在批次中：\n",
                  "package: %zu folders are of people who are no more in the batch:\n", out);
    print_listing(&changed, language, "package：%zu 人有改动，要重印：\n",
                  "package: %zu people have papers to be printed again:\n", out);
}
