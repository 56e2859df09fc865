/* fuzz_desk.c - what browsers ask of the desk: requests one after the other, through the whole of
 * it but its processes, and uploads taken over. libmicrohttpd is one of the door's own, so that a
 * request is a function call: every answer has its bytes, its headers are lines, its JSON is JSON.
 *
 * An input is its first line, which says at which gate, and blocks set off by lines "--": a request
 * (METHOD TARGET, headers, an empty line, the body; a header X-Cut: its connection breaks), or
 * TAKE.
 */
#define _GNU_SOURCE /* nftw */
#include "door.h"

#include "core/json_value.h"
#include "desk/http.h"
#include "desk/take.h"

#include <dirent.h>
#include <ftw.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_HEADERS = 12, PIECE = 100, QUOTA = 1 << 20 };

#define SECRET "secret" /* a file beside the desk's folder, and what it holds */

/* --- the library --- */

struct MHD_Response {
    uint64_t size;
    char *data;
    int fd;
    bool is_json;
    MHD_ContentReaderCallback reader;
    MHD_ContentReaderFreeCallback release;
    void *reader_data;
};

struct MHD_Connection {
    char *headers[MOST_HEADERS][2];
    size_t n;
    bool suspended, answered;
};

struct MHD_Daemon {
    MHD_AccessHandlerCallback handler;
    void *data;
    void *(*on_target)(void *, const char *, struct MHD_Connection *);
    MHD_RequestCompletedCallback on_completed;
    void *target_data, *completed_data;
};

static struct MHD_Daemon daemon_at_work;
static FILE *nowhere;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    door_hold(nowhere = fopen("/dev/null", "w"));
    return 0;
}

/* No address is taken. */
int __wrap_bind(int fd, const struct sockaddr *address, socklen_t len);
int __wrap_listen(int fd, int n);

int __wrap_bind(int fd, const struct sockaddr *address, socklen_t len)
{
    (void)fd, (void)address, (void)len;
    return 0;
}

int __wrap_listen(int fd, int n)
{
    (void)fd, (void)n;
    return 0;
}

void microhttpd_load(void)
{
}

struct MHD_Daemon *MHD_start_daemon(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback accept,
                                    void *accept_data, MHD_AccessHandlerCallback handler,
                                    void *handler_data, ...)
{
    va_list args;
    (void)flags, (void)port, (void)accept, (void)accept_data;
    va_start(args, handler_data);
    (void)va_arg(args, enum MHD_OPTION);
    struct MHD_Daemon *d = &daemon_at_work;
    *d = (struct MHD_Daemon){.handler = handler, .data = handler_data};
    for (const struct MHD_OptionItem *o = va_arg(args, const struct MHD_OptionItem *);
         o->option != MHD_OPTION_END; o++) {
        if (o->option == MHD_OPTION_LISTEN_SOCKET)
            close((int)o->value);
        if (o->option == MHD_OPTION_URI_LOG_CALLBACK) {
            d->on_target = (void *(*)(void *, const char *, struct MHD_Connection *))o->value;
            d->target_data = o->ptr_value;
        }
        if (o->option == MHD_OPTION_NOTIFY_COMPLETED) {
            d->on_completed = (MHD_RequestCompletedCallback)o->value;
            d->completed_data = o->ptr_value;
        }
    }
    va_end(args);
    return d;
}

void MHD_stop_daemon(struct MHD_Daemon *d)
{
    *d = (struct MHD_Daemon){0};
}

const union MHD_ConnectionInfo *MHD_get_connection_info(struct MHD_Connection *c,
                                                        enum MHD_ConnectionInfoType type, ...)
{
    static const struct sockaddr_in peer = {.sin_family = AF_INET,
                                            .sin_addr = {.s_addr = 0x0100007F}};
    static union MHD_ConnectionInfo info;
    (void)c;
    info.client_addr = (struct sockaddr *)&peer;
    return type == MHD_CONNECTION_INFO_CLIENT_ADDRESS ? &info : NULL;
}

int MHD_get_connection_values(struct MHD_Connection *c, enum MHD_ValueKind kind,
                              MHD_KeyValueIterator each, void *data)
{
    for (size_t i = 0; i < c->n; i++)
        each(data, kind, c->headers[i][0], c->headers[i][1]);
    return (int)c->n;
}

const char *MHD_lookup_connection_value(struct MHD_Connection *c, enum MHD_ValueKind kind,
                                        const char *key)
{
    (void)kind;
    for (size_t i = 0; i < c->n; i++)
        if (!strcasecmp(c->headers[i][0], key))
            return c->headers[i][1];
    return NULL;
}

