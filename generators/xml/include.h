/* include.h - what small documents share: pieces of other files, and the parameters of the profile.
 *
 *     <include href="opinions.xml">           stands for what the root of that file holds
 *       <parameter name="seal" value="公章"/>  {$seal} in its attributes and its text
 *       <slot name="photo">...</slot>         stands for its <slot name="photo">...</slot>
 *     </include>
 *
 * A <slot> that no include fills stands for what it holds. {$name} in an attribute of any document
 * is the parameter of the profile, unless the include at hand has one of the name; what is neither
 * stays as it is written. The file is the first of that name in the profile's folders that is not
 * being read already: a file may include the one that it takes the place of. XPath knows the
 * parameters of the profile as $name. */
#ifndef XML_INCLUDE_H
#define XML_INCLUDE_H

#include "core/finding.h"

struct xml_parameter {
    const char *name, *value;
};

/* What all documents of a run may draw on. A run has one profile: it is set once, before templates
 * are read and before workers fork. */
struct xml_profile {
    const char *const *dirs; /* NULL-ended; NULL: files beside the document */
    const struct xml_parameter *parameters;
    size_t n;
};
void xml_use_profile(const struct xml_profile *profile); /* borrowed; NULL: none */
const char *xml_profile_parameter(const char *name);     /* NULL: there is none */

struct _xmlDoc;
struct _xmlNode;
/* A file as it is written, of xml_reader.c. */
struct _xmlDoc *xml_parse_file(const char *path, struct arena *arena, struct diag *diag);
/* Puts pieces and parameters into a document of xml_parse_file. Places are kept in the arena, which
 * must live as long as the document. false: reported with file:line. */
bool xml_expand(struct _xmlDoc *document, struct arena *arena, struct diag *diag);
/* Where a node was written. The file of one that was included names both: a.xml:12: b.xml */
struct src_pos xml_place(const struct _xmlNode *node);
/* Does a value hold a parameter that nobody gave? Its name, in the arena; NULL: no. */
const char *xml_unknown_parameter(const char *value, struct arena *arena);

#endif
