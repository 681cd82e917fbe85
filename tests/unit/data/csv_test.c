/* CSV: every cell that was written is read, types are what all cells of a column are,
 * and what is wrong with a file is said with its line. */
#include "table_from.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

static void check_cell(const orr_table *t, size_t row, size_t column, const char *wanted) {
  char buffer[64];
  assert_string_equal(orr_column_text(t->columns[column], row, buffer, sizeof buffer), wanted);
}

static void quotes_hold_delimiters_quotes_and_lines(void **state) {
  (void)state;
  orr_table *t = table_from("name,note\n\"a,b\",\"say \"\"hi\"\"\"\n\"two\nlines\", plain \n");
  assert_int_equal(t->rows, 2);
  assert_int_equal(t->n_columns, 2);
  check_cell(t, 0, 0, "a,b");
  check_cell(t, 0, 1, "say \"hi\"");
  check_cell(t, 1, 0, "two\nlines");
  check_cell(t, 1, 1, "plain");
  orr_table_unref(t);
}

static void ends_of_lines_and_marks_do_not_matter(void **state) {
  (void)state;
  static const char *const same[] = {"a,b\n1,x\n2,y\n",
                                     "a,b\r\n1,x\r\n2,y\r\n",
                                     "a,b\r1,x\r2,y\r",
                                     "\xef\xbb\xbf"
                                     "a,b\n1,x\n2,y",
                                     "\n\na,b\n\n1,x\n\n\n2,y\n\n",
                                     "a;b\n1;x\n2;y\n",
                                     "a\tb\n1\tx\n2\ty\n"};
  orr_table *first = table_from(same[0]);
  orr_hash wanted = orr_table_hash(first);
  for (size_t i = 1; i < sizeof same / sizeof *same; i++) {
    orr_table *t = table_from(same[i]);
    orr_hash h = orr_table_hash(t);
    if (h.high != wanted.high || h.low != wanted.low) fail_msg("form %zu reads differently", i);
    orr_table_unref(t);
  }
  orr_table_unref(first);
}

static const struct {
  const char *csv;
  orr_type type;
} typed[] = {
    {"x\n1\n2\n", ORR_INT64},
    {"x\n1\n2.5\n", ORR_FLOAT64},
    {"x\n+1\n-1\n", ORR_INT64},
    {"x\ntrue\nFALSE\n", ORR_BOOL},
    {"x\ntrue\n0\n", ORR_TEXT},
    {"x\n1e3\n-inf\n", ORR_FLOAT64},
    {"x\n0x10\n", ORR_TEXT},
    {"x\n1.2.3\n", ORR_TEXT},
    {"x\n007\n008\n", ORR_TEXT},
    {"x\n-07\n1\n", ORR_TEXT},
    {"x\n0\n0.5\n-0\n", ORR_FLOAT64},
    {"x\n0\n10\n", ORR_INT64},
    {"x\n9223372036854775807\n", ORR_INT64},
    {"x\n9223372036854775808\n", ORR_FLOAT64},
    {"x\nNA\n?\n", ORR_FLOAT64},
    {"x\nNA\ntrue\n", ORR_BOOL},
    {"x\n 3 \n\" 4 \"\n", ORR_INT64},
};

static void a_column_is_what_all_its_cells_are(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
    orr_table *t = table_from(typed[i].csv);
    if (t->columns[0]->type != typed[i].type)
      fail_msg("%s is %s", typed[i].csv, orr_type_name(t->columns[0]->type));
    orr_table_unref(t);
  }
}

/* A prefix of 200,000 integers does not make a column of integers. */
static void the_last_cell_counts_too(void **state) {
  (void)state;
  orr_text csv = {0};
  orr_text_add(&csv, "x,y\n");
  for (size_t i = 0; i < 200000; i++) orr_text_printf(&csv, "%zu,%zu\n", i, i);
  orr_text_add(&csv, "last,1.5\n");
  orr_table *t = table_from(csv.data);
  assert_int_equal(t->rows, 200001);
  assert_int_equal(t->columns[0]->type, ORR_TEXT);
  assert_int_equal(t->columns[1]->type, ORR_FLOAT64);
  check_cell(t, 199999, 0, "199999");
  check_cell(t, 200000, 1, "1.5");
  orr_table_unref(t);
  orr_text_fini(&csv);
}

