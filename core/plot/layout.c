/* Geometry of figures; see layout.h. Widths of text are estimates for the fonts
 * that gnuplot_text.c sets, on the generous side. */
#include "plot/layout.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const double character = 8.2, line = 18; /* pixels, at 12 points */
enum { LEAST_SIDE = 60 };                       /* pixels of the axes' area */

static const orr_mark *heat_map(const orr_panel *p) {
  for (size_t i = 0; i < p->n_marks; i++)
    if (p->marks[i].kind == ORR_HEAT_MAP) return &p->marks[i];
  return NULL;
}

static double height_of(const orr_panel *p) { return p->height > 0 ? p->height : 1; }

/* The grid: how many rows, and the height of row `upto` and those above it, of the tallest row's. */
static double heights(const orr_figure *f, size_t columns, size_t upto, double *tallest) {
  double sum = 0, most = 0;
  for (size_t first = 0, row = 0; first < f->n_panels; first += columns, row++) {
    double height = 0;
    for (size_t i = first; i < first + columns && i < f->n_panels; i++)
      height = fmax(height, height_of(&f->panels[i]));
    if (row < upto) sum += height;
    most = fmax(most, height);
  }
  *tallest = most > 0 ? most : 1;
  return sum;
}

static size_t grid_columns(const orr_figure *f) { return f->columns ? f->columns : 1; }

/* Height beside width of a heat map that lies between given edges; others are square. */
static double flatness(const orr_panel *p, const orr_mark *cells) {
  double left, right, low, high;
  if (!cells->x || !p->equal) return 1;
  orr_panel_range_x(p, &left, &right);
  orr_panel_range_y(p, &low, &high);
  return fmin(1, fmax(0.1, (high - low) / (right - left)));
}

orr_canvas orr_layout_canvas(const orr_figure *f) {
  size_t columns = grid_columns(f);
  double tallest, rows = heights(f, columns, SIZE_MAX, &tallest) / tallest;
  double width = columns == 1   ? 900
                 : columns == 2 ? 560
                                : 430,
         height = columns == 1   ? 600
                  : columns == 2 ? 480
                                 : 310;
  const orr_mark *cells = f->n_panels == 1 ? heat_map(&f->panels[0]) : NULL;
  if (cells) {
    double side = fmin(1200, fmax(440, 56 * (double)(cells->rows > cells->cols ? cells->rows : cells->cols)));
    width = side + 240, height = side * flatness(&f->panels[0], cells) + 140;
  } else if (f->n_panels == 1 && f->panels[0].equal) width = 720, height = 650;
  double head = (f->title && *f->title ? 46 : 10) + (f->one_key ? 30 : 0);
  return (orr_canvas){width * (double)columns, height * fmax(rows, 1) + head, head};
}

/* The least of 1, 2, 5 × 10^k that cuts the range into at most `most` parts. */
static double nice_step(double range, double most, int *exponent) {
  double rough = range / most;
  int k = (int)floor(log10(rough));
  double base = pow(10, k), part = rough / base;
  double digit = part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10;
  *exponent = digit == 10 ? k + 1 : k;
  return digit * base;
}

static size_t number_width(const orr_tics *t, double value) {
  int n =
      t->general ? snprintf(NULL, 0, "%.*g", t->digits, value) : snprintf(NULL, 0, "%.*f", t->digits, value);
  return n > 0 ? (size_t)n : 1;
}

/* Every label gets the digits it needs to differ from its neighbours, and all the same number of them. */
static void number_tics(orr_tics *t, double pixels, double apart) {
  int k;
  double most = fmin(8, fmax(2, floor(pixels / apart)));
  double largest = fmax(fabs(t->low), fabs(t->high));
  t->step = nice_step(t->high - t->low, most, &k);
  if (t->whole && k < 0) t->step = 1, k = 0;
  t->general = largest >= 1e6 || k < -5;
  t->digits = k < 0 ? -k : 0;
  if (t->general) t->digits = (int)fmin(15, fmax(1, floor(log10(largest)) - k + 1));
  t->width = number_width(t, t->low + t->step / 3);
  size_t other = number_width(t, t->high);
  if (other > t->width) t->width = other;
}

static void name_tics(orr_tics *t, const orr_axis *a, double pixels) {
  t->every = 1;
  while (t->every < a->n_names && (double)(a->n_names / t->every) * line > pixels) t->every++;
  for (size_t i = 0; i < a->n_names; i++) {
    size_t width = orr_text_width(a->names[i]);
    if (width > t->width) t->width = width;
  }
  t->longest = ORR_NAME_LONGEST;
  if (t->width > t->longest) t->width = t->longest;
  t->slanted = (double)(t->width + 1) * character * (double)a->n_names / (double)t->every > pixels;
}

