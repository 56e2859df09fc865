/* jpeg_guard.h - libjpeg's errors, which it would end the process over, lead back to who called it.
 * Internal to media. */
#ifndef MEDIA_JPEG_GUARD_H
#define MEDIA_JPEG_GUARD_H

#include <setjmp.h>
#include <stdio.h> /* jpeglib.h needs FILE */

#include <jpeglib.h>

/* Cameras and editors write a dozen scans, and each goes over the whole picture. */
enum { JPEG_MOST_SCANS = 100 };

struct jpeg_guard {
    struct jpeg_error_mgr errors; /* libjpeg's err points here */
    struct jpeg_progress_mgr progress;
    jmp_buf back; /* set by the caller: damaged data (a warning of libjpeg's, too) lead there */
};

/* What libjpeg's err is to be set to, before jpeg_create_…. */
struct jpeg_error_mgr *jpeg_guard_errors(struct jpeg_guard *g);
/* Begins to decompress, when `back` is set, and reads the header. A picture of more scans leads
 * back, too. */
void jpeg_guard_open(struct jpeg_guard *g, j_decompress_ptr jpeg, const unsigned char *data,
                     size_t size);

#endif
