/* fuzz_jpeg.c - a JPEG. */
#include "picture.h"

void door_run(const uint8_t *data, size_t size)
{
    picture_through(data, size);
}
