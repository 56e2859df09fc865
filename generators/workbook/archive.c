/* archive.c - see archive.h. libzip reads the directory; what it says is judged here. */
#include "workbook/archive.h"

#include "core/machine.h"
#include "core/read_at.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zip.h>

enum {
    END_RECORD = 22,
    END_RECORD_64 = 56,
    LOCATOR_64 = 20,
    TOLD_64 = 0xFFFF, /* parts, of which the longer record tells the number */
    END_SPAN = END_RECORD + 65535 + LOCATOR_64, /* with the longest comment behind */
    FILE_LIMIT = 512 << 20
};

struct named {
    const char *name;
    int part;
};

struct archive {
    zip_t *zip;
    struct arena arena;
    const char *file;
    struct diag *diag;
    const char **names;    /* of the parts, without the / before them */
    struct named *by_name; /* the same in order, without case */
    int n;
    uint64_t total; /* bytes read so far */
    bool broken;
};

struct archive_stream {
    struct archive *archive;
    zip_file_t *file;
    int part;
    bool as_packed; /* its bytes are not unpacked, so nothing can grow */
    uint64_t packed, unpacked;
};

/* The first fault is told. Always false. */
static bool refuse_part(struct archive *a, int part, const char *zh, const char *en, va_list args)
{
    struct arena texts = {0};
    struct finding f = {.severity = SEVERITY_ERROR, .at = {a->file, 0}};

    finding_word(&f, &texts, zh, en, args);
    if (part != ARCHIVE_NONE) {
        const char *name = a->names[part];
        f.text[LANGUAGE_ZH] = arena_printf(&texts, "文件内部的 %s %s", name, f.text[LANGUAGE_ZH]);
        f.text[LANGUAGE_EN] =
            arena_printf(&texts, "%s within the file %s", name, f.text[LANGUAGE_EN]);
    }
    if (!a->broken)
        diag_pass(a->diag, &f);
    a->broken = true;
    arena_free(&texts);
    return false;
}

bool archive_refuse(struct archive *a, int part, const char *zh, const char *en, ...)
{
    va_list args;
    va_start(args, en);
    refuse_part(a, part, zh, en, args);
    va_end(args);
    return false;
}

static uint64_t number_at(const unsigned char *p, int bytes)
{
    uint64_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}

size_t archive_read_at(int fd, off_t at, void *out, size_t len)
{
    ssize_t n = read_at(fd, out, len, at);
    if (n < 0)
        machine_ask(NULL);
    return n < 0 ? 0 : (size_t)n;
}

/* The number of parts that an end record, the bytes before it among them, claims. */
static uint64_t claimed_parts(int fd, const unsigned char *span, size_t at)
{
    unsigned char record[END_RECORD_64];
    uint64_t claimed = number_at(span + at + 10, 2);
    const unsigned char *locator = at >= LOCATOR_64 ? span + at - LOCATOR_64 : NULL;

    if (locator && !memcmp(locator, "PK\6\7", 4)) {
        uint64_t place = number_at(locator + 8, 8);
        if (place < FILE_LIMIT &&
            archive_read_at(fd, (off_t)place, record, sizeof record) == sizeof record &&
            (claimed == TOLD_64 || number_at(record + 32, 8) > claimed))
            claimed = number_at(record + 32, 8);
    }
    return claimed;
}

/* libzip holds 300 bytes for each part that a directory claims, before anybody can ask how many
 * there are: every record that it might take for the end of the directory is looked at first. */
static bool parts_are_few(int fd, off_t size)
{
    size_t len = size < END_SPAN ? (size_t)size : END_SPAN;
    unsigned char *span = mem_alloc(1, len);
    bool few = true;

    len = archive_read_at(fd, size - (off_t)len, span, len);
    for (size_t i = 0; few && i + END_RECORD <= len; i++)
        if (!memcmp(span + i, "PK\5\6", 4))
            few = claimed_parts(fd, span, i) <= ARCHIVE_PARTS;
    free(span);
    return few;
}

/* Ends the process when it was the system that failed, and not what the file says: a directory may
 * well name places that no file has. */
static void ask_system(const struct archive *a, const zip_error_t *error, int number)
{
    if (zip_error_code_zip(error) == ZIP_ER_MEMORY)
        machine_out_of_memory(0);
    if (zip_error_system_type(error) != ZIP_ET_SYS || number == EFBIG || number == EINVAL)
        return;
    errno = number;
    machine_failed(a->file, "读取失败", "reading failed");
}

