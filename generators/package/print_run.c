/* print_run.c - what goes to the printer: each delegation's loose papers merged by kind, and a list
 * of all files in the order of printing, with a script that hands them to lp. */
#include "package/package.h"

#include "bind/merge.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SHEETS = 500 }; /* of one file */

/* One document that is printed. */
struct sheet {
    const struct person *person; /* NULL: the delegation's own */
    unsigned pages;
    char sha256[DIGEST_HEX], media[8];
};

/* Of one paper, in the order of the batch. */
struct stack {
    struct sheet *list; /* free() it */
    size_t n, cap;
};

struct printing {
    struct package *package;
    struct arena arena; /* of one delegation */
    const struct delegated *delegation;
    const struct kit_paper *papers;
    struct stack *stacks; /* by the kit's number */
    struct buffer list;
};

static size_t sheets_of(const struct kit_paper *kit, size_t pages)
{
    return kit->duplex ? (pages + 1) / 2 : pages;
}

static void list_file(struct printing *r, const struct kit_paper *kit, const char *path,
                      size_t pages, const char *paper)
{
    buffer_printf(&r->list, "%s\t%d\t%s\t%s\t%zu\n", path, kit->copies,
                  kit->duplex ? "two-sided-long-edge" : "one-sided", *paper ? paper : "A4",
                  sheets_of(kit, pages));
}

/* Those with pages: a workbook is not printed. */
static void stack_up(struct printing *r, const struct buffer *result, const struct person *person)
{
    struct result_reader reader;
    struct outcome o;
    struct made m;

    result_open(&reader, result, &o);
    while (result_next(&reader, &m)) {
        struct stack *s = &r->stacks[m.paper];
        if (m.pages == 0)
            continue;
        if (s->n == s->cap) {
            s->cap = s->cap + s->cap / 2 + 64;
            s->list = mem_resize(s->list, s->cap, sizeof *s->list);
        }
        struct sheet *sheet = &s->list[s->n++];
        *sheet = (struct sheet){.person = person, .pages = m.pages};
        memcpy(sheet->sha256, m.sha256, DIGEST_HEX);
        memcpy(sheet->media, m.media, sizeof sheet->media);
    }
}

static const char *path_of(const struct printing *r, struct arena *arena,
                           const struct kit_paper *kit, const struct sheet *s)
{
    const struct made m = {.paper = (unsigned)(kit - r->papers)};
    return result_path(r->package, arena, s->person ? s->person->folder : r->delegation->folder,
                       &m);
}

/* Of its bookmark. */
static const char *title_of(const struct printing *r, struct arena *arena, const struct sheet *s)
{
    return s->person ? arena_printf(arena, "%s %s", s->person->id, s->person->name)
                     : r->delegation->issuer;
}

struct described {
    const struct kit_paper *kit;
    const char *key, *paper;
    size_t pages, documents;
};

static void describe(struct json *j, const void *data)
{
    const struct described *d = data;
    json_integer(j, "pages", (long long)d->pages);
    json_integer(j, "copies", d->kit->copies);
    json_string(j, "kind", "print-run");
    json_string(j, "paper", d->paper);
    json_integer(j, "documents", (long long)d->documents);
    json_string(j, "key", d->key);
}

struct merging {
    struct printing *printing;
    const struct sheet *sheets;
    size_t n;
    const struct kit_paper *kit;
    int file;
};

/* In a process of its own, which takes all the memory of it along: the number of pages; nothing
 * when it failed. */
static void merge_alone(void *data, struct buffer *result)
{
    struct merging *m = data;
    struct arena *a = &m->printing->arena;
    struct merge_part *parts = mem_alloc(m->n + 1, sizeof *parts);
    struct diag diag = {0};
    size_t pages = 0;

    for (size_t i = 0; i < m->n; i++)
        parts[i] = (struct merge_part){
            .path = arena_printf(a, "%s/%s", m->printing->package->out,
                                 path_of(m->printing, a, m->kit, &m->sheets[i])),
            .title = title_of(m->printing, a, &m->sheets[i])};
    if (merge_parts(parts, m->n, m->kit->duplex, m->file, &pages, &diag))
        buffer_add(result, &pages, sizeof pages);
}

static bool merge(struct printing *r, const struct sheet *sheets, size_t n,
                  const struct kit_paper *kit, const char *path, int file, size_t *pages)
{
    enum { MOST_SECONDS = 600 };
    const struct workers_limits limits = {MOST_SECONDS, (size_t)4 << 30};
    struct merging m = {r, sheets, n, kit, file};
    struct buffer result = {0};
    bool ok = workers_alone(merge_alone, &m, limits, &result) == WORKERS_DONE &&
              result.len == sizeof *pages;

    if (ok)
        memcpy(pages, result.data, sizeof *pages);
    buffer_clear(&result);
    return ok ||
           diag_system(
               r->package->diag, (struct src_pos){path, 0},
               "%zu 份《%s》未能合并打印；各份文件完好，可逐份打印，再运行一次 package 重新合并",
               "%zu of %s could not be merged for printing; each by itself is whole: print them "
               "singly, or run package again",
               n, kit->file);
}

