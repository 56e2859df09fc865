/* test_media_jpeg.c - JPEGs are walked, never decoded: sound ones, odd ones, broken ones. */
#include "test_media.h"

#include <stdlib.h>

/* What a JPEG is made of here; {.components = 3} is an ordinary one. The picture is 20 x 30. */
struct parts {
    int components;
    unsigned frame;     /* SOF marker; 0: 0xC0 */
    unsigned precision; /* 0: 8 */
    int width, height;  /* 0: 20 x 30; -1: zero */
    const void *exif;   /* a TIFF block for APP1 */
    size_t exif_len;
    const char *sampling;     /* a byte a component; NULL: all 1 x 1 */
    const char *app0, *app14; /* bodies of 14 and 12 bytes */
    bool fill, no_dqt, no_dht, two_frames, no_scan, no_data, no_eoi, dnl, same_ids;
    int in_scan;        /* components; 0: all */
    unsigned first;     /* coefficient of a progressive scan */
    const char *behind; /* bytes after the end */
    size_t behind_len;
};

static void segment(struct buffer *b, unsigned marker, const void *body, size_t len)
{
    put16(b, 0xFF00 | marker);
    put16(b, (unsigned)len + 2);
    buffer_add(b, body, len);
}

static int size_or(int value, int usual)
{
    return value == 0 ? usual : value < 0 ? 0 : value;
}

static void frame(struct buffer *b, const struct parts *p)
{
    unsigned char body[6 + 3 * 8] = {(unsigned char)(p->precision ? p->precision : 8),
                                     0,
                                     (unsigned char)size_or(p->height, 30),
                                     0,
                                     (unsigned char)size_or(p->width, 20),
                                     (unsigned char)p->components};
    for (int i = 0; i < p->components; i++)
        memcpy(body + 6 + 3 * i,
               (unsigned char[]){(unsigned char)(p->same_ids ? 1 : i + 1),
                                 (unsigned char)(p->sampling ? p->sampling[i] : 0x11), 0},
               3);
    segment(b, p->frame ? p->frame : 0xC0, body, 6 + 3 * (size_t)p->components);
}

/* Grey blocks: each is two bits, 0 for its mean and 0 for its end. */
static void scan_data(struct buffer *b, const struct parts *p)
{
    size_t across = (size_t)(size_or(p->width, 20) + 7) / 8,
           down = (size_t)(size_or(p->height, 30) + 7) / 8;
    size_t bits = across * down * (size_t)p->components * (p->frame == 0xC2 ? 1 : 2);
    for (size_t i = 0; i < (bits + 7) / 8; i++)
        buffer_putc(b, 0);
}

static struct buffer jpeg(struct parts p)
{
    struct buffer b = {0};
    unsigned char quantization[65] = {0}, huffman[18] = {0, 1}, scan[4 + 2 * 8] = {0};

    buffer_add(&b, "\xFF\xD8", 2);
    if (p.app0)
        segment(&b, 0xE0, p.app0, 14);
    if (p.exif) {
        struct buffer body = {0};
        buffer_add(&body, "Exif\0\0", 6);
        buffer_add(&body, p.exif, p.exif_len);
        segment(&b, 0xE1, body.data, body.len);
        buffer_clear(&body);
    }
    if (p.app14)
        segment(&b, 0xEE, p.app14, 12);
    if (!p.no_dqt)
        segment(&b, 0xDB, quantization, sizeof quantization);
    for (int ac = 0; ac < 2 && !p.no_dht; ac++) {
        huffman[0] = (unsigned char)(ac << 4);
        segment(&b, 0xC4, huffman, sizeof huffman);
    }
    if (p.fill)
        buffer_add(&b, "\xFF\xFF\xFF", 3);
    for (int i = 0; i <= p.two_frames; i++)
        frame(&b, &p);
    if (!p.no_scan) {
        int n = p.in_scan ? p.in_scan : p.components;
        scan[0] = (unsigned char)n;
        for (int i = 0; i < n; i++)
            scan[1 + 2 * i] = (unsigned char)(p.same_ids ? 1 : i + 1);
        scan[2 + 2 * n] = p.frame == 0xC2 ? 0 : 63;
        scan[1 + 2 * n] = (unsigned char)p.first;
        segment(&b, 0xDA, scan, 4 + 2 * (size_t)n);
        if (!p.no_data)
            scan_data(&b, &p);
    }
    if (p.dnl)
        segment(&b, 0xDC, "\0\x1E", 2);
    if (!p.no_eoi)
        buffer_add(&b, "\xFF\xD9", 2);
    buffer_add(&b, p.behind, p.behind_len);
    return b;
}

