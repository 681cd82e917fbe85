/* CSV in blocks: where a file is cut, and by how many workers it is read, changes nothing: not the table, not the
 * counts, not the words to the person. */
#include "table_from.h"

#include <stdlib.h>

#include "base/random.h"
#include "data/csv_reader.h"

enum { WHOLE = 1 << 24 };

typedef struct outcome {
  orr_status status;
  orr_hash table, content;
  orr_csv_oddities odd[4];
  orr_error error;
  orr_text log;
} outcome;

static void keep_line(void *context, const char *line) {
  orr_text_add(context, line);
  orr_text_add(context, "\n");
}

static void run(const orr_text *csv, size_t block, orr_pool *pool, const orr_options *given, outcome *out) {
  orr_csv_reading r;
  *out = (outcome){0};
  orr_work work = {.pool = pool, .log = keep_line, .context = &out->log};
  out->status = orr_csv_parse_in_blocks(orr_text_get(csv), csv->length, block, given, &work, &r, &out->error);
  if (!out->status) {
    out->table = orr_table_hash(r.table);
    out->content = r.content;
    const orr_csv_oddities odd[] = {r.short_rows, r.long_rows, r.second, r.footer};
    memcpy(out->odd, odd, sizeof odd);
  }
  orr_csv_reading_fini(&r);
}

static bool are_same(const outcome *a, const outcome *b) {
  return a->status == b->status && !memcmp(&a->table, &b->table, sizeof a->table) &&
         !memcmp(&a->content, &b->content, sizeof a->content) && !memcmp(a->odd, b->odd, sizeof a->odd) &&
         !strcmp(a->error.message, b->error.message) && !strcmp(orr_text_get(&a->log), orr_text_get(&b->log));
}

/* One block on one thread is what all others are held against. */
static orr_status check_blocks(const orr_text *csv, orr_pool *pool, const orr_options *given) {
  static const size_t blocks[] = {64, 1, 7, 100, 1000};
  outcome wanted, got;
  run(csv, WHOLE, NULL, given, &wanted);
  for (size_t i = 0; i < 2 * sizeof blocks / sizeof *blocks; i++) {
    run(csv, blocks[i / 2], i % 2 ? pool : NULL, given, &got);
    if (!are_same(&wanted, &got))
      fail_msg("blocks of %zu: %d %s%s, not %d %s%s: %s", blocks[i / 2], got.status, got.error.message,
               orr_text_get(&got.log), wanted.status, wanted.error.message, orr_text_get(&wanted.log),
               orr_text_get(csv));
    orr_text_fini(&got.log);
  }
  orr_text_fini(&wanted.log);
  return wanted.status;
}

/* How tables are made up: rates in 1000. */
typedef struct manner {
  const char *options; /* JSON */
  char delimiter, quote;
  const char *line_end;
  unsigned quoted, ragged, blank, comment, stray;
} manner;

static bool happens(orr_random *r, unsigned rate) { return orr_random_below(r, 1000) < rate; }

static void add_word(orr_random *r, orr_text *out, const char *letters) {
  size_t n = strlen(letters);
  for (size_t i = orr_random_below(r, 9); i; i--)
    orr_text_add_bytes(out, letters + orr_random_below(r, n), 1);
}

static void add_cell(orr_random *r, const manner *m, size_t column, orr_text *out) {
  char q[2] = {m->quote, 0};
  if (happens(r, m->quoted)) {
    orr_text_add(out, q);
    for (size_t i = orr_random_below(r, 4); i; i--) {
      add_word(r, out, "ab,;|\n\r# ");
      if (happens(r, 300)) orr_text_printf(out, "%s%s", q, q);
      if (happens(r, m->stray)) orr_text_printf(out, "x%sy", q);
    }
    orr_text_add(out, q);
    return;
  }
  if (happens(r, 20)) orr_text_add(out, "NA");
  else if (happens(r, 20)) orr_text_printf(out, " %d ", (int)orr_random_below(r, 9));
  else if (column == 0) orr_text_printf(out, "%d", (int)orr_random_below(r, 2000) - 1000);
  else if (column == 1) orr_text_printf(out, "%.3f", orr_random_normal(r));
  else if (column == 2 && !happens(r, 2)) orr_text_printf(out, "%s", happens(r, 500) ? "true" : "false");
  else add_word(r, out, "abc ");
}

