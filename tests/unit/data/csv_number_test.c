/* Numbers of CSV files: the nearest double to what is written, whichever way was taken, and no text taken for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "data/csv_number.h"

enum { MOST = 1000 };

static char padded[ORR_CSV_MARGIN + MOST + ORR_CSV_MARGIN];

/* In the middle of digits, which must not matter. */
static const char *place(const char *text) {
  memset(padded, '7', sizeof padded);
  return memcpy(padded + ORR_CSV_MARGIN, text, strlen(text));
}

static bool is_same(double a, double b) { return !memcmp(&a, &b, sizeof a); }

static void check_exact(const char *text) {
  char plain[MOST];
  size_t n = strlen(text);
  double value = 0.5, wanted;
  int64_t integer;
  const char *s = place(text);
  for (size_t i = 0; i <= n; i++) plain[i] = text[i] == 'd' || text[i] == 'D' ? 'e' : text[i];
  wanted = strtod(plain, NULL);
  if (!orr_csv_read_number(s, n, '.', 0, &value, &integer)) fail_msg("%s is read as no number", text);
  if (!is_same(value, wanted)) fail_msg("%s is read as %a, not %a", text, value, wanted);
  orr_csv_digits d;
  if (orr_csv_read_decimal(s, n, '.', &value) && !is_same(value, wanted))
    fail_msg("%s is read as a decimal as %a, not %a", text, value, wanted);
  if (orr_csv_read_scientific(s, n, '.', &value) && !is_same(value, wanted))
    fail_msg("%s is read with its exponent as %a, not %a", text, value, wanted);
  if (!orr_csv_read_digits(s, n, '.', &d)) return;
  value = orr_csv_digits_to_double(&d);
  if (!is_same(value, wanted)) fail_msg("%s is read at a glance as %a, not %a", text, value, wanted);
}

static void add_digits(orr_random *r, char *out, size_t n) {
  size_t used = strlen(out);
  for (size_t i = 0; i < n; i++) out[used + i] = (char)('0' + orr_random_below(r, 10));
  if (n && out[used] == '0') out[used] = '4'; /* leading zeros are another matter */
  out[used + n] = 0;
}

static void any_digits_are_read_as_strtod_reads_them(void **state) {
  (void)state;
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  for (int i = 0; i < 200000; i++) {
    char text[128] = "";
    static const char *const signs[] = {"", "-", "+"}, *const letters[] = {"e", "E", "e+", "e-", "d", "D-"};
    strcat(text, signs[orr_random_below(&r, 3)]);
    size_t whole = orr_random_below(&r, 12) + (orr_random_below(&r, 8) ? 0 : 12);
    add_digits(&r, text, whole);
    bool mark = !whole || orr_random_below(&r, 4);
    if (mark) strcat(text, ".");
    if (mark) add_digits(&r, text, !whole + orr_random_below(&r, 18));
    if (!orr_random_below(&r, 3))
      snprintf(text + strlen(text), 16, "%s%d", letters[orr_random_below(&r, 6)],
               (int)orr_random_below(&r, orr_random_below(&r, 4) ? 30 : 400));
    check_exact(text);
  }
}

static void doubles_written_in_full_come_back(void **state) {
  (void)state;
  static const int precisions[] = {17, 16, 15, 8, 6, 3};
  orr_random r = orr_random_stream(2, 0, ORR_FOR_TEST);
  for (int i = 0; i < 60000; i++) {
    char text[MOST];
    uint64_t bits = (uint64_t)orr_random_word(&r) << 32 | orr_random_word(&r);
    double x = orr_random_normal(&r) * pow(10, (double)orr_random_below(&r, 40) - 20);
    if (i % 4 == 0) memcpy(&x, &bits, sizeof x);
    if (!isfinite(x)) continue;
    int precision = precisions[orr_random_below(&r, 6)];
    if (i % 4 == 1) snprintf(text, sizeof text, "%.*f", precision, x);
    else if (i % 4 == 2) snprintf(text, sizeof text, "%.18e", x);
    else snprintf(text, sizeof text, "%.*g", precision, x);
    check_exact(text);
  }
}

