/* shown_text.c - see shown_text.h. ISO 32000-1: 7.2 (lexical conventions), 7.3.4 (strings). */
#include "bind/shown_text.h"

#include <stdlib.h>
#include <string.h>

struct scanner {
    const unsigned char *at, *end;
    struct shown_text *out;
    struct buffer operand; /* bytes of the strings since the last operator */
};

static bool is_blank(int c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0;
}

static bool is_delimiter(int c)
{
    return c && strchr("()<>[]{}/%", c);
}

static void add_byte(struct scanner *s, int c)
{
    if (!is_blank(c))
        buffer_putc(&s->operand, c);
}

/* Behind a backslash: what it stands for; -1: nothing. */
static int escaped(struct scanner *s)
{
    static const char letters[] = "nrtbf", values[] = "\n\r\t\b\f";
    int c = *s->at++;
    const char *found = c ? strchr(letters, c) : NULL;
    if (found)
        return values[found - letters];
    if (c < '0' || c > '7')
        return c == '\n' || c == '\r' ? -1 : c;
    int value = c - '0';
    for (int i = 0; i < 2 && s->at < s->end && *s->at >= '0' && *s->at <= '7'; i++)
        value = value * 8 + *s->at++ - '0';
    return value & 0xFF;
}

static void read_literal(struct scanner *s)
{
    for (int depth = 1; s->at < s->end && depth > 0;) {
        int c = *s->at++;
        if (c == '\\') {
            c = s->at < s->end ? escaped(s) : -1;
            if (c >= 0)
                add_byte(s, c);
            continue;
        }
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (depth > 0)
            add_byte(s, c);
    }
}

static int hex_digit(int c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

static void read_hexadecimal(struct scanner *s)
{
    int high = -1;
    while (s->at < s->end && *s->at != '>') {
        int digit = hex_digit(*s->at++);
        if (digit < 0)
            continue;
        if (high >= 0)
            add_byte(s, high * 16 + digit);
        high = high < 0 ? digit : -1;
    }
    if (high >= 0)
        add_byte(s, high * 16);
    s->at += s->at < s->end;
}

static bool is_one_of(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(word, list[i]))
            return true;
    return false;
}

/* Behind ID: the bytes of a picture, to the operator EI. */
static void skip_picture(struct scanner *s)
{
    for (; s->at + 3 <= s->end; s->at++)
        if (is_blank(s->at[0]) && s->at[1] == 'E' && s->at[2] == 'I' &&
            (s->at + 3 == s->end || is_blank(s->at[3])))
            return;
    s->at = s->end;
}

static void count_marks(struct shown_text *out, const char *word)
{
    if (!strcmp(word, "BMC") || !strcmp(word, "BDC"))
        out->open_marks++;
    else if (!strcmp(word, "EMC") && out->open_marks > 0)
        out->open_marks--;
}

/* Text drawn as outlines has curves; a field's frame has none. */
static void end_operator(struct scanner *s, const char *word)
{
    static const char *const text[] = {"Tj", "TJ", "'", "\""}, *const other[] = {"Do", "BI", "sh",
                                                                                 "c",  "v",  "y"};
    if (is_one_of(word, text, sizeof text / sizeof *text) && s->operand.len) {
        buffer_add(&s->out->text, s->operand.data, s->operand.len);
        s->out->anything = true;
    }
    if (is_one_of(word, other, sizeof other / sizeof *other)) {
        s->out->anything = true;
        s->out->only_text = false;
    }
    count_marks(s->out, word);
    if (!strcmp(word, "ID"))
        skip_picture(s);
    s->operand.len = 0;
}

static void read_word(struct scanner *s)
{
    char word[4] = "";
    size_t n = 0;
    const unsigned char *start = s->at;
    for (; s->at < s->end && !is_blank(*s->at) && !is_delimiter(*s->at); s->at++, n++)
        if (n < sizeof word - 1)
            word[n] = (char)*s->at;
    if (s->at == start)
        s->at++; /* a bracket */
    else if (n < sizeof word && !strchr("0123456789+-.", word[0]))
        end_operator(s, word);
}

void shown_text_read(struct shown_text *out, const unsigned char *content, size_t len)
{
    /* of no bytes there need be no pointer, to which nothing can be added (C11, 6.5.6) */
    struct scanner s = {content, len ? content + len : content, out, {0}};
    *out = (struct shown_text){.only_text = true};
    while (s.at < s.end) {
        int c = *s.at;
        if (is_blank(c)) {
            s.at++;
        } else if (c == '%') {
            while (s.at < s.end && *s.at != '\n' && *s.at != '\r')
                s.at++;
        } else if (c == '(') {
            s.at++;
            read_literal(&s);
        } else if (c == '<' && s.at + 1 < s.end && s.at[1] != '<') {
            s.at++;
            read_hexadecimal(&s);
        } else if (c == '/') {
            for (s.at++; s.at < s.end && !is_blank(*s.at) && !is_delimiter(*s.at);)
                s.at++;
        } else if (c == '<') {
            s.at += 2;
        } else {
            read_word(&s);
        }
    }
    buffer_clear(&s.operand);
}
