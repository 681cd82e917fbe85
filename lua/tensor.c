/* Tensors in Lua; see tensor.h. Their methods are the rows of grad/tape_methods.c. */
#include "lua/tensor.h"

#include <string.h>

static const char tensor_type[] = "orrery.tensor", trace_key[] = "orrery.trace",
                  functions_key[] = "orrery.functions";

typedef struct tensor {
  int32_t entry; /* of the tape */
  orr_node node;
  unsigned trace;
} tensor;

/* The trace under way; one a state. */
typedef struct trace {
  orr_graph *graph; /* NULL: none */
  orr_tape *tape;
  unsigned number; /* of traces so far */
} trace;

static trace *trace_of(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, trace_key);
  trace *t = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return t;
}

bool orr_lua_is_tracing(lua_State *L) {
  const trace *t = trace_of(L);
  return t && t->graph;
}

static int raise(lua_State *L, const char *text) {
  orr_error e = {0};
  orr_fail(&e, ORR_RECIPE, "%s", text);
  return orr_lua_raise(L, &e);
}

static trace *at_work(lua_State *L) {
  trace *t = trace_of(L);
  if (!t->graph) raise(L, "tensors live only inside a loss or a layer that is being traced");
  return t;
}

static void push(lua_State *L, const trace *t, int32_t entry, orr_node n) {
  tensor *made = lua_newuserdatauv(L, sizeof *made, 0);
  *made = (tensor){entry, n, t->number};
  luaL_setmetatable(L, tensor_type);
}

static int32_t take_down(lua_State *L, trace *t, const orr_tape_entry *entry) {
  orr_error e = {0};
  int32_t number = 0;
  if (orr_tape_add(t->tape, entry, &number, &e)) orr_lua_raise(L, &e);
  if (orr_graph_check(t->graph, &e)) orr_lua_raise(L, &e);
  if (orr_graph_count(t->graph) > ORR_MOST_TRACED)
    raise(L, "the function and its derivatives are too large; is there an endless loop?");
  return number;
}

/* A tensor of this trace, or a number as a constant. */
static tensor take(lua_State *L, trace *t, int index) {
  if (lua_type(L, index) == LUA_TNUMBER) {
    orr_tape_entry leaf = {.argument = -1, .value = lua_tonumber(L, index)};
    orr_node n = orr_node_constant(t->graph, leaf.value);
    return (tensor){take_down(L, t, &leaf), n, t->number};
  }
  const tensor *x = luaL_testudata(L, index, tensor_type);
  if (!x) luaL_error(L, "expected a tensor or a number, not %s", luaL_typename(L, index));
  if (x->trace != t->number)
    raise(L, "this tensor belongs to another trace; make it inside the function that uses it");
  return *x;
}

/* ---- calls ---- */

static void take_number(lua_State *L, int index, orr_tape_entry *entry) {
  lua_Integer number = luaL_checkinteger(L, index);
  luaL_argcheck(L, number >= -1000000 && number <= 1000000, index, "too large");
  entry->number[entry->n_numbers++] = (int)number;
}

/* The tensors of a list; their places on the stack do not matter, as the userdata stay in the table. */
static void take_list(lua_State *L, trace *t, orr_tape_entry *entry, orr_node *x) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Unsigned n = lua_rawlen(L, 1);
  if (n < 1 || n > ORR_MOST_INPUTS)
    luaL_error(L, "%s takes 1 to %d tensors", entry->method->name, ORR_MOST_INPUTS);
  for (int i = 0; i < (int)n; i++) {
    lua_rawgeti(L, 1, i + 1);
    tensor one = take(L, t, -1);
    lua_pop(L, 1);
    entry->input[entry->n_inputs++] = one.entry, x[i] = one.node;
  }
}

