/* Latent spaces: principal components against a covariance known in closed form, known
 * factors found again by a variational autoencoder, straight traversals, files that are
 * not believed, and columns that are pixels. */
#include "tests/unit/explain/fixture.h"

#include <unistd.h>

#include "explain/picture.h"
#include "explain/traverse.h"
#include "model/density.h"

static orr_latent measure(fixture *f, size_t n) {
  orr_latent l;
  orr_error e = {0};
  orr_latent_spec s = {.model = &f->kept, .table = f->table, .rows = f->rows, .n = n, .seed = 2};
  if (orr_latent_measure(&s, NULL, &f->arena, &l, &e)) fail_msg("%s", e.message);
  return l;
}

static double no_answer(orr_random *r, size_t i, const double *x) {
  (void)r, (void)i;
  return x[0];
}

/* Six rows: ± a along (1,1,0)/√2, ± b along (1,-1,0)/√2, ± c along x3, about (10, 20, 30). */
static double cross_cell(orr_random *r, size_t i, size_t j, const double *row) {
  static const double length[] = {3, 2, 1},
                      axis[3][3] = {{M_SQRT1_2, M_SQRT1_2, 0}, {M_SQRT1_2, -M_SQRT1_2, 0}, {0, 0, 1}};
  (void)r, (void)row;
  return 10 * (double)(j + 1) + (i % 2 ? -1 : 1) * length[i / 2] * axis[i / 2][j];
}

static void components_are_known(void **state) {
  (void)state;
  fixture f;
  start(&f, 6, 3, cross_cell, no_answer);
  train(&f, &orr_family_pca, ORR_LATENT, "y", 6,
        (const char *const[]){"latent", "3", "standardise", "false", NULL});
  const double *v = orr_store_find(&f.kept.store, "components")->f64,
               *variance = orr_store_find(&f.kept.store, "variance")->f64;
  const double expected[] = {M_SQRT1_2, M_SQRT1_2, 0, M_SQRT1_2, -M_SQRT1_2, 0, 0, 0, 1},
               values[] = {3, 4.0 / 3, 1.0 / 3};
  for (size_t i = 0; i < 9; i++) assert_near(v[i], expected[i], 1e-12);
  for (size_t i = 0; i < 3; i++) assert_near(variance[i], values[i], 1e-12);
  orr_latent l = measure(&f, 6);
  assert_near(l.dimension[0].sd, sqrt(3), 1e-12);
  assert_near(l.dimension[0].share, 3 / (3 + 4.0 / 3 + 1.0 / 3), 1e-12);
  assert_near(l.explained, 1, 1e-12);
  assert_true(l.reconstruction < 1e-12 && !l.variational && !l.alarm);
  assert_string_equal(l.dimension[2].column, "x3");
  assert_near(l.dimension[2].correlation, 1, 1e-12);
  end(&f);
}

static double wide_cell(orr_random *r, size_t i, size_t j, const double *row) {
  (void)row;
  return sin((double)(i * (j + 1))) * (double)(1 + j % 3) + 0.1 * orr_random_normal(r);
}

/* With fewer rows than columns the same space comes of the rows' products; a traversal is a straight line. */
static void few_rows_and_straight_lines(void **state) {
  (void)state;
  fixture f;
  orr_traversal t;
  orr_error e = {0};
  start(&f, 12, 40, wide_cell, no_answer);
  train(&f, &orr_family_pca, ORR_LATENT, "y", 12, (const char *const[]){"latent", "30", NULL});
  assert_int_equal(f.kept.latent, 11);
  orr_latent l = measure(&f, 12);
  assert_near(l.explained, 1, 1e-9);
  assert_near(l.dimension[3].sd * l.dimension[3].sd, orr_store_find(&f.kept.store, "variance")->f64[3], 1e-9);
  const double *v = orr_store_find(&f.kept.store, "components")->f64;
  for (size_t i = 0; i < 11; i++)
    for (size_t j = 0; j <= i; j++) assert_near(orr_dot(40, v + i * 40, v + j * 40), i == j, 1e-9);
  if (orr_latent_traverse(&f.kept, &l, NULL, 2, -3, 3, 7, NULL, &f.arena, &t, &e)) fail_msg("%s", e.message);
  assert_near(t.at[0], -3, 0);
  for (size_t j = 0; j < 40; j++)
    for (size_t s = 1; s < 6; s++)
      assert_near(t.rows.x[s * 40 + j], 0.5 * (t.rows.x[(s - 1) * 40 + j] + t.rows.x[(s + 1) * 40 + j]),
                  1e-9);
  for (size_t j = 0; j < 40; j++)
    assert_near(t.rows.x[3 * 40 + j], f.kept.encoder.columns[j].mean, 1e-9); /* at the origin */
  assert_int_equal(orr_latent_traverse(&f.kept, &l, NULL, 11, -3, 3, 7, NULL, &f.arena, &t, &e), ORR_USAGE);
  orr_matrix line, z;
  assert_int_equal(orr_latent_encode(&f.kept, f.table, f.rows, 2, NULL, &f.arena, &z, NULL), ORR_OK);
  assert_int_equal(orr_latent_interpolate(&f.kept, z.x, z.x + z.cols, 5, NULL, &f.arena, &line, NULL),
                   ORR_OK);
  for (size_t j = 0; j < 40; j++) assert_near(line.x[4 * 40 + j], f.table->columns[j]->float64[1], 1e-9);
  end(&f);
}

