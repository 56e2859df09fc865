/* progress.c - see progress.h. */
#include "package/progress.h"

#include "core/clock.h"

#include <unistd.h>

enum { WIDTH = 30 };

static double every(void)
{
    return isatty(STDERR_FILENO) ? 0.2 : 5;
}

static void show(struct progress *p, double t)
{
    bool zh = p->options->language == LANGUAGE_ZH;
    double spent = t - p->begun, rate = spent > 0 ? (double)p->done / spent : 0,
           left = rate > 0 ? (double)(p->n - p->done) / rate : 0;
    char bar[WIDTH + 1] = "";

    p->shown = t;
    for (size_t i = 0; i < WIDTH; i++)
        bar[i] = i < p->done * WIDTH / p->n ? '#' : '.';
    if (isatty(STDERR_FILENO))
        fprintf(stderr,
                zh ? "\r[%s] %zu/%zu  %.1f 人/秒  还需 %.0f 秒 \033[K"
                   : "\r[%s] %zu/%zu  %.1f/s  %.0f s left \033[K",
                bar, p->done, p->n, rate, left);
    else
        fprintf(stderr,
                zh ? "package: %zu/%zu，%.1f 人/秒，还需 %.0f 秒\n"
                   : "package: %zu/%zu, %.1f/s, %.0f s left\n",
                p->done, p->n, rate, left);
}

void progress_begin(struct progress *p, const struct options *o, size_t n)
{
    *p = (struct progress){.options = o, .n = o->quiet ? 0 : n, .begun = clock_seconds()};
    p->shown = p->begun;
}

void progress_show(struct progress *p)
{
    double t = clock_seconds();
    if (p->n > 0 && t - p->shown >= every())
        show(p, t);
}

void progress_end(struct progress *p)
{
    double t = clock_seconds();
    if (p->n > 0 && isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    else if (p->n > 0 && t - p->begun >= every())
        show(p, t);
}
