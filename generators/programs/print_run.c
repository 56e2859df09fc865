/* print_run.c - what goes to the printer: each delegation's loose papers merged by kind, and a list
 * of all files in the order of printing, with a script that hands them to lp. */
#include "programs/package.h"

#include "bind/merge.h"
#include "core/json_value.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_SHEETS = 500 }; /* of one file */

/* One applicant's document that is printed. */
struct sheet {
    const char *path, *title, *sha256, *paper;
    size_t pages;
};

struct printing {
    struct package *package;
    struct arena arena;
    struct buffer list;
};

static size_t sheets_of(const struct kit_paper *kit, size_t pages)
{
    return kit->duplex ? (pages + 1) / 2 : pages;
}

static void list_file(struct printing *r, const struct kit_paper *kit, const char *path,
                      size_t pages, const char *paper)
{
    buffer_printf(&r->list, "%s\t%d\t%s\t%s\t%zu\n", path, kit->copies,
                  kit->duplex ? "two-sided-long-edge" : "one-sided", paper ? paper : "A4",
                  sheets_of(kit, pages));
}

/* The documents of one kind in a result. */
static void find(struct printing *r, const struct buffer *result, const char *kind,
                 const char *title, struct sheet **list, size_t *n, size_t *cap)
{
    size_t len = 0;
    for (const char *line = NULL; (line = package_line(result, line, &len));) {
        const struct json_value *v =
            *line == '+' || *line == '=' ? json_parse(&r->arena, line + 1, len - 1) : NULL;
        const char *is = json_member_text(v, "kind");
        if (is && !strcmp(is, kind) && json_member_number(v, "pages") > 0)
            *ARENA_PUSH(&r->arena, *list, *n, *cap) = (struct sheet){
                json_member_text(v, "path"), title, json_member_text(v, "sha256"),
                json_member_text(v, "paper"), (size_t)json_member_number(v, "pages")};
    }
}

static bool read_whole(const char *path, struct buffer *out)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    size_t want = ok ? (size_t)st.st_size : 0, at = 0;
    unsigned char *to = want > 0 ? buffer_room(out, want) : NULL;
    while (ok && at < want) {
        ssize_t n = read(fd, to + at, want - at);
        ok = n > 0;
        at += ok ? (size_t)n : 0;
    }
    if (fd >= 0)
        close(fd);
    return ok;
}

struct described {
    const struct kit_paper *kit;
    const char *key, *paper;
    size_t pages, documents;
};

static void describe(struct json *j, const void *data)
{
    const struct described *d = data;
    json_integer(j, "pages", (long long)d->pages);
    json_integer(j, "copies", d->kit->copies);
    json_string(j, "kind", "print-run");
    json_string(j, "paper", d->paper);
    json_integer(j, "documents", (long long)d->documents);
    json_string(j, "key", d->key);
}

struct merging {
    struct printing *printing;
    const struct sheet *sheets;
    size_t n;
    const struct kit_paper *kit;
};

/* In a process of its own, which takes all the memory of it along: the number of pages, then the
 * file; nothing when it failed. */
static void merge_alone(void *data, struct buffer *result)
{
    struct merging *m = data;
    struct arena *a = &m->printing->arena;
    struct merge_part *parts = mem_alloc(m->n + 1, sizeof *parts);
    struct buffer *bytes = mem_alloc(m->n + 1, sizeof *bytes), out = {0};
    struct diag diag = {0};
    size_t pages = 0;
    bool ok = true;

    for (size_t i = 0; i < m->n && ok; i++) {
        const char *path = arena_printf(a, "%s/%s", m->printing->package->out, m->sheets[i].path);
        parts[i] =
            (struct merge_part){.bytes = &bytes[i], .name = path, .title = m->sheets[i].title};
        ok = read_whole(path, &bytes[i]);
    }
    if (ok && merge_parts(parts, m->n, m->kit->duplex, &out, &pages, &diag)) {
        buffer_add(result, &pages, sizeof pages);
        buffer_add(result, out.data, out.len);
    }
}

static bool merge(struct printing *r, const struct sheet *sheets, size_t n,
                  const struct kit_paper *kit, const char *path, struct buffer *out, size_t *pages)
{
    enum { MOST_SECONDS = 600 };
    const struct workers_limits limits = {MOST_SECONDS, (size_t)4 << 30};
    struct merging m = {r, sheets, n, kit};

    if (workers_alone(merge_alone, &m, limits, out) == WORKERS_DONE && out->len > sizeof *pages) {
        memcpy(pages, out->data, sizeof *pages);
        out->len -= sizeof *pages;
        memmove(out->data, out->data + sizeof *pages, out->len);
        return true;
    }
    return diag_system(
        r->package->diag, (struct src_pos){path, 0},
        "%zu 份《%s》未能合并打印；各份文件完好，可逐份打印，再运行一次 package 重新合并",
        "%zu of %s could not be merged for printing; each by itself is whole: print them singly, "
        "or run package again",
        n, kit->file);
}

