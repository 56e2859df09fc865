/* unpack.c - see unpack.h. APPNOTE.TXT 6.3.9: 4.4.4 (names in UTF-8), 4.4.15 (attributes). */
#include "desk/unpack.h"

#include "core/digest.h"
#include "core/machine.h"
#include "core/output.h"
#include "core/strings.h"
#include "core/utf8.h"
#include "desk/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unistd.h>
#include <zip.h>

enum {
    RATIO = 400,           /* bytes out of one stored byte ... */
    RATIO_FREE = 16 << 20, /* ... once an entry has given so many */
    LONGEST = UPLOAD_PATH + 1
};

struct unpacking {
    zip_t *zip;
    const char *folder;
    double left; /* bytes that may still come */
    struct arena arena;
    uint64_t *seen; /* the names' digests, without case; 0: none. A power of two, half empty */
    size_t n_seen;
    struct unpacked *out;
    struct diag *diag;
};

const char *unpack_composed(const char *name, struct arena *arena)
{
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&error);
    UChar wide[LONGEST], formed[LONGEST];
    int32_t n = 0, m = 0;
    char *out = arena_alloc(arena, 3 * LONGEST, 1);

    u_strFromUTF8(wide, LONGEST, &n, name, -1, &error);
    m = unorm2_normalize(nfc, wide, n, formed, LONGEST, &error);
    u_strToUTF8(out, 3 * LONGEST, NULL, formed, m, &error);
    return U_FAILURE(error) ? name : out;
}

bool unpack_is_junk(const char *path)
{
    static const char *const names[] = {".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX"};
    for (const char *p = path, *end; *p; p = *end ? end + 1 : end) {
        size_t n = strcspn(p, "/");
        end = p + n;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (n == strlen(names[i]) && !strncasecmp(p, names[i], n))
                return true;
        if (n > 2 && (!strncmp(p, "._", 2) || !strncmp(p, "~$", 2)))
            return true;
    }
    return false;
}

static bool refuse(struct unpacking *u, const char *name, const char *zh, const char *en)
{
    const struct finding f = {.severity = SEVERITY_WARNING, .at = {name, 0}, .text = {zh, en}};
    diag_pass(u->diag, &f);
    return false;
}

/* Ends the process when it was the system that failed, and not what the archive says: a directory
 * may well name places that no file has. */
static void ask_system(const char *file, const zip_error_t *error)
{
    if (zip_error_code_zip(error) == ZIP_ER_MEMORY)
        machine_out_of_memory(0);
    errno = zip_error_system_type(error) == ZIP_ET_SYS ? zip_error_code_system(error) : 0;
    if (errno != EFBIG)
        machine_ask(file);
}

/* NULL: these bytes are no text. */
static char *from_gb(const char *raw, struct arena *arena)
{
    size_t n = strlen(raw), room = 4 * n + 1, left = room;
    char *text = arena_alloc(arena, room, 1), *to = text, *from = (char *)raw;
    iconv_t c = iconv_open("UTF-8", "GB18030");
    if (c == (iconv_t)-1)
        machine_ask(NULL);
    bool ok = c != (iconv_t)-1 && iconv(c, &from, &n, &to, &left) != (size_t)-1;
    if (c != (iconv_t)-1)
        iconv_close(c);
    return ok ? text : NULL;
}

/* As it is to be called, below the folder; NULL: it may not be. */
static const char *name_of(struct unpacking *u, const char *raw)
{
    char *name =
        utf8_is_valid(raw, strlen(raw)) ? arena_strdup(&u->arena, raw) : from_gb(raw, &u->arena);
    for (char *p = name; p && *p; p++) /* as some write it on Windows */
        *p = *p == '\\' ? '/' : *p;
    if (!name || strlen(name) > UPLOAD_PATH) {
        refuse(u, name ? name : "?", "文件名读不出或太长，未解压；请改名后再压缩",
               "has a name that cannot be read or is too long: rename it and pack again");
        return NULL;
    }
    return unpack_composed(name, &u->arena);
}

static bool is_link(struct unpacking *u, zip_uint64_t i)
{
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    zip_file_get_external_attributes(u->zip, i, 0, &system, &attributes);
    return system == ZIP_OPSYS_UNIX && S_ISLNK(attributes >> 16);
}

static bool write_entry(struct unpacking *u, zip_file_t *in, int fd, const struct zip_stat *st,
                        const char *name)
{
    enum { PIECE = 64 << 10 };
    char piece[PIECE];
    double got = 0;
    for (zip_int64_t n; (n = zip_fread(in, piece, PIECE)) != 0; got += (double)n) {
        if (n < 0)
            ask_system(name, zip_file_get_error(in));
        if (n < 0)
            return refuse(u, name, "在压缩包里已损坏，未解压；请重新压缩",
                          "is damaged in the archive: pack it again");
        if ((u->left -= (double)n) < 0 ||
            (got > RATIO_FREE && got > (double)RATIO * (double)(st->comp_size + 1)))
            return diag_error(u->diag, (struct src_pos){name, 0},
                              "解压后太大，不正常；压缩包不再解压",
                              "unpacks to too much, which is not ordinary: the archive is left");
        if (!output_bytes(fd, piece, (size_t)n))
            return output_failed(u->folder, u->diag);
    }
    return true;
}

