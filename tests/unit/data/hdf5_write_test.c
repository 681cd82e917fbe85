/* Writing HDF5: the file is complete or absent, and what libhdf5 finds in it are the table's cells, with NaN, the
 * mark or the empty text for those that are missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "data/hdf5.h"
#include "data/hdf5/library.h"

static char self[4096]; /* this program, which plays the helper too */

static int in_a_folder(void **state) {
  static char folder[] = "/tmp/orrery-hdf5-XXXXXX";
  if (!mkdtemp(folder) || chdir(folder)) return -1;
  *state = folder;
  return 0;
}

static int leave(void **state) {
  if (chdir("/")) return -1;
  orr_file_remove_tree(*state);
  return 0;
}

static orr_column *column(const char *name, orr_type type, size_t rows, const void *cells) {
  orr_column *c;
  assert_int_equal(orr_column_new(name, type, rows, &c, NULL), ORR_OK);
  if (cells) memcpy(c->cells, cells, rows * orr_type_bytes(type));
  return c;
}

static orr_column *missing(orr_column *c, size_t row) {
  assert_int_equal(orr_column_set_missing(c, row, NULL), ORR_OK);
  return c;
}

static orr_column *words(const char *name, const char *const *cells, size_t rows) {
  orr_column *c = column(name, ORR_TEXT, rows, NULL);
  for (size_t i = 0; i < rows; i++)
    if (!cells[i]) missing(c, i);
    else assert_int_equal(orr_map_add(&c->words, cells[i], strlen(cells[i]), &c->codes[i], NULL), ORR_OK);
  return c;
}

static orr_table *table_of(orr_column **columns, size_t n) {
  orr_table *t;
  for (size_t i = 0; i < n; i++) orr_column_seal(columns[i]);
  assert_int_equal(orr_table_new(columns, n, "memory", &t, NULL), ORR_OK);
  for (size_t i = 0; i < n; i++) orr_column_unref(columns[i]);
  return t;
}

/* A column of each type, without and with missing cells. */
static orr_table *every_type(void) {
  static const int64_t large[] = {INT64_MIN, INT64_MAX, 0};
  orr_column *all[] = {
      column("x", ORR_FLOAT64, 3, (double[]){0.1, NAN, -INFINITY}),
      column("y", ORR_FLOAT32, 3, (float[]){0.1f, NAN, 2}),
      column("k", ORR_INT64, 3, large),
      missing(column("small", ORR_INT64, 3, (int64_t[]){1, 2, 3}), 1),
      missing(column("large", ORR_INT64, 3, large), 2),
      column("t", ORR_TIME, 3, (int64_t[]){0, 1, 1700000000123456789}),
      missing(column("t2", ORR_TIME, 3, (int64_t[]){0, 1, 2}), 0),
      column("b", ORR_BOOL, 3, (uint8_t[]){1, 0, 1}),
      missing(column("b2", ORR_BOOL, 3, (uint8_t[]){1, 0, 1}), 0),
      words("s/é", (const char *[]){"a", "long\xc3\xa9", "a"}, 3),
      words("s2", (const char *[]){NULL, "z", ""}, 3),
  };
  all[0]->unit = orr_strdup("GeV");
  return table_of(all, sizeof all / sizeof *all);
}

/* ---- reading back with libhdf5 itself ---- */

typedef struct row {
  double x;
  float y;
  int64_t k;
  double small;
  int64_t large, t, t2;
  int8_t b;
  double b2;
  char s[8], s2[8];
} row;

static hid_t text_of(size_t bytes) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, bytes);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

