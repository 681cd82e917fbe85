/* The plotter with gnuplots that hang, die, chatter and draw, and with the real
 * one where it is installed. Time is the test's own, so nothing waits for a
 * deadline; waiting for the child is waiting for its pipes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "plot/plotter.h"

typedef struct fixture {
  char folder[64], program[96];
  orr_arena arena;
  orr_figure figure;
  orr_plot_look look;
  orr_plotter *plotter;
  double now;
} fixture;

static const char *gnuplot(void) {
  static const char *const places[] = {"/usr/bin/gnuplot", "/usr/local/bin/gnuplot"};
  for (size_t i = 0; i < 2; i++)
    if (!access(places[i], X_OK)) return places[i];
  return NULL;
}

static int set_up(void **state) {
  static fixture f;
  static const double x[] = {0, 1, 2, 3}, y[] = {0, 1, 0.5, 2};
  orr_panel *p;
  f = (fixture){.look = {.mode = ORR_PLOT_CELLS, .columns = 40, .rows = 10}, .now = 100};
  f.look.palette = orr_plot_palette_plain(false);
  stpcpy(f.folder, "/tmp/orrery-plotter-XXXXXX");
  if (!mkdtemp(f.folder)) return -1;
  orr_figure_init(&f.figure, &f.arena, "test", "");
  if (orr_figure_panel(&f.figure, NULL, &p, NULL)) return -1;
  p->x.title = "x", p->y.title = "y";
  *state = &f;
  return orr_panel_mark(&f.figure, p, (orr_mark){.kind = ORR_LINE, .title = "curve", .n = 4, .x = x, .y = y},
                        NULL);
}

static int tear_down(void **state) {
  fixture *f = *state;
  orr_plotter_close(f->plotter);
  orr_arena_fini(&f->arena);
  orr_file_remove_tree(f->folder);
  return 0;
}

static void open_with(fixture *f, const char *program, double bytes_per_second) {
  orr_plotter_config config = {
      .gnuplot = program, .driver = "lua/gnuplot/cells.lua", .bytes_per_second = bytes_per_second};
  assert_int_equal(orr_plotter_open(&config, &f->plotter, NULL), ORR_OK);
}

/* A gnuplot that is a shell script; each start of it adds a line to the file `starts`. */
static void open_fake(fixture *f, const char *script) {
  orr_text text = {0};
  snprintf(f->program, sizeof f->program, "%s/gnuplot", f->folder);
  orr_text_printf(&text, "#!/bin/sh\necho x >>%s/starts\n%s\n", f->folder, script);
  assert_int_equal(orr_file_write(f->program, text.data, text.length, NULL), ORR_OK);
  assert_int_equal(chmod(f->program, 0755), 0);
  orr_text_fini(&text);
  open_with(f, f->program, 0);
}

static size_t starts(const fixture *f) {
  char path[96];
  struct stat about;
  snprintf(path, sizeof path, "%s/starts", f->folder);
  return stat(path, &about) ? 0 : (size_t)about.st_size / 2;
}

static void want(fixture *f, size_t slot, uint64_t id) {
  assert_int_equal(orr_plotter_want(f->plotter, slot, id, &f->figure, &f->look, NULL), ORR_OK);
}

/* Pumps until nothing is wanted any more, the test's clock standing still. */
static void settle(fixture *f) {
  for (int i = 0; i < 2000 && orr_plotter_busy(f->plotter); i++) {
    struct pollfd polls[ORR_PLOTTER_POLLS];
    orr_plotter_pump(f->plotter, f->now);
    if (orr_plotter_busy(f->plotter)) poll(polls, orr_plotter_polls(f->plotter, polls), 20);
  }
  assert_false(orr_plotter_busy(f->plotter));
}

static void a_hang_is_killed_and_asked_again(void **state) {
  fixture *f = *state;
  open_fake(f, "exec sleep 1000");
  want(f, 0, 1);
  for (int round = 0; round < 3; round++) {
    orr_plotter_pump(f->plotter, f->now);
    assert_true(orr_plotter_busy(f->plotter));
    f->now += 1.9;
    orr_plotter_pump(f->plotter, f->now);
    assert_null(orr_plotter_failure(f->plotter, 0));
    f->now += 0.2;
    orr_plotter_pump(f->plotter, f->now);
  }
  assert_false(orr_plotter_busy(f->plotter));
  assert_non_null(strstr(orr_plotter_failure(f->plotter, 0), "took too long"));
  assert_null(orr_plotter_drawing(f->plotter, 0));
}

static void a_death_says_its_last_words(void **state) {
  fixture *f = *state;
  open_fake(f, "echo '  line 7: out of paper' >&2; exit 3");
  want(f, 0, 1);
  settle(f);
  assert_int_equal(starts(f), 3);
  assert_string_equal(orr_plotter_trouble(f->plotter), "out of paper");
  assert_non_null(strstr(orr_plotter_failure(f->plotter, 0), "out of paper"));
}

