/* Options: a table's row decides what is taken; the complaint names the option,
 * the value and what to try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/option.h"

static const orr_option specs[] = {
    {.name = "epochs",
     .type = ORR_TAKES_INTEGER,
     .fallback = "10",
     .least = 1,
     .most = 1000,
     .help = "passes"},
    {.name = "l2",
     .type = ORR_TAKES_NUMBER,
     .fallback = "0.5",
     .least = 0,
     .most = INFINITY,
     .help = "penalty"},
    {.name = "model",
     .type = ORR_TAKES_CHOICE,
     .fallback = "ridge",
     .choices = "ridge|knn|logistic",
     .help = "family"},
    {.name = "verbose", .type = ORR_TAKES_BOOLEAN, .fallback = "false", .help = "talk"},
    {.name = "features", .type = ORR_TAKES_TEXTS, .help = "columns"},
    {.name = "target", .type = ORR_TAKES_COLUMN, .help = "what to predict", .required = true},
};
enum { N = sizeof specs / sizeof *specs };

static const struct {
  const char *option, *text;
  const char *complaint; /* NULL: taken, and as Lua it is `lua` */
  const char *lua;
} cases[] = {
    {"epochs", "20", NULL, "20"},
    {"epochs", "2e1", NULL, "20"},
    {"epochs", "1", NULL, "1"},
    {"epochs", "1000", NULL, "1000"},
    {"epochs", "0", "epochs = 0: out of range; it must be 1 to 1000", NULL},
    {"epochs", "1001", "epochs = 1001: out of range", NULL},
    {"epochs", "2.5", "epochs: expected type integer, got a number", NULL},
    {"epochs", "many", "epochs = 'many': expected type integer", NULL},
    {"l2", "1e-3", NULL, "0.001"},
    {"l2", "3", NULL, "3.0"},
    {"l2", "-1", "l2 = -1: out of range; it must be 0 to inf", NULL},
    {"l2", "nan", "l2: not a number; give one", NULL},
    {"l2", "", "l2 = '': expected type number", NULL},
    {"model", "knn", NULL, "\"knn\""},
    {"model", "logistik", "model = 'logistik': no such choice; did you mean 'logistic'?", NULL},
    {"model", "perceptron", "model = 'perceptron': no such choice; try one of ridge|knn|logistic", NULL},
    {"verbose", "true", NULL, "true"},
    {"verbose", "yes", "verbose = 'yes': expected type boolean", NULL},
    {"features", "a,b", NULL, "{ \"a\", \"b\" }"},
    {"features", "a, b", NULL, "{ \"a\", \"b\" }"},
    {"features", "a", NULL, "{ \"a\" }"},
    {"features", "[\"a,b\", \"c\"]", NULL, "{ \"a,b\", \"c\" }"},
    {"features", "[]", NULL, "{ }"},
    {"features", "[\"a\"", "features = '[\"a\"': not a list; write [\"a\",\"b\"] or a,b", NULL},
    {"features", "[1]", "features: item 1 is an integer; expected text", NULL},
    {"target", "3", NULL, "\"3\""},
};

static const orr_option *spec_of(const char *name) {
  for (size_t i = 0; i < N; i++)
    if (!strcmp(specs[i].name, name)) return &specs[i];
  return NULL;
}

static void text_is_read_by_the_declared_type(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    orr_arena a = {0};
    orr_error e = {0};
    orr_value v;
    orr_status status = orr_option_parse(spec_of(cases[i].option), cases[i].text, &a, &v, &e);
    if (cases[i].complaint) {
      assert_int_equal(status, ORR_USAGE);
      if (!strstr(e.message, cases[i].complaint))
        fail_msg("%s = %s: %s", cases[i].option, cases[i].text, e.message);
    } else {
      orr_text lua = {0};
      if (status) fail_msg("%s = %s: %s", cases[i].option, cases[i].text, e.message);
      orr_value_to_lua(&v, NULL, NULL, &lua);
      assert_string_equal(lua.data, cases[i].lua);
      orr_text_fini(&lua);
    }
    orr_arena_fini(&a);
  }
}

static orr_status init(orr_arena *a, orr_pair *pairs, size_t n, orr_options *o, orr_value *rest,
                       orr_error *e) {
  orr_value given = {.kind = ORR_DICT, .count = n, .pairs = pairs};
  return orr_options_init(o, specs, N, &given, rest, a, e);
}

