/* What groups of datasets mean as a table: files of the forms that pandas, AnnData, NeXus, netCDF and MATLAB write,
 * made here value by value, come out as their own programs show them; and which object is the table. */
#include "hdf5_reading.h"

#include "base/arena.h"
#include "data/hdf5/pickle.h"

static void put_matrix(hid_t where, const char *name, hsize_t rows, hsize_t columns, const double *values) {
  H5Dclose(put_doubles(where, name, 2, (hsize_t[]){rows, columns}, values));
}

static void put_integers(hid_t where, const char *name, hsize_t n, const int64_t *values) {
  H5Dclose(put(where, name, H5T_STD_I32LE, 1, &n, H5P_DEFAULT, H5T_NATIVE_INT64, values));
}

static void put_words(hid_t where, const char *name, hsize_t n, const char *const *values) {
  hid_t type = text_type(H5T_VARIABLE);
  H5Dclose(put(where, name, type, 1, &n, H5P_DEFAULT, type, values));
  H5Tclose(type);
}

static hid_t group(hid_t where, const char *name) {
  hid_t made = H5Gcreate2(where, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(made >= 0);
  return made;
}

static const double counting[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

/* ---- which object is the table ---- */

static void vectors_of_one_length_are_a_table(void **state) {
  (void)state;
  static const char *const labels[] = {"width", "height"};
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT);
  put_vector(file, "y", 4, counting);
  put_matrix(file, "X", 4, 2, counting);
  put_words(file, "X_names", 2, labels);
  put_matrix(file, "Z", 4, 2, counting);
  put_vector(file, "edges", 3, counting);
  H5Fclose(file);
  reading r = ask_for(path, NULL);
  check_column_names(&r, "width height Z_1 Z_2 y");
  assert_string_equal(orr_json_text_of(r.header, "picked", ""), "/");
  assert_float_equal(number(&r, "height", 3), 7, 0);
  assert_true(notes_say(&r, "edges"));
  done(&r);
  r = ask_for(path, "/X"); /* alone it has its names too */
  check_column_names(&r, "width height");
  done(&r);
  unlink(path);
}

static void the_candidates_are_listed_best_first(void **state) {
  (void)state;
  char path[32], words[160];
  hid_t file = file_new(path, H5P_DEFAULT), in = group(file, "in");
  put_matrix(file, "small", 2, 2, counting);
  put_matrix(in, "large", 3, 4, counting);
  put_vector(file, "v", 5, counting);
  H5Gclose(in), H5Fclose(file);
  snprintf(words, sizeof words,
           "holds 3 tables: /in/large (3 x 4), /small (2 x 2), /v (5); name one: %s:/in/large", path);
  check_refused(path, NULL, ORR_DATA, words);
  reading r = ask(path, (asked){.tree = true});
  assert_int_equal(r.status, ORR_OK);
  assert_null(orr_json_string(orr_json_get(r.header, "picked")));
  assert_string_equal(orr_json_string(orr_json_first(orr_json_get(r.header, "candidates"))), "/in/large");
  done(&r);
  r = ask_for(path, "/in"); /* the one below */
  assert_int_equal(rows_of(&r), 3);
  done(&r);
  unlink(path);
}

static void rows_of_more_dimensions_are_flattened_or_summarised(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT);
  H5Dclose(put_doubles(file, "x", 3, (hsize_t[]){2, 3, 2}, counting));
  H5Fclose(file);
  reading r = ask_for(path, NULL);
  check_column_names(&r, "x_1_1 x_1_2 x_2_1 x_2_2 x_3_1 x_3_2");
  assert_float_equal(number(&r, "x_2_1", 1), 8, 0);
  assert_string_equal(orr_json_text_of(orr_json_get(r.header, "options"), "flatten", ""), "columns");
  done(&r);
  r = ask(path, (asked){.flatten = "summary"});
  check_column_names(&r, "mean sd min max");
  assert_float_equal(number(&r, "mean", 1), 8.5, 0);
  assert_float_equal(number(&r, "sd", 0), sqrt(3.5), 1e-15); /* of 0 … 5, with n - 1 */
  assert_float_equal(number(&r, "max", 1), 11, 0);
  done(&r);
  unlink(path);
}

/* ---- AnnData ---- */

