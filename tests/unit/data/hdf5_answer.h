/* An answer of the HDF5 helper, made by hand, that tests then spoil. */
#ifndef ORR_TESTS_DATA_HDF5_ANSWER_H
#define ORR_TESTS_DATA_HDF5_ANSWER_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ANSWER_HEAD = 1984 /* bytes before the first section */, ANSWER_BYTES = 2624, ANSWER_ROWS = 4 };

/* Sections at 1984 (x), 2048 (y), 2112 (its marks), 2176 (k), 2240 (its marks), 2304 (t), 2368 (s), 2432 (its words),
 * 2496 (s's marks), 2560 (b). */
static const char answer_header[] =
    "{\"picked\":\"/a\",\"why\":\"the only "
    "table\",\"candidates\":[\"/a\"],\"notes\":[\"one\\u001b[2J\",\"two\"],"
    "\"tree\":[{\"path\":\"/a\",\"kind\":\"dataset\",\"shape\":[4]}],\"datasets\":[{\"path\":\"/a\"}],"
    "\"options\":{},\"table\":{\"rows\":4,\"rows_of\":9,\"runs\":[[0,1],[3,2],[8,1]],\"columns\":["
    "{\"name\":\"x\",\"type\":\"float64\",\"unit\":\"GeV\",\"cells\":1984,\"missing\":0,\"words\":0},"
    "{\"name\":\"y\",\"type\":\"float32\",\"unit\":null,\"cells\":2048,\"missing\":2112},"
    "{\"name\":\"x\",\"type\":\"int64\",\"cells\":2176,\"missing\":2240},"
    "{\"name\":\" \",\"type\":\"time\",\"cells\":2304,\"missing\":0},"
    "{\"name\":\"s\\n\",\"type\":\"text\",\"cells\":2368,\"missing\":2496,\"words\":2432,\"words_bytes\":5,"
    "\"n_words\":2},"
    "{\"name\":\"b\",\"type\":\"bool\",\"cells\":2560,\"missing\":0}]}}";

static inline void answer_put(char *answer, size_t at, const void *bytes, size_t n) {
  memcpy(answer + at, bytes, n);
}

/* A head with this JSON, filled up with blanks, in front of zeros. */
static inline void answer_begin(char answer[ANSWER_BYTES], const char *header) {
  const uint64_t n = ANSWER_HEAD - 16;
  memset(answer, 0, ANSWER_BYTES);
  memset(answer + 16, ' ', n);
  answer_put(answer, 0, "ORRH5\0\0\1", 8);
  answer_put(answer, 8, &n, sizeof n);
  answer_put(answer, 16, header, strlen(header));
}

/* x: 1 NaN 3 inf; y: 0.5 ? 2 3; x_2: 7 8 ? -9; column_4: times; s?: alpha… as codes 1 0 ? 1; b: 0 1 1 0 */
static inline void answer_make(char answer[ANSWER_BYTES], const char *header) {
  answer_begin(answer, header);
  answer_put(answer, 1984, (double[]){1, NAN, 3, INFINITY}, 32);
  answer_put(answer, 2048, (float[]){0.5f, NAN, 2, 3}, 16);
  answer_put(answer, 2112, (uint8_t[]){0, 1, 0, 0}, 4);
  answer_put(answer, 2176, (int64_t[]){7, 8, 0, -9}, 32);
  answer_put(answer, 2240, (uint8_t[]){0, 0, 1, 0}, 4);
  answer_put(answer, 2304, (int64_t[]){0, 1, INT64_MIN, INT64_MAX}, 32);
  answer_put(answer, 2368, (int32_t[]){1, 0, 0, 1}, 16);
  answer_put(answer, 2432, "b\0\xc3\xa9\0", 5);
  answer_put(answer, 2496, (uint8_t[]){0, 0, 1, 0}, 4);
  answer_put(answer, 2560, (uint8_t[]){0, 1, 1, 0}, 4);
}

#endif