static void rubbish_is_refused(void **state) {
  fixture *f = *state;
  open_fake(f, "yes '?' | head -c 3000; exec sleep 1000"); /* no record begins so; random bytes may */
  want(f, 0, 1);
  settle(f);
  assert_non_null(strstr(orr_plotter_failure(f->plotter, 0), "cannot be read"));
}

static void a_flood_is_bounded(void **state) {
  fixture *f = *state;
  open_fake(f, "exec yes P >&2");
  want(f, 0, 1);
  for (int i = 0; i < 20; i++) orr_plotter_pump(f->plotter, f->now);
  f->now += 10;
  orr_plotter_pump(f->plotter, f->now);
  assert_non_null(orr_plotter_trouble(f->plotter));
}

static void a_promise_without_a_drawing_is_a_failure(void **state) {
  fixture *f = *state;
  open_fake(f, "while read -r line; do case $line in print*) echo \"$line\" | sed \"s/print '//; s/'//\" "
               ">&2;; esac; done");
  want(f, 0, 1);
  settle(f);
  assert_non_null(strstr(orr_plotter_failure(f->plotter, 0), "did not draw"));
  assert_int_equal(starts(f), 3);
}

static void a_newer_figure_gets_a_fresh_chance(void **state) {
  fixture *f = *state;
  open_fake(f, "exit 1");
  want(f, 0, 1);
  settle(f);
  assert_non_null(orr_plotter_failure(f->plotter, 0));
  assert_true(orr_plotter_has(f->plotter, 0, 1, &f->look));
  want(f, 0, 2);
  assert_null(orr_plotter_failure(f->plotter, 0));
  settle(f);
  assert_int_equal(starts(f), 6);
}

static void no_program_is_a_failure_of_the_figure(void **state) {
  fixture *f = *state;
  open_with(f, "/nowhere/gnuplot", 0);
  want(f, 0, 1);
  settle(f);
  const char *why =
      orr_plotter_failure(f->plotter, 0); /* under valgrind a child that does not start has ended */
  assert_non_null(why);
  assert_true(strstr(why, "No such file") || strstr(why, "gnuplot died"));
}

static void without_gnuplot_there_are_words(void **state) {
  fixture *f = *state;
  orr_text dump = {0};
  f->figure.title = "A curve";
  open_with(f, NULL, 0);
  want(f, 1, 1);
  assert_false(orr_plotter_busy(f->plotter));
  orr_drawing_dump(orr_plotter_drawing(f->plotter, 1), &dump);
  assert_memory_equal(orr_text_get(&dump), "A curve.\n", 9);
  orr_text_fini(&dump);
}

static void too_small_a_place_is_said(void **state) {
  fixture *f = *state;
  orr_error e;
  open_with(f, "/nowhere/gnuplot", 0);
  f->look.columns = 10;
  assert_int_equal(orr_plotter_want(f->plotter, 0, 1, &f->figure, &f->look, &e), ORR_DATA);
  assert_non_null(orr_plotter_failure(f->plotter, 0));
  assert_false(orr_plotter_busy(f->plotter));
}

/* ---- the real one ---- */

static void four_panes_are_drawn(void **state) {
  fixture *f = *state;
  if (!gnuplot()) skip();
  open_with(f, gnuplot(), 0);
  for (size_t slot = 0; slot < ORR_PLOTTER_SLOTS; slot++) want(f, slot, slot + 1);
  settle(f);
  assert_null(orr_plotter_trouble(f->plotter));
  for (size_t slot = 0; slot < ORR_PLOTTER_SLOTS; slot++) {
    orr_drawing *d = orr_plotter_drawing(f->plotter, slot);
    assert_non_null(d);
    assert_int_equal(d->figure, slot + 1);
    assert_true(d->columns == 40 && d->rows == 10 && d->n_axes == 1);
    assert_true(d->axes[0].left < d->axes[0].right && d->axes[0].top < d->axes[0].bottom);
  }
}

static void a_frame_is_as_it_was(void **state) {
  fixture *f = *state;
  orr_text dump = {0};
  if (!gnuplot()) skip();
  open_with(f, gnuplot(), 0);
  want(f, 0, 1);
  settle(f);
  orr_drawing_dump(orr_plotter_drawing(f->plotter, 0), &dump);
  assert_string_equal(orr_text_get(&dump), "y ↑  x →                        ── curve\n"
                                           "2┤                                  ⡠⠂\n"
                                           " │                               ⢀⠔⠉\n"
                                           " │                             ⡠⠔⠁\n"
                                           "1┤          ⢀⡠⠔⠢⠤⣀⣀          ⡠⠊\n"
                                           " │       ⣀⠤⠒⠁      ⠉⠑⠒⠤⠤⣀⡀⢀⠔⠊\n"
                                           " │    ⡠⠔⠊                ⠈⠁\n"
                                           "0┤ ⠠⠒⠉\n"
                                           " └─┬──────────┬───────────┬──────────┬─\n"
                                           "   0          1           2          3\n");
  orr_text_fini(&dump);
}

