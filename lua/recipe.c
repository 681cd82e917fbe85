/* Recipes; see recipe.h. */
#include "lua/recipe.h"

#include <string.h>

#include "lua/binding.h"
#include "lua/convert.h"
#include "lua/language.h"
#include "lua/tensor.h"

static const char *text_field(orr_recipe *r, int table, const char *key) {
  lua_State *L = r->lua.L;
  lua_getfield(L, table, key);
  const char *s = lua_type(L, -1) == LUA_TSTRING ? orr_arena_strdup(&r->arena, lua_tostring(L, -1)) : NULL;
  lua_pop(L, 1);
  return s;
}

static orr_status read_type(const char *name, orr_option *row, orr_error *e) {
  for (orr_option_type t = ORR_TAKES_BOOLEAN; t <= ORR_TAKES_ANY; t++)
    if (name && !strcmp(orr_option_type_name(t), name)) return row->type = t, ORR_OK;
  return orr_fail(e, ORR_RECIPE,
                  "parameter '%s': unknown type '%.40s'; try boolean, integer, number, text, choice, column, "
                  "list, file or expression",
                  row->name, name ? name : "");
}

static orr_status check_texts(const orr_option *row, const char *what, const orr_value *list, orr_error *e) {
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].kind != ORR_STRING)
      return orr_fail(e, ORR_RECIPE, "parameter '%s': item %zu of its %s is no text", row->name, i + 1, what);
  return ORR_OK;
}

/* A list of texts, as --set takes it. */
static orr_status print_list(const orr_option *row, const orr_value *v, orr_text *out, orr_error *e) {
  ORR_TRY(check_texts(row, "default", v, e));
  orr_json *list = orr_json_new_array();
  for (size_t i = 0; i < v->count; i++) orr_json_push(list, orr_json_new_string(v->items[i].string));
  orr_status status = orr_json_print(list, false, out, e);
  orr_json_free(list);
  return status;
}

/* A default of any Lua type, as --set would give it. */
static orr_status read_default(orr_recipe *r, int row_index, orr_option *row, orr_error *e) {
  lua_State *L = r->lua.L;
  orr_value v;
  orr_text text = {0};
  lua_getfield(L, row_index, "default");
  orr_status status = orr_lua_to_value(L, -1, &r->arena, &v, e);
  lua_pop(L, 1);
  if (status)
    return orr_fail(e, ORR_RECIPE, "parameter '%s': its default is no value of a parameter", row->name);
  if (v.kind == ORR_NIL) return ORR_OK;
  if (v.kind == ORR_STRING) return row->fallback = v.string, ORR_OK;
  if (v.kind == ORR_BOOLEAN) return row->fallback = v.boolean ? "true" : "false", ORR_OK;
  if (v.kind == ORR_LIST) status = print_list(row, &v, &text, e);
  else if (orr_value_is_number(&v)) orr_text_add_number(&text, orr_value_to_number(&v));
  else
    status = orr_fail(e, ORR_RECIPE, "parameter '%s': its default is %s", row->name, orr_kind_name(v.kind));
  if (!status) row->fallback = orr_arena_strdup(&r->arena, orr_text_get(&text));
  orr_text_fini(&text);
  return status ? status : row->fallback ? ORR_OK : orr_fail_memory(e, "a default", 0);
}

/* "a|b|c" as such, or a list of names. */
static orr_status read_choices(orr_recipe *r, int row_index, orr_option *row, orr_error *e) {
  lua_State *L = r->lua.L;
  orr_value v;
  orr_text text = {0};
  lua_getfield(L, row_index, "choices");
  orr_status status = orr_lua_to_value(L, -1, &r->arena, &v, e);
  lua_pop(L, 1);
  ORR_TRY(status);
  if (v.kind == ORR_STRING) row->choices = v.string;
  if (v.kind == ORR_LIST) ORR_TRY(check_texts(row, "choices", &v, e));
  for (size_t i = 0; v.kind == ORR_LIST && i < v.count; i++)
    orr_text_printf(&text, "%s%s", i ? "|" : "", v.items[i].string);
  if (text.length) row->choices = orr_arena_strdup(&r->arena, orr_text_get(&text));
  orr_text_fini(&text);
  if (row->type == ORR_TAKES_CHOICE && !row->choices)
    return orr_fail(e, ORR_RECIPE, "parameter '%s': a choice needs choices", row->name);
  return ORR_OK;
}

