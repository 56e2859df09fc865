/* fuzz_target.c - what a request of a browser asks for: names that lead nowhere else. */
#include "door.h"

#include "core/utf8.h"
#include "desk/change.h"
#include "desk/target.h"

#include <stdlib.h>
#include <string.h>

static void hold_segment(const char *s)
{
    door_hold(*s && strcmp(s, ".") && strcmp(s, "..") && !strpbrk(s, "/\\"));
    for (size_t at = 0, n = strlen(s), used; at < n; at += used) {
        uint32_t cp = utf8_next(s + at, n - at, &used);
        door_hold(cp != UTF8_BAD && cp >= 0x20 && cp != 0x7F);
    }
}

/* As it is written and read again. */
static struct change again(const struct change *c, struct arena *arena)
{
    struct buffer out = {0};
    struct json j = {.out = &out, .flat = true};
    json_open(&j, NULL, '{');
    change_put(&j, c);
    json_close(&j, '}');
    const struct json_value *v = json_parse(arena, (const char *)out.data, out.len);
    buffer_clear(&out);
    door_hold(v);
    return change_read(v);
}

/* What is no UTF-8 is seen the first time it is written, and stays as it was then. */
static void hold_change(const struct json_value *v, struct arena *arena)
{
    struct change c = v ? change_read(v) : (struct change){0};
    if (!c.place)
        return;
    const struct change once = again(&c, arena), twice = again(&once, arena);
    const char *const texts[][2] = {{once.place, twice.place}, {once.person, twice.person},
                                    {once.field, twice.field}, {once.file, twice.file},
                                    {once.was, twice.was},     {once.value, twice.value}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        door_hold(texts[i][0] ? !strcmp(texts[i][0], texts[i][1]) : !texts[i][1]);
    door_hold(once.place && once.seen == twice.seen);
}

/* The first line is the target, the rest a body. */
void door_run(const uint8_t *data, size_t size)
{
    struct door_bytes rest = {data, size};
    struct arena arena = {0};
    struct target t = {0};
    char *raw = door_text(door_line(&rest));
    if (target_read(&t, raw, &arena)) {
        door_hold(t.n <= TARGET_SEGMENTS && t.query);
        for (size_t i = 0; i < t.n; i++)
            hold_segment(t.segments[i]);
        target_parameter(&t, "x", &arena);
    }
    hold_change(json_parse(&arena, (const char *)rest.data, rest.size), &arena);
    free(raw);
    arena_free(&arena);
}
