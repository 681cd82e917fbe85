/* Reading HDF5 inside the helper: every way of storing gives the numbers that the library gives, types become what
 * they mean, parts are what numpy would take, and what cannot be read is said to be so. */
#include "hdf5_reading.h"

#include "data/hdf5/cell.h"
#include "data/hdf5/shuffle.h"

#define SHARED "../shared/data/hdf5/"

/* ---- ways of storing ---- */

enum { ROWS = 103, COLUMNS = 7 };

typedef struct stored {
  const char *name;
  bool big_endian, shuffle, fletcher;
  unsigned gzip;    /* 0: none */
  hsize_t chunk[2]; /* 0: in one */
  hsize_t block;    /* bytes before the file */
} stored;

static const stored ways[] = {
    {.name = "in one"},
    {.name = "in one, big endian", .big_endian = true},
    {.name = "after a user block", .block = 512},
    {.name = "chunks", .chunk = {10, COLUMNS}},
    {.name = "chunks across", .chunk = {16, 3}},
    {.name = "chunks beyond the edge", .chunk = {200, 4}, .gzip = 1},
    {.name = "gzip", .chunk = {10, COLUMNS}, .gzip = 6},
    {.name = "shuffled gzip", .chunk = {33, 2}, .gzip = 6, .shuffle = true},
    {.name = "checked", .chunk = {10, 5}, .gzip = 6, .shuffle = true, .fletcher = true},
    {.name = "checked, big endian", .chunk = {9, 7}, .fletcher = true, .big_endian = true},
    {.name = "gzip after a user block", .chunk = {10, 7}, .gzip = 6, .block = 1024}};

static hid_t creation_of(const stored *w) {
  hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  if (w->chunk[0]) {
    H5Pset_chunk(creation, 2, (hsize_t[]){w->chunk[0] > ROWS ? ROWS : w->chunk[0], w->chunk[1]});
  }
  if (w->shuffle) H5Pset_shuffle(creation);
  if (w->gzip) H5Pset_deflate(creation, w->gzip);
  if (w->fletcher) H5Pset_fletcher32(creation);
  return creation;
}

static double value(size_t i, size_t j) { return (double)i * 1.25 - (double)(j * j) / 3; }

static void make_stored(const stored *w, char path[32]) {
  double x[ROWS][COLUMNS];
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < COLUMNS; j++) x[i][j] = value(i, j);
  hid_t whole = H5Pcreate(H5P_FILE_CREATE), creation = creation_of(w);
  if (w->block) H5Pset_userblock(whole, w->block);
  hid_t file = file_new(path, whole);
  H5Dclose(put(file, "x", w->big_endian ? H5T_IEEE_F64BE : H5T_IEEE_F64LE, 2, (hsize_t[]){ROWS, COLUMNS},
               creation, H5T_NATIVE_DOUBLE, x));
  H5Pclose(creation);
  H5Pclose(whole);
  H5Fclose(file);
}

static void check_stored(const reading *r, const char *way) {
  assert_int_equal(rows_of(r), ROWS);
  for (size_t j = 0; j < COLUMNS; j++) {
    char name[8];
    snprintf(name, sizeof name, "x%zu", j + 1);
    for (size_t i = 0; i < ROWS; i++)
      if (number(r, name, i) != value(i, j)) fail_msg("%s: [%zu,%zu] is %g", way, i, j, number(r, name, i));
  }
}

static void every_way_of_storing_reads_the_same(void **state) {
  (void)state;
  for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
    char path[32];
    make_stored(&ways[k], path);
    for (unsigned threads = 1; threads <= 3; threads += 2) {
      reading r = ask(path, (asked){.threads = threads});
      check_stored(&r, ways[k].name);
      done(&r);
    }
    unlink(path);
  }
}

