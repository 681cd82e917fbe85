/* Tables large enough to be written stretch by stretch: the same cells as were stored, whatever the chunks, the slice
 * and the number of workers, for these decide which way each cell takes. */
#include "hdf5_reading.h"

enum { ROWS = 5003, COLUMNS = 6, DEPTH = 2 };

typedef struct stored {
  hid_t type;
  int rank;
  hsize_t chunk[3]; /* 0: in one */
  bool shuffle;
  unsigned gzip;
} stored;

static float value(size_t row, size_t cell) { return (float)row * 0.5f - (float)(cell * cell * 100); }

static size_t cells_of(const stored *s) {
  return s->rank == 1 ? 1 : s->rank == 2 ? COLUMNS : COLUMNS * DEPTH;
}

static void make(const stored *s, char path[32]) {
  size_t cells = cells_of(s);
  float *x = orr_calloc(ROWS * cells, sizeof *x);
  for (size_t i = 0; i < ROWS * cells; i++) x[i] = value(i / cells, i % cells);
  hid_t creation = H5Pcreate(H5P_DATASET_CREATE), file = file_new(path, H5P_DEFAULT);
  if (s->chunk[0]) H5Pset_chunk(creation, s->rank, s->chunk);
  if (s->shuffle) H5Pset_shuffle(creation);
  if (s->gzip) H5Pset_deflate(creation, s->gzip);
  H5Dclose(
      put(file, "x", s->type, s->rank, (hsize_t[]){ROWS, COLUMNS, DEPTH}, creation, H5T_NATIVE_FLOAT, x));
  H5Pclose(creation);
  H5Fclose(file);
  orr_free(x);
}

static const orr_json *column_at(const reading *r, size_t k) {
  const orr_json *j = orr_json_first(orr_json_get(table_of(r), "columns"));
  while (j && k--) j = orr_json_next(j);
  return j;
}

/* Rows first … of the file, and of each every cell from `cell` on. */
static void check(const reading *r, const stored *s, size_t first, size_t rows, size_t cell, size_t cells) {
  assert_int_equal(r->status, ORR_OK);
  assert_int_equal(rows_of(r), rows);
  assert_int_equal(orr_json_count(orr_json_get(table_of(r), "columns")), cells);
  for (size_t k = 0; k < cells; k++) {
    const char *name = orr_json_text_of(column_at(r, k), "name", "");
    for (size_t i = 0; i < rows; i++) {
      double wanted = (double)value(first + i, cell + k), got = number(r, name, i);
      if (got != wanted) fail_msg("rank %d: %s[%zu] is %g, not %g", s->rank, name, i, got, wanted);
    }
  }
}

static void read_back(const stored *s) {
  static const char *const slices[] = {NULL, "/x[:]", "/x[:,1:4]", "/x[:,1:4]"};
  char path[32];
  make(s, path);
  for (unsigned threads = 1; threads <= 5; threads += 2) {
    reading r = ask(path, (asked){.threads = threads});
    check(&r, s, 0, ROWS, 0, cells_of(s));
    done(&r);
    r = ask(path, (asked){.threads = threads, .inside = "/x[700:4800]"});
    check(&r, s, 700, 4100, 0, cells_of(s));
    done(&r);
    size_t inner = s->rank == 3 ? DEPTH : 1;
    r = ask(path, (asked){.threads = threads, .inside = slices[s->rank]});
    check(&r, s, 0, ROWS, s->rank > 1 ? inner : 0, s->rank > 1 ? 3 * inner : 1);
    done(&r);
  }
  unlink(path);
}

static void cells_come_back_as_they_were_stored(void **state) {
  (void)state;
  const hid_t types[] = {H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_IEEE_F32BE};
  static const stored ways[] = {
      {.rank = 1},
      {.rank = 2},
      {.rank = 3},
      {.rank = 1, .chunk = {2000}, .gzip = 1},
      {.rank = 1, .chunk = {2000}, .gzip = 1, .shuffle = true},
      {.rank = 2, .chunk = {ROWS, COLUMNS}, .gzip = 1, .shuffle = true},
      {.rank = 2, .chunk = {2048, COLUMNS}, .gzip = 1, .shuffle = true},
      {.rank = 2, .chunk = {2049, 4}, .gzip = 1},
      {.rank = 2, .chunk = {1500, 1}, .gzip = 1},
      {.rank = 2, .chunk = {100, 5}, .shuffle = true},
      {.rank = 2, .chunk = {1024, 2}},
      {.rank = 3, .chunk = {1200, 2, DEPTH}, .gzip = 1, .shuffle = true},
      {.rank = 3, .chunk = {1200, COLUMNS, 1}, .gzip = 1, .shuffle = true},
  };
  for (size_t k = 0; k < sizeof ways / sizeof *ways; k++)
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
      stored s = ways[k];
      s.type = types[t];
      read_back(&s);
    }
}

/* The second half was never written, and some cells are said to be missing. */
static void gaps_and_marks_are_kept(void **state) {
  (void)state;
  enum { N = 40000, CHUNK = 10000 };
  char path[32];
  const double fill = -1, none = 7;
  double *x = orr_calloc(N, sizeof *x);
  for (size_t i = 0; i < N; i++) x[i] = (double)(i % 10);
  hid_t file = file_new(path, H5P_DEFAULT), creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(creation, 1, (hsize_t[]){CHUNK});
  H5Pset_shuffle(creation), H5Pset_deflate(creation, 1);
  H5Pset_fill_value(creation, H5T_NATIVE_DOUBLE, &fill);
  hid_t data = put(file, "x", H5T_IEEE_F64LE, 1, (hsize_t[]){N}, creation, 0, NULL);
  hid_t half = H5Dget_space(data);
  H5Sselect_hyperslab(half, H5S_SELECT_SET, (hsize_t[]){0}, NULL, (hsize_t[]){N / 2}, NULL);
  assert_true(H5Dwrite(data, H5T_NATIVE_DOUBLE, half, half, H5P_DEFAULT, x) >= 0);
  attach(data, "missing_value", H5T_NATIVE_DOUBLE, 0, &none);
  H5Sclose(half), H5Dclose(data), H5Pclose(creation), H5Fclose(file);
  reading r = ask(path, (asked){0});
  for (size_t i = 0; i < N; i++) {
    assert_int_equal(is_missing(&r, "x", i), i < N / 2 && x[i] == none);
    if (!is_missing(&r, "x", i)) assert_float_equal(number(&r, "x", i), i < N / 2 ? x[i] : fill, 0);
  }
  done(&r);
  orr_free(x);
  unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(cells_come_back_as_they_were_stored),
                                     cmocka_unit_test(gaps_and_marks_are_kept)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
