/* test_tree.c - what package's tree stands on: names, JSON read back, manifest and journal, the
 * lock, watched workers. */
#define _GNU_SOURCE
#include "core/digest_cache.h"
#include "core/intern.h"
#include "core/json_value.h"
#include "core/lock.h"
#include "core/manifest.h"
#include "core/names.h"
#include "core/output.h"
#include "core/spool.h"
#include "core/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* --- names --- */

static void alike_names_get_a_mark_that_does_not_depend_on_their_order(void **state)
{
    (void)state;
    static const char *const wishes[][2] = {{"Li", "1"}, {"LI", "2"},        {"王", "3"},
                                            {"é", "4"},  {"e\xCC\x81", "5"}, {"王", "6"},
                                            {"x", "7"}};
    enum { N = sizeof wishes / sizeof *wishes };
    struct arena a = {0};
    struct names one = {.arena = &a}, other = {.arena = &a};
    size_t first[N], second[N];

    for (size_t i = 0; i < N; i++)
        first[i] = names_propose(&one, wishes[i][0], wishes[i][1]);
    for (size_t i = N; i-- > 0;)
        second[i] = names_propose(&other, wishes[i][0], wishes[i][1]);
    names_settle(&one);
    names_settle(&other);
    for (size_t i = 0; i < N; i++) {
        assert_string_equal(names_get(&one, first[i]), names_get(&other, second[i]));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(names_get(&one, first[i]), names_get(&one, first[k]));
    }
    assert_string_equal(names_get(&one, first[6]), "x");
    assert_non_null(strchr(names_get(&one, first[0]), '~'));
    assert_non_null(strchr(names_get(&one, first[3]), '~')); /* é and e with an accent of its own */
    arena_free(&a);
}

static void reserved_names_stay_and_a_mark_may_meet_a_name(void **state)
{
    (void)state;
    struct arena a = {0};
    struct names n = {.arena = &a};
    char mark[DIGEST_HEX];
    digest_hex("1", 1, mark);
    names_reserve(&n, "print");
    size_t print = names_propose(&n, "Print", "0"), x = names_propose(&n, "x", "1"),
           y = names_propose(&n, "X", "2");
    size_t taken = names_propose(&n, arena_printf(&a, "x~%.8s", mark), "3");
    names_settle(&n);
    assert_string_not_equal(names_get(&n, print), "Print");
    assert_string_not_equal(names_get(&n, x), names_get(&n, taken));
    assert_string_not_equal(names_get(&n, x), names_get(&n, y));
    arena_free(&a);
}

static void templates_of_names_are_filled_and_unknown_words_told(void **state)
{
    (void)state;
    static const char *const values[] = {"id", "A1", "name", "王", NULL};
    struct arena a = {0};
    const char *unknown;
    assert_string_equal(names_fill(&a, "{id}-{name}!", values, &unknown), "A1-王!");
    assert_null(unknown);
    names_fill(&a, "{id}{nmae}{x", values, &unknown);
    assert_string_equal(unknown, "{nmae}");
    names_fill(&a, "{id", values, &unknown);
    assert_string_equal(unknown, "{id");
    arena_free(&a);
}

/* --- JSON --- */

static void json_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct arena a = {0};
    struct buffer out = {0}, again = {0};
    struct json j = {.out = &out, .flat = true}, k = {.out = &again, .flat = true};
    json_open(&j, NULL, '{');
    json_string(&j, "s", "a\"\\\n\x01陈𬱖");
    json_integer(&j, "n", 123456789012345LL);
    json_number(&j, "d", -10.5);
    json_bool(&j, "t", true);
    json_open(&j, "l", '[');
    json_open(&j, NULL, '{');
    json_close(&j, '}');
    json_string(&j, NULL, "");
    json_close(&j, ']');
    json_close(&j, '}');
    assert_null(memchr(out.data, '\n', out.len));
    struct json_value *v = json_parse(&a, (char *)out.data, out.len);
    assert_non_null(v);
    assert_string_equal(json_member_text(v, "s"), "a\"\\\n\x01陈𬱖");
    json_put(&k, NULL, v);
    assert_int_equal(again.len, out.len);
    assert_memory_equal(again.data, out.data, out.len);
    assert_string_equal(json_parse(&a, "\"\\uD86E\\uDC9E\\u00e9\"", 20)->text,
                        "\xF0\xAB\xA2\x9E\xC3\xA9");
    buffer_clear(&out);
    buffer_clear(&again);
    arena_free(&a);
}

