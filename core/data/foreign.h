/* Files of other kinds, known by their first bytes: told by name, with the way to
 * a table that can be read, instead of as damaged text. */
#ifndef ORR_DATA_FOREIGN_H
#define ORR_DATA_FOREIGN_H

#include "base/error.h"

/* ORR_DATA when the descriptor's file is of a kind that is known and not read here. A pipe is never looked at. */
orr_status orr_foreign_refuse(int fd, const char *name, orr_error *e);

#endif
