/* part_copy.c - see part_copy.h. */
#include "workbook/part_copy.h"

#include <string.h>

void part_copy_begin(struct part_copy *c, struct buffer *out)
{
    *c = (struct part_copy){.out = out};
    buffer_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
}

void part_copy_clear(struct part_copy *c)
{
    buffer_clear(&c->names);
}

/* Line ends that are not to be made blanks, or one, are written by their numbers. */
static void put_escaped(struct buffer *out, struct part_text text, bool attribute)
{
    const char *end = text.s + text.len;
    for (const char *s = text.s, *from = s; s <= end; s++) {
        const char *name = NULL;
        if (s < end)
            switch (*s) {
            case '&':
                name = "&amp;";
                break;
            case '<':
                name = "&lt;";
                break;
            case '>':
                name = "&gt;";
                break;
            case '\r':
                name = "&#13;";
                break;
            case '"':
                name = attribute ? "&quot;" : NULL;
                break;
            case '\n':
                name = attribute ? "&#10;" : NULL;
                break;
            case '\t':
                name = attribute ? "&#9;" : NULL;
                break;
            }
        if (!name && s < end)
            continue;
        buffer_add(out, from, (size_t)(s - from));
        from = s + 1;
        if (name)
            buffer_puts(out, name);
    }
}

static struct part_text whole(const char *s)
{
    return (struct part_text){s, strlen(s)};
}

static void put_attribute(struct buffer *out, const char *prefix, const char *name,
                          struct part_text value)
{
    buffer_printf(out, " %s%s%s=\"", prefix ? prefix : "", prefix && *name ? ":" : "", name);
    put_escaped(out, value, true);
    buffer_putc(out, '"');
}

static const struct part_change *change_of(const struct part_change *changes, const char *name)
{
    for (; changes && changes->name; changes++)
        if (!strcmp(changes->name, name))
            return changes;
    return NULL;
}

static void close_tag(struct part_copy *c)
{
    if (c->tag_open)
        buffer_putc(c->out, '>');
    c->tag_open = false;
}

void part_copy_start(struct part_copy *c, const struct part_element *e,
                     const struct part_change *changes)
{
    size_t begin = c->names.len;
    close_tag(c);
    buffer_printf(&c->names, "%s%s%s", e->prefix ? e->prefix : "", e->prefix ? ":" : "", e->name);
    buffer_putc(&c->names, '\0');
    buffer_printf(c->out, "<%s", (const char *)c->names.data + begin);
    for (int i = 0; i < e->n_namespaces; i++) {
        const char *prefix = (const char *)e->namespaces[2 * i],
                   *uri = (const char *)e->namespaces[2 * i + 1];
        put_attribute(c->out, "xmlns", prefix ? prefix : "", whole(uri ? uri : ""));
    }
    for (int i = 0; i < e->n_attributes; i++) {
        const unsigned char **a = e->attributes + 5 * i;
        const char *name = (const char *)a[0], *prefix = (const char *)a[1];
        if (prefix || !change_of(changes, name))
            put_attribute(c->out, prefix, name,
                          (struct part_text){(const char *)a[3], (size_t)(a[4] - a[3])});
    }
    for (; changes && changes->name; changes++)
        if (changes->value)
            put_attribute(c->out, NULL, changes->name, whole(changes->value));
    c->tag_open = true;
}

/* The name that was opened last is taken from the list. */
void part_copy_end(struct part_copy *c)
{
    size_t begin = c->names.len - 1;
    while (begin > 0 && c->names.data[begin - 1])
        begin--;
    if (c->tag_open)
        buffer_puts(c->out, "/>");
    else
        buffer_printf(c->out, "</%s>", (const char *)c->names.data + begin);
    c->tag_open = false;
    c->names.len = begin;
}

void part_copy_text(struct part_copy *c, struct part_text text)
{
    close_tag(c);
    put_escaped(c->out, text, false);
}

void part_copy_markup(struct part_copy *c, struct part_text markup)
{
    close_tag(c);
    buffer_add(c->out, markup.s, markup.len);
}
