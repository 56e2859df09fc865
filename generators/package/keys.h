/* keys.h - what decides whether a document is made anew, and whether an applicant is checked anew:
 * digests of all that it depends on. */
#ifndef PACKAGE_KEYS_H
#define PACKAGE_KEYS_H

#include "core/json_value.h"
#include "package/package.h"

#include <sys/stat.h>

enum { KEY_HEX = 33 };

/* What a document looks like depends on these; two equal keys are one document. */
struct key {
    char program[KEY_HEX], options[KEY_HEX], fonts[KEY_HEX], data[KEY_HEX], template[KEY_HEX],
        record[KEY_HEX], files[KEY_HEX];
};

/* Of one applicant: what the record says, and what the papers of its groups see of it; "": the
 * record could not be read again. */
struct person_key {
    char record[KEY_HEX], brief[KEY_HEX];
};

/* Read-only but for keys.c. */
struct keys {
    const struct package *package;
    struct key common;     /* template, record and files are each document's own */
    char checked[KEY_HEX]; /* what decides what check finds, but for record and files */
    struct person_key *people;
};

/* All that is the same for everybody, by the package's options, papers, record, catalogue and tree.
 * NULL: reported. */
struct keys *keys_new(const struct package *p);
void keys_free(struct keys *k); /* NULL is fine */

/* The files that an applicant cites, their states before their bytes were digested, and the digests
 * ("": it cannot be read). What is made of them belongs to those only if they are so still when it
 * has been made: a file may be written over, and restored, in between. In the arena. */
struct cited_files {
    const char **hrefs;
    struct stat *states;
    char (*sums)[DIGEST_HEX];
    size_t n;
};

/* The key of what is made of an applicant, but for the template, of the files as they are now, not
 * as they were checked; of a group's papers, but for the template; of its roster. */
struct key keys_person(const struct keys *k, const struct person *person,
                       const struct applicant *who, struct arena *arena, struct cited_files *files);
struct key keys_group(const struct keys *k, const struct people_group *d);
struct key keys_roster(const struct keys *k, const struct people_group *d);
/* The first that has been changed since, though its bytes may be what they were; NULL: none. */
const char *keys_changed_file(const struct cited_files *files, const struct applicant *who);

/* Of what depends on a part of the record alone (recipe, which is freed) and on those files. */
struct key keys_part(const struct keys *k, const struct key *whole, struct digest *recipe,
                     const struct applicant *who, const struct cited_files *files,
                     const char *const *hrefs, size_t n);

/* What decides what check finds of an applicant: digested in the worker that checks, and sent to
 * the parent, where keys_learn takes it. readable: all files that the applicant cites are; what is
 * the matter with others is looked at in each run. */
struct keys_checked {
    bool readable;
    char key[KEY_HEX];
    struct cited_files files;
};
void keys_digest(const struct keys *k, const struct applicant *who, struct arena *arena,
                 struct keys_checked *checked, struct buffer *sent);
void keys_learn(struct keys *k, size_t person, const void *sent, size_t len);

/* Why the document of that path is to be made: it is new, its key or number of copies (0: any) has
 * changed, it was altered, or --force; NULL: it is there. kept: what its line says. */
const char *keys_reason(const struct keys *k, const char *path, const struct key *key, int copies,
                        struct arena *arena, struct result_document *kept);

/* The members of a manifest line, and what differs from them, as words; NULL: nothing does. */
void key_write(struct json *j, const struct key *k);
const char *key_changes(const struct key *k, const struct json_value *line, struct arena *arena);

#endif
