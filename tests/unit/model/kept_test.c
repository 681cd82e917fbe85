/* Kept models: a file predicts the same bits as the model it was written from, and a
 * file that is cut short or altered does no harm. */
#include "tests/unit/data/table_from.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "model/kept.h"

static char path[] = "/tmp/orrery-kept-XXXXXX";

/* y follows x and s; some cells are missing; class is a yes and a no. */
static orr_table *data(void) {
  orr_text csv = {0};
  orr_text_add(&csv, "x,s,y,class,w\n");
  for (size_t i = 0; i < 60; i++) {
    if (i % 11 == 3) orr_text_add(&csv, ",");
    else orr_text_printf(&csv, "%.17g,", (double)(i * 37 % 60) / 7);
    orr_text_printf(&csv, "%s,%zu.25,%s,%d\n", i % 7 ? i % 2 ? "odd" : "even" : "", i * 37 % 60 + i % 2,
                    i * 37 % 60 > 30 ? "yes" : "no", i % 5 ? 1 : -1);
  }
  orr_table *t = table_from(csv.data);
  orr_text_fini(&csv);
  return t;
}

typedef struct fixture {
  orr_table *table;
  orr_arena arena;
  orr_options options;
  orr_training training;
} fixture;

static void start(fixture *f, const char *family, orr_task task) {
  *f = (fixture){.table = data()};
  orr_value none = {.kind = ORR_DICT};
  size_t *rows = rows_to(60, &f->arena);
  f->training = (orr_training){.task = task,
                               .table = f->table,
                               .target = task == ORR_CLASSIFICATION ? "class" : "y",
                               .weight = -1,
                               .features = rows_to(2, &f->arena),
                               .n_features = 2,
                               .train = rows,
                               .n_train = 40,
                               .validation = rows + 40,
                               .n_validation = 10,
                               .options = &f->options,
                               .seed = 3};
  assert_int_equal(orr_family_find(family, task, &f->training.family, NULL), ORR_OK);
  assert_int_equal(orr_options_init(&f->options, f->training.family->options, f->training.family->n_options,
                                    &none, NULL, &f->arena, NULL),
                   ORR_OK);
}

static void end(fixture *f) {
  orr_table_unref(f->table);
  orr_arena_fini(&f->arena);
}

static void train(fixture *f, orr_kept *m) {
  orr_fit_outcome outcome;
  orr_error e = {0};
  if (orr_kept_train(m, &f->training, &outcome, &e)) fail_msg("%s", e.message);
}

static const double *predict(fixture *f, const orr_kept *m, size_t *cells) {
  orr_prediction p;
  assert_int_equal(orr_kept_predict(m, f->table, f->training.train, 60, NULL, &f->arena, &p, NULL), ORR_OK);
  assert_int_equal(p.n, 60);
  assert_true((p.probability != NULL) == (m->task == ORR_CLASSIFICATION) &&
              (p.mean != NULL) == (m->task == ORR_REGRESSION));
  *cells = 60 * (p.mean ? 1 : m->classes.count);
  return p.mean ? p.mean : p.probability;
}

static void check_family(const orr_family *family, orr_task task) {
  fixture f;
  orr_kept m, back;
  size_t cells, again;
  orr_error e = {0};
  start(&f, family->name, task);
  train(&f, &m);
  if (task == ORR_REGRESSION) m.level = 0.9, m.radius = 1.0 / 3;
  assert_int_equal(orr_kept_write(&m, path, NULL), ORR_OK);
  if (orr_kept_read(&back, path, &e)) fail_msg("%s: %s", family->name, e.message);
  const double *wanted = predict(&f, &m, &cells), *got = predict(&f, &back, &again);
  assert_int_equal(cells, again);
  if (memcmp(wanted, got, cells * sizeof *got)) fail_msg("%s predicts other bits", family->name);
  assert_ptr_equal(back.family, family);
  assert_int_equal(back.task, task);
  assert_string_equal(back.target, m.target);
  assert_true(back.level == m.level && back.radius == m.radius);
  for (size_t k = 0; k < m.classes.count; k++) assert_string_equal(back.classes.names[k], m.classes.names[k]);
  orr_kept_fini(&m);
  orr_kept_fini(&back);
  end(&f);
}

