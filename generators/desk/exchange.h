/* exchange.h - one request and its answer, as routes see it. */
#ifndef DESK_EXCHANGE_H
#define DESK_EXCHANGE_H

#include "desk/answer.h"
#include "desk/desk.h"
#include "desk/supervisor.h"
#include "desk/upload.h"

/* What all requests share. */
struct desk {
    const struct desk_options *options;
    struct gate *gate;
    struct supervisor *supervisor;
};

struct http;

struct exchange {
    struct desk *desk;
    struct http *http;
    struct MHD_Connection *connection;
    struct arena arena; /* as long as the exchange */
    struct diag diag;   /* likewise */
    struct target target;
    struct store_batch batch;      /* of routes below /api/batches/<id> */
    const struct json_value *json; /* of routes that take some: never NULL there */
    struct upload upload;          /* of routes that take a file */
    struct upload_file file;
    struct answer answer;
    bool waits;         /* there is no answer yet: ask the handler again in a moment */
    const char *cookie; /* to be set; NULL: none */
};

enum exchange_body { BODY_NONE, BODY_JSON, BODY_FILE };

struct route {
    const char *method;
    const char *path; /* "api/batches/ * /jobs/ *", where ** stands for any rest */
    enum exchange_body body;
    void (*handle)(struct exchange *x);
    /* BODY_FILE: before the first byte. false: x->diag says why. */
    bool (*begin)(struct exchange *x);
};

/* The route of a request; NULL: there is none, and *status is 404 or 405. */
const struct route *route_find(const char *method, const struct target *t, unsigned *status);
/* The batch of a route below one; false: it is gone, and the answer says so. */
bool route_open(struct exchange *x);

#endif
