/* gate.c - see gate.h. RFC 9110 (7.2 Host), RFC 6454 (Origin), RFC 6265 (Cookie). */
#include "desk/gate.h"

#include "core/digest.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MOST_WRONG = 10,     /* tokens of one client in a minute */
    MINUTE = 60,         /* seconds */
    CLIENTS = 1024,      /* that are remembered */
    CLIENT_NAME = 64,    /* bytes; what is longer is one client */
    COOKIE_SHOWN = 65536 /* bytes of cookies that are looked through */
};

static const char cookie_name[] = "shenbao-desk";

struct client {
    char name[CLIENT_NAME];
    time_t since; /* of the minute that is counted */
    unsigned wrong;
};

struct gate {
    const struct gate_options *options;
    struct arena arena;
    const char **hosts, **origins; /* that are ours */
    size_t n_hosts, n_origins, cap_hosts, cap_origins;
    char secret[DIGEST_HEX]; /* what the cookie holds */
    pthread_mutex_t lock;    /* of the clients */
    struct client *clients;
};

static void add_host(struct gate *g, const char *host)
{
    *ARENA_PUSH(&g->arena, g->hosts, g->n_hosts, g->cap_hosts) = host;
}

static void add_origin(struct gate *g, const char *origin)
{
    *ARENA_PUSH(&g->arena, g->origins, g->n_origins, g->cap_origins) = origin;
}

static const char *const loopback[] = {"127.0.0.1", "localhost", "[::1]"};

bool gate_is_loopback(const char *listen)
{
    return !strncmp(listen, "127.", 4) || !strncmp(listen, "localhost:", 10) ||
           !strncmp(listen, "[::1]:", 6);
}

const char *gate_port(const char *listen)
{
    const char *s = strrchr(listen, ':');
    long port =
        s && s[1] && strspn(s + 1, "0123456789") == strlen(s + 1) ? strtol(s + 1, NULL, 10) : 0;
    return port > 0 && port <= UINT16_MAX ? s : NULL;
}

static void add_own_name(struct gate *g, const char *host)
{
    add_host(g, host);
    add_origin(g, arena_printf(&g->arena, "http://%s", host));
}

/* This machine has three names for itself. No browser tells the port that is HTTP's own. */
static void add_own_names(struct gate *g, const char *listen)
{
    const char *port = gate_port(listen), *told = strcmp(port, ":80") ? port : "";
    add_own_name(g, arena_printf(&g->arena, "%.*s%s", (int)(port - listen), listen, told));
    for (size_t i = 0; gate_is_loopback(listen) && i < sizeof loopback / sizeof *loopback; i++)
        add_own_name(g, arena_printf(&g->arena, "%s%s", loopback[i], told));
}

static void make_secret(const char *token, char out[DIGEST_HEX])
{
    struct digest *d = digest_new();
    digest_text(d, cookie_name);
    digest_text(d, token);
    digest_end(d, out);
}

struct gate *gate_new(const struct gate_options *options)
{
    struct gate *g = mem_alloc(1, sizeof *g);
    g->options = options;
    g->clients = mem_alloc(CLIENTS, sizeof *g->clients);
    pthread_mutex_init(&g->lock, NULL);
    add_own_names(g, options->listen);
    for (size_t i = 0; i < options->n_origins; i++) {
        const char *host = strstr(options->origins[i], "://");
        add_origin(g, options->origins[i]);
        add_host(g, host ? host + 3 : options->origins[i]);
    }
    if (options->token)
        make_secret(options->token, g->secret);
    return g;
}

void gate_free(struct gate *g)
{
    if (!g)
        return;
    pthread_mutex_destroy(&g->lock);
    free(g->clients);
    arena_free(&g->arena);
    free(g);
}

/* --- clients --- */

const char *gate_client(const struct gate *g, const struct gate_request *r, struct arena *arena)
{
    const char *last = r->forwarded ? strrchr(r->forwarded, ',') : NULL;
    if (!g->options->proxy || strcmp(g->options->proxy, r->peer) || !r->forwarded)
        return r->peer;
    last = last ? last + 1 : r->forwarded; /* the one that our own proxy has seen */
    last += strspn(last, " ");
    return arena_strndup(arena, last, strcspn(last, " "));
}

/* The client's entry; of one that is not remembered, that of the longest ago. */
static struct client *client_of(struct gate *g, const char *name, time_t now)
{
    struct client *oldest = g->clients;
    for (struct client *c = g->clients; c < g->clients + CLIENTS; c++) {
        if (!strncmp(c->name, name, CLIENT_NAME - 1)) {
            oldest = c;
            break;
        }
        oldest = c->since < oldest->since ? c : oldest;
    }
    if (strncmp(oldest->name, name, CLIENT_NAME - 1) || now - oldest->since >= MINUTE ||
        now < oldest->since) {
        *oldest = (struct client){.since = now};
        memcpy(oldest->name, name, strnlen(name, CLIENT_NAME - 1));
    }
    return oldest;
}

/* Counts a wrong token, if it was one; are there too many? */
static bool is_shut_out(struct gate *g, const struct gate_request *r, bool wrong,
                        struct arena *arena)
{
    pthread_mutex_lock(&g->lock);
    struct client *c = client_of(g, gate_client(g, r, arena), r->now);
    bool out = c->wrong >= MOST_WRONG;
    c->wrong += wrong && !out;
    pthread_mutex_unlock(&g->lock);
    return out;
}

/* --- verdicts --- */

