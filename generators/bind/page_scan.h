/* page_scan.h - what a page of an attachment is as a scan: blank, or how fine. */
#ifndef BIND_PAGE_SCAN_H
#define BIND_PAGE_SCAN_H

#include "bind/attachment_pages.h"

struct page_scan {
    bool blank;           /* nothing is on it, or a picture of empty paper */
    double dpi;           /* at the page's own size, of the finest picture that covers it; 0: it is
                           * no scan, since letters or lines are drawn on it, or nothing covers it */
    double width, height; /* points, upright */
};

/* page: from 0. What cannot be decoded is not blank. */
void page_scan(struct attachment_pages *s, size_t page, struct page_scan *out);
/* Unpacks what Flate has packed: to so many bytes, or to nothing, as where they are too many. They
 * are the file's until the next ones, or until they are forgotten. */
unsigned char *page_scan_unpack(struct attachment_pages *s, const struct buffer *packed,
                                double bytes);
void page_scan_forget(struct attachment_pages *s);
/* A picture has just been unpacked to so many bytes, which may change: page_scan need not do that
 * again. */
void page_scan_note(struct attachment_pages *s, qref picture, unsigned char *pixels, double bytes);

#endif
