/* 64 bytes at a glance, for csv_*.c alone: which of them equal a given one, as
 * bits, the first byte lowest. SSE2 is part of every x86-64; elsewhere the
 * same is done in words of eight bytes. */
#ifndef ORR_DATA_CSV_SCAN_H
#define ORR_DATA_CSV_SCAN_H

#include <stdint.h>

#include "data/csv_digits.h"

#if defined(__x86_64__)

typedef struct orr_csv_glance {
  __m128i part[4];
} orr_csv_glance;

static inline orr_csv_glance orr_csv_look(const char *s) {
  orr_csv_glance g;
  for (int i = 0; i < 4; i++) g.part[i] = _mm_loadu_si128((const __m128i *)(const void *)(s + 16 * i));
  return g;
}

static inline uint64_t orr_csv_equal(const orr_csv_glance *g, char c) {
  const __m128i wanted = _mm_set1_epi8(c);
  uint64_t bits = 0;
  for (int i = 0; i < 4; i++)
    bits |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(g->part[i], wanted)) << (16 * i);
  return bits;
}

/* Which bytes equal either of two. */
static inline uint64_t orr_csv_equal_either(const orr_csv_glance *g, char a, char b) {
  const __m128i first = _mm_set1_epi8(a), second = _mm_set1_epi8(b);
  uint64_t bits = 0;
  for (int i = 0; i < 4; i++) {
    const __m128i x = _mm_or_si128(_mm_cmpeq_epi8(g->part[i], first), _mm_cmpeq_epi8(g->part[i], second));
    bits |= (uint64_t)(unsigned)_mm_movemask_epi8(x) << (16 * i);
  }
  return bits;
}

/* Which bytes equal any of four. */
static inline uint64_t orr_csv_equal_any(const orr_csv_glance *g, const char c[4]) {
  const __m128i w0 = _mm_set1_epi8(c[0]), w1 = _mm_set1_epi8(c[1]);
  const __m128i w2 = _mm_set1_epi8(c[2]), w3 = _mm_set1_epi8(c[3]);
  uint64_t bits = 0;
  for (int i = 0; i < 4; i++) {
    const __m128i x = g->part[i];
    const __m128i a = _mm_or_si128(_mm_cmpeq_epi8(x, w0), _mm_cmpeq_epi8(x, w1));
    const __m128i b = _mm_or_si128(_mm_cmpeq_epi8(x, w2), _mm_cmpeq_epi8(x, w3));
    bits |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(a, b)) << (16 * i);
  }
  return bits;
}

#else

typedef struct orr_csv_glance {
  uint64_t part[8];
} orr_csv_glance;

static inline orr_csv_glance orr_csv_look(const char *s) {
  orr_csv_glance g;
  for (int i = 0; i < 8; i++) g.part[i] = orr_csv_word(s + 8 * i);
  return g;
}

/* The top bit of every byte that is zero, gathered into eight bits by one multiplication. */
static inline uint64_t orr_csv_equal(const orr_csv_glance *g, char c) {
  const uint64_t ones = 0x0101010101010101u, lows = 0x7f7f7f7f7f7f7f7fu;
  uint64_t bits = 0;
  for (int i = 0; i < 8; i++) {
    uint64_t x = g->part[i] ^ (ones * (unsigned char)c);
    uint64_t zero = ~(((x & lows) + lows) | x | lows);
    bits |= (((zero >> 7) * 0x0102040810204080u) >> 56) << (8 * i);
  }
  return bits;
}

static inline uint64_t orr_csv_equal_either(const orr_csv_glance *g, char a, char b) {
  return orr_csv_equal(g, a) | orr_csv_equal(g, b);
}

static inline uint64_t orr_csv_equal_any(const orr_csv_glance *g, const char c[4]) {
  return orr_csv_equal(g, c[0]) | orr_csv_equal(g, c[1]) | orr_csv_equal(g, c[2]) | orr_csv_equal(g, c[3]);
}

#endif

enum { ORR_CSV_GLANCE = 64 };

/* Bit i becomes the parity of bits 0 … i. */
static inline uint64_t orr_csv_parities(uint64_t x) {
  for (int shift = 1; shift < ORR_CSV_GLANCE; shift *= 2) x ^= x << shift;
  return x;
}

#endif
