/* Autoencoders: the divergence and the likelihood are those one can work out, codes give rows back, a far too
 * large beta sounds the alarm, and a kept one is not believed. */
#include "tests/unit/model/network_fixture.h"

#include "base/memory.h"
#include "grad/nodes.h"
#include "grad/plain.h"
#include "model/vae.h"

enum { ROWS = 1500, COLUMNS = 4 };

static double cells[ROWS * COLUMNS];

/* Two numbers behind four columns of different units, and noise: x = 10^j (j + cos(j) a + sin(j) b + 0.3 noise). */
static void fill(void) {
  orr_random r = orr_random_stream(3, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < ROWS; i++) {
    double a = orr_random_normal(&r), b = orr_random_normal(&r);
    for (int j = 0; j < COLUMNS; j++)
      cells[i * COLUMNS + (size_t)j] = pow(10, j) * (j + cos(j) * a + sin(j) * b + 0.3 * orr_random_normal(&r));
  }
}

typedef struct fitted {
  const orr_density *family;
  orr_arena arena;
  orr_options options;
  orr_store store;
  orr_lesson lesson;
  orr_density_rows rows;
  double loss;
} fitted;

static orr_status teach(fitted *f, const orr_density *family, const char *const *words, double *x, size_t columns,
                        orr_error *e) {
  *f = (fitted){.family = family, .rows = {.x = {ROWS, columns, x}}};
  options_of(&f->options, family->options, family->n_options, words, &f->arena);
  orr_density_input in = {.train = &f->rows, .options = &f->options, .seed = 3, .arena = &f->arena};
  return family->learner(&in, &f->store, &f->lesson, e);
}

static void fit(fitted *f, const orr_density *family, const char *const *words, size_t steps, double beta) {
  size_t latent;
  OK(teach(f, family, words, cells, COLUMNS, e));
  f->loss = learn(&f->lesson, steps, 3e-3, beta, &f->store);
  OK(family->check(&f->store, COLUMNS, 0, &latent, e));
}

static void end(fitted *f) {
  orr_lesson_fini(&f->lesson);
  orr_store_fini(&f->store);
  orr_arena_fini(&f->arena);
}

/* KL of N(1, 1), N(0, 4) and N(0, 1) from N(0, 1): 1/2, (4 - 1 - ln 4)/2, 0. */
static void the_divergence_is_that_of_gaussians(void **state) {
  (void)state;
  orr_graph *g = orr_graph_new();
  orr_arena arena = {0};
  orr_code q = {orr_node_input(g, "mean", ORR_SHAPE_OF(ORR_FREE, 3)),
                orr_node_input(g, "log_variance", ORR_SHAPE_OF(ORR_FREE, 3))};
  orr_node kl = orr_vae_divergence(g, q);
  const double mean[] = {1, 0, 0}, log_variance[] = {0, log(4), 0};
  double *out;
  orr_plain_feed feed = {.rows = 1, .inputs = (const double *const[]){mean, log_variance}};
  OK(orr_plain_evaluate(g, &feed, &kl, 1, &out, &arena, e));
  is_near(out[0], 0.5, 1e-12);
  is_near(out[1], (3 - log(4)) / 2, 1e-12);
  is_near(out[2], 0, 1e-15);
  orr_arena_fini(&arena);
  orr_graph_free(g);
}

static void known_shapes_have_known_sizes(void **state) {
  (void)state;
  orr_vae v = {.columns = 784, .latent = 20, .variational = true, .decoder = ORR_DECODER_BERNOULLI, .hidden = {400},
               .n_hidden = 1};
  orr_learner l = {0};
  OK(orr_vae_make_learner(&v, 1, 10, false, 1, &l, e));
  assert_int_equal(orr_graph_slab(l.graph), 652824);
  assert_int_equal(l.n_terms, 2);
  assert_string_equal(l.terms[1].name, "kl");
  assert_string_equal(l.movements[0].name, "beta");
  assert_true(l.movements[0].from == 0 && l.movements[0].to == 1 && l.movements[0].span.epochs == 10);
  orr_learner_fini(&l);
}

