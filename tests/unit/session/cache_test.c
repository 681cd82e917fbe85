/* The warm cache: what was finished is loaded to the same bits, whatever is damaged is made again, what was
 * begun with something else is refused; a training that was stopped or steered goes on, and replays, to the
 * same bits. */
#include "fixture.h"

#include "session/cache.h"
#include "session/steered.h"

/* ---- a clock that somebody looks at: at its n-th tick the mailbox gets a letter ---- */

typedef enum letter { NO_LETTER, STOP, SET_RATE } letter;

static orr_control control;
static struct {
  letter letter;
  long ticks, at;
} post;

static long stop_later; /* ticks after the letter comes one that ends everything; 0: none does */

static double ticking(void *context) {
  (void)context;
  if (stop_later && post.ticks == post.at + stop_later)
    orr_control_ask(&control, ORR_ABANDON, ORR_REASON_TERMINATE);
  if (++post.ticks == post.at && post.letter == STOP)
    orr_control_ask(&control, ORR_ABANDON, ORR_REASON_TERMINATE);
  if (post.ticks == post.at && post.letter == SET_RATE)
    assert_true(orr_control_set(&control, "learning_rate", 0.0123));
  return (double)post.ticks * 1e-3;
}

static void open_with(bool resumes, letter what, long at) {
  control = (orr_control){0};
  post.letter = what, post.at = at, post.ticks = 0;
  d.config.folder = d.folder;
  d.config.resumes = resumes;
  d.config.clock.seconds = ticking;
  d.config.checkpoint_seconds = 0.05;
  assert_int_equal(orr_session_open(&d.session, &d.config, NULL, &control, NULL, &d.error), ORR_OK);
}

/* So that the next one can be opened, or the desk be cleared. */
static void shut(void) {
  desk_close(&d);
  d.session = (orr_session){.journal_fd = -1, .events_fd = -1};
}

/* ---- a small run ---- */

static orr_status try_fit(const char *family, long long repeats) {
  bool classes = strcmp(family, "ridge") != 0;
  orr_ref data, split;
  ORR_TRY(try_call(&d, "data", NULL, &data));
  ORR_TRY(try_call(&d, "split", DICT({"data", IT(data)}), &split));
  orr_pair pairs[] = {{"model", TEXT(family)},
                      {"on", IT(split)},
                      {"target", TEXT(classes ? "class" : "x")},
                      {"repeats", WHOLE(repeats)},
                      {"epochs", WHOLE(30)}};
  orr_value given = {.kind = ORR_DICT, .pairs = pairs, .count = 5};
  return try_call(&d, "fit", &given, NULL);
}

static void fit(const char *family, long long repeats) {
  if (try_fit(family, repeats)) fail_msg("o.fit %s: %s", family, d.error.message);
}

/* The bytes of a file of the run's folder, as their hash. */
static orr_hash bytes_of(const char *name) {
  orr_text path = {0}, text = {0};
  orr_text_printf(&path, "%s/%s", d.folder, name);
  if (orr_file_read_path(path.data, 1 << 24, &text, &d.error)) fail_msg("%s", d.error.message);
  orr_hash h = orr_hash_bytes(orr_text_get(&text), text.length);
  orr_text_fini(&path);
  orr_text_fini(&text);
  return h;
}

static bool same(orr_hash a, orr_hash b) { return a.high == b.high && a.low == b.low; }

static bool is_there(const char *name) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", d.folder, name);
  return orr_file_exists(path);
}

static void put(const char *name, const char *text) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", d.folder, name);
  assert_int_equal(orr_file_write(path, text, strlen(text), NULL), ORR_OK);
}

static void drop(const char *name) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", d.folder, name);
  assert_int_equal(unlink(path), 0);
}

static size_t said(const char *words) {
  size_t n = 0;
  for (const char *p = content(&d, "events.jsonl"); (p = strstr(p, words)); p++) n++;
  return n;
}

static const orr_fit_object *the_fit(void) {
  for (size_t i = 0; i < d.session.objects.count; i++)
    if (d.session.objects.items[i].kind == ORR_FIT) return d.session.objects.items[i].fit;
  return NULL;
}