static struct MHD_Response *response(uint64_t size)
{
    struct MHD_Response *r = mem_alloc(1, sizeof *r);
    r->size = size;
    r->fd = -1;
    return r;
}

struct MHD_Response *MHD_create_response_from_buffer(size_t size, void *data,
                                                     enum MHD_ResponseMemoryMode mode)
{
    struct MHD_Response *r = response(size);
    door_hold(mode == MHD_RESPMEM_MUST_FREE);
    r->data = data;
    return r;
}

struct MHD_Response *MHD_create_response_from_fd64(uint64_t size, int fd)
{
    struct MHD_Response *r = response(size);
    r->fd = fd;
    return r;
}

struct MHD_Response *MHD_create_response_from_callback(uint64_t size, size_t block,
                                                       MHD_ContentReaderCallback reader, void *data,
                                                       MHD_ContentReaderFreeCallback release)
{
    struct MHD_Response *r = response(size);
    (void)block;
    r->reader = reader;
    r->release = release;
    r->reader_data = data;
    return r;
}

enum MHD_Result MHD_add_response_header(struct MHD_Response *r, const char *name, const char *value)
{
    door_hold(*value);
    for (const char *p = value; *p; p++)
        door_hold((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7F);
    r->is_json = r->is_json || (!strcmp(name, "Content-Type") && strstr(value, "json"));
    return MHD_YES;
}

void MHD_destroy_response(struct MHD_Response *r)
{
    if (r->release)
        r->release(r->reader_data);
    if (r->fd >= 0)
        close(r->fd);
    free(r->data);
    free(r);
}

static void drain(struct MHD_Response *r)
{
    char piece[PIECE];
    uint64_t at = 0;
    ssize_t n = 0;
    for (int i = 0; i < 4 || r->size != MHD_SIZE_UNKNOWN; i++, at += (uint64_t)n)
        if ((n = r->reader(r->reader_data, at, piece, sizeof piece)) <= 0)
            break;
    door_hold(n <= (ssize_t)sizeof piece && n != MHD_CONTENT_READER_END_WITH_ERROR);
    door_hold(r->size == MHD_SIZE_UNKNOWN || at == r->size);
}

static void hold_file(const struct MHD_Response *r)
{
    char head[sizeof SECRET] = "";
    struct stat st;
    door_hold(fstat(r->fd, &st) == 0 && (uint64_t)st.st_size == r->size);
    door_hold(pread(r->fd, head, sizeof head - 1, 0) >= 0 && strcmp(head, SECRET));
}

enum MHD_Result MHD_queue_response(struct MHD_Connection *c, unsigned status,
                                   struct MHD_Response *r)
{
    struct arena arena = {0};
    door_hold(!c->answered && status >= 200 && status < 600);
    if (r->is_json && r->data)
        door_hold(json_parse(&arena, r->data, r->size));
    if (r->reader)
        drain(r);
    if (r->fd >= 0)
        hold_file(r);
    door_came(&status, sizeof status);
    c->answered = true;
    arena_free(&arena);
    return MHD_YES;
}

void MHD_suspend_connection(struct MHD_Connection *c)
{
    c->suspended = true;
}

void MHD_resume_connection(struct MHD_Connection *c)
{
    c->suspended = false;
}

/* --- requests --- */

/* "Name: value", as often as there are such lines. */
static void read_headers(struct MHD_Connection *c, struct door_bytes *rest)
{
    for (struct door_bytes line; (line = door_line(rest)).size > 0;) {
        char *name = door_text(line), *colon = strchr(name, ':');
        if (!colon || c->n == MOST_HEADERS) {
            free(name);
            continue;
        }
        *colon++ = '\0';
        c->headers[c->n][0] = name;
        c->headers[c->n++][1] = colon + strspn(colon, " ");
    }
}

/* As libmicrohttpd calls: the head, the body by pieces, and its end; again when what it waited for
 * may be there. */
static void call(struct MHD_Connection *c, const char *method, void **state, struct door_bytes body)
{
    const struct MHD_Daemon *d = &daemon_at_work;
    size_t none = 0;
    if (d->handler(d->data, c, "", method, "HTTP/1.1", NULL, &none, state) != MHD_YES)
        return;
    while (!c->answered && body.size > 0) {
        size_t n = body.size < PIECE ? body.size : PIECE, left = n;
        if (d->handler(d->data, c, "", method, "HTTP/1.1", (const char *)body.data, &left, state) !=
            MHD_YES)
            return;
        door_hold(left == 0);
        body.data += n;
        body.size -= n;
    }
    if (MHD_lookup_connection_value(c, MHD_HEADER_KIND, "X-Cut"))
        return;
    for (int i = 0; i < 2 && !c->answered; i++) {
        none = 0;
        if (d->handler(d->data, c, "", method, "HTTP/1.1", NULL, &none, state) != MHD_YES)
            return;
        door_hold(c->answered || c->suspended);
        http_wake(d->data, false);
    }
}

static void request(struct door_bytes rest)
{
    struct MHD_Connection c = {0};
    const struct MHD_Daemon *d = &daemon_at_work;
    char *method = door_text(door_line(&rest)), *target = method + strcspn(method, " ");
    if (*target)
        *target++ = '\0';
    read_headers(&c, &rest);
    void *state = d->on_target(d->target_data, target, &c);
    FILE *log = stderr;
    stderr = nowhere; /* a line each */
    call(&c, method, &state, rest);
    stderr = log;
    d->on_completed(d->completed_data, &c, &state, MHD_REQUEST_TERMINATED_COMPLETED_OK);
    door_hold(!state);
    for (size_t i = 0; i < c.n; i++)
        free(c.headers[i][0]);
    free(method);
}

/* What the desk's job does first. */
static void take(const char *root)
{
    struct arena arena = {0};
    struct diag diag = {0};
    struct taken taken;
    const char *batch = arena_printf(&arena, "%s/1", root);
    long upload = store_current(batch, &diag);
    if (upload)
        door_hold(take_upload(batch, upload, QUOTA, &taken, &arena, &diag) || diag_failed(&diag));
    door_end_of_data(&diag);
    arena_free(&arena);
}

/* --- the desk --- */

static const struct gate_options gates[] = {
    {.listen = "127.0.0.1:8750"},
    {.listen = "0.0.0.0:8750",
     .origins = (const char *const[]){"https://hr.example:8443"},
     .n_origins = 1,
     .proxy = "127.0.0.1",
     .token = "secret"},
};
static struct desk_paper papers[] = {{"pledge", "承诺书", false}};
static const struct desk_profile profiles[] = {{"p", "通知", "2026", papers, 1, 1}};

static void put(const char *root, const char *name, const char *text)
{
    struct arena arena = {0};
    FILE *out = fopen(arena_printf(&arena, "%s/%s", root, name), "wb");
    door_hold(out && fputs(text, out) >= 0 && fclose(out) == 0);
    arena_free(&arena);
}

static void furnish(const char *root, struct diag *diag)
{
    struct arena arena = {0};
    struct store_batch b;
    door_hold(store_open(root, diag) && store_create(root, "批次", "p", &arena, &b, diag));
    door_hold(mkdir(arena_printf(&arena, "%s/out", b.path), 0700) == 0 &&
              mkdir(arena_printf(&arena, "%s/out/王某某", b.path), 0700) == 0);
    put(b.path, "out/王某某/a.pdf", "%PDF");
    put(b.path, "out/report.json", "{}");
    put(b.path, "check.json", "{}");
    put(b.path, "current/book.xlsx", "PK");
    door_put(SECRET, SECRET, strlen(SECRET));
    arena_free(&arena);
}

static int one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)place;
    door_hold(kind == FTW_DP || (kind == FTW_F && !(st->st_mode & 07111)));
    return remove(path);
}

