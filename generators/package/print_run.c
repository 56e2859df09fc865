/* print_run.c - see print_run.h. */
#include "package/print_run.h"

#include "bind/merge.h"
#include "core/find.h"
#include "core/json_value.h"
#include "core/small_file.h"
#include "core/worker_fault.h"
#include "core/workers.h"
#include "package/keys.h"
#include "package/print_sheets.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SHEETS = 500 }; /* of paper, in one file for the printer */

/* One document that is printed. */
struct printed {
    const struct person *person; /* NULL: the group's own */
    const struct people_group
        *group;      /* a delegation's, a unit's or the batch's; NULL: a person's */
    const char *run; /* the file that holds it, too, for all people; NULL: none */
    size_t order;    /* of the person among all of the list; the delegation's own first */
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
    struct arena arena;                    /* of one delegation */
    const struct people_group *delegation; /* or the batch, of its own papers */
    const struct catalogue_paper *papers;
    size_t n_papers;
    struct stack *stacks; /* by the catalogue's number */
    size_t order;         /* of the person or delegation at hand */
    size_t first;         /* of the delegation's first person */
    struct print_counts counts;
    size_t cap_people, cap_counts;
    struct print_sheets *sheets;
    struct buffer list;
    size_t n_jobs;
};

/* Documents of one paper that become one file. */
struct print_run {
    struct printing *printing;
    const struct catalogue_paper *paper;
    struct printed *list;
    size_t n, pages; /* pages: of the file */
    int file;        /* that they are merged into */
    const char *path;
    char key[DIGEST_HEX]; /* of what is merged, and how */
};

static size_t sheets_of(const struct catalogue_paper *paper, size_t pages)
{
    return paper->duplex ? (pages + 1) / 2 : pages;
}

/* A field of print-list.txt: one that is empty would close up with the next. */
static void put_field(struct buffer *list, const char *text)
{
    buffer_putc(list, '\t');
    for (const char *p = text && *text ? text : "-"; *p; p++)
        buffer_putc(list, (unsigned char)*p < 0x20 ? ' ' : *p);
}

/* A line of print-list.txt, which templates/base/print.sh reads. */
struct print_job {
    /* run: a file of all people; document: one of those in it; single; tally; separator, before a
     * person's; unit, before a unit's; labels */
    const char *how;
    const char *file, *key;
    int copies, held; /* held: copies of documents that one of these holds */
    size_t pages;
    const struct printed *document; /* of a run, the first */
};

/* NULL: it is not a unit's. */
static const char *unit_of(const struct printed *d)
{
    return d->group && d->group->scope == SCOPE_UNIT ? d->group->id : NULL;
}

static void list_job(struct printing *r, const struct catalogue_paper *paper,
                     const struct print_job *job)
{
    const struct printed *d = job->document;
    bool one = strcmp(job->how, "run");
    const struct person *person = one ? d->person : NULL;

    buffer_puts(&r->list, job->how);
    put_field(&r->list, job->file);
    buffer_printf(&r->list, "\t%d\t%s\t%s\t%s\t%zu", job->copies,
                  paper->duplex ? "two-sided-long-edge" : "one-sided", *d->media ? d->media : "A4",
                  paper->colour ? "colour" : "mono", sheets_of(paper, job->pages));
    put_field(&r->list, job->key);
    put_field(&r->list, paper->file);
    put_field(&r->list, r->delegation->folder);
    put_field(&r->list, person ? person->unit : one ? unit_of(d) : NULL);
    put_field(&r->list, person ? person->id : NULL);
    put_field(&r->list, person ? person->name : NULL);
    buffer_printf(&r->list, "\t%zu", one ? d->order : 0);
    put_field(&r->list, one ? d->run : NULL);
    buffer_printf(&r->list, "\t%d\n", job->held);
    r->n_jobs++;
}

/* What the tally says of a document. */
static void count_document(struct printing *r, const struct catalogue_paper *paper,
                           const struct printed *d)
{
    size_t sheets = sheets_of(paper, d->pages) * (size_t)paper->loose_copies;
    struct print_count *of_paper = &r->counts.by_paper[paper - r->papers];

    of_paper->documents++;
    of_paper->sheets += sheets;
    if (!d->person)
        return;
    struct print_count *of_person = &r->counts.by_person[d->order - r->first];
    of_person->documents++;
    of_person->sheets += sheets;
    if (of_person->papers.len > 0)
        of_person->papers.len--; /* the end of the text before */
    buffer_printf(&of_person->papers, "%s%s×%d", of_person->documents > 1 ? "、" : "", paper->file,
                  paper->loose_copies);
    buffer_putc(&of_person->papers, '\0');
    if (paper_maker_is_volume(r->package->maker, paper->paper))
        *MEM_PUSH(of_person->volumes, of_person->n_volumes, of_person->cap_volumes) =
            (struct print_volume){paper, d->pages, sheets_of(paper, d->pages)};
}

/* Puts a person's documents on the stacks of their papers; one without pages, a workbook, is not
 * printed. */
