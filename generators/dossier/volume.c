/* volume.c - see volume.h: materials -> open files and laid papers -> numbers -> sheets -> one PDF.
 *
 * Every sheet of the volume is a page of ours, in one PDF: its number, links and bookmarks are
 * drawn and aimed by the same code as those of every paper. Pages of PDFs are put onto their
 * waiting sheets last (bind). */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, which POSIX.1-2008 lacks */
#include "dossier/volume.h"

#include "bind/bind.h"
#include "core/find.h"
#include "core/paths.h"
#include "core/workers.h"
#include "dossier/materials.h"
#include "dossier/plan.h"
#include "media/qpdf.h"
#include "pdf/pdf.h"
#include "record/data.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define A4_WIDTH 595.28
#define A4_HEIGHT 841.89
#define A3_SHORT 841.89
#define A3_LONG 1190.55

enum { MOST_SHEETS = 20000, NOTE = 4096 };

/* Of an attachment, for all that is done with it: CPU time, and memory beyond what is held when it
 * has its turn. */
enum { MOST_SECONDS = 10, MOST_MIB = 1024 };

/* --- options and the watch --- */

static const char *duplex, *keep_a3, *skip_bad, *password_file;

static const struct option_own own_options[] = {
    {"duplex",
     NULL,
     {"双面打印：各部分从正面起", "for printing on both sides: sections begin on a front side"},
     &duplex},
    {"skip-bad",
     NULL,
     {"读不出的附件以标记页代替（退出码 3）",
      "a marked sheet instead of what cannot be read (exit 3)"},
     &skip_bad},
    {"password-file",
     "FILE",
     {"PDF 的密码，每行一个", "passwords of PDFs, one a line"},
     &password_file},
    {"keep-a3", NULL, {"A3 的复印件仍用 A3", "A3 copies stay A3"}, &keep_a3},
};

size_t volume_options(const struct option_own **out)
{
    *out = own_options;
    return 4;
}

size_t volume_options_of_papers(const struct option_own **out)
{
    *out = own_options;
    return 3;
}

static char *note; /* shared with the processes */

/* Files that have ended a process. */
static struct shunned {
    char href[NOTE];
    bool slow;
} * shunned;
static size_t n_shunned;

void volume_watch(void)
{
    void *p = mmap(NULL, NOTE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    note = p == MAP_FAILED ? NULL : p;
}

const char *volume_watched(void)
{
    return note ? note : "";
}

static const struct shunned *find_shunned(const char *href)
{
    for (size_t i = 0; i < n_shunned; i++)
        if (!strncmp(shunned[i].href, href, NOTE - 1))
            return &shunned[i];
    return NULL;
}

bool volume_shun(bool slow)
{
    const char *href = volume_watched();
    if (!*href || find_shunned(href))
        return false;
    shunned = mem_resize(shunned, n_shunned + 1, sizeof *shunned);
    snprintf(shunned[n_shunned].href, NOTE, "%s", href);
    shunned[n_shunned++].slow = slow;
    *note = '\0';
    return true;
}

/* --- what is loaded once --- */

struct own_paper {
    const char *name;
    struct form *form;
};

enum part_kind { PART_COVER, PART_CONTENTS, PART_SEPARATOR, PART_PAPER, PART_COPY, PART_MISSING };

/* A cited file, opened once however often it is cited. */
struct attachment {
    struct attachment *next;
    const char *href;
    struct media_file file;
    struct media_image image;
    struct source *source; /* a PDF; NULL: the image */
    double seconds;        /* of CPU time that it has taken */
    bool bad;
};

/* A run of sheets; the plan's entry of the same number says where they are. */
struct part {
    enum part_kind kind;
    size_t section;
    const struct material *material; /* NULL: cover, contents, separator */
    const char *title, *anchor;
    struct attachment *attachment;
    size_t *selected; /* its pages that are bound, 1-based */
    struct form *form;
    struct pages *laid;
    record_node *node; /* what the templates see of it */
};

struct volume {
    struct arena arena;
    struct fonts *fonts;
    struct sections *sections;
    struct form *cover, *contents, *separator, *stamp, *missing;
    struct own_paper *papers;
    size_t n_papers;
    const char **passwords;
    size_t n_passwords, cap_passwords;
    /* one applicant's */
    const struct paper_job *job;
    struct materials *materials;
    struct attachment *attachments, *watched; /* watched: whose turn it is; NULL: nobody's */
    double since;                             /* when it began, in seconds of CPU time */
    struct part *parts;
    struct plan_entry *plan;
    size_t n, cap, total, stamped; /* parts; pages of the volume; the last number */
    size_t *part_of;               /* by material */
    bool partial;
    record_node *node;
    struct pages *sheets, *stamps;
    struct bind_copy *copies;
    size_t n_copies, cap_copies, n_links;
    struct buffer base; /* the sheets without the PDFs' pages */
};

static struct form *load_form(struct volume *v, const char *const *templates, const char *name,
                              struct diag *diag)
{
    const char *file = arena_printf(&v->arena, "%s.xml", name);
    char *path = find_file(&v->arena, templates, file);
    if (path)
        return form_load(path, v->fonts, diag);
    diag_system(diag, (struct src_pos){file, 0}, "找不到模板文件，书面材料要用它",
                "template file not found: the dossier needs it");
    return NULL;
}

static bool read_passwords(struct volume *v, const char *path, struct diag *diag)
{
    char line[1024];
    FILE *in = fopen(path, "r");
    if (!in)
        return diag_system(diag, (struct src_pos){path, 0}, "无法读取：%s", "cannot be read: %s",
                           strerror(errno));
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\r\n")] = '\0';
        if (*line)
            *ARENA_PUSH(&v->arena, v->passwords, v->n_passwords, v->cap_passwords) =
                arena_strdup(&v->arena, line);
    }
    bool ok = !ferror(in);
    fclose(in);
    return ok || diag_system(diag, (struct src_pos){path, 0}, "无法读取", "cannot be read");
}

