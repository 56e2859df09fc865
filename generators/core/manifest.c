/* manifest.c - see manifest.h. */
#define _DEFAULT_SOURCE /* d_type */
#include "core/manifest.h"

#include "core/json_value.h"
#include "core/machine.h"
#include "core/output.h"
#include "core/spool.h"
#include "core/strings.h"
#include "core/system_error.h"
#include "core/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "manifest.json"
#define JOURNAL ".journal"
#define HEAD "{\"version\": 1, \"files\": [\n"
#define TAIL "\n]}\n"

/* A file whose lines are pointed to: it is only ever appended to, or replaced by another. */
struct text {
    struct text *next;
    const char *data;
    size_t len;
};

struct manifest {
    struct arena arena;
    const char *root;
    struct text *texts;
    struct manifest_file
        *list; /* after manifest_begin: n_settled, each path once, by path; then what is new */
    size_t n, cap, n_settled;
    struct manifest_note *notes; /* after manifest_begin: each once, by what they are about */
    size_t n_notes, cap_notes;
    uint64_t *done; /* the lines that were taken */
    size_t n_done, cap_done;
    const char **journals;
    size_t n_journals, cap_journals;
    int fd;          /* the run's journal */
    const char *own; /* its name */
    size_t own_from; /* what stands before is of runs that were cut off */
    bool shard, drop_notes, damaged;
};

static const char *in_tree(const struct manifest *m, struct arena *arena, const char *path)
{
    return arena_printf(arena, "%s/%s", m->root, path);
}

/* Inside the tree whatever was written into the manifest by whomever. */
static bool inside(const char *path)
{
    if (!path || !*path || *path == '/')
        return false;
    for (const char *p = path; p; p = strchr(p, '/')) {
        p += *p == '/';
        size_t n = strcspn(p, "/");
        if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
            return false;
    }
    return true;
}

/* What stands in a line; intended: of a journal. */
static bool add(struct manifest *m, const char *line, size_t len, bool intended)
{
    struct arena arena = {0};
    struct json_value *v = json_parse(&arena, line, len);
    const char *path = json_member_text(v, "path"), *sum = json_member_text(v, "sha256"),
               *about = json_member_text(v, "about");
    bool gone = json_member_count(v, "gone") != 0;
    bool ok = len <= INT32_MAX && inside(path) && (gone || (sum && strlen(sum) == DIGEST_HEX - 1));

    if (ok) {
        m->list = mem_grow(m->list, m->n, &m->cap, sizeof *m->list);
        struct manifest_file *f = &m->list[m->n];
        *f = (struct manifest_file){.path = arena_strdup(&m->arena, path),
                                    .bytes = json_member_count(v, "bytes"),
                                    .line = line,
                                    .len = (unsigned)len,
                                    .age = (unsigned)m->n++,
                                    .intended = intended,
                                    .gone = gone};
        if (!gone)
            memcpy(f->sha256, sum, DIGEST_HEX);
    } else if (about && !path && len <= INT32_MAX) {
        m->notes = mem_grow(m->notes, m->n_notes, &m->cap_notes, sizeof *m->notes);
        m->notes[m->n_notes] =
            (struct manifest_note){.about = arena_strdup(&m->arena, about),
                                   .line = line,
                                   .len = (unsigned)len,
                                   .age = (intended ? INT32_MAX : 0U) + (unsigned)m->n_notes,
                                   .fresh = m->fd >= 0};
        m->n_notes++;
        ok = true;
    }
    arena_free(&arena);
    return ok;
}

/* The whole file, for as long as the manifest lives; false with errno. */
static bool map(struct manifest *m, const char *path, struct text *out)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    void *data = MAP_FAILED;

    *out = (struct text){0};
    if (fd < 0)
        return false;
    bool known = fstat(fd, &st) == 0, regular = known && S_ISREG(st.st_mode);
    if (known && !regular)
        errno = EINVAL;
    else if (known && st.st_size > 0)
        data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    bool ok = data != MAP_FAILED || (regular && st.st_size == 0);
    if (data != MAP_FAILED) {
        *out = (struct text){m->texts, data, (size_t)st.st_size};
        m->texts = ARENA_NEW(&m->arena, struct text);
        *m->texts = *out;
    }
    int saved = errno;
    close(fd);
    errno = saved;
    return ok;
}

/* Is it a manifest as it was written, with its beginning and its end? */
static bool is_whole(const struct text *text)
{
    static const size_t head = sizeof HEAD - 1, tail = sizeof TAIL - 1;
    return text->len >= head + tail && !memcmp(text->data, HEAD, head) &&
           !memcmp(text->data + text->len - tail, TAIL, tail);
}

