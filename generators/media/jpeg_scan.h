/* jpeg_scan.h - are a JPEG's compressed data whole? Internal to media. */
#ifndef MEDIA_JPEG_SCAN_H
#define MEDIA_JPEG_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* As a DHT segment defines it: how many codes of 1 to 16 bits there are, and what they stand for.
 */
struct jpeg_codes {
    const unsigned char *counts, *symbols;
};

/* One scan of a sequential (not progressive) picture. */
struct jpeg_scan {
    size_t components;
    struct jpeg_scan_component {
        struct jpeg_codes dc, ac;
        unsigned across, down; /* sampling factors */
    } component[4];
    unsigned most_across, most_down; /* of the picture's components */
    size_t width, height;            /* of the picture */
    size_t restart_interval;         /* units; 0: none */
};

/* Every block of the scan can be decoded from its bytes, and hardly a byte is left over. Nothing is
 * made of the blocks: 150 MB a second (measured on photos). */
bool jpeg_scan_is_whole(const struct jpeg_scan *scan, const unsigned char *data, size_t size);

/* The same of a progressive picture, by libjpeg; false as well when it says that something is
 * wrong. One of more than 8 million pixels or 100 scans passes unseen: it would take too long. */
bool jpeg_progressive_is_whole(const unsigned char *jpeg, size_t size, size_t pixels);

#endif
