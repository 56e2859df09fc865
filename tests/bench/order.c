/* order.c - what it costs to put 10,000 names in order: CPU milliseconds of opening the collation,
 * and of all keys and their sorting, by pinyin and by strokes. The names are made of the surnames
 * and characters of tests/lists. */
#include "sheet/order.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NAMES = 10000, CHARACTER = 5, POOL = 4000 };

struct key {
    struct buffer bytes;
    size_t at;
};

static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The characters of a list but for its head and blank lines; all of them are three bytes long. */
static size_t read_characters(const char *path, char (*out)[CHARACTER])
{
    FILE *in = fopen(path, "r");
    char line[400];
    size_t n = 0;
    while (in && fgets(line, sizeof line, in))
        for (const char *s = line; *line != '#' && n < POOL && strlen(s) >= 3; s += 3)
            memcpy(out[n++], s, 3);
    if (in)
        fclose(in);
    return n;
}

static int compare(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    size_t n = x->bytes.len < y->bytes.len ? x->bytes.len : y->bytes.len;
    int c = memcmp(x->bytes.data, y->bytes.data, n);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static bool measure(enum sheet_order order, const struct surnames *surnames,
                    char (*names)[3 * CHARACTER], struct diag *diag)
{
    static struct key keys[NAMES];
    double start = cpu();
    struct collation *c = collation_new(order, surnames, diag);
    double opened = cpu();
    if (!c)
        return false;
    for (size_t i = 0; i < NAMES; i++) {
        keys[i] = (struct key){.at = i};
        collation_key(c, names[i], &keys[i].bytes);
    }
    qsort(keys, NAMES, sizeof *keys, compare);
    printf("%.2f %.2f\n", opened - start, cpu() - opened);
    for (size_t i = 0; i < NAMES; i++)
        buffer_clear(&keys[i].bytes);
    collation_free(c);
    return true;
}

int main(void)
{
    static char families[POOL][CHARACTER], others[POOL][CHARACTER], names[NAMES][3 * CHARACTER];
    struct surnames surnames = {0};
    struct diag diag = {0};
    size_t n_families = read_characters("tests/lists/surnames.txt", families);
    size_t n_others = read_characters("tests/lists/standard-characters.txt", others);
    if (!n_families || !n_others || !surnames_load(&surnames, "templates/base/surnames.xml", &diag))
        return 1;
    for (size_t i = 0; i < NAMES; i++)
        snprintf(names[i], sizeof names[i], "%s%s%s", families[i * 7 % n_families],
                 others[i * 31 % n_others], i % 3 ? others[i * 17 % n_others] : "");
    bool ok = measure(ORDER_PINYIN, &surnames, names, &diag) &&
              measure(ORDER_STROKES, &surnames, names, &diag);
    surnames_clear(&surnames);
    diag_clear(&diag);
    return ok ? 0 : 1;
}
