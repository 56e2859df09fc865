/* cell.h - what a text of the record becomes in a cell: its type, its limits, the room it needs.
 * Pure functions. */
#ifndef SHEET_CELL_H
#define SHEET_CELL_H

#include "sheet/template.h"

#include <stdint.h>

enum { CELL_UNITS_MAX = 32767, CELL_SHOWN = 64 };

enum cell_kind { CELL_BLANK, CELL_TEXT, CELL_NUMBER };

struct cell {
    enum cell_kind kind;
    const char *text; /* CELL_TEXT; otherwise "" */
    double number;    /* CELL_NUMBER: a date's is Excel's serial day */
    char own[12];     /* where an incomplete date's text lies */
};

/* Dates become real dates only when they are complete and Excel has them right (from 1900-03-01
 * on); what is not is kept as text, with points: 2020.06. Numbers likewise: what Excel would round
 * is text. out->text may point into out. */
void cell_make(struct cell *out, const struct sheet_column *column, const char *text);
/* The same as Excel shows it; buffer has CELL_SHOWN bytes. */
const char *cell_shown(const struct cell *cell, const struct sheet_column *column, char *buffer);

enum text_fault { TEXT_FINE, TEXT_BAD_BYTE, TEXT_BAD_CHARACTER, TEXT_TOO_LONG };

struct text_shape {
    enum text_fault fault;
    uint32_t bad; /* the character or byte that no workbook can hold, or no reader of it read */
    size_t units; /* UTF-16 units, as Excel counts */
    double ems;   /* on one line, a wide character being 1 */
    bool escapes; /* something in it would be read as Excel's own escape (_x0041_), or changed by
                     XML (a return) */
    bool breaks;  /* it has line ends */
};

struct text_shape text_shape(const char *text);
/* How many lines it takes, each this many ems wide. */
size_t text_line_count(const char *text, double ems);
/* The bytes of it that so many such lines hold. */
size_t text_lines_hold(const char *text, double ems, size_t lines);
/* _x0041_ -> _x005F_x0041_, a return -> _x000D_: what Excel reads back as it was. */
char *text_escaped(struct arena *arena, const char *text);

/* Days since 1899-12-30 for a complete date that the calendar has; 0: it is none. */
long date_serial(const char *text);

#endif
