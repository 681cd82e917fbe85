/* Questions about what is kept on this machine: recipes, runs, two runs side by side. */
#include <dirent.h>
#include <math.h>
#include <string.h>

#include "app/past_run.h"
#include "app/recipe_file.h"
#include "app/workbench/asking.h"
#include "base/file.h"
#include "base/vector.h"
#include "session/history.h"

enum { MOST_LISTED = 1000 };

static const char *keep(orr_arena *arena, const char *text) {
  return text ? orr_arena_strdup(arena, text) : NULL;
}

/* ---- recipes ---- */

static orr_status keep_params(const orr_recipe *r, orr_arena *arena, orr_known_recipe *out, orr_error *e) {
  orr_option *rows;
  ORR_TAKE(arena, rows, r->n_params, e);
  for (size_t i = 0; i < r->n_params; i++) {
    rows[i] = r->params[i];
    rows[i].name = keep(arena, rows[i].name);
    rows[i].help = keep(arena, rows[i].help);
    rows[i].fallback = keep(arena, rows[i].fallback);
    rows[i].choices = keep(arena, rows[i].choices);
    if (!rows[i].name || !rows[i].help) return orr_fail_memory(e, "a recipe", 0);
  }
  out->params = rows;
  out->n_params = r->n_params;
  return ORR_OK;
}

static orr_status keep_recipe(const orr_recipe *r, const orr_recipe_file *f, const char *name,
                              orr_answer *out, orr_error *e) {
  orr_arena *arena = &out->arena;
  orr_known_recipe *known = &out->recipes[out->n_recipes];
  *known = (orr_known_recipe){.name = keep(arena, name),
                              .title = keep(arena, r->title),
                              .question = keep(arena, r->question),
                              .bundled_data = keep(arena, r->bundled_data),
                              .text = keep(arena, f->header.body)};
  if (!known->name || !known->title || !known->question || !known->text)
    return orr_fail_memory(e, "a recipe", 0);
  ORR_TRY(keep_params(r, arena, known, e));
  out->n_recipes++;
  return ORR_OK;
}

/* What is no recipe is no answer; only what ends the whole question is an error. */
static orr_status add_recipe(const orr_inquiry *asked, const char *name, orr_error *e) {
  orr_recipe_file f = {0};
  orr_recipe r = {0};
  orr_error own;
  orr_status status = orr_recipe_file_read(&f, name, asked->place, &own);
  if (!status && !f.header.is_journal)
    status = orr_recipe_file_open(&f, asked->place, asked->seed, asked->control, &r, &own);
  bool is_one = !status && !f.header.is_journal;
  status = status == ORR_STOPPED ? (*e = own, status) : ORR_OK;
  if (is_one) status = keep_recipe(&r, &f, name, asked->out, e);
  orr_recipe_fini(&r);
  orr_recipe_file_fini(&f);
  return status;
}

static orr_status add_those_here(const orr_inquiry *asked, orr_error *e) {
  DIR *folder = opendir(".");
  orr_status status = ORR_OK;
  for (struct dirent *entry; folder && !status && (entry = readdir(folder));) {
    size_t n = strlen(entry->d_name);
    bool lua = n > 4 && *entry->d_name != '.' && !strcmp(entry->d_name + n - 4, ".lua");
    if (lua && asked->out->n_recipes < MOST_LISTED) status = add_recipe(asked, entry->d_name, e);
  }
  if (folder) closedir(folder);
  return status;
}

orr_status orr_answer_recipes(const orr_inquiry *asked, orr_error *e) {
  const char **names;
  size_t n;
  orr_answer *out = asked->out;
  ORR_TAKE(&out->arena, out->recipes, MOST_LISTED, e);
  ORR_TRY(orr_recipe_names(asked->place, &out->arena, &names, &n, e));
  for (size_t i = 0; i < n; i++) ORR_TRY(add_recipe(asked, names[i], e));
  return add_those_here(asked, e);
}

/* ---- runs ---- */

static orr_status add_run(void *context, const orr_past_run *run) {
  orr_answer *out = context;
  orr_arena *arena = &out->arena;
  orr_known_run *known = &out->runs[out->n_runs];
  *known = (orr_known_run){.path = keep(arena, run->path),
                           .recipe = keep(arena, run->recipe),
                           .status = keep(arena, run->status),
                           .start = keep(arena, run->start),
                           .headline = keep(arena, run->headline),
                           .there = orr_file_exists(run->path)};
  if (!known->path || !known->recipe || !known->status || !known->start || !known->headline)
    return ORR_MEMORY;
  return ++out->n_runs < MOST_LISTED ? ORR_OK : ORR_STOPPED; /* ends the walk */
}

orr_status orr_answer_runs(const orr_inquiry *asked, orr_error *e) {
  orr_answer *out = asked->out;
  ORR_TAKE(&out->arena, out->runs, MOST_LISTED, e);
  orr_status status = orr_history_list(asked->place->history, add_run, out, e);
  return status == ORR_STOPPED ? ORR_OK : status;
}

/* ---- two runs ---- */

static orr_status add_compared(orr_answer *out, const char *name, const orr_json *a, const orr_json *b,
                               orr_error *e) {
  orr_compared *c = &out->compared[out->n_compared++];
  *c = (orr_compared){.name = keep(&out->arena, name),
                      .a = orr_json_number_of(a, "value", NAN),
                      .a_error = orr_json_number_of(a, "error", NAN),
                      .b = orr_json_number_of(b, "value", NAN),
                      .b_error = orr_json_number_of(b, "error", NAN)};
  return c->name ? ORR_OK : orr_fail_memory(e, "a name", 0);
}

static orr_status compare(orr_answer *out, const orr_past *a, const orr_past *b, orr_error *e) {
  const orr_json *na = orr_json_get(a->numbers, "numbers"), *nb = orr_json_get(b->numbers, "numbers");
  ORR_TAKE(&out->arena, out->compared, orr_json_count(na) + orr_json_count(nb), e);
  for (const orr_json *j = orr_json_first(na); j; j = orr_json_next(j))
    ORR_TRY(add_compared(out, orr_json_key(j), j, orr_json_get(nb, orr_json_key(j)), e));
  for (const orr_json *j = orr_json_first(nb); j; j = orr_json_next(j))
    if (!orr_json_get(na, orr_json_key(j))) ORR_TRY(add_compared(out, orr_json_key(j), NULL, j, e));
  return ORR_OK;
}

orr_status orr_answer_compare(const orr_inquiry *asked, orr_error *e) {
  orr_past a, b = {0}; /* without a second run its numbers are alone */
  orr_status status = orr_past_open(&a, asked->q->paths[0], asked->place, e);
  if (!status && *asked->q->paths[1]) status = orr_past_open(&b, asked->q->paths[1], asked->place, e);
  if (!status) status = compare(asked->out, &a, &b, e);
  orr_past_fini(&a);
  orr_past_fini(&b);
  return status;
}