/* One file of a run: merged, unless it is there already. */
static bool write_run(struct printing *r, const struct sheet *sheets, size_t n,
                      const struct kit_paper *kit, const char *path)
{
    struct package *p = r->package;
    struct arena arena = {0};
    struct digest *d = digest_new();
    char key[DIGEST_HEX];
    struct described what = {kit, key, sheets[0].media, 0, n};
    bool ok = true;

    digest_text(d, p->common.program);
    digest_text(d, kit->duplex ? "duplex" : NULL);
    digest_add(d, &kit->copies, sizeof kit->copies); /* in its line */
    for (size_t i = 0; i < n; i++) {
        digest_text(d, sheets[i].sha256);
        digest_text(d, title_of(r, &arena, &sheets[i]));
    }
    digest_end(d, key);
    const struct manifest_file *old = package_there(p, path);
    struct json_value *line = old ? json_parse(&arena, old->line, old->len) : NULL;
    const char *was = json_member_text(line, "key");
    if (was && !strcmp(was, key) && !p->force) {
        what.pages = (size_t)json_member_number(line, "pages");
    } else {
        struct buffer out = {.spool = package_spool(p, path)};
        ok = spool_ok(out.spool) &&
             merge(r, sheets, n, kit, path, spool_fd(out.spool), &what.pages) &&
             package_put(
                 p, &(struct put){.path = path, .bytes = &out, .more = describe, .data = &what});
        spool_free(out.spool);
    }
    *ARENA_PUSH(&p->arena, p->prints, p->n_prints, p->cap_prints) = arena_strdup(&p->arena, path);
    list_file(r, kit, path + strlen("print/"), what.pages, what.paper);
    arena_free(&arena);
    return ok;
}

/* All of one paper of a delegation, in as many files as it takes. */
static bool write_runs(struct printing *r, const struct sheet *sheets, size_t n,
                       const struct kit_paper *kit)
{
    size_t files = 0, sum = 0, number = 0;
    for (size_t i = 0; i < n; i++) {
        size_t more = sheets_of(kit, sheets[i].pages);
        if (i == 0 || sum + more > MOST_SHEETS) {
            files++;
            sum = 0;
        }
        sum += more;
    }
    for (size_t i = 0, k; i < n; i = k) {
        sum = 0;
        for (k = i; k < n && (k == i || sum + sheets_of(kit, sheets[k].pages) <= MOST_SHEETS); k++)
            sum += sheets_of(kit, sheets[k].pages);
        if (*r->package->stopped)
            return false;
        number++;
        const char *suffix = files > 1 ? arena_printf(&r->arena, "-%zu", number) : "";
        if (!write_run(r, sheets + i, k - i, kit,
                       arena_printf(&r->arena, "print/%s-%s%s.pdf", r->delegation->folder,
                                    kit->file, suffix)))
            return false;
    }
    return true;
}

static bool print_paper(struct printing *r, const struct kit_paper *kit, const struct stack *s)
{
    if (s->n > 0 && kit->print == KIT_RUN)
        return write_runs(r, s->list, s->n, kit);
    for (size_t i = 0; i < s->n; i++) {
        struct arena arena = {0};
        const struct sheet *sheet = &s->list[i];
        list_file(r, kit, arena_printf(&arena, "../%s", path_of(r, &arena, kit, sheet)),
                  sheet->pages, sheet->media);
        arena_free(&arena);
    }
    return true;
}

static bool print_delegation(struct printing *r, const struct delegated *d, size_t n_papers)
{
    const struct package *p = r->package;
    struct buffer result = {0};
    bool ok = true;

    r->delegation = d;
    r->stacks = mem_alloc(n_papers + 1, sizeof *r->stacks);
    stack_up(r, &d->result, NULL);
    for (size_t i = 0; i < p->n_people; i++)
        if (!strcmp(p->people[i].delegation, d->id)) {
            result_of(r->package, &p->people[i], &result);
            stack_up(r, &result, &p->people[i]);
        }
    for (size_t i = 0; i < n_papers; i++) {
        if (r->papers[i].print != KIT_NOT)
            ok = ok && print_paper(r, &r->papers[i], &r->stacks[i]);
        free(r->stacks[i].list);
    }
    free(r->stacks);
    buffer_clear(&result);
    arena_free(&r->arena);
    return ok;
}

static const char script[] =
    "#!/bin/sh\n"
    "# Prints everything that print-list.txt names, in its order. Ready to use:\n"
    "#   sh print.sh            all of it, on the default printer\n"
    "#   sh print.sh -n         only shows what it would do\n"
    "#   PRINTER=name sh print.sh\n"
    "cd \"$(dirname \"$0\")\" || exit 2\n"
    "run=; [ \"$1\" = -n ] && run=echo\n"
    "tab=$(printf '\\t')\n"
    "status=0\n"
    "while IFS=$tab read -r file copies sides media sheets; do\n"
    "  case $file in ''|'#'*) continue;; esac\n"
    "  $run lp ${PRINTER:+-d \"$PRINTER\"} -n \"$copies\" -o sides=\"$sides\" -o media=\"$media\" "
    "-o collate=true \\\n"
    "    -t \"${file##*/}\" -- \"./$file\" || status=2\n"
    "done < print-list.txt\n"
    "exit $status\n";

bool package_write_print_runs(struct package *p)
{
    struct printing r = {.package = p};
    size_t n = kit_papers(p->kit, &r.papers);
    struct buffer lp = {0};
    bool ok = true;

    buffer_puts(&r.list, "# 文件\t份数\t单双面\t纸张\t每份张数\n");
    for (size_t d = 0; d < p->n_delegations && ok; d++)
        ok = print_delegation(&r, &p->delegations[d], n);
    buffer_puts(&lp, script);
    ok = ok && package_put(p, &(struct put){.path = "print/print-list.txt", .bytes = &r.list}) &&
         package_put(p, &(struct put){.path = "print/print.sh", .bytes = &lp});
    *ARENA_PUSH(&p->arena, p->prints, p->n_prints, p->cap_prints) = "print/print-list.txt";
    *ARENA_PUSH(&p->arena, p->prints, p->n_prints, p->cap_prints) = "print/print.sh";
    buffer_clear(&lp);
    buffer_clear(&r.list);
    return ok;
}
