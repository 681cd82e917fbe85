/* Figures in words; see words.h. A sentence is a line. What a curve does is said
 * from its beginning, end and extremes; two curves are set beside each other
 * where they are train and validation of one thing, or cross. */
#include "plot/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_BARS = 5, MOST_SERIES = 8, MOST_PANELS = 6, MOST_CROSSINGS = 2 };

static bool says(const char *s) { return s && *s; }

/* Four digits are enough for the ear. */
static void add_value(orr_text *out, double value) {
  char text[40];
  double size = fabs(value);
  snprintf(text, sizeof text, size != 0 && (size >= 1e6 || size < 1e-3) ? "%.3g" : "%.4g", value);
  for (char *c = text; *c; c++)
    if (*c == ',') *c = '.';
  orr_text_add(out, text);
}

static void add_share(orr_text *out, double share) {
  orr_text_printf(out, "%.*f %%", share < 0.0995 ? 1 : 0, 100 * share);
}

/* ---- curves ---- */

typedef struct course {
  size_t n, first, last, low, high; /* finite points, and where */
} course;

static course follow(const orr_mark *m) {
  course c = {0};
  for (size_t i = 0; i < m->n; i++) {
    if (!isfinite(m->x[i] + m->y[i])) continue;
    if (!c.n++) c.first = c.low = c.high = i;
    c.last = i;
    if (m->y[i] < m->y[c.low]) c.low = i;
    if (m->y[i] > m->y[c.high]) c.high = i;
  }
  if (c.n && m->x[c.first] > m->x[c.last]) { /* told from left to right */
    size_t first = c.first;
    c.first = c.last, c.last = first;
  }
  return c;
}

static bool is_curve(const orr_mark *m) {
  return (m->kind == ORR_LINE || m->kind == ORR_STEPS) && !m->muted && m->n > 1;
}

static const char *name_of(const orr_mark *m, const orr_panel *p) {
  return says(m->title) ? m->title : says(p->y.title) ? p->y.title : "the curve";
}

static void add_at(orr_text *out, const orr_panel *p, double x) {
  orr_text_printf(out, " at %s ", says(p->x.title) ? p->x.title : "x");
  add_value(out, x);
}

/* Where it turned round on its way, more than a twentieth of what it spans. */
static void add_turn(orr_text *out, const orr_panel *p, const orr_mark *m, const course *c) {
  double span = m->y[c->high] - m->y[c->low], from = m->y[c->first], to = m->y[c->last];
  bool low = m->y[c->low]<fmin(from, to) - span / 20, high = m->y[c->high]> fmax(from, to) + span / 20;
  if (low) {
    orr_text_add(out, ", lowest with ");
    add_value(out, m->y[c->low]);
    add_at(out, p, m->x[c->low]);
  }
  if (high) {
    orr_text_add(out, low ? " and highest with " : ", highest with ");
    add_value(out, m->y[c->high]);
    add_at(out, p, m->x[c->high]);
  }
}

static void say_curve(orr_text *out, const orr_panel *p, const orr_mark *m) {
  course c = follow(m);
  if (c.n < 2) return;
  double from = m->y[c.first], to = m->y[c.last], span = m->y[c.high] - m->y[c.low];
  const char *what = fabs(to - from) < span / 20 || span == 0 ? "ends where it began, at"
                     : to > from                              ? "rises"
                                                              : "falls";
  orr_text_printf(out, "%s %s", name_of(m, p), what);
  if (*what != 'e') {
    orr_text_add(out, " from ");
    add_value(out, from);
    orr_text_add(out, " to");
  }
  orr_text_add(out, " ");
  add_value(out, to);
  add_turn(out, p, m, &c);
  orr_text_add(out, ".\n");
}

/* y at x on the curve, between its points; NaN beyond them. */
static double height(const orr_mark *m, double x) {
  for (size_t i = 1; i < m->n; i++) {
    double a = m->x[i - 1], b = m->x[i];
    if (!(a <= x && x <= b)) continue;
    return b > a ? m->y[i - 1] + (x - a) / (b - a) * (m->y[i] - m->y[i - 1]) : m->y[i];
  }
  return NAN;
}