/* All members of the fit, bit for bit. */
static orr_hash members(void) {
  const orr_fit_object *f = the_fit();
  orr_hash all = {0, f->n_members};
  for (size_t i = 0; i < f->n_members; i++) all = orr_hash_join(all, orr_store_hash(&f->members[i].store));
  return all;
}

static orr_hash whole_run(const char *family, long long repeats) {
  open_with(false, NO_LETTER, 0);
  fit(family, repeats);
  orr_hash h = bytes_of("models/fit1.orrery");
  shut();
  return h;
}

/* ---- finished fits ---- */

static void every_family_comes_back_as_it_was(void **state) {
  (void)state;
  for (size_t i = 0; i < orr_families_count; i++) {
    const orr_family *f = orr_families[i];
    if (f->needs & ORR_NEEDS_RECIPE) continue;
    orr_hash before = whole_run(f->name, 1);
    drop("models/fit1.orrery");
    open_with(true, NO_LETTER, 0);
    fit(f->name, 1);
    if (said("is loaded from the record") != 1) fail_msg("%s was trained again", f->name);
    if (!same(before, bytes_of("models/fit1.orrery"))) fail_msg("%s came back with other bytes", f->name);
    assert_int_equal(d.session.trained, 0);
    assert_null(d.session.resumed_fit);
    assert_true(the_fit()->outcome.steps < 1000000 && *the_fit()->outcome.stop_reason);
    shut();
  }
}

static void without_resuming_nothing_is_loaded(void **state) {
  (void)state;
  whole_run("logistic", 1);
  open_with(false, NO_LETTER, 0);
  fit("logistic", 1);
  assert_int_equal(said("loaded from the record"), 0);
  assert_int_equal(d.session.trained, 1);
}

static void only_the_seed_that_is_missing_is_trained(void **state) {
  (void)state;
  open_with(false, NO_LETTER, 0);
  fit("mlp", 3);
  orr_hash before = members();
  assert_int_equal(d.session.trained, 3);
  shut();
  drop("checkpoints/fit1-2.json");
  open_with(true, NO_LETTER, 0);
  fit("mlp", 3);
  assert_int_equal(d.session.trained, 1);
  assert_string_equal(d.session.resumed_fit, "fit1");
  assert_true(same(before, members()));
  assert_true(is_there("checkpoints/fit1-2.json") && !is_there("checkpoints/fit1-2.ckpt"));
}

static void what_is_damaged_is_trained_again(void **state) {
  (void)state;
  static const char *const entries[] = {
      "", "{", "[]", "{\"key\":3}", "{\"finished\":{}}", "\xff\xfe",
  };
  orr_hash before = whole_run("logistic", 1);
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
    put("checkpoints/fit1.json", entries[i]);
    open_with(true, NO_LETTER, 0);
    fit("logistic", 1);
    if (d.session.trained != 1) fail_msg("the entry '%s' is believed", entries[i]);
    assert_true(same(before, bytes_of("models/fit1.orrery")));
    shut();
  }
}

/* The entry as it is, with one of its values replaced. */
static void spoil(const char *from, const char *to) {
  const char *text = content(&d, "checkpoints/fit1.json"), *at = strstr(text, from);
  orr_text made = {0};
  assert_non_null(at);
  orr_text_add_bytes(&made, text, (size_t)(at - text));
  orr_text_add(&made, to);
  orr_text_add(&made, at + strlen(from) + strcspn(at + strlen(from), ",\n"));
  put("checkpoints/fit1.json", made.data);
  orr_text_fini(&made);
}

static void what_is_said_of_a_finished_fit_is_checked(void **state) {
  (void)state;
  static const struct {
    const char *from, *to;
  } cases[] = {{"\"model\":", "\"model\":\"0\""},
               {"\"steps\":", "\"steps\":-1"},
               {"\"steps\":", "\"steps\":1e300"},
               {"\"best_step\":", "\"best_step\":\"2\""},
               {"\"cut\":", "\"cut\":0"},
               {"\"seconds\":", "\"seconds\":-3"},
               {"\"changes\":", "\"changes\":[3]"},
               {"\"changes\":", "\"changes\":{}"},
               {"\"stop_reason\":", "\"stop_reason\":null"}};
  whole_run("logistic", 1);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    spoil(cases[i].from, cases[i].to);
    open_with(true, NO_LETTER, 0);
    fit("logistic", 1);
    if (d.session.trained != 1) fail_msg("%s is believed", cases[i].to);
    assert_int_equal(said("fit1 is trained again"), 1);
    shut();
    whole_run("logistic", 1);
  }
}