/* [[0,1,0],[2,0,3]] by rows or by columns, as scipy stores it */
static void put_sparse(hid_t file, bool by_columns) {
  hid_t x = group(file, "X");
  attach_text(x, "encoding-type", by_columns ? "csc_matrix" : "csr_matrix");
  attach(x, "shape", H5T_NATIVE_INT64, 2, (int64_t[]){2, 3});
  put_vector(x, "data", 3, by_columns ? (double[]){2, 1, 3} : (double[]){1, 2, 3});
  put_integers(x, "indices", 3, by_columns ? (int64_t[]){1, 0, 1} : (int64_t[]){1, 0, 2});
  if (by_columns) put_integers(x, "indptr", 4, (int64_t[]){0, 1, 2, 3});
  else put_integers(x, "indptr", 3, (int64_t[]){0, 1, 3});
  H5Gclose(x);
}

static void put_frame(hid_t file, const char *name, hsize_t n, const char *const *index, bool with_kinds) {
  static const char *const order[] = {"kind", "n"}, *const kinds[] = {"T", "B"};
  hid_t frame = group(file, name);
  attach_text(frame, "encoding-type", "dataframe");
  attach_text(frame, "_index", "id");
  put_words(frame, "id", n, index);
  if (with_kinds) {
    hid_t kind = group(frame, "kind");
    attach_texts(frame, "column-order", 2, order);
    attach_text(kind, "encoding-type", "categorical");
    put_words(kind, "categories", 2, kinds);
    put_integers(kind, "codes", n, (int64_t[]){1, -1});
    hid_t masked = group(frame, "n");
    attach_text(masked, "encoding-type", "nullable-integer");
    put_integers(masked, "values", n, (int64_t[]){7, 1});
    put_integers(masked, "mask", n, (int64_t[]){0, 1});
    H5Gclose(kind), H5Gclose(masked);
  }
  H5Gclose(frame);
}

static void anndata_is_obs_and_x(void **state) {
  (void)state;
  static const char *const cells[] = {"c1", "c2"}, *const genes[] = {"g1", "g2", "g3"};
  for (int by_columns = 0; by_columns < 2; by_columns++) {
    char path[32];
    hid_t file = file_new(path, H5P_DEFAULT);
    attach_text(file, "encoding-type", "anndata");
    put_frame(file, "obs", 2, cells, true);
    put_frame(file, "var", 3, genes, false);
    put_sparse(file, by_columns);
    H5Fclose(file);
    reading r = ask_for(path, NULL);
    check_column_names(&r, "id kind n g1 g2 g3");
    assert_string_equal(word(&r, "kind", 0), "B");
    assert_true(is_missing(&r, "kind", 1));
    assert_true(is_missing(&r, "n", 1) && !is_missing(&r, "n", 0));
    assert_float_equal(number(&r, "g1", 1), 2, 0);
    assert_float_equal(number(&r, "g2", 0), 1, 0);
    assert_float_equal(number(&r, "g3", 0), 0, 0);
    assert_float_equal(number(&r, "g3", 1), 3, 0);
    done(&r);
    r = ask_for(path, "/[1:2].g3");
    assert_int_equal(rows_of(&r), 1);
    assert_float_equal(number(&r, "g3", 0), 3, 0);
    done(&r);
    unlink(path);
  }
}

static void a_sparse_matrix_that_lies_is_refused(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT), x = group(file, "X");
  attach_text(x, "encoding-type", "csr_matrix");
  attach(x, "shape", H5T_NATIVE_INT64, 2, (int64_t[]){2, 3});
  put_vector(x, "data", 2, counting);
  put_integers(x, "indices", 2, (int64_t[]){1, 3});
  put_integers(x, "indptr", 3, (int64_t[]){0, 1, 2});
  H5Gclose(x), H5Fclose(file);
  check_refused(path, "/X", ORR_DATA, "index 3 is out of the matrix");
  unlink(path);
}

/* ---- NeXus ---- */

