/* Numbers of any width and byte order, strided, to this machine's; see cell.h. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3") /* these loops touch every byte of a table */
#endif

#include <string.h>

#include "data/hdf5/cell.h"

static inline uint8_t same8(uint8_t x) { return x; }

static inline float half_of(uint16_t h) {
  uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 1023, bits;
  if (exponent == 31) bits = sign | 0x7f800000 | fraction << 13;
  else if (exponent) bits = sign | (exponent + 112) << 23 | fraction << 13;
  else {
    float tiny = (float)fraction * 0x1p-24f; /* a subnormal half */
    return sign ? -tiny : tiny;
  }
  float f;
  memcpy(&f, &bits, sizeof f);
  return f;
}

#define EACH(unsigned_type, swap, value)                                                                     \
  for (size_t i = 0; i < n; i++) {                                                                           \
    unsigned_type u;                                                                                         \
    memcpy(&u, from + i * stride, sizeof u);                                                                 \
    u = swap(u);                                                                                             \
    to[i] = value;                                                                                           \
  }
#define EITHER(unsigned_type, swap, value)                                                                   \
  do {                                                                                                       \
    if (c->swapped) EACH(unsigned_type, swap, value) else EACH(unsigned_type, , value)                       \
  } while (0)

static inline float float_of(uint32_t u) {
  float f;
  memcpy(&f, &u, sizeof f);
  return f;
}

static inline double double_of(uint64_t u) {
  double d;
  memcpy(&d, &u, sizeof d);
  return d;
}

/* The body of each: `cast` is the type that numbers become. */
#define CONVERT_INTEGERS(cast)                                                                               \
  bool is_signed = c->kind == ORR_H5_SIGNED;                                                                 \
  if (c->bytes == 1 && is_signed) EACH(uint8_t, same8, (cast)(int8_t)u)                                      \
  else if (c->bytes == 1) EACH(uint8_t, same8, (cast)u)                                                      \
  else if (c->bytes == 2 && is_signed) EITHER(uint16_t, __builtin_bswap16, (cast)(int16_t)u);                \
  else if (c->bytes == 2) EITHER(uint16_t, __builtin_bswap16, (cast)u);                                      \
  else if (c->bytes == 4 && is_signed) EITHER(uint32_t, __builtin_bswap32, (cast)(int32_t)u);                \
  else if (c->bytes == 4) EITHER(uint32_t, __builtin_bswap32, (cast)u);                                      \
  else if (is_signed) EITHER(uint64_t, __builtin_bswap64, (cast)(int64_t)u);                                 \
  else EITHER(uint64_t, __builtin_bswap64, (cast)u)

#define CONVERT_FLOATS(cast)                                                                                 \
  if (c->bytes == 2) EITHER(uint16_t, __builtin_bswap16, (cast)half_of(u));                                  \
  else if (c->bytes == 4) EITHER(uint32_t, __builtin_bswap32, (cast)float_of(u));                            \
  else EITHER(uint64_t, __builtin_bswap64, (cast)double_of(u))

static void long_doubles(const char *from, size_t stride, size_t n, double *to) {
  for (size_t i = 0; i < n; i++) {
    long double x;
    memcpy(&x, from + i * stride, sizeof x);
    to[i] = (double)x;
  }
}

static void integers_to_doubles(const orr_h5_cell *c, const char *from, size_t stride, size_t n, double *to) {
  CONVERT_INTEGERS(double);
}

void orr_h5_to_doubles(const orr_h5_cell *c, const char *from, size_t stride, size_t n, double *to) {
  if (orr_h5_cell_is_integer(c)) {
    integers_to_doubles(c, from, stride, n, to);
    return;
  }
  if (c->kind == ORR_H5_LONG_DOUBLE) long_doubles(from, stride, n, to);
  else CONVERT_FLOATS(double);
}

void orr_h5_to_floats(const orr_h5_cell *c, const char *from, size_t stride, size_t n, float *to) {
  CONVERT_FLOATS(float);
}

void orr_h5_to_integers(const orr_h5_cell *c, const char *from, size_t stride, size_t n, int64_t *to) {
  CONVERT_INTEGERS(int64_t);
}

const char *orr_h5_text_of(const orr_h5_cell *c, const char *from, size_t *n) {
  if (c->kind == ORR_H5_POINTER) {
    memcpy(&from, from, sizeof from);
    *n = from ? strlen(from) : 0;
    return from ? from : "";
  }
  *n = c->zeros ? c->bytes : strnlen(from, c->bytes);
  while (c->zeros && *n && !from[*n - 1]) --*n;
  while (c->blanks && *n && from[*n - 1] == ' ') --*n;
  return from;
}
