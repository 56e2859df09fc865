/* fuzz_options.c - a command line, an argument a line. What it prints goes nowhere. */
#include "door.h"

#include "core/options.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 16 };

static const char *const purpose[LANGUAGE_COUNT] = {"写", "writes"};

static int parse_silently(struct options *o, int n, char **argv, const struct option_set *set,
                          struct arena *arena)
{
    FILE *out = stdout, *err = stderr, *silent = fopen("/dev/null", "w");
    door_hold(silent);
    stdout = stderr = silent;
    int status = options_parse(o, n, argv, set, arena);
    stdout = out;
    stderr = err;
    fclose(silent);
    return status;
}

void door_run(const uint8_t *data, size_t size)
{
    const char *format = NULL, *duplex = NULL, *text = NULL;
    const struct option_own own[] = {{"format", "text|json|html", {"格式", "format"}, &format},
                                     {"duplex", NULL, {"双面", "both sides"}, &duplex},
                                     {"photo", "=fit", {"照片", "photo"}, &text}};
    struct door_bytes rest = {data, size};
    unsigned common = door_byte(&rest) | door_byte(&rest) << 8;
    const struct option_set set = {purpose, own, 3, common & OPTIONS_ALL};
    struct arena arena = {0};
    struct options o = {0};
    char *argv[MOST + 2] = {strdup("shenbao-check")}, *copy[MOST + 2];
    int n = 1;
    while (rest.size && n <= MOST)
        argv[n++] = door_text(door_line(&rest));
    argv[n] = NULL;
    memcpy(copy, argv, sizeof copy); /* getopt may order them anew */
    int status = parse_silently(&o, n, argv, &set, &arena);
    door_hold(status == -1 || status == 0 || status == 2);
    if (status == -1) {
        door_hold(o.jobs >= 0 && (o.n_inputs == 0 || o.inputs[0]));
        door_hold(!format || !strcmp(format, "text") || !strcmp(format, "json") ||
                  !strcmp(format, "html"));
    }
    arena_free(&arena);
    for (int i = 0; i < n; i++)
        free(copy[i]);
}