/* Two curves over 60 places they share: how often they cross, and where last. Noise of neighbours is no crossing. */
static int crossings(const orr_mark *a, const orr_mark *b, double *where) {
  enum { PLACES = 60 };
  double low = fmax(a->x[0], b->x[0]), high = fmin(a->x[a->n - 1], b->x[b->n - 1]), last = 0, last_x = 0,
         span = 0;
  int found = 0;
  double gap[PLACES], x[PLACES];
  for (int i = 0; i < PLACES; i++) {
    x[i] = low + (high - low) * i / (PLACES - 1);
    gap[i] = height(a, x[i]) - height(b, x[i]);
    if (isfinite(gap[i])) span = fmax(span, fabs(gap[i]));
  }
  for (int i = 0; i < PLACES; i++) {
    if (!isfinite(gap[i]) || fabs(gap[i]) < span / 20) continue;
    if (last * gap[i] < 0)
      found++, *where = last_x + (x[i] - last_x) * fabs(last) / (fabs(last) + fabs(gap[i]));
    last = gap[i], last_x = x[i];
  }
  return found;
}

static void say_pair(orr_text *out, const orr_panel *p, const orr_mark *a, const orr_mark *b) {
  double where = 0, to = fmin(a->x[a->n - 1], b->x[b->n - 1]);
  double end_a = height(a, to), end_b = height(b, to);
  if (!isfinite(end_a) || !isfinite(end_b)) return;
  int times = crossings(a, b, &where);
  const orr_mark *above = end_a >= end_b ? a : b, *below = above == a ? b : a;
  if (times && times <= MOST_CROSSINGS) {
    orr_text_printf(out, "%s and %s cross", name_of(a, p), name_of(b, p));
    if (times > 1) orr_text_printf(out, " %d times, last", times);
    add_at(out, p, where);
    orr_text_add(out, "; ");
  }
  bool began = times && times <= MOST_CROSSINGS;
  orr_text_printf(out, "%s %s is above %s by ", began ? "at the end" : "At the end", name_of(above, p),
                  name_of(below, p));
  add_value(out, fabs(end_a - end_b));
  orr_text_add(out, ".\n");
}

static void say_curves(orr_text *out, const orr_panel *p) {
  const orr_mark *first = NULL;
  int curves = 0, pairs = 0;
  for (size_t i = 0; i < p->n_marks && curves < MOST_SERIES; i++) {
    const orr_mark *m = &p->marks[i];
    if (!is_curve(m)) continue;
    say_curve(out, p, m);
    if (first && m->x[0] <= m->x[m->n - 1] && first->x[0] <= first->x[first->n - 1] && !pairs++)
      say_pair(out, p, first, m);
    if (!curves++) first = m;
  }
}

/* ---- points ---- */

static void say_points(orr_text *out, const orr_panel *p, const orr_mark *m) {
  double n = 0, sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
  for (size_t i = 0; i < m->n; i++) {
    if (!isfinite(m->x[i] + m->y[i])) continue;
    double dx = m->x[i] - (n > 0 ? sx / n : m->x[i]), dy = m->y[i] - (n > 0 ? sy / n : m->y[i]);
    n++, sx += m->x[i], sy += m->y[i];
    double scale = (n - 1) / n;
    xx += dx * dx * scale, yy += dy * dy * scale, xy += dx * dy * scale;
  }
  if (n < 1) return;
  orr_text_printf(out, "%s: %.0f points about %s ", says(m->title) ? m->title : "Points", n,
                  says(p->x.title) ? p->x.title : "x");
  add_value(out, sx / n);
  orr_text_printf(out, ", %s ", says(p->y.title) ? p->y.title : "y");
  add_value(out, sy / n);
  if (n > 2 && xx > 0 && yy > 0) {
    double r = xy / sqrt(xx * yy);
    orr_text_add(out, ", ");
    orr_text_printf(out, "%s (correlation %.2f)",
                    fabs(r) < 0.1 ? "without a straight trend"
                    : r > 0.8     ? "closely rising"
                    : r > 0       ? "rising"
                    : r < -0.8    ? "closely falling"
                                  : "falling",
                    r);
  }
  orr_text_add(out, ".\n");
}

static void say_estimates(orr_text *out, const orr_panel *p, const orr_mark *m) {
  course c = follow(m);
  if (!c.n) return;
  orr_text_printf(out, "%s: %zu values with errors, from ", name_of(m, p), c.n);
  size_t at[2] = {c.low, c.high};
  for (int i = 0; i < 2; i++) {
    add_value(out, m->y[at[i]]);
    orr_text_add(out, " ± ");
    add_value(out, m->y2[at[i]]);
    add_at(out, p, m->x[at[i]]);
    orr_text_add(out, i ? ".\n" : " to ");
  }
}

