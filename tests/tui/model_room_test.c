/* Goldens of the rooms Watch, Ask and Record: nothing yet, running, paused, failed, finished, two fits, a latent space,
 * runs side by side. What explains a model is made by hand; the rest is real. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/tui/rooms/ask_room.h"
#include "tests/tui/room_golden.h"

static desk d;
static orr_snapshot *kept, shown; /* the real one, and a copy that says more */

static int set_up(void **state) {
  (void)state;
  open_stars(&d);
  kept = NULL;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  if (kept) d.ui.snapshot = kept;
  desk_close(&d);
  return 0;
}

static void shows(const char *keys, const char *name) {
  desk_keys(&d, keys);
  desk_settle(&d);
  room_golden(&d, name);
}

/* From here on the desk shows this copy of what the engine says; what is answered is no longer listened to. */
static orr_snapshot *copy_snapshot(void) {
  kept = d.ui.snapshot;
  shown = *kept;
  shown.refs = 1000;
  return d.ui.snapshot = &shown;
}

/* ---- Watch ---- */

static void train(void) {
  desk_do(&d, "o.role { s.data1, target = 'class', ignore = 'star' }");
  desk_do(&d, "o.split { s.role1, test = 0.25, validation = 0.2 }");
  desk_do(&d, "o.fit { 'logistic', s.split1, target = 'class', exclude = { 'observed' } }");
}

static void train_network(void) {
  desk_do(&d, "o.fit { 'mlp', s.split1, target = 'class', exclude = { 'observed' }, hidden = { 4 }, "
              "epochs = 5, repeats = 2 }");
}

static void tell_progress(void) {
  static const struct {
    const char *name;
    double value;
  } values[] = {{"loss", 0.4312},        {"validation_loss", 0.5021}, {"learning_rate", 0.00327},
                {"gradient_norm", 1.71}, {"seconds_left", 421},       {"rows_per_second", 48211}};
  orr_event p = {.kind = ORR_EVENT_PROGRESS,
                 .what = "mlp",
                 .slot = "fit2",
                 .member = 2,
                 .step = 412,
                 .steps = 1600,
                 .seconds = 83};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    snprintf(p.values[p.n_values].name, 32, "%s", values[i].name);
    p.values[p.n_values++].value = values[i].value;
  }
  desk_tell(&d, &p);
}

static void tell_notes(void) {
  static const char *const notes[] = {
      "reading stars.csv: 160 rows, 8 columns",
      "12 rows have no colour; their column's median stands in for it, and a column says where",
      "s.fit2: the learning rate warms up over 40 steps",
      "s.fit2, model 1 of 3: early stop at step 1,120, the best was step 920",
  };
  for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
    orr_event note = {.kind = ORR_EVENT_NOTE, .seconds = 0.4 + 22.31 * (double)i};
    snprintf(note.text, sizeof note.text, "%s", notes[i]);
    desk_tell(&d, &note);
  }
}

static void run_on(void) {
  orr_snapshot *s = copy_snapshot();
  s->running = "s.fit3 = o.fit { \"mlp\", s.split1, target = \"class\", hidden = { 64, 64 }, repeats = 3 }";
  s->recipe = "classification";
  s->since = 1000;
  d.ui.now = 1083;
  tell_notes();
  tell_progress();
}

static void draws(const char *keys, const char *name) {
  desk_keys(&d, keys);
  room_golden(&d, name);
}

static void nothing_yet(void **state) {
  (void)state;
  shows("3", "watch-none");
  shows("4", "ask-none");
  shows("5", "record-none");
}

static void running(void **state) {
  (void)state;
  train();
  train_network();
  run_on();
  draws("3", "watch-running");
  draws("Tab", "watch-running-figures");
  draws("Tab k k", "watch-running-log");
}

static void paused(void **state) {
  (void)state;
  train();
  train_network();
  run_on();
  desk_keys(&d, "3 p");
  d.ui.paused = true;
  draws("", "watch-paused");
  draws("X", "watch-abandon");
  desk_keys(&d, "n p");
}

static void failed(void **state) {
  (void)state;
  orr_error e = {0};
  desk_keys(&d, "3");
  assert_int_equal(orr_workbench_do(d.workbench, "o.fit { 'mlp', s.data1, target = 'clas' }", &e), ORR_OK);
  desk_settle(&d);
  shows("", "watch-failed");
}