struct volume *volume_load(const struct options *o, const char *const *templates,
                           struct fonts *fonts, struct diag *diag)
{
    struct volume *v = mem_alloc(1, sizeof *v);
    size_t errors = diag->count[SEVERITY_ERROR];
    const char **names;
    (void)o;
    qpdf_load(); /* for all volumes: each is bound in a process of its own */
    v->fonts = fonts;
    char *path = find_file(&v->arena, templates, "dossier.xml");
    if (!path)
        diag_system(diag, (struct src_pos){"dossier.xml", 0}, "找不到模板文件",
                    "template file not found");
    else if ((v->sections = sections_load(path, diag))) {
        const struct sections_facts *f = sections_facts(v->sections);
        v->cover = load_form(v, templates, f->cover, diag);
        v->contents = load_form(v, templates, f->contents, diag);
        v->separator = load_form(v, templates, f->separator, diag);
        v->stamp = load_form(v, templates, f->stamp, diag);
        v->missing = load_form(v, templates, f->missing, diag);
        v->n_papers = sections_papers(v->sections, &v->arena, &names);
        v->papers = ARENA_ARRAY(&v->arena, struct own_paper, v->n_papers);
        for (size_t i = 0; i < v->n_papers; i++)
            v->papers[i] = (struct own_paper){names[i], load_form(v, templates, names[i], diag)};
    }
    if (password_file)
        read_passwords(v, password_file, diag);
    if (diag->count[SEVERITY_ERROR] == errors)
        return v;
    volume_free(v);
    return NULL;
}

void volume_free(struct volume *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->n_papers; i++)
        form_free(v->papers[i].form);
    form_free(v->cover);
    form_free(v->contents);
    form_free(v->separator);
    form_free(v->stamp);
    form_free(v->missing);
    sections_free(v->sections);
    arena_free(&v->arena);
    free(v);
}

/* --- planning: what there is --- */

static struct part *add_part(struct volume *v, enum part_kind kind, size_t pages, bool front)
{
    size_t cap = v->cap;
    struct part *p = ARENA_PUSH(v->job->arena, v->parts, v->n, v->cap);
    if (v->cap != cap) {
        struct plan_entry *grown = ARENA_ARRAY(v->job->arena, struct plan_entry, v->cap);
        if (v->n > 1)
            memcpy(grown, v->plan, (v->n - 1) * sizeof *grown);
        v->plan = grown;
    }
    *p = (struct part){.kind = kind};
    v->plan[v->n - 1] =
        (struct plan_entry){.pages = pages, .front = front, .numbered = kind >= PART_SEPARATOR};
    return p;
}

