/* Goldens of the rooms Data and Recipe: before there is a table, looking, choosing, filling in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/tui/room_golden.h"

static desk d;

static int set_up(void **state) {
  (void)state;
  open_stars(&d);
  return 0;
}

static int set_up_empty(void **state) {
  (void)state;
  desk_open(&d, NULL);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  desk_close(&d);
  return 0;
}

/* Keys, what they ask for, and how it looks. */
static void press(const char *keys) {
  desk_keys(&d, keys);
  desk_settle(&d);
}

static void shows(const char *keys, const char *name) {
  press(keys);
  room_golden(&d, name);
}

static void no_table_yet(void **state) {
  (void)state;
  shows("", "data-none");
  shows("2", "recipe-none");
}

static void columns(void **state) {
  (void)state;
  shows("", "data-columns");
  shows("j j j", "data-missing");
  shows("j j", "data-words");
  shows("j", "data-times");
}

static void roles(void **state) {
  (void)state;
  press("G t");
  press("g i");
  shows("", "data-roles");
}

static void search(void **state) {
  (void)state;
  shows("/ m a g Enter", "data-search");
  shows("/ Ctrl-U x y z Enter", "data-search-nothing");
}

static void scatter(void **state) {
  (void)state;
  press("G t");
  press("g j m");
  shows("j j Tab", "data-scatter");
  shows("c Left Left Up", "data-crosshair");
}

static void rows(void **state) {
  (void)state;
  shows("b", "data-rows");
  shows("l s s", "data-rows-sorted");
  shows("l l l PageDown j", "data-rows-further");
}

static void refused(void **state) {
  (void)state;
  press("d");
  shows("l o g 1 0 ( x ) Enter", "data-derive-refused");
  press("Escape f");
  shows("m a g > 1 4 Enter", "data-filter-failed");
}

static void recipe(void **state) {
  (void)state;
  shows("2", "recipe-choose");
  shows("Tab", "recipe-form");
  shows("Tab", "recipe-lua");
}

static void ready(void **state) {
  (void)state;
  press("G t 2");
  shows("Tab", "recipe-ready");
  shows("/ e p o c h s Enter Enter 0", "recipe-refused");
  shows("Backspace 4 0 Enter", "recipe-typed");
}

static void picks(void **state) {
  (void)state;
  press("G t 2 Tab");
  shows("j Enter", "recipe-choices");
  press("Escape j j j");
  shows("Enter j Space j Space", "recipe-columns");
  shows("Enter", "recipe-picked");
}

int main(void) {
#define OVER_STARS(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(no_table_yet, set_up_empty, tear_down),
      OVER_STARS(columns),
      OVER_STARS(roles),
      OVER_STARS(search),
      OVER_STARS(scatter),
      OVER_STARS(rows),
      OVER_STARS(refused),
      OVER_STARS(recipe),
      OVER_STARS(ready),
      OVER_STARS(picks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
