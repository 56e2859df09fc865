/* platform.c - see platform.h. */
#include "upload/platform.h"

#include "core/find.h"
#include "core/names.h"
#include "upload/answer.h"
#include "xml/xml_reader.h"

#include <stdlib.h>
#include <string.h>

/* Under this a scan is hard to read at 100 %. */
enum { LEAST_DPI = 120, LEAST_QUALITY = 60 };

enum { IN_UPLOAD = 1, IN_FILES = 2, IN_GROUP = 4, IN_WORDS = 8 };

#define AT(member) XML_AT(struct platform, member)

static bool parse_types(struct xml_reader *r, const char *text, void *out)
{
    static const char *const names[] = {"pdf", "jpg", "png"};
    unsigned types = 0;
    (void)r;
    for (const char *p = text; *p; p += strspn(p, " ")) {
        size_t len = strcspn(p, " "), i = 0;
        while (i < 3 && (strlen(names[i]) != len || memcmp(names[i], p, len)))
            i++;
        if (i == 3)
            return false;
        types |= 1u << i;
        p += len;
    }
    memcpy(out, &types, sizeof types);
    return types & UPLOAD_PDF; /* what is put together of several pages is a PDF */
}

static bool parse_name(struct xml_reader *r, const char *text, void *out)
{
    static const char *const values[] = {"id", "", "name", "", "kind", "", "title", "", NULL};
    const char *unknown, *copy = arena_strdup(r->arena, text);
    names_fill(r->arena, text, values, &unknown);
    memcpy(out, &copy, sizeof copy);
    return !unknown && strstr(text, "{id}");
}

static bool parse_date_form(struct xml_reader *r, const char *text, void *out)
{
    const char *copy = arena_strdup(r->arena, text);
    memcpy(out, &copy, sizeof copy);
    return !*text || upload_is_date_form(text);
}

static const struct xml_attribute of_upload[] = {
    {"title", XML_WORD, AT(title), .required = true},
    {"address", XML_WORD, AT(address), .required = true},
    {"folder", XML_WORD, AT(folder), .required = true},
    {"sheet", XML_WORD, AT(sheet), .required = true},
    {"note", XML_WORD, AT(note), .otherwise = ""},
    {0}};
static const struct xml_attribute of_step[] = {
    {"clause", XML_WORD, XML_AT(struct upload_step, clause), .required = true},
    {"", XML_WORD, XML_AT(struct upload_step, text), .required = true},
    {0}};
static const struct xml_attribute of_photo[] = {
    {"kind", XML_WORD, AT(photo.kind), .required = true},
    {"clause", XML_WORD, AT(photo.clause), .required = true},
    {"bytes-over", XML_COUNT, AT(photo.bytes_over), .most = 1e9, .required = true},
    {"bytes-under", XML_COUNT, AT(photo.bytes_under), .least = 1, .most = 1e9, .required = true},
    {"width-over", XML_INT, AT(photo.width_over), .most = 65535, .required = true},
    {"height-over", XML_INT, AT(photo.height_over), .most = 65535, .required = true},
    {"least-ratio", XML_NUMBER, AT(photo.least_ratio), .least = 0.1, .most = 10, .required = true},
    {"most-ratio", XML_NUMBER, AT(photo.most_ratio), .least = 0.1, .most = 10, .required = true},
    {0}};
static const struct xml_attribute of_files[] = {
    {"name", XML_PARSED, AT(name), .parse = parse_name, .required = true,
     .expected = "{id} {name} {kind} {title}"},
    {"types", XML_PARSED, AT(types), .parse = parse_types, .required = true,
     .expected = "pdf jpg png"},
    {"bytes", XML_COUNT, AT(bytes), .least = 1024, .most = 1e9, .required = true},
    {"pages", XML_COUNT, AT(pages), .most = 5000, .otherwise = "0"},
    {"pixels", XML_INT, AT(pixels), .least = 16, .most = 65535},
    {"evidence", QUERY_AT(struct platform, evidence), .required = true},
    {"unofficial", XML_WORD, AT(unofficial), .otherwise = ""},
    {"clause", XML_WORD, AT(clause), .otherwise = ""},
    {0}};
static const struct xml_attribute of_reduction[] = {
    {"quality", XML_INT, XML_AT(struct upload_reduction, quality), .least = LEAST_QUALITY,
     .most = 100, .required = true},
    {"dpi", XML_NUMBER, XML_AT(struct upload_reduction, dpi), .least = LEAST_DPI, .most = 2400,
     .required = true},
    {0}};
static const struct xml_attribute of_file[] = {
    {"kind", XML_WORD, XML_AT(struct upload_kind, kind), .required = true, .unique = true},
    {"directory", XML_WORD, XML_AT(struct upload_kind, directory), .required = true},
    {"clause", XML_WORD, XML_AT(struct upload_kind, clause), .otherwise = ""},
    {"select", QUERY_AT(struct upload_kind, select), .required = true},
    {"title", QUERY_AT(struct upload_kind, title)},
    {"sort", QUERY_AT(struct upload_kind, sort)},
    {"extracted", QUERY_AT(struct upload_kind, extracted)},
    {"required", QUERY_AT(struct upload_kind, required)},
    {"parts", XML_TEXT, XML_AT(struct upload_kind, parts), .otherwise = ""},
    {"files", XML_FLAG, XML_AT(struct upload_kind, together), .words = "each one"},
    {0}};