static void take_inputs(lua_State *L, trace *t, orr_tape_entry *entry, orr_node *x) {
  const orr_tape_method *m = entry->method;
  int given = lua_gettop(L);
  while (given > 0 && lua_isnil(L, given)) given--;
  bool sign = m->form == ORR_WRITTEN_MINUS; /* Lua hands the operand twice */
  if (!sign && given > m->tensors + m->most_numbers)
    luaL_error(L, "%s takes %d values at most, not %d", m->name, m->tensors + m->most_numbers, given);
  for (int i = 0; i < m->tensors; i++) {
    tensor one = take(L, t, i + 1);
    entry->input[entry->n_inputs++] = one.entry, x[i] = one.node;
  }
  for (int i = m->tensors; !sign && (i < given || i < m->tensors + m->least_numbers); i++)
    take_number(L, i + 1, entry);
}

static int call_method(lua_State *L) {
  trace *t = at_work(L);
  orr_tape_entry entry = {.method = lua_touserdata(L, lua_upvalueindex(1)), .argument = -1};
  orr_node x[ORR_MOST_INPUTS];
  (entry.method->form == ORR_WRITTEN_LIST ? take_list : take_inputs)(L, t, &entry, x);
  orr_node n = orr_tape_method_make(entry.method, t->graph, x, entry.n_inputs, entry.number, entry.n_numbers);
  push(L, t, take_down(L, t, &entry), n);
  return 1;
}

/* constant(x): a number as a tensor. */
static int call_constant(lua_State *L) {
  trace *t = at_work(L);
  luaL_checknumber(L, 1);
  tensor one = take(L, t, 1);
  push(L, t, one.entry, one.node);
  return 1;
}

/* t:size(axis), a number: what is known of a shape while tracing. */
static int call_size(lua_State *L) {
  trace *t = at_work(L);
  orr_shape s = orr_shape_of(t->graph, take(L, t, 1).node);
  lua_Integer axis = luaL_checkinteger(L, 2), at = axis < 0 ? axis + s.rank : axis - 1;
  if (at < 0 || at >= s.rank) return luaL_error(L, "size of axis %d; there are %d", (int)axis, (int)s.rank);
  if (s.dim[at] == ORR_FREE)
    return raise(L, "how many rows there are is not known while tracing; use :mean(1) or :sum(1)");
  return lua_pushinteger(L, s.dim[at]), 1;
}

/* ---- the type ---- */

static int tensor_text(lua_State *L) {
  char shape[64];
  const tensor *x = luaL_checkudata(L, 1, tensor_type);
  const trace *now = trace_of(L);
  if (!now->graph || now->number != x->trace) return lua_pushstring(L, "tensor of a trace that has ended"), 1;
  orr_shape s = orr_shape_of(now->graph, x->node);
  lua_pushfstring(L, "tensor %s", orr_shape_text(&s, shape));
  return 1;
}

static int refuse_comparison(lua_State *L) {
  return raise(
      L,
      "what a tensor holds is not known while tracing: compare with a:less(b) and the like, and choose with "
      "where(condition, yes, no)");
}

static const char *nearest_method(const char *word) {
  const char *names[64];
  size_t n = 0;
  for (size_t i = 0; i < orr_tape_methods_count && n < 63; i++)
    if (orr_tape_methods[i].form == ORR_WRITTEN_METHOD) names[n++] = orr_tape_methods[i].name;
  names[n++] = "size";
  return orr_text_nearest(word, names, n);
}

/* t.name: a method; upvalue 1 is their table. */
static int find_method(lua_State *L) {
  const char *name = luaL_checkstring(L, 2), *nearest;
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  if (!(nearest = nearest_method(name))) return luaL_error(L, "a tensor has no method '%s'", name);
  orr_error e = {0};
  orr_fail(&e, ORR_RECIPE, "a tensor has no method '%.60s'; did you mean '%s'?", name, nearest);
  return orr_lua_raise(L, &e);
}

static const char *metamethod_of(const orr_tape_method *m) {
  static const char *const names[][2] = {
      {"+", "__add"}, {"-", "__sub"}, {"*", "__mul"}, {"/", "__div"}, {"^", "__pow"}};
  if (m->form == ORR_WRITTEN_MINUS) return "__unm";
  for (size_t i = 0; m->form == ORR_WRITTEN_OPERATOR && i < sizeof names / sizeof *names; i++)
    if (!strcmp(names[i][0], m->name)) return names[i][1];
  return NULL;
}

