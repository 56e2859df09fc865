/* Who may ask the desk what: a table of requests, and what becomes of each. */
#include "desk/gate.h"
#include "desk/gate_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const origins[] = {"https://hr.example:8443"};

static const struct gate_options plain = {.listen = "127.0.0.1:8750"},
                                 guarded = {.listen = "127.0.0.1:8750",
                                            .origins = origins,
                                            .n_origins = 1,
                                            .proxy = "127.0.0.1",
                                            .token = "correct horse battery"};

static struct gate_request get(const char *target)
{
    return (struct gate_request){.method = "GET",
                                 .target = target,
                                 .hosts = {"127.0.0.1:8750"},
                                 .n_hosts = 1,
                                 .peer = "192.0.2.7",
                                 .now = 1000};
}

static unsigned status_of(struct gate *g, const struct gate_request *r)
{
    struct arena arena = {0};
    struct gate_verdict v = gate_ask(g, r, &arena);
    assert_true(v.end != GATE_REFUSED || (v.status >= 400 && v.text[0] && v.text[1]));
    unsigned status = v.end == GATE_REFUSED ? v.status : 200 + (unsigned)v.end;
    arena_free(&arena);
    return status;
}

enum { OPEN = 200 + GATE_OPEN, ENTER = 200 + GATE_ENTER, RETRY = 200 + GATE_RETRY };

static void test_targets(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        unsigned status;
    } table[] = {
        {"/", OPEN},
        {"/batches/", OPEN},
        {"/batches/3/file/%E5%BC%A0%E4%B8%89.pdf", OPEN},
        {"/a%20b", OPEN},
        {"/a?x=%2e%2e", OPEN},
        {"", 400},
        {"batches", 400},
        {"http://127.0.0.1:8750/", 400},
        {"//evil.com/", 400},
        {"/a//b", 400},
        {"/..", 400},
        {"/a/../b", 400},
        {"/a/./b", 400},
        {"/%2e%2e/b", 400},
        {"/%2E%2e", 400},
        {"/a%2fb", 400},
        {"/a%5cb", 400},
        {"/a\\b", 400},
        {"/a%00b", 400},
        {"/a%0ab", 400},
        {"/a%7f", 400},
        {"/a%", 400},
        {"/a%4", 400},
        {"/a%zz", 400},
        {"/a#b", 400},
        {"/%ff", 400},
        {"/%c0%af", 400},
        {"/%ed%a0%80", 400},
    };
    struct gate *g = gate_new(&plain);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct gate_request r = get(table[i].target);
        if (status_of(g, &r) != table[i].status)
            fail_msg("%s: %u", table[i].target, status_of(g, &r));
    }
    static char deep[4 * TARGET_SEGMENTS], longest[TARGET_BYTES + 2];
    for (int i = 0; i <= TARGET_SEGMENTS; i++)
        strcat(deep, "/a");
    memset(longest, 'a', sizeof longest - 1);
    longest[0] = '/';
    struct gate_request r = get(deep), s = get(longest);
    assert_int_equal(status_of(g, &r), 400);
    assert_int_equal(status_of(g, &s), 400);
    gate_free(g);
}

static void test_segments_are_decoded(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct target t;
    assert_true(target_read(&t, "/b/%E5%BC%A0.pdf?n=%E4%B8%80&m=2&z", &arena));
    assert_int_equal(t.n, 2);
    assert_string_equal(t.segments[1], "张.pdf");
    assert_string_equal(target_parameter(&t, "n", &arena), "一");
    assert_string_equal(target_parameter(&t, "m", &arena), "2");
    assert_null(target_parameter(&t, "z", &arena));
    assert_null(target_parameter(&t, "q", &arena));
    assert_true(target_read(&t, "/?token=aB3/xy%2Fz+A%5c==&m=%0a", &arena));
    assert_string_equal(target_parameter(&t, "token", &arena), "aB3/xy/z+A\\==");
    assert_null(target_parameter(&t, "m", &arena));
    arena_free(&arena);
}