static void the_default_signal_and_its_axis_are_the_table(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT), entry = group(file, "entry"), data = group(entry, "data");
  attach_text(file, "default", "entry");
  attach_text(entry, "default", "data");
  attach_text(data, "NX_class", "NXdata");
  attach_text(data, "signal", "counts");
  attach_texts(data, "axes", 1, (const char *[]){"angle"});
  put_vector(data, "counts", 4, counting + 2);
  put_vector(data, "angle", 4, counting + 5);
  put_vector(data, "counts_errors", 4, counting);
  put_matrix(entry, "detector", 4, 3, counting);
  H5Gclose(data), H5Gclose(entry), H5Fclose(file);
  reading r = ask_for(path, NULL);
  check_column_names(&r, "angle counts counts_errors");
  assert_string_equal(orr_json_text_of(r.header, "picked", ""), "/entry/data");
  assert_float_equal(number(&r, "angle", 0), 5, 0);
  done(&r);
  unlink(path);
}

/* ---- netCDF ---- */

static void attach_reference(hid_t data, hid_t file, int rank, const char *const *scales) {
  hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ);
  hobj_ref_t references[2];
  hvl_t lists[2];
  for (int i = 0; i < rank; i++) {
    assert_true(H5Rcreate(&references[i], file, scales[i], H5R_OBJECT, -1) >= 0);
    lists[i] = (hvl_t){.len = 1, .p = &references[i]};
  }
  attach(data, "DIMENSION_LIST", type, (hsize_t)rank, lists);
  H5Tclose(type);
}

/* Two dimensions of three: only what runs along the same one makes a table. */
static void variables_of_one_dimension_are_a_table(void **state) {
  (void)state;
  static const char *const both[] = {"/time", "/lat"}, *const lat_only[] = {"/lat"};
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT);
  attach_text(file, "_NCProperties", "version=2");
  hid_t time = put_doubles(file, "time", 1, (hsize_t[]){3}, counting),
        lat = put_doubles(file, "lat", 1, (hsize_t[]){3}, counting);
  attach_text(time, "CLASS", "DIMENSION_SCALE"), attach_text(time, "NAME", "time");
  attach_text(lat, "CLASS", "DIMENSION_SCALE"), attach_text(lat, "NAME", "lat");
  attach_text(time, "units", "hours since 1970-01-01");
  hid_t t2m = put_doubles(file, "t2m", 2, (hsize_t[]){3, 3}, counting);
  attach_reference(t2m, file, 2, both);
  hid_t area = put_doubles(file, "area", 1, (hsize_t[]){3}, counting);
  attach_reference(area, file, 1, lat_only);
  H5Dclose(time), H5Dclose(lat), H5Dclose(t2m), H5Dclose(area), H5Fclose(file);
  reading r = ask_for(path, NULL);
  check_column_names(&r, "time t2m_1 t2m_2 t2m_3");
  assert_float_equal(number(&r, "time", 2), 7200e9, 0);
  done(&r);
  r = ask_for(path, "/t2m[1:,0]"); /* its coordinate comes along */
  check_column_names(&r, "time t2m");
  assert_float_equal(number(&r, "time", 0), 3600e9, 0);
  assert_float_equal(number(&r, "t2m", 1), 6, 0);
  done(&r);
  unlink(path);
}

/* ---- MATLAB ---- */

static void put_of_class(hid_t where, const char *name, hid_t stored, hsize_t a, hsize_t b, hid_t type,
                         const void *values, const char *class) {
  hid_t data = put(where, name, stored, 2, (hsize_t[]){a, b}, H5P_DEFAULT, type, values);
  attach_text(data, "MATLAB_class", class);
  H5Dclose(data);
}

/* MATLAB's A = [0 2 4; 1 3 5] lies as [[0,1],[2,3],[4,5]]. */
static void matlab_stores_its_first_axis_last(void **state) {
  (void)state;
  char path[32];
  hid_t whole = H5Pcreate(H5P_FILE_CREATE);
  H5Pset_userblock(whole, 512);
  hid_t file = file_new(path, whole);
  put_of_class(file, "A", H5T_IEEE_F64LE, 3, 2, H5T_NATIVE_DOUBLE, counting, "double");
  put_of_class(file, "flag", H5T_STD_U8LE, 2, 1, H5T_NATIVE_UINT8, (uint8_t[]){1, 0}, "logical");
  put_of_class(file, "name", H5T_STD_U16LE, 3, 1, H5T_NATIVE_UINT16, (uint16_t[]){'a', 0xe9, 'b'}, "char");
  put_of_class(file, "c", H5T_STD_REF_OBJ, 1, 1, H5T_STD_REF_OBJ, NULL, "cell");
  H5Pclose(whole), H5Fclose(file);
  reading r = ask_for(path, "/A");
  check_column_names(&r, "x1 x2 x3");
  assert_float_equal(number(&r, "x2", 0), 2, 0);
  assert_float_equal(number(&r, "x2", 1), 3, 0);
  done(&r);
  r = ask_for(path, "/A[1,:]");
  assert_int_equal(rows_of(&r), 3);
  assert_float_equal(number(&r, "A", 2), 5, 0);
  done(&r);
  r = ask_for(path, "/name");
  assert_string_equal(word(&r, "name", 0), "a\xc3\xa9"
                                           "b");
  done(&r);
  check_refused(path, "/c", ORR_DATA, "class 'cell'");
  r = ask_for(path, NULL); /* a vector of MATLAB is a column, lying or standing */
  check_column_names(&r, "A_1 A_2 A_3 flag");
  check_type(&r, "flag", "bool");
  done(&r);
  unlink(path);
}

