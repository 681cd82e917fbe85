/* Goldens of rooms; see room_golden.h. */
#include "tests/tui/room_golden.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/random.h"
#include "tests/tui/golden.h"

static void add_size(desk *d, int width, int height, bool utf8, bool inks, orr_text *out) {
  orr_grid g;
  desk_draw(d, width, height, utf8, &g);
  orr_text_printf(out, "==== %d x %d%s\n", width, height, utf8 ? "" : ", ASCII");
  orr_grid_dump(&g, false, out);
  if (inks) {
    orr_text all = {0}, cells = {0};
    orr_grid_dump(&g, true, &all);
    orr_grid_dump(&g, false, &cells);
    orr_text_printf(out, "==== inks\n%s", orr_text_get(&all) + cells.length);
    orr_text_fini(&all);
    orr_text_fini(&cells);
  }
  orr_grid_fini(&g);
}

void room_golden(desk *d, const char *name) {
  orr_text now = {0};
  add_size(d, 80, 24, true, true, &now);
  add_size(d, 120, 40, true, false, &now);
  add_size(d, 60, 16, true, false, &now);
  add_size(d, 80, 24, false, false, &now);
  add_size(d, 120, 40, false, false, &now);
  add_size(d, 60, 16, false, false, &now);
  golden_check_text(name, orr_text_get(&now));
  orr_text_fini(&now);
}

static void add_star(orr_random *r, int i, orr_text *out) {
  bool variable = orr_random_uniform(r) < 0.3;
  double magnitude = 14 + 2 * orr_random_normal(r), colour = 0.7 + 0.3 * orr_random_normal(r);
  double period = variable ? 3 + 2 * orr_random_uniform(r) : 20 * orr_random_uniform(r);
  orr_text_printf(out, "S%04d,%.3f,%.2f,", i, magnitude, 0.02 + 0.02 * orr_random_uniform(r));
  if (i % 13 == 5) orr_text_add(out, ",");
  else orr_text_printf(out, "%.3f,", colour);
  orr_text_printf(out, "%.3f,%s,2026-03-%02dT0%d:30:00Z,%s\n", period,
                  i % 3 ? i % 2 ? "Orion" : "Auriga" : "Ursa Major", i % 28 + 1, i % 7,
                  variable ? "variable" : "steady");
}

void open_stars(desk *d) {
  char path[] = "/tmp/orrery-stars-XXXXXX";
  orr_text rows = {0};
  orr_random r = orr_random_stream(1, 1, ORR_FOR_TEST);
  orr_text_add(&rows, "star,magnitude [mag],magnitude_err [mag],colour [mag],period [d],"
                      "constellation,observed,class\n");
  for (int i = 0; i < 160; i++) add_star(&r, i, &rows);
  int here = open(".", O_RDONLY | O_DIRECTORY);
  assert_non_null(mkdtemp(path));
  assert_int_equal(chdir(path), 0);
  assert_int_equal(orr_file_write("stars.csv", rows.data, rows.length, NULL), ORR_OK);
  desk_open(d, "stars.csv");
  assert_int_equal(fchdir(here), 0); /* where the goldens are */
  close(here);
  orr_file_remove_tree(path);
  orr_text_fini(&rows);
}
