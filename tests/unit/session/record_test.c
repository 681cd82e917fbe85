/* The record: a folder that is whole or absent, never in the way of another, and made of
 * what the session knows. */
#include "fixture.h"

#include "session/record.h"

static char final[96];

static int set_up(void **state) {
  (void)state;
  desk_init(&d);
  snprintf(final, sizeof final, "%s/runs/first", d.root);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  orr_file_remove_tree(d.root);
  return 0;
}

static orr_status begin(orr_record *r, const char *path) {
  return orr_record_begin(r, path, &d.config.clock, &d.error);
}

static void write_file(const char *path, const char *text) {
  assert_int_equal(orr_file_write(path, text, strlen(text), NULL), ORR_OK);
}

static const orr_record_facts facts = {
    .head = {.title = "A title", .question = "Why?", .recipe = "mine", .status = "ok"},
    .recipe_text = "return {}\n",
    .parameters_header = "--@set target=\"class\"\n",
    .stop_reason = "",
    .threads = 3};

static const char *read_final(const char *name) {
  snprintf(d.folder, sizeof d.folder, "%s", final);
  return content(&d, name);
}

static void a_finished_run_has_its_files(void **state) {
  (void)state;
  orr_record r;
  orr_json *run;
  char header[256];
  assert_int_equal(begin(&r, final), ORR_OK);
  assert_false(orr_file_exists(final));
  d.config.folder = r.working;
  desk_open(&d);
  call(&d, "data", NULL);
  assert_int_equal(orr_record_finish(&r, &d.session, &facts, &d.error), ORR_OK);
  assert_false(orr_file_exists(r.working));
  assert_string_equal(read_final("numbers.json"), "{\n\t\"schema\":\t1,\n\t\"numbers\":\t{\n\t}\n}\n");
  snprintf(header, sizeof header, "--@recipe mine\n--@data \"%s\" xxh3:", d.csv);
  const char *recipe = read_final("recipe.lua");
  assert_true(!strncmp(recipe, header, strlen(header)));
  assert_non_null(strstr(recipe, "--@seed 1\n--@set target=\"class\"\nreturn {}\n"));
  assert_true(!strncmp(read_final("report.txt"), "A title\nWhy?\n", 13));
  assert_non_null(strstr(read_final("journal.lua"), "s.data1 = o.data { }\n"));
  const char *text = read_final("run.json");
  assert_int_equal(orr_json_parse(text, strlen(text), &run, NULL), ORR_OK);
  assert_string_equal(orr_json_text_of(run, "start", ""), "2026-11-18T11:06:40Z");
  assert_string_equal(orr_json_text_of(run, "status", ""), "ok");
  assert_true(orr_json_number_of(run, "threads", 0) == 3);
  const orr_json *step = orr_json_first(orr_json_get(run, "steps"));
  assert_string_equal(orr_json_text_of(step, "command", ""), "s.data1 = o.data { }");
  assert_int_equal(strlen(orr_json_text_of(step, "key", "")), 32);
  assert_true(orr_json_number_of(orr_json_first(orr_json_get(run, "inputs")), "rows", 0) == 30);
  orr_json_free(run);
  orr_record_fini(&r);
  desk_close(&d);
}

static void a_discarded_run_leaves_nothing(void **state) {
  (void)state;
  orr_record r;
  char parent[128];
  assert_int_equal(begin(&r, final), ORR_OK);
  assert_true(orr_file_exists(r.working));
  orr_record_discard(&r);
  assert_false(orr_file_exists(r.working));
  assert_false(orr_file_exists(final));
  orr_record_fini(&r);
  snprintf(parent, sizeof parent, "%s/runs", d.root);
  assert_false(orr_file_exists(parent)); /* it was made for this run */
}

static void what_is_there_is_left_alone(void **state) {
  (void)state;
  orr_record r;
  char inside[160], file[160];
  assert_int_equal(orr_file_make_folders(final, NULL), ORR_OK);
  assert_int_equal(begin(&r, final), ORR_OK); /* an empty folder is nobody's */
  orr_record_discard(&r);
  orr_record_fini(&r);
  assert_int_equal(orr_file_make_folders(final, NULL), ORR_OK);
  snprintf(inside, sizeof inside, "%s/kept", final);
  write_file(inside, "x");
  assert_int_equal(begin(&r, final), ORR_USAGE);
  assert_non_null(strstr(d.error.message, "is there already; name a new folder"));
  orr_record_discard(&r);
  orr_record_fini(&r);
  assert_true(orr_file_exists(inside));
  snprintf(file, sizeof file, "%s/file", d.root);
  write_file(file, "x");
  assert_int_equal(begin(&r, file), ORR_USAGE);
  orr_record_discard(&r);
  orr_record_fini(&r);
  assert_true(orr_file_exists(file));
}

