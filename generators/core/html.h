/* html.h - pages that a program writes for people: one look for all, readable on a phone, a screen
 * and paper, by day and by night; no file beside them, and no request to anywhere. */
#ifndef CORE_HTML_H
#define CORE_HTML_H

#include "core/finding.h"

/* Until and with the opened body. */
void html_begin(struct buffer *out, enum language language, const char *title);
/* script: JavaScript, or NULL. */
void html_end(struct buffer *out, const char *script);
/* Text between two pieces of markup; what is invisible in it is written by its code. */
void html_element(struct buffer *out, const char *open, const char *text, const char *close);
/* The opening tag of a link to a file beside the page. */
void html_link(struct buffer *out, const char *path);

#endif
