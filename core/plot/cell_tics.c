/* Tics for characters; see cell_tics.h. */
#include "plot/cell_tics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double span(const orr_cell_axis *a) { return a->high - a->low; }

/* A locale's decimal comma becomes a point; "1e-05" becomes "1e-5". */
static void tidy(char *s) {
  for (char *c = s; *c; c++)
    if (*c == ',') *c = '.';
  char *e = strchr(s, 'e');
  if (!e) return;
  char *digits = e + 1 + (e[1] == '-' || e[1] == '+'), *from = digits + strspn(digits, "0");
  if (!*from) from--;
  char *to = e[1] == '-' ? e + 2 : e + 1;
  memmove(to, from, strlen(from) + 1);
}

/* Fixed digits where numbers are of an everyday size, else powers of ten. */
static void label_linear(const orr_cell_axis *a, double value, double step, char *out, size_t size) {
  double largest = fmax(fabs(a->low), fabs(a->high));
  int k = (int)floor(log10(step) + 1e-9), top = (int)floor(log10(largest) + 1e-9);
  if (fabs(value) < step / 1e6) value = 0;
  if (top >= 6 || top < -3) snprintf(out, size, value == 0 ? "0" : "%.*e", top - k > 0 ? top - k : 0, value);
  else snprintf(out, size, "%.*f", k < 0 ? -k : 0, value);
  tidy(out);
}

static bool add_tic(orr_cell_axis *a, double value, const char *label) {
  if (a->n >= ORR_CELL_TICS) return false;
  orr_cell_tic *t = &a->tics[a->n++];
  t->value = value;
  snprintf(t->label, sizeof t->label, "%s", label);
  return true;
}

/* The k-th of 1, 2, 5, 10, 20, 50, … times 10^first. */
static double round_step(int first, int k) {
  static const double digit[] = {1, 2, 5};
  return digit[k % 3] * pow(10, first + k / 3);
}

static void fill_linear(orr_cell_axis *a, double step) {
  a->n = 0;
  double first = ceil(a->low / step - 1e-6);
  for (double i = first; i * step <= a->high + step * 1e-6 && i < first + ORR_CELL_TICS; i++) {
    char label[ORR_CELL_TIC_LABEL];
    label_linear(a, i * step, step, label, sizeof label);
    add_tic(a, i * step, label);
  }
}

int orr_cell_tics_width(const orr_cell_axis *a) {
  int widest = 0;
  for (size_t i = 0; i < a->n; i++) {
    int width = orr_cells_of(a->tics[i].label);
    widest = width > widest ? width : widest;
  }
  return widest;
}

static double place(const orr_cell_axis *a, double value) {
  return a->log ? log(value / a->low) / log(a->high / a->low) : (value - a->low) / span(a);
}

/* Two neighbours side by side are two cells apart at least. */
static bool fits(const orr_cell_axis *a, int most, int room) {
  int labels = 0;
  for (size_t i = 0, last = 0; i < a->n; i++) {
    if (!*a->tics[i].label) continue;
    if (labels++ && room) {
      double apart = fabs(place(a, a->tics[i].value) - place(a, a->tics[last].value)) * room;
      double wide = (orr_cells_of(a->tics[i].label) + orr_cells_of(a->tics[last].label)) / 2.0;
      if (apart < wide + 2) return false;
    }
    last = i;
  }
  return labels <= most;
}

static void linear(orr_cell_axis *a, bool whole, int most, int room) {
  int first = (int)floor(log10(span(a) / 40));
  if (whole && first < 0) first = 0;
  for (int k = 0; k < 18; k++) {
    fill_linear(a, round_step(first, k));
    if (fits(a, most, room)) return;
  }
}

/* Each power of ten, or every so many-th; within two decades 2 and 5 as well. */
static void fill_log(orr_cell_axis *a, int every, bool between) {
  static const int digits[] = {1, 2, 5};
  a->n = 0;
  int low = (int)floor(log10(a->low)), high = (int)ceil(log10(a->high));
  for (int k = low; k <= high; k++)
    for (int i = 0; i < (between ? 3 : 1); i++) {
      double value = digits[i] * pow(10, k);
      if (value < a->low * (1 - 1e-9) || value > a->high * (1 + 1e-9)) continue;
      char label[ORR_CELL_TIC_LABEL] = "";
      bool named = ((k % every) + every) % every == 0;
      if (named)
        snprintf(label, sizeof label, k >= -3 && k < 5 ? "%.*f" : "%.*e", k < 0 && k >= -3 ? -k : 0, value);
      tidy(label);
      if (!add_tic(a, value, label)) return;
    }
}

static size_t labels_of(const orr_cell_axis *a) {
  size_t n = 0;
  for (size_t i = 0; i < a->n; i++) n += *a->tics[i].label != 0;
  return n;
}

static void logarithmic(orr_cell_axis *a, int most, int room) {
  double decades = log10(a->high / a->low);
  if (decades < 3) {
    fill_log(a, 1, true);
    if (fits(a, most, room) && labels_of(a) >= 2) return;
  }
  for (int every = 1; every < 40; every++) {
    fill_log(a, every, false);
    if (fits(a, most, room)) break;
  }
  if (labels_of(a) >= 2) return;
  linear(a, false, most, room); /* less than a decade: even numbers on a curved axis */
  if (a->n && a->tics[0].value <= 0) a->tics[0] = a->tics[--a->n];
}

void orr_cell_tics(orr_cell_axis *a, bool whole, int most, int room) {
  a->n = 0;
  if (!(span(a) > 0) || !isfinite(span(a))) return;
  most = most < 2 ? 2 : most > 10 ? 10 : most;
  if (a->log) logarithmic(a, most, room);
  else linear(a, whole, most, room);
}
