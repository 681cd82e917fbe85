/* A peek as one JSON object, with the names of the command line's contract. */
#include <math.h>
#include <string.h>

#include "app/peek.h"

static orr_json *time_of(int64_t nanoseconds) {
  char text[48];
  orr_peek_time(text, nanoseconds);
  return orr_json_new_string(text);
}

/* One of a column's figures: a number, or a time as text. */
static orr_json *figure(const orr_column_profile *c, double x) {
  if (isnan(x)) return orr_json_new_null();
  if (c->column->type == ORR_TIME) return time_of(orr_peek_nanoseconds(x));
  return orr_json_new_extended(x);
}

static orr_json *end_of_range(const orr_column_profile *c, double x, int64_t exact) {
  if (!c->distinct) return orr_json_new_null();
  if (c->column->type == ORR_TIME) return time_of(exact);
  return c->column->type == ORR_INT64 ? orr_json_new_integer(exact) : figure(c, x);
}

/* {"from":…, "to":…, "counts":[…]} of numbers, {"words":[…], "counts":[…]} of the most frequent words. */
static orr_json *histogram(const orr_column_profile *c) {
  orr_json *j = orr_json_new_object();
  if (c->column->type == ORR_TEXT) {
    orr_json *words = orr_json_set(j, "words", orr_json_new_array());
    for (size_t i = 0; i < c->n_bins; i++) orr_json_push(words, orr_json_new_string(c->words[i]));
  } else if (c->n_bins) {
    orr_json_set(j, "from", figure(c, c->low));
    orr_json_set(j, "to", figure(c, c->low + c->width * (double)c->n_bins));
  }
  orr_json *counts = orr_json_set(j, "counts", orr_json_new_array());
  for (size_t i = 0; i < c->n_bins; i++) orr_json_push(counts, orr_json_new_integer((int64_t)c->bins[i]));
  return j;
}

static orr_json *flags_of(const orr_column_profile *c) {
  orr_json *j = orr_json_new_array();
  for (size_t i = 0; i < c->n_flags; i++) orr_json_push(j, orr_json_new_string(c->flags[i]));
  return j;
}

static void add_column(const orr_peek *p, const orr_column_profile *c, orr_json *all) {
  orr_json *j = orr_json_push(all, orr_json_new_object());
  orr_json_set(j, "name", orr_json_new_string(c->column->name));
  orr_json_set(j, "type", orr_json_new_string(orr_type_name(c->column->type)));
  orr_json_set(j, "unit", orr_json_new_string(c->column->unit));
  orr_json_set(j, "missing", orr_json_new_integer((int64_t)c->missing));
  orr_json_set(j, "distinct", orr_json_new_integer((int64_t)c->distinct));
  orr_json_set(j, "min", end_of_range(c, c->min, c->least));
  orr_json_set(j, "q1", figure(c, c->q1));
  orr_json_set(j, "median", figure(c, c->median));
  orr_json_set(j, "q3", figure(c, c->q3));
  orr_json_set(j, "max", end_of_range(c, c->max, c->greatest));
  orr_json_set(j, "mean", figure(c, c->mean));
  if (orr_peek_is_sample(p)) orr_json_set(j, "mean_error", orr_json_new_number(orr_peek_mean_error(p, c)));
  orr_json_set(j, "histogram", histogram(c));
  orr_json_set(j, "role", orr_json_new_string(orr_role_name(c->role)));
  if (c->of) orr_json_set(j, "error_of", orr_json_new_string(c->of));
  orr_json_set(j, "why", orr_json_new_string(c->why));
  orr_json_set(j, "flags", flags_of(c));
}

static void add_table(const orr_peek *p, orr_json *j) {
  orr_json *columns = orr_json_new_array();
  if (!p->profile) orr_json_set(j, "rows", orr_json_new_null());
  else orr_json_set(j, "rows", orr_json_new_integer((int64_t)p->profile->rows));
  if (p->profile && orr_peek_is_sample(p)) {
    orr_json_set(j, "sampled", orr_json_new_boolean(true));
    orr_json_set(j, "rows_of", orr_json_new_integer((int64_t)p->rows_of));
  }
  if (p->profile)
    orr_json_set(j, "duplicate_rows", orr_json_new_integer((int64_t)p->profile->duplicate_rows));
  if (p->profile) {
    orr_json_set(j, "target", orr_json_new_string(p->profile->target));
    orr_json_set(j, "target_why", orr_json_new_string(p->profile->target_why));
  }
  for (size_t i = 0; p->profile && i < p->profile->n_columns; i++)
    add_column(p, &p->profile->columns[i], columns);
  orr_json_set(j, "columns", columns);
}

static orr_json *dialect_of(const orr_peek *p) {
  orr_arena arena = {0};
  orr_value options;
  if (!p->csv) return orr_json_new_null();
  orr_status status = orr_csv_dialect_to_value(&p->csv->dialect, &arena, &options, NULL);
  orr_json *j = status ? NULL : orr_value_to_json(&options);
  orr_arena_fini(&arena);
  return j;
}

static void add_oddities(orr_json *j, const char *name, const orr_csv_oddities *o) {
  orr_json *one = orr_json_set(j, name, orr_json_new_object());
  orr_json_set(one, "count", orr_json_new_integer((int64_t)o->count));
  orr_json *lines = orr_json_set(one, "lines", orr_json_new_array());
  for (size_t i = 0; i < o->count && i < ORR_CSV_LINES_TOLD; i++)
    orr_json_push(lines, orr_json_new_integer((int64_t)o->lines[i]));
}

/* What the reader of the HDF5 file said, number by number. */
static void add_fact(const orr_peek *p, orr_json *j, const char *name, orr_json *otherwise) {
  const orr_json *fact = orr_json_get(p->facts, name);
  orr_json_set(j, name, fact ? orr_json_copy(fact) : otherwise);
  if (fact) orr_json_free(otherwise);
}

orr_status orr_peek_to_json(const orr_peek *p, orr_text *out, orr_error *e) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "schema", orr_json_new_integer(1));
  orr_json_set(j, "source", orr_json_new_string(p->src));
  orr_json_set(j, "kind", orr_json_new_string(p->facts ? "hdf5" : "csv"));
  add_fact(p, j, "picked", orr_json_new_null());
  if (p->facts) {
    add_fact(p, j, "why", orr_json_new_null());
    add_fact(p, j, "candidates", orr_json_new_array());
    add_fact(p, j, "options", orr_json_new_object());
  }
  orr_json_set(j, "dialect", dialect_of(p));
  if (p->csv) {
    add_oddities(j, "short_rows", &p->csv->short_rows);
    add_oddities(j, "long_rows", &p->csv->long_rows);
    add_oddities(j, "second_table", &p->csv->second);
  }
  add_fact(p, j, "tree", orr_json_new_array());
  add_table(p, j);
  add_fact(p, j, "datasets", orr_json_new_array());
  add_fact(p, j, "notes", orr_json_new_array());
  orr_json *warnings = orr_json_set(j, "warnings", orr_json_new_array());
  for (size_t i = 0; i < p->warnings.count; i++)
    orr_json_push(warnings, orr_json_new_string(p->warnings.items[i]));
  orr_status status = orr_json_print(j, true, out, e);
  orr_json_free(j);
  orr_text_add(out, "\n");
  return status ? status : orr_text_check(out, e);
}
