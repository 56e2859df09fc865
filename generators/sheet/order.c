/* order.c - see order.h. */
#include "sheet/order.h"

#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

struct collation {
    UCollator *collator;
    const struct surnames *surnames;
    bool readings; /* strokes are counted on the surname as it is written */
};

struct collation *collation_new(enum sheet_order order, const struct surnames *surnames,
                                struct diag *diag)
{
    UErrorCode status = U_ZERO_ERROR;
    struct collation *c = mem_alloc(1, sizeof *c);
    c->surnames = surnames;
    c->readings = order != ORDER_STROKES;
    c->collator = ucol_open(c->readings ? "zh@collation=pinyin" : "zh@collation=stroke", &status);
    /* ICU answers with another order when it has none of this name: that would be wrong in silence.
     */
    if (U_FAILURE(status) || status == U_USING_DEFAULT_WARNING) {
        diag_system(diag, (struct src_pos){0}, "ICU 没有汉字排序的数据（%s），请安装完整的 libicu",
                    "ICU has no data to order Chinese characters (%s): install the whole libicu",
                    u_errorName(status));
        collation_free(c);
        return NULL;
    }
    return c;
}

void collation_free(struct collation *c)
{
    if (!c)
        return;
    if (c->collator)
        ucol_close(c->collator);
    free(c);
}

static void add_key(const struct collation *c, const char *text, size_t len, struct buffer *out)
{
    enum { SHORT = 256 };
    UChar units[SHORT], *wide = units;
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0;

    /* a byte gives one unit at most */
    if (len > SHORT)
        wide = mem_alloc(len, sizeof *wide);
    u_strFromUTF8WithSub(wide, (int32_t)(len > SHORT ? len : SHORT), &n, text, (int32_t)len, 0xFFFD,
                         NULL, &status);
    int32_t size = ucol_getSortKey(c->collator, wide, n, NULL,
                                   0); /* with the 0 byte that ends it, below all others */
    ucol_getSortKey(c->collator, wide, n, buffer_room(out, (size_t)size), size);
    if (wide != units)
        free(wide);
}

void collation_text_key(const struct collation *c, const char *text, struct buffer *out)
{
    add_key(c, text, strlen(text), out);
}

void collation_key(const struct collation *c, const char *person, struct buffer *out)
{
    size_t len = strlen(person), surname = 0;
    const struct surname *known = NULL;

    for (size_t i = 0; i < c->surnames->n; i++) {
        size_t n = strlen(c->surnames->list[i].name);
        if (n > surname && !strncmp(person, c->surnames->list[i].name, n)) {
            known = &c->surnames->list[i];
            surname = n;
        }
    }
    if (!known && len > 0)
        utf8_next(person, len, &surname);
    const char *read = known && known->like && c->readings ? known->like : NULL;
    add_key(c, read ? read : person, read ? strlen(read) : surname, out);
    add_key(c, person, surname, out);
    add_key(c, person + surname, len - surname, out);
}