/* Share of the columns' variance that code and back lose, the worst column's. */
static double lost(fitted *f) {
  static double z[ROWS * 2], back[ROWS * COLUMNS];
  double worst = 0;
  OK(f->family->encode(&f->store, &f->rows.x, NULL, z, NULL, e));
  OK(f->family->decode(&f->store, &(orr_matrix){ROWS, 2, z}, NULL, back, NULL, e));
  for (size_t j = 0; j < COLUMNS; j++) {
    double error = 0, square = 0, mean = 0;
    for (size_t i = j; i < ROWS * COLUMNS; i += COLUMNS) mean += cells[i] / ROWS;
    for (size_t i = j; i < ROWS * COLUMNS; i += COLUMNS) {
      error += (back[i] - cells[i]) * (back[i] - cells[i]);
      square += (cells[i] - mean) * (cells[i] - mean);
    }
    worst = fmax(worst, error / square);
  }
  return worst;
}

static void codes_give_rows_back(void **state) {
  (void)state;
  fitted f;
  const char *const words[] = {"latent", "2", "hidden", "32", NULL};
  fit(&f, &orr_density_autoencoder, words, 600, 0);
  assert_true(lost(&f) < 0.12); /* noise alone: 0.3² / (1 + 0.3²) = 0.08 */
  assert_null(f.family->log_density);
  end(&f);
  fit(&f, &orr_density_vae, words, 2000, 1);
  double share = lost(&f);
  if (!(share < 0.25)) fail_msg("%g of a column is lost", share);
  end(&f);
}

/* ln |covariance| / 2 of the data as they were made gives the true mean log-density. */
static double truth(void) {
  double c[COLUMNS][COLUMNS], log_determinant = 0;
  for (int i = 0; i < COLUMNS; i++)
    for (int j = 0; j < COLUMNS; j++) c[i][j] = pow(10, i + j) * (cos(i - j) + (i == j ? 0.09 : 0));
  for (int k = 0; k < COLUMNS; k++) {
    log_determinant += log(c[k][k]);
    for (int i = k + 1; i < COLUMNS; i++)
      for (int j = k + 1; j < COLUMNS; j++) c[i][j] -= c[i][k] * c[k][j] / c[k][k];
  }
  return -log_determinant / 2 - COLUMNS / 2.0 * (1 + log(2 * 3.14159265358979323846));
}

static void the_likelihood_comes_close_to_the_truth_from_below(void **state) {
  (void)state;
  fitted f;
  static double elbo[ROWS], few[ROWS], many[ROWS], again[ROWS];
  double mean[3] = {0};
  fit(&f, &orr_density_vae, (const char *const[]){"latent", "3", "hidden", "32", NULL}, 1500, 1);
  OK(orr_vae_likelihood(&f.store, &f.rows.x, 5, 1, elbo, few, NULL, e));
  OK(orr_vae_likelihood(&f.store, &f.rows.x, 100, 1, NULL, many, NULL, e));
  OK(orr_vae_likelihood(&f.store, &f.rows.x, 100, 1, NULL, again, NULL, e));
  assert_memory_equal(many, again, sizeof many);
  for (size_t i = 0; i < ROWS; i++) mean[0] += elbo[i] / ROWS, mean[1] += few[i] / ROWS, mean[2] += many[i] / ROWS;
  assert_true(mean[0] < mean[1] && mean[1] < mean[2]);
  is_near(mean[2], truth(), 0.15);
  end(&f);
}

