/* A latent space as numbers and a table; see report_explain.h. */
#include <math.h>
#include <stdio.h>

#include "metric/format.h"
#include "session/report_explain.h"

enum { PAGE = 80, MOST_SHOWN = 20 };

typedef struct adding {
  orr_session *session;
  const char *prefix;
  double n;
} adding;

static orr_status add(const adding *a, const char *stem, const char *name, double value, double error,
                      orr_error *e) {
  char full[96];
  snprintf(full, sizeof full, "latent.%s%s%s", stem, *name ? "." : "", name);
  bool known = isfinite(error);
  orr_number number = {.name = full,
                       .value = value,
                       .error = known ? error : NAN,
                       .n = a->n,
                       .n_eff = a->n,
                       .method = known ? "standard_error" : "exact"};
  return orr_numbers_add(&a->session->numbers, a->prefix, &number, e);
}

static orr_status add_numbers(const adding *a, const orr_latent *l, orr_error *e) {
  ORR_TRY(add(a, "reconstruction", "", l->reconstruction, l->reconstruction_error, e));
  ORR_TRY(add(a, "explained", "", l->explained, l->explained_error, e));
  ORR_TRY(add(a, "active_units", "", (double)l->active, NAN, e));
  if (l->variational) ORR_TRY(add(a, "KL", "", l->divergence, l->divergence_error, e));
  for (size_t k = 0; k < l->dimensions; k++) {
    const orr_dimension *d = &l->dimension[k];
    if (l->variational) ORR_TRY(add(a, "KL", d->name, d->divergence, d->divergence_error, e));
    else ORR_TRY(add(a, "share", d->name, d->share, NAN, e));
    ORR_TRY(add(a, "effect", d->name, d->effect, d->effect_error, e));
    ORR_TRY(add(a, "correlation", d->name, d->column ? d->correlation : NAN,
                d->column ? d->correlation_error : NAN, e));
  }
  return ORR_OK;
}

static void pad_from(orr_text *out, size_t start, size_t width) {
  do orr_text_add(out, " ");
  while (orr_text_width(out->data + start) < width);
}

static void add_cell(orr_text *out, double value, double error, size_t width) {
  size_t start = out->length;
  orr_format_number(out, value, error, false);
  pad_from(out, start, width);
}

static void add_dimension(orr_text *out, const orr_latent *l, const orr_dimension *d) {
  size_t start = out->length;
  orr_text_printf(out, "  %s%s", d->name, d->active ? "" : " (inactive)");
  pad_from(out, start, 18);
  if (l->variational) add_cell(out, d->divergence, d->divergence_error, 20);
  else orr_text_printf(out, "%-20.3f", d->share);
  add_cell(out, d->effect, d->effect_error, 20);
  if (d->column) orr_text_printf(out, "%+.2f ", d->correlation), orr_text_add_inert(out, d->column);
  while (out->length && out->data[out->length - 1] == ' ') out->data[--out->length] = 0;
  orr_text_add(out, "\n");
}

static void add_line(orr_text *out, const char *title, double value, double error, const char *unit) {
  orr_text_printf(out, "  %-36s", title);
  orr_format_number(out, value, error, false);
  orr_text_printf(out, "%s\n", unit);
}

orr_status orr_report_latent(orr_session *s, const char *prefix, const char *model, const orr_latent *l,
                             orr_error *e) {
  orr_text *out = &s->report;
  char rows[32];
  adding a = {s, prefix, (double)l->n};
  ORR_TRY(add_numbers(&a, l, e));
  if (out->length) orr_text_add(out, "\n");
  orr_text_printf(out, "What the %zu dimensions of %s hold, on %s rows\n", l->dimensions, model,
                  orr_text_count(rows, l->n));
  orr_text_printf(out, "  %-16s%-20s%-20s%s\n", "dimension",
                  l->variational ? "KL, nats" : "share of variance", "effect of a step", "goes with");
  for (size_t k = 0; k < l->dimensions && k < MOST_SHOWN; k++)
    add_dimension(out, l, &l->dimension[l->by_effect[k]]);
  if (l->dimensions > MOST_SHOWN) orr_text_printf(out, "  and %zu more\n", l->dimensions - MOST_SHOWN);
  if (l->variational)
    add_line(out, "KL of all dimensions", l->divergence, l->divergence_error, " nats a row");
  add_line(out, "reconstruction error of a cell", l->reconstruction, l->reconstruction_error, "");
  add_line(out, "share of the variance explained", l->explained, l->explained_error, "");
  orr_text_printf(out, "  %-36s%zu of %zu\n", "active dimensions", l->active, l->dimensions);
  orr_text_add(out, "  ");
  orr_text_add_wrapped(
      out,
      "Effect and error are in the scale the model works in: columns' standard deviations, or the "
      "range of all pixels. A step is one standard deviation. ± is one standard error over the rows.",
      2, 2, PAGE);
  if (l->alarm) {
    orr_text_add(out, "  Alarm: ");
    orr_text_add_wrapped(out, l->alarm, 9, 2, PAGE);
    orr_session_note(s, "warning: %s: %s", model, l->alarm);
  }
  return orr_text_check(out, e);
}
