/* The table `o`; see binding.h. Each call takes one table: leading arguments by
 * position, the rest by name. */
#include "lua/binding.h"

#include <string.h>

#include "lua/convert.h"
#include "lua/tensor.h"
#include "session/command.h"

/* Positions 1, 2, … become the names of the command's first arguments. */
static orr_status name_positions(const orr_command *c, orr_value *list, orr_value *dict, orr_error *e) {
  for (size_t i = 0; i < list->count; i++) {
    if (list->items[i].kind == ORR_NIL) continue;
    if (i >= c->n_positional)
      return orr_fail(e, ORR_USAGE, "o.%s takes %zu values by position, got %zu; name the others", c->name,
                      c->n_positional, list->count);
    dict->pairs[dict->count++] = (orr_pair){c->args[i].name, list->items[i]};
  }
  return ORR_OK;
}

/* The call's table, part list and part dict, as one dict. */
static orr_status read_arguments(lua_State *L, const orr_command *c, orr_arena *arena, orr_value *given,
                                 orr_error *e) {
  orr_value list = {.kind = ORR_LIST}, named;
  *given = (orr_value){.kind = ORR_DICT};
  if (lua_gettop(L) == 0) return ORR_OK;
  if (lua_gettop(L) > 1 || (lua_type(L, 1) != LUA_TTABLE && lua_type(L, 1) != LUA_TSTRING))
    return orr_fail(e, ORR_USAGE, "o.%s takes one table: o.%s { … }", c->name, c->name);
  if (lua_type(L, 1) == LUA_TSTRING) { /* o.note "text" */
    lua_createtable(L, 1, 0);
    lua_insert(L, 1);
    lua_rawseti(L, 1, 1);
  }
  list.count = lua_rawlen(L, 1);
  ORR_TAKE(arena, list.items, list.count, e);
  lua_createtable(L, 0, 8);
  for (lua_pushnil(L); lua_next(L, 1);) {
    lua_Integer at = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
    if (at >= 1 && (size_t)at <= list.count) {
      ORR_TRY(orr_lua_to_value(L, -1, arena, &list.items[at - 1], e));
      lua_pop(L, 1);
    } else {
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_rawset(L, 2);
    }
  }
  ORR_TRY(orr_lua_to_value(L, 2, arena, &named, e));
  ORR_TAKE(arena, given->pairs, list.count + named.count, e);
  ORR_TRY(name_positions(c, &list, given, e));
  for (size_t i = 0; named.kind == ORR_DICT && i < named.count; i++) {
    if (orr_value_get(given, named.pairs[i].key))
      return orr_fail(e, ORR_USAGE, "o.%s: %s is given twice", c->name, named.pairs[i].key);
    given->pairs[given->count++] = named.pairs[i];
  }
  return ORR_OK;
}

static orr_status call(lua_State *L, const orr_command *c, orr_arena *arena, orr_value *result,
                       orr_error *e) {
  orr_value given;
  orr_lua *l = orr_lua_of(L);
  ORR_TRY(orr_fail_as(e, ORR_USAGE, ORR_RECIPE, read_arguments(L, c, arena, &given, e)));
  return orr_session_call(l->session, c, &given, arena, result, e);
}

static int call_command(lua_State *L) {
  const orr_command *c = lua_touserdata(L, lua_upvalueindex(1));
  orr_arena *arena = &orr_lua_of(L)->step; /* the state's, so that no Lua error can leak it */
  orr_value result = {.kind = ORR_NIL};
  orr_error e = {0};
  if (orr_lua_is_tracing(L))
    return luaL_error(L, "o.%s: no command can be called inside a loss or a layer", c->name);
  orr_arena_fini(arena);
  orr_status status = call(L, c, arena, &result, &e);
  orr_arena_fini(arena);
  orr_lua_forget_functions(L);
  if (status) {
    if (status != ORR_STOPPED) orr_fail_in(&e, "o.%s", c->name);
    return orr_lua_raise(L, &e);
  }
  if (result.kind == ORR_NIL) return 0;
  orr_lua_push_handle(L, result.object);
  if (orr_lua_of(L)->fills_slots) orr_lua_fill_slot(L, result.object);
  return 1;
}

static int unknown_command(lua_State *L) {
  const char *names[64], *word = luaL_checkstring(L, 2);
  orr_error e = {0};
  for (size_t i = 0; i < orr_commands_count; i++) names[i] = orr_commands[i]->name;
  const char *nearest = orr_text_nearest(word, names, orr_commands_count);
  if (nearest) orr_fail(&e, ORR_RECIPE, "there is no command o.%.40s; did you mean o.%s?", word, nearest);
  else orr_fail(&e, ORR_RECIPE, "there is no command o.%.40s; `orrery doctor` lists them", word);
  return orr_lua_raise(L, &e);
}

void orr_lua_push_commands(lua_State *L) {
  lua_createtable(L, 0, (int)orr_commands_count);
  for (size_t i = 0; i < orr_commands_count; i++) {
    lua_pushlightuserdata(L, (void *)orr_commands[i]);
    lua_pushcclosure(L, call_command, 1);
    lua_setfield(L, -2, orr_commands[i]->name);
  }
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, unknown_command);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
}
