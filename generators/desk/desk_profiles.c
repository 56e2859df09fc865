/* desk_profiles.c - see desk_profiles.h. */
#include "desk/desk_profiles.h"

#include "core/paths.h"
#include "profile/named_paper.h"
#include "profile/profile.h"

/* One that cannot be read is left out, and said. */
static bool describe(const char *name, struct desk_profile *out, struct arena *arena,
                     struct diag *diag)
{
    const char *dir = arena_printf(arena, "%s/%s", shenbao_templates(), name);
    struct profile *p = profile_open(shenbao_template_dirs(NULL, dir), name, diag);
    struct named_paper *papers;
    if (!p)
        return false;
    *out = (struct desk_profile){
        .name = name, .title = arena_strdup(arena, p->title), .year = arena_strdup(arena, p->year)};
    for (size_t i = 0, n = named_paper_list(name, arena, &papers); i < n; i++)
        if (papers[i].kind != PAPER_ROSTER && papers[i].scope == SCOPE_APPLICANT)
            *ARENA_PUSH(arena, out->papers, out->n, out->cap) = (struct desk_paper){
                papers[i].name, papers[i].title, papers[i].kind == PAPER_VOLUME};
    profile_close(p);
    return true;
}

const struct desk_profile *desk_profiles(struct arena *arena, size_t *n, struct diag *diag)
{
    char **all;
    size_t found = profiles_list(arena, &all);
    struct desk_profile *list = ARENA_ARRAY(arena, struct desk_profile, found);
    for (size_t i = 0; i < found; i++)
        *n += describe(all[i], &list[*n], arena, diag);
    return list;
}
