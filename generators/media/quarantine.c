/* quarantine.c - see quarantine.h. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, which POSIX.1-2008 lacks */
#include "media/quarantine.h"

#include "core/arena.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { NOTE = 4096 };

static char *note; /* shared with the children; NULL: nobody watches */

static struct attachment_fault {
    char href[NOTE];
    bool slow;
} * list;
static size_t n;

void quarantine_watch(void)
{
    void *p = mmap(NULL, NOTE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    note = p == MAP_FAILED ? NULL : p;
}

void quarantine_note(const char *href)
{
    if (note)
        snprintf(note, NOTE, "%s", href);
}

bool quarantine_has(const char *href, bool *slow)
{
    for (size_t i = 0; i < n; i++)
        if (!strncmp(list[i].href, href, NOTE - 1)) {
            *slow = list[i].slow;
            return true;
        }
    return false;
}

/* The noted file counts from now on as one that cannot be read; slow: it took too long. false: no
 * file is noted, or it has been there before. */
static bool add_noted(bool slow)
{
    bool before;
    if (!note || !*note || quarantine_has(note, &before))
        return false;
    list = mem_resize(list, n + 1, sizeof *list);
    snprintf(list[n].href, NOTE, "%s", note);
    list[n++].slow = slow;
    *note = '\0';
    return true;
}

enum workers_end quarantine_alone(void (*run)(void *data, struct buffer *result), void *data,
                                  struct workers_limits limits, struct buffer *result)
{
    enum workers_end end;
    do
        end = workers_alone(run, data, limits, result);
    while ((end == WORKERS_SLOW || end == WORKERS_DIED) && add_noted(end == WORKERS_SLOW));
    return end;
}
