/* The table `o`: one function a command, derived from the command table. */
#ifndef ORR_LUA_BINDING_H
#define ORR_LUA_BINDING_H

#include "lua/state.h"

/* Pushes `o`. Its functions call the state's session. */
void orr_lua_push_commands(lua_State *L);

/* Sets the global `families`: names(task), options(task), settings(name, p). */
void orr_lua_open_families(lua_State *L);

#endif
