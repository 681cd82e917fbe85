/* The language; see language.h. */
#include "lua/language.h"

#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "lua/binding.h"
#include "lua/convert.h"
#include "lua/tensor.h"

#define LINE_NAME "line"

enum { MOST_SUGAR = 1 << 20 };

/* The sugar in Lua: trusted files, run behind the same wall. */
static orr_status load_sugar(orr_lua *l, const char *folder, const char *file, orr_error *e) {
  orr_text path = {0}, text = {0};
  orr_text_printf(&path, "%s/%s", folder, file);
  orr_status status = orr_file_read_path(orr_text_get(&path), MOST_SUGAR, &text, e);
  if (!status) status = orr_lua_load(l, orr_text_get(&text), text.length, file, e);
  if (!status) status = orr_lua_call(l, 0, 0, e);
  orr_text_fini(&path);
  orr_text_fini(&text);
  return status;
}

orr_status orr_lua_open_language(orr_lua *l, const char *sugar, orr_error *e) {
  static const char *const files[] = {"order.lua", "params.lua", "nn.lua"};
  orr_lua_open_handles(l->L);
  orr_lua_open_families(l->L);
  orr_lua_open_tensors(l->L);
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) ORR_TRY(load_sugar(l, sugar, files[i], e));
  return ORR_OK;
}

/* Kept where no line can reach them: a slip such as s = 3 lasts for its own line. */
static const char commands_key[] = "orrery.commands", slots_key[] = "orrery.slots";

static int restore_globals(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, commands_key);
  lua_setglobal(L, "o");
  lua_getfield(L, LUA_REGISTRYINDEX, slots_key);
  lua_setglobal(L, "s");
  return 0;
}

static int open_globals(lua_State *L) {
  orr_lua_push_commands(L);
  lua_setfield(L, LUA_REGISTRYINDEX, commands_key);
  lua_createtable(L, 0, 16);
  lua_setfield(L, LUA_REGISTRYINDEX, slots_key);
  return 0;
}

orr_status orr_lua_open_lines(orr_lua *l, orr_session *s, const char *sugar, orr_error *e) {
  ORR_TRY(orr_lua_open_language(l, sugar, e));
  l->session = s;
  l->fills_slots = true;
  s->tracer = (orr_tracer){orr_lua_trace, l};
  lua_pushcfunction(l->L, open_globals);
  ORR_TRY(orr_lua_call(l, 0, 0, e));
  lua_pushcfunction(l->L, restore_globals);
  return orr_lua_call(l, 0, 0, e);
}

/* "line:1: what is wrong" says nothing with its first words. */
static void drop_position(orr_error *e) {
  size_t n = strlen(LINE_NAME);
  while (!strncmp(e->message, LINE_NAME ":", n + 1) && isdigit((unsigned char)e->message[n + 1])) {
    const char *end = e->message + n + 1;
    while (isdigit((unsigned char)*end)) end++;
    if (strncmp(end, ": ", 2)) return;
    memmove(e->message, end + 2, strlen(end + 2) + 1);
  }
}

orr_status orr_lua_run_line(orr_lua *l, const char *line, orr_error *e) {
  orr_lua_refresh(l);
  l->session->tracer = (orr_tracer){orr_lua_trace, l};
  lua_settop(l->L, 0);
  lua_pushcfunction(l->L, restore_globals);
  ORR_TRY(orr_lua_call(l, 0, 0, e));
  orr_status status = orr_lua_load(l, line, strlen(line), LINE_NAME, e);
  if (!status) status = orr_lua_call(l, 0, 0, e);
  if (status) drop_position(e);
  return status;
}

static int fill(lua_State *L) {
  const orr_objects *all = &orr_lua_of(L)->session->objects;
  for (size_t id = (size_t)lua_tointeger(L, 1); id < all->count; id++)
    if (id && all->items[id].kind != ORR_NO_OBJECT)
      orr_lua_fill_slot(L, (orr_ref){.id = (uint32_t)id, .generation = all->items[id].generation});
  return 0;
}

orr_status orr_lua_fill_slots(orr_lua *l, size_t from, orr_error *e) {
  lua_pushcfunction(l->L, fill);
  lua_pushinteger(l->L, (lua_Integer)from);
  return orr_lua_call(l, 1, 0, e);
}