static void chunks_that_were_never_written_hold_the_fill_value(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT), creation = H5Pcreate(H5P_DATASET_CREATE);
  int32_t fill = -7, some[4] = {1, 2, 3, 4};
  H5Pset_chunk(creation, 1, (hsize_t[]){4});
  H5Pset_deflate(creation, 3);
  H5Pset_fill_value(creation, H5T_NATIVE_INT32, &fill);
  hid_t data = put(file, "x", H5T_STD_I32BE, 1, (hsize_t[]){10}, creation, 0, NULL);
  hid_t part = H5Dget_space(data), four = H5Screate_simple(1, (hsize_t[]){4}, NULL);
  H5Sselect_hyperslab(part, H5S_SELECT_SET, (hsize_t[]){4}, NULL, (hsize_t[]){4}, NULL);
  assert_true(H5Dwrite(data, H5T_NATIVE_INT32, four, part, H5P_DEFAULT, some) >= 0);
  H5Sclose(part), H5Sclose(four), H5Dclose(data), H5Pclose(creation), H5Fclose(file);
  reading r = ask_for(path, NULL);
  check_type(&r, "x", "int64");
  static const double wanted[] = {-7, -7, -7, -7, 1, 2, 3, 4, -7, -7};
  for (size_t i = 0; i < 10; i++) assert_float_equal(number(&r, "x", i), wanted[i], 0);
  assert_false(is_missing(&r, "x", 0)); /* it is what was never written, not what is missing */
  done(&r);
  unlink(path);
}

static void a_damaged_chunk_is_an_error(void **state) {
  (void)state;
  const stored w = {.chunk = {ROWS, COLUMNS}, .gzip = 6, .fletcher = true};
  char path[32];
  make_stored(&w, path);
  int fd = open(path, O_RDWR);
  struct stat s;
  assert_int_equal(fstat(fd, &s), 0);
  char byte;
  assert_int_equal(pread(fd, &byte, 1, s.st_size - 100), 1);
  byte ^= 0x20;
  assert_int_equal(pwrite(fd, &byte, 1, s.st_size - 100), 1);
  close(fd);
  check_refused(path, "/x", ORR_DATA, "checksum");
  unlink(path);
}

static void a_file_cut_short_is_an_error(void **state) {
  (void)state;
  char path[32];
  make_stored(&ways[0], path);
  assert_int_equal(truncate(path, 3000), 0);
  check_refused(path, NULL, ORR_DATA, "truncated");
  assert_int_equal(truncate(path, 0), 0);
  check_refused(path, NULL, ORR_DATA, "is empty");
  FILE *f = fopen(path, "w");
  fputs("CDF\001 and so on", f);
  fclose(f);
  check_refused(path, NULL, ORR_DATA, "netCDF-3");
  unlink(path);
}

/* ---- types ---- */

typedef struct particle {
  int8_t id;
  float pt;
  double v[3];
  struct {
    uint16_t a;
    double b;
  } inner;
  double z[2];
  char name[6];
  int8_t good, kind;
  char *comment;
  hvl_t list;
} particle;

static hid_t enumeration(const char *zero, const char *one) {
  hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
  H5Tenum_insert(type, zero, &(int8_t){0});
  H5Tenum_insert(type, one, &(int8_t){1});
  return type;
}

static hid_t particle_type(void) {
  hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(particle)), inner = H5Tcreate(H5T_COMPOUND, 16);
  hid_t z = H5Tcreate(H5T_COMPOUND, 16), v = H5Tarray_create2(H5T_NATIVE_DOUBLE, 1, (hsize_t[]){3});
  H5Tinsert(inner, "a", 0, H5T_NATIVE_UINT16), H5Tinsert(inner, "b", 8, H5T_NATIVE_DOUBLE);
  H5Tinsert(z, "r", 0, H5T_NATIVE_DOUBLE), H5Tinsert(z, "i", 8, H5T_NATIVE_DOUBLE);
  H5Tinsert(type, "id", HOFFSET(particle, id), H5T_NATIVE_INT8);
  H5Tinsert(type, "pt", HOFFSET(particle, pt), H5T_NATIVE_FLOAT);
  H5Tinsert(type, "v", HOFFSET(particle, v), v);
  H5Tinsert(type, "inner", HOFFSET(particle, inner), inner);
  H5Tinsert(type, "z", HOFFSET(particle, z), z);
  H5Tinsert(type, "name", HOFFSET(particle, name), text_type(6));
  H5Tinsert(type, "good", HOFFSET(particle, good), enumeration("FALSE", "TRUE"));
  H5Tinsert(type, "kind", HOFFSET(particle, kind), enumeration("electron", "muon"));
  H5Tinsert(type, "comment", HOFFSET(particle, comment), text_type(H5T_VARIABLE));
  H5Tinsert(type, "list", HOFFSET(particle, list), H5Tvlen_create(H5T_NATIVE_INT));
  return type;
}

