/* page_ends.c - see page_ends.h. */
#include "sheet/page_ends.h"

void page_ends_begin(struct page_ends *p, double room, double head)
{
    *p = (struct page_ends){.room = room, .head = head};
}

void page_ends_add(struct page_ends *p, size_t row, double height)
{
    if (p->used + height > p->room) {
        p->begin = row;
        p->used = p->head;
    }
    p->used += height;
}

size_t page_ends_last(const struct page_ends *p, double tail, size_t latest)
{
    if (p->used + tail > p->room)
        return latest;
    return p->begin < latest ? p->begin : latest;
}
