/* zip_mutator.c - see zip_mutator.h. */
#include "zip_mutator.h"

#include "xml_mutator.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { PART_LARGEST = 1 << 18 };

static uint8_t part[PART_LARGEST];

static size_t read_part(zip_t *z, zip_uint64_t i)
{
    zip_file_t *f = zip_fopen_index(z, i, 0);
    zip_int64_t n = f ? zip_fread(f, part, sizeof part) : 0;
    if (f)
        zip_fclose(f);
    return n > 0 ? (size_t)n : 0;
}

static bool is_xml(size_t n)
{
    return n > 5 && (!memcmp(part, "<?xml", 5) || part[0] == '<');
}

void zip_learn(const char *path)
{
    zip_t *z = zip_open(path, ZIP_RDONLY, NULL);
    door_hold(z);
    for (zip_int64_t i = 0; i < zip_get_num_entries(z, 0); i++) {
        size_t n = read_part(z, (zip_uint64_t)i);
        if (is_xml(n) && n < sizeof part)
            xml_learn_bytes(part, n);
    }
    zip_discard(z);
}

static void replace(zip_t *z, zip_uint64_t i, size_t n, bool store)
{
    zip_source_t *s = zip_source_buffer_create(n ? memcpy(malloc(n), part, n) : NULL, n, 1, NULL);
    door_hold(s);
    if (zip_file_replace(z, i, s, 0) < 0)
        zip_source_free(s);
    else
        zip_set_file_compression(z, i, store ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 1);
}

/* A name that is hostile, its own altered, or its own in another folder. */
static void rename_part(zip_t *z, zip_uint64_t i, struct dice *dice)
{
    static const char *const names[] = {"../x",
                                        "/etc/x",
                                        "a/../../x",
                                        "a\\b.pdf",
                                        "C:\\x",
                                        "CON",
                                        ".",
                                        "..",
                                        "a/",
                                        "a//b",
                                        "__MACOSX/._a",
                                        "Thumbs.db",
                                        "e\xCC\x81.pdf",
                                        "\xD5\xC5.pdf",
                                        "A001/.DS_Store",
                                        "a\x01.pdf",
                                        "~$a.xlsx"};
    static char altered[256];
    const char *own = zip_get_name(z, i, 0);
    size_t n = own && strlen(own) < sizeof altered / 2 ? strlen(own) : 0;
    switch (dice_roll(dice, 3)) {
    case 0:
        snprintf(altered, sizeof altered, "%s",
                 names[dice_roll(dice, sizeof names / sizeof *names)]);
        break;
    case 1:
        snprintf(altered, sizeof altered, "a/%.*s", (int)n, own ? own : "");
        break;
    default:
        if (n)
            memcpy(altered, own, n);
        n = LLVMFuzzerMutate((uint8_t *)altered, n, sizeof altered - 1);
        altered[n] = 0;
    }
    if (*altered && own && *own) /* libzip 1.7.3 reads the byte before an empty name */
        zip_file_rename(z, i, altered, ZIP_FL_ENC_GUESS);
}

/* A copy under another name; what a link, a folder or a program is on Unix, or a file elsewhere. */
static void alter_entry(zip_t *z, zip_uint64_t i, struct dice *dice)
{
    static const uint32_t modes[] = {0120777, 0100755, 0040755, 0010644, 0100644, 0};
    static const char *const copies[] = {"copy", "COPY", "scans/copy", "word/styles.xml"};
    static const uint8_t systems[] = {ZIP_OPSYS_UNIX, ZIP_OPSYS_DOS, ZIP_OPSYS_OS_X};
    if (dice_roll(dice, 2)) {
        zip_file_set_external_attributes(z, i, 0, systems[dice_roll(dice, sizeof systems)],
                                         modes[dice_roll(dice, sizeof modes / sizeof *modes)]
                                             << 16);
        return;
    }
    size_t n = read_part(z, i);
    zip_source_t *s = zip_source_buffer_create(n ? memcpy(malloc(n), part, n) : NULL, n, 1, NULL);
    door_hold(s);
    if (zip_file_add(z, copies[dice_roll(dice, 4)], s, ZIP_FL_OVERWRITE | ZIP_FL_ENC_UTF_8) < 0)
        zip_source_free(s);
}

static void alter(zip_t *z, struct dice *dice, unsigned seed)
{
    zip_uint64_t n = (zip_uint64_t)zip_get_num_entries(z, 0), i = dice_roll(dice, n);
    switch (dice_roll(dice, 24)) {
    case 0:
        zip_delete(z, i);
        return;
    case 1:
    case 2:
        rename_part(z, i, dice);
        return;
    case 3:
        alter_entry(z, i, dice);
        return;
    }
    size_t len = read_part(z, i);
    len = is_xml(len) ? xml_mutate(part, len, sizeof part, seed)
                      : LLVMFuzzerMutate(part, len, sizeof part);
    replace(z, i, len, dice_roll(dice, 2));
}

/* Written anew; what is too long, or cannot be written, stays as it was. */
static size_t pack(zip_t *z, zip_source_t *source, uint8_t *data, size_t size, size_t max)
{
    zip_source_keep(source);
    if (zip_close(z)) {
        zip_discard(z);
        zip_source_free(source);
        return size;
    }
    zip_stat_t st;
    if (zip_source_stat(source, &st) == 0 && st.size > 0 && st.size <= max &&
        zip_source_open(source) == 0) {
        zip_int64_t n = zip_source_read(source, data, st.size);
        size = n > 0 ? (size_t)n : size;
        zip_source_close(source);
    }
    zip_source_free(source);
    return size;
}

size_t zip_mutate(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct dice dice = {seed};
    zip_source_t *source =
        dice_roll(&dice, 6) && size
            ? zip_source_buffer_create(memcpy(malloc(size), data, size), size, 1, NULL)
            : NULL;
    zip_t *z = source ? zip_open_from_source(source, 0, NULL) : NULL;
    if (!z) {
        if (source)
            zip_source_free(source);
        return LLVMFuzzerMutate(data, size, max);
    }
    if (zip_get_num_entries(z, 0) == 0) {
        zip_discard(z);
        return LLVMFuzzerMutate(data, size, max);
    }
    for (size_t n = 1 + dice_roll(&dice, 2); n > 0; n--)
        alter(z, &dice, seed + (unsigned)n);
    return pack(z, source, data, size, max);
}
