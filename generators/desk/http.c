/* http.c - see http.h.
 *
 * libmicrohttpd decodes nothing for us: targets come raw (target.h). A request is refused before
 * its body, or after all of it. Connections that wait are suspended; all are resumed at every tick,
 * since a client that has gone is noticed by nothing else. */
#include "desk/http.h"

#include "core/system_error.h"
#include "desk/deadline.h"
#include "desk/gate_words.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    THREADS = 4,
    CONNECTIONS = 1000,
    CONNECTIONS_OF_ONE = 200, /* address, where others than this machine can reach the desk */
    IDLE_SECONDS = 60,
    HEADER_BYTES = 64 << 10, /* of a request's head */
    JSON_BYTES = 4 << 20
};

struct http {
    struct desk *desk;
    struct MHD_Daemon *daemon;
    struct deadlines *deadlines;
    int listener;
    pthread_mutex_t lock; /* of those who wait */
    struct MHD_Connection **waiting;
    size_t n_waiting, cap_waiting;
    bool stopping;
    atomic_uint news;
};

/* An exchange with what only this file knows of it. */
struct request {
    struct exchange x;  /* first */
    char *raw;          /* the target as it came */
    const char *client; /* for the log */
    const struct route *route;
    struct buffer body;
    bool begun, refused, files;
};

/* --- waiting --- */

bool http_suspend(struct http *h, struct MHD_Connection *c)
{
    pthread_mutex_lock(&h->lock);
    bool may = !h->stopping;
    if (may) {
        MHD_suspend_connection(c);
        *MEM_PUSH(h->waiting, h->n_waiting, h->cap_waiting) = c;
    }
    pthread_mutex_unlock(&h->lock);
    return may;
}

unsigned http_news(const struct http *h)
{
    return atomic_load(&h->news);
}

void http_wake(struct http *h, bool changed)
{
    atomic_fetch_add(&h->news, changed);
    deadlines_enforce(h->deadlines);
    pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < h->n_waiting; i++)
        MHD_resume_connection(h->waiting[i]);
    h->n_waiting = 0;
    pthread_mutex_unlock(&h->lock);
}

/* --- what the gate is shown --- */

static enum MHD_Result note_header(void *data, enum MHD_ValueKind kind, const char *key,
                                   const char *value)
{
    struct gate_request *g = data;
    (void)kind;
    value = value ? value : "";
    if (!strcasecmp(key, "Host") && g->n_hosts < GATE_VALUES)
        g->hosts[g->n_hosts++] = value;
    else if (!strcasecmp(key, "Origin") && g->n_origins < GATE_VALUES)
        g->origins[g->n_origins++] = value;
    else if (!strcasecmp(key, "Cookie") && g->n_cookies < GATE_VALUES)
        g->cookies[g->n_cookies++] = value;
    else if (!strcasecmp(key, "Content-Length"))
        g->n_lengths++;
    else if (!strcasecmp(key, "Transfer-Encoding")) {
        g->n_lengths++;
        g->coding = value;
    } else if (!strcasecmp(key, "X-Forwarded-For"))
        g->forwarded = value;
    else if (!strcasecmp(key, "X-Shenbao"))
        g->marked = true;
    return MHD_YES;
}

static const char *peer_of(struct MHD_Connection *c, struct arena *arena)
{
    char text[INET6_ADDRSTRLEN] = "?";
    const union MHD_ConnectionInfo *i =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = i ? i->client_addr : NULL;
    if (a && a->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, text, sizeof text);
    else if (a && a->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)a)->sin6_addr, text, sizeof text);
    bool mapped = !strncmp(text, "::ffff:", 7) && strchr(text, '.'); /* of an IPv4 address */
    return arena_strdup(arena, text + (mapped ? 7 : 0));
}

static struct gate_verdict ask_gate(struct request *r, const char *method)
{
    struct gate_request g = {.method = method, .target = r->raw, .now = time(NULL)};
    struct arena *arena = &r->x.arena;
    g.peer = peer_of(r->x.connection, arena);
    MHD_get_connection_values(r->x.connection, MHD_HEADER_KIND, note_header, &g);
    r->client = gate_client(r->x.http->desk->gate, &g, arena);
    return gate_ask(r->x.http->desk->gate, &g, arena);
}

/* --- answers --- */

/* What a request says may be long, no text, or a command to the terminal that shows the log. */
static const char *plain(const char *s, const char *characters)
{
    return strlen(s) < INET6_ADDRSTRLEN && s[strspn(s, characters)] == '\0' ? s : "…";
}

