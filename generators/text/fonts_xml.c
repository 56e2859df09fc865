/* fonts_xml.c - see fonts_xml.h. */
#include "text/fonts_xml.h"

#include "core/find.h"
#include "core/machine.h"
#include "xml/xml_reader.h"

#include <sys/stat.h>

/* Each that is absent costs a look through the folders, each that is there 70 KB. */
enum { MOST_FACES = 200 };

struct role {
    enum font_role role;
    struct font_candidate *candidates;
    size_t n, cap;
};

static void begin_face(struct xml_reader *r, void *self, void *parent)
{
    (void)parent;
    ((struct font_candidate *)self)->line = xml_at(r).line;
}

static void end_role(struct xml_reader *r, void *self, void *parent)
{
    const struct role *role = self;
    struct fonts_xml *out = parent;
    if (role->n > MOST_FACES)
        diag_system(r->diag, xml_at(r), "<role> 里最多写 %d 个 <face>，现有 %zu 个",
                    "a <role> has at most %d of <face>, and this one %zu", MOST_FACES, role->n);
    out->roles[role->role] = (struct font_candidates){role->candidates, role->n, xml_at(r).line};
}

static const struct xml_attribute of_role[] = {{"name", XML_CHOICE, XML_AT(struct role, role),
                                                .required = true, .unique = true,
                                                .words = FONT_ROLE_WORDS},
                                               {0}};
static const struct xml_attribute of_face[] = {
    {"file", XML_WORD, XML_AT(struct font_candidate, file), .required = true},
    {"index", XML_INT, XML_AT(struct font_candidate, index), .most = 9999},
    {"weight", XML_INT, XML_AT(struct font_candidate, weight), .least = 1, .most = 1000},
    {"package", XML_WORD, XML_AT(struct font_candidate, package)},
    {"standin", XML_FLAG, XML_AT(struct font_candidate, standin)},
    {"rare", XML_FLAG, XML_AT(struct font_candidate, rare)},
    {"han", XML_FLAG, XML_AT(struct font_candidate, han)},
    {0}};
static const struct xml_element elements[] = {
    {"fonts", .inside = 1},
    {"role", 1, 2, of_role, sizeof(struct role), .end = end_role},
    {"face", 2, 0, of_face, sizeof(struct font_candidate), XML_INTO(struct role, candidates),
     .begin = begin_face},
    {0}};

static bool all_roles(const struct fonts_xml *out, struct arena *arena, struct diag *diag)
{
    const char *missing = "";
    for (int i = 0; i < ROLE_COUNT; i++)
        if (!out->roles[i].line)
            missing = arena_printf(arena, "%s %s", missing, font_role_name((enum font_role)i));
    return !*missing || diag_system(diag, (struct src_pos){out->path, 1}, "缺 <role>：%s",
                                    "there is no <role> for %s", missing + 1);
}

bool fonts_xml_read(struct fonts_xml *out, const char *const *dirs, struct arena *arena,
                    struct diag *diag)
{
    struct xml_reader r = {.elements = elements, .arena = arena, .diag = diag};
    struct stat st;

    for (const char *const *d = dirs; *d; d++) {
        bool there = stat(*d, &st) == 0;
        if (!there)
            machine_ask(*d);
        if (!there || !S_ISDIR(st.st_mode))
            return diag_system(diag, (struct src_pos){*d, 0}, "没有这个字体目录",
                               "there is no such directory of fonts");
    }
    out->path = find_file(arena, dirs, "fonts.xml");
    if (!out->path)
        return diag_system(diag, (struct src_pos){"fonts.xml", 0}, "找不到字体表",
                           "the table of fonts is not found");
    return xml_read(&r, out->path, out) && all_roles(out, arena, diag);
}
