/* near_name.c - see near_name.h. Names are compared by what Unicode makes of them for such
 * comparisons (NFKC_Casefold). Folders are followed, links are not: nothing outside dir is told. */
#define _GNU_SOURCE /* O_PATH */
#include "media/near_name.h"

#include "core/machine.h"
#include "core/markup.h"
#include "core/strings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <unicode/ucnv.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum { LONGEST = 1024, MOST_ENTRIES = 10000 /* looked at for one name */ };

struct name_search {
    struct arena *arena;
    int left;  /* entries that may still be looked at */
    bool stem; /* a file's suffix may be another, or missing */
};

/* Of a name, to be compared. */
struct key {
    UChar text[LONGEST];
    int32_t len; /* 0: none */
};

static void trim(const char **name, size_t *len)
{
    while (*len > 0 && strchr(" \t\r\n", **name))
        (*name)++, (*len)--;
    while (*len > 0 && strchr(" \t\r\n", (*name)[*len - 1]))
        (*len)--;
}

/* As UTF-8, or failing that as GB 18030; *other: it is that. */
static int32_t decode(const char *name, size_t len, UChar *out, bool *other)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t n = 0;
    u_strFromUTF8(out, LONGEST, &n, name, (int32_t)len, &error);
    *other = error == U_INVALID_CHAR_FOUND;
    if (!*other)
        return U_SUCCESS(error) ? n : 0;
    error = U_ZERO_ERROR;
    UConverter *gb = ucnv_open("gb18030", &error);
    if (U_FAILURE(error))
        return 0;
    n = ucnv_toUChars(gb, out, LONGEST, name, (int32_t)len, &error);
    ucnv_close(gb);
    return U_SUCCESS(error) ? n : 0;
}

static struct key key_of(const char *name, size_t len, bool *other)
{
    struct key key = {.len = 0};
    UChar text[LONGEST];
    UErrorCode error = U_ZERO_ERROR;

    trim(&name, &len);
    int32_t n = decode(name, len, text, other);
    const UNormalizer2 *fold = unorm2_getNFKCCasefoldInstance(&error);
    if (n > 0 && U_SUCCESS(error))
        key.len = unorm2_normalize(fold, text, n, key.text, LONGEST, &error);
    return U_SUCCESS(error) ? key : (struct key){.len = 0};
}

static bool same_key(const struct key *a, const struct key *b)
{
    return a->len > 0 && a->len == b->len && !u_memcmp(a->text, b->text, a->len);
}

/* How much of a name stands before the suffix of a file that can be cited. */
static size_t stem_of(const char *name, size_t len)
{
    static const char *const suffixes[] = {".jpg", ".jpeg", ".png", ".pdf"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t n = strlen(suffixes[i]);
        if (len > n && !strncasecmp(name + len - n, suffixes[i], n))
            return len - n;
    }
    return len;
}

static int open_folder(int at, const char *name)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        machine_ask(name);
    return fd;
}

/* The one entry of a folder that a part of a path may mean, as its bytes; NULL. stem: by what
 * stands before its suffix. */
static const char *find_entry(struct name_search *s, int folder, const char *part, size_t len,
                              bool stem)
{
    int fd = open_folder(folder, ".");
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const char *found = NULL;
    bool ignored;
    struct key wanted = key_of(part, stem ? stem_of(part, len) : len, &ignored);
    struct dirent *e = NULL;

    if (fd >= 0 && !d)
        machine_ask(part);
    while (errno = 0, d && s->left-- > 0 && (e = readdir(d))) {
        size_t all = strlen(e->d_name);
        if (!strcmp(e->d_name, "..")) /* which dots of other kinds, or "%2e%2e", would mean */
            continue;
        struct key key = key_of(e->d_name, stem ? stem_of(e->d_name, all) : all, &ignored);
        if (!same_key(&key, &wanted))
            continue;
        if (found) { /* which of the two? */
            found = NULL;
            break;
        }
        found = arena_strdup(s->arena, e->d_name);
    }
    if (d && !e)
        machine_ask(part); /* readdir */
    if (d)
        closedir(d);
    else if (fd >= 0)
        close(fd);
    return found;
}

