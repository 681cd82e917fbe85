/* Encoders: what they know they learnt from training rows only, what they meet later goes
 * through unchanged rules, and what is read back from JSON is proven first. */
#include "table_from.h"

#include <math.h>

#include "base/memory.h"
#include "data/encode.h"

typedef struct fixture {
  orr_table *table;
  orr_arena arena;
  orr_encoder encoder;
  orr_matrix x;
  size_t unseen;
  orr_error error;
} fixture;

static void start(fixture *f, const char *csv) { *f = (fixture){.table = table_from(csv)}; }

static void end(fixture *f) {
  orr_encoder_fini(&f->encoder);
  orr_table_unref(f->table);
  orr_arena_fini(&f->arena);
}

/* Learns from the first n rows, all columns. */
static orr_status fit(fixture *f, size_t n, orr_encoder_spec spec) {
  spec.columns = rows_to(f->table->n_columns, &f->arena);
  spec.n_columns = f->table->n_columns;
  return orr_encoder_fit(&f->encoder, f->table, &spec, rows_to(n, &f->arena), n, NULL, &f->error);
}

static orr_status apply_to(fixture *f, const orr_table *t) {
  return orr_encoder_apply(&f->encoder, t, rows_to(t->rows, &f->arena), t->rows, NULL, &f->arena, &f->x,
                           &f->unseen, &f->error);
}

static void check_row(const fixture *f, size_t row, const double *wanted) {
  for (size_t j = 0; j < f->x.cols; j++) {
    double got = orr_matrix_row(&f->x, row)[j];
    if (!(got == wanted[j] || (isnan(got) && isnan(wanted[j]))))
      fail_msg("row %zu, column %zu: %g", row, j, got);
  }
}

static void only_training_rows_are_learnt_from(void **state) {
  (void)state;
  fixture f;
  start(&f, "x\n1\n3\n8\n1000\n-5000\n");
  assert_int_equal(fit(&f, 3, (orr_encoder_spec){.impute = true, .scale = true}), ORR_OK);
  const orr_encoded_column *c = &f.encoder.columns[0];
  assert_true(c->median == 3 && c->mean == 4);
  assert_true(fabs(c->deviation - sqrt(26.0 / 3)) < 1e-14);
  assert_false(c->indicator);
  assert_int_equal(apply_to(&f, f.table), ORR_OK);
  assert_true(fabs(f.x.x[3] - 996 / c->deviation) < 1e-12);
  end(&f);
}

static void gaps_in_training_make_an_indicator(void **state) {
  (void)state;
  fixture f;
  start(&f, "x,full\n1,1\n,2\n5,3\n,\n");
  assert_int_equal(fit(&f, 3, (orr_encoder_spec){.impute = true}), ORR_OK);
  assert_int_equal(f.encoder.width, 3);
  assert_string_equal(f.encoder.names[0], "x");
  assert_string_equal(f.encoder.names[1], "x is missing");
  assert_int_equal(apply_to(&f, f.table), ORR_OK);
  check_row(&f, 0, (double[]){1, 0, 1});
  check_row(&f, 1, (double[]){3, 1, 2});
  check_row(&f, 3, (double[]){3, 1, 2}); /* a gap training never had: the median, unmarked */
  end(&f);
}

static void without_imputing_gaps_stay(void **state) {
  (void)state;
  fixture f;
  start(&f, "x\n1\n\"\"\ninf\n");
  assert_int_equal(fit(&f, 3, (orr_encoder_spec){.scale = false}), ORR_OK);
  assert_int_equal(apply_to(&f, f.table), ORR_OK);
  check_row(&f, 1, (double[]){NAN, 1});
  check_row(&f, 2, (double[]){NAN, 1});
  end(&f);
}

static void a_constant_column_is_not_divided_by_zero(void **state) {
  (void)state;
  fixture f;
  start(&f, "x\n7\n7\n9\n");
  assert_int_equal(fit(&f, 2, (orr_encoder_spec){.impute = true, .scale = true}), ORR_OK);
  assert_int_equal(apply_to(&f, f.table), ORR_OK);
  check_row(&f, 0, (double[]){0});
  check_row(&f, 2, (double[]){2});
  end(&f);
}

/* A mean that overflows would make every cell NaN. */
static void numbers_too_large_to_average_are_refused(void **state) {
  (void)state;
  fixture f;
  start(&f, "x\n1.7e308\n1.7e308\n-1.7e308\n1.6e308\n5e-324\n");
  assert_int_equal(fit(&f, 5, (orr_encoder_spec){.impute = true, .scale = true}), ORR_DATA);
  assert_non_null(strstr(f.error.message, "column 'x' holds numbers too large to average"));
  end(&f);
  start(&f, "x\n1e150\n-1e150\n5e-324\n");
  assert_int_equal(fit(&f, 3, (orr_encoder_spec){.impute = true, .scale = true}), ORR_OK);
  assert_int_equal(apply_to(&f, f.table), ORR_OK);
  for (size_t i = 0; i < 3; i++) assert_true(isfinite(f.x.x[i]));
  end(&f);
}

