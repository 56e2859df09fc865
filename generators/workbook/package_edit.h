/* package_edit.h - an Office file that is written again with a few parts changed, added or left
 * out; all others are copied as they are packed.
 *
 * Small parts are changed as trees of libxml2. Trees of more than PACKAGE_TREE_LIMIT bytes are
 * refused. */
#ifndef WORKBOOK_PACKAGE_EDIT_H
#define WORKBOOK_PACKAGE_EDIT_H

#include "workbook/archive.h"
#include "workbook/dom.h"

enum { PACKAGE_TREE_LIMIT = 32 << 20 };

struct spool;
struct package_edit;

/* Both are borrowed. The spool has what is too large to be held. Never NULL. */
struct package_edit *package_edit_new(struct archive *a, struct spool *spool);
void package_edit_free(struct package_edit *p); /* NULL is fine */
/* All of it into an empty file; false: reported in the archive, or errno says why. */
bool package_write(struct package_edit *p, int fd);

/* The part as a tree, the package's own; it is written as it stands at the end. NULL: reported. */
xmlDoc *package_tree(struct package_edit *p, int part);
/* The same of a part that need not be XML: NULL, and nothing reported, when it is none. */
xmlDoc *package_try_tree(struct package_edit *p, int part);
/* The tree of a part that is new; markup: what it begins as. */
xmlDoc *package_new_tree(struct package_edit *p, const char *name, const char *markup);
/* A part's name as a pattern with a %d for its number: one that no part has. In the arena. */
const char *package_new_name(struct package_edit *p, const char *pattern);
/* What the part becomes, from those bytes of the spool. */
void package_replace(struct package_edit *p, int part, size_t at, size_t len);
/* The same of a new one. */
void package_add_spooled(struct package_edit *p, const char *name, size_t at, size_t len);
void package_forget(struct package_edit *p, const char *name); /* a new one */
/* Leaves it out, and what is said of it in the package: its type and its own relations. */
void package_drop(struct package_edit *p, int part);

/* Of [Content_Types].xml: "" for none of its own. In the arena. */
const char *package_type(struct package_edit *p, const char *name);
/* false: reported. */
bool package_set_type(struct package_edit *p, const char *name, const char *type);
bool package_set_default_type(struct package_edit *p, const char *suffix, const char *type);
/* A new relation of a part (name "": of the package) to another; its id, NULL: reported. type: the
 * whole of it. */
const char *package_relate(struct package_edit *p, const char *name, const char *type,
                           const char *target);
/* false: reported. */
bool package_unrelate(struct package_edit *p, const char *name, const char *id);
/* The target of a relation from one part to another: "../comments1.xml". */
const char *package_target(struct package_edit *p, const char *from, const char *to);

#endif
