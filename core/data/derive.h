/* Derived columns, and how they came about: a table remembers the expressions of
 * its columns, a kept model takes them along, and new rows get the same columns. */
#ifndef ORR_DATA_DERIVE_H
#define ORR_DATA_DERIVE_H

#include "base/progress.h"
#include "data/table.h"

/* Adds column `name` (or replaces it) by an expression over `base`, which has the rows of t. */
orr_status orr_derive(const orr_table *t, const orr_table *base, const char *name, const char *expression,
                      const orr_work *work, orr_arena *arena, orr_table **out, orr_error *e);

/* Applies kept derivations (JSON text of orr_table.derivations; NULL: none) to new rows, in their order.
 * A column that is there already is left alone, unless training had replaced it too. */
orr_status orr_derive_again(orr_table *t, const char *derivations, const orr_work *work, orr_arena *arena,
                            orr_table **out, orr_error *e);

#endif
