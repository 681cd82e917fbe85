/* Files: writes are whole or absent, reads keep their limit, and nothing
 * outside a granted folder is opened, through whatever links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "base/file.h"

static char folder[64];

static char *in(const char *name) {
  static char paths[4][PATH_MAX];
  static unsigned at;
  char *path = paths[at++ % 4];
  snprintf(path, PATH_MAX, "%s/%s", folder, name);
  return path;
}

static int set_up(void **state) {
  (void)state;
  strcpy(folder, "/tmp/orr-file-test-XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state) {
  (void)state;
  orr_file_remove_tree(folder);
  return orr_file_exists(folder);
}

static void write_text(const char *path, const char *text) {
  assert_int_equal(orr_file_write(path, text, strlen(text), NULL), ORR_OK);
}

static void check_content(const char *path, const char *wanted) {
  orr_text t = {0};
  assert_int_equal(orr_file_read_path(path, 1000, &t, NULL), ORR_OK);
  assert_string_equal(orr_text_get(&t), wanted);
  orr_text_fini(&t);
}

static void what_is_written_is_read(void **state) {
  (void)state;
  write_text(in("a"), "first, and longer");
  write_text(in("a"), "second");
  check_content(in("a"), "second");
  write_text(in("empty"), "");
  check_content(in("empty"), "");
  assert_false(orr_file_exists(in("a.part")));
}

/* A disk that fills up, played by a limit on the size of files. */
static void a_failed_write_leaves_the_old_file(void **state) {
  (void)state;
  static char large[100000];
  struct rlimit old, tight;
  orr_error e;
  write_text(in("a"), "old");
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &old);
  tight = (struct rlimit){.rlim_cur = 5000, .rlim_max = old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &tight);
  orr_status status = orr_file_write(in("a"), large, sizeof large, &e);
  setrlimit(RLIMIT_FSIZE, &old);
  assert_int_equal(status, ORR_SYSTEM);
  assert_non_null(strstr(e.message, "cannot write"));
  check_content(in("a"), "old");
  assert_false(orr_file_exists(in("a.part")));
}

static void what_cannot_be_written_says_so(void **state) {
  (void)state;
  orr_error e;
  char path[PATH_MAX + 10];
  assert_int_equal(orr_file_write(in("none/a"), "x", 1, &e), ORR_SYSTEM);
  assert_non_null(strstr(e.message, "No such file or directory"));
  assert_int_equal(mkdir(in("taken"), 0755), 0);
  assert_int_equal(orr_file_write(in("taken"), "x", 1, &e), ORR_SYSTEM);
  assert_false(orr_file_exists(in("taken.part")));
  memset(path, 'a', sizeof path - 1);
  path[sizeof path - 1] = 0;
  assert_int_equal(orr_file_write(path, "x", 1, &e), ORR_USAGE);
}

/* Somebody who may write to the folder must not direct our bytes elsewhere. */
static void a_link_in_place_of_the_temporary_file_is_not_followed(void **state) {
  (void)state;
  write_text(in("victim"), "untouched");
  assert_int_equal(symlink(in("victim"), in("b.part")), 0);
  orr_file_write(in("b"), "x", 1, NULL);
  check_content(in("victim"), "untouched");
}

static void reads_keep_their_limit(void **state) {
  (void)state;
  orr_error e;
  orr_text t = {0};
  write_text(in("a"), "12345");
  assert_int_equal(orr_file_read_path(in("a"), 5, &t, &e), ORR_OK);
  orr_text_fini(&t);
  assert_int_equal(orr_file_read_path(in("a"), 4, &t, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "larger than the 4 bytes allowed"));
  assert_non_null(strstr(e.message, "/a'"));
  orr_text_fini(&t);
}

static void only_regular_files_are_opened(void **state) {
  (void)state;
  int fd;
  orr_error e;
  assert_int_equal(orr_file_open(in("none"), &fd, &e), ORR_DATA);
  assert_int_equal(e.status, ORR_DATA);
  assert_non_null(strstr(e.message, "No such file or directory"));
  assert_int_equal(orr_file_open(folder, &fd, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "is a folder; name a file in it"));
  assert_int_equal(mkfifo(in("pipe"), 0600), 0);
  assert_int_equal(orr_file_open(in("pipe"), &fd, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "is not a regular file"));
  assert_int_equal(orr_file_open("/dev/null", &fd, &e), ORR_DATA);
  assert_int_equal(fd, -1);
}

static orr_status open_inside(const char *path, const char *where, orr_error *e) {
  int fd = -1;
  orr_status status = orr_file_open_inside(path, &where, 1, &fd, e);
  if (!status) close(fd);
  else assert_int_equal(fd, -1);
  return status;
}

