/* Records to dots, fills and letters; see raster.h. What lies outside is clipped before it is walked along. */
#include "plot/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plot/rune.h"

enum { MOST_INKS = 4096, LONG_STROKE = 6 /* dots: of an axis, not a tic */ };

orr_status orr_raster_begin(orr_raster *r, int columns, int rows, bool utf8, const orr_plot_palette *palette,
                            orr_error *e) {
  if (columns < 1 || rows < 1 || columns > ORR_RASTER_MOST_COLUMNS || rows > ORR_RASTER_MOST_ROWS)
    return orr_fail(e, ORR_DATA, "a plot of %d by %d characters", columns, rows);
  if (columns != r->columns || rows != r->rows) {
    orr_raster_fini(r);
    size_t count = (size_t)columns * (size_t)rows;
    r->cells = orr_calloc(count, sizeof *r->cells);
    r->dots = orr_calloc(8 * count, sizeof *r->dots);
    r->inks = orr_calloc(MOST_INKS, sizeof *r->inks);
    if (!r->cells || !r->dots || !r->inks) {
      orr_raster_fini(r);
      return orr_fail_memory(e, "a plot's dots", 16 * count);
    }
  }
  *r = (orr_raster){.columns = columns,
                    .rows = rows,
                    .width = 2 * columns,
                    .height = 4 * rows,
                    .utf8 = utf8,
                    .palette = *palette,
                    .cells = r->cells,
                    .dots = r->dots,
                    .inks = r->inks,
                    .n_inks = 1,
                    .colour = ORR_PLOT_NO_COLOUR};
  size_t count = (size_t)columns * (size_t)rows;
  memset(r->dots, 0, 8 * count * sizeof *r->dots);
  orr_raster_cell blank = {.letter = -1, .frame = -1, .solid = -1, .tint = -1, .picture = {-1, -1}};
  for (size_t i = 0; i < count; i++) r->cells[i] = blank;
  return ORR_OK;
}

void orr_raster_fini(orr_raster *r) {
  orr_free(r->cells);
  orr_free(r->dots);
  orr_free(r->inks);
  *r = (orr_raster){0};
}

/* ---- the pen ---- */

/* A new ink for each change of colour, so that inks are ordered as they were drawn. */
static void pick(orr_raster *r, int32_t colour) {
  r->colour = colour;
  if (r->n_inks == 1 || r->inks[r->n_inks - 1] != colour) {
    if (r->n_inks == MOST_INKS) r->n_inks--;
    r->inks[r->n_inks++] = colour;
  }
  r->ink = (int)r->n_inks - 1;
}

static int pen(orr_raster *r) {
  if (!r->ink) pick(r, ORR_PLOT_NO_COLOUR);
  return r->ink;
}

static void restart_dash(orr_raster *r) {
  r->run = 0;
  r->left = r->n_dash ? r->dash[0] : 0;
}

static void set_dash(orr_raster *r, const orr_stream_record *record) {
  r->n_dash = 0;
  for (size_t i = 0; i < record->n; i++)
    if (record->bytes[i]) r->dash[r->n_dash++] = record->bytes[i];
  r->n_dash &= ~1;
}

/* Whether the pen is down for the dot it has come to. */
static bool step_dash(orr_raster *r) {
  if (!r->n_dash) return true;
  bool down = r->run % 2 == 0;
  if (--r->left <= 0) {
    r->run = (r->run + 1) % r->n_dash;
    r->left = r->dash[r->run];
  }
  return down;
}

/* ---- dots ---- */

/* y upwards, from the lower edge. */
static void set_dot(orr_raster *r, int x, int y) {
  if (x < 0 || y < 0 || x >= r->width || y >= r->height) return;
  r->dots[(size_t)(r->height - 1 - y) * (size_t)r->width + (size_t)x] = (int16_t)pen(r);
}

static orr_raster_cell *cell_at(orr_raster *r, int column, int row) {
  if (column < 0 || row < 0 || column >= r->columns || row >= r->rows) return NULL;
  return &r->cells[(size_t)row * (size_t)r->columns + (size_t)column];
}

/* Cuts *t0..*t1 of a stretch that begins `from` and grows by `by` to where it lies in [0, most]. */
static bool clip_to(double from, double by, double most, double *t0, double *t1) {
  if (by == 0) return from >= 0 && from <= most;
  double a = -from / by, b = (most - from) / by;
  *t0 = fmax(*t0, fmin(a, b)), *t1 = fmin(*t1, fmax(a, b));
  return *t0 <= *t1;
}