static void make_particles(char path[32]) {
  hid_t file = file_new(path, H5P_DEFAULT), type = particle_type();
  particle p[3];
  memset(p, 0, sizeof p);
  for (int i = 0; i < 3; i++) {
    p[i] = (particle){
        .id = (int8_t)-i, .pt = 0.5f * (float)i, .v = {1, 2, 3 + i}, .inner = {60000, -2.5}, .z = {i, -i}};
    p[i].good = i == 1, p[i].kind = i == 2, p[i].comment = i ? "a\xc3\xa9" : NULL;
    memcpy(p[i].name, i ? "caf\xe9" : "abcdef", i ? 4 : 6);
  }
  hid_t data = put(file, "events", type, 1, (hsize_t[]){3}, H5P_DEFAULT, type, p);
  static const char *const units[] = {"", "GeV", "m", "", "", "", "", "", "", ""};
  attach_texts(data, "units", 10, units);
  H5Dclose(data), H5Fclose(file);
}

static void members_of_a_compound_are_columns(void **state) {
  (void)state;
  char path[32];
  make_particles(path);
  reading r = ask_for(path, NULL);
  check_column_names(&r, "id pt v_1 v_2 v_3 inner.a inner.b z.real z.imag name good kind comment");
  check_type(&r, "id", "int64"), check_type(&r, "pt", "float32"), check_type(&r, "good", "bool");
  assert_float_equal(number(&r, "id", 2), -2, 0);
  assert_float_equal(number(&r, "v_3", 2), 5, 0);
  assert_float_equal(number(&r, "inner.a", 0), 60000, 0);
  assert_float_equal(number(&r, "z.imag", 1), -1, 0);
  assert_float_equal(number(&r, "good", 1), 1, 0);
  assert_string_equal(word(&r, "kind", 2), "muon");
  assert_string_equal(word(&r, "name", 0), "abcdef");
  assert_string_equal(word(&r, "name", 1), "caf\xc3\xa9"); /* Latin-1 in the file */
  assert_string_equal(word(&r, "comment", 0), "");
  assert_string_equal(word(&r, "comment", 1), "a\xc3\xa9");
  assert_string_equal(orr_json_text_of(column(&r, "pt"), "unit", ""), "GeV");
  assert_string_equal(orr_json_text_of(column(&r, "v_2"), "unit", ""), "m");
  assert_true(notes_say(&r, "list is left out: it holds lists of any length"));
  done(&r);
  r = ask_for(path, "/events.v[1:3]");
  check_column_names(&r, "v_1 v_2 v_3");
  assert_int_equal(rows_of(&r), 2);
  done(&r);
  check_refused(path, "/events.ptt", ORR_DATA, "did you mean 'pt'?");
  check_refused(path, "/event", ORR_DATA, "did you mean '/events'?");
  unlink(path);
}

/* IEEE 754-2008, binary16: the largest, the least normal, the least of all, and the special ones. */
static void halves_are_exact(void **state) {
  (void)state;
  static const uint16_t bits[] = {0x3c00, 0x7bff, 0x0400, 0x0001, 0x8001, 0x7c00, 0xfc00, 0x7e00, 0x8000};
  static const double wanted[] = {1, 65504, 0x1p-14, 0x1p-24, -0x1p-24, INFINITY, -INFINITY, NAN, -0.0};
  const orr_h5_cell half = {.kind = ORR_H5_FLOAT, .bytes = 2};
  double got[9];
  orr_h5_to_doubles(&half, (const char *)bits, 2, 9, got);
  for (size_t i = 0; i < 9; i++)
    assert_true(isnan(wanted[i]) ? isnan(got[i])
                                 : got[i] == wanted[i] && signbit(got[i]) == signbit(wanted[i]));
}