static void a_model_file_with_another_bit_is_trained_again(void **state) {
  (void)state;
  char path[160];
  orr_hash before = whole_run("logistic", 1);
  snprintf(path, sizeof path, "%s/checkpoints/fit1.orrery", d.folder);
  FILE *f = fopen(path, "r+");
  assert_true(f && !fseek(f, -3, SEEK_END));
  fputc(1, f);
  fclose(f);
  open_with(true, NO_LETTER, 0);
  fit("logistic", 1);
  assert_int_equal(d.session.trained, 1);
  assert_true(same(before, bytes_of("models/fit1.orrery")));
}

static void what_was_begun_with_something_else_is_refused(void **state) {
  (void)state;
  whole_run("logistic", 1);
  open_with(true, NO_LETTER, 0);
  assert_int_equal(try_fit("constant", 1), ORR_DATA);
  assert_non_null(strstr(d.error.message, "fit1 was begun with something else: step was"));
  shut();
  assert_int_equal(
      orr_file_write(d.csv, "id,x,y,class\n1,2,3,no\n2,3,4,yes\n3,4,5,no\n4,5,6,yes\n5,5,5,yes\n6,6,6,no\n",
                     68, NULL),
      ORR_OK);
  open_with(true, NO_LETTER, 0);
  assert_int_equal(try_fit("logistic", 1), ORR_DATA);
  assert_non_null(strstr(d.error.message, "data was rows.csv "));
  assert_non_null(strstr(d.error.message, " and is now rows.csv "));
}

static void any_allocation_may_fail_while_it_is_loaded(void **state) {
  (void)state;
  orr_status status = ORR_MEMORY;
  orr_hash before = whole_run("logistic", 2);
  long after = 0;
  for (; after < 2000 && status; after += 1 + after / 50) {
    open_with(true, NO_LETTER, 0);
    orr_memory_fail_after(after);
    status = try_fit("logistic", 2);
    orr_memory_fail_after(-1);
    if (status && !*d.error.message) fail_msg("allocation %ld fails in silence", after);
    shut();
  }
  assert_true(after > 50 && !status);
  open_with(true, NO_LETTER, 0);
  fit("logistic", 2);
  assert_true(same(before, bytes_of("models/fit1.orrery")));
}

/* ---- a training under way ---- */

static void a_stopped_training_goes_on_to_the_same_bits(void **state) {
  (void)state;
  orr_hash before = whole_run("mlp", 2);
  long ticks = post.ticks;
  size_t stopped = 0, taken_up = 0;
  for (long at = 5; at < ticks; at += ticks / 23 + 1) {
    orr_file_remove_tree(d.folder);
    assert_int_equal(mkdir(d.folder, 0755), 0);
    open_with(false, STOP, at);
    orr_status status = try_fit("mlp", 2);
    bool has = is_there("checkpoints/fit1.ckpt") || is_there("checkpoints/fit1-2.ckpt");
    assert_int_equal(status, ORR_STOPPED);
    assert_true(d.session.trained >= (size_t)has);
    shut();
    open_with(true, NO_LETTER, 0);
    fit("mlp", 2);
    assert_true(same(before, bytes_of("models/fit1.orrery")));
    stopped++, taken_up += d.session.resumed_step > 0;
    assert_false(is_there("checkpoints/fit1.ckpt") || is_there("checkpoints/fit1-2.ckpt"));
    shut();
  }
  assert_true(stopped > 15 && taken_up > 5);
}

static void a_checkpoint_of_something_else_is_refused(void **state) {
  (void)state;
  whole_run("mlp", 1);
  long ticks = post.ticks;
  orr_file_remove_tree(d.folder);
  assert_int_equal(mkdir(d.folder, 0755), 0);
  open_with(false, STOP, ticks / 2);
  assert_int_equal(try_fit("mlp", 1), ORR_STOPPED);
  shut();
  drop("checkpoints/fit1.json");
  d.config.seed = 2;
  open_with(true, NO_LETTER, 0);
  assert_int_equal(try_fit("mlp", 1), ORR_DATA);
  assert_non_null(strstr(d.error.message, "is of another training: step was "));
}