/* Used, with this warning. */
static struct media_image warned(const struct buffer *b, const char *zh, const char *en)
{
    struct diag d = {0};
    struct media_image img;
    if (!load(&img, b, &d))
        fail_msg("%s", d.list[0].text[LANGUAGE_EN]);
    found(&d, SEVERITY_WARNING, zh, en);
    return img;
}

static struct media_image accepted(struct parts p)
{
    struct buffer b = jpeg(p);
    struct diag d = {0};
    struct media_image img;
    if (!load(&img, &b, &d))
        fail_msg("%s", d.list[0].text[LANGUAGE_EN]);
    assert_int_equal(d.n, 0);
    assert_int_equal(img.type, MEDIA_JPEG);
    assert_int_equal(img.width, 20);
    assert_int_equal(img.height, 30);
    assert_ptr_equal(img.jpeg, b.data); /* untouched, and only to its own end */
    assert_int_equal(img.jpeg_size, b.len - p.behind_len);
    assert_null(img.pixels);
    struct media_image copy = img;
    copy.jpeg = NULL;
    image_clear(&img);
    buffer_clear(&b);
    return copy;
}

static void not_accepted(struct parts p, const char *zh, const char *en)
{
    struct buffer b = jpeg(p);
    refused(&b, zh, en);
    buffer_clear(&b);
}

static const char adobe[12] = "Adobe\0\x64\0\0\0\0\x02";

static void ordinary_jpegs_of_all_colours_are_accepted(void **state)
{
    (void)state;
    static const int components[] = {1, 3, 4};
    for (size_t i = 0; i < 3; i++) {
        for (unsigned sof = 0xC0; sof <= 0xC2; sof++) {
            struct media_image img = accepted((struct parts){
                .components = components[i], .frame = sof, .app14 = i == 2 ? adobe : NULL});
            assert_int_equal(img.components, components[i]);
            assert_int_equal(img.orientation, 1);
            assert_int_equal(img.upright_width, 20);
            assert_int_equal(img.upright_height, 30);
            assert_true(img.dpi_x == 0);
        }
    }
    accepted((struct parts){.components = 3, .fill = true});
    not_accepted((struct parts){.components = 2}, "颜色种类", "kind of colours");
    not_accepted((struct parts){.components = 5}, "颜色种类", "kind of colours");
    not_accepted((struct parts){0}, "颜色种类", "kind of colours");
}

/* A TIFF block with entries {tag, type, count, value}, in either byte order. */
static struct buffer tiff(bool little, uint32_t ifd, unsigned count, unsigned type, unsigned value)
{
    static const unsigned tags[] = {0x010F, 0x0112, 0x0213}; /* maker, orientation, positioning */
    unsigned words[1 + 2 + 1 + 3 * 6 + 2], n = 0;
    struct buffer b = {0};

    words[n++] = 42;
    words[n++] = little ? ifd & 0xFFFF : ifd >> 16;
    words[n++] = little ? ifd >> 16 : ifd & 0xFFFF;
    words[n++] = count;
    for (size_t i = 0; i < 3; i++) {
        words[n++] = tags[i];
        words[n++] = i == 1 ? type : 3;
        words[n++] = little ? 1 : 0;
        words[n++] = little ? 0 : 1;
        bool is_byte = i == 1 && type == 1, is_long = i == 1 && type == 4;
        words[n++] = i != 1 || (is_long && !little) ? 0 : is_byte && !little ? value << 8 : value;
        words[n++] = is_long && !little ? value : 0;
    }
    words[n++] = 0; /* no second IFD */
    words[n++] = 0;
    buffer_puts(&b, little ? "II" : "MM");
    for (unsigned i = 0; i < n; i++) {
        buffer_putc(&b, (int)(little ? words[i] & 0xFF : words[i] >> 8));
        buffer_putc(&b, (int)(little ? words[i] >> 8 : words[i] & 0xFF));
    }
    return b;
}

