/* The program on a terminal: on every way out the terminal is as it was before; what a person does at a shell (suspend,
 * resize, kill) is survived; a session that was killed is offered again. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "tests/tui/pty.h"

static char folder[64], program[4096], home[128], path[128], state_home[128];
static const char *environment[10];
static pty *terminal;
static struct termios line_before;

static int set_up(void **state) {
  size_t n = 0;
  char mark[160];
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/orrery-storyXXXXXX");
  assert_non_null(mkdtemp(folder));
  assert_non_null(realpath(ORR_PROGRAM, program));
  snprintf(home, sizeof home, "HOME=%s", folder);
  snprintf(state_home, sizeof state_home, "XDG_STATE_HOME=%s/state", folder);
  snprintf(path, sizeof path, "PATH=/usr/bin:/bin");
  const char *const all[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", "PS1=$ ", home, path, state_home, NULL};
  for (; all[n]; n++) environment[n] = all[n];
  environment[n] = NULL;
  snprintf(mark, sizeof mark, "%s/stars.csv", folder);
  static const char rows[] = "mass,kind\n1.5,a\n2.5,b\n3.5,a\n4.5,b\n5.5,a\n6.5,b\n";
  assert_int_equal(orr_file_write(mark, rows, sizeof rows - 1, NULL), ORR_OK);
  snprintf(mark, sizeof mark, "%s/state/orrery", folder);
  assert_int_equal(orr_file_make_folders(mark, NULL), ORR_OK);
  strcat(mark, "/workbench"); /* greeted before */
  assert_int_equal(orr_file_write(mark, "", 0, NULL), ORR_OK);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  pty_free(terminal);
  terminal = NULL;
  orr_file_remove_tree(folder);
  return 0;
}

static void start(const char *source, int rows, int columns) {
  const char *const argv[] = {program, source, NULL};
  pty_free(terminal);
  terminal = pty_start(argv, environment, folder, rows, columns);
  line_before = pty_line(terminal);
}

static void open_stars(void) {
  start("stars.csv", 24, 80);
  pty_wait_text(terminal, "mass");
  assert_true(pty_is_alternate(terminal));
}

/* As it was before the program came. */
static void expect_sane(void) {
  struct termios line = pty_line(terminal);
  assert_false(pty_is_alternate(terminal));
  assert_true(pty_has_cursor(terminal));
  assert_false(pty_has_mouse(terminal));
  assert_int_equal(line.c_iflag, line_before.c_iflag);
  assert_int_equal(line.c_oflag, line_before.c_oflag);
  assert_int_equal(line.c_cflag, line_before.c_cflag);
  assert_int_equal(line.c_lflag, line_before.c_lflag);
  assert_memory_equal(line.c_cc, line_before.c_cc, sizeof line.c_cc);
}

static void test_quit(void **state) {
  (void)state;
  open_stars();
  assert_true(pty_has_mouse(terminal));
  pty_send(terminal, "q");
  int status = pty_wait_exit(terminal);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
  expect_sane();
}

static void test_signals_end_it(void **state) {
  static const int signals[] = {SIGTERM, SIGHUP, SIGUSR1};
  (void)state;
  for (size_t i = 0; i < 3; i++) {
    open_stars();
    pty_signal(terminal, signals[i]);
    int status = pty_wait_exit(terminal);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 6);
    expect_sane();
  }
}

static void test_crash(void **state) {
  static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
  (void)state;
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
    open_stars();
    pty_signal(terminal, signals[i]);
    int status = pty_wait_exit(terminal);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), signals[i]);
    assert_non_null(strstr(pty_screen(terminal), "it crashed"));
    expect_sane();
    orr_text runs = {0};
    orr_text_printf(&runs, "%s/runs", folder);
    orr_file_remove_tree(orr_text_get(&runs));
    orr_text_fini(&runs);
  }
}

static void test_interrupt_asks(void **state) {
  (void)state;
  open_stars();
  pty_send(terminal, "\003");
  pty_wait_text(terminal, "Leave Orrery?");
  pty_send(terminal, "n");
  pty_wait_gone(terminal, "Leave Orrery?");
  pty_signal(terminal, SIGINT); /* from another terminal */
  pty_wait_text(terminal, "Leave Orrery?");
  pty_send(terminal, "y");
  assert_int_equal(WEXITSTATUS(pty_wait_exit(terminal)), 0);
  expect_sane();
}

