/* door.c - see door.h. */
#define _GNU_SOURCE /* memfd_create, memmem */
#include "door.h"

#include "core/digest.h"
#include "core/finding_json.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TWICE = 8 }; /* an input in so many goes through the door again */

static char folder[40];
static char *leaves[16];
static uint64_t came; /* a digest of all that came of the input at hand */

void door_broken(const char *what, const char *file, int line)
{
    dprintf(2, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

void door_shut(const char *what, const struct diag *diag)
{
    fprintf(stderr, "%s cannot be used\n", what);
    diag_print(diag, LANGUAGE_EN, stderr);
    exit(2);
}

/* Which inputs is said by their sizes, so that it is the same ones whenever they are tried. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    came = 0;
    door_run(data, size);
    if (size % TWICE == 0) {
        uint64_t first = came;
        came = 0;
        door_run(data, size);
        door_hold(came == first);
    }
    return 0;
}

void door_came(const void *data, size_t size)
{
    came = digest_mix(came, data, size);
}

static int empty_file(int *fd)
{
    if (*fd == 0)
        *fd = memfd_create("door", MFD_CLOEXEC);
    door_hold(*fd > 0 && ftruncate(*fd, 0) == 0 && lseek(*fd, 0, SEEK_SET) == 0);
    return *fd;
}

int door_file(const void *data, size_t size)
{
    static int fd;
    empty_file(&fd);
    door_hold(pwrite(fd, data, size, 0) == (ssize_t)size);
    return fd;
}

int door_target(void)
{
    static int fd;
    return empty_file(&fd);
}

static void remove_folder(void)
{
    for (size_t i = 0; i < sizeof leaves / sizeof *leaves && leaves[i]; i++) {
        unlink(leaves[i]);
        free(leaves[i]);
        leaves[i] = NULL;
    }
    rmdir(folder);
}

const char *door_folder(void)
{
    if (!*folder) {
        snprintf(folder, sizeof folder, "%s/shenbao-door-XXXXXX",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        door_hold(mkdtemp(folder));
        atexit(remove_folder);
    }
    return folder;
}

const char *door_put(const char *leaf, const void *data, size_t size)
{
    char path[100];
    size_t i = 0;
    snprintf(path, sizeof path, "%s/%s", door_folder(), leaf);
    while (leaves[i] && strcmp(leaves[i], path))
        i++;
    door_hold(i + 1 < sizeof leaves / sizeof *leaves);
    if (!leaves[i])
        leaves[i] = strdup(path);
    FILE *out = fopen(path, "wb");
    door_hold(out && fwrite(data, 1, size, out) == size && fclose(out) == 0);
    return leaves[i];
}

/* One line of UTF-8 that no terminal obeys. */
static void hold_line(const struct buffer *b)
{
    const char *s = (const char *)b->data;
    door_hold(b->len > 0 && s[b->len - 1] == '\n' && !memchr(s, '\n', b->len - 1));
    for (size_t at = 0, used; at + 1 < b->len; at += used) {
        uint32_t cp = utf8_next(s + at, b->len - at, &used);
        door_hold(cp != UTF8_BAD && cp >= 0x20 && (cp < 0x7F || cp > 0x9F));
    }
}

/* What reports hold is JSON whatever the findings say. */
static void hold_json(const struct diag *d, enum language lang)
{
    struct buffer out = {0};
    struct arena arena = {0};
    struct json j = {.out = &out};
    json_open(&j, NULL, '{');
    finding_json_all(&j, d, lang);
    json_close(&j, '}');
    const struct json_value *v = json_parse(&arena, (const char *)out.data, out.len);
    door_hold(v && v->kind == JSON_OBJECT && v->children);
    arena_free(&arena);
    buffer_clear(&out);
}

void door_end(struct diag *d)
{
    struct buffer out = {0};
    for (int lang = 0; lang < LANGUAGE_COUNT; lang++) {
        for (size_t i = 0; i < d->n; i++) {
            door_hold(d->list[i].text[lang] && d->list[i].text[lang][0]);
            out.len = 0;
            finding_write(&d->list[i], (enum language)lang, &out);
            hold_line(&out);
            door_came(out.data, out.len);
        }
        hold_json(d, (enum language)lang);
    }
    buffer_clear(&out);
    diag_clear(d);
}

void door_end_of_data(struct diag *d)
{
    if (d->system_faults)
        diag_print(d, LANGUAGE_EN, stderr);
    door_hold(d->system_faults == 0);
    door_end(d);
}

struct door_bytes door_line(struct door_bytes *rest)
{
    const uint8_t *end = rest->size ? memchr(rest->data, '\n', rest->size) : NULL;
    struct door_bytes line = {rest->data, end ? (size_t)(end - rest->data) : rest->size};
    size_t taken = line.size + (end != NULL);
    rest->data += taken;
    rest->size -= taken;
    return line;
}

struct door_bytes door_part(struct door_bytes *rest)
{
    static const char line[] = "\n--\n";
    const uint8_t *end = rest->size ? memmem(rest->data, rest->size, line, sizeof line - 1) : NULL;
    struct door_bytes taken = {rest->data, end ? (size_t)(end - rest->data) : rest->size};
    size_t n = end ? taken.size + sizeof line - 1 : taken.size;
    rest->data += n;
    rest->size -= n;
    return taken;
}

unsigned door_byte(struct door_bytes *rest)
{
    if (rest->size == 0)
        return 0;
    rest->size--;
    return *rest->data++;
}

char *door_text(struct door_bytes bytes)
{
    return bytes.size ? strndup((const char *)bytes.data, bytes.size) : strdup("");
}

char *door_xml_text(struct door_bytes bytes)
{
    char *text = door_text(bytes);
    size_t n = strlen(text), kept = 0;
    for (size_t at = 0, used; at < n; at += used) {
        uint32_t cp = utf8_next(text + at, n - at, &used);
        if (cp == UTF8_BAD || (cp < 0x20 && !strchr("\t\n\r", (int)cp)) || (cp & 0xFFFE) == 0xFFFE)
            continue;
        memmove(text + kept, text + at, used);
        kept += used;
    }
    text[kept] = 0;
    return text;
}

/* splitmix64 */
size_t dice_roll(struct dice *d, size_t sides)
{
    uint64_t z = d->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return sides ? (size_t)((z ^ z >> 31) % sides) : 0;
}
