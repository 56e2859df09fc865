/* test_core.c - arena, buffer, UTF-8, findings, JSON, whole-file output, workers. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "core/buffer.h"
#include "core/finding.h"
#include "core/json.h"
#include "core/json_value.h"
#include "core/markup.h"
#include "core/options.h"
#include "core/output.h"
#include "core/parcel.h"
#include "core/processors.h"
#include "core/real_path.h"
#include "core/temporary.h"
#include "core/utf8.h"
#include "core/workers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void arena_gives_zeroed_memory_of_any_size(void **state)
{
    (void)state;
    struct arena a = {0};
    for (size_t n = 1; n < 3000000; n = n * 3 + 1) {
        unsigned char *p = arena_alloc(&a, n, 1);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        assert_int_equal(p[0] | p[n / 2] | p[n - 1], 0);
        memset(p, 0xAA, n);
    }
    assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
    int *list = NULL;
    size_t n = 0, cap = 0;
    for (int i = 0; i < 1000; i++)
        *ARENA_PUSH(&a, list, n, cap) = i;
    assert_int_equal(list[999], 999);
    arena_free(&a);
}

static void utf8_refuses_what_is_malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80",         "\xC0\xAF",         "\xE0\x80\x80",
                                      "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                                      "\xE4\xBD"};
    size_t used;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(utf8_next(bad[i], strlen(bad[i]), &used), UTF8_BAD);
        assert_int_equal(used, 1);
    }
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp += cp < 0x3000 ? 1 : 97) {
        char s[5] = {0};
        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        size_t n = utf8_put(cp, s);
        assert_int_equal(utf8_next(s, n, &used), cp);
        assert_int_equal(used, n);
    }
    assert_int_equal(utf8_count("\xF0\xAC\xB1\x96某a"), 3);
    assert_int_equal(utf8_utf16_count("\xF0\xAC\xB1\x96某a"), 4);
    assert_string_equal(utf8_block(0x2CC56), "CJK Unified Ideographs Extension E");
    assert_string_equal(utf8_block(0xFFFD), "Specials");
}

static void findings_keep_both_languages_and_their_context(void **state)
{
    (void)state;
    struct diag d = {0}, copy = {0};
    d.context = (struct diag_context){"A003", "王某某", "U01", "评审表"};
    struct finding f = {.rule = "R68", .clause = "网4", .label = "照片", .at = {"batch.xml", 31}};
    assert_false(diag_add(&d, f, "%d×%d", "%dx%d", 200, 280));
    assert_true(diag_warn(&d, (struct src_pos){0}, "警", "w"));
    diag_append(&copy, &d);
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    diag_print(&copy, LANGUAGE_ZH, out);
    finding_print(&copy.list[0], LANGUAGE_EN, out);
    fclose(out);
    assert_string_equal(text, "batch.xml:31: error: [R68（网4）] A003 王某某 照片：200×280\n"
                              "warning: A003 王某某 警\n"
                              "batch.xml:31: error: [R68（网4）] A003 王某某 照片: 200x280\n");
    free(text);
    assert_true(diag_failed(&d));
    diag_clear(&d);
    assert_false(diag_failed(&d));
    diag_clear(&copy);
}

/* A file's name, a name in the record or a value cannot forge a line or command the terminal. */
static void a_fault_that_is_noticed_twice_is_the_same_finding(void **state)
{
    const struct finding first = {.rule = "R78",
                                  .paper = "评审表",
                                  .at = {"a.xml", 3},
                                  .subject = "U+200B",
                                  .text = {"含看不见的字符", "it holds invisible characters"}};
    struct finding again = first;
    struct diag d = {0};
    (void)state;

    diag_pass(&d, &first);
    again.paper = "推荐表";
    assert_true(diag_has(&d, &again));
    again.text[LANGUAGE_ZH] = "另一句话";
    assert_true(finding_same(&first, &again)); /* the subject decides */
    again.subject = NULL;
    assert_false(finding_same(&first, &again)); /* the text does */
    again.text[LANGUAGE_ZH] = NULL;
    assert_true(finding_same(&first, &again)); /* in the language that both have */
    again.subject = "U+200C";
    assert_false(finding_same(&first, &again));
    again = first;
    again.at.line = 4;
    assert_false(diag_has(&d, &again));
    again = first;
    again.at.file = "b.xml";
    assert_false(diag_has(&d, &again));
    again = first;
    again.rule = NULL;
    assert_false(diag_has(&d, &again));
    diag_pass(&d, &again);
    diag_pass(&d, &first);
    diag_drop_repeated(&d);
    assert_int_equal(d.n, 2);
    assert_string_equal(d.list[0].paper, "评审表");
    assert_null(d.list[1].rule);
    diag_clear(&d);
}

static void a_finding_is_one_line_of_plain_text(void **state)
{
    static const char bad[] = "a\nbatch.xml:1: error: b\r\x1B[2J\x07\x7F\xC2\x9B"
                              "31m\u202E\u200B\u2028\xFF\t";
    static const char shown[] =
        "a\\x0Abatch.xml:1: error: b\\x0D\\x1B[2J\\x07\\x7F\\u009B31m\\u202E"
        "\\u200B\\u2028\\xFF\\x09";
    struct diag d = {0};
    struct finding f = {
        .rule = bad, .clause = bad, .applicant = bad, .name = bad, .label = bad, .at = {bad, 7}};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    (void)state;
    diag_add(&d, f, "%s", "%s", bad);
    finding_print(&d.list[0], LANGUAGE_EN, out);
    fclose(out);
    char *want = arena_printf(&d.arena, "%s:7: error: [%s（%s）] %s %s %s: %s\n", shown, shown,
                              shown, shown, shown, shown, shown);
    assert_string_equal(text, want);
    free(text);
    diag_clear(&d);
}

static void a_parcel_brings_back_what_was_packed(void **state)
{
    struct buffer b = {0};
    struct diag d = {.context = {"A001", "王", "U1", "评审表"}}, back = {0};
    struct arena a = {0};
    size_t len;
    (void)state;
    diag_add(&d, (struct finding){.rule = "R77", .subject = "U+4E00", .at = {"b.xml", 7}}, "%d字",
             "%d c", 3);
    diag_warn(&d, (struct src_pos){0}, "警", "w");
    pack_number(&b, 42);
    pack_text(&b, NULL);
    pack_text(&b, "");
    pack_findings(&b, &d);
    pack_bytes(&b, "x", 2);
    struct parcel p = parcel_of(&b);
    assert_int_equal(unpack_number(&p), 42);
    assert_null(unpack_text(&p, &a));
    assert_string_equal(unpack_text(&p, &a), "");
    unpack_findings(&p, &back);
    assert_string_equal(unpack_bytes(&p, &len), "x");
    assert_int_equal(len, 2);
    assert_false(p.broken);
    assert_int_equal(back.n, 2);
    assert_string_equal(back.list[0].text[LANGUAGE_EN], "3 c");
    assert_string_equal(back.list[0].paper, "评审表");
    assert_int_equal(back.list[1].severity, SEVERITY_WARNING);
    assert_true(diag_has(&back, &d.list[0]));
    d.list[0].subject = "U+4E01";
    assert_false(diag_has(&back, &d.list[0]));
    arena_free(&a);
    buffer_clear(&b);
    diag_clear(&d);
    diag_clear(&back);
}