static void test_methods_and_marks(void **state)
{
    (void)state;
    static const struct {
        const char *method;
        bool marked;
        unsigned status;
    } table[] = {{"GET", false, OPEN},  {"HEAD", false, OPEN},  {"POST", true, OPEN},
                 {"PUT", true, OPEN},   {"DELETE", true, OPEN}, {"POST", false, 403},
                 {"PUT", false, 403},   {"DELETE", false, 403}, {"OPTIONS", true, 405},
                 {"TRACE", false, 405}, {"CONNECT", true, 405}, {"", false, 405}};
    struct gate *g = gate_new(&plain);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct gate_request r = get("/batches");
        r.method = table[i].method;
        r.marked = table[i].marked;
        if (status_of(g, &r) != table[i].status)
            fail_msg("%s %d: %u", r.method, r.marked, status_of(g, &r));
    }
    gate_free(g);
}

static void test_names_of_ours(void **state)
{
    (void)state;
    static const struct {
        const char *host, *origin;
        unsigned status;
    } table[] = {
        {"127.0.0.1:8750", NULL, OPEN},
        {"localhost:8750", "http://localhost:8750", OPEN},
        {"[::1]:8750", NULL, OPEN},
        {"hr.example:8443", "https://hr.example:8443", OPEN},
        {"HR.example:8443", NULL, OPEN},
        {"127.0.0.1", NULL, 421},
        {"127.0.0.1:8751", NULL, 421},
        {"127.0.0.1:8750.evil.com", NULL, 421},
        {"127.0.0.1.evil.com", NULL, 421},
        {"evil.com", NULL, 421},
        {"", NULL, 421},
        {"127.0.0.1:8750", "http://evil.com", 403},
        {"127.0.0.1:8750", "null", 403},
        {"127.0.0.1:8750", "https://127.0.0.1:8750", 403},
        {"127.0.0.1:8750", "http://127.0.0.1:8750.evil.com", 403},
        {"127.0.0.1:8750", "http://127.0.0.1:8750/", 403},
    };
    struct gate_options options = guarded;
    options.token = NULL;
    struct gate *g = gate_new(&options);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct gate_request r = get("/batches");
        r.hosts[0] = table[i].host;
        r.origins[0] = table[i].origin;
        r.n_origins = table[i].origin != NULL;
        if (status_of(g, &r) != table[i].status)
            fail_msg("%s %s: %u", table[i].host, table[i].origin, status_of(g, &r));
    }
    struct gate_request r = get("/");
    r.n_hosts = 0;
    assert_int_equal(status_of(g, &r), 421);
    r.hosts[1] = r.hosts[0];
    r.n_hosts = 2;
    assert_int_equal(status_of(g, &r), 421);
    gate_free(g);
}

/* The cookie that the gate gives, as a browser sends it back. */
static const char *sent_back(const struct gate *g, struct arena *arena)
{
    const char *set = gate_cookie(g, false, arena);
    return arena_strndup(arena, set, strcspn(set, ";"));
}

/* No browser tells the port that is the scheme's own. */
static void test_the_port_of_http_is_not_told(void **state)
{
    (void)state;
    static const struct gate_options web = {.listen = "127.0.0.1:80"};
    static const struct {
        const char *host, *origin;
        unsigned status;
    } table[] = {{"127.0.0.1", "http://127.0.0.1", OPEN},
                 {"localhost", "http://localhost", OPEN},
                 {"LOCALHOST", "http://localhost", OPEN},
                 {"localhost.", "http://localhost", 421},
                 {"127.1", "http://127.0.0.1", 421},
                 {"[::1]", "http://[::1]", OPEN},
                 {"[0:0:0:0:0:0:0:1]", "http://[::1]", 421},
                 {"localhost", "https://localhost", 403},
                 {"localhost", "http://localhost/", 403},
                 {"localhost", "null", 403},
                 {"localhost", "", 403},
                 {"", "http://localhost", 421},
                 {"localhost:8080", "http://localhost", 421}};
    struct gate *g = gate_new(&web);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct gate_request r = get("/");
        r.hosts[0] = table[i].host;
        r.origins[0] = table[i].origin;
        r.n_origins = 1;
        assert_int_equal(status_of(g, &r), table[i].status);
    }
    gate_free(g);
}

