/* A small table with columns of every kind that CSV has, for targets that work on one. */
#ifndef ORR_TESTS_FUZZ_TABLE_H
#define ORR_TESTS_FUZZ_TABLE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(int law) {
  if (!law) abort();
}

static inline orr_table *fuzz_table(void) {
  static const char csv[] =
      "x,n,flag,name,odd name,y\n1.5,3,true,good,0.1,1\n,-7,false,bad,-2e300,2\n-inf,,true,,5,3\n"
      "0,9223372036854775807,,it's,0,4\n";
  orr_csv_reading r;
  must(!orr_csv_parse(csv, strlen(csv), "fuzz", NULL, NULL, &r, NULL));
  orr_table *t = r.table;
  r.table = NULL;
  orr_csv_reading_fini(&r);
  return t;
}

/* The input as text that ends. */
static inline char *text_of(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  must(text != NULL);
  if (size) memcpy(text, data, size);
  text[size] = 0;
  return text;
}

#endif
