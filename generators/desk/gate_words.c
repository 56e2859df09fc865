/* gate_words.c - see gate_words.h. */
#include "desk/gate_words.h"

#include "core/small_file.h"

#include <string.h>

enum { TOKEN_LEAST = 16, TOKEN_MOST = 4096 };

static bool is_loopback(const char *listen)
{
    return !strncmp(listen, "127.", 4) || !strncmp(listen, "localhost:", 10) ||
           !strncmp(listen, "[::1]:", 6);
}

/* NULL: reported. */
static const char *read_token(const char *path, struct arena *arena, struct diag *diag)
{
    struct buffer bytes = {0};
    const char *token = NULL;
    if (small_file_read(path, TOKEN_MOST, &bytes, diag)) {
        buffer_putc(&bytes, '\0');
        char *line = arena_strdup(arena, (char *)bytes.data);
        line[strcspn(line, "\r\n")] = '\0';
        if (strlen(line) >= TOKEN_LEAST)
            token = line;
        else
            diag_system(diag, (struct src_pos){path, 1}, "口令至少 %d 个字符",
                        "the token has at least %d characters", TOKEN_LEAST);
    }
    buffer_clear(&bytes);
    return token;
}

static const char *const *split(const char *text, size_t *n, struct arena *arena)
{
    const char **list = NULL;
    size_t cap = 0;
    for (const char *p = text, *end; p && *p; p = *end ? end + 1 : end) {
        end = p + strcspn(p, ",");
        *ARENA_PUSH(arena, list, *n, cap) = arena_strndup(arena, p, (size_t)(end - p));
    }
    return list;
}

bool gate_words_read(const struct gate_words *words, struct gate_options *out, struct arena *arena,
                     struct diag *diag)
{
    *out = (struct gate_options){.listen = words->listen ? words->listen : GATE_LISTEN,
                                 .proxy = words->proxy};
    out->origins = split(words->origins, &out->n_origins, arena);
    if (words->token_file && !(out->token = read_token(words->token_file, arena, diag)))
        return false;
    return out->token || (is_loopback(out->listen) && !out->n_origins) ||
           diag_system(diag, (struct src_pos){out->listen, 0},
                       "别的机器也能访问时，必须用 --token-file 设口令",
                       "what other machines can reach needs a token: --token-file");
}
