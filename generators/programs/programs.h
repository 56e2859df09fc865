/* programs.h - the entry of each program; argv[0] is its name. */
#ifndef PROGRAMS_PROGRAMS_H
#define PROGRAMS_PROGRAMS_H

#include "core/finding.h"

int check_main(int argc, char **argv);
int desk_main(int argc, char **argv);
int fonts_main(int argc, char **argv);
int import_main(int argc, char **argv);
int package_main(int argc, char **argv);
/* Of a paper, which argv[0] names. -1: there is no such paper. */
int paper_main(int argc, char **argv);
int profiles_main(int argc, char **argv);
struct named_paper;
int roster_main(const struct named_paper *paper, int argc, char **argv);
int schema_main(int argc, char **argv);
int upload_main(int argc, char **argv);
int workbook_main(int argc, char **argv);

#endif
