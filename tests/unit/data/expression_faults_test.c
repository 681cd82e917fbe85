/* Expressions that are wrong: each complaint by its words, limits kept, and
 * garbage that must never do harm. */
#include <stdio.h>

#include "expression_fixture.h"

#include "base/random.h"
#include "base/text.h"

static const struct {
  const char *expression;
  orr_status status;
  const char *message;
} faults[] = {
    {"", ORR_RECIPE, "the expression is empty; write one, such as snr > 5"},
    {"  ", ORR_RECIPE, "the expression is empty; write one, such as snr > 5"},
    {"x +", ORR_RECIPE, "character 4: expected a column, a number, 'text' or a function, found the end"},
    {"x 5", ORR_RECIPE, "character 3: expected an operator or the end, found '5'"},
    {"x not 5", ORR_RECIPE, "character 3: expected an operator or the end, found 'not'"},
    {"* x", ORR_RECIPE, "character 1: expected a column, a number, 'text' or a function, found '*'"},
    {"(x + 1", ORR_RECIPE, "character 7: expected ')' to close the '(' at character 1, found the end"},
    {"x)", ORR_RECIPE, "character 2: expected an operator or the end, found ')'"},
    {"`größe.2` ! 2", ORR_RECIPE, "character 11: '!' means nothing here; write not"},
    {"x ** 2", ORR_RECIPE, "character 3: '**' means nothing here; write ^"},
    {"x > 1 && n", ORR_RECIPE, "character 7: '&&' means nothing here; write and"},
    {"x # 2", ORR_RECIPE, "'#' means nothing here; put an odd column name in `backquotes`"},
    {"name == 'good", ORR_RECIPE, "character 9: the closing ' is missing"},
    {"`x", ORR_RECIPE, "character 1: the closing ` is missing"},
    {"'a\\'", ORR_RECIPE, "character 1: the closing ' is missing"},
    {"5flux", ORR_RECIPE, "character 1: '5f' is not a number"},
    {"1e", ORR_RECIPE, "character 1: '1e' is not a number"},
    {"1e999", ORR_RECIPE, "character 1: 1e999 is too large a number"},
    {"0000000000000000000000000000000000000000000000000000000000000000", ORR_RECIPE, "a number of 64 digits"},
    {"x + name", ORR_RECIPE, "character 3: '+' takes two numbers; here it has a number and text"},
    {"flag + 1", ORR_RECIPE, "'+' takes two numbers; here it has a truth value and a number"},
    {"x and flag", ORR_RECIPE, "'and' takes two truth values; here it has a number and a truth value"},
    {"name == 5", ORR_RECIPE, "'==' takes two values of one kind; here it has text and a number"},
    {"name < 'b'", ORR_RECIPE, "'<' takes two numbers; here it has text and text"},
    {"not x", ORR_RECIPE, "character 1: 'not' takes a truth value, not a number"},
    {"-name", ORR_RECIPE, "character 1: '-' takes a number, not text"},
    {"1 < n < 3", ORR_RECIPE, "character 7: comparisons do not chain; write a < b and b < c"},
    {"n in {1} in {2}", ORR_RECIPE, "comparisons do not chain"},
    {"density > 1", ORR_DATA,
     "character 1 (text goes in quotes): no column 'density'; the table has x, y, n"},
    {"nam == 'a'", ORR_DATA, "no column 'nam'; did you mean 'name'?"},
    {"`log10` + 1", ORR_DATA, "no column 'log10'"},
    {"lgo10(x)", ORR_RECIPE, "character 1: no function 'lgo10'; did you mean 'log10'?"},
    {"frobnicate(x)", ORR_RECIPE, "no function 'frobnicate'; there are"},
    {"log10 > 2", ORR_RECIPE, "'log10' is a function; write log10(x)"},
    {"log10()", ORR_RECIPE, "log10 takes 1 argument: log10(x)"},
    {"log10(x, 2)", ORR_RECIPE, "log10 takes 1 argument: log10(x)"},
    {"clip(x, 2)", ORR_RECIPE, "clip takes 3 arguments: clip(x, low, high)"},
    {"min(x)", ORR_RECIPE, "min takes at least 2 arguments: min(a, b, ...)"},
    {"min(x, n, name)", ORR_RECIPE, "character 11: min takes a number here, not text"},
    {"log10(name)", ORR_RECIPE, "character 7: log10 takes a number here, not text: log10(x)"},
    {"ifelse(x, 1, 2)", ORR_RECIPE, "ifelse takes a truth value here, not a number"},
    {"ifelse(flag, 1, 'a')", ORR_RECIPE, "character 17: ifelse takes a number here, not text"},
    {"log10(x", ORR_RECIPE, "character 8: expected ',' or ')', found the end"},
    {"name in 'good'", ORR_RECIPE, "expected '{' and a list, such as {'a', 'b'}, found 'good'"},
    {"name in {}", ORR_RECIPE, "expected 'text' (the column is text), found '}'"},
    {"name in {good}", ORR_RECIPE, "expected 'text' (the column is text), found 'good'"},
    {"name in {1}", ORR_RECIPE, "expected 'text' (the column is text), found '1'"},
    {"x in {'a'}", ORR_RECIPE, "expected a number (the column is numbers), found 'a'"},
    {"name in {-'a'}", ORR_RECIPE, "expected 'text'"},
    {"x in {1 2}", ORR_RECIPE, "expected ',' or '}', found '2'"},
    {"flag in {true}", ORR_RECIPE, "'in' takes a number or text, not a truth value"},
};

