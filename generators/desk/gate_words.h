/* gate_words.h - what the command line says of the gate, as the gate takes it. */
#ifndef DESK_GATE_WORDS_H
#define DESK_GATE_WORDS_H

#include "core/finding.h"
#include "desk/gate.h"

/* Each NULL: not given. */
struct gate_words {
    const char *listen;     /* "127.0.0.1:8750" */
    const char *token_file; /* its first line is the token */
    const char *origins;    /* public addresses, with commas between */
    const char *proxy;      /* "127.0.0.1": connections tell numbers, no names */
};

#define GATE_LISTEN "127.0.0.1:8750"

/* Strings are in the arena. false: reported, as when others than this machine could come in without
 * a token. */
bool gate_words_read(const struct gate_words *words, struct gate_options *out, struct arena *arena,
                     struct diag *diag);

/* Reports that this is nowhere to listen at; always false. */
bool gate_words_refuse_listen(const char *listen, struct diag *diag);

#endif