static struct finding where_of(const struct material *m)
{
    return (struct finding){.rule = "R76", .label = m->title, .field = m->field, .at = m->at};
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What is done from now on is done for a, at its own cost; NULL: for nobody in particular. */
static void watch(struct volume *v, struct attachment *a)
{
    if (a == v->watched)
        return;
    double now = cpu_seconds();
    if (v->watched)
        v->watched->seconds += now - v->since;
    v->watched = a;
    v->since = now;
    if (note)
        snprintf(note, NOTE, "%s", a ? a->href : "");
    workers_note(a ? a->href : "");
    struct workers_limits limits = {0};
    if (a)
        limits = (struct workers_limits){(unsigned)fmax(1, ceil(MOST_SECONDS - a->seconds)),
                                         (size_t)MOST_MIB << 20};
    workers_slice(limits);
}

static void watch_copy(void *data, const struct source *at)
{
    watch(data, at ? at->owner : NULL);
}

static bool refuse(const struct shunned *s, struct finding where, struct diag *diag)
{
    where.severity = SEVERITY_ERROR;
    if (s->slow)
        return diag_add(diag, where, "读取文件“%s”用了 %d 秒以上，已放弃，请用“打印成 PDF”重新生成",
                        "reading file '%s' took more than %d seconds and was given up: print it to "
                        "a new PDF",
                        s->href, MOST_SECONDS);
    return diag_add(diag, where,
                    "读取文件“%s”的进程崩溃，或要用 %d MB 以上的内存，请用“打印成 PDF”重新生成",
                    "the process that read file '%s' died, or wanted more than %d MB of memory: "
                    "print it to a new PDF",
                    s->href, MOST_MIB);
}

static bool read_attachment(struct volume *v, struct attachment *a, const struct material *m,
                            struct diag *diag)
{
    const struct media_limits limits = {0};
    struct finding where = where_of(m);

