/* The wall around Lua: what reaches outside is not there, and neither pcall, coroutine nor
 * finaliser outlasts a stop, the limit of memory or that of instructions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lua/state.h"

typedef struct fixture {
  orr_lua lua;
  orr_control control;
  orr_error error;
} fixture;

static void start(fixture *f) {
  *f = (fixture){0};
  assert_int_equal(orr_lua_init(&f->lua, 7, &f->control, &f->error), ORR_OK);
}

static orr_status run(fixture *f, const char *text) {
  f->error = (orr_error){0};
  ORR_TRY(orr_lua_load(&f->lua, text, strlen(text), "test.lua", &f->error));
  return orr_lua_call(&f->lua, 0, 0, &f->error);
}

static orr_status run_once(const char *text, orr_error *e) {
  fixture f;
  start(&f);
  orr_status status = run(&f, text);
  *e = f.error;
  orr_lua_fini(&f.lua);
  return status;
}

/* The chunk raises where an assertion of its own fails. */
static void check(const char *text) {
  orr_error e;
  if (run_once(text, &e)) fail_msg("%s: %s", e.message, text);
}

static void check_fails(const char *text, const char *message) {
  orr_error e;
  orr_status status = run_once(text, &e);
  if (status != ORR_RECIPE || !strstr(e.message, message)) fail_msg("%s: %d, '%s'", text, status, e.message);
}

static void nothing_reaches_outside(void **state) {
  (void)state;
  static const char *const gone[] = {
      "io",     "os",         "debug",          "package", "require",     "dofile",          "loadfile",
      "load",   "loadstring", "collectgarbage", "warn",    "string.dump", "math.randomseed", "_G.io",
      "_ENV.os"};
  for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
    char text[128];
    snprintf(text, sizeof text, "assert(%s == nil, '%s is there')", gone[i], gone[i]);
    check(text);
  }
}

/* Every function there is, by name: a new one must be thought about. (Of math, which is pure, as Lua was built.) */
static void nothing_else_is_there(void **state) {
  (void)state;
  check("local known = {}\n"
        "for name in ([[assert error getmetatable ipairs next pairs pcall print rawequal rawget rawlen "
        "rawset select\n"
        "  setmetatable tonumber tostring type xpcall coroutine.close coroutine.create coroutine.isyieldable "
        "coroutine.resume\n"
        "  coroutine.running coroutine.status coroutine.wrap coroutine.yield string.byte string.char "
        "string.find string.format\n"
        "  string.gmatch string.gsub string.len string.lower string.match string.pack string.packsize "
        "string.rep string.reverse\n"
        "  string.sub string.unpack string.upper table.concat table.insert table.move table.pack "
        "table.remove table.sort\n"
        "  table.unpack utf8.char utf8.codepoint utf8.codes utf8.len utf8.offset]]):gmatch('%S+') do "
        "known[name] = true end\n"
        "for name, value in pairs(_G) do\n"
        "  if type(value) == 'function' then assert(known[name], name) end\n"
        "  if type(value) == 'table' and value ~= _G and name ~= 'math' then\n"
        "    for inner, f in pairs(value) do\n"
        "      assert(type(f) ~= 'function' or known[name .. '.' .. inner], name .. '.' .. inner)\n"
        "    end\n"
        "  end\n"
        "end");
}

static void only_text_is_loaded(void **state) {
  (void)state;
  orr_error e;
  assert_int_equal(run_once("\x1bLua", &e), ORR_RECIPE);
  assert_non_null(strstr(e.message, "binary chunk"));
  check_fails("return +", "test.lua:1: unexpected symbol");
  check_fails("local x = nil\nx.y = 1", "test.lua:2: attempt to index a nil value");
}

static void errors_of_any_kind_are_told(void **state) {
  (void)state;
  check_fails("error('so it is')", "test.lua:1: so it is");
  check_fails("error({})", "raised an error that is not text");
  check_fails("error(nil)", "raised an error that is not text");
  check_fails("error(5)", "raised an error that is not text");
  check_fails("local function f() return f() + 1 end f()", "stack overflow");
}

static void a_limit_of_instructions_ends_every_loop(void **state) {
  (void)state;
  static const char *const endless[] = {
      "while true do end",
      "while true do pcall(function() while true do end end) end",
      "local function f() while true do pcall(f) end end f()",
      "while true do xpcall(function() while true do end end, function() while true do end end) end",
      "local f = coroutine.wrap(function() while true do end end) f()",
      "local function f() while true do coroutine.resume(coroutine.create(f)) end end f()",
      "local function f() while true do pcall(coroutine.wrap(f)) end end f()",
      "setmetatable({}, { __close = 1 }) local t <close> = setmetatable({}, { __close = function() while "
      "true do end end }) while true do end",
      "string.gsub(('x'):rep(100), 'x', function() while true do end end)",
      "table.sort({3, 2, 1}, function() while true do end end)",
  };
  for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) {
    fixture f;
    start(&f);
    f.lua.instructions = ORR_LUA_INSTRUCTIONS - 1000000;
    orr_status status = run(&f, endless[i]);
    if (status != ORR_RECIPE || !f.lua.out_of_instructions) fail_msg("%s: %s", endless[i], f.error.message);
    assert_int_equal(run(&f, "local x = 1 + 1"), ORR_RECIPE); /* and stays ended */
    orr_lua_fini(&f.lua);
  }
}

