/* Expressions: each construct against values worked out by hand on the table of
 * expression_fixture.h; the same answer for any number of threads. */
#include <stdio.h>

#include "base/random.h"
#include "base/text.h"
#include "expression_fixture.h"

/* The five cells of the derived column as text, "?" for a missing one. */
static void evaluated(fixture *f, const char *text, orr_text *out) {
  orr_error e = {0};
  orr_expression *x;
  orr_column *c;
  char buffer[64];
  if (orr_expression_parse(text, f->table, &f->arena, &x, &e) ||
      orr_expression_derive(x, f->table, "made", NULL, &c, &e))
    fail_msg("%s: %s", text, e.message);
  for (size_t i = 0; i < ROWS; i++) {
    bool missing = orr_column_is_missing(c, i);
    orr_text_printf(out, "%s%s", i ? " " : "", missing ? "?" : orr_column_text(c, i, buffer, sizeof buffer));
  }
  orr_column_unref(c);
}

static const struct {
  const char *expression, *cells;
} values[] = {
    /* numbers and their spelling */
    {"1", "1 1 1 1 1"},
    {"1.5", "1.5 1.5 1.5 1.5 1.5"},
    {".5", "0.5 0.5 0.5 0.5 0.5"},
    {"1.", "1 1 1 1 1"},
    {"1e-3*1E+3", "1 1 1 1 1"},
    {"x", "1 2 -3 ? 0.5"},
    {"n", "1 2 3 4 5"},
    {"when", "0 1.5 3 4.5 6"},
    {"`odd ``na me`", "7 7 7 7 7"},
    {"größe.2", "1 1 1 1 1"},
    {"\n x\t", "1 2 -3 ? 0.5"},
    /* arithmetic, precedence and grouping */
    {"n + 2 * 3", "7 8 9 10 11"},
    {"(n + 2) * 3", "9 12 15 18 21"},
    {"n - 1 - 1", "-1 0 1 2 3"},
    {"12 / 2 / 3", "2 2 2 2 2"},
    {"-n^2", "-1 -4 -9 -16 -25"},
    {"(-n)^2", "1 4 9 16 25"},
    {"2^3^2", "512 512 512 512 512"},
    {"2^-1", "0.5 0.5 0.5 0.5 0.5"},
    {"2^-1^2", "0.5 0.5 0.5 0.5 0.5"},
    {"- -n", "1 2 3 4 5"},
    {"2 - -n", "3 4 5 6 7"},
    {"-2 * -3", "6 6 6 6 6"},
    {"n % 3", "1 2 0 1 2"},
    {"-n % 3", "2 1 0 2 1"},
    {"n % -3", "-2 -1 0 -2 -1"},
    {"5.5 % 2", "1.5 1.5 1.5 1.5 1.5"},
    /* missing and undefined */
    {"x + y", "5 2 -1 ? ?"},
    {"x / y", "0.25 ? -1.5 ? ?"},
    {"n % 0", "? ? ? ? ?"},
    {"log10(x)", "0 0.3010299956639812 ? ? -0.3010299956639812"},
    {"log(0)", "? ? ? ? ?"},
    {"sqrt(x)", "1 1.4142135623730951 ? ? 0.7071067811865476"},
    {"exp(1000)", "? ? ? ? ?"},
    {"x^0", "1 1 1 ? 1"},
    {"x > 0", "true true false ? true"},
    {"x > y", "false true false ? ?"},
    {"x != x", "false false false ? false"},
    {"isnan(x)", "false false false true false"},
    {"isnan(log(x))", "false false true true false"},
    {"ismissing(name)", "false false false true false"},
    {"ismissing(flag)", "false false true false false"},
    {"ismissing(y)", "false false false false true"},
    /* comparison */
    {"n < 3", "true true false false false"},
    {"n <= 3", "true true true false false"},
    {"n > 3", "false false false true true"},
    {"n >= 3", "false false true true true"},
    {"n == 3", "false false true false false"},
    {"n = 3", "false false true false false"},
    {"n != 3", "true true false true true"},
    {"n ~= 3", "true true false true true"},
    {"n + 1 > 2 * 2", "false false false true true"},
    /* three-valued logic: flag is true false ? true false */
    {"flag", "true false ? true false"},
    {"not flag", "false true ? false true"},
    {"flag and true", "true false ? true false"},
    {"flag and false", "false false false false false"},
    {"flag or true", "true true true true true"},
    {"flag or false", "true false ? true false"},
    {"flag == true", "true false ? true false"},
    {"flag != true", "false true ? false true"},
    {"not n > 3", "true true true false false"},
    {"not not flag", "true false ? true false"},
    {"true or true and false", "true true true true true"},
    {"not true or true", "true true true true true"},
    {"n < 2 or n > 4 and flag", "true false false false false"},
    {"flag == not flag", "false false ? false false"},
    /* text and sets */
    {"name == 'good'", "true false true ? false"},
    {"name != \"good\"", "false true false ? true"},
    {"name == 'it''s'", "false false false ? true"},
    {"name == 'it\\'s'", "false false false ? true"},
    {"name == name", "true true true ? true"},
    {"name", "good bad good ? it's"},
    {"'a\\tb\"' == \"a\tb\"\"\"", "true true true true true"},
    {"name in {'good', 'fine'}", "true false true ? false"},
    {"name in {'good',}", "true false true ? false"},
    {"name not in {'zz', 'good', 'aa', 'good'}", "false true false ? true"},
    {"not name in {'good'}", "false true false ? true"},
    {"n in {1, 5, -2, 3.0}", "true false true false true"},
    {"-n in {-2}", "false true false false false"},
    {"x in {-3}", "false false true ? false"},
    {"n in {1} and name in {'good'}", "true false false false false"},
    /* functions */
    {"abs(x)", "1 2 3 ? 0.5"},
    {"sign(x)", "1 1 -1 ? 1"},
    {"floor(x)", "1 2 -3 ? 0"},
    {"ceil(x)", "1 2 -3 ? 1"},
    {"round(x)", "1 2 -3 ? 1"},
    {"round(-2.5)", "-3 -3 -3 -3 -3"},
    {"log2(8)", "3 3 3 3 3"},
    {"log(exp(2))", "2 2 2 2 2"},
    {"sin(0) + cos(0) + tan(0)", "1 1 1 1 1"},
    {"asin(1) * 2 - acos(-1)", "0 0 0 0 0"},
    {"asin(2)", "? ? ? ? ?"},
    {"atan(1) - atan2(1, 1)", "0 0 0 0 0"},
    {"sinh(0) + cosh(0) + tanh(0)", "1 1 1 1 1"},
    {"min(x, y)", "1 0 -3 ? ?"},
    {"max(n, 2, 4 - n, 0)", "3 2 3 4 5"},
    {"min(5, 4, 3, 2, n)", "1 2 2 2 2"},
    {"pow(n, 2)", "1 4 9 16 25"},
    {"hypot(3, 4)", "5 5 5 5 5"},
    {"clip(x, -1, 1)", "1 1 -1 ? 0.5"},
    {"ifelse(x > 0, log10(x), 0)", "0 0.3010299956639812 0 ? -0.3010299956639812"},
    {"ifelse(flag, 'yes', 'no')", "yes no ? yes no"},
    {"ifelse(flag, name, 'no')", "good no ? ? no"},
    {"ifelse(n > 2, flag, not flag)", "false true ? true false"},
    {"ifelse(ismissing(x), 0, x)", "1 2 -3 0 0.5"},
    {"ifelse(n == 1, n, ifelse(n == 2, 20, 30))", "1 20 30 30 30"},
};