static void finished(void **state) {
  (void)state;
  train();
  desk_do(&d, "o.evaluate { s.fit1, on = s.split1.test }");
  train_network();
  desk_do(&d, "o.evaluate { s.fit2, baseline = s.fit1, on = s.split1.test }");
  shows("3", "watch-finished");
  shows("]", "watch-second-quantity");
  shows("Tab Down Down", "watch-scores");
}

/* ---- Ask ---- */

static const char *columns[] = {"period [d]", "colour [mag]", "magnitude [mag]", "magnitude_err [mag]",
                                "constellation"};
static double matters[] = {0.3121, 0.0412, 0.0071, -0.0018, 0.0004};
static double errors[] = {0.0214, 0.0088, 0.0061, 0.0043, 0.0031};

static void put(orr_question_kind kind, uint64_t number, orr_answer *a) {
  a->refs = 1000;
  a->kind = kind;
  a->number = number;
  orr_answer_unref(d.ui.answers[kind]);
  d.ui.answers[kind] = a;
}

static orr_room_state *ask(void) { return d.ui.rooms[ORR_ROOM_ASK]; }

static void put_figure(orr_answer *a) {
  static double x[] = {0, 1, 2, 3}, y[] = {0, 1, 4, 9};
  orr_panel *panel;
  orr_error e;
  orr_figure_init(&a->figure, &a->arena, "dependence", "");
  assert_int_equal(orr_figure_panel(&a->figure, "", &panel, &e), ORR_OK);
  orr_mark line = {.kind = ORR_LINE, .n = 4, .x = x, .y = y};
  assert_int_equal(orr_panel_mark(&a->figure, panel, line, &e), ORR_OK);
  a->has_figure = true;
}

static void explained(void **state) {
  (void)state;
  static orr_answer importance, dependence, why;
  static const char *reasons[] = {"period [d] = 3.42", "colour [mag] is missing", "magnitude [mag] = 14.1"};
  static double contributions[] = {1.912, -0.344, 0.087};
  train();
  shows("4", "ask-asked");
  importance = (orr_answer){
      .names = columns,
      .values = matters,
      .errors = errors,
      .n = 5,
      .text = "How much worse the log loss becomes when a column is shuffled, on 40 rows it has not seen."};
  put(ORR_ASK_IMPORTANCE, ask()->importance_number, &importance);
  desk_keys(&d, "j k");
  dependence = (orr_answer){.arena = {0}};
  put_figure(&dependence);
  put(ORR_ASK_DEPENDENCE, ask()->dependence_number, &dependence);
  draws("", "ask-importance");
  desk_keys(&d, "w l l");
  why = (orr_answer){
      .names = reasons,
      .values = contributions,
      .n = 3,
      .text = "variable, with a probability of 0.87. Shares of the log odds, from an average of -0.91:"};
  put(ORR_ASK_WHY, ask()->why_number, &why);
  draws("", "ask-why");
  draws("Tab Tab", "ask-plot");
  for (int k = 0; k < ORR_QUESTIONS; k++)
    if (d.ui.answers[k] == &importance || d.ui.answers[k] == &dependence || d.ui.answers[k] == &why)
      d.ui.answers[k] = NULL;
  orr_arena_fini(&dependence.arena);
}

static void two_fits(void **state) {
  (void)state;
  train();
  desk_do(&d, "o.fit { 'ridge', s.split1, target = 'colour [mag]', features = { 'period [d]' } }");
  shows("4 [", "ask-other-fit");
}

static double effect[] = {0.88, 0.41, 0.07}, divergence[] = {1.93, 1.02, 0.01};

static void latent_list(void **state) {
  (void)state;
  static orr_answer decoded;
  desk_do(&d, "o.split { s.data1, test = 0.25 }");
  desk_do(&d,
          "o.fit { 'pca', s.split1, features = { 'magnitude [mag]', 'period [d]', 'magnitude_err [mag]' }, "
          "settings = { latent = 2 } }");
  desk_keys(&d, "4");
  desk_settle(&d);
  decoded = (orr_answer){.names = columns,
                         .values = matters,
                         .n = 5,
                         .effect = effect,
                         .divergence = divergence,
                         .n_dimensions = 3,
                         .text = "z1 carries 61 % of what varies."};
  put(ORR_ASK_TRAVERSE, ask()->traverse_number, &decoded);
  draws("", "ask-latent");
  desk_keys(&d, "Right Up Up Up");
  put(ORR_ASK_TRAVERSE, ask()->traverse_number, &decoded);
  draws("", "ask-latent-moved");
  d.ui.answers[ORR_ASK_TRAVERSE] = NULL;
}

