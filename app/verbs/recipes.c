/* orrery recipes: what there is to run, and each one's parameters. */
#include <stdio.h>

#include "app/recipe_file.h"
#include "app/speak.h"

static orr_status open_recipe(const char *name, const orr_place *place, orr_recipe_file *f, orr_recipe *r,
                              orr_error *e) {
  orr_status status = orr_recipe_file_read(f, name, place, e);
  return status ? status : orr_recipe_file_open(f, place, 1, NULL, r, e);
}

static void add_parameter(const orr_option *o, size_t width, orr_text *out) {
  char choices[512];
  snprintf(choices, sizeof choices, "%s", o->choices ? o->choices : "");
  for (char *p = choices; *p; p++) *p = *p == '|' ? ' ' : *p;
  orr_text_printf(out, "  %s  (%s", o->name, orr_option_type_name(o->type));
  if (o->required) orr_text_add(out, ", needed");
  if (o->fallback) orr_text_printf(out, ", default %s", o->fallback);
  if (o->least != o->most) orr_text_printf(out, ", %.7g to %.7g", o->least, o->most);
  orr_text_add(out, ")\n      ");
  orr_text_add_wrapped(out, o->help, 6, 6, width);
  if (!o->choices) return;
  orr_text_add(out, "      one of ");
  orr_text_add_wrapped(out, choices, 13, 13, width);
}

static void add_one(const orr_recipe *r, size_t width, orr_text *out) {
  orr_text_printf(out, "%s: %s\n", r->name, r->title);
  orr_text_add_wrapped(out, r->question, 0, 0, width);
  orr_text_add(out, "\nParameters, given with --set NAME=VALUE:\n");
  for (size_t i = 0; i < r->n_params; i++) add_parameter(&r->params[i], width, out);
}

static orr_status list_one(const char *name, const orr_place *place, bool json, orr_text *out, orr_json *all,
                           orr_error *e) {
  orr_recipe_file f = {0};
  orr_recipe r = {0};
  orr_status status = open_recipe(name, place, &f, &r, e);
  if (!status && json) orr_json_push(all, orr_recipe_to_json(&r));
  if (!status && !json) orr_text_printf(out, "  %-18s %s\n", r.name, r.question);
  orr_recipe_fini(&r);
  orr_recipe_file_fini(&f);
  return status;
}

static orr_status list_all(const orr_place *place, bool json, orr_text *out, orr_error *e) {
  orr_arena arena = {0};
  const char **names;
  size_t n = 0;
  orr_json *all = orr_json_new_array();
  orr_status status = orr_recipe_names(place, &arena, &names, &n, e);
  for (size_t i = 0; i < n && !status; i++) status = list_one(names[i], place, json, out, all, e);
  if (!status && json) status = orr_json_print(all, true, out, e);
  if (!status) orr_text_add(out, json ? "\n" : "\n`orrery recipes NAME` lists a recipe's parameters.\n");
  orr_json_free(all);
  orr_arena_fini(&arena);
  return status;
}

static orr_status show_one(const char *name, const orr_place *place, bool json, orr_text *out, orr_error *e) {
  orr_recipe_file f = {0};
  orr_recipe r = {0};
  orr_status status = open_recipe(name, place, &f, &r, e);
  if (!status && json) {
    orr_json *j = orr_recipe_to_json(&r);
    status = orr_json_print(j, true, out, e);
    orr_text_add(out, "\n");
    orr_json_free(j);
  } else if (!status) {
    add_one(&r, place->columns < 100 ? place->columns : 100, out);
  }
  orr_recipe_fini(&r);
  orr_recipe_file_fini(&f);
  return status;
}

static orr_status run(const orr_arguments *a, orr_place *place, orr_error *e) {
  orr_text out = {0};
  bool json = orr_arguments_has(a, "json");
  orr_status status =
      a->words.count ? show_one(a->words.items[0], place, json, &out, e) : list_all(place, json, &out, e);
  if (!status) status = json ? orr_print(orr_text_get(&out), e) : orr_say_page(orr_text_get(&out), e);
  orr_text_fini(&out);
  return status;
}

static const orr_flag flags[] = {{"json", NULL, "as JSON", false}};

const orr_verb orr_verb_recipes = {
    .name = "recipes",
    .usage = "orrery recipes [NAME] [--json]",
    .summary = "Lists the shipped recipes; with a name, its parameters, defaults and help.",
    .flags = flags,
    .n_flags = sizeof flags / sizeof *flags,
    .most_words = 1,
    .run = run,
};