static const struct xml_attribute of_group[] = {
    {"title", XML_WORD, XML_AT(struct upload_group, title), .required = true},
    {"clause", XML_WORD, XML_AT(struct upload_group, clause), .otherwise = ""},
    {"select", QUERY_AT(struct upload_group, select)},
    {"sort", QUERY_AT(struct upload_group, sort)},
    {0}};
static const struct xml_attribute of_field[] = {
    {"label", XML_WORD, XML_AT(struct upload_field, label), .required = true},
    {"clause", XML_WORD, XML_AT(struct upload_field, clause), .otherwise = ""},
    {"select", QUERY_AT(struct upload_field, select), .required = true},
    {"when", QUERY_AT(struct upload_field, when)},
    {"date", XML_PARSED, XML_AT(struct upload_field, date), .parse = parse_date_form,
     .otherwise = "", .expected = "yyyy-mm-dd, yyyy-mm, yyyy.mm"},
    {"words", XML_WORD, XML_AT(struct upload_field, words_name), .otherwise = ""},
    {"limit", XML_INT, XML_AT(struct upload_field, limit), .least = 1, .most = 1000000},
    {"needed", XML_FLAG, XML_AT(struct upload_field, needed)},
    {0}};
static const struct xml_attribute of_words[] = {
    {"name", XML_WORD, XML_AT(struct upload_words, name), .required = true, .unique = true}, {0}};
static const struct xml_attribute of_word[] = {
    {"from", XML_WORD, XML_AT(struct upload_word, from), .required = true, .unique = true},
    {"to", XML_WORD, XML_AT(struct upload_word, to), .required = true},
    {0}};

/* Lists may stand before or after the fields that name them. */
static bool join_words(struct platform *p, struct diag *diag)
{
    bool ok = true;
    for (size_t g = 0; g < p->n_groups; g++)
        for (size_t i = 0; i < p->groups[g].n; i++) {
            struct upload_field *f = &p->groups[g].fields[i];
            for (size_t w = 0; w < p->n_words && !f->words; w++)
                if (!strcmp(p->words[w].name, f->words_name))
                    f->words = &p->words[w];
            if (*f->words_name && !f->words)
                ok = diag_system(diag, f->at, "没有名为“%s”的 <words>",
                                 "there are no <words> named %s", f->words_name);
        }
    return ok;
}

static const struct xml_element elements[] = {
    {"upload", .inside = IN_UPLOAD, .attributes = of_upload},
    {"step", IN_UPLOAD, 0, of_step, sizeof(struct upload_step), XML_INTO(struct platform, steps)},
    {"words", IN_UPLOAD, IN_WORDS, of_words, sizeof(struct upload_words),
     XML_INTO(struct platform, words)},
    {"word", IN_WORDS, 0, of_word, sizeof(struct upload_word), XML_INTO(struct upload_words, list),
     .required = true},
    {"photo", IN_UPLOAD, 0, of_photo, .once = true, .required = true},
    {"files", IN_UPLOAD, IN_FILES, of_files, .once = true, .required = true},
    {"reduce", IN_FILES, 0, of_reduction, sizeof(struct upload_reduction),
     XML_INTO(struct platform, reductions)},
    {"file", IN_FILES, 0, of_file, sizeof(struct upload_kind), XML_INTO(struct platform, kinds),
     .begin = xml_keep_place},
    {"group", IN_UPLOAD, IN_GROUP, of_group, sizeof(struct upload_group),
     XML_INTO(struct platform, groups), .begin = xml_keep_place},
    {"field", IN_GROUP, 0, of_field, sizeof(struct upload_field),
     XML_INTO(struct upload_group, fields), .required = true, .begin = xml_keep_place},
    {0}};

/* A notice need not have a platform. NULL: reported. */
static const char *find_list(struct arena *arena, const char *const *dirs, struct diag *diag)
{
    const char *path = find_file(arena, dirs, "upload.xml");
    if (!path)
        diag_system(diag, (struct src_pos){"upload.xml", 0},
                    "这份通知的配置里没有上传清单，没有要上传的文件；通知要求网上填报的，请在配置里"
                    "加上这个文件",
                    "the notice's profile has no such list, so there is nothing to upload; if the "
                    "notice asks for it, add the file to the profile");
    return path;
}

struct platform *platform_load(const char *const *dirs, struct diag *diag)
{
    struct platform *p = mem_alloc(1, sizeof *p);
    const char *path = find_list(&p->arena, dirs, diag);
    struct xml_reader r = {
        .elements = elements, .arena = &p->arena, .diag = diag, .queries = &p->queries};
    static const char *const counts[] = {"characters($value)", "office-words($value)",
                                         "utf16-units($value)"};
    bool ok = path && xml_read(&r, path, p) && join_words(p, diag);
    for (size_t i = 0; ok && i < UPLOAD_COUNTS; i++)
        p->counts[i] =
            query_list_add(&p->queries, &p->arena, counts[i], (struct src_pos){path, 0}, diag);
    if (ok)
        return p;
    platform_free(p);
    return NULL;
}

void platform_free(struct platform *p)
{
    if (!p)
        return;
    query_list_free(&p->queries);
    arena_free(&p->arena);
    free(p);
}