static hid_t row_type(void) {
  hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(row)), text = text_of(8),
        truth = H5Tenum_create(H5T_NATIVE_INT8);
  H5Tenum_insert(truth, "FALSE", &(int8_t){0});
  H5Tenum_insert(truth, "TRUE", &(int8_t){1});
  H5Tinsert(type, "x", HOFFSET(row, x), H5T_NATIVE_DOUBLE);
  H5Tinsert(type, "y", HOFFSET(row, y), H5T_NATIVE_FLOAT);
  H5Tinsert(type, "k", HOFFSET(row, k), H5T_NATIVE_INT64);
  H5Tinsert(type, "small", HOFFSET(row, small), H5T_NATIVE_DOUBLE);
  H5Tinsert(type, "large", HOFFSET(row, large), H5T_NATIVE_INT64);
  H5Tinsert(type, "t", HOFFSET(row, t), H5T_NATIVE_INT64);
  H5Tinsert(type, "t2", HOFFSET(row, t2), H5T_NATIVE_INT64);
  H5Tinsert(type, "b", HOFFSET(row, b), truth);
  H5Tinsert(type, "b2", HOFFSET(row, b2), H5T_NATIVE_DOUBLE);
  H5Tinsert(type, "s/é", HOFFSET(row, s), text);
  H5Tinsert(type, "s2", HOFFSET(row, s2), text);
  H5Tclose(truth);
  H5Tclose(text);
  return type;
}

static void expect_text(hid_t object, const char *key, const char *value) {
  char *found = NULL;
  hid_t attribute = H5Aopen(object, key, H5P_DEFAULT), text = text_of(H5T_VARIABLE);
  assert_true(attribute >= 0 && H5Aread(attribute, text, &found) >= 0);
  assert_string_equal(found, value);
  H5free_memory(found);
  H5Aclose(attribute);
  H5Tclose(text);
}

static void every_type_is_written(void **state) {
  (void)state;
  static const orr_hdf5_note notes[] = {{"recipe", "r.lua"}, {"empty", ""}};
  orr_table *t = every_type();
  orr_error e = {0};
  row rows[3];
  int64_t mark = 0;
  if (orr_hdf5_write("t.h5", "group/table", t, notes, 2, &e)) fail_msg("%s", e.message);
  orr_table_unref(t);
  assert_false(orr_file_exists("t.h5.part"));
  hid_t file = H5Fopen("t.h5", H5F_ACC_RDONLY, H5P_DEFAULT),
        data = H5Dopen2(file, "group/table", H5P_DEFAULT);
  hid_t type = row_type();
  assert_true(H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows) >= 0);
  assert_true(rows[0].x == 0.1 && isnan(rows[1].x) && rows[2].x == -INFINITY);
  assert_true(rows[0].y == 0.1f && isnan(rows[1].y) && rows[2].y == 2);
  assert_true(rows[0].k == INT64_MIN && rows[1].k == INT64_MAX && rows[2].k == 0);
  assert_true(rows[0].small == 1 && isnan(rows[1].small) && rows[2].small == 3);
  assert_true(rows[0].large == INT64_MIN && rows[1].large == INT64_MAX && rows[2].large == INT64_MIN + 1024);
  assert_true(rows[0].t == 0 && rows[2].t == 1700000000123456789);
  assert_true(rows[0].t2 == INT64_MIN && rows[1].t2 == 1);
  assert_true(rows[0].b == 1 && rows[1].b == 0 && rows[2].b == 1);
  assert_true(isnan(rows[0].b2) && rows[1].b2 == 0 && rows[2].b2 == 1);
  assert_string_equal(rows[1].s, "long\xc3\xa9");
  assert_string_equal(rows[0].s2, "");
  assert_string_equal(rows[1].s2, "z");
  expect_text(file, "recipe", "r.lua");
  expect_text(data, "FIELD_0_UNITS", "GeV");
  expect_text(data, "FIELD_9_NAME", "s/é");
  expect_text(data, "FIELD_10_MISSING", "");
  assert_true(H5Aexists(data, "FIELD_1_UNITS") == 0 && H5Aexists(data, "FIELD_9_MISSING") == 0);
  hid_t attribute = H5Aopen(data, "FIELD_4_MISSING", H5P_DEFAULT);
  assert_true(H5Aread(attribute, H5T_NATIVE_INT64, &mark) >= 0 && mark == INT64_MIN + 1024);
  H5Aclose(attribute);
  H5Tclose(type);
  H5Dclose(data);
  H5Fclose(file);
}