/* Methods into the table at `methods`, operators into the metatable below it, the rest into the globals. */
static void add_method(lua_State *L, int methods, const orr_tape_method *m) {
  const char *event = metamethod_of(m);
  lua_pushlightuserdata(L, (void *)m);
  lua_pushcclosure(L, call_method, 1);
  if (event) lua_setfield(L, methods - 1, event);
  else if (m->form == ORR_WRITTEN_METHOD) lua_setfield(L, methods, m->name);
  else lua_setglobal(L, m->name);
}

void orr_lua_open_tensors(lua_State *L) {
  trace *t = lua_newuserdatauv(L, sizeof *t, 0);
  *t = (trace){0};
  lua_setfield(L, LUA_REGISTRYINDEX, trace_key);
  orr_lua_forget_functions(L);
  luaL_newmetatable(L, tensor_type);
  lua_createtable(L, 0, 64);
  for (size_t i = 0; i < orr_tape_methods_count; i++) add_method(L, lua_gettop(L), &orr_tape_methods[i]);
  lua_pushcfunction(L, call_size), lua_setfield(L, -2, "size");
  lua_pushcclosure(L, find_method, 1), lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, tensor_text), lua_setfield(L, -2, "__tostring");
  lua_pushcfunction(L, refuse_comparison), lua_setfield(L, -2, "__lt");
  lua_pushcfunction(L, refuse_comparison), lua_setfield(L, -2, "__le");
  lua_pushboolean(L, false), lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  lua_register(L, "constant", call_constant);
}

/* ---- functions on their way to a command ---- */

void orr_lua_forget_functions(lua_State *L) {
  lua_createtable(L, 0, 0);
  lua_setfield(L, LUA_REGISTRYINDEX, functions_key);
}

orr_status orr_lua_keep_function(lua_State *L, int index, orr_arena *arena, orr_value *out, orr_error *e) {
  orr_function *kept;
  index = lua_absindex(L, index);
  ORR_TAKE(arena, kept, 1, e);
  if (lua_getfield(L, LUA_REGISTRYINDEX, functions_key) != LUA_TTABLE)
    return lua_pop(L, 1), orr_fail(e, ORR_USAGE, "a function cannot be given to a command");
  kept->number = (int64_t)lua_rawlen(L, -1) + 1;
  lua_pushvalue(L, index);
  lua_rawseti(L, -2, kept->number);
  lua_pop(L, 1);
  *out = (orr_value){.kind = ORR_FUNCTION, .function = kept};
  return ORR_OK;
}

/* ---- tracing ---- */

typedef struct tracing {
  trace *now;
  int64_t function;
  const orr_tape_argument *arguments;
  size_t n;
} tracing;

static void push_leaf(lua_State *L, trace *t, size_t argument, const char *field, orr_node n) {
  orr_error e = {0};
  orr_tape_entry leaf = {.argument = (int32_t)argument};
  if (field && !(leaf.field = orr_arena_strdup(t->tape->arena, field)))
    orr_fail_memory(&e, "a name", 0), orr_lua_raise(L, &e);
  push(L, t, take_down(L, t, &leaf), n);
}

/* row.name of a table of tensors; upvalues: the tracing's argument, its number, and the trace's. */
static int find_field(lua_State *L) {
  trace *t = at_work(L);
  const char *name = luaL_checkstring(L, 2);
  if ((unsigned)lua_tointeger(L, lua_upvalueindex(3)) != t->number)
    return raise(L, "this table of tensors belongs to another trace");
  const orr_tape_argument *a = lua_touserdata(L, lua_upvalueindex(1));
  for (size_t i = 0; i < a->n; i++) {
    if (strcmp(a->names[i], name)) continue;
    push_leaf(L, t, (size_t)lua_tointeger(L, lua_upvalueindex(2)), name, a->nodes[i]);
    return 1;
  }
  orr_error e = {0};
  const char *nearest = orr_text_nearest(name, a->names, a->n);
  if (nearest) orr_fail(&e, ORR_RECIPE, "%s has no '%.60s'; did you mean '%s'?", a->name, name, nearest);
  else orr_fail(&e, ORR_RECIPE, "%s has no '%.60s'", a->name, name);
  return orr_lua_raise(L, &e);
}