static void complains_in_plain_words(void **state) {
  fixture *f = *state;
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    orr_error e = {0};
    orr_expression *x;
    orr_status status = orr_expression_parse(faults[i].expression, f->table, &f->arena, &x, &e);
    if (status != faults[i].status || !strstr(e.message, faults[i].message))
      fail_msg("%s: got status %d, %s", faults[i].expression, status, e.message);
    assert_int_equal(orr_expression_parse(faults[i].expression, f->table, &f->arena, &x, NULL), status);
  }
}

static void filter_refuses_what_is_not_a_truth_value(void **state) {
  fixture *f = *state;
  orr_error e;
  orr_expression *x;
  size_t *index, n, missing;
  assert_int_equal(orr_expression_parse("x + 1", f->table, &f->arena, &x, NULL), ORR_OK);
  assert_int_equal(orr_expression_filter(x, f->table, NULL, &f->arena, &index, &n, &missing, &e), ORR_RECIPE);
  assert_string_equal(e.message, "a filter needs true or false, such as a comparison; 'x + 1' is a number");
}

static void another_table_must_have_the_same_columns(void **state) {
  fixture *f = *state;
  orr_error e;
  orr_expression *x;
  orr_column *c, *other = integers("x");
  orr_table *t;
  assert_int_equal(orr_table_new(&other, 1, "other", &t, NULL), ORR_OK);
  orr_column_unref(other);
  assert_int_equal(orr_expression_parse("x + 1", f->table, &f->arena, &x, NULL), ORR_OK);
  assert_int_equal(orr_expression_derive(x, t, "made", NULL, &c, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "column 'x'"));
  orr_table_unref(t);
}

static orr_status nested(fixture *f, const char *open, const char *inner, const char *close, size_t n,
                         orr_error *e) {
  orr_text text = {0};
  orr_expression *x;
  for (size_t i = 0; i < n; i++) orr_text_add(&text, open);
  orr_text_add(&text, inner);
  for (size_t i = 0; i < n; i++) orr_text_add(&text, close);
  orr_status status = orr_expression_parse(text.data, f->table, &f->arena, &x, e);
  orr_text_fini(&text);
  return status;
}

static void depth_and_length_have_limits(void **state) {
  static const char *const shapes[][3] = {{"(", "1", ")"}, {"-", "1", ""},     {"not ", "true", ""},
                                          {"2^", "1", ""}, {"abs(", "x", ")"}, {"1+(", "1", ")"}};
  fixture *f = *state;
  orr_error e;
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    assert_int_equal(nested(f, shapes[i][0], shapes[i][1], shapes[i][2], 200, &e), ORR_OK);
    assert_int_equal(nested(f, shapes[i][0], shapes[i][1], shapes[i][2], 201, &e), ORR_RECIPE);
    assert_non_null(strstr(e.message, "nested more than 200 deep"));
  }
  assert_int_equal(nested(f, "1+", "1", "", 30000, &e), ORR_OK);
  assert_int_equal(nested(f, "1+", "1", "", 40000, &e), ORR_RECIPE);
  assert_non_null(strstr(e.message, "longer than 65536 bytes"));
}

