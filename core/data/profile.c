/* Profiles; see profile.h. Columns are looked at in parallel, one a task, and
 * nothing of a column depends on another until all are done. */
#include "data/profile_parts.h"

static void look_at_column(void *context, size_t at) { orr_profile_column(context, at); }

static orr_status check_memory(const orr_profiling *p, orr_error *e) {
  for (size_t i = 0; i < p->table->n_columns; i++)
    if (p->facts[i].out_of_memory)
      return orr_fail_memory(e, "looking at a column", p->table->rows * 2 * sizeof(uint64_t));
  return ORR_OK;
}

orr_status orr_profile_make(const orr_table *t, const char *target, const orr_work *work, orr_arena *arena,
                            orr_profile *out, orr_error *e) {
  orr_profiling p = {.table = t, .profile = out, .work = work, .arena = arena};
  *out = (orr_profile){.rows = t->rows, .n_columns = t->n_columns};
  ORR_TAKE(arena, out->columns, t->n_columns, e);
  ORR_TAKE(arena, p.facts, t->n_columns, e);
  ORR_TRY(orr_work_run(work, "looking at columns", t->n_columns, look_at_column, &p, e));
  ORR_TRY(check_memory(&p, e));
  ORR_TRY(orr_profile_same(&p, e));
  ORR_TRY(orr_profile_roles(&p, target, e));
  ORR_TRY(orr_profile_copies(&p, e));
  ORR_TRY(orr_profile_duplicates(&p, e));
  return orr_profile_flags(&p, e);
}
