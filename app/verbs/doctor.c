/* orrery doctor: what this program is made of, where its things are, and what is missing. */
#include <stdio.h>
#include <string.h>

#include "app/config.h"
#include "app/speak.h"
#include "app/tui/term.h"
#include "app/verb.h"
#include "base/file.h"
#include "data/expression.h"
#include "lua/state.h"
#include "model/model.h"
#include "plot/ladder.h"
#include "plot/kind.h"
#include "session/command.h"
#include "session/provenance.h"

static void add_versions(orr_text *out) {
  orr_json *versions = orr_provenance_versions(orr_lua_version());
  for (const orr_json *j = orr_json_first(versions); j; j = orr_json_next(j))
    if (orr_json_string(j)) orr_text_printf(out, "  %-14s %s\n", orr_json_key(j), orr_json_string(j));
  orr_json_free(versions);
}

/* "  name   help", the help wrapped beside the names. */
static void add_row(orr_text *out, const orr_place *place, const char *name, const char *help) {
  enum { NAMES = 21 };
  orr_text_printf(out, "  %-*s", NAMES - 2, name);
  if (strlen(name) > NAMES - 3) orr_text_printf(out, "\n%*s", NAMES, "");
  orr_text_add_wrapped(out, help, NAMES, NAMES, place->columns < 100 ? place->columns : 100);
}

static void add_function(orr_text *out, const orr_place *place, size_t i) {
  const char *name, *usage, *help;
  orr_expression_function_help(i, &name, &usage, &help);
  add_row(out, place, usage, help);
}

static void add_places(const orr_place *p, orr_text *out) {
  orr_text_printf(out, "  %-14s %s\n", "recipes", p->data);
  orr_text_printf(out, "  %-14s %s\n", "history", p->history);
  orr_text_printf(out, "  %-14s %s\n", "gnuplot",
                  p->gnuplot
                      ? p->gnuplot
                      : "not installed: figures are written without pictures (apt install gnuplot-nox)");
  orr_text_printf(out, "  %-14s %u usable, numerics of kind %s\n", "CPUs", p->threads, orr_provenance_cpu());
}

static void add_terminal(const orr_place *p, orr_text *out) {
  orr_term_facts facts;
  bool known = p->term && orr_term_look(p->no_colour, &facts);
  orr_text_printf(out, "  %-14s %s", "TERM", p->term ? p->term : "not set");
  if (known)
    orr_text_printf(out, ": %s, %s", orr_depth_name(facts.depth), facts.utf8 ? "UTF-8" : "ASCII only");
  else orr_text_add(out, ": not known here, the workbench needs one that is");
  if (known && facts.width) orr_text_printf(out, ", %d × %d", facts.width, facts.height);
  orr_text_printf(out, "%s%s%s\n", p->tmux ? ", inside tmux or screen" : "", p->remote ? ", over SSH" : "",
                  p->no_colour ? ", NO_COLOR is set" : "");
  orr_ladder ladder;
  orr_plot_facts plots = {.display = p->display,
                          .term = p->term,
                          .program = p->term_program,
                          .kitty_window = p->kitty_window,
                          .tmux = p->tmux,
                          .utf8 = known && facts.utf8,
                          .remote = p->remote,
                          .gnuplot = p->gnuplot};
  orr_ladder_find(&plots, &ladder);
  orr_text_printf(out, "  %-14s ", "plots");
  orr_ladder_say(&ladder, orr_ladder_first(&ladder), out);
  orr_text_add(out, "\n");
}

/* What a person has set, and whatever is wrong in it. */
static void add_settings(const orr_place *p, orr_text *out) {
  orr_config config;
  orr_keymap keys;
  orr_theme theme;
  orr_text problems = {0};
  orr_config_read(p, &config, &keys, &problems);
  orr_config_theme(p, config.theme, &theme, &problems);
  orr_text_printf(out, "  %-14s %s (config.lua, keys.lua, themes/)\n", "settings", p->config);
  orr_text_printf(out, "  %-14s %s\n", "theme", theme.name);
  for (const char *line = orr_text_get(&problems); *line; line += strspn(line, "\n")) {
    size_t n = strcspn(line, "\n");
    orr_text_printf(out, "  %-14s %.*s\n", "problem", (int)n, line);
    line += n;
  }
  orr_text_fini(&problems);
}