static void samples_have_the_spread_of_the_data(void **state) {
  (void)state;
  fitted f;
  static double x[ROWS * COLUMNS], again[ROWS * COLUMNS];
  fit(&f, &orr_density_vae, (const char *const[]){"latent", "2", "hidden", "32", NULL}, 1000, 1);
  OK(f.family->sample(&f.store, NULL, ROWS, 1, x, NULL, e));
  OK(f.family->sample(&f.store, NULL, ROWS, 1, again, NULL, e));
  assert_memory_equal(x, again, sizeof x);
  for (int j = 0; j < COLUMNS; j++) {
    double mean = 0, square = 0, unit = pow(10, j);
    for (size_t i = (size_t)j; i < ROWS * COLUMNS; i += COLUMNS) mean += x[i] / unit / ROWS;
    for (size_t i = (size_t)j; i < ROWS * COLUMNS; i += COLUMNS) square += pow(x[i] / unit - mean, 2) / ROWS;
    is_near(mean, j, 0.15);
    is_near(sqrt(square), sqrt(1.09), 0.15);
  }
  end(&f);
}

static void grey_levels_are_shares(void **state) {
  (void)state;
  static double grey[ROWS * COLUMNS], z[ROWS * 2], back[ROWS * COLUMNS];
  fitted f;
  orr_random r = orr_random_stream(4, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < ROWS; i++) {
    double u = orr_random_uniform(&r);
    for (size_t j = 0; j < COLUMNS; j++) grey[i * COLUMNS + j] = 255 * (j % 2 ? u > 0.5 : u < 0.25);
  }
  OK(teach(&f, &orr_density_vae, (const char *const[]){"latent", "2", "hidden", "16", "decoder", "bernoulli", NULL},
           grey, COLUMNS, e));
  learn(&f.lesson, 600, 1e-2, 0.1, &f.store);
  OK(f.family->encode(&f.store, &f.rows.x, NULL, z, NULL, e));
  OK(f.family->decode(&f.store, &(orr_matrix){ROWS, 2, z}, NULL, back, NULL, e));
  for (size_t i = 0; i < ROWS * COLUMNS; i++) {
    assert_true(back[i] >= 0 && back[i] <= 255);
    is_near(back[i], grey[i], 60);
  }
  OK(f.family->sample(&f.store, NULL, ROWS, 1, back, NULL, e));
  for (size_t i = 0; i < ROWS * COLUMNS; i++) assert_true(back[i] == 0 || back[i] == 255);
  end(&f);
}

/* --- The alarm ----------------------------------------------------------------------- */

static char heard[1024];
static void hear(void *context, const char *line) {
  (void)context;
  strncpy(heard, line, sizeof heard - 1);
}

static void the_alarm_sounds_when_beta_is_far_too_large(void **state) {
  (void)state;
  fitted f;
  orr_latent_look look;
  orr_work work = {.log = hear};
  fit(&f, &orr_density_vae, (const char *const[]){"latent", "3", "hidden", "32", NULL}, 600, 1);
  OK(orr_vae_look(&f.store, &f.rows.x, &f.arena, &look, &work, e));
  assert_int_equal(look.collapse, ORR_COLLAPSE_NONE);
  assert_true(look.active >= 2 && look.total > 1);
  assert_null(orr_collapse_text(look.collapse));
  assert_string_equal(heard, "");
  end(&f);
  fit(&f, &orr_density_vae, (const char *const[]){"latent", "3", "hidden", "32", "beta", "1000", NULL}, 600, 1000);
  OK(orr_vae_look(&f.store, &f.rows.x, &f.arena, &look, &work, e));
  assert_int_equal(look.collapse, ORR_COLLAPSE_ALL);
  assert_int_equal(look.dead, 3);
  assert_int_equal(look.active, 0);
  assert_non_null(strstr(heard, "the posterior has collapsed"));
  end(&f);
}

