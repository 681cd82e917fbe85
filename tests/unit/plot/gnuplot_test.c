/* gnuplot: no text of a user ever runs, no number that is not finite reaches a
 * file, and a gnuplot that is absent, broken or hangs is survived. Where one is
 * installed it is really run, on titles made to do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "plot/gnuplot.h"

static const char *const hostile[] = {
    "`touch pwned`",
    "$(touch pwned)",
    "@macro",
    "system(\"touch pwned\")",
    "'a''b",
    "\n!touch pwned\n",
    "''; system(\"touch pwned\") #",
    "'''; system(\"touch pwned\") #",
    "'''' ; !touch pwned",
    "\\",
    "a\\'; !touch pwned",
    "'",
    "\"",
    "\" `touch pwned` \"",
    "{/Symbol a}_{b}^c",
    "%s %n %d 100%",
    "\xff\xfe\x80",
    "\x1b]0;x\x07",
    "# { [ (",
    "' . system('touch pwned') . '",
    "\\\n!touch pwned",
    "e\ne\nquit",
    "\xe2\x80\xae"
    "evil",
    "",
};
enum { HOSTILE = sizeof hostile / sizeof *hostile };

typedef struct fixture {
  orr_arena arena;
  char folder[64];
  orr_text log;
  bool abandon;
} fixture;

static int set_up(void **state) {
  static fixture f;
  f = (fixture){.folder = "/tmp/orrery-gnuplot-XXXXXX"};
  *state = &f;
  return mkdtemp(f.folder) ? 0 : -1;
}

static int tear_down(void **state) {
  fixture *f = *state;
  orr_file_remove_tree(f->folder);
  orr_arena_fini(&f->arena);
  orr_text_fini(&f->log);
  return 0;
}

static void keep_log(void *context, const char *line) {
  fixture *f = context;
  orr_text_add(&f->log, line);
  orr_text_add(&f->log, "\n");
}

static orr_signal answer(void *context, const orr_report *report) {
  (void)report;
  return ((fixture *)context)->abandon ? ORR_ABANDON : ORR_GO_ON;
}

static const char *gnuplot(void) {
  static const char *const places[] = {"/usr/bin/gnuplot", "/usr/local/bin/gnuplot"};
  for (size_t i = 0; i < 2; i++)
    if (!access(places[i], X_OK)) return places[i];
  return NULL;
}

static const char *inside(fixture *f, const char *name) {
  return orr_arena_printf(&f->arena, "%s/%s", f->folder, name);
}

/* An executable that does what the shell text says. */
static const char *make_program(fixture *f, const char *text) {
  const char *path = inside(f, "program");
  assert_int_equal(orr_file_write(path, text, strlen(text), NULL), ORR_OK);
  assert_int_equal(chmod(path, 0755), 0);
  return path;
}

static void quoted(const char *s, const char *wanted) {
  orr_text t = {0};
  orr_gnuplot_quote(&t, s);
  assert_string_equal(orr_text_get(&t), wanted);
  orr_text_fini(&t);
}

static void a_literal_is_inert(void **state) {
  (void)state;
  quoted("plain é", "'plain é'");
  quoted("it's", "'it’s'");
  quoted("''';x", "'’’’;x'");
  quoted("a\nb\rc\td", "'a?b?c?d'");
  quoted("\xff\xc3", "'?"
                     "?'");
  quoted("\\ ` $ \" @", "'\\ ` $ \" @'");
  quoted("", "''");
  quoted(NULL, "''");
}

/* Every literal of a rendered script opens and closes on its line, with an even number of quotes. */
static void check_lines(const char *script) {
  for (const char *line = script; *line;) {
    size_t n = strcspn(line, "\n"), quotes = 0;
    for (size_t i = 0; i < n; i++) quotes += line[i] == '\'';
    assert_int_equal(quotes % 2, 0);
    line += n + (line[n] == '\n');
  }
}

