/* Checkpoint files: a full disk loses nothing, the clock decides nothing, and a file that is damaged
 * or of something else is refused with the reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>

#include "resume_fixture.h"

/* The disk is full from step 8 on: files can no longer grow. */
typedef struct full {
  orr_control control;
  size_t notes;
  orr_text before;
} full;

static orr_signal fill_disk(void *context, const orr_report *r) {
  full *f = context;
  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  if (r->step == 8 && !f->before.length) {
    orr_file_read_path(path, 1 << 20, &f->before, NULL);
    limit.rlim_cur = 64;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  if (r->step == 5 || r->step > 8) orr_control_ask_checkpoint(&f->control);
  return ORR_GO_ON;
}

static void count_note(void *context, const char *line) {
  if (strstr(line, "the one before is kept")) ((full *)context)->notes++;
}

static void a_full_disk_loses_neither_training_nor_checkpoint(void **state) {
  (void)state;
  desk d;
  full f = {0};
  orr_text after = {0};
  struct rlimit limit;
  char part[128];
  take_kind(&d, &kinds[0]);
  orr_trainer_result whole = run(&d);
  d.work = (orr_work){.progress = fill_disk, .log = count_note, .context = &f};
  d.in.control = &f.control;
  d.in.checkpoint = &place;
  signal(SIGXFSZ, SIG_IGN);
  orr_trainer_result r = run(&d);
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_FSIZE, &limit);
  assert_true(is_same(&d, &whole, &r));
  assert_true(f.notes > 5);
  assert_int_equal(orr_file_read_path(path, 1 << 20, &after, NULL), ORR_OK);
  assert_true(f.before.length > 1000 && f.before.length == after.length);
  assert_memory_equal(f.before.data, after.data, after.length);
  snprintf(part, sizeof part, "%s.part", path);
  assert_false(orr_file_exists(part));
  orr_trainer_result_fini(&r);
  d.work = (orr_work){0};
  r = run(&d); /* from the old one */
  assert_true(r.resumed && is_same(&d, &whole, &r));
  orr_text_fini(&after);
  orr_text_fini(&f.before);
  orr_trainer_result_fini(&r);
  orr_trainer_result_fini(&whole);
  desk_drop(&d);
}

/* Leaves the checkpoint of step 12 or so. */
static void leave_checkpoint(desk *d) {
  fuse f = {.left = 14};
  orr_trainer_result r;
  d->work = (orr_work){.progress = burn, .context = &f};
  d->in.checkpoint = &place;
  assert_int_equal(orr_trainer_run(&d->in, &r, NULL), ORR_STOPPED);
  d->work = (orr_work){0};
}

static void expect_refusal(const desk *d, const char *words) {
  orr_trainer_result r;
  orr_error e = {0};
  assert_int_equal(orr_trainer_run(&d->in, &r, &e), ORR_DATA);
  if (!strstr(e.message, words)) fail_msg("'%s' does not say '%s'", e.message, words);
}

static void one_of_another_training_is_refused_with_what_differs(void **state) {
  (void)state;
  desk d;
  take_kind(&d, &kinds[0]);
  leave_checkpoint(&d);
  d.options.learning_rate = 0.5;
  expect_refusal(&d, "learning_rate was 0.01 and is now 0.5");
  d.options.learning_rate = 1e-2;
  float kept = d.learner.initial[0];
  d.learner.initial[0] = 1;
  expect_refusal(&d, "initial_parameters was");
  d.learner.initial[0] = kept;
  d.check.set.n_rows--;
  expect_refusal(&d, "validation_rows was 90 and is now 89");
  d.check.set.n_rows++;
  const orr_key_part other[] = {{"data", "ffff"}, {"version", "2"}};
  const orr_checkpoint elsewhere = {path, other, 2, 0};
  d.in.checkpoint = &elsewhere;
  expect_refusal(&d, "data was a1b2 and is now ffff; version was not said and is now 2; cpu was SkylakeX");
  orr_file_write(path, "nothing", 7, NULL);
  expect_refusal(&d, "checkpoint");
  desk_drop(&d);
}

/* Bytes changed at random: refused, or numbers that could have been; never a crash, never an endless loop. */
static void write_plainly(const char *bytes, size_t n) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, n, f), n);
  fclose(f);
}

static void a_damaged_one_does_no_harm(void **state) {
  (void)state;
  orr_random random = orr_random_stream(12, 0, ORR_FOR_TEST);
  for (size_t k = 0; k < KINDS; k += 2) {
    desk d;
    orr_text sound = {0};
    size_t refused = 0;
    take_kind(&d, &kinds[k]);
    leave_checkpoint(&d);
    assert_int_equal(orr_file_read_path(path, 1 << 20, &sound, NULL), ORR_OK);
    for (int round = 0; round < 300; round++) {
      orr_trainer_result r;
      char *bytes = malloc(sound.length);
      memcpy(bytes, sound.data, sound.length);
      size_t n = orr_random_below(&random, 8) ? sound.length : orr_random_below(&random, sound.length);
      for (int i = 0; i < 3 && n; i++) {
        size_t reach = i ? n : n < 4000 ? n : 4000; /* the header and the counts come first */
        bytes[orr_random_below(&random, reach)] = (char)orr_random_word(&random);
      }
      write_plainly(bytes, n);
      orr_status status = orr_trainer_run(&d.in, &r, NULL);
      refused += status == ORR_DATA;
      assert_true(status == ORR_OK || status == ORR_DATA || status == ORR_NUMERIC);
      orr_trainer_result_fini(&r);
      free(bytes);
    }
    assert_true(refused > 150);
    orr_text_fini(&sound);
    desk_drop(&d);
  }
}

static double ticks;
static double tick(void *context) { return (void)context, ticks += 0.01; }

/* Time decides how often a copy is written, and nothing else. */
static void the_clock_writes_checkpoints_and_changes_nothing(void **state) {
  (void)state;
  desk d;
  orr_checkpoint timed = place;
  take_kind(&d, &kinds[0]);
  orr_trainer_result whole = run(&d);
  timed.every_seconds = 0.2;
  d.in.checkpoint = &timed;
  d.in.clock = (orr_clock){.seconds = tick};
  orr_trainer_result r = run(&d);
  assert_true(is_same(&d, &whole, &r));
  assert_true(r.seconds > 0);
  assert_true(orr_file_exists(path));
  orr_trainer_result_fini(&r);
  d.in.clock = (orr_clock){0};
  r = run(&d);
  assert_true(r.resumed && is_same(&d, &whole, &r));
  orr_trainer_result_fini(&r);
  orr_trainer_result_fini(&whole);
  desk_drop(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_full_disk_loses_neither_training_nor_checkpoint),
      cmocka_unit_test(one_of_another_training_is_refused_with_what_differs),
      cmocka_unit_test(a_damaged_one_does_no_harm),
      cmocka_unit_test(the_clock_writes_checkpoints_and_changes_nothing),
  };
  return cmocka_run_group_tests_name("checkpoint", tests, make_folder, remove_folder);
}
