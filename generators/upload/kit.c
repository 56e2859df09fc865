/* kit.c - see kit.h. */
#include "upload/kit.h"

#include "upload/photo.h"

#include <unistd.h>

struct kit kit_begin(const struct kit_job *job)
{
    struct arena *a = job->arena;
    const struct platform *p = job->platform;
    struct kit k = {.job = *job,
                    .files = upload_files_list(p, job->query, job->who, a),
                    .scans = {.arena = a, .reader = job->reader, .dir = job->who->dir}};

    k.made = ARENA_ARRAY(a, struct sheet_file, k.files->n + 1);
    for (size_t i = 0; i < k.files->n; i++)
        k.made[i] = (struct sheet_file){.file = &k.files->list[i], .made.fd = -1};
    k.photo_path = arena_printf(a, "%s/%s.jpg", p->folder, k.files->photo);
    k.sheet_path = arena_printf(a, "%s.html", p->sheet);
    return k;
}

void kit_end(struct kit *k)
{
    for (size_t i = 0; k->files && i < k->files->n; i++)
        if (k->made[i].made.fd >= 0)
            close(k->made[i].made.fd);
    if (k->files)
        attachments_close(&k->scans);
    k->files = NULL;
}

const char *kit_stem(const struct kit *k, size_t i)
{
    return arena_printf(k->job.arena, "%s/%s", k->job.platform->folder, k->files->list[i].name);
}

void kit_recipe(const struct kit *k, size_t i, struct digest *to)
{
    const struct upload_file *f = &k->files->list[i];
    digest_text(to, f->name);
    digest_text(to, f->kind->kind);
    digest_text(to, f->title);
    digest_text(to, f->lacking);
    digest_text(to, f->done ? "done" : NULL);
    for (size_t n = 0; n < f->n; n++) {
        digest_text(to, f->pieces[n].source.href);
        digest_text(to, f->pieces[n].source.pages);
    }
}

static void warn_of_gaps(const struct upload_file *f, struct diag *diag)
{
    struct finding where = {.severity = SEVERITY_WARNING,
                            .rule = "R08",
                            .clause = *f->kind->clause ? f->kind->clause : NULL,
                            .label = f->kind->kind,
                            .at = f->at};
    const char *title = *f->title ? f->title : f->kind->kind;
    if (f->state == UPLOAD_MISSING)
        diag_add(diag, where, "“%s”没有引用扫描件，平台上传时会缺这一份；请补扫描件",
                 "'%s' cites no scan, and will be lacking on the platform: add one", title);
    else if (*f->lacking)
        diag_add(diag, where, "“%s”缺 %s，请补上后再上传",
                 "'%s' lacks %s: add it before it is uploaded", title, f->lacking);
}

void kit_make_file(struct kit *k, size_t i, struct diag *diag)
{
    const struct kit_job *job = &k->job;
    struct sheet_file *out = &k->made[i];
    const char *stem = kit_stem(k, i);

    warn_of_gaps(out->file, diag);
    if (out->file->state != UPLOAD_CITED)
        return;
    out->made =
        assemble(job->platform, &k->scans, out->file,
                 arena_printf(job->arena, "%s/%s", job->near, out->file->name), job->asof, diag);
    if (out->made.fd >= 0)
        out->path = arena_printf(job->arena, "%s.%s", stem, out->made.suffix);
}

void kit_make_photo(struct kit *k, struct buffer *out, struct diag *diag)
{
    const struct photo_task photo = {.limits = &k->job.platform->photo,
                                     .who = k->job.who,
                                     .path = k->photo_path,
                                     .fit = k->job.fit_photo,
                                     .arena = k->job.arena,
                                     .diag = diag};
    k->photo = photo_make(&photo, out);
}

void kit_make_sheet(const struct kit *k, struct buffer *out)
{
    const struct kit_job *job = &k->job;
    const struct fill_sheet sheet = {.platform = job->platform,
                                     .who = job->who,
                                     .asof = job->asof,
                                     .files = k->made,
                                     .n_files = k->files->n,
                                     .photo = k->photo,
                                     .ctx = job->query,
                                     .arena = job->arena};
    fill_sheet_write(&sheet, out);
}

size_t kit_failed(const struct kit *k)
{
    size_t n = 0;
    for (size_t i = 0; k->files && i < k->files->n; i++)
        n += k->made[i].file->state == UPLOAD_CITED && !k->made[i].path;
    return n;
}

void kit_describe(const struct kit *k, size_t i, struct json *j)
{
    const struct assembled *made = &k->made[i].made;
    json_integer(j, "bytes_before", made->before);
    json_bool(j, "uploaded", k->made[i].file->done);
    if (made->verbatim)
        json_bool(j, "verbatim", true);
    if (made->reduction.quality) {
        json_integer(j, "quality", made->reduction.quality);
        json_integer(j, "dpi", (long long)made->reduction.dpi);
    }
}

void kit_recall(struct kit *k, size_t i, const char *path, const struct json_value *v)
{
    struct assembled *made = &k->made[i].made;
    k->made[i].path = path;
    made->pages = (size_t)json_member_count(v, "pages");
    made->bytes = json_member_count(v, "bytes");
    made->before = json_member_count(v, "bytes_before");
    made->verbatim = json_member(v, "verbatim") != NULL;
    made->reduction = (struct upload_reduction){(int)json_member_count(v, "quality"),
                                                (double)json_member_count(v, "dpi")};
}
