/* Tracing: what a function on tensors computes is what is taken down, in any of its
 * forms (graph, Lua text, JSON), and what it gets wrong is told with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "grad/nodes.h"
#include "grad/plain.h"
#include "lua/tensor.h"

enum { ROWS = 5 };

/* A Lua state, and a graph with x[rows,3], y[rows] and the table r of y and z[rows]. */
typedef struct bench {
  orr_lua lua;
  orr_arena arena;
  orr_graph *graph;
  orr_tape tape;
  orr_error error;
} bench;

static bench b;

static const double x_values[] = {0.5, 1.2, 0.3, 0.9, 0.4,  1.1,  0.7, 0.2,
                                  0.8, 1.3, 0.6, 0.1, 0.15, 0.95, 0.35};
static const double y_values[] = {0.3, 1.4, 0.8, 0.6, 1.1}, z_values[] = {2, 0, 1, 2, 1};

static int set_up(void **state) {
  (void)state;
  b = (bench){0};
  if (orr_lua_init(&b.lua, 1, NULL, &b.error)) return -1;
  orr_lua_open_tensors(b.lua.L);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  orr_graph_free(b.graph);
  orr_lua_fini(&b.lua);
  orr_arena_fini(&b.arena);
  return 0;
}

static void make_arguments(orr_graph *g, orr_tape_argument a[3]) {
  static const char *const names[] = {"y", "z"};
  static orr_node fields[2];
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, 3));
  fields[0] = orr_node_input(g, "y", ORR_SHAPE_OF(ORR_FREE));
  fields[1] = orr_node_input(g, "z", ORR_SHAPE_OF(ORR_FREE));
  a[0] = (orr_tape_argument){.name = "x", .node = x};
  a[1] = (orr_tape_argument){.name = "y", .node = fields[0]};
  a[2] = (orr_tape_argument){.name = "r", .names = names, .nodes = fields, .n = 2};
}

/* The value of the chunk, a function, traced with x, y and r. */
static orr_status trace(const char *chunk) {
  orr_tape_argument arguments[3];
  orr_value v;
  lua_State *L = b.lua.L;
  orr_graph_free(b.graph);
  b.graph = orr_graph_new();
  b.error = (orr_error){0};
  lua_settop(L, 0);
  orr_lua_forget_functions(L);
  if (orr_lua_load(&b.lua, chunk, strlen(chunk), "mine.lua", &b.error)) return b.error.status;
  if (orr_lua_call(&b.lua, 0, 1, &b.error)) return b.error.status;
  assert_int_equal(orr_lua_keep_function(L, -1, &b.arena, &v, &b.error), ORR_OK);
  make_arguments(b.graph, arguments);
  return orr_lua_trace(&b.lua, v.function->number, b.graph, arguments, 3, &b.arena, &b.tape, &b.error);
}

static const char *text_of(const orr_tape *t) {
  orr_text text = {0};
  orr_tape_to_lua(t, &text);
  assert_false(text.failed);
  const char *kept = orr_arena_strdup(&b.arena, text.data);
  orr_text_fini(&text);
  return kept;
}

/* The tape's value[rows], or a scalar's in value[0], played into a graph of its own. Returns how many there are. */
static size_t play(const orr_tape *t, double value[ROWS * 3]) {
  orr_graph *g = orr_graph_new();
  orr_tape_argument arguments[3];
  orr_node out = 0;
  double *values;
  make_arguments(g, arguments);
  if (orr_tape_play(t, g, arguments, 3, &out, NULL, &b.error)) fail_msg("%s", b.error.message);
  orr_plain_feed feed = {.rows = ROWS, .inputs = (const double *const[]){x_values, y_values, z_values}};
  if (orr_plain_evaluate(g, &feed, &out, 1, &values, &b.arena, &b.error)) fail_msg("%s", b.error.message);
  orr_shape s = orr_shape_of(g, out);
  size_t n = orr_shape_size(&s, ROWS);
  assert_true(n <= ROWS * 3);
  memcpy(value, values, n * sizeof *value);
  orr_graph_free(g);
  return n;
}

/* Text and JSON of the tape give the same tape again, and the same numbers. */
static void check_forms(const char *what) {
  double before[ROWS * 3], after[ROWS * 3];
  size_t n = play(&b.tape, before);
  orr_tape read;
  orr_json *j = orr_tape_to_json(&b.tape), *parsed;
  orr_text json = {0};
  const char *text = text_of(&b.tape), *chunk = orr_arena_printf(&b.arena, "return %s", text);
  assert_int_equal(orr_json_print(j, false, &json, NULL), ORR_OK);
  assert_int_equal(orr_json_parse(json.data, json.length, &parsed, NULL), ORR_OK);
  if (orr_tape_from_json(parsed, &b.arena, &read, &b.error))
    fail_msg("%s: %s: %s", what, json.data, b.error.message);
  if (!b.tape.n_terms) assert_string_equal(text_of(&read), text); /* a kept layer has no terms */
  orr_json_free(j);
  orr_json_free(parsed);
  orr_text_fini(&json);
  if (trace(chunk)) fail_msg("%s: %s: %s", what, chunk, b.error.message);
  if (strcmp(text_of(&b.tape), text)) fail_msg("%s: '%s' became '%s'", what, text, text_of(&b.tape));
  assert_int_equal(play(&b.tape, after), n);
  assert_memory_equal(before, after, n * sizeof *before);
}

