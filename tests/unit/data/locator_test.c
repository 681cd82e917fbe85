/* Locators: what exists decides how a SRC is taken apart, so that no name a file can have is out of reach. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "data/locator.h"

static const char *const files[] = {"a.h5", "b:c.csv", "C.h5",           "odd[1]@2.h5",
                                    "e:",   "e:/f.h5", "dir.h5/file.csv"};

static void touch(const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  assert_true(fd >= 0);
  close(fd);
}

static int in_a_folder(void **state) {
  static char folder[] = "/tmp/orrery-locator-XXXXXX";
  if (!mkdtemp(folder) || chdir(folder) || mkdir("dir.h5", 0755) || mkdir("e:", 0755)) return -1;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    if (strcmp(files[i], "e:")) touch(files[i]);
  *state = folder;
  return 0;
}

static int leave(void **state) {
  if (chdir("/")) return -1;
  orr_file_remove_tree(*state);
  return 0;
}

static void places_are_found(void **state) {
  (void)state;
  static const char *const rows[][3] = {
      {"-", "-", NULL},
      {"a.h5", "a.h5", NULL},
      {"./a.h5", "./a.h5", NULL},
      {"a.h5:/g/d[0:10,:]", "a.h5", "/g/d[0:10,:]"},
      {"a.h5/g/d", "a.h5", "/g/d"},
      {"a.h5:/", "a.h5", "/"},
      {"a.h5/", "a.h5", "/"},
      {"a.h5:", "a.h5", NULL},
      {"a.h5:/g:/d", "a.h5", "/g:/d"},
      {"a.h5:/dir.h5/file.csv", "a.h5", "/dir.h5/file.csv"},
      {"b:c.csv", "b:c.csv", NULL},
      {"C.h5:", "C.h5", NULL},
      {"odd[1]@2.h5", "odd[1]@2.h5", NULL},
      {"odd[1]@2.h5:/x[2]", "odd[1]@2.h5", "/x[2]"},
      {"odd[1]@2.h5/x@y", "odd[1]@2.h5", "/x@y"},
      {"e:/f.h5", "e:/f.h5", NULL},
      {"e:/f.h5:/d", "e:/f.h5", "/d"},
      {"e:/f.h5/d", "e:/f.h5", "/d"},
      {"dir.h5/file.csv", "dir.h5/file.csv", NULL},
      {"dir.h5", "dir.h5", NULL},
      {"dir.h5:/d", "dir.h5", "/d"}, /* opening it will say that it is a folder */
      {"none.h5", "none.h5", NULL},
      {"none.h5:/g/d", "none.h5", "/g/d"},
      {"none.h5/g/d", "none.h5/g/d", NULL},
      {"dir.h5/none.csv", "dir.h5/none.csv", NULL},
      {"none.h5:", "none.h5:", NULL},
      {"https://example.org/a.h5", "https://example.org/a.h5", NULL},
      {":/d", ":/d", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    orr_arena arena = {0};
    orr_locator where;
    orr_error e = {0};
    if (orr_locator_parse(rows[i][0], &arena, &where, &e)) fail_msg("%s: %s", rows[i][0], e.message);
    assert_string_equal(where.file, rows[i][1]);
    if (rows[i][2] && where.inside) assert_string_equal(where.inside, rows[i][2]);
    else assert_true(!rows[i][2] && !where.inside);
    orr_arena_fini(&arena);
  }
}

static void near_misses_are_named(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_locator where;
  orr_error e = {0};
  assert_int_equal(orr_locator_parse("a.h5:events[0:10]", &arena, &where, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "a.h5:/events[0:10]"));
  assert_int_equal(orr_locator_parse("", &arena, &where, &e), ORR_USAGE);
  orr_arena_fini(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(places_are_found),
                                     cmocka_unit_test(near_misses_are_named)};
  return cmocka_run_group_tests(tests, in_a_folder, leave);
}
