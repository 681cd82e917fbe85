/* orrery run: a recipe without a screen. */
#include <stdio.h>
#include <string.h>

#include "app/engine.h"
#include "app/front/front.h"
#include "app/speak.h"
#include "app/verbs/run.h"

const orr_flag orr_run_flags[] = {
    {"data", "[NAME=]SRC", "a CSV file, file.h5:/group/dataset, or - for CSV on standard input", true},
    {"load", "[NAME:]KEY=VALUE", "how a table is read, by hand: delimiter=; header=2 (see peek --help)",
     true},
    {"where", "EXPR", "keep the rows for which this is true", false},
    {"set", "KEY=VALUE", "a parameter of the recipe", true},
    {"seed", "N", "of every random choice (default 1)", false},
    {"threads", "N", "default: the CPUs this process may use; never changes the numbers", false},
    {"out", "DIR", "the run's folder (default runs/TIME-RECIPE)", false},
    {"deadline", "TIME", "end within this time, such as 25m, keeping the best so far", false},
    {"grant", "DIR", "a folder the recipe may read", true},
    {"check", "FILE", "a numbers.json that must be met; exit status 1 if not", false},
    {"json", NULL, "print one JSON object at the end", false},
    {"jsonl", NULL, "print every event as a line of JSON, the result last", false},
    {"quiet", NULL, "no talk on standard error", false},
    {"no-plots", NULL, "make no figures", false},
};
const size_t orr_run_flags_count = sizeof orr_run_flags / sizeof *orr_run_flags;

static orr_status read_job(const orr_arguments *a, const orr_place *place, orr_job *j, double *deadline,
                           orr_error *e) {
  const char *text = orr_arguments_get(a, "deadline");
  *j = (orr_job){.recipe = a->words.count ? a->words.items[0] : NULL,
                 .where = orr_arguments_get(a, "where"),
                 .out = orr_arguments_get(a, "out"),
                 .check = orr_arguments_get(a, "check"),
                 .has_seed = orr_arguments_has(a, "seed"),
                 .plots = !orr_arguments_has(a, "no-plots"),
                 .threads = place->threads,
                 .place = place};
  ORR_TRY(orr_arguments_all(a, "data", &j->data, e));
  ORR_TRY(orr_arguments_all(a, "load", &j->loads, e));
  ORR_TRY(orr_arguments_all(a, "set", &j->settings, e));
  ORR_TRY(orr_arguments_all(a, "grant", &j->grants, e));
  ORR_TRY(orr_arguments_count(a, "seed", 0, (uint64_t)1 << 53, &j->seed, e));
  ORR_TRY(orr_arguments_count(a, "threads", 1, 1024, &j->threads, e));
  return text ? orr_duration_parse(text, deadline, e) : ORR_OK;
}

/* {"schema":1,"recipe":…,"run":DIR,"status":"ok","timings":{…},"numbers":{…}}; numbers move into it. */
static orr_status print_json(orr_job *j, bool pretty, orr_error *e) {
  orr_text text = {0};
  orr_json *all = orr_json_new_object();
  orr_json_set(all, "schema", orr_json_new_integer(1));
  orr_json_set(all, "recipe", orr_json_new_string(j->recipe_name ? j->recipe_name : j->recipe));
  orr_json_set(all, "run", orr_json_new_string(j->folder));
  orr_json_set(all, "status", orr_json_new_string(j->state));
  if (j->status) orr_json_set(all, "error", orr_json_new_string(j->error.message));
  orr_json_set(all, "timings", j->timings ? j->timings : orr_json_new_object());
  orr_json_set(all, "numbers", j->numbers ? j->numbers : orr_json_new_object());
  j->timings = j->numbers = NULL;
  orr_status status = orr_json_print(all, pretty, &text, e);
  orr_text_add(&text, "\n");
  if (!status) status = orr_print(orr_text_get(&text), e);
  orr_text_fini(&text);
  orr_json_free(all);
  return status;
}

static orr_status print_report(const orr_job *j, orr_error *e) {
  orr_text page = {0};
  orr_text_add(&page, orr_text_get(&j->report));
  if (j->folder) {
    orr_text_add(&page, "\nRecord    ");
    orr_text_add_inert(&page, j->folder);
    orr_text_add(&page, "\nAgain     orrery run ");
    orr_text_add_inert(&page, j->folder);
    orr_text_add(&page, "/recipe.lua\n");
  }
  orr_status status = orr_text_check(&page, e);
  if (!status && page.length) status = orr_say_page(page.data, e);
  orr_text_fini(&page);
  return status;
}

static void show_differences(const orr_job *j) {
  const char *text = orr_text_get(&j->differences);
  orr_text line = {0};
  while (*text) {
    size_t n = strcspn(text, "\n");
    char *one = orr_strndup(text, n);
    if (one) orr_text_add_inert(&line, one);
    orr_text_add(&line, "\n");
    orr_free(one);
    text += n + (text[n] == '\n');
  }
  if (line.length) line.data[line.length - 1] = 0, orr_say_line(orr_text_get(&line));
  orr_text_fini(&line);
}

orr_status orr_run_job(orr_job *j, const orr_arguments *a, double deadline, orr_error *e) {
  bool json = orr_arguments_has(a, "json"), jsonl = orr_arguments_has(a, "jsonl");
  orr_front front = {.place = j->place, .quiet = orr_arguments_has(a, "quiet")};
  ORR_TRY(orr_engine_run(j, deadline, jsonl ? orr_front_jsonl : orr_front_plain, &front, e));
  if (!jsonl) orr_front_plain_end(&front);
  show_differences(j);
  *e = j->error;
  orr_error print = {0};
  orr_status printed = json || jsonl ? print_json(j, json && !jsonl, &print) : print_report(j, &print);
  if (j->status || !printed) return j->status;
  *e = print;
  return printed;
}

orr_status orr_run_with(const orr_arguments *a, orr_place *place, const char *recipe, orr_error *e) {
  orr_job j;
  double deadline = 0;
  orr_status status = read_job(a, place, &j, &deadline, e);
  if (recipe) j.recipe = recipe;
  if (!status) status = orr_run_job(&j, a, deadline, e);
  orr_job_fini(&j);
  return status;
}

static orr_status run(const orr_arguments *a, orr_place *place, orr_error *e) {
  return orr_run_with(a, place, NULL, e);
}

const orr_verb orr_verb_run = {
    .name = "run",
    .usage = "orrery run RECIPE [--data [NAME=]SRC] [--set KEY=VALUE] …",
    .summary = "Runs a recipe (a file, a run's folder, or a shipped name) and keeps a record that replays.",
    .flags = orr_run_flags,
    .n_flags = sizeof orr_run_flags / sizeof *orr_run_flags,
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