static void stack_documents(struct printing *r, const struct buffer *result,
                            const struct person *person, const struct people_group *group)
{
    struct result parts;
    struct result_document d;

    result_open(&parts, result);
    while (result_next(&parts, &d)) {
        struct stack *s = &r->stacks[d.paper];
        if (d.pages == 0)
            continue;
        struct printed *printed = MEM_PUSH(s->list, s->n, s->cap);
        *printed =
            (struct printed){.person = person, .group = group, .order = r->order, .pages = d.pages};
        memcpy(printed->sha256, d.sha256, DIGEST_HEX);
        memcpy(printed->media, d.media, sizeof printed->media);
    }
}

static const char *path_of(const struct printing *r, struct arena *arena,
                           const struct catalogue_paper *paper, const struct printed *d)
{
    const struct result_document document = {.paper = (unsigned)(paper - r->papers)};
    return package_path(r->package, arena, d->person ? d->person->folder : d->group->folder,
                        &document);
}

/* What its bookmark says. */
static const char *bookmark(struct arena *arena, const struct printed *d)
{
    return d->person ? arena_printf(arena, "%s %s", d->person->id, d->person->name)
                     : d->group->name;
}

static void describe(struct json *j, const void *data)
{
    const struct print_run *run = data;
    json_integer(j, "pages", (long long)run->pages);
    json_integer(j, "copies", 1);
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
            .title = bookmark(a, &run->list[i]),
            .copies = run->paper->loose_copies};
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
    if (end == WORKERS_MACHINE || end == WORKERS_KILLED)
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
    digest_add(d, &run->paper->loose_copies, sizeof run->paper->loose_copies);
    for (size_t i = 0; i < run->n; i++) {
        digest_text(d, run->list[i].sha256);
        digest_text(d, bookmark(&arena, &run->list[i]));
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

    run->pages = (size_t)json_member_count(line, "pages");
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
    for (size_t i = 0; i < run->n; i++)
        run->list[i].run = run->path + strlen("print/");
    list_job(r, run->paper,
             &(struct print_job){.how = "run",
                                 .file = run->list[0].run,
                                 .key = run->key,
                                 .copies = 1,
                                 .held = (int)run->n * run->paper->loose_copies,
                                 .pages = run->pages,
                                 .document = run->list});
    return ok;
}

/* How many documents from there on go into one file. */
static size_t run_length(const struct catalogue_paper *paper, const struct stack *s, size_t from)
{
    size_t copies = (size_t)paper->loose_copies, n = 1;
    size_t sheets = sheets_of(paper, s->list[from].pages) * copies;
    while (from + n < s->n &&
           (sheets += sheets_of(paper, s->list[from + n].pages) * copies) <= MOST_SHEETS)
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
    bool merged = paper->print == PRINT_MERGED;
    if (merged && s->n > 0 && !write_runs(r, paper, s))
        return false;
    for (size_t i = 0; i < s->n; i++) {
        struct arena arena = {0};
        const struct printed *d = &s->list[i];
        count_document(r, paper, d);
        list_job(
            r, paper,
            &(struct print_job){.how = merged ? "document" : "single",
                                .file = arena_printf(&arena, "../%s", path_of(r, &arena, paper, d)),
                                .key = d->sha256,
                                .copies = paper->loose_copies,
                                .held = 1,
                                .pages = d->pages,
                                .document = d});
        arena_free(&arena);
    }
    return true;
}

static void begin_counts(struct printing *r)
{
    r->counts =
        (struct print_counts){.delegation = r->delegation,
                              .papers = r->papers,
                              .n_papers = r->n_papers,
                              .box_sheets = (size_t)catalogue_box_sheets(r->package->catalogue)};
    r->counts.by_paper = mem_alloc(r->n_papers + 1, sizeof *r->counts.by_paper);
    r->cap_people = r->cap_counts = 0;
    r->first = r->order + 1;
}

static void count_person(struct printing *r, const struct person *person)
{
    size_t n = r->counts.n_people;
    *MEM_PUSH(r->counts.people, r->counts.n_people, r->cap_people) = person;
    *MEM_PUSH(r->counts.by_person, n, r->cap_counts) = (struct print_count){0};
}

static void end_count(struct print_count *count)
{
    buffer_clear(&count->papers);
    free(count->volumes);
}

static void end_counts(struct printing *r)
{
    for (size_t i = 0; i < r->counts.n_people; i++)
        end_count(&r->counts.by_person[i]);
    free(r->counts.by_paper);
    free(r->counts.by_person);
    free(r->counts.people);
}

static void list_sheet(struct printing *r, enum print_sheet which, const struct print_job *written,
                       const char *how, const struct printed *d)
{
    const struct catalogue_paper paper = {.file = print_sheets_title(r->sheets, which)};
    struct print_job job = *written;
    job.how = how;
    job.document = d;
    list_job(r, &paper, &job);
}

