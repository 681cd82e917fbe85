/* The wall around Lua; see state.h. lauxlib.h and lua.h come with state.h. */
#include "lua/state.h"

#include <lualib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

enum { HOOK_COUNT = 10000 };

orr_lua *orr_lua_of(lua_State *L) { return *(orr_lua **)lua_getextraspace(L); }

const char *orr_lua_version(void) { return LUA_RELEASE; }

/* Lua frees through this too, so it counts what is in use. */
static void *allocate(void *context, void *block, size_t old, size_t size) {
  orr_lua *l = context;
  if (!block) old = 0;
  if (!size) {
    free(block);
    l->memory -= old;
    return NULL;
  }
  if (size > old && l->memory - old + size > ORR_LUA_MEMORY) return l->out_of_memory = true, NULL;
  void *grown = realloc(block, size);
  if (grown) l->memory += size - old;
  return grown;
}

/* Once it is time to end, every instruction raises: no pcall in a recipe can outlast it. Calls are looked
 * at too, as each coroutine counts for itself: the makers of coroutines end at the next one they make. */
static void hook(lua_State *L, lua_Debug *ar) {
  orr_lua *l = orr_lua_of(L);
  if (ar->event == LUA_HOOKCOUNT) l->instructions += HOOK_COUNT;
  bool stop = l->control && orr_control_read(l->control) == ORR_ABANDON;
  l->out_of_instructions = l->out_of_instructions || l->instructions > ORR_LUA_INSTRUCTIONS;
  if (!stop && !l->out_of_instructions) return;
  lua_sethook(L, hook, LUA_MASKCOUNT, 1);
  luaL_error(L, stop ? "stopped" : "the recipe ran for too many instructions; is there an endless loop?");
}

/* A value as text, without the address by which Lua tells tables and functions apart: it is not the same twice. */
static void push_text(lua_State *L, int index) {
  int type = lua_type(L, index);
  bool plain = type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER || type == LUA_TSTRING;
  bool own = !plain && luaL_getmetafield(L, index, "__tostring") != LUA_TNIL;
  if (own) lua_pop(L, 1);
  if (plain || own) luaL_tolstring(L, index, NULL);
  else lua_pushstring(L, lua_typename(L, type));
}

static int text_of(lua_State *L) {
  luaL_checkany(L, 1);
  push_text(L, 1);
  return 1;
}

/* print goes to the log. */
static int print_note(lua_State *L) {
  int n = lua_gettop(L);
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (int i = 1; i <= n; i++) {
    if (i > 1) luaL_addchar(&b, ' ');
    push_text(L, i);
    luaL_addvalue(&b);
  }
  luaL_pushresult(&b);
  orr_lua *l = orr_lua_of(L);
  if (l->session) orr_session_note(l->session, "%s", lua_tostring(L, -1));
  return 0;
}

/* math.random as in Lua's manual, from the run's own stream. */
static int random_number(lua_State *L) {
  orr_lua *l = orr_lua_of(L);
  if (lua_gettop(L) == 0) return lua_pushnumber(L, orr_random_uniform(&l->random)), 1;
  lua_Integer low = lua_gettop(L) == 1 ? 1 : luaL_checkinteger(L, 1),
              high = luaL_checkinteger(L, lua_gettop(L));
  luaL_argcheck(L, low <= high, lua_gettop(L), "interval is empty");
  uint64_t span = (uint64_t)high - (uint64_t)low + 1;
  uint64_t drawn = span ? orr_random_below(&l->random, span) : orr_random_below(&l->random, UINT64_MAX);
  return lua_pushinteger(L, (lua_Integer)((uint64_t)low + drawn)), 1;
}

/* setmetatable without __gc: hooks are off while a finaliser runs, so nothing could end it. */
static int set_metatable(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (lua_istable(L, 2)) {
    lua_pushstring(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "a recipe's tables take no __gc");
    lua_pop(L, 1);
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}

static int end_protected(lua_State *L, int code, lua_KContext context) {
  (void)context;
  bool good = code == LUA_OK || code == LUA_YIELD;
  if (good) return lua_pushboolean(L, true), lua_replace(L, 1), lua_gettop(L);
  lua_pcall(L, 1, 1, 0); /* what a failed handler leaves is the answer too */
  return lua_pushboolean(L, false), lua_insert(L, -2), 2;
}

/* xpcall whose handler runs after the failed call, not inside it: inside our hook nothing could end a handler. */
static int protected_call(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 2), lua_remove(L, 2), lua_insert(L, 1);
  int code = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, end_protected);
  return end_protected(L, code, 0);
}

