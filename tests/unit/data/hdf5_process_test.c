/* The HDF5 helper as a process: however it ends, the parent has a table or one clear error, soon, and neither a
 * descriptor nor a child is left behind. The test program itself plays the helper; what it is to do is the name
 * of the source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "data/hdf5.h"
#include "data/hdf5_confine.h"
#include "data/hdf5_process.h"
#include "hdf5_answer.h"

/* ---- the helper's part ---- */

static void write_answer(const char *header) {
  char answer[ANSWER_BYTES];
  answer_make(answer, header);
  if (pwrite(ORR_HDF5_ANSWER, answer, sizeof answer, 0) != (ssize_t)sizeof answer) _exit(9);
}

static void write_error(const char *message) {
  char header[1000];
  snprintf(header, sizeof header, "{\"error\":{\"status\":\"data\",\"message\":\"%s\"}}", message);
  write_answer(header);
  _exit(1);
}

static int list_descriptors(char *out, size_t n) {
  int count = 0;
  for (int fd = 0; fd < 256; fd++)
    if (fcntl(fd, F_GETFD) >= 0) {
      if (out) snprintf(out + strlen(out), n - strlen(out), " %d", fd);
      count++;
    }
  return count;
}

static void die(int number) {
  signal(number, SIG_DFL); /* a sanitizer has a handler of its own */
  raise(number);
}

static volatile unsigned spun;

static void spin(double seconds, bool with_signs) {
  for (double from = (double)clock(); (double)clock() - from < seconds * CLOCKS_PER_SEC;) {
    spun++;
    if (with_signs && spun % 1024 == 0 && write(ORR_HDF5_PROGRESS, ".", 1) < 0) errno = 0;
  }
}

/* A child that lives a second longer and could still write into the answer. */
static void leave_a_writer(void) {
  char *view = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ORR_HDF5_ANSWER, 0);
  close(ORR_HDF5_PROGRESS);
  if (view != MAP_FAILED && !fork()) {
    sleep(1);
    view[2000] = 1;
    _exit(0);
  }
}

static void show_surroundings(void) {
  char found[300] = "";
  sigset_t mask;
  list_descriptors(found, sizeof found);
  sigprocmask(SIG_SETMASK, NULL, &mask);
  struct sigaction action;
  sigaction(SIGPIPE, NULL, &action);
  snprintf(found + strlen(found), sizeof found - strlen(found), ";%s%s%s",
           sigismember(&mask, SIGTERM) ? " masked" : "", action.sa_handler == SIG_IGN ? " ignored" : "",
           getpgrp() == getpid() ? "" : " grouped");
  write_error(found);
}

static int play_helper(void) {
  orr_text request = {0};
  orr_json *json = NULL;
  if (orr_file_read(ORR_HDF5_REQUEST, 4096, &request, NULL)) return 9;
  if (orr_json_parse(orr_text_get(&request), request.length, &json, NULL)) return 9;
  const char *task = orr_json_text_of(json, "source", "");
  if (!strcmp(task, "segfault")) die(SIGSEGV);
  if (!strcmp(task, "abort")) die(SIGABRT);
  if (!strcmp(task, "killed")) write_answer(answer_header), die(SIGKILL);
  if (!strcmp(task, "status")) write_answer(answer_header), _exit(3);
  if (!strcmp(task, "silence")) _exit(0);
  if (!strcmp(task, "garbage")) write_answer("{\"table\":7}"), _exit(0);
  if (!strcmp(task, "error")) write_error("error: no such thing");
  if (!strcmp(task, "surroundings")) show_surroundings();
  if (!strcmp(task, "spinning")) spin(60, false);
  if (!strcmp(task, "busy")) spin(2, true);
  if (!strcmp(task, "asleep")) sleep(60);
  if (!strcmp(task, "deaf")) close(ORR_HDF5_PROGRESS), sleep(60);
  if (!strcmp(task, "writer")) write_answer(answer_header), leave_a_writer(), _exit(0);
  if (!strcmp(task, "choice")) write_answer("{\"picked\":null,\"candidates\":[\"/a\",\"/b\"]}"), _exit(0);
  if (!strcmp(task, "confined")) orr_hdf5_limit(1), orr_hdf5_confine();
  if (open("/dev/null", O_RDONLY) >= 0 && !strcmp(task, "confined")) _exit(ORR_HDF5_SANITIZED ? 0 : 9);
  if (!strcmp(task, "confined") && (fork() >= 0 || !kill(getppid(), 0) || errno != EPERM)) _exit(9);
  write_answer(answer_header);
  _exit(0);
}