/* Liang & Barsky (1984). */
static bool clip(const orr_raster *r, orr_dot *a, orr_dot *b) {
  double t0 = 0, t1 = 1, dx = b->x - a->x, dy = b->y - a->y;
  if (!clip_to(a->x, dx, r->width - 1, &t0, &t1) || !clip_to(a->y, dy, r->height - 1, &t0, &t1)) return false;
  orr_dot start = *a;
  *a = (orr_dot){start.x + (int)lround(t0 * dx), start.y + (int)lround(t0 * dy)};
  *b = (orr_dot){start.x + (int)lround(t1 * dx), start.y + (int)lround(t1 * dy)};
  return true;
}

/* Bresenham (1965); the first dot is the last of the stretch before it. */
static void draw_stretch(orr_raster *r, orr_dot a, orr_dot b, bool first) {
  if (!clip(r, &a, &b)) return;
  int dx = abs(b.x - a.x), dy = -abs(b.y - a.y), sx = a.x < b.x ? 1 : -1, sy = a.y < b.y ? 1 : -1;
  int off = dx + dy;
  if (first && step_dash(r)) set_dot(r, a.x, a.y);
  while (a.x != b.x || a.y != b.y) {
    int twice = 2 * off;
    if (twice >= dy) off += dy, a.x += sx;
    if (twice <= dx) off += dx, a.y += sy;
    if (step_dash(r)) set_dot(r, a.x, a.y);
  }
}

/* ---- axes ---- */

static void add_arms(orr_raster *r, int column, int row, int arms) {
  orr_raster_cell *c = cell_at(r, column, row);
  if (!c) return;
  c->arms |= (uint8_t)arms;
  c->frame = r->colour;
}

/* The first cells that hold numbers are those right of and above the axes: an axis takes the cells before them, a tic
 * the cell of its number. */
static void frame_stroke(orr_raster *r, orr_dot a, orr_dot b) {
  if (abs(a.x - b.x) > abs(a.y - b.y)) {
    int low = a.x < b.x ? a.x : b.x, high = a.x < b.x ? b.x : a.x;
    bool axis = high - low > LONG_STROKE;
    int row = r->rows - 1 - (axis ? (a.y - 1) / 4 : a.y / 4), last = (high - 1) / 2;
    if (!axis) {
      add_arms(r, (high - 1) / 2, row, ORR_LEFT);
      return;
    }
    for (int column = low / 2 - 1; column <= last; column++)
      add_arms(r, column, row, (column >= low / 2 ? ORR_LEFT : 0) | ORR_RIGHT);
    return;
  }
  int low = a.y < b.y ? a.y : b.y, high = a.y < b.y ? b.y : a.y;
  bool axis = high - low > LONG_STROKE;
  int column = axis ? (a.x - 1) / 2 : a.x / 2, top = r->rows - 1 - (high - 1) / 4,
      bottom = r->rows - 1 - (low - 1) / 4;
  if (!axis) {
    add_arms(r, column, r->rows - 1 - (high - 1) / 4, ORR_DOWN);
    return;
  }
  for (int row = top; row <= bottom; row++) add_arms(r, column, row, ORR_UP | (row < bottom ? ORR_DOWN : 0));
}

static void draw_line(orr_raster *r, const orr_stream_record *record) {
  restart_dash(r);
  for (size_t i = 1; i < record->n; i++) {
    orr_dot a = orr_stream_point(record, i - 1), b = orr_stream_point(record, i);
    if (!r->frame) draw_stretch(r, a, b, i == 1);
    else if ((a.x != b.x || a.y != b.y) && clip(r, &a, &b)) frame_stroke(r, a, b);
  }
}

/* ---- signs ---- */

/* gnuplot's point types 0 to 13, as three rows of three dots. */
static void draw_sign(orr_raster *r, const orr_stream_record *record) {
  static const uint16_t shapes[] = {0020, 0272, 0525, 0777, 0757, 0777, 0252,
                                    0272, 0257, 0277, 0752, 0772, 0252, 0272};
  orr_dot at = orr_stream_point(record, 0);
  int sign = record->sign % (int)(sizeof shapes / sizeof *shapes);
  if (record->tenths < 6) sign = 0;
  else if (record->tenths < 10 || record->sign == 7) {
    for (int i = 0; i < 4; i++) set_dot(r, at.x + i % 2, at.y + i / 2);
    return;
  }
  for (int i = 0; i < 9; i++)
    if (shapes[sign] >> (8 - i) & 1) set_dot(r, at.x + i % 3 - 1, at.y + 1 - i / 3);
}