static void categories_are_columns_in_byte_order(void **state) {
  (void)state;
  fixture f;
  start(&f, "s\nb\na\nb\n\"\"\nnew\n");
  assert_int_equal(fit(&f, 3, (orr_encoder_spec){.impute = true}), ORR_OK);
  assert_int_equal(f.encoder.width, 2);
  assert_string_equal(f.encoder.names[0], "s = a");
  assert_int_equal(apply_to(&f, f.table), ORR_OK);
  check_row(&f, 0, (double[]){0, 1});
  check_row(&f, 3, (double[]){0, 0});
  check_row(&f, 4, (double[]){0, 0});
  assert_int_equal(f.unseen, 1);
  orr_encoder_fini(&f.encoder);
  assert_int_equal(fit(&f, 4, (orr_encoder_spec){.impute = true}), ORR_OK);
  assert_int_equal(f.encoder.width, 3);
  assert_string_equal(f.encoder.names[2], "s is missing");
  assert_int_equal(apply_to(&f, f.table), ORR_OK);
  check_row(&f, 3, (double[]){0, 0, 1});
  check_row(&f, 4, (double[]){0, 0, 1});
  end(&f);
}

static void fill_words(orr_text *csv, size_t n) {
  orr_text_add(csv, "s\n");
  for (size_t i = 0; i < n; i++) orr_text_printf(csv, "w%03zu\n", i);
}

static void beyond_64_categories_are_ranks(void **state) {
  (void)state;
  for (size_t n = ORR_MOST_ONE_HOT; n <= ORR_MOST_ONE_HOT + 1; n++) {
    fixture f;
    orr_text csv = {0};
    fill_words(&csv, n);
    orr_text_add(&csv, "other\n");
    start(&f, csv.data);
    assert_int_equal(fit(&f, n, (orr_encoder_spec){.impute = true}), ORR_OK);
    assert_int_equal(f.encoder.width, n == ORR_MOST_ONE_HOT ? n : 1);
    assert_int_equal(apply_to(&f, f.table), ORR_OK);
    assert_int_equal(f.unseen, 1);
    if (n > ORR_MOST_ONE_HOT) {
      assert_true(f.x.x[0] == 0 && f.x.x[n - 1] == (double)n - 1);
      assert_true(f.x.x[n] == (double)(n - 1) / 2);
    }
    orr_text_fini(&csv);
    end(&f);
  }
}

static void the_encoding_can_be_asked_for(void **state) {
  (void)state;
  fixture f;
  start(&f, "s\nb\na\nc\n");
  assert_int_equal(fit(&f, 3, (orr_encoder_spec){.impute = true, .text = ORR_ENCODE_ORDINAL}), ORR_OK);
  assert_int_equal(f.encoder.width, 1);
  assert_int_equal(apply_to(&f, f.table), ORR_OK);
  assert_true(f.x.x[0] == 1 && f.x.x[1] == 0 && f.x.x[2] == 2);
  end(&f);
  orr_text csv = {0};
  fill_words(&csv, 70);
  start(&f, csv.data);
  assert_int_equal(fit(&f, 70, (orr_encoder_spec){.impute = true, .text = ORR_ENCODE_ONE_HOT}), ORR_OK);
  assert_int_equal(f.encoder.width, 70);
  orr_text_fini(&csv);
  end(&f);
}

static void columns_without_a_value_are_left_out(void **state) {
  (void)state;
  fixture f;
  start(&f, "empty,x,late\n,1,\n,2,\n,3,word\n");
  assert_int_equal(fit(&f, 2, (orr_encoder_spec){.impute = true}), ORR_OK);
  assert_int_equal(f.encoder.n_columns, 1);
  assert_string_equal(f.encoder.names[0], "x");
  orr_encoder_fini(&f.encoder);
  orr_table_unref(f.table);
  f.table = table_from("empty\n\"\"\n\"\"\n");
  assert_int_equal(fit(&f, 2, (orr_encoder_spec){.impute = true}), ORR_DATA);
  assert_non_null(strstr(f.error.message, "no feature column has a value"));
  end(&f);
}

