/* A profile is believed at first sight, so its figures are held against numpy's,
 * its guesses against tables a person would read at a glance, and what it calls
 * a copy or a duplicate against tables where exactly one cell differs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "data/profile.h"

enum { MOST_COLUMNS = 12 };

/* A table under construction, and its profile. */
typedef struct scene {
  orr_column *columns[MOST_COLUMNS];
  size_t n;
  orr_table *table;
  orr_arena arena;
  orr_profile profile;
} scene;

static orr_column *add(scene *s, const char *name, orr_type type, size_t rows) {
  assert_true(s->n < MOST_COLUMNS);
  assert_int_equal(orr_column_new(name, type, rows, &s->columns[s->n], NULL), ORR_OK);
  return s->columns[s->n++];
}

static orr_column *add_numbers(scene *s, const char *name, const double *x, size_t rows) {
  orr_column *c = add(s, name, ORR_FLOAT64, rows);
  memcpy(c->float64, x, rows * sizeof *x);
  return c;
}

static orr_column *add_integers(scene *s, const char *name, const int64_t *x, size_t rows) {
  orr_column *c = add(s, name, ORR_INT64, rows);
  memcpy(c->int64, x, rows * sizeof *x);
  return c;
}

static orr_column *add_words(scene *s, const char *name, const char *const *words, size_t rows) {
  orr_column *c = add(s, name, ORR_TEXT, rows);
  for (size_t i = 0; i < rows; i++)
    assert_int_equal(orr_map_add(&c->words, words[i], strlen(words[i]), &c->codes[i], NULL), ORR_OK);
  return c;
}

/* rows of a smooth number, none equal to another */
static orr_column *add_smooth(scene *s, const char *name, size_t rows) {
  orr_column *c = add(s, name, ORR_FLOAT64, rows);
  for (size_t i = 0; i < rows; i++) c->float64[i] = sin((double)i * 1.7) * 5 + 7 + (double)i * 1e-5;
  return c;
}

/* 0 … levels-1 in turns */
static orr_column *add_turns(scene *s, const char *name, int64_t levels, size_t rows) {
  orr_column *c = add(s, name, ORR_INT64, rows);
  for (size_t i = 0; i < rows; i++) c->int64[i] = (int64_t)(i * 7 + i / 5) % levels;
  return c;
}

static void make_with(scene *s, const char *target, orr_pool *pool) {
  orr_error e = {0};
  for (size_t i = 0; i < s->n; i++) orr_column_seal(s->columns[i]);
  if (!s->table && orr_table_new(s->columns, s->n, "memory", &s->table, &e)) fail_msg("%s", e.message);
  orr_work work = {.pool = pool};
  if (orr_profile_make(s->table, target, &work, &s->arena, &s->profile, &e)) fail_msg("%s", e.message);
}

static void make(scene *s) { make_with(s, NULL, NULL); }

static void end(scene *s) {
  orr_table_unref(s->table);
  for (size_t i = 0; i < s->n; i++) orr_column_unref(s->columns[i]);
  orr_arena_fini(&s->arena);
}

static bool has_flag(const orr_column_profile *p, const char *words) {
  for (size_t i = 0; i < p->n_flags; i++)
    if (strstr(p->flags[i], words)) return true;
  return false;
}

/* ---- figures ---- */

/* numpy 1.24: quantile([3.5, -1, 8, 2, 2, 10, 0.25], [.25, .5, .75]) = 1.125, 2, 5.75; mean 3.5357142857142856;
 * std(ddof=1)/sqrt(7) = 1.5355… checked below by its definition */
static void figures_are_numpys(void **state) {
  (void)state;
  scene s = {0};
  const double x[] = {3.5, -1, 8, 2, NAN, 2, 10, 0.25};
  add_numbers(&s, "x", x, 8);
  make(&s);
  const orr_column_profile *p = &s.profile.columns[0];
  assert_int_equal(p->missing, 1);
  assert_int_equal(p->distinct, 6);
  assert_true(p->min == -1 && p->max == 10);
  assert_true(p->q1 == 1.125 && p->median == 2 && p->q3 == 5.75);
  assert_float_equal(p->mean, 3.5357142857142856, 1e-15);
  double squares = 0;
  for (size_t i = 0; i < 8; i++) squares += isnan(x[i]) ? 0 : (x[i] - p->mean) * (x[i] - p->mean);
  assert_float_equal(p->mean_error, sqrt(squares / 6 / 7), 1e-14);
  assert_int_equal(s.profile.rows, 8);
  end(&s);
}