/* The first name leans out to the left of the axes: it is cut to what fits there. */
static void cut_slanted(orr_tics *t, double room) {
  t->longest = (size_t)fmin(ORR_NAME_LONGEST, fmax(6, (room + 24) / (0.77 * character)));
  if (t->width > t->longest) t->width = t->longest;
}

static void set_tics(orr_tics *t, const orr_axis *a, double pixels, double apart) {
  t->whole = a->whole;
  if (a->names) name_tics(t, a, pixels);
  else if (!a->log) number_tics(t, pixels, apart);
  else t->general = true, t->digits = 6, t->width = 6;
}

/* ---- the key ---- */

typedef struct key_box {
  double width, height; /* of the axes' area */
  bool taken[ORR_OUTSIDE];
} key_box;

static void touch(key_box *k, double x, double y) {
  if (x < 0 || x > 1 || y < 0 || y > 1) return;
  bool left = x<k->width, right = x> 1 - k->width, top = y > 1 - k->height, bottom = y < k->height;
  k->taken[ORR_TOP_LEFT] |= top && left;
  k->taken[ORR_TOP_RIGHT] |= top && right;
  k->taken[ORR_BOTTOM_LEFT] |= bottom && left;
  k->taken[ORR_BOTTOM_RIGHT] |= bottom && right;
  k->taken[ORR_CENTRE] |= fabs(x - 0.5) < k->width / 2 && fabs(y - 0.5) < k->height / 2;
}

/* Walks the stretch in steps short beside any key. */
static void touch_stretch(key_box *k, double x0, double y0, double x1, double y1) {
  if (!isfinite(x0 + y0 + x1 + y1)) return;
  double far = fmax(fabs(x1 - x0), fabs(y1 - y0));
  int steps = far < 0.02 ? 1 : far > 2 ? 100 : (int)(far / 0.02);
  for (int i = 0; i <= steps; i++) {
    double at = (double)i / steps;
    touch(k, x0 + at * (x1 - x0), y0 + at * (y1 - y0));
  }
}

static double within(const orr_tics *t, const orr_axis *a, double value) {
  double at = a->log ? log(value / t->low) / log(t->high / t->low) : (value - t->low) / (t->high - t->low);
  return a->down ? 1 - at : at;
}

static void touch_mark(key_box *k, const orr_panel *p, const orr_place *place, const orr_mark *m) {
  double last_x = NAN, last_y = NAN;
  for (size_t i = 0; i < m->n; i++) {
    double x = within(&place->x, &p->x, m->x[i]), y = within(&place->y, &p->y, m->y[i]);
    switch (m->kind) {
    case ORR_LINE:
    case ORR_STEPS: touch_stretch(k, last_x, last_y, x, y); break;
    case ORR_BAND: touch_stretch(k, x, y, x, within(&place->y, &p->y, m->y2[i])); break;
    case ORR_ERROR_BARS:
      touch_stretch(k, x, within(&place->y, &p->y, m->y[i] - m->y2[i]), x,
                    within(&place->y, &p->y, m->y[i] + m->y2[i]));
      touch_stretch(k, last_x, last_y, x, y);
      break;
    case ORR_HISTOGRAM: touch_stretch(k, x, y, within(&place->x, &p->x, m->x2[i]), y); /* fall through */
    case ORR_BARS: touch_stretch(k, x, 0, x, y); break;
    default: touch(k, x, y);
    }
    last_x = x, last_y = y;
  }
}

static size_t key_entries(const orr_panel *p, size_t *longest) {
  size_t entries = 0;
  *longest = 0;
  for (size_t i = 0; i < p->n_marks; i++) {
    if (!p->marks[i].title || p->marks[i].kind == ORR_HEAT_MAP) continue;
    entries++;
    size_t width = orr_text_width(p->marks[i].title);
    if (width > *longest) *longest = width;
  }
  if (*longest > ORR_KEY_LONGEST) *longest = ORR_KEY_LONGEST;
  return entries;
}

static double key_width(const orr_panel *p) {
  size_t longest;
  return key_entries(p, &longest) ? 62 + character * (double)longest : 0;
}

/* The first corner (or the centre) without data, else outside. */
static orr_key_place place_key(const orr_panel *p, const orr_place *place) {
  size_t longest, entries = key_entries(p, &longest);
  double width = place->right - place->left, height = place->top - place->bottom;
  key_box k = {.width = (key_width(p) + 14) / width, .height = (line * (double)entries + 18) / height};
  if (k.width > 0.75 || k.height > 0.6 || heat_map(p)) return ORR_OUTSIDE;
  for (size_t i = 0; i < p->n_marks; i++) touch_mark(&k, p, place, &p->marks[i]);
  static const orr_key_place liked[] = {ORR_BOTTOM_RIGHT, ORR_TOP_RIGHT, ORR_TOP_LEFT, ORR_BOTTOM_LEFT,
                                        ORR_CENTRE};
  for (size_t i = 0; i < sizeof liked / sizeof *liked; i++)
    if (!k.taken[liked[i]]) return liked[i];
  return ORR_OUTSIDE;
}

