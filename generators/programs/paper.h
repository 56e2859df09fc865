/* paper.h - what all programs that draw one PDF an applicant have in common. */
#ifndef PROGRAMS_PAPER_H
#define PROGRAMS_PAPER_H

/* name: the program's and its template's ("evaluation-form" -> templates/evaluation-form.xml). The exit status. */
int paper_main(const char *name, const char *purpose, int argc, char **argv);

#endif