static void test_origins_are_written_as_browsers_tell_them(void **state)
{
    (void)state;
    static const char *const good[][2] = {{"https://hr.example", "https://hr.example"},
                                          {"https://hr.example/", "https://hr.example"},
                                          {"https://hr.example:443", "https://hr.example"},
                                          {"http://hr.example:80/", "http://hr.example"},
                                          {"https://hr.example:8443", "https://hr.example:8443"},
                                          {"http://hr.example:443", "http://hr.example:443"},
                                          {"https://[2001:db8::1]", "https://[2001:db8::1]"}};
    static const char *const bad[] = {"hr.example",  "https://",    "https:///", "https://a/b",
                                      "https://a?b", "https://u@a", "ftp://a",   ""};
    struct arena arena = {0};
    struct gate_options o;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const struct gate_words words = {.origins = good[i][0]};
        struct diag diag = {0};
        assert_false(gate_words_read(&words, &o, &arena, &diag)); /* it needs a token, too */
        assert_int_equal(o.n_origins, 1);
        assert_string_equal(o.origins[0], good[i][1]);
        diag_clear(&diag);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct gate_words words = {.origins = *bad[i] ? bad[i] : "https://a,,https://b"};
        struct diag diag = {0};
        assert_false(gate_words_read(&words, &o, &arena, &diag));
        assert_null(o.origins);
        diag_clear(&diag);
    }
    arena_free(&arena);
}

/* "localhost" would be compared with "127.0.0.1", and everybody counted as one client. */
static void test_where_it_listens_and_its_proxy_are_numbers(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        {NULL, NULL}, {"127.0.0.1:80", "127.0.0.1"}, {"[::1]:8750", "FD00:0::01"}};
    static const char *const bad[][3] = {
        {"8750", NULL, "ADDRESS:PORT"},          {"0.0.0.0", NULL, "ADDRESS:PORT"},
        {"127.0.0.1:", NULL, "ADDRESS:PORT"},    {"127.0.0.1:65536", NULL, "ADDRESS:PORT"},
        {"127.0.0.1:80a", NULL, "ADDRESS:PORT"}, {NULL, "localhost", "--proxy"},
        {NULL, "127.0.0.1:80", "--proxy"},       {NULL, "", "--proxy"}};
    struct arena arena = {0};
    struct gate_options o;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const struct gate_words words = {.listen = good[i][0], .proxy = good[i][1]};
        struct diag diag = {0};
        assert_true(gate_words_read(&words, &o, &arena, &diag));
    }
    assert_string_equal(o.proxy, "fd00::1"); /* as a connection tells it */
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct gate_words words = {.listen = bad[i][0], .proxy = bad[i][1]};
        struct diag diag = {0};
        assert_false(gate_words_read(&words, &o, &arena, &diag));
        assert_non_null(strstr(diag.list[0].text[LANGUAGE_EN], bad[i][2]));
        diag_clear(&diag);
    }
    arena_free(&arena);
}

static void test_the_token_becomes_a_cookie(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct gate *g = gate_new(&guarded);
    const char *cookie = sent_back(g, &arena);
    struct gate_request r = get("/");

    assert_int_equal(status_of(g, &r), RETRY); /* a link from elsewhere brings no Strict cookie */
    r.target = "/?again=1";
    assert_int_equal(status_of(g, &r), 401);
    r.target = "/batches";
    assert_int_equal(status_of(g, &r), 401);
    r.target = "/?token=correct%20horse%20battery";
    assert_int_equal(status_of(g, &r), ENTER);
    r.target = "/?token=correct%20horse";
    assert_int_equal(status_of(g, &r), 401);
    r.target = "/batches";
    r.cookies[0] = cookie;
    r.n_cookies = 1;
    assert_int_equal(status_of(g, &r), OPEN);
    assert_non_null(strstr(gate_cookie(g, true, &arena), "HttpOnly"));
    assert_non_null(strstr(gate_cookie(g, true, &arena), "SameSite=Strict"));
    assert_non_null(strstr(gate_cookie(g, true, &arena), "Secure"));
    assert_null(strstr(cookie, "horse"));
    gate_free(g);
    arena_free(&arena);
}

