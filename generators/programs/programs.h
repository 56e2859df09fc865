/* programs.h - the entry of each program; argv[0] is its name. */
#ifndef PROGRAMS_PROGRAMS_H
#define PROGRAMS_PROGRAMS_H

int check_main(int argc, char **argv);
int delegation_letter_main(int argc, char **argv);
int dossier_main(int argc, char **argv);
int fonts_main(int argc, char **argv);
int package_main(int argc, char **argv);
int roster_main(int argc, char **argv);

#endif
