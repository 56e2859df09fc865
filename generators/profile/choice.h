/* choice.h - which notice a run goes by: the one that is asked for, else the one that its inputs
 * name, else the first of ours. */
#ifndef PROFILE_CHOICE_H
#define PROFILE_CHOICE_H

#include "profile/profile.h"
#include "record/input.h"

struct profile_choice {
    const char *asked;       /* --profile: a name or a folder; NULL: nobody asks */
    const char *of_inputs;   /* what they name; NULL: none does */
    struct src_pos at;       /* the input that names it */
    const char *overlay;     /* -T, searched before the notice's own; NULL: none */
    const char *const *dirs; /* set: where its templates are searched */
};

/* Opens each input (readers: as many as inputs, cleared by the caller) and sets what they name, all
 * alike unless a notice is asked for. false: reported. */
bool profile_choice_read(struct profile_choice *c, const char *const *inputs, size_t n,
                         struct input *readers, struct arena *arena, struct diag *diag);
/* NULL: reported. */
struct profile *profile_choice_open(struct profile_choice *c, struct arena *arena,
                                    struct diag *diag);

#endif
