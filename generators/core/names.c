/* names.c - see names.h. */
#include "core/names.h"

#include "core/buffer.h"
#include "core/digest.h"
#include "core/output.h"
#include "core/utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct name_proposal {
    const char *name, *id; /* id NULL: reserved, never changed */
    const char *fold;
    bool alike;
};

static const char *fold(struct arena *arena, const char *name)
{
    char *out = arena_strdup(arena, name);
    size_t n = 0, len = strlen(name);
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = utf8_next(name + i, len - i, &used);
        bool han = (cp >= 0x3000 && cp < 0xF900) || (cp >= 0x20000 && cp < 0x2F800) ||
                   (cp >= 0x30000 && cp < 0x40000);
        if (cp >= 'A' && cp <= 'Z') {
            out[n++] = (char)(cp | 0x20);
        } else if (cp < 0x80) {
            out[n++] = (char)cp;
        } else if (han) {
            memmove(out + n, name + i, used);
            n += used;
        } else {
            /* a letter with an accent may also be written as a letter and a mark of its own */
            if (cp >= 0x0300 && cp <= 0x036F && n > 0 && out[n - 1] >= 'a' && out[n - 1] <= 'z')
                n--;
            if (n == 0 || out[n - 1] != '?')
                out[n++] = '?';
        }
    }
    out[n] = '\0';
    return out;
}

static size_t push(struct names *names, const char *name, const char *id)
{
    struct name_proposal *p = ARENA_PUSH(names->arena, names->list, names->n, names->cap);
    *p = (struct name_proposal){.name = name, .id = id, .fold = fold(names->arena, name)};
    return names->n - 1;
}

size_t names_propose(struct names *names, const char *proposal, const char *id)
{
    return push(names, output_safe_name(names->arena, proposal), arena_strdup(names->arena, id));
}

void names_reserve(struct names *names, const char *name)
{
    push(names, arena_strdup(names->arena, name), NULL);
}

static int by_fold(const void *a, const void *b)
{
    return strcmp((*(struct name_proposal *const *)a)->fold,
                  (*(struct name_proposal *const *)b)->fold);
}

/* Marks those that are alike; false: there are none. */
static bool find_alike(const struct names *names, struct name_proposal **sorted)
{
    bool any = false;
    for (size_t i = 0; i < names->n; i++) {
        sorted[i] = &names->list[i];
        sorted[i]->alike = false;
    }
    qsort(sorted, names->n, sizeof *sorted, by_fold);
    for (size_t i = 1; i < names->n; i++)
        if (!strcmp(sorted[i - 1]->fold, sorted[i]->fold))
            any = sorted[i - 1]->alike = sorted[i]->alike = true;
    return any;
}

bool names_alike(const struct names *names)
{
    struct name_proposal **sorted = mem_alloc(names->n + 1, sizeof *sorted);
    bool alike = find_alike(names, sorted);
    free(sorted);
    return alike;
}

void names_settle(struct names *names)
{
    enum { MARK = 8, ROUNDS = 4 };
    struct name_proposal **sorted = mem_alloc(names->n + 1, sizeof *sorted);
    /* A marked name may in turn be like somebody's own: then its mark grows. */
    for (int round = 0; round < ROUNDS && find_alike(names, sorted); round++)
        for (size_t i = 0; i < names->n; i++) {
            struct name_proposal *proposal = &names->list[i];
            char sum[DIGEST_HEX];
            if (!proposal->alike || !proposal->id)
                continue;
            digest_hex(proposal->id, strlen(proposal->id), sum);
            proposal->name =
                arena_printf(names->arena, "%s~%.*s", proposal->name, MARK, sum + MARK * round);
            proposal->fold = fold(names->arena, proposal->name);
        }
    free(sorted);
}

const char *names_get(const struct names *names, size_t number)
{
    return names->list[number].name;
}

char *names_fill(struct arena *arena, const char *template, const char *const *values,
                 const char **unknown)
{
    struct buffer out = {0};
    *unknown = NULL;
    for (const char *p = template; *p;) {
        size_t n = strcspn(p, "{");
        buffer_add(&out, p, n);
        p += n;
        if (!*p)
            break;
        size_t len = strcspn(p, "}");
        const char *const *v = values;
        while (*v && (strlen(*v) != len - 1 || memcmp(*v, p + 1, len - 1)))
            v += 2;
        if (*v && p[len])
            buffer_puts(&out, v[1]);
        else if (!*unknown)
            *unknown = arena_strndup(arena, p, len + (p[len] != '\0'));
        p += len + (p[len] != '\0');
    }
    char *s = arena_strndup(arena, out.data ? (char *)out.data : "", out.len);
    buffer_clear(&out);
    return s;
}