static int orientation_of(const struct buffer *exif)
{
    return accepted((struct parts){.components = 3, .exif = exif->data, .exif_len = exif->len})
        .orientation;
}

static void k3_01_all_exif_orientations_turn_the_picture_upright(void **state)
{
    (void)state;
    for (int little = 0; little < 2; little++) {
        for (unsigned o = 1; o <= 8; o++) {
            for (unsigned type = 1; type <= 4; type += type == 1 ? 2 : 1) { /* BYTE SHORT LONG */
                struct buffer exif = tiff(little, 8, 3, type, o);
                struct media_image img = accepted(
                    (struct parts){.components = 3, .exif = exif.data, .exif_len = exif.len});
                assert_int_equal(img.orientation, o);
                assert_int_equal(img.upright_width, o >= 5 ? 30 : 20);
                assert_int_equal(img.upright_height, o >= 5 ? 20 : 30);
                buffer_clear(&exif);
            }
        }
    }
}

static void k3_09_an_orientation_that_is_none_is_named(void **state)
{
    (void)state;
    static const struct {
        unsigned value;
        const char *zh, *en;
    } cases[] = {{0, "方向为 0，", "orientation 0,"},
                 {9, "方向为 9，", "orientation 9,"},
                 {65535, "方向为 65535，", "orientation 65535,"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer exif = tiff(true, 8, 3, 3, cases[i].value);
        struct buffer b =
            jpeg((struct parts){.components = 3, .exif = exif.data, .exif_len = exif.len});
        struct media_image img = warned(&b, cases[i].zh, cases[i].en);
        assert_int_equal(img.orientation, 1);
        image_clear(&img);
        buffer_clear(&exif);
        buffer_clear(&b);
    }
}

static void k3_01_hostile_exif_says_nothing(void **state)
{
    (void)state;
    static const uint32_t offsets[] = {0,  1,  4,    40,         50,         51,
                                       52, 53, 1000, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF};
    for (int little = 0; little < 2; little++) {
        for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
            struct buffer exif = tiff(little, offsets[i], 3, 3, 6);
            assert_int_equal(orientation_of(&exif), 1);
            buffer_clear(&exif);
        }
        struct buffer many = tiff(little, 8, 0xFFFF, 3, 6); /* more entries than there are bytes */
        assert_int_equal(orientation_of(&many), 6);
        struct buffer none = tiff(little, 8, 0, 3, 6), wrong = tiff(little, 8, 3, 2, 6);
        assert_int_equal(orientation_of(&none), 1);
        assert_int_equal(orientation_of(&wrong), 1);
        for (size_t cut = 0; cut < many.len; cut++) { /* sanitizers watch the block's end */
            struct buffer part = {.data = malloc(cut + 1), .len = cut, .cap = cut + 1};
            memcpy(part.data, many.data, cut);
            int o = orientation_of(&part);
            assert_true(o == 1 || (o == 6 && cut >= 34));
            free(part.data);
        }
        many.data[0] = 'X';
        assert_int_equal(orientation_of(&many), 1);
        buffer_clear(&many);
        buffer_clear(&none);
        buffer_clear(&wrong);
    }
}

static int orientation_of_two(const struct buffer *first, const struct buffer *second)
{
    struct buffer b =
        jpeg((struct parts){.components = 1, .exif = first->data, .exif_len = first->len});
    struct buffer both = {0}, body = {0};
    size_t end = 2 + 4 + 6 + first->len;
    buffer_add(&both, b.data, end);
    buffer_add(&body, "Exif\0\0", 6);
    buffer_add(&body, second->data, second->len);
    segment(&both, 0xE1, body.data, body.len);
    buffer_add(&both, b.data + end, b.len - end);
    struct media_image img;
    struct diag d = {0};
    assert_true(load(&img, &both, &d));
    assert_int_equal(d.n, 0);
    buffer_clear(&b);
    buffer_clear(&both);
    buffer_clear(&body);
    int orientation = img.orientation;
    image_clear(&img);
    return orientation;
}