/* One file of a run. */
static bool write_run(struct printing *r, const struct sheet *sheets, size_t n,
                      const struct kit_paper *kit, const char *path)
{
    struct package *p = r->package;
    struct digest *d = digest_new();
    struct buffer out = {0};
    char key[DIGEST_HEX];
    struct described what = {kit, key, sheets[0].paper, 0, n};
    bool ok = true;

    digest_text(d, p->common.program);
    digest_text(d, kit->duplex ? "duplex" : NULL);
    for (size_t i = 0; i < n; i++) {
        digest_text(d, sheets[i].sha256);
        digest_text(d, sheets[i].title);
    }
    digest_end(d, key);
    const struct manifest_file *old = package_there(p, path);
    struct json_value *line = old ? json_parse(&r->arena, old->line, old->len) : NULL;
    const char *was = json_member_text(line, "key");
    if (was && !strcmp(was, key) && !p->force) {
        what.pages = (size_t)json_member_number(line, "pages");
    } else {
        ok = merge(r, sheets, n, kit, path, &out, &what.pages) &&
             package_put(p, path, &out, describe, &what, NULL);
    }
    *ARENA_PUSH(&p->arena, p->prints, p->n_prints, p->cap_prints) = arena_strdup(&p->arena, path);
    list_file(r, kit, path + strlen("print/"), what.pages, what.paper);
    buffer_clear(&out);
    return ok;
}

/* All of one paper of a delegation, in as many files as it takes. */
static bool write_runs(struct printing *r, const struct sheet *sheets, size_t n,
                       const struct kit_paper *kit, const struct delegated *d)
{
    size_t files = 0, sum = 0, number = 0;
    for (size_t i = 0; i < n; i++) {
        size_t more = sheets_of(kit, sheets[i].pages);
        if (i == 0 || sum + more > MOST_SHEETS) {
            files++;
            sum = 0;
        }
        sum += more;
    }
    for (size_t i = 0, k; i < n; i = k) {
        sum = 0;
        for (k = i; k < n && (k == i || sum + sheets_of(kit, sheets[k].pages) <= MOST_SHEETS); k++)
            sum += sheets_of(kit, sheets[k].pages);
        number++;
        const char *suffix = files > 1 ? arena_printf(&r->arena, "-%zu", number) : "";
        if (!write_run(r, sheets + i, k - i, kit,
                       arena_printf(&r->arena, "print/%s-%s%s.pdf", d->folder, kit->file, suffix)))
            return false;
    }
    return true;
}

static bool print_paper(struct printing *r, const struct kit_paper *kit, const struct delegated *d)
{
    const struct package *p = r->package;
    struct sheet *sheets = NULL;
    size_t n = 0, cap = 0;

    if (kit->delegation)
        find(r, &d->result, kit->name, d->issuer, &sheets, &n, &cap);
    for (size_t i = 0; i < p->n_people && !kit->delegation; i++)
        if (!strcmp(p->people[i].delegation, d->id))
            find(r, &p->people[i].result, kit->name,
                 arena_printf(&r->arena, "%s %s", p->people[i].id, p->people[i].name), &sheets, &n,
                 &cap);
    if (n > 0 && kit->print == KIT_RUN)
        return write_runs(r, sheets, n, kit, d);
    for (size_t i = 0; i < n; i++)
        list_file(r, kit, arena_printf(&r->arena, "../%s", sheets[i].path), sheets[i].pages,
                  sheets[i].paper);
    return true;
}

static const char script[] =
    "#!/bin/sh\n"
    "# Prints everything that print-list.txt names, in its order. Ready to use:\n"
    "#   sh print.sh            all of it, on the default printer\n"
    "#   sh print.sh -n         only shows what it would do\n"
    "#   PRINTER=name sh print.sh\n"
    "cd \"$(dirname \"$0\")\" || exit 2\n"
    "run=; [ \"$1\" = -n ] && run=echo\n"
    "tab=$(printf '\\t')\n"
    "status=0\n"
    "while IFS=$tab read -r file copies sides media sheets; do\n"
    "  case $file in ''|'#'*) continue;; esac\n"
    "  $run lp ${PRINTER:+-d \"$PRINTER\"} -n \"$copies\" -o sides=\"$sides\" -o media=\"$media\" "
    "-o collate=true \\\n"
    "    -t \"${file##*/}\" -- \"./$file\" || status=2\n"
    "done < print-list.txt\n"
    "exit $status\n";

bool package_write_print_runs(struct package *p)
{
    struct printing r = {.package = p};
    const struct kit_paper *papers;
    size_t n = kit_papers(p->kit, &papers);
    bool ok = true;

    buffer_puts(&r.list, "# 文件\t份数\t单双面\t纸张\t每份张数\n");
    for (size_t d = 0; d < p->n_delegations && ok; d++)
        for (size_t i = 0; i < n && ok; i++)
            if (papers[i].print != KIT_NOT)
                ok = print_paper(&r, &papers[i], &p->delegations[d]);
    struct buffer lp = {0};
    buffer_puts(&lp, script);
    ok = ok && package_put(p, "print/print-list.txt", &r.list, NULL, NULL, NULL) &&
         package_put(p, "print/print.sh", &lp, NULL, NULL, NULL);
    *ARENA_PUSH(&p->arena, p->prints, p->n_prints, p->cap_prints) = "print/print-list.txt";
    *ARENA_PUSH(&p->arena, p->prints, p->n_prints, p->cap_prints) = "print/print.sh";
    buffer_clear(&lp);
    buffer_clear(&r.list);
    arena_free(&r.arena);
    return ok;
}
