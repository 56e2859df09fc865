/* package_result.c - what one applicant or delegation has come to, as it travels from a worker and
 * waits in the results' spool: the outcome, its findings, then document after document with its
 * line. Both ends are this program, so that structs are bytes. */
#include "package/package.h"

#include <string.h>

void result_begin(struct buffer *result, const struct outcome *o)
{
    buffer_add(result, o, sizeof *o);
    buffer_add(result, o->findings, o->findings_len);
}

void result_add(struct buffer *result, const struct made *m)
{
    buffer_add(result, m, sizeof *m);
    buffer_add(result, m->line, m->len);
}

static bool take(struct result_reader *r, void *out, size_t len)
{
    if ((size_t)(r->end - r->at) < len)
        return false;
    memcpy(out, r->at, len);
    r->at += len;
    return true;
}

/* The text of that length, in place. */
static const char *pass(struct result_reader *r, size_t len)
{
    const char *text = (const char *)r->at;
    r->at = len <= (size_t)(r->end - r->at) ? r->at + len : r->end;
    return text;
}

bool result_open(struct result_reader *r, const struct buffer *result, struct outcome *out)
{
    static const unsigned char nothing;
    *r = (struct result_reader){&nothing, &nothing};
    if (result->len > 0)
        *r = (struct result_reader){result->data, result->data + result->len};
    if (!take(r, out, sizeof *out))
        return false;
    out->findings = pass(r, out->findings_len);
    return true;
}

bool result_next(struct result_reader *r, struct made *out)
{
    if (!take(r, out, sizeof *out))
        return false;
    out->line = pass(r, out->len);
    return true;
}

void result_of(struct package *p, const struct person *one, struct buffer *out)
{
    out->len = 0;
    spool_read(p->results, one->result, one->result_len, out);
}

const char *result_path(const struct package *p, struct arena *arena, const char *folder,
                        const struct made *m)
{
    const struct kit_paper *papers;
    kit_papers(p->kit, &papers);
    return arena_printf(arena, "%s/%s.%s", folder, papers[m->paper].file,
                        m->workbook ? "xlsx" : "pdf");
}
