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

static void keep_line(void *context, const char *line) {
  orr_text_add(context, line);
  orr_text_add(context, "\n");
}

/* Parses with options as JSON (NULL: none), from a copy that ends where the bytes do; what is logged goes to `log`. */
static orr_status parse(const char *bytes, size_t n, const char *options, orr_text *log, orr_csv_reading *out,
                        orr_error *e) {
  orr_arena arena = {0};
  orr_value given = {0};
  orr_options set;
  orr_work work = {.log = log ? keep_line : NULL, .context = log};
  char *copy = test_malloc(n + 1);
  memcpy(copy, bytes, n);
  orr_status status = ORR_OK;
  if (options) {
    assert_int_equal(orr_value_from_json(options, &arena, &given, e), ORR_OK);
    status = orr_options_init(&set, orr_csv_options, orr_csv_options_count, &given, NULL, &arena, e);
  }
  char *exact = test_realloc(copy, n ? n : 1);
  if (!status) status = orr_csv_parse(exact, n, "memory", options ? &set : NULL, &work, out, e);
  test_free(exact);
  orr_arena_fini(&arena);
  return status;
}

static orr_table *table_with(const char *csv, const char *options, orr_text *log) {
  orr_csv_reading r;
  orr_error e = {0};
  if (parse(csv, strlen(csv), options, log, &r, &e)) fail_msg("%s: %s", csv, e.message);
  orr_table *t = orr_table_ref(r.table);
  orr_csv_reading_fini(&r);
  return t;
}

static void check_log(const char *csv, const char *options, const char *wanted) {
  orr_text log = {0};
  orr_table_unref(table_with(csv, options, &log));
  if (!strstr(orr_text_get(&log), wanted))
    fail_msg("%s: '%s' is not in '%s'", csv, wanted, orr_text_get(&log));
  orr_text_fini(&log);
}

static void quotes_hold_delimiters_quotes_and_lines(void **state) {
  (void)state;
  orr_table *t =
      table_with("name,note\n\"a,b\",\"say \"\"hi\"\"\"\n\"two\nlines\", plain \n", "{\"trim\":true}", NULL);
  assert_int_equal(t->rows, 2);
  assert_int_equal(t->n_columns, 2);
  check_cell(t, 0, 0, "a,b");
  check_cell(t, 0, 1, "say \"hi\"");
  check_cell(t, 1, 0, "two\nlines");
  check_cell(t, 1, 1, "plain");
  orr_table_unref(t);
}