static void say_band(orr_text *out, const orr_panel *p, const orr_mark *m) {
  double widest = -1, where = 0;
  for (size_t i = 0; i < m->n; i++) {
    double width = m->y2[i] - m->y[i];
    if (isfinite(width) && width > widest) widest = width, where = m->x[i];
  }
  if (widest < 0) return;
  orr_text_printf(out, "The band (%s) is widest", says(m->title) ? m->title : "spread");
  add_at(out, p, where);
  orr_text_add(out, ", where it spans ");
  add_value(out, widest);
  orr_text_add(out, ".\n");
}

/* ---- bars ---- */

static void add_place(orr_text *out, const orr_axis *a, double at) {
  long i = lround(at);
  if (a->names && i >= 0 && (size_t)i < a->n_names) orr_text_add(out, a->names[i]);
  else add_value(out, at);
}

static void say_bars(orr_text *out, const orr_panel *p, const orr_mark *m) {
  bool across = m->kind == ORR_BARS_ACROSS;
  const double *value = across ? m->x : m->y, *place = across ? m->y : m->x;
  size_t used[MOST_BARS], n = 0;
  for (; n < MOST_BARS; n++) {
    size_t best = m->n;
    for (size_t i = 0; i < m->n; i++) {
      bool taken = !isfinite(value[i]);
      for (size_t k = 0; k < n; k++) taken = taken || used[k] == i;
      if (!taken && (best == m->n || value[i] > value[best])) best = i;
    }
    if (best == m->n) break;
    used[n] = best;
  }
  if (!n) return;
  const char *what = across ? p->x.title : p->y.title;
  orr_text_printf(out, "%s, largest first: ", says(m->title) ? m->title : says(what) ? what : "Bars");
  for (size_t k = 0; k < n; k++) {
    if (k) orr_text_add(out, ", ");
    add_place(out, across ? &p->y : &p->x, place[used[k]]);
    orr_text_add(out, " ");
    add_value(out, value[used[k]]);
    if (!across || !m->x2 || !isfinite(m->x2[used[k]])) continue;
    orr_text_add(out, " ± ");
    add_value(out, m->x2[used[k]]);
  }
  if (m->n > n) orr_text_printf(out, ", and %zu smaller", m->n - n);
  orr_text_add(out, ".\n");
}

/* Mass is height times width: the mean, the peak, and the middle half. */
static void say_histogram(orr_text *out, const orr_panel *p, const orr_mark *m) {
  double mass = 0, mean = 0, at = 0, quarter[2] = {NAN, NAN};
  size_t peak = m->n;
  for (size_t i = 0; i < m->n; i++) {
    double part = m->y[i] * (m->x2[i] - m->x[i]);
    if (!isfinite(part)) continue;
    mass += part, mean += part * (m->x[i] + m->x2[i]) / 2;
    if (peak == m->n || m->y[i] > m->y[peak]) peak = i;
  }
  if (!(mass > 0)) return;
  for (size_t i = 0; i < m->n; i++) {
    double part = m->y[i] * (m->x2[i] - m->x[i]);
    if (!isfinite(part)) continue;
    for (int k = 0; k < 2; k++)
      if (isnan(quarter[k]) && at + part >= mass * (k ? 0.75 : 0.25))
        quarter[k] = m->x[i] + (m->x2[i] - m->x[i]) * (mass * (k ? 0.75 : 0.25) - at) / part;
    at += part;
  }
  orr_text_printf(out, "%s%s%s: mean ", says(p->x.title) ? p->x.title : "",
                  says(m->title) && says(p->x.title) ? ", " : "", says(m->title) ? m->title : "");
  add_value(out, mean / mass);
  orr_text_add(out, ", most frequent near ");
  add_value(out, (m->x[peak] + m->x2[peak]) / 2);
  orr_text_add(out, ", the middle half from ");
  add_value(out, quarter[0]);
  orr_text_add(out, " to ");
  add_value(out, quarter[1]);
  orr_text_add(out, ".\n");
}

/* ---- maps ---- */

static void add_map_place(orr_text *out, const orr_panel *p, const orr_mark *m, size_t i) {
  double column = (double)(i % m->cols), row = (double)(i / m->cols);
  if (m->x) column = m->x[0] + (m->x[1] - m->x[0]) * (column + 0.5) / (double)m->cols;
  if (m->y2) row = m->y2[0] + (m->y2[1] - m->y2[0]) * (row + 0.5) / (double)m->rows;
  orr_text_printf(out, "%s ", says(p->y.title) ? p->y.title : "row");
  add_place(out, &p->y, row);
  orr_text_printf(out, ", %s ", says(p->x.title) ? p->x.title : "column");
  add_place(out, &p->x, column);
}

