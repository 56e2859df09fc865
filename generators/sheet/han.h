/* han.h - what puts Chinese characters in order: their strokes and their readings in Mandarin.
 * By tables of our own (make-han.py says of what): ICU's order by strokes is another region's, and
 * its readings end where rare characters begin. */
#ifndef SHEET_HAN_H
#define SHEET_HAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct han_character {
    uint16_t stroke_order; /* place among the characters whose strokes are known one by one, from 1;
                              0: only their count is known */
    uint16_t reading;      /* place of the commonest reading among all readings, from 1; 0: none */
    uint8_t strokes;       /* how many */
    uint8_t radical;       /* of Kangxi, 1-214 */
};

struct han;

struct han *han_new(void);
void han_free(struct han *h);
/* NULL: no Chinese character, or one that the tables do not have. */
const struct han_character *han_find(const struct han *h, uint32_t character);

/* Reads n syllables such as "ōu yáng" as the places of these readings; false: there are not n, or
 * one of them is no reading of any character. */
bool han_syllables(const char *text, size_t n, uint16_t *readings);

#endif
