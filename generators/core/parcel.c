/* parcel.c - see parcel.h. */
#include "core/parcel.h"

#include <stdint.h>
#include <string.h>

void pack_number(struct buffer *b, size_t value)
{
    buffer_add(b, &value, sizeof value);
}

void pack_bytes(struct buffer *b, const void *data, size_t len)
{
    pack_number(b, len);
    buffer_add(b, data, len);
}

void pack_text(struct buffer *b, const char *text)
{
    if (text)
        pack_bytes(b, text, strlen(text));
    else
        pack_number(b, SIZE_MAX);
}

void pack_finding(struct buffer *b, const struct finding *f, const bool wanted[LANGUAGE_COUNT])
{
    const char *const texts[] = {f->rule,  f->clause, f->applicant, f->name,    f->unit,  f->paper,
                                 f->label, f->field,  f->subject,   f->at.file, f->sheet, f->cell};
    pack_number(b, (size_t)f->severity);
    pack_number(b, (size_t)f->fault);
    pack_number(b, f->ended);
    pack_number(b, (size_t)f->at.line);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        pack_text(b, texts[i]);
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        pack_text(b, !wanted || wanted[l] ? f->text[l] : NULL);
}

void pack_findings(struct buffer *b, const struct diag *diag)
{
    pack_number(b, diag->n);
    for (size_t i = 0; i < diag->n; i++)
        pack_finding(b, &diag->list[i], NULL);
}

struct parcel parcel_open(const void *data, size_t len)
{
    static const unsigned char nothing;
    const unsigned char *at = len ? data : &nothing;
    return (struct parcel){at, at + len, len == 0};
}

struct parcel parcel_of(const struct buffer *b)
{
    return parcel_open(b->data, b->len);
}

static const unsigned char *next(struct parcel *p, size_t len)
{
    if (p->broken || (size_t)(p->end - p->at) < len) {
        p->broken = true;
        return NULL;
    }
    p->at += len;
    return p->at - len;
}

size_t unpack_number(struct parcel *p)
{
    size_t value = 0;
    const unsigned char *bytes = next(p, sizeof value);
    if (bytes)
        memcpy(&value, bytes, sizeof value);
    return value;
}

const void *unpack_bytes(struct parcel *p, size_t *len)
{
    size_t n = unpack_number(p);
    const void *bytes = next(p, n);
    *len = bytes ? n : 0;
    return bytes;
}

void unpack_into(struct parcel *p, void *out, size_t size)
{
    size_t len;
    const void *bytes = unpack_bytes(p, &len);
    p->broken = p->broken || len != size;
    if (!p->broken)
        memcpy(out, bytes, size);
}

const char *unpack_text(struct parcel *p, struct arena *arena)
{
    size_t len = unpack_number(p);
    if (len == SIZE_MAX)
        return NULL;
    const unsigned char *bytes = next(p, len);
    return bytes ? arena_strndup(arena, (const char *)bytes, len) : NULL;
}

struct finding unpack_finding(struct parcel *p, struct arena *arena)
{
    struct finding f = {.severity = (enum severity)unpack_number(p)};
    const char **const texts[] = {&f.rule,  &f.clause, &f.applicant, &f.name,    &f.unit,  &f.paper,
                                  &f.label, &f.field,  &f.subject,   &f.at.file, &f.sheet, &f.cell};
    f.fault = (enum fault)unpack_number(p);
    f.ended = unpack_number(p) != 0;
    f.at.line = (long)unpack_number(p);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = unpack_text(p, arena);
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        f.text[l] = unpack_text(p, arena);
    return f;
}

void unpack_findings(struct parcel *p, struct diag *diag)
{
    struct arena strings = {0};
    for (size_t n = unpack_number(p); n > 0 && !p->broken; n--) {
        struct finding f = unpack_finding(p, &strings);
        if (!p->broken)
            diag_pass(diag, &f);
    }
    arena_free(&strings);
}
