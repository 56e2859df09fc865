/* done.h - takes down which files are on the platform now: what a person has ticked, as the fill-in
 * sheet lists it, becomes marks in the small file beside the input (record/upload_marks.h). */
#ifndef UPLOAD_DONE_H
#define UPLOAD_DONE_H

#include "upload/upload_run.h"

/* list: a line a file: the applicant's id, a tab, the file's name as upload made it, with or
 * without its suffix; an id alone: all of the applicant's files. One line that means nothing, and
 * none is taken down. The status to leave with; diag is printed. */
int upload_done(const struct upload_request *request, const char *list, struct diag *diag);

#endif