/* Through our own reader: types and cells as they were, but integers and booleans with missing cells are numbers, and
 * a blank text beside missing ones is missing too. */
static void what_is_written_is_read_back(void **state) {
  (void)state;
  static const orr_type types[] = {ORR_FLOAT64, ORR_FLOAT32, ORR_INT64,   ORR_FLOAT64, ORR_INT64, ORR_TIME,
                                   ORR_TIME,    ORR_BOOL,    ORR_FLOAT64, ORR_TEXT,    ORR_TEXT};
  orr_table *t = every_type();
  orr_hdf5_reading r;
  orr_error e = {0};
  int fd = -1;
  if (orr_hdf5_write("back.h5", "t", t, NULL, 0, &e)) fail_msg("%s", e.message);
  assert_int_equal(orr_file_open("back.h5", &fd, &e), ORR_OK);
  if (orr_hdf5_read(self, fd, "back.h5", &(orr_hdf5_request){.table = true}, NULL, &r, &e))
    fail_msg("%s", e.message);
  assert_int_equal(r.table->n_columns, t->n_columns);
  for (size_t j = 0; j < t->n_columns; j++) {
    const orr_column *was = t->columns[j], *is = r.table->columns[j];
    assert_string_equal(is->name, was->name);
    assert_int_equal(is->type, types[j]);
    for (size_t i = 0; i < 3; i++) {
      char one[64], two[64];
      const char *text = orr_column_text(was, i, one, sizeof one);
      if (was->type == ORR_BOOL && is->type != ORR_BOOL) text = !*text ? "" : was->bools[i] ? "1" : "0";
      assert_string_equal(orr_column_text(is, i, two, sizeof two), text);
    }
  }
  assert_string_equal(r.table->columns[0]->unit, "GeV");
  orr_hdf5_reading_fini(&r);
  orr_table_unref(t);
  close(fd);
}

static void long_tables_are_written_in_chunks(void **state) {
  (void)state;
  enum { ROWS = 300000 };
  orr_column *c = column("i", ORR_INT64, ROWS, NULL);
  int64_t *back = calloc(ROWS, sizeof *back);
  for (int64_t i = 0; i < ROWS; i++) c->int64[i] = i * i;
  orr_table *t = table_of(&c, 1);
  orr_error e = {0};
  if (orr_hdf5_write("long.h5", "t", t, NULL, 0, &e)) fail_msg("%s", e.message);
  hid_t file = H5Fopen("long.h5", H5F_ACC_RDONLY, H5P_DEFAULT), data = H5Dopen2(file, "t", H5P_DEFAULT);
  hid_t type = H5Tcreate(H5T_COMPOUND, 8);
  H5Tinsert(type, "i", 0, H5T_NATIVE_INT64);
  assert_true(H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, back) >= 0);
  for (int64_t i = 0; i < ROWS; i++) assert_int_equal(back[i], i * i);
  H5Tclose(type);
  H5Dclose(data);
  H5Fclose(file);
  orr_table_unref(t);
  free(back);
}

static void no_rows_are_written_too(void **state) {
  (void)state;
  orr_column *c = column("x", ORR_FLOAT64, 0, NULL);
  orr_table *t = table_of(&c, 1), *none;
  orr_error e = {0};
  if (orr_hdf5_write("none.h5", "t", t, NULL, 0, &e)) fail_msg("%s", e.message);
  orr_table_unref(t);
  assert_int_equal(orr_table_new(NULL, 0, "", &none, NULL), ORR_OK);
  assert_int_equal(orr_hdf5_write("columns.h5", "t", none, NULL, 0, &e), ORR_DATA);
  assert_false(orr_file_exists("columns.h5"));
  orr_table_unref(none);
}

static orr_table *wide(size_t n) {
  orr_column **columns = calloc(n, sizeof *columns);
  for (size_t i = 0; i < n; i++) {
    char name[32];
    snprintf(name, sizeof name, "column_%zu", i);
    columns[i] = column(name, ORR_FLOAT64, 2, (double[]){(double)i, 1});
  }
  orr_table *t = table_of(columns, n);
  free(columns);
  return t;
}