static void test_the_right_cookie_is_found_among_others(void **state)
{
    (void)state;
    static char many[30000];
    struct arena arena = {0};
    struct gate *g = gate_new(&guarded);
    const char *cookie = sent_back(g, &arena);
    struct gate_request r = get("/batches");

    for (int i = 0; strlen(many) < sizeof many - 40; i++)
        sprintf(many + strlen(many), "other%d=aaaaaaaaaaaaaaaa; ", i);
    r.cookies[0] = arena_printf(&arena, "%sshenbao-desk=stale; %s; last=1", many, cookie);
    r.n_cookies = 1;
    assert_int_equal(status_of(g, &r), OPEN);
    r.cookies[0] = "shenbao-desk=stale";
    r.cookies[1] = cookie;
    r.n_cookies = 2;
    assert_int_equal(status_of(g, &r), OPEN);
    r.cookies[1] = arena_printf(&arena, "x%s", cookie);
    assert_int_equal(status_of(g, &r), 401);
    r.cookies[0] = arena_printf(&arena, "%s1", cookie);
    assert_int_equal(status_of(g, &r), 401);
    gate_free(g);
    arena_free(&arena);
}

static void test_wrong_tokens_shut_out_their_client_alone(void **state)
{
    (void)state;
    struct gate *g = gate_new(&guarded);
    struct gate_request a = get("/?token=wrong"), b = get("/?token=correct%20horse%20battery");
    unsigned refused = 0;

    a.peer = b.peer = "127.0.0.1"; /* the proxy */
    a.forwarded = "198.51.100.1";
    b.forwarded = "198.51.100.2";
    for (int i = 0; i < 20; i++)
        refused += status_of(g, &a) == 429;
    assert_int_equal(refused, 10);
    assert_int_equal(status_of(g, &b), ENTER);
    a.target = b.target;
    assert_int_equal(status_of(g, &a), 429);
    struct arena arena = {0};
    struct gate_request c = get("/");
    c.peer = a.peer;
    c.forwarded = a.forwarded;
    c.cookies[0] = sent_back(g, &arena);
    c.n_cookies = 1;
    assert_int_equal(status_of(g, &c), OPEN); /* who is inside stays */
    a.now += 60;
    assert_int_equal(status_of(g, &a), ENTER);
    gate_free(g);
    arena_free(&arena);
}

static void test_only_the_proxy_is_believed(void **state)
{
    (void)state;
    struct gate *g = gate_new(&guarded);
    struct gate_request r = get("/?token=wrong");
    char forged[40];
    unsigned refused = 0;

    for (int i = 0; i < 20; i++) {
        snprintf(forged, sizeof forged, "198.51.100.%d", i);
        r.forwarded = forged;
        refused += status_of(g, &r) == 429;
    }
    assert_int_equal(refused, 10);
    r.peer = "127.0.0.1"; /* through the proxy, which appends whom it sees */
    refused = 0;
    for (int i = 0; i < 20; i++) {
        snprintf(forged, sizeof forged, "203.0.113.%d, 198.51.100.77", i);
        r.forwarded = forged;
        refused += status_of(g, &r) == 429;
    }
    assert_int_equal(refused, 10);
    gate_free(g);
}

static void test_many_clients_do_not_grow_it(void **state)
{
    (void)state;
    struct gate *g = gate_new(&guarded);
    struct gate_request r = get("/?token=wrong");
    char name[100];
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "2001:db8::%x", (unsigned)i);
        r.peer = name;
        r.now = 1000 + i;
        assert_int_equal(status_of(g, &r), 401);
    }
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(status_of(g, &r), 401);
    gate_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_segments_are_decoded),
        cmocka_unit_test(test_methods_and_marks),
        cmocka_unit_test(test_names_of_ours),
        cmocka_unit_test(test_the_port_of_http_is_not_told),
        cmocka_unit_test(test_origins_are_written_as_browsers_tell_them),
        cmocka_unit_test(test_where_it_listens_and_its_proxy_are_numbers),
        cmocka_unit_test(test_the_token_becomes_a_cookie),
        cmocka_unit_test(test_the_right_cookie_is_found_among_others),
        cmocka_unit_test(test_wrong_tokens_shut_out_their_client_alone),
        cmocka_unit_test(test_only_the_proxy_is_believed),
        cmocka_unit_test(test_many_clients_do_not_grow_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
