/* cited.c - see cited.h. */
#include "check/cited.h"

#include <string.h>

/* A file of pages is judged as the dossier judges it; a photograph is a picture. */
static void read_file(struct attachment_reader *reader, struct cited *c,
                      const struct citation *citation, struct diag *diag)
{
    static const struct media_limits limits = {0};
    const struct finding *where = &citation->where;
    bool picture = c->file.type == MEDIA_JPEG || c->file.type == MEDIA_PNG;

    if (c->file.type == MEDIA_PDF)
        c->pages = (long)attachment_judge(reader, &c->file, citation->pages, true, where, diag);
    else if (citation->photo) /* its colours are asked for */
        c->sound = image_load(&c->image, &c->file, &limits, where, diag);
    else if (picture)
        c->sound = image_judge(&c->image, &c->file, &limits, where, diag);
    else
        media_other_kind(&c->file, true, where, diag);
    if (c->sound)
        c->pages = 1;
}

/* Of a picture there is one page. */
static void check_pages(struct cited_files *files, struct cited *c, const struct citation *citation,
                        struct diag *diag)
{
    struct attachment picture = {.href = c->href, .pages = 1};
    size_t *selected;
    if (c->sound)
        attachment_select(&picture, citation->pages, &files->arena, &selected, &citation->where,
                          diag);
}

static struct cited *open_file(struct cited_files *files, const char *href,
                               const struct citation *citation, struct diag *diag)
{
    static const struct media_limits limits = {0};
    struct cited *c = ARENA_NEW(&files->arena, struct cited);
    c->href = arena_strdup(&files->arena, href);
    c->next = files->list;
    files->list = c;
    c->open = *href && media_open(&c->file, files->dir, c->href, &limits, &citation->where, diag);
    if (c->open)
        read_file(files->reader, c, citation, diag);
    return c;
}

struct cited *cited_file(struct cited_files *files, const char *href,
                         const struct citation *citation, struct diag *diag)
{
    static const struct citation unasked = {.where = {.rule = "R76"}};
    struct diag unheard = {0}, *to = diag ? diag : &unheard;
    const struct citation *cited_so = citation ? citation : &unasked;
    struct cited *c = files->list;

    while (c && strcmp(c->href, href))
        c = c->next;
    if (!c)
        c = open_file(files, href, cited_so, to);
    else if (diag && c->pages > 0 && c->file.type == MEDIA_PDF) /* other pages of it, perhaps */
        attachment_judge(files->reader, &c->file, cited_so->pages, false, &cited_so->where, to);
    if (diag)
        check_pages(files, c, cited_so, to);
    diag_clear(&unheard);
    return c;
}

void cited_close(struct cited_files *files)
{
    for (struct cited *c = files->list; c; c = c->next) {
        if (c->sound)
            image_clear(&c->image);
        if (c->open)
            media_close(&c->file);
    }
    files->list = NULL;
    arena_free(&files->arena);
}
