/* The HDF5 helper's answer: any bytes are a table all of whose cells can be read, or an error that says why. */
#include <stdlib.h>
#include <string.h>

#include "data/hdf5_proof.h"
#include "fuzz_table.h"

static void release(void *address, size_t size) {
  (void)size;
  free(address);
}

static void read_all(const orr_table *t) {
  char buffer[64];
  for (size_t j = 0; j < t->n_columns; j++) {
    const orr_column *c = t->columns[j];
    size_t missing = 0;
    must(c->rows == t->rows && *c->name && orr_text_is_utf8(c->name, strlen(c->name)));
    must(orr_table_find(t, c->name) == (int)j);
    for (size_t i = 0; i < c->rows; i++) {
      const char *text = orr_column_text(c, i, buffer, sizeof buffer);
      must(orr_text_is_utf8(text, strlen(text)));
      must(!orr_column_is_missing(c, i) || !*text);
      missing += orr_column_is_missing(c, i);
    }
    must(missing == c->n_missing);
  }
  orr_table_hash(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  void *copy;
  orr_mapping *m;
  orr_hdf5_reading r;
  orr_error e = {0};
  must(!posix_memalign(&copy, ORR_HDF5_ALIGNMENT, size));
  if (size) memcpy(copy, data, size);
  must(!orr_mapping_new(copy, size, release, &m, &e));
  orr_status status = orr_hdf5_prove(m, "x.h5", NULL, &r, &e);
  orr_mapping_unref(m);
  if (status) return must(*e.message != 0), 0;
  if (r.table) read_all(r.table);
  orr_hdf5_reading_fini(&r);
  return 0;
}
