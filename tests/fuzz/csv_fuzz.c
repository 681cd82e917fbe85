/* CSV: any bytes are a table or an error, and a table that is written is read back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int law) {
  if (!law) abort();
}

static void write_cells(const orr_table *t, orr_text *out) {
  char buffer[64];
  for (size_t i = 0; i <= t->rows; i++)
    for (size_t j = 0; j < t->n_columns; j++) {
      orr_csv_add_cell(out, i ? orr_column_text(t->columns[j], i - 1, buffer, sizeof buffer)
                              : t->columns[j]->name);
      orr_text_add(out, j + 1 < t->n_columns ? "," : "\n");
    }
}

static void compare(const orr_table *a, const orr_table *b) {
  char x[64], y[64];
  must(a->rows == b->rows && a->n_columns == b->n_columns);
  for (size_t j = 0; j < a->n_columns; j++) {
    const orr_column *u = a->columns[j], *v = b->columns[j];
    must(!strcmp(u->name, v->name) && u->n_missing == v->n_missing);
    for (size_t i = 0; i < a->rows; i++) {
      if (orr_column_is_missing(u, i)) must(orr_column_is_missing(v, i));
      else if (u->type == ORR_TEXT)
        must(!strcmp(orr_column_text(u, i, x, sizeof x), orr_column_text(v, i, y, sizeof y)));
      else must(orr_column_number(u, i) == orr_column_number(v, i));
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  orr_table *t = NULL, *again = NULL;
  orr_error e = {0};
  if (orr_csv_parse((const char *)data, size, "fuzz", NULL, &t, &e)) return must(*e.message != 0), 0;
  orr_text out = {0};
  for (size_t j = 0; j < t->n_columns; j++) {
    must(orr_text_is_utf8(t->columns[j]->name, strlen(t->columns[j]->name)));
    must(orr_table_find(t, t->columns[j]->name) == (int)j);
  }
  write_cells(t, &out);
  if (t->n_columns > 1) { /* a missing cell of a single column is a blank line */
    must(!orr_csv_parse(out.data, out.length, "fuzz", NULL, &again, &e));
    compare(t, again);
  }
  orr_text_fini(&out);
  orr_table_unref(t);
  orr_table_unref(again);
  return 0;
}