static void quotes_out_of_place_are_text(void **state) {
  (void)state;
  orr_text log = {0};
  orr_table *t = table_with("a,b\n5\" pipe,\"x \"y\" z\"\n1,2\n",
                            "{\"delimiter\":\",\",\"quote\":\"\\\"\","
                            "\"stray_quotes\":false,\"header\":1,\"skip\":0}",
                            &log);
  check_cell(t, 0, 0, "5\" pipe");
  check_cell(t, 0, 1, "x \"y\" z");
  assert_non_null(strstr(log.data, "2 quotes within quoted cells are not doubled"));
  assert_non_null(strstr(log.data, "line 2"));
  orr_text_fini(&log);
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

/* Each form, and the options that name it. */
static const struct {
  const char *csv, *options;
} dialects[] = {
    {"a,b,c\n1,\"x, y\",2.5\n2,z,3.5\n", "{\"delimiter\":\",\",\"header\":1}"},
    {"a;b;c\n1;'x, y';2,5\n2;z;3,5\n",
     "{\"delimiter\":\";\",\"quote\":\"'\",\"decimal\":\",\",\"header\":1}"},
    {"a, b, c\n1, \"x, y\", 2.5\n2, z, 3.5\n", "{\"delimiter\":\", \",\"header\":1}"},
    {"a,b,c\n1,x\\, y,2.5\n2,z,3.5\n", "{\"delimiter\":\",\",\"skip\":0,\"escape\":\"\\\\\",\"header\":1}"},
    {"  a   b     c\n  1 'x, y'  2.5\n  2   z   3.5  \n",
     "{\"delimiter\":\"blanks\",\"quote\":\"'\",\"header\":1}"},
    {"# made by hand\na,b,c\n# one \"more\n1,\"x, y\",2.5\n#\n2,z,3.5\n",
     "{\"delimiter\":\",\",\"comment\":\"#\",\"header\":1,\"skip\":0}"},
    {"made by hand\nin 2 lines\na,b,c\n1,\"x, y\",2.5\n2,z,3.5\n",
     "{\"delimiter\":\",\",\"header\":1,\"skip\":2}"},
    {"a,b,c\n1,\"x, y\",2.5,\n2,z,3.5,\n", "{\"delimiter\":\",\",\"header\":1,\"trailing\":true}"},
    {"a::b::c\n1::x, y::2.5\n2::z::3.5", "{\"delimiter\":\"::\",\"header\":1}"},
};

static void dialects_say_the_same(void **state) {
  (void)state;
  orr_table *first = table_with(dialects[0].csv, dialects[0].options, NULL);
  orr_hash wanted = orr_table_hash(first);
  check_cell(first, 0, 1, "x, y");
  for (size_t i = 1; i < sizeof dialects / sizeof *dialects; i++) {
    orr_table *t = table_with(dialects[i].csv, dialects[i].options, NULL);
    orr_hash h = orr_table_hash(t);
    if (h.high != wanted.high || h.low != wanted.low) fail_msg("%s reads differently", dialects[i].csv);
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
    {"x\n1.0\n2.0\n", ORR_FLOAT64},
    {"x\n+1\n-1\n", ORR_INT64},
    {"x\ntrue\nFALSE\n", ORR_BOOL},
    {"x\ntrue\n0\n", ORR_TEXT},
    {"x\n1e3\n-inf\n", ORR_FLOAT64},
    {"x\n1d3\n2\n", ORR_FLOAT64},
    {"x\n0x10\n", ORR_TEXT},
    {"x\n1.2.3\n", ORR_TEXT},
    {"x\n007\n008\n", ORR_TEXT},
    {"x\n-07\n1\n", ORR_TEXT},
    {"x\n0\n0.5\n-0\n", ORR_FLOAT64},
    {"x\n0\n10\n", ORR_INT64},
    {"x\n9223372036854775807\n1\n", ORR_INT64},
    {"x\n9223372036854775808\n1\n", ORR_TEXT},
    {"x\n9223372036854775808\n1.5\n", ORR_FLOAT64},
    {"x\n1\nNA\n", ORR_INT64},
    {"x\n1.5\nnan\n", ORR_FLOAT64},
    {"x\nNA\ntrue\n", ORR_BOOL},
    {"x\n 3 \n\" 4 \"\n", ORR_INT64},
    {"x\n2024-05-01\n2024-05-02\n", ORR_TIME},
    {"x\n2024-05-01T12:00:00Z\n2024-05-02\n\n", ORR_TIME},
    {"x\n2024-05-01\n17\n", ORR_TEXT},
    {"x\n2024-05-01\n0001-01-01\n", ORR_TEXT},
    {"x\n20140102\n20121231\n", ORR_INT64},
    {"x\n12:34\n12:35\n", ORR_TEXT},
};

static void a_column_is_what_all_its_cells_are(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
    orr_table *t = table_with(
        typed[i].csv, "{\"delimiter\":\"\",\"header\":1,\"skip\":0,\"units\":false,\"legend\":0}", NULL);
    if (t->columns[0]->type != typed[i].type)
      fail_msg("%s is %s", typed[i].csv, orr_type_name(t->columns[0]->type));
    orr_table_unref(t);
  }
}

/* A prefix of 200,000 integers does not make a column of integers. */
static void the_last_cell_counts_too(void **state) {
  (void)state;
  orr_text csv = {0};
  orr_text_add(&csv, "x,y,z\n");
  for (size_t i = 0; i < 200000; i++) orr_text_printf(&csv, "%zu,%zu,%zu\n", i, i, i);
  orr_text_add(&csv, "last,1.5,\n");
  orr_table *t = table_from(csv.data);
  assert_int_equal(t->rows, 200001);
  assert_int_equal(t->columns[0]->type, ORR_TEXT);
  assert_int_equal(t->columns[1]->type, ORR_FLOAT64);
  assert_int_equal(t->columns[2]->type, ORR_INT64);
  check_cell(t, 199999, 0, "199999");
  check_cell(t, 200000, 1, "1.5");
  assert_true(t->columns[1]->float64[77777] == 77777);
  assert_true(t->columns[2]->n_missing == 1 && orr_column_is_missing(t->columns[2], 200000));
  orr_table_unref(t);
  orr_text_fini(&csv);
}

/* In the middle, where no sample lies. */
static void one_cell_in_the_middle_counts(void **state) {
  (void)state;
  orr_text csv = {0};
  orr_text_add(&csv, "a,b,c,d\n");
  for (size_t i = 0; i < 120000; i++) {
    bool odd = i == 50001;
    orr_text_printf(&csv, "%zu,%s,%s,%s\n", i, odd ? "x" : "2.5", odd ? "0.25" : "7",
                    odd ? "" : "2024-05-01");
  }
  orr_table *t = table_from(csv.data);
  static const orr_type types[] = {ORR_INT64, ORR_TEXT, ORR_FLOAT64, ORR_TIME};
  for (size_t c = 0; c < 4; c++) assert_int_equal(t->columns[c]->type, types[c]);
  check_cell(t, 50001, 1, "x");
  check_cell(t, 50001, 2, "0.25");
  assert_int_equal(t->columns[3]->n_missing, 1);
  orr_table_unref(t);
  check_log(csv.data, NULL,
            "column 'b' is read as text: 119999 of its cells are numbers, but 'x' on line 50003 is not");
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

static void missing_words_are_given_by_hand(void **state) {
  (void)state;
  orr_table *t =
      table_with("i,f,s\n1,2.5,a\n-999,-999,-999\n-99,-99.0,NA\n", "{\"missing\":[\"-999\"]}", NULL);
  for (size_t c = 0; c < 3; c++) {
    assert_int_equal(t->columns[c]->n_missing, 1);
    assert_true(orr_column_is_missing(t->columns[c], 1));
  }
  assert_true(t->columns[0]->int64[2] == -99);
  check_cell(t, 2, 2, "NA");
  orr_table_unref(t);
}

static void a_column_of_nothing_is_told(void **state) {
  (void)state;
  orr_csv_reading r;
  orr_error e = {0};
  check_log("a,b\n1,\n2,\n", NULL, "column 'b' holds nothing");
  const char *csv = "a,b\n1,NA\n2,NA\n";
  assert_int_equal(parse(csv, strlen(csv), NULL, NULL, &r, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "column 'b' would be all missing: 'NA' on line 2"));
  orr_table *t = table_with(csv, "{\"missing\":[]}", NULL);
  check_cell(t, 0, 1, "NA");
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
  orr_table *t = table_with("x,x,,x_2,x,\n1,2,3,4,5,6\n", "{\"header\":1}", NULL);
  static const char *const wanted[] = {"x", "x_2", "column_3", "x_2_2", "x_3", "column_6"};
  for (size_t i = 0; i < 6; i++) assert_string_equal(t->columns[i]->name, wanted[i]);
  orr_table_unref(t);
}

static void units_are_found(void **state) {
  (void)state;
  orr_table *t =
      table_with("mass [kg],flux (Jy),n (see below),t\n1,2,3,4\n5,6,7,8\n", "{\"header\":1}", NULL);
  assert_string_equal(t->columns[0]->name, "mass [kg]");
  assert_string_equal(t->columns[0]->unit, "kg");
  assert_string_equal(t->columns[1]->unit, "Jy");
  assert_null(t->columns[2]->unit);
  assert_null(t->columns[3]->unit);
  orr_table_unref(t);
  t = table_with("mass,flux,t\n[kg],Jy,\n1,2,3\n4,5,6\n", "{\"header\":1,\"units\":true,\"legend\":0}", NULL);
  assert_int_equal(t->rows, 2);
  assert_string_equal(t->columns[0]->unit, "kg");
  assert_string_equal(t->columns[1]->unit, "Jy");
  assert_null(t->columns[2]->unit);
  orr_table_unref(t);
}

static void names_may_take_several_rows(void **state) {
  (void)state;
  orr_table *t =
      table_with("first,second,\nx,x,z\n1,2,3\n", "{\"header\":2,\"units\":false,\"legend\":0}", NULL);
  assert_int_equal(t->rows, 1);
  assert_string_equal(t->columns[0]->name, "first x");
  assert_string_equal(t->columns[1]->name, "second x");
  assert_string_equal(t->columns[2]->name, "z");
  orr_table_unref(t);
  t = table_with("x y\na 1 2\nb 3 4\n", "{\"delimiter\":\" \",\"header\":1,\"row_names\":true}", NULL);
  assert_int_equal(t->n_columns, 3);
  assert_string_equal(t->columns[0]->name, "row");
  check_cell(t, 1, 0, "b");
  orr_table_unref(t);
  t = table_with("# run 5\n# x y\n1 2\n3 4\n",
                 "{\"delimiter\":\" \",\"comment\":\"#\",\"header\":-1,\"skip\":2}", NULL);
  assert_string_equal(t->columns[1]->name, "y");
  assert_int_equal(t->rows, 2);
  orr_table_unref(t);
}

static void ragged_rows_are_counted(void **state) {
  (void)state;
  orr_csv_reading r;
  orr_error e = {0};
  const char *csv = "a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,2,3,,\n\n1,2,3\n\"x\ny\",2\n1,2,3\n";
  orr_text log = {0};
  assert_int_equal(parse(csv, strlen(csv), "{\"header\":1,\"delimiter\":\",\"}", &log, &r, &e), ORR_OK);
  assert_int_equal(r.table->rows, 6);
  assert_int_equal(r.short_rows.count, 2);
  assert_int_equal(r.short_rows.lines[0], 3);
  assert_int_equal(r.short_rows.lines[1], 8);
  assert_int_equal(r.long_rows.count, 1);
  assert_int_equal(r.long_rows.lines[0], 4);
  assert_int_equal(r.table->columns[2]->n_missing, 2);
  assert_non_null(
      strstr(log.data, "2 rows have too few cells and are filled with missing ones (lines 3, 8)"));
  assert_non_null(strstr(log.data, "1 row has more cells than there are columns and is left out (line 4)"));
  orr_text_fini(&log);
  orr_csv_reading_fini(&r);
}

static void a_second_table_and_a_footer_are_left_out(void **state) {
  (void)state;
  orr_csv_reading r;
  orr_error e = {0};
  const char *csv = "x,y,z\n1,2,3\n4,5,6\nend of table\n\nx,y\n7,z\n8,z\n";
  assert_int_equal(parse(csv, strlen(csv), "{\"header\":1,\"delimiter\":\",\"}", NULL, &r, &e), ORR_OK);
  assert_int_equal(r.table->rows, 2);
  assert_int_equal(r.table->columns[0]->type, ORR_INT64);
  assert_int_equal(r.second.count, 1);
  assert_int_equal(r.second.lines[0], 6);
  assert_int_equal(r.footer.count, 1);
  assert_int_equal(r.footer.lines[0], 4);
  orr_csv_reading_fini(&r);
  check_log("x,y,z\n1,2,3\n4,5,6\nTotal: 2\nsee notes\n", "{\"header\":1,\"delimiter\":\",\"}",
            "the last 2 lines of the table have one cell only, and are left out as a footer (lines 4, 5)");
}

static void odd_columns_are_told(void **state) {
  (void)state;
  check_log("zip,x\n08123,1\n10001,2\n", NULL, "note: column 'zip' is kept as text: '08123' on line 2");
  check_log(
      "id,x\n1,1\n12345678901234567890,2\n", NULL,
      "warning: column 'id' is kept as text: '12345678901234567890' on line 3 is an integer beyond 64 bits");
  check_log(
      "t,x\n2024-05-01,1\n1066-10-14,2\n", NULL,
      "warning: column 't' is kept as text: '1066-10-14' on line 3 is a time before 1677 or after 2262");
}

static const struct {
  const char *csv, *options, *message;
} faults[] = {
    {"", NULL, "memory is empty"},
    {"\n\n\n", NULL, "memory is empty"},
    {"a,b\n", "{\"header\":1}", "memory has column names but no rows of data"},
    {"a,b\n1,2,3\n", "{\"header\":1}",
     "1 of 1 rows have more cells than there are columns (2), the first on line 2"},
    {"a,b\n1,\"open\n2,3\n", "{\"header\":1,\"quote\":\"\\\"\"}",
     "the quote opened near line 2 is never closed"},
    {"a,b\n1,2\n\"x\ny\",2\n1,\"open\n2,3\n", "{\"header\":1,\"quote\":\"\\\"\"}",
     "near line 5 is never closed"},
    {"a,b\n1,\xff\n", "{\"encoding\":\"utf-8\"}", "line 2 is not UTF-8 text"},
    {"a,b\n1,\xed\xa0\x80\n", "{\"encoding\":\"utf-8\"}", "line 2 is not UTF-8 text"},
    {"a,\xc3\n1,2\n", "{\"encoding\":\"utf-8\",\"header\":1}", "line 1 is not UTF-8 text"},
};

static void faults_are_told_with_their_line(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    orr_csv_reading r;
    orr_error e = {0};
    assert_int_equal(parse(faults[i].csv, strlen(faults[i].csv), faults[i].options, NULL, &r, &e), ORR_DATA);
    if (!strstr(e.message, faults[i].message)) fail_msg("%s: %s", faults[i].csv, e.message);
    assert_null(r.table);
  }
}

static orr_status fails(const char *bytes, size_t n, const char *options, orr_error *e) {
  orr_csv_reading r;
  orr_status status = parse(bytes, n, options, NULL, &r, e);
  orr_csv_reading_fini(&r);
  return status;
}

static void zero_bytes_are_refused(void **state) {
  (void)state;
  orr_error e;
  assert_int_equal(fails("a,b\n1,\0\n", 8, NULL, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "line 2 holds a NUL byte"));
  orr_text late = {0};
  orr_text_add(&late, "a,b\n");
  for (size_t i = 0; i < 600000; i++) orr_text_add(&late, "1,2\n");
  orr_text_add_bytes(&late, "1,\0\n", 4);
  assert_int_equal(fails(late.data, late.length, NULL, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "line 600002 holds a NUL byte"));
  orr_text_fini(&late);
}

/* What was looked at is UTF-8; what comes later is not. */
static void late_bytes_change_the_encoding(void **state) {
  (void)state;
  orr_text csv = {0}, log = {0};
  orr_error e = {0};
  orr_csv_reading r;
  orr_text_add(&csv, "a,b\n");
  for (size_t i = 0; i < 200000; i++) orr_text_add(&csv, "12345,word\n");
  orr_text_add(&csv, "1,caf\xe9\x80\n");
  assert_int_equal(parse(csv.data, csv.length, NULL, &log, &r, &e), ORR_OK);
  check_cell(r.table, 200000, 1, "café€");
  assert_int_equal(r.dialect.encoding, ORR_WINDOWS_1252);
  assert_non_null(strstr(log.data, "line 200002 is not UTF-8 text, so the file is read as windows-1252"));
  orr_csv_reading_fini(&r);
  assert_int_equal(fails(csv.data, csv.length, "{\"encoding\":\"utf-8\"}", &e), ORR_DATA);
  assert_non_null(strstr(e.message, "line 200002 is not UTF-8 text"));
  orr_text_fini(&csv);
  orr_text_fini(&log);
}

static void wide_encodings_are_read(void **state) {
  (void)state;
  static const char little[] = "\xff\xfe"
                               "a\0,\0b\0\n\0"
                               "1\0,\0\xe9\0\n\0"
                               "2\0,\0\x3d\xd8\x00\xde\n";
  orr_csv_reading r;
  orr_error e = {0};
  orr_hash wanted = orr_hash_bytes(little, sizeof little);
  assert_int_equal(parse(little, sizeof little, NULL, NULL, &r, &e), ORR_OK);
  check_cell(r.table, 0, 1, "é");
  check_cell(r.table, 1, 1, "😀");
  assert_true(r.content.high == wanted.high && r.content.low == wanted.low);
  orr_csv_reading_fini(&r);
}

static void long_cells_and_names_have_limits(void **state) {
  (void)state;
  orr_error e;
  orr_text csv = {0};
  orr_text_add(&csv, "a\n\"");
  for (size_t i = 0; i < (1 << 20) + 1; i++) orr_text_add(&csv, "x");
  orr_text_add(&csv, "\"\n");
  assert_int_equal(fails(csv.data, csv.length, "{\"delimiter\":\"\",\"header\":1,\"quote\":\"\\\"\"}", &e),
                   ORR_DATA);
  assert_non_null(strstr(e.message, "a cell after line 2 is longer than 1 MiB"));
  csv.data[2] = 'x';
  csv.data[csv.length - 2] = 'x';
  assert_int_equal(fails(csv.data, csv.length, "{\"delimiter\":\"\",\"header\":1,\"quote\":\"\\\"\"}", &e),
                   ORR_DATA);
  assert_non_null(strstr(e.message, "a cell after line 2 is longer than 1 MiB"));
  csv.length = 0;
  for (size_t i = 0; i < 300; i++) orr_text_add(&csv, "é");
  orr_text_add(&csv, "\n1\n");
  assert_int_equal(fails(csv.data, csv.length, "{\"delimiter\":\"\",\"header\":1}", &e), ORR_DATA);
  assert_non_null(strstr(e.message, "the name of column 1 is longer than 480 bytes"));
  orr_text_fini(&csv);
}

/* Many names and many lines of one cell would make a table of any size. */
static void short_rows_cannot_ask_for_all_memory(void **state) {
  (void)state;
  orr_error e;
  orr_text csv = {0};
  for (size_t i = 0; i < 20000; i++) orr_text_printf(&csv, "%sx%zu", i ? "," : "", i);
  orr_text_add(&csv, "\n");
  for (size_t i = 0; i < 20000; i++) orr_text_add(&csv, "1\n");
  assert_int_equal(fails(csv.data, csv.length, "{\"delimiter\":\",\",\"header\":1}", &e), ORR_DATA);
  assert_non_null(strstr(e.message, "nearly all rows are short"));
  orr_text_fini(&csv);
}

static void a_written_cell_is_read_back(void **state) {
  (void)state;
  static const char *const cells[] = {"plain", "a,b",       "say \"hi\"", "two\nlines", " blank before",
                                      "é",     "cr\rhere",  "trailing ",  "'",          "\"",
                                      "a;b",   "tab\there", "#no comment"};
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
    orr_text csv = {0};
    orr_text_add(&csv, "a,b\n");
    orr_csv_add_cell(&csv, cells[i]);
    orr_text_add(&csv, ",word\n");
    orr_table *t = table_with(csv.data, "{\"delimiter\":\",\",\"header\":1,\"quote\":\"\\\"\"}", NULL);
    check_cell(t, 0, 0, cells[i]);
    orr_table_unref(t);
    orr_text_fini(&csv);
  }
}