static void every_family_predicts_the_same_bits_from_its_file(void **state) {
  (void)state;
  for (size_t i = 0; i < orr_families_count; i++) {
    if (!orr_families[i]->fit) continue; /* a network: tests/unit/run/fit_network_test.c */
    if (orr_families[i]->tasks & ORR_CLASSIFICATION) check_family(orr_families[i], ORR_CLASSIFICATION);
    if (orr_families[i]->tasks & ORR_REGRESSION) check_family(orr_families[i], ORR_REGRESSION);
  }
}

/* A second writing replaces the first: calibration comes after the fit was kept. */
static void a_model_can_be_written_again(void **state) {
  (void)state;
  fixture f;
  orr_kept m, back;
  start(&f, "ridge", ORR_REGRESSION);
  train(&f, &m);
  assert_int_equal(orr_kept_write(&m, path, NULL), ORR_OK);
  for (size_t i = 1; i <= 2; i++) {
    m.level = 0.5, m.radius = (double)i;
    assert_int_equal(orr_kept_write(&m, path, NULL), ORR_OK);
    assert_int_equal(orr_kept_read(&back, path, NULL), ORR_OK);
    assert_true(back.radius == (double)i);
    orr_kept_fini(&back);
  }
  orr_kept_fini(&m);
  end(&f);
}

static void spoil(const char *bytes, size_t n) {
  FILE *file = fopen(path, "wb");
  assert_true(file && fwrite(bytes, 1, n, file) == n && !fclose(file));
}

static orr_status read_back(void) {
  orr_kept m;
  orr_error e = {0};
  orr_status status = orr_kept_read(&m, path, &e);
  assert_true(status == ORR_OK || (status == ORR_DATA && *e.message));
  orr_kept_fini(&m);
  return status;
}

/* A damaged column name is another column's: predict says so; it must not fail otherwise. */
static void try_predict(fixture *f) {
  orr_kept m;
  orr_prediction p;
  orr_error e = {0};
  orr_arena arena = {0};
  orr_status status = orr_kept_read(&m, path, &e);
  if (!status) status = orr_kept_predict(&m, f->table, f->training.train, 60, NULL, &arena, &p, &e);
  assert_true(status == ORR_OK || status == ORR_DATA);
  orr_kept_fini(&m);
  orr_arena_fini(&arena);
}

static void damage(const char *family, orr_task task, size_t step) {
  fixture f;
  orr_kept m;
  orr_text file = {0};
  start(&f, family, task);
  train(&f, &m);
  if (task == ORR_REGRESSION) m.level = 0.9, m.radius = 2;
  assert_int_equal(orr_kept_write(&m, path, NULL), ORR_OK);
  assert_int_equal(orr_file_read_path(path, 1 << 20, &file, NULL), ORR_OK);
  assert_int_equal(read_back(), ORR_OK);
  for (size_t n = 0; n < file.length; n += step) {
    spoil(file.data, n);
    assert_int_equal(read_back(), ORR_DATA);
  }
  for (size_t i = 0; i < 8 * file.length; i += step) {
    file.data[i / 8] ^= (char)(1 << i % 8);
    spoil(file.data, file.length);
    try_predict(&f);
    file.data[i / 8] ^= (char)(1 << i % 8);
  }
  orr_text_fini(&file);
  orr_kept_fini(&m);
  end(&f);
}

static void damaged_files_do_no_harm(void **state) {
  (void)state;
  damage("constant", ORR_CLASSIFICATION, 1);
  damage("constant", ORR_REGRESSION, 1);
  damage("ridge", ORR_REGRESSION, 3);
  damage("logistic", ORR_CLASSIFICATION, 3);
  damage("knn", ORR_REGRESSION, 17);
  damage("random_forest", ORR_CLASSIFICATION, 2003);
}

/* The file with the first `was` of its header made `is`. */
static void alter(const orr_text *file, const char *was, const char *is) {
  orr_text made = {0};
  uint64_t header;
  char *found = strstr(file->data + 8, was);
  assert_non_null(found);
  memcpy(&header, file->data, 8);
  header += strlen(is) - strlen(was);
  orr_text_add_bytes(&made, (const char *)&header, 8);
  orr_text_add_bytes(&made, file->data + 8, (size_t)(found - file->data) - 8);
  orr_text_add(&made, is);
  found += strlen(was);
  orr_text_add_bytes(&made, found, (size_t)(file->data + file->length - found));
  spoil(made.data, made.length);
  orr_text_fini(&made);
}