/* ---- fills ---- */

typedef void (*span_fn)(orr_raster *r, int y, int x0, int x1, int percent);

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

enum { MOST_CROSSINGS = 1024 };

static size_t cross(const orr_stream_record *record, double y, double *crossings) {
  size_t found = 0;
  for (size_t i = 0; i < record->n && found < MOST_CROSSINGS; i++) {
    orr_dot a = orr_stream_point(record, i), b = orr_stream_point(record, i + 1 < record->n ? i + 1 : 0);
    if ((a.y <= y) == (b.y <= y)) continue;
    crossings[found++] = a.x + (y - a.y) * (b.x - a.x) / (b.y - a.y);
  }
  qsort(crossings, found, sizeof *crossings, compare);
  return found;
}

/* Even and odd; `unit` dots are one step of the visited grid, whose middles count. */
static void fill_polygon(orr_raster *r, const orr_stream_record *record, int unit, span_fn visit) {
  double crossings[MOST_CROSSINGS];
  int low = r->height, high = 0;
  for (size_t i = 0; i < record->n; i++) {
    orr_dot p = orr_stream_point(record, i);
    low = p.y < low ? p.y : low, high = p.y > high ? p.y : high;
  }
  int width = r->width / unit, first = low > 0 ? low / unit : 0;
  int last = high < r->height ? high / unit : r->height / unit - 1;
  for (int y = first; y <= last; y++) {
    size_t n = cross(record, unit * (y + 0.5), crossings);
    for (size_t i = 0; i + 1 < n; i += 2) {
      int x0 = (int)fmax(0, ceil(crossings[i] / unit - 0.5));
      int x1 = (int)fmin(width, ceil(crossings[i + 1] / unit - 0.5));
      if (x0 < x1) visit(r, r->height / unit - 1 - y, x0, x1, record->percent);
    }
  }
}

static uint8_t dot_bit(int x, int y) { return (uint8_t)(1 << (4 * (x & 1) + (y & 3))); }

/* A light fill mixes in an eighth of its strength a dot. */
static void light_span(orr_raster *r, int y, int x0, int x1, int percent) {
  for (int x = x0; x < x1; x++) {
    orr_raster_cell *c = cell_at(r, x / 2, y / 4);
    if (!c) continue;
    c->light_dots |= dot_bit(x, y);
    c->tint = orr_colour_mix(c->tint < 0 ? r->palette.back : c->tint, r->colour, percent / 800.0);
  }
}

static void solid_span(orr_raster *r, int y, int x0, int x1, int percent) {
  (void)percent;
  for (int x = x0; x < x1; x++) {
    orr_raster_cell *c = cell_at(r, x / 2, y / 4);
    if (c) c->solid_dots |= dot_bit(x, y), c->solid = r->colour;
  }
}

static void picture_span(orr_raster *r, int y, int x0, int x1, int percent) {
  (void)percent;
  for (int x = x0; x < x1; x++) {
    orr_raster_cell *c = cell_at(r, x, y / 2);
    if (c) c->picture[y % 2] = r->colour, c->has_picture = true;
  }
}

static void fill(orr_raster *r, const orr_stream_record *record) {
  if (record->percent < 1) return;
  if (record->percent >= ORR_RASTER_OPAQUE) fill_polygon(r, record, 2, picture_span);
  else fill_polygon(r, record, 1, record->percent < ORR_RASTER_LIGHT ? light_span : solid_span);
}

static void fill_box(orr_raster *r, const orr_stream_record *record) {
  orr_dot a = orr_stream_point(record, 0), b = orr_stream_point(record, 1);
  uint8_t corners[16];
  int at[8] = {a.x, a.y, b.x, a.y, b.x, b.y, a.x, b.y};
  for (int i = 0; i < 8; i++)
    corners[2 * i] = (uint8_t)(at[i] & 255), corners[2 * i + 1] = (uint8_t)(at[i] >> 8 & 255);
  orr_stream_record polygon = {.kind = 'F', .percent = record->percent, .n = 4, .points = corners};
  fill(r, &polygon);
}

