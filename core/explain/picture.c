/* Columns that are pixels; see picture.h. */
#include "explain/picture.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum { LEAST_PIXELS = 16, LEAST_SIDE = 4, MOST_SIDE = 4096 };

/* The number before *end, which moves to before it; false when there is none. */
static bool number_before(const char *name, size_t *end, size_t *value) {
  size_t start = *end, unit = 1;
  *value = 0;
  while (start && isdigit((unsigned char)name[start - 1]) && *end - start < 6) {
    *value += unit * (size_t)(name[--start] - '0');
    unit *= 10;
  }
  bool found = start < *end;
  *end = start;
  return found;
}

/* Its numbers: the last, and the one before it, apart by something short; returns how many there are. */
static int numbers_of(const char *name, size_t *row, size_t *col) {
  size_t end = strlen(name);
  while (end && strchr("])", name[end - 1])) end--;
  if (!number_before(name, &end, col)) return 0;
  size_t before = end;
  while (before && end - before < 3 && !isdigit((unsigned char)name[before - 1])) before--;
  return before < end && number_before(name, &before, row) ? 2 : 1;
}

/* Many tables have columns x1 … x16: one number is a place only where the name says so. */
static bool says_pixel(const char *name) {
  static const char *const names[] = {"p", "px", "pix", "pixel", "pixels", "image"};
  size_t n = strcspn(name, "0123456789");
  while (n && strchr("_-[.", name[n - 1])) n--;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strlen(names[i]) == n && !strncasecmp(name, names[i], n)) return true;
  return false;
}

typedef struct extent {
  size_t least_row, most_row, least_col, most_col;
  int numbers; /* in each name */
} extent;

static bool find_extent(const orr_encoder *c, extent *x) {
  *x = (extent){.least_row = SIZE_MAX, .least_col = SIZE_MAX};
  for (size_t j = 0; j < c->n_columns; j++) {
    size_t row = 0, col = 0;
    int n = c->columns[j].encoding == ORR_AS_NUMBER ? numbers_of(c->columns[j].name, &row, &col) : 0;
    if (!n || (j && n != x->numbers) || (n == 1 && !says_pixel(c->columns[j].name))) return false;
    x->numbers = n;
    if (row < x->least_row) x->least_row = row;
    if (row > x->most_row) x->most_row = row;
    if (col < x->least_col) x->least_col = col;
    if (col > x->most_col) x->most_col = col;
  }
  return c->n_columns >= LEAST_PIXELS;
}

/* A square counted from 0, or from 1. */
static bool find_square(extent *x, orr_picture *p) {
  size_t side = (size_t)lround(sqrt((double)x->most_col + 1));
  x->least_col = side * side != x->most_col + 1;
  if (x->least_col) side = (size_t)lround(sqrt((double)x->most_col));
  p->rows = p->cols = side;
  return side * side == x->most_col + !x->least_col;
}

static bool find_size(extent *x, size_t n, orr_picture *p) {
  p->rows = x->most_row - x->least_row + 1;
  p->cols = x->most_col - x->least_col + 1;
  if (x->numbers == 1 && !find_square(x, p)) return false;
  bool sized = p->rows >= LEAST_SIDE && p->cols >= LEAST_SIDE && p->rows <= MOST_SIDE && p->cols <= MOST_SIDE;
  return sized && p->rows * p->cols <= 4 * n;
}

orr_status orr_picture_find(const orr_encoder *c, orr_arena *arena, orr_picture *p, bool *found,
                            orr_error *e) {
  extent x;
  *p = (orr_picture){0};
  *found = find_extent(c, &x) && find_size(&x, c->n_columns, p);
  if (!*found) return ORR_OK;
  ORR_TAKE(arena, p->pixel, p->rows * p->cols, e);
  for (size_t j = 0; j < c->n_columns; j++) {
    size_t row = 0, col = 0;
    numbers_of(c->columns[j].name, &row, &col);
    size_t at = x.numbers == 1 ? col - x.least_col : (row - x.least_row) * p->cols + col - x.least_col;
    if (at >= p->rows * p->cols || p->pixel[at]) return *found = false, ORR_OK;
    p->pixel[at] = c->columns[j].first + 1;
  }
  return ORR_OK;
}

void orr_picture_lay(const orr_picture *p, const double *row, double blank, double *to) {
  for (size_t i = 0; i < p->rows * p->cols; i++) to[i] = p->pixel[i] ? row[p->pixel[i] - 1] : blank;
}
