/* What a table does not say by itself: codes and numbers told apart, words taken for missing, lines that are no rows;
 * each is done right, and told once. */
#include "table_from.h"

#include <stdlib.h>
#include <unistd.h>

#include "data/csv_reader.h"

typedef struct outcome {
  orr_status status;
  orr_csv_reading r;
  orr_error e;
  orr_text log;
  orr_arena arena;
} outcome;

static void keep_line(void *context, const char *line) {
  orr_text_add(context, line);
  orr_text_add(context, "\n");
}

static void start(outcome *o, const char *bytes, size_t n, size_t block, const char *options) {
  orr_value given = {0};
  orr_options set;
  *o = (outcome){0};
  orr_work work = {.log = keep_line, .context = &o->log};
  if (options) {
    assert_int_equal(orr_value_from_json(options, &o->arena, &given, NULL), ORR_OK);
    assert_int_equal(
        orr_options_init(&set, orr_csv_options, orr_csv_options_count, &given, NULL, &o->arena, NULL),
        ORR_OK);
  }
  o->status = orr_csv_parse_in_blocks(bytes, n, block, options ? &set : NULL, &work, &o->r, &o->e);
}

static void stop(outcome *o) {
  orr_csv_reading_fini(&o->r);
  orr_text_fini(&o->log);
  orr_arena_fini(&o->arena);
}

static outcome of(const char *csv) {
  outcome o;
  start(&o, csv, strlen(csv), 0, NULL);
  if (o.status) fail_msg("%s: %s", csv, o.e.message);
  return o;
}

static const orr_column *column(const outcome *o, const char *name) {
  int at = orr_table_find(o->r.table, name);
  assert_true(at >= 0);
  return o->r.table->columns[at];
}

static void check_type(const char *csv, const char *name, orr_type type, const char *told) {
  outcome o = of(csv);
  if (column(&o, name)->type != type)
    fail_msg("%s: '%s' is %s", csv, name, orr_type_name(column(&o, name)->type));
  if (told && !strstr(orr_text_get(&o.log), told))
    fail_msg("'%s' is not in '%s'", told, orr_text_get(&o.log));
  if (!told) assert_string_equal(orr_text_get(&o.log), "");
  stop(&o);
}

static void leading_zeros_make_codes_of_integers_only(void **state) {
  (void)state;
  check_type("ra,n\n010.684708,1\n056.75,2\n", "ra", ORR_FLOAT64, NULL);
  check_type("zip,n\n02100,1\n10115,2\n", "zip", ORR_TEXT, "has leading zeros");
  check_type("month,n\n01,1.5\n02,2.5\n12,3.5\n", "month", ORR_INT64, "all of its cells have two digits");
  check_type("k,n\n01,1.5\n2,2.5\n12,3.5\n", "k", ORR_TEXT, "'01' on line 2 has leading zeros");
  check_type("k,n\n100,1.5\n02,2.5\n12,3.5\n", "k", ORR_TEXT, "has leading zeros");
  check_type("k,n\n01,1.5\n-2,2.5\n", "k", ORR_TEXT, "has leading zeros");
  outcome o = of("month,n\n01,1.5\n12,2.5\n08,3.5\n");
  assert_true(column(&o, "month")->int64[2] == 8 && column(&o, "month")->int64[1] == 12);
  stop(&o);
}

static void odd_cells_among_numbers_are_told(void **state) {
  (void)state;
  check_type(
      "id,v\n1,2.5\n2,MM\n3,MM\n4,1.5\n", "v", ORR_TEXT,
      "2 of its cells are numbers, but 'MM' on line 3 is not, nor are 1 more of the same; if it means a "
      "missing value, try --load 'missing=[\"MM\"]'");
  check_type("id,v,w\n1,2.5,NA\n2,MM,3\n3,1,4\n", "v", ORR_TEXT, "missing=[\"MM\",\"NA\"]");
  check_type("id,v\n1,2.5\n2,low\n3,<1\n4,1.5\n", "v", ORR_TEXT, "'low' on line 3 is not, nor are 1 others");
  check_type("id,v\n1,a\n2,b\n3,1\n", "v", ORR_TEXT, NULL);
}

