/* The figures of one column. Its present cells become keys that sort as they
 * do and are sorted once; distinct values, quartiles, bins and what stands out
 * are then read off, all exact. */
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "data/profile_parts.h"
#include "num/statistics.h"

/* Present cells in ascending order. */
typedef struct sorted {
  const uint64_t *keys;
  size_t n;
  orr_type type;
} sorted;

static const uint64_t sign = (uint64_t)1 << 63;

static uint64_t key_of_integer(int64_t i) { return (uint64_t)i ^ sign; }
static int64_t integer_of_key(uint64_t key) { return (int64_t)(key ^ sign); }

static uint64_t key_of_number(double x) {
  uint64_t bits;
  x += 0.0; /* -0 is 0 */
  memcpy(&bits, &x, sizeof bits);
  return bits & sign ? ~bits : bits ^ sign;
}

static double number_of_key(uint64_t key) {
  double x;
  uint64_t bits = key & sign ? key ^ sign : ~key;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static bool holds_floats(orr_type type) { return type == ORR_FLOAT64 || type == ORR_FLOAT32; }

static double value(const sorted *s, size_t i) {
  if (holds_floats(s->type)) return number_of_key(s->keys[i]);
  double x = (double)integer_of_key(s->keys[i]);
  return s->type == ORR_TIME ? x * 1e-9 : x;
}

static uint64_t key_of_cell(const orr_column *c, size_t row) {
  switch (c->type) {
  case ORR_FLOAT64: return key_of_number(c->float64[row]);
  case ORR_FLOAT32: return key_of_number((double)c->float32[row]);
  case ORR_BOOL: return key_of_integer(c->bools[row]);
  default: return key_of_integer(c->int64[row]);
  }
}

/* Fills keys[] from the present cells; returns how many there are. */
static size_t fill_keys(const orr_column *c, uint64_t *keys) {
  size_t n = 0;
  for (size_t i = 0; i < c->rows; i++) {
    bool is_nan =
        (c->type == ORR_FLOAT64 && isnan(c->float64[i])) || (c->type == ORR_FLOAT32 && isnan(c->float32[i]));
    if (!is_nan && !orr_column_is_missing(c, i)) keys[n++] = key_of_cell(c, i);
  }
  return n;
}

/* Radix sort, least digit first (Knuth, The Art of Computer Programming 3, section 5.2.5). A digit in which all
 * keys agree costs nothing. Returns the one of the two buffers that holds the result. */
static uint64_t *sort_keys(uint64_t *keys, uint64_t *spare, size_t n) {
  enum { BITS = 11, BUCKETS = 1 << BITS, DIGITS = 6 };
  size_t starts[DIGITS][BUCKETS] = {{0}};
  for (size_t i = 0; i < n; i++)
    for (unsigned d = 0; d < DIGITS; d++) starts[d][keys[i] >> d * BITS & (BUCKETS - 1)]++;
  for (unsigned d = 0; n && d < DIGITS; d++) {
    size_t *start = starts[d], before = 0;
    if (start[keys[0] >> d * BITS & (BUCKETS - 1)] == n) continue;
    for (size_t b = 0; b < BUCKETS; b++) {
      size_t count = start[b];
      start[b] = before;
      before += count;
    }
    for (size_t i = 0; i < n; i++) spare[start[keys[i] >> d * BITS & (BUCKETS - 1)]++] = keys[i];
    uint64_t *kept = keys;
    keys = spare;
    spare = kept;
  }
  return keys;
}

/* The first place whose key is not below `key`. */
static size_t lower_bound(const sorted *s, uint64_t key) {
  size_t low = 0, high = s->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (s->keys[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

static size_t count_distinct(const sorted *s) {
  size_t distinct = s->n > 0;
  for (size_t i = 1; i < s->n; i++) distinct += s->keys[i] != s->keys[i - 1];
  return distinct;
}

/* Linear interpolation between order statistics, rounded as numpy's quantile is. */
static double quantile(const sorted *s, double p) {
  if (!s->n) return NAN;
  double at = p * (double)(s->n - 1), t = at - floor(at);
  size_t i = (size_t)at;
  double a = value(s, i), b = value(s, i + 1 < s->n ? i + 1 : i), step = b - a;
  if (t == 0 || a == b) return a;
  if (!isfinite(step)) return a * (1 - t) + b * t;
  return t < 0.5 ? a + step * t : b - step * (1 - t);
}

static void fill_bins_of_integers(const sorted *s, orr_column_profile *p) {
  uint64_t range = s->keys[s->n - 1] - s->keys[0], step = range / ORR_PROFILE_BINS + 1;
  double scale = s->type == ORR_TIME ? 1e-9 : 1;
  p->n_bins = (size_t)(range / step) + 1;
  p->low = value(s, 0);
  p->width = (double)step * scale;
  for (size_t b = 0, from = 0, to; b < p->n_bins; b++, from = to) {
    to = b + 1 < p->n_bins ? lower_bound(s, s->keys[0] + (b + 1) * step) : s->n;
    p->bins[b] = to - from;
  }
}

/* Infinities belong to no bin. A few cells have fewer bins, or most of these would be empty. */
static void fill_bins_of_numbers(const sorted *s, orr_column_profile *p) {
  size_t from = lower_bound(s, key_of_number(-INFINITY) + 1);
  size_t end = lower_bound(s, key_of_number(INFINITY));
  p->infinite = s->n - (end - from);
  if (from == end) return;
  double high = value(s, end - 1);
  p->low = value(s, from);
  p->n_bins = high == p->low ? 1 : end - from < 16 ? 4 : end - from < 64 ? 8 : ORR_PROFILE_BINS;
  p->width = high / (double)p->n_bins - p->low / (double)p->n_bins;
  for (size_t b = 0, to; b < p->n_bins; b++, from = to) {
    to = b + 1 < p->n_bins ? lower_bound(s, key_of_number(p->low + (double)(b + 1) * p->width)) : end;
    if (to < from) to = from; /* neighbours of equal edges in the narrowest of ranges */
    p->bins[b] = to - from;
  }
}

/* Numbers by which people and instruments mean "missing": nines, and the ends of integer and float types. */
static bool is_usual_mark(double x) {
  static const double marks[] = {-32768, 32767, 65535, -2147483648.0, 2147483647.0, 1e20,
                                 -1e20,  1e30,  -1e30, 1e31,          -1e31,        9.969209968386869e36};
  char digits[32];
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (fabs(x - marks[i]) <= 1e-6 * fabs(marks[i])) return true;
  if (fabs(x) >= 1e9) return false;
  snprintf(digits, sizeof digits, "%.7g", fabs(x));
  return strspn(digits, "9.") == strlen(digits) && (x < 0 || strlen(digits) > 1);
}

/* A value at one end that stands `times`, `gap` away from the others, which span `rest`. */
static bool is_outlying(double x, size_t times, double gap, double nearest, double rest) {
  if (times < 2 || !isfinite(x) || !(rest > 0)) return false;
  bool beyond_zero = x <= -9 && nearest >= 0;
  if (is_usual_mark(x)) return gap >= rest || beyond_zero;
  return times > 2 && gap >= 10 * rest;
}

static void find_outlying(const sorted *s, const orr_column_profile *p, orr_column_facts *f) {
  if (p->distinct < 4 || !(holds_floats(s->type) || s->type == ORR_INT64)) return;
  size_t lows = lower_bound(s, s->keys[0] + 1), high = lower_bound(s, s->keys[s->n - 1]);
  double next = value(s, lows), before = value(s, high - 1);
  if (is_outlying(p->min, lows, next - p->min, next, p->max - next)) {
    f->outlying = p->min;
    f->n_outlying = lows;
  } else if (is_outlying(p->max, s->n - high, p->max - before, before, before - p->min)) {
    f->outlying = p->max;
    f->n_outlying = s->n - high;
  }
}

static void find_decades(const sorted *s, const orr_column_profile *p, orr_column_facts *f) {
  if (s->n < 20 || !(p->min > 0) || isinf(p->max) || s->type == ORR_TIME) return;
  bool bulk = quantile(s, 0.95) / quantile(s, 0.05) >= 100; /* not only a straggler near zero */
  f->decades = bulk ? log10(quantile(s, 0.99) / quantile(s, 0.01)) : 0;
}

static bool counts_up(const orr_column *c) {
  if (c->type != ORR_INT64 || c->n_missing || c->rows < 3 || (c->int64[0] != 0 && c->int64[0] != 1))
    return false;
  for (size_t i = 1; i < c->rows; i++)
    if (c->int64[i] != c->int64[0] + (int64_t)i) return false;
  return true;
}

static double mean_of(const orr_column *c, size_t n) {
  orr_sum sum = {0};
  for (size_t i = 0; i < c->rows; i++) {
    double x = orr_column_number(c, i);
    if (!isnan(x)) orr_sum_add(&sum, x);
  }
  return orr_sum_get(&sum) / (double)n;
}

/* One standard error of the mean. Rows that lie side by side in the input are alike, so a run of them is one draw
 * (Cochran, Sampling Techniques, 1977, section 9A.4, ratio to size); without row numbers every row is one. */
static double mean_error_of(const orr_table *t, const orr_column *c, double mean, size_t n) {
  double squares = 0, run = 0;
  size_t runs = 0;
  for (size_t i = 0; i < c->rows; i++) {
    double x = orr_column_number(c, i);
    if (!isnan(x)) run += x - mean;
    bool ends = !t->row_index || i + 1 == c->rows || t->row_index[i + 1] != t->row_index[i] + 1;
    if (!ends) continue;
    runs += t->row_index || !isnan(x);
    squares += run * run;
    run = 0;
  }
  if (runs < 2) return NAN;
  return sqrt(squares * (double)runs / (double)(runs - 1)) / (double)n;
}

static void look_at_numbers(const orr_table *t, const orr_column *c, orr_column_profile *p,
                            orr_column_facts *f) {
  uint64_t *keys = orr_calloc(c->rows ? c->rows : 1, 2 * sizeof *keys);
  if (!keys) {
    f->out_of_memory = true;
    return;
  }
  sorted s = {.type = c->type, .n = fill_keys(c, keys)};
  s.keys = sort_keys(keys, keys + c->rows, s.n);
  p->missing = c->rows - s.n;
  p->distinct = count_distinct(&s);
  if (s.n) {
    p->min = value(&s, 0);
    p->q1 = quantile(&s, 0.25);
    p->median = quantile(&s, 0.5);
    p->q3 = quantile(&s, 0.75);
    p->max = value(&s, s.n - 1);
    p->least = holds_floats(c->type) ? 0 : integer_of_key(s.keys[0]);
    p->greatest = holds_floats(c->type) ? 0 : integer_of_key(s.keys[s.n - 1]);
    if (holds_floats(c->type)) fill_bins_of_numbers(&s, p);
    else fill_bins_of_integers(&s, p);
    find_outlying(&s, p, f);
    find_decades(&s, p, f);
    p->mean = mean_of(c, s.n);
    p->mean_error = mean_error_of(t, c, p->mean, s.n);
  }
  orr_free(keys);
}

/* The most frequent words first, equal ones in order of first sight. */
static void keep_frequent(const orr_column *c, const uint64_t *counts, orr_column_profile *p) {
  for (size_t w = 0; w < c->words.count; w++) {
    if (!counts[w] || (p->n_bins == ORR_PROFILE_BINS && counts[w] <= p->bins[ORR_PROFILE_BINS - 1])) continue;
    size_t at = p->n_bins < ORR_PROFILE_BINS ? p->n_bins++ : ORR_PROFILE_BINS - 1;
    for (; at && p->bins[at - 1] < counts[w]; at--) {
      p->bins[at] = p->bins[at - 1];
      p->words[at] = p->words[at - 1];
    }
    p->bins[at] = counts[w];
    p->words[at] = orr_map_key(&c->words, w);
  }
}

static void look_at_words(const orr_column *c, orr_column_profile *p, orr_column_facts *f) {
  uint64_t *counts = orr_calloc(c->words.count ? c->words.count : 1, sizeof *counts);
  if (!counts) {
    f->out_of_memory = true;
    return;
  }
  for (size_t i = 0; i < c->rows; i++) {
    if (orr_column_is_missing(c, i)) p->missing++;
    else counts[c->codes[i]]++;
  }
  for (size_t w = 0; w < c->words.count; w++) p->distinct += counts[w] > 0;
  keep_frequent(c, counts, p);
  orr_free(counts);
}

static uint64_t hash_of(const orr_column *c) {
  uint64_t hash = (uint64_t)c->type;
  for (size_t i = 0; i < c->rows; i++) hash = orr_mix_bits(hash, orr_cell_bits(c, i));
  return hash;
}

void orr_profile_column(const orr_profiling *all, size_t at) {
  const orr_column *c = all->table->columns[at];
  orr_column_profile *p = &all->profile->columns[at];
  orr_column_facts *f = &all->facts[at];
  *p = (orr_column_profile){.column = c,
                            .min = NAN,
                            .q1 = NAN,
                            .median = NAN,
                            .q3 = NAN,
                            .max = NAN,
                            .mean = NAN,
                            .mean_error = NAN};
  *f = (orr_column_facts){.rank_correlation = NAN, .counter = counts_up(c), .hash = hash_of(c)};
  if (c->type == ORR_TEXT) look_at_words(c, p, f);
  else look_at_numbers(all->table, c, p, f);
}
