/* markup.h - text as the content or an attribute of XML and HTML. */
#ifndef CORE_MARKUP_H
#define CORE_MARKUP_H

#include "core/buffer.h"

/* Line ends and tabs are kept in attributes, too. A byte that is not UTF-8 is written visibly, as
 * \xE9. NULL is nothing. */
void buffer_markup(struct buffer *out, const char *text);
/* For a page that people read: what is invisible or unprintable is written by its code, as messages
 * have it (utf8_show). */
void buffer_markup_shown(struct buffer *out, const char *text);

/* The same where no markup is: what a terminal shows, and nothing that it obeys. */
void buffer_shown(struct buffer *out, const char *text);

/* Everything as %XX but the plainest characters and those that are kept. */
void buffer_percent(struct buffer *out, const char *text, const char *kept);
/* A path as the address of a link. */
void buffer_address(struct buffer *out, const char *path);
/* An address of somebody's becomes the path in its place: %20 and the like are undone, but for %00,
 * and a backslash is a slash. */
void address_undo(char *address);

#endif