static void fill(fixture *f, orr_figure *g, const char *const *words, size_t n) {
  static double x[HOSTILE], y[HOSTILE], one[HOSTILE], shade[HOSTILE * HOSTILE];
  for (size_t i = 0; i < n; i++) x[i] = (double)i, y[i] = (double)(i % 3), one[i] = 1;
  for (size_t i = 0; i < n * n; i++) shade[i] = (double)(i % 7) / 7;
  const char **labels;
  assert_int_equal(orr_arena_take(&f->arena, n * n, sizeof *labels, (void **)&labels, NULL), ORR_OK);
  for (size_t i = 0; i < n * n; i++) labels[i] = words[i % n];
  orr_figure_init(g, &f->arena, "hostile", words[0]);
  g->columns = 3;
  for (size_t i = 0; i < n; i++) {
    orr_panel *p;
    assert_int_equal(orr_figure_panel(g, words[i], &p, NULL), ORR_OK);
    p->x = (orr_axis){.title = words[i], .names = words, .n_names = n};
    p->y = (orr_axis){.title = words[i], .names = i % 2 ? words : NULL, .n_names = n};
    orr_mark line = {.kind = i % 2 ? ORR_POINTS : ORR_BARS,
                     .title = words[i],
                     .n = n,
                     .x = x,
                     .y = y,
                     .x2 = one,
                     .series = (int)i};
    orr_mark text = {.kind = ORR_TEXT_MARK, .n = n, .x = x, .y = y, .labels = words};
    orr_mark map = {.kind = ORR_HEAT_MAP, .n = n * n, .rows = n, .cols = n, .y = shade, .labels = labels};
    if (i % 5 == 4) assert_int_equal(orr_panel_mark(g, p, map, NULL), ORR_OK);
    assert_int_equal(orr_panel_mark(g, p, line, NULL), ORR_OK);
    assert_int_equal(orr_panel_mark(g, p, text, NULL), ORR_OK);
  }
}

static void a_script_holds_no_raw_text(void **state) {
  fixture *f = *state;
  orr_figure g;
  orr_text script = {0}, data = {0};
  fill(f, &g, hostile, HOSTILE);
  assert_int_equal(orr_gnuplot_render(&g, &script, &data, NULL), ORR_OK);
  check_lines(orr_text_get(&script));
  assert_true(orr_text_is_utf8(script.data, script.length));
  assert_null(strstr(orr_text_get(&script), "\n!"));
  assert_int_equal(strspn(orr_text_get(&data), "0123456789+-.e \n"), data.length);
  orr_text_fini(&script);
  orr_text_fini(&data);
}

static void nothing_hostile_runs(void **state) {
  fixture *f = *state;
  if (!gnuplot()) skip();
  orr_figure g;
  bool drawn = false;
  orr_work work = {.log = keep_log, .context = f};
  fill(f, &g, hostile, HOSTILE);
  assert_int_equal(orr_gnuplot_write(&g, f->folder, gnuplot(), 60, &work, &drawn, NULL), ORR_OK);
  assert_string_equal(orr_text_get(&f->log), "");
  assert_true(drawn);
  for (size_t i = 0; i < HOSTILE; i++) { /* each alone too: nothing hides behind an earlier error */
    fill(f, &g, &hostile[i], 1);
    assert_int_equal(orr_gnuplot_write(&g, f->folder, gnuplot(), 60, &work, &drawn, NULL), ORR_OK);
    assert_true(drawn);
  }
  DIR *d = opendir(f->folder);
  for (struct dirent *entry; (entry = readdir(d));)
    assert_true(*entry->d_name == '.' ? strlen(entry->d_name) < 3 : !strncmp(entry->d_name, "hostile.", 8));
  closedir(d);
}

static orr_status simple(fixture *f, orr_figure *g, const double *x, const double *y, size_t n) {
  orr_panel *p;
  orr_figure_init(g, &f->arena, "simple", "a figure");
  ORR_TRY(orr_figure_panel(g, NULL, &p, NULL));
  return orr_panel_mark(g, p, (orr_mark){.kind = ORR_LINE, .title = "t", .n = n, .x = x, .y = y}, NULL);
}

static void begins(fixture *f, const char *name, const char *with) {
  orr_text file = {0};
  assert_int_equal(orr_file_read_path(inside(f, name), 10 << 20, &file, NULL), ORR_OK);
  assert_memory_equal(orr_text_get(&file), with, strlen(with));
  orr_text_fini(&file);
}