static void signed_zeros_are_one_value(void **state) {
  (void)state;
  scene s = {0};
  const double x[] = {0.0, -0.0, 1, -1e300, 1e300, -5e-324};
  add_numbers(&s, "x", x, 6);
  make(&s);
  assert_int_equal(s.profile.columns[0].distinct, 5);
  assert_true(s.profile.columns[0].min == -1e300 && s.profile.columns[0].max == 1e300);
  end(&s);
}

static void infinities_are_counted_and_not_binned(void **state) {
  (void)state;
  scene s = {0};
  const double x[] = {1, 2, INFINITY, 3, -INFINITY, 4};
  add_numbers(&s, "x", x, 6);
  make(&s);
  const orr_column_profile *p = &s.profile.columns[0];
  uint64_t binned = 0;
  for (size_t i = 0; i < p->n_bins; i++) binned += p->bins[i];
  assert_int_equal(p->infinite, 2);
  assert_int_equal(binned, 4);
  assert_true(isinf(p->min) && p->min < 0 && isinf(p->max));
  assert_true(p->median == 2.5);
  assert_true(p->low == 1 && p->low + p->width * (double)p->n_bins == 4);
  assert_true(has_flag(p, "2 infinite cells"));
  end(&s);
}

/* numpy.histogram(arange(100.)**2, 16) */
static void bins_are_those_of_numpy(void **state) {
  (void)state;
  static const uint64_t expected[] = {25, 11, 7, 7, 6, 5, 5, 5, 4, 4, 4, 3, 4, 3, 3, 4};
  scene s = {0};
  orr_column *c = add(&s, "x", ORR_FLOAT64, 100);
  for (size_t i = 0; i < 100; i++) c->float64[i] = (double)i * (double)i;
  make(&s);
  assert_int_equal(s.profile.columns[0].n_bins, 16);
  for (size_t i = 0; i < 16; i++) assert_int_equal(s.profile.columns[0].bins[i], expected[i]);
  end(&s);
}

static void integers_have_bins_of_whole_numbers(void **state) {
  (void)state;
  scene s = {0};
  add_turns(&s, "digit", 10, 330);
  add_turns(&s, "level", 33, 330);
  make(&s);
  const orr_column_profile *p = &s.profile.columns[0];
  assert_int_equal(p->n_bins, 10);
  assert_true(p->low == 0 && p->width == 1);
  for (size_t i = 0; i < 10; i++) assert_true(p->bins[i] > 0);
  assert_int_equal(p[1].n_bins, 11);
  assert_true(p[1].width == 3); /* 33 levels by threes: no bin has more of them than another */
  end(&s);
}

static void wide_integers_keep_their_digits(void **state) {
  (void)state;
  scene s = {0};
  const int64_t x[] = {INT64_MAX, INT64_MIN, INT64_MAX - 1, 9007199254740993, 9007199254740992};
  add_integers(&s, "x", x, 5);
  make(&s);
  const orr_column_profile *p = &s.profile.columns[0];
  uint64_t binned = 0;
  for (size_t i = 0; i < p->n_bins; i++) binned += p->bins[i];
  assert_int_equal(p->distinct, 5);
  assert_true(p->least == INT64_MIN && p->greatest == INT64_MAX);
  assert_int_equal(binned, 5);
  end(&s);
}

static void booleans_have_their_share_of_true(void **state) {
  (void)state;
  scene s = {0};
  orr_column *c = add(&s, "seen", ORR_BOOL, 4);
  memcpy(c->bools, (const uint8_t[]){1, 0, 1, 1}, 4);
  make(&s);
  const orr_column_profile *p = &s.profile.columns[0];
  assert_true(p->mean == 0.75 && p->min == 0 && p->max == 1);
  assert_int_equal(p->n_bins, 2);
  assert_true(p->bins[0] == 1 && p->bins[1] == 3);
  end(&s);
}

