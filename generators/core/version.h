/* version.h - which program this is. */
#ifndef CORE_VERSION_H
#define CORE_VERSION_H

/* Raised by each release, and nowhere else: Debian's package, the man pages and -V take it from
 * here. */
#define SHENBAO_VERSION "0.2"
/* Raised when the same input is drawn otherwise: package then makes the papers of earlier runs
 * anew. What does not change a page (a message, a faster way) leaves it. tests/blackbox_drawing.py
 * tells when that was forgotten. */
#define SHENBAO_DRAWING "shenbao drawing 7"

/* "0.2", or of a checkout of git "0.2+740.g1a2b3c4": so many commits, and which; later ones are
 * greater. */
const char *shenbao_version(void);

#endif
