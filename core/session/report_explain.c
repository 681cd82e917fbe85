/* Explanations as numbers and words; see report_explain.h. */
#include "session/report_explain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "metric/format.h"

enum { NAME = 34, CELL = 22, PAGE = 80, MOST_SHOWN = 20, MOST_WHY = 8 };

static void pad(orr_text *out, const char *text, size_t width) {
  orr_text inert = {0}, cut = {0};
  orr_text_add_inert(&inert, text);
  orr_text_add(out, orr_text_get(&inert));
  for (size_t used = orr_text_width(orr_text_get(&inert)); used < width; used++) orr_text_add(out, " ");
  orr_text_fini(&inert);
  orr_text_fini(&cut);
}

static void add_cell(orr_text *out, double value, double error, size_t width) {
  orr_text cell = {0};
  orr_format_number(&cell, value, error, false);
  pad(out, orr_text_get(&cell), width);
  orr_text_fini(&cell);
}

static void end_line(orr_text *out) {
  while (out->length && out->data[out->length - 1] == ' ') out->data[--out->length] = 0;
  orr_text_add(out, "\n");
}

static void add_row(orr_text *out, const char *name, double value, double error) {
  orr_text_add(out, "  ");
  pad(out, name, NAME - 2);
  orr_text_add(out, " ");
  add_cell(out, value, error, 0);
  end_line(out);
}

/* A blank line before each block but the first. */
static void open_block(orr_session *s, orr_text *title) {
  if (s->report.length) orr_text_add(&s->report, "\n");
  orr_text_add_wrapped(&s->report, orr_text_get(title), 0, 0, PAGE);
  orr_text_fini(title);
}

static void add_note(orr_session *s, const char *text) {
  orr_text_add(&s->report, "  ");
  orr_text_add_wrapped(&s->report, text, 2, 2, PAGE);
}

static orr_status add_number(orr_session *s, const char *prefix, const char *stem, const char *name,
                             double value, double error, double n, const char *method, orr_error *e) {
  orr_text full = {0};
  bool known = isfinite(error);
  orr_text_printf(&full, "%s%s", stem, name);
  orr_status status = orr_text_check(&full, e);
  orr_number number = {.name = full.data,
                       .value = value,
                       .error = known ? error : NAN,
                       .n = n,
                       .n_eff = n,
                       .method = known ? method : "exact"};
  if (!status) status = orr_numbers_add(&s->numbers, prefix, &number, e);
  orr_text_fini(&full);
  return status;
}

const char *orr_explain_prefix(const orr_session *s, const char *stem, const char *fit, const char *as,
                               orr_arena *arena) {
  enum { MOST = 1000 };
  if (as) return orr_arena_printf(arena, "model.%s.", as);
  if (!orr_numbers_any(&s->numbers, stem)) return "";
  for (int i = 1; i < MOST; i++) {
    char *prefix =
        i > 1 ? orr_arena_printf(arena, "model.%s_%d.", fit, i) : orr_arena_printf(arena, "model.%s.", fit);
    char *full = prefix ? orr_arena_printf(arena, "%s%s", prefix, stem) : NULL;
    if (!full) return NULL;
    if (!orr_numbers_any(&s->numbers, full)) return prefix;
  }
  return "";
}

/* --- Importance ------------------------------------------------------------------------ */

static orr_status add_important(orr_session *s, const char *prefix, const orr_importance *i,
                                const orr_important *all, size_t n, orr_error *e) {
  for (size_t j = 0; j < n; j++) {
    ORR_TRY(add_number(s, prefix, "importance.", all[j].name, all[j].value, all[j].error, (double)i->n,
                       "permutation", e));
    if (j < MOST_SHOWN) add_row(&s->report, all[j].name, all[j].value, all[j].error);
  }
  if (n > MOST_SHOWN)
    orr_text_printf(&s->report, "  and %zu more, none of them worse than these\n", n - MOST_SHOWN);
  return ORR_OK;
}