static void too_many_columns_are_said_to_be(void **state) {
  (void)state;
  orr_error e = {0};
  orr_table *some = wide(1000), *many = wide(5000);
  if (orr_hdf5_write("some.h5", "t", some, NULL, 0, &e)) fail_msg("%s", e.message);
  assert_int_equal(orr_hdf5_write("many.h5", "t", many, NULL, 0, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "too many"));
  assert_false(orr_file_exists("many.h5") || orr_file_exists("many.h5.part"));
  orr_table_unref(some);
  orr_table_unref(many);
}

static void what_cannot_be_written_leaves_nothing(void **state) {
  (void)state;
  orr_error e = {0};
  orr_table *t = every_type();
  assert_int_equal(orr_hdf5_write("no/folder.h5", "t", t, NULL, 0, &e), ORR_SYSTEM);
  assert_non_null(strstr(e.message, "No such file"));
  assert_int_equal(mkdir("taken.h5", 0755), 0);
  assert_int_equal(orr_hdf5_write("taken.h5", "t", t, NULL, 0, &e), ORR_SYSTEM);
  assert_false(orr_file_exists("taken.h5.part"));
  orr_table_unref(t);
}

/* Random numbers do not get smaller: the file is larger than what is allowed, wherever that ends. */
static void a_full_disk_is_an_error(void **state) {
  (void)state;
  enum { ROWS = 40000 };
  struct rlimit before;
  orr_column *c = column("x", ORR_INT64, ROWS, NULL);
  uint64_t x = 1;
  for (size_t i = 0; i < ROWS; i++)
    c->int64[i] = (int64_t)(x = x * 6364136223846793005u + 1442695040888963407u);
  orr_table *t = table_of(&c, 1);
  getrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, SIG_IGN);
  for (rlim_t most = 0; most < 300000; most += most < 4000 ? 200 : 20011) {
    orr_error e = {0};
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){most, before.rlim_max});
    orr_status status = orr_hdf5_write("full.h5", "t", t, NULL, 0, &e);
    setrlimit(RLIMIT_FSIZE, &before);
    if (status != ORR_SYSTEM || !strstr(e.message, "File too large")) fail_msg("%d %s", status, e.message);
    assert_false(orr_file_exists("full.h5") || orr_file_exists("full.h5.part"));
  }
  orr_error e = {0};
  if (orr_hdf5_write("full.h5", "t", t, NULL, 0, &e)) fail_msg("%s", e.message);
  orr_table_unref(t);
}

static void equal_tables_are_equal_bytes(void **state) {
  (void)state;
  orr_table *t = every_type();
  orr_text one = {0}, two = {0};
  assert_int_equal(orr_hdf5_write("one.h5", "t", t, NULL, 0, NULL), ORR_OK);
  assert_int_equal(orr_hdf5_write("two.h5", "t", t, NULL, 0, NULL), ORR_OK);
  assert_int_equal(orr_file_read_path("one.h5", 1 << 20, &one, NULL), ORR_OK);
  assert_int_equal(orr_file_read_path("two.h5", 1 << 20, &two, NULL), ORR_OK);
  assert_int_equal(one.length, two.length);
  assert_memory_equal(one.data, two.data, one.length);
  orr_text_fini(&one);
  orr_text_fini(&two);
  orr_table_unref(t);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_type_is_written),
      cmocka_unit_test(what_is_written_is_read_back),
      cmocka_unit_test(long_tables_are_written_in_chunks),
      cmocka_unit_test(no_rows_are_written_too),
      cmocka_unit_test(too_many_columns_are_said_to_be),
      cmocka_unit_test(what_cannot_be_written_leaves_nothing),
      cmocka_unit_test(a_full_disk_is_an_error),
      cmocka_unit_test(equal_tables_are_equal_bytes),
  };
  if (argc > 1 && !strcmp(argv[1], ORR_HDF5_HELPER_WORD)) return orr_hdf5_helper(argc, argv);
  if (!realpath(argv[0], self)) return 2;
  return cmocka_run_group_tests(tests, in_a_folder, leave);
}