static void names_that_are_none_are_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"", "/", ".", "..", "///", "a/.."};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    orr_record r;
    if (begin(&r, bad[i]) != ORR_USAGE) fail_msg("'%s' is taken", bad[i]);
    orr_record_discard(&r);
    orr_record_fini(&r);
  }
}

static void slashes_at_the_end_do_not_matter(void **state) {
  (void)state;
  orr_record r;
  char path[160];
  snprintf(path, sizeof path, "%s//", final);
  assert_int_equal(begin(&r, path), ORR_OK);
  assert_string_equal(r.final, final);
  orr_record_discard(&r);
  orr_record_fini(&r);
}

static void a_full_disk_keeps_the_final_name_free(void **state) {
  (void)state;
  orr_record r;
  assert_int_equal(begin(&r, final), ORR_OK);
  d.config.folder = r.working;
  desk_open(&d);
  call(&d, "data", NULL);
  close(d.session.events_fd);
  d.session.events_fd = -1; /* as a failed write leaves it */
  assert_int_equal(orr_record_finish(&r, &d.session, &facts, &d.error), ORR_SYSTEM);
  assert_non_null(strstr(d.error.message, "is the disk full?"));
  assert_false(orr_file_exists(final));
  orr_record_discard(&r);
  orr_record_fini(&r);
  desk_close(&d);
}

/* ---- taking up ---- */

/* A run that died: its working folder, with what it began as. */
static char *die(void) {
  orr_record r;
  assert_int_equal(begin(&r, final), ORR_OK);
  d.config.folder = r.working;
  desk_open(&d);
  assert_int_equal(orr_record_open(&r, &d.session, &facts, &d.error), ORR_OK);
  call(&d, "data", NULL);
  desk_close(&d);
  char *working = strdup(r.working);
  orr_record_fini(&r);
  assert_true(orr_file_exists(working));
  return working;
}

/* The number of a process that is not there. */
static char *rename_dead(char *working) {
  char *dead = malloc(strlen(working) + 16);
  sprintf(dead, "%.*s.partial-999999999", (int)(strstr(working, ".partial-") - working), working);
  assert_int_equal(rename(working, dead), 0);
  free(working);
  return dead;
}

static void what_died_is_taken_up(void **state) {
  (void)state;
  orr_record r;
  char *dead = rename_dead(die());
  orr_record_facts whole = facts;
  d.config.clock.wall = NULL;
  assert_int_equal(orr_record_take_up(&r, dead, final, &d.config.clock, &d.error), ORR_OK);
  d.config.clock.wall = noon;
  assert_false(orr_file_exists(dead));
  assert_true(orr_file_exists(r.working));
  assert_true(r.start == 1795000000); /* it began when it began */
  d.config.folder = r.working;
  d.config.resumes = true;
  desk_open(&d);
  d.session.resumed_fit = orr_strdup("fit3");
  d.session.resumed_step = 12;
  assert_int_equal(orr_record_open(&r, &d.session, &facts, &d.error), ORR_OK);
  call(&d, "data", NULL);
  whole.unfinished = true;
  assert_int_equal(orr_record_finish(&r, &d.session, &whole, &d.error), ORR_OK);
  desk_close(&d);
  assert_non_null(strstr(read_final("run.json"), "\"fit\":\t\"fit3\",\n\t\t\t\"step\":\t12"));
  assert_non_null(strstr(read_final("checkpoints/run.json"), "\"fit3\""));
  orr_record_fini(&r);

  assert_int_equal(orr_record_take_up(&r, final, final, &d.config.clock, &d.error), ORR_OK);
  d.config.folder = r.working;
  desk_open(&d);
  assert_int_equal(orr_record_open(&r, &d.session, &facts, &d.error), ORR_OK);
  call(&d, "data", NULL);
  assert_int_equal(orr_record_finish(&r, &d.session, &facts, &d.error), ORR_OK);
  const char *run = read_final("run.json"), *at = strstr(run, "\"at\":");
  assert_true(at && strstr(at + 1, "\"at\":")); /* taken up twice */
  assert_non_null(strstr(run, "\"fit3\""));
  char left[160];
  snprintf(left, sizeof left, "%s/checkpoints", final);
  assert_false(orr_file_exists(left));
  orr_record_fini(&r);
  desk_close(&d);
  free(dead);
}

