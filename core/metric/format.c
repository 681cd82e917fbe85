/* Numbers with errors; see format.h. Rounding is printf's, so that a carry
 * (0.0996 to 0.10) is seen before the decimals are chosen. */
#include "metric/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sizes written in plain decimals: from 1e-4 up to below 1e6. */
enum { LEAST_POWER = -4, MOST_POWER = 5 };

/* An error smaller than this share of the value is below what a double can tell apart. */
static const double TOLD_APART = 1e-13;

/* The power of ten of x > 0 once rounded to two significant digits. */
static int power_of(double x) {
  char text[40];
  snprintf(text, sizeof text, "%.1e", x);
  return atoi(strchr(text, 'e') + 1);
}

/* x to tens, hundreds, … where decimals are negative; else as it is. */
static double round_tens(double x, int decimals) {
  if (decimals >= 0) return x;
  double unit = pow(10, -decimals);
  return nearbyint(x / unit) * unit;
}

/* x to so many decimals, never "-0". */
static void add_fixed(orr_text *out, double x, int decimals) {
  char text[400];
  snprintf(text, sizeof text, "%.*f", decimals > 0 ? decimals : 0, round_tens(x, decimals));
  bool zero = !text[strspn(text, "-0.")];
  orr_text_add(out, text + (zero && text[0] == '-'));
}

static void add_alone(orr_text *out, double x) {
  if (x == nearbyint(x) && fabs(x) < 1e15) add_fixed(out, x, 0);
  else orr_text_printf(out, "%.6g", x);
}

static void add_extreme(orr_text *out, double value, double error, const char *sign) {
  add_alone(out, value);
  orr_text_printf(out, "%s%.2g", sign, error);
}

static void add_pair(orr_text *out, double value, double error, int decimals, const char *sign) {
  add_fixed(out, value, decimals);
  orr_text_add(out, sign);
  add_fixed(out, error, decimals);
}

static void add_finite(orr_text *out, double value, double error, const char *sign) {
  int place = power_of(error), power = power_of(fmax(fabs(value), error));
  if (power >= LEAST_POWER && power <= MOST_POWER) {
    add_pair(out, value, error, 1 - place, sign);
    return;
  }
  double unit = pow(10, power);
  orr_text_add(out, "(");
  add_pair(out, value / unit, error / unit, power + 1 - place, sign);
  orr_text_printf(out, ")e%+03d", power);
}

void orr_format_number(orr_text *out, double value, double error, bool ascii) {
  const char *sign = ascii ? " +/- " : " ± ";
  bool extreme = isinf(value) || isinf(error) || error == 0 || error < TOLD_APART * fabs(value);
  if (isnan(value)) orr_text_add(out, "undefined");
  else if (isnan(error)) add_alone(out, value);
  else if (extreme) add_extreme(out, value, error, sign);
  else add_finite(out, value, error, sign);
}