/* Files and folders alone, and nothing beside the desk's own folder. */
static void tidy(const char *root)
{
    door_hold(nftw(root, one, 16, FTW_PHYS | FTW_DEPTH) == 0);
    DIR *dir = opendir(door_folder());
    for (struct dirent *e; (e = readdir(dir));)
        door_hold(e->d_name[0] == '.' || !strcmp(e->d_name, SECRET));
    closedir(dir);
}

void door_run(const uint8_t *data, size_t size)
{
    struct door_bytes rest = {data, size}, first = door_line(&rest);
    struct arena arena = {0};
    struct diag diag = {0};
    const struct desk_options options = {.root = arena_printf(&arena, "%s/desk", door_folder()),
                                         .gate = gates[first.size > 0],
                                         .quota = QUOTA,
                                         .pages = "templates/desk",
                                         .profiles = profiles,
                                         .n_profiles = 1,
                                         .version = "0"};
    furnish(options.root, &diag);
    struct desk desk = {.options = &options,
                        .gate = gate_new(&options.gate),
                        .supervisor = supervisor_new(options.root, QUOTA, &diag)};
    struct http *http = http_start(&desk, &diag);
    door_hold(http && diag.n == 0);
    while (rest.size > 0) {
        struct door_bytes b = door_part(&rest);
        if (b.size == 4 && !memcmp(b.data, "TAKE", 4))
            take(options.root);
        else
            request(b);
    }
    http_stop(http);
    supervisor_free(desk.supervisor);
    gate_free(desk.gate);
    tidy(options.root);
    door_end_of_data(&diag);
    arena_free(&arena);
}