static void the_same_script_makes_each_format(void **state) {
  fixture *f = *state;
  if (!gnuplot()) skip();
  orr_figure g;
  orr_work work = {.log = keep_log, .context = f};
  unsigned drawn = 0;
  assert_int_equal(simple(f, &g, (double[]){1, 2, 3}, (double[]){2, 1, 4}, 3), ORR_OK);
  assert_int_equal(orr_gnuplot_export(&g, f->folder, gnuplot(), 7, 60, &work, &drawn, NULL), ORR_OK);
  assert_string_equal(orr_text_get(&f->log), "");
  assert_int_equal(drawn, ORR_GNUPLOT_PNG | ORR_GNUPLOT_PDF | ORR_GNUPLOT_SVG);
  begins(f, "simple.png", "\x89PNG");
  begins(f, "simple.pdf", "%PDF-");
  begins(f, "simple.svg", "<?xml");
}

static void numbers_are_exact_and_finite(void **state) {
  fixture *f = *state;
  orr_figure g;
  orr_text script = {0}, data = {0};
  const double x[] = {0.1, NAN, 1e-300, 3}, y[] = {1.0 / 3, 2, -INFINITY, 1e22};
  assert_int_equal(simple(f, &g, x, y, 4), ORR_OK);
  assert_int_equal(orr_gnuplot_render(&g, &script, &data, NULL), ORR_OK);
  assert_string_equal(orr_text_get(&data), "0.10000000000000001 0.33333333333333331\n3 1e+22\n");
  assert_null(strstr(orr_text_get(&script), "nan"));
  assert_null(strstr(orr_text_get(&script), "inf"));
  assert_non_null(
      strstr(orr_text_get(&script), "plot 'simple.dat' index 0 using 1:2 with lines ls 1 title 't'\n"));
  orr_text_fini(&script);
  orr_text_fini(&data);
}

static void blocks_are_counted_without_the_empty_ones(void **state) {
  fixture *f = *state;
  orr_figure g;
  orr_text script = {0}, data = {0};
  const double x[] = {1, 2}, none[] = {NAN, NAN};
  assert_int_equal(simple(f, &g, x, none, 2), ORR_OK);
  orr_mark good = {.kind = ORR_POINTS, .n = 2, .x = x, .y = x};
  assert_int_equal(orr_panel_mark(&g, g.panels, good, NULL), ORR_OK);
  assert_int_equal(orr_gnuplot_render(&g, &script, &data, NULL), ORR_OK);
  assert_string_equal(orr_text_get(&data), "1 1\n2 2\n");
  assert_non_null(strstr(orr_text_get(&script), "index 0 using 1:2 with points"));
  assert_null(strstr(orr_text_get(&script), "index 1"));
  orr_text_fini(&script);
  orr_text_fini(&data);
}

static void the_locale_does_not_matter(void **state) {
  fixture *f = *state;
  orr_figure g;
  orr_text script[2] = {{0}, {0}}, data[2] = {{0}, {0}};
  const double x[] = {0.25, 1.5};
  assert_int_equal(simple(f, &g, x, x, 2), ORR_OK);
  assert_int_equal(orr_gnuplot_render(&g, &script[0], &data[0], NULL), ORR_OK);
  bool other = setlocale(LC_NUMERIC, "de_DE.UTF-8") || setlocale(LC_NUMERIC, "fr_FR.UTF-8");
  assert_int_equal(orr_gnuplot_render(&g, &script[1], &data[1], NULL), ORR_OK);
  setlocale(LC_NUMERIC, "C");
  assert_string_equal(orr_text_get(&script[0]), orr_text_get(&script[1]));
  assert_string_equal(orr_text_get(&data[0]), orr_text_get(&data[1]));
  for (int i = 0; i < 2; i++) orr_text_fini(&script[i]), orr_text_fini(&data[i]);
  if (!other) skip();
}

static void a_figure_is_named_safely(void **state) {
  fixture *f = *state;
  static const char *const bad[] = {"", "../x", "a b", "A", "x'y", "é"};
  orr_text script = {0}, data = {0};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    orr_figure g;
    assert_int_equal(simple(f, &g, NULL, NULL, 0), ORR_OK);
    g.name = bad[i];
    assert_int_equal(orr_gnuplot_render(&g, &script, &data, NULL), ORR_USAGE);
  }
  assert_int_equal(script.length, 0);
  orr_text_fini(&script);
}

static void write_simple(fixture *f, const char *program, double seconds, orr_status wanted, bool *drawn) {
  static const double x[] = {1, 2};
  orr_figure g;
  orr_work work = {.log = keep_log, .progress = answer, .context = f};
  assert_int_equal(simple(f, &g, x, x, 2), ORR_OK);
  *drawn = true;
  assert_int_equal(orr_gnuplot_write(&g, f->folder, program, seconds, &work, drawn, NULL), wanted);
  assert_true(orr_file_exists(inside(f, "simple.gp")) && orr_file_exists(inside(f, "simple.dat")));
  assert_int_equal(orr_file_exists(inside(f, "simple.png")), *drawn);
}

