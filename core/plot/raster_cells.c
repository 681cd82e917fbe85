/* From dots, fills and letters to one character a cell; see raster.h. A letter
 * hides what is under it, dots hide fills and axes, fills become the cell's
 * background where they can. */
#include <math.h>
#include <string.h>

#include "plot/raster.h"

static double part(int32_t colour, int shift) { return (colour >> shift & 255) / 255.0; }

int32_t orr_colour_mix(int32_t from, int32_t to, double share) {
  if (from < 0) return to;
  if (to < 0) return from;
  int32_t mixed = 0;
  for (int shift = 0; shift <= 16; shift += 8) {
    double value = part(from, shift) * (1 - share) + part(to, shift) * share;
    mixed |= (int32_t)lround(255 * fmin(1, fmax(0, value))) << shift;
  }
  return mixed;
}

/* Rec. 709. */
double orr_colour_light(int32_t colour) {
  return colour < 0 ? 0.5 : 0.2126 * part(colour, 16) + 0.7152 * part(colour, 8) + 0.0722 * part(colour, 0);
}

char orr_raster_sign(int series) { return "*+ox#%@&"[series & 7]; }

/* ---- dots ---- */

typedef struct dots {
  uint8_t set; /* bit 4 × column + row, from the upper left */
  int ink;     /* the last drawn that has a quarter of them */
} dots;

static dots look(const orr_raster *r, int column, int row) {
  dots d = {0};
  int16_t inks[8];
  int count = 0;
  for (int i = 0; i < 8; i++) {
    inks[i] = r->dots[(size_t)(4 * row + i % 4) * (size_t)r->width + (size_t)(2 * column + i / 4)];
    if (inks[i]) d.set |= (uint8_t)(1 << i), count++;
  }
  for (int i = 0; i < 8 && d.set; i++) {
    int same = 0;
    for (int k = 0; k < 8; k++) same += inks[k] == inks[i];
    if (inks[i] > d.ink && 4 * same >= count) d.ink = inks[i];
  }
  return d;
}

/* Unicode numbers the dots 1 2 3 7 down the left and 4 5 6 8 down the right. */
static uint32_t braille(uint8_t set) {
  static const uint8_t bits[8] = {1, 2, 4, 64, 8, 16, 32, 128};
  uint32_t rune = 0x2800;
  for (int i = 0; i < 8; i++)
    if (set >> i & 1) rune |= bits[i];
  return rune;
}

static int series_of(const orr_raster *r, int32_t colour) {
  for (int i = 0; i < 8; i++)
    if (r->palette.series[i] == colour) return i;
  return -1;
}

static uint32_t ascii_dots(const orr_raster *r, const dots *d) {
  int series = series_of(r, r->inks[d->ink]);
  return series < 0 ? (r->inks[d->ink] == r->palette.muted ? '.' : '*') : (uint32_t)orr_raster_sign(series);
}

/* ---- axes and blocks ---- */

static uint32_t box(int arms) {
  static const uint16_t runes[16] = {' ',    0x2575, 0x2576, 0x2514, 0x2577, 0x2502, 0x250c, 0x251c,
                                     0x2574, 0x2518, 0x2500, 0x2534, 0x2510, 0x2524, 0x252c, 0x253c};
  return runes[arms & 15];
}

static uint32_t ascii_box(int arms) {
  bool along = arms & (ORR_LEFT | ORR_RIGHT), up = arms & (ORR_UP | ORR_DOWN);
  return along && up ? '+' : along ? '-' : up ? '|' : ' ';
}

static int ones(uint8_t set) { return __builtin_popcount(set); }

/* Which quadrants hold at least `least` of their two dots: upper left 1, lower left 2, upper right 4, lower right 8. */
static int quarters(uint8_t set, int least) {
  int which = 0;
  for (int i = 0; i < 4; i++)
    if (ones(set & (uint8_t)(3 << 2 * i)) >= least) which |= 1 << i;
  return which;
}

/* The block character nearest to the covered dots. */
static uint32_t block(uint8_t set) {
  static const uint16_t quadrants[16] = {' ',    0x2598, 0x2596, 0x258c, 0x259d, 0x2580, 0x259e, 0x259b,
                                         0x2597, 0x259a, 0x2584, 0x2599, 0x2590, 0x259c, 0x259f, 0x2588};
  static const uint8_t level[5] = {0, 0x88, 0xcc, 0xee, 0xff};
  static const uint16_t lower[5] = {' ', 0x2582, 0x2584, 0x2586, 0x2588};
  for (int i = 1; i <= 4; i++)
    if (set == level[i]) return lower[i];
  int which = quarters(set, 2);
  return quadrants[which ? which : quarters(set, 1)];
}

