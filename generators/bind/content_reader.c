/* content_reader.c - see content_reader.h. ISO 32000-1: 7.2 (lexical conventions), 7.3.4 (strings),
 * 8.9.7 (inline images). */
#include "bind/content_reader.h"

#include "core/strings.h"

#include <string.h>

struct content_reader content_reader(const unsigned char *content, size_t len,
                                     struct buffer *strings)
{
    /* nothing can be added to no pointer (C11, 6.5.6) */
    return (struct content_reader){content, len ? content + len : content, "", 0, strings};
}

static bool is_blank(int c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0;
}

static bool is_delimiter(int c)
{
    return c && strchr("()<>[]{}/%", c);
}

static void add_byte(struct content_reader *r, int c)
{
    r->length++;
    if (r->strings && !is_blank(c))
        buffer_putc(r->strings, c);
}

/* Behind a backslash: what it stands for; -1: nothing. */
static int escaped(struct content_reader *r)
{
    static const char letters[] = "nrtbf", values[] = "\n\r\t\b\f";
    int c = *r->at++;
    const char *found = c ? strchr(letters, c) : NULL;
    if (found)
        return values[found - letters];
    if (c < '0' || c > '7')
        return c == '\n' || c == '\r' ? -1 : c;
    int value = c - '0';
    for (int i = 0; i < 2 && r->at < r->end && *r->at >= '0' && *r->at <= '7'; i++)
        value = value * 8 + *r->at++ - '0';
    return value & 0xFF;
}

static void read_literal(struct content_reader *r)
{
    for (int depth = 1; r->at < r->end && depth > 0;) {
        int c = *r->at++;
        if (c == '\\') {
            c = r->at < r->end ? escaped(r) : -1;
            if (c >= 0)
                add_byte(r, c);
            continue;
        }
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (depth > 0)
            add_byte(r, c);
    }
}

static void read_hexadecimal(struct content_reader *r)
{
    int high = -1;
    while (r->at < r->end && *r->at != '>') {
        int digit = hex_digit((char)*r->at++);
        if (digit < 0)
            continue;
        if (high >= 0)
            add_byte(r, high * 16 + digit);
        high = high < 0 ? digit : -1;
    }
    if (high >= 0)
        add_byte(r, high * 16);
    r->at += r->at < r->end;
}

/* To the operator EI, which stands alone. */
static void skip_picture(struct content_reader *r)
{
    for (; r->at + 3 <= r->end; r->at++)
        if (is_blank(r->at[0]) && r->at[1] == 'E' && r->at[2] == 'I' &&
            (r->at + 3 == r->end || is_blank(r->at[3])))
            return;
    r->at = r->end;
}

/* "/A#42" is the name AB (7.3.5): one name, however it is written. */
static void read_escapes(char *name)
{
    char *to = name;
    for (const char *from = name; *from; to++) {
        int high = *from == '#' ? hex_digit(from[1]) : -1, low = high < 0 ? -1 : hex_digit(from[2]);
        bool stands = low >= 0 && high * 16 + low > 0;
        *to = stands ? (char)(high * 16 + low) : *from;
        from += stands ? 3 : 1;
    }
    *to = '\0';
}

/* The first character is part of it, whatever it is. */
static void read_word(struct content_reader *r)
{
    size_t n = 0;
    do {
        if (n < sizeof r->word - 1)
            r->word[n++] = (char)*r->at;
        r->at++;
    } while (r->at < r->end && !is_blank(*r->at) && !is_delimiter(*r->at));
    r->word[n] = '\0';
    if (*r->word == '/')
        read_escapes(r->word);
}

static void skip_comment(struct content_reader *r)
{
    while (r->at < r->end && *r->at != '\n' && *r->at != '\r')
        r->at++;
}

enum content_token content_next(struct content_reader *r)
{
    if (!strcmp(r->word, "ID"))
        skip_picture(r);
    r->word[0] = '\0';
    r->length = 0;
    while (r->at < r->end) {
        int c = *r->at;
        if (c == '%') {
            skip_comment(r);
        } else if (c == '(') {
            r->at++;
            read_literal(r);
            return CONTENT_STRING;
        } else if (c == '<' && r->at + 1 < r->end && r->at[1] != '<') {
            r->at++;
            read_hexadecimal(r);
            return CONTENT_STRING;
        } else if (c == '<' && r->at + 1 < r->end) {
            r->at += 2;
        } else if (is_blank(c) || (c != '/' && is_delimiter(c))) {
            r->at++;
        } else {
            read_word(r);
            return c == '/'                     ? CONTENT_NAME
                   : strchr("0123456789+-.", c) ? CONTENT_NUMBER
                                                : CONTENT_OPERATOR;
        }
    }
    return CONTENT_END;
}