/* Parses, and runs what parses; only harm is a failure. */
static void try_anything(fixture *f, const char *text) {
  orr_arena arena = {0};
  orr_expression *x;
  orr_column *c;
  orr_error e;
  if (!orr_expression_parse(text, f->table, &arena, &x, &e) &&
      !orr_expression_derive(x, f->table, "made", NULL, &c, &e))
    orr_column_unref(c);
  orr_arena_fini(&arena);
}

static void garbage_does_no_harm(void **state) {
  orr_random r = orr_random_stream(3, 0, ORR_FOR_TEST);
  for (size_t round = 0; round < 10000; round++) {
    char text[48];
    size_t n = orr_random_below(&r, sizeof text);
    for (size_t i = 0; i < n; i++) text[i] = (char)orr_random_below(&r, 256);
    text[n] = 0;
    try_anything(*state, text);
  }
}

/* What mutations start from: every kind of token and construct. */
static const char *const good[] = {
    "x + y * 2 - n / 3 % 2 ^ -2",
    "log10(x) > 0.5 and not flag or name == 'good'",
    "name not in {'good', \"bad\", 'it''s'}",
    "n in {1, -2, 3.5e1}",
    "clip(x, -1, 1) + min(x, y, n)",
    "ifelse(flag, name, 'none')",
    "`odd ``na me` >= größe.2",
    "ismissing(name) ~= (x <= y)",
    "-(((x)))",
};

static void mutations_of_good_text_do_no_harm(void **state) {
  static const char alphabet[] = "xyn'\"`(){},+-*/%^<>=!~.0129e\\ andortifls";
  orr_random r = orr_random_stream(4, 0, ORR_FOR_TEST);
  for (size_t round = 0; round < 10000; round++) {
    char text[128];
    snprintf(text, sizeof text, "%s", good[orr_random_below(&r, sizeof good / sizeof *good)]);
    size_t n = strlen(text), edits = 1 + orr_random_below(&r, 3);
    for (size_t i = 0; i < edits; i++)
      text[orr_random_below(&r, n)] = alphabet[orr_random_below(&r, sizeof alphabet - 1)];
    try_anything(*state, text);
  }
}

static void out_of_memory_is_an_error(void **state) {
  fixture *f = *state;
  orr_status status = ORR_MEMORY;
  for (long after = 0; status && after < 1000; after++) {
    orr_arena arena = {0};
    orr_expression *x;
    orr_column *c;
    orr_error e;
    orr_memory_fail_after(after);
    status = orr_expression_parse("ifelse(x > 1 and name in {'good'}, name, 'no')", f->table, &arena, &x, &e);
    if (!status) status = orr_expression_derive(x, f->table, "made", NULL, &c, &e);
    orr_memory_fail_after(-1);
    if (!status) orr_column_unref(c);
    else assert_int_equal(status, ORR_MEMORY);
    orr_arena_fini(&arena);
  }
  assert_int_equal(status, ORR_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(complains_in_plain_words, set_up, tear_down),
      cmocka_unit_test_setup_teardown(filter_refuses_what_is_not_a_truth_value, set_up, tear_down),
      cmocka_unit_test_setup_teardown(another_table_must_have_the_same_columns, set_up, tear_down),
      cmocka_unit_test_setup_teardown(depth_and_length_have_limits, set_up, tear_down),
      cmocka_unit_test_setup_teardown(garbage_does_no_harm, set_up, tear_down),
      cmocka_unit_test_setup_teardown(mutations_of_good_text_do_no_harm, set_up, tear_down),
      cmocka_unit_test_setup_teardown(out_of_memory_is_an_error, set_up, tear_down),
  };
  return cmocka_run_group_tests_name("expression_faults", tests, NULL, NULL);
}