static void what_is_no_json_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "{",
                                      "[1,]",
                                      "{\"a\"}",
                                      "{\"a\":1,}",
                                      "\"",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\uD800\"",
                                      "\"\\u0000\"",
                                      "\"\n\"",
                                      "1 2",
                                      "-",
                                      "1e999",
                                      "nul",
                                      "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                                      "tru",
                                      "{1:2}"};
    struct arena a = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(json_parse(&a, bad[i], strlen(bad[i])));
    assert_null(json_member(NULL, "x"));
    arena_free(&a);
}

/* --- the tree --- */

static char root[64];

static int make_root(void **state)
{
    (void)state;
    strcpy(root, "/tmp/shenbao-tree-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command);
}

static void write_in_tree(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static const char *line_for(struct arena *a, const char *name, const char *text)
{
    char sum[DIGEST_HEX];
    digest_hex(text, strlen(text), sum);
    return arena_printf(a, "{\"path\": \"%s\",\"sha256\": \"%s\",\"bytes\": %zu}", name, sum,
                        strlen(text));
}

static struct manifest *begin(const char *shard, struct diag *diag)
{
    struct manifest *m = manifest_open(root, diag);
    assert_non_null(m);
    assert_true(manifest_begin(m, shard, diag));
    return m;
}

static void intend(struct manifest *m, struct arena *a, const char *line, struct diag *diag)
{
    const char *text = arena_printf(a, "%s\n", line);
    assert_true(manifest_intend(m, text, strlen(text), diag));
}

static size_t errors(void)
{
    struct diag diag = {0};
    size_t files;
    struct manifest *m = manifest_open(root, &diag);
    manifest_verify(m, &files, &diag);
    size_t n = diag.count[SEVERITY_ERROR];
    manifest_free(m);
    diag_clear(&diag);
    return n;
}

/* At each step of a run that is killed there, the tree is what manifest or journal say. */
static void the_manifest_is_true_whenever_a_run_ends(void **state)
{
    (void)state;
    struct arena a = {0};
    struct diag diag = {0};
    struct manifest *m = begin(NULL, &diag);
    assert_int_equal(errors(), 0);
    intend(m, &a, line_for(&a, "x", "one"), &diag);
    assert_int_equal(errors(), 0); /* intended, and not there yet */
    write_in_tree("x", "one");
    assert_int_equal(errors(), 0);
    manifest_take(m, line_for(&a, "x", "one"), strlen(line_for(&a, "x", "one")));
    assert_true(manifest_write(m, &diag));
    assert_int_equal(errors(), 0);
    manifest_free(m);

    m = begin(NULL, &diag);
    assert_non_null(manifest_find(m, "x"));
    intend(m, &a, line_for(&a, "x", "two"), &diag);
    assert_int_equal(errors(), 0); /* still the old one */
    write_in_tree("x", "two");
    assert_int_equal(errors(), 0);
    manifest_free(m); /* killed before it could take it */

    m = begin(NULL, &diag);
    assert_int_equal(manifest_find(m, "x")->bytes, 3);
    char sum[DIGEST_HEX];
    digest_hex("two", 3, sum);
    assert_string_equal(manifest_find(m, "x")->sha256, sum);
    assert_true(manifest_remove(m, "x", &diag));
    assert_int_equal(errors(), 0);
    assert_true(manifest_write(m, &diag));
    assert_int_equal(errors(), 0);
    assert_false(manifest_remove(m, "../x", &diag));
    manifest_free(m);
    assert_int_equal(diag.n, 0);
    diag_clear(&diag);
    arena_free(&a);
}

/* As every file that cannot be written, the journal says what to do. */
static void a_journal_that_cannot_grow_says_what_to_do(void **state)
{
    (void)state;
    struct diag diag = {0};
    struct rlimit before, none;
    struct manifest *m = begin(NULL, &diag);
    getrlimit(RLIMIT_FSIZE, &before);
    none = (struct rlimit){0, before.rlim_max};
    void (*old)(int) = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &none);
    bool ok = manifest_intend(m, "{}\n", 3, &diag);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, old);
    assert_false(ok);
    assert_int_equal(diag.system_faults, 1);
    assert_non_null(strstr(diag.list[0].text[LANGUAGE_EN], "choose another disk"));
    assert_non_null(strstr(diag.list[0].text[LANGUAGE_ZH], "换一个磁盘"));
    manifest_free(m);
    diag_clear(&diag);
}