/* Wherever its sender died, what was not sent comes out as nothing. */
static void a_parcel_cut_short_is_broken(void **state)
{
    struct buffer b = {0};
    struct diag d = {0};
    (void)state;
    diag_warn(&d, (struct src_pos){"b.xml", 7}, "警", "w");
    pack_findings(&b, &d);
    for (size_t len = 0; len < b.len; len++) {
        struct diag back = {0};
        struct parcel p = parcel_open(b.data, len);
        unpack_findings(&p, &back);
        assert_true(p.broken);
        assert_int_equal(back.n, 0);
        diag_clear(&back);
    }
    buffer_clear(&b);
    diag_clear(&d);
}

/* Names of files are bytes; what is written about them is UTF-8. */
static void bytes_that_are_no_text_are_written_visibly(void **state)
{
    struct buffer b = {0};
    struct json j = {.out = &b, .flat = true};
    (void)state;
    json_open(&j, NULL, '[');
    json_string(&j, NULL, "a\xE9\xFF\x01某\xF0\x9F\x98");
    json_close(&j, ']');
    buffer_markup(&b, "<\xE9&\n\"某>");
    buffer_putc(&b, '\0');
    assert_string_equal((char *)b.data, "[\"a\\\\xE9\\\\xFF\\u0001某\\\\xF0\\\\x9F\\\\x98\"]"
                                        "&lt;\\xE9&amp;&#10;&quot;某&gt;");
    buffer_clear(&b);
}

static void json_escapes_and_puts_commas(void **state)
{
    (void)state;
    struct buffer b = {0};
    struct json j = {.out = &b};
    json_open(&j, NULL, '{');
    json_string(&j, "a", "\"\\\n");
    json_string(&j, "left out", NULL);
    json_open(&j, "b", '[');
    json_close(&j, ']');
    json_integer(&j, "c", -3);
    json_close(&j, '}');
    buffer_putc(&b, 0);
    assert_string_equal((char *)b.data,
                        "{\n  \"a\": \"\\\"\\\\\\u000a\",\n  \"b\": [],\n  \"c\": -3\n}\n");
    buffer_clear(&b);
}

/* JSON says them in its own escapes, a page as messages do; a name of a file has none. */
static void what_nobody_can_read_is_written_by_its_code(void **state)
{
    static const char text[] = "陈\uE000\uFFFD\U0010FFFE\u200B";
    struct buffer b = {0};
    struct json j = {.out = &b, .flat = true};
    struct arena a = {0};
    (void)state;
    json_open(&j, NULL, '[');
    json_string(&j, NULL, text);
    json_close(&j, ']');
    const struct json_value *back = json_parse(&a, (char *)b.data, b.len);
    assert_non_null(back);
    assert_string_equal(back->children->text, text);
    buffer_markup_shown(&b, "<\uE000\uFFFD\n\u200B\U00020000");
    buffer_putc(&b, '\0');
    assert_string_equal((char *)b.data, "[\"陈\\ue000\\ufffd\\udbff\\udffe\u200B\"]"
                                        "&lt;\\uE000\\uFFFD&#10;\\u200B\U00020000");
    assert_string_equal(output_safe_name(&a, "陈\uE000\U000F0000\uFFFD\uFDD0某"), "陈____某");
    buffer_clear(&b);
    arena_free(&a);
}

static void output_leaves_devices_alone_and_no_half_file(void **state)
{
    (void)state;
    struct diag d = {0};
    struct stat st;
    char dir[] = "/tmp/shenbao-output-XXXXXX";
    assert_non_null(mkdtemp(dir));
    assert_false(output_write("/dev/full", "x", 1, &d));
    assert_int_equal(stat("/dev/full", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
    assert_int_equal(d.system_faults, 1);

    struct arena a = {0};
    char *deep = arena_printf(&a, "%s/a/b", dir), *file = arena_printf(&a, "%s/x.pdf", deep);
    assert_true(output_make_directory(deep, &d));
    assert_true(output_write(file, "1234", 4, &d));
    assert_true(output_write(file, "12", 2, &d));
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_size, 2);
    FILE *big = tmpfile(), *copy; /* larger than what is copied at once */
    for (int i = 0; i < 50000; i++)
        fprintf(big, "%d\n", i);
    assert_int_equal(fflush(big), 0);
    assert_true(output_copy(file, fileno(big), &d));
    assert_true(
        output_copy(file, fileno(big), &d)); /* it reads from the start whatever was read before */
    assert_non_null(copy = fopen(file, "rb"));
    rewind(big);
    for (int x, y; (x = getc(big), y = getc(copy), x == y) && x != EOF;)
        ;
    assert_true(feof(big) && feof(copy));
    fclose(copy);
    assert_false(output_copy("/dev/full", fileno(big), &d));
    fclose(big);
    assert_false(output_make_directory(file, &d));
    assert_false(output_write(arena_printf(&a, "%s/none/x.pdf", dir), "1", 1, &d));
    unlink(file);
    assert_int_equal(rmdir(deep), 0); /* no temporary was left */
    rmdir(arena_printf(&a, "%s/a", dir));
    rmdir(dir);
    arena_free(&a);
    diag_clear(&d);
}

/* Faults that only a kernel can make otherwise: these stand before the C library's own. */
static struct {
    int open_refuses;       /* a flag: openings with it fail as an old file system fails them */
    bool killed_in_write;   /* the process ends half-way through its first write */
    int directories_synced; /* counted */
    int sync_error;         /* of directories; 0: none */
    int lost_syncs;         /* of files: so many fail, once each, and the next one succeeds */
} kernel;

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = va_arg(args, mode_t); /* rubbish when none was given, and then unread */
    va_end(args);
    if (kernel.open_refuses && (flags & kernel.open_refuses) == kernel.open_refuses) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

ssize_t write(int fd, const void *data, size_t len)
{
    if (kernel.killed_in_write) {
        syscall(SYS_write, fd, data, len / 2);
        raise(SIGKILL);
    }
    return syscall(SYS_write, fd, data, len);
}

int fsync(int fd)
{
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        kernel.directories_synced++;
        errno = kernel.sync_error;
        return kernel.sync_error ? -1 : 0;
    }
    if (kernel.lost_syncs > 0) {
        kernel.lost_syncs--;
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fsync, fd);
}