static void check(const char *body) {
  const char *chunk = orr_arena_printf(&b.arena, "return function(x, y, r) %s end", body);
  if (trace(chunk)) fail_msg("%s: %s", body, b.error.message);
  check_forms(body);
}

static void every_method_survives_being_written(void **state) {
  (void)state;
  for (size_t i = 0; i < orr_tape_methods_count; i++) {
    const orr_tape_method *m = &orr_tape_methods[i];
    const char *more = m->tensors == 2   ? "y"
                       : m->tensors == 3 ? "y, 0.7"
                                         : "",
               *numbers = m->most_numbers == 2 ? "2, 3" : "2";
    const char *first = !strcmp(m->name, "pick") ? "x" : !strcmp(m->name, "one_hot") ? "r.z" : "x";
    if (!strcmp(m->name, "pick")) more = "r.z";
    if (!strcmp(m->name, "clamp")) more = "0.3, 0.7";
    const char *body =
        m->form == ORR_WRITTEN_OPERATOR ? orr_arena_printf(&b.arena, "return x %s y", m->name)
        : m->form == ORR_WRITTEN_MINUS  ? "return -x"
        : m->form == ORR_WRITTEN_LIST   ? "return concatenate{ y, r.z, y * 2 }"
        : m->form == ORR_WRITTEN_FUNCTION
            ? (m->tensors == 2 ? "return grad((x:sin() * y):sum(2), x)" : "return where(y:less(1), y, r.z)")
        : m->most_numbers && m->tensors == 1
            ? orr_arena_printf(&b.arena, "return %s:%s(%s)", first, m->name, numbers)
            : orr_arena_printf(&b.arena, "return %s:%s(%s)", first, m->name, more);
    if (!strcmp(m->name, "argmax") || !strcmp(m->name, "cumsum"))
      body = orr_arena_printf(&b.arena, "return x:%s(2)", m->name);
    check(body);
    if (m->most_numbers && !m->least_numbers) check(orr_arena_printf(&b.arena, "return x:%s()", m->name));
  }
}

/* Plain numbers go through the same Lua function: what Lua makes of the signs is what is traced. */
static void signs_bind_as_in_lua(void **state) {
  (void)state;
  static const char *const bodies[] = {"y + 2 * y - y / 4",
                                       "(y + 2) * (y - 3)",
                                       "-y^2",
                                       "(-y)^2",
                                       "y - (y - (y - 1))",
                                       "(y - y) - 1",
                                       "y / (2 / y)",
                                       "y^2^y",
                                       "(y^2)^y",
                                       "2^-y",
                                       "-(-y)",
                                       "-(y * -2)",
                                       "y * -y",
                                       "1 - -y",
                                       "y^-1.5",
                                       "(2 - y)^3 / -4",
                                       "-2^y",
                                       "3 - 2 - y",
                                       "1e-300 * y * 1e300",
                                       "y * 0.1 + 1e22 * 0",
                                       "y - -0.0",
                                       "y^1 + y^4 + y^0.5 + y^-1"};
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    double value[ROWS * 3];
    const char *chunk = orr_arena_printf(&b.arena, "return function(x, y, r) return %s end", bodies[i]);
    if (trace(chunk)) fail_msg("%s: %s", bodies[i], b.error.message);
    assert_int_equal(play(&b.tape, value), ROWS);
    check_forms(bodies[i]);
    for (int row = 0; row < ROWS; row++) {
      lua_State *L = b.lua.L;
      lua_settop(L, 0);
      assert_int_equal(orr_lua_load(&b.lua, chunk, strlen(chunk), "mine.lua", &b.error), ORR_OK);
      assert_int_equal(orr_lua_call(&b.lua, 0, 1, &b.error), ORR_OK);
      lua_pushnil(L), lua_pushnumber(L, y_values[row]), lua_pushnil(L);
      assert_int_equal(orr_lua_call(&b.lua, 3, 1, &b.error), ORR_OK);
      double wanted = lua_tonumber(L, -1);
      if (!(fabs(value[row] - wanted) <= 1e-14 * (1 + fabs(wanted))))
        fail_msg("%s: %.17g is not %.17g", bodies[i], value[row], wanted);
    }
  }
}