static void check_notes(const char *family, orr_task task, size_t n, const char *const (*bad)[2]) {
  fixture f;
  orr_kept m;
  orr_text file = {0};
  start(&f, family, task);
  train(&f, &m);
  if (task == ORR_REGRESSION) m.level = 0.5, m.radius = 2;
  assert_int_equal(orr_kept_write(&m, path, NULL), ORR_OK);
  assert_int_equal(orr_file_read_path(path, 1 << 20, &file, NULL), ORR_OK);
  for (size_t i = 0; i < n; i++) {
    alter(&file, bad[i][0], bad[i][1]);
    if (read_back() != ORR_DATA) fail_msg("%s is taken", bad[i][1]);
  }
  orr_text_fini(&file);
  orr_kept_fini(&m);
  end(&f);
}

#define CLASSES "[\\\"no\\\",\\\"yes\\\"]"

static void what_the_notes_say_is_checked(void **state) {
  (void)state;
  static const char *const classes[][2] = {{"\"family\":\"constant\"", "\"family\":\"perpetual\""},
                                           {"\"task\":\"classification\"", "\"task\":\"regression\""},
                                           {"\"target\"", "\"targeT\""},
                                           {"\"encoder\"", "\"encodeR\""},
                                           {CLASSES, "[\\\"no\\\"]"},
                                           {CLASSES, "[1,2]"},
                                           {CLASSES, "[\\\"no\\\",\\\"yes\\\",\\\"so\\\"]"},
                                           {CLASSES, "{}"},
                                           {CLASSES, "no"}};
  static const char *const numbers[][2] = {{"\\\"level\\\":0.5", "\\\"level\\\":0"},
                                           {"\\\"level\\\":0.5", "\\\"level\\\":1"},
                                           {"\\\"level\\\":0.5", "\\\"leveL\\\":0.5"},
                                           {"\\\"radius\\\":2", "\\\"radius\\\":-2"},
                                           {"\\\"radius\\\":2", "\\\"radius\\\":null"},
                                           {"\\\"radius\\\":2", "\\\"radius\\\":2,"},
                                           {"\"family\":\"ridge\"", "\"family\":\"logistic\""},
                                           {"\"task\":\"regression\"", "\"task\":\"classification\""}};
  check_notes("constant", ORR_CLASSIFICATION, sizeof classes / sizeof *classes, classes);
  check_notes("ridge", ORR_REGRESSION, sizeof numbers / sizeof *numbers, numbers);
}

static void negative_weights_are_as_the_training_says(void **state) {
  (void)state;
  fixture f;
  orr_error e = {0};
  double *w;
  start(&f, "ridge", ORR_REGRESSION);
  size_t *rows = rows_to(60, &f.arena);
  assert_int_equal(orr_weights_of(f.table, -1, rows, 60, false, false, &f.arena, &w, &e), ORR_OK);
  assert_null(w);
  assert_int_equal(orr_weights_of(f.table, 4, rows, 60, false, false, &f.arena, &w, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "weight 'w' is -1 in row 0"));
  assert_int_equal(orr_weights_of(f.table, 4, rows, 60, false, true, &f.arena, &w, &e), ORR_OK);
  assert_true(w[0] == -1 && w[1] == 1);
  assert_int_equal(orr_weights_of(f.table, 4, rows, 60, true, false, &f.arena, &w, &e), ORR_OK);
  assert_true(w[0] == 1);
  assert_int_equal(orr_weights_of(f.table, 4, rows, 1, false, true, &f.arena, &w, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "do not sum to more than zero"));
  end(&f);
}