/* A directory of a test's own, and paths in it. */
struct folder {
    struct arena arena;
    char *path;
    struct diag diag;
};

static struct folder folder_new(void)
{
    struct folder f = {0};
    f.path = arena_strdup(&f.arena, "/tmp/shenbao-output-XXXXXX");
    assert_non_null(mkdtemp(f.path));
    return f;
}

static char *in(struct folder *f, const char *name)
{
    return arena_printf(&f->arena, "%s/%s", f->path, name);
}

static size_t entries(const struct folder *f)
{
    size_t n = 0;
    DIR *dir = opendir(f->path);
    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n - 2;
}

/* Removes what is left (one level), and fails on findings that the test did not take. */
static void folder_end(struct folder *f)
{
    DIR *dir = opendir(f->path);
    for (struct dirent *e; (e = readdir(dir));)
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
            assert_int_equal(remove(in(f, e->d_name)), 0);
    closedir(dir);
    assert_int_equal(rmdir(f->path), 0);
    assert_int_equal(f->diag.n, 0);
    arena_free(&f->arena);
}

static void holds(const char *path, const char *text)
{
    char got[64] = {0};
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    size_t n = fread(got, 1, sizeof got - 1, in);
    fclose(in);
    assert_int_equal(n, strlen(text));
    assert_string_equal(got, text);
}

/* Takes the one finding, which must have these words and be the system's fault. */
static void found(struct folder *f, const char *zh, const char *en)
{
    assert_int_equal(f->diag.n, 1);
    assert_int_equal(f->diag.system_faults, 1);
    assert_non_null(strstr(f->diag.list[0].text[LANGUAGE_ZH], zh));
    assert_non_null(strstr(f->diag.list[0].text[LANGUAGE_EN], en));
    diag_clear(&f->diag);
}

static unsigned mode_of(const char *path)
{
    struct stat st;
    assert_return_code(stat(path, &st), errno);
    return st.st_mode & 07777;
}

static void a_new_file_is_private_and_a_replaced_one_keeps_its_mode(void **state)
{
    (void)state;
    struct folder f = folder_new();
    char *path = in(&f, "x.pdf");
    mode_t saved = umask(0);
    assert_true(output_write(path, "1", 1, &f.diag));
    umask(saved);
    assert_int_equal(mode_of(path), 0600);
    assert_return_code(chmod(path, 0640), errno);
    if (geteuid() == 0)
        assert_return_code(chown(path, (uid_t)-1, 23456), errno);
    assert_true(output_write(path, "23", 2, &f.diag));
    assert_int_equal(mode_of(path), 0640);
    struct stat st;
    assert_return_code(stat(path, &st), errno);
    if (geteuid() == 0)
        assert_int_equal(st.st_gid, 23456);
    holds(path, "23");
    assert_int_equal(entries(&f), 1);
    folder_end(&f);
}

static void put_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

/* What a process that has ended leaves under a temporary name. */
/* The process has ended; it is for the caller to reap, as who began it may forget to. */
static pid_t leave_temporary(struct folder *f)
{
    pid_t child = fork();
    if (child == 0) {
        struct arena arena = {0};
        char *name;
        int fd = temporary_create(&arena, in(f, ""), &name);
        _exit(fd >= 0 && write(fd, "half", 4) == 4 ? 0 : 1);
    }
    siginfo_t end;
    assert_int_equal(waitid(P_PID, (id_t)child, &end, WEXITED | WNOWAIT), 0);
    assert_int_equal(end.si_status, 0);
    return child;
}

static void what_a_killed_process_left_goes_with_the_next_file(void **state)
{
    (void)state;
    struct folder f = folder_new();
    char *own, *foreign = in(&f, ".shenbao-ffffffff-1.0-0"), *other = in(&f, ".shenbao-1-2-3");
    int fd = temporary_create(&f.arena, in(&f, ""), &own);
    /* of a process that had our number before us */
    char *earlier = arena_printf(&f.arena, "%.*s.1-0", (int)(strrchr(own, '.') - own), own);
    put_file(earlier, "of an earlier process");
    put_file(foreign, "of another machine");
    put_file(other, "no name of ours");
    assert_true(waitpid(leave_temporary(&f), NULL, 0) > 0);
    pid_t ended = leave_temporary(&f);
    assert_int_equal(entries(&f), 6);
    assert_true(output_write(in(&f, "x.pdf"), "1", 1, &f.diag));
    assert_int_equal(access(earlier, F_OK), -1);
    assert_int_equal(entries(&f), 4); /* ours, who live, stays, and what may be somebody's */
    assert_int_equal(access(own, F_OK), 0);
    assert_int_equal(waitpid(ended, NULL, 0), ended);
    const struct timespec old[2] = {{time(NULL) - 2 * 86400, 0}, {time(NULL) - 2 * 86400, 0}};
    assert_int_equal(utimensat(AT_FDCWD, foreign, old, 0), 0);
    assert_int_equal(utimensat(AT_FDCWD, own, old, 0), 0);
    assert_int_equal(temporary_sweep_tree(f.path), 1);
    assert_int_equal(access(foreign, F_OK), -1);
    close(fd);
    folder_end(&f);
}

