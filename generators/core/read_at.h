/* read_at.h - the bytes at a place of a file, over short reads and interrupts. */
#ifndef CORE_READ_AT_H
#define CORE_READ_AT_H

#include <stdbool.h>
#include <sys/types.h>

/* As many as there are before the file's end, len at most; -1: errno says why. */
ssize_t read_at(int fd, void *to, size_t len, off_t at);
/* All of them. False: errno says why; EIO where the file ends before. */
bool read_all_at(int fd, void *to, size_t len, off_t at);

#endif
