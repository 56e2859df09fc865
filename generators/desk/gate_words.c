/* gate_words.c - see gate_words.h. */
#include "desk/gate_words.h"

#include "core/markup.h"
#include "core/small_file.h"
#include "desk/target.h"

#include <arpa/inet.h>
#include <string.h>

enum { TOKEN_LEAST = 16, TOKEN_MOST = 4096 };

/* Can it be told in an address? */
static bool is_showable(const char *token, struct arena *arena)
{
    struct buffer query = {0};
    buffer_puts(&query, "token=");
    buffer_percent(&query, token, "");
    const struct target t = {.query = arena_strndup(arena, (char *)query.data, query.len)};
    buffer_clear(&query);
    return target_parameter(&t, "token", arena);
}

/* NULL: reported. */
static const char *read_token(const char *path, struct arena *arena, struct diag *diag)
{
    char *text = small_file_text(path, TOKEN_MOST, SMALL_FILE_GIVEN, arena, diag),
         *token = small_file_line(&text);
    size_t n = token ? strlen(token) : 0;
    while (n && strchr(" \t", token[n - 1])) /* nobody sees it */
        token[--n] = '\0';
    if (token && n < TOKEN_LEAST)
        diag_system(diag, (struct src_pos){path, 1}, "口令至少 %d 个字符",
                    "the token has at least %d characters", TOKEN_LEAST);
    else if (token && !is_showable(token, arena))
        diag_system(
            diag, (struct src_pos){path, 1},
            "口令里有网址写不出的字符；请另存为 UTF-8，不含控制字符",
            "the token holds what no address can: save it as UTF-8, without control characters");
    else
        return token;
    return NULL;
}

static const char **split(const char *text, size_t *n, struct arena *arena)
{
    const char **list = NULL;
    size_t cap = 0;
    for (const char *p = text, *end; p && *p; p = *end ? end + 1 : end) {
        end = p + strcspn(p, ",");
        *ARENA_PUSH(arena, list, *n, cap) = arena_strndup(arena, p, (size_t)(end - p));
    }
    return list;
}

/* As a browser tells it: scheme, host, and a port that is not the scheme's own (RFC 6454, 6.2).
 * NULL: reported. */
static const char *read_origin(const char *word, struct arena *arena, struct diag *diag)
{
    static const char *const schemes[][2] = {{"https://", ":443"}, {"http://", ":80"}};
    char *origin = arena_strdup(arena, word);
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t scheme = strlen(schemes[i][0]), own = strlen(schemes[i][1]);
        if (strncmp(origin, schemes[i][0], scheme))
            continue;
        char *host = origin + scheme;
        size_t n = strlen(host);
        if (n > 0 && host[n - 1] == '/')
            host[--n] = '\0';
        if (n > own && !strcmp(host + n - own, schemes[i][1]))
            host[n -= own] = '\0';
        if (n > 0 && !strpbrk(host, "/?#@ "))
            return origin;
    }
    diag_system(diag, (struct src_pos){word, 0},
                "不是网址：--origin 写浏览器里的网址，如 https://hr.example 或 "
                "https://hr.example:8443，不带路径",
                "is no address: --origin takes what a browser shows, as https://hr.example or "
                "https://hr.example:8443, without a path");
    return NULL;
}

bool gate_words_refuse_listen(const char *listen, struct diag *diag)
{
    return diag_system(diag, (struct src_pos){listen, 0}, "应为 地址:端口，如 127.0.0.1:8750",
                       "should be ADDRESS:PORT, as 127.0.0.1:8750");
}

/* The address as a connection tells its own, with which it is compared as text; NULL: it is none.
 */
static const char *read_address(const char *word, struct arena *arena)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    char text[INET6_ADDRSTRLEN];
    int family = strchr(word, ':') ? AF_INET6 : AF_INET;
    bool ok = inet_pton(family, word, bytes) == 1 && inet_ntop(family, bytes, text, sizeof text);
    return ok ? arena_strdup(arena, text) : NULL;
}

bool gate_words_read(const struct gate_words *words, struct gate_options *out, struct arena *arena,
                     struct diag *diag)
{
    *out = (struct gate_options){.listen = words->listen ? words->listen : GATE_LISTEN};
    if (!gate_port(out->listen))
        return gate_words_refuse_listen(out->listen, diag);
    if (words->proxy && !(out->proxy = read_address(words->proxy, arena)))
        return diag_system(diag, (struct src_pos){words->proxy, 0},
                           "--proxy 写代理的数字地址，如 127.0.0.1",
                           "--proxy takes the proxy's address in numbers, as 127.0.0.1");
    const char **origins = split(words->origins, &out->n_origins, arena);
    for (size_t i = 0; i < out->n_origins; i++)
        if (!(origins[i] = read_origin(origins[i], arena, diag)))
            return false;
    out->origins = origins;
    if (words->token_file && !(out->token = read_token(words->token_file, arena, diag)))
        return false;
    return out->token || (gate_is_loopback(out->listen) && !out->n_origins) ||
           diag_system(diag, (struct src_pos){out->listen, 0},
                       "别的机器也能访问时，必须用 --token-file 设口令",
                       "what other machines can reach needs a token: --token-file");
}