/* ---- the panel ---- */

/* Shrinks the axes' area so that one unit is as long on both axes. */
static void make_equal(orr_place *p) {
  double width = p->right - p->left, height = p->top - p->bottom;
  double unit = fmin(width / (p->x.high - p->x.low), height / (p->y.high - p->y.low));
  double spare = (width - unit * (p->x.high - p->x.low)) / 2;
  p->left += spare, p->right -= spare;
  double low = p->top - unit * (p->y.high - p->y.low);
  p->title_y += low - p->bottom;
  p->title_x += spare;
  p->bottom = low;
}

/* Room for a title of y is kept in every panel of a column where one has it. */
static bool column_has_title(const orr_figure *f, const orr_panel *p) {
  for (size_t i = (size_t)(p - f->panels) % grid_columns(f); i < f->n_panels; i += grid_columns(f))
    if (f->panels[i].y.title && *f->panels[i].y.title) return true;
  return false;
}

static void set_margins(const orr_figure *f, const orr_panel *p, orr_place *place, bool outside) {
  bool has_title = f->n_panels > 1 && p->title && *p->title;
  double names_y = p->y.names ? ORR_NAME_LONGEST : 6;
  set_tics(&place->y, &p->y, place->top - place->bottom - 90, 36);
  if (f->n_panels == 1 || p->y.names) names_y = (double)place->y.width; /* else panels of a column line up */
  else if ((double)place->y.width > names_y) names_y = (double)place->y.width;
  place->title_x = place->left + 17;
  place->left += 22 + character * names_y * (p->y.names ? 1.08 : 1) + (column_has_title(f, p) ? 24 : 0);
  place->right -= outside ? key_width(p) + 24 : 24;
  if (heat_map(p) && !heat_map(p)->labels) place->right -= 112; /* the scale of the shades */
  place->top -= has_title ? 30 : 8;
  set_tics(&place->x, &p->x, place->right - place->left, 74);
  double wide = (double)(place->x.width + 1) * character * (p->x.names ? 1 : 1.5);
  if (!p->x.names && !p->x.log) set_tics(&place->x, &p->x, place->right - place->left, fmax(62, wide));
  if (place->x.slanted) cut_slanted(&place->x, place->left - place->title_x);
  double names_x = place->x.slanted ? 10 + 0.66 * character * (double)place->x.width : 0;
  place->title_y = place->bottom + 12;
  place->bottom += 30 + names_x + (p->x.title && *p->x.title ? 28 : 0);
  set_tics(&place->y, &p->y, place->top - place->bottom, 36);
}

static orr_place try_place(const orr_figure *f, const orr_canvas *c, size_t panel, bool outside) {
  const orr_panel *p = &f->panels[panel];
  size_t columns = grid_columns(f), row = panel / columns, column = panel % columns;
  double tallest, all = heights(f, columns, SIZE_MAX, &tallest), body = c->height - c->head;
  orr_place place = {.left = c->width * (double)column / (double)columns,
                     .right = c->width * (double)(column + 1) / (double)columns,
                     .top = body * (1 - heights(f, columns, row, &tallest) / all),
                     .bottom = body * (1 - heights(f, columns, row + 1, &tallest) / all) + 6};
  orr_panel_range_x(p, &place.x.low, &place.x.high);
  orr_panel_range_y(p, &place.y.low, &place.y.high);
  set_margins(f, p, &place, outside);
  place.right = fmax(place.right, place.left + LEAST_SIDE); /* whatever the labels want */
  place.bottom = fmin(place.bottom, place.top - LEAST_SIDE);
  if (p->equal || heat_map(p)) make_equal(&place);
  return place;
}

orr_place orr_layout_panel(const orr_figure *f, const orr_canvas *c, size_t panel) {
  size_t longest;
  orr_place place = try_place(f, c, panel, false);
  if (f->one_key || !key_entries(&f->panels[panel], &longest)) return place;
  place.key = place_key(&f->panels[panel], &place);
  if (place.key != ORR_OUTSIDE) return place;
  orr_place narrow = try_place(f, c, panel, true);
  bool fits = narrow.right - narrow.left > (place.right - place.left) / 2;
  if (fits) place = narrow;
  place.key = fits ? ORR_OUTSIDE : ORR_TOP_RIGHT; /* over the data: better than no room for them */
  return place;
}
