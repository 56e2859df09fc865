/* verify.c - see verify.h. A ZIP archive's directory is walked and each part inflated, a piece at a
 * time. */
#include "sheet/verify.h"

#include "core/machine.h"
#include "core/read_at.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE = 32 * 1024, DEEPEST = 64, END_RECORD = 22, ENTRY = 46, LOCAL = 30 };

struct part {
    long long at; /* of its local header */
    uint32_t packed, size, sum;
    char name[80];
};

static uint32_t u16(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const unsigned char *p)
{
    return u16(p) | u16(p + 2) << 16;
}

static bool read_bytes(int fd, long long at, void *out, size_t len)
{
    ssize_t n = at < 0 ? 0 : read_at(fd, out, len, (off_t)at);
    if (n < 0)
        machine_ask(NULL);
    return at >= 0 && n == (ssize_t)len;
}

/* Is a part all that its elements say? libxlsxwriter's are plain: no comments, quotes are ", and
 * text has neither < nor >. A piece that was lost shows where its two sides meet. */
struct markup {
    uint32_t open[DEEPEST]; /* the names of the open elements, hashed */
    int depth;
    bool in_tag, in_value, named, closes, declares, broken, rooted;
    uint32_t name;
    unsigned char last;
};

static void end_tag(struct markup *m)
{
    if (m->declares)
        m->broken = m->broken || m->last != '?';
    else if (m->closes && (m->depth == 0 || m->open[m->depth - 1] != m->name))
        m->broken = true;
    else if (m->closes)
        m->depth--;
    else if (m->last != '/' && m->depth < DEEPEST)
        m->open[m->depth++] = m->name;
    else if (m->last != '/')
        m->broken = true;
    m->rooted = m->rooted || !m->declares;
    m->in_tag = false;
}

static void read_tag(struct markup *m, unsigned char c)
{
    bool first = m->last == '<';
    if (c == '<' || (m->last == '"' && !strchr(" /?>", c)))
        m->broken = true;
    m->closes = m->closes || (first && c == '/');
    m->declares = m->declares || (first && c == '?');
    m->named = m->named || c == ' ' || c == '>' || (c == '/' && !first);
    if (!m->named && !(first && (c == '/' || c == '?')))
        m->name = (m->name ^ c) * 16777619u;
    m->in_value = c == '"';
    if (m->in_value && m->last != '=')
        m->broken = true;
    if (c == '>')
        end_tag(m);
}

static void read_text(struct markup *m, unsigned char c)
{
    if (c == '<' && !(m->rooted && m->depth == 0)) {
        m->in_tag = true;
        m->named = m->closes = m->declares = false;
        m->name = 2166136261u;
    } else if (c == '>' || (m->depth == 0 && c != '\r' && c != '\n')) {
        m->broken = true;
    }
}

static void markup_add(struct markup *m, const unsigned char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (m->in_value)
            m->in_value = data[i] != '"';
        else if (m->in_tag)
            read_tag(m, data[i]);
        else
            read_text(m, data[i]);
        m->last = data[i];
    }
}

/* Do the rows of a sheet stand in its part as they were written? */
struct rows_search {
    const struct verify_rows *rows;
    size_t matched; /* of the tag before or behind them */
    uLong sum;
    long long left;
    enum { BEFORE, WITHIN, BEHIND, FOUND, WRONG } at;
};

static bool match(struct rows_search *r, const char *tag, unsigned char c)
{
    r->matched = c == (unsigned char)tag[r->matched] ? r->matched + 1 : c == '<';
    if (tag[r->matched])
        return false;
    r->matched = 0;
    return true;
}

static void rows_add(struct rows_search *r, const unsigned char *data, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t n = 1;
        switch (r->at) {
        case BEFORE:
            if (match(r, "<sheetData>", data[i]))
                r->at = WITHIN;
            break;
        case WITHIN:
            n = (long long)(len - i) < r->left ? len - i : (size_t)r->left;
            r->sum = crc32(r->sum, data + i, (uInt)n);
            r->left -= (long long)n;
            if (r->left == 0)
                r->at = r->sum == r->rows->sum ? BEHIND : WRONG;
            break;
        case BEHIND:
            if (match(r, "</sheetData>", data[i]))
                r->at = FOUND;
            else if (r->matched == 0)
                r->at = WRONG;
            break;
        case FOUND:
        case WRONG:
            return;
        }
        i += n;
    }
}