static void unshuffling_undoes_shuffling(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 2, 3, 4, 8, 16};
  char from[999], shuffled[999], back[999];
  for (size_t i = 0; i < sizeof from; i++) from[i] = (char)(i * 37 + i / 256);
  for (size_t k = 0; k < 6; k++) {
    size_t w = sizes[k], n = sizeof from / w;
    memcpy(shuffled, from, sizeof from);
    for (size_t i = 0; i < n; i++)
      for (size_t b = 0; b < w; b++) shuffled[b * n + i] = from[i * w + b];
    orr_h5_unshuffle(shuffled, sizeof from, w, back);
    assert_memory_equal(back, from, sizeof from);
  }
}

static void whole_numbers_beyond_64_bits_are_float64(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT);
  H5Dclose(put(file, "k", H5T_STD_U64BE, 1, (hsize_t[]){2}, H5P_DEFAULT, H5T_NATIVE_UINT64,
               (uint64_t[]){3, UINT64_C(1) << 63}));
  H5Fclose(file);
  reading r = ask(path, (asked){.tree = true});
  check_type(&r, "k", "float64");
  assert_float_equal(number(&r, "k", 1), 0x1p63, 0);
  assert_true(notes_say(&r, "are float64"));
  const orr_json *k = orr_json_first(orr_json_get(r.header, "datasets"));
  assert_float_equal(orr_json_number_of(k, "max", 0), 0x1p63, 0);
  assert_string_equal(orr_json_text_of(k, "dtype", ""), ">u8");
  done(&r);
  unlink(path);
}

static void whole_numbers_that_float64_cannot_hold_are_text(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT);
  H5Dclose(put(file, "k", H5T_STD_U64BE, 1, (hsize_t[]){3}, H5P_DEFAULT, H5T_NATIVE_UINT64,
               (uint64_t[]){3, UINT64_MAX, UINT64_MAX - 1}));
  H5Dclose(put(file, "n", H5T_STD_U64LE, 1, (hsize_t[]){3}, H5P_DEFAULT, H5T_NATIVE_UINT64,
               (uint64_t[]){1, (UINT64_C(1) << 53) + 1, 2}));
  H5Fclose(file);
  reading r = ask(path, (asked){0});
  check_type(&r, "k", "text");
  check_type(&r, "n", "int64");
  assert_string_equal(word(&r, "k", 0), "3");
  assert_string_equal(word(&r, "k", 1), "18446744073709551615");
  assert_string_equal(word(&r, "k", 2), "18446744073709551614");
  assert_true(notes_say(&r, "float64 would lose digits"));
  done(&r);
  unlink(path);
}

static void put_fixed(hid_t file, const char *name, H5T_str_t padding, const char *bytes) {
  hid_t type = text_type(4);
  H5Tset_strpad(type, padding);
  H5Dclose(put(file, name, type, 1, (hsize_t[]){2}, H5P_DEFAULT, type, bytes));
  H5Tclose(type);
}

static void only_padding_is_cut_off_text(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT);
  put_fixed(file, "padded", H5T_STR_NULLPAD, "a\0b\0abcd");
  put_fixed(file, "ended", H5T_STR_NULLTERM, "a\0b\0abc\0");
  H5Fclose(file);
  reading r = ask(path, (asked){0});
  assert_string_equal(word(&r, "padded", 0), "a\ufffdb");
  assert_string_equal(word(&r, "padded", 1), "abcd");
  assert_string_equal(word(&r, "ended", 0), "a"); /* what follows the end is no text */
  assert_true(notes_say(&r, "padded: NUL bytes within text"));
  done(&r);
  unlink(path);
}