/* Its folder is made; no link stands there, since none was unpacked. */
static bool unpack_entry(struct unpacking *u, zip_uint64_t i, const struct zip_stat *st,
                         const char *name)
{
    const char *path = arena_printf(&u->arena, "%s/%s", u->folder, name);
    const char *slash = strrchr(name, '/');
    if (slash && !output_make_folder(
                     u->folder, arena_strndup(&u->arena, name, (size_t)(slash - name)), u->diag))
        return false;
    zip_file_t *in = zip_fopen_index(u->zip, i, 0);
    if (!in)
        ask_system(name, zip_get_error(u->zip));
    if (!in)
        return refuse(u, name, "在压缩包里已损坏或加密，未解压；请重新压缩，不设密码",
                      "is damaged or encrypted in the archive: pack it again without a password");
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool ok = fd >= 0 ? write_entry(u, in, fd, st, name) : output_failed(path, u->diag);
    if (fd >= 0 && close(fd) < 0 && ok)
        ok = output_failed(path, u->diag);
    if (fd >= 0 && !ok)
        unlink(path);
    zip_fclose(in);
    u->out->files += ok;
    u->out->empty += ok && st->size == 0;
    return ok;
}

/* Two that differ in case alone are two files here, and one where the clerk sits. */
static bool is_taken(struct unpacking *u, const char *name)
{
    char *folded = arena_strdup(&u->arena, name);
    for (char *p = folded; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + ('a' - 'A') : *p);
    uint64_t digest = digest_quick(folded, strlen(folded)) | 1;
    size_t at = digest & (u->n_seen - 1);
    while (u->seen[at] && u->seen[at] != digest)
        at = (at + 1) & (u->n_seen - 1);
    bool taken = u->seen[at] != 0;
    u->seen[at] = digest;
    return taken;
}

static void take_entry(struct unpacking *u, zip_uint64_t i)
{
    struct zip_stat st;
    const char *raw = zip_get_name(u->zip, i, ZIP_FL_ENC_RAW);
    const char *name = raw ? name_of(u, raw) : NULL;
    size_t len = name ? strlen(name) : 0;

    if (!name || len == 0 || name[len - 1] == '/')
        return; /* a folder: it is made with its files */
    if (unpack_is_junk(name))
        u->out->junk++;
    else if (!upload_path_is_good(name))
        refuse(u, name, "路径不合规，未解压", "has a path that leads elsewhere");
    else if (is_link(u, i))
        refuse(u, name, "是链接，不是文件，未解压", "is a link and no file");
    else if (zip_stat_index(u->zip, i, 0, &st) < 0)
        refuse(u, name, "在压缩包里已损坏，未解压", "is damaged in the archive");
    else if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
        refuse(u, name, "已加密，未解压；请重新压缩，不设密码",
               "is encrypted: pack it again without a password");
    else if (is_taken(u, name) || upload_is_blocked(u->folder, name))
        refuse(u, name, "与压缩包里的另一个文件或文件夹重名，未解压；请改名后再压缩",
               "has the name of another file or folder in the archive: rename it and pack again");
    else
        unpack_entry(u, i, &st, name);
}

bool unpack(const char *zip, const char *folder, double most, struct unpacked *out,
            struct diag *diag)
{
    struct unpacking u = {.folder = folder, .left = most, .out = out, .diag = diag};
    int error = 0;

    *out = (struct unpacked){0};
    if (!output_make_directory(folder, diag))
        return false;
    u.zip = zip_open(zip, ZIP_RDONLY, &error);
    if (!u.zip) {
        zip_error_t why;
        zip_error_init_with_code(&why, error);
        ask_system(zip, &why);
        zip_error_fini(&why);
        return diag_error(diag, (struct src_pos){path_leaf(zip), 0},
                          "不是能读的 ZIP 压缩包；请重新压缩为 .zip",
                          "is no ZIP archive that can be read: pack it again as .zip");
    }
    zip_int64_t n = zip_get_num_entries(u.zip, 0);
    bool ok =
        n <= UNPACK_FILES ||
        diag_error(diag, (struct src_pos){path_leaf(zip), 0}, "里面有 %lld 个文件，最多 %d 个",
                   "holds %lld files, of %d at most", (long long)n, UNPACK_FILES);
    for (u.n_seen = 64; ok && u.n_seen < 2 * (size_t)n;)
        u.n_seen *= 2;
    u.seen = ARENA_ARRAY(&u.arena, uint64_t, u.n_seen);
    for (zip_int64_t i = 0; ok && i < n; i++) {
        take_entry(&u, (zip_uint64_t)i);
        ok = !diag_failed(diag);
    }
    zip_discard(u.zip);
    arena_free(&u.arena);
    return ok;
}
