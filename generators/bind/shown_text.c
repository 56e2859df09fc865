/* shown_text.c - see shown_text.h. */
#include "bind/shown_text.h"

#include "bind/content_reader.h"
#include "core/strings.h"

#include <string.h>

static void count_marks(struct shown_text *out, const char *word)
{
    if (!strcmp(word, "BMC") || !strcmp(word, "BDC"))
        out->open_marks++;
    else if (!strcmp(word, "EMC") && out->open_marks > 0)
        out->open_marks--;
}

/* Text drawn as outlines has curves; a field's frame has none. */
static void end_operator(struct shown_text *out, const struct buffer *operand, const char *word)
{
    static const char *const text[] = {"Tj", "TJ", "'", "\"", NULL}, *const other[] = {
                                                                         "Do", "BI", "sh", "c",
                                                                         "v",  "y",  NULL};
    if (string_is_in(word, text) && operand->len) {
        buffer_add(&out->text, operand->data, operand->len);
        out->anything = true;
    }
    if (string_is_in(word, other)) {
        out->anything = true;
        out->only_text = false;
    }
    count_marks(out, word);
}

void shown_text_read(struct shown_text *out, const unsigned char *content, size_t len)
{
    struct buffer operand = {0}; /* bytes of the strings since the last operator */
    struct content_reader r = content_reader(content, len, &operand);
    *out = (struct shown_text){.only_text = true};
    for (enum content_token t; (t = content_next(&r)) != CONTENT_END;)
        if (t == CONTENT_OPERATOR) {
            end_operator(out, &operand, r.word);
            operand.len = 0;
        }
    buffer_clear(&operand);
}
