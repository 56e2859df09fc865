/* manifest.c - see manifest.h. */
#define _DEFAULT_SOURCE /* d_type */
#include "core/manifest.h"

#include "core/buffer.h"
#include "core/json_value.h"
#include "core/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "manifest.json"
#define JOURNAL ".journal"

struct manifest {
    struct arena arena;
    const char *root;
    struct manifest_file
        *list; /* after manifest_begin: n_settled, each path once, by path; then what is new */
    size_t n, cap, n_settled;
    const char **journals;
    size_t n_journals, cap_journals;
    int fd; /* the run's journal */
    bool shard;
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

static bool add(struct manifest *m, const char *line, size_t len, bool intended)
{
    struct arena arena = {0};
    struct json_value *v = json_parse(&arena, line, len);
    const char *path = json_member_text(v, "path"), *sum = json_member_text(v, "sha256");
    bool gone = json_member_number(v, "gone") != 0;
    bool ok = inside(path) && (gone || (sum && strlen(sum) == DIGEST_HEX - 1));

    if (ok) {
        struct manifest_file *f = ARENA_PUSH(&m->arena, m->list, m->n, m->cap);
        *f = (struct manifest_file){.path = arena_strdup(&m->arena, path),
                                    .bytes = (long long)json_member_number(v, "bytes"),
                                    .line = arena_strndup(&m->arena, line, len),
                                    .len = len,
                                    .age = intended ? SIZE_MAX / 2 + m->n : m->n,
                                    .intended = intended,
                                    .gone = gone};
        if (!gone)
            memcpy(f->sha256, sum, DIGEST_HEX);
    }
    arena_free(&arena);
    return ok;
}

/* The whole file; false with errno. */
static bool slurp(const char *path, struct buffer *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t n = -1;
    if (fd < 0)
        return false;
    do {
        unsigned char block[1 << 16];
        n = read(fd, block, sizeof block);
        if (n > 0)
            buffer_add(out, block, (size_t)n);
    } while (n > 0 || (n < 0 && errno == EINTR));
    int saved = errno;
    close(fd);
    errno = saved;
    return n == 0;
}

static bool read_lines(struct manifest *m, const char *name, bool journal, struct diag *diag)
{
    struct arena arena = {0};
    struct buffer text = {0};
    const char *path = in_tree(m, &arena, name);
    long number = 1;
    bool ok = slurp(path, &text) || errno == ENOENT;

    if (!ok)
        diag_system(diag, (struct src_pos){path, 0}, "无法读取：%s", "cannot be read: %s",
                    strerror(errno));
    for (size_t at = 0; at < text.len; number++) {
        const char *line = (const char *)text.data + at, *end = memchr(line, '\n', text.len - at);
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
    buffer_clear(&text);
    arena_free(&arena);
    return ok;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool find_journals(struct manifest *m, struct diag *diag)
{
    DIR *dir = opendir(m->root);
    struct dirent *e;

    if (!dir)
        return errno == ENOENT || diag_system(diag, (struct src_pos){m->root, 0}, "无法打开：%s",
                                              "cannot be opened: %s", strerror(errno));
    while ((e = readdir(dir)))
        if (!strncmp(e->d_name, JOURNAL, strlen(JOURNAL)))
            *ARENA_PUSH(&m->arena, m->journals, m->n_journals, m->cap_journals) =
                arena_strdup(&m->arena, e->d_name);
    closedir(dir);
    if (m->n_journals > 0)
        qsort(m->journals, m->n_journals, sizeof *m->journals, by_name);
    return true;
}

/* The manifest last: what a run that ends in between takes out of its journal stands there. */
static bool load(struct manifest *m, struct diag *diag)
{
    if (!find_journals(m, diag))
        return false;
    for (size_t i = 0; i < m->n_journals; i++)
        if (!read_lines(m, m->journals[i], true, diag))
            return false;
    return read_lines(m, NAME, false, diag);
}

static int by_path(const void *a, const void *b)
{
    const struct manifest_file *x = a, *y = b;
    int c = strcmp(x->path, y->path);
    return c ? c : x->age < y->age ? -1 : x->age > y->age;
}

static void sort(struct manifest *m)
{
    if (m->n > 0)
        qsort(m->list, m->n, sizeof *m->list, by_path);
}

/* The number of entries from i on that speak of the same path. */
static size_t same_path(const struct manifest *m, size_t i)
{
    size_t n = 1;
    while (i + n < m->n && !strcmp(m->list[i].path, m->list[i + n].path))
        n++;
    return n;
}

struct manifest *manifest_open(const char *root, struct diag *diag)
{
    struct manifest *m = mem_alloc(1, sizeof *m);
    m->fd = -1;
    m->root = arena_strdup(&m->arena, root);
    if (load(m, diag)) {
        sort(m);
        m->n_settled = m->n;
        return m;
    }
    manifest_free(m);
    return NULL;
}

void manifest_free(struct manifest *m)
{
    if (!m)
        return;
    if (m->fd >= 0)
        close(m->fd);
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
    bool may_lack = true, there = digest_file(in_tree(m, &arena, m->list[i].path), sum, &bytes);
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
    const char **names = NULL;
    size_t n = 0, cap = 0;

    while (dir && (e = readdir(dir)))
        if (e->d_name[0] != '.' && !(!*folder && !strcmp(e->d_name, NAME)))
            *ARENA_PUSH(&arena, names, n, cap) = arena_strdup(&arena, e->d_name);
    if (dir)
        closedir(dir);
    if (n > 0)
        qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        const char *path = *folder ? arena_printf(&arena, "%s/%s", folder, names[i]) : names[i];
        const char *place = in_tree(m, &arena, path);
        struct stat st;
        if (lstat(place, &st) == 0 && S_ISDIR(st.st_mode))
            look_for_strangers(m, path, diag);
        else if (!listed(m, path))
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
    if (!intended ||
        (done && done->len == intended->len && !memcmp(done->line, intended->line, done->len)))
        return *done;

    struct arena arena = {0};
    struct stat st;
    size_t which;
    compare(m, i, n, &which);
    struct manifest_file f = m->list[which];
    f.gone = lstat(in_tree(m, &arena, f.path), &st) < 0;
    arena_free(&arena);
    return f;
}

static void settle(struct manifest *m)
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
}

static bool remove_journals(struct manifest *m, struct diag *diag)
{
    struct arena arena = {0};
    bool ok = true;
    for (size_t i = 0; i < m->n_journals; i++) {
        const char *path = in_tree(m, &arena, m->journals[i]);
        if (unlink(path) < 0 && errno != ENOENT)
            ok = diag_system(diag, (struct src_pos){path, 0}, "无法删除：%s",
                             "cannot be removed: %s", strerror(errno));
    }
    if (ok)
        m->n_journals = 0;
    arena_free(&arena);
    return ok;
}

static bool write_list(struct manifest *m, struct diag *diag)
{
    struct arena arena = {0};
    struct buffer out = {0};
    bool follows = false, written;

    buffer_puts(&out, "{\"version\": 1, \"files\": [\n");
    for (size_t i = 0; i < m->n; i++) {
        if (follows)
            buffer_puts(&out, ",\n");
        buffer_add(&out, m->list[i].line, m->list[i].len);
        follows = true;
    }
    buffer_puts(&out, "\n]}\n");
    bool ok = output_update(in_tree(m, &arena, NAME), out.data, out.len, &written, diag);
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
    settle(m);
    bool ok = m->shard || m->n_journals == 0 || (write_list(m, diag) && remove_journals(m, diag));
    if (ok &&
        (m->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
        ok = diag_system(diag, (struct src_pos){path, 0}, "无法建立：%s", "cannot be made: %s",
                         strerror(errno));
    int dir = ok ? open(m->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (dir >= 0) {
        fsync(dir); /* the journal's name is on the disk before what it speaks of */
        close(dir);
    }
    if (ok) { /* a line that a kill cut off ends here, so that the next one stands alone */
        ok = manifest_intend(m, "\n", 1, diag);
        *ARENA_PUSH(&m->arena, m->journals, m->n_journals, m->cap_journals) =
            arena_strdup(&m->arena, name);
    }
    arena_free(&arena);
    return ok;
}

const struct manifest_file *manifest_find(const struct manifest *m, const char *path)
{
    size_t low = 0, high = m->n_settled;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int c = strcmp(m->list[mid].path, path);
        if (c == 0)
            return &m->list[mid];
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

size_t manifest_files(const struct manifest *m, const struct manifest_file **out)
{
    *out = m->list;
    return m->n_settled;
}

bool manifest_intend(const struct manifest *m, const char *lines, size_t len, struct diag *diag)
{
    if (output_bytes(m->fd, lines, len) && fdatasync(m->fd) == 0)
        return true;
    return diag_system(diag, (struct src_pos){m->root, 0}, "无法写入日志：%s",
                       "the journal cannot be written: %s", strerror(errno));
}

void manifest_take(struct manifest *m, const char *line, size_t len)
{
    add(m, line, len, false);
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
    if (ok && unlink(place) < 0 && errno != ENOENT)
        ok = diag_system(diag, (struct src_pos){place, 0}, "无法删除：%s", "cannot be removed: %s",
                         strerror(errno));
    if (ok)
        add(m, (const char *)line.data, len, false);
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

bool manifest_write(struct manifest *m, struct diag *diag)
{
    if (m->shard)
        return true;
    for (size_t i = 0; i < m->n_journals;
         i++) /* workers may have died before they told of what they did */
        if (!read_lines(m, m->journals[i], true, diag))
            return false;
    settle(m);
    return write_list(m, diag) && remove_journals(m, diag);
}
