/* Dependence: accumulated local effects recover Friedman's functions and show what tells
 * nothing as flat; correlated columns mislead partial dependence and not them. */
#include "tests/unit/explain/fixture.h"

#include "explain/dependence.h"
#include "explain/interaction.h"

static const double pi = 3.14159265358979323846;

KNOWN_FAMILY(known_friedman, friedman);

static orr_dependence measure(fixture *f, const char *name, const orr_dependence_spec *given) {
  orr_dependence out;
  orr_error e = {0};
  orr_dependence_spec s = *given;
  s.model = &f->kept, s.table = f->table, s.rows = f->rows, s.n = f->table->rows, s.column = name, s.seed = 5;
  if (!s.class) s.class = ORR_ANY_CLASS;
  if (orr_dependence_measure(&s, NULL, &f->arena, &out, &e)) fail_msg("%s", e.message);
  return out;
}

/* Main effects of Friedman's function, each up to a constant. */
static double main_effect(size_t j, double x) {
  if (j < 2) return x > 1e-9 ? 10 * (1 - cos(pi * x)) / (pi * x) : 0;
  return j == 2 ? 20 * (x - 0.5) * (x - 0.5) : j == 3 ? 10 * x : j == 4 ? 5 * x : 0;
}

/* The largest distance from the truth, both made to have mean 0 over uniform x. */
static double distance(const orr_dependence *d, size_t j, const double *curve) {
  double mean = 0, own = 0, most = 0;
  for (size_t i = 0; i < 1000; i++) mean += main_effect(j, (i + 0.5) / 1000) / 1000;
  for (size_t p = 0; p < d->points; p++) own += d->share[p] * curve[p];
  for (size_t p = 0; p < d->points; p++)
    most = fmax(most, fabs(curve[p] - own - (main_effect(j, d->at[p]) - mean)));
  return most;
}

static void friedman_is_recovered(void **state) {
  (void)state;
  fixture f;
  start(&f, 2000, 10, uniform_cell, friedman_answer);
  train(&f, &known_friedman, ORR_REGRESSION, "y", 10, NULL);
  for (size_t j = 0; j < 10; j++) {
    char name[8];
    snprintf(name, sizeof name, "x%zu", j + 1);
    orr_dependence d = measure(&f, name, &(orr_dependence_spec){0});
    assert_int_equal(d.points, 33);
    assert_int_equal(d.n_curves, 40);
    assert_true(distance(&d, j, d.effect) < (j < 2 ? 0.5 : 0.1));
    assert_true(distance(&d, j, d.partial) < (j < 2 ? 0.5 : 0.1));
    if (j >= 5) assert_true(d.strength == 0 && d.strength_error == 0 && d.effect[7] == 0);
    else assert_true(d.strength > 1 && d.strength_error < 0.15);
    if (j == 3) assert_near(d.strength, 10 / sqrt(12), 0.1);
    for (size_t p = 0; p < d.points; p++) assert_true(d.effect_error[p] < 0.6 && d.partial_error[p] < 0.6);
  }
  end(&f);
}

/* A fitted model, not the function itself. */
static void friedman_is_recovered_from_trees(void **state) {
  (void)state;
  fixture f;
  start(&f, 4000, 10, uniform_cell, friedman_answer);
  train(&f, &orr_family_boosted_trees, ORR_REGRESSION, "y", 4000,
        (const char *const[]){"n_estimators", "250", NULL});
  for (size_t j = 0; j < 10; j++) {
    char name[8];
    snprintf(name, sizeof name, "x%zu", j + 1);
    orr_dependence d = measure(&f, name, &(orr_dependence_spec){.points = 17});
    assert_true(distance(&d, j, d.effect) < (j < 5 ? 1.3 : 0.35));
    if (j >= 5) assert_true(d.strength < 0.15);
  }
  end(&f);
}

static double twin_cell(orr_random *r, size_t i, size_t j, const double *row) {
  (void)i;
  return j ? row[0] + 0.02 * orr_random_normal(r) : orr_random_uniform(r);
}
static double far(const double *x) { return x[0] + 100 * (x[0] - x[1]) * (x[0] - x[1]); }
static double far_answer(orr_random *r, size_t i, const double *x) {
  (void)i, (void)r;
  return far(x);
}
KNOWN_FAMILY(known_far, far);