/* Two numbers are behind the data: of eight latent columns most stay idle. */
static void idle_columns_are_counted(void **state) {
  (void)state;
  fitted f;
  orr_latent_look look;
  fit(&f, &orr_density_vae, (const char *const[]){"latent", "8", "hidden", "32", NULL}, 2000, 1);
  OK(orr_vae_look(&f.store, &f.rows.x, &f.arena, &look, NULL, e));
  assert_int_equal(look.latent, 8);
  assert_true(look.active >= 2 && look.active <= 4 && look.dead >= 4);
  end(&f);
}

/* --- Refusals ---------------------------------------------------------------------------- */

static void what_cannot_be_learnt_is_refused(void **state) {
  (void)state;
  static double same[ROWS];
  fitted f;
  REFUSED(teach(&f, &orr_density_vae, (const char *const[]){"decoder", "bernoulli", NULL}, same, 1, e), "nothing to learn");
  end(&f);
  OK(teach(&f, &orr_density_vae, NULL, same, 1, e));
  end(&f);
}

static void a_kept_autoencoder_is_not_believed(void **state) {
  (void)state;
  static const char *const altered[][3] = {{"\"columns\":4", "\"columns\":5", "size 4"},
                                           {"\"columns\":4", "\"columns\":-1", "columns"},
                                           {"\"latent\":2", "\"latent\":3", "parameters"},
                                           {"\"latent\":2", "\"latent\":1e5", "latent"},
                                           {"\"variational\":true", "\"variational\":false", "parameters"},
                                           {"\"bernoulli\":false", "\"bernoulli\":true", "parameters"},
                                           {"[32]", "[33]", "parameters"},
                                           {"[32]", "[0]", "units"},
                                           {"silu", "selu", "activation"}};
  fitted f;
  size_t latent;
  for (size_t i = 0; i < sizeof altered / sizeof *altered; i++) {
    orr_text text = {0};
    fit(&f, &orr_density_vae, (const char *const[]){"latent", "2", "hidden", "32", NULL}, 1, 1);
    const char *note = orr_store_text(&f.store, "architecture"), *at = strstr(note, altered[i][0]);
    assert_non_null(at);
    orr_text_printf(&text, "%.*s%s%s", (int)(at - note), note, altered[i][1], at + strlen(altered[i][0]));
    OK(orr_store_note(&f.store, "architecture", text.data, e));
    REFUSED(orr_vae_check(&f.store, COLUMNS, 0, &latent, e), altered[i][2]);
    orr_text_fini(&text);
    end(&f);
  }
}

static void no_allocation_is_taken_for_granted(void **state) {
  (void)state;
  fitted f;
  static double out[ROWS];
  orr_matrix some = {3, COLUMNS, cells};
  orr_status status = ORR_MEMORY;
  fit(&f, &orr_density_vae, (const char *const[]){"latent", "2", "hidden", "8", NULL}, 1, 1);
  for (long i = 0; status == ORR_MEMORY; i++) {
    orr_memory_fail_after(i);
    status = orr_vae_likelihood(&f.store, &some, 2, 1, out, NULL, NULL, NULL);
    if (!status) status = orr_vae_sample(&f.store, NULL, 3, 1, out, NULL, NULL);
    orr_memory_fail_after(-1);
  }
  assert_int_equal(status, ORR_OK);
  end(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_divergence_is_that_of_gaussians),
      cmocka_unit_test(known_shapes_have_known_sizes),
      cmocka_unit_test(codes_give_rows_back),
      cmocka_unit_test(the_likelihood_comes_close_to_the_truth_from_below),
      cmocka_unit_test(samples_have_the_spread_of_the_data),
      cmocka_unit_test(grey_levels_are_shares),
      cmocka_unit_test(the_alarm_sounds_when_beta_is_far_too_large),
      cmocka_unit_test(idle_columns_are_counted),
      cmocka_unit_test(what_cannot_be_learnt_is_refused),
      cmocka_unit_test(a_kept_autoencoder_is_not_believed),
      cmocka_unit_test(no_allocation_is_taken_for_granted),
  };
  orr_linear_init();
  fill();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
