/* test_media.h - what the tests of media share: findings that must come, and bytes in files'
 * orders. */
#ifndef TEST_MEDIA_H
#define TEST_MEDIA_H

#include "core/buffer.h"
#include "media/media.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* How much more memory and time a build with sanitizers may take. */
#if defined(__SANITIZE_ADDRESS__)
enum { SLACK = 4 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SLACK = 4 };
#else
enum { SLACK = 1 };
#endif
#else
enum { SLACK = 1 };
#endif

static const struct finding where = {.label = "照片", .field = "person/photo"};

static inline struct media_file file_of(const struct buffer *b)
{
    return (struct media_file){
        .href = "x", .data = b->data, .size = b->len, .type = media_sniff(b->data, b->len)};
}

/* The one finding of d: of rule R76, with these words, and no English in the Chinese. */
static inline void found(struct diag *d, enum severity severity, const char *zh, const char *en)
{
    assert_int_equal(d->n, 1);
    const struct finding *f = &d->list[0];
    assert_int_equal(f->severity, severity);
    assert_string_equal(f->rule, "R76");
    assert_string_equal(f->label, "照片");
    if (!strstr(f->text[LANGUAGE_ZH], zh) || !strstr(f->text[LANGUAGE_EN], en))
        fail_msg("'%s' / '%s' without '%s' / '%s'", f->text[LANGUAGE_ZH], f->text[LANGUAGE_EN], zh,
                 en);
    for (const char *p = f->text[LANGUAGE_ZH]; p[0] && p[1] && p[2]; p++)
        if (islower((unsigned char)p[0]) && p[1] == ' ' && islower((unsigned char)p[2]))
            fail_msg("English in '%s'", f->text[LANGUAGE_ZH]);
    diag_clear(d);
}

static inline bool probe(struct media_image *img, const struct buffer *b, struct diag *d)
{
    struct media_file file = file_of(b);
    return image_probe(img, &file, NULL, &where, d);
}

static inline bool load(struct media_image *img, const struct buffer *b, struct diag *d)
{
    struct media_file file = file_of(b);
    return image_load(img, &file, NULL, &where, d);
}

/* Already a look at the structure must find the fault. */
static inline void refused(const struct buffer *b, const char *zh, const char *en)
{
    struct diag d = {0};
    struct media_image img;
    assert_false(probe(&img, b, &d));
    found(&d, SEVERITY_ERROR, zh, en);
    image_clear(&img);
}

static inline void put16(struct buffer *b, unsigned v)
{
    buffer_putc(b, (int)(v >> 8 & 0xFF));
    buffer_putc(b, (int)(v & 0xFF));
}

static inline void put32(struct buffer *b, uint32_t v)
{
    put16(b, v >> 16);
    put16(b, v & 0xFFFF);
}

#endif
