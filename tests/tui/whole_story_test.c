/* One person's afternoon on a real terminal: a table is opened, a network is trained, paused, steered and stopped while the
 * window changes its size, its plot is written to a file, the session is saved; and what was saved replays without a
 * screen to the very numbers the session had. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <glob.h>

#include "base/file.h"
#include "base/text.h"
#include "tests/tui/pty.h"

enum { ROWS = 900 };

static char folder[64], program[4096], home[128], state_home[128];
static const char *environment[8];
static pty *terminal;

/* Two classes that overlap, so that there is something to learn for a while. */
static void write_table(const char *path) {
  orr_text rows = {0};
  orr_text_add(&rows, "width,length,kind\n");
  for (unsigned i = 0; i < ROWS; i++) {
    double a = (double)(i * 7919u % 1009u) / 1009, b = (double)(i * 104729u % 997u) / 997;
    orr_text_printf(&rows, "%.4f,%.4f,%s\n", a, b,
                    a * a + 0.3 * (double)(i * 31u % 89u) / 89 > b ? "early" : "late");
  }
  assert_int_equal(orr_file_write(path, orr_text_get(&rows), rows.length, NULL), ORR_OK);
  orr_text_fini(&rows);
}

static int set_up(void **state) {
  char path[160];
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/orrery-wholeXXXXXX");
  assert_non_null(mkdtemp(folder));
  assert_non_null(realpath(ORR_PROGRAM, program));
  snprintf(home, sizeof home, "HOME=%s", folder);
  snprintf(state_home, sizeof state_home, "XDG_STATE_HOME=%s/state", folder);
  const char *const all[] = {
      "TERM=xterm-256color", "LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", home, state_home, NULL};
  memcpy(environment, all, sizeof all);
  snprintf(path, sizeof path, "%s/flowers.csv", folder);
  write_table(path);
  snprintf(path, sizeof path, "%s/state/orrery", folder);
  assert_int_equal(orr_file_make_folders(path, NULL), ORR_OK);
  strcat(path, "/workbench"); /* greeted before */
  assert_int_equal(orr_file_write(path, "", 0, NULL), ORR_OK);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  pty_free(terminal);
  orr_file_remove_tree(folder);
  return 0;
}

static void press(const char *keys, const char *then) {
  pty_send(terminal, keys);
  pty_wait_text(terminal, then);
}

static void choose_target(void) {
  press("G", "early"); /* its words are known */
  press("t", "target = \"kind\"");
}

static void fill_form(void) {
  press("2", "Learns kind with boosted_trees");
  press("\rjl", "Learns kind with mlp"); /* into the form, down to the model, the next one */
  press("/epochs\r", "parameters with 'epochs'");
  press("\r3000\r", "3000");
}

static void train(void) {
  press("\022", "left"); /* Ctrl-R: it runs, and says how long it will */
  press("p", "paused");
  pty_resize(terminal, 40, 120);
  pty_wait_text(terminal, "learning_rate");
  press("p", "it goes on");
  press("+", "recorded with its step");
  pty_resize(terminal, 24, 80);
  press("s", "its best is kept");
  pty_wait_text(terminal, "is done");
  pty_wait_text(terminal, "mlp, on 180 rows: log_loss");
}

static void write_plot(void) {
  char picture[160];
  if (access("/usr/bin/gnuplot", X_OK)) {
    print_message("SKIPPED: gnuplot is not installed, so no plot is written\n");
    return;
  }
  press("D", "The plot in words");
  press("q", "Figures");
  press("e", "Write the plot as");
  press("\025losses.svg\r", "losses.svg");
  pty_wait_text(terminal, "written to");
  snprintf(picture, sizeof picture, "%s/losses.svg", folder);
  assert_int_equal(access(picture, R_OK), 0);
}

/* The numbers that the session's folder holds. */
static void find_numbers(char out[512]) {
  glob_t found;
  char pattern[160];
  snprintf(pattern, sizeof pattern, "%s/runs/*-session/numbers.json", folder);
  assert_int_equal(glob(pattern, 0, NULL, &found), 0);
  assert_int_equal(found.gl_pathc, 1);
  snprintf(out, 512, "%s", found.gl_pathv[0]);
  globfree(&found);
}

static void replay(const char *recipe) {
  char numbers[512];
  find_numbers(numbers);
  const char *const argv[] = {program, "run", recipe, "--check", numbers, "--out", "again", NULL};
  pty_free(terminal);
  terminal = pty_start(argv, environment, folder, 50, 160);
  int status = pty_wait_exit(terminal);
  if (WEXITSTATUS(status))
    fail_msg("%s: exit status %d\n%s", recipe, WEXITSTATUS(status), pty_screen(terminal));
}

static void test_an_afternoon(void **state) {
  const char *const argv[] = {program, "flowers.csv", NULL};
  (void)state;
  terminal = pty_start(argv, environment, folder, 24, 80);
  pty_wait_text(terminal, "width");
  choose_target();
  fill_form();
  train();
  write_plot();
  press("5", "Runs");
  press("S", "Save the session");
  press("\r", "session.lua");
  pty_send(terminal, "q");
  assert_int_equal(WEXITSTATUS(pty_wait_exit(terminal)), 0);
  assert_false(pty_is_alternate(terminal));
  replay("session.lua");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_an_afternoon, set_up, tear_down)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