/* A worker that dies has told nobody what it wrote. */
static void what_a_dead_worker_wrote_is_taken_from_the_journal(void **state)
{
    (void)state;
    struct arena a = {0};
    struct diag diag = {0};
    struct manifest *m = begin(NULL, &diag);
    intend(m, &a, line_for(&a, "written", "w"), &diag);
    intend(m, &a, line_for(&a, "never", "n"), &diag);
    write_in_tree("written", "w");
    assert_true(manifest_write(m, &diag));
    manifest_free(m);
    assert_int_equal(errors(), 0);
    m = begin(NULL, &diag);
    assert_non_null(manifest_find(m, "written"));
    assert_null(manifest_find(m, "never"));
    manifest_free(m);
    diag_clear(&diag);
    arena_free(&a);
}

static void a_cut_off_line_is_no_line(void **state)
{
    (void)state;
    struct arena a = {0};
    struct diag diag = {0};
    write_in_tree(".journal", "{\"path\": \"x\",\"sha256\": \"00");
    struct manifest *m = begin(NULL, &diag);
    intend(m, &a, line_for(&a, "y", "y"), &diag);
    write_in_tree("y", "y");
    manifest_free(m);
    assert_int_equal(errors(), 0);
    m = begin(NULL, &diag);
    assert_non_null(manifest_find(m, "y"));
    manifest_free(m);
    diag_clear(&diag);
    arena_free(&a);
}

static void shards_keep_their_journals_until_the_whole_takes_them(void **state)
{
    (void)state;
    struct arena a = {0};
    struct diag diag = {0};
    struct manifest *one = begin("1-of-2", &diag), *two = begin("2-of-2", &diag);
    intend(one, &a, line_for(&a, "a", "a"), &diag);
    intend(two, &a, line_for(&a, "b", "b"), &diag);
    write_in_tree("a", "a");
    write_in_tree("b", "b");
    assert_true(manifest_write(one, &diag) && manifest_write(two, &diag));
    manifest_free(one);
    manifest_free(two);
    assert_int_equal(errors(), 0);
    struct manifest *m = begin(NULL, &diag);
    assert_non_null(manifest_find(m, "a"));
    assert_non_null(manifest_find(m, "b"));
    assert_true(manifest_write(m, &diag));
    manifest_free(m);
    assert_int_equal(errors(), 0);
    diag_clear(&diag);
    arena_free(&a);
}

/* Of runs that are cut off one after the other manifest.json takes nothing in, and yet each knows
 * what those before it have left. */
static void runs_that_are_cut_off_leave_what_was_told_last(void **state)
{
    (void)state;
    struct arena a = {0};
    struct diag diag = {0};
    struct manifest *m = begin(NULL, &diag);
    intend(m, &a, line_for(&a, "x", "one"), &diag);
    write_in_tree("x", "one");
    assert_true(manifest_write(m, &diag));
    manifest_free(m);

    static const char *const texts[] = {"two", "one", "three"};
    for (size_t i = 0; i < 3; i++) {
        m = begin(NULL, &diag);
        intend(m, &a, line_for(&a, "x", texts[i]), &diag);
        if (i != 1) /* that one is killed before */
            write_in_tree("x", texts[i]);
        manifest_free(m);
        assert_int_equal(errors(), 0);
        m = manifest_read(root, &diag);
        const char *one = line_for(&a, "x", "one");
        const struct manifest_file *files;
        assert_int_equal(manifest_files(m, &files), 1);
        assert_memory_equal(files->line, one, strlen(one));
        manifest_free(m);
        m = manifest_open(root, &diag);
        manifest_settle(m);
        char sum[DIGEST_HEX];
        digest_hex(i < 2 ? "two" : "three", i < 2 ? 3 : 5, sum);
        assert_string_equal(manifest_find(m, "x")->sha256, sum);
        manifest_free(m);
    }
    m = begin(NULL, &diag);
    assert_true(manifest_write(m, &diag));
    manifest_free(m);
    assert_int_equal(errors(), 0);
    m = manifest_read(root, &diag);
    assert_int_equal(manifest_find(m, "x")->bytes, 5);
    manifest_free(m);
    assert_int_equal(diag.n, 0);
    diag_clear(&diag);
    arena_free(&a);
}

