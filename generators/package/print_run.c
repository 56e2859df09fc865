/* print_run.c - see print_run.h. */
#include "package/print_run.h"

#include "bind/merge.h"
#include "core/json_value.h"
#include "core/worker_fault.h"
#include "core/workers.h"
#include "package/keys.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SHEETS = 500 }; /* of paper, in one file for the printer */

/* One document that is printed. */
struct printed {
    const struct person *person; /* NULL: the delegation's own */
    unsigned pages;
    char sha256[DIGEST_HEX], media[8];
};

/* All documents of one paper, in the order of the batch. */
struct stack {
    struct printed *list; /* free() it */
    size_t n, cap;
};

struct printing {
    const struct package *package;
    struct tree_paths *written;
    struct arena arena; /* of one delegation */
    const struct delegation *delegation;
    const struct catalogue_paper *papers;
    size_t n_papers;
    struct stack *stacks; /* by the catalogue's number */
    struct buffer list;
};

/* Documents of one paper that become one file. */
struct print_run {
    struct printing *printing;
    const struct catalogue_paper *paper;
    const struct printed *list;
    size_t n, pages; /* pages: of the file */
    int file;        /* that they are merged into */
    const char *path;
    char key[DIGEST_HEX]; /* of what is merged, and how */
};

static size_t sheets_of(const struct catalogue_paper *paper, size_t pages)
{
    return paper->duplex ? (pages + 1) / 2 : pages;
}

static void list_file(struct printing *r, const struct catalogue_paper *paper, const char *path,
                      size_t pages, const char *media)
{
    buffer_printf(&r->list, "%s\t%d\t%s\t%s\t%zu\n", path, paper->loose_copies,
                  paper->duplex ? "two-sided-long-edge" : "one-sided", *media ? media : "A4",
                  sheets_of(paper, pages));
}

/* Puts a person's documents on the stacks of their papers; one without pages, a workbook, is not
 * printed. */
static void stack_documents(struct printing *r, const struct buffer *result,
                            const struct person *person)
{
    struct result parts;
    struct result_document d;

    result_open(&parts, result);
    while (result_next(&parts, &d)) {
        struct stack *s = &r->stacks[d.paper];
        if (d.pages == 0)
            continue;
        struct printed *printed = MEM_PUSH(s->list, s->n, s->cap);
        *printed = (struct printed){.person = person, .pages = d.pages};
        memcpy(printed->sha256, d.sha256, DIGEST_HEX);
        memcpy(printed->media, d.media, sizeof printed->media);
    }
}

static const char *path_of(const struct printing *r, struct arena *arena,
                           const struct catalogue_paper *paper, const struct printed *d)
{
    const struct result_document document = {.paper = (unsigned)(paper - r->papers)};
    return package_path(r->package, arena, d->person ? d->person->folder : r->delegation->folder,
                        &document);
}

/* What its bookmark says. */
static const char *bookmark(const struct printing *r, struct arena *arena, const struct printed *d)
{
    return d->person ? arena_printf(arena, "%s %s", d->person->id, d->person->name)
                     : r->delegation->issuer;
}

static void describe(struct json *j, const void *data)
{
    const struct print_run *run = data;
    json_integer(j, "pages", (long long)run->pages);
    json_integer(j, "copies", run->paper->loose_copies);
    json_string(j, "kind", "print-run");
    json_string(j, "paper", run->list[0].media);
    json_integer(j, "documents", (long long)run->n);
    json_string(j, "key", run->key);
}

/* In a process of its own, which takes all the memory of it along: the number of pages; nothing
 * when it failed. */
static void merge_alone(void *data, struct buffer *result)
{
    const struct print_run *run = data;
    struct printing *r = run->printing;
    struct arena *a = &r->arena;
    struct merge_part *parts = mem_alloc(run->n + 1, sizeof *parts);
    struct diag diag = {0};
    size_t pages = 0;

    for (size_t i = 0; i < run->n; i++)
        parts[i] = (struct merge_part){
            .path = tree_path(r->package->tree, a, path_of(r, a, run->paper, &run->list[i])),
            .title = bookmark(r, a, &run->list[i])};
    if (merge_parts(parts, run->n, run->paper->duplex, run->file, &pages, &diag))
        pack_number(result, pages);
}

static bool merge(struct print_run *run)
{
    enum { MOST_SECONDS = 600 };
    const struct workers_limits limits = {MOST_SECONDS, (size_t)4 << 30};
    struct buffer result = {0};
    enum workers_end end = workers_alone(merge_alone, run, limits, &result);
    bool ok = end == WORKERS_DONE;
    struct parcel parcel = parcel_of(&result);

    run->pages = unpack_number(&parcel);
    ok = ok && !parcel.broken;
    buffer_clear(&result);
    if (end == WORKERS_MACHINE)
        return worker_fault(run->printing->package->diag, (struct finding){.at.file = run->path},
                            &(struct worker_fault){.end = end});
    return ok ||
           diag_system(
               run->printing->package->diag, (struct src_pos){run->path, 0},
               "%zu 份《%s》未能合并打印；各份文件完好，可逐份打印，再运行一次 package 重新合并",
               "%zu of %s could not be merged for printing; each by itself is whole: print them "
               "singly, or run package again",
               run->n, run->paper->file);
}

