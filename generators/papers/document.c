/* document.c - see document.h. */
#include "papers/document.h"

#include "core/output.h"

#include <unistd.h>

static struct pages *lay(const struct form *form, const struct document_job *job, record_node *root,
                         bool bound)
{
    struct layout_options options = {
        .asof = job->asof, .draft = job->draft, .bound = bound, .memo = job->memo};
    return layout_form(job->arena, form, job->fonts, job->query, root, job->dir, &options,
                       job->diag);
}

struct pages *document_lay(const struct form *form, const struct document_job *job,
                           record_node *root)
{
    return lay(form, job, root ? root : job->node, false);
}

struct pages *document_lay_bound(const struct form *form, const struct document_job *job)
{
    return lay(form, job, job->node, true);
}

bool document_write(const struct document *d, const char *path, struct diag *diag)
{
    return d->file >= 0 ? output_name(path, d->file, diag)
                        : output_write(path, d->pdf.data, d->pdf.len, diag);
}

bool document_digest(const struct document *d, char out[DIGEST_HEX], long long *bytes)
{
    if (d->file >= 0)
        return digest_open_file(d->file, out, bytes);
    digest_hex(d->pdf.data, d->pdf.len, out);
    *bytes = (long long)d->pdf.len;
    return true;
}

void document_clear(struct document *d)
{
    pages_close(d->pages);
    buffer_clear(&d->pdf);
    buffer_clear(&d->looks);
    if (d->file >= 0)
        close(d->file);
    *d = (struct document){.file = -1};
}