static void times_are_seconds_and_exact_at_the_ends(void **state) {
  (void)state;
  scene s = {0};
  orr_column *c = add(&s, "when", ORR_TIME, 3);
  memcpy(c->int64, (const int64_t[]){1500000000000000001, 1400000000000000000, 1600000000000000000}, 24);
  make(&s);
  const orr_column_profile *p = &s.profile.columns[0];
  assert_true(p->greatest == 1600000000000000000 && p->least == 1400000000000000000);
  assert_float_equal(p->median, 1.5e9, 1e-6);
  assert_string_equal(p->why, "a time");
  end(&s);
}

static void words_come_most_frequent_first(void **state) {
  (void)state;
  scene s = {0};
  const char *const words[] = {"b", "a", "c", "a", "b", "a", "d"};
  orr_column *c = add_words(&s, "kind", words, 7);
  assert_int_equal(orr_column_set_missing(c, 6, NULL), ORR_OK);
  make(&s);
  const orr_column_profile *p = &s.profile.columns[0];
  assert_int_equal(p->missing, 1);
  assert_int_equal(p->distinct, 3); /* d stands in no row any more */
  assert_int_equal(p->n_bins, 3);
  assert_string_equal(p->words[0], "a");
  assert_string_equal(p->words[1], "b");
  assert_string_equal(p->words[2], "c");
  assert_true(p->bins[0] == 3 && p->bins[1] == 2 && p->bins[2] == 1);
  assert_true(isnan(p->min) && isnan(p->mean) && isnan(p->q1));
  end(&s);
}

static void only_the_sixteen_most_frequent_are_kept(void **state) {
  (void)state;
  scene s = {0};
  char text[40][8];
  const char *words[400];
  for (size_t i = 0; i < 40; i++) snprintf(text[i], sizeof text[i], "w%zu", i);
  for (size_t i = 0; i < 400; i++) words[i] = text[i % 10 ? 30 + i % 10 : i / 10];
  add_words(&s, "word", words, 400);
  make(&s);
  const orr_column_profile *p = &s.profile.columns[0];
  assert_int_equal(p->n_bins, ORR_PROFILE_BINS);
  for (size_t i = 1; i < p->n_bins; i++) assert_true(p->bins[i - 1] >= p->bins[i]);
  assert_string_equal(p->words[0], "w31");
  assert_string_equal(p->words[9], "w0");
  end(&s);
}

/* Runs of equal rows tell as much as one row each: 4 runs of 25, means 0 … 3: the error is that of 4 draws. */
static void runs_of_rows_are_one_draw_each(void **state) {
  (void)state;
  scene s = {0};
  orr_column *c = add(&s, "x", ORR_FLOAT64, 100);
  for (size_t i = 0; i < 100; i++) c->float64[i] = (double)(i / 25);
  orr_column_seal(c);
  assert_int_equal(orr_table_new(s.columns, 1, "memory", &s.table, NULL), ORR_OK);
  s.table->row_index = orr_calloc(100, sizeof *s.table->row_index);
  for (size_t i = 0; i < 100; i++) s.table->row_index[i] = (int64_t)(i + i / 25 * 1000);
  make(&s);
  assert_float_equal(s.profile.columns[0].mean_error, sqrt(5.0 / 3 / 4), 1e-12);
  end(&s);
}

static void empty_and_single_rows(void **state) {
  (void)state;
  for (size_t rows = 0; rows < 3; rows++) {
    scene s = {0};
    add(&s, "x", ORR_FLOAT64, rows);
    add(&s, "n", ORR_INT64, rows);
    add(&s, "b", ORR_BOOL, rows);
    make(&s);
    assert_int_equal(s.profile.rows, rows);
    assert_int_equal(s.profile.columns[0].distinct, rows > 0);
    assert_true(rows ? s.profile.columns[0].mean == 0 : isnan(s.profile.columns[0].mean));
    assert_null(s.profile.target);
    assert_int_equal(s.profile.duplicate_rows, rows == 2);
    assert_int_equal(s.profile.columns[0].n_flags, rows == 2); /* one row is no constant */
    end(&s);
  }
  scene none = {0};
  make(&none);
  assert_int_equal(none.profile.n_columns, 0);
  end(&none);
}

