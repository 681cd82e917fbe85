/* The plan of a run; see plan.h. */
#include "app/plan.h"

#include <string.h>

#include "base/file.h"
#include "data/load.h"
#include "session/journal.h"

uint64_t orr_plan_seed(const orr_job *j, const orr_recipe_file *f) {
  return j->has_seed ? j->seed : f->header.has_seed ? f->header.seed : 1;
}

/* "NAME=SRC", or SRC alone; a name is a plain word, so that paths with '=' stay paths. */
static orr_status read_source(const char *word, orr_arena *arena, orr_source *out, orr_error *e) {
  size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
  bool named = n && word[n] == '=';
  const char *path = named ? word + n + 1 : word;
  orr_locator where;
  *out = (orr_source){.name = named ? orr_arena_strndup(arena, word, n) : ""};
  if (!out->name) return orr_fail_memory(e, "a name", n);
  if (!*path) return orr_fail(e, ORR_USAGE, "--data '%s': no file is named", word);
  ORR_TRY(orr_locator_parse(path, arena, &where, e));
  return orr_load_absolute(&where, arena, &out->path, e);
}

/* "KEY=VALUE" for every table, or "NAME:KEY=VALUE" for the one of that name. */
static orr_status read_load(const char *word, orr_arena *arena, orr_source *all, size_t n, orr_error *e) {
  size_t name = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
  bool named = name && word[name] == ':', used = !n;
  for (size_t i = 0; i < n; i++) {
    if (named && (strlen(all[i].name) != name || strncmp(all[i].name, word, name))) continue;
    ORR_TRY(orr_load_parse(named ? word + name + 1 : word, arena, &all[i].options, e));
    used = true;
  }
  return used ? ORR_OK : orr_fail(e, ORR_USAGE, "--load '%.60s': no --data has that name", word);
}

static orr_status check_names(const orr_source *all, size_t n, orr_error *e) {
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < i; k++) {
      if (!strcmp(all[i].name, all[k].name))
        return orr_fail(e, ORR_USAGE, "--data is given twice%s%s; name each: --data NAME=FILE",
                        *all[i].name ? " as " : "", all[i].name);
      if (!strcmp(all[i].path, "-") && !strcmp(all[k].path, "-"))
        return orr_fail(e, ORR_USAGE, "standard input can be read once only");
    }
  return ORR_OK;
}

orr_status orr_plan_given(const orr_words *data, const orr_words *loads, orr_arena *arena, orr_source **out,
                          size_t *n, orr_error *e) {
  *n = data->count;
  ORR_TAKE(arena, *out, data->count, e);
  for (size_t i = 0; i < data->count; i++) ORR_TRY(read_source(data->items[i], arena, &(*out)[i], e));
  ORR_TRY(check_names(*out, *n, e));
  for (size_t i = 0; loads && i < loads->count; i++) ORR_TRY(read_load(loads->items[i], arena, *out, *n, e));
  return ORR_OK;
}

static const char *bundled_path(orr_plan *p, const orr_job *j, const char *file) {
  return orr_arena_printf(&p->arena, "%s/recipes/data/%s", j->place->data, orr_file_name(file));
}

static orr_status plan_sources(orr_plan *p, const orr_job *j, const orr_recipe_file *f, const orr_recipe *r,
                               orr_error *e) {
  orr_source *all;
  size_t n = 0;
  ORR_TAKE(&p->arena, all, j->data.count + f->header.n_sources + 1, e);
  for (size_t i = 0; i < j->data.count; i++) ORR_TRY(read_source(j->data.items[i], &p->arena, &all[n++], e));
  ORR_TRY(check_names(all, n, e));
  for (size_t i = 0; !j->data.count && i < f->header.n_sources; i++) {
    all[n] = f->header.sources[i];
    if (all[n].bundled) all[n].path = bundled_path(p, j, all[n].path);
    n++;
  }
  for (size_t i = 0; i < j->data.count; i++)
    for (size_t k = 0; k < f->header.n_sources; k++)
      if (!strcmp(all[i].name, f->header.sources[k].name)) all[i].expected = f->header.sources[k].expected;
  if (!n && r->bundled_data) {
    all[n++] = (orr_source){.name = "", .path = bundled_path(p, j, r->bundled_data), .bundled = true};
    p->uses_bundled = true;
  }
  for (size_t i = 0; i < j->loads.count; i++) ORR_TRY(read_load(j->loads.items[i], &p->arena, all, n, e));
  p->config.sources = all;
  p->config.n_sources = n;
  return ORR_OK;
}