static void what_lies_inside_is_opened(void **state) {
  (void)state;
  const char *both[] = {"/nowhere", folder};
  int fd;
  assert_int_equal(orr_file_make_folders(in("granted/deep"), NULL), ORR_OK);
  write_text(in("granted/deep/a"), "x");
  assert_int_equal(open_inside(in("granted/deep/a"), in("granted"), NULL), ORR_OK);
  assert_int_equal(open_inside(in("granted/deep/../deep/a"), in("granted/"), NULL), ORR_OK);
  assert_int_equal(symlink("granted", in("alias")), 0);
  assert_int_equal(open_inside(in("alias/deep/a"), in("granted"), NULL), ORR_OK);
  assert_int_equal(open_inside(in("granted/deep/a"), in("alias"), NULL), ORR_OK);
  assert_int_equal(orr_file_open_inside(in("granted/deep/a"), both, 2, &fd, NULL), ORR_OK);
  close(fd);
}

static void nothing_outside_is_opened(void **state) {
  (void)state;
  orr_error e;
  int fd;
  assert_int_equal(orr_file_make_folders(in("granted"), NULL), ORR_OK);
  assert_int_equal(orr_file_make_folders(in("granted-not"), NULL), ORR_OK);
  write_text(in("secret"), "x");
  write_text(in("granted-not/a"), "x");
  assert_int_equal(symlink(in("secret"), in("granted/link")), 0);
  assert_int_equal(symlink(folder, in("granted/up")), 0);
  assert_int_equal(open_inside(in("granted/link"), in("granted"), &e), ORR_RECIPE);
  assert_non_null(strstr(e.message, "lies outside the folders this recipe may read"));
  assert_int_equal(open_inside(in("granted/up/secret"), in("granted"), &e), ORR_RECIPE);
  assert_int_equal(open_inside(in("granted/../secret"), in("granted"), &e), ORR_RECIPE);
  assert_int_equal(open_inside(in("granted-not/a"), in("granted"), &e), ORR_RECIPE);
  assert_int_equal(open_inside(in("secret"), in("none"), &e), ORR_RECIPE);
  assert_int_equal(orr_file_open_inside(in("secret"), NULL, 0, &fd, &e), ORR_RECIPE);
}

static void folders_are_made_all_the_way(void **state) {
  (void)state;
  orr_error e;
  assert_int_equal(orr_file_make_folders(in("a/b//c/"), &e), ORR_OK);
  assert_int_equal(orr_file_make_folders(in("a/b/c"), &e), ORR_OK);
  write_text(in("file"), "x");
  assert_int_equal(orr_file_make_folders(in("file/b"), &e), ORR_SYSTEM);
  assert_int_equal(orr_file_make_folders(in("file"), &e), ORR_SYSTEM);
  assert_int_equal(orr_file_make_folders("/", &e), ORR_OK);
}

static void trees_go_without_following_links(void **state) {
  (void)state;
  assert_int_equal(orr_file_make_folders(in("tree/deep"), NULL), ORR_OK);
  write_text(in("kept"), "x");
  assert_int_equal(symlink(folder, in("tree/deep/up")), 0);
  orr_file_remove_tree(in("tree"));
  assert_false(orr_file_exists(in("tree")));
  assert_true(orr_file_exists(in("kept")));
}

static void names_and_places(void **state) {
  (void)state;
  orr_text t = {0};
  assert_string_equal(orr_file_name("/a/b.csv"), "b.csv");
  assert_string_equal(orr_file_name("b.csv"), "b.csv");
  assert_string_equal(orr_file_name("a/"), "");
  assert_int_equal(orr_file_absolute("/a", &t, NULL), ORR_OK);
  assert_string_equal(t.data, "/a");
  orr_text_fini(&t);
  assert_int_equal(orr_file_absolute("b", &t, NULL), ORR_OK);
  assert_true(t.data[0] == '/' && !strcmp(orr_file_name(t.data), "b"));
  orr_text_fini(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_is_written_is_read),
      TEST(a_failed_write_leaves_the_old_file),
      TEST(what_cannot_be_written_says_so),
      TEST(a_link_in_place_of_the_temporary_file_is_not_followed),
      TEST(reads_keep_their_limit),
      TEST(only_regular_files_are_opened),
      TEST(what_lies_inside_is_opened),
      TEST(nothing_outside_is_opened),
      TEST(folders_are_made_all_the_way),
      TEST(trees_go_without_following_links),
      TEST(names_and_places),
  };
  return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
