/* A session that is killed goes on: nothing that was done is lost, what was
 * finished is not done again, and the record is that of one that was never
 * killed. The killed one is this program, run again by itself. */
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>

#include "app/unfinished.h"
#include "base/cpu.h"
#include "bench_fixture.h"

#define LONG                                                                                                 \
  "s.fit2 = o.fit { 'mlp', s.split1, target = 'class', hidden = { 16 }, epochs = 1200, patience = 0, "       \
  "batch_size = 32 }"

static void before(void) {
  done("s.role1 = o.role { s.data1, target = 'class' }");
  done("s.filter1 = o.filter { s.role1, 'x > 0.05' }");
  fails("o.filter { s.role1, 'x >' }", "expression");
  done("s.derive1 = o.derive { s.filter1, twice = '2 * x' }");
  undo();
  done("s.split1 = o.split { s.filter1, stratify = 'class' }");
  done("s.fit1 = o.fit { 'mlp', s.split1, hidden = { 4 }, epochs = 4, repeats = 2 }");
  undo();
  done("s.fit1 = o.fit { 'mlp', s.split1, hidden = { 6 }, epochs = 4, repeats = 2 }");
}

static void after(void) {
  done("s.evaluate1 = o.evaluate { s.fit2, baseline = s.fit1, on = s.split1.test }");
  done("o.plot { 'roc', s.fit2 }");
}

static void count_epochs(void *context, const orr_series *s) {
  size_t *n = context;
  if (!strcmp(s->fit, "fit2") && !strcmp(s->name, "loss")) *n = s->n;
}

static size_t epochs(void) {
  size_t n = 0;
  orr_live_read(orr_workbench_live(b.w), count_epochs, &n);
  return n;
}

/* The fit has come to its end before it could be killed: once more. */
enum { TOO_LATE = 9, TRIES = 20 };

static void wait_in_fit(void) {
  if (!orr_workbench_is_busy(b.w)) _exit(TOO_LATE);
  wait_for_wake();
}

/* A fit that is paused writes a checkpoint, and what is changed then a line. */
static void pause_fit(const char *change) {
  orr_text path = {0};
  orr_snapshot *s = look();
  orr_text_printf(&path, "runs/.%s.partial-%ld/checkpoints/fit2.ckpt", orr_file_name(s->folder),
                  (long)getpid());
  orr_control_pause(orr_workbench_control(b.w));
  while (!orr_file_exists(path.data)) wait_in_fit();
  size_t notes = b.notes;
  if (*change) orr_control_set(orr_workbench_control(b.w), "learning_rate", 0.0005);
  while (*change && b.notes == notes) wait_in_fit();
  orr_text_fini(&path);
  orr_snapshot_unref(s);
}

/* In a process of its own, in the folder it was started in: killed after so many epochs of fit2. */
static int be_killed(size_t n, const char *change) {
  if (orr_place_init(&b.place, "orrery", &b.error)) return 1;
  b.place.gnuplot = NULL;
  open_bench();
  orr_snapshot_unref(settle());
  before();
  put(LONG);
  while (epochs() < n) wait_in_fit();
  pause_fit(change);
  return kill(getpid(), SIGKILL);
}

/* Under valgrind, which does not follow it there: the link is looked up for it to be found, and the level of vector
 * code said, which is part of what a checkpoint must agree in. */