enum { FACTORS = 3, SEEN = 12 };

/* Three independent factors in six, four and two columns of their own units and shapes; as many columns as that tell
 * them apart: of equal ones any rotation would do as well. */
static size_t factor_of(size_t column) { return column < 6 ? 0 : column < 10 ? 1 : 2; }

static double factor_cell(orr_random *r, size_t i, size_t j, const double *row) {
  static double factor[FACTORS];
  (void)i, (void)row;
  for (size_t k = 0; !j && k < FACTORS; k++) factor[k] = orr_random_normal(r);
  double u = factor[factor_of(j)], shape[] = {u, 50 + 10 * u, tanh(u), 1000 * (u + 0.2 * u * u * u)};
  return shape[j % 4] + 0.1 * orr_random_normal(r) * (double[]){1, 10, 0.6, 1600}[j % 4];
}

static void factors_are_found(void **state) {
  (void)state;
  fixture f;
  bool taken[8] = {0};
  start(&f, 1500, SEEN, factor_cell, no_answer);
  train(&f, &orr_family_vae, ORR_LATENT, "y", 1500,
        (const char *const[]){"latent", "8", "hidden", "32", "epochs", "400", "learning_rate", "1e-2", NULL});
  orr_latent l = measure(&f, 1500);
  assert_true(l.variational);
  assert_int_equal(l.active, FACTORS);
  for (size_t k = 0; k < FACTORS; k++) {
    const orr_dimension *d = &l.dimension[l.by_divergence[k]];
    assert_true(d->active && d->divergence > 1 && d->divergence_error < 0.1);
    assert_true(fabs(d->correlation) > 0.95);
    size_t factor = *d->column == 'y' ? 0 : factor_of((size_t)strtol(d->column + 1, NULL, 10) - 1);
    assert_false(taken[factor]);
    taken[factor] = true;
  }
  for (size_t k = FACTORS; k < 8; k++) {
    const orr_dimension *d = &l.dimension[l.by_divergence[k]];
    assert_true(!d->active && d->divergence < 0.05 && d->effect < 0.05);
  }
  for (size_t k = 0; k < FACTORS; k++) assert_true(l.dimension[l.by_effect[k]].active);
  assert_true(l.alarm); /* five of eight carry nothing */
  assert_true(l.explained > 0.95 && l.explained_error < 0.02);
  assert_near(l.divergence,
              l.dimension[0].divergence + l.dimension[1].divergence + l.dimension[2].divergence +
                  l.dimension[3].divergence + l.dimension[4].divergence + l.dimension[5].divergence +
                  l.dimension[6].divergence + l.dimension[7].divergence,
              1e-9);
  end(&f);
}