static void every_missing_marker_is_missing(void **state) {
  (void)state;
  orr_table *t = table_from("i,f,b,s\n1,1.5,true,a\n,,,\nNA,N/A,n/a,NaN\nnan,NAN,null,NULL\nNone,?,-,\"\"\n");
  static const orr_type types[] = {ORR_INT64, ORR_FLOAT64, ORR_BOOL, ORR_TEXT};
  for (size_t c = 0; c < 4; c++) {
    assert_int_equal(t->columns[c]->type, types[c]);
    assert_int_equal(t->columns[c]->n_missing, 4);
    for (size_t row = 0; row < 5; row++) assert_true(orr_column_is_missing(t->columns[c], row) == (row > 0));
  }
  assert_true(isnan(orr_column_number(t->columns[0], 1)));
  orr_table_unref(t);
}

static void numbers_are_read_to_the_bit(void **state) {
  (void)state;
  orr_table *t = table_from("i,f\n-9223372036854775808,0.1\n9223372036854775807,5e-324\n0,-inf\n");
  assert_true(t->columns[0]->int64[0] == INT64_MIN && t->columns[0]->int64[1] == INT64_MAX);
  assert_true(t->columns[1]->float64[0] == 0.1 && t->columns[1]->float64[1] == 0x1p-1074);
  assert_true(t->columns[1]->float64[2] == -INFINITY);
  orr_table_unref(t);
}

static void names_are_made_distinct(void **state) {
  (void)state;
  orr_table *t = table_from("x,x,,x_2,x,\n1,2,3,4,5,6\n");
  static const char *const wanted[] = {"x", "x_2", "column_3", "x_2_2", "x_3", "column_6"};
  for (size_t i = 0; i < 6; i++) assert_string_equal(t->columns[i]->name, wanted[i]);
  orr_table_unref(t);
}

static const struct {
  const char *csv, *message;
} faults[] = {
    {"", "memory is empty"},
    {"\n\n\n", "memory is empty"},
    {"a,b\n", "memory has column names but no rows of data"},
    {"a,b\n1,2\n3\n", "line 3 has 1 cells where the header has 2"},
    {"a,b\n1,2,3\n", "line 2 has 3 cells where the header has 2"},
    {"a,b\n\n\n1\n", "line 4 has 1 cells"},
    {"a,b\r\n\r\n1,2\r\n3\r\n", "line 4 has 1 cells"},
    {"a,b\r1,2\r3\r", "line 3 has 1 cells"},
    {"a,b\n\"1\n2\n3\",2\n3\n", "line 5 has 1 cells"},
    {"a,b\n1,\"open\n2,3\n", "the quote opened near line 2 is never closed"},
    {"a,b\n1,x\"y\"\n", "line 2: "},
    {"a,b\n1,\"x\"y\n", "line 2: "},
    {"a,b\n1,\xff\n", "line 2 is not UTF-8 text"},
    {"a,b\n1,\xed\xa0\x80\n", "line 2 is not UTF-8 text"},
    {"a,\xc3\n1,2\n", "line 1 is not UTF-8 text"},
};

static void faults_are_told_with_their_line(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    orr_table *t = NULL;
    orr_error e = {0};
    assert_int_equal(orr_csv_parse(faults[i].csv, strlen(faults[i].csv), "memory", NULL, &t, &e), ORR_DATA);
    if (!strstr(e.message, faults[i].message)) fail_msg("%s: %s", faults[i].csv, e.message);
    assert_null(t);
  }
}

static orr_status parse(const char *bytes, size_t n, orr_error *e) {
  orr_table *t = NULL;
  char *copy = test_malloc(n + 1); /* so that a step past the end is seen */
  memcpy(copy, bytes, n);
  orr_status status = orr_csv_parse(copy, n, "memory", NULL, &t, e);
  test_free(copy);
  orr_table_unref(t);
  return status;
}

static void zero_bytes_are_refused(void **state) {
  (void)state;
  orr_error e;
  assert_int_equal(parse("a,b\n1,\0\n", 8, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "binary data"));
  orr_text late = {0};
  orr_text_add(&late, "a,b\n");
  for (size_t i = 0; i < 3000; i++) orr_text_add(&late, "1,2\n");
  orr_text_add_bytes(&late, "1,\0\n", 4);
  assert_int_equal(parse(late.data, late.length, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "line 3002 is not UTF-8"));
  orr_text_fini(&late);
}

