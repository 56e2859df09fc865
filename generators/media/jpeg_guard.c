/* jpeg_guard.c - see jpeg_guard.h. */
#include "media/jpeg_guard.h"

static void fail(j_common_ptr jpeg)
{
    longjmp(((struct jpeg_guard *)jpeg->err)->back, 1);
}

/* A negative level is a warning of damaged data, which libjpeg fills up with grey. */
static void notice(j_common_ptr jpeg, int level)
{
    if (level < 0)
        fail(jpeg);
}

static void watch(j_common_ptr jpeg)
{
    if (((j_decompress_ptr)jpeg)->input_scan_number > JPEG_MOST_SCANS)
        fail(jpeg);
}

struct jpeg_error_mgr *jpeg_guard_errors(struct jpeg_guard *g)
{
    jpeg_std_error(&g->errors);
    g->errors.error_exit = fail;
    g->errors.emit_message = notice;
    return &g->errors;
}

void jpeg_guard_open(struct jpeg_guard *g, j_decompress_ptr jpeg, const unsigned char *data,
                     size_t size)
{
    jpeg_create_decompress(jpeg);
    g->progress = (struct jpeg_progress_mgr){.progress_monitor = watch};
    jpeg->progress = &g->progress;
    jpeg_mem_src(jpeg, data, (unsigned long)size);
    jpeg_read_header(jpeg, TRUE);
}
