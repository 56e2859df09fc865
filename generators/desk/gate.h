/* gate.h - who may ask what: the one place that decides it, before anything of a request is acted
 * on.
 *
 * The desk is for this machine alone unless there is a token. Then a browser shows it once, in the
 * address, and from then on as a cookie (RFC 6265bis: HttpOnly, SameSite=Strict). Host and Origin
 * are compared whole with the names that are ours, so that no foreign page reaches us through the
 * visitor's browser (DNS rebinding, CSRF). */
#ifndef DESK_GATE_H
#define DESK_GATE_H

#include "desk/target.h"

#include <time.h>

struct gate;

struct gate_options {
    const char *listen;         /* "127.0.0.1:8750": it has a port */
    const char *const *origins; /* "https://hr.example:8443": other names that we are known by */
    size_t n_origins;
    const char
        *proxy; /* the address of the one whose X-Forwarded-For is believed; NULL: nobody's */
    const char *token; /* NULL: none is asked for */
};

/* What the gate looks at. Headers that came several times are listed each. */
enum { GATE_VALUES = 8 };
struct gate_request {
    const char *method, *target; /* as they came */
    const char *hosts[GATE_VALUES], *origins[GATE_VALUES], *cookies[GATE_VALUES];
    size_t n_hosts, n_origins, n_cookies;
    size_t n_lengths;      /* headers that say how long the body is */
    const char *coding;    /* Transfer-Encoding; NULL: none */
    const char *peer;      /* its address without the port */
    const char *forwarded; /* X-Forwarded-For; NULL: none */
    bool marked; /* has the header X-Shenbao, which no form and no foreign page can send */
    time_t now;
};

enum gate_end {
    GATE_OPEN,
    GATE_ENTER, /* the token was shown: set the cookie, and come again without it */
    GATE_RETRY, /* no cookie has come, perhaps since a link from elsewhere led here: come again */
    GATE_REFUSED
};

struct gate_verdict {
    enum gate_end end;
    unsigned status;      /* of GATE_REFUSED: HTTP's */
    const char *text[2];  /* and why: zh, en */
    struct target target; /* of all but GATE_REFUSED */
};

bool gate_is_loopback(const char *listen); /* "127.0.0.1:8750": no other machine reaches it */
const char *gate_port(const char *listen); /* ":8750" of that; NULL: there is none */
struct gate *gate_new(const struct gate_options *options); /* borrows it */
void gate_free(struct gate *g);
/* May be asked by several threads at once. Counts wrong tokens: too many of one client in a minute
 * are refused for the rest of it, right or wrong. */
struct gate_verdict gate_ask(struct gate *g, const struct gate_request *request,
                             struct arena *arena);
/* Of GATE_ENTER: the value of Set-Cookie. */
const char *gate_cookie(const struct gate *g, bool secure, struct arena *arena);
/* The client that a request counts for: the peer, or whom its proxy names. */
const char *gate_client(const struct gate *g, const struct gate_request *request,
                        struct arena *arena);

#endif
