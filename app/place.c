/* Places; see place.h. */
#include "app/place.h"

#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value && *value ? value : NULL;
}

/* The first executable regular file of that name on PATH. */
static char *find_program(const char *name) {
  char *path = orr_strdup(variable("PATH") ? variable("PATH") : "/usr/bin:/bin"), *rest = NULL, *found = NULL;
  for (char *folder = path ? strtok_r(path, ":", &rest) : NULL; folder && !found;
       folder = strtok_r(NULL, ":", &rest)) {
    orr_text full = {0};
    orr_text_printf(&full, "%s/%s", folder, name);
    if (full.data && *folder == '/' && !access(full.data, X_OK)) found = orr_strdup(full.data);
    orr_text_fini(&full);
  }
  orr_free(path);
  return found;
}

/* The file of this very process; where it was replaced meanwhile, the kernel's name for it leads to the old one. */
static char *own_program(const char *called) {
  static const char self[] = "/proc/self/exe";
  char path[PATH_MAX];
  ssize_t n = readlink(self, path, sizeof path - 1);
  if (n > 0) {
    path[n] = 0;
    return orr_strdup(access(path, X_OK) ? self : path);
  }
  if (!strchr(called, '/')) return find_program(called);
  return realpath(called, path) ? orr_strdup(path) : NULL;
}

/* XDG base directories: state that outlives a run but is no configuration. */
static char *history_file(void) {
  orr_text t = {0};
  const char *state = variable("XDG_STATE_HOME"), *home = variable("HOME");
  if (state && *state == '/') orr_text_add(&t, state);
  else orr_text_printf(&t, "%s/.local/state", home ? home : "/nonexistent");
  orr_text_add(&t, "/orrery");
  if (t.data) orr_file_make_folders(t.data, NULL); /* a failure shows when the history is written */
  orr_text_add(&t, "/history.sqlite");
  return t.data;
}

static char *config_folder(void) {
  orr_text t = {0};
  const char *config = variable("XDG_CONFIG_HOME"), *home = variable("HOME");
  if (config && *config == '/') orr_text_printf(&t, "%s/orrery", config);
  else orr_text_printf(&t, "%s/.config/orrery", home ? home : "/nonexistent");
  return t.data;
}

/* "0;15": the last number is the background's, of the 16 colours. */
static bool light_background(void) {
  const char *said = variable("COLORFGBG"), *last = said ? strrchr(said, ';') : NULL;
  int colour = last ? atoi(last + 1) : 0;
  return colour == 7 || (colour > 8 && colour < 16);
}

static void look_at_terminal(orr_place *p) {
  p->no_colour = variable("NO_COLOR") != NULL;
  p->light = light_background();
  p->tmux = variable("TMUX") || variable("STY");
  p->remote = variable("SSH_CONNECTION") != NULL;
  p->kitty_window = variable("KITTY_WINDOW_ID") != NULL;
  p->term = variable("TERM");
  p->term_program = variable("TERM_PROGRAM");
  p->display = variable("WAYLAND_DISPLAY") ? variable("WAYLAND_DISPLAY") : variable("DISPLAY");
}

static unsigned usable_cpus(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set)) return 1;
  int n = CPU_COUNT(&set);
  return n > 0 ? (unsigned)n : 1;
}

static unsigned terminal_columns(void) {
  const char *given = variable("COLUMNS");
  unsigned columns = given ? (unsigned)strtoul(given, NULL, 10) : 0;
  struct winsize size;
  if (!columns && !ioctl(STDERR_FILENO, TIOCGWINSZ, &size)) columns = size.ws_col;
  return columns >= 20 ? columns : 80;
}

/* Of no influence on any number: only on how much is done again after a crash. */
static double checkpoint_seconds(void) {
  const char *given = variable("ORRERY_CHECKPOINT_SECONDS");
  double seconds = 10;
  return given && orr_text_to_number(given, &seconds) && seconds > 0 ? seconds : 10;
}

orr_status orr_place_init(orr_place *p, const char *called, orr_error *e) {
  const char *term = variable("TERM"), *data = variable("ORRERY_DATA");
  *p = (orr_place){.data = orr_strdup(data ? data : ORR_DATADIR),
                   .history = history_file(),
                   .config = config_folder(),
                   .gnuplot = find_program("gnuplot"),
                   .program = own_program(called),
                   .threads = usable_cpus(),
                   .columns = terminal_columns(),
                   .checkpoint_seconds = checkpoint_seconds(),
                   .is_terminal = isatty(STDERR_FILENO)};
  look_at_terminal(p);
  p->plain = variable("NO_COLOR") || !term || !strcmp(term, "dumb");
  return p->data && p->history && p->config ? ORR_OK : orr_fail_memory(e, "paths", 0);
}

void orr_place_fini(orr_place *p) {
  orr_free(p->data);
  orr_free(p->history);
  orr_free(p->config);
  orr_free(p->gnuplot);
  orr_free(p->program);
}

static double monotonic(void *context) {
  struct timespec t;
  (void)context;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static long long wall(void *context) {
  (void)context;
  return (long long)time(NULL);
}

orr_clock orr_place_clock(void) { return (orr_clock){monotonic, wall, NULL}; }
