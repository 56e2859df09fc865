/* fuzz_names.c - names of one folder, out of a template (the first line) and what people are called
 * (a line each): whatever they are, no two are alike and none leads out of the folder. */
#include "door.h"

#include "core/names.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 24 };

static void hold_name(const char *name)
{
    size_t n = strlen(name);
    door_hold(n > 0 && n <= 255 && !strchr(name, '/') && strcmp(name, ".") && strcmp(name, ".."));
    for (size_t at = 0, used; at < n; at += used) {
        uint32_t cp = utf8_next(name + at, n - at, &used);
        door_hold(cp != UTF8_BAD && cp >= 0x20 && cp != 0x7F);
    }
}

void door_run(const uint8_t *data, size_t size)
{
    struct door_bytes rest = {data, size};
    struct arena arena = {0};
    struct names names = {.arena = &arena};
    char *template = door_text(door_line(&rest)), id[8];
    size_t n = 0;
    names_reserve(&names, "print");
    for (; rest.size && n < MOST; n++) {
        char *person = door_text(door_line(&rest));
        const char *unknown;
        snprintf(id, sizeof id, "A%03zu", n);
        const char *const values[] = {"id", arena_strdup(&arena, id), "name", person, NULL};
        names_propose(&names, names_fill(&arena, template, values, &unknown), values[1]);
        free(person);
    }
    names_alike(&names);
    names_settle(&names);
    for (size_t i = 0; i < n; i++) {
        hold_name(names_get(&names, i));
        for (size_t k = 0; k < i; k++)
            door_hold(strcmp(names_get(&names, i), names_get(&names, k)));
    }
    free(template);
    arena_free(&arena);
}