/* Names in a path are people's: the log has what kind of thing was asked for. */
static void log_line(const struct request *r, const char *method, unsigned status)
{
    struct buffer line = {0};
    buffer_printf(&line, "desk: %s %s ",
                  plain(r->client ? r->client : "?", "0123456789abcdefABCDEF.:?"),
                  plain(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
    for (size_t i = 0; i < r->x.target.n && i < 4; i++)
        buffer_printf(&line, "/%s",
                      plain(r->x.target.segments[i], "abcdefghijklmnopqrstuvwxyz0123456789."));
    buffer_printf(&line, "%s %u\n",
                  r->x.target.n == 0  ? "/"
                  : r->x.target.n > 4 ? "/…"
                                      : "",
                  status);
    fwrite(line.data, 1, line.len, stderr);
    buffer_clear(&line);
}

static enum MHD_Result send_answer(struct request *r, const char *method)
{
    struct answer *a = &r->x.answer;
    if (r->x.cookie)
        answer_header(a, "Set-Cookie", r->x.cookie);
    enum MHD_Result ok = MHD_queue_response(r->x.connection, a->status, a->response);
    MHD_destroy_response(a->response);
    log_line(r, method, a->status);
    *a = (struct answer){0};
    return ok;
}

/* A page that leads to the desk: a link from elsewhere brings no Strict cookie, a step from our own
 * page does. It has no script. */
static void answer_doorway(struct request *r, bool again)
{
    struct buffer page = {0};
    buffer_printf(&page,
                  "<!DOCTYPE html><html lang=\"zh-CN\"><meta charset=\"utf-8\">"
                  "<meta http-equiv=\"refresh\" content=\"0;url=/%s\">"
                  "<title>申报</title><p>正在进入……<a href=\"/%s\">进入</a></p></html>\n",
                  again ? "?again=1" : "", again ? "?again=1" : "");
    answer_bytes(&r->x.answer, 200, "text/html; charset=utf-8", &page);
}

/* For a person who typed an address, a page; for our own page's script, JSON. */
static void answer_refusal(struct request *r, unsigned status, const char *zh, const char *en)
{
    struct buffer page = {0};
    const char *accept = MHD_lookup_connection_value(r->x.connection, MHD_HEADER_KIND, "Accept");
    if (!accept || !strstr(accept, "text/html")) {
        answer_error(&r->x.answer, status, zh, en);
        return;
    }
    buffer_printf(&page,
                  "<!DOCTYPE html><html lang=\"zh-CN\"><meta charset=\"utf-8\">"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                  "<title>申报</title><h1>%s</h1><p lang=\"en\">%s</p></html>\n",
                  zh, en);
    answer_bytes(&r->x.answer, status, "text/html; charset=utf-8", &page);
}

/* --- requests --- */

static void *on_target(void *data, const char *target, struct MHD_Connection *c)
{
    struct request *r = mem_alloc(1, sizeof *r);
    r->x.http = data;
    r->x.connection = c;
    r->x.desk = r->x.http->desk;
    r->x.file.fd = -1;
    r->raw = arena_strdup(&r->x.arena, target);
    return r;
}

static void on_completed(void *data, struct MHD_Connection *c, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct request *r = *state;
    struct http *h = data;
    (void)code;
    deadline_of_head(h->deadlines, c);
    if (!r)
        return;
    if (r->files)
        upload_abandon(&r->x.file);
    if (r->x.answer.response)
        MHD_destroy_response(r->x.answer.response);
    buffer_clear(&r->body);
    diag_clear(&r->x.diag);
    arena_free(&r->x.arena);
    free(r);
    *state = NULL;
}

static void set_cookie(struct request *r)
{
    const char *proto =
        MHD_lookup_connection_value(r->x.connection, MHD_HEADER_KIND, "X-Forwarded-Proto");
    r->x.cookie = gate_cookie(r->x.http->desk->gate, proto && !strcmp(proto, "https"), &r->x.arena);
}

/* The head has come. An answer now is a refusal, before any of the body. */
static void begin(struct request *r, const char *method)
{
    struct exchange *x = &r->x;
    struct gate_verdict v = ask_gate(r, method);
    unsigned status = 0;

    r->begun = true;
    x->target = v.target;
    if (v.end == GATE_REFUSED) {
        answer_refusal(r, v.status, v.text[LANGUAGE_ZH], v.text[LANGUAGE_EN]);
    } else if (v.end != GATE_OPEN) {
        if (v.end == GATE_ENTER)
            set_cookie(r);
        answer_doorway(r, v.end == GATE_RETRY);
    } else if (!(r->route = route_find(method, &x->target, &status))) {
        answer_refusal(r, status, "没有这个页面", "there is no such page");
    } else if (!route_open(x)) {
        ;
    } else if (r->route->body == BODY_FILE && !(r->files = r->route->begin(x))) {
        answer_findings(&x->answer, x->diag.system_faults ? 507 : 400, &x->diag);
    }
    r->refused = x->answer.response != NULL;
}

static void take_body(struct request *r, const char *data, size_t len)
{
    struct exchange *x = &r->x;
    if (r->refused || diag_failed(&x->diag))
        return; /* the rest of what is refused goes by */
    if (r->files)
        upload_add(&x->file, data, len, &x->diag);
    else if (r->route && r->route->body == BODY_JSON && r->body.len + len <= JSON_BYTES)
        buffer_add(&r->body, data, len);
    else
        diag_error(&x->diag, (struct src_pos){0}, "请求太大", "the request is too large");
}

/* In place of the answer that there may be. */
static void answer_trouble(struct request *r)
{
    struct answer *a = &r->x.answer;
    if (a->response && a->status >= 500)
        return;
    if (a->response)
        MHD_destroy_response(a->response);
    r->x.waits = false;
    answer_findings(a, 500, &r->x.diag);
}

/* The body has come, if there is one. */
static void handle(struct request *r)
{
    struct exchange *x = &r->x;
    if (diag_failed(&x->diag)) {
        answer_findings(&x->answer, x->diag.system_faults ? 507 : 400, &x->diag);
        return;
    }
    if (r->route->body == BODY_JSON && !x->json) {
        x->json = json_parse(&x->arena, (char *)r->body.data, r->body.len);
        if (!x->json || x->json->kind != JSON_OBJECT) {
            answer_error(&x->answer, 400, "请求的内容不对", "the request is not understood");
            return;
        }
    }
    x->waits = false;
    r->route->handle(x);
    if (x->diag
            .system_faults) /* what was said of files that could not be read counts for nothing */
        answer_trouble(r);
}

/* As many bytes as its body may have: a file's are announced, all others are short. */
static double body_size(const struct request *r)
{
    return r->files ? r->x.file.most : 0;
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *body,
                                  size_t *len, void **state)
{
    struct request *r = *state;
    (void)data, (void)c, (void)url, (void)version;
    if (!r)
        return MHD_NO;
    if (!r->begun) {
        begin(r, method);
        deadline_of_body(r->x.http->deadlines, c, body_size(r));
        return r->refused ? send_answer(r, method) : MHD_YES;
    }
    if (*len > 0) {
        take_body(r, body, *len);
        *len = 0;
        return MHD_YES;
    }
    deadline_none(r->x.http->deadlines, c);
    handle(r);
    if (r->x.waits && http_suspend(r->x.http, c))
        return MHD_YES;
    if (!r->x.answer.response)
        answer_error(&r->x.answer, 503, "工作台正在关闭", "the desk is closing");
    return send_answer(r, method);
}

/* --- the daemon --- */

/* "127.0.0.1:8750", "[::1]:8750" */
static int open_listener(const char *listen_at, struct diag *diag)
{
    struct arena arena = {0};
    const char *port = gate_port(listen_at);
    size_t n = (size_t)(port - listen_at);
    bool six = listen_at[0] == '[' && n > 2;
    const char *host = arena_strndup(&arena, listen_at + six, n - 2 * six);
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int fd = -1, on = 1;

    if (getaddrinfo(!strcmp(host, "localhost") ? "127.0.0.1" : host, port + 1, &hints, &found)) {
        gate_words_refuse_listen(listen_at, diag);
    } else if ((fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0 ||
               setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
               bind(fd, found->ai_addr, found->ai_addrlen) < 0 || listen(fd, SOMAXCONN) < 0) {
        diag_errno(diag, (struct src_pos){listen_at, 0}, "不能在这里提供服务",
                   "cannot be listened on");
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    if (found)
        freeaddrinfo(found);
    arena_free(&arena);
    return fd;
}

static size_t leave_as_it_is(void *data, struct MHD_Connection *c, char *s)
{
    (void)data, (void)c;
    return strlen(s);
}

/* This machine's own browsers, or a proxy that counts people itself (samples/desk/nginx.conf). */
static bool serves_one_address(const struct desk *desk)
{
    const struct gate_options *o = &desk->options->gate;
    return o->proxy || gate_is_loopback(o->listen);
}

struct http *http_start(struct desk *desk, struct diag *diag)
{
    struct http *h = mem_alloc(1, sizeof *h);
    h->desk = desk;
    pthread_mutex_init(&h->lock, NULL);
    h->deadlines = deadlines_new();
    h->listener = open_listener(desk->options->gate.listen, diag);
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_LISTEN_SOCKET, h->listener, NULL},
        {MHD_OPTION_THREAD_POOL_SIZE, THREADS, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_BYTES, NULL},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_as_it_is, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, h},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, h},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)deadlines_notify, h->deadlines},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, serves_one_address(desk) ? 0 : CONNECTIONS_OF_ONE,
         NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    if (h->listener >= 0) {
        h->daemon =
            MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
                             NULL, on_request, h, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
        if (!h->daemon)
            diag_system(diag, (struct src_pos){desk->options->gate.listen, 0}, "不能提供服务",
                        "cannot be served");
    }
    if (h->daemon)
        return h;
    if (h->listener >= 0)
        close(h->listener);
    deadlines_free(h->deadlines);
    pthread_mutex_destroy(&h->lock);
    free(h);
    return NULL;
}

void http_stop(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    h->stopping = true;
    pthread_mutex_unlock(&h->lock);
    http_wake(h, true);
    MHD_stop_daemon(h->daemon);
    deadlines_free(h->deadlines);
    pthread_mutex_destroy(&h->lock);
    free(h->waiting);
    free(h);
}