static void k3_09_the_first_exif_block_that_says_one_decides(void **state)
{
    (void)state;
    struct buffer first = tiff(false, 8, 3, 3, 3), second = tiff(false, 8, 3, 3, 6);
    assert_int_equal(orientation_of_two(&first, &second), 3);
    first.data[18 + 5] ^= 0x40; /* the tag of its orientation: now another one */
    assert_int_equal(orientation_of_two(&first, &second), 6);
    buffer_clear(&first);
    buffer_clear(&second);
}

static void stray_bytes_between_segments_are_left_out(void **state)
{
    (void)state;
    struct buffer b = jpeg((struct parts){.components = 3}), odd = {0};
    size_t behind_tables = 2 + 2 + 2 + 65, end = b.len - 2;
    buffer_add(&odd, b.data, behind_tables);
    buffer_add(&odd, "stray\xFF\0\x12", 8);
    buffer_add(&odd, b.data + behind_tables, end - behind_tables);
    buffer_add(&odd, b.data + end, 2);
    struct media_image img = warned(&odd, "多余的字节", "stray bytes");
    assert_int_equal(img.jpeg_size, b.len);
    assert_memory_equal(img.jpeg, b.data, b.len);
    image_clear(&img);
    buffer_clear(&odd);
    buffer_clear(&b);
}

static void stray_bytes_may_be_the_first(void **state)
{
    (void)state;
    struct buffer b = jpeg((struct parts){.components = 3, .app0 = "JFIF\0\1\1\1\0\x48\0\x48\0\0"}),
                  odd = {0};
    buffer_add(&odd, b.data, 2);
    buffer_add(&odd, "\0\1stray", 7);
    buffer_add(&odd, b.data + 2, b.len - 2);
    struct media_image img = warned(&odd, "多余的字节", "stray bytes");
    assert_int_equal(img.jpeg_size, b.len);
    image_clear(&img);
    buffer_clear(&odd);
    buffer_clear(&b);
}

static void an_end_that_is_not_marked_is_marked(void **state)
{
    (void)state;
    struct buffer b = jpeg((struct parts){.components = 3, .no_eoi = true});
    struct media_image img = warned(&b, "缺少结尾标记", "lacks the mark of its end");
    assert_int_equal(img.jpeg_size, b.len + 2);
    assert_memory_equal(img.jpeg, b.data, b.len);
    assert_memory_equal(img.jpeg + b.len, "\xFF\xD9", 2);
    image_clear(&img);
    b.len -= 2; /* less than the picture */
    refused(&b, "不完整", "cut short");
    buffer_clear(&b);
    /* whether all scans of a progressive one are there, nobody knows */
    not_accepted((struct parts){.components = 1, .frame = 0xC2, .no_eoi = true}, "不完整",
                 "cut short");
}

static void damaged_picture_data_are_warned_of(void **state)
{
    (void)state;
    struct buffer b = jpeg((struct parts){.components = 3}), part = {0};
    struct media_image img;
    b.data[b.len - 4] = 0x7F; /* ones are no code here */
    img = warned(&b, "图像数据有损坏", "damaged picture data");
    image_clear(&img);
    b.data[b.len - 4] = 0;
    buffer_add(&part, b.data, b.len - 4); /* two bytes too few, and then the end */
    buffer_add(&part, "\xFF\xD9", 2);
    img = warned(&part, "图像数据有损坏", "damaged picture data");
    image_clear(&img);
    part.len -= 2;
    buffer_add(&part, "\0\0\0\0\0\0\0\0\xFF\xD9", 10); /* and too many */
    img = warned(&part, "图像数据有损坏", "damaged picture data");
    image_clear(&img);
    buffer_clear(&part);
    buffer_clear(&b);
}

static void a_thumbnail_is_not_taken_for_the_picture(void **state)
{
    (void)state;
    struct buffer exif = tiff(true, 8, 3, 3, 8);
    struct buffer thumbnail = jpeg((struct parts){.components = 1, .width = 5, .height = 7});
    buffer_add(&exif, thumbnail.data, thumbnail.len);
    struct media_image img =
        accepted((struct parts){.components = 3, .exif = exif.data, .exif_len = exif.len});
    assert_int_equal(img.components, 3); /* and accepted() saw 20 x 30 */
    assert_int_equal(img.orientation, 8);
    /* Cut behind the thumbnail, nothing of it is used either. */
    struct buffer b =
        jpeg((struct parts){.components = 3, .exif = exif.data, .exif_len = exif.len});
    b.len = 2 + 4 + 6 + exif.len;
    refused(&b, "不完整", "cut short");
    buffer_clear(&b);
    buffer_clear(&thumbnail);
    buffer_clear(&exif);
}