__extension__ typedef unsigned __int128 wide;

/* digits / 2^halvings, which has as many digits after its mark. */
static void write_binary(char *out, uint64_t digits, int halvings) {
  char reversed[64];
  size_t n = 0, used = 0;
  wide x = digits;
  for (int i = 0; i < halvings; i++) x *= 5;
  for (int i = 0; x || i <= halvings; i++, x /= 10) {
    if (i == halvings && halvings) reversed[n++] = '.';
    reversed[n++] = (char)('0' + (int)(x % 10));
  }
  while (n) out[used++] = reversed[--n];
  out[used] = 0;
}

/* Exactly between two doubles: to the even one; a digit more, or less, decides. */
static void halves_go_to_the_even_one(void **state) {
  (void)state;
  orr_random r = orr_random_stream(3, 0, ORR_FOR_TEST);
  for (int i = 0; i < 40000; i++) {
    char text[80];
    uint64_t half =
        ((uint64_t)1 << 53) | ((uint64_t)orr_random_word(&r) << 21) | (orr_random_word(&r) & 0x1fffff) | 1;
    int halvings = (int)orr_random_below(&r, 16);
    write_binary(text, half, halvings);
    check_exact(text);
    if (halvings) strcat(text, i % 2 ? "1" : "0001"), check_exact(text);
    if (halvings) text[strlen(text) - (i % 2 ? 1 : 4)] = 0, text[strlen(text) - 1]--, check_exact(text);
    if (orr_random_below(&r, 2)) write_binary(text, half << orr_random_below(&r, 10), 0), check_exact(text);
  }
}

static void the_edges_are_exact(void **state) {
  (void)state;
  static const char *const edges[] = {"0",
                                      "-0",
                                      "0.0",
                                      "-0.0",
                                      ".5",
                                      "5.",
                                      "-.5",
                                      "+5.",
                                      "1e5",
                                      "1E+05",
                                      "1d5",
                                      "1.5D-03",
                                      "1e22",
                                      "1e23",
                                      "1e-22",
                                      "1e-23",
                                      "9007199254740993",
                                      "9007199254740991",
                                      "9007199254740992.5",
                                      "18446744073709551615",
                                      "18446744073709551616",
                                      "9999999999999999999",
                                      "1e308",
                                      "1.8e308",
                                      "1e-324",
                                      "2.4703282292062327e-324",
                                      "4.9e-324",
                                      "2.2250738585072011e-308",
                                      "2.2250738585072014e-308",
                                      "1e400",
                                      "1e-400",
                                      "123456789012345678901234567890",
                                      "0.1234567890123456789012345678901234567890",
                                      "0.30000000000000004",
                                      "8.41",
                                      "1e0",
                                      "1e99999999999",
                                      "0e99999999999",
                                      "1000000000000000000000",
                                      "0.000000000000000000000000000001",
                                      "7450580596923828125e27",
                                      "7450580596923828125e-27",
                                      "9999999999999999999e27",
                                      "9999999999999999999e-27"};
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) check_exact(edges[i]);
}

