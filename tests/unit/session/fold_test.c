/* Folding: what failed or was taken back vanishes with all that belongs to it, and a
 * journal without any of this is as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/fold.h"

#define HEAD "--@journal 1\n--@seed 7\n"

static void expect(const char *journal, const char *wanted, size_t commands, bool changed) {
  orr_arena arena = {0};
  orr_folded f;
  orr_text out = {0};
  assert_int_equal(orr_fold(journal, &arena, &f, NULL), ORR_OK);
  orr_folded_print(&f, false, &out);
  assert_string_equal(orr_text_get(&out), wanted);
  assert_int_equal(f.commands, commands);
  assert_int_equal(f.changed, changed);
  orr_text_fini(&out);
  orr_arena_fini(&arena);
}

static void without_annotations_it_is_as_it_was(void **state) {
  (void)state;
  const char *plain = HEAD "s.data1 = o.data { }\n-- a remark\no.note { \"o.undo { 1 }\" }\nlocal x = 3\n";
  expect(plain, plain, 2, false);
  expect(HEAD, HEAD, 0, false);
  expect("", "", 0, false);
  expect("s.data1 = o.data { }", "s.data1 = o.data { }\n", 1, false); /* written by hand, without a newline */
}

static void what_failed_vanishes(void **state) {
  (void)state;
  expect(HEAD "s.data1 = o.data { }\ns.fit1 = o.fit { 1 }\n-- failed: no\no.note { \"a\" }\n",
         HEAD "s.data1 = o.data { }\no.note { \"a\" }\n", 2, true);
  expect(HEAD "s.fit1 = o.fit { 1 }\no.control { \"fit1\", step = 3, learning_rate = 1 }\n-- failed: no\n",
         HEAD, 0, true);
}

static void what_was_taken_back_vanishes_with_what_belongs_to_it(void **state) {
  (void)state;
  expect(HEAD
         "s.data1 = o.data { }\ns.fit1 = o.fit { 1 }\no.control { \"fit1\", step = 3, learning_rate = 1 }\n"
         "--@stop fit1 57\no.undo { 1 }\ns.fit1 = o.fit { 2 }\n",
         HEAD "s.data1 = o.data { }\ns.fit1 = o.fit { 2 }\n", 2, true);
  expect(HEAD
         "o.note { 1 }\no.note { 2 }\no.note { 3 }\no.undo { 2 }\no.note { 4 }\no.undo { 9 }\n-- failed: 9\n",
         HEAD "o.note { 1 }\no.note { 4 }\n", 2, true);
  expect(HEAD "o.undo { 3 }\no.note { 1 }\n", HEAD "o.note { 1 }\n", 1, true); /* more than there is */
}

static void what_came_to_be_known_stands_in_the_header(void **state) {
  (void)state;
  expect(HEAD "s.fit1 = o.fit { 1 }\n--@stop fit1 57\ns.load1 = o.load { \"a\" }\n--@file \"a\"=\"/a\"\n",
         HEAD "--@stop fit1 57\n--@file \"a\"=\"/a\"\ns.fit1 = o.fit { 1 }\ns.load1 = o.load { \"a\" }\n", 2,
         true);
}

static void a_torn_line_is_none(void **state) {
  (void)state;
  expect(HEAD "o.note { 1 }\ns.fit1 = o.fit { \"mlp\", ta", HEAD "o.note { 1 }\n", 1, true);
}

static void lines_know_their_recipe(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_folded f;
  assert_int_equal(
      orr_fold("o.note { 1 }\n-- recipe a\no.note { 2 }\no.note { 3 }\n-- end of a\n-- recipe a\no.note { 4 "
               "}\n-- end of a\no.note { 5 }\n",
               &arena, &f, NULL),
      ORR_OK);
  assert_int_equal(f.n, 5);
  assert_null(f.lines[0].recipe);
  assert_string_equal(f.lines[1].recipe, "a");
  assert_int_equal(f.lines[1].group, f.lines[2].group);
  assert_int_not_equal(f.lines[2].group, f.lines[3].group);
  assert_null(f.lines[4].recipe);
  orr_arena_fini(&arena);
}

static void the_record_says_what_became_of_each(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_folded f;
  orr_text out = {0};
  assert_int_equal(
      orr_fold("o.note { 1 }\n-- failed: a\no.note { 2 }\no.undo { 1 }\no.note { 3 }\n", &arena, &f, NULL),
      ORR_OK);
  orr_folded_print_lines(&f, true, &out);
  assert_string_equal(out.data, "-- failed: o.note { 1 }\n-- undone: o.note { 2 }\no.note { 3 }\n");
  orr_text_fini(&out);
  orr_arena_fini(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_annotations_it_is_as_it_was),
      cmocka_unit_test(what_failed_vanishes),
      cmocka_unit_test(what_was_taken_back_vanishes_with_what_belongs_to_it),
      cmocka_unit_test(what_came_to_be_known_stands_in_the_header),
      cmocka_unit_test(a_torn_line_is_none),
      cmocka_unit_test(lines_know_their_recipe),
      cmocka_unit_test(the_record_says_what_became_of_each),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