static const orr_option *find_param(const orr_recipe *r, const char *key, size_t n) {
  for (size_t i = 0; i < r->n_params; i++)
    if (strlen(r->params[i].name) == n && !strncmp(r->params[i].name, key, n)) return &r->params[i];
  return NULL;
}

static orr_status apply(orr_plan *p, const orr_recipe *r, const char *key, size_t n, const char *text,
                        orr_error *e) {
  const orr_option *row = find_param(r, key, n);
  char *word = orr_arena_strndup(&p->arena, key, n);
  if (!row) return orr_options_unknown(r->params, r->n_params, "parameter", word ? word : "", ORR_USAGE, e);
  p->given[row - r->params] = true;
  return orr_option_parse(row, text, &p->arena, &p->parameters.values[row - r->params], e);
}

static orr_status apply_bundled(orr_plan *p, const orr_recipe *r, orr_error *e) {
  for (size_t i = 0; p->uses_bundled && i < r->bundled_settings.count; i++) {
    const orr_pair *pair = &r->bundled_settings.pairs[i];
    const orr_option *row = find_param(r, pair->key, strlen(pair->key));
    if (!row) return orr_fail(e, ORR_RECIPE, "bundled.set names the unknown parameter '%s'", pair->key);
    p->parameters.values[row - r->params] = pair->value;
    ORR_TRY(orr_option_check(row, &p->arena, &p->parameters.values[row - r->params], e));
  }
  return ORR_OK;
}

static orr_status apply_flags(orr_plan *p, const orr_words *settings, const orr_recipe *r, orr_error *e) {
  for (size_t i = 0; i < settings->count; i++) {
    const char *word = settings->items[i], *equals = strchr(word, '=');
    if (!equals) return orr_fail(e, ORR_USAGE, "--set '%.60s': expected KEY=VALUE", word);
    ORR_TRY(apply(p, r, word, (size_t)(equals - word), equals + 1, e));
  }
  return ORR_OK;
}

/* File parameters become absolute, so that the kept recipe finds them from anywhere. */
static orr_status make_absolute(orr_plan *p, const orr_recipe *r, orr_error *e) {
  for (size_t i = 0; i < r->n_params; i++) {
    orr_value *v = &p->parameters.values[i];
    orr_text absolute = {0};
    if (r->params[i].type != ORR_TAKES_FILE || v->kind != ORR_STRING) continue;
    ORR_TRY(orr_file_absolute(v->string, &absolute, e));
    v->string = orr_arena_strdup(&p->arena, orr_text_get(&absolute));
    orr_text_fini(&absolute);
    if (!v->string) return orr_fail_memory(e, "a path", 0);
  }
  return ORR_OK;
}

orr_status orr_plan_parameters(orr_plan *p, const orr_words *settings, const orr_recipe_file *f,
                               const orr_recipe *r, orr_error *e) {
  p->parameters = (orr_options){.specs = r->params, .count = r->n_params};
  ORR_TAKE(&p->arena, p->parameters.values, r->n_params, e);
  ORR_TAKE(&p->arena, p->given, r->n_params, e);
  for (size_t i = 0; i < r->n_params; i++)
    if (r->params[i].fallback) {
      orr_status status =
          orr_option_parse(&r->params[i], r->params[i].fallback, &p->arena, &p->parameters.values[i], e);
      if (status)
        return orr_fail(e, ORR_RECIPE, "the default of parameter '%s' does not fit its type or range",
                        r->params[i].name);
    }
  ORR_TRY(apply_bundled(p, r, e));
  for (size_t i = 0; i < f->header.n_settings; i++)
    ORR_TRY(apply(p, r, f->header.settings[i].key, strlen(f->header.settings[i].key),
                  f->header.settings[i].text, e));
  ORR_TRY(apply_flags(p, settings, r, e));
  ORR_TRY(make_absolute(p, r, e));
  for (size_t i = 0; i < r->n_params; i++)
    if (r->params[i].required && p->parameters.values[i].kind == ORR_NIL)
      return orr_fail(e, ORR_USAGE, "the parameter %s is needed (%s): --set %s=…", r->params[i].name,
                      r->params[i].help, r->params[i].name);
  return ORR_OK;
}

