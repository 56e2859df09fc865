/* desk.c - the page in the browser; and, as children of it, the jobs that it runs. */
#include "desk/desk.h"
#include "desk/runner.h"
#include "programs/programs.h"
#include "programs/session.h"

#include <stdlib.h>

#define QUOTA_MB 8000

int desk_main(int argc, char **argv)
{
    static const char *const purpose[] = {
        "在浏览器里办理：收工作簿和扫描件，核查，看材料，打包。",
        "The page in the browser: takes workbooks and scans, checks, shows papers, packs them."};
    const char *directory = NULL, *quota_word = NULL, *run = NULL, *job = NULL;
    struct gate_words words = {0};
    const struct option_own own[] = {
        {"d", "DIR", {"存放申报批次的目录", "the folder of batches"}, &directory},
        {"listen",
         "ADDRESS:PORT",
         {"在哪里提供服务（" GATE_LISTEN "）", "where to serve (" GATE_LISTEN ")"},
         &words.listen},
        {"token-file",
         "FILE",
         {"口令所在的文件；别的机器也能访问时必须有", "the file with the token; needed where "
                                                      "other machines can reach it"},
         &words.token_file},
        {"origin",
         "URL",
         {"对外的网址，如 https://hr.example（几个用逗号隔开）",
          "public addresses, as https://hr.example (several with commas)"},
         &words.origins},
        {"proxy",
         "ADDRESS",
         {"前置代理的地址，只信它给的 X-Forwarded-For",
          "the proxy whose X-Forwarded-For is believed"},
         &words.proxy},
        {"quota",
         "BYTES",
         {"每个批次最多多少字节（8000000000）", "bytes a batch may hold (8000000000)"},
         &quota_word},
        {"run", "DIR", {"（内部）做一个批次的一项工作", "(internal) one job of a batch"}, &run},
        {"job", "N", {"（内部）哪一项", "(internal) which"}, &job},
    };
    const struct option_set set = {purpose, own, sizeof own / sizeof *own, 0};
    struct session s;
    int status = session_begin_with(&s, argc, argv, &set);
    if (status >= 0)
        return status;
    char *end = "";
    double quota = quota_word ? strtod(quota_word, &end) : QUOTA_MB * 1e6;
    if (*end || !(quota >= 1))
        return session_end(
            &s, options_fault(s.options.language, argv[0], "--quota 应为字节数，不是“%s”",
                              "--quota takes a number of bytes, not '%s'", quota_word));
    if (run && job)
        return session_end(&s, runner_run(run, strtol(job, NULL, 10), quota, &s.diag));
    if (!directory)
        return session_end(&s, options_fault(s.options.language, argv[0], "请用 -d 指定目录",
                                             "name the folder: -d DIR"));
    return session_end(&s, desk_run(directory, &words, quota, &s.diag));
}
