/* Settings; see settings.h. */
#include "app/settings.h"

#include "base/file.h"
#include "lua/convert.h"
#include "lua/state.h"

enum { MOST_BYTES = 1 << 20, MOST_INSTRUCTIONS = 10000000 };

static orr_status read_table(orr_lua *l, const orr_text *text, const char *name, orr_arena *arena,
                             orr_value *out, orr_error *e) {
  ORR_TRY(orr_lua_load(l, orr_text_get(text), text->length, name, e));
  l->instructions = ORR_LUA_INSTRUCTIONS - MOST_INSTRUCTIONS;
  ORR_TRY(orr_lua_call(l, 0, 1, e));
  if (!lua_istable(l->L, -1))
    return orr_fail(e, ORR_USAGE, "%s: it returns no table; write `return { … }`", name);
  orr_status status = orr_lua_to_value(l->L, lua_gettop(l->L), arena, out, e);
  if (status) return orr_fail_in(e, "%s", name);
  bool empty = out->kind == ORR_LIST && !out->count;
  if (empty) *out = (orr_value){.kind = ORR_DICT};
  return out->kind == ORR_DICT
             ? ORR_OK
             : orr_fail(e, ORR_USAGE, "%s: settings have names: { theme = \"light\" }", name);
}

orr_status orr_settings_read(const char *path, orr_arena *arena, orr_value *out, orr_error *e) {
  orr_lua l = {0};
  orr_text text = {0};
  *out = (orr_value){.kind = ORR_DICT};
  orr_status status = orr_file_read_path(path, MOST_BYTES, &text, e);
  if (!status) status = orr_lua_init(&l, 0, NULL, e);
  if (!status) status = read_table(&l, &text, orr_file_name(path), arena, out, e);
  if (status == ORR_RECIPE) status = orr_fail_as(e, ORR_RECIPE, ORR_USAGE, status);
  orr_lua_fini(&l);
  orr_text_fini(&text);
  return status;
}