static orr_status show_all(const orr_place *place, orr_error *e) {
  orr_text out = {0}, recipes = {0};
  char name[32];
  orr_text_add(&out, "Made of\n");
  add_versions(&out);
  orr_text_add(&out, "\nFound\n");
  add_places(place, &out);
  orr_text_add(&out, "\nTerminal\n");
  add_terminal(place, &out);
  add_settings(place, &out);
  orr_text_add(&out, "\nModels\n");
  for (size_t i = 0; i < orr_families_count; i++)
    add_row(&out, place, orr_families[i]->name, orr_families[i]->help);
  orr_text_add(&out, "\nScores\n");
  for (size_t i = 0; i < orr_scores_count; i++)
    add_row(&out, place, orr_scores[i]->name, orr_scores[i]->help);
  orr_text_add(&out, "\nPlots\n");
  for (size_t i = 0; i < orr_plots_count; i++) add_row(&out, place, orr_plots[i]->name, orr_plots[i]->help);
  orr_text_add(&out, "\nCommands of recipes; `orrery doctor o.fit` tells one's arguments\n");
  for (size_t i = 0; i < orr_commands_count; i++) {
    snprintf(name, sizeof name, "o.%s", orr_commands[i]->name);
    add_row(&out, place, name, orr_commands[i]->summary);
  }
  orr_text_add(&out, "\nFunctions of expressions\n");
  for (size_t i = 0; i < orr_expression_function_count(); i++) add_function(&out, place, i);
  orr_status status = orr_say_page(orr_text_get(&out), e);
  orr_text_printf(&recipes, "%s/recipes", place->data);
  if (!status && !orr_file_exists(orr_text_get(&recipes)))
    status = orr_fail(e, ORR_SYSTEM,
                      "the recipes are not at '%s'; set ORRERY_DATA to the folder that holds recipes/",
                      place->data);
  orr_text_fini(&out);
  orr_text_fini(&recipes);
  return status;
}

static void add_options(orr_text *out, const orr_place *place, const orr_option *rows, size_t n) {
  for (size_t i = 0; i < n; i++) add_row(out, place, rows[i].name, rows[i].help);
}

/* A command or a model family by its name. */
static orr_status show_one(const char *name, const orr_place *place, orr_error *e) {
  orr_text out = {0};
  const orr_family *family = NULL;
  const orr_command *command = orr_command_find(strncmp(name, "o.", 2) ? name : name + 2);
  for (size_t i = 0; i < orr_families_count; i++)
    if (!strcmp(orr_families[i]->name, name)) family = orr_families[i];
  if (command) {
    orr_text_printf(&out, "o.%s: %s\n", command->name, command->summary);
    orr_text_add_wrapped(&out, command->help, 0, 0, 80);
    orr_text_printf(&out, "\nArguments (the first %zu may be given by position)\n", command->n_positional);
    add_options(&out, place, command->args, command->n_args);
  } else if (family) {
    orr_text_printf(&out, "%s: %s\n\nOptions of o.fit and --set\n", family->title, family->help);
    add_options(&out, place, family->options, family->n_options);
  } else {
    return orr_fail(e, ORR_USAGE, "no command or model '%.60s'; `orrery doctor` lists them", name);
  }
  orr_status status = orr_say_page(orr_text_get(&out), e);
  orr_text_fini(&out);
  return status;
}

static orr_status run(const orr_arguments *a, orr_place *place, orr_error *e) {
  return a->words.count ? show_one(a->words.items[0], place, e) : show_all(place, e);
}

const orr_verb orr_verb_doctor = {
    .name = "doctor",
    .usage = "orrery doctor [NAME]",
    .summary =
        "Says what the program is made of and what is missing; with a name, explains a command or a model.",
    .most_words = 1,
    .run = run,
};
