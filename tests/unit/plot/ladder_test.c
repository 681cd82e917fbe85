/* The ladder of plot modes: which rungs hold for which facts, and kitty's escapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "plot/kitty.h"
#include "plot/ladder.h"

static const char listed[] =
    "\nAvailable terminal types:\n      lua  Lua\n      pngcairo  png\n      sixelgd  sixel\n"
    "           qt  windows\n";

static void is(const orr_plot_facts *facts, orr_plot_mode wanted, const char *said) {
  orr_ladder l;
  orr_text out = {0};
  orr_ladder_find(facts, &l);
  assert_int_equal(orr_ladder_first(&l), wanted);
  orr_ladder_say(&l, wanted, &out);
  assert_string_equal(orr_text_get(&out), said);
  orr_text_fini(&out);
}

static void the_best_rung_that_holds_is_first(void **state) {
  (void)state;
  orr_plot_facts f = {.utf8 = true, .term = "xterm-256color"};
  is(&f, ORR_PLOT_WORDS, "words: gnuplot is not installed");
  f.gnuplot = "/usr/bin/gnuplot";
  is(&f, ORR_PLOT_CELLS, "cells: any terminal with UTF-8");
  f.sixel = true;
  is(&f, ORR_PLOT_SIXEL, "sixel: the terminal knows sixel");
  f.term = "xterm-kitty";
  is(&f, ORR_PLOT_KITTY, "kitty: the terminal shows pictures");
  f.tmux = true;
  is(&f, ORR_PLOT_CELLS, "cells: inside tmux pictures are not safe");
  f.utf8 = false;
  is(&f, ORR_PLOT_ASCII, "ascii: the locale is not UTF-8");
  f.terminals = "dumb png";
  is(&f, ORR_PLOT_WORDS, "words: the plot in sentences");
}

static void windows_need_a_display_and_a_terminal(void **state) {
  (void)state;
  orr_ladder l;
  orr_plot_facts f = {.utf8 = true, .term = "xterm", .gnuplot = "/usr/bin/gnuplot", .terminals = listed};
  orr_ladder_find(&f, &l);
  assert_false(l.holds[ORR_PLOT_WINDOW]);
  f.display = ":0";
  orr_ladder_find(&f, &l);
  assert_true(l.holds[ORR_PLOT_WINDOW]);
  assert_string_equal(l.window, "qt");
  assert_int_equal(orr_ladder_first(&l), ORR_PLOT_CELLS); /* never unasked */
  f.terminals = "   lua\n   xqt  no\n";
  orr_ladder_find(&f, &l);
  assert_false(l.holds[ORR_PLOT_WINDOW]);
}

static void steps_go_round_over_rungs_that_hold(void **state) {
  (void)state;
  orr_ladder l;
  orr_plot_facts f = {.utf8 = true, .term = "xterm", .gnuplot = "/usr/bin/gnuplot", .terminals = listed};
  orr_ladder_find(&f, &l);
  assert_int_equal(orr_ladder_step(&l, ORR_PLOT_CELLS, 1), ORR_PLOT_ASCII);
  assert_int_equal(orr_ladder_step(&l, ORR_PLOT_CELLS, 2), ORR_PLOT_WORDS);
  assert_int_equal(orr_ladder_step(&l, ORR_PLOT_CELLS, 3), ORR_PLOT_CELLS);
  assert_int_equal(orr_ladder_step(&l, ORR_PLOT_CELLS, -1), ORR_PLOT_WORDS);
}

static void kitty_gets_pieces_of_base64(void **state) {
  (void)state;
  orr_text out = {0};
  orr_kitty_show("light w", 7, 3, 20, 5, &out);
  assert_string_equal(orr_text_get(&out), "\033_Ga=T,f=100,q=2,C=1,i=3,p=1,c=20,r=5,m=0;bGlnaHQgdw==\033\\");
  out.length = 0;
  static char large[5000];
  orr_kitty_show(large, sizeof large, 3, 20, 5, &out);
  char *second = strstr(out.data + 1, "\033_G");
  assert_non_null(second);
  assert_memory_equal(second, "\033_Gm=0;", 7);
  assert_non_null(strstr(out.data, ",m=1;"));
  orr_text_fini(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_best_rung_that_holds_is_first),
      cmocka_unit_test(windows_need_a_display_and_a_terminal),
      cmocka_unit_test(steps_go_round_over_rungs_that_hold),
      cmocka_unit_test(kitty_gets_pieces_of_base64),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
