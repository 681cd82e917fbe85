/* Hashes: the published answers of XXH3 (xxHash's own sanity test, seed 0:
 * bytes of a multiplicative generator), files as their bytes, order in joins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "base/hash.h"

static void fill(unsigned char *bytes, size_t n) {
  uint64_t generator = 2654435761u;
  for (size_t i = 0; i < n; i++, generator *= 11400714785074694797ull)
    bytes[i] = (unsigned char)(generator >> 56);
}

static void short_hashes_are_the_published_ones(void **state) {
  (void)state;
  static const struct {
    size_t n;
    uint64_t hash;
  } known[] = {{0, 0x2D06800538D394C2ull},  {1, 0xC44BDFF4074EECDBull},  {6, 0x27B56A84CD2D7325ull},
               {12, 0xA713DAF0DFBB77E7ull}, {24, 0xA3FE70BF9D3510EBull}, {48, 0x397DA259ECBA1F11ull},
               {80, 0xBCDEFBBB2C47C90Aull}, {195, 0xCD94217EE362EC3Aull}};
  unsigned char bytes[256];
  fill(bytes, sizeof bytes);
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    assert_int_equal(orr_hash_short(bytes, known[i].n), known[i].hash);
}

static void long_hashes_are_the_published_ones(void **state) {
  (void)state;
  static const struct {
    size_t n;
    uint64_t low, high;
  } known[] = {
      {0, 0x6001C324468D497Full, 0x99AA06D3014798D8ull},  {1, 0xC44BDFF4074EECDBull, 0xA6CD5E9392000F6Aull},
      {6, 0x3E7039BDDA43CFC6ull, 0x082AFE0B8162D12Aull},  {12, 0x061A192713F69AD9ull, 0x6E3EFD8FC7802B18ull},
      {24, 0x1E7044D28B1B901Dull, 0x0CE966E4678D3761ull}, {48, 0xF942219AED80F67Bull, 0xA002AC4E5478227Eull}};
  unsigned char bytes[256];
  fill(bytes, sizeof bytes);
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    orr_hash h = orr_hash_bytes(bytes, known[i].n);
    assert_int_equal(h.low, known[i].low);
    assert_int_equal(h.high, known[i].high);
  }
}

static void text_is_high_half_first(void **state) {
  (void)state;
  char out[ORR_HASH_TEXT];
  assert_string_equal(orr_hash_to_text(orr_hash_string(""), out), "99aa06d3014798d86001c324468d497f");
  assert_string_equal(orr_hash_to_text((orr_hash){1, 2}, out), "00000000000000010000000000000002");
}

static void joins_know_their_order(void **state) {
  (void)state;
  orr_hash a = orr_hash_string("a"), b = orr_hash_string("b");
  assert_int_not_equal(orr_hash_join(a, b).low, orr_hash_join(b, a).low);
  assert_int_equal(orr_hash_join(a, b).low, orr_hash_join(a, b).low);
}

static void a_file_hashes_as_its_bytes(void **state) {
  (void)state;
  enum { N = 200001 };
  static unsigned char bytes[N];
  FILE *f = tmpfile();
  orr_hash h;
  uint64_t n;
  fill(bytes, N);
  assert_int_equal(fwrite(bytes, 1, N, f), N);
  fflush(f);
  assert_int_equal(orr_hash_file(fileno(f), &h, &n, NULL), ORR_OK);
  assert_int_equal(n, N);
  assert_int_equal(h.low, orr_hash_bytes(bytes, N).low);
  fclose(f);
}

static void a_pipe_cannot_be_hashed(void **state) {
  (void)state;
  int fds[2];
  orr_hash h;
  uint64_t n;
  assert_int_equal(pipe(fds), 0);
  assert_int_equal(orr_hash_file(fds[0], &h, &n, NULL), ORR_SYSTEM);
  close(fds[0]);
  close(fds[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(short_hashes_are_the_published_ones),
      cmocka_unit_test(long_hashes_are_the_published_ones),
      cmocka_unit_test(text_is_high_half_first),
      cmocka_unit_test(joins_know_their_order),
      cmocka_unit_test(a_file_hashes_as_its_bytes),
      cmocka_unit_test(a_pipe_cannot_be_hashed),
  };
  return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