static void another_users_file_gives_neither_its_owner_nor_its_mode(void **state)
{
    (void)state;
    struct folder f = folder_new();
    char *path = in(&f, "x.pdf");
    struct stat st;
    if (geteuid() != 0)
        skip();
    put_file(path, "old");
    assert_return_code(chown(path, 12345, 23456), errno);
    assert_return_code(chmod(path, 0666), errno);
    assert_true(output_write(path, "new", 3, &f.diag));
    assert_return_code(stat(path, &st), errno);
    assert_int_equal(st.st_uid, 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    holds(path, "new");
    folder_end(&f);
}

static void a_sync_that_failed_once_is_final(void **state)
{
    (void)state;
    struct folder f = folder_new();
    char *path = in(&f, "x.pdf");
    bool written;
    const struct output_file all[] = {{path, "new", 3, -1}};
    for (int way = 0; way < 4; way++) {
        put_file(path, "old");
        int file = output_temporary(path, &f.diag);
        assert_true(output_bytes(file, "new", 3));
        kernel.lost_syncs = 1;
        assert_false(way == 0   ? output_write(path, "new", 3, &f.diag)
                     : way == 1 ? output_name(path, file, &f.diag)
                     : way == 2 ? output_update(path, "new", 3, &written, &f.diag)
                                : output_update_all(all, 1, &f.diag));
        assert_int_equal(kernel.lost_syncs, 0);
        found(&f, "磁盘", "disk");
        close(file);
        holds(path, "old");
        assert_int_equal(entries(&f), 1);
    }
    folder_end(&f);
}

static void a_tree_is_written_through_no_link(void **state)
{
    (void)state;
    struct folder f = folder_new();
    char *path = in(&f, "x.pdf"), *elsewhere = in(&f, "elsewhere");
    bool written;
    const struct output_file all[] = {{path, "new", 3, -1}};
    for (int way = 0; way < 2; way++) {
        unlink(path);
        put_file(elsewhere, "old");
        assert_return_code(symlink(elsewhere, path), errno);
        assert_true(way ? output_update(path, "new", 3, &written, &f.diag)
                        : output_update_all(all, 1, &f.diag));
        holds(elsewhere, "old");
        holds(path, "new");
    }
    assert_true(output_make_folder(f.path, "a/b", &f.diag));
    assert_true(output_make_folder(f.path, "", &f.diag));
    assert_true(path_is_folder(in(&f, "a/b")));
    assert_return_code(symlink("a", in(&f, "linked")), errno);
    assert_false(output_make_folder(f.path, "linked/c", &f.diag));
    found(&f, "链接", "link");
    assert_false(path_is_folder(in(&f, "a/c")));
    assert_true(output_lies_within(f.path, "a/b"));
    assert_false(output_lies_within(f.path, "linked/b"));
    assert_return_code(rmdir(in(&f, "a/b")), errno);
    folder_end(&f);
}

static void a_folder_as_target_is_named_as_such(void **state)
{
    (void)state;
    struct folder f = folder_new();
    assert_false(output_write(f.path, "1", 1, &f.diag));
    found(&f, "文件夹", "is a folder");
    assert_false(output_write(in(&f, "none/x.pdf"), "1", 1, &f.diag));
    found(&f, "文件夹不存在", "folder does not exist");
    assert_false(output_write("", "1", 1, &f.diag));
    found(&f, "请写明文件名", "name a file");
    assert_int_equal(entries(&f), 0);
    folder_end(&f);
}

static void a_link_stays_and_what_it_points_to_is_replaced(void **state)
{
    (void)state;
    struct folder f = folder_new();
    struct stat st;
    char *inner = in(&f, "inner");
    assert_true(output_make_directory(inner, &f.diag));
    assert_true(output_write(in(&f, "inner/real.pdf"), "old", 3, &f.diag));
    assert_return_code(symlink("inner/real.pdf", in(&f, "one.pdf")), errno);
    assert_return_code(symlink("one.pdf", in(&f, "two.pdf")), errno);
    assert_true(output_write(in(&f, "two.pdf"), "new!", 4, &f.diag));
    holds(in(&f, "inner/real.pdf"), "new!");
    assert_return_code(lstat(in(&f, "two.pdf"), &st), errno);
    assert_true(S_ISLNK(st.st_mode));
    assert_return_code(lstat(in(&f, "one.pdf"), &st), errno);
    assert_true(S_ISLNK(st.st_mode));
    unlink(in(&f, "inner/real.pdf"));

    /* Both links now lead nowhere: nothing is made in their name. */
    assert_false(output_write(in(&f, "two.pdf"), "1", 1, &f.diag));
    found(&f, "链接", "a link that leads nowhere");
    assert_int_not_equal(access(in(&f, "inner/real.pdf"), F_OK), 0);
    assert_return_code(symlink("loop.pdf", in(&f, "loop.pdf")), errno);
    assert_false(output_write(in(&f, "loop.pdf"), "1", 1, &f.diag));
    found(&f, "链接", "a link that leads nowhere");
    folder_end(&f);
}

static void a_link_to_our_own_output_stays_too(void **state)
{
    (void)state;
    struct folder f = folder_new();
    struct stat st;
    char *real = in(&f, "real"), *link = in(&f, "stdout");
    assert_return_code(symlink("/proc/self/fd/1", link), errno);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int fd = open(real, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(fd, STDOUT_FILENO);
        _exit(!output_write(link, "whole", 5, &f.diag));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_return_code(lstat(link, &st), errno);
    assert_true(S_ISLNK(st.st_mode));
    holds(real, "whole");
    folder_end(&f);
}

static void the_longest_name_of_a_file_can_be_written(void **state)
{
    (void)state;
    struct folder f = folder_new();
    char name[257];
    memset(name, 'x', sizeof name - 1);
    name[256] = '\0';
    assert_false(output_write(in(&f, name), "1", 1, &f.diag));
    found(&f, "名称过长", "name is too long");
    name[255] = '\0';
    assert_true(output_write(in(&f, name), "12", 2, &f.diag));
    kernel.open_refuses = O_TMPFILE;
    assert_true(output_write(in(&f, name), "1", 1, &f.diag));
    kernel.open_refuses = 0;
    holds(in(&f, name), "1");
    assert_int_equal(entries(&f), 1);
    folder_end(&f);
}

static void a_relative_name_is_written_beside_us(void **state)
{
    (void)state;
    struct folder f = folder_new();
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_return_code(chdir(f.path), errno);
    bool ok = output_write("x.pdf", "12", 2, &f.diag);
    assert_return_code(chdir(before), errno);
    assert_true(ok);
    holds(in(&f, "x.pdf"), "12");
    folder_end(&f);
}

/* The kernel itself breaks the write off after 4096 bytes, as a full disk does. */
static void a_write_that_breaks_off_leaves_the_old_file(void **state)
{
    (void)state;
    struct folder f = folder_new();
    char *path = in(&f, "x.pdf"), *fresh = in(&f, "y.pdf"), big[10000] = {0};
    struct rlimit saved, tight;
    assert_true(output_write(path, "old", 3, &f.diag));
    getrlimit(RLIMIT_FSIZE, &saved);
    tight = (struct rlimit){4096, saved.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    for (int old_system = 0; old_system < 2; old_system++) {
        kernel.open_refuses = old_system ? O_TMPFILE : 0;
        setrlimit(RLIMIT_FSIZE, &tight);
        bool first = output_write(path, big, sizeof big, &f.diag);
        setrlimit(RLIMIT_FSIZE, &saved);
        assert_false(first);
        found(&f, "ulimit -f", "ulimit -f");
        setrlimit(RLIMIT_FSIZE, &tight);
        bool second = output_write(fresh, big, sizeof big, &f.diag);
        setrlimit(RLIMIT_FSIZE, &saved);
        assert_false(second);
        found(&f, "ulimit -f", "ulimit -f");
        holds(path, "old");
        assert_int_equal(entries(&f), 1);
    }
    kernel.open_refuses = 0;
    signal(SIGXFSZ, SIG_DFL);
    assert_false(output_write("/dev/full", "1", 1, &f.diag));
    found(&f, "磁盘已满", "the disk is full");
    folder_end(&f);
}

static void a_temporary_is_given_its_name_or_else_copied(void **state)
{
    (void)state;
    struct folder f = folder_new();
    char *path = in(&f, "x.pdf");
    struct stat was, is;
    int fd = output_temporary(path, &f.diag);
    assert_true(fd >= 0);
    assert_int_equal(entries(&f), 0); /* a kill would leave nothing */
    assert_true(output_bytes(fd, "new", 3));
    assert_true(output_name(path, fd, &f.diag));
    holds(path, "new");
    assert_int_equal(stat(path, &is) + fstat(fd, &was), 0);
    assert_int_equal(is.st_ino, was.st_ino);
    assert_int_equal(is.st_mode & 0777, 0600);
    assert_false(output_name("/dev/full", fd, &f.diag));
    found(&f, "磁盘已满", "the disk is full");
    close(fd);

    chmod(path, 0640);
    fd = output_temporary(path, &f.diag);
    assert_true(output_bytes(fd, "over", 4) && output_name(path, fd, &f.diag));
    close(fd);
    assert_int_equal(stat(path, &is), 0);
    assert_int_equal(is.st_mode & 0777, 0640);
    holds(path, "over");

    kernel.open_refuses = O_TMPFILE;
    fd = output_temporary(path, &f.diag);
    assert_int_equal(entries(&f), 1);
    assert_true(output_bytes(fd, "old way", 7) && output_name(path, fd, &f.diag));
    kernel.open_refuses = 0;
    close(fd);
    holds(path, "old way");
    assert_int_equal(entries(&f), 1);

    assert_int_equal(symlink("x.pdf", in(&f, "link.pdf")), 0);
    fd = output_temporary(in(&f, "link.pdf"), &f.diag);
    assert_true(output_bytes(fd, "led", 3) && output_name(in(&f, "link.pdf"), fd, &f.diag));
    close(fd);
    holds(path, "led");
    assert_int_equal(output_temporary(in(&f, "none/x.pdf"), &f.diag), -1);
    found(&f, "不存在", "does not exist");
    fd = output_temporary("/dev/full", &f.diag); /* where things are temporary, not in /dev */
    assert_int_equal(fstat(fd, &was) + stat("/dev", &is), 0);
    assert_true(was.st_dev != is.st_dev);
    close(fd);
    folder_end(&f);
}

static void a_kill_in_the_middle_leaves_nothing_behind(void **state)
{
    (void)state;
    struct folder f = folder_new();
    char big[10000] = {0};
    assert_true(output_write(in(&f, "x.pdf"), "old", 3, &f.diag));
    for (int fresh = 0; fresh < 2; fresh++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            kernel.killed_in_write = true;
            output_write(in(&f, fresh ? "y.pdf" : "x.pdf"), big, sizeof big, &f.diag);
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        holds(in(&f, "x.pdf"), "old");
        assert_int_equal(entries(&f), 1);
    }
    folder_end(&f);
}

static void the_folder_is_synced_after_the_name_was_given(void **state)
{
    (void)state;
    struct folder f = folder_new();
    kernel.directories_synced = 0;
    assert_true(output_write(in(&f, "x.pdf"), "1", 1, &f.diag));
    assert_int_equal(kernel.directories_synced, 1);
    kernel.sync_error = EINVAL; /* some file systems cannot, and say so */
    assert_true(output_write(in(&f, "x.pdf"), "2", 1, &f.diag));
    kernel.sync_error = EIO;
    assert_false(output_write(in(&f, "x.pdf"), "3", 1, &f.diag));
    kernel.sync_error = 0;
    found(&f, "磁盘", "disk");
    folder_end(&f);
}

static void on_alarm(int signal)
{
    (void)signal;
}

static void a_pipe_gets_all_bytes_over_interrupts(void **state)
{
    (void)state;
    enum { LEN = 3000000 };
    struct folder f = folder_new();
    char *path = in(&f, "pipe"), *bytes = arena_alloc(&f.arena, LEN, 1);
    for (size_t i = 0; i < LEN; i++)
        bytes[i] = (char)(i % 251);
    assert_return_code(mkfifo(path, 0600), errno);
    fflush(stdout);
    pid_t reader = fork();
    if (reader == 0) {
        size_t at = 0;
        alarm(60);     /* whatever happens to its writer */
        usleep(20000); /* so that already opening is interrupted */
        int fd = open(path, O_RDONLY);
        char chunk[4096];
        for (ssize_t n; (n = read(fd, chunk, sizeof chunk)) > 0; usleep(20))
            for (ssize_t i = 0; i < n; i++, at++)
                if (chunk[i] != (char)(at % 251))
                    _exit(1);
        _exit(at != LEN);
    }
    struct sigaction act = {.sa_handler = on_alarm}; /* no SA_RESTART: writes end with EINTR */
    struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &act, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    bool ok = output_write(path, bytes, LEN, &f.diag);
    setitimer(ITIMER_REAL, &never, NULL);
    signal(SIGALRM, SIG_DFL);
    assert_true(ok);
    int status;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    folder_end(&f);
}

static void an_output_that_will_not_wait_gets_all_bytes_too(void **state)
{
    (void)state;
    enum { LEN = 300000 };
    int ends[2];
    assert_return_code(pipe(ends), errno);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    fflush(stdout);
    pid_t writer = fork();
    if (writer == 0) {
        alarm(60);
        static const char bytes[LEN] = {1};
        struct diag d = {0};
        close(ends[0]);
        dup2(ends[1], STDOUT_FILENO);
        _exit(!output_write("-", bytes, LEN, &d));
    }
    close(ends[1]);
    char chunk[4096];
    size_t got = 0;
    usleep(50000); /* meanwhile the pipe fills */
    for (ssize_t n; (n = read(ends[0], chunk, sizeof chunk)) > 0;)
        got += (size_t)n;
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(writer, &status, 0), writer);
    assert_int_equal(status, 0);
    assert_int_equal(got, LEN);
}

static void names_of_files_are_safe(void **state)
{
    (void)state;
    struct arena a = {0};
    assert_string_equal(output_safe_name(&a, "../../x"), "_._.._x");
    assert_string_equal(output_safe_name(&a, "a/b"), "a_b");
    assert_string_equal(output_safe_name(&a, "CON"), "_CON");
    assert_string_equal(output_safe_name(&a, "com1.pdf"), "_com1.pdf");
    assert_string_equal(output_safe_name(&a, "-x"), "_x");
    assert_string_equal(output_safe_name(&a, ""), "_");
    assert_string_equal(output_safe_name(&a, "\xF0\xAC\xB1\x96某某"), "\xF0\xAC\xB1\x96某某");
    char lengthy[400];
    memset(lengthy, 'x', sizeof lengthy - 1);
    lengthy[sizeof lengthy - 1] = '\0';
    assert_int_equal(strlen(output_safe_name(&a, lengthy)), 200);
    arena_free(&a);
}

static void *job_begin(void *data)
{
    return data;
}

static void job_run(void *state, size_t number, struct buffer *result)
{
    (void)state;
    if (number % 10 == 3)
        raise(SIGKILL);
    buffer_printf(result, "%zu", number * number);
}

static void job_end(void *state)
{
    (void)state;
}

enum { JOBS = 100 };

/* The results of job_run, all but those it died of. */
static void check_squares(struct buffer *results)
{
    for (size_t i = 0; i < JOBS; i++) {
        char want[24];
        int len = snprintf(want, sizeof want, "%zu", i * i);
        if (i % 10 == 3) {
            assert_int_equal(results[i].len, 0);
        } else {
            assert_int_equal(results[i].len, len);
            assert_memory_equal(results[i].data, want, (size_t)len);
        }
        buffer_clear(&results[i]);
    }
}

static void a_dead_worker_costs_one_job(void **state)
{
    (void)state;
    struct buffer results[JOBS] = {{0}};
    struct workers_job job = {job_begin, job_run, job_end, results};
    assert_true(workers_run(&job, JOBS, 3, results));
    check_squares(results);
}

static void a_dead_worker_costs_one_job_though_sigchld_is_ignored(void **state)
{
    (void)state;
    struct buffer results[JOBS] = {{0}};
    struct workers_job job = {job_begin, job_run, job_end, results};
    signal(SIGCHLD, SIG_IGN);
    assert_true(workers_run(&job, JOBS, 3, results));
    signal(SIGCHLD, SIG_DFL);
    check_squares(results);
}

static void square(void *state, size_t number, struct buffer *result)
{
    (void)state;
    buffer_printf(result, "%zu", number * number);
}

static void one_process_needs_no_end(void **state)
{
    (void)state;
    struct buffer results[3] = {{0}};
    struct workers_job job = {job_begin, square, NULL, results};
    assert_true(workers_run(&job, 3, 1, results));
    assert_memory_equal(results[2].data, "4", 1);
    for (size_t i = 0; i < 3; i++)
        buffer_clear(&results[i]);
}

static void *begin_badly(void *data)
{
    (void)data;
    raise(SIGKILL);
    return NULL;
}

static void workers_that_die_at_the_start_are_not_replaced_for_ever(void **state)
{
    (void)state;
    struct buffer results[JOBS] = {{0}};
    struct workers_job job = {begin_badly, square, NULL, NULL};
    alarm(20);
    assert_true(workers_run(&job, JOBS, 3, results));
    alarm(0);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(results[i].len, 0);
}

enum { MUCH = 5000000 };

static void write_much(void *state, size_t number, struct buffer *result)
{
    (void)state;
    memset(buffer_room(result, MUCH + number), (int)number, MUCH + number);
}

static void workers_bring_large_results_whole(void **state)
{
    (void)state;
    enum { N = 12 };
    struct buffer results[N] = {{0}};
    struct workers_job job = {job_begin, write_much, NULL, results};
    assert_true(workers_run(&job, N, 3, results));
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(results[i].len, MUCH + i);
        for (size_t k = 0; k < results[i].len; k += 4093)
            assert_int_equal(results[i].data[k], i);
        buffer_clear(&results[i]);
    }
}

/* With room for so many descriptors more than are open now. */
static void limit_descriptors(rlim_t more, struct rlimit *saved)
{
    int next = dup(0);
    assert_return_code(getrlimit(RLIMIT_NOFILE, saved), errno);
    struct rlimit tight = {(rlim_t)next + more, saved->rlim_max};
    close(next);
    assert_return_code(setrlimit(RLIMIT_NOFILE, &tight), errno);
}

static void fewer_workers_than_wished_do_all_and_none_is_an_error(void **state)
{
    (void)state;
    struct buffer results[JOBS] = {{0}};
    struct workers_job job = {job_begin, job_run, job_end, results};
    struct rlimit saved;
    limit_descriptors(2, &saved); /* one pipe, and not even its successor */
    bool ok = workers_run(&job, JOBS, 3, results);
    setrlimit(RLIMIT_NOFILE, &saved);
    assert_true(ok);
    check_squares(results);

    limit_descriptors(1, &saved);
    errno = 0;
    ok = workers_run(&job, JOBS, 3, results);
    int why = errno;
    setrlimit(RLIMIT_NOFILE, &saved);
    assert_false(ok);
    assert_int_equal(why, EMFILE);
}

static void wait_long(void *state, size_t number, struct buffer *result)
{
    int *started = state;
    (void)number;
    (void)result;
    if (write(*started, "x", 1) == 1)
        sleep(60);
}

static void workers_end_with_their_parent(void **state)
{
    (void)state;
    int started[2];
    assert_return_code(pipe(started), errno);
    pid_t parent = fork();
    if (parent == 0) {
        signal(SIGINT, SIG_DFL); /* whoever runs the tests in the background has it ignored */
        struct buffer results[2] = {{0}};
        struct workers_job job = {job_begin, wait_long, NULL, &started[1]};
        close(started[0]);
        workers_run(&job, 2, 2, results);
        _exit(0);
    }
    close(started[1]);
    char c[2];
    for (size_t got = 0; got < 2; got++)
        assert_int_equal(read(started[0], c, 1), 1);
    kill(parent, SIGINT);
    /* Our reading end sees the end of the file when the last holder of the other is gone. */
    struct pollfd gone = {.fd = started[0], .events = POLLIN};
    assert_int_equal(poll(&gone, 1, 10000), 1);
    assert_int_equal(read(started[0], c, 1), 0);
    close(started[0]);
    int status;
    assert_int_equal(waitpid(parent, &status, 0), parent);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

static void do_alone(void *data, struct buffer *result)
{
    switch (*(const char *)data) {
    case 'w': /* work */
        memset(buffer_room(result, MUCH), 'w', MUCH);
        break;
    case 'd': /* die */
        buffer_puts(result, "half");
        raise(SIGSEGV);
        break;
    case 's': /* spin */
        for (volatile unsigned i = 0;; i++)
            ;
    case 'z': /* sleep: the kept cage's alone is measured by the clock, too */
        sleep(60);
        break;
    case 'b': /* as on a busy machine: within the CPU time, and beyond twice as much by the clock */
        for (clock_t part = 1; part <= 4; part++, sleep(1))
            while (clock() < part * CLOCKS_PER_SEC / 5)
                ;
        memset(buffer_room(result, MUCH), 'b', MUCH);
        break;
    case 'm': /* want memory */
        for (size_t i = 0; i < 64; i++)
            memset(buffer_room(result, 16 << 20), 'm', 16 << 20);
        break;
    }
}

static void what_is_done_alone_is_bounded(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum workers_end end;
        size_t len;
    } cases[] = {
        {"w", WORKERS_DONE, MUCH}, {"d", WORKERS_DIED, 0}, {"s", WORKERS_SLOW, 0},
        {"m", WORKERS_DIED, 0},    {"n", WORKERS_DONE, 0},
    };
    struct workers_limits limits = {.seconds = 1, .bytes = 256 << 20};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer result = {0};
        char what = cases[i].what[0];
        assert_int_equal(workers_alone(do_alone, &what, limits, &result), cases[i].end);
        assert_int_equal(result.len, cases[i].len);
        assert_true(result.len == 0 || result.data[MUCH - 1] == 'w');
        buffer_clear(&result);
    }
    struct rlimit saved;
    struct buffer result = {0};
    char what = 'w';
    limit_descriptors(1, &saved);
    assert_int_equal(workers_alone(do_alone, &what, limits, &result), WORKERS_REFUSED);
    setrlimit(RLIMIT_NOFILE, &saved);
}

