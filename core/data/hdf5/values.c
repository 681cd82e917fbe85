/* Values into cells; see values.h. Missing cells hold 0, floats NaN. */
#include "data/hdf5/values.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RUN = 512 };

static void mark_missing(orr_h5_column *c, uint64_t row) {
  c->missing[row] = 1;
  atomic_store_explicit(&c->any_missing, true, memory_order_relaxed);
}

static bool is_fill(const orr_h5_meaning *m, double x) {
  for (size_t i = 0; i < m->n_fills; i++)
    if (x == m->fills[i]) return true;
  return false;
}

static void put_doubles(orr_h5_column *c, const char *from, size_t stride, size_t n, uint64_t row,
                        double *to) {
  const orr_h5_meaning *m = &c->meaning;
  orr_h5_to_doubles(&c->value, from, stride, n, to);
  for (size_t i = 0; m->n_fills && i < n; i++) {
    if (!is_fill(m, to[i])) continue;
    to[i] = NAN;
    mark_missing(c, row + i);
  }
  for (size_t i = 0; m->scaled && i < n; i++) to[i] = to[i] * m->factor + m->shift;
}

static void put_floats(orr_h5_column *c, const char *from, size_t stride, size_t n, uint64_t row, float *to) {
  orr_h5_to_floats(&c->value, from, stride, n, to);
  for (size_t i = 0; c->meaning.n_fills && i < n; i++) {
    if (!is_fill(&c->meaning, (double)to[i])) continue;
    to[i] = NAN;
    mark_missing(c, row + i);
  }
}

static void put_integers(orr_h5_column *c, const char *from, size_t stride, size_t n, uint64_t row,
                         int64_t *to) {
  bool wide = c->value.kind == ORR_H5_UNSIGNED && c->value.bytes == 8;
  orr_h5_to_integers(&c->value, from, stride, n, to);
  for (size_t i = 0; i < n && (wide || c->meaning.n_fills); i++) {
    bool beyond = wide && to[i] < 0;
    if (is_fill(&c->meaning, beyond ? (double)(uint64_t)to[i] : (double)to[i])) {
      to[i] = 0;
      mark_missing(c, row + i);
    } else if (beyond) atomic_store_explicit(&c->misfit, true, memory_order_relaxed);
    if (wide && to[i] && (uint64_t)to[i] >> __builtin_ctzll((uint64_t)to[i]) >> 53)
      atomic_store_explicit(&c->inexact, true, memory_order_relaxed);
  }
}

static void put_truths(const int64_t *k, size_t n, uint8_t *to) {
  for (size_t i = 0; i < n; i++) to[i] = k[i] != 0;
}

/* Of a whole number of ticks, and of what is left over. */
static bool to_time(const orr_h5_meaning *m, int64_t whole, double rest, int64_t *out) {
  __int128 t = (__int128)m->origin * 1000000000 + (__int128)whole * m->tick + llround(rest * (double)m->tick);
  *out = (int64_t)t;
  return t >= INT64_MIN && t <= INT64_MAX;
}

static void put_time(orr_h5_column *c, uint64_t row, int64_t whole, double rest, bool present, int64_t *to) {
  *to = 0;
  if (!present) mark_missing(c, row);
  else if (!to_time(&c->meaning, whole, rest, to))
    atomic_store_explicit(&c->misfit, true, memory_order_relaxed);
}

static void put_times(orr_h5_column *c, const char *from, size_t stride, size_t n, uint64_t row,
                      int64_t *to) {
  double x[RUN];
  int64_t k[RUN];
  bool whole = orr_h5_cell_is_integer(&c->value);
  if (whole) orr_h5_to_integers(&c->value, from, stride, n, k);
  orr_h5_to_doubles(&c->value, from, stride, n, x);
  for (size_t i = 0; i < n; i++) {
    bool present = !isnan(x[i]) && !is_fill(&c->meaning, x[i]);
    double floored = floor(x[i]);
    bool fits = whole || fabs(floored) < 9e18;
    if (present && !fits) atomic_store_explicit(&c->misfit, true, memory_order_relaxed);
    else
      put_time(c, row + i, whole || !present ? k[i] : (int64_t)floored,
               whole || !present ? 0 : x[i] - floored, present, to + i);
  }
}

/* Which name or category an integer is; -1: none. */
static int64_t which(const orr_h5_column *c, int64_t value) {
  const orr_h5_names *names = &c->value.names;
  if (c->categories) return value >= 0 && (uint64_t)value < c->categories->count ? value : -1;
  if (value >= 0 && (uint64_t)value < names->count && names->values[value] == value) return value;
  for (size_t i = 0; i < names->count; i++)
    if (names->values[i] == value) return (int64_t)i;
  return -1;
}

static void put_codes(orr_h5_column *c, const int64_t *k, size_t n, uint64_t row, int32_t *to) {
  for (size_t i = 0; i < n; i++) {
    int64_t at = which(c, k[i]);
    bool missing = at < 0 || c->codes[at] < 0;
    to[i] = missing ? 0 : c->codes[at];
    if (missing) mark_missing(c, row + i);
    if (at < 0 && !c->categories) atomic_fetch_add_explicit(&c->unnamed, 1, memory_order_relaxed);
  }
}

static void put_run(orr_h5_column *c, const char *from, size_t stride, size_t n, uint64_t row, void *to) {
  int64_t k[RUN];
  switch (c->type) {
  case ORR_FLOAT64: put_doubles(c, from, stride, n, row, to); break;
  case ORR_FLOAT32: put_floats(c, from, stride, n, row, to); break;
  case ORR_INT64: put_integers(c, from, stride, n, row, to); break;
  case ORR_TIME: put_times(c, from, stride, n, row, to); break;
  case ORR_BOOL:
    orr_h5_to_integers(&c->value, from, stride, n, k);
    put_truths(k, n, to);
    break;
  case ORR_TEXT:
    orr_h5_to_integers(&c->value, from, stride, n, k);
    put_codes(c, k, n, row, to);
    break;
  }
}