/* A run that is taken up: its recipe may read what lies beside the file it came from, as long as that is the same. */
static orr_status find_home(orr_plan *p, const orr_job *j, const orr_recipe_file *f, const char **home,
                            orr_error *e) {
  orr_recipe_file file = {0};
  orr_error why;
  *home = f->folder;
  if (!j->resume || !j->recipe_path || !orr_file_exists(j->recipe_path)) return ORR_OK;
  if (!orr_recipe_file_read(&file, j->recipe_path, j->place, &why) &&
      !strcmp(file.header.body, f->header.body))
    *home = orr_arena_strdup(&p->arena, file.folder);
  orr_recipe_file_fini(&file);
  return *home ? ORR_OK : orr_fail_memory(e, "a path", 0);
}

/* What the recipe may read: its own folder, granted ones, the run's folder, and files that were given for parameters
 * (a default is the recipe's own wish). */
static orr_status plan_grants(orr_plan *p, const orr_job *j, const orr_recipe_file *f, const orr_recipe *r,
                              orr_error *e) {
  const char **grants;
  size_t n = 0;
  ORR_TAKE(&p->arena, grants, j->grants.count + r->n_params + f->header.n_files + 1, e);
  for (size_t i = 0; i < f->header.n_files; i++) {
    orr_locator where;
    ORR_TRY(orr_locator_parse(f->header.files[i].path, &p->arena, &where, e));
    grants[n++] = where.file;
  }
  ORR_TRY(find_home(p, j, f, &grants[n++], e));
  for (size_t i = 0; i < j->grants.count; i++) grants[n++] = j->grants.items[i];
  for (size_t i = 0; i < r->n_params; i++)
    if (r->params[i].type == ORR_TAKES_FILE && p->given[i] && p->parameters.values[i].kind == ORR_STRING)
      grants[n++] = p->parameters.values[i].string;
  p->config.grants = grants;
  p->config.n_grants = n;
  return ORR_OK;
}

static void write_parameters(orr_plan *p) {
  p->parameters_json = orr_json_new_object();
  for (size_t i = 0; i < p->parameters.count; i++) {
    const orr_value *v = &p->parameters.values[i];
    const char *name = p->parameters.specs[i].name;
    if (v->kind != ORR_NIL) orr_header_add_setting(name, v, &p->parameters_header);
    orr_json_set(p->parameters_json, name, orr_value_to_json(v));
  }
}

orr_status orr_plan_make(orr_plan *p, const orr_job *j, const orr_recipe_file *f, const orr_recipe *r,
                         orr_error *e) {
  *p = (orr_plan){0};
  p->config = (orr_session_config){.where = j->where ? j->where : f->header.where,
                                   .seed = orr_plan_seed(j, f),
                                   .stops = f->header.stops,
                                   .n_stops = f->header.n_stops,
                                   .controls = f->header.controls,
                                   .n_controls = f->header.n_controls,
                                   .checkpoint_seconds = j->place->checkpoint_seconds,
                                   .resumes = j->resume != NULL,
                                   .files = f->header.files,
                                   .n_files = f->header.n_files,
                                   .gnuplot = j->place->gnuplot,
                                   .program = j->place->program,
                                   .plots = j->plots,
                                   .language_version = orr_lua_version(),
                                   .clock = orr_place_clock()};
  ORR_TRY(plan_sources(p, j, f, r, e));
  ORR_TRY(orr_plan_parameters(p, &j->settings, f, r, e));
  ORR_TRY(plan_grants(p, j, f, r, e));
  if (r->is_journal) orr_text_add(&p->parameters_header, ORR_JOURNAL_MARK "\n");
  write_parameters(p);
  return orr_text_check(&p->parameters_header, e);
}

void orr_plan_fini(orr_plan *p) {
  orr_json_free(p->parameters_json);
  orr_text_fini(&p->parameters_header);
  orr_arena_fini(&p->arena);
}
