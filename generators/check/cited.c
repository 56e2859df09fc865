/* cited.c - see cited.h. */
#include "check/cited.h"

#include <string.h>

struct cited *cited_file(struct cited_files *files, const char *href, const struct finding *where,
                         struct diag *diag)
{
    static const struct media_limits limits = {0};
    struct diag unheard = {0}, *to = diag ? diag : &unheard;
    static const struct finding nowhere = {.rule = "R76"};
    struct cited *c = files->list;

    while (c && strcmp(c->href, href))
        c = c->next;
    if (c)
        return c;
    c = ARENA_NEW(&files->arena, struct cited);
    c->href = arena_strdup(&files->arena, href);
    c->next = files->list;
    files->list = c;
    where = where ? where : &nowhere;
    c->open = *href && media_open(&c->file, files->dir, c->href, &limits, where, to);
    if (c->open && c->file.type == MEDIA_PDF) {
        long n = pdf_page_count(&c->file, &limits, where, to);
        c->pages = n > 0 ? n : 0;
    } else if (c->open) {
        c->sound = image_load(&c->image, &c->file, &limits, where,
                              to); /* all of it: that is what is drawn */
        c->pages = c->sound;
    }
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
