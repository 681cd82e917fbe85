/* Numbers and times as a page shows them: short, and never so short that two
 * values that differ look the same. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/peek.h"

/* Takes zeros off the end of a fraction, and the plus and the zeros from an exponent. */
static void shorten(char *digits) {
  char *power = strchr(digits, 'e'), *end = power ? power : digits + strlen(digits), exponent[16] = "";
  if (power) {
    const char *rest = power + 2 + strspn(power + 2, "0");
    snprintf(exponent, sizeof exponent, "e%s%s", power[1] == '-' ? "-" : "", rest);
  }
  if (memchr(digits, '.', (size_t)(end - digits)))
    while (end[-1] == '0') end--;
  if (end[-1] == '.') end--;
  memmove(end, exponent, strlen(exponent) + 1);
}

void orr_peek_number(char out[32], double x, double largest, double range) {
  int digits = 4;
  if (isfinite(largest) && range > 0 && largest > range) {
    digits = (int)ceil(log10(largest / range)) + 3;
    digits = digits < 4 ? 4 : digits > 15 ? 15 : digits;
  }
  double size = fabs(x);
  if (isnan(x)) out[0] = 0;
  else if (isinf(x)) snprintf(out, 32, x > 0 ? "inf" : "-inf");
  else if (x == floor(x) && size < 1e7) snprintf(out, 32, "%.0f", x + 0.0);
  else if (size >= 1e-3 && (size < 1e7 || digits > 7) && size < 1e15) {
    int decimals = digits - 1 - (int)floor(log10(size));
    snprintf(out, 32, "%.*f", decimals > 0 ? decimals : 0, x);
    if (strchr(out, '.')) shorten(out);
  } else {
    snprintf(out, 32, "%.*e", digits - 1, x);
    shorten(out);
  }
}

void orr_peek_time(char out[48], int64_t nanoseconds) {
  orr_column one = {.type = ORR_TIME, .rows = 1, .int64 = &nanoseconds};
  orr_column_text(&one, 0, out, 48);
}

/* A double holds times of our age to a fraction of a microsecond. */
int64_t orr_peek_nanoseconds(double seconds) {
  double micro = round(seconds * 1e6);
  return fabs(micro) < 9.2e15 ? (int64_t)micro * 1000
                              : (int64_t)(fmax(-9.2e9, fmin(9.2e9, seconds))) * 1000000000;
}

double orr_peek_mean_error(const orr_peek *p, const orr_column_profile *c) {
  double share = p->rows_of ? (double)p->table->rows / (double)p->rows_of : 1;
  return c->mean_error * sqrt(share < 1 ? 1 - share : 1);
}