static int file_with(const char *csv, char path[static 24]) {
  strcpy(path, "/tmp/orrery-csv-XXXXXX");
  int fd = mkstemp(path);
  assert_true(fd >= 0 && write(fd, csv, strlen(csv)) == (ssize_t)strlen(csv) && !lseek(fd, 0, SEEK_SET));
  return fd;
}

static void a_file_is_read_and_named_by_its_content(void **state) {
  (void)state;
  static const char csv[] = "a,b\n1,2\n";
  char path[24];
  orr_csv_reading r;
  orr_hash wanted = orr_hash_bytes(csv, strlen(csv)), again;
  uint64_t bytes;
  int fd = file_with(csv, path);
  assert_int_equal(orr_csv_read(fd, "the file", NULL, NULL, &r, NULL), ORR_OK);
  assert_true(r.content.high == wanted.high && r.content.low == wanted.low);
  assert_int_equal(orr_hash_file(fd, &again, &bytes, NULL), ORR_OK);
  assert_true(again.high == wanted.high && again.low == wanted.low && bytes == strlen(csv));
  assert_string_equal(r.table->source, "the file");
  assert_true(r.table->columns[1]->int64[0] == 2);
  orr_csv_reading_fini(&r);
  close(fd);
  unlink(path);
}

static void a_pipe_is_read_to_its_end(void **state) {
  (void)state;
  int ends[2];
  orr_csv_reading r;
  static const char csv[] = "a,b\n1,x\n";
  orr_hash wanted = orr_hash_bytes(csv, strlen(csv));
  assert_true(!pipe(ends) && write(ends[1], csv, strlen(csv)) == (ssize_t)strlen(csv) && !close(ends[1]));
  assert_int_equal(orr_csv_read(ends[0], "standard input", NULL, NULL, &r, NULL), ORR_OK);
  assert_true(r.content.high == wanted.high && r.content.low == wanted.low);
  check_cell(r.table, 0, 1, "x");
  orr_csv_reading_fini(&r);
  close(ends[0]);
}

