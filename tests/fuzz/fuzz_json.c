/* fuzz_json.c - JSON read back, findings kept in it recalled, and all written again: what was
 * written is read as the same. */
#include "door.h"

#include "core/finding_json.h"

#include <string.h>

/* Of equal kinds, keys and values; numbers are written as JSON has them, which may round. */
static void hold_same(const struct json_value *a, const struct json_value *b)
{
    for (; a && b; a = a->next, b = b->next) {
        door_hold(a->kind == b->kind && !a->key == !b->key);
        door_hold(!a->key || !strcmp(a->key, b->key));
        door_hold(a->kind != JSON_TEXT || !strcmp(a->text, b->text));
        hold_same(a->children, b->children);
    }
    door_hold(!a && !b);
}

static struct json_value *again(struct arena *arena, const struct json_value *v)
{
    struct buffer out = {0};
    struct json j = {.out = &out, .flat = true};
    json_put(&j, NULL, v);
    struct json_value *read = json_parse(arena, (const char *)out.data, out.len);
    buffer_clear(&out);
    door_hold(read);
    return read;
}

static void recall(const struct json_value *v, struct diag *diag)
{
    const struct src_pos home = {"batch.xml", 5};
    if (finding_json_strays(v))
        return;
    struct buffer out = {0};
    struct json j = {.out = &out, .flat = true};
    finding_json_recall(v, home, diag);
    json_open(&j, NULL, '[');
    for (size_t i = 0; i < diag->n; i++)
        finding_json_keep(&j, &diag->list[i], home);
    json_close(&j, ']');
    buffer_clear(&out);
}

void door_run(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct diag diag = {0};
    struct json_value *v = json_parse(&arena, (const char *)data, size);
    if (v && v->kind != JSON_NULL) {
        struct json_value *written = again(&arena, v);
        hold_same(written, again(&arena, written));
        recall(v, &diag);
    }
    door_end(&diag);
    arena_free(&arena);
}
