/* JSON: numbers keep their bits, hostile text is refused without harm, and a
 * failed build is seen at its root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/random.h"

static orr_json *parse(const char *text) {
  orr_json *j;
  orr_error e;
  if (orr_json_parse(text, strlen(text), &j, &e)) fail_msg("%s: %s", text, e.message);
  return j;
}

static void what_is_built_is_printed(void **state) {
  (void)state;
  orr_text out = {0};
  orr_json *j = orr_json_new_object();
  orr_json *list = orr_json_set(j, "list", orr_json_new_array());
  orr_json_push(list, orr_json_new_number(0.1));
  orr_json_push(list, orr_json_new_integer(INT64_MIN));
  orr_json_push(list, orr_json_new_string(NULL));
  orr_json_push(list, orr_json_new_boolean(true));
  orr_json_set(j, "text", orr_json_new_string("a\"\n\x01é"));
  assert_int_equal(orr_json_print(j, false, &out, NULL), ORR_OK);
  assert_string_equal(out.data,
                      "{\"list\":[0.1,-9223372036854775808,null,true],\"text\":\"a\\\"\\n\\u0001é\"}");
  orr_text_fini(&out);
  orr_json_free(j);
}

static void what_is_not_finite_is_null(void **state) {
  (void)state;
  static const double odd[] = {NAN, INFINITY, -INFINITY};
  orr_text out = {0};
  orr_json *j = orr_json_new_array();
  for (size_t i = 0; i < 3; i++) orr_json_push(j, orr_json_new_number(odd[i]));
  assert_int_equal(orr_json_print(j, false, &out, NULL), ORR_OK);
  assert_string_equal(out.data, "[null,null,null]");
  orr_text_fini(&out);
  orr_json_free(j);
}

static void infinities_are_kept_where_asked(void **state) {
  (void)state;
  static const double odd[] = {NAN, INFINITY, -INFINITY, 0.1};
  orr_text out = {0};
  orr_json *j = orr_json_new_array();
  for (size_t i = 0; i < 4; i++) orr_json_push(j, orr_json_new_extended(odd[i]));
  assert_int_equal(orr_json_print(j, false, &out, NULL), ORR_OK);
  assert_string_equal(out.data, "[null,1e999,-1e999,0.1]");
  orr_text_fini(&out);
  orr_json_free(j);
}

/* cJSON's own printing would lose the last bits of 0.1 + 0.2, and make infinities null. */
static void copies_keep_every_bit(void **state) {
  (void)state;
  static const char text[] =
      "{\"a\":[0.30000000000000004,-1e999,1e999,5e-324,null,true],\"b\":{\"c\":\"x\"},\"d\":[]}";
  orr_text out = {0};
  orr_json *j = parse(text), *copy = orr_json_copy(j);
  orr_json_free(j);
  assert_int_equal(orr_json_print(copy, false, &out, NULL), ORR_OK);
  orr_json_free(copy);
  copy = parse(out.data);
  assert_string_equal(out.data, "{\"a\":[0.30000000000000004,-1e999,1e999,4.94065645841247e-324,null,true],"
                                "\"b\":{\"c\":\"x\"},\"d\":[]}");
  double x;
  assert_true(orr_json_number(orr_json_first(orr_json_get(copy, "a")), &x) && x == 0.30000000000000004);
  orr_text_fini(&out);
  orr_json_free(copy);
  assert_null(orr_json_copy(NULL));
}

static void numbers_come_back_to_the_same_bits(void **state) {
  (void)state;
  orr_random r = orr_random_stream(2, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < 5000; i++) {
    uint64_t bits = (uint64_t)orr_random_word(&r) << 32 | orr_random_word(&r);
    double x, back;
    memcpy(&x, &bits, sizeof x);
    if (!isfinite(x)) continue;
    orr_text out = {0};
    orr_json *j = orr_json_new_number(x);
    assert_int_equal(orr_json_print(j, true, &out, NULL), ORR_OK);
    orr_json_free(j);
    j = parse(out.data);
    assert_true(orr_json_number(j, &back));
    assert_memory_equal(&back, &x, sizeof x);
    orr_json_free(j);
    orr_text_fini(&out);
  }
}