static void remove_from(lua_State *L, const char *library, const char *const *names) {
  if (library) lua_getglobal(L, library);
  else lua_pushglobaltable(L);
  for (; *names; names++) lua_pushnil(L), lua_setfield(L, -2, *names);
  lua_pop(L, 1);
}

static void add_to(lua_State *L, const char *library, const char *name, lua_CFunction f) {
  if (library) lua_getglobal(L, library);
  else lua_pushglobaltable(L);
  lua_pushcfunction(L, f);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

/* The allow-list: these libraries, less what reaches outside or is not the same twice. */
static int open_wall(lua_State *L) {
  static const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base},        {LUA_TABLIBNAME, luaopen_table},
                                       {LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math},
                                       {LUA_UTF8LIBNAME, luaopen_utf8},  {LUA_COLIBNAME, luaopen_coroutine}};
  static const char *const base[] = {"dofile", "loadfile", "load", "collectgarbage", "warn", NULL};
  static const char *const string[] = {"dump", NULL}, *const math[] = {"randomseed", NULL};
  for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
    luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
    lua_pop(L, 1);
  }
  remove_from(L, NULL, base);
  remove_from(L, "string", string);
  remove_from(L, "math", math);
  add_to(L, "math", "random", random_number);
  add_to(L, NULL, "print", print_note);
  add_to(L, NULL, "tostring", text_of);
  add_to(L, NULL, "xpcall", protected_call);
  lua_getglobal(L, "setmetatable");
  lua_pushcclosure(L, set_metatable, 1);
  lua_setglobal(L, "setmetatable");
  return 0;
}

static void set_hook(lua_State *L) { lua_sethook(L, hook, LUA_MASKCOUNT | LUA_MASKCALL, HOOK_COUNT); }

void orr_lua_refresh(orr_lua *l) {
  l->instructions = 0;
  l->out_of_memory = l->out_of_instructions = false;
  l->error = (orr_error){0};
  set_hook(l->L);
  if (l->memory > ORR_LUA_MEMORY / 2) lua_gc(l->L, LUA_GCCOLLECT);
}

orr_status orr_lua_init(orr_lua *l, uint64_t seed, orr_control *control, orr_error *e) {
  *l = (orr_lua){.control = control, .random = orr_random_stream(seed, 0, ORR_FOR_RECIPE)};
  l->L = lua_newstate(allocate, l);
  if (!l->L) return orr_fail_memory(e, "Lua", ORR_LUA_MEMORY);
  *(orr_lua **)lua_getextraspace(l->L) = l;
  set_hook(l->L);
  lua_pushcfunction(l->L, open_wall);
  return orr_lua_call(l, 0, 0, e);
}

void orr_lua_fini(orr_lua *l) {
  if (l->L) lua_close(l->L);
  l->L = NULL;
  orr_arena_fini(&l->step);
}

orr_status orr_lua_load(orr_lua *l, const char *text, size_t n, const char *name, orr_error *e) {
  lua_pushfstring(l->L, "@%s", name);
  int code = luaL_loadbufferx(l->L, text, n, lua_tostring(l->L, -1), "t");
  lua_remove(l->L, -2);
  if (!code) return ORR_OK;
  orr_fail(e, ORR_RECIPE, "%s", lua_tostring(l->L, -1));
  if (strncmp(e->message, name, strlen(name))) orr_fail_in(e, "%s", name); /* Lua names it in most messages */
  lua_pop(l->L, 1);
  return ORR_RECIPE;
}

/* A failed command keeps its status, as long as its message is what came out at the top. */
static orr_status status_of(const orr_lua *l, const char *message) {
  if (l->control && orr_control_read(l->control) == ORR_ABANDON) return ORR_STOPPED;
  bool from_command = l->error.status && strstr(message, l->error.message);
  return from_command ? l->error.status : ORR_RECIPE;
}

orr_status orr_lua_call(orr_lua *l, int n_args, int n_results, orr_error *e) {
  int code = lua_pcall(l->L, n_args, n_results, 0);
  if (!code) return ORR_OK;
  const char *message =
      lua_type(l->L, -1) == LUA_TSTRING ? lua_tostring(l->L, -1) : NULL; /* converting may raise */
  if (!message) message = "the recipe raised an error that is not text";
  if (code == LUA_ERRMEM)
    orr_fail(e, ORR_RECIPE, "the recipe used more than %d MiB of memory for Lua values",
             ORR_LUA_MEMORY >> 20);
  else orr_fail(e, status_of(l, message), "%s", message);
  lua_pop(l->L, 1);
  return e->status;
}

int orr_lua_raise(lua_State *L, const orr_error *error) {
  orr_lua_of(L)->error = *error;
  luaL_where(L, 1);
  lua_pushstring(L, error->message);
  lua_concat(L, 2);
  return lua_error(L);
}
