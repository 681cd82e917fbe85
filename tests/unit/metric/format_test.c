/* Why: every number a person reads passes here; digits beyond the error would claim
 * too much, and digits short of it would hide a difference. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metric/format.h"

static void expect(double value, double error, bool ascii, const char *text) {
  orr_text t = {0};
  orr_format_number(&t, value, error, ascii);
  assert_string_equal(orr_text_get(&t), text);
  orr_text_fini(&t);
}

static void test_plain(void **state) {
  (void)state;
  expect(0.07023, 0.0052, false, "0.0702 ± 0.0052");
  expect(0.07023, 0.0052, true, "0.0702 +/- 0.0052");
  expect(0.98765, 0.0123, false, "0.988 ± 0.012");
  expect(-1.23456, 0.5, false, "-1.23 ± 0.50");
  expect(12.3, 4.56, false, "12.3 ± 4.6");
  expect(123.4, 45.6, false, "123 ± 46");
  expect(0.001, 12, false, "0 ± 12");
}

static void test_carry(void **state) {
  (void)state;
  expect(0.5, 0.0996, false, "0.50 ± 0.10");
  expect(0.5, 0.0994, false, "0.500 ± 0.099");
  expect(0.99999, 0.01, false, "1.000 ± 0.010");
  expect(5, 9.96, false, "5 ± 10");
}

static void test_tens(void **state) {
  (void)state;
  expect(1234.5, 123.4, false, "1230 ± 120");
  expect(98765, 4321, false, "98800 ± 4300");
}

static void test_scientific(void **state) {
  (void)state;
  expect(1.23456e8, 1.2e4, false, "(1.23456 ± 0.00012)e+08");
  expect(7.02e-5, 5.2e-6, false, "(7.02 ± 0.52)e-05");
  expect(-7.02e-5, 5.2e-6, true, "(-7.02 +/- 0.52)e-05");
  expect(3e-9, 2e-5, false, "(0.0 ± 2.0)e-05");
  expect(1e300, 1e299, false, "(1.00 ± 0.10)e+300");
  expect(2e-310, 1e-310, false, "(2.0 ± 1.0)e-310");
}

static void test_no_error(void **state) {
  (void)state;
  expect(0.75, NAN, false, "0.75");
  expect(17898, NAN, false, "17898");
  expect(1234567, NAN, false, "1234567");
  expect(0.123456789, NAN, false, "0.123457");
  expect(1e-9, NAN, false, "1e-09");
  expect(0.75, 0, false, "0.75 ± 0");
  expect(1, 0, true, "1 +/- 0");
}

static void test_strange(void **state) {
  (void)state;
  expect(NAN, 0.1, false, "undefined");
  expect(NAN, NAN, false, "undefined");
  expect(INFINITY, NAN, false, "inf");
  expect(-INFINITY, 1, false, "-inf ± 1");
  expect(0.5, INFINITY, false, "0.5 ± inf");
  expect(0.5, 3e-17, false, "0.5 ± 3e-17");
  expect(-0.00001, 0.0031, false, "0.0000 ± 0.0031");
  expect(-0.0, NAN, false, "0");
  expect(0, 0.0031, false, "0.0000 ± 0.0031");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_plain),      cmocka_unit_test(test_carry),    cmocka_unit_test(test_tens),
      cmocka_unit_test(test_scientific), cmocka_unit_test(test_no_error), cmocka_unit_test(test_strange),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
