/* The home of libdeflate and liblzf. Filters: HDF5 File Format Specification 3.0, section IV.A.2.l, and the sources
 * of libhdf5 for the checksum; LZF as h5py writes it (filter 32000). */
#include "data/hdf5/inflate.h"

#include <errno.h>
#include <libdeflate.h>
#include <lzf.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/hdf5/library.h"
#include "data/hdf5/shuffle.h"

bool orr_h5_inflates(int filter) {
  return filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32 ||
         filter == ORR_H5_LZF;
}

void orr_h5_scratch_fini(orr_h5_scratch *s) {
  if (s->inflater) libdeflate_free_decompressor(s->inflater);
  for (int i = 0; i < 2; i++) orr_free(s->buffers[i]);
  *s = (orr_h5_scratch){0};
}

static bool scratch_holds(orr_h5_scratch *s, size_t bytes) {
  if (!s->inflater && !(s->inflater = libdeflate_alloc_decompressor())) return false;
  if (s->capacity >= bytes) return true;
  for (int i = 0; i < 2; i++) {
    orr_free(s->buffers[i]);
    s->buffers[i] = orr_realloc(NULL, bytes, 1);
  }
  s->capacity = s->buffers[0] && s->buffers[1] ? bytes : 0;
  return s->capacity != 0;
}

static uint32_t fold(uint32_t sum) { return (sum & 0xffff) + (sum >> 16); }

/* Fletcher's checksum of big-endian words of 16 bits, as libhdf5 sums them. */
static uint32_t fletcher32(const unsigned char *data, size_t n) {
  uint32_t one = 0, two = 0;
  for (size_t words = n / 2; words;) {
    size_t run = words > 360 ? 360 : words;
    words -= run;
    for (; run; run--, data += 2) {
      one += (uint32_t)data[0] << 8 | data[1];
      two += one;
    }
    one = fold(one), two = fold(two);
  }
  if (n % 2) {
    one += (uint32_t)*data << 8;
    two += one;
    one = fold(one), two = fold(two);
  }
  return fold(two) << 16 | fold(one);
}

/* Old versions of the library wrote the bytes of each half the other way round. */
static bool checksum_holds(const char *data, size_t n) {
  const unsigned char *kept = (const unsigned char *)data + n;
  uint32_t sum = fletcher32((const unsigned char *)data, n);
  uint32_t found = kept[0] | (uint32_t)kept[1] << 8 | (uint32_t)kept[2] << 16 | (uint32_t)kept[3] << 24;
  uint32_t turned = (found & 0x00ff00ff) << 8 | (found >> 8 & 0x00ff00ff);
  return found == sum || turned == sum;
}

static const char *undo_deflate(orr_h5_scratch *s, const char *from, size_t n, char *to, size_t room,
                                size_t *made) {
  enum libdeflate_result result = libdeflate_zlib_decompress(s->inflater, from, n, to, room, made);
  return result == LIBDEFLATE_SUCCESS ? NULL : "its compressed bytes (gzip) are damaged";
}

static const char *undo_lzf(const char *from, size_t n, char *to, size_t room, size_t *made) {
  if (n > UINT32_MAX || room > UINT32_MAX) return "it is larger than LZF allows";
  *made = lzf_decompress(from, (unsigned)n, to, (unsigned)room);
  return *made ? NULL : "its compressed bytes (LZF) are damaged";
}

/* One filter undone: from[n] becomes to[*made], at most `room` bytes. */
static const char *undo(const orr_h5_filters *f, size_t i, orr_h5_scratch *s, const char *from, size_t n,
                        char *to, size_t room, size_t *made) {
  if (f->ids[i] == H5Z_FILTER_DEFLATE) return undo_deflate(s, from, n, to, room, made);
  if (f->ids[i] == ORR_H5_LZF) return undo_lzf(from, n, to, room, made);
  if (n > room) return "it is larger than a chunk";
  orr_h5_unshuffle(from, n, f->element[i], to);
  *made = n;
  return NULL;
}

const char *orr_h5_inflate(const orr_h5_filters *f, uint32_t skipped, const char *raw, size_t n, char *out,
                           size_t bytes, orr_h5_scratch *s, const char **made) {
  size_t room = bytes + 64; /* checksums may lie below a compression */
  const char *from = raw;
  int turn = 0;
  if (!scratch_holds(s, room)) return "there is no memory for it";
  for (size_t i = f->count; i-- > 0;) {
    if (skipped >> i & 1) continue;
    if (f->ids[i] == H5Z_FILTER_FLETCHER32) {
      if (n < 4 || !checksum_holds(from, n - 4)) return "its checksum (Fletcher32) does not hold";
      n -= 4;
      continue;
    }
    bool last = i == 0 && out;
    char *to = last ? out : s->buffers[turn];
    const char *wrong = undo(f, i, s, from, n, to, last ? bytes : room, &n);
    if (wrong) return wrong;
    from = to;
    turn = !turn;
  }
  if (n != bytes) return "it does not hold as many bytes as it should";
  if (out && from != out) memcpy(out, from, bytes);
  *made = out ? out : from;
  return NULL;
}

/* For the library: LZF's chunk size comes in the third of h5py's values; without it, by trial. */
static size_t lzf_filter(unsigned flags, size_t n_values, const unsigned values[], size_t n, size_t *capacity,
                         void **buffer) {
  if (!(flags & H5Z_FLAG_REVERSE) || n > UINT32_MAX) return 0;
  size_t room = n_values > 2 && values[2] ? values[2] : *capacity;
  for (int tries = 0; tries < 16 && room && room <= UINT32_MAX; tries++, room *= 2) {
    char *out = malloc(room); /* the library frees it */
    if (!out) return 0;
    errno = 0;
    unsigned made = lzf_decompress(*buffer, (unsigned)n, out, (unsigned)room);
    if (made) {
      free(*buffer);
      *buffer = out;
      *capacity = room;
      return made;
    }
    free(out);
    if (errno != E2BIG) return 0;
  }
  return 0;
}

void orr_h5_inflate_register(void) {
  static const H5Z_class2_t lzf = {.version = H5Z_CLASS_T_VERS,
                                   .id = ORR_H5_LZF,
                                   .encoder_present = 0,
                                   .decoder_present = 1,
                                   .name = "lzf",
                                   .filter = lzf_filter};
  if (H5Zfilter_avail(ORR_H5_LZF) <= 0) H5Zregister(&lzf);
}
