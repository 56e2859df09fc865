/* events.c - see events.h. */
#include "desk/events.h"

#include "core/digest.h"
#include "desk/http.h"
#include "desk/monotonic.h"
#include "desk/state.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COMMENT_SECONDS = 15 };

struct follower {
    struct http *http;
    struct MHD_Connection *connection;
    const char *root, *id;
    struct arena arena;
    char last[DIGEST_HEX]; /* of the state that was sent */
    struct buffer pending;
    size_t sent; /* of it */
    unsigned news;
    time_t looked, spoke;
    bool gone; /* the batch: this is the last that is said */
};

static void say(struct follower *f, const char *event, const struct buffer *data)
{
    f->pending.len = f->sent = 0;
    if (*event)
        buffer_printf(&f->pending, "event: %s\n", event);
    buffer_puts(&f->pending, "data: ");
    if (data)
        buffer_add(&f->pending, data->data, data->len);
    buffer_puts(&f->pending, "\n\n");
    f->spoke = monotonic_seconds();
}

/* Is there something new to say? */
static void look(struct follower *f)
{
    struct arena arena = {0};
    struct buffer out = {0};
    struct json j = {.out = &out, .flat = true};
    struct diag diag = {0};
    struct store_batch b;
    char digest[DIGEST_HEX];

    f->looked = monotonic_seconds();
    f->news = http_news(f->http);
    bool found = store_find(f->root, f->id, &arena, &b, &diag);
    if (found)
        state_put(&j, &b, &diag);
    if (diag_failed(&diag)) {
        ; /* it cannot be read just now: in a second */
    } else if (!found) {
        f->gone = true;
        say(f, "gone", NULL);
    } else {
        digest_hex(out.data, out.len, digest);
        if (strcmp(digest, f->last))
            say(f, "", &out);
        strcpy(f->last, digest);
    }
    diag_clear(&diag);
    buffer_clear(&out);
    arena_free(&arena);
}

static ssize_t read_events(void *data, uint64_t at, char *out, size_t room)
{
    struct follower *f = data;
    time_t now = monotonic_seconds();
    (void)at;

    if (f->sent == f->pending.len && f->gone)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (f->sent == f->pending.len && (f->news != http_news(f->http) || now != f->looked))
        look(f);
    if (f->sent == f->pending.len && now - f->spoke >= COMMENT_SECONDS) {
        f->pending.len = f->sent = 0;
        buffer_puts(&f->pending, ": \n\n");
        f->spoke = now;
    }
    size_t n = f->pending.len - f->sent;
    if (n == 0)
        return http_suspend(f->http, f->connection) ? 0 : MHD_CONTENT_READER_END_OF_STREAM;
    n = n < room ? n : room;
    memcpy(out, f->pending.data + f->sent, n);
    f->sent += n;
    return (ssize_t)n;
}

static void follower_free(void *data)
{
    struct follower *f = data;
    buffer_clear(&f->pending);
    arena_free(&f->arena);
    free(f);
}

void events_answer(struct exchange *x)
{
    struct follower *f = mem_alloc(1, sizeof *f);
    f->http = x->http;
    f->connection = x->connection;
    f->root = x->desk->options->root;
    f->id = arena_strdup(&f->arena, x->batch.id);
    f->news = http_news(f->http) - 1;
    answer_stream(&x->answer, UINT64_MAX, "text/event-stream; charset=utf-8", read_events, f,
                  follower_free);
    answer_header(&x->answer, "X-Accel-Buffering", "no");
}
