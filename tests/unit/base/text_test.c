/* Text: what is built is what was said; numbers read back to the same bits;
 * text of users is made harmless; near names are found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"

static void text_grows(void **state) {
  (void)state;
  orr_text t = {0};
  assert_string_equal(orr_text_get(&t), "");
  for (int i = 0; i < 1000; i++) orr_text_printf(&t, "%d,", i);
  orr_text_add_bytes(&t, "end!", 3);
  assert_int_equal(t.length, 3893);
  assert_string_equal(t.data + t.length - 11, "998,999,end");
  assert_int_equal(orr_text_check(&t, NULL), ORR_OK);
  orr_text_fini(&t);
  assert_null(t.data);
}

static void prose_is_wrapped(void **state) {
  (void)state;
  orr_text t = {0};
  orr_text_add_wrapped(&t, " one two  three ±four", 4, 2, 11);
  assert_string_equal(orr_text_get(&t), "one two\n  three\n  ±four\n");
  t.length = 0;
  orr_text_add_wrapped(&t, "unbreakable", 0, 0, 4);
  assert_string_equal(orr_text_get(&t), "unbreakable\n");
  orr_text_fini(&t);
}

static void signs_have_ascii_words(void **state) {
  (void)state;
  orr_text t = {0};
  orr_text_add_ascii(&t, "0.1 ± 0.2, R², Adélie…\xff");
  assert_string_equal(orr_text_get(&t), "0.1+/-0.2, R^2, Ad?lie...?");
  orr_text_fini(&t);
}

static void a_failure_is_remembered(void **state) {
  (void)state;
  orr_text t = {0};
  orr_memory_fail_after(0);
  orr_text_add(&t, "lost");
  orr_memory_fail_after(-1);
  orr_text_add(&t, "not added");
  orr_text_printf(&t, "%d", 1);
  assert_int_equal(orr_text_check(&t, NULL), ORR_MEMORY);
  assert_string_equal(orr_text_get(&t), "");
  orr_text_fini(&t);
}

static void lua_strings_are_escaped(void **state) {
  (void)state;
  orr_text t = {0};
  orr_text_add_lua_string(&t, "a\"b\\c\nd\x01"
                              "2\x7fé");
  assert_string_equal(t.data, "\"a\\\"b\\\\c\\nd\\0012\\127é\"");
  orr_text_fini(&t);
}

static const struct {
  const char *from, *to;
} harmless[] = {
    {"plain é ✓ 𝄞", "plain é ✓ 𝄞"},
    {"\x1b[2J", "?[2J"},
    {"a\nb", "a?b"},
    {"\xff\xfe", "??"},
    {"\xc2\x9b", "?"},
    {"\xe2\x80\xae", "?"},
    {"\xe2\x80\x8b", "?"},
    {"\xc3", "?"},
    {"\xed\xa0\x80", "???"},
    {"\xef\xbb\xbf", "?"},
    {"\x7f", "?"},
    {"\xc0\xaf", "??"},
};

static void text_of_users_is_made_inert(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
    orr_text t = {0};
    orr_text_add_inert(&t, harmless[i].from);
    assert_string_equal(orr_text_get(&t), harmless[i].to);
    orr_text_fini(&t);
  }
}

static void check_number(double x, const char *text) {
  orr_text t = {0};
  orr_text_add_number(&t, x);
  assert_string_equal(t.data, text);
  orr_text_fini(&t);
}

static void numbers_are_short(void **state) {
  (void)state;
  check_number(0.1, "0.1");
  check_number(0.1 + 0.2, "0.30000000000000004");
  check_number(-0.0, "-0");
  check_number(1e300, "1e+300");
  check_number(123456789, "123456789");
  check_number(1.0 / 3, "0.3333333333333333");
  check_number(NAN, "nan");
  check_number(-NAN, "nan");
  check_number(INFINITY, "inf");
  check_number(-INFINITY, "-inf");
}

static void numbers_read_back_to_the_same_bits(void **state) {
  (void)state;
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < 20000; i++) {
    uint64_t bits = (uint64_t)orr_random_word(&r) << 32 | orr_random_word(&r);
    double x, back;
    memcpy(&x, &bits, sizeof x);
    if (isnan(x)) continue;
    orr_text t = {0};
    orr_text_add_number(&t, x);
    assert_true(orr_text_to_number(t.data, &back));
    assert_memory_equal(&back, &x, sizeof x);
    orr_text_fini(&t);
  }
}

static void numbers_are_read_whole_or_not_at_all(void **state) {
  (void)state;
  static const char *const not_numbers[] = {"", "x", "1x", "1 ", "1,5", "--1", "."};
  double x;
  assert_true(orr_text_to_number("-1.5e3", &x));
  assert_true(x == -1500);
  for (size_t i = 0; i < sizeof not_numbers / sizeof *not_numbers; i++)
    assert_false(orr_text_to_number(not_numbers[i], &x));
}

static void near_names_are_found(void **state) {
  (void)state;
  static const char *const names[] = {"learning_rate", "l2", "epochs", "flux"};
  assert_string_equal(orr_text_nearest("learning_rat", names, 4), "learning_rate");
  assert_null(orr_text_nearest("l1", names, 4)); /* of a letter or two any other is near */
  assert_string_equal(orr_text_nearest("epoch", names, 4), "epochs");
  assert_string_equal(orr_text_nearest("flxu", names, 4), "flux");
  assert_null(orr_text_nearest("temperature", names, 4));
  assert_null(orr_text_nearest("xy", names, 4));
  assert_null(orr_text_nearest("flux", names, 0));
}

static void hopelessly_long_names_are_near_nothing(void **state) {
  (void)state;
  char word[2000];
  memset(word, 'a', sizeof word - 1);
  word[sizeof word - 1] = 0;
  const char *names[] = {word, "b"};
  assert_null(orr_text_nearest("a", (const char *const[]){"b"}, 1));
  assert_string_equal(orr_text_nearest("AB", (const char *const[]){"b", "ab"}, 2), "ab");
  assert_null(orr_text_nearest("abcdefghij", names, 2));
}

static void counts_have_their_commas(void **state) {
  (void)state;
  char out[32];
  assert_string_equal(orr_text_count(out, 0), "0");
  assert_string_equal(orr_text_count(out, 999), "999");
  assert_string_equal(orr_text_count(out, 17898), "17,898");
  assert_string_equal(orr_text_count(out, 18446744073709551615ull), "18,446,744,073,709,551,615");
}

static void utf8_is_told_from_other_bytes(void **state) {
  (void)state;
  static const char *const bad[] = {
      "\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xff"};
  assert_true(orr_text_is_utf8("", 0));
  assert_true(orr_text_is_utf8("aé✓𝄞", 10));
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_false(orr_text_is_utf8(bad[i], strlen(bad[i])));
  assert_int_equal(orr_text_width("aé✓𝄞"), 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_grows),
      cmocka_unit_test(prose_is_wrapped),
      cmocka_unit_test(signs_have_ascii_words),
      cmocka_unit_test(a_failure_is_remembered),
      cmocka_unit_test(lua_strings_are_escaped),
      cmocka_unit_test(text_of_users_is_made_inert),
      cmocka_unit_test(numbers_are_short),
      cmocka_unit_test(numbers_read_back_to_the_same_bits),
      cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
      cmocka_unit_test(near_names_are_found),
      cmocka_unit_test(hopelessly_long_names_are_near_nothing),
      cmocka_unit_test(counts_have_their_commas),
      cmocka_unit_test(utf8_is_told_from_other_bytes),
  };
  return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
