/* kit_documents.c - see kit_documents.h. */
#include "package/kit_documents.h"

#include "core/output.h"

#include <string.h>

/* Numbers of what is no file of the kit's list. */
static const size_t PHOTO_PART = SIZE_MAX - 1, SHEET_PART = SIZE_MAX;

static void begin_kit(struct task *t)
{
    const struct package *p = t->package;
    const struct kit_job job = {.platform = p->platform,
                                .who = t->who,
                                .query = t->query,
                                .asof = record_asof(p->record),
                                .near = p->tree->root,
                                .reader = p->scans,
                                .fit_photo = p->own->fit_photo != NULL,
                                .arena = &t->arena};
    query_context_set_diag(t->query, &t->diag);
    t->kit = kit_begin(&job);
    t->gaps = (struct diag){.strict = t->diag.strict, .context = t->diag.context};
}

static struct key part_key(struct task *t, size_t part, const struct key *whole)
{
    const struct upload_file *f = &t->kit.files->list[part];
    struct digest *recipe = digest_new();
    const char **hrefs = ARENA_ARRAY(&t->arena, const char *, f->n + 1);

    for (size_t i = 0; i < f->n; i++)
        hrefs[i] = f->pieces[i].source.href;
    kit_recipe(&t->kit, part, recipe);
    return keys_part(t->package->keys, whole, recipe, t->who, &t->files, hrefs, f->n);
}

/* Whether a scan goes through as it is is known when it has been opened, and so is the suffix. */
static struct planned_document *plan_file(struct task *t, size_t paper, size_t part,
                                          const struct key *whole)
{
    static const char *const suffixes[] = {"jpg", "png", "pdf"};
    const struct key key = part_key(t, part, whole);
    struct planned_document *d = NULL;
    const char *change = NULL;

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && !(d && !d->reason); i++) {
        t->n -= d != NULL;
        d = task_plan(t, paper, &key,
                      arena_printf(&t->arena, "%s.%s", kit_stem(&t->kit, part), suffixes[i]));
        change = d->reason && (!change || !strcmp(change, "new")) ? d->reason : change;
    }
    d->part = part;
    d->reason = d->reason ? change : NULL;
    return d;
}

static bool is_known(const struct task *t, const char *leaf)
{
    struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s/%s", t->folder, leaf);
    bool known = manifest_find(t->package->tree->manifest, path) != NULL;
    arena_free(&arena);
    return known;
}

void kit_documents_list(struct task *t, size_t paper, const struct key *key)
{
    const char *due = NULL;

    if (!t->kit.files)
        begin_kit(t);
    for (size_t i = 0; i < t->kit.files->n; i++)
        if (t->kit.files->list[i].state == UPLOAD_CITED) {
            const struct planned_document *d = plan_file(t, paper, i, key);
            due = due ? due : d->reason;
        }
    size_t photo = t->n;
    task_plan(t, paper, key, t->kit.photo_path)->part = PHOTO_PART;
    if (is_known(t, t->kit.photo_path))
        due = due ? due : t->list[photo].reason;
    struct planned_document *sheet = task_plan(t, paper, key, t->kit.sheet_path);
    sheet->part = SHEET_PART;
    sheet->reason = sheet->reason ? sheet->reason : due;
    if (!sheet->reason && t->list[photo].reason) { /* there was none to make */
        t->list[photo].reason = NULL;
        t->list[photo].absent = true;
    }
}

/* --- made --- */

static bool adopt(struct task *t, struct planned_document *d, struct document *document,
                  const struct diag *diag)
{
    const struct catalogue_paper *paper = d->paper;
    bool ok;
    document->facts.title = document->facts.title ? document->facts.title : paper->file;
    document->facts.paper = document->facts.seals = "";
    ok = task_adopt(t, d, document, diag);
    document_clear(document);
    return ok;
}

static void leave_out(struct task *t, struct planned_document *d, const struct diag *why)
{
    d->reason = NULL;
    d->absent = true;
    diag_append(&t->gaps, why);
}

struct described_file {
    const struct kit *kit;
    size_t part;
};

static void describe(const void *data, struct json *j)
{
    const struct described_file *f = data;
    kit_describe(f->kit, f->part, j);
}

static bool make_file(struct task *t, struct planned_document *d, struct diag *diag)
{
    struct sheet_file *f = &t->kit.made[d->part];
    const struct described_file about = {&t->kit, d->part};

    kit_make_file(&t->kit, d->part, diag);
    if (!f->path) {
        leave_out(t, d, diag);
        return !diag->system_faults;
    }
    d->result.leaf = f->path;
    d->path = package_path(t->package, &t->arena, t->folder, &d->result);
    d->result.pages = (unsigned)f->made.pages;
    struct document document = {.file = f->made.fd, .report = describe, .data = &about};
    document.facts.title = *f->file->title ? f->file->title : f->file->kind->kind;
    f->made.fd = -1;
    return adopt(t, d, &document, diag);
}

static bool make_photo(struct task *t, struct planned_document *d, struct diag *diag)
{
    struct document document = {.file = -1};

    kit_make_photo(&t->kit, &document.pdf, diag);
    diag_append(&t->gaps, diag);
    if (diag->system_faults)
        return false;
    if (!t->kit.photo.path) {
        d->reason = NULL;
        d->absent = true;
        return true;
    }
    d->result.pages = 0;
    const struct diag none = {0};
    return adopt(t, d, &document, &none);
}

/* What was there before this run, as its lines in the manifest say. */
static void recall(struct task *t, struct diag *diag)
{
    struct buffer bytes = {0};

    for (size_t i = 0; i < t->n; i++) {
        const struct planned_document *d = &t->list[i];
        if (d->paper->folder && d->part < t->kit.files->n && !d->reason && !d->absent)
            kit_recall(&t->kit, d->part, d->result.leaf,
                       json_parse(&t->arena, d->result.line, d->result.len));
    }
    for (size_t i = 0; i < t->kit.files->n; i++)
        if (t->kit.files->list[i].state != UPLOAD_CITED)
            kit_make_file(&t->kit, i, diag); /* says what is not there */
    if (!t->kit.photo.note)
        kit_make_photo(&t->kit, &bytes, diag);
    buffer_clear(&bytes);
}

static bool make_sheet(struct task *t, struct planned_document *d, struct diag *diag)
{
    struct document document = {.file = -1, .partial = kit_failed(&t->kit) > 0};

    recall(t, diag);
    diag_append(diag, &t->gaps);
    if (diag->system_faults)
        return false;
    document.partial = kit_failed(&t->kit) > 0;
    kit_make_sheet(&t->kit, &document.pdf);
    return adopt(t, d, &document, diag);
}

bool kit_document_make(struct task *t, struct planned_document *d)
{
    struct diag diag = {.strict = t->diag.strict, .context = t->diag.context};

    diag.context.paper = d->paper->file;
    query_context_set_diag(t->query, &diag);
    bool ok = d->part == SHEET_PART   ? make_sheet(t, d, &diag)
              : d->part == PHOTO_PART ? make_photo(t, d, &diag)
                                      : make_file(t, d, &diag);
    if (!ok)
        diag_append(&t->diag, &diag);
    query_context_set_diag(t->query, &t->diag);
    diag_clear(&diag);
    return ok;
}

bool kit_documents_folder(struct task *t)
{
    const struct package *p = t->package;
    return !t->kit.files ||
           output_make_folder(p->tree->root,
                              arena_printf(&t->arena, "%s/%s", t->folder, p->platform->folder),
                              &t->diag);
}

void kit_documents_end(struct task *t)
{
    kit_end(&t->kit);
    diag_clear(&t->gaps);
}
