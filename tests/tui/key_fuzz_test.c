/* Random keys into the whole user interface over a real workbench: nothing breaks, every state can be drawn at any size,
 * and the journal that comes of it replays to the same numbers. ORRERY_KEYS says how many (default 3000), ORRERY_KEY_SEED
 * which, ORRERY_KEY_LOG a file for them. What it found is played again by the other tests here. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/engine.h"
#include "base/file.h"
#include "base/random.h"
#include "tests/tui/desk.h"

enum { ROWS = 60, LISTEN = 10, SETTLE = 60 };

static desk d;
static orr_random chance;
static orr_grid grid;
static FILE *heard; /* the keys, for who looks for what went wrong; NULL: not wanted */

static size_t below(size_t n) { return (size_t)(orr_random_uniform(&chance) * (double)n); }

/* ---- the desk ---- */

static void write_rows(void) {
  orr_text t = {0};
  orr_random r = orr_random_stream(3, 1, ORR_FOR_TEST);
  orr_text_add(&t, "x,y,kind,class\n");
  for (int i = 0; i < ROWS; i++) {
    double x = orr_random_uniform(&r), y = orr_random_uniform(&r);
    orr_text_printf(&t, "%.4f,%.4f,%s,%s\n", x, y, i % 3 ? "red" : "blue",
                    x + y + 0.6 * orr_random_uniform(&r) > 1.3 ? "yes" : "no");
  }
  assert_int_equal(orr_file_write("rows.csv", t.data, t.length, NULL), ORR_OK);
  orr_text_fini(&t);
}

static char folder[] = "/tmp/orrery-keys-XXXXXX";

static int set_up(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/orrery-keys-XXXXXX");
  if (!mkdtemp(folder) || chdir(folder)) return 1;
  write_rows();
  desk_open(&d, "rows.csv");
  grid = (orr_grid){0};
  return orr_grid_init(&grid, 80, 24, true, NULL);
}

static int tear_down(void **state) {
  (void)state;
  orr_grid_fini(&grid);
  desk_close(&d);
  if (chdir("/")) return 1;
  orr_file_remove_tree(folder);
  return 0;
}

/* ---- keys ---- */

static orr_key named(const char *name) {
  orr_key key;
  assert_true(orr_key_parse(name, &key));
  return key;
}

/* One of the keys of a request: of any, so that each is as likely. */
static orr_key key_of_request(void) {
  for (;;) {
    const orr_key *keys = d.keys.keys[1 + below(ORR_REQUESTS - 1)];
    const orr_key *key = &keys[below(ORR_KEYS_A_REQUEST)];
    if (key->kind) return *key;
  }
}

/* Letters that make words, numbers, expressions and nonsense; nothing that names another folder. */
static orr_key key_of_text(void) {
  static const uint32_t letters[] = {'x', 'y', 'c', 'l', 'a', 's',    'o',    'e',   '0', '1',
                                     '2', '5', ',', '=', ' ', '>',    '<',    '(',   ')', '"',
                                     '{', '}', '-', '%', '*', 0x00e9, 0x661f, 0x0301};
  return (orr_key){.kind = ORR_KEY_RUNE, .rune = letters[below(sizeof letters / sizeof *letters)]};
}

static orr_key key_of_editing(void) {
  static const char *const names[] = {"Enter",   "Escape",    "Enter",  "Escape", "Escape",  "Tab",
                                      "BackTab", "Backspace", "Delete", "Up",     "Down",    "Left",
                                      "Right",   "Home",      "End",    "PageUp", "PageDown"};
  return named(names[below(sizeof names / sizeof *names)]);
}

static orr_key key_of_mouse(void) {
  static const orr_button buttons[] = {ORR_PRESS,        ORR_PRESS,    ORR_RELEASE,   ORR_DRAG,
                                       ORR_DOUBLE_CLICK, ORR_WHEEL_UP, ORR_WHEEL_DOWN};
  return (orr_key){.kind = ORR_KEY_MOUSE,
                   .x = (int)below((size_t)grid.width + 2) - 1,
                   .y = (int)below((size_t)grid.height + 2) - 1,
                   .button = buttons[below(sizeof buttons / sizeof *buttons)]};
}

