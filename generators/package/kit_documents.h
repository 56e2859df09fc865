/* kit_documents.h - the upload kit among an applicant's papers: a paper that is many files. A file
 * is made anew when what it is made of has changed; the sheet, when any of it has. What the
 * platform will not take is told and left out, and costs no other paper. */
#ifndef PACKAGE_KIT_DOCUMENTS_H
#define PACKAGE_KIT_DOCUMENTS_H

#include "package/task.h"

/* key: of the applicant and of the kit's template. */
void kit_documents_list(struct task *t, size_t paper, const struct key *key);
/* Those of one kit in the order in which they were listed. false: reported. */
bool kit_document_make(struct task *t, struct planned_document *d);
bool kit_documents_folder(struct task *t); /* makes it, where there is a kit; false: reported */
void kit_documents_end(struct task *t);

#endif