static void verify_tells_missing_altered_and_strange_files(void **state)
{
    (void)state;
    struct arena a = {0};
    struct diag diag = {0};
    struct manifest *m = begin(NULL, &diag);
    static const char *const names[] = {"right", "altered", "missing"};
    for (size_t i = 0; i < 3; i++) {
        const char *line = line_for(&a, names[i], "t");
        intend(m, &a, line, &diag);
        write_in_tree(names[i], i == 1 ? "T" : "t");
        manifest_take(m, line, strlen(line));
    }
    assert_true(manifest_write(m, &diag));
    manifest_free(m);
    unlink(arena_printf(&a, "%s/missing", root));
    write_in_tree("strange", "?");
    size_t files;
    m = manifest_open(root, &diag);
    manifest_verify(m, &files, &diag);
    assert_int_equal(files, 1);
    assert_int_equal(diag.count[SEVERITY_ERROR], 2);
    assert_int_equal(diag.count[SEVERITY_WARNING], 1);
    manifest_free(m);
    diag_clear(&diag);
    arena_free(&a);
}

static const char *noted(const struct manifest *m, struct arena *a, const char *about)
{
    const struct manifest_note *n = manifest_noted(m, about);
    return n ? json_member_text(json_parse(a, n->line, n->len), "says") : NULL;
}

static void note_in(struct manifest *m, struct arena *a, const char *about, const char *says,
                    struct diag *diag)
{
    const char *line = arena_printf(a, "{\"about\": \"%s\",\"says\": \"%s\"}", about, says);
    assert_true(manifest_note(m, line, strlen(line), diag));
}

static void notes_are_kept_from_run_to_run_and_dropped_unless_made_again(void **state)
{
    (void)state;
    struct arena a = {0};
    struct diag diag = {0};
    struct manifest *m = begin(NULL, &diag);
    note_in(m, &a, "A002", "two", &diag);
    note_in(m, &a, "A001", "one", &diag);
    assert_true(manifest_write(m, &diag));
    manifest_free(m);
    m = begin("1-of-2", &diag); /* a shard's wait in its journal */
    note_in(m, &a, "A001", "newer", &diag);
    assert_string_equal(noted(m, &a, "A001"), "one");
    assert_true(manifest_write(m, &diag));
    manifest_free(m);
    m = begin(NULL, &diag);
    assert_string_equal(noted(m, &a, "A001"), "newer");
    assert_string_equal(noted(m, &a, "A002"), "two");
    assert_null(noted(m, &a, "A003"));
    note_in(m, &a, "A003", "three", &diag);
    manifest_free(m); /* killed */
    m = begin(NULL, &diag);
    assert_string_equal(noted(m, &a, "A003"), "three");
    note_in(m, &a, "A002", "two again", &diag);
    manifest_drop_notes(m);
    assert_true(manifest_write(m, &diag));
    manifest_free(m);
    m = begin(NULL, &diag);
    assert_null(noted(m, &a, "A001"));
    assert_string_equal(noted(m, &a, "A002"), "two again");
    assert_null(noted(m, &a, "A003"));
    manifest_free(m);
    assert_int_equal(errors(), 0);
    assert_int_equal(diag.n, 0);
    diag_clear(&diag);
    arena_free(&a);
}

/* --- digests that are kept --- */

static void set_times(const char *path, time_t to)
{
    const struct timespec t[2] = {{.tv_sec = to}, {.tv_sec = to}};
    assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
}

static void only_a_file_in_the_same_state_has_its_digest_kept(void **state)
{
    (void)state;
    struct arena a = {0};
    struct stat st, other;
    char sum[DIGEST_HEX], again[DIGEST_HEX];
    const char *cache = arena_printf(&a, "%s/cache", root), *path = arena_printf(&a, "%s/f", root);
    write_in_tree("f", "text");
    digest_hex("text", 4, sum);
    assert_int_equal(stat(path, &st), 0);

    struct digest_cache *c = digest_cache_open(cache, true, true);
    assert_false(digest_cache_find(c, &st, again));
    digest_cache_add(c, &st, st.st_ctim.tv_sec + 1, sum); /* too soon after its change */
    digest_cache_write(c);
    digest_cache_free(c);
    c = digest_cache_open(cache, true, true);
    assert_false(digest_cache_find(c, &st, again));
    digest_cache_add(c, &st, st.st_ctim.tv_sec + 10, sum);
    digest_cache_add(c, &st, st.st_ctim.tv_sec + 10, sum);
    digest_cache_write(c);
    digest_cache_free(c);

    c = digest_cache_open(cache, true, true);
    assert_true(digest_cache_find(c, &st, again));
    assert_string_equal(again, sum);
    /* the same size and mtime: ctime tells */
    write_in_tree("f", "TEXT");
    set_times(path, st.st_mtim.tv_sec);
    set_times(path, st.st_mtim.tv_sec);
    assert_int_equal(stat(path, &other), 0);
    other.st_mtim = st.st_mtim;
    assert_int_equal(other.st_size, st.st_size);
    assert_false(digest_cache_find(c, &other, again));
    other = st;
    other.st_ino++;
    assert_false(digest_cache_find(c, &other, again));
    digest_cache_write(c);
    digest_cache_free(c);

    c = digest_cache_open(cache, false, true); /* nothing is believed, and nobody asked */
    assert_false(digest_cache_find(c, &st, again));
    digest_cache_write(c);
    digest_cache_free(c);
    c = digest_cache_open(cache, true, false);
    assert_false(digest_cache_find(c, &st, again));
    digest_cache_free(c);
    arena_free(&a);
}

