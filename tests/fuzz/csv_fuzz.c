/* CSV: any bytes are a table or an error, however they are cut into blocks, and a table that is written is read back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/csv_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int law) {
  if (!law) abort();
}

/* Names of its own, so that no row can repeat them. */
static void write_cells(const orr_table *t, orr_text *out) {
  char buffer[64];
  for (size_t j = 0; j < t->n_columns; j++) orr_text_printf(out, "%s<name %zu>", j ? "," : "", j);
  orr_text_add(out, "\n");
  for (size_t i = 0; i < t->rows; i++)
    for (size_t j = 0; j < t->n_columns; j++) {
      orr_csv_add_cell(out, orr_column_text(t->columns[j], i, buffer, sizeof buffer));
      orr_text_add(out, j + 1 < t->n_columns ? "," : "\n");
    }
}

static void compare(const orr_table *a, const orr_table *b) {
  char x[64], y[64];
  must(a->rows == b->rows && a->n_columns == b->n_columns);
  for (size_t j = 0; j < a->n_columns; j++) {
    const orr_column *u = a->columns[j], *v = b->columns[j];
    must(u->n_missing == v->n_missing);
    for (size_t i = 0; i < a->rows; i++) {
      if (orr_column_is_missing(u, i)) must(orr_column_is_missing(v, i));
      else if (u->type == ORR_TEXT)
        must(!strcmp(orr_column_text(u, i, x, sizeof x), orr_column_text(v, i, y, sizeof y)));
      else must(orr_column_number(u, i) == orr_column_number(v, i));
    }
  }
}

/* Where they are many, they may look like binary data. */
static bool has_control_bytes(const orr_text *t) {
  for (size_t i = 0; i < t->length; i++)
    if ((unsigned char)t->data[i] < ' ' && !strchr("\t\r\n", t->data[i])) return true;
  return false;
}

static void read_back(const orr_table *t) {
  static const char plain[] =
      "{\"delimiter\":\",\",\"quote\":\"\\\"\",\"escape\":\"\",\"stray_quotes\":false,\"comment\":\"\","
      "\"skip\":0,"
      "\"header\":1,\"units\":false,\"legend\":0,\"row_names\":false,\"trailing\":false,\"trim\":false,"
      "\"decimal\":\".\",\"thousands\":\"\",\"encoding\":\"utf-8\",\"missing\":[]}";
  orr_arena arena = {0};
  orr_value dict;
  orr_options given;
  orr_csv_reading again;
  orr_text out = {0};
  must(!orr_value_from_json(plain, &arena, &dict, NULL));
  must(!orr_options_init(&given, orr_csv_options, orr_csv_options_count, &dict, NULL, &arena, NULL));
  write_cells(t, &out);
  if (!has_control_bytes(&out)) {
    must(!orr_csv_parse(out.data, out.length, "fuzz", &given, NULL, &again, NULL));
    compare(t, again.table);
    orr_csv_reading_fini(&again);
  }
  orr_text_fini(&out);
  orr_arena_fini(&arena);
}

static void check_blocks(const char *bytes, size_t n, size_t block, orr_status wanted,
                         const orr_csv_reading *whole) {
  orr_csv_reading r;
  orr_status status = orr_csv_parse_in_blocks(bytes, n, block, NULL, NULL, &r, NULL);
  must(status == wanted);
  if (!status) {
    orr_hash a = orr_table_hash(r.table), b = orr_table_hash(whole->table);
    must(a.high == b.high && a.low == b.low);
    must(r.short_rows.count == whole->short_rows.count && r.long_rows.count == whole->long_rows.count);
  }
  orr_csv_reading_fini(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  orr_csv_reading r;
  orr_error e = {0};
  orr_status status = orr_csv_parse((const char *)data, size, "fuzz", NULL, NULL, &r, &e);
  must(!status || *e.message != 0);
  check_blocks((const char *)data, size, size % 61 + 1, status, &r);
  if (status) return 0;
  for (size_t j = 0; j < r.table->n_columns; j++) {
    must(orr_text_is_utf8(r.table->columns[j]->name, strlen(r.table->columns[j]->name)));
    must(orr_table_find(r.table, r.table->columns[j]->name) == (int)j);
  }
  bool plain = r.dialect.decimal == '.' && !r.dialect.thousands;
  if (plain && r.table->n_columns > 1)
    read_back(r.table); /* a missing cell of a single column is a blank line */
  orr_csv_reading_fini(&r);
  return 0;
}
