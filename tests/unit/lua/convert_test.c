/* Values between Lua and the house: what goes in comes out, in an order that does not
 * depend on Lua's, and handles know their object or say that it is gone. */
#include "tests/unit/session/fixture.h"

#include "lua/convert.h"

typedef struct fixture {
  orr_lua lua;
  orr_arena arena;
  orr_error error;
} fixture;

static fixture f;

static int set_up(void **state) {
  (void)state;
  f = (fixture){0};
  orr_status status = orr_lua_init(&f.lua, 1, NULL, &f.error);
  if (!status) orr_lua_open_handles(f.lua.L);
  return status;
}

static int tear_down(void **state) {
  (void)state;
  orr_lua_fini(&f.lua);
  orr_arena_fini(&f.arena);
  return 0;
}

/* The value of a Lua expression. */
static orr_status value_of(const char *expression, orr_value *out) {
  char text[256];
  snprintf(text, sizeof text, "return %s", expression);
  f.error = (orr_error){0};
  assert_int_equal(orr_lua_load(&f.lua, text, strlen(text), "x", &f.error), ORR_OK);
  assert_int_equal(orr_lua_call(&f.lua, 0, 1, &f.error), ORR_OK);
  orr_status status = orr_lua_to_value(f.lua.L, -1, &f.arena, out, &f.error);
  lua_pop(f.lua.L, 1);
  assert_int_equal(lua_gettop(f.lua.L), 0);
  return status;
}

/* Written as Lua: keys in byte order, integers whole, numbers with a point. */
static void check(const char *expression, const char *wanted) {
  orr_value v;
  orr_text text = {0};
  if (value_of(expression, &v)) fail_msg("%s: %s", expression, f.error.message);
  orr_value_to_lua(&v, NULL, NULL, &text);
  assert_string_equal(text.data, wanted);
  orr_lua_push_value(f.lua.L, &v); /* and back again: the same */
  orr_value again;
  assert_int_equal(orr_lua_to_value(f.lua.L, -1, &f.arena, &again, &f.error), ORR_OK);
  lua_pop(f.lua.L, 1);
  text.length = 0;
  orr_value_to_lua(&again, NULL, NULL, &text);
  assert_string_equal(text.data, wanted);
  orr_text_fini(&text);
}

static void values_go_there_and_back(void **state) {
  (void)state;
  check("nil", "nil");
  check("true", "true");
  check("3", "3");
  check("3.0", "3.0");
  check("0.1 + 0.2", "0.30000000000000004");
  check("math.mininteger", "math.mininteger");
  check("-math.huge", "-math.huge");
  check("'a\\n\"b\"'", "\"a\\n\\\"b\\\"\"");
  check("{}", "{ }");
  check("{ 1, 'two', { 3.5 } }", "{ 1, \"two\", { 3.5 } }");
  check("{ b = 1, a = 2, ['end'] = { c = false } }", "{ a = 2, b = 1, [\"end\"] = { c = false } }");
  check("{ z=1, y=1, x=1, w=1, v=1, u=1, t=1, s=1, r=1 }",
        "{ r = 1, s = 1, t = 1, u = 1, v = 1, w = 1, x = 1, y = 1, z = 1 }");
}

static void check_refused(const char *expression, const char *message) {
  orr_value v;
  if (value_of(expression, &v) != ORR_USAGE || !strstr(f.error.message, message))
    fail_msg("%s: '%s'", expression, f.error.message);
}

static void what_has_no_value_is_refused(void **state) {
  (void)state;
  check_refused("print", "a function cannot be given to a command");
  check_refused("coroutine.create(print)", "a thread cannot be given");
  check_refused("'a\\0b'", "holds a zero byte");
  check_refused("{ a = 'a\\0b' }", "holds a zero byte");
  check_refused("{ [true] = 1 }", "a key that is boolean");
  check_refused("{ [2] = 1 }", "a key that is number");
  check_refused("{ a = { b = print } }", "a function cannot");
}