    const struct shunned *bad = find_shunned(m->href);
    if (bad)
        return refuse(bad, where, diag);
    watch(v, a);
    if (!media_open(&a->file, v->job->dir, m->href, &limits, &where, diag))
        return false;
    if (a->file.type == MEDIA_PDF) {
        a->source = source_open(v->job->arena, &a->file, v->passwords, v->n_passwords, &limits,
                                &where, diag);
        if (a->source)
            a->source->owner = a;
        return a->source;
    }
    if (a->file.type == MEDIA_JPEG || a->file.type == MEDIA_PNG) {
        if (!image_load(&a->image, &a->file, &limits, &where, diag))
            return false;
        pdf_image_pack(&a->image);
        return true;
    }
    where.severity = SEVERITY_ERROR;
    return diag_add(diag, where, "“%s”实为 %s，只能装订 PDF、JPG 和 PNG",
                    "'%s' is really %s: only PDF, JPG and PNG can be bound", m->href,
                    media_type_name(a->file.type));
}

/* With --skip-bad an error is a warning, and a marked sheet takes the place. */
static void pass_on(struct volume *v, const struct diag *from, bool *bad)
{
    for (size_t i = 0; i < from->n; i++) {
        struct finding f = from->list[i];
        if (f.severity == SEVERITY_ERROR && skip_bad && f.fault == FAULT_DATA) {
            f.severity = SEVERITY_WARNING;
            v->partial = true;
        }
        diag_pass(v->job->diag, &f);
    }
    *bad = from->count[SEVERITY_ERROR] > 0;
}

static struct attachment *attachment_of(struct volume *v, const struct material *m)
{
    struct attachment *a = v->attachments;
    struct diag diag = {.context = v->job->diag->context};
    while (a && strcmp(a->href, m->href))
        a = a->next;
    if (a)
        return a;
    a = ARENA_NEW(v->job->arena, struct attachment);
    a->href = m->href;
    a->next = v->attachments;
    v->attachments = a;
    read_attachment(v, a, m, &diag);
    pass_on(v, &diag, &a->bad);
    diag_clear(&diag);
    return a;
}

static void plan_copy(struct volume *v, const struct material *m)
{
    struct attachment *a = attachment_of(v, m);
    struct part *p = add_part(v, a->bad ? PART_MISSING : PART_COPY, 1, false);
    struct diag diag = {.context = v->job->diag->context};
    size_t count = a->source ? a->source->n : 1, bad;
    bool failed = a->bad;

    p->attachment = a;
    p->form = v->missing;
    if (!a->bad) {
        size_t n = plan_select(m->pages, count, v->job->arena, &p->selected, &bad);
        struct finding where = where_of(m);
        where.severity = SEVERITY_ERROR;
        if (n == 0 && bad)
            diag_add(&diag, where, "“%s”没有第 %zu 页，它共 %zu 页（pages=\"%s\"）",
                     "'%s' has no page %zu, it has %zu (pages=\"%s\")", m->href, bad, count,
                     m->pages);
        else if (n == 0)
            diag_add(&diag, where, "“%s”的页码写法不对（pages=\"%s\"），应如 2-4,7",
                     "'%s': pages=\"%s\" should be like 2-4,7", m->href, m->pages);
        watch(v, a);
        for (size_t i = 0; i < n && a->source; i++)
            source_check(a->source, p->selected[i] - 1, &where, &diag);
        pass_on(v, &diag, &failed);
        if (failed)
            p->kind = PART_MISSING;
        else
            v->plan[v->n - 1].pages = n;
    }
    diag_clear(&diag);
}

static void plan_paper(struct volume *v, const struct material *m)
{
    struct part *p = add_part(v, PART_PAPER, 0, false);
    for (size_t i = 0; i < v->n_papers && !p->form; i++)
        if (!strcmp(v->papers[i].name, m->paper))
            p->form = v->papers[i].form;
    p->laid = paper_lay(p->form, v->job, NULL);
    v->plan[v->n - 1].pages = p->laid ? p->laid->n : 1;
}

static void plan_parts(struct volume *v)
{
    const struct materials *m = v->materials;
    struct part *p = add_part(v, PART_COVER, 1, true);

    p->form = v->cover;
    p = add_part(v, PART_CONTENTS, 1, true);
    p->form = v->contents;
    p->title = "目录";
    v->part_of = ARENA_ARRAY(v->job->arena, size_t, m->n + 1);
    for (size_t i = 0; i < m->n; i++) {
        if (i == 0 || m->list[i].section != m->list[i - 1].section) {
            p = add_part(v, PART_SEPARATOR, 1, true);
            p->form = v->separator;
            p->section = m->list[i].section;
            p->title = sections_title(v->sections, p->section);
            p->anchor = arena_printf(v->job->arena, "section %zu", p->section + 1);
        }
        if (m->list[i].kind == MATERIAL_COPY)
            plan_copy(v, &m->list[i]);
        else
            plan_paper(v, &m->list[i]);
        p = &v->parts[v->n - 1];
        p->material = &m->list[i];
        p->section = m->list[i].section;
        p->title = m->list[i].title;
        p->anchor = arena_printf(v->job->arena, "material %zu", i + 1);
        v->part_of[i] = v->n - 1;
    }
    watch(v, NULL);
}

static void number_pages(struct volume *v)
{
    v->total = plan_number(v->plan, v->n, duplex);
    v->stamped = v->n > 2 ? v->plan[v->n - 1].stamped + v->plan[v->n - 1].pages - 1 : 0;
}

/* page(id) */
static const char *page_of(const char *id, void *data)
{
    struct volume *v = data;
    const struct place *p = materials_place(v->materials, id);
    if (p->kind == PLACE_BOUND)
        return arena_printf(v->job->arena, "%zu", v->plan[v->part_of[p->material]].stamped);
    return materials_word(p->kind);
}

bool volume_plan(struct volume *v, const struct paper_job *job)
{
    size_t errors = job->diag->count[SEVERITY_ERROR];
    v->job = job;
    v->materials = materials_list(v->sections, job->query, job->node, job->arena);
    plan_parts(v);
    number_pages(v);
    if (v->total > MOST_SHEETS)
        diag_error(job->diag, (struct src_pos){0}, "书面材料共 %zu 页，超过上限 %d 页",
                   "the dossier has %zu pages, more than %d", v->total, MOST_SHEETS);
    query_context_set_pages(job->query, page_of, v);
    return job->diag->count[SEVERITY_ERROR] == errors;
}

void volume_close(struct volume *v)
{
    watch(v, NULL);
    buffer_clear(&v->base);
    for (struct attachment *a = v->attachments; a; a = a->next) {
        source_close(a->source);
        image_clear(&a->image);
        media_close(&a->file);
    }
    for (size_t i = 0; i < v->n; i++)
        pages_close(v->parts[i].laid);
    pages_close(v->stamps);
    record_drop(v->node);
    if (v->job)
        query_context_set_pages(v->job->query, NULL, NULL);
    v->attachments = NULL;
    v->node = NULL;
    v->stamps = v->sheets = NULL;
    v->parts = NULL;
    v->plan = NULL;
    v->copies = NULL;
    v->job = NULL;
    v->n = v->cap = v->n_copies = v->cap_copies = v->n_links = 0;
    v->partial = false;
}

/* --- what the templates see --- */

static void put_number(struct volume *v, record_node *node, const char *name, size_t n)
{
    record_put(node, name, arena_printf(v->job->arena, "%zu", n));
}

static void describe_section(struct volume *v, size_t section, size_t number)
{
    record_node *node = record_add(v->node, "section");
    size_t first = 0, last = 0, entries = 0;

    put_number(v, node, "number", number);
    record_put(node, "title", sections_title(v->sections, section));
    for (size_t i = 0; i < v->n; i++) {
        struct part *p = &v->parts[i];
        const struct plan_entry *at = &v->plan[i];
        if (p->section != section || p->kind < PART_SEPARATOR)
            continue;
        first = first ? first : at->stamped;
        last = at->stamped + at->pages - 1;
        if (p->kind == PART_SEPARATOR) {
            p->node = node;
            record_put(node, "anchor", p->anchor);
            continue;
        }
        p->node = record_add(node, "entry");
        put_number(v, p->node, "number", ++entries);
        record_put(p->node, "title", p->title);
        put_number(v, p->node, "first", at->stamped);
        put_number(v, p->node, "last", at->stamped + at->pages - 1);
        put_number(v, p->node, "pages", at->pages);
        record_put(p->node, "anchor", p->anchor);
        record_put(p->node, "kind",
                   p->kind == PART_PAPER  ? "paper"
                   : p->kind == PART_COPY ? "copy"
                                          : "missing");
        record_put(p->node, "href", p->material->href);
    }
    if (first) {
        put_number(v, node, "first", first);
        put_number(v, node, "last", last);
    } else {
        record_put(node, "none", v->materials->declared_none[section] ? "declared" : "true");
    }
}

static void describe(struct volume *v)
{
    v->node = record_add(v->job->node, "dossier");
    record_put(v->node, "title", sections_facts(v->sections)->title);
    put_number(v, v->node, "last", v->stamped);
    put_number(v, v->node, "pages", v->total);
    for (size_t s = 0; s < sections_count(v->sections); s++)
        describe_section(v, s, s + 1);
    for (size_t i = 0; i < v->materials->n_loose; i++) {
        const struct loose *l = &v->materials->loose[i];
        record_node *node = record_add(v->node, "loose");
        put_number(v, node, "number", i + 1);
        record_put(node, "title", l->title);
        put_number(v, node, "copies", (size_t)l->copies);
        record_put(node, "note", l->note);
    }
    for (size_t i = 0; i < v->n; i++)
        for (size_t k = 0, first = v->plan[i].stamped;
             first && k < v->plan[i].blanks + v->plan[i].pages; k++) {
            /* blanks before the first number are not numbered */
            size_t number = first - v->plan[i].blanks + k;
            if (number < 1 || number > v->stamped)
                continue;
            record_node *node = record_add(v->node, "page");
            put_number(v, node, "number", number);
            record_put(node, "kind",
                       k < v->plan[i].blanks           ? "blank"
                       : v->parts[i].kind == PART_COPY ? "copy"
                                                       : "paper");
        }
}

/* --- sheets --- */

static struct page *add_sheet(struct volume *v, double width, double height)
{
    struct page *p = ARENA_PUSH(v->job->arena, v->sheets->list, v->sheets->n, v->sheets->cap);
    /* those of the stamps come first: 草稿 lies behind copies, too */
    *p = (struct page){
        .width = width, .height = height, .marked = true, .watermark_end = v->stamps->n_watermarks};
    return p;
}

static void add_anchor(struct volume *v, const char *name, double y)
{
    if (name && *name)
        *ARENA_PUSH(v->job->arena, v->sheets->anchors, v->sheets->n_anchors,
                    v->sheets->cap_anchors) = (struct page_anchor){name, v->sheets->n, y};
}

static void add_outline(struct volume *v, int level, const char *title, size_t page, double y)
{
    *ARENA_PUSH(v->job->arena, v->sheets->outline, v->sheets->n_outline, v->sheets->cap_outline) =
        (struct page_outline){level, title, page, y};
}

/* Its own bookmarks go beneath its entry. */
static void add_laid(struct volume *v, const struct pages *laid, int level)
{
    size_t before = v->sheets->n_outline;
    pages_append(v->job->arena, v->sheets, laid);
    for (size_t i = before; i < v->sheets->n_outline; i++)
        v->sheets->outline[i].level += level;
}

static struct fit_sheet sheet_for(struct volume *v, double width, double height)
{
    const struct sections_facts *f = sections_facts(v->sections);
    struct fit_sheet s = {.width = A4_WIDTH, .height = A4_HEIGHT};
    if (keep_a3 && fit_is_a3(width, height)) {
        s.width = width > height ? A3_LONG : A3_SHORT;
        s.height = width > height ? A3_SHORT : A3_LONG;
    }
    memcpy(s.margin, f->margin, sizeof s.margin);
    return s;
}

static void add_image(struct volume *v, struct part *p)
{
    /* of an orientation, what it is after a quarter to the left */
    static const int turned[] = {8, 5, 6, 7, 4, 1, 2, 3};
    struct media_image *image = &p->attachment->image;
    bool known = image->dpi_x > 0 && image->dpi_y > 0, lies = image->orientation >= 5;
    double w = image->upright_width, h = image->upright_height;

    if (known) {
        w *= 72 / (lies ? image->dpi_y : image->dpi_x);
        h *= 72 / (lies ? image->dpi_x : image->dpi_y);
    }
    struct fit_sheet sheet = sheet_for(v, known ? w : 0, known ? h : 0);
    struct fit_place at = fit_place(&sheet, w, h, !known, sections_facts(v->sections)->turn);
    struct page *page = add_sheet(v, sheet.width, sheet.height);
    if (at.turned) {
        struct media_image *copy = ARENA_NEW(v->job->arena, struct media_image);
        *copy = *image;
        copy->orientation = turned[(image->orientation + 7) % 8];
        image = copy;
    }
    struct page_item *item = ARENA_PUSH(v->job->arena, page->items, page->n, page->cap);
    *item = (struct page_item){
        .kind = ITEM_IMAGE,
        .u.image = {at.x, sheet.height - at.y - at.height, at.width, at.height, image}};
}

/* Where a place in an attachment has come to; false: that page is not bound with this entry. */
static bool find_target(struct volume *v, const struct bind_copy *copies, size_t n,
                        const struct source_target *to, size_t *sheet, double *y)
{
    for (size_t i = 0; i < n; i++)
        if (copies[i].page == to->page) {
            double x, up;
            fit_point(copies[i].matrix, to->x, to->y, &x, &up);
            *sheet = copies[i].sheet;
            *y = v->sheets->list[*sheet].height - up;
            return true;
        }
    return false;
}

static void add_link(struct volume *v, const struct bind_copy *from, const struct source_link *link,
                     size_t sheet, double y)
{
    struct page *page = &v->sheets->list[from->sheet];
    const char *name = arena_printf(v->job->arena, "link %zu", ++v->n_links);
    double r[4];

    fit_rect(from->matrix, link->rect, r);
    *ARENA_PUSH(v->job->arena, v->sheets->anchors, v->sheets->n_anchors, v->sheets->cap_anchors) =
        (struct page_anchor){name, sheet, y};
    struct page_item *item = ARENA_PUSH(v->job->arena, page->items, page->n, page->cap);
    *item = (struct page_item){
        .kind = ITEM_LINK, .u.link = {r[0], page->height - r[3], r[2] - r[0], r[3] - r[1], name}};
}

static void add_pdf(struct volume *v, struct part *p, size_t n)
{
    struct source *s = p->attachment->source;
    size_t first = v->n_copies, sheet;
    double y;

    for (size_t i = 0; i < n; i++) {
        const struct fit_source *from = &s->pages[p->selected[i] - 1];
        double w, h;
        fit_size(from, &w, &h);
        struct fit_sheet on = sheet_for(v, w, h);
        struct fit_place at = fit_place(&on, w, h, false, sections_facts(v->sections)->turn);
        struct bind_copy *c = ARENA_PUSH(v->job->arena, v->copies, v->n_copies, v->cap_copies);
        *c = (struct bind_copy){.sheet = v->sheets->n, .source = s, .page = p->selected[i] - 1};
        fit_matrix(from, &at, c->matrix);
        add_sheet(v, on.width, on.height);
    }
    const struct bind_copy *copies = v->copies + first;
    for (size_t i = 0; i < s->n_bookmarks; i++)
        if (find_target(v, copies, n, &s->bookmarks[i].to, &sheet, &y))
            add_outline(v, 2 + s->bookmarks[i].level, s->bookmarks[i].title, sheet, y);
    for (size_t i = 0; i < s->n_links; i++)
        for (size_t k = 0; k < n; k++)
            if (copies[k].page == s->links[i].page &&
                find_target(v, copies, n, &s->links[i].to, &sheet, &y)) {
                add_link(v, &copies[k], &s->links[i], sheet, y);
                break;
            }
}

static void add_part_sheets(struct volume *v, size_t i)
{
    struct part *p = &v->parts[i];
    const char *item = p->material ? p->material->item : "";

    for (size_t k = 0; k < v->plan[i].blanks; k++)
        add_sheet(v, A4_WIDTH, A4_HEIGHT);
    add_anchor(v, p->anchor, 0);
    if (*item && v->part_of[materials_place(v->materials, item)->material] == i)
        add_anchor(v, item, 0);
    if (p->kind != PART_COVER)
        add_outline(v, p->material ? 2 : 1, p->title, v->sheets->n, 0);
    if (p->kind != PART_COPY)
        add_laid(v, p->laid, 2);
    else if (p->attachment->source)
        add_pdf(v, p, v->plan[i].pages);
    else
        add_image(v, p);
}

/* Page counts were settled when the numbers were given: whatever is laid out now must keep them. */
static bool lay_part(struct volume *v, size_t i, record_node *root)
{
    struct part *p = &v->parts[i];
    pages_close(p->laid);
    p->laid = paper_lay(p->form, v->job, root);
    if (!p->laid)
        return false;
    if (p->laid->n == v->plan[i].pages)
        return true;
    return diag_system(v->job->diag, (struct src_pos){0},
                       "“%s”填入页码后由 %zu 页变为 %zu 页，目录会不准；请检查模板 %s",
                       "with its page numbers \"%s\" has %zu pages instead of %zu, and the "
                       "contents would be wrong: check the template %s",
                       form_facts(p->form)->title, v->plan[i].pages, p->laid->n,
                       form_facts(p->form)->name);
}

static bool lay_all(struct volume *v)
{
    const struct paper_job *job = v->job;
    bool ok = true;

    for (size_t i = 0; i < v->n; i++)
        if (v->parts[i].kind == PART_PAPER && form_facts(v->parts[i].form)->cites)
            ok &= lay_part(v, i, NULL);
    describe(v);
    /* the length of the contents moves nothing but what is physical */
    struct part *contents = &v->parts[1];
    if (!(contents->laid = paper_lay(contents->form, job, NULL)))
        return false;
    v->plan[1].pages = contents->laid->n;
    number_pages(v);
    put_number(v, v->node, "pages", v->total);
    for (size_t i = 0; i < v->n; i++)
        if (v->parts[i].kind == PART_COVER)
            ok &= lay_part(v, i, NULL);
        else if (v->parts[i].kind == PART_SEPARATOR || v->parts[i].kind == PART_MISSING)
            ok &= lay_part(v, i, v->parts[i].node);
    v->stamps = v->stamped > 0 ? paper_lay(v->stamp, job, NULL) : NULL;
    if (v->stamped > 0 && v->stamps && v->stamps->n != v->stamped)
        ok = diag_system(job->diag, (struct src_pos){0},
                         "模板 %s 应为每个页码排一页：%zu 页，排出 %zu 页",
                         "the template %s must lay out one page for each number: %zu, not %zu",
                         form_facts(v->stamp)->name, v->stamped, v->stamps->n);
    return ok && v->stamps;
}

static void stamp_all(struct volume *v)
{
    size_t first = v->total - v->stamped; /* all sheets from there on have a number */
    for (size_t i = 0; i < v->stamped; i++) {
        struct page *sheet = &v->sheets->list[first + i];
        const struct page *stamp = &v->stamps->list[i];
        page_overlay(v->job->arena, sheet, stamp, sheet->width - stamp->width,
                     sheet->height - stamp->height);
    }
}

static void make_sheets(struct volume *v)
{
    const struct pages *first = v->parts[0].laid;
    struct pages marks =
        *v->stamps; /* its watermarks and what the report says; the pages are laid over ours */

    v->sheets = ARENA_NEW(v->job->arena, struct pages);
    *v->sheets = (struct pages){.title = sections_facts(v->sections)->title,
                                .subject = first->subject,
                                .author = first->author,
                                .language = first->language,
                                .created = first->created};
    marks.n = marks.n_anchors = marks.n_outline = 0;
    pages_append(v->job->arena, v->sheets, &marks);
    for (size_t i = 0; i < v->n; i++)
        add_part_sheets(v, i);
    stamp_all(v);
}

/* --- the ledger --- */

static void report_row(struct json *j, const char *kind, const char *title, const struct part *p,
                       const struct plan_entry *at, struct arena *arena)
{
    json_open(j, NULL, '{');
    json_string(j, "kind", kind);
    json_string(j, "title", title);
    if (p && p->material && p->material->kind == MATERIAL_COPY) {
        json_string(j, "source", p->material->href);
        if (p->kind == PART_COPY)
            json_string(j, "source_pages", plan_ranges(p->selected, at->pages, arena));
    } else if (p && p->kind == PART_PAPER) {
        json_string(j, "source", p->material->paper);
    }
    if (at->stamped)
        json_integer(j, "stamped", (long long)at->stamped);
    json_integer(j, "physical", (long long)at->physical);
    json_integer(j, "pages", (long long)at->pages);
    json_close(j, '}');
}

static void report_ledger(const void *data, struct json *j)
{
    static const char *const kinds[] = {"cover", "contents", "separator",
                                        "paper", "copy",     "missing"};
    const struct volume *v = data;
    json_open(j, "ledger", '[');
    for (size_t i = 0; i < v->n; i++) {
        const struct part *p = &v->parts[i];
        const struct plan_entry *at = &v->plan[i];
        if (at->blanks) {
            struct plan_entry blank = {.pages = at->blanks, .physical = at->physical - at->blanks};
            if (at->stamped > at->blanks)
                blank.stamped = at->stamped - at->blanks;
            report_row(j, "blank", "", NULL, &blank, v->job->arena);
        }
        report_row(j, kinds[p->kind], p->title ? p->title : "封面", p, at, v->job->arena);
    }
    json_close(j, ']');
}

/* --- all of it --- */

bool volume_bind(struct volume *v, struct paper_made *out)
{
    bool ok = false;

    if (!lay_all(v) || diag_failed(v->job->diag))
        return false;
    make_sheets(v);
    if (v->sheets->n != v->total)
        return diag_system(
            v->job->diag, (struct src_pos){0}, "书面材料应有 %zu 页，排出 %zu 页（程序错误）",
            "the dossier should have %zu pages and has %zu (a fault of this program)", v->total,
            v->sheets->n);
    if (pdf_write(v->sheets, &v->base, v->job->diag)) {
        /* the pictures are in it now */
        for (struct attachment *a = v->attachments; a; a = a->next)
            if (!a->source) {
                image_clear(&a->image);
                media_close(&a->file);
            }
        ok = bind_volume(&v->base, v->copies, v->n_copies, watch_copy, v, out->file, v->job->diag);
        buffer_clear(&v->base);
    }
    out->pages = v->sheets;
    out->partial = v->partial;
    out->report = report_ledger;
    out->data = v;
    out->facts = (struct form_facts){.name = "dossier",
                                     .title = sections_facts(v->sections)->title,
                                     .paper = "A4",
                                     .copies = 1,
                                     .binding = "bound",
                                     .seals = ""};
    return ok;
}
