/* programs.h - the entry of each program; argv[0] is its name. */
#ifndef PROGRAMS_PROGRAMS_H
#define PROGRAMS_PROGRAMS_H

#include "core/finding.h"

int check_main(int argc, char **argv);
int delegation_letter_main(int argc, char **argv);
int dossier_main(int argc, char **argv);
int fonts_main(int argc, char **argv);
int import_main(int argc, char **argv);
/* Of a paper that is nothing but its template, templates/NAME.xml: one PDF an applicant. */
int paper_main(const char *name, const char *const purpose[LANGUAGE_COUNT], int argc, char **argv);
int package_main(int argc, char **argv);
int roster_main(int argc, char **argv);
int upload_main(int argc, char **argv);
int workbook_main(int argc, char **argv);

#endif
