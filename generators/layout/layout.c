/* layout.c - template + record -> pages: form.c fills, flow.c lays out. */
#include "layout/box.h"

struct pages *layout_form(struct arena *arena, const struct form *form, struct fonts *fonts,
                          struct query_context *ctx, record_node *root, const char *dir,
                          const struct layout_options *options, struct diag *diag)
{
    size_t errors = diag->count[SEVERITY_ERROR];
    struct document *d = form_fill(arena, form, ctx, root, dir, options, diag);
    struct pages *pages = d ? flow_document(arena, d, fonts, diag) : NULL;

    /* A missing photograph does not keep what does not fit from being reported in the same run. */
    if (pages && diag->count[SEVERITY_ERROR] == errors) {
        pages->document = d;
        return pages;
    }
    document_close(d);
    return NULL;
}

void layout_judge(const struct form *form, struct fonts *fonts, struct query_context *ctx,
                  record_node *root, const char *dir, const struct layout_options *options,
                  struct diag *diag)
{
    struct arena arena = {0};
    struct document *d = form_fill(&arena, form, ctx, root, dir, options, diag);
    if (d)
        flow_judge(&arena, d, fonts, diag);
    document_close(d);
    arena_free(&arena);
}

void pages_close(struct pages *p)
{
    if (p)
        document_close(p->document);
}
