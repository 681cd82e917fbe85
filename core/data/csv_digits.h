/* Sixteen digits at once, for csv_number.h: the last bytes of a cell,
 * without a loop over them and without a branch, since the lengths of cells
 * come at random. SSE2 is part of every x86-64; elsewhere the same is done in
 * words of eight bytes. D. Lemire, "Number parsing at a gigabyte per second",
 * Software: Practice and Experience 51, 2021, has the words. */
#ifndef ORR_DATA_CSV_DIGITS_H
#define ORR_DATA_CSV_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes before and after a cell that may be read, though they say nothing. */
enum { ORR_CSV_MARGIN = 64 };

static inline uint64_t orr_csv_word(const char *s) {
  uint64_t word;
  memcpy(&word, s, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

#if defined(__x86_64__) && !defined(ORR_CSV_WORDS)
#include <emmintrin.h>

static inline __m128i orr_csv_bytes(const void *s) { return _mm_loadu_si128((const __m128i *)s); }

/* Which of the 16 bytes that end at `end` are marks, as bits, the first byte lowest. */
static inline unsigned orr_csv_marks(const char *end, char mark) {
  return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(orr_csv_bytes(end - 16), _mm_set1_epi8(mark)));
}

/* All ones in the last n ≤ 16 of 16 bytes. */
static inline __m128i orr_csv_last(unsigned n) {
  static const unsigned char slide[32] = {[16] = 255, 255, 255, 255, 255, 255, 255, 255,
                                          255,        255, 255, 255, 255, 255, 255, 255};
  return orr_csv_bytes(slide + n);
}

typedef __m128i orr_csv_eights; /* two numbers of eight digits */

static inline uint64_t orr_csv_whole(orr_csv_eights x) {
  uint64_t both = (uint64_t)_mm_cvtsi128_si64(x);
  return (both & 0xffffffffu) * 100000000u + (both >> 32);
}

/* Exact below 2^53, and not below it where the number is not. */
static inline double orr_csv_real(orr_csv_eights x) {
  const __m128d parts = _mm_mul_pd(_mm_cvtepi32_pd(x), _mm_set_pd(1, 1e8));
  return _mm_cvtsd_f64(_mm_add_sd(_mm_unpackhi_pd(parts, parts), parts));
}

/* The last `digits` ≤ 16 of the bytes that end at `end`, not counting a byte (the mark) before the last `after` ≤ 16
 * of them: digits to pairs, fours, eights. False when they are not all digits. */
static inline bool orr_csv_read_sixteen(const char *end, unsigned digits, unsigned after,
                                        orr_csv_eights *out) {
  const __m128i fraction = orr_csv_last(after), nine = _mm_set1_epi8(9);
  const __m128i with = orr_csv_bytes(end - 16), without = orr_csv_bytes(end - 17);
  __m128i x = _mm_xor_si128(without, _mm_and_si128(fraction, _mm_xor_si128(with, without)));
  x = _mm_and_si128(_mm_sub_epi8(x, _mm_set1_epi8('0')), orr_csv_last(digits));
  const __m128i tens = _mm_mullo_epi16(_mm_and_si128(x, _mm_set1_epi16(255)), _mm_set1_epi16(10));
  const __m128i pairs = _mm_add_epi16(tens, _mm_srli_epi16(x, 8));
  const __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(1 << 16 | 100));
  *out = _mm_madd_epi16(_mm_packs_epi32(fours, fours), _mm_set1_epi32(1 << 16 | 10000));
  return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(x, nine), nine)) == 0xffff;
}

#else

static inline unsigned orr_csv_marks(const char *end, char mark) {
  const uint64_t lows = 0x7f7f7f7f7f7f7f7fu;
  unsigned bits = 0;
  for (int i = 0; i < 2; i++) {
    uint64_t x = orr_csv_word(end - 16 + 8 * i) ^ (0x0101010101010101u * (unsigned char)mark);
    uint64_t zero = ~(((x & lows) + lows) | x | lows);
    bits |= (unsigned)(((zero >> 7) * 0x0102040810204080u) >> 56) << (8 * i);
  }
  return bits;
}

/* All ones in the last n of 8 bytes. */
static inline uint64_t orr_csv_last(int n) {
  return n >= 8 ? ~(uint64_t)0 : n <= 0 ? 0 : ~(uint64_t)0 << (64 - 8 * n);
}

/* Eight digits to pairs, fours, all; false when they are not all digits. */
static inline bool orr_csv_read_eight(const char *end, int digits, int after, uint64_t *value) {
  const uint64_t zeros = 0x3030303030303030u, fraction = orr_csv_last(after), inside = orr_csv_last(digits);
  uint64_t word = (orr_csv_word(end - 8) & fraction) | (orr_csv_word(end - 9) & ~fraction);
  word = (word & inside) | (zeros & ~inside);
  bool good = !(((word + 0x4646464646464646u) | (word - zeros)) & 0x8080808080808080u);
  word -= zeros;
  word = word * 10 + (word >> 8);
  uint64_t high = (word & 0x000000ff000000ffu) * 0x000f424000000064u;
  uint64_t low = ((word >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u;
  *value = (high + low) >> 32;
  return good;
}

typedef struct orr_csv_eights {
  uint64_t high, low;
} orr_csv_eights;

static inline uint64_t orr_csv_whole(orr_csv_eights x) { return x.high * 100000000u + x.low; }
static inline double orr_csv_real(orr_csv_eights x) { return (double)(int64_t)orr_csv_whole(x); }

static inline bool orr_csv_read_sixteen(const char *end, unsigned digits, unsigned after,
                                        orr_csv_eights *out) {
  bool good = orr_csv_read_eight(end, (int)digits, (int)after, &out->low);
  return good & orr_csv_read_eight(end - 8, (int)digits - 8, (int)after - 8, &out->high);
}

#endif

#endif