static void bytes_behind_the_end_are_not_ours(void **state)
{
    (void)state;
    struct buffer second = jpeg((struct parts){.components = 1, .width = 5});
    accepted((struct parts){
        .components = 3, .behind = (char *)second.data, .behind_len = second.len}); /* MPF */
    accepted((struct parts){.components = 3, .behind = "garbage", .behind_len = 7});
    accepted((struct parts){.components = 3, .behind = "\xFF", .behind_len = 1});
    buffer_clear(&second);
}

static void k3_02_cmyk_is_inverted_only_when_adobe_marked_it(void **state)
{
    (void)state;
    assert_true(accepted((struct parts){.components = 4, .app14 = adobe}).inverted_cmyk);
    static const char *const others[] = {NULL, "Ducky\0\0\0\0\0\0"};
    for (size_t i = 0; i < 2; i++) { /* readers differ, which is told */
        struct buffer b = jpeg((struct parts){.components = 4, .app14 = others[i]});
        struct media_image img =
            warned(&b, "没有写明 0 是满墨还是无墨", "0 is no ink or all of it");
        assert_false(img.inverted_cmyk);
        image_clear(&img);
        buffer_clear(&b);
    }
    assert_false(accepted((struct parts){.components = 3, .app14 = adobe}).inverted_cmyk);
}

static void marks_that_differ_about_the_colours_are_warned_of(void **state)
{
    (void)state;
    static const char rgb[12] = "Adobe\0\x64", ycc[12] = "Adobe\0\x64\0\0\0\0\x01",
                      jfif[14] = "JFIF\0\1\1";
    struct buffer b = jpeg((struct parts){.components = 3, .app0 = jfif, .app14 = rgb});
    struct media_image img = warned(&b, "JFIF 与 Adobe 标记不一致", "JFIF and Adobe marks differ");
    image_clear(&img);
    buffer_clear(&b);
    /* each alone, both of one mind, and grey */
    img = accepted((struct parts){.components = 3, .app14 = rgb});
    img = accepted((struct parts){.components = 3, .app0 = jfif});
    img = accepted((struct parts){.components = 3, .app0 = jfif, .app14 = ycc});
    img = accepted((struct parts){.components = 1, .app0 = jfif, .app14 = rgb});
}

static void k3_04_absurd_densities_are_none(void **state)
{
    (void)state;
    static const struct {
        unsigned unit, x, y;
        double dpi;
    } cases[] = {
        {1, 300, 300, 300},    {2, 118, 118, 299.72}, {1, 10, 10, 10},
        {1, 2400, 2400, 2400}, {2, 4, 4, 10.16},      {2, 3, 3, 0},
        {1, 0, 0, 0},          {1, 1, 1, 0},          {1, 65535, 65535, 0},
        {2, 0, 0, 0},          {2, 1, 1, 0},          {2, 65535, 65535, 0},
        {1, 300, 0, 0},        {1, 2401, 300, 0},     {0, 1, 1, 0},
        {0, 300, 300, 0}, /* only a ratio */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char app0[14] = "JFIF\0\1\2";
        app0[7] = (char)cases[i].unit;
        app0[8] = (char)(cases[i].x >> 8);
        app0[9] = (char)cases[i].x;
        app0[10] = (char)(cases[i].y >> 8);
        app0[11] = (char)cases[i].y;
        struct media_image img = accepted((struct parts){.components = 1, .app0 = app0});
        assert_true(img.dpi_x > cases[i].dpi - 0.01 && img.dpi_x < cases[i].dpi + 0.01);
    }
}

