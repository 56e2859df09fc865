/* answer.c - see answer.h. */
#include "desk/answer.h"

#include "core/arena.h"
#include "core/json.h"
#include "core/machine.h"
#include "core/markup.h"
#include "core/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nothing of ours needs more than itself, and nobody may frame it, keep it or guess its type. */
static const char *const headers[][2] = {
    {"Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; "
                                "frame-ancestors 'none'; object-src 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
};

void answer_header(struct answer *a, const char *name, const char *value)
{
    MHD_add_response_header(a->response, name, value);
}

static void begin(struct answer *a, unsigned status, struct MHD_Response *response,
                  const char *type)
{
    *a = (struct answer){status, response};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        answer_header(a, headers[i][0], headers[i][1]);
    answer_header(a, "Content-Type", type);
}

void answer_bytes(struct answer *a, unsigned status, const char *type, struct buffer *body)
{
    begin(a, status, MHD_create_response_from_buffer(body->len, body->data, MHD_RESPMEM_MUST_FREE),
          type);
    *body = (struct buffer){0};
}

void answer_error(struct answer *a, unsigned status, const char *zh, const char *en)
{
    struct buffer out = {0};
    struct json j = {.out = &out, .flat = true};
    json_open(&j, NULL, '{');
    json_string(&j, "zh", zh);
    json_string(&j, "en", en);
    json_close(&j, '}');
    answer_bytes(a, status, "application/json; charset=utf-8", &out);
}

/* The first of what was found, a line each; the user's files are named, the machine's are not. */
static const char *told(struct buffer *out, const struct diag *diag, enum language language)
{
    enum { MOST = 10 };
    for (size_t i = 0; i < diag->n && i < MOST; i++) {
        const struct finding *f = &diag->list[i];
        const char *name = diag->system_faults || !f->at.file ? "" : f->at.file;
        buffer_printf(out, "%s%s%s%s", i ? "\n" : "", name,
                      !*name                    ? ""
                      : language == LANGUAGE_ZH ? "："
                                                : ": ",
                      f->text[language]);
    }
    buffer_putc(out, '\0');
    return (const char *)out->data;
}

void answer_findings(struct answer *a, unsigned status, const struct diag *diag)
{
    struct buffer zh = {0}, en = {0};
    if (diag->n)
        answer_error(a, status, told(&zh, diag, LANGUAGE_ZH), told(&en, diag, LANGUAGE_EN));
    else
        answer_error(a, status, "没有做成", "failed");
    buffer_clear(&zh);
    buffer_clear(&en);
}

/* For readers that know no other: what is not plain ASCII is a low line. */
static void put_plain(struct buffer *out, const char *s)
{
    for (size_t len = strlen(s), i = 0, used; i < len; i += used) {
        uint32_t c = utf8_next(s + i, len - i, &used);
        buffer_putc(out, c >= 0x20 && c < 0x7F && !strchr("\"\\%;,", (int)c) ? (int)c : '_');
    }
}

void answer_disposition(struct answer *a, enum answer_use use, const char *name)
{
    struct buffer out = {0};
    buffer_puts(&out, use == ANSWER_SAVED ? "attachment" : "inline");
    buffer_puts(&out, "; filename=\"");
    put_plain(&out, name);
    buffer_puts(&out, "\"; filename*=UTF-8''");
    buffer_percent(&out, name, "");
    buffer_putc(&out, '\0');
    answer_header(a, "Content-Disposition", (char *)out.data);
    buffer_clear(&out);
}

void answer_file(struct answer *a, const char *path, const char *type, enum answer_use use,
                 const char *name)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool known = fd >= 0 && fstat(fd, &st) == 0, absent = known || !machine_at_fault(errno);
    if (!known || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            close(fd);
        if (absent)
            answer_error(a, 404, "没有这个文件", "there is no such file");
        else
            answer_error(a, 500, "这个文件现在读不出：请稍后再试，仍不行请告知管理员",
                         "the file cannot be read just now: try again, then tell the "
                         "administrator");
        return;
    }
    begin(a, 200, MHD_create_response_from_fd64((uint64_t)st.st_size, fd), type);
    if (name)
        answer_disposition(a, use, name);
}

void answer_stream(struct answer *a, uint64_t size, const char *type,
                   MHD_ContentReaderCallback reader, void *data,
                   MHD_ContentReaderFreeCallback release)
{
    enum { BLOCK = 32 << 10 };
    begin(a, 200,
          MHD_create_response_from_callback(size == UINT64_MAX ? MHD_SIZE_UNKNOWN : size, BLOCK,
                                            reader, data, release),
          type);
}
