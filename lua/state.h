/* A Lua state behind a wall.
 *
 * Recipes are untrusted: text chunks only, an allow-list of functions, a limit
 * on memory and on instructions, and a hook that ends any loop once the control
 * mailbox says so. Nothing in the state can open a file, start a program, load
 * code or read the clock.
 */
#ifndef ORR_LUA_STATE_H
#define ORR_LUA_STATE_H

#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>

#include "base/random.h"

#include "session/session.h"

enum { ORR_LUA_MEMORY = 256 << 20 };       /* bytes */
#define ORR_LUA_INSTRUCTIONS 4000000000ull /* of the virtual machine, for a whole run, or a line by hand */

typedef struct orr_lua {
  lua_State *L;
  orr_session *session; /* NULL until the recipe runs */
  orr_control *control;
  size_t memory;         /* in use */
  uint64_t instructions; /* executed, to the nearest hook */
  bool out_of_memory, out_of_instructions;
  bool fills_slots;  /* what a command makes is put in the global table `s` under its slot */
  orr_error error;   /* of the last command that failed */
  orr_arena step;    /* of the command being called */
  orr_random random; /* behind math.random */
} orr_lua;

/* Address-stable: the state points back at *l. */
orr_status orr_lua_init(orr_lua *l, uint64_t seed, orr_control *control, orr_error *e);
void orr_lua_fini(orr_lua *l);

orr_lua *orr_lua_of(lua_State *L);

/* A person goes on after a chunk that ran too long: the next one may run as long again. */
void orr_lua_refresh(orr_lua *l);

/* Loads a text chunk under the name people see ("recipes/x.lua") and leaves its function on the stack. */
orr_status orr_lua_load(orr_lua *l, const char *text, size_t n, const char *name, orr_error *e);

/* Calls what is on the stack; an error becomes a status, with file and line in its message. */
orr_status orr_lua_call(orr_lua *l, int n_args, int n_results, orr_error *e);

/* The one function that raises a Lua error: message with the recipe's line before it. Never returns. */
int orr_lua_raise(lua_State *L, const orr_error *error);

const char *orr_lua_version(void);

#endif