static void check_text(const char *body, const char *text) {
  const char *chunk = orr_arena_printf(&b.arena, "return function(x, y, r) %s end", body);
  if (trace(chunk)) fail_msg("%s: %s", body, b.error.message);
  assert_string_equal(text_of(&b.tape), orr_arena_printf(&b.arena, "function(x, y, r) %s end", text));
  check_forms(body);
}

static void text_says_what_is_computed(void **state) {
  (void)state;
  check_text("local unused = y:exp() return (y - r.z)^2", "return (y - r.z)^2");
  check_text("local s = y:sin() return s * s + s", "local t1 = y:sin() return t1 * t1 + t1");
  check_text("local n = 0 for i = 1, 3 do n = n + i * y end return n", "return 0 + 1 * y + 2 * y + 3 * y");
  check_text("return constant(2) + constant(3)", "return constant(2) + 3");
  check_text("return (constant(2)):exp() * y", "return constant(2):exp() * y");
  check_text("return y:mean(), { b = y:max(), a = r.z:mean() }",
             "return y:mean(), { a = r.z:mean(), b = y:max() }");
  check_text("local t = y:exp() return t:mean(), { t = t:max() }",
             "local t1 = y:exp() return t1:mean(), { t = t1:max() }");
  check_text("return x:column(2) + x:columns(1, 2):sum(-1)", "return x:column(2) + x:columns(1, 2):sum(-1)");
  check_text("return y * math.huge", "return y * math.huge");
  check_text("return y", "return y");
}

/* More names than Lua has locals, and calls nested deeper than its parser goes. */
static void large_functions_survive_too(void **state) {
  (void)state;
  check("local s = y for i = 1, 400 do local t = (s * 0.5):sin() s = t * t + y end return s");
  check("local s = y for i = 1, 3000 do s = (s + 1):tanh() end return s");
  check("local all = 0 for i = 1, 200 do local t = (y * i):sin() all = all + t * t end return all");
}

static void derivatives_of_derivatives(void **state) {
  (void)state;
  double value[ROWS * 3];
  check("local u = (3 * y):sin() return grad(grad(u, y), y)");
  assert_int_equal(play(&b.tape, value), ROWS);
  for (int i = 0; i < ROWS; i++) assert_true(fabs(value[i] + 9 * sin(3 * y_values[i])) < 1e-13);
  check("local u = r.y^3 * r.z return grad(u, r.z) + grad(grad(u, r.y), r.z)"); /* y³ + 3 y² */
  assert_int_equal(play(&b.tape, value), ROWS);
  for (int i = 0; i < ROWS; i++) {
    double y = y_values[i];
    assert_true(fabs(value[i] - (y * y * y + 3 * y * y)) < 1e-13);
  }
}

static void check_refused(const char *body, const char *message, orr_status wanted) {
  const char *chunk = orr_arena_printf(&b.arena, "return function(x, y, r)\n%s\nend", body);
  orr_status status = trace(chunk);
  if (status != wanted) fail_msg("%s: %d, '%s'", body, status, b.error.message);
  if (!strstr(b.error.message, message)) fail_msg("%s: '%s'", body, b.error.message);
  assert_false(orr_lua_is_tracing(b.lua.L));
}

static void what_is_wrong_is_told_with_its_line(void **state) {
  (void)state;
  check_refused("return x:columns(1, 2) + x", "mine.lua:2: add: [rows, 2] and [rows, 3]", ORR_SHAPE);
  check_refused("return x:column(4)", "mine.lua:2: columns 4 to 4 of [rows, 3]", ORR_SHAPE);
  check_refused("return x:sum(3)", "mine.lua:2: sum: axis 3 of [rows, 3]", ORR_SHAPE);
  check_refused("return 5", "the function must return a tensor, not number", ORR_RECIPE);
  check_refused("", "the function must return a tensor, not nil", ORR_RECIPE);
  check_refused("return y, 5", "may return a table of terms, not number", ORR_RECIPE);
  check_refused("return y, { ['a b'] = y }", "named by letters, digits and _", ORR_RECIPE);
  check_refused("if y < 1 then return y end return x", "mine.lua:2: what a tensor holds is not known",
                ORR_RECIPE);
  check_refused("return y:squared()", "a tensor has no method 'squared'; did you mean 'square'?", ORR_RECIPE);
  check_refused("return r.w + 1", "mine.lua:2: r has no 'w'", ORR_RECIPE);
  check_refused("return y + 'a'", "expected a tensor or a number, not string", ORR_RECIPE);
  check_refused("return y + nil", "expected a tensor or a number, not nil", ORR_RECIPE);
  check_refused("return math.exp(y)", "number expected, got orrery.tensor", ORR_RECIPE);
  check_refused("return y:exp(1, 2, 3)", "exp takes 1 values at most, not 4", ORR_RECIPE);
  check_refused("return y:sum(1.5)", "number has no integer representation", ORR_RECIPE);
  check_refused("return x:size(1) + y", "how many rows there are is not known", ORR_RECIPE);
  check_refused("return concatenate{}", "concatenate takes 1 to 8 tensors", ORR_RECIPE);
  check_refused("error('mine')", "mine.lua:2: mine", ORR_RECIPE);
  check_refused("pcall(function() return x + x:columns(1, 2) end) return y", "do not go together", ORR_SHAPE);
  check_refused("coroutine.yield(y)", "yield", ORR_RECIPE);
}