static void gives_the_values_worked_out_by_hand(void **state) {
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    orr_text got = {0};
    evaluated(*state, values[i].expression, &got);
    if (strcmp(got.data, values[i].cells))
      fail_msg("%s: got %s, not %s", values[i].expression, got.data, values[i].cells);
    orr_text_fini(&got);
  }
}

static const struct {
  const char *expression, *unit;
} units[] = {
    {"x", "mJy"},
    {"n", NULL},
    {"2 * x", "mJy"},
    {"x + x", "mJy"},
    {"x + 1", "mJy"},
    {"x + y", NULL},
    {"x * y", "mJy*s"},
    {"x / y", "mJy/s"},
    {"x / x", NULL},
    {"1 / y", "1/s"},
    {"x / (x * y)", "mJy/(mJy*s)"},
    {"log10(x)", NULL},
    {"log10(x) * y", "s"},
    {"sqrt(x) * y", NULL},
    {"-abs(x)", "mJy"},
    {"min(x, 2 * x)", "mJy"},
    {"clip(x, 0, 1)", "mJy"},
    {"ifelse(flag, x, 0)", "mJy"},
    {"ifelse(flag, x, y)", NULL},
    {"x % 2", "mJy"},
    {"x > 1", NULL},
    {"x * n", NULL},
    {"x^2", NULL},
};

