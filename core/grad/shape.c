/* Shapes: how they are written, counted, and stretched to meet each other. */
#include "grad/graph.h"

#include <stdio.h>
#include <string.h>

orr_shape orr_shape_make(const int32_t *dims, size_t rank) {
  orr_shape s = {.rank = (int32_t)rank};
  for (size_t i = 0; i < rank && i < ORR_MOST_RANK; i++) s.dim[i] = dims[i];
  return s;
}

orr_shape orr_shape_scalar(void) { return (orr_shape){0}; }

bool orr_shape_has_rows(const orr_shape *s) { return s->rank > 0 && s->dim[0] == ORR_FREE; }
bool orr_shape_equal(const orr_shape *a, const orr_shape *b) { return !memcmp(a, b, sizeof *a); }

size_t orr_shape_size(const orr_shape *s, size_t rows) {
  size_t n = 1;
  for (int i = 0; i < s->rank; i++) n *= s->dim[i] == ORR_FREE ? rows : (size_t)s->dim[i];
  return n;
}

char *orr_shape_text(const orr_shape *s, char out[64]) {
  size_t at = (size_t)snprintf(out, 64, "[");
  for (int i = 0; i < s->rank; i++) {
    if (s->dim[i] == ORR_FREE) at += (size_t)snprintf(out + at, 64 - at, "rows");
    else at += (size_t)snprintf(out + at, 64 - at, "%s%d", i ? ", " : "", s->dim[i]);
  }
  snprintf(out + at, 64 - at, "]");
  return out;
}

/* Puts `ones` axes of size 1 in at axis `at`. */
static orr_shape insert_ones(const orr_shape *s, int at, int ones) {
  orr_shape out = {.rank = s->rank + ones};
  for (int i = 0; i < out.rank; i++) out.dim[i] = i < at ? s->dim[i] : i < at + ones ? 1 : s->dim[i - ones];
  return out;
}

/* The shape with as many axes as `rank`, meeting one that has rows or not. */
static orr_shape aligned(const orr_shape *s, int rank, bool other_has_rows) {
  int at = other_has_rows && orr_shape_has_rows(s) ? 1 : 0;
  return insert_ones(s, at, rank - s->rank);
}

bool orr_shape_broadcast(const orr_shape *a, const orr_shape *b, orr_shape *out) {
  int rank = a->rank > b->rank ? a->rank : b->rank;
  orr_shape left = aligned(a, rank, orr_shape_has_rows(b)), right = aligned(b, rank, orr_shape_has_rows(a));
  *out = (orr_shape){.rank = rank};
  for (int i = 0; i < rank; i++) {
    int32_t l = left.dim[i], r = right.dim[i];
    if (l != r && l != 1 && r != 1) return false;
    out->dim[i] = l == 1 ? r : l;
    if (i && out->dim[i] == ORR_FREE) return false;
  }
  return true;
}

void orr_shape_strides(const orr_shape *in, const orr_shape *out, size_t rows, size_t stride[ORR_MOST_RANK]) {
  orr_shape s = aligned(in, out->rank, orr_shape_has_rows(out));
  size_t step = 1;
  memset(stride, 0, ORR_MOST_RANK * sizeof *stride);
  for (int i = out->rank; i-- > 0;) {
    stride[i] = s.dim[i] == 1 ? 0 : step;
    step *= s.dim[i] == ORR_FREE ? rows : (size_t)s.dim[i];
  }
}
