/* Stores: what is written is read back to the bit, and no file, however broken, does harm. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

static void fill(orr_store *s) {
  orr_tensor *t;
  assert_int_equal(orr_store_add(s, "flag", ORR_U8, 1, (size_t[]){3}, &t, NULL), ORR_OK);
  memcpy(t->u8, "\1\0\1", 3);
  assert_int_equal(orr_store_add(s, "w", ORR_F64, 2, (size_t[]){2, 2}, &t, NULL), ORR_OK);
  memcpy(t->f64, (double[]){0.1, -0.0, NAN, 1e300}, 32);
  assert_int_equal(orr_store_add(s, "scalar", ORR_I64, 0, NULL, &t, NULL), ORR_OK);
  *t->i64 = INT64_MIN;
  assert_int_equal(orr_store_add(s, "none", ORR_F32, 2, (size_t[]){0, 5}, &t, NULL), ORR_OK);
  assert_int_equal(orr_store_add(s, "i\"32\n", ORR_I32, 1, (size_t[]){1}, &t, NULL), ORR_OK);
  t->i32[0] = -7;
  assert_int_equal(orr_store_note(s, "family", "ridge", NULL), ORR_OK);
  assert_int_equal(orr_store_note(s, "text", "\"quoted\" \\ line\nend \x1b[0m é", NULL), ORR_OK);
}

static orr_status parse(const char *bytes, size_t n) {
  orr_store s = {0};
  orr_error e = {0};
  char *copy = test_malloc(n + 1); /* so that a step past the end is seen */
  memcpy(copy, bytes, n);
  orr_status status = orr_store_parse(&s, copy, n, &e);
  assert_true(status == ORR_OK || strlen(e.message) > 0);
  assert_true(status == ORR_OK || !s.n_tensors);
  orr_store_fini(&s);
  test_free(copy);
  return status;
}

static orr_status parse_header(const char *header, size_t data) {
  char bytes[1024] = {0};
  uint64_t n = strlen(header);
  memcpy(bytes, &n, 8);
  memcpy(bytes + 8, header, n);
  return parse(bytes, 8 + n + data);
}

static char path[] = "/tmp/orrery-store-XXXXXX";

static void what_is_written_is_read(void **state) {
  (void)state;
  orr_store s = {0}, back = {0};
  fill(&s);
  assert_int_equal(orr_store_write(&s, path, NULL), ORR_OK);
  assert_int_equal(orr_store_read(&back, path, NULL), ORR_OK);
  orr_hash a = orr_store_hash(&s), b = orr_store_hash(&back);
  assert_true(a.high == b.high && a.low == b.low);
  assert_string_equal(orr_store_text(&back, "text"), orr_store_text(&s, "text"));
  assert_int_equal(orr_store_find(&back, "i\"32\n")->i32[0], -7);
  assert_int_equal(orr_store_find(&back, "scalar")->i64[0], INT64_MIN);
  assert_int_equal(orr_store_find(&back, "none")->count, 0);
  orr_store_find(&back, "w")->f64[1] = 0.0;
  b = orr_store_hash(&back);
  assert_false(a.high == b.high && a.low == b.low);
  orr_store_fini(&s);
  orr_store_fini(&back);
}

static void broken_files_are_refused(void **state) {
  (void)state;
  orr_store s = {0};
  orr_text file = {0};
  fill(&s);
  assert_int_equal(orr_store_write(&s, path, NULL), ORR_OK);
  assert_int_equal(orr_file_read_path(path, 1 << 20, &file, NULL), ORR_OK);
  assert_int_equal(parse(file.data, file.length), ORR_OK);
  for (size_t n = 0; n < file.length; n++) assert_int_equal(parse(file.data, n), ORR_DATA);
  for (size_t i = 0; i < 8 * file.length; i++) {
    file.data[i / 8] ^= (char)(1 << i % 8);
    parse(file.data, file.length);
    file.data[i / 8] ^= (char)(1 << i % 8);
  }
  orr_text_fini(&file);
  orr_store_fini(&s);
}

#define T(shape, offsets) "{\"a\":{\"dtype\":\"F64\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