static void all_missing(void **state) {
  (void)state;
  scene s = {0};
  const double x[] = {NAN, NAN, NAN};
  add_numbers(&s, "x", x, 3);
  make(&s);
  const orr_column_profile *p = &s.profile.columns[0];
  assert_int_equal(p->missing, 3);
  assert_int_equal(p->distinct, 0);
  assert_int_equal(p->n_bins, 0);
  assert_int_equal(p->role, ORR_ROLE_IGNORE);
  assert_true(has_flag(p, "all missing") && !has_flag(p, "mostly"));
  end(&s);
}

/* ---- roles ---- */

static void roles_by_name(void **state) {
  (void)state;
  scene s = {0};
  add_smooth(&s, "flux", 90);
  add_smooth(&s, "e_flux", 90)->float64[3] += 1;
  add_smooth(&s, "period", 90)->float64[4] += 1;
  add_smooth(&s, "periodError", 90)->float64[5] += 1;
  add_smooth(&s, "sampleWeight", 90)->float64[6] += 1;
  add_turns(&s, "station", 9, 90);
  add_turns(&s, "object_class", 3, 90);
  add_turns(&s, "quality", 4, 90);
  make(&s);
  const orr_column_profile *p = s.profile.columns;
  assert_int_equal(p[0].role, ORR_ROLE_FEATURE);
  assert_int_equal(p[1].role, ORR_ROLE_ERROR_OF);
  assert_string_equal(p[1].of, "flux");
  assert_int_equal(p[3].role, ORR_ROLE_ERROR_OF);
  assert_string_equal(p[3].of, "period");
  assert_int_equal(p[4].role, ORR_ROLE_WEIGHT);
  assert_int_equal(p[5].role, ORR_ROLE_GROUP);
  assert_string_equal(s.profile.target, "object_class");
  assert_false(s.profile.target_is_number);
  assert_string_equal(s.profile.target_why, "its name; 3 classes");
  assert_int_equal(p[7].role, ORR_ROLE_FEATURE);
  end(&s);
}

static void a_body_has_a_weight_that_is_no_weight(void **state) {
  (void)state;
  scene s = {0};
  add_smooth(&s, "height", 50);
  add_smooth(&s, "weight", 50)->float64[1] += 1;
  make(&s);
  assert_int_equal(s.profile.columns[1].role, ORR_ROLE_FEATURE);
  end(&s);
}

static void the_last_column_of_few_values_is_the_target(void **state) {
  (void)state;
  scene s = {0};
  add_smooth(&s, "a", 60);
  add_turns(&s, "b", 3, 60);
  add_turns(&s, "c", 3, 60)->int64[7] += 1;
  make(&s);
  assert_string_equal(s.profile.target, "c");
  assert_non_null(strstr(s.profile.target_why, "last column"));
  end(&s);
}

static void nothing_stands_out(void **state) {
  (void)state;
  scene s = {0};
  add_turns(&s, "b", 3, 60);
  add_smooth(&s, "a", 60);
  make(&s);
  assert_null(s.profile.target);
  end(&s);
}

static void numbers_named_y_are_a_regression_unless_z_is_there(void **state) {
  (void)state;
  scene s = {0};
  add_smooth(&s, "x", 60);
  add_smooth(&s, "y", 60)->float64[0] = 1;
  make(&s);
  assert_string_equal(s.profile.target, "y");
  assert_true(s.profile.target_is_number);
  end(&s);
  scene place = {0};
  add_smooth(&place, "x", 60);
  add_smooth(&place, "y", 60)->float64[0] = 1;
  add_smooth(&place, "z", 60)->float64[0] = 2;
  make(&place);
  assert_null(place.profile.target);
  end(&place);
}

