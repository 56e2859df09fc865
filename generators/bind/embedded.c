/* embedded.c - see embedded.h. ISO 32000-1: 7.11.4 (embedded files), 12.3.5 (collections),
 * 12.5.6.15 (file attachment annotations). */
#include "bind/embedded.h"

#include "bind/name_tree.h"
#include "bind/page_list.h"
#include "core/strings.h"
#include "media/media.h"

#include <stdlib.h>
#include <string.h>

/* Names that are written out; then how many there are. */
enum { NAMED = 10 };

struct embedded {
    struct qdoc *doc;
    struct arena arena;
    const char **names;
    size_t n, cap;
};

static void add_file(struct embedded *e, qref specification, qref name)
{
    struct qdoc *d = e->doc;
    const char *text = q_text(d, q_get(d, specification, "/UF"), &e->arena);
    if (!text)
        text = q_text(d, q_get(d, specification, "/F"), &e->arena);
    if (!text)
        text = q_text(d, name, &e->arena);
    *ARENA_PUSH(&e->arena, e->names, e->n, e->cap) = text && *text ? text : "?";
}

static void found(void *data, qref name, qref value)
{
    add_file(data, value, name);
}

/* "a.xlsx、b.doc" */
static const char *list(struct embedded *e, struct diag *diag, const char *between)
{
    const char *text = "";
    if (e->n > 1)
        qsort(e->names, e->n, sizeof *e->names, string_order_at);
    for (size_t i = 0; i < e->n && i < NAMED; i++)
        text = arena_printf(&e->arena, "%s%s%s", text, i ? between : "",
                            media_shown(diag, e->names[i]));
    return e->n > NAMED ? arena_printf(&e->arena, "%s…", text) : text;
}

/* Those of the document, by name, or else those that it says belong to it (ISO 32000-2, 14.13). */
static void list_files(struct embedded *e)
{
    struct qdoc *d = e->doc;
    qref root = q_root(d), associated = q_get(d, root, "/AF");
    name_tree_walk(d, q_get(d, q_get(d, root, "/Names"), "/EmbeddedFiles"), found, e);
    for (size_t i = 0, n = e->n ? 0 : q_length(d, associated); i < n; i++)
        add_file(e, q_item(d, associated, i), 0);
}

static struct finding warning(const struct finding *where)
{
    struct finding f = *where;
    f.severity = SEVERITY_WARNING;
    return f;
}

void embedded_warn(struct qdoc *d, const char *href, const struct finding *where, struct diag *diag)
{
    struct embedded e = {.doc = d};

    list_files(&e);
    const char *zh = list(&e, diag, "、"), *en = list(&e, diag, ", ");
    if (e.n > 0 && q_is_dict(d, q_get(d, q_root(d), "/Collection")))
        diag_add(diag, warning(where),
                 "PDF“%s”是文件包（PDF 作品集），装订的只是它的封面页，里面的 %zu 个文件没有装订："
                 "%s%.0s；请逐个导出成 PDF 后引用",
                 "PDF '%s' is a portfolio of which only the cover is bound, and not its %zu files: "
                 "%.0s%s; export each to a PDF and cite those",
                 href, e.n, zh, en);
    else if (e.n > 0)
        diag_add(
            diag, warning(where),
            "PDF“%s”里另存有 %zu 个文件，装订后没有它们：%s%.0s；如是佐证，请导出成 PDF 后引用",
            "PDF '%s' has %zu files inside, which are not bound: %.0s%s; if they are evidence, "
            "export them to PDF and cite those",
            href, e.n, zh, en);
    arena_free(&e.arena);
}

void embedded_warn_of_pages(const struct attachment_pages *s, const size_t *pages, size_t n,
                            const struct finding *where, struct diag *diag)
{
    struct qdoc *d = s->doc;
    struct embedded e = {.doc = d};
    size_t *pinned = NULL, n_pinned = 0, cap_pinned = 0;

    for (size_t i = 0; i < n; i++) {
        qref annots = q_get(d, q_page(d, pages[i] - 1), "/Annots");
        const struct annotation_places *places = &s->places[pages[i] - 1];
        size_t before = e.n;
        for (size_t k = 0; k < places->n; k++) {
            qref a = q_item(d, annots, places->list[k]);
            if (q_is_name(d, q_get(d, a, "/Subtype"), "/FileAttachment"))
                add_file(&e, q_get(d, a, "/FS"), q_get(d, a, "/Contents"));
        }
        if (e.n > before)
            *ARENA_PUSH(&e.arena, pinned, n_pinned, cap_pinned) = pages[i];
        q_release(d);
    }
    const char *zh = list(&e, diag, "、"), *en = list(&e, diag, ", ");
    if (e.n > 0)
        diag_add(
            diag, warning(where),
            "PDF“%s”第 %s 页上钉有 %zu 个文件，装订后没有它们：%s%.0s；如是佐证，请导出成 PDF 后"
            "引用",
            "PDF '%s' has pinned to its pages %s %zu files, which are not bound: %.0s%s; if "
            "they are evidence, export them to PDF and cite those",
            s->href, page_list_told(pinned, n_pinned, &e.arena), e.n, zh, en);
    arena_free(&e.arena);
}