static void hostile_headers_are_refused(void **state) {
  (void)state;
  assert_int_equal(parse_header(T("[2]", "[0,16]"), 16), ORR_OK);
  assert_int_equal(parse_header("{}", 0), ORR_OK);
  assert_int_equal(parse_header("{}  ", 0), ORR_OK);
  const char *const bad[] = {T("[3]", "[0,16]"),
                             T("[2]", "[0,24]"),
                             T("[2]", "[8,16]"),
                             T("[2]", "[16,0]"),
                             T("[2]", "[0]"),
                             T("[-2]", "[0,16]"),
                             T("[2.5]", "[0,20]"),
                             T("[1e300]", "[0,16]"),
                             T("[4294967296,4294967296]", "[0,0]"),
                             T("[2305843009213693952]", "[0,0]"),
                             T("[1,1,1,1,2]", "[0,16]"),
                             T("2", "[0,16]"),
                             T("[2]", "null"),
                             T("[\"2\"]", "[0,16]"),
                             "[]",
                             "null",
                             "",
                             "{",
                             "{\"a\":1}",
                             "{\"\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}}",
                             "{\"a\":{\"dtype\":\"F16\",\"shape\":[8],\"data_offsets\":[0,16]}}",
                             "{\"a\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16],\"x\":1}}",
                             "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},\"a\":{"
                             "\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[8,16]}}",
                             "{\"a\":{\"dtype\":\"U8\",\"shape\":[16],\"data_offsets\":[0,16]},\"b\":{"
                             "\"dtype\":\"U8\",\"shape\":[16],\"data_offsets\":[0,16]}}",
                             "{\"__metadata__\":{\"a\":1}}",
                             "{\"__metadata__\":[]}",
                             "{\"__metadata__\":{\"a\":\"b\",\"a\":\"c\"}}",
                             "{\"__metadata__\":{\"a\":\"b\"},\"__metadata__\":{\"c\":\"d\"}}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_int_equal(parse_header(bad[i], 16), ORR_DATA);
  assert_int_equal(parse("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10), ORR_DATA);
}

static void names_are_new_and_shapes_fit(void **state) {
  (void)state;
  orr_store s = {0};
  orr_tensor *t;
  const orr_tensor *found;
  fill(&s);
  assert_int_equal(orr_store_add(&s, "w", ORR_F64, 1, (size_t[]){1}, &t, NULL), ORR_DATA);
  assert_int_equal(orr_store_add(&s, "__metadata__", ORR_F64, 1, (size_t[]){1}, &t, NULL), ORR_DATA);
  assert_int_equal(orr_store_add(&s, "x", ORR_F64, 2, (size_t[]){SIZE_MAX, 2}, &t, NULL), ORR_DATA);
  assert_int_equal(orr_store_note(&s, "family", "knn", NULL), ORR_OK);
  assert_string_equal(orr_store_text(&s, "family"), "knn");
  assert_int_equal(orr_store_want(&s, "w", ORR_F64, 2, (size_t[]){0, 2}, &found, NULL), ORR_OK);
  assert_int_equal(orr_store_want(&s, "w", ORR_F64, 2, (size_t[]){3, 2}, &found, NULL), ORR_DATA);
  assert_int_equal(orr_store_want(&s, "w", ORR_F32, 2, (size_t[]){2, 2}, &found, NULL), ORR_DATA);
  assert_int_equal(orr_store_want(&s, "w", ORR_F64, 1, (size_t[]){4}, &found, NULL), ORR_DATA);
  assert_int_equal(orr_store_want(&s, "v", ORR_F64, 1, (size_t[]){4}, &found, NULL), ORR_DATA);
  assert_int_equal(orr_tensor_check_finite(orr_store_find(&s, "w"), NULL), ORR_DATA);
  orr_store_fini(&s);
}

/* Growing past the first room leaves earlier pointers readable, and all tensors in place. */
static void many_tensors(void **state) {
  (void)state;
  orr_store s = {0};
  orr_tensor *first, *t;
  char name[16];
  assert_int_equal(orr_store_add(&s, "first", ORR_F64, 1, (size_t[]){1}, &first, NULL), ORR_OK);
  *first->f64 = 5;
  for (int i = 0; i < 100; i++) {
    snprintf(name, sizeof name, "t%d", i);
    assert_int_equal(orr_store_add(&s, name, ORR_I32, 1, (size_t[]){1}, &t, NULL), ORR_OK);
    *t->i32 = i;
  }
  assert_near(*first->f64, 5, 0);
  assert_int_equal(*orr_store_find(&s, "t63")->i32, 63);
  orr_store_fini(&s);
}

static void families_are_found(void **state) {
  (void)state;
  const orr_family *f;
  orr_error e = {0};
  assert_int_equal(orr_family_find("knn", ORR_REGRESSION, &f, &e), ORR_OK);
  assert_ptr_equal(f, &orr_family_knn);
  assert_int_equal(orr_family_find("logistic", ORR_REGRESSION, &f, &e), ORR_USAGE);
  assert_non_null(strstr(e.message, "logistic cannot do regression; try constant, ridge"));
  assert_int_equal(orr_family_find("boosted_tree", ORR_REGRESSION, &f, &e), ORR_USAGE);
  assert_non_null(strstr(e.message, "did you mean 'boosted_trees'"));
  assert_int_equal(orr_family_find("zzzzzzzzzzzzz", ORR_REGRESSION, &f, &e), ORR_USAGE);
  assert_non_null(strstr(e.message, "known are"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read),      cmocka_unit_test(broken_files_are_refused),
      cmocka_unit_test(hostile_headers_are_refused),  cmocka_unit_test(many_tensors),
      cmocka_unit_test(names_are_new_and_shapes_fit), cmocka_unit_test(families_are_found),
  };
  int fd = mkstemp(path);
  if (fd < 0) return 1;
  close(fd);
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  unlink(path);
  return failed;
}
