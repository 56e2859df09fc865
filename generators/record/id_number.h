/* id_number.h - numbers that check themselves: the citizen's (GB 11643) and the organisation's (GB
 * 32100).
 *
 * Which part fails is told, so that a message can name it. How grave that is, the rules decide. */
#ifndef RECORD_ID_NUMBER_H
#define RECORD_ID_NUMBER_H

#include "core/arena.h"
#include "record/date.h"

/* The first part that fails, from the left. */
enum id_number_part {
    ID_NUMBER_SOUND,
    ID_NUMBER_LENGTH,    /* not 18 characters; 15 are the retired form */
    ID_NUMBER_CHARACTER, /* 17 digits, then a digit or X */
    ID_NUMBER_REGION,    /* no province begins so; codes change, so at most a warning */
    ID_NUMBER_BIRTH,     /* positions 7 to 14 are no date */
    ID_NUMBER_CHECK      /* the last character does not fit the others */
};

struct id_number {
    enum id_number_part wrong;
    struct date birth; /* precision 0 when there is none to read */
    bool male;         /* by the 17th digit; of use when birth could be read */
    bool lower_x;      /* written with x instead of X */
};

struct id_number id_number_read(const char *s);

enum uscc_part {
    USCC_SOUND,
    USCC_LENGTH,    /* not 18 characters */
    USCC_CHARACTER, /* one that GB 32100 does not use: I O S V Z, lower case, ... */
    USCC_CHECK
};

enum uscc_part uscc_check(const char *s);

/* All that looks like an ID number within the text (15 digits, or 17 and a digit or X, of full
 * width or in groups, too), less its middle: 330199********0013. The result lives in the arena. */
char *id_number_mask(struct arena *arena, const char *text);
/* The same for a value known to be the number of some document, whatever its form: its middle goes
 * in any case, but for Chinese words. */
char *id_number_mask_whole(struct arena *arena, const char *value);

#endif