static void defaults_hold_where_nothing_is_given(void **state) {
  (void)state;
  orr_arena a = {0};
  orr_options o;
  orr_pair pairs[] = {{"target", orr_value_of_string("class")}, {"l2", {.kind = ORR_INTEGER, .integer = 2}}};
  assert_int_equal(init(&a, pairs, 2, &o, NULL, NULL), ORR_OK);
  assert_int_equal(orr_options_integer(&o, "epochs"), 10);
  assert_true(orr_options_number(&o, "l2") == 2);
  assert_string_equal(orr_options_text(&o, "target"), "class");
  assert_string_equal(orr_options_text(&o, "model"), "ridge");
  assert_false(orr_options_boolean(&o, "verbose"));
  assert_false(orr_options_has(&o, "features"));
  orr_arena_fini(&a);
}

static void what_is_needed_is_asked_for(void **state) {
  (void)state;
  orr_arena a = {0};
  orr_options o;
  orr_error e;
  assert_int_equal(init(&a, NULL, 0, &o, NULL, &e), ORR_USAGE);
  assert_string_equal(e.message, "target is needed: what to predict");
  orr_arena_fini(&a);
}

static void unknown_keys_are_refused_or_collected(void **state) {
  (void)state;
  orr_arena a = {0};
  orr_options o;
  orr_error e;
  orr_value rest;
  orr_pair pairs[] = {{"target", orr_value_of_string("class")}, {"epoch", orr_value_of_string("5")}};
  assert_int_equal(init(&a, pairs, 2, &o, NULL, &e), ORR_USAGE);
  assert_string_equal(e.message, "unknown option 'epoch'; did you mean 'epochs'?");
  pairs[1].key = "temperature";
  assert_int_equal(init(&a, pairs, 2, &o, NULL, &e), ORR_USAGE);
  assert_non_null(strstr(e.message, "unknown option 'temperature'; known are epochs, l2, model"));
  assert_int_equal(init(&a, pairs, 2, &o, &rest, &e), ORR_OK);
  assert_int_equal(rest.count, 1);
  assert_string_equal(rest.pairs[0].key, "temperature");
  orr_arena_fini(&a);
}

static void wrong_types_are_refused(void **state) {
  (void)state;
  orr_arena a = {0};
  orr_options o;
  orr_error e;
  orr_value items[] = {orr_value_of_string("a"), {.kind = ORR_BOOLEAN}};
  orr_pair pairs[] = {{"features", {.kind = ORR_LIST, .count = 2, .items = items}}};
  assert_int_equal(init(&a, pairs, 1, &o, NULL, &e), ORR_USAGE);
  assert_string_equal(e.message, "features: item 2 is a truth value; expected text");
  pairs[0] = (orr_pair){"target", {.kind = ORR_INTEGER, .integer = 1}};
  assert_int_equal(init(&a, pairs, 1, &o, NULL, &e), ORR_USAGE);
  assert_string_equal(e.message, "target: expected type column, got an integer");
  orr_arena_fini(&a);
}

static void rows_describe_themselves(void **state) {
  (void)state;
  orr_text out = {0};
  orr_json *all = orr_json_new_array();
  orr_json_push(all, orr_option_to_json(spec_of("epochs")));
  orr_json_push(all, orr_option_to_json(spec_of("model")));
  assert_int_equal(orr_json_print(all, false, &out, NULL), ORR_OK);
  assert_string_equal(
      out.data, "[{\"name\":\"epochs\",\"type\":\"integer\",\"default\":10,\"min\":1,\"max\":1000,\"help\":"
                "\"passes\"},{\"name\":\"model\",\"type\":\"choice\",\"default\":\"ridge\",\"choices\":"
                "[\"ridge\",\"knn\",\"logistic\"],\"help\":\"family\"}]");
  orr_text_fini(&out);
  orr_json_free(all);
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  orr_pair pairs[] = {{"target", orr_value_of_string("class")}};
  orr_status status = ORR_MEMORY;
  for (long after = 0; status && after < 100; after++) {
    orr_arena a = {0};
    orr_options o;
    orr_memory_fail_after(after);
    status = init(&a, pairs, 1, &o, NULL, NULL);
    orr_memory_fail_after(-1);
    if (status) assert_int_equal(status, ORR_MEMORY);
    orr_arena_fini(&a);
  }
  assert_int_equal(status, ORR_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_is_read_by_the_declared_type),
      cmocka_unit_test(defaults_hold_where_nothing_is_given),
      cmocka_unit_test(what_is_needed_is_asked_for),
      cmocka_unit_test(unknown_keys_are_refused_or_collected),
      cmocka_unit_test(wrong_types_are_refused),
      cmocka_unit_test(rows_describe_themselves),
      cmocka_unit_test(any_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