orr_status orr_report_importance(orr_session *s, const char *prefix, const char *model,
                                 const orr_importance *i, orr_error *e) {
  orr_text title = {0}, note = {0};
  char rows[32];
  orr_text_printf(&title,
                  "What %s needs: how much worse the %s becomes when a column is taken from other rows. On "
                  "%s rows it is ",
                  model, i->score_title, orr_text_count(rows, i->n));
  orr_format_number(&title, i->base, i->base_error, false);
  orr_text_add(&title, ".");
  open_block(s, &title);
  ORR_TRY(add_important(s, prefix, i, i->columns, i->n_columns, e));
  if (i->n_groups)
    orr_text_add(&s->report, "  Correlated columns stand in for each other; permuted together:\n");
  ORR_TRY(add_important(s, prefix, i, i->groups, i->n_groups, e));
  orr_text_printf(&note, "± is one standard error, over rows and %zu repeats.", i->repeats);
  if (i->n < i->of) orr_text_printf(&note, " Of %s rows, drawn at random.", orr_text_count(rows, i->of));
  add_note(s, orr_text_get(&note));
  orr_text_fini(&note);
  return orr_text_check(&s->report, e);
}

/* --- Dependence -------------------------------------------------------------------------- */

/* "from -0.3 at 2.1 to 0.5 at 9.8" */
static void add_ends(orr_text *out, const orr_dependence *d) {
  const double *y = d->text ? d->partial : d->effect;
  size_t low = 0, high = 0;
  for (size_t p = 1; p < d->points; p++) low = y[p] < y[low] ? p : low, high = y[p] > y[high] ? p : high;
  if (y[high] == y[low]) {
    orr_text_add(out, "flat");
    return;
  }
  if (d->text) {
    orr_text_add(out, "least at "), orr_text_add_inert(out, d->words[low]);
    orr_text_add(out, ", most at "), orr_text_add_inert(out, d->words[high]);
  } else orr_text_printf(out, "%.3g at %.4g, %+.3g at %.4g", y[low], d->at[low], y[high], d->at[high]);
}

orr_status orr_report_dependence(orr_session *s, const char *prefix, const char *model,
                                 const orr_dependence *all, size_t n, orr_error *e) {
  orr_text title = {0};
  char rows[32];
  orr_text_printf(&title,
                  "How far the %s by %s moves along a column (accumulated local effects on %s rows): its "
                  "standard deviation, and its ends.",
                  n ? all->response : "answer", model, orr_text_count(rows, n ? all->n : 0));
  open_block(s, &title);
  for (size_t i = 0; i < n; i++) {
    const orr_dependence *d = &all[i];
    ORR_TRY(add_number(s, prefix, "dependence.", d->column, d->strength, d->strength_error, (double)d->n,
                       "bootstrap", e));
    orr_text_add(&s->report, "  ");
    pad(&s->report, d->column, NAME - 8);
    orr_text_add(&s->report, " ");
    add_cell(&s->report, d->strength, d->strength_error, CELL - 2);
    orr_text_add(&s->report, " ");
    add_ends(&s->report, d);
    end_line(&s->report);
  }
  return orr_text_check(&s->report, e);
}

orr_status orr_report_interaction(orr_session *s, const char *prefix, const char *model,
                                  const orr_interaction *i, orr_error *e) {
  orr_text title = {0}, name = {0};
  char rows[32];
  orr_text_printf(
      &title,
      "What two columns do to the %s by %s that neither does alone, on %s rows: its standard deviation.",
      i->response, model, orr_text_count(rows, i->n));
  open_block(s, &title);
  orr_text_printf(&name, "%s+%s", i->columns[0], i->columns[1]);
  orr_status status = orr_text_check(&name, e);
  if (!status)
    status = add_number(s, prefix, "interaction.", name.data, i->strength, i->strength_error, (double)i->n,
                        "bootstrap", e);
  add_row(&s->report, orr_text_get(&name), i->strength, i->strength_error);
  orr_text_fini(&name);
  return status ? status : orr_text_check(&s->report, e);
}