static const struct {
  const char *text;
  unsigned seen;
} kinds[] = {
    {"7", ORR_SEEN_INTEGER},
    {"-7", ORR_SEEN_INTEGER},
    {"+7", ORR_SEEN_INTEGER},
    {"0", ORR_SEEN_INTEGER},
    {"-0", ORR_SEEN_INTEGER},
    {"9223372036854775807", ORR_SEEN_INTEGER},
    {"-9223372036854775808", ORR_SEEN_INTEGER},
    {"9223372036854775808", ORR_SEEN_LARGE},
    {"-9223372036854775809", ORR_SEEN_LARGE},
    {"123456789012345678901", ORR_SEEN_LARGE},
    {"1e3", ORR_SEEN_NUMBER},
    {"1e+03", ORR_SEEN_NUMBER},
    {"-2.5E-07", ORR_SEEN_NUMBER},
    {"e+03", 0},
    {"-e+03", 0},
    {".e+03", 0},
    {"1e+0x", 0},
    {"1e/03", 0},
    {"1.2.3e+03", 0},
    {"9999999999999999", ORR_SEEN_INTEGER},
    {"-1234567890123456", ORR_SEEN_INTEGER},
    {"12345678901234567", ORR_SEEN_INTEGER},
    {"5.", ORR_SEEN_NUMBER},
    {"inf", ORR_SEEN_NUMBER},
    {"-Infinity", ORR_SEEN_NUMBER},
    {"+INF", ORR_SEEN_NUMBER},
    {"nan", ORR_SEEN_NUMBER},
    {"08123", ORR_SEEN_ZERO},
    {"00.11", ORR_SEEN_NUMBER},
    {"010.684708", ORR_SEEN_NUMBER},
    {"007e2", ORR_SEEN_NUMBER},
    {"07", ORR_SEEN_PADDED},
    {"-01", ORR_SEEN_ZERO},
    {"00", ORR_SEEN_PADDED},
    {"0.5", ORR_SEEN_NUMBER},
    {"", 0},
    {"-", 0},
    {"+", 0},
    {".", 0},
    {"-.", 0},
    {"--5", 0},
    {"+-5", 0},
    {"1.2.3", 0},
    {"1,5", 0},
    {"0x10", 0},
    {"1e", 0},
    {"1e+", 0},
    {"1e5.0", 0},
    {"1ee5", 0},
    {"e5", 0},
    {".e5", 0},
    {"1 2", 0},
    {"12a", 0},
    {"infi", 0},
    {"12:34", 0},
    {"2024-05-01", 0},
    {"1_000", 0},
    {"\xd9\xa3", 0},
};

static void numbers_are_told_from_others(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    double value;
    int64_t integer = 1;
    const char *s = place(kinds[i].text);
    unsigned seen = orr_csv_read_number(s, strlen(kinds[i].text), '.', 0, &value, &integer);
    if (seen != kinds[i].seen) fail_msg("'%s' is seen as %u", kinds[i].text, seen);
    if (seen == ORR_SEEN_INTEGER) assert_true(integer == strtoll(kinds[i].text, NULL, 10));
    orr_csv_digits d;
    bool glance = orr_csv_read_digits(s, strlen(kinds[i].text), '.', &d);
    if (glance && !(d.integer && d.digits >> 63))
      assert_int_equal(d.integer ? ORR_SEEN_INTEGER : ORR_SEEN_NUMBER, kinds[i].seen);
    if (orr_csv_read_decimal(s, strlen(kinds[i].text), '.', &value))
      assert_int_equal(ORR_SEEN_NUMBER, kinds[i].seen);
    if (orr_csv_read_scientific(s, strlen(kinds[i].text), '.', &value))
      assert_int_equal(ORR_SEEN_NUMBER, kinds[i].seen);
    if (orr_csv_read_integer(s, strlen(kinds[i].text), &integer)) {
      assert_int_equal(ORR_SEEN_INTEGER, kinds[i].seen);
      assert_true(integer == strtoll(kinds[i].text, NULL, 10));
    }
  }
}

static const struct {
  const char *text;
  char mark, group;
  double wanted; /* NaN: no number */
} marked[] = {
    {"1,5", ',', 0, 1.5},
    {"-0,25", ',', 0, -0.25},
    {"1,5e3", ',', 0, 1500},
    {"1.5", ',', 0, NAN},
    {"1.234,5", ',', '.', 1234.5},
    {"200.000.000", ',', '.', 200000000},
    {"1,234,567.25", '.', ',', 1234567.25},
    {"-1,234", '.', ',', -1234},
    {"1 234", '.', ' ', 1234},
    {"1'234.5", '.', '\'', 1234.5},
    {"1234.5", '.', ',', 1234.5},
    {"12,34", '.', ',', NAN},
    {"1234,567", '.', ',', NAN},
    {",123", '.', ',', NAN},
    {"1,,234", '.', ',', NAN},
    {"1,2345", '.', ',', NAN},
    {"1.5,000", '.', ',', NAN},
    {"1,234,", '.', ',', NAN},
    {"0,12345678901234567890123", ',', 0, 0.12345678901234568},
};

