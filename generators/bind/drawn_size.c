/* drawn_size.c - see drawn_size.h. ISO 32000-1: 8.4.4 (cm, q, Q), 8.8 (Do). */
#include "bind/drawn_size.h"

#include "bind/content_reader.h"
#include "bind/fit.h"
#include "core/strings.h"
#include "core/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEEPEST = 12,
    MOST_STATES = 64,
    MOST_DRAWN = 100000,
    MOST_BYTES = 256 << 20, /* of a page and its forms, each as often as it is drawn */
    OPERANDS = 6
};

struct survey {
    struct qdoc *doc;
    struct arena *arena;
    struct drawn_pictures *out;
    size_t drawn; /* Do operators so far: a file may nest forms without end */
    size_t read;  /* bytes of the page so far */
};

struct content {
    struct survey *survey;
    qref resources;
    int depth;
    struct survey_state {
        double matrix[6];
        bool unseen; /* letters are drawn in no way: what was recognised in a scan */
    } state, saved[MOST_STATES];
    size_t n_saved;
    double numbers[OPERANDS]; /* the last ones before an operator */
    size_t n_numbers;
    char name[CONTENT_WORD]; /* the last one, with its slash */
};

static void survey_content(struct survey *s, struct buffer *data, qref resources,
                           const double matrix[6], int depth);

static void note_picture(struct survey *s, int id, const double m[6])
{
    double width = hypot(m[0], m[1]), height = hypot(m[2], m[3]);
    struct drawn_picture *p = NULL;
    for (size_t i = 0; i < s->out->n && !p; i++)
        if (s->out->list[i].id == id)
            p = &s->out->list[i];
    if (!p) {
        p = ARENA_PUSH(s->arena, s->out->list, s->out->n, s->out->cap);
        *p = (struct drawn_picture){.id = id};
    }
    p->width = fmax(p->width, width);
    p->height = fmax(p->height, height);
}

static void read_form(struct content *c, qref form, qref resources, const double matrix[6])
{
    struct qdoc *d = c->survey->doc;
    struct drawn_pictures *out = c->survey->out;
    struct buffer data = {0};
    *ARENA_PUSH(c->survey->arena, out->forms, out->n_forms, out->cap_forms) = q_id(d, form);
    if (q_stream_data(d, form, &data))
        survey_content(c->survey, &data, resources, matrix, c->depth + 1);
    buffer_clear(&data);
}

static void survey_form(struct content *c, qref form)
{
    struct qdoc *d = c->survey->doc;
    double own[6], m[6];
    qref resources = q_get(d, form, "/Resources");

    if (!q_numbers(d, q_get(d, form, "/Matrix"), own, 6))
        memcpy(own, (double[]){1, 0, 0, 1, 0, 0}, sizeof own);
    fit_multiply(own, c->state.matrix, m);
    if (c->depth >= DEEPEST || c->survey->read > MOST_BYTES)
        c->survey->out->marked = true; /* whatever it may be */
    else
        read_form(c, form, resources ? resources : c->resources, m);
}

static void draw(struct content *c)
{
    struct qdoc *d = c->survey->doc;
    if (++c->survey->drawn > MOST_DRAWN) {
        c->survey->out->marked = true;
        return;
    }
    qref objects = q_get(d, c->resources, "/XObject"), object = q_get(d, objects, c->name),
         kind = q_get(d, object, "/Subtype");
    if (!q_is_stream(d, object)) {
        c->survey->out->lacking |= q_dangles(d, objects, c->name);
        return;
    }
    if (q_is_name(d, kind, "/Image"))
        note_picture(c->survey, q_id(d, object), c->state.matrix);
    else if (q_is_name(d, kind, "/Form"))
        survey_form(c, object);
}

static void note_mark(struct content *c, const char *word)
{
    static const char *const letters[] = {"Tj", "TJ", "'", "\"", NULL}, *const others[] = {
                                                                            "S",  "s",  "f",  "F",
                                                                            "f*", "B",  "B*", "b",
                                                                            "b*", "sh", "BI", NULL};
    enum { INVISIBLE = 3 };
    if (!strcmp(word, "Tr") && c->n_numbers > 0)
        c->state.unseen = c->numbers[c->n_numbers - 1] == INVISIBLE;
    else if ((string_is_in(word, letters) && !c->state.unseen) || string_is_in(word, others))
        c->survey->out->marked = true;
}