static void carries_units_where_known(void **state) {
  fixture *f = *state;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    orr_expression *x;
    assert_int_equal(orr_expression_parse(units[i].expression, f->table, &f->arena, &x, NULL), ORR_OK);
    const char *got = orr_expression_unit(x);
    if (strcmp(got ? got : "none", units[i].unit ? units[i].unit : "none"))
      fail_msg("%s: got unit %s", units[i].expression, got ? got : "none");
  }
}

static void filter_keeps_what_is_true_and_counts_what_is_missing(void **state) {
  fixture *f = *state;
  orr_expression *x;
  size_t *index, n, missing;
  assert_int_equal(orr_expression_parse("x > 0 and name == 'good'", f->table, &f->arena, &x, NULL), ORR_OK);
  assert_int_equal(orr_expression_filter(x, f->table, NULL, &f->arena, &index, &n, &missing, NULL), ORR_OK);
  assert_int_equal(n, 1);
  assert_int_equal(index[0], 0);
  assert_int_equal(missing, 1);
  assert_int_equal(orr_expression_parse("false", f->table, &f->arena, &x, NULL), ORR_OK);
  assert_int_equal(orr_expression_filter(x, f->table, NULL, &f->arena, &index, &n, &missing, NULL), ORR_OK);
  assert_int_equal(n, 0);
  assert_int_equal(missing, 0);
}

static void remember_line(void *context, const char *line) { snprintf(context, 256, "%s", line); }

static void undefined_rows_are_told_from_missing_ones(void **state) {
  fixture *f = *state;
  char line[256] = "";
  orr_work work = {.log = remember_line, .context = line};
  orr_expression *x;
  orr_column *c;
  assert_int_equal(orr_expression_parse("log(x)", f->table, &f->arena, &x, NULL), ORR_OK);
  assert_int_equal(orr_expression_derive(x, f->table, "made", &work, &c, NULL), ORR_OK);
  assert_int_equal(c->n_missing, 2);
  assert_non_null(strstr(line, "log(x): undefined in 1 of 5 rows"));
  orr_column_unref(c);
  line[0] = 0;
  assert_int_equal(orr_expression_parse("ifelse(x > 0, log(x), 0)", f->table, &f->arena, &x, NULL), ORR_OK);
  assert_int_equal(orr_expression_derive(x, f->table, "made", &work, &c, NULL), ORR_OK);
  assert_string_equal(line, "");
  orr_column_unref(c);
}

static void no_rows_give_no_rows(void **state) {
  fixture *f = *state;
  orr_table *none;
  orr_expression *x;
  orr_column *c;
  size_t *index, n = 9, missing = 9;
  assert_int_equal(orr_table_take(f->table, NULL, 0, &none, NULL), ORR_OK);
  assert_int_equal(orr_expression_parse("ifelse(x > 1, name, 'a') == 'a'", none, &f->arena, &x, NULL),
                   ORR_OK);
  assert_int_equal(orr_expression_filter(x, none, NULL, &f->arena, &index, &n, &missing, NULL), ORR_OK);
  assert_int_equal(n + missing, 0);
  assert_int_equal(orr_expression_derive(x, none, "made", NULL, &c, NULL), ORR_OK);
  assert_int_equal(c->rows, 0);
  orr_column_unref(c);
  orr_table_unref(none);
}

static orr_table *long_table(size_t rows) {
  orr_random r = orr_random_stream(7, 0, ORR_FOR_TEST);
  orr_column *all[2] = {column("a", ORR_FLOAT64, NULL, rows), column("b", ORR_TEXT, NULL, rows)};
  for (size_t i = 0; i < rows; i++) {
    char word[8];
    int n = snprintf(word, sizeof word, "w%u", (unsigned)orr_random_below(&r, 50));
    all[0]->float64[i] = orr_random_below(&r, 10) ? orr_random_normal(&r) : NAN;
    assert_int_equal(orr_map_add(&all[1]->words, word, (size_t)n, &all[1]->codes[i], NULL), ORR_OK);
  }
  orr_table *t;
  for (size_t i = 0; i < 2; i++) orr_column_seal(all[i]);
  assert_int_equal(orr_table_new(all, 2, "long", &t, NULL), ORR_OK);
  for (size_t i = 0; i < 2; i++) orr_column_unref(all[i]);
  return t;
}

