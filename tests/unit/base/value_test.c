/* Values: what crosses rooms, and the Lua text it becomes in the journal,
 * which must read back to the same value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/value.h"

static void name_object(void *context, orr_ref ref, orr_text *out) {
  (void)context;
  orr_text_printf(out, "s.slot%u_%u", ref.id, ref.part);
}

static void check_lua(const orr_value *v, const char *wanted) {
  orr_text t = {0};
  orr_value_to_lua(v, name_object, NULL, &t);
  assert_string_equal(orr_text_get(&t), wanted);
  orr_text_fini(&t);
}

static void scalars_become_lua(void **state) {
  (void)state;
  check_lua(&(orr_value){.kind = ORR_NIL}, "nil");
  check_lua(&(orr_value){.kind = ORR_BOOLEAN, .boolean = true}, "true");
  check_lua(&(orr_value){.kind = ORR_INTEGER, .integer = -42}, "-42");
  check_lua(&(orr_value){.kind = ORR_INTEGER, .integer = INT64_MAX}, "9223372036854775807");
  check_lua(&(orr_value){.kind = ORR_OBJECT, .object = {7, 1, 2}}, "s.slot7_2");
  orr_value text = orr_value_of_string("it's \"so\"\n");
  check_lua(&text, "\"it's \\\"so\\\"\\n\"");
}

/* Lua would read the digits of the least integer as a float. */
static void the_least_integer_stays_an_integer(void **state) {
  (void)state;
  check_lua(&(orr_value){.kind = ORR_INTEGER, .integer = INT64_MIN}, "math.mininteger");
}

static void numbers_stay_numbers(void **state) {
  (void)state;
  static const struct {
    double x;
    const char *lua;
  } rows[] = {{1, "1.0"},
              {-0.0, "-0.0"},
              {0.1, "0.1"},
              {1e20, "1e+20"},
              {NAN, "0/0"},
              {INFINITY, "math.huge"},
              {-INFINITY, "-math.huge"},
              {123456789012, "123456789012.0"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check_lua(&(orr_value){.kind = ORR_NUMBER, .number = rows[i].x}, rows[i].lua);
}

static void tables_become_lua(void **state) {
  (void)state;
  orr_value items[] = {orr_value_of_string("a"), {.kind = ORR_INTEGER, .integer = 1}};
  orr_pair pairs[] = {{"plain", items[1]},
                      {"two words", items[1]},
                      {"end", items[1]},
                      {"_x9", items[1]},
                      {"9x", items[1]},
                      {"é", items[1]},
                      {"a\"]=os.exit()--", {.kind = ORR_LIST, .count = 2, .items = items}}};
  check_lua(&(orr_value){.kind = ORR_LIST, .count = 2, .items = items}, "{ \"a\", 1 }");
  check_lua(&(orr_value){.kind = ORR_LIST}, "{ }");
  check_lua(&(orr_value){.kind = ORR_DICT, .count = 7, .pairs = pairs},
            "{ plain = 1, [\"two words\"] = 1, [\"end\"] = 1, _x9 = 1, [\"9x\"] = 1, [\"é\"] = 1, "
            "[\"a\\\"]=os.exit()--\"] = { \"a\", 1 } }");
}

static void members_are_found_by_key(void **state) {
  (void)state;
  orr_pair pairs[] = {{"a", {.kind = ORR_INTEGER, .integer = 3}}};
  orr_value dict = {.kind = ORR_DICT, .count = 1, .pairs = pairs};
  assert_int_equal(orr_value_get(&dict, "a")->integer, 3);
  assert_null(orr_value_get(&dict, "b"));
  assert_null(orr_value_get(&pairs[0].value, "a"));
}

static void numbers_are_integers_or_not(void **state) {
  (void)state;
  orr_value i = {.kind = ORR_INTEGER, .integer = 3}, x = {.kind = ORR_NUMBER, .number = 2.5};
  orr_value s = orr_value_of_string("3");
  assert_true(orr_value_is_number(&i) && orr_value_is_number(&x) && !orr_value_is_number(&s));
  assert_true(orr_value_to_number(&i) == 3 && orr_value_to_number(&x) == 2.5 &&
              isnan(orr_value_to_number(&s)));
  for (int kind = ORR_NIL; kind <= ORR_OBJECT; kind++) assert_true(strlen(orr_kind_name((orr_kind)kind)) > 3);
}

static void json_becomes_a_value(void **state) {
  (void)state;
  orr_arena a = {0};
  orr_value v;
  assert_int_equal(orr_value_from_json("[1, 2.5, \"x\", true, [], 1e300, 9007199254740993]", &a, &v, NULL),
                   ORR_OK);
  check_lua(&v, "{ 1, 2.5, \"x\", true, { }, 1e+300, 9007199254740992.0 }");
  assert_int_equal(orr_value_from_json("[1, null]", &a, &v, NULL), ORR_USAGE);
  assert_int_equal(orr_value_from_json("{\"a\": 1}", &a, &v, NULL), ORR_OK);
  assert_int_equal(orr_value_get(&v, "a")->integer, 1);
  assert_int_equal(orr_value_from_json("[1", &a, &v, NULL), ORR_DATA);
  orr_arena_fini(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scalars_become_lua),       cmocka_unit_test(the_least_integer_stays_an_integer),
      cmocka_unit_test(numbers_stay_numbers),     cmocka_unit_test(tables_become_lua),
      cmocka_unit_test(members_are_found_by_key), cmocka_unit_test(numbers_are_integers_or_not),
      cmocka_unit_test(json_becomes_a_value),
  };
  return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
