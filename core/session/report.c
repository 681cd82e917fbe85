/* The report; see report.h. Columns line up because every cell is padded by its
 * width in characters, not in bytes. */
#include "session/report.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "metric/compare.h"
#include "metric/confusion.h"
#include "metric/format.h"

enum { NAME_WIDTH = 26, CELL_WIDTH = 18, PAGE_WIDTH = 80 };

static void add_padded(orr_text *out, const char *s, size_t width) {
  orr_text_add(out, s);
  size_t used = orr_text_width(s);
  do orr_text_add(out, " "); /* cells never run together */
  while (++used < width);
}

static void add_number(orr_text *out, const orr_number *number) {
  orr_text cell = {0};
  if (number) orr_format_number(&cell, number->value, number->error, false);
  add_padded(out, orr_text_get(&cell), CELL_WIDTH);
  orr_text_fini(&cell);
}

static const orr_number *lookup(const orr_session *s, const char *prefix, const char *rest,
                                const char *name) {
  orr_text full = {0};
  orr_text_printf(&full, "%s%s%s", prefix, rest, name);
  const orr_number *found = orr_numbers_find(&s->numbers, orr_text_get(&full));
  orr_text_fini(&full);
  return found;
}

static void trim_line(orr_text *out) {
  while (out->length && out->data[out->length - 1] == ' ') out->data[--out->length] = 0;
  orr_text_add(out, "\n");
}

static void add_score_row(orr_session *s, const orr_score *score, const orr_evaluation_object *v) {
  orr_text *out = &s->report;
  char label[ORR_LABEL], titled[ORR_LABEL];
  const char *name = orr_score_label(score, &v->model, score->name, label);
  const orr_number *model = lookup(s, "", v->prefix, name);
  if (!model) return;
  orr_text_add(out, "  ");
  add_padded(out, orr_score_label(score, &v->model, score->title, titled), NAME_WIDTH - 2);
  add_number(out, model);
  if (v->has_baseline) {
    add_number(out, lookup(s, "baseline.", v->prefix, name));
    add_number(out, lookup(s, "difference.", v->prefix, name));
  }
  trim_line(out);
}

static void add_spread(orr_session *s, const orr_evaluation_object *v, const orr_fit_object *fit) {
  orr_text *out = &s->report;
  const char *name = v->model.task == ORR_CLASSIFICATION ? "log_loss.seed_sd" : "rmse.seed_sd";
  const orr_number *sd = lookup(s, "", v->prefix, name);
  if (!sd) return;
  if (sd->value == 0) {
    orr_text_printf(out, "  %zu seeds gave the same scores: this training does not depend on the seed.\n",
                    fit->n_members);
    return;
  }
  orr_text_printf(out, "  Over %zu seeds the %s varies by ", fit->n_members,
                  v->model.task == ORR_CLASSIFICATION ? "log loss" : "root mean squared error");
  orr_format_number(out, sd->value, sd->error, false);
  orr_text_add(out, " (standard deviation).\n");
}

static orr_status add_verdict(orr_session *s, const orr_evaluation_object *v, orr_error *e) {
  const orr_score *score = orr_score_find(v->model.task == ORR_CLASSIFICATION ? "log_loss" : "rmse");
  const orr_number *difference = lookup(s, "difference.", v->prefix, score->name);
  if (!difference) return ORR_OK;
  orr_text sentence = {0};
  orr_status status = orr_compare_verdict(v->model_name, v->baseline_name, score->title, *difference,
                                          score->lower_is_better, &sentence, e);
  orr_text_add(&s->report, "\n  ");
  orr_text_add_wrapped(&s->report, orr_text_get(&sentence), 2, 2, PAGE_WIDTH);
  orr_text_fini(&sentence);
  return status;
}

static orr_status add_confusion(orr_session *s, const orr_evaluation *v, const char *model, orr_error *e) {
  enum { MOST = 8, WIDTH = 11 };
  double cells[MOST * MOST];
  orr_text *out = &s->report;
  if (v->task != ORR_CLASSIFICATION || v->classes > MOST - 3) return ORR_OK;
  orr_confusion_fill(v, v->weight, cells);
  orr_text_printf(out, "\n  True class (down) and what %s took it for (across), in %s:\n  ", model,
                  v->weight ? "weight" : "rows");
  add_padded(out, "", 18);
  for (size_t k = 0; k < v->classes; k++) {
    orr_text name = {0};
    orr_text_add_inert(&name, v->class_names[k]);
    if (name.length > WIDTH - 2) name.data[name.length = WIDTH - 2] = 0;
    add_padded(out, orr_text_get(&name), WIDTH);
    orr_text_fini(&name);
  }
  trim_line(out);
  for (size_t i = 0; i < v->classes; i++) {
    orr_text name = {0};
    orr_text_add_inert(&name, v->class_names[i]);
    orr_text_add(out, "    ");
    add_padded(out, orr_text_get(&name), 16);
    orr_text_fini(&name);
    for (size_t j = 0; j < v->classes; j++) {
      char cell[32];
      snprintf(cell, sizeof cell, "%.6g", cells[i * v->classes + j]);
      add_padded(out, cell, WIDTH);
    }
    trim_line(out);
  }
  return orr_text_check(out, e);
}

