/* desk.c - the page in the browser; and, as children of it, the jobs that it runs. */
#include "desk/desk.h"
#include "core/output.h"
#include "core/paths.h"
#include "core/small_file.h"
#include "core/system_error.h"
#include "core/version.h"
#include "desk/runner.h"
#include "profile/named_paper.h"
#include "profile/profile.h"
#include "programs/programs.h"
#include "programs/session.h"

#include <stdlib.h>
#include <string.h>

enum { TOKEN_LEAST = 16, TOKEN_MOST = 4096, ORIGINS = 16 };

#define LISTEN "127.0.0.1:8750"
#define QUOTA_MB 8000

struct wishes {
    const char *directory, *listen, *token_file, *origins, *proxy, *quota, *run, *job;
};

static bool is_loopback(const char *listen)
{
    return !strncmp(listen, "127.", 4) || !strncmp(listen, "localhost:", 10) ||
           !strncmp(listen, "[::1]:", 6);
}

/* The file's first line. NULL: reported. */
static const char *read_token(struct session *s, const char *path)
{
    struct buffer bytes = {0};
    const char *token = NULL;
    if (small_file_read(path, TOKEN_MOST, &bytes, &s->diag)) {
        buffer_putc(&bytes, '\0');
        char *line = arena_strdup(&s->arena, (char *)bytes.data);
        line[strcspn(line, "\r\n")] = '\0';
        if (strlen(line) >= TOKEN_LEAST)
            token = line;
        else
            diag_system(&s->diag, (struct src_pos){path, 1}, "口令至少 %d 个字符",
                        "the token has at least %d characters", TOKEN_LEAST);
    }
    buffer_clear(&bytes);
    return token;
}

/* "https://a,https://b" */
static const char *const *split_origins(struct session *s, const char *text, size_t *n)
{
    const char **list = NULL;
    size_t cap = 0;
    for (const char *p = text, *end; p && *p; p = *end ? end + 1 : end) {
        end = p + strcspn(p, ",");
        *ARENA_PUSH(&s->arena, list, *n, cap) = arena_strndup(&s->arena, p, (size_t)(end - p));
    }
    return list;
}

/* One that cannot be read is left out, and said. */
static bool describe_profile(struct session *s, const char *name, struct desk_profile *out)
{
    const char *dir = arena_printf(&s->arena, "%s/%s", shenbao_templates(), name);
    struct profile *p = profile_open(shenbao_template_dirs(NULL, dir), name, &s->diag);
    struct named_paper *papers;
    if (!p)
        return false;
    *out = (struct desk_profile){.name = name,
                                 .title = arena_strdup(&s->arena, p->title),
                                 .year = arena_strdup(&s->arena, p->year)};
    for (size_t i = 0, n = named_paper_list(name, &s->arena, &papers); i < n; i++)
        if (papers[i].kind == PAPER_FORM && papers[i].scope == SCOPE_APPLICANT)
            *ARENA_PUSH(&s->arena, out->papers, out->n, out->cap) =
                (struct desk_paper){papers[i].name, papers[i].title};
    profile_close(p);
    return true;
}

static const struct desk_profile *describe_profiles(struct session *s, size_t *n)
{
    char **all;
    size_t found = profiles_list(&s->arena, &all);
    struct desk_profile *list = ARENA_ARRAY(&s->arena, struct desk_profile, found);
    for (size_t i = 0; i < found; i++)
        *n += describe_profile(s, all[i], &list[*n]);
    return list;
}

static int serve(struct session *s, const struct wishes *w, double quota)
{
    struct desk_options o = {.gate.listen = w->listen ? w->listen : LISTEN,
                             .gate.proxy = w->proxy,
                             .quota = quota,
                             .pages = arena_printf(&s->arena, "%s/desk", shenbao_templates()),
                             .version = shenbao_version()};
    o.profiles = describe_profiles(s, &o.n_profiles);
    o.gate.origins = split_origins(s, w->origins, &o.gate.n_origins);
    if (w->token_file && !(o.gate.token = read_token(s, w->token_file)))
        return 2;
    if (!o.gate.token && (!is_loopback(o.gate.listen) || o.gate.n_origins)) {
        diag_system(&s->diag, (struct src_pos){o.gate.listen, 0},
                    "别的机器也能访问时，必须用 --token-file 设口令",
                    "what other machines can reach needs a token: --token-file");
        return 2;
    }
    if (!output_make_directory(w->directory, &s->diag))
        return 2;
    char *root = realpath(w->directory, NULL);
    o.root = root ? arena_strdup(&s->arena, root) : NULL;
    free(root);
    if (!o.root) {
        diag_unreadable(&s->diag, w->directory);
        return 2;
    }
    return desk_run(&o, &s->diag);
}

int desk_main(int argc, char **argv)
{
    static const char *const purpose[] = {
        "在浏览器里办理：收工作簿和扫描件，核查，看材料，打包。",
        "The page in the browser: takes workbooks and scans, checks, shows papers, packs them."};
    struct wishes w = {0};
    const struct option_own own[] = {
        {"d", "DIR", {"存放申报批次的目录", "the folder of batches"}, &w.directory},
        {"listen",
         "ADDRESS:PORT",
         {"在哪里提供服务（" LISTEN "）", "where to serve (" LISTEN ")"},
         &w.listen},
        {"token-file",
         "FILE",
         {"口令所在的文件；别的机器也能访问时必须有", "the file with the token; needed where "
                                                      "other machines can reach it"},
         &w.token_file},
        {"origin",
         "URL",
         {"对外的网址，如 https://hr.example（几个用逗号隔开）",
          "public addresses, as https://hr.example (several with commas)"},
         &w.origins},
        {"proxy",
         "ADDRESS",
         {"前置代理的地址，只信它给的 X-Forwarded-For",
          "the proxy whose X-Forwarded-For is believed"},
         &w.proxy},
        {"quota",
         "BYTES",
         {"每个批次最多多少字节（8000000000）", "bytes a batch may hold (8000000000)"},
         &w.quota},
        {"run", "DIR", {"（内部）做一个批次的一项工作", "(internal) one job of a batch"}, &w.run},
        {"job", "N", {"（内部）哪一项", "(internal) which"}, &w.job},
    };
    const struct option_set set = {purpose, own, sizeof own / sizeof *own, 0};
    struct session s;
    int status = session_begin_with(&s, argc, argv, &set);
    if (status >= 0)
        return status;
    double quota = w.quota ? strtod(w.quota, NULL) : QUOTA_MB * 1e6;
    if (w.run && w.job)
        return session_end(&s, runner_run(w.run, strtol(w.job, NULL, 10), quota, &s.diag));
    if (!w.directory)
        return session_end(&s, options_fault(s.options.language, argv[0], "请用 -d 指定目录",
                                             "name the folder: -d DIR"));
    return session_end(&s, serve(&s, &w, quota));
}