static void what_was_found_is_found_in_the_same_run_when_it_is_settled(void **state)
{
    (void)state;
    struct arena a = {0};
    struct stat st, other;
    char sum[DIGEST_HEX], again[DIGEST_HEX];
    const char *cache = arena_printf(&a, "%s/cache", root), *path = arena_printf(&a, "%s/f", root);
    write_in_tree("f", "text");
    digest_hex("text", 4, sum);
    assert_int_equal(stat(path, &st), 0);
    other = st;
    other.st_ino++;

    struct digest_cache *c = digest_cache_open(cache, false, true);
    digest_cache_settle(c); /* of nothing */
    digest_cache_add(c, &other, st.st_ctim.tv_sec + 10, sum);
    digest_cache_add(c, &st, st.st_ctim.tv_sec + 10, sum);
    digest_cache_add(c, &other, st.st_ctim.tv_sec + 10, sum);
    assert_false(digest_cache_find(c, &st, again));
    digest_cache_settle(c);
    assert_true(digest_cache_find(c, &st, again));
    assert_string_equal(again, sum);
    assert_true(digest_cache_find(c, &other, again));
    other.st_ino++; /* found after */
    digest_cache_add(c, &other, st.st_ctim.tv_sec + 10, sum);
    digest_cache_write(c);
    digest_cache_free(c);
    c = digest_cache_open(cache, true, false);
    assert_true(digest_cache_find(c, &st, again));
    assert_true(digest_cache_find(c, &other, again));
    digest_cache_free(c);
    arena_free(&a);
}

static void a_run_that_keeps_no_digests_finds_its_own(void **state)
{
    (void)state;
    struct arena a = {0};
    struct stat st;
    char sum[DIGEST_HEX], again[DIGEST_HEX];
    const char *caches[] = {arena_printf(&a, "%s/cache", root), ""}; /* "": there is no place */
    write_in_tree("f", "text");
    digest_hex("text", 4, sum);
    assert_int_equal(stat(arena_printf(&a, "%s/f", root), &st), 0);

    for (size_t i = 0; i < sizeof caches / sizeof *caches; i++) {
        struct digest_cache *c = digest_cache_open(caches[i], true, false);
        digest_cache_add(c, &st, st.st_ctim.tv_sec + 10, sum);
        assert_true(digest_cache_settle(c));
        assert_true(digest_cache_find(c, &st, again));
        assert_string_equal(again, sum);
        digest_cache_write(c);
        digest_cache_free(c);
        assert_int_equal(access(arena_printf(&a, "%s/cache", root), F_OK), -1);
    }
    arena_free(&a);
}

static void a_cache_that_is_cut_while_it_is_open_still_holds(void **state)
{
    (void)state;
    struct arena a = {0};
    struct stat st;
    char sum[DIGEST_HEX], again[DIGEST_HEX];
    const char *cache = arena_printf(&a, "%s/cache", root);
    write_in_tree("f", "text");
    digest_hex("text", 4, sum);
    assert_int_equal(stat(arena_printf(&a, "%s/f", root), &st), 0);
    struct digest_cache *c = digest_cache_open(cache, true, true);
    digest_cache_add(c, &st, st.st_ctim.tv_sec + 10, sum);
    digest_cache_write(c);
    digest_cache_free(c);
    c = digest_cache_open(cache, true, true);
    assert_int_equal(truncate(cache, 0), 0);
    assert_true(digest_cache_find(c, &st, again));
    assert_string_equal(again, sum);
    digest_cache_write(c);
    digest_cache_free(c);
    c = digest_cache_open(cache, true, false);
    assert_true(digest_cache_find(c, &st, again));
    digest_cache_free(c);
    arena_free(&a);
}