static void spin(double seconds)
{
    for (clock_t end = clock() + (clock_t)(seconds * CLOCKS_PER_SEC); clock() < end;)
        ;
}

/* Each within its own limits and all together beyond them; then one that is not. */
static void do_slices(void *data, struct buffer *result)
{
    static const struct workers_limits one = {.seconds = 1, .bytes = 128 << 20};
    struct buffer held[5] = {{0}};
    for (size_t i = 0; i < 5; i++) { /* well within each, whatever else the machine is at */
        workers_slice(one);
        spin(0.25);
        memset(buffer_room(&held[i], 32 << 20), 'm', 32 << 20);
    }
    workers_slice((struct workers_limits){0}); /* what the process began with: one second */
    spin(0.2);
    memset(buffer_room(result, MUCH), 'w', MUCH);
    switch (*(const char *)data) {
    case 's':
        workers_slice(one);
        spin(2.1);
        break;
    case 'm':
        workers_slice(one);
        memset(buffer_room(&held[0], 200 << 20), 'm', 200 << 20);
        break;
    case 'r': /* the rest */
        spin(1.6);
        break;
    }
}

static void a_slice_is_bounded_by_itself(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum workers_end end;
    } cases[] = {
        {"w", WORKERS_DONE}, {"s", WORKERS_SLOW}, {"m", WORKERS_DIED}, {"r", WORKERS_SLOW}};
    const struct workers_limits limits = {.seconds = 1, .bytes = (size_t)1 << 30};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer result = {0};
        assert_int_equal(workers_alone(do_slices, (void *)cases[i].what, limits, &result),
                         cases[i].end);
        assert_int_equal(result.len, cases[i].end == WORKERS_DONE ? MUCH : 0);
        buffer_clear(&result);
    }
}