static void a_machine_without_gnuplot_says_so(void **state) {
  fixture *f = *state;
  bool drawn;
  write_simple(f, NULL, 5, ORR_OK, &drawn);
  assert_false(drawn);
  assert_non_null(strstr(orr_text_get(&f->log), "gnuplot is not installed"));
}

static void a_path_that_is_no_program_is_logged(void **state) {
  fixture *f = *state;
  bool drawn;
  write_simple(f, "/nonexistent/gnuplot", 5, ORR_OK, &drawn);
  assert_false(drawn);
  assert_non_null(strstr(orr_text_get(&f->log), "no picture of simple")); /* valgrind's spawn fails late */
}

static void a_failure_leaves_no_half_picture(void **state) {
  fixture *f = *state;
  bool drawn;
  const char *program =
      make_program(f, "#!/bin/sh\necho half > simple.png\nprintf 'bad \\033[31m\\n' >&2\nexit 1\n");
  write_simple(f, program, 5, ORR_OK, &drawn);
  assert_false(drawn);
  assert_string_equal(orr_text_get(&f->log),
                      "gnuplot, simple: bad ?[31m\ngnuplot ended with status 1: no picture of simple\n");
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void a_hang_is_ended_in_time(void **state) {
  fixture *f = *state;
  bool drawn;
  double start = now();
  write_simple(f, make_program(f, "#!/bin/sh\necho half > simple.png\nsleep 60\n"), 0.3, ORR_OK, &drawn);
  assert_false(drawn);
  assert_true(now() - start < 3);
  assert_non_null(strstr(orr_text_get(&f->log), "took more than 0.3 s"));
}

static void a_flood_of_words_is_bounded(void **state) {
  fixture *f = *state;
  bool drawn;
  write_simple(f, make_program(f, "#!/bin/sh\nyes complaint | head -c 1000000\nexit 1\n"), 20, ORR_OK,
               &drawn);
  assert_false(drawn);
  assert_true(f->log.length > 1000 && f->log.length < 30000);
}

static void abandoned_work_stops_it(void **state) {
  fixture *f = *state;
  bool drawn;
  double start = now();
  f->abandon = true;
  write_simple(f, make_program(f, "#!/bin/sh\necho half > simple.png\nsleep 60\n"), 60, ORR_STOPPED, &drawn);
  assert_false(drawn);
  assert_true(now() - start < 3);
}

static void the_child_gets_little(void **state) {
  fixture *f = *state;
  bool drawn;
  orr_text seen = {0};
  setenv("GNUPLOT_LIB", "/evil", 1);
  write_simple(
      f,
      make_program(f, "#!/bin/sh\n{ env; echo $*; readlink /proc/self/fd/0; } > seen\necho x > simple.png\n"),
      5, ORR_OK, &drawn);
  assert_true(drawn);
  assert_int_equal(orr_file_read_path(inside(f, "seen"), 10000, &seen, NULL), ORR_OK);
  const char *s = orr_text_get(&seen);
  assert_null(strstr(s, "GNUPLOT_LIB"));
  assert_non_null(strstr(s, "LC_ALL=C.UTF-8"));
  assert_non_null(strstr(s, "XDG_CACHE_HOME=/"));
  assert_non_null(strstr(s, "\n-d -e format='png' simple.gp\n"));
  if (orr_file_exists("/proc/self/fd")) assert_non_null(strstr(s, "\n/dev/null\n"));
  orr_text_fini(&seen);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_literal_is_inert),
      TEST(a_script_holds_no_raw_text),
      TEST(nothing_hostile_runs),
      TEST(the_same_script_makes_each_format),
      TEST(numbers_are_exact_and_finite),
      TEST(blocks_are_counted_without_the_empty_ones),
      TEST(the_locale_does_not_matter),
      TEST(a_figure_is_named_safely),
      TEST(a_machine_without_gnuplot_says_so),
      TEST(a_path_that_is_no_program_is_logged),
      TEST(a_failure_leaves_no_half_picture),
      TEST(a_hang_is_ended_in_time),
      TEST(a_flood_of_words_is_bounded),
      TEST(abandoned_work_stops_it),
      TEST(the_child_gets_little),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