static void a_cache_that_is_damaged_or_open_to_others_is_as_good_as_none(void **state)
{
    (void)state;
    struct arena a = {0};
    struct stat st;
    char sum[DIGEST_HEX];
    const char *cache = arena_printf(&a, "%s/cache", root), *path = arena_printf(&a, "%s/f", root);
    write_in_tree("f", "text");
    digest_hex("text", 4, sum);
    assert_int_equal(stat(path, &st), 0);
    struct digest_cache *c = digest_cache_open(cache, true, true);
    digest_cache_add(c, &st, st.st_ctim.tv_sec + 10, sum);
    digest_cache_write(c);
    digest_cache_free(c);

    int fd = open(cache, O_RDWR);
    assert_int_equal(fstat(fd, &st), 0);
    const off_t size = st.st_size;
    assert_int_equal(stat(path, &st), 0);
    for (off_t at = -1; at <= size; at++) { /* -1: as it was; then each byte; then one more */
        unsigned char byte = 0;
        if (at >= 0 && at < size) {
            assert_int_equal(pread(fd, &byte, 1, at), 1);
            byte ^= 0x10;
        }
        if (at >= 0)
            assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        c = digest_cache_open(cache, true, false);
        assert_int_equal(digest_cache_find(c, &st, sum), at < 0);
        digest_cache_free(c);
        byte ^= 0x10;
        if (at >= 0 && at < size)
            assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    for (off_t len = size; len >= 0; len--) { /* cut off anywhere */
        assert_int_equal(ftruncate(fd, len), 0);
        c = digest_cache_open(cache, true, false);
        assert_int_equal(digest_cache_find(c, &st, sum), len == size);
        digest_cache_free(c);
    }
    close(fd);

    c = digest_cache_open(cache, true, true);
    digest_cache_add(c, &st, st.st_ctim.tv_sec + 10, sum);
    digest_cache_write(c);
    digest_cache_free(c);
    assert_int_equal(chmod(cache, 0622), 0);
    c = digest_cache_open(cache, true, false);
    assert_false(digest_cache_find(c, &st, sum));
    digest_cache_free(c);
    c = digest_cache_open("/nowhere/at/all", true, true); /* no place for one */
    assert_false(digest_cache_find(c, &st, sum));
    digest_cache_add(c, &st, st.st_ctim.tv_sec + 10, sum);
    digest_cache_write(c);
    digest_cache_free(c);
    arena_free(&a);
}

static void what_is_too_much_for_a_buffer_goes_into_its_spool(void **state)
{
    (void)state;
    struct buffer b = {.spool = spool_new(fcntl(fileno(tmpfile()), F_DUPFD_CLOEXEC, 0))},
                  back = {0};
    enum { N = 400000 };
    for (int i = 0; i < N; i++)
        buffer_printf(&b, "%06d\n", i);
    assert_true(b.cap < 4 << 20);
    buffer_flush(&b);
    assert_true(spool_ok(b.spool));
    assert_int_equal(lseek(spool_fd(b.spool), 0, SEEK_END), 7 * N);
    assert_true(spool_read(b.spool, 7 * 123456, 7, &back));
    assert_memory_equal(back.data, "123456\n", 7);
    assert_false(spool_read(b.spool, 7 * N, 1, &back)); /* behind its end */
    assert_false(spool_ok(b.spool));
    spool_free(b.spool);
    b.spool = spool_new(-1);
    buffer_puts(&b, "x");
    buffer_flush(&b);
    assert_false(spool_ok(b.spool));
    spool_free(b.spool);
    buffer_clear(&b);
    buffer_clear(&back);
}

static void interned_strings_are_one(void **state)
{
    (void)state;
    struct intern t = {0};
    struct arena a = {0};
    char text[16];
    const char *first[300];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 300; i++) {
            snprintf(text, sizeof text, "%d", i);
            const char *s = intern(&t, &a, text);
            assert_string_equal(s, text);
            if (round == 0)
                first[i] = s;
            assert_ptr_equal(s, first[i]);
        }
    assert_null(intern(&t, &a, NULL));
    assert_int_equal(*intern_number(&t, &a, "7"), 0);
    *intern_number(&t, &a, "7") = 8;
    for (int i = 300; i < 600; i++) { /* the table grows */
        snprintf(text, sizeof text, "%d", i);
        *intern_number(&t, &a, text) = (size_t)i;
    }
    assert_int_equal(*intern_number(&t, &a, "7"), 8);
    assert_int_equal(*intern_number(&t, &a, "599"), 599);
    assert_int_equal(t.n, 600);
    intern_clear(&t);
    arena_free(&a);
}