static struct gate_verdict refuse(unsigned status, const char *zh, const char *en)
{
    return (struct gate_verdict){.end = GATE_REFUSED, .status = status, .text = {zh, en}};
}

static bool is_among(const char *value, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcasecmp(value, list[i]))
            return true;
    return false;
}

/* In a time that does not tell where they differ. */
static bool is_same_secret(const char *a, const char *b)
{
    char x[DIGEST_HEX], y[DIGEST_HEX];
    unsigned different = 0;
    digest_hex(a, strlen(a), x);
    digest_hex(b, strlen(b), y);
    for (size_t i = 0; i < DIGEST_HEX; i++)
        different |= (unsigned)(x[i] ^ y[i]);
    return different == 0;
}

enum cookie_state { COOKIE_NONE, COOKIE_WRONG, COOKIE_RIGHT };

/* Several of one name come from several paths and times: one that is right is enough. */
static enum cookie_state look_for_cookie(const struct gate *g, const char *header,
                                         struct arena *arena)
{
    enum cookie_state found = COOKIE_NONE;
    size_t name = strlen(cookie_name);
    for (const char *p = header, *end; *p && p - header < COOKIE_SHOWN; p = *end ? end + 1 : end) {
        p += strspn(p, " ");
        end = p + strcspn(p, ";");
        if (strncmp(p, cookie_name, name) || p[name] != '=')
            continue;
        const char *value = p + name + 1;
        if (is_same_secret(arena_strndup(arena, value, (size_t)(end - value)), g->secret))
            return COOKIE_RIGHT;
        found = COOKIE_WRONG;
    }
    return found;
}

static enum cookie_state cookie_of(const struct gate *g, const struct gate_request *r,
                                   struct arena *arena)
{
    enum cookie_state best = COOKIE_NONE;
    for (size_t i = 0; i < r->n_cookies; i++) {
        enum cookie_state state = look_for_cookie(g, r->cookies[i], arena);
        best = state > best ? state : best;
    }
    return best;
}

static struct gate_verdict open_to(enum gate_end end, const struct target *target)
{
    return (struct gate_verdict){.end = end, .target = *target};
}

static struct gate_verdict ask_for_token(struct gate *g, const struct gate_request *r,
                                         const struct target *t, struct arena *arena)
{
    const char *shown = target_parameter(t, "token", arena);
    enum cookie_state cookie = cookie_of(g, r, arena);
    bool right = cookie == COOKIE_RIGHT || (shown && is_same_secret(shown, g->options->token));
    bool first = t->n == 0 && !strcmp(r->method, "GET");

    /* a cookie cannot be guessed: who has one is not kept out by others of the same address */
    bool wrong = !right && (shown || cookie == COOKIE_WRONG);
    if (cookie != COOKIE_RIGHT && is_shut_out(g, r, wrong, arena))
        return refuse(429, "口令错误次数过多，请一分钟后再试",
                      "too many wrong tokens: try again in a minute");
    if (right)
        return open_to(shown && first ? GATE_ENTER : GATE_OPEN, t);
    if (first && cookie == COOKIE_NONE && !shown && !target_parameter(t, "again", arena))
        return open_to(GATE_RETRY, t);
    return refuse(
        401, "请用管理员给的网址（其中有口令）再打开一次；没有的，请向管理员要",
        "Open the address again that the administrator gave you, with the token in it; if "
        "you have none, ask for it.");
}

static struct gate_verdict judge_origin(struct gate *g, const struct gate_request *r)
{
    if (r->n_hosts != 1 || !is_among(r->hosts[0], g->hosts, g->n_hosts))
        return refuse(421, "这个网址不是本机的；若经由其他域名访问，请用 --origin 写明",
                      "this is not our name; a public address must be given with --origin");
    if (r->n_origins > 1 ||
        (r->n_origins == 1 && !is_among(r->origins[0], g->origins, g->n_origins)))
        return refuse(403, "请求来自别的网页，不予处理；若网址无误，请用 --origin 写明",
                      "asked by a foreign page; a public address must be given with --origin");
    return (struct gate_verdict){.end = GATE_OPEN};
}

struct gate_verdict gate_ask(struct gate *g, const struct gate_request *r, struct arena *arena)
{
    static const char *const reading[] = {"GET", "HEAD"}, *const writing[] = {"POST", "PUT",
                                                                              "DELETE"};
    bool writes = is_among(r->method, writing, 3);
    struct target target;

    if (!writes && !is_among(r->method, reading, 2))
        return refuse(405, "不支持这种请求", "this method is not served");
    if (!target_read(&target, r->target, arena))
        return refuse(400, "网址的写法不对", "the address is not one of ours");
    if (r->n_lengths > 1) /* a proxy may believe another of them than we: RFC 9112, 6.3 */
        return refuse(400, "请求的长度说了两次", "the length of the request is told twice");
    if (r->coding && strcasecmp(r->coding, "chunked")) /* the body would have no end */
        return refuse(501, "不支持请求的传输编码，只支持 chunked",
                      "the transfer coding of the request is not served, only chunked is");
    struct gate_verdict v = judge_origin(g, r);
    if (v.end == GATE_REFUSED)
        return v;
    if (writes && !r->marked)
        return refuse(403, "修改只能由本页面发出", "only our own page changes things");
    return g->options->token ? ask_for_token(g, r, &target, arena) : open_to(GATE_OPEN, &target);
}

const char *gate_cookie(const struct gate *g, bool secure, struct arena *arena)
{
    return arena_printf(arena, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000%s",
                        cookie_name, g->secret, secure ? "; Secure" : "");
}