/* ---- the parent's part ---- */

static char self[4096]; /* by its own name: under valgrind the kernel's leads to valgrind */

typedef struct watcher {
  char lines[1000];
  int calls, stop_after; /* 0: never */
} watcher;

static orr_signal count_calls(void *context, const orr_report *report) {
  watcher *w = context;
  (void)report;
  return ++w->calls == w->stop_after ? ORR_ABANDON : ORR_GO_ON;
}

static void keep_line(void *context, const char *line) {
  watcher *w = context;
  snprintf(w->lines + strlen(w->lines), sizeof w->lines - strlen(w->lines), "%s\n", line);
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Reads through the helper that does `task`, and sees that nothing is left behind. */
static orr_status read_with(const char *program, const char *task, watcher *w, orr_hdf5_reading *out,
                            orr_error *e) {
  orr_work work = {.progress = count_calls, .log = keep_line, .context = w};
  int file = open("/dev/null", O_RDONLY | O_CLOEXEC), before = list_descriptors(NULL, 0);
  orr_status status = orr_hdf5_read(program, file, task, &(orr_hdf5_request){.table = true}, &work, out, e);
  assert_int_equal(list_descriptors(NULL, 0), before);
  assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
  assert_int_equal(errno, ECHILD);
  close(file);
  return status;
}

static void expect(const char *task, orr_status status, const char *words) {
  watcher w = {0};
  orr_hdf5_reading r;
  orr_error e = {0};
  orr_status got = read_with(self, task, &w, &r, &e);
  if (got != status || !strstr(e.message, words)) fail_msg("%s: %d, %s", task, got, e.message);
  if (status != ORR_STOPPED) assert_memory_equal(e.message, task, strlen(task));
  assert_null(r.table);
}

static void an_answer_comes_through(void **state) {
  (void)state;
  watcher w = {0};
  orr_hdf5_reading r;
  orr_error e = {0};
  if (read_with(self, "good", &w, &r, &e)) fail_msg("%s", e.message);
  assert_int_equal(r.table->rows, ANSWER_ROWS);
  assert_string_equal(r.table->source, "good");
  assert_string_equal(w.lines, "good: one?[2J\ngood: two\n");
  assert_non_null(r.table->columns[0]->owner);
  orr_hdf5_reading_fini(&r);
}

static void failures_are_one_clear_error(void **state) {
  (void)state;
  expect("segfault", ORR_SYSTEM, "died (Segmentation fault)");
  expect("abort", ORR_SYSTEM, "died (Aborted)");
  expect("killed", ORR_SYSTEM, "was killed");
  expect("status", ORR_SYSTEM, "status 3");
  expect("silence", ORR_SYSTEM, "without an answer");
  expect("garbage", ORR_SYSTEM, "cannot be right");
  expect("writer", ORR_SYSTEM, "sealed");
  expect("error", ORR_DATA, "no such thing");
  expect("choice", ORR_DATA, "name one of them: /a, /b");
}

static void the_program_must_run(void **state) {
  (void)state;
  watcher w = {0};
  orr_hdf5_reading r;
  orr_error e = {0};
  assert_int_equal(read_with("/nonexistent/orrery", "x", &w, &r, &e), ORR_SYSTEM);
  assert_non_null(strstr(e.message, "cannot start"));
  assert_int_equal(read_with(NULL, "x", &w, &r, &e), ORR_SYSTEM);
  assert_int_equal(read_with("/bin/true", "x", &w, &r, &e), ORR_SYSTEM);
}

static void the_helper_has_what_it_needs_and_no_more(void **state) {
  (void)state;
  int crowd[20];
  for (int i = 0; i < 20; i++) crowd[i] = open("/dev/null", O_RDONLY); /* inheritable */
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGTERM);
  sigprocmask(SIG_BLOCK, &mask, NULL);
  signal(SIGPIPE, SIG_IGN);
  expect("surroundings", ORR_DATA, " 0 1 2 3 4 5 6;");
  sigprocmask(SIG_UNBLOCK, &mask, NULL);
  watcher w = {0};
  orr_hdf5_reading r;
  orr_error e = {0};
  read_with(self, "surroundings", &w, &r, &e);
  assert_string_equal(e.message, "surroundings:  0 1 2 3 4 5 6;");
  for (int i = 0; i < 20; i++) close(crowd[i]);
}