static void add_row(orr_random *r, const manner *m, size_t columns, orr_text *out) {
  if (happens(r, m->blank)) orr_text_add(out, m->line_end);
  if (happens(r, m->comment)) orr_text_printf(out, "# it's \"so\"%s", m->line_end);
  if (happens(r, m->ragged)) columns = 1 + orr_random_below(r, columns + 2);
  for (size_t c = 0; c < columns; c++) {
    if (c) orr_text_add_bytes(out, &m->delimiter, 1);
    add_cell(r, m, c, out);
  }
  orr_text_add(out, m->line_end);
}

static void make_table(orr_random *r, const manner *m, orr_text *out) {
  size_t columns = 2 + orr_random_below(r, 5), rows = 3 + orr_random_below(r, 120);
  out->length = 0;
  for (size_t c = 0; c < columns; c++) orr_text_printf(out, "%.*sname%zu", c > 0, &m->delimiter, c);
  orr_text_add(out, m->line_end);
  size_t second = happens(r, 100) ? rows / 2 : rows;
  for (size_t i = 0; i < rows; i++) {
    if (i == second) orr_text_printf(out, "note%sname0%cname1%s", m->line_end, m->delimiter, m->line_end);
    add_row(r, m, columns, out);
  }
  if (happens(r, 200)) orr_text_add(out, "a footer");
  if (happens(r, 300)) out->length -= strlen(m->line_end);
}

#define GIVEN(delimiter, quote, more)                                                                        \
  "{\"delimiter\":\"" delimiter "\",\"quote\":\"" quote "\",\"header\":1,\"skip\":0,\"units\":false,"        \
  "\"legend\":0,\"row_names\":false,\"trailing\":false,\"encoding\":\"utf-8\"" more "}"
#define PLAIN ",\"comment\":\"\",\"escape\":\"\",\"stray_quotes\":false"

static const manner manners[] = {
    {.options = GIVEN(",", "\\\"", PLAIN), .delimiter = ',', .quote = '"', .line_end = "\n", .ragged = 20},
    {.options = GIVEN(",", "\\\"", PLAIN),
     .delimiter = ',',
     .quote = '"',
     .line_end = "\n",
     .quoted = 200,
     .blank = 50},
    {.options = GIVEN(",", "\\\"", PLAIN),
     .delimiter = ',',
     .quote = '"',
     .line_end = "\r\n",
     .quoted = 100,
     .ragged = 30},
    {.options = GIVEN(",", "\\\"", PLAIN), .delimiter = ',', .quote = '"', .line_end = "\r\n", .blank = 100},
    {.options = GIVEN(";", "'", PLAIN),
     .delimiter = ';',
     .quote = '\'',
     .line_end = "\r",
     .quoted = 100,
     .blank = 100},
    {.options = GIVEN(",", "\\\"", PLAIN),
     .delimiter = ',',
     .quote = '"',
     .line_end = "\n",
     .quoted = 100,
     .stray = 50},
    {.options = GIVEN(",", "\\\"", ",\"comment\":\"#\",\"escape\":\"\",\"stray_quotes\":false"),
     .delimiter = ',',
     .quote = '"',
     .line_end = "\n",
     .quoted = 50,
     .comment = 100},
    {.options = GIVEN(",", "\\\"", ",\"comment\":\"#\",\"escape\":\"\\\\\",\"stray_quotes\":false"),
     .delimiter = ',',
     .quote = '"',
     .line_end = "\n",
     .quoted = 100,
     .comment = 30},
    {.options = GIVEN(",", "\\\"", ",\"comment\":\"\",\"escape\":\"\",\"stray_quotes\":true"),
     .delimiter = ',',
     .quote = '"',
     .line_end = "\n",
     .quoted = 100,
     .stray = 100},
    {.options = GIVEN("blanks", "\\\"", ",\"comment\":\"#\""),
     .delimiter = ' ',
     .quote = '"',
     .line_end = "\n",
     .quoted = 20,
     .comment = 30},
};

static void blocks_do_not_matter(void **state) {
  (void)state;
  orr_pool *pool;
  orr_text csv = {0};
  size_t good = 0, n = sizeof manners / sizeof *manners;
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  assert_int_equal(orr_pool_new(3, &pool, NULL), ORR_OK);
  for (size_t i = 0; i < 15 * n; i++) {
    orr_arena arena = {0};
    orr_value dict;
    orr_options given;
    orr_error e = {0};
    assert_int_equal(orr_value_from_json(manners[i % n].options, &arena, &dict, &e), ORR_OK);
    if (orr_options_init(&given, orr_csv_options, orr_csv_options_count, &dict, NULL, &arena, &e))
      fail_msg("%s", e.message);
    make_table(&r, &manners[i % n], &csv);
    good += !check_blocks(&csv, pool, &given);
    orr_arena_fini(&arena);
  }
  assert_true(good > 10 * n); /* most are tables, and not errors that are the same */
  orr_text_fini(&csv);
  orr_pool_free(pool);
}