/* UTF-8 of a name; *other: it is in other bytes. */
static const char *readable(struct arena *arena, const char *name, bool *other)
{
    UChar text[LONGEST];
    char utf8[3 * LONGEST + 1];
    UErrorCode error = U_ZERO_ERROR;
    int32_t n = decode(name, strlen(name), text, other);
    u_strToUTF8(utf8, sizeof utf8, NULL, text, n, &error);
    return U_SUCCESS(error) ? arena_strdup(arena, utf8) : name;
}

/* Part after part from the folder; closes none of what is the caller's. */
static bool find_path(struct near_name *out, struct name_search *s, int dir, const char *path)
{
    int folder = dup(dir);
    if (folder < 0)
        machine_ask(path);
    *out = (struct near_name){.path = ""};
    for (path += strspn(path, "/"); *path && folder >= 0;) {
        size_t len = strcspn(path, "/");
        const char *entry = find_entry(s, folder, path, len, s->stem && !path[len]);
        bool other = false;
        if (len == 1 && *path == '.')
            entry = ".";
        if (!entry)
            break;
        if (strcmp(entry, "."))
            out->path = arena_printf(s->arena, "%s%s%s", out->path, *out->path ? "/" : "",
                                     readable(s->arena, entry, &other));
        out->other_bytes |= other;
        path += len;
        path += strspn(path, "/");
        int next = *path ? open_folder(folder, entry) : -1;
        struct stat st;
        bool file = !*path &&
                    (!fstatat(folder, entry, &st, AT_SYMLINK_NOFOLLOW) || (machine_ask(path), 0)) &&
                    S_ISREG(st.st_mode);
        close(folder);
        if (file)
            return true;
        folder = next;
    }
    if (folder >= 0)
        close(folder);
    return false;
}

/* By its name alone, in dir and in each folder of it. */
static bool find_anywhere(struct near_name *out, struct name_search *s, int dir, const char *name)
{
    int fd = open_folder(dir, ".");
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    struct near_name candidate;
    struct dirent *e = NULL;
    size_t found = find_path(out, s, dir, name);

    while (errno = 0, d && found < 2 && s->left-- > 0 && (e = readdir(d))) {
        int folder = e->d_name[0] == '.' ? -1 : open_folder(dir, e->d_name);
        if (folder >= 0 && find_path(&candidate, s, folder, name)) {
            bool other;
            const char *outer = readable(s->arena, e->d_name, &other);
            *out = (struct near_name){arena_printf(s->arena, "%s/%s", outer, candidate.path),
                                      other || candidate.other_bytes};
            found++;
        }
        if (folder >= 0)
            close(folder);
    }
    if (d && !e)
        machine_ask(name); /* readdir */
    if (d)
        closedir(d);
    else if (fd >= 0)
        close(fd);
    return found == 1;
}

/* A path in slashes, without a scheme or drive; decoded: with its %20 undone. */
static char *as_path(struct arena *arena, const char *href, bool decoded)
{
    char *path = arena_strdup(arena, strncmp(href, "file:", 5) ? href : href + 5);
    if (decoded)
        address_undo(path);
    for (char *p = path; (p = strchr(p, '\\'));)
        *p = '/';
    return path;
}

bool near_name_find(struct near_name *out, struct arena *arena, const char *dir, const char *href)
{
    int fd = open(*dir ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const char *plain = as_path(arena, href, false), *decoded = as_path(arena, href, true);
    struct name_search s = {arena, MOST_ENTRIES, false};
    bool found = false;

    if (fd < 0)
        machine_ask(dir);
    if (fd < 0 || strlen(href) >= LONGEST || strstr(href, ".."))
        goto done;
    found = find_path(out, &s, fd, plain) || find_path(out, &s, fd, decoded) ||
            find_anywhere(out, &s, fd, path_leaf(decoded));
    s.stem = !found;
    found = found || find_path(out, &s, fd, decoded);
done:
    if (fd >= 0)
        close(fd);
    return found;
}