static void test_resize(void **state) {
  (void)state;
  open_stars();
  pty_send(terminal, "?");
  pty_wait_text(terminal, "Help: Data");
  pty_resize(terminal, 40, 120);
  pty_wait_text(terminal, "Keys of this room");
  pty_resize(terminal, 16, 60);
  pty_wait_text(terminal, "Help: Data");
  pty_resize(terminal, 2, 8); /* nothing fits, nothing breaks */
  pty_resize(terminal, 24, 80);
  pty_wait_text(terminal, "Keys of this room");
  pty_send(terminal, "qq");
  assert_int_equal(WEXITSTATUS(pty_wait_exit(terminal)), 0);
}

/* Ctrl-Z at a shell with job control, and `fg`. */
static void test_suspend(void **state) {
  static const char *const shell[] = {"/bin/bash", "--norc", "--noprofile", "-i", NULL};
  (void)state;
  if (access(shell[0], X_OK)) skip();
  terminal = pty_start(shell, environment, folder, 24, 80);
  pty_wait_text(terminal, "$");
  pty_send(terminal, program);
  pty_send(terminal, " stars.csv\r");
  pty_wait_text(terminal, "mass");
  pty_send(terminal, "\032");
  pty_wait_text(terminal, "Stopped");
  assert_false(pty_is_alternate(terminal));
  assert_false(pty_has_mouse(terminal));
  pty_send(terminal, "fg\r");
  pty_wait_text(terminal, "mass");
  assert_true(pty_is_alternate(terminal));
  assert_true(pty_has_mouse(terminal));
  pty_send(terminal, "?");
  pty_wait_text(terminal, "Help: Data");
  pty_send(terminal, "qq");
  pty_wait_gone(terminal, "1 Data");
  pty_send(terminal, "echo status $?\r");
  pty_wait_text(terminal, "status 0");
  pty_send(terminal, "exit\r");
  pty_wait_exit(terminal);
}

/* What was done before a kill -9 is offered again. */
static void test_unfinished(void **state) {
  (void)state;
  open_stars();
  pty_send(terminal, "jt");
  pty_wait_text(terminal, "· target"); /* of the column: the word alone is in the footer */
  pty_send(terminal, "R");
  pty_wait_text(terminal, "s.role1");
  pty_signal(terminal, SIGKILL);
  pty_wait_exit(terminal);
  start("stars.csv", 24, 80);
  pty_wait_text(terminal, "Go on with it?");
  pty_send(terminal, "y");
  pty_wait_text(terminal, "· target"); /* of the column: the word alone is in the footer */
  pty_send(terminal, "q");
  assert_int_equal(WEXITSTATUS(pty_wait_exit(terminal)), 0);
  expect_sane();
}

static void test_no_colour_and_ascii(void **state) {
  (void)state;
  for (size_t i = 0; environment[i]; i++)
    if (!strncmp(environment[i], "LC_ALL", 6)) environment[i] = "LC_ALL=C";
  size_t n = 0;
  while (environment[n]) n++;
  environment[n] = "NO_COLOR=1", environment[n + 1] = NULL;
  open_stars();
  pty_send(terminal, "?");
  pty_wait_text(terminal, "+- Help: Data -");
  for (const char *p = pty_screen(terminal); *p; p++) assert_true((unsigned char)*p < 0x80);
  pty_send(terminal, "qq");
  assert_int_equal(WEXITSTATUS(pty_wait_exit(terminal)), 0);
}

static void test_unknown_terminal(void **state) {
  (void)state;
  for (size_t i = 0; environment[i]; i++)
    if (!strncmp(environment[i], "TERM=", 5)) environment[i] = "TERM=nonesuch";
  start("stars.csv", 24, 80);
  assert_int_equal(WEXITSTATUS(pty_wait_exit(terminal)), 2);
  assert_non_null(strstr(pty_screen(terminal), "try TERM=xterm-256color"));
  expect_sane();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_quit),
      TEST(test_signals_end_it),
      TEST(test_crash),
      TEST(test_interrupt_asks),
      TEST(test_resize),
      TEST(test_suspend),
      TEST(test_unfinished),
      TEST(test_no_colour_and_ascii),
      TEST(test_unknown_terminal),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