static void depth_has_a_limit(void **state) {
  (void)state;
  check("{{{{{{{{{1}}}}}}}}}", "{ { { { { { { { { 1 } } } } } } } } }");
  check_refused("{{{{{{{{{{1}}}}}}}}}}", "nested too deep");
  check_refused("(function() local t = {} t[1] = t return t end)()", "nested too deep");
  check_refused("(function() local t = {} t.x = t return t end)()", "nested too deep");
}

/* Metamethods of a recipe's tables are not asked. */
static void tables_are_read_as_they_are(void **state) {
  (void)state;
  check("setmetatable({ 1 }, { __index = error, __len = error, __pairs = error })", "{ 1 }");
}

static orr_status eval(const char *text, desk *over) {
  f.lua.session = &over->session;
  f.error = (orr_error){0};
  ORR_TRY(orr_lua_load(&f.lua, text, strlen(text), "x", &f.error));
  return orr_lua_call(&f.lua, 0, 0, &f.error);
}

static void set_global(const char *name, orr_ref ref) {
  orr_lua_push_handle(f.lua.L, ref);
  lua_setglobal(f.lua.L, name);
}

static void check_eval(const char *text, desk *over) {
  if (eval(text, over)) fail_msg("%s: %s", text, f.error.message);
}

static void check_eval_fails(const char *text, desk *over, const char *message) {
  if (eval(text, over) != ORR_RECIPE || !strstr(f.error.message, message))
    fail_msg("%s: %s", text, f.error.message);
}

static void handles_know_their_object(void **state) {
  (void)state;
  orr_value v;
  desk_init(&d);
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL),
          split = call(&d, "split", DICT({"data", IT(data)}, {"test", REAL(0.3)}));
  orr_ref fit = call(&d, "fit",
                     DICT({"model", TEXT("constant")}, {"on", IT(split)}, {"target", TEXT("class")})),
          test = split;
  test.part = ORR_PART_TEST;
  set_global("data", data), set_global("split", split), set_global("fit", fit);
  set_global("scores", call(&d, "evaluate", DICT({"model", IT(fit)}, {"on", IT(test)})));
  check_eval("assert(data.rows == 30 and #data.columns == 4 and data.columns[4] == 'class')", &d);
  check_eval("assert(split.test.rows == 9 and split.train.rows + split.validation.rows == 21)", &d);
  check_eval("assert(fit.family == 'constant' and fit.steps == 1)", &d);
  check_eval("assert(scores.accuracy.n == 9 and scores.accuracy.value <= 1 and scores.accuracy.error)", &d);
  check_eval("assert(tostring(split) == 'a split (s.split1)')", &d);
  check_eval_fails("return data.row", &d, "a table has no field 'row'");
  check_eval_fails("return split.tset", &d, "a split has no field 'tset'");
  check_eval_fails("return scores.nonsense", &d, "an evaluation has no field 'nonsense'");
  check_eval_fails("data.rows = 5", &d, "attempt to index");
  check_eval("assert(getmetatable(data) == false and not pcall(setmetatable, data, {}))", &d);
  f.lua.session = &d.session;
  assert_int_equal(value_of("split.test", &v), ORR_OK);
  assert_true(v.kind == ORR_OBJECT && v.object.id == split.id && v.object.part == ORR_PART_TEST);
  call(&d, "drop", DICT({"object", IT(data)}));
  check_eval_fails("return data.rows", &d, "this object was dropped");
  check_eval_fails("return tostring(data)", &d, "this object was dropped");
  desk_fini(&d);
}

#define with_lua(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      with_lua(values_go_there_and_back),  with_lua(what_has_no_value_is_refused),
      with_lua(depth_has_a_limit),         with_lua(tables_are_read_as_they_are),
      with_lua(handles_know_their_object),
  };
  return cmocka_run_group_tests_name("convert", tests, NULL, NULL);
}