/* A trouble of one frame is not the next one's. */
static void an_error_costs_one_frame(void **state) {
  fixture *f = *state;
  if (!gnuplot()) skip();
  open_with(f, gnuplot(), 0);
  want(f, 0, 1);
  settle(f);
  orr_drawing *first = orr_drawing_ref(orr_plotter_drawing(f->plotter, 0));
  double low[] = {NAN}, nothing[] = {NAN};
  orr_figure empty;
  orr_panel *p;
  orr_figure_init(&empty, &f->arena, "empty", "");
  assert_int_equal(orr_figure_panel(&empty, NULL, &p, NULL), ORR_OK);
  assert_int_equal(
      orr_panel_mark(&empty, p, (orr_mark){.kind = ORR_LINE, .n = 1, .x = low, .y = nothing}, NULL), ORR_OK);
  assert_int_equal(orr_plotter_want(f->plotter, 0, 2, &empty, &f->look, NULL), ORR_OK);
  settle(f);
  assert_null(orr_plotter_failure(f->plotter, 0)); /* axes without a curve */
  assert_true(orr_plotter_drawing(f->plotter, 0) != first);
  orr_drawing_unref(first);
}

static void the_newest_wins(void **state) {
  fixture *f = *state;
  if (!gnuplot()) skip();
  open_with(f, gnuplot(), 0);
  for (uint64_t id = 1; id <= 50; id++) want(f, 0, id);
  settle(f);
  assert_int_equal(orr_plotter_drawing(f->plotter, 0)->figure, 50);
}

static void a_slow_line_gets_fewer_frames(void **state) {
  fixture *f = *state;
  if (!gnuplot()) skip();
  open_with(f, gnuplot(), 1000);
  want(f, 0, 1);
  settle(f);
  want(f, 0, 2);
  orr_plotter_pump(f->plotter, f->now);
  double due = orr_plotter_due(f->plotter, f->now);
  assert_true(due > 1 && due < 10); /* 400 cells of 8 bytes at 1,000 a second */
  f->now += due;
  settle(f);
  assert_int_equal(orr_plotter_drawing(f->plotter, 0)->figure, 2);
}

static void pictures_are_fetched(void **state) {
  fixture *f = *state;
  if (!gnuplot()) skip();
  open_with(f, gnuplot(), 0);
  f->look.mode = ORR_PLOT_KITTY;
  want(f, 0, 1);
  settle(f);
  orr_drawing *d = orr_plotter_drawing(f->plotter, 0);
  assert_non_null(d);
  assert_true(d->picture_bytes > 1000);
  assert_memory_equal(d->picture, "\x89PNG", 4);
}

static void titles_are_inert(void **state) {
  fixture *f = *state;
  if (!gnuplot()) skip();
  open_with(f, gnuplot(), 0);
  f->figure.panels[0].y.title = "'; system('touch pwned') #`id`\n!id\"$x@y{%s}\033[2J";
  f->figure.panels[0].marks[0].title = "100 % of {/Symbol a}_b^c";
  f->look.columns = 120, f->look.rows = 20;
  want(f, 0, 1);
  settle(f);
  orr_text dump = {0};
  orr_drawing_dump(orr_plotter_drawing(f->plotter, 0), &dump);
  assert_non_null(strstr(dump.data, "100 % of {/Symbol a}_b^c"));
  assert_non_null(strstr(dump.data, "system(’touch pwned’) #`id`"));
  assert_null(strchr(dump.data, '\033'));
  orr_text_fini(&dump);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_hang_is_killed_and_asked_again),
      TEST(a_death_says_its_last_words),
      TEST(rubbish_is_refused),
      TEST(a_flood_is_bounded),
      TEST(a_promise_without_a_drawing_is_a_failure),
      TEST(a_newer_figure_gets_a_fresh_chance),
      TEST(no_program_is_a_failure_of_the_figure),
      TEST(without_gnuplot_there_are_words),
      TEST(too_small_a_place_is_said),
      TEST(four_panes_are_drawn),
      TEST(a_frame_is_as_it_was),
      TEST(an_error_costs_one_frame),
      TEST(the_newest_wins),
      TEST(a_slow_line_gets_fewer_frames),
      TEST(pictures_are_fetched),
      TEST(titles_are_inert),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
