/* The proof of the HDF5 helper's answer: a right one becomes the table it describes, without a copy, and any lie
 * in it, one at a time, is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/memory.h"
#include "data/hdf5_proof.h"
#include "hdf5_answer.h"

static int released;

static void release(void *address, size_t size) {
  (void)size;
  released++;
  free(address);
}

static orr_status prove_bytes(const char *bytes, size_t n, const orr_work *work, orr_hdf5_reading *out,
                              orr_error *e) {
  orr_mapping *m;
  char *copy = aligned_alloc(64, (n + 64) / 64 * 64);
  assert_non_null(copy);
  memcpy(copy, bytes, n);
  assert_int_equal(orr_mapping_new(copy, n, release, &m, NULL), ORR_OK);
  orr_status status = orr_hdf5_prove(m, "x.h5", work, out, e);
  orr_mapping_unref(m);
  return status;
}

/* The good answer with `from` in its header replaced. */
static orr_status prove_header(const char *from, const char *to, orr_hdf5_reading *out, orr_error *e) {
  char answer[ANSWER_BYTES], header[4096];
  const char *at = strstr(answer_header, from);
  assert_non_null(at);
  snprintf(header, sizeof header, "%.*s%s%s", (int)(at - answer_header), answer_header, to,
           at + strlen(from));
  assert_true(strlen(header) < ANSWER_HEAD - 16);
  answer_make(answer, header);
  return prove_bytes(answer, sizeof answer, NULL, out, e);
}

static void a_right_answer_is_a_table(void **state) {
  (void)state;
  static const char *const names[] = {"x", "y", "x_2", "column_4", "s?", "b"};
  char answer[ANSWER_BYTES];
  orr_hdf5_reading r;
  orr_error e = {0};
  answer_make(answer, answer_header);
  released = 0;
  assert_int_equal(prove_bytes(answer, sizeof answer, NULL, &r, &e), ORR_OK);
  orr_table *t = r.table;
  assert_int_equal(t->rows, 4);
  assert_int_equal(r.rows_of, 9);
  assert_int_equal(t->n_columns, 6);
  for (size_t i = 0; i < 6; i++) assert_string_equal(t->columns[i]->name, names[i]);
  assert_string_equal(t->columns[0]->unit, "GeV");
  assert_null(t->columns[1]->unit);
  for (size_t i = 0; i < 4; i++) assert_int_equal(t->row_index[i], ((int[]){0, 3, 4, 8})[i]);
  assert_int_equal(t->columns[0]->n_missing, 1);
  assert_true(orr_column_is_missing(t->columns[0], 1) && t->columns[0]->float64[3] == INFINITY);
  assert_int_equal(t->columns[1]->n_missing, 1);
  assert_int_equal(t->columns[2]->int64[3], -9);
  assert_true(orr_column_is_missing(t->columns[2], 2));
  assert_int_equal(t->columns[3]->n_missing, 0);
  assert_string_equal(orr_column_text(t->columns[4], 0, NULL, 0), "\xc3\xa9");
  assert_string_equal(orr_column_text(t->columns[4], 1, NULL, 0), "b");
  assert_string_equal(orr_column_text(t->columns[4], 2, NULL, 0), "");
  assert_null(orr_json_get(r.facts, "table"));
  assert_string_equal(orr_json_text_of(r.facts, "picked", ""), "/a");
  assert_int_equal(released, 0);
  orr_hdf5_reading_fini(&r);
  assert_int_equal(released, 1);
}

static void columns_outlive_the_table(void **state) {
  (void)state;
  char answer[ANSWER_BYTES];
  orr_hdf5_reading r;
  orr_error e = {0};
  answer_make(answer, answer_header);
  released = 0;
  assert_int_equal(prove_bytes(answer, sizeof answer, NULL, &r, &e), ORR_OK);
  orr_column *kept = orr_column_ref(r.table->columns[2]), *other = NULL;
  orr_hdf5_reading_fini(&r);
  assert_int_equal(released, 0);
  assert_int_equal(kept->int64[0], 7);
  assert_int_equal(orr_column_take(kept, (size_t[]){2, 3}, 2, &other, &e), ORR_OK);
  orr_column_unref(kept);
  assert_int_equal(released, 1);
  assert_true(orr_column_is_missing(other, 0) && other->int64[1] == -9);
  orr_column_unref(other);
}