static orr_status add_row(void *context, int64_t row, const char *const *cells, size_t n, orr_error *e) {
  (void)e;
  orr_text_printf(context, "%lld", (long long)row);
  for (size_t i = 0; i < n; i++) orr_text_printf(context, "|%s", cells[i]);
  orr_text_add(context, "\n");
  return ORR_OK;
}

static void check_rows(const char *csv, const char *wanted) {
  char path[24];
  orr_text rows = {0};
  int fd = file_with(csv, path);
  assert_int_equal(orr_csv_each_row(fd, "the file", NULL, NULL, add_row, &rows, NULL), ORR_OK);
  assert_string_equal(orr_text_get(&rows), wanted);
  orr_text_fini(&rows);
  close(fd);
  unlink(path);
}

static void rows_are_handed_out_as_text(void **state) {
  (void)state;
  check_rows("a,b,c\n1, 2.50 ,NA\n\n007,\"x \"\"y\"\"\nz\",\n3\n4,5,6\n7,8,9,10\n1,1,1\n\"\",x,y\nfooter\n",
             "-1|a|b|c\n0|1|2.50|NA\n1|007|x \"y\"\nz|\n2|3||\n3|4|5|6\n4|1|1|1\n5||x|y\n");
  check_rows("a,b\n", "-1|a|b\n");
  check_rows("", "");
  check_rows("1,2\n3,4\n", "0|1|2\n1|3|4\n");
  check_rows("a,b\n1,caf\xe9\n", "-1|a|b\n0|1|café\n");
}