void orr_h5_put_values(orr_h5_column *c, const char *from, size_t stride, size_t n, uint64_t row, char *to) {
  size_t width = orr_type_bytes(c->type);
  if (!to) to = c->cells + row * width;
  for (size_t at = 0; at < n; at += RUN)
    put_run(c, from + at * stride, stride, n - at < RUN ? n - at : RUN, row + at, to + at * width);
}

bool orr_h5_is_verbatim(const orr_h5_column *c) {
  const orr_h5_cell *v = &c->value;
  if (c->summary != ORR_H5_EACH || v->swapped || c->meaning.n_fills || c->meaning.scaled) return false;
  if (c->type == ORR_FLOAT64) return v->kind == ORR_H5_FLOAT && v->bytes == 8;
  if (c->type == ORR_FLOAT32) return v->kind == ORR_H5_FLOAT && v->bytes == 4;
  return c->type == ORR_INT64 && v->kind == ORR_H5_SIGNED && v->bytes == 8;
}

/* A NUL within text would end it for every reader after this one. */
static orr_status put_broken_text(orr_h5_reader *r, orr_h5_column *c, const char *s, size_t n, int32_t *to,
                                  orr_error *e) {
  orr_text t = {0};
  bool utf8 = orr_text_is_utf8(s, n);
  for (size_t i = 0; i < n; i++)
    if (!s[i]) orr_h5_add_character(&t, 0xfffd);
    else if (utf8) orr_text_add_bytes(&t, s + i, 1);
    else orr_h5_add_character(&t, (unsigned char)s[i]);
  orr_h5_note(r, "%.200s: NUL bytes within text are shown as \ufffd", c->name);
  orr_status status = orr_text_check(&t, e);
  if (!status) status = orr_map_add(&c->words, orr_text_get(&t), t.length, to, e);
  orr_text_fini(&t);
  return status;
}

static orr_status put_digits(orr_h5_column *c, const char *from, uint64_t row, orr_error *e) {
  int64_t k;
  char digits[24];
  orr_h5_to_integers(&c->value, from, 0, 1, &k);
  if (is_fill(&c->meaning, (double)(uint64_t)k)) return mark_missing(c, row), ORR_OK;
  int n = snprintf(digits, sizeof digits, "%" PRIu64, (uint64_t)k);
  return orr_map_add(&c->words, digits, (size_t)n, (int32_t *)(void *)c->cells + row, e);
}

orr_status orr_h5_put_texts(orr_h5_reader *r, orr_h5_column *c, const char *from, size_t stride, size_t n,
                            uint64_t row, orr_error *e) {
  int32_t *to = (int32_t *)(void *)c->cells + row;
  for (size_t i = 0; i < n; i++) {
    size_t length;
    if (c->digits) {
      ORR_TRY(put_digits(c, from + i * stride, row + i, e));
      continue;
    }
    const char *s = orr_h5_text_of(&c->value, from + i * stride, &length);
    if (c->meaning.nothing && length == strlen(c->meaning.nothing) &&
        !memcmp(s, c->meaning.nothing, length)) {
      mark_missing(c, row + i);
      continue;
    }
    if (length && memchr(s, 0, length)) {
      ORR_TRY(put_broken_text(r, c, s, length, &to[i], e));
      continue;
    }
    if (!orr_text_is_utf8(s, length)) {
      ORR_TRY(orr_h5_utf8(r, s, length, &s, e));
      length = strlen(s);
    }
    ORR_TRY(orr_map_add(&c->words, s, length, &to[i], e));
  }
  return ORR_OK;
}

void orr_h5_put_summary(orr_h5_column *const *four, const char *from, size_t stride, uint64_t cells,
                        uint64_t row) {
  const orr_h5_meaning *m = &four[0]->meaning;
  double x[RUN], n = 0, mean = 0, squares = 0, least = NAN, most = NAN;
  for (uint64_t at = 0; at < cells; at += RUN) {
    size_t run = cells - at < RUN ? (size_t)(cells - at) : RUN;
    orr_h5_to_doubles(&four[0]->value, from + at * stride, stride, run, x);
    for (size_t i = 0; i < run; i++) {
      if (isnan(x[i]) || is_fill(m, x[i])) continue;
      double value = m->scaled ? x[i] * m->factor + m->shift : x[i], step = value - mean;
      mean += step / ++n;
      squares += step * (value - mean);
      least = fmin(least, value), most = fmax(most, value);
    }
  }
  double four_values[] = {n ? mean : NAN, n > 1 ? sqrt(squares / (n - 1)) : NAN, least, most};
  for (size_t i = 0; i < 4; i++) memcpy(four[i]->cells + row * 8, &four_values[i], 8);
}

orr_status orr_h5_prepare_words(orr_h5_reader *r, orr_h5_column *c, orr_error *e) {
  size_t n = c->categories ? c->categories->count : c->value.names.count;
  const char **words = c->categories ? c->categories->items : c->value.names.names;
  ORR_TAKE(&r->arena, c->codes, n, e);
  for (size_t i = 0; i < n; i++) {
    const char *word = words[i];
    bool nothing = !word || (c->meaning.nothing && !strcmp(word, c->meaning.nothing));
    if (nothing) {
      c->codes[i] = -1;
      continue;
    }
    ORR_TRY(orr_h5_utf8(r, word, strlen(word), &word, e));
    ORR_TRY(orr_map_add(&c->words, word, strlen(word), &c->codes[i], e));
  }
  return ORR_OK;
}
