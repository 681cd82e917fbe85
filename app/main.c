/* The program: picks the verb, hands it the rest, and turns its status into the
 * exit status. Errors are one line on standard error. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/speak.h"
#include "app/verb.h"
#include "base/file.h"
#include "data/hdf5.h"
#include "data/locator.h"
#include "num/linear.h"

static const orr_verb *find_verb(const char *name) {
  for (size_t i = 0; i < orr_verbs_count; i++)
    if (!strcmp(orr_verbs[i]->name, name)) return orr_verbs[i];
  return NULL;
}

static bool at_a_terminal(void) { return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO); }

/* The word is one, or a place inside one: "run42.h5:/events". */
static bool names_a_file(const char *word) {
  orr_arena arena = {0};
  orr_locator where;
  bool found = !orr_locator_parse(word, &arena, &where, NULL) && orr_file_exists(where.file);
  orr_arena_fini(&arena);
  return found;
}

static orr_status unknown_verb(const char *word, orr_error *e) {
  const char *names[32];
  if (names_a_file(word))
    return orr_fail(e, ORR_USAGE,
                    "to learn from '%.200s': orrery run classification --data %.200s --set target=COLUMN",
                    word, word);
  for (size_t i = 0; i < orr_verbs_count; i++) names[i] = orr_verbs[i]->name;
  const char *nearest = orr_text_nearest(word, names, orr_verbs_count);
  if (nearest) return orr_fail(e, ORR_USAGE, "there is no '%.40s'; did you mean `orrery %s`?", word, nearest);
  if (strpbrk(word, "./")) return orr_fail(e, ORR_DATA, "there is no file '%.200s'", word);
  return orr_fail(e, ORR_USAGE, "there is no '%.40s'; `orrery --help` lists what there is", word);
}

static orr_status show_usage(orr_error *e) {
  orr_text text = {0};
  orr_usage(&text);
  orr_status status = orr_say_page(orr_text_get(&text), e);
  orr_text_fini(&text);
  return status;
}

static orr_status show_help(const orr_verb *verb, orr_error *e) {
  orr_text text = {0};
  orr_verb_help(verb, &text);
  orr_status status = orr_say_page(orr_text_get(&text), e);
  orr_text_fini(&text);
  return status;
}

static orr_status run_verb(const orr_verb *verb, const char *called, int argc, char **argv, orr_error *e) {
  orr_arguments arguments;
  orr_place place = {0};
  for (int i = 0; i < argc && strcmp(argv[i], "--"); i++)
    if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) return show_help(verb, e);
  orr_status status = orr_arguments_parse(verb, argc, argv, &arguments, e);
  if (!status) status = orr_place_init(&place, called, e);
  if (!status) status = verb->run(&arguments, &place, e);
  orr_place_fini(&place);
  orr_arguments_fini(&arguments);
  return status;
}

/* No verb, but a table, an option, or nothing at all: the screen, where there is one. */
static bool wants_workbench(int argc, char **argv) {
  if (!at_a_terminal()) return false;
  return argc < 2 || !strncmp(argv[1], "--", 2) || names_a_file(argv[1]);
}

static orr_status dispatch(int argc, char **argv, orr_error *e) {
  bool asks_help =
      argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"));
  bool asks_version = argc > 1 && !strcmp(argv[1], "--version");
  if (!asks_help && !asks_version && !(argc > 1 && find_verb(argv[1])) && wants_workbench(argc, argv))
    return run_verb(&orr_verb_workbench, argv[0], argc - 1, argv + 1, e);
  if (argc < 2 || asks_help) return show_usage(e);
  if (asks_version) return orr_print("orrery " ORR_VERSION "\n", e);
  const orr_verb *verb = find_verb(argv[1]);
  return verb ? run_verb(verb, argv[0], argc - 2, argv + 2, e) : unknown_verb(argv[1], e);
}

int main(int argc, char **argv) {
  orr_error e = {0};
  if (argc > 1 && !strcmp(argv[1], ORR_HDF5_HELPER_WORD))
    _exit(orr_hdf5_helper(argc, argv)); /* what its file did to the libraries is not cleaned up */
  setlocale(LC_CTYPE, "");              /* numbers stay in the C locale */
  signal(SIGPIPE, SIG_IGN);
  orr_linear_init();
  orr_status status = dispatch(argc, argv, &e);
  if (status && *e.message) {
    char line[sizeof e.message + 16];
    snprintf(line, sizeof line, "orrery: %s", e.message);
    orr_say_line(line);
  }
  return orr_status_exit(status);
}