static orr_hash hash_with(const orr_table *t, const char *text, unsigned threads) {
  orr_arena arena = {0};
  orr_work work = {0};
  orr_expression *x;
  orr_column *c;
  orr_table *made;
  assert_int_equal(orr_pool_new(threads, &work.pool, NULL), ORR_OK);
  assert_int_equal(orr_expression_parse(text, t, &arena, &x, NULL), ORR_OK);
  assert_int_equal(orr_expression_derive(x, t, "made", &work, &c, NULL), ORR_OK);
  assert_int_equal(orr_table_new(&c, 1, "", &made, NULL), ORR_OK);
  orr_hash hash = orr_table_hash(made);
  orr_column_unref(c);
  orr_table_unref(made);
  orr_pool_free(work.pool);
  orr_arena_fini(&arena);
  return hash;
}

static void threads_do_not_change_the_answer(void **state) {
  (void)state;
  static const char *const all[] = {"exp(a) * sin(a) / 3", "a > 0.3 and b in {'w1', 'w2', 'w30'}",
                                    "ifelse(a > 0, b, 'none')"};
  orr_table *t = long_table(100003);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    orr_hash one = hash_with(t, all[i], 1), three = hash_with(t, all[i], 3);
    assert_true(one.high == three.high && one.low == three.low);
  }
  orr_table_unref(t);
}

/* Blocks meet without a gap: each row of a long table is what a loop makes of it. */
static void every_row_of_a_long_table_is_right(void **state) {
  fixture *f = *state;
  orr_table *t = long_table(40000);
  orr_expression *x;
  orr_column *c;
  assert_int_equal(orr_expression_parse("a * 2 + 1", t, &f->arena, &x, NULL), ORR_OK);
  assert_int_equal(orr_expression_derive(x, t, "made", NULL, &c, NULL), ORR_OK);
  for (size_t i = 0; i < t->rows; i++) {
    double a = t->columns[0]->float64[i];
    assert_true(isnan(a) ? orr_column_is_missing(c, i) : c->float64[i] == a * 2 + 1);
  }
  orr_column_unref(c);
  orr_table_unref(t);
}

static orr_signal abandon(void *context, const orr_report *report) {
  (void)context, (void)report;
  return ORR_ABANDON;
}

static void a_stop_is_obeyed(void **state) {
  fixture *f = *state;
  orr_work work = {.progress = abandon};
  orr_expression *x;
  orr_column *c;
  assert_int_equal(orr_expression_parse("x", f->table, &f->arena, &x, NULL), ORR_OK);
  assert_int_equal(orr_expression_derive(x, f->table, "made", &work, &c, NULL), ORR_STOPPED);
}

static void every_function_has_help(void **state) {
  (void)state;
  for (size_t i = 0; i < orr_expression_function_count(); i++) {
    const char *name, *usage, *help;
    orr_expression_function_help(i, &name, &usage, &help);
    assert_int_equal(strncmp(usage, name, strlen(name)), 0);
    assert_true(strlen(help) > 3);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(gives_the_values_worked_out_by_hand, set_up, tear_down),
      cmocka_unit_test_setup_teardown(carries_units_where_known, set_up, tear_down),
      cmocka_unit_test_setup_teardown(filter_keeps_what_is_true_and_counts_what_is_missing, set_up,
                                      tear_down),
      cmocka_unit_test_setup_teardown(undefined_rows_are_told_from_missing_ones, set_up, tear_down),
      cmocka_unit_test_setup_teardown(no_rows_give_no_rows, set_up, tear_down),
      cmocka_unit_test(threads_do_not_change_the_answer),
      cmocka_unit_test_setup_teardown(every_row_of_a_long_table_is_right, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_stop_is_obeyed, set_up, tear_down),
      cmocka_unit_test(every_function_has_help),
  };
  return cmocka_run_group_tests_name("expression", tests, NULL, NULL);
}