static void have_one_killed(const char *epoch, const char *change) {
  char self[PATH_MAX] = "";
  const char level[] = {(char)('0' + orr_cpu()), 0};
  int status = 0;
  assert_true(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
  for (int i = 0; i < TRIES; i++) {
    orr_file_remove_tree("runs");
    pid_t child = fork();
    if (!child) execl(self, "crash_test", epoch, change, level, (char *)NULL);
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != TOO_LATE) break;
  }
  assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static char *find_unfinished(size_t lines) {
  orr_left_session of_data, of_any;
  assert_true(orr_workbench_unfinished("rows.csv", &of_data));
  assert_true(orr_workbench_unfinished(NULL, &of_any));
  assert_string_equal(of_any.folder, of_data.folder);
  assert_string_equal(of_any.data, "rows.csv");
  assert_string_equal(of_any.last, "s.fit2 = o.fit");
  assert_int_equal(of_data.lines, lines);
  orr_free(of_any.folder);
  return of_data.folder;
}

/* What one that was never killed has kept, by name. */
static void expect_as_without(const char *folder, bool same) {
  orr_text one = {0}, two = {0};
  open_bench();
  orr_snapshot_unref(settle());
  before();
  done(LONG);
  after();
  char *whole = close_bench(true);
  read_text(whole, "numbers.json", &one);
  read_text(folder, "numbers.json", &two);
  assert_int_equal(!strcmp(one.data, two.data), same);
  orr_text_fini(&one);
  orr_text_fini(&two);
  orr_free(whole);
}

static void a_killed_session_goes_on(void **state) {
  (void)state;
  orr_left_session left_there;
  have_one_killed("30", "");
  assert_false(orr_workbench_unfinished("other.csv", &left_there));
  char *left = find_unfinished(6);
  open_as("rows.csv", left);
  orr_snapshot *s = settle();
  if (s->failure) fail_msg("%s", s->failure);
  assert_int_equal(s->n_fits, 2);
  orr_snapshot_unref(s);
  if (!(epochs() > 0 && epochs() < 1200))
    fail_msg("%zu epochs", epochs()); /* it went on from its checkpoint */
  after();
  orr_text recipe = {0};
  char *folder = close_bench(true);
  orr_text_printf(&recipe, "%s/recipe.lua", folder);
  expect_replay(recipe.data, folder, "again");
  expect_as_without(folder, true);
  assert_false(orr_workbench_unfinished("rows.csv", &left_there));
  orr_text_fini(&recipe);
  orr_free(folder);
  orr_free(left);
}

static void a_change_by_hand_is_not_lost(void **state) {
  (void)state;
  have_one_killed("20", "changed");
  char *left = find_unfinished(6);
  open_as("rows.csv", left);
  orr_snapshot *s = settle();
  if (s->failure) fail_msg("%s", s->failure);
  orr_snapshot_unref(s);
  after();
  orr_text recipe = {0}, text = {0};
  char *folder = close_bench(true);
  read_text(folder, "recipe.lua", &text);
  char *once = strstr(text.data, "--@control fit2 ");
  if (!once || strstr(once + 1, "--@control")) fail_msg("%s", text.data);
  orr_text_printf(&recipe, "%s/recipe.lua", folder);
  expect_replay(recipe.data, folder, "again");
  expect_as_without(folder, false);
  orr_text_fini(&recipe);
  orr_text_fini(&text);
  orr_free(folder);
  orr_free(left);
}

/* Without a screen: `orrery resume` finishes it, and a journal as it was left is a recipe. */
static void what_was_left_runs_without_a_screen(void **state) {
  (void)state;
  have_one_killed("10", "");
  char *left = find_unfinished(6);
  orr_text journal = {0};
  orr_text_printf(&journal, "%s/journal.lua", left);
  orr_job j = {.recipe = journal.data, .out = "run", .threads = 1, .place = &b.place};
  assert_int_equal(orr_engine_run(&j, 0, show_nothing, NULL, &b.error), ORR_OK);
  if (j.status) fail_msg("%s", j.error.message);
  orr_job_fini(&j);
  orr_unfinished u;
  if (orr_unfinished_find(&u, left, &b.place, &b.error)) fail_msg("%s", b.error.message);
  assert_string_equal(u.recipe, journal.data);
  j = (orr_job){.recipe = u.recipe, .out = u.final, .resume = u.folder, .threads = 1, .place = &b.place};
  assert_int_equal(orr_engine_run(&j, 0, show_nothing, NULL, &b.error), ORR_OK);
  if (j.status) fail_msg("%s", j.error.message);
  orr_text recipe = {0};
  read_text(u.final, "recipe.lua", &recipe);
  assert_non_null(strstr(recipe.data, "s.fit2 = o.fit"));
  assert_null(strstr(recipe.data, "undo"));
  orr_text_fini(&recipe);
  orr_unfinished_fini(&u);
  orr_job_fini(&j);
  orr_text_fini(&journal);
  orr_free(left);
}

/* Taken up, and killed again before the old journal was done again: the whole of it is still there. */
static void killed_twice(void **state) {
  (void)state;
  orr_text old = {0}, aside = {0}, rest = {0};
  have_one_killed("10", "");
  char *left = find_unfinished(6);
  orr_text_printf(&old, "%s/journal.lua", left);
  orr_text_printf(&aside, "%s/checkpoints/journal.lua", left);
  assert_int_equal(rename(old.data, aside.data), 0);
  orr_text_add(&rest, "--@journal 1\n--@data \"rows.csv\"\ns.data1 = o.data { }\n");
  assert_int_equal(orr_file_write(old.data, rest.data, rest.length, NULL), ORR_OK);
  orr_free(left);
  left = find_unfinished(6);
  open_as("rows.csv", left);
  orr_snapshot *s = settle();
  if (s->failure) fail_msg("%s", s->failure);
  assert_int_equal(s->n_fits, 2);
  orr_snapshot_unref(s);
  orr_text_fini(&old);
  orr_text_fini(&aside);
  orr_text_fini(&rest);
  orr_free(left);
}

static void one_that_is_open_is_not_offered(void **state) {
  (void)state;
  orr_left_session left;
  open_bench();
  done("s.split1 = o.split { s.data1 }");
  assert_false(orr_workbench_unfinished("rows.csv", &left));
}

/* Its data is gone meanwhile: that is told, and the folder left as it was for another time. */
static void a_session_that_cannot_go_on_stays(void **state) {
  (void)state;
  have_one_killed("10", "");
  char *left = find_unfinished(6);
  assert_int_equal(rename("rows.csv", "gone.csv"), 0);
  open_as("rows.csv", left);
  orr_snapshot *s = settle();
  assert_non_null(s->failure);
  orr_snapshot_unref(s);
  assert_null(close_bench(true));
  assert_int_equal(rename("gone.csv", "rows.csv"), 0);
  orr_free(left);
  orr_free(find_unfinished(6));
}

int main(int argc, char **argv) {
  if (argc == 4) {
    orr_cpu_limit((orr_cpu_level)(*argv[3] - '0'));
    return be_killed(strtoul(argv[1], NULL, 10), argv[2]);
  }
  const struct CMUnitTest tests[] = {
      BENCH_TEST(a_killed_session_goes_on),
      BENCH_TEST(a_change_by_hand_is_not_lost),
      BENCH_TEST(what_was_left_runs_without_a_screen),
      BENCH_TEST(killed_twice),
      BENCH_TEST(one_that_is_open_is_not_offered),
      BENCH_TEST(a_session_that_cannot_go_on_stays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
