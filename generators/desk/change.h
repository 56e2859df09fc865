/* change.h - one correction made in the page: which field or cell, and what it is to hold. */
#ifndef DESK_CHANGE_H
#define DESK_CHANGE_H

#include "core/json.h"
#include "core/json_value.h"

struct change {
    const char *place;          /* "项目!D7"; NULL: this is no change */
    const char *person, *field; /* whose, and its path in the record; NULL: the cell is meant */
    const char *file; /* the input that it stands in, below current/; NULL: the desk's own copy */
    const char *was;  /* what the page shows; NULL: the page does not know it */
    const char *value;
    long seen; /* with was NULL: the state that the page shows */
};

/* Of a job's, an upload's or a request's JSON; the texts are the JSON's. */
struct change change_read(const struct json_value *v);
/* The same members again; nothing of what is no change. */
void change_put(struct json *j, const struct change *c);

#endif
