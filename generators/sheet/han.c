/* han.c - see han.h. The tables are constant; a struct han is their index by character. */
#include "sheet/han.h"

#include "core/arena.h"

#include <stdlib.h>
#include <string.h>
#include <uchar.h>

#include "sheet/han_readings.inc"
#include "sheet/han_strokes.inc"

#define COUNT(table) (sizeof(table) / sizeof *(table))

enum { FIRST_COUNT = '$' - 1 }; /* the sign of no strokes in STROKE_COUNTS */

struct han {
    struct han_character list[CHARACTERS];
};

/* The number of a character among those of BLOCKS; CHARACTERS: it is none of them. */
static size_t number_of(uint32_t character)
{
    size_t before = 0;
    for (size_t i = 0; i < COUNT(BLOCKS) && character >= BLOCKS[i].first; i++) {
        if (character <= BLOCKS[i].last)
            return before + (character - BLOCKS[i].first);
        before += BLOCKS[i].last - BLOCKS[i].first + 1;
    }
    return CHARACTERS;
}

static void index_counts(struct han *h)
{
    for (size_t i = 0; i < CHARACTERS; i++)
        h->list[i].strokes =
            (uint8_t)(STROKE_COUNTS[i / COUNTS_IN_ROW][i % COUNTS_IN_ROW] - FIRST_COUNT);
    for (size_t r = 0; r < COUNT(RADICALS); r++) {
        size_t end = r + 1 < COUNT(RADICALS) ? RADICALS[r + 1].first : CHARACTERS;
        for (size_t i = RADICALS[r].first; i < end; i++)
            h->list[i].radical = RADICALS[r].radical;
    }
}

static void index_stroke_order(struct han *h)
{
    uint16_t place = 0;
    for (size_t r = 0; r < COUNT(STROKE_ORDER); r++)
        for (const char16_t *c = STROKE_ORDER[r]; *c; c++)
            h->list[number_of(*c)].stroke_order = ++place;
}

static void index_readings(struct han *h)
{
    for (size_t r = 0; r < COUNT(READINGS); r++)
        for (const char32_t *c = READINGS[r].characters; *c; c++)
            h->list[number_of(*c)].reading = READINGS[r].reading;
}

struct han *han_new(void)
{
    struct han *h = mem_alloc(1, sizeof *h);
    index_counts(h);
    index_stroke_order(h);
    index_readings(h);
    return h;
}

void han_free(struct han *h)
{
    free(h);
}

const struct han_character *han_find(const struct han *h, uint32_t character)
{
    size_t number = number_of(character);
    return number < CHARACTERS ? &h->list[number] : NULL;
}

static int compare_names(const void *name, const void *entry)
{
    return strcmp(name, ((const struct reading_name *)entry)->name);
}

/* 0: there is no such reading. */
static uint16_t reading_named(const char *text, size_t len)
{
    char name[sizeof READING_NAMES->name] = "";
    if (len >= sizeof name)
        return 0;
    memcpy(name, text, len);
    const struct reading_name *found =
        bsearch(name, READING_NAMES, COUNT(READING_NAMES), sizeof *READING_NAMES, compare_names);
    return found ? found->number : 0;
}

bool han_syllables(const char *text, size_t n, uint16_t *readings)
{
    for (size_t i = 0; i < n; i++) {
        size_t len = strcspn(text, " ");
        if (!(readings[i] = reading_named(text, len)))
            return false;
        text += len + (i + 1 < n && text[len] == ' ');
    }
    return n > 0 && !*text;
}