static void other_tables_must_fit(void **state) {
  (void)state;
  fixture f;
  start(&f, "x,s\n1,a\n2,b\n");
  assert_int_equal(fit(&f, 2, (orr_encoder_spec){.impute = true}), ORR_OK);
  orr_table *t = table_from("s,y,x\nb,0,5\n1,0,6\n");
  assert_int_equal(apply_to(&f, t), ORR_OK); /* by name, not by place */
  check_row(&f, 0, (double[]){5, 0, 1});
  assert_int_equal(f.unseen, 1);
  orr_table_unref(t);
  t = table_from("x,s\n7,a\nword,a\n");
  assert_int_equal(apply_to(&f, t), ORR_DATA);
  assert_non_null(
      strstr(f.error.message, "'x' was numbers in training and holds text here: 'word' in row 2"));
  orr_table_unref(t);
  t = table_from("x\n1\n");
  assert_int_equal(apply_to(&f, t), ORR_DATA);
  assert_non_null(strstr(f.error.message, "no column 's'"));
  orr_table_unref(t);
  t = table_from("x,s\n,7\n");
  assert_int_equal(apply_to(&f, t), ORR_OK); /* numbers where words were: by their text */
  assert_int_equal(f.unseen, 1);
  check_row(&f, 0, (double[]){1.5, 0, 0});
  orr_table_unref(t);
  end(&f);
}

static orr_status reread(const char *json, size_t n, orr_encoder *out, orr_error *e) {
  orr_json *j;
  ORR_TRY(orr_json_parse(json, n, &j, e));
  orr_status status = orr_encoder_from_json(out, j, e);
  orr_json_free(j);
  return status;
}

static void print(const orr_encoder *c, orr_text *out) {
  orr_json *j = orr_encoder_to_json(c);
  assert_int_equal(orr_json_print(j, false, out, NULL), ORR_OK);
  orr_json_free(j);
}

static void what_is_kept_encodes_to_the_same_bits(void **state) {
  (void)state;
  fixture f;
  orr_text json = {0}, again = {0};
  start(&f, "x,s,\"odd \"\"name\"\"\"\n0.1,b,1e-300\n,a,3\n0.7,\"q\"\"\\é\",0.3333333333333333\n9,new,5\n");
  assert_int_equal(fit(&f, 3, (orr_encoder_spec){.impute = true, .scale = true}), ORR_OK);
  assert_int_equal(apply_to(&f, f.table), ORR_OK);
  double *first = f.x.x;
  size_t cells = f.x.rows * f.x.cols, unseen = f.unseen;
  print(&f.encoder, &json);
  orr_encoder_fini(&f.encoder);
  assert_int_equal(reread(json.data, json.length, &f.encoder, &f.error), ORR_OK);
  assert_int_equal(apply_to(&f, f.table), ORR_OK);
  assert_memory_equal(first, f.x.x, cells * sizeof *first);
  assert_int_equal(f.unseen, unseen);
  print(&f.encoder, &again);
  assert_string_equal(json.data, again.data);
  orr_text_fini(&json);
  orr_text_fini(&again);
  end(&f);
}

static void many_categories_become_numbers_where_asked_for(void **state) {
  (void)state;
  fixture f;
  const orr_encoder_spec spec = {.impute = true, .scale = true, .most_columns = 2};
  start(&f, "s,few\nb,x\nd,y\na,x\n,y\nnew,x\n");
  assert_int_equal(fit(&f, 4, spec), ORR_OK);
  assert_int_equal(f.encoder.width, 3);
  assert_true(f.encoder.levels[0] == 4 && f.encoder.levels[1] == 0 && f.encoder.levels[2] == 0);
  assert_string_equal(f.encoder.names[0], "s");
  assert_int_equal(apply_to(&f, f.table), ORR_OK);
  assert_int_equal(f.unseen, 1);
  const double wanted[] = {2, 3, 1, 0, 0};
  for (size_t i = 0; i < 5; i++) assert_true(f.x.x[3 * i] == wanted[i]);
  orr_text json = {0};
  print(&f.encoder, &json);
  orr_encoder_fini(&f.encoder);
  assert_int_equal(reread(json.data, json.length, &f.encoder, &f.error), ORR_OK);
  assert_true(f.encoder.levels[0] == 4 && f.encoder.levels[1] == 0);
  orr_text_fini(&json);
  end(&f);
  start(&f, "s\nb\nd\na\n");
  assert_int_equal(fit(&f, 3, (orr_encoder_spec){.text = ORR_ENCODE_ONE_HOT, .most_columns = 2}), ORR_OK);
  assert_int_equal(f.encoder.width, 3); /* what a person says holds */
  end(&f);
}

#define C(encoding, numbers, words)                                                                          \
  "{\"columns\":[{\"name\":\"x\",\"encoding\":\"" encoding "\"," numbers ",\"words\":" words "}]}"
#define SOUND "\"median\":1,\"mean\":1,\"deviation\":1"

