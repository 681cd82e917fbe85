/* The report of a field: the coefficients that its equation was found to have. See report.h. */
#include <math.h>
#include <string.h>

#include "metric/format.h"
#include "session/report.h"

static const char stem[] = "coefficient.";

/* Further fields of a run are told apart by their name. */
static const char *prefix_of(const orr_session *s, const orr_fit_object *fit, orr_arena *arena) {
  bool first = !orr_numbers_any(&s->numbers, "residual.");
  return first ? "" : orr_arena_printf(arena, "model.%s.", fit->name);
}

static void add_line(orr_session *s, const char *title, double value, double error) {
  orr_text_printf(&s->report, "  %-24s", title);
  orr_format_number(&s->report, value, error, false);
  orr_text_add(&s->report, "\n");
}

static orr_status add_number(orr_session *s, const char *prefix, const char *name, const char *title,
                             double value, double error, double n, orr_error *e) {
  bool known = isfinite(error);
  orr_number number = {.name = name,
                       .value = value,
                       .error = error,
                       .n = n,
                       .n_eff = n,
                       .method = known ? "laplace" : "exact"};
  ORR_TRY(orr_numbers_add(&s->numbers, prefix, &number, e));
  add_line(s, title, value, error);
  return ORR_OK;
}

static double stored(const orr_store *store, const char *name) {
  const orr_tensor *t = orr_store_find(store, name);
  return t && t->dtype == ORR_F64 && t->count == 1 ? t->f64[0] : NAN;
}

static orr_status add_numbers(orr_session *s, const orr_fit_object *fit, orr_arena *arena, orr_error *e) {
  const orr_store *store = &fit->members[0].store;
  const char *prefix = prefix_of(s, fit, arena);
  double n = (double)fit->n_train, noise = stored(store, "noise");
  if (!prefix) return orr_fail_memory(e, "a name", 0);
  orr_text_printf(&s->report, "The equation, from %zu measurements\n", fit->n_train);
  for (size_t i = 0; i < store->n_tensors; i++) {
    const orr_tensor *t = &store->tensors[i];
    if (strncmp(t->name, stem, sizeof stem - 1) || t->dtype != ORR_F64 || t->count != 2) continue;
    ORR_TRY(add_number(s, prefix, t->name, t->name + sizeof stem - 1, t->f64[0], t->f64[1], n, e));
  }
  ORR_TRY(add_number(s, prefix, "noise", "noise of a measurement", noise, noise / sqrt(2 * n), n, e));
  ORR_TRY(add_number(s, prefix, "residual.rms", "equation, left over", stored(store, "residual"), NAN, n, e));
  orr_text_add(&s->report, "  ± is one standard error, by Laplace's approximation.\n");
  return ORR_OK;
}

orr_status orr_report_field(orr_session *s, const orr_fit_object *fit, orr_error *e) {
  orr_arena arena = {0};
  if (!fit->members[0].family->of_coordinates) return ORR_OK;
  orr_status status = add_numbers(s, fit, &arena, e);
  orr_arena_fini(&arena);
  return status;
}