static orr_signal abandon(void *context, const orr_report *report) {
  (void)context, (void)report;
  return ORR_ABANDON;
}

static void reading_can_be_stopped(void **state) {
  (void)state;
  orr_work work = {.progress = abandon};
  orr_csv_reading r;
  assert_int_equal(orr_csv_parse("a\n1\n", 4, "memory", NULL, &work, &r, NULL), ORR_STOPPED);
  assert_null(r.table);
}

static void try_memory(const char *csv) {
  orr_status status = ORR_MEMORY;
  long after = 0;
  for (; status && after < 3000; after++) {
    orr_error e = {0};
    orr_csv_reading r;
    orr_memory_fail_after(after);
    status = orr_csv_parse(csv, strlen(csv), "memory", NULL, NULL, &r, &e);
    orr_memory_fail_after(-1);
    if (status) assert_int_equal(status, ORR_MEMORY);
    assert_int_equal(e.status, status);
    if (status) assert_null(r.table);
    orr_csv_reading_fini(&r);
  }
  assert_int_equal(status, ORR_OK);
  assert_true(after > 15);
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  try_memory("n,s,b,s\n1,word,true,\n,\"other, \"\"word\"\"\",NA,x\n");
  try_memory("# c\n# d\nn;m [kg]\n1,5;2024-05-01\n2,5;\n");
  try_memory("x y\n1 2\n3 4\n");
  try_memory("a,b\n1,\"x \"y\" z\"\n2,z\na,b\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(quotes_hold_delimiters_quotes_and_lines),
      cmocka_unit_test(quotes_out_of_place_are_text),
      cmocka_unit_test(ends_of_lines_and_marks_do_not_matter),
      cmocka_unit_test(dialects_say_the_same),
      cmocka_unit_test(a_column_is_what_all_its_cells_are),
      cmocka_unit_test(the_last_cell_counts_too),
      cmocka_unit_test(one_cell_in_the_middle_counts),
      cmocka_unit_test(every_missing_marker_is_missing),
      cmocka_unit_test(missing_words_are_given_by_hand),
      cmocka_unit_test(a_column_of_nothing_is_told),
      cmocka_unit_test(numbers_are_read_to_the_bit),
      cmocka_unit_test(names_are_made_distinct),
      cmocka_unit_test(units_are_found),
      cmocka_unit_test(names_may_take_several_rows),
      cmocka_unit_test(ragged_rows_are_counted),
      cmocka_unit_test(a_second_table_and_a_footer_are_left_out),
      cmocka_unit_test(odd_columns_are_told),
      cmocka_unit_test(faults_are_told_with_their_line),
      cmocka_unit_test(zero_bytes_are_refused),
      cmocka_unit_test(late_bytes_change_the_encoding),
      cmocka_unit_test(wide_encodings_are_read),
      cmocka_unit_test(long_cells_and_names_have_limits),
      cmocka_unit_test(short_rows_cannot_ask_for_all_memory),
      cmocka_unit_test(a_written_cell_is_read_back),
      cmocka_unit_test(a_file_is_read_and_named_by_its_content),
      cmocka_unit_test(a_pipe_is_read_to_its_end),
      cmocka_unit_test(rows_are_handed_out_as_text),
      cmocka_unit_test(reading_can_be_stopped),
      cmocka_unit_test(any_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