/* A job for each page: the number of the page stands where other documents have their run. */
static void list_separators(struct printing *r, struct print_job *written)
{
    const struct print_counts *c = &r->counts;
    size_t unit_page = c->n_people;
    written->pages = 1;
    for (size_t i = 0; i < c->n_people; i++) {
        struct printed d = {.person = c->people[i], .order = r->first + i};
        if (print_counts_begin_unit(c, i)) {
            d.run = arena_printf(&r->arena, "%zu", ++unit_page);
            list_sheet(r, PRINT_SEPARATORS, written, "unit", &d);
        }
        d.run = arena_printf(&r->arena, "%zu", i + 1);
        list_sheet(r, PRINT_SEPARATORS, written, "separator", &d);
    }
}

static bool write_sheets(struct printing *r)
{
    for (int k = 0; k < PRINT_SHEETS && r->counts.n_people > 0; k++) {
        enum print_sheet which = (enum print_sheet)k;
        const char *path = arena_printf(&r->arena, "print/%s-%s.pdf", r->delegation->folder,
                                        print_sheets_title(r->sheets, which));
        char sha256[DIGEST_HEX];
        struct print_job job = {
            .file = path + strlen("print/"), .key = sha256, .copies = 1, .held = 1};
        if (!print_sheets_write(r->sheets, which, &r->counts, path, &job.pages, sha256)) {
            if (r->package->diag->system_faults)
                return false;
            continue; /* what is too long for a label costs that sheet alone */
        }
        tree_paths_add(r->written, path);
        if (which == PRINT_SEPARATORS)
            list_separators(r, &job);
        else
            list_sheet(r, which, &job, which == PRINT_TALLY ? "tally" : "labels",
                       &(struct printed){.order = r->first - 1});
    }
    return true;
}

static bool is_unit_of(const struct people_group *unit, const struct people_group *delegation)
{
    return unit->scope == SCOPE_UNIT && delegation->scope == SCOPE_DELEGATION &&
           !strcmp(unit->delegation, delegation->id);
}

/* A delegation with its units and people, or the batch's own papers. */
static bool print_delegation(struct printing *r, size_t number)
{
    const struct package *p = r->package;
    const struct batch *b = p->batch;
    struct buffer result = {0};
    bool ok = true;

    r->delegation = &b->groups[number];
    r->stacks = mem_alloc(r->n_papers + 1, sizeof *r->stacks);
    r->order++;
    begin_counts(r);
    for (size_t i = 0; i < b->n_groups; i++)
        if (i == number || is_unit_of(&b->groups[i], r->delegation))
            stack_documents(r, &p->results->groups[i].bytes, NULL, &b->groups[i]);
    for (size_t i = 0; i < r->delegation->n && r->delegation->scope == SCOPE_DELEGATION; i++) {
        const struct person *person = r->delegation->members[i];
        if (!p->results->people[person->number].complete)
            continue;
        results_person(p->results, person->number, &result);
        r->order++;
        count_person(r, person);
        stack_documents(r, &result, person, NULL);
    }
    for (size_t i = 0; i < r->n_papers; i++) {
        if (r->papers[i].print != PRINT_NOT)
            ok = ok && print_paper(r, &r->papers[i], &r->stacks[i]);
        free(r->stacks[i].list);
    }
    ok = ok && write_sheets(r);
    end_counts(r);
    free(r->stacks);
    buffer_clear(&result);
    arena_free(&r->arena);
    return ok;
}

static bool put_text(struct printing *r, const char *path, struct buffer *text)
{
    tree_paths_add(r->written, path);
    return tree_put(r->package->tree, &(struct tree_file){.path = path, .bytes = text},
                    r->package->diag);
}

/* The script is a file of templates/, as it stands. */
static bool put_script(struct printing *r)
{
    const struct package *p = r->package;
    struct buffer script = {0};
    const char *path = find_template(&p->tree->arena, p->papers->templates, "print.sh",
                                     (struct src_pos){0}, p->diag);
    bool ok = path && small_file_read(path, 1 << 20, &script, p->diag) &&
              put_text(r, "print/print.sh", &script);
    buffer_clear(&script);
    return ok;
}

bool print_runs_write(const struct package *p, struct tree_paths *written)
{
    struct printing r = {.package = p, .written = written};

    r.sheets = print_sheets_new(p);
    r.n_papers = catalogue_papers(p->catalogue, &r.papers);
    bool ok = r.sheets != NULL;
    buffer_puts(&r.list, "# 方式\t文件\t份数\t单双面\t纸张\t颜色\t每份张数\t内容\t材料\t委托单位\t"
                         "单位\t编号\t姓名\t次序\t合并文件\t所含份数\n");
    for (size_t i = 0; i < p->batch->n_groups && ok; i++)
        if (p->batch->groups[i].scope != SCOPE_UNIT)
            ok = print_delegation(&r, i);
    buffer_printf(&r.list, "# end %zu\n", r.n_jobs);
    if (p->scope == BATCH_WHOLE) /* the list is of all */
        ok = ok && put_text(&r, "print/print-list.txt", &r.list) && put_script(&r);
    buffer_clear(&r.list);
    print_sheets_free(r.sheets);
    return ok;
}