/* A part as it is inflated, piece by piece. */
struct reading {
    struct markup markup;
    struct rows_search rows; /* rows NULL: it is no sheet with rows */
    uLong sum;
};

static void part_add(struct reading *r, const unsigned char *data, size_t len)
{
    r->sum = crc32(r->sum, data, (uInt)len);
    markup_add(&r->markup, data, len);
    if (r->rows.rows)
        rows_add(&r->rows, data, len);
}

static bool part_ends_well(const struct reading *r, const struct part *p)
{
    const struct markup *m = &r->markup;
    return r->sum == p->sum && m->rooted && !m->broken && !m->in_tag && !m->in_value &&
           m->depth == 0 && (!r->rows.rows || r->rows.at == FOUND);
}

/* rows NULL: there are none in it. */
static bool part_is_whole(int fd, const struct part *p, const struct verify_rows *rows)
{
    unsigned char local[LOCAL], in[PIECE], out[PIECE];
    struct reading reading = {.rows = {.rows = rows, .left = rows ? rows->len : 0}};
    z_stream z = {0};
    long long at, left = p->packed;
    int state = Z_OK;

    if (!read_bytes(fd, p->at, local, LOCAL) || inflateInit2(&z, -MAX_WBITS) != Z_OK)
        return false;
    at = p->at + LOCAL + u16(local + 26) + u16(local + 28);
    while (state == Z_OK && left > 0) {
        size_t n = left < PIECE ? (size_t)left : PIECE;
        if (!read_bytes(fd, at, in, n))
            break;
        at += (long long)n;
        left -= (long long)n;
        z.next_in = in;
        z.avail_in = (uInt)n;
        do {
            z.next_out = out;
            z.avail_out = PIECE;
            state = inflate(&z, Z_NO_FLUSH);
            part_add(&reading, out, PIECE - z.avail_out);
        } while (state == Z_OK && (z.avail_in > 0 || z.avail_out == 0));
        if (state == Z_BUF_ERROR) /* all that was given is used up */
            state = Z_OK;
    }
    inflateEnd(&z);
    return state == Z_STREAM_END && z.total_out == p->size && part_ends_well(&reading, p);
}

static bool next_part(int fd, long long *at, struct part *out)
{
    unsigned char entry[ENTRY];
    if (!read_bytes(fd, *at, entry, ENTRY) || u32(entry) != 0x02014b50)
        return false;
    size_t name = u16(entry + 28);
    if (name >= sizeof out->name || !read_bytes(fd, *at + ENTRY, out->name, name))
        return false;
    out->name[name] = '\0';
    out->sum = u32(entry + 16);
    out->packed = u32(entry + 20);
    out->size = u32(entry + 24);
    out->at = u32(entry + 42);
    *at += ENTRY + (long long)name + u16(entry + 30) + u16(entry + 32);
    return true;
}

/* --- cells --- */

void verify_row_written(struct verify_cells *c, size_t row)
{
    if (row < c->next_row)
        return;
    c->rows++;
    c->next_row = row + 1;
}

static uLong add_text(uLong sum, const char *text)
{
    return crc32(sum, (const Bytef *)text, (uInt)strlen(text));
}

void verify_cell_written(struct verify_cells *c, size_t row, size_t column, const char *text)
{
    char letters[8], place[40], escape[8];
    size_t at = sizeof letters - 1;

    if (row + 1 < c->next_row)
        return;
    verify_row_written(c, row);
    letters[at] = '\0';
    for (size_t k = column + 1; k > 0 && at > 0; k = (k - 1) / 26)
        letters[--at] = (char)('A' + (k - 1) % 26);
    snprintf(place, sizeof place, "%s%zu", letters + at, row + 1);
    uLong sum = add_text(0, place);
    for (const char *p = text; *p; p++) {
        bool escaped = (unsigned char)*p < ' ' && *p != '\t' && *p != '\n';
        snprintf(escape, sizeof escape, escaped ? "_x%04X_" : "%c", (unsigned char)*p);
        sum = add_text(sum, escape);
    }
    c->cells++;
    c->sum += sum;
}

bool verify_same_cells(const struct verify_cells *a, const struct verify_cells *b)
{
    return a->rows == b->rows && a->cells == b->cells && a->sum == b->sum;
}