static void marks_are_the_dialects(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof marked / sizeof *marked; i++) {
    double value = 0;
    int64_t integer;
    const char *s = place(marked[i].text);
    unsigned seen =
        orr_csv_read_number(s, strlen(marked[i].text), marked[i].mark, marked[i].group, &value, &integer);
    if (isnan(marked[i].wanted)) {
      if (seen) fail_msg("'%s' is seen as %u", marked[i].text, seen);
    } else if (!seen || !is_same(value, marked[i].wanted))
      fail_msg("'%s' is read as %g", marked[i].text, value);
  }
}

static void digits_at_any_power_are_as_strtod_reads_them(void **state) {
  (void)state;
  orr_random r = orr_random_stream(4, 0, ORR_FOR_TEST);
  for (int i = 0; i < 300000; i++) {
    char text[64];
    uint64_t digits = (uint64_t)orr_random_word(&r) << 32 | orr_random_word(&r);
    digits >>= orr_random_below(&r, 64);
    int power = (int)orr_random_below(&r, 720) - 380;
    snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, power);
    double x = orr_csv_scale(digits, power), wanted = strtod(text, NULL);
    if (!is_same(x, wanted)) fail_msg("%s is scaled to %a, not %a", text, x, wanted);
  }
}

/* Exactly between two subnormal numbers: 2^-1075 times an odd number, all of its 750 digits and more. */
static void halves_of_subnormals_go_to_the_even_one(void **state) {
  (void)state;
  orr_random r = orr_random_stream(5, 0, ORR_FOR_TEST);
  for (int i = 0; i < 2000; i++) {
    uint64_t odd = ((uint64_t)orr_random_word(&r) << 21 | 1) >> orr_random_below(&r, 50) | 1;
    char text[MOST];
    double half = (double)odd * 0x1p-1074;
    for (int digits = 15; digits < 25; digits++) {
      snprintf(text, sizeof text, "%.*e", digits, half / 2 * (1 + 0x1p-52 * (double)(digits - 20)));
      check_exact(text);
      snprintf(text, sizeof text, "%.*e", digits, half);
      check_exact(text);
    }
  }
}

/* As many digits as fit around the ends of what is taken at a glance, with the mark in any place. */
static void any_length_with_the_mark_anywhere_is_exact(void **state) {
  (void)state;
  orr_random r = orr_random_stream(6, 0, ORR_FOR_TEST);
  for (int round = 0; round < 40; round++)
    for (size_t n = 1; n <= 40; n++)
      for (size_t mark = 0; mark <= n; mark++) {
        char text[64] = "";
        if (round % 2) strcat(text, "-");
        size_t sign = strlen(text), zeros = orr_random_below(&r, 3) ? 0 : orr_random_below(&r, (unsigned)n);
        for (size_t i = 0; i < n; i++)
          text[sign + i] = (char)(mark && i < zeros ? '0' : '1' + orr_random_below(&r, 9));
        if (mark)
          memmove(text + sign + mark, text + sign + mark - 1, n - mark + 1), text[sign + mark - 1] = '.';
        if (text[sign] != '0' || text[sign + 1] == '.') check_exact(text);
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_digits_are_read_as_strtod_reads_them),
      cmocka_unit_test(doubles_written_in_full_come_back),
      cmocka_unit_test(halves_go_to_the_even_one),
      cmocka_unit_test(the_edges_are_exact),
      cmocka_unit_test(numbers_are_told_from_others),
      cmocka_unit_test(marks_are_the_dialects),
      cmocka_unit_test(digits_at_any_power_are_as_strtod_reads_them),
      cmocka_unit_test(halves_of_subnormals_go_to_the_even_one),
      cmocka_unit_test(any_length_with_the_mark_anywhere_is_exact),
  };
  return cmocka_run_group_tests_name("csv_number", tests, NULL, NULL);
}