static void codes_without_a_name_are_missing_and_told(void **state) {
  (void)state;
  char path[32];
  int32_t red = 0, blue = 42, codes[] = {0, 42, 7, 7};
  hid_t file = file_new(path, H5P_DEFAULT), type = H5Tenum_create(H5T_NATIVE_INT32);
  H5Tenum_insert(type, "RED", &red);
  H5Tenum_insert(type, "BLUE", &blue);
  H5Dclose(put(file, "c", type, 1, (hsize_t[]){4}, H5P_DEFAULT, type, codes));
  H5Tclose(type);
  H5Fclose(file);
  reading r = ask(path, (asked){0});
  assert_string_equal(word(&r, "c", 1), "BLUE");
  assert_true(is_missing(&r, "c", 2) && !is_missing(&r, "c", 0));
  assert_true(notes_say(&r, "c: 2 cells hold a code that the enumeration does not name"));
  done(&r);
  unlink(path);
}

static void what_no_table_holds_is_told_beside_the_picked(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT), type = H5Tcreate(H5T_OPAQUE, 4);
  H5Dclose(put(file, "o", type, 1, (hsize_t[]){2}, H5P_DEFAULT, type, "abcdefgh"));
  put_vector(file, "x", 2, (double[]){1, 2});
  H5Lcreate_soft("/nowhere", file, "dangling", H5P_DEFAULT, H5P_DEFAULT);
  H5Tclose(type);
  H5Fclose(file);
  reading r = ask(path, (asked){0});
  assert_true(notes_say(&r, "/o is left out: it holds opaque bytes"));
  done(&r);
  check_refused(path, "/dangling", ORR_DATA, "a link that leads nowhere");
  unlink(path);
}

/* ---- meaning ---- */

static void attributes_scale_mark_and_date(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT);
  hid_t t = put(file, "t", H5T_STD_I16LE, 1, (hsize_t[]){3}, H5P_DEFAULT, H5T_NATIVE_INT16,
                (int16_t[]){10, -1, 30});
  attach_text(t, "units", "K");
  attach(t, "scale_factor", H5T_NATIVE_DOUBLE, 0, &(double){0.5});
  attach(t, "add_offset", H5T_NATIVE_DOUBLE, 0, &(double){100});
  attach(t, "_FillValue", H5T_NATIVE_INT16, 0, &(int16_t){-1});
  hid_t when = put_doubles(file, "when", 1, (hsize_t[]){3}, (double[]){0, 0.5, NAN});
  attach_text(when, "units", "days since 2000-03-01 12:00:00 +01:00");
  H5Dclose(t), H5Dclose(when), H5Fclose(file);
  reading r = ask(path, (asked){.tree = true});
  assert_float_equal(number(&r, "t", 0), 105, 0);
  assert_true(is_missing(&r, "t", 1) && isnan(number(&r, "t", 1)));
  assert_string_equal(orr_json_text_of(column(&r, "t"), "unit", ""), "K");
  check_type(&r, "when", "time");
  assert_float_equal(number(&r, "when", 0), 951908400e9, 0); /* date -u -d '2000-03-01 11:00' +%s */
  assert_float_equal(number(&r, "when", 1), 951951600e9, 0);
  assert_true(is_missing(&r, "when", 2));
  const orr_json *raw = orr_json_first(orr_json_get(r.header, "datasets"));
  assert_float_equal(orr_json_number_of(raw, "min", 0), -1, 0); /* figures are of what is stored */
  done(&r);
  unlink(path);
}

/* ---- parts ---- */

static const struct {
  const char *inside;
  size_t rows;
  const char *names;
  double first; /* of the first column */
} parts[] = {
    {"/x[2:4]", 2, "x1 x2 x3", 6},    {"/x[-1:]", 1, "x1 x2 x3", 27}, {"/x[::4]", 3, "x1 x2 x3", 0},
    {"/x[:,1]", 10, "x", 1},          {"/x[3]", 3, "x", 9},           {"/x[8:99]", 2, "x1 x2 x3", 24},
    {"/x[1:9:3, 1:]", 3, "x2 x3", 4}, {"x[8:99,-1:]", 2, "x3", 26},   {"/x", 10, "x1 x2 x3", 0}};