static void what_printers_cannot_draw_is_refused(void **state)
{
    (void)state;
    static const unsigned frames[] = {0xC3, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9,
                                      0xCA, 0xCB, 0xCD, 0xCE, 0xCF};
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        not_accepted((struct parts){.components = 3, .frame = frames[i]}, "特殊的 JPEG",
                     "special JPEG");
    not_accepted((struct parts){.components = 1, .frame = 0xC1, .precision = 12}, "12 位",
                 "12 bits");
    not_accepted((struct parts){.components = 3, .no_dqt = true}, "缺少解码用的表",
                 "lacks the tables");
    not_accepted((struct parts){.components = 3, .no_dht = true}, "缺少解码用的表",
                 "lacks the tables");
}

/* Two of libjpeg's limits: whole steps, and ten blocks in a unit of a scan. */
static void what_is_sampled_beyond_libjpeg_is_refused(void **state)
{
    (void)state;
    static const char *const good[] = {"\x22\x11\x11", "\x41\x11\x11", "\x31\x11\x31",
                                       "\x42\x11\x11", "\x11\x22\x11"};
    static const char *const bad[] = {"\x31\x21\x11", "\x13\x12\x11", "\x22\x22\x22",
                                      "\x33\x11\x11", "\x44\x44\x44"};
    for (size_t i = 0; i < 5; i++) {
        struct buffer b = jpeg((struct parts){.components = 3, .sampling = good[i]});
        struct diag d = {0};
        struct media_image img;
        assert_true(load(&img, &b, &d));
        image_clear(&img);
        buffer_clear(&b);
        diag_clear(&d);
        for (unsigned frame = 0xC0; frame <= 0xC2; frame += 2)
            not_accepted((struct parts){.components = 3, .sampling = bad[i], .frame = frame},
                         "取样方式特殊的 JPEG", "sampled in a special way");
    }
    struct media_image grey = accepted((struct parts){.components = 1, .sampling = "\x44"});
    image_clear(&grey);
}

static void k3_07_a_jpeg_without_a_picture_is_refused(void **state)
{
    (void)state;
    not_accepted((struct parts){.components = 3, .width = -1}, "没有写明宽和高",
                 "does not say how wide");
    not_accepted((struct parts){.components = 3, .height = -1}, "没有写明宽和高",
                 "does not say how wide");
    not_accepted((struct parts){.components = 3, .height = -1, .dnl = true}, "另存为普通",
                 "ordinary");
    not_accepted((struct parts){.components = 3, .no_scan = true}, "没有图像", "no picture");
    not_accepted((struct parts){.components = 3, .no_data = true}, "没有图像", "no picture");
    not_accepted((struct parts){.components = 3, .two_frames = true}, "已损坏", "damaged");
    struct buffer b = {0};
    buffer_add(&b, "\xFF\xD8\xFF\xD9", 4);
    refused(&b, "没有图像", "no picture");
    b.len = 3;
    refused(&b, "不完整", "cut short");
    buffer_clear(&b);
    buffer_add(&b, "\xFF\xD8\xFF\xDA\0\x08\1\1\0\0\x3F\0\x11\xFF\xD9",
               15); /* a scan before any frame */
    refused(&b, "已损坏", "damaged");
    buffer_clear(&b);
}

static void tables_and_scans_that_cannot_be_are_refused(void **state)
{
    (void)state;
    accepted((struct parts){.components = 1, .frame = 0xC2});
    not_accepted((struct parts){.components = 1, .frame = 0xC2, .first = 1}, "已损坏", "damaged");
    not_accepted((struct parts){.components = 1, .frame = 0xC2, .first = 64}, "已损坏", "damaged");
    struct buffer b = jpeg((struct parts){.components = 1});
    unsigned char *table = NULL;
    for (size_t i = 0; i + 1 < b.len && !table; i++)
        if (b.data[i] == 0xFF && b.data[i + 1] == 0xC4)
            table = b.data + i;
    assert_non_null(table);
    unsigned char *counts = table + 5;
    counts[0] = 2; /* codes of one bit, one of them nothing but ones */
    refused(&b, "已损坏", "damaged");
    counts[0] = 0; /* and now the table is too long for none */
    refused(&b, "已损坏", "damaged");
    counts[0] = 1;
    counts[16] = 16; /* a difference of 16 bits */
    refused(&b, "已损坏", "damaged");
    counts[16] = counts[0] = 0;
    counts[7] = 255; /* more symbols than there are bytes */
    refused(&b, "已损坏", "damaged");
    buffer_clear(&b);
}

