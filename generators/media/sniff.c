/* sniff.c - what a file is by its first bytes; suffixes lie. */
#include "media/media.h"

#include <string.h>
#include <strings.h>

static bool at(const unsigned char *data, size_t size, size_t offset, const char *magic, size_t len)
{
    return size >= offset + len && !memcmp(data + offset, magic, len);
}

/* PDF readers accept a header within the first kilobyte, and scanners do write bytes before it. */
static bool has_pdf_header(const unsigned char *data, size_t size)
{
    size_t end = size < 1024 ? size : 1024;
    for (size_t i = 0; i + 5 <= end; i++)
        if (!memcmp(data + i, "%PDF-", 5))
            return true;
    return false;
}

static bool is_html(const unsigned char *data, size_t size)
{
    size_t i = at(data, size, 0, "\xEF\xBB\xBF", 3) ? 3 : 0;
    while (i < size && strchr(" \t\r\n", data[i]) && data[i])
        i++;
    const char *p = (const char *)data + i;
    size_t left = size - i;
    return (left >= 5 && !strncasecmp(p, "<html", 5)) ||
           (left >= 9 && !strncasecmp(p, "<!doctype", 9));
}

enum media_type media_sniff(const unsigned char *data, size_t size)
{
    static const struct {
        enum media_type type;
        size_t offset;
        const char *magic;
        size_t len;
    } table[] = {
        {MEDIA_JPEG, 0, "\xFF\xD8\xFF", 3}, {MEDIA_PNG, 0, "\x89PNG\r\n\x1A\n", 8},
        {MEDIA_GIF, 0, "GIF8", 4},          {MEDIA_TIFF, 0, "II*\0", 4},
        {MEDIA_TIFF, 0, "MM\0*", 4},        {MEDIA_BMP, 0, "BM", 2},
        {MEDIA_ZIP, 0, "PK\x03\x04", 4},    {MEDIA_HEIC, 4, "ftyphe", 6},
        {MEDIA_HEIC, 4, "ftypmif1", 8},     {MEDIA_HEIC, 4, "ftypmsf1", 8},
        {MEDIA_HEIC, 4, "ftypavif", 8},
    };

    if (size == 0)
        return MEDIA_EMPTY;
    if (at(data, size, 0, "RIFF", 4) && at(data, size, 8, "WEBP", 4))
        return MEDIA_WEBP;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (at(data, size, table[i].offset, table[i].magic, table[i].len))
            return table[i].type;
    if (has_pdf_header(data, size))
        return MEDIA_PDF;
    return is_html(data, size) ? MEDIA_HTML : MEDIA_UNKNOWN;
}

const char *media_type_name(enum media_type type)
{
    static const char *const names[MEDIA_TYPE_COUNT] = {
        [MEDIA_UNKNOWN] = "unknown", [MEDIA_EMPTY] = "empty", [MEDIA_JPEG] = "JPEG",
        [MEDIA_PNG] = "PNG",         [MEDIA_PDF] = "PDF",     [MEDIA_GIF] = "GIF",
        [MEDIA_WEBP] = "WebP",       [MEDIA_HEIC] = "HEIC",   [MEDIA_TIFF] = "TIFF",
        [MEDIA_BMP] = "BMP",         [MEDIA_HTML] = "HTML",   [MEDIA_ZIP] = "ZIP",
    };
    return names[type];
}
