/* fuzz_decode.c - a batch file's bytes, in any encoding, as a stream of elements. */
#include "door.h"

#include "core/utf8.h"
#include "record/stream.h"

#include <string.h>

struct seen {
    struct stream *stream;
    long line;
    size_t starts, ends;
};

static void hold_text(const char *s, size_t len)
{
    for (size_t at = 0, used; at < len; at += used)
        door_hold(utf8_next(s + at, len - at, &used) != UTF8_BAD);
}

static void start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                  int n_spaces, const xmlChar **spaces, int n, int defaulted, const xmlChar **list)
{
    struct seen *seen = data;
    (void)prefix, (void)uri, (void)n_spaces, (void)spaces;
    hold_text((const char *)name, strlen((const char *)name));
    door_hold(defaulted == 0); /* there is no DTD */
    for (int i = 0; i < n; i++)
        hold_text((const char *)list[5 * i + 3], (size_t)(list[5 * i + 4] - list[5 * i + 3]));
    door_hold(stream_line(seen->stream) >= 1);
    door_hold(stream_depth(seen->stream) <= STREAM_DEPTH);
    seen->starts++;
}

static void end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct seen *seen = data;
    (void)name, (void)prefix, (void)uri;
    door_hold(++seen->ends <= seen->starts);
}

static void text(void *data, const xmlChar *s, int len)
{
    (void)data;
    hold_text((const char *)s, (size_t)len);
}

static void resumed(void *data, const struct file_fault *slip)
{
    struct seen *seen = data;
    door_hold(slip && slip->text[LANGUAGE_ZH] && slip->text[LANGUAGE_EN]);
    seen->starts = (size_t)stream_depth(seen->stream); /* the batch and the unit are open again */
    seen->ends = 0;
}

static void note(struct diag *diag, const struct file_note *n)
{
    diag_add(diag, (struct finding){.severity = n->severity, .at = {"batch.xml", n->line}},
             "%s%.0s", "%.0s%s", n->text[LANGUAGE_ZH], n->text[LANGUAGE_EN]);
}

static void read_with(int fd, const struct stream_events *events)
{
    struct arena arena = {0};
    struct diag diag = {0};
    struct seen seen = {0};
    struct stream *s = seen.stream = stream_new(fd, events, &seen, &arena);
    size_t n;
    while (stream_read(s))
        ;
    const struct file_note *notes = stream_notes(s, &n);
    const struct file_fault *fault = stream_fault(s);
    for (size_t i = 0; i < n; i++)
        note(&diag, &notes[i]);
    if (fault)
        diag_error(&diag, (struct src_pos){"batch.xml", fault->line}, "%s%.0s", "%.0s%s",
                   fault->text[LANGUAGE_ZH], fault->text[LANGUAGE_EN]);
    else
        door_hold(seen.starts == seen.ends || events->resumed);
    stream_free(s);
    door_end(&diag);
    arena_free(&arena);
}

void door_run(const uint8_t *data, size_t size)
{
    struct stream_events events = {start, end, text, NULL};
    int fd = door_file(data, size);
    read_with(fd, &events);
    events.resumed = resumed;
    read_with(fd, &events);
}