/* ---- one cell ---- */

static int32_t over(const orr_raster_cell *c) {
  if (c->solid_dots && ones(c->solid_dots) >= 4) return c->solid;
  if (c->has_picture) return orr_colour_mix(c->picture[0], c->picture[1], 0.5);
  return c->tint;
}

static uint32_t shade(const orr_raster *r, int32_t colour) {
  static const uint16_t runes[5] = {' ', 0x2591, 0x2592, 0x2593, 0x2588};
  double light = orr_colour_light(colour), strong = r->palette.light ? 1 - light : light;
  if (r->utf8) return runes[(int)fmin(4, 5 * strong)];
  return (uint32_t) " .:-=+*#%@"[(int)fmin(9, 10 * strong)];
}

static orr_plot_cell picture(const orr_raster *r, const orr_raster_cell *c) {
  orr_plot_cell cell = {' ', ORR_PLOT_NO_COLOUR, ORR_PLOT_NO_COLOUR};
  int32_t upper = c->picture[0], below = c->picture[1];
  if (!r->palette.colours) cell.rune = shade(r, orr_colour_mix(upper, below, 0.5));
  else if (upper == below) cell.back = upper;
  else if (!r->utf8) cell.back = orr_colour_mix(upper, below, 0.5);
  else if (upper < 0) cell.rune = 0x2584, cell.fore = below;
  else cell.rune = 0x2580, cell.fore = upper, cell.back = below;
  return cell;
}

static orr_plot_cell fills(const orr_raster *r, const orr_raster_cell *c) {
  orr_plot_cell cell = {' ', ORR_PLOT_NO_COLOUR, c->tint};
  if (c->solid_dots) {
    cell.fore = c->solid;
    if (r->utf8) cell.rune = block(c->solid_dots);
    else if (ones(c->solid_dots) >= 3) {
      int series = series_of(r, c->solid);
      cell.rune = series < 0 ? '#' : (uint32_t)orr_raster_sign(series);
    }
    return cell;
  }
  if (c->has_picture) return picture(r, c);
  if (!r->palette.colours && ones(c->light_dots) >= 4) cell.rune = r->utf8 ? 0x2591 : ':';
  return cell;
}

/* Letters over a fill stand out from it. */
static int32_t readable(int32_t colour, int32_t back) {
  if (back < 0) return colour;
  if (colour >= 0 && fabs(orr_colour_light(colour) - orr_colour_light(back)) > 0.4) return colour;
  return orr_colour_light(back) > 0.45 ? 0x101010 : 0xf4f4f4;
}

static orr_plot_cell compose(const orr_raster *r, int column, int row) {
  const orr_raster_cell *c = &r->cells[(size_t)row * (size_t)r->columns + (size_t)column];
  dots d = look(r, column, row);
  int32_t back = over(c);
  if (c->rune) return (orr_plot_cell){c->rune, readable(c->letter, back), back};
  if (d.set) {
    int32_t colour = r->inks[d.ink];
    bool lost = back >= 0 && colour >= 0 && fabs(orr_colour_light(colour) - orr_colour_light(back)) < 0.15;
    uint32_t rune = r->utf8 ? braille(d.set) : ascii_dots(r, &d);
    return (orr_plot_cell){rune, lost ? readable(colour, back) : colour, back};
  }
  if (c->arms)
    return (orr_plot_cell){r->utf8 ? box(c->arms) : ascii_box(c->arms), c->frame, ORR_PLOT_NO_COLOUR};
  return fills(r, c);
}

orr_drawing *orr_raster_finish(const orr_raster *r, uint64_t figure) {
  orr_drawing *d = orr_drawing_new(figure, r->columns, r->rows);
  if (!d) return NULL;
  for (int row = 0; row < r->rows; row++)
    for (int column = 0; column < r->columns; column++) {
      orr_plot_cell cell = compose(r, column, row);
      if (!r->palette.colours) cell.fore = cell.back = ORR_PLOT_NO_COLOUR;
      if (!r->utf8 && cell.rune > 126) cell.rune = '?';
      d->cells[(size_t)row * (size_t)r->columns + (size_t)column] = cell;
    }
  return d;
}