static orr_key next_key(void) {
  size_t kind = below(100);
  if (kind < 62) return key_of_request();
  if (kind < 76) return key_of_editing();
  if (kind < 90) return key_of_text();
  if (kind < 98) return key_of_mouse();
  return (orr_key){.kind = ORR_KEY_PASTE, .rune = (uint32_t)below(4) == 0};
}

static void press(const orr_key *key) {
  orr_text name = {0};
  orr_key_name(key, &name);
  if (heard)
    fprintf(heard, "%s %d,%d %d\n", orr_text_get(&name), key->x, key->y, (int)key->button), fflush(heard);
  orr_text_fini(&name);
  orr_ui_key(&d.ui, key);
  d.ui.leave = d.ui.redraw = d.ui.suspend = false; /* the loop's affair */
  d.ui.theme_step = d.ui.mode_step = 0;
  if (orr_ui_room(&d.ui)->refresh) orr_ui_room(&d.ui)->refresh(&d.ui);
}

/* Lines that a person might type, so that there is something to look at: cheap ones. */
static void do_some_line(void) {
  static const char *const lines[] = {
      "o.role { s.data1, target = 'class' }",
      "o.split { s.data1, stratify = 'class' }",
      "o.fit { 'logistic', s.split1, target = 'class' }",
      "o.fit { 'mlp', s.split1, target = 'class', hidden = { 3 }, epochs = 2, repeats = 2 }",
      "o.fit { 'boosted_trees', s.split1, target = 'class', epochs = 3 }",
      "o.fit { 'pca', s.split1, features = { 'x', 'y' }, settings = { latent = 2 } }",
      "o.evaluate { s.fit1, on = s.split1.test }",
      "o.filter { s.data1, 'x > 0.1' }",
      "o.nothing { }",
      "x = = 3",
  };
  const char *line = lines[below(sizeof lines / sizeof *lines)];
  bool empty = d.ui.snapshot && !d.ui.snapshot->n_tables; /* reading was taken back */
  orr_workbench_do(d.workbench, empty ? "s.data1 = o.data { }" : line, NULL);
}

/* ---- what is looked at after each key ---- */

static void resize(int width, int height, bool utf8) {
  orr_grid_fini(&grid);
  assert_int_equal(orr_grid_init(&grid, width, height, utf8, NULL), ORR_OK);
  d.ui.width = width, d.ui.height = height;
}

/* Every cell is something a terminal can show. */
static void check_cells(void) {
  for (int i = 0; i < grid.width * grid.height; i++) {
    const orr_cell *c = &grid.cells[i];
    assert_true(c->ink < ORR_INKS);
    assert_true(c->rune >= ' ' || (!c->rune && i % grid.width));
    assert_true(grid.utf8 || c->rune < 0x7f);
  }
  assert_true(grid.cursor_x < grid.width && grid.cursor_y < grid.height);
}

static void make_figures(void) {
  for (size_t i = 0; i < d.view.n_wanted; i++) {
    const orr_wanted *w = &d.view.wanted[i];
    orr_arena arena = {0};
    orr_figure figure;
    orr_rect where = w->where;
    assert_true(where.x >= 0 && where.y >= 0 && where.x + where.width <= grid.width &&
                where.y + where.height <= grid.height);
    orr_figure_init(&figure, &arena, "x", "");
    (void)w->make(&d.ui, where.width, where.height, &figure, NULL); /* there may be none yet */
    orr_arena_fini(&arena);
  }
}

/* Some of what was wanted is there, drawn for a pane that has another size by now. */
static void draw(void) {
  orr_drawing *old = NULL;
  if (d.view.n_wanted && below(2)) {
    old = desk_drawing(8 + (int)below(120), 3 + (int)below(50));
    d.view.drawings[0] = old, d.view.drawn[0] = d.view.wanted[0].id;
  }
  orr_screen_draw(&d.view, &grid);
  if (!below(8)) make_figures();
  check_cells();
  d.view.drawings[0] = NULL;
  if (old) orr_drawing_unref(old);
}