/* Cells and marks of a mapping are left alone; what is marked besides is the column's own. */
static void mappings_are_not_written(void **state) {
  (void)state;
  static double cells[] = {1, NAN, 3, NAN};
  static uint8_t marks[] = {0, 1, 0, 0};
  struct {
    double cells[4];
    uint8_t marks[64];
  } *memory = aligned_alloc(64, 128);
  memcpy(memory->cells, cells, sizeof cells);
  memcpy(memory->marks, marks, sizeof marks);
  orr_mapping *m;
  orr_column *c;
  released = 0;
  assert_int_equal(orr_mapping_new(memory, sizeof *memory, release, &m, NULL), ORR_OK);
  assert_int_equal(orr_column_map("x", ORR_FLOAT64, 4, m, memory->cells, memory->marks, &c, NULL), ORR_OK);
  assert_int_equal(orr_column_set_missing(c, 1, NULL), ORR_OK);
  assert_ptr_equal(c->missing, memory->marks);
  orr_column_seal(c);
  assert_ptr_not_equal(c->missing, memory->marks);
  assert_int_equal(c->n_missing, 2);
  assert_memory_equal(memory->cells, cells, sizeof cells);
  assert_memory_equal(memory->marks, marks, sizeof marks);
  orr_mapping_unref(m);
  orr_column_unref(c);
  assert_int_equal(released, 1);
}

static void names_are_mended(void **state) {
  (void)state;
  char name[1400], to[1500];
  orr_hdf5_reading r;
  orr_error e = {0};
  memset(name, 'n', 479);
  strcpy(name + 479, "\xc3\xa9 more"); /* the 480th byte begins a character */
  snprintf(to, sizeof to, "\"name\":\"%s\"", name);
  assert_int_equal(prove_header("\"name\":\"b\"", to, &r, &e), ORR_OK);
  assert_int_equal(strlen(r.table->columns[5]->name), 479);
  orr_hdf5_reading_fini(&r);
  assert_int_equal(prove_header("\"name\":\"b\"", "\"name\":\"x_2\"", &r, &e), ORR_OK);
  assert_string_equal(r.table->columns[5]->name, "x_2_2");
  orr_hdf5_reading_fini(&r);
}

static void lies_in_the_header_are_found(void **state) {
  (void)state;
  static const char *const lies[][2] = {
      {"\"rows\":4", "\"rows\":5"},
      {"\"rows\":4", "\"rows\":-4"},
      {"\"rows\":4", "\"rows\":4.5"},
      {"\"rows\":4", "\"rows\":1e300"},
      {"\"rows\":4", "\"rows\":2305843009213693952"},
      {"\"rows\":4", "\"rows\":\"4\""},
      {"\"rows_of\":9", "\"rows_of\":3"},
      {"\"rows_of\":9", "\"rows_of\":8"},
      {"\"rows_of\":9,", ""},
      {"[3,2]", "[3,1]"},
      {"[3,2]", "[3,3]"},
      {"[3,2]", "[0,2]"},
      {"[3,2]", "[3,-2]"},
      {"[3,2]", "[3]"},
      {"[3,2]", "{\"a\":1,\"b\":2}"},
      {"\"cells\":1984", "\"cells\":1985"},
      {"\"cells\":1984", "\"cells\":1920"},
      {"\"cells\":1984", "\"cells\":0"},
      {"\"cells\":1984", "\"cells\":26240000"},
      {"\"cells\":1984", "\"cells\":18446744073709551552"},
      {"\"cells\":1984", "\"cells\":-64"},
      {"\"cells\":1984", "\"cells\":2624"},
      {"\"cells\":1984,", ""},
      {"\"missing\":2112", "\"missing\":2113"},
      {"\"missing\":2112", "\"missing\":9984"},
      {"\"missing\":2112", "\"missing\":[]"},
      {"\"type\":\"float32\"", "\"type\":\"float16\""},
      {"\"type\":\"float32\"", "\"type\":3"},
      {"\"type\":\"bool\"", "\"type\":\"text\""},
      {"\"name\":\"y\"", "\"name\":7"},
      {"\"n_words\":2", "\"n_words\":1"},
      {"\"n_words\":2", "\"n_words\":3"},
      {"\"n_words\":2", "\"n_words\":4294967298"},
      {"\"words_bytes\":5", "\"words_bytes\":4"},
      {"\"words_bytes\":5", "\"words_bytes\":6"},
      {"\"words_bytes\":5", "\"words_bytes\":500"},
      {"\"words_bytes\":5", "\"words_bytes\":0"},
      {"\"picked\":\"/a\"", "\"picked\":[]"},
      {"\"candidates\":[\"/a\"]", "\"candidates\":[1]"},
      {"\"candidates\":[\"/a\"]", "\"candidates\":\"/a\""},
      {"\"notes\":[", "\"notes\":[null,"},
      {"\"kind\":\"dataset\"", "\"kind\":null"},
      {"\"datasets\":[{\"path\":\"/a\"}]", "\"datasets\":[[]]"},
      {"\"options\":{}", "\"options\":[]"},
      {"\"columns\":[", "\"columns\":[[],"},
      {"\"table\":{", "\"table\":\"\",\"x\":{"},
      {"]}}", "]}"},
  };
  for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
    orr_hdf5_reading r;
    orr_error e = {0};
    if (prove_header(lies[i][0], lies[i][1], &r, &e) != ORR_SYSTEM || !strstr(e.message, "cannot be right"))
      fail_msg("%s believed: %s", lies[i][1], e.message);
    assert_null(r.table);
    assert_null(r.facts);
  }
}