/* --- Shares --------------------------------------------------------------------------------- */

static void add_method(orr_session *s, const orr_shapley *h) {
  orr_text note = {0};
  const char *how = !strcmp(h->method, "exact")   ? "Shapley values, exact for a linear model"
                    : !strcmp(h->method, "trees") ? "Shapley values by TreeSHAP, exact for trees"
                                                  : "Shapley values, sampled; ± is one standard error";
  orr_text_printf(&note, "%s. They add up to the answer but for %.1g.", how, h->additivity);
  add_note(s, orr_text_get(&note));
  orr_text_fini(&note);
}

orr_status orr_report_shares(orr_session *s, const char *prefix, const char *model, const orr_shapley *h,
                             orr_error *e) {
  orr_text title = {0};
  char rows[32];
  orr_text_printf(&title,
                  "How large a share columns have in what %s says: of the %s, the mean size over %s rows.",
                  model, h->response, orr_text_count(rows, h->n));
  open_block(s, &title);
  for (size_t i = 0; i < h->n_columns; i++) {
    size_t j = h->order[i];
    ORR_TRY(add_number(s, prefix, "shapley.", h->names[j], h->size[j], h->size_error[j], (double)h->n,
                       "standard_error", e));
    if (i < MOST_SHOWN) add_row(&s->report, h->names[j], h->size[j], h->size_error[j]);
  }
  add_method(s, h);
  ORR_TRY(add_number(s, prefix, "shapley.", "additivity", h->additivity, NAN, (double)h->n, "", e));
  return orr_text_check(&s->report, e);
}

static void add_answer(orr_text *out, const orr_shapley *h, const char *truth) {
  orr_text_printf(out, "%s is %.3g", h->response, h->answer[0]);
  if (h->scale == ORR_SHAPLEY_LOG_ODDS && !strncmp(h->response, "log-odds", 8))
    orr_text_printf(out, " (a probability of %.3g)", 1 / (1 + exp(-h->answer[0])));
  orr_text_printf(out, ", %.3g on average", h->base);
  if (truth) orr_text_add(out, "; in truth it is "), orr_text_add_inert(out, truth);
  orr_text_add(out, ".");
}

static orr_status add_why_numbers(orr_session *s, const char *prefix, const orr_shapley *h, int64_t row,
                                  orr_error *e) {
  char stem[64];
  const char *method = !strcmp(h->method, "sampled") ? "sampled" : "exact";
  snprintf(stem, sizeof stem, "shapley.row_%lld.", (long long)row);
  for (size_t j = 0; j < h->n_columns; j++)
    ORR_TRY(add_number(s, prefix, stem, h->names[j], h->share[j], h->error[j], 1, method, e));
  ORR_TRY(add_number(s, prefix, stem, "base", h->base, h->base_error, 1, method, e));
  ORR_TRY(add_number(s, prefix, stem, "answer", h->answer[0], NAN, 1, method, e));
  return add_number(s, prefix, stem, "additivity", h->additivity, NAN, 1, method, e);
}

orr_status orr_report_why(orr_session *s, const char *prefix, const char *model, const orr_shapley *h,
                          int64_t row, const char *truth, orr_error *e) {
  orr_text title = {0};
  orr_text_printf(&title, "Why %s answers so for row %lld (counted from 0): its ", model, (long long)row);
  add_answer(&title, h, truth);
  open_block(s, &title);
  ORR_TRY(add_why_numbers(s, prefix, h, row, e));
  for (size_t i = 0; i < h->n_columns && i < MOST_WHY; i++) {
    orr_text line = {0};
    orr_shapley_say(h, 0, h->order[i], &line);
    orr_text_add(&s->report, "  ");
    orr_text_add_wrapped(&s->report, orr_text_get(&line), 2, 4, PAGE);
    orr_text_fini(&line);
  }
  add_method(s, h);
  return orr_text_check(&s->report, e);
}