/* Cells in the bytes of rows, a byte at a time. */
struct cells_reader {
    struct verify_cells found;
    char tag[160], entity[8];
    size_t tag_len, entity_len;
    bool in_tag, in_entity, in_value, in_cell, broken;
    uLong sum; /* of the open cell */
};

static void read_cells_tag(struct cells_reader *r)
{
    static const char cell[] = "c r=\"";
    char *tag = r->tag, *place = tag + sizeof cell - 1;
    bool empty = r->tag_len > 0 && tag[r->tag_len - 1] == '/';

    tag[r->tag_len] = '\0';
    if (!strncmp(tag, "row ", 4)) {
        r->found.rows++;
    } else if (!strncmp(tag, cell, sizeof cell - 1)) {
        place[strcspn(place, "\"")] = '\0';
        r->broken = r->broken || r->in_cell;
        r->sum = add_text(0, place);
        r->in_cell = true;
    }
    r->in_value = r->in_cell && (!strcmp(tag, "v") || !strcmp(tag, "t") || !strncmp(tag, "t ", 2));
    if (r->in_cell && (empty || !strcmp(tag, "/c"))) {
        r->found.cells++;
        r->found.sum += r->sum;
        r->in_cell = false;
    }
}

static void read_cells_entity(struct cells_reader *r)
{
    static const char *const known[][2] = {
        {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"#xA", "\n"}};
    const char *meant = NULL;
    r->entity[r->entity_len] = '\0';
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(r->entity, known[i][0]))
            meant = known[i][1];
    r->broken = r->broken || !meant;
    if (meant)
        r->sum = add_text(r->sum, meant);
    r->in_entity = false;
}

static void read_cells(struct cells_reader *r, const unsigned char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = data[i];
        if (r->in_tag && c == '>') {
            read_cells_tag(r);
            r->in_tag = false;
        } else if (r->in_tag) {
            r->broken = r->broken || r->tag_len + 1 == sizeof r->tag;
            r->tag[r->tag_len] = (char)c;
            r->tag_len += !r->broken;
        } else if (r->in_entity && c == ';') {
            read_cells_entity(r);
        } else if (r->in_entity) {
            r->broken = r->broken || r->entity_len + 1 == sizeof r->entity;
            r->entity[r->entity_len] = (char)c;
            r->entity_len += !r->broken;
        } else if (c == '<') {
            r->in_tag = true;
            r->tag_len = 0;
        } else if (c == '&' && r->in_value) {
            r->in_entity = true;
            r->entity_len = 0;
        } else if (r->in_value) {
            size_t run = 1;
            while (i + run < len && data[i + run] != '<' && data[i + run] != '&')
                run++;
            r->sum = crc32(r->sum, data + i, (uInt)run);
            i += run - 1;
        }
    }
}

bool verify_rows_of(int fd, long long len, struct verify_rows *out)
{
    unsigned char piece[PIECE];
    struct cells_reader reader = {.in_tag = false};

    *out = (struct verify_rows){.len = len};
    for (long long at = 0; at < len;) {
        size_t n = len - at < PIECE ? (size_t)(len - at) : PIECE;
        if (!read_bytes(fd, at, piece, n))
            return false;
        out->sum = crc32(out->sum, piece, (uInt)n);
        read_cells(&reader, piece, n);
        at += (long long)n;
    }
    out->cells = reader.found;
    return !reader.broken && !reader.in_tag && !reader.in_cell;
}

bool verify_workbook(int fd, const struct verify_rows *worksheets, int n)
{
    unsigned char end[END_RECORD];
    long long size = lseek(fd, 0, SEEK_END), at;
    int found = 0;
    if (!read_bytes(fd, size - END_RECORD, end, END_RECORD) || u32(end) != 0x06054b50)
        return false;
    at = u32(end + 16);
    for (uint32_t i = u16(end + 10); i > 0; i--) {
        struct part p;
        int sheet;
        if (!next_part(fd, &at, &p))
            return false;
        bool is_sheet =
            sscanf(p.name, "xl/worksheets/sheet%d.xml", &sheet) == 1 && sheet >= 1 && sheet <= n;
        const struct verify_rows *rows = is_sheet ? &worksheets[sheet - 1] : NULL;
        if (!part_is_whole(fd, &p, rows && rows->len > 0 ? rows : NULL))
            return false;
        found += is_sheet;
    }
    return found == n;
}
