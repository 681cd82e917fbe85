/* orrery [SRC]: the workbench. `main.c` comes here when there is a terminal and no verb. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/config.h"
#include "app/speak.h"
#include "app/tui/tui.h"
#include "app/verb.h"
#include "base/file.h"

static const orr_flag flags[] = {
    {"recipe", "NAME", "the recipe to begin with", false},
    {"load", "KEY=VALUE", "how the table is read, by hand: delimiter=; header=2 (see peek --help)", true},
    {"theme", "NAME", "dark, light, contrast, or one of your own", false},
    {"seed", "N", "of every random choice (default 1)", false},
    {"threads", "N", "default: the CPUs this process may use; never changes the numbers", false},
    {"out", "DIR", "the session's folder (default runs/TIME-session)", false},
};

static orr_status read_arguments(const orr_arguments *a, orr_tui_options *o, orr_words *loads, orr_error *e) {
  orr_workbench_config *w = &o->workbench;
  w->place = o->place;
  w->source = a->words.count ? a->words.items[0] : NULL;
  w->loads = loads;
  w->seed = 1;
  w->out = orr_arguments_get(a, "out");
  w->clock = orr_place_clock();
  o->recipe = orr_arguments_get(a, "recipe");
  o->theme = orr_arguments_get(a, "theme");
  ORR_TRY(orr_arguments_all(a, "load", loads, e));
  ORR_TRY(orr_arguments_count(a, "seed", 0, (uint64_t)1 << 53, &w->seed, e));
  uint64_t threads = o->place->threads;
  ORR_TRY(orr_arguments_count(a, "threads", 1, 1024, &threads, e));
  w->threads = (unsigned)threads;
  return ORR_OK;
}

/* A theme that was asked for by name and is not there is a mistake, not a matter of taste. */
static orr_status check_theme(const orr_tui_options *o, orr_error *e) {
  orr_theme theme;
  orr_text problems = {0};
  orr_status status = ORR_OK;
  if (o->theme) orr_config_theme(o->place, o->theme, &theme, &problems);
  if (problems.length)
    status = orr_fail(e, ORR_USAGE, "%.*s", (int)strcspn(problems.data, "\n"), problems.data);
  orr_text_fini(&problems);
  return status;
}

static orr_status say_folder(const char *folder, orr_error *e) {
  orr_text page = {0};
  if (!folder) return ORR_OK;
  orr_text_printf(&page, "Record    %s\nAgain     orrery run %s/recipe.lua\n", folder, folder);
  orr_status status = orr_say_page(orr_text_get(&page), e);
  orr_text_fini(&page);
  return status;
}

/* Whether the screen was never opened here; it leaves a mark beside the history. */
static bool is_first_time(const orr_place *place) {
  orr_text mark = {0};
  orr_text_printf(&mark, "%.*sworkbench", (int)(orr_file_name(place->history) - place->history),
                  place->history);
  bool first = mark.data && !orr_file_exists(mark.data);
  if (first) orr_file_write(mark.data, "", 0, NULL);
  orr_text_fini(&mark);
  return first;
}

static orr_status run_screen(orr_tui_options *o, orr_error *e) {
  orr_config config;
  orr_keymap keys;
  orr_text problems = {0};
  char *folder = NULL;
  orr_config_read(o->place, &config, &keys, &problems);
  o->config = &config;
  o->keys = &keys;
  o->problems = orr_text_get(&problems);
  o->first = is_first_time(o->place);
  orr_status status = orr_tui_run(o, &folder, e), said = say_folder(folder, status ? NULL : e);
  orr_free(folder);
  orr_text_fini(&problems);
  return status ? status : said;
}

static orr_status run(const orr_arguments *a, orr_place *place, orr_error *e) {
  orr_words loads = {0};
  orr_tui_options o = {.place = place};
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
    return orr_fail(e, ORR_USAGE, "the workbench needs a terminal; `orrery run` works without one");
  orr_status status = read_arguments(a, &o, &loads, e);
  if (!status) status = check_theme(&o, e);
  if (!status) status = run_screen(&o, e);
  orr_free(loads.items);
  return status;
}

const orr_verb orr_verb_workbench = {
    .name = "workbench",
    .usage = "orrery [SRC] [--recipe NAME] [--theme NAME] [--seed N] [--threads N] [--out DIR]",
    .summary = "The workbench: look at a table, train, watch, ask, and save it all as a recipe.",
    .flags = flags,
    .n_flags = sizeof flags / sizeof *flags,
    .most_words = 1,
    .run = run,
};