static void latent_picture(void **state) {
  (void)state;
  static orr_answer decoded;
  static double pixels[64];
  for (int i = 0; i < 64; i++)
    pixels[i] = hypot(i % 8 - 3.5, i / 8 - 3.5) < 3 ? 1 - 0.1 * (i % 8) : 0.02 * (i / 8);
  desk_do(&d, "o.split { s.data1, test = 0.25 }");
  desk_do(
      &d,
      "o.fit { 'pca', s.split1, features = { 'magnitude [mag]', 'period [d]' }, settings = { latent = 2 } }");
  desk_keys(&d, "4");
  desk_settle(&d);
  decoded = (orr_answer){.values = pixels,
                         .n = 64,
                         .effect = effect,
                         .n_dimensions = 3,
                         .picture_rows = 8,
                         .picture_columns = 8,
                         .text = "z1 carries 61 % of what varies."};
  put(ORR_ASK_TRAVERSE, ask()->traverse_number, &decoded);
  draws("", "ask-picture");
  d.ui.answers[ORR_ASK_TRAVERSE] = NULL;
}

/* ---- Record ---- */

static orr_known_run runs[] = {
    {"runs/20260301-090100-session", "session", "ok", "2026-03-01T09:01:00Z", "AUC 0.973 ± 0.011", true},
    {"runs/20260228-174410-classification", "classification", "ok", "2026-02-28T17:44:10Z",
     "AUC 0.9712 ± 0.0040, log loss 0.0702 ± 0.0052, Brier score 0.0163", true},
    {"runs/20260228-170000-regression", "regression", "failed", "2026-02-28T17:00:00Z", "no column 'y'",
     true},
    {"runs/20260227-120000-interpretation", "interpretation", "stopped", "2026-02-27T12:00:00Z", "", false},
};
static orr_compared numbers[] = {{"rows", 17898, NAN, 17898, NAN},
                                 {"boosted_trees.test.log_loss", 0.0702, 0.0052, 0.0688, 0.0049},
                                 {"boosted_trees.test.auc", 0.9712, 0.0040, 0.9731, 0.0038},
                                 {"boosted_trees.test.brier_score", 0.0163, 0.0011, NAN, NAN},
                                 {"logistic.test.log_loss", 0.0741, 0.0049, 0.0741, 0.0049}};

/* What the desk has asked is answered by hand. */
static void go(const char *keys, orr_answer *known, orr_answer *pair) {
  desk_keys(&d, keys);
  desk_settle(&d);
  put(ORR_ASK_RUNS, d.ui.answers[ORR_ASK_RUNS]->number, known);
  put(ORR_ASK_COMPARE, d.ui.answers[ORR_ASK_COMPARE]->number, pair);
}

static void compared(void **state) {
  (void)state;
  static orr_answer known, pair;
  train();
  desk_do(&d, "o.evaluate { s.fit1, on = s.split1.test }");
  desk_keys(&d, "5");
  desk_settle(&d);
  known = (orr_answer){.runs = runs, .n_runs = 4};
  put(ORR_ASK_RUNS, d.ui.answers[ORR_ASK_RUNS]->number, &known);
  draws("", "record-runs");
  desk_keys(&d, "j m j");
  uint64_t number = 0;
  for (desk_settle(&d); d.ui.answers[ORR_ASK_COMPARE] && !number;)
    number = d.ui.answers[ORR_ASK_COMPARE]->number;
  put(ORR_ASK_RUNS, d.ui.answers[ORR_ASK_RUNS]->number, &known);
  pair = (orr_answer){.compared = numbers, .n_compared = 5};
  put(ORR_ASK_COMPARE, number, &pair);
  draws("", "record-compare");
  go("k k", &known, &pair);
  draws("", "record-session-compared");
  go("j j", &known, &pair);
  draws("Tab j", "record-numbers");
  draws("Tab", "record-plot");
  draws("/ s e s s Enter", "record-search");
  d.ui.answers[ORR_ASK_RUNS] = d.ui.answers[ORR_ASK_COMPARE] = NULL;
}

int main(void) {
#define OVER_STARS(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      OVER_STARS(nothing_yet),    OVER_STARS(running),   OVER_STARS(paused),   OVER_STARS(failed),
      OVER_STARS(finished),       OVER_STARS(explained), OVER_STARS(two_fits), OVER_STARS(latent_list),
      OVER_STARS(latent_picture), OVER_STARS(compared),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