/* From a byte on at which a line begins. */
static bool read_lines(struct manifest *m, const char *name, size_t from, bool journal,
                       struct diag *diag)
{
    struct arena arena = {0};
    struct text text;
    const char *path = in_tree(m, &arena, name);
    long number = 1;
    bool ok = map(m, path, &text);

    bool there = ok;
    if (!ok)
        ok = errno == ENOENT || diag_unreadable(diag, path);
    if (there && !journal)
        m->damaged = !is_whole(&text);
    for (size_t at = from; at < text.len; number++) {
        const char *line = text.data + at, *end = memchr(line, '\n', text.len - at);
        size_t len = end ? (size_t)(end - line) : text.len - at;
        at += len + 1;
        if (!end)
            break; /* cut off by a kill, before what it intended was begun */
        if (len > 0 && line[len - 1] == ',')
            len--;
        bool head = !journal && number == 1;
        if (len > 1 && line[0] == '{' && !head && !add(m, line, len, journal) && !journal)
            diag_warn(diag, (struct src_pos){path, number}, "这一行看不懂，所列文件将重做",
                      "this line cannot be understood; its file will be made anew");
    }
    arena_free(&arena);
    return ok;
}

static bool find_journals(struct manifest *m, struct diag *diag)
{
    DIR *dir = opendir(m->root);
    struct dirent *e;

    if (!dir)
        return errno == ENOENT || diag_unreadable(diag, m->root);
    while (errno = 0, (e = readdir(dir)) != NULL)
        if (!strncmp(e->d_name, JOURNAL, strlen(JOURNAL)))
            *ARENA_PUSH(&m->arena, m->journals, m->n_journals, m->cap_journals) =
                arena_strdup(&m->arena, e->d_name);
    machine_ask(m->root); /* readdir */
    closedir(dir);
    if (m->n_journals > 0)
        qsort(m->journals, m->n_journals, sizeof *m->journals, string_order_at);
    return true;
}

static bool read_journals(struct manifest *m, struct diag *diag)
{
    if (!find_journals(m, diag))
        return false;
    for (size_t i = 0; i < m->n_journals; i++)
        if (!read_lines(m, m->journals[i], 0, true, diag))
            return false;
    return true;
}

static int by_path(const void *a, const void *b)
{
    const struct manifest_file *x = a, *y = b;
    int c = strcmp(x->path, y->path);
    if (c == 0)
        c = x->intended - y->intended; /* a journal's is the newer one */
    return c ? c : x->age < y->age ? -1 : x->age > y->age;
}

static int by_about(const void *a, const void *b)
{
    const struct manifest_note *x = a, *y = b;
    int c = strcmp(x->about, y->about);
    if (c == 0)
        c = x->fresh - y->fresh;
    return c ? c : x->age < y->age ? -1 : x->age > y->age;
}

static void sort(struct manifest *m)
{
    if (m->n > 0)
        qsort(m->list, m->n, sizeof *m->list, by_path);
}

/* The newest of each. */
static void settle_notes(struct manifest *m)
{
    size_t kept = 0;
    if (m->n_notes > 0)
        qsort(m->notes, m->n_notes, sizeof *m->notes, by_about);
    for (size_t i = 0; i < m->n_notes; i++) {
        const struct manifest_note *note = &m->notes[i];
        if (i + 1 < m->n_notes && !strcmp(note->about, note[1].about))
            continue;
        if (note->fresh || !m->drop_notes)
            m->notes[kept++] = *note;
    }
    m->n_notes = kept;
}

/* The number of entries from i on that speak of the same path. */
static size_t same_path(const struct manifest *m, size_t i)
{
    size_t n = 1;
    while (i + n < m->n && !strcmp(m->list[i].path, m->list[i + n].path))
        n++;
    return n;
}

/* The manifest last: what a run that ends in between takes out of its journal stands there. */
static struct manifest *read_tree(const char *root, bool journals, struct diag *diag)
{
    struct manifest *m = mem_alloc(1, sizeof *m);
    m->fd = -1;
    m->root = arena_strdup(&m->arena, root);
    if ((!journals || read_journals(m, diag)) && read_lines(m, NAME, 0, false, diag)) {
        sort(m);
        m->n_settled = m->n;
        return m;
    }
    manifest_free(m);
    return NULL;
}

struct manifest *manifest_open(const char *root, struct diag *diag)
{
    return read_tree(root, true, diag);
}

struct manifest *manifest_read(const char *root, struct diag *diag)
{
    return read_tree(root, false, diag);
}