static void what_is_given_back_is_as_it_was(void **state) {
  (void)state;
  orr_record r;
  char *dead = rename_dead(die());
  assert_int_equal(orr_record_take_up(&r, dead, final, &d.config.clock, &d.error), ORR_OK);
  d.config.folder = r.working;
  d.config.resumes = true;
  desk_open(&d); /* a new journal */
  orr_record_give_back(&r);
  orr_record_fini(&r);
  desk_close(&d);
  assert_true(orr_file_exists(dead) && !orr_file_exists(final));
  snprintf(d.folder, sizeof d.folder, "%s", dead);
  assert_non_null(strstr(content(&d, "journal.lua"), "o.data"));
  orr_arena_fini(&d.arena);
  free(dead);
}

static void a_run_that_is_being_made_is_not_taken_up(void **state) {
  (void)state;
  orr_record making, r;
  assert_int_equal(begin(&making, final), ORR_OK);
  assert_int_equal(orr_record_take_up(&r, making.working, final, &d.config.clock, &d.error), ORR_USAGE);
  assert_non_null(strstr(d.error.message, "is still being made by another process"));
  orr_record_fini(&r);
  assert_true(orr_file_exists(making.working));
  orr_record_discard(&making);
  orr_record_fini(&making);
}

static void what_it_began_as_is_not_believed(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    "[]",
                                    "{}",
                                    "{\"start\":-1,\"resumed\":[]}",
                                    "{\"start\":\"x\",\"resumed\":[]}",
                                    "{\"start\":1,\"resumed\":{}}",
                                    "{\"start\":1e300,\"resumed\":[]}"};
  char *dead = rename_dead(die()), path[200];
  snprintf(path, sizeof path, "%s/checkpoints/run.json", dead);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    orr_record r;
    write_file(path, bad[i]);
    if (orr_record_take_up(&r, dead, final, &d.config.clock, &d.error) != ORR_DATA)
      fail_msg("'%s' is believed", bad[i]);
    orr_record_give_back(&r);
    orr_record_fini(&r);
    assert_true(orr_file_exists(dead));
  }
  free(dead);
}

/* All of a run, with the n-th allocation of its beginning and then of its end failing. */
static orr_status run_failing(long at_begin, long at_end) {
  orr_record r;
  orr_memory_fail_after(at_begin);
  orr_status status = begin(&r, final);
  orr_memory_fail_after(-1);
  if (!status) {
    d.config.folder = r.working;
    desk_open(&d);
    call(&d, "data", NULL);
    orr_memory_fail_after(at_end);
    status = orr_record_finish(&r, &d.session, &facts, &d.error);
    orr_memory_fail_after(-1);
    desk_close(&d);
  }
  if (status) assert_true(*d.error.message && !orr_file_exists(final));
  if (status) orr_record_discard(&r);
  orr_record_fini(&r);
  return status;
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  long after = 0;
  while (after < 100 && run_failing(after, 0) == ORR_MEMORY) after++;
  assert_true(after > 2);
  for (after = 0; after < 300 && run_failing(-1, after); after++) continue;
  assert_true(after > 10 && after < 300);
}

#define with_desk(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      with_desk(a_finished_run_has_its_files),
      with_desk(a_discarded_run_leaves_nothing),
      with_desk(what_is_there_is_left_alone),
      with_desk(names_that_are_none_are_refused),
      with_desk(slashes_at_the_end_do_not_matter),
      with_desk(a_full_disk_keeps_the_final_name_free),
      with_desk(what_died_is_taken_up),
      with_desk(what_is_given_back_is_as_it_was),
      with_desk(a_run_that_is_being_made_is_not_taken_up),
      with_desk(what_it_began_as_is_not_believed),
      with_desk(any_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