static void strands_are_values(void **state) {
  (void)state;
  outcome o = of("chr,strand\nc0,+\nc1,-\nc2,.\n");
  assert_int_equal(column(&o, "strand")->n_missing, 1);
  assert_string_equal(orr_map_key(&column(&o, "strand")->words, 1), "-");
  stop(&o);
  o = of("chr,v\nc0,+\nc1,-\nc2,x\n");
  assert_int_equal(column(&o, "v")->n_missing, 1);
  stop(&o);
  start(&o, "chr,v\nc0,+\nc1,-\n", 17, 0, "{\"missing\":[\"-\"]}");
  assert_int_equal(column(&o, "v")->n_missing, 1); /* as it was asked for */
  stop(&o);
}

static void words_for_missing_are_told_in_text(void **state) {
  (void)state;
  check_type("treat,y\nnone,1.5\ndrug,2.5\nnone,3\n", "treat", ORR_TEXT,
             "column 'treat': 2 cells are taken for missing ('none'); missing= says otherwise");
  check_type("treat,y\n-,1.5\ndrug,2.5\n", "treat", ORR_TEXT, NULL);
  check_type("x,y\nNA,1.5\n2,2.5\n", "x", ORR_INT64, NULL);
}

static void a_first_look_sees_columns_that_are_all_missing(void **state) {
  (void)state;
  static const char csv[] = "a,b\n1,NA\n2,NA\n";
  char path[] = "/tmp/orr-csv-XXXXXX";
  int fd = mkstemp(path);
  orr_csv_reading r;
  orr_error e;
  orr_text log = {0};
  orr_work work = {.log = keep_line, .context = &log};
  assert_int_equal(write(fd, csv, sizeof csv - 1), sizeof csv - 1);
  assert_int_equal(orr_csv_read(fd, "the file", NULL, &work, &r, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "--load 'missing=[]' keeps such words as text"));
  assert_int_equal(orr_csv_read_lenient(fd, "the file", NULL, &work, &r, &e), ORR_OK);
  assert_int_equal(r.table->columns[1]->n_missing, 2);
  assert_non_null(strstr(orr_text_get(&log), "column 'b' is all missing: 'NA' on line 2"));
  orr_csv_reading_fini(&r);
  orr_text_fini(&log);
  close(fd);
  unlink(path);
}

static void the_ends_of_files_are_no_rows(void **state) {
  (void)state;
  outcome o = of("t,v\n0,1\n1,4\n2,9\n* preliminary\n");
  assert_int_equal(o.r.table->rows, 3);
  assert_int_equal(o.r.footer.lines[0], 5);
  stop(&o);
  o = of("t,v\n0,1\n1,4\n2,9\n7\n"); /* a line cut short */
  assert_int_equal(o.r.table->rows, 4);
  stop(&o);
  o = of("t,v\nx,1\ny,4\nz,9\nw\n"); /* words below words */
  assert_int_equal(o.r.table->rows, 4);
  stop(&o);
  o = of("a,b\r\n1,2\r\n3,4\r\n\x1a");
  assert_int_equal(o.r.table->rows, 2);
  assert_string_equal(orr_text_get(&o.log), "");
  stop(&o);
  static const char padded[] = "a,b\n1,2\n3,4\n\0\0\0\0\0";
  start(&o, padded, sizeof padded - 1, 0, NULL);
  assert_int_equal(o.status, ORR_OK);
  assert_int_equal(o.r.table->rows, 2);
  assert_non_null(strstr(orr_text_get(&o.log), "5 NUL bytes at the end of the file are left out"));
  orr_hash whole = orr_hash_bytes(padded, sizeof padded - 1);
  assert_memory_equal(&o.r.content, &whole, sizeof whole);
  stop(&o);
}

static const char *unit(const outcome *o, const char *name) {
  return column(o, name)->unit ? column(o, name)->unit : "";
}