/* ---- pandas ---- */

typedef struct frame_row {
  int64_t index;
  double block[2];
  int64_t when;
  char s[4];
  int8_t code;
} frame_row;

static void put_pandas_categories(hid_t df) {
  typedef struct word_row {
    int64_t index;
    char values[4];
  } word_row;
  hid_t meta = group(df, "meta"), of = group(meta, "c"), inner = group(of, "meta");
  hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(word_row)), four = text_type(4);
  H5Tinsert(type, "index", HOFFSET(word_row, index), H5T_NATIVE_INT64);
  H5Tinsert(type, "values", HOFFSET(word_row, values), four);
  word_row words[] = {{0, "lo"}, {1, "hi"}};
  H5Dclose(put(inner, "table", type, 1, (hsize_t[]){2}, H5P_DEFAULT, type, words));
  H5Tclose(type), H5Tclose(four), H5Gclose(inner), H5Gclose(of), H5Gclose(meta);
}

static hid_t put_pandas_rows(hid_t df) {
  hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(frame_row)),
        two = H5Tarray_create2(H5T_NATIVE_DOUBLE, 1, (hsize_t[]){2});
  hid_t four = text_type(4);
  H5Tinsert(type, "index", HOFFSET(frame_row, index), H5T_NATIVE_INT64);
  H5Tinsert(type, "values_block_0", HOFFSET(frame_row, block), two);
  H5Tinsert(type, "when", HOFFSET(frame_row, when), H5T_NATIVE_INT64);
  H5Tinsert(type, "s", HOFFSET(frame_row, s), four);
  H5Tinsert(type, "c", HOFFSET(frame_row, code), H5T_NATIVE_INT8);
  frame_row rows[2];
  memset(rows, 0, sizeof rows);
  rows[0] = (frame_row){0, {1, 2}, 86400000000000, "nan", 1};
  rows[1] = (frame_row){1, {3, 4}, INT64_MIN, "ab", -1};
  hid_t table = put(df, "table", type, 1, (hsize_t[]){2}, H5P_DEFAULT, type, rows);
  H5Tclose(type), H5Tclose(two), H5Tclose(four);
  return table;
}

/* The attributes are those that pandas 1.5.3 writes (pickles of protocol 0). */
static void a_table_of_pandas_is_what_pandas_shows(void **state) {
  (void)state;
  char path[32];
  hid_t file = file_new(path, H5P_DEFAULT), df = group(file, "df"), table = put_pandas_rows(df);
  attach_text(file, "PYTABLES_FORMAT_VERSION", "2.1");
  attach_text(df, "pandas_type", "frame_table");
  attach_text(df, "nan_rep", "nan");
  attach_text(df, "values_cols", "(lp0\nVvalues_block_0\np1\naVwhen\np2\naVs\np3\naVc\np4\na.");
  attach_text(df, "non_index_axes",
              "(lp0\n(I1\n(lp1\nVs\np2\naVb\np3\naVwhen\np4\naVc\np5\naVa\np6\natp7\na.");
  attach_text(table, "values_block_0_kind", "(lp0\nVa\np1\naVb\np2\na.");
  attach_text(table, "values_block_0_dtype", "float64");
  attach_text(table, "when_kind", "(lp0\nVwhen\np1\na.");
  attach_text(table, "when_dtype", "datetime64");
  attach_text(table, "s_kind", "(lp0\nVs\np1\na.");
  attach_text(table, "s_dtype", "bytes32");
  attach_text(table, "c_kind", "(lp0\nVc\np1\na.");
  attach_text(table, "c_dtype", "int8");
  attach_text(table, "c_meta", "category");
  put_pandas_categories(df);
  H5Dclose(table), H5Gclose(df), H5Fclose(file);
  reading r = ask_for(path, NULL);
  check_column_names(&r, "s b when c a");
  assert_true(is_missing(&r, "s", 0) && is_missing(&r, "when", 1) && is_missing(&r, "c", 1));
  assert_string_equal(word(&r, "s", 1), "ab");
  assert_string_equal(word(&r, "c", 0), "hi");
  check_type(&r, "when", "time");
  assert_float_equal(number(&r, "when", 0), 86400e9, 0);
  assert_float_equal(number(&r, "b", 1), 4, 0);
  assert_true(notes_say(&r, "the index 0, 1, 2"));
  done(&r);
  unlink(path);
}

