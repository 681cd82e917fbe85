/* The global `families`: what recipes ask of the model table, so that a new
 * family appears in every recipe's parameters by itself. */
#include <string.h>

#include "lua/binding.h"
#include "lua/convert.h"
#include "model/model.h"

static unsigned task_of(lua_State *L, int index) {
  static const char *const names[] = {"classification", "regression", "latent", NULL};
  return 1U << luaL_checkoption(L, index, NULL, names);
}

/* Families that a recipe builds itself are in no list. */
static bool is_for(size_t family, unsigned task) {
  return orr_families[family]->tasks & task && !(orr_families[family]->needs & ORR_NEEDS_RECIPE);
}

/* families.names "classification": the families that can do it, the simplest first. */
static int names(lua_State *L) {
  unsigned task = task_of(L, 1);
  lua_Integer n = 0;
  lua_createtable(L, 8, 0);
  for (size_t i = 0; i < orr_families_count; i++)
    if (is_for(i, task)) lua_pushstring(L, orr_families[i]->name), lua_rawseti(L, -2, ++n);
  return 1;
}

static bool known_before(size_t family, unsigned task, const char *name) {
  for (size_t i = 0; i < family; i++)
    for (size_t j = 0; is_for(i, task) && j < orr_families[i]->n_options; j++)
      if (!strcmp(orr_families[i]->options[j].name, name)) return true;
  return false;
}

/* "most leaves … (boosted_trees: 6, random_forest: 0)": one row of the recipe stands for all families that have it. */
static void push_help(lua_State *L, unsigned task, const orr_option *o) {
  luaL_Buffer b;
  const char *between = " (";
  luaL_buffinit(L, &b);
  luaL_addstring(&b, o->help);
  for (size_t i = 0; i < orr_families_count; i++)
    for (size_t j = 0; is_for(i, task) && j < orr_families[i]->n_options; j++) {
      const orr_option *row = &orr_families[i]->options[j];
      if (strcmp(row->name, o->name)) continue;
      luaL_addstring(&b, between);
      luaL_addstring(&b, orr_families[i]->name);
      luaL_addstring(&b, ": ");
      luaL_addstring(&b, row->fallback ? row->fallback : "found from the data");
      between = ", ";
    }
  luaL_addstring(&b, ")");
  luaL_pushresult(&b);
}

static void push_row(lua_State *L, unsigned task, const orr_option *o) {
  lua_createtable(L, 1, 5);
  lua_pushstring(L, o->name), lua_rawseti(L, -2, 1);
  lua_pushstring(L, orr_option_type_name(o->type)), lua_setfield(L, -2, "type");
  push_help(L, task, o), lua_setfield(L, -2, "help");
  if (o->choices) lua_pushstring(L, o->choices), lua_setfield(L, -2, "choices");
  if (o->least == o->most) return;
  lua_pushnumber(L, o->least), lua_setfield(L, -2, "min");
  lua_pushnumber(L, o->most), lua_setfield(L, -2, "max");
}

/* families.options "classification": a parameter row for every option of every family, each name once. */
static int options(lua_State *L) {
  unsigned task = task_of(L, 1);
  lua_Integer n = 0;
  lua_createtable(L, 16, 0);
  for (size_t i = 0; i < orr_families_count; i++)
    for (size_t j = 0; is_for(i, task) && j < orr_families[i]->n_options; j++) {
      const orr_option *o = &orr_families[i]->options[j];
      if (known_before(i, task, o->name)) continue;
      push_row(L, task, o);
      lua_rawseti(L, -2, ++n);
    }
  return 1;
}

/* families.settings(name, p): those of p that the family has an option for. */
static int settings(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_createtable(L, 0, 8);
  for (size_t i = 0; i < orr_families_count; i++)
    for (size_t j = 0; !strcmp(orr_families[i]->name, name) && j < orr_families[i]->n_options; j++) {
      lua_pushstring(L, orr_families[i]->options[j].name);
      lua_rawget(L, 2);
      lua_setfield(L, -2, orr_families[i]->options[j].name);
    }
  return 1;
}

void orr_lua_open_families(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"names", names}, {"options", options}, {"settings", settings}, {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_setglobal(L, "families");
}