/* ---- steering ---- */

static orr_steered parsed(const char *header) {
  orr_steered c = {.slot = "fit1"};
  orr_value dict;
  const char *json = strchr(header, '{');
  assert_non_null(json);
  size_t n = strcspn(json, "\n");
  const char *line = orr_arena_strndup(&d.arena, json, n);
  assert_int_equal(orr_value_from_json(line, &d.arena, &dict, &d.error), ORR_OK);
  assert_int_equal(orr_steered_read(&dict, &c, &d.error), ORR_OK);
  return c;
}

static void a_change_by_hand_is_recorded_and_replays(void **state) {
  (void)state;
  char line[120], header[120];
  orr_hash plain = whole_run("mlp", 1);
  long ticks = post.ticks;
  open_with(false, SET_RATE, ticks / 2);
  fit("mlp", 1);
  orr_hash steered = bytes_of("models/fit1.orrery");
  assert_false(same(plain, steered));
  orr_steered c = parsed(orr_text_get(&d.session.controls));
  size_t step = c.change.step;
  assert_true(step > 0 && c.model == 1 && c.change.set.value == 0.0123);
  snprintf(header, sizeof header, "--@control fit1 {\"step\":%zu,\"learning_rate\":0.0123}\n", step);
  snprintf(line, sizeof line, "\no.control { \"fit1\", step = %zu, learning_rate = 0.0123 }\n", step);
  assert_string_equal(orr_text_get(&d.session.controls), header);
  assert_non_null(strstr(content(&d, "journal.lua"), line));
  shut();

  d.config.controls = &c, d.config.n_controls = 1;
  open_with(false, NO_LETTER, 0);
  fit("mlp", 1);
  assert_true(same(steered, bytes_of("models/fit1.orrery")));
  assert_int_equal(d.session.controls.length, 0); /* it is in the header already */
  orr_pair given[] = {{"fit", TEXT("fit1")}, {"step", WHOLE((int64_t)step)}, {"learning_rate", REAL(0.0123)}};
  call(&d, "control", &(orr_value){.kind = ORR_DICT, .pairs = given, .count = 3});
  given[1].value.integer++;
  assert_int_equal(try_call(&d, "control", &(orr_value){.kind = ORR_DICT, .pairs = given, .count = 3}, NULL),
                   ORR_RECIPE);
  shut();
  d.config.n_controls = 0;
}

/* As after a crash: the fit is in the record, and so is how it was steered. */
static void a_change_is_kept_with_the_finished_fit(void **state) {
  (void)state;
  whole_run("mlp", 1);
  open_with(false, SET_RATE, post.ticks / 2);
  fit("mlp", 1);
  orr_hash steered = bytes_of("models/fit1.orrery");
  char *header = strdup(orr_text_get(&d.session.controls));
  assert_true(*header);
  shut();
  drop("models/fit1.orrery");
  open_with(true, NO_LETTER, 0);
  fit("mlp", 1);
  assert_int_equal(d.session.trained, 0);
  assert_true(same(steered, bytes_of("models/fit1.orrery")));
  assert_string_equal(orr_text_get(&d.session.controls), header);
  free(header);
}

/* Stopped after it was steered: the change is in the checkpoint, whenever the one before was written. One that came
 * too late to be taken is in no record either. */
static void a_change_outlives_a_stop(void **state) {
  (void)state;
  orr_hash plain = whole_run("mlp", 1);
  long half = post.ticks / 2;
  size_t outlived = 0;
  for (long later = 1; later < 60; later += 13) {
    open_with(false, SET_RATE, half);
    stop_later = later;
    assert_int_equal(try_fit("mlp", 1), ORR_STOPPED);
    stop_later = 0;
    shut();
    open_with(true, NO_LETTER, 0);
    fit("mlp", 1);
    orr_hash resumed = bytes_of("models/fit1.orrery");
    bool changed = d.session.controls.length > 0;
    orr_steered c = {0};
    if (changed) c = parsed(orr_text_get(&d.session.controls));
    shut();
    d.config.controls = &c, d.config.n_controls = changed;
    assert_true(same(resumed, changed ? whole_run("mlp", 1) : plain));
    d.config.n_controls = 0;
    outlived += changed;
  }
  assert_true(outlived > 2);
}