/* Without being told the dialect; and bytes that are hardly a table at all. */
static void any_bytes_are_the_same_in_blocks(void **state) {
  (void)state;
  orr_pool *pool;
  orr_text csv = {0};
  orr_random r = orr_random_stream(2, 0, ORR_FOR_TEST);
  assert_int_equal(orr_pool_new(2, &pool, NULL), ORR_OK);
  for (size_t i = 0; i < 150; i++) {
    static const char *const alphabets[] = {"a1,\"\n", "0123456789.,\n\n,,", "ab\"\",\r\n#", "x \"\n;,'\\1"};
    csv.length = 0;
    orr_text_add(&csv, "a,b,c\n1,2,3\n");
    for (size_t k = orr_random_below(&r, 60); k; k--) add_word(&r, &csv, alphabets[i % 4]);
    check_blocks(&csv, pool, NULL);
  }
  orr_text_fini(&csv);
  orr_pool_free(pool);
}

/* The line numbers of blocks far down are those of the file. */
static void lines_are_counted_over_blocks(void **state) {
  (void)state;
  orr_text csv = {0};
  orr_csv_reading r;
  orr_text_add(&csv, "a,b,c\r\n");
  for (int i = 0; i < 1000; i++)
    orr_text_add(&csv, i == 777 ? "1,2\r\n"
                       : i % 10 ? "1,2,3\r\n"
                       : i % 20 ? "\r\n1,\"x\r\ny\",3\r\n"
                                : "1,2,3\r\n\r\n");
  for (size_t block = 1; block < 3000; block = block * 3 + 1) {
    assert_int_equal(orr_csv_parse_in_blocks(csv.data, csv.length, block, NULL, NULL, &r, NULL), ORR_OK);
    assert_int_equal(r.table->rows, 1000);
    assert_int_equal(r.short_rows.count, 1);
    assert_int_equal(r.short_rows.lines[0], 1 + 777 + 39 + 39 + 39 + 1);
    orr_csv_reading_fini(&r);
  }
  orr_text_fini(&csv);
}

/* One quote too many, far from the end: counting quotes takes all that follows for one cell, reading does not. */
static void a_stray_quote_costs_time_but_no_rows(void **state) {
  (void)state;
  orr_text csv = {0};
  orr_csv_reading r;
  orr_text_add(&csv, "a,b\n");
  for (int i = 0; i < 5000; i++) orr_text_printf(&csv, i == 2500 ? "5\" pipe,%d\n" : "pipe,%d\n", i);
  for (int even = 0; even < 2; even++) {
    assert_int_equal(orr_csv_parse_in_blocks(csv.data, csv.length, 256, NULL, NULL, &r, NULL), ORR_OK);
    assert_int_equal(r.table->rows, 5000 + even);
    assert_int_equal(r.table->columns[1]->int64[4999], 4999);
    orr_csv_reading_fini(&r);
    orr_text_add(&csv, "6\" pipe,7\n");
  }
  orr_text_fini(&csv);
}

/* Blocks that are cut at wrong places may look like a footer. */
static void a_footer_is_looked_for_in_right_blocks(void **state) {
  (void)state;
  orr_text csv = {0};
  orr_text_add(&csv, "a,b,c\n1,2,3\n\"111\"1aa\"\n\"\"\na\"a\n,,11a,aa,a\n\n\"\n\"\na,\"\n\na1a\n,a,,"
                     "\n\"1\n\",\"\n1a1,a\na,\n,"
                     "\"1\n,1,\"\"\n\n,111\n,\"\"a,,\na\n1,a1\"11a1,a1,,,\na\n\"\n,,1\"a,aa\"1,aa\n\n1\"\n");
  check_blocks(&csv, NULL, NULL);
  orr_text_fini(&csv);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_do_not_matter),
      cmocka_unit_test(any_bytes_are_the_same_in_blocks),
      cmocka_unit_test(lines_are_counted_over_blocks),
      cmocka_unit_test(a_footer_is_looked_for_in_right_blocks),
      cmocka_unit_test(a_stray_quote_costs_time_but_no_rows),
  };
  return cmocka_run_group_tests_name("csv_blocks", tests, NULL, NULL);
}