static bool open_zip(struct archive *a, int fd)
{
    int code = 0, own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    off_t size = own < 0 ? -1 : lseek(own, 0, SEEK_END);

    if (size < 0)
        machine_failed(a->file, "读取失败", "reading failed");
    if (size > FILE_LIMIT || !parts_are_few(own, size)) {
        close(own);
        return archive_refuse(a, ARCHIVE_NONE,
                              "文件过大：至多 %d MiB、%d 个内部文件；请删除其中的图片后再保存",
                              "the file is too large: at most %d MiB and %d parts; delete the "
                              "pictures in it and save it again",
                              FILE_LIMIT >> 20, ARCHIVE_PARTS);
    }
    lseek(own, 0, SEEK_SET);
    a->zip = zip_fdopen(own, 0, &code);
    if (a->zip)
        return true;
    int number = errno;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    ask_system(a, &error, number);
    zip_error_fini(&error);
    close(own);
    return archive_refuse(
        a, ARCHIVE_NONE,
        "文件已损坏（压缩包的目录读不出来）：请用 Excel 或 WPS 打开并修复，另存为 "
        ".xlsx，或重新传送一份",
        "the file is damaged (its ZIP directory cannot be read): let Excel or WPS "
        "open and repair it, save it again, or have it sent again");
}

/* Without the / before it, and with / where a \ was written. */
static const char *plain_name(struct archive *a, const char *name)
{
    char *plain = arena_strdup(&a->arena, name);
    for (char *p = plain; *p; p++)
        if (*p == '\\')
            *p = '/';
    return *plain == '/' ? plain + 1 : plain;
}

static int compare_named(const void *x, const void *y)
{
    return strcasecmp(((const struct named *)x)->name, ((const struct named *)y)->name);
}

static bool list_parts(struct archive *a)
{
    a->n = (int)zip_get_num_entries(a->zip, 0);
    a->names = ARENA_ARRAY(&a->arena, const char *, (size_t)a->n);
    a->by_name = ARENA_ARRAY(&a->arena, struct named, (size_t)a->n);
    for (int i = 0; i < a->n; i++) {
        const char *name = zip_get_name(a->zip, (zip_uint64_t)i, ZIP_FL_ENC_GUESS);
        a->names[i] = plain_name(a, name ? name : "");
        a->by_name[i] = (struct named){a->names[i], i};
    }
    qsort(a->by_name, (size_t)a->n, sizeof *a->by_name, compare_named);
    for (int i = 1; i < a->n; i++)
        if (!compare_named(&a->by_name[i - 1], &a->by_name[i]))
            return archive_refuse(
                a, a->by_name[i].part,
                "有两份：文件已损坏或被改动；请用 Excel 或 WPS 打开后另存为 .xlsx",
                "is there twice: the file is damaged or was tampered with; open "
                "it in Excel or WPS and save it again");
    return true;
}

struct archive *archive_open(int fd, const char *name, struct diag *diag)
{
    struct archive *a = mem_alloc(1, sizeof *a);

    a->file = arena_strdup(&a->arena, name);
    a->diag = diag;
    if (open_zip(a, fd) && list_parts(a))
        return a;
    archive_free(a);
    return NULL;
}

void archive_free(struct archive *a)
{
    if (!a)
        return;
    if (a->zip)
        zip_discard(a->zip);
    arena_free(&a->arena);
    free(a);
}

int archive_find(const struct archive *a, const char *name)
{
    struct named key = {*name == '/' ? name + 1 : name, 0};
    const struct named *found =
        a->n ? bsearch(&key, a->by_name, (size_t)a->n, sizeof key, compare_named) : NULL;
    return found ? found->part : ARCHIVE_NONE;
}

int archive_count(const struct archive *a)
{
    return a->n;
}

const char *archive_name(const struct archive *a, int part)
{
    return a->names[part];
}

size_t archive_size(const struct archive *a, int part)
{
    zip_stat_t st;
    zip_stat_init(&st);
    return zip_stat_index(a->zip, (zip_uint64_t)part, 0, &st) == 0 ? (size_t)st.size : 0;
}

const char *archive_file(const struct archive *a)
{
    return a->file;
}

struct diag *archive_diag(const struct archive *a)
{
    return a->diag;
}

void archive_report_to(struct archive *a, struct diag *diag)
{
    a->diag = diag;
}

bool archive_break(struct archive *a)
{
    a->broken = true;
    return false;
}

bool archive_broken(const struct archive *a)
{
    return a->broken;
}