static void slices_are_those_of_numpy(void **state) {
  (void)state;
  char path[32];
  double x[30];
  for (int i = 0; i < 30; i++) x[i] = i;
  hid_t file = file_new(path, H5P_DEFAULT);
  H5Dclose(put_doubles(file, "x", 2, (hsize_t[]){10, 3}, x));
  H5Fclose(file);
  for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
    reading r = ask_for(path, parts[k].inside);
    if (r.status) fail_msg("%s: %s", parts[k].inside, r.e.message);
    assert_int_equal(rows_of(&r), parts[k].rows);
    if (strcmp(parts[k].inside, "x[8:99,-1:]") != 0) check_column_names(&r, parts[k].names);
    const char *first = orr_json_text_of(orr_json_first(orr_json_get(table_of(&r), "columns")), "name", "");
    if (parts[k].rows) assert_float_equal(number(&r, first, 0), parts[k].first, 0);
    done(&r);
  }
  check_refused(path, "/x[1,2,3]", ORR_USAGE, "2 dimensions");
  check_refused(path, "/x[10]", ORR_DATA, "outside of 0 to 9");
  check_refused(path, "/x[a]", ORR_USAGE, "is no slice");
  check_refused(path, "/x[::0]", ORR_USAGE, "step");
  check_refused(path, "/x[5:2]", ORR_DATA, "none of the 10 rows");
  check_refused(path, "/x[10:20]", ORR_DATA, "none of the 10 rows");
  unlink(path);
}

static void attributes_are_tables_of_one_column(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT);
  attach(file, "edges", H5T_NATIVE_DOUBLE, 3, (double[]){1, 2, 4});
  H5Fclose(file);
  reading r = ask_for(path, "/@edges");
  assert_int_equal(rows_of(&r), 3);
  assert_float_equal(number(&r, "edges", 2), 4, 0);
  done(&r);
  check_refused(path, "/@edge", ORR_DATA, "no attribute");
  unlink(path);
}

/* ---- samples and sizes ---- */

static void a_sample_is_evenly_spread_and_knows_its_rows(void **state) {
  (void)state;
  char path[32];
  enum { N = 100000 };
  double *x = orr_calloc(N, sizeof *x);
  for (size_t i = 0; i < N; i++) x[i] = (double)i;
  hid_t file = file_new(path, H5P_DEFAULT);
  put_vector(file, "x", N, x);
  H5Fclose(file);
  orr_free(x);
  reading r = ask(path, (asked){.most = 6400, .tree = true});
  assert_int_equal(rows_of(&r), 6400);
  assert_float_equal(orr_json_number_of(table_of(&r), "rows_of", 0), N, 0);
  size_t row = 0;
  for (const orr_json *run = orr_json_first(orr_json_get(table_of(&r), "runs")); run;
       run = orr_json_next(run)) {
    double start, count;
    assert_true(orr_json_number(orr_json_first(run), &start) &&
                orr_json_number(orr_json_next(orr_json_first(run)), &count));
    for (double i = 0; i < count; i++) assert_float_equal(number(&r, "x", row++), start + i, 0);
  }
  assert_int_equal(row, 6400);
  assert_float_equal(number(&r, "x", 6399), N - 1, 0);
  const orr_json *figures = orr_json_first(orr_json_get(r.header, "datasets"));
  double error = orr_json_number_of(figures, "mean_error", 0);
  assert_true(error > 0 && fabs(orr_json_number_of(figures, "mean", 0) - (N - 1) / 2.0) < 3 * error);
  assert_float_equal(orr_json_number_of(figures, "looked_at", 0), 6400, 0);
  done(&r);
  unlink(path);
}