static void digest_run(struct print_run *run)
{
    struct arena arena = {0};
    struct digest *d = digest_new();

    digest_text(d, run->printing->package->keys->common.program);
    digest_text(d, run->paper->duplex ? "duplex" : NULL);
    digest_add(d, &run->paper->loose_copies, sizeof run->paper->loose_copies); /* in its line */
    for (size_t i = 0; i < run->n; i++) {
        digest_text(d, run->list[i].sha256);
        digest_text(d, bookmark(run->printing, &arena, &run->list[i]));
    }
    digest_end(d, run->key);
    arena_free(&arena);
}

/* Is the file there, of the same documents? */
static bool is_there(struct print_run *run)
{
    const struct package *p = run->printing->package;
    struct arena arena = {0};
    const struct manifest_file *old = manifest_find(p->tree->manifest, run->path);
    struct json_value *line = old ? json_parse(&arena, old->line, old->len) : NULL;
    const char *key = json_member_text(line, "key");
    bool there = key && !strcmp(key, run->key) && !p->own->force && tree_has(p->tree, run->path);

    run->pages = (size_t)json_member_number(line, "pages");
    arena_free(&arena);
    return there;
}

/* One file: merged, unless it is there already. */
static bool write_run(struct print_run *run)
{
    struct printing *r = run->printing;
    const struct package *p = r->package;
    bool ok = true;

    digest_run(run);
    if (!is_there(run)) {
        struct buffer out = {.spool = tree_spool(p->tree, run->path, p->diag)};
        const struct tree_file file = {
            .path = run->path, .bytes = &out, .describe = describe, .data = run};
        run->file = spool_fd(out.spool);
        ok = spool_ok(out.spool) && merge(run) && tree_put(p->tree, &file, p->diag);
        spool_free(out.spool);
    }
    tree_paths_add(r->written, run->path);
    list_file(r, run->paper, run->path + strlen("print/"), run->pages, run->list[0].media);
    return ok;
}

/* How many documents from there on go into one file. */
static size_t run_length(const struct catalogue_paper *paper, const struct stack *s, size_t from)
{
    size_t sheets = sheets_of(paper, s->list[from].pages), n = 1;
    while (from + n < s->n && (sheets += sheets_of(paper, s->list[from + n].pages)) <= MOST_SHEETS)
        n++;
    return n;
}

/* All of one paper of a delegation, in as many files as it takes. */
static bool write_runs(struct printing *r, const struct catalogue_paper *paper,
                       const struct stack *s)
{
    bool ok = true;
    size_t number = 0;

    for (size_t i = 0, n; i < s->n && ok; i += n) {
        n = run_length(paper, s, i);
        number++;
        const char *suffix = n < s->n ? arena_printf(&r->arena, "-%zu", number) : "";
        struct print_run run = {.printing = r, .paper = paper, .list = &s->list[i], .n = n};
        run.path = arena_printf(&r->arena, "print/%s-%s%s.pdf", r->delegation->folder, paper->file,
                                suffix);
        ok = !*r->package->stopped && write_run(&run);
    }
    return ok;
}

static bool print_paper(struct printing *r, const struct catalogue_paper *paper,
                        const struct stack *s)
{
    if (s->n > 0 && paper->print == PRINT_MERGED)
        return write_runs(r, paper, s);
    for (size_t i = 0; i < s->n; i++) {
        struct arena arena = {0};
        const struct printed *d = &s->list[i];
        list_file(r, paper, arena_printf(&arena, "../%s", path_of(r, &arena, paper, d)), d->pages,
                  d->media);
        arena_free(&arena);
    }
    return true;
}

static bool print_delegation(struct printing *r, size_t number)
{
    const struct package *p = r->package;
    const struct batch *b = p->batch;
    struct buffer result = {0};
    bool ok = true;

    r->delegation = &b->delegations[number];
    r->stacks = mem_alloc(r->n_papers + 1, sizeof *r->stacks);
    stack_documents(r, &p->results->delegations[number].bytes, NULL);
    for (size_t i = 0; i < b->n_people; i++)
        if (batch_is_in(&b->people[i], r->delegation)) {
            results_person(p->results, i, &result);
            stack_documents(r, &result, &b->people[i]);
        }
    for (size_t i = 0; i < r->n_papers; i++) {
        if (r->papers[i].print != PRINT_NOT)
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

static bool put_text(struct printing *r, const char *path, struct buffer *text)
{
    tree_paths_add(r->written, path);
    return tree_put(r->package->tree, &(struct tree_file){.path = path, .bytes = text},
                    r->package->diag);
}

bool print_runs_write(const struct package *p, struct tree_paths *written)
{
    struct printing r = {.package = p, .written = written};
    struct buffer lp = {0};
    bool ok = true;

    r.n_papers = catalogue_papers(p->catalogue, &r.papers);
    buffer_puts(&r.list, "# 文件\t份数\t单双面\t纸张\t每份张数\n");
    for (size_t i = 0; i < p->batch->n_delegations && ok; i++)
        ok = print_delegation(&r, i);
    buffer_puts(&lp, script);
    ok = ok && put_text(&r, "print/print-list.txt", &r.list) && put_text(&r, "print/print.sh", &lp);
    buffer_clear(&lp);
    buffer_clear(&r.list);
    return ok;
}