static void do_order(const void *data, const void *order, size_t len, struct buffer *result)
{
    (void)data;
    char what = *(const char *)order;
    assert_int_equal(len, 1);
    do_alone(&what, result);
}

static void a_kept_cage_outlives_good_jobs_and_is_replaced_after_bad_ones(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum workers_end end;
        bool kept; /* by the process that did the job before */
    } cases[] = {
        {"w", WORKERS_DONE, false},    {"w", WORKERS_DONE, true},  {"d", WORKERS_DIED, false},
        {"b", WORKERS_DONE, false},    {"s", WORKERS_SLOW, false}, {"m", WORKERS_DIED, false},
        {"z", WORKERS_MACHINE, false}, {"w", WORKERS_DONE, false}, {"w", WORKERS_DONE, true}};
    struct workers_limits limits = {.seconds = 1, .bytes = 256 << 20};
    struct workers_cage cage = {0};
    int before = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer result = {0};
        assert_int_equal(workers_caged(&cage, do_order, NULL, cases[i].what, 1, limits, &result),
                         cases[i].end);
        assert_int_equal(result.len, cases[i].end == WORKERS_DONE ? MUCH : 0);
        assert_int_equal(cage.pid == before, cases[i].kept);
        assert_int_equal(cage.pid != 0, cases[i].end == WORKERS_DONE);
        before = cage.pid ? cage.pid : -1;
        buffer_clear(&result);
    }
    pid_t child = fork(); /* gets a cage of its own, and leaves ours alone */
    if (child == 0) {
        struct buffer result = {0};
        _exit(workers_caged(&cage, do_order, NULL, "w", 1, limits, &result) != WORKERS_DONE ||
              cage.pid == before);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    struct buffer result = {0};
    assert_int_equal(workers_caged(&cage, do_order, NULL, "w", 1, limits, &result), WORKERS_DONE);
    assert_int_equal(cage.pid, before);
    buffer_clear(&result);
}