/* ---- replay ---- */

static void show_nothing(void *context, const orr_event *event) { (void)context, (void)event; }

static void read_numbers(const char *from, orr_text *out) {
  orr_text path = {0};
  orr_error e;
  orr_text_printf(&path, "%s/numbers.json", from);
  if (orr_file_read_path(path.data, SIZE_MAX, out, &e)) fail_msg("%s", e.message);
  orr_text_fini(&path);
}

static void replay(const char *session) {
  orr_error e = {0};
  orr_text recipe = {0}, once = {0}, again = {0};
  orr_text_printf(&recipe, "%s/recipe.lua", session);
  orr_job j = {.recipe = recipe.data, .out = "again", .threads = 1, .place = &d.place};
  if (orr_engine_run(&j, 0, show_nothing, NULL, &e) || j.status) {
    orr_text text = {0};
    orr_file_read_path(recipe.data, SIZE_MAX, &text, NULL);
    fail_msg("replay: %s\n%s", j.error.message, orr_text_get(&text));
  }
  read_numbers(session, &once);
  read_numbers("again", &again);
  assert_string_equal(once.data, again.data);
  orr_job_fini(&j);
  orr_text_fini(&recipe);
  orr_text_fini(&once);
  orr_text_fini(&again);
}

static void leave_and_replay(void) {
  orr_workbench_stop(d.workbench);
  desk_settle(&d);
  orr_workbench_do(d.workbench, "s.last = o.load { 'rows.csv' } o.split { s.last }", NULL);
  desk_settle(&d);
  if (heard) fprintf(heard, "%zu lines\n", d.ui.snapshot->n_journal);
  for (size_t i = 0; heard && i < d.ui.snapshot->n_journal; i++)
    fprintf(heard, "%d %s\n", (int)d.ui.snapshot->journal[i].state, d.ui.snapshot->journal[i].text);
  char *session = desk_leave(&d);
  assert_non_null(session);
  replay(session);
  orr_free(session);
}

/* ---- tests ---- */

static size_t number_of(const char *variable, size_t otherwise) {
  const char *text = getenv(variable);
  return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

static void random_keys(void **state) {
  (void)state;
  size_t n = number_of("ORRERY_KEYS", 3000), seed = number_of("ORRERY_KEY_SEED", 1);
  heard = getenv("ORRERY_KEY_LOG") ? fopen(getenv("ORRERY_KEY_LOG"), "w") : NULL;
  chance = orr_random_stream(seed, 1, ORR_FOR_TEST);
  for (size_t i = 0; i < n; i++) {
    if (!below(40)) resize(1 + (int)below(150), 1 + (int)below(60), below(4));
    if (!below(60)) do_some_line();
    orr_key key = next_key();
    press(&key);
    if (i % LISTEN == 0) desk_listen(&d);
    if (i % SETTLE == 0) {
      orr_control_resume(orr_workbench_control(d.workbench));
      orr_workbench_stop(d.workbench);
      desk_settle(&d);
    }
    draw();
  }
  orr_control_resume(orr_workbench_control(d.workbench));
  leave_and_replay();
  if (heard) fclose(heard);
  heard = NULL;
}

/* Found: the cursor of a typed field stood outside of a screen that had no room for it. */
static void typing_without_room(void **state) {
  (void)state;
  static const char *const keys[] = {"2 Tab / t e s t Enter Enter 0 . 4 5 6", "Escape 1 f x > 0 . 5",
                                     "Escape :"};
  chance = orr_random_stream(1, 2, ORR_FOR_TEST);
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    desk_keys(&d, keys[i]);
    desk_settle(&d);
    for (int width = 1; width < 90; width += width < 30 ? 1 : 9)
      for (int height = 1; height < 30; height++) resize(width, height, true), draw();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(random_keys, set_up, tear_down),
      cmocka_unit_test_setup_teardown(typing_without_room, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