static void lies_in_the_cells_are_found(void **state) {
  (void)state;
  static const struct {
    size_t at;
    char byte;
  } lies[] = {
      {2112, 2},                /* a mark that is neither */
      {2112, 1},                /* a float that is missing and a number */
      {2240, 1},                /* an integer that is missing and a number */
      {2368, 2},                /* a code without a word */
      {2371, -128},             /* a code below zero */
      {2368 + 8, 1},            /* a missing code */
      {2432, '\xff'},           /* not UTF-8 */
      {2433, 'x'},              /* one word less */
      {2434, 0},                /* one word more */
      {2436, 'x'},              /* no end */
      {2560, 2},                /* neither false nor true */
      {0, 'o'},       {7, 2},   /* not the magic */
      {9, 0},         {14, 1},  /* lengths of the header */
      {16, '!'},      {20, -1}, /* no JSON */
  };
  for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
    char answer[ANSWER_BYTES];
    orr_hdf5_reading r;
    orr_error e = {0};
    answer_make(answer, answer_header);
    answer[lies[i].at] = lies[i].byte;
    if (prove_bytes(answer, sizeof answer, NULL, &r, &e) != ORR_SYSTEM ||
        !strstr(e.message, "cannot be right"))
      fail_msg("byte %zu believed: %s", lies[i].at, e.message);
  }
  char twice[ANSWER_BYTES];
  orr_hdf5_reading r;
  answer_make(twice, answer_header);
  memcpy(twice + 2432, "ab\0ab", 6); /* n_words 2, 5 bytes: "ab" and "a" + 'b' past the end */
  assert_int_equal(prove_bytes(twice, sizeof twice, NULL, &r, NULL), ORR_SYSTEM);
  memcpy(twice + 2432, "a\0a\0\0", 5);
  assert_int_equal(prove_bytes(twice, sizeof twice, NULL, &r, NULL), ORR_SYSTEM);
}

static void no_prefix_is_believed(void **state) {
  (void)state;
  char answer[ANSWER_BYTES];
  answer_make(answer, answer_header);
  for (size_t n = 0; n < 2564; n++) { /* b's cells end there */
    orr_hdf5_reading r;
    assert_int_equal(prove_bytes(answer, n, NULL, &r, NULL), ORR_SYSTEM);
  }
}

