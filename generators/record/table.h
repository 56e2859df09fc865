/* table.h - a record that a program makes itself: rows of cells, for papers that list what was
 * computed.
 *
 * <table><row><c>...</c>...</row>...<value name="...">...</value></table>, to be asked with the
 * same XPath as any record. */
#ifndef RECORD_TABLE_H
#define RECORD_TABLE_H

#include "record/record.h"

struct record_table;

/* name stands for the file in messages. */
struct record_table *record_table_new(const char *name);
record_node *record_table_root(struct record_table *t);
void record_table_row(struct record_table *t);
void record_table_cell(struct record_table *t,
                       const char *text); /* of the last row; UTF-8 that XML can hold */
/* The root's child <value name="...">. */
void record_table_value(struct record_table *t, const char *name, const char *text);
void record_table_free(struct record_table *t);

#endif
