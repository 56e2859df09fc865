/* cited.c - see cited.h. */
#include "check/cited.h"

#include <string.h>

/* A JPEG is looked at as it is judged; a PNG is loaded, if it may be. */
static bool is_blank_page(const struct cited *c, const struct finding *where)
{
    static const struct media_limits limits = {0};
    struct media_image loaded;
    struct diag unheard = {0};
    if (!image_may_be_blank(&c->image, c->file.size))
        return false;
    if (c->file.type == MEDIA_JPEG)
        return image_is_blank(&c->image);
    bool blank = image_load(&loaded, &c->file, &limits, where, &unheard);
    if (blank) {
        blank = image_is_blank(&loaded);
        image_clear(&loaded);
    }
    diag_clear(&unheard);
    return blank;
}

static void warn_of_blank_picture(const struct cited *c, const struct attachment_citation *place)
{
    struct finding f = *place->where;
    f.severity = SEVERITY_WARNING;
    f.rule = f.rule ? f.rule : "R76";
    if (is_blank_page(c, place->where))
        diag_add(place->found, f, "“%s”是空白页；请核对是不是扫描错了面",
                 "'%s' is a blank page; has the wrong side been scanned?", c->href);
}

/* A file of pages is judged as the dossier judges it; a photograph is a picture. places: all that
 * cite it. */
static void read_file(struct attachment_reader *reader, struct cited *c, bool photo,
                      const struct attachment_citation *places, size_t n)
{
    static const struct media_limits limits = {0};
    bool picture = c->file.type == MEDIA_JPEG || c->file.type == MEDIA_PNG;

    if (c->file.type == MEDIA_PDF)
        c->pages = (long)attachment_judge(reader, &c->file, places, n);
    else if ((c->photo = photo)) /* its colours are asked for */
        c->sound = image_load(&c->image, &c->file, &limits, places->where, places->found);
    else if (picture)
        c->sound = image_judge(&c->image, &c->file, &limits, places->where, places->found);
    else
        media_other_kind(&c->file, true, places->where, places->found);
    if (c->sound)
        c->pages = 1;
}

/* Of a picture there is one page. */
static void check_pages(struct cited_files *files, struct cited *c,
                        const struct attachment_citation *places, size_t n)
{
    struct attachment picture = {.href = c->href, .pages = 1};
    size_t *selected;
    for (size_t i = 0; i < n; i++)
        attachment_select(&picture, places[i].pages, &files->arena, &selected, places[i].where,
                          places[i].found);
}

static struct cited *open_file(struct cited_files *files, const char *href, bool photo,
                               const struct attachment_citation *places, size_t n)
{
    static const struct media_limits limits = {0};
    struct cited *c = ARENA_NEW(&files->arena, struct cited);
    c->href = arena_strdup(&files->arena, href);
    c->next = files->list;
    files->list = c;
    c->open =
        *href && media_open(&c->file, files->dir, c->href, &limits, places->where, places->found);
    if (c->open)
        read_file(files->reader, c, photo, places, n);
    if (c->sound)
        check_pages(files, c, places, n);
    if (c->sound && !photo)
        warn_of_blank_picture(c, places);
    return c;
}

static struct cited *find(const struct cited_files *files, const char *href)
{
    struct cited *c = files->list;
    while (c && strcmp(c->href, href))
        c = c->next;
    return c;
}

void cited_judge(struct cited_files *files, const struct citation *list, size_t n,
                 struct diag *diag)
{
    struct attachment_citation *places = ARENA_ARRAY(&files->arena, struct attachment_citation, n);
    struct diag *found = ARENA_ARRAY(&files->arena, struct diag, n);
    struct page_scan *scans = ARENA_ARRAY(&files->arena, struct page_scan, n);
    for (size_t i = 0; i < n; i++)
        found[i].context = diag->context;
    for (size_t i = 0; i < n; i++) {
        size_t n_places = 0;
        if (find(files, list[i].href))
            continue;
        for (size_t k = i; k < n; k++)
            if (!strcmp(list[k].href, list[i].href))
                places[n_places++] = (struct attachment_citation){list[k].pages, &list[k].where,
                                                                  &found[k], &scans[k]};
        struct cited *c = open_file(files, list[i].href, list[i].photo, places, n_places);
        for (size_t k = i; k < n; k++)
            if (!strcmp(list[k].href, c->href) && scans[k].dpi > 0 &&
                (c->scan.dpi <= 0 || scans[k].dpi < c->scan.dpi))
                c->scan = scans[k];
    }
    for (size_t i = 0; i < n; i++) { /* in the order of the places */
        diag_append(diag, &found[i]);
        diag_clear(&found[i]);
    }
}

struct cited *cited_file(struct cited_files *files, const char *href)
{
    static const struct finding nowhere = {.rule = "R76"};
    struct cited *c = find(files, href);
    struct diag unheard = {0};
    const struct attachment_citation unasked = {.where = &nowhere, .found = &unheard};
    if (!c)
        c = open_file(files, href, false, &unasked, 1);
    diag_clear(&unheard);
    return c;
}

bool cited_is_sound_photo(const char *href, void *files)
{
    const struct cited *c = find(files, href);
    return c && c->photo && c->sound && !c->image.oddities;
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
