/* Times of CSV files: nanoseconds since 1970 in UTC, and nothing that is no time taken for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "data/csv_cell.h"

#define SECOND INT64_C(1000000000)

/* Known answers: `date -u -d … +%s%N` of coreutils 9.1. */
static const struct {
  const char *text;
  int64_t nanoseconds;
} times[] = {
    {"1970-01-01", 0},
    {"2024-05-01", 1714521600 * SECOND},
    {"2024-05-01T12:34:56", 1714566896 * SECOND},
    {"2024-05-01 12:34:56", 1714566896 * SECOND},
    {"2024-05-01T12:34", 1714566840 * SECOND},
    {"2024-05-01T12:34:56.789Z", 1714566896 * SECOND + 789000000},
    {"2024-05-01T12:34:56,789Z", 1714566896 * SECOND + 789000000},
    {"2024-05-01T12:34:56.123456789", 1714566896 * SECOND + 123456789},
    {"2024-05-01T12:34:56.1234567899", 1714566896 * SECOND + 123456789},
    {"2024-05-01T12:34:56+02:00", 1714559696 * SECOND},
    {"2024-05-01T12:34:56-0330", 1714579496 * SECOND},
    {"2024-05-01T12:34:56+02", 1714559696 * SECOND},
    {"2024-05-01 12:34:56 +00:00", 1714566896 * SECOND},
    {"2024-05-01T12:34Z", 1714566840 * SECOND},
    {"20240501T123456Z", 1714566896 * SECOND},
    {"20240501T1234", 1714566840 * SECOND},
    {"20240501T123456.5", 1714566896 * SECOND + 500000000},
    {"2024-02-29", 1709164800 * SECOND},
    {"2000-02-29", 951782400 * SECOND},
    {"1969-12-31T23:59:59.5", -500000000},
    {"1900-03-01", -2203891200 * SECOND},
    {"1677-09-21T00:12:43.145224192", INT64_MIN},
    {"2262-04-11T23:47:16.854775807", INT64_MAX},
};

static void times_are_nanoseconds(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
    int64_t t = 1;
    unsigned seen = orr_csv_read_time(times[i].text, strlen(times[i].text), &t);
    if (seen != ORR_SEEN_TIME || t != times[i].nanoseconds)
      fail_msg("%s is read as %lld (%u)", times[i].text, (long long)t, seen);
  }
}

static void what_is_no_time_is_none(void **state) {
  (void)state;
  static const char *const others[] = {"",
                                       "20240501",
                                       "2024-5-1",
                                       "2024-13-01",
                                       "2024-00-10",
                                       "2024-02-30",
                                       "2023-02-29",
                                       "1900-02-29",
                                       "2024-04-31",
                                       "2024-01-00",
                                       "12:34",
                                       "12:34:56",
                                       "2024-05",
                                       "2024/05/01",
                                       "01-05-2024",
                                       "2024-05-01T",
                                       "2024-05-01T12",
                                       "2024-05-01T24:00",
                                       "2024-05-01T12:60",
                                       "2024-05-01T12:34:60",
                                       "2024-05-01T12:34:56.",
                                       "2024-05-01T12:34:56+25:00",
                                       "2024-05-01T12:34:56x",
                                       "2024-05-01 ",
                                       "2024-05-01T12:34:56+",
                                       "2024-05-01T12:34:56+2",
                                       "2024-05-01X12:34",
                                       "20240501 123456",
                                       "2024-05-0112:34",
                                       "20240501T12345",
                                       "-2024-05-01",
                                       "2024-05-01T-1:00"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    int64_t t;
    if (orr_csv_read_time(others[i], strlen(others[i]), &t)) fail_msg("'%s' is taken for a time", others[i]);
  }
}

static void times_that_do_not_fit_say_so(void **state) {
  (void)state;
  static const char *const far[] = {"1677-09-21T00:12:43.145224191", "2262-04-11T23:47:16.854775808",
                                    "0001-01-01", "9999-12-31", "1600-02-29T12:00:00Z"};
  for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
    int64_t t;
    if (orr_csv_read_time(far[i], strlen(far[i]), &t) != ORR_SEEN_FAR) fail_msg("%s", far[i]);
  }
}

/* Every day from 1678 to 2261 against the C library. */
static void every_day_counts(void **state) {
  (void)state;
  for (int64_t day = -106000; day < 106000; day += 1) {
    time_t seconds = (time_t)(day * 86400);
    struct tm when;
    char text[32];
    int64_t t;
    gmtime_r(&seconds, &when);
    strftime(text, sizeof text, "%Y-%m-%d", &when);
    if (orr_csv_read_time(text, strlen(text), &t) != ORR_SEEN_TIME || t != (int64_t)seconds * SECOND)
      fail_msg("%s", text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(times_are_nanoseconds),
      cmocka_unit_test(what_is_no_time_is_none),
      cmocka_unit_test(times_that_do_not_fit_say_so),
      cmocka_unit_test(every_day_counts),
  };
  return cmocka_run_group_tests_name("csv_time", tests, NULL, NULL);
}
