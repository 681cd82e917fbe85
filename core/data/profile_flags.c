/* What looks wrong or deserves a second look, in words: a line a fact. The
 * words are the same for columns that have the same, so that a page can list
 * the columns behind one line. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "data/profile_parts.h"

enum { MOST_FLAGS = 8 };

typedef struct flags {
  const char *items[MOST_FLAGS];
  size_t count;
  bool failed;
} flags;

static void __attribute__((format(printf, 3, 4))) flag(flags *f, orr_arena *arena, const char *format, ...) {
  char line[512];
  va_list args;
  if (f->count == MOST_FLAGS) return;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  f->items[f->count] = orr_arena_strdup(arena, line);
  f->failed |= !f->items[f->count++];
}

static void flag_emptiness(const orr_column_profile *p, orr_arena *arena, flags *out) {
  double share = p->column->rows ? (double)p->missing / (double)p->column->rows : 0;
  if (!p->distinct) flag(out, arena, "all missing");
  else if (p->distinct == 1 && p->column->rows > 1)
    flag(out, arena, p->missing ? "constant where not missing" : "constant");
  if (p->distinct && share > 0.5) flag(out, arena, "mostly missing (%.3g %%)", floor(share * 1000) / 10);
  if (p->infinite) flag(out, arena, "%zu infinite cells", p->infinite);
}

static void flag_identity(const orr_column_profile *p, const orr_column_facts *f, orr_arena *arena,
                          flags *out) {
  if (f->counter) flag(out, arena, "counts the rows");
  else if (p->role == ORR_ROLE_IGNORE && p->distinct > 1 && !f->same_as && !f->copies_target)
    flag(out, arena, "id-like: another value in (nearly) every row");
  if (f->same_as) flag(out, arena, "same as %.200s", f->same_as->name);
}

static void flag_target(const orr_column_facts *f, const char *target, orr_arena *arena, flags *out) {
  double r = fabs(f->rank_correlation);
  if (f->same_as && target && !strcmp(f->same_as->name, target)) return; /* said already */
  if (f->copies_target)
    flag(out, arena, "a copy of the target %.200s: its values go one to one with it", target);
  else if (r > 0.999)
    flag(out, arena, "nearly the target %.200s: rank correlation %.6g", target, f->rank_correlation);
}

static void flag_values(const orr_column_facts *f, orr_arena *arena, flags *out) {
  char times[32];
  if (f->n_outlying)
    flag(out, arena, "%.6g stands %s times, far from the rest: missing?", f->outlying,
         orr_text_count(times, f->n_outlying));
  if (f->decades >= 3) flag(out, arena, "spans %.0f decades: try log10", floor(f->decades));
}

static orr_status flag_column(const orr_profiling *p, size_t at, orr_error *e) {
  orr_column_profile *c = &p->profile->columns[at];
  const orr_column_facts *f = &p->facts[at];
  const char **kept;
  flags found = {.count = 0};
  if (!p->table->rows) return ORR_OK;
  flag_emptiness(c, p->arena, &found);
  flag_identity(c, f, p->arena, &found);
  flag_target(f, p->profile->target, p->arena, &found);
  if (c->role != ORR_ROLE_IGNORE) flag_values(f, p->arena, &found);
  if (found.failed) return orr_fail_memory(e, "a profile", 0);
  ORR_TAKE(p->arena, kept, found.count, e);
  memcpy(kept, found.items, found.count * sizeof *kept);
  c->flags = kept;
  c->n_flags = found.count;
  return ORR_OK;
}

/* What tells the target is no feature. */
static void spare_copies(const orr_profiling *p) {
  for (size_t i = 0; i < p->table->n_columns; i++) {
    orr_column_profile *c = &p->profile->columns[i];
    if (c->role != ORR_ROLE_FEATURE) continue;
    if (p->facts[i].copies_target) c->role = ORR_ROLE_IGNORE, c->why = "a copy of the target";
    else if (fabs(p->facts[i].rank_correlation) > 0.999)
      c->role = ORR_ROLE_IGNORE, c->why = "nearly the target";
  }
}

orr_status orr_profile_flags(const orr_profiling *p, orr_error *e) {
  for (size_t i = 0; i < p->table->n_columns; i++) ORR_TRY(flag_column(p, i, e));
  spare_copies(p);
  return ORR_OK;
}