static void a_person_names_the_target(void **state) {
  (void)state;
  scene s = {0};
  orr_error e = {0};
  add_smooth(&s, "flux", 60);
  add_turns(&s, "class", 2, 60);
  make_with(&s, "flux", NULL);
  assert_string_equal(s.profile.target, "flux");
  assert_true(s.profile.target_is_number);
  assert_int_equal(s.profile.columns[1].role, ORR_ROLE_FEATURE);
  assert_int_equal(orr_profile_make(s.table, "flix", NULL, &s.arena, &s.profile, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "flux"));
  end(&s);
}

static void ids_and_constants_are_ignored(void **state) {
  (void)state;
  scene s = {0};
  char text[60][8];
  const char *words[60];
  orr_column *counter = add(&s, "number", ORR_INT64, 60), *id = add(&s, "source_id", ORR_INT64, 60);
  orr_column *year = add(&s, "year", ORR_INT64, 60);
  for (size_t i = 0; i < 60; i++) {
    snprintf(text[i], sizeof text[i], "s%zu", i);
    words[i] = text[i];
    counter->int64[i] = (int64_t)i + 1;
    id->int64[i] = (int64_t)((i * 37) % 60) * 1000;
    year->int64[i] = 1960 + (int64_t)i;
  }
  add_words(&s, "remark", words, 60);
  add(&s, "zero", ORR_FLOAT32, 60);
  make(&s);
  const orr_column_profile *p = s.profile.columns;
  assert_int_equal(p[0].role, ORR_ROLE_IGNORE);
  assert_true(has_flag(&p[0], "counts the rows"));
  assert_int_equal(p[1].role, ORR_ROLE_IGNORE);
  assert_true(has_flag(&p[1], "id-like"));
  assert_int_equal(p[2].role, ORR_ROLE_FEATURE); /* counts up too, but from 1960 */
  assert_int_equal(p[3].role, ORR_ROLE_IGNORE);
  assert_int_equal(p[4].role, ORR_ROLE_IGNORE);
  assert_true(has_flag(&p[4], "constant"));
  end(&s);
}

/* ---- flags ---- */

static void equal_columns_are_told(void **state) {
  (void)state;
  const char *const colours[] = {"red", "blue", "red", "blue"}, *const sizes[] = {"big", "small", "big",
                                                                                  "small"};
  scene s = {0};
  add_smooth(&s, "a", 4);
  add_smooth(&s, "b", 4);
  add_smooth(&s, "c", 4)->float64[3] += 1;
  add_words(&s, "colour", colours, 4);
  add_words(&s, "hue", colours, 4);
  add_words(&s, "size", sizes, 4); /* the same codes, other words */
  make(&s);
  const orr_column_profile *p = s.profile.columns;
  assert_int_equal(p[0].n_flags, 0);
  assert_true(has_flag(&p[1], "same as a"));
  assert_false(has_flag(&p[2], "same as"));
  assert_true(has_flag(&p[4], "same as colour"));
  assert_false(has_flag(&p[5], "same as"));
  end(&s);
}

static void a_missing_zero_is_no_zero(void **state) {
  (void)state;
  scene s = {0};
  const int64_t x[] = {0, 1, 0, 2};
  add_integers(&s, "a", x, 4);
  assert_int_equal(orr_column_set_missing(add_integers(&s, "b", x, 4), 2, NULL), ORR_OK);
  make(&s);
  assert_false(has_flag(&s.profile.columns[1], "same as"));
  assert_int_equal(s.profile.columns[1].distinct, 3);
  end(&s);
}

static void copies_of_the_target_are_told(void **state) {
  (void)state;
  scene s = {0};
  const char *words[90];
  static const char *const names[] = {"star", "galaxy", "quasar"};
  orr_column *target = add_turns(&s, "class", 3, 90);
  for (size_t i = 0; i < 90; i++) words[i] = names[target->int64[i]];
  add_words(&s, "answer", words, 90);
  words[50] = names[(target->int64[50] + 1) % 3];
  add_words(&s, "nearly", words, 90);
  make(&s);
  const orr_column_profile *p = s.profile.columns;
  assert_true(has_flag(&p[1], "a copy of the target class"));
  assert_int_equal(p[1].role, ORR_ROLE_IGNORE);
  assert_false(has_flag(&p[2], "copy"));
  end(&s);
}

