/* parts_mutator.c - see parts_mutator.h. */
#include "parts_mutator.h"

#include "pdf_mutator.h"
#include "xml_mutator.h"

#include <string.h>

enum { MOST_PARTS = 6, PART_LARGEST = 1 << 17 };

struct input {
    struct door_bytes parts[MOST_PARTS + 1]; /* one more may be put in */
    size_t n;
};

static struct input parts_of(const uint8_t *data, size_t size)
{
    struct door_bytes rest = {data, size};
    struct input in = {.n = 0};
    do
        in.parts[in.n] = in.n + 1 < MOST_PARTS ? door_part(&rest) : rest;
    while (++in.n < MOST_PARTS && rest.size > 0);
    return in;
}

static size_t alter_part(uint8_t *part, size_t size, size_t max, unsigned seed)
{
    if (size > 5 && !memcmp(part, "%PDF-", 5))
        return pdf_mutate(part, size, max, seed);
    if (size > 0 && *part == '<')
        return xml_mutate(part, size, max, seed);
    return LLVMFuzzerMutate(part, size, max);
}

static void alter(struct input *in, size_t i, unsigned seed)
{
    static uint8_t part[PART_LARGEST];
    struct door_bytes *p = &in->parts[i];
    size_t n = p->size < sizeof part / 2 ? p->size : sizeof part / 2;
    if (n)
        memcpy(part, p->data, n);
    *p = (struct door_bytes){part, alter_part(part, n, sizeof part, seed)};
}

static void take_out(struct input *in, size_t i)
{
    memmove(&in->parts[i], &in->parts[i + 1], (--in->n - i) * sizeof *in->parts);
}

static size_t join(const struct input *in, uint8_t *data, size_t size, size_t max)
{
    struct buffer out = {0};
    for (size_t i = 0; i < in->n; i++) {
        buffer_puts(&out, i ? "\n--\n" : "");
        buffer_add(&out, in->parts[i].data, in->parts[i].size);
    }
    if (out.len > 0 && out.len <= max) {
        memcpy(data, out.data, out.len);
        size = out.len;
    }
    buffer_clear(&out);
    return size;
}

size_t parts_mutate(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct dice dice = {seed};
    struct input in = parts_of(data, size);
    size_t i = dice_roll(&dice, in.n), other = dice_roll(&dice, in.n);
    struct door_bytes one = in.parts[i];
    switch (dice_roll(&dice, 16)) {
    case 0:
        in.parts[i] = in.parts[other];
        in.parts[other] = one;
        break;
    case 1:
        in.parts[in.n++] = one;
        break;
    case 2:
        if (in.n > 1)
            take_out(&in, i);
        break;
    default:
        alter(&in, i, seed);
    }
    return join(&in, data, size, max);
}