/* pickle.dumps([1, "é", None, -2.5, True, 2**70, ("a", {"k": [300]})], p) for p = 0 and 4 */
static const char pickle0[] =
    "(lp0\nI1\naV\xe9\np1\naNaF-2.5\naI01\naL1180591620717411303424L\na(Va\np2\n(dp3\nVk\np4\n(lp5\n"
    "I300\nastp6\na.";
static const char pickle4[] =
    "\x80\x04\x95\x35\0\0\0\0\0\0\0]\x94(K\x01\x8c\x02\xc3\xa9\x94NG\xc0\x04\0\0\0\0\0\0\x88\x8a\x09"
    "\0\0\0\0\0\0\0\0\x40\x8c\x01"
    "a\x94}\x94\x8c\x01k\x94]\x94M\x2c\x01"
    "as\x86\x94"
    "e.";

static void check_pickle(const char *bytes, size_t n) {
  orr_arena arena = {0};
  orr_error e = {0};
  const orr_h5_pickle *p;
  if (orr_h5_pickle_read(&arena, bytes, n, &p, &e)) fail_msg("%s", e.message);
  assert_int_equal(p->count, 7);
  assert_int_equal(p->items[0]->integer, 1);
  assert_string_equal(p->items[1]->text, "\xc3\xa9");
  assert_int_equal(p->items[2]->kind, ORR_H5_PICKLE_NONE);
  assert_float_equal(p->items[3]->number, -2.5, 0);
  assert_int_equal(p->items[4]->kind, ORR_H5_PICKLE_BOOLEAN);
  assert_float_equal(p->items[5]->number, 0x1p70, 0);
  assert_int_equal(p->items[6]->items[1]->items[1]->items[0]->integer, 300);
  orr_arena_fini(&arena);
}

static void pickles_are_read_and_never_run(void **state) {
  (void)state;
  orr_arena arena = {0};
  const orr_h5_pickle *p;
  static const char harm[] = "cos\nsystem\n(S'true'\ntR.";
  check_pickle(pickle0, sizeof pickle0 - 1);
  check_pickle(pickle4, sizeof pickle4 - 1);
  assert_int_equal(orr_h5_pickle_read(&arena, harm, sizeof harm - 1, &p, NULL), ORR_OK);
  assert_int_equal(p->kind, ORR_H5_PICKLE_OBJECT); /* a name and an argument, no more */
  assert_string_equal(p->items[0]->text, "os.system");
  for (size_t n = 0; n < sizeof pickle4 - 1; n++) /* cut anywhere it is damaged */
    assert_int_equal(orr_h5_pickle_read(&arena, pickle4, n, &p, NULL), ORR_DATA);
  orr_arena_fini(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(vectors_of_one_length_are_a_table),
                                     cmocka_unit_test(the_candidates_are_listed_best_first),
                                     cmocka_unit_test(rows_of_more_dimensions_are_flattened_or_summarised),
                                     cmocka_unit_test(anndata_is_obs_and_x),
                                     cmocka_unit_test(a_sparse_matrix_that_lies_is_refused),
                                     cmocka_unit_test(the_default_signal_and_its_axis_are_the_table),
                                     cmocka_unit_test(variables_of_one_dimension_are_a_table),
                                     cmocka_unit_test(matlab_stores_its_first_axis_last),
                                     cmocka_unit_test(a_table_of_pandas_is_what_pandas_shows),
                                     cmocka_unit_test(pickles_are_read_and_never_run)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