/* 10,000 rows, so that the few thousand looked at first are not all of them. */
static void monotone_copies_of_a_number_are_told(void **state) {
  (void)state;
  scene s = {0};
  size_t n = 10000;
  orr_column *y = add_smooth(&s, "y", n);
  orr_column *log = add(&s, "log_y", ORR_FLOAT64, n), *down = add(&s, "down", ORR_FLOAT64, n);
  orr_column *loose = add(&s, "loose", ORR_FLOAT64, n);
  for (size_t i = 0; i < n; i++) {
    log->float64[i] = log2(y->float64[i]);
    down->float64[i] = i % 50 ? -y->float64[i] : NAN;
    loose->float64[i] = y->float64[i] + 3 * cos((double)i);
  }
  make(&s);
  const orr_column_profile *p = s.profile.columns;
  assert_true(has_flag(&p[1], "nearly the target y: rank correlation 1"));
  assert_true(has_flag(&p[2], "nearly the target y: rank correlation -1"));
  assert_int_equal(p[3].n_flags, 0);
  end(&s);
}

static void marks_of_missing_cells_are_suspected(void **state) {
  (void)state;
  scene s = {0};
  orr_column *a = add_smooth(&s, "a", 100), *b = add_smooth(&s, "b", 100), *c = add_smooth(&s, "c", 100);
  orr_column *count = add_turns(&s, "count", 400, 100);
  a->float64[3] = a->float64[50] = a->float64[51] = -999;
  b->float64[3] = b->float64[50] = 99.99;
  c->float64[3] = -999; /* once: a wild value, not a mark */
  count->int64[5] = count->int64[6] = -99;
  make(&s);
  const orr_column_profile *p = s.profile.columns;
  assert_true(has_flag(&p[0], "-999 stands 3 times, far from the rest: missing?"));
  assert_true(has_flag(&p[1], "99.99 stands 2 times"));
  assert_false(has_flag(&p[2], "stands"));
  assert_true(has_flag(&p[3], "-99 stands 2 times"));
  end(&s);
}

static void decades_are_those_of_the_bulk(void **state) {
  (void)state;
  scene s = {0};
  orr_column *flux = add(&s, "flux", ORR_FLOAT64, 1000), *even = add(&s, "even", ORR_FLOAT64, 1000);
  for (size_t i = 0; i < 1000; i++) {
    flux->float64[i] = pow(10, (double)(i * 389 % 1000) / 1000 * 6.5);
    even->float64[i] = (double)(i * 389 % 1000) + (i ? 0 : 1e-9);
  }
  make(&s);
  assert_true(has_flag(&s.profile.columns[0], "spans 6 decades: try log10"));
  assert_false(has_flag(&s.profile.columns[1], "decades"));
  end(&s);
}

static void duplicate_rows_are_equal_in_every_column(void **state) {
  (void)state;
  scene s = {0};
  const int64_t n[] = {1, 2, 1, 1, 2, 1};
  const double x[] = {0.5, NAN, 0.5, 0.75, NAN, 0.5};
  add_integers(&s, "n", n, 6);
  add_numbers(&s, "x", x, 6);
  make(&s);
  assert_int_equal(s.profile.duplicate_rows, 3);
  end(&s);
}

static void mostly_missing_is_told(void **state) {
  (void)state;
  scene s = {0};
  const double x[] = {1, NAN, NAN, NAN, 2, NAN, NAN, NAN};
  add_numbers(&s, "x", x, 8);
  make(&s);
  assert_true(has_flag(&s.profile.columns[0], "mostly missing (75 %)"));
  end(&s);
}

/* ---- the house's contracts ---- */