/* Asked to stop from the start: the first look at the mailbox ends it. */
static void a_stop_ends_every_loop(void **state) {
  (void)state;
  static const char *const loops[] = {
      "while true do end", "while true do pcall(error) end",
      "local function f() while true do pcall(coroutine.wrap(f)) end end f()"};
  for (size_t i = 0; i < 3; i++) {
    fixture f;
    start(&f);
    orr_control_ask(&f.control, ORR_ABANDON, ORR_REASON_USER);
    assert_int_equal(run(&f, loops[i]), ORR_STOPPED);
    assert_true(f.lua.instructions < 1000000);
    orr_lua_fini(&f.lua);
  }
  fixture f;
  start(&f);
  orr_control_ask(&f.control, ORR_FINISH, ORR_REASON_DEADLINE); /* finish is the fits' affair */
  assert_int_equal(run(&f, "local n = 0 for i = 1, 1e6 do n = n + i end"), ORR_OK);
  orr_lua_fini(&f.lua);
}

/* Hooks are off while Lua runs one: an endless one could not be ended. */
static void there_are_no_finalisers(void **state) {
  (void)state;
  check_fails("setmetatable({}, { __gc = function() while true do end end })",
              "a recipe's tables take no __gc");
  check_fails("setmetatable({}, { __gc = true })", "a recipe's tables take no __gc");
  check("local m = {}\nlocal t = setmetatable({}, m)\nm.__gc = error\nm.__index = function() return 7 end\n"
        "assert(t.x == 7 and getmetatable(t) == m and setmetatable(t, nil) == t and getmetatable(t) == nil)");
  check_fails("setmetatable(1, {})", "table expected");
  check_fails("setmetatable({}, 1)", "nil or table expected");
  check_fails("setmetatable(setmetatable({}, { __metatable = false }), {})",
              "cannot change a protected metatable");
}

static void a_limit_of_memory_is_an_error(void **state) {
  (void)state;
  static const char *const hungry[] = {
      "local t = {} for i = 1, 1e9 do t[i] = i end", "local s = ('x'):rep(1 << 30)",
      "local s = 'x' while true do s = s .. s end", "local t = {} while true do t = { t } end",
      "keep = {} local ok = pcall(function() for i = 1, 1e9 do keep[i] = {} end end) error(ok)"};
  for (size_t i = 0; i < sizeof hungry / sizeof *hungry; i++) {
    fixture f;
    start(&f);
    size_t used = f.lua.memory, held = ORR_LUA_MEMORY - used - (8 << 20);
    f.lua.memory += held; /* as if most of it were in use */
    assert_int_equal(run(&f, hungry[i]), ORR_RECIPE);
    if (i < 4) assert_non_null(strstr(f.error.message, "more than 256 MiB of memory"));
    assert_true(f.lua.out_of_memory && f.lua.memory <= ORR_LUA_MEMORY);
    f.lua.memory -= held;
    orr_lua_fini(&f.lua);
    assert_int_equal(f.lua.memory, 0); /* what was counted in was counted out */
  }
}

static void draw(uint64_t seed, double out[3]) {
  orr_lua l;
  orr_error e = {0};
  static const char text[] = "return math.random(), math.random(6), math.random(-3, 3)";
  assert_int_equal(orr_lua_init(&l, seed, NULL, &e), ORR_OK);
  assert_int_equal(orr_lua_load(&l, text, strlen(text), "x", &e), ORR_OK);
  assert_int_equal(orr_lua_call(&l, 0, 3, &e), ORR_OK);
  for (int i = 0; i < 3; i++) out[i] = lua_tonumber(l.L, i - 3);
  orr_lua_fini(&l);
}

static void random_numbers_follow_the_seed(void **state) {
  (void)state;
  double a[3], b[3], c[3];
  draw(1, a), draw(1, b), draw(2, c);
  assert_memory_equal(a, b, sizeof a);
  assert_true(a[0] != c[0]);
  check("local seen = {}\n"
        "for i = 1, 1000 do\n"
        "  local u, d, s = math.random(), math.random(6), math.random(-1, 1)\n"
        "  assert(u >= 0 and u < 1 and math.type(d) == 'integer' and d >= 1 and d <= 6 and s >= -1 and s <= "
        "1)\n"
        "  seen[d] = true\n"
        "end\n"
        "assert(#seen == 6 and math.random(5, 5) == 5)\n"
        "assert(math.type(math.random(math.mininteger, math.maxinteger)) == 'integer')");
  check_fails("math.random(2, 1)", "interval is empty");
  check_fails("math.random('x')", "number expected");
}

static void print_needs_no_session(void **state) {
  (void)state;
  check("print('a', 1, nil, {}, setmetatable({}, { __tostring = function() return 'x' end }))");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_reaches_outside),
      cmocka_unit_test(nothing_else_is_there),
      cmocka_unit_test(only_text_is_loaded),
      cmocka_unit_test(errors_of_any_kind_are_told),
      cmocka_unit_test(a_limit_of_instructions_ends_every_loop),
      cmocka_unit_test(a_stop_ends_every_loop),
      cmocka_unit_test(there_are_no_finalisers),
      cmocka_unit_test(a_limit_of_memory_is_an_error),
      cmocka_unit_test(random_numbers_follow_the_seed),
      cmocka_unit_test(print_needs_no_session),
  };
  return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
