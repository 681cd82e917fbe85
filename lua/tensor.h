/* Tensors in Lua: a loss or a layer is a Lua function on them, and is traced.
 *
 * Tracing calls the function once, with tensors that stand for nodes of a
 * graph; the calls it makes are taken down on a tape, and no Lua runs when they
 * are computed. A tensor holds its place on the tape and the trace it belongs
 * to: one that outlives its trace, or strays into another, is a clear error.
 */
#ifndef ORR_LUA_TENSOR_H
#define ORR_LUA_TENSOR_H

#include "base/value.h"
#include "grad/tape.h"
#include "lua/state.h"

/* Registers the tensors' methods, and the globals grad, where, concatenate and constant. Called once. */
void orr_lua_open_tensors(lua_State *L);

/* The function at `index` as a value for a command; it is kept until orr_lua_forget_functions. */
orr_status orr_lua_keep_function(lua_State *L, int index, orr_arena *arena, orr_value *out, orr_error *e);
void orr_lua_forget_functions(lua_State *L);

/* No command may be called while a function is being traced. */
bool orr_lua_is_tracing(lua_State *L);

/* An orr_tracer's function; its context is the orr_lua. ORR_RECIPE or ORR_SHAPE, with the recipe's line, for what the
 * function gets wrong. It returns one tensor, and may return a table of others by name after it. */
orr_status orr_lua_trace(void *context, int64_t function, orr_graph *g, const orr_tape_argument *arguments,
                         size_t n, orr_arena *arena, orr_tape *out, orr_error *e);

#endif