bool manifest_is_whole(const struct manifest *m)
{
    return !m->damaged;
}

bool manifest_has_journals(const struct manifest *m)
{
    return m->n_journals > 0;
}

void manifest_free(struct manifest *m)
{
    if (!m)
        return;
    if (m->fd >= 0)
        close(m->fd);
    for (const struct text *t = m->texts; t; t = t->next)
        munmap((void *)t->data, t->len);
    free(m->list);
    free(m->notes);
    free(m->done);
    arena_free(&m->arena);
    free(m);
}

/* --- verifying --- */

enum state { STATE_RIGHT, STATE_MISSING, STATE_ALTERED };

/* How the file in the tree compares with what n entries from i on allow; *which is the one that it
 * is. */
static enum state compare(const struct manifest *m, size_t i, size_t n, size_t *which)
{
    struct arena arena = {0};
    char sum[DIGEST_HEX];
    long long bytes;
    bool may_lack = true, there = digest_file(in_tree(m, &arena, m->list[i].path),
                                              DIGEST_LINKS_REFUSED, sum, &bytes);
    bool absent = !there && errno == ENOENT;

    arena_free(&arena);
    for (size_t k = i + n; k-- > i;) {
        const struct manifest_file *f = &m->list[k];
        may_lack = may_lack && f->intended;
        if ((f->gone && absent) ||
            (there && !f->gone && f->bytes == bytes && !strcmp(f->sha256, sum))) {
            *which = k;
            return STATE_RIGHT;
        }
    }
    *which = i + n - 1;
    return !absent ? STATE_ALTERED : may_lack ? STATE_RIGHT : STATE_MISSING;
}

/* What tells of runs and not of the input, and so is no part of the manifest: print.sh's log, and
 * what the last run has changed. */
static bool is_diary(const char *path)
{
    static const char *const names[] = {"print/print-log.txt", MANIFEST_CHANGES_JSON,
                                        MANIFEST_CHANGES_HTML};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(path, names[i]))
            return true;
    return false;
}

