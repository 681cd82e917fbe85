/* Unshuffling; see shuffle.h. Sixteen elements at a time by interleaving where the machine has vectors of 16 bytes:
 * three rounds of pairing planes k and k + w/2 turn w planes into elements. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3") /* these loops touch every byte of a table */
#endif

#include "data/hdf5/shuffle.h"

#include <string.h>

#ifdef __SSE2__
#include <immintrin.h>

enum { LANES = 16 };

/* planes[w] of 16 bytes each, w = 2, 4 or 8, become 16 elements of w bytes. */
static inline void interleave(__m128i *planes, size_t w) {
  __m128i paired[8];
  for (size_t round = 1; round < w; round *= 2) {
    for (size_t k = 0; k < w / 2; k++) {
      paired[2 * k] = _mm_unpacklo_epi8(planes[k], planes[k + w / 2]);
      paired[2 * k + 1] = _mm_unpackhi_epi8(planes[k], planes[k + w / 2]);
    }
    memcpy(planes, paired, w * sizeof *planes);
  }
}

static inline size_t by_vectors(const char *first, size_t apart, size_t n, size_t w, char *out) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    __m128i planes[8];
    for (size_t b = 0; b < w; b++) planes[b] = _mm_loadu_si128((const __m128i *)(first + b * apart + i));
    interleave(planes, w);
    for (size_t b = 0; b < w; b++) _mm_storeu_si128((__m128i *)(out + i * w + b * LANES), planes[b]);
  }
  return i;
}

static size_t fast(const char *first, size_t apart, size_t n, size_t element, char *out) {
  if (element == 2) return by_vectors(first, apart, n, 2, out);
  if (element == 4) return by_vectors(first, apart, n, 4, out);
  if (element == 8) return by_vectors(first, apart, n, 8, out);
  return 0;
}
#else
static size_t fast(const char *first, size_t apart, size_t n, size_t element, char *out) {
  (void)first, (void)apart, (void)n, (void)element, (void)out;
  return 0;
}
#endif

void orr_h5_unshuffle_part(const char *planes, size_t apart, size_t element, size_t first, size_t n,
                           char *out) {
  size_t done = fast(planes + first, apart, n, element, out);
  for (size_t b = 0; b < element; b++)
    for (size_t i = done; i < n; i++) out[i * element + b] = planes[b * apart + first + i];
}

void orr_h5_unshuffle(const char *shuffled, size_t n, size_t element, char *out) {
  size_t count = element > 1 ? n / element : 0;
  if (count) orr_h5_unshuffle_part(shuffled, count, element, 0, count, out);
  memcpy(out + count * element, shuffled + count * element, n - count * element);
}