static void push_argument(lua_State *L, const tracing *t, size_t i) {
  const orr_tape_argument *a = &t->arguments[i];
  if (a->node) {
    push_leaf(L, t->now, i, NULL, a->node);
    return;
  }
  lua_createtable(L, 0, 0);
  lua_createtable(L, 0, 1);
  lua_pushlightuserdata(L, (void *)a);
  lua_pushinteger(L, (lua_Integer)i);
  lua_pushinteger(L, (lua_Integer)t->now->number);
  lua_pushcclosure(L, find_field, 3);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
}

static bool is_name(const char *s) {
  size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
  return n && !s[n] && n < 32;
}

/* The named tensors of the table on top of the stack. */
static void take_terms(lua_State *L, trace *t) {
  orr_error e = {0};
  orr_tape *tape = t->tape;
  size_t n = 0;
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) n++;
  if (orr_arena_take(tape->arena, n, sizeof *tape->terms, (void **)&tape->terms, &e)) orr_lua_raise(L, &e);
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
    if (!is_name(name))
      luaL_error(L, "the terms of a loss are named by letters, digits and _, up to 31 of them");
    orr_tape_term *term = &tape->terms[tape->n_terms++];
    *term = (orr_tape_term){orr_arena_strdup(tape->arena, name), take(L, t, -1).entry};
    if (!term->name) orr_fail_memory(&e, "a name", 0), orr_lua_raise(L, &e);
  }
}

/* Runs protected: pushing and taking may raise. */
static int run(lua_State *L) {
  tracing *t = lua_touserdata(L, 1);
  luaL_checkstack(L, (int)t->n + 8, "too many arguments");
  lua_getfield(L, LUA_REGISTRYINDEX, functions_key);
  if (lua_rawgeti(L, -1, t->function) != LUA_TFUNCTION) return raise(L, "the function to be traced is gone");
  for (size_t i = 0; i < t->n; i++) push_argument(L, t, i);
  lua_call(L, (int)t->n, 2);
  if (!luaL_testudata(L, -2, tensor_type))
    return luaL_error(L, "the function must return a tensor, not %s", luaL_typename(L, -2));
  t->now->tape->result = take(L, t->now, -2).entry;
  if (lua_istable(L, -1)) take_terms(L, t->now);
  else if (!lua_isnil(L, -1))
    return luaL_error(L, "after its tensor the function may return a table of terms, not %s",
                      luaL_typename(L, -1));
  return 0;
}

orr_status orr_lua_trace(void *context, int64_t function, orr_graph *g, const orr_tape_argument *arguments,
                         size_t n, orr_arena *arena, orr_tape *out, orr_error *e) {
  orr_lua *l = context;
  trace *now = trace_of(l->L);
  tracing t = {.now = now, .function = function, .arguments = arguments, .n = n};
  ORR_TRY(orr_tape_init(out, arguments, n, arena, e));
  if (now->graph) return orr_fail(e, ORR_RECIPE, "a function is being traced already");
  now->graph = g;
  now->tape = out;
  now->number++;
  lua_pushcfunction(l->L, run);
  lua_pushlightuserdata(l->L, &t);
  orr_status status = orr_lua_call(l, 1, 0, e);
  now->graph = NULL;
  now->tape = NULL;
  if (status && orr_graph_failed(g)) status = e ? (e->status = ORR_SHAPE) : ORR_SHAPE;
  if (!status) status = orr_graph_check(g, e); /* a failure that the function itself caught */
  return status ? status : orr_tape_settle(out, e);
}