static bool listed(const struct manifest *m, const char *path)
{
    struct manifest_file key = {.path = path, .age = 0};
    size_t low = 0, high = m->n_settled;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (by_path(&m->list[mid], &key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < m->n_settled && !strcmp(m->list[low].path, path);
}

static void look_for_strangers(const struct manifest *m, const char *folder, struct diag *diag)
{
    struct arena arena = {0};
    const char *full = *folder ? in_tree(m, &arena, folder) : m->root;
    DIR *dir = opendir(full);
    struct dirent *e;
    if (!dir)
        machine_ask(full);
    const char **names = NULL;
    size_t n = 0, cap = 0;

    while (errno = 0, dir && (e = readdir(dir)))
        if ((e->d_name[0] != '.' && !(!*folder && !strcmp(e->d_name, NAME))) ||
            temporary_is_abandoned(full, e->d_name))
            *ARENA_PUSH(&arena, names, n, cap) = arena_strdup(&arena, e->d_name);
    if (dir)
        machine_ask(full); /* readdir */
    if (dir)
        closedir(dir);
    if (n > 0)
        qsort(names, n, sizeof *names, string_order_at);
    for (size_t i = 0; i < n; i++) {
        const char *path = *folder ? arena_printf(&arena, "%s/%s", folder, names[i]) : names[i];
        const char *place = in_tree(m, &arena, path);
        struct stat st;
        bool there = lstat(place, &st) == 0;
        if (!there)
            machine_ask(place);
        if (there && S_ISDIR(st.st_mode))
            look_for_strangers(m, path, diag);
        else if (temporary_is_abandoned(full, names[i]))
            diag_warn(diag, (struct src_pos){place, 0},
                      "这是中断的运行留下的临时文件，下次运行 package 时删除",
                      "an interrupted run has left this temporary file: the next run of package "
                      "removes it");
        else if (!listed(m, path) && !is_diary(path))
            diag_warn(diag, (struct src_pos){place, 0}, "清单中没有这个文件",
                      "the manifest does not list it");
    }
    arena_free(&arena);
}

void manifest_verify(struct manifest *m, size_t *files, struct diag *diag)
{
    struct arena arena = {0};
    struct manifest *again = NULL;

    *files = 0;
    if (m->damaged)
        diag_error(diag, (struct src_pos){in_tree(m, &arena, NAME), 0},
                   "清单不完整，或被别的程序改写过，不能据以核对；请重新运行 package",
                   "it is cut, or another program wrote it, and vouches for nothing: run package "
                   "again");
    for (size_t i = 0, n; i < m->n; i += n) {
        n = same_path(m, i);
        size_t which;
        const char *path = m->list[i].path;
        enum state s = compare(m, i, n, &which);
        if (s != STATE_RIGHT) {
            /* A run may have changed it since we read what it should be. */
            if (again || (again = manifest_open(m->root, diag)))
                for (size_t k = 0; k < again->n; k++)
                    if (!strcmp(again->list[k].path, path)) {
                        s = compare(again, k, same_path(again, k), &which);
                        break;
                    }
        }
        const struct src_pos at = {in_tree(m, &arena, path), 0};
        *files += s == STATE_RIGHT && !m->list[i + n - 1].gone;
        if (s == STATE_MISSING)
            diag_error(diag, at, "清单所列文件不存在；请重新运行 package",
                       "the manifest lists it, but it is missing: run package again");
        else if (s == STATE_ALTERED)
            diag_error(diag, at, "内容与清单不符；请重新运行 package，或从备份恢复",
                       "it is not what the manifest says: run package again, or restore it");
    }
    look_for_strangers(m, "", diag);
    manifest_free(again);
    arena_free(&arena);
}

/* --- a run --- */

/* What is true of the path that n entries from i on speak of. What was done is so; what was only
 * intended (by who was killed, here or in another run) is looked up in the tree. */
static struct manifest_file truth(const struct manifest *m, size_t i, size_t n)
{
    const struct manifest_file *done = NULL, *intended = NULL;
    for (size_t k = i; k < i + n; k++)
        if (m->list[k].intended)
            intended = &m->list[k];
        else
            done = &m->list[k];
    if (!intended || (n == 2 && done && done->len == intended->len &&
                      !memcmp(done->line, intended->line, done->len)))
        return *done;

    struct arena arena = {0};
    struct stat st;
    size_t which;
    compare(m, i, n, &which);
    struct manifest_file f = m->list[which];
    f.gone = lstat(in_tree(m, &arena, f.path), &st) < 0;
    if (f.gone)
        machine_ask(f.path);
    arena_free(&arena);
    return f;
}

void manifest_settle(struct manifest *m)
{
    size_t kept = 0;
    sort(m);
    for (size_t i = 0, n; i < m->n; i += n) {
        n = same_path(m, i);
        struct manifest_file f = truth(m, i, n);
        f.intended = false;
        f.age = 0;
        if (!f.gone)
            m->list[kept++] = f;
    }
    m->n = m->n_settled = kept;
    settle_notes(m);
}

static bool remove_journals(struct manifest *m, struct diag *diag)
{
    struct arena arena = {0};
    bool ok = true;
    for (size_t i = 0; i < m->n_journals; i++) {
        const char *path = in_tree(m, &arena, m->journals[i]);
        if (unlink(path) < 0 && errno != ENOENT)
            ok = diag_errno(diag, (struct src_pos){path, 0}, "无法删除", "cannot be removed");
    }
    if (ok)
        m->n_journals = 0;
    arena_free(&arena);
    return ok;
}

static void put_lines(struct buffer *out, bool *follows, const char *line, size_t len)
{
    buffer_puts(out, *follows ? ",\n" : "");
    buffer_add(out, line, len);
    *follows = true;
}

static bool write_list(struct manifest *m, struct diag *diag)
{
    struct arena arena = {0};
    const char *path = in_tree(m, &arena, NAME);
    int file = output_temporary(path, diag);
    struct buffer out = {.spool = spool_new(file)};
    bool follows = false, written;

    buffer_puts(&out, HEAD);
    for (size_t i = 0; i < m->n; i++)
        put_lines(&out, &follows, m->list[i].line, m->list[i].len);
    if (m->n_notes > 0)
        buffer_puts(&out, "\n], \"notes\": [\n");
    follows = false;
    for (size_t i = 0; i < m->n_notes; i++)
        put_lines(&out, &follows, m->notes[i].line, m->notes[i].len);
    buffer_puts(&out, TAIL);
    buffer_flush(&out);
    bool ok = file >= 0 && (spool_ok(out.spool) ? output_update_name(path, file, &written, diag)
                                                : output_failed(path, diag));
    spool_free(out.spool);
    buffer_clear(&out);
    arena_free(&arena);
    return ok;
}

bool manifest_begin(struct manifest *m, const char *shard, struct diag *diag)
{
    struct arena arena = {0};
    const char *name = shard ? arena_printf(&arena, JOURNAL "-%s", shard) : JOURNAL;
    const char *path = in_tree(m, &arena, name);

    m->shard = shard != NULL;
    m->own = arena_strdup(&m->arena, name);
    manifest_settle(m);
    struct stat st;
    m->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = (m->fd >= 0 && fstat(m->fd, &st) == 0) || output_failed(path, diag);
    m->own_from = ok ? (size_t)st.st_size : 0;
    int dir = ok ? open(m->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (dir >= 0) {
        fsync(dir); /* the journal's name is on the disk before what it speaks of */
        close(dir);
    }
    if (ok) { /* a line that a kill cut off ends here, so that the next one stands alone */
        output_share_file(m->fd); /* who may read the tree verifies it by this, too */
        ok = manifest_intend(m, "\n", 1, diag);
        *ARENA_PUSH(&m->arena, m->journals, m->n_journals, m->cap_journals) = m->own;
    }
    arena_free(&arena);
    return ok;
}

static int is_path(const void *path, const void *file)
{
    return strcmp(path, ((const struct manifest_file *)file)->path);
}

static int is_about(const void *about, const void *note)
{
    return strcmp(about, ((const struct manifest_note *)note)->about);
}

const struct manifest_file *manifest_find(const struct manifest *m, const char *path)
{
    return m->n_settled ? bsearch(path, m->list, m->n_settled, sizeof *m->list, is_path) : NULL;
}

size_t manifest_files(const struct manifest *m, const struct manifest_file **out)
{
    *out = m->list;
    return m->n_settled;
}

bool manifest_intend(const struct manifest *m, const char *lines, size_t len, struct diag *diag)
{
    return (output_bytes(m->fd, lines, len) && fdatasync(m->fd) == 0) ||
           output_failed(m->root, diag);
}

void manifest_take(struct manifest *m, const char *line, size_t len)
{
    *MEM_PUSH(m->done, m->n_done, m->cap_done) = digest_quick(line, len);
}

bool manifest_note(const struct manifest *m, const char *line, size_t len, struct diag *diag)
{
    struct buffer whole = {0};
    buffer_add(&whole, line, len);
    buffer_putc(&whole, '\n');
    bool ok = output_bytes(m->fd, whole.data, whole.len);
    if (!ok)
        output_failed(m->root, diag);
    buffer_clear(&whole);
    return ok;
}

const struct manifest_note *manifest_noted(const struct manifest *m, const char *about)
{
    return m->n_notes ? bsearch(about, m->notes, m->n_notes, sizeof *m->notes, is_about) : NULL;
}

void manifest_drop_notes(struct manifest *m)
{
    m->drop_notes = true;
}

bool manifest_remove(struct manifest *m, const char *path, struct diag *diag)
{
    struct arena arena = {0};
    struct buffer line = {0};
    struct json j = {.out = &line, .flat = true};
    char *place = arena_strdup(&arena, in_tree(m, &arena, path));

    json_open(&j, NULL, '{');
    json_string(&j, "path", path);
    json_bool(&j, "gone", true);
    json_close(&j, '}');
    size_t len = line.len;
    buffer_putc(&line, '\n');
    bool ok = inside(path) && manifest_intend(m, (const char *)line.data, line.len, diag);
    if (ok && output_lies_within(m->root, path) && unlink(place) < 0 && errno != ENOENT)
        ok = diag_errno(diag, (struct src_pos){place, 0}, "无法删除", "cannot be removed");
    if (ok)
        manifest_take(m, (const char *)line.data, len);
    for (char *slash;
         ok && (slash = strrchr(place, '/')) && (size_t)(slash - place) > strlen(m->root);) {
        *slash = '\0';
        if (rmdir(place) < 0)
            break; /* something else is in it */
    }
    buffer_clear(&line);
    arena_free(&arena);
    return ok;
}

static int by_hash(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool is_done(const struct manifest *m, const struct manifest_file *f)
{
    uint64_t h = digest_quick(f->line, f->len);
    return m->n_done > 0 && bsearch(&h, m->done, m->n_done, sizeof h, by_hash);
}

bool manifest_write(struct manifest *m, struct diag *diag)
{
    if (m->shard)
        return true;
    /* What was not taken was intended by workers who died before they told of it. */
    if (m->n_done > 0)
        qsort(m->done, m->n_done, sizeof *m->done, by_hash);
    size_t before = m->n;
    if (!read_lines(m, m->own, m->own_from, true, diag))
        return false;
    for (size_t i = before; i < m->n; i++)
        m->list[i].intended = !is_done(m, &m->list[i]);
    manifest_settle(m);
    return write_list(m, diag) && remove_journals(m, diag);
}
