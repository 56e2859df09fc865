/* package.c - everything for every applicant, unit and delegation of a batch, and only what
 * changed. */
#include "core/expected.h"
#include "package/package_run.h"
#include "papers/catalogue.h"
#include "papers/paper_options.h"
#include "programs/programs.h"
#include "programs/session.h"

#include <string.h>

/* What was given on the command line. */
struct given {
    struct package_options own;
    const char *verify;
    struct binder_options binding;
};

static int run(int argc, char **argv, const struct option_own *table, size_t n_table,
               struct given *given, const struct option_own *switches, size_t n_switches)
{
    static const char *const purpose[] = {
        "为整批申报人、单位和委托单位制作全部材料，只做有变化的。",
        "Makes everything for every applicant, unit and delegation of a batch, and only what "
        "changed."};
    struct session s;
    int status = session_begin(&s, argc, argv, purpose, table, n_table);
    if (status >= 0)
        return status;
    if (given->verify)
        return session_end(&s, package_verify(given->verify, &s.options));
    expect_output("--log", given->own.log, s.options.output);
    expect_output("--stamp", given->own.stamp, s.options.output);
    if (!session_open(&s) || !session_open_fonts(&s) ||
        !binder_options_read(&given->binding, &s.arena, &s.diag))
        return session_end(&s, 2);
    const struct paper_setting papers = session_papers(&s, &given->binding, switches, n_switches);
    const struct package_request request = {&given->own, &papers, &s.input};
    return session_end(&s, package_run(&request));
}

int package_main(int argc, char **argv)
{
    struct given given = {.own = {.stage = "prepare"}};
    const struct option_own own[] = {
        {"stage",
         "prepare|submit",
         {"付印前（默认）或寄送前", "before printing (the default), or before mailing"},
         &given.own.stage},
        {"force",
         NULL,
         {"不论有无变化，全部重做", "make everything, changed or not"},
         &given.own.force},
        {"dry-run",
         NULL,
         {"不写文件，只列出要做什么、为什么", "write nothing; list what would be made, and why"},
         &given.own.dry_run},
        {"fail-fast",
         NULL,
         {"核查有错误就什么都不做；制作出错就停下",
          "make nothing when check finds an error; stop when drawing fails"},
         &given.own.fail_fast},
        {"letter-for-ready",
         NULL,
         {"有人材料未出时，委托书和花名册只列其余的人（默认不出）",
          "when somebody has errors, letter and roster list the others (else neither is made)"},
         &given.own.letter_for_ready},
        {"prune",
         "=all",
         {"删去批次里已无其人的文件；超过十分之一的人要写 --prune=all",
          "remove documents that nobody in the batch has any more; of more than a tenth of the "
          "people only by --prune=all"},
         &given.own.prune},
        {"rework",
         "FILE",
         {"退回意见（XML，或工作簿里的一张表），逐条与现在的数据核对",
          "a list of returned points (XML, or a sheet of a workbook), checked off against the "
          "data"},
         &given.own.rework},
        {"since",
         "DIR",
         {"改动与这个输出文件夹（里的 manifest.json）相比，不与上次运行相比",
          "tell changes against this output folder (its manifest.json), not the run before"},
         &given.own.since},
        {"shard",
         "K/N",
         {"只做申报人的 N 份之 K（SLURM_ARRAY_TASK_ID、JOB_COMPLETION_INDEX 自动识别）",
          "only the K-th of N parts of the applicants (SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX: "
          "auto)"},
         &given.own.shard},
        {"part",
         "print",
         {"与 --shard 同用：各人材料做完以后，只做委托单位的 N 份之 K 的委托书、花名册和合并打印",
          "with --shard, when the applicants' papers are made: letters, rosters and print runs of "
          "the K-th of N parts of the delegations"},
         &given.own.part},
        {"verify",
         "DIR",
         {"不制作，只核对目录与清单是否相符", "make nothing; compare the tree with its manifest"},
         &given.verify},
        {"name-template",
         "TEXT",
         {"申报人目录名，由 {id} {name} {unit} {unit-name} 组成：" CATALOGUE_FOLDER,
          "applicants' folders, of {id} {name} {unit} {unit-name}: " CATALOGUE_FOLDER},
         &given.own.name_template},
        {"log",
         "FILE",
         {"运行日志，每行一个 JSON，追加在后", "a log, one JSON object a line, added to the file"},
         &given.own.log},
        {"stamp",
         "FILE",
         {"运行结束时写下结果和时间，供监控（放在输出文件夹之外）",
          "what the run came to and when, for monitoring (outside the output folder)"},
         &given.own.stamp},
        {"umask",
         "MODE",
         {"文件的权限，如 027（默认只有本人可读）",
          "who may read the files, as 027 (default: nobody else)"},
         &given.own.umask},
        {"group", "NAME", {"文件所属的组", "the group that the files belong to"}, &given.own.group},
        {"timeout",
         "SECONDS",
         {"每位申报人最多用多少秒（120）", "what one applicant may take (120)"},
         &given.own.timeout},
    };
    enum { N_OWN = sizeof own / sizeof *own };
    enum { FIT_PHOTO = BINDER_OPTIONS, LETTER, N_SWITCHES };
    struct option_own table[N_OWN + LETTER], switches[N_SWITCHES];
    const char *roster = NULL; /* letters list persons as many as they are */

    binder_options_table(&given.binding, switches);
    switches[FIT_PHOTO] = fit_photo_option(&given.own.fit_photo);
    switches[LETTER] = letter_option(&roster);
    memcpy(table, own, sizeof own);
    memcpy(table + N_OWN, switches, LETTER * sizeof *switches);
    return run(argc, argv, table, N_OWN + LETTER, &given, switches, N_SWITCHES);
}
