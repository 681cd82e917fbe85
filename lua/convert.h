/* Values between Lua and the house, and the handles that stand for objects. */
#ifndef ORR_LUA_CONVERT_H
#define ORR_LUA_CONVERT_H

#include "base/option.h"
#include "lua/state.h"

/* The value at `index`; tables with [1] (and empty ones) are lists, others dicts with their keys in byte order. */
orr_status orr_lua_to_value(lua_State *L, int index, orr_arena *arena, orr_value *out, orr_error *e);
void orr_lua_push_value(lua_State *L, const orr_value *v);

/* Registers the handle's metatable; called once. */
void orr_lua_open_handles(lua_State *L);
void orr_lua_push_handle(lua_State *L, orr_ref ref);

/* s.fit1 = the object, in the global table `s` whatever it holds by now. */
void orr_lua_fill_slot(lua_State *L, orr_ref ref);

#endif