static bool refuse_damaged(struct archive *a, int part, zip_error_t *error)
{
    ask_system(a, error, zip_error_code_system(error));
    return archive_refuse(
        a, part, "读不出来，文件已损坏：请用 Excel 或 WPS 打开并修复，再另存一次，或重新传送一份",
        "cannot be read, the file is damaged: let Excel or WPS open and repair it "
        "and save it again, or have it sent again");
}

static bool can_be_unpacked(struct archive *a, int part, const zip_stat_t *st)
{
    if (st->encryption_method != ZIP_EM_NONE)
        return archive_refuse(
            a, part, "有密码：请在 Excel 或 WPS 中打开，去掉密码后另存",
            "has a password: open it in Excel or WPS, remove the password, save it");
    if (st->comp_method != ZIP_CM_STORE && st->comp_method != ZIP_CM_DEFLATE)
        return archive_refuse(a, part, "用了少见的压缩方法（%d）：请用 Excel 或 WPS 打开后另存",
                              "is packed by an unusual method (%d): open it in Excel or WPS and "
                              "save it again",
                              (int)st->comp_method);
    return true;
}

static struct archive_stream *open_stream(struct archive *a, int part, zip_flags_t flags,
                                          zip_stat_t *st)
{
    zip_file_t *file = NULL;

    if (a->broken)
        return NULL;
    zip_stat_init(st);
    if (zip_stat_index(a->zip, (zip_uint64_t)part, 0, st) == 0) {
        if (!can_be_unpacked(a, part, st))
            return NULL;
        file = zip_fopen_index(a->zip, (zip_uint64_t)part, flags);
    }
    if (!file) {
        refuse_damaged(a, part, zip_get_error(a->zip));
        return NULL;
    }
    struct archive_stream *s = mem_alloc(1, sizeof *s);
    *s = (struct archive_stream){a, file, part, flags & ZIP_FL_COMPRESSED, st->comp_size, 0};
    return s;
}

struct archive_stream *archive_stream_open(struct archive *a, int part)
{
    zip_stat_t st;
    return open_stream(a, part, 0, &st);
}

struct archive_stream *archive_packed_open(struct archive *a, int part, struct archive_packed *out)
{
    zip_stat_t st;
    struct archive_stream *s = open_stream(a, part, ZIP_FL_COMPRESSED, &st);
    if (s)
        *out = (struct archive_packed){st.comp_method, st.crc, st.comp_size, st.size};
    return s;
}

static bool within_limits(struct archive_stream *s, uint64_t more)
{
    struct archive *a = s->archive;

    s->unpacked += more;
    a->total += more;
    if (s->unpacked > ARCHIVE_RATIO_FREE && s->unpacked / ARCHIVE_RATIO > s->packed)
        return archive_refuse(a, s->part, "解压后是原来的 %d 倍以上，不像正常的文件，不再读取",
                              "unpacks to more than %d times its size, which no ordinary file "
                              "does: it is not read",
                              ARCHIVE_RATIO);
    if (s->unpacked > ARCHIVE_PART_LIMIT || a->total > ARCHIVE_TOTAL_LIMIT)
        return archive_refuse(
            a, s->part, "过大：每个内部文件解压后至多 %d MiB，合计至多 %d MiB；请分成几个文件",
            "is too large: a part may unpack to %d MiB, all to %d MiB; divide "
            "the file into several",
            ARCHIVE_PART_LIMIT >> 20, ARCHIVE_TOTAL_LIMIT >> 20);
    return true;
}

long archive_stream_read(struct archive_stream *s, void *out, size_t size)
{
    if (s->archive->broken)
        return -1;
    zip_int64_t n = zip_fread(s->file, out, size);
    if (n < 0) {
        refuse_damaged(s->archive, s->part, zip_file_get_error(s->file));
        return -1;
    }
    return s->as_packed || within_limits(s, (uint64_t)n) ? (long)n : -1;
}

void archive_stream_close(struct archive_stream *s)
{
    if (!s)
        return;
    zip_fclose(s->file);
    free(s);
}

bool archive_read(struct archive *a, int part, size_t most, struct buffer *out)
{
    enum { STEP = 64 << 10 };
    struct archive_stream *s = archive_stream_open(a, part);
    size_t begin = out->len;
    long n = s ? 1 : -1;

    while (n > 0 && out->len - begin <= most) {
        unsigned char *to = buffer_room(out, STEP);
        n = archive_stream_read(s, to, STEP);
        out->len -= STEP - (size_t)(n > 0 ? n : 0);
    }
    archive_stream_close(s);
    if (n > 0)
        return archive_refuse(a, part, "过大：至多 %zu KiB", "is too large: at most %zu KiB",
                              most >> 10);
    return n == 0;
}