static void errors_keep_their_status(void **state) {
  (void)state;
  static const struct {
    const char *json;
    orr_status status;
    const char *says;
  } rows[] = {
      {"{\"error\":{\"status\":\"data\",\"message\":\"no\\u001b table\"}}", ORR_DATA, "no? table"},
      {"{\"error\":{\"status\":\"usage\",\"message\":\"m\"}}", ORR_USAGE, "m"},
      {"{\"error\":{\"status\":\"memory\",\"message\":\"m\"}}", ORR_MEMORY, "m"},
      {"{\"error\":{\"status\":\"system\",\"message\":\"m\"}}", ORR_SYSTEM, "m"},
      {"{\"error\":{\"status\":\"stopped\",\"message\":\"m\"}}", ORR_STOPPED, "m"},
      {"{\"error\":{\"status\":\"ok\",\"message\":\"m\"}}", ORR_SYSTEM, "cannot be right"},
      {"{\"error\":{\"status\":\"data\",\"message\":\"\"}}", ORR_SYSTEM, "cannot be right"},
      {"{\"error\":null}", ORR_SYSTEM, "cannot be right"},
      {"[]", ORR_SYSTEM, "cannot be right"},
      {"", ORR_SYSTEM, "cannot be right"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char answer[ANSWER_BYTES];
    orr_hdf5_reading r;
    orr_error e = {0};
    answer_begin(answer, rows[i].json);
    assert_int_equal(prove_bytes(answer, sizeof answer, NULL, &r, &e), rows[i].status);
    assert_non_null(strstr(e.message, rows[i].says));
  }
}

static void a_table_of_no_rows_is_one(void **state) {
  (void)state;
  char answer[ANSWER_BYTES];
  orr_hdf5_reading r;
  orr_error e = {0};
  answer_begin(
      answer,
      "{\"table\":{\"rows\":0,\"rows_of\":0,\"columns\":[{\"name\":\"a\",\"type\":\"text\",\"cells\":2624,"
      "\"missing\":2624,\"words\":0,\"words_bytes\":0,\"n_words\":0}]}}");
  assert_int_equal(prove_bytes(answer, sizeof answer, NULL, &r, &e), ORR_OK);
  assert_int_equal(r.table->rows, 0);
  orr_hdf5_reading_fini(&r);
  answer_begin(answer, "{\"table\":null,\"picked\":null}");
  assert_int_equal(prove_bytes(answer, sizeof answer, NULL, &r, &e), ORR_OK);
  assert_null(r.table);
  orr_hdf5_reading_fini(&r);
}

/* Many rows, proven by two workers: more than one block a column. */
static void long_columns_are_proven_in_blocks(void **state) {
  (void)state;
  enum { ROWS = 600001, AT = 64 * 8 };
  const size_t size = AT + ROWS * 8;
  char *answer = calloc(1, size), header[300];
  orr_work work = {0};
  orr_hdf5_reading r;
  orr_error e = {0};
  assert_int_equal(orr_pool_new(2, &work.pool, &e), ORR_OK);
  int n = snprintf(header, sizeof header,
                   "{\"table\":{\"rows\":%d,\"rows_of\":%d,\"columns\":[{\"name\":\"a\",\"type\":\"float64\","
                   "\"cells\":%d}]}}",
                   ROWS, ROWS, AT);
  memcpy(answer, ORR_HDF5_MAGIC, 8);
  memcpy(answer + 8, &(uint64_t){(uint64_t)n}, 8);
  memcpy(answer + 16, header, (size_t)n);
  double *x = (double *)(answer + AT);
  for (int i = 0; i < ROWS; i++) x[i] = i % 1000 == 999 ? NAN : i;
  assert_int_equal(prove_bytes(answer, size, &work, &r, &e), ORR_OK);
  assert_int_equal(r.table->columns[0]->n_missing, 600);
  assert_true(orr_column_is_missing(r.table->columns[0], 599999));
  orr_hdf5_reading_fini(&r);
  orr_pool_free(work.pool);
  free(answer);
}

/* The n-th allocation fails, for every n: an error each time, and nothing leaks (the sanitizer looks). */
static void memory_may_run_out(void **state) {
  (void)state;
  char answer[ANSWER_BYTES];
  answer_make(answer, answer_header);
  orr_status status = ORR_MEMORY;
  for (long n = 0; status; n++) {
    orr_hdf5_reading r;
    orr_error e = {0};
    orr_mapping *m;
    char *copy = aligned_alloc(64, (sizeof answer + 64) / 64 * 64);
    memcpy(copy, answer, sizeof answer);
    assert_int_equal(orr_mapping_new(copy, sizeof answer, release, &m, NULL), ORR_OK);
    orr_memory_fail_after(n);
    status = orr_hdf5_prove(m, "x.h5", NULL, &r, &e);
    orr_memory_fail_after(-1);
    orr_mapping_unref(m);
    assert_true(status == ORR_OK || status == ORR_MEMORY);
    assert_true(n < 200);
    orr_hdf5_reading_fini(&r);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_right_answer_is_a_table),    cmocka_unit_test(columns_outlive_the_table),
      cmocka_unit_test(mappings_are_not_written),     cmocka_unit_test(names_are_mended),
      cmocka_unit_test(lies_in_the_header_are_found), cmocka_unit_test(lies_in_the_cells_are_found),
      cmocka_unit_test(no_prefix_is_believed),        cmocka_unit_test(errors_keep_their_status),
      cmocka_unit_test(a_table_of_no_rows_is_one),    cmocka_unit_test(long_columns_are_proven_in_blocks),
      cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