static void lines_of_steering_read_back(void **state) {
  (void)state;
  static const orr_steered all[] = {{"fit2", 1, {412, {"learning_rate", 3e-4}, ORR_CAUSE_LIVE}},
                                    {"fit12", 3, {0, {"clip_norm", 1e300}, ORR_CAUSE_LIVE}},
                                    {"fit1", 1, {4503599627370495, {"beta", -0.1}, ORR_CAUSE_LIVE}}};
  static const char *const bad[] = {"o.control { \"fit1\" }",
                                    "o.control { \"fit1\", step = 3 }",
                                    "o.control { \"fit1\", learning_rate = 3 }",
                                    "o.control { \"fit1\", step = 3, a = 1, b = 2 }",
                                    "o.control { \"fit1\", step = -3, a = 1 }",
                                    "o.control { \"fit1\", step = 1.5, a = 1 }",
                                    "o.control { \"fit1\", step = x, a = 1 }",
                                    "o.control { \"fit1\", model = 0, step = 1, a = 1 }",
                                    "o.control { \"fit1\", step = 1, a = 1 } os.exit()",
                                    "o.control { \"fit1",
                                    "o.control { \""};
  orr_steered back;
  bool found;
  for (size_t i = 0; i < 3; i++) {
    orr_text line = {0};
    orr_steered_add_line(&all[i], &line);
    assert_int_equal(orr_steered_parse_line(line.data, &d.arena, &back, &found, &d.error), ORR_OK);
    assert_true(found && orr_steered_is_same(&all[i], &back));
    orr_text_fini(&line);
    orr_steered_add_header(&all[i], &line);
    back = parsed(line.data);
    back.slot = all[i].slot;
    assert_true(orr_steered_is_same(&all[i], &back));
    orr_text_fini(&line);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (orr_steered_parse_line(bad[i], &d.arena, &back, &found, &d.error) != ORR_RECIPE)
      fail_msg("'%s' is taken", bad[i]);
  assert_int_equal(orr_steered_parse_line("o.note { \"x\" }", &d.arena, &back, &found, &d.error), ORR_OK);
  assert_false(found);
}

/* ---- what passes ---- */

static void what_is_passing_is_in_no_record(void **state) {
  (void)state;
  open_with(false, NO_LETTER, 0);
  orr_named_value value = {"loss", 0.5};
  orr_report kept = {.what = "kept", .step = 1, .values = &value, .n_values = 1},
             passing = {.what = "gone", .step = 1, .values = &value, .n_values = 1, .passing = true};
  assert_int_equal(orr_progress(&d.session.work, &kept, NULL, NULL), ORR_OK);
  assert_int_equal(orr_progress(&d.session.work, &passing, NULL, NULL), ORR_OK);
  assert_int_equal(said("\"kept\""), 1);
  assert_int_equal(said("\"gone\""), 0);
}

#define with_desk(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      with_desk(every_family_comes_back_as_it_was),
      with_desk(without_resuming_nothing_is_loaded),
      with_desk(only_the_seed_that_is_missing_is_trained),
      with_desk(what_is_damaged_is_trained_again),
      with_desk(what_is_said_of_a_finished_fit_is_checked),
      with_desk(a_model_file_with_another_bit_is_trained_again),
      with_desk(what_was_begun_with_something_else_is_refused),
      with_desk(any_allocation_may_fail_while_it_is_loaded),
      with_desk(a_stopped_training_goes_on_to_the_same_bits),
      with_desk(a_checkpoint_of_something_else_is_refused),
      with_desk(a_change_by_hand_is_recorded_and_replays),
      with_desk(a_change_is_kept_with_the_finished_fit),
      with_desk(a_change_outlives_a_stop),
      with_desk(lines_of_steering_read_back),
      with_desk(what_is_passing_is_in_no_record),
  };
  return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