static void add_head_row(orr_session *s, const orr_evaluation_object *v, const char *part) {
  orr_text *out = &s->report;
  char count[32], name[64];
  orr_text_count(count, v->model.n);
  snprintf(name, sizeof name, "On %s %s rows", count, part);
  add_padded(out, name, NAME_WIDTH);
  add_padded(out, v->model_name, CELL_WIDTH);
  if (v->has_baseline) {
    add_padded(out, v->baseline_name, CELL_WIDTH);
    add_padded(out, "difference", CELL_WIDTH);
  }
  trim_line(out);
}

static void add_positive(orr_text *out, const orr_evaluation *v) {
  if (v->task != ORR_CLASSIFICATION) return;
  if (v->classes > 2) {
    orr_text_add(out, " F1, precision and recall are means over the classes.");
    return;
  }
  orr_text_add(out, " F1, precision and recall are those of class ");
  orr_text_add_inert(out, v->class_names[ORR_POSITIVE]);
  orr_text_add(out, ".");
}

static void add_weighting(orr_text *out, const orr_fit_object *fit) {
  if (!fit->weight) return;
  orr_text_add(out, " Rows are weighted by ");
  orr_text_add_inert(out, fit->weight);
  if (fit->absolute_weights) orr_text_add(out, ", negative weights by their size");
  if (fit->drop_negative) orr_text_add(out, ", rows of negative weight dropped");
  orr_text_add(out, ".");
}

static orr_status add_footnote(orr_session *s, const orr_evaluation_object *v, const orr_fit_object *fit,
                               orr_error *e) {
  orr_text note = {0};
  orr_text_add(&note, "± is one standard error.");
  add_positive(&note, &v->model);
  add_weighting(&note, fit);
  orr_text_add(&s->report, "  ");
  orr_text_add_wrapped(&s->report, orr_text_get(&note), 2, 2, PAGE_WIDTH);
  orr_status status = orr_text_check(&note, e);
  orr_text_fini(&note);
  return status;
}

orr_status orr_report_scores(orr_session *s, const orr_evaluation_object *v, const char *part,
                             const orr_fit_object *fit, orr_error *e) {
  if (s->report.length) orr_text_add(&s->report, "\n");
  add_head_row(s, v, part);
  for (size_t i = 0; i < orr_scores_count; i++) add_score_row(s, orr_scores[i], v);
  ORR_TRY(add_footnote(s, v, fit, e));
  add_spread(s, v, fit);
  if (v->has_baseline) ORR_TRY(add_verdict(s, v, e));
  return add_confusion(s, &v->model, v->model_name, e);
}

/* "class: 0 (16,259), 1 (1,639)" for a column of few values. */
static orr_status add_classes(orr_text *out, const orr_table *t, const orr_split *split, const char *column,
                              orr_error *e) {
  enum { MOST_SHOWN = 6 };
  orr_arena arena = {0};
  orr_classes classes;
  int32_t *label = NULL;
  int at = orr_table_find(t, column);
  const orr_rows *all = &split->part[ORR_PART_ALL];
  orr_status status = ORR_DATA;
  if (at >= 0) status = orr_classes_find(t, (size_t)at, all->index, all->n, &arena, &classes, e);
  if (!status) status = orr_classes_label(&classes, t, (size_t)at, all->index, all->n, &arena, &label, e);
  if (status || classes.count > MOST_SHOWN)
    return orr_arena_fini(&arena), status == ORR_DATA ? ORR_OK : status;
  orr_text_add(out, "Classes   ");
  orr_text_add_inert(out, column);
  for (size_t k = 0; k < classes.count; k++) {
    char count[32];
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++) n += label[i] == (int32_t)k;
    orr_text_add(out, k ? ", " : ": ");
    orr_text_add_inert(out, classes.names[k]);
    orr_text_printf(out, " (%s)", orr_text_count(count, n));
  }
  orr_text_add(out, "\n");
  orr_arena_fini(&arena);
  return ORR_OK;
}

orr_status orr_report_split(orr_session *s, const orr_table *t, const orr_split *split, const char *classes,
                            orr_error *e) {
  char count[32];
  orr_text *out = &s->facts;
  if (classes) ORR_TRY(add_classes(out, t, split, classes, e));
  orr_text_add(out, "Rows      ");
  for (orr_part p = ORR_PART_TRAIN; p <= ORR_PART_TEST; p++)
    orr_text_printf(out, "%s%s %s", p > ORR_PART_TRAIN ? ", " : "", orr_text_count(count, split->part[p].n),
                    p == ORR_PART_TRAIN        ? "to train"
                    : p == ORR_PART_VALIDATION ? "to validate"
                                               : "to test");
  orr_text_add(out, "; ");
  orr_text_add_inert(out, split->how);
  orr_text_add(out, "\n");
  return orr_text_check(out, e);
}

