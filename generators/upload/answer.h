/* answer.h - what is typed into a field of the platform for a value of the record: dates in its
 * form, closed words in its words. */
#ifndef UPLOAD_ANSWER_H
#define UPLOAD_ANSWER_H

#include "upload/platform.h"

struct upload_answer {
    const char *text;
    const char *note; /* how it differs from the record's; "": not at all */
    bool lacking;     /* the platform asks for more than the record knows, or for another word */
};

/* In the arena, or the value itself. */
struct upload_answer upload_answer(const struct upload_field *f, const char *value,
                                   struct arena *arena);

/* Is it a form of dates: yyyy, mm or m, dd or d, in this order, with anything between? */
bool upload_is_date_form(const char *form);

#endif