static void units_stand_below_their_names(void **state) {
  (void)state;
  outcome o = of("   Index        t       Ts    Value\n               [s]     [C]     [mg]\n"
                 "       0      0.0     25.0     0.00\n       1      0.1     26.0     1.00\n"
                 "       2      0.2     27.0     2.00\n");
  assert_string_equal(unit(&o, "Index"), "");
  assert_string_equal(unit(&o, "t"), "s");
  assert_string_equal(unit(&o, "Ts"), "C");
  assert_string_equal(unit(&o, "Value"), "mg");
  stop(&o);
  o = of("Comment Code(s),Time(s),mass(kg)\n1,2,3\n4,5,6\n");
  assert_string_equal(unit(&o, "Comment Code(s)"), "");
  assert_string_equal(unit(&o, "Time(s)"), "s");
  assert_string_equal(unit(&o, "mass(kg)"), "kg");
  stop(&o);
}

static void dressed_numbers_are_told(void **state) {
  (void)state;
  check_type("id,v\n1,47.5%\n2,3%\n", "v", ORR_TEXT, "looks like numbers with '%' (47.5%)");
  check_type("id;v\n1;€ 5\n2;€ 6\n", "v", ORR_TEXT, "looks like numbers with '€' (€ 5)");
  check_type("id,v\n1,\u22121.5\n2,3.5\n", "v", ORR_TEXT, "minus sign U+2212 (\u22121.5)");
  check_type("id;v\n1;1\u202f000\n2;2\u202f000\n", "v", ORR_TEXT, "narrow no-break spaces");
  check_type("id,v\n1,50% off\n2,30% off\n", "v", ORR_TEXT, NULL);
  check_type("id,v\n1,$a\n2,5%5\n", "v", ORR_TEXT, NULL);
}

/* Small blocks, so that names end blocks and rows begin them. */
static void joined_logs_are_one_table(void **state) {
  (void)state;
  for (size_t block = 16; block < 64; block++) {
    outcome o;
    static const char logs[] = "time,v\n0,5\n1,6\n2,7\ntime,v\n3,8\n4,9\n5,1\ntime,v\n6,2\n7,3\n";
    start(&o, logs, sizeof logs - 1, block, NULL);
    assert_int_equal(o.status, ORR_OK);
    assert_int_equal(o.r.table->rows, 8);
    assert_int_equal(column(&o, "time")->type, ORR_INT64);
    assert_int_equal(column(&o, "v")->int64[7], 3);
    assert_int_equal(o.r.repeated.count, 2);
    assert_int_equal(o.r.repeated.lines[0], 5);
    assert_int_equal(o.r.second.count, 0);
    stop(&o);
    static const char copies[] = "time,v\n0,5\n1,6\n2,7\ntime,v\n0,5\n1,6\n2,7\n";
    start(&o, copies, sizeof copies - 1, block, NULL);
    assert_int_equal(o.status, ORR_OK);
    assert_int_equal(o.r.table->rows, 3);
    assert_int_equal(o.r.second.lines[0], 5);
    assert_int_equal(o.r.repeated.count, 0);
    stop(&o);
  }
}

static void two_marks_are_none_of_the_name(void **state) {
  (void)state;
  outcome o = of("\xef\xbb\xbf\xef\xbb\xbf"
                 "a,b\n1,2\n3,4\n");
  assert_string_equal(o.r.table->columns[0]->name, "a");
  assert_int_equal(o.r.table->rows, 2);
  stop(&o);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(leading_zeros_make_codes_of_integers_only),
      cmocka_unit_test(odd_cells_among_numbers_are_told),
      cmocka_unit_test(strands_are_values),
      cmocka_unit_test(words_for_missing_are_told_in_text),
      cmocka_unit_test(a_first_look_sees_columns_that_are_all_missing),
      cmocka_unit_test(the_ends_of_files_are_no_rows),
      cmocka_unit_test(units_stand_below_their_names),
      cmocka_unit_test(dressed_numbers_are_told),
      cmocka_unit_test(joined_logs_are_one_table),
      cmocka_unit_test(two_marks_are_none_of_the_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
