/* test_media.c - what a file is, and that only what lies in the input's directory is opened. */
#define _GNU_SOURCE /* renameat2 */
#include "test_media.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* All of them, less the end of the string. */
#define BYTES(text) sizeof(text) - 1, text

static void k3_05_other_kinds_are_named_with_what_to_do(void **state)
{
    (void)state;
    static const struct {
        enum media_type type;
        size_t len;
        const char *bytes, *zh, *en;
    } cases[] = {
        {MEDIA_WEBP, BYTES("RIFF\x24\0\0\0WEBPVP8 "), "WebP 图片，请导出为 JPG",
         "is a WebP picture: export it as JPG"},
        {MEDIA_HEIC,
         BYTES("\0\0\0\x10"
               "ftypheic\0\0\0\0"),
         "苹果手机", "an iPhone HEIC photo: export it as JPG"},
        {MEDIA_HEIC,
         BYTES("\0\0\0\x14"
               "ftypmif1\0\0\0\0heic"),
         "HEIC", "HEIC"},
        {MEDIA_HEIC,
         BYTES("\0\0\0\x10"
               "ftyphevx\0\0\0\0"),
         "HEIC", "HEIC"},
        {MEDIA_AVIF,
         BYTES("\0\0\0\x10"
               "ftypavif\0\0\0\0"),
         "AVIF", "AVIF"},
        {MEDIA_AVIF,
         BYTES("\0\0\0\x18"
               "ftypmif1\0\0\0\0miafavif"),
         "AVIF", "AVIF"},
        {MEDIA_MOVIE,
         BYTES("\0\0\0\x10"
               "ftypqt  \0\0\0\0"),
         "视频", "a video"},
        {MEDIA_MOVIE,
         BYTES("\0\0\0\x10"
               "ftypisom\0\0\0\0"),
         "视频", "a video"},
        {MEDIA_GIF, BYTES("GIF89a"), "GIF", "GIF"},
        {MEDIA_TIFF, BYTES("II*\0"), "TIFF", "TIFF"},
        {MEDIA_TIFF, BYTES("MM\0+"), "TIFF", "TIFF"},
        {MEDIA_BMP, BYTES("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"), "BMP", "BMP"},
        {MEDIA_JP2, BYTES("\0\0\0\x0CjP  \r\n\x87\n"), "JPEG 2000", "JPEG 2000"},
        {MEDIA_HTML, BYTES(" <!DOCTYPE html>"), "网页，多半是", "a web page"},
        {MEDIA_HTML, BYTES("\xEF\xBB\xBF\r\n<html lang"), "重新下载", "download it again"},
        {MEDIA_HTML, BYTES("<html><body>%PDF-1.4</b"), "网页", "a web page"},
        {MEDIA_HTML, BYTES("<!-- 404 --><head><title>"), "网页", "a web page"},
        {MEDIA_ZIP,
         BYTES("PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0a.jpgxxxxx"),
         "解压", "unpack"},
        {MEDIA_OFD,
         BYTES("PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x07\0\0\0OFD.xmlxxx"),
         "OFD", "OFD"},
        {MEDIA_DOCX,
         BYTES("PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0[Content_Types]."
               "xmlxxxxxxxxxxxx"),
         "Office", "Office"},
        {MEDIA_DOC, BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "WPS", "WPS"},
        {MEDIA_RAR, BYTES("Rar!\x1A\x07\x01"), "解压", "unpack"},
        {MEDIA_RAR, BYTES("7z\xBC\xAF\x27\x1C"), "解压", "unpack"},
        {MEDIA_CAJ, BYTES("CAJ\0"), "CAJ", "CAJ"},
        {MEDIA_PDF, BYTES("%PDF-1.4"), "PDF 文件，请导出为 JPG", "is a PDF: export it as JPG"},
        {MEDIA_CAJ, BYTES("HN\x90\x01"), "CAJ", "CAJ"},
        {MEDIA_CEB, BYTES("Founder CEB 3.0"), "CEB 版式", "CEB"},
        {MEDIA_JP2, BYTES("\xFF\x4F\xFF\x51"), "JPEG 2000", "JPEG 2000"},
        {MEDIA_JXL, BYTES("\xFF\x0A\x10"), "JPEG XL", "JPEG XL"},
        {MEDIA_JXL, BYTES("\0\0\0\x0CJXL \r\n\x87\n"), "JPEG XL", "JPEG XL"},
        {MEDIA_PSD, BYTES("8BPS\0\1"), "Photoshop", "Photoshop"},
        {MEDIA_SVG, BYTES("<svg a='b'"), "SVG", "an SVG drawing: export it as JPG"},
        {MEDIA_SVG, BYTES("<?xml version='1.0'?>\n<!DOCTYPE svg><svg"), "SVG", "SVG"},
        {MEDIA_HTML, BYTES("<?xml version='1.0'?>\n<html xmlns=>"), "网页", "a web page"},
        {MEDIA_RAW,
         BYTES("\0\0\0\x18"
               "ftypcrx \0\0\0\1crx isom"),
         "原始照片", "raw photo"},
        {MEDIA_AUDIO,
         BYTES("\0\0\0\x10"
               "ftypM4A \0\0\0\0"),
         "录音", "a sound recording"},
        {MEDIA_AUDIO, BYTES("RIFF\0\0\0\0WAVE"), "录音", "a sound recording"},
        {MEDIA_MOVIE, BYTES("RIFF\0\0\0\0AVI "), "视频", "a video"},
        {MEDIA_RTF, BYTES("{\\rtf1 a}"), "RTF 文档", "an RTF document"},
        {MEDIA_ODF,
         BYTES("PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0mimetypeapplicati"
               "on/"
               "vnd.oasis.opendocument.text"),
         "OpenDocument", "OpenDocument"},
        {MEDIA_DJVU, BYTES("AT&TFORM"), "DjVu", "DjVu"},
        {MEDIA_PS, BYTES("%!PS-Adobe"), "PostScript", "PostScript"},
        {MEDIA_DWG, BYTES("AC1027\0\0"), "AutoCAD 图纸", "an AutoCAD drawing"},
        {MEDIA_DXF, BYTES("  0\r\nSECTION\r\n  2\r\nHEA"), "DXF 图纸", "a DXF drawing: export"},
        {MEDIA_DXF, BYTES("999\nby somebody\n0\nSECTION\n2\nHE"), "DXF 图纸", "a DXF drawing"},
        {MEDIA_DXF, BYTES("AutoCAD Binary DXF\r\n\x1A\0"), "DXF 图纸", "a DXF drawing"},
        {MEDIA_XPS,
         BYTES("PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0[Content_Types]."
               "xmlxxFixedDocSeq.fdseq"),
         "XPS 版式", "an XPS document"},
        {MEDIA_JXR, BYTES("II\xBC\1\x20\0\0\0"), "JPEG XR", "a JPEG XR picture: export"},
        {MEDIA_ICO, BYTES("\0\0\1\0\2\0\x10\x10\0\0\1\0\x20\0\x68\4\0\0\x26\0\0\0\0\0"), "图标",
         "an icon"},
        {MEDIA_TGA, BYTES("\0\0\2\0\0\0\0\0\0\0\0\0\x3C\0\x28\0\x18\x20\0\0"), "TGA",
         "a TGA picture: export"},
        {MEDIA_METAFILE,
         BYTES("\1\0\0\0\x6C\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0 "
               "EMF\0\0\1"),
         "矢量图", "an EMF or WMF drawing: export"},
        {MEDIA_METAFILE, BYTES("\xD7\xCD\xC6\x9A\0\0\0\0"), "矢量图", "an EMF or WMF"},
        {MEDIA_METAFILE, BYTES("\1\0\x09\0\0\3\x10\0"), "矢量图", "an EMF or WMF"},
        {MEDIA_EXECUTABLE, BYTES("MZ\x90\0\3\0\0\0"), "是程序", "a program"},
        {MEDIA_EXECUTABLE,
         BYTES("\x7F"
               "ELF\2\1\1\0"),
         "是程序", "a program"},
        {MEDIA_TEXT, BYTES("MZ hello"), "是纯文本", "is plain text"},
        {MEDIA_TEXT, BYTES("0\n1\n2\n3\n4\n5"), "是纯文本", "is plain text"},
        {MEDIA_MAIL, BYTES("Subject: a\r\nMIME-Version: 1.0"), "邮件", "a mail"},
        {MEDIA_ARCHIVE, BYTES("\x1F\x8B\x08\0"), "解压", "unpack"},
        {MEDIA_SHORTCUT, BYTES("L\0\0\0\1\x14\2\0"), "快捷方式，请引用它指向的",
         "the file that it leads to"},
        {MEDIA_SHORTCUT, BYTES("[InternetShortcut]\r\n"), "快捷方式", "a shortcut"},
        {MEDIA_COMPANION, BYTES("\0\5\x16\7\0\2\0\0"), "没有“._”的", "no '._' before it"},
        {MEDIA_TEXT, BYTES("hello"), "是纯文本", "is plain text"},
        {MEDIA_TEXT, BYTES("BMW 电话"), "是纯文本", "is plain text"},
        {MEDIA_TEXT, BYTES("\xFF\xFEx\0"), "是纯文本", "is plain text"},
        {MEDIA_UNKNOWN, BYTES("he\0lo"), "内容无法识别", "is of no known kind"},
        {MEDIA_EMPTY, BYTES(""), "空文件，请重新", "is empty: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer b = {0};
        buffer_add(&b, cases[i].bytes, cases[i].len);
        assert_int_equal(media_sniff(b.data, b.len), cases[i].type);
        assert_true(strlen(media_type_name(cases[i].type)) > 2);
        refused(&b, cases[i].zh, cases[i].en);
        /* The first bytes may be cut anywhere; sanitizers watch. */
        for (size_t cut = 0; cut < b.len; cut++) {
            unsigned char *exact = malloc(cut + 1);
            memcpy(exact, cases[i].bytes, cut);
            exact = realloc(exact, cut ? cut : 1);
            media_sniff(exact, cut);
            free(exact);
        }
        buffer_clear(&b);
    }
}

/* A directory with what the tests cite, made anew for each test. */
struct tree {
    struct arena arena;
    char *outside, *dir; /* dir lies in outside */
    struct diag diag;
};

static char *join(struct tree *t, const char *dir, const char *name)
{
    return arena_printf(&t->arena, "%s/%s", dir, name);
}

static void make(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static int tree_new(void **state)
{
    struct tree *t = mem_alloc(1, sizeof *t);
    t->outside = arena_strdup(&t->arena, "/tmp/shenbao-media-XXXXXX");
    assert_non_null(mkdtemp(t->outside));
    t->dir = join(t, t->outside, "batch");
    assert_int_equal(mkdir(t->dir, 0700), 0);
    assert_int_equal(mkdir(join(t, t->dir, "scans"), 0700), 0);
    make(join(t, t->dir, "f"), "GIF8 inside");
    make(join(t, t->dir, "scans/g"), "GIF8 deeper");
    make(join(t, t->outside, "secret"), "GIF8 outside");
    *state = t;
    return 0;
}

static int tree_free(void **state)
{
    struct tree *t = *state;
    int status = system(arena_printf(&t->arena, "rm -r %s", t->outside));
    arena_free(&t->arena);
    diag_clear(&t->diag);
    free(t);
    return status;
}

static void link_to(struct tree *t, const char *target, const char *name)
{
    assert_int_equal(symlink(target, join(t, t->dir, name)), 0);
}

static void opens(struct tree *t, const char *href, const char *text)
{
    struct media_file m;
    if (!media_open(&m, t->dir, href, NULL, &where, &t->diag))
        fail_msg("%s", t->diag.list[0].text[LANGUAGE_EN]);
    assert_ptr_equal(m.href, href);
    assert_int_equal(m.type, MEDIA_GIF);
    assert_int_equal(m.size, strlen(text));
    assert_memory_equal(m.data, text, m.size);
    media_close(&m);
    assert_null(m.data);
}

static void not_opened(struct tree *t, const char *href, const char *zh, const char *en)
{
    struct media_file m;
    assert_false(media_open(&m, t->dir, href, NULL, &where, &t->diag));
    assert_null(m.data);
    found(&t->diag, SEVERITY_ERROR, zh, en);
}

static void k3_05_a_suffix_may_lie(void **state)
{
    struct tree *t = *state;
    static const struct {
        const char *name, *bytes;
        enum media_type type;
        const char *en; /* what image_probe says about it */
    } cases[] = {
        {"photo.png", "\xFF\xD8\xFF\xD9", MEDIA_JPEG, "has no picture in it"},
        {"photo.jpg", "\x89PNG\r\n\x1A\n", MEDIA_PNG, "is cut short"},
        {"web.jpg", "RIFF\x24\x24\x24\x24WEBPVP8 ", MEDIA_WEBP, "is a WebP picture"},
        {"phone.jpg",
         "\x24\x24\x24\x24"
         "ftypheic",
         MEDIA_HEIC, "is an iPhone HEIC photo"},
        {"scan.jpg", "scanner line\n%PDF-1.7\n", MEDIA_PDF, "is a PDF"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct media_file m;
        struct media_image img;
        make(join(t, t->dir, cases[i].name), cases[i].bytes);
        assert_true(media_open(&m, t->dir, cases[i].name, NULL, &where, &t->diag));
        assert_int_equal(m.type, cases[i].type);
        assert_false(image_probe(&img, &m, NULL, &where, &t->diag));
        found(&t->diag, SEVERITY_ERROR, cases[i].name, cases[i].en);
        media_close(&m);
    }
}

static void files_are_opened_by_relative_paths_and_links_inside(void **state)
{
    struct tree *t = *state;
    link_to(t, "f", "to-f");
    link_to(t, "to-f", "to-to-f");
    link_to(t, "scans", "images");
    link_to(t, "../f", "scans/up");
    link_to(t, "../batch/f", "round"); /* leaves and comes back: refused below */
    opens(t, "f", "GIF8 inside");
    opens(t, "./scans//g", "GIF8 deeper");
    opens(t, "scans/../f", "GIF8 inside");
    opens(t, "to-to-f", "GIF8 inside");
    opens(t, "images/g", "GIF8 deeper");
    opens(t, "images/up", "GIF8 inside");
    opens(t, "images/../scans/./up", "GIF8 inside");
    not_opened(t, "round", "文件夹", "leaves the input's directory");
}

static void files_outside_the_directory_are_refused(void **state)
{
    struct tree *t = *state;
    link_to(t, "../secret", "climbs");
    link_to(t, join(t, t->outside, "secret"), "absolute");
    link_to(t, join(t, t->dir, "f"), "absolute-inside");
    link_to(t, "..", "parent");
    link_to(t, "/", "root");
    link_to(t, "loop", "loop");
    link_to(t, "nowhere", "dangling");
    static const char *const outside[] = {
        "../secret",       "scans/../../secret", "/etc/passwd",    "climbs",          "absolute",
        "absolute-inside", "parent/secret",      "parent/batch/f", "root/etc/passwd", "..",
        "scans/../..",
    };
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        not_opened(t, outside[i], "数据文件所在的文件夹", "the input's directory");
    not_opened(t, "none", "找不到", "cannot be found");
    not_opened(t, "none/f", "找不到", "cannot be found");
    not_opened(t, "dangling", "找不到", "cannot be found");
    not_opened(t, "loop", "链接", "links");
    not_opened(t, "f/g", "不是文件夹", "is no folder");
    not_opened(t, "f/", "不是文件夹", "is no folder");
}

static void what_is_no_file_is_named_and_never_waited_for(void **state)
{
    struct tree *t = *state;
    assert_int_equal(mkfifo(join(t, t->dir, "fifo"), 0600), 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", t->dir);
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(s, (struct sockaddr *)&address, sizeof address), 0);
    alarm(20);
    not_opened(t, "", "没有写文件名", "names no file");
    not_opened(t, ".", "是文件夹", "is a folder");
    not_opened(t, "scans", "是文件夹", "is a folder");
    not_opened(t, "scans/", "是文件夹", "is a folder");
    not_opened(t, "scans/..", "是文件夹", "is a folder");
    not_opened(t, "fifo", "管道", "a pipe");
    not_opened(t, "socket", "套接字", "a socket");
    alarm(0);
    close(s);
    struct media_file m;
    assert_false(media_open(&m, "/dev", "null", NULL, &where, &t->diag));
    found(&t->diag, SEVERITY_ERROR, "设备", "a device");
    assert_false(media_open(&m, "/none/at/all", "f", NULL, &where, &t->diag));
    found(&t->diag, SEVERITY_ERROR, "找不到", "cannot be found");
}

static void names_of_any_kind_make_one_line_of_message(void **state)
{
    struct tree *t = *state;
    make(join(t, t->dir, "a\nb"), "GIF8 newline");
    opens(t, "a\nb", "GIF8 newline");
    not_opened(t, "x\nbatch.xml:1: error: \x1B[31m", "x\\x0Abatch", "x\\x0Abatch");
    not_opened(t, "\xFF\xFE", "\\xFF\\xFE", "\\xFF\\xFE");
    not_opened(t, "a\xE2\x80\xAEgpj.b", "a\\u202Egpj.b", "a\\u202Egpj.b");
    char longest[300], deep[9000];
    memset(longest, 'x', sizeof longest);
    longest[255] = '\0';
    make(join(t, t->dir, longest), "GIF8 long");
    opens(t, longest, "GIF8 long");
    memset(longest, 'y', sizeof longest);
    longest[299] = '\0';
    not_opened(t, longest, "名称过长", "too long");
    for (size_t i = 0; i + 1 < sizeof deep; i += 2)
        memcpy(deep + i, "./", 2);
    strcpy(deep + 8000, "f");
    opens(t, deep, "GIF8 inside");
    for (size_t i = 0; i + 2 < 8000; i += 2)
        memcpy(deep + i, "n/", 2);
    not_opened(t, deep, "找不到", "cannot be found");
}

static void deep_folders_are_followed_to_a_limit(void **state)
{
    struct tree *t = *state;
    char *path = "";
    for (int i = 0; i < 40; i++) {
        path = arena_printf(&t->arena, "%sd/", path);
        assert_int_equal(mkdir(join(t, t->dir, path), 0700), 0);
        if (i == 20)
            make(join(t, t->dir, arena_printf(&t->arena, "%sf", path)), "GIF8 20");
    }
    make(join(t, t->dir, arena_printf(&t->arena, "%sf", path)), "GIF8 40");
    char *twenty = arena_strndup(&t->arena, path, 42);
    opens(t, arena_printf(&t->arena, "%sf", twenty), "GIF8 20");
    not_opened(t, arena_printf(&t->arena, "%sf", path), "层", "deep");
}

static void a_file_is_held_to_its_limit(void **state)
{
    struct tree *t = *state;
    struct media_limits tight = {.bytes = 10}, exact = {.bytes = 11};
    struct media_file m;
    assert_false(media_open(&m, t->dir, "f", &tight, &where, &t->diag));
    found(&t->diag, SEVERITY_ERROR, "11 B，超过上限 10 B", "11 B, more than the limit of 10 B");
    assert_true(media_open(&m, t->dir, "f", &exact, &where, &t->diag));
    media_close(&m);
    /* Sparse, so that it costs no disk: refused by its length alone. */
    assert_int_equal(truncate(join(t, t->dir, "f"), (off_t)1 << 40), 0);
    not_opened(t, "f", "超过上限 64.0 MB", "more than the limit of 64.0 MB");
    make(join(t, t->dir, "p"), "%PDF-1.4\n");
    assert_int_equal(truncate(join(t, t->dir, "p"), (off_t)1 << 40), 0);
    not_opened(t, "p", "超过上限 512.0 MB", "more than the limit of 512.0 MB");
}

/* While another process swaps a folder for a link to the outside, over and over. */
static void a_folder_swapped_for_a_link_leads_nowhere(void **state)
{
    struct tree *t = *state;
    char *sub = join(t, t->dir, "sub"), *link = join(t, t->dir, "link");
    assert_int_equal(mkdir(sub, 0700), 0);
    make(join(t, sub, "secret"), "GIF8 inside");
    assert_int_equal(symlink("..", link), 0);
    pid_t self = getpid(), swapper = fork();
    if (swapper == 0) {
        while (getppid() == self)
            renameat2(AT_FDCWD, sub, AT_FDCWD, link, RENAME_EXCHANGE);
        _exit(0);
    }
    size_t opened = 0, refusals = 0;
    alarm(60);
    for (int i = 0; i < 20000 || opened == 0 || refusals == 0; i++) {
        struct media_file m;
        if (media_open(&m, t->dir, "sub/secret", NULL, &where, &t->diag)) {
            opened++;
            assert_memory_equal(m.data, "GIF8 inside", 11);
            media_close(&m);
        } else {
            refusals++;
            diag_clear(&t->diag);
        }
    }
    alarm(0);
    kill(swapper, SIGKILL);
    waitpid(swapper, NULL, 0);
}

int main(void)
{
#define WITH_TREE(f) cmocka_unit_test_setup_teardown(f, tree_new, tree_free)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(k3_05_other_kinds_are_named_with_what_to_do),
        WITH_TREE(k3_05_a_suffix_may_lie),
        WITH_TREE(files_are_opened_by_relative_paths_and_links_inside),
        WITH_TREE(files_outside_the_directory_are_refused),
        WITH_TREE(what_is_no_file_is_named_and_never_waited_for),
        WITH_TREE(names_of_any_kind_make_one_line_of_message),
        WITH_TREE(deep_folders_are_followed_to_a_limit),
        WITH_TREE(a_file_is_held_to_its_limit),
        WITH_TREE(a_folder_swapped_for_a_link_leads_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