static void long_cells_and_names_have_limits(void **state) {
  (void)state;
  orr_error e;
  orr_text csv = {0};
  orr_text_add(&csv, "a\n\"");
  for (size_t i = 0; i < (1 << 20) + 1; i++) orr_text_add(&csv, "x");
  orr_text_add(&csv, "\"\n");
  assert_int_equal(parse(csv.data, csv.length, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "longer than 1 MiB"));
  csv.length = 0;
  for (size_t i = 0; i < 300; i++) orr_text_add(&csv, "é");
  orr_text_add(&csv, "\n1\n");
  assert_int_equal(parse(csv.data, csv.length, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "the name of column 1 is longer than 480 bytes"));
  orr_text_fini(&csv);
}

static void a_written_cell_is_read_back(void **state) {
  (void)state;
  static const char *const cells[] = {"plain", "a,b",      "say \"hi\"", "two\nlines", " blank before",
                                      "é",     "cr\rhere", "trailing ",  "'",          "\"",
                                      "a;b",   "tab\there"};
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
    orr_text csv = {0};
    orr_text_add(&csv, "a,b\n");
    orr_csv_add_cell(&csv, cells[i]);
    orr_text_add(&csv, ",word\n");
    orr_table *t = table_from(csv.data);
    check_cell(t, 0, 0, cells[i]);
    orr_table_unref(t);
    orr_text_fini(&csv);
  }
}

static void a_file_is_read_and_named_by_its_content(void **state) {
  (void)state;
  static const char csv[] = "a,b\n1,2\n";
  char path[] = "/tmp/orrery-csv-XXXXXX";
  orr_table *t;
  orr_hash content, wanted = orr_hash_bytes(csv, strlen(csv));
  int fd = mkstemp(path);
  assert_true(fd >= 0 && write(fd, csv, strlen(csv)) == (ssize_t)strlen(csv) && !lseek(fd, 0, SEEK_SET));
  assert_int_equal(orr_csv_read(fd, "the file", NULL, &t, &content, NULL), ORR_OK);
  assert_true(content.high == wanted.high && content.low == wanted.low);
  assert_string_equal(t->source, "the file");
  assert_true(t->columns[1]->int64[0] == 2);
  orr_table_unref(t);
  close(fd);
  unlink(path);
}

static orr_signal abandon(void *context, const orr_report *report) {
  (void)context, (void)report;
  return ORR_ABANDON;
}

static void reading_can_be_stopped(void **state) {
  (void)state;
  orr_work work = {.progress = abandon};
  orr_table *t = NULL;
  assert_int_equal(orr_csv_parse("a\n1\n", 4, "memory", &work, &t, NULL), ORR_STOPPED);
  assert_null(t);
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  static const char csv[] = "n,s,b,s\n1,word,true,\n,\"other, \"\"word\"\"\",NA,x\n";
  orr_status status = ORR_MEMORY;
  long after = 0;
  for (; status && after < 1000; after++) {
    orr_error e = {0};
    orr_memory_fail_after(after);
    status = parse(csv, strlen(csv), &e);
    orr_memory_fail_after(-1);
    if (status) assert_int_equal(status, ORR_MEMORY);
    assert_int_equal(e.status, status);
  }
  assert_int_equal(status, ORR_OK);
  assert_true(after > 15);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(quotes_hold_delimiters_quotes_and_lines),
      cmocka_unit_test(ends_of_lines_and_marks_do_not_matter),
      cmocka_unit_test(a_column_is_what_all_its_cells_are),
      cmocka_unit_test(the_last_cell_counts_too),
      cmocka_unit_test(every_missing_marker_is_missing),
      cmocka_unit_test(numbers_are_read_to_the_bit),
      cmocka_unit_test(names_are_made_distinct),
      cmocka_unit_test(faults_are_told_with_their_line),
      cmocka_unit_test(zero_bytes_are_refused),
      cmocka_unit_test(long_cells_and_names_have_limits),
      cmocka_unit_test(a_written_cell_is_read_back),
      cmocka_unit_test(a_file_is_read_and_named_by_its_content),
      cmocka_unit_test(reading_can_be_stopped),
      cmocka_unit_test(any_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