static void there_are_as_many_jobs_as_cores_that_we_may_use(void **state)
{
    (void)state;
    static const char *const purpose[LANGUAGE_COUNT] = {"", ""};
    const struct option_set set = {purpose, NULL, 0, OPTIONS_ALL};
    char *argv[] = {"test", "batch.xml", NULL};
    struct arena arena = {0};
    struct options o;
    cpu_set_t saved, one;

    assert_int_equal(sched_getaffinity(0, sizeof saved, &saved), 0);
    assert_int_equal(options_parse(&o, 2, argv, &set, &arena), -1);
    int most = processors_by_cgroup("/proc/self/cgroup", "/sys/fs/cgroup");
    assert_int_equal(o.jobs, CPU_COUNT(&saved) < most ? CPU_COUNT(&saved) : most);
    int first = 0;
    while (!CPU_ISSET(first, &saved))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(options_parse(&o, 2, argv, &set, &arena), -1);
    assert_int_equal(o.jobs, 1);
    assert_int_equal(sched_setaffinity(0, sizeof saved, &saved), 0);
    arena_free(&arena);
}

/* The C library remembers where within "-Yq" it has stopped. */
static void a_command_line_leaves_nothing_for_the_next(void **state)
{
    (void)state;
    static const char *const purpose[LANGUAGE_COUNT] = {"", ""};
    const struct option_set set = {purpose, NULL, 0, OPTIONS_ALL};
    char *wrong[] = {"test", "-Yq", NULL}, *right[] = {"test", "batch.xml", NULL};
    struct arena arena = {0};
    struct options o;
    assert_int_equal(options_parse(&o, 2, wrong, &set, &arena), 2);
    assert_int_equal(options_parse(&o, 2, right, &set, &arena), -1);
    assert_false(o.quiet);
    assert_int_equal(o.n_inputs, 1);
    assert_string_equal(o.inputs[0], "batch.xml");
    arena_free(&arena);
}