/* Every latent family from its file: the same codes; spoilt ones are refused. */
static void files_are_not_believed(void **state) {
  (void)state;
  static char path[] = "/tmp/orrery-latent-XXXXXX";
  const orr_family *const families[] = {&orr_family_pca, &orr_family_autoencoder, &orr_family_vae};
  assert_true(close(mkstemp(path)) == 0);
  for (size_t k = 0; k < 3; k++) {
    fixture f;
    orr_kept back;
    orr_matrix a, b;
    orr_error e = {0};
    start(&f, 60, 4, wide_cell, no_answer);
    train(&f, families[k], ORR_LATENT, "y", 60,
          (const char *const[]){"latent", "2", "hidden", "8", "epochs", "3", NULL});
    assert_int_equal(orr_kept_write(&f.kept, path, NULL), ORR_OK);
    if (orr_kept_read(&back, path, &e)) fail_msg("%s", e.message);
    assert_true(back.task == ORR_LATENT && !back.target && back.latent == 2);
    assert_int_equal(orr_latent_encode(&f.kept, f.table, f.rows, 60, NULL, &f.arena, &a, NULL), ORR_OK);
    assert_int_equal(orr_latent_encode(&back, f.table, f.rows, 60, NULL, &f.arena, &b, NULL), ORR_OK);
    assert_memory_equal(a.x, b.x, 120 * sizeof(double));
    orr_kept_fini(&back);
    orr_store_find(&f.kept.store, "scale")->f64[1] = 0;
    assert_int_equal(orr_kept_write(&f.kept, path, NULL), ORR_OK);
    assert_int_equal(orr_kept_read(&back, path, &e), ORR_DATA);
    orr_store_find(&f.kept.store, "scale")->f64[1] = 1;
    f.kept.encoder.columns[0].indicator = true; /* one column more than the model has */
    assert_int_equal(orr_kept_write(&f.kept, path, NULL), ORR_OK);
    assert_int_equal(orr_kept_read(&back, path, &e), ORR_DATA);
    f.kept.encoder.columns[0].indicator = false;
    assert_int_equal(orr_store_note(&f.kept.store, "task", "regression", NULL), ORR_OK);
    f.kept.task = ORR_REGRESSION, f.kept.target = "y";
    assert_int_equal(orr_kept_write(&f.kept, path, NULL), ORR_OK);
    assert_int_equal(orr_kept_read(&back, path, &e), ORR_DATA);
    f.kept.target = NULL;
    end(&f);
  }
  unlink(path);
}

static void edges(void **state) {
  (void)state;
  fixture f;
  orr_latent l;
  orr_error e = {0};
  start(&f, 30, 4, wide_cell, no_answer);
  train(&f, &orr_family_pca, ORR_LATENT, "y", 1 + 1, (const char *const[]){"latent", "3", NULL});
  assert_int_equal(f.kept.latent, 1); /* two rows lie on a line */
  l = measure(&f, 1);
  assert_true(isnan(l.explained) || isfinite(l.explained));
  orr_latent_spec s = {.model = &f.kept, .table = f.table, .rows = f.rows, .n = 0};
  assert_int_equal(orr_latent_measure(&s, NULL, &f.arena, &l, &e), ORR_DATA);
  s.n = 30;
  assert_int_equal(orr_latent_measure(&s, &stopping, &f.arena, &l, &e), ORR_STOPPED);
  end(&f);
  start(&f, 30, 4, wide_cell, no_answer);
  train(&f, &orr_family_ridge, ORR_REGRESSION, "y", 30, NULL);
  s = (orr_latent_spec){.model = &f.kept, .table = f.table, .rows = f.rows, .n = 30};
  assert_int_equal(orr_latent_measure(&s, NULL, &f.arena, &l, &e), ORR_USAGE);
  end(&f);
}

static bool picture_of(const char *before, const char *between, size_t n, size_t by, orr_picture *p,
                       orr_arena *arena) {
  static orr_encoded_column columns[100];
  static char names[100][32];
  bool found;
  orr_encoder c = {.n_columns = n, .width = n, .columns = columns};
  for (size_t j = 0; j < n; j++) {
    int length = snprintf(names[j], sizeof names[j], "%s%zu", before, by ? j / by : j);
    if (by) snprintf(names[j] + length, sizeof names[j] - (size_t)length, "%s%zu", between, j % by);
    columns[j] = (orr_encoded_column){.name = names[j], .first = j, .width = 1};
  }
  assert_int_equal(orr_picture_find(&c, arena, p, &found, NULL), ORR_OK);
  return found;
}

static void pictures(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_picture p;
  double row[100], to[100];
  for (size_t i = 0; i < 100; i++) row[i] = (double)i;
  assert_true(picture_of("r", "c", 40, 8, &p, &arena));
  assert_true(p.rows == 5 && p.cols == 8);
  orr_picture_lay(&p, row, -1, to);
  assert_true(to[0] == 0 && to[39] == 39);
  assert_true(picture_of("x_", "_", 28, 7, &p, &arena) && p.rows == 4 && p.cols == 7);
  assert_true(picture_of("image[", ",", 25, 5, &p, &arena) && p.rows == 5);
  assert_true(picture_of("p", "", 64, 0, &p, &arena) && p.rows == 8 && p.cols == 8);
  assert_false(picture_of("x", "", 64, 0, &p, &arena));
  assert_false(picture_of("p", "", 60, 0, &p, &arena));
  assert_false(picture_of("r", "c", 12, 4, &p, &arena));
  assert_false(picture_of("mass", "", 20, 0, &p, &arena));
  orr_arena_fini(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(components_are_known),
      cmocka_unit_test(few_rows_and_straight_lines),
      cmocka_unit_test(factors_are_found),
      cmocka_unit_test(files_are_not_believed),
      cmocka_unit_test(edges),
      cmocka_unit_test(pictures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