static void threads_do_not_change_it(void **state) {
  (void)state;
  orr_pool *pool;
  assert_int_equal(orr_pool_new(3, &pool, NULL), ORR_OK);
  scene s = {0};
  for (size_t j = 0; j < 6; j++) add_smooth(&s, "same name", 5000)->float64[j] = 1;
  add_turns(&s, "class", 4, 5000);
  make(&s);
  orr_profile one = s.profile;
  make_with(&s, NULL, pool);
  for (size_t j = 0; j < s.n; j++) {
    const orr_column_profile *a = &one.columns[j], *b = &s.profile.columns[j];
    assert_memory_equal(&a->mean, &b->mean, sizeof a->mean);
    assert_memory_equal(&a->mean_error, &b->mean_error, sizeof a->mean_error);
    assert_memory_equal(a->bins, b->bins, sizeof a->bins);
    assert_int_equal(a->role, b->role);
    assert_int_equal(a->n_flags, b->n_flags);
  }
  assert_int_equal(one.duplicate_rows, s.profile.duplicate_rows);
  end(&s);
  orr_pool_free(pool);
}

static orr_signal abandon(void *context, const orr_report *report) {
  (void)context, (void)report;
  return ORR_ABANDON;
}

static void it_can_be_stopped(void **state) {
  (void)state;
  scene s = {0};
  orr_error e = {0};
  add_smooth(&s, "x", 100);
  make(&s);
  orr_work work = {.progress = abandon};
  assert_int_equal(orr_profile_make(s.table, NULL, &work, &s.arena, &s.profile, &e), ORR_STOPPED);
  end(&s);
}

static void running_out_of_memory_is_an_error(void **state) {
  (void)state;
  scene s = {0};
  const char *const words[] = {"a", "b", "a", "b", "a", "c", "a", "c", "a", "b", "a", "b"};
  add_smooth(&s, "y", 12);
  add_smooth(&s, "x", 12)->float64[1] = 3;
  add_words(&s, "kind", words, 12);
  make(&s);
  orr_status status = ORR_MEMORY;
  for (long after = 0; status; after++) {
    orr_arena arena = {0};
    orr_profile out;
    orr_memory_fail_after(after);
    status = orr_profile_make(s.table, NULL, NULL, &arena, &out, NULL);
    orr_memory_fail_after(-1);
    orr_arena_fini(&arena);
    if (status) assert_int_equal(status, ORR_MEMORY);
    assert_true(after < 1000);
  }
  end(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(figures_are_numpys),
      cmocka_unit_test(signed_zeros_are_one_value),
      cmocka_unit_test(infinities_are_counted_and_not_binned),
      cmocka_unit_test(bins_are_those_of_numpy),
      cmocka_unit_test(integers_have_bins_of_whole_numbers),
      cmocka_unit_test(wide_integers_keep_their_digits),
      cmocka_unit_test(booleans_have_their_share_of_true),
      cmocka_unit_test(times_are_seconds_and_exact_at_the_ends),
      cmocka_unit_test(words_come_most_frequent_first),
      cmocka_unit_test(only_the_sixteen_most_frequent_are_kept),
      cmocka_unit_test(runs_of_rows_are_one_draw_each),
      cmocka_unit_test(empty_and_single_rows),
      cmocka_unit_test(all_missing),
      cmocka_unit_test(roles_by_name),
      cmocka_unit_test(a_body_has_a_weight_that_is_no_weight),
      cmocka_unit_test(the_last_column_of_few_values_is_the_target),
      cmocka_unit_test(nothing_stands_out),
      cmocka_unit_test(numbers_named_y_are_a_regression_unless_z_is_there),
      cmocka_unit_test(a_person_names_the_target),
      cmocka_unit_test(ids_and_constants_are_ignored),
      cmocka_unit_test(equal_columns_are_told),
      cmocka_unit_test(a_missing_zero_is_no_zero),
      cmocka_unit_test(copies_of_the_target_are_told),
      cmocka_unit_test(monotone_copies_of_a_number_are_told),
      cmocka_unit_test(marks_of_missing_cells_are_suspected),
      cmocka_unit_test(decades_are_those_of_the_bulk),
      cmocka_unit_test(duplicate_rows_are_equal_in_every_column),
      cmocka_unit_test(mostly_missing_is_told),
      cmocka_unit_test(threads_do_not_change_it),
      cmocka_unit_test(it_can_be_stopped),
      cmocka_unit_test(running_out_of_memory_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