static void say_map(orr_text *out, const orr_panel *p, const orr_mark *m) {
  size_t most = m->n, other = m->n;
  double low = m->scale[0], high = m->scale[1];
  bool square = m->rows == m->cols && m->labels;
  if (!(low < high)) low = 0, high = 1;
  for (size_t i = 0; i < m->n; i++) {
    if (!isfinite(m->y[i])) continue;
    if (most == m->n || m->y[i] > m->y[most]) most = i;
    bool diagonal = i / m->cols == i % m->cols;
    if (square && !diagonal && (other == m->n || m->y[i] > m->y[other])) other = i;
  }
  if (most == m->n) return;
  orr_text_printf(out, "%zu by %zu cells; largest%s%s is ", m->rows, m->cols, says(m->title) ? " " : "",
                  says(m->title) ? m->title : "");
  if (low == 0 && high == 1) add_share(out, m->y[most]);
  else add_value(out, low + (high - low) * m->y[most]);
  orr_text_add(out, " at ");
  add_map_place(out, p, m, most);
  orr_text_add(out, ".\n");
  if (other == m->n || !(m->y[other] > 0)) return;
  orr_text_add(out, "Off the diagonal the largest is ");
  add_share(out, m->y[other]);
  orr_text_add(out, " at ");
  add_map_place(out, p, m, other);
  orr_text_add(out, ".\n");
}

/* ---- the figure ---- */

/* How far the numbers reach; the axes may have room beyond them. */
static bool reach(const orr_panel *p, bool of_x, double *low, double *high) {
  *low = INFINITY, *high = -INFINITY;
  for (size_t i = 0; i < p->n_marks; i++) {
    const orr_mark *m = &p->marks[i];
    const double *values = of_x ? m->x : m->y, *others = m->kind == ORR_BAND && !of_x ? m->y2 : NULL;
    for (size_t k = 0; values && !m->muted && k < m->n; k++) {
      if (isfinite(values[k])) *low = fmin(*low, values[k]), *high = fmax(*high, values[k]);
      if (others && isfinite(others[k])) *high = fmax(*high, others[k]);
    }
  }
  return *low <= *high;
}

static void add_reach(orr_text *out, const orr_panel *p, bool of_x) {
  const orr_axis *a = of_x ? &p->x : &p->y;
  double low, high;
  if (a->names || !reach(p, of_x, &low, &high)) return;
  orr_text_add(out, " from ");
  add_value(out, low);
  orr_text_add(out, " to ");
  add_value(out, high);
  if (a->log) orr_text_add(out, " (logarithmic)");
}

static void say_axes(orr_text *out, const orr_panel *p) {
  if (!p->n_marks || p->marks[0].kind == ORR_HEAT_MAP || p->marks[0].kind == ORR_BARS_ACROSS) return;
  if (says(p->title)) orr_text_printf(out, "%s: ", p->title);
  orr_text_add(out, says(p->y.title) ? p->y.title : "Heights");
  add_reach(out, p, false);
  orr_text_printf(out, " over %s", says(p->x.title) ? p->x.title : "x");
  add_reach(out, p, true);
  orr_text_add(out, ".\n");
}

static void say_mark(orr_text *out, const orr_panel *p, const orr_mark *m) {
  if (m->muted || !m->n) return;
  switch (m->kind) {
  case ORR_POINTS: say_points(out, p, m); break;
  case ORR_BAND: say_band(out, p, m); break;
  case ORR_ERROR_BARS: say_estimates(out, p, m); break;
  case ORR_BARS:
  case ORR_BARS_ACROSS: say_bars(out, p, m); break;
  case ORR_HISTOGRAM: say_histogram(out, p, m); break;
  case ORR_HEAT_MAP: say_map(out, p, m); break;
  default: break;
  }
}

void orr_figure_say(const orr_figure *f, orr_text *out) {
  orr_text_printf(out, "%s.\n", says(f->title) ? f->title : f->name);
  for (size_t i = 0; i < f->n_panels && i < MOST_PANELS; i++) {
    const orr_panel *p = &f->panels[i];
    bool histogram = p->n_marks && p->marks[0].kind == ORR_HISTOGRAM && f->n_panels > 1;
    if (!histogram) say_axes(out, p);
    say_curves(out, p);
    size_t said = 0;
    for (size_t k = 0; k < p->n_marks && said++ < MOST_SERIES; k++) say_mark(out, p, &p->marks[k]);
  }
  if (f->n_panels > MOST_PANELS)
    orr_text_printf(out, "%zu further panels are not told.\n", f->n_panels - MOST_PANELS);
}
