/* results.c - see results.h. */
#include "package/results.h"

#include "core/machine.h"
#include "core/temporary.h"

#include <stdlib.h>
#include <string.h>

void result_begin(struct buffer *result, bool complete, const struct diag *findings)
{
    struct buffer packed = {0};
    pack_findings(&packed, findings);
    pack_number(result, complete);
    pack_number(result, findings->system_faults);
    pack_bytes(result, packed.data, packed.len);
    buffer_clear(&packed);
}

void result_add(struct buffer *result, const struct result_document *d)
{
    pack_bytes(result, d, sizeof *d);
    pack_bytes(result, d->leaf, d->leaf ? strlen(d->leaf) + 1 : 0);
    pack_bytes(result, d->line, d->len);
}

bool result_open(struct result *r, const struct buffer *result)
{
    struct parcel p = parcel_of(result);
    size_t len;

    *r = (struct result){.complete = unpack_number(&p) != 0};
    r->system_faults = unpack_number(&p);
    const void *findings = unpack_bytes(&p, &len);
    r->findings = parcel_open(findings, len);
    r->documents = p;
    return !p.broken;
}

bool result_unpack(struct parcel *p, struct result_document *out)
{
    *out = (struct result_document){0};
    unpack_into(p, out, sizeof *out);
    size_t leaf;
    out->leaf = unpack_bytes(p, &leaf);
    out->leaf = leaf ? out->leaf : NULL;
    out->line = unpack_bytes(p, &out->len);
    return !p->broken;
}

bool result_next(struct result *r, struct result_document *out)
{
    return r->documents.at < r->documents.end && result_unpack(&r->documents, out);
}

/* --- all of a run --- */

struct results *results_new(struct spool *spool, size_t n_people, size_t n_groups)
{
    struct results *r = mem_alloc(1, sizeof *r);
    r->spool = spool;
    r->people = mem_alloc(n_people + 1, sizeof *r->people);
    r->groups = mem_alloc(n_groups + 1, sizeof *r->groups);
    r->n_groups = n_groups;
    return r;
}

void results_free(struct results *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n_groups; i++)
        buffer_clear(&r->groups[i].bytes);
    spool_free(r->spool);
    free(r->people);
    free(r->groups);
    free(r);
}

static void count_document(struct results *r, const struct result_document *d)
{
    r->made += d->state == DOCUMENT_MADE;
    r->pages_made += d->state == DOCUMENT_MADE ? d->pages : 0;
    r->kept += d->state == DOCUMENT_KEPT;
    r->partial += d->partial;
}

/* Is it complete? */
static bool count_result(struct results *r, const struct buffer *result)
{
    struct result parts;
    struct result_document d;
    result_open(&parts, result);
    while (result_next(&parts, &d))
        count_document(r, &d);
    return parts.complete;
}

void results_add_person(struct results *r, size_t person, const struct buffer *result)
{
    r->people[person] = (struct person_result){.at = spool_add(r->spool, result->data, result->len),
                                               .len = result->len,
                                               .complete = count_result(r, result)};
}

void results_add_group(struct results *r, size_t group, const struct buffer *result)
{
    struct group_result *d = &r->groups[group];
    d->complete = count_result(r, result);
    buffer_add(&d->bytes, result->data, result->len);
}

void results_add_document(struct results *r, size_t group, const struct result_document *d)
{
    count_document(r, d);
    result_add(&r->groups[group].bytes, d);
}

void results_person(const struct results *r, size_t person, struct buffer *out)
{
    out->len = 0;
    if (!spool_read(r->spool, r->people[person].at, r->people[person].len, out))
        machine_failed(temporary_folder(), "读取临时文件失败", "reading a temporary file failed");
}