static void obey(struct content *c, const char *word)
{
    double m[6];
    note_mark(c, word);
    if (!strcmp(word, "q") && c->n_saved < MOST_STATES) {
        c->saved[c->n_saved++] = c->state;
    } else if (!strcmp(word, "Q") && c->n_saved > 0) {
        c->state = c->saved[--c->n_saved];
    } else if (!strcmp(word, "cm") && c->n_numbers >= OPERANDS) {
        fit_multiply(c->numbers, c->state.matrix, m);
        memcpy(c->state.matrix, m, sizeof m);
    } else if (!strcmp(word, "Do")) {
        draw(c);
    }
    c->n_numbers = 0;
}

static void note_number(struct content *c, double value)
{
    if (c->n_numbers >= OPERANDS)
        memmove(c->numbers, c->numbers + 1, (OPERANDS - 1) * sizeof *c->numbers);
    c->n_numbers = c->n_numbers < OPERANDS ? c->n_numbers + 1 : OPERANDS;
    c->numbers[c->n_numbers - 1] = value;
}

static void survey_content(struct survey *s, struct buffer *data, qref resources,
                           const double matrix[6], int depth)
{
    struct content c = {.survey = s, .resources = resources, .depth = depth};
    struct content_reader r = content_reader(data->data, data->len, NULL);
    memcpy(c.state.matrix, matrix, sizeof c.state.matrix);
    s->read += data->len;
    for (enum content_token t; (t = content_next(&r)) != CONTENT_END;)
        if (t == CONTENT_NUMBER)
            note_number(&c, strtod(r.word, NULL));
        else if (t == CONTENT_NAME)
            memcpy(c.name, r.word, sizeof c.name);
        else if (t == CONTENT_OPERATOR)
            obey(&c, r.word);
}

/* How much smaller than its own size a page is printed. */
static double printed_scale(struct qdoc *d, qref page)
{
    double box[4], w, h, unit = 1;
    if (!q_numbers(d, q_get(d, page, "/MediaBox"), box, 4))
        return 1;
    q_number(d, q_get(d, page, "/UserUnit"), &unit);
    w = fabs(box[2] - box[0]) * unit;
    h = fabs(box[3] - box[1]) * unit;
    bool a3 = fit_is_a3(w, h);
    double shorter = a3 ? A3_WIDTH : A4_WIDTH, longer = a3 ? A3_HEIGHT : A4_HEIGHT;
    return unit * fmin(1, fmin(shorter / fmin(w, h), longer / fmax(w, h)));
}

void drawn_sizes(struct qdoc *d, struct arena *arena, struct drawn_pictures *out)
{
    struct survey s = {.doc = d, .arena = arena, .out = out};
    size_t n = q_page_count(d);

    q_push_inherited(d);
    for (size_t i = 0; i < n && q_ok(d); i++) {
        struct buffer data = {0};
        qref page = q_page(d, i);
        double k = printed_scale(d, page);
        s.read = 0;
        if (q_page_content(d, page, &data))
            survey_content(&s, &data, q_get(d, page, "/Resources"), (double[]){k, 0, 0, k, 0, 0},
                           0);
        buffer_clear(&data);
        q_release(d);
    }
}

bool drawn_on_page(struct qdoc *d, size_t page, size_t longest, struct arena *arena,
                   struct drawn_pictures *out)
{
    struct survey s = {.doc = d, .arena = arena, .out = out};
    struct buffer data = {0};
    double unit = 1;
    qref r = q_page(d, page);

    q_number(d, q_get(d, r, "/UserUnit"), &unit);
    bool ok = q_page_content(d, r, &data) && data.len <= longest;
    out->read = data.len;
    if (ok)
        survey_content(&s, &data, q_get(d, r, "/Resources"), (double[]){unit, 0, 0, unit, 0, 0}, 0);
    buffer_clear(&data);
    q_release(d);
    return ok;
}

void drawn_by_form(struct qdoc *d, qref form, struct arena *arena, struct drawn_pictures *out)
{
    struct survey s = {.doc = d, .arena = arena, .out = out};
    struct content c = {.survey = &s, .state.matrix = {1, 0, 0, 1, 0, 0}};
    if (q_is_stream(d, form))
        survey_form(&c, form);
}
