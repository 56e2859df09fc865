/* choice.c - see choice.h. */
#include "profile/choice.h"

#include "core/find.h"
#include "core/paths.h"
#include "core/real_path.h"
#include "core/spelling.h"
#include "record/profile_name.h"

#include <string.h>

bool profile_choice_read(struct profile_choice *c, const char *const *inputs, size_t n,
                         struct input *readers, struct arena *arena, struct diag *diag)
{
    bool ok = true;

    for (size_t i = 0; i < n; i++)
        readers[i].spool = -1;
    for (size_t i = 0; ok && i < n; i++) {
        ok = input_init(&readers[i], inputs[i], arena, diag);
        const char *own = ok ? record_profile_name(&readers[i], arena) : NULL;
        if (own && c->of_inputs && strcmp(own, c->of_inputs) && !c->asked)
            ok = diag_system(diag, (struct src_pos){inputs[i], 0},
                             "按方案 %s 编写，而 %s 按 %s；请分批制作，或用 --profile 指定一个",
                             "is made for the profile %s, and %s for %s; make them apart, or "
                             "choose one with --profile",
                             own, c->at.file, c->of_inputs);
        if (own && !c->of_inputs) {
            c->at = (struct src_pos){readers[i].name, 0};
            c->of_inputs = own;
        }
    }
    return ok;
}

/* The folder of a profile of ours; NULL: there is none of the name. */
static const char *folder_of(const char *name, struct arena *arena)
{
    const char *dir = arena_printf(arena, "%s/%s", shenbao_templates(), name);
    bool plain = *name && *name != '.' && !strchr(name, '/');
    return plain && path_is_folder(dir) &&
                   find_file(arena, (const char *const[]){dir, NULL}, "profile.xml")
               ? dir
               : NULL;
}

static struct profile *refuse(const char *name, struct src_pos at, struct arena *arena,
                              struct diag *diag)
{
    struct spelling_guess guess = {.word = name};
    char **all;
    for (size_t n = profiles_list(arena, &all); n > 0; n--)
        spelling_guess(&guess, all[n - 1]);
    if (guess.best)
        diag_system(diag, at, "没有方案“%s”；是不是 %s", "there is no profile '%s'; is it %s?",
                    name, guess.best);
    else
        diag_system(
            diag, at,
            "没有方案“%s”；用 shenbao profiles 查看有哪些，自己的方案用 --profile 给出文件夹",
            "there is no profile '%s'; shenbao profiles lists them, and --profile takes the "
            "folder of one of your own",
            name);
    return NULL;
}

struct profile *profile_choice_open(struct profile_choice *c, struct arena *arena,
                                    struct diag *diag)
{
    const char *name = c->asked       ? c->asked
                       : c->of_inputs ? c->of_inputs
                                      : SHENBAO_PROFILE,
               *dir = folder_of(name, arena);

    if (c->overlay && !path_is_folder(c->overlay)) {
        diag_system(diag, (struct src_pos){c->overlay, 0}, "没有这个模板目录",
                    "there is no such directory of templates");
        return NULL;
    }
    if (!dir && c->asked && path_is_folder(name))
        dir = name;
    if (dir && !find_file(arena, (const char *const[]){dir, NULL}, "profile.xml")) {
        diag_system(diag, (struct src_pos){dir, 0}, "不是方案的文件夹：里面没有 profile.xml",
                    "is no folder of a profile: it has no profile.xml");
        return NULL;
    }
    if (!dir)
        return refuse(name, c->asked ? (struct src_pos){0} : c->at, arena, diag);
    const char *leaf = strrchr(dir, '/');
    c->dirs = shenbao_template_dirs(c->overlay, dir);
    return profile_open(c->dirs, leaf && leaf[1] ? leaf + 1 : dir, diag);
}