static void what_the_file_only_claims_is_refused_or_sampled(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT), creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(creation, 1, (hsize_t[]){1000000});
  H5Dclose(put(file, "x", H5T_IEEE_F64LE, 1, (hsize_t[]){UINT64_C(1) << 50}, creation, 0, NULL));
  H5Pclose(creation), H5Fclose(file);
  check_refused(path, "/x", ORR_DATA, "more than this machine's memory holds");
  reading r = ask(path, (asked){.tree = true, .no_table = true});
  assert_int_equal(r.status, ORR_OK);
  const orr_json *figures = orr_json_first(orr_json_get(r.header, "datasets"));
  assert_float_equal(orr_json_number_of(figures, "max", -1), 0, 0);
  assert_true(orr_json_number_of(figures, "looked_at", 0) > 1e6);
  done(&r);
  r = ask_for(path, "/x[5:8]");
  assert_int_equal(rows_of(&r), 3);
  done(&r);
  unlink(path);
}

/* ---- other files ---- */

static void nothing_of_other_files_is_read(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT), creation = H5Pcreate(H5P_DATASET_CREATE);
  assert_true(H5Lcreate_external("/etc/passwd", "/a", file, "link", H5P_DEFAULT, H5P_DEFAULT) >= 0);
  H5Pset_external(creation, "/etc/passwd", 0, 80);
  H5Dclose(put(file, "outside", H5T_IEEE_F64LE, 1, (hsize_t[]){10}, creation, 0, NULL));
  H5Pclose(creation);
  creation = H5Pcreate(H5P_DATASET_CREATE);
  hid_t ten = H5Screate_simple(1, (hsize_t[]){10}, NULL);
  assert_true(H5Pset_virtual(creation, ten, "other.h5", "/x", ten) >= 0);
  H5Dclose(put(file, "parts", H5T_IEEE_F64LE, 1, (hsize_t[]){10}, creation, 0, NULL));
  H5Sclose(ten), H5Pclose(creation), H5Fclose(file);
  check_refused(path, "/link", ORR_DATA, "a link into another file");
  check_refused(path, "/link/b", ORR_DATA, "a link into another file");
  check_refused(path, "/outside", ORR_DATA, "is stored in other files");
  check_refused(path, "/parts", ORR_DATA, "is a virtual dataset");
  unlink(path);
}

static size_t nothing_done(unsigned flags, size_t n_values, const unsigned values[], size_t n, size_t *size,
                           void **b) {
  (void)flags, (void)n_values, (void)values, (void)size, (void)b;
  return n;
}

static void a_filter_that_is_not_built_in_is_named(void **state) {
  (void)state;
  char path[32];
  const H5Z_class2_t lz4 = {.version = H5Z_CLASS_T_VERS,
                            .id = 32004,
                            .encoder_present = 1,
                            .decoder_present = 1,
                            .name = "lz4",
                            .filter = nothing_done};
  assert_true(H5Zregister(&lz4) >= 0);
  hid_t file = file_new(path, H5P_DEFAULT), creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(creation, 1, (hsize_t[]){4});
  H5Pset_filter(creation, 32004, 0, 0, NULL);
  H5Dclose(
      put(file, "x", H5T_IEEE_F64LE, 1, (hsize_t[]){4}, creation, H5T_NATIVE_DOUBLE, (double[]){1, 2, 3, 4}));
  put_vector(file, "y", 3, (double[]){1, 2, 3});
  H5Pclose(creation), H5Fclose(file);
  assert_true(H5Zunregister(32004) >= 0);
  check_refused(path, "/x", ORR_DATA, "/x: compressed with lz4 (filter 32004), which is not built in");
  reading r = ask(path, (asked){.tree = true}); /* the rest can be seen */
  assert_int_equal(r.status, ORR_OK);
  const orr_json *x = orr_json_first(orr_json_get(r.header, "datasets"));
  assert_non_null(strstr(orr_json_text_of(x, "error", ""), "lz4"));
  done(&r);
  unlink(path);
}

/* ---- real files ---- */

static const orr_json *dataset_named(const orr_json *datasets, const char *path) {
  for (const orr_json *d = orr_json_first(datasets); d; d = orr_json_next(d))
    if (!strcmp(orr_json_text_of(d, "path", ""), path)) return d;
  return NULL;
}