/* Names are keys of --set, of Lua and of the kept recipe's header: plain words. */
static orr_status read_name(orr_recipe *r, int index, orr_option *row, orr_error *e) {
  lua_State *L = r->lua.L;
  lua_rawgeti(L, index, 1);
  row->name = lua_type(L, -1) == LUA_TSTRING ? orr_arena_strdup(&r->arena, lua_tostring(L, -1)) : NULL;
  lua_pop(L, 1);
  if (!row->name)
    return orr_fail(e, ORR_RECIPE, "a parameter row has no name: write { \"name\", type = …, help = … }");
  if (*row->name &&
      !row->name[strspn(row->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")])
    return ORR_OK;
  return orr_fail(e, ORR_RECIPE, "parameter '%.60s': a name is letters, digits and _ only", row->name);
}

static orr_status read_bound(orr_recipe *r, int index, const char *key, const orr_option *row, double *out,
                             orr_error *e) {
  lua_State *L = r->lua.L;
  bool there = lua_getfield(L, index, key) != LUA_TNIL, sound = !there || lua_type(L, -1) == LUA_TNUMBER;
  *out = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return sound ? ORR_OK : orr_fail(e, ORR_RECIPE, "parameter '%s': %s is no number", row->name, key);
}

static orr_status read_row(orr_recipe *r, int index, orr_option *row, orr_error *e) {
  lua_State *L = r->lua.L;
  ORR_TRY(read_name(r, index, row, e));
  ORR_TRY(read_type(text_field(r, index, "type"), row, e));
  row->help = text_field(r, index, "help");
  if (!row->help) row->help = "";
  lua_getfield(L, index, "required"), row->required = lua_toboolean(L, -1);
  lua_pop(L, 1);
  ORR_TRY(read_bound(r, index, "min", row, &row->least, e));
  ORR_TRY(read_bound(r, index, "max", row, &row->most, e));
  ORR_TRY(read_choices(r, index, row, e));
  return read_default(r, index, row, e);
}

static orr_status read_params(orr_recipe *r, int table, orr_error *e) {
  lua_State *L = r->lua.L;
  lua_getfield(L, table, "params");
  if (lua_isnil(L, -1)) return lua_pop(L, 1), ORR_OK;
  if (!lua_istable(L, -1)) return orr_fail(e, ORR_RECIPE, "params is no table of rows");
  r->n_params = lua_rawlen(L, -1);
  ORR_TAKE(&r->arena, r->params, r->n_params, e);
  for (size_t i = 0; i < r->n_params; i++) {
    if (lua_rawgeti(L, -1, (lua_Integer)i + 1) != LUA_TTABLE)
      return orr_fail(e, ORR_RECIPE, "params: row %zu is no table", i + 1);
    ORR_TRY(read_row(r, lua_gettop(L), &r->params[i], e));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return ORR_OK;
}

static orr_status read_bundled(orr_recipe *r, int table, orr_error *e) {
  lua_State *L = r->lua.L;
  r->bundled_settings = (orr_value){.kind = ORR_DICT};
  if (lua_getfield(L, table, "bundled") != LUA_TTABLE) return lua_pop(L, 1), ORR_OK;
  int bundled = lua_gettop(L);
  r->bundled_data = text_field(r, bundled, "data");
  r->bundled_about = text_field(r, bundled, "about");
  if (r->bundled_data && strchr(r->bundled_data, '/'))
    return orr_fail(e, ORR_RECIPE, "bundled.data is a file name without folders");
  lua_getfield(L, bundled, "set");
  orr_status status =
      lua_istable(L, -1) ? orr_lua_to_value(L, -1, &r->arena, &r->bundled_settings, e) : ORR_OK;
  lua_pop(L, 2);
  return status;
}

/* Leaves the recipe's table on the stack, where run finds it. */
static orr_status read_table(orr_recipe *r, orr_error *e) {
  lua_State *L = r->lua.L;
  if (!lua_istable(L, -1))
    return orr_fail(e, ORR_RECIPE,
                    "the recipe returns %s; it must return a table with title, question, params, run",
                    luaL_typename(L, -1));
  int table = lua_gettop(L);
  bool runs = lua_getfield(L, table, "run") == LUA_TFUNCTION;
  lua_pop(L, 1);
  if (!runs) return orr_fail(e, ORR_RECIPE, "the recipe has no function `run`");
  r->title = text_field(r, table, "title");
  r->question = text_field(r, table, "question");
  if (!r->title) r->title = r->name;
  if (!r->question) r->question = "";
  ORR_TRY(read_params(r, table, e));
  return read_bundled(r, table, e);
}

static int protected_read(lua_State *L) {
  orr_recipe *r = lua_touserdata(L, 1);
  orr_error e = {0};
  lua_remove(L, 1);
  if (read_table(r, &e)) return orr_fail_in(&e, "%s.lua", r->name), orr_lua_raise(L, &e);
  return 1;
}

orr_status orr_recipe_open(orr_recipe *r, const char *body, bool is_journal, const orr_recipe_place *place,
                           orr_error *e) {
  *r = (orr_recipe){.is_journal = is_journal, .name = place->name, .title = place->name, .question = ""};
  ORR_TRY(orr_lua_init(&r->lua, place->seed, place->control, e));
  ORR_TRY(orr_lua_open_language(&r->lua, place->sugar, e));
  lua_State *L = r->lua.L;
  lua_pushcfunction(L, protected_read);
  lua_pushlightuserdata(L, r);
  ORR_TRY(orr_lua_load(&r->lua, body, strlen(body), place->shown, e));
  if (is_journal) return lua_replace(L, 1), lua_settop(L, 1), ORR_OK;
  ORR_TRY(orr_lua_call(&r->lua, 0, 1, e));
  return orr_lua_call(&r->lua, 2, 1, e);
}

/* A parameter without a value is nil; a name that is no parameter is a slip of the pen. */
static int absent_parameter(lua_State *L) {
  const orr_options *p = lua_touserdata(L, lua_upvalueindex(1));
  const char *name = luaL_checkstring(L, 2);
  orr_error e = {0};
  for (size_t i = 0; i < p->count; i++)
    if (!strcmp(p->specs[i].name, name)) return 0;
  orr_options_unknown(p->specs, p->count, "parameter", name, ORR_RECIPE, &e);
  return orr_lua_raise(L, &e);
}

/* p holds the parameters that have a value. */
static void push_parameters(lua_State *L, const orr_options *p) {
  lua_createtable(L, 0, (int)p->count);
  lua_createtable(L, 0, 1);
  lua_pushlightuserdata(L, (void *)p);
  lua_pushcclosure(L, absent_parameter, 1);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  for (size_t i = 0; i < p->count; i++) {
    if (p->values[i].kind == ORR_NIL) continue;
    orr_lua_push_value(L, &p->values[i]);
    lua_setfield(L, -2, p->specs[i].name);
  }
}

typedef struct running {
  orr_recipe *recipe;
  const orr_options *params;
} running;

static int given_data(lua_State *L) { return lua_pushvalue(L, lua_upvalueindex(1)), 1; }

/* All of a run is inside a protected call: a recipe that left no memory ends in an error, not in a panic. */
static int protected_run(lua_State *L) {
  const running *run = lua_touserdata(L, 1);
  orr_lua_push_commands(L);
  if (run->recipe->data.id) {
    orr_lua_push_handle(L, run->recipe->data);
    lua_pushcclosure(L, given_data, 1);
    lua_setfield(L, -2, "data");
  }
  if (run->recipe->is_journal) {
    lua_setglobal(L, "o");
    lua_createtable(L, 0, 16), lua_setglobal(L, "s");
    lua_pushvalue(L, 2);
    lua_call(L, 0, 0);
  } else {
    lua_getfield(L, 2, "run");
    lua_insert(L, -2);
    push_parameters(L, run->params);
    lua_call(L, 2, 0);
  }
  return 0;
}

orr_status orr_recipe_run(orr_recipe *r, orr_session *s, const orr_options *p, orr_error *e) {
  lua_State *L = r->lua.L;
  running run = {r, p};
  r->lua.session = s;
  s->tracer = (orr_tracer){orr_lua_trace, &r->lua};
  lua_pushcfunction(L, protected_run);
  lua_pushlightuserdata(L, &run);
  lua_pushvalue(L, 1);
  return orr_lua_call(&r->lua, 2, 0, e);
}

void orr_recipe_fini(orr_recipe *r) {
  orr_lua_fini(&r->lua);
  orr_arena_fini(&r->arena);
}

orr_json *orr_recipe_to_json(const orr_recipe *r) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "name", orr_json_new_string(r->name));
  orr_json_set(j, "title", orr_json_new_string(r->title));
  orr_json_set(j, "question", orr_json_new_string(r->question));
  orr_json_set(j, "bundled_data", orr_json_new_string(r->bundled_data));
  orr_json *rows = orr_json_set(j, "parameters", orr_json_new_array());
  for (size_t i = 0; i < r->n_params; i++) orr_json_push(rows, orr_option_to_json(&r->params[i]));
  return j;
}
