/* Two columns; see columns.h. */
#include "plot/columns.h"

#include <string.h>

const char *orr_plot_column_title(const orr_column *c, orr_arena *arena) {
  return c->unit && *c->unit ? orr_arena_printf(arena, "%s (%s)", c->name, c->unit)
                             : orr_arena_strdup(arena, c->name);
}

static orr_status named(const orr_plot_kind *kind, const orr_plot_input *in, const orr_column *two[2],
                        orr_error *e) {
  if (in->n_columns != 2)
    return orr_fail(e, ORR_USAGE, "plot '%s' is of two columns, and %zu are named", kind->name,
                    in->n_columns);
  for (size_t i = 0; i < 2; i++) {
    size_t at;
    ORR_TRY(orr_table_column(in->table, in->columns[i], &at, e));
    two[i] = in->table->columns[at];
    if (two[i]->type == ORR_TEXT)
      return orr_fail(e, ORR_USAGE, "plot '%s': column '%.80s' holds words; name columns of numbers",
                      kind->name, two[i]->name);
  }
  return ORR_OK;
}

orr_status orr_plot_two_columns(const orr_plot_kind *kind, const orr_plot_input *in, const orr_column *two[2],
                                orr_error *e) {
  if (in->n_columns) return named(kind, in, two, e);
  size_t found = 0;
  for (size_t k = 0; k < in->table->n_columns && found < 2; k++) {
    const orr_column *c = in->table->columns[k];
    bool suits = in->table->roles[k] == ORR_ROLE_FEATURE && c->type != ORR_TEXT && c->n_missing < c->rows;
    if (suits && (!in->target || strcmp(c->name, in->target) != 0)) two[found++] = c;
  }
  if (found == 2) return ORR_OK;
  return orr_fail(e, ORR_DATA, "plot '%s' needs two columns of numbers, and the table has %zu", kind->name,
                  found);
}
