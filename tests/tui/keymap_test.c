/* Keys: names read back, defaults that do not meet, keys.lua with everything that can be wrong in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/tui/keymap.h"
#include "base/file.h"

static void test_names_read_back(void **state) {
  static const char *const names[] = {"j",     "G",       "?",        "Ctrl-L", "Ctrl-Z", "Enter",  "Escape",
                                      "Tab",   "BackTab", "F1",       "F12",    "Up",     "Delete", "Home",
                                      "Space", "/",       "PageDown", "é",      "F",      "Ctrl-]"};
  (void)state;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    orr_key key;
    orr_text name = {0};
    assert_true(orr_key_parse(names[i], &key));
    orr_key_name(&key, &name);
    assert_string_equal(orr_text_get(&name), names[i]);
    orr_text_fini(&name);
  }
}

static void test_no_keys(void **state) {
  static const char *const names[] = {"",    "jj",    "Ctrl-", "Ctrl-Enter", "F0",
                                      "F13", "Alt-x", "enter", "\xff",       "Mouse"};
  (void)state;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    assert_false(orr_key_parse(names[i], &(orr_key){0}));
}

/* Within a room, and everywhere, a key asks for one thing; and no default is a key that cannot be bound. */
static void test_defaults(void **state) {
  static const char rooms[] = "DRWAC*", *const never[] = {"Ctrl-A", "Ctrl-B", "Ctrl-S", "Ctrl-Q", "Ctrl-\\"};
  orr_keymap m;
  (void)state;
  orr_keymap_init(&m);
  for (size_t r = 1; r < ORR_REQUESTS; r++) assert_true(m.keys[r][0].kind);
  for (const char *room = rooms; *room; room++)
    for (size_t r = 1; r < ORR_REQUESTS; r++)
      for (size_t i = 0;
           strchr(orr_request_rows[r].rooms, *room) && i < ORR_KEYS_A_REQUEST && m.keys[r][i].kind; i++)
        if (orr_keymap_find(&m, &m.keys[r][i], *room) != r)
          fail_msg("%s of %s is taken in %c", orr_request_rows[r].keys, orr_request_rows[r].name, *room);
  for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
    orr_key key;
    assert_true(orr_key_parse(never[i], &key));
    for (const char *room = rooms; *room; room++) assert_int_equal(orr_keymap_find(&m, &key, *room), 0);
  }
}

static void test_rooms_come_first(void **state) {
  orr_keymap m;
  orr_key p;
  char name[32];
  (void)state;
  orr_keymap_init(&m);
  assert_true(orr_key_parse("p", &p));
  assert_int_equal(orr_keymap_find(&m, &p, 'W'), ORR_REQUEST_pause);
  assert_int_equal(orr_keymap_find(&m, &p, 'D'), ORR_REQUEST_split);
  assert_int_equal(orr_keymap_find(&m, &p, 'C'), ORR_NO_REQUEST);
  assert_string_equal(orr_keymap_key(&m, ORR_REQUEST_run, name), "Ctrl-R");
  assert_int_equal(orr_request_from_name("undo"), ORR_REQUEST_undo);
  assert_int_equal(orr_request_from_name("nonsense"), ORR_NO_REQUEST);
}

static void read_keys(const char *text, orr_keymap *m, orr_text *problems, orr_status expected) {
  char path[] = "/tmp/orrery-keysXXXXXX";
  orr_error e = {0};
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), strlen(text));
  close(fd);
  orr_keymap_init(m);
  assert_int_equal(orr_keymap_read(m, path, problems, &e), expected);
  unlink(path);
}

static void test_own_keys(void **state) {
  orr_keymap m;
  orr_key key;
  orr_text problems = {0};
  (void)state;
  read_keys("return { pause = 'F4', stop = { 'F5', 'Ctrl-K' } }", &m, &problems, ORR_OK);
  assert_string_equal(orr_text_get(&problems), "");
  assert_true(orr_key_parse("F4", &key));
  assert_int_equal(orr_keymap_find(&m, &key, 'W'), ORR_REQUEST_pause);
  assert_true(orr_key_parse("Ctrl-K", &key));
  assert_int_equal(orr_keymap_find(&m, &key, 'W'), ORR_REQUEST_stop);
  assert_true(orr_key_parse("p", &key));
  assert_int_equal(orr_keymap_find(&m, &key, 'W'), ORR_NO_REQUEST);
  orr_text_fini(&problems);
}

static void test_problems(void **state) {
  static const struct {
    const char *text, *says;
  } bad[] = {{"return { pause = 'Ctrl-A' }", "pause: Ctrl-A: it belongs to screen or tmux"},
             {"return { pause = 'Ctrl-S' }", "flow"},
             {"return { pause = 'Ctrl-Enter' }", "cannot tell Ctrl-Enter"},
             {"return { pause = 'Ctrl-M' }", "cannot tell it from another key"},
             {"return { pause = 'Alt-p' }", "Alt is never bound"},
             {"return { pause = 'Hyper' }", "no such key"},
             {"return { pause = 7 }", "a key is a text"},
             {"return { pause = {'a','b','f','n','F9'} }", "four keys at most"},
             {"return { pauze = 'P' }", "did you mean 'pause'?"},
             {"return { pause = 's' }", "s asks for pause and for stop"},
             {"return { undo = 'p' }", ""}}; /* of another kind of room: the room's own wins */
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    orr_keymap m;
    orr_text problems = {0};
    read_keys(bad[i].text, &m, &problems, ORR_OK);
    if (!strstr(orr_text_get(&problems), bad[i].says))
      fail_msg("%s: %s", bad[i].text, orr_text_get(&problems));
    orr_text_fini(&problems);
  }
}

static void test_hostile_file(void **state) {
  static const char *const texts[] = {"return 7",  "while true do end", "return { 'p' }",
                                      "os.exit()", "return {",          ""};
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    orr_keymap m;
    orr_text problems = {0};
    read_keys(texts[i], &m, &problems, ORR_USAGE);
    orr_text_fini(&problems);
  }
  orr_keymap m;
  orr_keymap_init(&m);
  assert_int_equal(orr_keymap_read(&m, "/nonexistent/keys.lua", NULL, NULL), ORR_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_names_read_back), cmocka_unit_test(test_no_keys),
      cmocka_unit_test(test_defaults),        cmocka_unit_test(test_rooms_come_first),
      cmocka_unit_test(test_own_keys),        cmocka_unit_test(test_problems),
      cmocka_unit_test(test_hostile_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