/* Where no row lies, partial dependence still asks; local effects do not. */
static void correlation_does_not_mislead(void **state) {
  (void)state;
  fixture f;
  start(&f, 2000, 2, twin_cell, far_answer);
  train(&f, &known_far, ORR_REGRESSION, "y", 10, NULL);
  orr_dependence d = measure(&f, "x1", &(orr_dependence_spec){0});
  for (size_t p = 0; p < d.points; p++) assert_near(d.effect[p], d.at[p] - 0.5, 0.35);
  assert_true(d.partial[0] > 20 && d.partial[d.points - 1] > 20);
  end(&f);
}

static void interaction_is_found(void **state) {
  (void)state;
  fixture f;
  orr_interaction i;
  orr_error e = {0};
  start(&f, 2000, 10, uniform_cell, friedman_answer);
  train(&f, &known_friedman, ORR_REGRESSION, "y", 10, NULL);
  orr_dependence_spec s = {
      .model = &f.kept, .table = f.table, .rows = f.rows, .n = 2000, .column = "x1", .class = ORR_ANY_CLASS};
  if (orr_interaction_measure(&s, "x2", NULL, &f.arena, &i, &e)) fail_msg("%s", e.message);
  double variance =
      (0.27223402 - 0.19731005) * 23.8; /* Sobol' indices of Friedman's function, total less first */
  assert_near(i.strength, sqrt(variance), 0.15);
  assert_true(i.strength_error < 0.1);
  if (orr_interaction_measure(&s, "x4", NULL, &f.arena, &i, &e)) fail_msg("%s", e.message);
  assert_true(i.strength < 1e-10);
  assert_int_equal(orr_interaction_measure(&s, "x1", NULL, &f.arena, &i, &e), ORR_USAGE);
  end(&f);
}

/* y follows the word; a third of the words are missing. */
static void words_and_holes(void **state) {
  (void)state;
  orr_text csv = {0};
  fixture f = {0};
  orr_linear_init();
  orr_text_add(&csv, "s,x,y\n");
  for (size_t i = 0; i < 300; i++)
    orr_text_printf(&csv, "%s,%s,%g\n", i % 3 ? i % 2 ? "odd" : "even" : "", i % 5 ? i % 2 ? "1" : "2" : "",
                    (i % 2 ? 4.0 : 1) + 0.001 * (double)(i % 7));
  f.table = table_from(csv.data);
  orr_text_fini(&csv);
  f.rows = rows_to(300, &f.arena);
  train(&f, &orr_family_ridge, ORR_REGRESSION, "y", 300, (const char *const[]){"l2", "0.001", NULL});
  orr_dependence d = measure(&f, "s", &(orr_dependence_spec){0});
  assert_true(d.text && !d.effect);
  assert_int_equal(d.points, 2);
  assert_true(d.strength > 0 && d.partial_error[0] > 0);
  d = measure(&f, "x", &(orr_dependence_spec){0});
  assert_int_equal(d.points, 2);
  assert_true(d.at[0] == 1 && d.at[1] == 2 && d.effect[0] > d.effect[1]);
  orr_error e = {0};
  orr_dependence_spec s = {.model = &f.kept, .table = f.table, .rows = f.rows, .n = 300, .column = "z"};
  assert_int_equal(orr_dependence_measure(&s, NULL, &f.arena, &d, &e), ORR_DATA);
  s.column = "x", s.n = 1;
  assert_int_equal(orr_dependence_measure(&s, NULL, &f.arena, &d, &e), ORR_DATA);
  s.n = 300;
  assert_int_equal(orr_dependence_measure(&s, &stopping, &f.arena, &d, &e), ORR_STOPPED);
  end(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(friedman_is_recovered),
      cmocka_unit_test(friedman_is_recovered_from_trees),
      cmocka_unit_test(correlation_does_not_mislead),
      cmocka_unit_test(interaction_is_found),
      cmocka_unit_test(words_and_holes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
