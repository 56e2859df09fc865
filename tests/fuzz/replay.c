/* replay.c - a main for the fuzz targets where there is no libFuzzer: replay [-m N] FILE|FOLDER...
 * puts each file through the door, and N alterations of each by the target's own mutator; the same
 * every time. Prints how many went through. */
#define _GNU_SOURCE /* scandir's alphasort under -std=c17 */
#include "door.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#pragma weak LLVMFuzzerInitialize
#pragma weak LLVMFuzzerCustomMutator

enum { LARGEST = 1 << 20 };

static struct dice dice;
static unsigned alterations;
static size_t runs;

/* A byte altered, put in or left out, or a stretch doubled. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
{
    size_t at = dice_roll(&dice, size), n = 1 + dice_roll(&dice, 16);
    n = n > size - at ? size - at : n;
    switch (size ? dice_roll(&dice, 4) : 1) {
    case 0:
        data[at] = (uint8_t)dice_roll(&dice, 256);
        return size;
    case 1:
        if (size == max)
            return size;
        memmove(data + at + 1, data + at, size - at);
        data[at] = (uint8_t)dice_roll(&dice, 256);
        return size + 1;
    case 2:
        memmove(data + at, data + at + n, size - at - n);
        return size - n;
    default:
        if (size + n > max)
            return size;
        memmove(data + at + n, data + at, size - at);
        return size + n;
    }
}

static size_t alter(uint8_t *data, size_t size)
{
    unsigned seed = (unsigned)dice_roll(&dice, 1u << 30);
    return LLVMFuzzerCustomMutator ? LLVMFuzzerCustomMutator(data, size, LARGEST, seed)
                                   : LLVMFuzzerMutate(data, size, LARGEST);
}

static void through_the_door(const char *path)
{
    static uint8_t whole[LARGEST], copy[LARGEST];
    FILE *in = fopen(path, "rb");
    door_hold(in);
    size_t size = fread(whole, 1, LARGEST, in);
    fclose(in);
    dice.state = size;
    for (unsigned i = 0; i <= alterations; i++) {
        memcpy(copy, whole, size);
        size_t n = i ? alter(copy, size) : size;
        uint8_t *exact = malloc(n ? n : 1); /* so that a sanitizer sees who reads beyond it */
        memcpy(exact, copy, n);
        LLVMFuzzerTestOneInput(exact, n);
        free(exact);
        runs++;
    }
}

static int is_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void walk(const char *path)
{
    struct dirent **entries;
    struct stat st;
    door_hold(stat(path, &st) == 0);
    if (!S_ISDIR(st.st_mode)) {
        through_the_door(path);
        return;
    }
    int n = scandir(path, &entries, is_visible, alphasort);
    door_hold(n >= 0);
    for (int i = 0; i < n; i++) {
        char *name = mem_alloc(strlen(path) + strlen(entries[i]->d_name) + 2, 1);
        sprintf(name, "%s/%s", path, entries[i]->d_name);
        walk(name);
        free(name);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    int first = 1;
    if (argc > 2 && !strcmp(argv[1], "-m")) {
        alterations = (unsigned)atoi(argv[2]);
        first = 3;
    }
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    for (int i = first; i < argc; i++)
        walk(argv[i]);
    printf("%zu runs\n", runs);
    return 0;
}