/* A scan that names a component twice instead of the third, or one that is not in the frame. */
static void a_component_without_a_scan_is_missed(void **state)
{
    (void)state;
    struct buffer b = jpeg((struct parts){.components = 3});
    unsigned char *scan = NULL;
    for (size_t i = 0; i + 1 < b.len && !scan; i++)
        if (b.data[i] == 0xFF && b.data[i + 1] == 0xDA)
            scan = b.data + i;
    assert_non_null(scan);
    scan[9] = 1; /* the third is scanned no more, the first twice */
    refused(&b, "已损坏", "damaged");
    scan[9] = 9;
    refused(&b, "已损坏", "damaged");
    not_accepted((struct parts){.components = 3, .in_scan = 2}, "没有图像", "no picture");
    buffer_clear(&b);
}

/* Components of one number are told apart by their order, as libjpeg does. */
static void components_of_one_number_are_accepted(void **state)
{
    (void)state;
    struct parts parts = {.components = 3, .same_ids = true};
    accepted(parts);
    parts.frame = 0xC2;
    accepted(parts);
}

/* Every cut must be refused, and no changed byte may lead outside (sanitizers watch). */
static void k3_07_cut_and_changed_jpegs_do_no_harm(void **state)
{
    (void)state;
    struct buffer exif = tiff(false, 8, 3, 3, 6);
    struct parts parts = {.components = 3, .exif = exif.data, .exif_len = exif.len, .fill = true};
    struct buffer b = jpeg(parts);
    for (size_t cut = 3; cut < b.len - 2; cut++) {
        struct buffer part = {.data = malloc(cut), .len = cut, .cap = cut};
        memcpy(part.data, b.data, cut);
        refused(&part, "请重新导出或扫描", "again");
        free(part.data);
    }
    size_t sound = 0;
    for (size_t i = 3; i < b.len; i++) {
        for (int k = 0; k < 256; k++) {
            unsigned char saved = b.data[i];
            struct media_image img;
            struct diag d = {0};
            b.data[i] = (unsigned char)k;
            if (probe(&img, &b, &d))
                sound++;
            else
                assert_int_equal(d.n, 1);
            image_clear(&img);
            diag_clear(&d);
            b.data[i] = saved;
        }
    }
    assert_true(sound > b.len); /* most bytes may be anything */
    buffer_clear(&b);
    buffer_clear(&exif);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_jpegs_of_all_colours_are_accepted),
        cmocka_unit_test(k3_01_all_exif_orientations_turn_the_picture_upright),
        cmocka_unit_test(k3_01_hostile_exif_says_nothing),
        cmocka_unit_test(k3_09_the_first_exif_block_that_says_one_decides),
        cmocka_unit_test(k3_09_an_orientation_that_is_none_is_named),
        cmocka_unit_test(stray_bytes_between_segments_are_left_out),
        cmocka_unit_test(stray_bytes_may_be_the_first),
        cmocka_unit_test(components_of_one_number_are_accepted),
        cmocka_unit_test(an_end_that_is_not_marked_is_marked),
        cmocka_unit_test(damaged_picture_data_are_warned_of),
        cmocka_unit_test(a_thumbnail_is_not_taken_for_the_picture),
        cmocka_unit_test(bytes_behind_the_end_are_not_ours),
        cmocka_unit_test(k3_02_cmyk_is_inverted_only_when_adobe_marked_it),
        cmocka_unit_test(marks_that_differ_about_the_colours_are_warned_of),
        cmocka_unit_test(k3_04_absurd_densities_are_none),
        cmocka_unit_test(what_printers_cannot_draw_is_refused),
        cmocka_unit_test(what_is_sampled_beyond_libjpeg_is_refused),
        cmocka_unit_test(k3_07_a_jpeg_without_a_picture_is_refused),
        cmocka_unit_test(tables_and_scans_that_cannot_be_are_refused),
        cmocka_unit_test(a_component_without_a_scan_is_missed),
        cmocka_unit_test(k3_07_cut_and_changed_jpegs_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