static void put_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* The groups of a machine that was made up, in a folder. */
static void a_container_has_the_processors_that_its_group_leaves(void **state)
{
    (void)state;
    char root[] = "/tmp/shenbao-groups-XXXXXX", path[128], own[128];
    static const struct {
        const char *own, *outer, *inner;
        int most;
    } cases[] = {{"0::/pod/box\n", "max 100000\n", "150000 100000\n", 2},
                 {"0::/pod/box\n", "100000 100000\n", "max 100000\n", 1},
                 {"0::/pod/box\n", "400000 100000\n", "50000 100000\n", 1},
                 {"0::/pod/box\n", "max 100000\n", "max 100000\n", 4 /* by memory */},
                 {"0::/elsewhere\n", "max 100000\n", "10000 100000\n", PROCESSORS_MOST}};

    assert_non_null(mkdtemp(root));
    for (const char *const *p = (const char *const[]){"/pod", "/pod/box", NULL}; *p; p++) {
        snprintf(path, sizeof path, "%s%s", root, *p);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    snprintf(own, sizeof own, "%s/own", root);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_text(own, cases[i].own);
        snprintf(path, sizeof path, "%s/pod/cpu.max", root);
        put_text(path, cases[i].outer);
        snprintf(path, sizeof path, "%s/pod/box/cpu.max", root);
        put_text(path, cases[i].inner);
        snprintf(path, sizeof path, "%s/pod/box/memory.max", root);
        put_text(path, "536870912\n");
        assert_int_equal(processors_by_cgroup(own, root), cases[i].most);
    }
    assert_int_equal(processors_by_cgroup("/nowhere", "/nowhere"), PROCESSORS_MOST);
    for (const char *const *p =
             (const char *const[]){"/pod/box/cpu.max", "/pod/box/memory.max", "/pod/box",
                                   "/pod/cpu.max", "/pod", "/own", "", NULL};
         *p; p++) {
        snprintf(path, sizeof path, "%s%s", root, *p);
        assert_int_equal(remove(path), 0);
    }
}

static void a_message_names_nobody_at_length(void **state)
{
    char name[3 * 40000 + 1] = "";
    struct buffer line = {0};
    (void)state;
    for (int i = 0; i < 40000; i++)
        memcpy(name + 3 * i, "长", 3);
    finding_write(&(struct finding){.name = name, .text = {"错", "wrong"}}, LANGUAGE_ZH, &line);
    assert_true(line.len < 300);
    buffer_putc(&line, '\0');
    assert_non_null(strstr((const char *)line.data, "长长… 错\n"));
    buffer_clear(&line);
}

/* However many there are, a message names twenty. */
static void a_message_names_the_first_of_many(void **state)
{
    struct arena a = {0};
    const char *named = NULL;
    (void)state;
    for (size_t n = 0; n < 3; n++)
        named = finding_add_name(&a, named, n, "A001");
    assert_string_equal(named, "A001、A001、A001");
    for (size_t n = 3; n < 100000; n++)
        named = finding_add_name(&a, named, n, "A001");
    assert_int_equal(strlen(named), 20 * strlen("A001、") - strlen("、") + strlen("…"));
    assert_string_equal(named + strlen(named) - strlen("、A001…"), "、A001…");
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_names_the_first_of_many),
        cmocka_unit_test(a_message_names_nobody_at_length),
        cmocka_unit_test(arena_gives_zeroed_memory_of_any_size),
        cmocka_unit_test(utf8_refuses_what_is_malformed),
        cmocka_unit_test(findings_keep_both_languages_and_their_context),
        cmocka_unit_test(a_fault_that_is_noticed_twice_is_the_same_finding),
        cmocka_unit_test(a_finding_is_one_line_of_plain_text),
        cmocka_unit_test(a_parcel_brings_back_what_was_packed),
        cmocka_unit_test(a_parcel_cut_short_is_broken),
        cmocka_unit_test(bytes_that_are_no_text_are_written_visibly),
        cmocka_unit_test(json_escapes_and_puts_commas),
        cmocka_unit_test(what_nobody_can_read_is_written_by_its_code),
        cmocka_unit_test(output_leaves_devices_alone_and_no_half_file),
        cmocka_unit_test(a_new_file_is_private_and_a_replaced_one_keeps_its_mode),
        cmocka_unit_test(a_folder_as_target_is_named_as_such),
        cmocka_unit_test(a_link_stays_and_what_it_points_to_is_replaced),
        cmocka_unit_test(a_link_to_our_own_output_stays_too),
        cmocka_unit_test(the_longest_name_of_a_file_can_be_written),
        cmocka_unit_test(a_relative_name_is_written_beside_us),
        cmocka_unit_test(a_write_that_breaks_off_leaves_the_old_file),
        cmocka_unit_test(a_temporary_is_given_its_name_or_else_copied),
        cmocka_unit_test(a_kill_in_the_middle_leaves_nothing_behind),
        cmocka_unit_test(another_users_file_gives_neither_its_owner_nor_its_mode),
        cmocka_unit_test(what_a_killed_process_left_goes_with_the_next_file),
        cmocka_unit_test(there_are_as_many_jobs_as_cores_that_we_may_use),
        cmocka_unit_test(a_command_line_leaves_nothing_for_the_next),
        cmocka_unit_test(a_container_has_the_processors_that_its_group_leaves),
        cmocka_unit_test(a_sync_that_failed_once_is_final),
        cmocka_unit_test(a_tree_is_written_through_no_link),
        cmocka_unit_test(the_folder_is_synced_after_the_name_was_given),
        cmocka_unit_test(a_pipe_gets_all_bytes_over_interrupts),
        cmocka_unit_test(an_output_that_will_not_wait_gets_all_bytes_too),
        cmocka_unit_test(names_of_files_are_safe),
        cmocka_unit_test(a_dead_worker_costs_one_job),
        cmocka_unit_test(a_dead_worker_costs_one_job_though_sigchld_is_ignored),
        cmocka_unit_test(one_process_needs_no_end),
        cmocka_unit_test(workers_that_die_at_the_start_are_not_replaced_for_ever),
        cmocka_unit_test(workers_bring_large_results_whole),
        cmocka_unit_test(fewer_workers_than_wished_do_all_and_none_is_an_error),
        cmocka_unit_test(workers_end_with_their_parent),
        cmocka_unit_test(what_is_done_alone_is_bounded),
        cmocka_unit_test(a_slice_is_bounded_by_itself),
        cmocka_unit_test(a_kept_cage_outlives_good_jobs_and_is_replaced_after_bad_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
