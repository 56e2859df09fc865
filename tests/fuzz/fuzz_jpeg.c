/* fuzz_jpeg.c - a JPEG. */
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    picture_through(data, size);
    return 0;
}
