/* volume.h - an applicant's bound dossier: what is in it, on which pages, and the bytes.
 *
 * The papers that cite evidence pages ask here too, so that a number is the same wherever it is
 * printed. */
#ifndef DOSSIER_VOLUME_H
#define DOSSIER_VOLUME_H

#include "papers/binder.h"

extern const struct binder volume_binder;

#endif