static void a_tree_is_locked_for_one_run_or_for_shards_of_one_division(void **state)
{
    (void)state;
    struct diag diag = {0};
    int whole = lock_tree(root, 0, 0, &diag);
    assert_true(whole >= 0);
    assert_int_equal(lock_tree(root, 0, 0, &diag), -1);
    assert_int_equal(lock_tree(root, 1, 4, &diag), -1);
    close(whole);
    int one = lock_tree(root, 1, 4, &diag), two = lock_tree(root, 4, 4, &diag);
    assert_true(one >= 0 && two >= 0);
    assert_int_equal(lock_tree(root, 1, 4, &diag), -1);
    assert_int_equal(lock_tree(root, 2, 3, &diag), -1);
    assert_int_equal(lock_tree(root, 0, 0, &diag), -1);
    close(one);
    close(two);
    whole = lock_tree(root, LOCK_SHARDS_MOST, LOCK_SHARDS_MOST, &diag);
    assert_true(whole >= 0);
    close(whole);
    diag_clear(&diag);
}

static void files_written_together_are_whole_and_left_alone_when_the_same(void **state)
{
    (void)state;
    struct arena a = {0};
    struct diag diag = {0};
    struct output_file files[] = {{arena_printf(&a, "%s/a", root), "aa", 2, -1},
                                  {arena_printf(&a, "%s/b", root), "b", 1, -1},
                                  {arena_printf(&a, "%s/no/c", root), "c", 1, -1}};
    struct stat before, after;
    assert_true(output_update_all(files, 2, &diag));
    assert_int_equal(stat(files[0].path, &before), 0);
    assert_int_equal(before.st_size, 2);
    files[1].data = "B";
    assert_true(output_update_all(files, 2, &diag));
    assert_int_equal(stat(files[0].path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_false(output_update_all(files, 3, &diag)); /* its folder is missing */
    assert_int_equal(diag.count[SEVERITY_ERROR], 1);

    /* out of a file that gets the name itself, or, when it holds the same, does not */
    files[0].data = NULL;
    for (int round = 0; round < 2; round++) {
        files[0].file = output_temporary(files[0].path, &diag);
        assert_true(output_bytes(files[0].file, "from a file", 11));
        assert_int_equal(fstat(files[0].file, &before), 0);
        assert_true(output_update_all(files, 2, &diag));
        assert_int_equal(stat(files[0].path, &after), 0);
        assert_int_equal(after.st_size, 11);
        assert_int_equal(after.st_ino == before.st_ino, round == 0);
        close(files[0].file);
    }
    assert_int_equal(diag.count[SEVERITY_ERROR], 1);
    diag_clear(&diag);
    arena_free(&a);
}

/* --- watched workers --- */

enum { JOBS = 12, CRASH = 3, HANG = 7, KILL = 8, SPENT = 9 };

static enum workers_end ends[JOBS];
static size_t n_ended;
static bool stop_at_once;

static void *nothing(void *data)
{
    return data;
}

static void misbehave(void *state, size_t number, struct buffer *result)
{
    (void)state;
    bool good = number != CRASH && number != HANG && number != KILL && number != SPENT;
    workers_note(good ? "scans/good.pdf" : "scans/bad.pdf");
    if (number == CRASH)
        raise(SIGABRT);
    if (number == KILL)
        raise(SIGKILL);
    if (number == SPENT)
        raise(SIGXCPU);
    while (number == HANG)
        pause();
    buffer_putc(result, (int)number);
}

static void note(void *data, size_t number, enum workers_end end, struct buffer *result)
{
    (void)data;
    ends[number] = end;
    n_ended++;
    assert_int_equal(result->len, end == WORKERS_DONE);
    if (end != WORKERS_DONE)
        assert_string_equal(workers_noted(), "scans/bad.pdf");
    if (end != WORKERS_DONE)
        assert_true(workers_noted_slice() == (number == SPENT));
}

static bool go_on(void *data)
{
    (void)data;
    return !stop_at_once;
}

static void a_crash_and_a_hang_cost_one_job_each_and_are_told(void **state)
{
    (void)state;
    struct workers_job job = {nothing, misbehave, NULL, root};
    struct workers_watch watch = {.seconds = 1, .ended = note, .going = go_on};
    for (int processes = 1; processes <= 2; processes++) {
        struct buffer results[JOBS] = {0};
        n_ended = 0;
        assert_true(workers_watched(&job, &watch, JOBS, processes, results));
        assert_int_equal(n_ended, JOBS);
        for (size_t i = 0; i < JOBS; i++) {
            assert_int_equal(ends[i], i == CRASH                ? WORKERS_DIED
                                      : i == KILL               ? WORKERS_KILLED
                                      : i == HANG || i == SPENT ? WORKERS_SLOW
                                                                : WORKERS_DONE);
            buffer_clear(&results[i]);
        }
    }
}

static void rest(void *state, size_t number, struct buffer *result)
{
    (void)number;
    if (write(*(int *)state, "x", 1) == 1)
        nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    buffer_putc(result, 'x');
}

static void note_end(void *data, size_t number, enum workers_end end, struct buffer *result)
{
    (void)number;
    (void)result;
    *(enum workers_end *)data = end;
}

/* As by Ctrl-Z, and by a batch system that gives way to others. */
static void no_time_passes_while_all_stand_still(void **state)
{
    (void)state;
    int begun[2], status;
    char c;
    assert_return_code(pipe(begun), errno);
    pid_t group = fork();
    if (group == 0) {
        enum workers_end end = WORKERS_REFUSED;
        struct workers_job job = {nothing, rest, NULL, &begun[1]};
        struct workers_watch watch = {.seconds = 2, .ended = note_end, .data = &end};
        struct buffer result = {0};
        setpgid(0, 0);
        workers_watched(&job, &watch, 1, 1, &result);
        _exit(end == WORKERS_DONE ? 0 : 1);
    }
    assert_int_equal(read(begun[0], &c, 1), 1);
    kill(-group, SIGSTOP);
    sleep(5);
    kill(-group, SIGCONT);
    assert_int_equal(waitpid(group, &status, 0), group);
    assert_int_equal(status, 0);
    close(begun[0]);
    close(begun[1]);
}

static void watched_workers_stop_when_they_are_told_to(void **state)
{
    (void)state;
    struct workers_job job = {nothing, misbehave, NULL, root};
    struct workers_watch watch = {.ended = note, .going = go_on};
    struct buffer results[JOBS] = {0};
    stop_at_once = true;
    n_ended = 0;
    workers_watched(&job, &watch, JOBS, 2,
                    results); /* comes back, though one would hang for ever */
    assert_true(n_ended < JOBS);
    stop_at_once = false;
    for (size_t i = 0; i < JOBS; i++)
        buffer_clear(&results[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike_names_get_a_mark_that_does_not_depend_on_their_order),
        cmocka_unit_test(reserved_names_stay_and_a_mark_may_meet_a_name),
        cmocka_unit_test(templates_of_names_are_filled_and_unknown_words_told),
        cmocka_unit_test(json_is_read_as_it_was_written),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test_setup_teardown(the_manifest_is_true_whenever_a_run_ends, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(a_journal_that_cannot_grow_says_what_to_do, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(what_a_dead_worker_wrote_is_taken_from_the_journal,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_cut_off_line_is_no_line, make_root, remove_root),
        cmocka_unit_test_setup_teardown(runs_that_are_cut_off_leave_what_was_told_last, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(shards_keep_their_journals_until_the_whole_takes_them,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(verify_tells_missing_altered_and_strange_files, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(
            notes_are_kept_from_run_to_run_and_dropped_unless_made_again, make_root, remove_root),
        cmocka_unit_test_setup_teardown(only_a_file_in_the_same_state_has_its_digest_kept,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(what_was_found_is_found_in_the_same_run_when_it_is_settled,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_run_that_keeps_no_digests_finds_its_own, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(
            a_cache_that_is_damaged_or_open_to_others_is_as_good_as_none, make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_cache_that_is_cut_while_it_is_open_still_holds, make_root,
                                        remove_root),
        cmocka_unit_test(what_is_too_much_for_a_buffer_goes_into_its_spool),
        cmocka_unit_test(interned_strings_are_one),
        cmocka_unit_test_setup_teardown(a_tree_is_locked_for_one_run_or_for_shards_of_one_division,
                                        make_root, remove_root),
        cmocka_unit_test_setup_teardown(
            files_written_together_are_whole_and_left_alone_when_the_same, make_root, remove_root),
        cmocka_unit_test(a_crash_and_a_hang_cost_one_job_each_and_are_told),
        cmocka_unit_test(no_time_passes_while_all_stand_still),
        cmocka_unit_test(watched_workers_stop_when_they_are_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
