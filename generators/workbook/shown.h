/* shown.h - what a cell shows, as far as numbers go: their stored digits, and those that its format
 * leaves. */
#ifndef WORKBOOK_SHOWN_H
#define WORKBOOK_SHOWN_H

#include "workbook/xlsx.h"

/* A number as plain digits, of 15 that count at most, as Excel keeps no more: 0.57999999999999996
 * is 0.58, 1E+2 is 100, 3.20106198001011E+017 is 320106198001011000. In the arena. */
const char *shown_digits(const char *stored, struct arena *arena);
/* What a clerk sees in the cell, dates as 2024-06-01, as far as they are shown. In the arena: the
 * cell's own text goes with its row. */
const char *shown_cell(const struct xlsx_cell *cell, struct arena *arena);
/* A number is shown otherwise than it is stored: rounded, or as per cent. */
bool shown_otherwise(const struct xlsx_cell *cell, struct arena *arena);
/* The number format shows another magnitude than is stored: 0!.0, and 0!.0000 are how tables show
 * 万元. */
bool shown_scaled(const struct xlsx_cell *cell);
/* Of a number that is not 0 the format shows no digit: ;;; or a word in its place. */
bool shown_not(const struct xlsx_cell *cell);
/* The number format shows the value by words, as a fraction, scaled, or not at all: what the clerk
 * sees is not to be had of its digits. */
bool shown_as_words(const struct xlsx_cell *cell);

#endif
