/* Values between Lua and the house; see convert.h. */
#include "lua/convert.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lua/tensor.h"

enum { MOST_DEPTH = 8 };

static const char handle_type[] = "orrery.object";

static orr_status to_value(lua_State *L, int index, int depth, orr_arena *arena, orr_value *out,
                           orr_error *e);

static orr_status to_list(lua_State *L, int index, int depth, orr_arena *arena, orr_value *out,
                          orr_error *e) {
  *out = (orr_value){.kind = ORR_LIST, .count = lua_rawlen(L, index)};
  ORR_TAKE(arena, out->items, out->count, e);
  for (size_t i = 0; i < out->count; i++) {
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    orr_status status = to_value(L, lua_gettop(L), depth + 1, arena, &out->items[i], e);
    lua_pop(L, 1);
    ORR_TRY(status);
  }
  return ORR_OK;
}

static int by_key(const void *a, const void *b) {
  return strcmp(((const orr_pair *)a)->key, ((const orr_pair *)b)->key);
}

static orr_status to_pair(lua_State *L, int depth, orr_arena *arena, orr_pair *out, orr_error *e) {
  if (lua_type(L, -2) != LUA_TSTRING)
    return orr_fail(e, ORR_USAGE, "a table of options has a key that is %s", luaL_typename(L, -2));
  out->key = orr_arena_strdup(arena, lua_tostring(L, -2));
  if (!out->key) return orr_fail_memory(e, "a key", 0);
  return to_value(L, lua_gettop(L), depth + 1, arena, &out->value, e);
}

static orr_status to_dict(lua_State *L, int index, int depth, orr_arena *arena, orr_value *out,
                          orr_error *e) {
  size_t n = 0;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) n++;
  *out = (orr_value){.kind = ORR_DICT};
  ORR_TAKE(arena, out->pairs, n, e);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    orr_status status = to_pair(L, depth, arena, &out->pairs[out->count++], e);
    if (status) return lua_pop(L, 2), status;
  }
  qsort(out->pairs, n, sizeof *out->pairs, by_key);
  return ORR_OK;
}

static orr_status to_text(lua_State *L, int index, orr_arena *arena, orr_value *out, orr_error *e) {
  size_t n;
  const char *s = lua_tolstring(L, index, &n);
  if (strlen(s) != n) return orr_fail(e, ORR_USAGE, "a text holds a zero byte");
  *out = orr_value_of_string(orr_arena_strdup(arena, s));
  return out->string ? ORR_OK : orr_fail_memory(e, "a text", n);
}

static orr_status to_table(lua_State *L, int index, int depth, orr_arena *arena, orr_value *out,
                           orr_error *e) {
  if (depth > MOST_DEPTH || !lua_checkstack(L, 8))
    return orr_fail(e, ORR_USAGE, "tables are nested too deep");
  bool list = lua_rawgeti(L, index, 1) != LUA_TNIL;
  lua_pop(L, 1);
  lua_pushnil(L);
  bool empty = !lua_next(L, index);
  if (!empty) lua_pop(L, 2);
  return list || empty ? to_list(L, index, depth, arena, out, e) : to_dict(L, index, depth, arena, out, e);
}

static orr_status to_value(lua_State *L, int index, int depth, orr_arena *arena, orr_value *out,
                           orr_error *e) {
  const orr_ref *ref = luaL_testudata(L, index, handle_type);
  *out = (orr_value){.kind = ORR_NIL};
  switch (lua_type(L, index)) {
  case LUA_TNIL: return ORR_OK;
  case LUA_TBOOLEAN:
    *out = (orr_value){.kind = ORR_BOOLEAN, .boolean = lua_toboolean(L, index)};
    return ORR_OK;
  case LUA_TNUMBER:
    if (lua_isinteger(L, index)) *out = (orr_value){.kind = ORR_INTEGER, .integer = lua_tointeger(L, index)};
    else *out = (orr_value){.kind = ORR_NUMBER, .number = lua_tonumber(L, index)};
    return ORR_OK;
  case LUA_TSTRING: return to_text(L, index, arena, out, e);
  case LUA_TTABLE: return to_table(L, index, depth, arena, out, e);
  case LUA_TFUNCTION: return orr_lua_keep_function(L, index, arena, out, e);
  default:
    if (!ref) return orr_fail(e, ORR_USAGE, "a %s cannot be given to a command", luaL_typename(L, index));
    *out = (orr_value){.kind = ORR_OBJECT, .object = *ref};
    return ORR_OK;
  }
}

orr_status orr_lua_to_value(lua_State *L, int index, orr_arena *arena, orr_value *out, orr_error *e) {
  return to_value(L, lua_absindex(L, index), 0, arena, out, e);
}

