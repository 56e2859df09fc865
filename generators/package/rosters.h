/* rosters.h - each group's rosters, as workbook and as PDF. */
#ifndef PACKAGE_ROSTERS_H
#define PACKAGE_ROSTERS_H

#include "package/package.h"

/* Into the tree and the groups' results. false: some were not made; reported. */
bool rosters_make(const struct package *p);

#endif