static void hostile_json_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {
      "{}",
      "[]",
      "null",
      "1",
      "\"x\"",
      "{\"columns\":[]}",
      "{\"columns\":{}}",
      "{\"columns\":[1]}",
      "{\"columns\":[{}]}",
      "{\"columns\":[{\"name\":7}]}",
      "{\"columns\":[{\"name\":\"x\"}]}",
      C("half", SOUND, "[]"),
      C("number", "\"median\":null,\"mean\":1,\"deviation\":1", "[]"),
      C("number", "\"median\":1,\"mean\":1e999,\"deviation\":1", "[]"),
      C("number", "\"median\":1,\"mean\":1,\"deviation\":0", "[]"),
      C("number", "\"median\":1,\"mean\":1,\"deviation\":-1", "[]"),
      C("number", "\"median\":1,\"mean\":\"1\",\"deviation\":1", "[]"),
      C("one_hot", SOUND, "[]"),
      C("one_hot", SOUND, "[\"b\",\"a\"]"),
      C("one_hot", SOUND, "[\"a\",\"a\"]"),
      C("one_hot", SOUND, "[\"a\",1]"),
      C("ordinal", SOUND, "[\"a\",null]"),
      C("index", SOUND, "[]"),
      C("index", SOUND ",\"indicator\":true", "[\"a\"]"),
  };
  orr_encoder c;
  orr_error e = {0};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (reread(bad[i], strlen(bad[i]), &c, &e) != ORR_DATA || !*e.message) fail_msg("%s is taken", bad[i]);
  static const char good[] = C("one_hot", SOUND, "[\"a\",\"b\"]");
  assert_int_equal(reread(good, strlen(good), &c, &e), ORR_OK);
  orr_encoder_fini(&c);
}

/* Any text that is taken encodes a table without harm. */
static void damaged_json_does_no_harm(void **state) {
  (void)state;
  fixture f;
  orr_text json = {0};
  start(&f, "x,s\n1,a\n,b\n3,c\n");
  assert_int_equal(fit(&f, 3, (orr_encoder_spec){.impute = true, .scale = true}), ORR_OK);
  print(&f.encoder, &json);
  orr_encoder_fini(&f.encoder);
  for (size_t i = 0; i < 8 * json.length; i++) {
    json.data[i / 8] ^= (char)(1 << i % 8);
    if (!reread(json.data, json.length, &f.encoder, &f.error))
      apply_to(&f, f.table), orr_encoder_fini(&f.encoder);
    json.data[i / 8] ^= (char)(1 << i % 8);
  }
  orr_text_fini(&json);
  end(&f);
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  fixture f;
  start(&f, "x,s\n1,a\n,b\n3,c\n");
  orr_status status = ORR_MEMORY;
  long after = 0;
  orr_encoder_spec spec = {.columns = (size_t[]){0, 1}, .n_columns = 2, .impute = true};
  for (; status && after < 1000; after++) {
    orr_arena arena = {0};
    orr_error e = {0};
    orr_memory_fail_after(after);
    status = orr_encoder_fit(&f.encoder, f.table, &spec, (size_t[]){0, 1, 2}, 3, NULL, &e);
    if (!status)
      status =
          orr_encoder_apply(&f.encoder, f.table, (size_t[]){0, 1, 2}, 3, NULL, &arena, &f.x, &f.unseen, &e);
    orr_memory_fail_after(-1);
    if (status) assert_int_equal(status, ORR_MEMORY);
    assert_int_equal(e.status, status);
    orr_encoder_fini(&f.encoder);
    orr_arena_fini(&arena);
  }
  assert_int_equal(status, ORR_OK);
  assert_true(after > 5);
  end(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_training_rows_are_learnt_from),
      cmocka_unit_test(gaps_in_training_make_an_indicator),
      cmocka_unit_test(without_imputing_gaps_stay),
      cmocka_unit_test(a_constant_column_is_not_divided_by_zero),
      cmocka_unit_test(numbers_too_large_to_average_are_refused),
      cmocka_unit_test(categories_are_columns_in_byte_order),
      cmocka_unit_test(beyond_64_categories_are_ranks),
      cmocka_unit_test(the_encoding_can_be_asked_for),
      cmocka_unit_test(many_categories_become_numbers_where_asked_for),
      cmocka_unit_test(columns_without_a_value_are_left_out),
      cmocka_unit_test(other_tables_must_fit),
      cmocka_unit_test(what_is_kept_encodes_to_the_same_bits),
      cmocka_unit_test(hostile_json_is_refused),
      cmocka_unit_test(damaged_json_does_no_harm),
      cmocka_unit_test(any_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("encode", tests, NULL, NULL);
}