void orr_lua_push_value(lua_State *L, const orr_value *v) {
  luaL_checkstack(L, 4, "tables are nested too deep");
  switch (v->kind) {
  case ORR_NIL:
  case ORR_FUNCTION: lua_pushnil(L); break;
  case ORR_BOOLEAN: lua_pushboolean(L, v->boolean); break;
  case ORR_INTEGER: lua_pushinteger(L, v->integer); break;
  case ORR_NUMBER: lua_pushnumber(L, v->number); break;
  case ORR_STRING: lua_pushstring(L, v->string); break;
  case ORR_OBJECT: orr_lua_push_handle(L, v->object); break;
  case ORR_LIST:
  case ORR_DICT:
    lua_createtable(L, 0, 0);
    for (size_t i = 0; i < v->count; i++) {
      orr_lua_push_value(L, v->kind == ORR_DICT ? &v->pairs[i].value : &v->items[i]);
      if (v->kind == ORR_DICT) lua_setfield(L, -2, v->pairs[i].key);
      else lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
  }
}

void orr_lua_push_handle(lua_State *L, orr_ref ref) {
  orr_ref *handle = lua_newuserdatauv(L, sizeof *handle, 0);
  *handle = ref;
  luaL_setmetatable(L, handle_type);
}

void orr_lua_fill_slot(lua_State *L, orr_ref ref) {
  const orr_object *o = orr_objects_peek(&orr_lua_of(L)->session->objects, ref);
  lua_pushglobaltable(L);
  lua_pushstring(L, "s");
  if (o && lua_rawget(L, -2) == LUA_TTABLE) {
    lua_pushstring(L, o->slot);
    orr_lua_push_handle(L, ref);
    lua_rawset(L, -3);
  }
  lua_pop(L, 2);
}

static const orr_object *object_of(lua_State *L, const orr_ref *ref) {
  orr_error e = {0};
  orr_session *s = orr_lua_of(L)->session;
  const orr_object *o = s ? orr_objects_peek(&s->objects, *ref) : NULL;
  if (o) return o;
  orr_fail(&e, ORR_RECIPE, "this object was dropped; make it again before using it");
  orr_lua_raise(L, &e);
  return NULL;
}

/* table.ranges.t is { lowest, highest } of the finite numbers of the column. */
static int push_ranges(lua_State *L, const orr_table *t) {
  lua_createtable(L, 0, (int)t->n_columns);
  for (size_t i = 0; i < t->n_columns; i++) {
    double low = INFINITY, high = -INFINITY;
    if (!orr_column_is_numeric(t->columns[i])) continue;
    for (size_t row = 0; row < t->rows; row++) {
      double x = orr_column_number(t->columns[i], row);
      if (isfinite(x)) low = fmin(low, x), high = fmax(high, x);
    }
    if (low > high) continue;
    lua_createtable(L, 2, 0);
    lua_pushnumber(L, low), lua_rawseti(L, -2, 1);
    lua_pushnumber(L, high), lua_rawseti(L, -2, 2);
    lua_setfield(L, -2, t->columns[i]->name);
  }
  return 1;
}

static int table_field(lua_State *L, const orr_table *t, const char *key) {
  if (!strcmp(key, "rows")) return lua_pushinteger(L, (lua_Integer)t->rows), 1;
  if (!strcmp(key, "ranges")) return push_ranges(L, t);
  if (strcmp(key, "columns")) return 0;
  lua_createtable(L, (int)t->n_columns, 0);
  for (size_t i = 0; i < t->n_columns; i++)
    lua_pushstring(L, t->columns[i]->name), lua_rawseti(L, -2, (lua_Integer)i + 1);
  return 1;
}

static int split_field(lua_State *L, orr_ref ref, const orr_split *split, const char *key) {
  if (!strcmp(key, "rows") && ref.part) return lua_pushinteger(L, (lua_Integer)split->part[ref.part].n), 1;
  for (orr_part p = ORR_PART_TRAIN; p <= ORR_PART_TEST; p++)
    if (!strcmp(key, orr_part_name(p)))
      return orr_lua_push_handle(L, (orr_ref){ref.id, ref.generation, p}), 1;
  return 0;
}

/* scores.auc is { value = …, error = …, n = …, n_eff = … }: never a bare number. */
static int evaluation_field(lua_State *L, const orr_evaluation_object *v, const char *key) {
  const char *name = lua_pushfstring(L, "%s%s", v->prefix, key);
  const orr_number *number = orr_numbers_find(&orr_lua_of(L)->session->numbers, name);
  if (!number) return 0;
  lua_createtable(L, 0, 4);
  lua_pushnumber(L, number->value), lua_setfield(L, -2, "value");
  lua_pushnumber(L, number->error), lua_setfield(L, -2, "error");
  lua_pushnumber(L, number->n), lua_setfield(L, -2, "n");
  lua_pushnumber(L, number->n_eff), lua_setfield(L, -2, "n_eff");
  return 1;
}

static int fit_field(lua_State *L, const orr_fit_object *f, const char *key) {
  if (!strcmp(key, "family")) return lua_pushstring(L, f->members[0].family->name), 1;
  if (!strcmp(key, "steps")) return lua_pushinteger(L, (lua_Integer)f->outcome.steps), 1;
  return 0;
}

static int handle_index(lua_State *L) {
  const orr_ref *ref = luaL_checkudata(L, 1, handle_type);
  const char *key = luaL_checkstring(L, 2);
  const orr_object *o = object_of(L, ref);
  int n = o->kind == ORR_TABLE   ? table_field(L, o->table, key)
          : o->kind == ORR_SPLIT ? split_field(L, *ref, &o->split->split, key)
          : o->kind == ORR_FIT   ? fit_field(L, o->fit, key)
                                 : evaluation_field(L, o->evaluation, key);
  if (n) return n;
  orr_error e = {0};
  orr_fail(&e, ORR_RECIPE, "%s has no field '%.60s'", orr_object_kind_name(o->kind), key);
  return orr_lua_raise(L, &e);
}

static int handle_text(lua_State *L) {
  const orr_ref *ref = luaL_checkudata(L, 1, handle_type);
  const orr_object *o = object_of(L, ref);
  lua_pushfstring(L, "%s (s.%s)", orr_object_kind_name(o->kind), o->slot);
  return 1;
}

void orr_lua_open_handles(lua_State *L) {
  luaL_newmetatable(L, handle_type);
  lua_pushcfunction(L, handle_index), lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, handle_text), lua_setfield(L, -2, "__tostring");
  lua_pushboolean(L, false), lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}