/* Each half cell takes the pixel that lies under its middle. */
static void draw_image(orr_raster *r, const orr_stream_record *record) {
  orr_dot a = orr_stream_point(record, 0), b = orr_stream_point(record, 1);
  double left = a.x < b.x ? a.x : b.x, right = a.x < b.x ? b.x : a.x, low = a.y < b.y ? a.y : b.y,
         high = a.y < b.y ? b.y : a.y;
  for (int row = 0; row < 2 * r->rows; row++)
    for (int column = 0; column < r->columns; column++) {
      double x = (2 * column + 1 - left) / (right - left), y = (r->height - 2 * row - 1 - low) / (high - low);
      if (!(x >= 0 && x < 1 && y >= 0 && y < 1)) continue;
      if (b.x < a.x) x = 1 - x;
      if (b.y < a.y) y = 1 - y;
      int px = (int)fmin(record->columns - 1, x * record->columns),
          py = (int)fmin(record->rows - 1, y * record->rows);
      const uint8_t *pixel = record->bytes + 4 * ((size_t)py * (size_t)record->columns + (size_t)px);
      orr_raster_cell *c = cell_at(r, column, row / 2);
      if (!pixel[3] || !c) continue;
      c->picture[row % 2] = pixel[0] << 16 | pixel[1] << 8 | pixel[2];
      c->has_picture = true;
    }
}

/* ---- letters ---- */

static bool is_free(orr_raster *r, int column, int row, int n) {
  for (int i = -1; i <= n; i++) {
    orr_raster_cell *c = cell_at(r, column + i, row);
    if (c && c->rune) return false;
    if (!c && i >= 0 && i < n) return false;
  }
  return true;
}

static int measure(const orr_stream_record *record) {
  const char *s = (const char *)record->bytes, *end = s + record->n;
  int cells = 0;
  while (s < end) cells += orr_rune_cells(orr_rune_next(&s, end));
  return cells;
}

static void put_letters(orr_raster *r, const orr_stream_record *record, int column, int row, bool upright) {
  const char *s = (const char *)record->bytes, *end = s + record->n;
  while (s < end) {
    uint32_t rune = orr_rune_next(&s, end);
    int cells = orr_rune_cells(rune);
    orr_raster_cell *c = cells ? cell_at(r, column, row) : NULL;
    if (c) c->rune = rune < ' ' || (rune >= 0x7f && rune < 0xa0) ? '?' : rune, c->letter = r->colour;
    if (upright) row += cells > 0;
    else column += cells;
  }
}

/* A label that does not fit where it should is moved by a cell or two, else left out. */
static void put_text(orr_raster *r, const orr_stream_record *record) {
  static const int moves[] = {0, -1, 1, -2, 2};
  orr_dot at = orr_stream_point(record, 0);
  int n = measure(record), column = at.x >> 1, row = r->rows - 1 - (at.y >> 2);
  if (abs(record->angle) >= 45) {
    put_letters(r, record, column,
                row - (record->justify == 1   ? n / 2
                       : record->justify == 2 ? 0
                                              : n - 1),
                true);
    return;
  }
  column -= record->justify == 1 ? n / 2 : record->justify == 2 ? n : 0;
  if (n <= r->columns) column = column < 0 ? 0 : column + n > r->columns ? r->columns - n : column;
  for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
    if (!is_free(r, column + moves[i], row, n)) continue;
    put_letters(r, record, column + moves[i], row, false);
    return;
  }
}

void orr_raster_add(orr_raster *r, const orr_stream_record *record) {
  switch (record->kind) {
  case 'C': pick(r, record->colour[0] << 16 | record->colour[1] << 8 | record->colour[2]); break;
  case 'N': pick(r, ORR_PLOT_NO_COLOUR); break;
  case 'W': r->frame = record->tenths >= ORR_RASTER_FRAME; break;
  case 'D': set_dash(r, record); break;
  case 'P': draw_line(r, record); break;
  case 'F': fill(r, record); break;
  case 'R': fill_box(r, record); break;
  case 'S': draw_sign(r, record); break;
  case 'T': put_text(r, record); break;
  case 'I': draw_image(r, record); break;
  default: break;
  }
}