static void members_are_found(void **state) {
  (void)state;
  double x;
  orr_json *j = parse(" {\"a\": 1.5, \"b\": \"text\", \"c\": [true, false, null], \"A\": 2} ");
  assert_int_equal(orr_json_count(j), 4);
  assert_string_equal(orr_json_key(orr_json_first(j)), "a");
  assert_true(orr_json_number_of(j, "a", 0) == 1.5 && orr_json_number_of(j, "A", 0) == 2);
  assert_true(orr_json_number_of(j, "b", 7) == 7 && orr_json_number_of(j, "none", 7) == 7);
  assert_string_equal(orr_json_text_of(j, "b", "other"), "text");
  assert_string_equal(orr_json_text_of(j, "a", "other"), "other");
  const orr_json *c = orr_json_get(j, "c");
  assert_true(orr_json_is_array(c) && !orr_json_is_object(c) && orr_json_is_object(j));
  assert_true(orr_json_is_true(orr_json_first(c)) && orr_json_is_boolean(orr_json_next(orr_json_first(c))));
  assert_false(orr_json_number(c, &x));
  assert_null(orr_json_get(j, "none"));
  assert_null(orr_json_string(NULL));
  orr_json_free(j);
}

static void broken_text_is_refused_with_its_place(void **state) {
  (void)state;
  static const char *const broken[] = {"",       "{",     "[1,",       "{\"a\":}", "nul",
                                       "\"open", "[1] x", "{\"a\" 1}", "[1,,2]",   "]"};
  for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
    orr_json *j;
    orr_error e;
    assert_int_equal(orr_json_parse(broken[i], strlen(broken[i]), &j, &e), ORR_DATA);
    assert_null(j);
    assert_non_null(strstr(e.message, "not JSON: it breaks at byte"));
  }
}

static void text_without_end_is_read_to_its_length(void **state) {
  (void)state;
  char text[4] = {'[', '1', ']', 'x'};
  orr_json *j;
  assert_int_equal(orr_json_parse(text, 3, &j, NULL), ORR_OK);
  orr_json_free(j);
  assert_int_equal(orr_json_parse(text, 2, &j, NULL), ORR_DATA);
  assert_int_equal(orr_json_parse("[1]  \n", 6, &j, NULL), ORR_OK);
  orr_json_free(j);
}

static void hostile_nesting_is_refused(void **state) {
  (void)state;
  orr_text deep = {0};
  orr_json *j;
  for (int i = 0; i < 100000; i++) orr_text_add(&deep, i % 2 ? "[" : "{\"a\":");
  assert_int_equal(orr_json_parse(deep.data, deep.length, &j, NULL), ORR_DATA);
  orr_text_fini(&deep);
}

static void garbage_does_no_harm(void **state) {
  (void)state;
  static const char alphabet[] = "[]{},:\"\\u0019e-+.truefalsn \n\xff";
  orr_random r = orr_random_stream(5, 0, ORR_FOR_TEST);
  for (size_t round = 0; round < 20000; round++) {
    char text[32];
    size_t n = orr_random_below(&r, sizeof text);
    for (size_t i = 0; i < n; i++) text[i] = alphabet[orr_random_below(&r, sizeof alphabet)];
    orr_json *j;
    if (!orr_json_parse(text, n, &j, NULL)) orr_json_free(j);
  }
}

static void a_missing_child_is_null_and_a_missing_parent_nothing(void **state) {
  (void)state;
  orr_text out = {0};
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "a", NULL);
  assert_null(orr_json_set(NULL, "a", orr_json_new_integer(1)));
  assert_null(orr_json_push(NULL, orr_json_new_integer(1)));
  assert_int_equal(orr_json_print(j, false, &out, NULL), ORR_OK);
  assert_string_equal(out.data, "{\"a\":null}");
  assert_int_equal(orr_json_print(NULL, false, &out, NULL), ORR_MEMORY);
  orr_text_fini(&out);
  orr_json_free(j);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_built_is_printed),
      cmocka_unit_test(what_is_not_finite_is_null),
      cmocka_unit_test(infinities_are_kept_where_asked),
      cmocka_unit_test(copies_keep_every_bit),
      cmocka_unit_test(numbers_come_back_to_the_same_bits),
      cmocka_unit_test(members_are_found),
      cmocka_unit_test(broken_text_is_refused_with_its_place),
      cmocka_unit_test(text_without_end_is_read_to_its_length),
      cmocka_unit_test(hostile_nesting_is_refused),
      cmocka_unit_test(garbage_does_no_harm),
      cmocka_unit_test(a_missing_child_is_null_and_a_missing_parent_nothing),
  };
  return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