static void check_figure(const char *line, const orr_json *d, const char *key, const char *wanted) {
  if (!*wanted) return;
  double w = strtod(wanted, NULL), got = orr_json_number_of(d, key, NAN);
  bool same = w == got || fabs(w - got) <= 1e-12 * fabs(w);
  if (!same) fail_msg("%s: %s is %.17g, not %s", line, key, got, wanted);
}

/* The fields of a line of REFERENCE.csv; quotes hold commas. */
static size_t fields_of(char *line, char **fields, size_t most) {
  size_t n = 0;
  bool quoted = false;
  fields[n++] = line;
  for (char *s = line; *s && *s != '\n' && *s != '\r'; s++) {
    if (*s == '"') quoted = !quoted;
    if (*s != ',' || quoted) continue;
    *s = 0;
    if (n < most) fields[n++] = s + 1;
  }
  fields[n - 1][strcspn(fields[n - 1], "\r\n")] = 0;
  return n;
}

static reading ask_shared(const char *file) {
  char path[300];
  snprintf(path, sizeof path, SHARED "%s", file);
  return ask(path, (asked){.tree = true, .no_table = true});
}

/* file,dataset,shape,dtype,chunks,compression,readable_by_h5py,error,n_nan,mean,min,max: as h5py and numpy read them. */
static void figures_are_those_of_h5py(void **state) {
  (void)state;
  static const char *const keys[] = {"n_nan", "mean", "min", "max"};
  FILE *reference = fopen(SHARED "REFERENCE.csv", "r");
  if (!reference) skip();
  char line[1000], whole[1000], at[300] = "", *f[12];
  reading r = {0};
  size_t checked = 0;
  assert_non_null(fgets(line, sizeof line, reference));
  while (fgets(line, sizeof line, reference)) {
    strcpy(whole, line);
    if (fields_of(line, f, 12) != 12) fail_msg("%s", whole);
    if (strcmp(f[0], at) != 0) {
      done(&r);
      r = ask_shared(strcpy(at, f[0]));
    }
    const orr_json *d = r.status ? NULL : dataset_named(orr_json_get(r.header, "datasets"), f[1]);
    if (!*f[8]) continue;
    if (!d) fail_msg("%s: %s", whole, r.status ? r.e.message : "it is not listed");
    for (size_t k = 0; k < 4; k++) check_figure(whole, d, keys[k], f[8 + k]);
    if (*f[3] != '[' && *f[3] != '"') assert_string_equal(orr_json_text_of(d, "dtype", ""), f[3]);
    checked++;
  }
  done(&r);
  fclose(reference);
  assert_true(checked > 150);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_way_of_storing_reads_the_same),
                                     cmocka_unit_test(chunks_that_were_never_written_hold_the_fill_value),
                                     cmocka_unit_test(a_damaged_chunk_is_an_error),
                                     cmocka_unit_test(a_file_cut_short_is_an_error),
                                     cmocka_unit_test(members_of_a_compound_are_columns),
                                     cmocka_unit_test(halves_are_exact),
                                     cmocka_unit_test(unshuffling_undoes_shuffling),
                                     cmocka_unit_test(whole_numbers_beyond_64_bits_are_float64),
                                     cmocka_unit_test(whole_numbers_that_float64_cannot_hold_are_text),
                                     cmocka_unit_test(only_padding_is_cut_off_text),
                                     cmocka_unit_test(codes_without_a_name_are_missing_and_told),
                                     cmocka_unit_test(what_no_table_holds_is_told_beside_the_picked),
                                     cmocka_unit_test(attributes_scale_mark_and_date),
                                     cmocka_unit_test(slices_are_those_of_numpy),
                                     cmocka_unit_test(attributes_are_tables_of_one_column),
                                     cmocka_unit_test(a_sample_is_evenly_spread_and_knows_its_rows),
                                     cmocka_unit_test(what_the_file_only_claims_is_refused_or_sampled),
                                     cmocka_unit_test(nothing_of_other_files_is_read),
                                     cmocka_unit_test(a_filter_that_is_not_built_in_is_named),
                                     cmocka_unit_test(figures_are_those_of_h5py)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