/* "sex (11), mass (2)": the features that miss cells. */
static void add_missing(orr_text *out, const orr_training *t) {
  enum { MOST_SHOWN = 8 };
  size_t shown = 0, all = 0;
  orr_text names = {0};
  for (size_t i = 0; i < t->n_features; i++) {
    const orr_column *c = t->table->columns[t->features[i]];
    if (!c->n_missing || ++all > MOST_SHOWN) continue;
    orr_text_add(&names, shown++ ? ", " : "");
    orr_text_add_inert(&names, c->name);
    orr_text_printf(&names, " (%zu)", c->n_missing);
  }
  if (all > MOST_SHOWN) orr_text_printf(&names, " and %zu more", all - MOST_SHOWN);
  if (all) {
    orr_text_add(out, "Missing   ");
    orr_text_add_wrapped(out, orr_text_get(&names), 10, 10, PAGE_WIDTH);
  }
  orr_text_fini(&names);
}

orr_status orr_report_features(orr_session *s, const orr_training *t, orr_error *e) {
  size_t text = 0;
  if (s->told_features) return ORR_OK;
  s->told_features = true;
  for (size_t i = 0; i < t->n_features; i++) text += t->table->columns[t->features[i]]->type == ORR_TEXT;
  orr_text_printf(&s->facts, "Features  %zu: %zu of numbers, %zu of text\n", t->n_features,
                  t->n_features - text, text);
  add_missing(&s->facts, t);
  if (t->n_left_out)
    orr_text_printf(&s->facts, "Left out  %zu training rows without a target or a usable weight\n",
                    t->n_left_out);
  return orr_text_check(&s->facts, e);
}

static void add_said(const char *how, orr_text *out) {
  orr_text inert = {0};
  if (!how || !*how) return;
  orr_text_add_inert(&inert, how);
  orr_text_add(out, "          ");
  orr_text_add_wrapped(out, orr_text_get(&inert), 10, 10, PAGE_WIDTH);
  orr_text_fini(&inert);
}

static void add_inputs(const orr_session *s, orr_text *out) {
  char count[32], hash[ORR_HASH_TEXT];
  for (size_t i = 0; i < s->inputs.count; i++) {
    const orr_input *in = &s->inputs.items[i];
    orr_text_add(out, "Data      ");
    orr_text_add_inert(out, in->path);
    if (in->is_list) {
      orr_text_printf(out, " (%s row numbers)\n", orr_text_count(count, in->rows));
      continue;
    }
    orr_text_printf(out, "%s\n          %s rows x %zu columns, content %.16s\n",
                    in->bundled ? " (bundled)" : "", orr_text_count(count, in->rows), in->columns,
                    orr_hash_to_text(in->content, hash));
    add_said(in->how, out);
  }
}

static void add_cuts(const orr_session *s, orr_text *out) {
  char count[32];
  size_t tables = 0;
  for (size_t i = 0; i < s->inputs.count; i++) tables += !s->inputs.items[i].is_list;
  for (size_t i = 0; s->cuts.count > tables && i < s->cuts.count; i++) {
    orr_text_add(out, i ? "          " : "Cut-flow  ");
    orr_text cell = {0};
    orr_text_add_inert(&cell, s->cuts.items[i].name);
    add_padded(out, orr_text_get(&cell), 50);
    orr_text_fini(&cell);
    orr_text_printf(out, " %s\n", orr_text_count(count, s->cuts.items[i].rows));
  }
}

orr_status orr_report_print(const orr_session *s, const orr_report_head *head, orr_text *out, orr_error *e) {
  orr_text_add_inert(out, head->title);
  orr_text_add(out, "\n");
  orr_text_add_inert(out, head->question);
  orr_text_add(out, "\n\n");
  add_inputs(s, out);
  if (head->about) add_said(head->about, out);
  add_cuts(s, out);
  orr_text_add(out, orr_text_get(&s->facts));
  if (strcmp(head->status, "ok"))
    orr_text_printf(out, "Status    %s: what was finished is below\n", head->status);
  orr_text_add(out, "\n");
  orr_text_add(out, orr_text_get(&s->report));
  if (s->plots.length) {
    orr_text_printf(out, "\n%s",
                    s->plots_drawn ? "Figures   plots/: "
                                   : "Figures   plots/ (as text; no gnuplot drew them): ");
    orr_text_add_wrapped(out, orr_text_get(&s->plots), s->plots_drawn ? 18 : 48, 10, PAGE_WIDTH);
  }
  return orr_text_check(out, e);
}