static void tensors_do_not_outlive_their_trace(void **state) {
  (void)state;
  assert_int_equal(trace("return function(x, y, r) kept, table_of = y, r return y end"), ORR_OK);
  check_refused("return kept + y", "belongs to another trace", ORR_RECIPE);
  check_refused("return table_of.z + y", "belongs to another trace", ORR_RECIPE);
  static const char chunk[] = "local said = tostring(kept) assert(said == 'tensor of a trace that has "
                              "ended', said) return kept:exp()";
  assert_int_equal(orr_lua_load(&b.lua, chunk, strlen(chunk), "mine.lua", &b.error), ORR_OK);
  assert_int_equal(orr_lua_call(&b.lua, 0, 1, &b.error), ORR_RECIPE);
  assert_non_null(strstr(b.error.message, "tensors live only inside a loss or a layer"));
  assert_int_equal(trace("return function(x, y, r) assert(tostring(x) == 'tensor [rows, 3]') return y end"),
                   ORR_OK);
}

static void endless_functions_end(void **state) {
  (void)state;
  check_refused("while true do y = y + 1 end return y", "more than 20000 calls on tensors", ORR_RECIPE);
  check_refused("local u = (y:sin() * y):tanh() while true do u = grad(u * u, y) end",
                "is there an endless loop?", ORR_RECIPE);
}

static void json_is_not_trusted(void **state) {
  (void)state;
  static const char *const bad[] = {
      "{}",
      "{\"arguments\":[\"x\"],\"calls\":[],\"result\":0}",
      "{\"arguments\":[1],\"calls\":[[\"x\"]],\"result\":0}",
      "{\"arguments\":[\"x\"],\"calls\":[[\"x\"]],\"result\":1}",
      "{\"arguments\":[\"x\"],\"calls\":[[\"exp\",0]],\"result\":0}",
      "{\"arguments\":[\"x\"],\"calls\":[[\"x\"],[\"exp\",1]],\"result\":1}",
      "{\"arguments\":[\"x\"],\"calls\":[[\"x\"],[\"exp\",-1]],\"result\":1}",
      "{\"arguments\":[\"x\"],\"calls\":[[\"x\"],[\"exp\",0,0]],\"result\":1}",
      "{\"arguments\":[\"x\"],\"calls\":[[\"x\"],[\"system\",0]],\"result\":1}",
      "{\"arguments\":[\"x\"],\"calls\":[[\"x\"],[\"column\",0]],\"result\":1}",
      "{\"arguments\":[\"x\"],\"calls\":[[\"x\"],[\"column\",0,[1,2,3]]],\"result\":1}",
      "{\"arguments\":[\"x\"],\"calls\":[[\"x\"],[\"column\",0,[1.5]]],\"result\":1}",
      "{\"arguments\":[\"x\"],\"calls\":[[\"x\"],[\"+\",0,0,0,0,0,0,0,0,0,0]],\"result\":1}",
      "{\"arguments\":[\"a\",\"b\",\"c\",\"d\",\"e\"],\"calls\":[[\"a\"]],\"result\":0}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    orr_json *j;
    orr_tape t;
    assert_int_equal(orr_json_parse(bad[i], strlen(bad[i]), &j, NULL), ORR_OK);
    orr_status status = orr_tape_from_json(j, &b.arena, &t, &b.error);
    if (!status) fail_msg("%s", bad[i]);
    orr_json_free(j);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_method_survives_being_written, set_up, tear_down),
      cmocka_unit_test_setup_teardown(signs_bind_as_in_lua, set_up, tear_down),
      cmocka_unit_test_setup_teardown(text_says_what_is_computed, set_up, tear_down),
      cmocka_unit_test_setup_teardown(large_functions_survive_too, set_up, tear_down),
      cmocka_unit_test_setup_teardown(derivatives_of_derivatives, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_is_wrong_is_told_with_its_line, set_up, tear_down),
      cmocka_unit_test_setup_teardown(tensors_do_not_outlive_their_trace, set_up, tear_down),
      cmocka_unit_test_setup_teardown(endless_functions_end, set_up, tear_down),
      cmocka_unit_test_setup_teardown(json_is_not_trusted, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