static void impossible_trainings_are_told(void **state) {
  (void)state;
  fixture f;
  orr_kept m;
  orr_fit_outcome outcome;
  orr_error e = {0};
  start(&f, "ridge", ORR_REGRESSION);
  f.training.target = "s";
  assert_int_equal(orr_kept_train(&m, &f.training, &outcome, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "target 's' is text; regression needs numbers"));
  f.training.target = "z";
  assert_int_equal(orr_kept_train(&m, &f.training, &outcome, &e), ORR_DATA);
  f.training.target = "x";
  assert_int_equal(orr_kept_train(&m, &f.training, &outcome, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "target 'x' is not finite in row 3"));
  end(&f);
}

/* A family that only looks: every row it is shown has a label, and validation has the rows it should. */
static orr_status look(const orr_fit_input *in, orr_store *out, orr_fit_outcome *outcome, orr_error *e) {
  (void)out, (void)e;
  const orr_frame *parts[] = {in->train, in->validation};
  for (size_t p = 0; p < 2; p++)
    for (size_t i = 0; i < parts[p]->x.rows; i++)
      assert_true(parts[p]->label[i] >= 0 && (size_t)parts[p]->label[i] < parts[p]->classes);
  outcome->steps = in->validation->x.rows;
  return ORR_OK;
}

/* Validation rows of a class that training never saw are left out, not scored. */
static void unknown_classes_in_validation_are_left_out(void **state) {
  (void)state;
  fixture f;
  orr_kept m;
  orr_fit_outcome outcome;
  orr_family looker = orr_family_constant;
  looker.fit = look;
  start(&f, "constant", ORR_CLASSIFICATION);
  orr_table_unref(f.table);
  f.table = table_from("x,s,class\n1,a,no\n2,b,yes\n3,a,no\n4,a,maybe\n5,b,yes\n6,b,\n7,b,no\n");
  f.training.table = f.table;
  f.training.family = &looker;
  f.training.n_train = 3;
  f.training.validation = (size_t[]){3, 4, 6};
  f.training.n_validation = 3;
  assert_int_equal(orr_kept_train(&m, &f.training, &outcome, NULL), ORR_OK);
  assert_int_equal(outcome.steps, 2);
  assert_int_equal(m.classes.count, 2);
  orr_kept_fini(&m);
  end(&f);
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  fixture f;
  start(&f, "constant", ORR_CLASSIFICATION);
  orr_status status = ORR_MEMORY;
  long after = 0;
  for (; status && after < 1000; after++) {
    orr_kept m;
    orr_fit_outcome outcome;
    orr_error e = {0};
    orr_memory_fail_after(after);
    status = orr_kept_train(&m, &f.training, &outcome, &e);
    orr_memory_fail_after(-1);
    if (status) assert_int_equal(status, ORR_MEMORY);
    assert_int_equal(e.status, status);
    orr_kept_fini(&m);
  }
  assert_int_equal(status, ORR_OK);
  assert_true(after > 10);
  end(&f);
}

static void reading_may_run_out_of_memory(void **state) {
  (void)state;
  fixture f;
  orr_kept m;
  start(&f, "ridge", ORR_REGRESSION);
  train(&f, &m);
  assert_int_equal(orr_kept_write(&m, path, NULL), ORR_OK);
  orr_kept_fini(&m);
  orr_status status = ORR_MEMORY;
  for (long after = 0; status && after < 1000; after++) {
    orr_error e = {0};
    orr_memory_fail_after(after);
    status = orr_kept_read(&m, path, &e);
    orr_memory_fail_after(-1);
    if (status) assert_int_equal(status, ORR_MEMORY);
    orr_kept_fini(&m);
  }
  assert_int_equal(status, ORR_OK);
  end(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_family_predicts_the_same_bits_from_its_file),
      cmocka_unit_test(a_model_can_be_written_again),
      cmocka_unit_test(damaged_files_do_no_harm),
      cmocka_unit_test(what_the_notes_say_is_checked),
      cmocka_unit_test(negative_weights_are_as_the_training_says),
      cmocka_unit_test(impossible_trainings_are_told),
      cmocka_unit_test(unknown_classes_in_validation_are_left_out),
      cmocka_unit_test(any_allocation_may_fail),
      cmocka_unit_test(reading_may_run_out_of_memory),
  };
  int fd = mkstemp(path);
  if (fd < 0) return 1;
  close(fd);
  int failed = cmocka_run_group_tests_name("kept", tests, NULL, NULL);
  unlink(path);
  return failed;
}