static void no_headway_is_ended(void **state) {
  (void)state;
  if (ORR_HDF5_SANITIZED) skip(); /* it is given longer */
  double from = seconds();
  expect("spinning", ORR_DATA, "no headway");
  assert_true(seconds() - from < 60); /* a loaded machine is slow, a hang is for ever */
  watcher w = {0};
  orr_hdf5_reading r;
  orr_error e = {0};
  if (read_with(self, "busy", &w, &r, &e)) fail_msg("%s", e.message);
  orr_hdf5_reading_fini(&r);
  assert_true(w.calls > 20);
}

static void a_stop_is_obeyed_at_once(void **state) {
  (void)state;
  static const char *const tasks[] = {"asleep", "spinning", "deaf"};
  for (size_t i = 0; i < 3; i++) {
    watcher w = {.stop_after = 3};
    orr_hdf5_reading r;
    orr_error e = {0};
    double from = seconds();
    assert_int_equal(read_with(self, tasks[i], &w, &r, &e), ORR_STOPPED);
    assert_true(seconds() - from < 60);
  }
}

static void the_confined_open_nothing(void **state) {
  (void)state;
  watcher w = {0};
  orr_hdf5_reading r;
  orr_error e = {0};
  if (ORR_HDF5_SANITIZED) skip();
  if (read_with(self, "confined", &w, &r, &e)) fail_msg("%s", e.message);
  orr_hdf5_reading_fini(&r);
}

/* Who started us may have had children reaped by the system. */
static void children_may_be_reaped_elsewhere(void **state) {
  (void)state;
  watcher w = {0};
  orr_hdf5_reading r;
  orr_error e = {0};
  signal(SIGCHLD, SIG_IGN);
  orr_status status = read_with(self, "good", &w, &r, &e);
  signal(SIGCHLD, SIG_DFL);
  assert_int_equal(status, ORR_OK);
  orr_hdf5_reading_fini(&r);
}

/* The n-th allocation of the parent fails, for every n. */
static void memory_may_run_out(void **state) {
  (void)state;
  orr_status status = ORR_MEMORY;
  for (long n = 0; status; n++) {
    orr_hdf5_reading r;
    orr_error e = {0};
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC), before = list_descriptors(NULL, 0);
    orr_memory_fail_after(n);
    status = orr_hdf5_read(self, file, "good", &(orr_hdf5_request){.table = true}, NULL, &r, &e);
    orr_memory_fail_after(-1);
    assert_int_equal(list_descriptors(NULL, 0), before);
    if (status && !*e.message) fail_msg("%ld: no message", n);
    assert_true(n < 300);
    orr_hdf5_reading_fini(&r);
    close(file);
  }
}

static void the_signature_is_known(void **state) {
  (void)state;
  static const char signature[] = "\x89HDF\r\n\x1a\n";
  static const struct {
    off_t at;
    bool is;
  } rows[] = {{0, true}, {512, true}, {1024, true}, {4096, true}, {1536, false}, {8, false}, {256, false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int fd = memfd_create("signature", MFD_CLOEXEC);
    assert_int_equal(pwrite(fd, signature, 8, rows[i].at), 8);
    assert_int_equal(orr_hdf5_is(fd), rows[i].is);
    close(fd);
  }
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  assert_false(orr_hdf5_is(ends[0]));
  assert_false(orr_hdf5_is(-1));
  close(ends[0]);
  close(ends[1]);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_answer_comes_through),   cmocka_unit_test(failures_are_one_clear_error),
      cmocka_unit_test(the_program_must_run),      cmocka_unit_test(the_helper_has_what_it_needs_and_no_more),
      cmocka_unit_test(no_headway_is_ended),       cmocka_unit_test(a_stop_is_obeyed_at_once),
      cmocka_unit_test(the_confined_open_nothing), cmocka_unit_test(children_may_be_reaped_elsewhere),
      cmocka_unit_test(memory_may_run_out),        cmocka_unit_test(the_signature_is_known),
  };
  if (argc > 1 && !strcmp(argv[1], ORR_HDF5_HELPER_WORD)) return play_helper();
  if (!realpath(argv[0], self)) return 2;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
